from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import TranslatableMixin
from wagtail.search import index


class Figure(TranslatableMixin, index.Indexed, models.Model):
    """A published number with its source: written once, shown wherever it is used."""

    label = models.CharField(_("what it counts"), max_length=255)
    display = models.CharField(_("as printed"), max_length=60, help_text=_("Such as 1,400 or 3 in 5."))
    value = models.DecimalField(
        _("value"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("For computing and charts."),
    )
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=255)
    year = models.CharField(_("year"), max_length=60, help_text=_("As the source has it: 2017, 2010s."))
    url = models.URLField(_("address of the source"), blank=True)

    panels = [
        FieldPanel("label"),
        FieldRowPanel([FieldPanel("display"), FieldPanel("value"), FieldPanel("unit")]),
        MultiFieldPanel(
            [FieldPanel("source"), FieldPanel("year"), FieldPanel("url")], _("Where it comes from")
        ),
    ]
    search_fields = [
        index.SearchField("label"),
        index.AutocompleteField("label"),
        index.SearchField("source"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["label"]

    def __str__(self) -> str:
        return f"{self.display} {self.unit}, {self.label}"
