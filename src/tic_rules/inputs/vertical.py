"""The vertical form of a workbook: one row an item (项目｜填写｜单位｜…), one sheet a subject.

All such sheets of a file together are the one row of a main sheet, for one centre; each value keeps the
address of its own cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from tic_rules.core.errors import Diagnostic, Text, clip, normal
from tic_rules.core.source import Mark
from tic_rules.inputs.headers import SEARCHED, unit_above
from tic_rules.inputs.layout import Column, Unclear, is_one_of
from tic_rules.inputs.tables import Reader, Row, Table
from tic_rules.inputs.typed_numbers import MONEY, fits

ITEM = (Text("项目", "item"),)
VALUE = (Text("填写", "value"), Text("填写内容", "fill in"))
UNIT = (Text("单位", "unit"),)
SWITCH = Text("金额单位", "unit of amounts")
"""The item that says in which unit plain amounts of the file are."""


class Item(NamedTuple):
    """A row of a vertical sheet: its field, and the columns of item, value and unit."""

    column: Column
    row: Row
    item: int
    value: int
    unit: str


class Across:
    """The items of a file as a row of a main sheet."""

    def __init__(self, cells: list[object], places: Sequence[tuple[Row, int]]) -> None:
        self.cells, self.places = cells, places
        self.copied = {number for number, (row, at) in enumerate(places) if at in row.copied}
        self.across: set[int] = set()

    def mark(self, column: int) -> Mark:
        row, at = self.places[column] if column < len(self.places) else self.places[0]
        return row.mark(at)


def is_vertical(table: Table) -> bool:
    """Whether a sheet has items below each other."""
    return any(_columns_of(row) is not None for row in islice(iter(table.rows), SEARCHED))


def as_main(tables: Sequence[Table], reader: Reader, faults: list[Diagnostic]) -> Table:
    """The items of vertical sheets as a main sheet of one row; what is not understood goes to `faults`.

    The reader takes the unit of the file's amounts from it.
    """
    items: dict[str, Item] = {}
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
    heads = Across([_head(item) for item in listed], [(item.row, item.item) for item in listed])
    values = Across([item.row.cells[item.value] for item in listed], [(one.row, one.value) for one in listed])
    return Table(tables[0].name, [heads, values], tables[0].since_1904)


def _head(item: Item) -> str:
    return f"{item.column.path}({item.unit})" if item.unit else item.column.path


def _filled(item: Item) -> bool:
    return item.row.cells[item.value] not in (None, "")


def _columns_of(row: Row) -> tuple[int, int, int | None] | None:
    """The columns of item, value and unit, where a row is the header of a vertical sheet."""
    at: dict[str, int] = {}
    for name, texts in (("item", ITEM), ("value", VALUE), ("unit", UNIT)):
        for number, cell in enumerate(row.cells[:50]):
            if isinstance(cell, str) and number not in row.across and is_one_of(cell, texts):
                at.setdefault(name, number)
    if "item" in at and "value" in at:
        return at["item"], at["value"], at.get("unit")
    return None


def _items(table: Table, reader: Reader, faults: list[Diagnostic]) -> Iterator[Item]:
    columns: tuple[int, int, int | None] | None = None
    above: list[Row] = []
    title = ""
    for row in table.rows:
        if columns is None:
            columns = _columns_of(row)
            if columns is not None:
                title = unit_above(above, row, reader.file, faults)
            above.append(row)
            continue
        item, value, unit = columns
        name = _text(row, item)
        if not name or value >= len(row.cells):
            continue
        if normal(name) in (normal(SWITCH.zh), normal(SWITCH.en)):
            _switch(row, value, reader, faults)
            continue
        column = _column(name, row, item, value, reader, faults)
        if column is not None:
            given = _unit_of(column, row, value, unit, reader, faults)
            yield Item(column, row, item, value, given or (title if column.kind == "money" else ""))


def _column(
    name: str, row: Row, item: int, value: int, reader: Reader, faults: list[Diagnostic]
) -> Column | None:
    """The field that an item names; a name that is not known is a fault where something is filled in."""
    names, main = reader.names, reader.names.layout.main
    try:
        column = names.column(main, name)
    except Unclear as unclear:
        which = unclear.candidates
        zh = f"“{clip(name)}”可以指 {'、'.join(text.zh for text in which)}；请写全"
        en = f"{clip(name)} may be {', '.join(text.en for text in which)}; write it in full"
        faults.append(reader.fault("item", zh, en, row.mark(item)))
        return None
    if column is None and row.cells[value] not in (None, ""):
        near = names.close(main, name)
        hint = Text(f"；是不是“{near}”？", f"; did you mean {near}?") if near else Text("", "")
        zh, en = f"未知的项目“{clip(name)}”{hint.zh}", f"unknown item {clip(name)}{hint.en}"
        faults.append(reader.fault("item", zh, en, row.mark(item)))
    return column


_UNITLESS = frozenset(["date", "text", "words", "truth", "list", "year", "years"])


def _unit_of(
    column: Column, row: Row, value: int, unit: int | None, reader: Reader, faults: list[Diagnostic]
) -> str:
    """The unit beside an item, for amounts and rates; one that its field has not is a fault where something
    is filled in, for it may not be dropped."""
    given = _text(row, unit) if unit is not None else ""
    if not given or column.kind in _UNITLESS:
        return ""
    measure = normal(column.measure)
    if normal(given) not in (measure, f"{measure}s") and not fits(
        given.casefold(), column.kind, column.measure, column.counters
    ):
        if _text(row, value) and unit is not None:
            zh = f"单位“{clip(given)}”与“{column.label.zh}”不符"
            en = f"the unit {clip(given)} does not fit {column.label.en}"
            faults.append(reader.fault("unit", zh, en, row.mark(unit)))
        return ""
    return given if column.kind in ("money", "rate") else ""


def _switch(row: Row, value: int, reader: Reader, faults: list[Diagnostic]) -> None:
    said = _text(row, value)
    if not said:
        return
    if said.casefold() in MONEY:
        reader.money = MONEY[said.casefold()]
        return
    zh, en = f"“{clip(said)}”不是金额单位；写 元、万元 或 亿元", f"{clip(said)} is no unit: 元, 万元 or 亿元"
    faults.append(reader.fault("unit", zh, en, row.mark(value)))


def _text(row: Row, column: int) -> str:
    cell = row.cells[column] if column < len(row.cells) else None
    return cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)
