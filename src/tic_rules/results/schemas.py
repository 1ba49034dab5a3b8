"""JSON Schemas (draft 2020-12) of what the program reads and writes, made from the models themselves."""

from __future__ import annotations

from typing import Any

from tic_rules.model.centre import CentreData
from tic_rules.model.conditions import OPERATORS
from tic_rules.model.loader import shared_vocabulary
from tic_rules.model.ruleset import BEARERS, PHASES, Kind, Modality, RuleFile
from tic_rules.results.report import STATUSES, VERDICTS

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def centre_schema() -> dict[str, Any]:
    """The schema of a centre's file; choices are those of the shared vocabulary."""
    schema = CentreData.model_json_schema()
    words = shared_vocabulary().words
    _fill(schema, {name: list(known) for name, known in words.items()})
    for name in ("sources", "attestations", "exemptions"):
        schema["properties"][name] = {"anyOf": [schema["properties"][name], {"type": "null"}]}
    return {"$schema": DRAFT, **schema, "title": "A centre's data"}


def _fill(node: Any, words: dict[str, list[str]]) -> None:
    if isinstance(node, dict):
        name = node.pop("x-words", None)
        if name is not None:
            node["enum"] = words[name]
        for item in node.values():
            _fill(item, words)
    elif isinstance(node, list):
        for item in node:
            _fill(item, words)


def ruleset_schema() -> dict[str, Any]:
    """The schema of a rule file, with the short forms that a file may use."""
    schema = RuleFile.model_json_schema()
    definitions = schema["$defs"]
    word: dict[str, Any] = {"type": ["string", "boolean", "null"]}
    full = {**definitions["Test"], "title": "Test, in full"}
    full["properties"] = {
        **full["properties"],
        "other_than": {"anyOf": [word, {"type": "array", "items": word}]},
    }
    definitions["Test"] = {"title": "Test", "anyOf": [word, {"type": "array", "items": word}, full]}
    definitions["Where"] = {
        "title": "Where",
        "description": "What an entry must be: attribute: value, or a list of values; `any` for alternatives.",
        "type": "object",
        "properties": {"any": {"type": "array", "items": {"$ref": "#/$defs/Where"}}},
        "additionalProperties": {"$ref": "#/$defs/Test"},
    }
    for definition in definitions.values():
        definition.pop("discriminator", None)
    return {"$schema": DRAFT, **schema, "title": "A rule file"}


def report_schema() -> dict[str, Any]:
    """The schema of `--format json`: {"schema_version": 1, "reports": [...]}."""
    text = {
        "type": "object",
        "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
        "required": ["zh", "en"],
        "additionalProperties": False,
    }
    string, number, day = (
        {"type": ["string", "null"]},
        {"type": ["string", "null"], "pattern": r"^-?\d+(\.\d+)?$"},
        {"type": ["string", "null"], "format": "date"},
    )
    integer: dict[str, Any] = {"type": ["integer", "null"]}
    verdict = {"enum": [*VERDICTS, None]}
    place = {
        "type": "object",
        "properties": {
            "path": string,
            "file": string,
            "line": integer,
            "column": integer,
            "end_line": integer,
            "end_column": integer,
            "cell": string,
        },
        "required": ["path", "file", "line", "column"],
    }
    others = ("is", "among", "any_among", "contains_all", "each_of")
    finding = {
        "type": "object",
        "properties": {
            "rule": {"type": "string"}, "status": {"enum": list(STATUSES)}, "severity": {"enum": ["error", "note", None]},
            "kind": {"enum": list(Kind.__args__)}, "modality": {"enum": list(Modality.__args__)}, "bearer": {"enum": list(BEARERS)},  # type: ignore[attr-defined]
            "topic": {"type": "string"}, "phase": {"enum": list(PHASES)}, "title": text, "message": text, "detail": text, "remedy": text,
            "citation": {"type": "object", "required": ["document", "locator", "quote", "file", "line", "column"]},
            "observed": {"type": ["object", "null"]},
            "required": {"type": ["object", "null"], "properties": {"op": {"enum": [*OPERATORS.values(), *others]}}},
            "gap": number, "progress": {"type": ["number", "null"], "minimum": 0, "maximum": 1}, "deadline": day, "days_left": integer,
            "window": {"anyOf": [{"type": "null"}, {"type": "array", "items": day, "minItems": 2, "maxItems": 2}]}, "reached_on": day,
            "reading": {"anyOf": [text, {"type": "null"}]}, "years": {"type": "array"}, "lacking": {"type": "array", "items": {"type": "string"}},
            "place": place, "data": {"type": "array", "items": place}, "sources": {"type": "array", "items": {"type": "object"}},
            "missing": {"type": "array", "items": {"type": "string"}}, "trace": {"type": "object"},
        },
        "additionalProperties": False,
    }  # fmt: skip
    finding["required"] = list(finding["properties"])  # type: ignore[call-overload]
    report = {
        "type": "object",
        "properties": {
            "tool": {"type": "object", "required": ["name", "version", "engine"]},
            "centre": {"type": ["object", "null"]}, "programme": {"type": "object"}, "ruleset": {"type": "object", "required": ["id", "version", "document"]},
            "as_of": {"type": "string", "format": "date"}, "verdict": {"enum": list(VERDICTS)},
            "bearers": {"type": "object", "additionalProperties": verdict}, "phases": {"type": "object", "additionalProperties": verdict},
            "summary": {"type": "object", "additionalProperties": {"type": "integer"}}, "findings": {"type": "array", "items": finding},
            "consequences": {"type": "array", "items": {"type": "object", "required": ["rule", "because", "amount"]}},
            "warnings": {"type": "array", "items": {"type": "object", "required": ["code", "message"]}},
        },
        "required": ["tool", "centre", "ruleset", "as_of", "verdict", "bearers", "phases", "summary", "findings", "consequences", "warnings"],
    }  # fmt: skip
    return {
        "$schema": DRAFT,
        "title": "Reports",
        "type": "object",
        "properties": {"schema_version": {"const": 1}, "reports": {"type": "array", "items": report}},
        "required": ["schema_version", "reports"],
    }
