"""Which rule of one set stands beside which of the other: as an alignment says, by topic, by the facts that
they read.

Between editions of one document also by id, clause and quote, so that a clause that was renumbered is
followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from tic_rules.analysis.diff.bundles import by_item, held
from tic_rules.analysis.diff.correspondence import Entry
from tic_rules.analysis.diff.order import clock_of
from tic_rules.core.errors import Text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import BEARER
from tic_rules.results.parts import BINDING


class Matched(NamedTuple):
    """A rule of each side, or of one side only."""

    a: Rule | None
    b: Rule | None


class Aligned(NamedTuple):
    """What becomes one row: the rules of both sides that speak to the same thing."""

    topics: tuple[str, ...]
    a: tuple[Rule, ...]
    b: tuple[Rule, ...]
    item: str | None = None
    """The item of a bundle that the row is about."""
    words: str | None = None
    """The adjudicated relation of the words."""
    nature: str | None = None
    """How the words differ, where that was adjudicated."""
    reason: Text | None = None
    """Why the rules correspond, where an alignment says so and its rules are as they were."""
    entry: bool = False
    """Whether an alignment puts the rules beside each other."""
    items: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Of the bundles of each side: the items that the row is about."""
    bundles: frozenset[str] = frozenset()
    """The rules of the row that stand in other rows too: each row looks at the parts that it is about."""


class Nearest(NamedTuple):
    """The rules of the other side that come nearest to rules that stand alone, and why they do not answer
    them.
    """

    rules: tuple[Rule, ...]
    why_not: Text
    adjudicated: bool


def aligned(a: RuleSet, b: RuleSet, editions: bool, entries: Sequence[Entry] = ()) -> list[Aligned]:
    """Every rule of both sides in at least one row: by entry, then by topic; editions by id and text."""
    rows = [
        Aligned(e.topics, e.a, e.b, e.item, e.words, e.nature, e.reason, True, _items_of(e))
        for e in entries
        if e.corresponds
    ]
    placed = {
        side: {(topic, rule.id) for row in rows for topic in row.topics for rule in getattr(row, side)}
        for side in "ab"
    }
    answered = {side: {name for _, name in placed[side]} for side in "ab"}
    covered = {topic for row in rows for topic in row.topics}
    homes = _homes(a, b) if editions else {}
    for topic in dict.fromkeys(rule.topic for rule in (*a.rules, *b.rules)):
        left, right = (
            tuple(
                rule
                for rule in ruleset.rules
                if (homes.get(rule.id, rule.topic) if side == "a" else rule.topic) == topic
                and (topic, rule.id) not in placed[side]
                and not (topic in covered and rule.id in answered[side])
            )
            for side, ruleset in (("a", a), ("b", b))
        )
        if left and right:  # a bundle is answered part by part, where an alignment does that
            left, right = (
                tuple(rule for rule in rules if not _answered(rows, side, rule))
                for side, rules in (("a", left), ("b", right))
            )
        if left or right:
            row = Aligned((topic,), left, right)
            rows += [row] if editions else by_item(row, a, b)
    rows = [row._replace(bundles=_bundles(rows, row)) for row in rows]
    order = list(dict.fromkeys([*a.vocabulary.topics, *b.vocabulary.topics]))
    return sorted(rows, key=lambda row: (order.index(row.topics[0]), *_place(row.item)))


def _place(item: str | None) -> tuple[int, str]:
    """Where the row of an item stands: by its number, or by its name."""
    return (int(item) if item is not None and item.isdigit() and item.isascii() else 0, item or "")


