"""What the sandbox can be told from outside, and its defaults."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Config:
    """Settings of one sandbox.

    ``state`` is the path of an SQLite file; empty keeps everything in memory. ``port`` 0 picks a free one.
    ``webhook_backoff`` holds the seconds between attempts; after the last one a delivery has failed.
    ``mailgun_pace`` multiplies the time mail takes to arrive (0: none); ``mailgun_events_lag`` is how many
    seconds late the Events API learns of an event.
    """

    host: str = "127.0.0.1"
    port: int = 8001
    state: str = ""
    public_url: str = ""
    stripe_secret_key: str = "sk_test_sandbox"  # noqa: S105 - known to all, opens nothing
    stripe_webhook_secret: str = "whsec_sandbox"  # noqa: S105
    stripe_webhook_url: str = ""
    stripe_account_name: str = "Sandbox organisation"
    mailgun_api_key: str = "key-sandbox"
    mailgun_webhook_signing_key: str = "signing-sandbox"
    mailgun_webhook_url: str = ""
    mailgun_pace: float = 1
    mailgun_events_lag: float = 0
    congress_api_key: str = "cwc-sandbox"
    webhook_backoff: tuple[float, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256)
    webhook_timeout: float = 20
    webhook_threads: int = 4
    fault_seed: int = 1
    threads: int = 32

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Config":
        """Read SANDBOX_* variables.

        Raises:
            ValueError: a number is not one; the message names the variable.
        """
        values: dict[str, object] = {}
        for name, field in cls.__dataclass_fields__.items():
            raw = env.get(f"SANDBOX_{name.upper()}", "").strip()
            if not raw:
                continue
            try:
                if name == "webhook_backoff":
                    values[name] = tuple(float(part) for part in raw.split(","))
                else:
                    values[name] = field.type(raw) if callable(field.type) else raw
            except ValueError:
                raise ValueError(f"SANDBOX_{name.upper()} is not a number: {raw!r}") from None
        return cls(**values).with_port(int(values.get("port", cls.port)))

    def with_port(self, port: int) -> "Config":
        """The same settings on ``port``; the public address follows unless it was given."""
        derived = not self.public_url or self.public_url == f"http://{self.host}:{self.port}"
        url = f"http://{self.host}:{port}" if derived else self.public_url.rstrip("/")
        return replace(self, port=port, public_url=url)
