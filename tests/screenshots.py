"""`make screenshots`: every page type of the demo, as people of both languages see it on three screens.

Writes var/screenshots/<language>-<page>-<width>-<scheme>.png, whole pages, for eyes to judge.
"""

import shutil
import sys
import time
from collections.abc import Callable, Iterator

import requests
from playwright.sync_api import Page, sync_playwright

from tests.browser import launch
from tests.demo import ROOT, RunningDemo, running

FOLDER = ROOT / "var" / "screenshots"
SCREENS = ((360, 740), (768, 1024), (1440, 900))
SCHEMES = ("light", "dark")
LANGUAGES = {"en": "en-US", "es": "es-US"}
PLAIN_PAGES = {
    "home": "",
    "stories": "stories/",
    "story": "stories/alexis/",
    "infographic": "journey/",
    "agenda": "agenda/",
    "agenda-point": "agenda/end-detention/",
    "about": "about/",
    "privacy": "privacy/",
    "not-found": "nothing-here/",
    "give": "give/",
    "give-cancelled": "give/?cancelled=1&amount=50&frequency=monthly",
    "letter-1-zip": "tell-congress/",
}
ZIP_OF_TWO_DISTRICTS, ZIP_OF_NONE = "87121", "09001"
# One of its offices sends mail back and another is slow, so the private page shows every state.
ZIP_OF_TROUBLE = "37042"
PATIENCE = 30  # seconds


class Walk:
    """A visitor's way through everything in one language. Each step brings `page` to a page and names it."""

    def __init__(self, demo: RunningDemo, page: Page, language: str) -> None:
        self.demo, self.page, self.language = demo, page, language
        self.email = f"screenshots-{language}@puente.example"

    def steps(self) -> Iterator[str]:
        for name, path in PLAIN_PAGES.items():
            self.open(path)
            yield name
        yield from self.gift()
        yield from self.letter()
        self.page.goto(f"{self.demo.site}/admin/login/")
        yield "staff-login"

    def open(self, path: str) -> None:
        self.page.goto(f"{self.demo.site}/{self.language}/{path}")

    def gift(self) -> Iterator[str]:
        self.open("give/")
        self.page.locator("[name=once_amount][value=other]").check()
        self.page.locator("[name=own_amount]").fill("-12,345.678")
        self.send("/gift/start/")
        yield "give-error"
        self.page.locator("[name=own_amount]").fill("75")
        self.send("/gift/start/")
        yield "sandbox-checkout"
        for name, value in {
            "email": self.email,
            "number": "4242 4242 4242 4242",
            "expiry": "12 / 34",
            "cvc": "123",
            "name": "Robin Example",
            "postal": "85004",
        }.items():
            self.page.locator(f"[name={name}]").fill(value)
        self.send("/stripe/pay/")
        yield "give-thanks"
        yield from self.mail(self.email, "75", "mail-receipt")

    def letter(self) -> Iterator[str]:
        self.open("tell-congress/")
        self.look_up("1234")
        yield "letter-1-error"
        self.look_up(ZIP_OF_TWO_DISTRICTS)
        yield "letter-2-district"
        self.open("tell-congress/")
        self.look_up(ZIP_OF_NONE)
        yield "letter-2-state"
        self.open("tell-congress/")
        self.look_up(ZIP_OF_TROUBLE)
        yield "letter-3-write"
        self.page.locator("[name=email]").fill("not an address")
        self.page.locator("[name=own_words]").fill("My grandmother crossed a border with two small children.")
        self.send("/letter/write/")
        yield "letter-3-error"
        for name, value in {
            "name": "Robin Example",
            "email": self.email,
            "street": "1 Example Street",
            "city": "Clarksville",
        }.items():
            self.page.locator(f"[name={name}]").fill(value)
        self.send("/letter/write/")
        yield "letter-4-check-mail"
        yield from self.mail(self.email, "/letter/confirm/", "mail-confirm")
        confirmation = self.message(self.email, "/letter/confirm/")
        link = next(link for link in confirmation["links"] if "/letter/confirm/" in link)
        self.page.goto(link)
        yield "letter-5-confirm"
        self.send("/letter/confirm/")
        self.eventually(
            lambda: self.page.reload() and self.page.locator(".status--bounced").count(), "a bounced letter"
        )
        yield "letter-6-private"
        self.page.goto(link)
        yield "letter-5-again"
        self.page.goto(link[:-3] + "x/")
        yield "letter-5-invalid"
        yield from self.mail("bounce.oakheart@house.example", "", "mail-office")

    def look_up(self, zip_code: str) -> None:
        self.page.locator("[name=zip]").fill(zip_code)
        self.send("/letter/write/")

    def send(self, part_of_action: str) -> None:
        """Press the first button that is shown in the form that goes there."""
        form = self.page.locator(f'form[action*="{part_of_action}"]')
        button = form.locator("button:not([name]):visible, button[name=result]:visible").first
        with self.page.expect_navigation():
            button.click()

    def mail(self, to: str, containing: str, name: str) -> Iterator[str]:
        self.page.goto(f"{self.demo.sandbox}{self.message(to, containing)['url']}/html")
        yield name

    def message(self, to: str, containing: str) -> dict:
        """The newest mail to an address whose text has this, as soon as it is in the sandbox's inbox."""

        def find() -> dict | None:
            inbox = requests.get(f"{self.demo.sandbox}/mailgun/inbox.json", params={"to": to}, timeout=10)
            return next((one for one in inbox.json()["messages"] if containing in one["text"]), None)

        return self.eventually(find, f"a mail to {to}")

    @staticmethod
    def eventually(found: Callable, what: str):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if answer := found():
                return answer
            time.sleep(0.2)
        raise TimeoutError(f"{what} did not come")


def shoot(page: Page, language: str, name: str) -> int:
    """One page on every screen in every scheme. Returns how many pictures were made."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            wait_for_pictures(page)
            target = FOLDER / f"{language}-{name}-{width}-{scheme}.png"
            page.screenshot(path=target, full_page=True, animations="disabled")
    return len(SCHEMES) * len(SCREENS)


def wait_for_pictures(page: Page) -> None:
    """Fetch what would only be fetched on scrolling, and wait for it and for the fonts."""
    page.evaluate(
        """async () => {
            const pictures = [...document.images];
            pictures.forEach(picture => picture.loading = "eager");
            await Promise.all(pictures.map(picture => picture.decode().catch(() => {})));
            await document.fonts.ready;
            scrollTo(0, 0);
        }"""
    )


def main() -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    made = 0
    with running() as demo, sync_playwright() as playwright:
        browser = launch(playwright)
        for language, locale in LANGUAGES.items():
            page = browser.new_context(locale=locale, reduced_motion="reduce").new_page()
            page.on("pageerror", lambda error: print(f"script error: {error}", file=sys.stderr))
            for name in Walk(demo, page, language).steps():
                made += shoot(page, language, name)
                print(f"{language}-{name}", flush=True)
            page.context.close()
        browser.close()
    print(f"{made} pictures in {FOLDER.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
