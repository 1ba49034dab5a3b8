"""A rule set as functions, and the statuses of a centre by them."""

from __future__ import annotations

from typing import NamedTuple

from tic_rules.core.logic import FALSE, REVIEW, TRUE
from tic_rules.engines.lowering import (
    LATE,
    STATUS,
    VALUES,
    WORST,
    Clock,
    Days,
    Look,
    LoweredRule,
    before_approval,
    look,
    lowered,
    may_review,
    occasions_owed,
)
from tic_rules.engines.python.lists import Asked, View
from tic_rules.engines.python.logic import Values
from tic_rules.evaluation.decisions import decide as by_reference
from tic_rules.evaluation.entries import Memo, Moment
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Needs, Scenario, needs_of, scenarios_of
from tic_rules.evaluation.settlement import follow
from tic_rules.model.ruleset import RuleSet

PLAIN = {late: tuple(STATUS[require, FALSE, TRUE, late] for require in VALUES) for late in LATE}
"""The status of a rule that asks one thing only, by what becomes of it where it does not hold, and by what
it comes to."""


class Asks(NamedTuple):
    """What a rule asks, what breaks it at once, where it applies."""

    id: str
    require: Asked
    broken: Asked | None
    applies: Asked | None
    whole: Asked | None
    """The judgement on the rule as a whole, where `applies` may need one."""


class ClockGroup(NamedTuple):
    """Rules of one clock at one stage of the chaining."""

    clock: Clock
    speaks: bool
    """They speak to an applicant or to a programme too."""
    rules: tuple[Asks, ...]


class Program(NamedTuple):
    """The rules of a rule set that speak to a centre, or to a programme, each after what it waits for."""

    groups: tuple[ClockGroup, ...]
    needs: tuple[Needs, ...]
    """Which days of the clock they look at, those that look at the approval last."""
    ids: tuple[str, ...]
    """The ids of all rules, in the rule set's order."""


def compile_rules(ruleset: RuleSet, programme: bool) -> Program:
    """The functions of a rule set for a centre, or for a programme."""
    values, stages = Values(ruleset), dict[str, int]()
    grouped: dict[tuple[int, Clock], list[LoweredRule]] = {}
    for rule in lowered(ruleset).order:
        stages[rule.id] = max((stages[other] + 1 for other in rule.waits_for), default=0)
        if rule.programme == programme:
            grouped.setdefault((stages[rule.id], rule.clock), []).append(rule)
    ordered = sorted(grouped.items(), key=lambda pair: pair[0][0])
    groups = tuple(_group(values, clock, rules) for (_, clock), rules in ordered)
    needs = {needs_of(ruleset, ruleset.rules[rule.place]) for rules in grouped.values() for rule in rules}
    looked_at = sorted(needs, key=lambda one: (one.approval, one.force))
    return Program(groups, tuple(looked_at), tuple(ruleset.rule_ids))


def _group(values: Values, clock: Clock, rules: list[LoweredRule]) -> ClockGroup:
    asks = []
    for rule in rules:
        require = _not_asked if clock.event else values.of(rule.require)
        whole = rule.whole if rule.applies is not None and may_review(rule.applies) else None
        parts = (None if part is None else values.of(part) for part in (rule.broken, rule.applies, whole))
        asks.append(Asks(rule.id, require, *parts))
    speaks = rules[0].programme or before_approval(clock) is None
    return ClockGroup(clock, speaks, tuple(asks))


def _not_asked(view: View, record: object) -> int:
    """The requirement of a rule that the reference decides as a whole."""
    raise AssertionError("the reference decides what each entry owes")


def decide(program: Program, scene: Scene) -> tuple[str, ...] | None:
    """The status of every rule, in the rule set's order; None where the data allows several scenarios."""
    scenario = _only_scenario(program, scene)
    if scenario is None:
        return None
    days = Days(scene.as_of, *scenario, scene.force)
    done: Memo = dict.fromkeys(program.ids, "not_applicable")
    views: dict[Moment, View] = {}

    def view(looked: Look) -> View:
        """What is seen at a moment; clocks that come to the same moment share it."""
        seen = views.get(looked.moment)
        if seen is None:
            seen = views[looked.moment] = View(scene, days, looked.moment, done)
        return seen

    for group in program.groups:
        if days.approved is None and not group.speaks:
            done |= dict.fromkeys((rule.id for rule in group.rules), before_approval(group.clock))
        elif group.clock.event:  # what each entry owes is the reference's own
            for rule in (scene.ruleset[asks.id] for asks in group.rules):
                follow(rule, scene)
                done[rule.id] = by_reference(rule, scene, scenario).status
        elif group.clock.yearly or group.clock.cycle is not None:
            owed = [(view(year), PLAIN[year.late]) for year in occasions_owed(group.clock, days)]
            done |= {asks.id: _worst(asks.require, owed) for asks in group.rules}
        else:
            looked = look(group.clock, days)
            _decide(group, view(looked), looked.late, done)
    return tuple([done[rule] for rule in program.ids])


def _only_scenario(program: Program, scene: Scene) -> Scenario | None:
    """The one scenario that the data allows, with all days that any rule looks at; None where there are
    several."""
    approved = applied = term_end = None
    for needs in program.needs:
        scenarios = scenarios_of(scene, needs)
        if len(scenarios.all) > 1 or scenarios.cut:
            return None
        approved = scenarios.all[0].approved
        applied = scenarios.all[0].applied if needs.application else applied
        term_end = scenarios.all[0].term_end if needs.term else term_end
    return Scenario(approved, applied, term_end)


def _decide(group: ClockGroup, view: View, late: str, done: Memo) -> None:
    statuses = PLAIN[late]
    for rule, require, broken, applies, whole in group.rules:
        if broken is None is applies:
            done[rule] = statuses[require(view, None)]
            continue
        binds = TRUE if applies is None else applies(view, None)
        if binds == FALSE:
            continue
        breaks = FALSE if broken is None else broken(view, None)
        status = STATUS[require(view, None), breaks, binds, late]
        if binds == REVIEW and whole is not None and status == "needs_review":
            status = statuses[whole(view, None)]
        done[rule] = status


def _worst(require: Asked, owed: list[tuple[View, tuple[str, ...]]]) -> str:
    """The worst of the years that are owed."""
    statuses = {plain[require(view, None)] for view, plain in owed}
    return next((status for status in WORST if status in statuses), "not_applicable")
