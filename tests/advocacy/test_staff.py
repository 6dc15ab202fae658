"""What staff see of letters, by role; and that nobody changes facts."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from advocacy.models import Congress, Delivery, Letter, LetterCampaignPage, Official
from home.permissions import LookOnly
from tests.advocacy.factories import DeliveryFactory, LetterFactory

pytestmark = pytest.mark.django_db
NAMES = ("letters", "deliveries", "officials", "congresses")


def staff(*groups: str, **values) -> Client:
    user = get_user_model().objects.create_user(username="staff", password="x", **values)
    user.groups.set(Group.objects.filter(name__in=groups))
    assert user.groups.count() == len(groups)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def delivery(site) -> Delivery:
    return DeliveryFactory(letter=LetterFactory())


@pytest.mark.parametrize("name", NAMES)
def test_campaign_staff_may_look_and_do_nothing_else(delivery, name):
    client = staff("Campaign staff")
    assert client.get(reverse(f"{name}:index")).status_code == 200
    pk = {"letters": delivery.letter.pk, "deliveries": delivery.pk, "officials": delivery.official.pk}.get(
        name
    )
    pk = pk or Congress.objects.create(number=1, starts="2025-01-03", ends="2027-01-03").pk
    assert client.get(reverse(f"{name}:inspect", args=[pk])).status_code == 200
    for url in (
        reverse(f"{name}:add"),
        reverse(f"{name}:edit", args=[pk]),
        reverse(f"{name}:delete", args=[pk]),
    ):
        assert client.post(url).status_code == 302
    assert (Letter.objects.count(), Delivery.objects.count(), Official.objects.count()) == (1, 1, 1)


def test_not_even_an_administrator_changes_a_letter(delivery):
    client = staff(is_superuser=True)
    assert client.post(reverse("letters:delete", args=[delivery.letter.pk])).status_code == 302
    assert client.get(reverse("letters:add")).status_code == 302
    assert Letter.objects.count() == 1


def test_editors_see_no_letters(delivery):
    client = staff("Editors")
    for name in NAMES:
        assert client.get(reverse(f"{name}:index")).status_code == 302
    assert reverse("letters:index") not in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize(("role", "visible"), [("Campaign staff", False), ("Letter readers", True)])
def test_words_and_addresses_are_for_those_who_may_read_letters(delivery, role, visible):
    page = staff(role).get(reverse("letters:inspect", args=[delivery.letter.pk])).content.decode()
    for value in ("She sings.", "ana@example.org", "Mesquite", "Ana Pérez"):
        assert (value in page) is visible
    assert "Tell Congress" in page


def test_lists_show_nothing_personal(delivery):
    client = staff("Letter readers")
    for name in ("letters", "deliveries"):
        page = client.get(reverse(f"{name}:index")).content.decode()
        assert "ana@example.org" not in page
        assert "Ana Pérez" not in page


def test_letters_are_found_by_their_state(delivery):
    client = staff("Campaign staff")
    found = client.get(reverse("letters:index"), {"state": "confirmed"}).content.decode()
    assert reverse("letters:inspect", args=[delivery.letter.pk]) not in found
    found = client.get(reverse("letters:index"), {"state": "awaiting_confirmation"}).content.decode()
    assert reverse("letters:inspect", args=[delivery.letter.pk]) in found


def test_letters_stand_in_the_menu_for_their_staff(delivery):
    assert (
        reverse("letters:index") in staff("Campaign staff").get(reverse("wagtailadmin_home")).content.decode()
    )


def test_the_rule_knows_who_may_look(delivery):
    staff("Campaign staff")
    policy = LookOnly(Letter)
    assert [user.username for user in policy.users_with_any_permission(["view", "change"])] == ["staff"]
    assert not policy.users_with_any_permission(["change", "delete"]).exists()


def test_editors_write_a_campaign_page(campaign):
    client = staff(is_superuser=True)
    page = client.get(reverse("wagtailadmin_pages:edit", args=[campaign.pk]))
    assert page.status_code == 200
    assert "Whom to write to" in page.content.decode()


def test_a_subject_that_breaks_a_header_is_refused(campaign):
    from django.core.exceptions import ValidationError

    campaign.subject = "Please\nBcc: all@example.org"
    with pytest.raises(ValidationError) as caught:
        campaign.full_clean()
    assert "subject" in caught.value.message_dict


def test_the_state_of_a_campaign_holds_in_all_its_languages(campaign, campaña):
    campaign.campaign_state = "paused"
    campaign.save()
    assert not LetterCampaignPage.objects.get(pk=campaña.pk).is_open


def test_models_read_well(delivery, campaign):
    from advocacy.models import ZipDistrict
    from tests.advocacy.factories import DistrictFactory

    district = DistrictFactory(zips=["85004"])
    assert (str(district), str(ZipDistrict.objects.get()), str(district.congress)) == (
        "AZ-03",
        "85004 AZ-03",
        "119",
    )
    assert str(campaign.target_rules.first()) == "House"
    assert str(delivery.official).startswith("Senator Ottilie")
