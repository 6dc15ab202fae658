"""The donation page, its form and the thanks, as a browser without JavaScript meets them."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.html import escape

from donations.models import Donation, DonationEvent
from donations.services import look_after_open_gifts
from stories.models import StoryIndexPage, StoryPage

from .conftest import BANK

pytestmark = pytest.mark.django_db


def hidden(html: str, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', html)[0]
    found = re.search(r'value="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def checked(html: str) -> set[tuple[str, str]]:
    tags = re.findall(r"<input[^>]*checked[^>]*>", html)
    return {(re.search(r'name="(\w+)"', tag)[1], re.search(r'value="(\w+)"', tag)[1]) for tag in tags}


def error_of(answer, field: str) -> str:
    """The message that stands beside a field, as the page shows it."""
    form = answer.context["form"]
    text = " ".join(form.errors.get(field, []))
    assert escape(text) in answer.content.decode()
    return text


@pytest.fixture
def post(client, give_page):
    def send(language: str = "en", **data: str):
        page = give_page if language == "en" else give_page.get_translations().get()
        fields = {"frequency": "once", "token": str(uuid4())} | data
        return client.post(f"/{language}/gift/start/{page.pk}/", fields)

    return send


def test_form_leads_to_stripe_with_see_other(post, account):
    answer = post(once_amount="5000")
    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{account.box.url}/stripe/pay/")
    assert "no-store" in answer["Cache-Control"]
    assert Donation.objects.get().amount == 5000


@pytest.mark.parametrize(
    ("data", "amount", "frequency"),
    [
        ({"once_amount": "2500"}, 2500, "once"),
        ({"frequency": "monthly", "monthly_amount": "2000", "once_amount": "25000"}, 2000, "monthly"),
        ({"once_amount": "other", "own_amount": "$1,234.56"}, 123456, "once"),
        ({"own_amount": "7"}, 700, "once"),
        ({"once_amount": "2500", "own_amount": "25.00"}, 2500, "once"),
        ({"frequency": "monthly", "monthly_amount": "other", "own_amount": "3.50"}, 350, "monthly"),
    ],
)
def test_choice_and_own_amount_are_understood(post, account, data, amount, frequency):
    assert post(**data).status_code == 303
    donation = Donation.objects.get()
    assert (donation.amount, donation.frequency) == (amount, frequency)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("-5", "minus"),
        ("0", "larger than zero"),
        ("0.50", "smallest gift"),
        ("999999999", "The most is $25,000"),
        ("1,50", "could mean"),
        ("1.12345678", "2 decimals"),
        ("ten", "digits"),
        ("NaN", "digits"),
        ("1e3", "digits"),
        ("<script>", "digits"),
    ],
)
def test_wrong_amount_gets_a_message_beside_it_and_keeps_what_was_typed(post, typed, words):
    answer = post(once_amount="other", own_amount=typed, story="a")
    assert answer.status_code == 422
    assert words in error_of(answer, "own_amount")
    html = answer.content.decode()
    assert f'value="{escape(typed)}"' in html
    assert ("once_amount", "other") in checked(html)
    assert ("frequency", "once") in checked(html)
    assert 'aria-invalid="true"' in html
    assert not Donation.objects.exists()


def test_errors_are_in_the_donors_language(post, spanish_give_page):
    answer = post("es", once_amount="other", own_amount="1.000")
    assert answer.status_code == 422
    assert "1000\u00a0US$" in error_of(answer, "own_amount")


def test_spanish_comma_is_a_decimal_comma(post, account, spanish_give_page):
    assert post("es", once_amount="other", own_amount="1,50").status_code == 303
    assert Donation.objects.get().amount == 150


def test_nothing_chosen_is_asked_for_beside_the_amounts(post):
    assert "Choose an amount" in error_of(post(), "once_amount")
    assert "Choose an amount" in error_of(post(frequency="monthly", once_amount="2500"), "monthly_amount")


def test_amount_chosen_and_another_written_is_asked_about(post):
    assert "$25" in error_of(post(once_amount="2500", own_amount="30"), "own_amount")
    assert "$25" in error_of(post(once_amount="2500", own_amount="thirty"), "own_amount")


@pytest.mark.parametrize("frequency", ["", "yearly"])
def test_frequency_must_be_chosen(post, frequency):
    assert "once or every month" in error_of(post(frequency=frequency, once_amount="2500"), "frequency")


def test_amount_that_is_not_offered_is_refused(post):
    assert post(once_amount="1").status_code == 422
    assert post(once_amount="x" * 1000).status_code == 422
    assert post(own_amount="1" * 101).status_code == 422
    assert not Donation.objects.exists()


def test_broken_token_does_not_stop_a_gift(post, account):
    assert post(once_amount="2500", token="").status_code == 303
    answer = post(once_amount="2500", token="broken")
    assert answer.status_code in (303, 422)


def test_double_submit_leads_to_the_same_page(post, account):
    token = str(uuid4())
    first, second = (post(once_amount="2500", token=token) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Donation.objects.count() == 1


def test_form_of_a_paid_gift_leads_to_its_thanks(post, account, client):
    token = str(uuid4())
    landing = account.pay(post(once_amount="2500", token=token)["Location"]).headers["Location"]
    client.get(landing)
    assert post(once_amount="2500", token=token)["Location"] == landing


def test_stripe_down_is_a_human_page_with_everything_kept(post, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    token = str(uuid4())
    answer = post(once_amount="other", own_amount="33.10", token=token)
    html = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "you have not been charged" in html
    assert 'value="33.10"' in html
    assert hidden(html, "token") == token


def test_amount_only_stripe_refuses_stands_beside_the_field(post, account, give_page):
    give_page.minimum = 1
    give_page.save()
    answer = post(once_amount="other", own_amount="0.10")
    assert answer.status_code == 422
    assert "payment provider" in error_of(answer, "own_amount")


def test_any_other_refusal_is_said_humanly(post, account, settings):
    account.box.faults.add("stripe", "error_500", count=2)
    assert post(once_amount="2500").status_code == 503
    settings.STRIPE_API_BASE += "/v1"
    assert post(once_amount="2500").status_code == 503


def test_get_of_the_forms_address_leads_to_the_page(client, give_page):
    answer = client.get(f"/en/gift/start/{give_page.pk}/")
    assert answer.status_code == 302
    assert answer["Location"].endswith("/en/give/")


def test_unknown_or_unpublished_page_takes_no_gift(client, give_page):
    assert client.post("/en/gift/start/99999/", {}).status_code == 404
    give_page.unpublish()
    assert client.post(f"/en/gift/start/{give_page.pk}/", {}).status_code == 404


def test_page_asks_only_amount_and_frequency(client, give_page):
    html = client.get("/en/give/").content.decode()
    names = set(re.findall(r'name="(\w+)"', html[html.index("<form") : html.index("</form>")]))
    assert names == {
        "csrfmiddlewaretoken", "token", "story", "frequency", "once_amount", "monthly_amount", "own_amount",
    }  # fmt: skip
    assert checked(html) == {("frequency", "once")}, "no amount is chosen for the donor"
    assert 'inputmode="decimal"' in html


def test_each_form_has_a_token_of_its_own_and_is_not_kept_in_caches(client, give_page):
    first, second = client.get("/en/give/"), client.get("/en/give/")
    assert hidden(first.content.decode(), "token") != hidden(second.content.decode(), "token")
    assert "private" in first["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "ticked", "own"),
    [
        ("amount=50&frequency=once", {("frequency", "once"), ("once_amount", "5000")}, ""),
        ("amount=20&frequency=monthly", {("frequency", "monthly"), ("monthly_amount", "2000")}, ""),
        ("amount=12.34", {("frequency", "once"), ("once_amount", "other")}, "12.34"),
        ("amount=-1&frequency=daily", {("frequency", "once")}, ""),
        ("amount=%3Cscript%3E", {("frequency", "once")}, ""),
    ],
)
def test_address_fills_the_form_in(client, give_page, query, ticked, own):
    html = client.get(f"/en/give/?{query}").content.decode()
    assert checked(html) == ticked
    assert hidden(html, "own_amount") == own


def test_cancelled_donor_finds_everything_kept_and_is_told_nothing_was_charged(post, account, client):
    answer = post(once_amount="other", own_amount="12.34")
    session = account.sdk.v1.checkout.sessions.list().data[0]
    assert answer.status_code == 303
    html = client.get(session.cancel_url).content.decode()
    assert "You have not been charged" in html
    assert hidden(html, "own_amount") == "12.34"


@pytest.fixture
def story(site):
    index = site.add_child(instance=StoryIndexPage(title="Stories", slug="stories"))
    return index.add_child(instance=StoryPage(title="Julio", slug="julio", display_name="Julio"))


def test_gift_remembers_the_story_it_came_from_all_the_way(client, post, account, story):
    html = client.get(f"/en/give/?from={story.translation_key}").content.decode()
    assert hidden(html, "story") == str(story.translation_key)
    post(once_amount="2500", story=hidden(html, "story"))
    donation = Donation.objects.get()
    assert (donation.story_key, donation.story_title) == (story.translation_key, "Julio")
    session = account.sdk.v1.checkout.sessions.list().data[0]
    assert f"from={story.translation_key}" in session.cancel_url


@pytest.mark.parametrize("value", ["", "broken", "0f2c7f6e-8a50-4a0e-9a4b-2f6a0c1f3d11"])
def test_unknown_story_attributes_nothing_and_stops_nobody(post, account, value):
    assert post(once_amount="2500", story=value).status_code == 303
    assert Donation.objects.get().story_key is None


def test_thanks_say_what_was_received(post, account, client):
    landing = account.pay(post(frequency="monthly", monthly_amount="2000")["Location"]).headers["Location"]
    answer = client.get(landing)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Thank you for standing by a child" in html
    assert "$20" in html
    assert "every month" in html
    assert Donation.objects.get().reference in html
    assert "ana@example.org" not in html
    assert answer["X-Robots-Tag"] == "noindex"
    assert 'content="noindex"' in html
    assert "no-store" in answer["Cache-Control"]


def test_thanks_in_spanish_are_the_spanish_pages(post, account, client, spanish_give_page):
    landing = account.pay(post("es", once_amount="2500")["Location"]).headers["Location"]
    assert "/es/" in landing
    html = client.get(landing).content.decode()
    assert "<h1>Gracias</h1>" in html
    assert "25\u00a0US$" in html


def test_thanks_of_a_slow_payment_say_that_it_is_on_its_way(post, account, client):
    landing = account.pay(post(once_amount="2500")["Location"], **BANK).headers["Location"]
    assert "is being processed" in client.get(landing).content.decode()
    account.press("fail", Donation.objects.get().checkout_id)
    assert "did not go through" in client.get(landing).content.decode()


def test_thanks_without_payment_say_so_and_lead_back(post, account, client):
    post(once_amount="2500")
    html = client.get("/en/gift/thanks/", {"session_id": Donation.objects.get().checkout_id}).content.decode()
    assert "is not complete" in html
    assert "amount=25" in html


def test_thanks_when_stripe_is_down_promise_nothing(post, account, client, settings):
    landing = account.pay(post(once_amount="2500")["Location"]).headers["Location"]
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert "is being processed" in client.get(landing).content.decode()
    assert Donation.objects.get().state == "pending"


def test_thanks_of_a_returned_gift_say_so(post, account, client):
    landing = account.pay(post(once_amount="2500")["Location"]).headers["Location"]
    client.get(landing)
    Donation.objects.update(state="refunded")
    assert "given back" in client.get(landing).content.decode()


def test_thanks_outlive_the_page(post, account, client, give_page):
    landing = account.pay(post(once_amount="2500")["Location"]).headers["Location"]
    give_page.delete()
    answer = client.get(landing)
    assert answer.status_code == 200
    assert "Thank you" in answer.content.decode()
    assert Donation.objects.get().page_title == "Give today"


@pytest.mark.parametrize("query", ["", "?session_id=", "?session_id=cs_test_other", "?session_id=%00"])
def test_unknown_session_is_a_kind_404_and_stripe_is_not_asked(client, give_page, query, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert client.get(f"/en/gift/thanks/{query}").status_code == 404


def test_crash_between_row_and_stripe_leaves_nothing_behind_but_a_row(post, account, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    post(once_amount="2500")
    Donation.objects.update(due_at=timezone.now())
    look_after_open_gifts()
    assert Donation.objects.get().state == "expired"
    assert DonationEvent.objects.count() == 2
