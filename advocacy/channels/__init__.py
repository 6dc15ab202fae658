"""The ways by which a letter reaches an office. Nothing else in this app talks to the outside."""

from .base import Channel
from .email import EmailChannel

CHANNELS: dict[str, Channel] = {EmailChannel.name: EmailChannel()}


def channel(name: str) -> Channel:
    """The channel of that name.

    Raises:
        KeyError: no such channel.
    """
    return CHANNELS[name]


__all__ = ["CHANNELS", "Channel", "channel"]
