from django.urls import path

from advocacy import views

app_name = "advocacy"
urlpatterns = [
    path("write/<int:page_pk>/", views.write, name="write"),
    path("check/<int:page_pk>/", views.check, name="check"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("confirm/<str:token>/renew/", views.renew, name="renew"),
    path("renewed/", views.renewed, name="renewed"),
    path("<str:access_key>/", views.letter, name="letter"),
]
