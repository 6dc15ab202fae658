from typing import Any

from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from home.blocks import BodyBlock


class ProsePage(Page):
    """What every page of words has: a picture with its text alternative, an opening and a body."""

    standfirst = models.TextField(
        _("standfirst"), blank=True, help_text=_("One or two sentences that open the page.")
    )
    image = models.ForeignKey(
        "home.Picture", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    image_alt = models.CharField(
        _("what the picture shows"),
        max_length=300,
        blank=True,
        help_text=_(
            "For people who cannot see it. Leave empty only if the picture adds nothing to the words."
        ),
    )
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("standfirst"),
        MultiFieldPanel([FieldPanel("image"), FieldPanel("image_alt")], _("Picture")),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("standfirst"), index.SearchField("body")]
    # The same address in every language; everything else follows wagtail-localize's defaults.
    override_translatable_fields = [SynchronizedField("slug")]

    class Meta:
        abstract = True


class ActionPageMixin:
    """A page that asks the reader to act, and shows a form for it.

    A view that found something wrong renders the page again with the bound form, so the page's own
    context takes whatever the view adds.
    """

    def render_form(self, request: HttpRequest, *, status: int = 200, **context: Any):
        return TemplateResponse(
            request, self.get_template(request), {**self.get_context(request), **context}, status=status
        )


class HomePage(ProsePage):
    headline = models.CharField(_("headline"), max_length=200)

    content_panels = [
        *Page.content_panels,
        FieldPanel("headline"),
        *ProsePage.content_panels[len(Page.content_panels) :],
    ]
    parent_page_types = ["wagtailcore.Page"]
    max_count_per_parent = 10  # one per language
    template = "home/home_page.html"

    class Meta:
        verbose_name = _("home page")


class StandardPage(ProsePage):
    """About, privacy, and whatever else is words and pictures."""

    parent_page_types = ["home.HomePage", "home.StandardPage"]
    template = "home/standard_page.html"

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
