"""Outgoing webhooks of any part: retries, faults, holding, forging, surviving a restart."""

import contextlib
import json
import time

import pytest
import requests
import stripe

from sandbox.store import Store
from sandbox.webhooks import Webhooks


def send(box, *names: str) -> None:
    for name in names:
        payload = {"id": name, "object": "event"}
        box.webhooks.send("stripe", payload, event_id=name, event_type="test.happened")


def names(receiver) -> list[str]:
    return [json.loads(received.body)["id"] for received in receiver.requests]


def test_refused_delivery_is_tried_again_until_it_is_taken(box, receiver):
    receiver.answers = [500, 302, 200]
    send(box, "evt_1")
    assert box.webhooks.wait_idle()
    delivery = box.webhooks.deliveries()[0]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 302, 200]
    assert delivery["state"] == "delivered"
    assert names(receiver) == ["evt_1"] * 3


def test_delivery_fails_when_its_attempts_are_used_up(box, receiver):
    receiver.answers = [500] * 10
    send(box, "evt_1")
    assert box.webhooks.wait_idle()
    assert (len(receiver.requests), box.webhooks.deliveries()[0]["state"]) == (4, "failed")


def test_endpoint_that_cannot_be_reached_is_recorded_and_retried(start):
    box = start(stripe_webhook_url="http://127.0.0.1:1/webhook", webhook_backoff=(0.01,))
    send(box, "evt_1")
    assert box.webhooks.wait_idle()
    delivery = box.webhooks.deliveries()[0]
    assert delivery["state"] == "failed"
    assert [attempt["answer"] for attempt in delivery["attempts"]] == ["ConnectionError"] * 2


def test_nothing_is_sent_without_an_endpoint(start):
    box = start(stripe_webhook_url="")
    send(box, "evt_1")
    assert box.webhooks.deliveries() == []


def test_each_attempt_is_signed_afresh(box, receiver):
    receiver.answers = [500]
    send(box, "evt_1")
    assert box.webhooks.wait_idle()
    for received in receiver.requests:
        stripe.WebhookSignature.verify_header(
            received.body, received.headers["Stripe-Signature"], "whsec_sandbox", tolerance=60
        )


def test_held_webhooks_wait_for_flush_or_release(box, receiver):
    box.webhooks.hold()
    send(box, "evt_1", "evt_2")
    assert box.webhooks.wait_idle(timeout=0.2) is False
    assert receiver.requests == []
    assert box.webhooks.flush() == 2
    assert names(receiver) == ["evt_1", "evt_2"]
    send(box, "evt_3")
    box.webhooks.release()
    assert box.webhooks.wait_idle()
    assert names(receiver) == ["evt_1", "evt_2", "evt_3"]


def test_duplicate_fault_sends_twice(box, receiver):
    box.faults.add("stripe", "webhook_duplicate")
    send(box, "evt_1", "evt_2")
    assert box.webhooks.wait_idle()
    assert sorted(names(receiver)) == ["evt_1", "evt_1", "evt_2"]


def test_dropped_webhook_is_never_sent_but_can_be_sent_again_by_hand(box, receiver):
    box.faults.add("stripe", "webhook_drop", path="test.")
    send(box, "evt_1")
    assert box.webhooks.wait_idle()
    assert receiver.requests == []
    delivery = box.webhooks.deliveries()[0]
    assert delivery["state"] == "dropped"
    assert box.webhooks.resend(delivery["seq"])
    assert box.webhooks.wait_idle()
    assert names(receiver) == ["evt_1"]


def test_delayed_webhook_comes_later(box, receiver):
    box.faults.add("stripe", "webhook_delay", seconds=0.3)
    sent = time.time()
    send(box, "evt_1")
    assert box.webhooks.wait_idle()
    assert box.webhooks.deliveries()[0]["attempts"][0]["at"] - sent >= 0.3


def test_reordered_webhook_comes_after_the_next_one(box, receiver):
    box.faults.add("stripe", "webhook_reorder")
    send(box, "evt_1", "evt_2")
    assert box.webhooks.wait_idle()
    assert names(receiver) == ["evt_2", "evt_1"]


