"""What people type into a cell, as a YAML file would hold it. What can be read in two ways is asked back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tic_rules.core.errors import Text, clip, normal
from tic_rules.core.limits import MAX_ENTRIES, BadText
from tic_rules.core.source import Plain, read_text
from tic_rules.inputs.layout import Column
from tic_rules.inputs.nothing_said import says_none, says_unknown
from tic_rules.inputs.typed_days import typed_day, typed_text
from tic_rules.inputs.typed_numbers import ShownDay, ShownNumber, plain_number, typed_number
from tic_rules.inputs.unclear_cells import NotClear, unclear

LONGEST = 32_767
"""Characters of a cell: the limit of Excel."""


def read_cell(value: object, column: Column, unit: str = "", since_1904: bool = False) -> object:
    """A cell as the data of its column; `unit` stands in the header, for plain numbers. Raises NotClear."""
    if isinstance(value, str) and not isinstance(value, ShownDay):
        text = value.strip()
        if says_unknown(text):
            return None
        if len(text) > LONGEST:
            raise unclear(f"单元格超过 {LONGEST} 个字符", f"the cell is longer than {LONGEST} characters")
        if text[0] in "[{" and text[-1] in "]}":
            return _flow(text, column, unit, since_1904)
        value = text
    elif value is None:
        return None
    reader = _READERS[column.kind]
    if column.dated and isinstance(value, str):
        series = _series(value, column, unit, since_1904)
        if series is not None:
            return series
    return reader(value, column, unit, since_1904)


def _flow(text: str, column: Column, unit: str, since_1904: bool) -> object:
    """A list or a mapping as in YAML: {at_least: 100}; its plain numbers take the unit of the header."""
    if column.kind == "text" and not (column.dated and re.match(r"\[\s*\{", text)):
        return text
    if text.count("[") + text.count("{") > MAX_ENTRIES:
        raise unclear(f"超过 {MAX_ENTRIES} 项", f"more than {MAX_ENTRIES} entries", "too-large")
    try:
        data = read_text(text, "").data
    except BadText as error:
        said = error.diagnostics[0].message
        raise unclear(
            f"“{clip(text)}”写法有误：{said.zh}", f"{clip(text)!r} is not well written: {said.en}"
        ) from None
    return _with_unit(data, column, unit, since_1904) if unit else data


def _with_unit(data: object, column: Column, unit: str, since_1904: bool) -> object:
    if isinstance(data, dict):
        return {
            key: value if key == "date" else _with_unit(value, column, unit, since_1904)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [_with_unit(value, column, unit, since_1904) for value in data]
    return _READERS[column.kind](data, column, unit, since_1904) if isinstance(data, str) else data


def _series(text: str, column: Column, unit: str, since_1904: bool) -> list[dict[str, object]] | None:
    """Values through time, one a line (or parted by semicolons): 2024-02-01: 320. None for a plain value."""
    pieces = [_dated(piece) for piece in re.split(r"[\n;；]", text) if piece.strip()]
    if not pieces or any(piece is None for piece in pieces):
        return None
    if len(pieces) > MAX_ENTRIES:
        raise unclear(f"超过 {MAX_ENTRIES} 项", f"more than {MAX_ENTRIES} entries", "too-large")
    plain, entries = replace(column, dated=False), []
    for piece in pieces:
        assert piece is not None
        try:
            day = typed_day(piece[0], since_1904)
        except NotClear:
            if column.kind == "text":
                return None
            raise
        entries.append({"date": day, "value": read_cell(piece[1], plain, unit, since_1904)})
    return entries


def _dated(piece: str) -> tuple[str, str] | None:
    """What stands before and behind the first colon, where the first begins with a year."""
    divider = re.search("[:：=＝]", piece)
    if divider is None:
        return None
    day, value = piece[: divider.start()].strip(), piece[divider.end() :].strip()
    return (day, value) if value and 4 <= len(day) <= 16 and day[:4].isdecimal() else None


# --- days and numbers ---------------------------------------------------------------------------------------


def _day(value: object, column: Column, unit: str, since_1904: bool) -> object:
    return typed_day(value, since_1904)


def _number(value: object, column: Column, unit: str, since_1904: bool) -> object:
    return typed_number(value, column, unit)


def _year(value: Any, column: Column, unit: str, since_1904: bool) -> object:
    if isinstance(value, (date, datetime)):
        zh, en = "单元格是日期格式，应为四位年份", "the cell is formatted as a date where a year is expected"
        raise unclear(zh, en, "year")
    text = plain_number(value) if isinstance(value, (int, float)) else typed_text(value)
    return Plain(text.removesuffix("年度").removesuffix("年").rstrip())


_MOST_YEARS = 300
_YEARS = re.compile(r"((?:19|20|21)[0-9]{2}) ?年? ?(?:~|～|至|到|-|–|—) ?((?:19|20|21)[0-9]{2}) ?年?度?")


def _years(value: object, column: Column, unit: str, since_1904: bool) -> object:
    if not isinstance(value, str):
        return [_year(value, column, unit, since_1904)]
    if says_none(value):
        return []
    years: list[object] = []
    for part in _parts(value):
        ends = _YEARS.fullmatch(part) if len(part) < 30 else None
        if ends and ends.group(1) > ends.group(2):
            raise unclear(
                f"“{clip(part)}”的后一年早于前一年", f"{clip(part)!r} ends before it begins", "year"
            )
        if ends:
            years.extend(Plain(str(year)) for year in range(int(ends.group(1)), int(ends.group(2)) + 1))
        else:
            years.append(_year(part, column, unit, since_1904))
        if len(years) > _MOST_YEARS:
            raise unclear(f"超过 {_MOST_YEARS} 年", f"more than {_MOST_YEARS} years", "too-large")
    return years


# --- words --------------------------------------------------------------------------------------------------

_YES = frozenset(["是", "有", "对", "已", "√", "✓", "✔", "true", "yes", "y", "是的"])
_NO = frozenset(["否", "无", "没有", "未", "不是", "×", "✗", "✘", "false", "no", "n"])


def _truth(value: object, column: Column, unit: str, since_1904: bool) -> object:
    if isinstance(value, bool):
        return value
    text = plain_number(value) if isinstance(value, (int, float)) else str(value)
    plain = text.strip().casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    zh = f"“{clip(text)}”应写 是 或 否；不清楚请留空"
    en = f"write yes or no, not {clip(text)!r}; leave it empty where it is not known"
    raise unclear(zh, en, "truth")


def _text(value: object, column: Column, unit: str, since_1904: bool) -> object:
    """A text; one that says that there is none is no name, number or target of anything."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, (date, datetime)):
        text = value.isoformat()[:10]
    elif isinstance(value, ShownNumber):
        text = value.text
    elif isinstance(value, (int, float)):
        text = plain_number(value)
    else:
        text = str(value)
    if column.words:
        return _word(text, column)
    return None if says_none(text) else text


