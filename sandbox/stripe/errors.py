"""Refusals in the shape Stripe gives them."""

from flask import Response, jsonify


class StripeError(Exception):
    """An API refusal; raised anywhere below the API and answered as JSON."""

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        type: str = "invalid_request_error",
        status: int = 400,
        **extra: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        body = {"code": code, "message": message, "param": param, "type": type, **extra}
        self.body = {"error": {name: value for name, value in body.items() if value is not None}}


def missing(name: str) -> StripeError:
    return StripeError(f"Missing required param: {name}.", param=name, code="parameter_missing")


def not_found(what: str, id: str, param: str = "id") -> StripeError:
    message = f"No such {what}: '{id}'"
    return StripeError(message, param=param, code="resource_missing", status=404 if param == "id" else 400)


def card_error(message: str, *, code: str, decline_code: str | None = None, **extra: object) -> StripeError:
    return StripeError(message, code=code, type="card_error", status=402, decline_code=decline_code, **extra)


def answer(status: int, message: str) -> Response:
    """The answer to a failure that is Stripe's own (a rate limit, an internal error)."""
    error = {"message": message, "type": "invalid_request_error" if status == 429 else "api_error"}
    if status == 429:
        error["code"] = "rate_limit"
    response = jsonify(error=error)
    response.status_code = status
    return response
