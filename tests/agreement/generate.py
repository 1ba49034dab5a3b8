"""Random centres that aim at a rule set: every field of the data model, and values at, just below and just
past what the rules ask.

Nothing here knows a clause. The shape comes from the data model, the aims (thresholds, deadlines, words,
names) from the rule set's condition trees. `random_centre` draws with a seeded Random; `centres` draws with
Hypothesis, so that failures shrink: the first option of every choice is the simplest.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple, Protocol

from hypothesis import strategies as st

from tic_rules import RuleSet
from tic_rules.core.dates import add_years
from tic_rules.core.numbers import decimal_text
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.fields import paths_of, record_in
from tic_rules.model.subject import Record, Subject
from tic_rules.model.values import CellKind, WordOf

Drawn = tuple[dict[str, Any], date]
"""The data of a centre as a file would say it, and the day that it is looked at from."""


class Draws(Protocol):
    """What the generator asks for: one of several (the first is the simplest), and yes or no."""

    def one(self, options: Sequence[Any]) -> Any: ...
    def often(self, percent: int) -> bool: ...


class FromRandom:
    def __init__(self, rng: random.Random) -> None:
        self._random = rng.random

    def one(self, options: Sequence[Any]) -> Any:
        return options[int(self._random() * len(options))]

    def often(self, percent: int) -> bool:
        return self._random() * 100 < percent


class FromHypothesis:
    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self._draw = draw

    def one(self, options: Sequence[Any]) -> Any:
        return options[self._draw(st.integers(0, len(options) - 1))]

    def often(self, percent: int) -> bool:
        return self._draw(st.integers(0, 99)) >= 100 - percent  # type: ignore[no-any-return]


def random_centre(ruleset: RuleSet, rng: random.Random) -> Drawn:
    """A centre and an as-of day, drawn at random."""
    return _Maker(FromRandom(rng), aims_of(ruleset), ruleset.centre_model).subject()


def random_programme(ruleset: RuleSet, rng: random.Random) -> Drawn:
    """The figures of a programme and an as-of day, drawn at random."""
    return _Maker(FromRandom(rng), aims_of(ruleset), ruleset.programme_model).subject()


@st.composite
def centres(draw: Any, ruleset: RuleSet) -> Drawn:
    """Hypothesis: a centre and an as-of day."""
    return _Maker(FromHypothesis(draw), aims_of(ruleset), ruleset.centre_model).subject()


@st.composite
def programmes(draw: Any, ruleset: RuleSet) -> Drawn:
    """Hypothesis: the figures of a programme and an as-of day."""
    return _Maker(FromHypothesis(draw), aims_of(ruleset), ruleset.programme_model).subject()


# --- what a rule set asks, by place in the data ---------------------------------------------------


class Aims:
    """Thresholds, words, names and days of a rule set, by the dotted path of the data that they are about."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.vocabulary = ruleset.vocabulary
        self.numbers: dict[str, list[Any]] = {}
        self.totals: dict[str, list[Any]] = {}
        self.words: dict[str, list[str]] = {}
        self.texts: dict[str, list[str]] = {}
        self.keys: dict[str, list[str]] = {}
        self.years = sorted({rule.years for rule in ruleset if rule.years})
        self.shifts = {rule.after.shift for rule in ruleset if rule.after is not None}
        self.shifts |= {rule.cycle.shift for rule in ruleset if rule.cycle is not None}
        self.days = sorted({rule.by for rule in ruleset if isinstance(rule.by, date)})
        self.attested = [
            rule for rule in ruleset if any(isinstance(node, c.Attested) for node in c.walk(rule.condition))
        ]
        self.in_principle = [rule for rule in ruleset if rule.modality == "in_principle"]
        self.cumulative = {fact.stock for fact in self.vocabulary.facts.values() if fact.cumulative}
        for rule in ruleset:
            for tree in (rule.applies, rule.condition, rule.fails_at_once):
                for node in c.walk(tree) if tree is not None else ():
                    self._aim(node)

    def _aim(self, node: Any) -> None:
        fact = self.vocabulary.facts.get(getattr(node, "fact", ""))
        if fact is None:
            return
        if isinstance(node, c.Compare):
            bounds = node.limit if isinstance(node.limit, tuple) else (node.limit,)
            for bound in bounds:
                if isinstance(bound, c.Times):
                    continue
                if fact.stock or fact.value:
                    self.numbers.setdefault(fact.stock or fact.value or "", []).append(bound)
                elif fact.sum and bound > 0:
                    self.totals.setdefault(self._path(fact.of), []).append(bound)
        elif isinstance(node, (c.AnyAmong, c.Contains)) and fact.words:
            self.words.setdefault(fact.words, []).extend(
                node.any_among if isinstance(node, c.AnyAmong) else node.contains_all
            )
        elif isinstance(node, c.Reads) and fact.value:
            before, after = node.reads
            texts = [before + middle + after for middle in ("某某", "某些")] + [
                before + after,
                before + "某某",
                f" {before} 某 某 {after}",
            ]
            self.texts.setdefault(fact.value, []).extend(texts)
        elif isinstance(node, c.EachOf) and fact.table:
            self.keys.setdefault(fact.table, []).extend(node.each_of)

    def _path(self, listed: str | None) -> str:
        return self.vocabulary.lists[listed or ""].paths[0]


