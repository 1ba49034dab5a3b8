"""What is demanded for a condition to hold, or to fail: the reference says of made-up files that it does."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from fractions import Fraction

import pytest

from tic_rules import load_ruleset
from tic_rules.analysis.construct import number
from tic_rules.analysis.prove.samples import Maker, as_of_for, clock_of
from tic_rules.core.numbers import Range
from tic_rules.engines.check import check_subject
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet

RULESETS = ("national_13fyp", "national_2017", "national_2020", "zhejiang_2022", "jiangsu_2020")
TESTS = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
    "equals": operator.eq,
}


def rules_of(kind: type[c.Node]) -> Iterator[tuple[RuleSet, Rule]]:
    """The shipped rules that ask one thing, by this operator, of one fact by itself."""
    for ruleset in map(load_ruleset, RULESETS):
        for rule in ruleset:
            node = rule.condition
            node = node.not_ if isinstance(node, c.Not) else node
            single = not isinstance(node, c.Compare) or (
                ruleset.facts[node.fact].reading in ("stock", "value", "count")
                and not isinstance(node.limit, c.Times)
            )
            if isinstance(node, kind) and single:
                yield ruleset, rule


def status(ruleset: RuleSet, rule: Rule, met: bool) -> str:
    """What the reference says of a file that is made to meet the rule, or to break it."""
    programme = rule.bearer == "programme"
    model = ruleset.programme_model if programme else ruleset.centre_model
    clock = clock_of(ruleset)
    maker = Maker(as_of_for([rule], clock), clock, programme, model=model)
    maker.make(ruleset, rule, met)
    return check_subject(model.model_validate(maker.data), ruleset, maker.as_of, "reference")[rule.id].status


@pytest.mark.parametrize(
    "kind",
    [c.Is, c.Among, c.AnyAmong, c.Contains, c.Done, c.Compare, c.Every, c.NoneOf, c.EachOf, c.Largest],
)
def test_each_operator_is_inverted(kind: type[c.Node]) -> None:
    rules = list(rules_of(kind))
    assert rules
    for ruleset, rule in rules:
        assert status(ruleset, rule, True) == "pass", rule.id
        assert status(ruleset, rule, False) != "pass", rule.id


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize("wanted", [True, False])
@pytest.mark.parametrize("ends", [(5, 5), (5, 8), (Fraction(1, 3), 2)])
def test_a_number_holds_against_every_bound_that_is_possible(
    name: str, wanted: bool, ends: tuple[Fraction, Fraction]
) -> None:
    value = number(name, Range(*ends), 1, wanted)
    if name == "equals":
        assert (value in ends) == wanted
    else:
        assert all(TESTS[name](value, end) == wanted for end in ends)


def test_a_number_between_two_bounds() -> None:
    assert 3 <= number("between", Range(3, 7), 1, True) <= 7
    assert not 3 <= number("between", Range(3, 7), 1, False) <= 7
