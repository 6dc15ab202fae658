"""The demo's content: loaded once, loaded twice, refused elsewhere."""

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Locale, Page

from home.models import Picture, SiteWords
from stories.models import Figure, StoryPage


@pytest.mark.usefixtures("demo_content", "db")
def test_loading_it_twice_changes_nothing():
    def state():
        pages = list(Page.objects.order_by("pk").values_list("pk", "title", "live", "latest_revision_id"))
        return pages, Picture.objects.count(), Figure.objects.count(), SiteWords.objects.count()

    before = state()
    call_command("seed_demo", verbosity=0)
    assert state() == before


@pytest.mark.usefixtures("demo_content", "db")
def test_every_page_is_live_in_both_languages():
    english, spanish = Locale.objects.get(language_code="en"), Locale.objects.get(language_code="es")
    keys = {page.translation_key for page in Page.objects.filter(locale=english, depth__gt=1, live=True)}
    assert len(keys) >= 17
    assert keys == {
        page.translation_key for page in Page.objects.filter(locale=spanish, depth__gt=1, live=True)
    }


@pytest.mark.usefixtures("demo_content", "db")
def test_no_spanish_page_still_has_its_english_title_or_opening():
    for page in StoryPage.objects.filter(locale__language_code="es"):
        source = page.get_translation(Locale.objects.get(language_code="en"))
        assert page.title != source.title
        assert page.standfirst != source.standfirst
        assert page.image_alt != source.image_alt


@pytest.mark.usefixtures("demo_content", "db")
def test_the_demo_keeps_what_staff_changed():
    story = StoryPage.objects.get(slug="alexis", locale__language_code="en")
    story.title = "Edited by staff"
    story.save_revision().publish()
    call_command("seed_demo", verbosity=0)
    assert StoryPage.objects.get(pk=story.pk).title == "Edited by staff"


def test_the_demo_is_refused_where_its_password_would_be_an_open_door(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="public password"):
        call_command("seed_demo")
