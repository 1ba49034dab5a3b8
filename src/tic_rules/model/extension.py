"""The shipped models with the fields that a vocabulary declares: what a rule set's own data look like.

The shipped `Centre` and `Programme` are the bases of the models made here, so that types, errors and
schemas come from pydantic for both. The same declarations give the same model, wherever they were read."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Any, TypeVar, cast

from pydantic import Field, TypeAdapter, ValidationError, create_model
from pydantic.fields import FieldInfo

from tic_rules.core.errors import Diagnostic, RuleSetError, Text
from tic_rules.core.source import Plain
from tic_rules.model.centre import Centre
from tic_rules.model.fields import above, kind_of, record_at, record_in
from tic_rules.model.frozen import FixedMap
from tic_rules.model.programme import Programme
from tic_rules.model.subject import Record, Subject
from tic_rules.model.values import (
    Day,
    Key,
    Label,
    Money,
    MoneyStock,
    NumberStock,
    NumberTotal,
    Percentage,
    PercentageTotal,
    String,
    Truth,
    WordOf,
    Words,
    Year,
)
from tic_rules.model.vocabulary import Bilingual, FieldLabel, Origin, Own, Vocabulary

S = TypeVar("S", bound=Subject)

NESTS = ("entries", "by_year", "group")
"""The types of fields that have fields of their own."""

_TYPES: dict[str, tuple[Any, Any]] = {
    "number": (NumberStock, NumberTotal),
    "money": (MoneyStock, Money),
    "percentage": (Percentage, PercentageTotal),
    "truth": (Truth, Truth),
    "date": (Day, Day),
    "text": (Label, String),
    "word": (Label, String),
    "words": (Words, Words),
}
"""The types of a field by the one that is declared: where it may say what it was from a day on, and where
not."""


def extended(model: type[S], vocabulary: Vocabulary) -> type[S]:
    """The model of a vocabulary's data: the one given, with what the vocabulary declares beside it.

    Raises RuleSetError where the model has fields already that the vocabulary declares differently."""
    return _extended(model, Identity(vocabulary)) if vocabulary.declared else model


@lru_cache(maxsize=256)
def _extended(model: type[S], of: Identity) -> type[S]:
    vocabulary: Vocabulary = of.value
    added = _own_of(vocabulary, issubclass(model, Programme))
    if added.within(model._own):
        return model
    for path, field in model._own.fields:
        other = vocabulary.declared.get(path)
        if other is not None and other.shape != field.shape:
            raise _differs(path, None, vocabulary.origins.get(path))
    return extended_by(cast("type[S]", model._shipped or model), model._own.with_(added))


def _own_of(vocabulary: Vocabulary, programme: bool) -> Own:
    """What a vocabulary declares for a centre, or for a programme."""
    fields = tuple(
        (path, field)
        for path, field in vocabulary.declared.items()
        if of_programme(path, vocabulary) is programme
    )
    names = dict.fromkeys(field.words for _, field in fields if field.words is not None)
    return Own(fields, tuple((name, tuple(vocabulary.words.get(name, ()))) for name in names))


def of_programme(path: str, vocabulary: Vocabulary) -> bool:
    """Whether a declared place is one of the figures of a programme."""
    parts = path.split(".")
    for size in range(len(parts), 0, -1):
        declared = vocabulary.declared.get(".".join(parts[:size]))
        if declared is not None and declared.of is not None:
            return declared.of == "programme"
    return parts[0] in Programme.model_fields and parts[0] not in Centre.model_fields


@lru_cache(maxsize=256)
def extended_by(model: type[S], extension: Own) -> type[S]:
    """A shipped model with fields beside its own."""
    tree = _Branch()
    for path, field in extension.fields:
        branch = tree
        for part in path.split("."):
            branch = branch.parts.setdefault(part, _Branch())
        branch.declared = field
    made = cast("type[S]", _record(model, model.__name__, tree, dict(extension.words), within=False))
    made._own, made._shipped = extension, model
    for path, _ in extension.fields:
        for place in (*above(path), path):
            record = record_at(made, place)
            if record is not None:
                record._home = (model, extension, place)
    return made


class _Branch:
    """A part of the declared places: its declaration, where it has one of its own, and what lies below it."""

    __slots__ = ("declared", "parts")

    def __init__(self) -> None:
        self.declared: FieldLabel | None = None
        self.parts: dict[str, _Branch] = {}


def _record(
    base: type[Record], name: str, tree: _Branch, words: dict[str, tuple[str, ...]], *, within: bool
) -> type[Record]:
    """A record with the fields of a branch beside those of its base. `within`: it is an entry of a list."""
    fields: dict[str, Any] = {}
    for part, branch in tree.parts.items():
        declared, before = branch.declared, base.model_fields.get(part)
        shape = _shape(before) if declared is None else declared.type
        if shape in NESTS or shape == "table":
            inner = record_in(before.annotation) if before is not None else None
            holds = _record(
                inner or (_OfAYear if shape == "by_year" else Record),
                f"{name.removesuffix('Record')}{part.title().replace('_', '')}Record",
                branch,
                words,
                within=within or shape != "group",
            )
            annotation = _several(holds, shape)
        else:
            assert declared is not None
            annotation = _annotation(declared, words, within)
        about = None if declared is None else declared.described
        fields[part] = (annotation, Field(default=None, description=about))
    return create_model(name, __base__=base, __module__=base.__module__, __doc__=base.__doc__, **fields)


def _several(record: Any, shape: str | None) -> Any:
    """The type of a place that holds a record: alone, by keys, or as a list."""
    if shape == "group":
        return record | None
    return FixedMap[Key, record] | None if shape == "table" else tuple[record, ...] | None


class _OfAYear(Record):
    """What belongs to one year."""

    year: Year = None


def _shape(before: FieldInfo | None) -> str:
    """What a field of the shipped model is made of; a group where there is none."""
    kind = "record" if before is None else kind_of(before).name
    return {"list": "entries", "table": "table"}.get(kind, "group")


def _annotation(declared: FieldLabel, words: dict[str, tuple[str, ...]], within: bool) -> Any:
    """The type of a declared field. A number says what it was from a day on where it is a stock; anything
    else, unless it belongs to an entry."""
    kind = declared.type or "group"
    annotation = _TYPES[kind][within or declared.holds == "total"]
    if declared.words is not None:
        return Annotated[annotation, WordOf(declared.words, words.get(declared.words, ()))]
    return annotation


def fits_example(field: FieldLabel, vocabulary: Vocabulary) -> bool:
    """Whether the example of a declared field, where it has one, is a value of it."""
    if field.example is None or field.type in NESTS:
        return True
    if field.words is not None:
        words = vocabulary.words.get(field.words, {})
        taken = {*words, *(said for label in words.values() for said in (label.zh, label.en))}
        return taken.issuperset(re.split("[,，、] *", field.example.strip("[]")))
    try:
        TypeAdapter(_TYPES[field.type or "text"][1]).validate_python(Plain(field.example))
    except ValidationError:
        return False
    return True


def own_words(subject: Subject, shipped: Vocabulary) -> Vocabulary | None:
    """A subject's fields beside those of the shipped model, with their words and units, and the lists that
    have more words than the shipped ones; None for none."""
    extension, whole = type(subject)._own, subject._vocabulary
    lists = {} if whole is None else whole.words
    more = {
        name: listed for name, listed in lists.items() if listed.keys() - shipped.words.get(name, {}).keys()
    }
    if not extension.fields and not more:
        return None
    words = {
        name: (whole.words.get(name) if whole is not None else None)
        or {word: Bilingual(zh=word, en=word) for word in listed}
        for name, listed in extension.words
    }
    units = {} if whole is None else {n: u for n, u in whole.units.items() if n in _units_of(extension)}
    named = {} if whole is None else whole.fields
    by_year = (f"{path}.year" for path, field in extension.fields if field.type == "by_year")
    fields = dict(extension.fields) | {path: named[path] for path in by_year if path in named}
    return Vocabulary.model_construct(fields=fields, words=more | words, units=units)


def _units_of(extension: Own) -> set[str | None]:
    return {field.unit for _, field in extension.fields}


# --- declarations that do not go together -------------------------------------------------------------------


def joined(one: Vocabulary, other: Vocabulary) -> Vocabulary:
    """Both vocabularies. Raises RuleSetError where they declare a field differently."""
    ours, theirs = shapes(one), shapes(other)
    for path in ours.keys() & theirs.keys():
        if ours[path][0] != theirs[path][0]:
            raise _differs(path, one.origins.get(ours[path][1]), other.origins.get(theirs[path][1]))
    return one.with_(other)


def shapes(vocabulary: Vocabulary) -> dict[str, tuple[tuple[object, ...], str]]:
    """What each declared place holds, and the declaration that says so; the groups that others imply too."""
    said: dict[str, tuple[tuple[object, ...], str]] = {}
    for path in vocabulary.declared:
        for place in above(path):
            said.setdefault(place, (("group", None, None, None), path))
    for path, field in vocabulary.declared.items():
        said[path] = (field.shape[:-1], path)
    return said


def _differs(path: str, one: Origin | None, other: Origin | None) -> RuleSetError:
    places = [origin for origin in (one, other) if origin is not None]
    text = Text(
        f"两处对字段 {path} 的声明不同：{'、'.join(map(str, places))}；不能同时使用",
        f"the field {path} is declared differently at {' and '.join(map(str, places))}; "
        "they cannot be used together",
    )
    last = places[-1] if places else Origin("", 0)
    return RuleSetError([Diagnostic("field-differs", text, last.file, last.line)])


class Identity:
    """An object as a key by its identity."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)
