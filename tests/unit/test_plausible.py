"""What is implausible is warned of, at its place, and decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tic_rules import check, check_programme, parse_ruleset

LINSHAN = Path(__file__).parents[2] / "examples/provinces/linshan/tic_rules_linshan/linshan_2023.yaml"
PLAIN: dict[str, Any] = {
    "name": "甲", "jurisdiction": "zhejiang", "stage": "approved", "approved_on": "2022-03-01",
    "reported_on": "2024-01-01",
}  # fmt: skip


def paid(amount: object) -> dict[str, Any]:
    return {**PLAIN, "contributions": [{"date": "2023-01-01", "amount": amount, "payer": "host"}]}


def warned(data: dict[str, Any]) -> list[tuple[str, str]]:
    report = check(data, "zhejiang_2022")
    return [(one["path"], one["message"].zh) for one in report.warnings if one["code"] == "implausible"]


def test_an_amount_without_its_unit_is_warned_of_at_its_place() -> None:
    ((path, said),) = warned(paid(8500))
    assert path == "/contributions/0/amount"
    assert said == "金额为8,500元，一般在10万元至100亿元之间；单位是否写漏（万元、亿元）？"


@pytest.mark.parametrize(
    "amount", ["8500万元", "10万元", "100亿元", {"at_least": 5000}, {"at_most": "1亿元"}]
)
def test_what_is_plausible_or_may_be_is_not_warned_of(amount: object) -> None:
    assert warned(paid(amount)) == []


def test_numbers_of_declared_fields_are_told_in_their_units() -> None:
    text = LINSHAN.read_text(encoding="utf-8").replace(
        "example: 2000万元, type: money", "example: 2000万元, type: money, plausible: [10万元, 100亿元]"
    )
    years = [{"year": 2023, "rd": 3000, "revenue": "2亿元"}]
    data = {"jurisdiction": "linshan", "reported_on": "2026-06-30", "hosts": [{"annual": years}]}
    ruleset = parse_ruleset(text)
    (said,) = [one["message"].zh for one in check(data, ruleset).warnings if one["code"] == "implausible"]
    assert said == "研发投入为3,000元，一般在10万元至100亿元之间；单位是否写漏（万元、亿元）？"


def test_each_entry_of_a_series_is_looked_at() -> None:
    series = [{"date": "2023-01-01", "value": 320}, {"date": "2023-06-01", "value": 320_000}]
    ((path, _),) = warned({**PLAIN, "staff": {"headcount": series}})
    assert path == "/staff/headcount/1/value"


def test_a_warning_decides_nothing() -> None:
    low, fine = check(paid(99_999), "zhejiang_2022"), check(paid(100_000), "zhejiang_2022")
    assert low.statuses == fine.statuses


def test_a_part_written_as_a_percentage_without_its_sign_is_warned_of() -> None:
    data = {"reported_on": "2020-12-31", "rd_intensity": 1.05}
    (warning,) = check_programme(data, "national_13fyp").warnings
    assert (warning["code"], warning["path"]) == ("implausible", "/rd_intensity")
    assert "105%" in warning["message"].zh
    assert not check_programme({**data, "rd_intensity": "1.05%"}, "national_13fyp").warnings


def test_what_is_dated_before_its_own_year_is_warned_of() -> None:
    early, fine = {"year": 2025, "date": "2024-05-01"}, {"year": 2024, "date": "2025-05-01"}
    data = {**PLAIN, "evaluations": [early, fine, {"year": 2025, "date": "2024"}, {"year": 2025}]}
    assert warned(data) == [
        ("/evaluations/0/year", "2025年度的事项，日期却在该年之前"),
        ("/evaluations/2/year", "2025年度的事项，日期却在该年之前"),
    ]
