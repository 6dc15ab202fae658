"""The send API, spoken to by anymail's own backend and, where anymail never goes, by hand."""

import json
import time

import pytest
import requests
from anymail.exceptions import AnymailRequestsAPIError
from django.core.mail import EmailMultiAlternatives, get_connection


@pytest.fixture
def anymail(settings, mail_box):
    """A function that sends through anymail's Mailgun backend to the sandbox; gives the message back."""
    settings.ANYMAIL = {"REQUESTS_TIMEOUT": 1}

    def send(key="key-sandbox", via=mail_box, **fields):
        connection = get_connection(
            "anymail.backends.mailgun.EmailBackend",
            api_key=key,
            api_url=f"{via.url}/mailgun/v3",
            sender_domain=fields.pop("sender_domain", "mg.example.org"),
        )
        extra = {name: fields.pop(name) for name in ("metadata", "tags", "merge_data") if name in fields}
        html, attachment = fields.pop("html", ""), fields.pop("attachment", None)
        mail = EmailMultiAlternatives(
            **{
                "subject": "Hello",
                "body": "Hi.",
                "from_email": "Puente <hello@example.org>",
                "to": ["ana@example.org"],
            }
            | fields,
            connection=connection,
        )
        for name, value in extra.items():
            setattr(mail, name, value)
        if html:
            mail.attach_alternative(html, "text/html")
        if attachment:
            mail.attach(*attachment)
        mail.send()
        return mail

    return send


def inbox(box, **params):
    return requests.get(f"{box.url}/mailgun/inbox.json", params=params, timeout=10).json()["messages"]


def test_mail_sent_through_anymail_arrives_whole(anymail, mail_box):
    mail = anymail(
        subject="Gracias, señora Núñez",
        body="Texto con ñ",
        html="<p>Hola</p>",
        to=['"Núñez, Ana" <ana@example.org>'],
        cc=["carla@example.org"],
        bcc=["secret@example.org"],
        reply_to=["answers@example.org"],
        headers={"Message-ID": "<letter-7@example.org>", "X-Campaign": "families"},
        metadata={"about": "advocacy.delivery:7"},
        tags=["letter"],
        attachment=("receipt.txt", b"thanks", "text/plain"),
    )
    assert mail.anymail_status.status == {"queued"}
    assert mail.anymail_status.message_id == "<letter-7@example.org>"
    [stored] = inbox(mail_box)
    assert stored["id"] == "letter-7@example.org"
    assert stored["recipients"] == ["ana@example.org", "carla@example.org", "secret@example.org"]
    assert stored["to"] == ['"Núñez, Ana" <ana@example.org>']
    assert (stored["subject"], stored["text"].strip(), stored["html"]) == (
        "Gracias, señora Núñez",
        "Texto con ñ",
        "<p>Hola</p>",
    )
    headers = dict(stored["headers"])
    assert headers["Reply-To"] == "answers@example.org"
    assert headers["X-Campaign"] == "families"
    assert headers["Message-Id"] == "<letter-7@example.org>"
    assert "secret@example.org" not in json.dumps(stored["headers"])
    assert stored["variables"] == {"about": "advocacy.delivery:7"}
    assert stored["tags"] == ["letter"]
    assert stored["attachments"] == [
        {"name": "receipt.txt", "type": "text/plain", "size": 6, "inline": False}
    ]


def test_a_message_without_an_id_of_its_own_is_given_one(anymail):
    first, second = anymail(), anymail()
    ids = {mail.anymail_status.message_id for mail in (first, second)}
    assert len(ids) == 2
    assert all(id.startswith("<") and id.endswith("@mg.example.org>") for id in ids)


def test_wrong_key_is_refused_as_mailgun_does(anymail, mail_box):
    with pytest.raises(AnymailRequestsAPIError) as refused:
        anymail(key="key-other")
    assert refused.value.status_code == 401
    assert refused.value.response.text == "Forbidden"
    assert inbox(mail_box) == []