def _word(text: str, column: Column) -> str:
    """A word by its label in either language. Raises NotClear with those that there are."""
    word = column.by_label.get(normal(text))
    if word == "":
        zh, en = (
            f"叫“{clip(text)}”的不止一个，请写英文编号",
            f"several are called {clip(text)!r}: write the id",
        )
        raise unclear(zh, en, "unknown-word")
    if word is None:
        listed = Text.listed(label for _, label in column.choices)
        zh, en = f"“{clip(text)}”不在可选之列：{listed.zh}", f"{clip(text)!r} is not one of: {listed.en}"
        raise unclear(zh, en, "unknown-word")
    return word


def _words(value: object, column: Column, unit: str, since_1904: bool) -> object:
    if not isinstance(value, str):
        return [_text(value, column, unit, since_1904)]
    if says_none(value):
        return []
    return [_word(part, column) if column.words else part for part in _parts(value)]


def _parts(text: str) -> list[str]:
    """The items of a list in one cell: a line each, else parted by semicolons, else by commas."""
    for separator in (r"\n", r"[;；]", r"[、，,]"):
        if re.search(separator, text):
            return [part.strip() for part in re.split(separator, text) if part.strip()]
    return [text]


def _list(value: object, column: Column, unit: str, since_1904: bool) -> object:
    if isinstance(value, str) and says_none(value):
        return []
    zh = f"{column.label.zh}请填在同名工作表中；确实没有写 无"
    en = f"fill in {column.label.en} on the sheet of that name; write none where there is none"
    raise unclear(zh, en, "list")


_READERS: dict[str, Callable[[object, Column, str, bool], object]] = {
    "date": _day, "money": _number, "count": _number, "number": _number, "rate": _number,
    "year": _year, "years": _years,
    "truth": _truth, "text": _text, "words": _words, "list": _list,
}  # fmt: skip
