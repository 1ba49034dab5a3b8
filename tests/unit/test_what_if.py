"""What if: changed rules are new rules, changed data is checked data, and a verdict's course misses no
day."""

from __future__ import annotations

import json
import pickle
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from generate import random_centre

from tic_rules import (
    Centre,
    DataError,
    RuleSetError,
    UsageError,
    check,
    check_programme,
    load_ruleset,
    parse_ruleset,
    shipped_ids,
)
from tic_rules.analysis.sweep import sweep
from tic_rules.analysis.what_if import Side, days_of_change, flips, what_if, with_values
from tic_rules.analysis.what_if_words import told_over
from tic_rules.cli import main
from tic_rules.core.numbers import decimal_text
from tic_rules.engines.check import check_subject
from tic_rules.model.document import document_of
from tic_rules.model.programme import Programme

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "zhejiang.yaml"


# --- changed rules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_a_change_that_changes_nothing_gives_an_equal_rule_set(ruleset: str) -> None:
    rules = load_ruleset(ruleset)
    for rule in rules:
        again = rules.with_change(rule.id)
        assert again == rules
        assert again is not rules


def test_a_threshold_is_changed_and_the_old_rule_set_stays() -> None:
    rules = load_ruleset("zhejiang_2022")
    looser = rules.with_change("zhejiang_2022/investment-2y", "8亿元")
    assert looser["investment-2y"].require.at_least == 800_000_000
    assert rules["investment-2y"].require.at_least == 1_000_000_000
    assert looser != rules
    centre = Centre.from_file(EXAMPLE)
    assert check(centre, looser)["investment-2y"].status == "pass"
    assert check(centre, rules)["investment-2y"].status == "fail"
    assert pickle.loads(pickle.dumps(looser)) == looser


def test_a_limit_moves_with_what_fails_at_once() -> None:
    rules = load_ruleset("zhejiang_2022")
    subsidy = rules.with_change("first-year-subsidy", "4000万元")["first-year-subsidy"]
    assert (subsidy.require.equals, subsidy.fails_at_once.more_than) == (40_000_000, 40_000_000)
    count = rules.with_change("programme-count", "12..18")["programme-count"]
    assert (count.require.between, count.fails_at_once.more_than) == ((12, 18), 18)
    assert rules.with_change("municipal-match", 3)["municipal-match"].require.at_least.times == 3


def test_other_parts_of_a_rule_are_changed_by_name() -> None:
    rules = load_ruleset("zhejiang_2022")
    changed = rules.with_change("investment-2y", by="3y", modality="encouraged")["investment-2y"]
    assert (changed.years, changed.modality) == (3, "encouraged")
    labs = rules.with_change("market-services", joint_laboratories=3)["market-services"]
    assert [part.at_least for part in labs.require.any[:2]] == [3, 1]
    assert [part.less_than for part in labs.require.any[2].review.all] == [3, 1]
    other = rules.with_change("board", require={"fact": "board", "is": True})["board"]
    assert other.require.fact == "board"


def test_two_numbers_of_a_rule_are_changed_at_once() -> None:
    both = {"joint_laboratories": 3, "contract_research": 2}
    market = load_ruleset("zhejiang_2022").with_change("market-services", **both)["market-services"]
    assert [part.at_least for part in market.require.any[:2]] == [3, 2]
    assert [part.less_than for part in market.require.any[2].review.all] == [3, 2]


@pytest.mark.parametrize(
    ("args", "parts", "says"),
    [
        (("market-services", 3), {}, "joint_laboratories"),
        (("positioning", 3), {}, "no number"),
        (("investment-2y", "lots"), {}, "not an amount"),
        (("investment-2y", None), {}, "exactly one bound"),
        (("investment-2y",), {"colour": 3}, "can be changed: amount, applies, "),
        (("investment-2y",), {"quote": "x"}, "can be changed"),
        (("investment-2y",), {"by": "never"}, "not a date"),
        (("investment-2y",), {"require": {"fact": "nothing", "at_least": 1}}, "unknown fact"),
        (("staff-2y", "30%"), {}, "a part of a whole"),
        (("staff-2y", "300元"), {}, "an amount of money"),
        (("investment-2y",), {"require": {"fact": "investment", "at_least": "30%"}}, "a part of a whole"),
    ],
)
def test_a_change_that_is_none_says_what_can_be_changed(
    args: tuple[Any, ...], parts: dict[str, Any], says: str
) -> None:
    with pytest.raises(RuleSetError, match=says):
        load_ruleset("zhejiang_2022").with_change(*args, **parts)
    with pytest.raises(KeyError):
        load_ruleset("zhejiang_2022").with_change("no-such-rule", 3)


