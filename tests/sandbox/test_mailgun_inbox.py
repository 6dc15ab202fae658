"""The inbox: for people to look at, and for tests to read."""

import threading

import pytest
import requests


@pytest.fixture
def page(mail_api):
    """A function that gets a page of the sandbox's and gives the response."""
    return lambda path="/mailgun/", **params: requests.get(mail_api.box.url + path, params=params, timeout=10)


def inbox(page, **params):
    return page("/mailgun/inbox.json", **params).json()


def test_newest_come_first_and_say_what_became_of_them(mail_api, page):
    mail_api.send(subject="First")
    mail_api.send(subject="Second", to="bounce@example.org")
    found = inbox(page)
    assert [(one["subject"], one["events"]) for one in found["messages"]] == [
        ("Second", ["accepted", "failed"]),
        ("First", ["accepted", "delivered"]),
    ]
    assert found["count"] == 2


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"to": "ana@example.org"}, ["Plain"]),
        ({"to": "ANA@example.org"}, ["Plain"]),
        ({"to": "ana"}, ["For Mariana", "Plain"]),
        ({"to": "hidden@example.org"}, ["For Mariana"]),
        ({"subject": "plain"}, ["Plain"]),
        ({"to": "nobody@example.org"}, []),
    ],
)
def test_search_by_recipient_and_subject(mail_api, page, params, expected):
    mail_api.send(to="ana@example.org", subject="Plain")
    mail_api.send(to="mariana@example.org", bcc="hidden@example.org", subject="For Mariana")
    assert [one["subject"] for one in inbox(page, **params)["messages"]] == expected
    shown = page(**params).text
    assert all(subject in shown for subject in expected)
    assert ("No message matches" in shown) is (not expected)


def test_delete_empties_everything_or_what_matches(mail_api, page):
    mail_api.send(to="ana@example.org")
    mail_api.send(to="bo@example.org", files={"attachment": ("a.txt", b"a")})
    address = f"{mail_api.box.url}/mailgun/inbox.json"
    assert requests.delete(address, params={"to": "bo@example.org"}, timeout=10).json() == {"deleted": 1}
    assert [one["to"] for one in inbox(page)["messages"]] == [["ana@example.org"]]
    assert requests.delete(address, timeout=10).json() == {"deleted": 1}
    assert inbox(page) == {"count": 0, "messages": []}
    assert mail_api.events() == []


def test_empty_button_empties(mail_api, page):
    mail_api.send()
    requests.post(f"{mail_api.box.url}/mailgun/empty", timeout=10)
    assert "No mail yet" in page().text


def test_pages_of_fifty(mail_api, page):
    for number in range(51):
        mail_api.send(subject=f"Number {number:02d}.")
    first, second = page().text, page(page=2).text
    assert ("Number 50." in first, "Number 00." in first) == (True, False)
    assert ("Number 50." in second, "Number 00." in second) == (False, True)
    assert "Older" in first
    assert "Older" not in second
    assert "Newer" in second


def test_message_page_shows_parts_links_headers_variables_events_and_webhooks(mail_api, page):
    mail_api.send(
        subject="Confirm <now>",
        text="Go to http://127.0.0.1:8000/confirm/abc.",
        html='<a href="http://127.0.0.1:8000/confirm/abc">Confirm</a> <a href="javascript:alert(1)">no</a>',
        **{"v:about": "x:1", "h:X-Thing": "yes"},
    )
    mail_api.box.webhooks.wait_idle()
    one = inbox(page)["messages"][0]
    shown = page(one["url"]).text
    assert "Confirm &lt;now&gt;" in shown
    assert '<a href="http://127.0.0.1:8000/confirm/abc">' in shown
    assert 'href="javascript:' not in shown
    assert "X-Thing" in shown
    assert "x:1" in shown
    assert "250 OK" in shown
    assert '<span class="state delivered">delivered</span>' in shown
    assert one["links"] == ["http://127.0.0.1:8000/confirm/abc"]


def test_message_page_counts_what_is_still_to_come(mail_api_with):
    api = mail_api_with(mailgun_pace=1000)
    api.send()
    url = requests.get(f"{api.box.url}/mailgun/inbox.json", timeout=10).json()["messages"][0]["url"]
    assert "1 more to come" in requests.get(api.box.url + url, timeout=10).text


def test_html_part_can_run_and_load_nothing(mail_api, page):
    mail_api.send(
        html='<script>alert(1)</script><img src="cid:map.png"><p style="color:red">Hi</p>',
        files={"inline": ("map.png", b"png", "image/png")},
    )
    part = page(inbox(page)["messages"][0]["url"] + "/html")
    policy = part.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.split("; ")
    assert "script-src" not in policy
    assert 'src="data:image/png;base64,cG5n"' in part.text


def test_attachment_can_be_fetched_and_is_never_shown_in_the_page(mail_api, page):
    mail_api.send(files={"attachment": ("página.html", b"<script>", "text/html")})
    url = inbox(page)["messages"][0]["url"]
    answer = page(f"{url}/attachments/0")
    assert answer.content == b"<script>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert page(f"{url}/attachments/1").status_code == 404


def test_what_is_not_there_is_not_found(mail_api, page):
    mail_api.send()
    assert page("/mailgun/messages/none").status_code == 404
    assert page(inbox(page)["messages"][0]["url"] + "/html").status_code == 404


def test_forms_of_other_sites_are_refused(mail_api, page):
    mail_api.send()
    address = f"{mail_api.box.url}/mailgun/empty"
    assert requests.post(address, headers={"Sec-Fetch-Site": "cross-site"}, timeout=10).status_code == 403
    assert inbox(page)["count"] == 1


def test_many_senders_at_once_lose_nothing(mail_api, page):
    def send_some(sender):
        for number in range(25):
            mail_api.send(subject=f"{sender}/{number}")

    threads = [threading.Thread(target=send_some, args=(sender,)) for sender in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one["subject"] for one in inbox(page, limit=1000)["messages"]}) == 200
    assert len(mail_api.events(event="delivered", limit=300)) == 200


def test_index_page_counts_the_mail(mail_api, page):
    mail_api.send()
    assert '<a href="/mailgun/">Inbox</a> <span class="count">1</span>' in page("/").text
