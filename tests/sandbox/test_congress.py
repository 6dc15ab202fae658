"""The House's delivery endpoint: what it takes, and every rule it holds a document to."""

import copy
import xml.etree.ElementTree as ET

import pytest
import requests

CONTACT = {"Name": "Marta Solis", "Email": "marta@example.org", "Phone": "202-555-0143"}
# A document as (name, text or children) pairs, so that a test can change one thing in it.
DOCUMENT = [
    ("CWCVersion", "2.0"),
    (
        "Delivery",
        [
            ("DeliveryId", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6"),
            ("DeliveryDate", "20261123"),
            ("DeliveryAgent", "Puente"),
            ("DeliveryAgentAckEmailAddress", "letters@example.org"),
            (
                "DeliveryAgentContact",
                [(f"DeliveryAgentContact{name}", text) for name, text in CONTACT.items()],
            ),
            ("Organization", "Puente para la niñez"),
            ("OrganizationContact", [(f"OrganizationContact{name}", text) for name, text in CONTACT.items()]),
            ("OrganizationAbout", "Children's stories"),
            ("CampaignId", "families-first"),
        ],
    ),
    ("Recipient", [("MemberOffice", "HTX07"), ("IsResponseRequested", "Y"), ("NewsletterOptIn", "n")]),
    (
        "Constituent",
        [
            ("Prefix", "Ms."),
            ("FirstName", "Ana"),
            ("MiddleName", "R."),
            ("LastName", "Núñez"),
            ("Suffix", "Jr."),
            ("Title", "Nurse"),
            ("ConstituentOrganization", "Clinic"),
            ("Address1", "1 Main Street"),
            ("Address2", "Apt 2"),
            ("Address3", "Rear"),
            ("City", "Houston"),
            ("StateAbbreviation", "TX"),
            ("Zip", "77002"),
            ("Phone", "713-555-0100"),
            ("AddressValidation", "Y"),
            ("Email", "ana@example.org"),
            ("EmailValidation", "N"),
        ],
    ),
    (
        "Message",
        [
            ("Subject", "Keep families together"),
            (
                "LibraryOfCongressTopics",
                [("LibraryOfCongressTopic", "Immigration"), ("LibraryOfCongressTopic", "Families")],
            ),
            (
                "Bills",
                [("Bill", [("BillCongress", "119"), ("BillTypeAbbreviation", "hr"), ("BillNumber", "233")])],
            ),
            ("ProOrCon", "Pro"),
            ("OrganizationStatement", "Please support the bill."),
            ("ConstituentMessage", "I am writing as a nurse & a mother."),
            ("MoreInfo", "https://example.org/more"),
        ],
    ),
]
OPTIONAL = [
    "Delivery/Organization",
    "Delivery/OrganizationContact",
    "Delivery/OrganizationAbout",
    "Recipient/IsResponseRequested",
    "Recipient/NewsletterOptIn",
    "Constituent/MiddleName",
    "Constituent/Suffix",
    "Constituent/Title",
    "Constituent/ConstituentOrganization",
    "Constituent/Address2",
    "Constituent/Address3",
    "Constituent/Phone",
    "Constituent/AddressValidation",
    "Constituent/EmailValidation",
    "Message/Bills",
    "Message/ProOrCon",
    "Message/OrganizationStatement",
    "Message/ConstituentMessage",
    "Message/MoreInfo",
]
REQUIRED = [
    "CWCVersion",
    "Delivery",
    "Delivery/DeliveryId",
    "Delivery/DeliveryDate",
    "Delivery/DeliveryAgent",
    "Delivery/DeliveryAgentAckEmailAddress",
    "Delivery/DeliveryAgentContact",
    "Delivery/DeliveryAgentContact/DeliveryAgentContactName",
    "Delivery/DeliveryAgentContact/DeliveryAgentContactEmail",
    "Delivery/DeliveryAgentContact/DeliveryAgentContactPhone",
    "Delivery/CampaignId",
    "Recipient",
    "Recipient/MemberOffice",
    "Constituent",
    "Constituent/Prefix",
    "Constituent/FirstName",
    "Constituent/LastName",
    "Constituent/Address1",
    "Constituent/City",
    "Constituent/StateAbbreviation",
    "Constituent/Zip",
    "Constituent/Email",
    "Message",
    "Message/Subject",
    "Message/LibraryOfCongressTopics",
    "Message/Bills/Bill/BillCongress",
    "Message/Bills/Bill/BillTypeAbbreviation",
    "Message/Bills/Bill/BillNumber",
]


def build(name, content):
    node = ET.Element(name)
    if isinstance(content, str):
        node.text = content
    else:
        node.extend([build(*child) for child in content])
    return node


def document():
    return build("CWC", copy.deepcopy(DOCUMENT))


def changed(path, text):
    root = document()
    root.find(path).text = text
    return root


def without(*paths):
    root = document()
    for path in paths:
        parent = root.find(path.rpartition("/")[0] or ".")
        for child in root.findall(path):
            parent.remove(child)
    return root


@pytest.fixture
def post(box):
    """A function that posts a document; gives status and the errors in the answer."""

    def poster(body, verb="validate", **params):
        if not isinstance(body, (str, bytes)):
            body = ET.tostring(body, encoding="utf-8", xml_declaration=True)
        answer = requests.post(
            f"{box.url}/congress/v2/{verb}",
            data=body,
            params={"apikey": "cwc-sandbox"} | params,
            headers={"Content-Type": "application/xml"},
            timeout=10,
        )
        assert answer.headers["Content-Type"].startswith("application/xml")
        return answer.status_code, [error.text for error in ET.fromstring(answer.content).iter("Error")]

    return poster


@pytest.fixture
def letters(box):
    """A function that gives the letters delivered so far."""
    return lambda **params: requests.get(f"{box.url}/congress/letters.json", params=params, timeout=10).json()


def test_a_full_document_is_valid(post):
    assert post(document()) == (200, [])


def test_the_smallest_document_is_valid(post):
    kept = "Message/ConstituentMessage"
    assert post(without(*[path for path in OPTIONAL if path != kept])) == (200, [])


@pytest.mark.parametrize("path", OPTIONAL)
def test_each_optional_element_may_be_missing(post, path):
    assert post(without(path)) == (200, [])


@pytest.mark.parametrize("path", REQUIRED)
def test_each_required_element_must_be_there(post, path):
    assert post(without(path)) == (400, [f"CWC/{path} is required"])


def test_a_message_must_say_something(post):
    status, errors = post(without("Message/OrganizationStatement", "Message/ConstituentMessage"))
    assert (status, errors) == (400, ["Message must have an OrganizationStatement or a ConstituentMessage"])


@pytest.mark.parametrize(
    ("path", "good"),
    [
        ("Delivery/DeliveryAgent", "ABCD"),
        ("Delivery/DeliveryAgent", "A" * 500),
        ("Delivery/CampaignId", "ab"),
        ("Recipient/MemberOffice", "HAK00"),
        ("Recipient/MemberOffice", "HDC00"),
        ("Constituent/Zip", "77002-1234"),
        ("Constituent/StateAbbreviation", "PR"),
        ("Constituent/Address1", "1 A"),
        ("Message/Subject", "S" * 500),
        ("Message/ProOrCon", "con"),
        ("Message/ConstituentMessage", "M" * 10_000),
        ("Message/ConstituentMessage", "Sí, señ"),
        ("Message/Bills/Bill/BillTypeAbbreviation", "hconres"),
        ("Message/LibraryOfCongressTopics/LibraryOfCongressTopic", "Water Resources Development"),
    ],
)
def test_values_at_the_edge_of_the_rules_are_taken(post, path, good):
    assert post(changed(path, good)) == (200, [])


@pytest.mark.parametrize(
    ("path", "bad"),
    [
        ("CWCVersion", "1.0"),
        ("Delivery/DeliveryId", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ("Delivery/DeliveryId", "A" * 31),
        ("Delivery/DeliveryId", "A" * 33),
        ("Delivery/DeliveryDate", "2026-11-23"),
        ("Delivery/DeliveryDate", "20261332"),
        ("Delivery/DeliveryAgent", "ABC"),
        ("Delivery/DeliveryAgent", "A" * 501),
        ("Delivery/DeliveryAgentAckEmailAddress", "letters"),
        ("Delivery/DeliveryAgentContact/DeliveryAgentContactName", "Marta"),
        ("Delivery/DeliveryAgentContact/DeliveryAgentContactEmail", "marta@example"),
        ("Delivery/DeliveryAgentContact/DeliveryAgentContactPhone", "(202) 555-0143"),
        ("Delivery/Organization", "Short"),
        ("Delivery/Organization", "O" * 501),
        ("Delivery/OrganizationContact/OrganizationContactPhone", "2025550143"),
        ("Delivery/CampaignId", "a"),
        ("Delivery/CampaignId", "a" * 501),
        ("Recipient/MemberOffice", "STX01"),
        ("Recipient/MemberOffice", "HTX7"),
        ("Recipient/MemberOffice", "HXX01"),
        ("Recipient/MemberOffice", "hTX07"),
        ("Recipient/IsResponseRequested", "yes"),
        ("Recipient/NewsletterOptIn", "maybe"),
        ("Constituent/Prefix", ""),
        ("Constituent/FirstName", " "),
        ("Constituent/LastName", ""),
        ("Constituent/Address1", "12"),
        ("Constituent/City", "LA"),
        ("Constituent/StateAbbreviation", "AE"),
        ("Constituent/StateAbbreviation", "Texas"),
        ("Constituent/Zip", "7700"),
        ("Constituent/Zip", "770021234"),
        ("Constituent/Email", "ana at example.org"),
        ("Constituent/Phone", "7135550100"),
        ("Constituent/AddressValidation", "T"),
        ("Constituent/EmailValidation", "true"),
        ("Message/Subject", "Short"),
        ("Message/Subject", "S" * 501),
        ("Message/LibraryOfCongressTopics/LibraryOfCongressTopic", "Immigrants"),
        ("Message/Bills/Bill/BillTypeAbbreviation", "H.R."),
        ("Message/Bills/Bill/BillNumber", "H233"),
        ("Message/Bills/Bill/BillCongress", "119th"),
        ("Message/ProOrCon", "Undecided"),
        ("Message/OrganizationStatement", "Hello"),
        ("Message/OrganizationStatement", "M" * 10_001),
        ("Message/ConstituentMessage", "Hello"),
        ("Message/ConstituentMessage", "M" * 10_001),
        ("Message/MoreInfo", "example.org"),
    ],
)
def test_each_rule_refuses_what_breaks_it_and_names_the_element(post, path, bad):
    status, errors = post(changed(path, bad))
    assert status == 400
    assert len(errors) == 1
    assert errors[0].startswith(f"CWC/{path} must be") or errors[0].startswith(f"CWC/{path} must have")


def test_all_errors_are_listed_at_once(post):
    root = changed("Constituent/Zip", "1")
    root.find("Message/Subject").text = "x"
    status, errors = post(root)
    assert status == 400
    assert [error.split(" ")[0] for error in errors] == ["CWC/Constituent/Zip", "CWC/Message/Subject"]


def test_a_bill_outside_bills_is_refused(post):
    root = document()
    bills = root.find("Message/Bills")
    root.find("Message").insert(2, bills[0])
    root.find("Message").remove(bills)
    assert post(root) == (400, ["CWC/Message may not hold Bill"])


def test_topics_must_have_one_at_least(post):
    root = without("Message/LibraryOfCongressTopics/LibraryOfCongressTopic")
    assert post(root) == (400, ["CWC/Message/LibraryOfCongressTopics/LibraryOfCongressTopic is required"])


def test_elements_out_of_order_unknown_repeated_or_with_attributes_are_refused(post):
    root = document()
    constituent = root.find("Constituent")
    constituent.append(constituent[0])
    constituent.remove(constituent[0])
    constituent.append(ET.Element("Age"))
    constituent.find("City").set("lang", "en")
    root.find("Recipient").append(build("NewsletterOptIn", "Y"))
    root.find("Message").text = "stray"
    root.find("Message/Subject").append(ET.Element("b"))
    status, errors = post(root)
    assert status == 400
    assert {error.split(";")[0] for error in errors} == {
        "CWC/Recipient/NewsletterOptIn may stand only once",
        "CWC/Constituent holds its elements in the wrong order",
        "CWC/Constituent may not hold Age",
        "CWC/Constituent/City may not have attributes",
        "CWC/Message may not hold text of its own",
        "CWC/Message/Subject may only hold text",
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "not well-formed"),
        ("<CWC><Delivery></CWC>", "not well-formed"),
        ('<?xml version="1.0" encoding="nonsense"?><CWC/>', "not well-formed"),
        ("<Letter/>", "root element must be CWC"),
        ('<!DOCTYPE CWC [<!ENTITY a "b">]><CWC>&a;</CWC>', "not allowed"),
        ('<!DOCTYPE CWC [<!ENTITY a SYSTEM "file:///etc/passwd">]><CWC>&a;</CWC>', "not allowed"),
        ('<!DOCTYPE CWC SYSTEM "http://127.0.0.1/x.dtd"><CWC/>', "not allowed"),
    ],
)
def test_what_is_no_plain_xml_document_is_refused(post, body, message):
    status, [error] = post(body)
    assert status == 400
    assert message in error


