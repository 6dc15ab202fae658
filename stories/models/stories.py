from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.search import index

from home.models import ProsePage


class AgeBand(models.TextChoices):
    """An age is shown as a band unless its publication has been cleared."""

    UNDER_5 = "under-5", _("under 5")
    FROM_5 = "5-11", _("5 to 11")
    FROM_12 = "12-17", _("12 to 17")


class Country(models.TextChoices):
    EL_SALVADOR = "SV", _("El Salvador")
    GUATEMALA = "GT", _("Guatemala")
    HONDURAS = "HN", _("Honduras")
    MEXICO = "MX", _("Mexico")
    NICARAGUA = "NI", _("Nicaragua")


class StoryIndexPage(ProsePage):
    """All stories, newest first."""

    parent_page_types = ["home.HomePage"]
    subpage_types = ["stories.StoryPage"]
    template = "stories/story_index_page.html"

    class Meta:
        verbose_name = _("index of stories")

    def stories(self) -> "models.QuerySet[StoryPage]":
        return StoryPage.objects.child_of(self).live().order_by("path").select_related("image")

    def get_context(self, request, *args, **kwargs):
        return {**super().get_context(request, *args, **kwargs), "stories": list(self.stories())}


class StoryPage(ProsePage):
    """One child's story."""

    display_name = models.CharField(_("name shown"), max_length=80)
    name_changed = models.BooleanField(
        _("name changed to protect the child"), default=True, help_text=_("The page says so.")
    )
    age_label = models.CharField(_("age as printed"), max_length=80, blank=True)
    age_band = models.CharField(_("age band"), max_length=10, choices=AgeBand, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=Country, blank=True)
    content_note = models.CharField(_("content note"), max_length=300, blank=True)
    source = models.CharField(_("source and year"), max_length=255, blank=True)
    illustrator = models.CharField(_("credit of the illustration"), max_length=160, blank=True)

    content_panels = [
        *ProsePage.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("display_name"), FieldPanel("name_changed")]),
                FieldRowPanel([FieldPanel("age_label"), FieldPanel("age_band"), FieldPanel("country")]),
                FieldPanel("content_note"),
            ],
            _("The child"),
        ),
        MultiFieldPanel(
            [FieldPanel("source"), FieldPanel("illustrator")],
            _("Sources and credits"),
        ),
    ]
    search_fields = [
        *ProsePage.search_fields,
        index.SearchField("display_name"),
        index.FilterField("country"),
    ]
    parent_page_types = ["stories.StoryIndexPage"]
    subpage_types: list[str] = []
    template = "stories/story_page.html"

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")

    def get_context(self, request, *args, **kwargs):
        others = StoryPage.objects.sibling_of(self, inclusive=False).live().select_related("image")[:3]
        return {**super().get_context(request, *args, **kwargs), "others": list(others), "story": self}
