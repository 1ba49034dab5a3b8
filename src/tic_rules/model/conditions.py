"""The closed family of conditions. A rule's requirement is one tree of these frozen nodes.

Equality looks at what a node says, never at where it stands, so two files that say the same are equal.
Nothing here decides anything: the evaluator, the compilers, the explainer and the differ are each one pass
over the tree."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, WithJsonSchema, model_validator
from typing_extensions import TypeAliasType

from tic_rules.model.entry_tests import (
    QUANTITY_SHAPE,
    Flag,
    Node,
    Quantity,
    Test,
    Where,
    Word,
    Yes,
    parse_quantity,
)
from tic_rules.model.frozen import refuse
from tic_rules.model.time import Window


class All(Node):
    all: Annotated[tuple["Condition", ...], Field(min_length=1)]


class Either(Node):
    any: Annotated[tuple["Condition", ...], Field(min_length=1)]


class Not(Node):
    model_config = ConfigDict(populate_by_name=True)

    not_: "Condition" = Field(alias="not")


class Review(Node):
    """Where the inner condition holds, a person has to judge (a use that 等 may cover)."""

    review: "Condition"


class Attested(Node):
    """A judgement: an attestation in the data decides it (for a rule with items, one an item)."""

    attested: Yes


class Times(Node):
    """A multiple of another fact: {times: 20%, fact: rd_of_last_year}; without `times`, the fact itself."""

    times: Quantity = 1
    fact: str


_TIMES = {
    "type": "object",
    "properties": {"times": QUANTITY_SHAPE, "fact": {"type": "string"}},
    "required": ["fact"],
    "additionalProperties": False,
}
_FACT = re.compile(r"[a-z][a-z0-9_]*")


def _operand(value: object) -> str:
    if isinstance(value, (dict, Times)):
        return "times"
    return "fact" if isinstance(value, str) and _FACT.fullmatch(value) else "number"


Limit = Annotated[
    Annotated[Quantity, Tag("number")] | Annotated[Times, Tag("times")],
    Discriminator(lambda value: "times" if isinstance(value, (dict, Times)) else "number"),
    WithJsonSchema({"anyOf": [QUANTITY_SHAPE, _TIMES]}),
]
Operand = Annotated[
    Annotated[str, Tag("fact")] | Annotated[Quantity, Tag("number")] | Annotated[Times, Tag("times")],
    Discriminator(_operand),
    WithJsonSchema({"anyOf": [QUANTITY_SHAPE, _TIMES]}),
]
"""A fact by its name, a number, or a multiple of a fact."""

OPERATORS = {
    "at_least": ">=",
    "at_most": "<=",
    "more_than": ">",
    "less_than": "<",
    "equals": "==",
    "between": "between",
}


class _Bounded(Node):
    """What is held against exactly one bound."""

    def _given(self) -> list[str]:
        return [name for name in OPERATORS if getattr(self, name, None) is not None]

    @cached_property
    def operator(self) -> str:
        return self._given()[0]

    @cached_property
    def limit(self) -> Any:
        return getattr(self, self.operator)


class Compare(_Bounded):
    """A number against a bound. 以上, 不少于, 不低于 are at_least; 超过 is more_than; `between` includes both
    ends."""

    fact: str
    at_least: Limit | None = None
    at_most: Limit | None = None
    more_than: Limit | None = None
    less_than: Limit | None = None
    equals: Limit | None = None
    between: tuple[Quantity, Quantity] | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if len(self._given()) != 1:
            raise refuse("compare", "比较需要且只能有一个界限", "exactly one bound is needed")
        return self


class Is(Node):
    """A yes/no or a choice that must have this value."""

    model_config = ConfigDict(populate_by_name=True)

    fact: str
    is_: Word = Field(alias="is")


class Among(Node):
    """A choice that must stand on the list; with `open` (等) one outside it needs review."""

    fact: str
    among: Annotated[tuple[Word, ...], Field(min_length=1)]
    open: Flag = False


class AnyAmong(Node):
    """One of several values must stand on the list; with `open` (等) others need review."""

    fact: str
    any_among: Annotated[tuple[str, ...], Field(min_length=1)]
    open: Flag = False


class Contains(Node):
    """Every word of the list must be there; the finding names the missing ones."""

    fact: str
    contains_all: Annotated[tuple[str, ...], Field(min_length=1)]


class Given(Node):
    """A text that must be there."""

    fact: str
    given: Yes


class Done(Node):
    """An act that must have been done on or before the day looked at."""

    fact: str
    done: Yes


class Reads(Node):
    """A text that begins and ends as given, with something between."""

    fact: str
    reads: tuple[str, str]
    ignoring_space: Flag = False
    ignoring_case: Flag = False

    @cached_property
    def ends(self) -> tuple[str, str]:
        """The beginning and the end as a text is held against them."""
        first, last = (self.plain(part) for part in self.reads)
        return first, last

    def plain(self, text: str) -> str:
        """A text without what does not matter: white space, the case of letters."""
        text = "".join(text.split()) if self.ignoring_space else text
        return text.casefold() if self.ignoring_case else text


class Same(Node):
    """Texts that read as given, with the same between."""

    same: Annotated[tuple[Reads, ...], Field(min_length=2)]


class Some(Node):
    """At least one entry is so. Where the list may go on, its absence is unknown."""

    fact: str
    some: Where


class Every(Node):
    """Every entry is so, and there is one."""

    fact: str
    every: Where


class NoneOf(Node):
    """A prohibition: no entry is as forbidden; one that is neither forbidden nor permitted needs review
    where 等 ends the list."""

    fact: str
    none_of: Where
    permitted: Where | None = None
    open: Flag = False

    @model_validator(mode="after")
    def _permitted_of_open(self) -> Self:
        if self.permitted is not None and not self.open:
            zh, en = "permitted 只与 open: true 同用", "`permitted` goes with `open: true` only"
            raise refuse("permitted", zh, en)
        return self


class Latest(Node):
    """The latest entry, by its date or its year, of those that are as `of` says, is as `has` says; false
    where there is none."""

    fact: str
    latest: Literal["date", "year"]
    of: Where = Field(default_factory=Where)
    has: Where


class EachOf(Node):
    """Every key of the list has an entry that is so (the indicators of an annex); the finding names the
    missing ones. An entry that is not so and is as `review` says needs review."""

    fact: str
    each_of: Annotated[tuple[str, ...], Field(min_length=1)]
    has: Where
    review: Where | None = None


class Largest(Node):
    """No other group has more than this one; a tie is enough."""

    fact: str
    largest: str


class Share(_Bounded):
    """The named groups' part of the whole is more than (at least, at most, less than) the bound."""

    fact: str
    share_of: Annotated[tuple[str, ...], Field(min_length=1)]
    more_than: Quantity | None = None
    at_least: Quantity | None = None
    at_most: Quantity | None = None
    less_than: Quantity | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if len(self._given()) != 1:
            zh = "more_than、at_least、at_most、less_than 需要且只能有一个"
            en = "exactly one of more_than, at_least, at_most and less_than is needed"
            raise refuse("share", zh, en)
        return self


