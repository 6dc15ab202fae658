"""Guessing passwords is slow."""

import pytest
from django.urls import reverse


@pytest.fixture(autouse=True)
def _throttled(settings):
    settings.AXES_ENABLED = True


def attempt(client, password: str):
    return client.post(reverse("wagtailadmin_login"), {"username": "ana", "password": password})


def test_after_five_wrong_passwords_the_right_one_is_refused_too(db, client, django_user_model):
    django_user_model.objects.create_superuser("ana", "ana@example.org", "the right password")
    for _ in range(5):
        attempt(client, "wrong")
    page = attempt(client, "the right password")
    assert page.status_code == 429
    assert "_auth_user_id" not in client.session


def test_the_right_password_at_once_lets_in(db, client, django_user_model):
    django_user_model.objects.create_superuser("ana", "ana@example.org", "the right password")
    assert attempt(client, "the right password").status_code == 302
    assert "_auth_user_id" in client.session
