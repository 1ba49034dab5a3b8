"""Plans keep their word: what they promise is what a fresh check of the changed data says."""

from __future__ import annotations

import builtins
import json
import random
import re
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from corpus_cases import centre_cases
from generate import random_centre

from tic_rules import (
    Centre,
    DataError,
    RuleSet,
    UsageError,
    check,
    load_ruleset,
    parse_ruleset,
    shipped_ids,
)
from tic_rules.analysis.plan import ActionPlan, make_plan
from tic_rules.analysis.plan.choice import Costs, Open, choose
from tic_rules.analysis.plan.model import Sum, Way, change
from tic_rules.analysis.plan.money import UNIT, Template
from tic_rules.analysis.plan.patch import patch_text
from tic_rules.analysis.plan.planner import SETTLED
from tic_rules.analysis.plan.update import RANK
from tic_rules.cli import main
from tic_rules.core.errors import Text
from tic_rules.engines.check import parse_day
from tic_rules.model.document import Edit, apply, document_of, plain
from tic_rules.renderers.plan import render

EXAMPLE = Path(__file__).parents[2] / "examples" / "zhejiang.yaml"
z3 = pytest.importorskip("z3", reason="plans with a choice need the extra tic-rules[prove]")


def plan_of(centre: Centre, ruleset: str, as_of: str, **more: Any) -> ActionPlan:
    return make_plan(centre, load_ruleset(ruleset), parse_day(as_of), **more)


def small(rule: str, vocabulary: str = "") -> RuleSet:
    """A rule set of one rule."""
    return parse_ruleset(
        "{id: x_1, version: 1.0.0, jurisdiction: zhejiang, vocabulary: {" + vocabulary + "}, "
        "document: {title: 甲, title_en: a, in_force: {from: 2016-01-01}}, "
        "clauses: [{at: 一, heading: 甲, rules: [r]}], rules: [{id: r, at: 一, quote: 甲, topic: goals, "
        "kind: condition, bearer: centre, modality: must, "
        "title: {zh: 甲, en: a}, message: {zh: 甲, en: a}, remedy: {zh: 甲, en: a}, " + rule + "}]}"
    )


def keeps_its_word(plan: ActionPlan, ruleset: str, encouraged: bool = False) -> None:
    again = check(plan.document, ruleset, as_of=plan.before.as_of)
    assert again.verdict == plan.verdict
    assert [finding.status for finding in again] == [finding.status for finding in plan.after]
    promised = {rule for step in plan.steps for rule in step.rules}
    assert {
        rule: again[rule].status for rule in promised if again[rule].status not in ("pass", "exempted")
    } == {}
    for before, after in zip(plan.before, again, strict=True):
        assert not after.counts or RANK[after.status] <= RANK[before.status], after.rule
    told = {rest.rule for rest in (*plan.lost, *plan.open)}
    left = {finding.id: finding.counts for finding in again if finding.status not in SETTLED}
    assert told == {rule for rule, counts in left.items() if counts or encouraged}


CASES = list(centre_cases())


@pytest.mark.parametrize("case", CASES[::14], ids=lambda case: case.id)
def test_a_plan_keeps_its_word(case: Any) -> None:
    keeps_its_word(plan_of(Centre.from_data(case.data), case.ruleset, case.as_of), case.ruleset)


@pytest.mark.parametrize("ruleset", ["zhejiang_2022", "jiangsu_2020", "national_2017", "national_2020"])
def test_a_plan_for_any_centre_keeps_its_word(ruleset: str) -> None:
    rng, tried = random.Random(6), 0
    while tried < 8:
        data, as_of = random_centre(load_ruleset(ruleset), rng)
        try:
            centre = Centre.from_data(data)
        except DataError:
            continue
        tried += 1
        keeps_its_word(plan_of(centre, ruleset, as_of.isoformat()), ruleset)


@pytest.mark.parametrize("paid", [[], [{"date": "2024-07-01", "amount": "1万元", "payer": "host"}]])
def test_a_plan_for_what_is_encouraged_keeps_its_word(paid: list[Any]) -> None:
    """The first money of whatever payer asks who pays most, which binds; what is not asked for stays told."""
    data = {"jurisdiction": "national", "approved_on": "2024-06-30", "reported_on": "2024-12-30"}
    centre = Centre.from_data({**data, "contributions": paid})
    plan = plan_of(centre, "national_2017", "2024-12-30", encouraged=True)
    keeps_its_word(plan, "national_2017", encouraged=True)


def changed(**parts: Any) -> dict[str, Any]:
    data = document_of(Centre.from_file(EXAMPLE))
    for path, value in parts.items():
        *above, last = path.split("__")
        at = data
        for part in above:
            at = at[part]
        at[last] = value
    return data


def test_the_example_says_what_is_missing_by_when_and_what_is_too_late() -> None:
    plan = make_plan(Centre.from_file(EXAMPLE), load_ruleset("zhejiang_2022"), date(2026, 6, 30))
    by_rule = {rule: step for step in plan.steps for rule in step.rules}
    assert "240" in by_rule["staff-5y"].text.en
    assert by_rule["staff-5y"].by == date(2027, 3, 1)
    assert [rest.rule for rest in plan.lost] == ["investment-2y", "indicators"]
    assert plan.lost[0].why.zh.startswith("期限2024年3月1日已过；")
    assert by_rule["fiscal-prohibited-use"].kind == "judgement", (
        "the list ends in 等: an attestation settles it"
    )
    assert not plan.open
    # One payment serves both clauses about money, where two would cost more.
    money = [step for step in plan.steps if step.kind == "money"]
    assert [step.rules for step in money] == [("investment-5y", "municipal-match")]
    days = [step.by for step in plan.steps if step.by]
    assert days == sorted(days)


