"""A Stripe to develop against."""

from flask import Blueprint, Response, jsonify

from sandbox.app import Link, Part, Services


def part(services: Services) -> Part:
    pages = Blueprint("stripe", __name__)

    def error(status: int, message: str) -> Response:
        answer = jsonify(error={"type": "api_error", "message": message})
        answer.status_code = status
        return answer

    return Part("stripe", "Payments", pages, ("/v1/",), lambda: [Link("Payments", "/stripe/", 0)], error)
