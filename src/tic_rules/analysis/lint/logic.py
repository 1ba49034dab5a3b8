"""Conditions that never hold, or always do; two that cannot both hold. Read off, not complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import NamedTuple

from tic_rules.analysis.diff.order import Interval, Reader, interval, of_two_facts, same_fact, where_at_least
from tic_rules.analysis.lint.faults import Found, Loc
from tic_rules.core.errors import Text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Fact, Rule, RuleSet

_ANYTHING = interval("at_least", 0)
"""Counts and amounts are never less than nothing."""
_WHOLE = interval("between", (0, 1))
"""A part of a whole."""
_JOINED = Text("检查界限和组合方式", "look at the bounds and at how they are joined")
OPEN_WAY = "适用即通过"
"""What the reading of a preference says that only tells whether a way is open."""


def about_logic(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    logic = Reasoner(ruleset.facts, Reader(ruleset.facts, same_judgement=True))
    for place, tree in c.conditions_of(rule):
        worst = _deepest(tree, place, logic)
        yield from worst
        if worst:
            return
    good, bad = rule.otherwise, rule.when
    if good is not None and bad is not None and logic.reader.at_least(good.when, bad):
        zh = "它成立时 when 也成立，因此不会用到"
        en = "where this holds `when` does too: it is never looked at"
        yield Found("TR201", ("otherwise", "when"), zh, en, _JOINED)
    if rule.applies is None or rule.require is None:
        return
    if logic.excludes(rule.applies, rule.require):
        en = "where the rule applies its requirement cannot hold"
        yield Found("TR201", ("require",), "适用时要求不可能成立", en)
    elif logic.reader.at_least(rule.applies, rule.require) and not (
        rule.kind == "preference" and rule.reading is not None and OPEN_WAY in rule.reading.zh
    ):
        fix = Text("写出适用条件之外的要求", "ask for more than `applies` says")
        en = "what the rule applies to already grants its requirement"
        yield Found("TR202", ("require",), "适用条件已经保证了要求", en, fix)
    if rule.fails_at_once is not None and logic.reader.at_least(rule.require, rule.fails_at_once):
        en = "where the requirement holds the rule fails at once"
        yield Found("TR201", ("fails_at_once",), "要求成立时规则即不符合", en)


def _deepest(tree: c.Condition, at: Loc, logic: Reasoner) -> list[Found]:
    """The impossible and the vacuous parts of a tree, each named once, as deep as it can be."""
    flaws: list[Found] = []
    for place, node in c.walk_places(tree, at):
        inner = [part for part in c.children(node) if not isinstance(node, c.Same)]
        if logic.never(node) and not any(map(logic.never, inner)):
            flaws.append(Found("TR201", place, "没有数据能使它成立", "no data makes this true", _JOINED))
        elif logic.always(node) and not any(map(logic.always, inner)):
            flaws.append(Found("TR202", place, "任何数据都使它成立", "all data makes this true", _JOINED))
    return flaws


class Reasoner(NamedTuple):
    facts: Mapping[str, Fact]
    reader: Reader

    def never(self, node: c.Condition) -> bool:
        """Whether no data makes a condition true."""
        match node:
            case c.All():
                return any(self.never(part) for part in node.all) or any(
                    self.excludes(x, y) for i, x in enumerate(node.all) for y in node.all[:i]
                )
            case c.Either():
                return all(self.never(part) for part in node.any)
            case c.Not():
                return self.always(node.not_)
            case c.Review():
                return self.never(node.review)
            case c.Compare() if not isinstance(node.limit, c.Times):
                return self._empty(node)
            case c.Share():
                return not _WHOLE.meets(_allowed(node))
            case c.Some(some=where) | c.Every(every=where):
                return _where_empty(where)
        return False

    def always(self, node: c.Condition) -> bool:
        """Whether all data makes a condition true, once it is known."""
        match node:
            case c.All():
                return all(self.always(part) for part in node.all)
            case c.Either():
                return any(self.always(part) for part in node.any) or any(
                    self._complement(x, y) for i, x in enumerate(node.any) for y in node.any[:i]
                )
            case c.Not():
                return self.never(node.not_)
            case c.Compare() if not isinstance(node.limit, c.Times):
                return self._possible(node.fact).within(_allowed(node))
            case c.Compare():
                return node.operator == "at_least" and node.limit.times == 0
            case c.Share():
                return _WHOLE.within(_allowed(node))
        return False

    def excludes(self, x: c.Condition, y: c.Condition) -> bool:
        """Whether no data makes both true, and leaves none of the two to be judged where the other is not
        false."""
        if isinstance(x, c.All):
            return any(self.excludes(part, y) for part in x.all)
        if isinstance(x, c.Either):
            return all(self.excludes(part, y) for part in x.any)
        if isinstance(y, (c.All, c.Either)):
            return self.excludes(y, x)
        for one, other in ((x, y), (y, x)):
            if isinstance(one, c.Not):
                return not c.leaves_open(other) and self.reader.at_least(other, one.not_)
        for one, other in ((x, y), (y, x)):
            if isinstance(one, c.NoneOf):
                held = getattr(other, "some", None) or getattr(other, "every", None)
                banned = isinstance(held, c.Where) and where_at_least(held, one.none_of)
                return banned and same_fact(one, other)
        return same_fact(x, y) and self._apart(x, y)

    def _apart(self, x: c.Condition, y: c.Condition) -> bool:
        if isinstance(x, c.Compare) and isinstance(y, c.Compare):
            meets = of_two_facts(x, y) or _allowed(x).meets(_allowed(y))
            return not meets
        first, second = _choices(x), _choices(y)
        return first is not None and second is not None and not first & second

    def _possible(self, name: str) -> Interval:
        """What a number may be by the law's numbers in it: the smaller of it and 500 is at most 500."""
        fact = self.facts.get(name)
        numbers = [part for part in fact.operands if not isinstance(part, (str, c.Times))] if fact else []
        if fact is not None and fact.smaller is not None and numbers:
            return interval("between", (0, min(numbers)))
        if fact is not None and fact.larger is not None and numbers:
            return interval("at_least", max(numbers))
        return _ANYTHING

    def _empty(self, node: c.Compare) -> bool:
        allowed = _allowed(node)
        if not allowed.meets(self._possible(node.fact)) or allowed.low > allowed.high:
            return True
        kinds = self.facts[node.fact].kinds if node.fact in self.facts else None
        groups = self.facts[kinds].groups if kinds is not None and kinds in self.facts else None
        return groups is not None and not allowed.meets(interval("between", (0, len(groups))))

    def _complement(self, x: c.Condition, y: c.Condition) -> bool:
        """Whether one of the two holds whatever the data says."""
        for one, other in ((x, y), (y, x)):
            if isinstance(one, c.Not):
                return not c.leaves_open(one.not_) and self.reader.at_least(one.not_, other)
        if not same_fact(x, y):
            return False
        if isinstance(x, c.Is) and isinstance(y, c.Is):
            return {x.is_, y.is_} == {True, False}
        if not isinstance(x, c.Compare) or not isinstance(y, c.Compare) or of_two_facts(x, y):
            return False
        floor, ceiling = sorted((_allowed(x), _allowed(y)), reverse=True)
        open_ends = floor.low_open and ceiling.high_open
        endless = floor.high == inf and ceiling.low == -inf
        return endless and (floor.low < ceiling.high or (floor.low == ceiling.high and not open_ends))


def _allowed(node: c.Compare | c.Share) -> Interval:
    """The numbers that a comparison lets through."""
    return interval(node.operator, node.limit)


def _choices(node: c.Condition) -> frozenset[c.Word] | None:
    """The values that a single choice may have; None where a condition is about several values or none, or
    where a person may let others pass."""
    match node:
        case c.Is():
            return frozenset([node.is_])
        case c.Among(open=False):
            return frozenset(node.among)
    return None


def _where_empty(where: c.Where) -> bool:
    """Whether no entry can be as asked: an attribute without a value that it may have, alternatives that all
    fall out."""
    if any(test.one_of == () for test in where.each.values()):
        return True
    return bool(where.any) and all(_where_empty(inner) or _clash(where, inner) for inner in where.any)


def _clash(x: c.Where, y: c.Where) -> bool:
    """Whether one attribute is asked to hold two things at once; several words can stand in one attribute, so
    only yes and no count."""
    for name in x.each.keys() & y.each.keys():
        first, second = set(x.each[name].one_of or ()), set(y.each[name].one_of or ())
        if first and second and first | second <= {True, False} and not first & second:
            return True
    return False
