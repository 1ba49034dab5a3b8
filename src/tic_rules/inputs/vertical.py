"""The vertical form of a workbook: one row an item (项目｜填写｜单位｜…), one sheet a subject.

All such sheets of a file together are the one row of a main sheet, for one centre; each value keeps the
address of its own cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tic_rules.core.errors import Diagnostic, Text, clip, normal
from tic_rules.core.numbers import NotANumber, parse_number
from tic_rules.core.source import Mark
from tic_rules.inputs.cells import read_cell
from tic_rules.inputs.headers import SEARCHED, Named, named_column, wrong_unit
from tic_rules.inputs.layout import ITEM, SWITCH, UNIT, VALUE, Column, Unclear, is_no_data, is_one_of
from tic_rules.inputs.nothing_said import says_none
from tic_rules.inputs.rows import ADDED, filled
from tic_rules.inputs.tables import Row, Table, TableReader
from tic_rules.inputs.titles import unit_above
from tic_rules.inputs.typed_numbers import MONEY, fits
from tic_rules.inputs.unclear_cells import NotClear

_NO_DATA = Text("；不是数据的项目请以 # 开头", "; begin the name of an item that is no data with #")
_SIGNED = re.compile(r"[(（]?[^\W\d][^:：\d]{0,11}\d?[:：](?!//)")
"""A signature or a note below the items: 填表人：张三, 联系电话：, 注：."""


class ItemRow(NamedTuple):
    """A row of a vertical sheet: its field, and the columns of item, value and unit."""

    column: Column
    row: Row
    item: int
    value: int
    unit: str


def is_vertical(table: Table) -> bool:
    """Whether a sheet has items below each other."""
    return any(_columns_of(row) is not None for row in islice(iter(table.rows), SEARCHED))


def as_main(tables: Sequence[Table], reader: TableReader, faults: list[Diagnostic]) -> Table:
    """The items of vertical sheets as a main sheet of one row; what is not understood goes to `faults`.

    The reader takes the unit of the file's amounts from it."""
    items: dict[str, ItemRow] = {}
    for table in tables:
        for item in _items(table, reader, faults):
            before = items.get(item.column.path)
            if before is not None and _filled(before) and _filled(item):
                mark = before.row.mark(before.value)
                zh, en = f"“{item.column.label.zh}”已在 {mark.cell} 填写", f"given at {mark.cell} already"
                faults.append(reader.fault("item", zh, en, item.row.mark(item.value)))
            elif before is None or _filled(item):
                items[item.column.path] = item
    listed = list(items.values())
    heads = [f"{one.column.path}({one.unit})" if one.unit else one.column.path for one in listed]
    rows = [
        _across(heads, [(one.row, one.item) for one in listed]),
        _across([one.row.cells[one.value] for one in listed], [(one.row, one.value) for one in listed]),
    ]
    return Table(tables[0].name, rows)


def _across(cells: Sequence[object], places: Sequence[tuple[Row, int]]) -> Row:
    """Cells that stand below each other as a row of a main sheet; each keeps its place."""

    def mark(column: int) -> Mark:
        row, at = places[column] if column < len(places) else places[0]
        return row.mark(at)

    return Row(cells, mark, {number for number, (row, at) in enumerate(places) if at in row.copied})


def _filled(item: ItemRow) -> bool:
    return bool(_text(item.row, item.value))


class _Columns(NamedTuple):
    """The columns of a vertical sheet; `named` are all that have a name."""

    item: int
    value: int
    unit: int | None
    named: frozenset[int]


def _columns_of(row: Row) -> _Columns | None:
    """The columns, where a row is the header of a vertical sheet."""
    item, value, unit = (_called(row, texts) for texts in (ITEM, VALUE, UNIT))
    if not item or not value:
        return None
    named = frozenset(at for at, cell in enumerate(row.cells) if filled(cell))
    return _Columns(item[0], value[0], unit[0] if unit else None, named)


def _called(row: Row, texts: tuple[Text, ...]) -> list[int]:
    return [
        at
        for at, cell in enumerate(row.cells[:50])
        if isinstance(cell, str) and at not in row.across and is_one_of(cell, texts)
    ]