def test_no_key_at_all_is_refused(mail_box):
    assert requests.post(f"{mail_box.url}/mailgun/v3/mg.example.org/messages", timeout=10).status_code == 401


@pytest.mark.parametrize("domain", ["unknown.invalid", "localhost"])
def test_unknown_sending_domain_is_not_found(anymail, domain):
    with pytest.raises(AnymailRequestsAPIError, match="Unknown sender domain"):
        anymail(sender_domain=domain)


def test_address_that_is_refused_is_an_api_error_and_leaves_nothing(anymail, mail_box):
    with pytest.raises(AnymailRequestsAPIError, match="'to' parameter is not a valid address") as refused:
        anymail(to=["refuse@example.org"])
    assert refused.value.status_code == 400
    assert inbox(mail_box) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"to": ""}, "to parameter is missing"),
        ({"from": ""}, "from parameter is missing"),
        ({"to": "no at sign"}, "'to' parameter is not a valid address. please check documentation"),
        ({"to": "a@example"}, "'to' parameter is not a valid address. please check documentation"),
        (
            {"to": "a@example.org\nBcc: b@example.org"},
            "'to' parameter is not a valid address. please check documentation",
        ),
        (
            {"to": "a@example.org, @example.org"},
            "'to' parameter is not a valid address. please check documentation",
        ),
        ({"from": "Puente <hello>"}, "'from' parameter is not a valid address. please check documentation"),
        ({"cc": "x@@example.org"}, "'cc' parameter is not a valid address. please check documentation"),
        (
            {"bcc": "refuser@example.org"},
            "'bcc' parameter is not a valid address. please check documentation",
        ),
        ({"text": ""}, "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified"),
        ({"template": "receipt"}, 'template with name "receipt" not found'),
        ({"subject": "Hi\nBcc: b@example.org"}, "header values may not contain control characters"),
        ({"h:X-Thing": "a\r\nBcc: b@example.org"}, "header values may not contain control characters"),
        (
            {"h:X-Mailgun-Variables": "no json"},
            "'h:X-Mailgun-Variables' parameter is not a valid JSON object. please check documentation",
        ),
        (
            {"o:deliverytime": "tomorrow"},
            "'o:deliverytime' parameter is not a valid date. please check documentation",
        ),
        (
            {"recipient-variables": "[]"},
            "'recipient-variables' parameter is not a valid JSON object. please check documentation",
        ),
        (
            {"to": [f"a{n}@example.org" for n in range(1001)]},
            "Too many recipients: a message may have 1000",
        ),
    ],
)
def test_bad_parameters_get_mailguns_400_and_nothing_is_kept(mail_api, fields, message):
    mail = {"from": "Puente <hello@example.org>", "to": "ana@example.org", "subject": "Hello", "text": "Hi."}
    answer = mail_api.post(**mail | fields)
    assert (answer.status_code, answer.json()) == (400, {"message": message})
    assert inbox(mail_api.box) == []


def test_addresses_may_be_repeated_or_separated_by_commas(mail_api):
    mail_api.send(to=['"Doe, Jane" <jane@example.org>, bo@EXAMPLE.org', "cy@example.org"])
    assert inbox(mail_api.box)[0]["recipients"] == ["jane@example.org", "bo@example.org", "cy@example.org"]


def test_batch_sending_fills_in_each_recipients_own_values(anymail, mail_box):
    anymail(
        to=["ana@example.org", "bo@example.org"],
        subject="Hello %recipient.name%",
        body="Dear %recipient.name%, %recipient.unknown%",
        merge_data={"ana@example.org": {"name": "Ana"}, "bo@example.org": {"name": "Bo"}},
    )
    second, first = inbox(mail_box)
    assert (first["recipients"], first["subject"]) == (["ana@example.org"], "Hello Ana")
    assert (second["recipients"], second["subject"]) == (["bo@example.org"], "Hello Bo")
    assert first["text"].strip() == "Dear Ana, %recipient.unknown%"
    assert first["id"] == second["id"]