def test_a_yearly_duty_is_planned_for_on_the_last_day_of_its_year() -> None:
    data = document_of(Centre.from_file(EXAMPLE.parent / "jiangsu.yaml")) | {"reported_on": "2025-12-31"}
    plan = plan_of(Centre.from_data(data), "jiangsu_2020", "2025-12-31")
    assert [edit.value["year"] for edit in plan.edits] == [2025, 2025]
    assert {edit.value["submitted_on"] for edit in plan.edits} == {"2025-12-31"}
    assert (plan.before.verdict, plan.verdict) == ("on_course", "compliant")
    evaluated = plan_of(Centre.from_data(changed(reported_on="2026-12-31")), "zhejiang_2022", "2026-12-31")
    assert evaluated.after["annual-evaluation"].status == "pass"


def test_a_plan_is_made_where_an_obligation_waits_for_a_consequence() -> None:
    text = (Path(__file__).parents[2] / "rules" / "zhejiang_2022.yaml").read_text(encoding="utf-8")
    chair = "    require: {fact: chair_appointed, is: true}"
    rules = parse_ruleset(
        text.replace(chair, "    applies: {follows: delisted-after-two-failures}\n" + chair)
    )
    results = [
        {"year": year, "kind": "annual", "result": "unqualified", "date": f"{year + 1}-05-01"}
        for year in (2023, 2024)
    ]
    centre = Centre.from_data(
        {
            "approved_on": "2022-03-01",
            "reported_on": "2026-06-30",
            "evaluations": results,
            "governance": {"board": {"chair_appointed_by_board": False}},
        }
    )
    plan = make_plan(centre, rules, parse_day("2026-06-30"))
    assert plan.before["board-chair"].status == "fail"
    assert plan.after["board-chair"].status == "pass"


def test_a_term_is_not_invented() -> None:
    data = {"jurisdiction": "zhejiang", "approved_on": "2024-03-01", "reported_on": "2024-06-30"}
    plan = plan_of(Centre.from_data(data), "zhejiang_2022", "2024-06-30")
    assert "term_years" not in {edit.path[0] for edit in plan.edits}
    assert [rest.why.zh for rest in plan.open if rest.rule == "term-length"] == [
        "取决于中心是什么（领域、类别、建设期等）：方案不改变，也不代填，请据实填写"
    ]


def test_a_deadline_that_is_past_on_each_day_that_it_may_be_is_lost() -> None:
    data = {
        "jurisdiction": "zhejiang",
        "approved_on": "2024-03",
        "term_years": 3,
        "reported_on": "2024-06-30",
    }
    plan = plan_of(Centre.from_data(data), "zhejiang_2022", "2024-06-30")
    assert [(rest.rule, rest.why.zh) for rest in plan.lost] == [
        ("term-length", "期限2024年3月31日（最晚）已过；本条为“原则上”的要求，可申请豁免")
    ]
    keeps_its_word(
        plan_of(Centre.from_data(data), "zhejiang_2022", "2024-06-30", exemptions=True), "zhejiang_2022"
    )


def test_chinese_plans_write_days_as_chinese_does() -> None:
    data = {"jurisdiction": "zhejiang", "approved_on": "2024-03-01", "reported_on": "2024-06-30"}
    plans = [plan_of(Centre.from_data(data), "zhejiang_2022", "2025-01-31")]
    for format_ in ("text", "markdown"):
        shown = render(plans, format_, "zh")
        assert not re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", shown)
        assert "《浙江省技术创新中心建设工作指引（试行）》  ·  基准日 2025年1月31日" in shown
        assert "数据更新到2025年1月31日，并确认2024年6月30日所填的数字" in shown
        assert "建设方案论证日期：2024年3月1日" in shown


@pytest.mark.parametrize("as_of", ["2026-07-01", "2027-01-05", "2027-03-02", "2028-12-16"])
def test_data_of_an_earlier_day_neither_settles_nor_unsettles_a_later_one(as_of: str) -> None:
    plan = make_plan(Centre.from_file(EXAMPLE), load_ruleset("zhejiang_2022"), parse_day(as_of))
    keeps_its_word(plan, "zhejiang_2022")
    assert {"investment-2y", "indicators"} <= {rest.rule for rest in plan.lost}
    late = as_of > "2027-03-01"  # what was due in between is not known, and what failed before has failed
    assert (plan.after["staff-5y"].status == "unknown") == late
    assert ("reported_on" in {step.at for step in plan.steps}) != late
    assert not late or "2026-06-30" in next(r.why.en for r in plan.open if r.rule == "staff-5y")


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_data_is_brought_up_to_date_only_where_the_plan_needs_it(ruleset: str) -> None:
    rules, rng, tried = load_ruleset(ruleset), random.Random(3), 0
    while tried < 4:
        try:
            centre = Centre.from_data(random_centre(rules, rng)[0])
        except DataError:
            continue
        if centre.speaks_for is None:
            continue
        tried += 1
        as_of = (centre.speaks_for + timedelta(days=rng.choice([1, 30, 400]))).isoformat()
        plan = plan_of(centre, ruleset, as_of)
        keeps_its_word(plan, ruleset)
        others = [edit for step in plan.steps if step.at != "reported_on" for edit in step.edits]
        if len(others) == len(plan.edits):
            continue
        with suppress(TypeError, LookupError):  # a step that builds on it
            without = check(apply(document_of(centre), others), ruleset, as_of=as_of)
            assert any(
                finding.status not in ("pass", "not_applicable", plan.after[finding.id].status)
                for finding in without
                if finding.counts
            )


def test_nothing_is_brought_up_to_date_for_an_applicant() -> None:
    data = {"jurisdiction": "zhejiang", "stage": "applicant", "reported_on": "2024-06-30"}
    plan = plan_of(Centre.from_data(data), "national_13fyp", "2024-07-10")
    assert plan.steps == ()


