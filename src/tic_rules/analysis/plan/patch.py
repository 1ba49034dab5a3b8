"""A plan's changes written into the text of a centre file: comments, order and layout of everything else
stay.

Each change is one edit of the text at the place that the composed text knows; the result is read again and
must say what the changed document says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import yaml

from tic_rules.core.errors import DataError, fault
from tic_rules.core.limits import MAX_DEPTH
from tic_rules.core.source import Source, read_text
from tic_rules.model.document import Edit, Parts, apply

_BARE = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._/（）〔〕\-]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPECIAL = re.compile(r"(?i)~|null|true|false|yes|no|on|off|[-+.0-9][-+._0-9e]*")


def patch_text(text: str, file: str, edits: Iterable[Edit]) -> str:
    """The text with the changes made. Raises DataError where the text cannot carry one of them."""
    as_json = file.endswith(".json")
    edits = tuple(edits)
    wanted = apply(read_text(text, file, json_text=as_json).data, edits)
    for edit in edits:
        source = read_text(text, file, json_text=as_json)
        text = _Text(text, as_json).changed(source, edit)
    if _same(read_text(text, file, json_text=as_json).data) != _same(wanted):
        zh = "文件的写法无法自动修改，请按步骤手工修改"
        en = "the file is written in a way that cannot be changed by program; make the changes by hand"
        raise fault(DataError, "patch", zh, en, file=file)
    return text


def _same(data: object) -> object:
    """Data with scalars as text, so that 800 written by us and 800 read from the file are the same."""
    if isinstance(data, dict):
        return {str(key): _same(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_same(item) for item in data]
    return None if data is None else json.dumps(data) if isinstance(data, bool) else str(data)


class _Text:
    """A text with the offsets of its lines."""

    def __init__(self, text: str, as_json: bool) -> None:
        self.text, self.as_json = text, as_json
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def offset(self, mark: yaml.Mark) -> int:
        if mark.line >= len(self.starts):
            return len(self.text)
        return min(self.starts[mark.line] + mark.column, len(self.text))

    def changed(self, source: Source, edit: Edit) -> str:
        assert source.root is not None, "what is planned for has been read"
        node, depth = self._deepest(source.root, edit.path)
        rest = edit.path[depth:]
        value = edit.value if edit.op == "set" else [edit.value]
        if not rest and edit.op == "append" and isinstance(node, yaml.SequenceNode):
            said = self.write(edit.value)
            return self._added(node, said, f"- {said}")
        if not rest:
            return self._replace(node, value)  # what is appended to may be a null in the place of a list
        for part in reversed(rest[1:]):
            value = {str(part): value}
        if isinstance(node, yaml.MappingNode):
            said = f"{self.write(str(rest[0]))}: {self.write(value)}"
            return self._added(node, said, said)
        return self._replace(node, {str(rest[0]): value})  # a null in the place of a mapping

    def _deepest(self, root: yaml.Node, path: Parts) -> tuple[yaml.Node, int]:
        node = root
        for depth, part in enumerate(path[:MAX_DEPTH]):
            deepest = None
            if isinstance(node, yaml.MappingNode):
                deepest = next((value for key, value in node.value if key.value == str(part)), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                deepest = node.value[part]
            if deepest is None:
                return node, depth
            node = deepest
        return node, len(path)

    # --- the four edits -------------------------------------------------------------------------------------

    def _replace(self, node: yaml.Node, value: object) -> str:
        start = self.offset(node.start_mark)
        end = (
            self.offset(node.end_mark)
            if isinstance(node, yaml.ScalarNode) or self._flow(node)
            else self._end(node)
        )
        before, after = self.text[:start], self.text[end:]
        # A list may begin in the column of its key, what stands in its place may not.
        listed = isinstance(node, yaml.SequenceNode) and not self._flow(node)
        space = " " if listed or (start == end and before[-1:] in (":", "-")) else ""
        return before + space + self.write(value) + after

    def _added(self, node: yaml.CollectionNode, said: str, line: str) -> str:
        """A key or an entry more: as it stands within brackets, or as a line of a block."""
        if self._flow(node):
            return self._into_flow(node, said)
        return self._after(node, " " * node.start_mark.column + line)

    def _flow(self, node: yaml.Node) -> bool:
        return self.as_json or (isinstance(node, yaml.CollectionNode) and bool(node.flow_style))

    def _into_flow(self, node: yaml.Node, said: str) -> str:
        if not node.value:
            start, end = self.offset(node.start_mark), self.offset(node.end_mark)
            return f"{self.text[: start + 1]}{said}{self.text[end - 1 :]}"
        last = node.value[-1]
        at = self._end(last[1] if isinstance(last, tuple) else last)
        return f"{self.text[:at]}, {said}{self.text[at:]}"

    def _after(self, node: yaml.Node, line: str) -> str:
        """A line after the last one of a block; the comment at the end of that line stays where it is."""
        at = self._end(node)
        if at and self.text[at - 1] == "\n":
            return f"{self.text[:at]}{line}\n{self.text[at:]}"
        stop = self.text.find("\n", at)
        if stop < 0:
            return f"{self.text}\n{line}\n"
        return f"{self.text[: stop + 1]}{line}\n{self.text[stop + 1 :]}"

    def _end(self, node: yaml.Node) -> int:
        """Where a node's own text ends: a block ends with its last leaf, not with the comments that follow
        it."""
        while not isinstance(node, yaml.ScalarNode) and not self._flow(node) and node.value:
            last = node.value[-1]
            node = last[1] if isinstance(last, tuple) else last
        return self.offset(node.end_mark)

    def write(self, value: object) -> str:
        """A value in flow style."""
        if isinstance(value, dict):
            pairs = (f"{self.write(str(key))}: {self.write(item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        if isinstance(value, (list, tuple)):
            return "[" + ", ".join(self.write(item) for item in value) + "]"
        if value is None or isinstance(value, (bool, int)):
            return json.dumps(value)
        text = str(value)
        bare = (
            not self.as_json
            and _BARE.fullmatch(text)
            and (type(value) is not str or not _SPECIAL.fullmatch(text) or _DATE.fullmatch(text))
        )
        return text if bare else json.dumps(text, ensure_ascii=False)
