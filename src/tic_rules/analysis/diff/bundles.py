"""What bundles several things (the main tasks, with an item each) is answered item by item, where no
alignment says how: each item by the rules of the other side whose words hold most of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tic_rules.model.rulefile import Item
from tic_rules.model.ruleset import Rule, RuleSet

if TYPE_CHECKING:
    from tic_rules.analysis.diff.correspondence import Aligned

_ENOUGH = 0.5
"""The part of an item's pairs of characters that a rule has to hold more than to answer it."""
_MOST = 3
"""So many rules answer one item at most: the likest."""
_OTHER = re.compile(r"\W|技术|创新|中心|[和与及的等]")
"""What parts words, and the words that every document of the field has everywhere."""


def by_item(row: Aligned, a: RuleSet, b: RuleSet) -> list[Aligned]:
    """A row of one topic in which a rule has items, as a row an item and one of what is left; as it is where
    no item is answered."""
    if any(rule.items for rule in row.a):
        return _by_item(row, b)
    if any(rule.items for rule in row.b):
        return [_mirrored(made) for made in _by_item(_mirrored(row), a)]
    return [row]


def _mirrored(row: Aligned) -> Aligned:
    return row._replace(a=row.b, b=row.a, items=row.items[::-1])


def _by_item(row: Aligned, other: RuleSet) -> list[Aligned]:
    """As `by_item`, of a bundle of A."""
    bundle = next(rule for rule in row.a if rule.items)
    rows = []
    for item in bundle.items:
        likest = sorted(((held(item.title.zh, rule), -n) for n, rule in enumerate(other.rules)), reverse=True)
        partners = [other.rules[-n] for part, n in likest[:_MOST] if part > _ENOUGH]
        theirs = tuple(i.id for rule in partners if (i := _likest_item(item.title.zh, rule)) is not None)
        answers = tuple(rule for rule in other.rules if rule in partners)
        rows.append(row._replace(a=(bundle,), b=answers, item=item.id, items=((item.id,), theirs)))
    answered = {rule.id for made in rows for rule in made.b}
    return rows + _left(row, bundle, rows, answered) if answered else [row]


def _left(row: Aligned, bundle: Rule, rows: Sequence[Aligned], answered: set[str]) -> list[Aligned]:
    """What of the topic no item answers: rules beside the bundle face each other, and items of a second
    bundle stand alone."""
    ours = tuple(rule for rule in row.a if rule is not bundle)
    theirs = tuple(rule for rule in row.b if rule.id not in answered)
    rest = [row._replace(a=ours, b=theirs)] if ours or theirs else []
    used = {name for made in rows for name in made.items[1]}
    for rule in row.b:
        alone = tuple(item.id for item in rule.items if item.id not in used)
        if rule.id in answered and alone:
            rest.append(row._replace(a=(), b=(rule,), items=((), alone)))
    return rest


def held(words: str, rule: Rule) -> float:
    """The part of some words that a rule's title, quote or likest item holds."""
    texts = [rule.title.zh + "，" + rule.quote, *(item.title.zh for item in rule.items)]
    pairs = _pairs(words)
    return max(len(pairs & _pairs(text)) / len(pairs) for text in texts) if pairs else 0.0


def _likest_item(words: str, rule: Rule) -> Item | None:
    pairs = _pairs(words)
    scored = [(len(pairs & _pairs(item.title.zh)), -n) for n, item in enumerate(rule.items)]
    return rule.items[-max(scored)[1]] if scored and max(scored)[0] else None


def _pairs(text: str) -> set[str]:
    return {part[n : n + 2] for part in _OTHER.split(text) for n in range(len(part) - 1)}
