"""What may come in as a picture, and what of it is kept."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from home.images import without_metadata
from home.models import Picture

ORIENTATION, GPS, ARTIST = 0x0112, 0x8825, 0x013B


def picture_bytes(
    kind: str = "JPEG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options
) -> bytes:
    """A picture that carries a place, an author and a comment."""
    picture = Image.new(mode, size, 120 if mode in "LP" else (200, 30, 30, 90)[: len(mode)])
    exif = Image.Exif()
    exif[ARTIST] = "A photographer"
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (15.0, 30.0, 18.0)
    written = BytesIO()
    picture.save(written, format=kind, exif=exif, **options)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_no_metadata_is_left_in_any_format(kind):
    original = picture_bytes(kind)
    assert Image.open(BytesIO(original)).getexif()

    clean = Image.open(BytesIO(without_metadata(BytesIO(original))))

    assert clean.format == kind
    assert not dict(clean.getexif())
    assert b"photographer" not in without_metadata(BytesIO(original))


def test_a_picture_that_lay_on_its_side_is_stored_upright():
    clean = Image.open(BytesIO(without_metadata(BytesIO(picture_bytes(size=(40, 20))))))
    assert clean.size == (20, 40)


def test_transparency_survives():
    written = BytesIO()
    Image.new("RGBA", (4, 4), (10, 20, 30, 0)).save(written, format="PNG")
    clean = Image.open(BytesIO(without_metadata(written)))
    assert clean.convert("RGBA").getpixel((1, 1))[3] == 0


def test_a_palette_keeps_its_colours_and_its_transparent_one():
    picture = Image.new("P", (4, 4), 1)
    picture.putpalette([0, 0, 0, 255, 0, 0])
    written = BytesIO()
    picture.save(written, format="PNG", transparency=0)
    clean = Image.open(BytesIO(without_metadata(written)))
    assert clean.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
    assert clean.info["transparency"] == 0


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00 a program",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"",
    ],
    ids=["executable", "svg", "empty"],
)
def test_what_is_no_picture_is_refused_with_a_clear_line(content):
    with pytest.raises(ValidationError, match="not a picture"):
        without_metadata(BytesIO(content))


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(settings):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 100
    with pytest.raises(ValidationError, match="too large"):
        without_metadata(BytesIO(picture_bytes("PNG", size=(20, 20))))


@pytest.mark.django_db
def test_a_picture_saved_in_the_shell_is_stored_without_metadata():
    picture = Picture(title="A place", file=ContentFile(picture_bytes(), name="place.jpg"))
    picture.save()
    with picture.file.open() as stored:
        assert not dict(Image.open(stored).getexif())
    assert (picture.width, picture.height) == (20, 40)
    assert picture.file_size == picture.file.size


@pytest.mark.django_db
def test_saving_a_stored_picture_again_leaves_its_file_alone():
    picture = Picture(title="A place", file=ContentFile(picture_bytes(), name="place.jpg"))
    picture.save()
    before = picture.file_hash
    picture.title = "Another title"
    picture.save()
    picture.refresh_from_db()
    assert picture.file_hash == before


def upload(client, name: str, content: bytes):
    return client.post(
        reverse("wagtailimages:add"),
        {
            "title": "A picture",
            "file": SimpleUploadedFile(name, content),
            "collection": "1",
            "description": "",
            "tags": "",
        },
    )


def test_an_upload_in_the_admin_keeps_no_metadata(site, admin_client):
    upload(admin_client, "place.jpg", picture_bytes())
    with Picture.objects.get().file.open() as stored:
        assert not dict(Image.open(stored).getexif())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("program.jpg", b"MZ\x90\x00 a program"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("really-a-png.jpg", picture_bytes("PNG")),
    ],
)
def test_an_upload_that_is_not_what_it_says_is_refused_beside_the_field(site, admin_client, name, content):
    page = upload(admin_client, name, content)
    assert page.context["form"].errors["file"]
    assert not Picture.objects.exists()


def test_an_upload_of_too_many_pixels_is_refused_beside_the_field(site, admin_client, settings):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 100
    page = upload(admin_client, "large.png", picture_bytes("PNG", size=(20, 20)))
    assert page.context["form"].errors["file"]
    assert not Picture.objects.exists()
