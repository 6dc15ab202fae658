"""Where the two buttons of every page lead."""

import pytest
from django.template import Context, Template
from django.utils.translation import override
from wagtail.models import Locale

from home.models import HomePage, SiteWords, StandardPage


@pytest.fixture
def chosen(site: HomePage) -> StandardPage:
    """The page of the "give" button, as chosen in both languages' words: the English one."""
    page = site.add_child(instance=StandardPage(title="Give", slug="give"))
    for code in ("en", "es"):
        SiteWords.objects.create(
            organisation="Puente", give_page=page, locale=Locale.objects.get(language_code=code)
        )
    return page


def give_link(rf, language: str) -> str:
    template = Template("{% load puente %}{% act_links as acts %}{{ acts.give }}")
    with override(language):
        return template.render(Context({"request": rf.get(f"/{language}/")}))


def in_spanish(page: StandardPage) -> StandardPage:
    twin = page.copy_for_translation(Locale.objects.get(language_code="es"))
    twin.save_revision().publish()
    return StandardPage.objects.get(pk=twin.pk)


def test_the_button_leads_to_the_page_in_the_readers_language(rf, chosen) -> None:
    in_spanish(chosen)
    assert give_link(rf, "en").startswith("/en/")
    assert give_link(rf, "es").startswith("/es/")


def test_without_a_public_translation_the_button_leads_to_the_page_that_was_chosen(rf, chosen) -> None:
    in_spanish(chosen).unpublish()
    assert give_link(rf, "es").startswith("/en/")


def test_a_page_that_is_not_public_has_no_button(rf, chosen) -> None:
    chosen.unpublish()
    assert give_link(rf, "en") == ""
