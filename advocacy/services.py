"""What changes letters: writing one, confirming it, asking for a new link."""

import json
import uuid
from datetime import datetime, timedelta
from typing import TypedDict

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from advocacy import lookup
from advocacy.channels import CHANNELS
from advocacy.models import Delivery, Letter, LetterCampaignPage, LetterState, Official
from campaigns.services import attribution, remember_supporter
from home.models import OutboundState, SiteWords
from home.outbox import queue_mail

SALT = "advocacy.confirm"
LINK_LASTS = timedelta(days=7)


class LinkInvalid(Exception):
    """Nobody was ever sent this link."""


class LinkExpired(Exception):
    """The link was ours, but too long ago; `letter` still waits."""

    def __init__(self, letter: Letter) -> None:
        super().__init__("expired")
        self.letter = letter


class CampaignNotOpen(Exception):
    """The campaign takes no letters now."""


class NobodyToWriteTo(Exception):
    """No office the campaign writes to is held by anybody we can reach."""


class LetterFields(TypedDict):
    """A valid letter form: see advocacy.forms.LetterForm."""

    name: str
    email: str
    street: str
    city: str
    zip: str
    own_words: str
    token: uuid.UUID


def targets(page: LetterCampaignPage, representation: lookup.Representation) -> list[Official]:
    """Those among the representatives whom the campaign writes to and some channel reaches."""
    chambers = page.office_page.chambers()
    return [
        official
        for official in representation.officials
        if official.chamber in chambers and channel_for(official)
    ]


def channel_for(official: Official) -> str:
    """The name of the best channel an office has, empty if none."""
    return next((name for name, channel in CHANNELS.items() if channel.reaches(official)), "")


@transaction.atomic
def start_letter(
    *,
    page: LetterCampaignPage,
    fields: LetterFields,
    representation: lookup.Representation,
    consent: str,
    source: str,
    language: str,
) -> Letter:
    """Keep a letter and queue the mail that asks its writer to confirm, both or neither.

    The same form submitted twice makes one letter; with anything changed it makes another.

    Args:
        consent: the words the writer agreed to, as they stood on the page.
        source: the story that moved the person, as its link said.

    Raises:
        CampaignNotOpen, NobodyToWriteTo.
    """
    if not page.is_open:
        raise CampaignNotOpen
    if not targets(page, representation):
        raise NobodyToWriteTo
    office_page = page.office_page
    words = _organisation(office_page.office_language)
    letter, created = Letter.objects.get_or_create(
        form_token=_token_of(fields, representation),
        defaults={
            "state": LetterState.AWAITING_CONFIRMATION,
            "campaign_key": page.translation_key,
            "campaign_title": office_page.title,
            "organisation": words,
            "name": fields["name"],
            "email": fields["email"],
            "street": fields["street"],
            "city": fields["city"],
            "region": representation.state,
            "zip5": fields["zip"],
            "district": representation.district.code if representation.district else "",
            "matched_by": representation.matched_by,
            "language": language,
            "subject": office_page.subject,
            "opening": office_page.opening,
            "own_words": fields["own_words"],
            "closing": office_page.closing,
            "consent": consent,
            **attribution(source),
        },
    )
    if created:
        queue_confirmation(letter=letter, now=timezone.now())
    return letter


def _token_of(fields: LetterFields, representation: lookup.Representation) -> uuid.UUID:
    """The form's token mixed with what was typed, so a corrected letter isn't taken for its first try."""
    typed = {name: str(value) for name, value in fields.items() if name != "token"}
    return uuid.uuid5(fields["token"], json.dumps([typed, representation.place], sort_keys=True))


def _organisation(language: str) -> str:
    with override(language):
        words = SiteWords.current()
    return words.organisation if words else settings.WAGTAIL_SITE_NAME


