"""Rule by rule: what becomes of each binding rule of a side under the other's. Proved in `prove`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tic_rules.analysis.diff.demands import MUST, facts_asked, guarantors
from tic_rules.analysis.diff.topics import Diff, Topic
from tic_rules.core.errors import Text
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.parts import BINDING

if TYPE_CHECKING:
    from tic_rules.analysis.prove.witness import Witness

STATUS = {
    "contradicts": Text("相互矛盾", "contradicts"),
    "looser": Text("对方更宽", "the other asks less"),
    "silent": Text("对方未作要求", "the other is silent"),
    "other_bearer": Text("对方要求由别的主体承担", "the other asks it of someone else"),
    "judged": Text("各由评审认定", "judged by people on each side"),
    "undecided": Text("未能判定", "undecided"),
    "guaranteed": Text("对方已保证", "guaranteed by the other"),
}
"""From the gravest on."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the other side makes of one rule."""

    side: str
    """Whose rule it is: a or b."""
    topic: str
    rule: Rule
    status: str
    level: str
    """`must`: by what must be alone; `in_principle`: only together with what is in principle."""
    by: tuple[str, ...] = ()
    """The rules of the other side that guarantee it, ask less, or contradict it."""
    gap: Text | None = None
    """How much less the other side asks, where it is a number."""
    proved: bool = False
    witness: Witness | None = None
    """A pair of files that shows that the claim does not hold (`evidence`)."""

    def as_dict(self) -> dict[str, object]:
        return {
            "side": self.side,
            "rule": self.rule.id,
            "topic": self.topic,
            "status": self.status,
            "level": self.level,
            "by": list(self.by),
            "gap": self.gap.en if self.gap else None,
            "proved": self.proved,
            "witness": self.witness.as_dict() if self.witness else None,
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """The fewest rules of both sides that no centre can meet together."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    level: str

    def as_dict(self) -> dict[str, object]:
        return {"a": list(self.a), "b": list(self.b), "level": self.level}


@dataclass(frozen=True, slots=True)
class Proof:
    conflicts: tuple[Conflict, ...]
    whole: dict[str, dict[str, bool]]
    """At each level: whether A guarantees all that binds in B, and the other way round."""
    assumptions: tuple[Text, ...]

    def as_dict(self) -> dict[str, object]:
        return {
            "conflicts": [conflict.as_dict() for conflict in self.conflicts],
            "whole": self.whole,
            "assumptions": [text.as_dict() for text in self.assumptions],
        }


def binding_rules(compared: Diff) -> Iterator[tuple[str, Topic, Rule]]:
    """Side, topic and rule of all that is must or in principle, once, in the row where it is answered."""
    seen: set[tuple[str, str]] = set()
    for topic in compared.topics:
        for side, rules in (("b", topic.b), ("a", topic.a)):
            for rule in rules:
                if rule.modality in BINDING and (side, rule.id) not in seen:
                    seen.add((side, rule.id))
                    yield side, row_of(compared, side, rule), rule


def row_of(compared: Diff, side: str, rule: Rule) -> Topic:
    """Of the rows of a rule: where the other side asks about the same facts, else asks anything that
    binds, else the first."""
    facts = set(facts_asked(rule))

    def rank(row: Topic) -> int:
        others = [o for o in (row.a if side == "b" else row.b) if o.modality in BINDING]
        return 2 * any(facts & set(facts_asked(other)) for other in others) + bool(others)

    rows = [row for row in compared.topics if rule in (row.b if side == "b" else row.a)]
    return max(rows, key=rank)


def sides(compared: Diff, side: str) -> tuple[RuleSet, RuleSet]:
    """Own and other rule set."""
    return (compared.b, compared.a) if side == "b" else (compared.a, compared.b)


def read_off(compared: Diff) -> Diff:
    """The comparison with a claim for every binding rule of both sides."""
    return replace(compared, claims=tuple(_claim(compared, *each) for each in binding_rules(compared)))


def _claim(compared: Diff, side: str, topic: Topic, rule: Rule) -> Claim:
    ruleset, other = sides(compared, side)
    for level, allowed in (("must", MUST), ("in_principle", BINDING)):
        by = guarantors((other, other.rules), ruleset, rule, allowed, compared.editions)
        if by is not None:
            return Claim(side, topic.id, rule, "guaranteed", level, tuple(by))
    return not_guaranteed(compared, side, topic, rule)


def not_guaranteed(compared: Diff, side: str, topic: Topic, rule: Rule) -> Claim:
    """Why a rule is not guaranteed: the other side asks less, asks it of someone else, or asks nothing."""
    ruleset, other_set = sides(compared, side)
    pair = next((pair for pair in topic.pairs if (pair.b if side == "b" else pair.a) is rule), None)
    fellow = None if pair is None else pair.a if side == "b" else pair.b
    anyone = [other.model_copy(update={"bearer": rule.bearer}) for other in other_set.rules]
    elsewhere = guarantors((other_set, anyone), ruleset, rule, BINDING, compared.editions)
    if elsewhere is not None and any(other_set[name].bearer != rule.bearer for name in elsewhere):
        return Claim(side, topic.id, rule, "other_bearer", "in_principle", tuple(elsewhere))
    others = [other for other in (topic.a if side == "b" else topic.b) if other.modality in BINDING]
    if rule.attested:
        status = "judged" if others else "silent"
        return Claim(side, topic.id, rule, status, "in_principle", tuple(other.id for other in others))
    facts = set(facts_asked(rule))
    same_facts = [other for other in others if facts & set(facts_asked(other))]
    if fellow is not None and fellow.modality in BINDING and fellow not in same_facts:
        same_facts.insert(0, fellow)
    if not same_facts:
        return Claim(side, topic.id, rule, "silent", "in_principle")
    wanted = ("stricter" if side == "b" else "looser", "incomparable")
    lower = [change for change in pair.changes if change.effect in wanted] if pair is not None else []
    gap = next((change.by for change in lower if change.what == "threshold" and change.by), None)
    return Claim(side, topic.id, rule, "looser", "in_principle", tuple(other.id for other in same_facts), gap)
