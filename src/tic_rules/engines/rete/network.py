"""The durable rules of a rule set, generated from its condition trees: comparisons, what they add up to, and when a clause binds.

The rules are plain data, for `create_ruleset` of durable-rules; nothing is computed in their actions, which only assert what
a match concludes (`then`). Every bound of the law stands in a pattern of the network.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Any

from tic_rules.core.errors import RuleSetError, fault
from tic_rules.engines.rete.plan import (
    APPLIES,
    BROKEN,
    FIRST_WORD,
    REQUIRE,
    Node,
    Plan,
    RulePlan,
    words_named,
)
from tic_rules.engines.rete.semantics import (
    DOES_NOT_SPEAK,
    FAIL,
    FALSE,
    NOT_APPLICABLE,
    PENDING,
    RANK,
    REVIEW,
    TRUE,
    UNKNOWN,
    Definition,
    Template,
    same_as,
    shared,
    there,
)
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import RuleSet

MOST = 9 * 10**18
"""The largest whole number that is compared: 9×10^16 yuan in fen. The engine's numbers are C longs."""

ENDLESS = MOST + 10**17
"""Stands for the endless end of a range: larger than every number that is asserted."""

Branch = tuple[int, list[Any]]
"""A value, and the conjunction of expressions on a question's message that gives it. Branches of a question exclude each other."""


def network_of(ruleset: RuleSet, plan: Plan) -> Definition:
    """All durable rules of a rule set."""
    definition = Definition()
    shared(definition.add)
    for planned in plan.rules:
        _binds(definition, planned)
        for node in planned.nodes():
            _node(definition, ruleset, plan, planned.number, node)
    return definition


# --- when a clause binds --------------------------------------------------------------------------------------------------


def _binds(definition: Definition, planned: RulePlan) -> None:
    """Before approval and before its day a clause asks nothing; after its deadline what does not hold has failed."""
    rule, number = planned.rule, planned.number
    frame: list[Any] = [{"r": number}, there("frame")]
    programme = rule.bearer == "programme"

    def told(tests: list[Any], then: Template) -> None:
        definition.add("binds", [("a", [*frame, *tests])], then)

    told([{"programme": 0 if programme else 1}], {"stat": "a.frame", "s": DOES_NOT_SPEAK})
    bound: list[Any] = [{"programme": 1 if programme else 0}]
    if not programme and rule.by != "application":
        _before_approval(definition, planned, [*frame, *bound, {"approved": 0}])
        bound.append({"approved": 1})
    late: Template = {
        "late": "a.frame",
        "brk": int(BROKEN in planned.roots),
        "app": int(APPLIES in planned.roots),
    }
    if rule.yearly is not None:
        told([*bound, {"owed": 0}], {"stat": "a.frame", "s": DOES_NOT_SPEAK})
        bound, late = [{"owed": 1}], late | {"brk": 0, "app": 0}
    elif rule.from_ is not None:
        told([*bound, {"$lte": {"as_of": {"$m": "opens"}}}], {"stat": "a.frame", "s": DOES_NOT_SPEAK})
        told([*bound, {"$gt": {"as_of": {"$m": "opens"}}}], late | {"s": PENDING})
        return
    elif rule.by is None:
        told(bound, late | {"s": FAIL})
        return
    told([*bound, {"$gt": {"as_of": {"$m": "due"}}}], late | {"s": FAIL})
    told([*bound, {"$lte": {"as_of": {"$m": "due"}}}], late | {"s": PENDING})


def _before_approval(definition: Definition, planned: RulePlan, frame: list[Any]) -> None:
    rule = planned.rule
    if rule.by == "approval":
        definition.add("before", [("a", frame)], {"stat": "a.frame", "s": PENDING})
    elif timeless(planned):
        for test, status in (({"v": TRUE}, NOT_APPLICABLE), ({"$lt": {"v": TRUE}}, DOES_NOT_SPEAK)):
            required = [{"r": planned.number}, {"val": REQUIRE}, test, same_as("key", "a", "frame")]
            definition.add("before", [("a", frame), ("b", required)], {"stat": "a.frame", "s": status})
    else:
        definition.add("before", [("a", frame)], {"stat": "a.frame", "s": DOES_NOT_SPEAK})


