from .donations import Donation, DonationEvent, DonationState, Frequency
from .events import StripeEvent, StripeEventState
from .ledger import LedgerEntry, LedgerKind
from .pages import DonationPage
from .recurring import RecurringGift, RecurringState

__all__ = [
    "Donation",
    "DonationEvent",
    "DonationPage",
    "DonationState",
    "Frequency",
    "LedgerEntry",
    "LedgerKind",
    "RecurringGift",
    "RecurringState",
    "StripeEvent",
    "StripeEventState",
]
