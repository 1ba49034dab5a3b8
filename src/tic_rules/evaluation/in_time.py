"""Operators that order entries or years: one after the other, each of the last years, no two of a kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tic_rules.core.dates import year_end
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.evaluation.entries import Entry, Moment, Path, undated
from tic_rules.evaluation.entry_operators import Placed, placed
from tic_rules.evaluation.facts import Scene, looks_at_years
from tic_rules.evaluation.scenarios import Scenario
from tic_rules.evaluation.seen import Seen
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule
from tic_rules.model.values import Series

See = Callable[[c.Condition, Scene, Moment, Scenario, Rule], Seen]
"""What looks at a condition within another one."""


def entries_running(node: c.Running, scene: Scene, moment: Moment) -> Seen:
    """So many entries one after the other are so.

    True where so many certain ones have none between them that may be otherwise; false where, between any so
    many that may be so, there is one that is not. An entry that is not shown may lie anywhere."""
    entries, more, listed = scene.entries_at(scene.facts[node.of], moment)
    run = placed(scene, moment, entries, node.among, node.where)
    value = FALSE
    if _certain_run(run, node.running):
        value = UNKNOWN if listed.open_at else TRUE  # what comes after the day of the report changes nothing
    elif more:
        value = UNKNOWN
    elif _possible_run(run, node.running):
        value = REVIEW if all(one.exact and one.value != UNKNOWN for one in run) else UNKNOWN
    missing: dict[Path, None] = {}
    for one in run if value == UNKNOWN else ():
        missing |= dict.fromkeys(one.unclear)
        missing |= dict.fromkeys(undated(one.entry, listed.declared, False) if one.undated else ())
    if value == UNKNOWN:
        missing |= dict.fromkeys(more)
    cites = tuple(one.entry.at for one in run if one.value != FALSE)
    return Seen(value, node, cites=cites, missing=tuple(missing))


def _certain_run(placed: list[Placed], many: int) -> bool:
    """Whether so many that are so follow one another, in whatever order open days leave."""
    sure = sorted(
        (one for one in placed if one.certain and one.value == TRUE), key=lambda one: (one.first, one.last)
    )
    others = [one for one in placed if one.value != TRUE]
    for place in range(len(sure) - many + 1):
        run = sure[place : place + many]
        begins, ends = min(one.first for one in run), max(one.last for one in run)
        if all(other.last < begins or other.first > ends for other in others):
            return True
    return False


def _possible_run(placed: list[Placed], many: int) -> bool:
    """Whether so many that may be so can lie between two that are certainly not, or before or after all."""
    perhaps = [one for one in placed if one.value != FALSE]
    ends = sorted({one.first for one in placed if one.exact and one.value == FALSE})
    gaps = zip([0, *ends], [*ends, date.max.toordinal()], strict=True)
    return any(
        sum(one.last >= begins and one.first <= until for one in perhaps) >= many for begins, until in gaps
    )


def of_each(node: c.OfEach, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    """No value of the attribute is that of more entries than may be; an entry may have several values."""
    by_year = looks_at_years(scene.facts[node.fact], moment)
    entries, more, listed = scene.entries_at(scene.facts[node.fact], moment)
    if scene.programme and not entries:
        more = more or listed.at  # no centre is given
    certain: dict[object, list[Entry]] = {}
    perhaps: dict[object, int] = {}
    unsaid = 0
    missing: list[Path] = []
    for entry, counts in entries:
        values, open_end = _values(entry.get(node.of_each), scene, node.of_each)
        unsaid += open_end
        missing.extend(entry.paths(node.of_each) if open_end else ())
        missing.extend(undated(entry, listed.declared, by_year) if counts == UNKNOWN else ())
        for value in values:
            if counts == TRUE:
                certain.setdefault(value, []).append(entry)
            else:
                perhaps[value] = perhaps.get(value, 0) + 1
    crowded = {value: held for value, held in certain.items() if len(held) > node.at_most}
    if crowded:
        cites = tuple(dict.fromkeys(one.path(node.of_each) for held in crowded.values() for one in held))
        return Seen(FALSE, node, cites=cites, lacking=tuple(str(value) for value in crowded))
    most = max(
        (len(certain.get(value, ())) + perhaps.get(value, 0) for value in {*certain, *perhaps}), default=0
    )
    cites = tuple(entry.path(node.of_each) for entry, _ in entries)
    if more or most + unsaid > node.at_most:
        return Seen(UNKNOWN, node, cites=cites, missing=tuple(dict.fromkeys((*missing, *more))))
    return Seen(TRUE, node, cites=cites)


def _values(value: object, scene: Scene, attribute: str) -> tuple[tuple[object, ...], bool]:
    """The values of an attribute, and whether there may be others."""
    if value is None:
        return (), True
    if isinstance(value, Series):
        held = {one.value for one in value}
        return (tuple(held), False) if len(held) == 1 and None not in held else ((), True)
    return (
        (tuple(dict.fromkeys(value)), attribute in scene.open_words)
        if isinstance(value, tuple)
        else ((value,), False)
    )


def year_moments(node: c.EachYear, scene: Scene, moment: Moment) -> list[tuple[Moment, bool]]:
    """The years that are looked at, each as a year of its own, on its last day; whether it surely counts."""
    window = node.each_year
    early, late = scene.first_year(window, moment.day)
    return [
        (
            moment._replace(
                day=year_end(year), start=max(moment.start, date(year, 1, 1)), year=year, spoken=moment.day
            ),
            year >= late,
        )
        for year in window.years(moment.day)
        if year >= early
    ]


def each_year(
    node: c.EachYear, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule, see: See
) -> Seen:
    """Each year on its own; one that may be that of the founding counts only for those that hold. Where no
    year surely counts, none may be left to look at."""
    years = year_moments(node, scene, moment)
    founded = (scene.facts[node.each_year.founded].at,) if node.each_year.founded is not None else ()
    parts = []
    missing: list[Path] = []
    for looked_at, counts in years:
        part = see(node.holds, scene, looked_at, scenario, rule)
        if not counts and part.value != TRUE:
            part = part._replace(value=UNKNOWN)
            missing.extend(founded)
        parts.append(part)
    value = min((part.value for part in parts), default=UNKNOWN)
    if not any(counts for _, counts in years):
        value = min(value, UNKNOWN)
        missing.extend(founded)
    lacking = tuple(
        str(looked_at.year) for (looked_at, _), part in zip(years, parts, strict=True) if part.value == FALSE
    )
    return Seen(value, node, parts=tuple(parts), missing=tuple(dict.fromkeys(missing)), lacking=lacking)


def of_entry(node: c.OfEntry, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    """The entry that the deadline runs from is so."""
    name = scene.facts[rule.event].list_name if rule.event is not None else None
    entries = scene.listed(name).entries if name is not None else ()
    entry = next((entry for entry in entries if entry.at == moment.event), None)
    if entry is None:  # it is asked of no entry: a rule file that says so is refused
        return Seen(UNKNOWN, node)
    unclear: list[Path] = []
    value = scene.matches(node.entry, entry, moment.day, unclear)
    return Seen(value, node, cites=(entry.at,), missing=tuple(unclear) if value == UNKNOWN else ())
