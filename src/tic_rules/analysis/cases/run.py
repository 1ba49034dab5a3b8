"""The cases of a rule set run: outcomes, what they leave out, the mutants that pass unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from tic_rules.analysis.cases.case import Case
from tic_rules.analysis.cases.gaps import Gap, gaps
from tic_rules.analysis.cases.mutants import Catcher, Mutant
from tic_rules.analysis.cases.outcome import Outcome, outcome_of
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.parts import STATUSES, Engine


class Row(NamedTuple):
    """What the cases say of one rule: how many expect each status of it, and how many came otherwise."""

    rule: Rule
    statuses: Counter[str]
    missed: int


class Run(NamedTuple):
    """The cases of a rule set, decided. `survivors` are None where no mutants were tried."""

    ruleset: RuleSet
    outcomes: tuple[Outcome, ...]
    gaps: tuple[Gap, ...]
    survivors: tuple[Mutant, ...] | None

    @property
    def failed(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.passed]

    def ok(self, strict: bool) -> bool:
        """Whether all came as expected and no mutant passed unseen; `strict`: and nothing is left out."""
        return not (self.failed or self.survivors or (strict and self.gaps))

    @property
    def rows(self) -> list[Row]:
        """By rule, in the order of the file."""
        statuses = {rule.id: Counter[str]() for rule in self.ruleset}
        missed = Counter[str]()
        for outcome in self.outcomes:
            for rule, status in outcome.case.expect.items():
                statuses[rule][status] += 1
            missed.update({miss.rule for miss in outcome.misses if miss.rule is not None})
        return [Row(rule, statuses[rule.id], missed[rule.id]) for rule in self.ruleset]

    def as_dict(self) -> dict[str, object]:
        return {
            "ruleset": self.ruleset.id,
            "file": self.ruleset.file,
            "cases": [_plain(outcome) for outcome in self.outcomes],
            "rules": [
                {"rule": row.rule.id, "at": row.rule.at, "missed": row.missed,
                 "expected": {status: row.statuses[status] for status in STATUSES if row.statuses[status]}}
                for row in self.rows
            ],
            "gaps": [
                {"rule": gap.rule.id, "lacks": gap.lacks, "message": gap.message.as_dict()}
                for gap in self.gaps
            ],
            "survivors": None if self.survivors is None else [
                {"rule": mutant.rule.id, "kind": mutant.kind, "change": mutant.change}
                for mutant in self.survivors
            ],
        }  # fmt: skip


def _plain(outcome: Outcome) -> dict[str, object]:
    case = outcome.case
    return {
        "case": case.name,
        "file": case.file,
        "line": case.line,
        "clause": case.clause,
        "passed": outcome.passed,
        "because": case.because,
        "misses": [miss._asdict() for miss in outcome.misses],
        "diagnostics": [fault.as_dict() for fault in outcome.diagnostics],
    }


def run(ruleset: RuleSet, cases: Sequence[Case], engine: Engine, *, mutants: bool = False) -> Run:
    """The cases of a rule set decided by an engine; its mutants held against them, where asked."""
    outcomes = tuple(outcome_of(case, ruleset, engine) for case in cases)
    survivors = tuple(Catcher(ruleset, cases).survivors(every=True)) if mutants else None
    return Run(ruleset, outcomes, tuple(gaps(ruleset, outcomes)), survivors)
