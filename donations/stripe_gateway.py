"""The door to Stripe. Nothing else imports the SDK or knows a name of a field of Stripe's.

What goes out are plain arguments, what comes back are the dataclasses below, and what goes wrong is one of
the three exceptions below. Amounts are minor units; currencies are upper case; times are aware.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings

logger = logging.getLogger(__name__)

# A donor waits for the answer: better a page that says so after half a minute than a blank one.
CONNECT_TIMEOUT, READ_TIMEOUT = 4.0, 12.0
RETRIES = 1
# The languages of ours in which the payment page can speak; it follows the browser for others.
PAGE_LANGUAGES = {"en", "es"}
REFERENCE = "donation"  # our key in the metadata


class PaymentsUnavailable(Exception):
    """Stripe can't be asked now. `answered` is true where a server of theirs said so itself."""

    def __init__(self, reason: str, *, answered: bool = False) -> None:
        super().__init__(reason)
        self.answered = answered


class PaymentRefused(Exception):
    """Stripe understood and said no. `code` is theirs, such as "amount_too_small"."""

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class WebhookRefused(Exception):
    """A delivery that is not a sound event of our account and environment."""


class Outcome(StrEnum):
    """What became of a checkout."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class Subject(StrEnum):
    """What kind of object an event is about."""

    CHECKOUT = "checkout"
    INVOICE = "invoice"
    CHARGE = "charge"
    SUBSCRIPTION = "subscription"


# A type that isn't here is stored and left alone.
SUBJECTS = {
    "checkout.session.completed": Subject.CHECKOUT,
    "checkout.session.async_payment_succeeded": Subject.CHECKOUT,
    "checkout.session.async_payment_failed": Subject.CHECKOUT,
    "checkout.session.expired": Subject.CHECKOUT,
    "invoice.paid": Subject.INVOICE,
    "charge.updated": Subject.CHARGE,  # the fee of some payments is known only later
    "charge.refunded": Subject.CHARGE,
    "customer.subscription.updated": Subject.SUBSCRIPTION,
    "customer.subscription.deleted": Subject.SUBSCRIPTION,
}


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """A line of Stripe's balance; signed amounts in the currency it settles in. net = amount - fee."""

    id: str
    amount: int
    fee: int
    net: int
    currency: str
    happened_at: datetime


@dataclass(frozen=True, kw_only=True)
class Refund:
    id: str
    amount: int
    currency: str
    settlement: Settlement | None


@dataclass(frozen=True, kw_only=True)
class Payment:
    """A charge that went through. `settlement` is None until Stripe knows the fee."""

    payment_id: str
    charge_id: str
    amount: int
    currency: str
    refunded_amount: int
    settlement: Settlement | None
    reference: str
    happened_at: datetime


@dataclass(frozen=True, kw_only=True)
class Subscription:
    id: str
    customer_id: str
    state: str  # "incomplete", "active", "past_due", "paused" or "cancelled"
    amount: int
    currency: str
    paid_until: datetime | None
    cancelled_at: datetime | None
    reference: str


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """A bill of a subscription. `opens` is true of its first; `payment` is there once money came."""

    id: str
    subscription_id: str
    opens: bool
    payment: Payment | None


@dataclass(frozen=True, kw_only=True)
class CheckoutState:
    """A checkout session as it is now."""

    id: str
    outcome: Outcome
    url: str
    reference: str
    name: str
    email: str
    payment: Payment | None
    subscription: Subscription | None
    invoice_id: str


@dataclass(frozen=True, kw_only=True)
class WebhookEvent:
    """A verified event; `payload` is kept as it came."""

    id: str
    type: str
    object_id: str
    livemode: bool
    api_version: str
    happened_at: datetime
    payload: dict[str, Any]


def open_checkout(
    *,
    reference: str,
    attempt: int,
    amount: int,
    currency: str,
    monthly: bool,
    title: str,
    language: str,
    thanks_url: str,
    cancel_url: str,
) -> CheckoutState:
    """Open a payment page for one gift. The same reference and attempt always lead to the same page.

    Args:
        reference: our public id of the donation, which comes back with everything about it.
        thanks_url: where the donor returns; "{CHECKOUT_SESSION_ID}" in it is filled in by Stripe.

    Raises:
        PaymentsUnavailable, PaymentRefused
    """
    price: dict[str, Any] = {
        "currency": currency.lower(),
        "unit_amount": amount,
        "product_data": {"name": title},
    }
    params: dict[str, Any] = {
        "mode": "subscription" if monthly else "payment",
        "ui_mode": "hosted_page",
        "client_reference_id": reference,
        "line_items": [{"quantity": 1, "price_data": price}],
        "locale": language if language in PAGE_LANGUAGES else "auto",
        "metadata": {REFERENCE: reference},
        "success_url": thanks_url,
        "cancel_url": cancel_url,
    }
    if monthly:
        price["recurring"] = {"interval": "month"}
        params["subscription_data"] = {"metadata": {REFERENCE: reference}}
    else:
        params["submit_type"] = "donate"
        params["payment_intent_data"] = {"metadata": {REFERENCE: reference}}
    options = {"idempotency_key": f"checkout:{reference}:{attempt}"}
    with _errors():
        session = _client().v1.checkout.sessions.create(params, options)  # type: ignore[arg-type]
    return _checkout(session.to_dict(), {})


