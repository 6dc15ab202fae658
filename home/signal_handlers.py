from urllib.parse import urlsplit

from anymail.signals import tracking
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string, module_has_submodule
from wagtail.models import Site

from home.models import OutboxMail
from home.signals import seed_demo, sweep


def connect() -> None:
    tracking.connect(record_tracking, dispatch_uid="home.record_tracking")
    sweep.connect(sweep_mail, dispatch_uid="home.sweep_mail")
    seed_demo.connect(seed_pages, dispatch_uid="home.seed_pages")


def record_tracking(sender, event, esp_name, **kwargs) -> None:
    from home.webhooks import record_tracking_event

    # anymail answers in the name of every provider it knows, and not all of them sign: only ours is believed.
    if esp_name != getattr(import_string(settings.EMAIL_BACKEND), "esp_name", None):
        return
    record_tracking_event(event=event, provider=esp_name)


def sweep_mail(sender, **kwargs) -> None:
    from home.outbox import drain, settle

    settle(OutboxMail)
    drain(OutboxMail)


def seed_pages(sender, demo, **kwargs) -> None:
    from home.demo.pages import seed

    seed(demo)


def point_site(sender, **kwargs) -> None:
    """The default site's address is the one the settings name, so that mails and shared links lead there."""
    origin = urlsplit(settings.SITE_ORIGIN)
    port = origin.port or (443 if origin.scheme == "https" else 80)
    Site.objects.filter(is_default_site=True).exclude(hostname=origin.hostname, port=port).update(
        hostname=origin.hostname, port=port
    )
    Site.clear_site_root_paths_cache()


def grant_roles(sender, **kwargs) -> None:
    """Give each staff role what the apps' roles modules name, and no more."""
    from home.roles import grant, grant_pictures

    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "roles"):
            grant(import_string(f"{config.name}.roles.ROLES"))
    grant_pictures()
