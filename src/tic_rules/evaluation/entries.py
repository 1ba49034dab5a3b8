"""The lists of the data: which entries count on a day, and whether an entry is as a rule asks.

What is not known is UNKNOWN, with the places that keep it open. Nothing here knows a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from tic_rules.core.dates import ANY_DAY, FIRST_DAY, Span
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN, any_of
from tic_rules.core.numbers import Range
from tic_rules.evaluation.spans import happened, in_years, within, year_within
from tic_rules.evaluation.units import Units, called
from tic_rules.model.conditions import Test, Where
from tic_rules.model.fields import list_above, lists_at, value_at
from tic_rules.model.ruleset import Fact, ListOf, LookUp
from tic_rules.model.subject import Subject
from tic_rules.model.time import Window
from tic_rules.model.values import Dated, Series

Path = tuple[str | int, ...]
"""Where something stands in the data."""
Memo = dict[Any, Any]
"""What is remembered for the length of a check, by keys that say what it is."""


class Moment(NamedTuple):
    """When a condition is looked at: the day, the first day that counts, the year that is owed.

    Of a centre that was approved before the document came into force, `force` is that day: what lists
    declare as `earlier` is left out before it; `adverse` says that the rule is a prohibition or a
    consequence."""

    day: date
    start: date = FIRST_DAY
    year: int | None = None
    force: date = FIRST_DAY
    adverse: bool = False
    spoken: date | None = None
    """Of a year that is looked at later (`each_year`): the day by which what lists say of the year counts."""
    event: Path | None = None
    """The entry that a deadline runs from."""

    def start_of(self, declared: ListOf) -> date:
        """The first day whose entries of a list count."""
        if declared.earlier == "ignored" or (declared.earlier == "fulfils" and self.adverse):
            return max(self.start, self.force)
        return self.start

    def too_early(self, declared: ListOf, last: date) -> bool:
        """Whether nothing of a list can count up to a day: what counts begins after it, of figures of a year
        with the year after that of `start`."""
        start = self.start_of(declared)
        of_years = self.year is None and declared.year is not None and declared.date is None
        return start > last or (of_years and start.year >= last.year)


class Entry(NamedTuple):
    """One entry of a list: its record, and its attributes with those that are looked up elsewhere."""

    at: Path
    record: object
    values: Mapping[str, Any]
    when: Span | None = None
    """The days that it may be dated; None where entries of the list have no date."""
    year: int | None = None
    looked_up: Mapping[str, tuple[Path, ...]] | None = None
    """Where the looked-up attributes were read, or all that keeps them unknown."""
    founded: Path | None = None
    """Where the day of the founding stands, if that leaves open whether the year of the entry counts."""

    def get(self, attribute: str) -> Any:
        """The value of an attribute, None where it is unknown."""
        return self.values.get(attribute)

    def path(self, attribute: str) -> Path:
        """The first of `paths`."""
        return self.paths(attribute)[0]

    def paths(self, attribute: str) -> tuple[Path, ...]:
        """Where an attribute was read, or all that keeps it unknown."""
        if self.looked_up is not None and attribute in self.looked_up:
            return self.looked_up[attribute]
        return ((*self.at, attribute),)


def plain_entry(at: Path, record: object) -> Entry:
    """An entry that has no date, of a record or of a mapping."""
    return Entry(at, record, record if type(record) is dict else vars(record))


class Listed(NamedTuple):
    """A list of the data: its entries, where it stands, where it may go on, whether absence is timeless."""

    declared: ListOf
    entries: tuple[Entry, ...]
    at: tuple[Path, ...]
    open_at: tuple[Path, ...]
    """Where it is left out or named incomplete."""
    timeless: bool = False


Counted = tuple[list[tuple[Entry, int]], tuple[Path, ...], Listed]
"""The entries that count, or may count, at a moment; where there may be more; the list."""


class Lists:
    """The lists of a subject's data. What is read is remembered for the length of a check."""

    __slots__ = (
        "_counted", "_incomplete", "_listed", "_units", "declared", "facts", "open_words", "reported_on",
        "subject",
    )  # fmt: skip

    def __init__(
        self,
        subject: Subject,
        declared: Mapping[str, ListOf],
        reported_on: date,
        facts: Mapping[str, Fact] = MappingProxyType({}),
    ) -> None:
        self.subject, self.declared, self.reported_on, self.facts = subject, declared, reported_on, facts
        self._incomplete = frozenset(name.strip("/").replace("/", ".") for name in subject.incomplete or ())
        self.open_words = frozenset(name.rpartition(".")[2] for name in self._incomplete)  # hosts.carriers
        self._listed: dict[str, Listed] = {}
        self._units: dict[str, Units[Entry]] = {}
        self._counted: dict[object, Counted] = {}

    def incomplete(self, path: str) -> bool:
        """Whether the data says that a list (or all below a heading) is not complete."""
        if not (named := self._incomplete):
            return False
        parts = path.split(".")
        return parts[-1] in named or any(".".join(parts[: n + 1]) in named for n in range(len(parts)))

    # --- reading ---------------------------------------------------------------------------------------

    def listed(self, name: str) -> Listed:
        """A list by its name in the vocabulary."""
        listed = self._listed.get(name)
        if listed is None:
            listed = self._listed[name] = self._read(name)
        return listed

    def _read(self, name: str) -> Listed:
        declared = self.declared[name]
        if declared.held is not None:
            return self._read_event(declared, declared.held)
        entries: list[Entry] = []
        places: list[Path] = []
        open_at: list[Path] = []
        for path in declared.paths:
            open_ended = self.incomplete(path)
            above = list_above(type(self.subject), path)
            if above is not None:
                places.append(tuple(above.split(".")))
                if open_ended and (self.incomplete(above) or not value_at(self.subject, above)):
                    open_at.append(places[-1])
            for at, records in lists_at(self.subject, path):
                places.append(at)
                if records is None or open_ended:
                    open_at.append(at)
                entries.extend(
                    self._entry(declared, record, (*at, n)) for n, record in enumerate(records or ())
                )
        return Listed(declared, tuple(entries), tuple(places), tuple(open_at))

    def _read_event(self, declared: ListOf, attribute: str) -> Listed:
        """One event that says of itself whether it took place: a list of one entry, or of none."""
        entries: list[Entry] = []
        places: list[Path] = []
        open_at: list[Path] = []
        timeless = False
        for path in declared.paths:
            at = tuple(path.split("."))
            event = value_at(self.subject, path)
            held = None if event is None else getattr(event, attribute)
            happened = held or (
                event is not None and any(value is not None for key, value in event if key != attribute)
            )
            timeless = held is False
            places.append(at if event is None else (*at, attribute))
            if happened:
                entries.append(self._entry(declared, event, at))
            elif held is None:
                open_at.extend([at] if event is None else [(*at, key) for key, _ in event])
        return Listed(declared, tuple(entries), tuple(places), tuple(open_at), timeless)

    def _entry(self, declared: ListOf, record: Any, at: Path) -> Entry:
        if declared.scalar is not None:
            value = {declared.scalar: record}
            return Entry(at, value, value, None, record if declared.year else None)
        values = vars(record)
        when = (values.get(declared.date) or ANY_DAY) if declared.date else None
        year = values.get(declared.year) if declared.year else None
        if not declared.look_up:
            return Entry(at, record, values, when, year)
        looked_up = {name: self.look_up(look, record, at) for name, look in declared.look_up.items()}
        return Entry(
            at,
            record,
            values | {name: value for name, (value, _) in looked_up.items()},
            when,
            year,
            {name: places for name, (_, places) in looked_up.items()},
        )

    def look_up(self, look: LookUp, record: object, at: Path) -> tuple[object, tuple[Path, ...]]:
        """What all units that an entry may mean agree on, and where it stands; or all that keeps it open."""
        role = getattr(record, look.by)
        list_name = look.units.get(role) if role is not None else None
        if list_name is None:
            return None, ((*at, look.by),)
        listed, units = self.listed(list_name), self._units_of(list_name)
        name = getattr(record, look.named)
        named = called(name, units, map(self._units_of, look.units.values()))
        if named is None:
            return None, ((*at, look.named),)
        meant = [*named, *units.nameless] if named else units.every
        values = {unit.get(look.take) for unit in meant}
        others = () if named else listed.open_at
        if len(values) == 1 and None not in values and not others:
            return values.pop(), (meant[0].path(look.take),)
        untyped = [unit.path(look.take) for unit in meant if unit.get(look.take) is None]
        unclear = not named and (name is None or not others)
        perhaps = units.nameless if name is not None else []
        unnamed = [(*at, look.named)] if unclear else [unit.path("name") for unit in perhaps]
        several = len(meant) > 1 or (meant and others)
        return None, (*untyped, *(unnamed if several else ()), *others) or listed.at[:1]

    def _units_of(self, list_name: str) -> Units[Entry]:
        """The units of a list by their names."""
        if list_name not in self._units:
            entries = self.listed(list_name).entries
            self._units[list_name] = Units((unit.get("name"), unit) for unit in entries)
        return self._units[list_name]

    def may_go_on(self, listed: Listed, day: date) -> tuple[Path, ...]:
        """Where entries may stand that are not shown: an incomplete list, any list after reported_on."""
        return listed.at if day > self.reported_on and not listed.timeless else listed.open_at

    def entries_at(self, fact: Fact, moment: Moment, since: int | None = None) -> Counted:
        """The entries of a fact's list that count, or may count, at a moment; `since` is the first year of
        its window, where that is taken as known."""
        name, over = fact.list_name, fact.over
        assert name is not None
        key = (name, moment, over, since)
        counted = self._counted.get(key)
        if counted is None:
            if over is None:
                counted = self._count(name, moment)
            else:
                first = self.first_year(over, moment.day) if since is None else (since, since)
                counted = self._within(name, moment, over, first)
                if first[0] != first[1]:
                    counted = self._since_founding(counted, over, moment.day, first)
            if moment.event is not None:  # the entry that a deadline runs from is not what is looked for
                counted = [one for one in counted[0] if one[0].at != moment.event], counted[1], counted[2]
            self._counted[key] = counted
        return counted

    def first_year(self, over: Window, day: date) -> tuple[int, int]:
        """The first year that counts, at the earliest and at the latest: after that of the founding."""
        if over.founded is None:
            return 1, 1
        founded = value_at(self.subject, ".".join(self.facts[over.founded].at))
        if isinstance(founded, Series):
            values, open_end = series_at(founded, day, self.reported_on)
            spans = [ANY_DAY] if open_end or not values else [value or ANY_DAY for value in values]
        else:
            spans = [founded or ANY_DAY]
        return min(span.first.year for span in spans) + 1, max(span.last.year for span in spans) + 1

    def _within(self, name: str, moment: Moment, over: Window, first: tuple[int, int]) -> Counted:
        """The entries of a window that looks back from the day looked at.

        Of full years, a list that has years is read by them, as far as it is dated by the day looked at; any
        other by its dates. A year that lies in a window of months only in part may count."""
        listed, by_year = self.listed(name), over.full_years is not None
        declared = listed.declared
        begins, ends = over.days(moment.day)
        if moment.too_early(declared, ends):
            return [], (), listed
        if declared.year is None or (declared.date is not None and not by_year):
            last = ends
            entries = self._dated(listed, max(moment.start_of(declared), begins), last)
            counted = [
                (entry, min(counts, in_years(entry.when or ANY_DAY, first)) if by_year else counts)
                for entry, counts in entries
            ]
            return [one for one in counted if one[1] != FALSE], self.may_go_on(listed, last), listed
        counted, more, _ = self._count(name, moment._replace(year=None))
        years = range(begins.year, ends.year + 1)
        inner = [
            (entry, min(counts, self._year_in(entry.year, years, begins, ends, first)))
            for entry, counts in counted
        ]
        if declared.date is None:
            more = self.may_go_on(listed, ends)
        least = max(first[0], moment.start_of(declared).year + 1 if declared.date is None else 1)
        more = (*more, *self._years_not_shown(listed, [year for year in years if year >= least]))
        return [one for one in inner if one[1] != FALSE], more, listed

    def _since_founding(self, counted: Counted, over: Window, day: date, first: tuple[int, int]) -> Counted:
        """What the year of the founding leaves open says where that stands: entries, and years not shown."""
        entries, more, listed = counted
        place, marked = self.facts[over.founded or ""].at, []
        for entry, counts in entries:
            year = entry.year if listed.declared.year is not None else (entry.when or ANY_DAY).first.year
            is_open = counts == UNKNOWN and (year is None or year < first[1])
            marked.append((entry._replace(founded=place) if is_open else entry, counts))
        years = [year for year in over.years(day) if first[0] <= year < first[1]]
        return marked, (*more, place) if more and self._years_not_shown(listed, years) else more, listed

    def _year_in(
        self, year: int | None, years: range, begins: date, ends: date, first: tuple[int, int]
    ) -> int:
        """Whether a year lies in a window; UNKNOWN where it does in part, or may be that of the founding."""
        if year is None:
            return UNKNOWN
        if year not in years or year < first[0]:
            return FALSE
        whole = begins <= date(year, 1, 1) and date(year, 12, 31) <= ends
        return TRUE if whole and year >= first[1] else UNKNOWN

    def _years_not_shown(self, listed: Listed, years: Iterable[int]) -> tuple[Path, ...]:
        """The years of which a list of yearly figures, or one within each entry of another, has no entry."""
        if not listed.declared.every_year:
            return ()
        given = {(entry.at[:-1], entry.year) for entry in listed.entries}
        paths = {tuple(path.split(".")) for path in listed.declared.paths}
        lists = [at for at in listed.at if tuple(step for step in at if isinstance(step, str)) in paths]
        return tuple((*at, f"year={year}") for year in years for at in lists if (at, year) not in given)

    def _dated(self, listed: Listed, start: date, last: date) -> list[tuple[Entry, int]]:
        """The entries that are dated, or may be, between two days."""
        cap = min(last, self.reported_on)
        counted = [(entry, within(entry.when or ANY_DAY, start, last, cap)) for entry in listed.entries]
        return [one for one in counted if one[1] != FALSE]

    def _count(self, name: str, moment: Moment) -> Counted:
        listed = self.listed(name)
        declared, year, last = listed.declared, moment.year, moment.day
        start = moment.start if moment.force is FIRST_DAY else moment.start_of(declared)
        if moment.spoken is not None and declared.year is not None and declared.date is not None:
            last = moment.spoken
        if year is not None and declared.year is None and declared.date is not None:
            start = max(start, date(year, 1, 1))
        if start > last or moment.too_early(declared, last):
            return [], (), listed
        more = self.may_go_on(listed, last)
        if declared.every_year and year is not None:
            more = (*more, *self._years_not_shown(listed, (year,)))
        if declared.year is None and declared.date is None:
            return [(entry, TRUE) for entry in listed.entries], more, listed
        cap = min(last, self.reported_on)
        of_a_year = year is not None and declared.year is not None
        by_year_alone = (  # a year that stands alone, as that of a target, is no figure of a year
            year is None and declared.year is not None and (declared.scalar is None or start is not FIRST_DAY)
        )
        counted = []
        for entry in listed.entries:
            if entry.when is not None:
                value = within(entry.when, start, last, cap)
            elif by_year_alone:
                value = year_within(entry.year, start, last, self.reported_on)
            else:
                value = TRUE
            if of_a_year and entry.year != year and value != FALSE:
                value = UNKNOWN if entry.year is None else FALSE
            if value != FALSE:
                counted.append((entry, value))
        return counted, more, listed

    # --- tests -----------------------------------------------------------------------------------------

    def matches(self, where: Where, entry: Entry, day: date, missing: list[Path]) -> int:
        """Whether an entry is so. Places whose absence leaves it open are added to `missing`."""
        value, values = TRUE, entry.values
        for attribute, words, test in where.checks:
            actual = values.get(attribute)
            if words is not None and (type(actual) is str or type(actual) is bool):
                if actual in words:
                    continue
                if not test.open:
                    return FALSE
            elif test.given and actual is not None and type(actual) is not Series:
                continue
            one = (
                self._through(test, actual, entry, attribute, day, missing)
                if isinstance(actual, Series)
                else self._allows(test, actual, missing, entry, attribute, day)
            )
            if one < value:
                value = one
                if value == FALSE:
                    return FALSE
        return min(value, self._matches_any(where.any, entry, day, missing)) if where.any else value

    def _matches_any(self, ways: tuple[Where, ...], entry: Entry, day: date, missing: list[Path]) -> int:
        """Whether an entry is so in one of several ways; where one is certain, the others do not matter."""
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
        self, test: Test, series: Series[object], entry: Entry, attribute: str, day: date, missing: list[Path]
    ) -> int:
        values, open_end = series_at(series, day, self.reported_on)
        results = {self._allows(test, value, missing, entry, attribute, day) for value in values}
        if open_end or len(results) > 1:
            missing.extend(unclear_places(series, entry.path(attribute), day))
            return UNKNOWN
        return results.pop()

    def _allows(
        self, test: Test, actual: Any, missing: list[Path], entry: Entry, attribute: str, day: date
    ) -> int:
        allowed = test.one_of
        if actual is None:
            if allowed is not None and None in allowed:
                return TRUE
            missing.extend(entry.paths(attribute))
            return UNKNOWN
        if test.given:
            return TRUE
        if test.done:
            value = happened(actual, day, self.reported_on)
            missing.extend(entry.paths(attribute) if value == UNKNOWN else ())
            return value
        if type(actual) is tuple:
            if allowed is not None and any(word in allowed for word in actual):
                return TRUE
            if attribute in self.open_words:
                missing.append(entry.path(attribute))
                return UNKNOWN
            return REVIEW if test.open and actual else FALSE
        if allowed is not None:
            return TRUE if actual in allowed else REVIEW if test.open else FALSE
        return FALSE if actual in (test.other_than or ()) else TRUE


