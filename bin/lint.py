#!/usr/bin/env python3
"""Every check of style in one go; each runs even if one before it failed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    return [name for name in listed if (ROOT / name).exists()]


def main() -> int:
    templates = tracked("templates/*.html", "sandbox/templates/*.html")
    site_templates = [name for name in templates if name.startswith("templates/")]
    checks = {
        "ruff check": [BIN / "ruff", "check", "."],
        "ruff format": [BIN / "ruff", "format", "--check", "--quiet", "."],
        "djhtml": [BIN / "djhtml", "--check", "--tabwidth", "2", *templates],
        "curlylint": [BIN / "curlylint", "--quiet", *site_templates],
        "mypy": [BIN / "mypy", "--no-error-summary"],
        "migrations": [
            sys.executable,
            "manage.py",
            "makemigrations",
            "--check",
            "--dry-run",
            "--settings=config.settings.test",
        ],
        "translations": [sys.executable, "bin/messages.py", "--check"],
    }
    failed = []
    for name, command in checks.items():
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(f"{name:<14} {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout, flush=True)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
