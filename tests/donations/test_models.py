"""What the database itself holds to."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import Page

from donations.models import Donation, DonationEvent, DonationPage, DonationState, LedgerEntry
from donations.models.history import WrittenOnce
from donations.services.state import move

pytestmark = pytest.mark.django_db


def donation(**changes) -> Donation:
    fields = {
        "amount": 2500, "currency": "USD", "page_key": uuid4(), "page_title": "Give", "language": "en",
    }  # fmt: skip
    return Donation.objects.create(**fields | changes)


def entry(gift: Donation, **changes) -> LedgerEntry:
    fields = {
        "donation": gift, "kind": "charge", "balance_transaction": "txn_1", "amount": 2500, "currency": "USD",
        "settled_amount": 2500, "settled_currency": "USD", "happened_at": timezone.now(),
    }  # fmt: skip
    return LedgerEntry.objects.create(**fields | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 0},
        {"state": "lost"},
        {"frequency": "daily"},
        {"state": "succeeded"},  # with no time
    ],
)
def test_impossible_donation_is_refused_by_the_database(changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        donation(**changes)


@pytest.mark.parametrize("field", ["checkout_id", "payment_id", "charge_id", "invoice_id"])
def test_one_stripe_object_is_one_donation(field):
    donation(**{field: "x_1"})
    with pytest.raises(IntegrityError), transaction.atomic():
        donation(**{field: "x_1"})
    donation()
    donation()


def test_ledger_and_history_are_never_changed_or_removed():
    gift = donation()
    line = entry(gift)
    event = DonationEvent.objects.create(donation=gift, state="created")
    for row in (line, event):
        with pytest.raises(WrittenOnce):
            row.save()
        with pytest.raises(WrittenOnce):
            row.delete()
        with pytest.raises(WrittenOnce):
            type(row).objects.update(pk=9)
        with pytest.raises(WrittenOnce):
            type(row).objects.all().delete()
    with pytest.raises(WrittenOnce):
        gift.ledger.update(amount=1)
    with pytest.raises(Exception, match="protected"):
        gift.delete()
    assert LedgerEntry.objects.get().amount == 2500


def test_one_movement_of_the_balance_is_one_entry_of_each_kind():
    gift = donation()
    entry(gift)
    entry(gift, kind="fee", amount=-103)
    with pytest.raises(IntegrityError), transaction.atomic():
        entry(gift)


@pytest.mark.parametrize("changes", [{"amount": -1}, {"kind": "refund"}, {"kind": "tip"}])
def test_entry_with_the_wrong_sign_or_kind_is_refused(changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        entry(donation(), **changes)


@pytest.mark.parametrize("old", DonationState.values)
@pytest.mark.parametrize("new", DonationState.values)
def test_only_listed_transitions_happen(old, new):
    gift = donation(state=old, succeeded_at=timezone.now())
    allowed = new in Donation.TRANSITIONS[old]
    assert move(gift, new, evidence="test") is allowed
    assert gift.state == (new if allowed else old)
    assert gift.events.count() == allowed


def test_gift_outlives_the_supporter():
    from campaigns.services import remember_supporter

    person = remember_supporter(email="ana@example.org", name="Ana", language="en")
    gift = donation(supporter=person, name="Ana")
    person.delete()
    gift.refresh_from_db()
    assert gift.supporter is None
    assert gift.name == "Ana"


def test_names_of_rows_are_readable():
    gift = donation()
    assert str(gift) == gift.reference
    assert len(gift.reference) == 14
    assert str(entry(gift)) == "charge txn_1"
    assert str(DonationEvent(from_state="created", state="pending")) == "created → pending"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minimum": 5000, "maximum": 100}, "maximum"),
        ({"maximum": 1_000_000_000}, "maximum"),
        ({"once_amounts": [50]}, "once_amounts"),
        ({"monthly_amounts": [2500, 9_000_000]}, "monthly_amounts"),
    ],
)
def test_page_whose_amounts_contradict_each_other_is_refused(give_page, changes, field):
    for name, value in changes.items():
        setattr(give_page, name, value)
    with pytest.raises(ValidationError) as caught:
        give_page.full_clean()
    assert field in caught.value.message_dict


def test_missing_bounds_are_left_to_their_own_fields(give_page):
    give_page.minimum = None
    with pytest.raises(ValidationError) as caught:
        give_page.full_clean()
    assert set(caught.value.message_dict) == {"minimum"}


def page_form(page: Page, **typed: str):
    form_class = DonationPage.get_edit_handler().get_form_class()
    empty = form_class(instance=page)
    data = {name: empty[name].value() for name in ("title", "slug", "currency", "thanks_title")}
    amounts = ("once_amounts", "monthly_amounts", "minimum", "maximum")
    data |= {name: empty.fields[name].prepare_value(empty[name].value()) for name in amounts}
    data |= {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
    return form_class(data | typed, instance=page)


def test_staff_write_amounts_as_people_do(give_page):
    form = page_form(give_page)
    assert form.data["once_amounts"] == "25  50  100  250"
    assert form.data["maximum"] == "25000"
    form = page_form(give_page, once_amounts="10; 20.50 1,000", minimum="5")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["once_amounts"] == [1000, 2050, 100000]
    assert form.cleaned_data["minimum"] == 500
    assert "minimum" in form.changed_data
    assert "maximum" not in form.changed_data


def test_staff_amounts_follow_the_currency_chosen_with_them(give_page):
    form = page_form(give_page, currency="JPY", once_amounts="3000", monthly_amounts="1000", minimum="500")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["once_amounts"] == [3000]
    assert form.cleaned_data["minimum"] == 500


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"once_amounts": "25 25"}, "once_amounts"),
        ({"once_amounts": "50 25"}, "once_amounts"),
        ({"once_amounts": "ten"}, "once_amounts"),
        ({"minimum": "-1"}, "minimum"),
        ({"minimum": ""}, "minimum"),
        ({"currency": "XXX"}, "currency"),
    ],
)
def test_wrong_amounts_of_staff_get_a_message(give_page, typed, field):
    assert field in page_form(give_page, **typed).errors


def test_page_may_offer_no_amounts_at_all(give_page, client):
    form = page_form(give_page, once_amounts="", monthly_amounts="")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["once_amounts"] == []
