from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail_localize.fields import SynchronizedField

from advocacy.models.congress import Chamber, Congress
from home.mail import clean_header
from home.models import ActionPageMixin, ProsePage


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    LIVE = "live", _("live")
    PAUSED = "paused", _("paused")
    CLOSED = "closed", _("closed")


class LetterCampaignPage(ActionPageMixin, ProsePage):
    """Asks people to write to those who represent them.

    Offices are written to in one language. A translated page shows the letter in the reader's language
    for understanding; what is sent comes from the page in the language of the office.
    """

    office_language = "en"

    ask = models.CharField(_("what we ask"), max_length=255)
    subject = models.CharField(_("subject"), max_length=150)
    opening = models.TextField(
        _("opening"), help_text=_("The organisation's paragraphs before the writer's own words.")
    )
    closing = models.TextField(_("closing"), help_text=_("The organisation's paragraphs after them."))
    prompts = StreamField(
        [("prompt", blocks.CharBlock(label=_("Question")))],
        verbose_name=_("questions that help to write"),
        blank=True,
    )
    campaign_state = models.CharField(
        _("state"), max_length=10, choices=CampaignState, default=CampaignState.LIVE
    )
    thanks_title = models.CharField(_("title of the thanks"), max_length=160)
    thanks_text = models.TextField(_("text of the thanks"))

    content_panels = [
        *ProsePage.content_panels,
        MultiFieldPanel([FieldPanel("campaign_state"), FieldPanel("ask")], _("Campaign")),
        MultiFieldPanel([FieldPanel("subject"), FieldPanel("opening"), FieldPanel("closing")], _("Letter")),
        FieldPanel("prompts"),
        InlinePanel("target_rules", label=_("Whom to write to"), min_num=1),
        MultiFieldPanel([FieldPanel("thanks_title"), FieldPanel("thanks_text")], _("Thanks")),
    ]
    override_translatable_fields = [
        *ProsePage.override_translatable_fields,
        SynchronizedField("campaign_state", overridable=False),
        SynchronizedField("target_rules", overridable=False),
    ]
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    template = "advocacy/letter_page.html"

    class Meta:
        verbose_name = _("letter campaign")
        verbose_name_plural = _("letter campaigns")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(campaign_state__in=CampaignState.values), name="campaign_state_is_known"
            )
        ]

    def clean(self) -> None:
        super().clean()
        try:
            self.subject = clean_header(self.subject, limit=150)
        except ValidationError as error:
            raise ValidationError({"subject": error}) from error

    @property
    def office_page(self) -> "LetterCampaignPage":
        """This campaign's page in the language of the offices; itself where there is none."""
        if self.locale.language_code == self.office_language:
            return self
        return self.get_translations().filter(locale__language_code=self.office_language).first() or self

    @property
    def is_open(self) -> bool:
        return self.office_page.campaign_state == CampaignState.LIVE

    def chambers(self) -> list[str]:
        """The chambers whose members the campaign writes to."""
        return list(self.target_rules.values_list("chamber", flat=True))

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        from advocacy.forms import ZipForm

        congress = Congress.in_force(timezone.localdate())
        return {
            **super().get_context(request, *args, **kwargs),
            "step": "zip",
            "form": ZipForm(initial={"from": request.GET.get("from", "")}),
            "congress": congress,
        }


class TargetRule(Orderable):
    """Whom a campaign writes to; looked up anew whenever a letter is confirmed."""

    page = ParentalKey(LetterCampaignPage, on_delete=models.CASCADE, related_name="target_rules")
    chamber = models.CharField(_("chamber"), max_length=10, choices=Chamber)

    panels = [FieldPanel("chamber")]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(chamber__in=Chamber.values), name="target_chamber_is_known"
            )
        ]

    def __str__(self) -> str:
        return self.get_chamber_display()
