"""The account's objects: saving, finding, and telling the world by events."""

import json
import time
from typing import Any

import stripe
from flask import g, has_request_context

from sandbox.app import Services
from sandbox.store import new_id
from sandbox.stripe.errors import not_found

# What each kind of object can be looked up by (a dotted path into it).
KEYS = {
    "charge": ("payment_intent", "customer"),
    "payment_intent": ("customer",),
    "payment_method": ("customer",),
    "checkout.session": ("payment_intent", "subscription", "customer", "status"),
    "subscription": ("customer", "status"),
    "invoice": ("customer", "status", "parent.subscription_details.subscription"),
    "invoice_payment": ("invoice", "payment.payment_intent"),
    "refund": ("charge", "payment_intent"),
    "balance_transaction": ("type", "source", "_payout", "currency"),
    "dispute": ("charge", "payment_intent"),
    "payout": ("status",),
    "price": ("product", "type"),
    "customer": ("email",),
    "event": ("type",),
}
PREFIXES = {
    "cus_": "customer",
    "prod_": "product",
    "price_": "price",
    "pi_": "payment_intent",
    "pm_": "payment_method",
    "ch_": "charge",
    "txn_": "balance_transaction",
    "sub_": "subscription",
    "in_": "invoice",
    "inpay_": "invoice_payment",
    "re_": "refund",
    "du_": "dispute",
    "po_": "payout",
    "cs_": "checkout.session",
    "evt_": "event",
}


def dig(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data.get(step) if isinstance(data, dict) else None
    return data


def public(value: Any) -> Any:
    """An object as the API shows it: a copy without the sandbox's own notes (names that begin with "_")."""
    if isinstance(value, dict):
        return {name: public(item) for name, item in value.items() if not name.startswith("_")}
    return [public(item) for item in value] if isinstance(value, list) else value


def now() -> int:
    return int(time.time())


class World:
    """One Stripe account. Change it only inside ``transaction()``: what is read there stays true."""

    def __init__(self, services: Services) -> None:
        self.services, self.store, self.config = services, services.store, services.config

    def transaction(self):
        return self.store.transaction()

    def new(self, kind: str, prefix: str, **fields: Any) -> dict:
        """A saved object with the fields that all have."""
        head = {"id": fields.pop("id", None) or new_id(prefix), "object": kind}
        return self.save(head | {"created": now(), "livemode": False} | fields)

    def save(self, obj: dict) -> dict:
        keys = {path: dig(obj, path) for path in KEYS.get(obj["object"], ())}
        return self.store.put("stripe." + obj["object"], obj["id"], obj, keys=keys)

    def get(self, kind: str, id: str | None, param: str = "id") -> dict:
        """Raises StripeError (resource_missing) when there is none."""
        found = self.store.get("stripe." + kind, id) if id else None
        if found is None:
            raise not_found(kind, id or "", param)
        return found

    def find(self, kind: str, **query: Any) -> list[dict]:
        """Objects, newest first; see Store.find."""
        return self.store.find("stripe." + kind, **query)

    def every(self, kind: str, **query: Any) -> list[dict]:
        return self.find(kind, limit=-1, **query)

    def by_id(self, id: str) -> dict | None:
        kind = next((kind for prefix, kind in PREFIXES.items() if id.startswith(prefix)), None)
        return self.store.get("stripe." + kind, id) if kind else None

    def emit(self, type: str, obj: dict, previous: dict | None = None) -> dict:
        """Record an event about ``obj`` as it is now, and send it to the webhook endpoint."""
        data: dict[str, Any] = {"object": public(obj)}
        if previous:
            data["previous_attributes"] = previous
        api = has_request_context() and "request_id" in g
        event = self.new(
            "event",
            "evt_",
            api_version=stripe.api_version,
            data=data,
            pending_webhooks=1 if self.config.stripe_webhook_url else 0,
            request={
                "id": g.request_id if api else None,
                "idempotency_key": g.idempotency_key if api else None,
            },
            type=type,
        )
        self.services.webhooks.send("stripe", event, event_id=event["id"], event_type=type)
        return event


def sign(payload: dict, secret: str, timestamp: int) -> tuple[bytes, dict[str, str]]:
    """A webhook's body and headers, signed as Stripe signs."""
    body = json.dumps(payload, indent=2)
    signature = stripe.WebhookSignature.generate_signature_header(body, secret, timestamp)
    return body.encode(), {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature,
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
