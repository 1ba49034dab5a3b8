"""The clock of a rule: on which day it is looked at, from which day on things count, and what it is to be late."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tic_rules.core.quantities import FIRST_DAY, add_days, add_years, year_end
from tic_rules.evaluation.entries import Moment
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Scenario
from tic_rules.model.ruleset import Rule


class Clock(NamedTuple):
    """When a rule is looked at: `late` is the status that it has then where it does not hold."""

    moment: Moment
    deadline: date | None
    late: str
    window: tuple[date, date] | None = None


def clock_of(rule: Rule, scene: Scene, scenario: Scenario) -> Clock | None:
    """The clock of a rule that is not owed year by year; None where its time has not come."""
    as_of = scene.as_of
    start = scenario.approved if rule.since == "approval" else rule.since
    first = start if isinstance(start, date) else FIRST_DAY
    if rule.from_ is not None:
        opens = scenario.approved if rule.from_ == "approval" else scenario.term_end
        return (
            None
            if opens is None or as_of <= opens
            else Clock(Moment(as_of, add_days(opens, 1)), None, "pending")
        )
    deadline = deadline_of(rule, scenario)
    last = (
        min(as_of, deadline)
        if deadline is not None
        else min(as_of, scenario.term_end)
        if rule.until and scenario.term_end
        else as_of
    )
    late = "fail" if (deadline is not None and as_of > deadline) or rule.by is None else "pending"
    window = (first, deadline or scenario.term_end or as_of) if rule.since is not None else None
    return Clock(Moment(last, first), deadline, late, window)


def deadline_of(rule: Rule, scenario: Scenario) -> date | None:
    """The last day of a rule's time in a scenario; None where it has none, or where an applicant has not applied yet."""
    if rule.by == "application":
        known = [day for day in (scenario.applied, scenario.approved) if day is not None]
        return min(known) if known else None
    if rule.by == "approval":
        return scenario.approved
    if rule.by == "term_end":
        return scenario.term_end
    if rule.years is not None and scenario.approved is not None:
        return add_years(scenario.approved, rule.years)
    return rule.by if isinstance(rule.by, date) else None


def year_due(rule: Rule, year: int) -> date:
    """The last day on which what a rule owes for a year is looked for."""
    assert rule.yearly is not None
    return year_end(year + 1 if rule.yearly.looked_for_until == "end_of_next_year" else year)


__all__ = ["Clock", "clock_of", "deadline_of", "year_due"]
