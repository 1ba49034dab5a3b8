"""The header of a table: which column holds which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tic_rules.core.errors import DataError, Diagnostic, Text, clip
from tic_rules.core.source import fault_at
from tic_rules.inputs.layout import (
    ENTRY,
    JOIN,
    NOTES,
    NUMBER,
    SERIES,
    SWITCH,
    UNIT,
    Column,
    Names,
    Sheet,
    Unclear,
    is_no_data,
    is_one_of,
)
from tic_rules.inputs.rows import ADDED, id_text
from tic_rules.inputs.titles import unit_above
from tic_rules.inputs.typed_numbers import MONEY, fits

if TYPE_CHECKING:
    from tic_rules.inputs.tables import Row

SEARCHED = 10
"""Rows at the top in which the header is looked for: people put a title above it."""

MAX_COLUMNS = 1000
_UNIT = re.compile(
    r"(.+?)[(\[【〔](?:单位[:：]?|unit:?)?\s*(?:人民币[:：]?\s*)?"
    r"(亿元|万元|千元|百万元|元|%|人|名|个|家|项|件|次|年|次/年|yuan|人民币|RMB|CNY|¥)(?:(?<=元)人民币)?"
    r"\s*[)\]】〕][\s*★※]*",
    re.IGNORECASE | re.DOTALL,
)
_CURRENCY = frozenset(["人民币", "rmb", "cny", "¥"])
"""What a name may have in brackets that is no unit: amounts are in that of a title, or in yuan."""
_YEAR = re.compile("[0-9年.,/ -]+")
_OWN_UNIT = re.compile(r"(.+?)[(\[](?:单位[:：]?|unit:?)?\s*([^()\[\]]{1,30}?)\s*[)\]]", re.IGNORECASE)
_LIKE_UNIT = re.compile(
    r"(.+?)[\W_]*?((?:[十百千万亿元圆美欧日港0-9,./$€£%‰‱ -]|人民币|rmb|cny|yuan|usd|eur|dollars?|[tmb]illion"
    r"|thousand|k\b|年)+)[\W_]*",
    re.IGNORECASE | re.DOTALL,
)
"""A name with something behind it that may be a unit: 金额（万）, 金额 万元, amount (CNY 10k), 金额（$）."""
SERIES_COLUMNS = {
    "field": (Text("字段", "field"), Text("指标", "item")),
    "day": (Text("日期", "date"), Text("时点", "since")),
    "value": (Text("数值", "value"), Text("取值", "number")),
}

_UNITS = (*UNIT, SWITCH, Text("计量单位", "units"))
_UNIT_ASIDE = (
    "；单位请写进列名：金额（万元），或写在数字后",
    "; put the unit into the name of a column, 金额（万元）, or behind each number",
)
_NO_DATA = ("；不是数据的列请以 # 开头", "; begin the name of a column that is no data with #")


@dataclass(frozen=True)
class Header:
    """The header's row; the columns that hold fields, with the unit that the header names; all that have a
    name; those that have a role; the unit of amounts that a title above the header gives.

    Roles: `id`, `name`; `joins` (which centre), `keys`, `entries` (which entry of another list); `field`,
    `day`, `value` of a series."""

    row: Row
    columns: tuple[tuple[int, Column, str], ...]
    named: frozenset[int]
    roles: Mapping[str, int]
    money: str

    @cached_property
    def places(self) -> Mapping[tuple[str | int, ...], int]:
        """The column of each field, by its place within the record of a row."""
        return {column.parts: index for index, column, _ in self.columns}

    def at(self, role: str) -> int:
        """The column of a role; where there is none, that which stands for the whole row."""
        every = [self.roles.get(one) for one in (role, "id", "joins", "keys")]
        return next((at for at in (*every, *self.places.values()) if at is not None), 0)

    @cached_property
    def first(self) -> int:
        """The column that stands for the whole row: the id's where there is one."""
        return self.at("id")


class Named(NamedTuple):
    role: str
    column: Column | None = None
    unit: str = ""


