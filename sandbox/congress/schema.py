"""The House's document as a tree of elements and the rules their texts keep."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sandbox.congress.vocabulary import BILL_TYPES, STATES, TOPICS

# A rule gives the reason a text is refused, or "".
Rule = Callable[[str], str]


@dataclass(frozen=True)
class Element:
    """One with ``children`` holds them in this order and no text of its own; ``many`` may be repeated."""

    name: str
    rule: Rule | None = None
    children: tuple["Element", ...] = ()
    required: bool = True
    many: bool = False


def length(least: int, most: int) -> Rule:
    def check(text: str) -> str:
        return "" if least <= len(text.strip()) <= most else f"must have {least} to {most} characters"

    return check


def pattern(regex: str, meaning: str) -> Rule:
    compiled = re.compile(regex)
    return lambda text: "" if compiled.fullmatch(text.strip()) else f"must be {meaning}"


def one_of(values: frozenset[str], meaning: str) -> Rule:
    return lambda text: "" if text.strip() in values else f"must be {meaning}"


def day(text: str) -> str:
    text = text.strip()
    if re.fullmatch(r"\d{8}", text, re.ASCII):
        try:
            date(int(text[:4]), int(text[4:6]), int(text[6:]))
            return ""
        except ValueError:
            pass
    return "must be a day in 8 digits, YYYYMMDD"


def member_office(text: str) -> str:
    match = re.fullmatch(r"H([A-Z]{2})[0-9]{2}", text.strip())
    return "" if match and match[1] in STATES else "must be H, a state and two digits (00 for at-large)"


def optional(
    name: str, rule: Rule | None = None, children: tuple[Element, ...] = (), *, many: bool = False
) -> Element:
    return Element(name, rule, children, required=False, many=many)


any_text = length(1, 500)
email = pattern(r"[^@\s]+@[^.@\s]+(\.[^.@\s]+)+", "an email address")
phone = pattern(r"[0-9]{3}-[0-9]{3}-[0-9]{4}", "a phone number, ddd-ddd-dddd")
yes_or_no = pattern(r"[YyNn]", "Y or N")


def contact(prefix: str) -> tuple[Element, ...]:
    return (
        Element(f"{prefix}Name", length(6, 500)),
        Element(f"{prefix}Email", email),
        Element(f"{prefix}Phone", phone),
    )


DELIVERY = (
    Element("DeliveryId", pattern(r"[a-zA-Z0-9]{32}", "32 letters and digits")),
    Element("DeliveryDate", day),
    Element("DeliveryAgent", length(4, 500)),
    Element("DeliveryAgentAckEmailAddress", email),
    Element("DeliveryAgentContact", children=contact("DeliveryAgentContact")),
    optional("Organization", length(6, 500)),
    optional("OrganizationContact", children=contact("OrganizationContact")),
    optional("OrganizationAbout", any_text),
    Element("CampaignId", length(2, 500)),
)

RECIPIENT = (
    Element("MemberOffice", member_office),
    optional("IsResponseRequested", yes_or_no),
    optional("NewsletterOptIn", yes_or_no),
)

CONSTITUENT = (
    Element("Prefix", any_text),
    Element("FirstName", any_text),
    optional("MiddleName", any_text),
    Element("LastName", any_text),
    optional("Suffix", any_text),
    optional("Title", any_text),
    optional("ConstituentOrganization", any_text),
    Element("Address1", length(3, 500)),
    optional("Address2", any_text),
    optional("Address3", any_text),
    Element("City", length(3, 500)),
    Element("StateAbbreviation", one_of(STATES, "one of the 56 state and territory codes")),
    Element("Zip", pattern(r"[0-9]{5}(-[0-9]{4})?", "a ZIP of 5 or 5+4 digits")),
    optional("Phone", phone),
    optional("AddressValidation", yes_or_no),
    Element("Email", email),
    optional("EmailValidation", yes_or_no),
)

BILL = (
    Element("BillCongress", pattern(r"[0-9]{1,3}", "the number of a Congress")),
    Element(
        "BillTypeAbbreviation", one_of(BILL_TYPES, "a bill type as the House writes it (hr, s, hres, …)")
    ),
    Element("BillNumber", pattern(r"[0-9]{1,6}", "the number of a bill")),
)

MESSAGE = (
    Element("Subject", length(6, 500)),
    Element(
        "LibraryOfCongressTopics",
        children=(
            Element("LibraryOfCongressTopic", one_of(TOPICS, "a Library of Congress topic"), many=True),
        ),
    ),
    optional("Bills", children=(Element("Bill", children=BILL, many=True),)),
    optional("ProOrCon", pattern(r"(?i:pro|con)", "Pro or Con")),
    optional("OrganizationStatement", length(6, 10_000)),
    optional("ConstituentMessage", length(6, 10_000)),
    optional("MoreInfo", pattern(r"https?://\S+", "a web address")),
)

DOCUMENT = Element(
    "CWC",
    children=(
        Element("CWCVersion", pattern(r"2\.0", "2.0")),
        Element("Delivery", children=DELIVERY),
        Element("Recipient", children=RECIPIENT),
        Element("Constituent", children=CONSTITUENT),
        Element("Message", children=MESSAGE),
    ),
)
