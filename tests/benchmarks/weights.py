"""What each public page costs: SQL queries, and bytes of HTML."""

import gzip
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from tests.benchmarks.table import heading, note, show
from tests.demo import RunningDemo


@dataclass(frozen=True)
class Weight:
    """Queries of a request to a warm process, first with an empty cache, then once more."""

    path: str
    status: int
    queries: int
    repeated: int  # of these, word for word the same as an earlier one
    queries_again: int
    raw: int
    zipped: int


def measure(demo: RunningDemo) -> int:
    """Returns how many pages failed."""
    host = urlsplit(demo.site).netloc
    weights = [weigh(path, host) for path in [*public_paths(), "/robots.txt", "/sitemap.xml"]]
    connection.close()
    heading("Queries and bytes of every public page")
    show(
        ["", "queries", "repeated", "again", "kB", "kB gzip", "status"],
        [
            [
                weight.path,
                *map(str, (weight.queries, weight.repeated, weight.queries_again)),
                *(f"{size / 1000:.1f}" for size in (weight.raw, weight.zipped)),
                str(weight.status),
            ]
            for weight in weights
        ],
    )
    note(
        "“queries”: SQL of a request to a warm process with an empty cache; “repeated”: of these, word for"
        " word the same as an earlier one; “again”: of the next request. Bytes of the HTML alone; gzip at"
        " level 6, whether or not the site sends it so."
    )
    return sum(weight.status >= 400 for weight in weights)


def public_paths() -> list[str]:
    """Every live page, in the order of the tree, English first."""
    pages = Page.objects.live().public().filter(depth__gt=1).select_related("locale")
    ordered = sorted(pages, key=lambda page: (page.locale.language_code, page.path))
    return [url for page in ordered if (url := page.get_url())]


def weigh(path: str, host: str) -> Weight:
    client = Client(headers={"host": host, "accept-encoding": "identity"})
    client.get(path)  # what a process looks up once in its life doesn't count
    cache.clear()
    answers, counts, repeats = [], [], []
    for _visit in range(2):
        with CaptureQueriesContext(connection) as captured:
            answers.append(client.get(path))
        counts.append(len(captured))
        repeats.append(sum(n - 1 for n in Counter(query["sql"] for query in captured).values()))
    body = answers[0].content
    return Weight(
        path=path,
        status=max(answer.status_code for answer in answers),
        queries=counts[0],
        repeated=repeats[0],
        queries_again=counts[1],
        raw=len(body),
        zipped=len(gzip.compress(body, 6)),
    )
