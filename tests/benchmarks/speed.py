"""Requests per second of the site's pages beside a bare view with the same bytes and a static file."""

from collections import Counter
from statistics import median
from urllib.parse import urlsplit

import requests
from django.contrib.staticfiles.finders import find

from home.models import HomePage
from stories.models import InfographicPage, StoryPage
from tests.benchmarks.load import CONNECTIONS, PROCESSES, Burst, Load
from tests.benchmarks.table import heading, note, show
from tests.benchmarks.views import KEPT_BODY, KEPT_ENCODING
from tests.demo import RunningDemo

ROUNDS, SECONDS, WARM_UP = 3, 3.0, 0.7
# Busier than this, the generator and not the server was measured.
BUSY = 0.85
SHEET = "css/site.css"


def measure(demo: RunningDemo) -> int:
    """Every target by turns, several rounds. Returns how many requests failed."""
    story, *_others = paths = targets()
    keep_for_bare_view(*body_on_the_wire(demo.site + paths[story]))
    sizes = {name: len(body_on_the_wire(demo.site + path)[0]) for name, path in paths.items()}
    bursts: dict[str, list[Burst]] = {name: [] for name in paths}
    site = urlsplit(demo.site)
    with Load(site.hostname, site.port) as load:
        for path in paths.values():
            load.burst(path, seconds=WARM_UP)
        for _round in range(ROUNDS):
            for name, path in paths.items():
                bursts[name].append(load.burst(path, seconds=SECONDS))
    bare = next(name for name, path in paths.items() if path == "/bare/")
    heading("Requests per second")
    show(
        ["", "req/s", "least–most", "of bare", "p50 ms", "p95 ms", "kB sent", "generator", "errors"],
        [row(name, bursts[name], bursts[bare], sizes[name]) for name in paths],
    )
    note(
        f"{CONNECTIONS} kept-alive connections from {PROCESSES} processes on this machine, anonymous, with"
        f" Accept-Encoding: gzip; {ROUNDS} rounds of {SECONDS:.0f} s by turns after a warm-up; medians of the"
        " rounds. One granian worker with 8 threads, as make run starts it. “of bare”: the bare view, a"
        " Django without middleware in the same process, is 1. “generator”: how busy each of the load"
        " generator's processes was; where it stands with a *, the server could do more."
    )
    return sum(burst.errors.total() for rounds in bursts.values() for burst in rounds)


def targets() -> dict[str, str]:
    """The paths that are compared, by the name they have in the table; the story comes first."""
    english = {"locale__language_code": "en"}
    story = StoryPage.objects.live().filter(**english).order_by("path").first()
    spanish = story.get_translations().get(locale__language_code="es")
    if find(SHEET) is None:
        raise FileNotFoundError(f"static/{SHEET}, which the pages are compared with")
    return {
        "story": story.get_url(),
        "story, Spanish": spanish.get_url(),
        "home page": HomePage.objects.get(**english).get_url(),
        "infographic": InfographicPage.objects.live().filter(**english).first().get_url(),
        "bare view, the story's bytes": "/bare/",
        "the same behind our middleware": "/bare-behind-middleware/",
        f"static file ({SHEET})": f"/static/{SHEET}",
    }


def body_on_the_wire(address: str) -> tuple[bytes, str]:
    """A body as it is sent to a browser, and how it is encoded."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(address, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=30)
        answer.raise_for_status()
        return answer.raw.read(decode_content=False), answer.headers.get("Content-Encoding", "")


def keep_for_bare_view(body: bytes, encoding: str) -> None:
    KEPT_BODY.write_bytes(body)
    KEPT_ENCODING.write_text(encoding)


def row(name: str, rounds: list[Burst], bare: list[Burst], size: int) -> list[str]:
    speeds = [burst.per_second for burst in rounds]
    share = max(burst.cpu_share for burst in rounds)
    errors = sum((burst.errors for burst in rounds), start=Counter())
    return [
        name,
        f"{median(speeds):,.0f}",
        f"{min(speeds):,.0f}–{max(speeds):,.0f}",
        f"{median(speeds) / median(burst.per_second for burst in bare):.3f}",
        *(f"{median(burst.percentile(part) for burst in rounds) * 1000:.1f}" for part in (0.5, 0.95)),
        f"{size / 1000:.1f}",
        f"{share:.0%}{'*' if share > BUSY else ' '}",
        ", ".join(f"{count} × {what}" for what, count in errors.items()) or "0",
    ]
