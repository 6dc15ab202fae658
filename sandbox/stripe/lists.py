"""List endpoints: newest first, in pages."""

from collections.abc import Callable
from typing import Any

from sandbox.stripe.errors import StripeError, not_found
from sandbox.stripe.world import World

DEFAULT_LIMIT, LIMIT_MOST = 10, 100


def limit_of(params: dict[str, Any]) -> int:
    limit = params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= LIMIT_MOST:
        bound = "less than or equal to 100" if limit > LIMIT_MOST else "greater than or equal to 1"
        message = f"Invalid integer: This value must be {bound}."
        raise StripeError(message, param="limit", code="parameter_invalid_integer")
    return limit


def page(
    world: World,
    kind: str,
    params: dict[str, Any],
    url: str,
    filters: dict[str, str] | None = None,
    keep: Callable[[dict], bool] | None = None,
) -> dict:
    """One page of objects. ``filters`` maps parameters to look-up keys; ``keep`` filters what no key can."""
    limit = limit_of(params)
    keys = {key: params[name] for name, key in (filters or {}).items() if name in params}
    created = params.get("created")
    after, before = params.get("starting_after"), params.get("ending_before")
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and world.store.get("stripe." + kind, cursor) is None:
            raise not_found(kind, cursor, name)
    found = world.find(
        kind,
        limit=-1 if keep else limit + 1,
        after=after,
        before=before,
        created={"gte": created, "lte": created} if isinstance(created, int) else created,
        **keys,
    )
    found = [item for item in found if keep is None or keep(item)]
    # Counted from the cursor: the page before a cursor ends at it.
    data = found[-limit:] if before else found[:limit]
    return {"object": "list", "data": data, "has_more": len(found) > limit, "url": url}


def subscriptions(world: World, params: dict[str, Any], url: str) -> dict:
    status = params.get("status")

    def keep(item: dict) -> bool:
        if status in (None, "all"):
            return status == "all" or item["status"] != "canceled"
        if status == "ended":
            return item["status"] in ("canceled", "incomplete_expired")
        return item["status"] == status

    return page(world, "subscription", params, url, {"customer": "customer"}, keep)


def events(world: World, params: dict[str, Any], url: str) -> dict:
    wanted = params.get("types") or ([params["type"]] if params.get("type") else [])

    def keep(item: dict) -> bool:
        family = item["type"].rsplit(".", 1)[0] + ".*"
        return item["type"] in wanted or family in wanted

    return page(world, "event", params, url, keep=keep if wanted else None)


def invoice_payments(world: World, params: dict[str, Any], url: str) -> dict:
    intent = (params.get("payment") or {}).get("payment_intent")
    flat = params | ({"payment_intent": intent} if intent else {})
    filters = {"invoice": "invoice", "payment_intent": "payment.payment_intent"}
    return page(world, "invoice_payment", flat, url, filters)
