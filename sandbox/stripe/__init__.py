"""A Stripe to develop against: its API, Checkout's hosted page, the billing portal, and pages to watch.

Use it with ``StripeClient(key, base_addresses={"api": "http://127.0.0.1:8001/stripe"})``.
"""

from flask import Blueprint

from sandbox.app import Link, Part, Services
from sandbox.stripe import api, errors, hosted, hosted_portal, sessions, watch
from sandbox.stripe.world import World, sign


def part(services: Services) -> Part:
    config = services.config
    world = World(services)
    services.webhooks.register(
        "stripe", url=config.stripe_webhook_url, secret=config.stripe_webhook_secret, signer=sign
    )
    pages = Blueprint("stripe", __name__)
    api.forget_unfinished(world)
    api.add_routes(pages, world)
    hosted.add_routes(pages, world)
    hosted_portal.add_routes(pages, world)
    watch.add_routes(pages, world)

    def summary() -> list[Link]:
        kinds = {
            "Payments": ("payment_intent", "/stripe/"),
            "Sessions": ("checkout.session", "/stripe/sessions"),
            "Subscriptions": ("subscription", "/stripe/subscriptions"),
            "Events": ("event", "/stripe/events"),
        }
        return [Link(label, url, world.store.count("stripe." + kind)) for label, (kind, url) in kinds.items()]

    return Part(
        "stripe", "Payments", pages, ("/v1/",), summary, errors.answer, lambda: sessions.expire_due(world)
    )
