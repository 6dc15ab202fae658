"""The Events API: what became of messages, asked for."""

import time

import pytest


def kinds(events):
    return [event["event"] + ("/" + event["severity"] if "severity" in event else "") for event in events]


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("ana@example.org", ["accepted", "delivered"]),
        ("slow@example.org", ["accepted", "delivered"]),
        ("bounce@example.org", ["accepted", "failed/permanent"]),
        ("Bounce-7@example.org", ["accepted", "failed/permanent"]),
        ("softbounce@example.org", ["accepted", "failed/temporary", "failed/temporary", "delivered"]),
        ("reject@example.org", ["rejected"]),
    ],
)
def test_what_an_address_begins_with_decides_what_happens(mail_api, recipient, expected):
    mail_api.send(to=recipient)
    assert kinds(mail_api.events(ascending="yes")) == expected


def test_test_mode_accepts_and_delivers_whatever_the_address(mail_api):
    mail_api.send(to="bounce@example.org", **{"o:testmode": "yes"})
    events = mail_api.events(ascending="yes")
    assert kinds(events) == ["accepted", "delivered"]
    assert events[0]["flags"]["is-test-mode"] is True


def test_what_lies_in_the_future_is_not_told(mail_api_with):
    api = mail_api_with(mailgun_pace=100)
    api.send()
    assert kinds(api.events()) == ["accepted"]


def test_delivery_time_holds_a_message_back(mail_api):
    later = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time.time() + 3600))
    mail_api.send(**{"o:deliverytime": later})
    assert kinds(mail_api.events()) == ["accepted"]


def test_look_up_can_lag_as_a_real_providers_does(mail_api_with):
    api = mail_api_with(mailgun_pace=0, mailgun_events_lag=60)
    api.send()
    assert api.events() == []


def test_an_event_tells_of_its_message(mail_api):
    id = mail_api.send(
        to="ana@example.org",
        subject="Hello",
        files={"attachment": ("a.txt", b"abc")},
        **{"v:about": "x:1", "o:tag": ["t"]},
    )
    event = mail_api.events(event="delivered")[0]
    assert event["message"]["headers"] == {
        "to": "ana@example.org",
        "message-id": id,
        "from": '"Puente" <hello@example.org>',
        "subject": "Hello",
    }
    assert event["message"]["attachments"][0]["filename"] == "a.txt"
    assert event["user-variables"] == {"about": "x:1"}
    assert event["tags"] == ["t"]
    assert (event["recipient"], event["recipient-domain"]) == ("ana@example.org", "example.org")
    assert event["delivery-status"]["code"] == 250


def test_permanent_failure_gives_reason_and_code(mail_api):
    mail_api.send(to="bounce@example.org")
    event = mail_api.events(event="failed")[0]
    assert (event["severity"], event["reason"], event["delivery-status"]["code"]) == (
        "permanent",
        "bounce",
        550,
    )
    assert "does not exist" in event["delivery-status"]["message"]


def test_temporary_failures_count_their_attempts(mail_api):
    mail_api.send(to="softbounce@example.org")
    attempts = [
        event["delivery-status"]["attempt-no"]
        for event in mail_api.events(ascending="yes", event="failed OR delivered")
    ]
    assert attempts == [1, 2, 3]


@pytest.fixture
def three(mail_api):
    """Three delivered messages, and their ids."""
    return mail_api, [
        mail_api.send(to="ana@example.org", subject="First words", **{"o:tag": "letter"}),
        mail_api.send(to="bo@example.org", subject="Second", **{"from": "carla@example.org"}),
        mail_api.send(to="bounce@example.net", subject="Third words", **{"o:tag": ["letter", "b"]}),
    ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [0, 0, 1, 1, 2, 2]),
        ({"event": "accepted"}, [0, 1, 2]),
        ({"event": "failed OR delivered"}, [0, 1, 2]),
        ({"event": "NOT accepted"}, [0, 1, 2]),
        ({"severity": "permanent"}, [2]),
        ({"severity": "temporary"}, []),
        ({"recipient": "BO@example.org", "event": "delivered"}, [1]),
        ({"recipient": "ana@example.org OR bo@example.org", "event": "delivered"}, [0, 1]),
        ({"recipients": "bo@example.org", "event": "accepted"}, [1]),
        ({"tags": "letter", "event": "accepted"}, [0, 2]),
        ({"tags": "letter AND b", "event": "accepted"}, [2]),
        ({"subject": "words", "event": "accepted"}, [0, 2]),
        ({"subject": '"third words"', "event": "accepted"}, [2]),
        ({"from": "carla@example.org", "event": "accepted"}, [1]),
        ({"to": "example.net", "event": "accepted"}, [2]),
        ({"size": ">1000"}, []),
        ({"size": "<1000", "event": "accepted"}, [0, 1, 2]),
        ({"attachment": "a.txt"}, []),
        ({"list": "x@example.org"}, []),
    ],
)
def test_filters(three, filters, expected):
    api, ids = three
    found = api.events(ascending="yes", **filters)
    assert [ids.index(event["message"]["headers"]["message-id"]) for event in found] == expected


