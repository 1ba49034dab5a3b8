"""What the fields of a centre file mean, in both languages, put into its JSON Schema for editors."""

from __future__ import annotations

from collections.abc import Iterator

from tic_rules.core.scalars import Json
from tic_rules.model.vocabulary import Vocabulary


def describe_fields(schema: Json, vocabulary: Vocabulary) -> None:
    """Give every property of a centre's schema the label and the example of its field; where one part of the
    schema stands in several places, the first label."""
    _describe(schema, schema.get("$defs", {}), "", vocabulary, frozenset())


def _describe(part: Json, definitions: Json, at: str, vocabulary: Vocabulary, above: frozenset[str]) -> None:
    for key, value in part.get("properties", {}).items():
        path = f"{at}.{key}" if at else key
        field = vocabulary.fields.get(path)
        if field is not None and "description" not in value:
            example = f"（例 {field.example}）" if field.example else ""
            value["description"] = f"{field.zh} · {field.en}{example}"
        for name in _referred(value):
            if name not in above:
                _describe(definitions[name], definitions, path, vocabulary, above | {name})
    if part.get("additionalProperties") is False and "properties" in part:
        part["patternProperties"] = {"^x-": True}


def _referred(value: object) -> Iterator[str]:
    """The definitions that a schema names, at any depth."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        for item in value.values():
            yield from _referred(item)
    elif isinstance(value, list):
        for item in value:
            yield from _referred(item)
