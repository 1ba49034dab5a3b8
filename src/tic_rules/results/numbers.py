"""What a rule observed, what it asks for, and how far apart they are, as a finding shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from tic_rules.core.dates import Span
from tic_rules.core.logic import TRUE, compare
from tic_rules.core.numbers import Number, Range, decimal_text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.parts import Parts, Quantity, Requirement


def operator_of(node: c.Condition) -> str:
    """The operator of a condition that compares a number with a bound; empty for any other."""
    return node.operator if isinstance(node, (c.Compare, c.Share)) else ""


def unit_of(node: c.Condition, ruleset: RuleSet) -> str | None:
    """The unit of what a condition observes."""
    if type(node) is c.Share:
        return "ratio"
    fact = ruleset.facts.get(getattr(node, "fact", ""))
    return fact.unit if fact else None


def gap_of(observed: Range, bound: Range, operator: str) -> Number | None:
    """How far a number stands from its bound; 0 where it is met, None where the distance is open."""
    if compare(operator, observed, bound) == TRUE:
        return 0
    if not observed.exact or not (bound.exact or operator == "between"):
        return None
    number = observed.low
    return number - bound.high if number > bound.high else max(bound.low - number, 0)


def numbers_of(rule: Rule, ruleset: RuleSet, value: object, bound: Range | None) -> dict[str, object]:
    """observed, required, gap, progress: what a rule's one condition saw, what it asks for, how far apart;
    each None where there is none."""
    operator = operator_of(rule.condition)
    gap = done = None
    if operator and isinstance(value, Range) and bound is not None:
        gap, done = gap_of(value, bound, operator), _progress(value, bound, operator)
    return {
        "observed": None if value is None else shown(value, unit_of(rule.condition, ruleset)),
        "required": required(rule, ruleset, bound),
        "gap": None if gap is None else decimal_text(gap),
        "progress": done,
    }


def shown(value: object, unit: str | None) -> Quantity:
    """A value that a condition saw."""
    if isinstance(value, Range):
        return Quantity(low=decimal_text(value.low), high=decimal_text(value.high), unit=unit)
    return Quantity(value=_json_value(value))


def _progress(value: Range, bound: Range, operator: str) -> float | None:
    """The part of the bound that is reached, from 0 to 1; None where it is not known, or without a bound."""
    if operator not in ("at_least", "more_than", "equals", "between"):
        return None
    if isinstance(bound.low, float) or bound.low <= 0:
        return None
    if value.low >= (bound.low if operator == "between" else bound.high):
        return 1.0
    if not value.exact or not (bound.exact or operator == "between"):
        return None  # how far it has come is not known
    return min(1.0, round(float(Fraction(value.low) / Fraction(bound.low)), 4))


def required(rule: Rule, ruleset: RuleSet, bound: Range | None) -> Requirement | None:
    """What a rule's one condition asks for; None where it has parts."""
    node = rule.condition
    if type(node) is c.Compare:
        return _bound(node, ruleset, bound)
    asked = _ASKED.get(type(node))
    return None if asked is None else asked(node)


_ASKED: Mapping[type[c.Node], Callable[[Any], Requirement]] = {
    c.Share: lambda n: Requirement(op=c.OPERATORS[n.operator], value=decimal_text(n.limit), unit="ratio"),
    c.Is: lambda n: Requirement(op="is", value=n.is_),
    c.Among: lambda n: Requirement(op="among", value=Parts(n.among), open=n.open),
    c.AnyAmong: lambda n: Requirement(op="any_among", value=Parts(n.any_among), open=n.open),
    c.Contains: lambda n: Requirement(op="contains_all", value=Parts(n.contains_all)),
    c.EachOf: lambda n: Requirement(op="each_of", value=Parts(n.each_of)),
}


def _bound(node: c.Compare, ruleset: RuleSet, bound: Range | None) -> Requirement:
    unit = ruleset.facts[node.fact].unit
    if node.operator == "between":
        return Requirement(op="between", value=Parts(map(decimal_text, node.limit)), unit=unit)
    sign = c.OPERATORS[node.operator]
    if isinstance(node.limit, c.Times):
        value = decimal_text(bound.low) if bound is not None and bound.exact else None
        times = decimal_text(node.limit.times)
        return Requirement(op=sign, value=value, unit=unit, times=times, fact=node.limit.fact)
    return Requirement(op=sign, value=decimal_text(node.limit), unit=unit)


def _json_value(value: object) -> object:
    if isinstance(value, Span):
        first, last = value.first.isoformat(), value.last.isoformat()
        return first if value.exact else {"not_before": first, "not_after": last}
    if isinstance(value, date):
        return value.isoformat()
    return Parts(value) if isinstance(value, tuple) else value
