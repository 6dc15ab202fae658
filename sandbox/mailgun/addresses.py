"""Addresses as a mail API takes them: strictly, one or many to a field."""

import re
from email.errors import InvalidHeaderDefect
from email.policy import default as policy
from typing import NamedTuple

ADDRESS = re.compile(r"[^\s@\"(),:;<>\[\]\\]+@(?:[\w](?:[\w-]*[\w])?\.)+[\w][\w-]*[\w]")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Address(NamedTuple):
    """``formatted`` is what stands in a header; ``email`` is the bare address, its domain in lower case."""

    formatted: str
    email: str

    @property
    def local(self) -> str:
        return self.email.rpartition("@")[0]


def parse(values: list[str]) -> list[Address]:
    """The addresses in a repeated field, each value one address or several with commas between.

    Raises:
        ValueError: any of them is not a valid address.
    """
    found: list[Address] = []
    for value in values:
        if CONTROL.search(value):
            raise ValueError("control character in an address")
        plain = value.strip()
        if ADDRESS.fullmatch(plain):
            found.append(_address("", plain))
            continue
        header = policy.header_factory("To", plain)
        if not header.addresses or any(isinstance(defect, InvalidHeaderDefect) for defect in header.defects):
            raise ValueError(f"not a list of addresses: {plain!r}")
        found += [_address(one.display_name, one.addr_spec) for one in header.addresses]
    return found


def _address(name: str, spec: str) -> Address:
    if not ADDRESS.fullmatch(spec) or len(spec) > 320:
        raise ValueError(f"not an address: {spec!r}")
    local, _, domain = spec.rpartition("@")
    email = f"{local}@{domain.lower()}"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return Address(f'"{quoted}" <{email}>' if name else email, email)
