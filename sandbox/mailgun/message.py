"""A message as it was handed over."""

from dataclasses import dataclass, field
from email.utils import formatdate

from sandbox.mailgun.addresses import Address


@dataclass
class Attachment:
    name: str
    type: str
    data: bytes
    inline: bool = False


@dataclass
class Message:
    """A message as its recipients get it. ``id`` has no angle brackets; ``deliver_at`` is in Unix seconds."""

    id: str
    domain: str
    sender: Address
    to: list[Address]
    cc: list[Address]
    bcc: list[Address]
    subject: str
    text: str = ""
    html: str = ""
    amp: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    deliver_at: float | None = None

    @property
    def recipients(self) -> list[str]:
        return list(dict.fromkeys(address.email for address in self.to + self.cc + self.bcc))

    @property
    def test_mode(self) -> bool:
        return self.options.get("testmode", ["no"])[-1].lower() in ("yes", "true")

    @property
    def size(self) -> int:
        parts = (self.subject, self.text, self.html, self.amp)
        return sum(len(part.encode()) for part in parts) + sum(len(one.data) for one in self.attachments)


def headers_of(message: Message, created: float) -> list[list[str]]:
    """The header lines recipients see, in order."""
    lines = [
        ["From", message.sender.formatted],
        ["To", ", ".join(address.formatted for address in message.to)],
        ["Cc", ", ".join(address.formatted for address in message.cc)],
        ["Subject", message.subject],
        ["Date", formatdate(created)],
        ["Message-Id", f"<{message.id}>"],
    ]
    lines += [[name, value] for name, value in message.headers.items() if name.lower() != "message-id"]
    return [line for line in lines if line[1]]
