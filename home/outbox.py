"""Draining the outbox: claim under a lease, call, commit what came of it."""

import logging
import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from home import mail
from home.models import Outbound, OutboundState, OutboxMail

logger = logging.getLogger(__name__)
Row = TypeVar("Row", bound=Outbound)

BATCH = 50
LEASE = timedelta(minutes=5)
# A provider's look-up lags behind its own acceptance: an unsure message is asked about only after this.
HOLD = timedelta(minutes=5)
MAX_ATTEMPTS = 24  # with the back-off below, about two days


def about(row: Outbound) -> str:
    """The name of a row that the provider's webhook brings back."""
    return f"{row._meta.label_lower}:{row.public_id}"


def queue_mail(*, key: str, kind: str, to: str, template: str, context: dict, language: str) -> OutboxMail:
    """Put a mail of the site's own into the outbox, in the caller's transaction; the same key only once.

    Args:
        template: "donations/mail/receipt" names receipt_subject.txt, receipt.txt and receipt.html.
    """
    with override(language):
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        text = render_to_string(f"{template}.txt", context).strip() + "\n"
        html = render_to_string(f"{template}.html", context)
    row, created = OutboxMail.objects.get_or_create(
        key=key,
        defaults={"kind": kind, "to": mail.clean_address(to), "subject": subject, "text": text, "html": html},
    )
    if created:
        from home.tasks import drain_mail

        transaction.on_commit(drain_mail.enqueue)
    return row


def backoff(attempts: int) -> timedelta:
    """Half a minute, doubling to two hours, with jitter so that many rows don't return at once."""
    return timedelta(seconds=min(30 * 2 ** max(attempts - 1, 0), 7200) * random.uniform(0.8, 1.2))  # noqa: S311


def move(row: Outbound, state: str, *, evidence: str = "", **changes: object) -> bool:
    """Bring a row to another state if the table of transitions allows it from where it now stands.

    Returns:
        Whether this call made the change. A row that somebody else has moved on stays as it is.
    """
    allowed = [old for old, new in type(row).TRANSITIONS.items() if state in new]
    with transaction.atomic():
        rows = type(row)._default_manager.filter(pk=row.pk, state__in=allowed)
        moved = rows.update(state=state, settled_at=timezone.now(), lease=None, leased_until=None, **changes)
        if moved:
            type(row).leave_traces([row], state=state, evidence=evidence)
    if moved:
        row.refresh_from_db()
    return bool(moved)


def claim(model: type[Row], *, limit: int = BATCH) -> list[Row]:
    """Lease due rows to this caller alone; they stand as "sending" when this returns."""
    now, lease = timezone.now(), uuid.uuid4()
    # SQLite takes no notice of the row locks: there the transaction itself keeps others out.
    due = model._default_manager.filter(state=OutboundState.QUEUED, due_at__lte=now).select_for_update(
        skip_locked=True, of=("self",)
    )
    with transaction.atomic():
        picked = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
        # The condition is checked again by the update, so two workers never share a row.
        model._default_manager.filter(pk__in=picked, state=OutboundState.QUEUED).update(
            state=OutboundState.SENDING, lease=lease, leased_until=now + LEASE
        )
        rows = list(model._default_manager.filter(lease=lease).order_by("due_at", "pk"))
        model.leave_traces(rows, state=OutboundState.SENDING)
    return rows


def _still_ours(row: Outbound) -> bool:
    """Renew the lease for the call that follows; False if it ran out and the row went to someone else."""
    held = type(row)._default_manager.filter(pk=row.pk, lease=row.lease, state=OutboundState.SENDING)
    return bool(held.update(leased_until=timezone.now() + LEASE))


def attempt(row: Outbound, *, via=None) -> None:
    """Send one claimed row and commit what is known afterwards."""
    if not _still_ours(row):
        return
    tries = row.attempts + 1
    try:
        message = row.compose()
    except ValidationError as error:
        _fail(row, error.messages[0], tries)
        return
    except Exception:
        # One row that can't be written must not stop the others; nothing has left the house.
        logger.exception("%s could not be composed", about(row))
        _defer(row, "the message could not be written", tries)
        return
    try:
        message_id = mail.send(message, message_id=row.own_message_id, about=about(row), via=via)
    except ValidationError as error:
        _fail(row, error.messages[0], tries)
    except mail.MailRefused as error:
        _fail(row, str(error), tries)
    except mail.MailDeferred as error:
        _defer(row, str(error), tries, retry_after=error.retry_after)
    except mail.MailUnsure as error:
        _doubt(row, str(error), tries)
    except Exception:
        # Unforeseen, so it may have happened on either side of the call.
        logger.exception("%s met an unforeseen error", about(row))
        _doubt(row, "an unforeseen error during the call", tries)
    else:
        evidence = f"accepted by the provider as {message_id}"
        if not move(
            row, OutboundState.SENT, evidence=evidence, message_id=message_id, attempts=tries, reason=""
        ):
            # A webhook was faster and knows more; only the id is missing.
            type(row)._default_manager.filter(pk=row.pk).update(message_id=message_id, attempts=tries)


def _fail(row: Outbound, reason: str, tries: int) -> None:
    move(row, OutboundState.FAILED, evidence=reason, reason=reason[:255], attempts=tries)


def _defer(row: Outbound, reason: str, tries: int, *, retry_after: int | None = None) -> None:
    """Queue it again for later, or give up after the last attempt."""
    if tries >= MAX_ATTEMPTS:
        _fail(row, reason, tries)
        return
    due_at = timezone.now() + (timedelta(seconds=retry_after) if retry_after else backoff(tries))
    move(row, OutboundState.QUEUED, evidence=reason, reason=reason[:255], attempts=tries, due_at=due_at)


def _doubt(row: Outbound, reason: str, tries: int) -> None:
    """It may have been taken: ask in a while."""
    due_at = timezone.now() + HOLD
    move(row, OutboundState.UNKNOWN, evidence=reason, reason=reason[:255], attempts=tries, due_at=due_at)


def drain(model: type[Row], *, connection: Callable[[], BaseEmailBackend] = mail.connection) -> int:
    """Send everything that is due, over one kept connection.

    Returns:
        How many rows were tried.
    """
    tried = 0
    while rows := claim(model):
        via = connection()
        via.open()
        try:
            for row in rows:
                attempt(row, via=via)
                tried += 1
        finally:
            via.close()
    return tried


def settle(model: type[Row]) -> None:
    """Look after what is not known: expired leases, and sends whose answer never came."""
    now = timezone.now()
    for row in model._default_manager.filter(state=OutboundState.SENDING, leased_until__lt=now):
        reason = "the worker stopped during the call"
        move(row, OutboundState.UNKNOWN, evidence=reason, reason=reason, due_at=now + HOLD)
    for row in model._default_manager.filter(state=OutboundState.UNKNOWN, due_at__lte=now):
        taken = mail.ask(message_id=row.own_message_id)
        if taken:
            move(
                row, OutboundState.SENT, evidence="the provider says it has it", message_id=row.own_message_id
            )
        elif taken is False and row.attempts >= MAX_ATTEMPTS:
            _fail(row, "the provider never took it", row.attempts)
        elif taken is False:
            move(row, OutboundState.QUEUED, evidence="the provider says it never had it", due_at=now)
        else:
            type(row)._default_manager.filter(pk=row.pk).update(due_at=now + HOLD)
