"""Whether what a vocabulary reads is of the kind that it is read as: a number, a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from tic_rules.model.fields import field_at, kind_of, list_above
from tic_rules.model.subject import Record
from tic_rules.model.vocabulary import Fact, ListOf, Vocabulary

NUMBERS = ("money", "count", "rate", "number")


class Held(NamedTuple):
    """What a place of the data holds: a kind of value, a record, a list of either, a table."""

    kind: str
    dated: bool
    in_a_list: bool


@lru_cache(maxsize=4_096)
def held_at(model: type[Record], path: str) -> Held | None:
    """What a dotted place of a model holds; None where it is no place."""
    field = field_at(model, path)
    return None if field is None else Held(*kind_of(field), list_above(model, path) is not None)


def misread(fact: Fact, listed: ListOf | None, models: tuple[type[Record], ...]) -> Iterator[tuple[str, str]]:
    """What a fact reads otherwise than as what it is, in both languages; of places that there are."""
    for path, wanted, dated in _single(fact):
        held = first_held(models, path)
        if held is None:
            continue
        if held.in_a_list:
            yield (
                f"{path} 在清单的条目里：请用 lists 和 sum、count、entries 读取",
                f"{path} is in the entries of a list: read it by `lists` with sum, count or entries",
            )
        elif held.kind not in wanted:
            yield (
                f"{path} 不能读作 {fact.type or fact.reading}",
                f"{path} cannot be read as {fact.type or fact.reading}",
            )
        elif dated and not held.dated:
            yield (
                f"{path} 是合计，不随时间变化：用 value，不用 stock",
                f"{path} is a total and does not change through time: use value, not stock",
            )
    yield from _of_entries(fact, listed, models)


def _single(fact: Fact) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """The places that a fact reads by themselves, with the kinds that fit."""
    kinds = {
        "truth": ("truth",),
        "date": ("date",),
        "number": NUMBERS,
        "choice": ("text",),
        "text": ("text",),
    }
    if fact.stock is not None:
        yield fact.stock, NUMBERS, True
    if fact.value is not None and fact.type is not None:
        yield fact.value, kinds[fact.type], False
    if fact.words is not None:
        yield fact.words, ("words", "years"), False
    if fact.table is not None:
        yield fact.table, ("table",), False


def _of_entries(
    fact: Fact, listed: ListOf | None, models: tuple[type[Record], ...]
) -> Iterator[tuple[str, str]]:
    if listed is None or listed.scalar is not None or listed.held is not None:
        return
    for path in listed.paths:
        held = first_held(models, path)
        if held is not None and held.kind != "list":
            yield f"{path} 不是清单", f"{path} is no list"
        if fact.reading in ("sum", "groups", "average"):
            place = f"{path}.{fact.sum or fact.average or 'amount'}"
            amount = first_held(models, place)
            if amount is not None and (amount.kind not in NUMBERS or amount.dated):
                yield f"{place} 不是可以相加的数", f"{place} is not a number that adds up"


UNITS = {"money": "CNY", "percentage": "ratio"}
"""The unit of the facts that read a declared field, where the declaration names none."""


def mismeasured(
    fact: Fact, listed: ListOf | None, vocabulary: Vocabulary, models: tuple[type[Record], ...]
) -> Iterator[tuple[str, str]]:
    """The fields that a fact reads in another unit than theirs: the declared one, yuan of amounts."""
    attribute = fact.sum or fact.average
    paths = [path for path in (fact.stock, fact.value) if path is not None]
    if listed is not None and attribute is not None:
        paths += [f"{path}.{attribute}" for path in listed.paths]
    for path in paths:
        declared, held = vocabulary.declared.get(path), first_held(models, path)
        unit = UNITS.get(held.kind) if held is not None else None
        if declared is not None:
            unit = declared.unit or UNITS.get(declared.type or "")
        if unit is not None and fact.unit is not None and fact.unit != unit:
            yield f"{path} 的单位是 {unit}，不是 {fact.unit}", f"{path} is in {unit}, not in {fact.unit}"


def misdated(listed: ListOf, models: tuple[type[Record], ...]) -> Iterator[tuple[str, str]]:
    """The attributes by which a list is dated that hold no day or no year, or that say otherwise than by yes
    or no whether an event took place."""
    for path in listed.paths if listed.held is not None else ():
        event, said = first_held(models, path), first_held(models, f"{path}.{listed.held}")
        if event is not None and event.kind != "record":
            yield f"{path} 不是单个事件", f"{path} is not one event"
        elif said is None or said.kind != "truth" or said.dated:
            yield (
                f"{path}.{listed.held} 不能说明事件是否发生：应是不随时间变化的是否值；请改用清单",
                f"{path}.{listed.held} cannot say whether the event took place: it has to be a yes or no "
                "that does not change through time; use a list instead",
            )
    for path in listed.paths if listed.scalar is None else ():
        for name, kind in ((listed.date, "date"), (listed.year, "year")):
            held = first_held(models, f"{path}.{name}") if name is not None else None
            if held is not None and held.kind != kind:
                yield (
                    f"{path}.{name} 不是{'日期' if kind == 'date' else '年度'}",
                    f"{path}.{name} is no {kind}",
                )


def first_held(models: Iterable[type[Record]], path: str) -> Held | None:
    """What a place holds in the first of some models that has it."""
    return next((held for model in models if (held := held_at(model, path)) is not None), None)
