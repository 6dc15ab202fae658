"""What every test can ask for: a site in two languages, the demo's content, a sandbox."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import translation
from wagtail.models import Locale, Page, Site

from home.models import HomePage


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    """No test inherits another's cache, or the language of its last request."""
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def site(db) -> HomePage:
    """A site in English and Spanish whose home page has nothing below it; returns the English home."""
    english, _created = Locale.objects.get_or_create(language_code="en")
    spanish, _created = Locale.objects.get_or_create(language_code="es")
    root = Page.get_first_root_node()
    home = root.add_child(instance=HomePage(title="Puente", slug="puente", headline="Bridge", locale=english))
    twin = home.copy_for_translation(spanish)
    twin.title, twin.headline = "Puente", "Puente"
    twin.save_revision().publish()
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "testserver", "root_page": home, "site_name": "Puente"}
    )
    return home


@pytest.fixture(scope="module")
def demo_content(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The whole demo, loaded once for a module and gone after it."""
    from django.core.management import call_command

    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", verbosity=0)
        yield
        transaction.set_rollback(True)
