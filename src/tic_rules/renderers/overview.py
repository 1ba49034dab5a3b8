"""Many centres at once: verdicts, phases, the clauses that fail or stay open most, what falls due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from tic_rules.core.dates import add_years
from tic_rules.core.errors import Text
from tic_rules.model.ruleset import PHASES
from tic_rules.renderers.about import about_of, document_of, name_of
from tic_rules.results.baseline import centre_key
from tic_rules.results.report import VERDICTS, Finding, Report
from tic_rules.results.waiting import Wait, open_deadlines, whence

MOST = 12
"""Clauses in a ranking."""


class Clause(NamedTuple):
    """A clause in full, for rankings and for the findings of a folded page that refer to it."""

    rule: str
    title: Text
    locator: str
    quote: str
    reading: Text | None
    remedy: Text
    document: Text


class Ranked(NamedTuple):
    """A clause, and how many centres it concerns."""

    clause: Clause
    centres: int


class Due(NamedTuple):
    """What falls due on a day for one centre."""

    day: date
    centre: str
    report: int
    clause: Clause


class Target(NamedTuple):
    """A target of the programme."""

    finding: Finding
    document: Text


class Lack(NamedTuple):
    """A datum that centres lack: how many of them, and how many findings wait for it."""

    wait: Wait
    whence: Text
    centres: int
    findings: int


class Overview(NamedTuple):
    total: int
    verdicts: tuple[tuple[str, int], ...]
    phases: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    failed: tuple[Ranked, ...]
    unknown: tuple[Ranked, ...]
    lacking: tuple[Lack, ...]
    due: tuple[tuple[str, tuple[Due, ...]], ...]
    """By day and clause."""
    targets: tuple[Target, ...]


class Gathering:
    """The whole of several reports, which come one by one and are not kept. The reports of one centre come
    one after the other; the worst verdict is the centre's, as in every other format."""

    def __init__(self) -> None:
        self.reports, self.total = 0, 0
        self.verdicts: Counter[str] = Counter()
        self.phases: dict[str, Counter[str]] = {phase: Counter() for phase in PHASES}
        self.failed: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.clauses: dict[str, Clause] = {}
        self.lacking: dict[str, Lack] = {}
        self.due: list[Due] = []
        self.targets: list[Target] = []
        self._last: tuple[object, object] | None = None
        self._now: dict[str, str] = {}
        self._lacks: set[str] = set()

    def add(self, report: Report) -> None:
        document = document_of(report)
        number, self.reports = self.reports, self.reports + 1
        for day, finding in due_of(report):
            self.due.append(Due(day, name_of(report), number, self.clause(finding, document)))
        if report.programme is not None:
            asked = (f for f in report if f.bearer == "programme" and f.status != "not_applicable")
            self.targets += [Target(finding, document) for finding in asked]
            return
        about = about_of(report)
        who = (about.get("file"), centre_key(report))
        if who != self._last:
            self.total += 1
            self._last, self._now, self._lacks = who, {}, set()
        for wait in report.waiting.data:
            old = self.lacking.get(wait.field)
            fresh = wait.field not in self._lacks
            self._lacks.add(wait.field)
            self.lacking[wait.field] = Lack(
                old.wait if old else wait,
                old.whence if old else whence(wait, report),
                (old.centres if old else 0) + fresh,
                (old.findings if old else 0) + len(wait.rules),
            )
        for name, verdict in {"": report.verdict, **report.phases}.items():
            if verdict is not None:
                self._count(name, verdict)
        for finding in report:
            if finding.counts and finding.status in ("fail", "unknown", "needs_review"):
                counted = self.failed if finding.status == "fail" else self.unknown
                counted[self.clause(finding, document).rule] += 1

    def _count(self, name: str, verdict: str) -> None:
        """Count a verdict of a centre, the whole's under an empty name; of several rule sets the worst."""
        counted, before = (self.phases[name] if name else self.verdicts), self._now.get(name)
        if before is not None:
            verdict = min(before, verdict, key=VERDICTS.index)
            counted[before] -= 1
        counted[verdict] += 1
        self._now[name] = verdict

    def clause(self, finding: Finding, document: Text) -> Clause:
        """The clause of a finding, made once."""
        if finding.rule not in self.clauses:
            cited, reading, remedy = finding.citation, finding.reading, finding.remedy
            clause = Clause(
                finding.rule, finding.title, cited["locator"], cited["quote"], reading, remedy, document
            )
            self.clauses[finding.rule] = clause
        return self.clauses[finding.rule]

    def overview(self) -> Overview:
        return Overview(
            self.total,
            _counted(self.verdicts),
            tuple((phase, _counted(counted)) for phase, counted in self.phases.items() if counted),
            self._ranked(self.failed),
            self._ranked(self.unknown),
            tuple(sorted(self.lacking.values(), key=lambda lack: -lack.findings)[:MOST]),
            _by_clause(sorted(self.due, key=lambda due: due.day)),
            tuple(self.targets),
        )

    def _ranked(self, counted: Counter[str]) -> tuple[Ranked, ...]:
        most = sorted(counted.items(), key=lambda item: -item[1])[:MOST]
        return tuple(Ranked(self.clauses[rule], count) for rule, count in most)


def _counted(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple((verdict, counted[verdict]) for verdict in VERDICTS if counted[verdict])


def due_of(report: Report, years: int = 1) -> Iterator[tuple[date, Finding]]:
    """What is not met yet and falls due within a year of the report's day, or within so many years."""
    today = date.fromisoformat(report.as_of)
    until = add_years(today, years)
    for finding in report:
        for day in open_deadlines(finding) if finding.counts else ():
            if today <= day <= until:
                yield day, finding


def _by_clause(due: list[Due]) -> tuple[tuple[str, tuple[Due, ...]], ...]:
    together: dict[tuple[date, str], list[Due]] = {}
    for one in due:
        together.setdefault((one.day, one.clause.rule), []).append(one)
    return tuple((day.isoformat(), tuple(due_then)) for (day, _), due_then in together.items())
