"""Everything the sandbox remembers, in one SQLite file (or in memory)."""

import json
import secrets
import sqlite3
import string
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    created INTEGER NOT NULL,
    json TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS objects_kind_seq ON objects (kind, seq);
CREATE TABLE IF NOT EXISTS object_keys (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (kind, name, value, seq)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS object_keys_seq ON object_keys (seq);
CREATE TABLE IF NOT EXISTS idempotency (
    part TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER,
    body TEXT,
    request_id TEXT,
    created INTEGER NOT NULL,
    PRIMARY KEY (part, key)
);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    part TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    url TEXT NOT NULL,
    payload TEXT NOT NULL,
    variant TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    next_at REAL NOT NULL,
    attempts TEXT NOT NULL DEFAULT '[]',
    created REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, next_at);
"""

ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """A fresh random id, e.g. ``new_id("pi_")``."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


class Store:
    """JSON objects by (kind, id), newest last, with optional look-up keys. Safe to use from any thread.

    One connection behind one lock: every call is short, and a laptop's hundreds of requests a second are
    far from what that allows. ``transaction()`` groups calls; it nests.
    """

    def __init__(self, path: str = "") -> None:
        self.lock = threading.RLock()
        self.depth = 0
        self.db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=OFF")  # a lost second of play money is no loss
        self.db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        with self.lock:
            if self.depth == 0:
                self.db.execute("BEGIN IMMEDIATE")
            self.depth += 1
            try:
                yield self.db
            except BaseException:
                self.depth -= 1
                if self.depth == 0:
                    self.db.execute("ROLLBACK")
                raise
            self.depth -= 1
            if self.depth == 0:
                self.db.execute("COMMIT")

    def query(self, sql: str, args: tuple | list = ()) -> list[sqlite3.Row]:
        with self.lock:
            return self.db.execute(sql, args).fetchall()

    def put(self, kind: str, id: str, data: dict, *, keys: dict[str, str | None] | None = None) -> dict:
        """Insert or replace an object. ``keys``, if given, replaces its look-up keys (not the None ones)."""
        created = int(data.get("created") or time.time())
        with self.transaction() as db:
            seq = db.execute(
                "INSERT INTO objects (kind, id, created, json) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET json = excluded.json RETURNING seq",
                (kind, id, created, json.dumps(data)),
            ).fetchone()[0]
            if keys is not None:
                db.execute("DELETE FROM object_keys WHERE seq = ?", (seq,))
                db.executemany(
                    "INSERT OR IGNORE INTO object_keys (kind, name, value, seq) VALUES (?, ?, ?, ?)",
                    [(kind, name, str(value), seq) for name, value in keys.items() if value is not None],
                )
        return data

    def get(self, kind: str, id: str) -> dict | None:
        rows = self.query("SELECT json FROM objects WHERE kind = ? AND id = ?", (kind, id))
        return json.loads(rows[0][0]) if rows else None

    def delete(self, kind: str, id: str) -> bool:
        with self.transaction() as db:
            row = db.execute("SELECT seq FROM objects WHERE kind = ? AND id = ?", (kind, id)).fetchone()
            if row is None:
                return False
            db.execute("DELETE FROM object_keys WHERE seq = ?", (row[0],))
            db.execute("DELETE FROM objects WHERE seq = ?", (row[0],))
        return True

    def count(self, kind: str, **keys: str) -> int:
        where, args = self._where(kind, keys)
        return self.query(f"SELECT count(*) FROM objects o WHERE {where}", args)[0][0]

    def first(self, kind: str, **keys: str) -> dict | None:
        """The newest object with these look-up keys."""
        found = self.find(kind, limit=1, **keys)
        return found[0] if found else None

    def find(
        self,
        kind: str,
        *,
        limit: int = 100,
        after: str | None = None,
        before: str | None = None,
        created: dict[str, int] | None = None,
        oldest_first: bool = False,
        **keys: str,
    ) -> list[dict]:
        """Objects, newest first (or ``oldest_first``).

        ``after`` and ``before`` are ids in that newest-first order (an id that is unknown gives nothing);
        with ``before`` the result holds the ones nearest to it, still newest first. ``created`` is a mapping
        with any of gt, gte, lt, lte in Unix seconds. Other keyword arguments are look-up keys.
        """
        where, args = self._where(kind, keys)
        for operator, sql in (("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")):
            if created and operator in created:
                where += f" AND o.created {sql} ?"
                args.append(created[operator])
        for other, sql in ((after, "<"), (before, ">")):
            if other:
                where += f" AND o.seq {sql} (SELECT seq FROM objects WHERE kind = ? AND id = ?)"
                args += [kind, other]
        order = "ASC" if oldest_first or before else "DESC"
        rows = self.query(
            f"SELECT json FROM objects o WHERE {where} ORDER BY o.seq {order} LIMIT ?", [*args, limit]
        )
        found = [json.loads(row[0]) for row in rows]
        return found[::-1] if before and not oldest_first else found

    def _where(self, kind: str, keys: dict[str, str]) -> tuple[str, list[Any]]:
        where, args = "o.kind = ?", [kind]
        for name, value in keys.items():
            where += " AND o.seq IN (SELECT seq FROM object_keys WHERE kind = ? AND name = ? AND value = ?)"
            args += [kind, name, str(value)]
        return where, args

    def close(self) -> None:
        with self.lock:
            self.db.close()
