"""Text to nodes that keep their places: YAML by PyYAML's (C) composer, JSON by a small composer of the same
nodes.

Scalars stay raw: `Plain` text means what the field that reads it says, so `3.10`, `010` and `no` are never
turned into something else on the way. Duplicate keys, tags, aliases that grow without bound and undecodable
bytes are diagnostics."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import yaml

from tic_rules.core.digest import digest_of
from tic_rules.core.errors import Diagnostic, Text, TicRulesError, clip
from tic_rules.core.limits import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_NODES,
    BadText,
    file_too_large,
    too_deep,
    too_large,
)
from tic_rules.core.yaml_faults import character_fault, yaml_fault

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_STR = "tag:yaml.org,2002:str"
_TAG_OF = {
    yaml.ScalarNode: _STR,
    yaml.MappingNode: "tag:yaml.org,2002:map",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
}
_TAGS = frozenset(_TAG_OF.values())


_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # PyYAML may have been built without libyaml


class _Loader(_Base):  # type: ignore[misc]
    """PyYAML's, but for its resolver, which looks long at every scalar: the kind of a node gives its tag."""

    @staticmethod
    def resolve(kind: type[yaml.Node], value: object, implicit: object) -> str:
        return _TAG_OF[kind]

    @staticmethod
    def descend_resolver(node: object, index: object) -> None:
        """Nothing depends on where a node stands."""

    @staticmethod
    def ascend_resolver() -> None:
        """As above."""


class Plain(str):
    """An unquoted scalar: text whose meaning the field decides."""

    __slots__ = ()


class Mark(NamedTuple):
    """A place in a text, from 1; in a workbook the `cell` (`contributions!C12`) with its row and column."""

    line: int
    column: int
    end_line: int = 0
    end_column: int = 0
    cell: str = ""


def fault_at(mark: Mark, code: str, zh: str, en: str, file: str, path: str = "") -> Diagnostic:
    """A fault at a place of a text or a workbook."""
    return Diagnostic(code, Text(zh, en), file, mark.line, mark.column, path, mark.cell)


