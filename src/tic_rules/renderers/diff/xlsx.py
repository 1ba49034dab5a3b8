"""The comparison as a workbook: one page in front, rows to filter, the numbers, the readings."""

from __future__ import annotations

from tic_rules.analysis.diff.topics import Diff, Topic
from tic_rules.core.errors import Text
from tic_rules.renderers.diff import counted, label_of, names, rows, shorts
from tic_rules.renderers.diff.book import READINGS, ROWS, Book
from tic_rules.renderers.diff.docx import HEADS, line_of
from tic_rules.renderers.diff.flow import IMPACT, IMPACT_HEADS, impact_lines
from tic_rules.renderers.diff.front import FOREMOST, HEADING, NUMBERS, figure_cells, foremost_lines, numbers
from tic_rules.results.labels import BEARER, MODALITY


def render(compared: Diff, lang: str) -> bytes:
    """The workbook's bytes. Raises UsageError where XlsxWriter is not installed."""
    book = Book(lang)
    first, second = (name.in_(lang) for name in shorts(compared))
    front = [[letter, name] for letter, name in names(compared, lang)]
    front += [["", counted(compared, lang)]]
    front += [[str(number), text] for number, text in enumerate(foremost_lines(compared, lang), 1)]
    book.sheet(HEADING, ["", FOREMOST.in_(lang)], front, (6, 120))
    more = [Text("主体", "bearers"), Text("程度", "modality")]
    book.sheet(
        ROWS,
        [text.in_(lang) for text in (*HEADS, *more)],
        [[*line_of(compared, topic, lang), *_standing(topic, lang)] for topic in compared.topics],
        (18, 48, 48, 14, 48, 40, 16, 14),
    )
    book.sheet(NUMBERS, ["", first, second], [figure_cells(f, lang) for f in numbers(compared)], (36, 60, 60))
    heads = (
        ("", "主题", "条款", "原文", "理解") if lang == "zh" else ("", "topic", "clause", "quote", "reading")
    )
    book.sheet(READINGS, heads, _readings(compared, lang), (12, 18, 14, 60, 60))
    if compared.impact is not None:
        lines = impact_lines(compared.impact, lang)
        book.sheet(IMPACT, [head.in_(lang) for head in IMPACT_HEADS], lines, (40, 16, 16, 80))
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
        for row in rows(compared, topic):
            for name, cell in zip(shorts(compared), (row.a, row.b), strict=True):
                if cell is not None and cell.reading is not None:
                    line = [name.in_(lang), label_of(topic).in_(lang), cell.locator, cell.quote]
                    lines.setdefault((name.zh, cell.rule.id), [*line, cell.reading.in_(lang)])
    return list(lines.values())
