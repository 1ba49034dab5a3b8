"""Rules settled over every scenario that the data allows, and all rules of a set with their consequences."""

from __future__ import annotations

from tic_rules.core.logic import FALSE, TRUE, UNKNOWN
from tic_rules.core.numbers import Range
from tic_rules.evaluation.clock import came_later
from tic_rules.evaluation.decisions import Decision, Owed, decide, missing_of
from tic_rules.evaluation.entries import Moment, Path
from tic_rules.evaluation.facts import Reading, Scene
from tic_rules.evaluation.scenarios import Needs, Scenario, Scenarios, clock_places, needs_of, scenarios_of
from tic_rules.evaluation.seen import FollowedConsequence, Seen
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.fields import value_at
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.values import Series
from tic_rules.model.vocabulary import facts_within


def settle(rule: Rule, scene: Scene) -> Decision:
    """A rule over every scenario that the data allows: what all agree on, or unknown with all it lacks."""
    follow(rule, scene)
    return _settle(rule, needs_of(scene.ruleset, rule), scene)


def follow(rule: Rule, scene: Scene) -> None:
    """Decide the consequences that a rule waits for, where that is not done, with what keeps them open."""
    for waited_for in rule.waits_for:
        if waited_for not in scene.followed:
            scene.followed[waited_for] = followed(settle(scene.ruleset[waited_for], scene))


def _settle(rule: Rule, needs: Needs, scene: Scene) -> Decision:
    scenarios = scenarios_of(scene, needs)
    if len(scenarios.all) == 1:
        only = decide(rule, scene, scenarios.all[0])
        return only if only.status != "unknown" else only._replace(missing=missing_of(only))
    decisions = [decide(rule, scene, scenario) for scenario in scenarios.all]
    if scenarios.cut:
        paths = [path for one in decisions if one.status == "unknown" for path in missing_of(one)]
        return Decision("unknown", missing=tuple(dict.fromkeys([*scenarios.open, *paths])))
    behind = day_not_needed(rule, scene, scenarios.all)
    status = _agreed(decisions, behind)
    joined = _joined(decisions, status)
    if status != "unknown":
        return joined
    missing = [path for one in decisions if one.status == "unknown" for path in missing_of(one)]
    looks = reads_days(scene, rule)
    looked: list[object] = [one.moment if looks else None for one in decisions]
    only_approval = scenarios.open == (("approved_on",),)
    if only_approval and len(set(looked)) > 1 and all(_says_no_day(path, scene) for path in missing):
        looked = [_seen_text(one) for one in decisions]
    missing = [*_days_that_matter(scenarios, decisions, behind, looked), *missing]
    return joined._replace(missing=tuple(dict.fromkeys(missing)))


def _agreed(decisions: list[Decision], behind: bool) -> str:
    """The status that all scenarios agree on; `behind` where the rule's time is up whatever the day."""
    statuses = {decision.status for decision in decisions}
    if len(statuses) == 1:
        return decisions[0].status
    if statuses == {"pass", "not_applicable"} and all(decision.holds for decision in decisions):
        return "pass"
    return "fail" if statuses == {"fail", "pending"} and behind else "unknown"


def _days_that_matter(
    scenarios: Scenarios, decisions: list[Decision], behind: bool, looked: list[object]
) -> list[Path]:
    """The open days of the clock of which another one would change what becomes of a rule that is unknown;
    `looked` is when each scenario has it looked at, or what is seen then."""
    outcomes: dict[Scenario, tuple[object, ...]] = {
        scenario: (
            "fail" if behind and one.status == "pending" else one.status,
            "fail" if behind else one.if_false,
            when,
            tuple(year for year, status, _, _ in one.years if status != "pass"),
        )
        for scenario, one, when in zip(scenarios.all, decisions, looked, strict=True)
    }
    if len(set(outcomes.values())) == 1:
        return []
    matter = [path for path in scenarios.open if _matters(path, outcomes)]
    return matter or list(scenarios.open)


def _says_no_day(path: Path, scene: Scene) -> bool:
    """Whether what is missing, once given, says the same of every day: a plain value, or a part of an entry
    other than its day."""
    if len(path) > 1 and isinstance(path[-2], int):
        return all(path[-1] not in (listed.date, listed.year) for listed in scene.lists.values())
    facts, place = scene.facts.values(), ".".join(map(str, path))
    return any(place in (fact.value, fact.words) and fact.type != "date" for fact in facts)


def _seen_text(decision: Decision) -> str:
    """What the data says to a rule, as far as it does: what each condition saw, against what, and missed."""
    return "".join(map(_values, decision.seens))


def _values(seen: Seen) -> str:
    parts = "".join(map(_values, seen.parts))
    return f"({seen.value} {seen.observed!r} {seen.bound!r} {seen.missing} {parts})"


