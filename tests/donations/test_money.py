"""Amounts as people write and read them."""

import contextlib

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from donations.money import LARGEST, AmountError, currency_of, format_money, format_plain, parse

N = "\u00a0"


@pytest.mark.parametrize(
    ("text", "currency", "language", "minor"),
    [
        ("25", "USD", "en", 2500),
        (" 25 ", "USD", "en", 2500),
        ("25.5", "USD", "en", 2550),
        ("25.50", "USD", "en", 2550),
        ("25.", "USD", "en", 2500),
        (".50", "USD", "en", 50),
        ("0.01", "USD", "en", 1),
        ("$25", "USD", "en", 2500),
        ("US$ 25", "USD", "en", 2500),
        ("25 USD", "USD", "en", 2500),
        ("usd 25", "USD", "en", 2500),
        ("25€", "EUR", "en", 2500),
        ("1,000", "USD", "en", 100000),
        ("1,000.50", "USD", "en", 100050),
        ("1,000.50", "USD", "es", 100050),
        ("1.000,50", "USD", "en", 100050),
        ("1.000,50", "USD", "es", 100050),
        ("1,50", "USD", "es", 150),
        ("1.50", "USD", "es", 150),
        ("25,", "USD", "es", 2500),
        ("10,000,000", "JPY", "en", 10000000),
        ("100.000", "JPY", "es", 100000),
        ("1 000", "USD", "es", 100000),
        (f"10{N}000,50", "USD", "es", 1000050),
        ("1'000.50", "USD", "en", 100050),
        ("1’000", "USD", "es", 100000),
        ("100,000.00", "USD", "en", 10000000),
        ("1.234.567", "JPY", "es", 1234567),
        ("２５", "USD", "en", 2500),
        ("２５．５０", "USD", "en", 2550),
        ("٢٥", "USD", "en", 2500),
        ("500", "JPY", "en", 500),
        ("500", "HUF", "en", 50000),
        ("500", "ISK", "en", 50000),
        ("1.50", "KWD", "en", 1500),
        ("99", "USD", "es-MX", 9900),
    ],
)
def test_amount_that_means_one_thing_is_read(text, currency, language, minor):
    assert parse(text, currency, language) == minor


@pytest.mark.parametrize(
    ("text", "currency", "language", "code"),
    [
        ("", "USD", "en", "empty"),
        ("   ", "USD", "en", "empty"),
        ("0", "USD", "en", "zero"),
        ("0.00", "USD", "en", "zero"),
        ("$0", "USD", "en", "zero"),
        (".", "USD", "en", "letters"),
        ("-5", "USD", "en", "negative"),
        ("−5", "USD", "en", "negative"),
        ("－５", "USD", "en", "negative"),
        ("$-5", "USD", "en", "negative"),
        ("-$5", "USD", "en", "negative"),
        ("(5)", "USD", "en", "negative"),
        ("5-", "USD", "en", "negative"),
        ("999999999", "USD", "en", "too_large"),
        ("9" * 40, "USD", "en", "too_large"),
        ("9" * 400, "USD", "en", "letters"),
        ("1.12345678", "USD", "en", "decimals"),
        ("25.00000000", "USD", "en", "decimals"),
        ("1,12345678", "USD", "es", "decimals"),
        ("1.5", "JPY", "en", "decimals"),
        ("1,5", "JPY", "en", "decimals"),
        ("1.5", "TWD", "en", "decimals"),
        ("1.505", "KWD", "es", "ambiguous"),
        ("1234.567", "USD", "en", "decimals"),
        ("1,50", "USD", "en", "ambiguous"),
        ("0,50", "USD", "en", "ambiguous"),
        (",50", "USD", "en", "ambiguous"),
        ("1.000", "USD", "en", "ambiguous"),
        ("1.000", "USD", "es", "ambiguous"),
        ("1,000", "USD", "es", "ambiguous"),
        ("ten", "USD", "en", "letters"),
        ("1e5", "USD", "en", "letters"),
        ("0x10", "USD", "en", "letters"),
        ("NaN", "USD", "en", "letters"),
        ("inf", "USD", "en", "letters"),
        ("Infinity", "USD", "en", "letters"),
        ("10²", "USD", "en", "letters"),
        ("½", "USD", "en", "letters"),
        ("25 EUR", "USD", "en", "letters"),
        ("€25", "USD", "en", "letters"),
        ("1,00,000", "USD", "en", "letters"),
        ("1,0000.50", "USD", "en", "letters"),
        ("1.5.5", "USD", "en", "letters"),
        ("1,5.5.5", "USD", "en", "letters"),
        ("1 0", "USD", "en", "letters"),
        ("12 34.5", "USD", "en", "letters"),
        ("1,000 000", "USD", "en", "letters"),
        ("25\x00", "USD", "en", "letters"),
        ("<b>25</b>", "USD", "en", "letters"),
    ],
)
def test_amount_that_is_no_certain_amount_is_asked_about(text, currency, language, code):
    with override(language), pytest.raises(AmountError) as caught:
        parse(text, currency, language)
    assert caught.value.code == code
    assert caught.value.messages[0]


