"""Disputes: a supporter's bank takes the money back, and perhaps returns it."""

from typing import Any

from sandbox.stripe import balance, money
from sandbox.stripe.customers import merge_metadata
from sandbox.stripe.errors import StripeError
from sandbox.stripe.world import World, now

REPLY_SECONDS = 7 * 24 * 3600


def open_dispute(world: World, charge_id: str, reason: str = "fraudulent") -> dict:
    charge = world.get("charge", charge_id)
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise StripeError(f"Charge {charge_id} cannot be disputed.")
    dispute = world.new(
        "dispute",
        "du_",
        amount=charge["amount"],
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={
            "due_by": now() + REPLY_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        payment_method_details={
            "card": {"brand": "visa", "case_type": "chargeback", "network_reason_code": "83"},
            "type": "card",
        },
        reason=reason,
        status="needs_response",
    )
    cents, rate = money.settle(charge["amount"], charge["currency"])
    entry = balance.record(
        world,
        type="adjustment",
        reporting_category="dispute",
        amount=-cents,
        source=dispute["id"],
        fee=money.DISPUTE_FEE,
        fee_description="Dispute fee",
        description=f"Chargeback withdrawal for {charge['id']}",
        exchange_rate=rate,
    )
    dispute["balance_transactions"].append(entry)
    world.save(dispute)
    charge["disputed"] = True
    world.save(charge)
    world.emit("charge.dispute.created", dispute)
    world.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(world: World, id: str, *, won: bool) -> dict:
    """The bank decides. Won: the amount comes back, the fee does not."""
    dispute = world.get("dispute", id)
    if dispute["status"] in ("won", "lost"):
        raise StripeError("This dispute is already closed.")
    previous = {"status": dispute["status"]}
    dispute["status"] = "won" if won else "lost"
    if won:
        cents, rate = money.settle(dispute["amount"], dispute["currency"])
        entry = balance.record(
            world,
            type="adjustment",
            reporting_category="dispute_reversal",
            amount=cents,
            source=dispute["id"],
            description=f"Chargeback reversal for {dispute['charge']}",
            exchange_rate=rate,
        )
        dispute["balance_transactions"].append(entry)
    world.save(dispute)
    if won:
        world.emit("charge.dispute.funds_reinstated", dispute)
    world.emit("charge.dispute.closed", dispute, previous)
    return dispute


def update(world: World, id: str, params: dict[str, Any]) -> dict:
    dispute = world.get("dispute", id)
    dispute["metadata"] = merge_metadata(dispute["metadata"], params.get("metadata"))
    if params.get("evidence"):
        dispute["evidence"] |= params["evidence"]
        dispute["evidence_details"]["has_evidence"] = True
        if params.get("submit", True):
            dispute["evidence_details"]["submission_count"] += 1
            dispute["status"] = "under_review"
    world.save(dispute)
    world.emit("charge.dispute.updated", dispute)
    return dispute
