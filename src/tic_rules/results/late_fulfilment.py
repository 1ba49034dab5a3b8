"""When a requirement that was missed was met after all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date

from tic_rules.core.dates import ANY_DAY, add_days
from tic_rules.core.logic import FALSE, TRUE
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.operators import see
from tic_rules.evaluation.scenarios import needs_of, scenarios_of
from tic_rules.evaluation.settlement import reads_days
from tic_rules.model import conditions as c
from tic_rules.model.fields import lists_at, value_at
from tic_rules.model.linker import attributes_of
from tic_rules.model.ruleset import Fact, Rule
from tic_rules.model.subject import Record
from tic_rules.model.values import Series

MANY_DAYS = 300
"""On so many days of the data is it looked; only a hostile file names more after a deadline."""


def reached_on(rule: Rule, decision: Decision, scene: Scene) -> date | None:
    """The first day after a missed deadline on which the data shows the requirement met; None where it may
    have been another, as the data leaves open what was before."""
    deadline, moment, requirement = decision.deadline, decision.moment, rule.require
    if deadline is None or moment is None or requirement is None or rule.yearly or decision.holds:
        return None
    if _stands_still(rule, scene):
        return None
    scenarios = scenarios_of(scene, needs_of(scene.ruleset, rule)).all
    if len(scenarios) != 1:
        return None
    last, grows = min(scene.as_of, scene.reported_on), _growing(rule, scene)
    asked = [requirement] if rule.applies is None else [rule.applies, requirement]

    def value(day: date) -> int:
        return min(see(part, scene, moment._replace(day=day), scenarios[0], rule).value for part in asked)

    def met(day: date) -> bool:
        return value(day) == TRUE

    def met_on(day: date) -> date | None:
        return day if value(add_days(day, -1)) == FALSE else None

    looked_at = {*(scene.days() if grows is None else _days_counted(grows, scene)), add_days(deadline, 1)}
    if grows is None:  # years of a window come and go with the year
        looked_at.update(date(year, 1, 1) for year in range(deadline.year + 1, last.year + 1)[:MANY_DAYS])
    days = sorted(day for day in looked_at if deadline < day <= last)
    if grows is not None:
        at = bisect_left(days, True, key=met)
        return met_on(days[at]) if at < len(days) else None
    unmet = deadline
    for day in days[:MANY_DAYS]:
        then = value(day)
        if then == TRUE:  # ages, and windows of months, change between the days of the data as well
            between = range(unmet.toordinal() + 1, day.toordinal() + 1)
            at = bisect_left(between, True, key=lambda n: met(date.fromordinal(n)))
            return met_on(date.fromordinal(between[at]))
        if then != FALSE:
            return None
        unmet = day
    return None


def _stands_still(rule: Rule, scene: Scene) -> bool:
    """Whether nothing that the rule reads is dated, so that it is on every day as it was on the first."""
    if reads_days(scene, rule):
        return False
    for fact in (scene.facts[name] for name in c.facts_of(rule.require)):
        listed = scene.lists.get(fact.list_name or "")
        if listed is not None and listed.look_up:
            return False
        records = [entry.record for entry in scene.listed(fact.list_name or "").entries] if listed else []
        records += (value_at(scene.subject, fact.table) or {}).values() if fact.table else ()
        if any(Series in map(type, vars(one).values()) for one in records if isinstance(one, Record)):
            return False
    return True


def _growing(rule: Rule, scene: Scene) -> Fact | None:
    """The total or count that a rule holds against a fixed lower bound: once met, it stays met."""
    requirement = rule.require
    if not isinstance(requirement, c.Compare) or isinstance(requirement.limit, c.Times):
        return None
    if rule.applies is not None or (requirement.at_least is None and requirement.more_than is None):
        return None
    fact = scene.facts[requirement.fact]
    return fact if fact.over is None and fact.reading in ("sum", "count", "distinct") else None


def _days_counted(fact: Fact, scene: Scene) -> Iterable[date]:
    """The days on which a count may grow: of the entries, if nothing else of them is dated; else of all."""
    declared = scene.lists[fact.list_name or ""]
    looked_at = {
        *(attributes_of(fact.where) if fact.where else ()),
        *([fact.distinct] if fact.distinct else []),
    }
    looks_up = looked_at & declared.look_up.keys()
    if declared.held is not None or declared.scalar is not None or declared.date is None or looks_up:
        return scene.days()
    records = [
        record
        for path in declared.paths
        for _, listed in lists_at(scene.subject, path)
        for record in listed or ()
    ]
    if any(type(getattr(record, name)) is Series for record in records for name in looked_at):
        return scene.days()
    return (day for record in records for day in getattr(record, declared.date) or ANY_DAY)
