"""What other rooms' pages show of the agenda."""

from django import template
from wagtail.models import Locale

from campaigns.models import AgendaPage, AgendaPointPage
from stories.models import StoryPage

register = template.Library()


@register.simple_tag
def agenda_points() -> list[AgendaPointPage]:
    """The points of the agenda in the active language, in their order."""
    return list(
        AgendaPointPage.objects.live()
        .filter(locale=Locale.get_active())
        .order_by("path")
        .select_related("image")
        .prefetch_related("image__renditions")
    )


@register.simple_tag
def agenda_page() -> AgendaPage | None:
    """The agenda in the active language."""
    return AgendaPage.objects.live().filter(locale=Locale.get_active()).first()


@register.simple_tag
def story_points(story: StoryPage) -> list[AgendaPointPage]:
    """The points of the agenda that a story stands behind."""
    return list(story.agenda_points.live().order_by("path"))
