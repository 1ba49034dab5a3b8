"""The report as a page and as a calendar: what stands in them is what the reports say."""

from __future__ import annotations

import gc
import io
import pickle
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from click.testing import CliRunner

from tic_rules import Centre, DataError, Report, check, check_programme
from tic_rules.cli import main
from tic_rules.model.document import Edit, apply, document_of, get
from tic_rules.renderers import FORMATS, FinishedRun, Options, open_writer, piece_of, render
from tic_rules.renderers.overview import Gathering, due_of
from tic_rules.renderers.tally import Tally
from tic_rules.renderers.timeline import timeline_of

pytest.importorskip("jinja2", reason="pages need the extra tic-rules[html]")
ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "zhejiang.yaml"
VOID = {"meta", "input", "br", "link", "img", "rect", "line", "circle"}


class Page(HTMLParser):
    """Tags that close in order, ids, links and visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.outside: list[str] = []
        self.statuses: list[str] = []
        self.text = ""
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.feed(text)
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags[tag] += 1
        self.attributes |= named.keys()
        if tag not in VOID:
            self.stack.append(tag)
        self.ids += [named["id"] or ""] if "id" in named else []
        self.statuses += [named["data-status"] or ""] if "data-status" in named else []
        if named.get("href", ""):
            self.links.append(named["href"] or "")
        self.outside += [
            str(named[key]) for key in ("src", "href") if str(named.get(key) or "").startswith(("http", "//"))
        ]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(reports: list[Report], lang: str = "zh") -> Page:
    page = Page(render(reports, Options("html", lang)))
    assert len(page.ids) == len(set(page.ids))
    assert page.outside == []
    for link in page.links:
        assert link.startswith("#")
        assert link[1:] in page.ids
    return page


def overview(reports: list[Report]) -> Gathering:
    gathered = Gathering()
    for report in reports:
        gathered.add(report)
    return gathered


@cache
def example() -> dict[str, Any]:
    document: dict[str, Any] = document_of(Centre.from_file(EXAMPLE))
    return document


def centre(**parts: Any) -> Centre:
    return Centre.from_data(example() | parts)


def test_one_centre_shows_every_finding_with_clause_and_datum_in_both_languages() -> None:
    report = check(Centre.from_file(EXAMPLE), "zhejiang_2022")
    page = page_of([report])
    assert len(page.statuses) == len(report)
    for finding in report:
        assert finding.title.zh in page.text
        assert finding.title.en in page.text
        assert finding.citation["quote"] in page.text
        if finding.status == "fail":
            assert finding.detail.zh in page.text
    assert f"zhejiang.yaml:{report['investment-2y'].data[0].line}" in page.text
    assert "2.08" in page.text  # what the investment stands at


def test_the_page_names_the_cell_of_a_workbook(tmp_path: Path) -> None:
    file = tmp_path / "甲.xlsx"
    file.write_bytes(render([check(Centre.from_file(EXAMPLE), "zhejiang_2022")], Options("xlsx", "zh")))
    report = check(Centre.from_file(file), "zhejiang_2022")
    assert f"甲.xlsx:{report['investment-2y'].data[0]['cell']}" in page_of([report]).text


@pytest.mark.parametrize("format_", ["text", "html"])
def test_a_consequence_is_told_with_its_amount_and_what_it_follows_from(format_: str) -> None:
    failed = {"held": True, "date": "2027-04-01", "result": "failed"}
    report = check(centre(acceptance=failed, reported_on="2027-06-30"), "zhejiang_2022")
    told = render([report], Options(format_, "zh"))
    told = told[told.index("后果") : told.index("进度")] if format_ == "html" else told[told.index("后果") :]
    told = re.sub(r'<span class="en"[^>]*>[^<]*</span>|<[^>]*>', "", told)
    assert "按原拨付渠道收回，金额900万元至2.1亿元" in told
    assert "（因：验收未通过的取消创建资格）" in told
    assert "zhejiang_2022/" not in told


def test_the_life_of_a_centre_is_drawn_from_its_findings() -> None:
    line = timeline_of(check(Centre.from_file(EXAMPLE), "zhejiang_2022"))
    assert line is not None
    marks = {mark.day.isoformat(): (mark.label.en, dict(mark.counts)) for mark in line.marks}
    assert marks["2021-09-01"][0] == "application"
    assert marks["2022-03-01"][0] == "approval"
    assert marks["2024-03-01"] == ("2 years", {"fail": 1, "met": 6})
    assert marks["2027-03-01"][0] == "5 years, term ends"
    assert [mark.x for mark in line.marks] == sorted(mark.x for mark in line.marks)
    assert line.marks[2].x < line.today_x < line.marks[-1].x
    assert ("2025", "pending") in [(year, status) for year, status, _ in line.years]


def test_only_the_end_of_the_term_is_called_so_on_the_line() -> None:
    rules = EXAMPLE.parent / "provinces/haidong/tic_rules_haidong/haidong_2024.yaml"
    data = {"jurisdiction": "haidong", "stage": "approved", "approved_on": "2022-03-01", "term_years": 5}
    line = timeline_of(check(data | {"reported_on": "2026-06-30"}, rules))
    assert line is not None
    assert {mark.day.isoformat(): mark.label.en for mark in line.marks}["2027-09-01"] == "deadline"


def test_a_report_from_another_process_gives_the_same_page() -> None:
    reports = [check(centre(id=name), "zhejiang_2022") for name in ("one", "two")]
    sent = pickle.loads(pickle.dumps(reports))
    assert render(sent, Options("html", "en")) == render(reports, Options("html", "en"))
    assert render(sent, Options("ics", "zh")) == render(reports, Options("ics", "zh"))
    for options in (Options("html", "zh"), Options("html", "zh", verbose=True)):
        far = pickle.loads(pickle.dumps([piece_of(report, options) for report in reports]))
        writer, tally = open_writer(options), Tally()
        for report, piece in zip(reports, far, strict=True):
            writer.add(piece)
            tally.add(report, options)
        assert "".join(writer.end(FinishedRun(tally))) == render(reports, options)


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_keeps_the_reports_that_it_has_been_given(format_: str) -> None:
    if format_ == "xlsx":
        pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")
    options, alive = Options(format_), WeakSet[Report]()
    writer, given = open_writer(options), []
    for number in range(12 if format_ in ("html", "xlsx") else 3):  # those keep what they need of a few
        report = check(centre(id=str(number)), "national_2020")
        alive.add(report)
        given.append(writer.add(piece_of(report, options)))
    del report
    gc.collect()
    assert not alive
    assert any([*given, *writer.end(FinishedRun(Tally()))])


def test_a_large_workbook_says_what_a_small_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")
    calamine = pytest.importorskip("python_calamine", reason="the extra excel is not installed")
    reports = [check(centre(id=str(number)), "zhejiang_2022") for number in range(3)]
    found = []
    for large in (50, 2):
        monkeypatch.setattr("tic_rules.renderers.xlsx.LARGE", large)
        data = render(reports, Options("xlsx", "zh"))
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            comments = {
                name: re.findall(r'<comment ref="(\w+)"', packed.read(name).decode())
                for name in packed.namelist()
                if "comments" in name
            }
            assert ("xl/sharedStrings.xml" in packed.namelist()) == (large == 50)
        found.append(
            ({name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}, comments)
        )
    assert found[0] == found[1]
    assert len(found[0][0]["各条结论"]) == 1 + 3 * len(reports[0])


def test_nothing_checked_is_said() -> None:
    assert "nothing that could be checked" in page_of([]).text


def test_a_file_that_could_not_be_checked_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    files = [str(ROOT / "examples" / "jiangsu.yaml"), str(tmp_path / "none.yaml")]
    for given, told in ((files, True), (files[:1], False)):
        CliRunner().invoke(main, ["check", *given, "--format", "html", "--output", str(page)])
        text = page.read_text(encoding="utf-8")
        assert ("另有1个文件无法检查" in text, "1 more file could not be checked" in text) == (told, told)


def test_names_are_text_and_never_markup() -> None:
    report = check(centre(name="<script>alert(1)</script>", id="<b>"), "zhejiang_2022")
    text = render([report, report], Options("html", "zh"))
    assert "<script>alert" not in text
    assert "<b>" not in text
    page_of([report])


ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'--><!-- reports --></style>{{ 7 * 7 }}"


def attacked(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every text of a document."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from attacked(value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from attacked(value, (*at, index))
    elif isinstance(data, str):
        yield at


@cache
def hostile_centre() -> tuple[Centre, set[str]]:
    """The example with an attack in every text that may hold any; and the fields that do."""
    document = document_of(Centre.from_file(EXAMPLE))
    document["sources"] = [
        {
            "path": "/contributions/0/amount",
            "title": "t",
            "url": "https://example.org",
            "date": "2024",
            "excerpt": "e",
        }
    ]
    document["attestations"] += [
        {"rule": "zhejiang_2022/coordination", "met": True, "by": "b", "date": "2026-01-01", "evidence": "e"}
    ]
    document["attestations"] += [
        {
            "rule": f"zhejiang_2022/{ATTACK}",
            "item": "i",
            "met": True,
            "by": "b",
            "date": "2026-01-01",
            "evidence": "e",
        }
    ]
    document["exemptions"] += [
        {"rule": f"zhejiang_2022/{ATTACK}", "reason": "r", "approved_by": "a", "date": "2026-01-01"}
    ]
    hit = set()
    for *above, last in list(attacked(document)):
        if last == "path" or (last == "rule" and "/" in str(get(document, [*above, last]))):
            continue  # what a source or a judgement speaks of: another name would only take its effect away
        changed = apply(document, [Edit("set", (*above, last), f"{ATTACK}{len(hit)}")])
        try:
            Centre.from_data(changed)
        except DataError:  # a number, a day, a word of a vocabulary
            continue
        document = changed
        hit.add(str([part for part in (*above, last) if isinstance(part, str)][-1]))
    return Centre.from_data(document), hit


@pytest.mark.parametrize("count", [1, 2, 7])
def test_no_text_of_a_centre_becomes_markup(count: int) -> None:
    bad, hit = hostile_centre()
    assert hit >= {
        "id",
        "name",
        "second_name",
        "name_en",
        "approval_document",
        "evidence",
        "by",
        "reason",
        "approved_by",
        "title",
        "url",
        "excerpt",
        "item",
    }
    page = page_of([check(bad, "zhejiang_2022")] * count)
    assert page.tags["script"] == page_of([check(centre(), "zhejiang_2022")] * count).tags["script"] == 2
    assert page.tags["img"] == 0
    assert not any(name.startswith("on") for name in page.attributes)
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7 * 7 }}" in page.text


def test_many_centres_are_folded_and_stay_small() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    one = Centre.from_text(text, file="centre.yaml")
    reports = [check(one, "zhejiang_2022")] * 200
    found = render(reports, Options("html", "zh"))
    assert len(found.encode()) < 3_000_000
    shown = [finding for finding in reports[0] if finding.status not in ("pass", "not_applicable")]
    assert len(Page(found).statuses) == 200 * len(shown)


def test_the_whole_of_many_centres_counts_what_the_reports_say() -> None:
    reports = [check(centre(id=str(n)), "zhejiang_2022") for n in range(6)] + [
        check(centre(contributions=[]), "zhejiang_2022")
    ]
    figures = {"jurisdiction": "zhejiang", "reported_on": "2026-06-30", "centres": 12}
    reports.append(check_programme(figures, "zhejiang_2022"))
    whole = overview(reports)
    assert whole.total == 7
    assert dict(whole.verdicts) == {"non_compliant": 7}
    assert {clause.rule: number for clause, number in whole.failed}["zhejiang_2022/investment-2y"] == 7
    assert "zhejiang_2022/open-sharing" in {clause.rule for clause, _ in whole.unknown}
    assert [target.id for target in whole.targets] == ["programme-count", "programme-breakthroughs"]
    by_rule = {due[0].clause.rule.split("/")[1]: (day, len(due)) for day, due in whole.due}
    assert by_rule["staff-5y"] == ("2027-03-01", 7)
    assert by_rule["annual-evaluation"] == ("2026-12-31", 7)
    page = page_of(reports)
    assert "到2025年布局建设10—15家" in page.text
    assert 'data-zh="现状"' in render(reports, Options("html", "zh"))  # on a phone its cells say their column


def test_what_falls_due_later_than_a_year_is_in_the_calendar_only() -> None:
    report = check(Centre.from_file(EXAMPLE), "zhejiang_2022", as_of="2026-02-01")
    assert "staff-5y" not in {finding.id for _, finding in due_of(report)}
    assert "staff-5y" in {finding.id for _, finding in due_of(report, 100)}


def test_what_is_owed_several_times_is_in_the_calendar_on_each_of_its_days() -> None:
    """A change of June was not filed in time; those of December still can be."""
    changes = [
        {"date": day, "filed": False} for day in ("2025-06-01", "2025-12-20", "2025-12-28", "2025-12-28")
    ]
    data = {"id": "q", "jurisdiction": "example", "approved_on": "2024-02-01", "reported_on": "2025-12-31"}
    report = check(data | {"changes": changes}, ROOT / "tests" / "operators" / "example_2024.yaml")
    assert report["filed-changes"].status == "fail"
    days = [day.isoformat() for day, finding in due_of(report) if finding.id == "filed-changes"]
    assert days == ["2026-01-19", "2026-01-27"]
    text = render([report], Options("ics", "zh"))
    assert all(f"DTSTART;VALUE=DATE:{day.replace('-', '')}" in text for day in days)


def test_the_calendar_is_one_that_calendars_read() -> None:
    report = check(centre(name="某中心, 甲; 乙\\丙"), "zhejiang_2022")
    text = render([report], Options("ics", "zh"))
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in text.replace("\r\n", "")
    whole = text.replace("\r\n ", "")
    due = [
        finding for finding in report if finding.counts and finding.status == "pending" and finding.deadline
    ]
    assert whole.count("BEGIN:VEVENT") == whole.count("END:VEVENT") == len(due) > 5
    assert sorted(re.findall(r"DTSTART;VALUE=DATE:(\d+)", whole)) == sorted(
        finding.deadline.replace("-", "") for finding in due
    )
    assert len(set(re.findall(r"UID:(\S+)", whole))) == len(due)
    assert "SUMMARY:某中心\\, 甲\\; 乙\\\\丙：" in whole
    assert render([report], Options("ics", "zh")) == text
    english = render([report], Options("ics", "en")).replace("\r\n ", "")
    assert f"DESCRIPTION:as of {report.as_of}: " in english, "a number of days left says from which day"
    assert "Working guideline of Zhejiang province" in english
    assert "工作指引" not in english


def test_the_command_writes_page_and_calendar(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for number in range(2):
        (tmp_path / f"centre{number}.yaml").write_text(
            text.replace("name: 浙江省示例电路", f"name: 浙江省第{number}", 1), encoding="utf-8"
        )
    for format_, sign in (("html", "浙江省第1"), ("ics", "BEGIN:VCALENDAR")):
        target = tmp_path / f"out.{format_}"
        result = CliRunner().invoke(
            main, ["check", str(tmp_path), "--format", format_, "--output", str(target), "--lang", "zh"]
        )
        assert result.exit_code == 1, result.output
        assert sign in target.read_text(encoding="utf-8")
    assert date.today().isoformat().replace("-", "") not in (tmp_path / "out.ics").read_text(encoding="utf-8")


def test_what_many_centres_lack_is_counted_over_all_and_named_for_each() -> None:
    real = Centre.from_file(EXAMPLE.parent / "real" / "zj-fos.yaml")
    reports = [check(real.model_copy(update={"id": f"c{n}"}), "zhejiang_2022") for n in range(6)]
    reports.append(check(centre(), "zhejiang_2022"))
    lacking = {lack.wait.field: lack for lack in overview(reports).lacking}
    waits = {wait.field: wait for wait in reports[0].waiting.data}
    assert lacking["approved_on"].centres == 6
    assert lacking["approved_on"].findings == 6 * len(waits["approved_on"].rules)
    page = render(reports, Options("html", "zh"))
    assert "先补哪些数据" in page
    assert page.count("Supply first: ") == sum(bool(report.waiting.data) for report in reports)
