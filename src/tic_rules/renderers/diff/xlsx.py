"""The comparison as a workbook: one page in front, rows to filter, the numbers, the readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tic_rules.analysis.diff.topics import Diff, Topic
from tic_rules.core.errors import Text
from tic_rules.renderers import diff, sinks
from tic_rules.renderers.diff.docx import HEADS, line_of
from tic_rules.renderers.diff.flow import IMPACT, IMPACT_HEADS, impact_lines
from tic_rules.renderers.text import cells
from tic_rules.renderers.workbook import Writer, on_paper
from tic_rules.results.labels import BEARER, MODALITY

ROWS = Text("对照", "comparison")
READINGS = Text("理解", "readings")
LINE, HIGHEST = 14.5, 409
"""Points: of a line, and of the highest row that Excel has."""


def render(compared: Diff, lang: str) -> bytes:
    """The workbook's bytes. Raises UsageError where XlsxWriter is not installed."""
    book = ComparisonBook(lang)
    front = [[letter, name] for letter, name in diff.names(compared, lang)]
    front += [["", line] for line in (diff.counted(compared, lang), *diff.conflict_lines(compared, lang))]
    front += [[str(number), text] for number, text in enumerate(diff.foremost_lines(compared, lang), 1)]
    book.sheet(diff.HEADING, ["", diff.FOREMOST.in_(lang)], front, (6, 120))
    more = [Text("主体", "bearers"), Text("程度", "modality")]
    book.sheet(
        ROWS,
        [text.in_(lang) for text in (*HEADS, *more)],
        [[*line_of(compared, topic, lang), *_standing(topic, lang)] for topic in compared.topics],
        (18, 48, 48, 14, 48, 40, 16, 14),
    )
    figures = diff.figure_lines((compared.a, compared.b), lang)
    book.sheet(diff.NUMBERS, ["", *(name.in_(lang) for name in diff.shorts(compared))], figures, (36, 60, 60))
    heads = (
        ("", "主题", "条款", "原文", "理解") if lang == "zh" else ("", "topic", "clause", "quote", "reading")
    )
    book.sheet(READINGS, heads, _readings(compared, lang), (12, 18, 14, 60, 60))
    if compared.impact is not None:
        lines = impact_lines(compared.impact, lang)
        book.sheet(IMPACT, [head.in_(lang) for head in IMPACT_HEADS], lines, (40, 16, 16, 80))
    if compared.proof is not None:
        lines = [[text.in_(lang)] for text in compared.proof.assumptions]
        book.sheet(diff.ASSUMED, [diff.ASSUMED.in_(lang)], lines, (120,))
    return book.bytes()


def _standing(topic: Topic, lang: str) -> list[str]:
    """Who is bound and how firmly, to filter by."""
    rules = (*topic.a, *topic.b)
    words = [BEARER[name].in_(lang) for name in dict.fromkeys(rule.bearer for rule in rules)]
    force = [MODALITY[name].in_(lang) for name in dict.fromkeys(rule.modality for rule in rules)]
    comma = "、" if lang == "zh" else ", "
    return [comma.join(words), comma.join(force)]


def _readings(compared: Diff, lang: str) -> list[list[str]]:
    """Every reading, once, beside the words that it reads."""
    lines: dict[tuple[str, str], list[str]] = {}
    for topic in compared.topics:
        for row in diff.rows(compared, topic):
            for name, cell in zip(diff.shorts(compared), (row.a, row.b), strict=True):
                if cell is not None and cell.reading is not None:
                    line = [name.in_(lang), diff.label_of(topic).in_(lang), cell.rule.at, cell.rule.quote]
                    lines.setdefault((name.zh, cell.rule.id), [*line, cell.reading.in_(lang)])
    return list(lines.values())


class ComparisonBook:
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
