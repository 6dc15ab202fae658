"""The API's door: keys, versions, idempotency, parameter checks, then the route's own work."""

import hashlib
import json
import sqlite3
import time
from base64 import b64decode
from binascii import Error as Base64Error
from hmac import compare_digest

import stripe
from flask import Blueprint, Response, current_app, g, request

from sandbox.app import FAULT_MESSAGES, current_fault
from sandbox.store import new_id
from sandbox.stripe import errors, wire
from sandbox.stripe.errors import StripeError
from sandbox.stripe.expand import expand
from sandbox.stripe.routes import ROUTES, Route
from sandbox.stripe.world import World, public

KEY_LENGTH_MOST = 255
KEY_KEPT_SECONDS = 24 * 3600


def add_routes(pages: Blueprint, world: World) -> None:
    for route in ROUTES:

        def view(route: Route = route, **ids: str) -> Response:
            return _answer(world, route, list(ids.values()))

        name = f"{route.method}_{route.path}".translate(str.maketrans("/<>.", "____"))
        pages.add_url_rule(f"/v1/{route.path}", name, view, methods=[route.method])

    def unknown(path: str) -> Response:
        g.request_id, g.idempotency_key = new_id("req_", 14), None
        message = (
            f"Unrecognized request URL ({request.method}: /v1/{path}). Please see https://stripe.com/docs."
        )
        return _json(404, StripeError(message).body)

    pages.add_url_rule(
        "/v1/<path:path>",
        "unknown",
        unknown,
        methods=["GET", "POST", "DELETE", "PUT", "PATCH"],
        merge_slashes=False,
    )


def _json(status: int, body: dict | str, **headers: str) -> Response:
    text = body if isinstance(body, str) else json.dumps(body, indent=2)
    response = Response(text, status, mimetype="application/json")
    response.headers["Request-Id"] = g.request_id
    response.headers["Stripe-Version"] = stripe.api_version
    if g.idempotency_key:
        response.headers["Idempotency-Key"] = g.idempotency_key
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def _answer(world: World, route: Route, ids: list[str]) -> Response:
    g.request_id = new_id("req_", 14)
    g.idempotency_key = request.headers.get("Idempotency-Key") if route.method == "POST" else None
    try:
        _authenticate(world)
        _check_version()
        if g.idempotency_key is None:
            return _json(*_run(world, route, ids))
        return _once(world, route, ids)
    except StripeError as error:
        return _json(error.status, error.body)


def _authenticate(world: World) -> None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = b64decode(given, validate=True).decode().partition(":")[0]
        except (Base64Error, UnicodeDecodeError):
            given = ""
    if not given.strip():
        raise StripeError(
            "You did not provide an API key. You need to provide your API key in the Authorization header,"
            " using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if not compare_digest(given.encode(), world.config.stripe_secret_key.encode()):
        shown = f"{given[:8]}{'*' * 8}{given[-4:]}" if len(given) > 16 else "*" * 8
        raise StripeError(f"Invalid API Key provided: {shown}", status=401)


def _check_version() -> None:
    version = request.headers.get("Stripe-Version", stripe.api_version)
    if version != stripe.api_version:
        raise StripeError(
            f"This sandbox speaks the API version {stripe.api_version}; {version} was asked for."
        )


def _run(world: World, route: Route, ids: list[str]) -> tuple[int, str]:
    """Check and do it, all or nothing. Raises StripeError only for parameters refused beforehand."""
    pairs = request.form if request.method == "POST" else request.args
    params = wire.check(route.params, wire.decode(pairs.items(multi=True)))
    paths = params.pop("expand", [])
    try:
        with world.transaction():
            try:
                answer = expand(world, route.run(world, params, *ids), paths)
            except StripeError as error:
                if error.body["error"]["type"] != "card_error":
                    raise
                return error.status, json.dumps(
                    public(error.body), indent=2
                )  # a declined card is a fact to keep
        return 200, json.dumps(public(answer), indent=2)
    except StripeError as error:
        return error.status, json.dumps(public(error.body), indent=2)
    except Exception:
        current_app.logger.exception("%s %s failed", request.method, request.path)
        return 500, json.dumps(
            {"error": {"type": "api_error", "message": "The sandbox failed; see its log."}}
        )


def _once(world: World, route: Route, ids: list[str]) -> Response:
    """As ``_run``, but only once for an idempotency key: what was answered first is answered again."""
    key = g.idempotency_key
    if not key or len(key) > KEY_LENGTH_MOST:
        raise StripeError(
            f"Idempotency keys must have 1 to {KEY_LENGTH_MOST} characters.", type="idempotency_error"
        )
    parts = [request.method, request.path, *map(repr, sorted(request.form.items(multi=True)))]
    fingerprint = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    with world.transaction() as db:
        db.execute("DELETE FROM idempotency WHERE created < ?", (int(time.time()) - KEY_KEPT_SECONDS,))
        try:
            db.execute(
                "INSERT INTO idempotency (part, key, fingerprint, request_id, created)"
                " VALUES ('stripe', ?, ?, ?, ?)",
                (key, fingerprint, g.request_id, int(time.time())),
            )
            first = None
        except sqlite3.IntegrityError:
            first = db.execute(
                "SELECT * FROM idempotency WHERE part = 'stripe' AND key = ?", (key,)
            ).fetchone()
    if first:
        return _again(first, fingerprint)
    try:
        status, body = _run(world, route, ids)
    except StripeError:
        _forget(world, key)
        raise
    fault = current_fault()
    if fault and fault.kind == "accept_then_500":
        # Stripe keeps, and repeats, whatever it answered first, its own failures included.
        stored = 500, errors.answer(*FAULT_MESSAGES[fault.kind]).get_data(as_text=True)
    else:
        stored = status, body
    with world.transaction() as db:
        db.execute(
            "UPDATE idempotency SET status = ?, body = ? WHERE part = 'stripe' AND key = ?", (*stored, key)
        )
    return _json(status, body)


def _again(first: sqlite3.Row, fingerprint: str) -> Response:
    key = g.idempotency_key
    if first["fingerprint"] != fingerprint:
        raise StripeError(
            "Keys for idempotent requests can only be used with the same parameters they were first used"
            f" with. Try using a key other than '{key}' if you meant to execute a different request.",
            type="idempotency_error",
        )
    if first["status"] is None:
        raise StripeError(
            f"There is currently another in-progress request using this Idempotency Key ({key})."
            " Please try again later.",
            type="idempotency_error",
            code="idempotency_key_in_use",
            status=409,
        )
    return _json(
        first["status"], first["body"], Idempotent_Replayed="true", Original_Request=first["request_id"]
    )


def _forget(world: World, key: str) -> None:
    with world.transaction() as db:
        db.execute("DELETE FROM idempotency WHERE part = 'stripe' AND key = ?", (key,))


def forget_unfinished(world: World) -> None:
    """Keys whose request was cut off by a crash: it was rolled back, so it may be tried again."""
    with world.transaction() as db:
        db.execute("DELETE FROM idempotency WHERE part = 'stripe' AND status IS NULL")
