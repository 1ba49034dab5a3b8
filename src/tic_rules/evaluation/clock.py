"""The clock of a rule: on which day it is looked at, from which day on things count, what it is if late."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tic_rules.core.dates import FIRST_DAY, LAST_DAY, add_days, add_years, year_end
from tic_rules.evaluation.entries import Moment, Path
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Scenario, approved_between
from tic_rules.model.centre import Centre
from tic_rules.model.ruleset import Rule


class ClockReading(NamedTuple):
    """When a rule is looked at: `late` is the status that it has then where it does not hold."""

    moment: Moment
    deadline: date | None
    late: str
    window: tuple[date, date] | None = None
    before_document: bool = False
    """The time of the rule was over before the document came into force, for a centre approved before it."""


def clock_of(rule: Rule, scene: Scene, scenario: Scenario) -> ClockReading | None:
    """The clock of a rule that is not owed year by year; None where its time has not come.

    Rules that say the same of time have the same clock in the same scenario; it is remembered for the
    length of a check."""
    key = (rule.time, scenario)
    clocks: dict[object, ClockReading | None] = scene.clocks
    if key not in clocks:
        clocks[key] = _clock(rule, scene, scenario)
    return clocks[key]


def _clock(rule: Rule, scene: Scene, scenario: Scenario) -> ClockReading | None:
    as_of = scene.as_of
    if rule.from_ is not None:
        opens = opening_of(rule, scenario)
        if opens is None or as_of < opens:
            return None
        late = "fail" if rule.at_once else "pending"
        return ClockReading(_moment(rule, scene, scenario, as_of, opens), None, late)
    first = _start_of(rule, scenario)
    deadline = deadline_of(rule, scenario)
    if deadline is not None:
        last = min(as_of, deadline)
    else:
        last = min(as_of, scenario.term_end) if rule.until and scenario.term_end else as_of
    past = deadline is not None and as_of > deadline
    late = "fail" if past or rule.by is None or rule.at_once else "pending"
    closes = deadline or (scenario.term_end if rule.until else None) or as_of
    window = None
    if (
        rule.since is not None and rule.since != "term_end" and first <= closes
    ):  # what follows the term has no end
        window = (first, closes)
    force = came_later(scene, scenario)
    over = force is not None and (
        rule.by in ("application", "approval") or (deadline is not None and deadline < force)
    )
    return ClockReading(_moment(rule, scene, scenario, last, first), deadline, late, window, over)


def _moment(rule: Rule, scene: Scene, scenario: Scenario, day: date, start: date) -> Moment:
    force = came_later(scene, scenario)
    if force is None:
        return Moment(day, start)
    return Moment(day, start, None, force, rule.kind in ("prohibition", "consequence"))


def _start_of(rule: Rule, scenario: Scenario) -> date:
    """The first day of what counts: that of `since`, for the end of the term the day after it."""
    if isinstance(rule.since, date):
        return rule.since
    if rule.since == "approval" and scenario.approved is not None:
        return scenario.approved
    if rule.since == "term_end" and scenario.term_end is not None:
        return add_days(scenario.term_end, 1)
    return FIRST_DAY


def opening_of(rule: Rule, scenario: Scenario) -> date | None:
    """The first day of what `from` opens: the day of approval itself, else the day after; None for never."""
    if rule.from_ == "approval" or scenario.approved is None:
        return scenario.approved
    if rule.from_years is not None:
        return add_days(add_years(scenario.approved, rule.from_years), 1)
    return None if scenario.term_end is None else add_days(scenario.term_end, 1)


def deadline_of(rule: Rule, scenario: Scenario) -> date | None:
    """The last day of a rule's time; None where it has none, or where an applicant has not applied yet."""
    if rule.by == "application":
        possible = [day for day in (scenario.applied, scenario.approved) if day is not None]
        return min(possible) if possible else None
    if rule.by == "approval":
        return scenario.approved
    if rule.by == "term_end":
        return scenario.term_end
    if rule.years is not None and scenario.approved is not None:
        return add_years(scenario.approved, rule.years)
    if rule.after is not None and rule.event is None:
        from_ = scenario.term_end if rule.after.after == "term_end" else scenario.approved
        return None if from_ is None else rule.after.shift.after(from_)
    return rule.by if isinstance(rule.by, date) else None


