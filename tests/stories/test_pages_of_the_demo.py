import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import translation
from wagtail.models import Page

from stories.models import InfographicPage, StoryPage
from stories.templatetags.stories import drawing_file, latest_stories, lead_infographic, winding_line

pytestmark = pytest.mark.usefixtures("demo_content", "db")


class Attributes(HTMLParser):
    """Collects every attribute of a document: [(tag, name, value)]."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found += [(tag, name, value or "") for name, value in attrs]

    def named(self, name: str) -> list[str]:
        return [value for _tag, found, value in self.found if found == name]


@pytest.fixture(scope="module")
def public_pages(demo_content, django_db_blocker) -> dict[str, str]:
    """The HTML of every public page of the demo by its address, asked for once."""
    with django_db_blocker.unblock():
        urls = [page.get_url() for page in Page.objects.live().filter(depth__gt=1).specific()]
        return {url: Client().get(url).content.decode() for url in urls}


def test_no_page_needs_what_the_content_policy_forbids(public_pages):
    for url, html in public_pages.items():
        attributes = Attributes(html)
        assert attributes.named("style") == [], url
        assert [name for _tag, name, _value in attributes.found if name.startswith("on")] == [], url
        assert "<style" not in html, url
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), url


def test_every_id_stands_once_and_every_reference_leads_to_one(public_pages):
    for url, html in public_pages.items():
        attributes = Attributes(html)
        ids = attributes.named("id")
        assert sorted(ids) == sorted(set(ids)), url
        for name in ("aria-labelledby", "aria-describedby", "for"):
            for value in attributes.named(name):
                assert set(value.split()) <= set(ids), (url, name, value)


def test_every_page_has_one_first_heading_a_description_and_its_twin(public_pages):
    for url, html in public_pages.items():
        assert html.count("<h1") == 1, url
        assert re.search(r'<meta name="description" content="[^"]{20,}">', html), url
        other = "/es/" if url.startswith("/en/") else "/en/"
        assert re.search(rf'hreflang="{other.strip("/")}" href="http://testserver{other}', html), url


def test_every_number_of_the_journey_shows_its_source(public_pages):
    page = InfographicPage.objects.get(locale__language_code="en")
    html = public_pages[page.get_url()]
    figures = [
        block.value["figure"] for block in page.body if block.block_type in ("number", "people", "distance")
    ]
    assert figures
    for scene in re.findall(r'<figure class="(?:number|people|distance)">.*?</figure>', html, re.DOTALL):
        assert 'figcaption class="source"' in scene
    for figure in figures:
        assert figure.year in html


def test_the_journey_counts_fifty_three_knots(public_pages):
    html = public_pages[InfographicPage.objects.get(locale__language_code="en").get_url()]
    assert html.count('class="marathons__knot') == 53


def test_a_story_says_that_the_name_was_changed_only_where_it_was(public_pages):
    for story in StoryPage.objects.filter(locale__language_code="en"):
        said = "Name changed to protect the child" in public_pages[story.get_url()]
        assert said is story.name_changed


def test_a_story_leads_to_both_acts_and_says_which_story_it_was(public_pages):
    story = StoryPage.objects.filter(locale__language_code="en").first()
    links = Attributes(public_pages[story.get_url()]).named("href")
    carried = [link for link in links if f"?from={story.translation_key}" in link]
    assert {link.split("?")[0] for link in carried} == {"/en/give/", "/en/tell-congress/"}


def test_the_first_page_shows_what_is_in_its_own_language():
    for code in ("en", "es"):
        with translation.override(code):
            stories, lead = latest_stories(), lead_infographic()
        assert len(stories) == 5
        assert {story.locale.language_code for story in stories} == {code}
        assert lead["page"].locale.language_code == code
        assert lead["figure"].locale.language_code == code


def test_the_winding_line_has_a_knot_for_each_and_turns_at_each_row():
    line = winding_line(20, columns=9)
    xs = [knot["x"] for knot in line["knots"]]
    assert len(xs) == 20
    assert xs[:9] == sorted(xs[:9])
    assert xs[9:18] == sorted(xs[9:18], reverse=True)
    assert line["path"].count("C") == 20
    assert all(0 < knot["x"] < line["width"] and 0 < knot["y"] < line["height"] for knot in line["knots"])


def test_a_drawing_is_found_by_name_with_its_size():
    assert drawing_file("reason-poverty") == {
        "path": "img/illustrations/reason-poverty.svg",
        "width": 320,
        "height": 320,
    }
    assert drawing_file("no-such-drawing") is None
