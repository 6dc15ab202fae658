from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from home.models import HomePage


@transaction.atomic
def create_home(*, home: HomePage) -> HomePage:
    """Make an unsaved home page the root of the default site, in place of Wagtail's own welcome page.

    The site's other languages get a locale, so that pages can be translated at once.
    """
    root = Page.get_first_root_node()
    welcome = Page.objects.child_of(root).exclude(content_type__app_label="home").first()
    root.add_child(instance=home)
    home.save_revision().publish()
    for language, _name in settings.LANGUAGES:
        Locale.objects.get_or_create(language_code=language)
    Site.objects.update_or_create(is_default_site=True, defaults={"root_page": home, "site_name": home.title})
    if welcome is not None:
        welcome.delete()
    return home
