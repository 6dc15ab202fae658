"""A sandbox on a free port, and an endpoint that receives its webhooks."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

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
