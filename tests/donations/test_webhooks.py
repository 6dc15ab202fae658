"""Stripe's events: refused or stored, never half done."""

import json
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from donations import stripe_gateway
from donations.models import StripeEvent
from donations.services import events, process_due_events, process_event
from donations.tasks import process_events
from home.signals import sweep

from .conftest import SECRET, made_up_event, post_event, sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stripe_is_down(settings):
    """Nothing here needs Stripe itself; an event that asks for it fails at once."""
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"


def test_sound_event_is_stored_and_waits_for_the_worker(client):
    event = made_up_event()
    assert post_event(client, event).status_code == 200
    row = StripeEvent.objects.get()
    assert (row.event_id, row.type, row.object_id) == (event["id"], event["type"], "cs_test_nobody")
    assert row.payload == event
    assert row.state == "received"
    assert row.api_version == event["api_version"]


def test_worker_is_told_only_after_the_event_is_stored(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as told:
        post_event(client, made_up_event())
    assert len(told) == 1


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param("", id="unsigned"),
        pytest.param("nonsense", id="not a signature"),
        pytest.param("t=abc,v1=00", id="no time"),
        pytest.param(f"t={int(time.time())}", id="no signature in it"),
        pytest.param(f"t={int(time.time())},v0=00", id="another scheme"),
    ],
)
def test_unsigned_event_is_refused_and_not_stored(client, signature):
    assert post_event(client, made_up_event(), signature=signature).status_code == 400
    assert not StripeEvent.objects.exists()


def test_event_signed_with_another_secret_is_refused(client):
    body = json.dumps(made_up_event())
    assert post_event(client, body, signature=sign(body, secret="whsec_other")).status_code == 400
    assert not StripeEvent.objects.exists()


def test_tampered_event_is_refused(client):
    body = json.dumps(made_up_event())
    forged = body.replace("cs_test_nobody", "cs_test_forged")
    assert post_event(client, forged, signature=sign(body)).status_code == 400
    assert not StripeEvent.objects.exists()


def test_stale_event_is_refused(client):
    body = json.dumps(made_up_event())
    old = sign(body, timestamp=int(time.time()) - 301)
    assert post_event(client, body, signature=old).status_code == 400
    assert not StripeEvent.objects.exists()
    fresh = sign(body, timestamp=int(time.time()) - 290)
    assert post_event(client, body, signature=fresh).status_code == 200


def test_no_secret_set_up_refuses_everything(client, settings):
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert post_event(client, made_up_event()).status_code == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("live_site", [False, True])
def test_event_of_the_other_environment_is_refused(client, settings, live_site):
    settings.STRIPE_LIVE_MODE = live_site
    assert post_event(client, made_up_event(livemode=not live_site)).status_code == 400
    assert not StripeEvent.objects.exists()
    assert post_event(client, made_up_event(livemode=live_site)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "null",
        "{}",
        '"text"',
        json.dumps(made_up_event() | {"object": "v2.core.event"}),
        json.dumps(made_up_event() | {"id": None}),
        json.dumps(made_up_event() | {"id": "evt_" + "x" * 300}),
        json.dumps(made_up_event() | {"id": "evt_\x00"}),
        json.dumps(made_up_event() | {"type": 5}),
        json.dumps(made_up_event() | {"data": {}}),
        json.dumps(made_up_event() | {"data": {"object": "cs_test"}}),
        json.dumps(made_up_event() | {"created": "yesterday"}),
        json.dumps(made_up_event() | {"created": 1e30}),
        "[" * 100_000,
    ],
)
def test_malformed_event_is_refused_though_it_is_signed(client, body):
    assert post_event(client, body).status_code == 400
    assert not StripeEvent.objects.exists()


def test_body_that_is_no_text_is_refused(client):
    answer = client.post(
        "/webhooks/stripe/",
        data=b"\xff\xfe",
        content_type="application/json",
        headers={"stripe-signature": f"t={int(time.time())},v1=00"},
    )
    assert answer.status_code == 400


