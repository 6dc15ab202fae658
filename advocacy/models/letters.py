import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.states import CHOICES
from campaigns.models import Attributed, Supporter


class LetterState(models.TextChoices):
    DRAFT = "draft", _("draft")
    AWAITING_CONFIRMATION = "awaiting_confirmation", _("waiting for confirmation")
    CONFIRMED = "confirmed", _("confirmed")
    CLOSED = "closed", _("closed")


class MatchedBy(models.TextChoices):
    """How we know who represents the writer."""

    ZIP = "zip", _("the ZIP code lies in one district")
    CHOICE = "choice", _("the writer chose among the districts of the ZIP code")
    STATE = "state", _("the writer chose the state")


def _access_key() -> str:
    return secrets.token_urlsafe(24)


class Letter(Attributed):
    """What one person asked us to send, once; a Delivery for each office comes with the confirmation.

    The organisation's paragraphs are snapshots in the language of the office, kept apart from the
    writer's own words.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    access_key = models.CharField(max_length=43, unique=True, default=_access_key, editable=False)
    form_token = models.UUIDField(
        unique=True, editable=False, help_text="One filled-in form makes one letter."
    )
    state = models.CharField(_("state"), max_length=30, choices=LetterState, default=LetterState.DRAFT)
    campaign_key = models.UUIDField(_("campaign"), db_index=True)
    campaign_title = models.CharField(_("campaign"), max_length=255)
    organisation = models.CharField(_("organisation"), max_length=120)
    supporter = models.ForeignKey(
        Supporter, models.SET_NULL, null=True, blank=True, related_name="letters", verbose_name=_("supporter")
    )
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("email"))
    street = models.CharField(_("street"), max_length=160)
    city = models.CharField(_("city"), max_length=80)
    region = models.CharField(_("state of residence"), max_length=2, choices=CHOICES)
    zip5 = models.CharField("ZIP", max_length=5)
    district = models.CharField(_("district"), max_length=5, blank=True, help_text=_("For example AZ-03."))
    matched_by = models.CharField(_("matched by"), max_length=10, choices=MatchedBy)
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=150)
    opening = models.TextField(_("opening"))
    own_words = models.TextField(_("own words"), blank=True)
    closing = models.TextField(_("closing"))
    consent = models.TextField(_("what the writer agreed to"))
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-created_at"]
        permissions = [("read_letter", "Can read what people wrote, and their addresses")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=LetterState.values), name="letter_state_is_known"),
            models.CheckConstraint(
                condition=Q(matched_by__in=MatchedBy.values), name="letter_match_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[LetterState.DRAFT, LetterState.AWAITING_CONFIRMATION], confirmed_at=None
                )
                | Q(state=LetterState.CONFIRMED, confirmed_at__isnull=False)
                | Q(state=LetterState.CLOSED),
                name="letter_confirmed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_title} · {self.region} · {self.created_at:%Y-%m-%d}"
