"""The real world. Everything here comes from the environment, and what is missing stops the start."""

import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from .base import *


def required(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. The README's “Going live” says what it is.")
    return value


DEBUG = False
SECRET_KEY = required("SECRET_KEY")
ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS").split(",")]
if any(host.startswith(("*", ".")) for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS must name each host: links in mails are made from the first one."
    )
if SECRET_KEY.startswith("for-development-only"):
    raise ImproperlyConfigured("SECRET_KEY is the one of development, which everybody knows.")
required("DATABASE_URL")
SITE_ORIGIN = WAGTAILADMIN_BASE_URL = os.environ.get("SITE_ORIGIN", f"https://{ALLOWED_HOSTS[0]}")
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN]

STRIPE_SECRET_KEY = required("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = required("STRIPE_WEBHOOK_SECRET")
STRIPE_LIVE_MODE = "_live_" in STRIPE_SECRET_KEY
if STRIPE_WEBHOOK_SECRET == "whsec_sandbox":  # noqa: S105
    raise ImproperlyConfigured("STRIPE_WEBHOOK_SECRET is the one of development, which everybody knows.")
if not STRIPE_LIVE_MODE and os.environ.get("ALLOW_TEST_KEYS") != "1":
    raise ImproperlyConfigured(
        "STRIPE_SECRET_KEY is a test key: gifts would not be real. Set ALLOW_TEST_KEYS=1 on a staging site."
    )

LOOPBACK = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}
for name, address in [
    ("STRIPE_API_BASE", STRIPE_API_BASE),
    *[(f"ANYMAIL_{key}", str(value)) for key, value in ANYMAIL.items() if key.endswith("_API_URL")],
]:
    if address and (urlsplit(address).hostname or "") in LOOPBACK:
        raise ImproperlyConfigured(
            f"{name} points at this machine ({address}): that is a stand-in, not a provider."
        )
    if address and urlsplit(address).scheme != "https":
        raise ImproperlyConfigured(f"{name} is not an https address ({address}): no provider has such.")
if not EMAIL_BACKEND.startswith("anymail.backends.") or EMAIL_BACKEND.startswith(
    ("anymail.backends.test", "anymail.backends.console")
):
    raise ImproperlyConfigured(
        "EMAIL_BACKEND must be one of anymail's providers, for letters report what became of them."
    )
if ".mailgun." in EMAIL_BACKEND:
    required("ANYMAIL_MAILGUN_API_KEY")
    required("ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY")
else:
    # Not every provider signs its webhooks; all can send a name and password.
    required("ANYMAIL_WEBHOOK_SECRET")
required("DEFAULT_FROM_EMAIL")

SECURE_SSL_REDIRECT = os.environ.get("SECURE_SSL_REDIRECT", "1") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
