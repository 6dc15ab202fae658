from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from donations import stripe_gateway as stripe
from donations.models import Donation, DonationEvent, DonationPage, DonationState, Frequency

from .state import move

# After this a gift whose donor hasn't come back is asked about at Stripe.
FIRST_LOOK = timedelta(minutes=5)
SPENT = (DonationState.FAILED, DonationState.EXPIRED)


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """Where the donor goes next: Stripe's page, or none if this gift was paid already."""

    donation: Donation
    url: str


def start_checkout(
    *,
    page: DonationPage,
    amount: int,
    frequency: str,
    token: UUID,
    story: dict[str, UUID | str | None],
    language: str,
    thanks_url: str,
    cancel_url: str,
) -> Checkout:
    """Record the gift, then open Stripe's page for it. The same form posted again leads to the same page.

    Args:
        amount: minor units of the page's currency.
        token: the form's own, one per form shown.
        story: the Attributed fields.

    Raises:
        PaymentsUnavailable, PaymentRefused: the gift stays recorded as created, and the form can be
            posted again.
    """
    donation = _gift_of_form(
        page=page, amount=amount, frequency=frequency, token=token, story=story, language=language
    )
    if donation.checkout_id:
        known = stripe.find_checkout(donation.checkout_id)
        return Checkout(donation=donation, url=known.url if known.outcome == stripe.Outcome.OPEN else "")
    try:
        opened = stripe.open_checkout(
            reference=str(donation.public_id),
            attempt=donation.checkout_attempts,
            amount=donation.amount,
            currency=donation.currency,
            monthly=donation.frequency == Frequency.MONTHLY,
            title=donation.page_title,
            language=donation.language,
            thanks_url=thanks_url,
            cancel_url=cancel_url,
        )
    except (stripe.PaymentsUnavailable, stripe.PaymentRefused) as error:
        # Stripe replays a stored answer for the same key; only an answer that never came is asked for again.
        if getattr(error, "answered", True):
            Donation.objects.filter(pk=donation.pk).update(checkout_attempts=F("checkout_attempts") + 1)
        raise
    move(
        donation,
        DonationState.PENDING,
        evidence="checkout opened",
        checkout_id=opened.id,
        due_at=timezone.now() + FIRST_LOOK,
    )
    return Checkout(donation=donation, url=opened.url)


def _gift_of_form(
    *,
    page: DonationPage,
    amount: int,
    frequency: str,
    token: UUID,
    story: dict[str, UUID | str | None],
    language: str,
) -> Donation:
    """The donation this form stands for: the one it made before, or a new one."""
    same = {"form_token": token, "amount": amount, "currency": page.currency, "frequency": frequency}
    with transaction.atomic():
        # A gift that can't be paid any more makes room for a new try.
        Donation.objects.filter(**same, state__in=SPENT).update(form_token=None)
        donation, created = Donation.objects.get_or_create(
            **same,
            defaults={
                "livemode": settings.STRIPE_LIVE_MODE,
                "page_key": page.translation_key,
                "page_title": page.title,
                "language": language,
                "due_at": timezone.now() + timedelta(days=1),
                **story,
            },
        )
        if created:
            DonationEvent.objects.create(donation=donation, state=donation.state, evidence="form posted")
    return donation