def test_a_key_is_needed(post, letters):
    assert post(document(), "message", apikey="") == (401, ["An API key is required"])
    assert post(document(), "message", apikey="other") == (403, ["This API key is not valid"])
    assert post(document(), apikey="other")[0] == 403
    assert letters()["count"] == 0


def test_an_oversized_document_is_refused(post):
    assert post("x" * (1024 * 1024 + 1))[0] == 413


def test_validating_delivers_nothing(post, letters):
    assert post(document(), "validate")[0] == 200
    assert letters()["count"] == 0


def test_an_invalid_document_is_not_delivered(post, letters):
    assert post(without("Constituent/Zip"), "message")[0] == 400
    assert letters()["count"] == 0


def test_a_message_is_delivered_once(post, letters):
    assert post(document(), "message") == (200, [])
    assert post(document(), "message") == (400, ["A message with this DeliveryId has been delivered already"])
    found = letters()
    assert found["count"] == 1
    letter = found["letters"][0]
    assert (letter["id"], letter["office"]) == ("A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6", "HTX07")
    assert letter["content"]["Constituent"]["LastName"] == "Núñez"
    assert letter["content"]["Message"]["LibraryOfCongressTopics"]["LibraryOfCongressTopic"] == [
        "Immigration",
        "Families",
    ]


