"""The types of the fields of the data: what a file may say for each, and the value that it becomes.

A field left out, or null, is unknown. Numbers become `Range`, days `Span`, a dated list in the place of a
value a `Series`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeVar

from pydantic import AfterValidator, BeforeValidator, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError

from tic_rules.core.dates import ANY_DAY, FIRST_DAY, LAST_DAY, NotADate, Span, parse_span
from tic_rules.core.errors import clip
from tic_rules.core.numbers import INFINITY, NotANumber, Number, Range, exact_text, is_part, parse_number
from tic_rules.core.scalars import LONE_SURROGATE, Json, is_unicode
from tic_rules.core.source import Plain
from tic_rules.model.frozen import Parse, reading, refuse
from tic_rules.model.shipped import shared_vocabulary

T = TypeVar("T")


class Dumped(Protocol):
    """A model of the caller's own, such as one of pydantic."""

    def model_dump(self) -> Json: ...


class IsDataclass(Protocol):
    """A dataclass of the caller's own."""

    __dataclass_fields__: ClassVar[Json]


Given = Mapping[str, object] | Dumped | IsDataclass
"""Data of the caller's own: a mapping, a model (of pydantic, or with `model_dump`), a dataclass."""


class Dated(NamedTuple, Generic[T]):
    """One entry of a series: the value that holds from this day on. A value of None is unknown."""

    when: Span
    value: T | None


class Series(tuple[Dated[T], ...], Generic[T]):
    """A value through time, as {date, value} entries in the order of the file."""

    __slots__ = ()


class CellKind(NamedTuple):
    """Marks what a field holds, for whoever writes or reads it as a cell of a table."""

    name: str
    dated: bool = False


