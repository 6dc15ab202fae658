"""An email provider that speaks Mailgun's HTTP API (v3) under ``/mailgun/v3/``, with an inbox to look at.

What becomes of a message is told by the local part of its recipient (see ``fates``):

==============  =====================================================================================
begins with     happens
==============  =====================================================================================
``bounce``      accepted, then a permanent failure
``softbounce``  accepted, fails twice for the moment, then delivered
``refuse``      the API itself refuses the message, as it does an invalid address
``reject``      accepted by the API, then a ``rejected`` event
``slow``        delivered after a delay
anything else   delivered shortly after
==============  =====================================================================================

A sender that is unsure whether a message got through asks the Events API. It can be filtered by recipient,
time, tag and message id (an ``h:Message-Id`` of the sender's own is kept); as at Mailgun it cannot be
filtered by user variables, but every event carries them.
"""

from flask import Blueprint, Response, jsonify

from sandbox.app import Link, Part, Services
from sandbox.mailgun import api, events, pages
from sandbox.mailgun.mailbox import Mailbox


def part(services: Services) -> Part:
    config = services.config
    mailbox = Mailbox(services.store, services.webhooks, config)
    services.webhooks.register(
        "mailgun",
        url=config.mailgun_webhook_url,
        secret=config.mailgun_webhook_signing_key,
        signer=events.sign,
    )
    blueprint = Blueprint("mailgun", __name__)
    api.add_routes(blueprint, mailbox, config)
    pages.add_routes(blueprint, mailbox)

    def summary() -> list[Link]:
        return [Link("Inbox", "/mailgun/", mailbox.count())]

    def error(status: int, message: str) -> Response:
        response = jsonify(message=message)
        response.status_code = status
        return response

    return Part("mailgun", "Email", blueprint, ("/v3/",), summary, error)
