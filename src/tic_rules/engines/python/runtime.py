"""What generated code calls: reading lists, windows, series and judgements of one subject. Statuses and ranges only, no places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from itertools import repeat
from typing import Any, NamedTuple

from tic_rules.core.quantities import (
    ANY_DAY,
    ANYTHING,
    FIRST_DAY,
    INFINITY,
    LAST_DAY,
    Number,
    Range,
    add_days,
    year_end,
)
from tic_rules.evaluation.evaluate import Life, between, latest_judgement, see
from tic_rules.evaluation.facts import FALSE, REVIEW, TRUE, UNKNOWN, Moment, Path, Scene, any_of, series_at
from tic_rules.model.conditions import Test
from tic_rules.model.fields import value_at
from tic_rules.model.ruleset import Rule
from tic_rules.model.values import Series

Match = Callable[[Any, date, "Reader"], int]
"""Generated: whether an entry is as a clause asks, on a day."""

Ends = tuple[Number, Number]

Counted = tuple[list[tuple[Any, int, int]], bool]
"""Entries, each with TRUE or UNKNOWN for whether it counts and with its place among the rows; whether there may be more."""

Amount = tuple[date, date, int | None, int, Number, Number]
"""The days that an amount may be dated, its year, whether its entry matches, the ends of the amount."""


Row = tuple[Any, date, date, int | None]
"""An entry of a list with the days that it may be dated and its year. A plain tuple: a check makes scores of them."""


class Rows(NamedTuple):
    entries: list[Row]
    incomplete: bool
    timeless: bool
    dated: bool

    def more(self, last: date, spoken: date) -> bool:
        """Whether there may be entries up to a day that the data does not show."""
        return self.incomplete or (last > spoken and not self.timeless)


class Amounts(NamedTuple):
    """The amounts of entries that match, or may; `exact` are their days and amounts where nothing of them is open."""

    entries: list[Amount]
    exact: list[tuple[date, Number]] | None
    rows: Rows


class Numbers(NamedTuple):
    """What a comparison observed, and the bound that it was held against."""

    low: Number
    high: Number
    least: Number
    most: Number

    def observed(self) -> Range:
        return Range(self.low, self.high)

    def bound(self) -> Range:
        return Range(self.least, self.most)


class Sides(NamedTuple):
    """What the groups of a share have together, what all others have, and the share that is asked for."""

    low: Number
    high: Number
    rest_low: Number
    rest_high: Number
    asked: Fraction

    def bound(self) -> Range:
        return Range(self.asked, self.asked)

    def observed(self) -> Range:
        """The part of the whole; the ends are taken jointly."""
        least, most = self.low + self.rest_high, self.high + self.rest_low
        low = Fraction(self.low) / Fraction(least) if least not in (0, INFINITY) else Fraction(0)
        return Range(low, Fraction(self.high) / Fraction(most) if most not in (0, INFINITY) else Fraction(1))


_NO_DAYS = repeat((LAST_DAY, FIRST_DAY))
"""An entry without a date counts on every day: its first day is never late, its last never early."""


class Reader:
    """A subject on an as-of day, as generated code reads it; remembers lists and windows for the length of a check."""

    __slots__ = (
        "_memo",
        "_places",
        "_rows",
        "as_of",
        "complete",
        "followed",
        "given",
        "incomplete",
        "named",
        "scene",
        "spoken",
        "subject",
    )

    def __init__(self, scene: Scene) -> None:
        self.scene, self.subject, self.as_of, self.spoken = (
            scene,
            scene.subject,
            scene.as_of,
            scene.reported_on,
        )
        self.named, self.given = scene._incomplete, scene.attested.get
        self.complete, self.incomplete = not self.named, scene.incomplete
        self.followed: dict[str, int] = {}
        self._rows: dict[str, Rows] = {}
        self._places: dict[str, list[Path]] = {}
        self._memo: dict[Any, Any] = {}

    # --- lists -----------------------------------------------------------------------------------------------------------

    def rows(self, name: str) -> Rows:
        found = self._rows.get(name)
        if found is None:
            found = self._rows[name] = self._read(name)
        return found

    def _read(self, name: str) -> Rows:
        declared = self.scene.lists[name]
        dated, yearly = declared.date, declared.year
        entries: list[Row] = []
        incomplete = timeless = False
        for path in declared.paths:
            value = value_at(self.subject, path)
            if declared.held is not None:
                held = None if value is None else getattr(value, declared.held)
                happened = held or (
                    value is not None and any(v is not None for k, v in value if k != declared.held)
                )
                timeless, incomplete = held is False, held is None and not happened
                value = (value,) if happened else ()
            elif value is None:
                incomplete = True
                continue
            elif self.named:
                incomplete = incomplete or self.scene.incomplete(path)
            if yearly is not None:
                years = (
                    value if declared.scalar is not None else [getattr(record, yearly) for record in value]
                )
                days = _NO_DAYS if dated is None else [getattr(record, dated) or ANY_DAY for record in value]
                entries += [
                    (record, first, last, year)
                    for record, (first, last), year in zip(value, days, years, strict=False)
                ]
            elif dated is not None:
                entries += [(record, *(getattr(record, dated) or ANY_DAY), None) for record in value]
            else:
                entries += [(record, LAST_DAY, FIRST_DAY, None) for record in value]
        return Rows(entries, incomplete, timeless, dated is not None or yearly is not None)

    def places(self, name: str) -> list[Path]:
        """Where the rows of a list stand in the data."""
        found = self._places.get(name)
        if found is None:
            declared = self.scene.lists[name]
            found = self._places[name] = []
            for path in declared.paths:
                at = tuple(path.split("."))
                if declared.held is not None:
                    found.append(at)
                else:
                    found.extend((*at, index) for index in range(len(value_at(self.subject, path) or ())))
        return found

    def counted(self, name: str, day: date, start: date, year: int | None, over: bool) -> Counted:
        """The entries that count, or may count, at a moment, and whether there may be more."""
        rows = self.rows(name)
        key = (name, day, start, year, over) if rows.dated else (name, day > self.spoken)
        known: Counted | None = self._memo.get(key)
        if known is not None:
            return known
        if not rows.dated:
            known = self._memo[key] = (
                [(row[0], TRUE, position) for position, row in enumerate(rows.entries)],
                rows.more(day, self.spoken),
            )
            return known
        last = day
        if over:
            year, last = day.year - 1, date(max(day.year - 1, 1), 12, 31)
        by_year = year is not None and self.scene.lists[name].year is not None
        cap = last if last < self.spoken else self.spoken
        found = []
        for position, (record, first_day, last_day, own_year) in enumerate(rows.entries):
            value = TRUE
            if first_day <= last_day:
                if last_day < start or first_day > last:
                    continue
                if first_day < start or last_day > cap:
                    value = UNKNOWN
            if by_year and own_year != year:
                if own_year is not None:
                    continue
                value = UNKNOWN
            found.append((record, value, position))
        known = self._memo[key] = found, rows.more(last, self.spoken)
        return known

    def amounts(self, name: str, match: Match | None, attribute: str, day: date, steady: bool) -> Amounts:
        """The amounts of the entries that match; a `steady` match is the same on every day."""
        key = (name, match, attribute) if steady else (name, match, attribute, day)
        known = self._memo.get(key)
        if known is None:
            rows = self.rows(name)
            found = [
                (first, last, year, matched, *(getattr(record, attribute) or ANYTHING))
                for record, first, last, year in rows.entries
                if (matched := TRUE if match is None else match(record, day, self))
            ]
            exact = [
                (first, low)
                for first, last, _, matched, low, high in found
                if first == last and matched == TRUE and low == high
            ]
            known = self._memo[key] = Amounts(found, exact if len(exact) == len(found) else None, rows)
        return known

    def looked_up(self, listed: str, attribute: str, record: Any) -> Any:
        """An attribute that is found on another list; None where it is not known."""
        key = (listed, attribute, id(record))
        if key not in self._memo:
            self._memo[key] = self.scene.look_up(self.scene.lists[listed].look_up[attribute], record, ())[0]
        return self._memo[key]

    # --- conditions that are rare in one form or another: the reference sees them --------------------------------------------

    def see(
        self,
        node: Any,
        rule: Rule,
        day: date,
        start: date,
        year: int | None,
        approved: date | None,
        term_end: date | None,
    ) -> int:
        return see(node, self.scene, Moment(day, start, year), Life(approved, None, term_end), rule).value


# --- numbers ----------------------------------------------------------------------------------------------------------------


def held(series: Series[Any], day: date, spoken: date) -> tuple[list[Any], bool]:
    """`series_at`; quick where every entry is exact and the day is one that the data speaks for."""
    if day > spoken:
        return series_at(series, day, spoken)
    latest, found = FIRST_DAY, []
    for (first, last), known in series:
        if first != last:
            return series_at(series, day, spoken)
        if latest <= first <= day:
            latest, found = first, [known]
    return found, not found


def exactly(series: Series[Any], day: date, cumulative: bool) -> Number | None:
    """The one number that a series has on a day that the data speaks for, where all of it is exact."""
    latest, found = FIRST_DAY, None
    for (first, last), value in series:
        if (
            first != last
            or value is None
            or value[0] != value[1]
            or (cumulative and found is not None and (first < latest or value[0] < found))
        ):
            return None
        if latest <= first <= day:
            latest, found = first, value[0]
    return found


def stock(reader: Reader, value: Any, path: str, day: date, cumulative: bool) -> Ends:
    """A number that holds at a day: the last value on or before it, until reported_on; a cumulative one bounds other days."""
    if value is None:
        return ANYTHING
    spoken = reader.spoken
    low: Number
    high: Number
    low, high = ANYTHING
    if type(value) is Series:
        if day <= spoken:
            values, open_end = held(value, day, spoken)
            if values and not open_end:
                low, high = (
                    min((v or ANYTHING).low for v in values),
                    max((v or ANYTHING).high for v in values),
                )
        if cumulative:
            least = max(
                (e.value.low for e in value if e.value is not None and e.when.last <= min(day, spoken)),
                default=0,
            )
            most = min(
                (e.value.high for e in value if e.value is not None and e.when.first >= day), default=INFINITY
            )
            low, high = max(low, least), max(min(high, most), low, least)
    elif day == spoken:
        low, high = value
    elif cumulative:
        low, high = (0, value.high) if day < spoken else (value.low, INFINITY)
    return (low, INFINITY) if reader.named and reader.scene.incomplete(path) else (low, high)


def value(reader: Reader, known: Any, path: str, day: date, start: date, else_count: str | None) -> Ends:
    """An undated number, or one of a dated series."""
    if known is None:
        if else_count is None:
            return ANYTHING
        cap = min(day, reader.spoken)
        certain = sum(
            1 for _, first, last, _ in reader.rows(else_count).entries if start <= first <= last <= cap
        )
        return certain, INFINITY
    if type(known) is Series:
        values, open_end = held(known, day, reader.spoken)
        if open_end or not values or None in values:
            return ANYTHING
        return min(v.low for v in values), max(v.high for v in values)
    if reader.named and reader.scene.incomplete(path):
        return known.low, INFINITY
    return known.low, known.high


def total(
    reader: Reader,
    name: str,
    match: Match | None,
    attribute: str,
    day: date,
    start: date,
    year: int | None,
    over: bool,
    steady: bool,
) -> Ends:
    """The sum of an attribute over the entries that count at a moment and match."""
    amounts, exact, rows = reader.amounts(name, match, attribute, day, steady)
    last = day
    if over:
        year, last = day.year - 1, date(max(day.year - 1, 1), 12, 31)
    by_year = year is not None and reader.scene.lists[name].year is not None
    if exact is not None and not by_year and last <= reader.spoken:
        certain = sum([known for when, known in exact if start <= when <= last])
        return certain, INFINITY if rows.incomplete else certain
    cap = last if last < reader.spoken else reader.spoken
    low: Number = 0
    high: Number = 0
    for first_day, last_day, own_year, value, least, most in amounts:
        if first_day <= last_day:
            if last_day < start or first_day > last:
                continue
            if first_day < start or last_day > cap:
                value = UNKNOWN
        if by_year and own_year != year:
            if own_year is not None:
                continue
            value = UNKNOWN
        if value == TRUE:
            low += least
        high += most
    return low, INFINITY if rows.more(last, reader.spoken) else high


def by_word(
    reader: Reader,
    name: str,
    attribute: str,
    table: dict[str, int],
    groups: int,
    amount: str,
    day: date,
    start: date,
    year: int | None,
    over: bool,
) -> tuple[Ends, ...]:
    """The sum of each group, where one word tells an entry's group; an entry without the word may belong to any."""
    rows = reader.rows(name)
    last = day
    if over:
        year, last = day.year - 1, date(max(day.year - 1, 1), 12, 31)
    by_year = year is not None and reader.scene.lists[name].year is not None
    cap = last if last < reader.spoken else reader.spoken
    lows: list[Number] = [0] * groups
    highs: list[Number] = [INFINITY if rows.more(last, reader.spoken) else 0] * groups
    for record, first_day, last_day, own_year in rows.entries:
        certain = True
        if first_day <= last_day:
            if last_day < start or first_day > last:
                continue
            certain = first_day >= start and last_day <= cap
        if by_year and own_year != year:
            if own_year is not None:
                continue
            certain = False
        word = getattr(record, attribute)
        low, high = getattr(record, amount) or ANYTHING
        if word is None:
            highs = [most + high for most in highs]
            continue
        place = table.get(word)
        if place is not None:
            highs[place] += high
            if certain:
                lows[place] += low
    return tuple(zip(lows, highs, strict=True))