def test_filter_by_message_id_is_without_angle_brackets(three):
    api, ids = three
    assert kinds(api.events(ascending="yes", **{"message-id": ids[2]})) == ["accepted", "failed/permanent"]
    assert api.events(**{"message-id": f"<{ids[2]}>"}) == []


def test_other_domains_events_are_not_told(three):
    api, _ids = three
    api.domain = "other.example.org"
    assert api.events() == []


def test_newest_come_first_unless_asked_otherwise(three):
    api, _ids = three
    times = [event["timestamp"] for event in api.events()]
    assert times == sorted(times, reverse=True)
    now = time.time()
    assert [event["timestamp"] for event in api.events(begin=now - 60, end=now)] == times[::-1]
    assert [event["timestamp"] for event in api.events(begin=now, end=now - 60)] == times


def test_time_range_limits_what_is_told(three):
    api, _ids = three
    times = [event["timestamp"] for event in api.events(ascending="yes")]
    assert len(api.events(begin=times[2], end=times[3])) == 2
    assert api.events(begin=times[-1] + 1, ascending="yes") == []
    assert api.events(begin="Fri, 01 Jan 2010 00:00:00 -0000", end="Sat, 02 Jan 2010 00:00:00 -0000") == []


def test_pages_cover_everything_once_in_both_directions(three):
    api, _ids = three
    whole = [event["id"] for event in api.events(ascending="yes")]
    page = api.get("events", ascending="yes", limit=4).json()
    following = api.get(page["paging"]["next"]).json()
    assert [event["id"] for event in page["items"] + following["items"]] == whole
    assert [event["id"] for event in api.get(following["paging"]["previous"]).json()["items"]] == whole[:4]
    assert api.get(page["paging"]["previous"]).json()["items"] == []
    assert [event["id"] for event in api.get(following["paging"]["first"]).json()["items"]] == whole[:4]
    assert [event["id"] for event in api.get(page["paging"]["last"]).json()["items"]] == whole[-4:]


def test_empty_next_page_fills_when_something_new_happens(three):
    api, _ids = three
    page = api.get("events", ascending="yes").json()
    empty = api.get(page["paging"]["next"]).json()
    assert empty["items"] == []
    newest = api.send()
    told = api.get(empty["paging"]["next"]).json()["items"]
    assert {event["message"]["headers"]["message-id"] for event in told} == {newest}


def test_hundreds_of_events_are_paged_through(mail_api):
    mail_api.send(to=[f"a{number}@example.org" for number in range(400)])
    page, seen = mail_api.get("events", limit=300).json(), []
    while page["items"]:
        seen += [event["id"] for event in page["items"]]
        page = mail_api.get(page["paging"]["next"]).json()
    assert len(seen) == len(set(seen)) == 800
    assert len(mail_api.events(subject="Hello", limit=300, event="delivered")) == 300


@pytest.mark.parametrize(
    "params",
    [
        {"user-variables": "x"},
        {"begin": "yesterday", "ascending": "yes"},
        {"begin": "1"},
        {"ascending": "up"},
        {"limit": "301"},
        {"limit": "0"},
        {"limit": "many"},
    ],
)
def test_questions_the_api_does_not_know_are_refused(mail_api, params):
    answer = mail_api.get("events", **params)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_broken_page_address_is_refused(mail_api):
    assert mail_api.get("events/nonsense").status_code == 400


def test_events_need_the_key(mail_api):
    mail_api.key = "wrong"
    assert mail_api.get("events").status_code == 401
