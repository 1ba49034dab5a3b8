"""Attestations: which of them have an effect on which rule, and which judgement is the latest."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.evaluation.facts import Scene
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import RuleSet


def sort_judgements(scene: Scene) -> None:
    """Give every attestation with an effect to its rule."""
    if not scene.subject.attestations:
        return
    items, as_of, attested = judged_rules(scene.ruleset), scene.as_of, scene.attested
    for index, given in enumerate(scene.subject.attestations):
        own = items.get(given.rule)
        if own is None:
            continue
        rule, of_items = own
        day, item = given.date, given.item
        if day is None or day[0] > as_of or given.met is None or given.by is None or given.evidence is None:
            continue
        if (item not in of_items if of_items else item is not None) or (
            given.expires_on is not None and expired(given, as_of)
        ):
            continue
        if rule in attested:
            attested[rule].append((index, given))
        else:
            attested[rule] = [(index, given)]


class Judged(NamedTuple):
    """A rule that takes attestations, and the items that it takes one of."""

    rule: str
    items: frozenset[str]


def judged_rules(ruleset: RuleSet) -> dict[str, Judged]:
    """The rules that take attestations, by their full id."""
    found = ruleset._compiled.get("items")
    if found is None:
        attested = [
            rule
            for rule in ruleset.rules
            if any(isinstance(node, c.Attested) for node in c.walk(rule.condition))
        ]
        found = ruleset._compiled["items"] = {
            f"{ruleset.id}/{rule.id}": Judged(rule.id, frozenset(item.id for item in rule.items))
            for rule in attested
        }
    return found


def expired(given: Any, as_of: date) -> bool:
    return given.expires_on is not None and given.expires_on.first < as_of


def latest_judgement(own: list[tuple[int, Any]], as_of: date) -> tuple[int, int | None]:
    """The latest attestation up to the as-of day wins; two of one day that differ need review; none needs review."""
    if len(own) == 1 and own[0][1].date.last <= as_of:
        return (TRUE if own[0][1].met else FALSE), own[0][0]
    certain = [(index, a) for index, a in own if a.date.last <= as_of]
    possible = [(index, a) for index, a in own if a.date.first <= as_of < a.date.last]
    kept = [
        (i, a)
        for i, a in certain + possible
        if not any(other.date.first > a.date.last for _, other in certain)
    ]
    if not kept:
        return REVIEW, None
    unclear = next((i for i, a in kept if not a.date.exact), None)
    if len({a.met for _, a in kept}) > 1:
        return (REVIEW, None) if unclear is None else (UNKNOWN, unclear)
    if not certain:
        return UNKNOWN, unclear
    return (TRUE if kept[0][1].met else FALSE), kept[-1][0]


__all__ = ["Judged", "expired", "judged_rules", "latest_judgement", "sort_judgements"]
