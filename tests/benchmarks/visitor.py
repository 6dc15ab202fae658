"""A visitor without a browser: follows links, fills in forms as they stand on the page, keeps cookies."""

import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests


class Stuck(Exception):
    """A page was not what a visitor needs to go on."""


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)  # as a browser would send them untouched
    offered: dict[str, list[str]] = field(default_factory=dict)  # radio buttons and options, by name


@dataclass
class Page:
    url: str
    status: int
    html: str
    forms: list[Form]

    def form(self, part_of_action: str) -> Form:
        """The form whose address holds this.

        Raises:
            Stuck: there is none.
        """
        for form in self.forms:
            if part_of_action in form.action:
                return form
        raise Stuck(f"{self.status}: no form to …{part_of_action}")


class Visitor:
    """One person with one cookie jar. `waited` adds up, by host and port, the seconds spent on answers."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False  # never through a proxy
        self.waited: dict[str, float] = {}

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *exc: object) -> None:
        self.session.close()

    def get(self, url: str, *, expect: int = 200) -> Page:
        return self._follow("GET", url, None, expect)

    def submit(self, form: Form, *, expect: int = 200, **filled: str) -> Page:
        """Send a form and follow where it leads, as long as that answers as expected."""
        return self._follow(form.method, form.action, {**form.fields, **filled}, expect)

    def submit_and_leave(self, form: Form, **filled: str) -> str:
        """Send a form and close the tab: returns where it would have led."""
        answer = self._ask(form.method, form.action, {**form.fields, **filled})
        if answer.status_code not in (302, 303):
            raise Stuck(f"{answer.status_code} instead of a redirect")
        return urljoin(answer.url, answer.headers["Location"])

    def _follow(self, method: str, url: str, data: dict[str, str] | None, expect: int) -> Page:
        answer = self._ask(method, url, data)
        for _hop in range(5):
            if answer.status_code not in (301, 302, 303):
                break
            answer = self._ask("GET", urljoin(answer.url, answer.headers["Location"]), None)
        if answer.status_code != expect:
            raise Stuck(f"{answer.status_code} instead of {expect} from {urlsplit(answer.url).path[:40]}")
        parser = _Forms(answer.url)
        parser.feed(answer.text)
        return Page(answer.url, answer.status_code, answer.text, parser.forms)

    def _ask(self, method: str, url: str, data: dict[str, str] | None) -> requests.Response:
        began = time.perf_counter()
        answer = self.session.request(
            method,
            url,
            params=data if method == "GET" else None,
            data=data if method == "POST" else None,
            timeout=30,
            allow_redirects=False,
        )
        host = answer.request.url.split("/")[2]
        self.waited[host] = self.waited.get(host, 0.0) + time.perf_counter() - began
        return answer


class _Forms(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.text_of = ""  # the textarea being read
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.base, given.get("action", ""))
            self.form = Form(action or self.base, given.get("method", "get").upper())
            self.forms.append(self.form)
        elif self.form is not None:
            name, value = given.get("name", ""), given.get("value", "")
            kind = given.get("type", "text").lower() if tag == "input" else tag
            if kind in ("radio", "checkbox"):
                self.form.offered.setdefault(name, []).append(value or "on")
                if "checked" in given:
                    self.form.fields[name] = value or "on"
            elif kind == "select":
                self.select = name
            elif kind == "option":
                self.form.offered.setdefault(self.select, []).append(value)
                if "selected" in given or self.select not in self.form.fields:
                    self.form.fields[self.select] = value
            elif kind == "textarea":
                self.text_of = name
                self.form.fields[name] = ""
            elif tag == "input" and name and kind not in ("submit", "button", "image", "file"):
                self.form.fields[name] = value

    def handle_data(self, data: str) -> None:
        if self.text_of and self.form is not None:
            self.form.fields[self.text_of] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.text_of = ""
        elif tag == "select":
            self.select = ""
