"""Rule files that are begun from a text, in Chinese alone, or with keys of somebody's own."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tic_rules import Centre, RuleSetError, check, load_ruleset, parse_ruleset
from tic_rules.analysis.lint import lint_file
from tic_rules.cli import main
from tic_rules.model.drafts import OPEN
from tic_rules.monitoring import Monitor

TEXT = """\
某省技术创新中心管理办法

第一章　总则
第一条　为规范技术创新中心的建设和运行，制定本办法。
第二章　申报
第二条　申报单位应当具备下列条件：
（一）在本省注册满1年；
（二）固定研发人员不少于50人；
鼓励企业牵头申报。
第三条　省科技厅可以组织专家现场考察。
"""


def ran(*args: object) -> Result:
    return CliRunner().invoke(main, [*map(str, args), "--lang", "en"])


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    file = tmp_path / "somewhere_2026.yaml"
    result = ran("new", "somewhere_2026", "--source", tmp_path / "text.txt", "--output", file)
    assert result.exit_code == 0, result.output
    return file


def test_a_clause_whose_rules_are_begun_is_not_told_to_list_them(begun: Path) -> None:
    (told,) = {fault.fix for fault in lint_file(str(begun)) if fault.code == "TR401" and fault.fix}
    assert "列出 rules 并填好" in told.zh
    assert "list its rules and fill them in" in told.en


def test_a_file_is_begun_with_the_clauses_and_sentences_of_the_text(begun: Path) -> None:
    data = yaml.safe_load(begun.read_text(encoding="utf-8"))
    assert [clause["at"] for clause in data["clauses"]] == [
        "前言", "第一章", "第一条", "第二章", "第二条", "第二条（一）", "第二条（二）", "第二条第二款",
        "第三条",
    ]  # fmt: skip
    rules = {rule["id"]: (rule["at"], rule["quote"], rule["modality"]) for rule in data["rules"]}
    assert rules == {
        "a2-1": ("第二条", "申报单位应当具备下列条件", "must"),
        "a2-1-1": ("第二条（一）", "在本省注册满1年", OPEN),
        "a2-2-1": ("第二条（二）", "固定研发人员不少于50人", OPEN),
        "a2-p2-1": ("第二条第二款", "鼓励企业牵头申报", "encouraged"),
        "a3-1": ("第三条", "省科技厅可以组织专家现场考察", "may"),
    }
    for rule in data["rules"]:  # nothing is invented
        kept = {"id", "at", "quote", "modality"}
        rest = {key: rule[key] for key in rule.keys() - kept}
        assert set(re.findall(r"[^\W\d_]+", str(list(rest.values())))) <= {OPEN, "zh", "en"}
        assert re.sub(r"\s", "", rule["quote"]) in re.sub(r"\s", "", TEXT)


def test_the_draft_says_what_is_open_and_lint_counts_it_down(begun: Path) -> None:
    with pytest.raises(RuleSetError, match="a draft: 58 places are to be filled in"):
        load_ruleset(begun)
    text = begun.read_text(encoding="utf-8")
    assert len([fault for fault in lint_file(begun) if fault.code == "TR004"]) == text.count(OPEN) - 2 == 58
    head = text.replace(f"jurisdiction: {OPEN}", "jurisdiction: zhejiang", 1)
    head = head.replace(f"title_en: {OPEN}", "title_en: Measures", 1)
    begun.write_text(head, encoding="utf-8")
    assert len([fault for fault in lint_file(begun) if fault.code == "TR004"]) == 56
    result = ran("lint", begun)
    assert result.exit_code == 1
    assert "title.zh is to be filled in" in result.stdout


def test_a_rule_that_is_filled_in_is_looked_at_while_others_are_open(begun: Path) -> None:
    text = begun.read_text(encoding="utf-8")
    rule = text.split("  - id: a2-1\n")[1].split("  - id:")[0]
    filled = rule.replace(f"topic: {OPEN}", "topic: positionin").replace(f"kind: {OPEN}", "kind: condition")
    filled = filled.replace(f"bearer: {OPEN}", "bearer: centre").replace(
        f"require: {OPEN}", "require: {fact: headcont, at_least: 50}"
    )
    filled = filled.replace(f"zh: {OPEN}", "zh: 条件").replace(f"en: {OPEN}", "en: a condition")
    begun.write_text(text.replace(rule, filled), encoding="utf-8")
    said = [fault.message.en for fault in lint_file(begun)]
    assert "unknown topic positionin; did you mean positioning?" in said
    assert "unknown fact headcont; did you mean headcount?" in said
    at = next(fault for fault in lint_file(begun) if fault.code == "TR104")
    assert begun.read_text(encoding="utf-8").splitlines()[at.line - 1].strip() == "topic: positionin"


def test_coverage_reads_a_draft(begun: Path) -> None:
    result = ran("coverage", begun, "--source", begun.parent / "text.txt")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "hash" not in result.stdout


@pytest.mark.parametrize(
    ("above", "title"),
    [
        ("蜀西省技术创新中心建设与运行管理\n暂行办法", "蜀西省技术创新中心建设与运行管理暂行办法"),
        ("蜀西省技术创新中心\n管理办法（试行）", "蜀西省技术创新中心管理办法（试行）"),
        ("2025年2月14日\n\n管理办法", "管理办法"),
        ("附件1\n蜀西省技术创新中心管理办法", "蜀西省技术创新中心管理办法"),
    ],
)
def test_a_title_over_two_lines_is_found_whole(tmp_path: Path, above: str, title: str) -> None:
    text, file = tmp_path / "text.txt", tmp_path / "shuxi_2025.yaml"
    text.write_text(
        f"{above}\n\n第一条　中心应为法人。\n第二条　申报条件：\n（一）人员占比不低于60%。\n",
        encoding="utf-8",
    )
    assert ran("new", "shuxi_2025", "--source", text, "--output", file).exit_code == 0
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["document"]["title"] == title
    shown = ran("coverage", file, "--source", text, "--lang", "zh").output
    assert "✗ （一）人员占比不低于60%。" in shown, "its words alone do not make it a heading"


def test_what_is_there_is_not_written_over(begun: Path) -> None:
    result = ran("new", "somewhere_2026", "--source", begun.parent / "text.txt", "--output", begun)
    assert result.exit_code == 2
    assert "there already" in result.stderr
    assert ran("new", "Some-where", "--source", begun.parent / "text.txt").exit_code == 2
    assert ran("new", "a", "--source", begun.parent / "none.txt").exit_code == 2
    (begun.parent / "empty.txt").write_text(" \n", encoding="utf-8")
    assert ran("new", "a", "--source", begun.parent / "empty.txt").exit_code == 2


MANY = "9" * 5000


@pytest.mark.parametrize(
    "text",
    ["", "\0\1\2", "一、", "第九百条　应", "一、总则\n" * 300,
     f"第{MANY}条 应当\n附件{MANY}", f"第{MANY}章 总则",
     f"第一条 应不少于{MANY}家、0.{MANY}、{MANY}%，在{MANY}年内\n专栏{MANY} 甲\n附件{MANY}：甲"],
)  # fmt: skip
def test_any_text_gives_a_file_or_a_message(tmp_path: Path, text: str) -> None:
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    result = ran("new", "a", "--source", tmp_path / "text.txt", "--output", tmp_path / "a.yaml")
    assert result.exit_code in (0, 2)
    assert "Traceback" not in result.output
    if result.exit_code == 0:
        assert "Traceback" not in ran("lint", tmp_path / "a.yaml").output
        assert ran("check", tmp_path / "a.yaml", "--rules", tmp_path / "a.yaml").exit_code == 2


# --- in Chinese alone ---------------------------------------------------------------------------------------

CHINESE = """\
id: somewhere_2026
version: 1.0.0
jurisdiction: zhejiang
languages: [zh]
document: {title: 某省办法, in_force: {from: 2020-01-01}, x-link: 某处}
clauses: [{at: 一, heading: 人员, rules: [staff]}]
x-owner: 张三
rules:
  - id: staff
    at: 一
    quote: 总人数不少于300人
    topic: talent.headcount
    kind: condition
    modality: must
    bearer: centre
    require: {fact: headcount, at_least: 300}
    title: {zh: 总人数不少于300人}
    message: {zh: 总人数不足}
    remedy: {zh: 引进人员}
    x-checked: {by: 李四, on: 2026-01-01}
