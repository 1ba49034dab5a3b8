"""Every expected status of the adjudicated corpus, against the reference."""

from __future__ import annotations

from collections import defaultdict

import pytest
from corpus_cases import CENTRE_SETS, Case, centre_cases, programme_cases

from tic_rules import load_ruleset
from tic_rules.analysis.cases.outcome import outcome_of

CASES = list(centre_cases())
PROGRAMME_CASES = list(programme_cases())


@pytest.mark.parametrize("case", [*CASES, *PROGRAMME_CASES], ids=lambda case: case.id)
def test_case(case: Case) -> None:
    """Each case as `tic-rules test` decides it; the other engines have it in tests/agreement."""
    outcome = outcome_of(case, load_ruleset(case.ruleset), "reference")
    assert outcome.passed, (outcome.message.en, case.because)


def test_there_are_enough_expected_statuses() -> None:
    assert sum(len(case.expect) for case in CASES) >= 400


@pytest.mark.parametrize("ruleset", CENTRE_SETS)
def test_every_rule_has_a_case_that_passes_and_one_that_does_not(ruleset: str) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for case in CASES:
        if case.ruleset == ruleset:
            for rule, status in case.expect.items():
                seen[rule].add(status)
    rules = [rule.id for rule in load_ruleset(ruleset) if rule.bearer != "programme"]
    lacking = {rule: seen[rule] for rule in rules if "pass" not in seen[rule] or seen[rule] == {"pass"}}
    assert lacking == {}


def test_every_programme_rule_has_a_case() -> None:
    cased = {(case.ruleset, rule) for case in PROGRAMME_CASES for rule in case.expect}
    rules = {
        (name, rule.id) for name in CENTRE_SETS for rule in load_ruleset(name) if rule.bearer == "programme"
    }
    assert rules <= cased
