"""A slip in a shipped rule does not pass unseen: lint, coverage or the corpus catches it.

Every rule is changed in one thing at a time: a threshold, a comparison, a deadline, the modality, the
locator. One change of a kind a rule, always the same one; `make mutants` tries them all.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from corpus_cases import CENTRE_SETS, Case, centre_cases, programme_cases

from tic_rules import Centre, DataError, RuleSet, check, check_programme, load_ruleset
from tic_rules.analysis.coverage.account import coverage
from tic_rules.analysis.lint import lint_rule
from tic_rules.analysis.lint.whole import Pairs
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleFile

ALL = os.environ.get("TIC_RULES_MUTANTS") == "all"
SOURCES = os.environ.get("TIC_RULES_SOURCES")
MODALITIES = ("must", "in_principle", "encouraged", "may")
DEADLINES = (None, "application", "approval", "1y", "2y", "3y", "5y", "term_end", date(2024, 12, 31))
OTHER_WAY = {
    "at_least": ("more_than", "at_most", "equals"),
    "more_than": ("at_least", "less_than"),
    "at_most": ("less_than", "at_least"),
    "less_than": ("at_most",),
    "equals": ("at_least", "at_most"),
}


class Mutant(NamedTuple):
    kind: str
    told: str
    rule: Rule


def altered(node: Any, changes: dict[str, Any]) -> Any:
    """A copy of a node with other values; what a node remembers of its own values is not copied."""
    return type(node).model_construct(
        **{name: getattr(node, name) for name in type(node).model_fields} | changes
    )


# --- what is changed ----------------------------------------------------------------------------------------


def mutants(rule: Rule, clauses: tuple[str, ...]) -> Iterator[Mutant]:
    """Every change of a rule, kind by kind."""
    for part in ("require", "when", "applies"):
        tree = getattr(rule, part)
        for kind, told, changed in _changed(tree) if tree is not None else ():
            yield Mutant(kind, f"{part}: {told}", altered(rule, {part: changed}))
    for by in _other_deadlines(rule):
        yield Mutant("deadline", f"by: {by}", altered(rule, {"by": by, "from_": None, "yearly": None}))
    for key in ("since", "until"):
        if (
            getattr(rule, key) is not None and rule.from_ != "approval"
        ):  # from then on only later things count
            yield Mutant(key, "left out", altered(rule, {key: None}))
    if rule.bearer != "programme":
        other = next(bearer for bearer in ("centre", "department") if bearer != rule.bearer)
        yield Mutant("bearer", other, altered(rule, {"bearer": other}))
    for modality in MODALITIES:
        if modality != rule.modality:
            yield Mutant("modality", modality, altered(rule, {"modality": modality}))
    place = clauses.index(rule.at)
    for step in (1, -1, 2, -2):
        if 0 <= place + step < len(clauses):
            yield Mutant("locator", clauses[place + step], altered(rule, {"at": clauses[place + step]}))


def _other_deadlines(rule: Rule) -> Iterator[Any]:
    """Deadlines other than the rule's; the nearest slip first."""
    if rule.kind == "consequence":
        return
    near = {
        "2y": "3y",
        "5y": "3y",
        "1y": "2y",
        "application": "approval",
        "approval": "application",
        "term_end": "5y",
    }
    first = (
        date(rule.by.year + 1, 12, 31) if isinstance(rule.by, date) else near.get(rule.by or "", "term_end")
    )
    yield first
    own = (rule.by, first) if rule.from_ is None and rule.yearly is None else (first,)
    yield from (by for by in DEADLINES if by not in own)


def _changed(node: Any) -> Iterator[tuple[str, str, Any]]:
    """A condition with one number or one comparison changed."""
    if isinstance(node, c.Compare):
        yield from _compare(node)
    elif isinstance(node, c.Share):
        bound, key = (
            (node.more_than, "more_than") if node.more_than is not None else (node.at_least, "at_least")
        )
        yield "threshold", f"{key} {bound} * 0.9", altered(node, {key: bound * Fraction(9, 10)})
        other = "at_least" if key == "more_than" else "more_than"
        yield "comparison", other, altered(node, {key: None, other: bound})
    elif isinstance(node, c.Running):
        yield "threshold", f"running {node.running + 1}", altered(node, {"running": node.running + 1})
    for key in ("all", "any", "same"):
        parts = getattr(node, key, None)
        if isinstance(parts, tuple):
            for index, part in enumerate(parts):
                for kind, told, changed in _changed(part):
                    yield kind, told, altered(node, {key: (*parts[:index], changed, *parts[index + 1 :])})
    for key in ("not_", "review"):
        if getattr(node, key, None) is not None:
            yield from (
                (kind, told, altered(node, {key: changed}))
                for kind, told, changed in _changed(getattr(node, key))
            )


def _compare(node: c.Compare) -> Iterator[tuple[str, str, Any]]:
    limit, operator = node.limit, node.operator
    if operator == "between":
        for ends in ((limit[0] + 1, limit[1]), (limit[0], limit[1] + 1), (limit[0] - 1, limit[1])):
            yield "threshold", f"between {ends}", altered(node, {"between": ends})
        yield "comparison", "at_least", altered(node, {"between": None, "at_least": limit[0]})
        yield "comparison", "at_most", altered(node, {"between": None, "at_most": limit[1]})
        return
    for changed in _near(limit):
        yield "threshold", f"{operator} {changed}", altered(node, {operator: changed})
    for other in OTHER_WAY[operator]:
        yield "comparison", f"{other} {limit}", altered(node, {operator: None, other: limit})


