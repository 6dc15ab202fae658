"""The public way of a letter, as someone without JavaScript walks it."""

import pytest
from django.conf import settings as project
from django.test import Client

from advocacy import services
from advocacy.models import CampaignState, Letter
from home.models import OutboxMail
from stories.models import StoryPage
from tests.advocacy.conftest import ANA, Writer, hidden_fields
from tests.advocacy.factories import CongressFactory, DistrictFactory, OfficialFactory

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_asks_for_the_zip_first(client, campaign, arizona):
    answer = client.get(campaign.url)
    assert answer.status_code == 200
    assert 'name="zip"' in text(answer)
    assert "Demo directory: fictional people" in text(answer)


def test_a_real_directory_is_not_called_fictional(client, campaign):
    CongressFactory(is_fictional=False)
    assert "fictional" not in text(client.get(campaign.url))


def test_a_form_address_opened_by_hand_leads_to_the_page(client, campaign):
    answer = client.get(f"/en/letter/write/{campaign.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, campaign.url)


def test_a_page_that_is_gone_takes_no_letters(client, campaign):
    campaign.unpublish()
    assert client.post(f"/en/letter/write/{campaign.pk}/", {"step": "zip"}).status_code == 404


@pytest.mark.parametrize("typed", ["", "1", "850041", "abcde", "00000", "99999", "85004-1", "8500\u0664"])
def test_a_zip_that_cannot_be_is_refused_beside_its_field(writer, typed):
    answer = writer.zip(typed)
    assert answer.status_code == 422
    assert 'id="id_zip_error"' in text(answer)
    assert f'value="{typed}"' in text(answer) or typed == ""


@pytest.mark.parametrize("typed", ["85004", "85004-1234", " 85004 ", "850041234"])
def test_a_zip_in_one_district_leads_straight_to_the_letter(writer, typed):
    answer = writer.zip(typed)
    page = text(answer)
    assert answer.status_code == 200
    for name in ("Marchbank", "Quillon", "Ferncastle"):
        assert name in page
    assert "I ask two things." in page
    assert "Which story stayed with you?" in page
    assert writer.hidden["zip"] == "85004"


def test_the_whole_way_to_the_mail_that_asks_to_confirm(writer):
    writer.zip()
    answer = writer.send()
    assert answer.status_code == 303
    assert answer["Location"] == f"/en/letter/check/{writer.page.pk}/"
    assert "Check your mail" in text(writer.client.get(answer["Location"]))
    letter = Letter.objects.get()
    assert (letter.state, letter.district, letter.matched_by) == ("awaiting_confirmation", "AZ-03", "zip")
    assert letter.own_words == "My niece is two.\n\nShe sings."
    assert "your name, address and email" in letter.consent
    assert letter.deliveries.count() == 0
    mail = OutboxMail.objects.get()
    assert mail.to == "ana@example.org"
    assert services.confirmation_token(letter).split(":")[0] in mail.text


def test_no_address_on_the_way_holds_anything_personal(writer):
    writer.zip()
    location = writer.send()["Location"]
    for value in [*ANA.values(), "85004", "Ana", "AZ"]:
        assert value not in location


def test_nothing_is_remembered_in_a_session_or_cookie(writer):
    writer.zip()
    writer.send()
    assert set(writer.client.cookies) <= {project.CSRF_COOKIE_NAME}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "Ana\r\nBcc: all@example.org"),
        ("name", "x" * 101),
        ("name", "Ana\x00"),
        ("email", ""),
        ("email", "ana"),
        ("email", "ana@example.org,bo@example.org"),
        ("email", "ana@example.org\r\nBcc: bo@example.org"),
        ("street", ""),
        ("street", "12 Mesquite\nLane"),
        ("city", ""),
        ("city", "x" * 81),
        ("own_words", "x" * 2001),
    ],
)
def test_bad_input_is_named_beside_its_field_and_nothing_is_lost(writer, field, value):
    writer.zip()
    answer = writer.send(**{field: value})
    page = text(answer)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert f'href="#id_{field}"' in page
    assert not Letter.objects.exists()
    for name, typed in ANA.items():
        if name != field:
            assert " ".join(typed.split()) in page
    assert writer.send().status_code == 303


