"""The laws of deciding, on generated centres for every rule set."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from agreement import THOROUGH
from generate import centres
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tic_rules import Centre, Report, check, load_ruleset, shipped_ids
from tic_rules.core.dates import add_years
from tic_rules.core.errors import TicRulesError
from tic_rules.core.numbers import Range, decimal_text, parse_number
from tic_rules.evaluation.entries import Moment
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.operators import see
from tic_rules.evaluation.scenarios import needs_of, scenarios_of
from tic_rules.evaluation.settlement import settle
from tic_rules.model.conditions import All, Attested, Either, walk

RULESETS = shipped_ids()
LAW = settings(
    max_examples=40 if THOROUGH else 5,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


def statuses(report: Report) -> dict[str, str]:
    return {finding.id: finding.status for finding in report}


def checked(data: dict[str, Any], ruleset: str, day: date) -> Report | None:
    """The report, or None where the changed data is refused (a total that falls, two values of one day)."""
    try:
        return check(data, ruleset, as_of=day, engine="reference")
    except TicRulesError:
        return None


# --- filling in what is unknown -----------------------------------------------------------------------------


def holes(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Places of the data that leave something open, with what stands there."""
    if isinstance(value, dict):
        if value and (value.keys() <= {"at_least", "at_most"} or value.keys() <= {"not_before", "not_after"}):
            yield at, value
            return
        for key, item in value.items():
            if at == () and key in (
                "incomplete",
                "attestations",
                "exemptions",
                "sources",
                "id",
                "stage",
                "jurisdiction",
                "reported_on",
                "approved_on",
            ):
                continue
            if key in ("purpose",):
                continue
            yield from holes(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from holes(item, (*at, index))
    elif value is None:
        yield at, None


FILLERS: dict[str, list[Any]] = {
    "amount": ["0", "1亿元", "100亿元"], "date": ["2021-06-30", "2023-01-01", "2024-12-31"],
    "submitted_on": ["2023-05-05", "2025-01-01"],
    "payer": ["host", "province", "city", "social_capital"],
    "kind": ["annual", "term", "technical_services", "expert", "other"],
    "type": ["enterprise", "university", "government"],
    "year": [2022, 2023, 2024], "result": ["unqualified", "good", "passed", "failed"],
    "use": ["equipment", "fines", "other"],
    "zone": ["national_high_tech_zone", "other"],
    "level": ["national_major", "provincial"], "leading": [True, False], "term_years": [3, 5],
    "value": [True, False, 5, 400],
}  # fmt: skip


def fill(data: dict[str, Any], at: tuple[Any, ...], hole: Any, draw: Any) -> bool:
    """Put a value that the data allows into a hole. False where none is at hand."""
    if (
        isinstance(hole, dict)
        and "at_least" in hole | {"at_least": 0}
        and hole.keys() <= {"at_least", "at_most"}
    ):
        low, high = hole.get("at_least"), hole.get("at_most")
        new: Any = low if low is not None and (high is None or draw(st.booleans())) else high
    elif isinstance(hole, dict):
        new = next(v for v in (hole.get("not_before"), hole.get("not_after")) if v is not None)
    else:
        options = FILLERS.get(str(at[-1]))
        if options is None:
            options = [True, False] if at[-1] not in ("headcount", "teams") else [10, 5000]
        new = draw(st.sampled_from(options))
    if new is None:
        return False
    target = data
    for part in at[:-1]:
        target = target[part]
    target[at[-1]] = new
    return True


ALLOWED = {
    "pass": {"pass", "not_applicable"},
    "fail": {"fail"},
    "pending": {"pending"},
    "not_applicable": {"not_applicable"},
    "exempted": {"exempted"},
}


@pytest.mark.parametrize("ruleset", RULESETS)
@LAW
@given(data=st.data())
def test_filling_in_an_unknown_never_turns_a_finding_over(ruleset: str, data: st.DataObject) -> None:
    centre, day = data.draw(centres(load_ruleset(ruleset)))
    centre.setdefault("reported_on", day.isoformat())
    open_places = list(holes(centre))
    before = checked(centre, ruleset, day)
    if before is None or not open_places:
        return
    at, hole = data.draw(st.sampled_from(open_places))
    filled = copy.deepcopy(centre)
    if not fill(filled, at, hole, data.draw):
        return
    after = checked(filled, ruleset, day)
    if after is None:
        return
    then, now = statuses(before), statuses(after)
    turned = {
        rule: (status, now[rule])
        for rule, status in then.items()
        if status in ALLOWED and now[rule] not in ALLOWED[status]
    }
    assert turned == {}, (at, hole)


@pytest.mark.parametrize("ruleset", RULESETS)
@LAW
@given(data=st.data())
def test_making_the_approval_day_exact_never_turns_a_finding_over(ruleset: str, data: st.DataObject) -> None:
    centre, day = data.draw(centres(load_ruleset(ruleset)))
    centre.setdefault("reported_on", day.isoformat())
    year = data.draw(st.integers(day.year - 6, day.year))
    first, last = date(year, 3, 1), date(year, 3, 1) + timedelta(days=data.draw(st.integers(1, 500)))
    centre["approved_on"] = {"not_before": first.isoformat(), "not_after": last.isoformat()}
    centre.pop("stage", None)
    exact = copy.deepcopy(centre)
    exact["approved_on"] = data.draw(st.dates(first, last)).isoformat()
    before, after = checked(centre, ruleset, day), checked(exact, ruleset, day)
    if before is None or after is None:
        return
    now = statuses(after)
    turned = {
        rule: (status, now[rule])
        for rule, status in statuses(before).items()
        if status in ALLOWED and now[rule] not in ALLOWED[status]
    }
    assert turned == {}


# --- order, repetition, time --------------------------------------------------------------------------------


def reordered(node: Any) -> Any:
    """The same condition with the parts of every `all` and `any` in the opposite order."""
    match node:
        case All():
            return All(all=tuple(reordered(part) for part in reversed(node.all)))
        case Either():
            return Either(any=tuple(reordered(part) for part in reversed(node.any)))
    return node


@pytest.mark.parametrize("ruleset", RULESETS)
@LAW
@given(data=st.data())
def test_evaluation_order_never_matters(ruleset: str, data: st.DataObject) -> None:
    rules = load_ruleset(ruleset)
    raw, day = data.draw(centres(rules))
    try:
        centre = Centre.from_data(raw)
    except TicRulesError:
        return
    scene = Scene(centre, rules, day)
    for rule in rules:
        if rule.require is None or rule.bearer == "programme":
            continue
        other = reordered(rule.require)
        if other is rule.require:
            continue
        turned = rule.model_copy(update={"require": other})
        assert settle(turned, Scene(centre, rules, day)).status == settle(rule, scene).status
    backwards = Scene(centre, rules, day)
    forwards = {rule.id: settle(rule, scene).status for rule in rules if rule.kind != "consequence"}
    assert forwards == {
        rule.id: settle(rule, backwards).status
        for rule in reversed(rules.rules)
        if rule.kind != "consequence"
    }


@pytest.mark.parametrize("ruleset", RULESETS)
@LAW
@given(data=st.data())
def test_the_same_input_gives_the_same_bytes(ruleset: str, data: st.DataObject) -> None:
    centre, day = data.draw(centres(load_ruleset(ruleset)))
    first = checked(copy.deepcopy(centre), ruleset, day)
    second = checked(copy.deepcopy(centre), ruleset, day)
    assert (first is None) == (second is None)
    assert first is None or second is None or first.to_json() == second.to_json()


@pytest.mark.parametrize("ruleset", RULESETS)
@LAW
@given(data=st.data())
def test_a_later_day_never_turns_a_final_fail_into_a_pass(ruleset: str, data: st.DataObject) -> None:
    rules = load_ruleset(ruleset)
    centre, day = data.draw(centres(rules))
    centre["reported_on"] = (day + timedelta(days=3000)).isoformat()
    later = day + timedelta(days=data.draw(st.integers(1, 2500)))
    before, after = checked(centre, ruleset, day), checked(centre, ruleset, later)
    if before is None or after is None:
        return
    for rule in rules:
        judged = any(isinstance(node, Attested) for node in walk(rule.condition))
        final = rule.by is not None or rule.kind in ("consequence", "limit", "prohibition")
        if final and not judged and before[rule.id].status == "fail":
            assert after[rule.id].status != "pass", rule.id


# --- days that stand for all --------------------------------------------------------------------------------


@pytest.mark.parametrize("ruleset", ["zhejiang_2022", "national_2017"])
@settings(LAW, max_examples=12 if THOROUGH else 4)
@given(data=st.data())
def test_the_days_that_matter_stand_for_every_day(ruleset: str, data: st.DataObject) -> None:
    """Whatever status some day of a partial approval date gives, one of the chosen days gives it too."""
    rules = load_ruleset(ruleset)
    raw, day = data.draw(centres(rules))
    first = date(day.year - data.draw(st.integers(1, 5)), data.draw(st.integers(1, 12)), 1)
    last = first + timedelta(days=900)
    raw["approved_on"] = {"not_before": first.isoformat(), "not_after": last.isoformat()}
    raw.pop("stage", None)
    try:
        centre = Centre.from_data(raw)
    except TicRulesError:
        return
    if last >= day:
        return
    from tic_rules.evaluation.decisions import decide

    scene = Scene(centre, rules, day)
    for rule in [rule for rule in rules if rule.years or rule.by == "term_end" or rule.yearly][:6]:
        told = {
            decide(rule, scene, scenario).status
            for scenario in scenarios_of(scene, needs_of(rules, rule)).all
        }
        for offset in range(0, 900, 7):
            exact = Centre.from_data({**raw, "approved_on": (first + timedelta(days=offset)).isoformat()})
            one = Scene(exact, rules, day)
            assert {
                decide(rule, one, scenario).status
                for scenario in scenarios_of(one, needs_of(rules, rule)).all
            } <= told


# --- exact numbers ------------------------------------------------------------------------------------------


@given(st.integers(0, 10**20))
def test_money_is_exact_to_the_cent_up_to_a_trillion_millions(cents: int) -> None:
    written = f"{cents // 100}.{cents % 100:02d}元"
    number = parse_number(written, money=True)
    assert number * 100 == cents
    shown = decimal_text(number)
    assert shown is not None
    assert parse_number(shown, money=True) == number


@settings(max_examples=60, deadline=None)
@given(cents=st.integers(1, 10**20))
def test_a_sum_of_amounts_is_compared_to_the_cent(cents: int) -> None:
    rules = load_ruleset("zhejiang_2022")
    half, rest = cents // 2, cents - cents // 2
    entries = [
        {"date": "2022-06-01", "payer": "host", "amount": f"{part // 100}.{part % 100:02d}元"}
        for part in (half, rest)
    ]
    report = check(
        {"approved_on": "2022-03-01", "reported_on": "2024-03-01", "contributions": entries},
        rules,
        as_of="2024-03-01",
    )
    bound = rules["investment-2y"].require.at_least * 100  # type: ignore[union-attr]
    finding = report["investment-2y"]
    assert finding.status == ("pass" if cents >= bound else "pending")
    assert parse_number(finding.observed["low"], money=True) * 100 == cents
    assert parse_number(finding.gap, money=True) * 100 == max(bound - cents, 0)


PERHAPS = {"not_before": "2026-06-01", "not_after": "2026-07-30"}


@pytest.mark.parametrize(
    ("certain", "perhaps"),
    [
        ([], []), ([5, 7], [1, 2, 4]), ([3], [2, 2]), ([1] * 900, [7]), ([], [1] * 900),
        ([2], [3] * 40 + [0, 5] * 20), ([], [2**n for n in range(13)]),
    ],
)  # fmt: skip
def test_what_may_not_count_adds_all_of_its_amount_or_nothing(certain: list[int], perhaps: list[int]) -> None:
    ruleset, day = load_ruleset("zhejiang_2022"), date(2026, 6, 30)
    paid = [(amount, "2024-05-01") for amount in certain] + [(amount, PERHAPS) for amount in perhaps]
    entries = [{"amount": f"{amount}元", "payer": "host", "date": when} for amount, when in paid]
    centre = Centre.from_data({"approved_on": "2022-03-01", "term_years": 5, "contributions": entries})
    sums = Scene(centre, ruleset, day).sums("investment", Moment(day))
    ways = {sum(certain)}
    for amount in perhaps:
        ways |= {way + amount for way in ways}
    if len(ways) < 4_000:
        assert sorted(sums) == [Range(way, way) for way in sorted(ways)]
    else:
        assert sums == [Range(0, 2**13 - 1)], "more than are gone through: their range"


@given(st.dates(date(1600, 1, 1), date(2300, 12, 31)), st.integers(-300, 300))
def test_an_anniversary_is_the_same_day_or_28_february(day: date, years: int) -> None:
    later = add_years(day, years)
    assert later.year == day.year + years
    assert (later.month, later.day) == (day.month, day.day) or (
        (day.month, day.day) == (2, 29) and (later.month, later.day) == (2, 28)
    )


def test_unknown_numbers_are_ranges_that_no_comparison_decides_by_guess() -> None:
    from tic_rules.core.logic import UNKNOWN, compare

    for operator in ("at_least", "at_most", "more_than", "less_than", "equals", "between"):
        assert compare(operator, Range(0, float("inf")), Range(5, 5)) == UNKNOWN


@given(
    st.sampled_from(["at_least", "at_most", "more_than", "less_than", "equals", "between"]),
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_a_comparison_of_ranges_is_what_every_number_in_them_agrees_on(
    operator: str, a: int, b: int, s: int, t: int
) -> None:
    from tic_rules.core.logic import FALSE, TRUE, UNKNOWN, compare

    x, bound = Range(min(a, b), max(a, b)), Range(min(s, t), max(s, t))
    if operator == "between":
        told = {bound.low <= value <= bound.high for value in range(int(x.low), int(x.high) + 1)}
    else:
        test = {
            "at_least": int.__ge__,
            "at_most": int.__le__,
            "more_than": int.__gt__,
            "less_than": int.__lt__,
            "equals": int.__eq__,
        }[operator]
        told = {
            test(v, w)
            for v in range(int(x.low), int(x.high) + 1)
            for w in range(int(bound.low), int(bound.high) + 1)
        }
    expected = {frozenset({True}): TRUE, frozenset({False}): FALSE, frozenset({True, False}): UNKNOWN}[
        frozenset(told)
    ]
    assert compare(operator, x, bound) == expected


def test_the_reference_sees_without_a_report() -> None:
    rules = load_ruleset("zhejiang_2022")
    centre = Centre.model_validate(
        {"reported_on": "2024-03-01", "approved_on": "2022-03-01", "staff": {"headcount": 300}}
    )
    scene = Scene(centre, rules, date(2024, 3, 1))
    rule = rules["staff-2y"]
    scenario = scenarios_of(scene, needs_of(rules, rule)).all[0]
    assert see(rule.require, scene, Moment(date(2024, 3, 1)), scenario, rule).observed == Range(300, 300)
