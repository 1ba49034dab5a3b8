"""How the facts of the vocabulary are read from a subject's data at a moment: ranges, words, entries, with their places.

What is not known stays a range, a missing path or UNKNOWN. Nothing here knows a rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from weakref import ref

from tic_rules.core.quantities import ANY_DAY, ANYTHING, FIRST_DAY, INFINITY, Number, Range, Span, add_days
from tic_rules.model.conditions import Test, Where
from tic_rules.model.fields import value_at
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import Fact, ListOf, LookUp, RuleSet
from tic_rules.model.subject import Record, Subject
from tic_rules.model.values import Dated, Series

FALSE, UNKNOWN, REVIEW, TRUE = range(4)
"""Kleene's three values and the fourth of a judgement that is still to be made. `all` is their minimum."""

NAMES = ("false", "unknown", "needs_review", "true")

Path = tuple[str | int, ...]


def negate(value: int) -> int:
    return TRUE if value == FALSE else FALSE if value == TRUE else value


def any_of(values: list[int]) -> int:
    """True, else unknown, else needs review, else false."""
    if TRUE in values:
        return TRUE
    if UNKNOWN in values:
        return UNKNOWN
    return REVIEW if REVIEW in values else FALSE


class Moment(NamedTuple):
    """When a condition is looked at: the day, the first day whose money and events count, the year that is owed."""

    day: date
    start: date = FIRST_DAY
    year: int | None = None


class Reading(NamedTuple):
    """A number as it is known: its range, the places it was read from, the places whose absence keeps it open."""

    range: Range
    cites: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()


class Entry(NamedTuple):
    """One entry of a list, with the days that it may be dated and the attributes that were looked up elsewhere."""

    at: Path
    record: Any
    when: Span | None
    year: int | None
    found: LookedUp | None

    def get(self, attribute: str) -> Any:
        if self.found is not None and attribute in self.found.names:
            return self.found.of(attribute)[0]
        return (
            getattr(self.record, attribute) if type(self.record) is not dict else self.record.get(attribute)
        )

    def path(self, attribute: str) -> Path:
        return self.paths(attribute)[0]

    def paths(self, attribute: str) -> tuple[Path, ...]:
        """Where an attribute was found, or all that keeps it unknown."""
        if self.found is not None and attribute in self.found.names:
            return self.found.of(attribute)[1]
        return ((*self.at, attribute),)


class Listed(NamedTuple):
    """A list of the data: its entries; where it stands; where it is left out or named incomplete; whether its absence is timeless."""

    declared: ListOf
    entries: tuple[Entry, ...]
    at: tuple[Path, ...]
    open_at: tuple[Path, ...]
    timeless: bool = False

    @property
    def incomplete(self) -> bool:
        return bool(self.open_at)


