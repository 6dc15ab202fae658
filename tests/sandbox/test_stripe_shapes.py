"""Objects have the fields that the SDK's classes declare: none unknown, none of the certain ones left out."""

import types
import typing

import stripe

CLASSES = {
    "checkout.session": stripe.checkout.Session,
    "customer": stripe.Customer,
    "product": stripe.Product,
    "price": stripe.Price,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "charge": stripe.Charge,
    "balance_transaction": stripe.BalanceTransaction,
    "balance": stripe.Balance,
    "subscription": stripe.Subscription,
    "subscription_item": stripe.SubscriptionItem,
    "invoice": stripe.Invoice,
    "line_item": stripe.InvoiceLineItem,
    "invoice_payment": stripe.InvoicePayment,
    "item": stripe.LineItem,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "payout": stripe.Payout,
    "event": stripe.Event,
    "billing_portal.session": stripe.billing_portal.Session,
}


def optional(hint: str) -> bool:
    return str(hint).startswith(("Optional[", "typing.Optional", "ForwardRef('Optional")) or (
        typing.get_origin(hint) in (typing.Union, types.UnionType) and type(None) in typing.get_args(hint)
    )


def walk(value: object):
    if isinstance(value, dict):
        if value.get("object") in list(CLASSES) and not value.get("deleted"):
            yield value
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)


def test_every_object_has_the_sdks_fields(account, box):
    session = account.paid(amount=2500)
    account.v1.refunds.create({"payment_intent": session.payment_intent.id, "amount": 100})
    account.press("dispute", account.paid().payment_intent.latest_charge.id)
    account.pay(account.session(), "4000000000000002")
    account.pay(account.session(), "4000002500003155")
    monthly = account.paid(monthly=True)
    account.press("advance-fail", monthly.subscription)
    account.paid(amount=9000)
    account.press("payout", "all")
    account.v1.billing_portal.sessions.create({"customer": monthly.customer})
    expanded = {"expand": ["line_items", "subscription.latest_invoice.payments"]}
    found = [account.v1.checkout.sessions.retrieve(monthly.id, expanded).to_dict()]
    found.append(account.v1.balance.retrieve().to_dict())
    portals = box.store.find("stripe.billing_portal.session")
    for name in ("customers", "products", "prices", "payment_intents", "charges", "balance_transactions"):
        found += getattr(account.v1, name).list({"limit": 100}).to_dict()["data"]
    for name in ("subscriptions", "invoices", "refunds", "disputes", "payouts", "events", "payment_methods"):
        found += getattr(account.v1, name).list({"limit": 100}).to_dict()["data"]
    problems, seen = set(), set()
    for item in walk(found + portals):
        hints = CLASSES[item["object"]].__annotations__
        declared = {name: hint for name, hint in hints.items() if name.islower()}
        seen.add(item["object"])
        problems |= {f"{item['object']}.{name} is unknown" for name in item.keys() - declared.keys()}
        certain = {name for name, hint in declared.items() if not optional(hint)}
        problems |= {f"{item['object']}.{name} is left out" for name in certain - item.keys()}
        problems |= {
            f"{item['object']}.{name} is null" for name in certain & item.keys() if item[name] is None
        }
    assert problems == set()
    assert seen == CLASSES.keys()