@cache
def aims_of(ruleset: RuleSet) -> Aims:
    return Aims(ruleset)


# --- drawing --------------------------------------------------------------------------------------

_NAMES = ("甲", "乙", "丙")


class Field(NamedTuple):
    """A field of the data: what it holds, whether it may be dated, and its vocabulary or inner model."""

    name: str
    kind: str
    dated: bool = False
    about: Any = None


@cache
def _fields(model: type[Record]) -> tuple[Field, ...]:
    """Every field that is drawn."""
    found = []
    for name, field in model.model_fields.items():
        inner = record_in(field.annotation)
        word = next((m.name for m in field.metadata if isinstance(m, WordOf)), None)
        kind = next((m for m in field.metadata if isinstance(m, CellKind)), None)
        if inner is not None:
            text = str(field.annotation)
            found.append(
                Field(
                    name,
                    "table" if "Mapping[" in text else "list" if "tuple" in text else "part",
                    about=inner,
                )
            )
        elif kind is not None:
            found.append(
                Field(name, kind.name if word is None or kind.name == "words" else "choice", kind.dated, word)
            )
        else:
            found.append(Field(name, "years" if "tuple" in str(field.annotation) else "text"))
    return tuple(found)


class _Maker:
    """Draws one subject: first the clock, then every field with it in mind."""

    def __init__(self, draws: Draws, aims: Aims, model: type[Subject]) -> None:
        self.one, self.often = draws.one, draws.often
        self.aims, self.model = aims, model
        self.neat = self.often(35)
        """All is given and exact, as a centre that keeps good books has it; then engines may go straight
        where they otherwise look closer.
        """
        self.share = 100 if self.neat else self.one((99, 100, 95, 75, 30))
        self.approved = self._approval()
        force = aims.ruleset.document.in_force.from_
        if force is not None and self.often(20):  # before the document, on its day, or just after it
            self.approved = force - timedelta(days=self.one((-1, 0, 1, 40, 400)))
        terms = [add_years(self.approved, years) for years in {1, 2, 3, 5, *aims.years}]
        terms += [shift.after(day) for shift in sorted(aims.shifts) for day in (self.approved, terms[0])]
        ends = [
            date(year, month, day)
            for year in range(self.approved.year, self.approved.year + 4)
            for month, day in ((1, 1), (12, 31))
        ]
        self.named = sorted({self.approved, *terms, *aims.days, *ends, *([force] if force else [])})
        self.as_of = self._near()
        self.reported = self.as_of if self.often(60) else self._near()
        if self.neat:
            self.as_of, self.reported = (
                max(self.as_of, self.approved),
                max(self.reported, self.as_of, self.approved),
            )
        self.vague = 0 if self.neat else self.one((0, 0, 0, 10, 40))
        self.unsaid = () if self.neat and self.often(90) else (None,)
        """What may stand in the place of a word that is not known."""

    def _approval(self) -> date:
        return self.one(
            (
                date(2022, 3, 1),
                date(2021, 1, 1),
                date(2020, 2, 29),
                date(2023, 12, 31),
                date(2016, 7, 15),
                date(2024, 6, 30),
            )
        )  # type: ignore[no-any-return]

    def _near(self) -> date:
        """A day that something turns on, or one beside it."""
        day = self.one(self.named)
        return day + timedelta(days=self.one((0, 0, 1, -1, 40, -200)))  # type: ignore[no-any-return]

    def subject(self) -> Drawn:
        record = self._record(
            self.model,
            "",
            leave=frozenset(
                {
                    "sources",
                    "attestations",
                    "exemptions",
                    "incomplete",
                    "jurisdiction",
                    "stage",
                    "reported_on",
                }
            ),
        )
        record |= {"jurisdiction": self.aims.ruleset.jurisdiction} if self.often(90) else {}
        if issubclass(self.model, Centre):
            self._clock(record)
        if self.often(92):
            record["reported_on"] = self.reported.isoformat()
        if self.often(15):
            record["incomplete"] = [self.one(_list_names(self.model)) for _ in range(self.one((1, 2)))]
        record["attestations"] = self._attestations()
        record["exemptions"] = self._exemptions()
        return record, self.as_of

    def _clock(self, record: dict[str, Any]) -> None:
        applied = self.approved - timedelta(days=90)
        if self.neat:
            record |= {
                "stage": "approved",
                "approved_on": self._exact(self.approved),
                "applied_on": self._exact(applied),
                "term_years": self.one((5, 3, 2, 1)),
            }
        else:
            record["stage"] = self.one(("approved", "approved", None, "applicant"))
            record["approved_on"] = self.one(
                (self._exact(self.approved),) * 12 + (self._vague(self.approved), None)
            )
            record["applied_on"] = self.one(
                (self._exact(applied),) * 6 + (self._exact(self._near()), self._vague(self._near()), None)
            )
            record["term_years"] = self.one(
                (5, 5, 5, 3, 3, 2, 1, {"at_least": 3, "at_most": 5}, {"at_least": 3}, None)
            )
        held = record.get("acceptance")
        if held and held.get("held") is False:
            record["acceptance"] = {"held": False}

    # --- records and their fields -----------------------------------------------------------------

    def _record(self, model: type[Record], at: str, leave: frozenset[str] = frozenset()) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for field in _fields(model):
            if field.name not in leave and self.often(self.share):
                made[field.name] = self._field(field, at + field.name)
        return made

    def _field(self, field: Field, at: str) -> Any:
        if field.kind == "part":
            return self._record(field.about, at + ".")
        if field.kind == "list":
            return self._list(field.about, at)
        if field.kind == "table":
            return {
                key: self._record(field.about, at + ".")
                for key in self.aims.keys.get(at, ("1.1", "1.2"))
                if self.share > 90 or self.often(self.share)
            }
        if field.dated and self.often(6 if self.neat else 15):
            return self._series(field, at)
        return self._plain(field, at)

    def _plain(self, field: Field, at: str) -> Any:
        match field.kind:
            case "truth":
                return self.one((True, True, True, True, False, *self.unsaid))
            case "choice":
                return self._word(field.about)
            case "words" if field.about is not None:
                return [
                    self.one(list(self.aims.vocabulary.words[field.about]))
                    for _ in range(self.one((1, 0, 2, 3)))
                ]
            case "words":
                return self._several(self.aims.words.get(at, []))
            case "date":
                return self._day()
            case "money" if not field.dated:
                return self._amount(Fraction(10**8))
            case "rate" if at in self.aims.vocabulary.declared:
                return self.one(("30%", "29.9%", "30.1%", {"at_least": "20%", "at_most": "40%"}, "100%"))
            case "count" | "rate" | "money" | "number":
                return self._number(at, field.kind)
            case "year":
                return self.one([*range(self.approved.year, self.as_of.year + 2)] or [self.as_of.year])
            case "years":
                return [year for year in range(self.approved.year, self.as_of.year + 1) if self.often(90)]
        return self.one((*self.aims.texts.get(at, ()), *_NAMES, *self.unsaid))

    def _word(self, vocabulary: str) -> Any:
        known = list(self.aims.vocabulary.words.get(vocabulary, ()))
        return self.one((*known, *self.unsaid)) if known else None

    def _several(self, asked: list[str]) -> Any:
        if not asked:
            return [self.one(_NAMES) for _ in range(self.one((1, 0, 2)))]
        if self.often(30):
            return [self.one((*asked, "别的")) for _ in range(self.one((1, 0, 2)))]
        left_out = self.one((None, *asked))
        return [word for word in asked if word != left_out]

    def _series(self, field: Field, at: str) -> list[dict[str, Any]]:
        entries: dict[Any, Any] = {}
        for _ in range(self.one((1, 2, 3))):
            day = self._day()
            entries[repr(day)] = day, self._plain(field, at)
        pairs = list(entries.values())
        if at in self.aims.cumulative:
            days = sorted((day for day, _ in pairs), key=_first)
            pairs = list(zip(days, sorted((value for _, value in pairs), key=_low), strict=True))
        return [{"date": day, "value": value} for day, value in pairs]

    def _list(self, model: type[Record], at: str) -> list[dict[str, Any]]:
        entries = [self._record(model, at + ".") for _ in range(self.one((2, 1, 3, 0, 6)))]
        names = [field.name for field in _fields(model) if field.kind == "money"]
        if names and entries:
            self._add_up(entries, names[0], at)
        if at == "evaluations":
            for step, entry in enumerate(entries):
                entry["year"] = self.one((self.approved.year + 1 + step, entry.get("year")))
                entry["result"] = self.one(("unqualified", entry.get("result")))
        return entries

    def _add_up(self, entries: list[dict[str, Any]], amount: str, at: str) -> None:
        """Let the entries add up to a total that a rule asks for, or miss it by a little; often by the same
        kind of payer.
        """
        total = Fraction(self.one((*self.aims.totals.get(at, ()), 10**8)))
        parts = [total / len(entries)] * len(entries) if self.often(50) else [total]
        for entry, part in zip(entries, parts, strict=False):
            if self.often(90):
                entry[amount] = self._amount(Fraction(int(part)))
        if self.often(50):
            for name in ("payer", "purpose", "kind", "use"):
                if name in entries[0]:
                    for entry in entries[1:]:
                        entry[name] = entries[0][name]

    # --- numbers, days, judgements ----------------------------------------------------------------

    def _amount(self, aim: Fraction) -> Any:
        exact = max(aim + self.one((0, 0, 0, 1, -1, Fraction(1, 100), Fraction(-1, 100))), Fraction(0))
        if self.often(self.vague):
            return self.one((None, {"at_least": decimal_text(exact)}, {"at_most": decimal_text(exact)}))
        return decimal_text(exact)

    def _number(self, at: str, kind: str) -> Any:
        aim = self.one((*self.aims.numbers.get(at, ()), 1, 10))
        step = 1 if kind != "rate" else Fraction(1, 1000)
        number = decimal_text(max(aim + self.one((0, 0, 1, -1)) * step, 0))
        if self.often(self.vague):
            return self.one((None, {"at_least": number}, {"at_most": number}))
        return number

    def _day(self) -> Any:
        day = self._near()
        return self._vague(day) if self.often(self.vague) else self._exact(day)

    def _exact(self, day: date) -> str:
        return day.isoformat()

    def _vague(self, day: date) -> Any:
        text = day.isoformat()
        return self.one((text[:7], text[:4], {"not_before": text}, {"not_after": text}, None))

    def _attestations(self) -> list[dict[str, Any]]:
        made = []
        attested = {rule.id for rule in self.aims.attested}
        others = [rule for rule in self.aims.ruleset if rule.id not in attested and self.often(10)]
        for rule in (*self.aims.attested, *others):
            for item in rule.items or (None,):
                for _ in range(self.one((1, 1, 0, 2)) if self.often(80) else 0):
                    day = self._day() or self._exact(self._near())
                    given = {
                        "rule": f"{self.aims.ruleset.id}/{rule.id}",
                        "met": self.one((True, True, False)),
                        "by": "评审组",
                        "date": day,
                        "evidence": "评审意见",
                    }
                    made.append(given | ({"item": item.id} if item is not None else {}) | self._expiry())
        return made

    def _exemptions(self) -> list[dict[str, Any]]:
        made = []
        for rule in self.aims.in_principle:
            if self.often(15):
                day = self._day() or self._exact(self._near())
                made.append(
                    {
                        "rule": f"{self.aims.ruleset.id}/{rule.id}",
                        "reason": "经批准",
                        "approved_by": "主管部门",
                        "date": day,
                    }
                    | self._expiry()
                )
        return made

    def _expiry(self) -> dict[str, Any]:
        return {"expires_on": self._exact(self._near())} if self.often(10) else {}


@cache
def _list_names(model: type[Subject]) -> tuple[str, ...]:
    return tuple(
        sorted(
            path
            for path in paths_of(model)
            if path.split(".")[0] not in ("sources", "attestations", "exemptions", "incomplete")
        )
    )


def _first(day: Any) -> str:
    if isinstance(day, dict):
        return str(day.get("not_before", ""))
    return day or ""


def _low(value: Any) -> Fraction:
    if isinstance(value, dict):
        return Fraction(value.get("at_least", 0))
    return Fraction(value) if value is not None else Fraction(0)


__all__ = ["Drawn", "centres", "programmes", "random_centre", "random_programme"]
