"""Drawings of the project set into the page itself, so that they take its ink and its line can be drawn."""

import re
from functools import cache

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@cache
def _parts(path: str) -> tuple[str, str]:
    """(view box, inner markup) of one of our own SVG files; ("", "") where there is none."""
    root = settings.BASE_DIR / "static" / "img"
    file = (root / path).resolve()
    if not file.is_relative_to(root) or not file.is_file():
        return "", ""
    text = file.read_text(encoding="utf-8")
    match = re.search(r"<svg\b([^>]*)>(.*)</svg>", text, re.DOTALL)
    box = re.search(r'viewBox="([^"]+)"', match[1]) if match else None
    if match is None or box is None:
        return "", ""
    inner = re.sub(r"<(title|desc)\b.*?</\1>", "", match[2], flags=re.DOTALL)
    return box[1], inner.strip()


@register.simple_tag
def inline_svg(path: str, label: str = "", css: str = "", prefix: str = "") -> SafeString | str:
    """The drawing static/img/<path>; with a label it is a picture, without one it is hidden from readers.

    prefix goes before every id inside, for a drawing that stands twice on a page.
    """
    box, inner = _parts(path)
    if not inner:
        return ""
    if prefix:
        inner = re.sub(r'\bid="', f'id="{prefix}', inner)
        inner = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}", inner)
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" viewBox="{}" {} focusable="false">{}</svg>', css, box, spoken, mark_safe(inner)
    )
