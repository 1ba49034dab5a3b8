"""The vocabulary that rules are written in: units, words, lists, facts, fields, topics, with their labels."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, PrivateAttr, model_validator

from tic_rules.core.digest import digest_of_values
from tic_rules.core.errors import Text, did_you_mean
from tic_rules.core.fixed import Fixed
from tic_rules.core.numbers import Number
from tic_rules.core.source import steps
from tic_rules.model.conditions import Flag, Node, Operand, Quantity, Times, Where
from tic_rules.model.frozen import FixedMap, refuse
from tic_rules.model.time import Window


class Bilingual(Node):
    """One text in Chinese and English."""

    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


def near_word(said: str, words: Mapping[str, Bilingual]) -> Text:
    """What a message adds to an unknown word where one is near, or is called nearly so: 浙江, zhejiang."""
    labels = {label: word for word, called in words.items() for label in called.text}
    return did_you_mean(said, words, labels)


class LookUp(Node):
    """An attribute of an entry that is found on another list: the type of the unit that paid.

    An entry that names the unit (`named`) takes its `take`; one that names only the role (`by`), what all
    units of the role agree on, as one whose name none of them has; one named like a unit of another role is
    unknown."""

    by: str
    named: str
    units: FixedMap[str, str]
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
    every_year: Flag = False
    """Its entries are figures of years: a year that has ended and has no entry is not known."""
    look_up: FixedMap[str, LookUp] = Field(default_factory=Fixed)
    earlier: Literal["counts", "fulfils", "ignored"] = "counts"
    """What an entry dated before the document came into force is to a centre that was approved before it: it
    counts; it fulfils a duty but breaks no prohibition and draws no consequence; or no rule looks at it."""

    @model_validator(mode="after")
    def _years_of_years(self) -> Self:
        if self.every_year and self.year is None:
            raise refuse("list", "every_year 需要 year", "`every_year` needs `year`")
        return self

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,) if isinstance(self.path, str) else self.path


class Group(Node):
    label: Bilingual
    where: Where


class Ratio(Node):
    """One number as a part of another."""

    of: Operand
    to: Operand


class Fact(Node):
    """What rules read from a centre's data. Exactly one of the readings is given.

    stock: a number that holds at a day (a plain value on reported_on, or a dated series); value: a yes/no,
    choice, text, date or undated number; words: several words; sum: amounts of dated entries; count,
    distinct: entries, or the different values of an attribute; kinds: how many groups have more than nothing;
    entries: a list to look through; groups: amounts by group; table: a mapping of keys to entries. Made of
    other facts: average: the amounts of a window of full years, a year; ratio; smaller, larger: of several;
    age: how many years or months (the unit) have passed since a day."""

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
    groups: FixedMap[str, Group] | None = None
    table: str | None = None
    average: str | None = None
    ratio: Ratio | None = None
    smaller: Annotated[tuple[Operand, ...], Field(min_length=1)] | None = None
    larger: Annotated[tuple[Operand, ...], Field(min_length=1)] | None = None
    age: str | None = None
    of: str | None = None
    where: Where | None = None
    over: Window | None = None
    else_count: str | None = None
    """Where the value is not given: the entries of this list, as a lower bound. A value that is less
    than they are contradicts them, and is a lower bound too."""

    @model_validator(mode="after")
    def _one_reading(self) -> Self:
        if self.groups is None and len([r for r in READINGS if getattr(self, r) is not None]) != 1:
            zh = "事实需要且只能有一种读法：" + "、".join(READINGS)
            en = "a fact needs exactly one reading: " + ", ".join(READINGS)
            raise refuse("fact", zh, en)
        if (self.value is None) != (self.type is None):
            raise refuse("fact", "value 须与 type 同时给出", "value and type go together")
        idle = [key for key in _KEYS if getattr(self, key) and key not in _OF_READING.get(self.reading, ())]
        if idle:
            zh = f"{self.reading} 类事实不用 {'、'.join(idle)}"
            en = f"a fact that is read by `{self.reading}` takes no {', '.join(idle)}"
            raise refuse("fact", zh, en)
        if self.average is not None and (self.over is None or self.over.full_years is None):
            raise refuse(
                "fact", "average 需要 over: {full_years: N}", "`average` needs over: {full_years: N}"
            )
        if self.age is not None and self.unit not in ("year", "month", "day"):
            raise refuse(
                "fact", "age 的单位是 year、month 或 day", "the unit of an `age` is year, month or day"
            )
        return self

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
        return self.reading in _NUMBERS or self.type == "number"

    @cached_property
    def operands(self) -> tuple["str | Number | Times", ...]:
        """What a fact that is made of others is made of: facts by name, numbers, multiples of facts."""
        if self.ratio is not None:
            return self.ratio.of, self.ratio.to
        return self.smaller or self.larger or ()

    @cached_property
    def made_of(self) -> tuple[str, ...]:
        """The facts that this one is made of, by name."""
        named = (self.kinds, self.age, self.over.founded if self.over is not None else None)
        parts = (part.fact if isinstance(part, Times) else part for part in self.operands)
        return tuple(name for name in (*named, *parts) if isinstance(name, str))

    @cached_property
    def list_name(self) -> str | None:
        """The list that the fact reads, if it reads one."""
        return self.of or self.entries or self.count


_OF_READING = {
    **dict.fromkeys(("sum", "average"), ("of", "where", "over")),
    "groups": ("of", "over", "sum"),
    "distinct": ("of", "over"),
    **dict.fromkeys(("count", "entries"), ("where", "over")),
    "stock": ("cumulative", "else_count"),
    "value": ("else_count",),
}
"""Of the keys that only some readings take, those that each takes."""
_KEYS = ("of", "where", "over", "cumulative", "else_count")
_NUMBERS = (
    "stock", "sum", "count", "distinct", "kinds", "average", "ratio", "smaller", "larger", "age",
)  # fmt: skip


def facts_within(name: str, facts: Mapping[str, Fact]) -> Iterator[str]:
    """A fact by its name, and all that it is made of, each once, from the top; names that are unknown too."""
    seen: dict[str, None] = {}
    left = [name]
    while left:
        one = left.pop()
        if one not in seen:
            seen[one] = None
            fact = facts.get(one)
            left.extend(reversed(fact.made_of) if fact is not None else ())
    yield from seen


READINGS = (
    "stock", "value", "words", "sum", "count", "distinct", "kinds", "entries", "groups", "table", "average",
    "ratio", "smaller", "larger", "age",
)  # fmt: skip


FieldType = Literal[
    "number", "money", "percentage", "truth", "date", "text", "word", "words", "entries", "by_year", "group"
]


class Label(Node):
    """What a unit or a field is called, for the people who fill it in."""

    zh: str
    en: str
    example: str | None = None
    also: tuple[Bilingual, ...] = ()
    """What else people call it: a table may name its column so."""


class FieldLabel(Label):
    """A field of the centre file for the people who fill it in; with a `type` it declares one that the
    shipped model does not have."""

    type: FieldType | None = None
    unit: str | None = None
    """Of a number."""
    holds: Literal["stock", "total"] | None = None
    """Whether a number is what there is at a day, or what came together in a time."""
    words: str | None = None
    """The list of the vocabulary whose words it takes."""
    of: Literal["centre", "programme"] | None = None
    """Whose field it is; what lies within another is of the same."""
    public: Flag = False
    """Whether public pages say it (announcements, letters of approval, registers of legal persons); what
    they do not say the centre has to file."""
    identity: Flag = False
    """Whether it says what the centre is: a plan does not change it, nor guess it."""
    plausible: tuple[Quantity, Quantity] | None = None
    """Between these a number is as one expects; beyond them a slip of the pen is likely."""

    @property
    def shape(self) -> tuple[str | None, ...]:
        """What the field holds, whatever it is called."""
        return self.type, self.unit, self.holds, self.words, self.of

    @property
    def described(self) -> str:
        """What a JSON Schema says of the field: its labels, and the example as it stands in a file."""
        example = f"（例 {self.example}）" if self.example else ""
        return " · ".join(dict.fromkeys((self.zh, self.en))) + example


class Origin(NamedTuple):
    """Where a field is declared."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Own(NamedTuple):
    """The fields that a model has beside those of the shipped one, by their dotted places, and the words
    that they take, by the names of the lists."""

    fields: tuple[tuple[str, FieldLabel], ...] = ()
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def within(self, other: "Own") -> bool:
        """Whether another has all of them."""
        if self is other:
            return True
        theirs, words = dict(other.fields), dict(other.words)
        return all(
            path in theirs and theirs[path].shape == field.shape for path, field in self.fields
        ) and all(set(listed) <= set(words.get(name, ())) for name, listed in self.words)

    def with_(self, other: "Own") -> "Own":
        """What both have."""
        words = dict(self.words)
        for name, listed in other.words:
            words[name] = tuple(dict.fromkeys((*words.get(name, ()), *listed)))
        return Own(tuple({**dict(self.fields), **dict(other.fields)}.items()), tuple(words.items()))


