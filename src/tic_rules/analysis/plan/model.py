"""What a plan is made of: changes that serve rules, ways to meet a rule, steps, and what no step can
reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from tic_rules.core.errors import Text
from tic_rules.core.numbers import Number
from tic_rules.core.scalars import Json
from tic_rules.core.source import pointer
from tic_rules.model.document import Edit, Parts
from tic_rules.results.report import Report

_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class DataChange:
    """One change of the data, with what it asks of people. Equal where it does the same to the data."""

    kind: str = field(compare=False)
    at: str = field(compare=False)
    """The dotted place that `--keep` and `--cost` speak of."""
    edits: tuple[Edit, ...] = field(compare=False)
    text: Text = field(compare=False)
    key: str
    size: Fraction = field(default=_NOTHING, compare=False)
    """How large the change is beside what is asked: a part of 1."""
    level: tuple[str, date, Number] | None = field(default=None, compare=False)
    """A number that is to be reached, by place and day: of several of one day only the largest has to be
    brought about."""
    by: date | None = field(default=None, compare=False)
    """The last day of the year that it is owed for; None where the rule's own day holds."""


def change(
    kind: str,
    at: str,
    edits: tuple[Edit, ...],
    text: Text,
    size: Fraction = _NOTHING,
    level: tuple[str, date, Number] | None = None,
) -> DataChange:
    return DataChange(kind, at, edits, text, "\n".join(edit.key for edit in edits), size, level)


@dataclass(frozen=True, slots=True)
class Sum:
    """A demand on amounts: base + coefficients · new money, against 0. `many`: so many of the groups have
    more than nothing."""

    rule: str
    of: str
    """The list that the money goes to."""
    base: Fraction
    parts: tuple[Fraction, ...]
    strict: bool = False
    counts_all: bool = False
    """An upper bound: money that comes later counts too."""
    many: tuple[int, tuple[tuple[Fraction, tuple[Fraction, ...]], ...]] | None = None

    def before(self, units: Sequence[int]) -> Sum:
        """What it was before so many units of each kind of money."""

        def less(base: Fraction, parts: tuple[Fraction, ...]) -> Fraction:
            return base - sum(part * number for part, number in zip(parts, units, strict=True))

        if self.many is not None:
            count, groups = self.many
            return replace(self, many=(count, tuple((less(base, parts), parts) for base, parts in groups)))
        return replace(self, base=less(self.base, self.parts))

    def alike(self, one: int, other: int) -> bool:
        """Whether it counts money of two kinds alike, so that they may share it."""
        if self.many is not None:
            return all(parts[one] == parts[other] for _, parts in self.many[1])
        return self.parts[one] == self.parts[other]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to meet a rule: all of these changes, and amounts that add up."""

    changes: tuple[DataChange, ...] = ()
    sums: tuple[Sum, ...] = ()

    @property
    def consistent(self) -> bool:
        """Whether no two changes put different values in one place."""
        places: dict[Parts, object] = {}
        return all(
            places.setdefault(e.path, e.value) == e.value
            for made in self.changes
            for e in made.edits
            if e.op == "set"
        )

    def before(self, units: Mapping[str, Sequence[int]]) -> Way:
        """The way as it was before so many units of each kind of money of a list."""
        return replace(self, sums=tuple(total.before(units[total.of]) for total in self.sums))

    def joined(self, other: Way) -> Way:
        return Way(
            tuple(dict.fromkeys((*self.changes, *other.changes))),
            tuple(dict.fromkeys((*self.sums, *other.sums))),
        )


def _changes(edits: tuple[Edit, ...]) -> list[Json]:
    return [{"op": edit.op, "path": pointer(edit.path), "value": edit.value} for edit in edits]


@dataclass(frozen=True, slots=True)
class Step:
    """A thing to do, by a day, for these rules."""

    kind: str
    text: Text
    by: date | None
    rules: tuple[str, ...]
    edits: tuple[Edit, ...]
    cost: Fraction
    at: str = ""

    def as_dict(self, about: Callable[[str], Json]) -> Json:
        return {
            "kind": self.kind,
            "what": self.text.as_dict(),
            "by": self.by.isoformat() if self.by else None,
            "cost": float(self.cost),
            "rules": [about(rule) for rule in self.rules],
            "changes": _changes(self.edits),
        }


def once(steps: Iterable[Step]) -> list[Step]:
    """The steps with each list named incomplete once, and nothing set twice to the same."""
    done: set[str] = set()
    once = []
    for step in steps:
        edits = tuple(
            e for e in step.edits if e.key not in done or (e.op != "set" and e.path != ("incomplete",))
        )
        done.update(edit.key for edit in edits)
        once.append(replace(step, edits=edits))
    return once


@dataclass(frozen=True, slots=True)
class Rest:
    """A rule that the plan does not bring to a pass, and why; `missing` are the places to supply."""

    rule: str
    status: str
    why: Text
    missing: tuple[str, ...] = ()
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way for a rule, that the evaluator was asked about too."""

    rule: str
    texts: tuple[Text, ...]
    edits: tuple[Edit, ...]
    cost: Fraction


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """The steps, what stays open, and what the evaluator says of the data once the steps are taken."""

    before: Report
    after: Report
    document: Json
    """The data with all steps taken."""
    steps: tuple[Step, ...]
    lost: tuple[Rest, ...]
    open: tuple[Rest, ...]
    alternatives: tuple[Alternative, ...]
    kept: tuple[str, ...]
    chosen_by: str

    @property
    def verdict(self) -> str:
        return self.after.verdict

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(edit for step in self.steps for edit in step.edits)

    @property
    def cost(self) -> Fraction:
        return sum((step.cost for step in self.steps), Fraction(0))

    def as_dict(self) -> Json:
        """The plan as plain JSON values."""
        return {
            "tool": dict(self.before.tool),
            "centre": dict(self.before.centre or {}),
            "ruleset": {"id": self.before.ruleset["id"], "version": self.before.ruleset["version"]},
            "as_of": self.before.as_of,
            "verdict": {"now": self.before.verdict, "planned": self.verdict},
            "cost": float(self.cost),
            "chosen_by": self.chosen_by,
            "kept": list(self.kept),
            "steps": [step.as_dict(self.about) for step in self.steps],
            "alternatives": [
                {
                    "rule": self.about(a.rule),
                    "what": [text.as_dict() for text in a.texts],
                    "cost": float(a.cost),
                    "changes": _changes(a.edits),
                }
                for a in self.alternatives
            ],
            "lost": [self._rest(rest) for rest in self.lost],
            "open": [self._rest(rest) for rest in self.open],
        }

    def about(self, rule: str) -> Json:
        """A rule for a reader: its clause, what it asks, how to mend it, where it stands now."""
        finding = self.before[rule]
        return {
            "rule": finding.rule,
            "title": finding.title.as_dict(),
            "remedy": finding.remedy.as_dict(),
            "locator": finding.citation["locator"],
            "quote": finding.citation["quote"],
            "status": finding.status,
            "deadline": finding.deadline,
        }

    def _rest(self, rest: Rest) -> Json:
        return {
            **self.about(rest.rule),
            "status": rest.status,
            "why": rest.why.as_dict(),
            "missing": list(rest.missing),
        }
