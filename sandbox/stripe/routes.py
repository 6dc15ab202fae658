"""Which request goes where, and which of the SDK's types its parameters must fit."""

from collections.abc import Callable
from typing import Any, NamedTuple

from stripe import params as P
from stripe.params import billing_portal as portal_params
from stripe.params import checkout as checkout_params

from sandbox.stripe import (
    balance,
    catalog,
    customers,
    disputes,
    invoices,
    lists,
    payments,
    portal,
    refunds,
    sessions,
    subscriptions,
)
from sandbox.stripe.world import World


class Route(NamedTuple):
    """``run(world, params, *ids)``; ``ids`` are the <…> of the path, in order."""

    method: str
    path: str
    params: type
    run: Callable[..., dict]


def _by_id(act: Callable) -> Callable[..., dict]:
    return lambda world, params, id: act(world, id, params)


def _bare(act: Callable) -> Callable[..., dict]:
    return lambda world, params, id: act(world, id)


def _read(kind: str, path: str, retrieve: type, listing: type | None, **filters: str) -> list[Route]:
    """Retrieve and (unless it has a rule of its own) list."""

    def one(world: World, params: dict[str, Any], id: str) -> dict:
        return world.get(kind, id)

    def many(world: World, params: dict[str, Any]) -> dict:
        keep = (lambda item: not item.get("deleted")) if kind == "customer" else None
        return lists.page(world, kind, params, f"/v1/{path}", filters, keep)

    found = [Route("GET", f"{path}/<id>", retrieve, one)]
    return [*found, Route("GET", path, listing, many)] if listing else found


def _session_line_items(world: World, params: dict[str, Any], id: str) -> dict:
    items = world.get("checkout.session", id)["_line_items"]
    limit = lists.limit_of(params)
    url = f"/v1/checkout/sessions/{id}/line_items"
    return {"object": "list", "data": items[:limit], "has_more": len(items) > limit, "url": url}


def _customer_methods(world: World, params: dict[str, Any], id: str) -> dict:
    world.get("customer", id)
    url = f"/v1/customers/{id}/payment_methods"
    return lists.page(
        world, "payment_method", params | {"customer": id}, url, {"customer": "customer"}, _of_type(params)
    )


def _of_type(params: dict[str, Any]) -> Callable[[dict], bool] | None:
    return (lambda item: item["type"] == params["type"]) if params.get("type") else None


def _methods(world: World, params: dict[str, Any]) -> dict:
    return lists.page(
        world, "payment_method", params, "/v1/payment_methods", {"customer": "customer"}, _of_type(params)
    )


def _attach(world: World, params: dict[str, Any], id: str) -> dict:
    return customers.attach_method(world, id, params.get("customer", ""))


def _invoice_lines(world: World, params: dict[str, Any], id: str) -> dict:
    return world.get("invoice", id)["lines"]


def _listed(act: Callable, url: str) -> Callable[..., dict]:
    return lambda world, params: act(world, params, url)


