"""How facts are read from a subject's data at a moment: numbers, words, single values, with their places.

What is not known stays a range, a missing path or UNKNOWN. Nothing here knows a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tic_rules.core.dates import Span
from tic_rules.core.logic import FALSE, TRUE, UNKNOWN
from tic_rules.core.numbers import ANYTHING, INFINITY, Number, Range
from tic_rules.evaluation.derived_numbers import Reading, age, average, made
from tic_rules.evaluation.entries import (
    Entry,
    Lists,
    Memo,
    Moment,
    Path,
    candidates,
    series_at,
    unclear_places,
    undated,
)
from tic_rules.evaluation.seen import FollowedConsequence
from tic_rules.evaluation.spans import within
from tic_rules.model.conditions import Where
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import Fact, ListOf, RuleSet
from tic_rules.model.subject import Record, Subject
from tic_rules.model.values import Dated, Series

MANY_SUMS = 4_096
MANY_ADDITIONS = 20_000
"""So many sums of entries that may or may not count are told apart, after so many additions; beyond it, only
their range."""


Given = list[tuple[int, Any]]
"""Complete attestations or exemptions, each with its place in the data: their days are given."""


class _Sum:
    """Amounts that are being added up."""

    __slots__ = ("cites", "high", "low", "missing")

    def __init__(self) -> None:
        self.low: Number = 0
        self.high: Number = 0
        self.cites: list[Path] = []
        self.missing: list[Path] = []

    def add(self, at: Path, low: Number, high: Number, missing: Iterable[Path]) -> None:
        """One more amount, from `low` to `high`."""
        self.low += low
        self.high += high
        self.cites.append(at)
        self.missing.extend(missing)

    def reading(self, more: tuple[Path, ...]) -> Reading:
        """What they come to; `more` is where further ones may stand."""
        high = INFINITY if more else self.high
        return Reading(Range(self.low, high), tuple(self.cites), (*self.missing, *more))


class Scene:
    """A subject on an as-of day, read through a rule set's facts; what is read is remembered for a check."""

    __slots__ = (
        "__weakref__",
        "_days",
        "_memo",
        "as_of",
        "attested",
        "clocks",
        "entries_at",
        "facts",
        "first_year",
        "followed",
        "force",
        "incomplete",
        "listed",
        "lists",
        "look_up",
        "matches",
        "may_go_on",
        "nearest",
        "open_words",
        "places",
        "programme",
        "reported_on",
        "ruleset",
        "scenarios",
        "sources",
        "subject",
        "text",
    )

    def __init__(self, subject: Subject, ruleset: RuleSet, as_of: date) -> None:
        self.subject, self.ruleset, self.as_of = subject, ruleset, as_of
        self.facts, self.lists = ruleset.facts, ruleset.vocabulary.lists
        self.reported_on = subject.speaks_for or as_of
        self.programme = isinstance(subject, Programme)
        self.force = None if self.programme else ruleset.document.in_force.from_
        """The day on which the document came into force, for a centre; a programme has its own period."""
        self.followed: dict[str, FollowedConsequence] = {}
        """What became of the consequences that are decided."""
        self.attested: dict[tuple[str, str | None], Given] = {}
        """The attestations that have an effect, by rule and item, each with its place in the data."""
        self.scenarios: Memo = {}
        self.clocks: Memo = {}
        self.text = subject._text()
        """The text that the data was read from, which knows the places of its values."""
        self.places: Memo = self.text.shown if self.text is not None and not self.programme else {}
        self.nearest: Memo = {}
        """What findings show of a place, or of where it would stand, by its path."""
        self.sources: list[tuple[tuple[str, ...], Any]] | None = None
        """The sources that the data names, each with its path, once findings ask for them."""
        lists = Lists(subject, self.lists, self.reported_on, self.facts)
        self.listed, self.entries_at, self.matches = lists.listed, lists.entries_at, lists.matches
        self.first_year, self.open_words = lists.first_year, lists.open_words
        self.may_go_on, self.incomplete, self.look_up = lists.may_go_on, lists.incomplete, lists.look_up
        self._memo: Memo = {}
        self._days: frozenset[date] | None = None

    # --- numbers ---------------------------------------------------------------------------------------

    def value_of(self, fact: Fact) -> Any:
        """What stands in the data where a fact is read; None where it, or anything above it, is left out."""
        value: object = self.subject
        for part in fact.at:
            if value is None:
                return None
            value = getattr(value, part)
        return value

    def number(self, name: str, moment: Moment) -> Reading:
        """The range of a numeric fact at a moment."""
        key = (name, moment)
        reading: Reading | None = self._memo.get(key)
        if reading is None:
            fact = self.facts[name]
            reading = self._memo[key] = getattr(self, f"_{fact.reading}")(fact, moment)
        return reading

    def _stock(self, fact: Fact, moment: Moment) -> Reading:
        value = self.value_of(fact)
        if value is None:
            return self._counted(fact, moment) if fact.else_count else Reading(ANYTHING, (), (fact.at,))
        dated = type(value) is Series
        series = value if dated else (Dated(Span(self.reported_on, self.reported_on), value),)
        places: list[Path] = [(*fact.at, index) for index in range(len(series))] if dated else [fact.at]
        values: list[Path] = [(*place, "value") for place in places] if dated else [fact.at]
        day, spoken = moment.day, self.reported_on
        last = min(day, spoken)
        number = ANYTHING
        missing: list[Path] = [fact.at]
        if day <= spoken and (dated or day == spoken):
            standing, open_end = candidates(series, day, spoken)
            if standing and not open_end:
                ranges = [series[index].value or ANYTHING for index in standing]
                number = Range(min(r.low for r in ranges), max(r.high for r in ranges))
                missing = [values[index] for index in standing if not (series[index].value or ANYTHING).exact]
            missing.extend((*places[index], "date") for index in standing if not series[index].when.exact)
        if fact.cumulative:
            lows = [one.value.low for one in series if one.value is not None and one.when.last <= last]
            highs = [one.value.high for one in series if one.value is not None and one.when.first >= day]
            low = max([number.low, *lows])
            number = Range(low, max(min([number.high, *highs]), low))
            cites = values
        else:
            cites = [values[index] for index, one in enumerate(series) if one.when.first <= day]
        shown = self.shown(fact, moment)
        if self.incomplete(fact.stock or "") or shown > number.high:
            number, missing = Range(number.low, INFINITY), [fact.at]
        number = Range(max(number.low, shown), number.high)
        return Reading(number, tuple(cites), () if number.exact else tuple(missing))

    def _value(self, fact: Fact, moment: Moment) -> Reading:
        value, path = self.value_of(fact), fact.at
        if value is None:
            return self._counted(fact, moment) if fact.else_count else Reading(ANYTHING, (), (path,))
        if type(value) is Series:
            values, open_end = series_at(value, moment.day, self.reported_on)
            if open_end or not values or None in values:
                return Reading(ANYTHING, (path,), unclear_places(value, path, moment.day))
            number = values[0]
            for other in values[1:]:
                number = number.hull(other)
            return Reading(number, (path,), () if number.exact else unclear_places(value, path, moment.day))
        shown = self.shown(fact, moment)
        more = self.incomplete(fact.value or "") or shown > value.high
        value = Range(max(value.low, shown), INFINITY if more else value.high)
        return Reading(value, (path,), () if value.exact else (path,))

    def shown(self, fact: Fact, moment: Moment) -> Number:
        """How many entries show a number at least; one that is given and less contradicts them."""
        return self._counted(fact, moment).range.low if fact.else_count is not None else 0

    def _counted(self, fact: Fact, moment: Moment) -> Reading:
        """The entries of a list as a lower bound of a number."""
        cap = min(moment.day, self.reported_on)
        certain = sum(
            1
            for entry in self.listed(fact.else_count or "").entries
            if entry.when is not None and within(entry.when, moment.start, moment.day, cap) == TRUE
        )
        return Reading(Range(certain, INFINITY), (), (fact.at,))

    def _sum(self, fact: Fact, moment: Moment) -> Reading:
        return self.add_up(fact, moment, (fact.where,), fact.sum or "")[0]

    _average, _age = average, age
    _ratio = _smaller = _larger = made

    def add_up(
        self,
        fact: Fact,
        moment: Moment,
        wheres: Sequence[Where | None],
        attribute: str,
        since: int | None = None,
    ) -> list[Reading]:
        """The amounts of the entries that are so, in each of several ways that exclude each other."""
        entries, more, listed = self.entries_at(fact, moment, since)
        matches, day, by_year = self.matches, moment.day, looks_at_years(fact, moment)
        sums = [_Sum() for _ in wheres]
        for entry, counts in entries:
            low, high = entry.values.get(attribute) or ANYTHING
            at = (*entry.at, attribute)
            for where, added in zip(wheres, sums, strict=True):
                unclear: list[Path] = []
                value = TRUE if where is None else matches(where, entry, day, unclear)
                if value == FALSE:
                    continue
                if value == TRUE and counts == TRUE:
                    added.add(at, low, high, ())
                else:
                    added.add(at, 0, high, _why_open(entry, counts, listed.declared, by_year, unclear))
                if low != high:
                    added.missing.append(at)
                if value == TRUE:
                    break
        return [added.reading(more) for added in sums]

    def _count(self, fact: Fact, moment: Moment) -> Reading:
        entries, more, listed = self.entries_at(fact, moment)
        by_year = looks_at_years(fact, moment)
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
                missing.extend(_why_open(entry, counts, listed.declared, by_year, unclear))
        if more:
            missing.extend(more)
        return Reading(Range(low, INFINITY if more else high), tuple(cites), tuple(missing))

    def _distinct(self, fact: Fact, moment: Moment) -> Reading:
        entries, more, listed = self.entries_at(fact, moment)
        attribute, by_year = fact.distinct or "", looks_at_years(fact, moment)
        certain: set[object] = set()
        perhaps: set[object] = set()
        unknown = 0
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
            if value is None:
                missing.extend(unclear)
                unknown += 1
            else:
                (certain if counts == TRUE else perhaps).add(value)
            if counts != TRUE:
                missing.extend(undated(entry, listed.declared, by_year))
        one = any(counts == TRUE for _, counts in entries)
        low = max(len(certain), 1 if one else 0)
        high: Number = len(certain | perhaps) + unknown
        if more:
            high = INFINITY
            missing.extend(more)
        return Reading(Range(low, high), tuple(cites), tuple(missing))

    def sums(self, name: str, moment: Moment) -> list[Range]:
        """The ranges that a sum may lie in: an entry that may not count adds all of its amount, or nothing.

        One range where the fact is no sum, or where there are too many ways to add up."""
        fact = self.facts[name]
        whole = self.number(name, moment).range
        entries, more, _ = self.entries_at(fact, moment) if fact.reading == "sum" else ([], (), None)
        if more or not entries:
            return [whole]
        certain, perhaps = Range(0, 0), []
        for entry, counts in entries:
            value = (
                counts if fact.where is None else min(counts, self.matches(fact.where, entry, moment.day, []))
            )
            amount = entry.get(fact.sum or "") or ANYTHING
            if value == TRUE:
                certain = certain.plus(amount)
            elif value != FALSE:
                perhaps.append(amount)
        possible, tried = {certain}, 0
        for amount, times in Counter(perhaps).items():
            fresh = possible
            for _ in range(times):
                tried += len(fresh)
                fresh = {one.plus(amount) for one in fresh} - possible
                possible |= fresh
                if len(possible) > MANY_SUMS or tried > MANY_ADDITIONS:
                    return [whole]
        return list(possible)

    def _kinds(self, fact: Fact, moment: Moment) -> Reading:
        """How many groups have more than nothing: an entry of unknown group adds at most one kind."""
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
        """How many of the groups may have more than nothing at once, each entry being in one at most."""
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
        readings: dict[str, Reading] | None = self._memo.get(key)
        if readings is None:
            fact = self.facts[name]
            parts = fact.groups or {}
            wheres = [part.where for part in parts.values()]
            added = self.add_up(fact, moment, wheres, fact.sum or "amount")
            readings = self._memo[key] = dict(zip(parts, added, strict=True))
        return readings

    def share(self, name: str, groups: tuple[str, ...], moment: Moment) -> tuple[Reading, Reading]:
        """What the named groups have together, and what all others have, each entry on one side only."""
        fact = self.facts[name]
        ways = tuple((fact.groups or {})[group].where for group in groups)
        inside = ways[0] if len(ways) == 1 else Where.model_construct(each={}, any=ways)
        entries, more, listed = self.entries_at(fact, moment)
        named, rest, by_year = _Sum(), _Sum(), looks_at_years(fact, moment)
        for entry, counts in entries:
            unclear: list[Path] = []
            value = self.matches(inside, entry, moment.day, unclear)
            low, high = entry.values.get(fact.sum or "amount") or ANYTHING
            at = (*entry.at, fact.sum or "amount")
            why = (
                []
                if value != UNKNOWN and counts == TRUE
                else list(_why_open(entry, counts, listed.declared, by_year, unclear))
            )
            if value != FALSE:
                named.add(at, low if value == TRUE and counts == TRUE else 0, high, why)
            if value != TRUE:
                rest.add(at, low if value == FALSE and counts == TRUE else 0, high, why)
            if low != high:
                (rest if value == FALSE else named).missing.append(at)
        others = rest.reading(more)
        missing = tuple(dict.fromkeys((*named.missing, *more, *others.missing)))
        return named.reading(more), Reading(others.range, (), missing)

    # --- single values ----------------------------------------------------------------------------

    def single(self, name: str, day: date) -> tuple[list[Any], Path, tuple[Path, ...]]:
        """The values that one field may have: one where it is given, none where nothing is."""
        fact = self.facts[name]
        value, path = self.value_of(fact), fact.at
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
        value = self.value_of(fact)
        more = value is None or day > self.reported_on or self.incomplete(fact.words or "")
        return value, more, fact.at

    def table(self, name: str, day: date) -> tuple[Mapping[str, object] | None, bool, Path]:
        """The entries of a table by their keys; None where it is not given; whether there may be more."""
        fact = self.facts[name]
        value = self.value_of(fact)
        more = value is None or day > self.reported_on or self.incomplete(fact.table or "")
        return value, more, fact.at

    def days(self) -> frozenset[date]:
        """Every day that the data names, and the two days that it is looked at from."""
        if self._days is None:
            self._days = frozenset(
                (*_days_in(self.subject), self.as_of, self.reported_on, *([self.force] if self.force else []))
            )
        return self._days


def looks_at_years(fact: Fact, moment: Moment) -> bool:
    """Whether the years of a fact's entries are looked at, where these have dates too."""
    return moment.year is not None or fact.over is not None


def _why_open(
    entry: Entry, counts: int, declared: ListOf, by_year: bool, unclear: list[Path]
) -> Iterator[Path]:
    yield from unclear
    if counts != TRUE:
        yield from undated(entry, declared, by_year)


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


__all__ = ["Moment", "Path", "Reading", "Scene", "looks_at_years"]
