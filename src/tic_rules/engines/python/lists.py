"""Lists of a centre's data for the compiled engine: which entries count on a view's day, and what is asked
of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from tic_rules.core.dates import ANY_DAY, FIRST_DAY, Span
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.engines.lowering import Days
from tic_rules.engines.lowering import form as f
from tic_rules.evaluation.entries import Memo, Moment, series_at
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.spans import happened, year_within
from tic_rules.evaluation.units import Units, called
from tic_rules.model.fields import lists_at
from tic_rules.model.ruleset import Fact, ListOf, LookUp
from tic_rules.model.time import Window
from tic_rules.model.values import Series

T = TypeVar("T")


class View:
    """A subject on one day of one scenario. What several rules read is remembered: for the day, or for the
    whole check."""

    __slots__ = ("check", "day", "days", "memo", "moment", "scene", "spoken", "subject")

    def __init__(self, scene: Scene, days: Days, moment: Moment, check: Memo) -> None:
        self.scene, self.subject, self.days = scene, scene.subject, days
        self.moment, self.day, self.spoken = moment, moment.day, scene.reported_on
        self.check = check
        """What is the same on every day: lists, and the statuses of the rules that are decided, by their
        ids."""
        self.memo: Memo = {}

    def at(self, moment: Moment) -> View:
        """The same subject at another moment, remembered for the check."""
        key = ("view", moment)
        view: View | None = self.check.get(key)
        if view is None:
            view = self.check[key] = View(self.scene, self.days, moment, self.check)
        return view


Asked = Callable[[View, object], int]
"""What a piece of logic comes to: of an entry where it asks something of entries, else of the data as a
whole."""


ValueOf = Callable[[object], Any]
"""What stands at a place of the data, or is an attribute of an entry."""


class ListRead(NamedTuple):
    """A list: each entry with the days that it may be dated and its year; whether there may be more; of
    figures of years those that are shown, of lists in the entries of another those of each."""

    entries: list[tuple[Any, Span | None, int | None]]
    open: bool
    timeless: bool
    shown: Sequence[Collection[int | None]] = ()


class Counted(NamedTuple):
    """The entries that count, or may count, each with which of both; whether there may be more."""

    entries: list[tuple[Any, int]]
    more: bool


class ListFunctions:
    """The lists of a vocabulary, and what is asked of their entries, each made into a function once."""

    def __init__(self, declared: Mapping[str, ListOf]) -> None:
        self.declared = declared
        self._counted: dict[object, Callable[[View], Counted]] = {}

    def counted(self, fact: Fact) -> Callable[[View], Counted]:
        """The entries of a fact's list that count, or may, at a view's moment."""
        key = (fact.list_name, fact.over)
        made = self._counted.get(key)
        if made is None:
            name, over = fact.list_name or "", fact.over
            declared = self.declared[name]
            if over is None:
                made = once(lambda view: _count(self.listed(view, name), view, declared, view.moment.year))
            else:
                made = once(lambda view: _within(self.listed(view, name), view, declared, over))
            self._counted[key] = made
        return made

    def listed(self, view: View, name: str) -> ListRead:
        """A list by its name, read once a check."""
        listed: ListRead | None = view.check.get((name,))
        if listed is None:
            listed = view.check[(name,)] = self._read(view, name)
        return listed

    def _read(self, view: View, name: str) -> ListRead:
        declared = self.declared[name]
        if declared.held is not None:  # one event that says of itself whether it took place
            event = view.scene.listed(name)
            entries = [(entry.record, entry.when, entry.year) for entry in event.entries]
            return ListRead(entries, bool(event.open_at), event.timeless)
        records: list[Any] = []
        may_go_on = False
        dated, years, shown = declared.date, declared.year, []
        for path in declared.paths:
            may_go_on = may_go_on or view.scene.incomplete(path)
            for _, value in lists_at(view.subject, path):
                may_go_on = may_go_on or value is None
                records.extend(value or ())
                if declared.every_year:
                    shown.append(
                        {one if declared.scalar else getattr(one, years or "") for one in value or ()}
                    )
        if declared.scalar is not None:
            return ListRead([(one, None, one if years else None) for one in records], may_go_on, False, shown)
        entries = [
            (
                record,
                (getattr(record, dated) or ANY_DAY) if dated else None,
                getattr(record, years) if years else None,
            )
            for record in records
        ]
        return ListRead(entries, may_go_on, False, shown)

    # --- what is asked of entries -----------------------------------------------------------------

    def asked(self, node: f.Logic, fact: Fact) -> Asked:
        """What is asked of an entry of a fact's list, as a function of its record."""
        joined = combined(node, lambda part: self.asked(part, fact))
        if joined is not None:
            return joined
        if isinstance(node, f.Passed):
            return _passed(attrgetter(node.attribute))
        assert isinstance(node, f.Member)
        assert isinstance(node.term, f.Attribute)
        name, listed = node.term.name, self.declared.get(fact.list_name or "")
        if listed is not None and name in listed.look_up:
            looked_up = self._looked_up(listed.look_up[name])
            one = _member(node, name, lambda value: value)
            return lambda view, record: one(view, looked_up(view, record))
        scalar = listed is not None and listed.scalar is not None
        return _member(node, name, (lambda record: record) if scalar else attrgetter(name))

    def attribute(self, name: str, fact: Fact) -> Callable[[View, object], object]:
        """An attribute of an entry of a fact's list, as a function of its record."""
        listed = self.declared[fact.list_name or ""]
        if name in listed.look_up:
            return self._looked_up(listed.look_up[name])
        return lambda view, record: record if listed.scalar is not None else getattr(record, name)

    def _looked_up(self, look: LookUp) -> Callable[[View, object], object]:
        """What all units that an entry may mean agree on, remembered for the check; None where they do
        not."""

        def looked_up(view: View, record: object) -> object:
            key = look.take, getattr(record, look.by), getattr(record, look.named)
            value = view.check.get(key, look)
            if value is look:
                value = view.check[key] = self._agreed_on(look, *key[1:], view)
            return value

        return looked_up

    def _units_of(self, view: View, list_name: str) -> Units[Any]:
        """The units of a list by their names, once a check."""
        key = ("units", list_name)
        units: Units[Any] | None = view.check.get(key)
        if units is None:
            entries = (unit for unit, *_ in self.listed(view, list_name).entries)
            units = view.check[key] = Units((unit.name, unit) for unit in entries)
        return units

    def _agreed_on(self, look: LookUp, role: str | None, name: str | None, view: View) -> object:
        list_name = look.units.get(role) if role is not None else None
        if list_name is None:
            return None
        may_go_on, units = self.listed(view, list_name).open, self._units_of(view, list_name)
        named = called(name, units, (self._units_of(view, other) for other in look.units.values()))
        if named is None:
            return None
        meant = [*named, *units.nameless] if named else units.every
        values = {getattr(unit, look.take) for unit in meant}
        return values.pop() if len(values) == 1 and (named or not may_go_on) else None


