"""Rules settled over every scenario that the data allows, and all rules of a set with their consequences."""

from __future__ import annotations

from tic_rules.core.logic import FALSE, TRUE, UNKNOWN
from tic_rules.core.quantities import Range
from tic_rules.evaluation.decisions import Decision, decide, missing_of
from tic_rules.evaluation.entries import Path
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Scenario, needs_of, scenarios_of
from tic_rules.evaluation.seen import Seen
from tic_rules.model import conditions as c
from tic_rules.model.centre import CentreData, Series, value_at
from tic_rules.model.ruleset import Rule


def settle(rule: Rule, scene: Scene) -> Decision:
    """A rule over every scenario that the data allows: what all of them agree on, otherwise unknown, naming the days to make exact."""
    needs = needs_of(scene.ruleset, rule)
    scenarios = scenarios_of(scene, needs)
    if scenarios.cut:
        some = [decide(rule, scene, scenario) for scenario in scenarios.all]
        named = (
            *scenarios.open,
            *(path for decision in some if decision.status == "unknown" for path in missing_of(decision)),
        )
        return Decision("unknown", missing=tuple(dict.fromkeys(named)), agreed=False)
    first = decide(rule, scene, scenarios.all[0])
    if len(scenarios.all) == 1:
        return first._replace(missing=missing_of(first)) if first.status == "unknown" else first
    told = [first, *(decide(rule, scene, scenario) for scenario in scenarios.all[1:])]
    statuses = {decision.status for decision in told}
    if len(statuses) == 1:
        status = first.status
    elif statuses == {"pass", "not_applicable"} and all(decision.holds for decision in told):
        status = "pass"
    elif statuses == {"fail", "pending"} and day_not_needed(rule, scene, scenarios.all):
        status = "fail"
    else:
        status = "unknown"
    shown = next((decision for decision in told if decision.status == status), first)
    deadlines = {decision.deadline for decision in told}
    windows = {decision.window for decision in told}
    seen = _hull([decision for decision in told if decision.seen is not None], shown)
    settled = shown._replace(
        status=status,
        seen=seen,
        agreed=len(deadlines) == 1,
        deadline=shown.deadline if len(deadlines) == 1 else None,
        window=shown.window if len(windows) == 1 else None,
    )
    if status != "unknown":
        return settled
    missing = [path for decision in told if decision.status == "unknown" for path in missing_of(decision)]
    looks, behind = reads_days(scene, rule), day_not_needed(rule, scene, scenarios.all)
    told_apart = {
        ("fail" if behind else decision.if_false, decision.moment if looks else None) for decision in told
    }
    if (
        len({"fail" if behind and status == "pending" else status for status in statuses}) > 1
        or len(told_apart) > 1
    ):
        missing = [*scenarios.open, *missing]
    return settled._replace(missing=tuple(dict.fromkeys(missing)))


def day_not_needed(rule: Rule, scene: Scene, scenarios: tuple[Scenario, ...]) -> bool:
    """Whether an approved centre's application or approval, on a day that is left out, is behind it: what is not met then has failed."""
    centre = scene.subject
    if rule.by not in ("application", "approval") or not isinstance(centre, CentreData):
        return False
    left_out = centre.approved_on is None or (rule.by == "application" and centre.applied_on is None)
    return left_out and all(scenario.approved is not None for scenario in scenarios)


def reads_days(scene: Scene, rule: Rule) -> bool:
    """Whether what a rule reads can differ from day to day."""
    trees = [tree for tree in (rule.applies, rule.require, rule.fails_at_once, rule.when) if tree is not None]
    for fact in (scene.facts[name] for tree in trees for name in c.facts_of(tree)):
        if fact.reading in ("stock", "sum", "groups", "kinds") or fact.type == "date":
            return True
        listed = scene.lists.get(fact.list_name or "")
        if listed is not None and (listed.date or listed.year):
            return True
        if fact.value is not None and isinstance(value_at(scene.subject, fact.value), Series):
            return True
    return False


def _hull(told: list[Decision], shown: Decision) -> Seen | None:
    """What was seen, with the range that all scenarios together leave."""
    seen = shown.seen
    if seen is None or not isinstance(seen.observed, Range):
        return seen
    observed = seen.observed
    for decision in told:
        if decision.seen is not None and isinstance(decision.seen.observed, Range):
            observed = observed.hull(decision.seen.observed)
    return seen._replace(observed=observed)


def check_rules(scene: Scene) -> list[Decision]:
    """Every rule of the scene's rule set, in its order; consequences by forward chaining to a fixed point."""
    decisions: dict[str, Decision] = {}
    waiting = []
    for rule in scene.ruleset.rules:
        if rule.waits_for:
            waiting.append(rule)
            continue
        decisions[rule.id] = decision = settle(rule, scene)
        if rule.kind == "consequence":
            scene.followed[rule.id] = _followed(decision)
    while waiting:
        ready = [rule for rule in waiting if all(other in scene.followed for other in rule.waits_for)]
        for rule in ready:
            decisions[rule.id] = decision = settle(rule, scene)
            if rule.kind == "consequence":
                scene.followed[rule.id] = _followed(decision)
        waiting = [rule for rule in waiting if rule not in ready]
    return [decisions[rule.id] for rule in scene.ruleset.rules]


def _followed(decision: Decision) -> tuple[int, tuple[Path, ...]]:
    value = (
        TRUE
        if decision.status == "fail"
        else UNKNOWN
        if decision.status in ("unknown", "needs_review")
        else FALSE
    )
    return value, decision.missing


__all__ = ["check_rules", "day_not_needed", "reads_days", "settle"]
