"""Letters delivered, by their DeliveryId."""

import time

from sandbox.congress.documents import Content
from sandbox.store import Store

KIND = "congress_letter"


class Duplicate(Exception):
    """A letter with this DeliveryId was delivered before."""


class Office:
    def __init__(self, store: Store) -> None:
        self.store = store

    def deliver(self, content: Content) -> str:
        """Keep a letter and return its DeliveryId.

        Raises:
            Duplicate: there is one with that DeliveryId.
        """
        delivery_id = content["Delivery"]["DeliveryId"].strip()
        office = content["Recipient"]["MemberOffice"].strip()
        with self.store.transaction():
            if self.store.get(KIND, delivery_id):
                raise Duplicate
            letter = {"id": delivery_id, "office": office, "delivered": time.time(), "content": content}
            self.store.put(KIND, delivery_id, letter, keys={"office": office})
        return delivery_id

    def get(self, delivery_id: str) -> dict | None:
        return self.store.get(KIND, delivery_id)

    def letters(self, *, office: str = "", limit: int = 50, after: str | None = None) -> list[dict]:
        """Letters, newest first; ``after`` is the DeliveryId the page before ended with."""
        return self.store.find(KIND, limit=limit, after=after, **({"office": office} if office else {}))

    def count(self, *, office: str = "") -> int:
        return self.store.count(KIND, **({"office": office} if office else {}))

    def empty(self) -> int:
        number = 0
        with self.store.transaction():
            while letters := self.letters(limit=500):
                number += sum(self.store.delete(KIND, letter["id"]) for letter in letters)
        return number
