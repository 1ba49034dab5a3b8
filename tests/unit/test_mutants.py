"""A slip in a shipped rule does not pass unseen: lint, coverage or the corpus catches it.

One change of a kind a rule, always the same one (of locators in every second rule); `make mutants` and
`tic-rules test --mutants` try all.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from corpus_cases import CENTRE_SETS, CORPUS

from tic_rules import load_ruleset
from tic_rules.analysis.cases.case import cases_of
from tic_rules.analysis.cases.mutants import Catcher, tried, with_rule
from tic_rules.analysis.coverage.account import coverage

ALL = os.environ.get("TIC_RULES_MUTANTS") == "all"
SOURCES = os.environ.get("TIC_RULES_SOURCES")


@pytest.mark.parametrize("name", CENTRE_SETS)
def test_a_slip_in_a_rule_is_caught(name: str) -> None:
    ruleset = load_ruleset(name)
    assert [str(mutant) for mutant in Catcher(ruleset, cases_of(ruleset, str(CORPUS))).survivors(ALL)] == []


@pytest.mark.parametrize("name", ["national_2020", "zhejiang_2022"])
def test_a_review_of_what_its_neighbours_leave_has_no_numbers_to_slip(name: str) -> None:
    ruleset = load_ruleset(name)
    catcher = Catcher(ruleset, cases_of(ruleset, str(CORPUS)))
    clauses = tuple(clause.at for clause in ruleset.clauses)
    slips = list(tried(ruleset["market-services"], clauses, True))
    assert {"threshold", "comparison"} <= {slip.kind for slip in slips}
    assert [str(slip) for slip in slips if not catcher.catches(slip)] == []


@pytest.mark.skipif(
    SOURCES is None, reason="TIC_RULES_SOURCES does not name the folder of the official texts"
)
@pytest.mark.parametrize("name", CENTRE_SETS)
def test_a_wrong_locator_is_caught_by_the_official_text(name: str) -> None:
    ruleset = load_ruleset(name)
    text = (Path(SOURCES or "") / f"{name}.txt").read_text(encoding="utf-8")
    clauses = tuple(clause.at for clause in ruleset.clauses)
    unseen = [
        str(mutant)
        for rule in ruleset.rules[:: 1 if ALL else 2]
        for mutant in tried(rule, clauses, ALL)
        if mutant.kind == "locator"
        and not {"quote", "locator"}
        & {fault.code for fault in coverage(with_rule(ruleset, mutant.rule), text).faults}
    ]
    assert unseen == []