def read_header(
    names: Names, sheet: Sheet, rows: Iterator[Row], file: str, faults: list[Diagnostic]
) -> Header:
    """The header among the first rows: the first of which at least half of the cells are known (a heading
    over several columns counts for each).

    Names that are not known are put among the faults. Raises DataError where there is no header."""
    top: list[tuple[Row, list[str]]] = []
    for row in islice(rows, SEARCHED):
        texts = [
            id_text(row, index) if index not in row.across else ""
            for index in range(min(len(row.cells), MAX_COLUMNS))
        ]
        top.append((row, texts))
        filled = [text for text in texts if text]
        recognised = sum(1 for text in filled if is_known(names, sheet, text))
        if recognised and recognised * 2 >= len(filled) + len(row.across):
            return _header(names, sheet, row, texts, file, faults, [before for before, _ in top[:-1]])
    if not top or not any(text for _, texts in top for text in texts):
        raise DataError([Diagnostic("empty", Text("表是空的", "the table is empty"), file, 1, 1)])
    row, texts = next((row, texts) for row, texts in top if any(texts))
    shown = Text.listed(Text(one, one) for one in (clip(text, 12) for text in islice(filter(None, texts), 8)))
    zh = f"没有认出表头（{shown.zh}）；列名用字段名称或路径，如 编号、批复创建日期、approved_on"
    en = f"no header is recognised ({shown.en}); name the columns by label or path, such as id, approved_on"
    raise DataError([fault_at(row.mark(0), "header", zh, en, file)])


def is_known(names: Names, sheet: Sheet, text: str) -> bool:
    """Whether a header of a sheet may have a cell with this text."""
    try:
        return named_column(names, sheet, text) is not None
    except Unclear:
        return True


def named_column(names: Names, sheet: Sheet, text: str) -> Named | None:
    """What a column is for, or an item of a vertical sheet. Raises Unclear."""
    if len(text) > 200:
        return None
    if is_no_data(text):
        return Named("ignored")
    if sheet is SERIES:
        role = next((role for role, texts in SERIES_COLUMNS.items() if is_one_of(text, texts)), None)
        role = role or ("joins" if is_one_of(text, JOIN) else "ignored" if is_one_of(text, NOTES) else None)
        return Named(role) if role else None
    plain = unicodedata.normalize("NFKC", text).strip()

    def parted(pattern: re.Pattern[str]) -> tuple[Column | None, str]:
        match = pattern.fullmatch(plain)
        return (names.column(sheet, match.group(1)), match.group(2)) if match else (None, "")

    column, said = parted(_UNIT)
    if column is not None:
        unit = said.casefold()
        if unit in _CURRENCY and column.kind == "money":
            return Named("", column)
        if not fits(unit, column):
            return Named("unit", column, said)
        return Named("", column, MONEY.get(unit, "%" if unit == "%" else ""))
    if (column := names.column(sheet, text)) is not None:
        signs = "".join(re.findall("[$€£%‰‱]", plain)) if column.kind in ADDED else ""
        return Named("unit" if signs else "", column, signs)
    column, unit = parted(_OWN_UNIT)
    if column is not None and (column.counters or (column.kind == "money" and re.search("[元万亿]", unit))):
        return Named("", column) if fits(unit, column) else Named("unit", column, unit)
    if sheet.within and is_one_of(text, (*ENTRY, names.layout.lists[sheet.within].label)):
        return Named("entries")
    if sheet.path and is_one_of(text, JOIN):
        return Named("joins")
    if sheet.keyed and is_one_of(text, NUMBER):
        return Named("keys")
    if is_one_of(text, NOTES):
        return Named("ignored")
    column, unit = parted(_LIKE_UNIT)
    if column is not None and column.kind in ADDED and not _YEAR.fullmatch(unit):
        return Named("unit", column, unit.strip(" -"))
    return None