def test_ambiguous_amount_names_both_readings():
    with pytest.raises(AmountError, match=r"\$1\.50 or \$150\."):
        parse("1,50", "USD", "en")
    with override("es"), pytest.raises(AmountError) as caught:
        parse("1.000", "USD", "es")
    assert f"1000{N}US$" in caught.value.messages[0]
    assert f"1{N}US$" in caught.value.messages[0]


@pytest.mark.parametrize(
    ("text", "code"), [("0.99", "too_small"), ("1", None), ("25", None), ("25.01", "too_large")]
)
def test_bounds_are_allowed_themselves_and_named_when_missed(text, code):
    if code is None:
        assert parse(text, "USD", minimum=100, maximum=2500)
        return
    with pytest.raises(AmountError) as caught:
        parse(text, "USD", minimum=100, maximum=2500)
    assert caught.value.code == code
    assert ("$1." if code == "too_small" else "$25.") in caught.value.messages[0]


@pytest.mark.parametrize(
    ("minor", "currency", "english", "spanish", "exact"),
    [
        (2500, "USD", "$25", f"25{N}US$", "$25.00"),
        (2550, "USD", "$25.50", f"25,50{N}US$", "$25.50"),
        (100000, "USD", "$1,000", f"1000{N}US$", "$1,000.00"),
        (1000050, "USD", "$10,000.50", f"10{N}000,50{N}US$", "$10,000.50"),
        (-103, "USD", "-$1.03", f"-1,03{N}US$", "-$1.03"),
        (5, "USD", "$0.05", f"0,05{N}US$", "$0.05"),
        (500, "JPY", "¥500", f"500{N}¥", "¥500"),
        (50000, "HUF", f"HUF{N}500", f"500{N}HUF", f"HUF{N}500"),
        (50050, "HUF", f"HUF{N}500.50", f"500,50{N}HUF", f"HUF{N}500.50"),
        (1500, "KWD", f"KWD{N}1.50", f"1,50{N}KWD", f"KWD{N}1.50"),
        (1505, "KWD", f"KWD{N}1.505", f"1,505{N}KWD", f"KWD{N}1.505"),
        (0, "USD", "$0", f"0{N}US$", "$0.00"),
    ],
)
def test_amount_is_shown_in_the_readers_way(minor, currency, english, spanish, exact):
    assert format_money(minor, currency, "en") == english
    assert format_money(minor, currency, "es") == spanish
    assert format_money(minor, currency, "en", exact=True) == exact


@pytest.mark.parametrize(
    ("code", "exponent", "step"), [("usd", 2, 1), ("JPY", 0, 1), ("KWD", 3, 10), ("UGX", 2, 100)]
)
def test_currency_table(code, exponent, step):
    kind = currency_of(code)
    assert (kind.exponent, kind.step) == (exponent, step)


def test_unknown_currency_is_refused_rather_than_guessed():
    with pytest.raises(ValueError, match="XXX"):
        currency_of("XXX")


CODES = st.sampled_from(["USD", "EUR", "JPY", "HUF", "ISK", "KWD", "MXN", "GTQ", "CLP"])


@given(st.integers(1, LARGEST // 100), CODES, st.sampled_from(["en", "es"]), st.booleans())
def test_what_is_shown_can_be_typed_back(units, code, language, exact):
    minor = units * currency_of(code).step
    assert parse(format_money(minor, code, language, exact=exact), code, language) == minor
    assert parse(format_plain(minor, code), code, "en", maximum=LARGEST) == minor


@given(st.text(max_size=80), CODES, st.sampled_from(["en", "es"]))
def test_any_text_is_an_amount_in_bounds_or_a_message(text, code, language):
    with contextlib.suppress(AmountError):
        minor = parse(text, code, language, minimum=100, maximum=500_000)
        assert 100 <= minor <= 500_000
        assert minor % currency_of(code).step == 0
