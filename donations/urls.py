from django.urls import path, re_path

from donations import views

app_name = "donations"
# Nine digits: what every database takes for a number.
PAGE = r"(?P<page_pk>[0-9]{1,9})"
urlpatterns = [
    re_path(rf"^start/{PAGE}/$", views.start, name="start"),
    path("thanks/", views.thanks, name="thanks"),
]
