"""Which units of a list a name means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from tic_rules.core.errors import normal

T = TypeVar("T")


class Units(Generic[T]):
    """The units of a list by their names, so that each of thousands of payments finds its own at once."""

    def __init__(self, units: Iterable[tuple[str | None, T]]) -> None:
        self.every: list[T] = []
        self.nameless: list[T] = []
        self.named: dict[tuple[bool, str], list[T]] = {}
        """By names as they are written (True) and however they are (False): signs alone only as written."""
        for name, unit in units:
            self.every.append(unit)
            if name is None:
                self.nameless.append(unit)
                continue
            self.named.setdefault((True, name), []).append(unit)
            if plain := normal(name):
                self.named.setdefault((False, plain), []).append(unit)


def called(name: str | None, of_role: Units[T], roles: Iterable[Units[T]]) -> list[T] | None:
    """The units of a role with a name, as it is written first; None where a unit of another role has it."""
    if name is None:
        return []
    others = list(roles)
    for key in ((True, name), (False, normal(name))):
        if key in of_role.named:
            return of_role.named[key]
        if any(key in other.named for other in others):
            return None
    return []
