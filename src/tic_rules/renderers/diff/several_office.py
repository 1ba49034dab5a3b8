"""Several documents side by side in Word and Excel: official words, readings and relations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tic_rules.analysis.diff.front import numbers_of
from tic_rules.analysis.diff.several import Across, Several
from tic_rules.core.errors import Text
from tic_rules.renderers.diff import label_of, relation_text
from tic_rules.renderers.diff.docx import Memo
from tic_rules.renderers.diff.front import NONE, NUMBERS, figure_cells
from tic_rules.renderers.diff.several import CHANGED, RELATED, change_line, changed, column, letters
from tic_rules.renderers.diff.xlsx import READINGS, ROWS, Book

PAGE = 26.0
"""Centimetres between the margins."""
TOPIC = Text("主题", "Topic")
NOTE = Text(
    "关系以第一份文件为甲、该栏文件为乙；〔理解〕是我们的读法，条文没有这样写",
    "relations: the first document is A, the one of the column is B; [reading] is ours and not the law's",
)


def docx(several: Several, lang: str) -> bytes:
    """The memo as the bytes of a docx file. Raises UsageError where python-docx is not installed."""
    named = [name.in_(lang) for name in several.names]
    title = ("、" if lang == "zh" else ", ").join(named) + ("对照" if lang == "zh" else " compared")
    memo = Memo(title)
    memo.heading(title, 0)
    for name, full in letters(several, lang):
        memo.paragraph(f"{name}  {full}")
    for head, topics in changed(several):
        memo.heading(CHANGED.in_(lang), 1)
        memo.paragraph(head.in_(lang))
        for topic in topics:
            memo.paragraph(change_line(topic, lang), "List Bullet")
    width = (PAGE - 3.2) / len(named)
    widths = (3.2, *[width] * len(named))
    memo.heading(NUMBERS.in_(lang), 1)
    figures = [figure_cells(figure, lang) for figure in numbers_of(several.documents)]
    memo.table(("", *named), figures, widths)
    memo.heading(ROWS.in_(lang), 1)
    memo.paragraph(NOTE.in_(lang))
    memo.table((TOPIC.in_(lang), *named), _rows(several, lang), widths)
    return memo.bytes()


def xlsx(several: Several, lang: str) -> bytes:
    """The workbook's bytes. Raises UsageError where XlsxWriter is not installed."""
    book = Book(lang)
    named = [name.in_(lang) for name in several.names]
    wide = [max(24, 150 // len(named))] * len(named)
    book.sheet(ROWS, (TOPIC.in_(lang), *named), _rows(several, lang), (18, *wide))
    figures = [figure_cells(figure, lang) for figure in numbers_of(several.documents)]
    book.sheet(NUMBERS, ("", *named), figures, (30, *wide))
    zh = lang == "zh"
    heads = ("甲", "乙", "主题", "关系", "一句话") if zh else ("A", "B", "Topic", "Relation", "In a sentence")
    book.sheet(RELATED, heads, _relations(several, lang), (14, 14, 22, 16, 90))
    heads = (
        ("文件", "主题", "条款", "原文", "理解")
        if zh
        else ("Document", "Topic", "Clause", "Quote", "Reading")
    )
    book.sheet(READINGS, heads, _readings(several, lang), (14, 18, 14, 60, 60))
    return book.bytes()


def _rows(several: Several, lang: str) -> list[list[str]]:
    """One line a topic: of each document its relation to the first, and its words."""
    return [
        [across.label.in_(lang), *(_words(several, across, n, lang) for n in range(len(several.documents)))]
        for across in several.topics
    ]


def _words(several: Several, across: Across, number: int, lang: str) -> str:
    rules = across.rules[number]
    if not rules:
        return NONE.in_(lang)
    texts = column(several, across, number)
    relations = [text.in_(lang) for text in texts[: len(texts) - len(rules)]]
    return "\n".join([*relations, *(f"{rule.at} “{rule.quote}”" for rule in rules)])


def _relations(several: Several, lang: str) -> Iterator[Sequence[str]]:
    """The relation of every two documents under every topic, to filter by."""
    for a, b, compared in several.pairs:
        for topic in compared.topics:
            yield (
                several.names[a].in_(lang), several.names[b].in_(lang), label_of(topic).in_(lang),
                relation_text(topic).in_(lang), topic.sentence.in_(lang),
            )  # fmt: skip


def _readings(several: Several, lang: str) -> Iterator[Sequence[str]]:
    """Every reading beside the words that it reads."""
    for name, ruleset in zip(several.names, several.documents, strict=True):
        for rule in ruleset.rules:
            if rule.reading is not None:
                topic = ruleset.vocabulary.topics[rule.topic].text
                yield name.in_(lang), topic.in_(lang), rule.at, rule.quote, rule.reading.text.in_(lang)
