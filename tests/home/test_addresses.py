"""Addresses nobody made, and what the log keeps of those somebody did."""

import logging

import pytest
from django.conf import settings


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["gift/start/", "letter/write/", "letter/check/"])
@pytest.mark.parametrize("number", ["9" * 20, "0", "4294967296"])
def test_a_page_number_that_cannot_be_is_not_found(client, path, number):
    assert client.get(f"/en/{path}{number}/").status_code == 404
    assert client.post(f"/en/{path}{number}/").status_code in (404, 405)


@pytest.mark.parametrize("logger", ["django.request", "django.security.csrf"])
def test_refusals_are_not_logged_for_their_addresses_may_be_private_links(logger):
    assert settings.LOGGING["loggers"][logger]["level"] == "ERROR"
    assert not logging.getLogger(logger).isEnabledFor(logging.WARNING)
