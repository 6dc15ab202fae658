"""Amounts of money: whole numbers of a currency's minor unit, read from people and shown to them.

Sources for the table: docs.stripe.com/currencies ("Zero-decimal", "Three-decimal", "Special cases").
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ZERO_DECIMAL = {
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
    *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
}
THREE_DECIMAL = {"BHD", "JOD", "KWD", "OMR", "TND"}
# Counted in hundredths by Stripe, though the last two digits must be 00.
UNDIVIDABLE = {"HUF", "ISK", "TWD", "UGX"}
TWO_DECIMAL = {
    *(
        "AED",
        "AUD",
        "BGN",
        "BOB",
        "BRL",
        "CAD",
        "CHF",
        "COP",
        "CRC",
        "CZK",
        "DKK",
        "DOP",
        "EUR",
        "GBP",
        "GTQ",
    ),
    *(
        "HKD",
        "HNL",
        "IDR",
        "ILS",
        "INR",
        "KES",
        "MAD",
        "MXN",
        "MYR",
        "NIO",
        "NOK",
        "NZD",
        "PAB",
        "PEN",
        "PHP",
    ),
    *("PLN", "QAR", "RON", "SAR", "SEK", "SGD", "THB", "TRY", "UAH", "USD", "UYU", "ZAR"),
}
# The largest amount Stripe takes in one charge is eight digits.
LARGEST = 99_999_999
LONGEST_TEXT = 60

NBSP = "\u00a0"
SYMBOLS = {
    "en": {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "MXN": "MX$"},
    "es": {"USD": "US$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "MXN": "MX$"},
}
SIGNS = {
    "USD": ("US$", "$"),
    "EUR": ("€",),
    "GBP": ("£",),
    "JPY": ("¥",),
    "CAD": ("CA$", "$"),
    "MXN": ("MX$", "$"),
}


@dataclass(frozen=True)
class Currency:
    """How a currency is counted.

    Attributes:
        exponent: minor units are 10**-exponent of the unit people name.
        step: what can be charged is a multiple of this many minor units.
    """

    code: str
    exponent: int
    step: int

    @property
    def decimals(self) -> int:
        """How many decimals people may write."""
        return self.exponent - (len(str(self.step)) - 1)


def currency_of(code: str) -> Currency:
    """Raises ValueError for a code not in the table: better no gift than one a hundred times too large."""
    code = code.upper()
    if code in ZERO_DECIMAL:
        return Currency(code, 0, 1)
    if code in THREE_DECIMAL:
        return Currency(code, 3, 10)
    if code in UNDIVIDABLE:
        return Currency(code, 2, 100)
    if code in TWO_DECIMAL:
        return Currency(code, 2, 1)
    raise ValueError(f"unknown currency {code!r}")


class AmountError(ValidationError):
    """An amount that was written in a way we can't take; the message says what to do."""


def format_money(minor: int, currency: str, language: str = "en", *, exact: bool = False) -> str:
    """An amount as people of this language read it.

    Args:
        exact: keep the decimals of a whole amount, as in books and receipts.
    """
    kind = currency_of(currency)
    unit = 10**kind.exponent
    whole, rest = divmod(abs(minor), unit)
    places = kind.exponent if rest % kind.step or kind.step == 1 else kind.decimals
    shown = str(rest).zfill(kind.exponent)[:places] if places and (rest or exact) else ""
    sign = "-" if minor < 0 else ""
    spanish = language.split("-")[0] == "es"
    symbols = SYMBOLS["es" if spanish else "en"]
    if spanish:
        # Four digits stand together and larger numbers are spaced, so no point can be taken for a comma.
        digits = f"{whole:,}".replace(",", NBSP) if whole >= 10_000 else str(whole)
        number = f"{digits},{shown}" if shown else digits
        return f"{sign}{number}{NBSP}{symbols.get(kind.code, kind.code)}"
    number = f"{whole:,}.{shown}" if shown else f"{whole:,}"
    symbol = symbols.get(kind.code)
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{kind.code}{NBSP}{number}"


def format_plain(minor: int, currency: str) -> str:
    """An amount for a form field or an address: digits and a point, no symbol; parse() reads it back."""
    kind = currency_of(currency)
    whole, rest = divmod(minor, 10**kind.exponent)
    return f"{whole}.{str(rest).zfill(kind.exponent)[: kind.decimals]}" if rest else str(whole)


