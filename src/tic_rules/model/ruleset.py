"""What a rule file says: document, clauses, rules, and the vocabulary of facts, lists and words that they are written in."""

import re
from collections.abc import Callable, Iterator, KeysView, Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal

from tic_rules.core.errors import Text
from tic_rules.core.quantities import NotADate, parse_span
from tic_rules.core.source import Mark, Source
from tic_rules.model.amendment import amended
from tic_rules.model.conditions import Condition, Flag, Follows, Node, Where, walk
from tic_rules.model.shapes import NOTHING, Alias, Before, Matching, NotEmpty, refuse

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
Modality = Literal["must", "in_principle", "encouraged", "may"]
Bearer = Literal["centre", "host", "province", "local_government", "ministry", "department", "programme"]
Phase = Literal["application", "approval", "construction", "term_end"]

BEARERS: tuple[Bearer, ...] = (
    "centre",
    "host",
    "province",
    "local_government",
    "ministry",
    "department",
    "programme",
)
PHASES: tuple[Phase, ...] = ("application", "approval", "construction", "term_end")


def _day(value: Any) -> date:
    try:
        span = parse_span(value)
    except NotADate as error:
        raise refuse("date", *error.args) from None
    if not span.exact:
        raise refuse("date", "规则文件中的日期要精确到日", "a date of a rule file must be exact to the day")
    return span.first


Day = Annotated[date, Before(_day)]


class Bilingual(Node):
    """One text in Chinese and English."""

    zh: Annotated[str, NotEmpty()]
    en: Annotated[str, NotEmpty()]

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


# --- vocabulary: facts, lists, words ------------------------------------------------------------------------------------


class LookUp(Node):
    """An attribute of an entry that is found on another list: the type of the unit that paid.

    An entry that names the unit (`named`) takes its `take`; one that names only the role (`by`), what all units of the
    role agree on; otherwise it is unknown.
    """

    by: str
    named: str
    units: dict[str, str]
    take: str


class ListOf(Node):
    """A list of the data: where it stands and which attribute dates its entries."""

    path: str | tuple[str, ...]
    date: str | None = None
    year: str | None = None
    scalar: str | None = None
    """Entries are single words or numbers and stand under this attribute."""
    held: str | None = None
    """The path is one event, not a list; this attribute says whether it has taken place."""
    look_up: Mapping[str, LookUp] = NOTHING
    earlier: Literal["counts", "fulfils", "ignored"] = "counts"
    """What an entry dated before the document came into force is to a centre that was approved before it: it counts;
    it fulfils a duty but breaks no prohibition and draws no consequence; or no rule of the document looks at it."""

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,) if isinstance(self.path, str) else self.path


class Group(Node):
    label: Bilingual
    where: Where


Over = Literal["latest_full_year"]


class Fact(Node):
    """What rules read from a centre's data. Exactly one of the readings is given.

    stock: a number that holds at a day (a plain value on reported_on, or a dated series); value: a yes/no, choice, text,
    date or undated number; words: several words; sum: amounts of dated entries; count, distinct: entries, or the different
    values of an attribute; kinds: how many groups have more than nothing; entries: a list to look through; groups: amounts
    by group; table: a mapping of keys to entries.
    """

    label: Bilingual
    unit: str | None = None
    stock: str | None = None
    cumulative: Flag = False
    value: str | None = None
    type: Literal["truth", "choice", "text", "number", "date"] | None = None
    words: str | None = None
    sum: str | None = None
    count: str | None = None
    distinct: str | None = None
    kinds: str | None = None
    entries: str | None = None
    groups: dict[str, Group] | None = None
    table: str | None = None
    of: str | None = None
    where: Where | None = None
    over: Over | None = None
    else_count: str | None = None
    """Where the value is not given: the entries of this list, as a lower bound."""

    def _whole(self) -> None:
        if self.groups is None and len([r for r in READINGS if getattr(self, r) is not None]) != 1:
            raise refuse(
                "fact",
                "事实需要且只能有一种读法：" + "、".join(READINGS),
                "a fact needs exactly one reading: " + ", ".join(READINGS),
            )
        if (self.value is None) != (self.type is None):
            raise refuse("fact", "value 须与 type 同时给出", "value and type go together")

    @cached_property
    def reading(self) -> str:
        return (
            "groups" if self.groups is not None else next(r for r in READINGS if getattr(self, r) is not None)
        )

    @cached_property
    def at(self) -> tuple[str, ...]:
        """Where the fact stands in the data, if it stands in one place; else nowhere."""
        path = self.stock or self.value or self.words or self.table
        return tuple(path.split(".")) if path is not None else ()

    @cached_property
    def numeric(self) -> bool:
        return self.reading in ("stock", "sum", "count", "distinct", "kinds") or self.type == "number"

    @cached_property
    def list_name(self) -> str | None:
        """The list that the fact reads, if it reads one."""
        return self.of or self.entries or self.count


