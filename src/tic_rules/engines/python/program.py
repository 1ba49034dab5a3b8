"""A rule set as functions, and the statuses of a centre by them."""

from __future__ import annotations

from typing import Any, NamedTuple

from tic_rules.core.logic import FALSE, REVIEW, TRUE
from tic_rules.engines.lowering import (
    LATE,
    STATUS,
    VALUES,
    WORST,
    Clock,
    Days,
    Look,
    Rule,
    before_approval,
    look,
    lowered,
    may_review,
    years_owed,
)
from tic_rules.engines.python.lists import View
from tic_rules.engines.python.logic import Value, Values
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Needs, needs_of, scenarios_of
from tic_rules.model.ruleset import RuleSet


class Compiled(NamedTuple):
    """A rule: which clock it goes by, and its logic as functions."""

    id: str
    rule: Rule
    needs: Needs
    look: int
    """Rules of the same clock and needs are looked at together: the number of theirs."""
    require: Value
    broken: Value | None
    applies: Value | None
    whole: Value | None
    """The judgement on the rule as a whole, where `applies` may need one."""


class Program(NamedTuple):
    """The rules of a rule set that speak to a centre, or to a programme, each after what it waits for."""

    rules: tuple[Compiled, ...]
    needs: frozenset[Needs]
    ids: tuple[str, ...]
    """The ids of all rules, in the rule set's order."""


def compile_rules(ruleset: RuleSet, programme: bool) -> Program:
    """The functions of a rule set for a centre, or for a programme."""
    values = Values(ruleset)
    made, looks = [], dict[tuple[Clock, Needs], int]()
    for rule in lowered(ruleset).order:
        if rule.programme != programme:
            continue
        needs = needs_of(ruleset, ruleset.rules[rule.place])
        number = looks.setdefault((rule.clock, needs), len(looks))
        whole = rule.whole if rule.applies is not None and may_review(rule.applies) else None
        parts = (rule.broken, rule.applies, whole)
        made.append(
            Compiled(
                rule.id,
                rule,
                needs,
                number,
                values.of(rule.require),
                *(None if part is None else values.of(part) for part in parts),
            )
        )
    return Program(tuple(made), frozenset(one.needs for one in made), tuple(ruleset.rule_ids))


def decide(program: Program, scene: Scene) -> tuple[str, ...] | None:
    """The status of every rule, in the rule set's order; None where the data allows several scenarios."""
    days: dict[Needs, Days] = {}
    for needs in program.needs:
        scenarios = scenarios_of(scene, needs)
        if len(scenarios.all) > 1 or scenarios.cut:
            return None
        days[needs] = Days(scene.as_of, *scenarios.all[0], scene.force)
    return _Check(program, scene, days).statuses()


class _Looked(NamedTuple):
    """Where rules of one clock are looked at, and the status of a rule without exceptions by what it requires."""

    view: View
    late: str
    plain: tuple[str, ...]


_PLAIN = {late: tuple(STATUS[require, FALSE, TRUE, late] for require in VALUES) for late in LATE}


class _Check:
    """One check of a subject whose clock is known."""

    def __init__(self, program: Program, scene: Scene, days: dict[Needs, Days]) -> None:
        self.program, self.scene, self.days = program, scene, days
        self.check: dict[Any, Any] = dict.fromkeys(program.ids, "not_applicable")
        self.looks: dict[int, _Looked] = {}

    def statuses(self) -> tuple[str, ...]:
        done, looks = self.check, self.looks
        for rule_id, rule, needs, number, require, broken, applies, whole in self.program.rules:
            looked = looks.get(number)
            if looked is None:
                before = None if rule.programme or self.days[needs].approved else before_approval(rule.clock)
                if before is not None or rule.clock.yearly:
                    done[rule_id] = before or self._yearly(rule, needs, require)
                    continue
                looked = looks[number] = self._looked(needs, look(rule.clock, self.days[needs]))
            view, late, plain = looked
            if broken is None is applies:
                done[rule_id] = plain[require(view)]
                continue
            binds = TRUE if applies is None else applies(view)
            if binds == FALSE:
                continue
            status = STATUS[require(view), FALSE if broken is None else broken(view), binds, late]
            if binds == REVIEW and whole is not None and status == "needs_review":
                status = plain[whole(view)]
            done[rule_id] = status
        return tuple([done[rule] for rule in self.program.ids])

    def _looked(self, needs: Needs, look: Look) -> _Looked:
        view = View(self.scene, self.days[needs], look.moment, self.check)
        return _Looked(view, look.late, _PLAIN[look.late])

    def _yearly(self, rule: Rule, needs: Needs, require: Value) -> str:
        """The worst of the years that are owed."""
        worst = "not_applicable"
        for owed in years_owed(rule.clock, self.days[needs]):
            view, _, plain = self._looked(needs, owed)
            status = plain[require(view)]
            if worst == "not_applicable" or WORST.index(status) < WORST.index(worst):
                worst = status
        return worst


__all__ = ["Program", "compile_rules", "decide"]
