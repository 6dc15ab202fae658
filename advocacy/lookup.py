"""Who represents the people of a place, on a given day. At most two queries for any question."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from advocacy.models import Chamber, District, MatchedBy, Official
from advocacy.states import STATES, WITHOUT_SENATORS


@dataclass(frozen=True, kw_only=True)
class Representation:
    """Who represents one place.

    Attributes:
        district: None where only the state is known.
        vacancies: seats that nobody holds that day, in words.
    """

    state: str
    district: District | None
    matched_by: str
    officials: list[Official]
    vacancies: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The code of the district, else of the state: what a form carries."""
        return self.district.code if self.district else self.state

    @property
    def label(self) -> str:
        """The place in words, and who sits in the House for it."""
        words = self.district.label if self.district else str(STATES[self.state])
        members = [one.name for one in self.officials if one.chamber == Chamber.HOUSE]
        return f"{words} ({', '.join(members)})" if members else words


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """What a ZIP code leaves open: each district it touches, with who represents people there.

    Empty for a ZIP code that the directory doesn't have.
    """

    zip5: str
    choices: list[Representation]

    @property
    def one(self) -> Representation | None:
        return self.choices[0] if len(self.choices) == 1 else None

    @property
    def spans_states(self) -> bool:
        return len({choice.state for choice in self.choices}) > 1


def by_zip(zip5: str, *, on: date) -> Candidates:
    """Everyone who may represent people at this ZIP code."""
    districts = list(_districts(on).filter(zips__zip5=zip5).order_by("state", "number"))
    matched_by = MatchedBy.ZIP if len(districts) == 1 else MatchedBy.CHOICE
    people = _officials({district.state for district in districts}, on) if districts else []
    choices = [_represent(district.state, district, people, matched_by) for district in districts]
    return Candidates(zip5=zip5, choices=choices)


def by_place(place: str, *, on: date, matched_by: str = MatchedBy.STATE) -> Representation | None:
    """Who represents a place named by its code, "AZ-03" or "AZ"; None if there is no such place.

    A state with one district has its representative too. A district that the Congress of that day no
    longer has leaves the state.
    """
    state, _dash, number = place.partition("-")
    if state not in STATES or (number and not number.isdecimal()):
        return None
    districts = list(_districts(on).filter(state=state))
    if number:
        district = next((one for one in districts if one.number == int(number)), None)
    else:
        district = districts[0] if len(districts) == 1 else None
    return _represent(state, district, _officials({state}, on), matched_by)


def resolve(zip5: str, place: str, *, on: date) -> Representation | None:
    """Who represents a person at this ZIP code who chose this place, if a choice was needed.

    None where the ZIP code leaves it open and nothing valid was chosen.
    """
    if place in STATES:
        return by_place(place, on=on)
    candidates = by_zip(zip5, on=on)
    if not place:
        return candidates.one
    # A district beyond those of the ZIP code isn't offered, so it isn't taken either.
    return next((choice for choice in candidates.choices if choice.place == place), None)


def _districts(on: date):
    return District.objects.filter(congress__starts__lte=on, congress__ends__gt=on)


def _officials(states: set[str], on: date) -> list[Official]:
    people = Official.objects.holding_office(on).filter(state__in=states)
    # A seat in the House belongs to the district of the Congress in force; a new one brings new rows.
    current = Q(district=None) | Q(district__congress__starts__lte=on, district__congress__ends__gt=on)
    return list(
        people.filter(current).select_related("district").order_by("-chamber", "last_name", "first_name")
    )


def _represent(
    state: str, district: District | None, people: list[Official], matched_by: str
) -> Representation:
    officials, vacancies = [], []
    if state not in WITHOUT_SENATORS:
        senators = [one for one in people if one.chamber == Chamber.SENATE and one.state == state]
        officials += senators
        vacancies += [
            _("A seat in the Senate for %(state)s is vacant.") % {"state": STATES[state]}
            for _seat in range(2 - len(senators))
        ]
    if district is not None:
        members = [one for one in people if one.district_id == district.pk]
        officials += members
        if not members:
            vacancies.append(
                _("The seat in the House for %(district)s is vacant.") % {"district": district.label}
            )
    return Representation(
        state=state, district=district, matched_by=matched_by, officials=officials, vacancies=vacancies
    )
