"""Conditions that read columns, as expressions: ranges, words, texts, days, judgements. A column that is not there is not known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from math import inf
from typing import Any

import narwhals as nw

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.engines.columns import columns as k
from tic_rules.engines.columns.kleene import (
    TRUTHS,
    Expr,
    Test,
    Told,
    all_of,
    any_of,
    both,
    choose,
    compare,
    either,
    told,
)
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet

_NO_NUMBERS: tuple[Any, ...] = (nw.Boolean, nw.Date, nw.Datetime)
_NO_DAYS: tuple[Any, ...] = (nw.Boolean,)


class Sheet:
    """The columns of a table as the rules read them."""

    def __init__(self, schema: dict[str, Any], ruleset: RuleSet) -> None:
        self.schema, self.ruleset = schema, ruleset
        self.used: set[str] = set()
        self.wrong: dict[str, str] = {}
        """Columns that cannot hold what they should: numbers or days."""
        dated = [
            dtype
            for dtype in schema.values()
            if isinstance(dtype, (nw.Date, nw.Datetime)) or dtype in (nw.Date, nw.Datetime)
        ]
        self._datetimes = bool(dated) and all(
            isinstance(dtype, nw.Datetime) or dtype == nw.Datetime for dtype in dated
        )

    def has(self, name: str) -> bool:
        return name in self.schema

    def day(self, day: date) -> Any:
        """A day of the law as the table's own days are held: pandas knows times only."""
        return datetime(day.year, day.month, day.day) if self._datetimes else day

    def column(self, name: str) -> Expr:
        self.used.add(name)
        if (
            name.startswith(("due@", "day@"))
            or name.endswith(("__first", "__last"))
            or name in k.DAYS_OF_THE_CLOCK
        ):
            self.suits(name, "a day", _NO_DAYS)
        return nw.col(name)

    def suits(self, name: str, wanted: str, others: tuple[Any, ...]) -> None:
        """Note a column of another type; one that is empty may be of any."""
        dtype = self.schema[name]
        if (
            dtype == nw.String
            or any(dtype == other for other in others)
            or (others is _NO_DAYS and dtype.is_numeric())
        ):
            self.wrong[name] = wanted

    def named(self, column: k.Column, ending: str = "") -> str | None:
        """The column of a reading: at its look day, or one that holds on every day."""
        return next(
            (name + ending for name in (column.name, column.plain) if name + ending in self.schema), None
        )

    # --- values ------------------------------------------------------------------------------------------------------------

    def truth(self, name: str, otherwise: int = UNKNOWN, values: frozenset[int] = TRUTHS) -> Told:
        """A column of truth values, or of yes and no; `otherwise` where nothing is said. Another number is not known."""
        if not self.has(name):
            return told(otherwise)
        found = self.column(name)
        if self.schema[name] == nw.Boolean:
            return choose(found.is_null(), otherwise, found, TRUE, FALSE)
        known = [part for value in sorted(values - {UNKNOWN}) for part in (found == value, value)]
        return (
            choose(found.is_null(), otherwise, *known, UNKNOWN)
            if otherwise != UNKNOWN
            else choose(*known, UNKNOWN)
        )

    def ends(self, column: k.Column, least: float) -> tuple[Any, Any]:
        """The ends of a range; where nothing is known, from `least` to no end."""
        exact, low, high = self.named(column), self.named(column, "__low"), self.named(column, "__high")
        return self._end(low or exact, least), self._end(high or exact, inf)

    def _end(self, name: str | None, otherwise: float) -> Any:
        if name is None:
            return otherwise
        self.suits(name, "a number", _NO_NUMBERS)
        number = self.column(name).cast(nw.Float64)
        return (number.fill_nan(None) if self.schema[name] in (nw.Float64, nw.Float32) else number).fill_null(
            otherwise
        )

    def several(self, column: k.Column) -> list[str]:
        """The columns of a word: its own, and those of what else it may be."""
        first = self.named(column)
        if first is None:
            return []
        found = [first]
        while (more := f"{first}__or{len(found) + 1}") in self.schema:
            found.append(more)
        self.used.update(found)
        return found

    # --- conditions --------------------------------------------------------------------------------------------------------

    def value(self, rule: Rule, node: Any, look: str) -> Told:
        """The value of a condition that reads columns."""
        columns = k.columns_of(self.ruleset, rule, node, look)
        match node:
            case c.Compare() | c.Largest() | c.Share():
                return all_of([self._compared(node, column) for column in columns])
            case c.Is():
                return self._agreed(columns[0], lambda name: self._is(name, (node.is_,)), FALSE)
            case c.Among():
                return self._agreed(
                    columns[0], lambda name: self._is(name, node.among), REVIEW if node.open else FALSE
                )
            case c.Reads():
                return self._agreed(columns[0], lambda name: nw.col(name) != "", FALSE)
            case c.Done():
                return self._done(columns[0], look)
            case c.AnyAmong():
                *words, any_word = (self.truth(self.named(column) or column.name) for column in columns)
                found = any_of(words)
                return (
                    choose(both(found.is_(FALSE), any_word.is_(TRUE)), REVIEW, found) if node.open else found
                )
            case c.Contains():
                return all_of([self.truth(self.named(column) or column.name) for column in columns[:-1]])
            case c.Attested():
                return all_of([self.truth(column.name, REVIEW) for column in columns])
        return self.truth(self.named(columns[0]) or columns[0].name)

    def _compared(self, node: Any, column: k.Column) -> Told:
        if column.kind == k.MARGIN:
            operator = (
                node.operator
                if isinstance(node, c.Compare)
                else "more_than"
                if isinstance(node, c.Share) and node.more_than is not None
                else "at_least"
            )
            return compare(operator, *self.ends(column, -inf), 0.0, 0.0)
        exact = self.named(column)
        if exact is not None and not self.named(column, "__low") and not self.named(column, "__high"):
            return self._exactly(node, exact)
        bounds = [float(bound) for bound in k.bounds_of(node)]
        return compare(node.operator, *self.ends(column, 0.0), min(bounds), max(bounds))

    def _exactly(self, node: c.Compare, name: str) -> Told:
        """A number that is known, or not at all, against a bound."""
        bounds = [bound if isinstance(bound, int) else float(bound) for bound in k.bounds_of(node)]
        least, most = min(bounds), max(bounds)
        self.suits(name, "a number", _NO_NUMBERS)
        number = self.column(name)
        if self.schema[name] in (nw.Float64, nw.Float32):
            number = number.fill_nan(None)
        met = {
            "at_least": number >= least,
            "at_most": number <= least,
            "more_than": number > least,
            "less_than": number < least,
        }
        return choose(
            number.is_null(),
            UNKNOWN,
            met.get(node.operator, (number >= least) & (number <= most)),
            TRUE,
            FALSE,
        )

    def _is(self, name: str, words: Iterable[Any]) -> Test:
        """Whether a column holds one of the words. Yes and no may stand in it as such or as the words true and false."""
        told = [word for word in words if word is not None]
        if self.schema[name] == nw.Boolean:
            return nw.col(name).is_in([word for word in told if isinstance(word, bool)])
        texts = [
            text
            for word in told
            for text in ((str(word), str(word).lower()) if isinstance(word, bool) else (word,))
        ]
        # pandas holds yes and no beside gaps as objects
        return nw.col(name).is_in(
            [*texts, *(word for word in told if isinstance(word, bool))]
            if self.schema[name] == nw.Object
            else texts
        )

    def _agreed(self, column: k.Column, test: Any, otherwise: int) -> Told:
        """What all that a word may be agree on."""
        names = self.several(column)
        if not names:
            return told(UNKNOWN)
        first, *others = (
            choose(nw.col(name).is_null(), UNKNOWN, test(name), TRUE, otherwise) for name in names
        )
        found = first
        for name, other in zip(names[1:], others, strict=True):
            found = choose(nw.col(name).is_null(), found, other.same(first), found, UNKNOWN)
        return found

    def _done(self, column: k.Column, look: str) -> Told:
        """Done by the day that is looked at, as far as the data speaks."""
        day = k.day_of(look)
        exact = self.named(column)
        names = [
            column.other(place)
            for place in range(1, 60)
            if self.has(f"{column.other(place)}__first") or self.has(f"{column.other(place)}__last")
        ]
        ways = [(f"{name}__first", f"{name}__last") for name in names] or ([(exact, exact)] if exact else [])
        if not ways or not self.has(day):
            return told(UNKNOWN)
        cases = []
        for first, last in ways:
            absent = both(*(self.column(name).is_null() for name in (first, last) if self.has(name)))
            late = self.column(first) > self.column(day) if self.has(first) else False
            done = self.column(last) <= self.column(day) if self.has(last) else False
            if self.has(last) and self.has(k.REPORTED_ON):
                done = both(done, self.column(last) <= self.column(k.REPORTED_ON))
            cases.append((absent, choose(absent, UNKNOWN, late, FALSE, done, TRUE, UNKNOWN)))
        (_, one), *others = cases
        found = one
        for absent, other in others:
            found = choose(absent, found, other.same(one), found, UNKNOWN)
        return found

    def same(self, value: Told, parts: list[k.Column]) -> Told:
        """True where every text reads as asked and what stands between is the same; false where no texts that are possible agree."""
        names = [found for found in (self.several(part) for part in parts) if found]
        if not names:
            return value
        shared = [
            choose(
                nw.col(own).is_null(),
                FALSE,
                nw.col(own) == "",
                FALSE,
                all_of([_may_be(own, part) for part in names]),
            )
            for part in names
            for own in part
        ]
        several = either(*(~nw.col(other).is_null() for part in names for other in part[1:]))
        nothing = both(*(nw.col(part[0]).is_null() for part in names))
        agrees = any_of(shared)
        value = choose(value.is_(FALSE), FALSE, both(agrees.is_(FALSE), ~nothing), FALSE, value)
        return choose(both(value.is_(TRUE), several), UNKNOWN, value)


def _may_be(text: str, part: list[str]) -> Told:
    """Whether a text is one of those that another place may hold; a place of which nothing is known holds any."""
    return choose(
        nw.col(part[0]).is_null(),
        TRUE,
        *(case for name in part for case in (nw.col(text) == nw.col(name), TRUE)),
        FALSE,
    )
