from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from advocacy.models import Delivery, Official
    from home.mail import Message


class Channel(Protocol):
    """One way to reach an office. It says only what it knows: what it sends, and whom it can reach."""

    name: str

    def reaches(self, official: "Official") -> bool:
        """Whether this office can be written to this way."""

    def compose(self, delivery: "Delivery") -> "Message":
        """What is sent, built from the letter's snapshots alone.

        Raises:
            ValidationError: it must not be sent, and never will be.
        """
