"""The durable rules of a rule set, generated from its core form: comparisons, what they add up to, and what
follows from rules.

The rules are plain data, for `create_ruleset` of durable-rules; nothing is computed in their actions, which
only assert what a match concludes (`then`). Every bound of the law stands in a pattern of the network."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import lcm

from tic_rules.core.errors import RuleSetError, fault
from tic_rules.engines.lowering import COMPARISONS
from tic_rules.engines.lowering import form as f
from tic_rules.engines.lowering.tables import EndTest
from tic_rules.engines.rete.plan import FIRST_WORD, NumberedNode, NumberedRules
from tic_rules.engines.rete.semantics import (
    FAIL,
    FALSE,
    PENDING,
    RANK,
    REVIEW,
    TRUE,
    UNKNOWN,
    Definition,
    Pattern,
    Patterns,
    Template,
    same_as,
    shared,
)
from tic_rules.model.ruleset import RuleSet

MOST = 9 * 10**18
"""The largest whole number that is compared: 9×10^16 yuan in fen. The engine's numbers are C longs."""

ENDLESS = MOST + 10**17
"""Stands for the endless end of a range: larger than every number that is asserted."""

Branch = tuple[int, list[Pattern]]
"""A value, and the conjunction of expressions on a question's message that gives it. Branches of a question
exclude each other."""


def network_of(ruleset: RuleSet, plan: NumberedRules) -> Definition:
    """All durable rules of a rule set."""
    definition = Definition()
    shared(definition.add)
    for planned in plan.rules:
        for node in planned.nodes():
            _node(definition, ruleset, plan, planned.number, node)
    return definition


def _node(
    definition: Definition, ruleset: RuleSet, plan: NumberedRules, rule: int, node: NumberedNode
) -> None:
    match node.logic:
        case f.Conjunction() | f.Disjunction():
            _joined(definition, rule, node)
        case f.Cases():
            _cases(definition, rule, node)
        case f.Followed():
            _followed(definition, plan, rule, node)
        case logic:
            for value, tests in branches(ruleset, plan, logic):
                asked = [{"r": rule}, {"n": node.number}, *tests]
                _concludes(definition, rule, node, value, [("a", asked)])


# --- logic ----------------------------------------------------------------------------------------


def _val(rule: int, node: NumberedNode, *tests: Pattern) -> list[Pattern]:
    return [{"r": rule}, {"val": node.number}, *tests]


def _concludes(definition: Definition, rule: int, node: NumberedNode, value: int, patterns: Patterns) -> None:
    definition.add(
        f"r{rule}_n{node.number}",
        patterns,
        {"r": rule, "val": node.number, "key": "a.key", "v": value, "w": RANK[value]},
    )


def _joined(definition: Definition, rule: int, node: NumberedNode) -> None:
    """The least of the parts, one after the other (for `any`: in its own order); what is gathered stands
    under negative numbers."""
    order, first = ("w", "$gte") if isinstance(node.logic, f.Disjunction) else ("v", "$lte")
    opposite = {"$gte": "$lt", "$lte": "$gt"}[first]
    gathered = node.parts[0].number
    for index, part in enumerate(node.parts[1:], 1):
        number = node.number if index == len(node.parts) - 1 else -(node.number * 100 + index)
        left = [{"r": rule}, {"val": gathered}]
        right = [{"r": rule}, {"val": part.number}, same_as("key", "key")]
        for operator, source in ((opposite, "a"), (first, "b")):
            then: Template = {
                "r": rule,
                "val": number,
                "key": "a.key",
                "v": f"{source}.v",
                "w": f"{source}.w",
            }
            tests = [*right, {operator: {order: {"a": order}}}]
            definition.add(f"r{rule}_n{node.number}", [("a", left), ("b", tests)], then)
        gathered = number
    if len(node.parts) == 1:
        then = {"r": rule, "val": node.number, "key": "a.key", "v": "a.v", "w": "a.w"}
        definition.add(f"r{rule}_n{node.number}", [("a", _val(rule, node.parts[0]))], then)


def _cases(definition: Definition, rule: int, node: NumberedNode) -> None:
    """What follows from each value of a piece of logic: a value, or what another comes to at the same key."""
    of, *outcomes = node.parts
    for given, outcome in enumerate(outcomes):
        first = ("a", _val(rule, of, {"v": given}))
        if isinstance(outcome.logic, f.Constant):
            _concludes(definition, rule, node, outcome.logic.value, [first])
            continue
        for value in (FALSE, UNKNOWN, REVIEW, TRUE):
            second = ("b", _val(rule, outcome, {"v": value}, same_as("key", "key")))
            _concludes(definition, rule, node, value, [first, second])


def _followed(definition: Definition, plan: NumberedRules, rule: int, node: NumberedNode) -> None:
    """A consequence has followed where its finding fails; it may have where that is open."""
    assert isinstance(node.logic, f.Followed)
    asked = ("a", [{"r": rule}, {"n": node.number}])
    waited_for = plan.numbers[node.logic.rule]
    definition.followed.add(waited_for)
    other = {"done": waited_for}
    for tests, value in (
        ([{"s": FAIL}], TRUE),
        ([{"$gt": {"s": FAIL}}, {"$lt": {"s": PENDING}}], UNKNOWN),
        ([{"$gte": {"s": PENDING}}], FALSE),
    ):
        _concludes(definition, rule, node, value, [asked, ("b", [other, *tests])])