READINGS = ("stock", "value", "words", "sum", "count", "distinct", "kinds", "entries", "groups", "table")


class FieldLabel(Node):
    """A field of the centre file for the people who fill it in."""

    zh: str
    en: str
    example: str | None = None


class Vocabulary(Node):
    """The shared words: units, choices, lists, facts, fields and topics. A rule file may add its own."""

    units: Mapping[str, FieldLabel] = NOTHING
    words: Mapping[str, Mapping[str, Bilingual]] = NOTHING
    lists: Mapping[str, ListOf] = NOTHING
    facts: Mapping[str, Fact] = NOTHING
    fields: Mapping[str, FieldLabel] = NOTHING
    topics: Mapping[str, Bilingual] = NOTHING

    def with_(self, other: "Vocabulary") -> "Vocabulary":
        """A vocabulary that holds both; words of one list are joined, and what `other` says anew replaces."""
        words = {
            name: {**self.words.get(name, {}), **other.words.get(name, {})}
            for name in {**self.words, **other.words}
        }
        parts = {
            part: {**getattr(self, part), **getattr(other, part)}
            for part in ("units", "lists", "facts", "fields", "topics")
        }
        return Vocabulary.model_construct(words=words, **parts)


# --- document, clauses, rules ---------------------------------------------------------------------------------------------


class InForce(Node):
    from_: Annotated[Day | None, Alias("from")] = None
    until: Day | None = None


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
    text_sha256: Annotated[str, Matching("^[0-9a-f]{64}$")] | None = None
    note: Bilingual | None = None


class Clause(Node):
    """One clause of the document and what became of it: the rules that encode it, or why it asks nothing.

    With neither it is not yet encoded: a draft that `lint` and `coverage` complain of.
    """

    at: str
    heading: str
    rules: tuple[str, ...] = ()
    asks_nothing: Bilingual | None = None
    disposition: Literal["context", "aim", "delegated", "heading", "covered"] | None = None

    def _whole(self) -> None:
        if (self.rules and self.disposition is not None) or (self.disposition is not None) != (
            self.asks_nothing is not None
        ):
            raise refuse(
                "clause",
                "每条要么列出规则，要么说明为何不设要求（disposition 和 asks_nothing）",
                "a clause lists rules, or says why it asks nothing (disposition and asks_nothing)",
            )


class Item(Node):
    id: str
    title: Bilingual


class Yearly(Node):
    """What every full calendar year between approval and the as-of day owes."""

    looked_for_until: Literal["end_of_year", "end_of_next_year"]
    running_year: Flag = False
    """The running year owes one too, if it began after approval."""


class Amount(Node):
    """The amount of a consequence: the sum of these facts."""

    sum_of: Annotated[tuple[str, ...], NotEmpty()]


class Otherwise(Node):
    """What follows in the centre's favour where a consequence does not: told in the message, where `when` holds."""

    when: Condition
    then: Bilingual


_YEARS = re.compile(r"([1-9]|[1-4]\d)y")


def _by(value: Any) -> Any:
    if isinstance(value, str) and (
        value in ("application", "approval", "term_end") or _YEARS.fullmatch(value)
    ):
        return str(value)
    if isinstance(value, (str, date)):
        return _day(value)
    raise refuse(
        "by",
        "应为 application、approval、1y、2y、term_end 或日期",
        "application, approval, 1y, 2y, term_end or a date is expected",
    )


By = Annotated[str | date, Before(_by)]


def _from(value: Any) -> Any:
    if isinstance(value, str) and (value in ("approval", "term_end") or _YEARS.fullmatch(value)):
        return str(value)
    raise refuse("from", "应为 approval、1y、2y 或 term_end", "approval, 1y, 2y or term_end is expected")


From = Annotated[str, Before(_from)]


def _since(value: Any) -> Any:
    return str(value) if value in ("approval", "term_end") else _day(value)


Since = Annotated[str | date, Before(_since)]