def wrong_unit(name: str, unit: str, column: Column) -> Text:
    """What is said of a name with a unit that is none of its field, or does not stand in brackets."""
    label = column.label
    units = {"money": ("元", "万元", "亿元"), "rate": ("%",)}.get(column.kind)
    if units:
        right = Text.listed(Text(f"{label.zh}（{one}）", f"{label.en}（{one}）") for one in units)
        return Text(
            f"“{clip(name)}”里的单位“{unit}”没有认出；请写成 {right.zh}",
            f"the unit {unit} in {clip(name)} is not understood; write {right.en}",
        )
    return Text(
        f"“{clip(name)}”的单位“{unit}”与“{label.zh}”不符",
        f"the unit {unit} of {clip(name)} does not fit {label.en}",
    )


def _header(
    names: Names,
    sheet: Sheet,
    row: Row,
    texts: list[str],
    file: str,
    faults: list[Diagnostic],
    titles: list[Row],
) -> Header:
    """What the columns of a table are for; what is wrong with their names goes to `faults`."""

    def wrong(index: int, zh: str, en: str) -> None:
        faults.append(fault_at(row.mark(index), "header", zh, en, file))

    columns, roles = _columns(names, sheet, texts, wrong)
    plain = sheet is SERIES or any(column.kind == "money" and not unit for _, column, unit in columns)
    money = unit_above(titles, row, file, faults) if plain else ""
    for role, labels in needed(sheet).items():
        if role not in roles:
            wrong(0, f"缺少列“{labels[0].zh}”", f"the column {labels[0].en} is missing")
    given = ((at, column, unit or (money if column.kind == "money" else "")) for at, column, unit in columns)
    named = frozenset(index for index, text in enumerate(texts) if text)
    return Header(row, tuple(given), named, roles, money)


def needed(sheet: Sheet) -> Mapping[str, tuple[Text, ...]]:
    """The roles for which a table has to have a column, with what it is called."""
    return SERIES_COLUMNS if sheet is SERIES else {"keys": NUMBER} if sheet.keyed else {}


def _columns(
    names: Names, sheet: Sheet, texts: list[str], wrong: Callable[[int, str, str], None]
) -> tuple[list[tuple[int, Column, str]], dict[str, int]]:
    """The columns that hold fields, with their unit, and the places of those that have another role."""
    columns: list[tuple[int, Column, str]] = []
    roles: dict[str, int] = {}
    seen: dict[str, int] = {}
    unknown = 0
    for index, text in enumerate(texts):
        if not text:
            continue
        shown = clip(text)
        try:
            named = named_column(names, sheet, text)
        except Unclear as unclear:
            meant = Text.listed(unclear.candidates)
            zh = f"列名“{shown}”可以指 {meant.zh}；请写全"
            wrong(index, zh, f"the column {shown} may be {meant.en}; write it in full")
            continue
        if named is None:
            unknown += 1
            close = names.close(sheet, text) if sheet is not SERIES and unknown < 4 else ""
            owners = names.owners(text) if unknown < 20 else ()
            if owners:
                listed = [f"`{name}`" for name in owners]
                wrong(
                    index,
                    f"列“{shown}”是 {'、'.join(listed)} 的字段：请用 `--rules` 指定",
                    f"the column {shown} is a field of {', '.join(listed)}: name it with `--rules`",
                )
                continue
            hint = (f"；是不是“{close}”？", f"; did you mean {close}?") if close else _NO_DATA
            hint = _UNIT_ASIDE if is_one_of(text, _UNITS) else hint
            wrong(index, f"未知的列“{shown}”{hint[0]}", f"unknown column {shown}{hint[1]}")
            continue
        if named.role == "keys" and is_one_of(text, NOTES) and any(is_one_of(t, NUMBER[:1]) for t in texts):
            continue  # 序号 beside 指标编号 counts the rows
        if named.role == "unit" and named.column is not None:
            wrong(index, *wrong_unit(text, named.unit, named.column))
            continue
        key = named.column.path if named.column is not None else named.role
        if key in seen and named.role != "ignored":
            wrong(index, f"列“{shown}”重复", f"the column {shown} is given twice")
            continue
        seen[key] = index
        if named.column is not None:
            columns.append((index, named.column, named.unit))
        if named.column is None or key in ("id", "name"):
            roles[key] = index
    return columns, roles
