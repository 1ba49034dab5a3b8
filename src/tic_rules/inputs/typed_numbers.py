"""Numbers as people type them into cells, with units and bounds; what does not fit is asked back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from tic_rules.core.errors import clip
from tic_rules.core.numbers import UNITS, NotANumber, number_text, parse_number
from tic_rules.core.source import Plain
from tic_rules.inputs.fields import Field
from tic_rules.inputs.unclear_cells import unclear

MONEY: Mapping[str, str] = {
    "元": "元", "¥": "元", "yuan": "元", "cny": "元",
    "百万元": "百万元", "千元": "千元", "万元": "万元", "亿元": "亿元",
}  # fmt: skip
"""Units of amounts in a header, and what a plain number below it gets."""
_PERSONS = frozenset("人名位个")
_THINGS = frozenset("个家项次件所台套篇条支类种户座")
_COUNTED: Mapping[str, frozenset[str]] = {
    "person": _PERSONS,
    "year": frozenset("年"),
    "month": frozenset(["个月", "月"]),
    "day": frozenset("天日"),
    "a_year": frozenset(["次", "回", "次/年", "回/年"]),
}
"""What follows a number of a unit of the vocabulary; of the other units, the counters of things."""

_PLAIN = re.compile(r"[+-]?[0-9][0-9,]*(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+")
_ABOUT = re.compile(
    r"^(?:[<>](?!=)|[大小高低多少]于|超过|不[足满]|未满)"
    r"|约|大概|左右|上下|近|[0-9][万亿]*余|多(?:[万亿元人个家项]|$)|[0-9] ?\+$"
)
_AT_LEAST = (("≥", ">=", "至少", "不少于", "不低于"), ("及以上", "以上"))
_AT_MOST = (("≤", "<=", "至多", "不多于", "不超过"), ("及以下", "以下", "以内"))
_TO = re.compile(r"~|至|到|—+|–|(?<=[0-9元人名个家项亿万])-(?=[0-9])")
_OWN_CURRENCY = re.compile(r"^(?:人民币|RMB|CNY|[¥￥]) *", re.IGNORECASE)
_TAIL = re.compile(r"(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?(元|圆|块)?(?:人民币|整|正)?$")


def fits(unit: str, field: Field) -> bool:
    """Whether a header may give its column a unit: 万元, % of rates, 人, a unit of a rule file."""
    if field.kind == "number":
        return _is_counter(unit, field)
    if field.kind == "money":
        return unit in MONEY
    if field.kind == "rate":
        return unit == "%"
    return field.kind == "count" and unit in _counters(field)


def _counters(field: Field) -> frozenset[str]:
    """The words that may follow a count; all of them where the vocabulary does not say what is counted, none
    but its own where a rule file's unit counts no things: 平方米."""
    if not field.measure:
        return _THINGS.union(*_COUNTED.values())
    counts_things = not field.counters or not (_THINGS | _PERSONS).isdisjoint(field.counters)
    return _COUNTED.get(field.measure, _THINGS if counts_things else frozenset())


class ShownNumber(float):
    """A number of a cell that shows more than its digits: `text` (12.5亿元), unless that is not `clear`."""

    text: str
    clear: bool

    def __new__(cls, value: float, text: str, clear: bool) -> ShownNumber:
        self = super().__new__(cls, value)
        self.text, self.clear = text, clear
        return self


class ShownDay(str):
    """What a cell shows of a day, less than the day: 2022-03, 2022."""

    __slots__ = ()


def plain_number(value: float) -> str:
    """A number as Excel shows it: at most fifteen digits count."""
    return str(value) if isinstance(value, int) else f"{value:.15g}"


def typed_number(value: Any, field: Field, unit: str) -> object:
    """A cell of a field that is a number; `unit` stands in the header, for plain numbers. Raises NotClear."""
    if isinstance(value, bool):
        raise unclear("应为数字，不是真假值", "a number is expected, not true or false", "number")
    if isinstance(value, (date, datetime, time, timedelta, ShownDay)):
        zh = "单元格是日期格式，应为数字；请把单元格格式改为常规"
        en = "the cell is formatted as a date where a number is expected; format it as General"
        raise unclear(zh, en, "number")
    if isinstance(value, ShownNumber):
        value = _as_shown(value)
    try:
        text = plain_number(value) if isinstance(value, (int, float)) else number_text(value)
    except NotANumber as error:
        zh, en = error.args
        raise unclear(zh, en, "number") from None
    if _ABOUT.search(text):
        zh = f"“{clip(text)}”不是确数；请写确数，或写含本数的范围：≥100、100~120"
        en = f"{clip(text)!r} is not an exact number; write one, or a range, ends included: >=100, 100~120"
        raise unclear(zh, en, "number")
    for name, words in (("at_least", _AT_LEAST), ("at_most", _AT_MOST)):
        bound = _bound(text, *words)
        if bound is not None:
            return {name: _one(bound, field, unit)}
    low, high = _ends(text, field.kind)
    if high:
        return {"at_least": _one(low, field, unit), "at_most": _one(high, field, unit)}
    return _one(text, field, unit)


def _as_shown(value: ShownNumber) -> str:
    """What a cell shows, with all its digits. Raises NotClear where it may not be the value that is meant."""
    if value.clear:
        return value.text
    given, shown = plain_number(value), clip(value.text)
    raise unclear(
        f"单元格的值是 {given}，按其数字格式显示为 {shown}；请把格式改为常规，并写明单位",
        f"the value of the cell is {given}, which its number format shows as {shown}; format it as General "
        f"and write the unit",
        "ambiguous-unit",
    )


