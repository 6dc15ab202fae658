# ruff: noqa: T201 - this is the command line
"""``python -m sandbox``: run it until Ctrl-C or SIGTERM."""

import errno
import signal
import sqlite3
import sys

from sandbox.app import Server, create_app
from sandbox.config import Config


def main() -> int:
    try:
        config = Config.from_env()
    except ValueError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    try:
        app = create_app(config)
        server = Server(app, config)
    except sqlite3.Error as error:
        print(f"sandbox: cannot open the state file {config.state}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        reason = (
            "is already in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        )
        print(f"sandbox: port {config.port} on {config.host} {reason}", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.stop())
    print(f"sandbox: payments, mail and Congress on {config.public_url}/ (nothing here is real)", flush=True)
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