def parse(text: str, currency: str, language: str = "en", *, minimum: int = 1, maximum: int = LARGEST) -> int:
    """The amount a person wrote, in minor units.

    A point or a comma that could mean two amounts is asked about, never guessed.

    Args:
        minimum, maximum: bounds in minor units, both allowed.

    Raises:
        AmountError: with a message in the active language, for anything that isn't one certain amount.
    """
    kind = currency_of(currency)
    value = "".join(_ascii(char) for char in text.strip())
    if not value:
        raise AmountError(_("Write an amount."), code="empty")
    if len(value) > LONGEST_TEXT:
        raise AmountError(_("Write the amount in digits, such as 25."), code="letters")
    bare = _without_signs(value, kind)
    if re.fullmatch(r"-.*\d.*|\(.*\d.*\)|\d[\d.,]*-", bare):
        raise AmountError(_("Write an amount larger than zero, without a minus sign."), code="negative")
    if not re.fullmatch(r"(?=.*\d)[\d.,' ]+", bare):
        raise AmountError(_("Write the amount in digits, such as 25."), code="letters")
    whole, decimals = _split(bare, kind, language)
    if len(decimals) > kind.decimals:
        raise _too_precise(kind)
    minor = int(whole or "0") * 10**kind.exponent + int((decimals or "0").ljust(kind.exponent, "0") or "0")
    if minor == 0:
        raise AmountError(_("Write an amount larger than zero."), code="zero")
    if minor > maximum:
        most = format_money(maximum, kind.code, language)
        raise AmountError(
            _("This is more than we can take at once. The most is %(amount)s.") % {"amount": most},
            code="too_large",
        )
    if minor < minimum:
        least = format_money(minimum, kind.code, language)
        raise AmountError(
            _("The smallest gift we can take is %(amount)s.") % {"amount": least}, code="too_small"
        )
    return minor


def _ascii(char: str) -> str:
    """One character as typed, in plain form: full-width and other scripts' digits, spaces, dashes, quotes."""
    if char in "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d":
        return "-"
    if char in "’ʼ＇":
        return "'"
    if char.isspace():
        return " "
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.digit(char))
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - 0xFEE0)
    return char


def _without_signs(value: str, kind: Currency) -> str:
    """The amount without its own currency's sign or code, which people write before or after it."""
    for sign in (kind.code, *SIGNS.get(kind.code, ())):
        sign = re.escape(sign)
        bare = re.sub(rf"^(-? *){sign} *(?=[-\d.,(])|(?<=[\d.,)]) *{sign}$", r"\1", value, flags=re.I)
        if bare != value:
            return bare.strip()
    return value


def _split(bare: str, kind: Currency, language: str) -> tuple[str, str]:
    """Whole units and decimals, as digits."""
    spaced = re.sub(r"(?<=\d)[ '](?=\d{3}(?!\d))", "", bare)
    if not re.fullmatch(r"[\d.,]+", spaced) or (spaced != bare and not _is_grouped(bare)):
        raise AmountError(_("Write the amount in digits, such as 25."), code="letters")
    marks = re.sub(r"\d", "", spaced)
    if not marks:
        return spaced, ""
    last = marks[-1]
    head, _sep, tail = spaced.rpartition(last)
    if len(set(marks)) == 2:
        group = marks[0]
        if marks.count(last) == 1 and re.fullmatch(rf"[1-9]\d{{0,2}}(\{group}\d{{3}})+", head):
            return head.replace(group, ""), tail
        raise AmountError(_("Write the amount in digits, such as 25."), code="letters")
    if len(marks) > 1:
        if re.fullmatch(rf"[1-9]\d{{0,2}}(\{last}\d{{3}})+", spaced):
            return spaced.replace(last, ""), ""
        raise AmountError(_("Write the amount in digits, such as 25."), code="letters")
    return _one_mark(head, last, tail, kind, language)


def _one_mark(head: str, mark: str, tail: str, kind: Currency, language: str) -> tuple[str, str]:
    """A single point or comma: decimals, thousands, or a question back."""
    spanish = language.split("-")[0] == "es"
    thousands = len(tail) == 3 and bool(re.fullmatch(r"[1-9]\d{0,2}", head))
    if thousands and kind.decimals < 3:
        if kind.decimals == 0 or (mark == "," and not spanish):
            return head + tail, ""
        raise _ambiguous([head + tail, f"{head}.{tail[: kind.decimals]}"], kind, language)
    if mark == "," and not spanish and 0 < len(tail) <= kind.decimals:
        raise _ambiguous([f"{head or 0}.{tail}", head + tail], kind, language)
    return head, tail


def _is_grouped(bare: str) -> bool:
    return bool(re.fullmatch(r"[1-9]\d{0,2}([ ']\d{3})+([.,]\d*)?", bare))


def _too_precise(kind: Currency) -> AmountError:
    if kind.decimals == 0:
        return AmountError(
            _("Write whole units only: %(currency)s has no smaller part.") % {"currency": kind.code},
            code="decimals",
        )
    return AmountError(
        _("Write at most %(places)s decimals, such as 25.50.") % {"places": kind.decimals}, code="decimals"
    )


def _ambiguous(readings: Sequence[str], kind: Currency, language: str) -> AmountError:
    amounts = [
        format_money(
            int(whole or 0) * 10**kind.exponent + int(rest.ljust(kind.exponent, "0") or 0),
            kind.code,
            language,
        )
        for whole, _point, rest in (reading.partition(".") for reading in readings)
    ]
    return AmountError(
        _(
            "This could mean %(first)s or %(second)s. Write it without the comma or point, or with two"
            " decimals."
        )
        % {"first": amounts[0], "second": amounts[1]},
        code="ambiguous",
    )
