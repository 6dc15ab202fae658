"""The account's balance: its transactions, what is available, and payouts."""

from typing import Any

from sandbox.store import new_id
from sandbox.stripe import money
from sandbox.stripe.customers import merge_metadata
from sandbox.stripe.errors import StripeError
from sandbox.stripe.world import World, now

CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "payout": "payout",
}


def record(
    world: World,
    *,
    type: str,
    amount: int,
    source: str,
    fee: int = 0,
    fee_description: str = "Stripe processing fees",
    description: str | None = None,
    exchange_rate: float | None = None,
    reporting_category: str | None = None,
) -> dict:
    """One movement, in cents of the settlement currency. ``net`` is ``amount - fee``."""
    details = {
        "amount": fee,
        "application": None,
        "currency": money.SETTLEMENT_CURRENCY,
        "description": fee_description,
        "type": "stripe_fee",
    }
    entry = world.new(
        "balance_transaction",
        "txn_",
        amount=amount,
        available_on=now(),
        balance_type="payments",
        currency=money.SETTLEMENT_CURRENCY,
        description=description,
        exchange_rate=exchange_rate,
        fee=fee,
        fee_details=[details] if fee else [],
        net=amount - fee,
        reporting_category=reporting_category or CATEGORIES[type],
        source=source,
        status="available",
        type=type,
        # The payout that took it in; not part of Stripe's object.
        _payout=None,
    )
    del entry["livemode"]
    return world.save(entry)


def total(world: World) -> int:
    return sum(entry["net"] for entry in world.every("balance_transaction"))


def retrieve(world: World) -> dict:
    def amounts(amount: int) -> list[dict]:
        return [{"amount": amount, "currency": money.SETTLEMENT_CURRENCY, "source_types": {"card": amount}}]

    return {
        "object": "balance",
        "available": amounts(total(world)),
        "livemode": False,
        "pending": amounts(0),
        "refund_and_dispute_prefunding": {"available": amounts(0), "pending": amounts(0)},
    }


def create_payout(world: World, params: dict[str, Any]) -> dict:
    """Pay out ``amount`` (by default all there is): takes in the movements that no payout holds yet."""
    available = total(world)
    amount = params.get("amount", available)
    if params.get("currency", money.SETTLEMENT_CURRENCY).lower() != money.SETTLEMENT_CURRENCY:
        raise StripeError(
            "You have no balance in that currency.", param="currency", code="balance_insufficient"
        )
    if amount <= 0 or amount > available:
        raise StripeError("You have insufficient funds in your Stripe account.", code="balance_insufficient")
    automatic = amount == available
    payout = world.new(
        "payout",
        "po_",
        amount=amount,
        application_fee=None,
        application_fee_amount=None,
        arrival_date=now(),
        automatic=automatic,
        balance_transaction=None,
        currency=money.SETTLEMENT_CURRENCY,
        description=params.get("description") or "STRIPE PAYOUT",
        destination=new_id("ba_"),
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        metadata=merge_metadata({}, params.get("metadata")),
        method="standard",
        original_payout=None,
        payout_method=None,
        reconciliation_status="completed" if automatic else "not_applicable",
        reversed_by=None,
        source_type="card",
        statement_descriptor=params.get("statement_descriptor"),
        status="in_transit",
        trace_id=None,
        type="bank_account",
    )
    if automatic:
        for entry in world.every("balance_transaction"):
            if entry["_payout"] is None:
                world.save(entry | {"_payout": payout["id"]})
    entry = record(world, type="payout", amount=-amount, source=payout["id"], description="STRIPE PAYOUT")
    world.save(entry | {"_payout": payout["id"]})
    payout["balance_transaction"] = entry["id"]
    world.save(payout)
    world.emit("payout.created", payout)
    payout["status"] = "paid"
    world.save(payout)
    world.emit("payout.paid", payout)
    world.emit("payout.reconciliation_completed", payout)
    return payout
