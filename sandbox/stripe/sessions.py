"""Checkout Sessions: what the site asks for, before anyone pays."""

import re
from typing import Any

from sandbox.store import new_id
from sandbox.stripe import catalog, money
from sandbox.stripe.customers import merge_metadata
from sandbox.stripe.errors import StripeError, missing
from sandbox.stripe.world import World, now

LIFETIME, SHORTEST_LIFETIME = 24 * 3600, 30 * 60
LINE_ITEMS_MOST = 100
# What the sandbox does, or may safely ignore. Anything else is refused, rather than quietly left undone.
DONE = {
    "cancel_url", "client_reference_id", "currency", "customer", "customer_creation", "customer_email",
    "expires_at", "line_items", "locale", "metadata", "mode", "payment_intent_data", "subscription_data",
    "submit_type", "success_url", "ui_mode",
}  # fmt: skip
IGNORED = {
    "adaptive_pricing", "allowed_payment_method_types", "billing_address_collection", "branding_settings",
    "custom_text", "customer_update", "excluded_payment_method_types", "integration_identifier",
    "name_collection", "origin_context", "payment_method_collection", "payment_method_options",
    "saved_payment_method_options", "wallet_options",
}  # fmt: skip


def create(world: World, params: dict[str, Any]) -> dict:
    for name in params:
        if name not in DONE | IGNORED:
            raise StripeError(f"Stripe knows {name}, but this sandbox does not do it.", param=name)
    mode = params.get("mode")
    if not mode:
        raise missing("mode")
    if mode == "setup":
        raise StripeError("This sandbox does not do setup mode.", param="mode")
    _check_combinations(params, mode)
    items = _line_items(world, params, mode)
    currency = items[0]["currency"]
    total = sum(item["amount_total"] for item in items)
    money.check_total(total, currency, "line_items", what="The Checkout Session's total amount due")
    expires = params.get("expires_at", now() + LIFETIME)
    if not now() + SHORTEST_LIFETIME - 60 <= expires <= now() + LIFETIME + 60:
        raise StripeError(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session"
            " creation.",
            param="expires_at",
        )
    id = new_id("cs_test_", 58)
    session = world.new(
        "checkout.session",
        "cs_test_",
        id=id,
        adaptive_pricing={"enabled": False},
        after_expiration=None,
        allow_promotion_codes=None,
        amount_subtotal=total,
        amount_total=total,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        billing_address_collection=params.get("billing_address_collection"),
        branding_settings={
            "background_color": "#ffffff",
            "border_style": "rounded",
            "button_color": "#1f5c6b",
            "display_name": world.config.stripe_account_name,
            "font_family": "default",
            "icon": None,
            "logo": None,
        }
        | params.get("branding_settings", {}),
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        client_secret=None,
        collected_information=None,
        consent=None,
        consent_collection=None,
        currency=currency,
        currency_conversion=None,
        custom_fields=[],
        custom_text={
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        }
        | params.get("custom_text", {}),
        customer=params.get("customer"),
        customer_account=None,
        customer_creation=params.get("customer_creation", "if_required") if mode == "payment" else None,
        customer_details={"email": params["customer_email"]} if params.get("customer_email") else None,
        customer_email=params.get("customer_email"),
        discounts=[],
        expires_at=expires,
        invoice=None,
        invoice_creation=None,
        locale=params.get("locale"),
        metadata=merge_metadata({}, params.get("metadata")),
        mode=mode,
        origin_context=params.get("origin_context"),
        payment_intent=None,
        payment_link=None,
        payment_method_collection="always" if mode == "subscription" else "if_required",
        payment_method_configuration_details=None,
        payment_method_options={},
        payment_method_types=["card", "us_bank_account"],
        payment_status="unpaid",
        permissions=None,
        phone_number_collection={"enabled": False},
        recovered_from=None,
        saved_payment_method_options=None,
        setup_intent=None,
        shipping_address_collection=None,
        shipping_cost=None,
        shipping_options=[],
        status="open",
        submit_type=params.get("submit_type"),
        subscription=None,
        success_url=params["success_url"],
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
        url=f"{world.config.public_url}/stripe/pay/{id}",
        wallet_options=None,
        _line_items=items,
        _payment_intent_data=params.get("payment_intent_data", {}),
        _subscription_data=params.get("subscription_data", {}),
        _subscription=None,
        _email=None,
    )
    if session["customer"]:
        customer = world.get("customer", session["customer"], "customer")
        session["customer_details"] = {"email": customer["email"], "name": customer["name"]}
        world.save(session)
    return session


