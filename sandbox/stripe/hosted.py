"""Checkout's hosted page. It needs no JavaScript; a card's number and code are read, judged and let go."""

import re

from flask import Blueprint, Response, redirect, render_template, request

from sandbox.stripe import cards, checkout, money
from sandbox.stripe.customers import ADDRESS
from sandbox.stripe.sessions import expire
from sandbox.stripe.words import words
from sandbox.stripe.world import World, now

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
FIELD_OF_DECLINE = {"expired_card": "expiry", "incorrect_cvc": "cvc"}


def add_routes(pages: Blueprint, world: World) -> None:
    pages.add_app_template_filter(money.display, "money")

    @pages.get("/pay/<id>")
    def pay_page(id: str):
        with world.transaction():
            session = _open_session(world, id)
            return session if isinstance(session, Response) else _form(session, {}, {})

    @pages.post("/pay/<id>")
    def pay(id: str):
        with world.transaction():
            session = _open_session(world, id)
            if isinstance(session, Response):
                return session
            typed = _typed(session)
            details, problems = _read(session, typed)
            if problems:
                return _form(session, typed, problems)
            return _after(session, checkout.pay(world, session, details, _billing(typed)), typed)

    @pages.get("/pay/<id>/authenticate")
    def authenticate_page(id: str):
        with world.transaction():
            session = _open_session(world, id)
            if isinstance(session, Response):
                return session
            if not _waits(world, session):
                return redirect(session["url"], 303)
            return _page("stripe/authenticate.html", session)

    @pages.post("/pay/<id>/authenticate")
    def authenticate(id: str):
        with world.transaction():
            session = _open_session(world, id)
            if isinstance(session, Response):
                return session
            if not _waits(world, session):
                return redirect(session["url"], 303)
            passed = request.form.get("result") == "complete"
            return _after(session, checkout.authenticate(world, session, passed=passed), _kept(session))


def _open_session(world: World, id: str) -> dict | Response:
    """The session, if it can still be paid; else the page or redirect that says why not."""
    session = world.store.get("stripe.checkout.session", id)
    if session is None:
        return _status(404, "stripe/ended.html", text=words(None), reason="unknown", link=None)
    if session["status"] == "open" and session["expires_at"] <= now():
        session = expire(world, id)
    if session["status"] == "complete":
        if request.method == "POST":  # a second click on the button
            return redirect(_success(session), 303)
        text = words(session["locale"])
        return _status(200, "stripe/ended.html", text=text, reason="done", link=_success(session))
    if session["status"] == "expired":
        text = words(session["locale"])
        return _status(410, "stripe/ended.html", text=text, reason="gone", link=session["cancel_url"])
    return session


def _status(status: int, template: str, **context: object) -> Response:
    return Response(render_template(template, **context), status, mimetype="text/html")


def _waits(world: World, session: dict) -> bool:
    intent = checkout.attempt_of(world, session)
    return intent is not None and intent["status"] == "requires_action"


def _success(session: dict) -> str:
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])


def _typed(session: dict) -> dict[str, str]:
    """What may be kept and shown again: everything but the card's number and code."""
    fields = ("email", "method", "expiry", "name", "country", "postal")
    typed = {name: " ".join(request.form.get(name, "").split())[:200] for name in fields}
    given = (
        (session["customer_details"] or {}).get("email") if session["customer"] else session["customer_email"]
    )
    typed["email"] = given or typed["email"]
    return typed


def _kept(session: dict) -> dict[str, str]:
    details = session["customer_details"] or {}
    address = details.get("address") or {}
    return {
        "email": details.get("email") or "",
        "name": details.get("name") or "",
        "country": address.get("country") or "",
        "postal": address.get("postal_code") or "",
    }


def _billing(typed: dict[str, str]) -> dict:
    address = ADDRESS | {"country": typed["country"].upper() or None, "postal_code": typed["postal"] or None}
    return {
        "address": address,
        "email": typed["email"],
        "name": typed["name"] or None,
        "phone": None,
        "tax_id": None,
    }


def _read(session: dict, typed: dict[str, str]) -> tuple[dict | None, dict[str, str]]:
    """The payment method as typed, and the problems by field (as keys of the page's words)."""
    problems = {}
    if not EMAIL.fullmatch(typed["email"]):
        problems["email"] = "bad_email" if typed["email"] else "required"
    if not re.fullmatch(r"[A-Za-z]{2}", typed["country"]):
        problems["country"] = "bad_country" if typed["country"] else "required"
    if typed["method"] == "bank":
        return checkout.BANK, problems
    form = request.form
    details, wrong = cards.read(form.get("number", ""), typed["expiry"], form.get("cvc", ""))
    problems |= {problem.field: problem.word for problem in wrong}
    if not typed["name"]:
        problems["name"] = "required"
    if typed["country"].upper() == "US" and not typed["postal"]:
        problems["postal"] = "required"
    return details, problems


def _after(session: dict, outcome: str, typed: dict[str, str]):
    if outcome == "complete":
        return redirect(_success(session), 303)
    if outcome == "authenticate":
        return redirect(f"{session['url']}/authenticate", 303)
    return _form(session, typed, {FIELD_OF_DECLINE.get(outcome, "number"): outcome}, 402)


def _form(session: dict, typed: dict[str, str], problems: dict[str, str], status: int = 422):
    fixed = session["customer_email"] or (
        session["customer"] and (session["customer_details"] or {}).get("email")
    )
    body = _page("stripe/pay.html", session, typed=typed, problems=problems, fixed_email=fixed)
    return body, status if problems else 200


def _page(template: str, session: dict, **context: object) -> str:
    text = words(session["locale"])
    items = [
        {
            "name": item["description"],
            "about": item["_about"],
            "amount": item["amount_total"],
            "quantity": item["quantity"],
            "period": period(item["price"], text),
        }
        for item in session["_line_items"]
    ]
    act = session["submit_type"] if session["submit_type"] in ("donate", "book", "pay", "subscribe") else None
    act = act or ("subscribe" if session["mode"] == "subscription" else "pay")
    return render_template(template, session=session, items=items, text=text, act=text[act], **context)


def period(price: dict, text: dict) -> str:
    """ "per month", "cada 3 meses": how often a price is charged; empty for once."""
    recurring = price["recurring"]
    if not recurring:
        return ""
    count, interval = recurring["interval_count"], recurring["interval"]
    return text["per"][interval] if count == 1 else text["every"][interval].format(count)