def timeless(planned: RulePlan) -> bool:
    """Whether the requirement may be seen to hold before approval too."""
    rule = planned.rule
    return not (rule.yearly or rule.from_ or rule.since or rule.until)


# --- conditions -----------------------------------------------------------------------------------------------------------


def _node(definition: Definition, ruleset: RuleSet, plan: Plan, rule: int, node: Node) -> None:
    if node.kind in ("all", "any", "same"):
        _joined(definition, rule, node)
    elif node.kind in _TABLES:
        for given, value in enumerate(_TABLES[node.kind]):
            _concludes(definition, rule, node, value, [("a", _val(rule, node.parts[0], {"v": given}))])
    elif node.kind == "unless_permitted":
        _unless_permitted(definition, rule, node)
    elif node.kind == "follows":
        _follows(definition, plan, rule, node)
    else:
        for value, tests in branches(ruleset, plan, node):
            _concludes(definition, rule, node, value, [("a", [{"r": rule}, {"n": node.number}, *tests])])


_TABLES = {
    "not": (TRUE, UNKNOWN, REVIEW, FALSE),
    "review": (FALSE, UNKNOWN, REVIEW, REVIEW),
    "not_or_review": (REVIEW, UNKNOWN, REVIEW, FALSE),
}
"""What becomes of false, unknown, needs review and true."""


def _val(rule: int, node: Node, *tests: Any) -> list[Any]:
    return [{"r": rule}, {"val": node.number}, *tests]


def _concludes(
    definition: Definition, rule: int, node: Node, value: int, patterns: list[tuple[str, list[Any]]]
) -> None:
    definition.add(
        f"r{rule}_n{node.number}",
        patterns,
        {"r": rule, "val": node.number, "key": "a.key", "v": value, "w": RANK[value]},
    )


def _joined(definition: Definition, rule: int, node: Node) -> None:
    """The least of the parts, one after the other (for `any`: in its own order); what is gathered stands under negative numbers."""
    order, first = ("w", "$gte") if node.kind == "any" else ("v", "$lte")
    opposite = {"$gte": "$lt", "$lte": "$gt"}[first]
    gathered = node.parts[0].number
    for index, part in enumerate(node.parts[1:], 1):
        own = node.number if index == len(node.parts) - 1 else -(node.number * 100 + index)
        left = [{"r": rule}, {"val": gathered}]
        right = [{"r": rule}, {"val": part.number}, same_as("key", "a", "key")]
        for operator, source in ((opposite, "a"), (first, "b")):
            told: Template = {"r": rule, "val": own, "key": "a.key", "v": f"{source}.v", "w": f"{source}.w"}
            definition.add(
                f"r{rule}_n{node.number}",
                [("a", left), ("b", [*right, {operator: {order: {"a": order}}}])],
                told,
            )
        gathered = own
    if len(node.parts) == 1:
        definition.add(
            f"r{rule}_n{node.number}",
            [("a", _val(rule, node.parts[0]))],
            {"r": rule, "val": node.number, "key": "a.key", "v": "a.v", "w": "a.w"},
        )


def _unless_permitted(definition: Definition, rule: int, node: Node) -> None:
    """What is not forbidden passes where the clause permits it, and is for a person to judge where it does not."""
    forbidden, permitted = node.parts
    for given, value in ((TRUE, FALSE), (UNKNOWN, UNKNOWN), (REVIEW, REVIEW)):
        _concludes(definition, rule, node, value, [("a", _val(rule, forbidden, {"v": given}))])
    for given, value in ((TRUE, TRUE), (FALSE, REVIEW), (UNKNOWN, UNKNOWN), (REVIEW, UNKNOWN)):
        both = [
            ("a", _val(rule, forbidden, {"v": FALSE})),
            ("b", _val(rule, permitted, {"v": given}, same_as("key", "a", "key"))),
        ]
        _concludes(definition, rule, node, value, both)


def _follows(definition: Definition, plan: Plan, rule: int, node: Node) -> None:
    """A consequence has followed where its finding fails; it may have where that is open."""
    asked = ("a", [{"r": rule}, {"n": node.number}])
    waited_for = plan.numbers[node.source.follows]
    definition.followed.add(waited_for)
    other = {"done": waited_for}
    for tests, value in (
        ([{"s": FAIL}], TRUE),
        ([{"$gt": {"s": FAIL}}, {"$lt": {"s": PENDING}}], UNKNOWN),
        ([{"$gte": {"s": PENDING}}], FALSE),
    ):
        _concludes(definition, rule, node, value, [asked, ("b", [other, *tests])])