def once(read: Callable[[View], T]) -> Callable[[View], T]:
    """A reading that is made once a view, whoever asks."""
    key = object()

    def remembered(view: View) -> T:
        value = view.memo.get(key)
        if value is None:
            value = view.memo[key] = read(view)
        return value  # type: ignore[no-any-return,unused-ignore]

    return remembered


def _passed(attribute: ValueOf) -> Asked:
    def passed(view: View, record: object) -> int:
        when = attribute(record)
        return UNKNOWN if when is None else happened(when, view.day, view.spoken)

    return passed


def _within(listed: ListRead, view: View, declared: ListOf, over: Window) -> Counted:
    """The entries of a window that looks back: of full years by the years of the list where it has them, else
    by its dates."""
    begins, ends = over.days(view.day)
    start, by_year = view.moment.start_of(declared), over.full_years is not None
    if view.moment.too_early(declared, ends):
        return Counted([], False)
    early, late = (1, 1) if over.founded is None else view.scene.first_year(over, view.day)
    counted: list[tuple[object, int]] = []
    more = listed.open or (ends > view.spoken and not listed.timeless)
    if declared.year is None or (declared.date is not None and not by_year):
        start, cap = max(start, begins), min(ends, view.spoken)
        for record, when, _ in listed.entries:
            first, last = when or ANY_DAY
            if last < start or first > ends or (by_year and last.year < early):
                continue
            sure = first >= start and last <= cap and (not by_year or first.year >= late)
            counted.append((record, TRUE if sure else UNKNOWN))
        return Counted(counted, more)
    inner = _count(listed, view, declared, None)
    least = start.year + 1 if declared.date is None else 1
    years = range(max(begins.year, early, least), ends.year + 1)
    for record, value in inner.entries:
        year = record if declared.scalar is not None else getattr(record, declared.year)
        if year is None:
            counted.append((record, UNKNOWN))
        elif year in years:
            whole = begins <= date(year, 1, 1) and date(year, 12, 31) <= ends
            counted.append((record, value if whole and year >= late else UNKNOWN))
    more = more if declared.date is None else inner.more
    return Counted(counted, more or (declared.every_year and _lacks(listed, years)))


