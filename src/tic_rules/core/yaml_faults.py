"""What the YAML parser says of a text, in words for the person who wrote it."""

from __future__ import annotations

import re

import yaml

from tic_rules.core.errors import Text, clip

_FAULTS: tuple[tuple[str, str, str], ...] = (
    (
        "tab character|cannot start any token: \t",
        "缩进用了制表符（Tab），请改为空格",
        "a tab is used to indent; use spaces",
    ),
    (
        "cannot start any token|mapping keys are not allowed",
        "值不能以“{sign}”开头；若是文字，请加引号",
        "a value cannot begin with {sign}; put a text in quotes",
    ),
    (
        "alias|anchor",
        "YAML 中的“*”和“&”另有用途；若是文字，请加引号",
        "* and & have a meaning of their own in YAML; put a text in quotes",
    ),
    (
        r"\btag\b",
        "不能使用标签“!”；若是文字，请加引号",
        "tags (!) are not allowed; put a text in quotes",
    ),
    (
        "node content.*(: $|<stream end>)",
        "文件到此结束，而前面的“[”或“{{”还没有闭合",
        "the file ends here, and a [ or {{ before is not closed",
    ),
    (
        "node content",
        "“{sign}”之前缺少值；若值以它开头，请加引号",
        "no value stands before {sign}; put a value that begins with it in quotes",
    ),
    (
        "expected ',' or ']'",
        "第 {line} 行的“[”还没有闭合，这里应有半角逗号“,”或“]”",
        "the [ of line {line} is not closed: a comma or ] is expected here",
    ),
    (
        "expected ',' or '}'",
        "第 {line} 行的“{{”还没有闭合，这里应有半角逗号“,”或“}}”",
        "the {{ of line {line} is not closed: a comma or }} is expected here",
    ),
    (
        "quoted scalar.*(end of stream|document)",
        "第 {line} 行的引号没有闭合",
        "the quotation mark of line {line} is not closed",
    ),
    (
        "quoted scalar",
        "双引号之内的“\\”要写成“\\\\”，或改用单引号",
        r"a \ within double quotes is written \\; or use single quotes",
    ),
    (
        "could not find expected ':'",
        "第 {line} 行缺少“: ”（半角冒号加空格）",
        "line {line} has no ': ' (a colon and a space)",
    ),
    (
        "mapping values are not allowed|unexpected ':'",
        "这里不应有冒号：上一行缺少“: ”，或本行缩进过多，或值中有冒号而没有加引号",
        "no colon is expected here: the line before has no ': ', or this one is indented too far, or a value "
        "with a colon is not in quotes",
    ),
    (
        "block mapping",
        "缩进与第 {line} 行开始的各键都不对齐，或引号之后还有文字",
        "this is in line with none of the keys that begin on line {line}, or text follows a closing quote",
    ),
    (
        "block collection",
        "第 {line} 行开始的列表，每项都应以“- ”开头并对齐",
        "each item of the list that begins on line {line} starts with '- ', one below the other",
    ),
    ("sequence entries are not allowed", "“- ”应另起一行", "'- ' begins on a line of its own"),
    ("block scalar", "“|”或“>”之后应换行", "a new line begins after | or >"),
    (
        "incompatible YAML|directive",
        "以“%”开头的行另有用途，“%YAML”写的版本不能读：请删去这一行，或把文字加引号",
        "a line that begins with % has a meaning of its own, and %YAML names a version that is not read: "
        "leave it out, or put a text in quotes",
    ),
    (
        "another document|document start",
        "一个文件只写一份数据，这里又开始了另一份",
        "a file holds one document; another begins here",
    ),
)
"""What the parser says, of libyaml and of PyYAML, then what is wrong; `line` is where the part begins."""

_WIDE = re.compile(r"^[\s\ufeff-]*[^\W\d]\w*(：)|^ *([\u00a0\u3000])", re.MULTILINE)
"""A key before a colon of full width, and an indentation by such spaces, which Chinese input gives."""
_WIDE_SAID = {
    1: (
        "键后是全角冒号“：”，应为半角冒号加空格“: ”",
        "the colon after this key is of full width; write ': '",
    ),
    2: (
        "缩进用了全角或不换行空格，请改为半角空格",
        "the indentation has spaces of another kind; use plain ones",
    ),
}

_BAD = re.compile("[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def yaml_fault(error: yaml.MarkedYAMLError, text: str) -> tuple[Text, int, int]:
    """What is wrong with a text that is no YAML and what would be right, with the line and the column."""
    context, said = error.context_mark, f"{error.context or ''} {error.problem or ''}".strip()
    mark, message = error.problem_mark or context, _message(clip(said, 200), clip(said, 200))
    if mark is None:
        return message, 1, 1
    if "':'" in said or "mapping values" in said:
        before = context.index if context else text.rfind("\n", 0, mark.index)
        start = max(text.rfind("\n", 0, max(before, 0)) + 1, mark.index - 2_000)
        if wide := _WIDE.search(text[start : mark.index]):
            at = start + wide.start(wide.lastindex or 0)
            line, column = mark.line - text.count("\n", at, mark.index), at - text.rfind("\n", 0, at)
            return _message(*_WIDE_SAID[wide.lastindex or 0]), line + 1, column
    sign = text[mark.index : mark.index + 1]
    for pattern, zh, en in _FAULTS:
        if re.search(pattern, f"{said}: {sign}"):
            words = {"line": (context or mark).line + 1, "sign": clip(sign)}
            message = _message(zh.format(**words), en.format(**words))
            break
    return message, mark.line + 1, mark.column + 1


def character_fault(error: Exception, text: str) -> tuple[Text, int, int]:
    """Which character YAML does not allow, with its line and column."""
    bad = _BAD.search(text)
    at = bad.start() if bad else min(getattr(error, "position", 0), len(text))
    name = f"U+{ord(text[at]):04X}" if bad else clip(str(error), 200)
    message = Text(f"含有 YAML 不允许的字符：{name}", f"a character that YAML does not allow: {name}")
    return message, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _message(zh: str, en: str) -> Text:
    return Text(f"YAML 语法错误：{zh}", f"YAML syntax error: {en}")