# --- questions ------------------------------------------------------------------------------------------------------------


def branches(ruleset: RuleSet, plan: Plan, node: Node) -> list[Branch]:
    """What a question's message says, value by value."""
    match node.kind:
        case "compare":
            return _compare(ruleset, node.source)
        case "against":
            return _against(operator_of(node.source))
        case "word":
            return _word(plan, node)
        case "reads":
            before, after = (plan.code(word) for word in words_named(node))
            head, tail, inner = {"head": before}, {"tail": after}, {"$gt": {"inner": 0}}
            known = {"$gt": {"head": 0}}
            no_head: list[Branch] = [
                (FALSE, [known, {"$neq": {"head": before}}]),
                (FALSE, [head, {"$neq": {"tail": after}}]),
            ]
            return [
                (TRUE, [head, tail, inner]),
                *no_head,
                (FALSE, [head, tail, {"$lte": {"inner": 0}}]),
                (UNKNOWN, [{"head": 0}]),
            ]
        case "equal":
            return [
                (TRUE, [{"same": 1}, {"ways": 1}]),
                (UNKNOWN, [{"same": 1}, {"$gt": {"ways": 1}}]),
                (FALSE, [{"same": 0}]),
            ]
        case "done":
            by_then = {"$lte": {"first": {"$m": "day"}}}
            return [
                (FALSE, [{"$gt": {"first": {"$m": "day"}}}]),
                (TRUE, [by_then, {"$lte": {"last": {"$m": "spoken"}}}]),
                (UNKNOWN, [by_then, {"$gt": {"last": {"$m": "spoken"}}}]),
            ]
        case "not_after":
            return [
                (TRUE, [{"$lte": {"as_of": {"$m": "day"}}}]),
                (FALSE, [{"$gt": {"as_of": {"$m": "day"}}}]),
            ]
        case "has":
            return [
                (TRUE, [{"has": 1}]),
                (UNKNOWN, [{"has": 0}, {"more": 1}]),
                (FALSE, [{"has": 0}, {"more": 0}]),
            ]
        case "judged":
            return [(value, [{"met": value}]) for value in (FALSE, UNKNOWN, REVIEW, TRUE)]
        case "there":
            return [(TRUE, [there("x")])]
    return []


def operator_of(condition: Any) -> str:
    if isinstance(condition, c.Largest):
        return "at_least"
    if isinstance(condition, c.Share):
        return "more_than" if condition.more_than is not None else "at_least"
    return str(condition.operator)


def scale_of(ruleset: RuleSet, condition: c.Compare) -> int:
    """By what the numbers of a comparison are multiplied to be whole: amounts are compared in fen."""
    ends = condition.limit if condition.operator == "between" else (condition.limit,)
    return lcm(
        100 if ruleset.facts[condition.fact].unit == "CNY" else 1,
        *(Fraction(end).denominator for end in ends),
    )


def _compare(ruleset: RuleSet, condition: c.Compare) -> list[Branch]:
    """A range against a number. `low` and `high` are rounded down, `low_up` and `high_up` up: for a whole bound nothing is lost."""
    scale = scale_of(ruleset, condition)
    ends = [
        int(Fraction(end) * scale)
        for end in (condition.limit if condition.operator == "between" else (condition.limit,))
    ]
    if any(abs(end) > MOST for end in ends):
        number = max(ends, key=abs) // scale
        zh, en = (
            f"{condition.fact} 的界限 {number} 太大，durable 引擎比较不了",
            f"the bound {number} of {condition.fact} is too large for the durable engine",
        )
        raise fault(RuleSetError, "durable-limit", zh, en, file=ruleset.file)
    least, most = ends[0], ends[-1]
    match condition.operator:
        case "at_least":
            return _cases(
                [{"$gte": {"low": least}}],
                [{"$lt": {"high": least}}],
                [{"$lt": {"low": least}}, {"$gte": {"high": least}}],
            )
        case "at_most":
            return _cases(
                [{"$lte": {"high_up": most}}],
                [{"$gt": {"low_up": most}}],
                [{"$gt": {"high_up": most}}, {"$lte": {"low_up": most}}],
            )
        case "more_than":
            return _cases(
                [{"$gt": {"low_up": most}}],
                [{"$lte": {"high_up": most}}],
                [{"$lte": {"low_up": most}}, {"$gt": {"high_up": most}}],
            )
        case "less_than":
            return _cases(
                [{"$lt": {"high": least}}],
                [{"$gte": {"low": least}}],
                [{"$gte": {"high": least}}, {"$lt": {"low": least}}],
            )
    meets: list[Any] = [{"$gte": {"high": least}}, {"$lte": {"low_up": most}}]
    inside: list[Any] = [{"$gte": {"low": least}}, {"$lte": {"high_up": most}}]
    return [
        (TRUE, inside),
        (FALSE, [{"$lt": {"high": least}}]),
        (FALSE, [{"$gte": {"high": least}}, {"$gt": {"low_up": most}}]),
        (UNKNOWN, [*meets, {"$lt": {"low": least}}]),
        (UNKNOWN, [*meets, {"$gte": {"low": least}}, {"$gt": {"high_up": most}}]),
    ]


