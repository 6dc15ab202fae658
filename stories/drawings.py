"""The drawings an editor can put beside words. They are static files of the project, drawn for it."""

from functools import cache
from pathlib import Path

from django.conf import settings

FOLDER = Path("img/illustrations")


@cache
def drawings() -> dict[str, str]:
    """Static path of every drawing by its base name: {"reason-poverty": "img/illustrations/…/….svg"}."""
    root = settings.BASE_DIR / "static"
    return {file.stem: str(file.relative_to(root)) for file in sorted((root / FOLDER).rglob("*.svg"))}


def drawing_choices() -> list[tuple[str, str]]:
    return [(name, name.replace("-", " ").capitalize()) for name in drawings()]
