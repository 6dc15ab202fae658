"""Subscriptions: begun, changed, billed for the next period, ended."""

import calendar
import datetime
from typing import Any

from sandbox.store import new_id
from sandbox.stripe import catalog, invoices
from sandbox.stripe.customers import merge_metadata
from sandbox.stripe.errors import StripeError, card_error, missing
from sandbox.stripe.world import World, now

DONE = ("canceled", "incomplete_expired")


def later(moment: int, recurring: dict, anchor: int) -> int:
    """One period after ``moment``, keeping the day of the month of ``anchor`` where the month has it."""
    count = recurring["interval_count"]
    if recurring["interval"] in ("day", "week"):
        return moment + count * 86400 * (7 if recurring["interval"] == "week" else 1)
    months = count * (12 if recurring["interval"] == "year" else 1)
    old = datetime.datetime.fromtimestamp(moment, datetime.UTC)
    year, month = divmod(old.year * 12 + old.month - 1 + months, 12)
    wanted = datetime.datetime.fromtimestamp(anchor, datetime.UTC).day
    day = min(wanted, calendar.monthrange(year, month + 1)[1])
    return int(old.replace(year=year, month=month + 1, day=day).timestamp())


def _item(world: World, subscription_id: str, price: dict, quantity: int, anchor: int) -> dict:
    return {
        "id": new_id("si_", 14),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now(),
        "current_period_end": later(anchor, price["recurring"], anchor),
        "current_period_start": anchor,
        "discounts": [],
        "metadata": {},
        "plan": {
            "id": price["id"],
            "object": "plan",
            "active": price["active"],
            "amount": price["unit_amount"],
            "amount_decimal": price["unit_amount_decimal"],
            "billing_scheme": "per_unit",
            "created": price["created"],
            "currency": price["currency"],
            "interval": price["recurring"]["interval"],
            "interval_count": price["recurring"]["interval_count"],
            "livemode": False,
            "metadata": {},
            "meter": None,
            "nickname": None,
            "product": price["product"],
            "tiers_mode": None,
            "transform_usage": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        },
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def begin(
    world: World,
    *,
    customer: str,
    prices: list[tuple[dict, int]],
    method: str | None,
    metadata: dict[str, str] | None = None,
    description: str | None = None,
) -> dict:
    """A subscription that waits for its first payment (incomplete), with its first invoice open."""
    anchor, id = now(), new_id("sub_")
    items = [_item(world, id, price, quantity, anchor) for price, quantity in prices]
    subscription = world.new(
        "subscription",
        "sub_",
        id=id,
        application=None,
        application_fee_percent=None,
        automatic_tax={"disabled_reason": None, "enabled": False, "liability": None},
        billing_cycle_anchor=anchor,
        billing_cycle_anchor_config=None,
        billing_mode={"flexible": None, "type": "classic"},
        billing_schedules=[],
        billing_thresholds=None,
        cancel_at=None,
        cancel_at_period_end=False,
        canceled_at=None,
        cancellation_details={"comment": None, "feedback": None, "reason": None},
        collection_method="charge_automatically",
        currency=items[0]["price"]["currency"],
        customer=customer,
        customer_account=None,
        days_until_due=None,
        default_payment_method=method,
        default_source=None,
        default_tax_rates=[],
        description=description,
        discounts=[],
        ended_at=None,
        invoice_settings={"account_tax_ids": None, "issuer": {"type": "self"}},
        items={
            "object": "list",
            "data": items,
            "has_more": False,
            "total_count": len(items),
            "url": f"/v1/subscription_items?subscription={id}",
        },
        latest_invoice=None,
        metadata=merge_metadata({}, metadata),
        next_pending_invoice_item_invoice=None,
        on_behalf_of=None,
        pause_collection=None,
        payment_settings={
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        pending_invoice_item_interval=None,
        pending_setup_intent=None,
        pending_update=None,
        schedule=None,
        start_date=anchor,
        status="incomplete",
        test_clock=None,
        transfer_data=None,
        trial_end=None,
        trial_settings={"end_behavior": {"missing_payment_method": "create_invoice"}},
        trial_start=None,
    )
    invoices.create(world, subscription, "subscription_create")
    return subscription


def create(world: World, params: dict[str, Any]) -> dict:
    """POST /v1/subscriptions."""
    if "customer" not in params:
        raise missing("customer")
    customer = world.get("customer", params["customer"], "customer")
    if not params.get("items"):
        raise missing("items")
    prices = []
    for index, item in enumerate(params["items"]):
        price = catalog.item_price(world, item, f"items[{index}]")
        if not price["recurring"]:
            raise StripeError(
                "The price specified is set to `type=one_time`.", param=f"items[{index}][price]"
            )
        prices.append((price, item.get("quantity", 1)))
    method_id = params.get("default_payment_method") or customer["invoice_settings"]["default_payment_method"]
    if not method_id:
        raise StripeError(
            "This customer has no attached payment source or default payment method.", code="resource_missing"
        )
    method = world.get("payment_method", method_id, "default_payment_method")
    subscription = begin(
        world,
        customer=customer["id"],
        prices=prices,
        method=method["id"],
        metadata=params.get("metadata"),
        description=params.get("description"),
    )
    invoice = world.get("invoice", subscription["latest_invoice"])
    intent = invoices.attempt(world, invoice, method, off_session=params.get("off_session", False))
    if (
        intent["status"] == "requires_payment_method"
        and params.get("payment_behavior") == "error_if_incomplete"
    ):
        error = intent["last_payment_error"]
        raise card_error(error["message"], code=error["code"], decline_code=error.get("decline_code"))
    if intent["status"] in ("succeeded", "processing"):
        subscription["status"] = "active"
    world.save(subscription)
    world.emit("customer.subscription.created", subscription)
    return subscription


def update(world: World, id: str, params: dict[str, Any]) -> dict:
    subscription = world.get("subscription", id)
    if subscription["status"] in DONE:
        raise StripeError("A canceled subscription can only update its cancellation_details and metadata.")
    previous = {name: subscription.get(name) for name in params if name in subscription}
    for name in ("description", "default_payment_method", "pause_collection"):
        if name in params:
            subscription[name] = params[name] if params[name] != "" else None
    if subscription["pause_collection"]:
        subscription["pause_collection"].setdefault("resumes_at", None)
    if params.get("default_payment_method"):
        world.get("payment_method", params["default_payment_method"], "default_payment_method")
    if "cancel_at_period_end" in params:
        at_end = params["cancel_at_period_end"]
        end = max(item["current_period_end"] for item in subscription["items"]["data"])
        subscription |= {"cancel_at_period_end": at_end, "cancel_at": end if at_end else None}
        subscription["canceled_at"] = now() if at_end else None
        subscription["cancellation_details"]["reason"] = "cancellation_requested" if at_end else None
    for name, value in (params.get("cancellation_details") or {}).items():
        subscription["cancellation_details"][name] = value or None
    for index, change in enumerate(params.get("items") or []):
        _change_item(world, subscription, change, f"items[{index}]")
    subscription["metadata"] = merge_metadata(subscription["metadata"], params.get("metadata"))
    world.save(subscription)
    world.emit("customer.subscription.updated", subscription, previous)
    return subscription


def _change_item(world: World, subscription: dict, change: dict[str, Any], prefix: str) -> None:
    """Another price or quantity from the next invoice on; nothing is prorated."""
    items = subscription["items"]["data"]
    anchor = subscription["billing_cycle_anchor"]
    item = next((item for item in items if item["id"] == change.get("id")), None)
    if change.get("id") and item is None:
        raise StripeError(
            f"No such subscription item: '{change['id']}'", param=f"{prefix}[id]", code="resource_missing"
        )
    if item and change.get("deleted"):
        items.remove(item)
        return
    price = item["price"] if item else None
    if "price" in change or "price_data" in change:
        price = catalog.item_price(world, change, prefix)
    if not price or not price["recurring"] or price["currency"] != subscription["currency"]:
        message = "The price must be recurring, in the subscription's currency."
        raise StripeError(message, param=f"{prefix}[price]")
    quantity = change.get("quantity", item["quantity"] if item else 1)
    fresh = _item(world, subscription["id"], price, quantity, anchor)
    if item:
        period = {
            name: item[name] for name in ("id", "current_period_start", "current_period_end", "created")
        }
        items[items.index(item)] = fresh | period
    else:
        items.append(fresh)


def cancel(world: World, id: str, params: dict[str, Any]) -> dict:
    subscription = world.get("subscription", id)
    if subscription["status"] in DONE:
        raise StripeError(f"No such subscription: '{id}'", param="id", code="resource_missing", status=404)
    subscription["cancellation_details"] |= {"reason": "cancellation_requested"}
    for name, value in (params.get("cancellation_details") or {}).items():
        subscription["cancellation_details"][name] = value or None
    return end(world, subscription)


def end(world: World, subscription: dict) -> dict:
    subscription |= {"status": "canceled", "ended_at": now()}
    subscription["canceled_at"] = subscription["canceled_at"] or now()
    world.save(subscription)
    world.emit("customer.subscription.deleted", subscription)
    return subscription


def after_payment(world: World, subscription: dict, intent_status: str) -> None:
    """Bring a subscription to what the payment of its latest invoice has become."""
    old = subscription["status"]
    if intent_status in ("succeeded", "processing") and old in ("incomplete", "past_due", "unpaid"):
        subscription["status"] = "active"
    elif intent_status in ("requires_payment_method", "requires_action") and old == "active":
        subscription["status"] = "past_due"
    if subscription["status"] != old:
        world.save(subscription)
        world.emit("customer.subscription.updated", subscription, {"status": old})


def advance(world: World, id: str, *, fail: bool = False) -> dict:
    """Let one period pass: the next invoice is paid (or fails), or the subscription ends as asked."""
    subscription = world.get("subscription", id)
    if subscription["status"] in (*DONE, "incomplete"):
        raise StripeError(f"This subscription is {subscription['status']}.")
    if subscription["cancel_at_period_end"]:
        return end(world, subscription)
    old = [dict(item) for item in subscription["items"]["data"]]
    for item in subscription["items"]["data"]:
        item["current_period_start"] = item["current_period_end"]
        anchor = subscription["billing_cycle_anchor"]
        item["current_period_end"] = later(item["current_period_start"], item["price"]["recurring"], anchor)
    world.save(subscription)
    invoice = invoices.create(world, subscription, "subscription_cycle")
    world.emit(
        "customer.subscription.updated", subscription, {"items": {**subscription["items"], "data": old}}
    )
    if subscription["pause_collection"]:
        if subscription["pause_collection"]["behavior"] == "void":
            invoices.void(world, invoice["id"])
        elif subscription["pause_collection"]["behavior"] == "mark_uncollectible":
            world.save(invoice | {"status": "uncollectible"})
        else:
            world.save(invoice | {"status": "draft"})
        return subscription
    method = world.get("payment_method", subscription["default_payment_method"], "default_payment_method")
    if fail:
        method = method | {"_behaviour": "insufficient_funds"}
    intent = invoices.attempt(world, invoice, method, off_session=True)
    after_payment(world, subscription, intent["status"])
    return subscription
