"""A gift: what was promised, what became of it, and everything that was learnt on the way."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Attributed

from .history import WrittenOnceModel
from .recurring import RecurringGift


class Frequency(models.TextChoices):
    ONCE = "once", _("Once")
    MONTHLY = "monthly", _("Every month")


class DonationState(models.TextChoices):
    CREATED = "created", _("created")
    PENDING = "pending", _("waiting for payment")
    PROCESSING = "processing", _("payment on its way")
    SUCCEEDED = "succeeded", _("received")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("not completed")
    REFUNDED = "refunded", _("refunded")


class Donation(Attributed):
    """One payment, once or as an instalment of a recurring gift. Amounts are in minor units."""

    # Which states may follow which. Money that came is never unsaid by a late "failed" or "expired";
    # money that came after all is believed even so.
    TRANSITIONS: dict[str, set[str]] = {
        "created": {"pending", "expired"},
        "pending": {"processing", "succeeded", "failed", "expired"},
        "processing": {"succeeded", "failed"},
        "failed": {"succeeded"},
        "expired": {"succeeded"},
        "succeeded": {"refunded"},
        "refunded": set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=DonationState, default=DonationState.CREATED)
    amount = models.PositiveBigIntegerField(_("amount"), help_text=_("In the currency's smallest unit."))
    currency = models.CharField(_("currency"), max_length=3)
    frequency = models.CharField(_("frequency"), max_length=10, choices=Frequency, default=Frequency.ONCE)
    livemode = models.BooleanField(_("real money"), default=False)

    page_key = models.UUIDField(_("donation page"), db_index=True)
    page_title = models.CharField(_("donation page's title"), max_length=255)
    language = models.CharField(_("language"), max_length=10)
    supporter = models.ForeignKey(
        "campaigns.Supporter",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="donations",
        verbose_name=_("supporter"),
    )
    name = models.CharField(_("name"), max_length=160, blank=True)
    email = models.EmailField(_("email"), blank=True)

    # Two posts of one form are one gift. Emptied when that gift can no longer be paid.
    form_token = models.UUIDField(null=True, editable=False)
    checkout_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    recurring_gift = models.ForeignKey(
        RecurringGift,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="donations",
        verbose_name=_("recurring gift"),
    )
    checkout_id = models.CharField(_("checkout session"), max_length=255, null=True, unique=True)
    payment_id = models.CharField(_("payment"), max_length=255, null=True, unique=True)
    charge_id = models.CharField(_("charge"), max_length=255, null=True, unique=True)
    invoice_id = models.CharField(_("invoice"), max_length=255, null=True, unique=True)

    created_at = models.DateTimeField(_("created"), default=timezone.now)
    succeeded_at = models.DateTimeField(_("received"), null=True, blank=True)
    # Empty when nothing more is expected of it.
    due_at = models.DateTimeField(_("Stripe is asked again"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("donation")
        verbose_name_plural = _("donations")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "created_at"])]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="donation_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(state__in=DonationState.values), name="donation_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(frequency__in=Frequency.values), name="donation_frequency_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["succeeded", "refunded"])
                | models.Q(succeeded_at__isnull=False),
                name="donation_received_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["form_token", "amount", "currency", "frequency"], name="donation_one_per_form"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The number a donor reads on the receipt and staff search for."""
        digits = self.public_id.hex[:12].upper()
        return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"

    reference.fget.short_description = _("number")  # type: ignore[attr-defined]

    @property
    def is_received(self) -> bool:
        return self.state in (DonationState.SUCCEEDED, DonationState.REFUNDED)


class DonationEvent(WrittenOnceModel):
    """A change of a donation's state, with what proved it."""

    donation = models.ForeignKey(Donation, models.PROTECT, related_name="events")
    from_state = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=20, choices=DonationState)
    evidence = models.CharField(max_length=255, blank=True)
    happened_at = models.DateTimeField(default=timezone.now)

    class Meta(WrittenOnceModel.Meta):
        ordering = ["happened_at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.state}"