def undated(entry: Entry, declared: ListOf, by_year: bool) -> Iterator[Path]:
    """The places that leave open whether an entry counts: its date; its year, where an entry with a date is
    looked at `by_year`, and of figures of a year also where it is known; the founding."""
    if entry.founded is not None:
        yield entry.founded
    if declared.date and entry.when is not None and not entry.when.exact:
        yield (*entry.at, declared.date)
    open_year = entry.year is None and (by_year or declared.date is None)
    if declared.year and (open_year or (declared.date is None and entry.founded is None)):
        yield (*entry.at, declared.year)


# --- series ------------------------------------------------------------------------------------------------


def candidates(entries: Sequence[Dated[object]], day: date, spoken: date) -> tuple[list[int], bool]:
    """Which entries may hold on a day, and whether something that the data does not show may hold instead."""
    last = min(day, spoken)
    certain = [index for index, entry in enumerate(entries) if entry.when.last <= last]
    possible = [
        index for index, entry in enumerate(entries) if entry.when.first <= day and entry.when.last > last
    ]
    latest = max((entries[index].when.first for index in certain), default=FIRST_DAY)
    return [index for index in certain + possible if entries[index].when.last >= latest], not certain


def series_at(series: Series[object], day: date, spoken: date) -> tuple[list[Any], bool]:
    """The values that a series may have on a day; True beside them where it may also be something else."""
    places, open_end = candidates(series, day, spoken)
    values: list[object] = []
    for index in places:
        if series[index].value not in values:
            values.append(series[index].value)
    return values, open_end


def unclear_places(series: Series[object], path: Path, day: date) -> tuple[Path, ...]:
    """What leaves open which value holds on a day: dates and values that are not exact; else the whole."""
    near = [(index, entry) for index, entry in enumerate(series) if entry.when.first <= day]
    dates = [(*path, index, "date") for index, entry in near if not entry.when.exact]
    values = [
        (*path, index, "value")
        for index, entry in near
        if entry.value is None or (isinstance(entry.value, Range) and not entry.value.exact)
    ]
    return (*dates, *values) or (path,)
