"""What is missing, where whatever leaves a rule open is left out of the data altogether: most of what a sheet of a few columns lacks.

Gives up, with None, as soon as something is given that leaves a condition open in a subtler way: then the reference tells.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tic_rules.core.quantities import ANYTHING, Range
from tic_rules.engines.python.runtime import Reader
from tic_rules.evaluation.evaluate import compare
from tic_rules.evaluation.facts import FALSE, REVIEW, TRUE, UNKNOWN, Path, any_of, negate
from tic_rules.model import conditions as c
from tic_rules.model.fields import value_at
from tic_rules.model.ruleset import Fact, Rule
from tic_rules.model.values import Series


class Open(NamedTuple):
    """A condition's value, and the places whose absence leaves it unknown."""

    value: int
    missing: tuple[Path, ...] = ()


def missing(rule: Rule, reader: Reader) -> tuple[Path, ...] | None:
    """The places whose absence leaves a rule unknown, as `evaluate.missing_of` gives them; None where that takes a closer look."""
    trees = [tree for tree in (rule.applies, rule.condition, rule.fails_at_once) if tree is not None]
    found = [value_of(tree, rule, reader) for tree in trees]
    parts = [part for part in found if part is not None]
    if len(parts) < len(trees):
        return None
    if rule.applies is not None and parts[0].value == UNKNOWN and parts[1].value != UNKNOWN:
        parts = parts[:1]
    return (
        tuple(dict.fromkeys(path for part in parts if part.value == UNKNOWN for path in part.missing)) or None
    )


def value_of(node: Any, rule: Rule, reader: Reader) -> Open | None:
    """What a condition comes to; None where that takes a closer look."""
    match node:
        case c.All() | c.Either() | c.Not() | c.Review():
            return _parts(node, rule, reader)
        case c.Attested():
            return None if reader.given(rule.id) else Open(REVIEW)
        case c.Compare():
            return _compare(node, reader)
        case c.Is() | c.Among() | c.Given() | c.Done() | c.Reads():
            return _single(node, reader)
        case (
            c.AnyAmong()
            | c.Contains()
            | c.EachOf()
            | c.Some()
            | c.Every()
            | c.NoneOf()
            | c.Largest()
            | c.Share()
        ):
            places = _left_out(reader.scene.facts[node.fact], reader)
            return None if places is None else Open(UNKNOWN, places)
    return None


def _parts(node: Any, rule: Rule, reader: Reader) -> Open | None:
    parts = []
    for part in c.children(node):
        found = value_of(part, rule, reader)
        if found is None:
            return None
        parts.append(found)
    values = [part.value for part in parts]
    if isinstance(node, c.All):
        value = min(values)
    elif isinstance(node, c.Either):
        value = any_of(values)
    else:
        value = negate(values[0]) if isinstance(node, c.Not) else REVIEW if values[0] == TRUE else values[0]
    return Open(
        value,
        tuple(path for part in parts if part.value == UNKNOWN for path in part.missing)
        if value == UNKNOWN
        else (),
    )


def _compare(node: c.Compare, reader: Reader) -> Open | None:
    fact = reader.scene.facts[node.fact]
    places = None if isinstance(node.limit, c.Times) or fact.else_count else _left_out(fact, reader)
    if places is None:
        return None
    observed = Range(0, len(reader.scene.facts[fact.kinds].groups or ())) if fact.kinds else ANYTHING
    value = compare(
        node.operator,
        observed,
        Range(*node.limit) if node.operator == "between" else Range(node.limit, node.limit),
    )
    return Open(value, places if value == UNKNOWN else ())


def _single(node: Any, reader: Reader) -> Open | None:
    fact = reader.scene.facts[node.fact]
    value = value_at(reader.subject, fact.value or "")
    if value is None:
        return Open(UNKNOWN, (tuple((fact.value or "").split(".")),))
    if type(value) is Series or isinstance(node, (c.Done, c.Reads)):
        return None
    if isinstance(node, c.Among):
        return Open(TRUE if value in node.among else REVIEW if node.open else FALSE)
    return Open(TRUE if isinstance(node, c.Given) or value == node.is_ else FALSE)


def _left_out(fact: Fact, reader: Reader) -> tuple[Path, ...] | None:
    """The places that a fact would be read from, where nothing stands at any of them."""
    if fact.kinds is not None:
        return _left_out(reader.scene.facts[fact.kinds], reader)
    listed = reader.scene.lists.get(fact.list_name or "")
    paths = (
        tuple(path for path in (fact.stock, fact.value, fact.words, fact.table) if path)
        if listed is None
        else listed.paths
    )
    if any(value_at(reader.subject, path) is not None for path in paths):
        return None
    return tuple(tuple(path.split(".")) for path in paths)


__all__ = ["missing", "value_of"]
