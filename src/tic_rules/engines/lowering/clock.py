"""When a rule is looked at: the day, the first day that counts, and what becomes of it where it does not hold."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tic_rules.core.quantities import FIRST_DAY, add_days, add_years, year_end
from tic_rules.engines.lowering.form import Clock
from tic_rules.engines.lowering.tables import CLOSED


class Look(NamedTuple):
    """The day looked at, the first day whose money and events count, the status of what does not hold then (one of LATE)."""

    day: date
    start: date
    late: str


class Days(NamedTuple):
    """The days that a clock runs by: of one scenario of a centre, on an as-of day. Without approval it is not approved by then."""

    as_of: date
    approved: date | None
    applied: date | None
    term_end: date | None


def deadline(clock: Clock, days: Days) -> date | None:
    """The last day of a rule's time; None where it has none, or where an applicant has not applied yet."""
    by = clock.by
    if by == "application":
        given = [day for day in (days.applied, days.approved) if day is not None]
        return min(given) if given else None
    if by == "approval":
        return days.approved
    if by == "term_end":
        return days.term_end
    if isinstance(by, int):
        return None if days.approved is None else add_years(days.approved, by)
    return by if isinstance(by, date) else None


def look(clock: Clock, days: Days) -> Look:
    """Where a rule is looked at that is not owed year by year; where its time has not come, nothing is owed whatever it finds."""
    as_of = days.as_of
    if clock.after is not None:
        opens = days.approved if clock.after == "approval" else days.term_end
        if opens is None or as_of <= opens:
            return Look(as_of, FIRST_DAY, CLOSED)
        return Look(as_of, add_days(opens, 1), "pending")
    start = days.approved if clock.since == "approval" else clock.since
    due = deadline(clock, days)
    last = as_of
    if due is not None:
        last = min(as_of, due)
    elif clock.until is not None and days.term_end is not None:
        last = min(as_of, days.term_end)
    late = "fail" if clock.by is None or (due is not None and as_of > due) else "pending"
    return Look(last, start or FIRST_DAY, late)


class Owed(NamedTuple):
    """A year that is owed: it is looked for until `due`, and seen on the day looked at."""

    year: int
    due: date
    day: date
    late: str


def years_owed(clock: Clock, days: Days) -> list[Owed]:
    """Every full calendar year between approval and the as-of day, and the running one where the rule says so."""
    approved, as_of = days.approved, days.as_of
    if approved is None:
        return []
    first = approved.year if (approved.month, approved.day) == (1, 1) else approved.year + 1
    last = as_of.year if clock.running_year or as_of == year_end(as_of.year) else as_of.year - 1
    owed = []
    for year in range(first, last + 1):
        due = year_end(year + clock.next_year)
        owed.append(Owed(year, due, min(as_of, due), "fail" if as_of > due else "pending"))
    return owed


def before_approval(clock: Clock) -> str | None:
    """The status of a rule for a centre that is not approved on the as-of day; None where the rule speaks to it all the same.

    Where the rest are not applicable, a `timeless` requirement may still hold: it is looked at on the as-of day.
    """
    if clock.by == "application":
        return None
    return "pending" if clock.by == "approval" else CLOSED


__all__ = ["Days", "Look", "Owed", "before_approval", "deadline", "look", "years_owed"]
