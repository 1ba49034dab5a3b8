"""CSV and tab-separated text: one row a centre; lists in files beside it (centres.csv, centres.contributions.csv)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from tic_rules.core.errors import DataError, Diagnostic, Text
from tic_rules.core.files import read_named
from tic_rules.core.limits import MAX_BYTES, file_too_large
from tic_rules.core.source import Mark, Source
from tic_rules.inputs.layout import SERIES, Names, Sheet, Unclear, is_one_of
from tic_rules.inputs.tables import Reader, Table

MAX_ROWS = 20_000
SUFFIXES = (".csv", ".tsv")


class TextRow:
    """A row of a CSV file; where a cell stands in the text is found out when it is asked for."""

    __slots__ = ("cells", "delimiter", "line", "raw")
    copied: Collection[int] = ()
    across: Collection[int] = ()

    def __init__(self, cells: Sequence[str], line: int, raw: str, delimiter: str) -> None:
        self.cells, self.line, self.raw, self.delimiter = cells, line, raw, delimiter

    def mark(self, column: int) -> Mark:
        start, end = _extent(self.raw, self.delimiter, column)
        return Mark(*_place(self.raw, start, self.line), *_place(self.raw, end, self.line))


def _place(raw: str, at: int, line: int) -> tuple[int, int]:
    before = raw[:at].replace("\r\n", "\n").replace("\r", "\n")
    return line + before.count("\n"), len(before) - (before.rfind("\n") + 1) + 1


def _extent(raw: str, delimiter: str, column: int) -> tuple[int, int]:
    """Where the cell of a column begins and ends in the text of its row."""
    start, quoted, at = 0, False, 0
    for at, char in enumerate(raw):
        if char == '"':
            quoted = not quoted
        elif not quoted and (char == delimiter or char in "\r\n"):
            if column == 0 or char != delimiter:
                return start, at
            column, start = column - 1, at + 1
    return start, len(raw) if raw else at


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
    text_ = Text(
        "不是文本文件；CSV 可用 UTF-8、GB18030 或 UTF-16 编码",
        "not a text file; a CSV file is in UTF-8, GB18030 or UTF-16",
    )
    raise DataError([Diagnostic("encoding", text_, file, 1, 1)])


def table_of(text: str, file: str, name: str = "") -> Table:
    """The rows of a text. They are read as they are asked for; a fault in them is raised as DataError."""
    separator = re.match(r"sep=(.)\r?\n", text)
    skipped = separator.end() if separator else 0
    delimiter = separator.group(1) if separator else _delimiter(text)
    return Table(name, _rows(text[skipped:], file, delimiter, 2 if separator else 1))


def _delimiter(text: str) -> str:
    """The one of comma, tab and semicolon that parts the first filled line."""
    match = re.search(r"\S[^\r\n]*", text)
    head = re.sub(r'"[^"]*"', "", match.group()[:10_000]) if match else ""
    return max(",\t;", key=head.count)


def _rows(text: str, file: str, delimiter: str, first: int) -> Iterator[TextRow]:
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    line, count = first, 0
    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    while True:
        taken.clear()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            said = Text(f"CSV 语法错误：{error}", f"CSV syntax error: {error}")
            raise DataError([Diagnostic("csv", said, file, line, 1)]) from None
        if cells is None:
            return
        count += 1
        if count > MAX_ROWS:
            said = Text(f"超过 {MAX_ROWS} 行；请分成几个文件", f"more than {MAX_ROWS} rows; split the file")
            raise DataError([Diagnostic("too-large", said, file, line, 1)])
        yield TextRow(cells, line, "".join(taken), delimiter)
        line += len(taken)


def csv_sources(raw: bytes, file: str, reader: Reader) -> Iterator[Source]:
    """The centres of a CSV file, with the lists in the files beside it. Raises DataError."""
    main = table_of(decode_table(raw, file), file)
    lists = []
    for sheet, path in list_files(Path(file), reader.names):
        lists.append((sheet, _beside(path)))
    yield from reader.sources(main, lists)


def _beside(path: Path) -> Table:
    table = table_of(decode_table(read_named(str(path), DataError), str(path)), str(path))
    return Table(path.name, [_InFile(row, path.name) for row in table.rows])


class _InFile:
    """A row of a file beside the one that was named: its places say which."""

    __slots__ = ("cells", "name", "row")
    copied: Collection[int] = ()
    across: Collection[int] = ()

    def __init__(self, row: Any, name: str) -> None:
        self.cells, self.row, self.name = row.cells, row, name

    def mark(self, column: int) -> Mark:
        mark: Mark = self.row.mark(column)
        return mark._replace(cell=f"{self.name}:{mark.line}:{mark.column}")


def list_files(path: Path, names: Names) -> Iterator[tuple[Sheet | None, Path]]:
    """The files beside `centres.csv` that hold its lists: `centres.contributions.csv`, `centres_资金投入.csv`."""
    if not path.parent.is_dir():
        return
    for other in sorted(path.parent.iterdir()):
        if (
            other.suffix.lower() in SUFFIXES
            and other.name != path.name
            and other.stem.startswith(path.stem)
            and other.is_file()
        ):
            own = re.match(r"[._-](.+)", other.stem[len(path.stem) :])
            if own is None:
                continue
            if is_one_of(own.group(1), (SERIES,)):
                yield None, other
                continue
            try:
                sheet = names.sheet(own.group(1))
            except Unclear:
                continue
            if sheet is not None:
                yield sheet, other


def is_list_file(path: Path, names: Names) -> bool:
    """Whether a CSV file holds a list of another one beside it, and is read with that."""
    return any(
        other.is_file()
        and other != path
        and path.stem.startswith(other.stem)
        and any(found == path for _, found in list_files(other, names))
        for other in path.parent.iterdir()
        if other.suffix.lower() in SUFFIXES
    )
