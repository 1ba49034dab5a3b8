"""A workbook as ours are: sheets to filter, heads that stay in sight, rows as high as what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tic_rules.core.errors import Text
from tic_rules.renderers import sinks
from tic_rules.renderers.text import cells
from tic_rules.renderers.workbook import Writer, on_paper

ROWS = Text("对照", "comparison")
READINGS = Text("理解", "readings")
LINE, HIGHEST = 14.5, 409
"""Points: of a line, and of the highest row that Excel has."""


class Book:
    """A workbook that is being written. Raises UsageError where XlsxWriter is not installed."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.writer = Writer()
        self.book = self.writer.book
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.head = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})

    def sheet(
        self, name: Text, heads: Sequence[str], lines: Iterable[Sequence[str]], widths: Sequence[int]
    ) -> None:
        """A sheet of texts below their heads; widths in characters."""
        page = self.book.add_worksheet(name.in_(self.lang)[:31])
        for column, (text, width) in enumerate(zip(heads, widths, strict=True)):
            page.set_column(column, column, width)
            page.write_string(0, column, sinks.excel(text), self.head)
        last = 0
        for last, line in enumerate(lines, 1):
            page.set_row(last, _height(line, widths))
            for column, text in enumerate(line):
                page.write_string(last, column, sinks.excel(text), self.wrap)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(last, 1), len(heads) - 1)
        on_paper(page)

    def bytes(self) -> bytes:
        """The workbook, closed."""
        self.book.close()
        return self.writer.buffer.getvalue()


def _height(line: Sequence[str], widths: Sequence[int]) -> float:
    """How high a row has to be, in points: LibreOffice does not look, and shows one line."""
    most = max(
        sum(-(-max(cells(part), 1) // max(width - 2, 1)) for part in text.split("\n"))
        for text, width in zip(line, widths, strict=True)
    )
    return min(LINE * most + 2, HIGHEST)