"""


def test_english_may_be_left_out_where_the_file_says_so(tmp_path: Path) -> None:
    rules = parse_ruleset(CHINESE)
    assert rules["staff"].title.en == rules["staff"].title.zh == "总人数不少于300人"
    assert rules.document.title_en == "某省办法"
    data = {"stage": "approved", "approved_on": "2024-01-01", "staff": {"headcount": 3}}
    report = check(data, rules, as_of="2026-01-01")
    assert report["staff"].message.en.startswith("总人数不足")
    file = tmp_path / "somewhere_2026.yaml"
    file.write_text(CHINESE, encoding="utf-8")
    assert lint_file(file) == []
    with pytest.raises(RuleSetError, match="en is missing"):
        parse_ruleset(CHINESE.replace("languages: [zh]\n", ""))
    with pytest.raises(RuleSetError):
        parse_ruleset(CHINESE.replace("languages: [zh]", "languages: [fr]"))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("title: {zh: 总人数不少于300人}", "title: {zh: [甲]}"), "/rules/0/title/zh"),
        (("message: {zh: 总人数不足}", "message: {zh: ''}"), "/rules/0/message/zh"),
        (("title: 某省办法, in_force: {from: 2020-01-01}", "title: 某省办法"), "/document/in_force"),
        (("title: 某省办法, ", ""), "/document/title"),
    ],
)
def test_english_that_may_be_left_out_is_not_missed_beside_a_fault(
    change: tuple[str, str], place: str
) -> None:
    with pytest.raises(RuleSetError) as refused:
        parse_ruleset(CHINESE.replace(*change))
    assert [fault.path for fault in refused.value.diagnostics] == [place]


def test_keys_of_ones_own_are_kept_and_without_effect() -> None:
    rules = parse_ruleset(CHINESE)
    assert rules["staff"].extras == {"x-checked": {"by": "李四", "on": "2026-01-01"}}
    assert rules.document.extras == {"x-link": "某处"}
    plain = parse_ruleset(re.sub(r"(?m)^ *x-.*\n|, x-link: 某处", "", CHINESE))
    assert rules == plain
    assert rules["staff"] == plain["staff"]
    assert rules.with_change("staff", 200)["staff"].extras == rules["staff"].extras


def test_keys_of_ones_own_stand_on_centres_and_entries_too() -> None:
    data = {
        "id": "a", "stage": "approved", "approved_on": "2024-01-01", "x-file": "12/3",
        "contributions": [{"amount": "1万元", "date": "2025-01-01", "x-voucher": 7}],
    }  # fmt: skip
    centre = Centre.from_data(data)
    assert centre.extras == {"x-file": "12/3"}
    assert centre.contributions[0].extras == {"x-voucher": 7}
    again = pickle.loads(pickle.dumps(centre))
    assert again == centre
    assert (again.extras, again.contributions[0].extras) == ({"x-file": "12/3"}, {"x-voucher": 7})
    assert Monitor("zhejiang_2022", centre, day="2026-01-01").data["x-file"] == "12/3"
    del data["x-file"], data["contributions"][0]["x-voucher"]  # type: ignore[attr-defined, index]
    bare = Centre.from_data(data)
    assert centre.model_dump() == bare.model_dump()
    before, after = (check(one, "zhejiang_2022", as_of="2026-01-01") for one in (centre, bare))
    assert [finding.status for finding in before] == [finding.status for finding in after]
    assert [str(finding.message) for finding in before] == [str(finding.message) for finding in after]


def test_a_misspelt_operator_is_named() -> None:
    with pytest.raises(RuleSetError, match="there is no operator at_leest; did you mean at_least"):
        parse_ruleset(CHINESE.replace("at_least", "at_leest"))
