"""Mailgun's HTTP API, version 3: what the site talks to."""

import hmac

from flask import Blueprint, Response, jsonify, request

from sandbox.config import Config
from sandbox.mailgun import filters, submissions
from sandbox.mailgun.mailbox import Mailbox


def add_routes(blueprint: Blueprint, mailbox: Mailbox, config: Config) -> None:
    def refusal(domain: str) -> Response | tuple[Response, int] | None:
        """401 without the key; 404 for a domain that cannot exist (``.invalid`` never does)."""
        given = request.authorization
        if (
            given is None
            or given.type != "basic"
            or given.username != "api"
            or not hmac.compare_digest((given.password or "").encode(), config.mailgun_api_key.encode())
        ):
            answer = Response("Forbidden", 401, content_type="text/plain; charset=utf-8")
            answer.headers["WWW-Authenticate"] = 'Basic realm="MG API"'
            return answer
        if "." not in domain.strip(".") or domain.lower().endswith(".invalid"):
            return jsonify(message=f"Domain not found: {domain}"), 404
        return None

    def send(domain: str, read: callable):
        refused = refusal(domain)
        if refused:
            return refused
        try:
            messages = read(domain, request.form, request.files)
        except submissions.Refused as error:
            return jsonify(message=str(error)), 400
        mailbox.accept(messages)
        return jsonify(id=f"<{messages[0].id}>", message="Queued. Thank you.")

    @blueprint.post("/v3/<domain>/messages")
    def messages(domain: str):
        return send(domain, submissions.from_form)

    @blueprint.post("/v3/<domain>/messages.mime")
    def messages_mime(domain: str):
        return send(domain, submissions.from_mime)

    @blueprint.get("/v3/<domain>/events")
    @blueprint.get("/v3/<domain>/events/<token>")
    def events(domain: str, token: str = ""):
        refused = refusal(domain)
        if refused:
            return refused
        try:
            query = filters.Query.from_token(token) if token else filters.Query.read(request.args)
        except filters.BadQuery as error:
            return jsonify(message=str(error)), 400
        address = f"{config.public_url}/mailgun/v3/{domain}/events"
        return jsonify(filters.page(mailbox, domain, query, address))

    @blueprint.get("/v3/domains/<domain>/messages/<key>")
    def stored_message(domain: str, key: str):
        refused = refusal(domain)
        if refused:
            return refused
        stored = mailbox.get(key)
        if stored is None or stored["domain"] != domain:
            return jsonify(message="Message not found"), 404
        return jsonify(
            {
                "From": stored["from"],
                "sender": stored["sender"],
                "To": ", ".join(stored["to"]),
                "recipients": ", ".join(stored["recipients"]),
                "subject": stored["subject"],
                "Subject": stored["subject"],
                "Message-Id": f"<{stored['id']}>",
                "message-headers": stored["headers"],
                "body-plain": stored["text"],
                "body-html": stored["html"],
                "stripped-text": stored["text"],
                "stripped-html": stored["html"],
                "attachments": [
                    {"name": one["name"], "content-type": one["type"], "size": one["size"]}
                    for one in stored["attachments"]
                ],
            }
        )

    @blueprint.get("/v3/")
    def magnificent():
        return Response("Mailgun Magnificent API", content_type="text/plain; charset=utf-8")
