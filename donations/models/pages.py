from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail_localize.fields import SynchronizedField

from donations.fields import AmountField, AmountFormField, AmountListField
from donations.money import LARGEST
from home.models import ActionPageMixin, ProsePage

from .donations import Frequency


class PageCurrency(models.TextChoices):
    USD = "USD", _("US dollars")
    EUR = "EUR", _("Euros")
    GBP = "GBP", _("Pounds sterling")
    CAD = "CAD", _("Canadian dollars")
    MXN = "MXN", _("Mexican pesos")
    JPY = "JPY", _("Yen")


class DonationPageForm(WagtailAdminPageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.data.get(self.add_prefix("currency"), self.instance.currency)
        currency = chosen if chosen in PageCurrency.values else self.instance.currency
        for field in self.fields.values():
            if isinstance(field, AmountFormField):
                field.currency = currency


def once_amounts() -> list[int]:
    return [25_00, 50_00, 100_00, 250_00]


def monthly_amounts() -> list[int]:
    return [10_00, 20_00, 35_00, 50_00]


class DonationPage(ActionPageMixin, ProsePage):
    """A page that asks for a gift. All amounts are stored in minor units of its currency."""

    currency = models.CharField(_("currency"), max_length=3, choices=PageCurrency, default=PageCurrency.USD)
    once_amounts = AmountListField(
        _("amounts offered once"), default=once_amounts, blank=True, help_text=_("Such as: 25 50 100 250")
    )
    monthly_amounts = AmountListField(
        _("amounts offered monthly"), default=monthly_amounts, blank=True, help_text=_("Such as: 10 20 35 50")
    )
    minimum = AmountField(_("smallest gift"), default=1_00)
    maximum = AmountField(_("largest gift"), default=25_000_00)
    thanks_title = models.CharField(_("title of the thanks"), max_length=120)
    thanks_text = models.TextField(_("words of thanks"), blank=True)

    base_form_class = DonationPageForm
    content_panels = [
        *ProsePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("currency"),
                FieldPanel("once_amounts"),
                FieldPanel("monthly_amounts"),
                FieldRowPanel([FieldPanel("minimum"), FieldPanel("maximum")]),
            ],
            _("Amounts"),
        ),
        MultiFieldPanel([FieldPanel("thanks_title"), FieldPanel("thanks_text")], _("Thanks")),
    ]
    override_translatable_fields = [
        *ProsePage.override_translatable_fields,
        *map(SynchronizedField, ["currency", "once_amounts", "monthly_amounts", "minimum", "maximum"]),
    ]
    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types: list[str] = []
    template = "donations/donation_page.html"

    class Meta:
        verbose_name = _("donation page")
        verbose_name_plural = _("donation pages")

    def clean(self) -> None:
        super().clean()
        if self.minimum is None or self.maximum is None:
            return  # their own fields say what is wrong
        if self.maximum > LARGEST:
            raise ValidationError({"maximum": _("Stripe takes at most eight digits, decimals included.")})
        if self.minimum > self.maximum:
            raise ValidationError({"maximum": _("The largest gift is smaller than the smallest.")})
        for name in ("once_amounts", "monthly_amounts"):
            if any(not self.minimum <= amount <= self.maximum for amount in getattr(self, name) or []):
                raise ValidationError({name: _("An amount lies outside the smallest and largest gift.")})

    def amounts(self, frequency: str) -> list[int]:
        """The amounts offered, in minor units."""
        return self.monthly_amounts if frequency == Frequency.MONTHLY else self.once_amounts

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from donations.forms import DonationForm

        context = super().get_context(request, *args, **kwargs)
        return {
            "form": DonationForm.for_request(request, page=self),
            "cancelled": "cancelled" in request.GET,
            **context,
        }

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any):
        response = super().serve(request, *args, **kwargs)
        # Each visitor's form has a token of its own.
        patch_cache_control(response, private=True, no_cache=True)
        return response
