"""The outbox: nothing lost, nothing sent twice, and what is not known is asked about."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from home import mail, outbox
from home.models import Outbound, OutboundState, OutboxMail
from home.outbox import MAX_ATTEMPTS, about, attempt, claim, drain, move, queue_mail, settle
from home.signals import sweep

pytestmark = pytest.mark.django_db


def row(to: str = "ana@example.org", **changes) -> OutboxMail:
    values = {"key": str(uuid.uuid4()), "kind": "note", "to": to, "subject": "Hi", "text": "Words", **changes}
    return OutboxMail.objects.create(**values)


def state(one: OutboxMail) -> str:
    one.refresh_from_db()
    return one.state


@pytest.fixture
def letters(settings, tmp_path):
    """Templates of a mail."""
    (tmp_path / "note_subject.txt").write_text("Hello\n {{ name }}\n")
    (tmp_path / "note.txt").write_text("\nDear {{ name }}\n\n")
    (tmp_path / "note.html").write_text("<p>{{ name }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]


def queue(key: str = "note:1", to: str = "ana@example.org") -> OutboxMail:
    return queue_mail(key=key, kind="note", to=to, template="note", context={"name": "Ana"}, language="es")


def test_a_queued_mail_is_rendered_once_and_a_task_is_told(letters, django_capture_on_commit_callbacks):
    from django_tasks import default_task_backend

    default_task_backend.clear()
    with django_capture_on_commit_callbacks(execute=True):
        first = queue()
        again = queue()
    assert first.pk == again.pk
    assert (first.subject, first.text, first.html) == ("Hello Ana", "Dear Ana\n", "<p>Ana</p>")
    assert len(default_task_backend.results) == 1


def test_a_mail_to_a_broken_address_is_not_queued(letters):
    with pytest.raises(ValidationError):
        queue(to="ana@example.org\nBcc: b@example.org")
    assert not OutboxMail.objects.exists()


def test_a_mail_is_forgotten_with_the_reason_for_it(letters):
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not OutboxMail.objects.exists()


def test_draining_sends_what_is_due_and_says_what_the_provider_said(provider):
    due, later = row(), row(due_at=timezone.now() + timedelta(hours=1))
    assert drain(OutboxMail) == 1
    assert state(due) == "sent"
    assert (due.message_id, due.attempts, due.lease, due.leased_until) == (due.own_message_id, 1, None, None)
    assert state(later) == "queued"
    assert [one["subject"] for one in provider.inbox()] == ["Hi"]


def test_draining_goes_on_over_several_batches(provider, monkeypatch):
    monkeypatch.setattr(outbox.claim, "__kwdefaults__", {"limit": 2})
    for number in range(5):
        row(to=f"n{number}@example.org")
    assert drain(OutboxMail) == 5
    assert len(provider.inbox()) == 5


def test_one_bad_address_stops_nothing_else(provider):
    refused, fine = row(to="refuse@example.org"), row()
    drain(OutboxMail)
    assert (state(refused), state(fine)) == ("failed", "sent")
    assert refused.reason == "the provider answered 400"


def test_a_stored_value_that_breaks_a_header_fails_and_never_leaves(provider):
    broken = row(subject="Hi\nBcc: all@example.org")
    drain(OutboxMail)
    assert state(broken) == "failed"
    assert "Line breaks" in broken.reason
    assert provider.inbox() == []


def test_slow_down_puts_it_back_for_as_long_as_asked(provider):
    provider.faults.add("mailgun", "error_429", seconds=90)
    one = row()
    drain(OutboxMail)
    assert state(one) == "queued"
    assert timedelta(seconds=80) < one.due_at - timezone.now() <= timedelta(seconds=90)
    OutboxMail.objects.update(due_at=timezone.now())
    drain(OutboxMail)
    assert (state(one), one.attempts) == ("sent", 2)
    assert len(provider.inbox()) == 1


def test_a_provider_that_is_not_there_backs_off_and_gives_up_in_the_end(settings, provider):
    settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_API_KEY": "wrong"}
    young, old = row(), row(attempts=MAX_ATTEMPTS - 1)
    drain(OutboxMail)
    assert (state(young), state(old)) == ("queued", "failed")
    assert young.due_at > timezone.now() + timedelta(minutes=9)


def test_back_off_doubles_from_half_a_minute_to_two_hours():
    for attempts, seconds in [(0, 30), (1, 30), (2, 60), (5, 480), (12, 7200), (24, 7200)]:
        assert 0.8 * seconds <= outbox.backoff(attempts).total_seconds() <= 1.2 * seconds


@pytest.mark.parametrize(("fault", "taken"), [("error_500", False), ("accept_then_500", True)])
def test_a_server_error_is_settled_by_asking_and_arrives_once(provider, fault, taken):
    provider.faults.add("mailgun", fault)
    one = row()
    drain(OutboxMail)
    assert state(one) == "unknown"
    settle(OutboxMail)
    assert state(one) == "unknown", "a provider's look-up lags: it isn't asked at once"
    OutboxMail.objects.update(due_at=timezone.now())
    settle(OutboxMail)
    assert state(one) == ("sent" if taken else "queued")
    drain(OutboxMail)
    assert state(one) == "sent"
    assert len(provider.inbox()) == 1


def test_no_answer_in_time_is_settled_by_asking_and_arrives_once(provider, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "REQUESTS_TIMEOUT": (2, 0.2)}
    provider.faults.add("mailgun", "timeout", seconds=0.6)
    one = row()
    drain(OutboxMail)
    assert state(one) == "unknown"
    OutboxMail.objects.update(due_at=timezone.now())
    settle(OutboxMail)
    assert (state(one), one.message_id) == ("sent", one.own_message_id)
    assert len(provider.inbox()) == 1


def test_what_the_provider_cannot_say_stays_unknown_and_is_asked_again(provider):
    provider.faults.add("mailgun", "error_500")
    one = row()
    drain(OutboxMail)
    OutboxMail.objects.update(due_at=timezone.now())
    provider.faults.add("mailgun", "error_500", path="/events")
    settle(OutboxMail)
    assert state(one) == "unknown"
    assert one.due_at > timezone.now()


def test_what_the_provider_never_takes_fails_in_the_end(provider):
    one = row(state="unknown", attempts=MAX_ATTEMPTS)
    settle(OutboxMail)
    assert (state(one), one.reason) == ("failed", "the provider never took it")


def test_a_worker_killed_before_the_call_loses_nothing(provider):
    one = row()
    claim(OutboxMail)  # and here it dies
    settle(OutboxMail)
    assert state(one) == "sending", "its lease still runs"
    OutboxMail.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    settle(OutboxMail)
    assert state(one) == "unknown"
    OutboxMail.objects.update(due_at=timezone.now())
    settle(OutboxMail)
    assert state(one) == "queued"
    drain(OutboxMail)
    assert state(one) == "sent"
    assert len(provider.inbox()) == 1


def test_a_worker_killed_after_the_call_sends_nothing_twice(provider):
    one = row()
    [claimed] = claim(OutboxMail)
    mail.send(claimed.compose(), message_id=claimed.own_message_id, about=about(claimed))  # and here it dies
    OutboxMail.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    settle(OutboxMail)
    OutboxMail.objects.update(due_at=timezone.now())
    settle(OutboxMail)
    drain(OutboxMail)
    assert state(one) == "sent"
    assert len(provider.inbox()) == 1


def test_a_slow_worker_whose_lease_ran_out_does_not_send_what_another_now_has(provider):
    one = row()
    [slow] = claim(OutboxMail)
    OutboxMail.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    settle(OutboxMail)
    OutboxMail.objects.update(due_at=timezone.now())
    settle(OutboxMail)
    drain(OutboxMail)
    attempt(slow)
    assert state(one) == "sent"
    assert len(provider.inbox()) == 1


def test_the_lease_is_renewed_for_each_call_of_a_long_batch(provider):
    one = row()
    [claimed] = claim(OutboxMail)
    OutboxMail.objects.update(leased_until=timezone.now() + timedelta(seconds=1))
    seen = []

    class Via:
        def send_messages(self, messages):
            seen.append(OutboxMail.objects.get(pk=one.pk).leased_until)
            return mail.connection().send_messages(messages)

    attempt(claimed, via=Via())
    assert seen[0] > timezone.now() + timedelta(minutes=4)


def test_a_claimed_row_is_nobody_elses():
    row()
    assert len(claim(OutboxMail)) == 1
    assert claim(OutboxMail) == []


def test_a_webhook_that_overtakes_our_own_record_is_kept(provider, client):
    """The provider tells of the delivery before our call has returned."""
    one = row()
    [claimed] = claim(OutboxMail)

    class Via:
        def send_messages(self, messages):
            sent = mail.connection().send_messages(messages)
            provider.tell_all(client)
            return sent

    attempt(claimed, via=Via())
    assert (state(one), one.message_id, one.attempts) == ("delivered", one.own_message_id, 1)


def test_a_message_that_cannot_be_written_waits_and_stops_no_other(provider, monkeypatch):
    broken, fine = row(kind="broken"), row()
    written = OutboxMail.compose

    def compose(self):
        if self.kind == "broken":
            raise KeyError("template")
        return written(self)

    monkeypatch.setattr(OutboxMail, "compose", compose)
    drain(OutboxMail)
    assert (state(broken), state(fine)) == ("queued", "sent")
    assert broken.due_at > timezone.now()


def test_a_message_that_must_not_be_sent_fails_with_its_reason(provider, monkeypatch):
    def compose(self):
        raise ValidationError("not to this address")

    monkeypatch.setattr(OutboxMail, "compose", compose)
    one = row()
    drain(OutboxMail)
    assert (state(one), one.reason) == ("failed", "not to this address")


def test_an_unforeseen_error_during_the_call_is_asked_about_and_stops_no_other(provider):
    class Via:
        def send_messages(self, messages):
            raise MemoryError

    broken, fine = row(), row()
    for claimed in claim(OutboxMail):
        attempt(claimed, via=Via() if claimed.pk == broken.pk else None)
    assert (state(broken), state(fine)) == ("unknown", "sent")


def test_the_provider_being_down_loses_nothing(settings, provider):
    settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_API_URL": "http://127.0.0.1:9/v3"}
    one = row()
    drain(OutboxMail)
    assert (state(one), one.reason) == ("queued", "the provider could not be reached")


@pytest.mark.parametrize("old", OutboundState.values)
@pytest.mark.parametrize("new", OutboundState.values)
def test_only_whitelisted_moves_happen(old, new):
    one = row(state=old)
    allowed = new in OutboxMail.TRANSITIONS[old]
    assert move(one, new) is allowed
    assert state(one) == (new if allowed else old)


def test_the_database_refuses_a_state_nobody_knows():
    with pytest.raises(IntegrityError):
        row(state="lost")


def test_a_bare_outbound_row_says_what_is_missing_and_leaves_no_trace():
    bare = OutboxMail()
    with pytest.raises(NotImplementedError):
        Outbound.recipient(bare)
    with pytest.raises(NotImplementedError):
        Outbound.compose(bare)
    assert Outbound.leave_traces([bare], state="sent") is None


def test_a_mail_names_its_recipient_and_itself():
    one = row(key="note:9")
    assert (one.recipient(), str(one)) == ("ana@example.org", "note: note:9")


def test_the_sweep_finds_what_a_lost_task_forgot(provider):
    one = row()
    sweep.send(sender=None)
    assert state(one) == "sent"


def test_the_task_drains_the_outbox(provider):
    from home.tasks import drain_mail

    one = row()
    assert drain_mail.call() == 1
    assert state(one) == "sent"
