from pathlib import Path

from home.demo.builder import Demo
from stories.models import Figure, InfographicPage, StoryIndexPage, StoryPage

CONTENT = Path(__file__).parent
INDEX = {
    "en": {
        "title": "Stories",
        "standfirst": "Five children: what happened, who says so, what can be done. We draw objects, not faces.",
        "search_description": "Five children: what happened, who says so, what can be done. We draw objects, not faces.",
    },
    "es": {
        "title": "Historias",
        "standfirst": "Cinco niñas y niños: qué pasó, quién lo dice, qué se puede hacer. Dibujamos objetos, no caras.",
        "search_description": "Cinco niñas y niños: qué pasó, quién lo dice, qué se puede hacer. Dibujamos objetos, no caras.",
    },
}


def seed(demo: Demo) -> None:
    """The sourced figures, the five stories and the journey."""
    for entry in demo.read(CONTENT / "figures.json"):
        demo.figures[entry["key"]] = _figure(demo, entry)
    index = demo.page(demo.home, StoryIndexPage, slug="stories", show_in_menus=True, **INDEX)
    for entry in demo.read(CONTENT / "stories.json"):
        shared = ("name_changed", "age_band", "country")
        demo.page(
            index,
            StoryPage,
            slug=entry["slug"],
            image=entry["image"],
            en=_story_fields(entry["en"]),
            es=_story_fields(entry["es"]),
            **{name: entry[name] for name in shared},
        )
    journey = demo.read(CONTENT / "journey.json")
    demo.page(
        demo.home,
        InfographicPage,
        slug=journey["slug"],
        image=journey["image"],
        en=journey["en"],
        es=journey["es"],
        show_in_menus=True,
    )


def _figure(demo: Demo, entry: dict) -> Figure:
    names = ("display", "unit", "label", "source", "year")
    english, spanish = ({name: entry[name][code] for name in names} for code in ("en", "es"))
    known = Figure.objects.filter(label=english["label"], source=english["source"], year=english["year"])
    return demo.snippet(Figure, known, en=english, es=spanish, value=entry["value"], url=entry["url"])


def _story_fields(values: dict) -> dict:
    renamed = {"illustration_alt": "image_alt", "source_label": "source"}
    return {renamed.get(name, name): value for name, value in values.items()}