def _bound(text: str, before: tuple[str, ...], behind: tuple[str, ...]) -> str | None:
    """The number of “不少于100” or “100以上”; None where neither is said."""
    for word in before:
        if text.startswith(word):
            return text[len(word) :].strip()
    for word in behind:
        if text.endswith(word):
            return text[: -len(word)].strip()
    return None


def _ends(text: str, kind: str) -> tuple[str, str]:
    """Both ends of a range, the unit of the second with both (1~2亿元); the text and "" where it is none."""
    divider = _TO.search(text)
    if divider is None:
        return text, ""
    low, high = text[: divider.start()].strip(), text[divider.end() :].strip()
    if not low[:1].isdigit() or not high[:1].isdigit():
        return text, ""
    if _PLAIN.fullmatch(low):
        if kind == "money":
            tail = _TAIL.search(high)
            low += tail.group() if tail else ""
        elif kind == "rate" and high.endswith("%"):
            low += "%"
        elif kind == "count" and high.endswith("月"):
            low += "月"
    elif kind == "money":
        _same_steps(low, high, text)
    return low, high


def _same_steps(low: str, high: str, text: str) -> None:
    """Raises NotClear where the unit of the second end may go for the first: 1千~2千万元, 5千~1亿元."""
    first, second = (_TAIL.search(end) for end in (low, high))
    if first is None or second is None or first.group(2):
        return
    size, larger = first.group(1) or "", second.group(1) or ""
    if not size or larger == size or larger[-1:] not in ("万", "亿"):
        return
    bare = low.removesuffix(size)
    for unit in (larger,) if larger.startswith(size) else (f"{size}万", f"{size}亿"):
        if unit in UNITS and (larger == unit or _in_order(f"{bare}{unit}元", high)):
            raise unclear(
                f"“{clip(text)}”从 {bare}{unit}元 还是 {bare}{size}元 起？请写全",
                f"does {clip(text)!r} begin at {bare}{unit}元 or {bare}{size}元? Write the unit out",
                "ambiguous-unit",
            )


def _in_order(low: str, high: str) -> bool:
    """Whether two amounts, if they are some, are the ends of a range."""
    try:
        return parse_number(low, money=True) <= parse_number(high, money=True)
    except NotANumber:
        return False


def _one(text: str, field: Field, unit: str) -> Plain:
    """One number with its own unit, or with that of the header."""
    if field.kind == "money":
        return _amount(text, unit)
    if field.kind == "rate":
        return Plain(text + unit if _PLAIN.fullmatch(text) else text)
    return _count(text, field)


def _amount(text: str, unit: str) -> Plain:
    if _PLAIN.fullmatch(text):
        return Plain(text + unit)
    if unit in ("", "元"):
        return Plain(text)
    tail = _TAIL.search(text)
    size = tail.group(1) or "" if tail and not tail.group(2) else None
    bare = _OWN_CURRENCY.sub("", text[: tail.start()] if tail else text)
    if (
        size is not None
        and (not size or size + unit.removesuffix("元") in UNITS or size[-1] not in "万亿")
        and (size or _PLAIN.fullmatch(bare.strip()))
    ):
        raise unclear(
            f"列名的单位是{unit}：“{clip(text)}”是 {clip(bare)}{size}{unit} 还是 "
            f"{clip(bare)}{size}元？请写全",
            f"the header says {unit}: is {clip(text)!r} {clip(bare)}{size}{unit} or {clip(bare)}{size}元? "
            f"Write the unit out",
            "ambiguous-unit",
        )
    return Plain(text)


def _is_counter(word: str, field: Field) -> bool:
    """Whether a word may follow a number of a unit of the vocabulary, or of a rule file's own."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    folded = (unicodedata.normalize("NFKC", name).casefold() for name in field.counters)
    return word in _counters(field) or plain in folded


def _count(text: str, field: Field) -> Plain:
    """A count without its counter; months of a term as years."""
    number = _PLAIN.match(text)
    if number is None or number.end() == len(text):
        return Plain(text)
    digits, word = number.group(), text[number.end() :].strip()
    if _is_counter(word, field):
        return Plain(digits)
    if word in ("个月", "月") and field.measure in ("year", ""):
        return _years_of(digits, text, field.measure)
    if _TAIL.fullmatch(word) and word[-1] in "元圆块":
        raise unclear(
            f"这里填数量，“{clip(text)}”是金额", f"a count is expected; {clip(text)!r} is an amount", "number"
        )
    counters = "、".join(dict.fromkeys((*field.counters, *sorted(_counters(field)))))
    zh = f"“{clip(text)}”的单位“{clip(word)}”与这一列不符；只写数字，或用：{counters}"
    en = f"the unit of {clip(text)!r} does not fit this column; write the number alone, or one of {counters}"
    raise unclear(zh, en, "number")


def _years_of(digits: str, text: str, measure: str) -> Plain:
    """36 months as 3 years, where the column counts years and they are whole."""
    whole = digits.isdecimal() and len(digits) < 6 and int(digits) % 12 == 0
    if whole and measure == "year":
        return Plain(str(int(digits) // 12))
    meant = f"：{int(digits) // 12}" if whole else ""
    zh = f"“{clip(text)}”是月数；请按整年填写{meant}"
    en = f"{clip(text)!r} counts months; give whole years{meant.replace('：', ': ')}"
    raise unclear(zh, en, "number")
