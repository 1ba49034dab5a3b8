"""How a decision came about: what each condition of the rule saw, in words and values."""

from __future__ import annotations

from tic_rules.core.errors import Text
from tic_rules.core.logic import NAMES
from tic_rules.core.source import pointer
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.seen import Seen
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import described
from tic_rules.results.numbers import shown, unit_of
from tic_rules.results.parts import Part, Parts


def trace(rule: Rule, decision: Decision, ruleset: RuleSet) -> Part:
    """The trace of a decision; empty where nothing was looked at."""
    lines: dict[str, object] = {}
    if decision.why_not is not None:
        lines["not_applicable"] = decision.why_not
    if decision.moment is not None:
        lines["day"] = decision.moment.day.isoformat()
    if decision.applies is not None:
        lines["applies"] = _of(decision.applies, rule, ruleset)
    if decision.seen is not None:
        lines["when" if rule.kind == "consequence" else "require"] = _of(decision.seen, rule, ruleset)
    if decision.broken is not None:
        lines["fails_at_once"] = _of(decision.broken, rule, ruleset)
    if decision.years:
        lines["years"] = Parts(
            Part(year=year, status=status, require=_of(seen, rule, ruleset))
            for year, status, seen, _ in decision.years
        )
    return Part(lines)


def _of(seen: Seen, rule: Rule, ruleset: RuleSet) -> Part:
    lines: dict[str, object] = {"condition": _condition(seen.node, rule, ruleset), "value": NAMES[seen.value]}
    if seen.observed is not None:
        lines["observed"] = shown(seen.observed, unit_of(seen.node, ruleset))
    if seen.lacking:
        lines["lacking"] = Parts(seen.lacking)
    if seen.missing:
        lines["missing"] = Parts(map(pointer, seen.missing))
    if seen.parts:
        lines["parts"] = Parts(_of(inner, rule, ruleset) for inner in seen.parts)
    return Part(lines)


def _condition(node: c.Condition, rule: Rule, ruleset: RuleSet) -> Text:
    """A condition in words; made once for a rule set, in which a node lives as long as the rule set does."""
    key = ("described", rule.id, id(node))
    words: Text | None = ruleset._compiled.get(key)
    if words is None:
        words = ruleset._compiled[key] = described(node, ruleset, rule)
    return words
