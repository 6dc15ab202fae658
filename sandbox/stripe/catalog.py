"""Products and prices, stored ones and those written out in a request (price_data)."""

from typing import Any

from sandbox.stripe import money
from sandbox.stripe.customers import merge_metadata
from sandbox.stripe.errors import StripeError, missing
from sandbox.stripe.world import World, now


def create_product(world: World, params: dict[str, Any]) -> dict:
    if "name" not in params:
        raise missing("name")
    product = world.new(
        "product",
        "prod_",
        id=params.get("id"),
        active=params.get("active", True),
        default_price=None,
        description=params.get("description") or None,
        images=params.get("images") or [],
        marketing_features=[],
        metadata=merge_metadata({}, params.get("metadata")),
        name=params["name"],
        package_dimensions=None,
        shippable=None,
        statement_descriptor=params.get("statement_descriptor"),
        tax_code=params.get("tax_code"),
        type="service",
        unit_label=params.get("unit_label"),
        updated=now(),
        url=params.get("url") or None,
    )
    world.emit("product.created", product)
    return product


def update_product(world: World, id: str, params: dict[str, Any]) -> dict:
    product = world.get("product", id)
    previous = {name: product.get(name) for name in params if name in product}
    for name in ("name", "active", "description", "images", "url", "default_price"):
        if name in params:
            product[name] = params[name] if params[name] != "" else None
    product["metadata"] = merge_metadata(product["metadata"], params.get("metadata"))
    product["updated"] = now()
    world.save(product)
    world.emit("product.updated", product, previous)
    return product


def create_price(world: World, params: dict[str, Any], prefix: str = "", active: bool = True) -> dict:
    """A price from the parameters of /v1/prices, or from price_data found at ``prefix`` in a request."""

    def at(name: str) -> str:
        return f"{prefix}[{name}]" if prefix else name

    currency = money.check_currency(params["currency"], at("currency"))
    amount = params.get("unit_amount")
    if amount is None and params.get("unit_amount_decimal") is not None:
        if not params["unit_amount_decimal"].isdigit():
            raise StripeError(
                "Invalid decimal: fractions of the smallest unit are not taken here",
                param=at("unit_amount_decimal"),
            )
        amount = int(params["unit_amount_decimal"])
    if amount is None:
        raise missing(at("unit_amount"))
    if amount < 0:
        raise StripeError(
            "Invalid non-negative integer", param=at("unit_amount"), code="parameter_invalid_integer"
        )
    if amount > money.LARGEST:
        raise StripeError(
            f"Invalid integer: must be at most {money.LARGEST}",
            param=at("unit_amount"),
            code="amount_too_large",
        )
    if bool(params.get("product")) == bool(params.get("product_data")):
        raise StripeError("You must specify exactly one of product or product_data.", param=at("product"))
    if params.get("product"):
        product = world.get("product", params["product"], at("product"))
    else:
        product = create_product(world, params["product_data"])
    recurring = params.get("recurring")
    if recurring:
        recurring = {
            "interval": recurring["interval"],
            "interval_count": recurring.get("interval_count", 1),
            "meter": None,
            "trial_period_days": None,
            "usage_type": recurring.get("usage_type", "licensed"),
        }
    price = world.new(
        "price",
        "price_",
        active=params.get("active", active),
        billing_scheme="per_unit",
        currency=currency,
        custom_unit_amount=None,
        lookup_key=params.get("lookup_key"),
        metadata=merge_metadata({}, params.get("metadata")),
        nickname=params.get("nickname"),
        product=product["id"],
        recurring=recurring,
        tax_behavior=params.get("tax_behavior", "unspecified"),
        tiers_mode=None,
        transform_quantity=None,
        type="recurring" if recurring else "one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
    )
    world.emit("price.created", price)
    return price


def update_price(world: World, id: str, params: dict[str, Any]) -> dict:
    price = world.get("price", id)
    previous = {name: price.get(name) for name in params if name in price}
    for name in ("active", "nickname", "lookup_key"):
        if name in params:
            price[name] = params[name] if params[name] != "" else None
    price["metadata"] = merge_metadata(price["metadata"], params.get("metadata"))
    world.save(price)
    world.emit("price.updated", price, previous)
    return price


def item_price(world: World, item: dict[str, Any], prefix: str) -> dict:
    """The price of a line of a request: ``price`` (an id) or ``price_data``."""
    if bool(item.get("price")) == bool(item.get("price_data")):
        raise StripeError("You must specify exactly one of price or price_data.", param=f"{prefix}[price]")
    if item.get("price_data"):
        return create_price(world, item["price_data"], f"{prefix}[price_data]", active=False)
    price = world.get("price", item["price"], f"{prefix}[price]")
    if not price["active"]:
        raise StripeError(
            "The price specified is inactive. This field only accepts active prices.",
            param=f"{prefix}[price]",
        )
    return price
