"""Stripe's events: verified, stored, answered; then worked off from the table, with retries."""

import logging
import random
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from donations import stripe_gateway as stripe
from donations.models import StripeEvent, StripeEventState

from .fulfil import fulfil, refresh_recurring_gift, settle_charge, settle_invoice

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 24  # with the back-off below, about two days
BATCH = 100


def record_event(*, payload: bytes, signature: str) -> StripeEvent:
    """Store a delivery once and tell the worker to look.

    Raises:
        WebhookRefused: nothing was stored.
    """
    from donations.tasks import process_events

    event = stripe.read_event(payload, signature)
    if event.livemode != settings.STRIPE_LIVE_MODE:
        raise stripe.WebhookRefused("an event of another environment")
    known = event.type in stripe.SUBJECTS
    with transaction.atomic():
        row, created = StripeEvent.objects.get_or_create(
            event_id=event.id,
            defaults={
                "type": event.type,
                "object_id": event.object_id,
                "livemode": event.livemode,
                "api_version": event.api_version,
                "payload": event.payload,
                "happened_at": event.happened_at,
                "state": StripeEventState.RECEIVED if known else StripeEventState.IGNORED,
            },
        )
        if created and known:
            transaction.on_commit(process_events.enqueue)
    return row


def process_due_events() -> int:
    """Work off what is due, oldest first.

    Returns:
        How many events were tried.
    """
    tried = 0
    due = StripeEvent.objects.filter(state=StripeEventState.RECEIVED).order_by("due_at", "pk")
    while batch := list(due.filter(due_at__lte=timezone.now())[:BATCH]):
        tried += sum(process_event(event) for event in batch)
    return tried


def process_event(event: StripeEvent) -> bool:
    """Apply one event, if no other worker has it in hand.

    Returns:
        Whether it was this caller's turn.
    """
    now = timezone.now()
    mine = StripeEvent.objects.filter(pk=event.pk, state=StripeEventState.RECEIVED, due_at__lte=now).update(
        due_at=now + LEASE, attempts=F("attempts") + 1
    )
    if not mine:
        return False
    event.refresh_from_db()
    try:
        state = StripeEventState.PROCESSED if _apply(event) else StripeEventState.IGNORED
    except (stripe.PaymentsUnavailable, stripe.PaymentRefused) as error:
        logger.warning("event %s could not be applied: %s", event.event_id, error)
        _put_back(event, str(error))
    except Exception as error:  # whatever it is, it must be seen and tried again, and not stop the others
        logger.exception("event %s failed", event.event_id)
        # A database's own message may quote a person's data.
        _put_back(event, type(error).__name__)
    else:
        StripeEvent.objects.filter(pk=event.pk).update(state=state, settled_at=timezone.now(), error="")
    event.refresh_from_db()
    return True


def _apply(event: StripeEvent) -> bool:
    """Bring the rows that the event is about to their present state. False if it is about none of ours."""
    evidence = f"{event.type} {event.event_id}"
    match stripe.SUBJECTS[event.type]:
        case stripe.Subject.CHECKOUT:
            return fulfil(event.object_id, evidence=evidence) is not None
        case stripe.Subject.INVOICE:
            return settle_invoice(event.object_id, evidence=evidence) is not None
        case stripe.Subject.CHARGE:
            return settle_charge(event.object_id, evidence=evidence) is not None
        case _:
            return refresh_recurring_gift(event.object_id) is not None


def _put_back(event: StripeEvent, error: str) -> None:
    if event.attempts >= MAX_ATTEMPTS:
        changes: dict[str, object] = {"state": StripeEventState.FAILED, "settled_at": timezone.now()}
    else:
        wait = min(30 * 2 ** (event.attempts - 1), 7200) * random.uniform(0.8, 1.2)  # noqa: S311
        changes = {"due_at": timezone.now() + timedelta(seconds=wait)}
    StripeEvent.objects.filter(pk=event.pk).update(error=error[:255], **changes)
