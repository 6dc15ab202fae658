"""What other rooms' pages show of the agenda."""

from django import template
from django.utils.translation import get_language

from campaigns.models import AgendaPage, AgendaPointPage
from stories.models import StoryPage

register = template.Library()


@register.simple_tag
def agenda_points() -> list[AgendaPointPage]:
    """The points of the agenda in the active language, in their order."""
    return list(
        AgendaPointPage.objects.live()
        .filter(locale__language_code=get_language())
        .order_by("path")
        .select_related("image")
        .prefetch_related("image__renditions")
    )


@register.simple_tag
def agenda_page() -> AgendaPage | None:
    """The agenda in the active language."""
    return AgendaPage.objects.live().filter(locale__language_code=get_language()).first()


@register.simple_tag
def story_points(story: StoryPage) -> list[AgendaPointPage]:
    """The points of the agenda that a story stands behind, in the story's language."""
    points = AgendaPointPage.objects.live().filter(
        locale=story.locale_id, story__translation_key=story.translation_key
    )
    return list(points.order_by("path"))
