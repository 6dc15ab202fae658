"""What a sender posts, read and checked as Mailgun's send API does."""

import email
import json
import re
import time
from email.policy import default as policy
from email.utils import parsedate_to_datetime

from werkzeug.datastructures import FileStorage, MultiDict

from sandbox.mailgun.addresses import CONTROL, Address, parse
from sandbox.mailgun.message import Attachment, Message
from sandbox.store import new_id

MAX_RECIPIENTS = 1000
PLACEHOLDER = re.compile(r"%recipient\.([^%\r\n]+)%")
MESSAGE_ID = re.compile(r"<?([^<>\s@]+@[^<>\s@]+)>?")
BODIES = {"text": "text", "html": "html", "amp-html": "amp"}


class Refused(Exception):
    """The API answers 400 with this message."""


def from_form(domain: str, form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> list[Message]:
    """``POST /v3/<domain>/messages``: one message, or one per recipient if there are recipient variables.

    Raises:
        Refused: a parameter is missing or wrong.
    """
    to, cc, bcc = _recipients(form)
    if form.get("template"):
        raise Refused(f'template with name "{form["template"]}" not found')
    if not any(form.get(name) for name in BODIES):
        raise Refused("Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified")
    headers = {name[2:]: value for name, value in form.items() if name.startswith("h:")}
    message = Message(
        id=_message_id(domain, headers),
        domain=domain,
        sender=_addresses(form, "from", required=True)[0],
        to=to,
        cc=cc,
        bcc=bcc,
        subject=form.get("subject", ""),
        headers=headers,
        attachments=_attachments(files),
        **{name: form.get(parameter, "") for parameter, name in BODIES.items()},
    )
    _set_options(message, form)
    if any(CONTROL.search(value) for value in (message.subject, *headers, *headers.values())):
        raise Refused("header values may not contain control characters")
    if "recipient-variables" not in form:
        return [message]
    return _one_each(message, _json_object(form["recipient-variables"], "recipient-variables"))


def from_mime(domain: str, form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> list[Message]:
    """``POST /v3/<domain>/messages.mime``: the recipients as parameters, the message as a file or a field.

    Raises:
        Refused: a parameter is missing or wrong.
    """
    raw = files["message"].read() if "message" in files else form.get("message", "").encode()
    if not raw:
        raise Refused("message parameter is missing")
    parsed = email.message_from_bytes(raw, policy=policy)
    to, cc, bcc = _recipients(form)
    try:
        sender = parse([str(parsed["From"] or "")])[0]
    except ValueError:
        raise Refused("'from' parameter is not a valid address. please check documentation") from None
    own = {
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "content-type",
        "mime-version",
        "content-transfer-encoding",
    }
    headers = {name: str(value) for name, value in parsed.items() if name.lower() not in own}
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    message = Message(
        id=_message_id(domain, headers),
        domain=domain,
        sender=sender,
        to=to,
        cc=cc,
        bcc=bcc,
        subject=str(parsed["Subject"] or ""),
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
        headers=headers,
        attachments=[
            Attachment(
                part.get_filename() or "attachment", part.get_content_type(), part.get_payload(decode=True)
            )
            for part in parsed.iter_attachments()
        ],
    )
    _set_options(message, form)
    return [message]


def _addresses(form: MultiDict[str, str], name: str, *, required: bool = False) -> list[Address]:
    values = [value for value in form.getlist(name) if value.strip()]
    if required and not values:
        raise Refused(f"{name} parameter is missing")
    try:
        return parse(values)
    except ValueError:
        raise Refused(f"'{name}' parameter is not a valid address. please check documentation") from None


def _recipients(form: MultiDict[str, str]) -> tuple[list[Address], list[Address], list[Address]]:
    to = _addresses(form, "to", required=True)
    cc, bcc = _addresses(form, "cc"), _addresses(form, "bcc")
    if len(to) + len(cc) + len(bcc) > MAX_RECIPIENTS:
        raise Refused(f"Too many recipients: a message may have {MAX_RECIPIENTS}")
    for name, addresses in (("to", to), ("cc", cc), ("bcc", bcc)):
        if any(address.local.lower().startswith("refuse") for address in addresses):
            raise Refused(f"'{name}' parameter is not a valid address. please check documentation")
    return to, cc, bcc


def _message_id(domain: str, headers: dict[str, str]) -> str:
    own = next((value for name, value in headers.items() if name.lower() == "message-id"), "")
    match = MESSAGE_ID.fullmatch(own.strip())
    return (
        match[1]
        if match
        else f"{time.strftime('%Y%m%d%H%M%S', time.gmtime())}.{new_id('', 16).lower()}@{domain}"
    )


def _attachments(files: MultiDict[str, FileStorage]) -> list[Attachment]:
    return [
        Attachment(file.filename or "attachment", file.mimetype, file.read(), inline=kind == "inline")
        for kind in ("attachment", "inline")
        for file in files.getlist(kind)
    ]


def _set_options(message: Message, form: MultiDict[str, str]) -> None:
    """Options (o:), variables (v: and X-Mailgun-Variables) and tags."""
    message.options = {name[2:]: form.getlist(name) for name in form if name.startswith("o:")}
    message.tags = message.options.get("tag", [])
    named = next(
        (value for name, value in message.headers.items() if name.lower() == "x-mailgun-variables"), "{}"
    )
    message.variables = _json_object(named, "h:X-Mailgun-Variables") | {
        name[2:]: value for name, value in form.items() if name.startswith("v:")
    }
    if "deliverytime" in message.options:
        try:
            message.deliver_at = parsedate_to_datetime(message.options["deliverytime"][-1]).timestamp()
        except (TypeError, ValueError):
            raise Refused(
                "'o:deliverytime' parameter is not a valid date. please check documentation"
            ) from None


def _json_object(value: str, name: str) -> dict:
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise Refused(f"'{name}' parameter is not a valid JSON object. please check documentation")
    return parsed


def _one_each(message: Message, by_recipient: dict[str, dict]) -> list[Message]:
    """Batch sending: each recipient gets a message of their own, with their own values filled in."""
    copies = []
    for address in message.to:
        values = by_recipient.get(address.email, {})

        def fill(text: str, values: dict = values) -> str:
            return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), text)

        copies.append(
            Message(
                **vars(message)
                | {
                    "to": [address],
                    "subject": fill(message.subject),
                    "text": fill(message.text),
                    "html": fill(message.html),
                    "amp": fill(message.amp),
                    "headers": {name: fill(value) for name, value in message.headers.items()},
                    "variables": {name: fill(str(value)) for name, value in message.variables.items()},
                }
            )
        )
    return copies
