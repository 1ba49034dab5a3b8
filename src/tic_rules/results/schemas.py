"""JSON Schemas (draft 2020-12) of what the program reads and writes, made from the models themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from tic_rules.core.scalars import Json
from tic_rules.model.centre import Centre
from tic_rules.model.conditions import OPERATORS
from tic_rules.model.extension import extended
from tic_rules.model.ruleset import BEARERS, PHASES, Kind, Modality
from tic_rules.model.shipped import shared_vocabulary
from tic_rules.model.values import replaced
from tic_rules.model.vocabulary import Vocabulary
from tic_rules.results.parts import STATUSES, VERDICTS, Engine
from tic_rules.results.rule_schema import DRAFT, NAMESPACE


def centre_schema(vocabulary: Vocabulary | None = None) -> dict[str, object]:
    """The schema of a centre's file, with the fields and choices of a vocabulary, else of the shared one."""
    shared = shared_vocabulary()
    vocabulary = vocabulary or shared
    schema = extended(Centre, vocabulary).model_json_schema()
    for name, words in vocabulary.words.items():
        if name in shared.words and words.keys() != shared.words[name].keys():
            schema = replaced(schema, list(shared.words[name]), list(words))
    for name in ("sources", "attestations", "exemptions"):
        schema["properties"][name] = {"anyOf": [schema["properties"][name], {"type": "null"}]}
    _describe_fields(schema, vocabulary)
    return {"$schema": DRAFT, "$id": f"{NAMESPACE}:centre", **schema, "title": "A centre's data"}


def _describe_fields(schema: Json, vocabulary: Vocabulary) -> None:
    """Give every property of a centre's schema the label and the example of its field; where one part of the
    schema stands in several places, the first label."""
    _describe(schema, schema.get("$defs", {}), "", vocabulary, frozenset())


def _describe(part: Json, definitions: Json, at: str, vocabulary: Vocabulary, above: frozenset[str]) -> None:
    for key, value in part.get("properties", {}).items():
        path = f"{at}.{key}" if at else key
        field = vocabulary.fields.get(path)
        if field is not None and "description" not in value:
            value["description"] = field.described
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


_WORDS: dict[str, object] = {"type": "string"}
_TEXT: dict[str, object] = {
    "type": "object",
    "properties": {"zh": _WORDS, "en": _WORDS},
    "required": ["zh", "en"],
    "additionalProperties": False,
}
_STRING: dict[str, object] = {"type": ["string", "null"]}
_DECIMAL: dict[str, object] = {"type": ["string", "null"], "pattern": r"^-?\d+(\.\d+)?$"}
_DATE: dict[str, object] = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
_DAY: dict[str, object] = {**_DATE, "type": ["string", "null"]}
_INTEGER: dict[str, object] = {"type": ["integer", "null"]}
_VERDICT: dict[str, object] = {"enum": [*VERDICTS, None]}
_PLACE: dict[str, object] = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("path", "file"), _STRING),
        **dict.fromkeys(("line", "column", "end_line", "end_column"), _INTEGER),
        "cell": _STRING,
    },
    "required": ["path", "file", "line", "column"],
}
_OTHER_OPERATORS = ("is", "among", "any_among", "contains_all", "each_of")


def _object(*required: str, **properties: object) -> dict[str, object]:
    shape: dict[str, object] = {"type": "object", "required": list(required)}
    return shape | {"properties": properties} if properties else shape


def _array(items: dict[str, object]) -> dict[str, object]:
    return {"type": "array", "items": items}