def _items_of(entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The item of an entry on the side that has it."""
    a, b = (
        tuple(item.id for rule in rules for item in rule.items if item.id == entry.item)
        for rules in (entry.a, entry.b)
    )
    return a, b


def _answered(rows: Sequence[Aligned], side: str, rule: Rule) -> bool:
    several = sum(row.entry and rule in getattr(row, side) for row in rows) > 1
    return several and isinstance(rule.condition, c.All)


def _bundles(rows: Sequence[Aligned], row: Aligned) -> frozenset[str]:
    """The rules of a row that ask several things and stand in other rows too."""
    return frozenset(
        rule.id
        for side in "ab"
        for rule in getattr(row, side)
        if isinstance(rule.condition, c.All) and sum(rule in getattr(other, side) for other in rows) > 1
    )


def _homes(a: RuleSet, b: RuleSet) -> dict[str, str]:
    """Editions: under which topic of B each rule of A stands that is followed there."""
    return {name: rule.topic for name, rule in _by_name_and_text(a.rules, b.rules).items()}


def matched(a: RuleSet, b: RuleSet, row: Aligned, editions: bool) -> list[Matched]:
    """The rules of a row in pairs, every rule once, what only one side has alone."""
    pairs: dict[str, Rule] = {}
    left, right = list(row.a), list(row.b)
    if editions:
        pairs.update(_by_name_and_text(left, right))
        left = [rule for rule in left if rule.id not in pairs]
        taken = {rule.id for rule in pairs.values()}
        right = [rule for rule in right if rule.id not in taken]
    pairs.update(_by_content(a, b, left, right))
    taken = {rule.id for rule in pairs.values()}
    paired = [Matched(rule, pairs.get(rule.id)) for rule in row.a]
    return paired + [Matched(None, rule) for rule in row.b if rule.id not in taken]


def nearest_to(
    row: Aligned, entries: Sequence[Entry], ruleset: RuleSet, other: RuleSet, side: str
) -> Nearest | None:
    """The nearest counterpart of rules that stand alone: as adjudicated, or the likest rule of the whole
    other side.
    """
    rules = row.a if side == "a" else row.b
    for entry in entries:
        if not entry.corresponds and entry.reason is not None and set(entry.topics) & set(row.topics):
            here, there = (entry.a, entry.b) if side == "a" else (entry.b, entry.a)
            if {rule.id for rule in here} & {rule.id for rule in rules}:
                return Nearest(there, entry.reason, True)
    score, mine, best = max(
        (
            (likeness(ruleset, rule, other, theirs), rule, theirs)
            for rule in rules
            for theirs in other.rules
            if set(subjects(ruleset, rule)) & set(subjects(other, theirs))
        ),
        key=lambda each: each[0],
        default=(0.0, None, None),
    )
    if mine is None or best is None or score < 2:
        if entries:  # who read the two documents and named nobody was not reminded of anybody by a word
            return None
        return _nearest_in_words(rules, row.items[0 if side == "a" else 1], other)
    topics = {**ruleset.vocabulary.topics, **other.vocabulary.topics}
    one, two = topics[mine.topic].text, topics[best.topic].text
    why = Text(
        f"读取相同的数据，但属于“{two.zh}”，不属于“{one.zh}”",
        f"reads the same data, but is about {two.en}, not about {one.en}",
    )
    if mine.bearer != best.bearer:
        why = Text(
            f"读取相同的数据，但由{BEARER[best.bearer].zh}承担，不由{BEARER[mine.bearer].zh}承担",
            f"reads the same data, but is borne by {BEARER[best.bearer].en}, not by {BEARER[mine.bearer].en}",
        )
    return Nearest((best,), why, False)


def _nearest_in_words(rules: Sequence[Rule], items: Sequence[str], other: RuleSet) -> Nearest | None:
    """Of rules that read no data, or of items: the rule of the other side that shares most words."""
    words = [item.title.zh for rule in rules for item in rule.items if item.id in items]
    words = words or [rule.title.zh for rule in rules]
    part, best = max(
        ((held(one, rule), rule) for one in words for rule in other.rules),
        key=lambda each: each[0],
        default=(0.0, None),
    )
    if best is None or part < _NEAR:
        return None
    why = Text("字面最接近，但只有部分词语相同", "the nearest in words, only some of which are the same")
    return Nearest((best,), why, False)


_NEAR = 0.4
"""The part of its words that a rule has to share with the nearest one."""


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
    """How much two rules of one topic speak of the same: facts above all, then judgement, time, kind, bearer,
    id.
    """
    first, second = (set(subjects(ruleset, rule)) for ruleset, rule in ((a, x), (b, y)))
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
        + (0.3 if (x.modality in BINDING) == (y.modality in BINDING) else 0)
    )


def subjects(ruleset: RuleSet, rule: Rule, *, whole: bool = True) -> Iterator[Any]:
    """The facts that a rule reads, a list as a whole by its name: a count of hosts and a look at the hosts
    speak of one thing.
    """
    for name in c.facts_of(rule.condition):
        fact = ruleset.facts[name]
        yield (fact.list_name or name) if whole else name


__all__ = ["Aligned", "Matched", "Nearest", "aligned", "likeness", "matched", "nearest_to", "subjects"]
