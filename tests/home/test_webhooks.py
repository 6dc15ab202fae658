"""What the provider tells: believed only when signed, kept once, in any order."""

import itertools
import json
import uuid
from datetime import UTC, datetime

import pytest
from anymail.signals import AnymailTrackingEvent

from home.models import MailEvent, OutboxMail
from home.outbox import drain
from home.webhooks import record_tracking_event

pytestmark = pytest.mark.django_db


def sent(to: str = "ana@example.org") -> OutboxMail:
    one = OutboxMail.objects.create(key=str(uuid.uuid4()), kind="note", to=to, subject="Hi", text="Words")
    drain(OutboxMail)
    return one


def state(one: OutboxMail) -> str:
    one.refresh_from_db()
    return one.state


def test_a_signed_delivery_notice_marks_the_row_delivered(provider, client):
    one = sent()
    provider.tell_all(client)
    assert state(one) == "delivered"
    assert MailEvent.objects.count() == 2


def test_a_bounce_says_why_without_the_address(provider, client):
    one = sent("bounce@example.org")
    provider.tell_all(client)
    assert state(one) == "bounced"
    assert one.reason == "bounced"
    assert not MailEvent.objects.filter(reason__contains="@").exists()


def test_a_rejected_message_counts_as_bounced(provider, client):
    one = sent("reject@example.org")
    provider.tell_all(client)
    assert state(one) == "bounced"


def test_a_mailbox_that_is_full_for_now_changes_nothing_until_it_arrives(provider, client):
    one = sent("softbounce@example.org")
    *before, last = provider.notices()
    for notice in before:
        provider.tell(client, notice)
    assert state(one) == "sent"
    provider.tell(client, last)
    assert state(one) == "delivered"


def test_repeated_notices_are_kept_once(provider, client):
    one = sent()
    for notice in provider.notices() * 3:
        assert provider.tell(client, notice).status_code == 200
    assert state(one) == "delivered"
    assert MailEvent.objects.count() == 2


def test_notices_in_any_order_end_in_the_same_state(provider, client):
    ends = set()
    for order in itertools.permutations(range(3)):
        provider.box.store.db.execute("DELETE FROM deliveries")
        one = sent("softbounce@example.org")
        notices = provider.notices()
        for number in order:
            provider.tell(client, notices[number])
        provider.tell(client, notices[3])
        ends.add(state(one))
    assert ends == {"delivered"}


@pytest.mark.parametrize("secret", ["forged", "signing-sandbox-forged"])
def test_a_forged_notice_is_refused_and_nothing_kept(provider, client, secret):
    one = sent()
    assert provider.tell(client, provider.notices()[-1], secret=secret).status_code == 400
    assert state(one) == "sent"
    assert not MailEvent.objects.exists()


def test_an_unsigned_notice_in_the_name_of_another_provider_is_not_believed(provider, client):
    one = sent()
    forged = {
        "event": "delivered",
        "email": one.to,
        "message-id": one.message_id,
        "X-Mailin-custom": json.dumps({"about": f"home.outboxmail:{one.public_id}"}),
    }
    client.post("/webhooks/mail/brevo/tracking/", data=forged, content_type="application/json")
    assert state(one) == "sent"
    assert not MailEvent.objects.exists()


def test_a_notice_that_is_no_json_is_refused(client, settings):
    answer = client.post("/webhooks/mail/mailgun/tracking/", data=b"{", content_type="application/json")
    assert answer.status_code == 400


def event(**changes) -> AnymailTrackingEvent:
    values = {
        "event_type": "delivered",
        "event_id": "e1",
        "message_id": "<m@x>",
        "recipient": "ana@example.org",
        "timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "metadata": {},
    }
    return AnymailTrackingEvent(**{**values, **changes})


@pytest.mark.parametrize(
    "about",
    [
        "",
        "nonsense",
        "home.outboxmail:not-an-id",
        "home.outboxmail:0f2c7f6e-8a50-4a0e-9a4b-2f6a0c1f3d10",
        "home.nothing:0f2c7f6e-8a50-4a0e-9a4b-2f6a0c1f3d11",
        "home.picture:0f2c7f6e-8a50-4a0e-9a4b-2f6a0c1f3d12",
    ],
)
def test_a_notice_about_nothing_of_ours_is_kept_and_changes_nothing(about):
    assert record_tracking_event(event=event(metadata={"about": about}), provider="Mailgun")
    assert MailEvent.objects.get().about == about


def test_a_notice_without_readable_metadata_is_kept():
    assert record_tracking_event(event=event(metadata="odd", recipient=None, message_id=None), provider="X")


def test_a_notice_without_an_id_is_known_by_its_message_and_time():
    assert record_tracking_event(event=event(event_id=None), provider="X")
    assert not record_tracking_event(event=event(event_id=None), provider="X")
    assert record_tracking_event(event=event(event_id=None, message_id="<other@x>"), provider="X")


def test_opening_a_mail_changes_nothing():
    one = OutboxMail.objects.create(key="1", kind="n", to="a@example.org", subject="", text="", state="sent")
    about = f"home.outboxmail:{one.public_id}"
    record_tracking_event(event=event(event_type="opened", metadata={"about": about}), provider="X")
    assert state(one) == "sent"


def test_a_late_delivery_notice_does_not_undo_a_bounce():
    one = OutboxMail.objects.create(key="1", kind="n", to="a@example.org", subject="", text="", state="sent")
    about = {"about": f"home.outboxmail:{one.public_id}"}
    bounce = event(event_type="bounced", metadata=about, description="no ana@example.org here")
    record_tracking_event(event=bounce, provider="X")
    record_tracking_event(event=event(event_id="e2", metadata=about), provider="X")
    assert (state(one), one.reason) == ("bounced", "no … here")
    assert str(MailEvent.objects.get(event_id="e1")) == "X bounced e1"
