"""The data: what a centre's file, or a programme's figures, may say. Values known in part stay ranges and spans.

A field left out, or null, is unknown. Numbers become `Range`, days `Span`, a dated list in the place of a value a `Series`.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, Self

from tic_rules.core.errors import Text
from tic_rules.core.quantities import (
    ANY_DAY,
    ANYTHING,
    FIRST_DAY,
    INFINITY,
    LAST_DAY,
    NotADate,
    NotANumber,
    Range,
    Span,
    clip,
    decimal_text,
    parse_number,
    parse_span,
)
from tic_rules.core.source import Mark, Plain, Source, unpointer
from tic_rules.model.ruleset import Vocabulary
from tic_rules.model.shapes import Before, Declared, Parse, refuse, remembered


class Dated(NamedTuple):
    """One entry of a series: the value that holds from this day on. A value of None is unknown."""

    when: Span
    value: Any


class Series(tuple[Dated, ...]):
    """A value through time, as {date, value} entries in the order of the file."""

    __slots__ = ()


def as_mapping(value: Any) -> Any:
    """A model or a dataclass of the caller's own as what a file would say; anything else as it is."""
    if isinstance(value, dict):
        return value
    if hasattr(value, "model_dump") and not isinstance(value, type):
        return value.model_dump()
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return value


# --- scalars ----------------------------------------------------------------------------------------------------------------


def _span(value: Any) -> Span | None:
    if value is None or isinstance(value, Span):
        return value
    try:
        if isinstance(value, dict):
            unknown = value.keys() - {"not_before", "not_after"}
            if unknown or not value:
                raise refuse(
                    "date",
                    "部分已知的日期只用 not_before 和 not_after",
                    "a date known in part has only not_before and not_after",
                )
            first, last = (
                parse_span(value[k]) if value.get(k) is not None else ANY_DAY
                for k in ("not_before", "not_after")
            )
            if first.first > last.last:
                raise refuse("date", "not_before 晚于 not_after", "not_before is later than not_after")
            return Span(first.first, last.last)
        return parse_span(value)
    except NotADate as error:
        raise refuse("date", *error.args) from None


def _number(money: bool, whole: bool, least: int = 0) -> Callable[[Any], Range | None]:
    def one(value: Any) -> Any:
        try:
            number = parse_number(value, money=money)
        except NotANumber as error:
            raise refuse("number", *error.args) from None
        if number < least:
            if least:
                raise refuse("negative", f"不能小于 {least}", f"cannot be less than {least}")
            raise refuse("negative", "不能是负数", "cannot be negative")
        if whole and not isinstance(number, int):
            raise refuse("number", "应为整数", "a whole number is expected")
        return number

    def parse(value: Any) -> Range | None:
        if value is None or isinstance(value, Range):
            return value
        if isinstance(value, dict):
            if value.keys() - {"at_least", "at_most"} or not value:
                raise refuse(
                    "number",
                    "部分已知的数字只用 at_least 和 at_most",
                    "a number known in part has only at_least and at_most",
                )
            low = one(value["at_least"]) if value.get("at_least") is not None else least
            high = one(value["at_most"]) if value.get("at_most") is not None else INFINITY
            if low > high:
                raise refuse("number", "at_least 大于 at_most", "at_least is more than at_most")
            return Range(low, high)
        number = one(value)
        return Range(number, number)

    return parse


