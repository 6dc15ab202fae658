"""The whole house as `make run` starts it, in a folder of its own on free ports, and a real browser."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import launch

ROOT = Path(__file__).resolve().parent.parent.parent
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class House:
    """A running site and its sandbox."""

    site: str
    sandbox: str
    var: Path

    def mails(self, to: str) -> list[dict]:
        """What the sandbox's inbox holds for an address, newest first."""
        address = f"{self.sandbox}/mailgun/inbox.json"
        return requests.get(address, params={"to": to, "limit": 500}, timeout=10).json()["messages"]

    def wait_for_mail(self, to: str, containing: str) -> dict:
        """The first mail to an address whose subject or text contains some words."""
        return eventually(
            lambda: next(
                (
                    mail
                    for mail in self.mails(to)
                    if containing in mail["subject"] or containing in mail["text"]
                ),
                None,
            ),
            f"a mail with “{containing}”",
        )

    def manage(self, *arguments: str) -> str:
        """A management command beside the running site."""
        env = {**os.environ, "VAR_DIR": str(self.var), "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
        env.pop("DATABASE_URL", None)
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def eventually(found: Callable, what: str, seconds: float = 30):
    """The first true answer; fails by name when none comes in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := found():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come within {seconds} seconds")


@pytest.fixture(scope="session")
def house(tmp_path_factory) -> Iterator[House]:
    var = tmp_path_factory.mktemp("house")
    ports = free_port(), free_port()
    env = {**os.environ, "VAR_DIR": str(var), "PORT": str(ports[0]), "SANDBOX_PORT": str(ports[1])}
    env.pop("DATABASE_URL", None)  # the newcomer's SQLite, as make run has it
    env.pop("DJANGO_SETTINGS_MODULE", None)
    log = (var / "log").open("w+")
    process = subprocess.Popen([sys.executable, "bin/demo.py"], cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 300
        while "Puente is ready" not in (var / "log").read_text():
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError("make run did not start:\n" + (var / "log").read_text()[-4000:])
            time.sleep(0.2)
        yield House(f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}", var)
    finally:
        process.send_signal(signal.SIGINT)
        stopped = process.wait(60)
        log.close()
    # One Ctrl-C has stopped everything, and nothing holds its port any more.
    assert stopped == 0
    for port in ports:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def visit(browser, house) -> Iterator[Callable[..., Page]]:
    """Opens a page in a new, empty browser context; every console error fails the test."""
    contexts = []
    errors: list[str] = []

    def open_page(
        path: str, *, size: dict = DESKTOP, javascript: bool = True, scheme: str = "light", **options
    ) -> Page:
        context = browser.new_context(
            viewport=size, java_script_enabled=javascript, color_scheme=scheme, locale="en-US", **options
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if re.match(r"(data|blob|about):", request.url)
                or request.url.startswith((house.site, house.sandbox))
                else errors.append(f"a request to elsewhere: {request.url}")
            ),
        )
        page.goto(house.site + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # Answers that refuse a form are the subject of some tests, not a fault.
    assert [error for error in errors if not re.search(r"status of (4\d\d|503)", error)] == []


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "tests/e2e/" in item.nodeid:
            item.add_marker(pytest.mark.e2e)
