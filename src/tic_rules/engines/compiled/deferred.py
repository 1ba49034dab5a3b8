"""A decision of which only the status and what was observed are made; whatever else is looked at, the reference makes."""

from __future__ import annotations

from typing import Any

from tic_rules.engines.compiled.runtime import Numbers, Sides
from tic_rules.engines.explaining import explained
from tic_rules.evaluate import Decision, Seen
from tic_rules.readings import TRUE, Scene
from tic_rules.ruleset import Rule


class Deferred:
    """A rule that generated code has decided. It has the attributes of a `Decision`."""

    __slots__ = ("_decision", "_main", "_observed", "_rule", "_scene", "status")

    def __init__(self, status: str, observed: Any, rule: Rule, scene: Scene) -> None:
        self.status, self._observed, self._rule, self._scene = status, observed, rule, scene
        self._decision: Decision | None = None
        self._main: Seen | None = None

    @property
    def main(self) -> Seen | None:
        """The one condition that the finding's numbers are about; only what it observed, and against what, is filled in."""
        observed = self._observed
        if self._main is None and observed is not None and self._rule.yearly is None:
            numbers = isinstance(observed, (Numbers, Sides))
            seen = (observed.observed(), observed.bound()) if numbers else (observed, None)
            self._main = Seen(TRUE, self._rule.condition, *seen)
        return self._main

    @property
    def by_year(self) -> dict[int, str]:
        """The status of each year that is owed."""
        return self._observed if self._rule.yearly is not None and self._observed else {}

    @property
    def full(self) -> Decision:
        """The rule as the reference decides it. Another status than ours would be a fault of ours, and is not explained away."""
        if self._decision is None:
            self._decision = explained(self._rule, self._scene, self.status, "compiled")
        return self._decision

    def __getattr__(self, name: str) -> Any:
        return getattr(self.full, name)

    def _replace(self, **changes: Any) -> Decision:
        return self.full._replace(**changes)


__all__ = ["Deferred"]
