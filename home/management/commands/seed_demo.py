from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from home.demo.builder import Demo
from home.signals import seed_demo


class Command(BaseCommand):
    help = "Load the demo's stories, pages, directory and staff. Loading it again changes nothing."

    def handle(self, *args, **options) -> None:
        if not settings.DEMO:
            raise CommandError("This installation is not a demo: its accounts have a public password.")
        with transaction.atomic():
            demo = Demo()
            seed_demo.send(sender=type(self), demo=demo)
            for finish in demo.finishers:
                finish(demo)
        self.stdout.write("The demo is loaded.")
