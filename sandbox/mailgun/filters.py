"""Questions to the Events API: time range, filters, pages."""

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from itertools import islice

from werkzeug.datastructures import MultiDict

from sandbox.mailgun.mailbox import Mailbox

LIMIT = 100
MAX_LIMIT = 300
FOREVER = 1e12

# Filter name -> the event's values it looks at.
FIELDS: dict[str, Callable[[dict], list[str]]] = {
    "event": lambda event: [event["event"]],
    "recipient": lambda event: [event["recipient"]],
    "recipients": lambda event: [event["recipient"]],
    "message-id": lambda event: [event["message"]["headers"]["message-id"]],
    "tags": lambda event: event["tags"],
    "severity": lambda event: [event.get("severity", "")],
    "list": lambda event: [],
    "size": lambda event: [str(event["message"]["size"])],
    "from": lambda event: [event["message"]["headers"]["from"]],
    "to": lambda event: [event["message"]["headers"]["to"]],
    "subject": lambda event: [event["message"]["headers"]["subject"]],
    "attachment": lambda event: [one["filename"] for one in event["message"]["attachments"]],
}
BY_WORD = {"from", "to", "subject", "attachment"}  # the others match as a whole
RANGE = {"begin", "end", "ascending", "limit", "pretty"}
TERM = re.compile(r'"[^"]*"|\S+')


class BadQuery(Exception):
    """The API answers 400 with this message."""


@dataclass
class Query:
    """A question, with the place to go on from. Kept whole in the page URLs, as the API is stateless."""

    since: float
    until: float
    ascending: bool
    limit: int = LIMIT
    filters: dict[str, str] = field(default_factory=dict)
    after: tuple[float, str] | None = None
    backwards: bool = False

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> "Query":
        """Raises BadQuery on a filter the API does not have, or a value it cannot read."""
        unknown = set(args) - set(FIELDS) - RANGE
        if unknown:
            raise BadQuery(f"'{min(unknown)}' is not a valid filter field")
        begin, end = _moment(args, "begin"), _moment(args, "end")
        direction = args.get("ascending", "").lower()
        if direction not in ("", "yes", "no", "true", "false"):
            raise BadQuery("'ascending' must be 'yes' or 'no'")
        if begin is not None and end is None and not direction:
            raise BadQuery("'ascending' must be given if 'end' is not")
        ascending = direction in ("yes", "true")
        if begin is not None and end is not None:
            ascending = begin <= end
        limit = args.get("limit", str(LIMIT))
        if not limit.isdecimal() or not 1 <= int(limit) <= MAX_LIMIT:
            raise BadQuery(f"'limit' must be a number from 1 to {MAX_LIMIT}")
        if ascending:
            since, until = begin or 0.0, FOREVER if end is None else end
        else:
            since, until = end or 0.0, time.time() if begin is None else begin
        filters = {name: args[name] for name in FIELDS if args.get(name)}
        return cls(since, until, ascending, int(limit), filters)

    def token(self, **changes: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(vars(self) | changes).encode()).decode()

    @classmethod
    def from_token(cls, token: str) -> "Query":
        try:
            values = json.loads(base64.urlsafe_b64decode(token))
            values["after"] = tuple(values["after"]) if values["after"] else None
            return cls(**values)
        except (KeyError, TypeError, ValueError):
            raise BadQuery("Invalid page address") from None


def page(mailbox: Mailbox, domain: str, query: Query, address: str) -> dict:
    """One page of events as the API answers it; ``address`` is the URL that page tokens are appended to."""
    found = mailbox.past_events(
        domain,
        since=query.since,
        until=query.until,
        ascending=query.ascending != query.backwards,
        after=query.after,
        recipient=_plain(query.filters.get("recipient", "")),
        message_id=_plain(query.filters.get("message-id", "")),
    )
    items = list(islice((event for event in found if _matches(event, query.filters)), query.limit))
    if query.backwards:
        items.reverse()
    ends = [(item["timestamp"], item["id"]) for item in (items[:1] + items[-1:])] or [
        query.after,
        query.after,
    ]
    start = (query.since, "") if query.ascending else (query.until, "~")
    end = (query.until, "~") if query.ascending else (query.since, "")
    tokens = {
        "next": query.token(after=ends[-1], backwards=False),
        "previous": query.token(after=ends[0] or start, backwards=True),
        "first": query.token(after=None, backwards=False),
        "last": query.token(after=end, backwards=True),
    }
    return {"items": items, "paging": {name: f"{address}/{token}" for name, token in tokens.items()}}


def _moment(args: MultiDict[str, str], name: str) -> float | None:
    value = args.get(name, "").strip()
    if not value:
        return None
    try:
        return float(value)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError):
        raise BadQuery(f"'{name}' is not a valid date") from None


def _plain(expression: str) -> str:
    """The expression if it is one value to look up, else nothing."""
    terms = TERM.findall(expression)
    return terms[0].strip('"') if len(terms) == 1 and terms[0] != "NOT" else ""


def _matches(event: dict, filters: dict[str, str]) -> bool:
    return all(_holds(expression, name, FIELDS[name](event)) for name, expression in filters.items())


def _holds(expression: str, name: str, values: list[str]) -> bool:
    """Filter expressions: words and "phrases" with AND (or nothing), OR and NOT; > and < on sizes."""
    alternatives: list[list[tuple[bool, str]]] = [[]]
    negated = False
    for term in TERM.findall(expression.replace("(", " ").replace(")", " ")):
        if term == "OR":
            alternatives.append([])
        elif term == "NOT":
            negated = True
        elif term != "AND":
            alternatives[-1].append((not negated, term.strip('"')))
            negated = False
    return any(
        all(_is(term, name, values) == wanted for wanted, term in terms) for terms in alternatives if terms
    )


def _is(term: str, name: str, values: list[str]) -> bool:
    term = term.lower()
    if name == "size" and re.fullmatch(r"[<>]\d+", term):
        size, bound = int(values[0]), int(term[1:])
        return size > bound if term[0] == ">" else size < bound
    if name in BY_WORD:
        return any(term in value.lower() for value in values)
    return any(term == value.lower() for value in values)
