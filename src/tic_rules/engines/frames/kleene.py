"""Kleene's logic over columns of small whole numbers: false 0, unknown 1, needs review 2, true 3. No expression here is ever null."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from tic_rules.readings import FALSE, REVIEW, TRUE, UNKNOWN

Expr = Any


def choose(*cases: Any) -> Expr:
    """choose(test, value, test, value, …, otherwise): the first that holds; a test that is null does not."""
    *pairs, otherwise = cases
    for place in range(len(pairs) - 2, -1, -2):
        otherwise = nw.when(pairs[place]).then(_expr(pairs[place + 1])).otherwise(_expr(otherwise))
    return otherwise


def _expr(value: Any) -> Expr:
    return nw.lit(value, nw.Int8) if isinstance(value, int) else nw.lit(value) if isinstance(value, str) else value


def all_of(values: Sequence[Expr]) -> Expr:
    return values[0] if len(values) == 1 else nw.min_horizontal(*values)


def any_of(values: Sequence[Expr]) -> Expr:
    """True, else unknown, else needs review, else false."""
    if len(values) == 1:
        return values[0]
    most = nw.max_horizontal(*values)
    unknown = nw.max_horizontal(*(choose(value == UNKNOWN, TRUE, FALSE) for value in values))
    return choose(most == TRUE, TRUE, unknown == TRUE, UNKNOWN, most)


def negate(value: Expr) -> Expr:
    return choose(value == TRUE, FALSE, value == FALSE, TRUE, value)


def review(value: Expr) -> Expr:
    return choose(value == TRUE, REVIEW, value)


def compare(operator: str, low: Expr, high: Expr, least: float, most: float) -> Expr:
    """A range against a bound, as `evaluate.compare`."""
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
            return choose(high < least, FALSE, low > most, FALSE, (low >= least) & (high <= most), TRUE, UNKNOWN)
    return choose(high < least, FALSE, low > most, FALSE, (low == least) & (high == most), TRUE, UNKNOWN)