def test_a_number_to_be_supplied_of_a_past_day_names_it() -> None:
    data = {"jurisdiction": "zhejiang", "approved_on": "2022-03-01", "reported_on": "2025-01-01"}
    plan = plan_of(Centre.from_data(data | {"staff": {"headcount": 800}}), "zhejiang_2022", "2025-01-01")
    (step,) = [step for step in plan.steps if step.rules == ("staff-2y",)]
    assert step.text.en.endswith(": reach 300 persons on 2024-03-01")
    assert step.text.zh.endswith("达到300人（2024年3月1日）")


@pytest.mark.parametrize(
    "headcount",
    [None, 299, [{"date": "2024-06-30", "value": 299}], [{"date": "2024-03-01", "value": {"at_most": 400}}]],
)
def test_numbers_of_two_days_are_reached_both(headcount: object) -> None:
    """Where the day of the one is past and was not told, only the larger of the two was written."""
    data = {"jurisdiction": "zhejiang", "approved_on": "2022-03-01", "reported_on": "2025-01-01"}
    data |= {"term_years": 5}
    centre = Centre.from_data(data | {"staff": {"headcount": headcount}})
    plan = plan_of(centre, "zhejiang_2022", "2025-01-01")
    keeps_its_word(plan, "zhejiang_2022")
    assert plan.before["staff-2y"].status == "unknown"
    assert plan.after["staff-2y"].status == plan.after["staff-5y"].status == "pass"
    again = plan_of(Centre.from_data(plan.document), "zhejiang_2022", "2025-01-01")
    assert not {"staff-2y", "staff-5y"} & {rule for step in again.steps for rule in step.rules}


def test_a_number_of_an_earlier_day_is_not_held_against_a_later_one() -> None:
    data = changed(contributions=[{"date": "2022-04-01", "amount": "30亿元", "payer": "host"}])
    plan = plan_of(Centre.from_data(data), "zhejiang_2022", "2027-04-01")
    keeps_its_word(plan, "zhejiang_2022")
    by_rule = {rule: step for step in plan.steps for rule in step.rules}
    assert plan.steps[0].at == "reported_on"
    for rule in ("staff-5y", "teams-5y", "incubated-term-end", "served-term-end"):
        assert (plan.before[rule].status, by_rule[rule].kind) == ("unknown", "data"), rule


@pytest.mark.parametrize("number", [0, [{"date": "2022-12-31", "value": 0}]])
def test_what_builds_on_data_brought_up_to_date_is_not_tried_without_it(number: object) -> None:
    """A number of the day that the data spoke for is parted from that of today, which is then added; one that
    is said of the day after stays as it is."""
    data = {
        "forward_looking_field": True,
        "staff": {"technical_support": number},
        "approved_on": "2020-02-29",
        "term_years": 5,
        "reported_on": "2022-12-30",
    }
    centre = Centre.from_text(json.dumps(data))
    keeps_its_word(plan_of(centre, "national_2017", "2025-04-09"), "national_2017")


def test_what_serves_a_rule_is_not_sought_on_data_that_is_not_up_to_date() -> None:
    """Where others do the work of a step that is left out, those that remain are asked which of them do."""
    data = {
        "approved_on": "2020-02-29",
        "term_years": 3,
        "fiscal_spending": [],
        "outputs": {"incubated_enterprises": 9},
        "reported_on": "2021-01-01",
    }
    plan = plan_of(Centre.from_text(json.dumps(data)), "zhejiang_2022", "2023-12-31")
    keeps_its_word(plan, "zhejiang_2022")
    assert plan.steps[0].at == "reported_on"


@pytest.mark.parametrize(
    ("ruleset", "as_of", "data", "planned"),
    [
        (  # whether there is product income is open until the kind of the income is supplied
            "national_2020",
            "2025-06-30",
            {"category": "field", "reported_on": "2025-06-30", "income": [{"year": 2024, "amount": "1亿元"}]},
            "no-product-business",
        ),
        (  # the number that failed was that of the day with which the data ends
            "zhejiang_2022",
            "2025-06-30",
            {"reported_on": "2024-03-01", "term_years": 5, "staff": {"headcount": 200}, "evaluations": []},
            "annual-evaluation",
        ),
    ],
)
def test_what_is_done_as_planned_gets_no_further_plan(
    ruleset: str, as_of: str, data: dict[str, Any], planned: str
) -> None:
    data |= {"jurisdiction": ruleset.split("_")[0], "approved_on": "2022-03-01"}
    plan = plan_of(Centre.from_data(data), ruleset, as_of)
    keeps_its_word(plan, ruleset)
    assert planned in {rule for step in plan.steps for rule in step.rules}
    assert plan_of(Centre.from_data(plan.document), ruleset, as_of).steps == ()


@pytest.mark.parametrize(("ruleset", "seed"), [("jiangsu_2020", 2116), ("national_2017", 5076)])
def test_random_centres_get_one_plan(ruleset: str, seed: int) -> None:
    rules, rng = load_ruleset(ruleset), random.Random(f"{ruleset}{seed}")
    data, _ = random_centre(rules, rng)
    as_of = {2116: "2022-02-11", 5076: "2017-12-17"}[seed]
    plan = plan_of(Centre.from_data(data), ruleset, as_of, encouraged=True)
    keeps_its_word(plan, ruleset)
    assert plan_of(Centre.from_data(plan.document), ruleset, as_of, encouraged=True).steps == ()


def test_a_step_of_which_a_later_round_does_the_work_is_left_out() -> None:
    """Two hosts were sought to build together, and in a later round a third that is an enterprise."""
    data, _ = random_centre(load_ruleset("zhejiang_2022"), random.Random("zhejiang_202230011"))
    plan = plan_of(Centre.from_data(data), "zhejiang_2022", "2026-08-09", exemptions=True)
    keeps_its_word(plan, "zhejiang_2022")
    for step in (step for step in plan.steps if step.at == "hosts"):
        left = (edit for other in plan.steps if other is not step for edit in other.edits)
        without = check(apply(document_of(Centre.from_data(data)), left), "zhejiang_2022", as_of="2026-08-09")
        assert any(f.counts and f.status != plan.after[f.rule].status for f in without), step.text.en


