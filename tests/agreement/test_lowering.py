"""The lowering says what the reference says: the form read word by word comes to the same statuses."""

from __future__ import annotations

import random
from itertools import product

import pytest
from agreement import RULESETS, THOROUGH, centre_for_rules_at_random
from generate import random_centre, random_programme
from interpret import compare, statuses
from random_rules import random_ruleset

from tic_rules import Centre, RuleSet, load_ruleset
from tic_rules.core import logic
from tic_rules.core.numbers import INFINITY, Range
from tic_rules.engines.check import sorted_scene
from tic_rules.engines.lowering import COMPARISONS, lowered
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.settlement import check_rules
from tic_rules.model.intake import subject_from
from tic_rules.model.programme import Programme

CENTRES, RULE_SETS = (60, 40) if THOROUGH else (25, 10)


def _same(scene: Scene) -> None:
    expected = {
        rule.id: decision.status for rule, decision in zip(scene.ruleset, check_rules(scene), strict=True)
    }
    scene.followed.clear()
    assert statuses(scene) == expected


def _centre(ruleset: RuleSet, rng: random.Random) -> Scene:
    data, as_of = random_centre(ruleset, rng)
    return sorted_scene(Centre.from_data(data, ruleset=ruleset), ruleset, as_of)


@pytest.mark.parametrize("ruleset_id", RULESETS)
def test_rule_sets(ruleset_id: str) -> None:
    ruleset, rng = load_ruleset(ruleset_id), random.Random(3)
    for _ in range(CENTRES):
        _same(_centre(ruleset, rng))


def test_random_rules() -> None:
    rng = random.Random(5)
    for _ in range(RULE_SETS):
        ruleset = random_ruleset(rng)
        for _ in range(5):
            data, as_of = centre_for_rules_at_random(ruleset, rng)
            _same(sorted_scene(Centre.from_data(data, ruleset=ruleset), ruleset, as_of))


def test_a_programme() -> None:
    ruleset, rng = load_ruleset("national_13fyp"), random.Random(7)
    for _ in range(CENTRES):
        data, as_of = random_programme(ruleset, rng)
        programme = subject_from(data, Programme, ruleset.vocabulary)
        _same(sorted_scene(programme, ruleset, as_of))


def test_comparisons_are_those_of_the_reference() -> None:
    ends = (0, 1, 2, 3, INFINITY)
    ranges = [Range(low, high) for low, high in product(ends, ends) if low <= high and low != INFINITY]
    for operator in COMPARISONS:
        for left, right in product(ranges, ranges):
            assert compare(operator, left, right) == logic.compare(operator, left, right)


def test_rules_are_decided_after_what_they_wait_for() -> None:
    for ruleset_id in RULESETS:
        form = lowered(load_ruleset(ruleset_id))
        place = {rule.id: index for index, rule in enumerate(form.order)}
        assert all(place[other] < place[rule.id] for rule in form.rules for other in rule.waits_for)
        assert [rule.place for rule in form.rules] == list(range(len(form.rules)))
