"""The look at a workbook's package before the library that reads values (python-calamine) sees it.

The library allocates the rectangle that the cells of a sheet span, and copies a shared text for every cell
that shows it: a few bytes can ask for gigabytes. So the parts are unpacked within limits, gone through once
by expat as a stream, and only what was counted is packed anew. On the way the look notes what the library
does not tell: cells without a usable value, cells given twice, merged ranges, and what number formats show.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from typing import NamedTuple
from xml.parsers import expat

from tic_rules.core.errors import DataError, Text, TicRulesError, fault
from tic_rules.core.limits import MAX_BYTES
from tic_rules.inputs.layout import cell_name
from tic_rules.inputs.number_formats import NumberFormat, number_format

MAX_PARTS = 2_000
MAX_UNPACKED = 32 * 1024 * 1024
MAX_TAGS = 1_600_000
"""Of all parts: 200,000 cells with a formula and a value have 1,200,000."""
MAX_CELLS = 200_000
MAX_AREA = 5 * MAX_CELLS
MAX_ROWS = 20_000
MAX_COLUMNS = 1_000
MAX_MERGED = 20_000
MAX_FORMATS = 2_000
"""Of numbers; Excel takes 250 of one's own."""
MAX_TEXT = 16 * 1024 * 1024
MAX_STRING = 32_767

_KEPT = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|xl/(?:workbook|sharedstrings|styles)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/[^/\\]+\.xml",
    re.IGNORECASE,
)
_SHEETS = "xl/worksheets/"
_LONG_TAG = re.compile(rb"<[^<]{524288}")
_CELL = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_ROW = re.compile(r"[1-9][0-9]{0,6}")

Place = tuple[int, int]
"""A row and a column, from 1."""


class Merged(NamedTuple):
    """A merged range: its first cell, which has the value, and its last."""

    first: Place
    last: Place


class Package(NamedTuple):
    """The counted parts in an archive of their own; the sheets by name; whether days count from 1904."""

    data: bytes
    sheets: dict[str, SheetLook]
    since_1904: bool


class _Hostile(Exception):
    """XML that no spreadsheet writes."""


class _TooMuch(Exception):
    """Over a limit; `args` is the place that is, where it is one cell."""


def look_at(raw: bytes, file: str, wanted: Callable[[str], bool]) -> Package:
    """The package of a workbook, with those of its sheets whose names are wanted. Raises DataError."""
    if len(raw) > MAX_BYTES or raw.count(b"PK\x01\x02") > MAX_PARTS:
        raise too_large(file)
    parts = _unpacked(raw, file)
    if "xl/workbook.xml" not in parts:
        raise _refuse("这不是 Excel 工作簿（.xlsx）", "this is not an Excel workbook (.xlsx)", file)
    if sum(data.count(b"<") for data in parts.values()) > MAX_TAGS:
        raise too_large(file)
    sheets, since_1904 = _gone_through(parts, file, wanted)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in tuple(parts):
            archive.writestr(zipfile.ZipInfo(name), parts.pop(name))
    return Package(packed.getvalue(), sheets, since_1904)


def _refuse(zh: str, en: str, file: str) -> TicRulesError:
    return fault(DataError, "workbook", zh, en, file=file)


def too_large(file: str, sheet: str = "", place: Place | None = None) -> TicRulesError:
    at = cell_name(sheet, *place) if place else ""
    return fault(
        DataError,
        "too-large",
        f"工作簿过大（上限：{MAX_ROWS} 行、{MAX_COLUMNS} 列、{MAX_CELLS} 个单元格）；请分成几个文件"
        + (f"，或删去多余的单元格和公式（用到了 {at}）" if at else ""),
        (
            f"the workbook is too large (at most "
            f"{MAX_ROWS} rows, {MAX_COLUMNS} columns, {MAX_CELLS} cells); split it"
        )
        + (f", or delete cells and formulas without need (it reaches {at})" if at else ""),
        file=file,
    )


def _unpacked(raw: bytes, file: str) -> dict[str, bytes]:
    """The parts that hold values, by name."""
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
                    raise too_large(file)
                parts[info.filename] = data
    except DataError:
        raise
    except Exception:  # zipfile raises half a dozen kinds for archives that are broken
        raise _refuse("工作簿已损坏，或不是 .xlsx", "the workbook is broken, or not an .xlsx", file) from None
    return parts


