"""Refunds, disputes, payouts: every movement leaves a balance transaction, and they add up."""

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from sandbox.stripe import money


def nets(account) -> list[int]:
    return [entry.net for entry in account.v1.balance_transactions.list({"limit": 100}).data]


def available(account) -> int:
    return account.v1.balance.retrieve().available[0].amount


def test_charge_pays_a_fee_of_2_9_percent_and_30_cents(account):
    entry = account.paid(amount=2500).payment_intent.latest_charge.balance_transaction
    assert (entry.amount, entry.fee, entry.net) == (2500, 103, 2397)
    assert (entry.type, entry.currency, entry.reporting_category) == ("charge", "usd", "charge")
    assert entry.fee_details[0].amount == 103


def test_charge_in_another_currency_settles_in_dollars(account):
    charge = account.paid(amount=5000, currency="jpy").payment_intent.latest_charge
    entry = charge.balance_transaction
    assert (charge.amount, charge.currency) == (5000, "jpy")
    assert (entry.amount, entry.currency, entry.exchange_rate) == (3350, "usd", 0.0067)


def test_refunds_in_parts_and_their_balance_transactions_add_up(account):
    session = account.paid(amount=2500)
    charge = session.payment_intent.latest_charge
    part = account.v1.refunds.create({"charge": charge.id, "amount": 1000, "reason": "requested_by_customer"})
    assert (part.status, part.amount) == ("succeeded", 1000)
    after = account.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (after.amount_refunded, after.refunded, len(after.refunds.data)) == (1000, False, 1)
    rest = account.v1.refunds.create({"payment_intent": session.payment_intent.id})
    assert rest.amount == 1500
    assert account.v1.charges.retrieve(charge.id).refunded is True
    entry = account.v1.balance_transactions.retrieve(rest.balance_transaction)
    assert (entry.type, entry.amount, entry.fee) == ("refund", -1500, 0)
    assert sum(nets(account)) == available(account) == -103
    assert account.event_types().count("charge.refunded") == 2


@pytest.mark.parametrize(
    ("currency", "amount", "parts"), [("jpy", 777, (111, 222, 444)), ("mxn", 9999, (1, 9998))]
)
def test_partial_refunds_in_another_currency_take_back_exactly_what_came_in(account, currency, amount, parts):
    charge = account.paid(amount=amount, currency=currency).payment_intent.latest_charge
    for part in parts:
        account.v1.refunds.create({"charge": charge.id, "amount": part})
    assert sum(nets(account)) == -charge.balance_transaction.fee


def test_refund_of_too_much_or_twice_is_refused(account):
    charge = account.paid().payment_intent.latest_charge
    for amount, code in ((2501, "amount_too_large"), (0, "parameter_invalid_integer")):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            account.v1.refunds.create({"charge": charge.id, "amount": amount})
        assert refusal.value.code == code
    account.v1.refunds.create({"charge": charge.id})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.refunds.create({"charge": charge.id})
    assert refusal.value.code == "charge_already_refunded"


def test_refund_without_a_charge_or_of_an_unpaid_intent_is_refused(account):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.refunds.create({})
    assert refusal.value.code == "parameter_missing"
    session = account.session()
    account.pay(session, "4000000000000002")
    intent = account.v1.payment_intents.list().data[0]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.refunds.create({"payment_intent": intent.id})
    assert refusal.value.code == "charge_not_refundable"


def test_refund_metadata_can_be_changed(account):
    charge = account.paid().payment_intent.latest_charge
    refund = account.v1.refunds.create({"charge": charge.id})
    assert account.v1.refunds.update(refund.id, {"metadata": {"a": "1"}}).metadata["a"] == "1"


def test_dispute_takes_the_money_and_a_fee_and_winning_brings_the_money_back(account):
    charge = account.paid().payment_intent.latest_charge
    assert account.press("dispute", charge.id).status_code == 303
    assert available(account) == 2397 - 2500 - 1500
    dispute = account.v1.disputes.list({"charge": charge.id}).data[0]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.refunds.create({"charge": charge.id})
    assert refusal.value.code == "charge_disputed"
    account.press("win", dispute.id)
    assert account.v1.disputes.retrieve(dispute.id).status == "won"
    assert available(account) == sum(nets(account)) == 2397 - 1500
    told = [name for name in account.event_types() if name.startswith("charge.dispute")]
    assert told == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


def test_dispute_lost_stays_taken_and_is_closed_once(account):
    charge = account.paid().payment_intent.latest_charge
    account.press("dispute", charge.id)
    dispute = account.v1.disputes.list().data[0]
    updated = account.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Ana"}, "submit": True})
    assert updated.status == "under_review"
    assert account.v1.disputes.close(dispute.id).status == "lost"
    assert account.press("lose", dispute.id).status_code == 400
    assert account.press("dispute", charge.id).status_code == 400
    assert available(account) == 2397 - 2500 - 1500


def test_payout_takes_in_what_was_there_and_empties_the_balance(account):
    account.paid(amount=2500)
    account.paid(amount=1000)
    there = available(account)
    assert account.press("payout", "all").status_code == 303
    payout = account.v1.payouts.list().data[0]
    assert (payout.amount, payout.status, available(account)) == (there, "paid", 0)
    entries = account.v1.balance_transactions.list({"payout": payout.id}).data
    assert sum(entry.net for entry in entries if entry.type != "payout") == there
    assert {"payout.created", "payout.paid"} <= set(account.event_types())
    assert account.press("payout", "all").status_code == 400


@pytest.mark.parametrize("params", [{"amount": 99999, "currency": "usd"}, {"amount": 1, "currency": "eur"}])
def test_payout_of_what_is_not_there_is_refused(account, params):
    account.paid()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.payouts.create(params)
    assert refusal.value.code == "balance_insufficient"


def test_payout_of_a_part_leaves_the_rest(account):
    account.paid()
    payout = account.v1.payouts.create({"amount": 1000, "currency": "usd"})
    assert (payout.automatic, available(account)) == (False, 1397)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (1200, "usd", "$12.00"),
        (1200, "jpy", "¥1,200"),
        (-1200, "mxn", "-12.00 MXN"),
        (1200, "kwd", "1.200 KWD"),
    ],
)
def test_amounts_are_shown_with_the_currencys_own_decimals(amount, currency, shown):
    assert money.display(amount, currency) == shown


def test_amount_that_cannot_be_divided_is_refused(account):
    with pytest.raises(stripe.InvalidRequestError, match="evenly divisible by 100"):
        account.session(amount=20050, currency="isk")


@given(st.integers(min_value=50, max_value=money.LARGEST))
def test_fee_is_whole_cents_and_less_than_the_charge(amount):
    assert 0 < money.fee(amount) < amount
