from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.congress import Official
from advocacy.models.letters import Letter
from home.mail import Message
from home.models import Outbound, OutboundState


class DeliveryManager(models.Manager["Delivery"]):
    def get_queryset(self) -> models.QuerySet["Delivery"]:
        return super().get_queryset().select_related("letter")


class Delivery(Outbound):
    """One letter to one office. Who held the office is a snapshot: the directory moves on."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="deliveries", verbose_name=_("letter"))
    official = models.ForeignKey(
        Official,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name=_("person in office"),
    )
    official_name = models.CharField(_("name"), max_length=160)
    office = models.CharField(_("office"), max_length=255)
    salutation = models.CharField(_("salutation"), max_length=160)
    channel = models.CharField(_("channel"), max_length=20, default="email")
    address = models.EmailField(_("address"))
    is_fictional = models.BooleanField(_("fictional"), default=False)

    objects = DeliveryManager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created_at", "pk"]
        indexes = [models.Index(fields=["state", "due_at"])]
        constraints = [
            models.UniqueConstraint(fields=["letter", "official"], name="delivery_once_per_office"),
            models.CheckConstraint(
                condition=Q(state__in=OutboundState.values), name="delivery_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(is_fictional=False) | Q(address__endswith=".example"),
                name="fictional_delivery_has_fictional_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} · {self.get_state_display()}"

    def recipient(self) -> str:
        return self.address

    def compose(self) -> Message:
        from advocacy.channels import channel

        return channel(self.channel).compose(self)

    @classmethod
    def leave_traces(cls, rows: Iterable["Delivery"], *, state: str, evidence: str = "") -> None:
        DeliveryEvent.objects.bulk_create(
            DeliveryEvent(delivery=row, state=state, evidence=evidence[:255]) for row in rows
        )


class DeliveryEvent(models.Model):
    """What became known of a delivery, when, and by what evidence. Added to, never changed."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="events")
    state = models.CharField(_("state"), max_length=20, choices=OutboundState)
    evidence = models.CharField(_("evidence"), max_length=255, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("event of a delivery")
        verbose_name_plural = _("events of deliveries")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OutboundState.values), name="event_state_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise ValidationError("What happened to a letter is added to, never changed.")
        super().save(*args, **kwargs)
