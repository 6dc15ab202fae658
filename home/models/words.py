from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.models import Orderable, TranslatableMixin
from wagtail.search import index


class SiteWords(TranslatableMixin, index.Indexed, ClusterableModel):
    """What the organisation says of itself on every page, once per language."""

    organisation = models.CharField(_("organisation"), max_length=120)
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    footer_text = models.TextField(_("footer text"), blank=True)
    legal_text = models.TextField(
        _("legal text for receipts"),
        blank=True,
        help_text=_("Registered name, tax number and what the law wants a receipt to say."),
    )
    give_page = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("donation page"),
    )
    write_page = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("letter page"),
    )

    panels = [
        FieldPanel("organisation"),
        FieldPanel("tagline"),
        FieldPanel("footer_text"),
        FieldPanel("legal_text"),
        MultiFieldPanel(
            [PageChooserPanel("give_page"), PageChooserPanel("write_page")], _("Where buttons lead")
        ),
        InlinePanel("help_lines", label=_("help line")),
    ]
    search_fields = [index.SearchField("organisation")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("words of the site")
        verbose_name_plural = _("words of the site")

    def __str__(self) -> str:
        return self.organisation

    @classmethod
    def current(cls) -> "SiteWords | None":
        """The words in the active language, with the pages its buttons lead to (one query)."""
        return (
            cls.objects.filter(locale__language_code=get_language())
            .select_related("give_page", "write_page")
            .order_by("pk")
            .first()
        )


class HelpLine(TranslatableMixin, Orderable):
    """A telephone line that someone in danger can call."""

    words = ParentalKey(SiteWords, on_delete=models.CASCADE, related_name="help_lines")
    name = models.CharField(_("name"), max_length=120)
    text = models.CharField(_("what it helps with"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=40)
    url = models.URLField(_("address"), blank=True)

    panels = [FieldPanel("name"), FieldPanel("text"), FieldPanel("phone"), FieldPanel("url")]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        pass

    def __str__(self) -> str:
        return self.name