ROUTES = [
    Route("POST", "checkout/sessions", checkout_params.SessionCreateParams, sessions.create),
    Route("POST", "checkout/sessions/<id>", checkout_params.SessionUpdateParams, _by_id(sessions.update)),
    Route(
        "POST", "checkout/sessions/<id>/expire", checkout_params.SessionExpireParams, _bare(sessions.expire)
    ),
    Route(
        "GET",
        "checkout/sessions/<id>/line_items",
        checkout_params.SessionListLineItemsParams,
        _session_line_items,
    ),
    *_read(
        "checkout.session",
        "checkout/sessions",
        checkout_params.SessionRetrieveParams,
        checkout_params.SessionListParams,
        payment_intent="payment_intent",
        subscription="subscription",
        customer="customer",
        status="status",
    ),
    Route("POST", "customers", P.CustomerCreateParams, customers.create),
    Route("POST", "customers/<id>", P.CustomerUpdateParams, _by_id(customers.update)),
    Route("DELETE", "customers/<id>", P.CustomerDeleteParams, _by_id(customers.delete)),
    Route("GET", "customers/<id>/payment_methods", P.CustomerPaymentMethodListParams, _customer_methods),
    *_read("customer", "customers", P.CustomerRetrieveParams, P.CustomerListParams, email="email"),
    Route("POST", "payment_methods/<id>/attach", P.PaymentMethodAttachParams, _attach),
    Route("POST", "payment_methods/<id>/detach", P.PaymentMethodDetachParams, _bare(customers.detach_method)),
    Route("GET", "payment_methods", P.PaymentMethodListParams, _methods),
    *_read("payment_method", "payment_methods", P.PaymentMethodRetrieveParams, None),
    Route("POST", "products", P.ProductCreateParams, catalog.create_product),
    Route("POST", "products/<id>", P.ProductUpdateParams, _by_id(catalog.update_product)),
    *_read("product", "products", P.ProductRetrieveParams, P.ProductListParams),
    Route("POST", "prices", P.PriceCreateParams, catalog.create_price),
    Route("POST", "prices/<id>", P.PriceUpdateParams, _by_id(catalog.update_price)),
    *_read("price", "prices", P.PriceRetrieveParams, P.PriceListParams, product="product", type="type"),
    Route("POST", "payment_intents/<id>", P.PaymentIntentUpdateParams, _by_id(payments.update_intent)),
    Route("POST", "payment_intents/<id>/cancel", P.PaymentIntentCancelParams, _by_id(payments.cancel_intent)),
    *_read(
        "payment_intent",
        "payment_intents",
        P.PaymentIntentRetrieveParams,
        P.PaymentIntentListParams,
        customer="customer",
    ),
    *_read(
        "charge",
        "charges",
        P.ChargeRetrieveParams,
        P.ChargeListParams,
        customer="customer",
        payment_intent="payment_intent",
    ),
    Route("POST", "refunds", P.RefundCreateParams, refunds.create),
    Route("POST", "refunds/<id>", P.RefundUpdateParams, _by_id(refunds.update)),
    *_read(
        "refund",
        "refunds",
        P.RefundRetrieveParams,
        P.RefundListParams,
        charge="charge",
        payment_intent="payment_intent",
    ),
    Route("POST", "subscriptions", P.SubscriptionCreateParams, subscriptions.create),
    Route("POST", "subscriptions/<id>", P.SubscriptionUpdateParams, _by_id(subscriptions.update)),
    Route("DELETE", "subscriptions/<id>", P.SubscriptionCancelParams, _by_id(subscriptions.cancel)),
    Route(
        "GET", "subscriptions", P.SubscriptionListParams, _listed(lists.subscriptions, "/v1/subscriptions")
    ),
    *_read("subscription", "subscriptions", P.SubscriptionRetrieveParams, None),
    Route("POST", "invoices/<id>/pay", P.InvoicePayParams, _by_id(invoices.pay)),
    Route("POST", "invoices/<id>/void", P.InvoiceVoidInvoiceParams, _bare(invoices.void)),
    Route("GET", "invoices/<id>/lines", P.InvoiceLineItemListParams, _invoice_lines),
    *_read(
        "invoice",
        "invoices",
        P.InvoiceRetrieveParams,
        P.InvoiceListParams,
        customer="customer",
        status="status",
        subscription="parent.subscription_details.subscription",
    ),
    Route(
        "GET",
        "invoice_payments",
        P.InvoicePaymentListParams,
        _listed(lists.invoice_payments, "/v1/invoice_payments"),
    ),
    *_read("invoice_payment", "invoice_payments", P.InvoicePaymentRetrieveParams, None),
    *_read(
        "balance_transaction",
        "balance_transactions",
        P.BalanceTransactionRetrieveParams,
        P.BalanceTransactionListParams,
        type="type",
        source="source",
        payout="_payout",
        currency="currency",
    ),
    Route("GET", "balance", P.BalanceRetrieveParams, lambda world, params: balance.retrieve(world)),
    Route("POST", "payouts", P.PayoutCreateParams, balance.create_payout),
    *_read("payout", "payouts", P.PayoutRetrieveParams, P.PayoutListParams, status="status"),
    Route("POST", "disputes/<id>", P.DisputeUpdateParams, _by_id(disputes.update)),
    Route(
        "POST",
        "disputes/<id>/close",
        P.DisputeCloseParams,
        lambda w, params, id: disputes.close(w, id, won=False),
    ),
    *_read(
        "dispute",
        "disputes",
        P.DisputeRetrieveParams,
        P.DisputeListParams,
        charge="charge",
        payment_intent="payment_intent",
    ),
    Route("GET", "events", P.EventListParams, _listed(lists.events, "/v1/events")),
    *_read("event", "events", P.EventRetrieveParams, None),
    Route("POST", "billing_portal/sessions", portal_params.SessionCreateParams, portal.create),
]
