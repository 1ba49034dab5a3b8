"""Their own workbook comes back: with what it had, a status beside each item, the list of problems in front;
checked again it says the same."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.comments import Comment
from python_calamine import CalamineWorkbook
from test_upright import GENERAL, PLAIN, RULES, filled
from test_upright import told as statuses

from tic_rules import Centre, DataError, check
from tic_rules.cli import main
from tic_rules.model.loader import load_ruleset
from tic_rules.renderers import Options, package, render
from tic_rules.renderers.form import blank_workbook

FORMULA = b'<c r="B4"><f>SUM(B2:B3)*0+5</f><v>5</v></c>'


def run(*words: str) -> str:
    return CliRunner().invoke(main, list(words)).stdout


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook as people send it: dates, ticks, units and thousands as they type them, merged cells, hidden
    rows, a comment, a sheet of their own, a formula with a value."""
    folder = tmp_path_factory.mktemp("sent")
    (folder / "form.xlsx").write_bytes(blank_workbook([load_ruleset(RULES)], "zh"))
    money = [
        {"到位日期": "2022.3.20", "金额": "2亿元", "出资方": "依托单位"},
        {"到位日期": "2023-01-10", "金额": "1,234.5万元", "出资方": "省财政"},
        {"到位日期": "2024-01-10", "出资方": "社会资本"},
        {"到位日期": "2023年1月10日", "金额": "100万", "出资方": "依托单位"},
        {"到位日期": "2023/2/10", "金额": 3000},
    ]
    items = {**GENERAL, "累计服务企业数": "380家", "财政补助专账核算": "√", "推荐单位": "设区市政府"}
    file = filled(folder / "form.xlsx", folder / "sent.xlsx", items, {"资金投入": money})
    book = openpyxl.load_workbook(file)
    book["资金投入"]["A2"].comment = Comment("依据到账单", "财务")
    book["资金投入"].merge_cells("C5:C6")
    book["资金投入"].row_dimensions[6].hidden = True
    book["基本信息"].row_dimensions[9].hidden = True
    book.create_sheet("#我的计算")["A1"] = "自己的表"
    book.defined_names["合计"] = openpyxl.workbook.defined_name.DefinedName("合计", attr_text="资金投入!$B$2")
    book.save(file)
    return _with_formula(file)


def _with_formula(file: Path) -> Path:
    """The amount of the third row as a formula with the value that Excel computed."""
    with zipfile.ZipFile(file) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    names = openpyxl.load_workbook(file).sheetnames
    part = f"xl/worksheets/sheet{names.index('资金投入') + 1}.xml"
    assert b'<row r="4"' in parts[part]
    parts[part] = re.sub(rb'<c r="B4"[^>]*(?:/>|>.*?</c>)', b"", parts[part])
    parts[part] = re.sub(rb'(<row r="4".*?)(<c r="C4")', rb"\1" + FORMULA + rb"\2", parts[part], count=1)
    assert FORMULA in parts[part]
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file


def findings(file: Path) -> list[tuple[Any, ...]]:
    (report,) = json.loads(run("check", str(file), "--format", "json"))["reports"]
    return [
        (f["rule"], f["status"], f["message"]["zh"], (f["place"] or {}).get("cell"))
        for f in report["findings"]
    ]


def give_back(file: Path, to: Path) -> Path:
    run("check", str(file), "--format", "xlsx", "--lang", "zh", "--output", str(to))
    return to


