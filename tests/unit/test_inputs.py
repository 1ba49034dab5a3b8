"""Workbooks, CSV and JSON Lines: the same findings as from YAML, each fault at its cell, what is not clear
asked back."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from generate import random_centre
from hypothesis import given, settings
from hypothesis import strategies as st

from tic_rules import Centre, DataError, check, load_ruleset, shipped_ids
from tic_rules.cli import main
from tic_rules.inputs.cells import read_cell
from tic_rules.inputs.rows import value_at
from tic_rules.inputs.unclear_cells import NotClear
from tic_rules.model.fields import paths_of
from tic_rules.model.intake import read_subject, read_subjects
from tic_rules.model.loader import words_of
from tic_rules.model.shipped import shared_vocabulary
from tic_rules.model.tables import layout_of, names_of
from tic_rules.renderers.headers import Form, csv_line
from tic_rules.renderers.workbook import Writer, write_form

pytest.importorskip("python_calamine", reason="the extra excel is not installed")
xlsxwriter = pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(
    path
    for folder in ("", "real")
    for path in (ROOT / "examples" / folder).glob("*.yaml")
    if "programme" not in path.name
)
VOCABULARY = shared_vocabulary()
LAYOUT = layout_of(Centre, VOCABULARY)
COLUMNS = {column.path: column for sheet in (LAYOUT.main, *LAYOUT.lists.values()) for column in sheet.columns}


def form(lang: str) -> Form:
    return Form(LAYOUT, VOCABULARY, lang, paths_of(Centre), {})


def table_text(form: Form, data: Mapping[str, Any]) -> str:
    """The main sheet as CSV: a header and a row."""
    columns = [column for column in form.main.columns if column.kind != "list"]
    values = [(value_at(data, column.parts), column) for column in columns]
    cells = [None if value is None else form.cell(value, column) for value, column in values]
    return csv_line([form.says(column.label) for column in columns]) + csv_line(cells)


def workbook(path: Path, data: Sequence[Mapping[str, Any]], lang: str = "zh") -> Path:
    writer = Writer()
    write_form(writer, form(lang), data)
    path.write_bytes(writer.bytes())
    return path


def sheets(
    path: Path,
    content: Mapping[str, Sequence[Sequence[Any]]],
    format_: Callable[[Any], dict[str, Any]] = lambda _: {},
) -> Path:
    """A workbook as a person would make it: numbers, days and text as they are."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    for name, rows in content.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    style = format_(value)
                    page.write(number, column, value, *([book.add_format(style)] if style else []))
    book.close()
    return path


def one(path: Path) -> Centre:
    return read_subject(path, Centre, VOCABULARY)


def faults(path: Path) -> dict[str, str]:
    """Place to message, of everything that is wrong with a file."""
    found = [
        fault
        for subject in read_subjects(path, Centre, VOCABULARY)
        if isinstance(subject, DataError)
        for fault in subject.diagnostics
    ]
    return {fault.place.removeprefix(f"{path}:"): fault.message.zh for fault in found}


def told(subject: Centre, ruleset: str) -> list[Any]:
    """What a report says, without the places."""
    found = []
    for finding in check(subject, ruleset, as_of="2026-06-30"):
        plain = finding.as_dict()
        plain["data"] = [part["path"] for part in plain["data"]]
        plain["place"] = plain["place"] and plain["place"]["path"]
        found.append(plain)
    return found


# --- the same findings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", EXAMPLES, ids=lambda path: path.stem)
def test_a_workbook_gives_the_findings_of_the_yaml_file(file: Path, lang: str, tmp_path: Path) -> None:
    plain = Centre.from_file(file)
    read = one(workbook(tmp_path / "centre.xlsx", [plain.model_dump(mode="json")], lang))
    for ruleset in shipped_ids():
        assert told(read, ruleset) == told(plain, ruleset)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda path: path.stem)
def test_csv_files_give_the_findings_of_the_yaml_file(file: Path, tmp_path: Path) -> None:
    plain = Centre.from_file(file)
    data = plain.model_dump(mode="json")
    (tmp_path / "all.csv").write_text(table_text(form("zh"), data), encoding="gb18030")
    for sheet in LAYOUT.lists.values():
        entries: Any = data
        for part in sheet.parts:
            entries = (entries or {}).get(part)
        if not entries:
            continue
        stream = io.StringIO()
        lines = csv.writer(stream)
        lines.writerow(
            ["中心编号", *(["指标编号"] if sheet.keyed else []), *(column.path for column in sheet.columns)]
        )
        for key, entry in entries.items() if sheet.keyed else enumerate(entries):
            cells = [entry.get(column.parts[-1]) for column in sheet.columns]
            typed = [
                json.dumps(cell, ensure_ascii=False) if isinstance(cell, (dict, list)) else cell
                for cell in cells
            ]
            lines.writerow([data["id"], *([key] if sheet.keyed else []), *typed])
        (tmp_path / f"all.{sheet.label.en}.csv").write_text(stream.getvalue(), encoding="utf-8-sig")
    read = one(tmp_path / "all.csv")
    for ruleset in shipped_ids():
        assert told(read, ruleset) == told(plain, ruleset)


