"""A workbook unpacked with limits, read through once with a strict XML parser, and packed anew for the library that reads values.

So the reader meets only parts of known size: no bomb of compression, no entities, no links to elsewhere, no cell a million rows
down. Formulas that were never calculated and error values are found here: a reader of values shows them as empty.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import Any, NamedTuple
from xml.parsers import expat

from tic_rules.core.errors import DataError, Text, fault
from tic_rules.core.source import MAX_BYTES

MAX_PARTS = 2_000
MAX_UNPACKED = 64 * 1024 * 1024
MAX_CELLS = 200_000
MAX_ROWS = 20_000
MAX_COLUMNS = 1_000
MAX_TEXT = 16 * 1024 * 1024
MAX_STRING = 32_767

_KEPT = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|xl/(?:workbook|sharedstrings|styles)\.xml|xl/_rels/workbook\.xml\.rels|xl/worksheets/[^/\\]+\.xml",
    re.IGNORECASE,
)
_CELL = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")


class Counted(NamedTuple):
    """What was seen on the way: how numbers mean days, cells (sheet, row, column) without a usable value, days shown in part."""

    since_1904: bool
    faults: tuple[tuple[str, int, int, Text], ...]
    partial: dict[tuple[str, int, int], str]


def _refuse(code: str, zh: str, en: str, file: str) -> DataError:
    error = fault(DataError, code, zh, en, file=file)
    assert isinstance(error, DataError)
    return error


def _too_large(file: str) -> DataError:
    return _refuse(
        "too-large",
        f"工作簿过大（上限：{MAX_ROWS} 行、{MAX_COLUMNS} 列、{MAX_CELLS} 个单元格）；请分成几个文件",
        f"the workbook is too large (at most {MAX_ROWS} rows, {MAX_COLUMNS} columns, {MAX_CELLS} cells); split it",
        file,
    )


def repacked(raw: bytes, file: str) -> tuple[bytes, Counted]:
    """The parts of a workbook that hold values, in a new archive. Raises DataError."""
    if raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise _refuse(
            "workbook",
            "这是旧版 .xls 或加密的工作簿；请另存为不加密的 .xlsx",
            "an old .xls or an encrypted workbook; save it as .xlsx, without a password",
            file,
        )
    if len(raw) > MAX_BYTES or raw.count(b"PK\x01\x02") > MAX_PARTS:
        raise _too_large(file)
    parts = _unpacked(raw, file)
    if "xl/workbook.xml" not in parts:
        raise _refuse(
            "workbook", "这不是 Excel 工作簿（.xlsx）", "this is not an Excel workbook (.xlsx)", file
        )
    counted = _read_through(parts, file)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return packed.getvalue(), counted


def _unpacked(raw: bytes, file: str) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for info in archive.infolist():
                if not _KEPT.fullmatch(info.filename):
                    continue
                if info.filename in parts or info.compress_type not in (
                    zipfile.ZIP_STORED,
                    zipfile.ZIP_DEFLATED,
                ):
                    raise zipfile.BadZipFile("parts twice, or packed in an unknown way")
                with archive.open(info) as part:
                    data = part.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise _too_large(file)
                parts[info.filename] = data
    except DataError:
        raise
    except Exception as error:  # zipfile raises half a dozen kinds for archives that are broken
        said = type(error).__name__
        raise _refuse(
            "workbook",
            f"工作簿已损坏，或不是 .xlsx（{said}）",
            f"the workbook is broken, or not an .xlsx ({said})",
            file,
        ) from None
    return parts


class _Part:
    """One part, read through event by event."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def _doctype(self, *_: Any) -> None:
        raise _Hostile

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...


class _Hostile(Exception):
    pass


class _TooMuch(Exception):
    pass


class _Workbook(_Part):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: dict[str, str] = {}
        self.since_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "sheet":
            key = next(
                (
                    value
                    for attribute, value in attributes.items()
                    if attribute.rpartition(":")[2] == "id" and ":" in attribute
                ),
                "",
            )
            self.sheets[key] = attributes.get("name", "")
        elif local == "workbookPr":
            self.since_1904 = attributes.get("date1904", "0") in ("1", "true")