class Source:
    """A composed text: its data with raw scalars, and the place of every key and value by JSON pointer."""

    __slots__ = ("_children", "_extents", "data", "digest", "file", "left_out", "root", "shown")
    refused = False
    """Whether the file cannot be used as a whole: the faults of its data are told with that."""

    def __init__(self, file: str, root: yaml.Node | None, data: Any) -> None:
        self.file, self.root, self.data = file, root, data
        self._extents: dict[tuple[str | int, ...], Mark] = {}
        """Places that are known without the text."""
        self._children: dict[int, dict[str, yaml.Node]] = {}
        self.shown: dict[tuple[str | int, ...], Any] = {}
        """What findings show of a place, by its path, made once: the text does not change."""
        self.left_out: Collection[str | int] = frozenset()
        """Fields that have no place: their values are not those of the text."""
        self.digest = ""
        """The SHA-256 of the text; empty where there is none, or where the data is no longer what it says."""

    def __deepcopy__(self, memo: object) -> Source:
        return self

    def without(self, fields: Iterable[str]) -> Self:
        """The text without fields whose values are not those of the text: they have no place."""
        other = copy(self)
        other.digest, other.shown, other._extents = "", {}, {}
        other.left_out = frozenset((*self.left_out, *fields))
        if self.data is not None:
            other.data = {name: value for name, value in self.data.items() if name not in other.left_out}
        return other

    def nowhere(self) -> Source:
        """The name and the digest of the text alone: no place is known, and what it says stands elsewhere."""
        name = Source(self.file, None, None)
        name.digest, name.left_out = self.digest, self.left_out
        return name

    def only(self, fields: Iterable[str]) -> Source:
        """The name and the digest of the text, and where to look for some of its fields."""
        name_alone = self.nowhere()
        name_alone._extents = {(name,): self.nearest((name,)) for name in fields}
        return name_alone

    def all_faults(self, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
        """The faults that were met when the text was read, and those of its data."""
        return diagnostics

    def _walk(self, parts: Sequence[str | int]) -> tuple[yaml.Node | None, bool]:
        """The node of a place, or of what lies nearest above it, and whether it is the place itself."""
        if parts and parts[0] in self.left_out:
            return None, False
        node, whole = self.root, True
        for part in parts:
            child = self._child(node, part)
            if child is None:
                whole = False
                continue
            node = child
        return node, whole

    def _child(self, node: yaml.Node | None, part: str | int) -> yaml.Node | None:
        """What stands in a node under a key or at a place; the keys of a mapping are looked through once."""
        if isinstance(node, yaml.MappingNode):
            children = self._children.get(id(node))
            if children is None:
                entries = [
                    (key.value, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)
                ]
                children = self._children[id(node)] = dict(reversed(entries))
            return children.get(str(part))
        if isinstance(node, yaml.SequenceNode) and is_index(part) and int(part) < len(node.value):
            return node.value[int(part)]  # type: ignore[no-any-return]
        return None

    def locate(self, parts: Sequence[str | int]) -> Mark:
        """The place of a value, or of what lies nearest above one that is absent; (0, 0) without a text."""
        node, _ = self._walk(parts)
        return mark_of(node) if node is not None else Mark(0, 0)

    def fault(
        self, code: str, zh: str, en: str, parts: Sequence[str | int], *, named: bool = True
    ) -> Diagnostic:
        """A fault at the place of a value; `named`: the place is told by its path too."""
        return fault_at(self.locate(parts), code, zh, en, self.file, pointer(parts) if named else "")

    def locate_key(self, parts: tuple[str | int, ...]) -> Mark:
        """The place of the key of a mapping entry."""
        parent, whole = self._walk(parts[:-1])
        if whole and isinstance(parent, yaml.MappingNode):
            for key, _value in parent.value:
                if isinstance(key, yaml.ScalarNode) and key.value == str(parts[-1]):
                    return mark_of(key)
        return self.locate(parts)

    def extent(self, parts: Sequence[str | int]) -> Mark:
        """The place of a value with its true end: PyYAML lets a block end where the next token begins."""
        if (given := self._extents.get(tuple(parts))) is not None:
            return given
        node, _ = self._walk(parts)
        if node is None:
            return self.locate(parts)
        last = node
        while isinstance(last, yaml.CollectionNode) and last.value and last.flow_style is False:
            last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
        start, end = node.start_mark, last.end_mark
        return Mark(start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def nearest(self, parts: tuple[str | int, ...]) -> Mark:
        """The place of a value, else of the key of what lies nearest above it, at last of the first key."""
        if self.root is None or self.has(parts) or (parts and parts[0] in self.left_out):
            return self.extent(parts)
        for length in range(len(parts) - 1, 0, -1):
            if self.has(parts[:length]):
                return (
                    self.locate_key(parts[:length])
                    if isinstance(self._walk(parts[: length - 1])[0], yaml.MappingNode)
                    else self.extent(parts[:length])
                )
        if isinstance(self.root, yaml.MappingNode) and self.root.value:
            return mark_of(self.root.value[0][0])
        return self.locate(())

    def has(self, parts: Sequence[str | int]) -> bool:
        return self.root is not None and self._walk(parts)[1]


NOWHERE: Final = Source("", None, None)
"""The text of data that was read from none: nothing has a place."""


def texts_within(value: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The texts in a value of mappings and lists, each with its place, in their order."""
    left: list[tuple[tuple[str | int, ...], object]] = [((), value)]
    while left:
        at, one = left.pop()
        if isinstance(one, str):
            yield at, one
        elif isinstance(one, (dict, list)):
            within = one.items() if isinstance(one, dict) else enumerate(one)
            left += reversed([((*at, key), item) for key, item in within])


def pointer(parts: Iterable[str | int]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join(["/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts])


def unpointer(text: str) -> tuple[str, ...]:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def mark_of(node: yaml.Node) -> Mark:
    start, end = node.start_mark, node.end_mark
    return Mark(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def is_index(part: str | int) -> bool:
    """Whether a part of a path can be the place of an entry in a list."""
    return isinstance(part, int) or (len(part) < 10 and part.isascii() and part.isdigit())


def steps(parts: Iterable[str | int]) -> tuple[str | int, ...]:
    """A path whose parts may be the places of entries in lists."""
    return tuple(int(part) if is_index(part) else part for part in parts)


@contextmanager
def bad_text_as(kind: type[TicRulesError]) -> Iterator[None]:
    """Whatever of BadText is raised within becomes another error, with the same diagnostics."""
    try:
        yield
    except BadText as error:
        raise kind(error.diagnostics) from None


def decode(raw: bytes, file: str, limit: int = MAX_BYTES) -> str:
    """UTF-8 text of a file, without a byte-order mark; else a diagnostic that names the likely encoding."""
    if len(raw) > limit:
        raise BadText([file_too_large(file, limit)])
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadText([_not_utf8(file, 1, 1, "UTF-16")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rsplit(b"\n", 1)[-1].decode("utf-8", "replace")) + 1
        raise BadText([_not_utf8(file, line, column, _guess(raw))]) from None


def _guess(raw: bytes) -> str:
    if b"\0" in raw:
        return "binary"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return "binary"
    return "GBK"


def _not_utf8(file: str, line: int, column: int, looks: str) -> Diagnostic:
    if looks == "binary":
        text = Text(
            "这不是文本文件；需要 UTF-8 编码的 YAML 或 JSON",
            "this is not a text file; YAML or JSON in UTF-8 is needed",
        )
    else:
        text = Text(
            f"不是 UTF-8 编码（看起来是 {looks}）；请另存为 UTF-8",
            f"not UTF-8 (it looks like {looks}); save the file as UTF-8",
        )
    return Diagnostic("encoding", text, file, line, column)


def read_text(text: str, file: str, *, json_text: bool = False, line: int = 1, ours: bool = False) -> Source:
    """Compose YAML text, or JSON text (where it is said or the file's name says so) that starts on a line of
    its file. Raises BadText with every duplicate key, tag and alias fault found.

    A text of `ours` came with the program: it is not looked through for what would exhaust the composer."""
    if not isinstance(text, str):
        message = Text("应为文字", "text is expected")
        raise BadText([Diagnostic("text", message, file)])
    text = str.__str__(text)  # the parser takes none of a subclass, as numpy has one
    if json_text or file.lower().endswith(".json"):
        from tic_rules.core.json_nodes import compose_json  # most files are YAML

        root = compose_json(text, file, line)
    else:
        root = _compose_yaml(text, file, ours)
    if root is None:
        raise BadText([Diagnostic("empty", Text("文件是空的", "the file is empty"), file, line, 1)])
    faults: list[Diagnostic] = []
    data = _Builder(file, faults).build(root)
    if faults:
        raise BadText(faults)
    source = Source(file, root, data)
    source.digest = digest_of(text)
    return source


def read_beside(module: str, name: str) -> Any:
    """The data of a YAML file that came with the program and stands beside a module, given as `__file__`."""
    return read_text(Path(module).with_name(name).read_text("utf-8"), name, ours=True).data


def _compose_yaml(text: str, file: str, ours: bool) -> yaml.Node | None:
    loader, parsed, hidden = None, text, dict[str, str]()
    if not ours and any(sign in text for sign in _NO_BREAKS):
        hidden = _stand_ins(text)
        parsed = text.translate({ord(sign): other for sign, other in hidden.items()})
    try:
        if not ours:
            _refuse_monsters(parsed, file)
        loader = _Loader(parsed)
        root: yaml.Node | None = loader.get_single_node()
        if hidden and root is not None:
            _restore(root, {ord(other): sign for sign, other in hidden.items()})
        return root
    except yaml.MarkedYAMLError as error:
        message, line, column = yaml_fault(error, text)
        raise BadText([Diagnostic("yaml", message, file, line, column)]) from None
    except (yaml.YAMLError, UnicodeEncodeError) as error:  # the latter of a lone surrogate
        message, line, column = character_fault(error, text)
        raise BadText([Diagnostic("yaml", message, file, line, column)]) from None
    except (RecursionError, MemoryError):
        raise BadText([too_deep(file, 1, 1)]) from None
    finally:
        if loader is not None:
            loader.dispose()


_NO_BREAKS = "\x85\u2028\u2029"
"""Breaks of lines to the parser, which reads YAML 1.1, but not to YAML 1.2, nor to editors."""


def _stand_ins(text: str) -> dict[str, str]:
    """For each of `_NO_BREAKS` a sign for private use that a text does not have: so the parser counts lines
    as editors do, and leaves the signs in values as they are."""
    used = set(text)
    unused = (sign for code in range(0xE000, 0xF900) if (sign := chr(code)) not in used)
    return dict(zip(_NO_BREAKS, unused, strict=False))


def _restore(root: yaml.Node, signs: dict[int, str]) -> None:
    """Put the signs for which others stood in back into the scalars of a tree."""
    nodes, seen = [root], {id(root)}
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.ScalarNode):
            node.value = node.value.translate(signs)
            continue
        for part in node.value:
            for child in part if isinstance(part, tuple) else (part,):
                if id(child) not in seen:
                    seen.add(id(child))
                    nodes.append(child)


_BREAK = "\n\r"
_DEEP = f"[ \t\ufeff?:-]{{{MAX_DEPTH // 2 - 2}}}"
_INDENTED = re.compile(f"(?:^|[{_BREAK}]){_DEEP}")
_PLAINLY_INDENTED = re.compile(f"\n{_DEEP}")
"""As `_INDENTED`, ten times as quick, for a text whose lines end as nearly all lines do."""
_DIRECTIVE = re.compile(f"(?:^|[{_BREAK}])\ufeff?%")
_SHORT = 64 * 1024
_FEW = 300


def _refuse_monsters(text: str, file: str) -> None:
    """Refuse what would exhaust the C composer, which recurses without a limit and keeps every node.

    A block collection within another starts further to the right, so a line's leading blanks and indicators
    bound the depth; opening brackets bound it in flow style. Only a text that is long, or over a bound, is
    read event by event first."""
    indented = _INDENTED.search(text) if "\r" in text else _PLAINLY_INDENTED.search("\n" + text)
    if len(text) < _SHORT and text.count("[") + text.count("{") < _FEW and not indented:
        return
    if len(text) >= _SHORT and len(_DIRECTIVE.findall(text)) > 100:
        raise BadText(
            [Diagnostic("yaml", Text("YAML 指令（%）过多", "too many YAML directives (%)"), file, 1, 1)]
        )
    loader, depth, count = _Loader(text), 0, 0
    try:
        while loader.check_event():
            event: Any = loader.get_event()
            if isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
                continue
            count += 1
            depth += isinstance(event, yaml.CollectionStartEvent)
            if depth > MAX_DEPTH or count > MAX_NODES:
                place = event.start_mark.line + 1, event.start_mark.column + 1
                raise BadText([too_deep(file, *place) if depth > MAX_DEPTH else too_large(file, *place)])
    except yaml.YAMLError:
        return  # the composer stops at the same place and says why
    finally:
        loader.dispose()


class _Builder:
    """Nodes to plain data with raw scalars, bounded in size and depth; an alias counts at each use."""

    def __init__(self, file: str, faults: list[Diagnostic]) -> None:
        self.file, self.faults, self.count, self.size = file, faults, 0, 0

    def _fault(self, node: yaml.Node, code: str, zh: str, en: str) -> None:
        if len(self.faults) < 100:
            self.faults.append(fault_at(mark_of(node), code, zh, en, self.file))

    def build(self, node: yaml.Node, depth: int = 0) -> object:
        self.count += 1
        if depth > MAX_DEPTH:
            raise BadText([too_deep(self.file, *mark_of(node)[:2])])
        if self.count > MAX_NODES or self.size > MAX_BYTES:
            raise BadText([too_large(self.file, *mark_of(node)[:2])])
        if node.tag not in _TAGS:
            shown = clip(node.tag)
            self._fault(node, "tag", f"不允许使用标签 {shown}", f"tags are not allowed: {shown}")
        if isinstance(node, yaml.ScalarNode):
            text: str = node.value
            self.size += len(text)
            if node.style:
                return text
            return None if text in _NULLS else Plain(text)
        if len(node.value) > MAX_ENTRIES:
            self._fault(node, "too-large", f"超过 {MAX_ENTRIES} 项", f"more than {MAX_ENTRIES} entries")
            return []
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, depth + 1) for item in node.value]
        return self._mapping(node, depth + 1)

    def _mapping(self, node: yaml.Node, depth: int) -> dict[str, object]:
        data: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, "key", "键必须是文字", "a key must be text")
                continue
            name: str = key.value
            if name in data:
                self._given_twice(node, key)
                continue
            self.size += len(name)
            data[name] = self.build(value, depth)
        return data

    def _given_twice(self, node: yaml.Node, key: yaml.Node) -> None:
        """The fault of a key that stands in a mapping already; the first is looked for while it is told."""
        if len(self.faults) < 100:
            earlier = next(given for given, _ in node.value if given.value == key.value)
            line, shown = earlier.start_mark.line + 1, clip(key.value)
            zh = f"键 {shown} 重复（第 {line} 行已有）"
            en = f"key {shown} is given twice (first on line {line})"
            self._fault(key, "duplicate-key", zh, en)
