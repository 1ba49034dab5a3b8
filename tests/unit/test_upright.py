"""The form of one centre, filled in as in Excel: it says the same as YAML; what is unclear is asked back
at its cell."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from tic_rules import Centre, DataError, UsageError, check
from tic_rules.cli import main
from tic_rules.model.loader import load_ruleset, parse_ruleset
from tic_rules.renderers.form import blank_workbook
from tic_rules.results.report import Report

Rows = Sequence[Mapping[str, Any]]
ROOT = Path(__file__).parents[2]
RULES = "zhejiang_2022"


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("form") / "填报表.xlsx"
    file.write_bytes(blank_workbook([load_ruleset(RULES)], "zh"))
    return file


def filled(
    form: Path, to: Path, items: Mapping[str, Any], lists: Mapping[str, Rows] | None = None, **units: str
) -> Path:
    """The form with items filled in beside their names, and rows in its lists."""
    book = openpyxl.load_workbook(form)
    left = dict(items)
    for sheet in book:
        if sheet.cell(3, 1).value != "项目":
            continue
        for row in range(4, sheet.max_row + 1):
            name = sheet.cell(row, 1).value
            if name in left:
                sheet.cell(row, 2).value = left.pop(name)
                if name in units:
                    sheet.cell(row, 3).value = units[name]
    assert not left
    for name, rows in (lists or {}).items():
        heads = {cell.value: cell.column for cell in book[name][1]}
        for number, entry in enumerate(rows, 2):
            for head, value in entry.items():
                book[name].cell(number, heads[head]).value = value
    book.save(to)
    return to


GENERAL = {
    "编号": "zj-1",
    "中文名称": "浙江省示例技术创新中心",
    "所属地区": "浙江省",
    "填报截止日期": "2026.6.30",
    "所处阶段": "已批复",
    "批复创建日期": "2022.3.1",
    "建设期（年）": "5年",
}
PLAIN = {
    "id": "zj-1", "name": "浙江省示例技术创新中心", "jurisdiction": "zhejiang", "reported_on": "2026-06-30",
    "stage": "approved", "approved_on": "2022-03-01", "term_years": 5,
}  # fmt: skip


def told(report: Report) -> dict[str, tuple[str, str]]:
    return {finding.id: (finding.status, finding.message.zh) for finding in report}


def test_the_form_filled_in_says_the_same_as_yaml(form: Path, tmp_path: Path) -> None:
    items = {
        **GENERAL,
        "金额单位": "万元",
        "累计服务企业数": "380家",
        "独立法人实体": "√",
        "推荐单位": "设区市政府",
    }
    money = [
        {"到位日期": "2022.3.20", "金额": 20000, "出资方": "依托单位"},
        {"到位日期": "2023-01-10", "金额": "1,234.5", "出资方": "省财政"},
        {"到位日期": "2024年1月10日", "金额": "1.2亿元", "出资方": "社会资本"},
    ]
    by = {"评审单位": "省科技厅", "评审日期": "2026.5.1", "依据": "会议纪要"}
    judged = [{"规则": "靠近创新源头和市场需求", "是否符合": "是", **by}]
    file = filled(form, tmp_path / "a.xlsx", items, {"资金投入": money, "评审判断": judged})
    plain = {
        **PLAIN,
        "outputs": {"served_enterprises": 380},
        "legal": {"independent": True},
        "procedure": {"recommended_by": "city_government"},
        "contributions": [
            {"date": "2022-03-20", "amount": 200_000_000, "payer": "host"},
            {"date": "2023-01-10", "amount": 12_345_000, "payer": "province"},
            {"date": "2024-01-10", "amount": 120_000_000, "payer": "social_capital"},
        ],
    }
    rule = next(r.id for r in load_ruleset(RULES) if r.title.zh == "靠近创新源头和市场需求")
    by_file = {"by": "省科技厅", "date": "2026-05-01", "evidence": "会议纪要"}
    plain["attestations"] = [{"rule": f"{RULES}/{rule}", "met": True, **by_file}]
    report = check(Centre.from_file(file), RULES)
    assert told(report) == told(check(plain, RULES))
    assert report[rule].status == "pass"


def test_what_is_missing_is_at_its_item(form: Path, tmp_path: Path) -> None:
    centre = Centre.from_file(filled(form, tmp_path / "a.xlsx", GENERAL))
    place = centre.nearest(("legal", "independent"))
    assert place.cell.startswith("法人地位!B")
    file = filled(form, tmp_path / "b.xlsx", {name: GENERAL[name] for name in ("编号", "所属地区")})
    with pytest.raises(UsageError, match="--as-of") as missing:
        check(Centre.from_file(file), RULES)
    cell = missing.value.diagnostics[0].cell.split("!")[1]
    assert openpyxl.load_workbook(file)["基本信息"][f"A{cell[1:]}"].value == "填报截止日期"


def test_a_record_that_is_missing_is_at_its_first_item(form: Path, tmp_path: Path) -> None:
    file = filled(form, tmp_path / "a.xlsx", GENERAL | {"填报截止日期": "2027.6.30"})
    (finding,) = [one for one in check(Centre.from_file(file), RULES) if one.id == "acceptance"]
    assert finding.place is not None
    sheet, cell = str(finding.place["cell"]).split("!")
    item, *_, clauses, _ = next(openpyxl.load_workbook(file)[sheet].iter_rows(
        int(cell[1:]), int(cell[1:]), 1, 6, values_only=True
    ))  # fmt: skip
    assert (item, clauses) == ("已验收", "浙科发高〔2022〕5号 五（四）")
    held = {"已验收": "是", "验收日期": "2027-04-20", "验收结果": "通过"}
    file = filled(form, tmp_path / "b.xlsx", GENERAL | {"填报截止日期": "2027.6.30"} | held)
    assert told(check(Centre.from_file(file), RULES))["acceptance"][0] == "pass"


def test_an_item_may_have_its_own_unit(form: Path, tmp_path: Path) -> None:
    items = {**GENERAL, "金额单位": "亿元"}
    file = filled(form, tmp_path / "a.xlsx", items)
    book = openpyxl.load_workbook(file)
    sheet = book["基本信息"]
    for at, value in enumerate(("财政结余经费", 30, "万元"), 1):
        sheet.cell(40, at).value = value
    book.save(file)
    balance = Centre.from_file(file).fiscal_balance
    assert balance is not None
    assert balance.low == 300_000  # type: ignore[union-attr]


def one_item(form: Path, file: Path, row: tuple[object, ...], switch: str = "万元") -> Path:
    book = openpyxl.load_workbook(filled(form, file, {**GENERAL, "金额单位": switch}))
    for at, value in enumerate(row, 1):
        book["基本信息"].cell(40, at).value = value
    book.save(file)
    return file


def test_yuan_beside_an_item_is_a_unit_too(form: Path, tmp_path: Path) -> None:
    file = one_item(form, tmp_path / "a.xlsx", ("财政结余经费", 30, "元"))
    assert Centre.from_file(file).fiscal_balance.low == 30  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("item", "unit"),
    [("财政结余经费", "美元"), ("财政结余经费", "万"), ("联合实验室数", "万个"), ("联合实验室数", "人"),
     ("理事会（董事会）·每年会议次数", "个月")],
)  # fmt: skip
def test_a_unit_beside_an_item_is_not_dropped(item: str, unit: str, form: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"the unit {unit} does not fit"):
        Centre.from_file(one_item(form, tmp_path / "a.xlsx", (item, 30, unit)))


def test_the_unit_of_the_file_goes_for_its_series_too(form: Path, tmp_path: Path) -> None:
    series = [{"字段": "财政结余经费", "日期": "2024-02-01", "数值": 30}]
    file = filled(form, tmp_path / "a.xlsx", {**GENERAL, "金额单位": "万元"})
    book = openpyxl.load_workbook(file)
    sheet = book.create_sheet("历年数据")
    for row in [list(series[0]), list(series[0].values())]:
        sheet.append(row)
    book.save(file)
    (entry,) = Centre.from_file(file).fiscal_balance or ()
    assert entry.value.low == 300_000  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("items", "lists", "said"),
    [
        ({"金额单位": "美元"}, {}, "不是金额单位"),
        ({"推荐单位": "火星"}, {}, "不在可选之列"),
        ({}, {"评审判断": [{"规则": "功能定位不对头"}]}, "没有叫“功能定位不对头”的由评审认定的规则"),
        ({}, {"例外批准": [{"规则": "靠近创新源头"}]}, "没有叫“靠近创新源头”的可以豁免的规则"),
    ],
)
def test_what_is_not_understood_is_asked_back_at_its_cell(
    items: dict[str, Any], lists: dict[str, Rows], said: str, form: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as raised:
        Centre.from_file(filled(form, tmp_path / "a.xlsx", {**GENERAL, **items}, lists))
    (fault,) = [one for one in raised.value.diagnostics if said in one.message.zh]
    assert "!" in fault.cell


def test_an_unknown_item_is_a_fault_only_where_something_is_filled_in(form: Path, tmp_path: Path) -> None:
    file = filled(form, tmp_path / "a.xlsx", GENERAL)
    book = openpyxl.load_workbook(file)
    book["基本信息"].cell(40, 1).value = "一、其他情况"
    book.save(file)
    assert Centre.from_file(file).name == GENERAL["中文名称"]
    book["基本信息"].cell(40, 2).value = "有"
    book.save(file)
    with pytest.raises(DataError) as raised:
        Centre.from_file(file)
    assert raised.value.diagnostics[0].cell == "基本信息!A40"


HEAD = ["项目", "填写", "单位"]


@pytest.mark.parametrize(
    ("rows", "at", "said"),
    [
        ([HEAD, [None, "2022-03-01"]], "B2", "没有写项目"),
        ([HEAD, [None, "2024-02-01: 320"]], "B2", "没有写项目"),
        ([["项目", "填写", "项目", "填写"], ["编号", "z", "建设期", 5]], "C1", "重复"),
        ([["项目", "填写", "填写"], ["建设期", None, 5]], "C1", "重复"),
        ([HEAD, ["金额单位", None, "万元"]], "C2", "请填在“填写”列"),
        ([HEAD, ["批复创建日期", None, "2022-03-01"]], "C2", "请填在“填写”列"),
        ([HEAD, ["批复创建日期", None, "3/4/2022"]], "C2", "请填在“填写”列"),
        ([HEAD, ["财政结余经费", None, "≥30万元"]], "C2", "请填在“填写”列"),
        ([HEAD, ["所处阶段", None, "已批复"]], "C2", "请填在“填写”列"),
        ([HEAD, ["建设期", None, None, 5]], "D2", "请填在“填写”列"),
        ([HEAD, ["金额单位", "万元"], ["金额单位", "亿元"]], "B3", "前面写的金额单位是万元"),
        ([HEAD, ["财政结余经费（万元）", 9, "亿元"]], "C2", "与“财政结余经费（万元）”不符"),
    ],
)
def test_what_stands_beside_its_column_is_asked_back(
    rows: list[list[object]], at: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as raised:
        Centre.from_file(vertical(tmp_path / "a.xlsx", rows))
    first = raised.value.diagnostics[0]
    assert first.cell == f"基本!{at}"
    assert said in first.message.zh


@pytest.mark.parametrize(
    ("item", "unit"),
    [("中文名称", "文本"), ("编号", "字符"), ("领域", "个"), ("方案章节", "章"), ("建设期（年）", "年(1-10)"),
     ("批复创建日期", "例：2026-06-30"), ("财政结余经费", "万元（保留2位）"), ("独立法人实体", "无")],
)  # fmt: skip
def test_a_hint_beside_an_item_left_empty_is_no_value(item: str, unit: str, tmp_path: Path) -> None:
    rows = [HEAD, ["编号", "z"], ["填报截止日期", "2026-06-30"], [item, None, unit]]
    assert Centre.from_file(vertical(tmp_path / "a.xlsx", rows)).id == "z"


COUNTED = [None, "项目", "填写", "单位"]


@pytest.mark.parametrize(
    "rows",
    [
        [COUNTED, [1, "编号", "z"], [2, "批复创建日期"], [3, "建设期", None, "年"], [4, "财政结余经费"]],
        [["项目", "填写"], ["编号", "z", 1], ["建设期", None, 2], ["财政结余经费", None, 3]],
        [[*HEAD, "说明"], ["编号", "z"], ["批复创建日期", None, None, "日期", "2022待定"]],
        [[*HEAD, None], ["编号", "z"], ["中文名称", None, None, "必填"]],
        [HEAD, ["编号", "z"], [None, "填表人：张三"]],
        [HEAD, ["编号", "z"], [None, "联系电话: 025-1234"], [None, "（注1：金额含税）"], [None, "日期："]],
    ],
)
def test_a_running_count_a_remark_and_a_signature_are_no_values(
    rows: list[list[object]], tmp_path: Path
) -> None:
    assert Centre.from_file(vertical(tmp_path / "a.xlsx", rows)).id == "z"


MONEY = ["财政结余经费", 9]


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        ([["单位：万元"], HEAD, ["编号", "z"], MONEY], 90_000),
        ([["经费（万元）"], HEAD, ["编号", "z"], [*MONEY, "亿元"]], 900_000_000),
        ([["单位：万元"], HEAD, ["编号", "z"], ["财政结余经费", "9元"]], 9),
        ([["单位：万元"], HEAD, ["金额单位", "万元"], ["二、经费（单位：万元）"], MONEY], 90_000),
        ([["经费表"], HEAD, ["二、经费（单位：元）"], MONEY], 9),
        ([HEAD, ["二、经费（单位：万元）"], ["财政结余经费", "9万"]], 90_000),
        ([["单位：万元"], HEAD, ["二、收入（单位：亿元）"], ["三、经费（单位：万元）"], MONEY], 90_000),
        ([HEAD, ["金额单位", None, "元/万元/亿元"], MONEY, ["备注", "截至六月"]], 9),
    ],
)
def test_a_title_and_a_heading_say_the_unit_of_the_items_below(
    rows: list[list[object]], read: int, tmp_path: Path
) -> None:
    balance = Centre.from_file(vertical(tmp_path / "a.xlsx", rows)).fiscal_balance
    assert balance is not None
    assert balance.low == read


@pytest.mark.parametrize(
    ("rows", "at", "said"),
    [
        ([["单位：千万元"], HEAD, ["编号", "z"], MONEY], "A1", "没有认出"),
        ([HEAD, ["二、经费（单位：万元）"], ["编号", "z"], MONEY], "B4", "上面写的万元用不用于它"),
        ([["单位：元"], HEAD, ["金额单位", "万元"], MONEY], "B4", "上面写的万元用不用于它"),
        ([HEAD, ["金额单位", None, "万元"], MONEY], "C2", "请填在“填写”列"),
    ],
)
def test_a_unit_above_the_items_that_is_not_clear_is_asked_back(
    rows: list[list[object]], at: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as raised:
        Centre.from_file(vertical(tmp_path / "a.xlsx", rows))
    (fault,) = raised.value.diagnostics
    assert fault.cell == f"基本!{at}"
    assert said in fault.message.zh


def test_an_item_may_name_its_unit_and_one_with_a_sign_is_no_data(tmp_path: Path) -> None:
    rows = [
        HEAD,
        ["财政结余经费（万元）", 9],
        ["＃批复创建日期", "2022-03-01"],
        ["独立法人实体", None, "是/否"],
    ]
    centre = Centre.from_file(vertical(tmp_path / "a.xlsx", rows))
    assert centre.fiscal_balance.low == 90_000  # type: ignore[union-attr]
    assert centre.approved_on is None


def vertical(file: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "基本"
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file


def test_a_topic_names_its_judged_rule(form: Path, tmp_path: Path) -> None:
    rows = [
        {
            "规则": "功能定位",
            "是否符合": "是",
            "评审单位": "省科技厅",
            "评审日期": "2026-05-01",
            "依据": "纪要",
        }
    ]
    centre = Centre.from_file(filled(form, tmp_path / "a.xlsx", GENERAL, {"评审判断": rows}))
    ruleset = load_ruleset(RULES)
    rule = ruleset[str(centre.attestations[0].rule).split("/")[-1]]
    assert ruleset.vocabulary.topics[rule.topic].zh == "功能定位"


@pytest.mark.parametrize(
    ("name", "asked", "meant"),
    [
        ("面向全球选聘人才", None, "zhejiang_2022/global-recruitment"),
        ("面向全球选聘人才", ["jiangsu_2020"], "jiangsu_2020/global-recruitment"),
        ("江苏/面向全球选聘人才", None, "jiangsu_2020/global-recruitment"),
        ("positioning", None, "zhejiang_2022/positioning"),
        ("self-operation", ["national_2020"], "zhejiang_2022/self-operation"),
        ("面向全球选聘人才", ["zhejiang_2022", "jiangsu_2020"], None),
        ("火星/面向全球选聘人才", None, None),
    ],
)
def test_a_judged_rule_is_looked_for_in_the_rule_sets_asked_for_first(
    name: str, asked: list[str] | None, meant: str | None, form: Path, tmp_path: Path
) -> None:
    file = filled(form, tmp_path / "a.xlsx", GENERAL, {"评审判断": [{"规则": name}]})
    if meant is None:
        with pytest.raises(DataError, match=r"may mean|is called"):
            Centre.from_file(file, ruleset=asked)
    else:
        assert Centre.from_file(file, ruleset=asked).attestations[0].rule == meant


@pytest.mark.parametrize("title", ["原则上为独立法人实体", "in principle an independent legal entity"])
def test_a_rule_is_understood_with_the_mark_of_its_modality(title: str, form: Path, tmp_path: Path) -> None:
    """Forms offered this title."""
    given = {**GENERAL, "所属地区": "国家"}
    file = filled(form, tmp_path / "a.xlsx", given, {"例外批准": [{"规则": title}]})
    assert (
        Centre.from_file(file, ruleset=["national_2020"]).exemptions[0].rule == "national_2020/legal-entity"
    )


def test_a_rule_that_is_not_exempted_is_not_answered_with_itself(form: Path, tmp_path: Path) -> None:
    file = filled(form, tmp_path / "a.xlsx", GENERAL, {"例外批准": [{"规则": "面向全球选聘人才"}]})
    with pytest.raises(DataError, match="that can be exempted") as raised:
        Centre.from_file(file)
    assert "是不是“面向全球选聘人才”" not in raised.value.diagnostics[0].message.zh


OWN = """
id: own_2030
version: 1.0.0
jurisdiction: zhejiang
document: {title: 办法（示例）, title_en: Measures (an example), in_force: {from: 2020-03-01}}
clauses: [{at: 一, heading: 要求, rules: [role, plan]}]
rules:
  - {id: role, at: 一, quote: 坚持公益, topic: positioning, kind: obligation, modality: must, bearer: centre,
    title: &t {zh: 坚持公益, en: for the public}, message: *t, remedy: *t, require: {attested: true}}
  - {id: plan, at: 一, quote: 方案, topic: procedure.plan, kind: obligation, modality: must, bearer: centre,
    title: *t, message: *t, remedy: *t, require: {fact: plan_sections, contains_all: [方案/总论]}}
