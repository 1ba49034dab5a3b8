"""The one lowering: rule sets in a small core form that every engine but the reference decides by.

`lowered(ruleset)` gives the rules in the rule set's order and the order to decide them in, consequences
before what waits for them. The form is described in `form`; `lower` writes it; `clock` says on which day a
rule is looked at; `tables` hold the comparison of ranges, the status table, and what several scenarios of
an open clock agree on. An engine

1. takes `rule.clock` with the days of a scenario to a `Look` (or to the years owed, each with its own),
2. reads the terms of `rule.logic` at that day (from `Scene`, from columns, as variables),
3. brings each piece of logic to one of four values,
4. takes `STATUS[require, broken or FALSE, applies or TRUE, look.late]`, and where both it and `applies`
   need review `STATUS[rule.whole, FALSE, TRUE, look.late]`; of yearly rules the worst year; before approval
   `before_approval(rule.clock)`; `not_applicable` where rule.programme is not the subject's,
5. takes what all scenarios agree on (`agreed`).

It decides statuses only. All else that a finding says is the reference's decision of that rule
(`engines.explanation`)."""

from __future__ import annotations

from typing import NamedTuple

from tic_rules.engines.lowering.clock import Days, Look, before_approval, look, occasions_owed, years_owed
from tic_rules.engines.lowering.form import Clock, Logic, LoweredRule
from tic_rules.engines.lowering.lower import entry_logic, lower_rule, may_review
from tic_rules.engines.lowering.tables import (
    COMPARISONS,
    FOLLOWED,
    LATE,
    OPERATORS,
    STATUS,
    VALUES,
    WORST,
    agreed,
)
from tic_rules.model.ruleset import RuleSet


class Lowered(NamedTuple):
    rules: tuple[LoweredRule, ...]
    """In the rule set's order."""
    order: tuple[LoweredRule, ...]
    """Each after the consequences that it waits for."""


def lowered(ruleset: RuleSet) -> Lowered:
    """The core form of a rule set; made when it is first asked for, kept with the rule set."""
    made: Lowered | None = ruleset._compiled.get("lowered")
    if made is None:
        rules = tuple(lower_rule(ruleset, rule) for rule in ruleset.rules)
        made = ruleset._compiled["lowered"] = Lowered(rules, _ordered(rules))
    return made


def _ordered(rules: tuple[LoweredRule, ...]) -> tuple[LoweredRule, ...]:
    placed: dict[str, LoweredRule] = {}
    waiting = list(rules)
    while waiting:
        ready = [rule for rule in waiting if all(other in placed for other in rule.waits_for)]
        placed |= {rule.id: rule for rule in ready}
        waiting = [rule for rule in waiting if rule.id not in placed]
    return tuple(placed.values())


__all__ = [
    "COMPARISONS",
    "FOLLOWED",
    "LATE",
    "OPERATORS",
    "STATUS",
    "VALUES",
    "WORST",
    "Clock",
    "Days",
    "Logic",
    "Look",
    "Lowered",
    "LoweredRule",
    "agreed",
    "before_approval",
    "entry_logic",
    "look",
    "lowered",
    "may_review",
    "occasions_owed",
    "years_owed",
]
