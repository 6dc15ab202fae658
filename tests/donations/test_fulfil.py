"""A gift ends right whoever tells us of it, in whatever order, however often."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import Supporter
from donations.models import (
    Donation,
    DonationEvent,
    DonationState,
    LedgerEntry,
    RecurringGift,
    StripeEvent,
)
from donations.services import fulfil, look_after_open_gifts, process_due_events
from donations.services.state import move
from home.models import OutboxMail

from .conftest import BANK, books, made_up_event, post_event

pytestmark = pytest.mark.django_db


def received_once(donation: Donation, *, amount: int = 2500, fee: int = 103) -> None:
    """Exactly one gift, one charge, one fee, one receipt."""
    donation.refresh_from_db()
    assert donation.state == DonationState.SUCCEEDED
    assert donation.amount == amount
    assert donation.succeeded_at is not None
    assert books(donation) == [("charge", amount), ("fee", -fee)]
    assert OutboxMail.objects.filter(kind="receipt").count() == Donation.objects.count()
    assert donation.events.filter(state=DonationState.SUCCEEDED).count() == 1


def test_webhook_alone_fulfils_the_gift(begin, account, work):
    checkout = begin()
    account.pay(checkout.url)
    work()
    received_once(checkout.donation)
    assert checkout.donation.email == "ana@example.org"
    assert checkout.donation.name == "Ana Pérez"
    assert checkout.donation.supporter == Supporter.objects.get(email="ana@example.org")
    assert checkout.donation.charge_id.startswith("ch_")
    assert checkout.donation.payment_id.startswith("pi_")
    assert checkout.donation.due_at is None


def test_landing_page_alone_fulfils_the_gift(begin, account, client):
    checkout = begin()
    landing = account.pay(checkout.url).headers["Location"]
    answer = client.get(landing)
    assert answer.status_code == 200
    received_once(checkout.donation)


def test_sweep_alone_fulfils_the_gift(begin, account):
    checkout = begin()
    account.pay(checkout.url)
    assert look_after_open_gifts() == 0, "too early"
    Donation.objects.update(due_at=timezone.now())
    assert look_after_open_gifts() == 1
    received_once(checkout.donation)


def test_every_path_again_and_again_is_one_gift(begin, account, work, client):
    checkout = begin()
    landing = account.pay(checkout.url).headers["Location"]
    for _ in range(3):
        work(again=True)
        StripeEvent.objects.exclude(state="ignored").update(state="received", due_at=timezone.now())
        process_due_events()
        client.get(landing)
    received_once(checkout.donation)


def test_events_in_reverse_order_end_in_the_same_books(begin, account, client):
    checkout = begin(frequency="monthly")
    account.pay(checkout.url)
    for event in reversed(account.events()):
        post_event(client, event)
        process_due_events()
    received_once(checkout.donation)
    assert checkout.donation.recurring_gift.state == "active"


def test_late_failed_or_expired_never_downgrades_a_paid_gift(begin, account, work, client):
    checkout = begin()
    account.pay(checkout.url)
    work()
    for late in ("checkout.session.async_payment_failed", "checkout.session.expired"):
        about = {"object": {"id": checkout.donation.checkout_id, "object": "checkout.session"}}
        post_event(client, made_up_event(late, data=about))
    process_due_events()
    received_once(checkout.donation)


@pytest.mark.parametrize("state", ["created", "pending", "processing", "failed", "expired"])
def test_a_received_gift_refuses_every_earlier_state(begin, account, work, state):
    checkout = begin()
    account.pay(checkout.url)
    work()
    assert not move(checkout.donation, state, evidence="a mistake")
    received_once(checkout.donation)


def test_declined_card_leaves_the_gift_open_and_tells_nobody(begin, account, work):
    checkout = begin()
    assert account.pay(checkout.url, number="4000000000000002").status_code == 402
    work()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.PENDING
    assert not OutboxMail.objects.exists()
    assert not Supporter.objects.exists()


def test_expired_session_closes_the_gift(begin, account, work):
    checkout = begin()
    account.sdk.v1.checkout.sessions.expire(checkout.donation.checkout_id)
    work()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.EXPIRED
    assert checkout.donation.due_at is None


def test_slow_payment_is_processing_until_it_succeeds(begin, account, work):
    checkout = begin()
    account.pay(checkout.url, **BANK)
    work()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.PROCESSING
    assert not OutboxMail.objects.exists()
    assert not LedgerEntry.objects.exists()
    account.press("settle", checkout.donation.checkout_id)
    work()
    received_once(checkout.donation)


def test_slow_payment_that_fails_is_failed(begin, account, work):
    checkout = begin()
    account.pay(checkout.url, **BANK)
    work()
    account.press("fail", checkout.donation.checkout_id)
    work()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.FAILED
    assert not OutboxMail.objects.exists()


def test_monthly_gift_starts_a_recurring_gift(begin, account, work):
    checkout = begin(frequency="monthly", amount=2000)
    account.pay(checkout.url)
    work()
    received_once(checkout.donation, amount=2000, fee=88)
    gift = RecurringGift.objects.get()
    assert (gift.state, gift.amount, gift.currency) == ("active", 2000, "USD")
    assert gift.supporter == checkout.donation.supporter
    assert gift.paid_until > timezone.now() + timedelta(days=27)
    assert checkout.donation.recurring_gift == gift
    assert checkout.donation.invoice_id.startswith("in_")


def test_slow_first_payment_of_a_monthly_gift_that_fails_is_failed(begin, account, work):
    checkout = begin(frequency="monthly")
    account.pay(checkout.url, **BANK)
    work()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.PROCESSING
    account.press("fail", checkout.donation.checkout_id)
    work()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.FAILED


def test_each_later_instalment_is_a_donation_with_a_receipt(begin, account, work):
    checkout = begin(frequency="monthly", story={"story_key": None, "story_title": "Ana Ruth"})
    account.pay(checkout.url)
    work()
    gift = RecurringGift.objects.get()
    account.press("advance", gift.subscription_id)
    account.press("advance", gift.subscription_id)
    work()
    work(again=True)
    assert gift.donations.count() == 3
    for donation in gift.donations.all():
        received_once(donation)
        assert donation.email == "ana@example.org"
        assert donation.story_title == "Ana Ruth"
        assert donation.frequency == "monthly"
    before = gift.paid_until
    gift.refresh_from_db()
    assert gift.paid_until > before


def test_instalment_whose_beginning_was_never_heard_of_brings_that_too(begin, account, client):
    checkout = begin(frequency="monthly")
    account.pay(checkout.url)
    subscription = account.sdk.v1.subscriptions.list().data[0].id
    account.press("advance", subscription)
    post_event(client, account.events("invoice.paid")[-1])
    process_due_events()
    assert Donation.objects.count() == 2
    received_once(checkout.donation)
    received_once(Donation.objects.exclude(pk=checkout.donation.pk).get())


def test_cancelled_and_overdue_recurring_gifts_are_known(begin, account, work):
    account.pay(begin(frequency="monthly").url)
    work()
    gift = RecurringGift.objects.get()
    account.press("advance-fail", gift.subscription_id)
    work()
    gift.refresh_from_db()
    assert gift.state == "past_due"
    account.press("cancel", gift.subscription_id)
    work()
    gift.refresh_from_db()
    assert gift.state == "cancelled"
    assert gift.cancelled_at is not None


def test_whole_refund_is_entered_and_shown(begin, account, work):
    checkout = begin()
    account.pay(checkout.url)
    work()
    account.press("refund", Donation.objects.get().payment_id)
    work()
    work(again=True)
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.REFUNDED
    assert books(checkout.donation) == [("charge", 2500), ("fee", -103), ("refund", -2500)]


def test_partial_refunds_are_entered_each_and_the_gift_stays_received(begin, account, work):
    checkout = begin()
    account.pay(checkout.url)
    work()
    account.press("refund-part", Donation.objects.get().payment_id, amount="5")
    work()
    account.press("refund-part", Donation.objects.get().payment_id, amount="7.50")
    work()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.SUCCEEDED
    assert books(checkout.donation) == [("charge", 2500), ("fee", -103), ("refund", -750), ("refund", -500)]


@pytest.mark.parametrize("frequency", ["once", "monthly"])
def test_refund_heard_of_before_the_payment_brings_both(begin, account, client, frequency):
    checkout = begin(frequency=frequency)
    account.pay(checkout.url)
    account.press("refund", account.sdk.v1.payment_intents.list().data[0].id)
    post_event(client, account.events("charge.refunded")[0])
    process_due_events()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.REFUNDED
    assert books(checkout.donation) == [("charge", 2500), ("fee", -103), ("refund", -2500)]
    assert OutboxMail.objects.count() == 1


def test_gift_in_another_currency_keeps_both_amounts(begin, account, work, give_page):
    give_page.currency = "JPY"
    checkout = begin(amount=3000)
    account.pay(checkout.url)
    work()
    charge = checkout.donation.ledger.get(kind="charge")
    assert (charge.amount, charge.currency) == (3000, "JPY"), "3,000 yen, not 30"
    assert (charge.settled_amount, charge.settled_currency) == (2010, "USD")


def test_ledger_is_stripes_balance_to_the_cent(begin, account, work):
    for number in range(4):
        account.pay(begin(amount=1234 + number, frequency=["once", "monthly"][number % 2]).url)
    work()
    account.press("refund-part", Donation.objects.filter(frequency="once").first().payment_id, amount="3.21")
    account.press("advance", RecurringGift.objects.first().subscription_id)
    work()
    lines = account.sdk.v1.balance_transactions.list({"limit": 100}).data
    assert sum(LedgerEntry.objects.values_list("settled_amount", flat=True)) == sum(
        line.net for line in lines
    )


def test_other_payments_of_the_same_account_are_none_of_ours(account, client, db):
    price = {"currency": "usd", "unit_amount": 900, "product_data": {"name": "A mug"}}
    for mode, more in (("payment", {}), ("subscription", {"recurring": {"interval": "month"}})):
        items = [{"quantity": 1, "price_data": price | more}]
        session = account.sdk.v1.checkout.sessions.create(
            {"mode": mode, "success_url": "https://shop.example/", "line_items": items}
        )
        account.pay(session.url)
    account.press("refund", account.sdk.v1.payment_intents.list().data[0].id)
    account.deliver(client)
    process_due_events()
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {"ignored"}
    assert not Donation.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_gift_whose_session_id_was_lost_in_a_crash_is_found_by_its_reference(begin, account, work):
    checkout = begin()
    account.pay(checkout.url)
    DonationEvent.objects.all()._raw_delete("default")
    Donation.objects.update(checkout_id=None, state="created")
    work()
    received_once(checkout.donation)
    assert checkout.donation.checkout_id


def test_orphan_session_of_a_failed_opening_changes_nothing(begin, account, work):
    checkout = begin()
    orphan = account.sdk.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "client_reference_id": str(checkout.donation.public_id),
            "success_url": "https://site.example/",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "A"}},
                }
            ],
        }
    )
    account.sdk.v1.checkout.sessions.expire(orphan.id)
    work()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.PENDING


def test_gift_that_never_reached_stripe_is_closed_after_a_day(begin, account):
    checkout = begin()
    Donation.objects.update(checkout_id=None, state="created", due_at=timezone.now())
    look_after_open_gifts()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.EXPIRED


def test_open_gift_is_asked_about_less_and_less_often(begin, account):
    donation = begin().donation
    now = timezone.now()
    Donation.objects.update(due_at=now, created_at=now - timedelta(hours=3))
    look_after_open_gifts()
    donation.refresh_from_db()
    assert timedelta(hours=2, minutes=59) < donation.due_at - now < timedelta(hours=3, minutes=1)
    assert donation.state == DonationState.PENDING


def test_sweep_goes_on_when_stripe_is_down(begin, account, settings):
    donation = begin().donation
    begin()
    Donation.objects.update(due_at=timezone.now())
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert look_after_open_gifts() == 2
    donation.refresh_from_db()
    assert donation.state == DonationState.PENDING
    assert donation.due_at > timezone.now()


def test_fee_that_is_known_only_later_is_entered_later(begin, account, client, work):
    checkout = begin()
    account.pay(checkout.url)
    charge = account.box.store.find("stripe.charge", limit=1)[0]
    account.box.store.put("stripe.charge", charge["id"], charge | {"balance_transaction": None})
    work()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.SUCCEEDED
    assert books(checkout.donation) == []
    assert checkout.donation.due_at is not None
    account.box.store.put("stripe.charge", charge["id"], charge)
    Donation.objects.update(due_at=timezone.now())
    look_after_open_gifts()
    received_once(checkout.donation)
    assert checkout.donation.due_at is None


def test_gift_without_a_usable_address_is_still_a_gift(begin, account, work, caplog):
    checkout = begin()
    account.pay(checkout.url)
    session = account.box.store.get("stripe.checkout.session", checkout.donation.checkout_id)
    session["customer_details"] |= {"email": "not-an-address", "name": "Ana\r\nBcc: all@example.org"}
    account.box.store.put("stripe.checkout.session", session["id"], session)
    work()
    checkout.donation.refresh_from_db()
    assert checkout.donation.state == DonationState.SUCCEEDED
    assert checkout.donation.name == "Ana Bcc: all@example.org"
    assert checkout.donation.supporter is None
    assert not OutboxMail.objects.exists()
    assert "not-an-address" not in caplog.text


def together(*calls) -> None:
    """Run calls at once in threads of their own; the first error is raised here."""
    barrier, errors = threading.Barrier(len(calls)), []

    def run(call) -> None:
        try:
            barrier.wait()
            call()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_landing_page_webhook_and_sweep_at_once_are_one_gift(begin, account, client):
    checkout = begin(frequency="monthly")
    account.pay(checkout.url)
    account.deliver(client)
    session = checkout.donation.checkout_id
    Donation.objects.update(due_at=timezone.now())
    together(
        *[lambda: fulfil(session, evidence="donor came back")] * 3,
        *[process_due_events] * 3,
        look_after_open_gifts,
    )
    process_due_events()
    received_once(checkout.donation)
    assert RecurringGift.objects.count() == 1
    assert not StripeEvent.objects.exclude(error="").exists()
