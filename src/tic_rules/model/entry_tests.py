"""What rule files write in the place of numbers and words, and what they ask of the entries of a list."""

import re
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tic_rules.core.errors import clip
from tic_rules.core.fixed import Fixed
from tic_rules.core.numbers import NotANumber, is_amount, is_part, parse_number
from tic_rules.model.frozen import FixedMap, FrozenModel, Parse, refuse


class Node(FrozenModel):
    """A part of a rule file."""


def _flag(value: object) -> object:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise refuse("flag", "应为 true 或 false", "true or false is expected")


def _yes(value: object) -> object:
    if _flag(value) is not True:
        raise refuse("flag", "这里只能写 true", "only true goes here")
    return True


Flag = Annotated[bool, BeforeValidator(_flag)]
Yes = Annotated[Literal[True], BeforeValidator(_yes)]


def parse_quantity(value: object) -> int | Fraction:
    """A number of a rule, never negative: 300, 10亿元, 1.1%, 1/2, 百分之三十, 三分之一."""
    try:
        if isinstance(value, str):
            ratio = re.fullmatch(r"\s*(\d{1,9})\s*/\s*([1-9]\d{0,8})\s*", value)
            if ratio:
                return Fraction(int(ratio.group(1)), int(ratio.group(2)))
            number = parse_number(value, money=not is_part(value))
        else:
            number = parse_number(value)
    except NotANumber as error:
        zh, en = error.args
        if isinstance(value, str) and not is_amount(value):
            shown = clip(value)
            zh = f"“{shown}”不是金额或数字；例：50、10亿元、30%、1/3，人、家等单位不写"
            en = f"{shown!r} is not an amount or a number; examples: 50, 10亿元, 30%, 1/3, without 人 or 家"
        raise refuse("quantity", zh, en) from None
    if number < 0:
        raise refuse("quantity", "界限不能是负数", "a threshold cannot be negative")
    return number


def _quantity_text(value: int | Fraction) -> int | str:
    return value if isinstance(value, int) else f"{value.numerator}/{value.denominator}"


QUANTITY_SHAPE = {"type": ["number", "string"]}
Quantity = Annotated[int | Fraction, Parse(parse_quantity, QUANTITY_SHAPE, _quantity_text)]


def _word(value: object) -> object:
    """A word of a list: text, true, false or null."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        plain = type(value) is not str and value in ("true", "false")
        return value == "true" if plain else str(value)
    raise refuse("word", "应为一个词", "one word is expected")


Word = Annotated[str | bool | None, Parse(_word, {"type": ["string", "boolean", "null"]})]


class Test(Node):
    """What an attribute of an entry must be. A plain word or a list of words is short for `one_of`.

    `done` is of an attribute that is a day: it is not after the day looked at."""

    one_of: Annotated[tuple[Word, ...], Field(min_length=1)] | None = None
    other_than: Annotated[tuple[Word, ...], Field(min_length=1)] | None = None
    given: Annotated[bool, BeforeValidator(_yes)] = False
    open: Flag = False
    done: Annotated[bool, BeforeValidator(_yes)] = False

    @classmethod
    def _as_written(cls, value: object) -> object:
        if isinstance(value, dict):
            if "other_than" in value and not isinstance(value["other_than"], list):
                value = {**value, "other_than": [value["other_than"]]}
            if len({"one_of", "other_than", "given", "done"} & value.keys()) != 1:
                zh = "one_of、other_than、given、done 需要且只能有一个"
                en = "exactly one of one_of, other_than, given, done is needed"
                raise refuse("test", zh, en)
            if value.get("given") in (False, "false"):
                zh = "given 只能是 true；没有填写的，值写 null"
                en = "`given` can only be true; what is not given is null"
                raise refuse("test", zh, en)
            if "open" in value and "one_of" not in value:
                raise refuse("test", "open 只与 one_of 同用", "`open` goes with one_of only")
            return value
        return {"one_of": value if isinstance(value, (list, tuple)) else [value]}

    __test__ = False


class Where(Node):
    """What an entry must be: every attribute named, and one of `any` if that is given. Written flat:
    {kind: annual}."""

    each: FixedMap[str, Test] = Field(default_factory=Fixed)
    any: tuple["Where", ...] = ()

    @classmethod
    def _as_written(cls, value: object) -> object:
        if not isinstance(value, dict):
            raise refuse("where", "应为属性和取值的映射", "a mapping of attributes to values is expected")
        if value.keys() <= {"each", "any"}:
            return value
        return {"each": {k: v for k, v in value.items() if k != "any"}, "any": value.get("any", ())}

    @cached_property
    def checks(self) -> tuple[tuple[str, frozenset[str | bool | None] | None, Test], ...]:
        """The attributes with the words that they may be, if they are listed, and the whole test of each."""
        return tuple(
            (attribute, None if test.one_of is None else frozenset(test.one_of), test)
            for attribute, test in self.each.items()
        )
