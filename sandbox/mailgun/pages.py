"""The inbox: what was sent, for people to look at and for tests to read."""

import base64
import re

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for

from sandbox.mailgun import links
from sandbox.mailgun.mailbox import Mailbox

PAGE = 50
MAX_JSON = 1000
# A mail's own styles are let in, and nothing else: no script, no request to anywhere.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox"
)
CID = re.compile(r"""(["'(])cid:([^"')]+)""")
ACTS = {
    "delivered": "Delivered again",
    "bounced": "Bounced",
    "opened": "Opened",
    "clicked": "Clicked",
    "unsubscribed": "Unsubscribed",
    "complained": "Complained of as spam",
}


def add_routes(blueprint: Blueprint, mailbox: Mailbox) -> None:
    def wanted(key: str) -> dict:
        return mailbox.get(key) or abort(404)

    def search() -> dict[str, str]:
        return {name: request.args.get(name, "").strip() for name in ("to", "subject")}

    @blueprint.get("/")
    def inbox():
        number = max(request.args.get("page", 1, int), 1)
        asked = search()
        found = mailbox.messages(**asked, limit=PAGE + 1, offset=(number - 1) * PAGE)
        shown = {"messages": found[:PAGE], "more": len(found) > PAGE, "page": number}
        return render_template("mailgun/inbox.html", **shown, asked=asked, total=mailbox.count(**asked))

    @blueprint.get("/inbox.json")
    def inbox_json():
        limit = min(request.args.get("limit", 100, int), MAX_JSON)
        found = mailbox.messages(**search(), limit=limit, offset=request.args.get("offset", 0, int))
        return jsonify(
            count=mailbox.count(**search()),
            messages=[
                stored
                | {
                    "url": url_for(".message", key=stored["key"]),
                    "links": [link.url for link in links.find(stored["text"], stored["html"])],
                    "events": [event["event"] for event in mailbox.events_of(stored)],
                }
                for stored in found
            ],
        )

    @blueprint.delete("/inbox.json")
    def empty_json():
        return jsonify(deleted=mailbox.empty(**search()))

    @blueprint.post("/empty")
    def empty():
        mailbox.empty()
        return redirect(url_for(".inbox"), 303)

    @blueprint.get("/messages/<key>")
    def message(key: str):
        stored = wanted(key)
        return render_template(
            "mailgun/message.html",
            message=stored,
            events=mailbox.events_of(stored),
            scheduled=mailbox.scheduled(stored),
            deliveries=mailbox.webhooks_of(stored),
            links=links.find(stored["text"], stored["html"]),
            acts=ACTS,
        )

    @blueprint.get("/messages/<key>/html")
    def html_part(key: str):
        stored = wanted(key)
        if not stored["html"]:
            abort(404)
        pictures = {
            one[
                "name"
            ]: f"data:{one['type']};base64,{base64.b64encode(mailbox.attachment(stored, place)).decode()}"
            for place, one in enumerate(stored["attachments"])
            if one["inline"]
        }
        html = CID.sub(lambda found: found[1] + pictures.get(found[2], ""), stored["html"])
        return Response(html, headers={"Content-Security-Policy": MAIL_POLICY})

    @blueprint.get("/messages/<key>/attachments/<int:position>")
    def attachment(key: str, position: int):
        stored = wanted(key)
        data = mailbox.attachment(stored, position)
        if data is None:
            abort(404)
        response = Response(data, content_type="application/octet-stream")
        response.headers.set(
            "Content-Disposition", "attachment", filename=stored["attachments"][position]["name"]
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @blueprint.post("/messages/<key>/events")
    def add_event(key: str):
        """Make one of ACTS happen to a message; ``recipient`` defaults to the first."""
        stored = wanted(key)
        act = request.form.get("event", "")
        recipient = request.form.get("recipient") or stored["recipients"][0]
        if act not in ACTS or recipient not in stored["recipients"]:
            abort(400)
        if act == "delivered":
            mailbox.repeat(stored, recipient, "delivered")
        elif act == "bounced":
            mailbox.happen(stored, recipient, "failed", severity="permanent")
        elif act == "clicked":
            linked = links.find(stored["text"], stored["html"])
            mailbox.happen(stored, recipient, "clicked", url=linked[0].url if linked else "")
        else:
            mailbox.happen(stored, recipient, act)
        return redirect(url_for(".message", key=key), 303)
