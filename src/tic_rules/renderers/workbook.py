"""Centres as an Excel workbook: the one to fill in, and the one filled in, with a comment at each cell that
a finding is about.

Text is always written as text: nothing that a file says becomes a formula or a link."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from tic_rules.core.errors import Text
from tic_rules.core.extras import lacking
from tic_rules.inputs.layout import ENTRY, JOIN, NUMBER, Sheet, letters, sheet_title
from tic_rules.inputs.rows import value_at
from tic_rules.renderers import sinks
from tic_rules.renderers.headers import Form, text_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Parts = tuple[str | int, ...]

BLANK_ROWS = 200
"""Rows with drop-downs in a list to fill in."""

COLOURS = {
    "fail": "#F8CBAD",
    "unknown": "#FFE699",
    "needs_review": "#DDEBF7",
    "pending": "#E2EFDA",
    "exempted": "#EDEDED",
    "note": "#FFF2CC",
}
_WIDTHS = {"date": 20, "money": 16, "count": 18, "truth": 14, "year": 8}


class CellNote(NamedTuple):
    """What is said at a cell, and the worst of it, which colours the cell."""

    status: str
    text: str

    def after(self, before: CellNote | None) -> CellNote:
        """Both of two notes at one cell."""
        if before is None:
            return self
        return CellNote(
            min((before.status, self.status), key=[*COLOURS].index), f"{before.text}\n\n{self.text}"
        )


def _width(text: str) -> int:
    """How many characters wide a text is: Chinese ones count two, and so may quotation marks."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


