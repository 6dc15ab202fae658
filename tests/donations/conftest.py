"""A donation page, a Stripe account on a sandbox, and donors who pay there over real HTTP."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
import requests
import stripe
from django.test import Client
from wagtail.models import Locale

from donations import stripe_gateway
from donations.models import Donation, DonationPage, StripeEvent
from donations.services import Checkout, process_due_events, start_checkout
from home.models import HomePage
from sandbox.app import Sandbox
from sandbox.config import Config

SECRET = "whsec_sandbox"
CARD = {
    "email": "ana@example.org", "name": "Ana Pérez", "number": "4242424242424242",
    "expiry": "12/40", "cvc": "123", "country": "US", "postal": "94110",
}  # fmt: skip
BANK = {"method": "bank"}


@pytest.fixture
def give_page(site: HomePage) -> DonationPage:
    page = DonationPage(
        title="Give today",
        slug="give",
        thanks_title="Thank you for standing by a child",
        thanks_text="It matters.",
    )
    site.add_child(instance=page)
    page.save_revision().publish()
    return page


@pytest.fixture
def spanish_give_page(give_page: DonationPage) -> DonationPage:
    twin = give_page.copy_for_translation(Locale.objects.get(language_code="es"))
    twin.title, twin.thanks_title = "Dona hoy", "Gracias"
    twin.save_revision().publish()
    return twin


@dataclass
class Account:
    """One Stripe account in the sandbox, the way a donor and Stripe itself would act on it."""

    box: Sandbox
    delivered: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sdk = stripe.StripeClient("sk_test_sandbox", base_addresses={"api": f"{self.box.url}/stripe"})

    def pay(self, checkout_url: str, **typed: str) -> requests.Response:
        """Fill in the hosted page; redirects are not followed."""
        return requests.post(checkout_url, data=CARD | typed, allow_redirects=False, timeout=10)

    def press(self, act: str, object_id: str, **typed: str) -> None:
        """Press a button of the sandbox's own pages: refund, advance, settle, fail, cancel…"""
        answer = requests.post(
            f"{self.box.url}/stripe/act/{act}/{object_id}", data=typed, allow_redirects=False, timeout=10
        )
        assert answer.status_code == 303, answer.text

    def events(self, *types: str) -> list[dict]:
        """Every event of the account so far, oldest first; only those of `types` if any are given."""
        rows = [row.to_dict(for_json=True) for row in self.sdk.v1.events.list({"limit": 100}).data][::-1]
        return [row for row in rows if not types or row["type"] in types]

    def deliver(self, client: Client, *types: str, again: bool = False) -> int:
        """Post the account's events (new ones only, unless `again`) to the webhook, signed. How many."""
        rows = [row for row in self.events(*types) if again or row["id"] not in self.delivered]
        for row in rows:
            self.delivered.add(row["id"])
            answer = post_event(client, row)
            assert answer.status_code == 200, answer.content
        return len(rows)


@pytest.fixture
def account(settings) -> Iterator[Account]:
    """A sandbox whose events are delivered by the test, when and how often it wants."""
    with Sandbox(Config(port=0)) as box:
        settings.STRIPE_API_BASE = f"{box.url}/stripe"
        yield Account(box)


def sign(body: str, *, secret: str = SECRET, timestamp: int | None = None) -> str:
    return stripe.WebhookSignature.generate_signature_header(body, secret, timestamp)


def post_event(client: Client, event: dict | str, *, signature: str | None = None):
    body = event if isinstance(event, str) else json.dumps(event)
    header = sign(body) if signature is None else signature
    return client.post(
        "/webhooks/stripe/", data=body, content_type="application/json", headers={"stripe-signature": header}
    )


def made_up_event(type: str = "checkout.session.completed", **changes: object) -> dict:
    """An event about an object that Stripe doesn't have."""
    event = {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "api_version": stripe.api_version,
        "created": 1790000000,
        "data": {"object": {"id": "cs_test_nobody", "object": "checkout.session"}},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type,
    }
    return event | changes


@pytest.fixture
def begin(give_page: DonationPage) -> Callable[..., Checkout]:
    """Start a gift of 25 dollars, or as told."""

    def start(**wanted: object) -> Checkout:
        given = {
            "page": give_page, "amount": 2500, "frequency": "once", "token": uuid4(),
            "story": {"story_key": None, "story_title": ""}, "language": "en",
            "thanks_url": "http://testserver/en/gift/thanks/?session_id={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://testserver/en/give/?cancelled=1",
        }  # fmt: skip
        return start_checkout(**given | wanted)

    return start


@pytest.fixture
def work(client: Client, account: Account) -> Callable[..., None]:
    """Deliver the account's new events and let the worker process them."""

    def go(*types: str, again: bool = False) -> None:
        account.deliver(client, *types, again=again)
        process_due_events()
        failed = StripeEvent.objects.exclude(error="").values_list("type", "error")
        assert not failed, list(failed)

    return go


def books(donation: Donation) -> list[tuple[str, int]]:
    return sorted(donation.ledger.values_list("kind", "settled_amount"))


@pytest.fixture(autouse=True)
def _new_client() -> None:
    stripe_gateway._client_for.cache_clear()
