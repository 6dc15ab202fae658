"""What people read when a request can't be taken."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_a_form_without_its_cookie_is_answered_in_both_languages_and_within_the_content_policy():
    answer = Client(enforce_csrf_checks=True).post("/en/gift/start/1/", {"frequency": "once"})
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "Nothing was sent" in html
    assert '<div lang="es">' in html
    assert "<style" not in html
