"""Columns of small whole numbers, such as the four values of logic, together with the numbers that each may
hold.

What a column may hold is known before any row is read, so no work is laid out for what cannot be: a number
that is compared with a bound is never left to a person to judge, a rule without a deadline is never pending.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import narwhals as nw

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.engines.lowering import COMPARISONS, OPERATORS

Expr = Any
"""An expression of narwhals; the table may be held by any library."""
Table = Any
"""A table of narwhals, or of the library that holds it."""
Test = Any
"""An expression that is true, false or null (which counts as false); or True or False, where it is the same
in every row."""

TRUTHS = frozenset({FALSE, UNKNOWN, REVIEW, TRUE})
ANY: frozenset[int] = frozenset()
"""What a column of years, or of yes and no, may hold: not said."""


class Coded(NamedTuple):
    """A column: how it is had, the numbers that it may hold (None: it may be null), and the step that lays it
    out."""

    expr: Expr
    may: frozenset[Any]
    step: int = -1

    @property
    def constant(self) -> int | None:
        """The one number that it holds in every row, else None."""
        return next(iter(self.may)) if len(self.may) == 1 else None

    def is_(self, *numbers: int) -> Test:
        """Whether it holds one of the numbers."""
        meant = self.may.intersection(numbers)
        if not meant or meant == self.may:
            return bool(meant)
        return either(*(self.expr == number for number in sorted(meant)))

    def same(self, other: Coded) -> Test:
        """Whether both hold the same number."""
        if self.constant is not None and self.constant == other.constant:
            return True
        return self.expr == other.expr if self.may & other.may else False

    def match(self, cases: Mapping[int, Coded | int]) -> Coded:
        """One of the cases, by number. Every number that it may hold has to have its case."""
        groups: list[tuple[Coded, list[int]]] = []
        for number in sorted(self.may):
            value = coded(cases[number])
            if value.constant == number:
                value = self  # it stays what it is
            for other, numbers in groups:
                if other is value or (value.constant is not None and other.constant == value.constant):
                    numbers.append(number)
                    break
            else:
                groups.append((value, [number]))
        *others, (otherwise, _) = sorted(groups, key=lambda group: (len(group[1]), group[1]))
        pairs = [part for value, numbers in others for part in (self.is_(*numbers), value)]
        may = [numbers if value is self else value.may for value, numbers in groups]
        return Coded(choose(*pairs, otherwise).expr, frozenset().union(*may))


def coded(value: Coded | int) -> Coded:
    """A number as a column that holds it in every row."""
    return value if isinstance(value, Coded) else Coded(nw.lit(value, nw.Int8), frozenset({value}))


def choose(*cases: Test) -> Coded:
    """choose(test, value, test, value, …, otherwise): the first that holds; a test that is null does not."""
    *pairs, last = cases
    otherwise, kept = coded(last), []
    for test, value in zip(pairs[::2], pairs[1::2], strict=True):
        if test is True:
            otherwise = coded(value)
            break
        if test is not False:
            kept.append((test, coded(value)))
    while kept and otherwise.constant is not None and kept[-1][1].constant == otherwise.constant:
        kept.pop()
    expr, may = otherwise.expr, otherwise.may
    for test, one in reversed(kept):
        expr, may = nw.when(test).then(one.expr).otherwise(expr), may | one.may
    return Coded(expr, may)


def tabulate(columns: Sequence[Coded], outcome: Callable[..., int]) -> Coded:
    """What a table says of the numbers that columns hold together, asked in the order of the columns."""
    branches: dict[tuple[int, tuple[int, ...]], Coded] = {}

    def branch(place: int, numbers: tuple[int, ...]) -> Coded:
        rest = product(*(sorted(column.may) for column in columns[place:]))
        outcomes = tuple(outcome(*numbers, *others) for others in rest)
        made = branches.get((place, outcomes))
        if made is None:
            if len(set(outcomes)) == 1:
                made = coded(outcomes[0])
            else:
                made = columns[place].match(
                    {number: branch(place + 1, (*numbers, number)) for number in columns[place].may}
                )
            branches[place, outcomes] = made
        return made

    return branch(0, ())


def both(*tests: Test) -> Test:
    """True where all tests are."""
    joined: Test = True
    for test in tests:
        if test is False:
            return False
        joined = test if joined is True else joined if test is True else joined & test
    return joined


def either(*tests: Test) -> Test:
    """True where one of the tests is. None of them may be null."""
    joined: Test = False
    for test in tests:
        if test is True:
            return True
        joined = test if joined is False else joined if test is False else joined | test
    return joined


def all_of(values: Sequence[Coded]) -> Coded:
    """The least."""
    most = min(max(value.may) for value in values)
    needed = [value for value in values if min(value.may) < most]
    if all(max(value.may) > most for value in needed):
        needed.append(coded(most))
    may = frozenset(number for value in values for number in value.may if number <= most)
    return needed[0] if len(needed) == 1 else Coded(nw.min_horizontal(*(value.expr for value in needed)), may)


def any_of(values: Sequence[Coded]) -> Coded:
    """True, else unknown, else needs review, else false."""
    needed = [value for value in values if value.constant != FALSE]
    for value in needed:
        if value.constant == TRUE:
            return value
    if len(needed) < 2:
        return needed[0] if needed else coded(FALSE)
    may = frozenset().union(*(value.may for value in needed))
    most = Coded(nw.max_horizontal(*(value.expr for value in needed)), may)
    if not {UNKNOWN, REVIEW} <= may:
        return most
    unknown = either(*(value.is_(UNKNOWN) for value in needed))
    return choose(most.is_(TRUE), TRUE, unknown, UNKNOWN, most)


# --- steps -------------------------------------------------------------------------------------------------


class Steps:
    """Intermediate columns, each made once, in the first step after what it is made of; a step is one
    `with_columns`."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Expr]] = []
        self._made: dict[object, Coded] = {}

    def get(self, key: object) -> Coded | None:
        """The column that was made under a key."""
        return self._made.get(key)

    def made(self, key: object, make: Callable[[], Coded], *after: Coded) -> Coded:
        """The column of an intermediate result; none is added where it is the same in every row."""
        column = self._made.get(key)
        if column is None:
            column = make()
            if column.constant is None:
                step, name = max((one.step + 1 for one in after), default=0), f"~{len(self._made)}"
                while len(self.steps) <= step:
                    self.steps.append({})
                self.steps[step][name] = column.expr
                column = Coded(nw.col(name), column.may, step)
            self._made[key] = column
        return column

    def laid_out(self, frame: Table) -> Table:
        """A table of narwhals with all that was made."""
        for step in self.steps:
            frame = frame.with_columns(**step)
        return frame


# --- ranges -------------------------------------------------------------------------------------------------


class Ends(NamedTuple):
    """The ends of a range: expressions, or numbers where they are the same in every row."""

    low: Expr
    high: Expr


def compare(name: str, left: Ends, right: Ends) -> Coded:
    """Two ranges by the table of comparisons. A left range with one end is known."""
    true, false = (
        [
            OPERATORS[test.operator](getattr(left, test.left), getattr(right, test.right))
            for test in dict.fromkeys(tests)
        ]
        for tests in COMPARISONS[name]
    )
    if left.low is left.high:
        return choose(both(*true), TRUE, FALSE)
    return choose(both(*true), TRUE, either(*false), FALSE, UNKNOWN)