class WordOf(NamedTuple):
    """Marks a field whose words must stand in the vocabulary, and under which name."""

    name: str
    words: tuple[str, ...] = ()
    """The words themselves, where the shared vocabulary does not have the list."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        """The schema of the field's type, in which each text is one of the words of the shipped
        vocabulary."""
        words = self.words or shared_vocabulary().words[self.name]
        word = {"type": "string", "enum": list(words)}
        return replaced(handler(schema), _STRING, word)  # type: ignore[no-any-return]


def replaced(node: object, old: object, new: object) -> Any:
    """A copy of a JSON value in which every part that equals `old` is `new`."""
    if node == old:
        return new
    if isinstance(node, dict):
        return {key: replaced(item, old, new) for key, item in node.items()}
    return [replaced(item, old, new) for item in node] if isinstance(node, list) else node


def as_mapping(value: object) -> object:
    """A mapping, a model or a dataclass of the caller's own as what a file would say; anything else as it
    is."""
    if isinstance(value, dict):
        return value
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "model_dump") and not isinstance(value, type):
        return value.model_dump()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return value


# --- reading ------------------------------------------------------------------------------------------------


def _span(value: object) -> Span | None:
    if value is None:
        return None
    if isinstance(value, Span):
        value = {"not_before": value.first, "not_after": value.last}
    try:
        if isinstance(value, dict):
            unknown = value.keys() - {"not_before", "not_after"}
            if unknown or not value:
                zh = "部分已知的日期只用 not_before 和 not_after"
                en = "a date known in part has only not_before and not_after"
                raise refuse("date", zh, en)
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


def _exact_day(name: str) -> Callable[[object], Span | None]:
    """Reads a day that has to be exact; `name` is that of the field."""

    def parse(value: object) -> Span | None:
        span = _span(value)
        if span is not None and not span.exact:
            raise refuse("date", f"{name} 要精确到日", f"{name} must be exact to the day")
        return span

    return parse


_PERCENT = re.compile("[%％‰成]|分之")
_IN_PART = re.compile(
    r"[<>≥≤~～至约余超近]|[大小高低少多]于|不[足少低多超]|以[上下内]|左右|[0-9] ?(?:[—–]|\+$)"
    r"|^[^-]*[0-9] ?-(?!0[0-9])[^-]*$|\b(?:least|most|than|about|over|under)\b"  # 5-8, not 2024-03
)


def _number(
    money: bool,
    whole: bool,
    least: int = 0,
    percent: bool = False,
    most: int | None = None,
    ranged: bool = True,
) -> Callable[[object], Range | None]:
    def one(value: object, percent: bool = percent) -> Number:
        try:
            number = parse_number(value, money=money)
        except NotANumber as error:
            zh, en = error.args
            if ranged and isinstance(value, str) and _IN_PART.search(value):
                form = "{at_least: 100, at_most: 120}"
                zh = f"{zh}；只知范围时写作 {form}（含本数），可只写一端"
                en = f"{en}; where only bounds are known, write {form} (both included), or one of them"
            raise refuse("number", zh, en) from None
        if number < least:
            if least:
                raise refuse("negative", f"不能小于 {least}", f"cannot be less than {least}")
            raise refuse("negative", "不能是负数", "cannot be negative")
        if most is not None and number > most:
            raise refuse("number", f"不能大于 {most}", f"cannot be more than {most}")
        if whole and not isinstance(number, int):
            raise refuse("number", "应为整数", "a whole number is expected")
        if whole and isinstance(value, str) and (is_part(value) or "/" in value):
            zh = f"应为个数，不是比例“{clip(value)}”"
            en = f"a count is expected, not the part {clip(value)!r}"
            raise refuse("number", zh, en)
        if percent and number > 1 and not (isinstance(value, str) and _PERCENT.search(value)):
            zh = f"是 {clip(str(value))}% 还是 {clip(str(value))} 倍？请写百分号或小数：30%、0.3"
            en = f"{clip(str(value))} per cent or times? Write the sign or a fraction: 30%, 0.3"
            raise refuse("percentage", zh, en)
        return number

    def between(lowest: object, highest: object, percent: bool = percent) -> Range:
        low = one(lowest, percent) if lowest is not None else least
        high = one(highest, percent) if highest is not None else INFINITY
        if low > high:
            raise refuse("number", "at_least 大于 at_most", "at_least is more than at_most")
        return Range(low, high)

    def parse(value: object) -> Range | None:
        if value is None:
            return None
        if isinstance(value, Range):  # per cent or times: it is a number already
            return between(value.low, None if value.high == INFINITY else value.high, percent=False)
        if isinstance(value, dict):
            if value.keys() - {"at_least", "at_most"} or not value:
                zh = "部分已知的数字只用 at_least 和 at_most"
                en = "a number known in part has only at_least and at_most"
                raise refuse("number", zh, en)
            return between(value.get("at_least"), value.get("at_most"))
        number = one(value)
        return Range(number, number)

    return parse


def _year(value: object) -> int | None:
    if value is None:
        return None
    number = _year_number(value)
    if number is None or not number.exact or not 1900 <= number.low <= 2200:
        raise refuse("year", "应为四位年份", "a year of four digits is expected")
    return int(number.low)


def _truth(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Plain) and value in ("true", "false", "True", "False", "TRUE", "FALSE"):
        return value.lower() == "true"
    quoted = isinstance(value, str) and value in ("true", "false")
    shown = clip(str(value)) or '""'
    raise refuse(
        "truth",
        f"应为 true 或 false，不是 {shown}" + ("（带引号的文字）；请去掉引号" if quoted else ""),
        f"true or false is expected, not {shown}" + (" in quotes; leave them out" if quoted else ""),
    )


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return str(_key(value)).strip() or None
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < 200:
        return str(value)
    raise refuse("text", "应为文字", "text is expected")


def _key(text: str) -> str:
    if not text.isascii() and not is_unicode(text):
        raise refuse("text", *LONE_SURROGATE)
    return text


def _day_text(value: object) -> str | None:
    """A text, or a day as one."""
    return _text(str(value) if isinstance(value, date) else value)


_NO_TARGET = re.compile(r"true|false|[+-]?\.(?:nan|inf)", re.IGNORECASE)


def _target(value: object) -> str | None:
    """A text, a day or a number as it is written; no truth value, and nothing that is no number."""
    try:
        if isinstance(value, (float, Decimal, Fraction)):
            parse_number(value)
            return str(value)
    except NotANumber as error:
        raise refuse("number", *error.args) from None
    if isinstance(value, Plain) and _NO_TARGET.fullmatch(value):
        raise refuse("text", f"应为目标值，不是 {value}", f"a target is expected, not {value}")
    return _day_text(value)


def _words(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, (list, tuple)):
        shown = clip(", ".join(re.split(r"\s*[、，,；;]\s*", value[:100])) if isinstance(value, str) else "…")
        raise refuse("list", f"应为列表，写成 [{shown}]", f"a list is expected; write [{shown}]")
    words = tuple(_text(item) for item in value)
    if None in words:
        raise refuse("text", "列表中有空项", "an entry of the list is empty")
    return words  # type: ignore[return-value]


def _dated(parse: Callable[[object], object]) -> Callable[[object], object]:
    """Reads a plain value, or a list of {date, value} that says since when."""

    def either(value: object) -> object:
        if not isinstance(value, (list, tuple)) or isinstance(value, (Range, Span)):
            return parse(value)
        entries = []
        for index, item in enumerate(value):
            try:
                entries.append(_entry(item, parse))
            except PydanticCustomError as error:
                raise ValidationError.from_exception_data(
                    "series", [{"type": error, "loc": (index,), "input": item}]
                ) from None
        _one_a_day(entries)
        return Series(entries)

    return either


def _entry(item: object, parse: Callable[[object], object]) -> Dated[object]:
    item = {"date": item.when, "value": item.value} if isinstance(item, Dated) else as_mapping(item)
    if not isinstance(item, dict) or item.keys() - {"date", "value"} or "value" not in item:
        raise refuse("series", "应为 {date: 日期, value: 取值}", "{date: …, value: …} is expected")
    return Dated(_span(item.get("date")) or ANY_DAY, parse(item["value"]))


def _one_a_day(entries: list[Dated[object]]) -> None:
    days: dict[Span, object] = {}
    for entry in entries:
        if entry.when.exact and days.setdefault(entry.when, entry.value) != entry.value:
            zh, en = f"{entry.when.first} 有两个不同的取值", f"two different values on {entry.when.first}"
            raise refuse("series", zh, en)


# --- writing ------------------------------------------------------------------------------------------------


NumberWritten = Callable[[int | Fraction, Range], int | str]
"""How a field writes an end of a range, so that its reader takes it again."""


def _number_written(number: int | Fraction, _: Range) -> int | str:
    return number if isinstance(number, int) else exact_text(number)


def _money_written(number: int | Fraction, of: Range) -> int | str:
    text = _number_written(number, of)
    return f"{text}元" if "/" in str(text) else text


def _percentage_written(number: int | Fraction, of: Range) -> int | str:
    if number > 1 or 1 < of.high < INFINITY:  # both ends alike: a cell gives the sign of the second to both
        return f"{exact_text(100 * number)}%"
    return _number_written(number, of)


def written(value: object, number: NumberWritten = _number_written) -> Any:
    """A value as a file would say it, so that a dumped centre reads back the same; `number` writes the
    numbers of the field."""
    if isinstance(value, Span):
        return _span_written(value)
    if isinstance(value, Range):
        low, high = (None if isinstance(end, float) else number(end, value) for end in value)
        if value.exact:
            return low
        return {"at_least": low, **({} if high is None else {"at_most": high})}
    if isinstance(value, Series):
        return [{"date": written(entry.when), "value": written(entry.value, number)} for entry in value]
    return list(value) if isinstance(value, tuple) else value


def _span_written(span: Span) -> object:
    if span == ANY_DAY:
        return None
    if span.exact:
        return span.first.isoformat()
    ends = {"not_before": (span.first, FIRST_DAY), "not_after": (span.last, LAST_DAY)}
    return {name: day.isoformat() for name, (day, open_end) in ends.items() if day != open_end}


# --- JSON Schema --------------------------------------------------------------------------------------------

_NULL: Json = {"type": "null"}
_ISO: Json = {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}
_DAY: list[Json] = [
    _ISO,
    {"type": "integer", "minimum": 1, "maximum": 9999},
    {
        "type": "object",
        "properties": {"not_before": {"anyOf": [_ISO, _NULL]}, "not_after": {"anyOf": [_ISO, _NULL]}},
        "additionalProperties": False,
        "minProperties": 1,
    },
]
_AMOUNT: Json = {"type": ["number", "string"], "minimum": 0}
_BOUNDS: Json = {
    "type": "object",
    "properties": {"at_least": _AMOUNT, "at_most": _AMOUNT},
    "additionalProperties": False,
    "minProperties": 1,
}
_TRUTH: Json = {"type": "boolean"}
_STRING: Json = {"type": ["string", "integer"]}
_LIST: Json = {"type": "array", "items": _STRING}


def _scalar(
    read: Callable[[object], object], *shapes: dict[str, object], number: NumberWritten = _number_written
) -> Parse:
    """How a scalar is read and written; `shapes` are the JSON Schemas of what a file may say."""
    return Parse(read, {"anyOf": [*shapes, _NULL]}, partial(written, number=number))


def _series(
    read: Callable[[object], object], *shapes: dict[str, object], number: NumberWritten = _number_written
) -> Parse:
    """As `_scalar`, where a list of {date, value} may stand in the place of a value."""
    properties = {"date": {"anyOf": [*_DAY, _NULL]}, "value": {"anyOf": [*shapes, _NULL]}}
    entry = {"type": "object", "properties": properties, "required": ["value"], "additionalProperties": False}
    return _scalar(_dated(read), *shapes, {"type": "array", "items": entry}, number=number)


# --- types of fields ----------------------------------------------------------------------------------------

_money = _number(money=True, whole=False)
_whole_number = _number(money=False, whole=True)
_year_number = _number(money=False, whole=True, ranged=False)
_rate = _number(money=False, whole=False)
_percentage = _number(money=False, whole=False, percent=True)
_term = _number(money=False, whole=True, least=1, most=100)

Day = Annotated[Span | None, _scalar(_span, *_DAY), CellKind("date")]
DayOfReport = Annotated[Span | None, _scalar(_exact_day("reported_on"), _ISO), CellKind("date")]
LastDay = Annotated[Span | None, _scalar(_exact_day("expires_on"), _ISO), CellKind("date")]
Year = Annotated[int | None, _scalar(_year, {"type": ["integer", "string"]}), CellKind("year")]
Flag = Annotated[bool | None, _scalar(_truth, _TRUTH), CellKind("truth")]
Truth = Annotated[bool | Series[bool] | None, _series(_truth, _TRUTH), CellKind("truth", dated=True)]
String = Annotated[str | None, _scalar(_text, _STRING), CellKind("text")]
Key = Annotated[str, AfterValidator(_key)]
Label = Annotated[str | Series[str] | None, _series(_text, _STRING), CellKind("text", dated=True)]
Words = Annotated[tuple[str, ...] | None, _scalar(_words, _LIST), CellKind("words")]
Money = Annotated[Range | None, _scalar(_money, _AMOUNT, _BOUNDS, number=_money_written), CellKind("money")]
MoneyStock = Annotated[
    Range | Series[Range] | None,
    _series(_money, _AMOUNT, _BOUNDS, number=_money_written),
    CellKind("money", dated=True),
]
Count = Annotated[
    Range | Series[Range] | None, _series(_whole_number, _AMOUNT, _BOUNDS), CellKind("count", dated=True)
]
Rate = Annotated[Range | Series[Range] | None, _series(_rate, _AMOUNT, _BOUNDS), CellKind("rate", dated=True)]
Percentage = Annotated[
    Range | Series[Range] | None,
    _series(_percentage, _AMOUNT, _BOUNDS, number=_percentage_written),
    CellKind("rate", dated=True),
]
PercentageTotal = Annotated[
    Range | None, _scalar(_percentage, _AMOUNT, _BOUNDS, number=_percentage_written), CellKind("rate")
]
NumberStock = Annotated[
    Range | Series[Range] | None, _series(_rate, _AMOUNT, _BOUNDS), CellKind("number", dated=True)
]
NumberTotal = Annotated[Range | None, _scalar(_rate, _AMOUNT, _BOUNDS), CellKind("number")]
Term = Annotated[Range | None, _scalar(_term, _AMOUNT, _BOUNDS), CellKind("count")]
Target = Annotated[str | None, _scalar(_target, _STRING, {"type": "number"})]
PlainDate = Annotated[str | None, _scalar(_day_text, _STRING)]
Stage = Annotated[
    Literal["applicant", "approved"] | None,
    BeforeValidator(reading(lambda value: value)),
    WordOf("stages"),
    CellKind("text"),
]
