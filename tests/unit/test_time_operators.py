"""What provinces ask of years, months, parts and entries: a made-up document with adjudicated cases."""

from __future__ import annotations

import random
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tic_rules import (
    Centre,
    RuleSet,
    RuleSetError,
    TicRulesError,
    check,
    check_programme,
    load_ruleset,
    parse_ruleset,
)
from tic_rules.analysis.cases.case import cases_of
from tic_rules.analysis.cases.outcome import outcome_of
from tic_rules.analysis.cases.run import gaps
from tic_rules.analysis.lint import lint
from tic_rules.analysis.plan import make_plan
from tic_rules.analysis.what_if import days_of_change
from tic_rules.core.dates import add_months
from tic_rules.core.numbers import INFINITY, NotANumber, Range, parse_number
from tic_rules.evaluation.derived_numbers import age_of, ratio
from tic_rules.model.conditions import parse_quantity
from tic_rules.model.time import Cycle, DueOn, Shift, Window
from tic_rules.results.labels import describe
from tic_rules.results.parts import Engine

FILE = Path(__file__).parents[1] / "operators" / "example_2024.yaml"
BASE = FILE.parent / "cases" / "example_2024" / "base.yaml"


@pytest.fixture(scope="module")
def example() -> RuleSet:
    return load_ruleset(FILE)


# --- numbers and days -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("30%", Fraction(3, 10)), ("30 ％", Fraction(3, 10)), ("百分之三十", Fraction(3, 10)),
        ("百分之百", 1), ("百分之三十五点五", Fraction(355, 1000)),
        ("百分之1.5", Fraction(3, 200)), ("千分之五", Fraction(1, 200)), ("三分之一", Fraction(1, 3)),
        ("1/3", Fraction(1, 3)), ("三分之二", Fraction(2, 3)), ("三成", Fraction(3, 10)),
    ],
)  # fmt: skip
def test_parts_are_exact(text: str, number: Fraction) -> None:
    assert parse_quantity(text) == number