def test_money_that_counts_nowhere_needs_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a day after that with which the data ends, several kinds of payers were given to the solver."""
    monkeypatch.setattr("tic_rules.analysis.plan.choice._Model", None)
    data = {"jurisdiction": "national", "category": "field", "approved_on": "2022-03-01"}
    paid = [{"date": "2023-01-01", "amount": "1亿元", "payer": "finance"}]
    centre = Centre.from_data(data | {"reported_on": "2023-06-30", "contributions": paid})
    plan = plan_of(centre, "national_2020", "2024-06-30", keep=["reported_on"])
    (why,) = [rest.why.en for rest in plan.open if rest.rule == "diversified-funding"]
    assert why.startswith("the data ends on 2023-06-30")


def test_the_report_of_each_year_is_due_on_its_own_day() -> None:
    data = document_of(Centre.from_file(EXAMPLE.parent / "jiangsu.yaml"))
    data |= {"reported_on": "2026-04-26", "reports": [], "incomplete": ["reports"]}
    plan = plan_of(Centre.from_data(data), "jiangsu_2020", "2026-04-26")
    due = {(step.rules[0], step.edits[0].value["year"]): step.by for step in plan.steps}
    assert due == {
        (rule, year): date(2026, 12, 31) if year == 2025 else None  # of the others the day is past
        for rule in ("annual-report", "annual-report-local")
        for year in (2022, 2023, 2024, 2025)
    }


@pytest.mark.parametrize("format_", ["text", "html"])
def test_there_is_something_to_do_while_something_is_left_open(format_: str) -> None:
    data = changed(fields=["古生物学"])
    plan = make_plan(Centre.from_data(data), load_ruleset("zhejiang_2022"), date(2026, 6, 30))
    assert plan.lost
    assert "There is nothing to do" not in render([replace(plan, steps=())], format_, "en")
    assert "There is nothing to do" in render([replace(plan, steps=(), lost=(), open=())], format_, "en")


def test_an_exemption_is_sought_only_when_asked_for() -> None:
    plan = plan_of(Centre.from_file(EXAMPLE), "zhejiang_2022", "2026-06-30", exemptions=True)
    assert plan.after["investment-2y"].status == "exempted"
    assert plan.verdict == "non_compliant", "what was due by approval is too late"
    assert [step.rules for step in plan.steps if step.kind == "exemption"] == [("investment-2y",)]


@pytest.mark.parametrize("of_a_file", [False, True])
def test_an_answer_of_today_does_not_undo_a_deadline_that_is_past(of_a_file: bool) -> None:
    """Who is not independent when the term ends can become so, and has missed the day all the same."""
    data = changed(legal__independent=False, reported_on="2027-06-30")
    centre = Centre.from_data(data)
    if of_a_file:
        centre = Centre.from_text(json.dumps(plain(centre)))
    plan = plan_of(centre, "zhejiang_2022", "2027-06-30")
    keeps_its_word(plan, "zhejiang_2022")
    (step,) = (step for step in plan.steps if step.at == "legal.independent")
    assert step.rules == ("legal-entity",)
    assert step.edits[0].value == [
        {"date": "2027-03-01", "value": False},
        {"date": "2027-06-30", "value": True},
    ]
    assert plan.after["legal-entity"].status == "pass"
    assert plan.after["legal-transition"].status == "fail"
    assert "legal-transition" in {rest.rule for rest in plan.lost}


def test_an_answer_of_today_waits_for_data_that_reaches_today() -> None:
    """The data cannot be brought up to date without an answer on what was due in between."""
    plan = plan_of(Centre.from_data(changed(legal__independent=False)), "zhejiang_2022", "2027-06-30")
    keeps_its_word(plan, "zhejiang_2022")
    (rest,) = (rest for rest in plan.open if rest.rule == "legal-entity")
    assert rest.why.zh == "数据只到2026年6月30日，需要先更新，更新后再作安排"


def test_what_is_kept_is_not_touched_and_another_way_is_taken() -> None:
    data = changed(legal__independent=False, legal__separate_assets=False)
    free = plan_of(Centre.from_data(data), "zhejiang_2022", "2026-06-30")
    assert {edit.path for edit in free.edits if edit.path[0] == "legal"} == {("legal", "independent")}
    assert [other.rule for other in free.alternatives] == ["legal-entity"]
    told = free.as_dict()
    paths = [one["path"] for way in (*told["steps"], *told["alternatives"]) for one in way["changes"]]
    assert all(path.startswith("/") for path in paths), "of a step and of another way alike"
    kept = plan_of(Centre.from_data(data), "zhejiang_2022", "2026-06-30", keep=["legal.independent"])
    assert {edit.path for edit in kept.edits if edit.path[0] == "legal"} == {("legal", "separate_assets")}
    assert "legal-transition" in {rest.rule for rest in kept.open}
    nothing = plan_of(Centre.from_data(data), "zhejiang_2022", "2026-06-30", keep=["legal"])
    assert not [edit for edit in nothing.edits if edit.path[0] == "legal"]


def test_a_cost_moves_the_choice() -> None:
    dear = plan_of(Centre.from_file(EXAMPLE), "zhejiang_2022", "2026-06-30", costs={"contributions.city": 50})
    assert [step.at for step in dear.steps if step.kind == "money"] == ["contributions.county"]
    labs = changed(services__joint_laboratories=0, services__contract_research=0)
    first = plan_of(Centre.from_data(labs), "zhejiang_2022", "2026-06-30")
    assert "services.joint_laboratories" in {step.at for step in first.steps}
    second = plan_of(
        Centre.from_data(labs), "zhejiang_2022", "2026-06-30", costs={"services.joint_laboratories": 3}
    )
    assert "services.contract_research" in {step.at for step in second.steps}
    assert second.cost == first.cost


def test_nothing_is_asked_for_a_rule_that_does_not_apply_once_the_data_is_up_to_date() -> None:
    """Of no fiscal money spent, none has to be spent on research; the plan asked for 10,000 yuan of it."""
    data = {
        "jurisdiction": "zhejiang", "approved_on": "2024-03-01", "reported_on": "2025-06-30",
        "fiscal_spending": [],
    }  # fmt: skip
    plan = plan_of(Centre.from_data(data), "zhejiang_2022", "2026-06-30")
    assert plan.before["fiscal-main-use"].status == "unknown"
    assert plan.after["fiscal-main-use"].status == "not_applicable"
    assert all("fiscal-main-use" not in step.rules for step in plan.steps)
    assert all(not step.at.startswith("fiscal_spending") for step in plan.steps)
    keeps_its_word(plan, "zhejiang_2022")


def test_the_solver_finds_the_least_where_one_payer_alone_is_not_enough() -> None:
    """Host and builders must stay the largest payer, and the city owes twice the province: no single payer
    meets all."""
    entries = [
        {"date": "2022-04-01", "amount": "3亿元", "payer": "host"},
        {"date": "2022-05-01", "amount": "5000万元", "payer": "province", "purpose": "subsidy"},
        {"date": "2023-05-01", "amount": "2000万元", "payer": "city", "purpose": "subsidy"},
        {"date": "2024-02-01", "amount": "7亿元", "payer": "finance"},
    ]
    plan = plan_of(Centre.from_data(changed(contributions=entries)), "zhejiang_2022", "2026-06-30")
    assert plan.chosen_by == "z3"
    assert plan.after["builders-main-funder"].status == plan.after["investment-5y"].status == "pass"
    added = [
        Centre.from_data({"contributions": [e.value]}).contributions[0].amount.low
        for e in plan.edits
        if e.path == ("contributions",)
    ]
    assert (
        sum(added) == 25_0000_0000 - 10_7000_0000
    )  # of which the city owes 80 million: nothing beyond the gap is planned
    keeps_its_word(plan, "zhejiang_2022")


@pytest.mark.parametrize(("few", "by"), [(0, "z3"), (1_000, "direct")])
def test_no_choice_is_cheaper_than_the_one_that_is_made(
    monkeypatch: pytest.MonkeyPatch, few: int, by: str
) -> None:
    """Against every combination of ways, on small made-up rules that share changes and numbers to be
    reached; of few combinations without a solver."""
    monkeypatch.setattr("tic_rules.analysis.plan.choice.FEW", few)
    rng = random.Random(4)
    used = set()
    for _ in range(60):
        pool = [
            change(
                "paper",
                f"p{n}",
                (Edit("set", (f"p{n}",), True),),
                Text("", ""),
                size=Fraction(rng.randint(0, 5), 5),
            )
            for n in range(5)
        ]
        pool += [
            change(
                "people",
                f"n{n % 2}",
                (Edit("set", (f"n{n % 2}",), n),),
                Text("", ""),
                size=Fraction(n, 4),
                level=(f"n{n % 2}", date(2024, 1, 1), n),
            )
            for n in range(4)
        ]
        rules = [
            Open(
                f"r{n}",
                None,
                tuple(Way(tuple(rng.sample(pool, rng.randint(1, 3)))) for _ in range(rng.randint(1, 3))),
            )
            for n in range(4)
        ]
        costs = Costs({"p0": Fraction(3), "n1": Fraction(1, 2)})
        made = choose(rules, (), {}, costs)
        assert made is not None
        used.add(made.chosen_by)
        price = {
            picks: _price(rules, picks, costs)
            for picks in product(*(range(len(rule.ways)) for rule in rules))
        }
        assert price[made.ways] == min(price.values())
    assert used == {by}


def _price(rules: list[Open], picks: tuple[int, ...], costs: Costs) -> Fraction:
    """What the chosen ways cost: a shared change once, of several numbers to be reached the largest."""
    taken = {
        made.key: made for rule, pick in zip(rules, picks, strict=True) for made in rule.ways[pick].changes
    }
    highest: dict[str, Fraction] = {}
    total = Fraction(0)
    for made in taken.values():
        if made.level is None:
            total += costs.of(made)
        else:
            highest[made.at] = max(highest.get(made.at, Fraction(0)), costs.of(made))
    return total + sum(highest.values(), Fraction(0))


@pytest.mark.parametrize(
    ("ruleset", "rule", "more"),
    [
        ("national_2020", "diversified-funding", {"hosts": [{"type": "enterprise"}]}),
        (
            "national_2017",
            "enterprise-main-funder",
            {"hosts": [{}], "contributions": [{"amount": {"at_most": "9999万元"}}]},
        ),
    ],
)
def test_money_is_found_where_other_steps_change_what_a_payer_counts_as(
    ruleset: str, rule: str, more: dict[str, Any]
) -> None:
    """Another host of another type, or a type that is supplied: the money of a host was of no kind, or of
    another one."""
    data = {"jurisdiction": "national", "applied_on": "2020-10-03", "approved_on": "2021-01-01", **more}
    plan = plan_of(Centre.from_data(data), ruleset, "2021-04-27")
    keeps_its_word(plan, ruleset)
    assert plan.before[rule].status == "unknown"
    assert plan.after[rule].status == "pass"


def test_whole_units_meet_what_the_amounts_of_the_solver_met() -> None:
    """What one pays beside another is rounded up for both: with a unit of each, 1208.34 to 1208.333 fell
    short."""
    host, other = (
        Template("contributions", f"contributions.{who}", {"payer": who}) for who in ("host", "other")
    )
    sums = (
        Sum("most", "contributions", Fraction(-3333_3332), (Fraction(UNIT), Fraction(-UNIT))),
        Sum("total", "contributions", Fraction(-24_1666_6665), (Fraction(UNIT), Fraction(UNIT))),
    )
    rules = [Open(total.rule, None, (Way((), (total,)),)) for total in sums]
    costs = Costs({"contributions.host": Fraction(2)})
    made = choose(rules, (), {"contributions": (host, other)}, costs)
    assert made is not None
    assert made.chosen_by == "z3"
    paid = {one.template.record["payer"]: one.amount for one in made.amounts}
    assert paid["host"] >= paid["other"] + 3333_3332
    assert 24_1666_6665 <= paid["host"] + paid["other"] < 24_1666_6665 + 3 * UNIT


def test_without_the_solver_a_plan_without_a_choice_is_made_and_one_with_a_choice_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def no_z3(name: str, *args: Any, **more: Any) -> Any:
        if name == "z3":
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", no_z3)
    assert plan_of(Centre.from_file(EXAMPLE), "zhejiang_2022", "2026-06-30").chosen_by == "direct"
    with pytest.raises(UsageError, match=r"tic-rules\[prove\]"):
        plan_of(Centre.from_data(changed(contributions=[])), "zhejiang_2022", "2022-06-30")


def test_amounts_never_shrink() -> None:
    over = changed(
        contributions=[
            {"date": "2022-04-01", "amount": "30亿元", "payer": "host"},
            {"date": "2023-01-01", "amount": "3亿元", "payer": "province"},
        ]
    )
    plan = plan_of(Centre.from_data(over), "zhejiang_2022", "2026-06-30")
    assert "provincial-subsidy-cap" in {rest.rule for rest in plan.lost}
    for edit in plan.edits:
        assert edit.path[0] != "contributions" or edit.op == "append"


def test_no_step_is_shown_that_changes_nothing() -> None:
    money = [{"date": "2023-04-01", "amount": "9亿元", "payer": payer} for payer in ("host", "province")]
    data = changed(contributions=money, hosts=[{"name": "示例集团", "leading": True}])
    for centre, ruleset, as_of in (
        (data, "zhejiang_2022", "2026-06-30"),
        (
            document_of(Centre.from_file(EXAMPLE.parent / "real" / "nat-rail.yaml")),
            "national_2017",
            "2021-03-15",
        ),
    ):
        plan = plan_of(Centre.from_data(centre), ruleset, as_of)
        keeps_its_word(plan, ruleset)
        for step in (step for step in plan.steps if step.edits and step.kind != "judgement"):
            left = (edit for other in plan.steps if other is not step for edit in other.edits)
            without = check(apply(document_of(Centre.from_data(centre)), left), ruleset, as_of=as_of)
            assert any(f.counts and f.status != plan.after[f.rule].status for f in without), step.text.en
    moot = [step for step in plan.steps if "multi-party" in step.rules]
    assert {step.at for step in moot} == {
        "governance.board.members"
    }  # made for the board, and named for both


def test_a_way_is_tried_again_when_what_stood_against_it_is_gone() -> None:
    paid = [{"date": "2023-06-01", "amount": amount, "payer": payer}
            for amount, payer in (("1亿元", "host"), ("3亿元", "city"))]  # fmt: skip
    data = {
        "name": "国家示例技术创新中心", "jurisdiction": "national", "reported_on": "2024-12-30",
        "approved_on": "2023-03-01", "term_years": 3, "contributions": paid,
        "hosts": [{"name": "甲集团", "type": "enterprise", "leading": True}],
        "builders": [{"name": "乙大学", "type": "university"}],
    }  # fmt: skip
    plan = plan_of(Centre.from_data(data), "national_2017", "2024-12-30")
    keeps_its_word(plan, "national_2017")
    (money,) = [step for step in plan.steps if step.kind == "money"]
    assert (money.rules, money.edits[0].value["amount"]) == (("enterprise-main-funder",), "2亿元")


def test_no_income_is_added_to_a_year_that_is_over() -> None:
    kinds = (("technical_services", "5000万元"), ("competitive_projects", "8000万元"))
    told = [{"year": 2025, "kind": kind, "amount": amount} for kind, amount in kinds]
    plan = plan_of(Centre.from_data(changed(income=told)), "zhejiang_2022", "2026-06-30")
    keeps_its_word(plan, "zhejiang_2022")
    assert not [edit for edit in plan.edits if edit.path[0] == "income"]
    assert "technical-income-main" in {rest.rule for rest in plan.open}


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(UsageError, match=r"legal\.form"):
        plan_of(Centre.from_file(EXAMPLE), "zhejiang_2022", "2026-06-30", keep=["legal.form"])


# --- the changed file ---------------------------------------------------------------------------------------


def test_a_patch_keeps_comments_and_says_what_the_plan_says() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    plan = plan_of(Centre.from_file(EXAMPLE), "zhejiang_2022", "2026-06-30")
    patched = patch_text(text, "centre.yaml", plan.edits)
    assert [line.split("#", 1)[1] for line in text.splitlines() if "#" in line] == [
        line.split("#", 1)[1] for line in patched.splitlines() if "#" in line
    ]
    again = check(Centre.from_text(patched), "zhejiang_2022", as_of="2026-06-30")
    assert [finding.status for finding in again] == [finding.status for finding in plan.after]


TEXTS = {
    "block": "a:   # why\n  - {x: 1}   # first\nlast: null   # unknown\n",
    "indented": "staff:\n  # people\n  headcount: 3 # now\n\n# end\n",
    "flow": "a: [{x: 1}]\nstaff: {headcount: 3}\n",
    "empty": "a: []\nstaff: {}\nlast:\n",
    "open end": "a:\n  - x: 1\n    y: |\n      text\n      more\n",
    "no newline": "staff:\n  teams: 2",
    "at its key": "staff:\n  headcount:\n  - {value: 3} # then\n  teams: 2\na:\n- x: 1\nlast:\n- y\n",
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "edit",
    [
        Edit("append", ("a",), {"x": 2, "by": "（单位）"}),
        Edit("set", ("staff", "headcount"), 800),
        Edit("set", ("last",), "yes"),
        Edit("set", ("fresh", "deep", "1.1"), True),
        Edit("append", ("list",), "一（二）: 3"),
        Edit("set", ("staff", "headcount"), [{"date": "2022-01-01", "value": 3}]),
    ],
    ids=lambda edit: edit.key,
)
def test_an_edit_of_a_text_does_what_it_does_to_the_data(name: str, edit: Edit) -> None:
    text = TEXTS[name]
    changed_text = patch_text(text, "file.yaml", [edit])  # reads the result again and compares
    assert changed_text != text
    assert [line.split("#")[1] for line in text.splitlines() if "#" in line] == [
        line.split("#")[1] for line in changed_text.splitlines() if "#" in line
    ]


def test_json_stays_json() -> None:
    text = '{"a": [], "staff": {"headcount": 3},\n "last": null}\n'
    edits = [
        Edit("append", ("a",), {"x": "y"}),
        Edit("set", ("staff", "headcount"), 800),
        Edit("set", ("new", "key"), "文字"),
    ]
    assert json.loads(patch_text(text, "c.json", edits)) == {
        "a": [{"x": "y"}],
        "staff": {"headcount": 800},
        "last": None,
        "new": {"key": "文字"},
    }


def test_a_document_written_from_the_model_says_the_same() -> None:
    centre = Centre.from_file(EXAMPLE)
    again = check(plain(centre), "zhejiang_2022")
    assert [(f.rule, f.status, f.observed) for f in again] == [
        (f.rule, f.status, f.observed) for f in check(centre, "zhejiang_2022")
    ]


# --- the command --------------------------------------------------------------------------------------------


def run(*args: str) -> Any:
    return CliRunner().invoke(main, ["plan", *args])


def test_the_command_in_each_format(tmp_path: Path) -> None:
    for format_, lang, sign in (
        ("text", "zh", "已经无法做到"),
        ("text", "en", "Can no longer be met"),
        ("markdown", "zh", "| 期限 |"),
        ("html", "en", "<html"),
    ):
        result = run(str(EXAMPLE), "--format", format_, "--lang", lang)
        assert result.exit_code == 0, result.output
        assert sign in result.output
    told = json.loads(run(str(EXAMPLE), "--format", "json").stdout)
    assert told["plans"][0]["verdict"] == {"now": "non_compliant", "planned": "non_compliant"}
    assert all(step["rules"][0]["locator"] for step in told["plans"][0]["steps"])


def test_the_page_tells_no_remedy_of_what_only_awaits_a_judgement() -> None:
    page = run(str(EXAMPLE), "--format", "html", "--lang", "zh").stdout
    assert "提请评审认定：财政资金不得用于禁止的用途" in page
    assert "立即停止并归还" not in page
    assert "按五年投入计划落实各方出资" in page


def test_the_command_writes_the_changed_file_and_never_over_the_centre(tmp_path: Path) -> None:
    target = tmp_path / "planned.yaml"
    assert run(str(EXAMPLE), "--patch", str(target)).exit_code == 0
    assert check(Centre.from_file(target), "zhejiang_2022")["staff-5y"].status == "pass"
    assert run(str(EXAMPLE), "--patch", "-", "--output", str(tmp_path / "plan.txt")).exit_code == 0
    assert "as of 2026" in (tmp_path / "plan.txt").read_text("utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    refused = run(str(own), "--patch", str(own))
    assert refused.exit_code == 2
    assert own.read_text(encoding="utf-8") == EXAMPLE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "args",
    [
        ["no-such-file.yaml"],
        [str(EXAMPLE), "--keep", "nowhere"],
        [str(EXAMPLE), "--cost", "legal=dear"],
        [str(EXAMPLE), "--cost", "legal=²"],
        [str(EXAMPLE), "--cost", f"legal={'1' * 5000}"],
        [str(EXAMPLE), "--patch", "-", "--format", "json"],
        [str(EXAMPLE), "--patch", "-", "--output", "-"],
        [str(EXAMPLE), "--as-of", "2026-13-01"],
    ],
)
def test_what_cannot_be_done_is_told_with_exit_status_2(args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stderr
    assert "Traceback" not in result.stderr
    assert "the program failed" not in result.stderr


# --- on thin data -------------------------------------------------------------------------------------------

REAL = sorted((EXAMPLE.parent / "real").glob("*.yaml"))
IDENTITY = ("jurisdiction", "category", "fields", "forward_looking_field", "stage")


def real_plan(path: Path, **more: Any) -> ActionPlan:
    centre = Centre.from_file(path)
    rules = {"national": "national_2017", "zhejiang": "zhejiang_2022", "jiangsu": "jiangsu_2020"}
    assert centre.speaks_for is not None
    return make_plan(centre, load_ruleset(rules[centre.jurisdiction]), centre.speaks_for, **more)


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_plan_changes_nothing_of_what_a_centre_is_and_invents_no_day(path: Path) -> None:
    plan = real_plan(path)
    places = {edit.path[0] for step in plan.steps for edit in step.edits}
    assert not places & {*IDENTITY, "approved_on", "term_years"}
    for name in IDENTITY:
        assert plan.document.get(name) == document_of(Centre.from_file(path)).get(name)
    planned = {rule for step in plan.steps for rule in step.rules}
    assert all(plan.before[rule].modality in ("must", "in_principle") for rule in planned)
    asked = real_plan(path, encouraged=True)
    assert planned <= {rule for step in asked.steps for rule in step.rules}


def test_a_plan_gives_no_other_field_to_a_centre_whose_field_is_not_listed() -> None:
    data = changed(fields=["古生物学"])
    plan = make_plan(Centre.from_data(data), load_ruleset("zhejiang_2022"), date(2026, 6, 30))
    assert plan.document["fields"] == ["古生物学"]
    whys = [rest.why.zh for rest in (*plan.lost, *plan.open) if "领域" in plan.before[rest.rule].title.zh]
    assert any("不改变" in why for why in whys)


def test_money_for_clauses_without_a_known_day_is_asked_for_once() -> None:
    """The second of two steps named the two-year clause too, which the first met alone."""
    centre = Centre.from_file(EXAMPLE.parent / "real" / "zj-fos.yaml")
    steps = plan_of(centre, "zhejiang_2022", "2022-05-26").steps
    (step,) = [step for step in steps if "investment-5y" in step.rules]
    assert step.text.zh.startswith("资金投入增加25亿元")
    assert "investment-2y" in step.rules


def test_a_sum_is_shared_among_those_whom_each_clause_counts() -> None:
    plan = make_plan(Centre.from_file(EXAMPLE), load_ruleset("zhejiang_2022"), date(2026, 6, 30))
    (money,) = [step for step in plan.steps if step.kind == "money"]
    assert money.rules == ("investment-5y", "municipal-match")  # the second counts cities and counties alone
    assert "由市财政（补助）、县（市、区）财政（补助）分担" in money.text.zh
    wide = [step for step in real_plan(EXAMPLE.parent / "real" / "zj-fos.yaml").steps if step.kind == "money"]
    assert all("依托单位、共建单位" in step.text.zh and "分担" in step.text.zh for step in wide)
    dear = make_plan(
        Centre.from_file(EXAMPLE), load_ruleset("zhejiang_2022"), date(2026, 6, 30),
        costs={"contributions.county": "5"},
    )  # fmt: skip
    assert not any("分担" in step.text.zh for step in dear.steps)


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
@pytest.mark.parametrize("format_", ["text", "markdown", "html"])
def test_a_verdict_that_stays_says_why(path: Path, format_: str) -> None:
    plan = real_plan(path)
    assert plan.before.verdict == plan.verdict
    assert plan.after.waiting.reason.zh in render([plan], format_, "zh")


@pytest.mark.parametrize(
    ("require", "facts"),
    [
        ("{fact: passed, at_least: 1}", "passed: {count: acceptance, where: {result: passed}, unit: piece, "),
        ("{fact: acceptance, every: {result: passed}}", ""),
        ("{fact: spending_entries, some: {audited: {given: true}}}", ""),
    ],
)
def test_what_a_plan_writes_is_data_that_a_check_takes(require: str, facts: str) -> None:
    """The one acceptance of a centre is no list; where any word will do, it is one of the field's."""
    label = "label: {zh: 甲, en: a}}" if facts else ""
    ruleset = small(f"require: {require}", f"facts: {{{facts}{label}}}")
    centre = {"jurisdiction": "zhejiang", "approved_on": "2021-03-01", "reported_on": "2023-06-30"}
    plan = make_plan(Centre.from_data(centre), ruleset, date(2023, 6, 30))
    assert (plan.verdict, check(Centre.from_data(plan.document), ruleset).verdict) == ("compliant",) * 2


