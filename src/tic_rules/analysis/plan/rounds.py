"""A plan in rounds: what can be planned only once its steps are taken belongs to it too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from tic_rules.analysis.plan.choice import Costs
from tic_rules.analysis.plan.model import ActionPlan, once
from tic_rules.analysis.plan.planner import ENGINE, Maker, in_order
from tic_rules.analysis.plan.situation import known_places
from tic_rules.analysis.plan.update import worse
from tic_rules.core.errors import UsageError
from tic_rules.core.scalars import Json
from tic_rules.engines.check import check_subject
from tic_rules.model.centre import Centre
from tic_rules.model.document import apply, document_of, subject_of
from tic_rules.model.intake import fitting
from tic_rules.model.ruleset import RuleSet

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
    centre = fitting(centre, ruleset.vocabulary)

    def planned(subject: Centre) -> ActionPlan:
        asked = Costs(factors), exemptions, encouraged
        plan = Maker(subject, ruleset, as_of, kept, *asked).plan()
        if any(
            worse(finding, plan.before) for finding in plan.after
        ):  # once up to date, and no step mends it
            plan = Maker(subject, ruleset, as_of, (*kept, "reported_on"), *asked).plan()
        return replace(plan, kept=kept)

    def subject(document: Json) -> Centre:
        return subject_of(document, ruleset.vocabulary, type(centre))

    plan = planned(centre)
    for _ in range(ROUNDS if plan.steps else 0):
        try:
            more = planned(subject(plan.document))
            steps = once(in_order([*plan.steps, *more.steps]))
            document = apply(document_of(centre), (edit for step in steps for edit in step.edits))
            after = check_subject(subject(document), ruleset, as_of, ENGINE)
        except (UsageError, LookupError, TypeError, ValueError):  # they do not stand beside each other
            break
        if not more.steps or after.statuses != more.after.statuses:
            break
        plan = replace(
            more,
            before=plan.before,
            after=after,
            document=document,
            steps=tuple(steps),
            alternatives=(*plan.alternatives, *more.alternatives),
            chosen_by=max(plan.chosen_by, more.chosen_by),  # z3 where one of them needed it
        )
    return plan
