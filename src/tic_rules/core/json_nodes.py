"""JSON to PyYAML nodes, so that JSON keeps its places too."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]

import yaml

from tic_rules.core.errors import Diagnostic, Text
from tic_rules.core.limits import MAX_DEPTH, MAX_NODES, BadText, too_deep, too_large

_STR = "tag:yaml.org,2002:str"
_JSON_SPACE = re.compile(r"[ \t\r\n]*")
_JSON_WORD = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


_SURROGATE = re.compile("[\ud800-\udfff]")


def compose_json(text: str, file: str, line: int) -> yaml.Node | None:
    composer = _Json(text, file, line)
    at = composer.space(0)
    if at == len(text):
        return None
    node, end = composer.value(at, 0)
    at = composer.space(end)
    if at != len(text):
        zh, en = "多余的内容", "content after the end of the value"
        if "\n" in text[end:at] and text[at] == "{":
            zh, en = f"{zh}；一行一个的（JSON Lines）存为 .jsonl 文件", f"{en}; save JSON Lines as .jsonl"
        composer.wrong(at, zh, en)
    return node


class _Json:
    """RFC 8259 to PyYAML nodes, so that JSON keeps its places too."""

    def __init__(self, text: str, file: str, first_line: int) -> None:
        self.text, self.file, self.before, self.count = text, file, first_line - 1, 0
        self.lines = text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text
        self.counted = self.line = self.start = 0
        """How far lines are counted: their number, and where the last begins. Places come in their order."""

    def space(self, at: int) -> int:
        match = _JSON_SPACE.match(self.text, at)
        return match.end() if match else at

    def mark(self, at: int) -> yaml.Mark:
        if at < self.counted:
            self.counted = self.line = self.start = 0
        passed = self.lines.count("\n", self.counted, at)
        if passed:
            self.line += passed
            self.start = self.lines.rindex("\n", self.counted, at) + 1
        self.counted = at
        return yaml.Mark(self.file, at, self.line + self.before, at - self.start, None, 0)

    def wrong(self, at: int, zh: str, en: str) -> None:
        mark = self.mark(min(at, len(self.text)))
        said = Text(f"JSON 语法错误：{zh}", f"JSON syntax error: {en}")
        raise BadText([Diagnostic("json", said, self.file, mark.line + 1, mark.column + 1)])

    def string(self, at: int) -> tuple[str, int]:
        try:
            value, end = scanstring(self.text, at + 1, True)
        except json.JSONDecodeError as error:
            said = error.msg.removesuffix(" starting at").removesuffix(" at")
            self.wrong(error.pos, "字符串没有正确结束", said)
            raise
        if _SURROGATE.search(value):
            self.wrong(at, "字符串含有不成对的代理码", "a lone surrogate in a string")
        return value, end

    def value(self, at: int, depth: int) -> tuple[yaml.Node, int]:
        if depth > MAX_DEPTH:
            mark = self.mark(at)
            raise BadText([too_deep(self.file, mark.line + 1, mark.column + 1)])
        self.count += 1
        if self.count > MAX_NODES:
            mark = self.mark(at)
            raise BadText([too_large(self.file, mark.line + 1, mark.column + 1)])
        char = self.text[at : at + 1]
        start = self.mark(at)
        if char == '"':
            value, end = self.string(at)
            return yaml.ScalarNode(_STR, value, start, self.mark(end), '"'), end
        if char in ("{", "["):
            return self.collection(at, depth, start, char)
        word = _JSON_WORD.match(self.text, at)
        if not word:
            self.wrong(at, "这里应有一个值", "a value is expected here")
        assert word is not None
        return yaml.ScalarNode(_STR, word.group(), start, self.mark(word.end()), None), word.end()

    def collection(self, at: int, depth: int, start: yaml.Mark, opening: str) -> tuple[yaml.Node, int]:
        mapping, close = opening == "{", "}" if opening == "{" else "]"
        items: list[object] = []
        at = self.space(at + 1)
        while self.text[at : at + 1] != close:
            if items:
                if self.text[at : at + 1] != ",":
                    self.wrong(at, f"缺少逗号或 {close}", f"a comma or {close} is expected")
                at = self.space(at + 1)
            if mapping:
                if self.text[at : at + 1] != '"':
                    self.wrong(at, "这里应有一个带引号的键", "a quoted key is expected")
                key_start = self.mark(at)
                name, at = self.string(at)
                key = yaml.ScalarNode(_STR, name, key_start, self.mark(at), '"')
                at = self.space(at)
                if self.text[at : at + 1] != ":":
                    self.wrong(at, "缺少冒号", "a colon is expected")
                value, at = self.value(self.space(at + 1), depth + 1)
                items.append((key, value))
            else:
                value, at = self.value(at, depth + 1)
                items.append(value)
            at = self.space(at)
        end = self.mark(at + 1)
        kind = yaml.MappingNode if mapping else yaml.SequenceNode
        return kind(
            "tag:yaml.org,2002:map" if mapping else "tag:yaml.org,2002:seq", items, start, end
        ), at + 1
