"""A rule set as numbered nodes: what the network's rules and the facts asserted for them are both made from.

A node is asked at a key (one scenario of one rule, one entry of a list) and its value is concluded by the network. The nodes of
a rule are numbered within the rule; the requirement is always node 1, what fails at once 2, what makes it apply 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet

REQUIRE, BROKEN, APPLIES = 1, 2, 3

OTHER, FIRST_WORD = 1, 2
"""Codes of words: 0 is nothing known, 1 a word that no clause names."""


class Node(NamedTuple):
    """One question of a rule: its number, what kind of question, the condition that it comes from, the questions within."""

    number: int
    kind: str
    source: Any
    parts: tuple[Node, ...] = ()


class RulePlan(NamedTuple):
    number: int
    rule: Rule
    roots: dict[int, Node]

    def nodes(self) -> Iterator[Node]:
        for root in self.roots.values():
            yield from _walk(root)


class Plan(NamedTuple):
    """A rule set, numbered: its rules, and the code of every word that a clause names."""

    rules: tuple[RulePlan, ...]
    words: dict[Any, int]
    numbers: dict[str, int]

    def code(self, word: Any) -> int:
        return 0 if word is None else self.words.get(word_key(word), OTHER)


def word_key(word: Any) -> Any:
    """True and 1 are different words; so are true and "true"."""
    return (
        (type(word).__name__, word)
        if isinstance(word, bool)
        else ("word", str(word))
        if isinstance(word, str)
        else None
    )


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts:
        yield from _walk(part)


def plan_of(ruleset: RuleSet) -> Plan:
    """Number the rules, conditions and words of a rule set."""
    numbers = {rule.id: index for index, rule in enumerate(ruleset.rules)}
    rules = tuple(_Numbering().rule(numbers[rule.id], rule) for rule in ruleset.rules)
    words: dict[Any, int] = {}
    for planned in rules:
        for node in planned.nodes():
            for word in words_named(node):
                if word is None:
                    continue
                words.setdefault(word_key(word), len(words) + FIRST_WORD)
    return Plan(rules, words, numbers)


def words_named(node: Node) -> tuple[Any, ...]:
    """The words that a question compares with, in the order of the clause."""
    match node.source:
        case c.Is():
            return (node.source.is_,)
        case c.Among():
            return node.source.among
        case c.AnyAmong():
            return node.source.any_among
        case c.Test():
            return tuple(
                word for word in (node.source.one_of or node.source.other_than or ()) if word is not None
            )
        case c.Reads():
            return tuple(
                "".join(text.split()) if node.source.ignoring_space else text for text in node.source.reads
            )
    return ()


_KINDS: dict[type[Any], str] = {
    c.All: "all", c.Either: "any", c.Not: "not", c.Review: "review",
    c.Is: "word", c.Among: "word", c.AnyAmong: "word", c.Given: "word", c.Contains: "has", c.Attested: "judged", c.Largest: "against",
    c.Share: "against", c.Done: "done", c.Reads: "reads", c.NotAfter: "not_after", c.Follows: "follows",
}  # fmt: skip


class _Numbering:
    """Gives the nodes of one rule their numbers."""

    def __init__(self) -> None:
        self.last = APPLIES

    def rule(self, number: int, rule: Rule) -> RulePlan:
        roots = {REQUIRE: self.root(REQUIRE, rule.condition, rule.kind == "consequence")}
        if rule.fails_at_once is not None:
            roots[BROKEN] = self.root(BROKEN, rule.fails_at_once)
        if rule.applies is not None:
            roots[APPLIES] = self.root(APPLIES, rule.applies)
        return RulePlan(number, rule, roots)

    def root(self, number: int, condition: Any, negated: bool = False) -> Node:
        """A consequence passes where what it waits for has not come."""
        if negated:
            return Node(number, "not", None, (self.node(condition),))
        return self.node(condition, number)

    def next(self) -> int:
        self.last += 1
        return self.last

    def node(self, condition: Any, number: int | None = None) -> Node:
        own = self.next() if number is None else number
        return Node(own, *self.kind(condition))

    def kind(self, condition: Any) -> tuple[str, Any, tuple[Node, ...]]:
        match condition:
            case c.All() | c.Either() | c.Not() | c.Review():
                return (
                    _KINDS[type(condition)],
                    condition,
                    tuple(self.node(part) for part in c.children(condition)),
                )
            case c.Same():
                return (
                    "same",
                    condition,
                    (*(self.node(part) for part in condition.same), Node(self.next(), "equal", None)),
                )
            case c.Compare():
                return ("against" if isinstance(condition.limit, c.Times) else "compare"), condition, ()
            case c.Some():
                return "some", condition, (self.where(condition.some),)
            case c.Every():
                return "every", condition, (self.where(condition.every),)
            case c.EachOf():
                return "each_of", condition, (self.where(condition.has),)
            case c.NoneOf():
                return "none_of", condition, (self.entry_verdict(condition),)
            case c.Running():
                year = Node(self.next(), "year", condition, (self.where(condition.where),))
                return "running", condition, (Node(self.next(), "run", condition, (year,)),)
        return _KINDS[type(condition)], condition, ()

    def where(self, where: c.Where, number: int | None = None) -> Node:
        """What an entry must be: every test, and one of the alternatives."""
        own = self.next() if number is None else number
        tests = [Node(self.next(), "word", test) for test in where.each.values()]
        if where.any:
            tests.append(Node(self.next(), "any", None, tuple(self.where(inner) for inner in where.any)))
        return Node(own, "all" if tests else "there", where, tuple(tests))

    def entry_verdict(self, condition: c.NoneOf) -> Node:
        """One entry of a prohibition: forbidden, permitted, or for a person to judge."""
        own = self.next()
        forbidden = self.where(condition.none_of)
        if not condition.open:
            return Node(own, "not", None, (forbidden,))
        if condition.permitted is None:
            return Node(own, "not_or_review", None, (forbidden,))
        return Node(own, "unless_permitted", None, (forbidden, self.where(condition.permitted)))
