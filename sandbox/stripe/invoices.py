"""Invoices of subscriptions, and paying them."""

from typing import Any

from sandbox.store import new_id
from sandbox.stripe import payments
from sandbox.stripe.errors import StripeError, card_error
from sandbox.stripe.world import World, now


def create(world: World, subscription: dict, reason: str) -> dict:
    """A finalised, open invoice for the subscription's present period, with one line per item."""
    customer = world.get("customer", subscription["customer"])
    items = subscription["items"]["data"]
    total = sum(item["price"]["unit_amount"] * item["quantity"] for item in items)
    start = min(item["current_period_start"] for item in items)
    number = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = number + 1
    customer["currency"] = subscription["currency"]
    world.save(customer)
    invoice_id = new_id("in_")
    invoice = world.new(
        "invoice",
        "in_",
        id=invoice_id,
        account_country="US",
        account_name=world.config.stripe_account_name,
        account_tax_ids=None,
        amount_due=total,
        amount_overpaid=0,
        amount_paid=0,
        amount_remaining=total,
        amount_shipping=0,
        application=None,
        attempt_count=0,
        attempted=False,
        auto_advance=True,
        automatic_tax={
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        automatically_finalizes_at=None,
        billing_reason=reason,
        collection_method="charge_automatically",
        currency=subscription["currency"],
        custom_fields=None,
        customer=customer["id"],
        customer_account=None,
        customer_address=customer["address"],
        customer_email=customer["email"],
        customer_name=customer["name"],
        customer_phone=customer["phone"],
        customer_shipping=None,
        customer_tax_exempt="none",
        customer_tax_ids=[],
        default_payment_method=None,
        default_source=None,
        default_tax_rates=[],
        description=subscription["description"],
        discounts=[],
        due_date=None,
        effective_at=now(),
        ending_balance=0,
        footer=None,
        from_invoice=None,
        hosted_invoice_url=f"{world.config.public_url}/stripe/invoices/{invoice_id}",
        invoice_pdf=None,
        issuer={"type": "self"},
        last_finalization_error=None,
        latest_revision=None,
        lines=_lines(world, invoice_id, subscription),
        metadata={},
        next_payment_attempt=None,
        number=f"{customer['invoice_prefix']}-{number:04}",
        on_behalf_of=None,
        parent={
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(subscription["metadata"]),
                "subscription": subscription["id"],
            },
            "type": "subscription_details",
        },
        payment_settings={
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        period_end=start,
        period_start=start,
        post_payment_credit_notes_amount=0,
        pre_payment_credit_notes_amount=0,
        receipt_number=None,
        rendering=None,
        shipping_cost=None,
        shipping_details=None,
        starting_balance=0,
        statement_descriptor=None,
        status="open",
        status_transitions={
            "finalized_at": now(),
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        subtotal=total,
        subtotal_excluding_tax=total,
        test_clock=None,
        total=total,
        total_discount_amounts=[],
        total_excluding_tax=total,
        total_pretax_credit_amounts=[],
        total_taxes=[],
        webhooks_delivered_at=None,
    )
    subscription["latest_invoice"] = invoice["id"]
    world.save(subscription)
    world.emit("invoice.created", invoice | {"status": "draft"})
    world.emit("invoice.finalized", invoice)
    return invoice


def _lines(world: World, invoice_id: str, subscription: dict) -> dict:
    lines = []
    for item in subscription["items"]["data"]:
        price = item["price"]
        product = world.get("product", price["product"])
        amount = price["unit_amount"] * item["quantity"]
        lines.append(
            {
                "id": new_id("il_"),
                "object": "line_item",
                "amount": amount,
                "currency": price["currency"],
                "description": f"{item['quantity']} × {product['name']}",
                "discount_amounts": [],
                "discountable": True,
                "discounts": [],
                "invoice": invoice_id,
                "livemode": False,
                "metadata": dict(subscription["metadata"]),
                "parent": {
                    "invoice_item_details": None,
                    "subscription_item_details": {
                        "invoice_item": None,
                        "proration": False,
                        "proration_details": {"credited_items": None},
                        "subscription": subscription["id"],
                        "subscription_item": item["id"],
                    },
                    "type": "subscription_item_details",
                },
                "period": {"end": item["current_period_end"], "start": item["current_period_start"]},
                "pretax_credit_amounts": [],
                "pricing": {
                    "price_details": {"price": price["id"], "product": price["product"]},
                    "type": "price_details",
                    "unit_amount_decimal": price["unit_amount_decimal"],
                },
                "quantity": item["quantity"],
                "subtotal": amount,
                "taxes": [],
            }
        )
    url = f"/v1/invoices/{invoice_id}/lines"
    return {"object": "list", "data": lines, "has_more": False, "total_count": len(lines), "url": url}


def intent_for(world: World, invoice: dict) -> dict:
    """The payment intent that pays this invoice, made when first asked for."""
    existing = world.find("invoice_payment", limit=1, invoice=invoice["id"])
    if existing:
        return world.get("payment_intent", existing[0]["payment"]["payment_intent"])
    first = invoice["billing_reason"] == "subscription_create"
    intent = payments.create_intent(
        world,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        description="Subscription creation" if first else "Subscription update",
        setup_future_usage="off_session" if first else None,
    )
    world.new(
        "invoice_payment",
        "inpay_",
        amount_paid=None,
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"payment_intent": intent["id"], "type": "payment_intent"},
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
    )
    return intent


def attempt(
    world: World, invoice: dict, method: dict, *, off_session: bool, authenticated: bool = False
) -> dict:
    """Try to pay an open invoice. Returns the payment intent; its status says how it went."""
    intent = intent_for(world, invoice)
    payments.attempt(world, intent, method, authenticated=authenticated, off_session=off_session)
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    world.save(invoice)
    settle(world, invoice, intent)
    return intent


def settle(world: World, invoice: dict, intent: dict) -> None:
    """Bring the invoice to what its payment intent has become."""
    if intent["status"] == "succeeded":
        payment = world.find("invoice_payment", limit=1, invoice=invoice["id"])[0]
        payment |= {"status": "paid", "amount_paid": invoice["amount_due"]}
        payment["status_transitions"]["paid_at"] = now()
        world.save(payment)
        invoice |= {
            "status": "paid",
            "amount_paid": invoice["amount_due"],
            "amount_remaining": 0,
            "auto_advance": False,
        }
        invoice["status_transitions"]["paid_at"] = now()
        world.save(invoice)
        world.emit("invoice_payment.paid", payment)
        world.emit("invoice.paid", invoice)
        world.emit("invoice.payment_succeeded", invoice)
    elif intent["status"] == "requires_action":
        world.emit("invoice.payment_action_required", invoice)
    elif intent["status"] == "requires_payment_method":
        world.emit("invoice.payment_failed", invoice)


def pay(world: World, id: str, params: dict[str, Any]) -> dict:
    from sandbox.stripe import subscriptions

    invoice = world.get("invoice", id)
    if invoice["status"] != "open":
        raise StripeError(f"Invoice is already {invoice['status']}", code="invoice_not_editable")
    subscription = world.get("subscription", invoice["parent"]["subscription_details"]["subscription"])
    method = world.get(
        "payment_method",
        params.get("payment_method") or subscription["default_payment_method"],
        "payment_method",
    )
    intent = attempt(world, invoice, method, off_session=params.get("off_session", True))
    subscriptions.after_payment(world, subscription, intent["status"])
    if intent["status"] == "requires_payment_method":
        error = intent["last_payment_error"]
        raise card_error(error["message"], code=error["code"], decline_code=error.get("decline_code"))
    return invoice


def void(world: World, id: str) -> dict:
    invoice = world.get("invoice", id)
    if invoice["status"] not in ("open", "uncollectible"):
        raise StripeError(f"You can only void open invoices; this one is {invoice['status']}.")
    invoice |= {"status": "void", "auto_advance": False}
    invoice["status_transitions"]["voided_at"] = now()
    world.save(invoice)
    world.emit("invoice.voided", invoice)
    return invoice
