"""A baseline: the findings that are known and tolerated, so that only new ones fail a run.

A finding is known by centre and rule, with what it concerns: years, cycles, items, entries of a list. Line
numbers, amounts and wording play no part. It stays known while it gets better; a further year, a further item
or a worse status makes it new."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import NamedTuple

from tic_rules.core.errors import Diagnostic, Text, UsageError, clip
from tic_rules.core.files import read_named
from tic_rules.core.limits import MAX_ENTRIES, BadText, too_deep
from tic_rules.core.scalars import Json, is_unicode
from tic_rules.core.source import Source, decode, read_text
from tic_rules.core.version import version_numbers
from tic_rules.model.rulefile import VERSION as RULESET_VERSION
from tic_rules.results.report import Finding, Part, Report

VERSION = 1
_LARGEST = 64 * 1024 * 1024
STATUSES = ("fail", "unknown", "needs_review", "pending")
"""What a baseline records; a pass or an exemption needs no tolerance."""

_WORSE = {"pending": 0, "unknown": 1, "needs_review": 1, "fail": 2}
_KEYS = ("centre", "rule", "status", "years", "lacking", "file")
_DAY = r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|\.\.)"
_ENDLESS = "9999-12-31"
_OWED = re.compile(rf"[0-9]{{1,4}}|{_DAY}(?:/{_DAY})?")
"""A year, or what names a cycle or an entry: a day, or the two that it may be between."""


class KnownFinding(NamedTuple):
    """One known finding. `years` and `lacking` say what of the rule it concerns; empty where it concerns the
    rule as a whole. Of a cycle or an entry, `years` has the day that names it: two may fall due in one year.

    `file` is where it was found, in full; empty where that was no file, or where a baseline does not say."""

    centre: str
    rule: str
    status: str
    years: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    file: str = ""

    def of_file(self, file: str) -> bool:
        """Whether the entry may be of a file: its own, or where that has moved, not one with the same id."""
        return not self.file or not file or self.file == file or not os.path.exists(self.file)

    def covers(self, other: KnownFinding) -> bool:
        """Whether the other is the same finding, no worse than it was."""
        if (self.centre, self.rule) != (other.centre, other.rule) or _WORSE[self.status] < _WORSE[
            other.status
        ]:
            return False
        return (
            self.of_file(other.file)
            and _each_covered(self.years, other.years)
            and _concerned(other.lacking) <= _concerned(self.lacking)
        )


def _concerned(lacking: Iterable[str]) -> Counter[str]:
    """What a finding concerns, and how often: entries without a name by their list alone, because their place
    in it moves with what stands before them."""
    return Counter(re.sub("/[0-9]+", "", name) if name.startswith("/") else name for name in lacking)


def _each_covered(covered: Iterable[str], years: Iterable[str]) -> bool:
    """Whether each year or day is, or lies in, one of the known, each of which counts once."""
    free = [_span(year) for year in covered]
    for first, last in sorted(map(_span, years), key=lambda span: span[1], reverse=True):
        fits = [span for span in free if span[0] <= first and last <= span[1]]
        if not fits:
            return False
        free.remove(max(fits))
    return True


def _span(year: str) -> tuple[str, str]:
    """The days that a day may be; a year is itself."""
    first, _, last = year.partition("/")
    return "" if first == ".." else first, _ENDLESS if (last or first) == ".." else last or first


def entry_of(report: Report, finding: Finding) -> KnownFinding:
    owed = [year for year in finding.years if year["status"] == finding.status]
    years = tuple(sorted(str(year.get("of", year["year"])) for year in owed))
    lacking = tuple(sorted(finding.lacking))
    return KnownFinding(centre_key(report), finding.rule, finding.status, years, lacking, _file_of(report))


def _file_of(report: Report) -> str:
    """The file of a report in full; empty where its data came from none."""
    about = report.centre or report.programme or Part()
    file = str(about.get("file") or "")
    return os.path.abspath(file) if file and not file.startswith("<") else ""


def centre_key(report: Report) -> str:
    """The id of a centre, else the name of its file with its own, and which it is of those called so in its
    file: what stays the same when a file is edited or moved."""
    about = report.centre or report.programme or Part()
    nth = report.subject._nth if report.subject is not None else 1
    which = f"#{nth}" if nth > 1 else ""
    if about.get("id"):
        return str(about["id"]) + which
    file, name = PurePath(str(about.get("file") or "")).name or "?", about.get("name")
    return file + which + (f":{name}" if name else "")


def entries_of(report: Report) -> list[KnownFinding]:
    """What a baseline records of a report: the findings that count and are not as they should be."""
    return [entry_of(report, finding) for finding in report if finding.counts and finding.status in STATUSES]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The known findings, by centre and rule."""

    file: str
    entries: dict[tuple[str, str], tuple[KnownFinding, ...]]
    versions: Mapping[str, str] = field(default_factory=dict)
    """The rule sets that the baseline was written by, with their versions; older ones have none."""

    def new_rule(self, finding: Finding) -> str | None:
        """The version that brought the finding's rule, where that is later than what wrote the baseline."""
        ruleset = finding.rule.partition("/")[0]
        if finding.new_in is None or (self.versions and ruleset not in self.versions):
            return None
        before = self.versions.get(ruleset)
        return (
            finding.new_in
            if before is None or version_numbers(before) < version_numbers(finding.new_in)
            else None
        )

    def covers(self, report: Report, finding: Finding) -> bool:
        """Whether a finding is known."""
        entries = self.entries.get((centre_key(report), finding.rule))
        if entries is None or finding.status not in STATUSES:
            return False
        new = entry_of(report, finding)
        return any(entry.covers(new) for entry in entries)

    def about(self, report: Report) -> list[KnownFinding]:
        """The entries that a report speaks of: its centre's and its file's, of the rules that it decided."""
        who, file = centre_key(report), _file_of(report)
        return [
            entry
            for finding in report
            for entry in self.entries.get((who, finding.rule), ())
            if entry.of_file(file)
        ]

    def stale(self, report: Report) -> list[KnownFinding]:
        """The entries that no finding of the report needs any longer."""
        still = {entry.rule for entry in entries_of(report)}
        return [entry for entry in self.about(report) if entry.rule not in still]


