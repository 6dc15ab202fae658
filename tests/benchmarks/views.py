from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# The page whose bytes the bare view returns, kept here by the benchmark as the site sent it.
KEPT_BODY = Path(settings.VAR_DIR) / "bare-body"
KEPT_ENCODING = Path(settings.VAR_DIR) / "bare-encoding"


@cache
def kept() -> tuple[bytes, dict[str, str]]:
    encoding = KEPT_ENCODING.read_text()
    return KEPT_BODY.read_bytes(), {"Content-Encoding": encoding} if encoding else {}


def bare(request: HttpRequest) -> HttpResponse:
    """The least a Django view can do for the same bytes."""
    body, headers = kept()
    return HttpResponse(body, headers=headers)