@pytest.mark.parametrize("seed", range(10))
def test_random_centres_read_back_from_a_workbook_as_they_were(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    drawn = []
    for number in range(3):
        data, _ = random_centre(load_ruleset(shipped_ids()[seed % len(shipped_ids())]), rng)
        drawn.append(Centre.from_data(data | {"id": f"c{number}"}))
    path = workbook(
        tmp_path / "centres.xlsx",
        [centre.model_dump(mode="json") for centre in drawn],
        "zh" if seed % 2 else "en",
    )
    for read, centre in zip(read_subjects(path, Centre, VOCABULARY), drawn, strict=True):
        assert not isinstance(read, DataError), read
        assert _solid(read.model_dump()) == _solid(centre.model_dump())


def _solid(value: Any) -> Any:
    """Without what says nothing: a table has no place for an empty mapping, nor for an empty entry."""
    if isinstance(value, dict):
        return {key: inner for key, item in value.items() if (inner := _solid(item)) not in (None, {})}
    if isinstance(value, (list, tuple)):
        entries = [inner for item in value if (inner := _solid(item)) != {}]
        return entries if entries or not value else None
    return value


def test_json_lines_tell_each_line_and_go_on(tmp_path: Path) -> None:
    path = tmp_path / "centres.jsonl"
    path.write_text('{"id": "a"}\n\n{"id": "b", "term_years": "x"}\n{oops}\n{"id": "c"}\n', encoding="utf-8")
    found = list(read_subjects(path, Centre, VOCABULARY))
    assert [
        subject.id if isinstance(subject, Centre) else subject.diagnostics[0].line for subject in found
    ] == ["a", 3, 4, "c"]
    bad = found[1]
    assert isinstance(bad, DataError)
    assert bad.diagnostics[0].place == f"{path}:3:27"


@pytest.mark.parametrize("said", ["teams-2y", "zhejiang_2022/teams-2y", "no-such", "高层次创新创业团队"])
def test_a_line_of_json_is_read_as_a_file_of_json(tmp_path: Path, said: str) -> None:
    data: dict[str, Any] = {"id": "a", "jurisdiction": "zhejiang", "approved_on": "2022-03-01"}
    data |= {"staff": {"teams": [{"date": "2024-03-01", "value": 4}]}, "plan": {"sections": ["二、总体思路"]}}
    data["exemptions"] = [{"rule": said, "reason": "x", "approved_by": "y", "date": "2024-03-20"}]
    told = []
    for name in ("centre.json", "centre.jsonl"):
        (tmp_path / name).write_text(json.dumps(data), encoding="utf-8")
        report = check(Centre.from_file(tmp_path / name), "zhejiang_2022", as_of="2026-06-30")
        shown = [(one.status, one.message, [place.path for place in one.data]) for one in report]
        told.append((shown, [warning.message for warning in report.warnings]))
    assert told[0] == told[1]


def test_what_reads_no_datum_is_found_at_the_line_of_its_centre(tmp_path: Path) -> None:
    path = tmp_path / "centres.jsonl"
    path.write_text('{"id": "a"}\n\n{"id": "b", "approved_on": "2022-03-01"}\n', encoding="utf-8")
    _, second = Centre.each_from_file(path)
    assert isinstance(second, Centre)
    report = check(second, "zhejiang_2022", as_of="2026-06-30")
    assert report["programme-count"].place["path"] == ""
    assert {finding.place["line"] for finding in report} == {3}


def test_the_library_gives_each_centre_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("id,term_years\na,5\nb,fünf\n", encoding="utf-8")
    first, second = Centre.each_from_file(path)
    assert isinstance(first, Centre)
    assert first.id == "a"
    assert isinstance(second, DataError)
    with pytest.raises(DataError):
        Centre.from_file(path)


# --- places -------------------------------------------------------------------------------------------------


def test_findings_and_faults_name_sheet_and_cell(tmp_path: Path) -> None:
    path = sheets(
        tmp_path / "book.xlsx",
        {
            "centre": [
                ["编号", "批复创建日期", "jurisdiction", "填报截止日期", "高水平技术创新队伍人数"],
                ["x", "2022-03-01", "浙江省", date(2026, 6, 30), None],
            ],
            "contributions": [
                ["id", "到位日期", "金额"],
                *[["x", date(2022, 4, 1 + n), 1000000] for n in range(11)],
            ],
        },
    )
    centre = one(path)
    report = check(centre, "zhejiang_2022")
    assert report["investment-2y"].data[0]["cell"] == "contributions!C2"
    assert centre.place("/contributions/10/amount").cell == "contributions!C12"
    assert centre.place("/contributions/10/payer").cell == "contributions!A12"  # no such column: the row
    assert (
        report["headcount-2y" if "headcount-2y" in report else "staff-2y"].place["cell"] == "centre!E2"
    )  # the empty cell to be filled in
    assert centre.place("/staff/headcount").cell == "centre!E2"


def test_each_fault_of_a_workbook_stands_at_its_cell(tmp_path: Path) -> None:
    path = sheets(
        tmp_path / "book.xlsx",
        {
            "中心": [
                ["编号", "批复创建日期", "所属地区"],
                ["x", "3/4/2026", "火星"],
                ["x", "2022-03-01", "浙江省"],
            ],
            "资金投入": [
                ["中心编号", "到位日期", "金额", "出资方"],
                ["x", "2022-04-01", "约3亿元", "依托单位"],
                ["x", "2022-02-30", "3亿元", "谁"],
            ],
        },
    )
    found = faults(path)
    assert "3 月 4 日还是 4 月 3 日" in found["中心!B2"]
    assert found["中心!C2"] == "“火星”不在可选之列：国家、浙江省、江苏省"
    assert "不是确数" in found["资金投入!C2"]
    assert "没有“2022-02-30”这一天" in found["资金投入!B3"]
    assert "“谁”不在可选之列：依托单位、" in found["资金投入!D3"]
    assert "重复" in found["中心!A2"]  # whose the rows of the lists are cannot be said, so neither is decided
    assert "重复" in found["中心!A3"]
    with pytest.raises(DataError) as caught:
        Centre.from_file(path)
    fault = next(one for one in caught.value.diagnostics if one.code == "unknown-word")
    assert fault.path == "/jurisdiction"  # in Excel it would be noise
    assert fault.render("zh").startswith(f"{path}:中心!C2: “火星”不在可选之列")


def test_csv_faults_have_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text('编号,中文名称,批复创建日期\na,"名,\n称",2022-03-01\nb,"x",昨天\n', encoding="utf-8")
    found = list(read_subjects(path, Centre, VOCABULARY))
    assert isinstance(found[0], Centre)
    mark = found[0].place("/approved_on")
    assert (mark.line, mark.column) == (3, 4)
    assert isinstance(found[1], DataError)
    assert found[1].diagnostics[0].place == f"{path}:4:7"


# --- what people type ---------------------------------------------------------------------------------------

TYPED = [
    ("approved_on", "2026年6月30日", "2026-06-30"),
    ("approved_on", "2026/6/30", "2026-06-30"),
    ("approved_on", "2026.6.3", "2026-06-03"),
    ("approved_on", "2026年6月", "2026-06"),
    ("approved_on", "2026年", "2026"),
    ("approved_on", "20260630", "2026-06-30"),
    ("approved_on", 46203.0, "2026-06-30"),
    ("approved_on", "二〇二六年六月三十日", "2026-06-30"),
    ("approved_on", "30/6/2026", "2026-06-30"),
    ("approved_on", "２０２６-06-30", "2026-06-30"),
    ("approved_on", "2026-06-30 00:00:00", "2026-06-30"),
    ("approved_on", datetime(2026, 6, 30), "2026-06-30"),
    ("approved_on", "不详", None),
    ("approved_on", "2021-01-01至2022-02-07", {"not_before": "2021-01-01", "not_after": "2022-02-07"}),
    ("contributions.amount", "1.2亿", "1.2亿"),
    ("contributions.amount", "1,200万元", "1,200万元"),
    ("contributions.amount", "十亿元", "十亿元"),
    ("contributions.amount", 119999999.99999999, "120000000"),
    ("contributions.amount", 0.1, "0.1"),
    ("contributions.amount", "1~2亿元", {"at_least": "1亿元", "at_most": "2亿元"}),
    ("contributions.amount", "5万~1亿元", {"at_least": "5万", "at_most": "1亿元"}),
    ("contributions.amount", "5千元~1亿元", {"at_least": "5千元", "at_most": "1亿元"}),
    ("contributions.amount", "5千~1万元", {"at_least": "5千", "at_most": "1万元"}),
    ("staff.headcount", "320人", "320"),
    ("staff.headcount", "1,320 名", "1,320"),
    ("outputs.partner_enterprises", "380家", "380"),
    ("term_years", "36个月", "3"),
    ("term_years", "5年", "5"),
    ("term_years", "12~36个月", {"at_least": "1", "at_most": "3"}),
    ("governance.board.meetings_a_year", "2次/年", "2"),
    ("contributions.amount", "100~200元", {"at_least": "100元", "at_most": "200元"}),
    ("staff.headcount", "≥100", {"at_least": "100"}),
    ("staff.headcount", "不超过20", {"at_most": "20"}),
    ("staff.headcount", "15-20", {"at_least": "15", "at_most": "20"}),
    (
        "staff.headcount",
        "2024年2月1日：320；2025/1/10：450",
        [{"date": "2024-02-01", "value": "320"}, {"date": "2025-01-10", "value": "450"}],
    ),
    ("legal.independent", "是", True),
    ("legal.independent", "×", False),
    ("contributions.payer", "依托单位", "host"),
    ("contributions.payer", "县(市、区)财政", "county"),
    ("zones", "国家高新区、省级高新区", ["national_high_tech_zone", "provincial_high_tech_zone"]),
    ("zones", "无", []),
    ("targets", "2022-2024", ["2022", "2023", "2024"]),
    ("fields", "新材料\n新能源、储能", ["新材料", "新能源、储能"]),
    ("stage", "已批复", "approved"),
    ("contributions", "无", []),
    ("contributions", "暂无。", []),
    ("fields", "（尚无）", []),
    ("fields", "Unknown", None),
    ("builders.name", "不适用", None),
    ("builders.name", "／", None),
    ("builders.name", "–", None),
    ("attestations.item", 1.0, "1"),
    ("indicators.target", "无", None),
    ("procedure.approval_document", "暂无。", None),
    ("attestations.evidence", "没有", None),
    ("name", "[筹]甲中心[暂名]", "[筹]甲中心[暂名]"),
    ("name", "2022-03-01: 甲中心；2024-01-01: 无", [("2022-03-01", "甲中心"), ("2024-01-01", None)]),
    ("staff.headcount", "2024-02-01: 320\n2025-02-01: 不详", [("2024-02-01", "320"), ("2025-02-01", None)]),
    ("staff.headcount", "2024-02-01: {at_least: 300}", [("2024-02-01", {"at_least": "300"})]),
]


@pytest.mark.parametrize(("path", "typed", "read"), TYPED)
def test_cells_are_read_as_people_type_them(path: str, typed: Any, read: Any) -> None:
    if isinstance(read, list) and all(isinstance(entry, tuple) for entry in read):
        read = [{"date": day, "value": value} for day, value in read]
    assert read_cell(typed, COLUMNS[path]) == read


@pytest.mark.parametrize(
    ("path", "typed", "asks"),
    [
        ("approved_on", "3/4/2026", "2026-03-04 或 2026-04-03"),
        ("approved_on", "26/6/30", "两位"),
        ("approved_on", 2026.1, "2026-01 或 2026-10"),
        ("approved_on", "2026.1", "2026-01 或 2026-10"),
        ("approved_on", "二〇二六年六月三〇十日", "不是日期"),
        ("approved_on", "二〇二六年六月二十三一日", "不是日期"),
        ("contributions.amount", "1千~2千万元", "1千万元 还是 1千元"),
        ("contributions.amount", "9百~1千万元", "9百万元 还是 9百元"),
        ("contributions.amount", "5千~1亿元", "5千万元 还是 5千元"),
        ("staff.headcount", "320人/年", "与这一列不符"),
        ("outputs.partner_enterprises", "380家/年", "与这一列不符"),
        ("targets", "2024-2022", "早于"),
        ("approved_on", "明年", "不是日期"),
        ("approved_on", "2026-06-30 23:59", "不是时刻"),
        ("approved_on", "2026年6月30日 08:00:00", "不是时刻"),
        ("approved_on", datetime(2026, 6, 30, 16), "2026-06-30 16:00:00"),
        ("approved_on", 46203.5, "2026-06-30 12:00:00"),
        ("approved_on", True, "应为日期"),
        ("approved_on", 7.0, "不是日期"),
        ("contributions.amount", "约3亿元", "不是确数"),
        ("contributions.amount", "1亿多", "不是确数"),
        ("contributions.amount", "＞3亿元", "含本数的范围"),
        ("staff.headcount", "超过300人", "含本数的范围"),
        ("staff.headcount", "不足300", "含本数的范围"),
        ("contributions.amount", date(2026, 6, 30), "日期格式"),
        ("staff.headcount", True, "真假值"),
        ("staff.headcount", "3万元", "是金额"),
        ("staff.headcount", "3年", "与这一列不符"),
        ("staff.headcount", "36个月", "与这一列不符"),
        ("staff.headcount", "320①", "不是普通数字"),
        ("staff.headcount", "320" + " " * 300 + "万", "不是数字"),
        ("term_years", "30个月", "月数"),
        ("term_years", "1~36个月", "月数"),
        ("term_years", "5人", "与这一列不符"),
        ("approved_on", "2026年①月", "不是普通数字"),
        ("approved_on", "2026-06-30" + " " * 60 + "或更晚", "不是日期"),
        ("legal.independent", "1", "是 或 否"),
        ("contributions", "见附件", "同名工作表"),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked_back(path: str, typed: Any, asks: str) -> None:
    with pytest.raises(NotClear, match=asks):
        read_cell(typed, COLUMNS[path])


def test_the_unit_of_a_header_goes_with_plain_numbers_only(tmp_path: Path) -> None:
    path = sheets(
        tmp_path / "b.xlsx",
        {"中心": [["编号"], ["x"]], "资金投入": [["金额（万元）"], [1200], ["1.2亿"], [0.5]]},
    )
    assert [entry.amount.low for entry in one(path).contributions or ()] == [12_000_000, 120_000_000, 5_000]


UNDER_WAN = [
    ("1.2e3", 12_000_000),
    ("1.2亿", 120_000_000),
    ("5000元", 5_000),
    ("1~2亿元", (100_000_000, 200_000_000)),
    ("100~200", (1_000_000, 2_000_000)),
    ("≥300", (3_000_000, None)),
    ("5千万", 50_000_000),
    ("{at_least: 300}", (3_000_000, None)),
    ('"{at_least: 1亿元, at_most: 20000}"', (100_000_000, 200_000_000)),
]


@pytest.mark.parametrize(("typed", "read"), UNDER_WAN)
def test_what_stands_under_a_header_in_ten_thousands(typed: str, read: Any, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("id\nx\n", "utf-8")
    (tmp_path / "c.contributions.csv").write_text(f"中心编号,金额（万元）\nx,{typed}\n", "utf-8")
    (entry,) = one(path).contributions or ()
    low, high = read if isinstance(read, tuple) else (read, read)
    assert entry.amount.low == low
    assert high is None or entry.amount.high == high


@pytest.mark.parametrize("typed", ["1200人民币", "1200整", "¥1200", "RMB 1200", "人民币1200", "≥¥1200"])
def test_a_sign_of_the_currency_does_not_drop_the_unit_of_the_header(typed: str, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"id,财政结余经费（万元）\nx,{typed}\n", "utf-8")
    assert "1200万元 还是 1200元" in " ".join(faults(path).values())
    path.write_text(f"id,财政结余经费（元）\nx,{typed}\n", "utf-8")
    assert one(path).fiscal_balance.low == 1200


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("某省中心资金表,单位：万元", 80_000_000),
        ("（单位：人、万元）", 80_000_000),
        ("单位:亿元", 800_000_000_000),
        ("单 位：万 元", 80_000_000),
        ("单位（万元）", 80_000_000),
        ("单位＝万元", 80_000_000),
        ("单位均为万元", 80_000_000),
        ("金额以万元为单位", 80_000_000),
        ("金额以 万元 为单位", 80_000_000),
        ("（单位：人民币 万元）", 80_000_000),
        ("单位：人民币（万元）", 80_000_000),
        ("（单位：万元  币种：人民币）", 80_000_000),
        ("单位：万元 填报人：张三 联系电话：025-1234", 80_000_000),
        ("单位：RMB万元", 80_000_000),
        ("Unit: 万元", 80_000_000),
        ("单位：,万元", 80_000_000),
        ("资金表（万元）", 80_000_000),
        ("附表（十）总投资10亿元的项目", 8_000),
        ("填报单位：某公司,申请金额：100万元", 8_000),
        ("填报单位：元培研究院", 8_000),
        ("單位：萬元", 80_000_000),
        ("单位：万元.", 80_000_000),
        ("资金表（万元）,2025", 80_000_000),
        ("千万元级项目", 8_000),
        ("超高清（8K）中心,Thousand Sails", 8_000),
        ("Amounts (CNY)", 8_000),
    ],
)
def test_a_title_says_the_unit_of_the_amounts_below_it(title: str, read: int, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id\nx\n", "utf-8")
    listed = tmp_path / "c.contributions.csv"
    listed.write_text(f"{title}\n中心编号,金额,出资方\nx,8000,host\nx,8000元,host\n", "utf-8")
    plain, own = one(tmp_path / "c.csv").contributions or ()
    assert (plain.amount.low, own.amount.low) == (read, 8_000)
    listed.write_text(f"{title}\n中心编号,金额（千元）\nx,8000\n", "utf-8")
    assert [e.amount.low for e in one(tmp_path / "c.csv").contributions or ()] == [8_000_000]


@pytest.mark.parametrize(
    "title",
    ["金额单位：万", "单位：千万元", "单位：十万元", "单位：万美元", "unit: 10,000 yuan", "资金表（$）",
     "金额均以万元计", "Amounts in million yuan", "单位：CNY million", "Unit: RMB 10,000", "(10,000 CNY)",
     "Amounts in CNY 10,000", "单位：RMB'000", "Unit: RMB thousand", "单位：W元", "单位：10k",
     "Amounts in RMB thousand", "注册资本（万元）：3000"],
)  # fmt: skip
def test_a_unit_in_a_title_that_is_not_understood_is_asked_back(title: str, tmp_path: Path) -> None:
    rows = [[title], ["金额"], [100]]
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "资金投入": rows})
    assert {place: "没有认出" in said for place, said in faults(path).items()} == {"资金投入!A1": True}


@pytest.mark.parametrize(
    ("title", "header"),
    [("名单（产值超亿元的中心）", "金额"), ("填报单位：南京万元科技有限公司", "金额"),
     ("依托单位：某银行美元结算中心", "金额"), ("亿元以上重大项目表", "金额"),
     ("省科技厅专项（百亿）", "金额（万元）"), ("单位：万元或亿元", "金额（万元）"),
     ("单位：美元", "出资方")],
)  # fmt: skip
def test_a_title_is_asked_back_only_where_amounts_depend_on_it(
    title: str, header: str, tmp_path: Path
) -> None:
    rows = [[title], [header], ["host" if header == "出资方" else 100]]
    assert faults(sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "资金投入": rows})) == {}


