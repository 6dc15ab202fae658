"""Each role of the staff may do its own work and no other."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from home.roles import grant


def labels(name: str) -> set[str]:
    permissions = Group.objects.get(name=name).permissions.select_related("content_type")
    return {f"{p.content_type.app_label}.{p.codename}" for p in permissions}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["Editors", "Moderators"])
def test_people_who_edit_see_neither_money_nor_letters(role):
    assert not {label for label in labels(role) if label.startswith(("donations.", "advocacy."))}


@pytest.mark.django_db
def test_finance_sees_gifts_and_no_letters():
    assert "donations.view_donation" in labels("Finance")
    assert not {label for label in labels("Finance") if label.startswith("advocacy.")}


@pytest.mark.django_db
def test_campaign_staff_see_letters_and_no_gifts():
    assert "advocacy.view_letter" in labels("Campaign staff")
    assert not {label for label in labels("Campaign staff") if label.startswith("donations.")}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["Finance", "Campaign staff", "Support"])
def test_nobody_may_write_or_delete_a_fact(role):
    facts = {"donation", "ledgerentry", "stripeevent", "letter", "delivery", "deliveryevent", "outboxmail"}
    forbidden = {f"{act}_{fact}" for act in ("add", "change", "delete") for fact in facts}
    assert not {label.split(".")[1] for label in labels(role)} & forbidden


@pytest.mark.django_db
def test_a_permission_that_staff_added_to_a_role_stays():
    group = Group.objects.get(name="Finance")
    before = labels("Finance")
    grant({"Finance": ["home.view_outboxmail"]})
    call_command("migrate", verbosity=0)
    assert labels("Finance") == before | {"home.view_outboxmail"}
    assert group.name == "Finance"
