"""The email provider of the sandbox, over real HTTP through anymail's real adapter, for tests of any room."""

import json
import time
from collections.abc import Iterator

import pytest
from django.test import Client

from sandbox.app import Sandbox
from sandbox.config import Config

TRACKING = "/webhooks/mail/mailgun/tracking/"


class Provider:
    """A provider whose webhooks wait until a test tells them, in the order and number the test wants."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.faults = box.faults

    def inbox(self, to: str = "") -> list[dict]:
        """Messages taken, oldest first."""
        stored = self.box.app.test_client().get("/mailgun/inbox.json", query_string={"to": to, "limit": 500})
        return list(reversed(stored.get_json()["messages"]))

    def notices(self) -> list[dict]:
        """The webhooks the provider wants to send, oldest first: rows of its queue."""
        rows = self.box.store.query("SELECT * FROM deliveries WHERE part = 'mailgun' ORDER BY seq")
        return [dict(row) | {"payload": json.loads(row["payload"])} for row in rows]

    def tell(self, client: Client, notice: dict, *, secret: str = ""):
        """Send one webhook, signed as the provider signs it (or with another secret); returns the answer."""
        endpoint = self.box.webhooks.endpoints["mailgun"]
        body, headers = endpoint.signer(notice["payload"], secret or endpoint.secret, int(time.time()))
        return client.post(TRACKING, data=body, content_type=headers["Content-Type"])

    def tell_all(self, client: Client) -> None:
        for notice in self.notices():
            assert self.tell(client, notice).status_code == 200


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    """A running provider with the site's settings pointed at it."""
    # The address is never called: webhooks are held, and told by the test.
    config = Config(port=0, mailgun_pace=0, mailgun_webhook_url="http://127.0.0.1:9/held")
    with Sandbox(config) as box:
        box.webhooks.hold()
        settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
        settings.ANYMAIL = {
            **settings.ANYMAIL,
            "MAILGUN_API_KEY": config.mailgun_api_key,
            "MAILGUN_WEBHOOK_SIGNING_KEY": config.mailgun_webhook_signing_key,
            "MAILGUN_API_URL": f"{box.url}/mailgun/v3",
            "REQUESTS_TIMEOUT": (2, 2),
        }
        yield Provider(box)
