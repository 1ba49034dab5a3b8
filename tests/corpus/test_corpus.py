"""Every expected status of the adjudicated corpus, against the reference."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from corpus_cases import CENTRE_SETS, Case, centre_cases, programme_cases

from tic_rules import load_ruleset
from tic_rules.analysis.cases.outcome import outcome_of
from tic_rules.cli import main

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
def test_cases_leave_nothing_out(ruleset: str) -> None:
    """Every rule both ways, each bound on both sides and at it, each deadline on its last day and after."""
    result = CliRunner().invoke(main, ["test", ruleset, "--strict", "--lang", "en"])
    assert result.exit_code == 0, result.output
