"""The door to the email provider: what it refuses to send, and what each answer means."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import ValidationError

from home import mail
from home.mail import MailDeferred, MailRefused, MailUnsure, Message, clean_address, clean_header, send

ID = "<11111111-2222-3333-4444-555555555555@puente.example>"


def message(**changes) -> Message:
    return Message(**{"to": "ana@example.org", "subject": "Hello", "text": "Words", **changes})


def deliver(sent: Message) -> str:
    return send(sent, message_id=ID, about="home.outboxmail:1")


@pytest.mark.parametrize(
    "address",
    [
        "ana@example.org\nBcc: all@example.org",
        "ana@example.org\r",
        "ana@example.org,bo@example.org",
        "ana@example.org;bo@example.org",
        "Ana <ana@example.org>",
        "ana @example.org",
        "ana@exam\u2028ple.org",
        "ana",
        "",
    ],
)
def test_an_address_that_is_not_one_plain_mailbox_is_refused(address):
    with pytest.raises(ValidationError):
        clean_address(address)


def test_an_address_keeps_its_spelling_without_the_spaces_around_it():
    assert clean_address(" Ana.Pérez+x@example.org ".replace("é", "e")) == "Ana.Perez+x@example.org"


@pytest.mark.parametrize("value", ["a\nBcc: b@c.org", "a\r\n", "a\x00", "a\x85b", "a\u2029b", "\x7f"])
def test_a_header_with_a_control_character_is_refused(value):
    with pytest.raises(ValidationError):
        clean_header(value)


def test_a_header_that_is_too_long_is_refused_and_others_are_trimmed():
    with pytest.raises(ValidationError):
        clean_header("x" * 256)
    assert clean_header("  Ana  ") == "Ana"


def test_a_message_arrives_with_its_headers_and_both_parts(provider):
    given = deliver(
        message(
            subject="¿Quién?",
            html="<p>Words</p>",
            from_name='Ana "Bo", Pérez',
            reply_to="ana@example.net",
            reply_to_name="Ana Pérez",
            tag="letter",
            metadata={"more": "yes"},
        )
    )
    [stored] = provider.inbox()
    headers = dict(stored["headers"])
    assert given == ID
    assert (stored["to"], stored["subject"]) == (["ana@example.org"], "¿Quién?")
    assert (stored["text"], stored["html"]) == ("Words", "<p>Words</p>")
    assert stored["sender"] == "hello@puente.example"
    assert "Pérez" in stored["from"]
    assert "ana@example.net" in headers["Reply-To"]
    assert headers["Message-Id"] == ID
    assert stored["variables"] == {"more": "yes", "about": "home.outboxmail:1"}
    assert stored["tags"] == ["letter"]
    assert stored["options"]["tracking-opens"] == ["no"]
    assert stored["options"]["tracking-clicks"] == ["no"]


def test_a_plain_message_needs_no_html_tag_or_answer_address(provider):
    deliver(message())
    [stored] = provider.inbox()
    assert (stored["html"], stored["tags"], stored["from"]) == ("", [], '"Puente" <hello@puente.example>')


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "a@example.org\nBcc: b@example.org"},
        {"subject": "Hi\nBcc: b@example.org"},
        {"from_name": "Ana\r\nBcc: b@example.org"},
        {"reply_to": "a@example.org,b@example.org"},
        {"reply_to": "a@example.org", "reply_to_name": "A\nB"},
    ],
)
def test_header_injection_never_leaves_the_house(provider, changes):
    with pytest.raises(ValidationError):
        deliver(message(**changes))
    assert provider.inbox() == []


def test_an_address_the_provider_refuses_is_final(provider):
    with pytest.raises(MailRefused):
        deliver(message(to="refuse@example.org"))


def test_an_address_the_adapter_refuses_is_final(settings):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    sent = message()
    via = mail.connection()
    via.parse_recipient_status = lambda response, payload, email: _rejected(payload)
    with pytest.raises(MailRefused):
        send(sent, message_id=ID, about="x", via=via)


def _rejected(payload):
    from anymail.message import AnymailRecipientStatus

    return {"ana@example.org": AnymailRecipientStatus(message_id=None, status="rejected")}


def test_what_the_adapter_cannot_carry_is_final(provider, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_SENDER_DOMAIN": "puente.example/other"}
    with pytest.raises(MailRefused):
        deliver(message())


def test_slow_down_says_for_how_long(provider):
    provider.faults.add("mailgun", "error_429", seconds=7)
    with pytest.raises(MailDeferred) as caught:
        deliver(message())
    assert caught.value.retry_after == 7
    assert provider.inbox() == []


@pytest.mark.parametrize("kind", ["error_500", "accept_then_500"])
def test_a_server_error_leaves_it_unsure(provider, kind):
    provider.faults.add("mailgun", kind)
    with pytest.raises(MailUnsure):
        deliver(message())
    assert mail.ask(message_id=ID) is (kind == "accept_then_500")


def test_no_answer_in_time_leaves_it_unsure(provider, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "REQUESTS_TIMEOUT": (2, 0.2)}
    provider.faults.add("mailgun", "timeout", seconds=0.6)
    with pytest.raises(MailUnsure):
        deliver(message())
    assert len(provider.inbox()) == 1


def test_a_wrong_key_or_domain_waits_for_better_settings(provider, settings):
    good = settings.ANYMAIL
    settings.ANYMAIL = {**good, "MAILGUN_API_KEY": "wrong"}
    with pytest.raises(MailDeferred):
        deliver(message())
    settings.ANYMAIL = {**good, "MAILGUN_SENDER_DOMAIN": "nowhere.invalid"}
    with pytest.raises(MailDeferred):
        deliver(message())


class Proxy(BaseHTTPRequestHandler):
    """Something between us and the provider that answers every call with a page of its own."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>Please log in to this network.</p>")

    def log_message(self, *args: object) -> None:
        pass


def test_an_answer_nobody_understands_leaves_it_unsure(provider, settings):
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.ANYMAIL = {
            **settings.ANYMAIL,
            "MAILGUN_API_URL": f"http://127.0.0.1:{server.server_port}/v3",
        }
        with pytest.raises(MailUnsure):
            deliver(message())
        server.shutdown()


def test_a_provider_that_is_not_there_certainly_took_nothing(settings, provider):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_API_URL": f"http://127.0.0.1:{port}/v3"}
    with pytest.raises(MailDeferred):
        deliver(message())


def test_a_provider_that_cannot_be_connected_to_in_time_certainly_took_nothing(settings, provider):
    # An address that swallows connections: a listener whose queue is full.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        settings.ANYMAIL = {
            **settings.ANYMAIL,
            "MAILGUN_API_URL": f"http://127.0.0.1:{port}/v3",
            "REQUESTS_TIMEOUT": (0.3, 1),
        }
        with pytest.raises(MailDeferred):
            deliver(message())
        for one in waiting:
            one.close()


def test_asking_finds_what_was_taken_and_only_that(provider):
    assert mail.ask(message_id=ID) is False
    deliver(message())
    assert mail.ask(message_id=ID) is True


def test_asking_a_provider_that_fails_says_nothing(provider):
    provider.faults.add("mailgun", "error_500")
    assert mail.ask(message_id=ID) is None


def test_a_provider_that_has_no_question_says_nothing(settings):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    assert mail.ask(message_id=ID) is None


def test_the_domain_to_ask_about_comes_from_our_address_if_not_set(provider, settings):
    deliver(message())
    settings.ANYMAIL = {
        name: value for name, value in settings.ANYMAIL.items() if name != "MAILGUN_SENDER_DOMAIN"
    }
    assert mail.ask(message_id=ID) is True
