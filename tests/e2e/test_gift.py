"""A gift from a story to the receipt, as donors of every kind make it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PHONE


def choose(page: Page, amount: str, *, monthly: bool = False) -> None:
    page.get_by_label("Every month" if monthly else "Once", exact=True).check()
    page.get_by_role("group", name="Amount every month" if monthly else "Amount", exact=True).get_by_label(
        amount, exact=True
    ).check()


def pay(page: Page, email: str, card: str = "4242424242424242") -> None:
    page.locator("[name=email]").fill(email)
    page.locator("[name=number]").fill(card)
    page.locator("[name=expiry]").fill("12 / 34")
    page.locator("[name=cvc]").fill("123")
    page.locator("[name=name]").fill("Ana Donor")
    page.locator("[name=postal]").fill("94110")
    page.locator("form.pay button").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_single_gift_from_a_story_ends_in_thanks_and_a_receipt(visit, house, javascript, size):
    email = f"once-{javascript}-{size['width']}@example.org".lower()
    page = visit("/en/stories/alexis/", size=size, javascript=javascript)
    page.get_by_role("link", name="Give today").last.click()
    choose(page, "$50")
    page.get_by_role("button", name="Continue to payment").click()
    assert page.url.startswith(house.sandbox)
    pay(page, email)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.startswith(f"{house.site}/en/gift/thanks/")
    expect(page.locator("main")).to_contain_text("$50")
    receipt = house.wait_for_mail(email, "$50")
    assert "4242" not in receipt["text"]


def test_a_monthly_gift_in_spanish_is_thanked_and_receipted_in_spanish(visit, house):
    page = visit("/es/give/")
    page.get_by_label("Cada mes", exact=True).check()
    page.locator("[name=monthly_amount]").nth(1).check()
    page.locator("main form button[type=submit]").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    pay(page, "cada-mes@example.org")
    assert page.url.startswith(f"{house.site}/es/gift/thanks/")
    expect(page.locator("main")).to_contain_text("cada mes")
    house.wait_for_mail("cada-mes@example.org", "Gracias")


def test_closing_the_tab_right_after_paying_changes_nothing(visit, house):
    page = visit("/en/give/")
    choose(page, "$25")
    page.get_by_role("button", name="Continue to payment").click()
    # The way back to the site is cut: only the webhook is left.
    page.route(re.compile(re.escape(house.site) + ".*thanks.*"), lambda route: route.abort())
    pay_and_vanish(page, "closed-tab@example.org")
    house.wait_for_mail("closed-tab@example.org", "$25")


def pay_and_vanish(page: Page, email: str) -> None:
    with page.expect_request(re.compile("thanks")):
        pay(page, email)
    page.goto("about:blank")


def test_the_landing_page_alone_suffices_when_the_webhook_is_lost(visit, house):
    fault = {"part": "stripe", "kind": "webhook_drop", "count": None}
    page = visit("/en/give/")
    made = page.request.post(f"{house.sandbox}/faults", data=fault)
    assert made.ok
    try:
        choose(page, "$100")
        page.get_by_role("button", name="Continue to payment").click()
        pay(page, "no-webhook@example.org")
        expect(page.locator("main")).to_contain_text("$100")
        house.wait_for_mail("no-webhook@example.org", "$100")
    finally:
        page.request.delete(f"{house.sandbox}/faults")


def test_a_declined_card_can_be_tried_again_with_another(visit, house):
    page = visit("/en/give/")
    choose(page, "$25")
    page.get_by_role("button", name="Continue to payment").click()
    pay(page, "declined@example.org", card="4000000000000002")
    assert page.url.startswith(house.sandbox)
    pay(page, "declined@example.org")
    expect(page.locator("main")).to_contain_text("$25")


def test_leaving_the_payment_page_brings_back_what_was_chosen(visit, house):
    page = visit("/en/give/")
    page.get_by_label("Once", exact=True).check()
    page.get_by_role("group", name="Amount", exact=True).get_by_label("Another amount").check()
    page.locator("[name=own_amount]").fill("37.50")
    page.get_by_role("button", name="Continue to payment").click()
    page.locator(".back a").click()
    assert page.url.startswith(f"{house.site}/en/give/")
    expect(page.locator("main")).to_contain_text("not been charged")
    expect(page.locator("[name=own_amount]")).to_have_value("37.50")


@pytest.mark.parametrize("typed", ["-5", "0", "99999999999", "1.23456789", "ten", "1,5,0"])
def test_a_wrong_amount_is_told_beside_its_field_and_stays(visit, typed):
    page = visit("/en/give/", javascript=False)
    page.get_by_role("group", name="Amount", exact=True).get_by_label("Another amount").check()
    page.locator("[name=own_amount]").fill(typed)
    page.get_by_role("button", name="Continue to payment").click()
    field = page.locator("[name=own_amount]")
    expect(field).to_have_value(typed)
    expect(field).to_have_attribute("aria-invalid", "true")
    described = field.get_attribute("aria-describedby").split()
    assert any(page.locator(f"#{name}.field__error").count() for name in described)


def test_by_keyboard_alone(visit, house):
    page = visit("/en/give/")
    page.locator("[name=frequency]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    while page.evaluate("document.activeElement.type") != "submit":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{house.sandbox}/**")


def test_a_provider_that_is_down_is_a_human_page_that_keeps_what_was_typed(visit, house):
    page = visit("/en/give/")
    page.request.post(f"{house.sandbox}/faults", data={"part": "stripe", "kind": "error_500", "count": None})
    try:
        choose(page, "$50")
        page.get_by_role("button", name="Continue to payment").click()
        expect(page.locator("main [role=alert]").first).to_be_visible(timeout=60_000)
        assert (
            page.get_by_role("group", name="Amount", exact=True).get_by_label("$50", exact=True).is_checked()
        )
    finally:
        page.request.delete(f"{house.sandbox}/faults")


def test_staff_see_the_gift(visit, house):
    email = "seen-by-staff@example.org"
    page = visit("/en/give/")
    choose(page, "$250")
    page.get_by_role("button", name="Continue to payment").click()
    pay(page, email)
    house.wait_for_mail(email, "$250")
    page.goto(f"{house.site}/admin/login/")
    page.locator("[name=username]").fill("admin")
    page.locator("[name=password]").fill("puente-demo")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Donations").click()
    page.get_by_role("link", name="Gifts", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="$250")).to_have_count(1)
