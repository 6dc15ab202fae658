"""The doors of the house: who may import whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Each room and the rooms below it, which it may import.
BELOW = {
    "home": set(),
    "stories": {"home"},
    "campaigns": {"home", "stories"},
    "donations": {"home", "stories", "campaigns"},
    "advocacy": {"home", "stories", "campaigns"},
    "config": set(),
    "sandbox": set(),
}


def imports(path: Path) -> set[str]:
    """The first name of every module a file imports, at its head or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


def modules(room: str) -> list[Path]:
    return [path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts]


@pytest.mark.parametrize("room", BELOW)
def test_a_room_imports_only_the_rooms_below_it(room):
    wrong = {
        str(path.relative_to(ROOT)): sorted(other)
        for path in modules(room)
        if (other := (imports(path) & set(BELOW)) - BELOW[room] - {room})
    }
    assert wrong == {}


def test_only_the_gateway_imports_stripe():
    users = [
        str(path.relative_to(ROOT))
        for room in set(BELOW) - {"sandbox"}
        for path in modules(room)
        if "stripe" in imports(path)
    ]
    assert users == ["donations/stripe_gateway.py"]


def test_only_the_mail_door_sends_through_the_provider():
    users = [
        str(path.relative_to(ROOT))
        for room in set(BELOW) - {"sandbox", "config"}
        for path in modules(room)
        if "requests" in imports(path) or "EmailMultiAlternatives" in path.read_text(encoding="utf-8")
    ]
    assert users == ["home/mail.py"]


def test_nothing_at_run_time_needs_a_development_dependency():
    listed = (ROOT / "requirements" / "dev.in").read_text().split()
    development = {name.split(">")[0].replace("-", "_") for name in listed if not name.startswith(("-", "#"))}
    wrong = {
        str(path.relative_to(ROOT)): sorted(used)
        for room in set(BELOW) - {"sandbox"}
        for path in modules(room)
        if (used := imports(path) & (development | {"sandbox", "tests", "factory"}))
    }
    assert wrong == {}