def test_own_words_of_exactly_the_limit_pass_however_the_browser_breaks_lines(writer):
    writer.zip()
    assert writer.send(own_words="x\r\n" * 999 + "xx").status_code == 303
    assert len(Letter.objects.get().own_words) == 2000


def test_own_words_may_be_left_out(writer):
    writer.zip()
    assert writer.send(own_words="").status_code == 303


def test_submitting_twice_makes_one_letter_and_one_mail(writer):
    writer.zip()
    assert writer.send().status_code == writer.send().status_code == 303
    assert Letter.objects.count() == OutboxMail.objects.count() == 1


def test_going_back_to_correct_the_email_makes_a_letter_of_its_own(writer):
    writer.zip()
    writer.send(email="ana@exmaple.org")
    writer.send()
    assert sorted(Letter.objects.values_list("email", flat=True)) == ["ana@example.org", "ana@exmaple.org"]
    assert OutboxMail.objects.count() == 2


def test_a_token_that_is_not_ours_is_replaced(writer):
    writer.zip()
    assert writer.send(token="nonsense").status_code == 303


def test_not_right_goes_back_and_keeps_everything_typed(writer):
    writer.zip()
    answer = writer.post(change="1", **{**ANA, "email": "not yet"})
    assert answer.status_code == 200
    assert 'value="85004"' in text(answer)
    assert hidden_fields(answer.content.decode())["email"] == "not yet"
    answer = writer.zip()
    for value in ANA.values():
        assert " ".join(value.split()) in text(answer) or value == ANA["email"]
    assert "not yet" in text(answer)


@pytest.fixture
def two_districts(writer):
    for number, name in [(1, "Saltbrook"), (2, "Aldergrove")]:
        district = DistrictFactory(state="NM", number=number, zips=["87121"])
        OfficialFactory(representative=True, district=district, last_name=name)
    OfficialFactory(state="NM", last_name="Hartwhistle")
    return writer


def test_a_zip_in_two_districts_asks_which(two_districts):
    answer = two_districts.zip("87121")
    page = text(answer)
    assert "more than one district" in page
    assert "Saltbrook" in page
    assert "Aldergrove" in page
    answer = two_districts.post(place="NM-02")
    assert "Aldergrove" in text(answer)
    assert "Saltbrook" not in text(answer)
    assert two_districts.send().status_code == 303
    letter = Letter.objects.get()
    assert (letter.district, letter.matched_by, letter.region) == ("NM-02", "choice", "NM")


@pytest.mark.parametrize("typed", [{}, {"place": "AZ-03"}, {"place": "XX"}])
def test_a_choice_that_was_not_offered_is_refused_beside_the_choices(two_districts, typed):
    two_districts.zip("87121")
    answer = two_districts.post(**typed)
    assert answer.status_code == 422
    assert "id_place_error" in text(answer)


def test_none_of_these_leads_to_the_state(two_districts):
    two_districts.zip("87121")
    answer = two_districts.post(place="other")
    assert "senators speak for the whole state" in text(answer)
    answer = two_districts.post(place="NM")
    assert "Hartwhistle" in text(answer)
    assert "Saltbrook" not in text(answer)
    assert two_districts.send().status_code == 303
    assert (Letter.objects.get().matched_by, Letter.objects.get().district) == ("state", "")


def test_skipping_the_choice_of_a_district_asks_for_it(two_districts):
    answer = two_districts.post(step="letter", zip="87121", **ANA)
    assert "more than one district" in text(answer)
    assert hidden_fields(answer.content.decode())["name"] == "Ana Pérez"
    assert not Letter.objects.exists()


