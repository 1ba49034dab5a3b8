"""What a check gives back: a report of findings. Values are exactly those of the JSON; texts and traces are made when looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple

from tic_rules.core.errors import Text
from tic_rules.results.jsontext import json_text

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
    """A mapping of a report whose keys are attributes too: `finding.citation.locator`. Findings share them, so they do not change."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def _fixed(self, *_: Any, **__: Any) -> Any:
        raise TypeError("a part of a report does not change; dict(part) is a copy that does")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _fixed

    def __reduce__(self) -> tuple[Any, ...]:
        return Part, (dict(self),)


class Clause(NamedTuple):
    """What a finding says of its rule, whatever the data; made once for a rule set."""

    rule: str
    kind: str
    modality: str
    bearer: str
    topic: str
    phase: str
    title: Text
    remedy: Text
    reading: Text | None
    citation: Part
    binds: bool = True
    """Whether it must be met, at least in principle."""
    counts: bool = True
    """Whether the verdict looks at it, where it applies."""


def weighed(clause: Clause) -> Clause:
    """The clause with what follows from its modality and kind for the verdict."""
    binds = clause.modality in ("must", "in_principle")
    return clause._replace(binds=binds, counts=binds and clause.kind not in ("entitlement", "target"))


class Numbers(NamedTuple):
    """What a finding observed, what was asked for, and how far apart they are."""

    observed: Part | None = None
    required: Part | None = None
    gap: str | None = None
    progress: float | None = None


class Said(NamedTuple):
    """A message, and the same without what the title says already: numbers, days, what is missing."""

    message: Text
    detail: Text


def _of_clause(name: str) -> Any:
    """An attribute that is the clause's; read without a function of Python, for whoever reads many."""
    return property(attrgetter(f"_clause.{name}"))


class Teller:
    """Makes what the findings of a report say, when it is looked at. What is quickly made is made of all findings at once."""

    def __init__(self) -> None:
        self.numbers: list[Numbers | None] | None = None
        self.said: list[Said | None] | None = None
        self.data: list[list[Any] | None] | None = None

    def all(self, key: str) -> list[Any]:
        """`numbers`, `said` or `data` of every finding, None where it takes a closer look; kept as the attribute of this name."""
        raise NotImplementedError

    def tell(self, place: int, key: str) -> Any:
        """What the finding at a place says under a key."""
        raise NotImplementedError

    def one(self, place: int, key: str) -> Any:
        """What takes a closer look, of one finding; kept among those of all."""
        many: list[Any] = getattr(self, key)
        many[place] = self.tell(place, key)
        return many[place]


def _of_numbers(name: str) -> Any:
    part = Numbers._fields.index(name)

    def get(self: Finding) -> Any:
        teller = self._teller
        known = (teller.numbers or teller.all("numbers"))[self._place]
        return (teller.one(self._place, "numbers") if known is None else known)[part]

    return property(get)


def _of_message(part: int) -> Any:
    def get(self: Finding) -> Any:
        teller = self._teller
        known = (teller.said or teller.all("said"))[self._place]
        return (teller.one(self._place, "said") if known is None else known)[part]

    return property(get)


def _of_data() -> Any:
    def get(self: Finding) -> Any:
        teller = self._teller
        known = (teller.data or teller.all("data"))[self._place]
        return teller.one(self._place, "data") if known is None else known

    return property(get)


def _made(name: str) -> Any:
    """An attribute that is made when it is first looked at."""

    def get(self: Finding) -> Any:
        made = self._made
        if made is None:
            made = self._made = {}
        elif name in made:
            return made[name]
        value = made[name] = self._teller.tell(self._place, name)
        return value

    return property(get)


class Finding:
    """One rule decided for one centre. Attributes are the keys of the JSON (see `KEYS`); what takes time is made when it is looked at."""

    __slots__ = ("_clause", "_made", "_place", "_teller", "status")

    rule: str = _of_clause("rule")
    kind: str = _of_clause("kind")
    modality: str = _of_clause("modality")
    bearer: str = _of_clause("bearer")
    topic: str = _of_clause("topic")
    phase: str = _of_clause("phase")
    title: Text = _of_clause("title")
    message: Text = _of_message(0)
    detail: Text = _of_message(1)
    remedy: Text = _of_clause("remedy")
    citation: Part = _of_clause("citation")
    observed: Part | None = _of_numbers("observed")
    required: Part | None = _of_numbers("required")
    gap: str | None = _of_numbers("gap")
    progress: Any = _of_numbers("progress")  # from 0 to 1, None where there is no bound to come up to
    deadline: str | None = _made("deadline")
    days_left: int | None = _made("days_left")
    window: list[str] | None = _made("window")
    reached_on: str | None = _made("reached_on")
    reading: Text | None = _of_clause("reading")
    years: list[Part] = _made("years")
    lacking: list[str] = _made("lacking")
    place: Any = _made("place")
    data: list[Any] = _of_data()
    sources: list[Part] = _made("sources")
    missing: list[str] = _made("missing")
    trace: Part = _made("trace")

    def __init__(self, status: str, clause: Clause, place: int, teller: Teller) -> None:
        """`teller` gives each attribute that is made when it is looked at, by the finding's place among those of its report."""
        self.status, self._clause, self._place, self._teller = status, clause, place, teller
        self._made: dict[str, Any] | None = None

    @property
    def id(self) -> str:
        """The rule's id within its rule set."""
        return self._clause.rule.split("/", 1)[-1]

    @property
    def severity(self) -> str | None:
        """Of a failure: an error where the clause binds, else a note."""
        return None if self.status != "fail" else "error" if self._clause.binds else "note"

    @property
    def counts(self) -> bool:
        """Whether the verdict looks at this finding."""
        return self._clause.counts and self.status != "not_applicable"

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


