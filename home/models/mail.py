"""The outbox: what must be sent is a row first.

A row is claimed under a lease, the provider is called, the outcome is committed. A call whose outcome is
not known leaves the row `unknown`; it is settled by the provider's tracking webhook or by asking the
provider, never by sending again blindly.
"""

import uuid
from collections.abc import Iterable
from email.utils import parseaddr

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from home.mail import Message


class OutboundState(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    BOUNCED = "bounced", _("bounced")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("not known yet")


class Outbound(models.Model):
    """One message to one recipient, and what is known of it."""

    # Which states may follow which. A tracking webhook can overtake our own record of the send.
    TRANSITIONS: dict[str, set[str]] = {
        "queued": {"sending", "failed"},
        "sending": {"queued", "sent", "delivered", "bounced", "failed", "unknown"},
        "unknown": {"queued", "sent", "delivered", "bounced", "failed"},
        "sent": {"delivered", "bounced", "failed"},
        # A mailbox may take a message and send it back later.
        "delivered": {"bounced"},
        "bounced": set(),
        "failed": set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=OutboundState, default=OutboundState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    lease = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    message_id = models.CharField(_("provider's message id"), max_length=255, blank=True, db_index=True)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    settled_at = models.DateTimeField(_("last change"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def own_message_id(self) -> str:
        """Our Message-ID, the same at every attempt, so that the provider can be asked about it."""
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        return f"<{self.public_id}@{domain}>"

    def recipient(self) -> str:
        """The address it goes to."""
        raise NotImplementedError

    def compose(self) -> Message:
        """What is sent, built afresh at every attempt."""
        raise NotImplementedError

    @classmethod
    def leave_traces(cls, rows: Iterable["Outbound"], *, state: str, evidence: str = "") -> None:
        """Record a change of state of these rows; called in the transaction that makes it."""


class OutboxMail(Outbound):
    """A mail of the site's own: a receipt, a confirmation, a notice."""

    key = models.CharField(_("key"), max_length=120, unique=True, help_text=_("Why it is sent; never twice."))
    kind = models.CharField(_("kind"), max_length=40)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=255)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "due_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=OutboundState.values), name="outboxmail_state_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.key}"

    def recipient(self) -> str:
        return self.to

    def compose(self) -> Message:
        return Message(to=self.to, subject=self.subject, text=self.text, html=self.html, tag=self.kind)


class MailEvent(models.Model):
    """What the provider told us of a message, as it came, once."""

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=255)
    event_type = models.CharField(max_length=40)
    recipient_hash = models.CharField(max_length=64)
    message_id = models.CharField(max_length=255, blank=True)
    about = models.CharField(
        max_length=100, blank=True, help_text="app.model:public id of the row it is about."
    )
    reason = models.CharField(max_length=255, blank=True)
    happened_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "event_id", "event_type", "recipient_hash"], name="mail_event_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_type} {self.event_id}"
