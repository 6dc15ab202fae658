"""A new installation's first page."""

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Locale, Page, Site

from home.models import HomePage, SiteWords


@pytest.mark.django_db
def test_a_new_installation_gets_its_home_page_in_place_of_the_welcome(client):
    call_command("create_site", "Hands Across", verbosity=0)
    home = HomePage.objects.get()
    assert Site.objects.get(is_default_site=True).root_page_id == home.pk
    assert not Page.objects.filter(title__startswith="Welcome to your new Wagtail").exists()
    assert SiteWords.objects.get().organisation == "Hands Across"
    assert set(Locale.objects.values_list("language_code", flat=True)) == {"en", "es"}
    page = client.get("/en/")
    assert page.status_code == 200
    assert "Hands Across" in page.content.decode()


def test_an_installation_that_has_a_home_page_keeps_it(site):
    with pytest.raises(CommandError, match="already"):
        call_command("create_site", "Another name", verbosity=0)
    assert HomePage.objects.filter(pk=site.pk, title="Puente").exists()
