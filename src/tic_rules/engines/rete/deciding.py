"""A scene decided by the network: in this process, or in a worker that a crash of the C engine cannot leave."""

from __future__ import annotations

import threading
from typing import Any

from tic_rules.engines.explanation import explained
from tic_rules.engines.rete.facts import facts_of
from tic_rules.engines.rete.network import network_of
from tic_rules.engines.rete.plan import Plan, plan_of
from tic_rules.engines.rete.semantics import STATUSES
from tic_rules.engines.rete.session import Deciding, Network
from tic_rules.engines.rete.worker import Worker
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.seen import Seen
from tic_rules.model.ruleset import Rule, RuleSet

_LOCK = threading.Lock()


class Concluded:
    """A rule as the network concluded it. It has the attributes of a `Decision`; those that explain are made when looked at."""

    __slots__ = ("_decision", "_rule", "_scene", "status")

    def __init__(self, status: str, rule: Rule, scene: Scene) -> None:
        self.status, self._rule, self._scene = status, rule, scene
        self._decision: Decision | None = None

    @property
    def main(self) -> Seen | None:
        """The one condition that the finding's numbers are about."""
        return self.full.main

    @property
    def full(self) -> Decision:
        """What explains the finding. An explanation of another status would be a fault of ours, and is not shown."""
        if self._decision is None:
            self._decision = explained(self._rule, self._scene, self.status, "durable")
        return self._decision

    def __getattr__(self, name: str) -> Any:
        return getattr(self.full, name)

    def _replace(self, **changes: Any) -> Decision:
        return self.full._replace(**changes)


def check_rules(scene: Scene, isolated: bool = False) -> list[Concluded]:
    """Every rule of the scene's rule set, in its order, by forward chaining."""
    plan, deciding = _ready(scene.ruleset, isolated)
    done = deciding.decide(facts_of(scene, plan), len(plan.rules))
    return [Concluded(STATUSES[done[planned.number]], planned.rule, scene) for planned in plan.rules]


def _ready(ruleset: RuleSet, isolated: bool) -> tuple[Plan, Deciding]:
    """A rule set's network, built when it is first asked for and kept with the rule set."""
    key = ("durable", isolated)
    with _LOCK:
        found = ruleset._compiled.get(key)
        if found is None:
            plan = plan_of(ruleset)
            definition = network_of(ruleset, plan)
            deciding: Deciding = (
                Worker(ruleset.id, definition) if isolated else Network(ruleset.id, definition)
            )
            found = ruleset._compiled[key] = plan, deciding
    return found
