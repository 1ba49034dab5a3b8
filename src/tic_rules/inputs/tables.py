"""Rows to data: a row of the main sheet is a centre, the rows of the other sheets are the entries of its
lists, joined by its id.

The data is what a YAML file would hold; its places are cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tic_rules.core.errors import DataError, Diagnostic, clip
from tic_rules.core.scalars import Json
from tic_rules.core.source import Mark, Source, fault_at, pointer
from tic_rules.inputs.cells import read_cell
from tic_rules.inputs.headers import Header, read_header
from tic_rules.inputs.joins import Filling, Joined
from tic_rules.inputs.layout import Column, Names, Sheet, Unclear
from tic_rules.inputs.nothing_said import says_unknown
from tic_rules.inputs.rows import (
    ADDED,
    Parts,
    RecordPlace,
    Row,
    Table,
    TableSource,
    at_text,
    filled,
    footer_in,
    holds,
    total_in,
)
from tic_rules.inputs.unclear_cells import NotClear, unclear


class TableReader:
    """The tables of one file, as data."""

    def __init__(self, file: str, names: Names) -> None:
        self.file, self.names = file, names
        self.money = ""
        """The unit of plain amounts whose column names none."""
        self.since_1904 = False
        """From when numbers count days."""

    # --- the main sheet -------------------------------------------------------------------------------------

    def sources(
        self, main: Table, lists: Sequence[tuple[Sheet, Table]], before: Iterable[Diagnostic] = ()
    ) -> Iterator[Source]:
        """The data of each row of the main sheet, with the faults of its cells. Raises DataError at the end
        where there were faults `before`, or the tables have some of their own."""
        faults = [*before]
        try:
            header, rows = self._open(self.names.layout.main, main, faults)
            joined = Joined(self, lists, faults)
        except DataError as error:  # a sheet of items without one that is understood has no header left
            without = [one for one in error.diagnostics if not faults or one.code != "empty"]
            raise DataError([*faults, *without]) from None
        if joined.any:
            rows = iter(joined.claim(header, list(rows)))
        seen: dict[str, Row] = {}
        empty = True
        for row in rows:
            empty = False
            yield self._source(header, row, joined, seen)
        if faults:
            raise DataError(faults)
        if empty:
            zh, en = "没有数据行", "there is no row of data"
            raise DataError([self.fault("empty", zh, en, header.row.mark(0))])

    def _open(self, sheet: Sheet, table: Table, faults: list[Diagnostic]) -> tuple[Header, Iterator[Row]]:
        rows = (row for row in table.rows)
        header = read_header(self.names, sheet, rows, self.file, faults)
        aside = header.named.difference(index for index, _, _ in header.columns)
        aside -= {header.roles[role] for role in ("day", "value") if role in header.roles}
        lists = sheet is not self.names.layout.main
        return header, (row for row in rows if holds(row, aside, says_unknown if lists else None))

    def _source(self, header: Header, row: Row, joined: Joined, seen: dict[str, Row]) -> Source:
        faults: list[Diagnostic] = []
        data: Json = {}
        places: dict[Parts, RecordPlace] = {(): RecordPlace(row, header.places, header.first)}
        self._record(header, row, data, (), faults)
        if (total := self.total(header, row, ())) is not None:
            faults.append(total)
        key = str(data.get("id") or "")
        if (
            key in seen or key in joined.twice
        ):  # of rows in lists it could not be said whose they are: then neither is decided
            first = at_text(seen[key].mark(header.first)) if key in seen else None
            said = (f"（{first.zh}已有）", f" (first at {first.en})") if first else ("", "")
            shown = clip(key)
            zh, en = f"编号 {shown} 重复{said[0]}", f"id {shown} is given twice{said[1]}"
            faults.append(self.fault("duplicate-id", zh, en, row.mark(header.first), ("id",)))
        if key:
            seen.setdefault(key, row)
        joined.put(row, Filling(data, places, faults))
        return TableSource(self.file, data, places, faults, refused=bool(joined.faults))

    # --- a record -------------------------------------------------------------------------------------------

    def _record(self, header: Header, row: Row, into: Json, at: Parts, faults: list[Diagnostic]) -> None:
        """The cells of a row as the fields of a record."""
        self._nameless(header, row, faults)
        cells = row.cells
        for index, column, unit in header.columns:
            if index >= len(cells) or cells[index] in (None, ""):
                continue
            given = self.cell(row, index, column, unit, at + column.parts, faults)
            if given is None:
                continue
            if column.path == "incomplete" and isinstance(given, list):
                given = [self._list_name(name) for name in given]
            if given == [] and column.kind == "list" and self.names.layout.lists[column.path].keyed:
                given = {}
            place = into
            for part in column.parts[:-1]:
                place = place.setdefault(part, {})
            place[column.parts[-1]] = given

    def _nameless(self, header: Header, row: Row, faults: list[Diagnostic]) -> None:
        """A filled cell below no name is a fault: it must not be dropped in silence."""
        for index, cell in enumerate(row.cells):
            if index not in header.named and filled(cell) and index not in row.copied:
                zh, en = "这一列没有列名", "the column of this cell has no name"
                faults.append(self.fault("header", zh, en, row.mark(index)))
                return

    def _list_name(self, name: object) -> object:
        """A list that is named by its label, by its path."""
        try:
            sheet = self.names.sheet(name) if isinstance(name, str) else None
        except Unclear:
            sheet = None
        if sheet is not None:
            return sheet.path
        words = (one for one in self.names.layout.main.columns if one.kind == "words")
        return next((one.path for one in words if name in (one.label.zh, one.label.en)), name)

    def cell(
        self, row: Row, index: int, column: Column, unit: str, at: Parts, faults: list[Diagnostic]
    ) -> object:
        """A cell as the data of its column; what is asked back goes to `faults`. Of a number in merged cells
        nobody knows whether it is the sum or each row's."""
        value = row.cells[index] if index < len(row.cells) else None
        try:
            if index in row.copied and column.kind in ADDED:
                zh = "合并单元格里的数字：是合计，还是每行各是这么多？请拆分单元格，逐行填写"
                en = "a number in a merged cell: is it the sum, or that of every row?"
                raise unclear(zh, f"{en} Split the cell and fill in each row", "merged")
            unit = unit or (self.money if column.kind == "money" else "")
            return read_cell(value, column, unit, self.since_1904)
        except NotClear as error:
            code, zh, en = error.args
            faults.append(self.fault(code, zh, en, row.mark(index), at))
            return None

    def total(self, header: Header, row: Row, parts: Parts) -> Diagnostic | None:
        """What is asked of a row that is the sum of others, a note or a signature; None of any other. That a
        centre is the sum, only its id and its name say."""
        footer = footer_in(row, header.row)
        if footer is not None:
            shown = clip(str(row.cells[footer]).strip())
            return self.fault(
                "footer",
                f"“{shown}”像是注或落款，不是一项；请删去这一行（确是一项的，请再填一列）",
                f"{shown!r} looks like a note or a signature, not like an entry; delete the row (or, where "
                f"it is one, fill in another column)",
                row.mark(footer),
                parts,
            )
        naming = [header.roles[role] for role in ("id", "name") if role in header.roles]
        column = total_in(row, range(len(row.cells)) if parts else naming, header.row)
        if column is None:
            return None
        shown = clip(str(row.cells[column]).strip())
        return self.fault(
            "total",
            f"“{shown}”是合计行，会重复计算；请删去这一行（确是单独一项的，请改写这一格）",
            f"{shown!r} is a total, which would count twice; delete the row (or, where it is an entry, write "
            f"this cell otherwise)",
            row.mark(column),
            parts,
        )

    def fault(self, code: str, zh: str, en: str, mark: Mark, parts: Parts = ()) -> Diagnostic:
        return fault_at(mark, code, zh, en, self.file, pointer(parts))


__all__ = ["RecordPlace", "Row", "Table", "TableReader", "TableSource"]
