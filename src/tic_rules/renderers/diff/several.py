"""Several documents side by side, a row a topic, a column a document: text, Markdown, HTML, JSON."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial

from tic_rules.analysis.diff.front import numbers_of
from tic_rules.analysis.diff.several import Across, Several, as_dict
from tic_rules.analysis.diff.topics import Topic
from tic_rules.core.errors import Text, visible
from tic_rules.renderers import sinks
from tic_rules.renderers.diff import cell, counted, label_of, relation_text
from tic_rules.renderers.diff.front import NONE, NUMBERS, figure_cells
from tic_rules.renderers.diff.text import line_of
from tic_rules.renderers.html import render as page
from tic_rules.renderers.text import cells, wrap

CHANGED = Text("各版的变化", "What each edition changed")
RELATED = Text("两两关系", "relations")


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
    from tic_rules.renderers.diff.several_office import docx, xlsx

    return (docx if format_ == "docx" else xlsx)(several, lang)


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


def letters(several: Several, lang: str) -> Iterator[tuple[str, str]]:
    """Each document by its short name and its title."""
    for name, ruleset in zip(several.names, several.documents, strict=True):
        title = f"《{ruleset.document.title}》" if lang == "zh" else ruleset.document.title_en
        yield name.in_(lang), title


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
    note = Text(
        "关系以第一份文件为甲、该栏文件为乙", "relations: the first document is A, the one of the column is B"
    )
    yield from wrap(note.in_(lang), width)
    yield ""
    yield from line_of(("", *(name.in_(lang) for name in several.names)), widths)
    for across in several.topics:
        between = Text("；", "; ").in_(lang)
        texts = [between.join(text.in_(lang) for text in column(several, across, n)) for n in range(count)]
        yield from line_of((across.label.in_(lang), *texts), widths)
        yield "─" * min(width, cells("─") * (sum(widths) + count))
    yield ""
    yield f"── {NUMBERS.in_(lang)}"
    for figure in numbers_of(several.documents):
        yield from line_of(figure_cells(figure, lang), widths)
    for head, topics in changed(several):
        yield ""
        yield from wrap(f"── {CHANGED.in_(lang)}  {head.in_(lang)}", width)
        for topic in topics:
            yield from wrap(f"  {change_line(topic, lang)}", width)


def _markdown(several: Several, lang: str) -> Iterator[str]:
    line = sinks.markdown_line
    yield "# " + line(("、" if lang == "zh" else ", ").join(name.in_(lang) for name in several.names))
    yield ""
    yield from (f"- **{line(name)}** {line(title)}" for name, title in letters(several, lang))
    yield ""
    heads = " | ".join(line(name.in_(lang)) for name in several.names)
    yield f"| {'主题' if lang == 'zh' else 'Topic'} | {heads} |"
    yield "|---" * (len(several.documents) + 1) + "|"
    for across in several.topics:
        sides = [
            "<br>".join(line(text.in_(lang)) for text in column(several, across, n))
            for n in range(len(several.documents))
        ]
        yield f"| {line(across.label.in_(lang))} | {' | '.join(sides)} |"
    yield ""
    yield f"## {NUMBERS.in_(lang)}"
    yield ""
    yield f"|  | {heads} |"
    yield "|---" * (len(several.documents) + 1) + "|"
    for figure in numbers_of(several.documents):
        yield f"| {' | '.join(map(line, figure_cells(figure, lang)))} |"
    for head, topics in changed(several):
        yield ""
        yield f"## {line(head.in_(lang))}"
        yield ""
        yield from (f"- {line(change_line(topic, lang))}" for topic in topics)


def _html(several: Several, lang: str) -> str:
    count = len(several.documents)
    return page(
        "several.html.j2",
        lang=lang,
        names=several.names,
        titles=list(zip(several.names, several.documents, strict=True)),
        rows=[
            (across.label, [column(several, across, n) for n in range(count)]) for across in several.topics
        ],
        numbers=numbers_of(several.documents),
        changed=[
            (head, [Text.of(partial(change_line, topic)) for topic in topics])
            for head, topics in changed(several)
        ],
        title=CHANGED,
    )
