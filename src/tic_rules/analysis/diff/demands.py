"""Which rules guarantee a rule, read off: the same bearer, a scope and a time that reach as far, conditions at least as strict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tic_rules.analysis.diff.order import Reader, clock_of, early_enough, nature_of, reader_of
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet

MUST = frozenset({"must"})
PRINCIPLE = frozenset({"must", "in_principle"})
ANY = frozenset({"must", "in_principle", "encouraged", "may"})
BINDING_LEVELS = (MUST, PRINCIPLE)
"""First what must be, then with what is in principle: an exemption may set the second aside."""

Side = tuple[RuleSet, Sequence[Rule]]


def same_document(a: RuleSet, b: RuleSet) -> bool:
    """Whether two rule sets are editions of one document."""
    return a.id == b.id or (a.document.title == b.document.title and a.jurisdiction == b.jurisdiction)


def asked(rule: Rule) -> Any:
    """What has to hold: the requirement, or that a consequence is not called for."""
    return c.Not.model_construct(not_=rule.condition) if rule.kind == "consequence" else rule.require


def parts_of(node: Any) -> Iterator[Any]:
    if isinstance(node, c.All):
        for part in node.all:
            yield from parts_of(part)
    elif isinstance(node, c.Not) and isinstance(node.not_, c.Either):
        yield from (c.Not.model_construct(not_=part) for part in node.not_.any)
    else:
        yield node


def guarantors(theirs: Side, own: RuleSet, rule: Rule, level: frozenset[str], same: bool) -> list[str] | None:
    """The rules (ids) that together guarantee a rule of the other side; None where it cannot be read off.

    `same`: whether the two sides are editions of one document, so that an attestation speaks to both.
    """
    ruleset, rules = theirs
    reader = reader_of(ruleset.vocabulary, own.vocabulary)
    found: list[str] = []
    for part in parts_of(asked(rule)):
        guarantor = next(
            (
                x.id
                for x in rules
                if x.modality in level
                and _reaches(x, rule)
                and _asks(reader, ruleset, x, own, rule, part, same)
            ),
            None,
        )
        if guarantor is None:
            return None
        found.append(guarantor)
    if rule.fails_at_once is not None:
        broken = next(
            (x.id for x in rules if x.modality in level and _reaches(x, rule) and _breaks(reader, x, rule)),
            None,
        )
        if broken is None:
            return None
        found.append(broken)
    return list(dict.fromkeys(found))


def _reaches(x: Rule, y: Rule) -> bool:
    """Whether a rule binds the same bearer, wherever the other one applies."""
    if x.bearer != y.bearer:
        return False
    return x.applies is None or (y.applies is not None and x.applies == y.applies)


def _asks(reader: Reader, ruleset: RuleSet, x: Rule, own: RuleSet, y: Rule, part: Any, same: bool) -> bool:
    reader = reader._replace(
        same_judgement=same and x.id == y.id and {i.id for i in x.items} >= {i.id for i in y.items}
    )
    first, second = clock_of(x), clock_of(y)
    if x.since != y.since and not (nature_of(part, own.vocabulary).timeless or _stock(part, own)):
        return False
    for piece in parts_of(asked(x)):
        early = early_enough(first, second, nature_of(piece, ruleset.vocabulary)) or early_enough(
            first, second, nature_of(part, own.vocabulary)
        )
        if early and reader.at_least(piece, part):
            return True
    return False


def _stock(node: Any, ruleset: RuleSet) -> bool:
    return all(
        ruleset.facts[name].reading in ("stock", "value", "words", "table") for name in c.facts_of(node)
    )


def _breaks(reader: Reader, x: Rule, y: Rule) -> bool:
    return (
        x.fails_at_once is not None
        and x.since == y.since
        and reader.at_least(y.fails_at_once, x.fails_at_once)
    )


__all__ = ["ANY", "BINDING_LEVELS", "MUST", "PRINCIPLE", "asked", "guarantors", "parts_of", "same_document"]
