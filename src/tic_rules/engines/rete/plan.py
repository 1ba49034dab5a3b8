"""The core form of a rule set as numbered nodes: what the network's rules and the facts asserted for them
are both made from.

A node is asked at a key (one scenario of one rule, one entry of a list) and its value is concluded by the
network. The nodes of a rule are numbered within the rule; the requirement is always node 1, what fails at
once 2, what makes it apply 3, and the judgement on the rule as a whole 4."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tic_rules.engines.lowering import Logic, LoweredRule, lowered, may_review
from tic_rules.engines.lowering import form as f
from tic_rules.model.ruleset import RuleSet

REQUIRE, BROKEN, APPLIES, WHOLE = 1, 2, 3, 4

OTHER, FIRST_WORD = 1, 2
"""Codes of words: 0 is nothing known, 1 a word that no clause names."""


class NumberedNode(NamedTuple):
    """A piece of logic with its number, and the pieces within: of a fold, what it asks of an entry."""

    number: int
    logic: Logic
    parts: tuple[NumberedNode, ...] = ()


class RulePlan(NamedTuple):
    rule: LoweredRule
    roots: dict[int, NumberedNode]

    @property
    def number(self) -> int:
        return self.rule.place

    def nodes(self) -> Iterator[NumberedNode]:
        for root in self.roots.values():
            yield from _walk(root)


class NumberedRules(NamedTuple):
    """A rule set, numbered: its rules in their order, and the code of every word that a clause names."""

    rules: tuple[RulePlan, ...]
    words: dict[tuple[str, object], int]
    numbers: dict[str, int]

    def code(self, word: object) -> int:
        return 0 if word is None else self.words.get((type(word).__name__, word), OTHER)


def plan_of(ruleset: RuleSet) -> NumberedRules:
    """Number the rules, logic and words of a rule set."""
    rules = tuple(_numbered(rule) for rule in lowered(ruleset).rules)
    words: dict[tuple[str, object], int] = {}
    for planned in rules:
        for node in planned.nodes():
            for word in node.logic.words if isinstance(node.logic, f.Member) else ():
                words.setdefault((type(word).__name__, word), len(words) + FIRST_WORD)
    return NumberedRules(rules, words, {planned.rule.id: planned.number for planned in rules})


def _numbered(rule: LoweredRule) -> RulePlan:
    counted = iter(range(WHOLE + 1, 10**6))

    def node(logic: Logic, number: int) -> NumberedNode:
        within = (logic.body,) if isinstance(logic, f.Fold) else f.parts_of(logic)
        return NumberedNode(number, logic, tuple(node(part, next(counted)) for part in within))

    whole = rule.whole if rule.applies is not None and may_review(rule.applies) else None
    asked = {REQUIRE: rule.require, BROKEN: rule.broken, APPLIES: rule.applies, WHOLE: whole}
    return RulePlan(rule, {number: node(one, number) for number, one in asked.items() if one is not None})


def _walk(node: NumberedNode) -> Iterator[NumberedNode]:
    yield node
    for part in node.parts:
        yield from _walk(part)
