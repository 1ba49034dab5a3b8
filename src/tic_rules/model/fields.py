"""The fields that a model of the data declares: paths, values in a record, records and words within."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic.fields import FieldInfo

from tic_rules.model.subject import Record
from tic_rules.model.values import CellKind, WordOf


def value_at(record: object, path: str) -> Any:
    """The value at a dotted path; None where it, or anything above it, is left out."""
    for part in path.split("."):
        if record is None:
            return None
        record = getattr(record, part)
    return record


Place = tuple[str | int, ...]


def lists_at(subject: Record, path: str) -> list[tuple[Place, Any]]:
    """The list at a dotted path, with its place; where it stands in the entries of another list, that of
    each entry. Of entries that are not given there is only the place."""
    above = list_above(type(subject), path)
    if above is None:
        return [(tuple(path.split(".")), value_at(subject, path))]
    at, rest = tuple(above.split(".")), path[len(above) + 1 :]
    within = tuple(rest.split("."))
    entries = value_at(subject, above)
    if entries is None:
        return [(at, None)]
    return [((*at, n, *within), value_at(entry, rest)) for n, entry in enumerate(entries)]


@cache
def list_above(model: type[Record], path: str) -> str | None:
    """The list whose entries a dotted path leads through; None where it leads through none."""
    for place in above(path):
        field = field_at(model, place)
        if field is not None and kind_of(field).name == "list":
            return place
    return None


def above(path: str) -> list[str]:
    """The places above a dotted place, the nearest last."""
    parts = path.split(".")
    return [".".join(parts[:size]) for size in range(1, len(parts))]


def field_at(model: type[Record], path: str) -> FieldInfo | None:
    """The field that stands at a dotted place of a model; None where none does."""
    at: type[Record] | None = model
    field = None
    for part in path.split("."):
        field = at.model_fields.get(part) if at is not None else None
        at = record_in(field.annotation) if field is not None else None
    return field


def record_at(model: type[Record], path: str) -> type[Record] | None:
    """The record that stands at a dotted place of a model; None where a plain value does."""
    field = field_at(model, path)
    return record_in(field.annotation) if field is not None else None


def kind_of(field: FieldInfo) -> CellKind:
    """What a field holds: a kind of value, a `record`, a `list` or a `table` of records."""
    shape = str(field.annotation)
    if record_in(field.annotation) is not None:
        return CellKind("list" if "tuple[" in shape else "table" if "Mapping[" in shape else "record")
    marked = next((mark for mark in field.metadata if isinstance(mark, CellKind)), None)
    return marked or CellKind("years" if "tuple[" in shape else "text")


def records_in(value: object) -> list[tuple[Place, Record]]:
    """The records in the value of a field: itself, the entries of a list or of a table, each with its key."""
    if type(value) is tuple:
        return [((index,), entry) for index, entry in enumerate(value) if isinstance(entry, Record)]
    if isinstance(value, dict):
        return [((key,), entry) for key, entry in value.items() if isinstance(entry, Record)]
    return [((), value)] if isinstance(value, Record) else []


def record_in(annotation: object) -> type[Record] | None:
    """The record that a field holds, alone or in a list; None for a scalar."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        inner = record_in(part)
        if inner is not None:
            return inner
    return None


@cache
def paths_of(model: type[Record], prefix: str = "") -> frozenset[str]:
    """Every dotted path of the data, the fields of list entries included."""
    paths = set()
    for name, field in model.model_fields.items():
        paths.add(prefix + name)
        inner = record_in(field.annotation)
        if inner is not None:
            paths |= paths_of(inner, f"{prefix}{name}.")
    return frozenset(paths)


@cache
def words_at(model: type[Record], path: str) -> str | None:
    """The vocabulary whose words a dotted path takes; None where it takes none, or is no path."""
    field = field_at(model, path)
    marks = field.metadata if field is not None else ()
    return next((mark.name for mark in marks if isinstance(mark, WordOf)), None)


@cache
def fields_of(model: type[Record]) -> tuple[tuple[str, str | None, bool], ...]:
    """Name, vocabulary and whether records lie within, for the fields that the word check has to visit."""
    fields = (
        (name, words_at(model, name), record_at(model, name) is not None) for name in model.model_fields
    )
    return tuple((name, word, inner) for name, word, inner in fields if word or inner)
