"""Markdown for the comment on a pull request and for a step's summary: what has to be mended first, the rest folded.

A comment has a limit. Where a run goes beyond it, the centres with the worst verdicts are shown and the rest is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tic_rules.core.errors import Diagnostic
from tic_rules.renderers import Options, Run
from tic_rules.renderers.places import place_of, relative, who
from tic_rules.renderers.sinks import markdown
from tic_rules.renderers.tally import Tally
from tic_rules.results.labels import STATUS, VERDICT, day_text
from tic_rules.results.report import VERDICTS, Finding, Part, Report

LIMIT = 60_000
"""Characters. A comment on GitHub takes 65,536; a step's summary is written in further comments' worth of room below."""
SUMMARY_LIMIT = 300_000
MOST = 50
"""Warnings of a report, and files that could not be checked, that are told one by one."""
SIGNS = {"non_compliant": "❌", "undetermined": "❔", "on_course": "⏳", "compliant": "✅"}
_FOLDED = ("unknown", "needs_review", "pending")


class Block(NamedTuple):
    """A report's part of the page."""

    verdict: str
    text: str


def piece(report: Report, options: Options, first: bool = True) -> Block:
    lang, about = options.lang, report.centre or report.programme or Part()
    zh = lang == "zh"
    document = report.ruleset["document"]
    title = (
        f"《{document['title']}》{document['number'] or ''}"
        if zh
        else f"{document['title_en']}, {document['number'] or ''}"
    )
    file = about.get("file")
    lines = [
        f"### {SIGNS[report.verdict]} {markdown(who(about))} — {VERDICT[report.verdict].in_(lang)}",
        "",
        " · ".join(
            [markdown(title), ("基准日 " if zh else "as of ") + markdown(day_text(report.as_of, lang))]
            + ([markdown(_shown(file))] if file else [])
        ),
        "",
    ]
    shown = [f for f in report if f.status == "fail" and f.counts] + [
        f for f in report if f.status == "exempted"
    ]
    if shown:
        lines += [*_table(report, shown, options), ""]
    for status in _FOLDED:
        found = [f for f in report if f.status == status]
        if found:
            lines += _fold(
                f"{STATUS[status].in_(lang)} ({len(found)})",
                _table(report, found, options),
                open_=not shown and report.verdict == "undetermined",
            )
    notes = [f for f in report if f.status == "fail" and not f.counts]
    if notes:
        lines += _fold(
            f"{'鼓励或不影响结论的事项，未做到' if zh else 'Absent, without effect on the verdict'} ({len(notes)})",
            _table(report, notes, options),
        )
    if report.warnings:
        said = [f"- {markdown(_text(warning, lang))}{_at(warning)}" for warning in report.warnings[:MOST]]
        more = len(report.warnings) - len(said)
        said += [f"- … 另有{more}条" if zh else f"- … {more} more"] if more else []
        lines += _fold(f"{'提示' if zh else 'Warnings'} ({len(report.warnings)})", said)
    tally = ("，" if zh else ", ").join(
        f"{STATUS[status].in_(lang)} {number}" for status, number in report.summary.items() if number
    )
    return Block(report.verdict, "\n".join([*lines, f"<sub>{tally}</sub>", "", ""]))


class Sheet:
    """Held to the end, because the summary comes first; what does not fit is let go as it comes."""

    def __init__(self, options: Options) -> None:
        self.options, self.limit = options, SUMMARY_LIMIT if options.summary_file else LIMIT
        self.count = 0
        self.kept: dict[str, list[tuple[int, str]]] = {verdict: [] for verdict in VERDICTS}
        self.size: dict[str, int] = dict.fromkeys(VERDICTS, 0)

    def add(self, piece: Block) -> str:
        self.count += 1
        if self.size[piece.verdict] + len(piece.text) <= self.limit:
            self.size[piece.verdict] += len(piece.text)
            self.kept[piece.verdict].append((self.count, piece.text))
        return ""

    def end(self, run: Run) -> Iterator[str]:
        lang = self.options.lang
        head = "\n".join(
            [
                f"## {'合规检查' if lang == 'zh' else 'Compliance check'}",
                "",
                *_summary(run.tally, lang),
                *_faults(run.diagnostics, lang),
                "",
            ]
        )
        room, chosen = self.limit - len(head), list[tuple[int, str]]()
        for verdict in VERDICTS:
            for number, text in self.kept[verdict]:
                if len(text) <= room:
                    chosen.append((number, text))
                    room -= len(text)
        yield head
        yield from (text for _, text in sorted(chosen))
        left = self.count - len(chosen)
        if left:
            yield (
                f"… 另有{left}份报告没有列出\n" if lang == "zh" else f"… {left} more reports are not shown\n"
            )