def baseline_of(
    file: str, entries: Iterable[KnownFinding], versions: Mapping[str, str] | None = None
) -> Baseline:
    by_rule: dict[tuple[str, str], tuple[KnownFinding, ...]] = {}
    for entry in sorted(set(entries)):
        key = (entry.centre, entry.rule)
        by_rule[key] = (*by_rule.get(key, ()), entry)
    return Baseline(file, by_rule, versions or {})


# --- the file -----------------------------------------------------------------------------------------------


def baseline_text(entries: Iterable[KnownFinding], path: str, versions: Mapping[str, str]) -> str:
    """A baseline as JSON, one entry a line, so that a change of it reads well in a review. Files are told
    from where it will lie; `versions` are those of the rule sets that decided."""
    lines = []
    for entry in sorted(set(entries)):
        said: dict[str, object] = {
            key: value for key, value in zip(_KEYS, entry, strict=True) if value not in ((), "")
        }
        if entry.years:
            said["years"] = [int(year) if year.isdigit() else year for year in entry.years]
        if entry.file:
            said["file"] = PurePath(
                os.path.relpath(entry.file, os.path.dirname(os.path.abspath(path)))
            ).as_posix()
        lines.append("    " + json.dumps(said, ensure_ascii=False))
    listed = "[\n" + ",\n".join(lines) + "\n  ]" if lines else "[]"
    by = json.dumps(dict(sorted(versions.items())))
    return f'{{\n  "schema_version": {VERSION},\n  "rulesets": {by},\n  "baseline": {listed}\n}}\n'


