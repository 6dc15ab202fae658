from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Locale

from home.models import HomePage, SiteWords
from home.services import create_home


class Command(BaseCommand):
    help = "Make the first home page and its organisation's words, to edit in the admin."

    def add_arguments(self, parser) -> None:
        parser.add_argument("organisation", help="the organisation's name")

    def handle(self, *args, organisation: str, **options) -> None:
        if HomePage.objects.exists():
            raise CommandError("This installation has its home page already.")
        english = Locale.objects.get(language_code="en")
        create_home(
            home=HomePage(title=organisation, slug="home-page", headline=organisation, locale=english)
        )
        SiteWords.objects.create(organisation=organisation, locale=english)
        self.stdout.write("The home page is there; edit it in /admin/.")
