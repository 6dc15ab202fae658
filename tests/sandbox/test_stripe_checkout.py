"""A gift through the hosted page, as the site and a donor see it."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import stripe

PRICE = {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "A gift"}}
MONTHLY = PRICE | {"recurring": {"interval": "month"}}
MIXED = [{"price_data": PRICE, "quantity": 1}, {"price_data": MONTHLY, "quantity": 1}]
TWO_CURRENCIES = [{"price_data": PRICE | {"currency": name}, "quantity": 1} for name in ("usd", "eur")]
PRODUCT = "line_items[0][price_data][product]"


def test_paid_session_is_complete_and_leads_to_the_success_url(account):
    session = account.session(amount=2500, metadata={"gift": "7"}, customer_email="ana@example.org")
    assert session.status == "open"
    assert session.payment_intent is None
    answer = account.pay(session)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"https://site.example/thanks?session={session.id}"
    paid = account.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "line_items"]})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (paid.amount_total, paid.payment_intent.amount_received) == (2500, 2500)
    assert paid.metadata["gift"] == "7"
    assert paid.customer_details.email == "ana@example.org"
    assert paid.line_items.data[0].price.unit_amount == 2500


def test_payment_intent_data_reaches_intent_and_charge(account):
    session = account.paid(payment_intent_data={"description": "A gift", "metadata": {"donation": "abc"}})
    intent = session.payment_intent
    assert (intent.description, intent.metadata["donation"]) == ("A gift", "abc")
    assert intent.latest_charge.metadata["donation"] == "abc"


def test_webhooks_verify_with_the_sdk_and_tell_of_the_payment(account, box, receiver):
    session = account.paid()
    assert box.webhooks.wait_idle()
    events = {}
    for received in receiver.requests:
        signature = received.headers["Stripe-Signature"]
        event = account.client.construct_event(received.body, signature, "whsec_sandbox")
        events[event.type] = event
    assert {"charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"} <= events.keys()
    completed = events["checkout.session.completed"]
    assert completed.data.object.id == session.id
    assert (completed.livemode, completed.api_version) == (False, stripe.api_version)
    assert b'"_' not in b"".join(received.body for received in receiver.requests)


def test_webhook_with_another_secret_does_not_verify(account, box, receiver):
    account.paid()
    assert box.webhooks.wait_idle()
    first = receiver.requests[0]
    with pytest.raises(stripe.SignatureVerificationError):
        account.client.construct_event(first.body, first.headers["Stripe-Signature"], "whsec_other")


@pytest.mark.parametrize(
    ("card", "decline", "sentence"),
    [
        ("4000000000000002", "generic_decline", "Your card was declined"),
        ("4000000000009995", "insufficient_funds", "insufficient funds"),
    ],
)
def test_declined_card_says_why_beside_the_field_and_may_be_followed_by_a_good_one(
    account, card, decline, sentence
):
    session = account.session()
    answer = account.pay(session, card)
    assert answer.status_code == 402
    assert re.search(rf'id="number-problem">[^<]*{sentence}', answer.text)
    assert 'value="Ana Pérez"' in answer.text
    assert card not in answer.text
    intents = account.v1.payment_intents.list().data
    assert intents[0].last_payment_error.decline_code == decline
    assert account.pay(session).status_code == 303
    assert [intent.status for intent in account.v1.payment_intents.list().data] == ["succeeded"]
    statuses = [charge.status for charge in account.v1.charges.list().data]
    assert statuses == ["succeeded", "failed"]
    assert "payment_intent.payment_failed" in account.event_types()


@pytest.mark.parametrize("card", ["4000002500003155", "4000000000003220"])
def test_three_d_secure_completed_pays(account, card):
    session = account.session()
    answer = account.pay(session, card)
    assert answer.headers["Location"] == f"{session.url}/authenticate"
    assert account.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert "3-D Secure" in requests.get(answer.headers["Location"], timeout=10).text
    done = requests.post(
        answer.headers["Location"], data={"result": "complete"}, allow_redirects=False, timeout=10
    )
    assert done.headers["Location"].startswith("https://site.example/thanks")
    assert account.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_three_d_secure_failed_returns_to_the_form_unpaid(account):
    session = account.session()
    answer = account.pay(session, "4000002500003155")
    failed = requests.post(answer.headers["Location"], data={"result": "fail"}, timeout=10)
    assert failed.status_code == 402
    assert "could not authenticate" in failed.text
    assert 'value="ana@example.org"' in failed.text
    assert account.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    assert account.v1.charges.list().data == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"number": "4242424242424241"}, "number"),
        ({"number": "4111111111111111"}, "number"),
        ({"number": ""}, "number"),
        ({"expiry": "13/40"}, "expiry"),
        ({"expiry": "01/20"}, "expiry"),
        ({"cvc": "12"}, "cvc"),
        ({"email": "ana@"}, "email"),
        ({"name": ""}, "name"),
        ({"country": "Honduras"}, "country"),
        ({"postal": ""}, "postal"),
    ],
)
def test_bad_field_is_refused_beside_it_and_the_rest_is_kept(account, typed, field):
    session = account.session()
    answer = account.pay(session, **{"number": "4242424242424242"} | typed)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-problem"', answer.text) == [field]
    for name, value in {"email": "ana@example.org", "name": "Ana Pérez", "postal": "94110"}.items():
        if name != field:
            assert f'name="{name}" value="{value}"' in answer.text
    assert "4242424242424242" not in answer.text
    assert account.v1.payment_intents.list().data == []


def test_card_number_and_code_are_never_stored(start, account_of, tmp_path):
    box = start(state=str(tmp_path / "state.sqlite3"))
    account = account_of(box)
    account.pay(account.session(), "4242424242424242", cvc="987")
    account.pay(account.session(), "4000000000000002", cvc="987")
    rows = box.store.query("SELECT json FROM objects")
    text = "".join(row[0] for row in rows)
    assert '"last4": "4242"' in text
    assert "4242424242424242" not in text
    assert "4000000000000002" not in text
    assert '"987"' not in text


def test_hosted_page_speaks_the_sessions_language_and_shows_what_is_paid(account):
    page = requests.get(account.session(locale="es", monthly=True, amount=1234).url, timeout=10).text
    assert '<html lang="es">' in page
    assert "$12.34" in page
    assert "al mes" in page
    assert "A gift" in page
    assert "Sandbox organisation" in page
    assert "Nada aquí es real" in page
    assert "<script" not in page
    assert 'href="https://site.example/back"' in page


def test_submit_type_names_the_button(account):
    page = requests.get(account.session(submit_type="donate").url, timeout=10).text
    assert re.search(r"<button[^>]*>Donate \$25\.00", page)


def test_donors_email_given_by_the_site_cannot_be_changed_on_the_page(account):
    session = account.session(customer_email="given@example.org")
    account.pay(session, email="other@example.org")
    details = account.v1.checkout.sessions.retrieve(session.id).customer_details
    assert details.email == "given@example.org"


def test_second_submit_of_a_paid_page_charges_once(account):
    session = account.session()
    account.pay(session)
    again = account.pay(session)
    assert again.status_code == 303
    assert again.headers["Location"].endswith(session.id)
    assert len(account.v1.charges.list().data) == 1
    assert "already complete" in requests.get(session.url, timeout=10).text


def test_expired_session_cannot_be_paid(account):
    session = account.session()
    account.v1.checkout.sessions.expire(session.id)
    answer = account.pay(session)
    assert answer.status_code == 410
    assert "Nothing was charged" in answer.text
    assert account.event_types()[-1] == "checkout.session.expired"
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        account.v1.checkout.sessions.expire(session.id)


def test_session_that_nobody_visits_expires_by_the_clock(account, box, receiver):
    session = account.session()
    with box.store.transaction():
        stored = box.store.get("stripe.checkout.session", session.id) | {"expires_at": 1}
        box.store.put("stripe.checkout.session", session.id, stored, keys={"status": "open"})
    assert receiver_hears(receiver, b'"checkout.session.expired"')


def receiver_hears(receiver, word: bytes, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if any(word in received.body for received in receiver.requests):
            return True
        time.sleep(0.05)
    return False


def test_session_expires_by_itself_when_its_time_has_passed(account, box):
    session = account.session()
    stored = box.store.get("stripe.checkout.session", session.id)
    stored["expires_at"] = 1
    box.store.put("stripe.checkout.session", session.id, stored, keys={"status": "open"})
    assert account.pay(session).status_code == 410
    assert account.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_unknown_session_page_is_a_404_for_people(box):
    answer = requests.get(f"{box.url}/stripe/pay/cs_test_nothing", timeout=10)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize(
    ("button", "status", "event"),
    [
        ("settle", "paid", "checkout.session.async_payment_succeeded"),
        ("fail", "unpaid", "checkout.session.async_payment_failed"),
    ],
)
@pytest.mark.parametrize("monthly", [False, True])
def test_bank_debit_is_unpaid_until_it_settles_or_fails(account, button, status, event, monthly):
    session = account.session(monthly=monthly)
    assert account.pay(session, method="bank", number="").status_code == 303
    waiting = account.v1.checkout.sessions.retrieve(session.id)
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert account.press(button, session.id).status_code == 303
    assert account.v1.checkout.sessions.retrieve(session.id).payment_status == status
    assert account.event_types()[-1] == event
    assert account.press(button, session.id).status_code == 400


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (999, "mxn", "amount_too_small"),
        (100_000_000, "usd", "amount_too_large"),
        (-5, "usd", "parameter_invalid_integer"),
    ],
)
def test_amount_stripe_would_not_charge_is_refused(account, amount, currency, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.session(amount=amount, currency=currency)
    assert refused.value.code == code
    assert refused.value.http_status == 400


def test_least_amount_is_taken(account):
    assert account.session(amount=50).amount_total == 50


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"mode": None}, "mode"),
        ({"success_url": None}, "success_url"),
        ({"success_url": "thanks"}, "success_url"),
        ({"line_items": None}, "line_items"),
        ({"line_items": [{"price": "price_none", "quantity": 1}]}, "line_items[0][price]"),
        ({"customer": "cus_none"}, "customer"),
        ({"customer": "cus_none", "customer_email": "a@example.org"}, "customer_email"),
        ({"customer_email": "a@"}, "customer_email"),
        ({"subscription_data": {"description": "x"}}, "subscription_data"),
        ({"expires_at": 1}, "expires_at"),
        ({"mode": "setup"}, "mode"),
        ({"allow_promotion_codes": True}, "allow_promotion_codes"),
        ({"ui_mode": "embedded_page"}, "ui_mode"),
        ({"line_items": []}, "line_items"),
        ({"line_items": [{"price_data": PRICE}]}, "line_items[0][quantity]"),
        ({"line_items": [{"price_data": PRICE, "quantity": 0}]}, "line_items[0][quantity]"),
        ({"line_items": [{"quantity": 1}]}, "line_items[0][price]"),
        ({"line_items": [{"price_data": PRICE, "quantity": 1}] * 101}, "line_items"),
        ({"line_items": [{"price_data": MONTHLY, "quantity": 1}]}, "line_items[0][price]"),
        ({"mode": "subscription"}, "line_items"),
        ({"mode": "subscription", "line_items": MIXED}, "line_items"),
        ({"line_items": TWO_CURRENCIES}, "line_items"),
        ({"line_items": [{"price_data": {"currency": "usd", "unit_amount": 100}, "quantity": 1}]}, PRODUCT),
    ],
)
def test_session_with_a_wrong_combination_is_refused_naming_the_parameter(account, changes, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.session(**changes)
    assert refused.value.param == param


def test_customer_is_made_only_when_asked_for(account):
    assert account.paid().customer is None
    customer = account.v1.customers.retrieve(account.paid(customer_creation="always").customer)
    assert (customer.email, customer.name) == ("ana@example.org", "Ana Pérez")


def test_disputed_card_pays_and_is_disputed_at_once(account):
    session = account.session()
    account.pay(session, "4000000000000259")
    dispute = account.v1.disputes.list().data[0]
    assert (dispute.amount, dispute.status) == (2500, "needs_response")


def test_currency_of_the_session_must_be_that_of_its_items(account):
    params = {"mode": "payment", "success_url": "https://site.example/", "currency": "eur"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.v1.checkout.sessions.create(params | {"line_items": [{"price_data": PRICE, "quantity": 1}]})
    assert refused.value.param == "currency"


def test_session_of_a_known_customer_uses_their_email(account):
    customer = account.v1.customers.create({"email": "known@example.org"})
    session = account.session(customer=customer.id)
    account.pay(session, email="other@example.org")
    paid = account.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert paid.customer_details.email == "known@example.org"
    assert paid.payment_intent.customer == customer.id


def test_organisation_on_the_page_is_the_one_the_site_names(account):
    session = account.session(branding_settings={"display_name": "Puente de prueba"})
    assert "Puente de prueba" in requests.get(session.url, timeout=10).text


def test_metadata_of_a_session_can_be_changed_and_its_items_listed(account):
    session = account.session(metadata={"a": "1"})
    assert account.v1.checkout.sessions.update(session.id, {"metadata": {"b": "2"}}).metadata["b"] == "2"
    assert account.v1.checkout.sessions.line_items.list(session.id).data[0].amount_total == 2500
    shipping = {"name": "Ana", "address": {"country": "US", "line1": "1 Main Street"}}
    with pytest.raises(stripe.InvalidRequestError, match="this sandbox does not do it"):
        account.v1.checkout.sessions.update(
            session.id, {"collected_information": {"shipping_details": shipping}}
        )


def test_sessions_are_listed_by_what_they_led_to(account):
    paid = account.paid()
    account.session()
    found = account.v1.checkout.sessions.list({"payment_intent": paid.payment_intent.id}).data
    assert [session.id for session in found] == [paid.id]
    assert len(account.v1.checkout.sessions.list({"status": "open"}).data) == 1


def test_authentication_page_without_need_leads_back_to_the_form(account):
    session = account.session()
    for method in ("GET", "POST"):
        answer = requests.request(method, f"{session.url}/authenticate", allow_redirects=False, timeout=10)
        assert answer.headers["Location"] == session.url
    account.v1.checkout.sessions.expire(session.id)
    for method in ("GET", "POST"):
        assert requests.request(method, f"{session.url}/authenticate", timeout=10).status_code == 410


def test_open_payment_intent_can_be_changed_and_cancelled_and_a_paid_one_not(account):
    account.pay(account.session(), "4000000000000002")
    intent = account.v1.payment_intents.list().data[0]
    changed = account.v1.payment_intents.update(intent.id, {"description": "A gift", "metadata": {"a": "1"}})
    assert (changed.description, changed.metadata["a"]) == ("A gift", "1")
    assert account.v1.payment_intents.cancel(intent.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.v1.payment_intents.cancel(account.paid().payment_intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_many_donors_at_once_are_each_charged_once(account):
    with ThreadPoolExecutor(8) as pool:
        sessions = list(pool.map(lambda _: account.session(), range(24)))
        answers = list(pool.map(account.pay, sessions + sessions))
    assert {answer.status_code for answer in answers} == {303}
    assert len(account.v1.charges.list({"limit": 100}).data) == 24
    assert account.v1.balance.retrieve().available[0].amount == 24 * 2397
