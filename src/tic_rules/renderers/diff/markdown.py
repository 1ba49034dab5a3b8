"""The comparison as Markdown: tables that forges render and that read as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from tic_rules.analysis.diff.claims import STATUS as CLAIM_STATUS
from tic_rules.analysis.diff.impact import Impact, summary
from tic_rules.analysis.diff.quoted import READING
from tic_rules.analysis.diff.topics import RELATION, Diff, Topic
from tic_rules.renderers import diff
from tic_rules.renderers.diff.front import (
    FOREMOST,
    NUMBERS,
    conflict_lines,
    figure_cells,
    foremost_lines,
    numbers,
)
from tic_rules.renderers.sinks import markdown_line
from tic_rules.results.labels import VERDICT


def render(compared: Diff, lang: str, verbose: bool) -> str:
    zh = lang == "zh"
    first, second = diff.shorts(compared)
    a, b = markdown_line(first.in_(lang)), markdown_line(second.in_(lang))
    lines = [f"# {a} {'与' if zh else 'and'} {b}", ""]
    lines += [f"- **{letter}** {markdown_line(name)}" for letter, name in diff.names(compared, lang)]
    lines += ["", markdown_line(diff.counted(compared, lang)), "", *_front(compared, lang)]
    for relation, topics in diff.grouped(compared):
        if relation == "same" and not verbose:
            labels = (markdown_line(diff.label_of(topic).in_(lang)) for topic in topics)
            head, comma = ("**相同**：", "、") if zh else ("**The same**: ", ", ")
            lines += [head + comma.join(labels), ""]
            topics = [topic for topic in topics if topic.changed]
        if topics:
            lines += [f"## {RELATION[relation].in_(lang)} ({len(topics)})", ""]
            lines += [*_table(compared, topics, lang, verbose), ""]
    lines.extend(_proof(compared, lang))
    if compared.impact is not None:
        lines.extend(_impact(compared.impact, lang))
    return "\n".join(lines).rstrip() + "\n"


def _front(compared: Diff, lang: str) -> Iterator[str]:
    """The differences that matter most, and the table of numbers."""
    yield f"## {FOREMOST.in_(lang)}"
    yield ""
    for number, text in enumerate(foremost_lines(compared, lang), 1):
        yield f"{number}. {markdown_line(text)}"
    yield ""
    yield f"## {NUMBERS.in_(lang)}"
    yield ""
    yield f"|  | {' | '.join(markdown_line(name.in_(lang)) for name in diff.shorts(compared))} |"
    yield "|---" * 3 + "|"
    for figure in numbers(compared):
        yield f"| {' | '.join(map(markdown_line, figure_cells(figure, lang)))} |"
    yield ""


def _table(compared: Diff, topics: list[Topic], lang: str, verbose: bool) -> Iterator[str]:
    zh, en = "主题 | 甲 | 关系 | 乙 | 一句话", "Topic | A | Relation | B | In a sentence"
    yield f"| {zh if lang == 'zh' else en} |"
    yield "|---" * 5 + "|"
    for topic in topics:
        for number, row in enumerate(diff.rows(compared, topic)):
            label, relation = "", ""
            notes = [diff.change_text(change) for change in diff.changes_shown(compared, row, verbose)]
            if number == 0:
                label = markdown_line(diff.label_of(topic).in_(lang))
                relation = diff.relation_text(topic).in_(lang)
                sentence, *more = diff.notes_of(compared, topic)
                notes = [sentence, *notes, *more]
            sides = _side(row.a, lang, verbose), relation, _side(row.b, lang, verbose)
            said = "<br>".join(markdown_line(note.in_(lang)) for note in notes)
            yield f"| {label} | {' | '.join(sides)} | {said} |"


def _side(cell: diff.Cell | None, lang: str, verbose: bool) -> str:
    if cell is None:
        return ""
    asks, note = markdown_line(cell.asks.in_(lang)), markdown_line(cell.note.in_(lang))
    text = f"**{markdown_line(cell.locator)}** {asks}<br>{note}"
    if verbose:
        text += f"<br>“{markdown_line(cell.quote)}”"
        if cell.reading is not None:
            text += f"<br>{READING.in_(lang).strip()} {markdown_line(cell.reading.in_(lang))}"
    return text


def _proof(compared: Diff, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    if not compared.claims:
        return
    yield f"## {'逐条' if zh else 'Rule by rule'}"
    yield ""
    yield from (f"- {markdown_line(line)}" for line in conflict_lines(compared, lang))
    yield ""
    yield f"| {'一方 | 条款 | 规则 | 对方 | 依据' if zh else 'Side | Clause | Rule | The other side | By'} |"
    yield "|---" * 5 + "|"
    for status, claims in diff.claims_by_status(compared):
        for claim in claims:
            letter = diff.LETTERS[claim.side].in_(lang)
            by = markdown_line(diff.guarantors(compared, claim, lang))
            clause, title = markdown_line(claim.rule.at), markdown_line(claim.rule.title.text.in_(lang))
            yield f"| {letter} | {clause} | {title} | {CLAIM_STATUS[status].in_(lang)} | {by} |"
    yield ""
    if compared.proof is not None:
        yield f"**{'假设' if zh else 'Assumptions'}**"
        yield ""
        yield from (f"- {markdown_line(text.in_(lang))}" for text in compared.proof.assumptions)
        yield ""


def _impact(affected: Impact, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    yield f"## {'影响' if zh else 'Impact'}"
    yield ""
    yield markdown_line(summary(affected, lang))
    yield ""
    yield f"| {'甲' if zh else 'A'} | {'乙' if zh else 'B'} | {'中心数' if zh else 'Centres'} |"
    yield "|---|---|---:|"
    for a, b, n in affected.table():
        yield f"| {VERDICT[a].in_(lang)} | {VERDICT[b].in_(lang)} | {n} |"
    yield ""
    against = "只在这一边不利于哪些中心" if zh else "Centres that it stands against on this side only"
    heads = ("一方", "条款", "中心数") if zh else ("Side", "Clause", "Centres")
    yield f"| {' | '.join(heads)} | {against} |"
    yield "|---|---|---:|---|"
    for side, rule, centres in affected.clauses():
        letter = diff.LETTERS[side].in_(lang)
        clause = f"{markdown_line(rule.at)} {markdown_line(rule.title.text.in_(lang))}"
        who = markdown_line(("、" if zh else ", ").join(centres))
        yield f"| {letter} | {clause} | {len(centres)} | {who} |"
    yield ""