def parts_of(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_workbook_says_what_yaml_says(sent: Path) -> None:
    dates = ("2022-03-20", "2023-01-10", "2024-01-10", "2023-01-10", "2023-02-10")
    amounts = (200_000_000, 12_345_000, 5, 1_000_000, 3000)
    payers = ("host", "province", "social_capital", "host", "host")
    plain = {
        **PLAIN,
        "outputs": {"served_enterprises": 380},
        "legal": {"fiscal_accounts": True},
        "procedure": {"recommended_by": "city_government"},
        "contributions": [
            {"date": day, "amount": amount, "payer": payer}
            for day, amount, payer in zip(dates, amounts, payers, strict=True)
        ],
    }
    said = statuses(check(Centre.from_file(sent), RULES))
    assert said == statuses(check(plain, RULES))
    assert len({status for status, _ in said.values()}) > 4


def test_nothing_is_lost_however_often_it_comes_back(sent: Path, tmp_path: Path) -> None:
    """What the third round gives is, part for part, what the second gave: a hundredth would give the same."""
    before, now = findings(sent), sent
    for number in range(3):
        now = give_back(now, tmp_path / f"{number}.xlsx")
    assert parts_of(now) == parts_of(tmp_path / "1.xlsx")
    assert findings(now) == before
    with zipfile.ZipFile(sent) as old, zipfile.ZipFile(now) as new:
        assert set(old.namelist()) < set(new.namelist())
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
        assert all(re.search(r"worksheets/sheet|styles|workbook|Content_Types", name) for name in changed)
        text = b"".join(new.read(name) for name in new.namelist() if "worksheets/sheet" in name)
    assert b"<f>SUM(B2:B3)*0+5</f><v>5</v>" in text
    first = (tmp_path / "0.xlsx").read_bytes()
    assert now.stat().st_size < len(first) * 1.01
    book, original = openpyxl.load_workbook(now), openpyxl.load_workbook(sent)
    assert book.sheetnames == ["问题清单", *original.sheetnames]
    assert book["资金投入"]["A2"].comment.text == original["资金投入"]["A2"].comment.text
    assert book["基本信息"].row_dimensions[9].hidden
    assert book["资金投入"].row_dimensions[6].hidden
    assert [str(merged) for merged in book["资金投入"].merged_cells.ranges] == ["C5:C6"]
    assert "合计" in book.defined_names
    for sheet in original:
        for row in sheet.iter_rows():
            for cell in row:
                if sheet.cell(row[0].row, cell.column).value is not None:
                    assert book[sheet.title].cell(cell.row, cell.column).value == cell.value


def test_each_item_has_its_status_and_each_problem_its_link(sent: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(give_back(sent, tmp_path / "a.xlsx"))
    money = {row[0].row: row for row in book["资金投入"].iter_rows(min_row=2, max_row=4)}
    assert "✗ 不符合" in money[2][5].value
    assert "两年内投入达到10亿元" in money[2][5].value
    legal = {row[0].value: row[5].value for row in book["法人地位"].iter_rows(min_row=4)}
    assert legal["独立法人实体"].startswith("? 数据不足")
    problems = book["问题清单"]
    rows = [row for row in problems.iter_rows() if row[0].value == "不符合"]
    assert rows
    for row in rows:
        assert row[7].hyperlink is not None
        sheet, _, cell = row[7].hyperlink.location.rpartition("!")
        assert book[sheet.strip("'")][cell].value is not None
    assert rows[0][1].value.startswith("浙科发高〔2022〕5号")


def test_an_english_workbook_has_english_titles_and_marks(sent: Path, tmp_path: Path) -> None:
    run("check", str(sent), "--format", "xlsx", "--lang", "en", "--output", str(tmp_path / "a.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    head = [str(cell.value) for cell in book["problems"][2]]
    assert any("Working guideline of Zhejiang province" in text for text in head)
    assert [text for text in head if "《" in text or "：" in text] == []
    assert "two years: now CNY" in book["资金投入"]["F2"].value


def test_what_is_missing_is_asked_for_and_nothing_is_revoked_or_paid_back(sent: Path, tmp_path: Path) -> None:
    """A remedy belongs to a failure: where data is missing, it is to be filled in."""
    rows = [*openpyxl.load_workbook(give_back(sent, tmp_path / "a.xlsx"))["问题清单"].values]
    asked = {row[2]: row[4] for row in rows if row[0] == "数据不足"}
    assert all(text.startswith("补填或写准：") for text in asked.values())
    assert asked["连续两次评价不合格的予以摘牌"] == "补填或写准：绩效评价"
    judged = [row[4] for row in rows if row[0] == "待评审"]
    assert {*judged} == {"提请评审认定，把意见填入“评审判断”"}
    (failed,) = [row for row in rows if row[2] == "两年内投入达到10亿元"]
    assert failed[4].startswith("落实依托单位")


def test_warnings_stand_in_both_workbooks_at_their_cells(sent: Path, tmp_path: Path) -> None:
    file = tmp_path / "odd.xlsx"
    book = openpyxl.load_workbook(sent)
    book["资金投入"]["B2"] = "12.5元"
    book.save(file)
    book = openpyxl.load_workbook(give_back(_with_formula(file), tmp_path / "a.xlsx"))
    (row,) = [row for row in book["问题清单"].iter_rows() if "12.5元，一般在" in str(row[3].value)]
    assert (row[0].value, row[7].value) == ("提示", "资金投入!B2")
    assert row[7].hyperlink is not None
    assert "! 金额为12.5元" in book["资金投入"]["F2"].value
    mended = tmp_path / "b.xlsx"
    book["资金投入"]["B2"] = "12.5亿元"
    book.save(mended)
    book = openpyxl.load_workbook(give_back(_with_formula(mended), tmp_path / "c.xlsx"))
    assert "12.5元" not in str([*book["问题清单"].values]) + book["资金投入"]["F2"].value
    report = check(Centre.from_file(file), RULES)
    told = tmp_path / "d.xlsx"
    told.write_bytes(
        render([report, check(PLAIN | {"id": "zj-2"}, RULES)], Options(format="xlsx", lang="zh"))
    )
    (row,) = [row for row in openpyxl.load_workbook(told)["提示"].values if "12.5元" in str(row[1])]
    assert row[2] == f"{file}:资金投入!B2"
    assert json.loads(run("check", str(told), "--format", "json"))["reports"]


def test_a_status_goes_away_with_its_reason(sent: Path, tmp_path: Path) -> None:
    back = give_back(sent, tmp_path / "a.xlsx")
    items = {"独立法人实体": "是"}
    fixed = filled(back, tmp_path / "b.xlsx", items)
    again = openpyxl.load_workbook(give_back(_with_formula(fixed), tmp_path / "c.xlsx"))
    legal = {row[0].value: row[5].value for row in again["法人地位"].iter_rows(min_row=4)}
    assert "数据不足" not in (legal["独立法人实体"] or "")


def test_a_number_of_another_day_is_told_the_day_that_is_asked_for(sent: Path, tmp_path: Path) -> None:
    """数据不足 beside a number that was filled in says why; beside an empty cell it needs no reason."""
    item = (
        "高水平技术创新队伍人数（全球顶尖人才、科技领军人才、优秀青年科技人才，以及博士后与博士、硕士研究生）"
    )
    given = _with_formula(filled(sent, tmp_path / "sent.xlsx", {item: "560"}))
    book = openpyxl.load_workbook(give_back(given, tmp_path / "a.xlsx"))
    rows = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
    staff = next(row[5] for row in rows if row[:2] == (item, "560"))
    assert "两年内创新队伍达到300人：需要补充或写准：" in staff
    assert "在2024年3月1日的数" in staff


def test_a_judgement_has_its_own_status_and_those_to_come_stand_below_it(sent: Path, tmp_path: Path) -> None:
    judged = {"规则": "靠近创新源头和市场需求", "是否符合": "是", "评审单位": "省科技厅",
              "评审日期": "2023-01-05", "依据": "专家论证意见"}  # fmt: skip
    given = filled(sent, tmp_path / "judged.xlsx", {}, {"评审判断": [judged]})
    back = give_back(_with_formula(given), tmp_path / "a.xlsx")
    for file in (back, give_back(back, tmp_path / "b.xlsx")):
        judgements, review, *rest = [row[-1] for row in openpyxl.load_workbook(file)["评审判断"].values][1:]
        assert judgements == "✓ 符合 1条"
        assert "◇ 待评审 浙科发高〔2022〕5号 二（七） 联合国内外资源开展关键核心技术攻关\n" in review
        assert not any(rest)
        problems = openpyxl.load_workbook(file)["问题清单"].iter_rows(min_row=4)
        links = {row[2].value: row[7].hyperlink.location for row in problems if row[7].hyperlink}
        assert links["联合国内外资源开展关键核心技术攻关"] == "'评审判断'!A3"


def test_a_wide_workbook_gets_a_column_of_statuses(tmp_path: Path) -> None:
    file = tmp_path / "wide.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "中心"
    for row in (["编号", "中文名称", "所属地区", "填报截止日期", "批复创建日期"],
                ["甲", "浙江省甲技术创新中心", "浙江省", "2026-06-30", "2022-03-01"],
                ["乙", "浙江省乙技术创新中心", "浙江省", "2026-06-30", "2023-03-01"]):  # fmt: skip
        sheet.append(row)
    book.save(file)
    before = [one["summary"] for one in json.loads(run("check", str(file), "--format", "json"))["reports"]]
    back = give_back(file, tmp_path / "back.xlsx")
    told = openpyxl.load_workbook(back)["中心"]
    assert told["F1"].value == "状态"
    assert told.column_dimensions["F"].width == 40
    assert "数据不足" in told["F2"].value
    assert "数据不足" in told["F3"].value
    assert told.max_row == 3
    rows = openpyxl.load_workbook(back)["问题清单"].iter_rows(min_row=4, values_only=True)
    head, *problems = rows
    assert head[:3] == ("状态", "中心", "条款")
    assert {row[1] for row in problems} == {"浙江省甲技术创新中心 甲", "浙江省乙技术创新中心 乙"}
    assert [
        one["summary"] for one in json.loads(run("check", str(back), "--format", "json"))["reports"]
    ] == before


@pytest.mark.parametrize("title", [[], [["收入表", "2026年6月", "初稿"]]], ids=["plain", "titled"])
def test_a_column_of_statuses_is_headed_where_the_header_is(title: list[list[str]], tmp_path: Path) -> None:
    """Rows that say as much as the header stand above the first that has a status, and a title above it."""
    file = tmp_path / "wide.xlsx"
    book = openpyxl.Workbook()
    centres, income = book.active, book.create_sheet("收入")
    centres.title = "中心"
    for row in (["编号", "中文名称", "所属地区", "填报截止日期", "批复创建日期"],
                ["甲", "江苏省甲技术创新中心", "江苏省", "2026-06-30", "2022-03-01"],
                ["乙", "浙江省乙技术创新中心", "浙江省", "2026-06-30", "2022-03-01"]):  # fmt: skip
        centres.append(row)
    for row in (
        *title,
        ["中心编号", "年度", "金额"],
        ["甲", 2024, "10万"],
        ["甲", 2025, "10万"],
        ["乙", 2025, "9万"],
    ):
        income.append(row)
    book.save(file)
    back = give_back(file, tmp_path / "back.xlsx")
    statuses = [cell.value for cell in openpyxl.load_workbook(back)["收入"]["D"]]
    assert statuses[:-1] == [None] * len(title) + ["状态", None, None]
    assert "数据不足" in statuses[-1]
    assert not any(isinstance(read, DataError) for read in Centre.each_from_file(back))


def test_what_cannot_be_read_comes_back_with_the_reason_at_its_cell(sent: Path, tmp_path: Path) -> None:
    file = tmp_path / "wrong.xlsx"
    book = openpyxl.load_workbook(sent)
    book["基本信息"]["B5"] = None
    book["申报与批复程序"]["B4"] = "火星"
    book["资金投入"]["B4"] = 5
    book.save(file)
    with pytest.raises(DataError):
        Centre.from_file(file)
    told = openpyxl.load_workbook(give_back(file, tmp_path / "back.xlsx"))
    assert "不在可选之列" in told["申报与批复程序"]["F4"].value
    lines = [[cell.value for cell in row[:3]] for row in told["问题清单"].iter_rows()]
    assert ["无法读取", None, None] in lines  # no clause asks for it: a code stood there


def test_a_formula_without_a_value_in_the_last_cell_is_a_fault(sent: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(sent)
    for row in book["资金投入"].iter_rows(min_row=4, max_row=4):
        for cell in row:
            cell.value = None
    book["资金投入"]["B7"] = "=SUM(B2:B3)"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError) as raised:
        Centre.from_file(tmp_path / "a.xlsx")
    assert [fault.cell for fault in raised.value.diagnostics] == ["资金投入!B7"]


MACROS = b"\xd0\xcf\x11\xe0 not to be read, only to be kept"


def _with_macros(file: Path, to: Path) -> Path:
    """The workbook as Excel saves it with macros: another type of the main part, the project beside it."""
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "[Content_Types].xml":
                assert kind in data
                data = data.replace(kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
            new.writestr(name, data)
        new.writestr("xl/vbaProject.bin", MACROS)
    return to


def test_a_workbook_with_macros_comes_back_with_them(sent: Path, tmp_path: Path) -> None:
    file = _with_macros(sent, tmp_path / "sent.xlsm")
    back = give_back(file, tmp_path / "back.xlsm")
    with zipfile.ZipFile(back) as new:
        assert new.read("xl/vbaProject.bin") == MACROS
        assert b"macroEnabled.main" in new.read("[Content_Types].xml")
        assert "问题清单" in new.read("xl/workbook.xml").decode()
    assert findings(back) == findings(file)


def test_macros_do_not_go_under_a_name_that_cannot_bear_them(sent: Path, tmp_path: Path) -> None:
    macros = _with_macros(sent, tmp_path / "sent.xlsm")
    for file, ending, to in (
        (macros, ".xlsm", tmp_path / "back.xlsx"),
        *((sent, ".xlsx", tmp_path / f"back.{other}") for other in ("xlsm", "xls", "et")),
    ):
        written = CliRunner().invoke(
            main, ["check", str(file), "--format", "xlsx", "--lang", "zh", "--output", str(to)]
        )
        assert written.exit_code == 2
        assert f"应以 {ending} 结尾" in written.stderr
        assert not to.exists()


def test_a_workbook_with_macros_that_cannot_be_written_in_place_is_refused(
    sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "MAX_PART", 100)
    file = _with_macros(sent, tmp_path / "sent.xlsm")
    written = CliRunner().invoke(
        main,
        ["check", str(file), "--format", "xlsx", "--lang", "zh", "--output", str(tmp_path / "back.xlsm")],
    )
    assert written.exit_code == 2
    assert "另存为 .xlsx" in written.stderr
    assert not (tmp_path / "back.xlsm").exists()


def test_several_workbooks_come_back_each_under_its_name_in_a_folder(sent: Path, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "甲.xlsx").write_bytes(sent.read_bytes())
    _with_macros(sent, given / "乙.xlsm")
    (given / "丙.yaml").write_text("name: 丙\njurisdiction: zhejiang\nreported_on: 2026-06-30\n", "utf-8")
    back = tmp_path / "back"
    run("check", str(given), "--format", "xlsx", "--lang", "zh", "--output", f"{back}/")
    assert sorted(file.name for file in back.iterdir()) == ["丙.xlsx", "乙.xlsm", "甲.xlsx"]
    alone = zipfile.ZipFile(give_back(sent, tmp_path / "alone.xlsx"))
    with alone, zipfile.ZipFile(back / "甲.xlsx") as together:
        assert {n: together.read(n) for n in together.namelist()} == {
            n: alone.read(n) for n in alone.namelist()
        }
    for name in ("甲.xlsx", "乙.xlsm"):
        assert findings(back / name) == findings(sent)
    assert openpyxl.load_workbook(back / "丙.xlsx").sheetnames[0] == "结论"


def test_no_workbook_goes_over_the_one_that_was_sent_nor_over_another(sent: Path, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "甲.xlsx").write_bytes(sent.read_bytes())
    words = ["check", str(tmp_path / "a"), "--format", "xlsx", "--lang", "zh", "--output"]
    over = CliRunner().invoke(main, [*words, str(tmp_path / "a")])
    assert over.exit_code == 2
    assert "不能覆盖" in over.stderr
    twice = CliRunner().invoke(main, [*words, f"{tmp_path}/back/", str(tmp_path / "b")])
    assert twice.exit_code == 2
    assert "有多份文件要写成" in twice.stderr
    assert not (tmp_path / "back").exists()
    assert (tmp_path / "a" / "甲.xlsx").read_bytes() == sent.read_bytes()


def test_statuses_and_the_verdict_are_seen_whole(sent: Path, tmp_path: Path) -> None:
    book, original = (
        openpyxl.load_workbook(give_back(sent, tmp_path / "a.xlsx")),
        openpyxl.load_workbook(sent),
    )
    written = 0
    for sheet in original:
        heads = {cell.value: cell.column for row in (1, 3) for cell in sheet[row] if cell.value == "状态"}
        for row in range(2, sheet.max_row + 1) if heads else ():
            text = str(book[sheet.title].cell(row, heads["状态"]).value or "")
            height, before = book[sheet.title].row_dimensions[row].height, sheet.row_dimensions[row].height
            if text and text[0] in "?✗✎":
                lines = sum(-(-len(line.encode("gbk", "replace")) // 42) for line in text.split("\n"))
                assert (height or 15) >= 14 * min(lines, 20)
                written += 1
            elif not text:
                assert height == before
    assert written > 40
    assert book["问题清单"].row_dimensions[2].height > 30


def _prefixed(data: bytes) -> bytes:
    """A part of a workbook as some programs write it: every element with a prefix."""
    return re.sub(rb"<(/?)(?=[A-Za-z])", rb"<\1x:", data).replace(b" xmlns=", b" xmlns:x=", 1)


@pytest.mark.parametrize("written", [lambda data: data, _prefixed], ids=["as Excel", "with a prefix"])
def test_a_form_whose_texts_are_shared_comes_back(written: Any, tmp_path: Path) -> None:
    """As Excel writes it: texts stand once, in a part of their own, and cells name them by number."""
    form, result = tmp_path / "form.xlsx", tmp_path / "result.xlsx"
    form.write_bytes(blank_workbook([load_ruleset(RULES)], "zh"))
    with zipfile.ZipFile(form) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    assert b"<si>" in parts["xl/sharedStrings.xml"]
    ours = re.compile(r"xl/(?:workbook|styles|sharedStrings|worksheets/sheet\d+)\.xml")
    with zipfile.ZipFile(form, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, written(data) if ours.fullmatch(name) else data)
    run("check", str(form), "--rules", RULES, "--format", "xlsx", "--output", str(result), "--lang", "zh")
    with zipfile.ZipFile(result) as archive:
        assert archive.read("xl/sharedStrings.xml") == written(parts["xl/sharedStrings.xml"])
    rows = CalamineWorkbook.from_path(result).get_sheet_by_name("基本信息").to_python()
    header = next(row for row in rows if "填写" in row)
    assert header.count("状态") == 1
    assert "✗ 没有数据行" in [row[header.index("状态")] for row in rows]
