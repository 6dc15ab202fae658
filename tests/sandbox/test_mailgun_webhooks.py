"""Signed tracking webhooks, verified and read by anymail's own view."""

import json

import pytest
import requests
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import tracking
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from django.test import RequestFactory


@pytest.fixture
def tracked(settings, monkeypatch):
    """A function that gives a received webhook to anymail's view; returns (status, event or None)."""
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "signing-sandbox"}
    monkeypatch.setattr(tracking, "receivers", [])  # whoever listens in the site is not what is tested here
    view = MailgunTrackingWebhookView.as_view()
    heard = []

    def listen(sender, event, esp_name, **kwargs):
        heard.append(event)

    def give(received):
        heard.clear()
        request = RequestFactory().post(
            "/webhook/", data=received.body, content_type=received.headers["Content-Type"]
        )
        status = view(request).status_code
        return status, heard[0] if heard else None

    tracking.connect(listen, weak=False)
    return give


def sent(box, receiver):
    """What arrived, once nothing waits any more."""
    assert box.webhooks.wait_idle()
    return receiver.requests


def of_kind(requests_, kind):
    return [received for received in requests_ if json.loads(received.body)["event-data"]["event"] == kind]


def test_delivery_is_told_and_anymail_trusts_and_reads_it(mail_api, receiver, tracked):
    id = mail_api.send(to="ana@example.org", **{"v:about": "advocacy.delivery:7", "o:tag": "letter"})
    [delivered] = of_kind(sent(mail_api.box, receiver), "delivered")
    status, event = tracked(delivered)
    assert status == 200
    assert (event.event_type, event.recipient, event.message_id) == (
        "delivered",
        "ana@example.org",
        f"<{id}>",
    )
    assert event.metadata == {"about": "advocacy.delivery:7"}
    assert event.tags == ["letter"]
    assert event.mta_response == "OK"
    assert event.event_id


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("ana@example.org", [("queued", None), ("delivered", None)]),
        ("bounce@example.org", [("queued", None), ("bounced", "bounced")]),
        (
            "softbounce@example.org",
            [("queued", None), ("deferred", "other"), ("deferred", "other"), ("delivered", None)],
        ),
        ("reject@example.org", [("rejected", "other")]),
    ],
)
def test_each_fate_reads_as_anymails_own_event_types(mail_api, receiver, tracked, recipient, expected):
    mail_api.box.webhooks.hold()
    mail_api.send(to=recipient)
    mail_api.box.webhooks.flush()
    events = [tracked(received)[1] for received in receiver.requests]
    assert [(event.event_type, event.reject_reason) for event in events] == expected
    assert {event.recipient for event in events} == {recipient}


def test_bounce_carries_the_reason(mail_api, receiver, tracked):
    mail_api.send(to="bounce@example.org")
    [failed] = of_kind(sent(mail_api.box, receiver), "failed")
    assert "does not exist" in tracked(failed)[1].mta_response


def test_webhook_signed_with_another_key_is_refused(mail_api, receiver, tracked, settings):
    mail_api.send()
    [delivered] = of_kind(sent(mail_api.box, receiver), "delivered")
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "another"}
    with pytest.raises(AnymailWebhookValidationFailure, match="incorrect signature"):
        tracked(delivered)


def test_forged_webhook_is_refused(mail_api, receiver, tracked):
    mail_api.send()
    sent(mail_api.box, receiver).clear()
    seq = mail_api.box.webhooks.deliveries("mailgun")[0]["seq"]
    mail_api.box.webhooks.resend(seq, "forged")
    [forged] = sent(mail_api.box, receiver)
    with pytest.raises(AnymailWebhookValidationFailure, match="incorrect signature"):
        tracked(forged)


def test_retry_is_the_same_event_to_anymail(mail_api, receiver, tracked):
    receiver.answers = [200, 500, 200]
    mail_api.box.webhooks.hold()
    mail_api.send()
    mail_api.box.webhooks.flush()
    mail_api.box.webhooks.flush()
    first, again = of_kind(sent(mail_api.box, receiver), "delivered")
    assert tracked(first)[1].event_id == tracked(again)[1].event_id


