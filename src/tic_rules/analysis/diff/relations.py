"""How two sides of a row stand to each other: the relation, and its nature where neither is stricter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tic_rules.analysis.diff.alignment import subjects
from tic_rules.analysis.diff.correspondence import Aligned
from tic_rules.analysis.diff.demands import (
    ANY,
    BINDING_LEVELS,
    asked,
    facts_asked,
    guarantors,
    parts_of,
    same_role,
)
from tic_rules.analysis.diff.order import clock_of, reader_of
from tic_rules.analysis.diff.quoted import bounds_of, holds_numbers, holds_time, says_number, shared, unsaid
from tic_rules.analysis.diff.sentences import lists_of
from tic_rules.core.errors import Text
from tic_rules.model.conditions import Every, Largest, Some, walk
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.parts import BINDING

if TYPE_CHECKING:
    from tic_rules.analysis.diff.topics import Pair

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


class RowJudgement(NamedTuple):
    """What is said of a row."""

    relation: str
    nature: str | None
    tightens: bool
    loosens: bool
    judged: bool
    comparable: bool


def judge(a: RuleSet, b: RuleSet, row: Aligned, pairs: Sequence[Pair], editions: bool) -> RowJudgement:
    """The relation of a row, from the words where an alignment has them, else from who guarantees whom."""
    left, right = row.a, row.b
    binding = binds((*left, *right))
    by_people = bool(left and right) and any(
        rule.attested for rule in (*left, *right) if not binding or rule.modality in BINDING
    )
    if row.words is not None and left and right:
        tightens, loosens = row.words == "b_stricter", row.words == "b_looser"
        return RowJudgement(row.words, None, tightens, loosens, by_people, False)
    if row.nature is not None and left and right:
        return RowJudgement("different", row.nature, True, True, by_people, False)
    mirrored = row._replace(a=right, b=left)
    quoted, as_data = (
        (
            _asks_more(a, b, row, binding, editions, words),
            _asks_more(b, a, mirrored, binding, editions, words),
        )
        for words in (not editions, False)
    )
    tightens, loosens = quoted
    relation = relation_of(left, right, tightens, loosens)
    comparable = editions or _comparable(a, left, b, right)
    one_way = relation in ("b_stricter", "b_looser")
    if one_way and (not comparable or (not editions and _wish_aside(a, b, row, relation))):
        relation, tightens, loosens = "different", True, True
    nature = nature_of_row(a, b, row, pairs, editions) if relation == "different" else None
    provable = comparable and quoted == as_data and (editions or not _reads_or_calls(a, b, row))
    return RowJudgement(relation, nature, tightens, loosens, by_people, provable)


def binds(rules: Sequence[Rule]) -> bool:
    """Whether one of some rules counts as must or in principle."""
    return any(rule.modality in BINDING for rule in rules)


def _asks_more(a: RuleSet, b: RuleSet, row: Aligned, binding: bool, editions: bool, quoted: bool) -> bool:
    """Whether the right side asks, as must or in principle, what the left one does not guarantee."""
    facts = frozenset(name for rule in row.a for name in subjects(a, rule, whole=False))
    for level in BINDING_LEVELS if binding else (ANY,):
        for rule in row.b:
            about = facts if rule.id in row.bundles and facts and quoted else None
            if rule.modality in level and (
                guarantors((a, row.a), b, rule, level, editions, quoted=quoted, about=about) is None
            ):
                return True
    return False


def _comparable(a: RuleSet, left: Sequence[Rule], b: RuleSet, right: Sequence[Rule]) -> bool:
    """Whether rules of both sides bind the same and ask about the same data, as firmly or less."""
    binding = binds(left) and binds(right)
    return any(
        same_role(a, x, b, y) and set(subjects(a, x)) & set(subjects(b, y))
        for x in left
        for y in right
        if not binding or (binds((x,)) and binds((y,)))
    )


def _wish_aside(a: RuleSet, b: RuleSet, row: Aligned, relation: str) -> bool:
    """Whether the side that asks less only wishes for certain entries of a list (优先), and the stricter one
    does not ask for those: a must is no stronger form of another wish."""
    stricter, wishes = (row.b, row.a) if relation == "b_stricter" else (row.a, row.b)
    if binds(wishes):
        return False
    reader = reader_of(a.vocabulary, b.vocabulary)
    asked_for, wished = (
        [part for rule in rules for part in parts_of(asked(rule)) if isinstance(part, (Some, Every))]
        for rules in (stricter, wishes)
    )
    aside = [wish for wish in wished if not any(reader.at_least(part, wish) for part in asked_for)]
    return bool(asked_for and aside)


def _reads_or_calls(a: RuleSet, b: RuleSet, row: Aligned) -> bool:
    """Whether the time or a number of a rule is our reading, or both sides ask about data that the two
    documents read, or call, otherwise."""
    for rule in (*row.a, *row.b):
        if not holds_time(rule) or unsaid(rule) or not holds_numbers(rule, asked(rule)):
            return True
    left, right = ({name for rule in rules for name in facts_asked(rule)} for rules in (row.a, row.b))
    return not reader_of(a.vocabulary, b.vocabulary).otherwise.isdisjoint(left & right)


def nature_of_row(a: RuleSet, b: RuleSet, row: Aligned, pairs: Sequence[Pair], editions: bool) -> str:
    """How two sides differ, by what weighs most: who, which words, how much, when, how firmly, what."""
    if _other_bearers(a, b, row, pairs):
        return "bearers"
    if all(rule.kind == "consequence" for rule in (*row.a, *row.b)):
        return "content"
    whats = {change.what for pair in pairs for change in pair.changes if change.effect != "none"}
    left, right = lists_of(row.a), lists_of(row.b)
    both = [(set(left[fact]), set(right[fact])) for fact in left.keys() & right.keys()]
    if "list" in whats or any(x & y and x != y and len(x | y) > 2 for x, y in both):
        return "lists_overlap"
    if "threshold" in whats or _one_counts(row):
        return "numbers"
    if any(_other_time(pair, editions) for pair in pairs):
        return "time"
    if binds(row.a) != binds(row.b):
        return "modality"
    if shared(row.a, row.b) is not None:
        return "lists_overlap"
    if whats == {"modality"}:
        return "modality"
    return "judged" if all(rule.attested for rule in (*row.a, *row.b)) else "content"


def _other_bearers(a: RuleSet, b: RuleSet, row: Aligned, pairs: Sequence[Pair]) -> bool:
    """Whether nobody is bound by both sides: by no two rules that ask about the same data, where some do,
    else by no two rules; or each names another as the one who pays most."""
    beside = [(p.a, p.b) for p in pairs if p.a and p.b and set(subjects(a, p.a)) & set(subjects(b, p.b))]
    beside = beside or [(x, y) for x in row.a for y in row.b]
    if not any(same_role(a, x, b, y) for x, y in beside):
        return True
    nodes_a, nodes_b = ([node for rule in rules for node in walk(asked(rule))] for rules in (row.a, row.b))
    payers_a, payers_b = (
        {(node.fact, node.largest) for node in nodes if isinstance(node, Largest)}
        for nodes in (nodes_a, nodes_b)
    )
    return bool(payers_a and payers_b and not payers_a & payers_b)


def _other_time(pair: Pair, editions: bool) -> bool:
    """Whether the times of two rules differ so that neither lies within the other; where these are no
    editions of one document, also that both have a time and the words of one say when."""
    if not any(c.what in ("deadline", "window") and c.effect == "incomparable" for c in pair.changes):
        return False
    rules = [rule for rule in (pair.a, pair.b) if rule is not None]
    timed = all(clock_of(rule) != ("standing",) for rule in rules)
    return editions or (timed and any(map(holds_time, rules)))


def _one_counts(row: Aligned) -> bool:
    """Whether the words of one side set a number and those of the other none."""

    def counts(rule: Rule) -> bool:
        return any(bound != 1 for bound in bounds_of(asked(rule))) and says_number(rule, asked(rule))

    return any(map(counts, row.a)) != any(map(counts, row.b))


def relation_of(left: Sequence[Rule], right: Sequence[Rule], tightens: bool, loosens: bool) -> str:
    if not left or not right:
        return "only_a" if left else "only_b"
    if tightens and loosens:
        return "different"
    return "b_stricter" if tightens else "b_looser" if loosens else "same"
