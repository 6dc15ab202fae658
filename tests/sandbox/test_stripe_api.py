"""The API's manners: keys, versions, parameters, idempotency, lists, expansion."""

import base64

import pytest
import requests
import stripe

PRICE = {"currency": "usd", "unit_amount": "15", "product": "prod_none"}


def call(box, method: str, path: str, key: str = "sk_test_sandbox", headers: dict | None = None, **kwargs):
    given = {"Authorization": f"Bearer {key}"} if key else {}
    address = f"{box.url}/stripe/v1/{path}"
    return requests.request(method, address, headers=given | (headers or {}), timeout=10, **kwargs)


def refused(box, path: str, data: dict) -> dict:
    answer = call(box, "POST", path, data=data)
    assert answer.status_code == 400, answer.text
    return answer.json()["error"]


def test_wrong_key_is_401_and_not_shown_whole(box):
    answer = call(box, "GET", "balance", key="sk_test_somebody_elses_key")
    assert answer.status_code == 401
    assert answer.json()["error"]["message"].startswith("Invalid API Key provided: sk_test_")
    assert "somebody" not in answer.text
    assert call(box, "GET", "balance", key="").status_code == 401
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient("sk_test_x", base_addresses={"api": f"{box.url}/stripe"}).v1.balance.retrieve()


def test_key_may_come_by_basic_authentication(box):
    basic = base64.b64encode(b"sk_test_sandbox:").decode()
    assert call(box, "GET", "balance", key="", headers={"Authorization": f"Basic {basic}"}).status_code == 200
    assert call(box, "GET", "balance", key="", headers={"Authorization": "Basic ///"}).status_code == 401


def test_every_answer_has_a_request_id_and_the_version(box):
    for answer in (
        call(box, "GET", "balance"),
        call(box, "GET", "charges/ch_none"),
        call(box, "GET", "nothing"),
    ):
        assert answer.headers["Request-Id"].startswith("req_")
        assert answer.headers["Stripe-Version"] == stripe.api_version


def test_other_api_version_is_refused(box):
    answer = call(box, "GET", "balance", headers={"Stripe-Version": "2020-08-27"})
    assert answer.status_code == 400
    assert "2020-08-27" in answer.json()["error"]["message"]


def test_unknown_address_and_unknown_object_are_404(box):
    assert (
        "Unrecognized request URL (GET: /v1/nothing)"
        in call(box, "GET", "nothing").json()["error"]["message"]
    )
    error = call(box, "GET", "charges/ch_none").json()["error"]
    assert (error["code"], error["param"], error["message"]) == (
        "resource_missing",
        "id",
        "No such charge: 'ch_none'",
    )


@pytest.mark.parametrize(
    ("path", "data", "param", "code"),
    [
        ("customers", {"nickname": "x"}, "nickname", "parameter_unknown"),
        ("customers", {"address[planet]": "x"}, "address[planet]", "parameter_unknown"),
        ("customers", {"balance": "ten"}, "balance", "parameter_invalid_integer"),
        ("customers", {"email[a]": "x"}, "email", None),
        ("customers", {"address": "x"}, "address", None),
        ("customers", {"tax_exempt": "maybe"}, "tax_exempt", None),
        ("customers", {"preferred_locales": "es"}, "preferred_locales", None),
        ("customers", {"payment_method": ""}, "payment_method", "parameter_invalid_empty"),
        ("customers", {"metadata[k]": "v" * 501}, "metadata[k]", None),
        ("customers", {"metadata[" + "k" * 41 + "]": "v"}, "metadata[" + "k" * 41 + "]", None),
        ("customers", {f"metadata[k{n}]": "v" for n in range(51)}, "metadata", None),
        ("customers", {"metadata": "v"}, "metadata", None),
        ("customers", {"email": "nobody"}, "email", "email_invalid"),
        ("prices", PRICE | {"unit_amount": "1.5"}, "unit_amount", "parameter_invalid_integer"),
        ("prices", {"unit_amount": "15", "product": "prod_x"}, "currency", "parameter_missing"),
        ("prices", {"currency": "xxx", "unit_amount": "15", "product": "prod_x"}, "currency", None),
        ("prices", {"currency": "usd", "product": "prod_x"}, "unit_amount", "parameter_missing"),
        ("prices", {"currency": "usd", "unit_amount": "15", "active": "yes", "product": "p"}, "active", None),
        ("prices", PRICE | {"unit_amount_decimal": "x"}, "unit_amount_decimal", None),
        ("products", {}, "name", "parameter_missing"),
        (
            "prices",
            {"currency": "usd", "unit_amount": "15", "recurring[interval]": "fortnight", "product": "p"},
            "recurring[interval]",
            None,
        ),
    ],
)  # fmt: skip
def test_parameter_is_refused_as_stripe_refuses_it(box, path, data, param, code):
    error = refused(box, path, data)
    assert (error["type"], error.get("param"), error.get("code")) == ("invalid_request_error", param, code)


