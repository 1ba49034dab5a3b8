"""Which rule of one set stands beside which of the other: as an alignment says, by topic, by what they read.

Between editions of one document also by id, clause and quote, so that a renumbered clause is followed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from tic_rules.analysis.diff.correspondence import Aligned
from tic_rules.analysis.diff.demands import facts_asked
from tic_rules.analysis.diff.order import clock_of
from tic_rules.core.errors import Text
from tic_rules.model import conditions as c
from tic_rules.model.rulefile import Item
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import BEARER
from tic_rules.results.parts import BINDING


class Nearest(NamedTuple):
    """The rules of the other side that come nearest to rules that stand alone, and why they are no answer."""

    rules: tuple[Rule, ...]
    why_not: Text
    adjudicated: bool


def aligned(a: RuleSet, b: RuleSet, editions: bool, entries: Sequence[Aligned] = ()) -> list[Aligned]:
    """Every rule of both sides in at least one row: by entry, then by topic; editions by id and text."""
    entered = [entry for entry in entries if entry.corresponds]
    rows = list(entered)
    placed = {
        side: {(topic, rule.id) for row in rows for topic in row.topics for rule in getattr(row, side)}
        for side in "ab"
    }
    answered = {side: {name for _, name in placed[side]} for side in "ab"}
    covered = {topic for row in rows for topic in row.topics}
    followed = _by_name_and_text(a.rules, b.rules) if editions else {}
    for topic in dict.fromkeys(rule.topic for rule in (*a.rules, *b.rules)):
        left, right = (
            tuple(
                rule
                for rule in ruleset.rules
                if (followed.get(rule.id, rule) if side == "a" else rule).topic == topic
                and (topic, rule.id) not in placed[side]
                and not (topic in covered and rule.id in answered[side])
            )
            for side, ruleset in (("a", a), ("b", b))
        )
        if left and right:  # a bundle is answered part by part, where an alignment does that
            left, right = (
                tuple(rule for rule in rules if not _in_several(entered, side, rule))
                for side, rules in (("a", left), ("b", right))
            )
        if left or right:
            row = Aligned((topic,), left, right)
            rows += [row] if editions else _item_by_item(row, a, b)
    bundles = (
        [rule.id for side in "ab" for rule in getattr(row, side) if _in_several(rows, side, rule)]
        for row in rows
    )
    rows = [row._replace(bundles=frozenset(ids)) for row, ids in zip(rows, bundles, strict=True)]
    order = list(dict.fromkeys([*a.vocabulary.topics, *b.vocabulary.topics]))

    def place(row: Aligned) -> tuple[int, int, str]:
        """By topic, then by the number or the name of an item."""
        item = row.item or ""
        return order.index(row.topics[0]), int(item) if item.isdigit() and item.isascii() else 0, item

    return sorted(rows, key=place)


def _in_several(rows: Sequence[Aligned], side: str, rule: Rule) -> bool:
    """Whether a rule asks several things and stands in several rows."""
    return isinstance(rule.condition, c.All) and sum(rule in getattr(row, side) for row in rows) > 1


def matched(
    a: RuleSet, b: RuleSet, row: Aligned, editions: bool
) -> Iterator[tuple[Rule | None, Rule | None]]:
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
    yield from ((rule, pairs.get(rule.id)) for rule in row.a)
    yield from ((None, rule) for rule in row.b if rule.id not in taken)


def nearest_to(
    row: Aligned, entries: Sequence[Aligned], ruleset: RuleSet, other: RuleSet, side: str
) -> Nearest | None:
    """The nearest counterpart of rules that stand alone: as adjudicated, or the likest of the other side."""
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
    zh, en = f"属于“{two.zh}”，不属于“{one.zh}”", f"is about {two.en}, not about {one.en}"
    if mine.bearer != best.bearer:
        one, two = BEARER[mine.bearer], BEARER[best.bearer]
        zh, en = f"由{two.zh}承担，不由{one.zh}承担", f"is borne by {two.en}, not by {one.en}"
    why = Text(f"读取相同的数据，但{zh}", f"reads the same data, but {en}")
    return Nearest((best,), why, False)


def _nearest_in_words(rules: Sequence[Rule], items: Sequence[str], other: RuleSet) -> Nearest | None:
    """Of rules that read no data, or of items: the rule of the other side that shares most words."""
    words = [item.title.zh for rule in rules for item in rule.items if item.id in items]
    words = words or [rule.title.zh for rule in rules]
    part, best = max(
        ((_held(one, rule), rule) for one in words for rule in other.rules),
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
        scores = [  # how much of two quotes is the same; a little more where both are under one topic
            SequenceMatcher(None, rule.quote, other.quote, autojunk=False).ratio()
            + 0.1 * (rule.topic == other.topic)
            for other in free
        ]
        if max(scores) >= 0.75:
            pairs[rule.id] = free.pop(scores.index(max(scores)))
    return pairs


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
    """How much two rules of one topic speak of the same: facts above all, then time, kind, bearer, id."""
    first, second = set(subjects(a, x)), set(subjects(b, y))
    common = len(first & second)
    if first and second:
        score = 6 * ((common / len(first | second) + common / min(len(first), len(second))) / 2)
    else:
        score = -1.0 if first or second else 1.5
    score += 1 * (clock_of(x) == clock_of(y)) + 0.5 * (x.kind == y.kind) + 0.5 * (x.bearer == y.bearer)
    return score + 1 * (x.id == y.id) + 0.3 * ((x.modality in BINDING) == (y.modality in BINDING))


def subjects(ruleset: RuleSet, rule: Rule, *, whole: bool = True) -> Iterator[str]:
    """The facts that a rule reads; a list as a whole by its name, as its count speaks of it too."""
    for name in facts_asked(rule):
        fact = ruleset.facts[name]
        yield (fact.list_name or name) if whole else name


# --- bundles, where no alignment says how they are answered ----------------------------------------------

_ENOUGH = 0.5
"""The part of an item's pairs of characters that a rule has to hold more than to answer it."""
_MOST = 3
"""So many rules answer one item at most: the likest."""
_OTHER = re.compile(r"\W|技术|创新|中心|[和与及的等]")
"""What parts words, and the words that every document of the field has everywhere."""


def _item_by_item(row: Aligned, a: RuleSet, b: RuleSet) -> list[Aligned]:
    """A row of one topic in which a rule has items (the main tasks): a row an item, answered by the rules of
    the other side whose words hold most of its own, and one of what is left; as it is where none is."""
    if any(rule.items for rule in row.a):
        return _by_item(row, b)
    if any(rule.items for rule in row.b):
        return [_mirrored(made) for made in _by_item(_mirrored(row), a)]
    return [row]


def _mirrored(row: Aligned) -> Aligned:
    return row._replace(a=row.b, b=row.a, items=row.items[::-1])


def _by_item(row: Aligned, other: RuleSet) -> list[Aligned]:
    """As `_item_by_item`, of a bundle of A."""
    bundle = next(rule for rule in row.a if rule.items)
    rows = []
    for item in bundle.items:
        likest = sorted(
            ((_held(item.title.zh, rule), -n) for n, rule in enumerate(other.rules)), reverse=True
        )
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


def _held(words: str, rule: Rule) -> float:
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