class OfEach(Node):
    """No value of an attribute is that of more than so many entries: at most one centre a field."""

    fact: str
    of_each: str
    at_most: Annotated[int, Field(ge=1, le=1000)] = 1


class EachYear(Node):
    """In each of the last full calendar years, looked at as a year of its own, the condition holds."""

    each_year: Window
    holds: "Condition"

    @model_validator(mode="after")
    def _of_full_years(self) -> Self:
        if self.each_year.full_years is None:
            raise refuse("window", "each_year 需要 full_years", "`each_year` needs full_years")
        return self


class OfEntry(Node):
    """The entry that a deadline runs from (`by: {…, after: FACT}`) is so."""

    entry: Where


class NotAfter(Node):
    """The as-of day is not after this day of the centre's life."""

    not_after: Literal["term_end", "approval"]


class Follows(Node):
    """Another consequence of the same rule set has followed."""

    follows: str


class Running(Node):
    """That many calendar years running each have an entry that is so; with `by: entry`, that many entries
    one after the other by their dates, of those that are as `among` says, are so."""

    running: Annotated[int, Field(ge=2, le=10)]
    of: str
    where: Where
    by: Literal["year", "entry"] = "year"
    among: Where | None = None

    @model_validator(mode="after")
    def _among_entries(self) -> Self:
        if self.among is not None and self.by != "entry":
            raise refuse("running", "among 只与 by: entry 同用", "`among` goes with `by: entry` only")
        return self


_KINDS: tuple[type[Node], ...] = (
    All, Either, Not, Attested, Same, NotAfter, Follows, Running, EachYear, OfEntry, OfEach, Is, Among,
    AnyAmong, Contains, Given, Done, Reads, Some, Every, NoneOf, Latest, EachOf, Review, Largest, Share,
)  # fmt: skip


def _key_of(kind: type[Node]) -> str:
    """The key that makes a condition of a kind: its first beside the fact."""
    return next(field.alias or name for name, field in kind.model_fields.items() if name != "fact")


_BY_KEY: Mapping[str, type[Node]] = {
    **{_key_of(kind): kind for kind in _KINDS},
    **dict.fromkeys(OPERATORS, Compare),
}
"""The kind of condition that a key makes; the first that a mapping holds."""


def _kind(value: object) -> str | None:
    """The name of the kind of condition that a value is."""
    if isinstance(value, dict):
        return next((kind.__name__ for key, kind in _BY_KEY.items() if key in value), None)
    return type(value).__name__


