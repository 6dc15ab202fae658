"""The sweeper asks every room, and one room's trouble stops no other."""

import io

from django.core.management import call_command

from home.signals import sweep


def test_every_receiver_is_asked_even_when_one_fails(db):
    asked = []

    def failing(sender, **kwargs):
        raise RuntimeError("a broken room")

    def working(sender, **kwargs):
        asked.append(True)

    sweep.connect(failing)
    sweep.connect(working)
    try:
        errors = io.StringIO()
        call_command("sweep", stderr=errors)
    finally:
        sweep.disconnect(failing)
        sweep.disconnect(working)
    assert asked == [True]
    assert "a broken room" in errors.getvalue()
