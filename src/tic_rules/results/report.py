"""A report: one centre (or a programme) held against one rule set on a day."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pydantic_core import to_json

from tic_rules.core.errors import UsageError, clip, fault, visible
from tic_rules.core.scalars import Json
from tic_rules.model.rulefile import BEARERS, PHASES
from tic_rules.results.finding import KEYS, Finding, value_schema
from tic_rules.results.parts import (
    STATUSES,
    VERDICTS,
    AboutCentre,
    AboutProgramme,
    AboutRules,
    Consequence,
    Notice,
    Part,
    Parts,
    Provenance,
    Settings,
    Status,
    Tool,
    Verdict,
    part,
    plain,
)
from tic_rules.results.waiting import Wait, Waiting, waiting_of

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

    from tic_rules.results.frame import Backend

SCHEMA_VERSION = 1


class About(NamedTuple):
    """What a report is about. `centre` and `programme`: one of them is None."""

    tool: Tool
    centre: AboutCentre | None
    programme: AboutProgramme | None
    ruleset: AboutRules
    as_of: str


class Report:
    """A centre (or a programme) held against a rule set. Iterates over its findings;
    `report["investment-2y"]` is one of them.

    A report does not change; two are equal where they say the same. `subject` is the data that was checked: a
    report that was read back, or that came from another process, has none."""

    tool: Tool
    centre: AboutCentre | None
    programme: AboutProgramme | None
    ruleset: AboutRules
    as_of: str
    subject: Any

    def __init__(
        self,
        about: About,
        findings: Callable[[], tuple[Finding, ...]],
        statuses: Mapping[str, Status],
        consequences: Callable[[tuple[Finding, ...]], list[Consequence]],
        warnings: Callable[[], tuple[Notice, ...]],
        subject: Any = None,
        provenance: Callable[[], Provenance | None] = lambda: None,
    ) -> None:
        """What is a function is made when it is first looked at: findings, consequences (of the findings),
        warnings, provenance.

        `statuses` are those of the findings."""
        self.__dict__.update(about._asdict(), subject=subject)
        self._findings, self._statuses = findings, statuses
        self._consequences, self._warnings = consequences, warnings
        self._provenance = provenance
        self._data_verdict: Verdict | None = None
        self._waiting: Waiting | None = None

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_"):
            raise AttributeError(f"a report does not change; {name} cannot be set")
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a report does not change; {name} cannot be deleted")

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """A finding for every rule, in the rule set's order."""
        return self._findings()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """A report of what `as_dict` gives; findings may lack keys that nobody will look at."""
        centre, programme = (part(data[key]) if data.get(key) else None for key in ("centre", "programme"))
        about = About(part(data["tool"]), centre, programme, part(data["ruleset"]), data["as_of"])
        consequences = part(data["consequences"], Consequence)
        warnings = tuple(part(data["warnings"], Notice))
        findings = tuple(map(Finding.from_dict, data["findings"]))
        statuses = {finding.id: finding.status for finding in findings}
        given = part(data.get("provenance"), Provenance)
        report = cls(
            about, lambda: findings, statuses, lambda _: consequences, lambda: warnings, None, lambda: given
        )
        report._data_verdict = data.get("data_verdict")
        report._waiting = _waiting_part(data.get("waiting"))
        return report

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """A report of what `to_json` wrote. Raises ValueError where the text is no JSON or no report."""
        from tic_rules.results.shape import require  # only where a report of others is read

        try:
            data = json.loads(text)
        except RecursionError:
            raise ValueError("this is no report: nested too deep") from None
        require(data, "report")
        return cls.from_dict(data)

    # --- findings -------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self._statuses)

    @cached_property
    def _by_id(self) -> dict[str, Finding]:
        return {finding.id: finding for finding in self.findings}

    def __getitem__(self, rule: str) -> Finding:
        """The finding of a rule, by its id with or without the rule set's before it. Raises KeyError."""
        return self._by_id[str(rule).removeprefix(f"{self.ruleset['id']}/")]

    def __contains__(self, rule: object) -> bool:
        """Whether there is a finding of a rule, or this finding."""
        return any(rule in (finding.id, finding.rule, finding) for finding in self.findings)

    @property
    def statuses(self) -> dict[str, Status]:
        """The status of every rule, by its id."""
        return dict(self._statuses)

    @property
    def summary(self) -> Part:
        """How many findings have each status."""
        counted = Counter(self._statuses.values())
        return Part({status: counted[status] for status in STATUSES})

    # --- verdicts -------------------------------------------------------------------------------------------

    @property
    def verdict(self) -> Verdict:
        """The verdict over all rules that count."""
        return self._verdicts[""] or "compliant"

    @property
    def data_verdict(self) -> Verdict:
        """The verdict over the rules that data decides, without those that wait for a judgement."""
        if self._data_verdict is not None:
            return self._data_verdict
        counted = {finding.status for finding in self.findings if finding.counts and not finding.judged}
        return verdict_of(counted) or "compliant"

    @cached_property
    def waiting(self) -> Waiting:
        """What the report waits for: missing data, judgements, and why the verdict is what it is."""
        return self._waiting or waiting_of(self.findings)

    @property
    def bearers(self) -> Part:
        """The verdict of each bearer; None where no rule of it counts."""
        return Part({bearer: self._verdicts.get(bearer) for bearer in BEARERS})

    @property
    def phases(self) -> Part:
        """The verdict of each phase; None where no rule of it counts."""
        return Part({phase: self._verdicts.get(phase) for phase in PHASES})

    @cached_property
    def _verdicts(self) -> dict[str, Verdict | None]:
        """The verdicts by bearer and by phase, and that of the whole under an empty name."""
        statuses: dict[str, set[Status]] = {"": set()}
        for finding in self.findings:
            if finding.counts:
                for name in ("", _counts_under(finding), finding.phase):
                    statuses.setdefault(name, set()).add(finding.status)
        return {name: verdict_of(counted) for name, counted in statuses.items()}

    def only_phase(self, phase: str) -> Report:
        """The report of one phase: its findings and their verdict. Raises UsageError for what is no phase."""
        if phase not in PHASES:
            names = ", ".join(PHASES)
            zh = f"没有阶段 {phase}；阶段为：{names}"
            raise fault(UsageError, "phase", zh, f"no phase {phase}; the phases are: {names}")
        findings = tuple(finding for finding in self.findings if finding.phase == phase)
        rules = {finding.rule for finding in findings}
        report = Report(
            About(self.tool, self.centre, self.programme, self.ruleset, self.as_of),
            lambda: findings,
            {finding.id: finding.status for finding in findings},
            lambda _: [each for each in self.consequences if each["rule"] in rules],
            self._warnings,
            self.subject,
            partial(_of_phase, self, phase),
        )
        if self._waiting is not None:
            report._waiting = waiting_of(findings, self._waiting)
        return report

    # --- what follows, and what has no effect ---------------------------------------------------------------

    @cached_property
    def consequences(self) -> list[Consequence]:
        """The consequences that follow, with the chain that led to each and its amount."""
        return Parts(self._consequences(self.findings))

    @cached_property
    def warnings(self) -> tuple[Notice, ...]:
        """What the data says without effect: late dates, unused exemptions, unknown rules."""
        return self._warnings()

    @cached_property
    def provenance(self) -> Provenance | None:
        """Digests of data, rule file and official text, and the settings; None for a report without."""
        return self._provenance()

    # --- as data --------------------------------------------------------------------------------------------

    def as_dict(self) -> Json:
        """The report as plain JSON values; the same input gives the same keys in the same order."""
        about: dict[str, object] = {"tool": self.tool, "centre": self.centre}
        if self.programme is not None:
            about["programme"] = self.programme
        about |= {
            "ruleset": self.ruleset,
            "as_of": self.as_of,
            "verdict": self.verdict,
            "data_verdict": self.data_verdict,
            "bearers": self.bearers,
            "phases": self.phases,
            "summary": self.summary,
            "waiting": self.waiting,
        }
        findings = [finding.as_dict() for finding in self.findings]
        ends = {"consequences": plain(self.consequences), "warnings": plain(self.warnings)}
        if self.provenance is not None:
            ends["provenance"] = plain(self.provenance)
        return {**{key: plain(value) for key, value in about.items()}, "findings": findings, **ends}

    def to_json(self, *, indent: int | None = 2, margin: str = "") -> str:
        """The report as JSON: equal input, equal bytes. `margin` stands before every line but the first."""
        written = to_json(self.as_dict(), indent=indent or 0)
        if indent is None:  # one line with blanks, as `json.dumps` has it; texts have their line ends escaped
            return written.replace(b",\n", b", ").replace(b"\n", b"").decode()
        return written.replace(b"\n", f"\n{margin}".encode()).decode() if margin else written.decode()

    def to_frame(self, backend: Backend = "polars") -> Any:
        """The findings as a table, one row each: of polars, pandas or pyarrow. Raises UsageError for any
        other, and where the extra `frames`, or the library asked for, is not installed."""
        from tic_rules.results.frame import frame_of

        return frame_of(self, backend)

    def _repr_html_(self) -> str:
        """The report as a notebook shows it."""
        from tic_rules.results.notebook import page_part

        return page_part(self)

    def __eq__(self, other: object) -> bool:
        return self.as_dict() == other.as_dict() if isinstance(other, Report) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.ruleset["id"], self.as_of, self.findings))

    def __repr__(self) -> str:
        about: Part = self.centre or self.programme or Part()
        name = about.get("name") or about.get("id") or about.get("file") or "?"
        return (
            f"<Report {clip(visible(str(name)))} against {self.ruleset['id']} on {self.as_of}: "
            f"{self.verdict}>"
        )

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.as_dict(), [finding.of_rule for finding in self.findings])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return value_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        from tic_rules.results.schemas import one_report_schema

        return one_report_schema()


