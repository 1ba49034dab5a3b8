"""The columns that a rule set reads from a table: one a fact and look day. What makes tables and what decides them both ask here.

`headcount@2y__low` is the least that the headcount may be on the day that a rule looks at which is due two years after
approval; `@now`, `@application`, `@term_end`, `@2024` are other look days. Nothing here reads a centre or decides a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from typing import Any, NamedTuple

from tic_rules.core.quantities import Number
from tic_rules.evaluation.scenarios import Needs, needs_of
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet

CENTRE, LIFE, ID, AS_OF, REPORTED_ON, APPROVED, APPROVED_ON, TERM_END = (
    "centre", "life", "id", "as_of", "reported_on", "approved", "approved_on", "term_end",
)  # fmt: skip
DAYS_OF_THE_CLOCK = frozenset({AS_OF, REPORTED_ON, APPROVED_ON, TERM_END})
"""The columns of the clock. `approved` says whether the centre is approved on the as-of day."""

RANGE, MARGIN, WORD, BETWEEN, DAYS, TRUTH, HAS, ANY_WORD, JUDGEMENT = range(9)


class Column(NamedTuple):
    """A reading that a condition needs: its name, how it is read, and which part of the condition it is about."""

    name: str
    plain: str
    """The name without a look day: a value that holds on every day."""
    kind: int
    part: Any = None

    @property
    def low(self) -> str:
        return f"{self.name}__low"

    @property
    def high(self) -> str:
        return f"{self.name}__high"

    def other(self, place: int) -> str:
        """Where a word may be one of several, the second and further ones."""
        return self.name if place == 1 else f"{self.name}__or{place}"


def look_of(rule: Rule) -> str:
    """The name of the day that a rule looks at, and from which day on money and events count for it."""
    if rule.from_ is not None:
        return f"after_{rule.from_}"
    day = str(rule.by) if rule.by is not None else "until_term_end" if rule.until else "now"
    return day if rule.since is None else f"{day}_since_{rule.since}"


def look_of_year(rule: Rule, year: int) -> str:
    """2023, or 2023+1 where what is owed for a year is looked for until the end of the next."""
    return (
        f"{year}+1"
        if rule.yearly is not None and rule.yearly.looked_for_until == "end_of_next_year"
        else str(year)
    )


YEAR = re.compile(r"@(\d{4})(?:\+1)?(?=$|:|__)")
"""The year in the name of a column of a yearly rule."""


def due_of(rule: Rule) -> str:
    """The column of a rule's deadline."""
    return f"due@{rule.by}"


def day_of(look: str) -> str:
    return f"day@{look}"


def counts_of(needs: Needs) -> str:
    """Whether a row counts for the rules that look at these days of the clock. Only tables with open clocks have such columns."""
    return "counts@" + ("+".join(name for name, needed in needs._asdict().items() if needed) or "any")


def behind_of(rule: Rule) -> str:
    return f"behind:{rule.id}"


def exemption_of(rule: Rule) -> str:
    return f"exemption:{rule.id}"


def takes_clock(rule: Rule) -> bool:
    """Whether a requirement means nothing before approval: it has a window or years of its own."""
    return bool(rule.by == "approval" or rule.yearly or rule.from_ or rule.since or rule.until)


def own_rules(ruleset: RuleSet) -> tuple[Rule, ...]:
    """The rules that are decided for one centre."""
    return tuple(rule for rule in ruleset.rules if rule.bearer != "programme")


def groups_of(ruleset: RuleSet) -> dict[Needs, list[Rule]]:
    """The rules by the days of the clock that they look at, the most demanding first."""
    found: dict[Needs, list[Rule]] = {}
    for rule in own_rules(ruleset):
        found.setdefault(needs_of(ruleset, rule), []).append(rule)
    return dict(sorted(found.items(), key=lambda pair: -sum(pair[0])))


def trees_of(rule: Rule) -> Iterator[Any]:
    """What is looked at to decide a rule."""
    yield rule.condition
    if rule.yearly is None:
        yield from (tree for tree in (rule.fails_at_once, rule.applies) if tree is not None)


def leaves_of(rule: Rule) -> Iterator[Any]:
    """The conditions of a rule that read something."""
    for tree in trees_of(rule):
        yield from (node for node in c.walk(tree) if not c.children(node))


def columns_of(ruleset: RuleSet, rule: Rule, node: Any, look: str) -> tuple[Column, ...]:
    """The columns that a condition without parts is decided from; none where the clock or another rule decides it."""

    def column(kind: int, fact: str, suffix: str = "", part: Any = None) -> Column:
        suffix = suffix.replace(".", "·")  # Spark takes what stands behind a dot for a field of a structure
        return Column(f"{fact}@{look}{suffix}", f"{fact}{suffix}", kind, part)

    match node:
        case c.Compare(limit=c.Times()):
            return (column(MARGIN, f"{node.fact}-{Fraction(node.limit.times)}*{node.limit.fact}"),)
        case c.Compare():
            return (column(RANGE, node.fact),)
        case c.Largest():
            groups = ruleset.facts[node.fact].groups or {}
            return tuple(
                column(MARGIN, f"{node.fact}/{node.largest}-{other}", part=other)
                for other in groups
                if other != node.largest
            )
        case c.Share():
            return (column(MARGIN, f"{node.fact}/{'+'.join(node.share_of)}-{share_asked(node)}"),)
        case c.Is() | c.Among():
            return (column(WORD, node.fact),)
        case c.Reads():
            packed = ":packed" if node.ignoring_space else ""
            return (column(BETWEEN, node.fact, f":between:{node.reads[0]}:{node.reads[1]}{packed}"),)
        case c.Done():
            return (column(DAYS, node.fact),)
        case c.AnyAmong() | c.Contains():
            words = node.any_among if isinstance(node, c.AnyAmong) else node.contains_all
            return (
                *(column(HAS, node.fact, f":{word}", word) for word in words),
                column(ANY_WORD, node.fact, ":*"),
            )
        case c.Attested():
            names = [
                f"judgement:{rule.id}" + (f":{item.id}" if item else "") for item in rule.items or (None,)
            ]
            return tuple(
                Column(name, name, JUDGEMENT, item.id if item else None)
                for name, item in zip(names, rule.items or (None,), strict=True)
            )
        case c.NotAfter() | c.Follows():
            return ()
    fact = node.of if isinstance(node, c.Running) else node.fact
    return (column(TRUTH, fact, f":{type(node).__name__.lower()}:{digest(node)}"),)


def share_asked(node: c.Share) -> Fraction:
    asked: Any = node.more_than if node.more_than is not None else node.at_least
    return Fraction(asked)


def digest(node: Any) -> str:
    """A short name for what a condition says."""
    return sha256(repr(node).encode()).hexdigest()[:10]


def bounds_of(node: Any) -> tuple[Number, ...]:
    """The numbers of the law that a range is compared with."""
    if not isinstance(node, c.Compare) or isinstance(node.limit, c.Times):
        return ()
    return tuple(node.limit) if isinstance(node.limit, tuple) else (node.limit,)
