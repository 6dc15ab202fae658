"""Billing portal sessions: a supporter's own page to stop or change a monthly gift."""

from typing import Any

from sandbox.store import new_id
from sandbox.stripe.errors import StripeError, missing
from sandbox.stripe.world import World

FLOWS = {"payment_method_update", "subscription_cancel"}


def create(world: World, params: dict[str, Any]) -> dict:
    if "customer" not in params:
        raise missing("customer")
    world.get("customer", params["customer"], "customer")
    flow = params.get("flow_data")
    if flow and flow["type"] not in FLOWS:
        raise StripeError(f"This sandbox does not do the flow {flow['type']}.", param="flow_data[type]")
    if flow and flow["type"] == "subscription_cancel":
        if not flow.get("subscription_cancel"):
            raise missing("flow_data[subscription_cancel]")
        id = flow["subscription_cancel"]["subscription"]
        subscription = world.get("subscription", id, "flow_data[subscription_cancel][subscription]")
        if subscription["customer"] != params["customer"]:
            raise StripeError(
                "The subscription does not belong to the customer.",
                param="flow_data[subscription_cancel][subscription]",
            )
    after = (flow or {}).get("after_completion") or {"type": "portal_homepage"}
    id = new_id("bps_")
    return world.new(
        "billing_portal.session",
        "bps_",
        id=id,
        configuration="bpc_sandbox",
        customer=params["customer"],
        customer_account=None,
        flow={
            "after_completion": {
                "hosted_confirmation": after.get("hosted_confirmation"),
                "redirect": after.get("redirect"),
                "type": after["type"],
            },
            "subscription_cancel": {"retention": None, **flow["subscription_cancel"]}
            if flow["type"] == "subscription_cancel"
            else None,
            "subscription_update": None,
            "subscription_update_confirm": None,
            "type": flow["type"],
        }
        if flow
        else None,
        locale=params.get("locale"),
        on_behalf_of=None,
        return_url=params.get("return_url"),
        url=f"{world.config.public_url}/stripe/portal/{id}",
    )
