"""Calendar years running: whether that many, one after the other, each have an entry that is so."""

from __future__ import annotations

from tic_rules.core.dates import add_days
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN, any_of, negate
from tic_rules.evaluation.entries import Entry, Moment, Path, undated
from tic_rules.evaluation.entry_operators import look_through
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Scenario
from tic_rules.evaluation.seen import Seen
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule
from tic_rules.model.vocabulary import Fact


def running(node: c.Running, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    """Calendar years running; a year without an entry is open only where one for it could exist: of a list
    that may go on in any year, but for results of the approved centre; else between those that are shown.

    An entry without a year may be of any year: a run that lacks no more years than there are of them is open.
    A year with two results of which one is so and the other is not is for a person to judge; where the other
    may be one of that year that is not so, the year is open."""
    fact = scene.facts[node.of]
    listed = scene.listed(fact.list_name or "")
    years = [entry.year for entry in listed.entries if entry.year is not None]
    ended = add_days(moment.day, 1).year - 1
    begun = scenario.approved.year if scenario.approved else ended
    of_approved = listed.declared.earlier == "fulfils"
    more = () if of_approved else scene.may_go_on(listed, moment.day)
    loose = without_year(node, scene, moment)
    spare = min(len(loose), node.running)
    reach = node.running if more else spare
    first, last = min([begun, *years]), max([ended, *years])
    least = moment.start_of(listed.declared).year + 1 if listed.declared.date is None else 1
    by_year: dict[int, Seen] = {}
    for year in range(max(first - reach, least), min(last + reach, 9998) + 1):
        in_year = moment._replace(year=year)
        seen = look_through(node, node.of, node.where, scene, in_year, of_a_year=True)
        if seen.value == UNKNOWN and not _open_entry(seen, scene, fact, in_year):
            within = (begun if of_approved or more else first) <= year <= ended
            if _results(node, scene, in_year) or not (within or more):
                seen = seen._replace(value=FALSE, missing=())
            elif not within:
                seen = seen._replace(missing=more)
        elif seen.value == TRUE:
            seen = _contradicted(seen, node, scene, in_year)
        by_year[year] = seen
    runs = [
        [by_year[year + step] for step in range(node.running)]
        for year in by_year
        if year + node.running - 1 in by_year
    ]
    values = [_run_of(run, spare) for run in runs]
    value = any_of(values)
    deciding = [run for run, of_run in zip(runs, values, strict=True) if of_run == value]
    if value != UNKNOWN:
        cites = (
            tuple(dict.fromkeys(cite for run in deciding for seen in run for cite in seen.cites))
            if value in (TRUE, REVIEW)
            else ()
        )
        return Seen(value, node, None, None, (), cites)
    missing = [path for run in deciding for seen in run if seen.value == UNKNOWN for path in seen.missing]
    if any(seen.value == FALSE for run in deciding for seen in run):
        missing.extend(
            path
            for entry, unclear in loose
            for path in (*unclear, *undated(entry, listed.declared, by_year=True))
        )
    return Seen(value, node, missing=tuple(dict.fromkeys(missing)))


def without_year(node: c.Running, scene: Scene, moment: Moment) -> list[tuple[Entry, list[Path]]]:
    """The entries that may be so and say no year, each with what leaves it open."""
    loose = []
    for entry, _ in scene.entries_at(scene.facts[node.of], moment)[0]:
        unclear: list[Path] = []
        if entry.year is None and scene.matches(node.where, entry, moment.day, unclear) != FALSE:
            loose.append((entry, unclear))
    return loose


def _run_of(run: list[Seen], spare: int) -> int:
    """A run of years: false where it lacks more of them than entries without a year could fill."""
    lacking = sum(seen.value == FALSE for seen in run)
    return FALSE if lacking > spare else UNKNOWN if lacking else min(seen.value for seen in run)


def _contradicted(seen: Seen, node: c.Running, scene: Scene, moment: Moment) -> Seen:
    """A year that is so, with what other results of the year and the kind say of it."""
    of_kind, result = _kind_and_result(node)
    entries, _, listed = scene.entries_at(scene.facts[node.of], moment)
    against: dict[Path, int] = {}
    missing: list[Path] = []
    for entry, counts in entries:
        unclear: list[Path] = []
        in_year = TRUE if entry.year == moment.year else UNKNOWN if entry.year is None else FALSE
        concerns = min(counts, in_year, scene.matches(of_kind, entry, moment.day, unclear))
        if concerns == FALSE:
            continue
        against[entry.at] = min(concerns, negate(scene.matches(result, entry, moment.day, unclear)))
        if against[entry.at] == UNKNOWN:
            dates = undated(entry, listed.declared, by_year=True) if UNKNOWN in (counts, in_year) else []
            missing.extend((*unclear, *dates))
    if TRUE in against.values():
        return seen._replace(value=REVIEW, cites=tuple(_results(node, scene, moment)))
    return seen._replace(value=UNKNOWN, missing=tuple(missing)) if UNKNOWN in against.values() else seen


def _kind_and_result(node: c.Running) -> tuple[c.Where, c.Where]:
    """What is asked of an entry but for its result, and of its result."""
    other = {name: test for name, test in node.where.each.items() if name != "result"}
    result = {name: test for name, test in node.where.each.items() if name == "result"}
    return c.Where.model_construct(each=other, any=()), c.Where.model_construct(each=result, any=())


def _results(node: c.Running, scene: Scene, moment: Moment) -> list[Path]:
    """The places of the results of the moment's year and kind that are shown; some lists have no results."""
    of_kind, _ = _kind_and_result(node)
    entries, _, _ = scene.entries_at(scene.facts[node.of], moment)
    return [
        entry.at
        for entry, counts in entries
        if counts == TRUE
        and entry.year == moment.year
        and getattr(entry.record, "result", True) is not None
        and scene.matches(of_kind, entry, moment.day, []) == TRUE
    ]


def _open_entry(seen: Seen, scene: Scene, fact: Fact, in_year: Moment) -> bool:
    """Whether an entry that is shown leaves the year open, not only one that is not."""
    not_shown = scene.entries_at(fact, in_year)[1]
    return any(path not in not_shown for path in seen.missing)
