"""Workbooks as people leave them: merged cells, formulas, sheets beside the data; and what no spreadsheet
writes."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tic_rules import Centre, DataError
from tic_rules.model.intake import read_subject, read_subjects
from tic_rules.model.shipped import shared_vocabulary

pytest.importorskip("python_calamine", reason="the extra excel is not installed")
xlsxwriter = pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "fuzz"))
from hostile import HEAD, workbook  # type: ignore[import-not-found]  # noqa: E402

Merge = tuple[str, str, Any]


def book(
    path: Path, main: Sequence[Sequence[Any]], money: Sequence[Sequence[Any]] = (), *merged: Merge
) -> Path:
    """A workbook with a main sheet and contributions; `merged` ranges of a sheet are written last."""
    made = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    for name, rows in (("中心", main), ("资金投入", money)):
        if not rows:
            continue
        page = made.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    page.write(number, column, value)
        for sheet, cells, value in merged:
            if sheet == name:
                page.merge_range(cells, value)
    made.close()
    return path


def centre(path: Path) -> Centre:
    return read_subject(path, Centre, shared_vocabulary())


def faults(path: Path) -> dict[str, str]:
    return {
        fault.cell or fault.code: fault.message.zh
        for subject in read_subjects(path, Centre, shared_vocabulary())
        if isinstance(subject, DataError)
        for fault in subject.diagnostics
    }


HEADER = ["中心编号", "到位日期", "金额", "出资方"]


def test_a_merged_value_counts_for_all_its_cells(tmp_path: Path) -> None:
    rows = [HEADER, ["x", date(2022, 4, 1), 100], [None, date(2022, 5, 1), 200], [None, None, 300]]
    path = book(
        tmp_path / "b.xlsx", [["编号"], ["x"]], rows,
        ("资金投入", "D2:D4", "依托单位"), ("资金投入", "A2:A4", "x"), ("资金投入", "B3:B4", "2022-05"),
    )  # fmt: skip
    entries = centre(path).contributions or ()
    assert [entry.payer for entry in entries] == ["host"] * 3
    assert [entry.amount.low for entry in entries if entry.amount] == [100, 200, 300]
    assert [str(entry.date.first) for entry in entries if entry.date] == [
        "2022-04-01",
        "2022-05-01",
        "2022-05-01",
    ]


def test_a_number_in_a_merged_cell_is_asked_back(tmp_path: Path) -> None:
    rows = [HEADER, ["x", date(2022, 4, 1), None, "依托单位"], ["x", date(2022, 4, 1), None, "市财政"]]
    path = book(tmp_path / "b.xlsx", [["编号"], ["x"]], rows, ("资金投入", "C2:C3", 300))
    assert list(faults(path)) == ["资金投入!C3"]
    assert "合计" in faults(path)["资金投入!C3"]


def test_a_row_that_has_nothing_of_its_own_is_no_entry(tmp_path: Path) -> None:
    rows = [HEADER, ["x", date(2022, 4, 1), 100]]
    path = book(
        tmp_path / "b.xlsx", [["编号"], ["x"]], [*rows, [None, None, 200]], ("资金投入", "D2:D9", "依托单位")
    )
    assert len(centre(path).contributions or ()) == 2


def test_a_signature_in_merged_cells_is_no_entry(tmp_path: Path) -> None:
    rows = [HEADER, ["x", date(2022, 4, 1), 100]]
    path = book(tmp_path / "b.xlsx", [["编号"], ["x"]], rows, ("资金投入", "B3:D3", "填表人：张三"))
    assert "落款" in faults(path)["资金投入!B3"]


def test_headings_may_be_merged(tmp_path: Path) -> None:
    main = [
        ["填报表", None, None],
        ["编号", "人员"],
        [None, "高水平技术创新队伍人数", "中文名称"],
        ["x", 320, "某中心"],
    ]
    path = book(
        tmp_path / "b.xlsx", main, (), ("中心", "A1:C1", "填报表"), ("中心", "A2:A3", "编号"),
        ("中心", "B2:C2", "人员"),
    )  # fmt: skip
    read = centre(path)
    assert (read.id, read.name, read.staff and read.staff.headcount) == ("x", "某中心", (320, 320))


@pytest.mark.parametrize(
    "cells",
    ['<c r="A2"><v>1</v></c><c r="B2"><v>5</v></c><c r="B2"><v>6</v></c>',
     '<c r="A2"><v>1</v></c><c r="B2"><f>2+3</f><v>5</v></c><c r="B2" t="str"><v></v></c>'],
)  # fmt: skip
def test_a_cell_given_twice_is_a_fault(cells: str, tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(f'{HEAD}<row r="2">{cells}</row>'))
    assert faults(path) == {"s1!B2": "同一个单元格写了两次"}


@pytest.mark.parametrize("value", ["1&#50;", "1<!-- -->2", "1<![CDATA[2]]>", "<![CDATA[12]]>"])
def test_a_number_that_the_library_would_cut_is_a_fault(value: str, tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(f'{HEAD}<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>{value}</v></c></row>'))
    assert faults(path) == {"s1!B2": "这个值不是 Excel 的写法；请在 Excel 中打开并保存"}
    path.write_bytes(workbook(f'{HEAD}<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>\n5\n</v></c></row>'))
    assert centre(path).term_years == (5, 5)


def test_formulas_of_rules_for_input_are_none_of_cells(tmp_path: Path) -> None:
    """Lists to choose from and pictures in cells have formulas behind the cells of a sheet."""
    behind = '<dataValidations><dataValidation><x:f xmlns:x="x">A1</x:f></dataValidation></dataValidations>'
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(f'{HEAD}<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>5</v></c></row>', behind))
    assert centre(path).term_years == (5, 5)


def test_what_reaches_too_far_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(f'{HEAD}<row r="30000"><c r="C30000" t="str"><f>1</f><v></v></c></row>'))
    assert "s1!C30000" in faults(path)["too-large"]


def test_a_sheet_that_is_no_data_may_be_of_any_size(tmp_path: Path) -> None:
    made = xlsxwriter.Workbook(str(tmp_path / "b.xlsx"))
    page = made.add_worksheet("中心")
    page.write_row(0, 0, ["编号"])
    page.write_row(1, 0, ["x"])
    made.add_worksheet("# 原始数据").write(200_000, 3, "x")
    made.close()
    assert centre(tmp_path / "b.xlsx").id == "x"


@pytest.mark.parametrize(
    "rows",
    ['<row r="2"><c r="A3"><v>1</v></c></row>', '<row r="A2"/>', '<row r="0"/>',
        '<row r="1"><c r="AAAA1"/></row>'],
)  # fmt: skip
def test_places_that_are_none_are_refused(rows: str, tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(HEAD + rows))
    assert list(faults(path)) == ["workbook"]


def test_two_sheets_of_one_name_and_one_that_is_missing_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(HEAD, sheets=2))
    assert "未知的工作表" in str(faults(path))
    raw = workbook(HEAD)
    for old, new in ((b'<sheet name="s1"', b'<sheet name="s1" sheetId="2" r:id="rId1"/><sheet name="s1"'),
                     (b"worksheets/sheet1.xml", b"worksheets/sheet9.xml")):  # fmt: skip
        packed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(packed, "w") as after:
            for name in before.namelist():
                after.writestr(name, before.read(name).replace(old, new))
        path.write_bytes(packed.getvalue())
        assert list(faults(path)) == ["workbook"]
