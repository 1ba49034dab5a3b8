"""What can be told of a rule file besides its faulty parts, and what names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tic_rules.core.source import Source
from tic_rules.model.declarations import declared_faults
from tic_rules.model.document import get
from tic_rules.model.fields import above
from tic_rules.model.linker import rule_file_faults, unit_faults, vocabulary_faults
from tic_rules.model.ruleset import Clause, Rule, RuleFile, Vocabulary
from tic_rules.model.time_faults import Fault, Loc

_ANY_VERSION = "999999"
"""Later than what any rule names, where the file's own is faulty."""


def rest_faults(
    data: Mapping[str, Any],
    source: Source,
    faulty: Iterable[Loc],
    joined: Callable[[Vocabulary], Vocabulary],
) -> list[Fault]:
    """The faults of a rule file besides its faulty places; `joined` gives the whole vocabulary with its."""
    parts = {_part(loc) for loc in faulty if loc}
    kept = {key: _kept(data, key, parts) for key in ("rules", "clauses")}
    items = {key: [data[key][index] for index in indices] for key, indices in kept.items()}
    added = Vocabulary.model_validate(_vocabulary(data, parts))
    sound: dict[str, Any] = {
        "version": _ANY_VERSION if ("version",) in parts else data["version"],
        "jurisdiction": str(data.get("jurisdiction", "")),
        "vocabulary": added,
        "clauses": tuple(map(Clause.model_validate, items["clauses"])),
        "rules": tuple(map(Rule.model_validate, items["rules"])),
    }
    model = RuleFile.model_construct(**sound)
    whole, gone = joined(added), _gone(data, parts)
    declared = declared_faults(added, whole, ("vocabulary",))
    unsound = {loc for _, loc, _, _ in declared} - parts
    if unsound:
        too_many = any(code == "too-large" for code, *_ in declared)
        more = [] if too_many else rest_faults(data, source, parts | unsound, joined)
        return [*(fault for fault in declared if gone.isdisjoint(_called(fault[1]))), *more]
    faults = [*vocabulary_faults(added, whole, ("vocabulary",))]
    if parts.isdisjoint((("rules",), ("clauses",))):
        faults += rule_file_faults(model, whole)
        faults += unit_faults(model, whole, Source(source.file, source.root, {**data, **items}))
    placed = [(code, _placed(loc, kept), zh, en) for code, loc, zh, en in faults if loc not in parts]
    return [fault for fault in placed if gone.isdisjoint(_names(get(data, fault[1]), fault[1][-1]))]


def _part(loc: Loc) -> Loc:
    """The rule, the clause, the entry of the vocabulary, or the key in which a place lies."""
    return loc[: {"rules": 2, "clauses": 2, "vocabulary": 3}.get(str(loc[0]), 1)]


def _kept(data: Mapping[str, Any], key: str, parts: set[Loc]) -> list[int]:
    """The rules, or the clauses, that are sound, by where they stand."""
    items = data.get(key)
    if (key,) in parts or not isinstance(items, list):
        return []
    return [index for index in range(len(items)) if (key, index) not in parts]


def _vocabulary(data: Mapping[str, Any], parts: set[Loc]) -> dict[str, Any]:
    """A vocabulary as it is written, without its faulty parts."""
    written = data.get("vocabulary")
    if ("vocabulary",) in parts or not isinstance(written, dict):
        return {}
    return {
        key: {name: item for name, item in section.items() if ("vocabulary", key, name) not in parts}
        for key, section in written.items()
        if ("vocabulary", key) not in parts and isinstance(section, dict)
    }


def _gone(data: Mapping[str, Any], parts: set[Loc]) -> set[str]:
    """The names of what is faulty, and of the entries of the vocabulary that name it, through others too."""
    gone: set[str] = set()
    for part in parts:
        written = get(data, part)
        if part[0] == "vocabulary":
            gone |= _called(part) if len(part) == 3 and part[1] != "words" else set(_names(written, part[-1]))
        elif isinstance(written, dict):
            gone.add(str(written.get("at" if part[0] == "clauses" else "id")))
    vocabulary = _vocabulary(data, parts)
    left = [(("vocabulary", key, name), item) for key in vocabulary for name, item in vocabulary[key].items()]
    grown = True
    while grown:
        size = len(gone)
        for part, item in left:
            if not gone.isdisjoint(_names(item, None)):
                gone |= _called(part)
        grown = len(gone) > size
    return gone


def _called(part: Loc) -> set[str]:
    """The name of an entry of the vocabulary; of a field the places above it and its last part too."""
    name = str(part[-1])
    return {name, *above(name), name.rpartition(".")[2]} if part[1] == "fields" else {name}


def _names(value: object, key: object) -> Iterator[str]:
    """The key of a value, and all keys and texts within it."""
    if isinstance(key, str):
        yield key
    if isinstance(value, str):
        yield str(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _names(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item, None)


def _placed(loc: Loc, kept: Mapping[str, list[int]]) -> Loc:
    """The place in the file of a place in what is left of it."""
    if len(loc) > 1 and loc[0] in kept and isinstance(loc[1], int):
        return (loc[0], kept[str(loc[0])][loc[1]], *loc[2:])
    return loc
