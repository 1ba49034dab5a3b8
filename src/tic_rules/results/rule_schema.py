"""The JSON Schema of a rule file, for editors: in both languages, with the names that the file knows.

A condition is told by its operator, so that an operator that is misspelt is named."""

from __future__ import annotations

from functools import cache

from tic_rules.core.scalars import Json
from tic_rules.core.source import read_beside
from tic_rules.model.conditions import _BY_KEY
from tic_rules.model.ruleset import RuleFile, RuleSet, Vocabulary

DRAFT = "https://json-schema.org/draft/2020-12/schema"
NAMESPACE = "urn:tic-rules:schema"
_OWN_KEYS = {"^x-": {"description": "自己的键，不起作用 · a key of your own, without effect"}}


def ruleset_schema(ruleset: RuleSet | None = None) -> dict[str, object]:
    """The schema of a rule file, with the short forms that a file may use; of one that is at hand, with the
    facts, topics, jurisdictions and words that it knows, the ids of its clauses and rules, and the English of
    its texts if it is in both languages."""
    schema = RuleFile.model_json_schema()
    definitions = schema["$defs"]
    _short_forms(definitions)
    definitions["Condition"] = _condition(definitions)
    for name, definition in {**definitions, "RuleFile": schema}.items():
        definition.pop("discriminator", None)
        _describe(name, definition)
    for name, short in (("Window", {"const": "latest_full_year"}), ("Replaced", {"type": "string"})):
        definitions[name] = {"if": {"type": "string"}, "then": short, "else": definitions[name]}
    if ruleset is not None:
        _enumerate(schema, ruleset.vocabulary)
        definitions["Rule"]["properties"]["at"] = {"enum": [clause.at for clause in ruleset.clauses]}
    if ruleset is None or "en" not in ruleset.languages:
        for definition in definitions.values():
            required = definition.get("required", [])
            required[:] = [key for key in required if key not in ("en", "title_en")]
    name = ruleset.id if ruleset is not None else "ruleset"
    return {"$schema": DRAFT, "$id": f"{NAMESPACE}:{name}", **schema, "title": "A rule file"}


def _short_forms(definitions: Json) -> None:
    word: Json = {"type": ["string", "boolean", "null"]}
    full = {**definitions["Test"], "title": "Test, in full"}
    full["properties"] = {
        **full["properties"],
        "other_than": {"anyOf": [word, {"type": "array", "items": word}]},
    }
    definitions["Test"] = {"title": "Test", "anyOf": [word, {"type": "array", "items": word}, full]}
    definitions["Where"] = {
        "title": "Where",
        "description": "条目须如何 · What an entry must be: attribute: value or values; `any`: alternatives",
        "type": "object",
        "properties": {"any": {"type": "array", "items": {"$ref": "#/$defs/Where"}}},
        "additionalProperties": {"$ref": "#/$defs/Test"},
    }


def _condition(definitions: Json) -> dict[str, object]:
    """A condition by its operator: the first that a mapping holds says what the rest has to be."""
    keys = {key: True for kind in _BY_KEY.values() for key in definitions[kind.__name__]["properties"]}
    chain: dict[str, object] = {"properties": keys, "additionalProperties": False, "minProperties": 2}
    for key, kind in reversed([*_BY_KEY.items()]):
        then = {"$ref": f"#/$defs/{kind.__name__}"}
        chain = {"if": {"type": "object", "required": [key]}, "then": then, "else": chain}
    said = "条件，由运算符决定 · a condition, told by its operator: "
    return {"title": "Condition", "description": said + ", ".join(_BY_KEY), "type": "object", **chain}


def _describe(name: str, definition: Json) -> None:
    """Descriptions in both languages; keys of one's own are let through."""
    conditions = {kind.__name__ for kind in _BY_KEY.values()}
    for key, value in definition.get("properties", {}).items():
        said = _meanings().get("Condition" if name in conditions else name, {}).get(key)
        _or_null(value)
        if said is not None and isinstance(value, dict):
            value["description"] = " · ".join(said)
    if definition.get("additionalProperties") is False:
        definition["patternProperties"] = _OWN_KEYS


@cache
def _meanings() -> Json:
    """What the keys of a rule file mean, in Chinese and English, by model and key; all conditions have theirs
    in common."""
    meanings: Json = read_beside(__file__, "rule_keys.yaml")
    return meanings


def _or_null(value: object) -> None:
    """A part or null, told so that what is wrong with the part is said, and not that it is neither."""
    if not isinstance(value, dict):
        return
    choices: list[Json] = value.get("anyOf", [])
    if len(choices) == 2 and "$ref" in choices[0] and choices[1] == {"type": "null"}:
        part = value.pop("anyOf")[0]
        value |= {"if": {"type": "null"}, "else": part}


def _enumerate(schema: Json, vocabulary: Vocabulary) -> None:
    """The names that a file knows, in the place of any text."""
    definitions = schema["$defs"]
    words = sorted({word for group in vocabulary.words.values() for word in group})
    for kind in {kind.__name__ for kind in _BY_KEY.values()}:
        properties = definitions[kind]["properties"]
        if "fact" in properties:
            properties["fact"] |= {"enum": [*vocabulary.facts]}
        for key in ("is", "among", "any_among", "contains_all"):
            if key in properties:
                _suggest(properties[key], words)
    definitions["Rule"]["properties"]["topic"] |= {"enum": [*vocabulary.topics]}
    schema["properties"]["jurisdiction"] |= {"enum": [*vocabulary.words.get("jurisdictions", {})]}
    definitions["Fact"]["properties"]["unit"] = {"anyOf": [{"enum": [*vocabulary.units]}, {"type": "null"}]}


def _suggest(value: Json, words: list[str]) -> None:
    """Words that an editor may offer; a text may be none of them."""
    inner = value["items"] if value.get("type") == "array" else value
    rest = {key: inner.pop(key) for key in ("type", "anyOf") if key in inner}
    inner["anyOf"] = [{"enum": words}, rest]
