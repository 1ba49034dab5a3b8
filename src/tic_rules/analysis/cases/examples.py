"""The cases of a corpus as examples for the pages of the rules: what changes, and what comes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tic_rules.analysis.cases.case import PROGRAMME, WrittenCase, source_of, written_cases
from tic_rules.core.errors import DataError, fault


class Example(NamedTuple):
    """A case that shows how a rule is decided: what changes from a complete centre, the day, the outcome."""

    as_of: str
    status: str
    changes: tuple[str, ...]
    because: str
    about: int
    """How many rules the case speaks of."""


def read_examples(folder: Path) -> dict[tuple[str, str], list[Example]]:
    """The well-formed cases of a corpus (a folder a rule set, YAML lists), by rule set and rule. Raises
    DataError for a file that cannot be read."""
    if not folder.is_dir():
        raise fault(DataError, "unreadable", "没有这个文件夹", "there is no such folder", file=str(folder))
    examples: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for path in sorted(folder.glob("*/*.yaml")):
        ruleset = path.stem if path.parent.name == PROGRAMME else path.parent.name
        for _, case in written_cases(source_of(str(path)), []):
            changes = tuple(_changes(case))
            for rule, status in case.expect.items():
                shown = Example(case.as_of, status, changes, case.because, len(case.expect))
                examples[ruleset, rule].append(shown)
    return examples


def _changes(case: WrittenCase) -> Iterator[str]:
    """What a case changes, a line each, as it would stand in the data."""
    for name, value in {**(case.figures or {}), **case.with_}.items():
        yield f"{name}: {_flow(value)}"
    for name, entries in case.append.items():
        yield from (f"{name}: + {_flow(entry)}" for entry in entries)
    yield from (f"{name}: –" for name in case.without)
    if case.centres:
        yield f"+ {len(case.centres)} × centre.yaml"


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return "null" if value is None else str(value)