def _items(table: Table, reader: TableReader, faults: list[Diagnostic]) -> Iterator[ItemRow]:
    columns: _Columns | None = None
    titles: list[Row] = []
    headings: list[Row] = []
    title: str | None = None
    beneath = switched = ""
    for row in table.rows:
        if columns is None:
            columns, last = _columns_of(row), row
            if columns is not None:
                for at in (*_called(row, ITEM)[1:], *_called(row, VALUE)[1:], *_called(row, UNIT)[1:]):
                    shown = clip(_text(row, at))
                    zh, en = f"列“{shown}”重复", f"the column {shown} is given twice"
                    faults.append(reader.fault("header", zh, en, row.mark(at)))
            titles.append(row)
            continue
        name = _text(row, columns.item)
        if is_no_data(name):
            continue
        if not name:
            said = _text(row, columns.value)
            if said and columns.value not in row.copied and not _SIGNED.match(said):
                zh, en = "这一行没有写项目", "the item of this row is missing"
                faults.append(reader.fault("item", zh, en, row.mark(columns.value)))
            continue
        before, last = last, row
        if is_one_of(name, (SWITCH,)):
            _switch(row, columns, reader, faults)
            switched = reader.money
            continue
        named = _named(name, row, columns, reader, faults)
        if named is None or named.column is None:
            headings.append(row)
            continue
        if _misplaced(named.column, row, before, columns, reader, faults):
            continue
        column = named.column
        given = _unit_of(named, row, columns, reader, faults)
        if column.kind == "money" and not given and _text(row, columns.value):
            if title is None:
                title = unit_above(titles[:-1], titles[-1], reader.file, faults)
            given = title
            for heading in headings:  # each goes as far as the next
                beneath = unit_above([heading], row, reader.file, faults) or beneath
            headings = []
            others = {beneath, switched} - {"", given or reader.money or "元"}
            shown = clip(_text(row, columns.value).removesuffix(".0"))
            if others and not re.search("[元万亿]", shown):
                other = "、".join(sorted(others))
                zh = f"这一项没有写单位；上面写的{other}用不用于它？请写明，例：{shown}万元"
                en = f"this has no unit; does {other}, above, go for it? Give it, e.g. {shown}万元"
                faults.append(reader.fault("unit", zh, en, row.mark(columns.value)))
        yield ItemRow(column, row, columns.item, columns.value, given)


def _named(
    name: str, row: Row, columns: _Columns, reader: TableReader, faults: list[Diagnostic]
) -> Named | None:
    """The field that an item names; a name that is not known is a fault where something is filled in."""
    names, main = reader.names, reader.names.layout.main
    try:
        named = named_column(names, main, name)
    except Unclear as unclear:
        which = Text.listed(unclear.candidates)
        zh = f"“{clip(name)}”可以指 {which.zh}；请写全"
        en = f"{clip(name)} may be {which.en}; write it in full"
        faults.append(reader.fault("item", zh, en, row.mark(columns.item)))
        return None
    if not _text(row, columns.value) or columns.value in row.across:
        return named if named is not None and named.role != "unit" else None
    if named is not None and named.role == "unit" and named.column is not None:
        faults.append(
            reader.fault("item", *wrong_unit(name, named.unit, named.column), row.mark(columns.item))
        )
        return None
    if named is None:
        near = names.close(main, name)
        hint = Text(f"；是不是“{near}”？", f"; did you mean {near}?") if near else _NO_DATA
        zh, en = f"未知的项目“{clip(name)}”{hint.zh}", f"unknown item {clip(name)}{hint.en}"
        faults.append(reader.fault("item", zh, en, row.mark(columns.item)))
    return named


