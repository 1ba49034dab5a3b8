"""What a rule file says of its document: clauses and rules."""

import re
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Discriminator, Field, Tag, model_validator

from tic_rules.core.dates import year_end
from tic_rules.core.errors import clip, did_you_mean
from tic_rules.model.conditions import Attested, Condition, Flag, Follows, Node, leaves_open, nodes_of, walk
from tic_rules.model.frozen import Parse, refuse
from tic_rules.model.time import After, Cycle, Day, DueOn, EndOfYear, iso, parse_day
from tic_rules.model.vocabulary import Bilingual, Vocabulary

Kind = Literal[
    "condition",
    "obligation",
    "prohibition",
    "procedure",
    "limit",
    "entitlement",
    "preference",
    "consequence",
    "target",
]
"""What a clause is: a condition, an obligation, a preference, a consequence …"""
Modality = Literal["must", "in_principle", "encouraged", "may"]
"""How strongly a clause binds."""
Bearer = Literal["centre", "host", "province", "local_government", "ministry", "department", "programme"]
Phase = Literal["application", "approval", "construction", "term_end"]

BEARERS: tuple[Bearer, ...] = get_args(Bearer)
PHASES: tuple[Phase, ...] = get_args(Phase)


class InForce(Node):
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _from_before_until(self) -> Self:
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise refuse("in-force", "until 早于 from", "`until` is earlier than `from`")
        return self


class Replaced(Node):
    """A document that this one replaces, by the id of its rule set: as a whole, or the clauses named. A plain
    id is short for the whole of it. Without a day, from the day on which this document is in force."""

    id: str
    from_: Day | None = Field(default=None, alias="from")
    clauses: tuple[str, ...] = ()

    @classmethod
    def _as_written(cls, value: object) -> object:
        return {"id": str(value)} if isinstance(value, str) else value


class Document(Node):
    """The policy document that a rule set encodes."""

    title: str
    title_en: str
    number: str | None = None
    issuer: str | None = None
    issued: Day | None = None
    in_force: InForce
    trial: Flag = False
    based_on: tuple[str, ...] = ()
    replaces: tuple[Replaced, ...] = ()
    text_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    note: Bilingual | None = None


class Clause(Node):
    """One clause of the document and what became of it: the rules that encode it, or why it asks nothing.

    With neither it is not yet encoded: a draft that `lint` and `coverage` complain of."""

    at: str
    heading: str
    rules: tuple[str, ...] = ()
    asks_nothing: Bilingual | None = None
    disposition: Literal["context", "aim", "delegated", "heading", "covered"] | None = None

    @model_validator(mode="after")
    def _rules_or_a_reason(self) -> Self:
        if (self.rules and self.disposition is not None) or (self.disposition is not None) != (
            self.asks_nothing is not None
        ):
            zh = "每条要么列出规则，要么说明为何不设要求（disposition 和 asks_nothing）"
            en = "a clause lists rules, or says why it asks nothing (disposition and asks_nothing)"
            raise refuse("clause", zh, en)
        return self


class Item(Node):
    id: str
    title: Bilingual


class Yearly(Node):
    """What every full calendar year between approval and the as-of day owes."""

    looked_for_until: Annotated[
        Annotated[EndOfYear, Tag("word")] | Annotated[DueOn, Tag("day")],
        Discriminator(lambda value: "day" if isinstance(value, (dict, DueOn)) else "word"),
    ]
    running_year: Flag = False
    """The running year owes one too, if it began after approval."""

    def due(self, year: int) -> date:
        """The last day on which what a year owes is looked for."""
        if isinstance(self.looked_for_until, DueOn):
            return self.looked_for_until.of(year)
        return year_end(year + 1 if self.looked_for_until == "end_of_next_year" else year)


class Amount(Node):
    """The amount of a consequence: the sum of these facts."""

    sum_of: Annotated[tuple[str, ...], Field(min_length=1)]


class Otherwise(Node):
    """What follows in the centre's favour where a consequence does not: told in the message, where `when`
    holds."""

    when: Condition
    then: Bilingual


_TEXT_OR_DAY = {"anyOf": [{"type": "string"}, {"format": "date", "type": "string"}]}
_YEARS = re.compile(r"([1-9]|[1-4]\d)y")


