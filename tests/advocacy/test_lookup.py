"""Who represents a place on a day."""

from datetime import date

import pytest

from advocacy import lookup
from advocacy.models import Congress, MatchedBy
from tests.advocacy.factories import CongressFactory, DistrictFactory, OfficialFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


def names(representation) -> list[str]:
    return [one.last_name for one in representation.officials]


def test_a_zip_in_one_district_has_its_senators_and_representative(arizona):
    found = lookup.by_zip("85004", on=TODAY)
    assert names(found.one) == ["Marchbank", "Quillon", "Ferncastle"]
    assert (found.one.place, found.one.matched_by, found.one.vacancies) == ("AZ-03", MatchedBy.ZIP, [])
    assert found.one.label == "Arizona, district 3 (Ottilie Ferncastle)"


def test_any_zip_takes_two_queries_at_most(arizona, django_assert_max_num_queries):
    DistrictFactory(state="NM", number=1, zips=["85004"])
    with django_assert_max_num_queries(2):
        lookup.by_zip("85004", on=TODAY)
    with django_assert_max_num_queries(2):
        lookup.by_zip("99999", on=TODAY)
    with django_assert_max_num_queries(2):
        lookup.by_place("AZ-03", on=TODAY)


def test_a_zip_nobody_knows_is_empty():
    found = lookup.by_zip("85004", on=TODAY)
    assert (found.choices, found.one, found.spans_states) == ([], None, False)


def test_a_zip_in_two_states_keeps_each_states_senators_apart():
    for state, number in [("KY", 1), ("TN", 7)]:
        OfficialFactory(state=state, last_name=f"Senator{state}")
        DistrictFactory(state=state, number=number, zips=["42223"])
    found = lookup.by_zip("42223", on=TODAY)
    assert found.spans_states
    assert found.one is None
    assert [names(choice) for choice in found.choices] == [["SenatorKY"], ["SenatorTN"]]
    assert {choice.matched_by for choice in found.choices} == {MatchedBy.CHOICE}


def test_a_territory_has_a_delegate_and_no_senators_nor_vacancies_of_them():
    district = DistrictFactory(state="PR", number=0, kind="delegate", zips=["00901"])
    OfficialFactory(
        representative=True, district=district, title="Resident Commissioner", last_name="Marolinda"
    )
    found = lookup.by_zip("00901", on=TODAY).one
    assert (names(found), found.vacancies) == (["Marolinda"], [])
    assert found.district.label == "Puerto Rico, delegate to the House"
    assert found.officials[0].office == "Resident Commissioner Ottilie Marolinda, Puerto Rico"


def test_a_state_that_is_one_district_has_its_representative_by_state_too():
    district = DistrictFactory(state="WY", number=0)
    OfficialFactory(representative=True, district=district, last_name="Highmeadow")
    found = lookup.by_place("WY", on=TODAY)
    assert names(found) == ["Highmeadow"]
    assert found.district.label == "Wyoming, the whole state"
    assert len(found.vacancies) == 2


def test_a_state_of_many_districts_has_its_senators(arizona):
    DistrictFactory(number=4)
    found = lookup.by_place("AZ", on=TODAY)
    assert (names(found), found.place, found.label) == (["Marchbank", "Quillon"], "AZ", "Arizona")


def test_a_vacant_seat_is_named(arizona):
    DistrictFactory(number=4, zips=["85281"])
    found = lookup.by_zip("85281", on=TODAY).one
    assert found.vacancies == ["The seat in the House for Arizona, district 4 is vacant."]


@pytest.mark.parametrize("place", ["", "ZZ", "ZZ-01", "AZ-x1", "AZ-3-4", "az"])
def test_a_place_that_is_none_is_nothing(place):
    assert lookup.by_place(place, on=TODAY) is None


def test_a_district_that_is_gone_leaves_its_state(arizona):
    assert names(lookup.by_place("AZ-99", on=TODAY)) == ["Marchbank", "Quillon"]


def test_people_hold_office_from_their_first_day_until_the_day_before_the_next(arizona):
    old = arizona[0]
    old.valid_to = date(2026, 7, 1)
    old.save()
    OfficialFactory(last_name="Newcomer", valid_from=date(2026, 7, 1))
    assert "Marchbank" in names(lookup.by_place("AZ", on=date(2026, 6, 30)))
    after = names(lookup.by_place("AZ", on=date(2026, 7, 1)))
    assert "Newcomer" in after
    assert "Marchbank" not in after


def test_on_the_third_of_january_the_new_lines_and_people_count(arizona):
    new = DistrictFactory(
        congress__number=120,
        congress__starts=date(2027, 1, 3),
        congress__ends=date(2029, 1, 3),
        number=9,
        zips=["85004"],
    )
    OfficialFactory(representative=True, district=new, last_name="Ninth", valid_from=date(2027, 1, 3))
    before, after = (lookup.by_zip("85004", on=date(2027, 1, day)).one for day in (2, 3))
    assert (before.place, names(before)[-1]) == ("AZ-03", "Ferncastle")
    assert (after.place, names(after)[-1]) == ("AZ-09", "Ninth")


def test_the_congress_in_force_begins_and_ends_on_its_days():
    congress = CongressFactory()
    assert Congress.in_force(date(2025, 1, 2)) is None
    assert Congress.in_force(date(2025, 1, 3)) == congress
    assert Congress.in_force(date(2027, 1, 2)) == congress
    assert Congress.in_force(date(2027, 1, 3)) is None


@pytest.mark.parametrize(
    ("place", "expected"),
    [("", None), ("NM-01", "NM-01"), ("NM-02", "NM-02"), ("AZ-03", None), ("NM", "NM"), ("nonsense", None)],
)
def test_only_a_choice_that_was_offered_resolves_an_ambiguous_zip(arizona, place, expected):
    for number in (1, 2):
        DistrictFactory(state="NM", number=number, zips=["87121"])
    found = lookup.resolve("87121", place, on=TODAY)
    assert (found.place if found else None) == expected
