"""From the confirmed letter to what each office's mail server says, over the provider's real API."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from advocacy import services
from advocacy.channels import CHANNELS, channel
from advocacy.models import Delivery, DeliveryEvent, Letter
from advocacy.tasks import drain_deliveries
from home.outbox import claim, drain, settle
from home.signals import sweep
from tests.advocacy.factories import DeliveryFactory, LetterFactory, OfficialFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(campaign, arizona, provider) -> Letter:
    """Confirmed a moment ago; three offices wait."""
    written = LetterFactory(campaign_key=campaign.translation_key)
    return services.confirm_letter(token=services.confirmation_token(written), now=timezone.now())


def states(letter: Letter) -> list[str]:
    return list(Delivery.objects.filter(letter=letter).order_by("pk").values_list("state", flat=True))


def history(row: Delivery) -> list[str]:
    return list(row.events.values_list("state", flat=True))


def later() -> None:
    Delivery.objects.update(due_at=timezone.now())


def test_each_office_gets_one_message_from_us_with_answers_to_the_writer(letter, provider):
    assert drain_deliveries.call() == 3
    inbox = provider.inbox()
    assert sorted(one["recipients"][0] for one in inbox) == [
        "ferncastle@office.example",
        "marchbank@office.example",
        "quillon@office.example",
    ]
    for one in inbox:
        headers = dict(one["headers"])
        assert one["sender"] == "hello@puente.example"
        assert "Ana Pérez via Puente" in one["from"]
        assert "ana@example.org" in headers["Reply-To"]
        assert one["subject"] == "Please protect children"
        assert one["tags"] == ["letter"]
    assert states(letter) == ["sent"] * 3


def test_the_letter_keeps_the_writers_words_apart_and_proves_the_constituent_at_the_end(letter, provider):
    drain(Delivery)
    [one] = provider.inbox(to="ferncastle@office.example")
    body, signature = one["text"].split("Sincerely,")
    assert body.split("\n\n")[:4] == [
        "Dear Representative Ferncastle,",
        "I write to you.",
        "I ask two things.",
        "My niece is two.\nShe sings.",
    ]
    assert "12 Mesquite Lane\nPhoenix, AZ 85004\nana@example.org" in signature
    assert "Ana Pérez" not in body
    assert "My niece is two.<br>She sings." in one["html"]


def test_what_a_writer_types_is_text_never_markup(letter, provider):
    Letter.objects.update(own_words="<script>alert(1)</script> {{ 7|add:7 }}", name="Ana <b>P</b>")
    drain(Delivery)
    one = provider.inbox()[0]
    assert "<script>" not in one["html"]
    assert "<b>P</b>" not in one["html"]
    assert "<script>alert(1)</script> {{ 7|add:7 }}" in one["text"]


def test_a_letter_without_own_words_has_no_empty_place(letter, provider):
    Letter.objects.update(own_words="")
    drain(Delivery)
    assert "things.\n\nThank you." in provider.inbox()[0]["text"]


def test_the_provider_tells_that_they_arrived(letter, provider, client):
    drain(Delivery)
    provider.tell_all(client)
    assert states(letter) == ["delivered"] * 3
    row = letter.deliveries.first()
    assert history(row) == ["queued", "sending", "sent", "delivered"]
    assert row.events.last().evidence == "Mailgun: delivered"


def test_webhooks_repeated_and_reversed_end_in_the_same_truth(letter, provider, client):
    Delivery.objects.filter(official_name="Ottilie Quillon").update(address="bounce.quillon@office.example")
    drain(Delivery)
    for notice in [*reversed(provider.notices()), *provider.notices()]:
        assert provider.tell(client, notice).status_code == 200
    assert states(letter) == ["delivered", "bounced", "delivered"]
    assert DeliveryEvent.objects.filter(state="delivered").count() == 2


def test_a_bounce_stops_no_other_office(letter, provider, client):
    Delivery.objects.filter(official_name="Ottilie Marchbank").update(address="bounce.m@office.example")
    Delivery.objects.filter(official_name="Ottilie Quillon").update(address="refuse.q@office.example")
    drain(Delivery)
    provider.tell_all(client)
    assert states(letter) == ["bounced", "failed", "delivered"]


def test_a_forged_webhook_changes_nothing(letter, provider, client):
    drain(Delivery)
    assert provider.tell(client, provider.notices()[0], secret="wrong").status_code == 400
    assert states(letter) == ["sent"] * 3


@pytest.mark.parametrize("fault", ["error_429", "error_500", "accept_then_500", "timeout"])
def test_whatever_the_provider_does_each_office_has_it_once(letter, provider, client, settings, fault):
    settings.ANYMAIL = {**settings.ANYMAIL, "REQUESTS_TIMEOUT": (2, 0.3)}
    provider.faults.add("mailgun", fault, count=2, path="/messages", seconds=0.8)
    for _round in range(4):
        drain(Delivery)
        later()
        settle(Delivery)
    provider.tell_all(client)
    assert states(letter) == ["delivered"] * 3
    inbox = [one["recipients"][0] for one in provider.inbox()]
    assert len(inbox) == len(set(inbox)) == 3


def test_a_message_taken_whose_answer_was_lost_is_settled_by_the_webhook(letter, provider, client):
    provider.faults.add("mailgun", "accept_then_500", count=3)
    drain(Delivery)
    assert states(letter) == ["unknown"] * 3
    provider.tell_all(client)
    assert states(letter) == ["delivered"] * 3


def test_two_workers_share_the_work_and_send_nothing_twice(letter, provider):
    first, second = claim(Delivery, limit=2), claim(Delivery)
    assert {row.pk for row in first}.isdisjoint({row.pk for row in second})
    assert len(first) + len(second) == 3


def test_a_second_worker_that_starts_during_a_call_sends_nothing_of_the_first(letter, provider):
    from home import mail

    second = []

    class Slow(type(mail.connection())):
        def send_messages(self, messages):
            sent = super().send_messages(messages)
            second.append(drain(Delivery))
            return sent

    assert drain(Delivery, connection=Slow) == 3
    assert second == [0, 0, 0]
    assert len(provider.inbox()) == 3


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_workers_in_parallel_send_each_letter_once(provider):
    """Real connections side by side; in the memory of SQLite there is one, so there they take turns."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection, connections

    letters = [LetterFactory(state="confirmed", confirmed_at=timezone.now()) for _number in range(8)]
    officials = [OfficialFactory() for _number in range(3)]
    for written in letters:
        for official in officials:
            DeliveryFactory(letter=written, official=official)

    def work(_number: int) -> int:
        try:
            return drain(Delivery)
        finally:
            if side_by_side:
                connections.close_all()

    side_by_side = connection.vendor == "postgresql"
    if side_by_side:
        with ThreadPoolExecutor(4) as workers:
            assert sum(workers.map(work, range(4))) == 24
    else:
        assert sum(map(work, range(4))) == 24
    names = [one["variables"]["about"] for one in provider.inbox()]
    assert len(names) == len(set(names)) == 24


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(letter, provider, client):
    from home import mail, outbox

    rows = claim(Delivery)
    row = rows[0]
    mail.send(row.compose(), message_id=row.own_message_id, about=outbox.about(row))  # and here it dies
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    settle(Delivery)
    assert states(letter) == ["unknown"] * 3
    later()
    settle(Delivery)
    assert sorted(states(letter)) == ["queued", "queued", "sent"]
    sweep.send(sender=None)
    assert states(letter) == ["sent"] * 3
    assert len(provider.inbox()) == 3


