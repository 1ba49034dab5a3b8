"""A rule file's own fields in tables, forms, schemas, plans, what-if, comparisons, monitors, pages and
commands."""

from __future__ import annotations

import csv
import json
import random
import re
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from agreement import FRAMES, disagreements, engines
from click.testing import CliRunner
from generate import random_centre
from test_fields import CENTRE, DAY, EXPECTED, HERE, RULES, TEXT, rules

from tic_rules import (
    Centre,
    DataError,
    UsageError,
    check,
    check_programme,
    load_ruleset,
    parse_ruleset,
    row_function,
)
from tic_rules.analysis.diff.topics import diff
from tic_rules.analysis.monitor import Monitor
from tic_rules.analysis.plan import make_plan
from tic_rules.analysis.what_if import with_values
from tic_rules.cli import main
from tic_rules.engines.check import parse_day
from tic_rules.engines.columns.tables import check_table, facts_table
from tic_rules.inputs.layout import Names
from tic_rules.model.tables import described, layout_of
from tic_rules.renderers.form import blank_file
from tic_rules.results.schemas import centre_schema

PROVINCES = Path(__file__).parents[2] / "examples/provinces"
HAIDONG = PROVINCES / "haidong/tic_rules_haidong/haidong_2024.yaml"
LINSHAN = PROVINCES / "linshan/tic_rules_linshan/linshan_2023.yaml"


def centre(**more: Any) -> Any:
    data = json.loads(json.dumps(yaml.safe_load(CENTRE.read_text(encoding="utf-8")), default=str))
    return Centre.from_data({**data, **more}, ruleset=RULES)


def run(*arguments: Any, status: int | None = None) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code in ((0, 1) if status is None else (status,)), result.output
    return result.stdout if status is None else result.output


def statuses(output: str) -> dict[str, str]:
    (report,) = json.loads(output)["reports"]
    return {finding["rule"].partition("/")[2]: finding["status"] for finding in report["findings"]}


# --- tables -------------------------------------------------------------------------------------------------


