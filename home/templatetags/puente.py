"""Template tags of the ground floor: the site's words, its menu, its languages, where buttons lead."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.utils.translation import get_language, get_language_info
from wagtail.models import Page, Site

from home.models import SiteWords

register = template.Library()


def _once(context: template.Context, name: str, make) -> Any:
    """Ask the database once a request, however many components want to know."""
    request = context.get("request")
    store = request.__dict__.setdefault("_puente", {}) if request is not None else {}
    key = (name, get_language())
    if key not in store:
        store[key] = make()
    return store[key]


@register.simple_tag(takes_context=True)
def words(context: template.Context) -> SiteWords | None:
    """The organisation's words in the active language."""
    return _once(context, "words", SiteWords.current)


def _home(context: template.Context) -> Page | None:
    def find() -> Page | None:
        site = Site.find_for_request(context.get("request"))
        if site is None:
            return None
        root = Page.objects.filter(
            translation_key=site.root_page.translation_key, locale__language_code=get_language(), live=True
        )
        return root.first() or site.root_page

    return _once(context, "home", find)


@register.simple_tag(takes_context=True)
def home_page(context: template.Context) -> Page | None:
    """The home page of the active language."""
    return _home(context)


@register.simple_tag(takes_context=True)
def menu(context: template.Context) -> list[Page]:
    """The pages under home that editors put into the menu."""

    def find() -> list[Page]:
        home = _home(context)
        return list(Page.objects.child_of(home).live().in_menu().defer_streamfields()) if home else []

    return _once(context, "menu", find)


@register.simple_tag(takes_context=True)
def languages(context: template.Context) -> list[dict[str, Any]]:
    """This page in each language of the site: [{"code", "name", "url", "current", "translated"}].

    Where a page is not yet translated, the link leads to that language's home page and says so.
    """
    request = context.get("request")
    page = context.get("page")

    def find() -> list[dict[str, Any]]:
        urls: dict[str, str] = {}
        if isinstance(page, Page) and page.pk:
            versions = page.get_translations(inclusive=True).live().select_related("locale")
            urls = {p.locale.language_code: p.get_url(request) or "" for p in versions.defer_streamfields()}
        found = []
        for code, _name in settings.LANGUAGES:
            url = urls.get(code) or (_same_view(request, code) if not isinstance(page, Page) else "")
            found.append(
                {
                    "code": code,
                    "name": get_language_info(code)["name_local"].capitalize(),
                    "url": url or f"/{code}/",
                    "current": code == get_language(),
                    "translated": bool(url),
                }
            )
        return found

    return _once(context, "languages", find)


def _same_view(request, code: str) -> str:
    """The address of a page that is not Wagtail's, in another language."""
    from django.urls import translate_url

    return translate_url(request.path, code) if request is not None else ""


@register.simple_tag(takes_context=True)
def act_links(context: template.Context, story: Page | None = None) -> dict[str, str]:
    """Where "give" and "write" lead; from a story, the link remembers which story it was."""
    pages = _once(context, "acts", lambda: _act_pages(words(context)))
    query = "?" + urlencode({"from": story.translation_key}) if isinstance(story, Page) else ""
    return {
        name: f"{page.get_url(context.get('request'))}{query}" if page else "" for name, page in pages.items()
    }


def _act_pages(site_words: SiteWords | None) -> dict[str, Page | None]:
    """The public pages behind the buttons: the twin in the active language, else the page that was chosen.

    The words of all languages share the choice, so it can't be in the language of each.
    """
    chosen = {name: getattr(site_words, f"{name}_page", None) for name in ("give", "write")}
    twins = Page.objects.live().filter(
        translation_key__in=[page.translation_key for page in chosen.values() if page],
        locale__language_code=get_language(),
    )
    by_key = {page.translation_key: page for page in twins}
    return {
        name: by_key.get(page.translation_key) or (page if page.live else None) if page else None
        for name, page in chosen.items()
    }
