"""The terms of the core form as functions of a view: ranges, possible values, several words, what a fold
goes through.

What a series holds on a day is the reference's reading (`Scene`); nothing here has places."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from operator import attrgetter
from typing import Any, TypeVar

from tic_rules.core.dates import FIRST_DAY, Span
from tic_rules.core.logic import FALSE, TRUE, negate
from tic_rules.core.numbers import ANYTHING, INFINITY, Number, Range
from tic_rules.engines.lowering import entry_logic
from tic_rules.engines.lowering import form as f
from tic_rules.engines.python.lists import Asked, ListFunctions, ValueOf, View, once
from tic_rules.evaluation.derived_numbers import age_of, ratio
from tic_rules.evaluation.entries import Memo, series_at
from tic_rules.evaluation.spans import within
from tic_rules.model.conditions import Times, Where
from tic_rules.model.ruleset import Fact, RuleSet
from tic_rules.model.values import Series

Ends = tuple[Number, Number]
"""A range: its low and its high end."""
Ranging = Callable[[View], Ends]
T = TypeVar("T")
_ONE = (1, 1)
"""What each entry comes to where entries are counted."""


class Readings:
    """The terms of a rule set, each made into a function once."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.facts, self.lists = ruleset.facts, ListFunctions(ruleset.vocabulary.lists)
        self._made: Memo = {}

    def _once(self, key: object, read: Callable[[View], T]) -> Callable[[View], T]:
        """A reading that is made once a view, whoever asks."""
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = once(read)
        return made

    # --- ranges -----------------------------------------------------------------------------------

    def ranged(self, term: f.Ranged) -> Ranging:
        """A range on the day of a view."""
        match term:
            case f.Bounds():
                ends = term.low, term.high
                return lambda view: ends
            case f.Multiple():
                return _times(term.factor, self.ranged(term.of))
        fact = self.facts[term.fact]
        match term:
            case f.Measure():
                return self._once(term, self._number(fact))
            case f.GroupAmount():
                where = (fact.groups or {})[term.group].where
                return self._once(term, self._sum(fact, where, fact.sum or "amount"))
        return self._once(term, self._part(term))

    def _number(self, fact: Fact) -> Ranging:
        if fact.stock is not None:
            return self._stock(fact, _path(fact.stock))
        if fact.value is not None:
            return self._value(fact, _path(fact.value))
        if fact.sum is not None:
            return self._sum(fact, fact.where, fact.sum)
        if fact.count is not None:
            return self._count(fact)
        if fact.distinct is not None:
            return self._distinct(fact, fact.distinct)
        return self._kinds(fact) if fact.kinds is not None else self._made_of_others(fact)

    # --- numbers made of other numbers --------------------------------------------------------------

    def _made_of_others(self, fact: Fact) -> Ranging:
        if fact.average is not None:
            return self._average(fact)
        if fact.age is not None:
            return self._age(self.single(fact.age), fact.unit)
        parts = [self._operand(part) for part in fact.operands]
        if fact.ratio is not None:
            of, to = parts
            return lambda view: ratio(Range(*of(view)), Range(*to(view)))
        least = min if fact.smaller is not None else max

        def extreme(view: View) -> Ends:
            ends = [part(view) for part in parts]
            return least(low for low, _ in ends), least(high for _, high in ends)

        return extreme

    def _operand(self, part: str | Number | Times) -> Ranging:
        """A fact by its name, a number, or a multiple of a fact."""
        if isinstance(part, str):
            return self.ranged(f.Measure(part))
        if isinstance(part, Times):
            return _times(part.times, self.ranged(f.Measure(part.fact)))
        return lambda view: (part, part)

    def _average(self, fact: Fact) -> Ranging:
        """The amounts of a window, a year. Which years count where the founding or the time of the rule
        leaves some out is the reference's reading."""
        over, name = fact.over, next(name for name, other in self.facts.items() if other is fact)
        assert over is not None
        added = self._sum(fact, fact.where, fact.average or "")

        def average(view: View) -> Ends:
            years = len(over.years(view.day))
            if over.founded is not None or not years or view.moment.start > FIRST_DAY:
                return view.scene.number(name, view.moment).range
            low, high = added(view)
            return low * Fraction(1, years), high * Fraction(1, years)

        return average

    def _age(self, single: Callable[[View], list[Span]], unit: str | None) -> Ranging:
        def age(view: View) -> Ends:
            spans, day = single(view), view.day
            if not spans:
                return ANYTHING
            low = min(age_of(span.last, day, unit) for span in spans)
            return low, max(age_of(span.first, day, unit) for span in spans)

        return age

    def _stock(self, fact: Fact, read: ValueOf) -> Ranging:
        """A number that holds at a day; of one that never falls, what it was before and will be after
        bounds it."""
        path, cumulative, otherwise = fact.stock or "", fact.cumulative, fact.else_count
        shown = self._shown(otherwise)

        def stock(view: View) -> Ends:
            value, day, spoken = read(view.subject), view.day, view.spoken
            if value is None:
                return (self._dated(view, otherwise), INFINITY) if otherwise else ANYTHING
            dated = type(value) is Series
            low, high = ANYTHING
            if not dated and day == spoken:
                low, high = value
            elif dated and day <= spoken:
                values, open_end = series_at(value, day, spoken)
                if values and not open_end:
                    low, high = _hull(values)
            if cumulative:
                days = (
                    [(w.first, w.last, v or ANYTHING) for w, v in value]
                    if dated
                    else [(spoken, spoken, value)]
                )
                low = max([low, *(v[0] for _, last, v in days if last <= min(day, spoken))])
                high = max(min([high, *(v[1] for first, _, v in days if first >= day)]), low)
            least = shown(view)
            more = view.scene.incomplete(path) or least > high
            return max(low, least), INFINITY if more else high

        return stock

    def _value(self, fact: Fact, read: ValueOf) -> Ranging:
        path, otherwise = fact.value or "", fact.else_count
        shown = self._shown(otherwise)

        def number(view: View) -> Ends:
            value = read(view.subject)
            if value is None:
                return (self._dated(view, otherwise), INFINITY) if otherwise else ANYTHING
            if type(value) is Series:
                values, open_end = series_at(value, view.day, view.spoken)
                return ANYTHING if open_end or not values or None in values else _hull(values)
            least = shown(view)
            more = view.scene.incomplete(path) or least > value[1]
            return max(value[0], least), INFINITY if more else value[1]

        return number

    def _shown(self, otherwise: str | None) -> Callable[[View], int]:
        """How many entries of a list show a number at least; one that is given and less contradicts them."""
        return lambda view: self._dated(view, otherwise) if otherwise is not None else 0

    def _dated(self, view: View, name: str) -> int:
        """How many entries of a list are certain to be dated by the view's day."""
        day, start, cap = view.day, view.moment.start, min(view.day, view.spoken)
        spans = [when for _, when, _ in self.lists.listed(view, name).entries if when is not None]
        return sum(within(span, start, day, cap) == TRUE for span in spans)

    def _sum(self, fact: Fact, where: Where | None, attribute: str) -> Ranging:
        return self._added(fact, self.lists.asked(entry_logic(where), fact), attrgetter(attribute))

    def _count(self, fact: Fact) -> Ranging:
        return self._added(fact, self.lists.asked(entry_logic(fact.where), fact), lambda record: _ONE)

    def _added(self, fact: Fact, asked: Asked, amount_of: ValueOf) -> Ranging:
        """What the entries that are as asked come to together."""
        counted = self.lists.counted(fact)

        def amount(view: View) -> Ends:
            entries, more = counted(view)
            low: Number = 0
            high: Number = 0
            for record, counts in entries:
                value = asked(view, record)
                if value != FALSE:
                    least, most = amount_of(record) or ANYTHING
                    if value == TRUE == counts:
                        low += least
                    high += most
            return low, INFINITY if more else high

        return amount

    def _part(self, term: f.PartAmount) -> Ranging:
        """What some groups have together; what the others have, each entry on one side only."""
        fact = self.facts[term.fact]
        groups = fact.groups or {}
        named = Where.model_construct(each={}, any=tuple(groups[name].where for name in term.groups))
        inside = self.lists.asked(entry_logic(named), fact)

        def outside(view: View, record: object) -> int:
            return negate(inside(view, record))

        return self._added(fact, outside if term.rest else inside, attrgetter(fact.sum or "amount"))

    def _distinct(self, fact: Fact, name: str) -> Ranging:
        counted, attribute = self.lists.counted(fact), self.lists.attribute(name, fact)

        def distinct(view: View) -> Ends:
            entries, more = counted(view)
            certain, perhaps, unknown, one = set[object](), set[object](), 0, 0
            for record, counts in entries:
                value = attribute(view, record)
                if type(value) is Series:
                    values, open_end = series_at(value, view.day, view.spoken)
                    value = values[0] if len(values) == 1 and not open_end else None
                if counts == TRUE:
                    one = 1
                if value is None:
                    unknown += 1
                else:
                    (certain if counts == TRUE else perhaps).add(value)
            return max(len(certain), one), INFINITY if more else len(certain | perhaps) + unknown

        return distinct

    def _kinds(self, fact: Fact) -> Ranging:
        """How many groups have more than nothing. Which of those that are open may have so at once is the
        reference's reading."""
        name = fact.kinds or ""
        groups = [self.ranged(f.GroupAmount(name, group)) for group in self.facts[name].groups or {}]
        fact_name = next(fact_name for fact_name, other in self.facts.items() if other is fact)

        def kinds(view: View) -> Ends:
            certain = open_groups = 0
            for group in groups:
                low, high = group(view)
                if low > 0:
                    certain += 1
                elif high > 0:
                    open_groups += 1
            return view.scene.number(fact_name, view.moment).range if open_groups else (certain, certain)

        return kinds

    # --- values, words, entries -------------------------------------------------------------------

    def single(self, fact: str) -> Callable[[View], list[Any]]:
        """The values that a word, a text or a day may have."""
        read = _path(self.facts[fact].value or "")

        def single(view: View) -> list[object]:
            value = read(view.subject)
            if type(value) is not Series:
                return [] if value is None else [value]
            values, open_end = series_at(value, view.day, view.spoken)
            return [] if open_end or None in values else values

        return self._once(("single", fact), single)

    def words(self, fact: str) -> Callable[[View], tuple[tuple[str, ...], bool]]:
        """Several words, and whether there may be more."""

        def words(view: View) -> tuple[tuple[str, ...], bool]:
            given, more, _ = view.scene.words(fact, view.day)
            return given or (), more

        return self._once(("words", fact), words)


# --- numbers --------------------------------------------------------------------------------------


def _times(factor: Number, read: Ranging) -> Ranging:
    if not factor:
        return lambda view: (0, 0)

    def times(view: View) -> Ends:
        low, high = read(view)
        return low * factor, high * factor

    return times


def _path(path: str) -> ValueOf:
    """The value at a dotted path of the data; None where it, or anything above it, is left out."""
    read = attrgetter(path)

    def value(subject: object) -> object:
        try:
            return read(subject)
        except AttributeError:  # nothing has no parts
            return None

    return value


def _hull(values: list[Range | None]) -> Ends:
    ends = [value or ANYTHING for value in values]
    return min(low for low, _ in ends), max(high for _, high in ends)
