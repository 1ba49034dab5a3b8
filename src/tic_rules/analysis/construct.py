"""What the data has to say for a condition to hold, or to fail: each operator is inverted here, once.

A plan writes what is demanded into a centre's file, as changes that people can read; a sample puts it into a
file that is made up. Neither trusts it: the reference evaluator has the last word on the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from tic_rules.core.dates import add_days
from tic_rules.core.errors import TicRulesError, UsageError, fault
from tic_rules.core.numbers import Number, Range
from tic_rules.core.scalars import Json
from tic_rules.model import conditions as c
from tic_rules.model.document import Edit, Parts, can_step, get
from tic_rules.model.fields import words_at
from tic_rules.model.readings import held_at
from tic_rules.model.ruleset import ListOf, Rule, RuleSet
from tic_rules.model.subject import Record, Subject
from tic_rules.model.values import Series
from tic_rules.model.vocabulary import Vocabulary


class ValueDemand(NamedTuple):
    """A single value of a fact; the first of several `choices` stands for all."""

    fact: str
    value: object
    choices: tuple[object, ...] = ()


class WordsDemand(NamedTuple):
    """Words that are to be among those of a fact: all of them, or one of the `choices`, the first."""

    fact: str
    words: tuple[str, ...]
    choices: tuple[str, ...] = ()


class EntriesDemand(NamedTuple):
    """A list that has an entry as asked, or in which every entry is so; without `where` it is only given."""

    fact: str
    where: c.Where | None
    every: bool = False
    units: int = 0
    """How large the amount of a new entry is, where entries have one."""


class KeysDemand(NamedTuple):
    """A table that has entries as asked under these keys."""

    fact: str
    keys: tuple[str, ...]
    where: c.Where


Demand = ValueDemand | WordsDemand | EntriesDemand | KeysDemand


class Construct(NamedTuple):
    """What a rule set demands of data on a day."""

    ruleset: RuleSet
    model: type[Record]
    day: date
    blank: Callable[[str], str]
    """What stands for a text that only has to be given, by its dotted place."""

    def demand(self, node: c.Condition, wanted: bool, inner: str = "") -> Demand | None:
        """What makes a condition on other than numbers hold, or fail; None where nothing is made up for it.
        `inner` stands in a text that begins and ends as it has to."""
        match node:
            case c.Is():
                return ValueDemand(node.fact, node.is_ if wanted else self._other(node.fact, (node.is_,)))
            case c.Among() if wanted:
                return ValueDemand(node.fact, node.among[0], node.among)
            case c.Among():
                return ValueDemand(node.fact, self._other(node.fact, node.among))
            case c.Given():
                return ValueDemand(node.fact, self._given(self._path(node.fact)) if wanted else None)
            case c.Done():
                return ValueDemand(node.fact, (self.day if wanted else add_days(self.day, 1)).isoformat())
            case c.Reads():
                return ValueDemand(node.fact, reading(node, inner) if wanted else "其他名称")
            case c.AnyAmong():
                return WordsDemand(node.fact, node.any_among[:1] if wanted else (), node.any_among)
            case c.Contains():
                return WordsDemand(node.fact, node.contains_all if wanted else ())
            case c.Some():
                return EntriesDemand(node.fact, node.some if wanted else None)
            case c.Every():
                return EntriesDemand(node.fact, node.every if wanted else None, every=True)
            case c.NoneOf():
                return EntriesDemand(node.fact, None if wanted else node.none_of, units=1)
            case c.Largest() | c.Share():
                groups = self.ruleset.facts[node.fact].groups or {}
                names = (node.largest,) if isinstance(node, c.Largest) else node.share_of
                chosen = next((group for group in groups if (group in names) == wanted), names[0])
                return EntriesDemand(node.fact, groups[chosen].where, units=1_000)
            case c.Latest():
                return EntriesDemand(node.fact, None)
            case c.EachOf():
                return KeysDemand(node.fact, node.each_of if wanted else (), node.has)
        return None

    def attributes(self, path: str, where: c.Where) -> dict[str, object]:
        """What an entry at a dotted place has to say."""
        values = {name: self.attribute(f"{path}.{name}", test) for name, test in where.each.items()}
        return {name: value for name, value in values.items() if value is not None} | (
            self.attributes(path, where.any[0]) if where.any else {}
        )

    def attribute(self, path: str, test: c.Test) -> object:
        """What an attribute has to say; None where it may only be left out, or takes no words."""
        if test.given or test.done:
            return self._given(path)
        if test.one_of is not None:
            word = next((word for word in test.one_of if word is not None), None)
        else:
            word = next(self.others(path, test.other_than or ()), None)
        held = held_at(self.model, path)
        return [word] if word is not None and held is not None and held.kind == "words" else word

    def others(self, path: str, words: Iterable[object]) -> Iterator[str]:
        """The words that a dotted place may have, other than these."""
        barred = {*words}
        listed = self.ruleset.vocabulary.words.get(words_at(self.model, path) or "", ())
        return (word for word in listed if word not in barred)

    def _other(self, fact: str, words: tuple[object, ...]) -> object:
        """Another value of a fact: the last of its words, which other clauses are least likely to ask for."""
        if isinstance(words[0], bool):
            return not words[0]
        return next(reversed([*self.others(self._path(fact), words)]), None)

    def _given(self, path: str) -> object:
        """Something that a place may say, where it only has to say something: of its words the first."""
        held = held_at(self.model, path)
        kind, text = "text" if held is None else held.kind, next(self.others(path, ()), self.blank(path))
        given: dict[str, object] = {"date": self.day.isoformat(), "truth": True, "words": [text]}
        numbers = {"year": self.day.year, "money": 1, "count": 1, "number": 1, "rate": "1%"}
        return given.get(kind, numbers.get(kind, text))

    def _path(self, fact: str) -> str:
        return ".".join(self.ruleset.facts[fact].at)


def reading(node: c.Reads, inner: str) -> str:
    """A text that begins and ends as it has to."""
    space = " " if node.ignoring_space else ""
    return space.join((node.reads[0], inner, node.reads[1]))


def number(operator: str, bound: Range, step: int, wanted: bool) -> Number:
    """The number nearest to a bound for which a comparison holds for sure, or just fails."""
    match operator:
        case "at_least":
            return bound.high if wanted else bound.low - step
        case "more_than":
            return bound.high + step if wanted else bound.low
        case "less_than":
            return bound.low - step if wanted else bound.high
    return bound.low if wanted else bound.high + step  # at_most, equals, between


def entry(
    listed: ListOf, values: Mapping[str, object], day: date | None, year: int | None
) -> dict[str, object]:
    """An entry of a list, or the event that a place holds, with its day and year where it has such."""
    taken = {listed.held: True} if listed.held is not None else {}
    years = {listed.year: year} if listed.year is not None and year is not None else {}
    days = {listed.date: day.isoformat()} if listed.date is not None and day is not None else {}
    return {**taken, **years, **days, **values}


def judgement(
    ruleset: RuleSet, rule: Rule, item: str | None, met: bool, by: str, day: date, evidence: str
) -> dict[str, object]:
    """A person's judgement on a rule, or on one item of it, as the data has it."""
    of = {"rule": f"{ruleset.id}/{rule.id}", **({"item": item} if item is not None else {})}
    return {**of, "met": met, "by": by, "date": day.isoformat(), "evidence": evidence}


