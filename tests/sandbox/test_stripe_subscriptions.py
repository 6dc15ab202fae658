"""Monthly gifts: begun on the hosted page, billed again, failing, paused, changed, ended."""

import datetime

import pytest
import requests
import stripe

from sandbox.stripe.subscriptions import later

MONTHLY = {"currency": "usd", "unit_amount": 900, "recurring": {"interval": "month"}}


@pytest.fixture
def monthly(account):
    """A subscription begun by paying a session."""
    session = account.paid(monthly=True, amount=1500, subscription_data={"metadata": {"gift": "9"}})
    return account.v1.subscriptions.retrieve(session.subscription)


def method_of(account, card: str) -> tuple[str, str]:
    """A customer, and a payment method of theirs."""
    session = account.session(customer_creation="always")
    account.pay(session, card)
    intent = account.v1.payment_intents.list({"limit": 1}).data[0]
    return intent.customer, intent.payment_method


def test_first_payment_makes_customer_subscription_and_paid_invoice(account, monthly):
    assert (monthly.status, monthly.metadata["gift"]) == ("active", "9")
    item = monthly["items"].data[0]
    assert (item.price.unit_amount, item.price.recurring.interval) == (1500, "month")
    assert 28 <= (item.current_period_end - item.current_period_start) / 86400 <= 31
    invoice = account.v1.invoices.retrieve(monthly.latest_invoice, {"expand": ["payments"]})
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == (
        "paid",
        1500,
        "subscription_create",
    )
    assert invoice.parent.subscription_details.subscription == monthly.id
    assert invoice.parent.subscription_details.metadata["gift"] == "9"
    intent = account.v1.payment_intents.retrieve(invoice.payments.data[0].payment.payment_intent)
    assert (intent.status, intent.customer) == ("succeeded", monthly.customer)
    found = account.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": intent.id}}
    )
    assert [payment.invoice for payment in found.data] == [invoice.id]
    told = account.event_types()
    for name in ("invoice.created", "invoice.finalized", "invoice.paid", "customer.subscription.created"):
        assert name in told
    assert told[-1] == "checkout.session.completed"


def test_expansion_reaches_from_the_session_to_the_invoices_payments(account):
    session = account.session(monthly=True)
    account.pay(session)
    path = "subscription.latest_invoice.payments"
    found = account.v1.checkout.sessions.retrieve(session.id, {"expand": [path, "invoice", "customer"]})
    assert found.subscription.latest_invoice.payments.data[0].status == "paid"
    assert found.invoice.id == found.subscription.latest_invoice.id
    assert found.customer.email == "ana@example.org"


def test_three_d_secure_works_for_subscriptions_too(account):
    session = account.session(monthly=True)
    answer = account.pay(session, "4000002500003155")
    failed = requests.post(answer.headers["Location"], data={"result": "fail"}, timeout=10)
    assert failed.status_code == 402
    answer = account.pay(session, "4000002500003155")
    requests.post(answer.headers["Location"], data={"result": "complete"}, allow_redirects=False, timeout=10)
    assert account.v1.subscriptions.list().data[0].status == "active"
    assert [invoice.status for invoice in account.v1.invoices.list().data] == ["paid"]


def test_declined_first_payment_leaves_nothing_active(account):
    session = account.session(monthly=True)
    assert account.pay(session, "4000000000000002").status_code == 402
    assert [item.status for item in account.v1.subscriptions.list().data] == ["incomplete"]
    account.v1.checkout.sessions.expire(session.id)
    assert account.v1.subscriptions.list({"status": "ended"}).data[0].status == "incomplete_expired"


def test_next_period_makes_and_pays_an_invoice(account, monthly):
    assert account.press("advance", monthly.id).status_code == 303
    after = account.v1.subscriptions.retrieve(monthly.id)
    old, new = monthly["items"].data[0], after["items"].data[0]
    assert new.current_period_start == old.current_period_end
    invoices = account.v1.invoices.list({"subscription": monthly.id}).data
    assert [(invoice.billing_reason, invoice.status) for invoice in invoices] == [
        ("subscription_cycle", "paid"),
        ("subscription_create", "paid"),
    ]
    assert len(account.v1.balance_transactions.list().data) == 2


