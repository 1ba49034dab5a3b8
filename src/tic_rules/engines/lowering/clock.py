"""When a rule is looked at: the moment, and what becomes of it where it does not hold."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from tic_rules.core.dates import FIRST_DAY, LAST_DAY, add_days, add_years, year_end
from tic_rules.engines.lowering.form import Clock, From
from tic_rules.engines.lowering.tables import CLOSED
from tic_rules.evaluation.entries import Moment


class Days(NamedTuple):
    """The days that a clock runs by: of one scenario of a centre, on an as-of day. Without approval it is
    not approved by then."""

    as_of: date
    approved: date | None
    applied: date | None
    term_end: date | None
    force: date | None = None
    """The day on which the document came into force; None for a programme."""

    @property
    def came_later(self) -> date | None:
        """The day on which the document came into force, where the centre was approved before it."""
        came = self.force is not None and self.approved is not None and is_later(self.force, self.approved)
        return self.force if came else None


class Look(NamedTuple):
    """The moment looked at, and the status of what does not hold then (one of LATE).

    Where that is CLOSED the rule is not applicable whatever it requires; `holds` says whether a requirement
    that is true counts as held all the same, where scenarios are compared."""

    moment: Moment
    late: str
    holds: bool = True


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
    if isinstance(by, From):
        from_ = days.term_end if by.day == "term_end" else days.approved
        return None if from_ is None else by.shift.after(from_)
    return by if isinstance(by, date) else None


def mark(clock: Clock, days: Days) -> date | None:
    """The day that a clock opens on or, unless that is the approval, after; None where it never comes."""
    if clock.opens == "approval" or days.approved is None:
        return days.approved
    return add_years(days.approved, clock.opens) if isinstance(clock.opens, int) else days.term_end


def opening(clock: Clock, days: Days) -> date | None:
    """The first day of what a clock opens on; None where it never comes."""
    day = mark(clock, days)
    return day if day is None or clock.opens == "approval" else add_days(day, 1)


# --- tests of days: of dates, and of columns of dates -------------------------------------------------------


DayOf = Any
"""A day, or a column of days; a test of columns is a column too."""


def is_past(as_of: DayOf, due: DayOf) -> DayOf:
    """Whether the last day of a rule's time is over."""
    return as_of > due


def is_early(clock: Clock, as_of: DayOf, mark: DayOf) -> DayOf:
    """Whether what a clock opens on has not begun; `mark` is the approval, else the last day before it."""
    return as_of < mark if clock.opens == "approval" else as_of <= mark


def is_later(force: DayOf, approved: DayOf) -> DayOf:
    """Whether the document came into force after the approval."""
    return approved < force


def reaches_back(clock: Clock, force: DayOf, due: DayOf) -> DayOf:
    """Whether the time of a rule was over before the document came into force, for a centre approved before
    it; None where its last day is not known and has to be."""
    if clock.by in ("application", "approval"):
        return True
    return None if due is None else due < force


def late_of(clock: Clock, past: bool) -> str:
    """The status of what does not hold, by whether the last day of its time is past; of a year, the day that
    it is due."""
    timeless = clock.by is None and clock.opens is None and not clock.yearly and clock.cycle is None
    return "fail" if clock.at_once or timeless or past else "pending"


class DueYear(NamedTuple):
    """A year is owed where approval and document are not after its first day, nor the as-of day before
    `from_`, nor the end of the term, where the rule speaks of it, before its last day. It is looked for until
    `due`."""

    first: date
    last: date
    from_: date
    due: date


def owed_year(clock: Clock, year: int) -> DueYear:
    first, last = date(year, 1, 1), year_end(year)
    due = year_end(year + clock.next_year) if clock.due_on is None else clock.due_on.of(year)
    return DueYear(first, last, first if clock.running_year else last, due)


# --- looks --------------------------------------------------------------------------------------------------


def look(clock: Clock, days: Days) -> Look:
    """Where a rule is looked at that is not owed year by year."""
    as_of = days.as_of
    if clock.opens is not None:
        day, opens = mark(clock, days), opening(clock, days)
        if opens is None or is_early(clock, as_of, day):
            return Look(Moment(as_of), CLOSED, holds=False)
        return Look(_moment(clock, days, as_of, opens), late_of(clock, past=False))
    due = deadline(clock, days)
    last = as_of
    if due is not None:
        last = min(as_of, due)
    elif clock.until is not None and days.term_end is not None:
        last = min(as_of, days.term_end)
    moment, force = _moment(clock, days, last, _start(clock, days)), days.came_later
    if force is not None and due is not None and reaches_back(clock, force, due):
        return Look(moment, CLOSED)
    return Look(moment, late_of(clock, past=due is not None and is_past(as_of, due)))


def _start(clock: Clock, days: Days) -> date:
    """The first day of what counts."""
    if isinstance(clock.since, date):
        return clock.since
    if clock.since == "approval" and days.approved is not None:
        return days.approved
    if clock.since == "term_end" and days.term_end is not None:
        return add_days(days.term_end, 1)
    return FIRST_DAY


def _moment(clock: Clock, days: Days, day: date, start: date, year: int | None = None) -> Moment:
    force = days.came_later
    return Moment(day, start, year) if force is None else Moment(day, start, year, force, clock.adverse)


def years_owed(clock: Clock, days: Days) -> list[Look]:
    """The years that owe something, each as it is looked at: wholly since approval, since the document is
    in force and, where the rule says so, within the term; up to the as-of day."""
    approved, as_of, force, ends = days.approved, days.as_of, days.came_later, days.term_end
    if approved is None:
        return []
    within = ends if clock.until is not None else None
    owed = []
    for year in range(approved.year, as_of.year + 1):
        first, last, from_, due = owed_year(clock, year)
        began = approved <= first and (force is None or force <= first)
        if began and as_of >= from_ and (within is None or within >= last):
            moment = _moment(clock, days, min(as_of, due), approved, year)
            owed.append(Look(moment, late_of(clock, is_past(as_of, due))))
    return owed


def cycles_owed(clock: Clock, days: Days) -> list[Look]:
    """The cycles from approval that have begun, each as it is looked at: from the day after the time of the
    one before it, up to the last of its own time."""
    cycle, approved, as_of, force = clock.cycle, days.approved, days.as_of, days.came_later
    if cycle is None or approved is None:
        return []
    within = days.term_end if clock.until is not None else None
    owed, start = [], approved
    for number in range(1, 12 * 10_000):
        end, due = cycle.end(approved, number), cycle.due(approved, number)
        if start > as_of or start == LAST_DAY or (within is not None and start > within):
            break
        if (force is None or due >= force) and (within is None or end <= within):
            moment = _moment(clock, days, min(as_of, due), start)
            owed.append(Look(moment, late_of(clock, is_past(as_of, due))))
        start = add_days(due, 1)
    return owed


def occasions_owed(clock: Clock, days: Days) -> list[Look]:
    """What owes something by itself: years, or cycles."""
    return years_owed(clock, days) if clock.yearly else cycles_owed(clock, days)


def before_approval(clock: Clock) -> str | None:
    """The status of a rule for a centre that is not approved on the as-of day; None where the rule speaks
    to it all the same.

    Where the rest are not applicable, a `timeless` requirement may still hold: it is looked at on the as-of
    day."""
    if clock.by == "application":
        return None
    return "pending" if clock.by == "approval" else CLOSED
