"""The report as an Excel workbook: the one that was checked, given back; else verdicts, findings worst first,
and the data filled in, with the findings as comments at its cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tic_rules.core.errors import Diagnostic, Text, UsageError, fault
from tic_rules.core.scalars import Json
from tic_rules.core.source import steps, unpointer
from tic_rules.inputs.layout import Layout
from tic_rules.inputs.rows import value_at
from tic_rules.model.centre import Centre
from tic_rules.model.extension import extended, own_words
from tic_rules.model.shipped import whole_vocabulary
from tic_rules.model.tables import layout_of
from tic_rules.model.vocabulary import Vocabulary
from tic_rules.renderers import FinishedRun, Options
from tic_rules.renderers.about import about_of
from tic_rules.renderers.headers import Form
from tic_rules.renderers.places import place_of, placed
from tic_rules.renderers.returned_workbook import WorkbookReport, given_back, is_book, is_workbook, said_of
from tic_rules.renderers.workbook import COLOURS, CellNote, Parts, Writer, on_paper, rows_of, write_form
from tic_rules.results.baseline import centre_key
from tic_rules.results.labels import MODALITY, STATUS, VERDICT
from tic_rules.results.outstanding import to_do
from tic_rules.results.parts import Notice
from tic_rules.results.report import Finding, Part, Report
from tic_rules.results.time_words import day_text

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LARGE = 50
"""Reports from which on the workbook is not made in memory."""
_ORDER = ("fail", "unknown", "needs_review", "pending", "exempted", "note", "pass", "not_applicable")
_VERDICTS = Text("结论", "verdicts"), (
    (Text("中心", "centre"), 34), (Text("编号", "id"), 14), (Text("结论", "verdict"), 12),
    (Text("规则集", "rule set"), 16), (Text("基准日", "as of"), 12), (Text("文件", "document"), 44),
)  # fmt: skip
_FINDINGS = Text("各条结论", "findings"), (
    (Text("中心", "centre"), 22), (Text("条款", "clause"), 12), (Text("要求", "asks"), 30),
    (Text("状态", "status"), 10), (Text("程度", "modality"), 9), (Text("说明", "finding"), 60),
    (Text("怎么办", "what to do"), 40), (Text("原文", "quote"), 40), (Text("期限", "deadline"), 12),
    (Text("数据位置", "place"), 26),
    (Text("规则", "rule"), 32),
)  # fmt: skip
_WHOLE = Text("总体布局", "the programme as a whole")
_WARNINGS = Text("提示", "warnings"), (
    (Text("中心", "centre"), 34), (Text("提示", "warning"), 90), (Text("数据位置", "place"), 40),
)  # fmt: skip
_BROKEN = Text("未能检查", "not checked")


Row = tuple[Sequence[str | int], int | None, Mapping[str, object]]
"""A row of a sheet: its cells, the column that is coloured, and how."""
Heads = Sequence[tuple[Text, int]]


class WorkbookPiece(NamedTuple):
    """A report as the workbook needs it; small, and fit to be sent between processes."""

    name: str
    id: str
    key: tuple[str, str, str]
    verdict: tuple[str | int, ...]
    status: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    data: Json | None
    extension: Vocabulary | None
    """The fields and words that the data has beside those of the shipped model."""
    notes: tuple[tuple[Parts, CellNote], ...]
    warnings: tuple[tuple[str, ...], ...]
    """What is said of the data, and where."""
    said: WorkbookReport | None
    """What is said of the workbook that the centre stands in, to be given back."""


def piece(report: Report, options: Options, first: bool = True) -> WorkbookPiece:
    lang, about = options.lang, about_of(report)
    name = str(about.get("name") or ("" if report.centre else _WHOLE.in_(lang)))
    ident, file = str(about.get("id") or ""), str(about.get("file") or "")
    document, status = report.ruleset.document, options.verdict_of(report)
    title = f"《{document.title}》" if lang == "zh" else f"{document.title_en} "
    verdict = (
        name or file, ident, VERDICT[status].in_(lang), report.ruleset.id, report.as_of,
        f"{title}{document.number or ''}", *(report.summary[status] for status in STATUS),
    )  # fmt: skip
    shown = [(_kind(finding), finding) for finding in report]
    rows = tuple((kind, _row(finding, name or ident or file, file, lang)) for kind, finding in shown)
    notes = tuple(note for kind, finding in shown if kind in COLOURS for note in _notes(finding, kind, lang))
    centre = report.subject if isinstance(report.subject, Centre) else None
    data = centre.model_dump(mode="json", exclude_none=True) if centre is not None else None
    extension = own_words(centre, whole_vocabulary()) if centre is not None else None
    warnings = tuple((name or ident or file, w.message.in_(lang), _where(w)) for w in report.warnings)
    said = said_of(report, lang) if is_workbook(report) else None
    key = (file, centre_key(report), name)
    return WorkbookPiece(name, ident, key, verdict, status, rows, data, extension, notes, warnings, said)


def _where(warning: Notice) -> str:
    return str(placed(warning.file or "", warning.line, warning.column, cell=warning.get("cell")))


def _kind(finding: Finding) -> str:
    return "note" if finding.severity == "note" else finding.status


def _row(finding: Finding, name: str, file: str, lang: str) -> tuple[str, ...]:
    place = place_of(finding, file)
    deadline = day_text(finding.deadline, lang) if finding.deadline else ""
    return (
        name, finding.citation["locator"], finding.title.in_(lang), STATUS[finding.status].in_(lang),
        MODALITY[finding.modality].in_(lang), finding.message.in_(lang), to_do(finding).in_(lang),
        finding.citation["quote"], deadline, str(place or ""), finding.rule,
    )  # fmt: skip


def _notes(finding: Finding, kind: str, lang: str) -> Iterator[tuple[Parts, CellNote]]:
    """What is said of a finding at a cell: at each field that is missing, else where it is mended."""
    head = f"【{STATUS[finding.status].in_(lang)}】{finding.citation['locator']} {finding.title.in_(lang)}"
    asked = to_do(finding).in_(lang)
    note = CellNote(kind, f"{head}\n{finding.message.in_(lang)}" + (f"\n→ {asked}" if asked else ""))
    for path in finding.missing[:20] or [(finding.place or Part()).get("path") or ""]:
        yield steps(unpointer(path)), note


class WorkbookWriter:
    """The workbook; it is written when the last report has come."""

    def __init__(self, options: Options) -> None:
        self.lang, self.pieces = options.lang, list[WorkbookPiece]()

    def add(self, piece: WorkbookPiece) -> str:
        self.pieces.append(piece)
        return ""

    def end(self, run: FinishedRun) -> Iterator[bytes]:
        returned = self._given_back(run.diagnostics)
        if returned is not None:
            yield returned
            return
        writer = Writer(large=len(self.pieces) > LARGE)
        self._verdicts(writer)
        self._findings(writer)
        self._warnings(writer)
        if run.diagnostics:
            self._broken(writer, run.diagnostics)
        self._data(writer)
        yield writer.bytes()

    def _given_back(self, faults: Sequence[Diagnostic]) -> bytes | None:
        """The workbook that was checked, where there is but one and nothing else was."""
        files = {one.key[0] for one in self.pieces} | {one.file for one in faults}
        file = files.pop() if len(files) == 1 else ""
        said = [one.said for one in self.pieces if one.said is not None]
        if not is_book(file) or len(said) < len(self.pieces):
            return None
        book = given_back(file, said, faults, self.lang)
        if book is None and file.lower().endswith(".xlsm"):  # under its name, Excel opens no other workbook
            zh = "无法在原工作簿中写入结果，请另存为 .xlsx 后再检查"
            en = "the workbook cannot be written in place; save it as .xlsx"
            raise fault(UsageError, "output", zh, en, file=file)
        return book

    def _page(self, writer: Writer, name: Text, heads: Heads, rows: Iterable[Row]) -> Worksheet:
        """A sheet: heads with their widths, rows with their colours, each as high as its texts."""
        page: Worksheet = writer.book.add_worksheet(name.in_(self.lang))
        widths = [width for _, width in heads]
        for column, (head, width) in enumerate(heads):
            writer.put(page, 0, column, head.in_(self.lang), writer.head)
            page.set_column(column, column, width)
        writer.height(page, 0, [(head.in_(self.lang), width) for head, width in heads])
        page.freeze_panes(1, 1)
        on_paper(page)
        for number, (cells, coloured, colour) in enumerate(rows, 1):
            for column, value in enumerate(cells):
                style = writer.style(text_wrap=True, **(colour if column == coloured else {}))
                writer.put(page, number, column, value, style)
            writer.height(page, number, list(zip(cells, widths, strict=True)))
        return page

    def _verdicts(self, writer: Writer) -> None:
        name, heads = _VERDICTS
        counted = [(text, 9) for text in STATUS.values()]
        colours = {
            "non_compliant": COLOURS["fail"],
            "undetermined": COLOURS["unknown"],
            "on_course": COLOURS["pending"],
            "compliant": "#C6E0B4",
        }
        rows = ((one.verdict, 2, {"bg_color": colours[one.status], "bold": True}) for one in self.pieces)
        self._page(writer, name, [*heads, *counted], rows)

    def _findings(self, writer: Writer) -> None:
        name, heads = _FINDINGS
        rows: list[Row] = []
        for one in self.pieces:
            for kind, cells in sorted(one.rows, key=lambda row: _ORDER.index(row[0])):
                rows.append((cells, 3, {"bg_color": COLOURS[kind]} if kind in COLOURS else {}))
        page = self._page(writer, name, heads, rows)
        page.freeze_panes(1, 3)
        page.autofilter(0, 0, len(rows), len(heads) - 1)

    def _warnings(self, writer: Writer) -> None:
        name, heads = _WARNINGS
        listed = dict.fromkeys(warning for one in self.pieces for warning in one.warnings)
        if listed:
            self._page(writer, name, heads, ((row, None, {}) for row in listed))

    def _broken(self, writer: Writer, diagnostics: Sequence[Diagnostic]) -> None:
        heads = ((Text("位置", "place"), 40), (Text("问题", "fault"), 90), (Text("代码", "code"), 20))
        cells = ((one.place, one.message.in_(self.lang), one.code) for one in diagnostics)
        self._page(writer, _BROKEN, heads, ((row, None, {}) for row in cells))

    def _data(self, writer: Writer) -> None:
        """The data as the workbook to fill in has it. Nothing where no report knows its data."""
        subjects: dict[tuple[str, str, str], Json] = {}
        notes: dict[tuple[str, str, str], list[tuple[Parts, CellNote]]] = {}
        for one in self.pieces:
            if one.data is not None:
                subjects[one.key] = one.data
                notes.setdefault(one.key, []).extend(one.notes)
        if not subjects:
            return
        vocabulary = whole_vocabulary()
        for extension in (one.extension for one in self.pieces if one.extension is not None):
            more = (
                listed.keys() - vocabulary.words.get(name, {}).keys()
                for name, listed in extension.words.items()
            )
            if any(more) or not extension.declared.items() <= vocabulary.declared.items():
                vocabulary = vocabulary.with_(extension)
        layout = layout_of(extended(Centre, vocabulary), vocabulary)
        said = [_merged(notes[key]) for key in subjects]
        wanted = frozenset(_wanted(layout, list(subjects.values()), said))
        write_form(writer, Form(layout, vocabulary, self.lang, wanted, {}), list(subjects.values()), said)


def _merged(notes: Sequence[tuple[Parts, CellNote]]) -> dict[Parts, CellNote]:
    merged: dict[Parts, CellNote] = {}
    for parts, note in notes:
        merged[parts] = note.after(merged.get(parts))
    return merged


def _wanted(
    layout: Layout, subjects: Sequence[Mapping[str, object]], notes: Sequence[Mapping[Parts, CellNote]]
) -> Iterator[str]:
    """The fields that a subject gives, and those of which something is said."""
    yield "id"
    for column in layout.main.columns:
        if any(value_at(subject, column.parts) not in (None, ()) for subject in subjects):
            yield column.path
    for path, sheet in layout.lists.items():
        if sheet.within and any(any(rows_of(subject, sheet)) for subject in subjects):
            yield path
    yield from {".".join(part for part in parts if isinstance(part, str)) for said in notes for parts in said}
