"""How two sides of a row stand to each other: the relation, and its nature where neither is stricter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tic_rules.analysis.diff.alignment import Aligned, subjects
from tic_rules.analysis.diff.demands import (
    ANY,
    BINDING_LEVELS,
    PRINCIPLE,
    asked,
    guarantors,
    same_role,
)
from tic_rules.analysis.diff.quoted import bounds_of, holds_time, is_reading
from tic_rules.analysis.diff.sentences import lists_of
from tic_rules.core.errors import Text
from tic_rules.model.conditions import Attested, walk
from tic_rules.model.ruleset import Rule, RuleSet

NATURE = {
    "numbers": Text("数值不同", "other numbers"),
    "lists_overlap": Text("范围交叉", "lists overlap"),
    "bearers": Text("主体不同", "other bearers"),
    "judged": Text("均由评审", "judged by people"),
    "modality": Text("程度不同", "other force"),
    "time": Text("时间不同", "other times"),
    "content": Text("内容不同", "other content"),
}
"""How two sides differ where neither is stricter."""


class Judged(NamedTuple):
    """What is said of a row."""

    relation: str
    nature: str | None
    tightens: bool
    loosens: bool
    by_people: bool
    comparable: bool


def judge(a: RuleSet, b: RuleSet, row: Aligned, pairs: Sequence[Any], editions: bool) -> Judged:
    """The relation of a row, from the words where an alignment has them, else from whether each side
    guarantees the other.
    """
    left, right = row.a, row.b
    binding = any(rule.modality in PRINCIPLE for rule in (*left, *right))
    by_people = bool(left and right) and any(
        rests_on_judgement(rule) for rule in (*left, *right) if not binding or rule.modality in PRINCIPLE
    )
    if row.words is not None and left and right:
        tightens, loosens = row.words == "b_stricter", row.words == "b_looser"
        return Judged(row.words, None, tightens, loosens, by_people, False)
    quoted, as_data = (
        (
            _asks_more(a, b, row, binding, editions, words),
            _asks_more(b, a, _mirrored(row), binding, editions, words),
        )
        for words in (not editions, False)
    )
    tightens, loosens = quoted
    relation = relation_of(left, right, tightens, loosens)
    comparable = editions or _comparable(a, left, b, right)
    if not comparable and relation in ("b_stricter", "b_looser"):
        relation, tightens, loosens = "different", True, True
    nature = nature_of_row(a, b, row, pairs) if relation == "different" else None
    readings = not editions and any(_reads(rule) for rule in (*left, *right))
    return Judged(
        relation, nature, tightens, loosens, by_people, comparable and not readings and quoted == as_data
    )


def _mirrored(row: Aligned) -> Aligned:
    return row._replace(a=row.b, b=row.a)


def _asks_more(a: RuleSet, b: RuleSet, row: Aligned, binding: bool, editions: bool, quoted: bool) -> bool:
    """Whether the right side asks something that the left one does not guarantee: at what must be, or with
    what is in principle.
    """
    levels = BINDING_LEVELS if binding else (ANY,)
    facts = frozenset(name for rule in row.a for name in subjects(a, rule, whole=False))
    return any(
        guarantors(
            (a, row.a),
            b,
            rule,
            level,
            editions,
            quoted=quoted,
            about=facts if rule.id in row.bundles and facts and quoted else None,
        )
        is None
        for level in levels
        for rule in row.b
        if rule.modality in level
    )


def _comparable(a: RuleSet, left: Sequence[Rule], b: RuleSet, right: Sequence[Rule]) -> bool:
    """Whether rules of both sides bind the same and ask about the same data, as firmly or less."""
    binding = any(rule.modality in PRINCIPLE for rule in left) and any(
        rule.modality in PRINCIPLE for rule in right
    )
    return any(
        same_role(a, x, b, y) and set(subjects(a, x)) & set(subjects(b, y))
        for x in left
        for y in right
        if not binding or (x.modality in PRINCIPLE and y.modality in PRINCIPLE)
    )


def _reads(rule: Rule) -> bool:
    return not holds_time(rule) or is_reading(rule, asked(rule))


def nature_of_row(a: RuleSet, b: RuleSet, row: Aligned, pairs: Sequence[Any]) -> str:
    """How two sides differ, by what weighs most: who, which words, how much, when, how firmly, what."""
    if not any(same_role(a, x, b, y) for x in row.a for y in row.b):
        return "bearers"
    if all(rule.kind == "consequence" for rule in (*row.a, *row.b)):
        return "content"
    changes = [change for pair in pairs for change in pair.changes if change.effect != "none"]
    whats = {change.what for change in changes}
    if "list" in whats or _lists_meet(row):
        return "lists_overlap"
    if "threshold" in whats or _one_counts(row):
        return "numbers"
    if any(change.what in ("deadline", "window") and change.effect == "incomparable" for change in changes):
        return "time"
    binding = [any(rule.modality in PRINCIPLE for rule in rules) for rules in (row.a, row.b)]
    if binding[0] != binding[1] or whats == {"modality"}:
        return "modality"
    return "judged" if all(rests_on_judgement(rule) for rule in (*row.a, *row.b)) else "content"


def _lists_meet(row: Aligned) -> bool:
    """Whether both sides list words of one fact, some of them the same and some not."""
    left, right = lists_of(row.a), lists_of(row.b)
    return any(
        set(left[fact]) & set(right[fact])
        and set(left[fact]) != set(right[fact])
        and len({*left[fact], *right[fact]}) > 2
        for fact in left.keys() & right.keys()
    )


def _one_counts(row: Aligned) -> bool:
    """Whether the words of one side set a number and those of the other none."""
    counts = [
        any(
            bound != 1 and not is_reading(rule, asked(rule))
            for rule in rules
            for bound in bounds_of(asked(rule))
        )
        for rules in (row.a, row.b)
    ]
    return counts[0] != counts[1]


def relation_of(left: Sequence[Rule], right: Sequence[Rule], tightens: bool, loosens: bool) -> str:
    if not left or not right:
        return "only_a" if left else "only_b"
    if tightens and loosens:
        return "different"
    return "b_stricter" if tightens else "b_looser" if loosens else "same"


def rests_on_judgement(rule: Rule) -> bool:
    return any(isinstance(node, Attested) for node in walk(rule.condition))


__all__ = ["NATURE", "Judged", "judge", "nature_of_row", "relation_of", "rests_on_judgement"]
