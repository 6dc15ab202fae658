"""Production starts only when it is safe to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "x9" * 30 + "abcdefghij",
    "ALLOWED_HOSTS": "puente.example",
    "DATABASE_URL": "sqlite:///{var}/check.sqlite3",
    "STRIPE_SECRET_KEY": "sk_" + "live_0000000000000000",
    "STRIPE_WEBHOOK_SECRET": "whsec_0000",
    "EMAIL_BACKEND": "anymail.backends.mailgun.EmailBackend",
    "ANYMAIL_MAILGUN_API_KEY": "key-0000",
    "ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY": "signing-0000",
    "DEFAULT_FROM_EMAIL": "Puente <hello@puente.example>",
}


def check(tmp_path: Path, **changes: str | None) -> subprocess.CompletedProcess[str]:
    env = {
        name: value.format(var=tmp_path) for name, value in {**GOOD, **changes}.items() if value is not None
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**kept, "VAR_DIR": str(tmp_path), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_check_is_clean_with_settings_alone(tmp_path):
    done = check(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
        "STRIPE_SECRET_KEY",
        "STRIPE_WEBHOOK_SECRET",
        "ANYMAIL_MAILGUN_API_KEY",
        "ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY",
        "DEFAULT_FROM_EMAIL",
    ],
)
def test_a_missing_setting_stops_the_start_and_is_named(tmp_path, name):
    done = check(tmp_path, **{name: None})
    assert done.returncode != 0
    assert f"{name} is not set" in done.stderr


def test_a_test_key_is_refused(tmp_path):
    done = check(tmp_path, STRIPE_SECRET_KEY="sk_test_0000")
    assert "is a test key" in done.stderr


def test_a_test_key_is_taken_where_that_is_said(tmp_path):
    assert check(tmp_path, STRIPE_SECRET_KEY="sk_test_0000", ALLOW_TEST_KEYS="1").returncode == 0


def test_another_email_provider_needs_a_secret_for_its_webhooks(tmp_path):
    brevo = {"EMAIL_BACKEND": "anymail.backends.brevo.EmailBackend", "ANYMAIL_BREVO_API_KEY": "key-0000"}
    assert "ANYMAIL_WEBHOOK_SECRET is not set" in check(tmp_path, **brevo).stderr
    assert check(tmp_path, **brevo, ANYMAIL_WEBHOOK_SECRET="hook:0000").returncode == 0


def test_a_stand_in_on_another_machine_is_refused(tmp_path):
    done = check(tmp_path, STRIPE_API_BASE="http://sandbox:8001/stripe")
    assert "STRIPE_API_BASE is not an https address" in done.stderr


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8001/stripe", "http://localhost:8001/stripe", "http://[::1]/stripe"]
)
def test_a_stand_in_for_stripe_is_refused(tmp_path, address):
    done = check(tmp_path, STRIPE_API_BASE=address)
    assert "STRIPE_API_BASE points at this machine" in done.stderr


def test_a_stand_in_for_the_email_provider_is_refused(tmp_path):
    done = check(tmp_path, ANYMAIL_MAILGUN_API_URL="http://127.0.0.1:8001/mailgun/v3")
    assert "ANYMAIL_MAILGUN_API_URL points at this machine" in done.stderr


@pytest.mark.parametrize(
    "backend", ["django.core.mail.backends.console.EmailBackend", "anymail.backends.test.EmailBackend"]
)
def test_a_backend_that_reports_nothing_is_refused(tmp_path, backend):
    assert "EMAIL_BACKEND must be" in check(tmp_path, EMAIL_BACKEND=backend).stderr


@pytest.mark.parametrize("hosts", ["*", ".puente.example"])
def test_a_host_that_names_none_is_refused(tmp_path, hosts):
    assert "ALLOWED_HOSTS must name each host" in check(tmp_path, ALLOWED_HOSTS=hosts).stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "for-development-only-never-in-production-0123456789abcdef"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_sandbox"),
    ],
)
def test_a_secret_that_everybody_knows_is_refused(tmp_path, name, value):
    assert f"{name} is the one of development" in check(tmp_path, **{name: value}).stderr
