"""What other rooms' pages show of the stories and the infographics."""

import re
from functools import cache
from math import ceil
from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import get_language

from stories.drawings import drawings
from stories.models import InfographicPage, StoryPage

register = template.Library()


@register.simple_tag
def latest_stories(count: int = 5) -> list[StoryPage]:
    """The stories in the active language, in the editors' order."""
    return list(
        StoryPage.objects.live()
        .filter(locale__language_code=get_language())
        .order_by("path")
        .select_related("image")
        .prefetch_related("image__renditions")[:count]
    )


@register.simple_tag
def lead_infographic() -> dict[str, Any] | None:
    """The first infographic in the active language with the first number it tells: {"page", "figure"}."""
    page = (
        InfographicPage.objects.live().filter(locale__language_code=get_language()).order_by("path").first()
    )
    if page is None:
        return None
    kinds = [child["type"] for child in page.body.raw_data]
    # Only the block that is shown is made, so only its figure is fetched.
    place = next((kinds.index(kind) for kind in ("distance", "number") if kind in kinds), None)
    return {"page": page, "figure": None if place is None else page.body[place].value["figure"]}


@register.simple_tag
def winding_line(count: int, columns: int = 9, gap: int = 100) -> dict[str, Any]:
    """A line that winds to and fro with `count` knots on it, drawn to a view box.

    {"width", "height", "path": the line's d, "knots": [{"x", "y"}]}. Rows run to the right, then to the left.
    """
    rows = ceil(count / columns)
    margin, row_gap = gap // 2 + 10, gap * 0.9
    knots = []
    for i in range(count):
        row, place = divmod(i, columns)
        column = place if row % 2 == 0 else columns - 1 - place
        # A hand does not draw with a ruler: each knot stands a little above or below its row.
        sway = (7, -5, 3, -8, 5, -2, 8, -6)[i % 8]
        knots.append({"x": margin + column * gap, "y": round(margin + row * row_gap + sway)})
    path = f"M{knots[0]['x'] - 40} {knots[0]['y']}"
    for before, knot in zip([{"x": knots[0]["x"] - 40, "y": knots[0]["y"]}, *knots], knots, strict=False):
        if abs(knot["y"] - before["y"]) > row_gap / 2:
            side = 1 if before["x"] > margin + (columns - 1) * gap / 2 else -1
            reach = before["x"] + side * gap * 0.62
            path += f"C{reach:.0f} {before['y']} {reach:.0f} {knot['y']} {knot['x']} {knot['y']}"
        else:
            middle = (before["x"] + knot["x"]) / 2
            path += f"C{middle:.0f} {before['y'] + 6} {middle:.0f} {knot['y'] - 6} {knot['x']} {knot['y']}"
    return {
        "width": 2 * margin + (columns - 1) * gap,
        "height": round(2 * margin + (rows - 1) * row_gap),
        "path": path,
        "knots": knots,
    }


@cache
def _size(path: str) -> tuple[int, int]:
    """Width and height of one of our drawings, from its view box."""
    text = (settings.BASE_DIR / "static" / path).read_text(encoding="utf-8")
    match = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', text)
    return (round(float(match[1])), round(float(match[2]))) if match else (0, 0)


@register.simple_tag
def drawing_file(name: str) -> dict[str, Any] | None:
    """Where the drawing of that name is, and its size: {"path", "width", "height"}."""
    path = drawings().get(name)
    if path is None:
        return None
    width, height = _size(path)
    return {"path": path, "width": width, "height": height}
