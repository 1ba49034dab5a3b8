"""A day of approval that is known by its month: what all of its days agree on, whatever the clock."""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import date
from typing import Any

import pytest
from agreement import SMALL, THOROUGH
from generate import random_centre
from random_rules import random_ruleset

from tic_rules import Centre, Engine, RuleSet, check, load_ruleset, parse_ruleset
from tic_rules.core.dates import add_years
from tic_rules.evaluation import scenarios
from tic_rules.evaluation.decisions import decide
from tic_rules.evaluation.facts import Scene
from tic_rules.model.ruleset import Rule

RULE_SETS = 400 if THOROUGH else 15
_SETTLED = {"pass", "not_applicable"}
"""A rule that holds on every day passes, though it does not speak to the centre on some."""


def _month(data: dict[str, Any], as_of: date) -> list[date]:
    """The days of the month of an exact approval, where all are past."""
    day = data.get("approved_on")
    if not isinstance(day, str) or len(day) != 10 or data.get("stage") != "approved":
        return []
    year, month = int(day[:4]), int(day[5:7])
    days = [date(year, month, number) for number in range(1, monthrange(year, month)[1] + 1)]
    return days if days[-1] < as_of else []


def _held(ruleset: RuleSet, data: dict[str, Any], as_of: date, days: list[date]) -> int:
    whole = check(data | {"approved_on": str(data["approved_on"])[:7]}, ruleset, as_of=as_of).statuses
    each = [
        check(data | {"approved_on": day.isoformat()}, ruleset, as_of=as_of, engine="compiled").statuses
        for day in days
    ]
    rules = [rule.id for rule in ruleset if rule.after or rule.cycle or rule.yearly]
    for rule in rules:
        statuses = {one[rule] for one in each}
        if len(statuses) == 1:
            assert whole[rule] in statuses, (ruleset[rule], data, as_of)
        else:
            joined = whole[rule] == "pass" and statuses <= _SETTLED
            assert joined or whole[rule] in ("unknown", "exempted"), (ruleset[rule], data, as_of, statuses)
    return len(rules)


def test_a_month_is_what_all_of_its_days_agree_on() -> None:
    rng, held = random.Random(11), 0
    for _ in range(RULE_SETS):
        ruleset = random_ruleset(rng)
        for _ in range(3):
            data, as_of = random_centre(ruleset, rng)
            days = _month(data, as_of)
            held += _held(ruleset, data, as_of, days) if days else 0
    assert held > RULE_SETS


@pytest.mark.parametrize("given", [{}, {"contributions": [], "evaluations": [], "fiscal_spending": []}])
@pytest.mark.parametrize("day", [date(2024, 3, 1), date(2016, 3, 1)])
@pytest.mark.parametrize("ruleset", ["zhejiang_2022", "national_2017"])
def test_few_scenarios_stand_for_every_approval_and_term_of_a_nearly_empty_centre(
    ruleset: str, day: date, given: dict[str, Any]
) -> None:
    rules = load_ruleset(ruleset)
    scene = Scene(Centre.from_data({"stage": "approved", **given}), rules, day)
    approvals = [date(year, month, 14) for year in range(2009, day.year) for month in (1, 6, 11)]
    for needs, rules_of_needs in scenarios.rules_by_needs(rules).items():
        few = scenarios.scenarios_of(scene, needs).all
        assert len(few) < 100
        for rule in rules_of_needs if needs.term else ():
            told = {decide(rule, scene, scenario).status for scenario in few}
            for approved in approvals:
                for years in range(1, 16):
                    scenario = scenarios.Scenario(approved, None, add_years(approved, years))
                    assert decide(rule, scene, scenario).status in told, (rule.id, scenario)


def test_the_longest_term_from_the_latest_day_may_end_when_the_document_is_in_force() -> None:
    """Approved on any day, for five years at most, before a document of 2022-01-14: what is due when the term
    ends is owed, where the approval was in the year that has just passed."""
    centre = {"stage": "approved", "term_years": {"at_most": 5}, "outputs": {"industrial_bases": 0}}
    told = {
        day: check(centre, "zhejiang_2022", as_of=day)["bases-term-end"].status
        for day in ("2017-01-13", "2017-01-14", "2018-01-10")
    }
    assert list(told.values()) == ["not_applicable", "unknown", "unknown"]


def test_days_of_the_clock_that_matter_beside_others_are_named_with_them() -> None:
    """From the last day of a year no term matters for the targets of 2024, from any other day it does; who
    was approved before the document came applied before it too."""
    targets = {"stage": "approved", "targets": [2024, 2025], "reported_on": "2026-06-30"}
    told = check(targets, "zhejiang_2022", as_of="2025-01-01")["annual-targets"]
    assert (told.status, told.missing) == ("unknown", ["/approved_on", "/term_years"])
    hosts = {"stage": "approved", "category": "field", "hosts": [], "reported_on": "2020-12-31"}
    told = check(hosts, "national_2020", as_of="2022-06-14")["upgrade-path"]
    assert (told.status, told.missing) == ("unknown", ["/approved_on", "/applied_on", "/hosts"])


PROGRAMME = """\
  - id: centres
    at: 一
    quote: 布局20家中心
    topic: programme.count
    kind: condition
    modality: must
    bearer: programme
    require: {fact: programme_centres, at_least: 20}
    title: {zh: 中心数, en: centres}
    message: {zh: 中心数, en: centres}
    remedy: {zh: 中心数, en: centres}
"""


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_days_that_only_rules_on_the_programme_look_at_are_no_matter_for_a_centre(engine: Engine) -> None:
    text = SMALL.replace("rules: [investment]", "rules: [centres, investment]") + PROGRAMME
    ruleset, day = parse_ruleset(text, "small.yaml"), date(2026, 6, 30)
    statuses = check({"stage": "approved"}, ruleset, as_of=day, engine=engine).statuses
    assert statuses == {"centres": "not_applicable", "investment": "unknown"}


def test_no_other_thread_sees_the_groups_of_rules_before_they_are_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ruleset, seen = parse_ruleset(SMALL, "small.yaml"), []
    right = scenarios.needs_of

    def looked_at(ruleset: RuleSet, rule: Rule) -> scenarios.Needs:
        seen.append("needs" in ruleset._compiled)
        return right(ruleset, rule)

    monkeypatch.setattr(scenarios, "needs_of", looked_at)
    assert [len(rules) for rules in scenarios.rules_by_needs(ruleset).values()] == [1]
    assert seen == [False]