def read_baseline(path: str) -> Baseline:
    """A baseline from its file. Raises UsageError with every fault, at its line; of a large one, whose places
    would take more than its entries, at its entry."""
    try:
        text = decode(read_named(path, UsageError, _LARGEST), path, _LARGEST)
        large = text.count(",") > MAX_ENTRIES
        source = _without_places(text, path) if large else read_text(text, path, json_text=True)
    except UsageError as error:
        hint = Text("；用 --write-baseline 生成基线文件", "; --write-baseline makes a baseline")
        raise UsageError(
            d._replace(message=Text(d.message.zh + hint.zh, d.message.en + hint.en))
            for d in error.diagnostics
        ) from None
    except BadText as error:
        raise UsageError(error.diagnostics) from None
    data, faults = source.data, list[Diagnostic]()
    listed = data.get("baseline") if isinstance(data, dict) else None
    if not isinstance(listed, list) or str(data.get("schema_version")) != str(VERSION):
        zh, en = "不是第1版的基线文件", "this is not a baseline of version 1"
        raise UsageError([source.fault("baseline", zh, en, ())])
    entries = [_entry(item, source, index, faults) for index, item in enumerate(listed)]
    versions = _versions(data, source, faults)
    if faults:
        raise UsageError(faults)
    return baseline_of(path, [entry for entry in entries if entry is not None], versions)


def _without_places(text: str, path: str) -> Source:
    """As `read_text` reads JSON: what is no text is kept as it is written. Raises BadText."""

    def once(pairs: list[tuple[str, object]]) -> Json:
        if len(mapping := dict(pairs)) < len(pairs):
            key = next(key for at, (key, _) in enumerate(pairs) if key in dict(pairs[:at]))
            said = Text(f"键 {clip(key)} 重复", f"key {clip(key)} is given twice")
            raise BadText([Diagnostic("duplicate-key", said, path)])
        return mapping

    try:
        data = json.loads(text, object_pairs_hook=once, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        said = Text("JSON 语法错误", f"JSON syntax error: {error.msg}")
        raise BadText([Diagnostic("json", said, path, error.lineno, error.colno)]) from None
    except RecursionError:
        raise BadText([too_deep(path, 1, 1)]) from None
    return Source(path, None, data)


def _versions(data: Json, source: Source, faults: list[Diagnostic]) -> dict[str, str]:
    """The rule sets that wrote the baseline, by their versions; none where it does not say."""
    versions = data.get("rulesets", {})
    if isinstance(versions, dict) and all(
        re.fullmatch(RULESET_VERSION, str(version)) for version in versions.values()
    ):
        return {str(name): str(version) for name, version in versions.items()}
    zh, en = "应为规则集和版本，例如 example_2024: 2.0.0", "rule sets and versions: example_2024: 2.0.0"
    faults.append(source.fault("baseline", zh, en, ("rulesets",)))
    return {}


def _entry(item: object, source: Source, index: int, faults: list[Diagnostic]) -> KnownFinding | None:
    at = ("baseline", index)
    if not isinstance(item, dict) or not all(isinstance(item.get(key), str) for key in _KEYS[:3]):
        zh, en = "每条要有 centre、rule、status", "an entry has centre, rule and status"
        faults.append(source.fault("baseline", zh, en, at))
        return None
    years, lacking, file = item.get("years", []), item.get("lacking", []), item.get("file", "")
    fits = (
        item["status"] in STATUSES
        and isinstance(file, str)
        and all(is_unicode(text) for text in (item["centre"], item["rule"], file))
        and all(
            isinstance(listed, list) and all(isinstance(i, str) and is_unicode(i) for i in listed)
            for listed in (years, lacking)
        )
    )
    if not fits or not all(_OWED.fullmatch(year) for year in years) or item.keys() - set(_KEYS):
        zh = f"条目的键或取值不对；键：{'、'.join(_KEYS)}"
        en = f"a key or a value does not fit; the keys are {', '.join(_KEYS)}"
        faults.append(source.fault("baseline", zh, en, at))
        return None
    return KnownFinding(
        str(item["centre"]),
        str(item["rule"]),
        str(item["status"]),
        tuple(years),
        tuple(lacking),
        os.path.abspath(os.path.join(os.path.dirname(source.file), file)) if file else "",
    )
