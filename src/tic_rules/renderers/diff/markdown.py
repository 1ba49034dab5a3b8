"""The comparison as Markdown: tables that forges render and that read as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from tic_rules.analysis.diff.impact import Impact, summary
from tic_rules.analysis.diff.topics import RELATION, Diff, Topic
from tic_rules.renderers.diff import (
    CLAIM_STATUS,
    SHORT,
    Cell,
    change_text,
    claims_by_status,
    conflict_text,
    counted,
    grouped,
    names,
    remark,
    rows,
    sentence_of,
)
from tic_rules.renderers.sinks import markdown_line
from tic_rules.results.labels import VERDICT


def render(found: Diff, lang: str, verbose: bool) -> str:
    zh = lang == "zh"
    lines = [f"# {markdown_line(found.name_a)} {'与' if zh else 'and'} {markdown_line(found.name_b)}", ""]
    lines += [f"- **{letter}** {markdown_line(name)}" for letter, name in names(found, lang)]
    lines += ["", markdown_line(counted(found, lang)), ""]
    for relation, topics in grouped(found):
        if relation == "same" and not verbose:
            label = "相同" if zh else "The same"
            lines += [
                f"**{label}**{'：' if zh else ': '}"
                + ("、" if zh else ", ").join(markdown_line(topic.label.in_(lang)) for topic in topics),
                "",
            ]
            topics = [topic for topic in topics if topic.changed]
        if topics:
            lines += [
                f"## {RELATION[relation].in_(lang)} ({len(topics)})",
                "",
                *_table(found, topics, lang),
                "",
            ]
    lines.extend(_proof(found, lang))
    if found.impact is not None:
        lines.extend(_impact(found.impact, lang))
    return "\n".join(lines).rstrip() + "\n"


def _table(found: Diff, topics: list[Topic], lang: str) -> Iterator[str]:
    heads = (
        ("主题", "甲", "关系", "乙", "变化") if lang == "zh" else ("Topic", "A", "Relation", "B", "Changes")
    )
    yield f"| {' | '.join(heads)} |"
    yield "|---" * 5 + "|"
    for topic in topics:
        for number, row in enumerate(rows(found, topic)):
            told = [
                change_text(change).in_(lang)
                for change in row.changes
                if change.level == "verdict" or found.editions
            ]
            if number == 0:
                note = remark(topic)
                told += [note.in_(lang)] if note else []
                told += [sentence_of(found, pair).in_(lang) for pair in topic.witnesses]
            label, relation = (
                (markdown_line(topic.label.in_(lang)), SHORT[topic.relation].in_(lang))
                if number == 0
                else ("", "")
            )
            yield f"| {label} | {_side(row.a, lang)} | {relation} | {_side(row.b, lang)} | {'<br>'.join(map(markdown_line, told))} |"


def _side(cell: Cell | None, lang: str) -> str:
    return (
        ""
        if cell is None
        else f"**{markdown_line(cell.locator)}** {markdown_line(cell.asks.in_(lang))}<br>{markdown_line(cell.note.in_(lang))}"
    )


def _proof(found: Diff, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    if not found.claims:
        return
    yield f"## {'逐条' if zh else 'Rule by rule'}"
    yield ""
    for conflict in found.proof.conflicts if found.proof is not None else ():
        yield f"- ✗ {'不能同时做到：' if zh else 'cannot both be met: '}{markdown_line(conflict_text(found, conflict).in_(lang))}"
    heads = (
        ("一方", "条款", "规则", "对方", "依据") if zh else ("Side", "Clause", "Rule", "The other side", "By")
    )
    yield ""
    yield f"| {' | '.join(heads)} |"
    yield "|---" * 5 + "|"
    for status, claims in claims_by_status(found):
        for claim in claims:
            letter = {"a": "甲", "b": "乙"}[claim.side] if zh else claim.side.upper()
            by = ", ".join(f"`{name}`" for name in claim.by)
            yield f"| {letter} | {markdown_line(claim.rule.at)} | {markdown_line(claim.rule.title.text.in_(lang))} | {CLAIM_STATUS[status].in_(lang)} | {by} |"
    yield ""
    if found.proof is not None:
        yield f"**{'假设' if zh else 'Assumptions'}**"
        yield ""
        yield from (f"- {markdown_line(text.in_(lang))}" for text in found.proof.assumptions)
        yield ""


def _impact(found: Impact, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    yield f"## {'影响' if zh else 'Impact'}"
    yield ""
    yield markdown_line(summary(found, lang))
    yield ""
    yield f"| {'甲' if zh else 'A'} | {'乙' if zh else 'B'} | {'中心数' if zh else 'Centres'} |"
    yield "|---|---|---:|"
    for a, b, n in found.table():
        yield f"| {VERDICT[a].in_(lang)} | {VERDICT[b].in_(lang)} | {n} |"
    yield ""
    yield f"| {'一方' if zh else 'Side'} | {'条款' if zh else 'Clause'} | {'只在这一边不符合的中心数' if zh else 'Centres that fail on this side only'} |"
    yield "|---|---|---:|"
    for side, rule, n in found.clauses():
        yield f"| {({'a': '甲', 'b': '乙'}[side]) if zh else side.upper()} | {markdown_line(rule.at)} {markdown_line(rule.title.text.in_(lang))} | {n} |"
    yield ""