def test_huge_body_is_refused_unread(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert post_event(client, made_up_event(padding="x" * 2000)).status_code == 413
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post_is_answered(client, method):
    assert getattr(client, method)("/webhooks/stripe/").status_code == 405


def test_webhook_needs_no_cookie_and_sets_none():
    answer = post_event(Client(enforce_csrf_checks=True), made_up_event())
    assert answer.status_code == 200
    assert not answer.cookies


def test_repeated_event_is_answered_200_and_stored_once(client):
    event = made_up_event()
    assert [post_event(client, event).status_code for _ in range(3)] == [200, 200, 200]
    assert StripeEvent.objects.count() == 1


def test_repeated_event_is_not_processed_again(client):
    event = made_up_event()
    post_event(client, event)
    StripeEvent.objects.update(state="processed")
    post_event(client, event)
    assert StripeEvent.objects.get().state == "processed"


def test_unknown_type_is_answered_200_stored_and_left_alone(client):
    assert post_event(client, made_up_event("treasury.something_new")).status_code == 200
    assert StripeEvent.objects.get().state == "ignored"
    assert process_due_events() == 0


def test_event_about_an_object_without_an_id_is_stored(client):
    assert post_event(client, made_up_event("balance.available", data={"object": {}})).status_code == 200
    assert StripeEvent.objects.get().object_id == ""


def test_task_and_sweep_work_off_what_is_due(client):
    post_event(client, made_up_event())
    assert process_events.call() == 1
    StripeEvent.objects.update(due_at=timezone.now())
    sweep.send(sender=None)
    assert StripeEvent.objects.get().attempts == 2


def test_failing_event_is_tried_again_later_and_the_failure_is_seen(client):
    post_event(client, made_up_event())
    assert process_due_events() == 1
    row = StripeEvent.objects.get()
    assert (row.state, row.attempts) == ("received", 1)
    assert row.error
    assert timedelta(seconds=20) < row.due_at - timezone.now() < timedelta(seconds=40)
    assert process_due_events() == 0, "not before it is due"


def test_event_that_keeps_failing_is_given_up_visibly(client):
    post_event(client, made_up_event())
    StripeEvent.objects.update(attempts=events.MAX_ATTEMPTS - 1)
    process_due_events()
    row = StripeEvent.objects.get()
    assert row.state == "failed"
    assert row.settled_at is not None
    assert process_due_events() == 0


def test_waiting_time_grows_to_two_hours_and_no_further(client):
    post_event(client, made_up_event())
    StripeEvent.objects.update(attempts=20)
    process_due_events()
    wait = StripeEvent.objects.get().due_at - timezone.now()
    assert timedelta(minutes=95) < wait < timedelta(minutes=145)


def test_error_of_our_own_is_kept_without_its_details(client, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("Key (email)=(ana@example.org)")

    monkeypatch.setattr(events, "fulfil", broken)
    post_event(client, made_up_event())
    post_event(client, made_up_event())
    assert process_due_events() == 2, "one failure does not stop the others"
    assert set(StripeEvent.objects.values_list("error", flat=True)) == {"RuntimeError"}


def test_event_in_another_workers_hand_is_left_to_it(client):
    post_event(client, made_up_event())
    row = StripeEvent.objects.get()
    StripeEvent.objects.update(due_at=timezone.now() + events.LEASE)
    assert process_event(row) is False
    StripeEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert process_event(row) is True, "a worker that died gives it back when its lease is over"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_event_delivered_many_times_at_once_is_stored_once():
    event, statuses = made_up_event(), []
    barrier = threading.Barrier(8)

    def deliver() -> None:
        barrier.wait()
        statuses.append(post_event(Client(), event).status_code)
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8
    assert StripeEvent.objects.count() == 1


def test_signature_is_checked_with_the_sdk_not_by_hand():
    body = json.dumps(made_up_event())
    event = stripe_gateway.read_event(body.encode(), sign(body, secret=SECRET))
    assert event.payload["id"] == event.id
