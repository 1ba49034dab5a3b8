"""A workbook given back: cells are written into the package itself, and a sheet is put in front of it.

Only the parts that change are parsed and written anew; every other part is copied byte for byte, so formulas
keep the values that Excel computed, and pictures, comments, formats and names stay what they are."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.dom.minidom import Document, Element, Text, parseString
from xml.sax.saxutils import escape, quoteattr

from tic_rules.inputs.layout import cell_name, letters
from tic_rules.renderers import sinks
from tic_rules.renderers.text import cells

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_FIT = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
"""On paper all columns stand on one page."""
_REF = re.compile(r"([A-Z]{1,3})([0-9]+)")
MAX_PART = 8 * 1024 * 1024
"""Bytes of a sheet that is still patched: beyond it the tree would take too long to build."""


class Style(NamedTuple):
    """How a cell looks: bold, its ground (RRGGBB), a link."""

    bold: bool = False
    ground: str = ""
    link: bool = False


class NewCell(NamedTuple):
    """A cell to be written: its text, its look, and the cell of the workbook that it leads to."""

    text: str
    style: Style = Style()
    target: str = ""


class Unpatchable(Exception):
    """A workbook whose parts are too large, or not as a spreadsheet writes them."""


class WorkbookPackage:
    """The package of a workbook, to be changed cell by cell."""

    def __init__(self, raw: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            self.infos = archive.infolist()
            self.parts = {info.filename: archive.read(info) for info in self.infos}
        self._trees: dict[str, Document] = {}
        self._rows: dict[str, dict[int, Element]] = {}
        self._looks: dict[Style, int] = {}
        self.texts = self._shared_texts()
        self.sheets = self._sheets()

    # --- parts ----------------------------------------------------------------------------------------------

    def tree(self, part: str) -> Document:
        """A part as a tree, parsed once; it is written back when the workbook is."""
        if part not in self._trees:
            data = self.parts.get(part, b"")
            if not data or len(data) > MAX_PART or b"<!DOCTYPE" in data:
                raise Unpatchable(part)
            self._trees[part] = parseString(data)
        return self._trees[part]

    def packed(self) -> bytes:
        """The workbook: changed parts anew, all others as they were, in their order."""
        for part, tree in self._trees.items():
            self.parts[part] = tree.toxml(encoding="UTF-8", standalone=True)
        packed = io.BytesIO()
        names = {info.filename for info in self.infos}
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for info in self.infos:
                archive.writestr(info, self.parts[info.filename], info.compress_type)
            for part in self.parts:
                if part not in names:
                    archive.writestr(zipfile.ZipInfo(part), self.parts[part], zipfile.ZIP_DEFLATED)
        return packed.getvalue()

    def _sheets(self) -> dict[str, str]:
        """The part of each sheet, by name, in the order of the tabs."""
        targets = {
            relation.getAttribute("Id"): posixpath.normpath(
                posixpath.join("/xl", relation.getAttribute("Target"))
            ).lstrip("/")
            for relation in _all(self.tree("xl/_rels/workbook.xml.rels"), "Relationship")
        }
        sheets = {}
        for sheet in _all(self.tree("xl/workbook.xml"), "sheet"):
            part = targets.get(_attribute(sheet, "id"), "")
            if part in self.parts:
                sheets[sheet.getAttribute("name")] = part
        return sheets

    def _shared_texts(self) -> list[str]:
        part = next((name for name in self.parts if name.lower() == "xl/sharedstrings.xml"), None)
        if part is None:
            return []
        texts = [_text_of(item) for item in _all(self.tree(part), "si")]
        del self._trees[part]  # only read
        return texts

    # --- cells ----------------------------------------------------------------------------------------------

    def rows(self, sheet: str) -> dict[int, Element]:
        """The rows of a sheet by their numbers, looked for once."""
        part = self.sheets[sheet]
        if part not in self._rows:
            rows: dict[int, Element] = {}
            number = 0
            for row in _children(self._data(sheet), "row"):
                number = int(row.getAttribute("r") or number + 1)
                rows[number] = row
            self._rows[part] = rows
        return self._rows[part]

    def _data(self, sheet: str) -> Element:
        (data,) = _children(_root(self.tree(self.sheets[sheet])), "sheetData")
        return data

    def _columns(self, sheet: str) -> list[Element]:
        """What a sheet says of its columns."""
        groups = _children(_root(self.tree(self.sheets[sheet])), "cols")
        return [column for group in groups for column in _children(group, "col")]

    def texts_of(self, row: Element) -> dict[int, str]:
        """The texts of a row by column, from 1."""
        return {column: self._shown(cell) for column, cell in _cells(row)}

    def _shown(self, cell: Element) -> str:
        if cell.getAttribute("t") == "s":
            number = "".join(_text_of(value) for value in _all(cell, "v"))
            return self.texts[int(number)] if number.isdigit() and int(number) < len(self.texts) else ""
        return _text_of(cell)

    def write(self, sheet: str, row: int, column: int, cell: NewCell) -> None:
        """A text into a cell; the row is made where there is none, and keeps its cells in order."""
        tree = self.tree(self.sheets[sheet])
        line = self._row(sheet, row)
        if line.hasAttribute("spans"):
            line.removeAttribute("spans")
        there = dict(_cells(line))
        node = there.get(column)
        if node is None:
            node = _new(line, "c")
            node.setAttribute("r", f"{letters(column)}{row}")
            after = next((other for at, other in sorted(there.items()) if at > column), None)
            line.insertBefore(node, after)
        while node.firstChild is not None:
            node.removeChild(node.firstChild)
        if cell.style != Style():
            node.setAttribute("s", str(self.style(cell.style)))
        _put_text(tree, node, cell.text)

    def make_room(self, sheet: str, row: int, column: int) -> None:
        """Make a row high enough for the text of a cell, where it is lower than that."""
        line = self._row(sheet, row)
        text = self.texts_of(line).get(column, "")
        needed = 14 * min(_lines(text, self._width(sheet, column)), 20) + 2
        if text and needed > float(line.getAttribute("ht") or 15):
            line.setAttribute("ht", str(needed))
            line.setAttribute("customHeight", "1")

    def _width(self, sheet: str, column: int) -> float:
        """The width of a column in characters."""
        for one in self._columns(sheet):
            if int(one.getAttribute("min")) <= column <= int(one.getAttribute("max")):
                return float(one.getAttribute("width") or 8.43)
        return 8.43

    def widen(self, sheet: str, column: int, width: int) -> None:
        """Give a column a width, where none is said of it."""
        listed = self._columns(sheet)
        if any(int(one.getAttribute("min")) <= column <= int(one.getAttribute("max")) for one in listed):
            return
        root, data = _root(self.tree(self.sheets[sheet])), self._data(sheet)
        group = next(iter(_children(root, "cols")), None)
        if group is None:
            group = _new(data, "cols")
            root.insertBefore(group, data)
        new = _append(group, "col", min=str(column), max=str(column), width=str(width), customWidth="1")
        after = next((one for one in listed if int(one.getAttribute("min")) > column), None)
        if after is not None:
            group.insertBefore(new, after)

    def _row(self, sheet: str, number: int) -> Element:
        rows = self.rows(sheet)
        if number in rows:
            return rows[number]
        data = self._data(sheet)
        row = _new(data, "row")
        row.setAttribute("r", str(number))
        data.insertBefore(row, rows.get(min((at for at in rows if at > number), default=0)))
        rows[number] = row
        return row

    # --- looks ----------------------------------------------------------------------------------------------

    def style(self, style: Style) -> int:
        """The number of a look among those of the workbook; it is added where it is not there yet."""
        if style not in self._looks:
            self._looks[style] = self._look(style)
        return self._looks[style]

    def _look(self, style: Style) -> int:
        tree = self.tree("xl/styles.xml")
        colour = "0563C1" if style.link else ""
        marks = ("<b/>" if style.bold else "") + ("<u/>" if style.link else "")
        shade = f'<color rgb="FF{colour}"/>' if colour else ""
        font = _number_in(
            tree, "fonts", f'<font>{marks}<sz val="10"/>{shade}<name val="Microsoft YaHei"/></font>'
        )
        ground = f'<fgColor rgb="FF{style.ground}"/><bgColor indexed="64"/>' if style.ground else ""
        kind = "solid" if style.ground else "none"
        fill = _number_in(
            tree, "fills", f'<fill><patternFill patternType="{kind}">{ground}</patternFill></fill>'
        )
        about = f'numFmtId="49" fontId="{font}" fillId="{fill}" borderId="0" xfId="0"'
        applied = 'applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"'
        return _number_in(
            tree, "cellXfs", f'<xf {about} {applied}><alignment vertical="top" wrapText="1"/></xf>'
        )

    # --- a sheet in front -----------------------------------------------------------------------------------

    def put_in_front(self, name: str, rows: Sequence[Sequence[NewCell]], widths: Sequence[int]) -> None:
        """A sheet before all others, or in the place of the one of its name."""
        content = self._sheet(rows, widths)
        if name in self.sheets:
            self._trees.pop(self.sheets[name], None)
            self._rows.pop(self.sheets[name], None)
            self.parts[self.sheets[name]] = content
            return
        number = next(n for n in range(1, 10_000) if f"xl/worksheets/sheet{n}.xml" not in self.parts)
        part = f"xl/worksheets/sheet{number}.xml"
        self.parts[part] = content
        self._announce(name, part)
        self.sheets = {name: part, **self.sheets}

    def _announce(self, name: str, part: str) -> None:
        relations = self.tree("xl/_rels/workbook.xml.rels")
        taken = {relation.getAttribute("Id") for relation in _all(relations, "Relationship")}
        key = next(f"rId{n}" for n in range(1, 10_000) if f"rId{n}" not in taken)
        about = {"Id": key, "Type": f"{_LINKED}/worksheet", "Target": f"/{part}"}
        _append(_root(relations), "Relationship", **about)
        types = _root(self.tree("[Content_Types].xml"))
        _append(types, "Override", PartName=f"/{part}", ContentType=_SHEET)
        book = self.tree("xl/workbook.xml")
        (sheets,) = _all(book, "sheets")
        listed = _all(sheets, "sheet")
        new = _new(sheets, "sheet")
        new.setAttribute("name", name)
        new.setAttribute("sheetId", str(max(int(one.getAttribute("sheetId")) for one in listed) + 1))
        root = _root(book)
        linked = next((name for name, uri in root.attributes.items() if uri == _LINKED), "xmlns:r")
        if not root.hasAttribute(linked):
            root.setAttribute(linked, _LINKED)
        new.setAttribute(f"{linked.partition(':')[2]}:id", key)
        sheets.insertBefore(new, listed[0])
        for named in _all(book, "definedName"):
            if named.hasAttribute("localSheetId"):
                named.setAttribute("localSheetId", str(int(named.getAttribute("localSheetId")) + 1))
        for view in _all(book, "workbookView"):
            view.setAttribute("activeTab", str(int(view.getAttribute("activeTab") or 0) + 1))

    def _sheet(self, rows: Sequence[Sequence[NewCell]], widths: Sequence[int]) -> bytes:
        columns = "".join(
            f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
            for at, width in enumerate(widths, 1)
        )
        lines, links = [], []
        for number, row in enumerate(rows, 1):
            height = _height(row, widths) if number > 1 else 18
            lines.append(f'<row r="{number}" ht="{height}" customHeight="1">')
            for at, cell in enumerate(row, 1):
                ref = f"{letters(at)}{number}"
                text = _held(cell.text)
                kind = ' t="inlineStr"' if text else ""
                inner = f'<is><t xml:space="preserve">{escape(text)}</t></is>' if text else ""
                lines.append(f'<c r="{ref}" s="{self.style(cell.style)}"{kind}>{inner}</c>')
                if cell.target:
                    location, display = quoteattr(cell.target), quoteattr(text)
                    links.append(f'<hyperlink ref="{ref}" location={location} display={display}/>')
            lines.append("</row>")
        linked = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f'<worksheet xmlns="{_MAIN}">{_FIT}<cols>{columns}</cols><sheetData>{"".join(lines)}</sheetData>'
            f'{linked}<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
        ).encode()


def _held(text: str) -> str:
    """A text as a cell holds it."""
    return sinks.excel(text)[:32_000]


def _height(row: Sequence[NewCell], widths: Sequence[int]) -> int:
    """As high as the wrapped texts of a row: not every program sees to it itself."""
    lines = [_lines(cell.text, width) for cell, width in zip(row, widths, strict=False)]
    return 14 * min(max(1, *lines), 20) + 2


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of this width."""
    return sum(max(1, -(-cells(part) // max(1, int(width) - 1))) for part in text.split("\n"))


def _root(tree: Document) -> Element:
    if tree.documentElement is None:
        raise Unpatchable("")
    return tree.documentElement


def _all(node: Document | Element, name: str) -> list[Element]:
    """The elements of a local name below a node, whatever their prefix."""
    return [one for one in node.getElementsByTagName("*") if _local(one) == name]


def _children(node: Element, name: str) -> list[Element]:
    """The elements of a local name right within a node."""
    return [one for one in node.childNodes if isinstance(one, Element) and _local(one) == name]


def _local(node: Element) -> str:
    return node.tagName.rpartition(":")[2]


def _attribute(node: Element, name: str) -> str:
    named = (value for key, value in node.attributes.items() if key.rpartition(":")[2] == name)
    return next(named, "")


def _prefix(node: Element) -> str:
    prefix, colon, _ = node.tagName.rpartition(":")
    return prefix + colon


def _text_of(node: Element) -> str:
    """The text within a node, phonetic guides and formulas left out."""
    text = ""
    for child in node.childNodes:
        if isinstance(child, Text):
            text += child.data
        elif isinstance(child, Element) and _local(child) not in ("rPh", "f"):
            text += _text_of(child)
    return text


def _cells(row: Element) -> Iterator[tuple[int, Element]]:
    column = 0
    for cell in row.childNodes:
        if isinstance(cell, Element) and _local(cell) == "c":
            place = _REF.fullmatch(cell.getAttribute("r"))
            column = column_number(place[1]) if place else column + 1
            yield column, cell


def column_number(name: str) -> int:
    """A column by its letters, from 1."""
    number = 0
    for letter in name:
        number = 26 * number + ord(letter) - 64
    return number


def _append(node: Element, name: str, **attributes: str) -> Element:
    new = _new(node, name)
    for key, value in attributes.items():
        new.setAttribute(key, value)
    node.appendChild(new)
    return new


def _new(beside: Element, name: str) -> Element:
    """An element of the same tree and prefix as another."""
    if beside.ownerDocument is None:
        raise Unpatchable(name)
    return beside.ownerDocument.createElement(_prefix(beside) + name)


def _put_text(tree: Document, node: Element, text: str) -> None:
    node.setAttribute("t", "inlineStr")
    if not text:
        node.removeAttribute("t")
        return
    inner = _append(_append(node, "is"), "t")
    inner.setAttribute("xml:space", "preserve")
    inner.appendChild(tree.createTextNode(_held(text)))


def _number_in(tree: Document, group: str, xml: str) -> int:
    """The place of an element among those of its group; it is appended where there is none like it."""
    nodes = _all(tree, group)
    if not nodes:
        raise Unpatchable(group)
    listed = [child for child in nodes[0].childNodes if isinstance(child, Element)]
    prefix, wanted = _prefix(nodes[0]), _root(parseString(xml))
    if prefix:
        for element in (wanted, *wanted.getElementsByTagName("*")):
            element.tagName = element.nodeName = prefix + element.tagName
    for number, element in enumerate(listed):
        if element.toxml() == wanted.toxml():
            return number
    nodes[0].appendChild(tree.importNode(wanted, True))
    nodes[0].setAttribute("count", str(len(listed) + 1))
    return len(listed)


def at_cell(sheet: str, row: int, column: int) -> str:
    """The address of a cell as a link has it; a sheet's name always stands in quotes."""
    name = cell_name(sheet, row, column)
    return name if name.startswith("'") else "'" + name.replace("!", "'!", 1)
