"""Many centres at once: by verdict, by phase, which clauses fail or stay open most, what falls due in the next twelve months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from tic_rules.errors import Text
from tic_rules.findings import VERDICTS, Finding, Report
from tic_rules.quantities import add_years
from tic_rules.ruleset import PHASES

MOST = 12
"""Clauses in a ranking."""


class Ranked(NamedTuple):
    """A clause, and how many centres it concerns."""

    rule: str
    title: Text
    locator: str
    document: str
    centres: int


class Due(NamedTuple):
    """What falls due on a day for one centre."""

    day: date
    centre: str
    report: int
    finding: Finding


class Target(NamedTuple):
    """A target of the programme."""

    finding: Finding
    document: str


class Overview(NamedTuple):
    total: int
    verdicts: tuple[tuple[str, int], ...]
    phases: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    failed: tuple[Ranked, ...]
    unknown: tuple[Ranked, ...]
    due: tuple[tuple[str, tuple[Due, ...]], ...]
    """By day and clause."""
    targets: tuple[Target, ...]


def overview_of(reports: Sequence[Report]) -> Overview:
    """The whole of several reports: each counts once a centre and rule set."""
    centres = [report for report in reports if report.programme is None]
    verdicts = Counter(report.verdict for report in centres)
    phases = []
    for phase in PHASES:
        counted = Counter(found for report in centres if (found := report.phases[phase]) is not None)
        if counted:
            phases.append((phase, tuple((verdict, counted[verdict]) for verdict in VERDICTS if counted[verdict])))
    targets = [Target(f, r.ruleset["document"]["title"]) for r in reports if r.programme is not None for f in r if f.bearer == "programme"]
    return Overview(
        len(centres),
        tuple((verdict, verdicts[verdict]) for verdict in VERDICTS if verdicts[verdict]),
        tuple(phases),
        _ranked(centres, lambda finding: finding.status == "fail" and finding.counts),
        _ranked(centres, lambda finding: finding.status in ("unknown", "needs_review") and finding.counts),
        _by_clause(due_soon(reports)),
        tuple(target for target in targets if target.finding.status != "not_applicable"),
    )


def _ranked(reports: Sequence[Report], wanted: Callable[[Finding], bool]) -> tuple[Ranked, ...]:
    counted: Counter[str] = Counter()
    example: dict[str, tuple[Finding, Report]] = {}
    for report in reports:
        for finding in report:
            if wanted(finding):
                counted[finding.rule] += 1
                example.setdefault(finding.rule, (finding, report))
    told = []
    for rule, count in sorted(counted.items(), key=lambda item: -item[1])[:MOST]:
        finding, report = example[rule]
        told.append(Ranked(rule, finding.title, finding.citation["locator"], report.ruleset["document"]["title"], count))
    return tuple(told)


def due_soon(reports: Sequence[Report], years: int = 1) -> list[Due]:
    """What is not met yet and falls due within a year of each report's day, by day."""
    found = []
    for number, report in enumerate(reports):
        today = date.fromisoformat(report.as_of)
        until = add_years(today, years)
        for finding in report:
            if finding.counts and finding.status == "pending" and finding.deadline is not None:
                day = date.fromisoformat(finding.deadline)
                if today <= day <= until:
                    found.append(Due(day, name_of(report), number, finding))
    return sorted(found, key=lambda due: due.day)


def name_of(report: Report) -> str:
    about: Any = report.centre or {}
    return str(about.get("name") or about.get("id") or about.get("file") or "")


def _by_clause(due: list[Due]) -> tuple[tuple[str, tuple[Due, ...]], ...]:
    together: dict[tuple[date, str], list[Due]] = {}
    for one in due:
        together.setdefault((one.day, one.finding.rule), []).append(one)
    return tuple((day.isoformat(), tuple(found)) for (day, _), found in together.items())


__all__ = ["Due", "Overview", "due_soon", "name_of", "overview_of"]
