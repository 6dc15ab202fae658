import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from home.signals import sweep


class Command(BaseCommand):
    help = "Look for work that a lost task forgot: due mail, unsettled sends, webhooks. Run it every minute."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="stay, and look again every SECONDS")

    def handle(self, *args, every: int | None, **options) -> None:
        while True:
            close_old_connections()
            for receiver, outcome in sweep.send_robust(sender=type(self)):
                # One room's trouble must not keep the others from being swept.
                if isinstance(outcome, Exception):
                    self.stderr.write(f"{receiver.__module__}: {outcome!r}")
            if every is None:
                return
            time.sleep(every)
