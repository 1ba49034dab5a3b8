"""Files and Python values to data: the one place that opens centre files. One file a format; a format's file is imported when it is met."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tic_rules.core.errors import DataError, Diagnostic, Text, fault
from tic_rules.core.source import MAX_BYTES, BadText, decode
from tic_rules.inputs.subjects import S, subject_from, verified
from tic_rules.inputs.text import bytes_to_text, subject_from_text, subjects_from_lines
from tic_rules.model.centre import CentreData, Programme
from tic_rules.model.ruleset import Vocabulary

TABLES = (".csv", ".tsv", ".xlsx", ".xlsm")
LINES = (".jsonl", ".ndjson")
SUFFIXES = (".yaml", ".yml", ".json", *LINES, *TABLES)
"""What a centre's data may be written in."""


def read_subject(path: str | os.PathLike[str], model: type[S], vocabulary: Vocabulary) -> S:
    """A file as data. Raises DataError with every fault of the file, and where it holds several centres."""
    file = os.fspath(path)
    if not _holds_several(file):
        return subject_from_text(bytes_to_text(_bytes_of(file), file), file, model, vocabulary)
    found = []
    for subject in read_subjects(file, model, vocabulary):
        if isinstance(subject, DataError):
            raise subject
        found.append(subject)
        if len(found) > 1:
            text = Text("文件里不止一个中心", "the file holds more than one centre")
            raise DataError([Diagnostic("several", text, file)])
    return found[0]


def read_subjects(
    path: str | os.PathLike[str], model: type[S], vocabulary: Vocabulary
) -> Iterator[S | DataError]:
    """The centres of a file, one after the other: each as data, or as the error that says what is wrong with it.

    A file that cannot be used as a whole gives one error. Never raises for what a file says.
    """
    file = os.fspath(path)
    try:
        raw = _bytes_of(file)
        suffix = Path(file).suffix.lower()
        if suffix in LINES:
            yield from subjects_from_lines(bytes_to_text(raw, file), file, model, vocabulary)
        elif suffix in TABLES:
            from tic_rules.inputs.tables import Reader

            reader = Reader(file, model, vocabulary)
            if suffix in (".csv", ".tsv"):
                from tic_rules.inputs.csvfile import csv_subjects

                yield from csv_subjects(raw, file, reader)
            else:
                from tic_rules.inputs.workbook import workbook_subjects

                yield from workbook_subjects(raw, file, reader)
        else:
            yield subject_from_text(bytes_to_text(raw, file), file, model, vocabulary)
    except DataError as error:
        yield error


def is_part_of_another(path: str | os.PathLike[str], model: type[S], vocabulary: Vocabulary) -> bool:
    """Whether a file of a folder holds only a list of another file beside it (centres.contributions.csv), or is a lock file of Excel."""
    file = Path(path)
    if file.name.startswith("~$"):
        return True
    if file.suffix.lower() not in (".csv", ".tsv"):
        return False
    from tic_rules.inputs.csvfile import is_list_file
    from tic_rules.inputs.layout import names_of

    return is_list_file(file, names_of(model, vocabulary))


def _holds_several(file: str) -> bool:
    return Path(file).suffix.lower() in (*LINES, *TABLES)


def _bytes_of(file: str) -> bytes:
    """The bytes of a file, within the limit; an archive in the place of data is refused with a hint."""
    path = Path(file)
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            decode(b" " * (MAX_BYTES + 1), file)
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            decode(raw, file)
    except OSError as error:
        raise fault(
            DataError,
            "unreadable",
            f"无法读取：{error.strerror}",
            f"cannot be read: {error.strerror}",
            file=file,
        ) from None
    except ValueError:
        raise fault(
            DataError, "unreadable", "无法读取：文件名无效", "cannot be read: not a file name", file=file
        ) from None
    except BadText as error:
        raise DataError(error.diagnostics) from None
    if raw[:4] == b"PK\x03\x04" and path.suffix.lower() not in (".xlsx", ".xlsm"):
        if b"xl/workbook.xml" in raw:
            zh, en = (
                "这是 Excel 工作簿；请把文件名改为以 .xlsx 结尾",
                "this is an Excel workbook; give its name the ending .xlsx",
            )
        else:
            zh, en = (
                "这是压缩包；请先解压，再检查解压出的文件夹",
                "this is a zip archive; unpack it, then check the folder",
            )
        raise fault(DataError, "zip", zh, en, file=file)
    return raw


__all__ = [
    "SUFFIXES",
    "CentreData",
    "Programme",
    "bytes_to_text",
    "is_part_of_another",
    "read_subject",
    "read_subjects",
    "subject_from",
    "subject_from_text",
    "verified",
]
