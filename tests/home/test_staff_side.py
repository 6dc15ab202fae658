"""What each member of staff meets in the admin, and what they don't."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from home.models import OutboxMail, Picture, SiteWords
from tests.home.test_pictures import picture_bytes


@pytest.fixture
def sign_in(client, django_user_model, demo_content, db):
    """Signs the client in as one of the demo's staff."""

    def as_user(name: str):
        client.force_login(django_user_model.objects.get(username=name))
        return client

    return as_user


def test_an_editor_adds_a_picture(sign_in):
    before = Picture.objects.count()
    answer = sign_in("editor").post(
        reverse("wagtailimages:add"),
        {
            "title": "A path",
            "file": SimpleUploadedFile("path.jpg", picture_bytes()),
            "collection": "1",
            "tags": "",
        },
    )
    assert answer.status_code == 302
    assert Picture.objects.count() == before + 1


@pytest.mark.parametrize("name", ["donation", "letter"])
def test_an_editor_is_turned_away_from_money_and_letters(sign_in, name):
    namespace = {"donation": "gifts", "letter": "letters"}[name]
    assert sign_in("editor").get(reverse(f"{namespace}:index")).status_code == 302


def test_the_mails_list_shows_neither_words_nor_addresses(sign_in):
    mail = OutboxMail.objects.create(
        key="a", kind="receipt", to="ana@example.org", subject="Secret subject", text="Secret words"
    )
    client = sign_in("admin")
    for address in (reverse("mails:index"), reverse("mails:inspect", args=[mail.pk])):
        page = client.get(address).content.decode()
        assert "receipt" in page
        assert "ana@example.org" not in page
        assert "Secret" not in page


def test_nobody_can_add_a_mail_by_hand(sign_in):
    assert sign_in("admin").get(reverse("mails:add")).status_code in (302, 403, 404)


def test_the_words_of_the_site_can_be_edited(sign_in):
    words = SiteWords.objects.get(locale__language_code="en")
    address = reverse("wagtailsnippets_home_sitewords:edit", args=[words.pk])
    assert sign_in("admin").get(address).status_code == 200
