"""The comparison as a workbook: one page in front, rows to filter, the numbers, the readings, each on a
sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tic_rules.analysis.diff.topics import Diff
from tic_rules.core.errors import Text
from tic_rules.renderers import sinks
from tic_rules.renderers.diff import counted, label_of, names, rows, shorts
from tic_rules.renderers.diff.docx import HEADS, line_of
from tic_rules.renderers.diff.front import FOREMOST, HEADING, NUMBERS, figure_cells, foremost_lines, numbers
from tic_rules.renderers.workbook import Writer
from tic_rules.results.labels import BEARER, MODALITY

_ROWS = Text("对照", "comparison")
_READINGS = Text("理解", "readings")


def render(compared: Diff, lang: str) -> bytes:
    """The workbook's bytes. Raises UsageError where XlsxWriter is not installed."""
    writer = Writer()
    book = writer.book
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    first, second = (name.in_(lang) for name in shorts(compared))

    def sheet(
        name: Text, heads: Sequence[str], lines: Iterable[Sequence[str]], widths: Sequence[int]
    ) -> None:
        page = book.add_worksheet(name.in_(lang)[:31])
        for column, (text, width) in enumerate(zip(heads, widths, strict=True)):
            page.set_column(column, column, width)
            page.write_string(0, column, sinks.excel(text), head)
        last = 0
        for last, line in enumerate(lines, 1):
            for column, text in enumerate(line):
                page.write_string(last, column, sinks.excel(text), wrap)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(last, 1), len(heads) - 1)
        page.set_landscape()
        page.repeat_rows(0)
        page.fit_to_pages(1, 0)

    front = [[letter, name] for letter, name in names(compared, lang)]
    front += [["", counted(compared, lang)]]
    front += [[str(number), text] for number, text in enumerate(foremost_lines(compared, lang), 1)]
    sheet(HEADING, ["", FOREMOST.in_(lang)], front, (6, 120))
    more = [Text("主体", "bearers"), Text("程度", "modality")]
    sheet(
        _ROWS,
        [text.in_(lang) for text in (*HEADS, *more)],
        [[*line_of(compared, topic, lang), *_standing(topic, lang)] for topic in compared.topics],
        (18, 48, 48, 14, 48, 40, 16, 14),
    )
    sheet(NUMBERS, ["", first, second], [figure_cells(f, lang) for f in numbers(compared)], (36, 60, 60))
    heads = (
        ("", "主题", "条款", "原文", "理解") if lang == "zh" else ("", "topic", "clause", "quote", "reading")
    )
    sheet(_READINGS, heads, _readings(compared, lang), (12, 18, 14, 60, 60))
    book.close()
    return writer.buffer.getvalue()


def _standing(topic: Any, lang: str) -> list[str]:
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
        for row in rows(compared, topic):
            for name, cell in zip(shorts(compared), (row.a, row.b), strict=True):
                if cell is not None and cell.reading is not None:
                    line = [name.in_(lang), label_of(topic).in_(lang), cell.locator, cell.quote]
                    lines.setdefault((name.zh, cell.rule.id), [*line, cell.reading.in_(lang)])
    return list(lines.values())


__all__ = ["render"]
