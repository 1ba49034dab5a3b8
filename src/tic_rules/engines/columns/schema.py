"""The types of a table's columns, told by their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tic_rules.engines.columns import columns as k
from tic_rules.model.ruleset import RuleSet


def schema_of(names: Iterable[str], ruleset: RuleSet, polars: Any) -> dict[str, Any]:
    """The polars types of the columns that `reading` fills."""
    words: dict[str, Any] = {}
    for rule in k.own_rules(ruleset):
        for node in k.leaves_of(rule):
            for column in k.columns_of(ruleset, rule, node, ""):
                if column.kind in (k.WORD, k.BETWEEN):
                    truth = column.kind == k.WORD and ruleset.facts[node.fact].type == "truth"
                    words[column.plain] = polars.Boolean if truth else polars.String
    return {name: _type_of(name, words, polars) for name in names}


def _type_of(name: str, words: dict[str, Any], polars: Any) -> Any:
    if (
        name in k.DAYS_OF_THE_CLOCK
        or name.startswith(("due@", "day@"))
        or name.endswith(("__first", "__last"))
    ):
        return polars.Date
    if name.endswith(("__low", "__high")):
        return polars.Float64
    if name in (k.CENTRE, k.LIFE):
        return polars.Int64
    if name == k.ID:
        return polars.String
    return words.get(_plain(name), polars.Int8)


def _plain(name: str) -> str:
    """A column's name without its look day and without its place among several."""
    fact, _, rest = name.partition("@")
    stem, sep, place = rest.rpartition("__or")
    if sep and place.isdigit():
        rest = stem
    _, colon, suffix = rest.partition(":")
    return fact + colon + suffix