def find_checkout(checkout_id: str) -> CheckoutState:
    """A session as Stripe has it now, with its payment as far as there is one."""
    expand = ["payment_intent.latest_charge.balance_transaction", "subscription"]
    with _errors():
        session = _client().v1.checkout.sessions.retrieve(checkout_id, {"expand": expand}).to_dict()
    intent = session.get("payment_intent") or {}
    if session.get("invoice"):
        intent = _intent_of(_invoice(_id(session["invoice"])))
    return _checkout(session, intent)


def find_invoice(invoice_id: str) -> Invoice:
    data = _invoice(invoice_id)
    parent = (data.get("parent") or {}).get("subscription_details") or {}
    paid = data["status"] == "paid" and data["amount_paid"] > 0
    payment = None
    if paid:
        intent = _intent_of(data)
        payment = _payment(intent, intent.get("latest_charge"))
        if payment is None:
            raise PaymentsUnavailable("the payment of an invoice is not known yet")
    return Invoice(
        id=data["id"],
        subscription_id=_id(parent.get("subscription")),
        opens=data["billing_reason"] == "subscription_create",
        payment=payment,
    )


def find_subscription(subscription_id: str) -> Subscription:
    with _errors():
        return _subscription(_client().v1.subscriptions.retrieve(subscription_id).to_dict())


def find_payment(charge_id: str) -> Payment | None:
    """The payment a charge stands for; None if the charge failed or belongs to no payment."""
    expand = ["balance_transaction", "payment_intent"]
    with _errors():
        charge = _client().v1.charges.retrieve(charge_id, {"expand": expand}).to_dict()
    return _payment(charge["payment_intent"], charge) if charge.get("payment_intent") else None


def find_invoice_of(payment_id: str) -> str:
    """The id of the invoice that a payment settles, or an empty string."""
    query: Any = {"payment": {"type": "payment_intent", "payment_intent": payment_id}, "limit": 1}
    with _errors():
        found = _client().v1.invoice_payments.list(query).to_dict()["data"]
    return _id(found[0]["invoice"]) if found else ""


def refunds_of(charge_id: str) -> list[Refund]:
    """Every refund of a charge, whoever made it."""
    query: Any = {"charge": charge_id, "limit": 100, "expand": ["data.balance_transaction"]}
    with _errors():
        rows = [row.to_dict() for row in _client().v1.refunds.list(query).auto_paging_iter()]
    return [
        Refund(
            id=row["id"],
            amount=row["amount"],
            currency=row["currency"].upper(),
            settlement=_settlement(row.get("balance_transaction")),
        )
        for row in rows
    ]


def read_event(payload: bytes, signature: str) -> WebhookEvent:
    """Check a delivery and read it.

    Raises:
        WebhookRefused: unsigned, tampered with, older than five minutes, or not an event.
    """
    try:
        stripe.WebhookSignature.verify_header(
            payload, signature, settings.STRIPE_WEBHOOK_SECRET, stripe.Webhook.DEFAULT_TOLERANCE
        )
        data = json.loads(payload)
        if data["object"] != "event":
            raise WebhookRefused("not an event")
        return WebhookEvent(
            id=_text(data["id"], 255),
            type=_text(data["type"], 100),
            object_id=_text(data["data"]["object"].get("id") or "", 255),
            livemode=bool(data["livemode"]),
            api_version=_text(data.get("api_version") or "", 40),
            happened_at=_time(data["created"]),
            payload=data,
        )
    except stripe.SignatureVerificationError as error:
        raise WebhookRefused("the signature is not good") from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError, RecursionError) as error:
        raise WebhookRefused("malformed") from error


@lru_cache(maxsize=4)
def _client_for(key: str, base: str) -> stripe.StripeClient:
    # Connections are kept open, one per thread.
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else None,
        http_client=stripe.RequestsClient(timeout=(CONNECT_TIMEOUT, READ_TIMEOUT)),
        max_network_retries=RETRIES,
    )


def _client() -> stripe.StripeClient:
    return _client_for(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE.rstrip("/"))


