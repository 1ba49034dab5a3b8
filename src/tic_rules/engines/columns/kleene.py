"""Kleene's logic over columns of small whole numbers: false 0, unknown 1, needs review 2, true 3.

A column is told together with the numbers that it may hold, so that no work is laid out for what cannot be: a number that is
compared with a bound is never a judgement, a rule without a deadline is never pending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import narwhals as nw

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN

Expr = Any
Test = Any
"""An expression that is true, false or null (which counts as false); or True or False, where it is the same in every row."""

TRUTHS = frozenset({FALSE, UNKNOWN, REVIEW, TRUE})


class Told(NamedTuple):
    """A column: how it is had, the numbers that it may hold (None: it may be null), and the step that lays it out."""

    expr: Expr
    may: frozenset[Any]
    step: int = -1
    tests: Mapping[int, Expr] = {}
    """Whether it holds a number, where that is a column of its own."""

    @property
    def constant(self) -> Any:
        """The one number that it holds in every row, else None."""
        return next(iter(self.may)) if len(self.may) == 1 else None

    def is_(self, *numbers: int) -> Test:
        meant = self.may.intersection(numbers)
        if not meant or meant == self.may:
            return bool(meant)
        return either(*(self.tests.get(number, self.expr == number) for number in sorted(meant)))

    def same(self, other: Told) -> Test:
        if self.constant is not None and self.constant == other.constant:
            return True
        return self.expr == other.expr if self.may & other.may else False

    def match(self, cases: Mapping[int, Any]) -> Told:
        """One of the cases, by number. Every number that it may hold has to have its case."""
        groups: list[tuple[Told, list[int]]] = []
        for number in sorted(self.may):
            value = told(cases[number])
            if value.constant == number:
                value = self  # it stays what it is
            alike = next(
                (
                    numbers
                    for one, numbers in groups
                    if one is value or (value.constant is not None and one.constant == value.constant)
                ),
                None,
            )
            if alike is None:
                groups.append((value, [number]))
            else:
                alike.append(number)
        *others, (otherwise, _) = sorted(groups, key=lambda group: (len(group[1]), group[1]))
        found = choose(
            *(part for value, numbers in others for part in (self.is_(*numbers), value)), otherwise
        )
        may = frozenset(
            number for value, numbers in groups for number in (numbers if value is self else value.may)
        )
        return Told(found.expr, may)


def told(value: Any) -> Told:
    return value if isinstance(value, Told) else Told(nw.lit(value, nw.Int8), frozenset({value}))


def choose(*cases: Any) -> Told:
    """choose(test, value, test, value, …, otherwise): the first that holds; a test that is null does not."""
    *pairs, last = cases
    otherwise, kept = told(last), []
    for test, value in zip(pairs[::2], pairs[1::2], strict=True):
        if test is True:
            otherwise = told(value)
            break
        if test is not False:
            kept.append((test, told(value)))
    while kept and otherwise.constant is not None and kept[-1][1].constant == otherwise.constant:
        kept.pop()
    expr, may = otherwise.expr, otherwise.may
    for test, one in reversed(kept):
        expr, may = nw.when(test).then(one.expr).otherwise(expr), may | one.may
    return Told(expr, may)


def both(*tests: Test) -> Test:
    """True where all tests are."""
    found: Test = True
    for test in tests:
        if test is False:
            return False
        found = test if found is True else found if test is True else found & test
    return found


def either(*tests: Test) -> Test:
    """True where one of the tests is. None of them may be null."""
    found: Test = False
    for test in tests:
        if test is True:
            return True
        found = test if found is False else found if test is False else found | test
    return found


def all_of(values: Sequence[Told]) -> Told:
    """The least."""
    most = min(max(value.may) for value in values)
    needed = [value for value in values if min(value.may) < most]
    if all(max(value.may) > most for value in needed):
        needed.append(told(most))
    may = frozenset(number for value in values for number in value.may if number <= most)
    return needed[0] if len(needed) == 1 else Told(nw.min_horizontal(*(value.expr for value in needed)), may)


def any_of(values: Sequence[Told]) -> Told:
    """True, else unknown, else needs review, else false."""
    needed = [value for value in values if value.constant != FALSE]
    if len(needed) < 2 or any(value.constant == TRUE for value in needed):
        return next(
            (value for value in needed if value.constant == TRUE), needed[0] if needed else told(FALSE)
        )
    may = frozenset().union(*(value.may for value in needed))
    most = Told(nw.max_horizontal(*(value.expr for value in needed)), may)
    if not {UNKNOWN, REVIEW} <= may:
        return most
    unknown = either(*(value.is_(UNKNOWN) for value in needed))
    return choose(most.is_(TRUE), TRUE, unknown, UNKNOWN, most)


def negate(value: Told) -> Told:
    return value.match({TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN, REVIEW: REVIEW})


def review(value: Told) -> Told:
    return value.match({TRUE: REVIEW, FALSE: FALSE, UNKNOWN: UNKNOWN, REVIEW: REVIEW})


def compare(operator: str, low: Any, high: Any, least: float, most: float) -> Told:
    """A range against a bound, as `evaluate.compare`. The ends are expressions, or numbers where they are the same in every row."""
    match operator:
        case "at_least":
            return choose(low >= most, TRUE, high < least, FALSE, UNKNOWN)
        case "at_most":
            return choose(high <= least, TRUE, low > most, FALSE, UNKNOWN)
        case "more_than":
            return choose(low > most, TRUE, high <= least, FALSE, UNKNOWN)
        case "less_than":
            return choose(high < least, TRUE, low >= most, FALSE, UNKNOWN)
        case "between":
            return choose(
                high < least, FALSE, low > most, FALSE, both(low >= least, high <= most), TRUE, UNKNOWN
            )
    return choose(high < least, FALSE, low > most, FALSE, both(low == least, high == most), TRUE, UNKNOWN)
