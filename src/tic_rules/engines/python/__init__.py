"""The compiled engine: a rule set becomes plain Python functions, once, and they decide all rules of a centre in one pass.

What is plain in a centre goes the straight way (`straight`), what is not the general one (`program`). Both give statuses and
numbers; places and what lists lack follow from what has been read (`citing`, `absent`); what is rarer is the reference's
(`deferred`). All but the statuses is made when it is looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import repeat
from typing import Any

from tic_rules.core.logic import TRUE
from tic_rules.engines.explanation import followed
from tic_rules.engines.python.citing import Citing, Plan, plans_of
from tic_rules.engines.python.deferred import Deferred
from tic_rules.engines.python.placing import Placed, Places, compile_places
from tic_rules.engines.python.program import Group, Program, compile_rules
from tic_rules.engines.python.runtime import Numbers, Reader, Sides
from tic_rules.engines.python.straight import Straight, compile_straight
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Scenario, exact_scenario, scenarios_of
from tic_rules.evaluation.settlement import day_not_needed
from tic_rules.model.ruleset import RuleSet

_LOCK = threading.Lock()


def program_of(ruleset: RuleSet, programme: bool = False) -> Program:
    """The functions of a rule set for a centre or a programme; compiled when they are first asked for, kept with the rule set."""
    found = ruleset._compiled.get(("program", programme))
    return found if found is not None else _made(ruleset, ("program", programme))  # type: ignore[no-any-return]


def straight_of(ruleset: RuleSet) -> Straight:
    """The function of a rule set for a centre that is plain; compiled when it is first asked for, kept with the rule set."""
    found = ruleset._compiled.get("straight")
    return found if found is not None else _made(ruleset, "straight")  # type: ignore[no-any-return]


def _placed(ruleset: RuleSet, reader: Reader, scenario: Scenario) -> Placed:
    places: Places = ruleset._compiled.get("places") or _made(ruleset, "places")
    return places(reader, *scenario)


def _made(ruleset: RuleSet, key: Any) -> Any:
    with _LOCK:
        found = ruleset._compiled.get(key)
        if found is None:
            make = _MAKE.get(key) or (lambda ruleset: compile_rules(ruleset, key[1]))
            found = ruleset._compiled[key] = make(ruleset)
        return found


_MAKE: dict[Any, Callable[[RuleSet], Any]] = {"straight": compile_straight, "places": compile_places}


class Outcomes(Sequence[Deferred]):
    """Every rule of a rule set, in its order: statuses at once, decisions when they are looked at."""

    __slots__ = ("_citing", "_plans", "deadlines", "marks", "statuses")

    def __init__(
        self,
        statuses: tuple[str, ...],
        observed: tuple[Any, ...],
        plans: tuple[Plan, ...],
        citing: Citing,
        deadlines: tuple[date | None, ...] | None = None,
    ) -> None:
        self.statuses, self._plans, self._citing = statuses, plans, citing
        self.marks = observed
        """What each rule observed: what tells its numbers from those of other checks."""
        self.deadlines = deadlines
        """The last day of each rule's time, where the centre is plain."""

    def placed(self) -> Placed | None:
        """What each rule cites, where that is plain."""
        return self._citing.placed()

    def __len__(self) -> int:
        return len(self.statuses)

    def __getitem__(self, place: Any) -> Any:
        if type(place) is not int:
            return [self[one] for one in range(*place.indices(len(self)))]
        return Deferred(self.statuses[place], self.marks[place], self._plans[place], self._citing)

    def __iter__(self) -> Iterator[Deferred]:
        return map(Deferred, self.statuses, self.marks, self._plans, repeat(self._citing))


def check_rules(scene: Scene) -> Outcomes:
    """Every rule of the scene's rule set, in its order, decided by generated code."""
    ruleset, reader = scene.ruleset, Reader(scene)
    citing = Citing(reader, program_of)
    if not scene.programme and scene.as_of <= scene.reported_on:
        straight = straight_of(ruleset)
        scenario = exact_scenario(scene, straight.needs)
        if scenario is not None and scenario.approved is not None:
            citing.scenario, citing.placing = scenario, partial(_placed, ruleset, reader, scenario)
            statuses, observed, deadlines = straight.decide(reader, *scenario)
            return Outcomes(statuses, observed, plans_of(ruleset), citing, deadlines)
    program = program_of(ruleset, scene.programme)
    statuses, observed = (), ()
    for group in program.groups:
        told, seen = _settled(group, reader)
        statuses, observed = statuses + told, observed + seen
        for place in group.consequences:
            reader.followed[group.rules[place].id] = followed(told[place])
    statuses, observed = statuses + program.others, observed + (None,) * len(program.others)
    return Outcomes(program.order(statuses), program.order(observed), plans_of(ruleset), citing)


def _settled(group: Group, reader: Reader) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """A group over every scenario that the data allows: what all of them agree on, otherwise unknown."""
    scenarios, _, cut = scenarios_of(reader.scene, group.needs)
    if cut:
        return ("unknown",) * len(group.rules), (None,) * len(group.rules)
    first = group.decide(reader, *scenarios[0])
    if len(scenarios) == 1:
        return first[0], first[2]
    told = [first, *(group.decide(reader, *scenario) for scenario in scenarios[1:])]
    holds = [
        _holding(group, reader, scenario, outcome[1])
        for scenario, outcome in zip(scenarios, told, strict=True)
    ]
    statuses, numbers = [], []
    for position in range(len(group.rules)):
        ways = [outcome[0][position] for outcome in told]
        found = set(ways)
        status = ways[0] if len(found) == 1 else "unknown"
        if found == {"pass", "not_applicable"} and all(held[position] == TRUE for held in holds):
            status = "pass"
        elif found == {"fail", "pending"} and day_not_needed(group.rules[position], reader.scene, scenarios):
            status = "fail"
        statuses.append(status)
        shown = ways.index(status) if status in found else 0
        numbers.append(_hull([outcome[2][position] for outcome in told], shown))
    return tuple(statuses), tuple(numbers)


def _holding(group: Group, reader: Reader, scenario: Scenario, values: tuple[int, ...]) -> tuple[int, ...]:
    """What the requirements come to in a scenario; before approval, what they would."""
    approved: date | None = scenario.approved
    if approved is not None or group.rules[0].by == "application" or reader.scene.programme:
        return values
    return group.holds()(reader, *scenario)  # type: ignore[return-value]


def _hull(told: list[Any], shown: int) -> Any:
    """What the scenario that is shown saw; a range becomes the one that all scenarios together leave."""
    if not isinstance(told[shown], (Numbers, Sides)):
        return told[shown]
    known = [numbers.observed() for numbers in told if numbers is not None]
    ends = min(numbers.low for numbers in known), max(numbers.high for numbers in known)
    return Numbers(*ends, *told[shown].bound())


__all__ = ["Outcomes", "check_rules", "program_of", "straight_of"]
