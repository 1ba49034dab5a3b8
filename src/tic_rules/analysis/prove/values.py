"""The four values of logic as formulas: when it is true, false, or needs review; otherwise it is unknown (for
z3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from tic_rules.analysis.prove.booleans import Ends, Formula, conj, disj, neg, truth, z3
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.core.numbers import Number
from tic_rules.engines.lowering import COMPARISONS, OPERATORS, VALUES

_ENDS = ("low", "high")


class TruthFormulas(NamedTuple):
    true: Formula
    false: Formula
    review: Formula

    @property
    def unknown(self) -> Formula:
        return neg(disj(self.true, self.false, self.review))

    def is_(self, *numbers: int) -> Formula:
        """Whether it is one of the values."""
        tests = {TRUE: self.true, FALSE: self.false, REVIEW: self.review}
        if UNKNOWN in numbers:
            return neg(disj(*[test for number, test in tests.items() if number not in numbers]))
        return disj(*[tests[number] for number in numbers])


def constant(value: int) -> TruthFormulas:
    return TruthFormulas(*(truth(value == number) for number in (TRUE, FALSE, REVIEW)))


def when(true: Formula, false: Formula) -> TruthFormulas:
    return TruthFormulas(true, false, truth(False))


def outcomes(tests: Mapping[int, Formula]) -> TruthFormulas:
    """A value by formulas of which one holds at most; unknown where none does."""
    return TruthFormulas(*(tests.get(number, truth(False)) for number in (TRUE, FALSE, REVIEW)))


def all_of(values: Sequence[TruthFormulas]) -> TruthFormulas:
    true, false = conj(*[v.true for v in values]), disj(*[v.false for v in values])
    return TruthFormulas(true, false, conj(conj(*[disj(v.true, v.review) for v in values]), neg(true)))


def any_of(values: Sequence[TruthFormulas]) -> TruthFormulas:
    true, false = disj(*[v.true for v in values]), conj(*[v.false for v in values])
    return TruthFormulas(true, false, conj(conj(*[disj(v.false, v.review) for v in values]), neg(false)))


def cases(of: TruthFormulas, ways: Sequence[TruthFormulas]) -> TruthFormulas:
    """What follows from each value: one way for each of the four."""
    tests = [of.is_(number) for number in VALUES]
    return TruthFormulas(
        *(disj(*[conj(test, way[end]) for test, way in zip(tests, ways, strict=True)]) for end in range(3))
    )


def either(condition: Formula, one: TruthFormulas, other: TruthFormulas) -> TruthFormulas:
    return TruthFormulas(*(z3.If(condition, x, y) for x, y in zip(one, other, strict=True)))


def compare(name: str, left: Ends, right: Ends) -> TruthFormulas:
    """Two ranges by the table of comparisons."""
    true, false = (
        [
            OPERATORS[test.operator](left[_ENDS.index(test.left)], right[_ENDS.index(test.right)])
            for test in tests
        ]
        for tests in COMPARISONS[name]
    )
    return when(conj(*true), disj(*false))


def real(number: Number) -> Formula:
    exact = Fraction(number)
    return z3.RealVal(f"{exact.numerator}/{exact.denominator}")
