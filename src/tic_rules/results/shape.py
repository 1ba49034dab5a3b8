"""Whether plain JSON values have the shape that a schema of ours asks for.

Only the words of JSON Schema that `results/schemas` uses. Keys that a schema does not know are let through: a
later version may have written them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from tic_rules.core.scalars import Json

_IS: Mapping[str, tuple[type, ...]] = {
    "object": (Mapping,), "array": (list, tuple), "string": (str,), "integer": (int,), "number": (int, float),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip


def misfit(value: object, schema: Json) -> str | None:
    """What does not fit first, as “place: what is wrong”; None where all fits."""
    return next(_misfits(value, schema, ""), None)


def _misfits(value: object, schema: Json, at: str) -> Iterator[str]:
    if "anyOf" in schema:
        if all(misfit(value, one) for one in schema["anyOf"]):
            yield f"{at or '/'}: fits none of the shapes that it may have"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at or '/'}: one of {', '.join(map(str, schema['enum']))} is expected"
    elif "type" in schema and not _of_type(value, schema["type"]):
        yield f"{at or '/'}: {schema['type']} is expected, not {type(value).__name__}"
    elif isinstance(value, Mapping):
        yield from _misfits_of_object(value, schema, at)
    elif isinstance(value, (list, tuple)):
        if len(value) < schema.get("minItems", 0) or len(value) > schema.get("maxItems", len(value)):
            yield f"{at or '/'}: {schema['minItems']} items are expected"
        for index, item in enumerate(value):
            yield from _misfits(item, schema.get("items", {}), f"{at}/{index}")
    elif isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{at or '/'}: {schema['pattern']} is expected"
        elif schema.get("format") == "date" and not _is_day(value):
            yield f"{at or '/'}: there is no such day"
    elif "minimum" in schema and value is not None and not schema["minimum"] <= value <= schema["maximum"]:
        yield f"{at or '/'}: {schema['minimum']} to {schema['maximum']} is expected"


def _misfits_of_object(value: Mapping[str, object], schema: Json, at: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}/{name}: is missing"
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    for name, item in value.items():
        inner = properties.get(name, others if isinstance(others, dict) else None)
        if inner is not None:
            yield from _misfits(item, inner, f"{at}/{name}")


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _of_type(value: object, types: str | list[str]) -> bool:
    allowed = [types] if isinstance(types, str) else types
    if isinstance(value, bool):
        return "boolean" in allowed
    return any(isinstance(value, _IS[name]) for name in allowed)


def require(value: object, name: str, *keys: str) -> None:
    """Raises ValueError where a value has not the shape of a `report`, or a `finding`; where keys are named,
    it may lack others, and each finding of a report is asked for itself."""
    fault = misfit(value, _schema(name, *keys))
    if fault:
        raise ValueError(f"this is no {name}: {fault}")


@cache
def _schema(name: str, *keys: str) -> Json:
    from tic_rules.results.schemas import schema_of  # knows the data's models

    schema = schema_of(name)
    if keys:
        schema |= {"required": keys, "properties": {**schema["properties"], "findings": {"type": "array"}}}
    return schema
