"""Links that a mail holds, so that the inbox can list them beside a frame in which none works."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

IN_TEXT = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")


class MailLink(NamedTuple):
    url: str
    label: str


def find(text: str, html: str) -> list[MailLink]:
    """Web and mail addresses linked from either part, each once, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    found = {link.url: link for link in [MailLink(url, url) for url in IN_TEXT.findall(text)] + reader.links}
    return list(found.values())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[MailLink] = []
        self.url = ""
        self.label: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        if tag == "a" and href.startswith(("http://", "https://", "mailto:")):
            self.url, self.label = href, []

    def handle_data(self, data: str) -> None:
        self.label.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.url:
            self.links.append(MailLink(self.url, " ".join("".join(self.label).split()) or self.url))
            self.url = ""
