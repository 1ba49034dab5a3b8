"""Reports to text, one file a format. A format's file is imported when it is asked for.

A format has `piece(report, options, first)`, made where the report was made (perhaps in another process),
a `RunWriter`, which takes the pieces in the order of the input and gives text as soon as it is known: so a
run over thousands of files holds none of their reports."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any, Protocol

from tic_rules.core.errors import Diagnostic
from tic_rules.renderers import sinks
from tic_rules.renderers.tally import Tally
from tic_rules.results.baseline import Baseline
from tic_rules.results.report import Finding, Report, Verdict

FORMATS = {
    "text": ("tic_rules.renderers.text", "TextWriter"),
    "json": ("tic_rules.renderers.json", "JsonWriter"),
    "jsonl": ("tic_rules.renderers.json", "JsonWriter"),
    "markdown": ("tic_rules.renderers.markdown", "MarkdownWriter"),
    "sarif": ("tic_rules.renderers.sarif", "SarifWriter"),
    "junit": ("tic_rules.renderers.junit", "JunitWriter"),
    "github": ("tic_rules.renderers.github", "GithubWriter"),
    "html": ("tic_rules.renderers.html_report", "HtmlWriter"),
    "ics": ("tic_rules.renderers.calendar", "CalendarWriter"),
    "xlsx": ("tic_rules.renderers.xlsx", "WorkbookWriter"),
}
"""The module of each format, and its writer. One may serve several formats and tells them apart by
`options.format`."""

BLOCKING = {
    "non_compliant": ("fail",),
    "undetermined": ("unknown", "needs_review"),
    "on_course": ("pending",),
    "compliant": (),
}
"""The statuses of counted findings that make a verdict."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a report is to be shown; `width` is None where there is no terminal to fit."""

    format: str = "text"
    lang: str = "en"
    verbose: bool = False
    width: int | None = None
    fail_on: tuple[str, ...] = ("non_compliant",)
    colour: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    baseline: Baseline | None = None
    quiet: bool = False
    summary_file: str | None = None
    data_only: bool = False

    def blocks(self, finding: Finding) -> bool:
        """Whether a finding is of those that fail the run, were it new."""
        if self.data_only and finding.judged:
            return False
        return finding.status in _blocking(self.fail_on) and finding.counts

    def verdict_of(self, report: Report) -> Verdict:
        """The verdict that the run looks at: of the whole report, or of what data decides."""
        return report.data_verdict if self.data_only else report.verdict

    def is_known(self, report: Report, finding: Finding) -> bool:
        """Whether the baseline has the finding, so that it does not fail the run."""
        return self.baseline is not None and self.baseline.covers(report, finding)

    def new_rule(self, finding: Finding) -> str | None:
        """The version that brought the finding's rule, where the baseline could not know of the rule."""
        return self.baseline.new_rule(finding) if self.baseline is not None else None

    def mark(self, report: Report, finding: Finding) -> str:
        """What the baseline makes of a finding, in a word or two; nothing where it is simply new."""
        zh = self.lang == "zh"
        if self.is_known(report, finding):
            return "基线" if zh else "baseline"
        version = self.new_rule(finding) if self.blocks(finding) else None
        if version is None:
            return ""
        return f"{version} 版新增规则" if zh else f"new rule since {version}"


@lru_cache(maxsize=8)
def _blocking(fail_on: tuple[str, ...]) -> frozenset[str]:
    return frozenset(status for verdict in fail_on for status in BLOCKING[verdict])


Piece = Any
"""What a format needs of a report: its module makes it, its writer takes it, nobody else looks in."""


@dataclass(slots=True)
class FinishedRun:
    """What is known when the last report has come."""

    tally: Tally
    diagnostics: Sequence[Diagnostic] = ()


class RunWriter(Protocol):
    """One output of a run."""

    def add(self, piece: Piece) -> str: ...

    def end(self, run: FinishedRun) -> Iterable[str | bytes]: ...


def _module(options: Options) -> ModuleType:
    return importlib.import_module(FORMATS[options.format][0])


def piece_of(report: Report, options: Options, *, first: bool = True) -> Piece:
    """What a format needs of a report: small, and fit to be sent between processes.

    `first` says that this process has not sent a report of the rule set before: then what is true of the
    rule set goes along."""
    return _module(options).piece(report, options, first)


def open_writer(options: Options) -> RunWriter:
    writer: RunWriter = getattr(_module(options), FORMATS[options.format][1])(options)
    return writer


def render(reports: Sequence[Report], options: Options) -> str | bytes:
    """The reports in a format: text, or bytes where the format is not text."""
    writer, tally, seen = open_writer(options), Tally(), set[str]()
    parts = list[str | bytes]()
    for report in reports:
        parts.append(writer.add(piece_of(report, options, first=report.ruleset["id"] not in seen)))
        seen.add(report.ruleset["id"])
        tally.add(report, options)
    parts.extend(writer.end(FinishedRun(tally, options.diagnostics)))
    blobs = [part for part in parts if isinstance(part, bytes)]
    if blobs:
        return b"".join(blobs)
    text = "".join(part for part in parts if isinstance(part, str))
    return sinks.leave(options.format, text, colour=options.colour)
