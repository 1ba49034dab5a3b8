"""JUnit XML for test panels: a suite for each centre and rule set, a case for each rule.

A suite has failures exactly where the run fails by it: what `--fail-on` names and the baseline does not know. What cannot be
decided, what is exempted or not owed is skipped, with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from tic_rules.core.errors import Diagnostic, visible
from tic_rules.renderers import Options, Run
from tic_rules.renderers.places import Place, place_of, who
from tic_rules.results.labels import VERDICT
from tic_rules.results.report import Finding, Part, Report


def piece(report: Report, options: Options, first: bool = True) -> str:
    """One suite."""
    lang, about = options.lang, report.centre or report.programme or Part()
    cases, failures, skipped = [], 0, 0
    for finding in report:
        outcome = _outcome(report, finding, options)
        failures += outcome.startswith("<failure")
        skipped += outcome.startswith("<skipped")
        place = (
            place_of(finding, about.get("file")) if outcome else None
        )  # where a pass was read is not worth working out
        at = (
            f" file={_attr(place.file)}" + (f' line="{place.line}"' if place.line and not place.cell else "")
            if place
            else ""
        )
        name = f"{finding.citation['locator']} {finding.title.in_(lang)} [{finding.id}]"
        cases.append(
            f"    <testcase classname={_attr(report.ruleset['id'])} name={_attr(name)}{at}>{outcome}</testcase>\n"
        )
    known = {
        "centre": about.get("id"),
        "file": about.get("file"),
        "ruleset": report.ruleset["id"],
        "as_of": report.as_of,
        "verdict": report.verdict,
    }
    properties = "".join(
        f"<property name={_attr(key)} value={_attr(str(value))}/>" for key, value in known.items() if value
    )
    name = f"{who(about)} · {report.ruleset['id']} · {VERDICT[report.verdict].in_(lang)}"
    head = f'name={_attr(name)} tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}"'
    said = [
        f"{Place(w['file'] or '', w['line'], w['column'], cell=w.get('cell'))} {w['message'].in_(lang)}"
        for w in report.warnings
    ]
    warned = "    <system-out>" + "\n".join(_text(line) for line in said) + "</system-out>\n" if said else ""
    return f"  <testsuite {head}>\n    <properties>{properties}</properties>\n{''.join(cases)}{warned}  </testsuite>\n"


class Sheet:
    def __init__(self, options: Options) -> None:
        self.lang, self.begun = options.lang, False

    def add(self, piece: str) -> str:
        return self._head() + piece

    def _head(self) -> str:
        if self.begun:
            return ""
        self.begun = True
        return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tic-rules">\n'

    def end(self, run: Run) -> Iterator[str]:
        yield self._head()
        for file, faults in groupby(run.diagnostics, key=lambda d: d.file):
            yield _broken(file, list(faults), self.lang)
        yield "</testsuites>\n"


def _broken(file: str, faults: list[Diagnostic], lang: str) -> str:
    """A file that could not be checked."""
    cases = "".join(
        f"    <testcase classname={_attr(file or 'tic-rules')} name={_attr(fault.code)}>"
        f"<error type={_attr(fault.code)} message={_attr(fault.message.in_(lang))}>{_text(fault.render(lang))}</error></testcase>\n"
        for fault in faults
    )
    return f'  <testsuite name={_attr(file or "tic-rules")} tests="{len(faults)}" failures="0" errors="{len(faults)}" skipped="0">\n{cases}  </testsuite>\n'


def _outcome(report: Report, finding: Finding, options: Options) -> str:
    """What a case contains: nothing for a pass."""
    lang = options.lang
    zh, message = lang == "zh", finding.message.in_(options.lang)
    if finding.status == "pass":
        return ""
    if not options.blocks(finding):
        return _skipped(
            finding,
            message,
            ""
            if finding.counts or finding.status != "fail"
            else "不影响结论："
            if zh
            else "does not count for the verdict: ",
        )
    if options.is_known(report, finding):
        return _skipped(finding, message, "已列入基线：" if zh else "in the baseline: ")
    place = place_of(finding, (report.centre or report.programme or Part()).get("file"))
    lines = [
        message,
        f"{finding.citation['document']} {finding.citation['locator']} “{finding.citation['quote']}”",
    ]
    lines += [("整改：" if zh else "What to do: ") + finding.remedy.in_(lang)] + (
        [str(place)] if place else []
    )
    return f"<failure type={_attr(finding.status)} message={_attr(message)}>{chr(10).join(_text(line) for line in lines)}</failure>"


def _skipped(finding: Finding, message: str, why: str) -> str:
    return f"<skipped type={_attr(finding.status)} message={_attr(f'{why}{message}' if why else message)}/>"


def _attr(text: str) -> str:
    return quoteattr(visible(text))


def _text(text: str) -> str:
    return escape(visible(text))
