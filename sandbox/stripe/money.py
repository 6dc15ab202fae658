"""Amounts, in minor units throughout: what may be charged, what it costs, what it settles to.

Fees and rates are invented for development: 2.9 % + 30 cents, and fixed rates to US dollars.
"""

from decimal import ROUND_HALF_UP, Decimal

from sandbox.stripe.errors import StripeError

SETTLEMENT_CURRENCY = "usd"
LARGEST = 99_999_999
FEE_RATE, FEE_FIXED = Decimal("0.029"), 30
DISPUTE_FEE = 1500

ZERO_DECIMAL = {
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
}  # fmt: skip
THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}
TWO_DECIMAL = {
    "usd", "aed", "aud", "bgn", "bmd", "bob", "brl", "cad", "chf", "cop", "crc", "czk", "dkk", "dop", "egp",
    "eur", "gbp", "gtq", "hkd", "hnl", "huf", "idr", "ils", "inr", "isk", "kes", "mad", "mxn", "myr", "ngn",
    "nio", "nok", "nzd", "pab", "pen", "php", "pln", "qar", "ron", "rsd", "sar", "sek", "sgd", "thb", "try",
    "ttd", "twd", "uah", "ugx", "uyu", "zar",
}  # fmt: skip
# Charged with two decimals, of which the last two must be zero.
UNDIVIDABLE = {"isk", "ugx"}
SMALLEST = {
    "usd": 50, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "eur": 50, "gbp": 30, "hkd": 400, "jpy": 50,
    "mxn": 1000, "nok": 300, "nzd": 50, "pln": 200, "sek": 300, "sgd": 50, "czk": 1500, "dkk": 250,
    "huf": 17500, "inr": 50, "krw": 700, "clp": 500,
}  # fmt: skip
USD_PER_UNIT = {
    "eur": "1.10", "gbp": "1.28", "cad": "0.73", "aud": "0.66", "mxn": "0.055", "gtq": "0.13", "hnl": "0.04",
    "nio": "0.027", "crc": "0.0019", "jpy": "0.0067", "krw": "0.00073", "clp": "0.0011", "chf": "1.12",
    "brl": "0.18", "cop": "0.00024", "dop": "0.017", "huf": "0.0027", "isk": "0.0072", "twd": "0.031",
}  # fmt: skip


def exponent(currency: str) -> int:
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def major(amount: int, currency: str) -> Decimal:
    return Decimal(amount).scaleb(-exponent(currency))


def display(amount: int, currency: str) -> str:
    """``$12.00``, ``¥1,200``, ``-12.00 MXN``: for pages and messages."""
    number = f"{abs(major(amount, currency)):,.{exponent(currency)}f}"
    sign = "-" if amount < 0 else ""
    symbol = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}.get(currency)
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {currency.upper()}"


def check_currency(currency: str, param: str) -> str:
    lowered = currency.lower()
    if lowered not in ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL:
        raise StripeError(f"Invalid currency: {currency}.", param=param)
    return lowered


def check_total(amount: int, currency: str, param: str, *, what: str) -> None:
    """Raises StripeError where Stripe would not take a charge of ``amount``."""
    smallest = SMALLEST.get(currency, 50)
    if amount < smallest:
        message = f"{what} must add up to at least {display(smallest, currency)} {currency}"
        raise StripeError(message, param=param, code="amount_too_small")
    if amount > LARGEST:
        message = f"{what} must be no more than {display(LARGEST, currency)} {currency}"
        raise StripeError(message, param=param, code="amount_too_large")
    if currency in UNDIVIDABLE and amount % 100:
        raise StripeError(f"Invalid {currency} payment amount: must be evenly divisible by 100.", param=param)


def settle(amount: int, currency: str) -> tuple[int, float | None]:
    """``amount`` in cents of the settlement currency, and the rate used (None when none was)."""
    if currency == SETTLEMENT_CURRENCY:
        return amount, None
    rate = Decimal(USD_PER_UNIT.get(currency, "1"))
    cents = (major(amount, currency) * rate * 100).quantize(Decimal(1), ROUND_HALF_UP)
    return int(cents), float(rate)


def fee(cents: int) -> int:
    return int((cents * FEE_RATE).quantize(Decimal(1), ROUND_HALF_UP)) + FEE_FIXED
