"""What each page of the demo asks of the database: a counted number of questions, none of them twice."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

# Warm, anonymous, without a page cache: the second visit to each page.
CEILINGS = {
    "": 26,
    "stories/": 15,
    "stories/alexis/": 20,
    "stories/ana-ruth/": 20,
    "journey/": 19,
    "agenda/": 17,
    "agenda/end-detention/": 21,
    "give/": 18,
    "tell-congress/": 20,
    "about/": 16,
    "privacy/": 16,
}


@pytest.mark.usefixtures("demo_content", "db")
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("path", CEILINGS)
def test_a_page_asks_no_more_than_its_ceiling_and_nothing_twice(client, language, path):
    address = f"/{language}/{path}"
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    questions = [query["sql"] for query in asked]
    assert [sql for sql in set(questions) if questions.count(sql) > 1] == []
    assert len(questions) <= CEILINGS[path]
