"""Which rule of one set stands beside which of the other: by topic and by the facts that they read, never by order.

Between editions of one document also by id, clause and quote, so that a clause that was renumbered is followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from tic_rules.analysis.diff.order import clock_of
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet


class Matched(NamedTuple):
    """A rule of each side, or of one side only."""

    a: Rule | None
    b: Rule | None

    @property
    def topic(self) -> str:
        rule = self.b or self.a
        assert rule is not None
        return rule.topic


def matched(a: RuleSet, b: RuleSet, editions: bool) -> list[Matched]:
    """Every rule of both sides once, in the order of a, what only b has at its place among b's topics."""
    pairs: dict[str, Rule] = {}
    left, right = list(a.rules), list(b.rules)
    if editions:
        pairs.update(_by_name_and_text(left, right))
        left = [rule for rule in left if rule.id not in pairs]
        taken = {rule.id for rule in pairs.values()}
        right = [rule for rule in right if rule.id not in taken]
    for topic in dict.fromkeys(rule.topic for rule in left):
        pairs.update(
            _by_content(a, b, [r for r in left if r.topic == topic], [r for r in right if r.topic == topic])
        )
    taken = {rule.id for rule in pairs.values()}
    found = [Matched(rule, pairs.get(rule.id)) for rule in a.rules]
    return found + [Matched(None, rule) for rule in b.rules if rule.id not in taken]


def _by_name_and_text(left: Sequence[Rule], right: Sequence[Rule]) -> dict[str, Rule]:
    """Editions: the same id; then the same quote; then quotes that are nearly the same."""
    named = {rule.id: rule for rule in right}
    pairs = {rule.id: named[rule.id] for rule in left if rule.id in named}
    free = [rule for rule in right if rule.id not in {other.id for other in pairs.values()}]
    for rule in left:
        if rule.id in pairs or not free:
            continue
        score, best = max(
            (
                (_alike(rule.quote, other.quote) + (0.1 if rule.topic == other.topic else 0), other)
                for other in free
            ),
            key=lambda p: p[0],
        )
        if score >= 0.75:
            pairs[rule.id] = best
            free.remove(best)
    return pairs


def _alike(x: str, y: str) -> float:
    return SequenceMatcher(None, x, y, autojunk=False).ratio()


def _by_content(a: RuleSet, b: RuleSet, left: Sequence[Rule], right: Sequence[Rule]) -> dict[str, Rule]:
    """The likest rules of one topic, the likest pair first."""
    scores = sorted(
        ((likeness(a, x, b, y), -i, -j) for i, x in enumerate(left) for j, y in enumerate(right)),
        reverse=True,
    )
    pairs: dict[str, Rule] = {}
    taken: set[int] = set()
    for score, i, j in scores:
        rule = left[-i]
        if score >= 2 and rule.id not in pairs and -j not in taken:
            pairs[rule.id] = right[-j]
            taken.add(-j)
    return pairs


def likeness(a: RuleSet, x: Rule, b: RuleSet, y: Rule) -> float:
    """How much two rules of one topic speak of the same: facts above all, then judgement, time, kind, bearer, id."""
    first, second = (set(_subjects(ruleset, rule)) for ruleset, rule in ((a, x), (b, y)))
    common = len(first & second)
    shared = (
        (common / len(first | second) + common / min(len(first), len(second))) / 2
        if first and second
        else 0.0
    )
    judged = bool(first) == bool(second)
    score = 6 * shared + (1.5 if not first and not second else 0) + (0 if judged else -1)
    score += (
        (1 if clock_of(x) == clock_of(y) else 0)
        + (0.5 if x.kind == y.kind else 0)
        + (0.5 if x.bearer == y.bearer else 0)
    )
    return (
        score
        + (1 if x.id == y.id else 0)
        + (0.3 if (x.modality in _BINDING) == (y.modality in _BINDING) else 0)
    )


_BINDING = ("must", "in_principle")


def _subjects(ruleset: RuleSet, rule: Rule) -> Iterator[Any]:
    """The facts that a rule reads, lists by their own name: a count of hosts and a look at the hosts speak of one thing."""
    for name in c.facts_of(rule.condition):
        fact = ruleset.facts[name]
        yield fact.list_name or name


__all__ = ["Matched", "likeness", "matched"]
