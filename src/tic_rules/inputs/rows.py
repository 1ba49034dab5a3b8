"""Rows of tables, and the data that is made of them with its places, which are cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tic_rules.core.errors import Diagnostic, Text
from tic_rules.core.source import Mark, Source, is_index, steps
from tic_rules.inputs.layout import STATUS, is_no_data, is_one_of

Parts = tuple[str | int, ...]
ADDED = frozenset(["money", "count", "number", "rate"])
"""Kinds of columns whose values are numbers of their own row."""


@dataclass(eq=False, slots=True)
class Row:
    """A row of a table: its cells, and what gives the place of each by its index.

    `copied`: the cells that have their value from a merged one; `across`: from one in the same row."""

    cells: Sequence[object]
    mark: Callable[[int], Mark]
    copied: Collection[int] = ()
    across: Collection[int] = ()


class Table(NamedTuple):
    """A sheet or a CSV file."""

    name: str
    rows: Iterable[Row]


class RecordPlace(NamedTuple):
    """Where a record stands: its row, and the column of each of its fields."""

    row: Row
    columns: Mapping[Parts, int]
    first: int


class TableSource(Source):
    """Data from rows; a field without a value has a place too, where its column is there to be filled in."""

    __slots__ = ("faults", "places", "refused")

    def __init__(
        self,
        file: str,
        data: Mapping[str, object],
        places: dict[Parts, RecordPlace],
        faults: Iterable[Diagnostic] = (),
        refused: bool = False,
    ) -> None:
        """`faults` are those of the cells, whose fields are left out of the data."""
        super().__init__(file, None, data)
        self.places, self.faults, self.refused = places, tuple(faults), refused

    def all_faults(self, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
        """The faults of the cells and those of the data, sheet by sheet, each once."""
        return sorted(
            dict.fromkeys([*self.faults, *diagnostics]),
            key=lambda d: (d.cell.rpartition("!")[0], d.line, d.column),
        )

    def locate(self, parts: Sequence[str | int]) -> Mark:
        if parts and parts[0] in self.left_out:
            return Mark(0, 0)
        path = steps(parts)
        for size in range(len(path), -1, -1):
            place = self.places.get(path[:size])
            if place is not None:
                return place.row.mark(_column(place, path[size:]))
        return Mark(0, 0)

    def locate_key(self, parts: Parts) -> Mark:
        return self.locate(parts)

    def has(self, parts: Sequence[str | int]) -> bool:
        value: object = self.data
        for part in parts:
            if isinstance(value, dict) and part in value:
                value = value[part]
            elif isinstance(value, list) and is_index(part) and int(part) < len(value):
                value = value[int(part)]
            else:
                return False
        return True


def _column(place: RecordPlace, rest: Parts) -> int:
    """The column of a field; of what it stands in where it has none, of its first field where it is a record;
    that of the whole row at last."""
    for size in range(len(rest), 0, -1):
        column = place.columns.get(rest[:size])
        if column is not None:
            return column
    below = (column for parts, column in place.columns.items() if rest and parts[: len(rest)] == rest)
    return next(below, place.first)


def value_at(record: object, parts: Parts) -> object:
    for part in parts:
        record = record.get(part) if isinstance(record, dict) else None
    return record


def id_text(row: Row, column: int | None) -> str:
    """An id or a name in a cell, as text."""
    if column is None or column >= len(row.cells):
        return ""
    value = row.cells[column]
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value).strip()


def holds(row: Row, aside: Collection[int], blank: Callable[[str], bool] | None) -> bool:
    """Whether a row has anything of its own: not in the columns `aside` (whose it is, its number, notes), and
    no text that `blank` is true of."""
    return any(
        filled(cell) and not (blank is not None and isinstance(cell, str) and blank(cell.strip()))
        for index, cell in enumerate(row.cells)
        if index not in row.copied and index not in aside
    )


_TOTAL = re.compile(
    r"[合小总共累]\s*计(?:数|金额)?(?![^\W\d]).*|.*[合小总共累]\s*计(?:数|金额)?\s*(?:[（(].*[）)])?[\s:：]*"
    r"|(?:总\s*[额数]|汇\s*总|[∑Σ]|sum|(?:(?:grand|sub)[ -]?)?totals?(?: (?:amount|sum))?)\s*[:：]?",
    re.IGNORECASE,
)
_SHORT = 20
_FOOTER = re.compile(
    r"[(（※*]*(?:备?注|附注|说明)\s*\d*\s*[)）]?\s*[:：.、].*|.*[(（](?:签字|签名|签章|盖章|公章)[)）].*"
    r"|.{0,6}(?:填表|填报|制表|编制|审核|复核|经办|负责|联系)(?:人|单位|电话|日期|时间).{0,8}[:：].*"
    r"|以下(?:为)?空白|共\s*\d+\s*[家个项人]|续表|[.…]+",
    re.DOTALL,
)
"""What stands alone below a list and is no entry of it: notes, signatures, dots."""


def total_in(row: Row, columns: Iterable[int], header: Row) -> int | None:
    """The first of some columns that says that a row is the sum of others (合计, 2023年小计); None where none
    does."""
    for index in columns:
        cell = row.cells[index] if index < len(row.cells) else None
        if isinstance(cell, str) and len(cell) <= _SHORT and _TOTAL.fullmatch(cell.strip()):
            name = header.cells[index] if index < len(header.cells) else None
            if not (isinstance(name, str) and is_no_data(name)) and not is_status(name):
                return index
    return None


def footer_in(row: Row, header: Row) -> int | None:
    """The first filled cell of a row that has nothing but notes and signatures; None of any other row."""
    notes = [
        at
        for at, cell in enumerate(row.cells)
        if at not in row.copied and isinstance(cell, str) and _FOOTER.fullmatch(cell[:200].strip())
    ]
    return notes[0] if notes and filled_in(row, header) == {*notes} else None


def filled_in(row: Row, header: Row) -> set[int]:
    """The columns in which a row says something; what a check wrote below 状态 is none of it."""
    cells = {at for at, cell in enumerate(row.cells) if filled(cell) and at not in row.copied}
    return {at for at in cells if at >= len(header.cells) or not is_status(header.cells[at])}


def is_status(cell: object) -> bool:
    return isinstance(cell, str) and is_one_of(cell, STATUS)


def filled(cell: object) -> bool:
    return cell is not None and cell != "" and (not isinstance(cell, str) or not cell.isspace())


def at_text(mark: Mark) -> Text:
    """A place in the main table, for a message."""
    line = Text(f"主表第 {mark.line} 行", f"line {mark.line} of the main table")
    return Text(f"{mark.cell} ", mark.cell) if mark.cell else line
