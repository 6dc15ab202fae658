from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donations.models import Frequency
from donations.money import AmountError, format_money, format_plain, parse

if TYPE_CHECKING:
    from donations.models import DonationPage

OTHER = "other"


class DonationForm(forms.Form):
    """How much, and how often. Name, address and card are asked by Stripe on its own page.

    Each frequency has its own amounts; only those of the chosen frequency are read. An amount of one's
    own counts with "another amount", or with nothing else chosen; beside another choice it is asked about.
    """

    frequency = forms.ChoiceField(
        label=_("How often"),
        choices=Frequency.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose once or every month."),
            "invalid_choice": _("Choose once or every month."),
        },
    )
    once_amount = forms.ChoiceField(label=_("Amount"), widget=forms.RadioSelect, required=False)
    monthly_amount = forms.ChoiceField(
        label=_("Amount every month"), widget=forms.RadioSelect, required=False
    )
    own_amount = forms.CharField(label=_("Another amount"), required=False, max_length=100)
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    story = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    def __init__(self, *args: Any, page: "DonationPage", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        self.language = get_language() or "en"
        for frequency in Frequency.values:
            self.fields[f"{frequency}_amount"].choices = [
                *((str(amount), self.shown(amount)) for amount in page.amounts(frequency)),
                (OTHER, _("Another amount")),
            ]
        self.fields["own_amount"].help_text = _("In %(currency)s, from %(minimum)s to %(maximum)s.") % {
            "currency": page.get_currency_display(),
            "minimum": self.shown(page.minimum),
            "maximum": self.shown(page.maximum),
        }
        self.fields["own_amount"].widget.attrs |= {
            "inputmode": "decimal",
            "autocomplete": "transaction-amount",
            "maxlength": 100,
        }

    @classmethod
    def for_request(cls, request: HttpRequest, *, page: "DonationPage") -> "DonationForm":
        """An empty form, filled in as far as the address says: ?amount=25&frequency=monthly&from=…"""
        return cls(page=page, initial=_from_address(request.GET, page))

    def shown(self, amount: int) -> str:
        return format_money(amount, self.page.currency, self.language)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["token"] = data.get("token") or uuid4()
        frequency = data.get("frequency")
        if frequency:
            try:
                data["amount"] = self._amount(f"{frequency}_amount", data)
            except AmountError as error:
                self.add_error(f"{frequency}_amount" if error.code == "choose" else "own_amount", error)
        return data

    def _amount(self, field: str, data: dict[str, Any]) -> int | None:
        if field in self.errors or "own_amount" in self.errors:
            return None
        chosen, own = data.get(field, ""), data.get("own_amount", "")
        if not chosen and not own:
            raise AmountError(_("Choose an amount, or write one."), code="choose")
        if chosen in ("", OTHER):
            page = self.page
            return parse(own, page.currency, self.language, minimum=page.minimum, maximum=page.maximum)
        if own and self._differs(own, int(chosen)):
            raise AmountError(
                _(
                    "You chose %(chosen)s and also wrote an amount."
                    " Empty this field, or choose “Another amount”."
                )
                % {"chosen": self.shown(int(chosen))},
                code="two",
            )
        return int(chosen)

    def _differs(self, own: str, chosen: int) -> bool:
        try:
            return parse(own, self.page.currency, self.language) != chosen
        except AmountError:
            return True


def _from_address(query: QueryDict, page: "DonationPage") -> dict[str, Any]:
    """Initial values from an address. What doesn't make sense is left out: a link is no place for errors."""
    frequency = query.get("frequency", "")
    if frequency not in Frequency.values:
        frequency = Frequency.ONCE
    initial: dict[str, Any] = {"frequency": frequency, "token": uuid4(), "story": _key(query.get("from", ""))}
    try:
        amount = parse(
            query.get("amount", ""), page.currency, "en", minimum=page.minimum, maximum=page.maximum
        )
    except AmountError:
        return initial
    if amount in page.amounts(frequency):
        return initial | {f"{frequency}_amount": str(amount)}
    return initial | {f"{frequency}_amount": OTHER, "own_amount": format_plain(amount, page.currency)}


def _key(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        return ""
