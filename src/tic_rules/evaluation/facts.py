"""How the facts of the vocabulary are read from a subject's data at a moment: numbers, words, single values, with their places.

What is not known stays a range, a missing path or UNKNOWN. Nothing here knows a rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from tic_rules.core.logic import FALSE, TRUE, UNKNOWN, any_of
from tic_rules.core.quantities import ANYTHING, INFINITY, Number, Range, Span
from tic_rules.evaluation.entries import (
    Entry,
    Lists,
    Moment,
    Path,
    candidates,
    series_at,
    unclear_places,
    undated,
    within,
)
from tic_rules.model.centre import Dated, Programme, Record, Series, Subject, value_at
from tic_rules.model.conditions import Where
from tic_rules.model.ruleset import Fact, ListOf, RuleSet

MANY_SUMS = 4_096
"""So many different sums of entries that may or may not count are told apart; beyond it, what lies between counts too."""


class Reading(NamedTuple):
    """A number as it is known: its range, the places it was read from, the places whose absence keeps it open."""

    range: Range
    cites: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()


class Scene:
    """A subject on an as-of day, read through the facts of a rule set. Reads are remembered for the length of a check."""

    __slots__ = (
        "__weakref__",
        "_days",
        "_memo",
        "as_of",
        "attested",
        "entries_at",
        "facts",
        "followed",
        "force",
        "incomplete",
        "listed",
        "lists",
        "look_up",
        "matches",
        "may_go_on",
        "places",
        "programme",
        "reported_on",
        "ruleset",
        "scenarios",
        "subject",
    )

    def __init__(self, subject: Subject, ruleset: RuleSet, as_of: date) -> None:
        self.subject, self.ruleset, self.as_of = subject, ruleset, as_of
        self.facts, self.lists = ruleset.facts, ruleset.vocabulary.lists
        self.reported_on = subject.speaks_for or as_of
        self.programme = isinstance(subject, Programme)
        self.force = None if self.programme else ruleset.document.in_force.from_
        """The day on which the document came into force, for a centre; a programme's text says its own period."""
        self.followed: dict[str, tuple[int, tuple[Path, ...]]] = {}
        """What became of the consequences that are decided: whether each followed, and what keeps it open."""
        self.attested: dict[str, list[tuple[int, Any]]] = {}
        """The attestations that have an effect, by rule, each with its place in the data."""
        self.scenarios: dict[Any, Any] = {}
        source = subject._text()
        self.places: dict[Path, Any] = source.shown if source is not None else {}
        lists = Lists(subject, self.lists, self.reported_on)
        self.listed, self.entries_at, self.matches = lists.listed, lists.entries_at, lists.matches
        self.may_go_on, self.incomplete, self.look_up = lists.may_go_on, lists.incomplete, lists.look_up
        self._memo: dict[Any, Any] = {}
        self._days: frozenset[date] | None = None

    # --- numbers ---------------------------------------------------------------------------------------

    def number(self, name: str, moment: Moment) -> Reading:
        """The range of a numeric fact at a moment."""
        key = (name, moment)
        known = self._memo.get(key)
        if known is None:
            fact = self.facts[name]
            known = self._memo[key] = getattr(self, f"_{fact.reading}")(fact, moment)
        return known  # type: ignore[no-any-return]

    def _stock(self, fact: Fact, moment: Moment) -> Reading:
        assert fact.stock is not None
        path: Path = tuple(fact.stock.split("."))
        value = value_at(self.subject, fact.stock)
        if value is None:
            return self._counted(fact, moment, path) if fact.else_count else Reading(ANYTHING, (), (path,))
        day, spoken = moment.day, self.reported_on
        dated = isinstance(value, Series)
        series = value if dated else (Dated(Span(spoken, spoken), value),)
        places: list[Path] = [(*path, index) for index in range(len(series))] if dated else [path]
        values: list[Path] = [(*place, "value") for place in places] if dated else [path]
        known, missing = ANYTHING, [path]
        cites = [
            values[index] for index, entry in enumerate(series) if fact.cumulative or entry.when.first <= day
        ]
        if day <= spoken and (dated or day == spoken):
            kept, open_end = candidates(series, day, spoken)
            if kept and not open_end:
                ranges = [series[index].value or ANYTHING for index in kept]
                known = Range(min(r.low for r in ranges), max(r.high for r in ranges))
                missing = [
                    values[index]
                    for index in kept
                    if series[index].value is None or not series[index].value.exact
                ]
            missing.extend((*places[index], "date") for index in kept if not series[index].when.exact)
        if fact.cumulative:
            low = max(
                (e.value.low for e in series if e.value is not None and e.when.last <= min(day, spoken)),
                default=0,
            )
            high = min(
                (e.value.high for e in series if e.value is not None and e.when.first >= day),
                default=INFINITY,
            )
            known = Range(max(known.low, low), max(min(known.high, high), known.low, low))
        if self.incomplete(fact.stock):
            known, missing = Range(known.low, INFINITY), [path]
        return Reading(known, tuple(cites), () if known.exact else tuple(missing))

    def _value(self, fact: Fact, moment: Moment) -> Reading:
        assert fact.value is not None
        path = tuple(fact.value.split("."))
        value = value_at(self.subject, fact.value)
        if value is None:
            return self._counted(fact, moment, path) if fact.else_count else Reading(ANYTHING, (), (path,))
        if isinstance(value, Series):
            values, open_end = series_at(value, moment.day, self.reported_on)
            if open_end or not values or None in values:
                return Reading(ANYTHING, (path,), unclear_places(value, path, moment.day))
            known = values[0]
            for other in values[1:]:
                known = known.hull(other)
            return Reading(known, (path,), () if known.exact else unclear_places(value, path, moment.day))
        if self.incomplete(fact.value):
            value = Range(value.low, INFINITY)
        return Reading(value, (path,), () if value.exact else (path,))

    def _counted(self, fact: Fact, moment: Moment, path: Path) -> Reading:
        listed = self.listed(fact.else_count or "")
        cap = min(moment.day, self.reported_on)
        certain = sum(
            1
            for entry in listed.entries
            if entry.when is not None and within(entry.when, moment.start, moment.day, cap) == TRUE
        )
        return Reading(Range(certain, INFINITY), (), (path,))

    def _sum(self, fact: Fact, moment: Moment) -> Reading:
        return self._add(fact, moment, fact.where, fact.sum or "")

    def _add(self, fact: Fact, moment: Moment, where: Where | None, attribute: str) -> Reading:
        entries, more, listed = self.entries_at(fact, moment)
        low: Number = 0
        high: Number = 0
        cites: list[Path] = []
        missing: list[Path] = []
        for entry, counts in entries:
            unclear: list[Path] = []
            value = counts if where is None else min(counts, self.matches(where, entry, moment.day, unclear))
            if value == FALSE:
                continue
            amount = entry.get(attribute) or ANYTHING
            if value == TRUE:
                low += amount.low
            high += amount.high
            cites.append((*entry.at, attribute))
            if value != TRUE or not amount.exact:
                missing.extend(_why_open(entry, counts, listed.declared, unclear))
                if not amount.exact:
                    missing.append((*entry.at, attribute))
        if more:
            high = INFINITY
            missing.extend(more)
        return Reading(Range(low, high), tuple(cites), tuple(missing))

    def _count(self, fact: Fact, moment: Moment) -> Reading:
        entries, more, listed = self.entries_at(fact, moment)
        low = high = 0
        cites: list[Path] = []
        missing: list[Path] = []
        for entry, counts in entries:
            unclear: list[Path] = []
            value = (
                counts
                if fact.where is None
                else min(counts, self.matches(fact.where, entry, moment.day, unclear))
            )
            if value == FALSE:
                continue
            low, high = low + (value == TRUE), high + 1
            cites.append(entry.at)
            if value != TRUE:
                missing.extend(_why_open(entry, counts, listed.declared, unclear))
        if more:
            missing.extend(more)
        return Reading(Range(low, INFINITY if more else high), tuple(cites), tuple(missing))

    def _distinct(self, fact: Fact, moment: Moment) -> Reading:
        entries, more, _ = self.entries_at(fact, moment)
        attribute = fact.distinct or ""
        certain, most = set(), 0
        cites: list[Path] = []
        missing: list[Path] = []
        for entry, counts in entries:
            value = entry.get(attribute)
            unclear = entry.paths(attribute)
            if isinstance(value, Series):
                values, open_end = series_at(value, moment.day, self.reported_on)
                unclear = unclear_places(value, unclear[0], moment.day)
                value = values[0] if len(values) == 1 and not open_end else None
            cites.append(entry.path(attribute))
            if value is None or counts != TRUE:
                missing.extend(unclear)
                most += 1
            else:
                certain.add(value)
        if more:
            missing.extend(more)
        high = INFINITY if more else len(certain) + most
        return Reading(Range(max(len(certain), 1 if entries else 0), high), tuple(cites), tuple(missing))

    def sums(self, name: str, moment: Moment) -> list[Range]:
        """The ranges that a sum may lie in: an entry that may not count adds all of its amount, or nothing.

        One range where the fact is no sum, or where there are too many ways to add up.
        """
        fact = self.facts[name]
        whole = self.number(name, moment).range
        entries, more, _ = self.entries_at(fact, moment) if fact.reading == "sum" else ([], (), None)
        if more or not entries:
            return [whole]
        possible = {Range(0, 0)}
        for entry, counts in entries:
            value = (
                counts if fact.where is None else min(counts, self.matches(fact.where, entry, moment.day, []))
            )
            if value == FALSE:
                continue
            amount = entry.get(fact.sum or "") or ANYTHING
            added = {one.plus(amount) for one in possible}
            possible = added if value == TRUE else possible | added
            if len(possible) > MANY_SUMS:
                return [whole]
        return list(possible)

    def _kinds(self, fact: Fact, moment: Moment) -> Reading:
        """How many groups have more than nothing: one entry whose group is not known adds at most one kind."""
        readings = self.groups(fact.kinds or "", moment)
        grouped = self.facts[fact.kinds or ""]
        certain = {group for group, reading in readings.items() if reading.range.low > 0}
        perhaps = {group for group, r in readings.items() if r.range.high > 0} - certain
        high = len(certain) + len(perhaps)
        if perhaps and not self.entries_at(grouped, moment)[1]:
            high = len(certain) + self._most_kinds(grouped, moment, perhaps)
        cites = tuple(dict.fromkeys(cite for reading in readings.values() for cite in reading.cites))
        open_groups = (
            [readings[group] for group in readings if group in perhaps] if high > len(certain) else []
        )
        missing = tuple(dict.fromkeys(path for reading in open_groups for path in reading.missing))
        return Reading(Range(len(certain), high), cites, missing)

    def _most_kinds(self, fact: Fact, moment: Moment, groups: set[str]) -> int:
        """How many of the groups may have more than nothing at once, each entry being in one group at most."""
        entries, _, _ = self.entries_at(fact, moment)
        parts = fact.groups or {}
        ways: list[list[str]] = []
        for entry, _ in entries:
            amount = entry.get(fact.sum or "amount") or ANYTHING
            possible = [
                group
                for group in sorted(groups)
                if amount.high > 0 and self.matches(parts[group].where, entry, moment.day, []) != FALSE
            ]
            if possible:
                ways.append(possible)
        taken: dict[str, list[str]] = {}  # the entry that each group has

        def place(way: list[str], tried: set[str]) -> bool:
            for group in way:
                if group not in tried:
                    tried.add(group)
                    if group not in taken or place(taken[group], tried):
                        taken[group] = way
                        return True
            return False

        for way in ways:
            if len(taken) == len(groups):
                break
            place(way, set())
        return len(taken)

    def groups(self, name: str, moment: Moment) -> dict[str, Reading]:
        """The amounts of each group of a fact."""
        key = ("groups", name, moment)
        known = self._memo.get(key)
        if known is None:
            fact = self.facts[name]
            known = self._memo[key] = {
                group: self._add(fact, moment, part.where, fact.sum or "amount")
                for group, part in (fact.groups or {}).items()
            }
        return known

    def share(self, name: str, groups: tuple[str, ...], moment: Moment) -> tuple[Reading, Reading]:
        """What the named groups have together, and what all others have, each entry on one side only."""
        fact = self.facts[name]
        parts = fact.groups or {}
        named = self._add(
            fact,
            moment,
            Where.model_construct(each={}, any=tuple(parts[group].where for group in groups)),
            fact.sum or "amount",
        )
        entries, more, listed = self.entries_at(fact, moment)
        low: Number = 0
        high: Number = 0
        missing = list(named.missing)
        for entry, counts in entries:
            unclear: list[Path] = []
            inside = any_of(
                [self.matches(parts[group].where, entry, moment.day, unclear) for group in groups]
            )
            amount = entry.get(fact.sum or "amount") or ANYTHING
            if inside != TRUE:
                high += amount.high
                certain = inside == FALSE and counts == TRUE
                low += amount.low if certain else 0
                if not certain:
                    missing.extend(
                        _why_open(entry, counts, listed.declared, unclear if inside == UNKNOWN else [])
                    )
                if not amount.exact:
                    missing.append((*entry.at, fact.sum or "amount"))
        return named, Reading(Range(low, INFINITY if more else high), (), tuple(dict.fromkeys(missing)))

    # --- single values ---------------------------------------------------------------------------------------------------

    def single(self, name: str, day: date) -> tuple[list[Any], Path, tuple[Path, ...]]:
        """The values that a yes/no, a choice, a text or a day may have: one where it is known, none where nothing is."""
        fact = self.facts[name]
        assert fact.value is not None
        path = tuple(fact.value.split("."))
        value = value_at(self.subject, fact.value)
        if value is None:
            return [], path, (path,)
        if type(value) is Series:
            values, open_end = series_at(value, day, self.reported_on)
            distinct = list(dict.fromkeys(values))
            if open_end or None in distinct:
                return [], path, unclear_places(value, path, day)
            return distinct, path, () if len(distinct) == 1 else unclear_places(value, path, day)
        return [value], path, ()

    def words(self, name: str, day: date) -> tuple[tuple[str, ...] | None, bool, Path]:
        """Several words; None where the list is not given; whether there may be more."""
        fact = self.facts[name]
        assert fact.words is not None
        value = value_at(self.subject, fact.words)
        return (
            value,
            value is None or self.incomplete(fact.words) or day > self.reported_on,
            tuple(fact.words.split(".")),
        )

    def table(self, name: str, day: date) -> tuple[Mapping[str, Any] | None, bool, Path]:
        fact = self.facts[name]
        assert fact.table is not None
        value = value_at(self.subject, fact.table)
        return (
            value,
            value is None or self.incomplete(fact.table) or day > self.reported_on,
            tuple(fact.table.split(".")),
        )

    def days(self) -> frozenset[date]:
        """Every day that the data names, and the two days that it is looked at from."""
        if self._days is None:
            self._days = frozenset(
                (*_days_in(self.subject), self.as_of, self.reported_on, *([self.force] if self.force else []))
            )
        return self._days


def _why_open(entry: Entry, counts: int, declared: ListOf, unclear: list[Path]) -> Iterator[Path]:
    yield from unclear
    if counts != TRUE:
        yield from undated(entry, declared)


_DAYLESS = frozenset({str, bool, Range, type(None)})


def _days_in(subject: Subject) -> Iterator[date]:
    """Every day that the data names, and the ends of every year."""
    left: list[Any] = [subject, subject.approvals if isinstance(subject, Programme) else ()]
    while left:
        item = left.pop()
        kind = type(item)
        if kind in _DAYLESS:
            continue
        if kind is Span:
            yield from item
        elif kind is int:
            if 1900 <= item <= 2200:
                yield from (date(item, 1, 1), date(item, 12, 31))
        elif isinstance(item, (tuple, list)):
            left.extend(item)
        elif isinstance(item, dict):
            left.extend(item.values())
        elif isinstance(item, Record):
            left.extend(vars(item).values())


__all__ = ["Moment", "Path", "Reading", "Scene"]
