"""A centre as rows of a table: one row, or one a scenario where days of its clock are open. Facts are read by the reference's own readings.

Nothing is decided here that a bound, a list of words or a deadline decides. Lists are looked through here: a table holds
what an entry-wise condition came to (false, unknown, needs review, true as 0 to 3).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import inf, nextafter
from typing import Any, NamedTuple

from tic_rules.core.logic import FALSE, TRUE, UNKNOWN
from tic_rules.core.quantities import FIRST_DAY, INFINITY, LAST_DAY, Number, Range, add_days, year_end
from tic_rules.engines.columns import columns as k
from tic_rules.evaluation.clock import deadline_of
from tic_rules.evaluation.entries import Moment
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.judgements import latest_judgement
from tic_rules.evaluation.operators import between, see
from tic_rules.evaluation.scenarios import Needs, Scenario, scenarios_of
from tic_rules.evaluation.settlement import day_not_needed
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.ruleset import Rule, RuleSet

Row = dict[str, Any]


class Asked(NamedTuple):
    """A rule set as it is put to centres: its groups of rules, and the bounds that each range is compared with."""

    groups: dict[Needs, list[Rule]]
    bounds: dict[str, tuple[Number, ...]]
    columns: dict[tuple[str, str], list[tuple[Any, tuple[k.Column, ...]]]]


def asked_of(ruleset: RuleSet) -> Asked:
    bounds: dict[str, set[Number]] = {}
    for rule in k.own_rules(ruleset):
        for node in k.leaves_of(rule):
            if isinstance(node, c.Compare):
                bounds.setdefault(node.fact, set()).update(k.bounds_of(node))
    return Asked(k.groups_of(ruleset), {fact: tuple(numbers) for fact, numbers in bounds.items()}, {})


def rows_of(scene: Scene, asked: Asked, number: int, exempted: Mapping[str, Iterable[Any]]) -> Iterator[Row]:
    """The rows of a centre. `exempted` are its complete exemptions by rule."""
    told: Row = {
        k.CENTRE: number,
        k.ID: getattr(scene.subject, "id", None),
        k.AS_OF: scene.as_of,
        k.REPORTED_ON: scene.reported_on,
    }
    for rule_id, given in exempted.items():
        told[k.exemption_of(scene.ruleset[rule_id])] = _exempted(given, scene.as_of)
    for needs, rules in asked.groups.items():
        scenarios = _scenarios(scene, needs)
        for rule in rules if len(scenarios) > 1 else ():
            if rule.by in ("application", "approval"):
                told[k.behind_of(rule)] = TRUE if day_not_needed(rule, scene, scenarios) else FALSE
    lived = _lived(scene, asked) or [(Scenario(None, None, None), [])]
    uncounted = any(not _scenarios(scene, needs) for needs in asked.groups)
    for place, (scenario, counted) in enumerate(lived):
        row: Row = {**told, k.LIFE: place, k.APPROVED: TRUE if scenario.approved is not None else FALSE}
        row |= {k.APPROVED_ON: scenario.approved, k.TERM_END: scenario.term_end}
        if len(lived) > 1 or uncounted:
            row |= {k.counts_of(needs): TRUE if needs in counted else FALSE for needs in asked.groups}
        reading = _Reading(scene, asked, scenario, row)
        for needs in counted:
            for rule in asked.groups[needs]:
                reading.rule(rule)
        yield row


def _exempted(given: Iterable[Any], as_of: date) -> int:
    """Whether a complete exemption stands on the as-of day."""
    standing = [one for one in given if one.expires_on is None or one.expires_on.first >= as_of]
    if any(one.date.last <= as_of for one in standing):
        return TRUE
    return UNKNOWN if any(one.date.first <= as_of for one in standing) else FALSE


# --- scenarios ------------------------------------------------------------------------------------------------------------------


_LOOSE = object()
"""A day that no rule of a row looks at."""


class _Lived:
    """A row in the making: the days of a clock as far as the rules that it counts for look at them."""

    def __init__(self, scenario: Scenario, looked: tuple[Any, ...], needs: Needs) -> None:
        self.scenario, self.looked, self.counted = scenario, looked, [needs]

    def take(self, scenario: Scenario, looked: tuple[Any, ...], needs: Needs) -> None:
        """Let the rules with these needs count on this row too."""
        self.scenario = Scenario(
            *(
                own if mine is not _LOOSE else other
                for own, mine, other in zip(self.scenario, self.looked, scenario, strict=True)
            )
        )
        self.looked = tuple(
            theirs if mine is _LOOSE else mine for mine, theirs in zip(self.looked, looked, strict=True)
        )
        self.counted.append(needs)


class _Rooms:
    """Rows by the days that they and the rules with some needs both look at, so that the row for a scenario is found at once."""

    def __init__(self, rows: Iterable[_Lived], needs: Needs) -> None:
        self._needed = (needs.approval or needs.application, needs.application, needs.term)
        self._free: dict[tuple[bool, ...], dict[Any, deque[tuple[int, _Lived]]]] = {}
        for place, row in enumerate(rows):
            shared = tuple(
                needed and day is not _LOOSE for needed, day in zip(self._needed, row.looked, strict=True)
            )
            self._free.setdefault(shared, {}).setdefault(
                _key(row.scenario, row.looked, shared), deque()
            ).append((place, row))

    def looked(self, scenario: Scenario) -> tuple[Any, ...]:
        return tuple(day if needed else _LOOSE for needed, day in zip(self._needed, scenario, strict=True))

    def take(self, scenario: Scenario, looked: tuple[Any, ...]) -> _Lived | None:
        """The first row that can say what is looked at in this scenario and does not count for these needs yet."""
        found = [
            rows for shared, free in self._free.items() if (rows := free.get(_key(scenario, looked, shared)))
        ]
        return min(found, key=lambda rows: rows[0][0]).popleft()[1] if found else None


def _key(scenario: Scenario, looked: tuple[Any, ...], shared: tuple[bool, ...]) -> tuple[Any, ...]:
    return (scenario.approved is None, *(day for day, both in zip(looked, shared, strict=True) if both))


def _scenarios(scene: Scene, needs: Needs) -> tuple[Scenario, ...]:
    """The scenarios that rules with these needs tell apart; none where they are too many to go through, and no row counts for these rules."""
    scenarios = scenarios_of(scene, needs)
    return () if scenarios.cut else scenarios.all


def _lived(scene: Scene, asked: Asked) -> list[tuple[Scenario, list[Needs]]]:
    """The scenarios of a centre, each with the groups of rules that it counts for; one where the clock is known."""
    found: list[_Lived] = []
    for needs in asked.groups:
        rooms = _Rooms(found, needs)
        for scenario in _scenarios(scene, needs):
            looked = rooms.looked(scenario)
            row = rooms.take(scenario, looked)
            if row is None:
                found.append(_Lived(scenario, looked, needs))
            else:
                row.take(scenario, looked, needs)
    return [(lived.scenario, lived.counted) for lived in found]


# --- readings ---------------------------------------------------------------------------------------------------------------


class _Reading:
    """Fills a row with what the rules read in one scenario."""

    def __init__(self, scene: Scene, asked: Asked, scenario: Scenario, row: Row) -> None:
        self.scene, self.asked, self.scenario, self.row = scene, asked, scenario, row

    def rule(self, rule: Rule) -> None:
        if rule.yearly is not None:
            if self.scenario.approved is not None:
                self.years(rule)
            return
        if rule.by is not None:
            self.row[k.due_of(rule)] = deadline_of(rule, self.scenario)
        moment = self.moment(rule)
        if moment is not None:
            self.row[k.day_of(k.look_of(rule))] = moment.day
            self.read(rule, k.look_of(rule), moment)

    def moment(self, rule: Rule) -> Moment | None:
        """The moment that a rule is looked at; before approval the as-of day, for what means something then."""
        as_of, scenario = self.scene.as_of, self.scenario
        if scenario.approved is None and rule.by != "application":
            return None if k.takes_clock(rule) else Moment(as_of)
        if rule.from_ is not None:
            opens = scenario.approved if rule.from_ == "approval" else scenario.term_end
            return None if opens is None or as_of <= opens else Moment(as_of, add_days(opens, 1))
        start = scenario.approved if rule.since == "approval" else rule.since
        deadline = deadline_of(rule, scenario)
        last = (
            min(as_of, deadline)
            if deadline is not None
            else min(as_of, scenario.term_end)
            if rule.until and scenario.term_end
            else as_of
        )
        return Moment(last, start if isinstance(start, date) else FIRST_DAY)

    def years(self, rule: Rule) -> None:
        """What each year that may be owed shows."""
        approved, as_of, owed = self.scenario.approved, self.scene.as_of, rule.yearly
        assert approved is not None
        assert owed is not None
        first = approved.year if approved == date(approved.year, 1, 1) else approved.year + 1
        last = as_of.year if as_of == year_end(as_of.year) or owed.running_year else as_of.year - 1
        for year in range(first, last + 1):
            due = year_end(year + 1 if owed.looked_for_until == "end_of_next_year" else year)
            look = k.look_of_year(rule, year)
            self.row[k.day_of(look)] = min(as_of, due)
            self.read(rule, look, Moment(min(as_of, due), FIRST_DAY, year))

    def read(self, rule: Rule, look: str, moment: Moment) -> None:
        known = self.asked.columns.get((rule.id, look))
        if known is None:
            leaves = [
                (node, k.columns_of(self.scene.ruleset, rule, node, look)) for node in k.leaves_of(rule)
            ]
            known = self.asked.columns[rule.id, look] = leaves
        for node, columns in known:
            for column in columns:
                self.column(rule, node, column, moment)

    def column(self, rule: Rule, node: Any, column: k.Column, moment: Moment) -> None:
        scene, row = self.scene, self.row
        match column.kind:
            case k.RANGE:
                known, bounds = scene.number(node.fact, moment).range, self.asked.bounds[node.fact]
                row[column.low], row[column.high] = _double(known.low, bounds), _double(known.high, bounds)
            case k.MARGIN:
                margin = self.margin(node, column, moment)
                row[column.low], row[column.high] = _double(margin.low, (0,)), _double(margin.high, (0,))
            case k.WORD:
                self.several(column, scene.single(node.fact, moment.day)[0])
            case k.BETWEEN:
                self.several(column, [between(node, text) for text in scene.single(node.fact, moment.day)[0]])
            case k.DAYS:
                self.days(column, scene.single(node.fact, moment.day)[0])
            case k.HAS | k.ANY_WORD:
                words, more, _ = scene.words(node.fact, moment.day)
                there = bool(words) if column.kind == k.ANY_WORD else column.part in (words or ())
                row[column.name] = TRUE if there else UNKNOWN if more else FALSE
            case k.JUDGEMENT:
                given = [
                    (index, one) for index, one in scene.attested.get(rule.id, []) if one.item == column.part
                ]
                row[column.name] = latest_judgement(given, scene.as_of)[0]
            case _:
                row[column.name] = see(node, scene, moment, self.scenario, rule).value

    def margin(self, node: Any, column: k.Column, moment: Moment) -> Range:
        """By how much one amount is more than another: exact here, so that a double keeps its sign."""
        scene = self.scene
        if isinstance(node, c.Largest):
            groups = scene.groups(node.fact, moment)
            one, other = groups[node.largest].range, groups[column.part].range
        elif isinstance(node, c.Share):
            bound = k.share_asked(node)
            named, others = scene.share(node.fact, node.share_of, moment)
            one, other = named.range.times(1 - bound), others.range.times(bound)
        else:
            one, other = (
                scene.number(node.fact, moment).range,
                scene.number(node.limit.fact, moment).range.times(node.limit.times),
            )
        return Range(one.low - other.high, one.high - other.low)

    def several(self, column: k.Column, values: list[Any]) -> None:
        """A word; where it may be one of several, the others in columns of their own."""
        for place, value in enumerate(dict.fromkeys(values), 1):
            self.row[column.other(place)] = value

    def days(self, column: k.Column, spans: list[Any]) -> None:
        if any(span.first == FIRST_DAY and span.last == LAST_DAY for span in spans):
            return
        for place, span in enumerate(spans, 1):
            self.row[f"{column.other(place)}__first"] = span.first if span.first != FIRST_DAY else None
            self.row[f"{column.other(place)}__last"] = span.last if span.last != LAST_DAY else None


def _double(number: Number, bounds: tuple[Number, ...]) -> float | None:
    """The nearest double; one that falls together with a bound that it differs from is moved to its own side. Endless ends are null."""
    if number in (INFINITY, -INFINITY):
        return None
    found = float(number)
    for bound in bounds:
        if found == float(bound) and number != bound:
            return nextafter(found, -inf if number < bound else inf)
    return found


__all__ = ["Asked", "Centre", "asked_of", "rows_of"]
