"""What the engines share: a rule as the reference tells it, once an engine's decision is looked at."""

from __future__ import annotations

from collections.abc import Iterable

from tic_rules.core.errors import TicRulesError, fault
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.settlement import settle
from tic_rules.model.ruleset import Rule


class Concluded:
    """What an engine concludes of every rule, in the rule set's order: statuses at once, decisions when they
    are looked at, unless they are made already."""

    def __init__(
        self, scene: Scene, statuses: Iterable[str], engine: str, decisions: Iterable[Decision] = ()
    ) -> None:
        self.statuses, self.engine = list(statuses), engine
        self._scene, self._decisions = scene, dict(enumerate(decisions))

    def __getitem__(self, place: int) -> Decision:
        if place not in self._decisions:
            rule = self._scene.ruleset.rules[place]
            self._decisions[place] = explained(rule, self._scene, self.statuses[place], self.engine)
        return self._decisions[place]

    def __setitem__(self, place: int, decision: Decision) -> None:
        self.statuses[place], self._decisions[place] = decision.status, decision


def explained(rule: Rule, scene: Scene, status: str, engine: str) -> Decision:
    """The reference's decision of a rule. Another status than the engine's would be a fault of ours, and is
    not explained away."""
    decision = settle(rule, scene)
    if decision.status != status:
        zh = f"规则 {rule.id}：{engine} 引擎判为 {status}，参照实现判为 {decision.status}；请报告此问题"
        en = (
            f"rule {rule.id}: the {engine} engine says {status}, "
            f"the reference {decision.status}; please report this"
        )
        raise fault(TicRulesError, "engines-disagree", zh, en, file=scene.subject.file or "")
    return decision
