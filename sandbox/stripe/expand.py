"""``expand``: ids replaced by the objects they name, along a dotted path."""

from typing import Any

from sandbox.stripe import sessions
from sandbox.stripe.errors import StripeError
from sandbox.stripe.world import World

DEEPEST = 4


def page_of(data: list[dict], url: str) -> dict:
    return {"object": "list", "data": data, "has_more": False, "url": url}


# Lists that are only there when asked for.
LISTS = {
    ("checkout.session", "line_items"): lambda world, it: page_of(
        sessions.line_items(world, it), f"/v1/checkout/sessions/{it['id']}/line_items"
    ),
    ("invoice", "payments"): lambda world, it: page_of(
        world.every("invoice_payment", invoice=it["id"]), f"/v1/invoice_payments?invoice={it['id']}"
    ),
    ("charge", "refunds"): lambda world, it: page_of(
        world.every("refund", charge=it["id"]), f"/v1/charges/{it['id']}/refunds"
    ),
    ("customer", "subscriptions"): lambda world, it: page_of(
        world.every("subscription", customer=it["id"]), f"/v1/customers/{it['id']}/subscriptions"
    ),
}


def expand(world: World, obj: dict, paths: list[str]) -> dict:
    """``obj`` with the paths expanded, in place."""
    for index, path in enumerate(paths):
        steps = path.split(".")
        if len(steps) - (steps[0] == "data") > DEEPEST:
            raise StripeError(
                f"You cannot expand more than {DEEPEST} levels of a property.", param=f"expand[{index}]"
            )
        _walk(world, obj, steps, path, f"expand[{index}]")
    return obj


def _walk(world: World, node: Any, steps: list[str], path: str, param: str) -> None:
    if not steps or node is None:
        return
    if isinstance(node, list):
        for item in node:
            _walk(world, item, steps, path, param)
        return
    step, rest = steps[0], steps[1:]
    make = LISTS.get((node.get("object"), step)) if isinstance(node, dict) else None
    if make and step not in node:
        node[step] = make(world, node)
    if not isinstance(node, dict) or step not in node:
        raise StripeError(f"This property cannot be expanded ({path}).", param=param)
    value = node[step]
    if isinstance(value, str):
        found = world.by_id(value)
        if found is None:
            raise StripeError(f"This property cannot be expanded ({path}).", param=param)
        node[step] = value = found
    _walk(world, value, rest, path, param)