def test_failed_renewal_is_past_due_until_it_is_paid(account, monthly):
    account.press("advance-fail", monthly.id)
    failed = account.v1.subscriptions.retrieve(monthly.id, {"expand": ["latest_invoice"]})
    assert (failed.status, failed.latest_invoice.status) == ("past_due", "open")
    assert "invoice.payment_failed" in account.event_types()
    assert account.press("retry", failed.latest_invoice.id).status_code == 303
    assert account.v1.subscriptions.retrieve(monthly.id).status == "active"
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        account.v1.invoices.pay(failed.latest_invoice.id)


def test_card_that_declines_later_is_kept_as_a_fact_when_the_renewal_is_refused(account):
    session = account.session(monthly=True)
    account.pay(session, "4000000000000341")
    subscription = account.v1.subscriptions.list().data[0]
    account.press("advance", subscription.id)
    invoice = account.v1.invoices.list({"status": "open"}).data[0]
    with pytest.raises(stripe.CardError) as declined:
        account.v1.invoices.pay(invoice.id)
    assert declined.value.code == "card_declined"
    assert account.v1.invoices.retrieve(invoice.id).attempt_count == 2


def test_cancelling_at_the_periods_end_ends_with_the_period(account, monthly):
    updated = account.v1.subscriptions.update(monthly.id, {"cancel_at_period_end": True})
    assert updated.cancel_at == monthly["items"].data[0].current_period_end
    assert updated.status == "active"
    account.press("advance", monthly.id)
    assert account.v1.subscriptions.retrieve(monthly.id).status == "canceled"
    assert len(account.v1.invoices.list().data) == 1
    assert account.event_types()[-1] == "customer.subscription.deleted"


def test_cancelling_now_ends_at_once_and_only_once(account, monthly):
    params = {"cancellation_details": {"comment": "thank you"}}
    ended = account.v1.subscriptions.cancel(monthly.id, params)
    assert (ended.status, ended.cancellation_details.comment) == ("canceled", "thank you")
    with pytest.raises(stripe.InvalidRequestError):
        account.v1.subscriptions.cancel(monthly.id)
    with pytest.raises(stripe.InvalidRequestError):
        account.v1.subscriptions.update(monthly.id, {"description": "x"})
    assert account.press("advance", monthly.id).status_code == 400
    assert account.v1.subscriptions.list().data == []
    assert len(account.v1.subscriptions.list({"status": "all"}).data) == 1


def test_amount_changes_from_the_next_invoice_on(account, monthly):
    item = monthly["items"].data[0]
    price = {"currency": "usd", "unit_amount": 4000, "product": item.price.product}
    price["recurring"] = {"interval": "month"}
    params = {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"}
    changed = account.v1.subscriptions.update(monthly.id, params)["items"].data[0]
    assert (changed.id, changed.price.unit_amount) == (item.id, 4000)
    assert changed.current_period_end == item.current_period_end
    account.press("advance", monthly.id)
    assert account.v1.invoices.list().data[0].amount_paid == 4000


@pytest.mark.parametrize("items", [[{"id": "si_none", "quantity": 1}], [{"quantity": 2}]])
def test_change_of_an_item_that_is_not_there_is_refused(account, monthly, items):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.subscriptions.update(monthly.id, {"items": items})
    assert refusal.value.param.startswith("items[0]")


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [("void", "void"), ("mark_uncollectible", "uncollectible"), ("keep_as_draft", "draft")],
)
def test_paused_gift_charges_nothing(account, monthly, behaviour, status):
    params = {"pause_collection": {"behavior": behaviour}}
    assert account.v1.subscriptions.update(monthly.id, params).pause_collection.behavior == behaviour
    account.press("advance", monthly.id)
    assert account.v1.invoices.list().data[0].status == status
    assert len(account.v1.charges.list().data) == 1
    assert account.v1.subscriptions.update(monthly.id, {"pause_collection": ""}).pause_collection is None


