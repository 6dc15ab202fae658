"""What becomes of a message at each recipient, and when."""

from typing import NamedTuple

from sandbox.mailgun.message import Message

SOON = 0.3
SLOW = 20.0


class Step(NamedTuple):
    """``after`` is in seconds since the message was taken; ``severity`` only stands with ``failed``."""

    after: float
    event: str
    severity: str = ""
    attempt: int = 1


def steps(message: Message, recipient: str) -> list[Step]:
    accepted = Step(0, "accepted")
    local = recipient.rpartition("@")[0].lower()
    if message.test_mode:
        return [accepted, Step(SOON, "delivered")]
    if local.startswith("bounce"):
        return [accepted, Step(SOON, "failed", "permanent")]
    if local.startswith("softbounce"):
        return [
            accepted,
            Step(SOON, "failed", "temporary", 1),
            Step(4 * SOON, "failed", "temporary", 2),
            Step(10 * SOON, "delivered", attempt=3),
        ]
    if local.startswith("reject"):
        return [Step(SOON, "rejected")]
    return [accepted, Step(SLOW if local.startswith("slow") else SOON, "delivered")]
