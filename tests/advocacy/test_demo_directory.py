"""The demo's fictional directory: every odd case is in it, and nobody real."""

import json
from datetime import date

import pytest

from advocacy import lookup
from advocacy.demo.seed import FOLDER, seed_directory
from advocacy.models import Congress, LetterCampaignPage, Official
from advocacy.states import STATES
from tests.advocacy.factories import CongressFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture
def directory() -> dict:
    content = json.loads((FOLDER / "directory.json").read_text(encoding="utf-8"))
    seed_directory(content)
    return content


def test_loading_it_twice_changes_nothing(directory):
    seed_directory(directory)
    assert Congress.objects.count() == 1
    assert Official.objects.count() == len(directory["officials"])


def test_it_never_stands_beside_a_real_one():
    CongressFactory(is_fictional=False)
    seed_directory(json.loads((FOLDER / "directory.json").read_text(encoding="utf-8")))
    assert not Official.objects.exists()


def test_every_person_is_invented_and_every_address_ends_nowhere(directory):
    assert not Official.objects.exclude(is_fictional=True, email__endswith=".example").exists()


def test_every_zip_it_offers_shows_the_case_it_names(directory):
    offered = [one["zip"] for one in directory["congress"]["try_zips"]]
    found = {zip5: lookup.by_zip(zip5, on=TODAY) for zip5 in offered}
    assert len(found["85004"].one.officials) == 3
    assert [choice.place for choice in found["87121"].choices] == ["NM-01", "NM-02"]
    assert found["42223"].spans_states
    assert found["82001"].one.place == "WY-00"
    assert [one.title for one in found["00901"].one.officials] == ["Resident Commissioner"]
    assert len(found["59901"].one.vacancies) == 1
    locals_ = {one.email.split(".")[0] for one in found["37042"].one.officials}
    assert {"bounce", "slow"} < locals_
    assert found["09001"].choices == []


def test_every_office_is_either_held_or_called_vacant(directory):
    vacant = {
        district["state"]: lookup.by_place(f"{district['state']}-{district['number']:02}", on=TODAY).vacancies
        for district in directory["districts"]
    }
    assert {state for state, seats in vacant.items() if seats} == {"MT"}
    assert set(vacant) <= set(STATES)


def test_the_campaign_page_comes_in_both_languages_once(demo_content, client):
    english, spanish = LetterCampaignPage.objects.order_by("locale__language_code")
    assert (english.title, spanish.title) == ("Tell Congress", "Escribir al Congreso")
    assert len(english.prompts) == len(spanish.prompts) == 3
    assert english.chambers() == spanish.chambers() == ["house", "senate"]
    page = client.get(spanish.url).content.decode()
    assert "85004" in page
    assert "está en un solo distrito" in page
