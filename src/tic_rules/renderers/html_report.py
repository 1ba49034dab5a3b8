"""The report as one page: verdicts at a glance, each centre's life on a line, progress, findings by topic,
clause beside datum.

Everything is drawn from the reports. With many centres what passes is folded to counts, so that two hundred
still load at once. A report is written as soon as it is known how; what the head of the page says of all of
them is gathered meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from tic_rules.core.errors import Text
from tic_rules.renderers import FinishedRun, Options
from tic_rules.renderers.about import document_of, name_of
from tic_rules.renderers.overview import FullClause, Gathering
from tic_rules.renderers.spool import Spool
from tic_rules.renderers.timeline import Timeline, timeline_of
from tic_rules.results.labels import BEARER, MODALITY, PHASE, STATUS, VERDICT
from tic_rules.results.outstanding import remedy_of, vocabulary_of, whence
from tic_rules.results.report import Finding, Part, Report
from tic_rules.results.terms import field_label

IN_FULL = 5
"""Up to so many centres are shown in full; of more, what passes or does not apply is counted."""
ORDER = ("fail", "exempted", "unknown", "needs_review", "pending", "pass", "not_applicable")

_GROUPS = {
    "funding": Text("资金", "funding"), "talent": Text("人才", "talent"),
    "procedure": Text("程序", "procedure"), "governance": Text("治理", "governance"),
    "operations": Text("运行", "operation"), "ecosystem": Text("创新生态", "ecosystem"),
    "evaluation": Text("评价", "evaluation"), "programme": Text("总体布局", "programme"),
    "scope": Text("范围", "scope"),
}  # fmt: skip


class One(NamedTuple):
    """One report, ready to be shown."""

    number: int
    report: Report
    name: str
    verdict: str
    summary: list[tuple[str, int]]
    timeline: Timeline | None
    bars: list[Finding]
    """Those that have come some part of their way to a bound."""
    groups: list[tuple[Text, list[Finding]]]
    """The findings by topic."""
    full: bool
    problems: list[Finding]
    """What fails, then what is exempted, then what is encouraged and absent."""
    titles: dict[str, Finding]
    """The findings by rule, for the lists that name them."""


class ReportRow(NamedTuple):
    """A report in the table of all centres."""

    number: int
    name: str
    verdict: str
    summary: list[tuple[str, int]]
    document: Part
    as_of: str


def piece(report: Report, options: Options, first: bool = True) -> Report:
    return report


_DIVIDE = "<!-- reports -->"
"""Stands in the page where the reports come; no text of a report contains it, because `<` is escaped."""


class HtmlWriter:
    """The page: reports are written as they come, but for the first `IN_FULL`; the head comes last."""

    def __init__(self, options: Options) -> None:
        self.options, self.waiting, self.centres = options, list[Report](), 0
        self.rows: list[ReportRow] = []
        self.rulesets: dict[str, int] = {}
        self.gathered, self.spool = Gathering(), Spool()
        self.clauses: dict[str, tuple[tuple[int, int], FullClause]] = {}
        self._centre: Callable[..., str] | None = None

    @property
    def full(self) -> bool:
        return self.options.verbose or self.centres <= IN_FULL

    def add(self, piece: Report) -> str:
        self.waiting.append(piece)
        self.centres += piece.programme is None
        if not self.full or (self.options.verbose and len(self.rows) + len(self.waiting) > 1):
            self._write_waiting()
        return ""

    def end(self, run: FinishedRun) -> Iterable[str]:
        from tic_rules.renderers.html import render as page

        self._write_waiting(one=not self.rows and len(self.waiting) == 1)
        made = page(
            "report.html.j2",
            lang=self.options.lang,
            rows=self.rows,
            overview=self.gathered if len(self.rows) > 1 else None,
            clauses=[clause for _, clause in sorted(self.clauses.values(), key=lambda item: item[0])],
            several=len(self.rulesets) > 1,
            tally_of=run.tally,
            statuses=ORDER,
            **_words(),
        )
        head, tail = _tidy(made).split(_DIVIDE)
        yield head
        yield from self.spool.whole()
        yield tail

    def close(self) -> None:
        self.spool.close()

    def _write_waiting(self, *, one: bool = False) -> None:
        from tic_rules.renderers.html import macro

        written = self._centre = self._centre or macro(
            "report_macros.html.j2", "centre", lang=self.options.lang, **_words()
        )
        for report in self.waiting:
            sheet = _shown(len(self.rows), report, self.options.verdict_of(report), self.full)
            document = report.ruleset.document
            self.rows.append(
                ReportRow(sheet.number, sheet.name, sheet.verdict, sheet.summary, document, report.as_of)
            )
            self.rulesets.setdefault(report.ruleset.id, len(self.rulesets))
            self.gathered.add(report)
            self.spool.add(_tidy(written(sheet, one)))
            if not self.full:
                self._refer(sheet)
        self.waiting.clear()

    def _refer(self, sheet: One) -> None:
        """Keep the clauses that a folded report refers to, with their places in the rule sets' order."""
        ruleset = self.rulesets[sheet.report.ruleset.id]
        shown = {finding.rule for _, findings in sheet.groups for finding in findings}
        for number, f in enumerate(sheet.report):
            if f.rule in shown and f.rule not in self.clauses:
                self.clauses[f.rule] = (ruleset, number), self.gathered.clause(f, document_of(sheet.report))


