"""The clock in a table: when each row's centre was approved, what is late, what a document that came later
leaves out."""

from __future__ import annotations

from datetime import date

import narwhals as nw

from tic_rules.core.errors import UsageError, fault
from tic_rules.core.logic import FALSE, TRUE, UNKNOWN
from tic_rules.engines.columns import names as n
from tic_rules.engines.columns import statuses as s
from tic_rules.engines.columns.codes import ANY, Coded, Expr, Steps, Test, all_of, both, choose, coded, either
from tic_rules.engines.columns.terms import TableColumns
from tic_rules.engines.lowering import Clock
from tic_rules.engines.lowering.clock import is_early, is_later, is_past, late_of, owed_year, reaches_back
from tic_rules.engines.lowering.form import Until


class TableClock:
    """The days of a table: those of its rows, the as-of day that is asked for, the day on which the document
    came into force."""

    def __init__(self, columns: TableColumns, steps: Steps, as_of: date | None, force: date | None) -> None:
        self.columns, self.steps = columns, steps
        rows = columns.days(n.AS_OF)
        self.as_of: Expr = columns.day(as_of) if rows is None and as_of is not None else rows
        if self.as_of is None:
            zh = "没有基准日：请给出 as_of，或在表中写明 as_of 列"
            raise fault(UsageError, "as-of", zh, "no as-of day: give as_of, or a column as_of in the table")
        self.force: Expr = None if force is None else columns.day(force)
        self.approved_on: Expr = columns.days(n.APPROVED_ON)
        self.term_end: Expr = columns.days(n.TERM_END)
        self.approved = steps.made("approved", self._approved)
        """Whether the centre is approved on the as-of day."""
        years = [int(match[1]) for name in columns.schema if (match := n.YEAR.search(name))]
        self.years = range(min(years), max(years) + 1) if years else range(0)

    def _approved(self) -> Coded:
        if n.APPROVED in self.columns.schema:
            return self.columns.truth(n.APPROVED, UNKNOWN, frozenset({FALSE, TRUE}))
        day = self.approved_on
        return coded(UNKNOWN) if day is None else choose(day.is_null(), UNKNOWN, TRUE)

    def until(self, node: Until) -> Coded:
        """Whether the as-of day is not after the end of the term, or the approval."""
        day = self.term_end if node.day == "term_end" else self.approved_on
        if day is None:
            return choose(self.approved.is_(FALSE), FALSE, UNKNOWN)
        past = is_past(self.as_of, day)
        return choose(self.approved.is_(FALSE), FALSE, day.is_null(), UNKNOWN, past, FALSE, TRUE)

    # --- deadlines ------------------------------------------------------------------------------------------

    def _due(self, clock: Clock) -> Expr:
        """The last day of a rule's time; None where the table does not say. A day of the law stands."""
        if isinstance(clock.by, date):
            return self.columns.day(clock.by)
        return self.columns.days(n.due_of(clock.by))

    def late(self, clock: Clock) -> Coded:
        """What a rule is that is not met, by its deadline. An applicant that has not applied has none."""
        in_time, past = (s.CODES[late_of(clock, passed)] for passed in (False, True))
        if clock.by is None:
            return coded(in_time)
        due, without = self._due(clock), in_time if clock.by == "application" else s.OPEN
        if due is None:
            return coded(without)
        if isinstance(due, date):
            return choose(is_past(self.as_of, due), past, in_time)
        absent = self.columns.column(n.due_of(clock.by)).is_null()
        return choose(absent, without, due.is_null(), s.OPEN, is_past(self.as_of, due), past, in_time)

    def later(self, clock: Clock) -> Coded:
        """Whether the time of a rule was over before its document came into force, for a centre approved
        before that."""
        if clock.by is None or self.force is None:
            return coded(FALSE)
        due = self._due(clock)
        reaches = reaches_back(clock, self.force, due)
        over = coded(UNKNOWN) if reaches is None else self._over(due, reaches)
        later = choose(self.approved.is_(FALSE), FALSE, all_of([over, self._came_later(clock, due)]))
        return self.steps.made(("later", clock.by), lambda: later, self.approved)

    def _over(self, due: Expr, over: Test) -> Coded:
        """Whether something holds of the last day of a rule's time."""
        return choose(
            False if isinstance(due, date) or over is True else due.is_null(), UNKNOWN, over, TRUE, FALSE
        )

    def _came_later(self, clock: Clock, due: object) -> Coded:
        """Whether the document came into force after the approval; where that is not said, what the last day
        shows."""
        shown = coded(UNKNOWN)
        if due is not None:
            before = is_later(
                self.force, due
            )  # nobody is approved after what has to be done by or after the approval
            tells = clock.by != "application" and not isinstance(clock.by, date)
            shown = self._over(due, before)
            shown = shown if tells else shown.match({FALSE: FALSE, UNKNOWN: UNKNOWN, TRUE: UNKNOWN})
        day = self.approved_on
        return shown if day is None else choose(day.is_null(), shown, is_later(self.force, day), TRUE, FALSE)

    def once_open(self, clock: Clock, status: Coded) -> Coded:
        """The status of a rule about what a day opens: nothing is owed before it."""
        if clock.opens is None:
            return status
        day = self.columns.days(n.mark_of(clock))
        if day is None:
            return coded(s.OPEN)
        return choose(day.is_null(), s.OPEN, is_early(clock, self.as_of, day), s.SILENT, status)

    # --- years ----------------------------------------------------------------------------------------------

    def in_year(self, clock: Clock, year: int) -> tuple[Test, Test, Coded]:
        """Whether a year is owed, and whether that is known; what becomes of it where it does not hold."""
        first, last, from_, due = map(self.columns.day, owed_year(clock, year))
        in_force = self.force is None or self.force <= first
        owed, given = both(self.approved_on <= first, self.as_of >= from_, in_force), True
        if clock.until is not None:
            ends = self.term_end
            given = False if ends is None else ~ends.is_null()
            owed = both(owed, True if ends is None else (ends >= last) | ends.is_null())
        in_time, past = (s.CODES[late_of(clock, passed)] for passed in (False, True))
        return owed, given, choose(is_past(self.as_of, due), past, in_time)

    def unseen(self, clock: Clock) -> Coded:
        """Whether a year is owed that the table has no column for: a column of yes and no."""
        made = self.steps.made
        first = made("first year", lambda: Coded(self._first_year(), ANY))
        last = made(("last year", clock), lambda: Coded(self._last_year(clock), ANY))
        unseen = first.expr <= last.expr
        if self.years:
            unseen = both(unseen, either(first.expr < self.years[0], last.expr > self.years[-1]))
        return made(("is unseen", clock), lambda: Coded(unseen, ANY), first, last)

    def _first_year(self) -> Expr:
        """The first calendar year that begins on the approval or later, and not before the document is in
        force."""
        approved = self.approved_on
        new_year = both(approved.dt.month() == 1, approved.dt.day() == 1)
        first = nw.when(new_year).then(approved.dt.year()).otherwise(approved.dt.year() + 1)
        if self.force is not None:
            least = self.force.year + ((self.force.month, self.force.day) != (1, 1))
            first = nw.max_horizontal(first, nw.lit(least))
        return nw.when(approved.is_null()).then(nw.lit(9999)).otherwise(first)

    def _last_year(self, clock: Clock) -> Expr:
        """The last year that is over on the as-of day, or has begun where it owes too, and is over by the end
        of the term."""
        as_of, ends = self.as_of, self.term_end if clock.until is not None else None
        if isinstance(as_of, date):
            begun = self.columns.day(owed_year(clock, as_of.year).from_) <= as_of
            last = nw.lit(as_of.year if begun else as_of.year - 1)
        else:
            last = as_of.dt.year() if clock.running_year else _ended(as_of)
        return last if ends is None else nw.min_horizontal(last, _ended(ends).fill_null(9999))


def _ended(day: Expr) -> Expr:
    """The last calendar year that is over on a day, itself included."""
    over = both(day.dt.month() == 12, day.dt.day() == 31)
    return nw.when(over).then(day.dt.year()).otherwise(day.dt.year() - 1)
