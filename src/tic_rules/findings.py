"""What a check gives back: a report of findings. Values are exactly those of the JSON; texts and traces are made when looked at."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tic_rules.errors import Text

SCHEMA_VERSION = 1

STATUSES = ("pass", "fail", "pending", "unknown", "needs_review", "not_applicable", "exempted")
VERDICTS = ("non_compliant", "undetermined", "on_course", "compliant")
"""From the worst on."""

KEYS = (
    "rule", "status", "severity", "kind", "modality", "bearer", "topic", "phase", "title", "message", "detail", "remedy", "citation", "observed", "required",
    "gap", "progress", "deadline", "days_left", "window", "reached_on", "reading", "years", "lacking", "place", "data", "sources", "missing", "trace",
)  # fmt: skip
"""The keys of a finding, in the order of the JSON; each is an attribute too."""


class Part(dict[str, Any]):
    """A mapping of a report whose keys are attributes too: `finding.citation.locator`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Finding:
    """One rule decided for one centre. Attributes are the keys of the JSON (see `KEYS`)."""

    __slots__ = ("_cache", "_make", "bearer", "kind", "modality", "phase", "rule", "severity", "status", "topic")

    def __init__(self, rule: str, status: str, kind: str, modality: str, bearer: str, topic: str, phase: str, make: Callable[[str], Any]) -> None:
        self.rule, self.status, self.kind, self.modality, self.bearer, self.topic, self.phase = rule, status, kind, modality, bearer, topic, phase
        self.severity = None if status != "fail" else "error" if modality in ("must", "in_principle") else "note"
        self._make = make
        self._cache: dict[str, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if name not in _MADE:
            raise AttributeError(f"a finding has no {name}")
        cache = self._cache
        if cache is None:
            cache = self._cache = {}
        elif name in cache:
            return cache[name]
        value = cache[name] = self._make(name)
        return value

    @property
    def id(self) -> str:
        """The rule's id within its rule set."""
        return self.rule.split("/", 1)[-1]

    @property
    def counts(self) -> bool:
        """Whether the verdict looks at this finding."""
        if self.status == "not_applicable" or self.modality not in ("must", "in_principle"):
            return False
        return self.kind not in ("entitlement", "target")

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain JSON values, keys in their fixed order."""
        return {key: _plain(getattr(self, key)) for key in KEYS}

    def __eq__(self, other: object) -> bool:
        return self.as_dict() == other.as_dict() if isinstance(other, Finding) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Finding {self.rule}: {self.status}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.as_dict(),)


_MADE = frozenset(KEYS) - {"rule", "status", "severity", "kind", "modality", "bearer", "topic", "phase"}


def _rebuild(data: dict[str, Any]) -> Finding:
    parts = {key: part(value) for key, value in data.items()}
    rule, status, kind, modality, bearer, topic, phase = (parts[key] for key in ("rule", "status", "kind", "modality", "bearer", "topic", "phase"))
    return Finding(rule, status, kind, modality, bearer, topic, phase, parts.__getitem__)


def part(value: Any) -> Any:
    """Plain values with mappings as `Part`, a sentence in both languages as `Text`."""
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"}:
            return Text(value["zh"], value["en"])
        return Part({key: part(item) for key, item in value.items()})
    return [part(item) for item in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


class Report:
    """A centre (or a programme) held against a rule set. Iterates over its findings; `report["investment-2y"]` is one of them."""

    __slots__ = ("_by_id", "_consequences", "_findings", "_statuses", "_warnings", "as_of", "centre", "programme", "ruleset", "subject", "tool")

    def __init__(
        self,
        tool: Part,
        centre: Part | None,
        programme: Part | None,
        ruleset: Part,
        as_of: str,
        findings: tuple[Finding, ...] | Callable[[], tuple[Finding, ...]],
        consequences: Callable[[], list[Part]],
        warnings: Callable[[], tuple[Part, ...]],
        statuses: Callable[[], dict[str, str]] | None = None,
        subject: Any = None,
    ) -> None:
        """`subject` is the data that was checked; a report that was read back, or came from another process, has none."""
        self.tool, self.centre, self.programme, self.ruleset, self.as_of = tool, centre, programme, ruleset, as_of
        self._findings, self._statuses, self._consequences, self._warnings = findings, statuses, consequences, warnings
        self.subject = subject
        self._by_id: dict[str, Finding] | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every rule of the set, in its order."""
        if not isinstance(self._findings, tuple):
            self._findings = self._findings()
        return self._findings

    @property
    def statuses(self) -> dict[str, str]:
        """The status of every rule, by its id: all that a caller needs who only counts or filters."""
        return self._statuses() if self._statuses is not None else {finding.id: finding.status for finding in self.findings}

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, rule: str) -> Finding:
        """The finding of a rule, by its id with or without the rule set's before it. Raises KeyError."""
        if self._by_id is None:
            self._by_id = {finding.id: finding for finding in self.findings}
        return self._by_id[rule.removeprefix(f"{self.ruleset['id']}/")]

    def __contains__(self, rule: object) -> bool:
        return isinstance(rule, str) and any(rule in (finding.id, finding.rule) for finding in self.findings)

    @property
    def verdict(self) -> str:
        return verdict_of(self.findings) or "compliant"

    @property
    def bearers(self) -> Part:
        """The verdict of each bearer; None where no rule of it counts."""
        from tic_rules.ruleset import BEARERS

        return Part({bearer: verdict_of(f for f in self.findings if f.bearer == bearer) for bearer in BEARERS})

    @property
    def phases(self) -> Part:
        """The verdict of each phase; None where no rule of it counts."""
        from tic_rules.ruleset import PHASES

        return Part({phase: verdict_of(f for f in self.findings if f.phase == phase) for phase in PHASES})

    @property
    def summary(self) -> Part:
        """How many findings have each status."""
        counted = Counter(finding.status for finding in self.findings)
        return Part({status: counted[status] for status in STATUSES})

    @property
    def consequences(self) -> list[Part]:
        """The consequences that follow, with the chain that led to each and its amount."""
        return self._consequences()

    @property
    def warnings(self) -> tuple[Part, ...]:
        """What the data says without effect: late dates, unused exemptions, attestations for unknown rules."""
        return self._warnings()

    def only_phase(self, phase: str) -> Report:
        """The report of one phase: its findings and the verdict over them."""
        kept = tuple(finding for finding in self.findings if finding.phase == phase)
        rules = {finding.rule for finding in kept}
        inner = self._consequences
        return Report(
            self.tool,
            self.centre,
            self.programme,
            self.ruleset,
            self.as_of,
            kept,
            lambda: [c for c in inner() if c["rule"] in rules],
            self._warnings,
            subject=self.subject,
        )

    def as_dict(self) -> dict[str, Any]:
        """The report as plain JSON values; the same input gives the same keys in the same order."""
        about: dict[str, Any] = {"tool": dict(self.tool), "centre": _plain(self.centre)}
        if self.programme is not None:
            about["programme"] = dict(self.programme)
        return about | {
            "ruleset": _plain(self.ruleset),
            "as_of": self.as_of,
            "verdict": self.verdict,
            "bearers": dict(self.bearers),
            "phases": dict(self.phases),
            "summary": dict(self.summary),
            "findings": [finding.as_dict() for finding in self.findings],
            "consequences": [_plain(c) for c in self.consequences],
            "warnings": [_plain(w) for w in self.warnings],
        }

    def to_json(self, *, indent: int | None = 2) -> str:
        """The report as JSON text: the same input gives the same bytes."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=indent)

    def __repr__(self) -> str:
        about: Part = self.centre or self.programme or Part()
        name = about.get("name") or about.get("id") or about.get("file") or "?"
        return f"<Report {name} against {self.ruleset['id']} on {self.as_of}: {self.verdict}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild_report, (self.as_dict(),)


def _rebuild_report(data: dict[str, Any]) -> Report:
    consequences, warnings = part(data["consequences"]), tuple(part(data["warnings"]))
    programme = data.get("programme")
    return Report(
        part(data["tool"]), part(data["centre"]), part(programme) if programme else None, part(data["ruleset"]), data["as_of"],
        tuple(_rebuild(f) for f in data["findings"]), lambda: consequences, lambda: warnings,
    )  # fmt: skip


def verdict_of(findings: Any) -> str | None:
    """The verdict over findings; None where none of them counts."""
    statuses = {finding.status for finding in findings if finding.counts}
    if not statuses:
        return None
    if "fail" in statuses:
        return "non_compliant"
    if statuses & {"unknown", "needs_review"}:
        return "undetermined"
    return "on_course" if "pending" in statuses else "compliant"
