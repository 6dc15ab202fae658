"""Axe finds nothing to object to, and nothing is wider than a phone, on every page of the demo."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.pages import PAGES

SIZES = {"phone": PHONE, "desktop": DESKTOP}


def violations(page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{v['id']} ({v['impact']}): {node['html'][:160]}" for v in found for node in v["nodes"]]


def agenda_points(house, page) -> list[str]:
    page.goto(f"{house.site}/en/agenda/")
    links = page.locator("main a[href*='/en/agenda/']").evaluate_all(
        "found => found.map(a => a.getAttribute('href'))"
    )
    return sorted({link.removeprefix("/en/") for link in links if link.count("/") == 4})


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("size", SIZES)
def test_no_violation_on_any_demo_page(visit, house, size, language):
    page = visit(f"/{language}/", size=SIZES[size])
    paths = [*PAGES, *agenda_points(house, page)]
    assert len(paths) == len(PAGES) + 6
    found = {}
    for path in paths:
        page.goto(f"{house.site}/{language}/{path}")
        if wrong := violations(page):
            found[path] = wrong
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "stories/alexis/", "journey/", "give/", "tell-congress/"])
def test_both_colour_schemes_have_no_violation(visit, path, scheme):
    assert violations(visit(f"/en/{path}", scheme=scheme)) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_page_scrolls_sideways_on_a_phone(visit, house, language):
    page = visit(f"/{language}/", size=PHONE)
    wide = {}
    for path in [*PAGES, *agenda_points(house, page)]:
        page.goto(f"{house.site}/{language}/{path}")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide[path] = width
    assert wide == {}


def test_the_error_page_has_no_violation(visit, house):
    page = visit("/en/")
    page.goto(f"{house.site}/es/no-existe/")
    assert page.locator("html").get_attribute("lang") == "es"
    assert violations(page) == []


@pytest.mark.parametrize("path", ["", "stories/julio/", "journey/", "give/"])
def test_the_language_switch_leads_to_the_same_page(visit, house, path):
    page = visit(f"/en/{path}")
    page.get_by_role("link", name="Español").first.click()
    assert page.url == f"{house.site}/es/{path}"
    page.get_by_role("link", name="English").first.click()
    assert page.url == f"{house.site}/en/{path}"


def test_the_first_tab_stop_skips_to_the_content(visit):
    page = visit("/en/stories/alexis/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