def count(reader: Reader, counted: Counted, match: Match | None, day: date) -> Ends:
    low = high = 0
    for record, counts, _ in counted[0]:
        if match is not None:
            matched = match(record, day, reader)
            if matched == FALSE:
                continue
            counts = matched if matched < counts else counts
        high += 1
        if counts == TRUE:
            low += 1
    return low, INFINITY if counted[1] else high


def distinct(reader: Reader, counted: Counted, get: Callable[[Any, Reader], Any], day: date) -> Ends:
    certain, open_ = set(), 0
    for record, counts, _ in counted[0]:
        known = get(record, reader)
        if type(known) is Series:
            values, open_end = held(known, day, reader.spoken)
            known = values[0] if len(values) == 1 and not open_end else None
        if known is None or counts != TRUE:
            open_ += 1
        else:
            certain.add(known)
    return max(len(certain), 1 if counted[0] else 0), INFINITY if counted[1] else len(certain) + open_


def kinds(groups: Sequence[Ends]) -> Ends:
    """How many groups have more than nothing."""
    return sum(1 for low, _ in groups if low > 0), sum(1 for _, high in groups if high > 0)


def share(
    reader: Reader, counted: Counted, matches: tuple[Match, ...], attribute: str, asked: Fraction, day: date
) -> Sides:
    """What the groups named have together and what all others have, each entry on one side only."""
    low: Number = 0
    high: Number = 0
    rest_low: Number = 0
    rest_high: Number = 0
    for record, counts, _ in counted[0]:
        inside = any_of([match(record, day, reader) for match in matches])
        least, most = getattr(record, attribute) or ANYTHING
        if inside != FALSE:
            high += most
            if inside == TRUE == counts:
                low += least
        if inside != TRUE:
            rest_high += most
            if inside == FALSE and counts == TRUE:
                rest_low += least
    if counted[1]:
        high = rest_high = INFINITY
    return Sides(low, high, rest_low, rest_high, asked)


