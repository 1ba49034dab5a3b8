"""What is no YAML is told in words of whoever wrote it, whichever parser PyYAML has."""

from __future__ import annotations

import pytest
import yaml

from tic_rules import Centre, DataError
from tic_rules.core.yaml_faults import yaml_fault

FAULTS = {
    "a tab": ("a:\n\tb: 1\n", "2:1", "制表符", "use spaces"),
    "a tab further in": ("a:\n  b: 1\n\tc: 2\n", "3:1", "制表符", "use spaces"),
    "a tab in a block": ("a: |\n\tb\n", "2:1", "制表符", "use spaces"),
    "a colon of full width": ("名称：甲\nid: x\n", "1:3", "全角冒号", "full width"),
    "behind a byte order mark": ("\ufeff名称：甲\nid: x\n", "1:4", "全角冒号", "full width"),
    "in a list": ("hosts:\n  - 名称：甲\n    x: 1\n", "2:7", "全角冒号", "full width"),
    "in the last line": ("id: x\nname：甲\n", "2:5", "全角冒号", "full width"),
    "among others": ("staff:\n  headcount：300\n  teams: 3\n", "2:12", "全角冒号", "full width"),
    "an indentation of full width": ("a:\n  b: 1\n　　c: 2\n  d: 3\n", "3:1", "用了全角", "plain ones"),
    "a space that does not break": (
        "a:\n  b: 1\n\u00a0\u00a0c: 2\n  d: 3\n",
        "3:1",
        "不换行空格",
        "plain ones",
    ),
    "no colon": ("id: x\nname 甲\n", "3:1", "第 2 行缺少“: ”", "line 2 has no ': '"),
    "no colon at first": ("name 甲\nid: x\n", "2:3", "上一行缺少“: ”", "the line before has no ': '"),
    "two colons": ("name: 甲: 乙\n", "1:8", "值中有冒号而没有加引号", "a value with a colon"),
    "further in": ("a: 1\n  b: 2\n", "2:4", "本行缩进过多", "indented too far"),
    "an at sign": ("name: @x\n", "1:7", "值不能以“@”开头", "cannot begin with @"),
    "a percent sign": ("share: %5\n", "1:8", "值不能以“%”开头", "cannot begin with %"),
    "an open list": ("a:\n  [1, 2\nb: 3\n", "3:2", "第 2 行的“[”还没有闭合", "the [ of line 2"),
    "a list without an end": ("a: [1,\n", "2:1", "文件到此结束", "a [ or { before is not closed"),
    "a mapping without an end": ("a: {b: 1,\n", "2:1", "文件到此结束", "a [ or { before is not closed"),
    "commas of full width": ("a: [1，2\n", "2:1", "半角逗号", "a comma or ]"),
    "an open mapping": ("a: {b: 1\nc: 2\n", "2:2", "第 1 行的“{”还没有闭合", "the { of line 1"),
    "an open quote": ('id: x\na: "x\nb: 1\n', "4:1", "第 2 行的引号没有闭合", "mark of line 2 is not closed"),
    "a quote across documents": ("a: 'x\n---\n", "2:1", "第 1 行的引号", "mark of line 1 is not closed"),
    "a backslash": ('a: "C:\\qa"\n', "1:7", "或改用单引号", "use single quotes"),
    "out of line": ("a:\n  b: 1\n c: 2\n", "3:2", "缩进与第 1 行", "that begin on line 1"),
    "text behind a quote": ('a: "x" y\n', "1:8", "引号之后还有文字", "follows a closing quote"),
    "no item": ("a:\n  - 1\n  b: 2\n", "3:3", "第 2 行开始的列表", "begins on line 2"),
    "an item beside its key": ("a: - 1\n", "1:4", "另起一行", "a line of its own"),
    "an alias": ("a: *b\n", "1:4", "“*”和“&”", "* and &"),
    "a lone star": ("a: *\n", "1:5", "“*”和“&”", "* and &"),
    "an anchor twice": ("a: &x 1\nb: &x 2\n", "2:4", "“*”和“&”", "* and &"),
    "a tag": ("a: !<x\n", "1:7", "标签“!”", "tags (!)"),
    "nothing before a comma": ("a: ,\n", "1:4", "“,”之前缺少值", "no value stands before ,"),
    "text behind a bar": ("a: |x\n  b\n", "1:5", "之后应换行", "a new line begins"),
    "two documents": ("a: 1\n---\nb: 2\n", "2:1", "只写一份数据", "holds one document"),
    "text behind a document": ("a: 1\n...\nb\n", "3:1", "只写一份数据", "holds one document"),
    "a question mark": ("a: ? b\n", "1:4", "值不能以“?”开头", "cannot begin with ?"),
    "a line of percent": ("% 注释\na: 1\n", "1:2", "请删去这一行", "leave it out"),
    "what nobody writes": ("%YAML 3.0\n---\na: 1\n", "1:1", "请删去这一行", "leave it out"),
}


@pytest.mark.parametrize("loader", [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])])
@pytest.mark.parametrize(("text", "place", "zh", "en"), FAULTS.values(), ids=FAULTS)
def test_what_is_no_yaml(text: str, place: str, zh: str, en: str, loader: type[yaml.SafeLoader]) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as raised:
        yaml.compose(text, loader)
    told, line, column = yaml_fault(raised.value, text)
    assert zh in told.zh
    assert en in told.en
    assert line == int(place.split(":")[0])
    assert f"{line}:{column}" == place or loader is yaml.SafeLoader


@pytest.mark.parametrize("loader", [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])])
def test_a_colon_at_the_end_of_a_value_is_told_in_chinese(loader: type[yaml.SafeLoader]) -> None:
    text = "title: {zh: 甲:, en: b}\n"
    with pytest.raises(yaml.MarkedYAMLError) as raised:
        yaml.compose(text, loader)
    told, line, column = yaml_fault(raised.value, text)
    assert (line, column) == (1, 14)
    assert "scalar" not in told.zh


def test_where_the_reader_says_it() -> None:
    for text, place, zh, _ in FAULTS.values():
        with pytest.raises(DataError) as raised:
            Centre.from_text(text)
        (fault,) = raised.value.diagnostics
        assert (fault.code, fault.line) == ("yaml", int(place.split(":")[0])), text
        assert zh in fault.message.zh


def test_a_character_that_yaml_does_not_have() -> None:
    with pytest.raises(DataError) as raised:
        Centre.from_text("id: x\nname: \x07\n")
    (fault,) = raised.value.diagnostics
    assert (fault.line, fault.column) == (2, 7)
    assert "U+0007" in fault.message.zh
    assert "U+0007" in fault.message.en


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029"], ids=ascii)
def test_lines_are_those_of_an_editor(sign: str) -> None:
    text = f'id: x  # a{sign}term_years: 5\nname: "b{sign}c"\nstage: {sign}\nterm_years: [\ue000]\n'
    with pytest.raises(DataError) as caught:
        Centre.from_text(text)
    assert [(fault.line, fault.path) for fault in caught.value.diagnostics] == [
        (3, "/stage"),
        (4, "/term_years"),
    ]
    read = Centre.from_text(text.split("stage")[0])
    assert (read.name, read.term_years) == (f"b{sign}c", None)
