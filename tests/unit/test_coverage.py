"""Coverage: what became of every clause, and what differs from the official text."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_lint import CLEAN

from tic_rules import load_ruleset, parse_ruleset, shipped_ids
from tic_rules.analysis.coverage.account import coverage
from tic_rules.analysis.coverage.numbering import numeral, parent_of
from tic_rules.analysis.coverage.official import cut
from tic_rules.cli import main

SOURCES = os.environ.get("TIC_RULES_SOURCES")

TEXT = """\
示例指引
为推进示例工作，制定本指引。
一、人员。批复后 2 年内，原则上不少于 300 人。应设在国家高新区等区域。
二、经费
（一）投入。批复创建后 2 年内投
入不少于 10 亿元。理事会中应有企业和政府代表。
"""

NUMBERED = """\
前面的话
一、总体要求
（一）功能定位。要靠近市场。
(二)主要任务
1.攻关。组织攻关。
2.转化。推动转化，其中 1.5 万元用于试验。
10.1 不是条款编号
专栏 1  重点领域
高速列车等。
（三）目标。到 2025 年建成
（二）这一行的编号倒退，是正文
二、保障
（一）评价。开展评价，评价由主管部门会同有关部门组织，结果作为后续支持的重要依据，并向社会公布。
主管部门负责总体规划布局。
附件：1.指标
2.提纲
附件 1
一、指标甲
附件2
（一）提纲甲
"""


def made_up(text: str = TEXT, rules: str = CLEAN) -> str:
    """The made-up rule file with the fingerprint of a text."""
    return rules.replace(
        "in_force: {from: 2024-01-01}}", f"in_force: {{from: 2024-01-01}}, text_sha256: {cut(text).sha256}}}"
    )


def codes(rules: str, text: str = TEXT) -> list[str]:
    return [fault.code for fault in coverage(parse_ruleset(rules), text, "text").faults]


# --- cutting ------------------------------------------------------------------------------------------------


def test_a_text_is_cut_at_its_numbers() -> None:
    found = cut(NUMBERED)
    assert [clause.at for clause in found.clauses] == [
        "前言",
        "一",
        "一（一）",
        "一（二）",
        "一（二）1",
        "一（二）2",
        "专栏1",
        "一（三）",
        "二",
        "二（一）",
        "附件1",
        "附件2",
    ]
    by_at = {clause.at: clause for clause in found.clauses}
    assert "高速列车" in by_at["专栏1"].text
    assert "高速列车" in by_at["一（二）"].text
    assert "高速列车" in by_at["一"].text
    assert "推动转化" in by_at["一（二）"].text
    assert "推动转化" not in by_at["一（二）"].direct
    assert "编号倒退" in by_at["一（三）"].direct
    assert by_at["附件1"].text == "附件1一、指标甲"
    assert not any("指标甲" in clause.text for clause in found.clauses if clause.at != "附件1")


def test_text_behind_a_box_belongs_to_the_section_again() -> None:
    found = cut(
        "一、甲\n（一）乙\n专栏1  领域，包括高速列车、核电、智能电网、航空发动机、人工智能、智能制造、"
        "新材料、现代农业、深海装备等。\n接着说乙。\n"
    )
    assert [clause.at for clause in found.clauses] == ["前言", "一", "一（一）", "专栏1"][1:]
    assert found.clause("专栏1").text.endswith("等。")  # type: ignore[union-attr]
    assert found.clause("一（一）").text.endswith("接着说乙。")  # type: ignore[union-attr]


def test_a_paragraph_behind_the_last_section_may_be_of_the_part() -> None:
    part = cut(NUMBERED).clause("二")
    assert part is not None
    assert part.tail == "主管部门负责总体规划布局。"


def test_the_fingerprint_takes_no_notice_of_white_space() -> None:
    assert cut("第一条 甲\n乙").sha256 == cut("第一条甲乙\n\n").sha256 != cut("第一条甲丙").sha256


def test_numerals_and_parents() -> None:
    assert [numeral(text) for text in ("一", "十", "十二", "二十", "二十三")] == [1, 10, 12, 20, 23]
    assert [parent_of(at) for at in ("一", "二（三）", "四（一）2", "附件1", "专栏1", "前言")] == [
        "",
        "二",
        "四（一）",
        "",
        "",
        "",
    ]


# --- against the text ---------------------------------------------------------------------------------------


def test_a_rule_set_that_is_true_to_its_text() -> None:
    found = coverage(parse_ruleset(made_up()), TEXT, "text")
    assert found.faults == ()
    assert (found.ok, found.by_data, found.by_judgement, found.states["rules"], found.states["heading"]) == (
        True,
        4,
        0,
        2,
        1,
    )


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        (
            "hash",
            "text_sha256: ",
            "text_sha256: 0000000000000000000000000000000000000000000000000000000000000000 # ",
        ),
        ("quote", "quote: 应设在国家高新区等区域", "quote: 必须设在国家高新区等区域"),
        ("quote", "quote: 批复创建后 2 年内投入不少于 10 亿元", "quote: 不少于 10 亿元…批复创建后"),
        ("clause-unknown", "{at: 二（一）, heading: 投入", "{at: 二（二）, heading: 投入"),
        (
            "clause-missing",
            (
                "  - {at: 前言, heading: 目的, disposition: context, asks_nothing: {zh: 说明目的, en: says "
                "why}}\n"
            ),
            "",
        ),
    ],
)
def test_what_differs_is_found(code: str, old: str, new: str) -> None:
    rules = made_up()
    assert old in rules
    rules = rules.replace(old, new)
    if "二（二）" in new:
        rules = rules.replace("at: 二（一）\n", "at: 二（二）\n")
    if code == "hash":
        rules = re.sub("(0{64}) # [0-9a-f]{64}", r"\1", rules)
    assert code in codes(rules)


def test_clauses_out_of_order_are_found() -> None:
    first, second = (line for line in CLEAN.split("\n") if line.startswith(("  - {at: 一,", "  - {at: 二,")))
    rules = made_up().replace(first, "@").replace(second, first).replace("@", second)
    assert codes(rules) == ["clause-order"]


def test_a_rule_in_the_wrong_clause_is_found() -> None:
    rules = (
        made_up()
        .replace("rules: [staff, zone]", "rules: [staff]")
        .replace("[money, board]", "[money, board, zone]")
        .replace("at: 一\n    quote: 应设在", "at: 二（一）\n    quote: 应设在")
    )
    found = coverage(parse_ruleset(rules), TEXT, "text").faults
    assert [fault.code for fault in found] == ["quote", "open"]  # what it does not quote is open again
    assert "一" in found[0].message.zh.split("；在")[-1]


def test_a_rule_cited_at_what_its_section_stands_in_is_found() -> None:
    rules = made_up().replace(
        "二, heading: 经费, disposition: heading, asks_nothing: {zh: 标题, en: heading}",
        "二, heading: 经费, rules: [board]",
    )
    rules = rules.replace("[money, board]", "[money]").replace(
        "at: 二（一）\n    quote: 理事会", "at: 二\n    quote: 理事会"
    )
    assert codes(rules) == ["locator"]


def test_a_clause_that_is_not_yet_encoded_is_not_covered() -> None:
    rules = CLEAN.replace(", disposition: heading, asks_nothing: {zh: 标题, en: heading}", "")
    found = coverage(parse_ruleset(rules))
    assert [fault.code for fault in found.faults] == ["not-encoded"]
    assert found.states["not_encoded"] == 1
    assert found.faults[0].line == 9


@pytest.mark.parametrize("name", shipped_ids())
def test_every_clause_of_the_shipped_sets_is_accounted_for(name: str) -> None:
    found = coverage(load_ruleset(name))
    assert found.faults == ()
    assert found.by_data + found.by_judgement == len(load_ruleset(name))


@pytest.mark.skipif(
    SOURCES is None, reason="TIC_RULES_SOURCES does not name the folder of the official texts"
)
@pytest.mark.parametrize("name", shipped_ids())
def test_the_shipped_sets_are_true_to_the_official_texts(name: str) -> None:
    text = (Path(SOURCES or "") / f"{name}.txt").read_text(encoding="utf-8")
    assert coverage(load_ruleset(name), text, name).faults == ()


# --- the command --------------------------------------------------------------------------------------------


def run(*args: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["coverage", *args])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    rules, text = tmp_path / "made_up.yaml", tmp_path / "text.txt"
    rules.write_text(made_up(), encoding="utf-8")
    text.write_text(TEXT, encoding="utf-8")
    return str(rules), str(text)


def test_exit_status(files: tuple[str, str], tmp_path: Path) -> None:
    rules, text = files
    assert run(rules, "--source", text, "--lang", "en")[0] == 0
    Path(text).write_text(TEXT.replace("300", "301"), encoding="utf-8")
    code, out, _ = run(rules, "--source", text, "--lang", "en")
    assert code == 1
    assert "made_up.yaml:15:" in out
    assert "[quote]" in out
    assert "[hash]" in out
    assert run(rules, "--source", str(tmp_path / "none.txt"))[0] == 2
    assert run("no_such_set")[0] == 2


def test_text_and_markdown_tell_every_clause_in_both_languages(files: tuple[str, str]) -> None:
    for lang in ("zh", "en"):
        for form in ("text", "markdown"):
            told = run(files[0], "--lang", lang, "--format", form)[1]
            assert [
                line
                for line in told.split("\n")
                if "二（一）" in line and "money" in line and "board" in line
            ], told
    zh = run(files[0], "--lang", "zh")[1].split("\n")
    columns = {line[: -len(line.lstrip("■·–□"))] for line in zh[2:6]}
    assert len(columns) == 3


def test_json(files: tuple[str, str]) -> None:
    told = json.loads(run(files[0], "--source", files[1], "--format", "json")[1])
    assert told["ok"] is True
    assert told["counts"]["clauses"] == 4
    assert told["counts"]["rules_by_data"] == 4
    assert told["clauses"][1]["rules"] == [
        {"id": "staff", "decided_by": "data"},
        {"id": "zone", "decided_by": "data"},
    ]
    assert told["clauses"][0]["characters"] == len("示例指引为推进示例工作，制定本指引。")


def test_the_page_shows_every_clause_and_escapes_what_it_shows(files: tuple[str, str]) -> None:
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    Path(files[0]).write_text(
        made_up().replace("heading: 目的", 'heading: "<script>alert(1)</script>"'), encoding="utf-8"
    )
    code, page, _ = run(files[0], "--format", "html")
    assert code == 0
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    for at in ("前言", "一", "二", "二（一）"):
        assert f'id="at-{at}"' in page
    assert "http" not in re.sub(r"http-equiv", "", page)
