"""The report as one page: verdicts at a glance, each centre's life on a line, progress, findings by topic, clause beside datum.

Everything is drawn from the reports. With many centres what passes is folded to counts, so that two hundred still load at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from tic_rules.errors import Text
from tic_rules.findings import VERDICTS, Finding, Part, Report, _plain, _rebuild_report
from tic_rules.loading import shared_vocabulary
from tic_rules.reporters import Options, Run
from tic_rules.reporters.overview import Overview, overview_of
from tic_rules.reporters.timeline import Timeline, timeline_of
from tic_rules.wording import BEARER, MODALITY, PHASE, STATUS, VERDICT, field_label

IN_FULL = 5
"""Up to so many centres are shown in full; of more, what passes or does not apply is counted."""
ORDER = ("fail", "exempted", "unknown", "needs_review", "pending", "pass", "not_applicable")

_GROUPS = {
    "funding": Text("资金", "funding"), "talent": Text("人才", "talent"), "procedure": Text("程序", "procedure"),
    "governance": Text("治理", "governance"), "operations": Text("运行", "operation"), "ecosystem": Text("创新生态", "ecosystem"),
    "evaluation": Text("评价", "evaluation"), "programme": Text("总体布局", "programme"), "scope": Text("范围", "scope"),
}  # fmt: skip


class Bar(NamedTuple):
    """Progress towards a threshold; `part` of 100."""

    finding: Finding
    part: str


class Group(NamedTuple):
    """The findings of one topic."""

    label: Text
    findings: tuple[Finding, ...]


class One(NamedTuple):
    """One report, ready to be shown."""

    number: int
    report: Report
    name: str
    summary: tuple[tuple[str, int], ...]
    timeline: Timeline | None
    bars: tuple[Bar, ...]
    groups: tuple[Group, ...]
    folded: tuple[tuple[str, int], ...]
    full: bool


NEEDED = ("title", "message", "detail", "remedy", "citation", "progress", "deadline", "reading", "years", "data", "sources")
"""What the page shows of a finding: what is sent between processes."""
_HEAD = ("rule", "status", "severity", "kind", "modality", "bearer", "topic", "phase")


class Sent:
    """A report on its way to the page: whole within a process, what the page needs between processes."""

    __slots__ = ("report",)

    def __init__(self, report: Report) -> None:
        self.report = report

    def __reduce__(self) -> tuple[Any, ...]:
        report = self.report
        about = {name: _plain(getattr(report, name)) for name in ("tool", "centre", "programme", "ruleset", "as_of", "consequences", "warnings")}
        return _received, ({**about, "findings": [{key: _plain(getattr(finding, key)) for key in (*_HEAD, *NEEDED)} for finding in report]},)


def _received(data: dict[str, Any]) -> Sent:
    return Sent(_rebuild_report(data))


def piece(report: Report, options: Options, first: bool = True) -> Sent:
    return Sent(report)


class Sheet:
    """The page: it is about the whole, so it is written when the last report has come."""

    def __init__(self, options: Options) -> None:
        self.options, self.reports = options, list[Report]()

    def add(self, piece: Sent) -> str:
        self.reports.append(piece.report)
        return ""

    def end(self, run: Run) -> Iterable[str]:
        yield page_of(self.reports, self.options)


def page_of(reports: Sequence[Report], options: Options) -> str:
    from tic_rules.reporters.html import render as page

    full = options.verbose or len([report for report in reports if report.programme is None]) <= IN_FULL
    sheets = [_sheet(number, report, full) for number, report in enumerate(reports)]
    overview: Overview | None = overview_of(reports) if len(reports) > 1 else None
    clauses = [] if full else _clauses(sheets)
    numbers = {finding.rule: number for number, (finding, _) in enumerate(clauses)}
    several = len({report.ruleset["id"] for report in reports}) > 1
    words = {"STATUS": STATUS, "VERDICT": VERDICT, "PHASE": PHASE, "BEARER": BEARER, "MODALITY": MODALITY}
    helpers = {"place": _place, "datum": _datum, "percent": lambda n, of: round(100 * n / of, 2) if of else 0}
    context = {"sheets": sheets, "overview": overview, "clauses": clauses, "numbers": numbers, "several": several, "statuses": ORDER, "verdicts": VERDICTS}
    found = page("report.html.j2", lang=options.lang, **context, **words, **helpers)
    return "\n".join(line for line in (line.strip() for line in found.split("\n")) if line) + "\n"


def _sheet(number: int, report: Report, full: bool) -> One:
    about: Any = report.centre or {}
    name = about.get("name") or about.get("id") or about.get("file")
    if report.programme is not None:
        name = None
    shown = [f for f in report if full or report.programme is not None or f.status not in ("pass", "not_applicable")]
    counted = Counter(f.status for f in report)
    folded = [] if len(shown) == len(report) else [(status, counted[status]) for status in ("pass", "not_applicable") if counted[status]]
    measured = [f for f in shown if full and f.progress is not None and f.status != "not_applicable"]
    bars = [Bar(f, f"{100 * f.progress:.4g}") for f in sorted(measured, key=lambda f: (f.status in ("pass", "exempted"), ORDER.index(f.status)))]
    return One(
        number, report, str(name or ""), tuple((s, counted[s]) for s in ORDER if counted[s]), timeline_of(report),
        tuple(bars), tuple(_groups(shown)), tuple(folded), full,
    )  # fmt: skip


def _clauses(sheets: Sequence[One]) -> list[tuple[Finding, str]]:
    """Every clause that a folded page refers to, once, in the order of the rule sets."""
    found: dict[str, tuple[Finding, str]] = {}
    for sheet in sheets:
        for group in sheet.groups:
            for finding in group.findings:
                found.setdefault(finding.rule, (finding, sheet.report.ruleset["document"]["title"]))
    order = {f.rule: number for number, f in enumerate(f for sheet in sheets for f in sheet.report)}
    return sorted(found.values(), key=lambda one: order[one[0].rule])


def _groups(findings: Iterable[Finding]) -> list[Group]:
    """By topic, in the document's order; within one, what needs attention first."""
    by_topic: dict[str, list[Finding]] = {}
    for finding in findings:
        by_topic.setdefault(finding.topic.split(".")[0], []).append(finding)
    return [Group(_topic(topic), tuple(sorted(found, key=lambda f: ORDER.index(f.status)))) for topic, found in by_topic.items()]


def _topic(topic: str) -> Text:
    known = shared_vocabulary().topics.get(topic)
    return _GROUPS.get(topic) or (known.text if known is not None else Text(topic, topic))


def _place(place: Part) -> str:
    """file:line:column, or the path where the data came without a file."""
    if not place.get("line"):
        return str(place["path"])
    file = str(place["file"] or "").rsplit("/", 1)[-1]
    return f"{file}:{place['line']}"


def _datum(path: str) -> Text:
    vocabulary = shared_vocabulary()
    return Text(field_label(path, vocabulary, "zh"), field_label(path, vocabulary, "en"))


__all__ = ["Sheet", "page_of", "piece"]