# --- questions ------------------------------------------------------------------------------------


def branches(ruleset: RuleSet, plan: NumberedRules, logic: f.Logic) -> list[Branch]:
    """What a question's message says, value by value; none for what is asserted as it is known."""
    match logic:
        case f.RangeComparison(right=f.Bounds()):
            return _bounded(ruleset, logic)
        case f.RangeComparison(operator=operator):
            ends = {"low": "least", "high": "most"}
            return _compared(operator, lambda end, _, other: (end, {"$m": ends[other]}))
        case f.Member():
            return _member(plan, logic)
        case f.Agree():
            several: Pattern = {"$gt": {"ways": 1}}
            return [
                (TRUE, [{"same": 1}, {"ways": 1}]),
                (UNKNOWN, [{"same": 1}, several]),
                (FALSE, [{"same": 0}]),
            ]
        case f.Happened():
            by_then: Pattern = {"$lte": {"first": {"$m": "day"}}}
            return [
                (FALSE, [{"$gt": {"first": {"$m": "day"}}}]),
                (TRUE, [by_then, {"$lte": {"last": {"$m": "spoken"}}}]),
                (UNKNOWN, [by_then, {"$gt": {"last": {"$m": "spoken"}}}]),
            ]
        case f.Until():
            return [
                (TRUE, [{"$lte": {"as_of": {"$m": "day"}}}]),
                (FALSE, [{"$gt": {"as_of": {"$m": "day"}}}]),
            ]
        case f.Judged():
            return [(value, [{"met": value}]) for value in (FALSE, UNKNOWN, REVIEW, TRUE)]
    return []


_SYMBOLS = {">=": "$gte", "<=": "$lte", ">": "$gt", "<": "$lt"}
_OPPOSITE = {">=": "<", "<": ">=", "<=": ">", ">": "<="}


def _compared(operator: str, ends: Callable[[str, str, str], tuple[str, object]]) -> list[Branch]:
    """The branches of a comparison; `ends` gives the property of a test's left end, and what it is held
    against."""

    def test(one: EndTest, holds: bool) -> Pattern:
        symbol = one.operator if holds else _OPPOSITE[one.operator]
        left, right = ends(one.left, symbol, one.right)
        return {_SYMBOLS[symbol]: {left: right}}

    true, false = COMPARISONS[operator]
    branches: list[Branch] = [(TRUE, [test(one, True) for one in true])]
    for place, one in enumerate(false):
        branches.append((FALSE, [*(test(other, False) for other in false[:place]), test(one, True)]))
    neither = [test(one, False) for one in false]
    for place, one in enumerate(true):
        met = [test(other, True) for other in true[:place]]
        branches.append((UNKNOWN, [*neither, *met, test(one, False)]))
    return branches


def scale_of(ruleset: RuleSet, compare: f.RangeComparison) -> int:
    """By what the numbers of a comparison with a bound are multiplied to be whole: amounts are compared in
    fen."""
    assert isinstance(compare.left, f.Measure)
    assert isinstance(compare.right, f.Bounds)
    ends = (Fraction(compare.right.low), Fraction(compare.right.high))
    fen = 100 if ruleset.facts[compare.left.fact].unit == "CNY" else 1
    return lcm(fen, *(end.denominator for end in ends))


def _bounded(ruleset: RuleSet, compare: f.RangeComparison) -> list[Branch]:
    """A range against a bound. `low` and `high` are rounded down, `low_up` and `high_up` up: for a whole
    bound nothing is lost."""
    assert isinstance(compare.right, f.Bounds)
    assert isinstance(compare.left, f.Measure)
    scale = scale_of(ruleset, compare)
    whole = {end: int(Fraction(getattr(compare.right, end)) * scale) for end in ("low", "high")}
    if any(abs(end) > MOST for end in whole.values()):
        number, fact = max(whole.values(), key=abs) // scale, compare.left.fact
        zh = f"{fact} 的界限 {number} 太大，durable 引擎比较不了"
        en = f"the bound {number} of {fact} is too large for the durable engine"
        raise fault(RuleSetError, "durable-limit", zh, en, file=ruleset.file)
    return _compared(
        compare.operator,
        lambda end, symbol, other: (end if symbol in (">=", "<") else f"{end}_up", whole[other]),
    )


def _member(plan: NumberedRules, member: f.Member) -> list[Branch]:
    """A word against a list of the law."""
    branches: list[Branch] = [(member.absent, [{"x": 0}])]
    above = FIRST_WORD - 2
    for code in sorted({plan.code(word) for word in member.words}):
        branches.append((member.inside, [{"x": code}]))
        if code - above > 1:
            branches.append((member.outside, [{"$gt": {"x": above}}, {"$lt": {"x": code}}]))
        above = code
    return [*branches, (member.outside, [{"$gt": {"x": above}}])]