def largest(groups: Sequence[Ends], at: int) -> tuple[int, Numbers]:
    """Whether no other group has more; the group's own range, and the most that another has."""
    low, high = groups[at]
    result = TRUE
    least: Number = 0
    most: Number = 0
    for position, other in enumerate(groups):
        if position != at:
            result = min(result, TRUE if low >= other[1] else FALSE if high < other[0] else UNKNOWN)
            least, most = max(least, other[0]), max(most, other[1])
    return result, Numbers(low, high, least, most)


def kinds_of(sums: Sequence[Number]) -> int:
    """`kinds`, of sums that are known exactly."""
    return len([known for known in sums if known > 0])


def largest_of(sums: Sequence[Number], at: int) -> tuple[int, tuple[Number, ...]]:
    """`largest`, of sums that are known exactly."""
    own = sums[at]
    other = max([0, *sums[:at], *sums[at + 1 :]])
    return TRUE if own >= other else FALSE, (own, own, other, other)


# --- single values, lists to look through -------------------------------------------------------------------------------------


def over(test: Callable[[Any, date, date], int], series: Any, day: date, spoken: date) -> int:
    """A test of a value that is dated, or absent: what all values agree on that it may have."""
    if type(series) is not Series:
        return UNKNOWN
    values, open_end = held(series, day, spoken)
    if open_end or None in values:
        return UNKNOWN
    if len(values) == 1:
        return test(values[0], day, spoken)
    results = {test(known, day, spoken) for known in values}
    return results.pop() if len(results) == 1 else UNKNOWN


