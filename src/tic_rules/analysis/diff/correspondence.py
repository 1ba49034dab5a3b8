"""Which rules of two documents answer each other where their topics do not say so, by alignment files.

In comes YAML (`rules/alignment/`, `--align FILE`), out come the entries between two rule sets, the right way
round."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Field, TypeAdapter
from pydantic_core import ValidationError

from tic_rules.analysis.diff.demands import word_for_word
from tic_rules.core.errors import RuleSetError, Text, fault
from tic_rules.core.source import Source
from tic_rules.model.conditions import Node
from tic_rules.model.loader import load_ruleset, of_jurisdiction
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.shipped import read_rule_file, read_shipped, rules_folder, shipped_ids
from tic_rules.model.validation import diagnostics_of
from tic_rules.model.vocabulary import Bilingual

RuleName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+/[a-z0-9-]+$")]
RuleNames = Annotated[
    tuple[RuleName, ...],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    Field(min_length=1),
]
Nature = Literal["numbers", "lists_overlap", "bearers", "judged", "modality", "time", "content"]


class Written(Node):
    """One entry of an alignment file."""

    a: RuleNames
    b: RuleNames
    topics: Annotated[tuple[str, ...], Field(min_length=1)]
    corresponds: bool
    item: str | None = None
    words: Literal["same", "more_in_a", "more_in_b"] | None = None
    nature: Nature | None = None
    """How the words of two sides differ, neither of which asks more."""
    reason: Bilingual


class Aligned(NamedTuple):
    """The rules of both sides that speak to the same thing, which is one row; or an entry between two given
    rule sets, seen from A."""

    topics: tuple[str, ...]
    a: tuple[Rule, ...]
    b: tuple[Rule, ...]
    item: str | None = None
    """The item of a bundle that the row is about."""
    words: str | None = None
    """The relation that the words were found to have: same, b_stricter, b_looser."""
    nature: str | None = None
    """How the words were found to differ, which is the relation different."""
    reason: Text | None = None
    """What an entry says that it comes to; None where a rule is no longer the one that it was read from."""
    corresponds: bool | None = None
    """Whether an alignment puts the rules beside each other, or denies it; None where it does not speak."""
    items: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Of the bundles of each side: the items that the row is about."""
    bundles: frozenset[str] = frozenset()
    """The rules of the row that stand in other rows too: each row looks at the parts that it is about."""


_ENTRIES = TypeAdapter(tuple[Written, ...])
_WORDS = {"same": "same", "more_in_b": "b_stricter", "more_in_a": "b_looser"}
_TURNED = {"same": "same", "more_in_b": "b_looser", "more_in_a": "b_stricter"}


def read_alignment(path: str) -> tuple[Written, ...]:
    """The entries of an alignment file. Raises RuleSetError."""
    return _entries(read_rule_file(Path(path)))


@lru_cache(maxsize=32)
def shipped_alignment(a: str, b: str) -> tuple[Written, ...]:
    """The entries between two shipped rule sets, whichever is named first: those of one file."""
    names = (f"alignment/{a}--{b}", f"alignment/{b}--{a}")
    name = next((name for name in names if (rules_folder() / f"{name}.yaml").is_file()), None)
    return _entries(read_shipped(name)) if name is not None else ()


def _entries(source: Source) -> tuple[Written, ...]:
    if not isinstance(source.data, list):
        zh, en = "对应表须是条目的列表", "an alignment is a list of entries"
        raise fault(RuleSetError, "alignment", zh, en, file=source.file)
    try:
        return _ENTRIES.validate_python(source.data)
    except ValidationError as error:
        raise RuleSetError(diagnostics_of(error, source)) from None


def entries_between(a: RuleSet, b: RuleSet, written: Iterable[Written] = ()) -> list[Aligned]:
    """What is said of two rule sets: one's own entries first; a shipped one that they speak of gives way."""
    direct = list(_between(_Side(a, a.id), _Side(b, b.id), written))
    first, second = _shipped_side(a), _shipped_side(b)
    shipped = _between(first, second, shipped_alignment(first.id, second.id))
    spoken = {(entry.item, topic) for entry in direct for topic in entry.topics}
    return direct + [e for e in shipped if spoken.isdisjoint((e.item, topic) for topic in e.topics)]


class _Side(NamedTuple):
    """A rule set as entries name it, and its rules that changed since the entries were written."""

    ruleset: RuleSet
    id: str
    changed: frozenset[str] = frozenset()

    def rules(self, names: Iterable[str]) -> tuple[Rule, ...]:
        ids = {name.split("/")[1] for name in names}
        return tuple(rule for rule in self.ruleset.rules if rule.id in ids)


_WORDING = {"at", "title", "message", "remedy", "reading", "new_in", "not_applicable", "otherwise", "topic"}
"""What may be another without a rule asking anything else."""


def _shipped_side(ruleset: RuleSet) -> _Side:
    """A rule set as the shipped one that it is, or is a draft of: by its id, or by most of its words."""
    original = ruleset
    if ruleset.id in shipped_ids():
        original = load_ruleset(ruleset.id)
    else:
        for name in set(of_jurisdiction(ruleset.jurisdiction)) & set(shipped_ids()):
            if word_for_word(ruleset, load_ruleset(name)):
                original = load_ruleset(name)
    if original is ruleset:
        return _Side(ruleset, ruleset.id)
    before, after = ({r.id: r.model_dump(exclude=_WORDING) for r in one.rules} for one in (original, ruleset))
    return _Side(ruleset, original.id, frozenset(name for name in after if before.get(name) != after[name]))


def _between(a: _Side, b: _Side, written: Iterable[Written]) -> Iterator[Aligned]:
    for entry in written:
        sides = tuple(names[0].split("/")[0] for names in (entry.a, entry.b))
        if sides not in ((a.id, b.id), (b.id, a.id)):
            continue
        turned = sides != (a.id, b.id)
        first, second = (entry.b, entry.a) if turned else (entry.a, entry.b)
        left, right = a.rules(first), b.rules(second)
        if not left or not right:
            continue
        words = (_TURNED if turned else _WORDS)[entry.words] if entry.words else None
        reason = swapped(entry.reason.text) if turned else entry.reason.text
        whole = len(left) == len(first) and len(right) == len(second)
        changed = any(r.id in s.changed for s, rules in ((a, left), (b, right)) for r in rules)
        x, y = (
            tuple(item.id for rule in rules for item in rule.items if item.id == entry.item)
            for rules in (left, right)
        )
        corresponds, items = entry.corresponds, (x, y)
        made = Aligned(entry.topics, left, right, entry.item, corresponds=corresponds, items=items)
        as_read = whole and not changed
        yield made._replace(words=words, nature=entry.nature, reason=reason) if as_read else made


_LETTERS = {"甲": "乙", "乙": "甲", "A": "B", "B": "A"}


def swapped(text: Text) -> Text:
    """A sentence about A and B, told of B and A."""
    return Text(
        re.sub("[甲乙]", lambda m: _LETTERS[m[0]], text.zh),
        re.sub(r"\b[AB]\b", lambda m: _LETTERS[m[0]], text.en),
    )