def _cases(true: list[Any], false: list[Any], unknown: list[Any]) -> list[Branch]:
    return [(TRUE, true), (FALSE, false), (UNKNOWN, unknown)]


def _against(operator: str) -> list[Branch]:
    """A range against another range."""

    def test(symbol: str, end: str, other: str) -> Any:
        return {symbol: {end: {"$m": other}}}

    match operator:
        case "at_least":
            return _cases(
                [test("$gte", "low", "most")],
                [test("$lt", "high", "least")],
                [test("$lt", "low", "most"), test("$gte", "high", "least")],
            )
        case "at_most":
            return _cases(
                [test("$lte", "high", "least")],
                [test("$gt", "low", "most")],
                [test("$gt", "high", "least"), test("$lte", "low", "most")],
            )
        case "more_than":
            return _cases(
                [test("$gt", "low", "most")],
                [test("$lte", "high", "least")],
                [test("$lte", "low", "most"), test("$gt", "high", "least")],
            )
        case "less_than":
            return _cases(
                [test("$lt", "high", "least")],
                [test("$gte", "low", "most")],
                [test("$gte", "high", "least"), test("$lt", "low", "most")],
            )
    meets = [test("$gte", "high", "least"), test("$lte", "low", "most")]
    return [
        (TRUE, [test("$gte", "low", "most"), test("$lte", "high", "least")]),
        (FALSE, [test("$lt", "high", "least")]),
        (FALSE, [test("$gte", "high", "least"), test("$gt", "low", "most")]),
        (UNKNOWN, [*meets, test("$lt", "low", "most")]),
        (UNKNOWN, [*meets, test("$gte", "low", "most"), test("$gt", "high", "least")]),
    ]


def _word(plan: Plan, node: Node) -> list[Branch]:
    """A word against a list of the law. Nothing known is unknown, unless the list says that nothing is right."""
    source = node.source
    if isinstance(source, c.Given) or (isinstance(source, c.Test) and source.given):
        return [(TRUE, [{"$gt": {"x": 0}}]), (UNKNOWN, [{"x": 0}])]
    listed, unlisted = TRUE, REVIEW if getattr(source, "open", False) else FALSE
    if isinstance(source, c.Test) and source.one_of is None:
        listed, unlisted = FALSE, TRUE
    blank = TRUE if isinstance(source, c.Test) and None in (source.one_of or ()) else UNKNOWN
    found: list[Branch] = [(blank, [{"x": 0}])]
    above = FIRST_WORD - 2
    for low, high in _runs(sorted({plan.code(word) for word in words_named(node) if word is not None})):
        found.append((listed, [{"$gte": {"x": low}}, {"$lte": {"x": high}}]))
        if low - above > 1:
            found.append((unlisted, [{"$gt": {"x": above}}, {"$lt": {"x": low}}]))
        above = high
    return [*found, (unlisted, [{"$gt": {"x": above}}])]


def _runs(codes: list[int]) -> list[tuple[int, int]]:
    """Codes that follow each other, as first and last."""
    runs: list[tuple[int, int]] = []
    for code in codes:
        if runs and runs[-1][1] == code - 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs
