"""Payment intents and charges: what happens when a payment method is tried."""

import json
from typing import Any

from sandbox.store import new_id
from sandbox.stripe import balance, cards, money
from sandbox.stripe.customers import merge_metadata
from sandbox.stripe.errors import StripeError
from sandbox.stripe.world import World, now, public


def create_intent(world: World, *, amount: int, currency: str, customer: str | None, **given: Any) -> dict:
    intent = world.new(
        "payment_intent",
        "pi_",
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        application=None,
        application_fee_amount=None,
        automatic_payment_methods=None,
        canceled_at=None,
        cancellation_reason=None,
        capture_method="automatic_async",
        client_secret=None,
        confirmation_method="automatic",
        currency=currency,
        customer=customer,
        customer_account=None,
        description=given.get("description"),
        excluded_payment_method_types=None,
        last_payment_error=None,
        latest_charge=None,
        metadata=merge_metadata({}, given.get("metadata")),
        next_action=None,
        on_behalf_of=None,
        payment_method=None,
        payment_method_configuration_details=None,
        payment_method_options={},
        payment_method_types=["card", "us_bank_account"],
        processing=None,
        receipt_email=given.get("receipt_email"),
        review=None,
        setup_future_usage=given.get("setup_future_usage"),
        shipping=None,
        source=None,
        statement_descriptor=given.get("statement_descriptor"),
        statement_descriptor_suffix=given.get("statement_descriptor_suffix"),
        status="requires_payment_method",
        transfer_data=None,
        transfer_group=None,
    )
    intent["client_secret"] = f"{intent['id']}_secret_{new_id('', 25)}"
    world.save(intent)
    world.emit("payment_intent.created", intent)
    return intent


def update_intent(world: World, id: str, params: dict[str, Any]) -> dict:
    intent = world.get("payment_intent", id)
    for name in ("description", "receipt_email"):
        if name in params:
            intent[name] = params[name] or None
    intent["metadata"] = merge_metadata(intent["metadata"], params.get("metadata"))
    return world.save(intent)


def cancel_intent(world: World, id: str, params: dict[str, Any]) -> dict:
    intent = world.get("payment_intent", id)
    if intent["status"] in ("succeeded", "canceled"):
        raise StripeError(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    intent |= {
        "status": "canceled",
        "canceled_at": now(),
        "cancellation_reason": params.get("cancellation_reason"),
    }
    world.save(intent)
    world.emit("payment_intent.canceled", intent)
    return intent


def attempt(
    world: World, intent: dict, method: dict, *, authenticated: bool = False, off_session: bool = False
) -> str:
    """Try to pay ``intent``, updated in place, with ``method``. Returns its new status."""
    behaviour = method["_behaviour"]
    intent["payment_method"] = method["id"]
    if behaviour.startswith("three_d_secure") and not authenticated and not off_session:
        intent["status"] = "requires_action"
        url = f"{world.config.public_url}/stripe/authenticate/{intent['id']}"
        intent["next_action"] = {
            "redirect_to_url": {"return_url": None, "url": url},
            "type": "redirect_to_url",
        }
        world.save(intent)
        world.emit("payment_intent.requires_action", intent)
    elif behaviour == cards.BANK_DEBIT:
        intent |= {"status": "processing", "next_action": None, "last_payment_error": None}
        charge = _charge(world, intent, method, "pending")
        intent["latest_charge"] = charge["id"]
        world.save(intent)
        world.emit("charge.pending", charge)
        world.emit("payment_intent.processing", intent)
    elif behaviour == "three_d_secure_then_decline" or (off_session and behaviour == "declines_later"):
        fail(world, intent, method, "generic_decline")
    elif behaviour in cards.DECLINES and behaviour != "declines_later":
        fail(world, intent, method, behaviour)
    else:
        succeed(world, intent, method)
    return intent["status"]


def succeed(world: World, intent: dict, method: dict, charge: dict | None = None) -> dict:
    """The money comes in: charge, balance transaction, events. ``charge`` is the pending one, if there is."""
    charge = charge or _charge(world, intent, method, "succeeded")
    cents, rate = money.settle(intent["amount"], intent["currency"])
    entry = balance.record(
        world,
        type="charge" if method["type"] == "card" else "payment",
        amount=cents,
        source=charge["id"],
        fee=money.fee(cents),
        description=intent["description"],
        exchange_rate=rate,
    )
    charge |= {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": intent["amount"],
        "balance_transaction": entry["id"],
        "receipt_url": f"{world.config.public_url}/stripe/payments/{intent['id']}",
    }
    world.save(charge)
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "next_action": None,
        "last_payment_error": None,
    }
    world.save(intent)
    world.emit("charge.succeeded", charge)
    world.emit("payment_intent.succeeded", intent)
    return charge


def fail(world: World, intent: dict, method: dict, decline: str, charge: dict | None = None) -> dict:
    """The money does not come: the intent asks for another payment method."""
    code, message = cards.DECLINES[decline]
    charge = charge or (
        None if decline == "authentication_failed" else _charge(world, intent, method, "failed")
    )
    error = {"code": code, "message": message, "payment_method": public(method), "type": "card_error"}
    if decline != "authentication_failed":
        error["decline_code"] = decline
    else:
        error["type"] = "invalid_request_error"
    if charge:
        charge |= {"status": "failed", "paid": False, "failure_code": code, "failure_message": message}
        charge["outcome"] |= {
            "network_status": "declined_by_network",
            "reason": decline,
            "type": "issuer_declined",
        }
        charge["outcome"]["seller_message"] = message
        world.save(charge)
        error["charge"] = intent["latest_charge"] = charge["id"]
        world.emit("charge.failed", charge)
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_payment_error": error,
    }
    world.save(intent)
    world.emit("payment_intent.payment_failed", intent)
    return intent


def _charge(world: World, intent: dict, method: dict, status: str) -> dict:
    return world.new(
        "charge",
        "ch_",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        application=None,
        application_fee=None,
        application_fee_amount=None,
        balance_transaction=None,
        billing_details=method["billing_details"],
        calculated_statement_descriptor=intent["statement_descriptor"] or "SANDBOX",
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        fraud_details={},
        metadata=json.loads(json.dumps(intent["metadata"])),
        on_behalf_of=None,
        outcome={
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 12,
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        paid=False,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": method["type"], method["type"]: method[method["type"]]},
        radar_options={},
        receipt_email=intent["receipt_email"],
        receipt_number=None,
        receipt_url=None,
        refunded=False,
        review=None,
        shipping=None,
        source=None,
        source_transfer=None,
        statement_descriptor=intent["statement_descriptor"],
        statement_descriptor_suffix=intent["statement_descriptor_suffix"],
        status=status,
        transfer_data=None,
        transfer_group=None,
    )
