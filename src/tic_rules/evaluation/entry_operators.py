"""The operators that look through the entries of a list: some, every, none of, each of, the latest."""

from __future__ import annotations

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
    fact = scene.facts[node.fact]
    by_year = looks_at_years(fact, moment)
    entries, more, listed = scene.entries_at(fact, moment)
    values: list[int] = []
    cites: list[tuple[int, Path]] = []
    missing: list[Path] = []
    lacking: list[tuple[int, str]] = []
    for entry, counts in entries:
        unclear: list[Path] = []
        value = scene.matches(node.every, entry, moment.day, unclear)
        if counts == UNKNOWN and value != TRUE:
            value = UNKNOWN
            unclear.extend(undated(entry, listed.declared, by_year))
        values.append(value)
        cites.append((value, entry.at))
        if value == UNKNOWN:
            missing.extend(unclear)
        elif value != TRUE:
            lacking.append((value, name_of(entry.record, entry.at)))
    certain = any(counts == TRUE for _, counts in entries)
    if more or not certain:
        values.append(UNKNOWN if more or entries else FALSE)
        open_days = (path for entry, _ in entries for path in undated(entry, listed.declared, by_year))
        missing.extend(more or open_days)
    return _of_all(min(values), node, cites, missing, lacking)


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


def none_of(node: c.NoneOf, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    fact = scene.facts[node.fact]
    by_year = looks_at_years(fact, moment)
    entries, more, listed = scene.entries_at(fact, moment)
    values: list[int] = [TRUE]
    cites: list[tuple[int, Path]] = []
    missing: list[Path] = []
    lacking: list[tuple[int, str]] = []
    for entry, counts in entries:
        unclear: list[Path] = []
        value = negate(scene.matches(node.none_of, entry, moment.day, unclear))
        if value == TRUE and node.open:
            allowed = (
                FALSE if node.permitted is None else scene.matches(node.permitted, entry, moment.day, unclear)
            )
            value = TRUE if allowed == TRUE else REVIEW if allowed == FALSE else UNKNOWN
        if counts == UNKNOWN and value != TRUE:
            value = UNKNOWN
            unclear.extend(undated(entry, listed.declared, by_year))
        values.append(value)
        if value != TRUE:
            cites.append((value, entry.at))
        if value == UNKNOWN:
            missing.extend(unclear)
        elif value != TRUE:
            lacking.append((value, name_of(entry.record, entry.at)))
    if more:
        values.append(UNKNOWN)
        missing.extend(more)
    return _of_all(min(values), node, cites, missing, lacking)


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


class _Candidate(NamedTuple):
    """An entry that may be the latest: its day (a number) or year, the first and the last; what it is."""

    entry: Entry
    first: int
    last: int
    certain: bool
    """Whether it is one of those that are looked at at all."""
    value: int
    unclear: tuple[Path, ...]

    @property
    def exact(self) -> bool:
        return bool(self.certain and self.first == self.last)


def latest(node: c.Latest, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    """The latest of the entries that are as `of` says; two of one day or year that differ need review."""
    entries, more, listed = scene.entries_at(scene.facts[node.fact], moment)
    by_year = node.latest == "year"
    candidates = [
        candidate
        for entry, counts in entries
        if (candidate := _candidate(node, scene, moment, entry, counts, listed.declared)) is not None
    ]
    floor = max((candidate.first for candidate in candidates if candidate.certain), default=None)
    last = [one for one in candidates if floor is None or one.last >= floor]
    values = {one.value for one in last} | ({FALSE} if floor is None else set())
    missing: list[Path] = []
    if len(values) == 1:
        value = values.pop()
    else:
        value = REVIEW if UNKNOWN not in values and all(one.exact for one in last) else UNKNOWN
    if value == UNKNOWN:
        missing.extend(path for one in last for path in one.unclear)
    ended = add_days(moment.day, 1).year - 1
    if more and not (by_year and floor is not None and floor >= ended):  # a later one may not be shown
        value = UNKNOWN
        missing.extend(more)
    cites = tuple(one.entry.at for one in last)
    return Seen(value, node, None, None, (), cites, tuple(dict.fromkeys(missing)))


def _candidate(
    node: c.Latest, scene: Scene, moment: Moment, entry: Entry, counts: int, declared: ListOf
) -> _Candidate | None:
    """An entry as one that may be the latest; None where it is not one of those looked at."""
    unclear: list[Path] = []
    member = min(counts, scene.matches(node.of, entry, moment.day, unclear))
    if member == FALSE:
        return None
    if node.latest == "year":
        first, last = (entry.year, entry.year) if entry.year is not None else (0, moment.day.year)
        attribute = declared.year
    else:
        when = entry.when or ANY_DAY
        first, last = (max(when.first, moment.start).toordinal(), min(when.last, moment.day).toordinal())
        attribute = declared.date
    value = scene.matches(node.has, entry, moment.day, unclear)
    if first != last or counts == UNKNOWN:
        unclear.extend(
            (*entry.at, name)
            for name in dict.fromkeys((attribute, declared.date))
            if name and _open(entry, name)
        )
        unclear.extend((entry.founded,) if entry.founded is not None else ())
    return _Candidate(entry, first, last, member == TRUE, value, tuple(unclear))


def _open(entry: Entry, attribute: str) -> bool:
    value = entry.get(attribute)
    return value is None or (isinstance(value, Span) and not value.exact)