def test_money_in_a_list_of_the_rule_files_own_needs_no_word() -> None:
    ruleset = small(
        "by: 7y, require: {fact: devices, at_least: 2000万元}",
        "fields: {devices: {zh: 设备, en: devices, type: entries}, "
        "devices.value: {zh: 原值, en: value, example: 500万元, type: money}}, "
        "lists: {devices: {path: devices}}, "
        "facts: {devices: {label: {zh: 原值, en: value}, sum: value, of: devices, unit: CNY}}",
    )
    centre = {"approved_on": "2022-03-01", "reported_on": "2023-06-30", "devices": [{"value": "500万元"}]}
    plan = make_plan(ruleset.centre_model.from_data(centre), ruleset, date(2023, 6, 30))
    (step,) = plan.steps
    assert (step.kind, step.text) == ("money", Text("设备增加1500万元", "devices: CNY 15 million more"))
    assert (plan.verdict, check(plan.document, ruleset).verdict) == ("compliant",) * 2


def test_a_compliant_centre_has_nothing_to_do() -> None:
    plan = real_plan(EXAMPLE.parent / "jiangsu.yaml")
    assert not plan.steps
    assert plan.verdict == plan.before.verdict == "compliant"


def test_a_word_of_an_entry_is_told_in_chinese() -> None:
    hosts = [{"name": "示例集团", "leading": True}]
    plan = plan_of(Centre.from_data(changed(hosts=hosts)), "zhejiang_2022", "2026-06-30")
    assert "依托（牵头）单位/第1条/单位类型：企业" in [step.text.zh for step in plan.steps]


