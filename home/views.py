from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


def _speak(request: HttpRequest) -> None:
    """Outside i18n_patterns the language is the one in the address, if there is one."""
    first = request.path.split("/")[1]
    if first in dict(settings.LANGUAGES):
        translation.activate(first)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    _speak(request)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    _speak(request)
    return render(request, "500.html", status=500)


@require_safe
@cache_control(max_age=86400, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "home/robots.txt", {"origin": settings.SITE_ORIGIN}, content_type="text/plain")
