"""A delivery endpoint that speaks the House's Communicating With Congress protocol, version 2.

``POST /congress/v2/validate?apikey=…`` checks a document, ``POST /congress/v2/message?apikey=…`` checks and
delivers it. A document that breaks rules is answered 400 with ``<Errors><Error>…</Error></Errors>``, one
error for each broken rule; no key is 401, a wrong one 403. On success the status alone is to be relied on.
"""

from flask import Blueprint, Response

from sandbox.app import Link, Part, Services
from sandbox.congress import api, pages
from sandbox.congress.office import Office


def part(services: Services) -> Part:
    office = Office(services.store)
    blueprint = Blueprint("congress", __name__)
    api.add_routes(blueprint, office, services.config)
    pages.add_routes(blueprint, office)

    def summary() -> list[Link]:
        return [Link("Delivered letters", "/congress/", office.count())]

    def error(status: int, message: str) -> Response:
        return api.errors([message], status)

    return Part("congress", "Congress", blueprint, ("/v2/",), summary, error)