class Scene:
    """A subject on an as-of day, read through the facts of a rule set. Reads are remembered for the length of a check."""

    __slots__ = (
        "__weakref__", "_days", "_incomplete", "_lists", "_memo", "as_of", "attested", "facts", "followed", "lists", "lives", "places", "programme",
        "reported_on", "ruleset", "subject",
    )  # fmt: skip

    def __init__(self, subject: Subject, ruleset: RuleSet, as_of: date) -> None:
        self.subject, self.ruleset, self.as_of = subject, ruleset, as_of
        self.facts, self.lists = ruleset.facts, ruleset.vocabulary.lists
        self.reported_on = subject.speaks_for or as_of
        self.programme = isinstance(subject, Programme)
        self.followed: dict[str, tuple[int, tuple[Path, ...]]] = {}
        self.attested: dict[str, list[tuple[int, Any]]] = {}
        self.lives: dict[Any, Any] = {}
        source = subject._text()
        self.places: dict[Path, Any] = source.shown if source is not None else {}
        self._incomplete = frozenset(name.strip("/").replace("/", ".") for name in subject.incomplete or ())
        self._lists: dict[str, Listed] = {}
        self._memo: dict[Any, Any] = {}
        self._days: frozenset[date] | None = None

    # --- lists -----------------------------------------------------------------------------------------------------------

    def incomplete(self, path: str) -> bool:
        """Whether the data says that a list (or all below a heading) is not complete."""
        named = self._incomplete
        if not named:
            return False
        parts = path.split(".")
        return parts[-1] in named or any(".".join(parts[: n + 1]) in named for n in range(len(parts)))

    def listed(self, name: str) -> Listed:
        found = self._lists.get(name)
        if found is None:
            found = self._lists[name] = self._read_list(name)
        return found

    def _read_list(self, name: str) -> Listed:
        declared = self.lists[name]
        entries: list[Entry] = []
        places: list[Path] = []
        open_at: list[Path] = []
        timeless = False
        for path in declared.paths:
            at = tuple(path.split("."))
            value = value_at(self.subject, path)
            if declared.held is not None:
                held = None if value is None else getattr(value, declared.held)
                happened = held or (
                    value is not None and any(v is not None for k, v in value if k != declared.held)
                )
                timeless = held is False
                places.append(at if value is None else (*at, declared.held))
                if held is None and not happened:
                    open_at.extend([at] if value is None else [(*at, name) for name, _ in value])
                if happened:
                    entries.append(self._entry(declared, value, at))
                continue
            places.append(at)
            if value is None or self.incomplete(path):
                open_at.append(at)
            entries.extend(
                self._entry(declared, record, (*at, index)) for index, record in enumerate(value or ())
            )
        return Listed(declared, tuple(entries), tuple(places), tuple(open_at), timeless)

    def _entry(self, declared: ListOf, record: Any, at: Path) -> Entry:
        if declared.scalar is not None:
            return Entry(at, {declared.scalar: record}, None, record if declared.year else None, None)
        when = (getattr(record, declared.date) or ANY_DAY) if declared.date else None
        year = getattr(record, declared.year) if declared.year else None
        found = LookedUp(self, declared.look_up, record, at) if declared.look_up else None
        return Entry(at, record, when, year, found)

    def look_up(self, look: LookUp, record: Any, at: Path) -> tuple[Any, tuple[Path, ...]]:
        """What all units agree on that an entry may mean, and where it stands; otherwise None, and all that keeps it unknown."""
        role = getattr(record, look.by)
        listed_name = look.units.get(role) if role is not None else None
        if listed_name is None:
            return None, ((*at, look.by),)
        units = self.listed(listed_name)
        name = getattr(record, look.named)
        known = [unit for unit in units.entries if name is not None and unit.get("name") == name]
        perhaps = [unit for unit in units.entries if name is not None and unit.get("name") is None]
        meant = [*known, *perhaps] if known else list(units.entries)
        values = {unit.get(look.take) for unit in meant}
        others = () if known else units.open_at
        if len(values) == 1 and None not in values and not others:
            return values.pop(), (meant[0].path(look.take),)
        untyped = [unit.path(look.take) for unit in meant if unit.get(look.take) is None]
        unnamed = [(*at, look.named)] if name is None else [unit.path("name") for unit in perhaps]
        several = len(meant) > 1 or (meant and others)
        return None, (*untyped, *(unnamed if several else ()), *others) or units.at[:1]

    def may_go_on(self, listed: Listed, day: date) -> tuple[Path, ...]:
        """Where entries may stand that the data does not show: an incomplete list, or any list on a day after reported_on."""
        return listed.at if day > self.reported_on and not listed.timeless else listed.open_at

    # --- entries ---------------------------------------------------------------------------------------------------------

    def entries_at(
        self, fact: Fact, moment: Moment
    ) -> tuple[list[tuple[Entry, int]], tuple[Path, ...], Listed]:
        """The entries of a fact's list that count, or may count, at a moment; where there may be more; the list."""
        name = fact.list_name
        assert name is not None
        key = (name, moment, fact.over)
        known = self._memo.get(key)
        if known is None:
            listed = self.listed(name)
            year, last = moment.year, moment.day
            if fact.over is not None:
                year, last = moment.day.year - 1, date(max(moment.day.year - 1, 1), 12, 31)
            cap = min(last, self.reported_on)
            found = []
            for entry in listed.entries:
                value = TRUE if entry.when is None else _within(entry.when, moment.start, last, cap)
                if (
                    year is not None
                    and value != FALSE
                    and listed.declared.year is not None
                    and entry.year != year
                ):
                    value = UNKNOWN if entry.year is None else FALSE
                if value != FALSE:
                    found.append((entry, value))
            known = self._memo[key] = found, self.may_go_on(listed, last), listed
        return known

    def matches(self, where: Where, entry: Entry, day: date, missing: list[Path]) -> int:
        """Whether an entry is so. Places whose absence leaves it open are added to `missing`."""
        value = TRUE
        for attribute, test in where.each.items():
            actual, allowed = entry.get(attribute), test.one_of
            kind = type(actual)
            if allowed is not None and (kind is str or kind is bool) and (actual in allowed or not test.open):
                if actual in allowed:
                    continue
                return FALSE
            through = kind is Series
            one = (
                self._through(test, actual, entry, attribute, day, missing)
                if through
                else self._allows(test, actual, missing, entry, attribute)
            )
            if one < value:
                value = one
                if value == FALSE:
                    return FALSE
        return min(value, self._any(where.any, entry, day, missing)) if where.any else value

    def _any(self, ways: tuple[Where, ...], entry: Entry, day: date, missing: list[Path]) -> int:
        """Whether an entry is so in one of several ways; where one is certain, what the others leave open does not matter."""
        values: list[int] = []
        unclear: list[Path] = []
        for way in ways:
            value = self.matches(way, entry, day, unclear)
            if value == TRUE:
                return TRUE
            values.append(value)
        missing.extend(unclear)
        return any_of(values)

    def _through(
        self, test: Test, series: Series[Any], entry: Entry, attribute: str, day: date, missing: list[Path]
    ) -> int:
        values, open_end = series_at(series, day, self.reported_on)
        results = {self._allows(test, value, missing, entry, attribute) for value in values}
        if open_end or len(results) > 1:
            missing.extend(_unclear(series, entry.path(attribute), day))
            return UNKNOWN
        return results.pop()

    def _allows(self, test: Test, actual: Any, missing: list[Path], entry: Entry, attribute: str) -> int:
        allowed = test.one_of
        if actual is None:
            if allowed is not None and None in allowed:
                return TRUE
            missing.extend(entry.paths(attribute))
            return UNKNOWN
        if test.given:
            return TRUE
        if type(actual) is tuple:
            if allowed is not None and any(word in allowed for word in actual):
                return TRUE
            if self._incomplete and self.incomplete(attribute):
                missing.append(entry.path(attribute))
                return UNKNOWN
            return REVIEW if test.open and actual else FALSE
        if allowed is not None:
            return TRUE if actual in allowed else REVIEW if test.open else FALSE
        return FALSE if actual in (test.other_than or ()) else TRUE

    # --- numbers ---------------------------------------------------------------------------------------------------------

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
            return Reading(ANYTHING, (), (path,))
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
            kept, open_end = _candidates(series, day, spoken)
            if kept and not open_end:
                ranges = [series[index].value or ANYTHING for index in kept]
                known = Range(min(r.low for r in ranges), max(r.high for r in ranges))
                missing = [
                    values[index]
                    for index in kept
                    if (value := series[index].value) is None or not value.exact
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
                return Reading(ANYTHING, (path,), _unclear(value, path, moment.day))
            known = values[0]
            for other in values[1:]:
                known = known.hull(other)
            return Reading(known, (path,), () if known.exact else _unclear(value, path, moment.day))
        if self.incomplete(fact.value):
            value = Range(value.low, INFINITY)
        return Reading(value, (path,), () if value.exact else (path,))

    def _counted(self, fact: Fact, moment: Moment, path: Path) -> Reading:
        listed = self.listed(fact.else_count or "")
        cap = min(moment.day, self.reported_on)
        certain = sum(
            1
            for entry in listed.entries
            if entry.when is not None and _within(entry.when, moment.start, moment.day, cap) == TRUE
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
                unclear = _unclear(value, unclear[0], moment.day)
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

    def _kinds(self, fact: Fact, moment: Moment) -> Reading:
        groups = self.groups(fact.kinds or "", moment)
        low = sum(1 for reading in groups.values() if reading.range.low > 0)
        high = sum(1 for reading in groups.values() if reading.range.high > 0)
        cites = tuple(cite for reading in groups.values() for cite in reading.cites)
        missing = tuple(
            dict.fromkeys(m for r in groups.values() if r.range.low <= 0 < r.range.high for m in r.missing)
        )
        return Reading(Range(low, high), tuple(dict.fromkeys(cites)), missing)

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
                return [], path, _unclear(value, path, day)
            return distinct, path, () if len(distinct) == 1 else _unclear(value, path, day)
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
            self._days = frozenset((*_days_in(self.subject), self.as_of, self.reported_on))
        return self._days


class LookedUp:
    """The attributes of an entry that stand elsewhere, looked up when they are asked for.

    The scene is held weakly: in a circle, it and the text of its file would stay in memory until Python looks for circles.
    """

    __slots__ = ("_at", "_known", "_record", "_scene", "names")

    def __init__(self, scene: Scene, names: Mapping[str, LookUp], record: Any, at: Path) -> None:
        self._scene, self.names, self._record, self._at = ref(scene), names, record, at
        self._known: dict[str, tuple[Any, tuple[Path, ...]]] = {}

    def of(self, name: str) -> tuple[Any, tuple[Path, ...]]:
        """The value and the place that it was found at, or None and all that keeps it unknown."""
        if name not in self._known:
            scene = self._scene()
            assert scene is not None, "entries are read while their scene is"
            self._known[name] = scene.look_up(self.names[name], self._record, self._at)
        return self._known[name]


def _within(when: Span, start: date, last: date, cap: date) -> int:
    """Whether a day lies between `start` and `last`; what is dated after `cap` is never certain."""
    if when.last < start or when.first > last:
        return FALSE
    return TRUE if when.first >= start and when.last <= cap else UNKNOWN


def _why_open(entry: Entry, counts: int, declared: ListOf, unclear: list[Path]) -> Iterator[Path]:
    yield from unclear
    if counts != TRUE:
        if entry.when is not None and not entry.when.exact and declared.date:
            yield (*entry.at, declared.date)
        if declared.year is not None and entry.year is None:
            yield (*entry.at, declared.year)


def _candidates(entries: Sequence[Dated[Any]], day: date, spoken: date) -> tuple[list[int], bool]:
    """Which entries may hold on a day, and whether something that the data does not show may hold instead."""
    last = min(day, spoken)
    certain = [index for index, entry in enumerate(entries) if entry.when.last <= last]
    possible = [
        index for index, entry in enumerate(entries) if entry.when.first <= day and entry.when.last > last
    ]
    latest = max((entries[index].when.first for index in certain), default=FIRST_DAY)
    return [index for index in certain + possible if entries[index].when.last >= latest], not certain


def series_at(series: Series[Any], day: date, spoken: date) -> tuple[list[Any], bool]:
    """The values that a series may have on a day; True beside them where it may also be something else."""
    kept, open_end = _candidates(series, day, spoken)
    values: list[Any] = []
    for index in kept:
        if series[index].value not in values:
            values.append(series[index].value)
    return values, open_end


def _unclear(series: Series[Any], path: Path, day: date) -> tuple[Path, ...]:
    """The places of a series that leave open what holds on a day: dates that are not exact, values that are not; else the whole."""
    near = [(index, entry) for index, entry in enumerate(series) if entry.when.first <= day]
    dates = [(*path, index, "date") for index, entry in near if not entry.when.exact]
    values = [
        (*path, index, "value")
        for index, entry in near
        if entry.value is None or (isinstance(entry.value, Range) and not entry.value.exact)
    ]
    return (*dates, *values) or (path,)


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


__all__ = [
    "FALSE",
    "NAMES",
    "REVIEW",
    "TRUE",
    "UNKNOWN",
    "Entry",
    "Moment",
    "Path",
    "Reading",
    "Scene",
    "add_days",
    "any_of",
    "negate",
]
