"""What logic reads from the columns of a table: ranges, words, texts, days, judgements. A column that is not
there is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import InvalidOperation
from enum import Enum
from math import inf
from numbers import Real
from typing import Any

import narwhals as nw

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.core.scalars import plain
from tic_rules.engines.columns import names as n
from tic_rules.engines.columns.codes import (
    TRUTHS,
    Coded,
    Ends,
    Expr,
    Table,
    Test,
    all_of,
    any_of,
    both,
    choose,
    coded,
    compare,
    either,
)
from tic_rules.engines.lowering import Logic
from tic_rules.engines.lowering import form as f

_FLOATS = (nw.Float64, nw.Float32)
_ZERO = Ends(0.0, 0.0)


def _has_zone(value: Any) -> bool:
    return getattr(value, "tzinfo", None) is not None


def _no_texts(table: Table, schema: Mapping[str, nw.dtypes.DType]) -> Iterator[str]:
    """The columns of pandas that are called texts (by narwhals, which looks at a hundred values) and hold
    others too."""
    infer_dtype = table.implementation.to_native_namespace().api.types.infer_dtype
    for name in (name for name, dtype in schema.items() if dtype in (nw.String, nw.Categorical, nw.Enum)):
        values = table.to_native()[name]
        kind = infer_dtype(getattr(values.dtype, "categories", values), skipna=True)
        if kind == "boolean" or (values.dtype == object and kind not in ("string", "empty")):
            yield name


def _is_truth(value: object) -> bool:
    """Yes or no, of Python or of numpy; a member of an enumeration is not equal to what it stands for."""
    return not isinstance(value, Enum) and isinstance(plain(value), bool)


_KINDS: dict[str, tuple[Callable[[nw.dtypes.DType], bool], Callable[[object], bool]]] = {
    "a number": (
        lambda dtype: dtype.is_numeric(),
        lambda value: isinstance(value, Real) and not isinstance(value, bool),
    ),
    "a day": (lambda dtype: dtype in (nw.Date, nw.Datetime), lambda value: isinstance(value, date)),
    "yes or no": (lambda dtype: dtype == nw.Boolean, _is_truth),
    "a text": (
        lambda dtype: dtype in (nw.String, nw.Categorical, nw.Enum, nw.Boolean),
        lambda value: isinstance(value, str) or _is_truth(value),
    ),
}
"""What a column should hold: whether its type does, and whether an object of pandas is one."""


class TableColumns:
    """The columns of a table as the rules read them; `table` is a table of narwhals, lazy or with its values
    at hand."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.schema: dict[str, nw.dtypes.DType] = dict(table.collect_schema())
        if table.implementation.is_pandas_like():
            self.schema |= dict.fromkeys(_no_texts(table, self.schema), nw.Object())
        self.read: set[str] = set()
        """The columns that rules have read."""
        self.wrong: dict[str, str] = {}
        """Columns that cannot hold what they should, and what that is."""
        self._samples: dict[str, list[object]] = {}
        types = set(self.schema.values())
        times = any(dtype in (nw.Datetime, nw.Object) for dtype in types)
        self._times = times and (nw.Date not in types or table.implementation.is_pandas_like())

    def has(self, name: str) -> bool:
        """Whether a column is there, and may hold something."""
        return name in self.schema and not (self.schema[name] == nw.Unknown and self._is_empty(name))

    def _is_empty(self, name: str) -> bool:
        """Whether a column holds nothing but gaps, as far as is known; DuckDB may call one whole numbers."""
        if (objects := self._objects(name)) is not None:
            return not objects
        if not isinstance(self.table, nw.DataFrame):
            return self.table.implementation.is_duckdb() and self.schema[name] == nw.Int32
        column = self.table[name]
        gaps = column.is_null() | column.is_nan() if column.dtype.is_float() else column.is_null()
        return bool(gaps.all())

    def kinds(self, name: str) -> str:
        """What a column holds: its type, or those of its objects."""
        if (objects := self._objects(name)) is not None:
            return ", ".join(sorted(type(value).__name__ for value in objects))
        dtype = self.schema[name]
        is_own = dtype == nw.Unknown and self.table.implementation.is_pandas_like()
        return str(self.table.to_native()[name].dtype if is_own else dtype)

    def _objects(self, name: str) -> list[object] | None:
        """One value of each type in a column of objects, as pandas may have it, with a zone or without; gaps
        are none."""
        if self.schema[name] != nw.Object or not self.table.implementation.is_pandas_like():
            return None
        if name not in self._samples:
            try:
                values = self.table[name].drop_nulls().to_list()
            except InvalidOperation:  # the signalling NaN of decimals: pandas cannot ask whether it is a gap
                values = self.table[name].to_list()
            kinds = {(type(value), _has_zone(value)): value for value in values}
            self._samples[name] = [*kinds.values()]
        return self._samples[name]

    def _holds(self, name: str, wanted: str) -> bool:
        """Whether a column can hold numbers, days, yes and no, or texts. Of a column of gaps a lazy table may
        not know the type."""
        fits, is_one = _KINDS[wanted]
        dtype, objects = self.schema[name], self._objects(name)
        if objects is not None:
            return all(map(is_one, objects))
        return fits(dtype) or (dtype == nw.Unknown and not isinstance(self.table, nw.DataFrame))

    def _is_usable(self, name: str, *wanted: str) -> bool:
        """Whether a column holds what it should; any other is wrong, unless it holds nothing but gaps."""
        if any(self._holds(name, kind) for kind in wanted):
            return True
        self.read.add(name)
        if not self._is_empty(name):
            self.wrong[name] = wanted[0]
        return False

    def without_zones(self) -> Table:
        """The table; days of objects that rules read are without their time zones."""
        for name in self.read:
            if any(map(_has_zone, self._samples.get(name, ()))):
                assert isinstance(self.table, nw.DataFrame)
                values = self.table[name].to_list()
                days = [value.replace(tzinfo=None) if _has_zone(value) else value for value in values]
                plain = nw.new_series(name, days, backend=self.table.implementation)
                self.table = self.table.with_columns(plain)
        return self.table

    def day(self, day: date) -> date:
        """A day of the law as the table's days are held: pandas knows times only."""
        return datetime(day.year, day.month, day.day) if self._times else day

    def column(self, name: str) -> Expr:
        """A column; of floats, what is not a number is a gap."""
        self.read.add(name)
        values = nw.col(name)
        return values.fill_nan(None) if self.schema[name] in _FLOATS else values

    def days(self, name: str) -> Expr | None:
        """A column of days; None where it is not there, or holds nothing. A time of day is no day, so the day
        is not known: midnight here may be another day where the time was taken."""
        if not self.has(name):
            return None
        if not self._is_usable(name, "a day"):
            return self.column(name) if name in self.wrong else None
        dtype, times = self.schema[name], self.column(name)
        if dtype not in (nw.Datetime, nw.Object):
            return times.cast(nw.Datetime) if self._times and dtype == nw.Date else times
        if dtype == nw.Object:
            times = nw.when(~times.is_null()).then(times).cast(nw.Datetime)
        elif isinstance(dtype, nw.Datetime) and dtype.time_zone:
            times = times.dt.replace_time_zone(None)
        return nw.when(times.dt.truncate("1d") == times).then(times)

    def numbers(self, name: str) -> Expr:
        """A column of numbers."""
        self._is_usable(name, "a number")
        values = self.column(name)
        return nw.when(~values.is_null()).then(values) if self.schema[name] == nw.Object else values

    def at_look(self, column: n.Column, ending: str = "") -> str | None:
        """The column of a reading: at its look day, or one that holds on every day."""
        for name in (column.name + ending, column.plain + ending):
            if self.has(name):
                return name
        return None

    # --- values ---------------------------------------------------------------------------------------------

    def truth(self, name: str | None, otherwise: int = UNKNOWN, values: frozenset[int] = TRUTHS) -> Coded:
        """A column of truth values, or of yes and no; `otherwise` where nothing is said. Another number is
        not known."""
        if name is None or not self.has(name):
            return coded(otherwise)
        if not self._is_usable(name, "yes or no", "a number"):
            return coded(otherwise)
        column = self.column(name)
        if self._holds(name, "yes or no"):
            yes = column if self.schema[name] == nw.Boolean else column == nw.lit(True)
            return choose(column.is_null(), otherwise, yes, TRUE, FALSE)
        cases = [part for value in sorted(values - {UNKNOWN}) for part in (column == value, value)]
        gap = () if otherwise == UNKNOWN else (column.is_null(), otherwise)
        return choose(*gap, *cases, UNKNOWN)

    def _several(self, column: n.Column, wanted: str = "a text") -> list[str]:
        """The columns of a word: its own, and those of what else it may be."""
        first = self.at_look(column)
        if first is None:
            return []
        names = [first]
        while (other := f"{first}__or{len(names) + 1}") in self.schema:
            names.append(other)
        self.read.update(names)
        return [name for name in names if self._is_usable(name, wanted, "a text")]

    # --- logic ----------------------------------------------------------------------------------------------

    def value(self, node: Logic, look: str) -> Coded:
        """The value of one of the `names.readings_of` logic."""
        columns = n.columns_of(node, look)
        match node:
            case f.RangeComparison():
                return self._compared(node, *columns)
            case f.Member():
                return self._member(node, columns[0])
            case f.Happened():
                return self._happened(columns[0], look)
            case f.Agree():
                return self._agree(columns)
            case f.Judged():
                return self.truth(columns[0].name, REVIEW)
            case f.Fold(over=f.WordList()):
                return self._some_word(node, columns)
        return self.truth(self.at_look(columns[0]))

    def _compared(self, node: f.RangeComparison, column: n.Column, *parts: n.Column) -> Coded:
        """A range against the law's own, or a margin against nothing."""
        if column.kind is n.ColumnKind.MARGIN:
            return compare(node.operator, self._ends(column, -inf), _ZERO)
        value = self._bounded(node, column)
        for part in parts:
            value = choose(value.is_(UNKNOWN), self.truth(self.at_look(part)), value)
        return value

    def _bounded(self, node: f.RangeComparison, column: n.Column) -> Coded:
        assert isinstance(node.right, f.Bounds)
        bounds = node.right.low, node.right.high
        exact = self.at_look(column)
        if exact is None or self.at_look(column, "__low") or self.at_look(column, "__high"):
            return compare(node.operator, self._ends(column, 0.0), Ends(*map(float, bounds)))
        number = self.numbers(exact)
        whole = (bound if isinstance(bound, int) else float(bound) for bound in bounds)
        unsaid = compare(node.operator, Ends(0.0, inf), Ends(*map(float, bounds)))
        return choose(number.is_null(), unsaid, compare(node.operator, Ends(number, number), Ends(*whole)))

    def _ends(self, column: n.Column, least: float) -> Ends:
        """The ends of a range; where nothing is known, from `least` to no end."""
        exact, low, high = (self.at_look(column, ending) for ending in ("", "__low", "__high"))
        return Ends(self._end(low or exact, least), self._end(high or exact, inf))

    def _end(self, name: str | None, otherwise: float) -> Expr:
        return otherwise if name is None else self.numbers(name).cast(nw.Float64).fill_null(otherwise)

    def _member(self, node: f.Member, column: n.Column) -> Coded:
        """Whether a word is on the list: what all that it may be agree on."""
        wanted = "a text" if any(isinstance(word, str) for word in node.words) else "yes or no"
        names = self._several(column, wanted)
        if not names:
            return coded(node.absent)
        tests = {name: self._is(name, node.words) for name in names}
        first, *others = (
            choose(self._gap(name), node.absent, test, node.inside, node.outside)
            for name, test in tests.items()
        )
        agreed = first
        for name, other in zip(names[1:], others, strict=True):
            agreed = choose(self._gap(name), agreed, other.same(first), agreed, UNKNOWN)
        return agreed

    def _gap(self, name: str) -> Test:
        return self.column(name).is_null()

    def _is(self, name: str, words: Iterable[str | bool]) -> Test:
        """Whether a column holds one of the words. Yes and no may stand in it as such or as the words true
        and false."""
        truths = [word for word in words if isinstance(word, bool)]
        dtype, column = self.schema[name], nw.col(name)
        if dtype == nw.Boolean:
            return column.is_in(truths) if truths else False
        texts = [word for word in words if isinstance(word, str)]
        texts += [spelled for truth in truths for spelled in (str(truth), str(truth).lower())]
        if not texts:
            return False
        return column.is_in([*texts, *truths] if dtype == nw.Object else texts)  # pandas: truths beside gaps

    def _some_word(self, node: f.Fold, columns: Iterable[n.Column]) -> Coded:
        """Whether one of several words is on the list; the last column says whether there are any."""
        assert isinstance(node.body, f.Member)
        *words, any_word = (self.truth(self.at_look(column)) for column in columns)
        some = any_of(words)
        outside = node.body.outside
        return some if outside == FALSE else choose(both(some.is_(FALSE), any_word.is_(TRUE)), outside, some)

    def _happened(self, column: n.Column, look: str) -> Coded:
        """Not after the day that is looked at, as far as the data speaks: what all days that it may be agree
        on."""
        day, spoken = self.days(n.day_of(look)), self.days(n.REPORTED_ON)
        ways = self._days(column)
        if day is None or not ways:
            return coded(UNKNOWN)
        values = []
        for first, last, absent in ways:
            late = False if first is None else first > day
            in_report = True if spoken is None else (last <= spoken) | self.column(n.REPORTED_ON).is_null()
            happened = False if last is None else both(last <= day, in_report)
            values.append((absent, choose(absent, UNKNOWN, late, FALSE, happened, TRUE, UNKNOWN)))
        (_, one), *others = values
        agreed = one
        for absent, other in others:
            agreed = choose(absent, agreed, other.same(one), agreed, UNKNOWN)
        return agreed

    def _days(self, column: n.Column) -> list[tuple[Expr | None, Expr | None, Expr]]:
        """The first and the last day that each of several dates may be, and whether a row has neither."""
        names = [column.other(1)]
        while self.has(f"{column.other(len(names) + 1)}__first") or self.has(
            f"{column.other(len(names) + 1)}__last"
        ):
            names.append(column.other(len(names) + 1))
        pairs = [self._pair(f"{name}__first", f"{name}__last") for name in names]
        if any(pairs) or (exact := self.at_look(column)) is None:
            return [pair for pair in pairs if pair]
        pair = self._pair(exact, exact)
        return [pair] if pair else []

    def _pair(self, *ends: str) -> tuple[Expr | None, Expr | None, Expr] | None:
        """A time of day is no day that is known, and no gap either."""
        first, last = days = [self.days(end) for end in ends]
        gaps = [self.column(end).is_null() for end, day in zip(ends, days, strict=True) if day is not None]
        return (first, last, both(*gaps)) if gaps else None

    def _agree(self, columns: Iterable[n.Column]) -> Coded:
        """True where what stands between is the same; false where no texts that are possible agree."""
        parts = [names for names in (self._several(column) for column in columns) if names]
        if not parts:
            return coded(TRUE)
        shared = [
            choose(
                nw.col(text).is_null(), FALSE, nw.col(text) == "", FALSE,
                all_of([_may_be(text, part) for part in parts]),
            )
            for part in parts
            for text in part
        ]  # fmt: skip
        several = either(*(~nw.col(other).is_null() for part in parts for other in part[1:]))
        nothing = both(*(nw.col(part[0]).is_null() for part in parts))
        return choose(nothing, TRUE, any_of(shared).is_(FALSE), FALSE, several, UNKNOWN, TRUE)


def _may_be(text: str, part: list[str]) -> Coded:
    """Whether a text is one of those that another place may hold; a place of which nothing is known holds
    any."""
    cases = [case for name in part for case in (nw.col(text) == nw.col(name), TRUE)]
    return choose(nw.col(part[0]).is_null(), TRUE, *cases, FALSE)
