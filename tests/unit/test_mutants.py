"""A slip in a shipped rule does not pass unseen: lint, coverage or the corpus catches it.

One change of a kind a rule, always the same one (of locators in every second rule); `make mutants` and
`tic-rules test --mutants` try all.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from corpus_cases import CENTRE_SETS, CORPUS
from pydantic import TypeAdapter

from tic_rules import load_ruleset
from tic_rules.analysis.cases.case import cases_of
from tic_rules.analysis.cases.mutants import Catcher, tried, with_rule
from tic_rules.analysis.coverage.account import coverage
from tic_rules.model.conditions import Condition

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


def test_a_review_that_takes_less_than_its_neighbours_leave_has_numbers_to_slip() -> None:
    """Below a floor of 5, a review of less than 3 leaves 3 and 4 to fail."""
    ruleset = load_ruleset("national_2020")
    floor_and_rest = "{fact: units, at_least: %s}, {review: {fact: units, less_than: %s}}"
    for floor, ceiling, slips in ((1, 1, []), (5, 3, ["4", "6", "2"]), (5, 5, ["4"])):
        written = yaml.safe_load("{any: [%s]}" % (floor_and_rest % (floor, ceiling)))
        rule = ruleset["market-services"].model_copy(
            update={"require": TypeAdapter(Condition).validate_python(written)}
        )
        changes = [slip.change for slip in tried(rule, [rule.at], True)]
        assert [one for one in changes if "less_than" in one] == [f"require: less_than {n}" for n in slips]


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
