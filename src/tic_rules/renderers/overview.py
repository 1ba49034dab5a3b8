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
from tic_rules.renderers.tally import ByCentre
from tic_rules.results.baseline import centre_key
from tic_rules.results.outstanding import Wait, open_deadlines, whence
from tic_rules.results.report import Finding, Report

MOST = 12
"""Clauses in a ranking."""


class FullClause(NamedTuple):
    """A clause in full, for rankings and for the findings of a folded page that refer to it."""

    rule: str
    title: Text
    locator: str
    quote: str
    reading: Text | None
    remedy: Text
    document: Text


class Due(NamedTuple):
    """What falls due on a day for one centre."""

    day: date
    centre: str
    report: int
    clause: FullClause


class Lack(NamedTuple):
    """A datum that centres lack: how many of them, and how many findings wait for it."""

    wait: Wait
    whence: Text
    centres: int
    findings: int
    last: object
    """The centre that lacked it last."""


class Gathering:
    """The whole of several reports, which come one by one and are not kept. The reports of one centre come
    one after the other; the worst verdict is the centre's, as in every other format."""

    def __init__(self) -> None:
        self.reports = 0
        self._verdicts = ByCentre()
        self._phases: dict[str, ByCentre] = {phase: ByCentre() for phase in PHASES}
        self._failed: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._clauses: dict[str, FullClause] = {}
        self._lacking: dict[str, Lack] = {}
        self._due: list[Due] = []
        self.targets: list[Finding] = []
        """The targets of the programme."""

    def add(self, report: Report) -> None:
        document = document_of(report)
        number, self.reports = self.reports, self.reports + 1
        for day, finding in due_of(report):
            self._due.append(Due(day, name_of(report), number, self.clause(finding, document)))
        if report.programme is not None:
            self.targets += [f for f in report if f.bearer == "programme" and f.status != "not_applicable"]
            return
        centre = (about_of(report).get("file"), centre_key(report))
        for wait in report.waiting.data:
            old = self._lacking.get(wait.field) or Lack(wait, whence(wait, report), 0, 0, None)
            self._lacking[wait.field] = old._replace(
                centres=old.centres + (old.last != centre),
                findings=old.findings + len(wait.rules),
                last=centre,
            )
        self._verdicts.add(report, report.verdict)
        for phase, verdict in report.phases.items():
            if verdict is not None:
                self._phases[phase].add(report, verdict)
        for finding in report:
            if finding.counts and finding.status in ("fail", "unknown", "needs_review"):
                counted = self._failed if finding.status == "fail" else self._unknown
                counted[self.clause(finding, document).rule] += 1

    def clause(self, finding: Finding, document: Text) -> FullClause:
        """The clause of a finding, made once."""
        if finding.rule not in self._clauses:
            cited, reading, remedy = finding.citation, finding.reading, finding.remedy
            clause = FullClause(
                finding.rule, finding.title, cited["locator"], cited["quote"], reading, remedy, document
            )
            self._clauses[finding.rule] = clause
        return self._clauses[finding.rule]

    @property
    def total(self) -> int:
        return self._verdicts.counted.total()

    @property
    def verdicts(self) -> list[tuple[str, int]]:
        return self._verdicts.in_order()

    @property
    def phases(self) -> list[tuple[str, list[tuple[str, int]]]]:
        return [(phase, counted.in_order()) for phase, counted in self._phases.items() if counted.counted]

    @property
    def failed(self) -> list[tuple[FullClause, int]]:
        """The clauses that fail most, with the number of centres."""
        return self._ranked(self._failed)

    @property
    def unknown(self) -> list[tuple[FullClause, int]]:
        """The clauses that are undecided most often."""
        return self._ranked(self._unknown)

    def _ranked(self, counted: Counter[str]) -> list[tuple[FullClause, int]]:
        return [(self._clauses[rule], number) for rule, number in counted.most_common(MOST)]

    @property
    def lacking(self) -> list[Lack]:
        return sorted(self._lacking.values(), key=lambda lack: -lack.findings)[:MOST]

    @property
    def due(self) -> list[tuple[str, list[Due]]]:
        """What falls due, by day and clause."""
        together: dict[tuple[date, str], list[Due]] = {}
        for one in sorted(self._due, key=lambda due: due.day):
            together.setdefault((one.day, one.clause.rule), []).append(one)
        return [(day.isoformat(), due) for (day, _), due in together.items()]


def due_of(report: Report, years: int = 1) -> Iterator[tuple[date, Finding]]:
    """What is not met yet and falls due within a year of the report's day, or within so many years."""
    today = date.fromisoformat(report.as_of)
    until = add_years(today, years)
    for finding in report:
        for day in open_deadlines(finding) if finding.counts else ():
            if today <= day <= until:
                yield day, finding
