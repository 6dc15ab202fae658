"""What Stripe says, in our own words; and what it doesn't say yet."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from donations import stripe_gateway
from donations.models import Donation
from donations.services import look_after_open_gifts, process_due_events
from donations.services.fulfil import settle_charge, settle_invoice
from donations.stripe_gateway import Outcome, PaymentRefused, PaymentsUnavailable

from .conftest import books, post_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def rewrite(account):
    """Change an object as Stripe would show it, without the events a real change would bring."""

    def change(kind: str, object_id: str, **fields: object) -> dict:
        store = account.box.store
        return store.put(f"stripe.{kind}", object_id, store.get(f"stripe.{kind}", object_id) | fields)

    return change


@pytest.fixture
def paid(begin, account):
    def pay(**wanted) -> str:
        checkout = begin(**wanted)
        account.pay(checkout.url)
        return checkout.donation.checkout_id

    return pay


def test_paid_checkout_comes_with_payment_and_settlement(paid, account):
    state = stripe_gateway.find_checkout(paid())
    assert (state.outcome, state.name, state.email) == (Outcome.PAID, "Ana Pérez", "ana@example.org")
    assert (state.payment.amount, state.payment.currency, state.payment.refunded_amount) == (2500, "USD", 0)
    settled = state.payment.settlement
    assert (settled.amount, settled.fee, settled.net, settled.currency) == (2500, 103, 2397, "USD")
    assert settled.happened_at.tzinfo is UTC
    assert abs(datetime.now(UTC) - settled.happened_at).total_seconds() < 120
    assert state.subscription is None


def test_monthly_checkout_comes_with_its_subscription(paid):
    state = stripe_gateway.find_checkout(paid(frequency="monthly"))
    assert state.payment.settlement.fee == 103
    assert (state.subscription.state, state.subscription.amount) == ("active", 2500)
    assert state.invoice_id.startswith("in_")


def test_paid_checkout_whose_charge_is_not_there_yet_is_asked_about_again(paid, account, rewrite):
    checkout_id = paid()
    intent = account.sdk.v1.payment_intents.list().data[0]
    rewrite("payment_intent", intent.id, latest_charge=None)
    with pytest.raises(PaymentsUnavailable):
        stripe_gateway.find_checkout(checkout_id)


@pytest.mark.parametrize(
    ("status", "changes", "state"),
    [
        ("trialing", {}, "active"),
        ("unpaid", {}, "past_due"),
        ("incomplete_expired", {}, "cancelled"),
        ("active", {"pause_collection": {"behavior": "void", "resumes_at": None}}, "paused"),
    ],
)
def test_every_state_of_a_subscription_has_a_name_of_ours(paid, account, rewrite, status, changes, state):
    paid(frequency="monthly")
    subscription = account.sdk.v1.subscriptions.list().data[0].id
    rewrite("subscription", subscription, status=status, **changes)
    assert stripe_gateway.find_subscription(subscription).state == state


def test_unpaid_or_free_invoice_brings_no_money(paid, account, rewrite):
    paid(frequency="monthly")
    invoice = account.sdk.v1.invoices.list().data[0].id
    rewrite("invoice", invoice, status="open")
    assert stripe_gateway.find_invoice(invoice).payment is None
    assert settle_invoice(invoice, evidence="test") is None
    rewrite("invoice", invoice, status="paid", amount_paid=0)
    assert settle_invoice(invoice, evidence="test") is None


def test_paid_invoice_whose_payment_is_not_there_yet_is_asked_about_again(paid, account, rewrite):
    paid(frequency="monthly")
    invoice = account.sdk.v1.invoices.list().data[0].id
    intent = account.sdk.v1.payment_intents.list().data[0].id
    rewrite("payment_intent", intent, latest_charge=None)
    with pytest.raises(PaymentsUnavailable):
        stripe_gateway.find_invoice(invoice)


def test_invoice_paid_outside_stripe_is_never_taken_for_a_payment(paid, account, rewrite):
    paid(frequency="monthly")
    invoice = account.sdk.v1.invoices.list().data[0].id
    row = account.sdk.v1.invoice_payments.list({"invoice": invoice}).data[0].id
    rewrite("invoice_payment", row, payment={"type": "out_of_band_payment"})
    with pytest.raises(PaymentsUnavailable):
        stripe_gateway.find_invoice(invoice)


def test_instalment_settled_twice_is_one_donation(paid, account):
    paid(frequency="monthly")
    account.press("advance", account.sdk.v1.subscriptions.list().data[0].id)
    invoice = account.events("invoice.paid")[-1]["data"]["object"]["id"]
    first, second = (settle_invoice(invoice, evidence="test") for _ in range(2))
    assert first == second
    assert books(first) == [("charge", 2500), ("fee", -103)]
    assert Donation.objects.count() == 2


def test_failed_charge_is_no_payment(begin, account):
    checkout = begin()
    account.pay(checkout.url, number="4000000000000002")
    charge = account.sdk.v1.charges.list().data[0]
    assert charge.status == "failed"
    assert stripe_gateway.find_payment(charge.id) is None
    assert settle_charge(charge.id, evidence="test") is None


def test_charge_without_a_payment_intent_is_not_ours(paid, account, rewrite):
    paid()
    charge = account.sdk.v1.charges.list().data[0].id
    rewrite("charge", charge, payment_intent=None)
    assert settle_charge(charge, evidence="test") is None


def test_refund_that_has_not_moved_money_yet_is_not_entered(paid, account, work, rewrite, client):
    paid()
    work()
    donation = Donation.objects.get()
    account.press("refund-part", donation.payment_id, amount="5")
    refund = account.sdk.v1.refunds.list().data[0].id
    line = rewrite("refund", refund)["balance_transaction"]
    rewrite("refund", refund, balance_transaction=None)
    work()
    assert ("refund", -500) not in books(donation)
    rewrite("refund", refund, balance_transaction=line)
    settle_charge(donation.charge_id, evidence="looked up")
    assert ("refund", -500) in books(donation)


def test_fee_still_unknown_at_the_second_look_is_looked_for_again(paid, account, rewrite):
    checkout_id = paid()
    charge = account.sdk.v1.charges.list().data[0].id
    rewrite("charge", charge, balance_transaction=None)
    for _ in range(3):
        Donation.objects.update(due_at=timezone.now())
        assert look_after_open_gifts() == 1
        donation = Donation.objects.get(checkout_id=checkout_id)
        assert donation.state == "succeeded"
        assert donation.due_at > timezone.now()
    assert books(donation) == []


def test_unknown_object_is_a_refusal_with_stripes_code(account, client):
    with pytest.raises(PaymentRefused) as caught:
        stripe_gateway.find_checkout("cs_test_nobody")
    assert caught.value.code == "resource_missing"
    assert "cs_test_nobody" not in str(caught.value)


def test_event_of_an_invoice_without_a_subscription_is_not_ours(paid, account, rewrite, client):
    paid(frequency="monthly")
    event = account.events("invoice.paid")[0]
    rewrite("invoice", event["data"]["object"]["id"], parent=None)
    post_event(client, event)
    process_due_events()
    assert Donation.objects.get().state == "pending"


def test_clients_are_kept_and_follow_the_settings(settings):
    first = stripe_gateway._client()
    assert stripe_gateway._client() is first
    settings.STRIPE_API_BASE = ""
    assert stripe_gateway._client() is not first
    assert stripe_gateway._client()._requestor._options.base_addresses["api"] == "https://api.stripe.com"
