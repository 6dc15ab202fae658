from django import template
from django.utils.translation import gettext_lazy as _

from advocacy.channels.email import paragraphs as split_paragraphs

register = template.Library()

# What each state of a delivery is evidence of, in the words of its writer's page.
MEANING = {
    "queued": _("It waits to be sent."),
    "sending": _("It is being handed to our mail provider."),
    "sent": _("Our mail provider took it. The office's mail server hasn't answered yet."),
    "delivered": _("The office's mail server took it."),
    "bounced": _("The office's mail server sent it back. Our staff see this too."),
    "failed": _("It could not be sent. Our staff see this too."),
    "unknown": _(
        "We don't know yet whether our mail provider took it. We are asking, and send nothing twice."
    ),
}


@register.filter
def paragraphs(text: str) -> list[str]:
    return split_paragraphs(text)


@register.filter
def means(state: str) -> str:
    """A delivery's state in plain words."""
    return MEANING[state]
