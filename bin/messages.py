#!/usr/bin/env python3
"""The interface's catalogues: brings locale/*/LC_MESSAGES/django.po up to date and compiles it.

Works without GNU gettext: Django turns templates into something gettext-like, Babel extracts, polib keeps
the catalogue. With --check nothing is written; what is missing, stale or not compiled is listed.
"""

import argparse
import io
import re
import subprocess
import sys
from pathlib import Path

import polib
from babel.messages.extract import extract_javascript, extract_python
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("es",)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Key = tuple[str, str]  # context, English


def sources() -> list[Path]:
    """Code and templates of the site; the sandbox and the tests speak English only."""
    listed = subprocess.run(
        [
            "git",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "*.py",
            "templates/*.html",
            "templates/*.txt",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    ours = ("home", "stories", "campaigns", "donations", "advocacy", "config", "templates")
    return [
        ROOT / name for name in sorted(set(listed)) if name.split("/")[0] in ours and (ROOT / name).exists()
    ]


def extracted() -> dict[Key, tuple[str, list[str]]]:
    """Every string marked for translation: (context, English) -> (plural, places)."""
    found: dict[Key, tuple[str, list[str]]] = {}
    for path in sources():
        text = path.read_text(encoding="utf-8")
        place = str(path.relative_to(ROOT))
        if path.suffix == ".py":
            messages = extract_python(io.BytesIO(text.encode()), list(KEYWORDS), [], {"encoding": "utf-8"})
        else:
            # templatize writes code that is Python in its calls but not in between, as xgettext expects it;
            # the lexer for JavaScript reads calls without minding what stands between them.
            gettexted = templatize(text).replace(" u'", " '").replace("(u'", "('")
            messages = extract_javascript(
                io.BytesIO(gettexted.encode()), list(KEYWORDS), [], {"encoding": "utf-8"}
            )
        for _line, function, message, _comments in messages:
            parts = message if isinstance(message, tuple) else (message,)
            texts = [part for part in parts if isinstance(part, str)]
            if not texts:
                continue
            context = texts.pop(0) if "pgettext" in (function or "") else ""
            if not texts or not texts[0]:
                continue
            plural = texts[1] if (function or "").startswith(("ngettext", "npgettext")) else ""
            _known, places = found.setdefault((context, texts[0]), (plural, []))
            if place not in places:
                places.append(place)
    return found


def catalogue(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def update(language: str, wanted: dict[Key, tuple[str, list[str]]]) -> None:
    path = catalogue(language)
    old = {(e.msgctxt or "", e.msgid): e for e in polib.pofile(str(path))} if path.exists() else {}
    book = polib.POFile(wrapwidth=100)
    book.metadata = {
        "Project-Id-Version": "puente",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for (context, text), (plural, places) in sorted(
        wanted.items(), key=lambda item: (item[1][1][0], item[0])
    ):
        entry = old.get((context, text)) or polib.POEntry(msgid=text, msgctxt=context or None)
        if plural:
            entry.msgid_plural = plural
            entry.msgstr_plural = entry.msgstr_plural or {0: "", 1: ""}
        entry.occurrences = [(place, "") for place in places]
        book.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(path))
    book.save_as_mofile(str(path.with_suffix(".mo")))


def troubles(language: str, wanted: dict[Key, tuple[str, list[str]]]) -> list[str]:
    """What is wrong with a catalogue, a line each."""
    path = catalogue(language)
    if not path.exists():
        return [f"{language}: there is no catalogue"]
    book = polib.pofile(str(path))
    known = {(e.msgctxt or "", e.msgid): e for e in book}
    found = [
        f"{language}: not in the catalogue: {text!r} ({wanted[c, text][1][0]})"
        for c, text in wanted
        if (c, text) not in known
    ]
    found += [f"{language}: not translated: {e.msgid!r}" for e in book if not e.translated()]
    found += [f"{language}: no longer used: {e.msgid!r}" for key, e in known.items() if key not in wanted]
    for entry in book:
        names = set(placeholders(entry.msgid))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text and set(placeholders(text)) - names - set(placeholders(entry.msgid_plural)):
                found.append(f"{language}: other placeholders: {entry.msgid!r}")
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != book.to_binary():
        found.append(f"{language}: django.mo is older than django.po; run make messages")
    return found


def placeholders(text: str) -> list[str]:
    """The %(name)s placeholders of a string."""
    return re.findall(r"%\((\w+)\)[sd]", text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything is missing")
    arguments = parser.parse_args()
    settings.configure()  # templatize looks at a few; Django's defaults do
    wanted = extracted()
    if arguments.check:
        found = [line for language in LANGUAGES for line in troubles(language, wanted)]
        print("\n".join(found))
        return bool(found)
    for language in LANGUAGES:
        update(language, wanted)
        book = polib.pofile(str(catalogue(language)))
        print(f"{language}: {len(book)} strings, {len(book.untranslated_entries())} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