@pytest.mark.parametrize("format_", ["text", "markdown", "html"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_plan_on_thin_data_begins_with_the_data(format_: str, lang: str) -> None:
    plan = real_plan(EXAMPLE.parent / "real" / "zj-fos.yaml")
    waits = [wait for wait in plan.before.waiting.data if wait.counted]
    told = render([plan], format_, lang)
    head = told.index("先补数据" if lang == "zh" else "Data to supply first")
    first = told.index(f"{waits[0].label.in_(lang)}{'：' if lang == 'zh' else ': '}{waits[0].counted}")
    step = told.index(plan.steps[0].text.in_(lang))
    assert head < first < step
    assert str(len(waits)) in told[head:first]
    known = make_plan(Centre.from_file(EXAMPLE), load_ruleset("zhejiang_2022"), date(2026, 6, 30))
    assert "先补数据" not in render([known], format_, "zh")


@pytest.mark.parametrize("format_", ["text", "markdown", "html"])
def test_entries_of_one_kind_are_asked_for_once(format_: str) -> None:
    plan = real_plan(EXAMPLE.parent / "real" / "zj-fos.yaml")
    one = "承担的科研项目：增加一项（国家重大）"
    assert sum(step.text.zh == one for step in plan.steps) == 2
    for lang, several, single in (
        ("zh", "承担的科研项目：增加2项（国家重大）", one),
        ("en", "research projects: 2 more (national major)", "research projects: one more (national major)"),
    ):
        told = render([plan], format_, lang)
        assert told.count(several) == 1
        assert single not in told