@pytest.mark.parametrize(
    ("rule", "parts", "code"),
    [
        ("investment-2y", {"require": {"follows": "zzz"}}, "dangling-rule"),
        ("investment-2y", {"require": {"follows": "investment-2y"}}, "dangling-rule"),
        ("delisted-after-two-failures", {"when": {"follows": "delisted-after-two-failures"}}, "cycle"),
        ("investment-2y", {"require": {"fact": "category", "is": "feild"}}, "unknown-word"),
        ("investment-2y", {"require": {"fact": "hosts", "some": {"type": "zzz"}}}, "unknown-word"),
        ("investment-2y", {"require": {"fact": "hosts", "some": {"zzz": "zzz"}}}, "unknown-attribute"),
        ("investment-2y", {"require": {"fact": "name", "at_least": 3}}, "wrong-fact"),
        ("investment-2y", {"require": {"fact": "nothing", "at_least": 3}}, "unknown-fact"),
        ("investment-2y", {"topic": "bogus"}, "unknown-topic"),
    ],
)
def test_a_changed_rule_holds_together_as_one_of_a_file(
    rule: str, parts: dict[str, object], code: str
) -> None:
    with pytest.raises(RuleSetError, match=rule) as refused:
        load_ruleset("zhejiang_2022").with_change(rule, **parts)
    assert refused.value.diagnostics[0].code == code


# --- changed data -------------------------------------------------------------------------------------------


def test_data_is_changed_and_the_centre_stays() -> None:
    centre, rules = Centre.from_file(EXAMPLE), load_ruleset("zhejiang_2022")
    day = date(2026, 6, 30)
    then = with_values(
        centre,
        [
            ("staff.headcount", 800),
            ("contributions+", {"date": "2026-06-30", "amount": "5亿元", "payer": "host"}),
        ],
        rules,
        day,
    )
    result = what_if(Side(centre, rules), Side(then, rules), day)
    assert {
        flip.finding.id: (flip.before.status, flip.after.status)
        for flip in result.flips
        if flip.before and flip.after
    } == {
        "staff-5y": ("pending", "pass"),
        "investment-5y": ("pending", "pass"),
    }
    # The number holds from that day on: what it was on the day of two years stays.
    assert result.after["staff-2y"].status == "pass"
    assert check(centre, rules)["staff-5y"].status == "pending"


