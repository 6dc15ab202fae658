#!/usr/bin/env python3
"""Makes the virtual environment and, when asked, finds or installs a browser for the tests.

Uses nothing but the standard library, and syntax old enough that a Python that is too old can say so.
"""

import argparse
import glob
import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.environ.get("VENV", os.path.join(ROOT, ".venv"))
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def stop(message):
    sys.stderr.write("puente: " + message + "\n")
    sys.exit(1)


def newest_python():
    """This Python if it is new enough, else one beside it that is."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            return found
    return stop(
        "Python 3.11 or newer is needed; this is Python %d.%d (%s)."
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )


def environment(requirements):
    """The virtual environment with exactly what the hashed requirement file pins."""
    path = os.path.join(ROOT, "requirements", requirements + ".txt")
    with open(path, "rb") as handle:
        wanted = hashlib.sha256(handle.read()).hexdigest()
    stamp = os.path.join(VENV, "." + requirements + ".sha256")
    if os.path.exists(stamp) and os.path.exists(PYTHON):
        with open(stamp) as handle:
            if handle.read() == wanted:
                return
    if not os.path.exists(PYTHON):
        print("Making a virtual environment in " + os.path.relpath(VENV, ROOT) + " …", flush=True)
        made = subprocess.run(
            [newest_python(), "-m", "venv", VENV],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            stop("this Python can't make a virtual environment. On Debian: apt-get install python3-venv")
    print("Installing the pinned dependencies …", flush=True)
    got = subprocess.run(
        [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            path,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if got.returncode:
        explain(got.stdout.decode("utf-8", "replace"))
    with open(stamp, "w") as handle:
        handle.write(wanted)


def explain(output):
    """Say in one line why pip failed; what it printed is kept in a file."""
    log = os.path.join(ROOT, "var", "install.log")
    os.makedirs(os.path.dirname(log), exist_ok=True)
    with open(log, "w") as handle:
        handle.write(output)
    compilers = (os.environ.get("CC"), "cc", "gcc", "clang")
    if "wheel" in output and not any(name and shutil.which(name) for name in compilers):
        stop(
            "a dependency has to be compiled here and there is no C compiler. On Debian: apt-get install gcc python3-dev"
        )
    if "HASHES" in output:
        stop("a download does not match its pinned hash, so nothing was installed. Details: var/install.log")
    last = [line for line in output.splitlines() if line.strip().startswith("ERROR")]
    stop(
        (last[-1].strip() if last else "the dependencies could not be installed.")
        + " Details: var/install.log"
    )


def browser():
    """The path of a Chromium: one on the machine, else Playwright's own, else Debian's package."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None) or playwrights()
    if found:
        return found
    print("Fetching a browser for the tests …", flush=True)
    subprocess.call(
        [PYTHON, "-m", "playwright", "install", "chromium"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if playwrights():
        return playwrights()
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        subprocess.call(["apt-get", "-qq", "update"], stdout=subprocess.DEVNULL)
        subprocess.call(["apt-get", "-qq", "install", "-y", "chromium"], stdout=subprocess.DEVNULL, env=quiet)
    return next(filter(None, map(shutil.which, BROWSERS)), None) or stop(
        "no browser for the end-to-end tests. Install Chromium, or name one: CHROMIUM=/path/to/chromium make test"
    )


def playwrights():
    """Playwright's own Chromium, if it is there and starts."""
    for folder in ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright"):
        for pattern in ("chrome-linux*/chrome", "chrome-mac*/Chromium.app/Contents/MacOS/Chromium"):
            for path in sorted(
                glob.glob(os.path.join(os.path.expanduser(folder), "chromium-*", pattern)), reverse=True
            ):
                if (
                    subprocess.call([path, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    == 0
                ):
                    return path
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("requirements", choices=("base", "dev"))
    parser.add_argument(
        "--browser", action="store_true", help="find or install a browser, and write var/browser"
    )
    arguments = parser.parse_args()
    newest_python()
    environment(arguments.requirements)
    if arguments.browser:
        path = browser()
        os.makedirs(os.path.join(ROOT, "var"), exist_ok=True)
        with open(os.path.join(ROOT, "var", "browser"), "w") as handle:
            handle.write(path)


if __name__ == "__main__":
    main()
