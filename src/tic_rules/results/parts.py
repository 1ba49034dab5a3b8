"""The parts of a report: mappings as the JSON has them, whose keys are attributes too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from tic_rules.core.errors import Text
from tic_rules.core.fixed import Fixed

Status = Literal["pass", "fail", "pending", "unknown", "needs_review", "not_applicable", "exempted"]
"""What became of a rule."""
Verdict = Literal["non_compliant", "undetermined", "on_course", "compliant"]
"""What the statuses of the rules that count come to."""
Severity = Literal["error", "note"]
"""How heavy a failure is: an error where the clause binds."""
Engine = Literal["native", "reference", "compiled", "durable"]
"""How a rule set is decided; findings are equal. `native` is the reference."""

STATUSES: tuple[Status, ...] = (
    "pass", "fail", "pending", "unknown", "needs_review", "not_applicable", "exempted",
)  # fmt: skip
VERDICTS: tuple[Verdict, ...] = ("non_compliant", "undetermined", "on_course", "compliant")
"""From the worst on."""
BINDING: frozenset[str] = frozenset({"must", "in_principle"})
"""The modalities of what binds: a failure is an error."""
UNCOUNTED: frozenset[str] = frozenset({"entitlement", "target"})
"""The kinds of clauses that a verdict does not look at, however firmly they bind."""


class Parts(list[Any]):
    """A frozen list of a report."""

    __slots__ = ()

    def _fixed(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a list of a report does not change; list(...) is a copy that does")

    __setitem__ = __delitem__ = __iadd__ = __imul__ = append = clear = extend = insert = _fixed
    pop = remove = reverse = sort = _fixed

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (list(self),)


class Part(Fixed[str, Any]):
    """A frozen mapping of a report: `finding.citation.locator` is `finding.citation["locator"]`. An attribute
    that its type has is None where the mapping has no such key."""

    __slots__ = ()

    if not TYPE_CHECKING:  # a type checker knows the keys that a part declares, and no others

        def __getattr__(self, name: str) -> object:
            try:
                return self[name]
            except KeyError:
                if name in type(self).__annotations__:
                    return None
                raise AttributeError(name) from None


class Tool(Part):
    """What decided: the program, its version and the engine."""

    __slots__ = ()
    name: str
    version: str
    engine: Engine


class AboutCentre(Part):
    """The centre that a report is about."""

    __slots__ = ()
    id: str | None
    name: str | None
    file: str | None


class AboutProgramme(Part):
    """The programme that a report is about: its file, and how many centres count for it."""

    __slots__ = ()
    file: str | None
    centres: int


class AboutDocument(Part):
    """The document that a rule set was written from."""

    __slots__ = ()
    number: str | None
    title: str
    title_en: str | None
    issued: str | None


class AboutRules(Part):
    """The rule set of a report."""

    __slots__ = ()
    id: str
    version: str
    document: AboutDocument


class Citation(Part):
    """Where the law says it: document, clause and quote, and the place of the rule in its file."""

    __slots__ = ()
    document: str
    locator: str
    quote: str
    file: str | None
    line: int | None
    column: int | None


class Place(Part):
    """A place of the data. Lines and columns count from 1; null where the data came from no text. In a
    workbook `cell` is the place too (`contributions!C12`)."""

    __slots__ = ()
    path: str
    file: str | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    cell: str | None


class Quantity(Part):
    """A range with its unit (decimal texts, null for an open end), another value under `value`, or the
    statuses of `years`."""

    __slots__ = ()
    low: str | None
    high: str | None
    unit: str | None
    value: Any
    years: Part | None


class Requirement(Part):
    """What is asked for: an operator, a value, and the unit of a number; `open`, where a list ends in 等;
    `times` and `fact`, where the number is a multiple of another fact."""

    __slots__ = ()
    op: str
    value: Any
    unit: str | None
    open: bool | None
    times: str | None
    fact: str | None


class OwedYear(Part):
    """One year of a yearly duty: its status and the last day on which it is looked for. Of a cycle or an
    entry, `of` is its last day or its own, and the year that of the deadline."""

    __slots__ = ()
    year: int
    status: Status
    deadline: str
    of: str | None


class Notice(Part):
    """A warning: what the data says without effect, and where."""

    __slots__ = ()
    code: str
    message: Text
    file: str | None
    line: int | None
    column: int | None
    path: str | None
    cell: str | None


class Consequence(Part):
    """A consequence that follows, the rules because of which it does, and its amount."""

    __slots__ = ()
    rule: str
    because: list[str]
    then: Text | None
    amount: Quantity | None
    data: list[Place]


class Data(Part):
    """The digest of the data: `of` the text that it was read from, or of its values as JSON; of a programme
    that of its `centres` too."""

    __slots__ = ()
    of: Literal["text", "values"]
    sha256: str
    centres: str | None


class Rules(Part):
    """The rule file and the digest of its text; null where the rules were changed in Python."""

    __slots__ = ()
    file: str | None
    sha256: str | None


class Settings(Part):
    """What was asked for besides: one phase, or none; whether exemptions count."""

    __slots__ = ()
    phase: str | None
    exemptions: bool


class Provenance(Part):
    """Where a report comes from. `text` is the digest of the official text behind the rule file."""

    __slots__ = ()
    data: Data
    rules: Rules
    text: str | None
    settings: Settings


_WITHIN: dict[tuple[type[Part], str], type[Part]] = {
    (AboutRules, "document"): AboutDocument,
    (Consequence, "amount"): Quantity,
    (Consequence, "data"): Place,
    (Provenance, "data"): Data,
    (Provenance, "rules"): Rules,
    (Provenance, "settings"): Settings,
}
"""What the parts within a part are."""


def part(value: object, kind: type[Part] = Part) -> Any:
    """JSON values with mappings as parts (the outermost as `kind`) and bilingual sentences as `Text`."""
    if isinstance(value, Mapping):
        if value.keys() == {"zh", "en"}:
            return Text(value["zh"], value["en"])
        return kind({key: part(item, _WITHIN.get((kind, key), Part)) for key, item in value.items()})
    if isinstance(value, (list, tuple)) and not isinstance(value, Text):
        return Parts(part(item, kind) for item in value)
    return value


_SCALARS = frozenset((str, int, bool, type(None)))


def plain(value: Any) -> Any:
    """A part of a report as plain JSON values."""
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is Text:
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, dict):
        copy = dict(value)  # most hold scalars alone: quicker than to build them item by item
        for key, item in copy.items():
            if type(item) not in _SCALARS:
                copy[key] = plain(item)
        return copy
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value
