"""What changes something in the money room, by verb."""

from .checkout import Checkout, start_checkout
from .events import process_due_events, process_event, record_event
from .fulfil import fulfil, look_after_open_gifts

__all__ = [
    "Checkout",
    "fulfil",
    "look_after_open_gifts",
    "process_due_events",
    "process_event",
    "record_event",
    "start_checkout",
]
