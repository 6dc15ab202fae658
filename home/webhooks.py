"""What the provider tells of messages: stored once, then applied to the row it is about."""

import hashlib

from anymail.signals import AnymailTrackingEvent
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction

from home.models import MailEvent, Outbound, OutboundState
from home.outbox import move

# anymail's normalised event types, and what each proves. Opens and clicks prove nothing we keep.
PROVES = {
    "delivered": OutboundState.DELIVERED,
    "bounced": OutboundState.BOUNCED,
    "rejected": OutboundState.BOUNCED,
    "failed": OutboundState.BOUNCED,
    "sent": OutboundState.SENT,
    "queued": OutboundState.SENT,
}


def record_tracking_event(*, event: AnymailTrackingEvent, provider: str) -> bool:
    """Store one verified event and bring its row to what it proves, in one transaction.

    Returns:
        False if the same event was here before.
    """
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    name = str(metadata.get("about", ""))[:100]
    digest = hashlib.sha256((event.recipient or "").lower().encode()).hexdigest()
    with transaction.atomic():
        _stored, created = MailEvent.objects.get_or_create(
            provider=provider,
            event_id=str(event.event_id or f"{event.message_id}/{event.timestamp}")[:255],
            event_type=event.event_type[:40],
            recipient_hash=digest,
            defaults={
                "message_id": (event.message_id or "")[:255],
                "about": name,
                "reason": _reason(event),
                "happened_at": event.timestamp,
            },
        )
        if created and event.event_type in PROVES and (row := _row(name)) is not None:
            move(
                row,
                PROVES[event.event_type],
                evidence=f"{provider}: {event.event_type}",
                reason=_reason(event),
            )
    return created


def _reason(event: AnymailTrackingEvent) -> str:
    words = event.description or event.reject_reason or ""
    # Descriptions of bounces often repeat the address.
    return words.replace(event.recipient or "\0", "…")[:255]


def _row(name: str) -> Outbound | None:
    label, _, public_id = name.partition(":")
    try:
        model = apps.get_model(label)
        if not issubclass(model, Outbound):
            return None
        return model._default_manager.filter(public_id=public_id).first()
    except (LookupError, ValueError, ValidationError):  # no such model, or not a public id
        return None
