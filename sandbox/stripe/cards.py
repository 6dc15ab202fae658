"""Stripe's test cards, and what each one does."""

import datetime
import hashlib
import re
from dataclasses import dataclass

BEHAVIOURS = {
    "4242424242424242": "ok",
    "5555555555554444": "ok",
    "378282246310005": "ok",
    "4000000000000002": "generic_decline",
    "4000000000009995": "insufficient_funds",
    "4000000000009987": "lost_card",
    "4000000000000069": "expired_card",
    "4000000000000127": "incorrect_cvc",
    "4000000000000119": "processing_error",
    "4000000000000341": "declines_later",
    "4000000000000259": "disputed",
    "4000002500003155": "three_d_secure",
    "4000000000003220": "three_d_secure",
    "4000008400001629": "three_d_secure_then_decline",
}
BANK_DEBIT = "bank_debit"

# decline code -> (error code, message)
DECLINES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "lost_card": ("card_declined", "Your card was declined."),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "authentication_failed": (
        "payment_intent_authentication_failure",
        "We are unable to authenticate your payment method."
        " Please choose a different payment method and try again.",
    ),
    "declines_later": ("card_declined", "Your card was declined."),
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a typed card: the field's name and a key of the page's words."""

    field: str
    word: str


def luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(digit * 2, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def brand(number: str) -> str:
    if number.startswith("4"):
        return "visa"
    if re.match(r"5[1-5]|2[2-7]", number):
        return "mastercard"
    return "amex" if re.match(r"3[47]", number) else "unknown"


def read(number: str, expiry: str, cvc: str) -> tuple[dict | None, list[Problem]]:
    """A card as typed: the details that may be kept (no number, no code), or what is wrong with it."""
    problems = []
    number, cvc = re.sub(r"[\s-]", "", number), cvc.strip()
    if not re.fullmatch(r"\d{12,19}", number) or not luhn(number):
        problems.append(Problem("number", "bad_number" if number else "required"))
    elif number not in BEHAVIOURS:
        problems.append(Problem("number", "live_number"))
    month_year = re.fullmatch(r"\s*(\d{1,2})\s*[/\- ]?\s*(\d{4}|\d{2})\s*", expiry)
    month, year = (int(part) for part in month_year.groups()) if month_year else (0, 0)
    year += 2000 if year < 100 else 0
    today = datetime.datetime.now(datetime.UTC).date()
    if not 1 <= month <= 12:
        problems.append(Problem("expiry", "bad_expiry" if expiry.strip() else "required"))
    elif (year, month) < (today.year, today.month) or year > today.year + 50:
        problems.append(Problem("expiry", "past_expiry"))
    if not re.fullmatch(r"\d{4}" if brand(number) == "amex" else r"\d{3,4}", cvc):
        problems.append(Problem("cvc", "bad_cvc" if cvc else "required"))
    if problems:
        return None, problems
    details = {
        "type": "card",
        "brand": brand(number),
        "last4": number[-4:],
        "exp_month": month,
        "exp_year": year,
        "fingerprint": hashlib.sha256(f"sandbox {number}".encode()).hexdigest()[:16],
        "behaviour": BEHAVIOURS[number],
    }
    return details, []
