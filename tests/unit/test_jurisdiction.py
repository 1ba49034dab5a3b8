"""A whole new jurisdiction from YAML alone: zones, carriers, a payer, a fact and a topic of its own, and no
line of code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tic_rules import Centre, DataError, check, load_ruleset
from tic_rules.cli import main

RULES = """
id: shandong_2030
version: 1.0.0
jurisdiction: shandong
document:
  title: 山东省技术创新中心管理办法（示例）
  title_en: Shandong measures for technology innovation centres (an example)
  number: 鲁示例〔2030〕1号
  issued: 2030-01-01
  in_force: {from: 2030-02-01}
vocabulary:
  words:
    jurisdictions: {shandong: {zh: 山东省, en: Shandong}}
    zones: {yellow_river_delta_zone: {zh: 黄河三角洲农高区, en: Yellow River delta zone}}
    carriers: {shandong_laboratory: {zh: 山东省实验室, en: Shandong laboratory}}
  facts:
    bank_money:
      {label: {zh: 金融机构投入, en: money of banks}, sum: amount, of: contributions, where: {payer: finance},
       unit: CNY}
  topics:
    funding.banks: {zh: 金融投入, en: money of banks}
clauses:
  - {at: 一, heading: 总则, disposition: aim, asks_nothing: {zh: 宗旨, en: aims}}
  - {at: 二, heading: 条件, rules: [zone, carrier, banks, term]}
rules:
  - id: zone
    at: 二
    quote: 布局在黄河三角洲农高区
    topic: location.zone
    kind: condition
    modality: must
    bearer: centre
    by: application
    require: {fact: zones, any_among: [yellow_river_delta_zone]}
    title: {zh: 布局区域, en: zone}
    message: {zh: 不在规定的区域, en: not in the zone}
    remedy: {zh: 调整布局, en: change the place}
  - id: carrier
    at: 二
    quote: 依托山东省实验室建设
    topic: host
    kind: condition
    modality: in_principle
    bearer: host
    by: application
    require: {fact: hosts, some: {carriers: shandong_laboratory}}
    title: {zh: 依托载体, en: carrier}
    message: {zh: 没有依托省实验室, en: no Shandong laboratory}
    remedy: {zh: 联合省实验室, en: bring in a Shandong laboratory}
  - id: banks
    at: 二
    quote: 批复后3年内金融机构投入不少于2亿元
    topic: funding.banks
    kind: condition
    modality: must
    bearer: centre
    by: 3y
    since: approval
    require: {fact: bank_money, at_least: 2亿元}
    title: {zh: 金融投入, en: money of banks}
    message: {zh: 金融投入不足, en: too little money of banks}
    remedy: {zh: 落实贷款, en: bring in loans}
  - id: term
    at: 二
    quote: 建设期4年
    topic: term
    kind: condition
    modality: must
    bearer: centre
    by: approval
    require: {fact: term, equals: 4}
    title: {zh: 建设期, en: term}
    message: {zh: 建设期不是4年, en: the term is not four years}
    remedy: {zh: 改为4年, en: make it four years}
"""

CENTRE = """
id: sd-1
jurisdiction: shandong
zones: [yellow_river_delta_zone]
reported_on: 2033-12-31
applied_on: 2030-03-01
approved_on: 2030-06-01
term_years: 4
hosts: [{name: 甲, type: institute, carriers: [shandong_laboratory]}]
contributions: [{date: 2031-05-01, amount: 1.5亿元, payer: finance}]
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    rules, centre = tmp_path / "shandong_2030.yaml", tmp_path / "centre.yaml"
    rules.write_text(RULES, encoding="utf-8")
    centre.write_text(CENTRE, encoding="utf-8")
    return rules, centre


def test_the_library_decides_it(files: tuple[Path, Path]) -> None:
    rules, path = files
    ruleset = load_ruleset(rules)
    report = check(Centre.from_file(path, ruleset=ruleset), ruleset)
    assert {finding.id: finding.status for finding in report} == {
        "zone": "pass",
        "carrier": "pass",
        "banks": "fail",
        "term": "pass",
    }
    assert report["banks"].gap == "50000000"
    assert report.verdict == "non_compliant"


def test_the_program_decides_it(files: tuple[Path, Path]) -> None:
    rules, path = files
    result = CliRunner().invoke(main, ["check", str(path), "--rules", str(rules), "--lang", "zh"])
    assert result.exit_code == 1, result.output
    assert "山东省技术创新中心管理办法（示例）" in result.output
    assert "差5000万元" in result.output


def test_a_table_needs_no_rules_named_where_its_rule_file_is_on_hand(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "centres.csv"
    for word in ("山东省", "shandong"):
        text = f"编号,所属地区,填报截止日期,所在区域\nsd-1,{word},2033-12-31,黄河三角洲农高区\n"
        table.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match="is not one of"):
            Centre.from_file(table)
        monkeypatch.setenv("TIC_RULES_PATH", str(files[0].parent))
        centre = Centre.from_file(table)
        assert (centre.jurisdiction, centre.zones) == ("shandong", ("yellow_river_delta_zone",))
        monkeypatch.delenv("TIC_RULES_PATH")
    monkeypatch.setenv("TIC_RULES_PATH", str(files[0].parent))
    shown = CliRunner().invoke(main, ["check", str(table), "--lang", "zh"]).output
    assert "山东省技术创新中心管理办法（示例）" in shown


def test_without_its_rule_file_its_words_are_unknown(files: tuple[Path, Path]) -> None:
    with pytest.raises(DataError) as caught:
        Centre.from_file(files[1])
    assert {d.path for d in caught.value.diagnostics} == {"/jurisdiction", "/zones/0", "/hosts/0/carriers/0"}


WORDS_OF_THE_LAW = (
    "zhejiang",
    "jiangsu",
    "sunan",
    "wanmu",
    "high_tech_zone",
    "engineering_research_centre",
    "亿元以上",
    "unqualified",
)


def literals(path: Path) -> Iterator[str]:
    """The texts of a module that are not documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    yield from (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    )


PACKAGE = Path(__file__).parents[2] / "src" / "tic_rules"


@pytest.mark.parametrize(
    "module",
    sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if path.parent.name != "cli"),
)
def test_no_line_of_code_names_a_jurisdiction_a_zone_a_carrier_or_a_result(module: str) -> None:
    named = {(word, text) for text in literals(PACKAGE / module) for word in WORDS_OF_THE_LAW if word in text}
    assert named == set()
