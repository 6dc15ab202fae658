from pathlib import Path

from wagtail.models import Page

from home.demo.builder import Demo
from home.models import HelpLine, HomePage, SiteWords, StandardPage
from home.services import create_home

CONTENT = Path(__file__).parent / "pages.json"


def seed(demo: Demo) -> None:
    """The root of the demo: staff, the home page and the words of the site.

    Home and the standard pages show figures, and buttons lead to pages of higher floors, so their bodies
    and links are filled in by `finish`, once every floor has seeded.
    """
    demo.user("admin", superuser=True)
    demo.user("editor", "Editors")
    demo.finishers.append(finish)
    if HomePage.objects.exists():
        return
    content = demo.read(CONTENT)["home"]
    en, es = _home_fields(content["en"]), _home_fields(content["es"])
    picture = content["image"]
    home = HomePage(
        slug="puente",
        locale=demo.english,
        image=demo.picture(picture),
        image_alt=demo.alts[picture]["en"],
        **demo.fields(HomePage, {**en, "body": []}),
    )
    create_home(home=home)
    demo.translate(home, {**es, "image_alt": demo.alts[picture]["es"], "body": []})


def finish(demo: Demo) -> None:
    """What needs the floors above: bodies that show figures, and where the buttons lead."""
    content = demo.read(CONTENT)
    home = HomePage.objects.get(locale=demo.english)
    if not home.body:
        for name, value in demo.fields(HomePage, {"body": content["home"]["en"]["sections"]}).items():
            setattr(home, name, value)
        home.save_revision().publish()
        spanish = _home_fields(content["home"]["es"])
        demo.translate(home, {**spanish, "image_alt": demo.alts[content["home"]["image"]]["es"]})
    for key in ("about", "privacy"):
        page = content[key]
        demo.page(
            home,
            StandardPage,
            slug=page["slug"],
            en=page["en"],
            es=page["es"],
            image=page.get("image", ""),
            show_in_menus=key == "about",
        )
    if not SiteWords.objects.exists():
        _seed_words(demo, content["settings"])


def _home_fields(values: dict) -> dict:
    renamed = {name: value for name, value in values.items() if name != "sections"}
    return {**renamed, "body": values["sections"]}


def _seed_words(demo: Demo, content: dict) -> None:
    english, spanish = content["en"], content["es"]
    names = ("organisation", "tagline", "footer_text", "legal_text")
    words = SiteWords(locale=demo.english, **{name: english[name] for name in names})
    words.give_page = Page.objects.filter(slug="give", locale=demo.english).first()
    words.write_page = Page.objects.filter(slug="tell-congress", locale=demo.english).first()
    words.help_lines = [
        HelpLine(locale=demo.english, sort_order=i, **line) for i, line in enumerate(english["help_lines"])
    ]
    words.save()
    lines = spanish["help_lines"]
    demo.translate(words, {**{name: spanish[name] for name in names}, "help_lines": lines})
