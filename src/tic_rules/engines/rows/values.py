"""What the function of a row calls: the values of a row's cells as the core form means them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from tic_rules.core.logic import FALSE, TRUE, UNKNOWN
from tic_rules.core.scalars import plain
from tic_rules.engines.lowering import STATUS, WORST, Clock, Days, years_owed
from tic_rules.engines.lowering.clock import is_early, is_later, is_past, late_of, reaches_back
from tic_rules.engines.lowering.tables import CLOSED, LATE, VALUES, in_force

MIDNIGHT = time()
Day = date | None
"""A cell of a day."""


class Late(NamedTuple):
    """What becomes of a rule that does not hold, and whether its time was over before its document came into
    force, for a centre approved before that."""

    late: str
    later: int = FALSE


AT_ONCE = Late("fail")

STATUSES = {
    (require, broken, applies, Late(late, later)): in_force(status, later, require == TRUE)
    for (require, broken, applies, late), status in STATUS.items()
    for later in (FALSE, UNKNOWN, TRUE)
}
"""The status table of a rule with the days of its row."""

PLAIN = {
    Late(late, later): tuple(STATUSES[require, FALSE, TRUE, Late(late, later)] for require in VALUES)
    for late in LATE
    for later in (FALSE, UNKNOWN, TRUE)
}
"""The status of a rule without exceptions, by the days of its row and by what it requires."""

PLAIN_AT_ONCE = PLAIN[AT_ONCE]
"""Of rules without days: a table of its own, because the days take longer to look up than all else."""


def is_gap(cell: object) -> bool:
    """Whether a cell is empty: None, or what other libraries write in its place (NaN, NaT)."""
    return cell is None or cell != cell


def truth(cell: object, absent: int = UNKNOWN) -> int:
    """A cell of truth values (0 to 3), or of yes and no; any other number is not known. Raises TypeError."""
    if cell is None:
        return absent
    if cell.__class__ is not int and cell.__class__ is not bool:
        cell = plain(cell)
        if is_gap(cell):
            return absent
        if not isinstance(cell, (int, float, Decimal)):
            raise TypeError(f"{cell!r} is neither yes nor no")
    if cell is True or cell is False:
        return TRUE if cell else FALSE
    return int(cell) if cell in VALUES else UNKNOWN


def of_number(cell: object, value: object) -> object:
    """The value that a cell of a number leads to. Raises TypeError where it holds yes or no, of numpy too."""
    if isinstance(plain(cell), bool):
        raise TypeError(f"{cell!r} is no number")
    return value


def other_word(cell: object, absent: int, outside: int) -> int:
    """What a cell comes to that holds no word of a list. Raises TypeError where it holds no word at all."""
    if isinstance(cell, (str, bool)) or isinstance(plain(cell), bool):
        return outside
    if is_gap(cell):
        return absent
    raise TypeError(f"{cell!r} is no word")


def one_of(cells: Sequence[object], words: frozenset[object], inside: int, outside: int, absent: int) -> int:
    """Whether what a cell may hold is on a list, where it may be one of several."""
    if is_gap(cells[0]):
        return absent
    filled = [cell for cell in cells if not is_gap(cell)]
    values = {inside if cell in words else other_word(cell, absent, outside) for cell in filled}
    return values.pop() if len(values) == 1 else UNKNOWN


def happened(day: Day, reported_on: Day, spans: Sequence[tuple[Day, Day]]) -> int:
    """Whether something was done by the day looked at, of the days that it may have been, each from first
    to last."""
    day, given_on = day_of(day), day_of(reported_on)
    if day is None or not spans or all(map(is_gap, spans[0])):
        return UNKNOWN
    given = [(day_of(first), day_of(last)) for first, last in spans if not is_gap(first) or not is_gap(last)]
    spoken = day if is_gap(reported_on) else None if given_on is None else min(day, given_on)
    values = {
        FALSE
        if first is not None and first > day
        else TRUE
        if last is not None and spoken is not None and last <= spoken
        else UNKNOWN
        for first, last in given
    }
    return values.pop() if len(values) == 1 else UNKNOWN


def agree(*texts: Sequence[object]) -> int:
    """Whether texts that have to be the same may be so; each is one of several, or not known at all."""
    filled = [[cell for cell in cells if not is_gap(cell)] for cells in texts if not is_gap(cells[0])]
    inner = [{cell for cell in cells if cell != ""} for cells in filled]
    if inner and not set.intersection(*inner):
        return FALSE
    return UNKNOWN if any(len(one) > 1 for one in inner) else TRUE


def not_after(as_of: Day, day: Day) -> int:
    """Whether the as-of day is not after a day of the clock."""
    as_of, day = day_of(as_of), day_of(day)
    return UNKNOWN if as_of is None or day is None else TRUE if as_of <= day else FALSE


def day_of(cell: date | None) -> date | None:
    """A cell that holds a day; other libraries know times only. One that is not midnight is no day."""
    if type(cell) is date or cell is None:
        return cell
    if is_gap(cell):
        return None
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == MIDNIGHT else None
    if not isinstance(cell, date):
        raise TypeError(f"{cell!r} is no day")
    return cell


class Cells(NamedTuple):
    """The days of a row."""

    as_of: Day
    due: Day
    approved_on: Day
    term_end: Day
    mark: Day
    """The day that the clock opens on, or after."""


def late_in(clock: Clock, force: date | None, cells: Cells) -> Late | None:
    """What becomes of a rule that does not hold; None where the row does not say when, and nothing can be
    said of the rule. Without `force` no document came later."""
    as_of, due, approved, _, mark = (day_of(cell) for cell in cells)
    if as_of is None:
        return None
    if clock.opens is not None:
        if mark is None:
            return None
        return Late(CLOSED if is_early(clock, as_of, mark) else late_of(clock, past=False))
    if due is None and isinstance(clock.by, date):
        due = clock.by
    later = FALSE if force is None else _came_later(clock, force, due, approved)
    if due is None:  # an applicant that has not applied has no deadline
        never = is_gap(cells.due) and clock.by == "application"
        return Late(late_of(clock, past=False) if never else "unknown", later)
    return Late(late_of(clock, is_past(as_of, due)), later)


def _came_later(clock: Clock, force: date, due: date | None, approved: date | None) -> int:
    """Whether the time of a rule was over before the document came into force, for a centre approved before
    it; where the approval is not said, what the last day of that time shows."""
    reaches = reaches_back(clock, force, due)
    over = UNKNOWN if reaches is None else TRUE if reaches else FALSE
    if approved is not None:
        return min(over, TRUE if is_later(force, approved) else FALSE)
    if due is None:
        return UNKNOWN
    if not is_later(force, due):
        return FALSE  # nobody is approved after what has to be done by or after the approval
    tells = clock.by != "application" and not isinstance(clock.by, date)
    return min(over, TRUE if tells else UNKNOWN)


def worst_year(clock: Clock, force: date | None, cells: Cells, years: range, tables: Sequence[int]) -> str:
    """The status of a rule that owes something for every year, by what it comes to in the years that the
    row knows."""
    as_of, _, approved, term_end, _ = (day_of(cell) for cell in cells)
    if as_of is None or approved is None:
        return "unknown"
    worst, open_end = CLOSED, clock.until is not None and term_end is None
    for moment, late, _ in years_owed(clock, Days(as_of, approved, None, term_end, force)):
        year = moment.year or 0
        seen = year in years and not open_end
        status = PLAIN[Late(late)][tables[year - years.start]] if seen else "unknown"
        if worst == CLOSED or WORST.index(status) < WORST.index(worst):
            worst = status
    return worst
