"""A report: one centre (or a programme) held against one rule set on a day."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from pydantic_core import to_json

from tic_rules.core.errors import UsageError, clip, fault, visible
from tic_rules.core.scalars import Json
from tic_rules.model.rulefile import BEARERS, PHASES
from tic_rules.results.finding import KEYS, Finding, Value, made
from tic_rules.results.outstanding import Wait, Waiting, waiting_of
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

if TYPE_CHECKING:
    from tic_rules.results.frame import Backend

SCHEMA_VERSION = 1
_ABOUT: Mapping[str, type[Part]] = {
    "tool": Tool, "centre": AboutCentre, "programme": AboutProgramme, "ruleset": AboutRules,
}  # fmt: skip


class Report(Value):
    """A centre (or a programme) held against a rule set. Iterates over its findings;
    `report["investment-2y"]` is one of them.

    A report does not change; two are equal where they say the same. `subject` is the data that was checked: a
    report that was read back, or that came from another process, has none."""

    _called = "report"
    tool: Tool
    centre: AboutCentre | None
    programme: AboutProgramme | None
    """What a report is about: one of them is None."""
    ruleset: AboutRules
    as_of: str
    subject: Any
    _makers: Mapping[str, Callable[[Report], object]]
    _whole: Waiting | None = None
    """Of a report of one phase, what the whole waits for, as far as it is known."""
    findings: tuple[Finding, ...] = made("findings")
    """A finding for every rule, in the rule set's order."""
    consequences: list[Consequence] = made("consequences")
    """The consequences that follow, with the chain that led to each and its amount."""
    warnings: tuple[Notice, ...] = made("warnings")
    """What the data says without effect: late dates, unused exemptions, unknown rules."""
    provenance: Provenance | None = made("provenance")
    """Digests of data, rule file and official text, and the settings; None for a report without."""

    def __init__(self, values: Mapping[str, object], **makers: Callable[[Report], object]) -> None:
        """`values` are attributes by name; a function of the report makes one when it is first looked at.

        `_statuses`, where they are given, are those of the findings, before these are made."""
        self.__dict__.update(values, _makers=makers)

    def _make(self, of: str) -> Mapping[str, object]:
        return {of: self._makers[of](self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """A report of what `as_dict` gives; findings may lack keys that nobody will look at.

        Raises ValueError where a key that every report has is missing, or one has a value of another
        shape."""
        from tic_rules.results.shape import require  # only where data of others is read

        require(data, "report", "ruleset", "as_of", "findings", "consequences", "warnings")
        return cls._of(data, Finding.from_dict)

    @classmethod
    def _of(
        cls, data: Mapping[str, Any], finding: Callable[[Mapping[str, Any]], Finding] = Finding._of
    ) -> Self:
        values = {key: data[key] for key in ("data_verdict", "waiting") if data.get(key) is not None}
        if "waiting" in values:
            given: Waiting = part({**values["waiting"], "data": []}, Waiting)
            values["waiting"] = Waiting({**given, "data": part(data["waiting"]["data"], Wait)})
        return cls(
            {
                **{key: part(data.get(key) or None, kind) for key, kind in _ABOUT.items()},
                "as_of": data["as_of"],
                "subject": None,
                "findings": tuple(map(finding, data["findings"])),
                "consequences": part(data["consequences"], Consequence),
                "warnings": tuple(part(data["warnings"], Notice)),
                "provenance": part(data.get("provenance"), Provenance),
                **values,
            }
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """A report of what `to_json` wrote. Raises ValueError where the text is no JSON or no report."""
        from tic_rules.results.shape import require  # only where a report of others is read

        try:
            data = json.loads(text)
        except RecursionError:
            raise ValueError("this is no report: nested too deep") from None
        require(data, "report")
        return cls._of(data)

    # --- findings -------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self._statuses)

    @cached_property
    def _statuses(self) -> dict[str, Status]:
        return {finding.id: finding.status for finding in self.findings}

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

    @cached_property
    def data_verdict(self) -> Verdict:
        """The verdict over the rules that data decides, without those that wait for a judgement."""
        counted = {finding.status for finding in self.findings if finding.counts and not finding.judged}
        return verdict_of(counted) or "compliant"

    @cached_property
    def waiting(self) -> Waiting:
        """What the report waits for: missing data, judgements, and why the verdict is what it is."""
        return waiting_of(self.findings, self._whole)

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
        kept = ("tool", "centre", "programme", "ruleset", "as_of", "subject")
        return Report(
            {
                **{name: getattr(self, name) for name in kept},
                "findings": findings,
                "_whole": self.__dict__.get("waiting"),
            },
            consequences=lambda _: Parts(one for one in self.consequences if one["rule"] in rules),
            warnings=lambda _: self.warnings,
            provenance=lambda _: _of_phase(self, phase),
        )

    # --- as data --------------------------------------------------------------------------------------------

    def as_dict(self) -> Json:
        """The report as plain JSON values; the same input gives the same keys in the same order."""
        return self._as_dict([finding.as_dict() for finding in self.findings])

    def _as_dict(self, findings: list[Json]) -> Json:
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
        ends = {"consequences": plain(self.consequences), "warnings": plain(self.warnings)}
        if self.provenance is not None:
            ends["provenance"] = plain(self.provenance)
        return {**{key: plain(value) for key, value in about.items()}, "findings": findings, **ends}

    def to_json(self, *, indent: int | None = 2, margin: str = "") -> str:
        """The report as JSON: equal input, equal bytes. `margin` stands before every line but the first."""
        written = to_json(self.as_dict(), indent=max(indent or 0, 0))
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
        return type(self)._of, (self._as_dict([]),), {"findings": self.findings}


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


__all__ = ["KEYS", "SCHEMA_VERSION", "STATUSES", "VERDICTS", "Finding", "Part", "Report", "Verdict"]
