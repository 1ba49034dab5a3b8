"""The closed family of conditions. A rule's requirement is one tree of these frozen nodes.

Equality looks at what a node says, never at where it stands, so two files that say the same are equal.
Nothing here decides anything: the evaluator, the compilers, the explainer and the differ are each one pass
over the tree.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema, model_validator
from typing_extensions import TypeAliasType

from tic_rules.core.numbers import NotANumber, parse_number
from tic_rules.model.frozen import FrozenModel, Parse, refuse


class Node(FrozenModel):
    """A part of a rule file."""


def _flag(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise refuse("flag", "应为 true 或 false", "true or false is expected")


Flag = Annotated[bool, BeforeValidator(_flag)]
Yes = Annotated[Literal[True], BeforeValidator(_flag)]


def parse_quantity(value: Any) -> int | Fraction:
    """A number of a rule, never negative: 300, 10亿元, 1.1%, 1/2."""
    try:
        if isinstance(value, str):
            ratio = re.fullmatch(r"\s*(\d{1,9})\s*/\s*([1-9]\d{0,8})\s*", value)
            if ratio:
                return Fraction(int(ratio.group(1)), int(ratio.group(2)))
            number = parse_number(value, money=not value.strip().endswith(("%", "％")))
        else:
            number = parse_number(value)
    except NotANumber as error:
        raise refuse("quantity", *error.args) from None
    if number < 0:
        raise refuse("quantity", "门槛不能是负数", "a threshold cannot be negative")
    return number


def _quantity_text(value: int | Fraction) -> int | str:
    return value if isinstance(value, int) else f"{value.numerator}/{value.denominator}"


_QUANTITY = {"type": ["number", "string"]}
Quantity = Annotated[int | Fraction, Parse(parse_quantity, _QUANTITY, _quantity_text)]


def _word(value: Any) -> Any:
    """A word of a list: text, true, false or null."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        plain = type(value) is not str and value in ("true", "false")
        return value == "true" if plain else str(value)
    raise refuse("word", "应为一个词", "one word is expected")


Word = Annotated[str | bool | None, Parse(_word, {"type": ["string", "boolean", "null"]})]


class Test(Node):
    """What an attribute of an entry must be. A plain word or a list of words is short for `one_of`."""

    one_of: tuple[Word, ...] | None = None
    other_than: tuple[Word, ...] | None = None
    given: Flag = False
    open: Flag = False

    @classmethod
    def _as_written(cls, value: Any) -> Any:
        if isinstance(value, dict):
            if "other_than" in value and not isinstance(value["other_than"], list):
                value = {**value, "other_than": [value["other_than"]]}
            if not {"one_of", "other_than", "given"} & value.keys():
                raise refuse(
                    "test",
                    "需要 one_of、other_than 或 given 之一",
                    "one of one_of, other_than, given is needed",
                )
            return value
        return {"one_of": value if isinstance(value, (list, tuple)) else [value]}

    __test__ = False


class Where(Node):
    """What an entry must be: every attribute named, and one of `any` if that is given. Written flat:
    {kind: annual}."""

    each: Mapping[str, Test] = Field(default_factory=dict)
    any: tuple["Where", ...] = ()

    @classmethod
    def _as_written(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            raise refuse("where", "应为属性和取值的映射", "a mapping of attributes to values is expected")
        if value.keys() <= {"each", "any"}:
            return value
        return {"each": {k: v for k, v in value.items() if k != "any"}, "any": value.get("any", ())}

    @cached_property
    def checks(self) -> tuple[tuple[str, frozenset[Any] | None, Test], ...]:
        """The attributes with the words that they may be, if they are listed, and the whole test of each."""
        return tuple(
            (attribute, None if test.one_of is None else frozenset(test.one_of), test)
            for attribute, test in self.each.items()
        )


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
    """A multiple of another fact: {times: 2, fact: provincial_subsidy}."""

    times: Quantity
    fact: str


_TIMES = {
    "type": "object",
    "properties": {"times": _QUANTITY, "fact": {"type": "string"}},
    "required": ["times", "fact"],
    "additionalProperties": False,
}
Limit = Annotated[
    Annotated[Quantity, Tag("number")] | Annotated[Times, Tag("times")],
    Discriminator(lambda value: "times" if isinstance(value, (dict, Times)) else "number"),
    WithJsonSchema({"anyOf": [_QUANTITY, _TIMES]}),
]

OPERATORS = {
    "at_least": ">=",
    "at_most": "<=",
    "more_than": ">",
    "less_than": "<",
    "equals": "==",
    "between": "between",
}


class Compare(Node):
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
        if len([name for name in OPERATORS if getattr(self, name) is not None]) != 1:
            raise refuse("compare", "比较只能有一个界限", "exactly one bound is needed")
        return self

    @cached_property
    def operator(self) -> str:
        return next(name for name in OPERATORS if getattr(self, name) is not None)

    @cached_property
    def limit(self) -> Any:
        return getattr(self, self.operator)


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


class Share(Node):
    """The named groups' part of the whole is more than (or at least) the bound."""

    fact: str
    share_of: Annotated[tuple[str, ...], Field(min_length=1)]
    more_than: Quantity | None = None
    at_least: Quantity | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.more_than is None) == (self.at_least is None):
            raise refuse(
                "share", "需要 more_than 或 at_least 之一", "exactly one of more_than and at_least is needed"
            )
        return self