def _again(cls: type[Report], data: Json, of_rules: list[Json]) -> Report:
    """A report that comes from another process, whose findings know of their rules."""
    report = cls.from_dict(data)
    for finding, values in zip(report.findings, of_rules, strict=True):
        finding.__dict__.update(values)
    return report


def _waiting_part(data: Json | None) -> Waiting | None:
    if data is None:
        return None
    given: Waiting = part({**data, "data": []}, Waiting)
    return Waiting({**given, "data": part(data["data"], Wait)})


def _of_phase(report: Report, phase: str) -> Provenance | None:
    """The provenance of one phase of a report."""
    given = report.provenance
    return given and Provenance({**given, "settings": Settings({**given.settings, "phase": phase})})


def _counts_under(finding: Finding) -> str:
    """Whose verdict a finding counts for: a consequence for the centre, not the authority that draws it."""
    return "centre" if finding.kind == "consequence" and finding.bearer != "programme" else finding.bearer


def verdict_of(statuses: set[Status]) -> Verdict | None:
    """The verdict over the statuses of findings that count; None where there are none."""
    if not statuses:
        return None
    if "fail" in statuses:
        return "non_compliant"
    if "unknown" in statuses or "needs_review" in statuses:
        return "undetermined"
    return "on_course" if "pending" in statuses else "compliant"


__all__ = ["KEYS", "SCHEMA_VERSION", "STATUSES", "VERDICTS", "About", "Finding", "Part", "Report", "Verdict"]
