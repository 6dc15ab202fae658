"""A sandbox on a free port, and an endpoint that receives its webhooks."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import stripe

from sandbox.app import Sandbox
from sandbox.config import Config


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers each webhook with the next of ``answers`` (then 200) and keeps what came in ``requests``."""

    url: str = ""
    requests: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    received = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            received.requests.append(Received(self.path, dict(self.headers), body))
            self.send_response(received.answers.pop(0) if received.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    received.url = f"http://127.0.0.1:{server.server_port}/webhook/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield received
    server.shutdown()
    server.server_close()


@pytest.fixture
def start(receiver: Receiver) -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes with the given settings, webhooks going to ``receiver``; all stop after the test."""
    running: list[Sandbox] = []

    def starter(**settings: object) -> Sandbox:
        defaults = {
            "port": 0,
            "webhook_backoff": (0.02, 0.02, 0.02),
            "webhook_timeout": 3,
            "stripe_webhook_url": receiver.url,
            "mailgun_webhook_url": receiver.url,
        }
        box = Sandbox(Config(**(defaults | settings)))
        running.append(box)
        return box.__enter__()

    yield starter
    for box in running:
        box.__exit__(None, None, None)


@pytest.fixture
def box(start: Callable[..., Sandbox]) -> Sandbox:
    return start()


@pytest.fixture
def mail_box(start: Callable[..., Sandbox]) -> Sandbox:
    """A sandbox in which mail arrives without delay."""
    return start(mailgun_pace=0)


@dataclass
class MailApi:
    """Plain HTTP calls to a sandbox's Mailgun API."""

    box: Sandbox
    domain: str = "mg.example.org"
    key: str = "key-sandbox"

    def get(self, path: str, **params: object) -> requests.Response:
        address = path if path.startswith("http") else f"{self.box.url}/mailgun/v3/{self.domain}/{path}"
        return requests.get(address, params=params, auth=("api", self.key), timeout=10)

    def post(self, path: str = "messages", files: object = None, **fields: object) -> requests.Response:
        address = f"{self.box.url}/mailgun/v3/{self.domain}/{path}"
        return requests.post(address, data=fields, files=files, auth=("api", self.key), timeout=10)

    def send(self, **fields: object) -> str:
        """Send a small mail; returns its id without angle brackets."""
        mail = {"from": "Puente <hello@example.org>", "to": "ana@example.org", "subject": "Hello"}
        mail |= {"text": "Hi."}
        answer = self.post(**mail | fields)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"].strip("<>")

    def events(self, **params: object) -> list[dict]:
        answer = self.get("events", **params)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]


@pytest.fixture
def mail_api(mail_box: Sandbox) -> MailApi:
    return MailApi(mail_box)


@pytest.fixture
def mail_api_with(start: Callable[..., Sandbox]) -> Callable[..., MailApi]:
    """A function that starts a sandbox with these settings and gives its Mailgun API."""
    return lambda **settings: MailApi(start(**settings))


@dataclass
class StripeAccount:
    """The Stripe SDK on a sandbox, and the hosted page as a browser without JavaScript would use it."""

    box: Sandbox
    retries: int = 0

    def __post_init__(self) -> None:
        addresses = {"api": f"{self.box.url}/stripe"}
        self.client = stripe.StripeClient(
            "sk_test_sandbox", base_addresses=addresses, max_network_retries=self.retries
        )

    @property
    def v1(self):
        return self.client.v1

    def session(self, *, amount: int = 2500, currency: str = "usd", monthly: bool = False, **params: object):
        price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "A gift"}}
        if monthly:
            price["recurring"] = {"interval": "month"}
        asked = {
            "mode": "subscription" if monthly else "payment",
            "success_url": "https://site.example/thanks?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://site.example/back",
            "line_items": [{"quantity": 1, "price_data": price}],
        }
        return self.v1.checkout.sessions.create(asked | params)

    def pay(self, session, card: str = "4242424242424242", **typed: str) -> requests.Response:
        """Submit the hosted page; redirects are not followed."""
        form = {"email": "ana@example.org", "number": card, "expiry": "12/40", "cvc": "123"}
        form |= {"name": "Ana Pérez", "country": "US", "postal": "94110"}
        return requests.post(session.url, data=form | typed, allow_redirects=False, timeout=10)

    def paid(self, **wanted: object):
        """A session that has been paid, with its payment intent expanded down to the balance transaction."""
        session = self.session(**wanted)
        assert self.pay(session).status_code == 303
        expand = [] if wanted.get("monthly") else ["payment_intent.latest_charge.balance_transaction"]
        return self.v1.checkout.sessions.retrieve(session.id, {"expand": expand})

    def press(self, act: str, id: str, **typed: str) -> requests.Response:
        """Press a button of the watch pages."""
        address = f"{self.box.url}/stripe/act/{act}/{id}"
        return requests.post(address, data=typed, allow_redirects=False, timeout=10)

    def event_types(self) -> list[str]:
        """Types of all events, oldest first."""
        return [event.type for event in self.v1.events.list({"limit": 100}).data][::-1]


@pytest.fixture
def account(box: Sandbox) -> StripeAccount:
    return StripeAccount(box)


@pytest.fixture
def account_of() -> Callable[..., StripeAccount]:
    """A function that gives the Stripe account of any sandbox, for tests that start several."""
    return StripeAccount