def _lacks(listed: ListRead, years: Iterable[int]) -> bool:
    """Whether a year has no entry."""
    return any(year not in shown for shown in listed.shown for year in years)


def _count(listed: ListRead, view: View, declared: ListOf, year: int | None) -> Counted:
    last, moment = view.day, view.moment
    start = moment.start if moment.force is FIRST_DAY else moment.start_of(declared)
    if moment.spoken is not None and declared.year is not None and declared.date is not None:
        last = moment.spoken
    if year is not None and declared.year is None and declared.date is not None:
        start = max(start, date(year, 1, 1))
    if start > last or moment.too_early(declared, last):
        return Counted([], False)
    cap, has_years = min(last, view.spoken), declared.year is not None
    of_a_year = has_years and year is not None
    by_year_alone = has_years and year is None and (declared.scalar is None or start > FIRST_DAY)
    counted = []
    for record, when, own_year in listed.entries:
        value = TRUE
        if when is not None:
            first, end = when
            if end < start or first > last:
                continue
            if first < start or end > cap:
                value = UNKNOWN
        elif by_year_alone:
            value = year_within(own_year, start, last, view.spoken)
        if of_a_year and own_year != year and value != FALSE:
            value = UNKNOWN if own_year is None else FALSE
        if value != FALSE:
            counted.append((record, value))
    more = listed.open or (last > view.spoken and not listed.timeless)
    return Counted(counted, more or (of_a_year and declared.every_year and _lacks(listed, [year or 0])))


def combined(node: f.Logic, of: Callable[[f.Logic], Asked]) -> Asked | None:
    """What is made of other pieces of logic, as a function of theirs; None where it is read from the data."""
    match node:
        case f.Constant(value):
            return lambda view, record: value
        case f.Conjunction():
            return _all(tuple(of(part) for part in node.parts))
        case f.Disjunction():
            return _any(tuple(of(part) for part in node.parts))
        case f.Cases():
            first, outcomes = of(node.of), tuple(of(outcome) for outcome in node.outcomes)
            return lambda view, record: outcomes[first(view, record)](view, record)
    return None


def _all(parts: tuple[Asked, ...]) -> Asked:
    def least(view: View, record: object) -> int:
        value = TRUE
        for part in parts:
            one = part(view, record)
            if one < value:
                if one == FALSE:
                    return FALSE
                value = one
        return value

    return least


def _any(parts: tuple[Asked, ...]) -> Asked:
    def one_of(view: View, record: object) -> int:
        value = FALSE
        for part in parts:
            one = part(view, record)
            if one == TRUE:
                return TRUE
            if one != FALSE and value != UNKNOWN:
                value = one
        return value

    return one_of


def _member(node: f.Member, name: str, attribute: ValueOf) -> Asked:
    words, inside, outside, absent = frozenset(node.words), node.inside, node.outside, node.absent
    given = inside == FALSE and not words

    def one(value: object, view: View) -> int:
        if value is None:
            return absent
        if type(value) is not tuple or given:
            return inside if value in words else outside
        if inside == TRUE and not words.isdisjoint(value):
            return TRUE
        if name in view.scene.open_words:
            return UNKNOWN
        return REVIEW if outside == REVIEW and value else FALSE

    def member(view: View, record: object) -> int:
        value = attribute(record)
        kind = type(value)
        if kind is str or kind is bool:
            return inside if value in words else outside
        if kind is not Series:
            return one(value, view)
        values, open_end = series_at(value, view.day, view.spoken)
        return UNKNOWN if open_end else agreed({one(value, view) for value in values}, UNKNOWN)

    return member


def agreed(values: set[int], absent: int) -> int:
    """What all possible values come to; `absent` where there is none."""
    return absent if not values else values.pop() if len(values) == 1 else UNKNOWN
