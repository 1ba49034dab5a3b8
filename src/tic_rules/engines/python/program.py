"""A rule set to functions, whatever is known: rules that look at the same days are decided together, in one pass, for one scenario.

`decide(reader, approved, applied, term_end)` gives three tuples over the rules of its group: statuses, what the requirements
themselves came to, and the numbers that were seen. Rules that wait for other consequences stand in a later group.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from tic_rules.engines.python import nodes as n
from tic_rules.engines.python.conditions import Pool
from tic_rules.engines.python.runtime import Reader
from tic_rules.engines.python.writing import Writer, pool_for, stages_of
from tic_rules.evaluation.scenarios import Needs, needs_of
from tic_rules.model.ruleset import Rule, RuleSet

Outcome = tuple[tuple[str, ...], tuple[int, ...], tuple[Any, ...]]
Decide = Callable[[Reader, date | None, date | None, date | None], Outcome]


class Group(NamedTuple):
    """Rules that look at the same days, at one stage of the chaining; told apart by what follows from them."""

    needs: Needs
    rules: tuple[Rule, ...]
    consequences: tuple[int, ...]
    """The places in the group of those that others may follow from."""
    decide: Decide
    holds: Callable[[], Decide]
    """For a centre that is not approved: whether the requirements hold anyway. Built when it is first needed."""


class Program(NamedTuple):
    groups: tuple[Group, ...]
    others: tuple[str, ...]
    """The statuses of the rules that speak to the other kind of subject."""
    order: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    """From the order of the groups, the others last, to the order of the rule set."""
    pool: Pool


def compile_rules(ruleset: RuleSet, programme: bool) -> Program:
    """The groups of a rule set for a centre, or for a programme."""
    own = [
        (place, rule) for place, rule in enumerate(ruleset.rules) if (rule.bearer == "programme") == programme
    ]
    stages = stages_of([rule for _, rule in own])
    sorted_: dict[tuple[int, Needs], list[tuple[int, Rule]]] = {}
    for place, rule in own:
        needs = needs_of(ruleset, rule)
        sorted_.setdefault((stages[rule.id], needs), []).append((place, rule))
    pool = pool_for(ruleset, programme)
    names = {}
    for position, key in enumerate(sorted_):
        names[key] = f"decide_{position}"
        pool.functions.append(Writer(pool, programme).group(names[key], [rule for _, rule in sorted_[key]]))
    n.build(pool.functions, pool.names)
    ordered = sorted(sorted_.items(), key=lambda pair: pair[0][0])
    groups = [
        _group(ruleset, programme, key[1], [rule for _, rule in held], pool.names[names[key]])
        for key, held in ordered
    ]
    others = [place for place, rule in enumerate(ruleset.rules) if (rule.bearer == "programme") != programme]
    places = [place for _, held in ordered for place, _ in held] + others
    return Program(tuple(groups), ("not_applicable",) * len(others), _reorder(places), pool)


def _group(ruleset: RuleSet, programme: bool, needs: Needs, rules: list[Rule], decide: Decide) -> Group:
    consequences = tuple(place for place, rule in enumerate(rules) if rule.kind == "consequence")
    return Group(needs, tuple(rules), consequences, decide, _later(ruleset, programme, rules))


def _reorder(places: list[int]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    back = [places.index(place) for place in range(len(places))]
    return itemgetter(*back) if len(back) > 1 else tuple


def _later(ruleset: RuleSet, programme: bool, rules: list[Rule]) -> Callable[[], Decide]:
    known: list[Decide] = []

    def holds() -> Decide:
        if not known:
            pool = pool_for(ruleset, programme)
            pool.functions.append(Writer(pool, programme).anyway(rules))
            known.append(n.build(pool.functions, pool.names)["anyway"])
        return known[0]

    return holds


__all__ = ["Decide", "Group", "Outcome", "Program", "compile_rules"]
