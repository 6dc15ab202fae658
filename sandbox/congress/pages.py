"""What was delivered, for people to read and for tests."""

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for

from sandbox.congress.office import Office

PAGE = 50
MAX_JSON = 1000


def add_routes(blueprint: Blueprint, office: Office) -> None:
    def asked_office() -> str:
        return request.args.get("office", "").strip().upper()

    @blueprint.get("/")
    def index():
        asked = asked_office()
        found = office.letters(office=asked, limit=PAGE + 1, after=request.args.get("after"))
        return render_template(
            "congress/index.html",
            letters=found[:PAGE],
            more=len(found) > PAGE,
            asked=asked,
            total=office.count(office=asked),
        )

    @blueprint.get("/letters.json")
    def letters_json():
        limit = min(request.args.get("limit", 100, int), MAX_JSON)
        return jsonify(
            count=office.count(office=asked_office()),
            letters=office.letters(office=asked_office(), limit=limit),
        )

    @blueprint.delete("/letters.json")
    def empty_json():
        return jsonify(deleted=office.empty())

    @blueprint.post("/empty")
    def empty():
        office.empty()
        return redirect(url_for(".index"), 303)

    @blueprint.get("/letters/<delivery_id>")
    def letter(delivery_id: str):
        found = office.get(delivery_id) or abort(404)
        return render_template("congress/letter.html", letter=found, **_sections(found["content"]))


def _sections(content: dict) -> dict[str, dict]:
    names = ("Delivery", "Recipient", "Constituent", "Message")
    return {name.lower(): content[name] for name in names}
