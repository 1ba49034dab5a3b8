"""tic-rules explain: one rule in full; with a centre, what it saw there."""

from __future__ import annotations

import sys
from typing import Any

import click

from tic_rules.api import check
from tic_rules.cli.common import fail_with, lang_option, language, tell, write
from tic_rules.core.errors import Diagnostic, Text, TicRulesError
from tic_rules.model.centre import Centre
from tic_rules.model.reading import read_subject
from tic_rules.results.explanation import Explained, counterparts, explain_rule, find_rules
from tic_rules.results.labels import STATUS, VALUE, describe


@click.command("explain")
@click.argument("ref", metavar="REF")
@click.option("--centre", metavar="FILE", help="A centre file: the finding and its trace are shown too.")
@click.option("--as-of", "as_of", metavar="DATE", help="The day looked at. Default: the file's reported_on.")
@click.option("--rules", "rules", metavar="PATH", help="A rule file of your own to look in.")
@lang_option
def command(ref: str, centre: str | None, as_of: str | None, rules: str | None, lang: str | None) -> None:
    """Explain a rule (zhejiang_2022/investment-2y, or investment-2y): clause, quote, reading, condition, data, counterparts."""
    lang = language(lang)
    code = _lint_code(ref, lang)
    if code is not None:
        write(code, None)
        return
    try:
        found = find_rules(ref, rules)
        if not found:
            tell(
                [
                    Diagnostic(
                        "unknown-rule",
                        Text(
                            f"没有规则 {ref}；tic-rules rules ID 列出一个规则集的规则",
                            f"there is no rule {ref}; tic-rules rules ID lists those of a rule set",
                        ),
                    )
                ],
                lang,
            )
            sys.exit(2)
        parts = []
        for ruleset, rule in found:
            text = _page(explain_rule(ruleset, rule), lang)
            if centre is not None:
                data = read_subject(centre, Centre, ruleset.vocabulary)
                text += "\n" + _finding(check(data, ruleset, as_of=as_of)[rule.id], lang)
            parts.append(text)
        write("\n".join(parts), None)
    except TicRulesError as error:
        fail_with(error, lang)


def _lint_code(ref: str, lang: str) -> str | None:
    """The explanation of a fault of rule files, where the reference is one."""
    try:
        from tic_rules.analysis.lint import explain_code
    except ImportError:  # pragma: no cover - the lint is part of every build
        return None
    code = explain_code(ref)
    return None if code is None else f"{code.code}  {code.title.in_(lang)}\n\n{code.why.in_(lang)}\n"


def _page(told: Explained, lang: str) -> str:
    zh = lang == "zh"
    rule = told.rule
    rows = [
        ("条款" if zh else "Clause", f"{told.document} {rule.at}"),
        ("原文" if zh else "Quote", f"“{rule.quote}”"),
        (
            "程度" if zh else "Modality",
            f"{told.modality.in_(lang)} · {told.kind.in_(lang)} · {told.bearer.in_(lang)}",
        ),
        ("时间" if zh else "Time", told.time.in_(lang)),
    ]
    if rule.applies is not None:
        rows.append(("适用" if zh else "Applies", describe(rule.applies, told.ruleset, lang, rule)))
    condition = rule.condition
    if condition is not None:
        label = ("触发" if zh else "When") if rule.kind == "consequence" else ("条件" if zh else "Condition")
        rows.append((label, describe(condition, told.ruleset, lang, rule)))
    if rule.fails_at_once is not None:
        rows.append(
            ("立即不符合" if zh else "Fails at once", describe(rule.fails_at_once, told.ruleset, lang, rule))
        )
    if rule.then is not None:
        rows.append(("后果" if zh else "Then", rule.then.text.in_(lang)))
    if rule.otherwise is not None:
        rows.append(("结果良好" if zh else "On a good result", rule.otherwise.then.text.in_(lang)))
    if rule.reading is not None:
        rows.append(("理解" if zh else "Reading", rule.reading.text.in_(lang)))
    rows.append(("补救" if zh else "Remedy", rule.remedy.text.in_(lang)))
    rows.append(
        ("数据" if zh else "Data", "；".join(told.fields(lang)) if zh else "; ".join(told.fields(lang)))
    )
    for other, theirs in counterparts(told.ruleset, rule):
        rows.append(
            (
                "别处" if zh else "Elsewhere",
                f"{other.id}/{theirs.id} {theirs.at}：{theirs.title.text.in_(lang)}",
            )
        )
    rows.append(("文件" if zh else "File", told.place))
    from tic_rules.renderers.text import cells, pad

    width = max(cells(label) for label, _ in rows)
    return (
        f"{told.ruleset.id}/{rule.id}  {rule.title.text.in_(lang)}\n\n"
        + "\n".join(f"  {pad(label, width)}  {text}" for label, text in rows)
        + "\n"
    )


def _finding(finding: Any, lang: str) -> str:
    lines = [
        f"  {STATUS[finding.status].in_(lang)}：{finding.message.in_(lang)}"
        if lang == "zh"
        else f"  {STATUS[finding.status].in_(lang)}: {finding.message.in_(lang)}"
    ]
    trace = finding.trace
    for key in ("applies", "require", "when", "fails_at_once"):
        if key in trace:
            lines.extend(_trace(trace[key], lang, 2))
    for year in trace.get("years", ()):
        lines.append(f"    {year['year']}: {STATUS[year['status']].in_(lang)}")
        lines.extend(_trace(year["require"], lang, 3))
    for datum in finding.data:
        where = datum.get("cell") or f"{datum['line']}:{datum['column']}"
        lines.append(f"    {datum['file'] or ''}:{where} {datum['path']}")
    for path in finding.missing:
        lines.append(f"    {'缺' if lang == 'zh' else 'missing'} {path}")
    return "\n".join(lines) + "\n"


def _trace(part: Any, lang: str, depth: int) -> list[str]:
    seen = part.get("observed")
    shown = (
        ""
        if seen is None
        else f"  [{seen['value']}]"
        if "value" in seen
        else f"  [{seen['low']}–{seen['high'] or '∞'}]"
        if seen["low"] != seen["high"]
        else f"  [{seen['low']}]"
    )
    line = f"{'  ' * depth}{VALUE[part['value']].in_(lang)}  {part['condition'].in_(lang)}{shown}"
    return [line, *(text for inner in part.get("parts", ()) for text in _trace(inner, lang, depth + 1))]