def test_a_workbook_holds_them_and_reads_back_the_same(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    calamine = pytest.importorskip("python_calamine")
    book = tmp_path / "report.xlsx"
    run("check", CENTRE, "--rules", RULES, "--format", "xlsx", "--output", book)
    output = run("check", book, "--rules", RULES, "--format", "json")
    assert statuses(output) == EXPECTED
    (report,) = json.loads(output)["reports"]
    places = {finding["rule"]: finding["place"]["cell"] for finding in report["findings"]}
    assert places["hefeng_2024/research"].startswith("hosts.annual!"), "a list in a list has its own sheet"
    again = Centre.from_file(book, ruleset=RULES)
    first: Any = Centre.from_file(CENTRE, ruleset=RULES)
    assert (again.premises, again.hosts, again.patents, again.annual) == (  # type: ignore[attr-defined]
        first.premises,
        first.hosts,
        first.patents,
        first.annual,
    )
    zh = tmp_path / "zh.xlsx"
    run("check", CENTRE, "--rules", RULES, "--format", "xlsx", "--output", zh, "--lang", "zh")
    cells = [
        cell
        for row in calamine.CalamineWorkbook.from_path(zh).get_sheet_by_name("中心").to_python()
        for cell in row
    ]
    assert "和风省" in cells, "a word that the rule file adds to a shared list"
    assert statuses(run("check", zh, "--rules", RULES, "--format", "json")) == EXPECTED


@pytest.mark.parametrize("kind", [(), ("--wide",)])
def test_a_form_says_of_a_list_in_a_list_where_and_for_which_entry_to_fill_it_in(
    tmp_path: Path, kind: tuple[str, ...]
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    run("init", "--rules", RULES, "--lang", "zh", "--output", tmp_path / "form.xlsx", *kind)
    book = openpyxl.load_workbook(tmp_path / "form.xlsx")
    name = "依托（牵头）单位·年度数据"  # there is a sheet 年度数据 of its own too
    (entry,) = (cell for cell in book[name][1] if cell.value == "所属条目")
    assert re.search("名称.*第几条", entry.comment.text)
    (column,) = (cell for cell in book["依托（牵头）单位"][1] if cell.value == "年度数据")
    assert f"内容填在工作表“{name}”中" in column.comment.text


def test_a_list_that_is_called_as_another_ends_has_a_sheet_of_its_own() -> None:
    more = (
        "    hosts.rounds: {zh: 轮次, en: rounds of a host, type: entries}\n"
        "    hosts.rounds.note: {zh: 说明, en: note, type: text}\n    award_kinds:"
    )
    text = TEXT.replace("    award_kinds:", more, 1).replace(
        "zh: 专利, en: patents,", "zh: 专利, en: rounds,"
    )
    declared = parse_ruleset(text, "mine.yaml")
    layout = layout_of(declared.centre_model, declared.vocabulary)
    names = Names(described(declared.centre_model, declared.vocabulary))
    assert layout.lists["hosts.rounds"].label.en == "hosts.rounds"
    for path, sheet in layout.lists.items():
        found = names.sheet(sheet.label.en)
        assert found is not None
        assert found.path == path


def csv_file(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def test_people_type_them_into_tables(tmp_path: Path) -> None:
    main_sheet = csv_file(
        tmp_path / "centres.csv",
        [
            "编号",
            "所属地区",
            "所处阶段",
            "填报截止日期",
            "科研用房面积（平方米）",
            "仪器设备原值(万元)",
            "自有科研楼",
            "所在地",
            "博士占比",
        ],
        ["a", "和风省", "已批复", "2026-06-30", "≥3000", "2100", "是", "园区", "30%"],
        ["b", "和风省", "已批复", "2026-06-30", "2999.5平方米", "1999", "否", "其他", "0.29"],
    )
    csv_file(
        tmp_path / "centres.hosts.csv",
        ["编号", "单位名称", "注册日期"],
        ["a", "甲集团", "2015年3月"],
        ["a", "乙大学", "1950"],
        ["b", "丙公司", ""],
    )
    csv_file(
        tmp_path / "centres.hosts.annual.csv",
        ["编号", "所属条目", "年度", "研发投入"],
        ["a", "乙大学", "2025", "1000万元"],
        ["a", "1", "2025年", "2000万元"],
        ["b", "", "2025", "1亿元"],
    )
    csv_file(
        tmp_path / "centres.专利.csv",
        ["编号", "类型", "授权日期", "权利要求数"],
        ["a", "发明专利", "2023年", "30件"],
    )
    a, b = (Centre.from_data(json.loads(json.dumps(one)), ruleset=RULES) for one in _plain(main_sheet))
    first, second = (check(one, RULES, as_of=DAY) for one in (a, b))
    for name in ("floor", "equipment", "building", "site", "doctors", "research", "registered", "kinds"):
        assert first[name].status == "pass", name
    for name in ("floor", "equipment", "building", "site", "doctors"):
        assert second[name].status == "fail", name
    assert second["research"].status == "pass"
    assert second["registered"].status == "unknown"
    lines = run("check", tmp_path, "--rules", RULES, "--format", "jsonl").splitlines()
    assert len(lines) == 2, "one file, not four"


def test_a_label_of_two_words_is_asked_back_and_an_id_is_its_own_word(tmp_path: Path) -> None:
    text = RULES.read_text(encoding="utf-8")
    campus = "      campus: {zh: 校园, en: campus}\n"
    ruleset = parse_ruleset(text.replace(campus, "      campus: {zh: 园区, en: park}\n", 1), RULES.name)
    table = csv_file(tmp_path / "c.csv", ["编号", "所在地"], ["a", "park"])
    assert Centre.from_file(table, ruleset=ruleset).premises.site == "park"  # type: ignore[attr-defined]
    csv_file(table, ["编号", "所在地"], ["a", "园区"])
    with pytest.raises(DataError, match="several are called '园区': write the id"):
        Centre.from_file(table, ruleset=ruleset)


def _plain(path: Path) -> list[dict[str, Any]]:
    from tic_rules.model.document import plain

    read = list(Centre.each_from_file(path, ruleset=RULES))
    assert all(isinstance(one, Centre) for one in read), read
    return [plain(one) for one in read if isinstance(one, Centre)]


def test_what_does_not_fit_a_table_is_asked_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "c.csv"
    for written in ("3000亩", "3000台"):  # an area is no number of things
        csv_file(table, ["编号", "科研用房面积"], ["a", written])
        with pytest.raises(DataError, match="one of 平方米、square metres "):
            Centre.from_file(table, ruleset=RULES)
    csv_file(table, ["编号", "科研用房面积(亩)"], ["a", "3000"])
    with pytest.raises(DataError, match="亩"):
        Centre.from_file(table, ruleset=RULES)
    csv_file(table, ["编号", "科研用房面积（平方米）"], ["a", "3000"])
    with pytest.raises(DataError, match="unknown column"):
        Centre.from_file(table)
    monkeypatch.setenv("TIC_RULES_PATH", str(HERE))
    with pytest.raises(DataError, match="is a field of `hefeng_2024`: name it with `--rules`"):
        Centre.from_file(table)
    csv_file(tmp_path / "c.hosts.csv", ["编号", "单位名称"], ["a", "甲"], ["a", "甲"])
    for entry in ("", "甲", "3", "乙"):
        csv_file(tmp_path / "c.hosts.annual.csv", ["编号", "所属条目", "年度"], ["a", entry, "2025"])
        with pytest.raises(DataError, match="hosts"):
            Centre.from_file(table, ruleset=RULES)


def test_an_entry_without_a_name_is_called_by_its_year(tmp_path: Path) -> None:
    inner = "    annual.labs: {zh: 实验室, en: laboratories, type: entries}\n"
    inner += '    annual.labs.area: {zh: 面积, en: area, example: "5", type: number, unit: square_metre}\n'
    own = tmp_path / "own.yaml"
    own.write_text(RULES.read_text("utf-8").replace("  lists:\n", inner + "  lists:\n", 1), encoding="utf-8")
    table = csv_file(tmp_path / "c.csv", ["编号", "所属地区"], ["a", "和风省"])
    csv_file(tmp_path / "c.annual.csv", ["编号", "年度"], ["a", "2024"], ["a", "2025"])
    labs = tmp_path / "c.annual.labs.csv"
    csv_file(labs, ["编号", "所属条目", "面积"], ["a", "2025", "7"], ["a", "2024年", "5"], ["a", "2", "8"])
    centre: Any = Centre.from_file(table, ruleset=own)
    assert [[lab.area.low for lab in of.labs] for of in centre.annual] == [[5], [7, 8]]
    csv_file(labs, ["编号", "所属条目", "面积"], ["a", "2023", "7"])
    with pytest.raises(DataError, match="has no '2023'"):
        Centre.from_file(table, ruleset=own)


def test_a_form_names_the_clause_of_a_list_within_a_list_and_no_heading_of_nothing() -> None:
    linshan = load_ruleset(str(LINSHAN))
    form = blank_file([linshan])
    assert "# 依托（牵头）单位  〔临山省技术创新中心建设指引 一（一）；" in form
    assert "由人评审认定的条款" not in form
    assert [rule.id for rule in linshan if rule.attested] == []


def test_a_form_asks_for_them_and_reads_back(tmp_path: Path) -> None:
    text = blank_file([rules()])
    for said in (
        "# 科研用房面积",
        "#   例：3000",
        "research_area:",
        "park 园区 | campus 校园",
        "patents:",
        "year 年度",
    ):
        assert said in text
    blank = Centre.from_text(text, ruleset=RULES)
    assert check(blank, RULES, as_of=DAY)["floor"].status == "unknown"
    both = blank_file([load_ruleset("zhejiang_2022"), rules()])
    assert "research_area:" in both
    assert "headcount:" in both
    assert "research_area" not in blank_file([load_ruleset("zhejiang_2022")])
    header = run("init", "--rules", RULES, "--format", "csv", "--lang", "zh")
    assert "科研用房面积" in header
    pytest.importorskip("xlsxwriter")
    pytest.importorskip("python_calamine")
    book = tmp_path / "form.xlsx"
    run("init", "--rules", RULES, "--output", book, "--lang", "zh")
    with pytest.raises(DataError, match="no row of data"):
        Centre.from_file(book, ruleset=RULES)
    from python_calamine import CalamineWorkbook

    read = CalamineWorkbook.from_path(book)
    rows = [row for name in ("基本信息", "科研条件") for row in read.get_sheet_by_name(name).to_python()]
    for item, example in (("科研用房面积", "320"), ("人员·博士占比", "30%"), ("仪器设备原值", "1200万元")):
        (hint,) = [row[3] for row in rows if item == row[0]]
        assert f"随时间变化的，一行一个：2024-02-01: {example}\n" in hint


GROUPED = """\
id: grouped_2024
version: 1.0.0
jurisdiction: zhejiang
languages: [zh]
document: {title: 办法, in_force: {from: 2024-01-01}}
vocabulary:
  fields:
    lead: {zh: 牵头单位, type: group}
    lead.registered_on: {zh: 注册日期, example: 2015-03-01, type: date}
    annual_reports: {zh: 年度工作报告, type: by_year}
    annual_reports.sent: {zh: 已报送, example: "true", type: truth}
  lists: {sent_reports: {path: annual_reports, year: year}}
  facts:
    registered: {label: {zh: 牵头单位注册日期}, value: lead.registered_on, type: date}
    sent: {label: {zh: 年度工作报告}, entries: sent_reports}
clauses: [{at: 一, heading: 要求, rules: [both]}]
rules:
  - id: both
    at: 一
    quote: 牵头单位已经注册并报送年度工作报告
    topic: host
    kind: condition
    modality: must
    bearer: host
    require: {all: [{fact: registered, done: true}, {fact: sent, some: {sent: true}}]}
    title: &said {zh: 已注册并报送}
    message: *said
    remedy: *said
"""


@pytest.mark.parametrize("kind", [(), ("--wide",)])
def test_a_form_says_whose_a_field_of_a_group_is(tmp_path: Path, kind: tuple[str, ...]) -> None:
    """And it is read where a list's path is what a shipped list is called in English (annual reports)."""
    openpyxl = pytest.importorskip("openpyxl")
    mine, form = tmp_path / "grouped_2024.yaml", tmp_path / "form.xlsx"
    mine.write_text(GROUPED, encoding="utf-8")
    run("init", "--rules", mine, "--lang", "zh", "--output", form, *kind)
    book = openpyxl.load_workbook(form)
    sheet = book["中心" if kind else "基本信息"]
    (item,) = (cell for row in sheet for cell in row if cell.value == "牵头单位·注册日期")
    sheet.cell(*((2, item.column) if kind else (item.row, 2)), "2015-03")
    (name,) = (cell for row in sheet for cell in row if cell.value == "填报截止日期")
    sheet.cell(*((2, name.column) if kind else (name.row, 2)), "2025-06-30")
    at = ["年度", "已报送"]
    for row in (at, [2024, "是"]):
        for cell, value in zip([c for c in book["年度工作报告"][1] if c.value in at], row, strict=True):
            book["年度工作报告"].cell(cell.row + (row is not at), cell.column, value)
    book.save(form)
    centre: Any = Centre.from_file(form, ruleset=mine)
    assert centre.lead.registered_on.first == date(2015, 3, 1)
    assert [one.sent for one in centre.annual_reports] == [True]


def test_schemas_have_them() -> None:
    data = json.loads(json.dumps(yaml.safe_load(CENTRE.read_text(encoding="utf-8")), default=str))
    schema = json.loads(run("schema", "centre", "--rules", RULES))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(data)
    assert schema["properties"]["patents"]["description"] == "专利 · patents"
    registered = schema["$defs"]["CentreHostsRecord"]["properties"]["registered_on"]["description"]
    assert registered == "注册日期 · registered on（例 2015-03-01）"
    for wrong in ({"patents": [{"kind": "design"}]}, {"premises": {"area": 3}}, {"jurisdiction": "nowhere"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(schema).validate(wrong)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(centre_schema()).validate(data)
    assert "does not go with" in run("schema", "report", "--rules", RULES, status=2)


# --- engines of tables --------------------------------------------------------------------------------------


def test_tables_of_facts_and_rows_decide_the_same() -> None:
    pytest.importorskip("polars")
    ruleset = rules()
    table = facts_table([centre(), centre(premises={"research_area": 2999})], ruleset, as_of=DAY)
    decided = check_table(table, ruleset).to_dicts()
    assert {name: decided[0][name] for name in EXPECTED} == EXPECTED
    assert decided[1]["floor"] == "fail"
    decide = row_function(ruleset, list(table.columns))
    for row, expected in zip(table.to_dicts(), decided, strict=True):
        said = dict(zip(ruleset.rule_ids, decide(row), strict=True))
        assert said == {name: expected[name] for name in EXPECTED}


ENGINES = [*engines(), *([FRAMES] if find_spec("polars") else [])]


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_agree_on_centres_drawn_at_random(engine: str) -> None:
    if engine == "durable":
        pytest.importorskip("durable", reason="needs the extra durable")
    rng, ruleset = random.Random(14), rules()
    for _ in range(150 if engine == "compiled" else 12):
        data, as_of = random_centre(ruleset, rng)
        assert not list(disagreements(data, ruleset, as_of, engine)), (data, as_of)


# --- changes ------------------------------------------------------------------------------------------------


def test_what_if_sets_them() -> None:
    day = parse_day(DAY)
    for place, value, rule, status in (
        ("premises.research_area", "2999", "floor", "fail"),
        ("hosts.1.annual.0.research", "500万元", "research", "pass"),
        ("hosts.0.annual+", {"year": 2025, "research": "1亿元"}, "research", "pass"),
        ("patents.1.kind", "invention", "kinds", "unknown"),
        ("discredited", True, "honest", "fail"),
    ):
        changed = with_values(centre(), [(place, value)], rules(), day)
        assert check(changed, RULES, as_of=DAY)[rule].status == status, place
    with pytest.raises(UsageError, match="there is no"):
        with_values(centre(), [("hosts.annual+", {"year": 2025})], rules(), day)
    both = ("--rules", RULES, "--rules", "zhejiang_2022")
    assert "pass → fail" in run("what-if", CENTRE, *both, "--set", "premises.site=elsewhere")


def test_a_plan_reaches_them() -> None:
    bare = {"jurisdiction": "hefeng", "stage": "approved", "reported_on": DAY, "approved_on": "2024-03-01"}
    for hosts in ({}, {"hosts": [{"name": "甲"}]}, {"hosts": []}):
        plan = make_plan(Centre.from_data(bare | hosts, ruleset=RULES), rules(), parse_day(DAY))
        after = {finding.id: finding.status for finding in plan.after}
        for name in (
            "floor",
            "equipment",
            "building",
            "handed-over",
            "doctors",
            "site",
            "inventions",
            "awards",
        ):
            assert after[name] == "pass", name
    unread = make_plan(Centre.from_data(bare | {"jurisdiction": None}), rules(), parse_day(DAY))
    assert unread.after["floor"].status == "pass"
    with pytest.raises(UsageError, match=r"premises\.height"):
        make_plan(centre(), rules(), parse_day(DAY), keep=["premises.height"])
    kept = make_plan(centre(premises={}), rules(), parse_day(DAY), keep=["premises"])
    assert kept.after["floor"].status == "unknown"


def test_a_comparison_compares_and_proves_by_them(tmp_path: Path) -> None:
    other = TEXT.replace("id: hefeng_2024", "id: hefeng_2026").replace("at_least: 3000}", "at_least: 4000}")
    later = parse_ruleset(other.replace("at_least: 15}", "at_least: 16}"))
    compared = diff(rules(), later)
    changed = {pair.a.id for topic in compared.topics for pair in topic.pairs if pair.a and pair.changes}
    assert changed == {"floor", "inventions"}
    assert {topic.relation for topic in compared.topics} == {"b_stricter", "same"}
    pytest.importorskip("z3")
    from tic_rules.analysis.prove.proof import proved

    claims = {(claim.side, claim.rule.id): claim for claim in proved(compared).claims}
    assert claims["b", "floor"].status != "guaranteed"
    assert claims["a", "floor"].status == "guaranteed", "who has 4000 has 3000"
    assert claims["a", "inventions"].status == "guaranteed"


def test_a_monitor_watches_them() -> None:
    monitor = Monitor(RULES, centre(), day=DAY)
    monitor.apply({"set": "premises.site", "value": "elsewhere", "since": "2026-06-30"})
    assert monitor.report["site"].status == "fail"
    monitor.apply({"set": "hosts.1.annual.0.research", "value": "600万元"})
    assert monitor.report["research"].status == "pass"
    monitor.apply({"add": "hosts.0.annual", "entry": {"year": 2026, "research": 1}})
    assert monitor.data["hosts"][0]["annual"][-1] == {"year": 2026, "research": 1}
    for event in (
        {"add": "hosts.annual", "entry": {}},
        {"set": "hosts.name", "value": "甲"},
        {"add": "hosts.7.annual", "entry": {}},
        {"set": "hosts.0.type", "value": "university", "since": DAY},
        {"set": "premises.height", "value": 3},
    ):
        with pytest.raises(UsageError):
            monitor.apply(event)
    again = Monitor.restore(monitor.state(), RULES)
    assert again.report.as_dict() == monitor.report.as_dict()


def test_a_monitor_of_other_rules_leaves_them_aside() -> None:
    read = Centre.from_file(CENTRE, ruleset=[RULES, "national_2020"])
    monitor = Monitor("national_2020", read.model_copy(update={"jurisdiction": None}), day=DAY)
    assert "premises" not in monitor.data
    assert Monitor.restore(monitor.state()).verdict == monitor.verdict


# --- commands -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--rules", "zhejiang_2022"), ("--jobs", "2")])
def test_the_command_line_reads_them(tmp_path: Path, more: tuple[str, ...]) -> None:
    folder = tmp_path / "centres"
    folder.mkdir()
    for name in ("one", "two", "three"):
        (folder / f"{name}.yaml").write_text(CENTRE.read_text(encoding="utf-8"), encoding="utf-8")
    lines = run("check", folder, "--rules", RULES, *more, "--format", "jsonl").splitlines()
    own = [json.loads(line) for line in lines if json.loads(line)["ruleset"]["id"] == "hefeng_2024"]
    assert len(own) == 3
    for report in own:
        said = {finding["rule"].partition("/")[2]: finding["status"] for finding in report["findings"]}
        assert said == EXPECTED


def test_a_centre_of_its_jurisdiction_needs_no_rules_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIC_RULES_PATH", str(HERE))
    assert statuses(run("check", CENTRE, "--format", "json")) == EXPECTED
    refused = run("check", CENTRE, "--rules", "zhejiang_2022", status=2)
    assert "premises is a field of `hefeng_2024`: name it with `--rules`" in refused


def test_written_reports_are_decided_again(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    run("check", CENTRE, "--rules", RULES, "--rules", "zhejiang_2022", "--format", "json", "--output", report)
    run("verify", report, status=0)


@pytest.mark.parametrize("format_", ["text", "markdown", "html", "sarif", "junit", "github", "ics"])
def test_every_format_shows_them(format_: str) -> None:
    output = run("check", CENTRE, "--rules", RULES, "--format", format_, "--lang", "zh", "--verbose")
    assert format_ == "ics" or "研发投入" in output


def test_pages_and_explanations_name_them(tmp_path: Path) -> None:
    run("docs", tmp_path / "site", "--rules", RULES)
    page = (tmp_path / "site" / "hefeng_2024" / "floor.html").read_text(encoding="utf-8")
    assert "premises.research_area" in page
    assert "平方米" in page
    assert "premises.research_area" in run("explain", "floor", "--rules", RULES, "--centre", CENTRE)


def test_provinces_are_compared_and_proved() -> None:
    pytest.importorskip("z3")
    from tic_rules.analysis.prove.proof import proved

    text = HAIDONG.read_text(encoding="utf-8")
    here, there = parse_ruleset(text), load_ruleset(str(LINSHAN))
    assert {claim.side for claim in proved(diff(here, there)).claims} == {"a", "b"}
    later = text.replace("id: haidong_2024", "id: haidong_2026").replace("at_least: 1}", "at_least: 2}", 1)
    claims = {(claim.side, claim.rule.id): claim for claim in proved(diff(here, parse_ruleset(later))).claims}
    assert "other_bearer" not in {claim.status for claim in claims.values()}
    assert claims["a", "registered-a-year"].status == "guaranteed", "who is registered for two years"
    assert claims["b", "registered-a-year"].status != "guaranteed"
    for rule in ("rd-three-years", "filed-changes", "second-acceptance", "support-ceiling"):
        assert claims["b", rule].status == "guaranteed", "they are the same"


def test_two_declarations_of_a_field_are_both_named(tmp_path: Path) -> None:
    pytest.importorskip("z3")
    other = tmp_path / "other_2024.yaml"
    text = HAIDONG.read_text(encoding="utf-8").replace("id: haidong_2024", "id: other_2024")
    text = text.replace("patent_kinds", "kinds_of_patents").replace("at_least: 15}", "at_least: 16}")
    other.write_text(text, encoding="utf-8")
    told = CliRunner().invoke(main, ["diff", str(HAIDONG), str(other), "--prove"])
    assert told.exit_code == 2
    assert f"{HAIDONG}:" in told.output
    assert f"{other}:" in told.output


def test_the_form_has_what_deadlines_run_from() -> None:
    haidong = load_ruleset(str(HAIDONG))
    form = blank_file([haidong])
    assert "变更日期" in form
    assert "备案日期" in form


def test_the_form_says_which_clause_asks_for_a_list_within_entries_and_for_what_a_programme_reads() -> None:
    text = LINSHAN.read_text(encoding="utf-8")
    form = blank_file([parse_ruleset(text)])
    hosts, annual = (
        next(line for line in form.splitlines() if label in line) for label in ("# 依托", "年度数据")
    )
    assert "一（一）" in hosts
    assert "一（一）" in annual
    assert "填在 attestations 中，每条须有" not in form  # no rule is judged
    assert "# 领域  〔海东省技术创新中心建设管理办法 第四条〕" in blank_file([load_ruleset(str(HAIDONG))])


def test_a_group_without_a_label_is_not_told_by_its_key() -> None:
    text = Path(RULES).read_text(encoding="utf-8")
    form = blank_file([parse_ruleset(re.sub("    premises: .*\n", "", text))])
    assert "\npremises:\n  # 科研用房面积" in form


def test_a_year_that_is_not_as_asked_is_told_as_a_year() -> None:
    ruleset = load_ruleset(str(LINSHAN))
    base = LINSHAN.parent / "cases" / "linshan_2023" / "base.yaml"
    text = base.read_text(encoding="utf-8").replace("2021, rd: 500万元", "2021, rd: 499万元")
    message = check(Centre.from_text(text, ruleset=ruleset), ruleset, as_of="2024-01-10")[
        "rd-each-year"
    ].message
    assert "；涉及：2021年；" in message.zh
    assert "; concerns 2021; " in message.en


def test_a_plan_reaches_a_part_that_cannot_be_written_down() -> None:
    text = HAIDONG.read_text(encoding="utf-8").replace("at_least: 3000}", "at_least: 1/3}")
    text = text.replace("type: number, unit: square_metre", "type: percentage")
    text = text.replace("stock: premises.area, unit: square_metre", "stock: premises.area, unit: ratio")
    ruleset = parse_ruleset(
        text.replace('example: "3200"', "example: 40%").replace("    by: application\n", "")
    )
    data = {"approved_on": "2024-01-01", "reported_on": "2026-01-01", "premises": {"area": "33%"}}
    made = make_plan(Centre.from_data(data, ruleset=ruleset), ruleset, parse_day("2026-01-01"))
    assert (made.before["premises"].status, made.after["premises"].status) == ("fail", "pass")
    assert "现有33%，要求≥1/3，差约0.3333个百分点" in made.before["premises"].message.zh
    assert "要求≥1/3" in made.after["premises"].message.zh


def test_the_report_as_a_workbook_calls_the_year_of_own_figures_so(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter")
    calamine = pytest.importorskip("python_calamine")
    base = HAIDONG.parent / "cases/haidong_2024/base.yaml"
    result = str(tmp_path / "result.xlsx")
    arguments = ["check", str(base), "--rules", str(HAIDONG), "--format", "xlsx", "--output", result]
    CliRunner().invoke(main, [*arguments, "--lang", "zh"])
    sheet = calamine.CalamineWorkbook.from_path(result).get_sheet_by_name("年度数据")
    assert sheet.to_python()[0] == ["中心编号", "年度", "研发投入", "主营业务收入", "补助"]


def test_the_page_calls_own_data_and_topics_by_their_labels(tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    base = HAIDONG.parent / "cases/haidong_2024/base.yaml"
    page = CliRunner().invoke(main, ["check", str(base), "--rules", str(HAIDONG), "--format", "html"]).stdout
    assert all(
        label in page for label in (">科研用房面积/第1条/数值<", ">年度数据/第10条/补助<", ">变更备案<")
    )
    assert ">annual/第" not in page
    assert "safety and honesty" in page


def test_what_a_programme_has_of_its_centres_is_found_in_their_files(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("jurisdiction: haidong\nreported_on: 2026-06-30\n", "utf-8")
    approved = "jurisdiction: haidong\nstage: approved\napproved_on: 2022-03-01\nreported_on: 2026-06-30\n"
    for name, fields in (("a", "fields: [集成电路]\n"), ("b", "fields: [新材料, 集成电路]\n"), ("c", "")):
        (tmp_path / f"{name}.yaml").write_text(f"id: {name}\n{approved}{fields}", "utf-8")

    def one_a_field(*names: str) -> dict[str, Any]:
        files = [str(tmp_path / f"{name}.yaml") for name in names]
        arguments = ["check", *files, "--programme", str(tmp_path / "p.yaml"), "--rules", str(HAIDONG)]
        told = CliRunner().invoke(main, [*arguments, "--format", "json"])
        findings = json.loads(told.stdout)["reports"][-1]["findings"]
        return next(one for one in findings if one["rule"] == "haidong_2024/one-a-field")

    crowded = one_a_field("a", "b")
    assert [(place["path"], Path(place["file"]).name, place["line"]) for place in crowded["data"]] == [
        ("/fields", "a.yaml", 6),
        ("/fields", "b.yaml", 6),
    ]
    given = [{**yaml.safe_load(approved), "id": name, "fields": ["集成电路"]} for name in "ab"]
    programme = {"jurisdiction": "haidong", "reported_on": "2026-06-30"}
    report = check_programme(programme, load_ruleset(str(HAIDONG)), centres=given)
    assert [place.path for place in report["one-a-field"].data] == [
        "/approvals/0/fields",
        "/approvals/1/fields",
    ]
    lacking = one_a_field("a", "c")
    assert (Path(lacking["place"]["file"]).name, lacking["missing"]) == ("c.yaml", ["/approvals/1/fields"])
    assert lacking["message"]["zh"].endswith("需要补充或写准：创新中心/第2条/领域。")
    assert lacking["message"]["en"].endswith("centres/no. 2/fields.")