def deadline_between(rule: Rule, centre: Centre, as_of: date) -> tuple[date, date] | None:
    """The first and the last day on which a rule's time may end, as far as the data says; None where an end
    is open, or where the rule has no deadline that hangs on approval or term."""
    if rule.by is None:
        return None
    approved, term = approved_between(centre, as_of), centre.term_years
    if approved is None or FIRST_DAY in approved or LAST_DAY in approved:
        return None
    if rule.by == "approval":
        return approved.first, approved.last
    if rule.by == "term_end" and term is not None and not isinstance(term.high, float):
        return add_years(approved.first, int(term.low)), add_years(approved.last, int(term.high))
    if rule.years is not None:
        return add_years(approved.first, rule.years), add_years(approved.last, rule.years)
    return None


def came_later(scene: Scene, scenario: Scenario) -> date | None:
    """The day on which the document came into force, where the centre was approved before it; else None."""
    force = scene.force
    return (
        force if force is not None and scenario.approved is not None and scenario.approved < force else None
    )


class Occasion(NamedTuple):
    """What owes something by itself: a year, a cycle, an entry of a list; looked at at its moment, up to
    `due`."""

    key: int | str
    moment: Moment
    due: date


def occasions_owed(rule: Rule, scene: Scene, scenario: Scenario) -> list[Occasion]:
    """The years, or the cycles, that owe something by themselves."""
    return (years_owed if rule.yearly is not None else cycles_owed)(rule, scene, scenario)


def years_owed(rule: Rule, scene: Scene, scenario: Scenario) -> list[Occasion]:
    """The calendar years that owe something: wholly since approval, since the document is in force and, where
    the rule says so, within the term; up to the as-of day. What is dated before the approval is left out."""
    as_of, yearly, approved = scene.as_of, rule.yearly, scenario.approved
    assert yearly is not None
    assert approved is not None
    first = first_full_year(approved)
    force = came_later(scene, scenario)
    if force is not None:
        first = max(first, first_full_year(force))
    last = as_of.year if as_of == year_end(as_of.year) or yearly.running_year else as_of.year - 1
    if rule.until is not None and scenario.term_end is not None:
        ends = scenario.term_end
        last = min(last, ends.year if ends == year_end(ends.year) else ends.year - 1)
    owed: list[Occasion] = []
    for year in range(first, last + 1):
        due = yearly.due(year)
        moment = _moment(rule, scene, scenario, min(as_of, due), approved)
        owed.append(Occasion(year, moment._replace(year=year), due))
    return owed


def first_full_year(day: date) -> int:
    """The first calendar year that begins on a day or after it."""
    return day.year if (day.month, day.day) == (1, 1) else day.year + 1


def cycles_owed(rule: Rule, scene: Scene, scenario: Scenario) -> list[Occasion]:
    """The cycles from approval that have begun by the as-of day; none whose time was over before the document
    came into force, for a centre that was approved before it."""
    cycle, approved, as_of = rule.cycle, scenario.approved, scene.as_of
    assert cycle is not None
    assert approved is not None
    force, ends = came_later(scene, scenario), scenario.term_end if rule.until is not None else None
    owed: list[Occasion] = []
    number, start = 1, approved
    while start <= as_of and start < LAST_DAY and (ends is None or start <= ends):
        end, due = cycle.end(approved, number), cycle.due(approved, number)
        if (force is None or due >= force) and (ends is None or end <= ends):
            moment = _moment(rule, scene, scenario, min(as_of, due), start)
            owed.append(Occasion(end.isoformat(), moment, due))
        number, start = number + 1, add_days(due, 1)
    return owed


def entry_occasion(rule: Rule, scene: Scene, scenario: Scenario, day: date, at: Path) -> Occasion | None:
    """What an entry of this day owes; None where its time was over before the document came into force."""
    assert rule.after is not None
    due, force = rule.after.shift.after(day), came_later(scene, scenario)
    if force is not None and due < force:
        return None
    moment = _moment(rule, scene, scenario, min(scene.as_of, due), day)
    return Occasion(day.isoformat(), moment._replace(event=at), due)
