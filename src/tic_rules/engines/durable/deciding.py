"""A scene decided by the network: in this process, or in a worker that a crash of the C engine cannot leave."""

from __future__ import annotations

import threading
from typing import Any

from tic_rules import conditions as c
from tic_rules.engines.durable.facts import facts_of
from tic_rules.engines.durable.network import network_of
from tic_rules.engines.durable.plan import Plan, plan_of
from tic_rules.engines.durable.semantics import STATUSES
from tic_rules.engines.durable.session import Deciding, Network
from tic_rules.engines.durable.worker import Worker
from tic_rules.errors import TicRulesError, fault
from tic_rules.evaluate import Decision, Seen, settle
from tic_rules.readings import FALSE, TRUE, UNKNOWN, Scene
from tic_rules.ruleset import Rule, RuleSet

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
            explained = _explained(self._rule, self._scene)
            if explained.status != self.status:
                zh = f"规则 {self._rule.id}：durable 引擎判为 {self.status}，参照实现判为 {explained.status}；请报告此问题"
                en = f"rule {self._rule.id}: the durable engine says {self.status}, the reference {explained.status}; please report this"
                raise fault(TicRulesError, "engines-disagree", zh, en, file=self._scene.subject.file or "")
            self._decision = explained
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
            deciding: Deciding = Worker(ruleset.id, definition) if isolated else Network(ruleset.id, definition)
            found = ruleset._compiled[key] = plan, deciding
    return found


_FOLLOWED = {"fail": TRUE, "unknown": UNKNOWN, "needs_review": UNKNOWN}


def _explained(rule: Rule, scene: Scene) -> Decision:
    """A rule as the reference tells it, after the consequences that it waits for."""
    for node in c.walk(rule.condition):
        if isinstance(node, c.Follows) and node.follows not in scene.followed:
            other = _explained(scene.ruleset[node.follows], scene)
            scene.followed[node.follows] = (_FOLLOWED.get(other.status, FALSE), other.missing)
    return settle(rule, scene)
