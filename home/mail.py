"""The door to the email provider. Nothing else in the project calls anymail to send.

Addresses and header values are checked here for every provider, because not every provider's adapter
does: a newline or a comma that slips through adds recipients.
"""

import re
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import quote

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from anymail.message import AnymailMessage
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from urllib3.exceptions import NewConnectionError

CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")


class MailRefused(Exception):
    """The provider will never take this message."""


class MailDeferred(Exception):
    """The provider certainly did not take it; try again after `retry_after` seconds."""

    def __init__(self, reason: str, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class MailUnsure(Exception):
    """The provider may or may not have taken it. Ask, do not send again."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message to one recipient. `from_name` stands before our own address; replies go to `reply_to`."""

    to: str
    subject: str
    text: str
    html: str = ""
    from_name: str = ""
    reply_to: str = ""
    reply_to_name: str = ""
    tag: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


def clean_address(address: str) -> str:
    """The address itself, or a ValidationError: one mailbox, no name, no list, no control characters."""
    address = address.strip(" ")
    if CONTROL.search(address) or re.search(r"[,;<>()\s]", address):
        raise ValidationError(_("Enter one email address, such as name@example.org."), code="invalid")
    validate_email(address)
    return address


def clean_header(value: str, *, limit: int = 255) -> str:
    """A header value on one line, or a ValidationError."""
    if CONTROL.search(value):
        raise ValidationError(_("Line breaks and control characters can't stand here."), code="control")
    value = value.strip()
    if len(value) > limit:
        raise ValidationError(_("This is too long."), code="too_long")
    return value


def connection():
    """A connection that can be kept open over many messages."""
    return get_connection()


def send(message: Message, *, message_id: str, about: str, via=None) -> str:
    """Hand one message to the provider.

    Args:
        message_id: our Message-ID, the same at every attempt.
        about: "app.model:public id", which the provider's webhook brings back.
        via: an open connection, else a new one.

    Returns:
        The provider's id of the message.

    Raises:
        MailRefused, MailDeferred, MailUnsure; ValidationError for an address or header we won't send.
    """
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = AnymailMessage(
        subject=clean_header(message.subject),
        body=message.text,
        from_email=formataddr((clean_header(message.from_name) or sender[0], sender[1])),
        to=[clean_address(message.to)],
        headers={"Message-ID": message_id},
        connection=via or connection(),
    )
    if message.reply_to:
        mail.reply_to = [formataddr((clean_header(message.reply_to_name), clean_address(message.reply_to)))]
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    mail.metadata = {**message.metadata, "about": about}
    mail.tags = [message.tag] if message.tag else []
    # Opening and clicking are the reader's own business.
    mail.track_opens = mail.track_clicks = False
    try:
        mail.send()
    except (AnymailRecipientsRefused, AnymailInvalidAddress) as error:
        raise MailRefused("address refused by the provider") from error
    except AnymailAPIError as error:
        raise _outcome(error) from error
    except AnymailError as error:
        # Raised before anything is sent: a feature or value the provider's adapter can't carry.
        raise MailRefused(f"{type(error).__name__} before sending") from error
    return mail.anymail_status.message_id or message_id


def _outcome(error: AnymailAPIError) -> Exception:
    """What an error of the provider's API means for the message it was about."""
    status = getattr(error, "status_code", None)
    if isinstance(error, requests.exceptions.ConnectTimeout) or _never_connected(error.__cause__):
        return MailDeferred("the provider could not be reached")
    if status == 429:
        return MailDeferred("the provider asks to slow down", _retry_after(error))
    if status is None or status >= 500 or status < 400:
        # A server may take a message and fail afterwards, or answer what nobody understands.
        return MailUnsure(f"the provider answered {status or 'nothing'}")
    if status in (401, 403, 404):
        # Our settings are wrong, not the message: it waits until they are right.
        return MailDeferred("the provider refuses our key or domain", 600)
    return MailRefused(f"the provider answered {status}")


def _never_connected(cause: BaseException | None) -> bool:
    """Whether requests gave up before there was a connection, so that nothing can have been said."""
    retries = cause.args[0] if isinstance(cause, requests.exceptions.ConnectionError) and cause.args else None
    return isinstance(getattr(retries, "reason", None), NewConnectionError)


def _retry_after(error: AnymailRequestsAPIError) -> int | None:
    value = error.response.headers.get("Retry-After", "") if error.response is not None else ""
    return min(int(value), 3600) if value.isdigit() else None


def ask(*, message_id: str) -> bool | None:
    """Whether the provider took the message with this Message-ID; None where it can't be asked."""
    config: dict[str, Any] = settings.ANYMAIL
    if "mailgun" not in settings.EMAIL_BACKEND or "MAILGUN_API_KEY" not in config:
        return None
    base = str(config.get("MAILGUN_API_URL", "https://api.mailgun.net/v3")).rstrip("/")
    domain = (
        config.get("MAILGUN_SENDER_DOMAIN") or parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    )
    try:
        answer = requests.get(
            f"{base}/{quote(str(domain))}/events",
            params={"message-id": message_id.strip("<>"), "limit": "1"},
            auth=("api", str(config["MAILGUN_API_KEY"])),
            timeout=config.get("REQUESTS_TIMEOUT", 20),
        )
        answer.raise_for_status()
        return bool(answer.json()["items"])
    except (requests.RequestException, KeyError, ValueError):
        return None