_SHA256: dict[str, object] = {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"}
_PROVENANCE = _object(
    "data", "rules", "text", "settings",
    data=_object("of", "sha256", of={"enum": ["text", "values"]}, sha256=_SHA256, centres=_SHA256),
    rules=_object("file", "sha256", file=_STRING, sha256=_SHA256),
    text=_SHA256,
    settings=_object("phase", "exemptions"),
)  # fmt: skip


def finding_schema() -> dict[str, object]:
    """The schema of one finding."""
    window = {"type": "array", "items": _DAY, "minItems": 2, "maxItems": 2}
    required = {"op": {"enum": [*OPERATORS.values(), *_OTHER_OPERATORS]}}
    properties: dict[str, object] = {
        "rule": _WORDS,
        "status": {"enum": list(STATUSES)},
        "severity": {"enum": ["error", "note", None]},
        "kind": {"enum": list(get_args(Kind))},
        "modality": {"enum": list(get_args(Modality))},
        "bearer": {"enum": list(BEARERS)},
        "topic": _WORDS,
        "phase": {"enum": list(PHASES)},
        "judged": {"type": "boolean"},
        **dict.fromkeys(("title", "message", "detail", "remedy"), _TEXT),
        "citation": _object(
            "document", "locator", "quote", "file", "line", "column",
            **dict.fromkeys(("document", "locator", "quote"), _WORDS), file=_STRING,
        ),
        "observed": {"type": ["object", "null"]},
        "required": {"type": ["object", "null"], "properties": required},
        "gap": _DECIMAL,
        "progress": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "deadline": _DAY,
        "deadline_range": {"anyOf": [{"type": "null"}, window]},
        "days_left": _INTEGER,
        "window": {"anyOf": [{"type": "null"}, window]},
        "reached_on": _DAY,
        "reading": {"anyOf": [_TEXT, {"type": "null"}]},
        "years": _array({"type": "object"}),
        "lacking": _array(_WORDS),
        "place": _PLACE,
        "data": _array(_PLACE),
        "sources": _array({"type": "object"}),
        "missing": _array(_WORDS),
        "trace": {"type": "object"},
    }  # fmt: skip
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "required": [name for name in properties if name not in ("deadline_range", "judged")],  # not in older
    }


_WAIT = _object("field", "label", "places", "rules", "counted", "alone", field=_WORDS)
_WAITING = _object(
    "reason", "data", "judgements", reason=_TEXT, data=_array(_WAIT), judgements=_array(_WORDS)
)


def one_report_schema() -> dict[str, object]:
    """The schema of one report."""
    properties: dict[str, object] = {
        "tool": _object(
            "name", "version", "engine",
            name=_WORDS, version=_WORDS, engine={"enum": list(get_args(Engine))},
        ),
        "centre": {"type": ["object", "null"], "properties": dict.fromkeys(("id", "name", "file"), _STRING)},
        "programme": {"type": "object"},
        "ruleset": _object("id", "version", "document", id=_WORDS, document={"type": "object"}),
        "as_of": _DATE,
        "verdict": {"enum": list(VERDICTS)},
        "data_verdict": {"enum": list(VERDICTS)},
        "bearers": {"type": "object", "additionalProperties": _VERDICT},
        "phases": {"type": "object", "additionalProperties": _VERDICT},
        "summary": {"type": "object", "additionalProperties": {"type": "integer"}},
        "waiting": _WAITING,
        "findings": _array(finding_schema()),
        "consequences": _array(_object("rule", "because", "amount")),
        "warnings": _array(_object("code", "message")),
        "provenance": _PROVENANCE,
    }  # fmt: skip
    later = ("programme", "provenance", "waiting")  # only of a programme; not in older reports
    required = [name for name in properties if name not in later]
    return {"type": "object", "properties": properties, "required": required}


def schema_of(name: str) -> Json:
    """The schema of a `report`, or a `finding`."""
    return one_report_schema() if name == "report" else finding_schema()


def diagnostic_schema() -> dict[str, object]:
    """The schema of a fault of a file."""
    properties = {
        "code": _WORDS,
        "message": _TEXT,
        **dict.fromkeys(("file", "path", "cell"), _STRING),
        **dict.fromkeys(("line", "column"), _INTEGER),
    }
    return {"type": "object", "properties": properties, "required": ["code", "message", "file", "line"]}


def report_schema() -> dict[str, object]:
    """The schema of `--format json`: the reports, and the files that gave none, with their faults."""
    unusable = _object("file", "diagnostics", file=_STRING, diagnostics=_array(diagnostic_schema()))
    return {
        "$schema": DRAFT,
        "$id": f"{NAMESPACE}:report",
        "title": "Reports",
        "type": "object",
        "properties": {
            "schema_version": {"const": 1},
            "reports": _array(one_report_schema()),
            "unusable": _array(unusable),
        },
        "required": ["schema_version", "reports", "unusable"],
    }
