"""Bringing a gift to what Stripe says of it now. Safe to repeat, and safe from several sides at once.

Each verb first asks Stripe, with no database lock held, and then applies the answer under the row's lock.
"""

import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from campaigns.services import remember_supporter
from donations import stripe_gateway as stripe
from donations.models import (
    Donation,
    DonationEvent,
    DonationState,
    Frequency,
    RecurringGift,
)

from .ledger import record_payment, record_refunds
from .receipts import plain_name, queue_receipt
from .state import move

logger = logging.getLogger(__name__)

SOONEST, LATEST = timedelta(minutes=5), timedelta(hours=6)
BATCH = 100
# The donor went through the payment page, whatever became of the money.
COMPLETED = (stripe.Outcome.PAID, stripe.Outcome.PROCESSING, stripe.Outcome.FAILED)


def fulfil(checkout_id: str, *, evidence: str) -> Donation | None:
    """Bring the donation of a checkout session to its present state at Stripe.

    Args:
        evidence: what made us look, for the donation's history.

    Returns:
        The donation, or None where the session is not one of ours.

    Raises:
        PaymentsUnavailable, PaymentRefused: nothing was changed.
    """
    state = stripe.find_checkout(checkout_id)
    with transaction.atomic():
        donation = _locked(Q(checkout_id=state.id) | _public_id(state.reference))
        if donation is None:
            return None
        if donation.checkout_id not in (None, state.id) and state.outcome != stripe.Outcome.PAID:
            # A session whose opening failed half-way: nobody saw it, and another took its place.
            return None
        if donation.state == DonationState.CREATED:
            # Our own note of the session was lost between Stripe's answer and the commit.
            move(donation, DonationState.PENDING, evidence="checkout found at Stripe", checkout_id=state.id)
        if state.outcome in COMPLETED:
            _note_donor(donation, state)
        if state.outcome == stripe.Outcome.PAID and state.payment is not None:
            _receive(donation, state.payment, evidence)
        elif state.outcome == stripe.Outcome.OPEN:
            _ask_again(donation)
        elif state.outcome == stripe.Outcome.PROCESSING:
            move(donation, DonationState.PROCESSING, evidence=evidence)
            _ask_again(donation)
        elif state.outcome == stripe.Outcome.FAILED:
            move(donation, DonationState.FAILED, evidence=evidence, due_at=None)
        else:
            move(donation, DonationState.EXPIRED, evidence=evidence, due_at=None)
    donation.refresh_from_db()
    return donation


def settle_invoice(invoice_id: str, *, evidence: str) -> Donation | None:
    """Bring an instalment of a recurring gift into the books; the first one belongs to its checkout.

    Returns:
        The donation, or None where the bill is not paid or not one of ours.
    """
    invoice = stripe.find_invoice(invoice_id)
    if invoice.payment is None or not invoice.subscription_id:
        return None
    subscription = stripe.find_subscription(invoice.subscription_id)
    first = Donation.objects.filter(_public_id(subscription.reference)).first()
    if first is None or not first.checkout_id:
        return None
    if not first.is_received or first.recurring_gift_id is None:
        # Whatever came first, the recurring gift begins with its checkout.
        first = fulfil(first.checkout_id, evidence=evidence) or first
    with transaction.atomic():
        if invoice.opens:
            first = Donation.objects.select_for_update().get(pk=first.pk)
            _receive(first, invoice.payment, evidence)
            return first
        gift = _save_subscription(subscription, first)
        donation, created = Donation.objects.get_or_create(
            invoice_id=invoice.id,
            defaults={
                "state": DonationState.PENDING,
                "amount": invoice.payment.amount,
                "currency": invoice.payment.currency,
                "frequency": Frequency.MONTHLY,
                "livemode": settings.STRIPE_LIVE_MODE,
                "page_key": first.page_key,
                "page_title": first.page_title,
                "language": first.language,
                "supporter": first.supporter,
                "name": first.name,
                "email": first.email,
                "story_key": first.story_key,
                "story_title": first.story_title,
                "recurring_gift": gift,
            },
        )
        if created:
            DonationEvent.objects.create(donation=donation, state=donation.state, evidence=evidence[:255])
        donation = Donation.objects.select_for_update().get(pk=donation.pk)
        _receive(donation, invoice.payment, evidence)
    return donation


def settle_charge(charge_id: str, *, evidence: str) -> Donation | None:
    """Bring fee and refunds of a charge into the books.

    Returns:
        The donation, or None where the charge is not one of ours.
    """
    payment = stripe.find_payment(charge_id)
    if payment is None:
        return None
    donation = _donation_of(payment, evidence)
    if donation is None:
        return None
    with transaction.atomic():
        donation = Donation.objects.select_for_update().get(pk=donation.pk)
        if record_payment(donation, payment) and donation.is_received:
            Donation.objects.filter(pk=donation.pk).update(due_at=None)
    if payment.refunded_amount:
        record_refunds(donation, payment, evidence=evidence)
    donation.refresh_from_db()
    return donation


