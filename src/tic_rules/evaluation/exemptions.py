"""Exemptions from what a rule asks in principle: which are complete, and what they change."""

from __future__ import annotations

from datetime import date

from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.facts import Given
from tic_rules.evaluation.judgements import expired
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.subject import Exemption, Subject


def exemptions_of(subject: Subject, ruleset: RuleSet) -> dict[str, Given]:
    """The complete exemptions from rules in principle, by rule."""
    complete_by_rule: dict[str, Given] = {}
    for index, given in enumerate(subject.exemptions):
        of_set, _, rule_id = (given.rule or "").partition("/")
        complete = all(getattr(given, name) is not None for name in ("reason", "approved_by", "date"))
        if (
            of_set == ruleset.id
            and rule_id in ruleset
            and ruleset[rule_id].modality == "in_principle"
            and complete
        ):
            complete_by_rule.setdefault(rule_id, []).append((index, given))
    return complete_by_rule


def exempt(
    decision: Decision, given: Given, as_of: date, used: set[int]
) -> tuple[Exemption | None, Decision]:
    """An exemption matters only where the rule fails; one whose day is not certain leaves it unknown."""
    if decision.status != "fail":
        return None, decision
    given = [(index, exemption) for index, exemption in given if not expired(exemption, as_of)]
    for index, exemption in given:
        if exemption.date.last <= as_of:
            used.add(index)
            return exemption, decision._replace(status="exempted")
    perhaps = [(index, exemption) for index, exemption in given if exemption.date.first <= as_of]
    if perhaps:
        used.update(index for index, _ in perhaps)
        return perhaps[0][1], decision._replace(
            status="unknown", missing=tuple(("exemptions", index, "date") for index, _ in perhaps)
        )
    return None, decision
