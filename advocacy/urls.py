from django.urls import path, re_path

from advocacy import views

app_name = "advocacy"
# Nine digits: what every database takes for a number.
PAGE = r"(?P<page_pk>[0-9]{1,9})"
urlpatterns = [
    re_path(rf"^write/{PAGE}/$", views.write, name="write"),
    re_path(rf"^check/{PAGE}/$", views.check, name="check"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("confirm/<str:token>/renew/", views.renew, name="renew"),
    path("renewed/", views.renewed, name="renewed"),
    path("<str:access_key>/", views.letter, name="letter"),
]