def only(value: Any, day: date, spoken: date) -> Any:
    """The one value that a dated one has on a day; None where there may be several, or another."""
    if type(value) is not Series:
        return value
    values, open_end = held(value, day, spoken)
    return values[0] if len(values) == 1 and not open_end else None


def same(nodes: tuple[Any, ...], texts: tuple[Any, ...]) -> int:
    """Texts that read as asked, with the same between; none of them is dated."""
    shared, all_given = None, True
    for node, text in zip(nodes, texts, strict=True):
        if text is None:
            all_given = False
            continue
        inner = between(node, text)
        if not inner or (shared is not None and inner != shared):
            return FALSE
        shared = inner
    return TRUE if all_given else UNKNOWN


def some(reader: Reader, counted: Counted, match: Match, day: date) -> int:
    values = [min(counts, match(record, day, reader)) for record, counts, _ in counted[0]]
    found = any_of(values)
    return UNKNOWN if found != TRUE and counted[1] else found


def every(reader: Reader, counted: Counted, match: Match, day: date) -> int:
    entries, more = counted
    result, certain = TRUE, False
    for record, counts, _ in entries:
        found = match(record, day, reader)
        if counts == TRUE:
            certain = True
        elif found != TRUE:
            found = UNKNOWN
        if found < result:
            result = found
    if more or not certain:
        result = min(result, UNKNOWN if more or entries else FALSE)
    return result


