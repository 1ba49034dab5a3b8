"""The core form decided as plainly as can be, over the reference's readings: what the docstrings of `form`
say, as code.

It holds the lowering against the reference without any engine between them, and shows how the form is to be
read.
"""

from __future__ import annotations

import operator
from typing import Any

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN, any_of
from tic_rules.core.numbers import Range
from tic_rules.engines.lowering import (
    COMPARISONS,
    FOLLOWED,
    STATUS,
    WORST,
    Days,
    agreed,
    before_approval,
    look,
    lowered,
    occasions_owed,
)
from tic_rules.engines.lowering import form as f
from tic_rules.evaluation.decisions import decide
from tic_rules.evaluation.entries import Entry, Moment, plain_entry, series_at
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.in_time import year_moments
from tic_rules.evaluation.judgements import latest_judgement
from tic_rules.evaluation.operators import see
from tic_rules.evaluation.scenarios import Scenario, needs_of, scenarios_of
from tic_rules.evaluation.settlement import day_not_needed
from tic_rules.evaluation.spans import happened
from tic_rules.model.values import Series

_OPERATORS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


def statuses(scene: Scene) -> dict[str, str]:
    """The status of every rule, before exemptions."""
    ruleset, done = scene.ruleset, dict[str, str]()
    for rule in lowered(ruleset).order:
        if rule.programme != scene.programme:
            done[rule.id] = "not_applicable"
            continue
        source = ruleset[rule.id]
        scenarios = scenarios_of(scene, needs_of(ruleset, source))
        if scenarios.cut:
            done[rule.id] = "unknown"
            continue
        ways = [Interpreter(scene, scenario, done).rule(rule) for scenario in scenarios.all]
        behind = day_not_needed(source, scene, scenarios.all)
        done[rule.id] = agreed({status for status, _ in ways}, all(holds for _, holds in ways), behind)
    return {rule.id: done[rule.id] for rule in ruleset.rules}


