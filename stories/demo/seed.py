from pathlib import Path

from home.demo.builder import Demo
from stories.models import Figure, InfographicPage, StoryIndexPage, StoryPage

CONTENT = Path(__file__).parent
INDEX = {
    "en": {
        "title": "Stories",
        "standfirst": "Five children, and what each of them carried. We draw the things, not the faces.",
        "search_description": "The stories of five children who fled Central America, told from published facts.",
    },
    "es": {
        "title": "Historias",
        "standfirst": "Cinco niñas y niños, y lo que cada quien llevaba consigo. Dibujamos las cosas, no las caras.",
        "search_description": "Las historias de cinco niñas y niños que huyeron de Centroamérica, contadas con hechos publicados.",
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
    texts = {
        code: {name: entry[name][code] for name in ("display", "unit", "label", "source")}
        for code in ("en", "es")
    }
    known = Figure.objects.filter(
        label=texts["en"]["label"], source=texts["en"]["source"], year=entry["year"]
    )
    return demo.snippet(
        Figure,
        known,
        en=texts["en"],
        es=texts["es"],
        value=entry["value"],
        year=entry["year"],
        url=entry["url"],
    )


def _story_fields(values: dict) -> dict:
    renamed = {"illustration_alt": "image_alt", "source_label": "source"}
    return {renamed.get(name, name): value for name, value in values.items()}