def _matters(path: Path, outcomes: dict[Scenario, tuple[object, ...]]) -> bool:
    """Whether scenarios that differ in one day alone, and in what counts from it, come to something else."""
    alike: dict[object, dict[object, set[object]]] = {}
    for scenario, outcome in outcomes.items():
        approved, applied, term_end = scenario
        if path == ("applied_on",):
            rest, day = (approved, term_end), applied
        elif path == ("term_years",):
            rest, day = (approved, applied), term_end
        else:
            rest, day = (applied, None), approved
            alike.setdefault(None, {}).setdefault(approved, set()).add(outcome[:2])  # who applied before it
        alike.setdefault(rest, {}).setdefault(day, set()).add(outcome)
    return any(len({frozenset(one) for one in by_day.values()}) > 1 for by_day in alike.values())


def _joined(decisions: list[Decision], status: str) -> Decision:
    """The decisions of several scenarios as one: no day that only some have, ranges that cover all."""
    shown = next((one for one in decisions if one.status == status), decisions[0])
    moments = {one.moment.day for one in decisions if one.moment is not None}
    return shown._replace(
        status=status,
        seen=_cover([one.seen for one in decisions if one.seen is not None], shown.seen),
        applies=_cover([one.applies for one in decisions if one.applies is not None], shown.applies),
        broken=_cover([one.broken for one in decisions if one.broken is not None], shown.broken),
        moment=shown.moment if len(moments) == 1 else None,
        deadline=shown.deadline if len({one.deadline for one in decisions}) == 1 else None,
        window=shown.window if len({one.window for one in decisions}) == 1 else None,
        years=_common_years(decisions, shown),
        favourable=all(one.favourable for one in decisions),
    )


def _common_years(decisions: list[Decision], shown: Decision) -> tuple[Owed, ...]:
    """The years that every scenario owes, each with the status that all agree on."""
    years = []
    for year, status, seen, due in shown.years:
        same = [entry for one in decisions for entry in one.years if entry[0] == year]
        if len(same) == len(decisions):
            agreed = status if all(entry[1] == status for entry in same) else "unknown"
            years.append((year, agreed, _cover([entry[2] for entry in same], seen) or seen, due))
    return tuple(years)


def _cover(seens: list[Seen], shown: Seen | None) -> Seen | None:
    """What a condition saw in several scenarios: the value if they agree, the range that covers all."""
    if shown is None:
        return None
    observed = shown.observed
    if isinstance(observed, Range):
        for seen in seens:
            if isinstance(seen.observed, Range):
                observed = observed.hull(seen.observed)
    elif any(seen.observed != observed for seen in seens):
        observed = None
    alike = [seen.parts for seen in seens]  # of each of the last years, those after a founding may be fewer
    parts = [_cover([p[n] for p in alike if n < len(p)], part) or part for n, part in enumerate(shown.parts)]
    value = shown.value if all(seen.value == shown.value for seen in seens) else UNKNOWN
    return shown._replace(value=value, observed=observed, parts=tuple(parts))


def left_to_judge(rule: Rule, scene: Scene) -> bool:
    """Whether data alone leaves a rule to be judged in any scenario: then an attestation has an effect."""
    alone = Scene(scene.subject, scene.ruleset, scene.as_of)
    alone.followed = scene.followed
    scenarios = scenarios_of(scene, needs_of(scene.ruleset, rule)).all
    return any(_asks_for_judgement(decide(rule, alone, scenario)) for scenario in scenarios)


def _asks_for_judgement(decision: Decision) -> bool:
    return decision.status == "needs_review" or any(
        status == "needs_review" for _, status, *_ in decision.years
    )


def cited_places(rule: Rule, decision: Decision, scene: Scene) -> tuple[Path, ...]:
    """The places that a decision rests on: what was read, and the days of the clock that decide it."""
    if scene.programme:
        return decision.cites(lambda _: ())
    cites = decision.cites(lambda node: _lists_read(node, scene))
    if decision.why_not in ("programme", "not_programme", "applies"):
        return cites
    if decision.why_not == "before_approval":
        given = [
            name
            for name in ("stage", "approved_on", "applied_on")
            if getattr(scene.subject, name) is not None
        ]
        return (*cites, *((name,) for name in given[:1]))
    is_open = decision.status in ("fail", "pending")
    if decision.why_not is None and not is_open and not reads_days(scene, rule):
        return cites
    needs = needs_of(scene.ruleset, rule)
    looks_at_approval = needs.approval or decision.why_not == "before_document"
    clock = clock_places(scene, looks_at_approval, needs.term, needs.application)
    return tuple(dict.fromkeys((*cites, *clock)))