def test_two_units_above_a_header_are_asked_back(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("单位：万元,单位：亿元\n编号,财政结余经费\nx,1\n", "utf-8")
    assert "万元、亿元" in " ".join(faults(path).values())


@pytest.mark.parametrize(
    ("header", "read"),
    [("金额\n（万元）", 1_000_000), ("金额【万元】", 1_000_000), ("金额（人民币：万元）", 1_000_000),
     ("金额（￥）", 100), ("金额（RMB）", 100), ("金额（万元）*", 1_000_000),
     ("金额（万元人民币）", 1_000_000), ("金额（元人民币）", 100),
     ("# 金额", None), ("＃金额", None)],
)  # fmt: skip
def test_a_header_says_its_unit_in_brackets_and_is_no_data_with_a_sign(
    header: str, read: int | None, tmp_path: Path
) -> None:
    rows = [["到位日期", header], ["2023-01-01", 100]]
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "资金投入": rows})
    (entry,) = one(path).contributions or ()
    assert (entry.amount and entry.amount.low) == read


@pytest.mark.parametrize(
    "header",
    [
        "金额（$）",
        "金额（€）",
        "金额（‰）",
        "金额$",
        "金额（万）",
        "金额 万元",
        "金额（万元/年）",
        "金额（万元，含税）",
        "amount (CNY 10k)",
    ],
)
def test_a_unit_in_a_header_that_is_not_understood_is_asked_back(header: str, tmp_path: Path) -> None:
    rows = [["到位日期", header], ["2023-01-01", 100]]
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "资金投入": rows})
    assert {place: "请写成 金额（元）、金额（万元）" in said for place, said in faults(path).items()} == {
        "资金投入!B1": True
    }


