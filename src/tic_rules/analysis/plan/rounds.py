"""A plan in rounds: what can be planned only once its steps are taken belongs to it too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from tic_rules.analysis.plan.choice import Costs
from tic_rules.analysis.plan.model import ActionPlan, Step, once
from tic_rules.analysis.plan.planner import ENGINE, Planner, in_order
from tic_rules.analysis.plan.situation import known_places
from tic_rules.analysis.plan.update import needless, worse
from tic_rules.core.errors import UsageError
from tic_rules.core.scalars import Json
from tic_rules.engines.check import check_subject
from tic_rules.model.centre import Centre
from tic_rules.model.document import apply, document_of, subject_of
from tic_rules.model.intake import fitting
from tic_rules.model.ruleset import RuleSet
from tic_rules.results.report import Report

ROUNDS = 3


def make_plan(
    centre: Centre,
    ruleset: RuleSet,
    as_of: date,
    *,
    keep: Iterable[str] = (),
    costs: Mapping[str, object] | None = None,
    exemptions: bool = False,
    encouraged: bool = False,
) -> ActionPlan:
    """The least that would make a centre compliant on a day.

    `keep` names places of the data that stay as they are (legal, contributions.province); `costs` gives
    places a factor. With `exemptions`, an exemption is sought where a rule in principle can no longer be met;
    with `encouraged`, rules that the verdict does not look at are planned for too. Raises UsageError for an
    unknown place, or where z3 is needed and absent."""
    kept, factors = tuple(keep), {place: Fraction(str(value)) for place, value in (costs or {}).items()}
    known_places((*kept, *factors), ruleset)
    asked = Costs(factors), exemptions, encouraged
    return _Rounds(fitting(centre, ruleset.vocabulary), ruleset, as_of, kept, asked).plan()


class _Rounds(NamedTuple):
    centre: Centre
    ruleset: RuleSet
    as_of: date
    kept: tuple[str, ...]
    asked: tuple[Costs, bool, bool]
    """Costs, whether exemptions are sought, and whether encouraged rules are planned for."""

    def plan(self) -> ActionPlan:
        plan = self._once(self.centre)
        for _ in range(ROUNDS if plan.steps else 0):
            try:
                more = self._once(self._subject(plan.document))
                steps = once(in_order([*plan.steps, *more.steps]))
                document, after = self._carried_out(steps)
            except (UsageError, LookupError, TypeError, ValueError):  # they do not stand beside each other
                break
            if not more.steps or after.statuses != more.after.statuses:
                break
            joined = replace(
                more,
                before=plan.before,
                after=after,
                document=document,
                steps=tuple(steps),
                alternatives=(*plan.alternatives, *more.alternatives),
                chosen_by=max(plan.chosen_by, more.chosen_by),  # z3 where one of them needed it
            )
            plan = self._least(joined)
        return plan

    def _once(self, subject: Centre) -> ActionPlan:
        """A plan of the data as it stands; not brought up to date where no step mends what that fails."""
        plan = Planner(subject, self.ruleset, self.as_of, self.kept, *self.asked).plan()
        if any(worse(finding, plan.before) for finding in plan.after):
            fixed = (*self.kept, "reported_on")
            plan = Planner(subject, self.ruleset, self.as_of, fixed, *self.asked).plan()
        return replace(plan, kept=self.kept)

    def _least(self, plan: ActionPlan) -> ActionPlan:
        """The plan without steps of which those of a later round do the work."""
        for step in reversed(plan.steps):
            fewer = tuple(other for other in plan.steps if other is not step)
            served = {rule for other in fewer for rule in other.rules}
            if step.kind == "judgement" or step.at == "reported_on" or not served.issuperset(step.rules):
                continue
            with suppress(LookupError, TypeError, ValueError):  # another step builds on it
                document, after = self._carried_out(fewer)
                looked_at = ((f.rule, f.status) for f in after if f.counts or self.asked[2])
                if needless(looked_at, plan.after):
                    plan = replace(plan, steps=fewer, document=document, after=after)
        return plan

    def _carried_out(self, steps: Iterable[Step]) -> tuple[Json, Report]:
        document = apply(document_of(self.centre), (edit for step in steps for edit in step.edits))
        return document, check_subject(self._subject(document), self.ruleset, self.as_of, ENGINE)

    def _subject(self, document: Json) -> Centre:
        return subject_of(document, self.ruleset.vocabulary, type(self.centre))
