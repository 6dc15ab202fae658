"""Every address of the site. Apps are named by string only."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.static import serve

urlpatterns = [
    path("admin/", include("wagtail.admin.urls")),
    path("documents/", include("wagtail.documents.urls")),
    path("webhooks/stripe/", include("donations.webhook_urls")),
    path("webhooks/mail/", include("anymail.urls")),
    path("", include("home.urls")),
]

if settings.DEBUG or settings.SERVE_MEDIA:
    # On a laptop the site serves its own pictures; in production the web server or the store does.
    urlpatterns.append(
        re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}, name="media")
    )

urlpatterns += i18n_patterns(
    path("gift/", include("donations.urls")),
    path("letter/", include("advocacy.urls")),
    path("", include("wagtail.urls")),
)

handler404 = "home.views.not_found"
handler500 = "home.views.server_error"
