from pathlib import Path

from campaigns.models import AgendaPage, AgendaPointPage
from home.demo.builder import Demo
from stories.models import StoryPage

CONTENT = Path(__file__).parent / "agenda.json"


def seed(demo: Demo) -> None:
    """The agenda and its six points, each with the story behind it."""
    content = demo.read(CONTENT)
    agenda = demo.page(
        demo.home, AgendaPage, slug=content["slug"], en=content["en"], es=content["es"], show_in_menus=True
    )
    stories = {page.slug: page for page in StoryPage.objects.filter(locale=demo.english)}
    for point in content["points"]:
        demo.page(
            agenda,
            AgendaPointPage,
            slug=point["slug"],
            image=point["image"],
            en=point["en"],
            es=point["es"],
            story=stories[point["story"]],
        )