def place_in(document: Json, dotted: str, vocabulary: Vocabulary, add: bool = False) -> Parts:
    """The place in a document that a dotted path names, an entry of a list by its number. Raises UsageError
    where no step leads on, or where an entry is to be added to what is given and no list."""
    path: Parts = vocabulary.path_of(dotted)
    if not all(can_step(get(document, path[:depth]), part) for depth, part in enumerate(path)):
        raise no_place(dotted)
    if add and not isinstance(get(document, path), list | None):
        zh = f"数据中的 {dotted} 不是清单，不能追加"
        raise fault(UsageError, "no-list", zh, f"{dotted} is no list in the data: nothing can be added to it")
    return path


def no_place(dotted: str) -> TicRulesError:
    return fault(UsageError, "unknown-place", f"数据中没有 {dotted}", f"there is no {dotted} in the data")


def dated(subject: Subject, path: Parts, value: object, day: date) -> Edit:
    """A value put in its place: where the data has a series there, as that of a day."""
    record: object = subject
    for part in path:
        is_field = isinstance(record, Record) and part in type(record).model_fields
        record = getattr(record, str(part)) if is_field else None
    if not isinstance(record, Series) or isinstance(value, list):
        return Edit("set", path, value)
    for index, entry in enumerate(record):
        if entry.when.exact and entry.when.first == day:
            return Edit("set", (*path, index, "value"), value)
    return Edit("append", path, {"date": day.isoformat(), "value": value})
