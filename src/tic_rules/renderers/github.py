"""Annotations for a GitHub workflow: worst first, at most ten of a level, which is as many as GitHub shows
of a step.

The list goes, as Markdown and as far as it takes that, into the step's summary; the command line appends it
to the file that GitHub names."""

from __future__ import annotations

import os
from bisect import insort
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from tic_rules.core.errors import Diagnostic, Text
from tic_rules.renderers import FinishedRun, Options, sinks
from tic_rules.renderers.about import about_of, file_of, who
from tic_rules.renderers.places import place_of, placed, relative
from tic_rules.results.report import Finding, Report

MOST = 10
LEVELS = ("error", "warning", "notice")
_RANK = {"broken": 0, "fail": 1, "unknown": 2, "needs_review": 3, "pending": 4, "exempted": 5}


class Annotation(NamedTuple):
    """One annotation; they sort from the worst on, and else in the order of the input."""

    rank: int
    number: int
    level: str
    line: str


def piece(report: Report, options: Options, first: bool = True) -> list[Annotation]:
    """What a report says at the lines of its file, of findings that ask something and are new."""
    annotations = []
    for finding in report:
        level = _level(finding, options)
        if level is not None and not options.is_known(report, finding):
            line = _command(level, report, finding, options.lang)
            annotations.append(Annotation(_RANK[finding.status], 0, level, line))
    return annotations


def _level(finding: Finding, options: Options) -> str | None:
    if finding.status in ("pass", "not_applicable"):
        return None
    if options.blocks(finding):
        return "error"
    return "warning" if finding.counts and finding.status in ("fail", "unknown", "needs_review") else "notice"


class GithubWriter:
    """The ten worst of each level; the rest is counted."""

    def __init__(self, options: Options) -> None:
        self.lang, self.seen = options.lang, 0
        self.worst: dict[str, list[Annotation]] = {level: [] for level in LEVELS}
        self.counts: Counter[str] = Counter()

    def add(self, piece: list[Annotation]) -> str:
        for one in piece:
            self._keep(one)
        return ""

    def _keep(self, one: Annotation) -> None:
        self.seen += 1
        self.counts[one.level] += 1
        kept = self.worst[one.level]
        insort(kept, one._replace(number=self.seen))
        del kept[MOST:]

    def end(self, run: FinishedRun) -> Iterator[str]:
        for diagnostic in run.diagnostics:
            self._keep(Annotation(_RANK["broken"], 0, "error", _fault(diagnostic, self.lang)))
        for level in LEVELS:
            yield from (one.line + "\n" for one in self.worst[level])
        left = sum(self.counts.values()) - sum(map(len, self.worst.values()))
        if left:
            zh, en = "见本步骤的摘要", "see the summary of this step"
            if not os.environ.get("GITHUB_STEP_SUMMARY"):  # another runner, or none
                zh, en = "未列出", "not listed"
            yield Text(f"另有{left}项，{zh}", f"{left} more: {en}").in_(self.lang) + "\n"


def _command(level: str, report: Report, finding: Finding, lang: str) -> str:
    place = place_of(finding, file_of(report))
    title = f"{finding.citation['locator']} {finding.title.in_(lang)} ({finding.rule})"
    where: dict[str, object] = {"title": title}
    if place is not None:
        where |= {"file": _shown(place.file)}
        if place.line and not place.cell:
            where |= {"line": place.line, "endLine": place.end_line}
            if place.end_line in (None, place.line):  # GitHub takes columns within one line only
                where |= {"col": place.column, "endColumn": place.end_column}
    cell = f"{place.cell}: " if place and place.cell else ""
    colon, space = ("：", "") if lang == "zh" else (": ", " ")
    message = (
        f"{who(about_of(report))}{colon}{cell}{finding.message.in_(lang)}{space}“{finding.citation['quote']}”"
    )
    return sinks.command(level, where, message)


def _fault(diagnostic: Diagnostic, lang: str) -> str:
    code, message, file, line, column, _, cell = diagnostic
    place = placed(file, line, column, cell=cell or None)
    where: dict[str, object] = {"title": code, "file": _shown(place.file) if file else None}
    if not place.cell:
        where |= {"line": place.line, "col": place.column}
    at = f"{place.cell}: " if place.cell else ""
    return sinks.command("error", where, at + message.in_(lang))


def _shown(file: str) -> str:
    """A file as the repository names it."""
    return relative(file, os.environ.get("GITHUB_WORKSPACE")) or relative(file) or file
