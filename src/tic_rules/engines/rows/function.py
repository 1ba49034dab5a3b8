"""One row of flat facts, decided by one Python function.

The core form is written as Python source in which whatever a rule file says (bounds, words, names of
columns) is a constant that is bound by its position; no name or text of it becomes code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

from tic_rules.core.errors import TicRulesError, UsageError, clip, fault
from tic_rules.core.logic import FALSE, REVIEW
from tic_rules.engines.columns import names as n
from tic_rules.engines.lowering import Clock, LoweredRule, before_approval, lowered, may_review
from tic_rules.engines.rows import values as v
from tic_rules.engines.rows.logic import NAMESPACE, LogicWriter
from tic_rules.model.ruleset import RuleSet
from tic_rules.results.parts import Status

Row = Mapping[str, object] | Sequence[object]
"""The facts by the names of their columns, or their values in the order of the columns."""

RowFunction = Callable[[Row], tuple[Status, ...]]
"""The status of every rule, in the rule set's order."""


def function_of(ruleset: RuleSet, columns: tuple[str, ...], as_of: date | None) -> RowFunction:
    """The function that decides one row with these columns; see `tables.row_function`."""
    n.refuse_occasions(ruleset)
    nameless = [name for name in columns if not isinstance(name, str)]
    if nameless:
        shown = clip(", ".join(map(repr, nameless)), 300)
        raise fault(
            UsageError, "column", f"列名应为文字：{shown}", f"names of columns are texts, not {shown}"
        )
    if any(name.startswith("counts@") for name in columns):
        zh = "批复等日期不明确时，一个中心有多行；请用 check_table"
        en = "where a clock is open, several rows make a centre: use check_table"
        raise fault(UsageError, "column", zh, en)
    twice = [name for name, number in Counter(columns).items() if number > 1]
    if twice:
        zh, en = f"列名重复：{'、'.join(twice)}", f"columns are named twice: {', '.join(twice)}"
        raise fault(UsageError, "column", zh, en)
    return _Function(ruleset, columns, as_of).built()


