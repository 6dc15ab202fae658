"""Pictures at the door: only pixels come in."""

from io import BytesIO
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

# Pillow's name for each format we accept, and how it is written again.
FORMATS: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 92, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 92},
    "AVIF": {"quality": 85},
}


def without_metadata(original: IO[bytes]) -> bytes:
    """The same picture with nothing but its pixels, upright, in its own format.

    Raises:
        ValidationError: not a picture of an accepted format, or larger than WAGTAILIMAGES_MAX_IMAGE_PIXELS.
    """
    original.seek(0)
    try:
        with Image.open(original, formats=list(FORMATS)) as picture:
            # The size stands in the header: a bomb is refused before it is unpacked.
            if picture.width * picture.height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
                raise ValidationError(_("This picture is too large: at most 25 megapixels."))
            kind = str(picture.format)
            upright = ImageOps.exif_transpose(picture)
            bare = Image.new(upright.mode, upright.size)
            if upright.mode == "P":
                bare.putpalette(upright.getpalette() or [])
            bare.paste(upright)
            options = dict(FORMATS[kind])
            if "transparency" in picture.info and kind == "PNG":
                options["transparency"] = picture.info["transparency"]
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError(_("This file is not a picture that can be read.")) from error
    written = BytesIO()
    bare.save(written, format=kind, **options)
    return written.getvalue()