def _by(value: object) -> object:
    if isinstance(value, (dict, After)):
        return After.model_validate(value)
    if isinstance(value, str) and (
        value in ("application", "approval", "term_end") or _YEARS.fullmatch(value)
    ):
        return str(value)
    if _dated(value):
        return parse_day(value)
    near = did_you_mean(str(value), ("application", "approval", "term_end"))
    days = "application, approval, 1y, 2y, term_end"
    shown = clip(str(value))
    words = days.replace(", ", "、").replace("1y", "1y（1年）")
    zh = f"“{shown}”不是日期；应为 {words}、日期，或如 {{months: 6, after: term_end}}{near.zh}"
    en = f"{shown!r} is not a date; {days}, a date, or {{months: 6, after: term_end}} is expected{near.en}"
    raise refuse("by", zh, en)


def _dated(value: object) -> bool:
    """Whether a value is meant for a day of the calendar."""
    return isinstance(value, date) or (isinstance(value, str) and re.match(r"\s*\d{4}", value) is not None)


def _by_written(value: object) -> object:
    return value.model_dump(exclude_none=True) if isinstance(value, After) else iso(value)


_AFTER = {
    "type": "object",
    "properties": {name: {"type": "integer", "minimum": 1} for name in ("years", "months", "days")}
    | {"after": {"type": "string"}},
    "required": ["after"],
    "additionalProperties": False,
}
By = Annotated[str | date | After, Parse(_by, {"anyOf": [*_TEXT_OR_DAY["anyOf"], _AFTER]}, _by_written)]


def _from(value: object) -> str:
    if isinstance(value, str) and (value in ("approval", "term_end") or _YEARS.fullmatch(value)):
        return str(value)
    raise refuse("from", "应为 approval、1y、2y 或 term_end", "approval, 1y, 2y or term_end is expected")


From = Annotated[str, Parse(_from, {"type": "string"})]


def _since(value: object) -> object:
    if value in ("approval", "term_end"):
        return str(value)
    if _dated(value):
        return parse_day(value)
    near = did_you_mean(str(value), ("approval", "term_end"))
    zh = f"应为 approval、term_end 或日期{near.zh}"
    raise refuse("since", zh, f"approval, term_end or a date is expected{near.en}")


Since = Annotated[Literal["approval", "term_end"] | date, Parse(_since, _TEXT_OR_DAY, iso)]


VERSION = r"^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}$"
Version = Annotated[str, Field(pattern=VERSION)]


