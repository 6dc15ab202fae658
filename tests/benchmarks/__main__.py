"""`make bench`: what the demo's pages, gifts and letters cost on this machine, in one run of a few minutes.

Judge by the ratios: everything in one table was measured against the same processes, started with the
flags of `make run`.
"""

import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

from tests import demo
from tests.benchmarks.table import note

SETTINGS = "tests.benchmarks.settings"
APPLICATION = "tests.benchmarks.wsgi:application"


def main() -> int:
    began = time.monotonic()
    # The sandbox's mailboxes take mail at once: what is measured is ours.
    with demo.running(settings=SETTINGS, application=APPLICATION, SANDBOX_MAILGUN_PACE="0") as own:
        os.environ.update(own.environment)
        import django

        django.setup()
        from tests.benchmarks import journeys, speed, weights

        describe_machine()
        failures = speed.measure(own) + weights.measure(own) + journeys.measure(own)
    print()
    note(f"The whole run took {time.monotonic() - began:.0f} s.")
    if failures:
        note(f"FAILED: {failures} requests or journeys; the tables say which.")
    return 1 if failures else 0


def describe_machine() -> None:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in ("Django", "wagtail", "granian"))
    note(f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}")
    note(f"Python {platform.python_version()}, {packages}")
    note(f"Database: {database()}")
    note(f"Load average when this began (0 is best): {os.getloadavg()[0]:.1f}")


def processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()


def database() -> str:
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0]}"
    import sqlite3

    with connection.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = ("OFF", "NORMAL", "FULL", "EXTRA")[cursor.execute("PRAGMA synchronous").fetchone()[0]]
    return f"SQLite {sqlite3.sqlite_version} in a file, journal {journal}, synchronous {synchronous}"


if __name__ == "__main__":
    sys.exit(main())