def test_subscription_can_be_made_by_the_api(account):
    customer, method = method_of(account, "4242424242424242")
    recurring = {"interval": "year"}
    product = account.v1.products.create({"name": "Yearly gift"})
    price = {"currency": "usd", "unit_amount": 5000, "product": product.id, "recurring": recurring}
    params = {"customer": customer, "items": [{"price_data": price}], "default_payment_method": method}
    made = account.v1.subscriptions.create(params)
    assert (made.status, made["items"].data[0].price.recurring.interval) == ("active", "year")
    for wrong in ({"items": None}, {"customer": None}, {"default_payment_method": None}):
        with pytest.raises(stripe.InvalidRequestError):
            account.v1.subscriptions.create(params | wrong)


def test_subscription_of_a_price_paid_once_is_refused(account):
    customer, method = method_of(account, "4242424242424242")
    product = account.v1.products.create({"name": "Monthly gift"})
    once = account.v1.prices.create({"currency": "usd", "unit_amount": 900, "product": product.id})
    params = {"customer": customer, "items": [{"price": once.id}], "default_payment_method": method}
    with pytest.raises(stripe.InvalidRequestError, match="one_time"):
        account.v1.subscriptions.create(params)


def test_default_card_of_the_customer_pays_a_new_subscription(account):
    customer, method = method_of(account, "4000000000000341")
    account.v1.payment_methods.attach(method, {"customer": customer})
    settings = {"default_payment_method": method}
    account.v1.customers.update(
        customer, {"invoice_settings": settings, "name": "Ana", "address": {"city": "Ontario"}}
    )
    price = MONTHLY | {"product": account.v1.products.create({"name": "Monthly gift"}).id}
    params = {"customer": customer, "items": [{"price_data": price}], "off_session": True}
    declined = account.v1.subscriptions.create(params)
    assert declined.status == "incomplete"
    with pytest.raises(stripe.CardError):
        account.v1.subscriptions.create(params | {"payment_behavior": "error_if_incomplete"})
    with pytest.raises(stripe.InvalidRequestError):
        account.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": "pm_none"}})
    listed = account.v1.customers.payment_methods.list(customer, {"type": "card"}).data
    assert [item.id for item in listed] == [method]


def test_items_can_be_added_and_taken_away(account, monthly):
    price = MONTHLY | {"product": monthly["items"].data[0].price.product}
    added = account.v1.subscriptions.update(monthly.id, {"items": [{"price_data": price, "quantity": 2}]})
    assert [item.quantity for item in added["items"].data] == [1, 2]
    gone = {"items": [{"id": added["items"].data[0].id, "deleted": True}]}
    assert len(account.v1.subscriptions.update(monthly.id, gone)["items"].data) == 1


def test_deleting_a_customer_ends_their_subscriptions(account, monthly):
    account.v1.customers.delete(monthly.customer)
    assert account.v1.subscriptions.retrieve(monthly.id).status == "canceled"


def test_open_invoice_can_be_voided_and_a_paid_one_not(account, monthly):
    account.press("advance-fail", monthly.id)
    invoices = account.v1.invoices.list().data
    assert account.v1.invoices.void_invoice(invoices[0].id).status == "void"
    with pytest.raises(stripe.InvalidRequestError):
        account.v1.invoices.void_invoice(invoices[1].id)
    assert account.v1.invoices.line_items.list(invoices[0].id).data[0].amount == 1500


@pytest.mark.parametrize(
    ("start", "anchor_day", "interval", "expected"),
    [
        ((2027, 1, 31), 31, "month", (2027, 2, 28)),
        ((2027, 2, 28), 31, "month", (2027, 3, 31)),
        ((2028, 2, 29), 29, "year", (2029, 2, 28)),
        ((2027, 1, 1), 1, "week", (2027, 1, 8)),
        ((2027, 1, 1), 1, "day", (2027, 1, 2)),
    ],
)
def test_period_keeps_the_day_of_the_month(start, anchor_day, interval, expected):
    def stamp(*date: int) -> int:
        return int(datetime.datetime(*date, tzinfo=datetime.UTC).timestamp())

    recurring = {"interval": interval, "interval_count": 1}
    assert later(stamp(*start), recurring, stamp(2026, 12, anchor_day)) == stamp(*expected)


