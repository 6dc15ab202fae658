"""Reading a document, and every error in it."""

from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sandbox.congress.schema import DOCUMENT, Element

# Python's own shape of a document: texts by name, sections as dicts, repeated elements as lists.
Content = dict[str, "str | Content | list[str] | list[Content]"]


class Invalid(Exception):
    """``errors`` holds a sentence for each broken rule."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


def read(body: bytes) -> Content:
    """A valid document's content.

    Raises:
        Invalid: it is not XML, holds a DTD or entities, or breaks rules of the schema.
    """
    try:
        root = fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise Invalid(["A document type declaration or an entity is not allowed"]) from None
    except (ParseError, ValueError, LookupError) as error:
        raise Invalid([f"The document is not well-formed XML: {error}"]) from None
    if root.tag != DOCUMENT.name:
        raise Invalid([f"The root element must be {DOCUMENT.name}, not {root.tag}"])
    errors: list[str] = []
    _check(root, DOCUMENT, DOCUMENT.name, errors)
    message = root.find("Message")
    if message is not None and not (
        (message.findtext("OrganizationStatement") or "").strip()
        or (message.findtext("ConstituentMessage") or "").strip()
    ):
        errors.append("Message must have an OrganizationStatement or a ConstituentMessage")
    if errors:
        raise Invalid(errors)
    return _content(root, DOCUMENT)


def _check(node: Node, element: Element, path: str, errors: list[str]) -> None:
    if node.attrib:
        errors.append(f"{path} may not have attributes")
    if not element.children:
        if len(node):
            errors.append(f"{path} may only hold text")
        elif element.rule and (reason := element.rule(node.text or "")):
            errors.append(f"{path} {reason}")
        return
    names = [child.name for child in element.children]
    if any(text and text.strip() for text in [node.text, *(child.tail for child in node)]):
        errors.append(f"{path} may not hold text of its own")
    places = [names.index(child.tag) for child in node if child.tag in names]
    if places != sorted(places):
        errors.append(f"{path} holds its elements in the wrong order; it is {', '.join(names)}")
    errors += [f"{path} may not hold {child.tag}" for child in node if child.tag not in names]
    for child in element.children:
        found = node.findall(child.name)
        if not found and child.required:
            errors.append(f"{path}/{child.name} is required")
        if len(found) > 1 and not child.many:
            errors.append(f"{path}/{child.name} may stand only once")
        for one in found:
            _check(one, child, f"{path}/{child.name}", errors)


def _content(node: Node, element: Element) -> Content:
    content: Content = {}
    for child in element.children:
        values = [
            _content(one, child) if child.children else (one.text or "") for one in node.findall(child.name)
        ]
        if values:
            content[child.name] = values if child.many else values[0]
    return content
