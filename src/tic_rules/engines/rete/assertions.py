"""The facts that a check asserts: small messages of whole numbers, numbered so that every check can be put
together from parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tic_rules.engines.rete.plan import NumberedNode
from tic_rules.engines.rete.semantics import AGREE, ALL, ANY, NOTHING_YET, PASS, PLAIN, RANK, TRUE

Message = dict[str, int]


class FoldPart(NamedTuple):
    """One part of a fold: a value that is known, or what the network concludes for a node at a key."""

    value: int = 0
    node: int | None = None
    key: int = 0
    mode: int = PLAIN


_START = {ALL: (TRUE, TRUE), ANY: (0, 0), AGREE: (NOTHING_YET, NOTHING_YET)}

NUMBERED = frozenset({
    "key", "frame", "alt", "ek", "yr", "owes", "only", "scenario", "late", "silent", "stat",
    "p", "of", "acc", "end",
})  # fmt: skip
"""What messages call keys, and folds."""


class Assertions:
    """What is asserted for one scenario of one rule. Its keys and folds count from 1, until `placed`."""

    __slots__ = ("facts", "numbers", "rule")

    def __init__(self, rule: int) -> None:
        self.rule, self.facts, self.numbers = rule, list[Message](), 0

    def key(self) -> int:
        """A number that no other key or fold of the scenario has."""
        self.numbers += 1
        return self.numbers

    def part(self, node: NumberedNode, mode: int = PLAIN) -> FoldPart:
        """A part of a fold that a node is still to be asked for, at a key of its own."""
        return FoldPart(0, node.number, self.key(), mode)

    def ask(self, node: NumberedNode, key: int, **said: int) -> None:
        """A question with what the data says to it."""
        self.facts.append({"r": self.rule, "n": node.number, "key": key, **said})

    def conclude(self, node: NumberedNode, key: int, value: int) -> None:
        """A value that no clause has to be asked for."""
        self.facts.append({"r": self.rule, "val": node.number, "key": key, "v": value, "w": RANK[value]})

    def gather(self, kind: int, node: NumberedNode, key: int, parts: Iterable[FoldPart]) -> None:
        """The value of a node is what its parts add up to."""
        fold, at = self.key(), 0
        start, rank = _START[kind]
        self.facts.append({"acc": fold, "at": 0, "k": kind, "v": start, "w": rank})
        for at, part in enumerate(parts, 1):
            step = {"at": at - 1, "to": at, "k": kind}
            if part.node is None:
                self.facts.append({"p": fold, **step, "v": part.value, "w": RANK[part.value]})
            else:
                self.facts.append({"alt": part.key, "n": part.node, "m": part.mode, "of": fold, **step})
        self.facts.append({"end": fold, "at": at, "er": self.rule, "en": node.number, "ek": key})

    def owes(self, key: int, years: list[int]) -> None:
        """The status of a scenario is the worst of its years'."""
        fold = self.key()
        self.facts.append({"acc": fold, "at": 0, "k": ALL, "v": PASS, "w": PASS})
        self.facts.extend({"yr": year, "of": fold, "at": at, "to": at + 1} for at, year in enumerate(years))
        self.facts.append({"end": fold, "at": len(years), "owes": key})

    @property
    def signature(self) -> tuple[tuple[tuple[str, int], ...], ...]:
        return tuple(tuple(fact.items()) for fact in self.facts)


class Ledger:
    """All assertions of a check, with keys of their own."""

    def __init__(self) -> None:
        self.facts: list[Message] = []
        self._numbers = 0

    def place(self, assertions: Assertions) -> Message:
        """Add those of a scenario; gives back the message that opens it, with the key of its scenario."""
        opening, before = len(self.facts), self._numbers
        self.facts.extend(
            {name: value + before if name in NUMBERED else value for name, value in fact.items()}
            for fact in assertions.facts
        )
        self._numbers += assertions.numbers
        return self.facts[opening]

    def scenarios(self, rule: int, opened: list[Message], behind: bool) -> None:
        """The scenarios of a rule, one after the other; `behind` where no day has to be known for its time
        to be up."""
        if len(opened) == 1:
            opened[0].update(only=opened[0]["frame"], only_of=rule)
            return
        self.facts.append({"la": rule, "at": 0, "s": NOTHING_YET})
        self.facts.extend(
            {"scenario": one["frame"], "scenario_of": rule, "at": at, "to": at + 1}
            for at, one in enumerate(opened)
        )
        self.facts.append({"lend": rule, "at": len(opened), "behind": int(behind)})