def _misplaced(
    column: Column, row: Row, before: Row, columns: _Columns, reader: TableReader, faults: list[Diagnostic]
) -> bool:
    """Whether what an item says stands in another column than it should: that of units, or a nameless one to
    the right, unless that one counts on from the row `before`."""
    if _text(row, columns.value):
        return False
    for at, cell in enumerate(row.cells):
        beside = at > columns.value and at not in columns.named and not _counts_on(row, before, at)
        if (beside or at == columns.unit) and at not in row.copied and _is_value(cell, column):
            zh, en = "这一格请填在“填写”列", "fill this in in the column for values"
            faults.append(reader.fault("item", zh, en, row.mark(at)))
            return True
    return False


def _counts_on(row: Row, before: Row, at: int) -> bool:
    """Whether a cell is the next of a running count."""
    last, this = (_text(one, at).removesuffix(".0") or "0" for one in (before, row))
    return len(this) < 6 and last.isdecimal() and this.isdecimal() and int(this) == int(last[:6]) + 1


def _is_value(cell: object, column: Column) -> bool:
    """Whether a cell that is not there for the value can only be one: not a hint (1-10年), a bracket or 无.
    Of free text nothing can be known."""
    text = str(cell).strip() if filled(cell) else ""
    free = column.kind in ("text", "words") and not column.words
    if not text or free or text[0] in "[{" or says_none(text):
        return False
    try:
        said = read_cell(cell, column)
    except NotClear as error:
        return str(error.args[0]).startswith("ambiguous")
    if column.kind in ("year", "years"):
        return all(re.fullmatch("[0-9]{4}", str(one)) for one in (said if isinstance(said, list) else [said]))
    if column.kind not in ADDED or isinstance(said, list):
        return said is not None
    try:
        for end in said.values() if isinstance(said, dict) else [said]:
            parse_number(end, money=column.kind == "money")
    except NotANumber:
        return False
    return True


_UNITLESS = frozenset(["date", "text", "words", "truth", "list", "year", "years"])


def _unit_of(named: Named, row: Row, columns: _Columns, reader: TableReader, faults: list[Diagnostic]) -> str:
    """The unit in the name of an item or beside it, for amounts and rates; one that its field has not, or
    two, are a fault where something is filled in, for it may not be dropped."""
    column, unit = named.column, columns.unit
    given = _text(row, unit) if unit is not None else ""
    if column is None or not given or column.kind in _UNITLESS:
        return named.unit
    measure = normal(column.measure)
    wrong = normal(given) not in (measure, f"{measure}s") and not fits(given.casefold(), column)
    if (wrong or named.unit not in ("", MONEY.get(given.casefold(), given))) and unit is not None:
        if _text(row, columns.value):
            name = clip(_text(row, columns.item))
            item = column.label if wrong else Text(name, name)
            zh, en = f"单位“{clip(given)}”与“{item.zh}”不符", f"the unit {clip(given)} does not fit {item.en}"
            faults.append(reader.fault("unit", zh, en, row.mark(unit)))
        return ""
    return given if column.kind in ("money", "rate") else ""


def _switch(row: Row, columns: _Columns, reader: TableReader, faults: list[Diagnostic]) -> None:
    """The unit of the file's amounts; a second one that is different is a fault."""
    said = _text(row, columns.value)
    beside = _text(row, columns.unit) if columns.unit is not None else ""
    unit = MONEY.get(said.casefold())
    if unit is not None and reader.money in ("", unit):
        reader.money = unit
        return
    if not said and beside.casefold() not in MONEY:
        return
    if unit is not None:
        zh, en = (
            f"前面写的金额单位是{reader.money}，这里是{clip(said)}；只写一次，其他项目的单位写在“单位”列",
            f"the unit of amounts is {reader.money} already, here {clip(said)}; say it once, and other units "
            f"beside their items",
        )
    elif not said:
        zh, en = "金额单位请填在“填写”列", "fill in the unit of amounts in the column for values"
    else:
        zh, en = (
            f"“{clip(said)}”不是金额单位；写 元、万元 或 亿元",
            f"{clip(said)} is no unit: 元, 万元 or 亿元",
        )
    at = columns.value if said or columns.unit is None else columns.unit
    faults.append(reader.fault("unit", zh, en, row.mark(at)))


def _text(row: Row, column: int) -> str:
    cell = row.cells[column] if column < len(row.cells) else None
    return cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)
