import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RecurringState(models.TextChoices):
    INCOMPLETE = "incomplete", _("first payment missing")
    ACTIVE = "active", _("active")
    PAST_DUE = "past_due", _("payment overdue")
    PAUSED = "paused", _("paused")
    CANCELLED = "cancelled", _("cancelled")


class RecurringGift(models.Model):
    """A gift that repeats. Its instalments are Donations; its present state is Stripe's."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscription_id = models.CharField(_("subscription"), max_length=255, unique=True)
    customer_id = models.CharField(_("customer"), max_length=255, blank=True)
    supporter = models.ForeignKey(
        "campaigns.Supporter",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="recurring_gifts",
        verbose_name=_("supporter"),
    )
    state = models.CharField(_("state"), max_length=20, choices=RecurringState)
    amount = models.PositiveBigIntegerField(_("amount"), help_text=_("In the currency's smallest unit."))
    currency = models.CharField(_("currency"), max_length=3)
    paid_until = models.DateTimeField(_("paid until"), null=True, blank=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    class Meta:
        verbose_name = _("recurring gift")
        verbose_name_plural = _("recurring gifts")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="recurring_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(state__in=RecurringState.values), name="recurring_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        digits = self.public_id.hex[:12].upper()
        return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"

    reference.fget.short_description = _("number")  # type: ignore[attr-defined]
