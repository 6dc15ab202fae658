from django import template
from django.utils.translation import get_language

from donations.money import format_money

register = template.Library()


@register.filter
def money(minor: int, currency: str) -> str:
    """Minor units as people of the active language read them: {{ gift.amount|money:gift.currency }}."""
    return format_money(minor, currency, get_language() or "en")


@register.filter
def exact_money(minor: int, currency: str) -> str:
    """The same with every decimal, as in books and receipts."""
    return format_money(minor, currency, get_language() or "en", exact=True)
