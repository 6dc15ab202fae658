"""The steps of a letter. Each is checked on its own; earlier answers travel in hidden fields."""

import re
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from advocacy.lookup import Candidates
from advocacy.states import CHOICES
from home.mail import clean_address, clean_header

OWN_WORDS_LIMIT = 2000
# The lowest and highest ZIP codes in use.
FIRST_ZIP, LAST_ZIP = 501, 99950
OTHER = "other"


class ZipForm(forms.Form):
    zip = forms.CharField(
        label=_("Your ZIP code"),
        help_text=_("Where you live: Congress answers the people of its own districts."),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
        error_messages={"required": _("Enter the ZIP code of your home.")},
    )

    def clean_zip(self) -> str:
        match = re.fullmatch(r"([0-9]{5})(?:[- ]?[0-9]{4})?", self.cleaned_data["zip"])
        if not match:
            raise ValidationError(_("A ZIP code has five digits, such as 85004."), code="shape")
        if not FIRST_ZIP <= int(match[1]) <= LAST_ZIP:
            raise ValidationError(_("There is no such ZIP code. Check the five digits."), code="unknown")
        return match[1]


class PlaceForm(forms.Form):
    """Which of the districts that a ZIP code touches."""

    place = forms.ChoiceField(
        label=_("Your district"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of these.")},
    )

    def __init__(self, *args, candidates: Candidates, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [
            *((choice.place, choice.label) for choice in candidates.choices),
            (OTHER, _("None of these, or I don't know")),
        ]


class StateForm(forms.Form):
    place = forms.ChoiceField(
        label=_("Your state"),
        choices=[("", _("Choose a state or territory")), *CHOICES],
        error_messages={"required": _("Choose your state.")},
    )


class LetterForm(forms.Form):
    own_words = forms.CharField(
        label=_("Your own words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": OWN_WORDS_LIMIT}),
        help_text=_(
            "Offices read the personal part first. A few sentences are enough, at most 2,000 characters. "
            "Leave out children's full names, schools and addresses."
        ),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name; a letter without one isn't read.")},
    )
    email = forms.CharField(
        label=_("Your email"),
        help_text=_("We send a link there to confirm the letter. Offices reply to it."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter your email address.")},
    )
    street = forms.CharField(
        label=_("Street and number"),
        help_text=_("Offices ask for a home address to see that you live in their district."),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("Enter your street and number.")},
    )
    city = forms.CharField(
        label=_("City or town"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        error_messages={"required": _("Enter your city or town.")},
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_own_words(self) -> str:
        text = self.cleaned_data["own_words"].replace("\r\n", "\n").replace("\r", "\n").strip()
        if len(text) > OWN_WORDS_LIMIT:
            raise ValidationError(
                _("This is %(length)s characters long; offices take at most %(limit)s."),
                params={"length": len(text), "limit": OWN_WORDS_LIMIT},
                code="too_long",
            )
        return text

    def clean_name(self) -> str:
        return clean_header(self.cleaned_data["name"], limit=100)

    def clean_email(self) -> str:
        return clean_address(self.cleaned_data["email"])

    def clean_street(self) -> str:
        return clean_header(self.cleaned_data["street"], limit=160)

    def clean_city(self) -> str:
        return clean_header(self.cleaned_data["city"], limit=80)

    def clean_token(self) -> uuid.UUID:
        # A token that isn't ours only costs the protection against sending twice.
        try:
            return uuid.UUID(self.cleaned_data["token"])
        except ValueError:
            return uuid.uuid4()
