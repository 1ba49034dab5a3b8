"""SARIF 2.1.0, for code scanning and editors: a result for each finding that is not a pass, at the datum or
the nearest key.

A result's `kind` says what the finding is; by the standard only a failure has a level. The results of a run
are spooled to a temporary file, so that memory does not grow with the number of centres."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator

from tic_rules.core.errors import Diagnostic, visible
from tic_rules.core.scalars import Json
from tic_rules.renderers import FinishedRun, Options, sinks
from tic_rules.renderers.about import about_of
from tic_rules.renderers.places import FilePlace, place_of, placed, uri
from tic_rules.renderers.sarif_tool import SarifTool, artifact, rule_location, rule_of
from tic_rules.renderers.spool import Spool
from tic_rules.results.baseline import centre_key
from tic_rules.results.labels import STATUS
from tic_rules.results.parts import Notice, Part
from tic_rules.results.report import Finding, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
KINDS = {
    "fail": "fail",
    "exempted": "fail",
    "pending": "informational",
    "unknown": "open",
    "needs_review": "review",
    "not_applicable": "notApplicable",
}
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")


def piece(report: Report, options: Options, first: bool = True) -> Json:
    """The results of a report, the warnings about its data and, the first time, the rules of the rule set."""
    ruleset, shown = report.ruleset, [finding for finding in report if finding.status != "pass"]
    return {
        "document": {**ruleset.document, "id": ruleset.id, "version": ruleset.version},
        "rules": [rule_of(finding, options.lang) for finding in report] if first else [],
        "results": [(finding.rule, _result(report, finding, options)) for finding in shown],
        "notes": [_note(warning, options.lang) for warning in report.warnings],
    }


class SarifWriter:
    """One run of the tool; the rules of every rule set that was used stand in its driver."""

    def __init__(self, options: Options) -> None:
        self.options, self.tool, self.notes = options, SarifTool(options.lang), list[Json]()
        self.spool = Spool()
        self.count = 0

    def add(self, piece: Json) -> str:
        self.tool.learn(piece["document"], piece["rules"])
        self.notes.extend(piece["notes"])
        for rule, result in piece["results"]:
            head, taxa = {"ruleId": rule, "ruleIndex": self.tool.index(rule)}, [self.tool.clause(rule)]
            text = sinks.as_json({**head, **result, "taxa": taxa}, indent=None).rstrip()
            self.spool.add((",\n" if self.count else "") + "        " + text)
            self.count += 1
        return ""

    def end(self, run: FinishedRun) -> Iterator[str]:
        lang = self.options.lang
        notes = [_diagnostic(one, lang) for one in run.diagnostics] + self.notes
        about = {
            **self.tool.parts(notes),
            "language": "zh-CN" if lang == "zh" else "en-US",
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": self.tool.bases(),
            "invocations": [
                {"executionSuccessful": not run.diagnostics, "toolExecutionNotifications": notes}
            ],
        }
        body = json.dumps(about, ensure_ascii=False, indent=2).replace("\n", "\n    ")
        yield f'{{\n  "$schema": "{SCHEMA}",\n  "version": "2.1.0",\n  "runs": [\n    '
        yield f'{body[:-6]},\n      "results": ['
        if self.count:
            yield "\n"
        yield from self.spool.whole()
        yield ("\n      " if self.count else "") + "]\n    }\n  ]\n}\n"

    def close(self) -> None:
        self.spool.close()


# --- results ----------------------------------------------------------------------------------


def _result(report: Report, finding: Finding, options: Options) -> Json:
    lang, about = options.lang, about_of(report)
    place = place_of(finding, about.get("file"))
    clause, cited = finding.citation["locator"], "依据" if lang == "zh" else "Clause"
    print_ = _fingerprint(report, finding.rule)
    result: Json = {
        "kind": KINDS[finding.status],
        "level": _level(finding),
        "message": {"text": f"{_plain(finding.message.in_(lang))} {cited} [{clause}](1)"},
        "locations": [_location(place, (finding.place or Part()).get("path"))] if place else [],
        "relatedLocations": [rule_location(finding) | {"id": 1}],
        "partialFingerprints": {"ticRulesFinding/v1": print_, "primaryLocationLineHash": f"{print_[:16]}:1"},
        "fingerprints": {"ticRulesFinding/v1": print_},
    }
    if finding.status == "exempted":
        result["suppressions"] = [
            {"kind": "inSource", "status": "accepted", "justification": visible(finding.detail.in_(lang))}
        ]
    if options.baseline is not None and finding.counts:
        result["baselineState"] = "unchanged" if options.is_known(report, finding) else "new"
    new_rule = options.new_rule(finding) if result.get("baselineState") == "new" else None
    shown = ("observed", "required", "gap", "deadline", "days_left", "lacking", "missing")
    result["properties"] = {
        "status": finding.status,
        "statusText": STATUS[finding.status].in_(lang),
        "centre": {key: about.get(key) for key in ("id", "name") if about.get(key)},
        "asOf": report.as_of,
        "remedy": finding.remedy.in_(lang),
        **{key: value for key in shown if (value := getattr(finding, key))},
        **({"newRuleSince": new_rule} if new_rule else {}),
    }
    return result


def _level(finding: Finding) -> str:
    """A failure that counts, exempted or not, is an error, one that does not a note; else no level."""
    if finding.status == "exempted":
        return "error"
    return "none" if finding.status != "fail" else "error" if finding.severity == "error" else "note"


def _fingerprint(report: Report, rule: str) -> str:
    """The same for a centre and a rule, wherever the line moves and whatever the numbers say; a centre
    without an id is known by its place in the folders too."""
    about, centre = about_of(report), centre_key(report)
    if about.get("file") and not about.get("id"):
        centre = f"{uri(about['file'])[0]}\0{centre}"
    return hashlib.sha256(f"{centre}\0{rule}".encode("utf-8", "surrogatepass")).hexdigest()


def _plain(text: str) -> str:
    """A text in which a viewer finds no link of a stranger's."""
    return _LINK.sub(r"\\[", visible(text))


def _location(place: FilePlace, path: str | None) -> Json:
    physical: Json = {"artifactLocation": artifact(place.file)}
    result: Json = {"physicalLocation": physical}
    if place.line and not place.cell:
        region = zip(("startLine", "startColumn", "endLine", "endColumn"), place[1:5], strict=True)
        physical["region"] = {key: number for key, number in region if number}
    name = place.cell or path
    if name:
        result["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "member"}]
    return result


# --- notifications ----------------------------------------------------------------------------


def _diagnostic(diagnostic: Diagnostic, lang: str) -> Json:
    """A file that could not be used, or a part of one."""
    code, message, file, line, column, path, cell = diagnostic
    place = placed(file, line or None, column or None, cell=cell or None)
    return _notification("error", code, message.in_(lang), place, path)


def _note(warning: Notice, lang: str) -> Json:
    place = placed(warning.file or "", warning.line, warning.column, cell=warning.get("cell"))
    return _notification("warning", warning.code, warning.message.in_(lang), place, warning.path)


def _notification(level: str, code: str, text: str, place: FilePlace, path: str | None) -> Json:
    result: Json = {"level": level, "message": {"text": _plain(text)}, "descriptor": {"id": code}}
    if place.file:
        result["locations"] = [_location(place, path)]
    return result
