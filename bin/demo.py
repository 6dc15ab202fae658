#!/usr/bin/env python3
"""Everything on one command: prepares the demo, then runs site, worker, sweeper and sandbox together.

One Ctrl-C (or SIGTERM) stops them all; if one of them dies, so do the others.
"""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))
STARTING = 60  # seconds
STOPPING = 10  # seconds


def stop(message: str) -> None:
    sys.exit(f"puente: {message}")


def port(name: str, default: int) -> int:
    """The port that an environment variable names, if it is free."""
    text = os.environ.get(name, str(default))
    if not text.isdigit() or not 0 < int(text) < 65536:
        stop(f"{name} must be a port number between 1 and 65535, not “{text}”.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            stop(
                f"port {text} can't be used ({error.strerror}). Choose another: {name}={int(text) + 100} make run"
            )
    return int(text)


def secret() -> str:
    """A secret key of this machine's own, made once."""
    file = VAR / "secret_key"
    if not file.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def environment(site_port: int, sandbox_port: int) -> dict[str, str]:
    site = f"http://127.0.0.1:{site_port}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "VAR_DIR": str(VAR),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or secret(),
        "PORT": str(site_port),
        "SANDBOX_PORT": str(sandbox_port),
        "SANDBOX_STATE": str(VAR / "sandbox.sqlite3"),
        "SANDBOX_STRIPE_WEBHOOK_URL": f"{site}/webhooks/stripe/",
        "SANDBOX_MAILGUN_WEBHOOK_URL": f"{site}/webhooks/mail/mailgun/tracking/",
        "SANDBOX_SITE_URL": f"{site}/",
        "PYTHONUNBUFFERED": "1",
    }


def prepare(env: dict[str, str]) -> None:
    """Database and demo content: migrations run when there are any, the content is loaded once."""
    manage = [sys.executable, str(ROOT / "manage.py")]
    print("Preparing the database …", flush=True)
    if subprocess.run([*manage, "migrate", "--verbosity", "0"], env=env, check=False).returncode:
        stop("the database could not be prepared; the lines above say why.")
    marker = VAR / "demo-loaded"
    if not marker.exists():
        print("Loading the demo's stories, pages and directory …", flush=True)
        if subprocess.run([*manage, "seed_demo"], env=env, check=False).returncode:
            stop("the demo could not be loaded; the lines above say why.")
        marker.touch()


def commands(site_port: int) -> dict[str, list[str]]:
    python, manage = sys.executable, str(ROOT / "manage.py")
    granian = str(Path(python).parent / "granian")
    return {
        "sandbox": [python, "-m", "sandbox"],
        "site": [
            *(granian, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(site_port)),
            *("--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"),
            *("--workers-kill-timeout", "3"),
            "config.wsgi:application",
        ],
        "worker": [python, manage, "db_worker", "--interval", "0.5", "--verbosity", "0"],
        "sweeper": [python, manage, "sweep", "--every", "30"],
    }


def await_answer(address: str, running: dict[str, subprocess.Popen]) -> None:
    """Wait until an address answers; stop if a process dies or it takes too long."""
    until = time.monotonic() + STARTING
    while time.monotonic() < until:
        if dead := next((name for name, process in running.items() if process.poll() is not None), None):
            raise SystemExit(f"puente: the {dead} stopped at once; the lines above say why.")
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"puente: {address} does not answer after {STARTING} seconds.")


def end(running: dict[str, subprocess.Popen]) -> None:
    for process in running.values():
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    until = time.monotonic() + STOPPING
    for process in running.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, until - time.monotonic()))
        # Each leads a group of its own; a server's workers must not outlive it and hold its port.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    site_port, sandbox_port = port("PORT", 8000), port("SANDBOX_PORT", 8001)
    if site_port == sandbox_port:
        stop("PORT and SANDBOX_PORT must differ.")
    env = environment(site_port, sandbox_port)
    prepare(env)
    # Said outright: a shell that starts us in the background has us ignore Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    running: dict[str, subprocess.Popen] = {}
    try:
        for name, command in commands(site_port).items():
            # A session of their own: the terminal's Ctrl-C reaches only this process, which ends them in order.
            running[name] = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True)
        await_answer(f"http://127.0.0.1:{sandbox_port}/healthz", running)
        await_answer(f"http://127.0.0.1:{site_port}/robots.txt", running)
        print(
            f"\nPuente is ready.\n"
            f"  The site        http://127.0.0.1:{site_port}/\n"
            f"  The staff side  http://127.0.0.1:{site_port}/admin/   login: admin, password: puente-demo\n"
            f"  The sandbox     http://127.0.0.1:{sandbox_port}/   payments, inbox, deliveries, faults\n"
            f"Ctrl-C stops everything; what you did is kept until “make clean”.\n",
            flush=True,
        )
        while all(process.poll() is None for process in running.values()):
            time.sleep(0.3)
        dead = next(name for name, process in running.items() if process.poll() is not None)
        raise SystemExit(f"puente: the {dead} stopped; so did everything else.")
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    finally:
        end(running)


if __name__ == "__main__":
    main()
