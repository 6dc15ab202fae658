"""The sandbox's core: parts put together as one Flask application, and a server to run it."""

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from flask import Flask, Response, abort, g, jsonify, redirect, render_template, request
from waitress import create_server, wasyncore

from sandbox import faults as fault_rules
from sandbox.config import Config
from sandbox.faults import API_KINDS, Fault, Faults
from sandbox.store import Store
from sandbox.webhooks import Webhooks


class Link(NamedTuple):
    label: str
    url: str
    count: int | None = None


@dataclass
class Services:
    """What every part is given."""

    config: Config
    store: Store
    faults: Faults
    webhooks: Webhooks
    stopping: threading.Event = field(default_factory=threading.Event)


@dataclass
class Part:
    """One outside service. ``name`` is its URL prefix; see the package's docstring.

    ``tick``, if given, is called about once a second while a server runs.
    """

    name: str
    title: str
    blueprint: object
    api_prefixes: tuple[str, ...]
    summary: Callable[[], list[Link]]
    error: Callable[[int, str], Response]
    tick: Callable[[], object] | None = None


FAULT_MESSAGES = {
    "error_429": (429, "Request rate limit exceeded (a fault that was asked for)."),
    "error_500": (500, "An unexpected error occurred (a fault that was asked for)."),
    "accept_then_500": (
        500,
        "An unexpected error occurred after the work was done (a fault that was asked for).",
    ),
    "timeout": (504, "The request timed out (a fault that was asked for)."),
}


def load_parts(services: Services) -> list[Part]:
    from sandbox.congress import part as congress
    from sandbox.mailgun import part as mailgun
    from sandbox.stripe import part as stripe

    return [stripe(services), mailgun(services), congress(services)]


def create_app(config: Config) -> Flask:
    """The whole sandbox as one WSGI application; a Server starts the threads that send its webhooks."""
    app = Flask(__name__)
    app.secret_key = secrets.token_hex()
    app.json.sort_keys = False
    app.config["MAX_CONTENT_LENGTH"] = 30 * 1024 * 1024
    store = Store(config.state)
    faults = Faults(config.fault_seed)
    services = Services(config, store, faults, Webhooks(config, store, faults))
    app.extensions["sandbox"] = services
    parts = load_parts(services)
    app.extensions["sandbox-ticks"] = [part.tick for part in parts if part.tick]
    for part in parts:
        app.register_blueprint(part.blueprint, url_prefix=f"/{part.name}")
    app.register_blueprint(fault_rules.blueprint(faults))
    _add_request_rules(app, services, {part.name: part for part in parts})
    _add_pages(app, services, parts)
    return app


def current_fault() -> Fault | None:
    """The fault that hits the API request being served, if one does."""
    return g.get("fault")


def fault_answer(part: Part, fault: Fault) -> Response:
    status, message = FAULT_MESSAGES[fault.kind]
    answer = part.error(status, message)
    if status == 429:
        answer.headers["Retry-After"] = str(max(1, round(fault.seconds)))
    return answer


def _add_request_rules(app: Flask, services: Services, parts: dict[str, Part]) -> None:
    def api_part() -> Part | None:
        name, _, rest = request.path.lstrip("/").partition("/")
        part = parts.get(name)
        return part if part and f"/{rest}".startswith(part.api_prefixes) else None

    @app.before_request
    def apply_fault_or_refuse():
        part = api_part()
        if part is None:
            if request.method == "POST" and request.headers.get("Sec-Fetch-Site") in (
                "cross-site",
                "same-site",
            ):
                abort(403, "This page only takes forms of its own.")
            return None
        g.fault = services.faults.take(part.name, request.path, API_KINDS)
        if g.fault and g.fault.kind in ("error_429", "error_500"):
            return fault_answer(part, g.fault)
        return None

    @app.after_request
    def answer_with_fault(response: Response):
        fault = current_fault()
        if fault and fault.kind in ("timeout", "accept_then_500"):
            if fault.kind == "timeout":
                services.stopping.wait(fault.seconds)
            return fault_answer(api_part(), fault)
        if response.mimetype == "text/html":
            response.headers.setdefault(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self';"
                " base-uri 'none'; frame-ancestors 'self'",
            )
            response.headers["Referrer-Policy"] = "same-origin"
            response.headers["Cache-Control"] = "no-store"
        return response