def test_a_zip_in_two_states_says_so(writer):
    for state, number in [("KY", 1), ("TN", 7)]:
        DistrictFactory(state=state, number=number, zips=["42223"])
    page = text(writer.zip("42223"))
    assert "more than one state" in page
    assert "Kentucky, district 1" in page
    assert "Tennessee, district 7" in page


def test_a_zip_without_a_district_offers_the_state_and_says_why(writer):
    answer = writer.zip("09001")
    assert answer.status_code == 200
    assert "We know no district for the ZIP code 09001" in text(answer)
    assert "military addresses" in text(answer)
    answer = writer.post(place="AZ")
    assert "Marchbank" in text(answer)


def test_no_state_chosen_is_named_beside_the_field(writer):
    writer.zip("09001")
    answer = writer.post(place="")
    assert answer.status_code == 422
    assert "id_place_error" in text(answer)
    assert "09001" in text(answer)


def test_a_vacant_seat_is_named(writer):
    DistrictFactory(state="MT", number=1, zips=["59901"])
    OfficialFactory(state="MT", last_name="Riverbend")
    page = text(writer.zip("59901"))
    assert "The seat in the House for Montana, district 1 is vacant." in page
    assert "A seat in the Senate for Montana is vacant." in page
    assert "Riverbend" in page


def test_where_nobody_can_be_written_to_the_letter_is_not_taken(writer):
    DistrictFactory(state="PR", number=0, kind="delegate", zips=["00901"])
    answer = writer.zip("00901")
    assert "nobody to send this letter to" in text(answer)
    assert writer.send().status_code == 422
    assert not Letter.objects.exists()


def test_an_office_the_campaign_does_not_write_to_is_marked(writer):
    writer.page.target_rules.filter(chamber="senate").delete()
    page = text(writer.zip())
    assert page.count("This letter doesn't go to this office.") == 2


def test_a_paused_campaign_takes_no_letters_and_says_so(writer):
    writer.zip()
    writer.page.campaign_state = CampaignState.PAUSED
    writer.page.save()
    answer = writer.send()
    assert answer.status_code == 422
    assert "takes no letters just now" in text(answer)
    assert not Letter.objects.exists()
    assert "takes no letters just now" in text(writer.client.get(writer.page.url))


def test_the_story_that_moved_the_person_is_remembered(writer, site):
    story = site.add_child(instance=StoryPage(title="Julio", slug="julio", display_name="Julio"))
    answer = writer.client.get(f"{writer.page.url}?from={story.translation_key}")
    writer.hidden = hidden_fields(answer.content.decode())
    writer.zip()
    writer.send()
    assert Letter.objects.get().story_title == "Julio"


def test_in_spanish_the_office_letter_stays_english_beside_its_meaning(client, campaña, arizona):
    writer = Writer(client, campaña)
    page = text(writer.zip())
    assert "I ask two things." in page
    assert "Le escribo." in page
    assert 'lang="en"' in page
    assert writer.send().status_code == 303
    letter = Letter.objects.get()
    assert (letter.subject, letter.opening) == (
        "Please protect children",
        "I write to you.\n\nI ask two things.",
    )
    assert (letter.language, letter.campaign_title) == ("es", "Tell Congress")
    assert "/es/letter/confirm/" in OutboxMail.objects.get().text


def test_a_campaign_without_a_page_in_the_office_language_uses_its_own(client, campaign, campaña, arizona):
    campaign.delete()
    writer = Writer(client, campaña)
    assert "Le escribo." in text(writer.zip())


def test_a_forged_form_is_refused(campaign, arizona):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/en/letter/write/{campaign.pk}/", {"step": "zip", "zip": "85004"}).status_code == 403


def test_the_form_pages_are_not_kept_by_caches(writer):
    assert "no-store" in writer.zip()["Cache-Control"]


def test_the_letter_step_asks_the_database_little(writer, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        writer.zip()
