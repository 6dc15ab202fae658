"""Requests as Stripe's SDK writes them: form-encoded nesting, checked against the SDK's own request types."""

import re
import sys
import types
import typing
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, Union

from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject

from sandbox.stripe.errors import StripeError, missing

PART = re.compile(r"\[([^\]]*)\]")
LONGEST_STRING = 5000
METADATA_KEYS, METADATA_KEY_LENGTH, METADATA_VALUE_LENGTH = 50, 40, 500


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """``a[b][0][c]=d`` pairs as nested dicts; arrays stay dicts keyed "0", "1", … until the type is known."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        head, bracket, rest = name.partition("[")
        steps = [head, *PART.findall(bracket + rest)]
        node = tree
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            step = step or str(len(node))
            if following is None:
                node[step] = value
            else:
                child = node.setdefault(step, {})
                if not isinstance(child, dict):
                    raise StripeError(f"Invalid parameter nesting: {name}", param=name)
                node = child
    return tree


@cache
def hints(params: type) -> dict[str, Any]:
    """The fields of one of the SDK's request types, without the SDK's own call options."""
    own = {
        name: hint
        for name, hint in params.__annotations__.items()
        if name not in RequestOptions.__annotations__
    }
    holder = type("Fields", (), {"__annotations__": own})
    return typing.get_type_hints(holder, globalns=vars(sys.modules[params.__module__]))


def check(params: type, raw: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Typed values for ``raw``, or the refusal Stripe would give.

    Raises:
        StripeError: an unknown, ill-typed or missing parameter.
    """
    fields = hints(params)
    values = {}
    for name, value in raw.items():
        path = f"{prefix}[{name}]" if prefix else name
        if name not in fields:
            raise StripeError(f"Received unknown parameter: {path}", param=path, code="parameter_unknown")
        values[name] = convert(fields[name], value, path)
    for name in sorted(params.__required_keys__ & fields.keys()):
        if name not in values:
            raise missing(f"{prefix}[{name}]" if prefix else name)
    return values


def convert(hint: Any, value: Any, path: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        return _one_of(typing.get_args(hint), value, path)
    if origin is Literal:
        return _literal(typing.get_args(hint), value, path)
    if origin is list:
        return _list(typing.get_args(hint)[0], value, path)
    if origin is dict:
        return _mapping(value, path)
    if isinstance(hint, type) and issubclass(hint, dict):
        if not isinstance(value, dict):
            raise StripeError("Invalid object", param=path)
        return check(hint, value, path)
    if isinstance(value, dict):
        raise StripeError(f"Invalid {'string' if hint is str else hint.__name__}: {{...}}", param=path)
    return _scalar(hint, value, path)


def _scalar(hint: Any, value: str, path: str) -> Any:
    if hint is bool:
        if value not in ("true", "false"):
            raise StripeError(f"Invalid boolean: {value}", param=path)
        return value == "true"
    if hint is int:
        if not re.fullmatch(r"-?\d{1,18}", value):
            raise StripeError(f"Invalid integer: {value}", param=path, code="parameter_invalid_integer")
        return int(value)
    if hint in (float, Decimal):
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite():
            raise StripeError(f"Invalid decimal: {value}", param=path)
        return float(number) if hint is float else str(number)
    if value == "":
        raise StripeError(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a"
            f" parameter; however '{path}' cannot be unset. You should"
            f" remove '{path}' from your request or supply"
            " a non-empty value.",
            param=path,
            code="parameter_invalid_empty",
        )
    if len(value) > LONGEST_STRING:
        raise StripeError(f"Invalid string: must be at most {LONGEST_STRING} characters", param=path)
    return value


def _literal(allowed: tuple, value: Any, path: str) -> Any:
    if value not in allowed:
        named = [str(one) for one in allowed if one != ""]
        listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])}, or {named[-1]}"
        raise StripeError(f"Invalid {path}: must be one of {listed}", param=path)
    return value


def _one_of(options: tuple, value: Any, path: str) -> Any:
    """Any of the options. The SDK adds ``str`` to its enumerations; the API takes only the values named."""
    literals = [
        value
        for option in options
        if typing.get_origin(option) is Literal
        for value in typing.get_args(option)
    ]
    others = [
        option
        for option in options
        # The SDK's own objects may stand for a plain mapping; on the wire they are the same.
        if typing.get_origin(option) not in (Literal, UntypedStripeObject) and option is not type(None)
    ]
    if value == "" and "" in literals:
        return ""
    if any(literals) and str in others:
        others.remove(str)
    if not isinstance(value, dict) and value in literals:
        return value
    failure = None
    for option in others:
        try:
            return convert(option, value, path)
        except StripeError as error:
            # The refusal of the option whose shape fits says most.
            fits = isinstance(value, dict) == (isinstance(option, type) and issubclass(option, dict))
            failure = error if failure is None or fits else failure
    if failure is None or (any(literals) and not isinstance(value, dict)):
        return _literal(tuple(literals), value, path)
    raise failure


def _list(hint: Any, value: Any, path: str) -> list:
    if not isinstance(value, dict) or not all(key.isdigit() for key in value):
        raise StripeError("Invalid array", param=path)
    ordered = sorted(value.items(), key=lambda item: int(item[0]))
    return [convert(hint, item, f"{path}[{index}]") for index, item in ordered]


def _mapping(value: Any, path: str) -> dict[str, str]:
    """Free-form string pairs: metadata and its like. An empty value unsets its key."""
    if not isinstance(value, dict):
        raise StripeError("Invalid object", param=path)
    if len(value) > METADATA_KEYS:
        raise StripeError(f"Metadata can have at most {METADATA_KEYS} keys.", param=path)
    for name, text in value.items():
        if not isinstance(text, str):
            raise StripeError(f"Invalid string: {path}[{name}]", param=f"{path}[{name}]")
        if len(name) > METADATA_KEY_LENGTH or len(text) > METADATA_VALUE_LENGTH:
            raise StripeError(
                f"Metadata keys can have up to {METADATA_KEY_LENGTH} characters and values up to"
                f" {METADATA_VALUE_LENGTH}.",
                param=f"{path}[{name}]",
            )
    return dict(value)