def test_a_sheet_of_another_program_is_told_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    path.write_bytes(b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK")
    with pytest.raises(DataError, match=r"an .ods or .xlsb workbook; save it as \.xlsx"):
        Centre.from_file(path)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [("targets: [2022, abc]", "number"), ("staff: {headcount: [{date: 2024-13-01, value: 3}]}", "date"),
     ("outputs: {served_enterprises: [{date: 2022, value: 9}, {date: x, value: 5}, {date: 2024, value: 3}]}",
      "date")],
)  # fmt: skip
def test_a_wrong_entry_of_a_series_hides_no_unknown_word(wrong: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"id: a\n{wrong}\nzones: [nowhere]\n", "utf-8")
    with pytest.raises(DataError) as raised:
        Centre.from_file(path)
    assert [(fault.line, fault.code) for fault in raised.value.diagnostics] == [
        (2, code),
        (3, "unknown-word"),
    ]


def test_a_wrong_type_hides_no_unknown_word_of_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "id: a\nzones: [nowhere]\ncontributions: [{amount: x, payer: y, foo: 1}]\n"
        "hosts: [甲, {type: z}]\nincomplete: [no_such]\nindustrial_park: no\n",
        "utf-8",
    )
    with pytest.raises(DataError) as raised:
        Centre.from_file(path)
    assert [(fault.line, fault.column, fault.code) for fault in raised.value.diagnostics] == [
        (2, 9, "unknown-word"), (3, 26, "number"), (3, 36, "unknown-word"), (3, 39, "extra-forbidden"),
        (4, 9, "dict-type"), (4, 19, "unknown-word"), (5, 14, "unknown-list"), (6, 18, "truth"),
    ]  # fmt: skip


@pytest.mark.parametrize("header", ["金额（2025年）", "金额（2025）", "金额（必填）"])
def test_what_is_no_unit_in_a_header_is_not_called_one(header: str, tmp_path: Path) -> None:
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "资金投入": [["到位日期", header]]})
    assert faults(path) == {"资金投入!B1": f"未知的列“{header}”；是不是“金额”？"}


@pytest.mark.parametrize("header", ["单位", "金额单位", "Unit"])
def test_a_column_of_units_is_not_called_no_data(header: str, tmp_path: Path) -> None:
    rows = [["金额", header], [5, "万元"]]
    (said,) = faults(sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "资金投入": rows})).values()
    assert "单位请写进列名：金额（万元）" in said


