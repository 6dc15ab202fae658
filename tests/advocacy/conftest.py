"""A campaign in two languages, the people of three districts, and a person who writes."""

import re
from dataclasses import dataclass, field

import pytest
from django.test import Client
from wagtail.models import Locale

from advocacy.models import LetterCampaignPage, TargetRule
from home.models import HomePage
from tests.advocacy.factories import DistrictFactory, OfficialFactory
from tests.provider import provider  # noqa: F401  (a fixture)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """Every test stands in one Congress, whatever the machine's clock says."""
    from datetime import date

    from django.utils import timezone

    real = timezone.localdate
    monkeypatch.setattr(
        timezone, "localdate", lambda value=None, *a: real(value, *a) if value else date(2026, 6, 1)
    )


@pytest.fixture
def campaign(site: HomePage) -> LetterCampaignPage:
    page = LetterCampaignPage(
        title="Tell Congress",
        slug="tell-congress",
        ask="Protect children.",
        subject="Please protect children",
        opening="I write to you.\n\nI ask two things.",
        closing="Thank you for reading.",
        thanks_title="Thank you for writing",
        thanks_text="Confirm it.",
        prompts=[("prompt", "Which story stayed with you?")],
        target_rules=[TargetRule(chamber="house"), TargetRule(chamber="senate")],
    )
    site.add_child(instance=page)
    page.save_revision().publish()
    return LetterCampaignPage.objects.get(pk=page.pk)


@pytest.fixture
def campaña(campaign: LetterCampaignPage) -> LetterCampaignPage:
    twin = campaign.copy_for_translation(Locale.objects.get(language_code="es"))
    twin.title, twin.subject = "Escribir al Congreso", "Por favor, protejan a los niños"
    twin.opening, twin.closing = "Le escribo.", "Gracias por leer."
    twin.save_revision().publish()
    return LetterCampaignPage.objects.get(pk=twin.pk)


@pytest.fixture
def arizona():
    """85004 lies in one district; the senators and the representative hold office."""
    district = DistrictFactory(zips=["85004"])
    return [
        OfficialFactory(last_name="Marchbank"),
        OfficialFactory(last_name="Quillon"),
        OfficialFactory(representative=True, district=district, last_name="Ferncastle"),
    ]


ANA = {
    "own_words": "My niece is two.\r\n\r\nShe sings.",
    "name": "Ana Pérez",
    "email": "ana@example.org",
    "street": "12 Mesquite Lane",
    "city": "Phoenix",
}


@dataclass
class Writer:
    """A person with a browser that runs no script: what a page's form holds is what is posted."""

    client: Client
    page: LetterCampaignPage
    hidden: dict[str, str] = field(default_factory=dict)

    def post(self, **typed: str):
        language = self.page.locale.language_code
        answer = self.client.post(f"/{language}/letter/write/{self.page.pk}/", {**self.hidden, **typed})
        if answer.status_code in (200, 422):
            self.hidden = hidden_fields(answer.content.decode())
        return answer

    def zip(self, zip5: str = "85004", **typed: str):
        return self.post(step="zip", zip=zip5, **typed)

    def send(self, **typed: str):
        return self.post(**{**ANA, **typed})


def hidden_fields(html: str) -> dict[str, str]:
    from html import unescape

    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", html):
        attributes = dict(re.findall(r"(\w+)=\"([^\"]*)\"", tag))
        if attributes["name"] != "csrfmiddlewaretoken":
            found[attributes["name"]] = unescape(attributes.get("value", ""))
    return found


@pytest.fixture
def writer(client: Client, campaign: LetterCampaignPage, arizona) -> Writer:
    return Writer(client, campaign)
