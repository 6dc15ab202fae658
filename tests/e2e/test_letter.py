"""A letter from a story to the offices' answers, as supporters of every kind send it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, House, eventually

ONE_DISTRICT, TWO_DISTRICTS, BOUNCES = "85004", "87121", "37042"


def find(page: Page, zip_code: str) -> None:
    page.locator("[name=zip]").fill(zip_code)
    page.get_by_role("button", name="Find them").click()


def write(page: Page, email: str, words: str = "I teach children who came alone.") -> None:
    page.get_by_label("Your own words").fill(words)
    page.get_by_label("Your name").fill("Ana Supporter")
    page.get_by_label("Your email").fill(email)
    page.get_by_label("Street and number").fill("1 Main Street")
    page.get_by_label("City or town").fill("Anytown")
    page.locator("main form button.button--write").last.click()


def link_in(mail: dict, house: House) -> str:
    return re.search(re.escape(house.site) + r"/\S*letter/confirm/\S+", mail["text"]).group()


def to_offices(house: House, words: str) -> list[dict]:
    """Every message in the sandbox's inbox that carries these words, other than the supporter's own mail."""
    return [
        mail for mail in house.mails("") if words in mail["text"] and "/letter/confirm/" not in mail["text"]
    ]


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_letter_from_a_story_reaches_every_office_once(visit, house, javascript, size):
    mark = f"{javascript}-{size['width']}".lower()
    words = f"These are the words of {mark}."
    page = visit("/en/stories/julio/", size=size, javascript=javascript)
    page.get_by_role("link", name="Write to Congress").last.click()
    find(page, ONE_DISTRICT)
    offices = page.locator(".representatives li b").all_inner_texts()
    assert len(offices) == 3
    write(page, f"writer-{mark}@example.org", words)
    assert "@" not in page.url
    mail = house.wait_for_mail(f"writer-{mark}@example.org", "/letter/confirm/")
    assert to_offices(house, words) == []

    page.goto(link_in(mail, house))
    assert to_offices(house, words) == []
    page.get_by_role("button", name="Yes, send my letter").click()
    expect(page.get_by_role("heading", level=1, name="Your letter")).to_be_visible()
    assert page.locator(".delivery").count() == 3

    def delivered() -> bool:
        page.reload()
        return page.locator(".status--delivered").count() == 3

    eventually(delivered, "three deliveries")
    sent = to_offices(house, words)
    assert len(sent) == len({tuple(message["recipients"]) for message in sent}) == 3
    assert all(f"writer-{mark}@example.org" in dict(message["headers"])["Reply-To"] for message in sent)


def test_a_zip_in_two_districts_asks_which(visit):
    page = visit("/en/tell-congress/")
    find(page, TWO_DISTRICTS)
    expect(page.get_by_role("heading", name="Choose your district")).to_be_visible()
    page.locator("[name=place]").nth(1).check()
    page.get_by_role("button", name="Continue").last.click()
    assert page.locator(".representatives li").count() == 3
    page.get_by_role("button", name="Not right? Change").click()
    expect(page.get_by_label("Your ZIP code")).to_have_value(TWO_DISTRICTS)


def test_an_office_whose_address_bounces_is_called_bounced_and_stops_no_other(visit, house):
    page = visit("/en/tell-congress/")
    find(page, BOUNCES)
    if page.locator("[name=place]").count():
        page.locator("[name=place]").first.check()
        page.get_by_role("button", name="Continue").last.click()
    write(page, "bounce-watcher@example.org", "One address is broken.")
    page.goto(link_in(house.wait_for_mail("bounce-watcher@example.org", "/letter/confirm/"), house))
    page.get_by_role("button", name="Yes, send my letter").click()

    def settled() -> bool:
        page.reload()
        return (
            page.locator(".status--bounced").count() == 1 and page.locator(".status--delivered").count() >= 1
        )

    eventually(settled, "one bounce beside deliveries", 60)


def test_a_letter_in_spanish_goes_out_in_english_with_the_persons_words(visit, house):
    page = visit("/es/tell-congress/")
    page.locator("[name=zip]").fill(ONE_DISTRICT)
    page.locator("main form button.button--write").last.click()
    words = "Soy maestra y escribo por mis alumnos."
    page.locator("[name=own_words]").fill(words)
    for name, value in (
        ("name", "Ana"),
        ("email", "maestra@example.org"),
        ("street", "1 Main St"),
        ("city", "Town"),
    ):
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form button.button--write").last.click()
    mail = house.wait_for_mail("maestra@example.org", "/letter/confirm/")
    assert "/es/letter/confirm/" in mail["text"]
    page.goto(link_in(mail, house))
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.locator("main form button[type=submit]").click()
    sent = eventually(lambda: to_offices(house, words), "the letter at the offices")
    assert "detention of children" in sent[0]["text"]


@pytest.mark.parametrize("typed", ["", "1234", "abcde", "00000", "99999"])
def test_a_zip_that_does_not_exist_is_told_beside_its_field_and_stays(visit, typed):
    page = visit("/en/tell-congress/", javascript=False)
    find(page, typed)
    field = page.locator("[name=zip]")
    expect(field).to_have_value(typed)
    expect(field).to_have_attribute("aria-invalid", "true")
    assert any(
        page.locator(f"#{name}.field__error").count()
        for name in field.get_attribute("aria-describedby").split()
    )


def test_a_broken_address_is_told_beside_its_field_and_nothing_typed_is_lost(visit):
    page = visit("/en/tell-congress/", javascript=False)
    find(page, ONE_DISTRICT)
    write(page, "not an address", "Words that must stay.")
    expect(page.get_by_label("Your email")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Your email")).to_have_value("not an address")
    expect(page.get_by_label("Your own words")).to_have_value("Words that must stay.")
    expect(page.get_by_label("Street and number")).to_have_value("1 Main Street")


def test_by_keyboard_alone(visit, house):
    page = visit("/en/tell-congress/")
    page.locator("[name=zip]").focus()
    page.keyboard.type(ONE_DISTRICT)
    page.keyboard.press("Enter")
    page.get_by_label("Your own words").focus()
    for value in ("My own words.", "Ana Keyboard", "keyboard@example.org", "1 Main Street", "Anytown"):
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    house.wait_for_mail("keyboard@example.org", "/letter/confirm/")


def test_a_link_that_was_tampered_with_is_a_kind_page(visit, house):
    page = visit("/en/")
    answer = page.goto(f"{house.site}/en/letter/confirm/not-a-real-token/")
    assert answer.status in (404, 410)
    expect(page.locator("main h1")).to_be_visible()
