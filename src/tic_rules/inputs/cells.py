"""What people type into a cell, as the values that a YAML file would hold. What can be read in two ways is asked back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn

from tic_rules.core.errors import clip
from tic_rules.core.source import BadText, Plain, read_text
from tic_rules.inputs.layout import Column, normal

LONGEST = 32_767
"""Characters of a cell: the limit of Excel."""


class NotClear(ValueError):
    """A cell that is not understood; `args` are code, and what to write instead in Chinese and English."""


_UNKNOWN = frozenset(
    [
        "-",
        "—",
        "——",
        "/",
        "\\",
        "?",
        "？",
        "不详",
        "未知",
        "不清楚",
        "待定",
        "待补",
        "待填",
        "暂缺",
        "暂无数据",
        "N/A",
        "n/a",
        "unknown",
    ]
)
"""What people put into a cell that they cannot fill in."""


def ask(zh: str, en: str, code: str = "cell") -> NoReturn:
    raise NotClear(code, zh, en)


def read_cell(value: Any, column: Column, unit: str = "", since_1904: bool = False) -> Any:
    """A cell as the data that its column holds; None where it is empty. `unit` stands in the header and goes with plain numbers.

    Raises NotClear.
    """
    if isinstance(value, str):
        text = value.strip()
        if not text or text in _UNKNOWN:
            return None
        if len(text) > LONGEST:
            ask(f"单元格超过 {LONGEST} 个字符", f"the cell is longer than {LONGEST} characters")
        if text[0] in "[{" and text[-1] in "]}":
            return _flow(text, column)
        value = text
    elif value is None:
        return None
    reader = _READERS[column.kind]
    if column.dated and isinstance(value, str):
        series = _series(value, column, unit, since_1904)
        if series is not None:
            return series
    return reader(value, column, unit, since_1904)


def _flow(text: str, column: Column) -> Any:
    """A list or a mapping as a YAML file has it: {at_least: 100}, [{date: 2024-02-01, value: 320}]."""
    if column.kind == "text" and not column.dated:
        return text
    try:
        found = read_text(text, "").data
    except BadText as error:
        said = error.diagnostics[0].message
        ask(f"“{clip(text)}”写法有误：{said.zh}", f"{clip(text)!r} is not well written: {said.en}")
    return found


_PIECE = re.compile(r"\s*(\d{4}[^:：=＝\n]{0,12}?)\s*[:：=＝]\s*(.+?)\s*", re.DOTALL)


def _series(text: str, column: Column, unit: str, since_1904: bool) -> list[Any] | None:
    """Values through time, one a line (or parted by semicolons): 2024-02-01: 320. None where it is a plain value."""
    pieces = [piece for piece in re.split(r"[\n;；]", text) if piece.strip()]
    found = [_PIECE.fullmatch(piece) for piece in pieces]
    if not all(found) or not found:
        return None
    reader, entries = _READERS[column.kind], []
    for match in found:
        assert match is not None
        try:
            day = _day(match.group(1), column, "", since_1904)
        except NotClear:
            if column.kind == "text":
                return None
            raise
        entries.append({"date": day, "value": reader(match.group(2), column, unit, since_1904)})
    return entries


# --- days -------------------------------------------------------------------------------------------------------------------

_YMD = re.compile(
    r"(\d{4})\s*[-/.．年]\s*(\d{1,2})\s*(?:[-/.．月]\s*(\d{1,2})\s*[日号]?|月)?(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TURNED = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
_SHORT_YEAR = re.compile(r"(\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?")
_YEAR_ONLY = re.compile(r"(\d{4})\s*年?")
_NUMERALS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0"}
_FROM_TO = re.compile(r"(.{4,20}?)\s*(?:~|～|至|到|—+|–)\s*(.{4,20})")
_SERIAL = (10_000, 110_000)
"""Days of Excel from 1927 to 2201: other numbers are no dates of the field."""


def _day(value: Any, column: Column, unit: str, since_1904: bool) -> Any:
    if isinstance(value, (date, datetime)):
        return Plain(
            f"{value:%Y-%m-%d}"
            if value.year >= 1000
            else f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
        )
    if isinstance(value, (bool, time, timedelta)):
        ask("应为日期；例：2026-06-30", "a date is expected; example: 2026-06-30")
    text = (
        _number_text(value)
        if isinstance(value, (int, float))
        else unicodedata.normalize("NFKC", value[:60]).strip()
    )
    if re.fullmatch(r"\d{5,6}(\.\d+)?", text):
        return _serial(text, since_1904)
    found = _one_day(text)
    if found is not None:
        return found
    ends = _FROM_TO.fullmatch(text)
    if ends:
        first, last = (_one_day(part.strip()) for part in ends.groups())
        if first is not None and last is not None:
            return {"not_before": first, "not_after": last}
    ask(
        f"“{clip(text)}”不是日期；例：2026-06-30、2026年6月30日、2026年6月，只知道范围写 2021-01-01至2022-02-07",
        f"{clip(text)!r} is not a date; examples: 2026-06-30, 2026/6/30, 2026-06, for a span 2021-01-01~2022-02-07",
        "date",
    )


def _serial(text: str, since_1904: bool) -> Plain:
    days = int(float(text))
    if not _SERIAL[0] <= days <= _SERIAL[1]:
        ask(
            f"“{clip(text)}”不是日期；例：2026-06-30",
            f"{clip(text)!r} is not a date; example: 2026-06-30",
            "date",
        )
    return Plain(
        (date(1904, 1, 1) if since_1904 else date(1899, 12, 30)).__add__(timedelta(days)).isoformat()
    )


def _one_day(text: str) -> Plain | None:
    if text and text[0] in _NUMERALS:
        text = _from_numerals(text)
    match = _YMD.fullmatch(text)
    if match or (match := _COMPACT.fullmatch(text)):
        year, month, day = match.groups()
        return Plain(f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else ""))
    if match := _YEAR_ONLY.fullmatch(text):
        return Plain(match.group(1))
    if match := _TURNED.fullmatch(text):
        return _turned(text, *match.groups())
    if match := _SHORT_YEAR.fullmatch(text):
        ask(
            f"“{clip(text)}”的年份只有两位；请写四位，例：2026-06-30",
            f"the year of {clip(text)!r} has two digits; write four: 2026-06-30",
            "date",
        )
    return None


def _turned(text: str, first: str, second: str, year: str) -> Plain:
    """3/4/2026 is asked back; 30/6/2026 and 4/4/2026 can only be one day."""
    a, b = int(first), int(second)
    if a == b or a > 12 or b > 12:
        month, day = (b, a) if a > 12 else (a, b)
        return Plain(f"{year}-{month:02d}-{day:02d}")
    ask(
        f"“{clip(text)}”是 {a} 月 {b} 日还是 {b} 月 {a} 日？请写 {year}-{a:02d}-{b:02d} 或 {year}-{b:02d}-{a:02d}",
        f"is {clip(text)} {year}-{a:02d}-{b:02d} or {year}-{b:02d}-{a:02d}? Write one of these",
        "ambiguous-date",
    )


def _from_numerals(text: str) -> str:
    """二〇二六年六月三十日 in digits."""

    def digits(found: re.Match[str]) -> str:
        part: str = found.group()
        if "十" not in part:
            return "".join(_NUMERALS[c] for c in part)
        tens, _, ones = part.partition("十")
        return (_NUMERALS.get(tens, "1") if tens else "1") + (_NUMERALS.get(ones, "0") if ones else "0")

    return re.sub("[零〇○一二三四五六七八九十]+", digits, text)


# --- numbers ----------------------------------------------------------------------------------------------------------------

_UNIT = re.compile(r"\s*(?:人|个|家|项|次|件|名|所|台|套|篇|年|个月|亿元|万元|元)(?:/年)?$")
_AT_LEAST = re.compile(r"(?:≥|>=|至少|不少于|不低于)\s*(.+)|(.+?)\s*(?:及以上|以上)")
_AT_MOST = re.compile(r"(?:≤|<=|至多|不多于|不超过)\s*(.+)|(.+?)\s*(?:及以下|以下|以内)")
_BETWEEN = re.compile(r"(\d.*?)\s*(?:~|～|至|到|—+|–|(?<=[\d元人个家项亿万])-(?=\d))\s*(\d.*)")
_ABOUT = re.compile(r"约|大概|左右|上下|近|\d[万亿]*余|多(?:[万亿元人个家项]|$)|\d\s*\+$")


def _number_text(value: float) -> str:
    """A number as Excel shows it: at most fifteen digits count."""
    return str(value) if isinstance(value, int) else f"{value:.15g}"


def _number(value: Any, column: Column, unit: str, since_1904: bool) -> Any:
    if isinstance(value, bool):
        ask("应为数字，不是真假值", "a number is expected, not true or false", "number")
    if isinstance(value, (date, datetime, time, timedelta)):
        ask(
            "单元格是日期格式，应为数字；请把单元格格式改为常规",
            "the cell is formatted as a date where a number is expected; format it as General",
            "number",
        )
    text = (
        _number_text(value)
        if isinstance(value, (int, float))
        else unicodedata.normalize("NFKC", value[:200]).strip()
    )
    if _ABOUT.search(text):
        ask(
            f"“{clip(text)}”不是确数；请写确数，或写范围：≥100、100~120",
            f"{clip(text)!r} is not an exact number; write one, or a range: >=100, 100~120",
            "number",
        )
    for pattern, name in ((_AT_LEAST, "at_least"), (_AT_MOST, "at_most")):
        if match := pattern.fullmatch(text):
            return {name: _plain_number(match.group(1) or match.group(2), column, unit)}
    if match := _BETWEEN.fullmatch(text):
        low, high = match.groups()
        if (
            column.kind == "money"
            and not unit
            and (own := re.search(r"(?:万亿|亿|万)?元?$", high))
            and re.fullmatch(r"[\d,.]+", low)
            and own.group()
        ):
            low += own.group()  # 1~2亿元: the unit goes with both
        return {"at_least": _plain_number(low, column, unit), "at_most": _plain_number(high, column, unit)}
    return _plain_number(text, column, unit)


def _plain_number(text: str, column: Column, unit: str) -> Plain:
    text = text.strip()
    plain = re.fullmatch(r"[\d,.]+", text) is not None
    if column.kind == "money":
        return Plain(text + unit if plain and unit else text)
    if plain and unit == "%":
        return Plain(text + "%")
    return Plain(_UNIT.sub("", text))


def _year(value: Any, column: Column, unit: str, since_1904: bool) -> Any:
    if isinstance(value, (date, datetime)):
        ask(
            "单元格是日期格式，应为四位年份",
            "the cell is formatted as a date where a year is expected",
            "year",
        )
    text = (
        _number_text(value)
        if isinstance(value, (int, float))
        else unicodedata.normalize("NFKC", value[:60]).strip()
    )
    return Plain(re.sub(r"\s*年度?$", "", text))


def _years(value: Any, column: Column, unit: str, since_1904: bool) -> Any:
    if not isinstance(value, str):
        return [_year(value, column, unit, since_1904)]
    if value.casefold() in _NONE:
        return []
    found: list[Any] = []
    for part in _parts(value):
        if match := re.fullmatch(
            r"((?:19|20|21)\d\d)\s*年?\s*(?:~|～|至|到|-|–|—)\s*((?:19|20|21)\d\d)\s*年?度?", part
        ):
            found.extend(Plain(str(year)) for year in range(int(match.group(1)), int(match.group(2)) + 1))
        else:
            found.append(_year(part, column, unit, since_1904))
    return found


# --- words ------------------------------------------------------------------------------------------------------------------

_YES = frozenset(["是", "有", "对", "已", "√", "✓", "✔", "true", "yes", "y", "是的"])
_NO = frozenset(["否", "无", "没有", "未", "不是", "×", "✗", "✘", "false", "no", "n"])
_NONE = frozenset(["无", "没有", "none", "[]", "空", "（无）", "(无)"])


def _truth(value: Any, column: Column, unit: str, since_1904: bool) -> Any:
    if isinstance(value, bool):
        return value
    text = _number_text(value) if isinstance(value, (int, float)) else str(value)
    plain = text.strip().casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    ask(
        f"“{clip(text)}”应写 是 或 否；不清楚请留空",
        f"write yes or no, not {clip(text)!r}; leave it empty where it is not known",
        "truth",
    )


def _text(value: Any, column: Column, unit: str, since_1904: bool) -> Any:
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, (date, datetime)):
        text = _day(value, column, unit, since_1904)
    elif isinstance(value, (int, float)):
        text = _number_text(value)
    else:
        text = str(value)
    return _word(text, column) if column.words else text


def _word(text: str, column: Column) -> str:
    """A word by its label in either language. Raises NotClear with those that there are."""
    word = column.known.get(normal(text))
    if word is None:
        zh, en = (
            "、".join(label.zh for label in column.choices),
            ", ".join(label.en for label in column.choices),
        )
        ask(f"“{clip(text)}”不在可选之列：{zh}", f"{clip(text)!r} is not one of: {en}", "unknown-word")
    return word


def _words(value: Any, column: Column, unit: str, since_1904: bool) -> Any:
    if not isinstance(value, str):
        return [_text(value, column, unit, since_1904)]
    if value.casefold() in _NONE:
        return []
    return [_word(part, column) if column.words else part for part in _parts(value)]


def _parts(text: str) -> list[str]:
    """The items of a list in one cell: a line each, else parted by semicolons, else by commas."""
    for separator in (r"\n", r"[;；]", r"[、，,]"):
        if re.search(separator, text):
            return [part.strip() for part in re.split(separator, text) if part.strip()]
    return [text]


def _list(value: Any, column: Column, unit: str, since_1904: bool) -> Any:
    if isinstance(value, str) and value.casefold() in _NONE:
        return []
    ask(
        f"{column.label.zh}请填在同名工作表中；确实没有写 无",
        f"fill in {column.label.en} on the sheet of that name; write none where there is none",
        "list",
    )


_READERS: dict[str, Callable[[Any, Column, str, bool], Any]] = {
    "date": _day, "money": _number, "count": _number, "rate": _number, "year": _year, "years": _years,
    "truth": _truth, "text": _text, "words": _words, "list": _list,
}  # fmt: skip
