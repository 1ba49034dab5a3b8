"""The comparison at a terminal: threshold, relation and clause side by side; what is the same is folded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence

from tic_rules.analysis.diff.claims import STATUS as CLAIM_STATUS
from tic_rules.analysis.diff.impact import Impact, summary
from tic_rules.analysis.diff.topics import RELATION, Diff, Topic
from tic_rules.core.errors import Text, plural, visible
from tic_rules.renderers import diff
from tic_rules.renderers.diff.flow import sides_of
from tic_rules.renderers.text import cells, pad, wrap
from tic_rules.results.labels import VERDICT

SAME_BUT = Text("要求相同，文字有改动", "the same is asked, in other words")

_STRICT, _LENIENT = Text("只看“应当”", "what must be"), Text("连同“原则上”", "with what is in principle")
"""The clauses that a guarantee is asked for."""


def render(compared: Diff, lang: str, verbose: bool) -> str:
    width = max(72, min(shutil.get_terminal_size((110, 40)).columns, 150))
    names = diff.names(compared, lang)
    lines = [line for letter, name in names for line in _indented(f"{letter}  {name}", 0, width)]
    lines += ["", diff.counted(compared, lang), *_front(compared, lang, width)]
    for relation, topics in diff.grouped(compared):
        shown = topics if verbose or relation != "same" else [topic for topic in topics if topic.changed]
        if folded := [diff.label_of(topic).in_(lang) for topic in topics if topic not in shown]:
            same = Text(
                f"相同（-v 展开）：{'、'.join(folded)}", f"the same (-v unfolds): {', '.join(folded)}"
            )
            lines += ["", *wrap(same.in_(lang), width)]
        if shown:
            title = RELATION[relation].in_(lang) if relation != "same" or verbose else SAME_BUT.in_(lang)
            lines += ["", f"── {title} {len(shown)} " + "─" * max(0, width - cells(title) - 8)]
            lines.extend(_table(compared, shown, lang, width, verbose))
    lines.extend(_proof(compared, lang, width))
    if compared.impact is not None:
        lines.extend(_impact(compared.impact, lang))
    return "".join(visible(line.rstrip()) + "\n" for line in lines)


def _front(compared: Diff, lang: str, width: int) -> Iterator[str]:
    yield from ("", f"── {diff.FOREMOST.in_(lang)}")
    for number, text in enumerate(diff.foremost_lines(compared, lang), 1):
        yield from _indented(f"{number}. {text}", 1, width)
    yield from ("", f"── {diff.NUMBERS.in_(lang)}")
    heads = ["", *(name.in_(lang) for name in diff.shorts(compared))]
    for line in (heads, *diff.figure_lines((compared.a, compared.b), lang)):
        yield from line_of(line, [(width - 2) // 3 - 2] * 3)


def _table(compared: Diff, topics: Sequence[Topic], lang: str, width: int, verbose: bool) -> Iterator[str]:
    first, middle = (16, 12) if lang == "zh" else (20, 14)
    side = (width - first - middle - 3) // 2
    widths = (first, side, middle, side)
    heads = ("主题", "甲", "关系", "乙") if lang == "zh" else ("topic", "A", "relation", "B")
    yield from line_of(heads, widths)
    for topic in topics:
        for number, row in enumerate(diff.rows(compared, topic, verbose)):
            a, b = (side.in_(lang) if side else "" for side in (row.a, row.b))
            label, relation = diff.label_of(topic).in_(lang), diff.relation_text(topic).in_(lang)
            yield from line_of((label, a, relation, b) if number == 0 else ("", a, "", b), widths)
            for side_ in (row.a, row.b) if verbose else ():
                if side_ is not None:
                    yield from _indented(f"  {_quoted(side_, lang)}", first + 1, width)
            for change in diff.changes_shown(compared, row, verbose):
                yield from _indented(f"· {diff.change_text(change).in_(lang)}", first + 1, width)
                if compared.editions:
                    yield from _indented(f"  {diff.places(compared, row, change)}", first + 1, width)
        for number, note in enumerate(diff.notes_of(compared, topic)):
            yield from _indented(f"{'·' if number else '→'} {note.in_(lang)}", first + 1, width)


def _quoted(cell: diff.RuleCell, lang: str) -> str:
    """The words of a rule, and our reading of them."""
    quote = f"{cell.rule.at}“{cell.rule.quote}”"
    if cell.reading is None:
        return quote
    return f"{quote}〔理解〕{cell.reading.zh}" if lang == "zh" else f"{quote} [reading] {cell.reading.en}"


def line_of(texts: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [wrap(text, width - 2) for text, width in zip(texts, widths, strict=True)]  # a mark may follow
    for number in range(max(len(lines) for lines in wrapped)):
        yield " ".join(
            pad(lines[number] if number < len(lines) else "", width)
            for lines, width in zip(wrapped, widths, strict=True)
        )


def _indented(text: str, indent: int, width: int) -> Iterator[str]:
    for number, line in enumerate(wrap(text, width - indent - 4)):
        yield " " * (indent + (2 if number else 0)) + line


def _proof(compared: Diff, lang: str, width: int) -> Iterator[str]:
    zh = lang == "zh"
    if compared.proof is not None:
        yield ""
        yield "── " + ("证明" if zh else "Proof") + " " + "─" * (width - 12)
        for line in diff.conflict_lines(compared, lang):
            yield from _indented(line, 0, width)
        for level, sides in compared.proof.whole.items():
            looked_at = _STRICT if level == "must" else _LENIENT
            for one, other in (("a", "b"), ("b", "a")):
                holds, a, b = sides[f"{one}_guarantees_{other}"], diff.LETTERS[one], diff.LETTERS[other]
                meets = Text(
                    f"：做到{a.zh}{'就' if holds else '不等于'}做到{b.zh}",
                    f": meeting {a.en} {'is' if holds else 'is not'} meeting {b.en}",
                )
                yield f"{'✓' if holds else '–'} {looked_at.in_(lang)}{meets.in_(lang)}"
    if compared.claims:
        yield from _claims(compared, lang, width)
    if compared.proof is not None:
        yield "假设：" if zh else "Assumptions:"
        for assumption in compared.proof.assumptions:
            yield from _indented(f"· {assumption.in_(lang)}", 1, width)


def _claims(compared: Diff, lang: str, width: int) -> Iterator[str]:
    yield ""
    yield "逐条：" if lang == "zh" else "Rule by rule:"
    for status, claims in diff.claims_by_status(compared):
        if status in ("silent", "judged"):
            number = Text(f"：{len(claims)}条", f": {plural(len(claims), 'rule')}")
            yield from _indented(f"{CLAIM_STATUS[status].in_(lang)}{number.in_(lang)}", 1, width)
            continue
        for claim in claims:
            rule, colon = claim.rule, "：" if lang == "zh" else ": "
            which = f"{diff.LETTERS[claim.side].in_(lang)} {rule.at} {rule.title.text.in_(lang)}{colon}"
            by = f" ← {diff.guarantors(compared, claim, lang)}" if claim.by else ""
            gap = claim.gap and Text(f"，少{claim.gap.zh}", f", less by {claim.gap.en}").in_(lang)
            yield from _indented(f"{which}{CLAIM_STATUS[status].in_(lang)}{by}{gap or ''}", 1, width)


def _impact(affected: Impact, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    yield ""
    yield ("── 影响：" if zh else "── Impact: ") + summary(affected, lang)
    for a, b, n in affected.table():
        yield f"  {VERDICT[a].in_(lang)} → {VERDICT[b].in_(lang)}" + (f"：{n}个" if zh else f": {n}")
    for side, rule, centres in affected.clauses():
        letter = diff.LETTERS[side].in_(lang)
        against = Text(
            f"：只在这一边不利于{len(centres)}个中心（{'、'.join(centres)}）",
            f": stands against {plural(len(centres), 'centre')} on this side only ({', '.join(centres)})",
        )
        yield f"  {letter} {rule.at} {rule.title.text.in_(lang)}{against.in_(lang)}"
    for centre in affected.centres:
        verdicts = (VERDICT[verdict].in_(lang) for verdict in (centre.verdict_a, centre.verdict_b))
        arrow = " → ".join(dict.fromkeys(verdicts))
        yield f"  {centre.shown}（{arrow}）" if zh else f"  {centre.shown} ({arrow})"
        for flip in [flip for flip in centre.flips if flip.decides]:
            sides = sides_of(flip)
            turned = [f"{side.in_(lang)} {rule.at} {status.in_(lang)}" for side, rule, status in sides]
            yield f"    {' / '.join(turned)}  {sides[-1][1].title.text.in_(lang)}"