def none_of(
    reader: Reader, counted: Counted, match: Match, permitted: Match | None, open_: bool, day: date
) -> int:
    result = TRUE
    for record, counts, _ in counted[0]:
        found = match(record, day, reader)
        found = TRUE if found == FALSE else FALSE if found == TRUE else found
        if found == TRUE and open_:
            allowed = FALSE if permitted is None else permitted(record, day, reader)
            found = TRUE if allowed == TRUE else REVIEW if allowed == FALSE else UNKNOWN
        if counts == UNKNOWN and found != TRUE:
            found = UNKNOWN
        if found < result:
            result = found
    return min(result, UNKNOWN) if counted[1] else result


def each_of(reader: Reader, table: Any, path: str, keys: tuple[str, ...], match: Match, day: date) -> int:
    more = table is None or day > reader.spoken or (bool(reader.named) and reader.scene.incomplete(path))
    known = table or {}
    result = TRUE
    for key in keys:
        record = known.get(key)
        found = (UNKNOWN if more else FALSE) if record is None else match(record, day, reader)
        if found < result:
            result = found
    return result


def passes(test: Test, actual: Any, attribute: str, day: date, reader: Reader) -> int:
    """A test of an attribute whose value is dated or a list of words; generated code sees to the plain ones itself."""
    if type(actual) is Series:
        values, open_end = held(actual, day, reader.spoken)
        results = {_allows(test, known, attribute, reader) for known in values}
        return UNKNOWN if open_end or len(results) > 1 else results.pop()
    return _allows(test, actual, attribute, reader)


