"""What a run over many centres comes to: centres by verdict, the clauses that failed most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tic_rules.core.errors import Text, visible
from tic_rules.renderers.about import about_of, document_of
from tic_rules.results.baseline import centre_key
from tic_rules.results.labels import VERDICT
from tic_rules.results.report import VERDICTS, Report

if TYPE_CHECKING:
    from tic_rules.renderers import Options

MOST = 10
"""How many of the clauses that failed most are shown."""


@dataclass(slots=True)
class ByCentre:
    """Centres counted by verdict. The reports of one centre come one after the other; the worst counts."""

    counted: Counter[str] = field(default_factory=Counter)
    _last: tuple[object, str] | None = None

    def add(self, report: Report, verdict: str) -> None:
        centre = (about_of(report).get("file"), centre_key(report))
        if self._last is not None and self._last[0] == centre:
            before = self._last[1]
            self.counted[before] -= 1
            verdict = min(before, verdict, key=VERDICTS.index)
        self.counted[verdict] += 1
        self._last = centre, verdict

    def in_order(self) -> list[tuple[str, int]]:
        """The verdicts from the worst on, with their numbers."""
        return [(verdict, self.counted[verdict]) for verdict in VERDICTS if self.counted[verdict]]


@dataclass(slots=True)
class Tally:
    """Counts to be added up across processes; they grow with the number of rules, not of centres."""

    reports: int = 0
    broken: int = 0
    new: int = 0
    of_new_rules: int = 0
    in_baseline: int = 0
    centres: ByCentre = field(default_factory=ByCentre)
    failed: Counter[str] = field(default_factory=Counter)
    rules: dict[str, tuple[str, Text, Text]] = field(default_factory=dict)

    def add(self, report: Report, options: Options) -> None:
        """Count a report. A programme is no centre: of it only what the baseline has, or has not, counts."""
        self.reports += 1
        of_centre = report.programme is None
        if of_centre:
            self.centres.add(report, options.verdict_of(report))
        for finding in report:
            if finding.status == "fail" and finding.counts and of_centre:
                self.failed[finding.rule] += 1
                if finding.rule not in self.rules:
                    locator = finding.citation["locator"]
                    self.rules[finding.rule] = locator, finding.title, document_of(report)
            if options.blocks(finding):
                in_baseline = options.is_known(report, finding)
                of_new_rule = not in_baseline and options.new_rule(finding) is not None
                self.in_baseline += in_baseline
                self.of_new_rules += of_new_rule
                self.new += not in_baseline and not of_new_rule

    def merge(self, other: Tally) -> None:
        """Add the counts of further centres."""
        self.reports += other.reports
        self.broken += other.broken
        self.new += other.new
        self.of_new_rules += other.of_new_rules
        self.in_baseline += other.in_baseline
        self.centres.counted.update(other.centres.counted)
        self.failed.update(other.failed)
        self.rules |= other.rules

    @property
    def fails(self) -> bool:
        """Whether anything fails the run: what the baseline does not have, of new rules or of old ones."""
        return bool(self.new or self.of_new_rules)

    @property
    def many(self) -> bool:
        """Whether there is anything to sum up."""
        return self.centres.counted.total() + self.broken > 1

    def verdicts(self, lang: str) -> Iterator[tuple[str, int]]:
        """Centres by verdict, from the worst on; files that could not be checked last."""
        yield from ((VERDICT[verdict].in_(lang), number) for verdict, number in self.centres.in_order())
        if self.broken:
            yield "无法检查的文件" if lang == "zh" else "files that could not be checked", self.broken

    def worst(self, lang: str) -> list[tuple[int, str, str, str]]:
        """The clauses that failed most: how often, document and locator, title, rule."""
        worst = []
        for rule, number in sorted(self.failed.items(), key=lambda item: (-item[1], item[0]))[:MOST]:
            locator, title, document = self.rules[rule]
            placed = Text(f"{document.zh}{locator}", f"{document.en} {locator}")
            worst.append((number, placed.in_(lang), visible(title.in_(lang)), rule))
        return worst

    def against_baseline(self, lang: str) -> str:
        """How many of the findings that fail the run the baseline has, how many are new, and of new rules."""
        if lang == "zh":
            more = f"，基线之后新增的规则 {self.of_new_rules} 项" if self.of_new_rules else ""
            return f"基线内 {self.in_baseline} 项，新增 {self.new} 项{more}"
        more = f", of rules that are new since {self.of_new_rules}" if self.of_new_rules else ""
        return f"In the baseline {self.in_baseline}, new {self.new}{more}"
