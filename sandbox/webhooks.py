"""Outgoing webhooks: signed at each attempt, retried with back-off, remembered across restarts."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

import requests

from sandbox.config import Config
from sandbox.faults import WEBHOOK_KINDS, Faults
from sandbox.store import Store

# signer(payload, secret, timestamp) -> raw body and headers, as the provider would send them.
Signer = Callable[[dict, str, int], tuple[bytes, dict[str, str]]]

VARIANTS = ("", "forged", "stale")
STALE_SECONDS = 24 * 3600
REORDER_WAIT = 3.0  # how long a reordered delivery waits for another one to overtake it
ANSWER_KEPT = 500


@dataclass(frozen=True)
class Endpoint:
    url: str
    secret: str
    signer: Signer


class Webhooks:
    """The queue of outgoing deliveries and the threads that work it.

    States of a delivery: pending, sending, delivered, failed (attempts used up, or a forged or stale one
    refused), dropped (by a fault). Hold the queue with ``hold()`` to decide yourself when things go out:
    ``flush()`` then sends what waits, in order, in the calling thread.
    """

    def __init__(self, config: Config, store: Store, faults: Faults) -> None:
        self.config, self.store, self.faults = config, store, faults
        self.endpoints: dict[str, Endpoint] = {}
        self.held = threading.Event()
        self.stopping = threading.Event()
        self.wake = threading.Event()
        self.queue: SimpleQueue[int | None] = SimpleQueue()
        self.threads: list[threading.Thread] = []
        self.local = threading.local()

    def register(self, part: str, *, url: str, secret: str, signer: Signer) -> None:
        """Where a part's webhooks go. An empty url records them without sending anything."""
        self.endpoints[part] = Endpoint(url, secret, signer)

    def send(self, part: str, payload: dict, *, event_id: str, event_type: str, delay: float = 0) -> None:
        """Queue one webhook; faults on webhooks apply here. Safe inside ``store.transaction()``."""
        if not self.endpoints[part].url:
            return
        fault = self.faults.take(part, event_type, WEBHOOK_KINDS)
        kind = fault.kind if fault else ""
        if kind == "webhook_delay":
            delay += fault.seconds
        if kind == "webhook_reorder":
            delay += REORDER_WAIT
        state = "dropped" if kind == "webhook_drop" else "pending"
        overtaken = kind == "webhook_reorder"
        with self.store.transaction() as db:
            for _ in range(2 if kind == "webhook_duplicate" else 1):
                self._insert(
                    part, payload, event_id, event_type, state, delay, "overtaken" if overtaken else ""
                )
            if not overtaken and state == "pending":
                # This one is on its way: whatever waited to be overtaken may follow it.
                db.execute(
                    "UPDATE deliveries SET variant = '', next_at = ?"
                    " WHERE part = ? AND variant = 'overtaken'",
                    (time.time() + delay + 0.2, part),
                )
        self.wake.set()

    def resend(self, seq: int, variant: str = "") -> bool:
        """Send a payload again: as it was, ``forged`` (wrong secret) or ``stale`` (old timestamp)."""
        rows = self.store.query("SELECT * FROM deliveries WHERE seq = ?", (seq,))
        if not rows or variant not in VARIANTS:
            return False
        row = rows[0]
        payload = json.loads(row["payload"])
        self._insert(row["part"], payload, row["event_id"], row["event_type"], "pending", 0, variant)
        self.wake.set()
        return True

    def _insert(
        self, part: str, payload: dict, event_id: str, event_type: str, state: str, delay: float, variant: str
    ) -> None:
        now = time.time()
        url = self.endpoints[part].url
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO deliveries"
                " (part, event_id, event_type, url, payload, variant, state, next_at, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (part, event_id, event_type, url, json.dumps(payload), variant, state, now + delay, now),
            )

    def hold(self) -> None:
        self.held.set()

    def release(self) -> None:
        self.held.clear()
        self.wake.set()

    def flush(self) -> int:
        """Try every pending delivery once, in order, whatever its due time. Returns how many were tried."""
        rows = self.store.query(
            "SELECT seq FROM deliveries WHERE state = 'pending' ORDER BY variant = 'overtaken', seq"
        )
        return sum(self._claim(row[0]) and self._attempt(row[0]) for row in rows)

    def pending(self) -> int:
        sql = "SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending')"
        return self.store.query(sql)[0][0]

    def wait_idle(self, timeout: float = 10) -> bool:
        """Wait until nothing is pending any more."""
        deadline = time.monotonic() + timeout
        while self.pending():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def deliveries(self, part: str | None = None, limit: int = 100) -> list[dict]:
        """The latest deliveries, newest first, attempts decoded."""
        where, args = ("WHERE part = ?", [part]) if part else ("", [])
        rows = self.store.query(f"SELECT * FROM deliveries {where} ORDER BY seq DESC LIMIT ?", [*args, limit])
        return [dict(row) | {"attempts": json.loads(row["attempts"])} for row in rows]

    def start(self) -> None:
        """Start the threads; what was pending (or in mid-send) when the sandbox last stopped goes on."""
        with self.store.transaction() as db:
            db.execute("UPDATE deliveries SET state = 'pending' WHERE state = 'sending'")
        self.threads = [threading.Thread(target=self._dispatch, name="webhooks", daemon=True)]
        for number in range(self.config.webhook_threads):
            self.threads.append(threading.Thread(target=self._work, name=f"webhook-{number}", daemon=True))
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.wake.set()
        for _ in self.threads:
            self.queue.put(None)
        for thread in self.threads:
            thread.join(timeout=self.config.webhook_timeout + 1)

    def _claim(self, seq: int) -> bool:
        with self.store.transaction() as db:
            sql = "UPDATE deliveries SET state = 'sending' WHERE seq = ? AND state = 'pending'"
            return db.execute(sql, (seq,)).rowcount == 1

    def _dispatch(self) -> None:
        while not self.stopping.is_set():
            self.wake.clear()
            wait = 3600.0
            if not self.held.is_set():
                sql = "SELECT seq, next_at FROM deliveries WHERE state = 'pending' ORDER BY next_at LIMIT 50"
                for seq, next_at in self.store.query(sql):
                    if next_at > time.time():
                        wait = next_at - time.time()
                        break
                    if self._claim(seq):
                        self.queue.put(seq)
                    wait = 0.0
            self.wake.wait(max(wait, 0))

    def _work(self) -> None:
        while (seq := self.queue.get()) is not None:
            if self.stopping.is_set():
                continue  # start() takes it up again
            self._attempt(seq)

    def _attempt(self, seq: int) -> bool:
        row = self.store.query("SELECT * FROM deliveries WHERE seq = ?", (seq,))[0]
        endpoint = self.endpoints.get(row["part"])
        attempts = json.loads(row["attempts"])
        started = time.time()
        if endpoint is None:
            status, answer = None, "no endpoint"
        else:
            status, answer = self._post(row, endpoint)
        attempts.append(
            {"at": started, "ms": round((time.time() - started) * 1000), "status": status, "answer": answer}
        )
        state, next_at = "delivered", 0.0
        if status is None or not 200 <= status < 300:
            backoff = self.config.webhook_backoff
            final = len(attempts) > len(backoff) or row["variant"] in ("forged", "stale")
            state = "failed" if final else "pending"
            next_at = 0.0 if final else time.time() + backoff[len(attempts) - 1]
        with self.store.transaction() as db:
            db.execute(
                "UPDATE deliveries SET state = ?, next_at = ?, attempts = ? WHERE seq = ?",
                (state, next_at, json.dumps(attempts), seq),
            )
        if state == "pending":
            self.wake.set()
        return True

    def _post(self, row, endpoint: Endpoint) -> tuple[int | None, str]:
        secret = endpoint.secret + ("-forged" if row["variant"] == "forged" else "")
        timestamp = int(time.time()) - (STALE_SECONDS if row["variant"] == "stale" else 0)
        body, headers = endpoint.signer(json.loads(row["payload"]), secret, timestamp)
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
            self.local.session.trust_env = False  # never through a proxy
        try:
            answer = self.local.session.post(
                endpoint.url,
                data=body,
                headers=headers,
                timeout=self.config.webhook_timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return None, type(error).__name__
        return answer.status_code, answer.text[:ANSWER_KEPT]