class Rule(Node):
    """One clause's demand, as data."""

    id: Annotated[str, Matching(r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    at: str
    quote: Annotated[str, NotEmpty()]
    topic: str
    kind: Kind
    modality: Modality
    bearer: Bearer
    title: Bilingual
    message: Bilingual
    remedy: Bilingual
    reading: Bilingual | None = None
    by: By | None = None
    from_: Annotated[From | None, Alias("from")] = None
    since: Since | None = None
    until: Literal["term_end"] | None = None
    yearly: Yearly | None = None
    applies: Condition | None = None
    not_applicable: Bilingual | None = None
    require: Condition | None = None
    fails_at_once: Condition | None = None
    items: tuple[Item, ...] = ()
    when: Condition | None = None
    then: Bilingual | None = None
    otherwise: Otherwise | None = None
    amount: Amount | None = None

    def _whole(self) -> None:
        consequence = self.kind == "consequence"
        if consequence != (self.when is not None) or consequence == (self.require is not None):
            raise refuse(
                "rule",
                "consequence 类规则用 when，其他规则用 require",
                "a consequence has `when`, every other rule `require`",
            )
        if consequence != (self.then is not None):
            raise refuse(
                "rule",
                "then（会发生什么）须且只须写在 consequence 类规则中",
                "`then` (what follows) belongs to a consequence, and every consequence has it",
            )
        if self.otherwise is not None and not consequence:
            raise refuse(
                "rule",
                "otherwise（结果良好时会发生什么）只能写在 consequence 类规则中",
                "`otherwise` (what a good result brings) belongs to a consequence",
            )
        if sum(part is not None for part in (self.by, self.from_, self.yearly)) > 1:
            raise refuse("rule", "by、from、yearly 只能有一个", "only one of by, from and yearly")

    @cached_property
    def condition(self) -> Any:
        """What is decided: the requirement, or what a consequence waits for."""
        return self.when if self.kind == "consequence" else self.require

    @cached_property
    def waits_for(self) -> tuple[str, ...]:
        """The consequences that have to be decided before this rule, by their ids."""
        trees = [tree for tree in (self.applies, self.condition, self.fails_at_once) if tree is not None]
        return tuple(
            dict.fromkeys(node.follows for tree in trees for node in walk(tree) if isinstance(node, Follows))
        )

    @cached_property
    def years(self) -> int | None:
        """N of `by: Ny`."""
        return int(self.by[:-1]) if isinstance(self.by, str) and self.by.endswith("y") else None

    @cached_property
    def time(self) -> tuple[Any, ...]:
        """All that a rule says of time, its years apart, and how what is dated before the document counts for it."""
        adverse = self.kind in ("prohibition", "consequence")
        return self.by, self.from_, self.since, self.until, adverse, self.kind == "consequence"

    @cached_property
    def from_years(self) -> int | None:
        """N of `from: Ny`."""
        return int(self.from_[:-1]) if self.from_ is not None and self.from_.endswith("y") else None

    @cached_property
    def phase(self) -> Phase:
        if self.by in ("application", "approval"):
            return "application" if self.by == "application" else "approval"
        return "term_end" if self.by == "term_end" or self.from_ == "term_end" else "construction"


class RuleFile(Node):
    """A rule file: one document of one jurisdiction, in one edition."""

    id: Annotated[str, Matching(r"^[a-z0-9]+(_[a-z0-9]+)*$")]
    version: Annotated[str, Matching(r"^\d+\.\d+\.\d+$")]
    jurisdiction: str
    document: Document
    vocabulary: Vocabulary = Vocabulary.model_construct()
    clauses: Annotated[tuple[Clause, ...], NotEmpty()]
    rules: Annotated[tuple[Rule, ...], NotEmpty()]


class RuleSet:
    """An immutable rule set, ready to be decided; safe to share between threads.

    Build one with `load_ruleset`. `rules` are in the document's order; `facts` and `vocabulary` include the shared ones.
    """

    __slots__ = (
        "__weakref__",
        "_by_id",
        "_compiled",
        "_text",
        "clauses",
        "document",
        "facts",
        "file",
        "id",
        "jurisdiction",
        "rules",
        "version",
        "vocabulary",
    )

    id: str
    version: str
    jurisdiction: str
    document: Document
    clauses: tuple[Clause, ...]
    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    facts: Mapping[str, Fact]
    file: str
    _text: Source | Callable[[], Source] | None
    _by_id: dict[str, tuple[int, Rule]]
    _compiled: dict[Any, Any]

    def __init__(self, model: RuleFile, vocabulary: Vocabulary, source: Source | None = None) -> None:
        put = object.__setattr__
        put(self, "id", model.id)
        put(self, "version", model.version)
        put(self, "jurisdiction", model.jurisdiction)
        put(self, "document", model.document)
        put(self, "clauses", model.clauses)
        put(self, "rules", model.rules)
        put(self, "vocabulary", vocabulary)
        put(self, "facts", MappingProxyType(vocabulary.facts))
        put(self, "file", source.file if source else "")
        put(self, "_text", source)
        put(self, "_by_id", {rule.id: (index, rule) for index, rule in enumerate(model.rules)})
        put(self, "_compiled", {})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a RuleSet is immutable; {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a RuleSet is immutable; {name} cannot be deleted")

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._by_id

    def __getitem__(self, rule_id: str) -> Rule:
        """A rule by its id, with or without the rule set's own before it. Raises KeyError."""
        return self._by_id[rule_id.removeprefix(f"{self.id}/")][1]

    @property
    def rule_ids(self) -> KeysView[str]:
        """The ids of the rules, in their order."""
        return self._by_id.keys()

    def place_of(self, rule_id: str) -> int:
        """The place of a rule in the rule set's order."""
        return self._by_id[rule_id][0]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RuleSet):
            return NotImplemented
        return all(
            getattr(self, part) == getattr(other, part)
            for part in ("id", "version", "jurisdiction", "document", "clauses", "rules", "vocabulary")
        )

    def __hash__(self) -> int:
        return hash((self.id, self.version, len(self.rules)))

    def __repr__(self) -> str:
        return f"<RuleSet {self.id} {self.version}: {len(self.rules)} rules>"

    def with_change(self, rule_id: str, value: Any = None, /, **parts: Any) -> "RuleSet":
        """A new rule set in which one rule is changed; this one stays as it is.

        `value` is the rule's one number (`with_change("investment-2y", "8亿元")`); parts are those of a rule file
        (`by="3y"`, `modality="encouraged"`, `require={...}`) or facts (`headcount=500`). Raises KeyError for an unknown
        rule, RuleSetError for a change that is none.
        """
        index, rule = self._by_id[rule_id.removeprefix(f"{self.id}/")]
        made = object.__new__(RuleSet)
        made.__setstate__(
            self.__getstate__()
            | {
                "rules": (
                    *self.rules[:index],
                    amended(rule, value, parts, self.facts),
                    *self.rules[index + 1 :],
                )
            }
        )
        return made

    @property
    def _source(self) -> Source | None:
        """The text of the rule file; read again when it is first looked at, where the rule set was kept without it."""
        text = self._text
        if text is not None and not isinstance(text, Source):
            text = text()
            object.__setattr__(self, "_text", text)
        return text

    def bare(self) -> dict[str, Any]:
        """All but the text, with the citations that need it: what `restored` makes the rule set of again."""
        for rule in self.rules:
            self.cited(rule.id)
        citations = {key: value for key, value in self._compiled.items() if key[0] == "citation"}
        return self.__getstate__() | {"_text": None, "_compiled": citations}

    @classmethod
    def restored(cls, bare: dict[str, Any], text: Callable[[], Source]) -> "RuleSet":
        made = object.__new__(cls)
        made.__setstate__(bare | {"_text": text})
        return made

    def place(self, rule_id: str, *within: str | int) -> Mark:
        """Where a rule (or a part of it) stands in the rule file."""
        source = self._source
        if source is None or rule_id not in self._by_id:
            return Mark(0, 0)
        return source.locate(("rules", self._by_id[rule_id][0], *within))

    def locate(self, *within: str | int) -> Mark:
        """Where a part of the rule file stands: `locate("clauses", 3, "at")`."""
        return self._source.locate(within) if self._source is not None else Mark(0, 0)

    def written(self, *within: str | int) -> Any:
        """What a part of the rule file says as it is written, before it is read: `10亿元`. None where it is absent."""
        value: Any = self._source.data if self._source is not None else None
        for part in within:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def citation(self, rule_id: str) -> dict[str, Any]:
        """The clause that a rule encodes: document, locator, quote, and the place of the rule in its file."""
        return dict(self.cited(rule_id))

    def cited(self, rule_id: str) -> Mapping[str, Any]:
        """As `citation`, made once: for whoever copies it."""
        key = ("citation", rule_id)
        if key not in self._compiled:
            rule, mark = self[rule_id], self.place(rule_id)
            document = self.document.number or self.document.title
            cited = {
                "document": document,
                "locator": rule.at,
                "quote": rule.quote,
                "file": self.file or None,
                "line": mark.line or None,
                "column": mark.column or None,
            }
            self._compiled[key] = cited
        return self._compiled[key]  # type: ignore[no-any-return]

    def __getstate__(self) -> dict[str, Any]:
        return {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("__weakref__", "_compiled", "facts", "_by_id")
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "facts", MappingProxyType(self.vocabulary.facts))
        object.__setattr__(self, "_by_id", {rule.id: (index, rule) for index, rule in enumerate(self.rules)})
        object.__setattr__(self, "_compiled", dict(state.get("_compiled", ())))


Facts = Mapping[str, Fact]
__all__ = [
    "BEARERS",
    "PHASES",
    "Clause",
    "Document",
    "Fact",
    "Facts",
    "ListOf",
    "Rule",
    "RuleFile",
    "RuleSet",
    "Vocabulary",
]
