import logging
import re

from django.core.exceptions import ValidationError
from django.utils.translation import override

from donations.models import Donation
from home.mail import clean_address
from home.models import SiteWords
from home.outbox import queue_mail

logger = logging.getLogger(__name__)


def queue_receipt(donation: Donation) -> None:
    """Put the receipt into the outbox, once, in the caller's transaction.

    A gift without an address that can be written to stays a gift; staff see that it has no email.
    """
    try:
        to = clean_address(donation.email)
    except ValidationError:
        logger.warning("donation %s has no address for a receipt", donation.public_id)
        return
    with override(donation.language):
        words = SiteWords.current()
    queue_mail(
        key=f"receipt:{donation.public_id}",
        kind="receipt",
        to=to,
        template="donations/mail/receipt",
        context={"donation": donation, "words": words},
        language=donation.language,
    )


def plain_name(name: str) -> str:
    """A name as the donor gave it to Stripe, on one line."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]", " ", name).split())[:160]
