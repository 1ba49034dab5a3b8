"""The comparison as Markdown: tables that forges render and that read as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tic_rules.analysis.diff.claims import STATUS as CLAIM_STATUS
from tic_rules.analysis.diff.impact import Impact, summary
from tic_rules.analysis.diff.quoted import READING
from tic_rules.analysis.diff.topics import RELATION, Diff, Topic
from tic_rules.core.errors import Text
from tic_rules.model.ruleset import RuleSet
from tic_rules.renderers import diff
from tic_rules.renderers.sinks import markdown_line
from tic_rules.results.labels import VERDICT


def render(compared: Diff, lang: str, verbose: bool) -> str:
    zh = lang == "zh"
    a, b = (said(name, lang) for name in diff.shorts(compared))
    lines = [f"# {a} {'与' if zh else 'and'} {b}", ""]
    lines += [f"- **{letter}** {markdown_line(name)}" for letter, name in diff.names(compared, lang)]
    lines += ["", markdown_line(diff.counted(compared, lang)), "", f"## {diff.FOREMOST.in_(lang)}", ""]
    foremost = enumerate(diff.foremost_lines(compared, lang), 1)
    lines += [*(f"{number}. {markdown_line(text)}" for number, text in foremost), ""]
    lines += [*numbers((compared.a, compared.b), (a, b), lang), ""]
    for relation, topics in diff.grouped(compared):
        if relation == "same" and not verbose:
            head, comma = ("**相同**：", "、") if zh else ("**The same**: ", ", ")
            lines += [head + comma.join(said(diff.label_of(topic), lang) for topic in topics), ""]
            topics = [topic for topic in topics if topic.changed]
        if topics:
            heads = (
                ("主题", "甲", "关系", "乙", "一句话")
                if zh
                else ("Topic", "A", "Relation", "B", "In a sentence")
            )
            rows = (row for topic in topics for row in _rows(compared, topic, lang, verbose))
            lines += [f"## {RELATION[relation].in_(lang)} ({len(topics)})", "", *table(heads, rows), ""]
    if compared.claims:
        lines += _proof(compared, lang)
    if compared.impact is not None:
        lines += _impact(compared.impact, lang)
    return "\n".join(lines).rstrip() + "\n"


def said(text: Text, lang: str) -> str:
    return markdown_line(text.in_(lang))


def table(heads: Sequence[str], rows: Iterable[Iterable[str]], numbers: int | None = None) -> Iterator[str]:
    """A table of cells that are Markdown; in the column `numbers` they stand to the right."""
    yield f"| {' | '.join(heads)} |"
    yield "".join("|---:" if column == numbers else "|---" for column in range(len(heads))) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def numbers(rulesets: Sequence[RuleSet], names: Sequence[str], lang: str) -> list[str]:
    """The table of numbers of documents, below its heading."""
    rows = (map(markdown_line, line) for line in diff.figure_lines(rulesets, lang))
    return [f"## {diff.NUMBERS.in_(lang)}", "", *table(("", *names), rows)]


def _rows(compared: Diff, topic: Topic, lang: str, verbose: bool) -> Iterator[tuple[str, ...]]:
    """A topic as rows of a table; what is said of it stands in the first."""
    sentence, *more = diff.notes_of(compared, topic)
    label, relation = said(diff.label_of(topic), lang), diff.relation_text(topic).in_(lang)
    for number, row in enumerate(diff.rows(compared, topic)):
        notes = [diff.change_text(change) for change in diff.changes_shown(compared, row, verbose)]
        if number:
            label, relation = "", ""
        else:
            notes = [sentence, *notes, *more]
        a, b = (_side(cell, lang, verbose) for cell in (row.a, row.b))
        yield label, a, relation, b, "<br>".join(said(note, lang) for note in notes)


def _side(cell: diff.RuleCell | None, lang: str, verbose: bool) -> str:
    if cell is None:
        return ""
    text = f"**{markdown_line(cell.rule.at)}** {said(cell.asks, lang)}<br>{said(cell.note, lang)}"
    if verbose:
        text += f"<br>“{markdown_line(cell.rule.quote)}”"
        if cell.reading is not None:
            text += f"<br>{READING.in_(lang).strip()} {said(cell.reading, lang)}"
    return text


def _proof(compared: Diff, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    yield from (f"## {'逐条' if zh else 'Rule by rule'}", "")
    yield from (f"- {markdown_line(line)}" for line in diff.conflict_lines(compared, lang))
    yield ""
    heads = (
        ("一方", "条款", "规则", "对方", "依据") if zh else ("Side", "Clause", "Rule", "The other side", "By")
    )
    rows = (
        (
            diff.LETTERS[claim.side].in_(lang), markdown_line(claim.rule.at),
            said(claim.rule.title.text, lang),
            CLAIM_STATUS[status].in_(lang), markdown_line(diff.guarantors(compared, claim, lang)),
        )
        for status, claims in diff.claims_by_status(compared)
        for claim in claims
    )  # fmt: skip
    yield from (*table(heads, rows), "")
    if compared.proof is not None:
        yield from (f"**{'假设' if zh else 'Assumptions'}**", "")
        yield from (*(f"- {said(text, lang)}" for text in compared.proof.assumptions), "")


def _impact(affected: Impact, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    yield from (f"## {'影响' if zh else 'Impact'}", "", markdown_line(summary(affected, lang)), "")
    verdicts = ((VERDICT[a].in_(lang), VERDICT[b].in_(lang), str(n)) for a, b, n in affected.table())
    yield from (*table(("甲", "乙", "中心数") if zh else ("A", "B", "Centres"), verdicts, 2), "")
    against = "只在这一边不利于哪些中心" if zh else "Centres that it stands against on this side only"
    heads = ("一方", "条款", "中心数") if zh else ("Side", "Clause", "Centres")
    clauses = (
        (
            diff.LETTERS[side].in_(lang), f"{markdown_line(rule.at)} {said(rule.title.text, lang)}",
            str(len(centres)), markdown_line(("、" if zh else ", ").join(centres)),
        )
        for side, rule, centres in affected.clauses()
    )  # fmt: skip
    yield from (*table((*heads, against), clauses, 2), "")