Condition = TypeAliasType(
    "Condition",
    Annotated[
        Annotated[All, Tag("All")] | Annotated[Either, Tag("Either")] | Annotated[Not, Tag("Not")]
        | Annotated[Review, Tag("Review")] | Annotated[Attested, Tag("Attested")]
        | Annotated[Compare, Tag("Compare")] | Annotated[Is, Tag("Is")] | Annotated[Among, Tag("Among")]
        | Annotated[AnyAmong, Tag("AnyAmong")] | Annotated[Contains, Tag("Contains")]
        | Annotated[Given, Tag("Given")] | Annotated[Done, Tag("Done")] | Annotated[Reads, Tag("Reads")]
        | Annotated[Same, Tag("Same")] | Annotated[Some, Tag("Some")] | Annotated[Every, Tag("Every")]
        | Annotated[NoneOf, Tag("NoneOf")] | Annotated[Latest, Tag("Latest")]
        | Annotated[EachOf, Tag("EachOf")]
        | Annotated[Largest, Tag("Largest")] | Annotated[Share, Tag("Share")]
        | Annotated[NotAfter, Tag("NotAfter")] | Annotated[Follows, Tag("Follows")]
        | Annotated[Running, Tag("Running")] | Annotated[EachYear, Tag("EachYear")]
        | Annotated[OfEntry, Tag("OfEntry")] | Annotated[OfEach, Tag("OfEach")],
        Discriminator(
            _kind,
            custom_error_type="operator",
            custom_error_message=f"no known operator in the condition; known: {', '.join(_BY_KEY)}",
        ),
    ],
)  # fmt: skip
"""One of the family above; the operator that a mapping holds says which."""


_WITHIN: Mapping[type, str] = {
    All: "all", Either: "any", Same: "same", Not: "not_", Review: "review", EachYear: "holds",
}  # fmt: skip
"""The field of a condition in which others stand: several, or one."""


def children(node: object) -> tuple[Condition, ...]:
    """The conditions directly within a condition."""
    name = _WITHIN.get(type(node))
    within = getattr(node, name) if name is not None else ()
    return within if isinstance(within, tuple) else (within,)


def walk(node: object) -> Iterator[Any]:
    """A condition and everything within it, from the top."""
    yield node
    for child in children(node):
        yield from walk(child)


def conditions_of(rule: Node) -> Iterator[tuple[tuple[str, ...], Condition]]:
    """The condition trees of a rule, each with its place within the rule."""
    for part in ("applies", "require", "when", "fails_at_once"):
        if (tree := getattr(rule, part)) is not None:
            yield (part,), tree
    if (otherwise := getattr(rule, "otherwise", None)) is not None:
        yield ("otherwise", "when"), otherwise.when


def nodes_of(rule: Node, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Condition]]:
    """Every condition of a rule, each with its place; `at` is that of the rule."""
    for place, tree in conditions_of(rule):
        yield from walk_places(tree, (*at, *place))


def walk_places(
    node: Condition, at: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Condition]]:
    """A condition and everything within it, each with its place in the rule file; `at` is that of the
    whole."""
    yield at, node
    key = _WITHIN.get(type(node), "").rstrip("_")
    for index, child in enumerate(children(node)):
        several = isinstance(node, (All, Either, Same))
        yield from walk_places(child, (*at, key, index) if several else (*at, key))


def leaves_open(condition: object) -> bool:
    """Whether data alone may leave a condition to a person: a list that 等 ends, a case to review, results
    that contradict each other."""
    for node in walk(condition):
        where = node.some if isinstance(node, Some) else node.every if isinstance(node, Every) else Where()
        if (
            isinstance(node, (Review, Latest, Running))
            or getattr(node, "open", False)
            or getattr(node, "review", None) is not None
        ):
            return True
        if any(test.open for test in where.each.values()):
            return True
    return False


def facts_of(node: object) -> Iterator[str]:
    """The facts that a condition tree reads, in its order, with repetitions."""
    for part in walk(node):
        yield from read_by(part)


def read_by(node: object) -> Iterator[str]:
    """The facts that a condition reads itself, not by those within it."""
    if isinstance(node, Running):
        yield node.of
    elif fact := getattr(node, "fact", None):
        yield fact
    if isinstance(node, Compare) and isinstance(node.limit, Times):
        yield node.limit.fact


__all__ = [
    "OPERATORS", "All", "Among", "AnyAmong", "Attested", "Compare", "Condition", "Contains", "Done",
    "EachOf", "EachYear", "Either", "Every", "Flag", "Follows", "Given", "Is", "Largest", "Latest",
    "Limit", "Node", "NoneOf", "Not", "NotAfter", "OfEach", "OfEntry", "Operand", "Quantity", "Reads",
    "Review", "Running", "Same", "Share", "Some", "Test", "Times", "Where", "Word", "Yes", "children",
    "facts_of", "parse_quantity", "walk", "walk_places",
]  # fmt: skip
