"""JUnit XML for test panels: a suite for each centre and rule set, a case for each rule.

A suite has failures exactly where the run fails by it: what `--fail-on` names and the baseline does not
know. What cannot be decided, what is exempted or not owed is skipped, with its reason.

The elements and attributes are those of the schema by which Jenkins reads such files (junit-10.xsd of its
xUnit plugin): a case has a name and a class, a suite besides its counts the file. Where a datum stands is
part of the text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from tic_rules.core.errors import Diagnostic
from tic_rules.renderers import FinishedRun, Options
from tic_rules.renderers.about import about_of, file_of, who
from tic_rules.renderers.places import place_of, placed
from tic_rules.renderers.sinks import xml, xml_attribute
from tic_rules.results.labels import VERDICT
from tic_rules.results.outstanding import to_do
from tic_rules.results.report import Finding, Part, Report


def piece(report: Report, options: Options, first: bool = True) -> str:
    """One suite."""
    lang, about = options.lang, about_of(report)
    ruleset, verdict = xml_attribute(report.ruleset.id), VERDICT[options.verdict_of(report)]
    cases, failures, skipped = [], 0, 0
    for finding in report:
        outcome = _outcome(report, finding, options)
        failures += outcome.startswith("<failure")
        skipped += outcome.startswith("<skipped")
        name = xml_attribute(f"{finding.citation['locator']} {finding.title.in_(lang)} [{finding.id}]")
        cases.append(f"    <testcase classname={ruleset} name={name}>{outcome}</testcase>\n")
    name = xml_attribute(f"{who(about)} · {report.ruleset.id} · {verdict.in_(lang)}")
    file = f" file={xml_attribute(str(about['file']))}" if about.get("file") else ""
    head = f'name={name}{file} tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}"'
    properties = f"    <properties>{_properties(report, about)}</properties>\n"
    return f"  <testsuite {head}>\n{properties}{''.join(cases)}{_warned(report, lang)}  </testsuite>\n"


def _properties(report: Report, about: Part) -> str:
    given = {
        "centre": about.get("id"),
        "file": about.get("file"),
        "ruleset": report.ruleset["id"],
        "as_of": report.as_of,
        "verdict": report.verdict,
    }
    return "".join(
        f"<property name={xml_attribute(key)} value={xml_attribute(str(value))}/>"
        for key, value in given.items()
        if value
    )


def _warned(report: Report, lang: str) -> str:
    lines = [
        f"{placed(w['file'] or '', w['line'], w['column'], cell=w.get('cell'))} {w['message'].in_(lang)}"
        for w in report.warnings
    ]
    return "    <system-out>" + "\n".join(map(xml, lines)) + "</system-out>\n" if lines else ""


class JunitWriter:
    def __init__(self, options: Options) -> None:
        self.lang, self.begun = options.lang, False

    def add(self, piece: str) -> str:
        return self._head() + piece

    def _head(self) -> str:
        if self.begun:
            return ""
        self.begun = True
        return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tic-rules">\n'

    def end(self, run: FinishedRun) -> Iterator[str]:
        yield self._head()
        for file, faults in groupby(run.diagnostics, key=lambda d: d.file):
            yield _broken(file, list(faults), self.lang)
        yield "</testsuites>\n"


def _broken(file: str, faults: list[Diagnostic], lang: str) -> str:
    """A file that could not be checked."""
    name = xml_attribute(file or "tic-rules")
    cases = "".join(
        f"    <testcase classname={name} name={xml_attribute(fault.code)}>"
        f"<error type={xml_attribute(fault.code)} message={xml_attribute(fault.message.in_(lang))}>"
        f"{xml(fault.render(lang))}</error></testcase>\n"
        for fault in faults
    )
    counts = f'tests="{len(faults)}" failures="0" errors="{len(faults)}" skipped="0"'
    return f"  <testsuite name={name} {counts}>\n{cases}  </testsuite>\n"


def _outcome(report: Report, finding: Finding, options: Options) -> str:
    """What a case contains: nothing for a pass."""
    lang = options.lang
    zh, message = lang == "zh", finding.message.in_(options.lang)
    if finding.status == "pass":
        return ""
    place = place_of(finding, file_of(report))
    if not options.blocks(finding):
        if finding.status == "fail" and not finding.counts:
            message = ("不影响结论：" if zh else "does not count for the verdict: ") + message
        return _element("skipped", finding, message, [str(place)] if place else [])
    if options.is_known(report, finding):
        message = ("已列入基线：" if zh else "in the baseline: ") + message
        return _element("skipped", finding, message, [str(place)] if place else [])
    mark, asked = options.mark(report, finding), to_do(finding).in_(lang)
    message = message if not mark else f"（{mark}）{message}" if zh else f"({mark}) {message}"
    label = "怎么办：" if zh else "What to do: "
    lines = [
        message,
        f"{finding.citation['document']} {finding.citation['locator']} “{finding.citation['quote']}”",
        *([label + asked] if asked else []),
        *([str(place)] if place else []),
    ]
    return _element("failure", finding, message, lines)


def _element(name: str, finding: Finding, message: str, lines: list[str]) -> str:
    head = f"{name} type={xml_attribute(finding.status)} message={xml_attribute(message)}"
    text = "\n".join(map(xml, lines))
    return f"<{head}>{text}</{name}>" if lines else f"<{head}/>"