def _allows(test: Test, actual: Any, attribute: str, reader: Reader) -> int:
    allowed = test.one_of
    if actual is None:
        return TRUE if allowed is not None and None in allowed else UNKNOWN
    if test.given:
        return TRUE
    if isinstance(actual, tuple):
        if allowed is not None and any(word in allowed for word in actual):
            return TRUE
        if reader.named and reader.scene.incomplete(attribute):
            return UNKNOWN
        return REVIEW if test.open and actual else FALSE
    if allowed is not None:
        return TRUE if actual in allowed else REVIEW if test.open else FALSE
    return FALSE if actual in (test.other_than or ()) else TRUE


def application_day(approved: date | None, applied: date | None) -> date | None:
    """The day that an application is judged by: when it was made, or else the approval."""
    if applied is None or approved is None:
        return applied or approved
    return min(applied, approved)


def running(
    reader: Reader, counted: Counted, name: str, match: Match, years: int, day: date, approved: date | None
) -> int | None:
    """Whether entries are as asked for so many years running, where that is plain: no entry can be so, or none is shown. Else None."""
    entries = reader.rows(name).entries
    if not counted[1]:
        return FALSE if all(match(record, day, reader) == FALSE for record, *_ in entries) else None
    if entries:
        return None
    ended = add_days(day, 1).year - 1
    return UNKNOWN if ended - (approved.year if approved else ended) + 1 >= years else FALSE


# --- years ---------------------------------------------------------------------------------------------------------------------

BY_VALUE = ("unknown", "needs_review", "pass")
"""What a requirement's value 1, 2 or 3 makes of a rule; for 0 it depends on its time."""

Years = tuple[str, int, tuple[tuple[int, str], ...]]
"""Of all years that are owed the worst status, whether all pass, and the status of each."""


def years(
    reader: Reader,
    see: Callable[..., int],
    approved: date,
    term_end: date | None,
    to_next: bool,
    running: bool,
) -> Years:
    """Every full calendar year between approval and the as-of day, and the running one where it is owed."""
    as_of, found = reader.as_of, {}
    for year in _owed(approved, as_of, running):
        due = year_end(year + 1 if to_next else year)
        value = see(reader, approved, term_end, min(as_of, due), year)
        found[year] = BY_VALUE[value - 1] if value else "fail" if as_of > due else "pending"
    return _worst(found)


def years_found(first: dict[int, date], approved: date, as_of: date, to_next: bool, running: bool) -> Years:
    """The same, where it is known on which day, up to the as-of day, there was first an entry as asked of each year."""
    found, later, now = {}, 1 if to_next else 0, as_of.year
    for year in _owed(approved, as_of, running):
        day = first.get(year)
        found[year] = (
            "pass"
            if day is not None and day.year <= year + later
            else "fail"
            if now > year + later
            else "pending"
        )
    return _worst(found)


def _owed(approved: date, as_of: date, running: bool) -> range:
    """The years that are owed."""
    first = approved.year if approved.month == approved.day == 1 else approved.year + 1
    return range(first, as_of.year + (1 if running or (as_of.month == 12 and as_of.day == 31) else 0))


def _worst(found: dict[int, str]) -> Years:
    if not found:
        return "not_applicable", FALSE, ()
    told = found.values()
    for status in ("fail", "unknown", "needs_review", "pending"):
        if status in told:
            return status, FALSE, tuple(found.items())
    return "pass", TRUE, tuple(found.items())


# --- places --------------------------------------------------------------------------------------------------------------------