def test_duplicate_fault_sends_the_same_notification_twice(mail_api, receiver, tracked):
    mail_api.box.faults.add("mailgun", "webhook_duplicate", path="delivered")
    mail_api.send()
    first, again = of_kind(sent(mail_api.box, receiver), "delivered")
    assert tracked(first)[1].event_id == tracked(again)[1].event_id


def test_dropped_webhook_leaves_the_events_api_to_ask(mail_api, receiver):
    mail_api.box.faults.add("mailgun", "webhook_drop", count=None)
    mail_api.send()
    assert sent(mail_api.box, receiver) == []
    assert len(mail_api.events(event="delivered")) == 1


def test_reordered_webhook_arrives_after_the_one_that_follows(mail_api, receiver):
    mail_api.box.faults.add("mailgun", "webhook_reorder", path="accepted")
    mail_api.send()
    kinds = [json.loads(received.body)["event-data"]["event"] for received in sent(mail_api.box, receiver)]
    assert kinds == ["delivered", "accepted"]


def act(api, event, recipient=None):
    key = requests.get(f"{api.box.url}/mailgun/inbox.json", timeout=10).json()["messages"][0]["key"]
    fields = {"event": event} | ({"recipient": recipient} if recipient else {})
    return requests.post(
        f"{api.box.url}/mailgun/messages/{key}/events", data=fields, timeout=10, allow_redirects=False
    )


@pytest.mark.parametrize(
    ("button", "event_type"),
    [
        ("bounced", "bounced"),
        ("opened", "opened"),
        ("clicked", "clicked"),
        ("unsubscribed", "unsubscribed"),
        ("complained", "complained"),
    ],
)
def test_buttons_make_things_happen(mail_api, receiver, tracked, button, event_type):
    mail_api.send(to=["ana@example.org", "bo@example.org"], text="See https://example.org/x.")
    sent(mail_api.box, receiver).clear()
    assert act(mail_api, button, "bo@example.org").status_code == 303
    [received] = sent(mail_api.box, receiver)
    status, event = tracked(received)
    assert (status, event.event_type, event.recipient) == (200, event_type, "bo@example.org")
    if button == "clicked":
        assert event.click_url == "https://example.org/x"
    kind = "failed" if button == "bounced" else button
    assert len(mail_api.events(event=kind, recipient="bo@example.org")) == 1


def test_delivered_again_is_a_new_notification_of_the_same_event(mail_api, receiver, tracked):
    mail_api.send()
    [first] = of_kind(sent(mail_api.box, receiver), "delivered")
    act(mail_api, "delivered")
    _first, again = of_kind(sent(mail_api.box, receiver), "delivered")
    assert json.loads(first.body)["event-data"] == json.loads(again.body)["event-data"]
    assert tracked(first)[1].event_id != tracked(again)[1].event_id
    assert len(mail_api.events(event="delivered")) == 1


def test_delivered_happens_where_it_had_not(mail_api, receiver):
    mail_api.send(to="bounce@example.org")
    act(mail_api, "delivered")
    assert len(of_kind(sent(mail_api.box, receiver), "delivered")) == 1


def test_unknown_act_or_recipient_is_refused(mail_api):
    mail_api.send()
    assert act(mail_api, "exploded").status_code == 400
    assert act(mail_api, "opened", "stranger@example.org").status_code == 400


def test_what_was_still_to_come_at_a_restart_comes_after_it(start, receiver, tmp_path):
    from_now_on = {"state": str(tmp_path / "state.sqlite3"), "mailgun_pace": 0}
    before = start(**from_now_on)
    before.webhooks.hold()
    key = {"auth": ("api", "key-sandbox"), "timeout": 10}
    mail = {"from": "hello@example.org", "to": "ana@example.org", "subject": "Kept", "text": "Hi."}
    requests.post(f"{before.url}/mailgun/v3/mg.example.org/messages", data=mail, **key)
    before.__exit__(None, None, None)
    assert receiver.requests == []
    after = start(**from_now_on)
    assert len(of_kind(sent(after, receiver), "delivered")) == 1
    [stored] = requests.get(f"{after.url}/mailgun/inbox.json", timeout=10).json()["messages"]
    assert stored["subject"] == "Kept"
    events = requests.get(f"{after.url}/mailgun/v3/mg.example.org/events", **key).json()["items"]
    assert [event["event"] for event in events] == ["delivered", "accepted"]