@pytest.mark.parametrize("text", ["零分之一", "百分之", "三分之", "百分之三十五点", "百分之三五六十"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(text)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        ("2023-01-31", 1, "2023-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2024-01-31", 3, "2024-04-30"),
        ("2024-02-29", 12, "2025-02-28"), ("2024-03-31", -1, "2024-02-29"), ("2024-12-15", 2, "2025-02-15"),
        ("9999-12-01", 1, "9999-12-31"), ("0001-01-05", -1, "0001-01-01"),
    ],
)  # fmt: skip
def test_months_are_those_of_the_calendar(day: str, months: int, after: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(after)


def test_cycles_do_not_drift() -> None:
    cycle = Cycle(months=1, grace=None)
    ends = [cycle.end(date(2024, 1, 31), number) for number in (1, 2, 3)]
    assert ends == [date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]


def test_a_window_of_months_begins_the_day_after() -> None:
    assert Window(months=12).days(date(2024, 2, 29)) == (date(2023, 3, 1), date(2024, 2, 29))
    assert Window(full_years=3).years(date(2024, 12, 31)) == range(2021, 2024)


def test_the_last_of_february_is_a_day_of_the_year() -> None:
    assert DueOn(next_year="02-29").of(2024) == date(2025, 2, 28)
    assert DueOn(next_year="02-29").of(2023) == date(2024, 2, 29)


def test_shifts_go_back_as_they_come() -> None:
    assert Shift(days=30).after(Shift(days=30).after(date(2024, 3, 1)), -1) == date(2024, 3, 1)


def test_an_age_is_exact_at_its_anniversaries() -> None:
    born = date(2020, 2, 29)
    assert age_of(born, date(2021, 2, 28), "year") == 1
    assert age_of(born, date(2021, 2, 27), "year") < 1
    assert 1 < age_of(born, date(2021, 3, 1), "year") < 2
    assert age_of(born, date(2020, 3, 29), "month") == 1
    assert age_of(born, date(2019, 1, 1), "year") == 0


@pytest.mark.parametrize(
    ("of", "to", "part"),
    [
        (Range(1, 1), Range(4, 4), Range(Fraction(1, 4), Fraction(1, 4))),
        (Range(1, 2), Range(4, 8), Range(Fraction(1, 8), Fraction(1, 2))),
        (Range(0, 0), Range(0, 0), Range(0, INFINITY)),
        (Range(1, 1), Range(0, 0), Range(0, INFINITY)),
        (Range(0, INFINITY), Range(2, 2), Range(0, INFINITY)),
        (Range(6, 6), Range(0, 3), Range(0, INFINITY)),  # to 0 it is not known
        (Range(3, 3), Range(1, INFINITY), Range(0, 3)),
    ],
)
def test_a_ratio_of_ranges(of: Range, to: Range, part: Range) -> None:
    assert ratio(of, to) == part


# --- the example ------------------------------------------------------------------------------------------


def _changed(example: RuleSet, **changes: Any) -> Centre:
    centre = Centre.from_file(str(BASE), ruleset=example)
    return centre.model_copy(update=changes)


def test_engines_agree_on_the_example(example: RuleSet) -> None:
    centre = Centre.from_file(str(BASE), ruleset=example)
    for day in ("2022-06-30", "2024-02-01", "2025-03-02", "2027-09-01", "2027-09-02", "2028-06-30"):
        native = check(centre, example, as_of=day)
        assert check(centre, example, as_of=day, engine="compiled").statuses == native.statuses


def test_the_durable_engine_refuses_what_it_cannot_decide(example: RuleSet) -> None:
    pytest.importorskip("durable", reason="needs the extra durable")
    with pytest.raises(TicRulesError, match="filed-changes, second-acceptance"):
        check(Centre.from_file(str(BASE), ruleset=example), example, engine="durable")


def test_tables_refuse_what_they_cannot_say(example: RuleSet) -> None:
    from tic_rules import row_function

    with pytest.raises(TicRulesError, match="filed-changes, second-acceptance, evaluated-in-cycle"):
        row_function(example, ["as_of"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_condition_is_said_in_words(example: RuleSet, lang: str) -> None:
    said = {rule.id: describe(rule.condition, example, lang, rule) for rule in example}
    words = {
        "zh": {
            "services-three-years": "近3个完整年度（成立当年不计）每年：各类收入中，其他收入的占比不超过1/3",
            "filed-changes": "该项：已备案，届时已有备案日期",
            "revoked-after-acceptance": "验收连续2次：验收结论为不通过",
            "support-ceiling": "上年补助不超过补助上限（上年研发投入的20%、500万元中较小的）",
            "one-a-field": "已批复的中心中，每个领域不超过1个",
        },
        "en": {
            "revoked-after-acceptance": "2 of acceptances one after the other: outcome is failed",
            "revoked-after-evaluations": "2 of evaluations (result given) one after the other: "
            "result is unqualified",
            "support-ceiling": "support of last year: at most ceiling of the support "
            "(the smaller of 20% of R&D of last year and CNY 5 million)",
            "one-a-field": "of centres approved, at most 1 for each of fields",
        },
    }[lang]
    assert {rule: said[rule] for rule in words} == words


def test_a_finding_of_cycles_and_entries_names_them(example: RuleSet) -> None:
    finding = check(_changed(example), example, as_of="2028-06-30")["evaluated-in-cycle"]
    assert [(year["of"], year["status"]) for year in finding.years] == [
        ("2025-03-01", "pass"),
        ("2028-03-01", "pass"),
        ("2031-03-01", "pending"),
    ]


@pytest.mark.parametrize(
    ("approved_on", "date", "filed_on", "status", "of"),
    [
        ("2019-06-01", None, "2028-06-01", "unknown", "../.."),  # it passes at both ends of what it may be
        ("2022-03-01", "2024-03", "2024-04-01", "unknown", "2024-03-01/2024-03-31"),
        ("2022-03-01", "2024-03", "2024-03-31", "pass", "2024-03-01/2024-03-31"),
        ("2022-03-01", "2024-03", "2024-04-30", "unknown", "2024-03-01/2024-03-31"),
        ("2022-03-01", "2024-03", "2024-05-01", "fail", "2024-03-01/2024-03-31"),
        # up to 1 December 2019 its time was over before the document came into force
        ("2019-06-01", "2019-12", "2020-03-01", "unknown", "2019-12-01/2019-12-31"),
        ("2019-06-01", "2019-12-01", "2020-03-01", "not_applicable", None),
        ("2019-06-01", "2019-12-02", "2020-03-01", "fail", "2019-12-02"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_an_entry_whose_day_is_not_known_owes_what_all_of_its_days_agree_on(
    example: RuleSet, engine: Engine, approved_on: str, date: str | None, filed_on: str, status: str,
    of: str | None,
) -> None:  # fmt: skip
    day = f"date: {date}, " if date else ""
    text = BASE.read_text("utf-8").replace("approved_on: 2022-03-01", f"approved_on: {approved_on}")
    text = text.replace("changes: []", f"changes: [{{{day}filed: true, filed_on: {filed_on}}}]")
    finding = check(Centre.from_text(text, ruleset=example), example, engine=engine)["filed-changes"]
    assert finding.status == status
    assert [year["of"] for year in finding.years] == ([of] if of else [])
    assert finding.missing == ["/changes/0/date"] * (status == "unknown")


def test_a_plan_names_entries_and_cycles_whose_time_is_past(example: RuleSet) -> None:
    late = "filed: true, filed_on: 2024-12-01"
    changes = f"changes: [{{date: 2024-03-01, {late}}}, {{date: 2024-05-01, {late}}}]"
    text = BASE.read_text("utf-8").replace("changes: []", changes)
    centre = Centre.from_text(text, ruleset=example)
    plan = make_plan(centre, example, date(2027, 9, 1))
    reasons = {lost.rule: lost.why.zh for lost in plan.lost}
    assert reasons["filed-changes"] == "2024年3月1日的一项、2024年5月1日的一项的期限已过"


def test_a_plan_reaches_the_cycle_that_runs(example: RuleSet) -> None:
    centre = Centre.from_file(str(BASE), ruleset=example)
    plan = make_plan(centre, example, date(2028, 6, 30))
    assert (plan.before.verdict, plan.after.verdict) == ("on_course", "compliant")
    (step,) = plan.steps
    assert (step.rules, step.by) == (("evaluated-in-cycle",), date(2031, 3, 1))
    assert not plan.lost


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_an_entry_of_a_wide_span_does_not_pass_for_its_ends(engine: Engine) -> None:
    asked = "require: {entry: {filed: true, filed_on: {done: true}}}"
    text = FILE.read_text("utf-8").replace(asked, "require: {fact: checks, some: {}}")
    ruleset = parse_ruleset(text, "example.yaml")
    base = BASE.read_text("utf-8").replace(
        "checks: [{date: 2027-08-31, outcome: passed}]",
        "checks: [{date: 2022-03-20, outcome: passed}, {date: 2024-06-05, outcome: passed}]",
    )
    for day, status in (
        ("{not_before: 2022-03-01, not_after: 2024-06-01}", "unknown"),
        ("2023-06-01", "fail"),
    ):
        centre = Centre.from_text(base.replace("changes: []", f"changes: [{{date: {day}}}]"), ruleset=ruleset)
        assert check(centre, ruleset, engine=engine)["filed-changes"].status == status


def test_an_entry_that_a_deadline_runs_from_is_cited_and_what_fails_first(example: RuleSet) -> None:
    filed = [f"{{date: 2024-0{month}-01, filed: true, filed_on: 2024-04-20}}" for month in (4, 3)]
    text = BASE.read_text("utf-8").replace("changes: []", f"changes: [{', '.join(filed)}]")
    text = text.replace("{date: 2027-08-31, outcome: passed}", "{date: 2027-08-31, outcome: failed}")
    text = text.replace("accidents: []", "accidents: [{date: 2021, severity: major}]")
    text = text.replace("date: 2020-01-01, value: false", "date: 2020-01-01, value: true")
    report = check(Centre.from_text(text, ruleset=example), example)
    cited = {
        "filed-changes": ["/changes/1", "/changes/0"],
        "second-acceptance": ["/checks/0"],
        "no-accident": ["/dishonest", "/accidents/0", "/applied_on"],
    }
    assert {rule: [place.path for place in report[rule].data] for rule in cited} == cited
    assert {report[rule].place.path for rule in cited} == {"/changes/1", "/checks/0", "/dishonest"}


def test_an_entry_is_told_by_the_days_that_the_data_gives(example: RuleSet) -> None:
    told = {
        "{filed: true, filed_on: 2024-03-31}": ("未写日期的一项", "that without a date"),
        "{date: 2024-03, filed: true, filed_on: 2024-04-01}": (
            "2024年3月1日至2024年3月31日之间的一项", "that between 2024-03-01 and 2024-03-31"),
        "{date: {not_before: 2024-03-01}, filed: true, filed_on: 2024-03-31}": (
            "不早于2024年3月1日的一项", "that not before 2024-03-01"),
        "{date: {not_after: 2024-03-01}, filed: true, filed_on: 2024-03-31}": (
            "不晚于2024年3月1日的一项", "that not after 2024-03-01"),
    }  # fmt: skip
    for entry, (zh, en) in told.items():
        text = BASE.read_text("utf-8").replace("changes: []", f"changes: [{entry}]")
        message = check(Centre.from_text(text, ruleset=example), example)["filed-changes"].message
        assert message.zh.endswith(f"不明{zh}。")
        assert message.en.endswith(f"not known for {en}.")


# --- what a rule file may not say --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "other", "what"),
    [
        ("over: {months: 36}", "over: {months: 36, full_years: 3}", "exactly one of full_years"),
        ("over: {full_years: 1}", "over: {months: 12, founded: registered}", "goes with `full_years`"),
        ("age: registered, unit: year", "age: registered, unit: CNY", "year, month or day"),
        ("age: registered", "age: fixed", "is not a date"),
        ("ratio: {of: rd_3, to: revenue_3}", "ratio: {of: rd_3, to: fixed}", "differ in unit"),
        ("ratio: {of: rd_3, to: revenue_3}", "ratio: {of: rd_part, to: revenue_3}", "made of itself"),
        ("after: term_end}", "after: registered}", "no fact whose entries have dates"),
        ("next_year: 01-31", "next_year: 02-30", "a month and a day"),
        ("cycle: {years: 3}", "cycle: {days: 90}", "years or months"),
        ("where: {outcome: failed}, by: entry", "where: {}, among: {}", "goes with `by: entry`"),
        ("filed: true, filed_on: {done: true}", "filed: {done: true}", "is no day"),
        ("of_each: fields", "of_each: founders", "no attribute founders"),
        ("sum: value, of: equipment", "sum: value, of: equipment, over: {full_years: 1}", "no `over`"),
        ("in_force: {from: 2020-01-01}", "in_force: {from: 2020-01-01, until: 2019-12-31}", "earlier than"),
        ("    quote: 注册满1年", "    new_in: 1.0.1\n    quote: 注册满1年", "later than the version"),
        ("    quote: 注册满1年", "    amount: {sum_of: [fixed]}\n    quote: 注册满1年", "to a consequence"),
        ("    then: {zh: 撤销, en: the centre is revoked}",
            "    then: {zh: 撤销, en: the centre is revoked}\n    amount: {sum_of: [fixed]}", "in CNY"),
        ("{severity: major}", "{severity: major}, permitted: {severity: minor}", "with `open: true`"),
        ("{path: patents, date: granted_on}", "{path: patents, every_year: true}", "needs `year`"),
        ("accidents: {path: accidents, date: date}", "accidents: {path: [accidents, checks], date: date}",
            r"no attribute severity \[unknown"),
        ("{path: equipment}", "{path: equipments}", "no equipments; did you mean equipment?"),
        ("{path: equipment}", "{path: equipment}\n    spare: {path: spare}", "no spare"),
        ("    quote: 注册满1年", "    not_applicable: {zh: 无, en: no}\n    quote: 注册满1年", "with `appl"),
    ],
)  # fmt: skip
def test_faults_are_named(part: str, other: str, what: str) -> None:
    _refused(part, other, what)


ENTRIES = "{fact: accidents_3, none_of: {severity: major}}"
TRUTH = "{fact: dishonest, is: false}"


@pytest.mark.parametrize(
    ("part", "other", "what"),
    [
        (TRUTH, "{fact: dishonest, is: no}", 'never "no"'),
        (TRUTH, "{fact: dishonest, is: 否}", 'never "否"'),
        (TRUTH, "{fact: category, is: true}", "true is not one of"),
        (TRUTH, "{fact: category, among: [field, null]}", "null is not one of"),
        (TRUTH, "{fact: name, given: false}", "only true goes here"),
        ("{severity: major}", "{severity: no}", "no is not one of"),
        ("{severity: major}", "{severity: true}", "true is not one of"),
        ("{severity: major}", "{date: 2024-05-05}", "only `given` or `done`"),
        ("{severity: major}", "{severity: []}", "must not be empty"),
        ("{severity: major}", "{severity: {given: false}}", "what is not given is null"),
        ("{severity: major}", "{severity: {given: true, one_of: [major]}}", "exactly one of one_of"),
        ("{severity: major}", "{severity: {given: true, open: true}}", "goes with one_of only"),
        (ENTRIES, "{fact: changes, some: {filed: no}}", 'never "no"'),
        (ENTRIES, "{fact: changes, some: {any: [{filed: 'false'}]}}", 'never "false"'),
        (ENTRIES, "{fact: changes, some: {filed_on: {done: false}}}", "only true goes here"),
        (ENTRIES, "{fact: parties, some: {name: true}}", "a text that reads so stands in quotes"),
        (ENTRIES, "{fact: projects, some: {name: {done: true}}}", "is no day"),
        (ENTRIES, "{fact: leading_governments, some: {place: x}}", "no attribute place"),
        (ENTRIES, "{fact: targets, some: {year: 2023}}", "only `given`"),
        (ENTRIES, "{fact: indicators, each_of: ['1.1'], has: {targets: x}}", "did you mean target"),
        (ENTRIES, "{fact: indicators, each_of: ['1.1'], has: {target: {done: true}}}", "is no day"),
        ("count: patents, where: {kind: invention}", "count: changes, where: {filed: no}", 'never "no"'),
        ("count: patents, where: {kind: invention}", "count: patents, where: {kind: {done: true}}",
         "is no day"),
    ],
)  # fmt: skip
def test_what_the_data_can_never_hold_is_refused(part: str, other: str, what: str) -> None:
    """It loaded, and a prohibition of it passed whatever the data said."""
    _refused(part, other, what)


@pytest.mark.parametrize(
    "entries",
    [
        "{fact: changes, none_of: {filed: [false, null]}}",
        "{fact: equipment_entries, every: {value: null}}",
        "{fact: parties, some: {name: 'true'}}",
        "{fact: leading_governments, some: {name: {given: true}}}",
    ],
)
def test_what_the_data_can_hold_is_taken(entries: str) -> None:
    more = "    equipment_entries: {label: {zh: 设备, en: equipment}, entries: equipment}\nclauses:"
    text = FILE.read_text("utf-8").replace("clauses:", more, 1)
    assert parse_ruleset(text.replace(ENTRIES, entries, 1))


@pytest.mark.parametrize(
    ("part", "other", "what"),
    [
        ("average: rd, of: annual, over: {full_years: 3, founded: registered}, unit: CNY",
         "average: rd, of: annual, over: {full_years: 3}, unit: person", "is in CNY, not in person"),
        ("sum: amount, of: income, unit: CNY", "sum: amount, of: income, unit: person", "is in CNY"),
        ("count: patents,", "count: patents, of: annual,", "by `count` takes no of"),
        ("stock: people.fixed,", "stock: people.fixed, where: {severity: major},", "takes no where"),
        ("ratio: {of: senior, to: fixed},", "ratio: {of: senior, to: fixed}, over: {full_years: 1},",
         "takes no over"),
        ("sum: value, of: equipment,", "distinct: value, of: equipment, where: {value: null},",
         "takes no where"),
        ("sum: value,", "sum: value, cumulative: true,", "takes no cumulative"),
        ("stock: people.fixed,", "stock: people.fixed, else_count: nosuch,", "unknown list nosuch"),
        ("ratio: {of: senior, to: fixed}, unit: ratio", "smaller: [fixed, 500万元], unit: person",
         "500万元 is an amount of money"),
        ("{times: 百分之二十, fact: rd_last}", "{times: 20万元, fact: rd_last}", "is an amount of money"),
    ],
)  # fmt: skip
def test_a_fact_says_nothing_without_effect(part: str, other: str, what: str) -> None:
    _refused(part, other, what)


@pytest.mark.parametrize(
    ("part", "other", "what"),
    [
        ("ratio: {of: senior, to: fixed}, unit: ratio}",
         "smaller: [second, 5], unit: person}\n"
         "    second: {label: {zh: 二, en: second}, larger: [senior_part, 5], unit: person}",
         "made of itself"),
        ("cycle: {years: 3}", "applies: {entry: {result: {given: true}}}", "goes with a deadline"),
        ("yearly: {looked_for_until: end_of_year}",
         "fails_at_once: {each_year: {full_years: 2, founded: nosuch}, holds: " + TRUTH + "}",
         "is not a date"),
        ("    require: {fact: centres_of_all", "    yearly: {looked_for_until: end_of_year}\n"
         "    require: {fact: centres_of_all", "has no approval"),
        ("    then: {zh: 撤销, en: the centre is revoked}", "    then: {zh: 撤销, en: revoked}\n"
         "    otherwise: {when: {follows: revoked-after-acceptance}, then: {zh: 好, en: good}}",
         "waits for itself"),
        ("equipment: {path: equipment}",
         "equipment: {path: equipment, look_up: {t: {by: nosuch, named: value, units: {}, take: type}}}",
         "no attribute nosuch"),
        ("equipment: {path: equipment}",
         "equipment: {path: equipment, look_up: {t: {by: value, named: value, units: {a: hosts}, take: a}}}",
         "the data has no hosts.a"),
    ],
)  # fmt: skip
def test_what_no_engine_could_decide_is_refused(part: str, other: str, what: str) -> None:
    """It loaded, and lint or an engine ended in an error of its own."""
    _refused(part, other, what)


@pytest.mark.parametrize(
    ("part", "other", "what"),
    [
        ("kind: condition", "kind: consequence", "a consequence has `when`, every other rule `require`"),
        ("    require:", "    then: {zh: 撤销, en: revoked}\n    require:",
         "`then` .* belongs to a consequence"),
        ("    by: application", "    by: application\n    from: approval", "only one of by, from, yearly"),
        ("    by: application", "    from: 3x", "approval, 1y, 2y or term_end is expected"),
        ("    by: application", "    by: application\n    since: 2022-03", "must be exact to the day"),
        ("    by: application", "    items: [{id: a, title: {zh: 甲, en: a}}]",
         "items belong to an attested rule"),
        ("rules: [registered-a-year,", "asks_nothing: {zh: 无, en: none}, rules: [registered-a-year,",
         "a clause lists rules, or says why"),
        ("{fact: area, at_least: 3000}", "{fact: income_each, share_of: [services]}",
         "exactly one of more_than"),
        ("{fact: area, at_least: 3000}", "{fact: income_each, largest: nobody}", "has no group nobody"),
        ("{fact: area, at_least: 3000}", "{fact: area, some: {severity: major}}", "entries is needed here"),
        ("{fact: area, at_least: 3000}", "{fact: equipment_value, latest: date, has: {value: 1}}",
         "entries is needed"),
        ("{fact: area, at_least: 3000}", "{each_year: {months: 3}, holds: {fact: area, at_least: 1}}",
         "needs full_years"),
        (ENTRIES, "{fact: accidents_3, some: [major]}", "a mapping of attributes to values is expected"),
        (ENTRIES, "{fact: accidents_3, some: {severity: {given: maybe}}}", "true or false is expected"),
        ("value: registered_on, type: date", "value: registered_on", "value and type go together"),
        ("stock: people.fixed, unit: person", "unit: person", "a fact needs exactly one reading"),
        ("average: rd, of: annual, over: {full_years: 3, founded: registered}", "average: rd, of: annual",
         "`average` needs over"),
        ("sum: value, of: equipment,", "sum: value,", "the list that is read"),
        ("of: equipment, unit: CNY", "of: equipment", "a number needs a unit"),
        ("ratio: {of: senior, to: fixed}, unit: ratio", "ratio: {of: senior, to: fixed}, unit: person",
         "the unit of a `ratio` is ratio"),
        ("ratio: {of: senior, to: fixed}", "ratio: {of: changes, to: fixed}", "changes is not a number"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(part: str, other: str, what: str) -> None:
    _refused(part, other, what)


@pytest.mark.parametrize("engine", ["native", "compiled"])
def test_a_year_of_a_list_without_years_is_told_by_its_dates(engine: Engine) -> None:
    """One entry of the first year, or from before it, was what every later year owes."""
    text = FILE.read_text("utf-8")
    services = "{fact: income_each, share_of: [services], at_least: 50%}"
    for require in ("{fact: changes, some: {}}", "{fact: investment, at_least: 100万元}"):
        for until, january in (("end_of_year", "fail"), ("{next_year: 01-31}", "pass")):
            own = text.replace(
                f"end_of_year}}\n    require: {services}", f"{until}}}\n    require: {require}"
            )
            ruleset = parse_ruleset(own, "example.yaml")
            for days, statuses in (
                (("2020-05-01",), ("fail", "fail")),
                (("2021-12-31",), ("pass", "fail")),
                (("2021-01-01", "2022-12-31"), ("pass", "pass")),
                (("2022-01-31", "2022-02-01"), (january, "pass")),
            ):
                paid = [{"date": day, "amount": 1_000_000, "payer": "host"} for day in days]
                changes = [{"date": day} for day in days]
                centre = {"approved_on": "2020-03-01", "reported_on": "2023-02-01", "contributions": paid}
                finding = check(
                    Centre.from_data({**centre, "changes": changes}, ruleset=ruleset), ruleset, engine=engine
                )["services-each-year"]
                assert tuple(year.status for year in finding.years) == statuses, (require, until, days)


@pytest.mark.parametrize("engine", ["native", "compiled"])
def test_a_year_that_cannot_count_is_not_asked_for(engine: Engine) -> None:
    """A rule that counts from the approval on asked for figures of the year of the approval."""
    text = FILE.read_text("utf-8")
    rd = "by: application\n    require: {any: [{fact: rd_part, at_least: 3%}, "
    rd += "{fact: rd_average, at_least: 2000万元}]}"
    since = "since: approval\n    require: {fact: rd_3, at_least: 4000万元}"
    assert rd in text
    ruleset = parse_ruleset(text.replace(rd, since), "example.yaml")
    for years, status in (((2021, 2022), "fail"), ((2021,), "unknown")):
        annual = [{"year": year, "rd": 19_999_999} for year in years]
        data = {"approved_on": "2020-03-01", "reported_on": "2023-06-30", "registered_on": "2010-01-01"}
        centre = Centre.from_data({**data, "annual": annual}, ruleset=ruleset)
        finding = check(centre, ruleset, engine=engine)["rd-three-years"]
        assert finding.status == status
        assert finding.missing == (["/annual/year=2022"] if status == "unknown" else [])


@pytest.mark.parametrize("engine", ["native", "compiled"])
@pytest.mark.parametrize("founded", ["", ", founded: registered"])
def test_an_average_is_of_the_years_that_count(founded: str, engine: Engine) -> None:
    """The year of the approval was left out of the amounts and still divided them."""
    text = FILE.read_text("utf-8").replace(
        "average: rd, of: annual, over: {full_years: 3, founded: registered}",
        f"average: rd, of: annual, over: {{full_years: 3{founded}}}",
    )
    rd = "{any: [{fact: rd_part, at_least: 3%}, {fact: rd_average, at_least: 2000万元}]}"
    since = "since: approval\n    require: {fact: rd_average, at_least: 2000万元}"
    assert f"by: application\n    require: {rd}" in text
    ruleset = parse_ruleset(text.replace(f"by: application\n    require: {rd}", since), "example.yaml")
    for amount, approved, status in (
        (20_000_000, "2020-03-01", "pass"),
        (20_000_000, "2020-01-01", "pass"),
        (19_999_999, "2020-03-01", "fail"),
    ):
        annual = [{"year": year, "rd": amount} for year in (2021, 2022)]
        data = {"approved_on": approved, "reported_on": "2023-06-30", "registered_on": "2010-01-01"}
        centre = Centre.from_data({**data, "annual": annual}, ruleset=ruleset)
        assert check(centre, ruleset, engine=engine)["rd-three-years"].status == status


def test_what_otherwise_waits_for_is_decided_first() -> None:
    good = "    otherwise: {when: {follows: revoked-after-evaluations}, then: {zh: 好, en: good}}\n"
    text = FILE.read_text("utf-8").replace("  - id: evaluated-in-cycle", good + "  - id: evaluated-in-cycle")
    ruleset = parse_ruleset(text, "example.yaml")
    centre = Centre.from_file(str(BASE), ruleset=ruleset)
    assert check(centre, ruleset).statuses == check(centre, ruleset, engine="compiled").statuses


def _refused(part: str, other: str, what: str) -> None:
    text = FILE.read_text("utf-8")
    assert part in text
    with pytest.raises(RuleSetError, match=what.replace("{", r"\{")):
        parse_ruleset(text.replace(part, other, 1), "example.yaml")


def test_an_entry_is_asked_only_where_a_deadline_runs_from_it() -> None:
    text = FILE.read_text("utf-8").replace("    by: {days: 30, after: changes}\n", "")
    with pytest.raises(RuleSetError, match="goes with a deadline that runs from entries"):
        parse_ruleset(text, "example.yaml")


# --- entries running, against all orders ------------------------------------------------------------------


def _runs(results: list[bool], many: int) -> bool:
    return any(all(results[at : at + many]) for at in range(len(results) - many + 1))


def test_entries_running_agree_with_the_order_of_exact_days(example: RuleSet) -> None:
    rng, days = random.Random(3), [f"2027-{month:02}-01" for month in range(1, 13)]
    for _ in range(60):
        entries = [
            {"date": day, "outcome": rng.choice(("passed", "failed"))}
            for day in rng.sample(days, rng.choice((1, 2, 3, 5)))
        ]
        text = BASE.read_text("utf-8").replace(
            "checks: [{date: 2027-08-31, outcome: passed}]", f"checks: {entries}".replace("'", "")
        )
        ordered = sorted(entries, key=lambda entry: entry["date"])
        wanted = "fail" if _runs([entry["outcome"] == "failed" for entry in ordered], 2) else "pass"
        centre = Centre.from_text(text, ruleset=example)
        assert check(centre, example).statuses["revoked-after-acceptance"] == wanted


@pytest.mark.parametrize(
    ("over", "years", "said", "expected", "missing"),
    [
        ("", None, "", "unknown", ["/annual", "/annual/year=2027"]),
        ("", (2017, 2018), "", "fail", []),  # years before the approval count as any
        ("", (2017,), "incomplete: [annual]", "unknown", ["/annual", "/annual/year=2027"]),
        ("", (2024, 2026), "", "unknown", ["/annual/year=2025", "/annual/year=2027"]),
        ("", (2024, 2025), "incomplete: [annual]", "fail", []),
        ("", (2027,), "", "pass", []),
        (", over: {full_years: 3}", (2025, 2026, 2027), "", "fail", []),
        (", over: {full_years: 3}", (2023, 2024, 2025), "", "unknown",
         ["/annual/year=2026", "/annual/year=2027"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_calendar_years_running_of_a_list_of_figures(
    engine: Engine, over: str, years: tuple[int, ...] | None, said: str, expected: str, missing: list[str]
) -> None:
    ruleset = _years_running(f"entries: annual{over}", "{}")
    head, tail = BASE.read_text("utf-8").replace("approved_on: 2022", "approved_on: 2027").split("annual:\n")
    annual = "" if years is None else f"annual: [{', '.join(f'{{year: {year}}}' for year in years)}]\n"
    centre = Centre.from_text(head + annual + tail[tail.index("people:") :] + said, ruleset=ruleset)
    finding = check(centre, ruleset, engine=engine)["revoked-after-acceptance"]
    assert (finding.status, finding.missing) == (expected, missing)


def test_of_a_window_each_year_running_has_an_entry_of_its_own() -> None:
    ruleset = _years_running("entries: income, over: {full_years: 3}", "{kind: product_sales}")
    for kinds, expected in (
        ("product_sales other other", "pass"),
        ("other product_sales product_sales", "fail"),
    ):
        income = [f"{{year: {2025 + n}, kind: {kind}}}" for n, kind in enumerate(kinds.split())]
        text = BASE.read_text("utf-8").split("income:")[0] + f"income: [{', '.join(income)}]\n"
        report = check(Centre.from_text(text, ruleset=ruleset), ruleset)
        assert report.statuses["revoked-after-acceptance"] == expected


@pytest.mark.parametrize(
    ("registered_on", "expected", "missing"),
    [
        (None, "unknown", ["/registered_on"]), ("2026", "pass", []),
        ("{not_before: 2026-01-01}", "unknown", ["/registered_on"]),
        ("2027-01-01", "unknown", ["/registered_on"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_each_year_is_not_shown_where_no_year_surely_counts(
    example: RuleSet, engine: Engine, registered_on: str | None, expected: str, missing: list[str]
) -> None:
    said = "" if registered_on is None else f"registered_on: {registered_on}\n"
    text = BASE.read_text("utf-8").replace("registered_on: 2018-05-01\n", said)
    finding = check(Centre.from_text(text, ruleset=example), example, engine=engine)["services-three-years"]
    assert (finding.status, finding.missing) == (expected, missing)


@pytest.mark.parametrize(
    ("read", "asked"),
    [
        ("count: patents, unit: patent", "at_least: 9"), ("entries: patents", "some: {}"),
        ("sum: rd, of: annual, unit: CNY", "at_least: 1"),
        ("entries: annual", "latest: year, has: {rd: {given: true}}"),
    ],
)  # fmt: skip
def test_an_open_founding_is_asked_for(read: str, asked: str) -> None:
    """The entries of a window may count or not by the year of the founding alone."""
    own = (
        f"    own: {{label: {{zh: 近三年, en: own}}, {read}, over: {{full_years: 3, founded: registered}}}}\n"
    )
    text = FILE.read_text("utf-8").replace("    changes: {label:", own + "    changes: {label:")
    text = text.replace("{fact: inventions, at_least: 15}", f"{{fact: own, {asked}}}")
    ruleset = parse_ruleset(text, "example.yaml")
    base = BASE.read_text("utf-8").replace("registered_on: 2018-05-01\n", "")
    finding = check(Centre.from_text(base, ruleset=ruleset), ruleset)["inventions"]
    assert (finding.status, finding.missing) == ("unknown", ["/registered_on"])


def of_one_rule(vocabulary: str, asks: str) -> RuleSet:
    """A rule set of one rule, `few`, with what its vocabulary declares."""
    return parse_ruleset(f"""
id: a
version: 1.0.0
jurisdiction: zhejiang
document: {{title: 甲, title_en: a, in_force: {{from: 2016-01-01}}}}
vocabulary:{vocabulary}
clauses: [{{at: 一, heading: 甲, rules: [few]}}]
rules:
  - {{id: few, at: 一, quote: 甲, topic: goals, kind: condition, modality: must, bearer: centre, {asks},
     title: {{zh: 甲, en: a}}, message: {{zh: 甲, en: a}}, remedy: {{zh: 甲, en: a}}}}
""")


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_window_that_has_not_begun_holds_nothing_whatever_the_founding(engine: Engine) -> None:
    """Before the term ends nothing counts from its end on, nor a year that an open founding may leave out."""
    ruleset = of_one_rule(
        """
  lists: {figures: {path: income, year: year, every_year: true}}
  facts:
    years: {label: {zh: 年, en: years}, unit: piece, distinct: year, of: figures,
            over: {full_years: 3, founded: plan_argued}}""",
        "since: term_end, require: {fact: years, at_most: 1}",
    )
    centre = {"approved_on": "2024-06-30", "term_years": 5}
    for as_of, status in (("2025-01-02", "pass"), ("2031-01-02", "unknown")):
        assert check(centre, ruleset, as_of=as_of, engine=engine)["few"].status == status


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize("over", ["", ", over: latest_full_year"])
def test_figures_of_years_that_cannot_count_yet_are_not_missing(over: str, engine: Engine) -> None:
    """Approved in 2024: figures of 2025 are the first that count, whatever a list that is left out says."""
    fact = f"""
  facts:
    money: {{label: {{zh: 收入, en: income}}, unit: CNY, sum: amount, of: income{over}}}"""
    ruleset = of_one_rule(fact, "since: approval, require: {fact: money, at_most: 100}")
    centre = {"approved_on": "2024-03-01", "incomplete": ["income"]}
    begun = "2026-01-01" if over else "2025-01-01"
    for as_of, status, missing in (("2024-12-31", "pass", []), (begun, "unknown", ["/income"])):
        finding = check(centre, ruleset, as_of=as_of, engine=engine)["few"]
        assert (finding.status, finding.missing) == (status, missing)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_an_open_approval_may_leave_more_years_after_the_founding(engine: Engine) -> None:
    years = "{full_years: 3, founded: plan_argued}"
    asks = f"by: 2y, require: {{each_year: {years}, holds: {{fact: projects, some: {{}}}}}}"
    ruleset = of_one_rule(" {}", asks)
    centre = {
        "approved_on": {"not_before": "2020-12-01", "not_after": "2021-02-01"},
        "procedure": {"plan_argued_on": "2020-05-01"},
        "projects": [{"date": "2021-05-01", "level": "national"}],
        "incomplete": ["projects"],
    }
    finding = check(centre, ruleset, as_of="2026-01-01", engine=engine)["few"]
    assert (finding.status, finding.missing) == ("unknown", ["/approved_on", "/projects"])


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize(
    ("when", "status"), [("since: approval", "fail"), ("from: term_end", "not_applicable")]
)
def test_figures_of_years_running_from_before_do_not_count(when: str, status: str, engine: Engine) -> None:
    """Of entries that have only a year, those of later years count: approved in 2021, from 2022 on."""
    of_sales = "where: {kind: product_sales}"
    asks = f"{when}, require: {{not: {{running: 2, of: product_income, {of_sales}}}}}"
    ruleset = of_one_rule(" {}", asks)

    def found(*years: int, as_of: str = "2024-05-01") -> str:
        income = [{"year": year, "kind": "product_sales", "amount": 1} for year in years]
        centre = {"approved_on": "2021-06-30", "term_years": 3, "income": income}
        return check(centre, ruleset, as_of=as_of, engine=engine)["few"].status

    assert found(2022, 2023) == status
    assert found(2020, 2021) == found(2021, 2022) == ("pass" if status == "fail" else status)
    late = {year: found(year, year + 1, as_of="2027-05-01") for year in (2022, 2023, 2024, 2025)}
    of_term = {2022: "pass", 2023: "pass", 2024: "pass", 2025: "pending"}
    assert late == (dict.fromkeys(late, "fail") if status == "fail" else of_term)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_what_an_open_list_of_the_permitted_may_cover_is_for_a_person_to_judge(engine: Engine) -> None:
    permitted = "permitted: {use: {one_of: [equipment], open: true}}"
    asks = f"require: {{fact: spending_entries, none_of: {{use: donation}}, {permitted}, open: true}}"
    ruleset = of_one_rule(" {}", asks)
    for use, status in (
        ("equipment", "pass"), ("talent", "needs_review"), ("donation", "fail"), (None, "unknown"),
    ):  # fmt: skip
        spending = [{"date": "2023-05-01", "amount": 1, "use": use}]
        centre = {"approved_on": "2022-06-30", "fiscal_spending": spending}
        assert check(centre, ruleset, as_of="2024-06-30", engine=engine)["few"].status == status


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_cycles_of_a_term_that_may_be_long_are_open(engine: Engine) -> None:
    """Approved on the day before, for five years: the first cycle ends when the document is in force."""
    asks = "cycle: {years: 2}, until: term_end, require: {fact: committee_members, some: {}}"
    ruleset = of_one_rule(" {}", asks)
    centre = {"stage": "approved", "governance": {"expert_committee": {"members": []}}}
    days = {"approved_on": "2014-01-01", "term_years": 5}
    for given, status in (({}, "unknown"), (days, "pending")):
        finding = check({**centre, **given}, ruleset, as_of="2014-01-02", engine=engine)["few"]
        assert (finding.status, finding.missing) == (status, [] if given else ["/approved_on", "/term_years"])


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize(("reported_on", "status"), [("2028-12-31", "unknown"), ("2029-01-01", "fail")])
def test_reports_on_a_year_may_come_until_the_as_of_day(
    reported_on: str, status: str, engine: Engine
) -> None:
    running = "{running: 2, of: reports, where: {submitted_on: {done: true}}}"
    ruleset = of_one_rule(" {}", f"require: {{each_year: {{full_years: 3}}, holds: {running}}}")
    centre = {"approved_on": "2023-12-31", "reports": [], "reported_on": reported_on}
    assert check(centre, ruleset, as_of="2029-01-01", engine=engine)["few"].status == status


def test_a_part_of_an_empty_list_names_the_list() -> None:
    ruleset = of_one_rule(
        """
  facts: {part: {label: {zh: 甲, en: a}, unit: ratio, ratio: {of: provincial_subsidy, to: investment}}}""",
        "require: {fact: part, at_most: 1/2}",
    )
    centre = {"approved_on": "2024-06-30", "reported_on": "2026-06-30"}
    for contributions, named in (
        ([], "/contributions"),
        ([{"amount": 0, "date": "2025-01-01", "payer": "host"}], "/contributions/0/amount"),
    ):
        finding = check({**centre, "contributions": contributions}, ruleset)["few"]
        assert (finding.status, finding.missing) == ("unknown", [named])


def test_of_results_of_one_day_that_differ_a_person_has_to_judge(example: RuleSet) -> None:
    checks = [f"{{date: 2027-0{month}-01, outcome: {one}}}" for month, one in ((6, "failed"), (8, "failed"))]
    text = BASE.read_text("utf-8").replace(
        "[{date: 2027-08-31, outcome: passed}]",
        f"[{', '.join(checks)}, {{date: 2027-08-01, outcome: passed}}]",
    )
    report = check(Centre.from_text(text, ruleset=example), example)
    assert report.statuses["revoked-after-acceptance"] == "needs_review"


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("applies: {%s}\n    require: {fact: centres_of_all, none_of: {}}", ("fail", "not_applicable")),
        ("fails_at_once: {not: {%s}}\n    require: {fact: centres_of_all, some: {}}", ("pass", "fail")),
    ],
)
def test_the_fields_of_centres_are_seen_wherever_a_rule_asks_for_them(
    asked: str, wanted: tuple[str, str]
) -> None:
    of_each = "fact: centres_of_all, of_each: fields, at_most: 1"
    text = FILE.read_text("utf-8").replace(f"require: {{{of_each}}}", asked % of_each)
    ruleset = parse_ruleset(text, "example.yaml")
    for fields, expected in zip((("集成电路", "新材料"), ("新材料", "新材料")), wanted, strict=True):
        centre = {"jurisdiction": "example", "stage": "approved", "approved_on": "2022-03-01"}
        centres = [Centre.from_data(centre | {"fields": [field]}, ruleset=ruleset) for field in fields]
        figures = {"jurisdiction": "example", "reported_on": "2026-06-30"}
        assert check_programme(figures, ruleset, centres=centres).statuses["one-a-field"] == expected


def test_a_requirement_is_reached_on_the_first_day_that_shows_it(example: RuleSet) -> None:
    """Ages, windows of months and of years reach a bound on days that the data does not name."""
    reached = {
        ("registered_on: 2018-05-01", "registered_on: 2021-03-15"): ("registered-a-year", "2022-03-15"),
        ("accidents: []", "accidents: [{date: 2020-01-10, severity: major}]"): ("no-accident", "2023-01-10"),
        ("granted_on: 2018", "granted_on: 2021"): ("inventions", "2022-01-01"),
    }
    for (given, other), (rule, day) in reached.items():
        text = BASE.read_text("utf-8").replace(given, other)
        finding = check(Centre.from_text(text, ruleset=example), example)[rule]
        assert (rule, finding.status, finding.reached_on) == (rule, "fail", day)


@pytest.mark.parametrize(
    ("rule", "data", "reached"),
    [
        ("investment-2y", [("2023-01-01", "8亿元"), ("2024-12-05", "2亿元")], "2024-12-05"),
        ("investment-2y", [("2023-01-01", "8亿元"), ("2024-12", "2亿元")], None),
        ("investment-2y",
         [("2023-01-01", "8亿元"), ({"not_before": "2024-03-02", "not_after": "2026-06-30"}, "2亿元")], None),
        ("staff-2y", [("2023-01-01", 10), ("2024-06-07", 900)], "2024-06-07"),
        ("staff-2y", [("2023-01-01", 10), ("2024-06", 900)], None),
        ("staff-2y", [("2023-01-01", 10), ("2024-04", None), ("2024-05-01", 10), ("2024-06-07", 900)], None),
    ],
)  # fmt: skip
def test_a_day_that_is_not_known_exactly_is_not_told(
    rule: str, data: list[tuple[Any, Any]], reached: str | None
) -> None:
    centre: dict[str, Any] = {
        "approved_on": "2022-03-01", "reported_on": "2026-12-31",
        "contributions": [{"date": day, "amount": value, "payer": "host"} for day, value in data],
    }  # fmt: skip
    if rule == "staff-2y":
        headcount = [{"date": day, "value": value} for day, value in data]
        centre |= {"contributions": [], "staff": {"headcount": headcount}}
    finding = check(centre, "zhejiang_2022")[rule]
    assert (finding.status, finding.reached_on) == ("fail", reached)
    assert ("才达到" in finding.message.zh) == (reached is not None)


@pytest.mark.parametrize(("later", "reached"), [([], None), ([("technical_services", 2026)], "2027-01-01")])
def test_what_a_rule_does_not_apply_to_is_not_reached(later: list[Any], reached: str | None) -> None:
    """A year without income is none in which technical services are the main income."""
    income = [("fiscal_subsidy", 2023), *later]
    data = {
        "approved_on": "2022-03-01", "term_years": 2, "reported_on": "2027-06-30",
        "income": [{"kind": kind, "year": year, "amount": "1亿元"} for kind, year in income],
    }  # fmt: skip
    finding = check(data, "zhejiang_2022")["technical-income-main"]
    assert (finding.status, finding.reached_on) == ("fail", reached)


def _years_running(read: str, where: str) -> RuleSet:
    """The example, with a consequence of two calendar years running."""
    own = f"    own: {{label: {{zh: 年度, en: years}}, {read}}}\n    checks: {{label:"
    running = "{running: 2, of: checks, where: {outcome: failed}, by: entry}"
    text = FILE.read_text("utf-8").replace("    checks: {label:", own)
    return parse_ruleset(text.replace(running, f"{{running: 2, of: own, where: {where}}}"), "example.yaml")


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_the_cases_of_the_example_come_out_as_the_clauses_say(example: RuleSet, engine: str) -> None:
    """Each operator at, below and past its bounds, each deadline on its last day and on the next."""
    cases = cases_of(example)
    assert len(cases) == 112
    outcomes = [outcome_of(case, example, engine) for case in cases]
    assert [one.message.en for one in outcomes if not one.passed] == []
    assert gaps(example, outcomes) == []


# --- lint -------------------------------------------------------------------------------------------------


def _lint(text: str) -> list[tuple[str, str]]:
    return [(fault.code, fault.rule or "") for fault in lint(parse_ruleset(text, "example.yaml"))]


def test_the_example_is_clean(example: RuleSet) -> None:
    assert lint(example) == []


@pytest.mark.parametrize(
    ("part", "other", "found"),
    [
        ("full_years: 3}, unit: patent", "full_years: 4}, unit: patent", ("TR309", "inventions")),
        ("over: {months: 36}", "over: {months: 30}", ("TR309", "no-accident")),
        ("fact: rd_last}, 500万元]", "fact: rd_last}, 600万元]", ("TR309", "support-ceiling")),
        ("times: 百分之二十", "times: 百分之三十", ("TR309", "support-ceiling")),
        ("{full_years: 3, founded: registered}, holds", "{full_years: 4}, holds",
            ("TR309", "services-three-years")),
        ("of_each: fields, at_most: 1", "of_each: fields, at_most: 2", ("TR309", "one-a-field")),
        ("over: {months: 36}", "over: {since: 2019-01-01}", ("TR309", "no-accident")),
        ("over: {full_years: 1}, unit: CNY", "over: {months: 20}, unit: CNY", ("TR103", "support-ceiling")),
        ("变更后30日内", "变更后30个工作日内", ("TR310", "filed-changes")),
        ('example: "60"', "example: 约六十", ("TR108", "")),
        ("example: invention", "example: patent", ("TR108", "")),
        ('example: "false"', "example: 否", ("TR108", "")),
        ("next_year: 01-31", "next_year: 02-28", ("TR310", "annual-report")),
        ("{days: 30, after", "{days: 20, after", ("TR310", "filed-changes")),
        ("{months: 6, after: term_end}", "{months: 3, after: term_end}", ("TR310", "acceptance-in-time")),
        ("cycle: {years: 3}", "cycle: {years: 4}", ("TR310", "evaluated-in-cycle")),
        ("{fact: support_last, at_most: {fact: ceiling}}", "{fact: ceiling, at_most: 500万元}",
            ("TR202", "support-ceiling")),
        ("{fact: support_last, at_most: {fact: ceiling}}", "{fact: ceiling, more_than: 500万元}",
            ("TR201", "support-ceiling")),
    ],
)  # fmt: skip
def test_lint_holds_windows_and_deadlines_against_the_quote(
    part: str, other: str, found: tuple[str, str]
) -> None:
    text = FILE.read_text("utf-8")
    assert part in text
    assert found in _lint(text.replace(part, other, 1))


def test_a_day_or_working_days_that_the_reading_settles_raise_no_alarm() -> None:
    text = FILE.read_text("utf-8").replace("over: {months: 36}", "over: {since: 2019-07-01}")
    text = text.replace("近三年按申报之日前36个月计", "自2019年7月1日起计")
    text = text.replace(
        "变更后30日内备案", "变更后20个工作日内备案\n    reading: {zh: 按30日计, en: 30 days}"
    )
    assert _lint(text) == []


# --- days on which findings turn ----------------------------------------------------------------------


def test_findings_turn_only_on_the_days_that_are_looked_at(example: RuleSet) -> None:
    text = BASE.read_text("utf-8").replace(
        "changes: []",
        "changes: [{date: 2023-03-10, filed: false},"
        " {date: 2024-01-15, filed: true, filed_on: 2024-02-20}]",
    ).replace("accidents: []", "accidents: [{date: 2020-05-05, severity: major}]")  # fmt: skip
    centre = Centre.from_text(text, ruleset=example)
    first, last = date(2023, 1, 1), date(2025, 4, 1)
    turning = set(days_of_change(centre, example, first, last))
    assert len(turning) < 200
    before, day = None, first
    while day <= last:
        statuses = dict(check(centre, example, as_of=day, engine="compiled").statuses)
        assert before in (None, statuses) or day in turning, day
        before, day = statuses, day + timedelta(days=1)
