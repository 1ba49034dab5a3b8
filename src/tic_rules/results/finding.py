"""A finding: one rule decided for one centre, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from tic_rules.core.errors import Text
from tic_rules.core.scalars import Json
from tic_rules.model.rulefile import Kind, Modality
from tic_rules.results.parts import (
    BINDING,
    UNCOUNTED,
    Citation,
    OwedYear,
    Part,
    Place,
    Quantity,
    Requirement,
    Severity,
    Status,
    part,
    plain,
)

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

    from tic_rules.results.evidence import Evidence

KEYS = (
    "rule", "status", "severity", "kind", "modality", "bearer", "topic", "phase", "judged", "title",
    "message", "detail", "remedy", "citation", "observed", "required", "gap", "progress", "deadline",
    "deadline_range", "days_left", "window",
    "reached_on", "reading", "years", "lacking", "place", "data", "sources", "missing", "trace",
)  # fmt: skip
"""The keys of a finding, in the order of the JSON; each is an attribute too."""

_TYPED: Mapping[str, type[Part]] = {
    "citation": Citation, "observed": Quantity, "required": Requirement, "years": OwedYear, "place": Place,
    "data": Place,
}  # fmt: skip


class _Made:
    """An attribute that the evidence gives when it is first looked at, with others of its group."""

    def __init__(self, group: str) -> None:
        self.group = group

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, finding: Finding | None, owner: type) -> object:
        if finding is None:
            return self
        values = finding.__dict__
        values.update(getattr(finding._evidence, self.group)())
        return values[self.name]


def _made(group: str) -> Any:
    return _Made(group)


class Finding:
    """One rule decided for one centre. Attributes are the keys of the JSON (`tic-rules schema report`).

    A finding does not change. Its message, numbers, places and trace are made when they are first looked at,
    and are remembered with it; two findings are equal where they say the same."""

    _evidence: Evidence
    counts: bool
    """Whether the verdict looks at this finding."""
    judged: bool = False
    """Whether a person decides: the rule asks for a judgement, or the data leaves it to one."""
    new_in: str | None = None
    """The version of the rule set that brought the rule; None for the first, or where it was read back."""
    rule: str
    status: Status
    severity: Severity | None
    """Of a failure: an error where the clause binds, else a note."""
    kind: Kind
    modality: Modality
    bearer: str
    topic: str
    phase: str
    title: Text
    remedy: Text
    citation: Citation
    reading: Text | None
    message: Text = _made("words")
    detail: Text = _made("words")
    """The message without what the title says already: numbers, days, what is missing."""
    observed: Quantity | None = _made("numbers")
    required: Requirement | None = _made("numbers")
    gap: str | None = _made("numbers")
    progress: float | None = _made("numbers")
    """From 0 to 1; None where there is no bound to come up to."""
    deadline: str | None = _made("time")
    deadline_range: list[str] | None = _made("time")
    """The first and the last day that the deadline may be, where the data leaves it open between days."""
    days_left: int | None = _made("time")
    window: list[str] | None = _made("time")
    reached_on: str | None = _made("time")
    years: list[OwedYear] = _made("time")
    lacking: list[str] = _made("places")
    place: Place | None = _made("places")
    data: list[Place] = _made("places")
    sources: list[Part] = _made("places")
    missing: list[str] = _made("places")
    trace: Part = _made("steps")

    def __init__(self, values: Mapping[str, object], evidence: Evidence | None = None) -> None:
        """`values` are attributes by name; what is not among them is asked of the evidence."""
        self.__dict__.update(values)
        if evidence is not None:
            self.__dict__["_evidence"] = evidence

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """A finding of its JSON; keys that nobody will look at may be left out."""
        values = {key: part(value, _TYPED.get(key, Part)) for key, value in data.items()}
        values.setdefault("deadline_range", None)  # reports of before it was written
        values.setdefault("judged", values["status"] == "needs_review")  # likewise
        return cls(values | weight(values["modality"], values["kind"], values["status"]))

    @property
    def id(self) -> str:
        """The rule's id within its rule set."""
        return self.rule.split("/", 1)[-1]

    @property
    def evidence(self) -> Evidence | None:
        """What the finding was made from; None for one that was read back."""
        return self.__dict__.get("_evidence")

    @property
    def of_rule(self) -> Json:
        """What the finding knows of its rule beside the JSON."""
        return {"new_in": self.new_in}

    def as_dict(self) -> Json:
        """The finding as plain JSON values, keys in their fixed order."""
        return {
            "rule": self.rule,
            "status": self.status,
            "severity": self.severity,
            "kind": self.kind,
            "modality": self.modality,
            "bearer": self.bearer,
            "topic": self.topic,
            "phase": self.phase,
            "judged": self.judged,
            "title": plain(self.title),
            "message": plain(self.message),
            "detail": plain(self.detail),
            "remedy": plain(self.remedy),
            "citation": dict(self.citation),
            "observed": plain(self.observed),
            "required": plain(self.required),
            "gap": self.gap,
            "progress": self.progress,
            "deadline": self.deadline,
            "deadline_range": plain(self.deadline_range),
            "days_left": self.days_left,
            "window": plain(self.window),
            "reached_on": self.reached_on,
            "reading": plain(self.reading),
            "years": [dict(year) for year in self.years],
            "lacking": list(self.lacking),
            "place": None if self.place is None else dict(self.place),
            "data": [dict(place) for place in self.data],
            "sources": [dict(source) for source in self.sources],
            "missing": list(self.missing),
            "trace": plain(self.trace),
        }

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a finding does not change; {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a finding does not change; {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return self.as_dict() == other.as_dict() if isinstance(other, Finding) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.rule, self.status))

    def __repr__(self) -> str:
        return f"<Finding {self.rule}: {self.status}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.as_dict(), self.of_rule)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return value_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        from tic_rules.results.schemas import finding_schema

        return finding_schema()


def _again(cls: type[Finding], data: Mapping[str, object], of_rule: Mapping[str, object]) -> Finding:
    """A finding that comes from another process, with what it knows of its rule beside the JSON."""
    finding = cls.from_dict(data)
    finding.__dict__.update(of_rule)
    return finding


def weight(modality: str, kind: str, status: str) -> dict[str, object]:
    """What follows from modality, kind and status: the severity, and whether the verdict looks at it."""
    binds = modality in BINDING
    return {
        "severity": None if status != "fail" else "error" if binds else "note",
        "counts": binds and kind not in UNCOUNTED and status != "not_applicable",
    }


def value_schema(cls: type[Any]) -> CoreSchema:
    """How pydantic reads and writes a finding or a report: as what `as_dict` gives and `from_dict` takes."""
    from pydantic_core import core_schema

    def read(value: Any) -> object:
        if isinstance(value, cls):
            return value
        from tic_rules.results import shape  # only where data of others is read

        shape.require(value, "finding" if issubclass(cls, Finding) else "report")
        return cls.from_dict(value)

    written = core_schema.plain_serializer_function_ser_schema(lambda value: value.as_dict())
    name = f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"  # a schema of its own among those of a service
    return core_schema.no_info_plain_validator_function(read, ref=name, serialization=written)
