"""Markdown for the comment on a pull request and for a step's summary: what has to be mended first, the
rest folded.

A comment has a limit. Where a run goes beyond it, the centres with the worst verdicts are shown and the
rest is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tic_rules.core.errors import Diagnostic, Text, plural
from tic_rules.renderers import FinishedRun, Options
from tic_rules.renderers.about import about_of, file_of, who
from tic_rules.renderers.places import place_of, relative
from tic_rules.renderers.sinks import markdown
from tic_rules.renderers.tally import Tally
from tic_rules.renderers.text import APART
from tic_rules.results.labels import STATUS, VERDICT
from tic_rules.results.report import VERDICTS, Finding, Part, Report
from tic_rules.results.time_words import day_text

LIMIT = 60_000
"""Characters; a comment on GitHub takes 65,536. A step's summary has room for several."""
SUMMARY_LIMIT = 300_000
MOST = 50
"""Warnings of a report, and files that could not be checked, that are listed one by one."""
SIGNS = {"non_compliant": "❌", "undetermined": "❔", "on_course": "⏳", "compliant": "✅"}
_FOLDED = ("unknown", "needs_review", "pending")


class Block(NamedTuple):
    """A report's part of the page."""

    verdict: str
    text: str


def piece(report: Report, options: Options, first: bool = True) -> Block:
    lang, verdict = options.lang, options.verdict_of(report)
    zh = lang == "zh"
    lines = _head(report, options)
    decided = [f for f in report if not (options.data_only and f.judged)]
    shown = [f for f in decided if f.status == "fail" and f.counts]
    shown += [f for f in decided if f.status == "exempted"]
    if shown:
        lines += [*_table(report, shown, options), ""]
    open_ = not shown and verdict == "undetermined"
    for status in _FOLDED:
        members = [f for f in decided if f.status == status]
        if members:
            title = f"{STATUS[status].in_(lang)} ({len(members)})"
            lines += _fold(title, _table(report, members, options), open_=open_)
    notes = [f for f in decided if f.status == "fail" and not f.counts]
    if notes:
        title = "鼓励或不影响结论的事项，未做到" if zh else "Absent, without effect on the verdict"
        lines += _fold(f"{title} ({len(notes)})", _table(report, notes, options))
    apart = [f for f in report if f.judged] if options.data_only else []
    judged = [f for f in apart if f.status not in ("pass", "not_applicable")]
    if judged:
        lines += _fold(f"{APART.in_(lang)} ({len(judged)})", _table(report, judged, options))
    if report.warnings:
        warned = [f"- {markdown(one.message.in_(lang))}{_at(one)}" for one in report.warnings[:MOST]]
        more = len(report.warnings) - len(warned)
        warned += [f"- … 另有{more}条" if zh else f"- … {more} more"] if more else []
        lines += _fold(f"{'提示' if zh else 'Warnings'} ({len(report.warnings)})", warned)
    counts = [f"{STATUS[status].in_(lang)} {number}" for status, number in report.summary.items() if number]
    return Block(verdict, "\n".join([*lines, f"<sub>{('，' if zh else ', ').join(counts)}</sub>", "", ""]))


def _head(report: Report, options: Options) -> list[str]:
    """Whom the report is about, its verdict, the document, the day."""
    lang, about = options.lang, about_of(report)
    zh, verdict, document = lang == "zh", options.verdict_of(report), report.ruleset["document"]
    title, number = (document["title"] if zh else document["title_en"]), document["number"] or ""
    source = f"《{title}》{number}" if zh else ", ".join(filter(None, (title, number)))
    day = ("基准日 " if zh else "as of ") + markdown(day_text(report.as_of, lang))
    file = [markdown(_shown(about["file"]))] if about.get("file") else []
    head = f"### {SIGNS[verdict]} {markdown(who(about))} — {VERDICT[verdict].in_(lang)}"
    return [head, "", " · ".join([markdown(source), day, *file]), ""]


