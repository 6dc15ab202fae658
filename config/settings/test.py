"""The suite: in memory where it can be, PostgreSQL where DATABASE_URL names one."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

from .dev import *

DEBUG = False
VAR_DIR = Path(tempfile.mkdtemp(prefix="puente-test-"))
MEDIA_ROOT = VAR_DIR / "media"
STATIC_ROOT = VAR_DIR / "static"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
AXES_ENABLED = False
