"""The demo's own settings, and bare views to compare its pages with."""

from config.settings.dev import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.urls"