class MarkdownWriter:
    """Held to the end, because the summary comes first; what does not fit is let go as it comes."""

    def __init__(self, options: Options) -> None:
        self.options, self.limit = options, SUMMARY_LIMIT if options.summary_file else LIMIT
        self.count: Counter[str] = Counter()
        self.kept: dict[str, list[tuple[int, str]]] = {verdict: [] for verdict in VERDICTS}
        self.size: dict[str, int] = dict.fromkeys(VERDICTS, 0)

    def add(self, piece: Block) -> str:
        self.count[piece.verdict] += 1
        if self.size[piece.verdict] + len(piece.text) <= self.limit:
            self.size[piece.verdict] += len(piece.text)
            self.kept[piece.verdict].append((self.count.total(), piece.text))
        return ""

    def end(self, run: FinishedRun) -> Iterator[str]:
        lang = self.options.lang
        title = f"## {'合规检查' if lang == 'zh' else 'Compliance check'}"
        head = "\n".join([title, "", *_summary(run.tally, lang), *_faults(run.diagnostics, lang), ""])
        room, chosen = self.limit - len(head), list[tuple[int, str]]()
        for verdict in VERDICTS:
            before = len(chosen)
            for number, text in self.kept[verdict]:
                if len(text) <= room:
                    chosen.append((number, text))
                    room -= len(text)
            if len(chosen) - before < self.count[verdict]:
                break  # no better verdict takes the room that a worse one was too long for
        yield head
        yield from (text for _, text in sorted(chosen))
        if left := self.count.total() - len(chosen):
            yield Text(
                f"… 另有{left}份报告没有列出\n",
                f"… {plural(left, 'more report is', 'more reports are')} not shown\n",
            ).in_(lang)


def _summary(tally: Tally, lang: str) -> list[str]:
    zh = lang == "zh"
    if not tally.many:
        return []
    lines = ["| " + ("结论 | 中心" if zh else "Verdict | Centres") + " |", "| --- | ---: |"]
    lines += [f"| {name} | {number} |" for name, number in tally.verdicts(lang)]
    worst = tally.worst(lang)
    if worst:
        heads = "不符合最多的条款 | 规则 | 中心" if zh else "Failed most | Rule | Centres"
        lines += ["", f"| {heads} |", "| --- | --- | ---: |"]
    for number, locator, title, rule in worst:
        lines.append(f"| {markdown(locator)} {markdown(title)} | `{rule}` | {number} |")
    if tally.in_baseline or tally.of_new_rules:
        lines += ["", tally.against_baseline(lang)]
    return [*lines, ""]


def _faults(diagnostics: Sequence[Diagnostic], lang: str) -> list[str]:
    if not diagnostics:
        return []
    lines = [f"- {markdown(one.place)}: {markdown(one.message.in_(lang))}" for one in diagnostics[:MOST]]
    if more := len(diagnostics) - len(lines):
        lines.append(f"- … {more}")
    return [f"**{'无法检查' if lang == 'zh' else 'Could not be checked'}**", "", *lines, ""]


def _table(report: Report, findings: list[Finding], options: Options) -> list[str]:
    lang = options.lang
    heads = "条款 | 要求 | 情况 | 位置" if lang == "zh" else "Clause | Asks | Finding | Where"
    lines = [f"| {heads} |", "| --- | --- | --- | --- |"]
    for finding in findings:
        what = f"{markdown(finding.title.in_(lang))}<br>“{markdown(finding.citation['quote'])}”"
        clause = f"{markdown(finding.citation['locator'])} `{finding.id}`"
        lines.append(f"| {clause} | {what} | {_said(report, finding, options)} | {_where(report, finding)} |")
    return lines


def _said(report: Report, finding: Finding, options: Options) -> str:
    """What is so, and what to do about it."""
    lang, colon = options.lang, "：" if options.lang == "zh" else ": "
    text = finding.detail.in_(lang) or finding.message.in_(lang)
    if finding.status == "exempted":
        text = f"{STATUS['exempted'].in_(lang)}{colon}{text}"
    shown = markdown(text)
    mark = options.mark(report, finding)
    if mark:
        shown += f" *（{mark}）*" if lang == "zh" else f" *({mark})*"
    if finding.status == "fail":
        label = "怎么办" if lang == "zh" else "What to do"
        shown += f"<br>**{label}**{colon}{markdown(finding.remedy.in_(lang))}"
    return shown


def _where(report: Report, finding: Finding) -> str:
    place = place_of(finding, file_of(report))
    if place is None:
        return ""
    return markdown(str(place._replace(file=_shown(place.file), column=None)))


def _shown(file: str) -> str:
    return relative(file) or file


def _fold(title: str, lines: list[str], *, open_: bool = False) -> list[str]:
    head = f"<details{' open' if open_ else ''}><summary>{title}</summary>"
    return [head, "", *lines, "", "</details>", ""]


def _at(warning: Part) -> str:
    at = warning.get("cell") or warning["line"]
    return f" ({markdown(_shown(warning['file']))}:{markdown(at)})" if warning["file"] and at else ""
