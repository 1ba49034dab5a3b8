"""Excel workbooks to data; what they cost is counted before they are opened."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from tic_rules.core.errors import DataError, Diagnostic, Text, clip, fault
from tic_rules.core.extras import lacking
from tic_rules.core.source import Mark, Source
from tic_rules.inputs.layout import MAIN, OUTSIDE, SERIES, Sheet, Unclear, cell_name, is_no_data, is_one_of
from tic_rules.inputs.package import MAX_AREA, Merged, Package, look_at, too_large
from tic_rules.inputs.rows import Row
from tic_rules.inputs.tables import Table, TableReader
from tic_rules.inputs.vertical import as_main, is_vertical

_NO_DATA = ("；不是数据的工作表请以 # 开头", "; begin the name of a sheet that is no data with #")


def workbook_sources(raw: bytes, file: str, reader: TableReader) -> Iterator[Source]:
    """The centres of a workbook. Raises DataError."""
    package = look_at(raw, file, lambda name: not is_outside(name))
    reader.since_1904 = package.since_1904
    faults: list[Diagnostic] = []
    main, lists = _sorted_out(_opened(package, file, faults), reader, faults)
    yield from reader.sources(main, lists, faults)


def _opened(package: Package, file: str, faults: list[Diagnostic]) -> list[Table]:
    """The sheets that hold anything; the cells that have no usable value go to `faults`."""
    tables = []
    for name, rows in _values(package, file):
        if not any(cell != "" for row in rows for cell in row):
            continue
        sheet = package.sheets[name]
        for (row, column), shown in sheet.formats.items():
            if row <= len(rows) and column <= len(rows[row - 1]):
                rows[row - 1][column - 1] = shown.shows(rows[row - 1][column - 1])
        copied = _fill_merged(rows, sheet.merged, file)
        table = [Row(row, partial(_mark, name, at), *copied[at]) for at, row in enumerate(rows, 1)]
        tables.append(Table(name, table))
    faults += [
        Diagnostic("formula", text, file, *place, "", cell_name(table.name, *place))
        for table in tables
        for place, text in package.sheets[table.name].faults
    ]
    return tables


def _mark(sheet: str, row: int, column: int) -> Mark:
    return Mark(row, column + 1, row, column + 2, cell_name(sheet, row, column + 1))


def _values(package: Package, file: str) -> Iterator[tuple[str, list[list[Any]]]]:
    """The cells of each sheet that was looked at, by the library."""
    try:
        import python_calamine
    except ImportError:
        raise lacking("excel", "读取 Excel 需要安装", "reading Excel needs", file=file) from None
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(package.data))
        names = [name for name in book.sheet_names if name in package.sheets]
        for name in names:
            yield name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except GeneratorExit:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        said = clip(str(error), 100)  # what the Rust library says is no fault of ours
        zh, en = f"无法读取工作簿：{said}", f"the workbook cannot be read: {said}"
        raise fault(DataError, "workbook", zh, en, file=file) from None


def _fill_merged(
    rows: list[list[Any]], ranges: Sequence[Merged], file: str
) -> Mapping[int, tuple[set[int], set[int]]]:
    """The value of a merged range stands for all its cells, as far as the sheet has any. Gives the columns of
    each row that have it, from any row and from their own. Raises DataError."""
    filled: Mapping[int, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    left = MAX_AREA
    for (top, first), (bottom, last) in ranges:
        value = rows[top - 1][first - 1] if top <= len(rows) and first <= len(rows[top - 1]) else ""
        if value == "":
            continue
        for number, cells in enumerate(rows[top - 1 : bottom], top):
            left -= 1 + len(cells[first - 1 : last])
            if left < 0:
                raise too_large(file)
            for index in range(first - 1, min(last, len(cells))):
                if (number, index) != (top, first - 1) and cells[index] == "":
                    cells[index] = value
                    for columns in filled[number][: 2 if number == top else 1]:
                        columns.add(index)
    return filled


def is_outside(name: str) -> bool:
    """Whether a sheet is no data: notes, drop-down lists, findings, whatever begins with # or _."""
    return name.startswith("_") or is_no_data(name) or is_one_of(name, OUTSIDE)


def _sorted_out(
    tables: list[Table], reader: TableReader, faults: list[Diagnostic]
) -> tuple[Table, list[tuple[Sheet, Table]]]:
    """The main sheet, and the sheets of the lists; others go to `faults`. Raises DataError."""
    mains: list[Table] = []
    lists: list[tuple[Sheet, Table]] = []
    rest: list[Table] = []
    seen: dict[str, str] = {}
    upright = [table for table in tables if not is_outside(table.name) and is_vertical(table)]
    if upright:
        mains.append(as_main(upright, reader, faults))
    for table in tables:
        if table in upright:
            continue
        try:
            sheet = reader.names.sheet(table.name) or (
                SERIES if is_one_of(table.name, (SERIES.label,)) else None
            )
        except Unclear as unclear:
            which = unclear.candidates
            zh = f"工作表“{clip(table.name)}”可以指 {'、'.join(t.zh for t in which)}；请写全"
            en = f"the sheet {clip(table.name)} may be {', '.join(t.en for t in which)}; write it in full"
            faults.append(_about(zh, en, table, reader))
            continue
        if sheet is not None:
            if sheet.path in seen:
                other = clip(seen[sheet.path])
                zh, en = f"与工作表“{other}”重复", f"the sheet {other} holds the same list"
                faults.append(_about(zh, en, table, reader))
            seen[sheet.path] = table.name
            lists.append((sheet, table))
        elif is_one_of(table.name, MAIN):
            mains.append(table)
        elif not is_outside(table.name):
            rest.append(table)
    if not mains and rest:
        mains.append(rest.pop(0))
    faults += [_unknown(table, reader) for table in (*mains[1:], *rest)]
    if not mains and not faults:
        zh = "工作簿里没有主表（一行一个中心）"
        en = "there is no main sheet (one row a centre) in the workbook"
        faults.append(Diagnostic("empty", Text(zh, en), reader.file))
    if not mains:
        raise DataError(faults)
    return mains[0], lists


def _unknown(table: Table, reader: TableReader) -> Diagnostic:
    """The fault of a sheet that is neither data nor left out by its name."""
    close = reader.names.close(None, table.name)
    hint = (f"；是不是“{close}”？", f"; did you mean {close}?") if close else _NO_DATA
    name = clip(table.name)
    return _about(f"未知的工作表“{name}”{hint[0]}", f"unknown sheet {name}{hint[1]}", table, reader)


def _about(zh: str, en: str, table: Table, reader: TableReader) -> Diagnostic:
    return reader.fault("sheet", zh, en, Mark(1, 1, cell=cell_name(table.name, 1, 1)))