def _gone_through(
    parts: dict[str, bytes], file: str, wanted: Callable[[str], bool]
) -> tuple[dict[str, SheetLook], bool]:
    """Every part parsed; the sheets that are not wanted taken out of the parts."""
    name = ""
    try:
        for data in parts.values():
            if _LONG_TAG.search(data):
                raise _Hostile
        pages = [part for part in parts if part.lower().startswith(_SHEETS)]
        others = {part.lower(): data for part, data in parts.items() if part not in pages}
        if len(pages) + len(others) < len(parts):
            raise _Hostile
        book = _Book()
        for part, data in others.items():
            book.take(part, data)
        sheets = _sheets(book, wanted)
        for part in pages:
            if part not in sheets.values():
                del parts[part]
        looks: dict[str, SheetLook] = {}
        cells = area = 0
        for name, part in sheets.items():
            if part not in parts:
                raise ValueError(f"{part} is missing")
            looks[name] = sheet = SheetLook(book.lengths, book.shown)
            sheet.read(parts[part])
            cells, area = cells + sheet.count, area + sheet.rows * sheet.columns
            if cells > MAX_CELLS or area > MAX_AREA:
                raise _TooMuch
    except (expat.ExpatError, ValueError) as error:
        raise _refuse(
            f"工作簿的 XML 有误：{error}", f"the XML of the workbook is broken: {error}", file
        ) from None
    except _Hostile:
        zh = "工作簿含有不允许的 XML（DOCTYPE、无效的位置）"
        en = "the workbook holds XML that is not allowed (DOCTYPE, places that are none)"
        raise _refuse(zh, en, file) from None
    except _TooMuch as error:
        raise too_large(file, name, *error.args) from None
    return looks, book.since_1904


def _sheets(book: _Book, wanted: Callable[[str], bool]) -> dict[str, str]:
    """The part of each sheet that is wanted."""
    sheets: dict[str, str] = {}
    for name, relation in book.sheets:
        if name in sheets:
            raise _Hostile
        if relation in book.worksheets and wanted(name):
            sheets[name] = book.worksheets[relation]
    return sheets


# --- the parts ----------------------------------------------------------------------------------------------


def _doctype(*_: object) -> None:
    raise _Hostile


def _parser(
    start: Callable[[str, dict[str, str]], None], text: Callable[[str], None] | None = None
) -> expat.XMLParserType:
    """Goes through a part as a stream of elements; any part must be plain XML without a document type."""
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _doctype
    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    return parser