def test_a_running_count_and_remarks_beside_a_series_are_no_data(tmp_path: Path) -> None:
    rows = [["序号", "字段", "日期", "数值", "备注"], [1, "累计服务企业数", "2025", 9, "预计"]]
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "历年数据": rows})
    assert one(path).outputs.served_enterprises[0].value.low == 9


def test_a_currency_beside_a_name_leaves_the_unit_to_the_title(tmp_path: Path) -> None:
    rows = [["单位：万元"], ["到位日期", "金额（人民币）"], ["2023-01-01", 100]]
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "资金投入": rows})
    assert [entry.amount.low for entry in one(path).contributions or ()] == [1_000_000]


@pytest.mark.parametrize("typed", ["5千", "3百", "5千~8千", "万", "5千百"])
def test_a_unit_that_goes_with_that_of_its_header_in_two_ways_is_asked_back(
    typed: str, tmp_path: Path
) -> None:
    path = tmp_path / "c.csv"
    path.write_text("id\nx\n", "utf-8")
    (tmp_path / "c.contributions.csv").write_text(f"中心编号,金额（万元）\nx,{typed}\n", "utf-8")
    (said,) = faults(path).values()
    assert "5千万元 还是 5千元" in said or typed != "5千"


@pytest.mark.parametrize(
    ("header", "fits"),
    [
        ("高水平技术创新队伍人数（万元）", False),
        ("高水平技术创新队伍人数（家）", False),
        ("高水平技术创新队伍人数（年）", False),
        ("高水平技术创新队伍人数（%）", False),
        ("高水平技术创新队伍人数（人）", True),
        ("批复创建日期（年）", False),
        ("建设期（年）", True),
        ("建设期（人）", False),
    ],
)
def test_a_header_names_a_unit_of_its_field_or_is_refused(header: str, fits: bool, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"编号,{header}\nx,\n", "utf-8")
    assert (faults(path) == {}) is fits


@pytest.mark.parametrize("shown", ['yyyy"年"m"月"', 'e"年"m"月"', 'm"月"'])
def test_a_day_that_its_cell_shows_as_a_month_is_known_to_the_month_only(shown: str, tmp_path: Path) -> None:
    def format_(value: Any) -> dict[str, Any]:
        return {"num_format": shown} if isinstance(value, datetime) else {}

    centre = one(
        sheets(
            tmp_path / "b.xlsx", {"中心": [["编号", "批复创建日期"], ["x", datetime(2022, 3, 1)]]}, format_
        )
    )
    assert (centre.approved_on.first, centre.approved_on.last) == (date(2022, 3, 1), date(2022, 3, 31))


@pytest.mark.parametrize(
    ("column", "value", "shown", "asks"),
    [
        ("财政结余经费", 1e9, "[$$-409]#,##0.00", "不是人民币"),
        ("财政结余经费", 1e9, "[$¥-411]#,##0", "JP¥"),
        ("财政结余经费", 12.5, '0.0"亿元"', 1_250_000_000),
        ("财政结余经费（亿元）", 12.5, '0.0"亿"', 1_250_000_000),
        ("财政结余经费", 1_234_567, '0!.0,"万"', 1_234_567),
        ("财政结余经费", 250_000_000, '[>=100000000]0!.00,,"亿";[>=10000]0!.0,"万";0', 250_000_000),
        ("财政结余经费", 1_234_567, '0.0,"万元"', "1234.567万元"),
        ("财政结余经费（万元）", 1_234_567, "0!.0,", "123.4567"),
        ("财政结余经费", 12.5, '0.0"元"', 12.5),
        ("财政结余经费（万元）", 12, '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ', 120_000),
        ("高水平技术创新队伍人数", 5, '0"千人"', "千人"),
        ("高水平技术创新队伍人数", 6, "0%", "600%"),
        ("高水平技术创新队伍人数", 5, '0"+"', "“5+”不是确数"),
        ("高水平技术创新队伍人数", 5, '"-"0', "显示为 -5"),
        ("高水平技术创新队伍人数", 0, '"-"0', 0),
        ("财政结余经费（万元）", 0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 0),
        ("财政结余经费（万元）", 0, '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ', 0),
        ("财政结余经费（万元）", 0, r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)', 0),
        ("财政结余经费（万元）", 0, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', 0),
        ("高水平技术创新队伍人数", 5, '"+"0;-0', 5),
        ("高水平技术创新队伍人数", 5, 'General"人"', 5),
        ("建设期（年）", 5, "yyyy", "日期"),
        ("财政结余经费", 45_000, "yyyy-mm", "日期"),
        ("高水平技术创新队伍人数", 5, "# ?/?", 5),
    ],
)
def test_what_a_number_format_shows_is_read_or_asked_back(
    column: str, value: float, shown: str, asks: Any, tmp_path: Path
) -> None:
    path = sheets(
        tmp_path / "b.xlsx", {"中心": [["编号", column], ["x", value]]}, lambda one: {"num_format": shown}
    )
    if isinstance(asks, str):
        assert [place for place, said in faults(path).items() if asks in said] == ["中心!B2"]
    else:
        read = one(path)
        number = read.fiscal_balance or (read.staff and read.staff.headcount)
        assert number == (asks, asks)


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [(0.5, "0%", "50%"), (12.5, '0.0"亿元"', "12.5亿元"), (10.1, "0.00", "10.1")],
)
def test_a_text_keeps_what_its_cell_shows_beside_a_number(
    value: float, shown: str, text: str, tmp_path: Path
) -> None:
    content = {"中心": [["编号"], ["x"]], "评价指标": [["指标编号", "目标值"], ["1.1", value]]}
    path = sheets(tmp_path / "b.xlsx", content, lambda _: {"num_format": shown})
    assert (one(path).indicators or {})["1.1"].target == text


# --- headers and sheets -------------------------------------------------------------------------------------


def test_headers_are_found_under_a_title_in_any_order_and_either_language(tmp_path: Path) -> None:
    rows = [
        ["2026年度填报表"],
        [],
        ["#内部", "date of approval", "备注", "编 号", "已成立", "outputs.partner_enterprises"],
        ["?", "2022-03-01", "x", "a", None, 41],
    ]
    rows[2][4] = "理事会·已成立"
    centre = one(sheets(tmp_path / "b.xlsx", {"Sheet1": rows, "Sheet2": []}))
    assert (centre.id, centre.outputs.partner_enterprises.low) == ("a", 41)  # type: ignore[union-attr]
    assert centre.place("/approved_on").cell == "Sheet1!B4"


def test_columns_and_sheets_of_ones_own_are_passed_over(tmp_path: Path) -> None:
    rows = [["编号", "x-经办", "批复创建日期"], ["a", "张三", "2022-03-01"]]
    centre = one(sheets(tmp_path / "b.xlsx", {"中心": rows, "x-往来": [["甲"], ["乙"]]}))
    assert (centre.id, centre.extras) == ("a", {})
    assert centre.place("/approved_on").cell == "中心!C2"


