"""The endpoint itself: XML over POST."""

import hmac
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request

from sandbox.config import Config
from sandbox.congress import documents
from sandbox.congress.office import Duplicate, Office

MAX_BYTES = 1024 * 1024
XML = "application/xml; charset=utf-8"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def errors(messages: list[str], status: int) -> Response:
    lines = "".join(f"  <Error>{escape(message)}</Error>\n" for message in messages)
    return Response(f"{DECLARATION}<Errors>\n{lines}</Errors>\n", status, content_type=XML)


def add_routes(blueprint: Blueprint, office: Office, config: Config) -> None:
    def refusal() -> Response | None:
        key = request.args.get("apikey", "")
        if not key:
            return errors(["An API key is required"], 401)
        if not hmac.compare_digest(key.encode(), config.congress_api_key.encode()):
            return errors(["This API key is not valid"], 403)
        if (request.content_length or 0) > MAX_BYTES:
            return errors([f"The document is larger than {MAX_BYTES} bytes"], 413)
        return None

    def success(delivery_id: str) -> Response:
        body = f"<Response>\n  <DeliveryId>{escape(delivery_id)}</DeliveryId>\n</Response>\n"
        return Response(DECLARATION + body, content_type=XML)

    @blueprint.post("/v2/validate")
    def validate():
        refused = refusal()
        if refused:
            return refused
        try:
            content = documents.read(request.get_data())
        except documents.Invalid as error:
            return errors(error.errors, 400)
        return success(content["Delivery"]["DeliveryId"].strip())

    @blueprint.post("/v2/message")
    def message():
        refused = refusal()
        if refused:
            return refused
        try:
            content = documents.read(request.get_data())
            return success(office.deliver(content))
        except documents.Invalid as error:
            return errors(error.errors, 400)
        except Duplicate:
            return errors(["A message with this DeliveryId has been delivered already"], 400)