def _summary(tally: Tally, lang: str) -> list[str]:
    zh = lang == "zh"
    if not tally.many:
        return []
    lines = ["| " + ("结论 | 中心" if zh else "Verdict | Centres") + " |", "| --- | ---: |"]
    lines += [f"| {name} | {number} |" for name, number in tally.verdicts(lang)]
    worst = tally.worst(lang)
    if worst:
        lines += [
            "",
            "| " + ("不符合最多的条款 | 规则 | 中心" if zh else "Failed most | Rule | Centres") + " |",
            "| --- | --- | ---: |",
        ]
        lines += [
            f"| {markdown(locator)} {markdown(title)} | `{rule}` | {number} |"
            for number, locator, title, rule in worst
        ]
    if tally.known:
        lines += [
            "",
            f"基线内 {tally.known} 项，新增 {tally.new} 项"
            if zh
            else f"{tally.known} findings are in the baseline, {tally.new} are new",
        ]
    return [*lines, ""]


def _faults(diagnostics: object, lang: str) -> list[str]:
    found = (
        [one for one in diagnostics if isinstance(one, Diagnostic)]
        if isinstance(diagnostics, (list, tuple))
        else []
    )
    if not found:
        return []
    lines = [f"- {markdown(one.place)}: {markdown(one.message.in_(lang))}" for one in found[:MOST]]
    more = len(found) - len(lines)
    return [
        f"**{'无法检查' if lang == 'zh' else 'Could not be checked'}**",
        "",
        *lines,
        *([f"- … {more}"] if more > 0 else []),
        "",
    ]


def _table(report: Report, findings: list[Finding], options: Options) -> list[str]:
    lang = options.lang
    zh = lang == "zh"
    lines = [
        "| " + ("条款 | 要求 | 情况 | 位置" if zh else "Clause | Asks | Finding | Where") + " |",
        "| --- | --- | --- | --- |",
    ]
    for finding in findings:
        known = (" *（基线）*" if zh else " *(baseline)*") if options.is_known(report, finding) else ""
        said = finding.detail.in_(lang) or finding.message.in_(lang)
        if finding.status == "exempted":
            said = f"{STATUS['exempted'].in_(lang)}{'：' if zh else ': '}{said}"
        what = f"{markdown(finding.title.in_(lang))}<br>“{markdown(finding.citation['quote'])}”"
        fix = (
            f"<br>**{'整改' if zh else 'To do'}**{'：' if zh else ': '}{markdown(finding.remedy.in_(lang))}"
            if finding.status == "fail"
            else ""
        )
        lines.append(
            f"| {markdown(finding.citation['locator'])} `{finding.id}` | {what} | {markdown(said)}{known}{fix} | {_where(report, finding)} |"
        )
    return lines


def _where(report: Report, finding: Finding) -> str:
    place = place_of(finding, (report.centre or report.programme or Part()).get("file"))
    if place is None:
        return ""
    return markdown(str(place._replace(file=_shown(place.file), column=None)))


def _shown(file: str) -> str:
    return relative(file) or file


def _fold(title: str, lines: list[str], *, open_: bool = False) -> list[str]:
    return [
        f"<details{' open' if open_ else ''}><summary>{title}</summary>",
        "",
        *lines,
        "",
        "</details>",
        "",
    ]


def _text(warning: Part, lang: str) -> str:
    return str(warning["message"][lang])


def _at(warning: Part) -> str:
    at = warning.get("cell") or warning["line"]
    return f" ({markdown(_shown(warning['file']))}:{markdown(at)})" if warning["file"] and at else ""