def test_what_is_not_known_is_told_and_never_dropped(tmp_path: Path) -> None:
    path = sheets(
        tmp_path / "b.xlsx",
        {
            "中心": [["编号", "批复创建日其", "已成立", "编号"], ["x", "2022-03-01", "是", "y"]],
            "资金": [["a"], ["b"]],
        },
    )
    found = faults(path)
    assert found["资金!A1"] == "未知的工作表“资金”；是不是“资金投入”？"
    assert "是不是“批复创建日期”" in found["中心!B1"]
    assert "可以指 理事会（董事会）·已成立、专家（咨询）委员会·已成立" in found["中心!C1"]
    assert "重复" in found["中心!D1"]


def test_the_faults_of_a_table_are_told_all_at_once(tmp_path: Path) -> None:
    main = [["编号", "批复创建日期", "建设期", "随便"], ["a", "2022-13-01", -5, 3], ["b", "2022-03-01", 5, 3]]
    money = [["中心编号", "到位日期", "金额"], ["b", "2023-02-30", "1亿元"], ["c", "2023-03-01", "1亿元"]]
    series = [["中心编号", "字段", "日期"], ["a", "高水平技术创新队伍", "2024-01-01"]]
    path = sheets(
        tmp_path / "b.xlsx", {"中心": main, "资金投入": money, "历年数据": series, "随便表": [["甲"]]}
    )
    places = ["中心!B2", "中心!C2", "中心!D1", "历年数据!A1", "资金投入!A3", "资金投入!B2", "随便表!A1"]
    assert sorted(faults(path)) == places
    with pytest.raises(DataError) as raised:
        Centre.from_file(path)
    assert sorted(one.cell for one in raised.value.diagnostics) == places
    path = sheets(tmp_path / "b.xlsx", {"中心": main, "资金投入": [["甲", "乙"], [1, 2]]})
    assert sorted(faults(path)) == ["中心!D1", "资金投入!A1"]
    path = tmp_path / "c.csv"
    path.write_text("id,随便,term_years\na,1,-5\nb,1,x\n", encoding="utf-8")
    assert sorted(faults(path)) == ["1:4", "2:5", "3:5"]
    path.write_text("x,y\na,b\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"no header is recognised \(x, y\)"):
        Centre.from_file(path)


def test_a_cell_below_no_name_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("id,name\na,示例,2022-03-01\nb,示例,\n", encoding="utf-8")
    assert faults(path) == {"2:6": "这一列没有列名"}


def test_a_column_that_is_not_known_is_called_as_its_cell_shows_it(tmp_path: Path) -> None:
    rows = [["中心编号", "字段", "日期", "数值", 2024], ["x", "headcount", "2023", 300, 320]]
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "历年数据": rows})
    assert faults(path)["历年数据!E1"].startswith("未知的列“2024”")


def test_rows_of_a_list_belong_to_a_centre_or_are_refused(tmp_path: Path) -> None:
    main = [["编号", "中文名称"], ["a", "甲中心"], ["b", "乙中心"]]
    path = sheets(
        tmp_path / "b.xlsx",
        {
            "中心": main,
            "收入": [["中心编号", "年度"], ["甲中心", 2024], ["b", 2025], ["c", 2025], [None, 2025]],
        },
    )
    found = faults(path)
    assert set(found) == {"收入!A4", "收入!A5"}
    path = sheets(
        tmp_path / "b.xlsx", {"中心": main, "收入": [["中心编号", "年度"], ["甲中心", 2024], ["b", 2025]]}
    )
    first, second = read_subjects(path, Centre, VOCABULARY)
    assert isinstance(first, Centre)
    assert isinstance(second, Centre)
    assert [entry.year for entry in first.income or ()] == [2024]
    assert first.contributions is None  # no row and no 无: unknown


def test_rows_are_joined_by_a_name_that_is_unique(tmp_path: Path) -> None:
    main = [["编号", "中文名称"], [None, "甲中心"], ["待定", "乙中心"]]
    money = [["中心编号", "金额"], ["甲中心", "1亿元"], ["乙中心", "2亿元"]]
    path = sheets(tmp_path / "b.xlsx", {"中心": main, "资金投入": money})
    read = [centre for centre in read_subjects(path, Centre, VOCABULARY) if isinstance(centre, Centre)]
    amounts = [[entry.amount.low for entry in centre.contributions or () if entry.amount] for centre in read]
    assert amounts == [[100_000_000], [200_000_000]]
    path = sheets(tmp_path / "b.xlsx", {"中心": [*main, ["z", "甲中心"]], "资金投入": [*money, ["丙", "1"]]})
    found = faults(path)
    assert list(found) == ["资金投入!A2", "资金投入!A4"]
    assert "名称为 甲中心 的中心有 2 个" in found["资金投入!A2"]
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["待定"]], "资金投入": [["金额"], ["1亿元"]]})
    assert len(one(path).contributions or ()) == 1


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (["2023-12-31", "6亿元", "", "2023年小计", ""], "D3"),
        (["合计", "12亿元", "", "", ""], "A3"),
        (["", "12亿元", "", "2023年合计数", ""], "D3"),
        (["", "12亿元", "", "总 额", ""], "D3"),
        (["", "12亿元", "", "Total amount", ""], "D3"),
        (["", "12亿元", "", "∑", ""], "D3"),
        (["2023-12-31", "6亿元", "依托单位", "累计创新公司", ""], ""),
        (["", "12亿元", "", "", "总 计："], "E3"),
        (["", "12亿元", "", "Total", ""], "D3"),
        (["2023-12-31", "6亿元", "依托单位", "共计科技有限公司", "会计已审"], ""),
    ],
)
def test_a_row_that_is_the_sum_of_others_is_no_entry(row: list[str], place: str, tmp_path: Path) -> None:
    money = [
        ["到位日期", "金额", "出资方", "出资单位名称", "备注"],
        ["2023-05-01", "6亿元", "依托单位", "甲", ""],
    ]
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "资金投入": [*money, row]})
    found = faults(path)
    assert list(found) == ([f"资金投入!{place}"] if place else [])
    assert all("请删去这一行" in said for said in found.values())
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号", "中文名称"], ["x", "甲"], [None, "合计"]]})
    assert list(faults(path)) == ["中心!B3"]


@pytest.mark.parametrize(("last", "asked"), [("3亿元", True), (300_000_000, True), ("4亿元", False)])
def test_a_last_row_with_nothing_but_the_sum_is_asked_back(last: Any, asked: bool, tmp_path: Path) -> None:
    rows = [["到位日期", "金额"], ["2023-05-01", "1亿元"], ["2024-05-01", 200_000_000], [None, last]]
    found = faults(sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "资金投入": rows}))
    assert {place: "上面各行之和" in said for place, said in found.items()} == (
        {"资金投入!B4": True} if asked else {}
    )
    for name, cell in (("备注", "三期"), ("序号", 3), ("状态", "✗ 上面各行之和")):
        noted = [[*row, None] for row in rows[1:-1]]
        listed = [[*rows[0], name], *noted, [*rows[-1], cell]]
        path = sheets(tmp_path / "c.xlsx", {"中心": [["编号"], ["x"]], "资金投入": listed})
        assert bool(faults(path)) == (asked and name == "状态")


def test_a_list_in_a_cell_has_no_row_that_could_be_the_sum(tmp_path: Path) -> None:
    main = [["编号", "资金投入"], ["x", "[{amount: 1亿元}, {amount: 2亿元}, {amount: 3亿元}]"]]
    path = sheets(tmp_path / "b.xlsx", {"中心": main, "资金投入": [["到位日期", "金额"]]})
    assert len(one(path).contributions or ()) == 3


