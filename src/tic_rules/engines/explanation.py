"""What the engines share: a rule as the reference tells it, once an engine's decision is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from tic_rules.core.errors import TicRulesError, fault
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.settlement import settle
from tic_rules.model.ruleset import Rule


class Concluded(Sequence[Decision]):
    """What an engine concludes of every rule, in the rule set's order: statuses at once, decisions when
    they are looked at."""

    def __init__(self, scene: Scene, statuses: Sequence[str], engine: str) -> None:
        self.statuses, self.engine = statuses, engine
        self._scene = scene
        self._decisions: dict[int, Decision] = {}

    def __len__(self) -> int:
        return len(self.statuses)

    @overload
    def __getitem__(self, place: int) -> Decision: ...
    @overload
    def __getitem__(self, place: slice) -> list[Decision]: ...
    def __getitem__(self, place: int | slice) -> Decision | list[Decision]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        decision = self._decisions.get(place)
        if decision is None:
            rule = self._scene.ruleset.rules[place]
            decision = explained(rule, self._scene, self.statuses[place], self.engine)
            self._decisions[place] = decision
        return decision


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
