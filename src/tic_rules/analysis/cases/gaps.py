"""What no case covers: a rule both ways, each side of a bound, a deadline's last day and the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from tic_rules.analysis.cases.outcome import Outcome
from tic_rules.core.errors import Text
from tic_rules.core.numbers import Number, Range
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.seen import Seen
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import described

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
                        Gap(rule, side, described(node, ruleset, rule))
                        for side in _SIDES
                        if side not in met[id(node), end] and _possible(node, side)
                    )


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
    limit = getattr(node, "limit", None)
    if isinstance(node, c.Share):
        return not (side == "past" and limit == 1)
    return not (side == "below" and limit == 0)


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