def test_a_year_in_a_cell_beside_the_unit_of_a_title_is_a_year(tmp_path: Path) -> None:
    rows = [["资金表（万元）", 2025], ["到位日期", "金额"], ["2023-01-01", 100]]
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "资金投入": rows})
    assert [entry.amount.low for entry in one(path).contributions or ()] == [1_000_000]


@pytest.mark.parametrize(
    ("row", "footer"),
    [(["填表人：张三"], True), (["注1：均为独立法人"], True), (["单位负责人（签字）"], True), (["……"], True),
     (["（说明：含税）"], True), (["共3家"], True), (["以下空白"], True), (["注塑技术公司"], False),
     (["填表人：张三", "审核人：李四"], True),
     (["某某（集团）公司"], False), (["说明：甲公司", "企业"], False)],
)  # fmt: skip
def test_a_note_or_a_signature_below_a_list_is_no_entry(row: list[str], footer: bool, tmp_path: Path) -> None:
    rows = [["单位名称", "单位类型"], ["甲", "企业"], row]
    found = faults(sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "依托单位": rows}))
    assert list(found) == (["依托单位!A3"] if footer else [])
    assert all("请删去这一行" in said for said in found.values())
    path = sheets(tmp_path / "c.xlsx", {"中心": [["编号", "中文名称"], ["x", "甲"], row[:1]]})
    assert list(faults(path)) == (["中心!A3"] if footer or len(row) > 1 else [])
    if footer:  # it is no centre whose payments these may be
        main = [["编号", "中文名称"], ["x", "甲"], row[:1]]
        path = sheets(tmp_path / "d.xlsx", {"中心": main, "资金投入": [["金额"], ["1亿元"]]})
        assert list(faults(path)) == ["中心!A3"]
        path = sheets(
            tmp_path / "e.xlsx", {"中心": [["中文名称"], row[:1]], "资金投入": [["金额"], ["1亿元"]]}
        )
        assert list(faults(path)) == ["中心!A2"]
        rows = [["单位名称", "状态"], ["甲", None], [row[0], "✗ 像是注或落款"]]  # as a check gives it back
        path = sheets(tmp_path / "f.xlsx", {"中心": [["编号"], ["x"]], "依托单位": rows})
        assert list(faults(path)) == ["依托单位!A3"]


@pytest.mark.parametrize(
    ("head", "row"),
    [(["单位名称", "单位类型"], ["—", "不详"]), (["中心编号", "单位名称"], ["x", None]),
     (["#序号", "单位名称"], [1, None]),
     (["序号", "单位名称"], [1, None]), (["No.", "单位名称"], [1, "—"]),
     (["单位名称", "备注"], [None, "尚未确定"])],
)  # fmt: skip
def test_a_row_without_anything_in_a_field_is_no_entry(
    head: list[str], row: list[Any], tmp_path: Path
) -> None:
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "共建单位": [head, row]})
    assert one(path).builders is None


@pytest.mark.parametrize(
    ("sheet", "row"),
    [("首席科学家", {"姓名": "无", "由理事会聘任": "是"}), ("projects", {"项目名称": "没有"}),
     ("资金投入", {"出资单位名称": "无"}), ("共建单位", {"单位名称": "暂无"}),
     ("structure.bases", {"基地名称": "无。"}), ("contributions", {"到位日期": "无", "金额": None})],
)  # fmt: skip
def test_none_in_the_place_of_a_name_is_asked_back(sheet: str, row: dict[str, str], tmp_path: Path) -> None:
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], sheet: [[*row], [*row.values()]]})
    assert ["不是一项" in said for said in faults(path).values()] == [True]
    paid = [["出资单位名称", "金额"], ["无", "3亿元"]]  # nobody's name, but an entry
    assert one(sheets(tmp_path / "c.xlsx", {"中心": [["编号"], ["x"]], "资金投入": paid})).contributions


@pytest.mark.parametrize("head", [["序号", "指标编号", "目标值"], ["指标编号", "序号", "目标值"]])
def test_a_running_number_beside_the_key_counts_the_rows(head: list[str], tmp_path: Path) -> None:
    rows = [head, *([{"序号": at, "指标编号": key, "目标值": "甲"}[name] for name in head]
                    for at, key in ((1, "1.2"), (2, "1.1")))]  # fmt: skip
    path = sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "评价指标": rows})
    assert sorted(one(path).indicators or ()) == ["1.1", "1.2"]
    alone = [["序号", "目标值"], ["1.1", "甲"]]
    path = sheets(tmp_path / "c.xlsx", {"中心": [["编号"], ["x"]], "评价指标": alone})
    assert sorted(one(path).indicators or ()) == ["1.1"]


def test_a_list_that_is_said_to_be_empty_has_no_rows(tmp_path: Path) -> None:
    path = sheets(
        tmp_path / "b.xlsx",
        {"中心": [["编号", "资金投入"], ["x", "无"]], "资金投入": [["金额"], ["6亿元"], ["7亿元"]]},
    )
    assert faults(path) == {"资金投入!A2": "中心!B2 已写明没有，这里却有一行"}
    (tmp_path / "c.csv").write_text("编号,资金投入\nx,无\ny,\ny,\n", "utf-8")
    (tmp_path / "c.contributions.csv").write_text("中心编号,金额\nx,6亿元\n", "utf-8")
    said = " ".join(faults(tmp_path / "c.csv").values())
    assert "主表第 2 行已写明没有" in said
    assert "编号 y 重复（主表第 3 行已有）" in said
    (tmp_path / "c.contributions.csv").write_text("\n", "utf-8")
    with pytest.raises(DataError, match=r"c\.contributions\.csv:1:1: the table is empty"):
        Centre.from_file(tmp_path / "c.csv")
    keys = [["指标编号", "目标值"], ["1", None]]  # as the form has them
    path = sheets(tmp_path / "c.xlsx", {"中心": [["编号", "评价指标"], ["x", "无"]], "评价指标": keys})
    assert one(path).indicators == {}
    keys[1][1] = "10"
    path = sheets(tmp_path / "c.xlsx", {"中心": [["编号", "评价指标"], ["x", "无"]], "评价指标": keys})
    assert faults(path) == {"评价指标!A2": "中心!B2 已写明没有，这里却有一行"}


@pytest.mark.parametrize(
    ("rules", "word", "read"),
    [
        ("national_2020", "市场化服务收入", True),
        ("national_2020", "市场化技术服务收入", True),
        ("zhejiang_2022", "市场化技术服务收入", True),
        ("zhejiang_2022", "市场化服务收入", False),
        (None, "市场化服务收入", True),
        (["national_2020", "zhejiang_2022"], "市场化服务收入", True),
    ],
)
def test_a_word_is_known_by_the_name_that_its_rules_give_it(
    tmp_path: Path, rules: str | list[str] | None, word: str, read: bool
) -> None:
    """What a rule set calls a word of the shared ones names it beside the shared name."""
    main = [["编号", "name"], ["a", "甲中心"]]
    path = sheets(
        tmp_path / "a.xlsx",
        {"中心": main, "收入": [["中心编号", "年度", "收入类别"], ["a", 2025, word]]},
    )
    (subject,) = read_subjects(path, Centre, words_of(rules))
    assert isinstance(subject, Centre) == read, subject
    if isinstance(subject, Centre):
        assert [entry.kind for entry in subject.income or ()] == ["technical_services"]


