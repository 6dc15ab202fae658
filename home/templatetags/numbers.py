"""How a printed number is set: the figures large, the words around them small."""

import re

from django import template

register = template.Library()

NUMBER = r"[$€]?\d(?:[\d.,\s]*\d)?"


@register.filter
def number_parts(printed: str) -> dict[str, str]:
    """Split "more than 130,000" or "about $4 million" into {"before", "number", "after"}.

    A proportion such as "about 3 in 5" keeps its words: they are the number.
    """
    match = re.match(rf"(?P<before>\D*?)(?P<number>{NUMBER}(?:\s\D+\d+$)?)(?P<after>.*)$", printed.strip())
    if match is None:
        return {"before": "", "number": printed, "after": ""}
    return {name: part.strip() for name, part in match.groupdict().items()}
