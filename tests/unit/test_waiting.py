"""When little is known: what is missing first, deadlines as ranges, the verdict's reason."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from tic_rules import Centre, check, check_programme, load_ruleset, shipped_ids
from tic_rules.cli import main
from tic_rules.model.shipped import shared_vocabulary
from tic_rules.model.vocabulary import FieldLabel, Vocabulary
from tic_rules.renderers import Options, render
from tic_rules.results.outstanding import to_do, whence
from tic_rules.results.report import Report

ROOT = Path(__file__).parents[2]
REAL = ROOT / "examples" / "real"


def real(name: str) -> Report:
    rules = "national_2017" if name.startswith("nat") else "zhejiang_2022"
    return check(Centre.from_file(REAL / f"{name}.yaml"), rules)


def shown(*arguments: str) -> str:
    return CliRunner().invoke(main, ["check", *arguments]).stdout


def test_unknowns_are_gathered_by_what_is_missing_most_rules_first() -> None:
    report = real("zj-fos")
    waits = report.waiting.data
    assert waits[0].field == "approved_on"
    assert waits[0].label.zh == "批复创建日期"
    assert [wait.counted for wait in waits] == sorted((wait.counted for wait in waits), reverse=True)
    unknown = {finding.rule for finding in report if finding.status == "unknown"}
    assert {rule for wait in waits for rule in wait.rules} == unknown
    for wait in waits:  # what binds before what is encouraged
        counts = [report[rule].counts for rule in wait.rules]
        assert counts == sorted(counts, reverse=True)


def test_of_the_rules_that_wait_those_are_told_that_the_verdict_looks_at() -> None:
    """Binding, not only must: in_principle counts, a must that the centre is entitled to does not."""
    given = {"id": "a", "jurisdiction": "zhejiang", "approved_on": "2022-03-01", "term_years": 5}
    report = check(given, "zhejiang_2022", as_of="2026-06-30")
    (wait,) = [wait for wait in report.waiting.data if wait.field == "contributions"]
    musts = sum(report[rule].modality == "must" for rule in wait.rules)
    assert (len(wait.rules), wait.counted, musts) == (8, 7, 6)
    for lang, said in (("zh", "8条待此（其中7条影响结论）"), ("en", "8 wait (7 for the verdict)")):
        assert said in render([report], Options(lang=lang))
    page = render([report], Options(format="html"))
    assert "其中7条影响结论" in page
    assert "7 for the verdict" in page


def test_a_missing_datum_is_told_as_public_or_as_for_the_centre_to_file() -> None:
    report = real("zj-fos")
    waits = {wait.field: wait for wait in report.waiting.data}
    assert waits["approved_on"].public
    assert whence(waits["approved_on"], report).zh == "公开可查"
    assert not waits["contributions"].public
    assert whence(waits["contributions"], report).zh == "须由中心填报"
    lines = shown(str(REAL / "zj-fos.yaml"), "--lang", "zh").splitlines()
    assert any("批复创建日期" in line and "公开可查" in line for line in lines)
    assert any("资金投入 " in line and "须由中心填报" in line for line in lines)
    page = shown(str(REAL / "zj-fos.yaml"), "--format", "html")
    assert page.count("公开可查") == sum(wait.public for wait in waits.values())
    assert page.count("须由中心填报") == sum(not wait.public for wait in waits.values())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_counts_of_the_verdict_and_of_the_lists_are_told_apart(lang: str) -> None:
    """The reason counts what the verdict looks at, the lists below it count all."""
    report, text = real("zj-textile"), shown(str(REAL / "zj-textile.yaml"), "--lang", lang)
    judged = [finding for finding in report if finding.status == "needs_review"]
    counted, waits = sum(finding.counts for finding in judged), report.waiting.data
    data = sum(wait.counted > 0 for wait in waits)
    assert 0 < counted < len(judged)
    assert 0 < data < len(waits)
    all_, every = len(judged), len(waits)
    heads = {"zh": f"◇ 待评审 ({all_}，其中{counted}条影响结论)",
             "en": f"◇ needs review ({all_}, {counted} for the verdict)"}  # fmt: skip
    rests = {"zh": f"共{every}项，其中{data}项影响结论", "en": f"{every} in all, {data} for the verdict"}
    assert heads[lang] in text
    assert rests[lang] in text


def test_what_public_pages_say_of_real_centres_is_declared_so() -> None:
    fields = shared_vocabulary().fields
    told = ["name", "jurisdiction", "approved_on", "hosts", "builders.name", "structure.bases"]
    assert all(fields[path].public for path in told)
    assert not any(fields[path].public for path in ("contributions", "income", "staff.headcount"))


def test_a_label_anew_leaves_public_what_was_so() -> None:
    again = Vocabulary(fields={"approved_on": FieldLabel(zh="批准日", en="day of approval")})
    assert shared_vocabulary().with_(again).fields["approved_on"].public


def test_what_a_programme_lacks_is_for_the_department() -> None:
    fields = ROOT / "tests" / "fields" / "hefeng_2024.yaml"
    report = check_programme({"reported_on": "2025-01-01"}, fields)
    waits = {wait.field: wait for wait in report.waiting.data}
    assert whence(waits["green_patents"], report).zh == "须由主管部门填报"


def test_what_a_rule_file_declares_of_a_centre_is_for_the_centre() -> None:
    fields = ROOT / "tests" / "fields" / "hefeng_2024.yaml"
    report = check({"jurisdiction": "hefeng", "reported_on": "2025-01-01"}, fields)
    waits = {wait.field: wait for wait in report.waiting.data}
    assert whence(waits["premises.research_area"], report).zh == "须由中心填报"


def test_what_a_datum_settles_alone_is_missing_nothing_else() -> None:
    report = real("nat-gan")
    wait = next(wait for wait in report.waiting.data if wait.field == "hosts")
    assert wait.alone
    assert all(report[rule].missing == ["/hosts"] for rule in wait.alone)


def test_entries_of_a_list_are_one_datum() -> None:
    fields = [wait.field for wait in real("zj-fos").waiting.data]
    assert "hosts.type" in fields
    assert not any(part.isdigit() for field in fields for part in field.split("."))


def test_judgements_are_listed_once_those_that_count_first() -> None:
    report = real("zj-fos")
    judged = report.waiting.judgements
    assert len(set(judged)) == len(judged) == report.summary["needs_review"]
    counts = [report[rule].counts for rule in judged]
    assert counts == sorted(counts, reverse=True)


def test_the_verdict_says_what_it_waits_for() -> None:
    report = real("zj-fos")
    data = sum(1 for wait in report.waiting.data if wait.counted)
    judged = sum(finding.status == "needs_review" and finding.counts for finding in report)
    assert report.waiting.reason.zh == f"没有不符合的条款；待补数据{data}项；待评审{judged}条"
    assert report.waiting.reason.en == f"nothing fails; {data} data and {judged} judgements are open"
    assert report.waiting.reason.zh in shown(str(REAL / "zj-fos.yaml"), "--lang", "zh")


def test_a_remedy_is_told_of_failures_and_of_what_is_owed_only() -> None:
    for name in shipped_ids():
        for finding in check({"jurisdiction": "zhejiang", "reported_on": "2026-06-30"}, name):
            told = to_do(finding)
            if finding.status in ("unknown", "needs_review"):
                assert told != finding.remedy
                assert told.zh.startswith("补填或写准：" if finding.missing else ("提请评审认定", "把所依据"))
            assert finding.status not in ("pass", "not_applicable") or not told.zh


def test_a_report_that_is_read_back_waits_for_the_same() -> None:
    report = real("nat-rail")
    again = Report.from_json(report.to_json())
    assert again.waiting == report.waiting
    assert again.waiting.data[0].label.zh == report.waiting.data[0].label.zh


def test_a_deadline_is_a_range_where_the_day_of_approval_is_one() -> None:
    centre = {
        "name": "甲",
        "jurisdiction": "zhejiang",
        "approved_on": {"not_before": "2022-02-07", "not_after": "2023-07-31"},
    }
    finding = check(centre, "zhejiang_2022", as_of=date(2023, 8, 1))["investment-2y"]
    assert finding.deadline is None
    assert finding.deadline_range == ["2024-02-07", "2025-07-31"]
    assert "期限在2024年2月7日至2025年7月31日之间" in finding.detail.zh
    assert "due between 2024-02-07 and 2025-07-31" in finding.detail.en


def test_a_deadline_is_no_later_than_from_the_day_of_a_file_that_says_approved() -> None:
    data = {"stage": "approved", "approved_on": "2024-06", "reported_on": "2024-06-10"}
    for as_of in ("2024-06-05", "2024-06-10", "2024-07-01"):
        finding = check({"jurisdiction": "zhejiang", **data}, "zhejiang_2022", as_of=as_of)["investment-2y"]
        assert finding.deadline_range == ["2026-06-01", "2026-06-10"]


def test_a_deadline_before_the_approval_itself_is_a_day_and_no_range() -> None:
    centre = {"jurisdiction": "zhejiang", "approved_on": "2025-01-01", "applied_on": "2024-01-01"}
    finding = check(centre, "zhejiang_2022", as_of=date(2024, 6, 10))["term-length"]
    assert finding.status == "pending"
    assert finding.detail.zh == "期限2025年1月1日"
    assert finding.detail.en == "due by 2025-01-01"


@pytest.mark.parametrize("approved_on", [None, "2022-03-01", {"not_before": "2022-02-07"}])
def test_no_range_where_the_deadline_is_known_or_without_end(approved_on: object) -> None:
    data = {"name": "甲", "jurisdiction": "zhejiang", "approved_on": approved_on}
    finding = check(data, "zhejiang_2022", as_of=date(2023, 8, 1))["investment-2y"]
    assert finding.deadline_range is None


def test_what_is_decided_is_shown_while_it_is_little() -> None:
    text = shown(str(REAL / "zj-fos.yaml"), "--lang", "zh")
    assert "与产业链上下游共同建设" in text
    assert len(text.splitlines()) < 60


def test_the_totals_of_centres_are_the_same_in_text_and_page() -> None:
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    files = [str(REAL), str(ROOT / "examples" / "zhejiang.yaml"), str(ROOT / "examples" / "zhejiang.yaml")]
    text, page = shown(*files, "--lang", "zh"), shown(*files, "--lang", "zh", "--format", "html")
    assert "尚不能判定  4" in text
    assert "共5个中心，7份报告" in page
    reports = json.loads(shown(*files, "--format", "json"))["reports"]
    assert len(reports) == 7


def test_the_page_begins_with_what_is_wrong() -> None:
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    page = shown(str(ROOT / "examples" / "zhejiang.yaml"), "--lang", "zh", "--format", "html")
    order = [page.index(words) for words in ("问题清单", "待评审认定", "建设历程", "逐条结论")]
    assert order == sorted(order)
    problems = page[order[0] : order[1]]
    for words in (
        "差1.5亿元",
        "创新中心",
        "2024-03-01",
        "zhejiang.yaml:93",
        "《浙江省技术创新中心建设工作指引（试行）》",
    ):
        assert words in problems


def test_the_calendar_has_a_deadline_that_is_a_range_on_its_first_day(tmp_path: Path) -> None:
    centre = tmp_path / "甲.yaml"
    span = "{not_before: 2022-02-07, not_after: 2023-07-31}"
    centre.write_text(
        f"name: 甲\njurisdiction: zhejiang\napproved_on: {span}\nreported_on: 2023-08-01\n", "utf-8"
    )
    calendar = shown(str(centre), "--format", "ics", "--lang", "zh").replace("\n ", "")
    assert "DTSTART;VALUE=DATE:20240207" in calendar
    assert "两年内投入达到10亿元（最早；至2025年7月31日）" in calendar


APPROVED = {"name": "甲", "approved_on": "2022-03-01", "term_years": 5}
PARTS = [
    {"contributions": [{"date": "2022-05-01", "amount": {"at_least": 100_000_000}, "payer": "host"}]},
    {
        "contributions": [{"date": "2022-05-01", "amount": 100_000_000, "payer": "host"}],
        "incomplete": ["contributions"],
    },
    {"contributions": [{"amount": 100_000_000, "payer": "host"}]},
]
"""Money of which only a part is known: the amount, whether there is more, the day."""


@pytest.mark.parametrize("ruleset", shipped_ids())
@pytest.mark.parametrize("day", [date(2023, 1, 1), date(2024, 3, 2), date(2027, 3, 2)])
def test_no_progress_and_no_gap_where_nothing_is_known(ruleset: str, day: date) -> None:
    rules = load_ruleset(ruleset)
    report = check({**APPROVED, "jurisdiction": rules.jurisdiction}, rules, as_of=day)
    compared = 0
    for finding in report:
        if finding.status != "unknown":
            continue
        assert finding.progress is None, finding.rule
        assert finding.gap is None, finding.rule
        assert "差" not in finding.detail.zh, finding.detail.zh
        assert "short" not in finding.detail.en, finding.detail.en
        compared += finding.required is not None
    assert compared or ruleset == "national_13fyp"  # there is something to be far from
    page = render([report], Options("html", "zh"))
    assert ">0%<" not in page


@pytest.mark.parametrize("part", PARTS)
def test_no_progress_and_no_gap_where_a_part_is_known(part: dict[str, object]) -> None:
    finding = check(
        {**APPROVED, "jurisdiction": "zhejiang", **part}, "zhejiang_2022", as_of=date(2025, 1, 1)
    )["investment-2y"]
    assert finding.status == ("unknown" if part is not PARTS[2] else "fail")  # with all of it not enough
    assert (finding.progress, finding.gap) == (None, None)
    assert "差" not in finding.detail.zh


def test_where_there_is_none_it_is_said_how_much_is_short() -> None:
    data = {**APPROVED, "jurisdiction": "zhejiang", "contributions": []}
    report = check(data, "zhejiang_2022", as_of=date(2025, 1, 1))
    finding = report["investment-2y"]
    assert (finding.status, finding.progress, finding.gap) == ("fail", 0.0, "1000000000")
    assert "差10亿元" in finding.detail.zh
    assert ">0%<" in render([report], Options("html", "zh"))


def test_the_counts_on_a_page_agree() -> None:
    report = check(Centre.from_file(ROOT / "examples" / "zhejiang.yaml"), "zhejiang_2022")
    counted = sum(finding.status == "fail" and finding.counts for finding in report)
    beside = report.summary["fail"] - counted
    assert counted > 0 < beside
    assert report.waiting.reason.zh.startswith(f"{counted}条不符合（另有{beside}条不影响结论）")
    assert report.waiting.reason.en.startswith(f"{counted} fail ({beside} more outside the verdict)")
    none = check(Centre.from_file(ROOT / "examples" / "national.yaml"), "national_2020")
    assert none.summary["fail"] == 1
    assert none.waiting.reason.zh.startswith("1条不符合，不影响结论；")  # not: none, and one more
    assert none.waiting.reason.en.startswith("1 fails, outside the verdict; ")
    thin = real("zj-fos")
    page = shown(str(REAL / "zj-fos.yaml"), "--lang", "zh", "--format", "html")
    page = re.sub(r'<span class="en".*?</span>|<[^>]+>', "", page)
    for listed, unit in (
        ([wait.counted > 0 for wait in thin.waiting.data], "项"),
        ([thin[rule].counts for rule in thin.waiting.judgements], "条"),
    ):
        assert sum(listed) < len(listed)
        assert f"{len(listed)}{unit}，其中{sum(listed)}{unit}影响结论" in page


def test_documents_are_named_in_the_language_of_the_page() -> None:
    files = [str(REAL), str(ROOT / "examples" / "zhejiang.yaml")]
    page = shown(*files, "--lang", "en", "--format", "html")
    ranking = page[page.index("Clauses that fail most") : page.index("Clauses most often undecided")]
    assert '<span class="en" lang="en">Working guideline of Zhejiang province' in ranking
    for format_ in ("text", "markdown"):
        told = shown(*files, "--lang", "en", "--format", format_)
        assert "Working guideline of Zhejiang province for building" in told
        assert "《浙江省技术创新中心建设工作指引（试行）》二（五）" not in told


@pytest.mark.parametrize("given", [380, [{"date": "2025-01-01", "value": 380}]])
def test_a_number_that_is_there_is_asked_for_with_its_day(given: object) -> None:
    data = {"jurisdiction": "zhejiang", "stage": "approved", "approved_on": "2022-03-01", "term_years": 5}
    data |= {"reported_on": "2026-06-30", "staff": {"headcount": given}}
    finding = check(data, "zhejiang_2022")["staff-2y"]
    assert "在2024年3月1日的数；数值未知" in finding.detail.zh
    assert " on 2024-03-01; now unknown" in finding.detail.en
    data["staff"] = {}
    assert "在2024年3月1日" not in check(data, "zhejiang_2022")["staff-2y"].detail.zh


def test_failures_outside_the_verdict_are_told_from_those_within() -> None:
    data = {**APPROVED, "jurisdiction": "zhejiang", "legal": {"fiscal_accounts": False}}
    data |= {
        "contributions": [{"date": "2023-05-01", "amount": "1亿元", "payer": "province"}],
        "incomplete": [],
    }
    report = check(data, "zhejiang_2022", as_of=date(2025, 1, 1))
    entitlement = report["first-year-subsidy"]
    assert (entitlement.status, entitlement.counts) == ("fail", False)
    listed = [
        finding.counts for finding in report if finding.status == "fail" and finding.severity == "error"
    ]
    assert f"✗ fail ({len(listed)}, {sum(listed)} for the verdict)" in render([report], Options(lang="en"))


def test_none_for_the_verdict_is_told_as_that() -> None:
    report = check_programme({"reported_on": "2025-12-31", "centres": 12}, "zhejiang_2022")
    assert "待评审 (1，均不影响结论)" in render([report], Options(lang="zh"))
    assert "needs review (1, none for the verdict)" in render([report], Options(lang="en"))
