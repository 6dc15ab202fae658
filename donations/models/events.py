from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StripeEventState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("event", "received")
    PROCESSED = "processed", _("processed")
    IGNORED = "ignored", _("not used")
    FAILED = "failed", _("failed")


class StripeEvent(models.Model):
    """A verified event as it came. It is only a trigger: what happened is asked of Stripe afresh."""

    event_id = models.CharField(_("event"), max_length=255, unique=True)
    type = models.CharField(_("type"), max_length=100)
    object_id = models.CharField(_("about"), max_length=255, blank=True, db_index=True)
    livemode = models.BooleanField(_("real money"))
    api_version = models.CharField(_("API version"), max_length=40, blank=True)
    payload = models.JSONField(_("payload"))
    state = models.CharField(
        _("state"), max_length=20, choices=StripeEventState, default=StripeEventState.RECEIVED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # While it is being processed this is the end of the worker's lease.
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    error = models.CharField(_("error"), max_length=255, blank=True)
    happened_at = models.DateTimeField(_("happened"))
    received_at = models.DateTimeField(pgettext_lazy("event", "received"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("Stripe event")
        verbose_name_plural = _("Stripe events")
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["state", "due_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=StripeEventState.values), name="stripe_event_state_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
