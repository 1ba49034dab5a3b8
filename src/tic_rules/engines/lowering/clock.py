"""When a rule is looked at: the moment, and what becomes of it where it does not hold."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tic_rules.core.quantities import FIRST_DAY, add_days, add_years, year_end
from tic_rules.engines.lowering.form import Clock
from tic_rules.engines.lowering.tables import CLOSED
from tic_rules.evaluation.entries import Moment


class Days(NamedTuple):
    """The days that a clock runs by: of one scenario of a centre, on an as-of day. Without approval it is
    not approved by then.
    """

    as_of: date
    approved: date | None
    applied: date | None
    term_end: date | None
    force: date | None = None
    """The day on which the document came into force; None for a programme."""

    @property
    def came_later(self) -> date | None:
        """The day on which the document came into force, where the centre was approved before it."""
        if self.force is None or self.approved is None or self.approved >= self.force:
            return None
        return self.force


class Look(NamedTuple):
    """The moment looked at, and the status of what does not hold then (one of LATE).

    Where that is CLOSED the rule is not applicable whatever it requires; `holds` says whether a requirement
    that is true counts as held all the same, where scenarios are compared.
    """

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
    return by if isinstance(by, date) else None


def opening(clock: Clock, days: Days) -> date | None:
    """The first day of what a clock opens on; None where it never comes."""
    if clock.opens == "approval" or days.approved is None:
        return days.approved
    if isinstance(clock.opens, int):
        return add_days(add_years(days.approved, clock.opens), 1)
    return None if days.term_end is None else add_days(days.term_end, 1)


def look(clock: Clock, days: Days) -> Look:
    """Where a rule is looked at that is not owed year by year."""
    as_of = days.as_of
    if clock.opens is not None:
        opens = opening(clock, days)
        if opens is None or as_of < opens:
            return Look(Moment(as_of), CLOSED, holds=False)
        return Look(_moment(clock, days, as_of, opens), "fail" if clock.follows else "pending")
    due = deadline(clock, days)
    last = as_of
    if due is not None:
        last = min(as_of, due)
    elif clock.until is not None and days.term_end is not None:
        last = min(as_of, days.term_end)
    moment, force = _moment(clock, days, last, _start(clock, days)), days.came_later
    if force is not None and (clock.by in ("application", "approval") or (due is not None and due < force)):
        return Look(moment, CLOSED)
    return Look(moment, "fail" if clock.by is None or (due is not None and as_of > due) else "pending")


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
    in force and, where the rule says so, within the term; up to the as-of day.
    """
    approved, as_of, force, ends = days.approved, days.as_of, days.came_later, days.term_end
    if approved is None:
        return []
    first = max(_first_full_year(day) for day in (approved, force) if day is not None)
    last = as_of.year if clock.running_year or as_of == year_end(as_of.year) else as_of.year - 1
    if clock.until is not None and ends is not None:
        last = min(last, ends.year if ends == year_end(ends.year) else ends.year - 1)
    owed = []
    for year in range(first, last + 1):
        due = year_end(year + clock.next_year)
        moment = _moment(clock, days, min(as_of, due), approved, year)
        owed.append(Look(moment, "fail" if as_of > due else "pending"))
    return owed


def _first_full_year(day: date) -> int:
    return day.year if (day.month, day.day) == (1, 1) else day.year + 1


def before_approval(clock: Clock) -> str | None:
    """The status of a rule for a centre that is not approved on the as-of day; None where the rule speaks
    to it all the same.

    Where the rest are not applicable, a `timeless` requirement may still hold: it is looked at on the as-of
    day.
    """
    if clock.by == "application":
        return None
    return "pending" if clock.by == "approval" else CLOSED


__all__ = ["Days", "Look", "before_approval", "deadline", "look", "opening", "years_owed"]
