from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("Site")

    def ready(self) -> None:
        from . import signal_handlers

        signal_handlers.connect()
        post_migrate.connect(signal_handlers.grant_roles, sender=self)
        post_migrate.connect(signal_handlers.point_site, sender=self)
