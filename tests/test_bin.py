"""What `make` says when something is missing: one clear line."""

import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def script(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "bin" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bootstrap(tmp_path, monkeypatch):
    module = script("bootstrap")
    monkeypatch.setattr(module, "ROOT", str(tmp_path))
    return module


def said(capsys, act) -> str:
    """The one line that act says before it stops with exit code 1."""
    with pytest.raises(SystemExit) as stopped:
        act()
    assert stopped.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_a_python_too_old_is_named(bootstrap, capsys, monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    line = said(capsys, bootstrap.newest_python)
    assert "Python 3.11 or newer is needed; this is Python 3.8" in line


def test_a_newer_python_beside_an_old_one_is_taken(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(
        bootstrap.shutil, "which", lambda name: sys.executable if name == "python3.11" else None
    )
    assert bootstrap.newest_python() == sys.executable


def test_a_missing_compiler_is_named(bootstrap, capsys, monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    line = said(capsys, lambda: bootstrap.explain("ERROR: Failed building wheel for granian"))
    assert "there is no C compiler" in line


def test_a_download_that_was_tampered_with_is_named(bootstrap, capsys):
    line = said(capsys, lambda: bootstrap.explain("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES"))
    assert "does not match its pinned hash" in line


def test_any_other_failure_names_its_last_error_and_where_the_rest_is(bootstrap, capsys, tmp_path):
    line = said(
        capsys, lambda: bootstrap.explain("Collecting\nERROR: No matching distribution found for granian\n")
    )
    assert "No matching distribution found for granian" in line
    assert "Collecting" in (tmp_path / "var" / "install.log").read_text()


def test_without_any_browser_one_line_says_what_to_do(bootstrap, capsys, monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(bootstrap, "playwrights", lambda: None)
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda *args, **kwargs: 1)
    with pytest.raises(SystemExit):
        bootstrap.browser()
    assert "no browser for the end-to-end tests" in capsys.readouterr().err


def demo(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bin/demo.py"],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": str(tmp_path), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_a_port_in_use_is_one_line_that_offers_another(tmp_path, name):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        done = demo(tmp_path, **{"PORT": "18000", "SANDBOX_PORT": "18001", name: str(number)})
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"port {number} can't be used" in line
    assert f"{name}=" in line


@pytest.mark.parametrize("value", ["abc", "0", "70000", "-1"])
def test_a_port_that_is_none_is_one_line(tmp_path, value):
    done = demo(tmp_path, PORT=value)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "PORT must be a port number" in line