def _near(limit: Any) -> Iterator[Any]:
    """Another number in the place of a threshold: one more, a tenth more, the double, one less."""
    if isinstance(limit, c.Times):
        yield from (altered(limit, {"times": times}) for times in _near(limit.times))
        return
    yield limit + 1 if limit < 1000 else limit * 11 // 10
    yield limit * 2 if limit else 5
    if limit > 1:
        yield limit - 1 if limit < 1000 else limit * 9 // 10


# --- who catches it -----------------------------------------------------------------------------------------


@cache
def cases_of(ruleset: str) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for case in (*centre_cases(), *programme_cases()):
        if case.ruleset == ruleset:
            for rule in case.expect:
                found[rule].append(case)
    return found


def with_rule(ruleset: RuleSet, changed: Rule, alone: bool) -> RuleSet:
    """The rule set with one rule changed; `alone` keeps beside it only what it follows from."""
    rules = tuple(changed if rule.id == changed.id else rule for rule in ruleset.rules)
    if alone:
        wanted = {changed.id}
        for rule in reversed(rules):
            if rule.id in wanted and rule.condition is not None:
                wanted |= {node.follows for node in c.walk(rule.condition) if isinstance(node, c.Follows)}
        rules = tuple(rule for rule in rules if rule.id in wanted)
    about = {
        name: getattr(ruleset, name) for name in ("id", "version", "jurisdiction", "document", "clauses")
    }
    model = RuleFile.model_construct(**about, rules=rules)
    return RuleSet(model, ruleset.vocabulary)


def caught_by(ruleset: RuleSet, mutant: Mutant, text: str | None) -> str | None:
    """Lint, coverage or the corpus: the first that sees the change; None where it passes unseen."""
    if mutant.kind == "locator":
        return _by_locator(ruleset, mutant, text)
    index = next(i for i, rule in enumerate(ruleset.rules) if rule.id == mutant.rule.id)
    changed = with_rule(ruleset, mutant.rule, alone=False)
    if any(lint_rule(changed, mutant.rule, index)):
        return "lint"
    if _by_corpus(ruleset, mutant.rule):
        return "corpus"
    pairs = Pairs(changed)
    return "lint" if any(pairs.implied()) or any(pairs.conflicts()) else None


def _by_locator(ruleset: RuleSet, mutant: Mutant, text: str | None) -> str | None:
    listed = next(clause for clause in ruleset.clauses if clause.at == mutant.rule.at)
    if mutant.rule.id not in listed.rules and text is None:
        return "loading"  # the clause that the rule now names does not list it
    moved = with_rule(ruleset, mutant.rule, alone=False)
    faults = coverage(moved, text).faults if text is not None else ()
    return "coverage" if {"quote", "locator"} & {fault.code for fault in faults} else None


def _by_corpus(ruleset: RuleSet, changed: Rule) -> bool:
    alone = with_rule(ruleset, changed, alone=True)
    return any(_tells(alone, changed, case) for case in cases_of(ruleset.id)[changed.id])


def _tells(alone: RuleSet, changed: Rule, case: Case) -> bool:
    """Whether the status of the changed rule is not the one that the case expects."""
    try:
        if changed.bearer == "programme":
            centres = [Centre.from_data(centre) for centre in case.centres]
            found = check_programme(case.data, alone, centres=centres, as_of=case.as_of, engine="reference")
        else:
            found = check(case.data, alone, as_of=case.as_of, engine="reference")
    except DataError:
        return True
    finding = found[changed.id]
    borne_by_another = any(
        changed.id in rules and bearer != changed.bearer for bearer, rules in case.bearers.items()
    )
    return finding.status != case.expect[changed.id] or borne_by_another


# --- the tests ----------------------------------------------------------------------------------------------


def survivors(ruleset: RuleSet, text: str | None, every: bool) -> list[str]:
    clauses = tuple(clause.at for clause in ruleset.clauses)
    found = []
    for rule in ruleset.rules:
        seen: set[str] = set()
        for mutant in mutants(rule, clauses):
            if mutant.kind in seen and not every:
                continue
            seen.add(mutant.kind)
            if caught_by(ruleset, mutant, text) is None:
                found.append(f"{rule.id}: {mutant.kind} {mutant.told}")
    return found


@pytest.mark.parametrize("name", CENTRE_SETS)
def test_a_slip_in_a_rule_is_caught(name: str) -> None:
    assert survivors(load_ruleset(name), None, ALL) == []


@pytest.mark.skipif(
    SOURCES is None, reason="TIC_RULES_SOURCES does not name the folder of the official texts"
)
@pytest.mark.parametrize("name", CENTRE_SETS)
def test_a_wrong_locator_is_caught_by_the_official_text(name: str) -> None:
    ruleset = load_ruleset(name)
    text = (Path(SOURCES or "") / f"{name}.txt").read_text(encoding="utf-8")
    clauses = tuple(clause.at for clause in ruleset.clauses)
    unseen = []
    for rule in ruleset.rules:
        moved = [mutant for mutant in mutants(rule, clauses) if mutant.kind == "locator"]
        unseen += [
            f"{rule.id}: {m.told}"
            for m in (moved if ALL else moved[:1])
            if caught_by(ruleset, m, text) is None
        ]
    assert unseen == []
