"""Exact numbers as ranges, yuan, days that may be known in part, and anniversaries.

Numbers are `int` or `Fraction`, never binary floats; the endless end of a range is `INFINITY`, which compares with both.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from math import inf
from typing import Any, Final, NamedTuple

from tic_rules.core.errors import clip as clip
from tic_rules.core.errors import visible as visible

Number = int | Fraction | float
"""Exact: `int` or `Fraction`. The one float ever among them is INFINITY."""

INFINITY: Final = inf
LARGEST: Final = 10**24
"""No amount or count in the field comes near it; larger ones are refused as slips of the pen."""

FIRST_DAY: Final = date.min
LAST_DAY: Final = date.max


class Range(NamedTuple):
    """What a number may be, given the data: both ends included; `high` may be INFINITY."""

    low: Number
    high: Number

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def plus(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    def times(self, factor: Number) -> Range:
        return Range(self.low * factor, self.high * factor)

    def hull(self, other: Range) -> Range:
        return Range(min(self.low, other.low), max(self.high, other.high))


ANYTHING: Final = Range(0, INFINITY)


class Span(NamedTuple):
    """The days that a date may be: both ends included; FIRST_DAY or LAST_DAY where an end is not known."""

    first: date
    last: date

    @property
    def exact(self) -> bool:
        return self.first == self.last


ANY_DAY: Final = Span(FIRST_DAY, LAST_DAY)


@lru_cache(1024)
def add_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February where the year has none. Ends at date.max and date.min."""
    year = day.year + years
    if year > LAST_DAY.year:
        return LAST_DAY
    if year < FIRST_DAY.year:
        return FIRST_DAY
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def add_days(day: date, days: int) -> date:
    """Like day + timedelta, but ends at date.max and date.min instead of overflowing."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return LAST_DAY if days > 0 else FIRST_DAY


def year_end(year: int) -> date:
    return date(min(max(year, FIRST_DAY.year), LAST_DAY.year), 12, 31)


# --- reading what people write ---------------------------------------------------------------------------------------

_UNITS: Final[dict[str, int]] = {
    "万亿": 10**12,
    "千亿": 10**11,
    "百亿": 10**10,
    "十亿": 10**9,
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 10**3,
    "百": 100,
    "": 1,
}
_AMOUNT = re.compile(
    r"([+-]?)(\d[\d,]*(?:\.\d+)?|\.\d+)(?:[eE]([+-]?\d{1,3}))?\s*(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?\s*(元|圆|块)?(?:人民币|整|正)?"
)
_CHINESE = re.compile(r"([零〇一二两三四五六七八九十百千万亿]+)\s*(元|圆)(?:整|正)?")
_OTHER_CURRENCY = re.compile(
    r"美元|美金|欧元|英镑|日元|日圆|港币|港元|澳元|韩元|卢布|台币|USD|EUR|GBP|JPY|HKD|[$€£₩]", re.IGNORECASE
)
_OWN_CURRENCY = re.compile(r"^(?:人民币|RMB|CNY|[¥￥])\s*", re.IGNORECASE)
_DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES: Final = {"十": 10, "百": 100, "千": 1000}


class NotANumber(ValueError):
    """Text or value that is no number of the wanted kind; `args` are the reasons in Chinese and English."""


def parse_number(value: Any, *, money: bool = False) -> int | Fraction:
    """An exact number from what a file or a caller gives: int, Decimal, float (by its shortest text), or text with a unit.

    Raises NotANumber with the reason in Chinese and English.
    """
    if isinstance(value, bool):
        raise NotANumber("应为数字，不是真假值", "a number is expected, not true or false")
    if isinstance(value, (int, Fraction)):
        return _bounded(value)
    if isinstance(value, (float, Decimal)):
        return _bounded(_from_decimal(str(value)))
    if not isinstance(value, str):
        raise NotANumber("应为数字", "a number is expected")
    if len(value) < 24 and value.isascii() and value.isdigit():
        return int(value)
    if len(value) > 200:
        raise NotANumber(f"“{clip(value)}”不是数字", f"{clip(value)!r} is not a number")
    text = unicodedata.normalize("NFKC", value).strip()
    if money:
        return _bounded(_parse_amount(text))
    text = text.removesuffix("%") if text.endswith("%") else text
    if not re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d{1,3})?", text) or not re.search(
        r"\d", text
    ):
        raise NotANumber(f"“{clip(value)}”不是数字", f"{clip(value)!r} is not a number")
    number = _from_decimal(text.replace(",", ""))
    return _bounded(number / 100 if unicodedata.normalize("NFKC", value).strip().endswith("%") else number)


def _bounded(number: int | Fraction) -> int | Fraction:
    if not -LARGEST <= number <= LARGEST:
        raise NotANumber("数字大得不可能", "the number is impossibly large")
    return int(number) if isinstance(number, Fraction) and number.denominator == 1 else number


def _from_decimal(text: str) -> Fraction:
    if len(text) > 60:
        raise NotANumber("数字太长", "the number is too long")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise NotANumber(f"“{clip(text)}”不是数字", f"{clip(text)!r} is not a number") from None
    if not number.is_finite():
        raise NotANumber(
            "NaN 和无穷不是数据；未知请留空", "NaN and infinity are not data; leave out what is not known"
        )
    if abs(number.adjusted()) > 60:
        raise NotANumber("数字大得不可能", "the number is impossibly large or small")
    return Fraction(number)


def _parse_amount(text: str) -> int | Fraction:
    if _OTHER_CURRENCY.search(text):
        raise NotANumber(
            f"“{clip(text)}”的币种不是人民币；请换算成元", f"{clip(text)!r} is not in yuan; convert it"
        )
    text = _OWN_CURRENCY.sub("", text)
    match = _AMOUNT.fullmatch(text)
    if match:
        sign, digits, exponent, unit, _yuan = match.groups()
        if "," in digits and not re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d+)?", digits):
            raise NotANumber(
                f"“{clip(text)}”的千分位不对", f"the thousands separators of {clip(text)!r} are misplaced"
            )
        number = _from_decimal(f"{sign}{digits.replace(',', '')}" + (f"e{exponent}" if exponent else ""))
        return number * _UNITS[unit or ""]
    chinese = _CHINESE.fullmatch(text)
    if chinese:
        return _parse_chinese(chinese.group(1))
    raise NotANumber(
        f"“{clip(text)}”不是金额；例：10亿元、5000万元、1200000",
        f"{clip(text)!r} is not an amount; examples: 10亿元, 5000万元, 1200000",
    )


def _parse_chinese(text: str) -> int:
    total = section = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _PLACES:
            section += (digit or 1) * _PLACES[char]
            digit = 0
        else:
            unit = 10**4 if char == "万" else 10**8
            total = (total + section + digit) * unit if unit == 10**8 else total + (section + digit) * unit
            section = digit = 0
    return total + section + digit


_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class NotADate(ValueError):
    """Text or value that is no date; `args` are the reasons in Chinese and English."""


def parse_span(value: Any) -> Span:
    """A day, a month or a year (ISO 8601) as the days that it may be. Raises NotADate with reasons in both languages."""
    if isinstance(value, date):
        day = date(value.year, value.month, value.day)
        return Span(day, day)
    if (
        isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"
    ):  # nearly all are whole days
        try:
            day = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return Span(day, day)
    text = (
        str(value[:60] if isinstance(value, str) else value).strip()
        if isinstance(value, (str, int)) and not isinstance(value, bool)
        else ""
    )
    match = _DATE.fullmatch(text)
    if not match:
        raise NotADate(
            f"“{clip(str(value))}”不是日期；例：2022-03-01、2022-03、2022",
            f"{clip(str(value))!r} is not a date; examples: 2022-03-01, 2022-03, 2022",
        )
    year, month, day_of_month = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day_of_month or 1)
    except ValueError:
        raise NotADate(f"没有“{clip(text)}”这一天", f"there is no such day as {clip(text)}") from None
    if day_of_month:
        return Span(first, first)
    if month:
        following = date(first.year + 1, 1, 1) if month == 12 and first.year < 9999 else first
        last = (
            LAST_DAY
            if month == 12 and first.year == 9999
            else (following if month == 12 else date(first.year, month + 1, 1)) - timedelta(days=1)
        )
        return Span(first, last)
    return Span(first, year_end(first.year))


# --- writing -----------------------------------------------------------------------------------------------------------


def decimal_text(number: Number) -> str | None:
    """An exact decimal string, None for INFINITY; a fraction without an end is cut at twelve places."""
    if isinstance(number, float):
        return None
    if isinstance(number, int):
        return str(number)
    places, rest = 0, number.denominator
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    while rest % 2 == 0 or rest % 5 == 0:
        rest, places = (rest // 2 if rest % 2 == 0 else rest // 5), places + 1
    places = min(places, 12) if rest == 1 else 12
    scaled = number.numerator * 10**places // number.denominator
    sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled)).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :].rstrip("0")
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def yuan_text(number: Number, lang: str) -> str:
    """An amount as people write it: 8.5亿元, 5000万元; CNY 850 million."""
    if isinstance(number, float):
        return "∞"
    steps = (
        ((10**12, "万亿元", "trillion"), (10**8, "亿元", None), (10**4, "万元", None))
        if lang == "zh"
        else ((10**12, "", "trillion"), (10**9, "", "billion"), (10**6, "", "million"))
    )
    for size, zh, en in steps:
        scaled = Fraction(number) / size
        if abs(scaled) >= 1 and (scaled * 10**4).denominator == 1:
            return f"{decimal_text(scaled)}{zh}" if lang == "zh" else f"CNY {decimal_text(scaled)} {en}"
    plain = decimal_text(number) or ""
    whole, _, part = plain.partition(".")
    grouped = f"{int(whole):,}" + (f".{part}" if part else "")
    return f"{grouped}元" if lang == "zh" else f"CNY {grouped}"
