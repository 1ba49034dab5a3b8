"""The report as an Excel workbook: the one that was checked, given back; else verdicts, findings worst first,
and the data filled in, with the findings as comments at its cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tic_rules.core.errors import Diagnostic, Text, UsageError, fault
from tic_rules.core.source import is_index, unpointer
from tic_rules.inputs.layout import Layout
from tic_rules.model.centre import Centre
from tic_rules.model.extension import extended, own_words
from tic_rules.model.loader import whole_vocabulary
from tic_rules.model.tables import layout_of
from tic_rules.model.vocabulary import Vocabulary
from tic_rules.renderers import Options, Run
from tic_rules.renderers.headers import Form
from tic_rules.renderers.places import place_of
from tic_rules.renderers.returned import Said, given_back, is_book, is_workbook, said_of
from tic_rules.renderers.workbook import COLOURS, Note, Parts, Writer, write_form
from tic_rules.results.labels import MODALITY, STATUS, VERDICT, day_text
from tic_rules.results.report import Finding, Part, Report

LARGE = 50
"""Reports from which on the workbook is not made in memory."""
_ORDER = ("fail", "unknown", "needs_review", "pending", "exempted", "note", "pass", "not_applicable")
_VERDICTS = Text("结论", "verdicts"), (
    Text("中心", "centre"), Text("编号", "id"), Text("结论", "verdict"), Text("规则集", "rule set"),
    Text("基准日", "as of"), Text("文件", "document"),
)  # fmt: skip
_FINDINGS = Text("各条结论", "findings"), (
    (Text("中心", "centre"), 22), (Text("条款", "clause"), 12), (Text("要求", "asks"), 30),
    (Text("状态", "status"), 10), (Text("程度", "modality"), 9), (Text("说明", "finding"), 60),
    (Text("怎么补", "remedy"), 40), (Text("原文", "quote"), 40), (Text("期限", "deadline"), 12),
    (Text("数据位置", "place"), 26),
    (Text("规则", "rule"), 32),
)  # fmt: skip
_WHOLE = Text("布局总体", "the programme as a whole")
_BROKEN = Text("未能检查", "not checked")


class Piece(NamedTuple):
    """A report as the workbook needs it; small, and fit to be sent between processes."""

    name: str
    id: str
    key: tuple[str, str, str]
    verdict: tuple[Any, ...]
    status: str
    rows: tuple[tuple[str, tuple[Any, ...]], ...]
    data: dict[str, Any] | None
    extension: Vocabulary | None
    """The fields that the data has beside those of the shipped model, with their words."""
    notes: tuple[tuple[Parts, Note], ...]
    said: Said | None
    """What is said of the workbook that the centre stands in, to be given back."""


def piece(report: Report, options: Options, first: bool = True) -> Piece:
    lang, about = options.lang, report.centre or report.programme or Part()
    name, ident, file = (
        str(about.get("name") or ("" if report.centre else _WHOLE.in_(lang))),
        str(about.get("id") or ""),
        str(about.get("file") or ""),
    )
    document = report.ruleset["document"]
    title = (
        f"《{document['title']}》{document['number'] or ''}"
        if lang == "zh"
        else f"{document['title_en']} {document['number'] or ''}"
    )
    counts = tuple(report.summary[status] for status in STATUS)
    verdict = (
        name or file,
        ident,
        VERDICT[options.verdict_of(report)].in_(lang),
        report.ruleset["id"],
        report.as_of,
        title,
        *counts,
    )
    shown = [(_kind(finding), finding) for finding in report]
    rows = tuple((kind, _row(finding, name or ident or file, file, lang)) for kind, finding in shown)
    notes = tuple(note for kind, finding in shown if kind in COLOURS for note in _notes(finding, kind, lang))
    data = (
        report.subject.model_dump(mode="json", exclude_none=True)
        if isinstance(report.subject, Centre)
        else None
    )
    extension = own_words(report.subject) if isinstance(report.subject, Centre) else None
    verdict_ = options.verdict_of(report)
    said = said_of(report, lang) if is_workbook(report) else None
    return Piece(name, ident, (file, ident, name), verdict, verdict_, rows, data, extension, notes, said)


def _kind(finding: Finding) -> str:
    return "note" if finding.severity == "note" else finding.status


def _row(finding: Finding, name: str, file: str, lang: str) -> tuple[Any, ...]:
    place = place_of(finding, file)
    remedy = (
        finding.remedy.in_(lang)
        if finding.remedy and finding.status not in ("pass", "not_applicable")
        else ""
    )
    deadline = day_text(finding.deadline, lang) if finding.deadline else ""
    return (
        name, finding.citation["locator"], finding.title.in_(lang), STATUS[finding.status].in_(lang),
        MODALITY[finding.modality].in_(lang), finding.message.in_(lang), remedy, finding.citation["quote"],
        deadline, str(place or ""), finding.rule,
    )  # fmt: skip


def _notes(finding: Finding, kind: str, lang: str) -> Iterator[tuple[Parts, Note]]:
    """What is said of a finding at a cell: at each field that is missing, else where it is mended."""
    head = f"【{STATUS[finding.status].in_(lang)}】{finding.citation['locator']} {finding.title.in_(lang)}"
    remedy = f"\n→ {finding.remedy.in_(lang)}" if finding.remedy else ""
    note = Note(kind, f"{head}\n{finding.message.in_(lang)}{remedy}")
    for path in finding.missing[:20] or [(finding.place or Part()).get("path") or ""]:
        yield tuple(int(part) if is_index(part) else part for part in unpointer(path)), note


class Sheet:
    """The workbook; it is written when the last report has come."""

    def __init__(self, options: Options) -> None:
        self.lang, self.pieces = options.lang, list[Piece]()

    def add(self, piece: Piece) -> str:
        self.pieces.append(piece)
        return ""

    def end(self, run: Run) -> Iterator[bytes]:
        returned = self._given_back(run.diagnostics)
        if returned is not None:
            yield returned
            return
        writer = Writer(large=len(self.pieces) > LARGE)
        self._verdicts(writer)
        self._findings(writer)
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
            zh, en = (
                "无法在原工作簿中写入结果，请另存为 .xlsx 后再检查",
                "the workbook cannot be written in place; save it as .xlsx",
            )
            raise fault(UsageError, "output", zh, en, file=file)
        return book

    def _page(self, writer: Writer, name: Text, heads: Sequence[tuple[str, int]]) -> Any:
        page = writer.book.add_worksheet(name.in_(self.lang))
        for column, (head, width) in enumerate(heads):
            writer.put(page, 0, column, head, writer.head)
            page.set_column(column, column, width)
        page.freeze_panes(1, 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        return page

    def _verdicts(self, writer: Writer) -> None:
        name, heads = _VERDICTS
        counted = [(STATUS[status].in_(self.lang), 9) for status in STATUS]
        page = self._page(
            writer,
            name,
            [*zip((head.in_(self.lang) for head in heads), (34, 14, 12, 16, 12, 44), strict=True), *counted],
        )
        colours = {
            "non_compliant": COLOURS["fail"],
            "undetermined": COLOURS["unknown"],
            "on_course": COLOURS["pending"],
            "compliant": "#C6E0B4",
        }
        for row, one in enumerate(self.pieces, 1):
            for column, value in enumerate(one.verdict):
                colour = {"bg_color": colours[one.status], "bold": True} if column == 2 else {}
                writer.put(page, row, column, value, writer.style(text_wrap=True, **colour))

    def _findings(self, writer: Writer) -> None:
        name, heads = _FINDINGS
        page = self._page(writer, name, [(head.in_(self.lang), width) for head, width in heads])
        page.freeze_panes(1, 3)
        row = 0
        for one in self.pieces:
            for kind, cells in sorted(one.rows, key=lambda item: _ORDER.index(item[0])):
                row += 1
                for column, value in enumerate(cells):
                    colour = {"bg_color": COLOURS[kind]} if column == 3 and kind in COLOURS else {}
                    writer.put(page, row, column, value, writer.style(text_wrap=True, **colour))
                writer.height(
                    page, row, [(value, width) for value, (_, width) in zip(cells, heads, strict=True)]
                )
        page.autofilter(0, 0, row, len(heads) - 1)

    def _broken(self, writer: Writer, diagnostics: Sequence[Diagnostic]) -> None:
        heads = ((Text("位置", "place"), 40), (Text("问题", "fault"), 90), (Text("代码", "code"), 20))
        page = self._page(writer, _BROKEN, [(head.in_(self.lang), width) for head, width in heads])
        for row, one in enumerate(diagnostics, 1):
            for column, value in enumerate((one.place, one.message.in_(self.lang), one.code)):
                writer.put(page, row, column, value, writer.style(text_wrap=True))

    def _data(self, writer: Writer) -> None:
        """The data as the workbook to fill in has it. Nothing where no report knows its data."""
        subjects: dict[tuple[str, str, str], Mapping[str, Any]] = {}
        notes: dict[tuple[str, str, str], list[tuple[Parts, Note]]] = {}
        for one in self.pieces:
            if one.data is not None:
                subjects[one.key] = one.data
                notes.setdefault(one.key, []).extend(one.notes)
        if not subjects:
            return
        vocabulary = whole_vocabulary()
        for extension in (one.extension for one in self.pieces if one.extension is not None):
            if not extension.declared.items() <= vocabulary.declared.items():
                vocabulary = vocabulary.with_(extension)
        layout = layout_of(extended(Centre, vocabulary), vocabulary)
        said = [_merged(notes[key]) for key in subjects]
        wanted = frozenset(_wanted(layout, list(subjects.values()), said))
        write_form(writer, Form(layout, vocabulary, self.lang, wanted, {}), list(subjects.values()), said)


def _merged(notes: Sequence[tuple[Parts, Note]]) -> dict[Parts, Note]:
    merged: dict[Parts, Note] = {}
    order = list(COLOURS)
    for parts, note in notes:
        before = merged.get(parts)
        merged[parts] = (
            note
            if before is None
            else Note(min((before.status, note.status), key=order.index), f"{before.text}\n\n{note.text}")
        )
    return merged


def _wanted(
    layout: Layout, subjects: Sequence[Mapping[str, object]], notes: Sequence[Mapping[Parts, Note]]
) -> Iterator[str]:
    """The fields that a subject gives, and those of which something is said."""
    yield "id"
    for column in layout.main.columns:
        if any(_given(subject, column.parts) for subject in subjects):
            yield column.path
    yield from {".".join(part for part in parts if isinstance(part, str)) for said in notes for parts in said}


def _given(data: object, parts: Sequence[str]) -> bool:
    for part in parts:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data is not None and data != ()
