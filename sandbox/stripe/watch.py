"""Pages to watch the account, and buttons for what only the outside world can do."""

from flask import Blueprint, abort, redirect, render_template, request

from sandbox.stripe import balance, checkout, disputes, invoices, refunds, subscriptions
from sandbox.stripe.errors import StripeError
from sandbox.stripe.money import exponent
from sandbox.stripe.world import PREFIXES, World, dig, public

SHOWN = 100
# name -> (title, kind, columns: heading and where the value is)
TABLES = {
    "sessions": (
        "Checkout sessions",
        "checkout.session",
        {"Mode": "mode", "Status": "status", "Paid": "payment_status", "Email": "customer_details.email"},
    ),
    "subscriptions": (
        "Subscriptions",
        "subscription",
        {"Status": "status", "Customer": "customer", "Latest invoice": "latest_invoice"},
    ),
    "invoices": ("Invoices", "invoice", {"Status": "status", "Number": "number", "Reason": "billing_reason"}),
    "customers": ("Customers", "customer", {"Email": "email", "Name": "name"}),
    "refunds": ("Refunds", "refund", {"Status": "status", "Charge": "charge"}),
    "disputes": ("Disputes", "dispute", {"Status": "status", "Charge": "charge"}),
    "balance": (
        "Balance transactions",
        "balance_transaction",
        {"Type": "type", "Category": "reporting_category", "Source": "source"},
    ),
    "payouts": ("Payouts", "payout", {"Status": "status"}),
    "events": ("Events", "event", {"Type": "type", "About": "data.object.id"}),
}


def add_routes(pages: Blueprint, world: World) -> None:
    pages.add_app_template_global(TABLES, "stripe_tables")

    @pages.get("/")
    def payments_page():
        rows = [payment_row(world, intent) for intent in world.find("payment_intent", limit=SHOWN)]
        return render_template("stripe/payments.html", rows=rows, balance=balance.total(world))

    @pages.get("/payments/<id>")
    def payment_page(id: str):
        intent = world.store.get("stripe.payment_intent", id) or abort(404)
        row = payment_row(world, intent)
        related = [intent, *row["charges"], *row["refunds"], *row["disputes"]]
        if row["session"]:
            related.append(row["session"])
        return render_template("stripe/payment.html", row=row, related=public(related))

    @pages.get(
        "/<any(sessions,subscriptions,invoices,customers,refunds,disputes,balance,payouts,events):table>"
    )
    def table_page(table: str):
        title, kind, columns = TABLES[table]
        objects = [public(item) for item in world.find(kind, limit=SHOWN)]
        return render_template(
            "stripe/table.html", table=table, title=title, columns=columns, objects=objects, dig=dig
        )

    @pages.get("/invoices/<id>")
    def invoice_page(id: str):
        invoice = world.store.get("stripe.invoice", id) or abort(404)
        return render_template(
            "stripe/object.html", title=f"Invoice {invoice['number']}", shown=public(invoice)
        )

    @pages.get("/objects/<id>")
    def object_page(id: str):
        shown = world.by_id(id) or abort(404)
        kind = next(kind for prefix, kind in PREFIXES.items() if id.startswith(prefix))
        return render_template("stripe/object.html", title=kind, shown=public(shown))

    @pages.post("/act/<name>/<id>")
    def act(name: str, id: str):
        if name not in ACTS:
            abort(404)
        try:
            with world.transaction():
                ACTS[name](world, id)
        except StripeError as error:
            return render_template("stripe/refused.html", message=str(error)), 400
        where = request.headers.get("Referer", "")
        mine = where.startswith((request.host_url, world.config.public_url + "/"))
        return redirect(where if mine else "/stripe/", 303)


def payment_row(world: World, intent: dict) -> dict:
    """Everything the pages say of one payment."""
    charges = world.every("charge", payment_intent=intent["id"])
    found = world.find("checkout.session", limit=1, payment_intent=intent["id"])
    paid = world.find("invoice_payment", limit=1, **{"payment.payment_intent": intent["id"]})
    if not found and paid:
        invoice = world.get("invoice", paid[0]["invoice"])
        found = world.find(
            "checkout.session",
            limit=1,
            subscription=invoice["parent"]["subscription_details"]["subscription"],
        )
        found = [item for item in found if item["invoice"] == invoice["id"]]
    return {
        "intent": intent,
        "charges": charges,
        "charge": next((charge for charge in charges if charge["id"] == intent["latest_charge"]), None),
        "refunds": world.every("refund", payment_intent=intent["id"]),
        "disputes": world.every("dispute", payment_intent=intent["id"]),
        "session": found[0] if found else None,
    }


def _refund_part(world: World, id: str) -> None:
    intent = world.get("payment_intent", id)
    raw = request.form.get("amount", "").strip()
    try:
        amount = round(float(raw) * 10 ** exponent(intent["currency"]))
    except (ValueError, OverflowError):
        raise StripeError(f"{raw or 'Nothing'} is not an amount.") from None
    refunds.create(world, {"payment_intent": id, "amount": amount})


def _settle(world: World, id: str, succeeded: bool) -> None:
    checkout.settle_later(world, world.get("checkout.session", id), succeeded=succeeded)


ACTS = {
    "refund": lambda world, id: refunds.create(world, {"payment_intent": id}),
    "refund-part": _refund_part,
    "dispute": lambda world, id: disputes.open_dispute(world, id),
    "win": lambda world, id: disputes.close(world, id, won=True),
    "lose": lambda world, id: disputes.close(world, id, won=False),
    "settle": lambda world, id: _settle(world, id, True),
    "fail": lambda world, id: _settle(world, id, False),
    "advance": lambda world, id: subscriptions.advance(world, id),
    "advance-fail": lambda world, id: subscriptions.advance(world, id, fail=True),
    "cancel": lambda world, id: subscriptions.cancel(world, id, {}),
    "retry": lambda world, id: invoices.pay(world, id, {}),
    "payout": lambda world, id: balance.create_payout(world, {}),
}