class Rule(Node):
    """One clause's demand, as data."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    new_in: Version | None = None
    """The version of the rule set that first had the rule; None where the first one did."""
    at: str
    quote: Annotated[str, Field(min_length=1)]
    topic: str
    kind: Kind
    modality: Modality
    bearer: Bearer
    title: Bilingual
    message: Bilingual
    remedy: Bilingual
    reading: Bilingual | None = None
    by: By | None = None
    from_: From | None = Field(default=None, alias="from")
    since: Since | None = None
    until: Literal["term_end"] | None = None
    yearly: Yearly | None = None
    cycle: Cycle | None = None
    applies: Condition | None = None
    not_applicable: Bilingual | None = None
    require: Condition | None = None
    fails_at_once: Condition | None = None
    items: tuple[Item, ...] = ()
    when: Condition | None = None
    then: Bilingual | None = None
    otherwise: Otherwise | None = None
    amount: Amount | None = None

    @model_validator(mode="after")
    def _as_its_kind_asks(self) -> Self:
        consequence = self.kind == "consequence"
        if consequence != (self.when is not None) or consequence == (self.require is not None):
            zh = "consequence 类规则用 when，其他规则用 require"
            en = "a consequence has `when`, every other rule `require`"
            raise refuse("rule", zh, en)
        if consequence != (self.then is not None):
            zh = "then（会发生什么）须且只须写在 consequence 类规则中"
            en = "`then` (what follows) belongs to a consequence, and every consequence has it"
            raise refuse("rule", zh, en)
        if self.otherwise is not None and not consequence:
            zh = "otherwise（结果良好时会发生什么）只能写在 consequence 类规则中"
            en = "`otherwise` (what a good result brings) belongs to a consequence"
            raise refuse("rule", zh, en)
        if self.amount is not None and not consequence:
            zh = "amount（涉及的金额）只能写在 consequence 类规则中"
            en = "`amount` (what is at stake) belongs to a consequence"
            raise refuse("rule", zh, en)
        if consequence and self.yearly is not None:
            raise refuse(
                "rule", "yearly 只用于 require，不用于 consequence 类规则", "a consequence is not `yearly`"
            )
        if self.not_applicable is not None and self.applies is None:
            zh = "not_applicable 说明不适用的理由，须与 applies 同用"
            en = "`not_applicable` says why a rule does not apply: it goes with `applies`"
            raise refuse("rule", zh, en)
        if sum(part is not None for part in (self.by, self.from_, self.yearly, self.cycle)) > 1:
            raise refuse(
                "rule", "by、from、yearly、cycle 只能有一个", "only one of by, from, yearly and cycle"
            )
        if self.bearer == "programme" and (self.yearly is not None or self.cycle is not None):
            zh = "总体布局没有批复，不能用 yearly、cycle；逐年的要求用 each_year"
            en = "a programme has no approval, from which yearly and cycle run; each_year asks it of years"
            raise refuse("rule", zh, en)
        owes = self.cycle is not None or self.event is not None
        if owes and (consequence or self.applies is not None or self.fails_at_once is not None):
            zh = "周期、自条目起算的期限只用于 require，不与 applies、fails_at_once、when 同用"
            en = "a cycle, and a deadline that runs from entries, take `require` alone"
            raise refuse("rule", zh, en)
        return self

    @cached_property
    def condition(self) -> Any:
        """What is decided: the requirement, or what a consequence waits for."""
        return self.when if self.kind == "consequence" else self.require

    @cached_property
    def attested(self) -> bool:
        """Whether the rule asks for a person's judgement by itself, not only where data leaves one open."""
        return any(isinstance(node, Attested) for node in walk(self.condition))

    @cached_property
    def open_to_judgement(self) -> bool:
        """Whether data may leave the rule to a person: then a judgement of it counts."""
        return any(leaves_open(tree) for tree in (self.condition, self.applies, self.fails_at_once))

    @cached_property
    def waits_for(self) -> tuple[str, ...]:
        """The consequences that have to be decided before this rule, by their ids."""
        return tuple(dict.fromkeys(node.follows for _, node in nodes_of(self) if isinstance(node, Follows)))

    @cached_property
    def years(self) -> int | None:
        """N of `by: Ny`."""
        return int(self.by[:-1]) if isinstance(self.by, str) and self.by.endswith("y") else None

    @cached_property
    def after(self) -> After | None:
        """A deadline that runs from something else than a day of the calendar; None for any other."""
        return self.by if isinstance(self.by, After) else None

    @cached_property
    def event(self) -> str | None:
        """The fact of whose entries each owes what the rule requires; None where none does."""
        return self.after.event if self.after is not None else None

    @cached_property
    def time(self) -> tuple[object, ...]:
        """All that a rule says of time but its years, and how what is dated before the document counts."""
        adverse = self.kind in ("prohibition", "consequence")
        return self.by, self.from_, self.since, self.until, adverse, self.kind == "consequence", self.at_once

    @cached_property
    def at_once(self) -> bool:
        """Whether it fails as soon as it is broken, and is never pending: a limit, a prohibition, or a
        consequence from a time on. What an applicant does not meet yet is pending all the same."""
        if self.kind == "consequence":
            return self.from_ is not None
        return self.kind in ("limit", "prohibition") and self.by != "application"

    @cached_property
    def from_years(self) -> int | None:
        """N of `from: Ny`."""
        return int(self.from_[:-1]) if self.from_ is not None and self.from_.endswith("y") else None

    @cached_property
    def phase(self) -> Phase:
        """The phase of a centre's life in which the rule is looked at."""
        if self.by in ("application", "approval"):
            return "application" if self.by == "application" else "approval"
        ended = self.after is not None and self.after.after == "term_end"
        return "term_end" if ended or "term_end" in (self.by, self.from_) else "construction"


class RuleFile(Node):
    """A rule file: one document of one jurisdiction, in one edition."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
    version: Version
    jurisdiction: str
    languages: tuple[Literal["zh", "en"], ...] = ("zh", "en")
    """`[zh]`: English is left out, and the Chinese stands in its place."""
    document: Document
    vocabulary: Vocabulary = Field(default_factory=Vocabulary.model_construct)
    clauses: Annotated[tuple[Clause, ...], Field(min_length=1)]
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
