"""What a cell's number format shows beside its value: a month, 亿元, dollars, percent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import NamedTuple

from tic_rules.core.numbers import UNITS
from tic_rules.inputs.typed_numbers import ShownDay, ShownNumber, plain_number

_MONTHS = frozenset(["17", "27", "36", "50", "52", "55", "57"])
"""Formats that Excel knows by number alone, here and in Chinese, and that show a month."""
_PERCENT = {"9": "0%", "10": "0.00%"}
_LONGEST = 255

_PARTS = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.?)|[_*].?|\[(?P<brackets>[^\]]*)\]?|[Ee][+-]'
    r"|(?P<digits>General|G/通用格式|[0#?.,/]+)|(?P<end>;)|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_IF = re.compile(r"(<=|>=|<>|=|<|>)\s*(-?[0-9.]{1,20})")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": le, ">=": ge, "<>": ne, "=": eq, "<": lt, ">": gt,
}  # fmt: skip
_OWN = re.compile("[¥￥]|CNY|RMB|人民币", re.IGNORECASE)
_UNIT = re.compile("|".join(sorted(filter(None, UNITS), key=len, reverse=True)))


class _Section(NamedTuple):
    """A part of a number format: for which numbers it is (None: for those that are left), what it shows
    before and behind the digits, how many digits of the value it leaves out, and how many percent signs
    multiply it."""

    counts: tuple[str, float] | None = None
    before: str = ""
    after: str = ""
    hidden: int = 0
    percent: int = 0

    @property
    def plain(self) -> bool:
        """Whether the value says all that is shown: what stands beside it is punctuation, or yuan's sign. A
        sign of a number is said by the value where it is negative, and + only before it; accounting formats
        show a dash for 0."""
        before, after = (_OWN.sub("", said) for said in (self.before, self.after))
        signed = self.counts is not None and self.counts[0] in ("<", "<=", "=") and self.counts[1] <= 0
        before, after = (before.strip("+-"), after.strip("-")) if signed else (before.lstrip("+"), after)
        return not self.hidden and all(
            char not in "-%‰" and unicodedata.category(char)[0] in "ZPC" for char in before + after
        )

    def shows(self, value: float) -> ShownNumber:
        """A number with what is shown beside it. It can be read in two ways where digits are left out and
        the unit shown is not theirs: `0!.0,"万"` leaves out four and shows 万."""
        number = Decimal(plain_number(value)).scaleb(2 * self.percent - self.hidden)
        unit = _UNIT.match(self.after)
        clear = not self.hidden or (unit is not None and UNITS[unit.group()] == 10**self.hidden)
        before, after = (said.replace("-", "") if value <= 0 else said for said in (self.before, self.after))
        return ShownNumber(value, f"{before}{number:f}{after}", clear and "-" not in before + after)


class NumberFormat(NamedTuple):
    """What a format shows: `day` is `month` or `year` where it shows no more of a day."""

    day: str
    sections: tuple[_Section, ...]

    def shows(self, value: object) -> object:
        """A value as its cell shows it: Excel makes the first of March of what was typed as 2022-03."""
        if isinstance(value, date):
            months = f"-{value.month:02d}" if self.day == "month" else ""
            return ShownDay(f"{value.year:04d}{months}") if self.day else value
        if isinstance(value, float):
            for section in self.sections:
                if section.counts is None or _COMPARE[section.counts[0]](value, section.counts[1]):
                    return value if section.plain else section.shows(value)
        return value


def number_format(number: str, code: str) -> NumberFormat | None:
    """A format by its number in Excel and its code; None where a value says all that is shown."""
    code = (code or _PERCENT.get(number, ""))[:_LONGEST]
    day = "month" if number in _MONTHS else _day_shown(code)
    sections = () if day else tuple(_sections(code))
    return NumberFormat(day, sections) if day or not all(one.plain for one in sections) else None


def _day_shown(code: str) -> str:
    """Whether a format shows only the month or only the year of a day."""
    letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|general', "", code.lower())
    if re.search("[dhs0#?]", letters):
        return ""
    return "month" if "m" in letters else "year" if re.search("[yeb]", letters) else ""


def _sections(code: str) -> Iterator[_Section]:
    """The parts of a format. Those that do not say for which numbers they are go by the sign."""
    sections: list[_Section] = []
    parts: list[re.Match[str]] = []
    for part in _PARTS.finditer(code + ";"):
        if part["end"]:
            sections.append(_section(parts))
            parts = []
            if len(sections) == 3:
                break  # the fourth is for text
        else:
            parts.append(part)
    signs: tuple[tuple[str, float] | None, ...] = (None,)
    if len(sections) > 1 and not any(section.counts for section in sections):
        signs = ((">=", 0), ("<", 0)) if len(sections) == 2 else ((">", 0), ("<", 0), ("=", 0))
    for place, section in enumerate(sections):
        yield section._replace(counts=section.counts or signs[min(place, len(signs) - 1)])


def _section(parts: list[re.Match[str]]) -> _Section:
    """What the parts of a section say; nothing where signs stand among its digits (00"年"00"月")."""
    counts: tuple[str, float] | None = None
    before = after = digits = ""
    percent = 0
    for part in parts:
        said = part["quoted"] or part["escaped"] or part["sign"] or ""
        if part["digits"]:
            if after.strip() not in ("", "."):
                return _Section(counts)
            digits += ("!" if after.strip() else "") + part["digits"]
            after = ""
        elif (inside := part["brackets"] or "").startswith("$"):
            symbol, _, language = inside[1:].partition("-")
            said = f"JP{symbol}" if language.endswith("411") and _OWN.fullmatch(symbol) else symbol
        elif limit := _IF.fullmatch(inside):
            counts = limit.group(1), float(limit.group(2))
        percent += part["sign"] == "%"
        if digits:
            after += said
        else:
            before += said
    if not digits:
        return _Section(counts)
    thousands = sum(map(len, re.findall(r",+(?=\.|$)", digits)))
    places = re.search("!([0#?]+)", digits)
    before, after = (re.sub(r"[\s()]", "", said) for said in (before, after))
    return _Section(counts, before, after, 3 * thousands + (len(places.group(1)) if places else 0), percent)
