"""What the function of a row calls: the values of a row's cells as the core form means them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from tic_rules.core.logic import FALSE, TRUE, UNKNOWN
from tic_rules.engines.lowering import STATUS, WORST, Clock, Days, years_owed
from tic_rules.engines.lowering.tables import CLOSED, LATE, VALUES

PLAIN = {late: tuple(STATUS[require, FALSE, TRUE, late] for require in VALUES) for late in LATE}
"""The status of a rule without exceptions, by what becomes of it where it does not hold, and by what it
requires.
"""

OPEN = ("unknown",) * len(VALUES)


def truth(cell: Any, absent: int = UNKNOWN) -> int:
    """A cell of truth values (0 to 3), or of yes and no; any other is not known."""
    if cell is None:
        return absent
    if cell is True or cell is False:
        return TRUE if cell else FALSE
    return int(cell) if cell in VALUES else UNKNOWN


def one_of(cells: Sequence[Any], words: frozenset[Any], inside: int, outside: int, absent: int) -> int:
    """Whether what a cell may hold is on a list, where it may be one of several."""
    if cells[0] is None:
        return absent
    values = {inside if cell in words else outside for cell in cells if cell is not None}
    return values.pop() if len(values) == 1 else UNKNOWN


def happened(day: Any, reported_on: Any, spans: Sequence[tuple[Any, Any]]) -> int:
    """Whether something was done by the day looked at, of the days that it may have been, each from first
    to last.
    """
    day, reported_on = day_of(day), day_of(reported_on)
    known = [(day_of(first), day_of(last)) for first, last in spans if first is not None or last is not None]
    if day is None or not known:
        return UNKNOWN
    spoken = day if reported_on is None else min(day, reported_on)
    values = {
        FALSE
        if first is not None and first > day
        else TRUE
        if last is not None and last <= spoken
        else UNKNOWN
        for first, last in known
    }
    return values.pop() if len(values) == 1 else UNKNOWN


def agree(*texts: Sequence[Any]) -> int:
    """Whether texts that have to be the same may be so; each is one of several, or not known at all."""
    inner = [{cell for cell in cells if cell not in (None, "")} for cells in texts if cells[0] is not None]
    if inner and not set.intersection(*inner):
        return FALSE
    return UNKNOWN if any(len(one) > 1 for one in inner) else TRUE


def not_after(as_of: Any, day: Any) -> int:
    """Whether the as-of day is not after a day of the clock."""
    as_of, day = day_of(as_of), day_of(day)
    return UNKNOWN if as_of is None or day is None else TRUE if as_of <= day else FALSE


def day_of(cell: Any) -> date | None:
    """A cell that holds a day; other libraries know times only."""
    return cell.date() if isinstance(cell, datetime) else cell


class Cells(NamedTuple):
    """The days of a row."""

    as_of: Any
    due: Any
    approved_on: Any
    term_end: Any
    mark: Any
    """The day that the clock opens on, or after."""


def late_in(clock: Clock, force: date | None, cells: Cells) -> str | None:
    """What becomes of a rule that does not hold; None where the row does not say when, and nothing can be
    said of the rule.
    """
    as_of, due, approved, _, mark = (day_of(cell) for cell in cells)
    if as_of is None:
        return None
    if clock.opens is not None:
        if mark is None:
            return None
        early = as_of < mark if clock.opens == "approval" else as_of <= mark
        return CLOSED if early else "fail" if clock.follows else "pending"
    if due is None and isinstance(clock.by, date):
        due = clock.by
    if due is None:
        return "pending" if clock.by == "application" else "unknown"
    later = _came_later(clock, force, due, approved)
    if later is None:
        return "unknown"
    return CLOSED if later else "fail" if as_of > due else "pending"


def _came_later(clock: Clock, force: date | None, due: date, approved: date | None) -> bool | None:
    """Whether the document came later than the approval, and binds no rule with this clock; None where that
    is not known.
    """
    if force is None or (due >= force and clock.by not in ("application", "approval")):
        return False
    if approved is None and clock.by == "approval":
        approved = due
    if approved is not None:
        return approved < force
    if due >= force:
        return False  # the application was not before it, so the approval was not
    return None if clock.by == "application" or isinstance(clock.by, date) else True


def worst_year(clock: Clock, force: date | None, cells: Cells, known: range, tables: Sequence[int]) -> str:
    """The status of a rule that owes something for every year, by what it comes to in the years that the
    row knows.
    """
    as_of, _, approved, term_end, _ = (day_of(cell) for cell in cells)
    if as_of is None or approved is None or (clock.until is not None and term_end is None):
        return "unknown"
    worst = CLOSED
    for moment, late, _ in years_owed(clock, Days(as_of, approved, None, term_end, force)):
        year = moment.year or 0
        status = PLAIN[late][tables[year - known.start]] if year in known else "unknown"
        if worst == CLOSED or WORST.index(status) < WORST.index(worst):
            worst = status
    return worst


__all__ = [
    "OPEN",
    "PLAIN",
    "Cells",
    "agree",
    "day_of",
    "happened",
    "late_in",
    "not_after",
    "one_of",
    "truth",
    "worst_year",
]
