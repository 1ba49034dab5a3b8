"""Which rules of two documents answer each other where their topics do not say so: the shipped alignment and
files of one's own.

In comes YAML (`rules/alignment.yaml`, `--align FILE`), out come the entries between two rule sets, the right
way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, TypeAdapter
from pydantic_core import ValidationError

from tic_rules.core.errors import RuleSetError, Text, fault
from tic_rules.core.source import Source
from tic_rules.model.conditions import Node
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.shipped import read_rule_file, read_shipped
from tic_rules.model.validation import diagnostics_of
from tic_rules.model.vocabulary import Bilingual


def _listed(value: object) -> Any:
    return [value] if isinstance(value, str) else value


RuleName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+/[a-z0-9-]+$")]
RuleNames = Annotated[tuple[RuleName, ...], BeforeValidator(_listed), Field(min_length=1)]


class Written(Node):
    """One entry of an alignment file."""

    a: RuleNames
    b: RuleNames
    topics: Annotated[tuple[str, ...], Field(min_length=1)]
    corresponds: bool
    item: str | None = None
    words: Literal["same", "more_in_a", "more_in_b"] | None = None
    reason: Bilingual


class Entry(NamedTuple):
    """An entry between two given rule sets, seen from A."""

    a: tuple[Rule, ...]
    b: tuple[Rule, ...]
    topics: tuple[str, ...]
    corresponds: bool
    item: str | None
    words: str | None
    """The relation that the words of judged rules were found to have: same, b_stricter, b_looser."""
    reason: Text


_ENTRIES = TypeAdapter(tuple[Written, ...])
_WORDS = {"same": "same", "more_in_b": "b_stricter", "more_in_a": "b_looser"}
_TURNED = {"same": "same", "more_in_b": "b_looser", "more_in_a": "b_stricter"}


def read_alignment(path: str) -> tuple[Written, ...]:
    """The entries of an alignment file. Raises RuleSetError."""
    return _entries(read_rule_file(Path(path)))


@lru_cache(maxsize=1)
def shipped_alignment() -> tuple[Written, ...]:
    """The entries of `rules/alignment.yaml`."""
    return _entries(read_shipped("alignment"))


def _entries(source: Source) -> tuple[Written, ...]:
    if not isinstance(source.data, list):
        raise fault(
            RuleSetError,
            "alignment",
            "对应表须是条目的列表",
            "an alignment is a list of entries",
            file=source.file,
        )
    try:
        return _ENTRIES.validate_python(source.data)
    except ValidationError as error:
        raise RuleSetError(diagnostics_of(error, source)) from None


def entries_between(a: RuleSet, b: RuleSet, written: Iterable[Written] = ()) -> list[Entry]:
    """What is said of two rule sets: one's own entries first; a shipped one that they speak of gives way."""
    own = list(_between(a, b, written))
    shipped = _between(a, b, shipped_alignment()) if a.id != b.id else ()
    return own + [entry for entry in shipped if not any(_overridden(entry, mine) for mine in own)]


def _overridden(entry: Entry, mine: Entry) -> bool:
    return entry.item == mine.item and bool(set(entry.topics) & set(mine.topics))


def _between(a: RuleSet, b: RuleSet, written: Iterable[Written]) -> Iterator[Entry]:
    for entry in written:
        sides = _document(entry.a), _document(entry.b)
        if sides not in ((a.id, b.id), (b.id, a.id)):
            continue
        turned = sides != (a.id, b.id)
        first, second = (entry.b, entry.a) if turned else (entry.a, entry.b)
        left, right = _rules(a, first), _rules(b, second)
        if left and right:
            words = (_TURNED if turned else _WORDS)[entry.words] if entry.words else None
            reason = entry.reason.text
            yield Entry(
                left,
                right,
                entry.topics,
                entry.corresponds,
                entry.item,
                words,
                swapped(reason) if turned else reason,
            )


def _document(names: tuple[str, ...]) -> str:
    return names[0].split("/")[0]


def _rules(ruleset: RuleSet, names: Iterable[str]) -> tuple[Rule, ...]:
    ids = {name.split("/")[1] for name in names}
    return tuple(rule for rule in ruleset.rules if rule.id in ids)


_LETTERS = {"甲": "乙", "乙": "甲", "A": "B", "B": "A"}


def swapped(text: Text) -> Text:
    """A sentence about A and B, told of B and A."""
    return Text(
        re.sub("[甲乙]", lambda m: _LETTERS[m[0]], text.zh),
        re.sub(r"\b[AB]\b", lambda m: _LETTERS[m[0]], text.en),
    )


__all__ = ["Entry", "Written", "entries_between", "read_alignment", "shipped_alignment", "swapped"]
