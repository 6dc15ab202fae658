"""The demo in processes and a folder of its own, started the way `make run` starts it."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
SITE = "config.wsgi:application"


@dataclass(frozen=True)
class RunningDemo:
    site: str
    sandbox: str
    folder: Path
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen]

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time each process and its children have used so far; empty where /proc can't say."""
        if not Path("/proc/self/stat").exists():
            return {}
        return {name: _cpu_seconds_of_session(process.pid) for name, process in self.processes.items()}


@contextlib.contextmanager
def running(
    *, settings: str = "config.settings.dev", application: str = SITE, **environment: str
) -> Iterator[RunningDemo]:
    """Prepare and start the demo on free ports (or PORT and SANDBOX_PORT); stop and forget it at the end.

    Its folder lies in var/, on the disk the demo itself would use. With a DATABASE_URL of a PostgreSQL, a
    database of its own is made there for the time being.
    """
    (ROOT / "var").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="own-demo-", dir=ROOT / "var"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    processes: dict[str, subprocess.Popen] = {}
    try:
        with _own_database() as database:
            os.environ.update(environment, **database, VAR_DIR=str(folder))
            (folder / "static").mkdir()
            entry = _entry()
            ports = [int(os.environ.get(name) or _free_port()) for name in ("PORT", "SANDBOX_PORT")]
            env = {**entry.environment(*ports), "DJANGO_SETTINGS_MODULE": settings}
            site, sandbox = (f"http://127.0.0.1:{port}" for port in ports)
            try:
                with _quietly(folder / "log"):
                    entry.prepare(env)
                    for name, command in entry.commands(ports[0]).items():
                        named = [application if part == SITE else part for part in command]
                        processes[name] = subprocess.Popen(named, env=env, cwd=ROOT, start_new_session=True)
                    entry.await_answer(f"{sandbox}/healthz", processes)
                    entry.await_answer(f"{site}/robots.txt", processes)
                yield RunningDemo(site, sandbox, folder, env, processes)
            finally:
                entry.end(processes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _quietly(log: Path) -> Iterator[None]:
    """What this process and those it starts print goes to a file, whose end is shown if it fails."""
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    failed = True
    try:
        yield
        failed = False
    finally:
        sys.stdout.flush()
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        for descriptor in kept:
            os.close(descriptor)
        if failed:
            sys.stderr.write(log.read_text(errors="replace")[-4000:])


def _entry() -> ModuleType:
    spec = importlib.util.spec_from_file_location("puente_demo_entry", ROOT / "bin" / "demo.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def _own_database() -> Iterator[dict[str, str]]:
    """A fresh PostgreSQL database where DATABASE_URL names a server; else SQLite in the folder."""
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        os.environ.pop("DATABASE_URL", None)
        yield {}
        return
    import psycopg
    from psycopg import sql

    name = f"puente_own_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield {"DATABASE_URL": urlsplit(address)._replace(path=f"/{name}").geturl()}
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _cpu_seconds_of_session(session: int) -> float:
    """User and system time of every process of a session, its leader's ended children included."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name, in brackets, may hold spaces; the fields follow it.
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")
