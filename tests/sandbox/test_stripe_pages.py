"""The watch pages, and their buttons."""

import re

import pytest
import requests

from sandbox.stripe.watch import TABLES


@pytest.fixture
def lively(account):
    """An account in which a little of everything has happened."""
    session = account.paid(amount=2500)
    account.press("refund-part", session.payment_intent.id, amount="1.50")
    account.press("dispute", account.paid().payment_intent.latest_charge.id)
    account.pay(account.session(), "4000000000000002")
    account.pay(account.session(monthly=True), method="bank")
    monthly = account.paid(monthly=True)
    account.press("advance-fail", monthly.subscription)
    account.session()
    account.paid(amount=9000)
    account.press("payout", "all")
    return account


@pytest.mark.parametrize("table", TABLES)
def test_table_shows_the_objects_with_their_json(lively, table):
    page = requests.get(f"{lively.box.url}/stripe/{table}", timeout=10)
    assert page.status_code == 200
    kind = TABLES[table][1]
    assert f"&#34;object&#34;: &#34;{kind}&#34;" in page.text
    assert "&#34;_" not in page.text


def test_payments_page_links_to_a_payment_with_its_story(lively):
    page = requests.get(f"{lively.box.url}/stripe/", timeout=10).text
    assert "refunded" in page
    assert "disputed" in page
    for path in re.findall(r'href="(/stripe/payments/[^"]+)"', page):
        answer = requests.get(lively.box.url + path, timeout=10)
        assert answer.status_code == 200
        assert "payment_intent" in answer.text
        assert "<script" not in answer.text


def test_buttons_on_a_payments_page_do_what_they_say(account):
    session = account.paid(amount=2500)
    intent = session.payment_intent
    page = requests.get(f"{account.box.url}/stripe/payments/{intent.id}", timeout=10).text
    assert f'action="/stripe/act/refund/{intent.id}"' in page
    assert f'action="/stripe/act/dispute/{intent.latest_charge.id}"' in page
    answer = account.press("refund-part", intent.id, amount="10.50")
    assert answer.headers["Location"] == "/stripe/"
    assert account.v1.refunds.list().data[0].amount == 1050
    account.press("refund", intent.id)
    assert account.v1.charges.retrieve(intent.latest_charge.id).refunded is True


@pytest.mark.parametrize("amount", ["", "much", "nan", "inf", "-3", "99"])
def test_partial_refund_of_a_senseless_amount_is_refused_on_a_page(account, amount):
    session = account.paid(amount=2500)
    answer = account.press("refund-part", session.payment_intent.id, amount=amount)
    assert answer.status_code == 400
    assert "That cannot be done" in answer.text
    assert account.v1.refunds.list().data == []


def test_subscription_can_be_ended_by_button(account):
    session = account.paid(monthly=True)
    account.press("cancel", session.subscription)
    assert account.v1.subscriptions.retrieve(session.subscription).status == "canceled"


def test_objects_and_invoices_have_pages_and_unknown_ones_are_404(account):
    session = account.paid(monthly=True)
    base = f"{account.box.url}/stripe"
    assert "billing_reason" in requests.get(f"{base}/invoices/{session.invoice}", timeout=10).text
    assert session.id in requests.get(f"{base}/objects/{session.id}", timeout=10).text
    for path in ("objects/cs_none", "objects/what", "invoices/in_none", "payments/pi_none", "nothing"):
        assert requests.get(f"{base}/{path}", timeout=10).status_code == 404
    assert account.press("explode", "x").status_code == 404


def test_button_returns_to_the_page_it_was_pressed_on_and_nowhere_else(account):
    session = account.paid()
    address = f"{account.box.url}/stripe/act/refund/{session.payment_intent.id}"
    here = f"{account.box.url}/stripe/payments/x"
    answer = requests.post(address, headers={"Referer": here}, allow_redirects=False, timeout=10)
    assert answer.headers["Location"] == here
    other = account.paid().payment_intent.id
    address = f"{account.box.url}/stripe/act/refund/{other}"
    answer = requests.post(
        address, headers={"Referer": "https://elsewhere.example/"}, allow_redirects=False, timeout=10
    )
    assert answer.headers["Location"] == "/stripe/"


def test_index_counts_payments(account):
    account.paid()
    page = requests.get(f"{account.box.url}/", timeout=10).text
    assert re.search(r'href="/stripe/">Payments</a> <span class="count">1<', page)