def test_a_series_as_in_yaml_takes_the_unit_of_the_header(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text('id,fiscal_balance（万元）\nx,"[{date: 2024-02-01, value: 320}]"\n', "utf-8")
    assert [entry.value.low for entry in one(path).fiscal_balance] == [3_200_000]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("c.csv", "项目,填写\n编号,z\n", "没有竖式"),
        ("c.csv", 'id,name\nz,"甲\n', "引号没有闭合"),
        ("c.csv", 'id,name\nz,"甲"乙\n', "引号之后还有文字"),
        ("c.csv", "id,name\nz," + "x" * 140_000, "超过 131072 个字符"),
        ("c.yaml", "id：z\nname：甲\n", "半角冒号"),
        ("c.yaml", "id: z\nlegal: {independent: 'true'}\n", "请去掉引号"),
    ],
)
def test_what_is_wrong_with_a_text_is_said_in_words_for_people(
    name: str, text: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    (message,) = faults(tmp_path / name).values()
    assert said in message


def test_lines_of_json_may_end_as_old_programs_write_them(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(b'{"id": "z",\r "term_years": "x"}')
    assert list(faults(path)) == ["2:16"]


def test_two_files_of_one_list_are_refused(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id\nx\n", "utf-8")
    for name in ("c.contributions.csv", "c_资金投入.csv"):
        (tmp_path / name).write_text("金额\n3亿元\n", "utf-8")
    with pytest.raises(DataError, match=r"c_资金投入\.csv:1:1.*c\.contributions\.csv holds the same list"):
        one(tmp_path / "c.csv")


def test_series_may_stand_on_a_sheet_of_their_own(tmp_path: Path) -> None:
    rows = [
        ["中心编号", "字段", "日期", "数值"],
        ["x", "高水平技术创新队伍人数", "2024-02-01", 320],
        ["x", "staff.headcount", "2026/6/1", 560],
    ]
    centre = one(sheets(tmp_path / "b.xlsx", {"中心": [["编号"], ["x"]], "历年数据": rows}))
    assert [entry.value.low for entry in centre.staff.headcount] == [320, 560]  # type: ignore[union-attr]
    assert centre.place("/staff/headcount/1/value").cell == "历年数据!D3"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_in_the_encodings_and_separators_of_spreadsheets(
    encoding: str, separator: str, tmp_path: Path
) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(
        "编号,中文名称,批复创建日期\r\na,示例中心,2026年6月30日\r\n".replace(",", separator).encode(encoding)
    )
    centre = one(path)
    assert (centre.name, centre.approved_on.first) == ("示例中心", date(2026, 6, 30))


def test_a_csv_file_in_utf_16_without_its_mark_is_told_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes("id,name\na,示例中心\n".encode("utf-16-le"))
    with pytest.raises(DataError, match="UTF-16 with its mark"):
        one(tmp_path / "c.csv")


def test_every_label_and_path_names_its_own_column() -> None:
    names = names_of(Centre, VOCABULARY)
    for sheet in (LAYOUT.main, *LAYOUT.lists.values()):
        for column in sheet.columns:
            for name in (column.path, column.label.zh, column.label.en):
                assert (
                    names.column(
                        names.layout.main if not sheet.path else names.layout.lists[sheet.path], name
                    ).path
                    == column.path
                )  # type: ignore[union-attr]
        for name in (sheet.path, sheet.label.zh, sheet.label.en) if sheet.path else ():
            assert names.sheet(name).path == sheet.path  # type: ignore[union-attr]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(COLUMNS)),
    st.text() | st.floats(allow_nan=False) | st.booleans() | st.datetimes() | st.dates(),
)
def test_a_cell_is_read_or_asked_back_whatever_it_holds(path: str, value: Any) -> None:
    said: tuple[str, ...] = ("read",)
    try:
        read_cell(value, COLUMNS[path])
    except NotClear as error:
        said = error.args
    assert all(said)


# --- the commands -------------------------------------------------------------------------------------------


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.mark.parametrize("ruleset", shipped_ids())
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_to_fill_in_has_only_columns_that_are_read(
    ruleset: str, lang: str, tmp_path: Path
) -> None:
    path = tmp_path / "form.xlsx"
    assert run("init", "--rules", ruleset, "--output", str(path), "--lang", lang).exit_code == 0
    assert list(faults(path).values()) == ["没有数据行"]


def test_a_folder_of_every_format_is_checked_in_one_run(tmp_path: Path) -> None:
    data = [
        Centre.from_file(ROOT / "examples/zhejiang.yaml").model_dump(mode="json") | {"id": name}
        for name in ("a", "b")
    ]
    workbook(tmp_path / "1.xlsx", data)
    (tmp_path / "2.jsonl").write_text(
        "\n".join(json.dumps(one, ensure_ascii=False) for one in data), encoding="utf-8"
    )
    (tmp_path / "3.csv").write_text(
        "id,jurisdiction,reported_on\nc,浙江省,2026-06-30\nd,浙江省,2026-06-30\n", encoding="utf-8"
    )
    (tmp_path / "3.contributions.csv").write_text("centre,amount\nc,1亿元\n", encoding="utf-8")
    (tmp_path / "~$1.xlsx").write_bytes(b"lock")
    result = run("check", str(tmp_path), "--format", "json", "--lang", "zh")
    reports = json.loads(result.stdout)["reports"]
    assert [report["centre"]["id"] for report in reports] == ["a", "b", "a", "b", "c", "d"]
    assert len({json.dumps(report["summary"]) for report in reports[:4]}) == 1


def test_the_report_as_a_workbook_holds_the_data_with_comments_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    result = run(
        "check",
        str(ROOT / "examples/zhejiang.yaml"),
        "--format",
        "xlsx",
        "--output",
        str(path),
        "--lang",
        "zh",
    )
    assert result.exit_code == 1
    import zipfile

    with zipfile.ZipFile(path) as parts:
        said = "".join(
            parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/comments")
        )
    assert "差1.5亿元" in said
    assert "【不符合】" in said
    plain = Centre.from_file(ROOT / "examples/zhejiang.yaml")
    assert told(one(path), "zhejiang_2022") == told(plain, "zhejiang_2022")


def test_a_zip_archive_is_refused_with_a_hint(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "centres.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.yaml", "id: a")
    result = run("check", str(path), "--lang", "zh")
    assert result.exit_code == 2
    assert "请先解压" in result.stderr
    for name in ("a.xls", "a.xlsx", "a.yaml"):
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
        assert "旧版 .xls" in run("check", str(tmp_path / name), "--lang", "zh").stderr
    with zipfile.ZipFile(tmp_path / "memo.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    assert "这是 Word 文档" in run("check", str(tmp_path / "memo.docx"), "--lang", "zh").stderr
    (tmp_path / "page.xls").write_text("<html><table><tr><td>编号</td></tr></table></html>", "utf-8")
    assert "请用 Excel 打开，另存为 .xlsx" in run("check", str(tmp_path / "page.xls"), "--lang", "zh").stderr
