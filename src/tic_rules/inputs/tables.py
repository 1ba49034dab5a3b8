"""Rows to data: a row of the main sheet is a centre, the rows of the other sheets are the entries of its
lists, joined by its id.

The data is what a YAML file would hold; its places are cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from tic_rules.core.errors import DataError, Diagnostic, Text, clip
from tic_rules.core.source import MAX_ENTRIES, Mark, Source, is_index, pointer
from tic_rules.inputs.cells import read_cell
from tic_rules.inputs.headers import Header, read_header
from tic_rules.inputs.layout import ENTRY, STATUS, Column, Names, Sheet, Unclear, is_one_of
from tic_rules.inputs.unclear import NotClear

Parts = tuple[str | int, ...]
_ADDED = frozenset(["money", "count", "number", "rate"])
"""Kinds of columns whose values are numbers of their own row."""


class Row(Protocol):
    """A row of a table: its cells, and the place of each by its index.

    `copied`: the cells that have their value from a merged one; `across`: from one in the same row.
    """

    @property
    def cells(self) -> Sequence[Any]: ...

    @property
    def copied(self) -> Collection[int]: ...

    @property
    def across(self) -> Collection[int]: ...

    def mark(self, column: int) -> Mark: ...


class Table(NamedTuple):
    """A sheet or a CSV file. `since_1904`: how its numbers mean days."""

    name: str
    rows: Iterable[Row]
    since_1904: bool = False


class Place(NamedTuple):
    """Where a record stands: its row, and the column of each of its fields."""

    row: Row
    columns: Mapping[Parts, int]
    first: int


class TableSource(Source):
    """Data from rows; a field without a value has a place too, where its column is there to be filled in."""

    __slots__ = ("faults", "places")

    def __init__(
        self, file: str, data: Any, places: dict[Parts, Place], faults: Iterable[Diagnostic] = ()
    ) -> None:
        """`faults` are those of the cells, whose fields are left out of the data."""
        super().__init__(file, None, data)
        self.places, self.faults = places, tuple(faults)

    def all_faults(self, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
        """The faults of the cells and those of the data, sheet by sheet, each once."""
        return sorted(
            dict.fromkeys([*self.faults, *diagnostics]),
            key=lambda d: (d.cell.rpartition("!")[0], d.line, d.column),
        )

    def without(self, fields: Iterable[str]) -> TableSource:
        copy = TableSource(self.file, self.data, self.places, self.faults)
        return self._leaving_out(copy, fields)

    def locate(self, parts: Sequence[str | int]) -> Mark:
        if parts and parts[0] in self.left_out:
            return Mark(0, 0)
        path = tuple(int(part) if isinstance(part, str) and is_index(part) else part for part in parts)
        for size in range(len(path), -1, -1):
            place = self.places.get(path[:size])
            if place is not None:
                return place.row.mark(_column(place, path[size:]))
        return Mark(0, 0)

    def locate_key(self, parts: Parts) -> Mark:
        return self.locate(parts)

    def has(self, parts: Sequence[str | int]) -> bool:
        value: Any = self.data
        for part in parts:
            if isinstance(value, dict) and part in value:
                value = value[part]
            elif isinstance(value, list) and is_index(part) and int(part) < len(value):
                value = value[int(part)]
            else:
                return False
        return True


def _column(place: Place, rest: Parts) -> int:
    for size in range(len(rest), 0, -1):
        column = place.columns.get(rest[:size])
        if column is not None:
            return column
    return place.first


class Reader:
    """The tables of one file, as data."""

    def __init__(self, file: str, names: Names) -> None:
        self.file, self.names = file, names
        self.money = ""
        """The unit of plain amounts whose column names none."""
        self._memo: dict[tuple[str, str], Any] = {}

    # --- the main sheet -------------------------------------------------------------------------------------

    def sources(self, main: Table, lists: Sequence[tuple[Sheet | None, Table]]) -> Iterator[Source]:
        """The data of each row of the main sheet, with the faults of its cells. Raises DataError where the
        tables cannot be joined."""
        faults: list[Diagnostic] = []
        header, rows = self._open(self.names.layout.main, main, faults)
        joined = _Joined(self, lists, faults)
        if joined.any:
            rows = iter(list(rows))
            rows = iter(joined.claim(header, list(rows)))
        if faults:
            raise DataError(faults)
        seen: dict[str, Row] = {}
        empty = True
        for row in rows:
            empty = False
            yield self._source(header, row, main, joined, seen)
        if empty:
            raise DataError(
                [
                    Diagnostic(
                        "empty",
                        Text("没有数据行", "there is no row of data"),
                        self.file,
                        *_at(header.row.mark(0)),
                    )
                ]
            )

    def _open(self, sheet: Sheet, table: Table, faults: list[Diagnostic]) -> tuple[Header, Iterator[Row]]:
        rows = (row for row in table.rows)
        header = read_header(self.names, sheet, rows, self.file, faults)
        written = {at for at, cell in enumerate(header.row.cells) if _is_status(cell)}
        return header, (row for row in rows if _holds(row, written))

    def _source(self, header: Header, row: Row, main: Table, joined: _Joined, seen: dict[str, Row]) -> Source:
        faults: list[Diagnostic] = []
        data: dict[str, Any] = {}
        places: dict[Parts, Place] = {(): Place(row, header.places, header.first)}
        self._record(header, row, main, data, (), faults)
        key = str(data.get("id") or "")
        if (
            key in seen or key in joined.twice
        ):  # of rows in lists it could not be said whose they are: then neither is decided
            first = seen[key].mark(header.first) if key in seen else None
            said = (
                (f"（{first.cell or first.line} 已有）", f" (first at {first.cell or first.line})")
                if first
                else ("", "")
            )
            shown = clip(key)
            faults.append(
                self.fault(
                    "duplicate-id",
                    f"编号 {shown} 重复{said[0]}",
                    f"id {shown} is given twice{said[1]}",
                    row.mark(header.first),
                    ("id",),
                )
            )
        if key:
            seen.setdefault(key, row)
        joined.put(key, row, data, places, faults)
        return TableSource(self.file, data, places, faults)

    # --- a record -------------------------------------------------------------------------------------------

    def _record(
        self,
        header: Header,
        row: Row,
        table: Table,
        into: dict[str, Any],
        at: Parts,
        faults: list[Diagnostic],
    ) -> None:
        """The cells of a row as the fields of a record."""
        cells = row.cells
        self._nameless(header, row, faults)
        for index, column, unit in header.columns:
            value = cells[index] if index < len(cells) else None
            if value is None or value == "":
                continue
            if index in row.copied and column.kind in _ADDED:
                faults.append(self.merged(row, index, (*at, *column.parts)))
                continue
            unit = unit or (self.money if column.kind == "money" else "")
            try:
                if type(value) is str and len(value) < 100:
                    found = self._remembered(value, column, unit, table.since_1904)
                else:
                    found = read_cell(value, column, unit, table.since_1904)
            except NotClear as error:
                code, zh, en = error.args
                faults.append(self.fault(code, zh, en, row.mark(index), (*at, *column.parts)))
                continue
            if found is None:
                continue
            if column.path == "incomplete" and isinstance(found, list):
                found = [self._list_name(name) for name in found]
            place = into
            for part in column.parts[:-1]:
                place = place.setdefault(part, {})
            place[column.parts[-1]] = found

    def _nameless(self, header: Header, row: Row, faults: list[Diagnostic]) -> None:
        """A filled cell below no name is a fault: it must not be dropped in silence."""
        for index, cell in enumerate(row.cells):
            if index not in header.named and _filled(cell) and index not in row.copied:
                faults.append(
                    self.fault(
                        "header", "这一列没有列名", "the column of this cell has no name", row.mark(index)
                    )
                )
                return

    def _remembered(self, value: str, column: Any, unit: str, since_1904: bool) -> Any:
        """Cells of one text are read once: columns repeat themselves."""
        key = (column.path + unit, value)
        if key not in self._memo:
            if len(self._memo) > 20_000:
                self._memo.clear()
            self._memo[key] = read_cell(value, column, unit, since_1904)
        return self._memo[key]

    def _list_name(self, name: Any) -> Any:
        """A list that is named by its label, by its path."""
        try:
            sheet = self.names.sheet(name) if isinstance(name, str) else None
        except Unclear:
            sheet = None
        return sheet.path if sheet is not None else name

    def merged(self, row: Row, index: int, parts: Parts) -> Diagnostic:
        """What is asked of a number that stands in a merged cell: whether it is the sum or the number of each
        row is not said."""
        return self.fault(
            "merged",
            "合并单元格里的数字：是合计，还是每行各是这么多？请拆分单元格，逐行填写",
            "a number in a merged cell: is it the sum, or that "
            "of every row? Split the cell and fill in each row",
            row.mark(index),
            parts,
        )

    def fault(self, code: str, zh: str, en: str, mark: Mark, parts: Parts = ()) -> Diagnostic:
        return Diagnostic(code, Text(zh, en), self.file, mark.line, mark.column, pointer(parts), mark.cell)


class _Joined:
    """The rows of the lists, by the id of their centre."""

    def __init__(
        self, reader: Reader, tables: Sequence[tuple[Sheet | None, Table]], faults: list[Diagnostic]
    ) -> None:
        self.reader, self.faults = reader, faults
        self.opened: list[tuple[Sheet | None, Table, Header]] = []
        self.rows: list[tuple[int, str, Row]] = []
        self.by_centre: dict[str, list[tuple[int, Row]]] = {}
        self.twice: frozenset[str] = frozenset()
        for sheet, table in tables:
            if sheet is None:
                rows = (row for row in table.rows)
                header = read_header(reader.names, None, rows, reader.file, faults)
                filled: Iterator[Row] = (row for row in rows if _holds(row))
            else:
                header, filled = reader._open(sheet, table, faults)
            self.opened.append((sheet, table, header))
            number = len(self.opened) - 1
            self.rows.extend((number, _id_text(row, header.joins), row) for row in filled)

    @property
    def any(self) -> bool:
        return bool(self.opened)

    def claim(self, header: Header, rows: list[Row]) -> list[Row]:
        """Give each row of a list to its centre: the one with its id, or with its name; the only one where
        none is named."""
        if not rows:
            return rows  # the main sheet is not filled in: that is what is wrong
        ids = [_id_text(row, header.ids) or "" for row in rows]
        names: dict[str, list[str]] = {}
        for row, key in zip(rows, ids, strict=True):
            names.setdefault(_id_text(row, header.names) or "", []).append(key)
        known = set(ids)
        self.twice = frozenset(key for key, count in Counter(ids).items() if key and count > 1)
        for number, named, row in self.rows:
            own = ids[0] if not named and len(rows) == 1 else named if named in known else None
            if own is None and named and len(names.get(named, ())) == 1:
                own = names[named][0]
            if own is None or (not own and len(rows) > 1):
                self._orphan(number, named, row, len(rows))
                continue
            self.by_centre.setdefault(own, []).append((number, row))
        return rows

    def _orphan(self, number: int, named: str, row: Row, centres: int) -> None:
        header = self.opened[number][2]
        mark = row.mark(header.joins if header.joins is not None else header.first)
        if named:
            zh, en = (
                f"主表中没有编号为 {clip(named)} 的中心",
                f"no centre with the id {clip(named)} on the main sheet",
            )
        else:
            zh, en = (
                f"这一行属于哪个中心？请填中心编号（主表有 {centres} 个中心）",
                f"which centre is this row of? Give its id (there are {centres})",
            )
        self.faults.append(self.reader.fault("unknown-centre", zh, en, mark))

    def put(
        self, key: str, main: Row, data: dict[str, Any], places: dict[Parts, Place], faults: list[Diagnostic]
    ) -> None:
        """The entries of a centre's lists, into its data."""
        for sheet, _, header in self.opened:
            if sheet is not None:
                places.setdefault(sheet.parts, Place(header.row, {}, 0))
        rows = self.by_centre.get(key, ())
        for inner in (False, True):  # the entries that others stand in come first
            for number, row in rows:
                sheet, table, header = self.opened[number]
                if inner is not (sheet is not None and bool(sheet.within)):
                    continue
                if sheet is None:
                    self._point(table, header, row, data, places, faults)
                else:
                    self._entry(sheet, table, header, row, data, places, faults)

    def _entry(
        self,
        sheet: Sheet,
        table: Table,
        header: Header,
        row: Row,
        data: dict[str, Any],
        places: dict[Parts, Place],
        faults: list[Diagnostic],
    ) -> None:
        into, at_list = data, tuple[str | int, ...](sheet.parts)
        if sheet.within:
            outer = self._outer(sheet, header, row, data, faults)
            if outer is None:
                return
            into, number = outer
            at_list = (*sheet.within.split("."), number, *at_list[sheet.within.count(".") + 1 :])
        for part in sheet.parts[sheet.within.count(".") + 1 if sheet.within else 0 : -1]:
            into = into.setdefault(part, {})
        name = sheet.parts[-1]
        record: dict[str, Any] = {}
        if sheet.keyed:
            listed: Any = into.setdefault(name, {})
            key: str | int = _id_text(row, header.keys)
            if not key or (isinstance(listed, dict) and key in listed):
                mark = row.mark(header.keys if header.keys is not None else header.first)
                said = (
                    ("编号重复", "the number is given twice")
                    if key
                    else ("缺少编号", "the number is missing")
                )
                faults.append(self.reader.fault("key", *said, mark, at_list))
                return
        else:
            listed = into.setdefault(name, [])
            key = len(listed) if isinstance(listed, list) else 0
        if len(listed) >= MAX_ENTRIES:
            if len(listed) == MAX_ENTRIES and not any(fault.code == "too-large" for fault in faults):
                said = (f"超过 {MAX_ENTRIES} 项", f"more than {MAX_ENTRIES} entries")
                faults.append(self.reader.fault("too-large", *said, row.mark(header.first), at_list))
            return
        if not isinstance(listed, dict if sheet.keyed else list) or (not key and listed):
            faults.append(
                self.reader.fault(
                    "list",
                    "主表已写明没有，这里却有一行",
                    "the main sheet says that there are none",
                    row.mark(header.first),
                    at_list,
                )
            )
            return
        at: Parts = (*at_list, key)
        self.reader._record(header, row, table, record, at, faults)
        if sheet.keyed and not record:  # a form has the keys already: what is not filled in is not given
            if not listed:
                into.pop(name)
            return
        if isinstance(listed, dict):
            listed[key] = record
        else:
            listed.append(record)
        places[at] = Place(row, header.places, header.first)
        if key == 0:
            places[at_list] = Place(row, {}, header.first)

    def _outer(
        self, sheet: Sheet, header: Header, row: Row, data: dict[str, Any], faults: list[Diagnostic]
    ) -> tuple[dict[str, Any], int] | None:
        """The entry of another list that a row belongs to, by its name or its number; the only one where none
        is named."""
        outer = self.reader.names.layout.lists[sheet.within]
        entries: Any = data
        for part in outer.parts:
            entries = entries.get(part) if isinstance(entries, dict) else None
        listed = entries if isinstance(entries, list) else []
        named = _id_text(row, header.entries)
        names = [column.parts for column in outer.columns if column.kind == "text" and column.words is None]
        places = [
            number
            for number, entry in enumerate(listed)
            if named and any(str(_value_at(entry, parts)) == named for parts in names[:1])
        ]
        if not named and len(listed) == 1:
            places = [0]
        elif not places and named.isdecimal() and 0 < int(named[:9]) <= len(listed):
            places = [int(named[:9]) - 1]
        if len(places) == 1:
            return listed[places[0]], places[0]
        mark = row.mark(header.entries if header.entries is not None else header.first)
        shown, label = clip(named), outer.label
        said = (
            (f"{label.zh}中没有“{shown}”，或不止一个", f"{label.en} has no {shown!r}, or more than one")
            if named
            else (
                f"这一行属于{label.zh}的哪一项？请在“{ENTRY[0].zh}”列写名称或序号",
                f"which of {label.en} is this row of? Give its name or number in the column {ENTRY[0].en!r}",
            )
        )
        faults.append(self.reader.fault("unknown-entry", *said, mark, sheet.parts))
        return None

    def _point(
        self,
        table: Table,
        header: Header,
        row: Row,
        data: dict[str, Any],
        places: dict[Parts, Place],
        faults: list[Diagnostic],
    ) -> None:
        """A row of the sheet of series: what a field was from a day on."""
        reader = self.reader
        reader._nameless(header, row, faults)
        column = self._dated_column(header, row, faults)
        if column is None:
            return
        into = data
        for part in column.parts[:-1]:
            into = into.setdefault(part, {})
        listed = into.setdefault(column.parts[-1], [])
        if not isinstance(listed, list) or len(listed) >= MAX_ENTRIES:
            zh, en = (
                f"主表已填“{column.label.zh}”，不能再分时点填写",
                f"{column.label.en} is given on the main sheet already",
            )
            faults.append(reader.fault("series", zh, en, row.mark(header.first), column.parts))
            return
        at: Parts = (*column.parts, len(listed))
        cells = row.cells
        entry: dict[str, Any] = {"value": None}
        plain = column._replace(dated=False)
        for index, field, kind in ((header.day, "date", "date"), (header.value, "value", column.kind)):
            value = cells[index] if index is not None and index < len(cells) else None
            if field == "value" and index in row.copied and kind in _ADDED:
                faults.append(reader.merged(row, index or 0, (*at, field)))
                continue
            try:
                entry[field] = read_cell(
                    value,
                    plain._replace(kind=kind, words=None if kind == "date" else column.words),
                    "",
                    table.since_1904,
                )
            except NotClear as error:
                code, zh, en = error.args
                faults.append(reader.fault(code, zh, en, row.mark(index or 0), (*at, field)))
        listed.append(entry)
        columns: dict[Parts, int] = {("date",): header.day or 0, ("value",): header.value or 0}
        places[at] = Place(row, columns, header.first)
        places.setdefault(column.parts, Place(row, {}, header.value or 0))

    def _dated_column(self, header: Header, row: Row, faults: list[Diagnostic]) -> Column | None:
        """The field that a row of the sheet of series names; None with a fault where it names none."""
        reader, cells = self.reader, row.cells
        name = (
            str(cells[header.field]).strip() if header.field is not None and header.field < len(cells) else ""
        )
        try:
            column = reader.names.column(reader.names.layout.main, name)
        except Unclear as unclear:
            which = unclear.candidates
            zh = "“{}”可以指 {}".format(clip(name), "、".join(t.zh for t in which))
            en = f"{clip(name)!r} may be {', '.join(t.en for t in which)}"
        else:
            if column is not None and column.dated:
                return column
            zh = f"“{clip(name)}”不是可以分时点填写的字段"
            en = f"{clip(name)!r} is not a field that can be given through time"
        faults.append(reader.fault("header", zh, en, row.mark(header.field or 0)))
        return None


def _value_at(record: Any, parts: Parts) -> Any:
    for part in parts:
        record = record.get(part) if isinstance(record, dict) else None
    return record


def _id_text(row: Row, column: int | None) -> str:
    """An id or a name in a cell, as text."""
    if column is None or column >= len(row.cells):
        return ""
    value = row.cells[column]
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value).strip()


def _holds(row: Row, written: Collection[int] = ()) -> bool:
    """Whether a row has anything of its own; what a check wrote (in the columns `written`) is not."""
    if not row.copied and not written:
        return any(_filled(cell) for cell in row.cells)
    return any(
        _filled(cell)
        for index, cell in enumerate(row.cells)
        if index not in row.copied and index not in written
    )


def _is_status(cell: Any) -> bool:
    return isinstance(cell, str) and is_one_of(cell, STATUS)


def _filled(cell: Any) -> bool:
    return cell is not None and cell != "" and (not isinstance(cell, str) or not cell.isspace())


def _at(mark: Mark) -> tuple[int, int, str, str]:
    return mark.line, mark.column, "", mark.cell


__all__ = ["Place", "Reader", "Row", "Table", "TableSource"]
