"""CSV and tab-separated text: a row a centre; lists in files beside it (centres.contributions.csv)."""

from __future__ import annotations

import csv
import io
import os
import re
from array import array
from collections.abc import Callable, Collection, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path

from tic_rules.core.errors import DataError, Diagnostic, Text, clip
from tic_rules.core.files import file_name, read_named
from tic_rules.core.limits import MAX_BYTES, file_too_large
from tic_rules.core.source import Mark, Source, fault_at
from tic_rules.inputs.headers import SEARCHED
from tic_rules.inputs.layout import SERIES, Names, Sheet, Unclear, is_no_data, is_one_of
from tic_rules.inputs.rows import Row, filled
from tic_rules.inputs.tables import Table, TableReader
from tic_rules.inputs.vertical import is_vertical

MAX_ROWS = 20_000
MAX_COLUMNS = 20_000
"""Delimiters of a line: more than the header may have, for text in quotes has them too."""
MAX_CELLS = 2_000_000
SUFFIXES = (".csv", ".tsv")
_TOP = Mark(1, 1)


_QUOTED = re.compile('(?:"[^"]*+")++')


def _marks(raw: str, delimiter: str, line: int) -> Callable[[int], Mark]:
    """Gives the place of each cell of a row in its text; they are looked for once one of them is wanted."""
    places = array("I")

    def mark(column: int) -> Mark:
        if not places:
            _find_places(raw, delimiter, line, places)
        at = 4 * min(column, len(places) // 4 - 1)
        row, first, end_row, end = places[at : at + 4]
        return Mark(row, first, end_row, end)

    return mark


def _find_places(raw: str, delimiter: str, line: int, places: array[int]) -> None:
    """Line and column of the beginning and of the end of each cell of a row."""
    ends = re.compile(f"{re.escape(delimiter)}|\r\n?|\n")
    start = begun = 0
    while True:
        places.extend((line, start - begun + 1))
        after = start
        if quoted := _QUOTED.match(raw, start):
            text, after = quoted.group(), quoted.end()
            breaks = text.count("\n") + text.count("\r") - text.count("\r\n")
            if breaks:
                line, begun = line + breaks, start + max(text.rfind("\n"), text.rfind("\r")) + 1
        end = ends.search(raw, after)
        places.extend((line, (end.start() if end else len(raw)) - begun + 1))
        if end is None or end.group() != delimiter:
            return
        start = end.end()


def decode_table(raw: bytes, file: str) -> str:
    """Text in UTF-8, UTF-16 (with its mark) or GB18030. Raises DataError."""
    if len(raw) > MAX_BYTES:
        raise DataError([file_too_large(file)])
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    zh = "不是文本文件；CSV 可用 UTF-8、GB18030 或带 BOM 的 UTF-16 编码"
    en = "not a text file; a CSV file is in UTF-8, GB18030 or UTF-16 with its mark (BOM)"
    raise DataError([fault_at(_TOP, "encoding", zh, en, file)])


def table_of(text: str, file: str) -> Table:
    """The rows of a text. They are read as they are asked for; a fault in them is raised as DataError."""
    separator = re.match(r"sep=(.)\r?\n", text)
    skipped = separator.end() if separator else 0
    delimiter = separator.group(1) if separator else _delimiter(text)
    return Table("", _rows(text[skipped:], file, delimiter, 2 if separator else 1))


def _delimiter(text: str) -> str:
    """The one of comma, tab and semicolon that parts the first filled line."""
    match = re.search(r"\S[^\r\n]*", text)
    head = re.sub(r'"[^"]*"', "", match.group()[:10_000]) if match else ""
    return max(",\t;", key=head.count)


def _rows(text: str, file: str, delimiter: str, first: int) -> Iterator[Row]:
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for written in io.StringIO(text, newline=""):
            if len(written) > MAX_COLUMNS and written.count(delimiter) > MAX_COLUMNS:
                raise too_much(line)
            taken.append(written)
            yield written

    def too_much(at: int) -> DataError:
        said = Text(
            f"超过 {MAX_ROWS} 行、{MAX_COLUMNS} 列或 {MAX_CELLS} 个单元格；请分成几个文件",
            f"more than {MAX_ROWS} rows, {MAX_COLUMNS} columns or {MAX_CELLS} cells; split the file",
        )
        return DataError([Diagnostic("too-large", said, file, at, 1)])

    line, count, size = first, 0, 0
    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    while True:
        taken.clear()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise DataError([Diagnostic(*_fault_of(str(error)), file, line, 1)]) from None
        if cells is None:
            return
        count, size = count + 1, size + len(cells)
        if count > MAX_ROWS or size > MAX_CELLS:
            raise too_much(line)
        yield Row(cells, _marks("".join(taken), delimiter, line))
        line += len(taken)


def _fault_of(said: str) -> tuple[str, Text]:
    """What the csv module says of a text, in words for people."""
    if "field limit" in said:
        most = csv.field_size_limit()
        return "too-large", Text(f"单元格超过 {most} 个字符", f"a cell is longer than {most} characters")
    zh, en = (
        ("引号没有闭合", "a quotation mark is not closed")
        if "end of data" in said
        else ("引号之后还有文字", "text follows a closing quotation mark")
    )
    return "csv", Text(f"CSV 语法错误：{zh}", f"CSV syntax error: {en}")


def csv_sources(raw: bytes, path: Path, reader: TableReader) -> Iterator[Source]:
    """The centres of a CSV file, with the lists in the files beside it. Raises DataError."""
    main = table_of(decode_table(raw, reader.file), reader.file)
    top = list(islice(main.rows, SEARCHED))
    if is_vertical(Table("", top)):
        zh = "CSV 没有竖式（项目｜填写）：请一行一个中心，表头写字段名称，或用 Excel"
        en = "CSV has no form of one item a row: write one row a centre below a header, or use Excel"
        raise DataError([reader.fault("header", zh, en, _TOP)])
    main = main._replace(rows=chain(top, main.rows))
    lists = []
    seen: dict[str, str] = {}
    for sheet, beside in list_files(path, reader.names):
        other = seen.setdefault(sheet.path, beside.name)
        if other != beside.name:
            zh = f"与 {clip(other)} 是同一清单，会重复计算；请只留一个"
            en = f"{clip(other)} holds the same list"
            raise DataError([fault_at(_TOP, "sheet", zh, en, file_name(str(beside)))])
        lists.append((sheet, _beside(beside)))
    yield from reader.sources(main, lists)


def _beside(path: Path) -> Table:
    file, name = file_name(str(path)), file_name(path.name)
    table = table_of(decode_table(read_named(str(path), DataError), file), file)
    rows = [Row(row.cells, partial(_mark_in, name, row)) for row in table.rows]
    if not any(filled(cell) for row in rows for cell in row.cells):
        raise DataError([fault_at(_TOP, "empty", "表是空的", "the table is empty", file)])
    return Table(name, rows)


def _mark_in(name: str, row: Row, column: int) -> Mark:
    """The place of a cell of a file beside the one that was named: it says which."""
    mark = row.mark(column)
    return mark._replace(cell=f"{name}:{mark.line}:{mark.column}")


def list_files(path: Path, names: Names) -> Iterator[tuple[Sheet, Path]]:
    """The files beside `centres.csv` with its lists: `centres.contributions.csv`, `centres_资金投入.csv`."""
    if not path.parent.is_dir():
        return
    stem = path.stem
    for name in sorted(name for name in os.listdir(path.parent) if name.startswith(stem)):
        sheet = _list_of(name, stem, names)
        if sheet is not None and (path.parent / name).is_file():
            yield sheet, path.parent / name


def _list_of(name: str, stem: str, names: Names) -> Sheet | None:
    """What a file holds by its name, beside the file of that stem; None where it is no list of it."""
    base, suffix = os.path.splitext(name)
    part = base[len(stem) :]
    if (
        suffix.lower() not in SUFFIXES
        or not base.startswith(stem)
        or part[:1] not in tuple("._-")
        or len(part) < 2
        or is_no_data(part[1:])
    ):
        return None
    try:
        return SERIES if is_one_of(part[1:], (SERIES.label,)) else names.sheet(part[1:])
    except Unclear:
        return None


def is_list_file(path: Path, names: Names, stems: Collection[str]) -> bool:
    """Whether a CSV file holds a list of another one beside it. `stems`: of the tables in its folder."""
    ends = (at for at, char in enumerate(path.stem) if char in "._-" and at)
    return any(
        path.stem[:at] in stems and _list_of(path.name, path.stem[:at], names) is not None for at in ends
    )
