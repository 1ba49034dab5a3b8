"""What a condition saw, and what is gathered from its parts: places read and missed, what lists lack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tic_rules.core.logic import FALSE, TRUE, UNKNOWN
from tic_rules.evaluation.entries import Path
from tic_rules.model.conditions import Condition, Either, Is


class Seen(NamedTuple):
    """What a condition saw: its value, what it observed against what, its parts, places read or missed."""

    value: int
    node: Condition
    observed: Any = None
    bound: Any = None
    parts: tuple[Seen, ...] = ()
    cites: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()
    lacking: tuple[str, ...] = ()


class FollowedConsequence(NamedTuple):
    """What became of a consequence: whether it followed, what keeps that open, from which places."""

    value: int
    missing: tuple[Path, ...]
    cites: tuple[Path, ...] = ()


def absent(seen: Seen) -> Iterator[Path]:
    """The missing places of a condition that is unknown: those of its unknown parts, no others."""
    if seen.value != UNKNOWN:
        return
    yield from seen.missing
    for part in seen.parts:
        yield from absent(part)


def cited(seen: Seen, lists_of: Callable[[Condition], tuple[Path, ...]]) -> tuple[Path, ...]:
    """The places that a condition read, its own first, then those of the parts that decide it, with
    repetitions; where nothing in the lists that it reads counts, the lists."""
    if not seen.parts:
        return seen.cites or lists_of(seen.node)
    cites = seen.cites
    for inner in sorted(seen.parts, key=lambda part: part.value != seen.value):
        cites += cited(inner, lists_of)
    return cites


def lacking(seen: Seen) -> Iterator[str]:
    """What lists lack; nothing of an alternative that is for another word than the data has."""
    if seen.value != TRUE:
        yield from seen.lacking
    for inner in seen.parts:
        of_another = isinstance(seen.node, Either) and any(
            part.value == FALSE and isinstance(part.node, Is) for part in inner.parts
        )
        if inner.value != TRUE and not of_another:
            yield from lacking(inner)
