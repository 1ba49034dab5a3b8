"""Attestations: which of them have an effect on which rule, and which judgement is the latest."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.evaluation.entries import Path
from tic_rules.evaluation.facts import Given, Scene
from tic_rules.evaluation.seen import Seen
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.subject import Attestation, Exemption


def sort_judgements(scene: Scene) -> None:
    """Give its rule, or the item of it, every attestation that is complete, not after the as-of day and not
    expired."""
    if not scene.subject.attestations:
        return
    items, as_of, attested = items_of_rules(scene.ruleset), scene.as_of, scene.attested
    for index, given in enumerate(scene.subject.attestations):
        rule = items.get(given.rule or "")
        if rule is None:
            continue
        rule_id, of_items = rule
        day, item = given.date, given.item
        if day is None or day[0] > as_of or given.met is None or given.by is None or given.evidence is None:
            continue
        if (item not in of_items if of_items else item is not None) or expired(given, as_of):
            continue
        attested.setdefault((rule_id, item), []).append((index, given))


class ItemsOf(NamedTuple):
    """A rule and the items that it takes one attestation of."""

    rule: str
    items: frozenset[str]


def items_of_rules(ruleset: RuleSet) -> dict[str, ItemsOf]:
    """The items of every rule, by its full id."""
    items: dict[str, ItemsOf] | None = ruleset._compiled.get("items")
    if items is None:
        items = ruleset._compiled["items"] = {
            f"{ruleset.id}/{rule.id}": ItemsOf(rule.id, frozenset(item.id for item in rule.items))
            for rule in ruleset.rules
        }
    return items


class Judgement(NamedTuple):
    """What attestations come to, and the places that were read, or whose absence keeps it open."""

    value: int
    cites: tuple[Path, ...]
    missing: tuple[Path, ...]


def judgement_on(rule: Rule, item: str | None, scene: Scene) -> Judgement:
    """The judgement on a rule, or on one of its items; REVIEW where there is none."""
    attestations = scene.attested.get((rule.id, item))
    if attestations is None:
        return NO_JUDGEMENT
    value = latest_judgement(attestations, scene.as_of)
    missing: tuple[Path, ...] = ()
    if value == UNKNOWN:
        missing = tuple(("attestations", n, "date") for n, a in attestations if not a.date.exact)
    return Judgement(value, tuple(("attestations", n) for n, _ in attestations), missing)


NO_JUDGEMENT = Judgement(REVIEW, (), ())


def settled(seen: Seen, rule: Rule, scene: Scene) -> Seen:
    """What data alone leaves to be judged is what an attestation for the rule says; without one it stays."""
    if (rule.id, None) not in scene.attested:
        return seen
    value, cites, missing = judgement_on(rule, None, scene)
    return seen._replace(value=value, cites=(*seen.cites, *cites), missing=(*seen.missing, *missing))


def expired(given: Attestation | Exemption, as_of: date) -> bool:
    """Whether an attestation or an exemption has run out before the as-of day."""
    return given.expires_on is not None and given.expires_on.first < as_of


def latest_judgement(attestations: Given, as_of: date) -> int:
    """What the latest attestations by the as-of day say; two of one day that differ need review."""
    newest = max([a.date.first for _, a in attestations if a.date.last <= as_of], default=None)
    if newest is None:
        return UNKNOWN if any(a.date.first <= as_of for _, a in attestations) else REVIEW
    latest = [a for _, a in attestations if a.date.first <= as_of and a.date.last >= newest]
    met = {a.met for a in latest}
    if len(met) == 1:
        return TRUE if met.pop() else FALSE
    return REVIEW if all(a.date.exact for a in latest) else UNKNOWN
