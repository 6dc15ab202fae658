"""Confirming: by a button only, once, within its time; and what the writer's own page tells."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from advocacy import services
from advocacy.models import CampaignState, Delivery, DeliveryEvent, Letter
from campaigns.models import Supporter
from home.models import OutboxMail
from home.outbox import move
from tests.advocacy.factories import DistrictFactory, LetterFactory, OfficialFactory

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def letter(campaign, arizona) -> Letter:
    return LetterFactory(campaign_key=campaign.translation_key)


@pytest.fixture
def link(letter) -> str:
    return f"/en/letter/confirm/{services.confirmation_token(letter)}/"


@pytest.fixture
def old_link(letter, monkeypatch) -> str:
    """A link made eight days ago."""
    import time

    now = time.time()
    with monkeypatch.context() as past:
        past.setattr(time, "time", lambda: now - 8 * 24 * 3600)
        return f"/en/letter/confirm/{services.confirmation_token(letter)}/"


def state(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.state


def test_following_the_link_confirms_nothing_however_often(client, letter, link):
    for _visit in range(3):
        answer = client.get(link)
        assert answer.status_code == 200
        client.head(link)
    assert "My niece is two." in text(answer)
    assert state(letter) == "awaiting_confirmation"
    assert not Delivery.objects.exists()


def test_the_confirmation_page_is_private_but_lets_its_form_say_where_it_comes_from(client, link):
    answer = client.get(link)
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_button_confirms_and_leads_to_the_private_page(client, letter, link):
    answer = client.post(link)
    assert (answer.status_code, answer["Location"]) == (303, f"/en/letter/{letter.access_key}/")
    assert state(letter) == "confirmed"
    assert letter.supporter == Supporter.objects.get(email="ana@example.org")
    assert sorted(row.address for row in letter.deliveries.all()) == [
        "ferncastle@office.example",
        "marchbank@office.example",
        "quillon@office.example",
    ]
    assert {row.state for row in letter.deliveries.all()} == {"queued"}
    assert DeliveryEvent.objects.filter(state="queued").count() == 3


def test_confirming_tells_a_worker_once_it_is_committed(letter, django_capture_on_commit_callbacks):
    from django_tasks import default_task_backend

    default_task_backend.clear()
    with django_capture_on_commit_callbacks(execute=True):
        services.confirm_letter(token=services.confirmation_token(letter), now=timezone.now())
    told = [result.task.name for result in default_task_backend.results]
    assert told.count("drain_deliveries") == 1


def test_confirming_twice_sends_nothing_twice(client, letter, link):
    assert client.post(link)["Location"] == client.post(link)["Location"]
    assert letter.deliveries.count() == 3
    page = text(client.get(link))
    assert "confirmed already" in page
    assert letter.access_key in page


def test_a_used_link_still_leads_on_when_it_is_old(client, letter, link, old_link):
    client.post(link)
    assert client.post(old_link).status_code == 303
    assert "confirmed already" in text(client.get(old_link))


def test_an_old_link_offers_a_new_one_by_mail(client, letter, old_link):
    assert client.get(old_link).status_code == 410
    answer = client.post(old_link)
    assert answer.status_code == 410
    assert "too old" in text(answer)
    assert state(letter) == "awaiting_confirmation"
    answer = client.post(f"{old_link}renew/")
    assert (answer.status_code, answer["Location"]) == (303, "/en/letter/renewed/")
    assert "A new link is on its way" in text(client.get(answer["Location"]))
    mail = OutboxMail.objects.get()
    assert mail.to == "ana@example.org"
    fresh = next(word for word in mail.text.split() if "/letter/confirm/" in word)
    assert client.post(fresh.partition("8000")[2]).status_code == 303


def test_asking_for_a_new_link_again_and_again_sends_one_mail_an_hour(client, letter, old_link):
    for _click in range(5):
        client.post(f"{old_link}renew/")
    assert OutboxMail.objects.count() == 1


def test_a_link_that_still_works_needs_no_new_one(client, link):
    assert client.post(f"{link}renew/").status_code == 303
    assert not OutboxMail.objects.exists()


def test_a_new_link_is_asked_for_by_a_button_only(client, old_link):
    assert client.get(f"{old_link}renew/").status_code == 405
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_tampered_link_is_met_kindly_and_confirms_nothing(client, letter, link, method):
    answer = getattr(client, method)(link[:-3] + ("A" if link[-3] != "A" else "B") + link[-2:])
    assert answer.status_code == 404
    assert "copy the whole link" in text(answer)
    assert state(letter) == "awaiting_confirmation"


def test_a_tampered_link_gets_no_new_link(client, letter, link):
    assert client.post(f"{link[:-3]}XX/renew/").status_code == 404
    assert not OutboxMail.objects.exists()


def test_a_signature_made_for_something_else_confirms_nothing(client, letter):
    token = signing.dumps(str(letter.public_id), salt="another.purpose")
    assert client.post(f"/en/letter/confirm/{token}/").status_code == 404
    assert state(letter) == "awaiting_confirmation"


def test_a_link_about_a_letter_that_is_gone_does_not_work(client, letter, link):
    letter.delete()
    assert client.post(link).status_code == 404


@pytest.mark.parametrize(
    "state_of_campaign", [CampaignState.PAUSED, CampaignState.CLOSED, CampaignState.DRAFT]
)
def test_a_campaign_that_is_not_live_keeps_the_letter_and_sends_nothing(
    client, campaign, letter, link, state_of_campaign
):
    campaign.campaign_state = state_of_campaign
    campaign.save()
    answer = client.post(link)
    assert answer.status_code == 409
    assert "yours was not sent" in text(answer)
    assert state(letter) == "awaiting_confirmation"
    campaign.campaign_state = CampaignState.LIVE
    campaign.save()
    assert client.post(link).status_code == 303


def test_a_campaign_that_is_not_live_starts_no_letter(campaign, arizona):
    campaign.campaign_state = CampaignState.CLOSED
    campaign.save()
    with pytest.raises(services.CampaignNotOpen):
        services.start_letter(
            page=campaign, fields={}, representation=None, consent="", source="", language="en"
        )


def test_a_campaign_whose_page_is_gone_sends_nothing(client, campaign, letter, link):
    campaign.unpublish()
    assert client.post(link).status_code == 409


def test_offices_are_looked_up_on_the_day_of_the_confirmation(client, letter, link, arizona):
    senator = arizona[0]
    senator.valid_to = timezone.now().date() - timedelta(days=30)
    senator.save()
    OfficialFactory(last_name="Newcomer")
    client.post(link)
    names = {row.official_name for row in letter.deliveries.all()}
    assert names == {"Ottilie Newcomer", "Ottilie Quillon", "Ottilie Ferncastle"}


def test_a_district_that_the_next_congress_does_not_have_leaves_the_senators(letter):
    DistrictFactory(
        congress__number=120, congress__starts="2027-01-03", congress__ends="2029-01-03", number=9
    )
    services.confirm_letter(token=services.confirmation_token(letter), now=timezone.now().replace(year=2028))
    assert letter.deliveries.count() == 2


def test_a_letter_whose_state_is_no_state_reaches_nobody_and_says_so(client, letter, link):
    Letter.objects.update(region="ZZ", district="")
    page = client.get(client.post(link)["Location"])
    assert "nothing was sent" in text(page)


def test_the_snapshot_of_an_office_is_in_the_office_language(client, letter, link):
    client.post(link.replace("/en/", "/es/"))
    row = letter.deliveries.get(official_name="Ottilie Ferncastle")
    assert row.office == "Representative Ottilie Ferncastle, Arizona, district 3"
    assert row.salutation == "Dear Representative Ferncastle,"


@pytest.fixture
def private(client, letter, link) -> str:
    return client.post(link)["Location"]


def test_the_private_page_says_what_is_known_of_each_office(client, letter, private):
    for row, end in zip(letter.deliveries.order_by("pk"), ["delivered", "bounced", "unknown"], strict=True):
        move(row, "sending")
        move(row, end, evidence="Mailgun: it said so")
    page = text(client.get(private))
    assert "mail server took it" in page.replace("&#x27;", "'")
    assert "sent it back" in page
    assert "We are asking, and send nothing twice." in page
    assert "My niece is two." in page
    assert "status--bounced" in page
    assert "confirmed by the writer" not in page


def test_the_private_page_is_kept_by_nobody_and_told_to_nobody(client, private):
    answer = client.get(private)
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert 'rel="canonical"' not in text(answer)
    assert 'method="post"' not in text(answer)


def test_the_private_page_leads_on_to_sharing(client, campaign, private):
    assert f"http://testserver{campaign.url}" in text(client.get(private))


def test_the_private_page_outlives_its_campaign(client, campaign, private):
    campaign.unpublish()
    assert client.get(private).status_code == 200


def test_a_guessed_or_unconfirmed_address_shows_nothing(client, letter):
    assert client.get("/en/letter/abcdefgh/").status_code == 404
    assert client.get(f"/en/letter/{letter.access_key}/").status_code == 404


def test_the_private_page_asks_the_database_the_same_for_many_offices(
    client, private, letter, django_assert_max_num_queries
):
    with django_assert_max_num_queries(25):
        client.get(private)


def test_the_keys_of_letters_cannot_be_guessed():
    keys = {LetterFactory().access_key for _number in range(5)}
    assert len(keys) == 5
    assert all(len(key) >= 32 for key in keys)


def test_a_forged_confirmation_is_refused(link, letter):
    assert Client(enforce_csrf_checks=True).post(link).status_code == 403
    assert state(letter) == "awaiting_confirmation"


def test_the_mail_with_the_link_is_in_the_language_of_the_letter(letter, campaña):
    letter.language = "es"
    services.queue_confirmation(letter=letter, now=timezone.now())
    mail = OutboxMail.objects.get()
    assert "/es/letter/confirm/" in mail.html
    assert "Escribir al Congreso" in mail.text


def test_the_organisation_on_a_letter_is_that_of_the_site(site, settings):
    from home.models import SiteWords

    assert services._organisation("en") == settings.WAGTAIL_SITE_NAME
    SiteWords.objects.create(locale=site.locale, organisation="Bridge House")
    assert services._organisation("en") == "Bridge House"
