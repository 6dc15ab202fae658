#!/usr/bin/env python3
"""The whole suite: on SQLite with the browser, then its database tests on PostgreSQL where one answers."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def postgres() -> str | None:
    """The address of a PostgreSQL that lets us make a test database, or None."""
    import psycopg

    named = os.environ.get("DATABASE_URL", "")
    tries = [named] if named.startswith("postgres") else []
    for address in [*tries, "postgresql:///postgres", "postgresql://postgres@/postgres"]:
        try:
            with psycopg.connect(address, connect_timeout=3) as connection:
                row = connection.execute(
                    "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
                ).fetchone()
                if row and row[0]:
                    info = connection.info
                    return (
                        named
                        if address == named
                        else f"postgres://{info.user}@{info.host.replace('/', '%2F')}/{info.dbname}"
                    )
        except psycopg.Error:
            continue
    return None


def suite(database: str, *arguments: str) -> int:
    env = {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    browser = ROOT / "var" / "browser"
    if browser.exists():
        env.setdefault("CHROMIUM", browser.read_text().strip())
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=env, check=False
    ).returncode


def main() -> int:
    chosen = sys.argv[1:]
    # In the order they were collected: tests that commit empty the tables, so they must come last.
    workers = ("-n", str(min(os.cpu_count() or 1, 4)), "--dist", "load")
    address = postgres()
    measured = (
        () if chosen else ("--cov", "--cov-report=term:skip-covered", "--cov-report=json:var/coverage.json")
    )
    outcomes = {
        "SQLite (everything, with the browser)": suite("sqlite://:memory:", *workers, *measured, *chosen)
    }
    if address:
        outcomes["PostgreSQL (everything but the browser)"] = suite(
            address, *workers, "-m", "not e2e", "--ignore=tests/sandbox", *chosen
        )
    if not chosen:
        outcomes["Coverage of money and letters (every line and branch)"] = subprocess.run(
            [sys.executable, "bin/coverage_gate.py"], cwd=ROOT, check=False
        ).returncode
    print("\nThe suite ran on:")
    for name, code in outcomes.items():
        print(f"  {name}: {'passed' if code == 0 else 'FAILED'}")
    if not address:
        print("  PostgreSQL: none answered at DATABASE_URL or on the local socket, so its run was left out")
    return max(outcomes.values())


if __name__ == "__main__":
    sys.exit(main())