def test_reordered_webhook_with_none_to_follow_is_sent_all_the_same(box, receiver):
    box.faults.add("stripe", "webhook_reorder")
    send(box, "evt_1")
    assert box.webhooks.flush() == 1
    assert names(receiver) == ["evt_1"]


@pytest.mark.parametrize(("variant", "why"), [("forged", "No signatures found"), ("stale", "tolerance zone")])
def test_forged_and_stale_ones_do_not_verify_and_are_not_retried(box, receiver, variant, why):
    send(box, "evt_1")
    assert box.webhooks.wait_idle()
    receiver.requests.clear()
    receiver.answers = [400]
    seq = box.webhooks.deliveries()[0]["seq"]
    assert box.webhooks.resend(seq, variant)
    assert box.webhooks.wait_idle()
    (received,) = receiver.requests
    with pytest.raises(stripe.SignatureVerificationError, match=why):
        stripe.Webhook.construct_event(received.body, received.headers["Stripe-Signature"], "whsec_sandbox")
    assert box.webhooks.deliveries()[0]["state"] == "failed"


def test_pending_webhook_is_sent_after_a_restart(start, receiver, tmp_path):
    state = str(tmp_path / "state.sqlite3")
    first = start(state=state, port=0)
    first.webhooks.hold()
    send(first, "evt_1")
    first.__exit__(None, None, None)
    assert receiver.requests == []
    second = start(state=state)
    assert second.webhooks.wait_idle()
    assert names(receiver) == ["evt_1"]


def test_delivery_cut_off_in_mid_send_is_sent_after_a_restart(start, receiver, tmp_path):
    state = str(tmp_path / "state.sqlite3")
    first = start(state=state)
    first.webhooks.hold()
    send(first, "evt_1")
    first.store.query("UPDATE deliveries SET state = 'sending'")
    first.__exit__(None, None, None)
    assert start(state=state).webhooks.wait_idle()
    assert names(receiver) == ["evt_1"]


def test_webhook_of_a_rolled_back_change_is_not_sent(box, receiver):
    with contextlib.suppress(ZeroDivisionError), box.store.transaction():
        send(box, "evt_1")
        raise ZeroDivisionError
    send(box, "evt_2")
    assert box.webhooks.wait_idle()
    assert names(receiver) == ["evt_2"]


def test_delivery_of_a_part_that_is_gone_fails_quietly(box):
    store = Store()
    webhooks = Webhooks(box.config, store, box.faults)
    webhooks.register("gone", url="http://127.0.0.1:1/", secret="x", signer=lambda *_: (b"", {}))
    webhooks.send("gone", {}, event_id="1", event_type="x")
    webhooks.endpoints.clear()
    webhooks.flush()
    assert webhooks.deliveries()[0]["attempts"][0]["answer"] == "no endpoint"
    store.close()


class TestPage:
    def test_shows_attempts_and_offers_to_resend(self, box, receiver):
        send(box, "evt_1")
        assert box.webhooks.wait_idle()
        page = requests.get(f"{box.url}/webhooks", headers={"Accept": "text/html"}, timeout=10).text
        assert "test.happened" in page
        seq = box.webhooks.deliveries()[0]["seq"]
        for act in ("resend", "forged", "stale"):
            assert f'action="/webhooks/{seq}/{act}"' in page
            requests.post(f"{box.url}/webhooks/{seq}/{act}", timeout=10)
        assert box.webhooks.wait_idle()
        assert len(receiver.requests) == 4
        assert requests.post(f"{box.url}/webhooks/999/resend", timeout=10).status_code == 404

    def test_holds_flushes_and_releases(self, box, receiver):
        for act, held in (("hold", True), ("flush", True), ("release", False)):
            requests.post(f"{box.url}/webhooks/{act}", timeout=10)
            assert requests.get(f"{box.url}/webhooks", timeout=10).json()["held"] is held

    def test_filters_by_part(self, box):
        send(box, "evt_1")
        listed = requests.get(f"{box.url}/webhooks?part=mailgun", timeout=10).json()
        assert listed["deliveries"] == []
        assert len(requests.get(f"{box.url}/webhooks?part=stripe", timeout=10).json()["deliveries"]) == 1
