"""Files and Python values to plain data with places: the one place that opens centre files.

One file a format; a format's file is imported when it is met. Tables are read by the description of the
data's fields that the caller hands over (`Names`); nothing here knows a model."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tic_rules.core.errors import DataError, fault
from tic_rules.core.files import file_name, read_named
from tic_rules.core.source import Source
from tic_rules.inputs.text import bytes_to_text, source_of_text, sources_of_lines

if TYPE_CHECKING:
    from tic_rules.inputs.layout import Names

TABLES = (".csv", ".tsv", ".xlsx", ".xlsm")
LINES = (".jsonl", ".ndjson")
SUFFIXES = (".yaml", ".yml", ".json", *LINES, *TABLES)
"""What a centre's data may be written in."""
OTHER_BOOKS = (".xls", ".xlsb", ".ods", ".et")
"""Workbooks that are neither read nor written."""


def holds_several(path: str | os.PathLike[str]) -> bool:
    """Whether a file is of a format that may hold several centres."""
    return is_table(path) or Path(path).suffix.lower() in LINES


def is_table(path: str | os.PathLike[str]) -> bool:
    """Whether a file is one of rows and columns, which people fill in."""
    return Path(path).suffix.lower() in TABLES


def read_sources(path: str | os.PathLike[str], names: Callable[[], Names]) -> Iterator[Source | DataError]:
    """What a file holds, one centre after the other: each as data with places, or as the error that says what
    is wrong with it.

    `names` gives the names that columns and sheets may have, where the file is a table. A file that cannot be
    used as a whole gives one error. Never raises for what a file says."""
    file = file_name(os.fspath(path))
    try:
        raw = read_bytes(os.fspath(path))
        suffix = Path(file).suffix.lower()
        if suffix in LINES:
            yield from sources_of_lines(bytes_to_text(raw, file), file)
        elif suffix in TABLES:
            from tic_rules.inputs.tables import TableReader

            reader = TableReader(file, names())
            if suffix in (".csv", ".tsv"):
                from tic_rules.inputs.csvfile import csv_sources

                yield from csv_sources(raw, Path(path), reader)
            else:
                from tic_rules.inputs.workbook import workbook_sources

                yield from workbook_sources(raw, file, reader)
        else:
            yield source_of_text(bytes_to_text(raw, file), file)
    except DataError as error:
        yield error


def is_part_of_another(
    path: str | os.PathLike[str], beside: Collection[str], names: Callable[[], Names]
) -> bool:
    """Whether a file of a folder holds only a list of another file beside it (centres.contributions.csv),
    or is a lock file of Excel. `beside`: the names of the tables in its folder, without their endings."""
    file = Path(path)
    if file.name.startswith("~$"):
        return True
    if file.suffix.lower() not in (".csv", ".tsv"):
        return False
    from tic_rules.inputs.csvfile import is_list_file

    return is_list_file(file, names(), beside)


def read_bytes(file: str) -> bytes:
    """The bytes of a file, within the limit; an archive or an old workbook is refused with a hint."""
    raw = read_named(file, DataError)
    suffix = Path(file).suffix.lower()
    if raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        zh = "这是旧版 .xls 或加密的工作簿；请另存为不加密的 .xlsx"
        en = "an old .xls or an encrypted workbook; save it as .xlsx, without a password"
        raise fault(DataError, "workbook", zh, en, file=file)
    if raw[:4] == b"PK\x03\x04" and suffix not in (".xlsx", ".xlsm"):
        if b"xl/workbook.xml" in raw:
            zh = "这是 Excel 工作簿；请把文件名改为以 .xlsx 结尾"
            en = "this is an Excel workbook; give its name the ending .xlsx"
        elif b"opendocument.spreadsheet" in raw[:200] or b"xl/workbook.bin" in raw:
            zh = "这种工作簿（.ods、.xlsb）读不了；请另存为 .xlsx"
            en = "an .ods or .xlsb workbook; save it as .xlsx"
        elif b"word/document.xml" in raw:
            zh = "这是 Word 文档；请把数据填入填报表（tic-rules init --output 填报表.xlsx）"
            en = "this is a Word document; fill the data into a form (tic-rules init --output form.xlsx)"
        else:
            zh = "这是压缩包；请先解压，再检查解压出的文件夹"
            en = "this is a zip archive; unpack it, then check the folder"
        raise fault(DataError, "zip", zh, en, file=file_name(file))
    if suffix in (".xls", ".et"):  # a page or a text under the name of a workbook, as some systems export
        zh = "这不是 Excel 工作簿；请用 Excel 打开，另存为 .xlsx"
        en = "no workbook of Excel; open it there and save it as .xlsx"
        raise fault(DataError, "workbook", zh, en, file=file_name(file))
    return raw
