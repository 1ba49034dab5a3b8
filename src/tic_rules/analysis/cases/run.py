"""The cases of a rule set run: outcomes, the mutants that pass unseen, and what no case covers: a rule both
ways, each side of a bound, a deadline's last day and the next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Literal, NamedTuple

from tic_rules.analysis.cases.case import Case
from tic_rules.analysis.cases.mutants import Catcher, Mutant
from tic_rules.analysis.cases.outcome import Outcome, outcome_of
from tic_rules.core.errors import Text
from tic_rules.core.numbers import Number, Range
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.seen import Seen
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import described, number_text
from tic_rules.results.parts import STATUSES, Engine

Side = Literal["below", "at", "past"]
_SIDES: tuple[Side, ...] = ("below", "at", "past")
_SAID = {
    "pass": Text("没有通过的案例", "no case in which it passes"),
    "otherwise": Text("没有不通过的案例", "no case in which it does not pass"),
    "below": Text("没有低于界限的案例", "no case below the bound"),
    "at": Text("没有正在界限上的案例", "no case at the bound"),
    "past": Text("没有超过界限的案例", "no case past the bound"),
    "last-day": Text("没有期限最后一天的案例", "no case on the last day of the deadline"),
    "next-day": Text("没有期限次日的案例", "no case on the day after the deadline"),
}


class Gap(NamedTuple):
    """What no case covers of a rule; `condition` names the bound that it is about."""

    rule: Rule
    lacks: str
    condition: Text | None = None

    @property
    def message(self) -> Text:
        said = _SAID[self.lacks]
        if self.condition is None:
            return said
        return Text(f"{said.zh}：{self.condition.zh}", f"{said.en}: {self.condition.en}")


class RuleCases(NamedTuple):
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
    def rows(self) -> list[RuleCases]:
        """By rule, in the order of the file."""
        statuses = {rule.id: Counter[str]() for rule in self.ruleset}
        missed = Counter[str]()
        for outcome in self.outcomes:
            for rule, status in outcome.case.expect.items():
                statuses[rule][status] += 1
            missed.update({miss.rule for miss in outcome.misses if miss.rule is not None})
        return [RuleCases(rule, statuses[rule.id], missed[rule.id]) for rule in self.ruleset]

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


# --- what no case covers --------------------------------------------------------------------------------


def gaps(ruleset: RuleSet, outcomes: Iterable[Outcome]) -> list[Gap]:
    """What the cases leave out, rule by rule in the order of the file."""
    about: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        for rule in outcome.case.expect:
            about[rule].append(outcome)
    return [gap for rule in ruleset for gap in _of_rule(rule, ruleset, about[rule.id])]


def _of_rule(rule: Rule, ruleset: RuleSet, outcomes: Sequence[Outcome]) -> Iterator[Gap]:
    statuses = {outcome.case.expect[rule.id] for outcome in outcomes}
    if "pass" not in statuses:
        yield Gap(rule, "pass")
    if not statuses - {"pass"}:
        yield Gap(rule, "otherwise")
    decided = [
        (outcome, outcome.report[rule.id]._evidence.decision.full)
        for outcome in outcomes
        if outcome.report is not None
    ]
    yield from _bounds(rule, ruleset, [decision for _, decision in decided])
    yield from _days(rule, [(outcome.case.days, decision) for outcome, decision in decided])


def _bounds(rule: Rule, ruleset: RuleSet, decisions: Iterable[Decision]) -> Iterator[Gap]:
    met: dict[tuple[int, str], set[Side]] = defaultdict(set)
    for decision in decisions:
        for seen in decision.seens:
            for node, observed, bound in _compared(seen):
                for end in _ends(node):
                    limit = getattr(bound, end)
                    side: Side = "below" if observed < limit else "past" if observed > limit else "at"
                    met[id(node), end].add(side)
    for tree in (rule.applies, rule.condition, rule.fails_at_once):
        for node in c.walk(tree) if tree is not None else ():
            if isinstance(node, (c.Compare, c.Share)):
                for end in _ends(node):
                    yield from (
                        Gap(rule, side, _gap_text(node, end, rule, ruleset))
                        for side in _SIDES
                        if side not in met[id(node), end] and _possible(node, side)
                    )


def _gap_text(node: c.Condition, end: str, rule: Rule, ruleset: RuleSet) -> Text:
    """A condition with a bound; of one with two, which of them."""
    said = described(node, ruleset, rule)
    if not (isinstance(node, c.Compare) and node.operator == "between"):
        return said
    unit, units = ruleset.facts[node.fact].unit, ruleset.vocabulary.units
    bound = Text.of(partial(number_text, node.limit[end == "high"], unit, units))
    return Text(f"{said.zh}（{bound.zh}）", f"{said.en} ({bound.en})")


def _compared(seen: Seen) -> Iterator[tuple[c.Condition, Number | float, Range]]:
    """The numbers that were held against bounds, with the condition that did."""
    if isinstance(seen.observed, Range) and seen.observed.exact:
        bound = seen.bound
        if isinstance(seen.node, c.Share):
            bound = bound or Range(seen.node.limit, seen.node.limit)
        if isinstance(bound, Range):
            yield seen.node, seen.observed.low, bound
    for part in seen.parts:
        yield from _compared(part)


def _ends(node: c.Condition) -> tuple[str, ...]:
    """The ends of the bound that a condition sets."""
    return ("low", "high") if isinstance(node, c.Compare) and node.operator == "between" else ("low",)


def _possible(node: c.Condition, side: Side) -> bool:
    """Whether a number can lie there: nothing is less than nothing, no part more than the whole."""
    nowhere = ("past", 1) if isinstance(node, c.Share) else ("below", 0)
    return (side, getattr(node, "limit", None)) != nowhere


def _days(rule: Rule, decided: Sequence[tuple[frozenset[date], Decision]]) -> Iterator[Gap]:
    """A case stands on a day where it is looked at on that day, or dates something on it."""
    if rule.by in (None, "application", "approval") and rule.yearly is None and rule.cycle is None:
        return
    on: set[str] = set()
    for days, decision in decided:
        for due in {decision.deadline, *(year[3] for year in decision.years)} - {None}:
            assert due is not None
            on |= {"last-day"} if due in days else set()
            on |= {"next-day"} if due + timedelta(days=1) in days else set()
    yield from (Gap(rule, name) for name in ("last-day", "next-day") if name not in on)