def test_a_whole_mime_message_is_taken(mail_api):
    raw = (
        "From: Puente <hello@example.org>\r\nTo: hidden@example.org\r\nSubject: =?utf-8?q?Ni=C3=B1os?=\r\n"
        "Message-ID: <mime-1@example.org>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: text/plain; charset="utf-8"\r\n\r\nBody\r\n'
    )
    answer = mail_api.post("messages.mime", to="ana@example.org", files={"message": ("m.eml", raw.encode())})
    assert answer.json() == {"id": "<mime-1@example.org>", "message": "Queued. Thank you."}
    [stored] = inbox(mail_api.box)
    assert (stored["subject"], stored["text"].strip()) == ("Niños", "Body")
    assert stored["recipients"] == ["ana@example.org"]


def test_mime_without_a_message_is_refused(mail_api):
    answer = mail_api.post("messages.mime", to="ana@example.org")
    assert (answer.status_code, answer.json()["message"]) == (400, "message parameter is missing")


def test_variables_may_come_in_a_header(mail_api):
    mail_api.send(**{"h:X-Mailgun-Variables": '{"a": 1}', "v:b": "2"})
    assert inbox(mail_api.box)[0]["variables"] == {"a": 1, "b": "2"}


@pytest.mark.parametrize(("kind", "status"), [("error_429", 429), ("error_500", 500)])
def test_fault_that_refuses_leaves_nothing_and_the_next_try_works(anymail, mail_box, kind, status):
    mail_box.faults.add("mailgun", kind, seconds=7)
    with pytest.raises(AnymailRequestsAPIError) as failed:
        anymail()
    assert failed.value.status_code == status
    if status == 429:
        assert failed.value.response.headers["Retry-After"] == "7"
    assert inbox(mail_box) == []
    anymail()
    assert len(inbox(mail_box)) == 1


def test_accepted_then_500_has_taken_the_message_and_the_events_api_knows(anymail, mail_box, mail_api):
    mail_box.faults.add("mailgun", "accept_then_500")
    with pytest.raises(AnymailRequestsAPIError) as failed:
        anymail(headers={"Message-ID": "<unsure-1@example.org>"})
    assert failed.value.status_code == 500
    assert [
        event["event"]
        for event in mail_api.events(**{"message-id": "unsure-1@example.org", "event": "accepted"})
    ]


def test_timed_out_call_has_taken_the_message(anymail, mail_box):
    mail_box.faults.add("mailgun", "timeout", seconds=3)
    started = time.monotonic()
    with pytest.raises(AnymailRequestsAPIError) as failed:
        anymail()
    assert getattr(failed.value, "status_code", None) is None
    assert time.monotonic() - started < 3
    assert len(inbox(mail_box)) == 1


def test_stored_message_can_be_fetched_from_its_events_address(mail_api):
    mail_api.send(to="ana@example.org")
    url = mail_api.events()[0]["storage"]["url"]
    answer = mail_api.get(url).json()
    assert (answer["body-plain"], answer["recipients"]) == ("Hi.", "ana@example.org")
    assert mail_api.get(url + "x").status_code == 404
    mail_api.key = "wrong"
    assert mail_api.get(url).status_code == 401


def test_api_root_answers_as_mailguns_does(mail_box):
    assert requests.get(f"{mail_box.url}/mailgun/v3/", timeout=10).text == "Mailgun Magnificent API"


def test_mime_from_nobody_is_refused(mail_api):
    answer = mail_api.post(
        "messages.mime", to="ana@example.org", files={"message": ("m.eml", b"Subject: x\n\ny")}
    )
    assert answer.json()["message"] == "'from' parameter is not a valid address. please check documentation"