class _Book:
    """What is said beside the sheets: their names and parts (other relations lead to charts, dialogues), the
    calendar, the lengths of shared texts, which cell styles show less than the value of a cell, or more."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.since_1904 = self.inside = False
        self.worksheets: dict[str, str] = {}
        self.lengths: list[int] = []
        self.codes: dict[str, str] = {}
        self.formats: dict[tuple[str, str], NumberFormat | None] = {}
        self.shown: list[NumberFormat | None] = []

    def take(self, part: str, data: bytes) -> None:
        """Read a part, by its name in small letters."""
        starts = {
            "xl/workbook.xml": self._workbook, "xl/_rels/workbook.xml.rels": self._relation,
            "xl/sharedstrings.xml": self._string, "xl/styles.xml": self._style,
        }  # fmt: skip
        text = self._text if part == "xl/sharedstrings.xml" else None
        _parser(starts.get(part, lambda *_: None), text).Parse(data, True)

    def _workbook(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "sheet":
            key = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
            self.sheets.append((attributes.get("name", ""), key))
        elif local == "workbookPr":
            self.since_1904 = attributes.get("date1904", "0") in ("1", "true")

    def _relation(self, name: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/worksheet"):
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            self.worksheets[attributes.get("Id", "")] = target

    def _style(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local in ("cellXfs", "cellStyles"):
            self.inside = local == "cellXfs"
        elif local == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif local == "xf" and self.inside and len(self.shown) < 70_000:
            number = attributes.get("numFmtId", "")
            key = number, self.codes.get(number, "")
            if key not in self.formats:
                if len(self.formats) >= MAX_FORMATS:
                    raise _TooMuch
                self.formats[key] = number_format(*key)
            self.shown.append(self.formats[key])

    def _string(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            self.lengths.append(0)

    def _text(self, data: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(data)
            if self.lengths[-1] > 4 * MAX_STRING:
                raise _TooMuch


_WITHIN = frozenset(["t", "r", "rPh"])
"""What stands in the value of a cell. Behind the cells of a sheet an `f` is no formula of a cell."""


class SheetLook:
    """What is seen of a sheet: cells without a usable value (`faults`), or that show another (`formats`), and
    merged ranges; how far the cells with an element for a value reach, and how much text they show."""

    def __init__(self, lengths: list[int], shown: list[NumberFormat | None]) -> None:
        self.lengths, self.shown = lengths, shown
        self.faults: list[tuple[Place, Text]] = []
        self.formats: dict[Place, NumberFormat] = {}
        self.merged: list[Merged] = []
        self.row = self.column = self.rows = self.columns = self.count = self.size = 0
        self.seen: set[Place] = set()
        self.type, self.style, self.value = "", "", ""
        self.valued = self.formula = self.inside = self.cut = False

    def read(self, data: bytes) -> None:
        """Go through the part of the sheet. Raises ExpatError, _Hostile and _TooMuch."""
        parser = _parser(self._start, self._text)
        parser.StartCdataSectionHandler = self._cdata
        parser.buffer_text = False  # a reference or a comment parts a number
        parser.Parse(data, True)
        self._end()
        self.seen.clear()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2] if ":" in name else name
        if local == "c":
            if self.valued or self.formula:
                self._end()
            self._cell(attributes.get("r"))
            self.type, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.value, self.valued, self.formula, self.inside = "", False, False, True
            self.cut = False
        elif local in ("v", "is"):
            self.valued, self.value = True, ""
        elif local == "f":
            self.formula = self.inside
        elif local == "row":
            given = attributes.get("r")
            if given is not None and not _ROW.fullmatch(given):
                raise _Hostile
            self._end()
            self.row, self.column = self.row + 1 if given is None else int(given), 0
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif local not in _WITHIN:
            if self.valued or self.formula:
                self._end()  # what follows the last cell of a sheet is no part of it
            self.inside = False

    def _text(self, data: str) -> None:
        if self.valued and len(self.value) <= MAX_STRING:
            if self.type not in ("str", "inlineStr") and self.value.strip() and data.strip():
                self.cut = True
            self.value += data

    def _cdata(self) -> None:
        self.cut = self.type != "inlineStr"

    def _cell(self, given: str | None) -> None:
        """Where a cell stands: where it says, in its row, or behind the one before."""
        if given is None:
            self.column += 1
            return
        row, self.column = _place(given)
        if row != self.row:
            raise _Hostile

    def _end(self) -> None:
        """The cell is whole: what it costs, and what is wrong with it."""
        place = self.row, self.column
        if self.type == "e" and (self.valued or self.formula):
            self._fault(
                "公式出错（{0}）；请改正，不清楚请留空",
                "an error value ({0}); mend it, or leave the cell empty",
            )
        elif self.formula and self.type != "str" and not self.value.strip():
            self._fault(
                "公式没有算出的值；请在 Excel 中打开并保存",
                "a formula without a value; open the file in Excel and save it",
            )
        elif self.cut:  # the library would take the first piece
            self._fault(
                "这个值不是 Excel 的写法；请在 Excel 中打开并保存",
                "no spreadsheet writes a value so; open the file in Excel and save it",
            )
        if self.valued:
            self._count(place)
        self.valued = self.formula = False

    def _count(self, place: Place) -> None:
        if place in self.seen and self.inside:
            self._fault("同一个单元格写了两次", "this cell is given twice")
        self.seen.add(place)
        self.count += 1
        self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
        self.size += self._length()
        if (
            self.rows > MAX_ROWS
            or self.columns > MAX_COLUMNS
            or self.count > MAX_CELLS
            or self.size > MAX_TEXT
            or self.rows * self.columns > MAX_AREA
        ):
            raise _TooMuch(place)
        if self.style.isdecimal() and len(self.style) < 6 and int(self.style) < len(self.shown):
            shown = self.shown[int(self.style)]
            if shown is not None:
                self.formats[place] = shown

    def _length(self) -> int:
        """The characters that the cell shows."""
        index = self.value.strip() if self.type == "s" else ""
        if index.isascii() and index.isdigit() and len(index) < 9 and int(index) < len(self.lengths):
            return self.lengths[int(index)]
        return len(self.value)

    def _merge(self, given: str) -> None:
        first, _, last = given.partition(":")
        top, bottom = _place(first), _place(last or first)
        if top[0] > bottom[0] or top[1] > bottom[1]:
            raise _Hostile
        if len(self.merged) >= MAX_MERGED:
            raise _TooMuch(top)
        self.merged.append(Merged(top, bottom))

    def _fault(self, zh: str, en: str) -> None:
        if len(self.faults) < 100:
            shown = self.value[:20]
            self.faults.append(((self.row, self.column), Text(zh.format(shown), en.format(shown))))


def _place(given: str) -> Place:
    """C12 as its row and its column. Raises _Hostile."""
    match = _CELL.fullmatch(given)
    if not match:
        raise _Hostile
    number = 0
    for char in match.group(1).upper():
        number = number * 26 + ord(char) - 64
    return int(match.group(2)), number