_ROWS: dict[tuple[Any, ...], list[Path]] = {}
_MOST_ROWS = 1_000
"""Of so many entries of a list the places are kept, for all checks alike."""


def rows_at(key: tuple[Any, ...], count: int) -> list[Path]:
    """The places of at least so many entries of a list, or of an attribute of each; of an event its one place."""
    path, attribute, *held = key
    known = _ROWS.get(key)
    if known is None or len(known) < count:
        at, below = tuple(path.split(".")), () if attribute is None else (attribute,)
        known = [(*at, *below)] if held else [(*at, index, *below) for index in range(max(count, 50))]
        if count <= _MOST_ROWS:
            _ROWS[key] = known
    return known


def first_of(rows: list[Path], count: int) -> list[Path]:
    return rows[:count]


def once(paths: tuple[Path, ...]) -> list[Path]:
    """Each place once."""
    return list(dict.fromkeys(paths))


def attested_at(reader: Reader) -> dict[str, list[Path]]:
    """The places of the attestations of each rule."""
    rows = rows_at(("attestations", None), len(reader.subject.attestations))
    return {rule: [rows[index] for index, _ in given] for rule, given in reader.scene.attested.items()}


def attested_by_item(given: list[tuple[int, Any]] | None, items: tuple[str, ...]) -> Sequence[Path]:
    """The places of the attestations of one rule, those of one item together."""
    if given is None:
        return ()
    rows = rows_at(("attestations", None), given[-1][0] + 1)
    return [rows[index] for item in items for index, one in given if one.item == item]


def stock_at(
    reader: Reader, value: Any, path: tuple[Path], values: tuple[str, str], day: date, cumulative: bool
) -> Sequence[Path]:
    """Where a number that holds at a day is read: its place, or those of the values of a series up to the day."""
    if type(value) is Series:
        rows = rows_at(values, len(value))
        return [row for row, (when, _) in zip(rows, value, strict=False) if cumulative or when[0] <= day]
    return path if value is not None and (cumulative or reader.spoken <= day) else ()


def known_on(series: Series[Any], day: date, spoken: date) -> bool:
    """Whether a dated value is known on a day."""
    values, open_end = held(series, day, spoken)
    return not open_end and None not in values


def years_at(
    found: dict[int, list[tuple[date, Path]]], approved: date, as_of: date, to_next: bool, running: bool
) -> list[Path]:
    """The places of the entries that each year that is owed has in time, year by year."""
    later = 1 if to_next else 0
    return [
        at
        for year in _owed(approved, as_of, running)
        for day, at in found.get(year, ())
        if day <= as_of and day.year <= year + later
    ]


# --- judgements ---------------------------------------------------------------------------------------------------------------


def judged(given: list[tuple[int, Any]] | None, as_of: date) -> int:
    """What the attestations for a rule say; none needs review."""
    if given is None:
        return REVIEW
    if len(given) == 1:
        only = given[0][1]
        if only.date.last <= as_of:
            return TRUE if only.met else FALSE
    return latest_judgement(given, as_of)[0]


def judgements(reader: Reader, rules: frozenset[str]) -> dict[str, int]:
    """What the attestations say of each of these rules that has any."""
    as_of, found = reader.as_of, {}
    for rule, given in reader.scene.attested.items():
        if rule in rules:
            only = given[0][1]
            found[rule] = (
                (TRUE if only.met else FALSE)
                if len(given) == 1 and only.date[1] <= as_of
                else latest_judgement(given, as_of)[0]
            )
    return found


def judged_items(given: list[tuple[int, Any]] | None, items: tuple[str, ...], as_of: date) -> int:
    if given is None:
        return REVIEW
    met = {one.item: one.met for _, one in given if one.date[1] <= as_of}
    if len(met) == len(given):  # one that is certain for each
        return FALSE if False in met.values() else TRUE if len(met) == len(items) else REVIEW
    return min(
        judged([(index, one) for index, one in given if one.item == item] or None, as_of) for item in items
    )
