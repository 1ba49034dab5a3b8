"""Faults of single conditions: what can never hold, and what always does."""

from __future__ import annotations

from collections.abc import Iterator

from tic_rules.analysis.diff.order import Reader
from tic_rules.analysis.lint.faults import Found, Loc
from tic_rules.analysis.lint.logic import Logic
from tic_rules.core.errors import Text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet

OPEN_WAY = "适用即通过"
"""What the reading of a preference says that only tells whether a way is open."""


def about_logic(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    logic = Logic(ruleset.facts, Reader(ruleset.facts, same_judgement=True))
    for place, tree in c.conditions_of(rule):
        worst = _deepest(tree, place, logic)
        yield from worst
        if worst:
            return
    if rule.applies is None or rule.require is None:
        return
    if logic.excludes(rule.applies, rule.require):
        en = "where the rule applies its requirement cannot hold"
        yield Found("TR201", ("require",), "适用时要求不可能成立", en)
    elif logic.reader.at_least(rule.applies, rule.require) and not _way_only(rule):
        fix = Text("写出适用条件之外的要求", "ask for more than `applies` says")
        en = "what the rule applies to already grants its requirement"
        yield Found("TR202", ("require",), "适用条件已经保证了要求", en, fix)
    if rule.fails_at_once is not None and logic.reader.at_least(rule.require, rule.fails_at_once):
        en = "where the requirement holds the rule fails at once"
        yield Found("TR201", ("fails_at_once",), "要求成立时规则即不符合", en)


def _way_only(rule: Rule) -> bool:
    return rule.kind == "preference" and rule.reading is not None and OPEN_WAY in rule.reading.zh


def _deepest(tree: c.Condition, at: Loc, logic: Logic) -> list[Found]:
    """The impossible and the vacuous parts of a tree, each named once, as deep as it can be."""
    fix = Text("检查界限和组合方式", "look at the bounds and at how they are joined")
    flaws: list[Found] = []
    for place, node in c.walk_places(tree, at):
        inner = [part for part in c.children(node) if not isinstance(node, c.Same)]
        if logic.never(node) and not any(map(logic.never, inner)):
            flaws.append(Found("TR201", place, "没有数据能使它成立", "no data makes this true", fix))
        elif logic.always(node) and not any(map(logic.always, inner)):
            flaws.append(Found("TR202", place, "任何数据都使它成立", "all data makes this true", fix))
    return flaws