@contextmanager
def _errors() -> Iterator[None]:
    """Turn the SDK's errors into ours, without what was sent or answered."""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        logger.error("Stripe refuses our key (request %s)", error.request_id)
        raise PaymentsUnavailable("Stripe refuses our key", answered=True) from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise PaymentsUnavailable(type(error).__name__) from error
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise PaymentRefused(f"Stripe refused request {error.request_id}", code=error.code or "") from error
    except stripe.StripeError as error:
        # A stored answer is replayed for the same key, even an error of theirs: a new try needs a new key.
        raise PaymentsUnavailable(f"Stripe answered {error.http_status}", answered=True) from error


def _checkout(data: Mapping[str, Any], intent: Mapping[str, Any]) -> CheckoutState:
    outcome = _outcome(data, intent)
    payment = _payment(intent, intent.get("latest_charge"))
    if outcome == Outcome.PAID and payment is None:
        raise PaymentsUnavailable("the payment of a checkout is not known yet")
    subscription = data.get("subscription")
    details = data.get("customer_details") or {}
    return CheckoutState(
        id=data["id"],
        outcome=outcome,
        url=data.get("url") or "",
        reference=data.get("client_reference_id") or "",
        name=details.get("name") or "",
        email=details.get("email") or "",
        payment=payment,
        subscription=_subscription(subscription) if isinstance(subscription, Mapping) else None,
        invoice_id=_id(data.get("invoice")),
    )


def _outcome(session: Mapping[str, Any], intent: Mapping[str, Any]) -> Outcome:
    if session["status"] == "expired":
        return Outcome.EXPIRED
    if session["status"] == "open":
        return Outcome.OPEN
    if session["payment_status"] == "paid":
        return Outcome.PAID
    failed = intent.get("status") in ("requires_payment_method", "canceled")
    return Outcome.FAILED if failed else Outcome.PROCESSING


def _invoice(invoice_id: str) -> dict[str, Any]:
    with _errors():
        return _client().v1.invoices.retrieve(invoice_id, {"expand": ["payments"]}).to_dict()


def _intent_of(invoice: Mapping[str, Any]) -> dict[str, Any]:
    """The payment that settled a bill, else the one that is being tried; empty if there is none."""
    rows = sorted(invoice["payments"]["data"], key=lambda row: row["status"] != "paid")
    ids = [_id(row["payment"].get("payment_intent")) for row in rows]
    payment_id = next(filter(None, ids), "")
    if not payment_id:
        return {}
    expand = ["latest_charge.balance_transaction"]
    with _errors():
        return _client().v1.payment_intents.retrieve(payment_id, {"expand": expand}).to_dict()


def _payment(intent: Mapping[str, Any], charge: Any) -> Payment | None:
    if not isinstance(charge, Mapping) or charge["status"] != "succeeded":
        return None
    return Payment(
        payment_id=intent["id"],
        charge_id=charge["id"],
        amount=charge["amount"],
        currency=charge["currency"].upper(),
        refunded_amount=charge["amount_refunded"],
        settlement=_settlement(charge.get("balance_transaction")),
        reference=(intent.get("metadata") or {}).get(REFERENCE, ""),
        happened_at=_time(charge["created"]),
    )


def _settlement(data: Any) -> Settlement | None:
    if not isinstance(data, Mapping):
        return None
    return Settlement(
        id=data["id"],
        amount=data["amount"],
        fee=data["fee"],
        net=data["net"],
        currency=data["currency"].upper(),
        happened_at=_time(data["created"]),
    )


SUBSCRIPTION_STATES = {
    "active": "active",
    "trialing": "active",
    "past_due": "past_due",
    "unpaid": "past_due",
    "paused": "paused",
    "incomplete": "incomplete",
    "incomplete_expired": "cancelled",
    "canceled": "cancelled",
}


def _subscription(data: Mapping[str, Any]) -> Subscription:
    item = data["items"]["data"][0]
    return Subscription(
        id=data["id"],
        customer_id=_id(data.get("customer")),
        state="paused" if data.get("pause_collection") else SUBSCRIPTION_STATES[data["status"]],
        amount=item["price"]["unit_amount"] * item["quantity"],
        currency=item["price"]["currency"].upper(),
        paid_until=_time(item["current_period_end"]) if item.get("current_period_end") else None,
        cancelled_at=_time(data["canceled_at"]) if data.get("canceled_at") else None,
        reference=(data.get("metadata") or {}).get(REFERENCE, ""),
    )


def _id(value: Any) -> str:
    """The id of an object that came whole, as its id, or not at all."""
    return (value["id"] if isinstance(value, Mapping) else value) or ""


def _text(value: Any, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit or "\0" in value:
        raise ValueError("not a name")
    return value


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
