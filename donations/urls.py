from django.urls import path

from donations import views

app_name = "donations"
urlpatterns = [
    path("start/<int:page_pk>/", views.start, name="start"),
    path("thanks/", views.thanks, name="thanks"),
]