def test_enumeration_error_lists_what_is_allowed(box):
    error = refused(box, "customers", {"tax_exempt": "maybe"})
    assert error["message"] == "Invalid tax_exempt: must be one of exempt, none, or reverse"


def test_metadata_keys_are_merged_unset_and_cleared(account):
    customer = account.v1.customers.create({"metadata": {"a": "1", "b": "2"}})
    customer = account.v1.customers.update(customer.id, {"metadata": {"a": "", "c": "3"}})
    assert customer.metadata.to_dict() == {"b": "2", "c": "3"}
    assert account.v1.customers.update(customer.id, {"metadata": ""}).metadata.to_dict() == {}


def test_same_idempotency_key_answers_the_same_without_doing_it_again(box, account):
    data, headers = {"email": "ana@example.org"}, {"Idempotency-Key": "gift-1"}
    first = call(box, "POST", "customers", headers=headers, data=data)
    again = call(box, "POST", "customers", headers=headers, data=data)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert "Idempotent-Replayed" not in first.headers
    assert len(account.v1.customers.list().data) == 1


def test_same_idempotency_key_with_other_parameters_is_refused(account):
    account.v1.customers.create({"email": "a@example.org"}, {"idempotency_key": "gift-1"})
    with pytest.raises(stripe.IdempotencyError):
        account.v1.customers.create({"email": "b@example.org"}, {"idempotency_key": "gift-1"})
    with pytest.raises(stripe.IdempotencyError):
        account.v1.products.create({"name": "x"}, {"idempotency_key": "k" * 256})


def test_idempotency_key_in_use_is_409(box):
    headers = {"Idempotency-Key": "busy"}
    call(box, "POST", "customers", headers=headers)
    with box.store.transaction() as db:
        db.execute("UPDATE idempotency SET status = NULL")
    answer = call(box, "POST", "customers", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "idempotency_key_in_use")


def test_refused_parameters_do_not_use_up_the_key_but_a_failure_does(box, account):
    headers = {"Idempotency-Key": "k1"}
    assert call(box, "POST", "customers", headers=headers, data={"x": "1"}).status_code == 400
    assert call(box, "POST", "customers", headers=headers, data={"name": "A"}).status_code == 200
    missing = {"charge": "ch_none"}
    first = call(box, "POST", "refunds", headers={"Idempotency-Key": "k2"}, data=missing)
    again = call(box, "POST", "refunds", headers={"Idempotency-Key": "k2"}, data=missing)
    assert (first.status_code, again.headers.get("Idempotent-Replayed")) == (400, "true")


def test_sdk_gets_through_a_500_by_retrying(box, account_of):
    box.faults.add("stripe", "error_500", count=2)
    account = account_of(box, retries=2)
    assert account.v1.customers.create({"name": "A"}).name == "A"
    assert len(account.v1.customers.list().data) == 1


def test_rate_limit_raises_and_says_how_long_to_wait(box, account):
    box.faults.add("stripe", "error_429", seconds=7)
    with pytest.raises(stripe.RateLimitError) as limited:
        account.v1.customers.create({"name": "A"})
    assert limited.value.headers["Retry-After"] == "7"
    assert account.v1.customers.list().data == []


def test_work_done_but_answered_500_is_replayed_as_500_for_its_key(box, account):
    box.faults.add("stripe", "accept_then_500")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            account.v1.customers.create({"name": "A"}, {"idempotency_key": "gift-1"})
        assert failed.value.http_status == 500
    assert len(account.v1.customers.list().data) == 1


