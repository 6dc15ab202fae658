"""The receipt: once, in the donor's language, with what the law wants."""

import pytest
from wagtail.models import Locale

from donations.models import Donation
from donations.services import fulfil
from home.models import OutboxMail, SiteWords

pytestmark = pytest.mark.django_db
N = "\u00a0"


@pytest.fixture
def words(site):
    for code, legal in (("en", "Tax number 12-345 <EIN>"), ("es", "Número fiscal 12-345")):
        SiteWords.objects.create(
            locale=Locale.objects.get(language_code=code), organisation="Puente & Co", legal_text=legal
        )


@pytest.fixture
def receipt_of(begin, account):
    def make(**wanted) -> OutboxMail:
        checkout = begin(**wanted)
        account.pay(checkout.url)
        fulfil(checkout.donation.checkout_id, evidence="test")
        return OutboxMail.objects.get(kind="receipt")

    return make


def test_receipt_carries_amount_date_number_and_legal_text(words, receipt_of):
    mail = receipt_of()
    donation = Donation.objects.get()
    assert mail.to == "ana@example.org"
    assert mail.key == f"receipt:{donation.public_id}"
    assert mail.subject == "Your receipt from Puente & Co"
    for part in (mail.text, mail.html):
        assert "Ana Pérez" in part
        assert "$25.00 (USD)" in part
        assert donation.reference in part
        assert "Give today" in part
        assert "12-345" in part
    assert "<EIN>" in mail.text
    assert "&lt;EIN&gt;" in mail.html


def test_receipt_speaks_the_language_of_the_gift(words, receipt_of, spanish_give_page):
    mail = receipt_of(language="es", page=spanish_give_page)
    assert f"25,00{N}US$ (USD)" in mail.text
    assert "Número fiscal" in mail.text
    assert 'lang="es"' in mail.html


def test_monthly_receipt_says_so(words, receipt_of):
    assert "monthly gift" in receipt_of(frequency="monthly").text


def test_subject_keeps_amount_and_purpose_to_itself(words, receipt_of):
    subject = receipt_of().subject
    assert "25" not in subject
    assert "Give" not in subject


def test_receipt_is_made_without_words_of_the_site_or_a_name(receipt_of, account, begin):
    checkout = begin()
    account.pay(checkout.url)
    session = account.box.store.get("stripe.checkout.session", checkout.donation.checkout_id)
    session["customer_details"]["name"] = None
    account.box.store.put("stripe.checkout.session", session["id"], session)
    fulfil(session["id"], evidence="test")
    mail = OutboxMail.objects.get()
    assert mail.subject == "Your receipt"
    assert "Dear friend" in mail.text


def test_name_cannot_break_out_of_the_receipt(words, begin, account):
    checkout = begin()
    account.pay(checkout.url, name="<img src=x>\u2028Bcc: all@example.org")
    fulfil(checkout.donation.checkout_id, evidence="test")
    mail = OutboxMail.objects.get()
    assert "<img src=x>" not in mail.html
    assert "\u2028" not in mail.text
    assert mail.subject == "Your receipt from Puente & Co"


def test_receipt_and_gift_stand_or_fall_together(begin, account, monkeypatch):
    from donations.services import receipts

    checkout = begin()
    account.pay(checkout.url)

    def broken(**kwargs):
        raise RuntimeError("the database went away")

    monkeypatch.setattr(receipts, "queue_mail", broken)
    with pytest.raises(RuntimeError):
        fulfil(checkout.donation.checkout_id, evidence="test")
    assert Donation.objects.get().state == "pending"
    assert not Donation.objects.get().ledger.exists()
    monkeypatch.undo()
    fulfil(checkout.donation.checkout_id, evidence="test")
    assert OutboxMail.objects.count() == 1
