"""Which scenarios of a centre share a row: rules that look at different days of the clock may count on the
same one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Needs, Scenario, scenarios_of

_LOOSE = object()
"""A day that no rule of a row looks at."""

Looked = tuple[object, ...]
"""The days of a scenario that rules look at, LOOSE in the place of each other."""


def shared_rows(scene: Scene, groups: Sequence[Needs]) -> list[tuple[Scenario, list[Needs]]]:
    """The scenarios of a centre, each with the needs of the rules that it counts for; one where the clock is
    known."""
    rows: list[_Row] = []
    for needs in groups:
        free = _FreeRows(rows, needs)
        for scenario in counted_scenarios(scene, needs):
            looked = free.looked(scenario)
            row = free.take(scenario, looked)
            if row is None:
                rows.append(_Row(scenario, looked, needs))
            else:
                row.share(scenario, looked, needs)
    return [(row.scenario, row.counted) for row in rows]


def counted_scenarios(scene: Scene, needs: Needs) -> tuple[Scenario, ...]:
    """The scenarios that rules with these needs tell apart; none where they are too many, and no row counts
    for these rules."""
    scenarios = scenarios_of(scene, needs)
    return () if scenarios.cut else scenarios.all


class _Row:
    """A row in the making: the days of a clock as far as the rules that it counts for look at them."""

    def __init__(self, scenario: Scenario, looked: Looked, needs: Needs) -> None:
        self.scenario, self.looked, self.counted = scenario, looked, [needs]

    def share(self, scenario: Scenario, looked: Looked, needs: Needs) -> None:
        """Let the rules with these needs count on this row too."""
        days = zip(self.scenario, self.looked, scenario, strict=True)
        self.scenario = Scenario(*(day if mine is not _LOOSE else other for day, mine, other in days))
        self.looked = tuple(
            other if mine is _LOOSE else mine for mine, other in zip(self.looked, looked, strict=True)
        )
        self.counted.append(needs)


class _FreeRows:
    """Rows by the days that they and the rules with some needs both look at, so that the row for a scenario
    is at hand."""

    def __init__(self, rows: Iterable[_Row], needs: Needs) -> None:
        self._needed = (needs.approval or needs.application or needs.force, needs.application, needs.term)
        self._free: dict[tuple[bool, ...], dict[tuple[object, ...], deque[tuple[int, _Row]]]] = {}
        for place, row in enumerate(rows):
            pairs = zip(self._needed, row.looked, strict=True)
            shared = tuple(needed and day is not _LOOSE for needed, day in pairs)
            same = self._free.setdefault(shared, {})
            same.setdefault(_key(row.scenario, row.looked, shared), deque()).append((place, row))

    def looked(self, scenario: Scenario) -> Looked:
        """The days of a scenario that rules with these needs look at."""
        return tuple(day if needed else _LOOSE for needed, day in zip(self._needed, scenario, strict=True))

    def take(self, scenario: Scenario, looked: Looked) -> _Row | None:
        """The first row that can show what is looked at in this scenario and does not count for these needs
        yet."""
        fitting = [
            rows for shared, free in self._free.items() if (rows := free.get(_key(scenario, looked, shared)))
        ]
        return min(fitting, key=lambda rows: rows[0][0]).popleft()[1] if fitting else None


def _key(scenario: Scenario, looked: Looked, shared: tuple[bool, ...]) -> tuple[object, ...]:
    return (scenario.approved is None, *(day for day, both in zip(looked, shared, strict=True) if both))
