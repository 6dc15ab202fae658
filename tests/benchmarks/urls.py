from django.urls import path

from config.urls import handler404, handler500
from config.urls import urlpatterns as urls_of_the_site
from tests.benchmarks.views import bare

__all__ = ["handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("bare/", bare),
    path("bare-behind-middleware/", bare),
    *urls_of_the_site,
]