"""


def test_a_rule_file_of_ones_own_names_its_rules_and_chapters(form: Path, tmp_path: Path) -> None:
    rows = {"评审判断": [{"规则": "坚持公益"}]}
    file = filled(form, tmp_path / "a.xlsx", {**GENERAL, "方案章节": "总论、指导思想"}, rows)
    centre = Centre.from_file(file, ruleset=parse_ruleset(OWN))
    assert centre.attestations[0].rule == "own_2030/role"
    assert centre.plan is not None
    assert centre.plan.sections == ("方案/总论", "总体思路/指导思想")


def test_a_chapter_without_its_part_is_understood(form: Path, tmp_path: Path) -> None:
    file = filled(form, tmp_path / "a.xlsx", {**GENERAL, "方案章节": "指导思想、总体思路、组织架构、附录"})
    plan = Centre.from_file(file).plan
    assert plan is not None
    assert plan.sections == ("总体思路/指导思想", "总体思路", "管理运行机制/组织架构", "附录")


@pytest.mark.parametrize(
    "typed",
    [
        "一、建设基础和重要意义\n二、总体思路\n（一）指导思想",
        "建设基础和重要意义；总体思路、指导思想",
        "第一章 建设基础和重要意义\n总体思路：总体思路、指导思想",
        "1.建设基础和重要意义\n2．总体思路，（1）指导思想",
    ],
)
def test_chapters_are_understood_with_their_numbers_and_several_in_a_line(
    typed: str, form: Path, tmp_path: Path
) -> None:
    """They were texts that no rule asks for, and the plan failed for want of its chapters."""
    plan = Centre.from_file(filled(form, tmp_path / "a.xlsx", {**GENERAL, "方案章节": typed})).plan
    assert plan is not None
    assert list(dict.fromkeys(plan.sections or ())) == ["建设基础和重要意义", "总体思路", "总体思路/指导思想"]


def test_a_text_that_is_not_all_chapters_stays_as_it_is(form: Path, tmp_path: Path) -> None:
    typed = "三、附录\n指导思想、附件"
    plan = Centre.from_file(filled(form, tmp_path / "a.xlsx", {**GENERAL, "方案章节": typed})).plan
    assert plan is not None
    assert plan.sections == ("三、附录", "指导思想、附件")


def test_lists_that_are_not_complete_are_named_in_chinese(form: Path, tmp_path: Path) -> None:
    """In the form, which offers them, and in the workbook that a report makes."""
    options = openpyxl.load_workbook(form)["_options"].iter_cols(values_only=True)
    assert any({"资金投入", "理事会（董事会）·成员"} <= set(column) for column in options)
    file = filled(form, tmp_path / "a.xlsx", {**GENERAL, "未填全的清单": "领域、资金投入"})
    assert Centre.from_file(file).incomplete == ("fields", "contributions")
    (tmp_path / "b.yaml").write_text(
        "{id: z, jurisdiction: zhejiang, reported_on: 2026-06-30, incomplete: [fields, contributions]}",
        encoding="utf-8",
    )
    made = tmp_path / "c.xlsx"
    args = ["check", str(tmp_path / "b.yaml"), "--format", "xlsx", "--lang", "zh", "--output", str(made)]
    CliRunner().invoke(main, args)
    head, row = list(openpyxl.load_workbook(made)["中心"].values)[:2]
    assert dict(zip(head, row, strict=True))["未填全的清单"] == "领域、资金投入"
    assert Centre.from_file(made).incomplete == ("fields", "contributions")


def test_the_indicators_are_there_to_fill_in(form: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(form)
    keys = [row[0] for row in book["评价指标"].iter_rows(min_row=2, values_only=True) if row[0]]
    assert len(keys) == 43
    assert Centre.from_file(filled(form, tmp_path / "a.xlsx", GENERAL)).indicators is None
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book["评价指标"].cell(2, 2).value = "1000万元"
    book.save(tmp_path / "a.xlsx")
    indicators = Centre.from_file(tmp_path / "a.xlsx").indicators
    assert indicators is not None
    assert list(indicators) == [keys[0]]


def test_everything_is_chosen_in_chinese(form: Path) -> None:
    book = openpyxl.load_workbook(form)
    options = book["_options"]
    words = [cell for column in options.iter_cols(values_only=True) for cell in column if cell]
    assert {"设区市政府", "靠近创新源头和市场需求", "万元", "总体思路/指导思想", "集成电路"} <= set(words)
    assert [word for word in words if word.isascii()] == []
    assert book.sheetnames[0] == "说明"
    assert [cell.value for cell in book["基本信息"][3]] == ["项目", "填写", "单位", "说明", "依据", "状态"]


def test_the_form_says_that_plain_amounts_take_the_unit_chosen(form: Path) -> None:
    """It said 金额（元） below a switch that may say 万元."""
    rows = {row[0]: row[3] for row in openpyxl.load_workbook(form)["基本信息"].iter_rows(values_only=True)}
    assert rows["财政结余经费"].startswith("金额，带单位：1.2亿元、1200万元；没有单位的数按选定的金额单位，")


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("form") / "form.xlsx"
    file.write_bytes(blank_workbook([load_ruleset(RULES)], "en"))
    return file


def test_the_english_form_names_rules_in_english(english: Path) -> None:
    book, ruleset = openpyxl.load_workbook(english), load_ruleset(RULES)
    lines = [row[0] for row in book["read me"].iter_rows(values_only=True) if row[0]]
    heading = next(
        number for number, line in enumerate(lines) if line.startswith("Clauses that people judge")
    )
    titles = {rule.title.en for rule in ruleset}
    listed = [line for line in lines[heading + 1 :] if not line.startswith("Clauses whose list is open")]
    assert len(listed) > 40
    assert set(listed) <= titles
    chosen = {cell.value for column in book["_options"].iter_cols() for cell in column}
    assert set(listed) <= chosen
    assert not {rule.title.zh for rule in ruleset} & chosen


def test_a_rule_is_found_by_its_english_title(english: Path, tmp_path: Path) -> None:
    ruleset = load_ruleset(RULES)
    book = openpyxl.load_workbook(english)
    for row in book["main"].iter_rows(min_row=4):
        given = {"id": "zj-1", "centre": "甲", "jurisdiction": "Zhejiang"}.get(row[0].value)
        if given is not None:
            row[1].value = given
    sheet = book["attestations"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, heads["rule"]).value = ruleset["main-tasks"].title.en
    sheet.cell(3, heads["rule"]).value = "the seven main task are carried out"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError) as raised:
        Centre.from_file(tmp_path / "a.xlsx")
    (fault,) = [one for one in raised.value.diagnostics if one.code == "unknown-rule"]
    assert fault.cell == "attestations!A3"
    assert f"did you mean {ruleset['main-tasks'].title.en}?" in fault.message.en
    sheet.delete_rows(3)
    book.save(tmp_path / "b.xlsx")
    assert Centre.from_file(tmp_path / "b.xlsx").attestations[0].rule == f"{RULES}/main-tasks"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_sheet_is_cut_off_on_paper(lang: str) -> None:
    """Everything stands on pages of A4 as wide as the sheet, and wrapped texts have the rows they need."""
    book = openpyxl.load_workbook(io.BytesIO(blank_workbook([load_ruleset(RULES)], lang)))
    readme, *sheets = [sheet for sheet in book if sheet.sheet_state == "visible"]
    assert readme.page_setup.orientation == "landscape"
    assert readme.column_dimensions["A"].width < 90
    for row in readme.iter_rows():
        lines = -(-len(str(row[0].value or "").encode("gbk", "replace")) // 82)
        assert readme.row_dimensions[row[0].row].height >= 14 * max(1, lines)
    for sheet in sheets:
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.page_setup.paperSize == 9, sheet.title


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rows_are_as_high_as_their_wrapped_texts(lang: str, tmp_path: Path) -> None:
    """LibreOffice does not look for itself: the texts of one row stand upon those of the next, or are cut."""
    filled, wide = tmp_path / "filled.xlsx", tmp_path / "wide.xlsx"
    wide.write_bytes(blank_workbook([load_ruleset(RULES)], lang, wide=True))
    words = ["--format", "xlsx", "--output", str(filled), "--lang", lang]
    result = CliRunner().invoke(main, ["check", str(ROOT / "examples" / "zhejiang.yaml"), *words])
    assert result.exit_code == 1, result.output
    for sheet in [*openpyxl.load_workbook(filled), *openpyxl.load_workbook(wide)]:
        spans = sheet.column_dimensions.values()
        widths = {number: one.width for one in spans for number in range(one.min, one.max + 1)}
        for row in sheet.iter_rows():
            texts = [(str(one.value), int(widths[one.column])) for one in row if one.alignment.wrap_text]
            lines = [
                sum(-(-len(part.encode("gbk", "replace")) // width) for part in text.split("\n"))
                for text, width in texts
            ]
            height = sheet.row_dimensions[row[0].row].height or 15
            assert height >= 14 * min(max(lines, default=1), 20), (sheet.title, row[0].row)
