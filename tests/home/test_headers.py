"""The headers a browser needs to protect readers."""

import pytest
from django.urls import reverse


@pytest.fixture
def response(site, client):
    return client.get("/en/")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ],
)
def test_public_pages_carry_the_header(response, header, value):
    assert response.headers[header] == value


def test_public_pages_ask_for_no_device(response):
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_the_content_policy_of_public_pages_allows_nothing_inline_and_nothing_from_elsewhere(response):
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy


def test_public_pages_hold_no_inline_style_script_or_handler(response):
    html = response.content.decode()
    assert " style=" not in html
    assert " onclick=" not in html
    assert "<script>" not in html


def test_a_form_may_only_lead_to_us_and_to_the_payment_page(response, settings):
    policy = response.headers["Content-Security-Policy"]
    rule = next(part for part in policy.split("; ") if part.startswith("form-action"))
    assert set(rule.split()[1:]) == {"'self'", *settings.PAYMENT_ORIGINS}


def test_the_admin_has_a_policy_of_its_own(site, admin_client):
    policy = admin_client.get(reverse("wagtailadmin_home")).headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "script-src 'self' 'unsafe-inline'" in policy


def test_a_first_visit_sets_no_cookie(response):
    assert not response.cookies
