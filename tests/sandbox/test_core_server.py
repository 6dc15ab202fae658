"""The program itself: settings, start, stop, pages, and what it refuses."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading

import pytest
import requests

from sandbox.app import free_port
from sandbox.config import Config
from sandbox.store import Store


def run(**settings: object) -> subprocess.Popen:
    env = {"PATH": os.environ["PATH"]} | {f"SANDBOX_{name}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "sandbox"]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_program_serves_until_it_is_told_to_stop(number):
    port = free_port()
    process = run(PORT=port)
    try:
        assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
        with requests.Session() as session:
            assert session.get(f"http://127.0.0.1:{port}/healthz", timeout=10).json()["ok"] is True
            process.send_signal(number)
            _out, err = process.communicate(timeout=15)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, "")


def test_port_in_use_is_one_clear_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = run(PORT=port)
        _out, err = process.communicate(timeout=15)
    assert process.returncode == 2
    assert err.splitlines() == [f"sandbox: port {port} on 127.0.0.1 is already in use"]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"PORT": "eighty"}, "sandbox: SANDBOX_PORT is not a number: 'eighty'"),
        ({"STATE": "/nowhere/at/all.sqlite3"}, "sandbox: cannot open the state file /nowhere/at/all.sqlite3"),
        ({"HOST": "192.0.2.1"}, "sandbox: port 8001 on 192.0.2.1 cannot be used"),
    ],
)
def test_wrong_setting_is_one_clear_line(settings, line):
    process = run(**settings)
    _out, err = process.communicate(timeout=15)
    assert process.returncode == 2
    assert len(err.splitlines()) == 1
    assert err.startswith(line)


def test_settings_come_from_the_environment():
    env = {
        "SANDBOX_PORT": "9001",
        "SANDBOX_WEBHOOK_BACKOFF": "1,2.5",
        "SANDBOX_STRIPE_SECRET_KEY": "sk_test_x",
    }
    config = Config.from_env(env)
    assert (config.port, config.public_url) == (9001, "http://127.0.0.1:9001")
    assert (config.webhook_backoff, config.stripe_secret_key) == ((1, 2.5), "sk_test_x")
    assert Config.from_env({"SANDBOX_PUBLIC_URL": "https://box.example/"}).public_url == "https://box.example"


def test_pages_are_labelled_and_load_nothing_from_elsewhere(box):
    for path in ("/", "/faults", "/webhooks", "/stripe/"):
        answer = requests.get(box.url + path, headers={"Accept": "text/html"}, timeout=10)
        assert "Nothing here is real" in answer.text
        assert "<script" not in answer.text
        assert "style=" not in answer.text
        assert "https://" not in answer.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert requests.get(f"{box.url}/static/sandbox.css", timeout=10).status_code == 200


def test_form_sent_from_another_site_is_refused(box):
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert requests.post(f"{box.url}/webhooks/hold", headers=headers, timeout=10).status_code == 403
    assert box.webhooks.held.is_set() is False


def test_connection_is_kept_alive(box):
    with requests.Session() as session:
        ports = set()
        for _ in range(3):
            answer = session.get(f"{box.url}/healthz", stream=True, timeout=10)
            ports.add(answer.raw.connection.sock.getsockname()[1])
            assert answer.json()["ok"] is True
    assert len(ports) == 1


def test_many_idle_connections_do_not_lock_others_out(box):
    address = ("127.0.0.1", box.config.port)
    with contextlib.ExitStack() as idle:
        for _ in range(150):
            idle.enter_context(socket.create_connection(address, timeout=5))
        assert requests.get(f"{box.url}/healthz", timeout=5).status_code == 200


class TestStore:
    def test_find_goes_by_keys_time_and_cursor(self):
        store = Store()
        for number in range(6):
            thing = {"id": f"t{number}", "created": 100 + number}
            store.put("thing", thing["id"], thing, keys={"parity": str(number % 2), "none": None})
        assert [thing["id"] for thing in store.find("thing", parity="0")] == ["t4", "t2", "t0"]
        assert [thing["id"] for thing in store.find("thing", created={"gt": 101, "lte": 103})] == ["t3", "t2"]
        assert [thing["id"] for thing in store.find("thing", after="t2")] == ["t1", "t0"]
        assert [thing["id"] for thing in store.find("thing", before="t2", limit=2)] == ["t4", "t3"]
        assert [thing["id"] for thing in store.find("thing", oldest_first=True, limit=2)] == ["t0", "t1"]
        assert store.find("thing", after="unknown") == []
        assert store.count("thing", parity="1") == 3
        assert store.first("thing")["id"] == "t5"
        assert store.first("nothing") is None
        store.close()

    def test_putting_again_replaces_in_place(self):
        store = Store()
        store.put("thing", "a", {"n": 1}, keys={"colour": "red"})
        store.put("thing", "b", {"n": 2})
        store.put("thing", "a", {"n": 3}, keys={"colour": "blue"})
        assert [thing["n"] for thing in store.find("thing")] == [2, 3]
        assert store.count("thing", colour="red") == 0
        assert store.delete("thing", "a") is True
        assert store.delete("thing", "a") is False
        assert store.count("thing", colour="blue") == 0
        store.close()

    def test_failed_transaction_leaves_nothing_even_when_nested(self):
        store = Store()
        with contextlib.suppress(KeyError), store.transaction():
            store.put("thing", "a", {})
            with store.transaction():
                store.put("thing", "b", {})
                raise KeyError
        assert store.count("thing") == 0
        store.put("thing", "c", {})
        assert store.count("thing") == 1
        store.close()

    def test_many_threads_lose_nothing(self, tmp_path):
        store = Store(str(tmp_path / "s.sqlite3"))

        def add(base: int) -> None:
            for number in range(50):
                store.put("thing", f"{base}-{number}", {})

        threads = [threading.Thread(target=add, args=(base,)) for base in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.count("thing") == 400
        store.close()
        with sqlite3.connect(tmp_path / "s.sqlite3") as db:
            assert db.execute("SELECT count(*) FROM objects").fetchone() == (400,)