class NotAfter(Node):
    """The as-of day is not after this day of the centre's life."""

    not_after: Literal["term_end", "approval"]


class Follows(Node):
    """Another consequence of the same rule set has followed."""

    follows: str


class Running(Node):
    """That many calendar years running each have an entry that is so."""

    running: Annotated[int, Field(ge=2, le=10)]
    of: str
    where: Where


_BY_KEY: Mapping[str, type[Node]] = {
    "all": All,
    "any": Either,
    "not": Not,
    "attested": Attested,
    "same": Same,
    "not_after": NotAfter,
    "follows": Follows,
    "running": Running,
    "is": Is,
    "among": Among,
    "any_among": AnyAmong,
    "contains_all": Contains,
    "given": Given,
    "done": Done,
    "reads": Reads,
    "some": Some,
    "every": Every,
    "none_of": NoneOf,
    "latest": Latest,
    "each_of": EachOf,
    "review": Review,
    "largest": Largest,
    "share_of": Share,
    **dict.fromkeys(OPERATORS, Compare),
}
"""The kind of condition that a key makes; the first that a mapping holds."""


def _kind(value: Any) -> str | None:
    """The name of the kind of condition that a value is."""
    if isinstance(value, dict):
        return next((kind.__name__ for key, kind in _BY_KEY.items() if key in value), None)
    return type(value).__name__


_OPERATORS = (
    "all, any, not, review, attested, at_least, at_most, more_than, less_than, equals, between, is, among, "
    "any_among, contains_all, given, done, reads, same, some, every, none_of, latest, each_of, largest, "
    "share_of, not_after, follows, running"
)
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
        | Annotated[Running, Tag("Running")],
        Discriminator(
            _kind,
            custom_error_type="operator",
            custom_error_message=f"no known operator in the condition; known: {_OPERATORS}",
        ),
    ],
)  # fmt: skip
"""Any one of the family above; the operator that a mapping holds says which."""


def children(node: Any) -> tuple[Any, ...]:
    """The conditions directly within a condition."""
    match node:
        case All():
            return node.all
        case Either():
            return node.any
        case Not():
            return (node.not_,)
        case Review():
            return (node.review,)
        case Same():
            return node.same
    return ()


def walk(node: Any) -> Iterator[Any]:
    """A condition and everything within it, from the top."""
    yield node
    for child in children(node):
        yield from walk(child)


def walk_places(node: Any, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """A condition and everything within it, each with its place in the rule file; `at` is that of the
    whole."""
    yield at, node
    match node:
        case All() | Either() | Same():
            key = next(iter(type(node).model_fields))
            for index, child in enumerate(children(node)):
                yield from walk_places(child, (*at, key, index))
        case Not():
            yield from walk_places(node.not_, (*at, "not"))
        case Review():
            yield from walk_places(node.review, (*at, "review"))


def leaves_open(condition: Any) -> bool:
    """Whether data alone may leave a condition to a person: a list that 等 ends, a case to review."""
    for node in walk(condition):
        wheres = (node.some if isinstance(node, Some) else node.every if isinstance(node, Every) else None,)
        tests = [test for where in wheres if where is not None for test in where.each.values()]
        if isinstance(node, Review) or getattr(node, "open", False) or any(test.open for test in tests):
            return True
        if isinstance(node, EachOf) and node.review is not None:
            return True
    return False


def facts_of(node: Any) -> Iterator[str]:
    """The facts that a condition tree reads, in its order, with repetitions."""
    for part in walk(node):
        if isinstance(part, Running):
            yield part.of
        elif getattr(part, "fact", None):
            yield part.fact
        if isinstance(part, Compare) and isinstance(part.limit, Times):
            yield part.limit.fact