class _Relations(_Part):
    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        self.targets[posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")] = attributes.get("Id", "")


_IN_PARTS = {17: "month", 27: "month", 36: "month", 50: "month", 52: "month", 55: "month", 57: "month"}
"""Formats that Excel knows by number alone, here and in Chinese, and that show a month."""


class _Styles(_Part):
    """Which cell styles show a day as a month or a year: then no more than that is known."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {}
        self.shown: list[str] = []
        self.inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "cellXfs":
            self.inside = True
        elif local == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif local == "xf" and self.inside and len(self.shown) < 70_000:
            number = attributes.get("numFmtId", "")
            known = _IN_PARTS.get(int(number), "") if number.isdecimal() and len(number) < 5 else ""
            self.shown.append(known or _shown_by(self.codes.get(number, "")))

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "cellXfs":
            self.inside = False


def _shown_by(code: str) -> str:
    """Whether a number format shows only the month or only the year of a day."""
    letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code[:200].lower())
    if "y" not in letters or "d" in letters or "h" in letters:
        return ""
    return "month" if "m" in letters else "year"


class _Strings(_Part):
    """The lengths of the shared texts."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []
        self.parser.CharacterDataHandler = self._data

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            self.lengths.append(0)

    def _data(self, data: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(data)
            if self.lengths[-1] > 4 * MAX_STRING:
                raise _TooMuch


class _Cells(_Part):
    """How far a sheet reaches, how much text its cells show, which cells have no usable value."""

    def __init__(self, lengths: list[int], shown: list[str]) -> None:
        super().__init__()
        self.lengths, self.shown, self.style = lengths, shown, ""
        self.partial: dict[tuple[int, int], str] = {}
        self.row = self.column = self.rows = self.columns = self.count = self.size = 0
        self.type, self.value, self.formula, self.inside = "", "", False, False
        self.faults: list[tuple[int, int, Text]] = []
        self.parser.CharacterDataHandler = self._data

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            match = _CELL.fullmatch(attributes.get("r", ""))
            if match:
                self.row, self.column = int(match.group(2)), _number_of(match.group(1))
            elif "r" in attributes:
                raise _Hostile
            else:
                self.column += 1
            self.type, self.value, self.formula, self.style = (
                attributes.get("t", "n"),
                "",
                False,
                attributes.get("s", ""),
            )
        elif local == "row":
            given = attributes.get("r", "")
            self.row, self.column = (int(given) if given.isdecimal() and len(given) < 9 else self.row + 1), 0
        elif local == "f":
            self.formula = True
        elif local in ("v", "t"):
            self.inside = True

    def _data(self, data: str) -> None:
        if self.inside and len(self.value) <= MAX_STRING:
            self.value += data

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in ("v", "t"):
            self.inside = False
        elif local == "c":
            self._cell()

    def _cell(self) -> None:
        if self.formula and not self.value and self.type != "str":
            self._fault(
                "公式没有算出的值；请在 Excel 中打开并保存",
                "a formula without a value; open the file in Excel and save it",
            )
        elif self.type == "e":
            self._fault(
                "公式出错（{0}）；请改正，不清楚请留空",
                "an error value ({0}); mend it, or leave the cell empty",
            )
        if not self.value:
            return
        self.count += 1
        if (
            self.style.isdecimal()
            and len(self.style) < 6
            and int(self.style) < len(self.shown)
            and self.shown[int(self.style)]
        ):
            self.partial[self.row, self.column] = self.shown[int(self.style)]
        self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
        index = self.value.strip()
        if (
            self.type == "s"
            and index.isascii()
            and index.isdigit()
            and len(index) < 9
            and int(index) < len(self.lengths)
        ):
            self.size += self.lengths[int(index)]
        else:
            self.size += len(self.value)
        if (
            self.rows > MAX_ROWS
            or self.columns > MAX_COLUMNS
            or self.count > MAX_CELLS
            or self.size > MAX_TEXT
            or self.rows * self.columns > 5 * MAX_CELLS
        ):
            raise _TooMuch

    def _fault(self, zh: str, en: str) -> None:
        if len(self.faults) < 100:
            self.faults.append(
                (self.row, self.column, Text(zh.format(self.value[:20]), en.format(self.value[:20])))
            )


def _number_of(letters: str) -> int:
    number = 0
    for char in letters.upper():
        number = number * 26 + ord(char) - 64
    return number


def _read_through(parts: dict[str, bytes], file: str) -> Counted:
    workbook, relations, strings, styles = _Workbook(), _Relations(), _Strings(), _Styles()
    named = {
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": relations,
        "xl/sharedstrings.xml": strings,
        "xl/styles.xml": styles,
    }
    found: list[tuple[str, int, int, Text]] = []
    partial: dict[tuple[str, int, int], str] = {}
    total = area = 0
    try:
        for name, data in parts.items():
            if not name.lower().startswith("xl/worksheets/"):
                named.get(name.lower(), _Part()).parser.Parse(data, True)
        for name, data in parts.items():
            if name.lower().startswith("xl/worksheets/"):
                cells = _Cells(strings.lengths, styles.shown)
                cells.parser.Parse(data, True)
                total, area = total + cells.count, area + cells.rows * cells.columns
                if total > MAX_CELLS or area > 5 * MAX_CELLS:
                    raise _TooMuch
                sheet = workbook.sheets.get(relations.targets.get(name, ""), "")
                found.extend((sheet, row, column, text) for row, column, text in cells.faults)
                partial |= {(sheet, *place): shown for place, shown in cells.partial.items()}
    except (expat.ExpatError, ValueError) as error:
        raise _refuse(
            "workbook", f"工作簿的 XML 有误：{error}", f"the XML of the workbook is broken: {error}", file
        ) from None
    except _Hostile:
        raise _refuse(
            "workbook",
            "工作簿含有不允许的 XML（DOCTYPE、无效的位置）",
            "the workbook holds XML that is not allowed (DOCTYPE, places that are none)",
            file,
        ) from None
    except _TooMuch:
        raise _too_large(file) from None
    return Counted(workbook.since_1904, tuple(found), partial)
