"""What stands in front of a comparison: short names, the differences that matter most, the numbers of every
document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from tic_rules.analysis.diff.demands import counts
from tic_rules.analysis.diff.quoted import bounds_of, holds_numbers
from tic_rules.analysis.diff.sentences import figures_of, joined
from tic_rules.analysis.diff.topics import Diff, Topic
from tic_rules.core.errors import Text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import fact_label

MOST = 5


def short_name(ruleset: RuleSet) -> Text:
    """A document in a few characters: 江苏2020, Jiangsu 2020."""
    words = ruleset.vocabulary.words.get("jurisdictions", {})
    label = words.get(ruleset.jurisdiction)
    document = ruleset.document
    day = document.issued or document.in_force.from_
    year = day.year if day else None
    if label is None or year is None:
        return Text(ruleset.id, ruleset.id)
    zh = label.zh.removesuffix("省").removesuffix("市")
    return Text(f"{zh}{year}", f"{label.en[:1].upper()}{label.en[1:]} {year}")


def short_names(rulesets: Sequence[RuleSet]) -> list[Text]:
    """The documents in a few characters each; editions that would be called the same are told apart by their
    version.
    """
    names = [short_name(ruleset) for ruleset in rulesets]
    return [
        name if names.count(name) == 1 else Text(f"{name.zh}（{n}）", f"{name.en} ({n})")
        for n, name in enumerate(names, 1)
    ]


def foremost(compared: Diff) -> list[Topic]:
    """The differences that matter most. In this order: what counts in a verdict before what does not; what
    one side
    asks and nobody owes on the other, and numbers by their ratio; duties of the centre before those of
    others.
    """
    rows = [topic for topic in compared.topics if topic.relation != "same"]
    return sorted(rows, key=_weight)[:MOST]


def _weight(topic: Topic) -> tuple[Any, ...]:
    rules = (*topic.a, *topic.b)
    counted = any(map(counts, rules))
    centre = any(rule.bearer in ("centre", "host") for rule in rules)
    ratio = _ratio(topic)
    alone = topic.relation in ("only_a", "only_b")
    numbers = any(_said_numbers(rule) for rule in rules)
    return (not counted, not centre, not numbers, -ratio, not alone, not topic.binding)


def _said_numbers(rule: Rule) -> list[Any]:
    bounds = [bound for bound in bounds_of(rule.condition) if bound != 1]
    return bounds if holds_numbers(rule, rule.condition) else []


def _ratio(topic: Topic) -> float:
    """How far the numbers of both sides lie apart; a number that faces none is as far as ten times."""
    largest = []
    for rules in (topic.a, topic.b):
        by_fact: dict[str, Fraction] = {}
        for rule in rules:
            if not _said_numbers(rule):
                continue
            for node in c.walk(rule.condition):
                if isinstance(node, c.Compare) and (bounds := bounds_of(node)):
                    by_fact[node.fact] = max(Fraction(bound) for bound in bounds)
        largest.append(by_fact)
    left, right = largest
    ratios = [
        max(left[fact] / right[fact], right[fact] / left[fact])
        for fact in left.keys() & right.keys()
        if left[fact] and right[fact]
    ]
    if left.keys() ^ right.keys():
        ratios.append(Fraction(10))
    return float(max(ratios, default=Fraction(0)))


class Figure(NamedTuple):
    """One line of the table of numbers: what is counted, and what each document says of it, None where
    nothing.
    """

    fact: str
    label: Text
    said: tuple[Text | None, ...]


def numbers_of(rulesets: Sequence[RuleSet]) -> list[Figure]:
    """Every number of every document: one line a fact, one column a document."""
    columns = [figures_of(ruleset, ruleset.rules) for ruleset in rulesets]
    facts = dict.fromkeys(fact for column in columns for fact in column)
    labels = {fact: _label(rulesets, fact) for fact in facts}
    return [
        Figure(
            fact,
            label,
            tuple(
                joined(_short(text, label) for text in column[fact]) if fact in column else None
                for column in columns
            ),
        )
        for fact, label in labels.items()
    ]


def _short(text: Text, label: Text) -> Text:
    """What is asked, without the name of what is counted: that stands at the head of the line."""
    return Text(
        text.zh.removeprefix(label.zh).removeprefix("中，"),
        text.en.removeprefix(label.en).lstrip(":, ") or text.en,
    )


def _label(rulesets: Iterable[RuleSet], fact: str) -> Text:
    for ruleset in rulesets:
        if all(name in ruleset.facts for name in fact.split(",")):
            labels = [
                [fact_label(ruleset.facts[name], lang) for name in fact.split(",")] for lang in ("zh", "en")
            ]
            return Text("、".join(labels[0]), ", ".join(labels[1]))
    return Text(fact, fact)


__all__ = ["MOST", "Figure", "foremost", "numbers_of", "short_name", "short_names"]