def _lists_read(node: c.Condition, scene: Scene) -> tuple[Path, ...]:
    """Where the lists stand that a condition reads and in which nothing counts, as far as they are given."""
    places: list[Path] = []
    named = (part for name in c.facts_of(node) for part in facts_within(name, scene.facts))
    for fact in (scene.facts[name] for name in named):
        if fact.list_name is not None:
            listed = scene.listed(fact.list_name)
            places.extend(at for at in listed.at if at not in listed.open_at)
        elif fact.words is not None and scene.value_of(fact) is not None:
            places.append(fact.at)
    return tuple(dict.fromkeys(places))


def amount_of(rule: Rule, scene: Scene) -> Reading:
    """The amount of a consequence over all that the data allows, with the places that were read."""
    assert rule.amount is not None
    scenarios = scenarios_of(scene, needs_of(scene.ruleset, rule)).all
    forces = {came_later(scene, scenario) for scenario in scenarios}
    total: Range | None = None
    places: list[Path] = []
    for force in forces:
        moment = Moment(scene.as_of) if force is None else Moment(scene.as_of, force=force, adverse=True)
        readings = [scene.number(name, moment) for name in rule.amount.sum_of]
        one = Range(sum(r.range.low for r in readings), sum(r.range.high for r in readings))
        total = one if total is None else total.hull(one)
        places.extend(path for reading in readings for path in reading.cites)
    return Reading(total or Range(0, 0), tuple(dict.fromkeys(places)))


def day_not_needed(rule: Rule, scene: Scene, scenarios: tuple[Scenario, ...]) -> bool:
    """Whether application or approval, on a day left out, lie behind: what is not met has failed."""
    centre = scene.subject
    if rule.by not in ("application", "approval") or not isinstance(centre, Centre):
        return False
    left_out = centre.approved_on is None or (rule.by == "application" and centre.applied_on is None)
    return left_out and all(scenario.approved is not None for scenario in scenarios)


def reads_days(scene: Scene, rule: Rule) -> bool:
    """Whether what a rule reads can differ from day to day."""
    ruleset = scene.ruleset
    key = ("days", rule.id)
    if key not in ruleset._compiled:
        ruleset._compiled[key] = _values_of_days(ruleset, rule)
    values: tuple[str, ...] | None = ruleset._compiled[key]
    return values is None or any(isinstance(value_at(scene.subject, value), Series) for value in values)


def _values_of_days(ruleset: RuleSet, rule: Rule) -> tuple[str, ...] | None:
    """The values that a rule reads, which differ from day to day where the data gives a series; None where
    what it reads does so whatever the data gives."""
    trees = [tree for tree in (rule.applies, rule.require, rule.fails_at_once, rule.when) if tree is not None]
    if rule.event is not None or rule.cycle is not None:
        return None
    values = []
    named = (
        part for tree in trees for name in c.facts_of(tree) for part in facts_within(name, ruleset.facts)
    )
    for fact in (ruleset.facts[name] for name in named):
        if fact.reading in ("stock", "sum", "groups", "kinds", "average") or fact.type == "date":
            return None
        listed = ruleset.vocabulary.lists.get(fact.list_name or "")
        if listed is not None and (listed.date or listed.year):
            return None
        if fact.value is not None:
            values.append(fact.value)
    return tuple(dict.fromkeys(values))


def check_rules(scene: Scene) -> list[Decision]:
    """Every rule of the scene's rule set, in its order; consequences by forward chaining to a fixed point."""
    decisions: dict[str, Decision] = {}
    for rule, needs in _chained(scene.ruleset):
        decision = decisions[rule.id] = _settle(rule, needs, scene)
        if rule.kind == "consequence":
            scene.followed[rule.id] = followed(decision)
    return [decisions[name] for name in scene.ruleset.rule_ids]


def _chained(ruleset: RuleSet) -> tuple[tuple[Rule, Needs], ...]:
    """The rules of a set, each after the consequences that it waits for, with the days that it needs."""
    chained: tuple[tuple[Rule, Needs], ...] | None = ruleset._compiled.get("chained")
    if chained is None:
        ready: dict[str, Rule] = {}
        waiting = list(ruleset.rules)
        while waiting:
            ready.update(
                (rule.id, rule) for rule in waiting if all(other in ready for other in rule.waits_for)
            )
            waiting = [rule for rule in waiting if rule.id not in ready]
        chained = ruleset._compiled["chained"] = tuple(
            (rule, needs_of(ruleset, rule)) for rule in ready.values()
        )
    return chained


def followed(decision: Decision) -> FollowedConsequence:
    """What a consequence means for one that waits for it; what has to be judged first waits for the
    attestation."""
    if decision.status == "needs_review":
        return FollowedConsequence(UNKNOWN, decision.missing or (("attestations",),))
    value = {"fail": TRUE, "unknown": UNKNOWN}.get(decision.status, FALSE)
    return FollowedConsequence(value, decision.missing, decision.cites(lambda _: ()) if value == TRUE else ())