def refresh_recurring_gift(subscription_id: str) -> RecurringGift | None:
    """Bring a recurring gift to its present state at Stripe; None if it is not one of ours or not begun."""
    subscription = stripe.find_subscription(subscription_id)
    with transaction.atomic():
        known = RecurringGift.objects.select_for_update().filter(subscription_id=subscription.id).first()
        return _save_subscription(subscription, None) if known else None


def look_after_open_gifts() -> int:
    """Ask Stripe about gifts whose webhook or donor never came back.

    Returns:
        How many were asked about.
    """
    due = Donation.objects.filter(due_at__lte=timezone.now()).order_by("due_at")[:BATCH]
    for donation in due:
        _ask_again(donation)
        try:
            if donation.is_received and donation.charge_id:
                settle_charge(donation.charge_id, evidence="looked up")
            elif donation.checkout_id:
                fulfil(donation.checkout_id, evidence="looked up")
            else:
                # Its payment page was never shown to anyone, and can't be paid after a day.
                move(donation, DonationState.EXPIRED, evidence="never reached Stripe", due_at=None)
        except (stripe.PaymentsUnavailable, stripe.PaymentRefused) as error:
            logger.warning("donation %s could not be looked up: %s", donation.public_id, error)
    return len(due)


def _note_donor(donation: Donation, state: stripe.CheckoutState) -> None:
    """Who gave, as they wrote it on the payment page, and the recurring gift this begins."""
    if not donation.email:
        donation.name, donation.email = plain_name(state.name), state.email[:254]
        try:
            donation.supporter = remember_supporter(
                email=donation.email, name=donation.name, language=donation.language
            )
        except ValidationError:
            logger.warning("donation %s came without a usable address", donation.public_id)
    if state.subscription is not None:
        donation.recurring_gift = _save_subscription(state.subscription, donation)
        donation.invoice_id = state.invoice_id or None
    donation.save(update_fields=["name", "email", "supporter", "recurring_gift", "invoice_id"])


def _receive(donation: Donation, payment: stripe.Payment, evidence: str) -> None:
    """The money came: state, books and receipt in the caller's transaction, under the donation's lock."""
    if donation.charge_id is None:
        donation.payment_id, donation.charge_id = payment.payment_id, payment.charge_id
        donation.amount = payment.amount
        donation.save(update_fields=["payment_id", "charge_id", "amount"])
    succeeded_at = payment.happened_at
    if move(donation, DonationState.SUCCEEDED, evidence=evidence, succeeded_at=succeeded_at, due_at=None):
        queue_receipt(donation)
    if not record_payment(donation, payment):
        _ask_again(donation)


def _donation_of(payment: stripe.Payment, evidence: str) -> Donation | None:
    """The donation that a payment belongs to, whichever of its events came first."""
    known = Donation.objects.filter(Q(charge_id=payment.charge_id) | _public_id(payment.reference)).first()
    if known is not None:
        if not known.is_received and known.checkout_id:
            return fulfil(known.checkout_id, evidence=evidence)
        return known
    invoice_id = stripe.find_invoice_of(payment.payment_id)
    return settle_invoice(invoice_id, evidence=evidence) if invoice_id else None


def _save_subscription(subscription: stripe.Subscription, donation: Donation | None) -> RecurringGift:
    fields: dict[str, object] = {
        "customer_id": subscription.customer_id,
        "state": subscription.state,
        "amount": subscription.amount,
        "currency": subscription.currency,
        "paid_until": subscription.paid_until,
        "cancelled_at": subscription.cancelled_at,
    }
    if donation is not None and donation.supporter_id:
        fields["supporter_id"] = donation.supporter_id
    gift, _created = RecurringGift.objects.update_or_create(subscription_id=subscription.id, defaults=fields)
    return gift


def _ask_again(donation: Donation) -> None:
    """Ask at growing intervals: after as long as the gift is old, from five minutes to six hours."""
    age = timezone.now() - donation.created_at
    wait = min(max(age, SOONEST), LATEST)
    Donation.objects.filter(pk=donation.pk).update(due_at=timezone.now() + wait)


def _locked(query: Q) -> Donation | None:
    return Donation.objects.select_for_update().filter(query).order_by("pk").first()


def _public_id(reference: str) -> Q:
    """A query by the public id that came back from Stripe; one that finds nothing if it is none of ours."""
    try:
        return Q(public_id=UUID(reference))
    except ValueError:
        return Q(pk__in=[])