class TestPortal:
    def portal(self, account, monthly, **params: object):
        given = {"customer": monthly.customer, "return_url": "https://site.example/mine"}
        return account.v1.billing_portal.sessions.create(given | params)

    def test_page_shows_the_gift_and_lets_it_stop_and_go_on(self, account, box, monthly):
        portal = self.portal(account, monthly, locale="es")
        page = requests.get(portal.url, timeout=10).text
        assert "Sus pagos periódicos" in page
        assert "$15.00 al mes" in page
        assert 'href="https://site.example/mine"' in page
        page = requests.post(f"{portal.url}/stop/{monthly.id}", timeout=10).text
        assert "Seguir con el pago" in page
        assert account.v1.subscriptions.retrieve(monthly.id).cancel_at_period_end is True
        requests.post(f"{portal.url}/keep/{monthly.id}", timeout=10)
        assert account.v1.subscriptions.retrieve(monthly.id).cancel_at_period_end is False

    def test_cancel_flow_returns_where_the_site_asked(self, account, monthly):
        redirect = {"type": "redirect", "redirect": {"return_url": "https://site.example/stopped"}}
        flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": monthly.id}}
        portal = self.portal(account, monthly, flow_data=flow | {"after_completion": redirect})
        assert "Cancel this recurring payment?" in requests.get(portal.url, timeout=10).text
        answer = requests.post(f"{portal.url}/stop/{monthly.id}", allow_redirects=False, timeout=10)
        assert answer.headers["Location"] == "https://site.example/stopped"

    def test_new_card_pays_the_next_period(self, account, monthly):
        portal = self.portal(account, monthly, flow_data={"type": "payment_method_update"})
        card = {"number": "5555555555554444", "expiry": "11/41", "cvc": "123"}
        refused = requests.post(f"{portal.url}/card", data=card | {"number": "4000000000000002"}, timeout=10)
        assert refused.status_code == 422
        assert 'value="11/41"' in refused.text
        assert "Saved." in requests.post(f"{portal.url}/card", data=card, timeout=10).text
        account.press("advance", monthly.id)
        assert account.v1.charges.list().data[0].payment_method_details.card.last4 == "4444"
        methods = account.v1.payment_methods.list({"customer": monthly.customer, "type": "card"}).data
        assert [method.card.last4 for method in methods] == ["4444", "4242"]
        assert account.v1.payment_methods.detach(methods[1].id).customer is None

    def test_other_peoples_subscription_cannot_be_touched(self, account, monthly):
        other = account.v1.customers.create({"email": "b@example.org"})
        portal = account.v1.billing_portal.sessions.create({"customer": other.id})
        requests.post(f"{portal.url}/stop/{monthly.id}", timeout=10)
        assert account.v1.subscriptions.retrieve(monthly.id).cancel_at_period_end is False
        flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": monthly.id}}
        with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
            account.v1.billing_portal.sessions.create({"customer": other.id, "flow_data": flow})

    def test_unknown_portal_page_is_a_404(self, box):
        for method, path in (("GET", ""), ("POST", "/card"), ("POST", "/stop/sub_x")):
            address = f"{box.url}/stripe/portal/bps_none{path}"
            assert requests.request(method, address, timeout=10).status_code == 404

    @pytest.mark.parametrize(
        ("params", "param"),
        [
            ({}, "customer"),
            ({"customer": "cus_none"}, "customer"),
            ({"flow_data": {"type": "subscription_cancel"}}, "flow_data[subscription_cancel]"),
            (
                {"flow_data": {"type": "subscription_update", "subscription_update": {"subscription": "x"}}},
                "flow_data[type]",
            ),
        ],
    )
    def test_portal_for_nobody_or_an_unknown_flow_is_refused(self, account, params, param):
        if "flow_data" in params:
            params = params | {"customer": account.v1.customers.create({}).id}
        with pytest.raises(stripe.InvalidRequestError) as refused:
            account.v1.billing_portal.sessions.create(params)
        assert refused.value.param == param