class Writer:
    """An XlsxWriter workbook with our styles; a large one is written by rows, to spare memory."""

    def __init__(self, *, large: bool = False) -> None:
        try:
            import xlsxwriter
        except ImportError:
            raise lacking("excel", "写 Excel 需要安装", "writing Excel needs") from None
        self.buffer = io.BytesIO()
        plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        memory = "constant_memory" if large else "in_memory"
        self.book = xlsxwriter.Workbook(self.buffer, {**plain, "nan_inf_to_errors": True, memory: True})
        self.book.set_properties({"created": datetime(2026, 1, 1)})  # the same data gives the same bytes
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def style(self, **how: object) -> Format:
        key = tuple(sorted(how.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(
                {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", **how}
            )
        return self._formats[key]

    @property
    def head(self) -> Format:
        return self.style(bold=True, bg_color="#DCE6F1", border=1, text_wrap=True, valign="vcenter")

    def put(self, sheet: Worksheet, row: int, column: int, value: object, style: Format) -> None:
        """A number as a number, anything else as text; never a formula."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            sheet.write_number(row, column, value, style)
        else:
            sheet.write_string(row, column, sinks.excel(str(value)), style)

    def comment(self, sheet: Worksheet, row: int, column: int, text: str, *, wide: int, high: int) -> None:
        """A comment at a cell."""
        how = {"x_scale": wide, "y_scale": high, "font_size": 9}
        sheet.write_comment(row, column, sinks.excel(text)[:8000], how)

    def height(self, sheet: Worksheet, row: int, cells: Sequence[tuple[object, float]]) -> None:
        """Make a row as high as its wrapped texts, given with their widths: not every program does."""
        texts = [(str(value).split("\n"), int(width)) for value, width in cells if value]
        lines = [sum(max(1, -(-_width(line) // width)) for line in text) for text, width in texts]
        sheet.set_row(row, min(max(lines, default=1), 20) * 14 + 2)

    def bytes(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()


def on_paper(page: Worksheet, *, heads: int = 0, fit: bool = True) -> None:
    """How a sheet is printed: on A4 across, its head (the row of that number) on every page."""
    page.set_landscape()
    page.set_paper(9)
    if fit:
        page.fit_to_pages(1, 0)
    page.repeat_rows(heads)


def write_form(
    writer: Writer,
    form: Form,
    subjects: Sequence[Mapping[str, object]],
    notes: Sequence[Mapping[Parts, CellNote]] = (),
) -> None:
    """The main sheet and those of the lists, with subjects (plain data) or blank; `notes` at cells."""
    options = DropDowns(writer)
    main = Page(writer, form, form.main, (), options)
    pages = [(sheet, Page(writer, form, sheet, lead_of(sheet), options)) for sheet in form.lists]
    for index, subject in enumerate(subjects):
        said = dict(notes[index]) if index < len(notes) else {}
        listed: dict[Parts, tuple[Page, int]] = {}
        for sheet, page in pages:
            for place, lead, record in rows_of(subject, sheet):
                listed[place] = page, page.record(record, [subject.get("id"), *lead])
        row = main.record(subject, [])
        for parts, note in said.items():
            _say(parts, note, main, row, listed)
    for page in (main, *(page for _, page in pages)):
        page.end(blank=not subjects)
    options.end()


def lead_of(sheet: Sheet) -> tuple[Text, ...]:
    """The columns before those of the fields: whose a row is, which entry it stands in, its key."""
    return (JOIN[0], *((ENTRY[0],) if sheet.within else ()), *((NUMBER[0],) if sheet.keyed else ()))


def rows_of(
    subject: Mapping[str, object], sheet: Sheet
) -> Iterator[tuple[Parts, list[object], Mapping[str, object]]]:
    """The entries of a list with their places, and what the columns before the fields say of them."""
    if not sheet.within:
        for key, record in _entries(subject, sheet.parts):
            yield (*sheet.parts, key), [key] if sheet.keyed else [], record
        return
    outer = tuple(sheet.within.split("."))
    inner = sheet.parts[len(outer) :]
    for number, entry in _entries(subject, outer):
        for key, record in _entries(entry, inner):
            yield (*outer, number, *inner, key), [number + 1, *([key] if sheet.keyed else [])], record


def _say(
    parts: Parts, note: CellNote, main: Page, row: int, listed: Mapping[Parts, tuple[Page, int]]
) -> None:
    """A note at its own cell; for what has none, at the row that it belongs to."""
    for size in range(len(parts), 0, -1):
        if parts[:size] in listed:
            page, at = listed[parts[:size]]
            page.note(at, parts[size:], note)
            return
    main.note(row, parts, note)


def _entries(subject: Mapping[str, object], parts: Parts) -> list[tuple[Any, Mapping[str, object]]]:
    value = value_at(subject, parts)
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, (list, tuple)) else []


class Page:
    """One sheet as it is written."""

    def __init__(
        self,
        writer: Writer,
        form: Form,
        sheet: Sheet,
        lead: Sequence[Text],
        options: DropDowns,
        last: Text | None = None,
    ) -> None:
        """`lead` are columns before those of the sheet; `last` one behind them, for others to write to."""
        self.writer, self.form, self.sheet, self.lead, self.options = writer, form, sheet, lead, options
        self.page = writer.book.add_worksheet(sheet_title(sheet, form.lang))
        self.rows: list[tuple[list[object], dict[int, CellNote]]] = []
        self.columns: dict[Parts, int] = {
            column.parts: len(lead) + index for index, column in enumerate(sheet.columns)
        }
        for index, text in enumerate(lead):
            writer.put(self.page, 0, index, form.says(text), writer.head)
            if text is ENTRY[0]:
                writer.comment(self.page, 0, index, form.says(text_of("entry")), wide=3, high=2)
        for column in sheet.columns:
            at = self.columns[column.parts]
            writer.put(self.page, 0, at, form.says(column.label), writer.head)
            writer.comment(self.page, 0, at, form.comment(column), wide=3, high=2)
        if last is not None:
            writer.put(self.page, 0, len(lead) + len(sheet.columns), form.says(last), writer.head)
            self.page.set_column(len(lead) + len(sheet.columns), len(lead) + len(sheet.columns), 40)
        self.widths = [16] * len(lead) + [_WIDTHS.get(column.kind, 24) for column in sheet.columns]
        heads = [*lead, *(column.label for column in sheet.columns)]
        writer.height(self.page, 0, list(zip(map(form.says, heads), self.widths, strict=True)))
        # the main sheet has a hundred columns, which one page would make too small to read
        on_paper(self.page, fit=bool(sheet.path))
        self.page.freeze_panes(1, min(2, len(lead) + len(sheet.columns)))

    def record(self, data: Mapping[str, object], lead: Sequence[object]) -> int:
        cells = list(lead)
        for column in self.sheet.columns:
            value = value_at(data, column.parts)
            in_its_sheet = column.kind == "list" and value
            cells.append(None if value is None or in_its_sheet else self.form.cell(value, column))
        self.rows.append((cells, {}))
        return len(self.rows) - 1

    def note(self, row: int, parts: Parts, note: CellNote) -> None:
        longest_first = (parts[:size] for size in range(len(parts), 0, -1))
        below = (some for some in self.columns if some[: len(parts)] == parts)
        at = next((self.columns[some] for some in (*longest_first, *below) if some in self.columns), 0)
        notes = self.rows[row][1]
        notes[at] = note.after(notes.get(at))

    def end(self, *, blank: bool) -> None:
        text = {"num_format": "@", "text_wrap": True}
        for number, (cells, notes) in enumerate(self.rows, 1):
            for at, value in enumerate(cells):
                colour = {"bg_color": COLOURS[notes[at].status]} if at in notes else {}
                style = self.writer.style(**(text if isinstance(value, str) else {}), **colour)
                self.writer.put(self.page, number, at, value, style)
                if at in notes:
                    self.writer.comment(self.page, number, at, notes[at].text, wide=4, high=3)
            self.writer.height(self.page, number, list(zip(cells, self.widths, strict=True)))
        last = max(len(self.rows), BLANK_ROWS if self.sheet.path else 50 if blank else 1)
        for index in range(len(self.lead)):
            self.page.set_column(index, index, 16, self.writer.style(**text))
        for column in self.sheet.columns:
            at = self.columns[column.parts]
            as_text = column.kind in ("date", "text", "words", "years") or column.dated
            style = self.writer.style(**(text if as_text else {}))
            self.page.set_column(at, at, self.widths[at], style)
            self.options.offer(self.page, (1, at, last, at), *self.form.choices(column))


class DropDowns:
    """The words of the drop-downs, on a hidden sheet of their own."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.lists: list[tuple[str, ...]] = []

    def offer(
        self, page: Worksheet, cells: tuple[int, int, int, int], words: Sequence[str], more: bool
    ) -> None:
        """A list of words for cells (first row, column, last row, column); `more`: others may be typed."""
        if not words:
            return
        key = tuple(words)
        if key not in self.lists:
            self.lists.append(key)
        at = letters(self.lists.index(key) + 1)
        rule = {"validate": "list", "source": f"=_options!${at}$1:${at}${len(key)}", "ignore_blank": True}
        if more:  # several words, or values through time: the list is a help, not a limit
            rule["show_error"] = False
        page.data_validation(*cells, rule)

    def end(self) -> None:
        page = self.writer.book.add_worksheet("_options")
        page.hide()
        for row, words in enumerate(zip_longest(*self.lists)):  # a large workbook is written by rows
            for column, word in enumerate(words):
                if word is not None:
                    page.write_string(row, column, sinks.excel(word))
