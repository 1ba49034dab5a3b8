"""Cases decided: what each expected and what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tic_rules.analysis.cases.case import Case
from tic_rules.core.dates import parse_day
from tic_rules.core.errors import Diagnostic, Text, TicRulesError
from tic_rules.engines.check import check_subject, with_centres
from tic_rules.model.centre import Centre
from tic_rules.model.intake import subject_from
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import RuleSet
from tic_rules.results.parts import Engine
from tic_rules.results.report import Report


class Miss(NamedTuple):
    """What came otherwise than a case expects; `rule` is None where it is about the whole."""

    rule: str | None
    about: str
    """`status`, `missing`, `bearer`, `verdict` or `data`."""
    expected: str
    came: str


class Outcome(NamedTuple):
    """A case decided: what came otherwise, and the report; None where its data cannot be used."""

    case: Case
    misses: tuple[Miss, ...]
    report: Report | None = None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.misses

    @property
    def message(self) -> Text:
        """What came otherwise, in a line."""
        said = [
            Text(f"{miss.rule or miss.about}：应为 {miss.expected}，实为 {miss.came}",
                 f"{miss.rule or miss.about}: {miss.expected} is expected, {miss.came} came")
            for miss in self.misses
        ]  # fmt: skip
        return Text.listed(said, "；", "; ")


def report_of(case: Case, ruleset: RuleSet, engine: Engine = "native") -> Report:
    """The report on the data of a case. Raises DataError, RuleSetError."""
    day = parse_day(case.as_of)
    if not case.programme:
        return check_subject(subject_from(case.data, Centre, ruleset.vocabulary), ruleset, day, engine)
    figures = subject_from(case.data, Programme, ruleset.vocabulary)
    centres = [subject_from(centre, Centre, ruleset.vocabulary) for centre in case.centres]
    return check_subject(with_centres(figures, ruleset, centres, day), ruleset, day, engine)


def outcome_of(case: Case, ruleset: RuleSet, engine: Engine = "native") -> Outcome:
    """A case decided and held against what it expects."""
    try:
        report = report_of(case, ruleset, engine)
    except TicRulesError as error:
        said = error.diagnostics[0].message.en
        return Outcome(case, (Miss(None, "data", "usable", said),), None, tuple(error.diagnostics))
    return Outcome(case, tuple(_misses(case, report)), report)


def _misses(case: Case, report: Report) -> Iterator[Miss]:
    for rule, status in case.expect.items():
        if report[rule].status != status:
            yield Miss(rule, "status", status, report[rule].status)
    for rule, paths in case.missing.items():
        if set(paths) != set(report[rule].missing):
            yield Miss(rule, "missing", _listed(paths), _listed(report[rule].missing))
    for bearer, rules in case.bearers.items():
        for rule in rules:
            if report[rule].bearer != bearer:
                yield Miss(rule, "bearer", bearer, report[rule].bearer)
    if case.verdict is not None and report.verdict != case.verdict:
        yield Miss(None, "verdict", case.verdict, report.verdict)


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(sorted(paths)) or "—"
