from django.urls import path

from donations.webhooks import stripe_webhook

urlpatterns = [path("", stripe_webhook, name="stripe_webhook")]
