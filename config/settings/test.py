"""The suite: on SQLite, or on PostgreSQL where DATABASE_URL names one."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

from .dev import *

DEBUG = False
VAR_DIR = Path(tempfile.mkdtemp(prefix="puente-test-"))
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, for SQLite in memory does not let threads wait for each other.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
MEDIA_ROOT = VAR_DIR / "media"
STATIC_ROOT = VAR_DIR / "static"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
AXES_ENABLED = False
