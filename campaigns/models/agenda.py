from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, PageChooserPanel

from home.models import ProsePage
from stories.models import StoryPage


class AgendaPage(ProsePage):
    """The agenda for action: its points are the pages below it, in their order."""

    parent_page_types = ["home.HomePage"]
    subpage_types = ["campaigns.AgendaPointPage"]
    template = "campaigns/agenda_page.html"

    class Meta:
        verbose_name = _("agenda")

    def points(self) -> "list[AgendaPointPage]":
        """The points in their order, each with the story behind it at hand."""
        points = list(
            AgendaPointPage.objects.child_of(self).live().order_by("path").select_related("image", "story")
        )
        stories = {page.translation_key: page for page in _stories_behind(points, self.locale_id)}
        for point in points:
            point.told_story = stories.get(point.story.translation_key) if point.story else None
        return points

    def get_context(self, request, *args, **kwargs):
        return {**super().get_context(request, *args, **kwargs), "points": self.points()}


class AgendaPointPage(ProsePage):
    """One point: what it asks, the human story behind it, and what the reader can do."""

    story = models.ForeignKey(
        "stories.StoryPage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="agenda_points",
        verbose_name=_("the story behind it"),
    )
    do = models.TextField(_("what the reader can do"), blank=True)

    content_panels = [*ProsePage.content_panels, PageChooserPanel("story"), FieldPanel("do")]
    parent_page_types = ["campaigns.AgendaPage"]
    subpage_types: list[str] = []
    template = "campaigns/agenda_point_page.html"

    @cached_property
    def told_story(self) -> StoryPage | None:
        """The story behind the point in the point's language, if readers can see it.

        All languages of a point share its `story`, which is a page of the language it was chosen in.
        """
        return _stories_behind([self], self.locale_id).first()

    class Meta:
        verbose_name = _("point of the agenda")
        verbose_name_plural = _("points of the agenda")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        siblings = list(
            AgendaPointPage.objects.sibling_of(self)
            .live()
            .order_by("path")
            .only("pk", "title", "url_path", "path", "depth", "locale")
        )
        place = next((i for i, page in enumerate(siblings) if page.pk == self.pk), 0)
        return {
            **context,
            "number": place + 1,
            "previous": siblings[place - 1] if place > 0 else None,
            "next": siblings[place + 1] if place + 1 < len(siblings) else None,
            "story": self.told_story,
        }


def _stories_behind(points: list[AgendaPointPage], locale_id: int) -> "models.QuerySet[StoryPage]":
    keys = [point.story.translation_key for point in points if point.story]
    return StoryPage.objects.live().filter(translation_key__in=keys, locale=locale_id).select_related("image")
