"""Editions: the one in force on the day is chosen, an older one warns, diff puts them in order."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from tic_rules import RuleSetError, check, load_ruleset, rulesets_in_force
from tic_rules.cli import main

EDITION = """\
id: somewhere_{year}
version: 1.0.0
jurisdiction: somewhere
document:
  title: 某省办法（{year}年）
  title_en: Measures of {year}
  in_force: {{from: {year}-07-01}}
  based_on: [national_2020]
{replaces}
vocabulary: {{words: {{jurisdictions: {{somewhere: {{zh: 某省, en: a province}}}}}}}}
clauses: [{{at: 第一条, heading: 人员, rules: [staff]}}]
rules:
  - id: staff
    at: 第一条
    quote: 总人数不少于{bound}人
    topic: talent.headcount
    kind: condition
    modality: must
    bearer: centre
    require: {{fact: headcount, at_least: {bound}}}
    title: &t {{zh: 人数, en: persons}}
    message: *t
    remedy: *t
"""
CENTRE = {
    "jurisdiction": "somewhere",
    "stage": "approved",
    "approved_on": "2020-01-01",
    "staff": {"headcount": 3},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIC_RULES_PATH", str(tmp_path))
    return tmp_path


def edition(folder: Path, year: int, replaces: str = "", bound: int = 100) -> None:
    text = EDITION.format(year=year, bound=bound, replaces=f"  replaces: {replaces}" if replaces else "")
    (folder / f"somewhere_{year}.yaml").write_text(text, encoding="utf-8")


def chosen(day: str) -> list[str]:
    return [ruleset.id for ruleset in rulesets_in_force("somewhere", date.fromisoformat(day))]


def warned(ruleset: str, day: str) -> list[str]:
    report = check(CENTRE, ruleset, as_of=day)
    return [notice.message.en for notice in report.warnings if notice.code == "replaced"]


def test_the_edition_in_force_on_the_day_is_chosen(folder: Path) -> None:
    edition(folder, 2020)
    edition(folder, 2024, "[somewhere_2020]")
    assert chosen("2024-06-30") == ["somewhere_2020"]
    assert chosen("2024-07-01") == ["somewhere_2024"]
    with pytest.raises(RuleSetError, match="2020-07-01"):
        chosen("2020-06-30")


def test_a_day_after_the_last_edition_is_told_when_that_ended(folder: Path) -> None:
    edition(folder, 2020)
    file = folder / "somewhere_2020.yaml"
    file.write_text(file.read_text("utf-8").replace("2020-07-01}", "2020-07-01, until: 2023-06-30}"), "utf-8")
    assert chosen("2023-06-30") == ["somewhere_2020"]
    with pytest.raises(
        RuleSetError, match="the earliest is in force from 2020-07-01, the latest until 2023-06-30"
    ):
        chosen("2023-07-01")


def test_a_day_of_its_own_counts(folder: Path) -> None:
    edition(folder, 2020)
    edition(folder, 2024, "[{id: somewhere_2020, from: 2025-01-01}]")
    assert chosen("2024-12-31") == ["somewhere_2020", "somewhere_2024"]
    assert chosen("2025-01-01") == ["somewhere_2024"]
    assert warned("somewhere_2020", "2024-12-31") == []
    assert warned("somewhere_2020", "2025-01-01") == [
        "Measures of 2020 is replaced by somewhere_2024 from 2025-01-01 on"
    ]


def test_what_is_replaced_in_part_stays_and_says_so(folder: Path) -> None:
    edition(folder, 2020)
    edition(folder, 2024, "[{id: somewhere_2020, clauses: [第一条]}]")
    assert chosen("2024-07-01") == ["somewhere_2020", "somewhere_2024"]
    assert warned("somewhere_2020", "2024-06-30") == []
    assert warned("somewhere_2020", "2024-07-01") == [
        "Measures of 2020 (第一条) is replaced by somewhere_2024 from 2024-07-01 on"
    ]
    assert warned("somewhere_2024", "2024-07-01") == []


def test_the_command_checks_by_the_edition_of_the_day(folder: Path) -> None:
    edition(folder, 2020, bound=2)
    edition(folder, 2024, "[somewhere_2020]", bound=4)
    (folder / "centre.yaml").write_text(json.dumps(CENTRE), encoding="utf-8")
    for day, code in (("2024-06-30", 0), ("2024-07-01", 1)):
        asked = ["check", "centre.yaml", "--as-of", day, "--format", "json"]
        ran = CliRunner().invoke(main, asked)
        assert ran.exit_code == code, ran.output


def test_diff_puts_editions_in_order(folder: Path) -> None:
    edition(folder, 2020, bound=2)
    edition(folder, 2022, "[somewhere_2020]", bound=3)
    edition(folder, 2024, "[somewhere_2022]", bound=4)
    two = json.loads(CliRunner().invoke(main, ["diff", "somewhere_2022", "--format", "json"]).stdout)
    assert [two[side] for side in ("a", "b")] == ["somewhere_2020", "somewhere_2022"]
    three = CliRunner().invoke(main, ["diff", "somewhere_2024", "--lang", "en"]).stdout
    places = [three.index(f"Measures of {year}") for year in (2020, 2022, 2024)]
    assert places == sorted(places)
    alone = CliRunner().invoke(main, ["diff", "somewhere_2020", "--lang", "en"])
    assert (alone.exit_code, "says of no rule set" in alone.stderr) == (2, True)
    edition(folder, 2026, "[somewhere_2025]", bound=5)
    absent = CliRunner().invoke(main, ["diff", "somewhere_2026", "--lang", "en"])
    assert (absent.exit_code, "is not on hand: somewhere_2025" in absent.stderr) == (2, True)


def test_the_list_of_rule_sets_says_what_replaces_what(folder: Path) -> None:
    edition(folder, 2020)
    edition(folder, 2024, "[somewhere_2020]")
    shown = json.loads(CliRunner().invoke(main, ["rules", "somewhere_2024", "--format", "json"]).stdout)
    assert shown["replaces"] == [{"id": "somewhere_2020", "from": None, "clauses": []}]
    assert shown["based_on"] == ["national_2020"]


def test_a_rule_set_that_is_not_on_hand_is_replaced_all_the_same(folder: Path) -> None:
    edition(folder, 2024, "[somewhere_2010]")
    assert load_ruleset("somewhere_2024").document.replaces[0].id == "somewhere_2010"
    assert chosen("2024-07-01") == ["somewhere_2024"]


def test_two_that_replace_each_other_are_named(folder: Path) -> None:
    edition(folder, 2022, "[somewhere_2024]")
    edition(folder, 2024, "[somewhere_2022]")
    with pytest.raises(RuleSetError, match="somewhere_2022 and somewhere_2024 replace each other"):
        rulesets_in_force("somewhere", date(2025, 1, 1))
    told = CliRunner().invoke(main, ["lint", "somewhere_2024", "--lang", "en"])
    assert "TR403: somewhere_2022 and this one replace each other" in told.stdout
