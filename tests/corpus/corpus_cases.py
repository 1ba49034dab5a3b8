"""The adjudicated corpus, read as anybody's cases are: of each shipped rule set centres and programmes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tic_rules import load_ruleset
from tic_rules.analysis.cases.case import Case, cases_of

CORPUS = Path(__file__).parent
CENTRE_SETS = ("zhejiang_2022", "jiangsu_2020", "national_2020", "national_2017", "national_13fyp")


@cache
def corpus_of(ruleset: str) -> tuple[Case, ...]:
    """Every case of a shipped rule set."""
    return tuple(cases_of(load_ruleset(ruleset), str(CORPUS)))


def centre_cases() -> Iterator[Case]:
    """The cases of centres, rule set by rule set."""
    for ruleset in CENTRE_SETS:
        yield from (case for case in corpus_of(ruleset) if not case.programme)


def programme_cases() -> Iterator[Case]:
    """The cases of programmes."""
    for ruleset in sorted(CENTRE_SETS):
        yield from (case for case in corpus_of(ruleset) if case.programme)
