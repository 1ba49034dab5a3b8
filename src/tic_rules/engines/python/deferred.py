"""A decision of which only the status and what was observed are made; whatever else is looked at is made then.

Days, places and what lists lack follow from the rule's clock and from what generated code has read. What is rarer the reference
makes: what is missing, a trace, and all of a rule that the data lets live more than one scenario.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tic_rules.core.logic import TRUE
from tic_rules.core.quantities import FIRST_DAY
from tic_rules.engines.explanation import explained
from tic_rules.engines.python.citing import Citing, Paths, Plan
from tic_rules.engines.python.runtime import Numbers, Sides
from tic_rules.evaluation.clock import year_due
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.entries import Moment, Path
from tic_rules.evaluation.seen import Seen


class Deferred:
    """A rule that generated code has decided. It has the attributes of a `Decision`."""

    __slots__ = ("_citing", "_decided", "_decision", "_observed", "_plan", "status")

    def __init__(self, status: str, observed: Any, plan: Plan, citing: Citing) -> None:
        self.status = self._decided = status
        self._observed, self._plan, self._citing = observed, plan, citing
        self._decision: Decision | None = None

    @property
    def main(self) -> Seen | None:
        """The one condition that the finding's numbers are about; only what it observed, and against what, is filled in."""
        observed = self._observed
        if observed is None or self._plan.yearly:
            return None
        if self._plan.numbers is not None:
            numbers = observed if isinstance(observed, (Numbers, Sides)) else self._plan.numbers(*observed)
            return Seen(TRUE, self._plan.rule.condition, numbers.observed(), numbers.bound())
        return Seen(TRUE, self._plan.rule.condition, observed)

    @property
    def mark(self) -> Any:
        """What tells the numbers of this decision from those of others of the rule."""
        return self._observed

    @property
    def by_year(self) -> dict[int, str]:
        """The status of each year that is owed."""
        return dict(self._observed) if self._plan.yearly and self._observed else {}

    @property
    def deadline(self) -> date | None:
        way = self._citing.way(self._plan)
        if way is None:
            return self.full.deadline
        if not self._plan.yearly:
            return way.clock.deadline if way.clock is not None else None
        shown = next((year for year, status in self.by_year.items() if status == self._decided), None)
        return (
            year_due(self._plan.rule, shown)
            if shown is not None and self._decided in ("fail", "pending")
            else None
        )

    @property
    def window(self) -> tuple[date, date] | None:
        way = self._citing.way(self._plan)
        return (
            self.full.window
            if way is None
            else way.clock.window
            if way.clock is not None and not self._plan.yearly
            else None
        )

    @property
    def moment(self) -> Moment | None:
        way = self._citing.way(self._plan)
        return (
            self.full.moment
            if way is None
            else way.clock.moment
            if way.clock is not None and not self._plan.yearly
            else None
        )

    @property
    def cites(self) -> Paths:
        """The places that were read."""
        plan, citing = self._plan, self._citing
        placed = citing.placed()
        if placed is not None and (known := placed[plan.place]) is not None:
            return known
        way = citing.way(plan)
        if way is None:
            return self.full.cites
        if way.clock is not None and not plan.yearly:
            if len(plan.trees) == 1:
                return plan.read(citing, plan.trees[0], plan.rule, way.clock.moment, way.scenario)
            return citing.cites(plan, way.clock.moment, way.scenario)
        if plan.yearly:
            as_of = citing.reader.as_of
            moments = (
                Moment(min(as_of, year_due(plan.rule, year)), FIRST_DAY, year) for year in self.by_year
            )
            return list(
                dict.fromkeys(path for moment in moments for path in citing.cites(plan, moment, way.scenario))
            )
        return ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """What lists lack, by name."""
        plan = self._plan
        if not plan.lacks:
            return ()
        way = self._citing.way(plan)
        clock = (
            way.clock
            if way is not None
            else self._citing.clocks(plan)[0]
            if self._plainly_open() is not None
            else None
        )
        found = None if clock is None or plan.yearly else self._citing.lacking(plan, clock.moment)
        return self.full.lacking if found is None else found

    @property
    def missing(self) -> tuple[Path, ...]:
        """The places whose absence leaves the rule open."""
        found = self._plainly_open()
        return self.full.missing if found is None else found

    def _plainly_open(self) -> tuple[Path, ...] | None:
        return self._citing.missing(self._plan) if self.status == self._decided == "unknown" else None

    @property
    def why_not(self) -> str | None:
        programme = self._citing.reader.scene.programme
        if programme != (self._plan.rule.bearer == "programme"):
            return "programme" if programme else "not_programme"
        way = self._citing.way(self._plan)
        if way is None or self.status != "not_applicable":
            return self.full.why_not
        return "no_year" if self._plan.yearly else "not_yet" if way.clock is None else "applies"

    def reached_on(self, start: date, deadline: date, last: date) -> tuple[date | None] | None:
        """When the rule's sum came up to its bound after all; None where that takes a closer look."""
        return self._citing.reached_on(self._plan, start, deadline, last)

    @property
    def full(self) -> Decision:
        """The rule as the reference decides it. Another status than ours would be a fault of ours, and is not explained away."""
        if self._decision is None:
            told = explained(self._plan.rule, self._citing.reader.scene, self._decided, "compiled")
            self._decision = told._replace(status=self.status)
        return self._decision

    def __getattr__(self, name: str) -> Any:
        return getattr(self.full, name)

    def _replace(self, **changes: Any) -> Decision | Deferred:
        """As that of a `Decision`. Where only the status is another (an exemption), nothing else has to be made for it."""
        if changes.keys() != {"status"}:
            return self.full._replace(**changes)
        made = Deferred(self._decided, self._observed, self._plan, self._citing)
        made.status = changes["status"]
        return made


__all__ = ["Deferred"]
