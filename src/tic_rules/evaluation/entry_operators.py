"""The operators that look through the entries of a list: some, every, none of, each of, years running."""

from __future__ import annotations

from typing import Any

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN, any_of, negate
from tic_rules.core.quantities import add_days
from tic_rules.evaluation.entries import Entry, Moment, Path, undated
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Scenario
from tic_rules.evaluation.seen import Seen
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule


def some(node: c.Some, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    return look_through(node, node.fact, node.some, scene, moment)


def look_through(
    node: Any, name: str, where: c.Where, scene: Scene, moment: Moment, of_a_year: bool = False
) -> Seen:
    fact = scene.facts[name]
    entries, more, listed = scene.entries_at(fact, moment)
    if of_a_year:
        entries = [(entry, counts) for entry, counts in entries if entry.year is not None]
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
                missing.extend(undated(entry, listed.declared))
    value = any_of(values)
    if value != TRUE and more:
        value = UNKNOWN
        missing.extend(more)
    return Seen(value, node, None, None, (), tuple(cites), tuple(missing) if value == UNKNOWN else ())


def every(node: c.Every, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    entries, more, listed = scene.entries_at(scene.facts[node.fact], moment)
    values: list[int] = []
    cites: list[Path] = []
    missing: list[Path] = []
    lacking: list[str] = []
    for entry, counts in entries:
        unclear: list[Path] = []
        value = scene.matches(node.every, entry, moment.day, unclear)
        if counts == UNKNOWN and value != TRUE:
            value = UNKNOWN
            unclear.extend(undated(entry, listed.declared))
        values.append(value)
        cites.append(entry.at)
        if value == UNKNOWN:
            missing.extend(unclear)
        elif value != TRUE:
            lacking.append(name_of(entry.record, entry.at))
    certain = any(counts == TRUE for _, counts in entries)
    if more or not certain:
        values.append(UNKNOWN if more or entries else FALSE)
        missing.extend(more or (path for entry, _ in entries for path in undated(entry, listed.declared)))
    value = min(values)
    return Seen(
        value, node, None, None, (), tuple(cites), tuple(missing) if value == UNKNOWN else (), tuple(lacking)
    )


def none_of(node: c.NoneOf, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    entries, more, listed = scene.entries_at(scene.facts[node.fact], moment)
    values: list[int] = [TRUE]
    cites: list[Path] = []
    missing: list[Path] = []
    lacking: list[str] = []
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
            unclear.extend(undated(entry, listed.declared))
        values.append(value)
        if value != TRUE:
            cites.append(entry.at)
        if value == UNKNOWN:
            missing.extend(unclear)
        elif value != TRUE:
            lacking.append(name_of(entry.record, entry.at))
    if more:
        values.append(UNKNOWN)
        missing.extend(more)
    value = min(values)
    return Seen(
        value, node, None, None, (), tuple(cites), tuple(missing) if value == UNKNOWN else (), tuple(lacking)
    )


def name_of(record: Any, at: Path) -> str:
    """What an entry of a list is called."""
    for attribute in ("name", "kind", "use"):
        named = getattr(record, attribute, None)
        if isinstance(named, str):
            return named
    return "/" + "/".join(str(part) for part in at)


def each_of(node: c.EachOf, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    table, more, path = scene.table(node.fact, moment.day)
    values: list[int] = []
    missing: list[Path] = []
    lacking: list[str] = []
    for key in node.each_of:
        record = (table or {}).get(key)
        if record is None:
            values.append(UNKNOWN if more else FALSE)
            lacking.append(key)
            continue
        unclear: list[Path] = []
        value = scene.matches(node.has, Entry((*path, key), record, None, None, None), moment.day, unclear)
        values.append(value)
        if value != TRUE:
            lacking.append(key)
            missing.extend(unclear)
    value = min(values)
    if value == UNKNOWN and more:
        missing.append(path)
    return Seen(
        value,
        node,
        None,
        None,
        (),
        (path,) if table else (),
        tuple(missing) if value == UNKNOWN else (),
        tuple(lacking),
    )


def running(node: c.Running, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    """Calendar years running; a year without an entry is open only where a result for it could exist that is not shown.

    An entry without a year may be of any one year: a run that lacks no more years than there are such entries is open.
    """
    fact = scene.facts[node.of]
    listed = scene.listed(fact.list_name or "")
    years = [entry.year for entry in listed.entries if entry.year is not None]
    ended = add_days(moment.day, 1).year - 1
    begun = scenario.approved.year if scenario.approved else ended
    loose = without_year(node, scene, moment)
    spare = min(len(loose), node.running)
    by_year: dict[int, Seen] = {}
    for year in range(max(min([begun, *years]) - spare, 1), min(max([ended, *years]) + spare, 9998) + 1):
        seen = look_through(node, node.of, node.where, scene, moment._replace(year=year), of_a_year=True)
        if (
            seen.value == UNKNOWN
            and (not begun <= year <= ended or _has_result(node, scene, moment, year))
            and not _open_entry(seen, scene, fact)
        ):
            seen = seen._replace(value=FALSE, missing=())
        by_year[year] = seen
    runs = [
        [by_year[year + step] for step in range(node.running)]
        for year in by_year
        if year + node.running - 1 in by_year
    ]
    values = [_run_of(run, spare) for run in runs]
    value = any_of(values)
    told = [run for run, of_run in zip(runs, values, strict=True) if of_run == value]
    if value != UNKNOWN:
        cites = (
            tuple(dict.fromkeys(cite for run in told for seen in run for cite in seen.cites))
            if value == TRUE
            else ()
        )
        return Seen(value, node, None, None, (), cites)
    missing = [path for run in told for seen in run if seen.value == UNKNOWN for path in seen.missing]
    if any(seen.value == FALSE for run in told for seen in run):
        missing.extend(
            path for entry, unclear in loose for path in (*unclear, *undated(entry, listed.declared))
        )
    return Seen(value, node, missing=tuple(dict.fromkeys(missing)))


def without_year(node: c.Running, scene: Scene, moment: Moment) -> list[tuple[Any, list[Path]]]:
    """The entries that may be so and say no year, each with what leaves it open."""
    found = []
    for entry, _ in scene.entries_at(scene.facts[node.of], moment)[0]:
        unclear: list[Path] = []
        if entry.year is None and scene.matches(node.where, entry, moment.day, unclear) != FALSE:
            found.append((entry, unclear))
    return found


def _run_of(run: list[Seen], spare: int) -> int:
    """A run of years: false where it lacks more of them than entries without a year could fill."""
    lacking = sum(seen.value == FALSE for seen in run)
    return FALSE if lacking > spare else UNKNOWN if lacking else min(seen.value for seen in run)


def _has_result(node: c.Running, scene: Scene, moment: Moment, year: int) -> bool:
    """Whether the data shows a result of that year of the kind that counts, so that none can be missing; not every list has results."""
    other = {name: test for name, test in node.where.each.items() if name != "result"}
    entries, _, _ = scene.entries_at(scene.facts[node.of], moment._replace(year=year))
    kind = c.Where.model_construct(each=other, any=())
    told = [
        entry
        for entry, counts in entries
        if counts == TRUE and getattr(entry.record, "result", True) is not None
    ]
    return any(scene.matches(kind, entry, moment.day, []) == TRUE for entry in told)


def _open_entry(seen: Seen, scene: Scene, fact: Any) -> bool:
    """Whether an entry that is shown leaves the year open, not only one that is not."""
    lists = scene.listed(fact.list_name or "").at
    return any(path not in lists for path in seen.missing)


__all__ = ["each_of", "every", "look_through", "name_of", "none_of", "running", "some", "without_year"]
