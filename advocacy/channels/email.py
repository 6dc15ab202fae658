"""Email through the site's provider: from our own domain, answers to the writer."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from home.mail import Message

if TYPE_CHECKING:
    from advocacy.models import Delivery, Letter, Official

OFFICE_LANGUAGE = "en"


class EmailChannel:
    name = "email"

    def reaches(self, official: "Official") -> bool:
        return bool(official.email)

    def compose(self, delivery: "Delivery") -> Message:
        if delivery.is_fictional and not delivery.address.lower().endswith(".example"):
            raise ValidationError("An invented person has a real address.")
        letter = delivery.letter
        with override(OFFICE_LANGUAGE):
            context = letter_context(letter, salutation=delivery.salutation)
            return Message(
                to=delivery.address,
                subject=letter.subject,
                text=render_to_string("advocacy/mail/office_letter.txt", context).strip() + "\n",
                html=render_to_string("advocacy/mail/office_letter.html", context),
                from_name=_("%(name)s via %(organisation)s")
                % {"name": letter.name, "organisation": letter.organisation},
                reply_to=letter.email,
                reply_to_name=letter.name,
                tag="letter",
            )


def letter_context(letter: "Letter", *, salutation: str) -> dict:
    """What the letter's templates show; the supporter's copy is made of the same."""
    return {
        "letter": letter,
        "salutation": salutation,
        "opening": paragraphs(letter.opening),
        "own_words": paragraphs(letter.own_words),
        "closing": paragraphs(letter.closing),
    }


def paragraphs(text: str) -> list[str]:
    """Blank lines part paragraphs; single line breaks stay."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return [block.strip() for block in blocks if block.strip()]
