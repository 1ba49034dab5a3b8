"""The fields that a model of the data declares: paths, values in a record, records and words within."""

from __future__ import annotations

from functools import cache
from typing import Any

from tic_rules.model.subject import Record
from tic_rules.model.values import WordOf


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
    parts = path.split(".")
    for size, part in enumerate(parts[:-1], 1):
        field = model.model_fields.get(part)
        inner = None if field is None else record_in(field.annotation)
        if field is None or inner is None:
            return None
        if "tuple[" in str(field.annotation):
            return ".".join(parts[:size])
        model = inner
    return None


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
    first, _, rest = path.partition(".")
    field = model.model_fields.get(first)
    if field is None:
        return None
    if not rest:
        return next((mark.name for mark in field.metadata if isinstance(mark, WordOf)), None)
    inner = record_in(field.annotation)
    return None if inner is None else words_at(inner, rest)


@cache
def fields_of(model: type[Record]) -> tuple[tuple[str, str | None, bool], ...]:
    """Name, vocabulary and whether records lie within, for the fields that the word check has to visit."""
    fields = []
    for name, field in model.model_fields.items():
        word = next((m.name for m in field.metadata if isinstance(m, WordOf)), None)
        inner = record_in(field.annotation) is not None
        if word or inner:
            fields.append((name, word, inner))
    return tuple(fields)
