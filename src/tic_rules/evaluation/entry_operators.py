"""The operators that look through the entries of a list: some, every, none of, each of, the latest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

from tic_rules.core.dates import ANY_DAY, Span, add_days
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN, any_of, negate
from tic_rules.evaluation.entries import Entry, Moment, Path, plain_entry, undated
from tic_rules.evaluation.facts import Scene, looks_at_years
from tic_rules.evaluation.scenarios import Scenario
from tic_rules.evaluation.seen import Seen
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import ListOf, Rule


def some(node: c.Some, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    return look_through(node, node.fact, node.some, scene, moment)


def look_through(
    node: c.Condition, name: str, where: c.Where, scene: Scene, moment: Moment, of_a_year: bool = False
) -> Seen:
    fact = scene.facts[name]
    by_year = looks_at_years(fact, moment)
    entries, more, listed = scene.entries_at(fact, moment)
    if of_a_year:
        entries = [(entry, counts) for entry, counts in entries if entry.year == moment.year]
    values: list[int] = []
    cites: list[Path] = []
    missing: list[Path] = []
    for entry, counts in entries:
        unclear: list[Path] = []
        value = min(counts, scene.matches(where, entry, moment.day, unclear))
        values.append(value)
        if value != FALSE:
            cites.append(entry.at)
        if value == UNKNOWN:
            missing.extend(unclear)
            if counts == UNKNOWN:
                missing.extend(undated(entry, listed.declared, by_year))
    value = any_of(values)
    if value != TRUE and more:
        value = UNKNOWN
        missing.extend(more)
    return Seen(value, node, None, None, (), tuple(cites), tuple(missing) if value == UNKNOWN else ())


def every(node: c.Every, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    def so(entry: Entry, unclear: list[Path]) -> int:
        return scene.matches(node.every, entry, moment.day, unclear)

    return _each(node, so, scene, moment, some=True)


def none_of(node: c.NoneOf, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    def allowed(entry: Entry, unclear: list[Path]) -> int:
        value = negate(scene.matches(node.none_of, entry, moment.day, unclear))
        if value != TRUE or not node.open:
            return value
        named = FALSE if node.permitted is None else scene.matches(node.permitted, entry, moment.day, unclear)
        return named or REVIEW

    return _each(node, allowed, scene, moment, some=False)


def _each(
    node: c.Every | c.NoneOf,
    test: Callable[[Entry, list[Path]], int],
    scene: Scene,
    moment: Moment,
    some: bool,
) -> Seen:
    """Every entry is as a test says; with `some` there has to be one, and those that are so are cited too."""
    fact = scene.facts[node.fact]
    by_year = looks_at_years(fact, moment)
    entries, more, listed = scene.entries_at(fact, moment)
    values: list[int] = []
    cites: list[tuple[int, Path]] = []
    missing: list[Path] = []
    lacking: list[tuple[int, str]] = []
    for entry, counts in entries:
        unclear: list[Path] = []
        value = test(entry, unclear)
        if counts == UNKNOWN and value != TRUE:
            value = UNKNOWN
            unclear.extend(undated(entry, listed.declared, by_year))
        values.append(value)
        if some or value != TRUE:
            cites.append((value, entry.at))
        if value == UNKNOWN:
            missing.extend(unclear)
        elif value != TRUE:
            lacking.append((value, name_of(entry.record, entry.at)))
    if more or (some and not any(counts == TRUE for _, counts in entries)):
        values.append(UNKNOWN if more or entries else FALSE)
        open_days = (path for entry, _ in entries for path in undated(entry, listed.declared, by_year))
        missing.extend(more or open_days)
    return _of_all(min(values, default=TRUE), node, cites, missing, lacking)


def _of_all(
    value: int,
    node: c.Condition,
    cites: list[tuple[int, Path]],
    missing: list[Path],
    lacking: list[tuple[int, str]],
) -> Seen:
    """What was seen where each entry has to be so: those that decide are cited first, and named alone."""
    cited = tuple(at for _, at in sorted(cites, key=itemgetter(0)))
    named = tuple(name for one, name in lacking if one == value)
    return Seen(value, node, None, None, (), cited, tuple(missing) if value == UNKNOWN else (), named)


CALLED_BY = ("name", "kind", "use")
"""The attributes that an entry of a list is called by, the first that it has."""


def name_of(record: object, at: Path) -> str:
    """What an entry of a list is called."""
    for attribute in CALLED_BY:
        named = getattr(record, attribute, None)
        if isinstance(named, str):
            return named
    return "/" + "/".join(str(part) for part in at)


def each_of(node: c.EachOf, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    table, more, path = scene.table(node.fact, moment.day)
    values: list[int] = []
    missing: list[Path] = []
    lacking: list[tuple[int, str]] = []
    for key in node.each_of:
        record = (table or {}).get(key)
        if record is None:
            values.append(UNKNOWN if more else FALSE)
            lacking.append((values[-1], key))
            continue
        unclear: list[Path] = []
        value = _of_key(node, scene, moment, plain_entry((*path, key), record), unclear)
        values.append(value)
        if value != TRUE:
            lacking.append((value, key))
            missing.extend(unclear)
    value = min(values)
    if value == UNKNOWN and more:
        missing.append(path)
    return _of_all(value, node, [(value, path)] if table is not None else [], missing, lacking)


def _of_key(node: c.EachOf, scene: Scene, moment: Moment, entry: Entry, unclear: list[Path]) -> int:
    value = scene.matches(node.has, entry, moment.day, unclear)
    if value == TRUE or node.review is None:
        return value
    to_judge = scene.matches(node.review, entry, moment.day, unclear)
    return REVIEW if to_judge == TRUE else UNKNOWN if to_judge == UNKNOWN else value


class Placed(NamedTuple):
    """An entry in the order of its list: the first and the last day (as a number) or year that it may be of;
    whether it surely is one of those looked at; what it is, and what leaves that open."""

    entry: Entry
    counts: int
    first: int
    last: int
    certain: bool
    value: int
    unclear: list[Path]

    @property
    def exact(self) -> bool:
        """Whether its place is certain."""
        return self.certain and self.first == self.last

    @property
    def undated(self) -> bool:
        """Whether its day or year leaves its place open."""
        return self.first != self.last or self.counts == UNKNOWN


def placed(
    scene: Scene,
    moment: Moment,
    entries: Iterable[tuple[Entry, int]],
    among: c.Where | None,
    has: c.Where,
    by_year: bool = False,
) -> list[Placed]:
    """The entries that are looked at, or may be, each with its place and what it is."""
    inner = []
    for entry, counts in entries:
        unclear: list[Path] = []
        so = TRUE if among is None else scene.matches(among, entry, moment.day, unclear)
        member = min(counts, so)
        if member == FALSE:
            continue
        when = entry.when or ANY_DAY
        first, last = max(when.first, moment.start).toordinal(), min(when.last, moment.day).toordinal()
        if by_year:
            first, last = (0, moment.day.year) if entry.year is None else (entry.year, entry.year)
        value = scene.matches(has, entry, moment.day, unclear)
        inner.append(Placed(entry, counts, first, last, member == TRUE, value, unclear))
    return inner


def latest(node: c.Latest, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    """The latest of the entries that are as `of` says; two of one day or year that differ need review."""
    entries, more, listed = scene.entries_at(scene.facts[node.fact], moment)
    by_year = node.latest == "year"
    candidates = placed(scene, moment, entries, node.of, node.has, by_year)
    floor = max((candidate.first for candidate in candidates if candidate.certain), default=None)
    last = [one for one in candidates if floor is None or one.last >= floor]
    values = {one.value for one in last} | ({FALSE} if floor is None else set())
    missing: list[Path] = []
    if len(values) == 1:
        value = values.pop()
    else:
        value = REVIEW if UNKNOWN not in values and all(one.exact for one in last) else UNKNOWN
    if value == UNKNOWN:
        missing.extend(
            path for one in last for path in (*one.unclear, *_open_days(one, node, listed.declared))
        )
    ended = add_days(moment.day, 1).year - 1
    if more and not (by_year and floor is not None and floor >= ended):  # a later one may not be shown
        value = UNKNOWN
        missing.extend(more)
    cites = tuple(one.entry.at for one in last)
    return Seen(value, node, None, None, (), cites, tuple(dict.fromkeys(missing)))


def _open_days(one: Placed, node: c.Latest, declared: ListOf) -> Iterator[Path]:
    """The days and years that leave open whether an entry is the latest."""
    if not one.undated:
        return
    for name in dict.fromkeys((declared.year if node.latest == "year" else declared.date, declared.date)):
        value = one.entry.get(name or "")
        if name and (value is None or (isinstance(value, Span) and not value.exact)):
            yield (*one.entry.at, name)
    if one.entry.founded is not None:
        yield one.entry.founded
