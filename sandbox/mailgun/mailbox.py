"""Messages taken and their tracking events, kept in the store's database."""

import json
import time
from collections.abc import Iterator

from sandbox.config import Config
from sandbox.mailgun import events
from sandbox.mailgun.fates import Step, steps
from sandbox.mailgun.message import Message, headers_of
from sandbox.mailgun.tables import SCHEMA, TABLES
from sandbox.store import Store, new_id
from sandbox.webhooks import Webhooks


class Mailbox:
    """What will happen to a message is written down when it is taken: events to come have a timestamp in
    the future and are hidden until then, and their webhooks wait in the core's queue. So a restart loses
    nothing, and no thread of its own is needed.
    """

    def __init__(self, store: Store, webhooks: Webhooks, config: Config) -> None:
        self.store, self.webhooks, self.config = store, webhooks, config
        with store.lock:
            store.db.executescript(SCHEMA)

    def accept(self, messages: list[Message]) -> None:
        """Take messages, and plan what becomes of each at each recipient."""
        with self.store.transaction():
            for message in messages:
                stored = self._keep(message)
                hold = max(0.0, (message.deliver_at or 0) - stored["created"])
                for recipient in message.recipients:
                    for step in steps(message, recipient):
                        self._plan(stored, recipient, step, 0 if step.event == "accepted" else hold)

    def _keep(self, message: Message) -> dict:
        created = time.time()
        stored = {
            "key": new_id("", 32),
            "id": message.id,
            "domain": message.domain,
            "created": created,
            "from": message.sender.formatted,
            "sender": message.sender.email,
            "to": [address.formatted for address in message.to],
            "cc": [address.formatted for address in message.cc],
            "bcc": [address.formatted for address in message.bcc],
            "recipients": message.recipients,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "amp": message.amp,
            "headers": headers_of(message, created),
            "variables": message.variables,
            "tags": message.tags,
            "options": message.options,
            "test_mode": message.test_mode,
            "size": message.size,
            "attachments": [
                {"name": one.name, "type": one.type, "size": len(one.data), "inline": one.inline}
                for one in message.attachments
            ],
        }
        with self.store.transaction() as db:
            seq = db.execute(
                "INSERT INTO mailgun_messages (key, subject, json) VALUES (?, ?, ?)",
                (stored["key"], message.subject, json.dumps(stored)),
            ).lastrowid
            db.executemany(
                "INSERT OR IGNORE INTO mailgun_recipients (address, seq) VALUES (?, ?)",
                [(recipient.lower(), seq) for recipient in message.recipients],
            )
            db.executemany(
                "INSERT INTO mailgun_attachments (seq, position, data) VALUES (?, ?, ?)",
                [(seq, position, one.data) for position, one in enumerate(message.attachments)],
            )
        return stored | {"seq": seq}

    def _plan(self, stored: dict, recipient: str, step: Step, hold: float) -> None:
        delay = hold + step.after * self.config.mailgun_pace
        self._record(
            stored,
            self._build(
                stored, recipient, step.event, delay=delay, severity=step.severity, attempt=step.attempt
            ),
            delay,
        )

    def _build(self, stored: dict, recipient: str, kind: str, *, delay: float = 0, **details: object) -> dict:
        storage = f"{self.config.public_url}/mailgun/v3/domains/{stored['domain']}/messages/{stored['key']}"
        timestamp = (stored["created"] if kind == "accepted" else time.time()) + delay
        return events.build(stored, recipient, kind, timestamp=timestamp, storage_url=storage, **details)

    def _record(self, stored: dict, event: dict, delay: float = 0) -> None:
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO mailgun_events (id, domain, message_seq, message_id, recipient, timestamp, json)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    event["id"],
                    stored["domain"],
                    stored["seq"],
                    stored["id"],
                    event["recipient"].lower(),
                    event["timestamp"],
                    json.dumps(event),
                ),
            )
            self._tell(event, delay)

    def _tell(self, event: dict, delay: float = 0) -> None:
        payload = events.webhook_payload(event)
        self.webhooks.send("mailgun", payload, event_id=event["id"], event_type=event["event"], delay=delay)

    def happen(self, stored: dict, recipient: str, kind: str, **details: object) -> None:
        """Something happens to a message now: an event of this kind, and its webhook."""
        self._record(stored, self._build(stored, recipient, kind, **details))

    def repeat(self, stored: dict, recipient: str, kind: str) -> None:
        """Tell of an event again that was told before; if it never happened, it happens now."""
        past = [
            event
            for event in self.events_of(stored)
            if (event["recipient"], event["event"]) == (recipient, kind)
        ]
        if past:
            self._tell(past[-1])
        else:
            self.happen(stored, recipient, kind)

    def get(self, key: str) -> dict | None:
        rows = self.store.query("SELECT seq, json FROM mailgun_messages WHERE key = ?", (key,))
        return json.loads(rows[0]["json"]) | {"seq": rows[0]["seq"]} if rows else None

    def attachment(self, stored: dict, position: int) -> bytes | None:
        sql = "SELECT data FROM mailgun_attachments WHERE seq = ? AND position = ?"
        rows = self.store.query(sql, (stored["seq"], position))
        return rows[0]["data"] if rows else None

    def messages(self, *, to: str = "", subject: str = "", limit: int = 50, offset: int = 0) -> list[dict]:
        """Messages, newest first. A ``to`` with an @ is one whole address, else a part of one."""
        where, args = self._where(to, subject)
        rows = self.store.query(
            f"SELECT seq, json FROM mailgun_messages WHERE {where} ORDER BY seq DESC LIMIT ? OFFSET ?",
            [*args, limit, offset],
        )
        return [json.loads(row["json"]) | {"seq": row["seq"]} for row in rows]

    def count(self, *, to: str = "", subject: str = "") -> int:
        where, args = self._where(to, subject)
        return self.store.query(f"SELECT count(*) FROM mailgun_messages WHERE {where}", args)[0][0]

    def empty(self, *, to: str = "", subject: str = "") -> int:
        """Forget messages with their events; webhooks already queued still go out. Returns how many."""
        where, args = self._where(to, subject)
        with self.store.transaction() as db:
            db.execute("CREATE TEMP TABLE gone AS SELECT seq FROM mailgun_messages WHERE " + where, args)
            number = db.execute("SELECT count(*) FROM gone").fetchone()[0]
            for table, column in TABLES.items():
                db.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT seq FROM gone)")
            db.execute("DROP TABLE gone")
        return number

    def _where(self, to: str, subject: str) -> tuple[str, list[str]]:
        where, args = "1", []
        if to:
            test = "address = ?" if "@" in to else "instr(address, ?)"
            where += f" AND seq IN (SELECT seq FROM mailgun_recipients WHERE {test})"
            args.append(to.strip().lower())
        if subject:
            where += " AND instr(lower(subject), ?)"
            args.append(subject.strip().lower())
        return where, args

    def events_of(self, stored: dict) -> list[dict]:
        """What has happened to a message so far, oldest first."""
        sql = (
            "SELECT json FROM mailgun_events WHERE message_seq = ? AND timestamp <= ? ORDER BY timestamp, id"
        )
        return [json.loads(row[0]) for row in self.store.query(sql, (stored["seq"], time.time()))]

    def scheduled(self, stored: dict) -> int:
        sql = "SELECT count(*) FROM mailgun_events WHERE message_seq = ? AND timestamp > ?"
        return self.store.query(sql, (stored["seq"], time.time()))[0][0]

    def webhooks_of(self, stored: dict) -> list[dict]:
        """The webhooks sent, or waiting, for a message's events, newest first."""
        rows = self.store.query(
            "SELECT * FROM deliveries WHERE part = 'mailgun'"
            " AND event_id IN (SELECT id FROM mailgun_events WHERE message_seq = ?) ORDER BY seq DESC",
            (stored["seq"],),
        )
        return [dict(row) | {"attempts": json.loads(row["attempts"])} for row in rows]

    def past_events(
        self,
        domain: str,
        *,
        since: float,
        until: float,
        ascending: bool,
        after: tuple[float, str] | None = None,
        recipient: str = "",
        message_id: str = "",
    ) -> Iterator[dict]:
        """Events of a domain within a time range, in order, beginning after the one at ``after``."""
        sign, order = (">", "ASC") if ascending else ("<", "DESC")
        where = "domain = ? AND timestamp BETWEEN ? AND ?"
        args: list[object] = [domain, since, min(until, time.time() - self.config.mailgun_events_lag)]
        for column, value in (("recipient", recipient.lower()), ("message_id", message_id)):
            if value:
                where += f" AND {column} = ?"
                args.append(value)
        while True:
            cursor, place = (
                ("", []) if after is None else (f" AND (timestamp, id) {sign} (?, ?)", list(after))
            )
            rows = self.store.query(
                f"SELECT timestamp, id, json FROM mailgun_events WHERE {where}{cursor}"
                f" ORDER BY timestamp {order}, id {order} LIMIT 300",
                [*args, *place],
            )
            yield from (json.loads(row["json"]) for row in rows)
            if len(rows) < 300:
                return
            after = (rows[-1]["timestamp"], rows[-1]["id"])