class Vocabulary(Node):
    """The shared words: units, choices, lists, facts, fields and topics. A rule file may add its own."""

    units: FixedMap[str, Label] = Field(default_factory=Fixed)
    words: FixedMap[str, FixedMap[str, Bilingual]] = Field(default_factory=Fixed)
    lists: FixedMap[str, ListOf] = Field(default_factory=Fixed)
    facts: FixedMap[str, Fact] = Field(default_factory=Fixed)
    fields: FixedMap[str, FieldLabel] = Field(default_factory=Fixed)
    topics: FixedMap[str, Bilingual] = Field(default_factory=Fixed)

    _joins: "tuple[Vocabulary, ...]" = PrivateAttr(default=())
    """The vocabularies of several rule sets that this one joins: what fits it fits each of them."""
    _origins: Mapping[str, Origin] = PrivateAttr(default_factory=dict)
    """Where the declared fields are declared, by their places."""

    @model_validator(mode="after")
    def _with_years(self) -> Self:
        """The entries of a list by year have a year, which is called so."""
        years = {
            f"{path}.year": FieldLabel(zh="年度", en="year", example="2025")
            for path, field in self.fields.items()
            if field.type == "by_year" and f"{path}.year" not in self.fields
        }
        if years:
            self.__dict__["fields"] = Fixed({**self.fields, **years})
        return self

    @cached_property
    def declared(self) -> Mapping[str, FieldLabel]:
        """The fields that the data has beside those of the shipped model, by their dotted places."""
        return Fixed((path, field) for path, field in self.fields.items() if field.type is not None)

    @cached_property
    def never_falling(self) -> tuple[str, ...]:
        """The dotted places of numbers that never fall."""
        return tuple(fact.stock for fact in self.facts.values() if fact.cumulative and fact.stock)

    @cached_property
    def tables(self) -> frozenset[str]:
        """The dotted places of tables, whose entries stand under keys."""
        return frozenset(fact.table for fact in self.facts.values() if fact.table)

    def path_of(self, dotted: str) -> tuple[str | int, ...]:
        """A dotted place as a path; below a table stands a key, with the dots that it has, and perhaps one of
        its fields: `indicators.4.5.target`."""
        table = next((one for one in self.tables if dotted.startswith(f"{one}.")), None)
        if table is None:
            return steps(dotted.split("."))
        below = dotted.removeprefix(f"{table}.")
        key, _, field = below.rpartition(".")
        return (*table.split("."), *((key, field) if key and f"{table}.{field}" in self.fields else (below,)))

    @property
    def origins(self) -> Mapping[str, Origin]:
        """Where each declared field is declared, as far as that is known."""
        return self._origins

    def __eq__(self, other: object) -> bool:
        """Whether both say the same, wherever it stands."""
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in Vocabulary.model_fields)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of all that it says, by which another process tells that it is the same."""
        return digest_of_values(self.model_dump(mode="json"))

    @property
    def fits(self) -> tuple[str, ...]:
        """The digests of the vocabularies of several rule sets that this one joins."""
        return tuple(dict.fromkeys(one.digest for one in self._joins))

    def with_(self, other: "Vocabulary") -> "Vocabulary":
        """A vocabulary that holds both; words of one list are joined, and what `other` says anew replaces."""
        words = {
            name: Fixed({**self.words.get(name, {}), **other.words.get(name, {})})
            for name in {**self.words, **other.words}
        }
        renamed = {name: _renamed(self.fields.get(name), new) for name, new in other.fields.items()}
        whole = Vocabulary.model_construct(
            units=Fixed({**self.units, **other.units}),
            words=Fixed(words),
            lists=Fixed({**self.lists, **other.lists}),
            facts=Fixed({**self.facts, **other.facts}),
            fields=Fixed({**self.fields, **renamed}),
            topics=Fixed({**self.topics, **other.topics}),
        )
        whole._origins = {**other._origins, **self._origins}
        return whole


def _renamed(old: FieldLabel | None, new: FieldLabel) -> FieldLabel:
    """A field's new label; the one that it replaces is still understood, and what it declares still holds."""
    if old is not None and old.type is not None and new.type is None:
        new = new.model_copy(update={part: getattr(old, part) for part in _DECLARATION})
    if old is not None and new.plausible is None and old.plausible is not None:
        new = new.model_copy(update={"plausible": old.plausible})
    if old is not None:
        new = new.model_copy(update={part: True for part in ("public", "identity") if getattr(old, part)})
    if old is None or (old.zh, old.en) == (new.zh, new.en):
        return new
    return new.model_copy(update={"also": (*new.also, Bilingual(zh=old.zh, en=old.en), *old.also)})


_DECLARATION = ("type", "unit", "holds", "words", "of", "public", "identity", "plausible")
