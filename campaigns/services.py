from uuid import UUID

from campaigns.models import Supporter
from home.mail import clean_address
from stories.models import StoryPage


def remember_supporter(*, email: str, name: str, language: str) -> Supporter:
    """The supporter with this address, new or known; the newest name and language are kept."""
    supporter, _created = Supporter.objects.update_or_create(
        email=clean_address(email).lower(), defaults={"name": name[:160], "language": language}
    )
    return supporter


def attribution(value: str | None) -> dict[str, UUID | str | None]:
    """The Attributed fields for the `from` parameter of a link, which is a story's translation key.

    An unknown or broken value attributes nothing; it never fails the act.
    """
    try:
        key = UUID(value or "")
    except ValueError:
        return {"story_key": None, "story_title": ""}
    story = StoryPage.objects.live().filter(translation_key=key).order_by("pk").values("title").first()
    return (
        {"story_key": key, "story_title": story["title"]} if story else {"story_key": None, "story_title": ""}
    )