def _truth(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Plain) and value in ("true", "false", "True", "False", "TRUE", "FALSE"):
        return value.lower() == "true"
    raise refuse(
        "truth",
        f"应为 true 或 false，不是 {clip(str(value))}",
        f"true or false is expected, not {clip(str(value))}",
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return str(value).strip() or None
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < 200:
        return str(value)
    raise refuse("text", "应为文字", "text is expected")


def _dated(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A plain value, or a list of {date, value} that says since when."""

    def either(value: Any) -> Any:
        if isinstance(value, Series):
            return value
        if not isinstance(value, (list, tuple)) or isinstance(value, (Range, Span)):
            return parse(value)
        entries = []
        for index, item in enumerate(value):
            try:
                entries.append(_entry(item, parse))
            except Exception as error:
                context = getattr(error, "context", None)
                if context is None or "zh" not in context:
                    raise
                wrong = refuse(getattr(error, "type", "value"), context["zh"], context["en"])
                assert wrong.context is not None
                raise type(wrong)(
                    wrong.type, "{en}", {**wrong.context, "within": (index, *context.get("within", ()))}
                ) from None
        _one_a_day(entries)
        return Series(entries)

    return either


def _entry(item: Any, parse: Callable[[Any], Any]) -> Dated:
    item = as_mapping(item)
    if not isinstance(item, dict) or item.keys() - {"date", "value"} or "value" not in item:
        raise refuse("series", "应为 {date: 日期, value: 取值}", "{date: …, value: …} is expected")
    return Dated(_span(item.get("date")) or ANY_DAY, parse(item["value"]))


def _one_a_day(entries: list[Dated]) -> None:
    days: dict[Span, Any] = {}
    for entry in entries:
        if entry.when.exact and days.setdefault(entry.when, entry.value) != entry.value:
            raise refuse(
                "series",
                f"{entry.when.first} 有两个不同的取值",
                f"two different values on {entry.when.first}",
            )


class WordOf(NamedTuple):
    """Marks a field whose words must stand in the vocabulary, and under which name."""

    name: str


def _words(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, (list, tuple)):
        raise refuse("list", "应为列表；例：[集成电路]", "a list is expected; example: [集成电路]")
    words = tuple(_text(item) for item in value)
    if None in words:
        raise refuse("text", "列表中有空项", "an entry of the list is empty")
    return words  # type: ignore[return-value]


class Kind(NamedTuple):
    """Marks what a field holds, for whoever writes or reads it as a cell of a table."""

    name: str
    dated: bool = False


def _scalar(read: Callable[[Any], Any], *shapes: dict[str, Any], dated: bool = False) -> Parse:
    """How a scalar is read and written; where it may be dated, a list of {date, value} may stand in its place."""
    return Parse(read, written, *shapes, *((_series_of(shapes),) if dated else ()))


def _series_of(shapes: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """A list of {date, value} in the place of a value."""
    properties = {"date": {"anyOf": [*_DAY, _NULL]}, "value": {"anyOf": [*shapes, _NULL]}}
    return {
        "type": "array",
        "items": {
            "type": "object",
            "properties": properties,
            "required": ["value"],
            "additionalProperties": False,
        },
    }


_NULL: dict[str, Any] = {"type": "null"}
_ISO: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}
_DAY: list[dict[str, Any]] = [
    _ISO,
    {"type": "integer", "minimum": 1, "maximum": 9999},
    {
        "type": "object",
        "properties": {"not_before": {"anyOf": [_ISO, _NULL]}, "not_after": {"anyOf": [_ISO, _NULL]}},
        "additionalProperties": False,
        "minProperties": 1,
    },
]
_AMOUNT: dict[str, Any] = {"type": ["number", "string"], "minimum": 0}
_BOUNDS: dict[str, Any] = {
    "type": "object",
    "properties": {"at_least": _AMOUNT, "at_most": _AMOUNT},
    "additionalProperties": False,
    "minProperties": 1,
}
_TRUTH: dict[str, Any] = {"type": "boolean"}
_STRING: dict[str, Any] = {"type": ["string", "integer"]}
_LIST: dict[str, Any] = {"type": "array", "items": _STRING}


def written(value: Any) -> Any:
    """A value as a file would say it, so that a dumped centre reads back the same."""
    if isinstance(value, Span):
        return _span_written(value)
    if isinstance(value, Range):
        low, high = (
            None if isinstance(end, float) else end if isinstance(end, int) else decimal_text(end)
            for end in value
        )
        if value.exact:
            return low
        return {"at_least": low, **({} if high is None else {"at_most": high})}
    if isinstance(value, Series):
        return [{"date": written(entry.when), "value": written(entry.value)} for entry in value]
    return list(value) if isinstance(value, tuple) else value


def _span_written(span: Span) -> Any:
    if span == ANY_DAY:
        return None
    if span.exact:
        return span.first.isoformat()
    known = {"not_before": (span.first, FIRST_DAY), "not_after": (span.last, LAST_DAY)}
    return {name: day.isoformat() for name, (day, open_end) in known.items() if day != open_end}


Day = Annotated[Any, _scalar(_span, *_DAY), Kind("date")]
Truth = Annotated[Any, _scalar(_dated(_truth), _TRUTH, dated=True), Kind("truth", dated=True)]
Flag = Annotated[Any, _scalar(_truth, _TRUTH), Kind("truth")]
Label = Annotated[Any, _scalar(_dated(_text), _STRING, dated=True), Kind("text", dated=True)]
String = Annotated[Any, _scalar(_text, _STRING), Kind("text")]
Words = Annotated[Any, _scalar(_words, _LIST), Kind("words")]
Money = Annotated[Any, _scalar(_number(money=True, whole=False), _AMOUNT, _BOUNDS), Kind("money")]
MoneyStock = Annotated[
    Any,
    _scalar(_dated(_number(money=True, whole=False)), _AMOUNT, _BOUNDS, dated=True),
    Kind("money", dated=True),
]
Count = Annotated[
    Any,
    _scalar(_dated(_number(money=False, whole=True)), _AMOUNT, _BOUNDS, dated=True),
    Kind("count", dated=True),
]
Rate = Annotated[
    Any,
    _scalar(_dated(_number(money=False, whole=False)), _AMOUNT, _BOUNDS, dated=True),
    Kind("rate", dated=True),
]
Term = Annotated[Any, _scalar(_number(money=False, whole=True, least=1), _AMOUNT, _BOUNDS), Kind("count")]


def _year(value: Any) -> int | None:
    if value is None:
        return None
    number = _number(money=False, whole=True)(value)
    if number is None or not number.exact or not 1900 <= number.low <= 2200:
        raise refuse("year", "应为四位年份", "a year of four digits is expected")
    return int(number.low)


Year = Annotated[Any, _scalar(_year, {"type": ["integer", "string"]}), Kind("year")]


class Record(Declared):
    """A part of the data; unknown keys are refused, everything may be left out."""

    @classmethod
    def _read(cls, value: Any) -> Any:
        return as_mapping(value)


def _choice(name: str) -> Any:
    return Annotated[
        Any,
        _scalar(_dated(_text), {"type": "string", "x-words": name}, dated=True),
        WordOf(name),
        Kind("text", dated=True),
    ]


def _word(name: str) -> Any:
    return Annotated[Any, _scalar(_text, {"type": "string", "x-words": name}), WordOf(name), Kind("text")]


def _word_list(name: str) -> Any:
    return Annotated[
        Any,
        _scalar(_words, {"type": "array", "items": {"type": "string", "x-words": name}}),
        WordOf(name),
        Kind("words"),
    ]


# --- the centre's file ------------------------------------------------------------------------------------------------------


class Acceptance(Record):
    held: Flag = None
    date: Day = None
    result: _word("acceptance_results") = None  # type: ignore[valid-type]


class Procedure(Record):
    recommended_by: _choice("recommenders") = None  # type: ignore[valid-type]
    filed_with: _choice("recipients") = None  # type: ignore[valid-type]
    led_by: Words = None
    plan_argued_on: Day = None
    plan_experts: _word_list("plan_experts") = None  # type: ignore[valid-type]
    plan_improved: Truth = None
    executive_meeting_on: Day = None
    government_agreed: Truth = None
    publicised_without_objection: Truth = None
    approval_document: Label = None
    tasks_detailed: Truth = None
    funds_in_place: Truth = None


class Plan(Record):
    present: Truth = None
    by_host: Truth = None
    sections: Words = None


class Legal(Record):
    independent: Truth = None
    entity_type: _choice("entity_types") = None  # type: ignore[valid-type]
    separate_staff: Truth = None
    separate_assets: Truth = None
    separate_accounts: Truth = None
    fiscal_accounts: Truth = None


class BoardMember(Record):
    name: String = None
    role: _choice("member_roles") = None  # type: ignore[valid-type]
    type: _choice("unit_types") = None  # type: ignore[valid-type]


class Board(Record):
    established: Truth = None
    members: tuple[BoardMember, ...] | None = None
    chair_appointed_by_board: Truth = None
    terms_of_office: Truth = None
    meetings_a_year: Count = None


class Director(Record):
    appointed: Truth = None
    background: _choice("backgrounds") = None  # type: ignore[valid-type]
    nominated_by_board: Truth = None
    appointed_by_board: Truth = None


class ChiefScientist(Record):
    name: String = None
    appointed_by_board: Truth = None


class CommitteeMember(Record):
    name: String = None
    kind: _choice("backgrounds") = None  # type: ignore[valid-type]


class ExpertCommittee(Record):
    established: Truth = None
    members: tuple[CommitteeMember, ...] | None = None
    appointed_by_board: Truth = None
    terms_of_office: Truth = None
    meetings_a_year: Count = None


class Governance(Record):
    charter: Truth = None
    board: Board | None = None
    director: Director | None = None
    chief_scientists: tuple[ChiefScientist, ...] | None = None
    expert_committee: ExpertCommittee | None = None
    party_organisation: Truth = None


class Unit(Record):
    """A host or another builder."""

    name: String = None
    type: _choice("unit_types") = None  # type: ignore[valid-type]
    leading: Truth = None
    legal_entity: Truth = None
    research_service: Truth = None
    carriers: _word_list("carriers") = None  # type: ignore[valid-type]


class Base(Record):
    name: String = None
    zone: _choice("zones") = None  # type: ignore[valid-type]


class Institute(Record):
    name: String = None


class Structure(Record):
    core: Truth = None
    network: Truth = None
    bases: tuple[Base, ...] | None = None
    specialised_institutes: tuple[Institute, ...] | None = None


class Contribution(Record):
    date: Day = None
    amount: Money = None
    payer: _word("payers") = None  # type: ignore[valid-type]
    name: String = None
    purpose: _word("purposes") = None  # type: ignore[valid-type]


class Income(Record):
    year: Year = None
    kind: _word("income_kinds") = None  # type: ignore[valid-type]
    amount: Money = None


class Spending(Record):
    date: Day = None
    amount: Money = None
    use: _word("uses") = None  # type: ignore[valid-type]
    audited: _word("audit_results") = None  # type: ignore[valid-type]


class Staff(Record):
    headcount: Count = None
    teams: Count = None
    research: Count = None
    technical_support: Count = None
    management: Count = None
    posts_by_need: Truth = None
    open_recruitment: Truth = None


class Outputs(Record):
    industrial_bases: Count = None
    partner_enterprises: Count = None
    incubated_enterprises: Count = None
    served_enterprises: Count = None


class Services(Record):
    joint_laboratories: Count = None
    contract_research: Count = None


class Project(Record):
    name: String = None
    level: _word("project_levels") = None  # type: ignore[valid-type]
    date: Day = None


class IntellectualProperty(Record):
    agreements: Truth = None


class Indicator(Record):
    target: Annotated[
        Any, _scalar(lambda v: None if v is None else str(v).strip() or None, _STRING, {"type": "number"})
    ] = None
    adjusted: Truth = None


class Evaluation(Record):
    year: Year = None
    kind: _word("evaluation_kinds") = None  # type: ignore[valid-type]
    result: _word("evaluation_results") = None  # type: ignore[valid-type]
    by: _word("evaluators") = None  # type: ignore[valid-type]
    date: Day = None


class Submission(Record):
    """A written report that was sent in."""

    year: Year = None
    submitted_on: Day = None
    sender: _word("senders") = None  # type: ignore[valid-type]
    to: _word("recipients") = None  # type: ignore[valid-type]


class SourceOf(Record):
    """Where a datum comes from."""

    path: String = None
    title: String = None
    url: String = None
    date: Annotated[Any, _scalar(lambda v: None if v is None else str(v), _STRING)] = None
    excerpt: String = None


def _expiry(value: Any) -> Any:
    span = _span(value)
    if span is not None and not span.exact:
        raise refuse("date", "expires_on 要精确到日", "expires_on must be exact to the day")
    return span


ExactDay = Annotated[Any, _scalar(_expiry, _ISO), Kind("date")]


class Attestation(Record):
    """A judgement on a clause that data cannot decide; the last day on which it stands is `expires_on`."""

    rule: String = None
    item: String = None
    met: Flag = None
    by: String = None
    date: Day = None
    evidence: String = None
    expires_on: ExactDay = None


class Exemption(Record):
    """An exemption from a rule whose modality is in_principle; the last day on which it stands is `expires_on`."""

    rule: String = None
    reason: String = None
    approved_by: String = None
    date: Day = None
    expires_on: ExactDay = None


class Subject(Record):
    """What a rule set is checked against: a centre, or a programme."""

    reported_on: Day = None
    incomplete: Words = None
    sources: tuple[SourceOf, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    exemptions: tuple[Exemption, ...] = ()

    _source: Source | None
    _vocabulary: Vocabulary | None

    def note(self, name: str) -> Any:
        """What is remembered beside the data: `_source` (the text it was read from), `_vocabulary` (what it was held against)."""
        return self.__dict__.get(name)

    def _text(self) -> Source | None:
        return self.note("_source")  # type: ignore[no-any-return]

    @property
    def file(self) -> str | None:
        """The file that the data was read from; None for data given in Python."""
        source = self._text()
        return source.file if source else None

    def place(self, path: str) -> Mark:
        """Line and column of a JSON pointer: of the value, or of what lies nearest above it where it is absent."""
        source = self._text()
        return source.locate(unpointer(path)) if source else Mark(0, 0)

    def extent(self, path: tuple[str | int, ...]) -> Mark:
        """As `place`, by the steps of a path, with the end of a value where it truly ends."""
        source = self._text()
        return source.extent(path) if source else Mark(0, 0)

    def nearest(self, path: tuple[str | int, ...]) -> Mark:
        """Where to look for a path: its value, or the key of what lies nearest above it."""
        source = self._text()
        return source.nearest(path) if source else Mark(0, 0)

    @property
    def speaks_for(self) -> date | None:
        """`reported_on`, where it is exact."""
        return self.reported_on.first if self.reported_on is not None and self.reported_on.exact else None


def _nothing(value: Any) -> Any:
    return () if value is None else value


def _exact(value: Any) -> Any:
    span = _span(value)
    if span is not None and not span.exact:
        raise refuse("date", "reported_on 要精确到日", "reported_on must be exact to the day")
    return span


class CentreData(Subject):
    """A centre's submitted data, as `centre.example.yaml` of the contract has it."""

    id: String = None
    name: Label = None
    second_name: Label = None
    name_en: Label = None
    second_name_en: Label = None
    jurisdiction: _word("jurisdictions") = None  # type: ignore[valid-type]
    category: _choice("categories") = None  # type: ignore[valid-type]
    fields: Words = None
    forward_looking_field: Truth = None
    zones: _word_list("zones") = None  # type: ignore[valid-type]
    regional_strategy: _choice("strategies") = None  # type: ignore[valid-type]
    stage: Annotated[Literal["applicant", "approved"] | None, WordOf("stages"), Kind("text")] = None
    reported_on: Annotated[Any, _scalar(_exact, _ISO), Kind("date")] = None
    applied_on: Day = None
    approved_on: Day = None
    term_years: Term = None
    acceptance: Acceptance | None = None
    procedure: Procedure | None = None
    plan: Plan | None = None
    legal: Legal | None = None
    governance: Governance | None = None
    hosts: tuple[Unit, ...] | None = None
    builders: tuple[Unit, ...] | None = None
    formation_mode: _choice("formation_modes") = None  # type: ignore[valid-type]
    structure: Structure | None = None
    contributions: tuple[Contribution, ...] | None = None
    income: tuple[Income, ...] | None = None
    fiscal_spending: tuple[Spending, ...] | None = None
    fiscal_balance: MoneyStock = None
    staff: Staff | None = None
    outputs: Outputs | None = None
    projects: tuple[Project, ...] | None = None
    services: Services | None = None
    intellectual_property: IntellectualProperty | None = None
    industrial_park: Truth = None
    industry_fund: Truth = None
    team_owned_company: Truth = None
    makes_and_sells_products: Truth = None
    targets: tuple[Year, ...] | None = None
    indicators: dict[str, Indicator] | None = None
    evaluations: tuple[Evaluation, ...] | None = None
    reports: tuple[Submission, ...] | None = None
    sources: Annotated[tuple[SourceOf, ...], Before(_nothing)] = ()
    attestations: Annotated[tuple[Attestation, ...], Before(_nothing)] = ()
    exemptions: Annotated[tuple[Exemption, ...], Before(_nothing)] = ()


class Growth(Record):
    base: Rate = None
    now: Rate = None


class Approval(Record):
    """A centre of the programme, as its own file gives it."""

    id: String = None
    approved_on: Day = None


class Programme(Subject):
    """Figures of a programme, as `programme.example.yaml` of the contract has them."""

    jurisdiction: _word("jurisdictions") = None  # type: ignore[valid-type]
    reported_on: Annotated[Any, _scalar(_exact, _ISO), Kind("date")] = None
    centres: Count = None
    leading_enterprises: Count = None
    top_100_enterprises: Count = None
    pilot_enterprises: Count = None
    high_tech_revenue: MoneyStock = None
    rd_intensity: Rate = None
    invention_patents: Growth | None = None
    pct_applications: Growth | None = None
    alliances: Count = None
    technology_contracts: MoneyStock = None
    innovation_clusters: Count = None
    sources: Annotated[tuple[SourceOf, ...], Before(_nothing)] = ()
    attestations: Annotated[tuple[Attestation, ...], Before(_nothing)] = ()
    exemptions: Annotated[tuple[Exemption, ...], Before(_nothing)] = ()

    _approvals: tuple[Approval, ...]

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """The centres whose files were given beside the figures."""
        return self.note("_approvals") or ()

    def with_centres(self, approvals: tuple[Approval, ...]) -> Self:
        changed = self.model_copy()
        changed._approvals = approvals
        return changed


# --- walking the data -------------------------------------------------------------------------------------------------------


def value_at(record: Any, path: str) -> Any:
    """The value at a dotted path; None where it, or anything above it, is left out."""
    for part in path.split("."):
        if record is None:
            return None
        record = getattr(record, part)
    return record


def record_in(annotation: Any) -> type[Record] | None:
    """The record that a field holds, alone or in a list; None for a scalar."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        inner = record_in(part)
        if inner is not None:
            return inner
    return None


@remembered
def paths_of(model: type[Record], prefix: str = "") -> frozenset[str]:
    """Every dotted path of the data, the fields of list entries included."""
    found = set()
    for name, field in model.model_fields.items():
        found.add(prefix + name)
        inner = record_in(field.annotation)
        if inner is not None:
            found |= paths_of(inner, f"{prefix}{name}.")
    return frozenset(found)


@remembered
def words_at(model: Any, path: str) -> str | None:
    """The vocabulary whose words a dotted path takes; None where it takes none, or is no path."""
    first, _, rest = path.partition(".")
    field = model.model_fields.get(first)
    if field is None:
        return None
    if not rest:
        return next((mark.name for mark in field.metadata if isinstance(mark, WordOf)), None)
    inner = record_in(field.annotation)
    return None if inner is None else words_at(inner, rest)


class Misuse(NamedTuple):
    """A fault that the shape alone does not show; `parts` are the place."""

    code: str
    parts: tuple[str | int, ...]
    text: Text


def misuses(subject: Subject, vocabulary: Vocabulary) -> Iterator[Misuse]:
    """Words that are not in the vocabulary, names under `incomplete` that are no lists, totals that fall, contradictions."""
    yield from _unknown_words(subject, vocabulary, ())
    yield from _unknown_lists(subject)
    for fact in vocabulary.facts.values():
        if fact.cumulative and fact.stock and fact.stock in paths_of(type(subject)):
            series = value_at(subject, fact.stock)
            if isinstance(series, Series):
                yield from _falling(series, tuple(fact.stock.split(".")))
    if isinstance(subject, CentreData):
        held = subject.acceptance
        if held is not None and held.held is False and (held.date is not None or held.result is not None):
            yield Misuse(
                "contradiction",
                ("acceptance", "held"),
                Text("held 为 false，却有验收日期或结果", "held is false, yet a date or a result is given"),
            )


@remembered
def fields_of(model: type[Record]) -> tuple[tuple[str, str | None, bool], ...]:
    """Name, vocabulary and whether records lie within, for the fields that the word check has to visit."""
    found = []
    for name, field in model.model_fields.items():
        word = next((m.name for m in field.metadata if isinstance(m, WordOf)), None)
        inner = record_in(field.annotation) is not None
        if word or inner:
            found.append((name, word, inner))
    return tuple(found)


def _unknown_words(record: Any, vocabulary: Vocabulary, at: tuple[str | int, ...]) -> Iterator[Misuse]:
    model: Any = type(record)
    for name, word, inner in fields_of(model):
        value = getattr(record, name)
        if value is None:
            continue
        if inner:
            entries = (
                enumerate(value)
                if isinstance(value, tuple)
                else value.items()
                if isinstance(value, dict)
                else [(None, value)]
            )
            for key, entry in entries:
                yield from _unknown_words(entry, vocabulary, (*at, name) if key is None else (*at, name, key))
        elif word is not None:
            known = vocabulary.words.get(word, {})
            if isinstance(value, Series):
                yield from (
                    _not_a_word(e.value, known, (*at, name, i, "value"))
                    for i, e in enumerate(value)
                    if e.value is not None and e.value not in known
                )
            elif isinstance(value, tuple):
                yield from (
                    _not_a_word(w, known, (*at, name, i)) for i, w in enumerate(value) if w not in known
                )
            elif value not in known:
                yield _not_a_word(value, known, (*at, name))


def _not_a_word(value: str, known: Any, at: tuple[str | int, ...]) -> Misuse:
    words = ", ".join(known)
    return Misuse(
        "unknown-word",
        at,
        Text(f"{clip(value)} 不在允许的取值之列：{words}", f"{clip(value)} is not one of {words}"),
    )


def _unknown_lists(subject: Subject) -> Iterator[Misuse]:
    if not subject.incomplete:
        return
    paths = paths_of(type(subject))
    known = paths | {path.rsplit(".", 1)[-1] for path in paths}
    for index, name in enumerate(subject.incomplete):
        if name.strip("/").replace("/", ".") not in known:
            yield Misuse(
                "unknown-list",
                ("incomplete", index),
                Text(f"没有名为 {clip(name)} 的列表", f"there is no list named {clip(name)}"),
            )


def _falling(series: Series, at: tuple[str | int, ...]) -> Iterator[Misuse]:
    """Entries that are less than one of an earlier day: by day, beside the most that had been reached before it."""
    known = [(index, entry) for index, entry in enumerate(series) if entry.value is not None]
    ended = sorted(known, key=lambda item: item[1].when.last)
    fallen, most, seen = [], None, 0
    for index, entry in sorted(known, key=lambda item: item[1].when.first):
        while seen < len(ended) and ended[seen][1].when.last < entry.when.first:
            low = ended[seen][1].value.low
            most, seen = low if most is None else max(most, low), seen + 1
        if most is not None and most > entry.value.high:
            fallen.append(index)
    yield from (
        Misuse("falling", (*at, index, "value"), Text("累计数不会减少", "a cumulative total cannot fall"))
        for index in sorted(fallen)
    )


__all__ = [
    "ANYTHING",
    "FIRST_DAY",
    "LAST_DAY",
    "Approval",
    "CentreData",
    "Dated",
    "Misuse",
    "Programme",
    "Record",
    "Series",
    "Subject",
    "misuses",
    "paths_of",
    "value_at",
]