class Interpreter:
    def __init__(self, scene: Scene, scenario: Scenario, done: dict[str, str]) -> None:
        self.scene, self.scenario, self.done = scene, scenario, done
        self.days = Days(scene.as_of, *scenario, scene.force)

    def rule(self, rule: f.LoweredRule) -> tuple[str, bool]:
        """The status in one scenario, and whether the requirement holds whatever became of the rule."""
        if self.scenario.approved is None and not rule.programme:
            before = before_approval(rule.clock)
            if before == "pending":
                return before, False
            if before is not None:
                timeless = rule.clock.timeless
                return before, timeless and self.value(rule.require, Moment(self.scene.as_of)) == TRUE
        if rule.clock.event:
            decision = decide(self.scene.ruleset[rule.id], self.scene, self.scenario)
            return decision.status, decision.holds
        if rule.clock.yearly or rule.clock.cycle is not None:
            years = [
                (self.value(rule.require, moment), late)
                for moment, late, _ in occasions_owed(rule.clock, self.days)
            ]
            statuses = [STATUS[value, FALSE, TRUE, late] for value, late in years]
            status = min(statuses, key=WORST.index) if statuses else "not_applicable"
            return status, status == "pass"
        moment, late, holds = look(rule.clock, self.days)
        require = self.value(rule.require, moment)
        broken = FALSE if rule.broken is None else self.value(rule.broken, moment)
        applies = TRUE if rule.applies is None else self.value(rule.applies, moment)
        status = STATUS[require, broken, applies, late]
        if status == "needs_review" and applies == REVIEW:
            status = STATUS[self.value(rule.whole, moment), FALSE, TRUE, late]
        return status, holds and require == TRUE

    # --- logic ------------------------------------------------------------------------------------

    def value(self, node: f.Logic, moment: Moment, entry: Any = None) -> int:
        match node:
            case f.Constant():
                return node.value
            case f.Conjunction():
                return min(self.value(part, moment, entry) for part in node.parts)
            case f.Disjunction():
                return any_of([self.value(part, moment, entry) for part in node.parts])
            case f.Cases():
                return self.value(node.outcomes[self.value(node.of, moment, entry)], moment, entry)
            case f.RangeComparison():
                right = self.ranged(node.right, moment)
                value = compare(node.operator, self.ranged(node.left, moment), right)
                if value == UNKNOWN and node.operator in ("equals", "between"):
                    sums = self.scene.sums(node.left.fact, moment)
                    return _same({compare(node.operator, x, right) for x in sums}, value)
                return value
            case f.Member(term=f.Attribute(name)):
                return self.attribute(node, entry, name, moment)
            case f.Member(term=f.Word()):
                return node.inside if entry in node.words else node.outside
            case f.Member():
                return _same(
                    {
                        node.inside if value in node.words else node.outside
                        for value in self.possible(node.term, moment)
                    },
                    node.absent,
                )
            case f.Happened():
                spoken = min(moment.day, self.scene.reported_on)
                days = self.scene.single(node.fact, moment.day)[0]
                return _same(
                    {FALSE if d.first > moment.day else TRUE if d.last <= spoken else UNKNOWN for d in days},
                    UNKNOWN,
                )
            case f.Until():
                end = self.scenario.term_end if node.day == "term_end" else self.scenario.approved
                return TRUE if end is not None and self.scene.as_of <= end else FALSE
            case f.Fold():
                return self.fold(node, moment)
            case f.Agree():
                inner = [{*self.possible(text, moment)} - {""} for text in node.texts]
                inner = [
                    one for one, text in zip(inner, node.texts, strict=True) if self.possible(text, moment)
                ]
                if inner and not set.intersection(*inner):
                    return FALSE
                return UNKNOWN if any(len(one) > 1 for one in inner) else TRUE
            case f.Passed(name):
                when = entry.get(name)
                return UNKNOWN if when is None else happened(when, moment.day, self.scene.reported_on)
            case f.FullYears():
                years = year_moments(node.source, self.scene, moment)
                values = [(self.value(node.body, one), counts) for one, counts in years]
                least = min((v if counts or v == TRUE else UNKNOWN for v, counts in values), default=TRUE)
                return least if any(counts for _, counts in values) else min(least, UNKNOWN)
            case f.Consecutive() | f.LatestEntry() | f.MostOfEach():
                rule = self.scene.ruleset.rules[0]  # it is of no rule in particular
                return see(node.source, self.scene, moment, self.scenario, rule).value
            case f.Followed():
                return FOLLOWED.get(self.done[node.rule], FALSE)
            case f.Judged():
                given = self.scene.attested.get((node.rule, node.item), [])
                return latest_judgement(given, self.scene.as_of)
        raise AssertionError(node)

    def attribute(self, node: f.Member, entry: Entry, name: str, moment: Moment) -> int:
        value = entry.get(name)
        if isinstance(value, Series):
            values, open_end = series_at(value, moment.day, self.scene.reported_on)
            return UNKNOWN if open_end else _same({self.one(node, one, name) for one in values}, UNKNOWN)
        return self.one(node, value, name)

    def one(self, node: f.Member, value: Any, name: str) -> int:
        if value is None:
            return node.absent
        given = node.inside == FALSE and not node.words
        if given or not isinstance(value, tuple) or isinstance(value, Range):
            return node.inside if value in node.words else node.outside
        if node.inside == TRUE and any(word in node.words for word in value):
            return TRUE
        if self.scene.incomplete(name):
            return UNKNOWN
        return REVIEW if node.outside == REVIEW and value else FALSE

    def fold(self, node: f.Fold, moment: Moment) -> int:
        entries, more = self.read(node.over, moment)
        values = []
        for entry, counts in entries:
            value = self.value(node.body, moment, entry)
            if counts == UNKNOWN:
                value = (value if value == TRUE else UNKNOWN) if node.every else min(value, UNKNOWN)
            values.append(value)
        if more:
            values.append(UNKNOWN)
        elif isinstance(node.over, f.TableKeys) and more is not None:
            values.append(FALSE)
        elif node.some and not any(counts == TRUE for _, counts in entries):
            values.append(UNKNOWN if entries else FALSE)
        return min(values, default=TRUE) if node.every else any_of(values)

    # --- terms ------------------------------------------------------------------------------------

    def read(self, over: Any, moment: Moment) -> tuple[list[tuple[Any, int]], bool | None]:
        match over:
            case f.ListEntries():
                entries, more, _ = self.scene.entries_at(self.scene.facts[over.fact], moment)
                return entries, bool(more)
            case f.WordList():
                words, open_end, _ = self.scene.words(over.fact, moment.day)
                return [(word, TRUE) for word in words or ()], open_end
        table, open_end, path = self.scene.table(over.fact, moment.day)
        held = [(key, (table or {}).get(key)) for key in over.keys]
        entries = [(plain_entry((*path, key), record), TRUE) for key, record in held if record is not None]
        return entries, open_end if len(entries) < len(held) else None

    def possible(self, term: Any, moment: Moment) -> list[Any]:
        values = self.scene.single(term.fact, moment.day)[0]
        if isinstance(term, f.Choice):
            return values
        return [term.reader()(value) for value in values]

    def ranged(self, term: f.Ranged, moment: Moment) -> Range:
        match term:
            case f.Measure():
                return self.scene.number(term.fact, moment).range
            case f.GroupAmount():
                return self.scene.groups(term.fact, moment)[term.group].range
            case f.PartAmount():
                return self.scene.share(term.fact, term.groups, moment)[term.rest].range
            case f.Multiple():
                return self.ranged(term.of, moment).times(term.factor)
        return Range(term.low, term.high)


def compare(name: str, left: Range, right: Range) -> int:
    """Two ranges by the table of comparisons."""

    def holds(test: Any) -> bool:
        return bool(_OPERATORS[test.operator](getattr(left, test.left), getattr(right, test.right)))

    comparison = COMPARISONS[name]
    if all(map(holds, comparison.true)):
        return TRUE
    return FALSE if any(map(holds, comparison.false)) else UNKNOWN


def _same(values: set[int], absent: int) -> int:
    return absent if not values else values.pop() if len(values) == 1 else UNKNOWN


__all__ = ["Interpreter", "compare", "statuses"]
