"""Several documents side by side, a row a topic, a column a document, in every format."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from functools import partial

from tic_rules.analysis.diff.front import numbers_of, short_name
from tic_rules.analysis.diff.several import Across, Several, as_dict
from tic_rules.analysis.diff.topics import Topic
from tic_rules.core.errors import Text, visible
from tic_rules.renderers import sinks
from tic_rules.renderers.diff import NONE, NUMBERS, cell, counted, figure_lines, label_of, relation_text
from tic_rules.renderers.diff.markdown import numbers, said, table
from tic_rules.renderers.diff.text import line_of
from tic_rules.renderers.html import render as page
from tic_rules.renderers.text import cells, wrap

CHANGED = Text("各版的变化", "What each edition changed")
RELATED = Text("两两关系", "relations")
DOCUMENTS = Text("文件", "documents")
PAGE = 26.0
"""Centimetres between the margins."""
TOPIC = Text("主题", "Topic")
RELATIONS = Text(
    "关系以第一份文件为甲、该栏文件为乙", "relations: the first document is A, the one of the column is B"
)
NOTE = Text(
    f"{RELATIONS.zh}；〔理解〕是我们的读法，条文没有这样写",
    f"{RELATIONS.en}; [reading] is ours and not the law's",
)


def render(several: Several, format_: str, lang: str) -> str:
    """The documents as text, Markdown, HTML or JSON."""
    match format_:
        case "json":
            return sinks.as_json(as_dict(several))
        case "markdown":
            return "\n".join(_markdown(several, lang)) + "\n"
        case "html":
            return _html(several, lang)
    return "".join(visible(line.rstrip()) + "\n" for line in _text(several, lang))


def document(several: Several, format_: str, lang: str) -> bytes:
    """The documents as a Word document or a workbook. Raises UsageError where an extra is missing."""
    return (_docx if format_ == "docx" else _xlsx)(several, lang)


def changed(several: Several) -> Iterator[tuple[Text, list[Topic]]]:
    """Of each edition that follows another: which, how much, and the rows in which it is another."""
    for a, b in several.editions:
        compared = several.between(a, b)
        first, second = several.names[a], several.names[b]
        head = Text(
            f"{first.zh} → {second.zh}：{counted(compared, 'zh')}",
            f"{first.en} → {second.en}: {counted(compared, 'en')}",
        )
        yield head, [topic for topic in compared.topics if topic.changed]


def change_line(topic: Topic, lang: str) -> str:
    """One of those rows as a line: topic, relation, sentence."""
    mark = "：" if lang == "zh" else ": "
    return f"{label_of(topic).in_(lang)} {relation_text(topic).in_(lang)}{mark}{topic.sentence.in_(lang)}"


def titled(several: Several) -> Iterator[tuple[Text, Text]]:
    """Each document by its short name and its title; as it was named, too, where others are called alike."""
    for name, called, ruleset in zip(several.names, several.called, several.documents, strict=True):
        title = Text(f"《{ruleset.document.title}》", ruleset.document.title_en)
        if name != short_name(ruleset):
            title = Text(f"{called}  {title.zh}", f"{called}  {title.en}")
        yield name, title


def letters(several: Several, lang: str) -> Iterator[tuple[str, str]]:
    """The same in a language."""
    yield from ((name.in_(lang), title.in_(lang)) for name, title in titled(several))


def columns(several: Several, across: Across) -> list[list[Text]]:
    """What each document says under a topic."""
    return [column(several, across, number) for number in range(len(several.documents))]


def column(several: Several, across: Across, number: int) -> list[Text]:
    """What a document says under a topic: its relation to the first, then its rules."""
    relations: dict[Text, None] = {}
    for row in across.to_first(number) if number else ():
        if row.a and row.b:
            said = relation_text(row)
            proved = Text(f"{said.zh}（已证明）", f"{said.en} (proved)")
            relations[proved if row.proved else said] = None
    cells = [cell(several.documents[number], rule) for rule in across.rules[number]]
    return [*relations, *([Text(one.in_("zh"), one.in_("en")) for one in cells] or [NONE])]


def _text(several: Several, lang: str) -> Iterator[str]:
    count = len(several.documents)
    width = max(72, min(shutil.get_terminal_size((110, 40)).columns, 200))
    first = 14
    side = max(12, (width - first - count) // count - 2)
    widths = (first, *[side] * count)
    yield from (f"{name}  {title}" for name, title in letters(several, lang))
    yield ""
    yield from wrap(RELATIONS.in_(lang), width)
    yield ""
    yield from line_of(("", *(name.in_(lang) for name in several.names)), widths)
    for across in several.topics:
        between = Text("；", "; ").in_(lang)
        texts = [between.join(text.in_(lang) for text in side) for side in columns(several, across)]
        yield from line_of((across.label.in_(lang), *texts), widths)
        yield "─" * min(width, cells("─") * (sum(widths) + count))
    yield from ("", f"── {NUMBERS.in_(lang)}")
    for line in figure_lines(several.documents, lang):
        yield from line_of(line, widths)
    for head, topics in changed(several):
        yield ""
        yield from wrap(f"── {CHANGED.in_(lang)}  {head.in_(lang)}", width)
        for topic in topics:
            yield from wrap(f"  {change_line(topic, lang)}", width)


def _markdown(several: Several, lang: str) -> Iterator[str]:
    line = sinks.markdown_line
    names = [said(name, lang) for name in several.names]
    yield from ("# " + line(Text.listed(several.names).in_(lang)), "")
    yield from (f"- **{line(name)}** {line(title)}" for name, title in letters(several, lang))
    yield ""
    rows = (
        (said(across.label, lang), *("<br>".join(said(text, lang) for text in side) for side in sides))
        for across, sides in ((across, columns(several, across)) for across in several.topics)
    )
    yield from table((TOPIC.in_(lang), *names), rows)
    yield from ("", *numbers(several.documents, names, lang))
    for head, topics in changed(several):
        yield from ("", f"## {said(head, lang)}", "")
        yield from (f"- {line(change_line(topic, lang))}" for topic in topics)


def _html(several: Several, lang: str) -> str:
    return page(
        "several.html.j2",
        lang=lang,
        names=several.names,
        titles=list(titled(several)),
        rows=[(across.label, columns(several, across)) for across in several.topics],
        numbers=numbers_of(several.documents),
        changed=[
            (head, [Text.of(partial(change_line, topic)) for topic in topics])
            for head, topics in changed(several)
        ],
        title=CHANGED,
    )


def _docx(several: Several, lang: str) -> bytes:
    """The memo as the bytes of a docx file. Raises UsageError where python-docx is not installed."""
    from tic_rules.renderers.diff.docx import Memo
    from tic_rules.renderers.diff.xlsx import ROWS

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
    widths = (3.2, *[(PAGE - 3.2) / len(named)] * len(named))
    memo.heading(NUMBERS.in_(lang), 1)
    memo.table(("", *named), figure_lines(several.documents, lang), widths)
    memo.heading(ROWS.in_(lang), 1)
    memo.paragraph(NOTE.in_(lang))
    memo.table((TOPIC.in_(lang), *named), _rows(several, lang), widths)
    return memo.bytes()


def _xlsx(several: Several, lang: str) -> bytes:
    """The workbook's bytes. Raises UsageError where XlsxWriter is not installed."""
    from tic_rules.renderers.diff.xlsx import READINGS, ROWS, ComparisonBook

    book = ComparisonBook(lang)
    named = [name.in_(lang) for name in several.names]
    wide = [max(24, 150 // len(named))] * len(named)
    book.sheet(ROWS, (TOPIC.in_(lang), *named), _rows(several, lang), (18, *wide))
    book.sheet(NUMBERS, ("", *named), figure_lines(several.documents, lang), (30, *wide))
    zh = lang == "zh"
    heads = ("甲", "乙", "主题", "关系", "一句话") if zh else ("A", "B", "Topic", "Relation", "In a sentence")
    book.sheet(RELATED, heads, _relations(several, lang), (14, 14, 22, 16, 90))
    heads = ("文件", "主题", "条款", "原文", "理解")
    heads = heads if zh else ("Document", "Topic", "Clause", "Quote", "Reading")
    book.sheet(READINGS, heads, _readings(several, lang), (14, 18, 14, 60, 60))
    short = ("简称", "文件") if zh else ("Short", "Document")
    book.sheet(DOCUMENTS, short, list(letters(several, lang)), (18, 90))
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
