"""Refunds, whole or in part."""

from typing import Any

from sandbox.stripe import balance, money
from sandbox.stripe.customers import merge_metadata
from sandbox.stripe.errors import StripeError, missing
from sandbox.stripe.world import World


def create(world: World, params: dict[str, Any]) -> dict:
    if not params.get("charge") and not params.get("payment_intent"):
        raise missing("charge")
    if params.get("charge"):
        charge = world.get("charge", params["charge"], "charge")
    else:
        intent = world.get("payment_intent", params["payment_intent"], "payment_intent")
        if not intent["latest_charge"]:
            raise StripeError(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            )
        charge = world.get("charge", intent["latest_charge"])
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise StripeError(
            f"Charge {charge['id']} is not succeeded and cannot be refunded.", code="charge_not_refundable"
        )
    if left <= 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(message, code="charge_already_refunded")
    if charge["disputed"] and any(d["status"] != "won" for d in world.every("dispute", charge=charge["id"])):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    amount = params.get("amount", left)
    if amount < 1:
        raise StripeError("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        shown = (money.display(one, charge["currency"]) for one in (amount, left))
        message = "Refund amount ({}) is greater than unrefunded amount on charge ({})".format(*shown)
        raise StripeError(message, param="amount", code="amount_too_large")
    return _make(world, charge, amount, params)


def _make(world: World, charge: dict, amount: int, params: dict[str, Any]) -> dict:
    # Converted so that several partial refunds come to exactly what one whole refund would.
    before, _ = money.settle(charge["amount_refunded"], charge["currency"])
    after, rate = money.settle(charge["amount_refunded"] + amount, charge["currency"])
    refund = world.new(
        "refund",
        "re_",
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        destination_details={
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        metadata=merge_metadata({}, params.get("metadata")),
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=params.get("reason"),
        receipt_number=None,
        source_transfer_reversal=None,
        status="succeeded",
        transfer_reversal=None,
    )
    del refund["livemode"]
    card = charge["payment_method_details"]["type"] == "card"
    entry = balance.record(
        world,
        type="refund" if card else "payment_refund",
        amount=before - after,
        source=refund["id"],
        description=f"REFUND FOR CHARGE ({charge['description'] or charge['id']})",
        exchange_rate=rate,
    )
    refund["balance_transaction"] = entry["id"]
    world.save(refund)
    previous = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    world.save(charge)
    world.emit("refund.created", refund)
    world.emit("charge.refunded", charge, previous)
    return refund


def update(world: World, id: str, params: dict[str, Any]) -> dict:
    refund = world.get("refund", id)
    refund["metadata"] = merge_metadata(refund["metadata"], params.get("metadata"))
    world.save(refund)
    world.emit("refund.updated", refund)
    return refund
