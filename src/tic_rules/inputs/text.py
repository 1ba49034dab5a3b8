"""YAML, JSON and JSON Lines to data."""

from __future__ import annotations

import io
from collections.abc import Iterator

from tic_rules.core.errors import DataError, fault
from tic_rules.core.source import Source, bad_text_as, decode, read_text

MAX_LINES = 20_000


def bytes_to_text(raw: bytes, file: str) -> str:
    """UTF-8 text. Raises DataError."""
    with bad_text_as(DataError):
        return decode(raw, file)


def source_of_text(text: str, file: str, json_text: bool = False, line: int = 1) -> Source:
    """YAML text, or JSON text (on a line of its file) where it is said or the file's name says so, with its
    places. Raises DataError."""
    with bad_text_as(DataError):
        return read_text(text, file, json_text=json_text, line=line)


def sources_of_lines(text: str, file: str) -> Iterator[Source | DataError]:
    """JSON Lines: the data of each line; one that cannot be read gives its errors, and the next is read."""
    count = 0
    for number, line in enumerate(io.StringIO(text), 1):
        if line.isspace():
            continue
        count += 1
        if count > MAX_LINES:
            zh, en = f"超过 {MAX_LINES} 行；请分成几个文件", f"more than {MAX_LINES} lines; split the file"
            raise fault(DataError, "too-large", zh, en, file=file)
        try:
            yield source_of_text(line.rstrip("\n"), file, True, number)
        except DataError as error:
            yield error
    if not count:
        raise fault(DataError, "empty", "文件是空的", "the file is empty", file=file)
