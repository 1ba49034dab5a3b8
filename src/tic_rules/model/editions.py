"""Editions of a document: which rule set replaces which, whole or in part, from which day on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from tic_rules.core.errors import RuleSetError, fault
from tic_rules.core.files import read_named
from tic_rules.model import catalogue
from tic_rules.model.loader import load_ruleset, of_jurisdiction, words_of
from tic_rules.model.ruleset import RuleSet, Vocabulary
from tic_rules.model.shipped import shipped_ids


def words_on_hand(jurisdiction: str | None = None) -> Vocabulary | None:
    """The words of the rule sets on hand, of one jurisdiction or of all, that did not come with the program,
    beside the shared ones; None where there are none. Of editions that declare a field differently the latest
    counts."""
    try:
        names = catalogue.here().by_id if jurisdiction is None else of_jurisdiction(jurisdiction)
        others = tuple(load_ruleset(name) for name in names if name not in shipped_ids())
    except RuleSetError:
        return None
    return _together(others) if others else None


@lru_cache(maxsize=16)  # the same words have to be one value: the models of data are made for it
def _together(rulesets: tuple[RuleSet, ...]) -> Vocabulary | None:
    together: list[RuleSet] = []
    words = None
    for ruleset in sorted(rulesets, key=lambda one: one.document.in_force.from_ or date.min, reverse=True):
        try:
            words = words_of([*together, ruleset])
        except RuleSetError:
            continue
        together.append(ruleset)
    return words


class Successor(NamedTuple):
    """A rule set that replaces another from a day on: all of it, or the clauses that are named."""

    ruleset: RuleSet
    day: date
    clauses: tuple[str, ...]


def successors(ruleset: RuleSet, day: date) -> list[Successor]:
    """The rule sets on hand that replace one, whole or in part, on or before a day; the latest last."""
    files = tuple((listed[0].id, listed[0].file) for listed in catalogue.here().by_id.values())
    listed = _replacing(files).get(ruleset.id, ())
    return sorted((one for one in listed if one.day <= day), key=lambda one: one.day)


@lru_cache(maxsize=4)
def _replacing(files: tuple[tuple[str, str], ...]) -> dict[str, list[Successor]]:
    """Who replaces whom among rule files; only those that speak of it are read whole."""
    by_id: dict[str, list[Successor]] = defaultdict(list)
    for name, file in files:
        try:
            if b"replaces" not in read_named(file, RuleSetError):
                continue
            ruleset = load_ruleset(name)
        except RuleSetError:  # told of where it is asked for
            continue
        for one in ruleset.document.replaces:
            first = one.from_ or ruleset.document.in_force.from_ or ruleset.document.issued or date.min
            by_id[one.id].append(Successor(ruleset, first, one.clauses))
    return by_id


def without_replaced(rulesets: Iterable[RuleSet], day: date) -> list[RuleSet]:
    """The rule sets that none replaces as a whole on a day. Raises RuleSetError for a circle of two."""
    current = []
    for ruleset in rulesets:
        for other in replaced_in_turn(ruleset, day):
            zh = f"{ruleset.id} 和 {other} 互相取代，无从选用；请用 --rules 指定"
            en = f"{ruleset.id} and {other} replace each other: name one with --rules"
            raise fault(RuleSetError, "replaces", zh, en)
        if all(one.clauses for one in successors(ruleset, day)):
            current.append(ruleset)
    return current


def replaced_in_turn(ruleset: RuleSet, day: date) -> list[str]:
    """The ids of the rule sets on hand that replace one as a whole on a day, and are replaced by it."""
    ours = {one.id for one in ruleset.document.replaces if not one.clauses}
    return [one.ruleset.id for one in successors(ruleset, day) if not one.clauses and one.ruleset.id in ours]


def editions(ruleset: RuleSet) -> list[RuleSet]:
    """A rule set with those on hand that it replaces, and that these replace: the oldest first."""
    chain: dict[str, RuleSet] = {}
    waiting = [ruleset]
    while waiting:
        one = waiting.pop()
        chain[one.id] = one
        by_id = catalogue.here().by_id
        before = [earlier.id for earlier in one.document.replaces if earlier.id in by_id]
        waiting += [load_ruleset(name) for name in before if name not in chain]
    return sorted(chain.values(), key=lambda one: one.document.in_force.from_ or date.min)
