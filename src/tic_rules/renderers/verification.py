"""Reports decided again, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from tic_rules.analysis.verification import Difference, Verification, What
from tic_rules.core.errors import Text, clip, plural
from tic_rules.renderers import sinks
from tic_rules.results.labels import STATUS, VERDICT

FORMATS = ("text", "json")

_MOST = 30
"""Rules with differences that are named in the text of one report."""

_WHAT: dict[What, Text] = {
    "data": Text("中心数据", "the centre's data"),
    "centres": Text("计入布局的中心", "the centres of the programme"),
    "rules": Text("规则文件", "the rule file"),
    "text": Text("政策原文", "the official text"),
    "settings": Text("设置", "the settings"),
    "version": Text("程序版本", "the program's version"),
}

_IN_WORDS = {
    "status": Text("判定", "status"),
    "verdict": Text("结论", "verdict"),
    "data_verdict": Text("据数据的结论", "data_verdict"),
}
"""The keys whose values are words of their own; the others are told as they stand in the report."""
_COLON = Text("：", ": ")
_WORDS = {**STATUS, **VERDICT, "null": Text("无", "none")}


def render(results: Sequence[Verification], format_: str, lang: str) -> str:
    """The results in a format, in the order of the reports."""
    if format_ == "json":
        return sinks.as_json({"schema_version": 1, "verified": [result.as_dict() for result in results]})
    return "\n".join(line for result in results for line in _text(result, lang))


def _text(result: Verification, lang: str) -> Iterator[str]:
    about = result.report.get("centre") or result.report.get("programme") or {}
    name = str(about.get("name") or about.get("id") or about.get("file") or "?")
    head = f"{name} · {result.report['ruleset']['id']} · {result.report['as_of']}"
    said = Text("结果相同", "the same") if result.same else Text("结果不同", "not the same")
    yield sinks.line(f"{head}{_COLON.in_(lang)}{said.in_(lang)}")
    for cause in result.causes:
        what = _WHAT[cause.what].in_(lang)
        changed = Text(f"{what}已变", f"{what}: changed").in_(lang)
        moved = f"{_short(cause.then)} → {_short(cause.now)}"
        yield sinks.line(f"  {changed}" + Text(f"（{moved}）", f" ({moved})").in_(lang))
    if not result.same and not result.causes:
        yield Text(
            "  所依据的都没有变：报告本身被改过，或判定方法不同",
            "  nothing it depends on has changed: the report was edited, or was decided otherwise",
        ).in_(lang)
    rules = [(rule, [*group]) for rule, group in groupby(result.differences, key=lambda one: one.rule)]
    for rule, group in rules[:_MOST]:
        if rule is None:
            yield from (sinks.line(f"  {_moved(one, _COLON.in_(lang), lang)}") for one in group)
        else:
            yield _of_rule(rule, group, lang)
    if len(rules) > _MOST:
        more = len(rules) - _MOST
        yield Text(
            f"  另有 {more} 条规则不同", f"  and {plural(more, 'more rule differs', 'more rules differ')}"
        ).in_(lang)


def _moved(difference: Difference, colon: str, lang: str) -> str:
    """A key with its values; a status and a verdict in words."""
    label = _IN_WORDS.get(difference.key)
    sides = [_short(side) for side in (difference.then, difference.now)]
    if label is not None:
        sides = [words.in_(lang) if (words := _WORDS.get(side)) else side for side in sides]
    return f"{label.in_(lang) if label else difference.key}{colon}{' → '.join(sides)}"


def _of_rule(rule: str, differences: Sequence[Difference], lang: str) -> str:
    """What is another in the finding of a rule: the status with its values, of the rest the keys."""
    moves = [_moved(one, " ", lang) for one in differences if one.key == "status"]
    keys = [one.key for one in differences if one.key != "status"]
    comma, semicolon = Text("、", ", ").in_(lang), Text("；", "; ").in_(lang)
    named = comma.join(keys)
    others = [Text(f"报告中的 {named} 不同", f"other in the report: {named}").in_(lang)] if named else []
    return sinks.line(f"  {rule}{_COLON.in_(lang)}{semicolon.join([*moves, *others])}")


def _short(value: object) -> str:
    return clip(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), 80)