class _Function:
    """The function of a rule set for rows with some columns, in the making."""

    def __init__(self, ruleset: RuleSet, columns: tuple[str, ...], as_of: date | None) -> None:
        self.columns, self.as_of = columns, as_of
        self.ruleset = ruleset
        self.rules, self.constants, self.used = lowered(ruleset), list[object](), dict[int, None]()
        self.places = {rule.id: rule.place for rule in self.rules.rules}
        self.waited_for = {other for rule in self.rules.rules for other in rule.waits_for}
        years = [int(match[1]) for name in columns if (match := n.YEAR.search(name))]
        self.years = range(min(years), max(years) + 1) if years else range(0)
        self.timed = False
        first = self.logic()
        self.force = first.constant(ruleset.document.in_force.from_)
        self.days = self._days(first)

    def logic(self) -> LogicWriter:
        return LogicWriter(self.columns, self.constants, self.places)

    def built(self) -> RowFunction:
        approved, others = self.body(approved=True), self.body(approved=False)
        if self.timed and self.as_of is None and n.AS_OF not in self.columns:
            zh = "没有基准日：请给出 as_of，或在列中写明 as_of"
            raise fault(UsageError, "as-of", zh, "no as-of day: give as_of, or a column as_of")
        body = [*self.days, "if approved == 3:", *_indented(approved), *others]
        taken = "".join(f"x{place}, " for place in self.used)
        lines = ["def decide(row):", "    try:"]
        number = len(self.columns)
        by_place = f"by_place(row) if row.__class__ is tuple and len(row) == {number} else take(row)"
        lines += [f"        {taken}_ = by_name(row) if row.__class__ is dict else {by_place}"]
        lines += _indented(_indented(body))
        lines += [
            "    except KeyError:  # a fact that is left out is not known",
            "        return decide(absent | dict(row))",
        ]
        lines += ["    except ERRORS as error:", "        return decide(without_gaps(row, error))"]
        namespace: dict[str, Any] = {**NAMESPACE, **vars(v), "ERRORS": _ERRORS, "without_gaps": _without_gaps}
        namespace |= {f"k{place}": value for place, value in enumerate(self.constants)}
        namespace |= _taking(self.columns, list(self.used))
        exec(compile("\n".join(lines), "<rules of a row>", "exec"), namespace)
        decide: RowFunction = namespace["decide"]
        return decide

    def _days(self, logic: LogicWriter) -> list[str]:
        """The as-of day, and whether the centre is approved on it."""
        lines = []
        as_of = logic.cell(n.AS_OF)
        if self.as_of is None:
            lines.append(f"as_of = {as_of}")
        else:
            lines.append(f"as_of = {logic.constant(self.as_of)}")
            if as_of != "None":  # a row of another day says nothing of this one
                unknown = ["unknown" if not rule.programme else "not_applicable" for rule in self.rules.rules]
                lines += [f"if day_of({as_of}) != as_of:", f"    return {tuple(unknown)!r}"]
        approved, approved_on = logic.cell(n.APPROVED), logic.cell(n.APPROVED_ON)
        certain = f"{approved} is True or truth({approved}) == 3"
        if approved == "None":
            lines.append(f"approved = 1 if day_of({approved_on}) is None else 3")
        else:
            lines.append(f"approved = 3 if {certain} else 0 if truth({approved}) == 0 else 1")
        self.used |= logic.used
        return lines

    def body(self, approved: bool) -> list[str]:
        """The statements for a centre that is approved on the as-of day, or for any other."""
        logic, statuses, clocks = self.logic(), dict[int, str](), dict[Clock, str]()
        for rule in self.rules.order:
            status = self.status(logic, rule, approved, clocks)
            if rule.id in self.waited_for:
                logic.lines.append(f"s{rule.place} = {status}")
                status = f"s{rule.place}"
            exemption = logic.cell(n.exemption_of(self.ruleset, rule.id))
            if exemption != "None":
                status = logic.keep(status)
                exempted = f"('fail', 'unknown', 'fail', 'exempted')[truth({exemption}, {FALSE})]"
                status = f"({exempted} if {status} == 'fail' else {status})"
            statuses[rule.place] = status
        self.used |= logic.used
        listed = "".join(f"{statuses[place]}, " for place in range(len(statuses)))
        return [*logic.lines, f"return ({listed})"]

    def status(self, logic: LogicWriter, rule: LoweredRule, approved: bool, clocks: dict[Clock, str]) -> str:
        """Source for the status of a rule, before exemptions."""
        if rule.programme:
            return "'not_applicable'"
        clock = rule.clock
        before = None if approved else before_approval(clock)
        if before is not None:
            return f"('unknown' if approved == 1 else {before!r})"
        if clock.yearly:
            self.timed = True
            values = "".join(
                f"{logic.value(rule.require, n.look_of_year(clock, year))}, " for year in self.years
            )
            arguments = f"{logic.constant(clock)}, {self.force}, {self.cells(logic, clock)}"
            return f"worst_year({arguments}, {logic.constant(self.years)}, ({values}))"
        if clock.by is not None or clock.opens is not None:
            self.timed = True
            if clock not in clocks:
                force = self.force if approved else f"(None if approved == 0 else {self.force})"
                arguments = f"{logic.constant(clock)}, {force}, {self.cells(logic, clock)}"
                clocks[clock] = logic.keep(f"late_in({arguments})")
            late = clocks[clock]
            return f"('unknown' if {late} is None else {self.judged(logic, rule, late)})"
        return self.judged(logic, rule, "AT_ONCE")

    def judged(self, logic: LogicWriter, rule: LoweredRule, late: str) -> str:
        """Source for the status of a rule by the status table; `late` is source too."""
        look = n.look_of(rule.clock)
        require = logic.value(rule.require, look)
        if rule.broken is None is rule.applies:
            return f"{'PLAIN_AT_ONCE' if late == 'AT_ONCE' else f'PLAIN[{late}]'}[{require}]"
        broken = "0" if rule.broken is None else logic.value(rule.broken, look)
        applies = "3" if rule.applies is None else logic.value(rule.applies, look)
        status = f"STATUSES[{require}, {broken}, {applies}, {late}]"
        if rule.applies is None or not may_review(rule.applies):
            return status
        whole = f"PLAIN[{late}][{logic.value(rule.whole, look)}]"
        return f"({whole} if {applies} == {REVIEW} and {status} == 'needs_review' else {status})"

    def cells(self, logic: LogicWriter, clock: Clock) -> str:
        """Source for the days of a row that a clock runs by."""
        due = "None" if clock.by is None else logic.cell(n.due_of(clock.by))
        opens = "None" if clock.opens is None else logic.cell(n.mark_of(clock))
        return f"Cells(as_of, {due}, {logic.cell(n.APPROVED_ON)}, {logic.cell(n.TERM_END)}, {opens})"


def _taking(columns: Sequence[str], places: list[int]) -> dict[str, object]:
    """What takes the cells of a row that are looked at, and one more that is not."""
    names = [columns[place] for place in places]
    if not names:
        return {**dict.fromkeys(("by_name", "by_place", "take"), lambda row: (None,)), "absent": {}}
    by_name, by_place = itemgetter(*names, names[0]), itemgetter(*places, places[0])
    absent = dict.fromkeys(names)

    def take(row: Row) -> object:
        if isinstance(row, Mapping):
            return by_name(absent | dict(row))
        if len(row) != len(columns):
            raise ValueError(f"{len(row)} values for {len(columns)} columns")
        return by_place(row)

    return {"by_name": by_name, "by_place": by_place, "take": take, "absent": absent}


_ERRORS = (TypeError, AttributeError, IndexError, ValueError, ArithmeticError)
"""What a cell that does not fit its column ends in."""


def _without_gaps(row: Row, error: Exception) -> Row:
    """A row with None for the NA of pandas and the NaN of decimals, which cannot be compared. Raises
    UsageError, of the error, where there is none."""
    if isinstance(row, Mapping) and any(map(_is_na, row.values())):
        return {name: None if _is_na(cell) else cell for name, cell in row.items()}
    if isinstance(row, Sequence) and any(map(_is_na, row)):
        return tuple(None if _is_na(cell) else cell for cell in row)
    raise _wrong(error) from None


def _is_na(cell: object) -> bool:
    return type(cell).__name__ == "NAType" or (isinstance(cell, Decimal) and cell.is_qnan())


def _wrong(error: Exception) -> TicRulesError:
    reason = clip(str(error), 200)
    zh = f"这一行有取值不合列的类型，或取值的个数不对：{reason}"
    en = f"a cell does not fit its column, or the row is too short or too long: {reason}"
    return fault(UsageError, "row", zh, en)


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]
