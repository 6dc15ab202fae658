"""Tracking events as Mailgun's Events API and webhooks spell them."""

import hashlib
import hmac
import json
import secrets

from sandbox.store import new_id

LEVELS = {"failed": "error", "rejected": "warn", "complained": "warn"}
KINDS = ("accepted", "rejected", "delivered", "failed", "opened", "clicked", "unsubscribed", "complained")
BY_PEOPLE = ("opened", "clicked", "unsubscribed", "complained")
CLIENT = {
    "client-os": "Linux",
    "device-type": "desktop",
    "client-name": "Chromium",
    "client-type": "browser",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chromium",
    "bot": "",
}


def sign(payload: dict, secret: str, timestamp: int) -> tuple[bytes, dict[str, str]]:
    """The signed body of a webhook. A retry keeps its payload's token, as the same notification it is."""
    token = payload["token"]
    digest = hmac.new(secret.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    signature = {"timestamp": str(timestamp), "token": token, "signature": digest}
    body = {"signature": signature, "event-data": payload["event-data"]}
    return json.dumps(body).encode(), {"Content-Type": "application/json", "User-Agent": "mailgun/sandbox"}


def webhook_payload(event: dict) -> dict:
    """One notification of an event: telling of the same event again takes a new token."""
    return {"token": secrets.token_hex(25), "event-data": event}


def build(
    stored: dict,
    recipient: str,
    kind: str,
    *,
    timestamp: float,
    severity: str = "",
    attempt: int = 1,
    storage_url: str = "",
    url: str = "",
) -> dict:
    """The data of one event on a stored message (the mailbox's JSON form). ``url`` is the link clicked."""
    event = {
        "event": kind,
        "id": new_id("", 22),
        "timestamp": round(timestamp, 6),
        "log-level": "warn" if severity == "temporary" else LEVELS.get(kind, "info"),
        "recipient": recipient,
        "recipient-domain": recipient.rpartition("@")[2],
        "tags": stored["tags"],
        "campaigns": [],
        "user-variables": stored["variables"],
        "flags": {
            "is-routed": False,
            "is-authenticated": True,
            "is-system-test": False,
            "is-test-mode": stored["test_mode"],
        },
        "message": {
            "headers": {
                "to": ", ".join(stored["to"]),
                "message-id": stored["id"],
                "from": stored["from"],
                "subject": stored["subject"],
            },
            "attachments": [
                {"filename": one["name"], "content-type": one["type"], "size": one["size"]}
                for one in stored["attachments"]
            ],
            "size": stored["size"],
        },
        "storage": {"url": storage_url, "key": stored["key"]},
    }
    if kind not in BY_PEOPLE:
        event["envelope"] = {
            "transport": "smtp",
            "sender": stored["sender"],
            "sending-ip": "127.0.0.1",
            "targets": recipient,
        }
    return event | _details(kind, severity, attempt, recipient, url)


def _details(kind: str, severity: str, attempt: int, recipient: str, url: str) -> dict:
    host = f"mx.{recipient.rpartition('@')[2]}"
    status = {
        "tls": True,
        "mx-host": host,
        "attempt-no": attempt,
        "session-seconds": 0.2,
        "utf8": True,
        "certificate-verified": True,
        "description": "",
    }
    if kind == "accepted":
        return {"method": "HTTP"}
    if kind == "delivered":
        return {"delivery-status": status | {"code": 250, "message": "OK"}}
    if kind == "failed" and severity == "temporary":
        message = "4.2.2 The mailbox is full for now; try again later"
        return {
            "severity": "temporary",
            "reason": "generic",
            "delivery-status": status | {"code": 452, "message": message, "retry-seconds": 600},
        }
    if kind == "failed":
        message = "5.1.1 The email account that you tried to reach does not exist"
        return {
            "severity": "permanent",
            "reason": "bounce",
            "delivery-status": status | {"code": 550, "message": message},
        }
    if kind == "rejected":
        return {"reject": {"reason": "Recipient refused by the sending policy", "description": ""}}
    if kind == "complained":
        return {}
    client = {
        "ip": "127.0.0.1",
        "geolocation": {"country": "US", "region": "DC", "city": "Washington"},
        "client-info": CLIENT,
    }
    return client | ({"url": url} if kind == "clicked" else {})
