"""A Word document as ours are: a landscape page, styles that Word knows, tables that break across pages."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from tic_rules.core.errors import UsageError, fault
from tic_rules.renderers import sinks


class Memo:
    """A Word document that is being written: a landscape page, styles that Word knows."""

    def __init__(self, title: str) -> None:
        try:
            import docx
            from docx.enum.section import WD_ORIENT
            from docx.oxml.ns import qn
            from docx.shared import Cm, Pt
        except ImportError:
            zh, en = "写 Word 需要安装：pip install", "writing Word needs: pip install"
            extra = "'tic-rules[word]'"
            raise fault(UsageError, "extra", f"{zh} {extra}", f"{en} {extra}") from None
        self.cm, self.qn = Cm, qn
        self.document = docx.Document()
        properties = self.document.core_properties
        properties.author, properties.created, properties.title = "tic-rules", datetime(2026, 1, 1), title
        section = self.document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21.0)
        section.left_margin = section.right_margin = Cm(1.8)
        normal = self.document.styles["Normal"]
        normal.font.size = Pt(10)
        normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")

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
        buffer = io.BytesIO()
        self.document.save(buffer)
        return buffer.getvalue()
