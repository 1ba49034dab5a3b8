"""A finding: one rule decided for one centre, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

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


class Made:
    """An attribute that is made when it is first looked at: `_make` of its owner gives it by name, perhaps
    with others."""

    def __init__(self, of: str) -> None:
        self.of = of

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, value: Value | None, owner: type) -> object:
        if value is None:
            return self
        values = value.__dict__
        values.update(value._make(self.of))
        return values[self.name]


def made(of: str) -> Any:
    """As `Made`, for a type checker any value."""
    return Made(of)


class Value:
    """What `as_dict` says and `from_dict` takes: it does not change, two are equal where they say the same,
    and it stands as a field of a pydantic model."""

    _called: ClassVar[str]

    @classmethod
    def _of(cls, data: Mapping[str, Any]) -> Self:
        """What was made of data of the right shape."""
        raise NotImplementedError

    def as_dict(self) -> Json:
        raise NotImplementedError

    def _make(self, of: str) -> Mapping[str, object]:
        """Attributes by name that nobody has looked at yet."""
        raise NotImplementedError

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {self._called} does not change; {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {self._called} does not change; {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return self.as_dict() == other.as_dict() if isinstance(other, Value) else NotImplemented

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        def read(value: Any) -> object:
            if isinstance(value, cls):
                return value
            from tic_rules.results import shape  # only where data of others is read

            shape.require(value, cls._called)
            return cls._of(value)

        written = core_schema.plain_serializer_function_ser_schema(lambda value: value.as_dict())
        # a schema of its own among those of a service
        name = f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"
        return core_schema.no_info_plain_validator_function(read, ref=name, serialization=written)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        from tic_rules.results.schemas import schema_of

        return schema_of(cls._called)


class Finding(Value):
    """One rule decided for one centre. Attributes are the keys of the JSON (`tic-rules schema report`).

    A finding does not change. Its message, numbers, places and trace are made when they are first looked at,
    and are remembered with it; two findings are equal where they say the same."""

    _called = "finding"
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
    message: Text = made("words")
    detail: Text = made("words")
    """The message without what the title says already: numbers, days, what is missing."""
    observed: Quantity | None = made("numbers")
    required: Requirement | None = made("numbers")
    gap: str | None = made("numbers")
    progress: float | None = made("numbers")
    """From 0 to 1; None where there is no bound to come up to."""
    deadline: str | None = made("time")
    deadline_range: list[str] | None = made("time")
    """The first and the last day that the deadline may be, where the data leaves it open between days."""
    days_left: int | None = made("time")
    window: list[str] | None = made("time")
    reached_on: str | None = made("time")
    years: list[OwedYear] = made("time")
    lacking: list[str] = made("places")
    place: Place | None = made("places")
    data: list[Place] = made("places")
    sources: list[Part] = made("places")
    missing: list[str] = made("places")
    trace: Part = made("steps")

    def __init__(self, values: Mapping[str, object], evidence: Evidence | None = None) -> None:
        """`values` are attributes by name; what is not among them is asked of the evidence."""
        self.__dict__.update(values)
        if evidence is not None:
            self.__dict__["_evidence"] = evidence

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """A finding of its JSON; keys that nobody will look at may be left out. Raises ValueError without its
        status, modality or kind, and where a key has a value of another shape."""
        from tic_rules.results.shape import require  # only where data of others is read

        require(data, "finding", "status", "modality", "kind")
        return cls._of(data)

    @classmethod
    def _of(cls, data: Mapping[str, object]) -> Self:
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

    def as_dict(self) -> Json:
        """The finding as plain JSON values, keys in their fixed order."""
        return {key: plain(getattr(self, key)) for key in KEYS}

    def _make(self, of: str) -> Mapping[str, object]:
        values: Mapping[str, object] = getattr(self._evidence, of)()
        return values

    def __hash__(self) -> int:
        return hash((self.rule, self.status))

    def __repr__(self) -> str:
        return f"<Finding {self.rule}: {self.status}>"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self)._of, (self.as_dict(),), {"new_in": self.new_in}


def weight(modality: str, kind: str, status: str) -> dict[str, object]:
    """What follows from modality, kind and status: the severity, and whether the verdict looks at it."""
    binds = modality in BINDING
    return {
        "severity": None if status != "fail" else "error" if binds else "note",
        "counts": binds and kind not in UNCOUNTED and status != "not_applicable",
    }