def test_an_invented_person_is_never_written_to_at_a_real_address(letter, provider):
    """Constraints hold it; should one be gone some day, the channel still refuses."""
    row = letter.deliveries.first()
    row.address = "real@house.gov"
    with pytest.raises(ValidationError):
        channel("email").compose(row)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    official = row.official
    official.email = "real@house.gov"
    with pytest.raises(IntegrityError), transaction.atomic():
        official.save()


def test_a_delivery_that_must_not_go_out_fails_visibly(letter, provider, monkeypatch):
    def compose(self, delivery):
        raise ValidationError("An invented person has a real address.")

    monkeypatch.setattr(type(CHANNELS["email"]), "compose", compose)
    drain(Delivery)
    assert states(letter) == ["failed"] * 3
    assert letter.deliveries.first().reason == "An invented person has a real address."
    assert provider.inbox() == []


def test_an_office_without_an_address_gets_no_delivery(campaign, arizona):
    OfficialFactory(last_name="Unreachable", email="", state="NM")
    written = LetterFactory(campaign_key=campaign.translation_key, region="NM", district="")
    services.confirm_letter(token=services.confirmation_token(written), now=timezone.now())
    assert written.deliveries.count() == 0


def test_an_office_gets_a_letter_once(letter):
    row = letter.deliveries.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryFactory(letter=letter, official=row.official)


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Delivery, {"state": "lost"}),
        (Letter, {"state": "lost"}),
        (Letter, {"matched_by": "guess"}),
        (Letter, {"confirmed_at": None}),
        (DeliveryEvent, {"state": "lost"}),
    ],
)
def test_the_database_refuses_what_cannot_be(letter, model, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**changes)


def test_what_happened_is_added_to_never_changed(letter):
    happened = DeliveryEvent.objects.first()
    with pytest.raises(ValidationError):
        happened.save()
    DeliveryEvent.objects.create(delivery=letter.deliveries.first(), state="sending")


def test_a_letter_with_deliveries_is_not_deleted_by_accident(letter):
    with pytest.raises(ProtectedError):
        letter.delete()


def test_a_delivery_outlives_the_person_in_the_directory(letter, arizona):
    arizona[0].delete()
    row = letter.deliveries.get(official_name="Ottilie Marchbank")
    assert row.official is None
    assert row.recipient() == "marchbank@office.example"


def test_letters_and_deliveries_read_well_in_lists(letter):
    row = letter.deliveries.order_by("pk").first()
    assert str(row) == "Senator Ottilie Marchbank, Arizona · queued"
    assert str(letter).startswith("Tell Congress · AZ · ")
    assert str(row.events.first()).startswith("queued 20")


def test_a_channel_nobody_has_is_an_error():
    with pytest.raises(KeyError):
        channel("pigeon")
