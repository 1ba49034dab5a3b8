"""Chinese throughout: help, wrong calls, errors of the system; values and names as people type them."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tic_rules import UsageError, load_ruleset
from tic_rules.cli import COMMANDS, main
from tic_rules.cli.chinese import translated
from tic_rules.core.files import reason_of

ROOT = Path(__file__).parents[2]
EXAMPLE = str(ROOT / "examples" / "zhejiang.yaml")
HAN = range(0x4E00, 0x9FFF)


def run(*words: str, lang: str = "zh") -> Result:
    env = {"LANG": "zh_CN.UTF-8" if lang == "zh" else "C", "LC_ALL": "", "TIC_RULES_LANG": ""}
    return CliRunner().invoke(main, list(words), env=env, prog_name="tic-rules")


def is_chinese(text: str) -> bool:
    return any(ord(char) in HAN for char in text)


def commands() -> list[click.Command]:
    context = click.Context(main)
    return [command for name in COMMANDS if (command := main.get_command(context, name)) is not None]


def test_every_help_text_has_its_chinese() -> None:
    texts = [main.help or "", *COMMANDS.values()]
    for command in commands():
        texts.append(command.help or "")
        texts += [
            option.help for option in command.params if isinstance(option, click.Option) and option.help
        ]
    assert [text for text in texts if translated(text) == " ".join(text.split())] == []
    torn = re.compile("[，。；、] |[一-鿿](?<![或的]) [一-鿿]")
    assert [text for text in map(translated, texts) if torn.search(text)] == []


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("豁免", "不计例外|申请例外|批准例外|可以例外"), ("总体布局", "项目群|总量数据|全省/全国布局"),
        ("案例", "用例(?!子)"), ("附加组件", "附加包"), ("界限", "门槛"), ("默认", "缺省"),
        ("清单", "未知的列表|、列表|[个给]列表|\\} 的列表"), ("词表", "词汇表"),
        ("设置文件", "配置文件"), ("判定", "重新判断|判断程序|数据能判断"),
    ],
)  # fmt: skip
def test_help_pages_and_messages_call_one_thing_by_one_word(word: str, other: str) -> None:
    pages = [*ROOT.glob("*.zh.md"), *ROOT.glob("docs/*.md")]
    files = [file for ending in ("py", "j2", "yaml") for file in ROOT.glob(f"src/**/*.{ending}")]
    texts = {file: file.read_text(encoding="utf-8") for file in [*pages, *files]}
    assert [str(file) for file, text in texts.items() if re.search(other, text)] == []
    assert any(word in text for text in texts.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_in_the_language_of_the_user(name: str) -> None:
    chinese, english = run(name, "--help").output, run(name, "--help", lang="en").output
    assert chinese.startswith(f"用法：tic-rules {name}")
    assert "选项：" in chinese
    assert "Options" not in chinese
    assert "Show this message" not in chinese
    assert english.startswith(f"Usage: tic-rules {name}")
    assert "Show this message" in english
    asked = run("--lang", "en", name, "--help").output
    assert asked == english


def test_the_program_itself_helps_in_chinese() -> None:
    assert "对照文件逐条检查中心的数据" in run("--help").output
    assert "对照文件逐条检查中心的数据" in run("--lang", "zh", "--help", lang="en").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chek"], "没有命令 chek；是不是 check？"),
        (["check"], "缺少 'PATH...'"),
        (["check", "--format", "odt", "x"], "应为 text、json"),
        (["check", "--jobs", "0", "x"], "应为 1 以上的整数"),
        (["check", "--rules"], "选项 --rules 后面要写取值"),
        (["check", "x", "--formt", "text"], "没有选项 --formt"),
        (["schema", "centre", "more"], "多出的参数：more"),
        (["check", "nix.yaml"], "没有这个文件或文件夹"),
        (["check", EXAMPLE, "--rules", "火星"], "没有规则集 火星"),
        (["check", EXAMPLE, "--rules", "zheijang_2022"], "、zhejiang_2022；是不是 zhejiang_2022？"),
        (["explain", "zhejiang_2022/invesment-2y"], "；是不是 investment-2y？"),
        (["check", EXAMPLE, "--output", EXAMPLE + "/x.txt"], "已有同名的文件"),
    ],
)
def test_what_is_wrong_is_said_in_chinese(words: list[str], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.output
    for english in ("Error", "Usage", "Try ", "No such", "cannot be"):
        assert english not in result.output


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.EISDIR, errno.ENOSPC, errno.EROFS])
def test_errors_of_the_system_are_in_both_languages(number: int) -> None:
    reason = reason_of(OSError(number, os.strerror(number)))
    assert is_chinese(reason.zh)
    assert reason.en == os.strerror(number)


def test_a_rule_set_is_found_by_its_chinese_name() -> None:
    for name in (
        "江苏",
        "江苏省",
        "苏科机发〔2020〕325号",
        "苏科机发[2020]325号",
        "江苏省技术创新中心建设工作指引（2020年版）",
    ):
        assert load_ruleset(name).id == "jiangsu_2020"
    assert (
        run("check", EXAMPLE, "--rules", "浙江").output
        == run("check", EXAMPLE, "--rules", "zhejiang_2022").output
    )


def test_a_name_that_fits_several_rule_sets_is_asked_back() -> None:
    result = run("rules", "国家")
    assert result.exit_code == 2
    assert "可指几个规则集" in result.output
    assert "national_2017" in result.output
    assert "national_2020" in result.output


def test_a_list_of_names_is_told_without_the_label_of_a_centre() -> None:
    for lang, said in (
        ("zh", "牵头的政府中至少有一个：为北京、北京市"),
        ("en", "governments in the lead: it is 北京,"),
    ):
        assert said in run("explain", "national_2020/comprehensive-lead", "--lang", lang).output


def test_a_finding_that_is_explained_says_its_status_once() -> None:
    assert "\n  符合：主要依托" in run("explain", "zhejiang_2022/host-kind", "--centre", EXAMPLE).output
    assert "\n  不符合：" in run("explain", "zhejiang_2022/investment-2y", "--centre", EXAMPLE).output


def test_a_rule_is_found_by_title_and_topic() -> None:
    by_id = run("explain", "zhejiang_2022/investment-2y").output
    assert run("explain", "浙江/两年内投入达到10亿元").output == by_id
    assert "zhejiang_2022/investment-2y" in run("explain", "浙江/投入总额").output


CHANGES = [
    ("staff.teams=9", "高层次创新创业团队数=9个"),
    ("industrial_park=true", "已有相关产业园=是"),
    ("term_years=6", "建设期=6年"),
    ("contributions.0.amount=800000000", "contributions.0.amount=8亿元"),
    ("procedure.recommended_by=city_government", "推荐单位=设区市政府"),
    ("approved_on=2022-04-01", "批复创建日期=2022年4月1日"),
]


def outcome(written: Result) -> list[str]:
    """What comes of a change, without the line that repeats it as it was typed."""
    lines = written.output.splitlines()
    assert any(line.startswith("假设：") for line in lines)
    return [line for line in lines if not line.startswith("假设：")]


def same(option: str, plain: str, typed: str) -> None:
    """What is typed in words changes what the plain change does."""
    written = run("what-if", EXAMPLE, option, plain)
    assert written.exit_code == 0, written.output
    assert outcome(run("what-if", EXAMPLE, option, typed)) == outcome(written)


@pytest.mark.parametrize(("plain", "typed"), CHANGES)
def test_values_are_read_as_in_cells(plain: str, typed: str) -> None:
    same("--set", plain, typed)


@pytest.mark.parametrize(
    ("plain", "typed"),
    [
        ("zhejiang_2022/investment-2y=800000000", "浙江/两年内投入达到10亿元=8亿元"),
        ("zhejiang_2022/investment-2y.by=3y", "zhejiang_2022/investment-2y.by=3年"),
        ("zhejiang_2022/staff-5y=500", "zhejiang_2022/staff-5y=500人"),
        ("zhejiang_2022/staff-2y.modality=encouraged", "zhejiang_2022/staff-2y.modality=鼓励"),
    ],
)
def test_rules_are_changed_in_words(plain: str, typed: str) -> None:
    same("--rule", plain, typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("推荐单位=火星", "不在可选之列：设区市政府"),
        ("团队人头=3", "数据中没有“团队人头”"),
        ("名称=甲", "是不是 英文名称"),
    ],
)
def test_what_is_not_understood_is_asked_back(typed: str, said: str) -> None:
    result = run("what-if", EXAMPLE, "--set", typed)
    assert result.exit_code == 2
    assert said in result.output


def test_load_ruleset_still_refuses_what_is_no_name() -> None:
    with pytest.raises(Exception, match="zhejiang_2023"):
        load_ruleset("zhejiang_2023")
    assert issubclass(UsageError, Exception)