def _add_pages(app: Flask, services: Services, parts: list[Part]) -> None:
    webhooks = services.webhooks

    @app.context_processor
    def common() -> dict:
        return {"site_parts": parts, "fault_count": len(services.faults.active())}

    @app.template_filter("when")
    def when(seconds: float | None) -> str:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds)) if seconds else "–"

    @app.template_filter("day")
    def day(seconds: float) -> str:
        return time.strftime("%Y-%m-%d", time.localtime(seconds))

    @app.template_filter("pretty")
    def pretty(value: object) -> str:
        return json.dumps(value, indent=2, ensure_ascii=False)

    @app.get("/")
    def index():
        return render_template("index.html", pending=webhooks.pending(), held=webhooks.held.is_set())

    @app.get("/healthz")
    def healthz():
        services.store.query("SELECT 1")
        return jsonify(ok=True, pending_webhooks=webhooks.pending())

    @app.get("/webhooks")
    def deliveries():
        shown = webhooks.deliveries(request.args.get("part"), min(request.args.get("limit", 100, int), 1000))
        if fault_rules.wants_json():
            return jsonify(held=webhooks.held.is_set(), pending=webhooks.pending(), deliveries=shown)
        held, pending = webhooks.held.is_set(), webhooks.pending()
        return render_template("webhooks.html", deliveries=shown, held=held, pending=pending)

    @app.post("/webhooks/<any(hold, release, flush):act>")
    def control(act: str):
        getattr(webhooks, act)()
        return redirect("/webhooks", 303)

    @app.post("/webhooks/<int:seq>/<any(resend, forged, stale):act>")
    def resend(seq: int, act: str):
        if not webhooks.resend(seq, "" if act == "resend" else act):
            abort(404)
        return redirect("/webhooks", 303)


class Server:
    """Serves an app with waitress until ``stop()``; ``port`` is the one in use.

    Raises:
        OSError: the port is taken.
    """

    def __init__(self, app: Flask, config: Config) -> None:
        self.app = app
        self.waitress = create_server(
            app,
            host=config.host,
            port=config.port,
            threads=config.threads,
            ident="sandbox",
            channel_timeout=60,
            connection_limit=1000,  # browsers and test clients keep many idle ones open
            clear_untrusted_proxy_headers=True,
        )
        self.port = int(self.waitress.effective_port)
        self.stopping = threading.Event()

    def run(self) -> None:
        """Serve in this thread. Waitress's own loop only ends by an exception: this one is turned by hand."""
        services: Services = self.app.extensions["sandbox"]
        services.webhooks.start()
        next_tick = 0.0
        while not self.stopping.is_set():
            wasyncore.loop(timeout=1, use_poll=True, map=self.waitress._map, count=1)
            if time.monotonic() >= next_tick:
                for tick in self.app.extensions["sandbox-ticks"]:
                    tick()
                next_tick = time.monotonic() + 1
        services.stopping.set()
        self.waitress.task_dispatcher.shutdown()
        services.webhooks.stop()
        wasyncore.close_all(self.waitress._map, ignore_all=True)
        services.store.close()

    def stop(self) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self.waitress.pull_trigger()


class Sandbox:
    """A sandbox running in a thread of its own: ``with Sandbox(Config(port=0)) as box``."""

    def __init__(self, config: Config) -> None:
        if config.port == 0:
            config = config.with_port(free_port(config.host))
        self.config = config.with_port(config.port)
        self.app = create_app(self.config)
        self.server = Server(self.app, self.config)
        self.thread = threading.Thread(target=self.server.run, name="sandbox", daemon=True)

    @property
    def url(self) -> str:
        return self.config.public_url

    @property
    def services(self) -> Services:
        return self.app.extensions["sandbox"]

    @property
    def store(self) -> Store:
        return self.services.store

    @property
    def faults(self) -> Faults:
        return self.services.faults

    @property
    def webhooks(self) -> Webhooks:
        return self.services.webhooks

    def __enter__(self) -> "Sandbox":
        self.thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.server.stop()
        self.thread.join(timeout=30)


def free_port(host: str = "127.0.0.1") -> int:
    import socket

    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]
