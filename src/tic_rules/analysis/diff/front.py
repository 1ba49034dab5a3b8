"""What stands in front of a comparison: short names, what matters most, the numbers of every document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from tic_rules.analysis.diff.demands import counts
from tic_rules.analysis.diff.quoted import bounds_of, holds_numbers
from tic_rules.analysis.diff.sentences import figures_of, joined, times_of
from tic_rules.analysis.diff.topics import Diff, Topic
from tic_rules.core.errors import Text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet

MOST = 5


def short_name(ruleset: RuleSet) -> Text:
    """A document in a few characters: 江苏2020, Jiangsu 2020."""
    label = ruleset.vocabulary.words.get("jurisdictions", {}).get(ruleset.jurisdiction)
    day = ruleset.document.issued or ruleset.document.in_force.from_
    if label is None or day is None:
        return Text(ruleset.id, ruleset.id)
    zh = label.zh.removesuffix("省").removesuffix("市")
    return Text(f"{zh}{day.year}", f"{label.en[:1].upper()}{label.en[1:]} {day.year}")


def short_names(rulesets: Sequence[RuleSet]) -> list[Text]:
    """The documents in a few characters each; what would be called the same is numbered."""
    names = [short_name(ruleset) for ruleset in rulesets]
    return [
        name if names.count(name) == 1 else Text(f"{name.zh}（{n}）", f"{name.en} ({n})")
        for n, name in enumerate(names, 1)
    ]


def foremost(compared: Diff) -> list[Topic]:
    """The differences that matter most. In this order: what counts in a verdict before what does not; duties
    of the centre before those of others; numbers, by their ratio; what one side alone asks."""
    rows = [topic for topic in compared.topics if topic.relation != "same"]
    return sorted(rows, key=_weight)[:MOST]


def _weight(topic: Topic) -> tuple[bool, bool, bool, float, bool, bool]:
    rules = (*topic.a, *topic.b)
    counted = any(map(counts, rules))
    centre = any(rule.bearer in ("centre", "host") for rule in rules)
    alone = topic.relation in ("only_a", "only_b")
    numbers = any(map(_says_numbers, rules))
    return not counted, not centre, not numbers, -_ratio(topic), not alone, not topic.binding


def _says_numbers(rule: Rule) -> bool:
    """Whether a rule sets a number other than one, and all that it sets are in its quote."""
    others = [bound for bound in bounds_of(rule.condition) if bound != 1]
    return bool(others) and holds_numbers(rule, rule.condition)


def _ratio(topic: Topic) -> float:
    """How far the numbers of both sides lie apart; a number that faces none is as far as ten times."""
    left, right = (
        {
            node.fact: Fraction(max(bounds))
            for rule in filter(_says_numbers, rules)
            for node in c.walk(rule.condition)
            if isinstance(node, c.Compare) and (bounds := bounds_of(node))
        }
        for rules in (topic.a, topic.b)
    )
    ratios = [
        max(left[fact] / right[fact], right[fact] / left[fact])
        for fact in left.keys() & right.keys()
        if left[fact] and right[fact]
    ]
    if left.keys() ^ right.keys():
        ratios.append(Fraction(10))
    return float(max(ratios, default=Fraction(0)))


class Figure(NamedTuple):
    """One line of the table of numbers: what is counted, and what each document says of it, if anything."""

    fact: str
    label: Text
    said: tuple[Text | None, ...]


def numbers_of(rulesets: Sequence[RuleSet]) -> list[Figure]:
    """Every number that a rule of a document sets, in what it asks or in its time: one line a fact, one
    column a document. “At least one” has no line of its own, and stands beside the numbers of others."""
    facts = dict.fromkeys(
        fact
        for ruleset in rulesets
        for fact in (*figures_of(ruleset, ruleset.rules), *times_of(ruleset, ruleset.rules))
    )
    columns = [
        (figures_of(ruleset, ruleset.rules, ones=True), times_of(ruleset, ruleset.rules))
        for ruleset in rulesets
    ]
    if not facts:
        return [Figure("", Text("没有数字", "no numbers"), (None,) * len(rulesets))]
    figures = []
    for fact in facts:
        label = _label(rulesets, fact)
        said = [[_short(text, label) for part in parts for text in part.get(fact, ())] for parts in columns]
        figures.append(Figure(fact, label, tuple(joined(texts, None) if texts else None for texts in said)))
    return figures


def _short(text: Text, label: Text) -> Text:
    """What is asked, without the name of what is counted: that stands at the head of the line."""
    if text.zh.startswith(f"{label.zh}的"):
        return text
    return Text(
        text.zh.removeprefix(label.zh).removeprefix("中，"),
        text.en.removeprefix(f"of {label.en}").removeprefix(label.en).lstrip(":, ") or text.en,
    )


def _label(rulesets: Iterable[RuleSet], fact: str) -> Text:
    names = fact.split(",")
    for ruleset in rulesets:
        if all(name in ruleset.facts for name in names):
            return Text.listed(ruleset.facts[name].label.text for name in names)
        if fact in ruleset.vocabulary.topics:
            return ruleset.vocabulary.topics[fact].text
    return Text(fact, fact)
