"""The rows of the lists of a file, given to their centres: by the centre's id, and by the entry of another
list that they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tic_rules.core.errors import Diagnostic, Text, clip
from tic_rules.core.limits import MAX_ENTRIES
from tic_rules.core.numbers import NotANumber, parse_number
from tic_rules.core.scalars import Json
from tic_rules.inputs.headers import Header, needed
from tic_rules.inputs.layout import ENTRY, SERIES, Column, Sheet, Unclear
from tic_rules.inputs.nothing_said import says_none, says_unknown
from tic_rules.inputs.rows import (
    Parts,
    RecordPlace,
    Row,
    Table,
    at_text,
    filled_in,
    id_text,
    value_at,
)

if TYPE_CHECKING:
    from tic_rules.inputs.tables import TableReader


class Filling(NamedTuple):
    """A centre that rows are put into: its data, the row of each place in it, the faults."""

    data: Json
    places: dict[Parts, RecordPlace]
    faults: list[Diagnostic]


class Joined:
    """The rows of the lists, by the row of their centre."""

    def __init__(
        self, reader: TableReader, tables: Sequence[tuple[Sheet, Table]], faults: list[Diagnostic]
    ) -> None:
        self.reader, self.faults = reader, faults
        self.opened: list[tuple[Sheet, Header]] = []
        self.rows: list[tuple[int, str, Row]] = []
        self.by_centre: dict[Row, list[tuple[int, Row]]] = {}
        self.given: dict[Parts, object] = {}
        """What is given of a centre's lists beside their rows, as these are met."""
        self.told: set[Parts] = set()
        self.twice: frozenset[str] = frozenset()
        for sheet, table in tables:
            header, filled = reader._open(sheet, table, faults)
            self.opened.append((sheet, header))
            number = len(self.opened) - 1
            if needed(sheet).keys() - header.roles:
                continue  # a column is missing: that is what is wrong
            self.rows.extend((number, id_text(row, header.roles.get("joins")), row) for row in filled)

    @property
    def any(self) -> bool:
        return bool(self.opened)

    def claim(self, header: Header, rows: list[Row]) -> list[Row]:
        """Give each row of a list to its centre: the one with its id, or with its name; the only one where
        none is named."""
        if not rows:
            return rows  # the main sheet is not filled in: that is what is wrong
        by_id: dict[str, list[Row]] = {}
        by_name: dict[str, list[Row]] = {}
        for row in rows:
            by_id.setdefault(id_text(row, header.roles.get("id")), []).append(row)
            by_name.setdefault(id_text(row, header.roles.get("name")), []).append(row)
        self.twice = frozenset(key for key, same in by_id.items() if key and len(same) > 1)
        every = [row for row in rows if self.reader.total(header, row, ()) is None] or rows
        for number, named, row in self.rows:
            centres = by_id.get(named) or by_name.get(named, []) if named else every
            if len(centres) == 1 or named in self.twice:
                for centre in centres:
                    self.by_centre.setdefault(centre, []).append((number, row))
            else:
                self._orphan(number, named, row, len(centres))
        return rows

    def _orphan(self, number: int, named: str, row: Row, centres: int) -> None:
        """The fault of a row that none of the centres, or each of several, may be meant by."""
        sheet, header = self.opened[number]
        total = self.reader.total(header, row, sheet.parts)
        if total is not None:
            self.faults.append(total)
            return
        mark = row.mark(header.at("joins"))
        shown = clip(named)
        if named and centres:
            zh, en = (
                f"主表中名称为 {shown} 的中心有 {centres} 个；请填写它们的编号，并在这里写编号",
                f"{centres} centres on the main sheet are named {shown}; give them ids, and the id here",
            )
        elif named:
            zh, en = (
                f"主表中没有编号或名称为 {shown} 的中心",
                f"no centre with the id or the name {shown} on the main sheet",
            )
        else:
            zh, en = (
                f"这一行属于哪个中心？请填中心编号（主表有 {centres} 个中心）",
                f"which centre is this row of? Give its id (there are {centres})",
            )
        self.faults.append(self.reader.fault("unknown-centre", zh, en, mark))

    def put(self, row_of_centre: Row, centre: Filling) -> None:
        """The entries of a centre's lists, into its data."""
        self.given, self.told = {}, set()
        for sheet, header in self.opened:
            centre.places.setdefault(sheet.parts, RecordPlace(header.row, {}, 0))
        rows = self.by_centre.get(row_of_centre, ())
        for inner in (False, True):  # the entries that others stand in come first
            for number, row in rows:
                sheet, header = self.opened[number]
                if inner is not bool(sheet.within):
                    continue
                if sheet is SERIES:
                    self._point(header, row, centre)
                else:
                    self._entry(sheet, header, row, centre)
        self._sums(centre)

    def _sums(self, centre: Filling) -> None:
        """The fault of a last row that has nothing but the sum of those above it."""
        for sheet, header in self.opened:
            entries = value_at(centre.data, sheet.parts)
            if not isinstance(entries, list) or len(entries) < 3:
                continue
            at: Parts = (*sheet.parts, len(entries) - 1)
            place = centre.places.get(at)
            if place is None or len(filled_in(place.row, header.row) - {header.roles.get("joins")}) > 1:
                continue  # of the main table, or with a number or a note beside it
            name = next(iter(entries[-1]))
            amounts = [column.parts for column in sheet.columns if column.kind == "money"]
            if (name,) in amounts and _ends_in_sum(entry.get(name, 0) for entry in entries):
                zh = "这一行只有上面各行之和，会重复计算；请删去（确是一项的，请再填一列）"
                en = (
                    "this row has only the sum of those above, which would count twice; delete it (or, where "
                    "it is an entry, fill in another column)"
                )
                mark = place.row.mark(place.columns[name,])
                centre.faults.append(self.reader.fault("total", zh, en, mark, at))

    def _entry(self, sheet: Sheet, header: Header, row: Row, centre: Filling) -> None:
        data, places, faults = centre
        into, at_list = data, tuple[str | int, ...](sheet.parts)
        if (total := self.reader.total(header, row, at_list)) is not None:
            faults.append(total)
            return
        if sheet.within:
            outer = self._outer(sheet, header, row, data, faults)
            if outer is None:
                return
            into, number = outer
            at_list = (*sheet.within.split("."), number, *at_list[sheet.within.count(".") + 1 :])
        for part in sheet.parts[sheet.within.count(".") + 1 if sheet.within else 0 : -1]:
            into = into.setdefault(part, {})
        if self._is_given(sheet, header, row, into, at_list, centre):
            return
        entry_of = self._list_of(sheet, header, row, into, at_list, faults)
        if entry_of is None:
            return
        listed, key = entry_of
        record: Json = {}
        at: Parts = (*at_list, key)
        if not sheet.keyed and self._says_none(sheet, header, row, at, faults):
            return
        self.reader._record(header, row, record, at, faults)
        if not record:  # what it says is a fault, and the list without it not empty
            if not listed:
                into.pop(sheet.parts[-1])
            return
        if isinstance(listed, dict):
            listed[key] = record
        else:
            listed.append(record)
        places[at] = RecordPlace(row, header.places, header.first)
        if key == 0:
            places[at_list] = RecordPlace(row, {}, header.first)

    def _is_given(
        self, sheet: Sheet, header: Header, row: Row, into: Json, at_list: Parts, centre: Filling
    ) -> bool:
        """Whether what a row is an entry of is given beside it, as none or as a whole: a fault."""
        given = self.given.setdefault(at_list, into.get(sheet.parts[-1]))
        if given is None:
            return False
        if at_list not in self.told:
            self.told.add(at_list)
            main = centre.places[()]
            at = Text("", "")
            if at_list in main.columns:
                place = at_text(main.row.mark(main.columns[at_list]))
                at = Text(place.zh, f" at {place.en}")
            said = (
                (f"{at.zh}已填写这一清单，这里又有一行", f"the list is given{at.en} already")
                if given
                else (f"{at.zh}已写明没有，这里却有一行", f"it says{at.en} that there are none")
            )
            centre.faults.append(self.reader.fault("list", *said, row.mark(header.first), at_list))
        return True

    def _says_none(self, sheet: Sheet, header: Header, row: Row, at: Parts, faults: list[Diagnostic]) -> bool:
        """Whether a row says 无 where the name of an entry stands, or nothing else: a fault, for who or what
        is called so is not said, and that there is none is said for the list."""
        first = sheet.columns[0]
        said = {column.parts: id_text(row, index) for index, column, _ in header.columns}
        texts = [text for text in said.values() if not says_unknown(text)]
        if first.kind == "text" and not says_unknown(said.get(first.parts, "")):
            texts = [said[first.parts]]
        if not texts or not all(map(says_none, texts)):
            return False
        shown = clip(texts[0])
        zh, en = (
            f"“{shown}”不是一项。确实没有，请删去这一行，在主表“{sheet.label.zh}”（竖式在“各清单有无”）"
            f"写 无；只是名称不清楚，请留空",
            f"{shown!r} is no entry. Where there is none, delete the row and write none under "
            f"{sheet.label.en} on the main sheet; where only the name is not known, leave it empty",
        )
        column = header.places.get(first.parts, header.first)
        faults.append(self.reader.fault("list", zh, en, row.mark(column), at))
        return True

    def _list_of(
        self, sheet: Sheet, header: Header, row: Row, into: Json, at_list: Parts, faults: list[Diagnostic]
    ) -> tuple[dict[str | int, Json] | list[Json], str | int] | None:
        """The list that a row is an entry of, and its key there; None where it cannot be one."""
        name = sheet.parts[-1]
        if sheet.keyed:
            listed = into.setdefault(name, {})
            key: str | int = id_text(row, header.roles["keys"])
            if not key or (isinstance(listed, dict) and key in listed):
                mark = row.mark(header.roles["keys"])
                said = (
                    ("编号重复", "the number is given twice")
                    if key
                    else ("缺少编号", "the number is missing")
                )
                faults.append(self.reader.fault("key", *said, mark, at_list))
                return None
        else:
            listed = into.setdefault(name, [])
            key = len(listed) if isinstance(listed, list) else 0
        if len(listed) >= MAX_ENTRIES:
            if len(listed) == MAX_ENTRIES and not any(fault.code == "too-large" for fault in faults):
                said = (f"超过 {MAX_ENTRIES} 项", f"more than {MAX_ENTRIES} entries")
                faults.append(self.reader.fault("too-large", *said, row.mark(header.first), at_list))
            return None
        return listed, key

    def _outer(
        self, sheet: Sheet, header: Header, row: Row, data: Json, faults: list[Diagnostic]
    ) -> tuple[Json, int] | None:
        """The entry of another list that a row belongs to, by its name (its year where it has none) or its
        number; the only one where none is named."""
        outer = self.reader.names.layout.lists[sheet.within]
        entries = value_at(data, outer.parts)
        listed = entries if isinstance(entries, list) else []
        named = id_text(row, header.roles.get("entries"))
        names = [column.parts for column in outer.columns if column.kind == "text" and column.words is None]
        years = [column.parts for column in outer.columns if column.kind == "year"]
        said = (named,) if names else (named, named.removesuffix("年"))
        places = [
            number
            for number, entry in enumerate(listed)
            if named and any(str(value_at(entry, parts)) in said for parts in (names or years)[:1])
        ]
        if not named and len(listed) == 1:
            places = [0]
        elif not places and named.isdecimal() and 0 < int(named[:9]) <= len(listed):
            places = [int(named[:9]) - 1]
        if len(places) == 1:
            return listed[places[0]], places[0]
        mark = row.mark(header.at("entries"))
        shown, label = clip(named), outer.label
        wrong = (
            (f"{label.zh}中没有“{shown}”，或不止一个", f"{label.en} has no {shown!r}, or more than one")
            if named
            else (
                f"这一行属于{label.zh}的哪一项？请在“{ENTRY[0].zh}”列写名称、年度或序号",
                f"which of {label.en} is this row of? Give name, year or number under {ENTRY[0].en!r}",
            )
        )
        faults.append(self.reader.fault("unknown-entry", *wrong, mark, sheet.parts))
        return None

    def _point(self, header: Header, row: Row, centre: Filling) -> None:
        """A row of the sheet of series: what a field was from a day on."""
        (data, places, faults), reader = centre, self.reader
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
        day, value = header.roles["day"], header.roles["value"]
        plain = replace(column, dated=False)
        when = reader.cell(row, day, replace(plain, kind="date"), "", (*at, "date"), faults)
        unit = header.money if column.kind == "money" else ""
        said = reader.cell(row, value, plain, unit, (*at, "value"), faults)
        listed.append({"value": said, "date": when})
        places[at] = RecordPlace(row, {("date",): day, ("value",): value}, header.first)
        places.setdefault(column.parts, RecordPlace(row, {}, value))

    def _dated_column(self, header: Header, row: Row, faults: list[Diagnostic]) -> Column | None:
        """The field that a row of the sheet of series names; None with a fault where it names none."""
        reader, cells, at = self.reader, row.cells, header.roles["field"]
        name = str(cells[at]).strip() if at < len(cells) else ""
        try:
            column = reader.names.column(reader.names.layout.main, name)
        except Unclear as unclear:
            which = Text.listed(unclear.candidates)
            zh, en = f"“{clip(name)}”可以指 {which.zh}", f"{clip(name)!r} may be {which.en}"
        else:
            if column is not None and column.dated:
                return column
            zh = f"“{clip(name)}”不是可以分时点填写的字段"
            en = f"{clip(name)!r} is not a field that can be given through time"
        faults.append(reader.fault("header", zh, en, row.mark(at)))
        return None


def _ends_in_sum(amounts: Iterable[object]) -> bool:
    """Whether the last of some amounts is the sum of those before it."""
    try:
        *above, last = (parse_number(amount, money=True) for amount in amounts)
    except NotANumber:
        return False
    return sum(above) == last