def _words() -> dict[str, object]:
    """What the templates need besides the reports."""
    return {
        "STATUS": STATUS,
        "VERDICT": VERDICT,
        "PHASE": PHASE,
        "BEARER": BEARER,
        "MODALITY": MODALITY,
        "place": _place,
        "datum": _datum,
        "whence": whence,
        "remedy_of": remedy_of,
        "most": 10,
        "percent": lambda n, of: round(100 * n / of, 2) if of else 0,
    }


def _tidy(text: str) -> str:
    return "\n".join(line for line in (line.strip() for line in text.split("\n")) if line) + "\n"


def _shown(number: int, report: Report, verdict: str, full: bool) -> One:
    left_out = () if full or report.programme is not None else ("pass", "not_applicable")
    shown = [f for f in report if f.status not in left_out]
    counted: Counter[str] = Counter(f.status for f in report)
    measured = [f for f in shown if full and f.progress is not None and f.status != "not_applicable"]
    wrong = [finding for finding in report if finding.status in ("fail", "exempted")]
    return One(
        number, report, name_of(report), verdict, [(s, counted[s]) for s in ORDER if counted[s]],
        timeline_of(report),
        sorted(measured, key=lambda f: (f.status in ("pass", "exempted"), ORDER.index(f.status))),
        _groups(shown), full,
        sorted(wrong, key=lambda one: (one.severity == "note", one.status != "fail")),
        {finding.rule: finding for finding in report},
    )  # fmt: skip


def _groups(findings: Iterable[Finding]) -> list[tuple[Text, list[Finding]]]:
    """By topic, in the document's order; within one, what needs attention first."""
    by_topic: dict[str, list[Finding]] = {}
    for finding in findings:
        by_topic.setdefault(finding.topic.split(".")[0], []).append(finding)
    return [
        (_topic(topic, members), sorted(members, key=lambda f: ORDER.index(f.status)))
        for topic, members in by_topic.items()
    ]


def _topic(topic: str, members: list[Finding]) -> Text:
    topics = vocabulary_of(members).topics
    declared = topics.get(topic) or topics.get(members[0].topic)
    return _GROUPS.get(topic) or (declared.text if declared is not None else Text(topic, topic))


def _place(place: Part) -> str:
    """file:line, file:sheet!cell in a workbook, or the path where the data came without a file."""
    if not place.get("line"):
        return str(place["path"])
    file = str(place["file"] or "").rsplit("/", 1)[-1]
    return f"{file}:{place.get('cell') or place['line']}"


def _datum(finding: Finding, path: str) -> Text:
    return Text.of(partial(field_label, path, vocabulary_of([finding])))
