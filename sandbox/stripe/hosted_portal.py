"""The billing portal: a supporter stops, resumes or re-cards a recurring payment."""

from flask import Blueprint, Response, redirect, render_template, request

from sandbox.stripe import cards, customers, subscriptions
from sandbox.stripe.hosted import period
from sandbox.stripe.words import words
from sandbox.stripe.world import World


def add_routes(pages: Blueprint, world: World) -> None:
    @pages.get("/portal/<id>")
    def portal_page(id: str):
        return _page(world, id, {})

    @pages.post("/portal/<id>/<any(stop, keep):act>/<subscription>")
    def portal_stop(id: str, act: str, subscription: str):
        with world.transaction():
            portal, found = _find(world, id, subscription)
            if found is None:
                return _page(world, id, {})
            if found["status"] not in subscriptions.DONE:
                subscriptions.update(world, found["id"], {"cancel_at_period_end": act == "stop"})
            return redirect(_next(portal), 303)

    @pages.post("/portal/<id>/card")
    def portal_card(id: str):
        with world.transaction():
            portal = world.store.get("stripe.billing_portal.session", id)
            if portal is None:
                return _page(world, id, {})
            form = request.form
            details, wrong = cards.read(form.get("number", ""), form.get("expiry", ""), form.get("cvc", ""))
            problems = {problem.field: problem.word for problem in wrong}
            if (
                details
                and details["behaviour"] in cards.DECLINES
                and details["behaviour"] != "declines_later"
            ):
                problems = {"number": details["behaviour"]}
            if problems:
                return _page(world, id, problems)
            customer = world.get("customer", portal["customer"])
            billing = {"address": customer["address"], "email": customer["email"], "name": customer["name"]}
            method = customers.new_method(world, details, billing | {"phone": None, "tax_id": None}, None)
            customers.attach_method(world, method["id"], customer["id"])
            settings = {"invoice_settings": {"default_payment_method": method["id"]}}
            customers.update(world, customer["id"], settings)
            for subscription in _live(world, customer["id"]):
                subscriptions.update(world, subscription["id"], {"default_payment_method": method["id"]})
            return redirect(_next(portal), 303)


def _live(world: World, customer: str) -> list[dict]:
    hidden = (*subscriptions.DONE, "incomplete")
    return [item for item in world.every("subscription", customer=customer) if item["status"] not in hidden]


def _find(world: World, id: str, subscription: str) -> tuple[dict | None, dict | None]:
    portal = world.store.get("stripe.billing_portal.session", id)
    found = world.store.get("stripe.subscription", subscription)
    return portal, found if portal and found and found["customer"] == portal["customer"] else None


def _next(portal: dict) -> str:
    """Where a flow ends: where the site asked, else the portal's own page."""
    after = (portal["flow"] or {}).get("after_completion") or {}
    if after.get("type") == "redirect":
        return after["redirect"]["return_url"]
    return f"/stripe/portal/{portal['id']}?done=1"


def _page(world: World, id: str, problems: dict[str, str]) -> Response:
    portal = world.store.get("stripe.billing_portal.session", id)
    if portal is None:
        body = render_template("stripe/ended.html", text=words(None), reason="unknown", link=None)
        return Response(body, 404, mimetype="text/html")
    text = words(portal["locale"])
    flow = portal["flow"] or {}
    wanted = (flow.get("subscription_cancel") or {}).get("subscription")
    shown = []
    for subscription in _live(world, portal["customer"]):
        if wanted and subscription["id"] != wanted:
            continue
        method = world.by_id(subscription["default_payment_method"] or "")
        first = subscription["items"]["data"][0]
        amount = sum(
            item["price"]["unit_amount"] * item["quantity"] for item in subscription["items"]["data"]
        )
        shown.append(
            {
                "subscription": subscription,
                "name": world.get("product", first["price"]["product"])["name"],
                "amount": amount,
                "period": period(first["price"], text),
                "end": first["current_period_end"],
                "method": method[method["type"]]["last4"] if method else None,
            }
        )
    body = render_template(
        "stripe/portal.html",
        portal=portal,
        shown=shown,
        text=text,
        flow=flow.get("type"),
        problems=problems,
        typed={"expiry": request.form.get("expiry", "")[:10]},
        done=request.args.get("done"),
    )
    return Response(body, 422 if problems else 200, mimetype="text/html")
