"""Things that go wrong, on demand: for tests, and for people who want to see how the site takes it."""

import random
import threading
from dataclasses import asdict, dataclass, field
from itertools import count as counter

from flask import Blueprint, abort, jsonify, redirect, render_template, request

PARTS = ("stripe", "mailgun", "congress")
API_KINDS = {
    "error_429": "Too many requests: refuse with 429 and Retry-After",
    "error_500": "Server error: refuse with 500, nothing done",
    "timeout": "Time-out: do it, then hang before answering",
    "accept_then_500": "Do it, then answer 500 all the same",
}
WEBHOOK_KINDS = {
    "webhook_duplicate": "Webhook sent twice",
    "webhook_delay": "Webhook sent late",
    "webhook_reorder": "Webhook sent after the one that follows it",
    "webhook_drop": "Webhook never sent",
}
KINDS = API_KINDS | WEBHOOK_KINDS
MAX_SECONDS = 600


@dataclass
class Fault:
    """One rule. It fires ``count`` times (None: for ever), each time with probability ``rate``.

    ``path`` limits it to API paths, or to webhook event types, that contain the text. ``seconds`` is the
    hang of a time-out, the delay of a webhook, the Retry-After of a 429.
    """

    id: int
    part: str
    kind: str
    count: int | None = 1
    rate: float = 1.0
    path: str = ""
    seconds: float = 5.0
    fired: int = field(default=0)


class Faults:
    """The rules in force. They are forgotten at a restart: a fault left on by mistake should not last."""

    def __init__(self, seed: int = 1) -> None:
        self.lock = threading.Lock()
        self.ids = counter(1)
        self.rules: list[Fault] = []
        self.random = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def add(
        self,
        part: str,
        kind: str,
        *,
        count: int | None = 1,
        rate: float = 1.0,
        path: str = "",
        seconds: float = 5.0,
    ) -> Fault:
        """Raises ValueError, with a sentence for people, on values that make no sense."""
        if part not in PARTS:
            raise ValueError(f"part must be one of {', '.join(PARTS)}")
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if count is not None and count < 1:
            raise ValueError("count must be 1 or more")
        if not 0 < rate <= 1:
            raise ValueError("rate must be above 0 and at most 1")
        if not 0 <= seconds <= MAX_SECONDS:
            raise ValueError(f"seconds must be between 0 and {MAX_SECONDS}")
        with self.lock:
            fault = Fault(next(self.ids), part, kind, count, rate, path, seconds)
            self.rules.append(fault)
            return fault

    def clear(self, id: int | None = None) -> int:
        with self.lock:
            kept = [] if id is None else [fault for fault in self.rules if fault.id != id]
            gone, self.rules = len(self.rules) - len(kept), kept
            return gone

    def seed(self, seed: int) -> None:
        with self.lock:
            self.random.seed(seed)

    def active(self) -> list[Fault]:
        with self.lock:
            return [Fault(**asdict(fault)) for fault in self.rules]

    def take(self, part: str, path: str, kinds: dict[str, str]) -> Fault | None:
        """The first rule among ``kinds`` that fires for this call, used up by one."""
        with self.lock:
            for fault in self.rules:
                if fault.part != part or fault.kind not in kinds or fault.path not in path:
                    continue
                if fault.rate < 1 and self.random.random() >= fault.rate:
                    continue
                fault.fired += 1
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count == 0:
                        self.rules.remove(fault)
                return fault
        return None


def wants_json() -> bool:
    """Whether the caller is a program (or says nothing) rather than a browser."""
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], "application/json")
    return best == "application/json"


def blueprint(faults: Faults) -> Blueprint:
    """``/faults``: GET lists, POST adds (JSON or form), DELETE clears; the same as a page for people."""
    pages = Blueprint("faults", __name__)

    def page(error: str = "", status: int = 200):
        if wants_json() or request.is_json:
            if error:
                return jsonify(error=error), status
            return jsonify(faults=[asdict(fault) for fault in faults.active()]), status
        typed = request.form if error else {}
        context = {"faults": faults.active(), "error": error, "typed": typed, "parts": PARTS}
        return render_template("faults.html", kinds=KINDS, **context), status

    @pages.get("/faults")
    def index():
        return page()

    @pages.post("/faults")
    def add():
        values = request.get_json(silent=True) if request.is_json else request.form
        if not hasattr(values, "get"):
            return page("the body must be a JSON object", 400)
        try:
            if values.get("seed") not in (None, ""):
                faults.seed(int(values.get("seed")))
            count = values.get("count", 1)
            fault = faults.add(
                str(values.get("part", "")),
                str(values.get("kind", "")),
                count=None if count in (None, "") else int(count),
                rate=float(values.get("rate") or 1),
                path=str(values.get("path") or ""),
                seconds=float(values["seconds"]) if values.get("seconds") not in (None, "") else 5.0,
            )
        except (TypeError, ValueError) as error:
            return page(str(error), 400)
        if request.is_json or wants_json():
            return jsonify(asdict(fault)), 201
        return redirect("/faults", 303)

    @pages.delete("/faults")
    @pages.delete("/faults/<int:id>")
    def clear(id: int | None = None):
        if not faults.clear(id) and id is not None:
            abort(404)
        return "", 204

    @pages.post("/faults/clear")
    @pages.post("/faults/<int:id>/clear")
    def clear_form(id: int | None = None):
        faults.clear(id)
        return redirect("/faults", 303)

    return pages