def test_timeout_does_the_work_and_the_retry_gets_the_answer(box, account):
    box.faults.add("stripe", "timeout", seconds=0.6)
    client = stripe.RequestsClient(timeout=0.2)
    addresses = {"api": f"{box.url}/stripe"}
    hasty = stripe.StripeClient("sk_test_sandbox", base_addresses=addresses, http_client=client)
    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.customers.create({"name": "A"}, {"idempotency_key": "gift-1"})
    again = account.v1.customers.create({"name": "A"}, {"idempotency_key": "gift-1"})
    assert [customer.id for customer in account.v1.customers.list().data] == [again.id]


def test_lists_go_in_pages_both_ways(account):
    ids = [account.v1.customers.create({"name": str(n)}).id for n in range(5)][::-1]
    first = account.v1.customers.list({"limit": 2})
    assert ([item.id for item in first.data], first.has_more) == (ids[:2], True)
    rest = account.v1.customers.list({"limit": 3, "starting_after": ids[1]})
    assert ([item.id for item in rest.data], rest.has_more) == (ids[2:], False)
    back = account.v1.customers.list({"limit": 2, "ending_before": ids[3]})
    assert ([item.id for item in back.data], back.has_more) == (ids[1:3], True)
    assert [item.id for item in first.auto_paging_iter()] == ids


@pytest.mark.parametrize(
    ("params", "param"),
    [({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"starting_after": "cus_none"}, "starting_after")],
)
def test_list_with_a_bad_window_is_refused(account, params, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        account.v1.customers.list(params)
    assert refusal.value.param == param


def test_lists_filter_by_time_and_by_fields(account):
    customer = account.v1.customers.create({"email": "a@example.org"})
    account.v1.customers.create({"email": "b@example.org"})
    assert [item.id for item in account.v1.customers.list({"email": "a@example.org"}).data] == [customer.id]
    assert len(account.v1.customers.list({"created": {"gte": customer.created}}).data) == 2
    assert account.v1.customers.list({"created": {"lt": customer.created}}).data == []
    kinds = {event.type for event in account.v1.events.list({"type": "customer.*"}).data}
    assert kinds == {"customer.created"}
    assert account.v1.events.list({"types": ["charge.succeeded"]}).data == []


def test_deleted_customer_is_marked_and_no_longer_listed(account):
    customer = account.v1.customers.create({"email": "a@example.org"})
    assert account.v1.customers.delete(customer.id).deleted is True
    assert account.v1.customers.retrieve(customer.id).deleted is True
    assert account.v1.customers.list().data == []


def test_expansion_follows_the_path_and_refuses_what_is_not_there(account):
    session = account.paid()
    charge = session.payment_intent.latest_charge
    assert (
        charge.balance_transaction.net == charge.balance_transaction.amount - charge.balance_transaction.fee
    )
    listed = account.v1.charges.list({"expand": ["data.payment_intent"]}).data[0]
    assert listed.payment_intent.status == "succeeded"
    for path in ("nothing", "metadata.x", "payment_intent.a.b.c.d", "payment_intent.client_secret"):
        with pytest.raises(stripe.InvalidRequestError, match="expand"):
            account.v1.checkout.sessions.retrieve(session.id, {"expand": [path]})


def test_event_can_be_fetched_again(account):
    account.paid()
    event = account.v1.events.list({"type": "charge.succeeded"}).data[0]
    assert account.v1.events.retrieve(event.id).data.object.object == "charge"


def test_products_and_prices_can_be_made_and_changed(account):
    product = account.v1.products.create({"name": "Fund", "description": "For children"})
    price = account.v1.prices.create({"currency": "usd", "unit_amount": 1500, "product": product.id})
    assert account.v1.products.update(product.id, {"name": "New"}).name == "New"
    session = account.session(line_items=[{"price": price.id, "quantity": 2}])
    assert session.amount_total == 3000
    account.v1.prices.update(price.id, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        account.session(line_items=[{"price": price.id, "quantity": 1}])


def test_state_outlives_a_restart(start, account_of, tmp_path):
    state = str(tmp_path / "state.sqlite3")
    first = start(state=state)
    session = account_of(first).paid()
    first.__exit__(None, None, None)
    second = account_of(start(state=state))
    found = second.v1.checkout.sessions.retrieve(session.id)
    assert found.payment_status == "paid"
    assert len(second.v1.balance_transactions.list().data) == 1
