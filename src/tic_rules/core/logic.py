"""Four-valued logic: Kleene's three values, and a fourth for a judgement that is still to be made.

Values are small integers, so that `all` of several conditions is their minimum."""

from __future__ import annotations

from tic_rules.core.numbers import Range

FALSE, UNKNOWN, REVIEW, TRUE = range(4)

NAMES = ("false", "unknown", "needs_review", "true")


def negate(value: int) -> int:
    """True and false change places; unknown and needs review stay."""
    return TRUE if value == FALSE else FALSE if value == TRUE else value


def any_of(values: list[int]) -> int:
    """True, else unknown, else needs review, else false."""
    if TRUE in values:
        return TRUE
    if UNKNOWN in values:
        return UNKNOWN
    return REVIEW if REVIEW in values else FALSE


def compare(operator: str, x: Range, t: Range) -> int:
    """x against t, as ranges: true or false only where every number they may be agrees."""
    if operator == "at_least":
        return TRUE if x.low >= t.high else FALSE if x.high < t.low else UNKNOWN
    if operator == "at_most":
        return TRUE if x.high <= t.low else FALSE if x.low > t.high else UNKNOWN
    if operator == "more_than":
        return TRUE if x.low > t.high else FALSE if x.high <= t.low else UNKNOWN
    if operator == "less_than":
        return TRUE if x.high < t.low else FALSE if x.low >= t.high else UNKNOWN
    if x.high < t.low or x.low > t.high:
        return FALSE
    if operator == "between":
        return TRUE if x.low >= t.low and x.high <= t.high else UNKNOWN
    return TRUE if x.low == x.high == t.low == t.high else UNKNOWN


def compare_sums(operator: str, possible: list[Range], t: Range) -> int:
    """A number that lies in one of several ranges against t: what all of them agree on."""
    values = {compare(operator, x, t) for x in possible}
    return values.pop() if len(values) == 1 else UNKNOWN
