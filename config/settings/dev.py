"""A laptop without accounts anywhere: Stripe and the email provider are at an address of this machine."""

import os

from csp.constants import SELF

from .base import *

DEBUG = os.environ.get("DEBUG", "") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY", "for-development-only-never-in-production-0123456789abcdef")
DEMO = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]

# Style sheets and drawings come straight from static/, nothing has to be collected.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

LOGGING["root"]["level"] = "WARNING"

PORT = os.environ.get("PORT", "8000")
SITE_ORIGIN = WAGTAILADMIN_BASE_URL = os.environ.get("SITE_ORIGIN", f"http://127.0.0.1:{PORT}")
OUTSIDE = f"http://127.0.0.1:{os.environ.get('SANDBOX_PORT', '8001')}"

STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "sk_test_sandbox")
STRIPE_WEBHOOK_SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET", "whsec_sandbox")
STRIPE_API_BASE = os.environ.get("STRIPE_API_BASE", f"{OUTSIDE}/stripe")
PAYMENT_ORIGINS = [*PAYMENT_ORIGINS, OUTSIDE]
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] = [SELF, *PAYMENT_ORIGINS]

ANYMAIL = {
    "MAILGUN_API_KEY": "key-sandbox",
    "MAILGUN_SENDER_DOMAIN": "puente.example",
    "MAILGUN_WEBHOOK_SIGNING_KEY": "signing-sandbox",
    "MAILGUN_API_URL": f"{OUTSIDE}/mailgun/v3",
    **ANYMAIL,
}
