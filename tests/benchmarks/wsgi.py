"""The site as it is, and under /bare/ a Django without middleware, in the same process of the same server."""

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.test.utils import override_settings

site = get_wsgi_application()
with override_settings(MIDDLEWARE=[]):
    # The chain of middleware is built once, here.
    without_middleware = WSGIHandler()


def application(environ, start_response):
    handler = without_middleware if environ["PATH_INFO"].startswith("/bare/") else site
    return handler(environ, start_response)
