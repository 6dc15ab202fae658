from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.search import index

from home.models import ProsePage
from stories.blocks import InfographicBlock


class InfographicPage(ProsePage):
    """A long infographic that is read by scrolling."""

    body = StreamField(InfographicBlock(), verbose_name=_("body"), blank=True)

    search_fields = [*ProsePage.search_fields, index.SearchField("body")]
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    template = "stories/infographic_page.html"

    class Meta:
        verbose_name = _("infographic")
        verbose_name_plural = _("infographics")