@pytest.mark.parametrize(
    ("place", "value", "error"),
    [
        ("staff.heads", 3, DataError),
        ("contributions.99.amount", 1, UsageError),
        (f"contributions.{'9' * 5000}.amount", 1, UsageError),
        ("term_years+", 1, UsageError),
        ("staff.headcount", "many", DataError),
    ],
)
def test_data_that_cannot_be_is_refused(place: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        with_values(
            Centre.from_file(EXAMPLE), [(place, value)], load_ruleset("zhejiang_2022"), date(2026, 6, 30)
        )


# --- through time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ruleset", ["zhejiang_2022", "jiangsu_2020", "national_2017", "national_2020"])
def test_no_day_on_which_something_changes_is_left_out(ruleset: str) -> None:
    rules, rng, tried = load_ruleset(ruleset), random.Random(9), 0
    while tried < 5:
        data, as_of = random_centre(rules, rng)
        try:
            centre = Centre.from_data(data)
        except DataError:
            continue
        tried += 1
        first, last = as_of - timedelta(days=12), as_of + timedelta(days=12)
        looked_at = set(days_of_change(centre, rules, first, last))
        before: list[str] | None = None
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            now = [finding.status for finding in check_subject(centre, rules, day)]
            assert day in looked_at or now == before, day
            before = now


@pytest.mark.parametrize(
    ("require", "turn"),
    [
        ('{fact: plan_age, at_least: "1.5"}', "2023-08-12"),
        ("{fact: meeting_age, at_least: {times: 50%, fact: plan_age}}", "2023-12-20"),
        ("{fact: older, at_least: 1/2}", "2022-08-12"),
    ],
)
def test_an_age_turns_within_a_year(require: str, turn: str) -> None:
    """Half a year, an age held against another, an age that is a part of another number."""
    label = "label: {zh: 甲, en: a}"
    ages = [f"{n}_age: {{age: {day}, unit: year, {label}}}" for n, day in (
        ("plan", "plan_argued"), ("meeting", "executive_meeting"))]  # fmt: skip
    facts = ", ".join([*ages, f"older: {{larger: [plan_age, meeting_age], unit: year, {label}}}"])
    rules = parse_ruleset(
        "{id: x_1, version: 1.0.0, jurisdiction: zhejiang, vocabulary: {facts: {" + facts + "}}, "
        "document: {title: 甲, title_en: a, in_force: {from: 2016-01-01}}, "
        "clauses: [{at: 一, heading: 甲, rules: [r]}], rules: [{id: r, at: 一, quote: 甲, topic: goals, "
        "kind: condition, bearer: centre, modality: must, title: {zh: 甲, en: a}, "
        "message: {zh: 甲, en: a}, remedy: {zh: 甲, en: a}, require: " + require + "}]}"
    )
    met = {"plan_argued_on": "2022-02-10", "executive_meeting_on": "2023-01-15"}
    data = {"jurisdiction": "zhejiang", "approved_on": "2021-03-01", "reported_on": "2026-01-01"}
    centre = Centre.from_data({**data, "procedure": met})
    course = Side(centre, rules).course(date(2022, 3, 1), date(2024, 12, 31))
    assert [one.first.isoformat() for one in course.stretches[1:]] == [turn]


def test_what_is_owed_some_years_after_the_approval_turns_then() -> None:
    rules = load_ruleset("zhejiang_2022").with_change("later-subsidies", from_="3y")
    days = {"approved_on": "2022-05-31", "term_years": 5, "reported_on": "2026-01-01"}
    centre = Centre.from_data({"jurisdiction": "zhejiang", **days})
    course = Side(centre, rules).course(date(2025, 3, 1), date(2025, 8, 1))
    turns = [(turn.day, flip.finding.id) for turn in course.turns for flip in turn.flips]
    assert turns == [(date(2025, 6, 1), "later-subsidies")]


def test_an_approval_on_any_day_turns_where_its_deadlines_reach_the_document() -> None:
    """A deadline before the document came is not owed: two years, and five, before its day."""
    rules, known = load_ruleset("zhejiang_2022"), {"jurisdiction": "zhejiang", "term_years": 5}
    for centre in (known | {"stage": "approved"}, known | {"approved_on": {"not_before": "2016-01-01"}}):
        subject = Centre.from_data({**centre, "reported_on": "2021-06-30"})
        course = Side(subject, rules).course(date(2016, 6, 1), date(2021, 6, 30))
        turns = {flip.finding.id: turn.day for turn in course.turns for flip in turn.flips}
        assert turns["investment-5y"] == date(2017, 1, 14)
        assert turns["investment-2y"] == date(2020, 1, 14)


def test_a_course_says_that_the_clock_is_too_open_to_go_through() -> None:
    span = {"not_before": "2013-01-21", "not_after": "2021-08-19"}
    paid = [{"date": day, "amount": 1, "payer": "host"} for day in ("2016-05-10", "2022-05-27")]
    rules, centre = load_ruleset("zhejiang_2022"), {"jurisdiction": "zhejiang", "contributions": paid}
    for known, told in (({}, True), ({"term_years": 5}, False)):
        side = Side(Centre.from_data({**centre, **known, "approved_on": span}), rules)
        result = what_if(side, side, date(2026, 2, 1), over=(date(2026, 2, 1), date(2026, 2, 20)))
        assert ("too many ways" in str(told_over(result))) == told


def test_the_course_of_five_years() -> None:
    centre, rules = Centre.from_file(EXAMPLE), load_ruleset("zhejiang_2022")
    course = Side(centre, rules).course(date(2022, 3, 1), date(2027, 3, 1))
    assert course.looked_at < 150
    turned = {
        (turn.day, flip.finding.id): (flip.before.status, flip.after.status)
        for turn in course.turns
        for flip in turn.flips
        if flip.before and flip.after
    }
    assert turned[date(2024, 3, 2), "investment-2y"] == ("pending", "fail")
    assert turned[date(2024, 3, 20), "teams-2y"] == ("fail", "exempted")
    due = {(day, finding.id) for day, found in course.due for finding in found}
    assert (date(2024, 3, 1), "investment-2y") in due
    assert (date(2027, 3, 1), "investment-5y") in due
    for earlier, later in zip(course.stretches, course.stretches[1:], strict=False):
        assert later.first == earlier.last + timedelta(days=1)
        assert later.verdict != earlier.verdict
    assert (course.stretches[0].first, course.stretches[-1].last) == (date(2022, 3, 1), date(2027, 3, 1))


def test_what_was_met_in_time_does_not_fall_due() -> None:
    centre, rules = Centre.from_file(ROOT / "examples" / "jiangsu.yaml"), load_ruleset("jiangsu_2020")
    assert (
        not Side(centre, rules).course(date(2021, 6, 18), date(2025, 12, 31)).due
    )  # each report came in weeks
    late = document_of(centre)
    late["reports"] = [report for report in late["reports"] if report["year"] not in ("2022", "2023")]
    course = Side(Centre.from_data(late), rules).course(date(2021, 6, 18), date(2025, 12, 31))
    assert [(day, [finding.id for finding in findings]) for day, findings in course.due] == [
        (date(year, 12, 31), ["annual-report", "annual-report-local"]) for year in (2023, 2024)
    ]  # the second too, though the first was missed


def test_flips_name_rules_of_one_side_only() -> None:
    centre = Centre.from_file(EXAMPLE)
    found = flips(check(centre, "zhejiang_2022"), check(centre, "national_2020"))
    sides = {flip.finding.rule: (flip.before is None, flip.after is None) for flip in found}
    assert sides["zhejiang_2022/investment-2y"] == (False, True)
    assert sides["national_2020/category"] == (True, False)


# --- the command --------------------------------------------------------------------------------------------


def run(*args: str) -> Any:
    return CliRunner().invoke(main, ["what-if", *args])


def test_the_command_tells_what_changes() -> None:
    result = run(
        str(EXAMPLE),
        "--rule",
        "zhejiang_2022/investment-2y=8亿元",
        "--set",
        "staff.headcount=800",
        "--format",
        "json",
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)["what_if"][0]
    assert {change["rule"].split("/")[1] for change in told["changes"]} == {"investment-2y", "staff-5y"}
    text = run(str(EXAMPLE), "--over", "2024-01-01..2024-12-31", "--as-of", "2024-03-02", "--lang", "zh")
    assert text.exit_code == 0, text.output
    assert "待完成 → 不符合" in text.output
    assert "到期：" in text.output


def test_a_finding_that_no_longer_counts_is_one_that_changes() -> None:
    asked = [str(EXAMPLE), "--rule", "zhejiang_2022/investment-2y.modality=encouraged"]
    (told,) = json.loads(run(*asked, "--format", "json").stdout)["what_if"]
    (change,) = told["changes"]
    assert (change["before"], change["after"], change["counts"]) == ("fail", "fail", False)
    assert "不符合（影响结论） → 不符合" in run(*asked, "--lang", "zh").output


def test_a_folder_and_a_whole_rule_file(tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"c{number}.yaml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    rules = tmp_path / "draft" / "rules.yaml"
    rules.parent.mkdir()
    rules.write_text(
        (ROOT / "rules" / "zhejiang_2022.yaml")
        .read_text(encoding="utf-8")
        .replace("at_least: 800}", "at_least: 500}"),
        encoding="utf-8",
    )
    result = run(str(tmp_path / "c0.yaml"), str(tmp_path / "c1.yaml"), "--rule", str(rules), "--lang", "en")
    assert result.exit_code == 0, result.output
    assert result.output.count("pending → pass") == 2
    assert "2 verdicts: 0 change, and 2 findings change" in result.output


def test_a_span_of_time_that_is_too_long_is_told_how_long_it_may_be() -> None:
    for last, code in (("2082-03-01", 0), ("2082-03-02", 2)):
        said = run(str(EXAMPLE), "--over", f"2022-03-01..{last}", "--lang", "en")
        assert (said.exit_code, "60 years at most" in said.output) == (code, code == 2)


@pytest.mark.parametrize(
    "args",
    [
        [str(EXAMPLE), "--set", "staff.headcount"],
        [str(EXAMPLE), "--rule", "zhejiang_2022/none=3"],
        [str(EXAMPLE), "--rule", "diversified-funds=3"],
        [str(EXAMPLE), "--rule", "jiangsu_2020/term-length=3"],
        [str(EXAMPLE), "--over", "2024"],
        [str(EXAMPLE), "--over", "2027-01-01..2024-01-01"],
        ["no-such-file.yaml", "--set", "staff.headcount=1"],
    ],
)
def test_what_cannot_be_done_is_told_with_exit_status_2(args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stderr
    assert "Traceback" not in result.stderr


# --- a threshold moved from end to end ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "ends", "between"),
    [
        (
            "investment-2y",
            "5亿元..12亿元",
            [600_000_000, 849_999_999, 850_000_000, 850_000_001, 1_100_000_000],
        ),
        ("staff-2y", "100..800", [101, 319, 320, 321, 500]),
        ("municipal-match", "1..4", [2, 3]),
    ],
)
def test_a_sweep_says_at_each_threshold_what_a_changed_rule_set_says(
    rule: str, ends: str, between: list[int]
) -> None:
    rules = load_ruleset("zhejiang_2022")
    centre = Centre.from_file(EXAMPLE)
    swept = sweep([centre], rules, rule, ends)
    for threshold in [swept.first, *between, swept.last]:
        status = check(centre, rules.with_change(rule, threshold))[rule].status
        assert swept.centres[0].status_at(threshold) == status, threshold


@pytest.mark.parametrize(
    ("rule", "ends", "turns"),
    [
        ("board", "0..6", ["3"]),  # one of several things that the clause asks
        ("municipal-match", "1..3", ["1.3"]),  # times another number
        ("fiscal-main-use", "10%..90%", ["0.7"]),  # two parts of one whole
        (
            "first-year-subsidy",
            "1亿元..15亿元",
            ["500000000", "800000000"],
        ),  # of an open day: with it or without
    ],
)
def test_a_sweep_turns_at_what_the_data_may_come_to(rule: str, ends: str, turns: list[str]) -> None:
    rules = load_ruleset("zhejiang_2022")
    subsidy = [("2022-12-30", "5亿元", "province"), ("2023", "3亿元", "province")]
    if rule == "municipal-match":
        subsidy = [("2023-01-01", "1亿元", "province"), ("2023-01-02", "1.3亿元", "city")]
    spent = [("research_projects", "40万元"), ("equipment", "30万元"), ("other", "30万元")]
    members = [{"name": "a", "role": "host", "type": "enterprise"}, {"name": "b", "type": "government"}]
    board = {"established": True, "members": members, "meetings_a_year": 3, "terms_of_office": True}
    centre = Centre.from_data(
        {
            "jurisdiction": "zhejiang", "approved_on": "2022-03-01", "term_years": 5,
            "reported_on": "2026-06-30", "governance": {"board": board},
            "contributions": [
                {"date": day, "amount": amount, "payer": payer, "purpose": "subsidy"}
                for day, amount, payer in subsidy
            ],
            "fiscal_spending": [{"date": "2023-02-01", "use": use, "amount": paid} for use, paid in spent],
        }
    )  # fmt: skip
    (swept,) = sweep([centre], rules, rule, ends).centres
    assert [decimal_text(turn) for turn in sorted({span.first for span in swept.spans[1:]})] == turns
    for threshold in {end for span in swept.spans for end in (span.first, span.last)}:
        status = check(centre, rules.with_change(rule, threshold))[rule].status
        assert swept.status_at(threshold) == status, threshold


def test_a_sweep_counts_who_passes_and_names_who_falls() -> None:
    rules = load_ruleset("zhejiang_2022")
    data = {"jurisdiction": "zhejiang", "approved_on": "2022-03-01", "reported_on": "2024-03-02"}

    def centre(name: str, amount: str) -> Centre:
        paid = [{"date": "2023-01-01", "amount": amount, "payer": "host"}]
        return Centre.from_data(data | {"id": name, "name": name, "contributions": paid})

    centres = [centre("six", "6亿元"), centre("nine", "9亿元"), centre("twenty", "20亿元")]
    other = Centre.from_data(data | {"id": "far", "jurisdiction": "jiangsu"})
    swept = sweep([*centres, other], rules, "investment-2y", "5亿元..12亿元")
    passing = {point.threshold: point.passing for point in swept.points}
    assert passing[500_000_000] == passing[600_000_000] == 3
    assert passing[850_000_000] == passing[900_000_000] == 2
    assert passing[1_200_000_000] == 1
    falls = {fall.centre.id: point.threshold for point in swept.points for fall in point.falls}
    assert falls == {"six": 600_000_000, "nine": 900_000_000}
    assert swept.others == ("far",)


def test_a_sweep_is_told_as_text_data_and_picture(tmp_path: Path) -> None:
    words = ["what-if", str(EXAMPLE), "--sweep", "zhejiang_2022/investment-2y=5亿元..12亿元", "--lang", "zh"]
    text = CliRunner().invoke(main, words)
    assert text.exit_code == 0, text.output
    assert "8.5亿元" in text.output
    assert "符合 → 不符合" in text.output
    told = json.loads(CliRunner().invoke(main, [*words, "--format", "json"]).output)["sweep"]
    turn = next(point for point in told["curve"] if point["falls"])
    assert (turn["threshold"], turn["passing"]) == ("850000000", 1)
    assert turn["falls"][0] | {"name": ""} == {
        "id": "zj-2022-01", "name": "", "before": "pass", "after": "fail",
    }  # fmt: skip
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    page = tmp_path / "curve.html"
    CliRunner().invoke(main, [*words, "--format", "html", "--output", str(page)])
    shown = page.read_text(encoding="utf-8")
    assert '<path class="line"' in shown
    assert "8.5亿元" in shown


@pytest.mark.parametrize(
    "given",
    ["zhejiang_2022/nothing=1..2", "zhejiang_2022/investment-2y=9亿元..5亿元", "no-such-rule=5亿元..9亿元",
     "zhejiang_2022/investment-2y=a..b", "zhejiang_2022/positioning=1..2"],
)  # fmt: skip
def test_what_is_no_sweep_is_refused(given: str) -> None:
    done = CliRunner().invoke(main, ["what-if", str(EXAMPLE), "--sweep", given])
    assert done.exit_code == 2
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("given", "said"),
    [("term-length=36个月", "建设期等于3年"), ("term-length=3年", "建设期等于3年"),
     ("staff-2y=200人", "不少于200人"), ("investment-2y=8亿元", "不少于8亿元"),
     ("investment-2y.by=36个月", "批复创建后3年内"), ("investment-2y=3000人", None),
     ("investment-2y=3年", None), ("term-length=8人", None), ("term-length=37个月", None),
     ("staff-2y=100~120", None)],
)  # fmt: skip
def test_a_threshold_with_a_unit_is_read_as_in_a_cell(given: str, said: str | None) -> None:
    words = ["what-if", str(EXAMPLE), "--lang", "zh", "--rule", f"zhejiang_2022/{given}"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == (2 if said is None else 0), done.output
    assert said is None or said in done.output.split("\n")[2]


@pytest.mark.parametrize(
    ("given", "shown"),
    [("staff-2y=200人..400人", "界限从200人到400人"), ("term-length=3年..72个月", "界限从3年到6年"),
     ("term-length=3年..6人", None)],
)  # fmt: skip
def test_a_sweep_takes_its_ends_as_they_are_shown(given: str, shown: str | None) -> None:
    done = CliRunner().invoke(main, ["what-if", str(EXAMPLE), "--lang", "zh", "--sweep", given])
    assert done.exit_code == (2 if shown is None else 0), done.output
    assert shown is None or shown in done.output


def test_a_sweep_without_a_second_end_is_told_how_it_is_written() -> None:
    said = run(str(EXAMPLE), "--lang", "zh", "--sweep", "investment-2y=5亿元").stderr
    assert "--sweep 应写作 规则=小..大，不是 5亿元" in said


@pytest.mark.parametrize("name", ["zhejiang_2022/investment-2y", "investment-2y", "两年内投入达到10亿元"])
def test_a_sweep_takes_a_rule_by_its_id_or_title_alone(name: str) -> None:
    done = CliRunner().invoke(
        main, ["what-if", str(EXAMPLE), "--sweep", f"{name}=5亿元..12亿元", "--format", "json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["sweep"]["rule"] == "zhejiang_2022/investment-2y"


@pytest.mark.parametrize("name", ["zhejiang_2022/investment-2y", "investment-2y", "两年内投入达到10亿元"])
def test_a_changed_rule_may_be_named_alone(name: str) -> None:
    words = ["what-if", str(EXAMPLE), "--rule", f"{name}=8亿元", "--rule", f"{name}.by=3y", "--lang", "zh"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert "不少于8亿元" in done.output
    assert "3年内" in done.output
    assert CliRunner().invoke(main, [*words, "--rule", "no-such=1"]).exit_code == 2
    done = CliRunner().invoke(
        main, [*words[:2], "--rules", "江苏", "--rule", "term-length=4", "--format", "json"]
    )
    assert json.loads(done.stdout)["what_if"][0]["after"]["ruleset"] == "jiangsu_2020"


def test_a_sweep_of_a_rule_that_several_documents_have_goes_by_the_centres_or_asks(tmp_path: Path) -> None:
    words = ["what-if", "--sweep", "term-length=2..6", "--format", "json"]
    done = CliRunner().invoke(main, [*words, str(EXAMPLE)])
    assert json.loads(done.output)["sweep"]["rule"] == "zhejiang_2022/term-length"
    done = CliRunner().invoke(main, [*words, str(EXAMPLE), str(ROOT / "examples" / "jiangsu.yaml")])
    assert done.exit_code == 2
    assert "jiangsu_2020/term-length" in done.output
    assert "zhejiang_2022/term-length" in done.output
    within = ["what-if", str(EXAMPLE), "--sweep", "投入达到=5亿元..12亿元", "--lang", "zh"]
    done = CliRunner().invoke(main, within)
    assert done.exit_code == 2
    assert "两年内投入达到10亿元" in done.output
    assert "五年内投入达到25亿元" in done.output


# --- told in words, as a page, for a programme --------------------------------------------------------------

PROGRAMME = ROOT / "examples" / "programme_zhejiang.yaml"
OVER = ["what-if", str(EXAMPLE), "--over", "2022-03-01..2027-06-01"]


def test_the_course_is_told_in_a_sentence_that_agrees_with_its_stretches() -> None:
    shown = json.loads(CliRunner().invoke(main, [*OVER, "--format", "json"]).stdout)["what_if"][0]
    verdicts = shown["over"]["verdicts"]
    assert [one["verdict"] for one in verdicts] == ["undetermined", "non_compliant"]
    assert verdicts[1]["from"] == "2022-03-02"
    assert "2022年3月2日起为不合规" in shown["told"]["zh"]
    due = sum(len(one["rules"]) for one in shown["over"]["due"])
    assert f"{due}条到期" in shown["told"]["zh"]
    assert shown["told"]["zh"] in CliRunner().invoke(main, [*OVER, "--lang", "zh"]).stdout
    assert shown["told"]["en"] in CliRunner().invoke(main, [*OVER, "--lang", "en"]).stdout


def test_what_the_changes_make_of_the_course_is_counted_in_days() -> None:
    centre, rules = Centre.from_file(EXAMPLE), load_ruleset("zhejiang_2022")
    data = {"id": "x", "jurisdiction": "zhejiang", "approved_on": "2022-03-01", "term_years": 5}
    poor = Centre.from_data({**data, "reported_on": "2022-06-30"})
    span = (date(2022, 3, 1), date(2024, 12, 31))
    same = told_over(
        what_if(Side(centre, rules), Side(centre.model_copy(), rules), date(2026, 6, 30), over=span)
    )
    assert same is not None
    result = what_if(Side(poor, rules), Side(centre, rules), date(2022, 6, 30), over=span)
    told = told_over(result)
    assert told is not None
    assert result.course_before is not None
    assert result.course_after is not None
    days = {
        verdict: sum((s.last - s.first).days + 1 for s in course.stretches if s.verdict == verdict)
        for course, verdict in (
            (result.course_before, "undetermined"),
            (result.course_after, "non_compliant"),
        )
    }
    assert f"尚不能判定由{days['undetermined']}天" in told.zh
    assert f"变为{days['non_compliant']}天" in told.zh
    assert told_over(what_if(Side(centre, rules), Side(centre, rules), date(2026, 6, 30))) is None


def test_the_course_is_drawn_on_a_page(tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    page = tmp_path / "over.html"
    assert CliRunner().invoke(main, [*OVER, "--format", "html", "--output", str(page)]).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert text.count('<rect class="fill-') == 2
    assert "2022年3月2日起为不合规" in text
    assert "结论随时间的变化" in text
    changed = tmp_path / "set.html"
    words = [*OVER, "--set", "staff.headcount=800", "--format", "html", "--output", str(changed)]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert "如果改变会怎样" in changed.read_text(encoding="utf-8")


def test_a_programme_is_told_with_its_centres() -> None:
    words = [*OVER, "--programme", str(PROGRAMME), "--format", "json"]
    shown = json.loads(CliRunner().invoke(main, words).stdout)["what_if"]
    assert len(shown) == 2
    assert shown[1]["programme"]["centres"] == 1
    day = date.fromisoformat(shown[1]["before"]["as_of"])
    fresh = check_programme(
        Programme.from_file(PROGRAMME), "zhejiang_2022", centres=[Centre.from_file(EXAMPLE)], as_of=day
    )
    assert shown[1]["before"]["verdict"] == fresh.verdict
    last = shown[1]["over"]["verdicts"][-1]
    again = check_programme(
        Programme.from_file(PROGRAMME),
        "zhejiang_2022",
        centres=[Centre.from_file(EXAMPLE)],
        as_of=date.fromisoformat(last["to"]),
    )
    assert last["verdict"] == again.verdict
    assert "总体布局" in CliRunner().invoke(main, [*words[:-2], "--lang", "zh"]).stdout


def test_what_is_assumed_is_said_by_labels_and_with_units() -> None:
    words = [
        "已有相关产业园=是",
        "所处阶段=申报中",
        "staff.teams=9",
        "领域=[集成电路, 现代纺织]",
        "hosts.0.type=null",
        "builders.0.type=institute",
    ]
    words += ["资金投入+={date: 2026-05-01, amount: 8亿元, payer: host}", "累计服务企业数={at_least: 300}"]
    words += ["独立法人实体=[{date: 2022-03-01, value: false}, {date: 2024-07-01, value: true}]"]
    given = [part for word in words for part in ("--set", word)]
    given += ["--rule", "zhejiang_2022/investment-2y.modality=鼓励"]
    zh, en = (run(str(EXAMPLE), *given, "--lang", lang).output.split("\n")[2] for lang in ("zh", "en"))
    assert zh.removeprefix("假设：").split("；") == [
        "已有相关产业园 = 是", "所处阶段 = 申报中", "人员/高层次创新创业团队数 = 9个",
        "领域 = 集成电路、现代纺织", "依托（牵头）单位/第1条/单位类型 = 未写明",
        "共建单位/第1条/单位类型 = 科研院所",
        "资金投入增加一项（到位日期：2026-05-01、金额：8亿元、出资方：依托单位）",
        "建设成效/累计服务企业数 = 不少于300家", "法人地位/独立法人实体 = 2022-03-01：否", "2024-07-01：是",
        "浙科发高〔2022〕5号 二（五） 两年内投入达到10亿元：程度为鼓励",
    ]  # fmt: skip
    assert "industrial park = yes; stage = applicant; " in en
    assert "investment: one more (date paid 2026-05-01, amount CNY 800 million, payer host)" in en


def test_an_entry_of_a_table_is_found_by_its_key_which_may_have_dots() -> None:
    words = ["indicators.6.6.target=引进6个", "indicators.10.7.adjusted=是", "indicators.4.5={target: 1次}"]
    words += ['indicators={"6.6": {target: a}}', "contributions.0.payer=市财政"]
    said = []
    for word in words:
        result = run(str(EXAMPLE), "--set", word, "--lang", "zh")
        assert result.exit_code == 0, result.output
        said.append(result.output.split("\n")[2].removeprefix("假设："))
    assert said == [
        "评价指标/6.6/目标值 = 引进6个", "评价指标/10.7/责任书中已调整 = 是", "评价指标/4.5 = 目标值：1次",
        "评价指标 = 6.6：目标值：a", "资金投入/第1条/出资方 = 市财政",
    ]  # fmt: skip
    both = ["--set", "indicators.6.6.target=a", "--set", "indicators.10.7={target: b}", "--lang", "en"]
    assert "fail → pass                    附件1" in run(str(EXAMPLE), *both).output


def test_one_is_told_as_one() -> None:
    sweep = run(str(EXAMPLE), "--sweep", "investment-2y=8亿元..12亿元", "--lang", "en").output
    assert "1 centre: 1 passes at CNY 800 million, 0 at CNY 1.2 billion" in sweep
    over = run(str(EXAMPLE), "--over", "2024-02-25..2024-03-02", "--lang", "en").output
    assert "2 findings that count change, on 1 day; 2 clauses fall due" in over
    finding = check(Centre.from_file(EXAMPLE), "zhejiang_2022", as_of="2024-02-29")["investment-2y"]
    assert finding.detail.en.endswith("due by 2024-03-01, 1 day left")


@pytest.mark.parametrize("format_", ["text", "html"])
def test_what_is_assumed_is_said(format_: str) -> None:
    words = ["--rule", "浙江/两年内投入达到10亿元=8亿元", "--rule", "zhejiang_2022/staff-2y.by=3年"]
    words += ["--set", "高层次创新创业团队数=9个", "--format", format_, "--lang", "zh"]
    told = run(str(EXAMPLE), *words).output
    assert "假设：" in told
    assert "高层次创新创业团队数 = 9个" in told
    assert "二（五） 两年内投入达到10亿元：各类资金投入合计不少于8亿元" in told
    assert "两年内创新队伍达到300人：批复创建后3年内" in told
    assert "浙科发高〔2022〕5号" in told
    alone = run(str(EXAMPLE), "--over", "2024-01-01..2024-12-31", "--format", format_, "--lang", "zh").output
    assert "假设：" not in alone