def _check_combinations(params: dict[str, Any], mode: str) -> None:
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise StripeError("This sandbox only does the hosted page.", param="ui_mode")
    if "success_url" not in params:
        raise missing("success_url")
    for name in ("success_url", "cancel_url"):
        if name in params and not re.match(r"https?://[^\s/]+", params[name]):
            raise StripeError("Not a valid URL", param=name, code="url_invalid")
    if params.get("customer") and params.get("customer_email"):
        message = "You may only specify one of these parameters: customer, customer_email."
        raise StripeError(message, param="customer_email", code="parameters_exclusive")
    if "customer_email" in params and not re.fullmatch(
        r"[^@\s]+@[^@\s]+\.[^@\s.]+", params["customer_email"]
    ):
        raise StripeError(
            f"Invalid email address: {params['customer_email']}", param="customer_email", code="email_invalid"
        )
    for name, only in (
        ("payment_intent_data", "payment"),
        ("customer_creation", "payment"),
        ("subscription_data", "subscription"),
    ):
        if name in params and mode != only:
            raise StripeError(f"You can not pass `{name}` in `{mode}` mode.", param=name)


def _line_items(world: World, params: dict[str, Any], mode: str) -> list[dict]:
    given = params.get("line_items")
    if not given:
        raise missing("line_items")
    if len(given) > LINE_ITEMS_MOST:
        raise StripeError(f"You may have at most {LINE_ITEMS_MOST} line items.", param="line_items")
    items = []
    for index, line in enumerate(given):
        prefix = f"line_items[{index}]"
        if "quantity" not in line:
            raise StripeError(
                f"Quantity is required. Add `quantity` to `{prefix}`", param=f"{prefix}[quantity]"
            )
        if line["quantity"] < 1:
            raise StripeError(
                "Invalid positive integer", param=f"{prefix}[quantity]", code="parameter_invalid_integer"
            )
        price = catalog.item_price(world, line, prefix)
        if price["recurring"] and mode == "payment":
            raise StripeError(
                "You specified `payment` mode but passed a recurring price.", param=f"{prefix}[price]"
            )
        product = world.get("product", price["product"])
        amount = price["unit_amount"] * line["quantity"]
        items.append(
            {
                "id": new_id("li_"),
                "object": "item",
                "adjustable_quantity": None,
                "amount_discount": 0,
                "amount_subtotal": amount,
                "amount_tax": 0,
                "amount_total": amount,
                "currency": price["currency"],
                "description": product["name"],
                "metadata": line.get("metadata", {}),
                "price": price,
                "quantity": line["quantity"],
                "_about": product["description"],
            }
        )
    if mode == "subscription" and not all(item["price"]["recurring"] for item in items):
        message = "This sandbox only does recurring prices in `subscription` mode."
        if not any(item["price"]["recurring"] for item in items):
            message = "You must provide at least one recurring price in `subscription` mode."
        raise StripeError(message, param="line_items")
    if len({item["currency"] for item in items}) > 1:
        raise StripeError("All line items must have the same currency.", param="line_items")
    if params.get("currency", items[0]["currency"]).lower() != items[0]["currency"]:
        raise StripeError("The currency does not match that of the line items.", param="currency")
    return items


def line_items(world: World, session: dict) -> list[dict]:
    return session["_line_items"]


def update(world: World, id: str, params: dict[str, Any]) -> dict:
    session = world.get("checkout.session", id)
    for name in params:
        if name != "metadata":
            raise StripeError(f"Stripe knows {name}, but this sandbox does not do it.", param=name)
    session["metadata"] = merge_metadata(session["metadata"], params.get("metadata"))
    return world.save(session)


def expire(world: World, id: str) -> dict:
    session = world.get("checkout.session", id)
    if session["status"] != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session'
            f" has a status of {session['status']}.",
            param="session",
        )
    session |= {"status": "expired", "url": None}
    world.save(session)
    if session["_subscription"]:
        subscription = world.get("subscription", session["_subscription"])
        world.save(subscription | {"status": "incomplete_expired"})
    world.emit("checkout.session.expired", session)
    return session


def expire_due(world: World) -> int:
    """Expire the sessions whose time has passed. Returns how many."""
    with world.transaction():
        due = [s["id"] for s in world.every("checkout.session", status="open") if s["expires_at"] <= now()]
        for id in due:
            expire(world, id)
    return len(due)
