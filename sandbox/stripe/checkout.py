"""What happens when someone pays a Checkout Session on its hosted page."""

from sandbox.stripe import cards, customers, disputes, invoices, payments, subscriptions
from sandbox.stripe.errors import StripeError
from sandbox.stripe.world import World

BANK = {"type": "us_bank_account", "behaviour": cards.BANK_DEBIT}


def pay(world: World, session: dict, details: dict, billing: dict) -> str:
    """Try ``details`` (see cards.read). Returns "complete", "authenticate" or a decline code."""
    _take_customer(world, session, billing)
    method = customers.new_method(world, details, billing, session["customer"])
    session["_email"] = billing["email"]
    session["customer_details"] = {
        "address": billing["address"],
        "business_name": None,
        "email": billing["email"],
        "individual_name": None,
        "name": billing["name"],
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    if session["mode"] == "payment":
        intent = _intent(world, session)
        payments.attempt(world, intent, method)
    else:
        subscription = _subscription(world, session, method)
        invoice = world.get("invoice", subscription["latest_invoice"])
        intent = invoices.attempt(world, invoice, method, off_session=False)
    world.save(session)
    return _outcome(world, session, intent)


def authenticate(world: World, session: dict, *, passed: bool) -> str:
    """The donor's bank has answered (3-D Secure). Returns as ``pay`` does."""
    intent = attempt_of(world, session)
    if intent is None or intent["status"] != "requires_action":
        raise StripeError("There is nothing to authenticate.")
    method = world.get("payment_method", intent["payment_method"])
    if not passed:
        payments.fail(world, intent, method, "authentication_failed")
    elif session["mode"] == "payment":
        payments.attempt(world, intent, method, authenticated=True)
    if session["mode"] == "subscription":
        invoice = world.get("invoice", world.get("subscription", session["_subscription"])["latest_invoice"])
        if passed:
            intent = invoices.attempt(world, invoice, method, off_session=False, authenticated=True)
        else:
            invoices.settle(world, invoice, intent)
    return _outcome(world, session, intent)


def attempt_of(world: World, session: dict) -> dict | None:
    """The payment intent tried so far, if any."""
    if session["mode"] == "payment":
        return world.get("payment_intent", session["payment_intent"]) if session["payment_intent"] else None
    if not session["_subscription"]:
        return None
    invoice = world.get("invoice", world.get("subscription", session["_subscription"])["latest_invoice"])
    return invoices.intent_for(world, invoice)


def settle_later(world: World, session: dict, *, succeeded: bool) -> None:
    """A payment that was processing has come in, or has failed."""
    intent = attempt_of(world, session)
    if intent is None or intent["status"] != "processing":
        raise StripeError("This payment is not processing.")
    method = world.get("payment_method", intent["payment_method"])
    charge = world.get("charge", intent["latest_charge"])
    if succeeded:
        payments.succeed(world, intent, method, charge)
        session["payment_status"] = "paid"
        world.save(session)
    else:
        payments.fail(world, intent, method, "generic_decline", charge)
    if session["mode"] == "subscription":
        subscription = world.get("subscription", session["subscription"])
        invoices.settle(world, world.get("invoice", session["invoice"]), intent)
        subscriptions.after_payment(world, subscription, intent["status"])
    outcome = "succeeded" if succeeded else "failed"
    world.emit(f"checkout.session.async_payment_{outcome}", session)


def _take_customer(world: World, session: dict, billing: dict) -> None:
    needed = session["mode"] == "subscription" or session["customer_creation"] == "always"
    if session["customer"] is None and needed:
        wanted = {"email": billing["email"], "name": billing["name"], "address": billing["address"]}
        session["customer"] = customers.create(world, {k: v for k, v in wanted.items() if v})["id"]


def _intent(world: World, session: dict) -> dict:
    if session["payment_intent"]:
        return world.get("payment_intent", session["payment_intent"])
    given = {name: value for name, value in session["_payment_intent_data"].items() if value != ""}
    intent = payments.create_intent(
        world,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        **given,
    )
    session["payment_intent"] = intent["id"]
    return intent


def _subscription(world: World, session: dict, method: dict) -> dict:
    if session["_subscription"]:
        subscription = world.get("subscription", session["_subscription"])
        subscription["default_payment_method"] = method["id"]
        return world.save(subscription)
    given = session["_subscription_data"]
    subscription = subscriptions.begin(
        world,
        customer=session["customer"],
        prices=[(item["price"], item["quantity"]) for item in session["_line_items"]],
        method=method["id"],
        metadata=given.get("metadata"),
        description=given.get("description"),
    )
    session["_subscription"] = subscription["id"]
    return subscription


def _outcome(world: World, session: dict, intent: dict) -> str:
    if intent["status"] == "requires_action":
        return "authenticate"
    if intent["status"] == "requires_payment_method":
        error = intent["last_payment_error"]
        return error.get("decline_code", "authentication_failed")
    session |= {"status": "complete", "url": None}
    session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
    if session["mode"] == "subscription":
        subscription = world.get("subscription", session["_subscription"])
        subscription["status"] = "active"
        world.save(subscription)
        session |= {"subscription": subscription["id"], "invoice": subscription["latest_invoice"]}
        world.emit("customer.subscription.created", subscription)
    world.save(session)
    world.emit("checkout.session.completed", session)
    method = world.get("payment_method", intent["payment_method"])
    if method["_behaviour"] == "disputed":
        disputes.open_dispute(world, intent["latest_charge"])
    return "complete"
