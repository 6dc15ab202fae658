"""From the form to Stripe's page: one gift per form, whatever happens in between."""

import threading
from uuid import uuid4

import pytest
from django.db import connection

from donations import stripe_gateway
from donations.models import Donation
from donations.stripe_gateway import PaymentRefused, PaymentsUnavailable

pytestmark = pytest.mark.django_db


def sessions(account) -> int:
    return len(account.sdk.v1.checkout.sessions.list({"limit": 100}).data)


def test_gift_is_recorded_before_stripe_is_asked_and_pending_after(begin, account):
    checkout = begin(amount=3300, frequency="monthly", language="es")
    donation = Donation.objects.get()
    assert donation == checkout.donation
    assert (donation.state, donation.amount, donation.currency) == ("pending", 3300, "USD")
    assert (donation.frequency, donation.language, donation.livemode) == ("monthly", "es", False)
    assert donation.page_title == "Give today"
    assert donation.due_at is not None
    assert checkout.url.startswith(account.box.url)
    assert [event.state for event in donation.events.all()] == ["created", "pending"]


def test_stripe_is_told_amount_language_and_reference(begin, account, give_page):
    donation = begin(amount=3300, language="es").donation
    session = account.sdk.v1.checkout.sessions.retrieve(donation.checkout_id)
    assert (session.amount_total, session.currency, session.mode) == (3300, "usd", "payment")
    assert (session.locale, session.submit_type) == ("es", "donate")
    assert session.client_reference_id == str(donation.public_id)
    assert "{CHECKOUT_SESSION_ID}" in session.success_url
    assert session.customer_email is None


def test_zero_decimal_currency_is_not_multiplied(begin, account, give_page):
    give_page.currency = "JPY"
    donation = begin(amount=3000).donation
    assert account.sdk.v1.checkout.sessions.retrieve(donation.checkout_id).amount_total == 3000


def test_same_form_twice_is_one_gift_and_one_page(begin, account):
    token = uuid4()
    first, second = begin(token=token), begin(token=token)
    assert first.url == second.url
    assert Donation.objects.count() == 1
    assert sessions(account) == 1


def test_same_form_with_another_amount_is_another_gift(begin, account):
    token = uuid4()
    begin(token=token)
    begin(token=token, amount=5000)
    begin(token=token, frequency="monthly")
    assert Donation.objects.count() == 3
    assert sessions(account) == 3


def test_form_of_a_paid_gift_is_not_charged_again(begin, account, work):
    token = uuid4()
    account.pay(begin(token=token).url)
    work()
    again = begin(token=token)
    assert again.url == ""
    assert again.donation.state == "succeeded"
    assert sessions(account) == 1


def test_form_of_an_expired_gift_starts_a_new_one(begin, account, work):
    token = uuid4()
    old = begin(token=token).donation
    account.sdk.v1.checkout.sessions.expire(old.checkout_id)
    work()
    new = begin(token=token)
    assert new.donation != old
    assert new.url


def test_stripe_down_leaves_the_gift_created_and_the_next_try_opens_it(begin, account, settings):
    token, base = uuid4(), settings.STRIPE_API_BASE
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    with pytest.raises(PaymentsUnavailable):
        begin(token=token)
    assert Donation.objects.get().state == "created"
    settings.STRIPE_API_BASE = base
    assert begin(token=token).donation.state == "pending"
    assert Donation.objects.count() == 1


def test_stored_server_error_is_not_replayed_to_the_donor_for_ever(begin, account):
    token = uuid4()
    account.box.faults.add("stripe", "accept_then_500", count=2, path="/checkout/sessions")
    with pytest.raises(PaymentsUnavailable):
        begin(token=token)
    assert Donation.objects.get().checkout_attempts == 1
    assert begin(token=token).url
    assert Donation.objects.get().state == "pending"


def test_lost_answer_finds_the_same_session_at_the_next_try(begin, account, monkeypatch):
    monkeypatch.setattr(stripe_gateway, "READ_TIMEOUT", 0.5)
    account.box.faults.add("stripe", "timeout", count=1, path="/checkout/sessions", seconds=1.2)
    assert begin().url
    assert sessions(account) == 1, "the SDK tried again with the same key"


def test_too_many_requests_is_unavailable_and_keeps_the_key(begin, account):
    account.box.faults.add("stripe", "error_429", count=5, seconds=0)
    with pytest.raises(PaymentsUnavailable):
        begin()
    assert Donation.objects.get().checkout_attempts == 0


def test_wrong_key_is_unavailable_and_logged_without_the_key(begin, account, settings, caplog):
    settings.STRIPE_SECRET_KEY = "sk_test_wrong_secret"
    with pytest.raises(PaymentsUnavailable):
        begin()
    assert "refuses our key" in caplog.text
    assert "wrong_secret" not in caplog.text


def test_amount_stripe_does_not_take_is_refused_with_its_code(begin, account):
    with pytest.raises(PaymentRefused) as caught:
        begin(amount=10)
    assert caught.value.code == "amount_too_small"
    assert Donation.objects.get().state == "created"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_double_click_is_one_gift_and_one_page(begin, account):
    token, urls, barrier = uuid4(), [], threading.Barrier(4)

    def click() -> None:
        barrier.wait()
        urls.append(begin(token=token).url)
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(urls) == 4
    assert len(set(urls)) == 1
    assert Donation.objects.count() == 1
    assert sessions(account) == 1
