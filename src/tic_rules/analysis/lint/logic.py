"""Conditions that can never hold, or always do; two that cannot both hold. Read off: what is not seen here is
not claimed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tic_rules.analysis.diff.order import Interval, Reader, interval, where_at_least
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Fact

ANYTHING = Interval(0, False, None, False)
"""Counts and amounts are never less than nothing."""


_WHOLE = Interval(0, False, 1, False)
"""A part of a whole."""


class Logic(NamedTuple):
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
                return not _WHOLE.meets(interval(node.operator, node.limit))
            case c.Contains() | c.EachOf():
                return False
        return any(
            _where_empty(where)
            for where in (getattr(node, "some", None), getattr(node, "every", None))
            if where is not None
        )

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
                return self._possible(node.fact).within(interval(node.operator, node.limit))
            case c.Compare():
                return node.operator == "at_least" and node.limit.times == 0
            case c.Share():
                return _WHOLE.within(interval(node.operator, node.limit))
        return False

    def excludes(self, x: Any, y: Any) -> bool:
        """Whether no data makes both true."""
        if isinstance(x, c.All):
            return any(self.excludes(part, y) for part in x.all)
        if isinstance(x, c.Either):
            return all(self.excludes(part, y) for part in x.any)
        if isinstance(y, (c.All, c.Either)):
            return self.excludes(y, x)
        if isinstance(x, c.Not) or isinstance(y, c.Not):
            inner, other = (x.not_, y) if isinstance(x, c.Not) else (y.not_, x)
            return self.reader.at_least(other, inner)
        if isinstance(x, c.NoneOf) or isinstance(y, c.NoneOf):
            ban, other = (x, y) if isinstance(x, c.NoneOf) else (y, x)
            held = getattr(other, "some", None) or getattr(other, "every", None)
            return isinstance(held, c.Where) and other.fact == ban.fact and where_at_least(held, ban.none_of)
        if getattr(x, "fact", None) is None or x.fact != getattr(y, "fact", None):
            return False
        return self._apart(x, y)

    def _apart(self, x: c.Condition, y: c.Condition) -> bool:
        if isinstance(x, c.Compare) and isinstance(y, c.Compare):
            if isinstance(x.limit, c.Times) or isinstance(y.limit, c.Times):
                return False
            return not interval(x.operator, x.limit).meets(interval(y.operator, y.limit))
        words = _choices(x), _choices(y)
        return words[0] is not None and words[1] is not None and not words[0] & words[1]

    def _possible(self, name: str) -> Interval:
        """What a number may be, as far as numbers of the law in it say: the smaller of something and 500 is
        never more than 500.
        """
        fact = self.facts.get(name)
        numbers = [part for part in fact.operands if not isinstance(part, (str, c.Times))] if fact else []
        if fact is not None and fact.smaller is not None and numbers:
            return Interval(0, False, min(numbers), False)
        if fact is not None and fact.larger is not None and numbers:
            return Interval(max(numbers), False, None, False)
        return ANYTHING

    def _empty(self, node: c.Compare) -> bool:
        allowed = interval(node.operator, node.limit)
        if not allowed.meets(self._possible(node.fact)) or (
            allowed.low is not None and allowed.high is not None and allowed.low > allowed.high
        ):
            return True
        kinds = self.facts[node.fact].kinds if node.fact in self.facts else None
        groups = self.facts[kinds].groups if kinds is not None and kinds in self.facts else None
        return groups is not None and not allowed.meets(Interval(0, False, len(groups), False))

    def _complement(self, x: Any, y: Any) -> bool:
        """Whether one of the two holds whatever the data says."""
        if isinstance(x, c.Not) or isinstance(y, c.Not):
            inner, other = (x.not_, y) if isinstance(x, c.Not) else (y.not_, x)
            return self.reader.at_least(inner, other)
        if getattr(x, "fact", None) is None or x.fact != getattr(y, "fact", None):
            return False
        if isinstance(x, c.Is) and isinstance(y, c.Is):
            return {x.is_, y.is_} == {True, False}
        if (
            isinstance(x, c.Compare)
            and isinstance(y, c.Compare)
            and not isinstance(x.limit, c.Times)
            and not isinstance(y.limit, c.Times)
        ):
            first, second = interval(x.operator, x.limit), interval(y.operator, y.limit)
            floor, ceiling = (first, second) if second.low is None else (second, first)
            joined = (
                floor.high is None
                and ceiling.low is None
                and floor.low is not None
                and ceiling.high is not None
            )
            return joined and (
                floor.low < ceiling.high
                or (floor.low == ceiling.high and not (floor.low_open and ceiling.high_open))
            )
        return False


def _choices(node: c.Condition) -> frozenset[Any] | None:
    """The values that a single choice may have; None where a condition is about several values or none."""
    match node:
        case c.Is():
            return frozenset([node.is_])
        case c.Among():
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
        first, second = x.each[name].one_of, y.each[name].one_of
        if (
            first
            and second
            and all(isinstance(word, bool) for word in (*first, *second))
            and not set(first) & set(second)
        ):
            return True
    return False