@pytest.mark.parametrize(("kind", "status", "taken"), [("error_500", 500, 0), ("accept_then_500", 500, 1)])
def test_faults_answer_in_xml(box, post, letters, kind, status, taken):
    box.faults.add("congress", kind)
    assert post(document(), "message")[0] == status
    assert letters()["count"] == taken


def test_letters_survive_a_restart(start, tmp_path):
    body = ET.tostring(document(), encoding="utf-8")
    before = start(state=str(tmp_path / "state.sqlite3"))
    address = "/congress/v2/message?apikey=cwc-sandbox"
    assert requests.post(before.url + address, data=body, timeout=10).status_code == 200
    before.__exit__(None, None, None)
    after = start(state=str(tmp_path / "state.sqlite3"))
    assert requests.post(after.url + address, data=body, timeout=10).status_code == 400
    assert requests.get(f"{after.url}/congress/letters.json", timeout=10).json()["count"] == 1


def numbered(number, office="HTX07"):
    root = changed("Delivery/DeliveryId", f"{number:032d}")
    root.find("Message/Subject").text = f"Letter {number:03d}"
    root.find("Recipient/MemberOffice").text = office
    return root


def test_pages_list_search_and_show_letters(box, post):
    def page(path):
        return requests.get(f"{box.url}/congress/{path}", timeout=10)

    assert "No letter yet" in page("").text
    for number in range(51):
        post(numbered(number), "message")
    post(numbered(51, "HCA12"), "message")
    first = page("").text
    assert ("Letter 051" in first, "Letter 000" in first) == (True, False)
    second = page(f"?after={2:032d}").text
    assert ("Letter 051" in second, "Letter 000" in second) == (False, True)
    found = page("?office=hca12").text
    assert ("Letter 051" in found, "Letter 050" in found) == (True, False)
    assert "No letter for HNY01" in page("?office=HNY01").text
    letter = page(f"letters/{51:032d}").text
    for shown in ("nurse &amp; a mother", "Núñez", "Immigration; Families", "hr 233 (119)", "Marta Solis"):
        assert shown in letter
    assert page("letters/none").status_code == 404


def test_letters_can_be_forgotten(box, post, letters):
    post(document(), "message")
    assert requests.delete(f"{box.url}/congress/letters.json", timeout=10).json() == {"deleted": 1}
    post(document(), "message")
    requests.post(f"{box.url}/congress/empty", timeout=10)
    assert letters() == {"count": 0, "letters": []}
