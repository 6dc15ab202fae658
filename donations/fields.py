"""Amounts as staff edit them: written in the currency's usual unit, stored in minor units.

The page's form tells each field which currency it is in.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from donations.money import format_plain, parse


class AmountFormField(forms.CharField):
    currency = "USD"

    def prepare_value(self, value):
        return format_plain(value, self.currency) if isinstance(value, int) else value

    def to_python(self, value):
        text = super().to_python(value)
        return parse(text, self.currency, get_language() or "en") if text else None


class AmountListFormField(AmountFormField):
    """Several amounts in one line, in rising order, with spaces or semicolons between them."""

    def prepare_value(self, value):
        if isinstance(value, list):
            return "  ".join(format_plain(amount, self.currency) for amount in value)
        return value

    def to_python(self, value):
        text = forms.CharField.to_python(self, value)
        amounts = [
            parse(part, self.currency, get_language() or "en") for part in text.replace(";", " ").split()
        ]
        if amounts != sorted(set(amounts)):
            raise ValidationError(_("Write each amount once, the smallest first."))
        return amounts


class AmountField(models.PositiveBigIntegerField):
    """Minor units of the currency named by the model's `currency` field."""

    def formfield(self, **kwargs):
        kwargs.pop("widget", None)
        return models.Field.formfield(self, form_class=AmountFormField, **kwargs)


class AmountListField(models.JSONField):
    """A list of amounts in minor units."""

    def formfield(self, **kwargs):
        kwargs.pop("widget", None)
        return models.Field.formfield(self, form_class=AmountListFormField, **kwargs)
