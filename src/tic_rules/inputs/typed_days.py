"""Days as people type them into cells. What can be read in two ways is asked back."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from tic_rules.core.dates import LONGEST, no_day
from tic_rules.core.errors import clip
from tic_rules.core.numbers import NotANumber, number_text
from tic_rules.core.source import Plain
from tic_rules.inputs.typed_numbers import plain_number
from tic_rules.inputs.unclear_cells import NotClear, unclear

_YMD = re.compile(
    r"(\d{4})\s*[-/.．年]\s*(\d{1,2})\s*(?:[-/.．月]\s*(\d{1,2})\s*[日号]?|月)?"
    r"(?:[T\s]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TURNED = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
_SHORT_YEAR = re.compile(r"(\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?")
_YEAR_ONLY = re.compile(r"(\d{4})\s*年?")
_NUMERALS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0"}
_FROM_TO = re.compile(r"(.{4,20}?)\s*(?:~|～|至|到|—+|–)\s*(.{4,20})")
_SERIAL = (10_000, 110_000)
"""Days of Excel from 1927 to 2201: other numbers are no dates of the field."""


def typed_day(value: Any, since_1904: bool = False) -> Plain | dict[str, Plain]:
    """A cell of a date column: a day, a month, a year, or a span of days. Raises NotClear."""
    if isinstance(value, date):
        return _day_of(value)
    if isinstance(value, (bool, time, timedelta)):
        raise unclear("应为日期；例：2026-06-30", "a date is expected; example: 2026-06-30")
    text = plain_number(value) if isinstance(value, (int, float)) else typed_text(value)
    if re.fullmatch(r"\d{4}\.1", text):
        raise unclear(
            f"“{text}”是 1 月，还是被当作数字去掉末位 0 的 10 月？请写 {text[:4]}-01 或 {text[:4]}-10",
            f"is {text} January, or October without the last zero, as of a number? Write {text[:4]}-01 or "
            f"{text[:4]}-10",
            "ambiguous-date",
        )
    if re.fullmatch(r"\d{5,6}(\.\d+)?", text):
        return _serial(text, since_1904)
    day = _one_day(text)
    if day is not None:
        return day
    ends = _FROM_TO.fullmatch(text)
    if ends:
        first, last = (_one_day(part.strip()) for part in ends.groups())
        if first is not None and last is not None:
            return {"not_before": first, "not_after": last}
    raise unclear(
        f"“{clip(text)}”不是日期；例：2026-06-30、2026年6月30日、2026年6月，只知道范围写 "
        f"2021-01-01至2022-02-07",
        f"{clip(text)!r} is not a date; examples: 2026-06-30, 2026/6/30, 2026-06, for a span "
        f"2021-01-01~2022-02-07",
        "date",
    )


def typed_text(value: str) -> str:
    """What is typed for a day or a year, in plain width. Raises NotClear where it is too long, or holds signs
    that only look like digits."""
    if len(value) > LONGEST:
        raise unclear(f"“{clip(value)}”不是日期", f"{clip(value)!r} is not a date", "date")
    try:
        return number_text(value)
    except NotANumber as error:
        zh, en = error.args
        raise unclear(zh, en, "date") from None


def _day_of(value: date) -> Plain:
    """A day, or a moment at midnight."""
    if isinstance(value, datetime) and value.time() != time():
        raise _moment(str(value))
    return Plain(value.isoformat()[:10])


def _moment(text: str) -> NotClear:
    zh, en = no_day(clip(text)).args
    return unclear(zh, en, "date")


def _serial(text: str, since_1904: bool) -> Plain:
    days = float(text)
    if not _SERIAL[0] <= days < _SERIAL[1] + 1:
        zh = f"“{clip(text)}”不是日期；例：2026-06-30"
        en = f"{clip(text)!r} is not a date; example: 2026-06-30"
        raise unclear(zh, en, "date")
    moment = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    return _day_of(moment + timedelta(days))


def _one_day(text: str) -> Plain | None:
    if text and text[0] in _NUMERALS:
        text = in_digits(text)
    match = _YMD.fullmatch(text)
    if match and re.search("[1-9]", match.group(4) or ""):
        raise _moment(text)
    if match or (match := _COMPACT.fullmatch(text)):
        year, month, day = match.group(1, 2, 3)
        return Plain(f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else ""))
    if match := _YEAR_ONLY.fullmatch(text):
        return Plain(match.group(1))
    if match := _TURNED.fullmatch(text):
        return _turned(text, *match.groups())
    if match := _SHORT_YEAR.fullmatch(text):
        zh = f"“{clip(text)}”的年份只有两位；请写四位，例：2026-06-30"
        en = f"the year of {clip(text)!r} has two digits; write four: 2026-06-30"
        raise unclear(zh, en, "date")
    return None


def _turned(text: str, first: str, second: str, year: str) -> Plain:
    """3/4/2026 is asked back; 30/6/2026 and 4/4/2026 can only be one day."""
    a, b = int(first), int(second)
    if a == b or a > 12 or b > 12:
        month, day = (b, a) if a > 12 else (a, b)
        return Plain(f"{year}-{month:02d}-{day:02d}")
    raise unclear(
        f"“{clip(text)}”是 {a} 月 {b} 日还是 {b} 月 {a} 日？请写 {year}-{a:02d}-{b:02d} 或 "
        f"{year}-{b:02d}-{a:02d}",
        f"is {clip(text)} {year}-{a:02d}-{b:02d} or {year}-{b:02d}-{a:02d}? Write one of these",
        "ambiguous-date",
    )


def in_digits(text: str) -> str:
    """二〇二六年六月三十日 in digits, as any numeral of a text that has no place above ten."""

    def digits(match: re.Match[str]) -> str:
        part: str = match.group()
        if "十" not in part:
            return "".join(_NUMERALS[c] for c in part)
        tens, _, ones = part.partition("十")
        if tens not in {"", *_NUMERALS} or ones not in {"", *_NUMERALS}:
            return part  # 三〇十 is no number
        return _NUMERALS.get(tens, "1") + _NUMERALS.get(ones, "0")

    return re.sub("[零〇○一二三四五六七八九十]+", digits, text)
