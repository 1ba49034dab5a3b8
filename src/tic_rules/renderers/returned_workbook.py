"""The workbook that was checked, given back: a status beside each item, the list of problems in front.

Filled in again it is checked again: what an earlier check wrote is written over, and nothing else is touched.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.parsers.expat import ExpatError

from tic_rules.core.errors import DataError, Diagnostic, Text, TicRulesError
from tic_rules.core.files import read_named
from tic_rules.core.scalars import Json
from tic_rules.core.source import steps, unpointer
from tic_rules.inputs.headers import is_known
from tic_rules.inputs.layout import ITEM, UNIT, VALUE, Unclear, is_one_of
from tic_rules.inputs.layout import STATUS as HEAD
from tic_rules.model.centre import Centre
from tic_rules.model.document import get, plain
from tic_rules.model.shipped import unnamed_vocabulary
from tic_rules.model.tables import names_of
from tic_rules.renderers.package import NewCell, Style, Unpatchable, WorkbookPackage, at_cell, column_number
from tic_rules.renderers.text import SIGNS
from tic_rules.renderers.workbook import COLOURS
from tic_rules.results.labels import BEARER, STATUS, VERDICT
from tic_rules.results.outstanding import to_do
from tic_rules.results.report import Report

PROBLEMS = Text("问题清单", "problems")
GROUNDS = {kind: colour.removeprefix("#") for kind, colour in COLOURS.items()}
GROUNDS |= {"warning": "FCE4D6", "pass": "E2F0D9"}
ORDER = tuple(GROUNDS)
"""Worst first."""
_WARNING = Text("提示", "warning")
_WARNED = "!"
_SEARCHED = 10
_LONGEST = 1_500
_WIDTH = 40
"""Of a column of statuses that a sheet did not have."""
_HEADS = (
    (Text("状态", "status"), 12), (Text("条款", "clause"), 30), (Text("要求", "asks"), 34),
    (Text("情况", "finding"), 50), (Text("怎么办", "what to do"), 40), (Text("责任方", "who owes"), 12),
    (Text("期限", "until"), 14), (Text("位置", "place"), 26),
)  # fmt: skip
_CENTRE = (Text("中心", "centre"), 30)
"""The column that tells the problems of several centres apart."""
_CELL = re.compile(r"(.+)!([A-Z]{1,3})([0-9]+)")


class CellMark(NamedTuple):
    """What is said at a cell; `added`: of an entry still to be added to the list that stands there."""

    cell: str
    kind: str
    text: str
    added: bool = False


class Problem(NamedTuple):
    """A line of the list of problems: its cells, and the cell of the workbook that it leads to."""

    kind: str
    texts: tuple[str, ...]
    cell: str
    added: bool = False


class WorkbookReport(NamedTuple):
    """What a report says of a workbook: small, and fit to be sent between processes."""

    centre: str
    title: str
    reason: str
    marks: tuple[CellMark, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    """What is said of the data: several reports say the same."""


def is_book(file: str) -> bool:
    """Whether a file is a workbook by its name; one with macros keeps them."""
    return file.lower().endswith((".xlsx", ".xlsm"))


def is_workbook(report: Report) -> bool:
    """Whether a report is about a centre that stands in a workbook which can be given back."""
    about = report.centre
    return about is not None and report.subject is not None and is_book(str(about.get("file")))


def said_of(report: Report, lang: str) -> WorkbookReport:
    """What is said at which cell, and the lines of the list of problems."""
    document = report.ruleset["document"]
    of = Text(f"《{document['title']}》", document["title_en"]).in_(lang)
    number, colon = document["number"] or of, Text("：", ": ").in_(lang)
    about: Mapping[str, str | None] = report.centre or {}
    centre = " ".join(filter(None, (about.get("name"), about.get("id"))))
    title = f"{about.get('name') or centre} · {of} · {report.as_of}"
    verdict = f"{VERDICT[report.verdict].in_(lang)}{colon}{report.waiting.reason.in_(lang)}"
    marks, problems, warnings, data = [], [], [], plain(report.subject)
    for finding in report:
        kind = "note" if finding.severity == "note" else finding.status
        if kind == "not_applicable":
            continue
        place: Mapping[str, str] = finding.place or {}
        cells = _cells_of(report, finding.missing) or [place.get("cell", "")]
        added = place.get("path", "").endswith("/-") and bool(report.subject.attestations)
        if kind == "pass":
            cells = list(dict.fromkeys(place.get("cell", "") for place in finding.data))[:3]
        head = f"{SIGNS[kind]} {STATUS[finding.status].in_(lang)} {number} {finding.citation['locator']}"
        asks, detail = finding.title.in_(lang), finding.detail.in_(lang)
        short = f"{head} {asks}"
        if detail and (kind != "unknown" or any(_given(data, path) for path in finding.missing)):
            short += f"{colon}{detail}"
        marks += [CellMark(cell, kind, short, added) for cell in cells if cell]
        if kind in ("fail", "exempted", "note", "unknown", "needs_review"):
            between = finding.deadline_range
            until = f"{between[0]}–{between[1]}" if between else finding.deadline or ""
            texts = (
                STATUS[finding.status].in_(lang), f"{number} {finding.citation['locator']}",
                asks, detail or asks, to_do(finding).in_(lang),
                BEARER[finding.bearer].in_(lang), until,
            )  # fmt: skip
            problems.append(Problem(kind, texts, cells[0] if cells else "", added))
    for warning in report.warnings:
        text, cell = warning.message.in_(lang), warning.get("cell") or ""
        if cell:
            marks.append(CellMark(cell, "warning", f"{_WARNED} {text}"))
        warnings.append(Problem("warning", (_WARNING.in_(lang), "", "", text, "", "", ""), cell))
    return WorkbookReport(centre, title, verdict, tuple(marks), tuple(problems), tuple(warnings))


def _given(data: Json, path: str) -> bool:
    """Whether the data says something at a place: not enough, where it is missing all the same."""
    return get(data, steps(unpointer(path))) is not None


def _cells_of(report: Report, paths: Iterable[str]) -> list[str]:
    places = (report.subject.nearest(unpointer(path)) for path in paths)
    return list(dict.fromkeys(place.cell for place in places if place.cell))


def given_back(
    file: str, said: Sequence[WorkbookReport], faults: Sequence[Diagnostic], lang: str
) -> bytes | None:
    """The workbook with statuses and the list of problems; None where it cannot be patched."""
    try:
        book = WorkbookPackage(read_named(file, DataError))
        marks = [mark for one in said for mark in one.marks]
        marks += [
            CellMark(fault.cell, "fail", f"✗ {fault.message.in_(lang)}") for fault in faults if fault.cell
        ]
        free = _write_statuses(book, marks, lang)
        rows = list(_problem_rows(book, said, faults, lang, free))
        name = next((name for name in book.sheets if is_one_of(name, (PROBLEMS,))), PROBLEMS.in_(lang))
        book.put_in_front(name, rows, [width for _, width in _heads(said)])
        return book.packed()
    except (Unpatchable, TicRulesError, ExpatError, zipfile.BadZipFile, ValueError, KeyError):
        return None


# --- statuses beside the items ------------------------------------------------------------------------------


def _write_statuses(book: WorkbookPackage, marks: Iterable[CellMark], lang: str) -> dict[str, int]:
    """Gives the row of each sheet in which entries still to be added stand."""
    free_rows: dict[str, int] = {}
    by_sheet: dict[str, dict[int, list[CellMark]]] = {}
    for mark in marks:
        if (place := _place(mark.cell)) is not None:
            sheet, row, _ = place
            by_sheet.setdefault(sheet, {}).setdefault(row, []).append(mark)
    for sheet in book.sheets:
        if is_one_of(sheet, (PROBLEMS,)):
            continue
        rows = by_sheet.get(sheet, {})
        header = _header(book, sheet, min(rows) if rows else None)
        if header is None:
            continue
        row, column, is_new = header
        if is_new:
            if not rows:
                continue
            book.write(sheet, row, column, NewCell(HEAD[0].in_(lang), Style(bold=True, ground="DCE6F1")))
            book.widen(sheet, column, _WIDTH)
        free_rows[sheet] = max(_free(book, sheet, column), row + 1)
        below = _below(rows, row, free_rows[sheet])
        for number, line in book.rows(sheet).items():
            earlier = book.texts_of(line).get(column, "")
            if number > row and number not in below and earlier[:1] in _SIGNED:
                book.write(sheet, number, column, NewCell(""))
        for number, said in below.items():
            if said:
                kind = min((mark.kind for mark in said), key=ORDER.index)
                book.write(
                    sheet, number, column, NewCell(_note_text(said, lang), Style(ground=GROUNDS[kind]))
                )
                book.make_room(sheet, number, column)
    return free_rows


def _place(cell: str) -> tuple[str, int, int] | None:
    """Sheet, row and column of a cell by its name."""
    named = _CELL.fullmatch(cell)
    if named is None:
        return None
    return named[1].strip("'").replace("''", "'"), int(named[3]), column_number(named[2])


def _free(book: WorkbookPackage, sheet: str, column: int) -> int:
    """The row below all that a sheet says, but for its statuses."""
    rows = {number: book.texts_of(line) for number, line in book.rows(sheet).items()}
    said = (number for number, texts in rows.items() if any(texts[at] for at in texts if at != column))
    return 1 + max(said, default=0)


def _below(rows: dict[int, list[CellMark]], header: int, free: int) -> dict[int, list[CellMark]]:
    """The rows of a sheet with what is said there; what is said of the whole list stands in its first row,
    what is said of an entry to be added in the first that is free."""
    below: dict[int, list[CellMark]] = {}
    for number, said in rows.items():
        for mark in said:
            below.setdefault(max(free if mark.added else number, header + 1), []).append(mark)
    return below


_SIGNED = frozenset((*SIGNS.values(), _WARNED))


def _note_text(marks: Sequence[CellMark], lang: str) -> str:
    """What is said at a row: the worst first, passes only counted."""
    listed = sorted(dict.fromkeys(marks), key=lambda mark: ORDER.index(mark.kind))
    lines = list(dict.fromkeys(mark.text for mark in listed if mark.kind != "pass"))
    passed = len({mark.text for mark in listed if mark.kind == "pass"})
    if passed:
        lines.append(f"{SIGNS['pass']} {STATUS['pass'].in_(lang)} {passed}{'条' if lang == 'zh' else ''}")
    text = "\n".join(lines)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _header(book: WorkbookPackage, sheet: str, first: int | None) -> tuple[int, int, bool] | None:
    """The row of the header and the column of the statuses; True where the column is to be made."""
    top = [(number, book.texts_of(line)) for number, line in sorted(book.rows(sheet).items())]
    for number, texts in top[:_SEARCHED]:
        for column, text in texts.items():
            if is_one_of(text, HEAD):
                return number, column, False
    above = [(number, texts) for number, texts in top[:_SEARCHED] if first is not None and number < first]
    if not above:
        return None
    number, _ = max(above, key=lambda one: (*_named(sheet, one[1].values()), -one[0]))
    used = max((column for _, texts in top for column, text in texts.items() if text), default=0)
    return number, used + 1, True


def _named(sheet: str, texts: Iterable[str]) -> tuple[int, int]:
    """How many cells of a row name a column, as those of a header do, and how many say something."""
    names = names_of(Centre, unnamed_vocabulary())
    try:
        listed = names.sheet(sheet)
    except Unclear:
        listed = None
    columns, filled = listed or names.layout.main, [text for text in texts if text]
    recognised = (
        is_one_of(text, (*ITEM, *VALUE, *UNIT)) or is_known(names, columns, text) for text in filled
    )
    return sum(recognised), len(filled)


# --- the list of problems -----------------------------------------------------------------------------------


def _heads(said: Sequence[WorkbookReport]) -> tuple[tuple[Text, int], ...]:
    several = len({one.centre for one in said}) > 1
    return (_HEADS[0], _CENTRE, *_HEADS[1:]) if several else _HEADS


def _problem_rows(
    book: WorkbookPackage,
    said: Sequence[WorkbookReport],
    faults: Sequence[Diagnostic],
    lang: str,
    free: Mapping[str, int],
) -> Iterator[list[NewCell]]:
    head = Style(bold=True, ground="DCE6F1")
    yield [NewCell(PROBLEMS.in_(lang), Style(bold=True))]
    for one in said:
        yield [NewCell(""), NewCell(one.title, Style(bold=True)), NewCell(""), NewCell(one.reason)]
    heads = _heads(said)
    yield [NewCell(text.in_(lang), head) for text, _ in heads]
    unreadable = Text("无法读取", "not read").in_(lang)
    for fault in faults:
        line = [*_line("fail", [unreadable, "", "", fault.message.in_(lang), "", "", ""])]
        yield [line[0], *(NewCell("") for _ in heads[len(_HEADS) :]), *line[1:], _link(book, fault.cell)]
    problems = [(one.centre, problem) for one in said for problem in one.problems]
    problems += dict.fromkeys((one.centre, warning) for one in said for warning in one.warnings)
    for centre, problem in sorted(problems, key=lambda one: ORDER.index(one[1].kind)):
        line = [*_line(problem.kind, problem.texts)]
        whose = [NewCell(centre, Style(bold=False))] if heads is not _HEADS else []
        yield [line[0], *whose, *line[1:], _link(book, problem.cell, free if problem.added else {})]


def _line(kind: str, texts: Sequence[str]) -> Iterator[NewCell]:
    for number, text in enumerate(texts):
        yield NewCell(text, Style(ground=GROUNDS[kind]) if number == 0 else Style(bold=False))


def _link(book: WorkbookPackage, cell: str, free: Mapping[str, int] | None = None) -> NewCell:
    """The cell that a problem leads to; `free` has the rows for entries still to be added."""
    place = _place(cell)
    if place is None:
        return NewCell("")
    sheet, row, column = place
    if sheet not in book.sheets:
        return NewCell(cell)
    link = at_cell(sheet, (free or {}).get(sheet, row), column)
    return NewCell(link.replace("'", ""), Style(link=True), link)
