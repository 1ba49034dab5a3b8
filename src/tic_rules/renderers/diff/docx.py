"""The comparison as a memo for Word: sources, one page in front, landscape tables across pages."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime

from tic_rules.analysis.diff.impact import summary
from tic_rules.analysis.diff.topics import RELATION, Diff, Topic
from tic_rules.core.errors import Text
from tic_rules.core.extras import lacking
from tic_rules.renderers import diff, sinks
from tic_rules.renderers.diff.flow import IMPACT, IMPACT_HEADS, impact_lines

HEADS = (
    Text("主题", "Topic"), Text("甲原文", "A, official text"), Text("乙原文", "B, official text"),
    Text("关系", "Relation"), Text("一句话", "In a sentence"), Text("理解", "Our reading"),
)  # fmt: skip
WIDTHS = (2.3, 5.6, 5.6, 2.0, 5.0, 5.6)
"""Centimetres, on a landscape A4 page."""


def render(compared: Diff, lang: str) -> bytes:
    """The memo as the bytes of a docx file. Raises UsageError where python-docx is not installed."""
    first, second = (name.in_(lang) for name in diff.shorts(compared))
    memo = Memo(f"{first} / {second}")
    memo.heading(f"{first}与{second}对照" if lang == "zh" else f"{first} and {second} compared", 0)
    for letter, name in diff.names(compared, lang):
        memo.paragraph(f"{letter}  {name}")
    memo.heading(diff.HEADING.in_(lang), 1)
    for line in (diff.counted(compared, lang), *diff.conflict_lines(compared, lang)):
        memo.paragraph(line)
    memo.heading(diff.FOREMOST.in_(lang), 2)
    for text in diff.foremost_lines(compared, lang):
        memo.paragraph(text, "List Number")
    memo.heading(diff.NUMBERS.in_(lang), 2)
    figures = diff.figure_lines((compared.a, compared.b), lang)
    memo.table(("", first, second), figures, (5.2, 10.4, 10.4))
    for relation, topics in diff.grouped(compared):
        memo.heading(f"{RELATION[relation].in_(lang)} ({len(topics)})", 1)
        lines = [line_of(compared, topic, lang) for topic in topics]
        memo.table([head.in_(lang) for head in HEADS], lines, WIDTHS)
    if compared.impact is not None:
        memo.heading(IMPACT.in_(lang), 1)
        memo.paragraph(summary(compared.impact, lang))
        heads = [head.in_(lang) for head in IMPACT_HEADS]
        memo.table(heads, impact_lines(compared.impact, lang), (8, 3, 3, 12))
    if compared.proof is not None:
        memo.heading(diff.ASSUMED.in_(lang), 1)
        for assumption in compared.proof.assumptions:
            memo.paragraph(assumption.in_(lang), "List Bullet")
    return memo.bytes()


def line_of(compared: Diff, topic: Topic, lang: str) -> list[str]:
    """One row of the memo: topic, official words of both sides, relation, sentence, readings."""
    quotes: list[list[str]] = [[], []]
    readings: list[str] = []
    for row in diff.rows(compared, topic):
        for side, cell, letter in zip(quotes, (row.a, row.b), diff.LETTERS.values(), strict=True):
            if cell is not None:
                side.append(f"{cell.rule.at} “{cell.rule.quote}”")
                if cell.reading is not None:
                    readings.append(f"{letter.in_(lang)} {cell.rule.at} {cell.reading.in_(lang)}")
    return [
        diff.label_of(topic).in_(lang),
        *("\n".join(side) for side in quotes),
        diff.relation_text(topic).in_(lang),
        "\n".join(note.in_(lang) for note in diff.notes_of(compared, topic)),
        "\n".join(readings),
    ]


class Memo:
    """A Word document that is being written: a landscape page, styles that Word knows."""

    def __init__(self, title: str) -> None:
        try:
            import docx
            from docx.enum.section import WD_ORIENT
            from docx.oxml.ns import qn
            from docx.shared import Cm, Pt
        except ImportError:
            raise lacking("word", "写 Word 需要安装", "writing Word needs") from None
        self.cm, self.qn = Cm, qn
        self.document = docx.Document()
        properties = self.document.core_properties
        properties.author, properties.created, properties.title = "tic-rules", datetime(2026, 1, 1), title
        section = self.document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21.0)
        section.left_margin = section.right_margin = Cm(1.8)
        styles, settings = self.document.styles, self.document.settings
        styles["Normal"].font.size = Pt(10)
        for part, name in ((styles, "w:lang"), (settings, "w:themeFontLang")):  # Japanese in the template
            next(part.element.iter(qn(name))).set(qn("w:eastAsia"), "zh-CN")

    def heading(self, text: str, level: int) -> None:
        self.document.add_heading(sinks.line(text), level)

    def paragraph(self, text: str, style: str | None = None) -> None:
        self.document.add_paragraph(sinks.line(text), style)

    def table(self, heads: Sequence[str], lines: Iterable[Sequence[str]], widths: Sequence[float]) -> None:
        """A table whose head is repeated on every page and whose rows may break across pages."""
        listed = list(lines)
        table = self.document.add_table(rows=len(listed) + 1, cols=len(heads), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):  # what LibreOffice goes by
            column.width = self.cm(width)
        for row, texts in zip(table.rows, [heads, *listed], strict=True):
            for cell, text, width in zip(row.cells, texts, widths, strict=True):
                cell.width = self.cm(width)
                cell.text = sinks.plain(text)
        for cell in table.rows[0].cells:
            for run in cell.paragraphs[0].runs:
                run.bold = True
        head = table.rows[0]._tr.get_or_add_trPr()
        head.append(head.makeelement(self.qn("w:tblHeader"), {self.qn("w:val"): "true"}))

    def bytes(self) -> bytes:
        """The file, whose parts bear no hour: the same comparison gives the same bytes."""
        saved, dateless = io.BytesIO(), io.BytesIO()
        self.document.save(saved)
        with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(dateless, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in parts.namelist():
                archive.writestr(zipfile.ZipInfo(name), parts.read(name), zipfile.ZIP_DEFLATED)
        return dateless.getvalue()
