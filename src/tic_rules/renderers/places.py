"""Where a finding points to, for other programs: relative paths with slashes, lines that exist."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath
from typing import NamedTuple
from urllib.parse import quote

from tic_rules.core.files import file_name
from tic_rules.results.report import Finding, Part

_IN_A_LIST = re.compile(r"(?P<name>.+):(?P<line>\d+):(?P<column>\d+)\Z")
"""The cell of a datum of a CSV list: its file, line and column."""


class FilePlace(NamedTuple):
    """A place in a file: line and column from 1, None where there is no text; `cell` of a workbook."""

    file: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    cell: str | None = None

    def __str__(self) -> str:
        parts = (self.file, self.cell) if self.cell else (self.file, self.line, self.column)
        return ":".join(str(part) for part in parts if part)


def placed(
    file: str,
    line: int | None = None,
    column: int | None = None,
    end_line: int | None = None,
    end_column: int | None = None,
    cell: str | None = None,
) -> FilePlace:
    """A place as a report or a fault has it; one in a list beside a CSV file is a line of that list."""
    listed = _IN_A_LIST.match(cell or "")
    if listed is None:
        return FilePlace(file, line, column, end_line, end_column, cell)
    beside = os.path.join(os.path.dirname(file), listed["name"])
    return FilePlace(beside, int(listed["line"]), int(listed["column"]))


def place_of(finding: Finding, file: str | None) -> FilePlace | None:
    """Where to look to mend a finding; None for data that came from no file."""
    at: Part = finding.place or Part()
    if not at.get("line"):
        at = next((read for read in finding.data or () if read.get("line")), at)
    named = at.get("file") or file
    if not named:
        return None
    return placed(named, *(at.get(key) for key in ("line", "column", "end_line", "end_column", "cell")))


def relative(file: str, base: str | None = None) -> str | None:
    """A file's path from a folder on, with forward slashes; None where it does not lie below."""
    folder = Path(base) if base else Path.cwd()
    try:
        path = PurePath(os.path.relpath(os.path.abspath(file), folder))
    except ValueError:  # another drive
        return None
    return None if ".." in path.parts or path.is_absolute() else path.as_posix()


def uri(file: str) -> tuple[str, bool]:
    """A file as a URI, and whether it is relative to the folder that the command runs in."""
    if file.startswith("<"):
        return quote(file.strip("<>").split(">")[0]), True
    inside = relative(file)
    return (quote(inside), True) if inside is not None else (_address(os.path.abspath(file)), False)


def _address(path: str) -> str:
    """A file by its full path as a URI; pathlib's own depends on the encoding of the system's names."""
    posix = PurePath(file_name(path)).as_posix()
    return "file://" + quote(posix if posix.startswith("/") else f"/{posix}", safe="/:")