def queue_confirmation(*, letter: Letter, now: datetime) -> None:
    """Queue the mail with the link that confirms; at most one an hour for a letter."""
    page = campaign_page(letter)
    with override(letter.language):
        link = settings.SITE_ORIGIN + reverse("advocacy:confirm", args=[confirmation_token(letter)])
    queue_mail(
        key=f"letter-confirm:{letter.public_id}:{now:%Y%m%d%H}",
        kind="letter-confirmation",
        to=letter.email,
        template="advocacy/mail/confirm",
        context={
            "letter": letter,
            "campaign": page.title if page else letter.campaign_title,
            "link": link,
            "days": LINK_LASTS.days,
            "organisation": letter.organisation,
        },
        language=letter.language,
    )


def confirmation_token(letter: Letter) -> str:
    return signing.dumps(str(letter.public_id), salt=SALT)


def read_token(token: str, *, lasts: timedelta = LINK_LASTS) -> Letter:
    """The letter a link is about.

    Raises:
        LinkInvalid: tampered with, or about a letter that is gone.
        LinkExpired: too old, and the letter still waits. A letter that was confirmed in time is returned.
    """
    try:
        letter = Letter.objects.filter(public_id=signing.loads(token, salt=SALT)).first()
    except signing.BadSignature as error:
        raise LinkInvalid from error
    if letter is None:
        raise LinkInvalid
    if letter.state == LetterState.AWAITING_CONFIRMATION:
        try:
            signing.loads(token, salt=SALT, max_age=lasts)
        except signing.SignatureExpired as error:
            raise LinkExpired(letter) from error
    return letter


def renew_link(*, token: str, now: datetime) -> Letter:
    """Send a new link for a letter whose old one expired, to the address it was sent to.

    Raises:
        LinkInvalid
    """
    try:
        return read_token(token)
    except LinkExpired as expired:
        queue_confirmation(letter=expired.letter, now=now)
        return expired.letter


def confirm_letter(*, token: str, now: datetime) -> Letter:
    """The writer's yes: from now on each office's delivery is due. Confirming again changes nothing.

    Raises:
        LinkInvalid, LinkExpired, CampaignNotOpen.
    """
    letter = read_token(token)
    page = campaign_page(letter)
    with transaction.atomic():
        letter = Letter.objects.select_for_update().get(pk=letter.pk)
        if letter.state != LetterState.AWAITING_CONFIRMATION:
            return letter
        if page is None or not page.is_open:
            raise CampaignNotOpen
        letter.state, letter.confirmed_at = LetterState.CONFIRMED, now
        letter.supporter = remember_supporter(email=letter.email, name=letter.name, language=letter.language)
        letter.save(update_fields=["state", "confirmed_at", "supporter"])
        _queue_deliveries(letter, page, now)
    return letter


def campaign_page(letter: Letter) -> LetterCampaignPage | None:
    """The live page of a letter's campaign, in the letter's language if there is one."""
    pages = (
        LetterCampaignPage.objects.live().filter(translation_key=letter.campaign_key).select_related("locale")
    )
    by_language = {page.locale.language_code: page for page in pages}
    return by_language.get(letter.language) or next(iter(by_language.values()), None)


def _queue_deliveries(letter: Letter, page: LetterCampaignPage, now: datetime) -> None:
    """One delivery for each office, by who holds it today: the day of writing may lie before an election."""
    from advocacy.tasks import drain_deliveries

    on = timezone.localdate(now)
    representation = lookup.by_place(letter.district or letter.region, on=on)
    officials = targets(page, representation) if representation else []
    with override(page.office_language):
        rows = [_delivery(letter, official) for official in officials]
    Delivery.objects.bulk_create(rows)
    Delivery.leave_traces(rows, state=OutboundState.QUEUED, evidence="confirmed by the writer")
    transaction.on_commit(drain_deliveries.enqueue)


def _delivery(letter: Letter, official: Official) -> Delivery:
    return Delivery(
        letter=letter,
        official=official,
        official_name=official.name,
        office=official.office,
        salutation=_("Dear %(title)s %(name)s,")
        % {"title": official.get_title_display(), "name": official.last_name},
        channel=channel_for(official),
        address=official.email,
        is_fictional=official.is_fictional,
    )
