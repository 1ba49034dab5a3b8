"""Whether what is dated by a day that may be open, or by a year, counts on the day looked at."""

from __future__ import annotations

from datetime import date

from tic_rules.core.dates import Span, add_days
from tic_rules.core.logic import FALSE, TRUE, UNKNOWN


def happened(when: Span, day: date, spoken: date) -> int:
    """Whether a day is not after the day looked at; what is after `spoken` is never certain."""
    return FALSE if when.first > day else TRUE if when.last <= min(day, spoken) else UNKNOWN


def in_years(when: Span, first: tuple[int, int]) -> int:
    """Whether a day lies in a year that counts."""
    return FALSE if when.last.year < first[0] else TRUE if when.first.year >= first[1] else UNKNOWN


def within(when: Span, start: date, last: date, cap: date) -> int:
    """Whether a day lies between `start` and `last`; what is dated after `cap` is never certain."""
    if when.last < start or when.first > last:
        return FALSE
    return TRUE if when.first >= start and when.last <= cap else UNKNOWN


def year_within(year: int | None, start: date, last: date, spoken: date) -> int:
    """Whether figures of a year, begun after `start`, had ended on `last` or were reported by then."""
    if year is None:
        return UNKNOWN
    if not start.year < year <= last.year:
        return FALSE
    return TRUE if year <= (spoken.year if spoken <= last else add_days(last, 1).year - 1) else UNKNOWN
