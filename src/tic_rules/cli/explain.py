"""tic-rules explain: one rule in full; with a centre, what it saw there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import click

from tic_rules.analysis.lint import explain_code
from tic_rules.api import check
from tic_rules.cli.chinese import Command
from tic_rules.cli.common import as_of_option, lang_option, write
from tic_rules.core.errors import UsageError, did_you_mean, fault, visible
from tic_rules.core.numbers import INFINITY, Range
from tic_rules.model.catalogue import rulesets
from tic_rules.model.centre import Centre
from tic_rules.model.loader import load_ruleset
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.renderers.text import cells, pad
from tic_rules.results.explanation import (
    counterparts,
    data_read,
    facts_of_rule,
    find_rules,
    place_shown,
    time_of,
)
from tic_rules.results.finding import Finding
from tic_rules.results.labels import BEARER, KIND, MODALITY, STATUS, VALUE, describe, join, range_text
from tic_rules.results.parts import Part
from tic_rules.results.terms import groups_of, term


@click.command("explain", cls=Command)
@click.argument("ref", metavar="REF")
@click.option("--centre", metavar="FILE", help="A centre file: the finding and its trace are shown too.")
@as_of_option("The day looked at. Default: the file's reported_on.")
@click.option("--rules", "rules", metavar="PATH", help="A rule file to look in.")
@lang_option
def command(ref: str, centre: str | None, as_of: date | None, rules: str | None, lang: str) -> None:
    """Explain a rule (zhejiang_2022/investment-2y): clause, quote, reading, condition, data, counterparts."""
    if as_of is not None and centre is None:
        raise fault(UsageError, "usage", "--as-of 要与 --centre 同用", "--as-of goes with --centre")
    code = explain_code(ref)
    if code is not None:
        write(f"{code.code}  {code.title.in_(lang)}\n\n{code.why.in_(lang)}\n", None)
        return
    named = find_rules(ref, rules)
    if not named and re.fullmatch(r"TR[0-9]+", ref):
        zh, en = f"tic-rules lint 没有代码 {ref}", f"tic-rules lint has no code {ref}"
        raise fault(UsageError, "unknown-code", zh, en)
    if not named:
        ids = [rules] if rules else [listed.id for listed in rulesets()]
        of, _, name = ref.rpartition("/")
        every = [load_ruleset(one) for one in ids]
        searched = [one for one in every if one.id == of] or every
        near = did_you_mean(name, [rule.id for one in searched for rule in one])
        zh = f"没有规则 {ref}；tic-rules rules ID 列出一个规则集的规则{near.zh}"
        en = f"there is no rule {ref}; tic-rules rules ID lists those of a rule set{near.en}"
        raise fault(UsageError, "unknown-rule", zh, en)
    parts = []
    for ruleset, rule in named:
        text = _page(ruleset, rule, lang)
        if centre is not None:
            data = Centre.from_file(centre, ruleset=[one for one, _ in named])
            finding = check(data, ruleset, as_of=as_of)[rule.id]
            text += "\n" + _finding(finding, TraceWords(ruleset, rule, lang))
        parts.append(text)
    write("\n".join(parts), None)


def _page(ruleset: RuleSet, rule: Rule, lang: str) -> str:
    rows = [(label, visible(text)) for label, text in _rows(ruleset, rule, lang)]
    width = max(cells(label) for label, _ in rows)
    lines = "\n".join(f"  {pad(label, width)}  {text}" for label, text in rows)
    return f"{ruleset.id}/{rule.id}  {rule.title.text.in_(lang)}\n\n{lines}\n"


def _rows(ruleset: RuleSet, rule: Rule, lang: str) -> Iterator[tuple[str, str]]:
    """What is said of a rule, each with its label."""
    zh = lang == "zh"
    document = ruleset.document.number or f"《{ruleset.document.title}》"
    bearing = (MODALITY[rule.modality], KIND[rule.kind], BEARER[rule.bearer])
    yield "条款" if zh else "Clause", f"{document} {rule.at}"
    yield "原文" if zh else "Quote", f"“{rule.quote}”"
    yield "程度" if zh else "Modality", " · ".join(text.in_(lang) for text in bearing)
    yield "时间" if zh else "Time", time_of(rule, ruleset.vocabulary).in_(lang)
    if rule.applies is not None:
        yield "适用" if zh else "Applies", describe(rule.applies, ruleset, lang, rule)
    if rule.condition is not None:
        label = ("触发" if zh else "When") if rule.kind == "consequence" else ("条件" if zh else "Condition")
        yield label, describe(rule.condition, ruleset, lang, rule)
    if rule.fails_at_once is not None:
        yield "立即不符合" if zh else "Fails at once", describe(rule.fails_at_once, ruleset, lang, rule)
    if rule.then is not None:
        yield "后果" if zh else "Then", rule.then.text.in_(lang)
    if rule.otherwise is not None:
        yield "结果良好" if zh else "On a good result", rule.otherwise.then.text.in_(lang)
    if rule.reading is not None:
        yield "理解" if zh else "Reading", rule.reading.text.in_(lang)
    yield "怎么办" if zh else "What to do", rule.remedy.text.in_(lang)
    yield "数据" if zh else "Data", data_read(ruleset, rule, lang)
    for other, theirs in counterparts(ruleset, rule):
        title = theirs.title.text.in_(lang)
        yield (
            "别处" if zh else "Elsewhere",
            f"{other.id}/{theirs.id} {theirs.at}{'：' if zh else ': '}{title}",
        )
    yield "文件" if zh else "File", place_shown(ruleset, rule)


class TraceWords(NamedTuple):
    """The rule of a trace, whose words and units it speaks in, and the language."""

    ruleset: RuleSet
    rule: Rule
    lang: str

    def value(self, value: object) -> str:
        """A value that was read; a day that is known in part from the first to the last that it may be."""
        if isinstance(value, Mapping):
            return ("至" if self.lang == "zh" else " to ").join(value.values())
        vocabulary, facts = self.ruleset.vocabulary, self.ruleset.facts
        groups = [group for name in facts_of_rule(self.rule) for group in groups_of(vocabulary, facts[name])]
        words = value if isinstance(value, list) else [value]
        return join([term(vocabulary, word, self.lang, groups) for word in words], self.lang)

    def observed(self, seen: Part) -> str:
        """A value that was read, or its range."""
        if "value" in seen:
            return self.value(seen["value"])
        low, high = (INFINITY if seen[end] is None else Fraction(seen[end]) for end in ("low", "high"))
        return range_text(Range(low, high), seen["unit"], self.ruleset.vocabulary.units, self.lang)


def _finding(finding: Finding, words: TraceWords) -> str:
    zh, lang = words.lang == "zh", words.lang
    status, message = STATUS[finding.status].in_(lang), finding.message.in_(lang)
    begun = message.startswith((status, f"尚{status}"))  # 符合：…, 数据不足，…, 尚待完成：…
    lines = [f"  {message}" if begun else f"  {status}{'：' if zh else ': '}{message}"]
    trace = finding.trace
    for key in ("applies", "require", "when", "fails_at_once"):
        if key in trace:
            lines.extend(_trace(trace[key], words, 2))
    for year in trace.get("years", ()):
        lines.append(f"    {year['year']}: {STATUS[year['status']].in_(lang)}")
        lines.extend(_trace(year["require"], words, 3))
    for datum in finding.data:
        where = datum.get("cell") or f"{datum['line']}:{datum['column']}"
        lines.append(f"    {datum['file'] or ''}:{where} {datum['path']}")
    for path in finding.missing:
        lines.append(f"    {'缺' if zh else 'missing'} {path}")
    return "".join(visible(line) + "\n" for line in lines)


def _trace(part: Part, words: TraceWords, depth: int) -> list[str]:
    shown = f"  [{words.observed(part['observed'])}]" if part.get("observed") is not None else ""
    line = f"{'  ' * depth}{VALUE[part['value']].in_(words.lang)}  {part['condition'].in_(words.lang)}{shown}"
    return [line, *(text for inner in part.get("parts", ()) for text in _trace(inner, words, depth + 1))]
