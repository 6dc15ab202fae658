"""The browser of the tests and of the screenshots: one Chromium, started the same way everywhere."""

import os
from pathlib import Path

from playwright.sync_api import Browser, Playwright

# bin/bootstrap.py writes here which browser it found or installed.
NAMED_IN = Path(__file__).resolve().parent.parent / "var" / "browser"
# No sandbox, because continuous integration runs as root in a container; and nothing that a browser
# does on its own account, for that would reach for the network.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


def executable() -> str | None:
    """The path of the browser: CHROMIUM, else what the set-up found; None means Playwright's own."""
    named = os.environ.get("CHROMIUM") or (NAMED_IN.read_text().strip() if NAMED_IN.exists() else "")
    return named or None


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