def _rebuild(data: dict[str, Any]) -> Finding:
    """A finding of its JSON; whoever sent it may have left out keys that nobody will look at."""
    parts = {key: part(value) for key, value in data.items()}

    def of(kind: Any) -> Any:
        return kind(*(parts.get(name) for name in kind._fields if name not in ("binds", "counts")))

    return Finding(parts["status"], weighed(of(Clause)), 0, _Sent(parts, of(Numbers), of(Said)))


class _Sent(Teller):
    """What a finding said that was read back."""

    def __init__(self, parts: dict[str, Any], numbers: Numbers, said: Said) -> None:
        self.parts, self.numbers, self.said, self.data = parts, [numbers], [said], [parts.get("data")]

    def tell(self, place: int, key: str) -> Any:
        return self.parts[key]


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

    __slots__ = (
        "_by_id",
        "_consequences",
        "_findings",
        "_judged",
        "_statuses",
        "_warnings",
        "as_of",
        "centre",
        "programme",
        "ruleset",
        "subject",
        "tool",
    )

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
        self.tool, self.centre, self.programme, self.ruleset, self.as_of = (
            tool,
            centre,
            programme,
            ruleset,
            as_of,
        )
        self._findings, self._statuses, self._consequences, self._warnings = (
            findings,
            statuses,
            consequences,
            warnings,
        )
        self.subject = subject
        self._by_id: dict[str, Finding] | None = None
        self._judged: dict[str, str | None] | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every rule of the set, in its order."""
        if not isinstance(self._findings, tuple):
            self._findings = self._findings()
        return self._findings

    @property
    def statuses(self) -> dict[str, str]:
        """The status of every rule, by its id: all that a caller needs who only counts or filters."""
        return (
            self._statuses()
            if self._statuses is not None
            else {finding.id: finding.status for finding in self.findings}
        )

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
        return self._verdicts[""] or "compliant"

    @property
    def bearers(self) -> Part:
        """The verdict of each bearer; None where no rule of it counts."""
        from tic_rules.model.ruleset import BEARERS

        return Part({bearer: self._verdicts.get(bearer) for bearer in BEARERS})

    @property
    def phases(self) -> Part:
        """The verdict of each phase; None where no rule of it counts."""
        from tic_rules.model.ruleset import PHASES

        return Part({phase: self._verdicts.get(phase) for phase in PHASES})

    @property
    def _verdicts(self) -> dict[str, str | None]:
        """The verdicts by bearer and by phase, and that of the whole under an empty name."""
        if self._judged is None:
            kinds = {
                (_counts_under(finding), finding.phase, finding.status)
                for finding in self.findings
                if finding.counts
            }
            statuses: dict[str, set[str]] = {"": {status for _, _, status in kinds}}
            for bearer, phase, status in kinds:
                statuses.setdefault(bearer, set()).add(status)
                statuses.setdefault(phase, set()).add(status)
            self._judged = {name: _verdict(found) for name, found in statuses.items()}
        return self._judged

    @property
    def summary(self) -> Part:
        """How many findings have each status."""
        counted = Counter(map(attrgetter("status"), self.findings))
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
        found: dict[str, Any] = _plain(self._told())
        return found

    def _told(self) -> dict[str, Any]:
        """What the report says, by the keys of the JSON."""
        about: dict[str, Any] = {"tool": self.tool, "centre": self.centre}
        if self.programme is not None:
            about["programme"] = self.programme
        return about | {
            "ruleset": self.ruleset,
            "as_of": self.as_of,
            "verdict": self.verdict,
            "bearers": self.bearers,
            "phases": self.phases,
            "summary": self.summary,
            "findings": [{key: getattr(finding, key) for key in KEYS} for finding in self.findings],
            "consequences": self.consequences,
            "warnings": self.warnings,
        }

    def to_json(self, *, indent: int | None = 2, margin: str = "") -> str:
        """The report as JSON text: the same input gives the same bytes. `margin` stands before every line but the first."""
        return json_text(self._told(), indent, margin)

    def __repr__(self) -> str:
        about: Part = self.centre or self.programme or Part()
        name = about.get("name") or about.get("id") or about.get("file") or "?"
        return f"<Report {name} against {self.ruleset['id']} on {self.as_of}: {self.verdict}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild_report, (self.as_dict(),)


def _counts_under(finding: Finding) -> str:
    """Whose verdict a finding counts for: a consequence for the centre that suffers it, not the authority that draws it."""
    return "centre" if finding.kind == "consequence" and finding.bearer != "programme" else finding.bearer


def _rebuild_report(data: dict[str, Any]) -> Report:
    consequences, warnings = part(data["consequences"]), tuple(part(data["warnings"]))
    programme = data.get("programme")
    return Report(
        part(data["tool"]), part(data["centre"]), part(programme) if programme else None, part(data["ruleset"]), data["as_of"],
        tuple(_rebuild(f) for f in data["findings"]), lambda: consequences, lambda: warnings,
    )  # fmt: skip


def _verdict(statuses: set[str]) -> str | None:
    """The verdict over the statuses of findings that count; None where there are none."""
    if not statuses:
        return None
    if "fail" in statuses:
        return "non_compliant"
    if statuses & {"unknown", "needs_review"}:
        return "undetermined"
    return "on_course" if "pending" in statuses else "compliant"
