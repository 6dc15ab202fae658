"""Customers and the payment methods they keep."""

from typing import Any

from sandbox.store import new_id
from sandbox.stripe.errors import StripeError
from sandbox.stripe.world import World

ADDRESS = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}


def merge_metadata(old: dict[str, str], change: dict[str, str] | str | None) -> dict[str, str]:
    """Metadata after a request: keys set to "" go, "" for the whole unsets all."""
    if change is None:
        return old
    if change == "":
        return {}
    return {name: value for name, value in (old | change).items() if value != ""}


def create(world: World, params: dict[str, Any]) -> dict:
    method = params.get("payment_method")
    if method:
        world.get("payment_method", method, "payment_method")
    email = params.get("email")
    if email and "@" not in email:
        raise StripeError(f"Invalid email address: {email}", param="email", code="email_invalid")
    settings = params.get("invoice_settings") or {}
    customer = world.new(
        "customer",
        "cus_",
        id=new_id("cus_", 14),
        address=(ADDRESS | params["address"]) if params.get("address") else None,
        balance=params.get("balance", 0),
        currency=None,
        customer_account=None,
        default_source=None,
        delinquent=False,
        description=params.get("description") or None,
        email=email or None,
        invoice_prefix=new_id("", 8).upper(),
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": settings.get("default_payment_method"),
            "footer": None,
            "rendering_options": None,
        },
        metadata=merge_metadata({}, params.get("metadata")),
        name=params.get("name") or None,
        next_invoice_sequence=1,
        phone=params.get("phone") or None,
        preferred_locales=params.get("preferred_locales") or [],
        shipping=None,
        tax_exempt=params.get("tax_exempt") or "none",
        test_clock=None,
    )
    if method:
        attach_method(world, method, customer["id"])
    world.emit("customer.created", customer)
    return customer


def update(world: World, id: str, params: dict[str, Any]) -> dict:
    customer = world.get("customer", id)
    previous = {name: customer.get(name) for name in params if name in customer}
    for name in ("email", "name", "description", "phone", "preferred_locales", "tax_exempt", "balance"):
        if name in params:
            customer[name] = params[name] if params[name] != "" else None
    if "address" in params:
        customer["address"] = (ADDRESS | params["address"]) if params["address"] else None
    customer["metadata"] = merge_metadata(customer["metadata"], params.get("metadata"))
    if "default_payment_method" in (params.get("invoice_settings") or {}):
        method = params["invoice_settings"]["default_payment_method"]
        world.get("payment_method", method, "invoice_settings[default_payment_method]")
        customer["invoice_settings"]["default_payment_method"] = method
    world.save(customer)
    world.emit("customer.updated", customer, previous)
    return customer


def delete(world: World, id: str, params: dict[str, Any]) -> dict:
    from sandbox.stripe import subscriptions

    customer = world.get("customer", id)
    for subscription in world.every("subscription", customer=id):
        if subscription["status"] != "canceled":
            subscriptions.end(world, subscription)
    gone = {"id": id, "object": "customer", "created": customer["created"], "deleted": True}
    world.save(gone)
    world.emit("customer.deleted", customer)
    return {"id": id, "object": "customer", "deleted": True}


def new_method(world: World, details: dict[str, Any], billing: dict, customer: str | None) -> dict:
    """A payment method: ``details`` has its type, last four digits, brand and expiry; never a number."""
    if details["type"] == "card":
        kept = {
            "brand": details["brand"],
            "checks": {"address_line1_check": None, "address_postal_code_check": "pass", "cvc_check": "pass"},
            "country": "US",
            "display_brand": details["brand"],
            "exp_month": details["exp_month"],
            "exp_year": details["exp_year"],
            "fingerprint": details["fingerprint"],
            "funding": "credit",
            "generated_from": None,
            "last4": details["last4"],
            "networks": {"available": [details["brand"]], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        }
    else:
        kept = {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": "STRIPE TEST BANK",
            "fingerprint": new_id("", 16),
            "last4": "6789",
            "routing_number": "110000000",
        }
    return world.new(
        "payment_method",
        "pm_",
        allow_redisplay="limited",
        billing_details=billing,
        customer=customer,
        customer_account=None,
        metadata={},
        type=details["type"],
        **{details["type"]: kept},
        # How this test card behaves later on; not part of Stripe's object (world.public leaves it out).
        _behaviour=details["behaviour"],
    )


def attach_method(world: World, id: str, customer: str) -> dict:
    method = world.get("payment_method", id)
    world.get("customer", customer, "customer")
    method["customer"] = customer
    world.save(method)
    world.emit("payment_method.attached", method)
    return method


def detach_method(world: World, id: str) -> dict:
    method = world.get("payment_method", id)
    if not method["customer"]:
        raise StripeError(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    method["customer"] = None
    world.save(method)
    world.emit("payment_method.detached", method)
    return method
