"""The cases of a corpus as examples for the pages of the rules: what changes, and what comes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tic_rules.core.errors import DataError, fault
from tic_rules.core.files import read_named
from tic_rules.core.scalars import Json
from tic_rules.core.source import bad_text_as, decode, read_text

PROGRAMME = "programme"
"""The folder of the cases of programmes; their files are named after the rule sets."""


class Example(NamedTuple):
    """A case that shows how a rule is decided: what changes from a complete centre, the day, the outcome."""

    as_of: str
    status: str
    changes: tuple[str, ...]
    because: str
    about: int
    """How many rules the case speaks of."""


def read_examples(folder: Path) -> dict[tuple[str, str], list[Example]]:
    """Every case of a corpus (a folder a rule set, YAML lists), by rule set and rule. Raises DataError."""
    if not folder.is_dir():
        raise fault(DataError, "unreadable", "没有这个文件夹", "there is no such folder", file=str(folder))
    examples: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for path in sorted(folder.glob("*/*.yaml")):
        ruleset = path.stem if path.parent.name == PROGRAMME else path.parent.name
        for case in _cases(path):
            example = tuple(_changes(case))
            for rule, status in case["expect"].items():
                day, because = str(case["as_of"]), str(case.get("because", ""))
                shown = Example(day, str(status), example, because, len(case["expect"]))
                examples[ruleset, rule].append(shown)
    return examples


def _cases(path: Path) -> Iterator[Json]:
    """The cases of a file; a file that is a base for cases has none."""
    with bad_text_as(DataError):
        data = read_text(decode(read_named(str(path), DataError), str(path)), str(path)).data
    for case in data if isinstance(data, list) else ():
        if (
            isinstance(case, dict)
            and isinstance(case.get("expect"), dict)
            and {"case", "as_of"} <= case.keys()
        ):
            yield case


def _changes(case: Json) -> Iterator[str]:
    """What a case changes, a line each, as it would stand in the data."""
    for name, value in {**(case.get("figures") or {}), **(case.get("with") or {})}.items():
        yield f"{name}: {_flow(value)}"
    for name, entries in (case.get("append") or {}).items():
        yield from (f"{name}: + {_flow(entry)}" for entry in entries)
    for name in case.get("without") or ():
        yield f"{name}: –"
    if case.get("centres"):
        yield f"+ {len(case['centres'])} × centre.yaml"


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return "null" if value is None else str(value)
