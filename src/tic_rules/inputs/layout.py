"""The data as tables: a main sheet with one row a centre, a sheet for each list, and the names that people
give to their columns.

A column is known by its dotted path, by its label in either language, or by a shorter end of these where that
is unique."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from tic_rules.core.errors import Text, normal
from tic_rules.inputs.fields import Field

MAIN = (
    Text("中心", "centre"),
    Text("技术创新中心", "centres"),
    Text("基本信息", "main"),
    Text("总体布局", "programme"),
)
JOIN = (
    Text("中心编号", "centre"),
    Text("编号", "id"),
    Text("技术创新中心编号", "centre_id"),
    Text("中心", "centre id"),
)
NUMBER = (Text("指标编号", "indicator"), Text("序号", "number"), Text("指标", "key"))
ENTRY = (Text("所属条目", "entry"), Text("所属", "entry of"))
ITEM = (Text("项目", "item"),)
VALUE = (Text("填写", "value"), Text("填写内容", "fill in"))
UNIT = (Text("单位", "unit"),)
SWITCH = Text("金额单位", "unit of amounts")
"""The item of a vertical sheet that says in which unit plain amounts of the file are."""
STATUS = (Text("状态", "status"),)
"""The column that a check writes; it is not read."""
NOTES = (
    *STATUS,
    Text("备注", "note"),
    Text("说明", "notes"),
    Text("备注说明", "remarks"),
    Text("序号", "no."),
)
OUTSIDE = (
    Text("说明", "read me"),
    Text("填写说明", "notes"),
    Text("填报说明", "instructions"),
    Text("选项", "options"),
    Text("问题清单", "problems"),
    Text("结论", "verdicts"),
    Text("各条结论", "findings"),
    Text("提示", "warnings"),
    Text("未能检查", "not checked"),
    Text("目录", "contents"),
)
"""Sheets that are not data."""


Column = Field
"""A field as a column: `label` is what its header says. That of a list can only say that it is empty."""


class Sheet(NamedTuple):
    """The main sheet (`path` is empty), or that of a list. `keyed`: a mapping, a column has its keys."""

    path: str
    label: Text
    columns: tuple[Column, ...]
    keyed: bool
    within: str = ""
    """The list in whose entries this one stands; a row says of which entry it is."""

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.path.split(".")) if self.path else ()


SERIES = Sheet("", Text("历年数据", "series"), (), False)
"""The sheet that says what fields were from a day on, a row a field and day."""


Labels = Mapping[str, Text]
"""What the fields are called, by their paths."""


class Layout(NamedTuple):
    main: Sheet
    lists: Mapping[str, Sheet]


class Unclear(Exception):
    """A name that fits several columns or sheets: their labels."""

    def __init__(self, candidates: list[Text]) -> None:
        self.candidates = candidates
        super().__init__(candidates)


def layout_of(data: Field) -> Layout:
    """The tables of the data: a row a centre, and a sheet for each list in it."""
    labels = _labels_of(data)
    lists: dict[str, Sheet] = {}
    columns = _with_headings(_columns(data, 0, labels, lists, ""), labels)
    zh = Counter(labels[path].zh for path in lists)
    short = {path: _chain(labels, path, 1 if zh[labels[path].zh] == 1 else 2) for path in lists}
    named = {
        path: sheet._replace(label=Text(short[path].zh, _shortest_end(path, lists, labels)))
        for path, sheet in lists.items()
    }
    return Layout(Sheet("", data.label, columns, False), MappingProxyType(named))


def _columns(
    record: Field, above: int, labels: Labels, lists: dict[str, Sheet], within: str
) -> Iterator[Column]:
    """The columns of a record; a list in it gets a sheet of its own, and here a column that can say that it
    is empty.

    `above` is how many parts of a path lead to the record of the row."""
    for field in record.fields:
        if field.kind == "record":
            yield from _columns(field, above, labels, lists, within)
            continue
        several = field.kind in ("list", "table")
        if several:
            inner = _columns(field, field.path.count(".") + 1, labels, lists, field.path)
            columns = _with_headings(inner, labels)
            lists[field.path] = Sheet(field.path, field.label, columns, field.kind == "table", within)
        yield replace(field, kind="list" if several else field.kind, above=above)


def _with_headings(columns: Iterator[Column], labels: Labels) -> tuple[Column, ...]:
    """Labels that several columns share, and those of fields far down, get their heading before them."""
    listed = tuple(columns)
    count = Counter(column.label for column in listed)
    return tuple(
        c
        if count[c.label] == 1 and len(c.parts) < 3
        else replace(c, label=_chain(labels, c.path, 2 if len(c.parts) > 1 else 1))
        for c in listed
    )


def _labels_of(data: Field) -> Labels:
    return {field.path: field.label for field in data.walk()}


def _headings(labels: Labels, path: str) -> tuple[Text, ...]:
    """The labels of every heading above a field, and its own."""
    parts = path.split(".")
    return tuple(labels[".".join(parts[: n + 1])] for n in range(len(parts)))


def _chain(labels: Labels, path: str, size: int) -> Text:
    """The label of a field, after those of the headings above it: so many in all."""
    return Text.listed(_headings(labels, path)[-size:], "·", " · ")


def _shortest_end(path: str, paths: Iterable[str], labels: Labels) -> str:
    """The shortest end of a path that no other list ends with, nor is called by."""
    parts = path.split(".")
    ends = (".".join(parts[at:]) for at in reversed(range(len(parts))))
    others = [(other, normal(labels[other].en)) for other in paths if other != path]
    return next(
        (
            end
            for end in ends
            if not any(f".{other}".endswith("." + end) or normal(end) == called for other, called in others)
        ),
        path,
    )


# --- names --------------------------------------------------------------------------------------------------


_ASIDE = re.compile(r"[（(].*?[）)]")


def is_no_data(name: str) -> bool:
    """Whether a column, an item or a sheet is marked as no data: its name begins with #."""
    return unicodedata.normalize("NFKC", name).casefold().lstrip().startswith(("#", "x-"))


def is_one_of(name: str, texts: tuple[Text, ...]) -> bool:
    plain = normal(name)
    return any(plain in (normal(text.zh), normal(text.en)) for text in texts)


def name_index(named: Mapping[str, tuple[Text, ...]]) -> dict[str, tuple[str, ...]]:
    """Normal names to the paths that they may mean. `named`: by path, its labels and its headings'."""
    whole: dict[str, set[str]] = {}
    ends: dict[str, set[str]] = {}
    for path, labels in named.items():
        parts = path.split(".")
        zh = [label.zh for label in labels]
        for chain in (parts, zh, [label.en for label in labels], [_ASIDE.sub("", text) for text in zh]):
            for at in range(len(chain)):
                (ends if at else whole).setdefault(normal("".join(chain[at:])), set()).add(path)
    return {name: tuple(sorted(whole.get(name) or ends[name])) for name in {**ends, **whole} if name}


class Names:
    """What the headers and the sheets of a workbook may be called."""

    def __init__(
        self,
        data: Field,
        others: Iterable[Field] = (),
        owners: Callable[[str], tuple[str, ...]] = lambda name: (),
    ) -> None:
        """`others` are the same fields with other labels, which name them too; `owners` says which rule sets
        have a field of a name that is not known."""
        self.owners = owners
        self.layout = layout = layout_of(data)
        sheets = (layout.main, *layout.lists.values())
        self._columns = {one.path: {".".join(c.parts): c for c in one.columns} for one in sheets}
        self._sheets: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, dict[str, tuple[str, ...]]] = {}
        for labels in map(_labels_of, (data, *others)):
            self._sheets = name_index({path: _headings(labels, path) for path in layout.lists}) | self._sheets
            for sheet in sheets:
                names = _index(self._columns[sheet.path], len(sheet.parts), labels)
                self._names[sheet.path] = names | self._names.get(sheet.path, {})

    def sheet(self, name: str) -> Sheet | None:
        """The list that a sheet holds; None where the name is not known. Raises Unclear."""
        paths = (name,) if name in self.layout.lists else self._sheets.get(normal(name), ())
        if len(paths) > 1:
            raise Unclear([self.layout.lists[path].label for path in paths])
        return self.layout.lists[paths[0]] if paths else None

    def column(self, sheet: Sheet, name: str) -> Column | None:
        """The column that a header names; None where the name is not known. Raises Unclear."""
        columns = self._columns[sheet.path]
        paths = (name,) if name in columns else self._names[sheet.path].get(normal(name), ())
        if len(paths) > 1:
            raise Unclear([columns[path].label for path in paths])
        return columns[paths[0]] if paths else None

    def at(self, dotted: str) -> Column | None:
        """The column of a path; the numbers of entries are left out."""
        path = ".".join(part for part in dotted.split(".") if not part.isdigit())
        sheets = (self.layout.main, *self.layout.lists.values())
        return next((column for sheet in sheets for column in sheet.columns if column.path == path), None)

    def close(self, sheet: Sheet | None, name: str) -> str:
        """The known name nearest to one that is not, or nothing."""
        import difflib

        names = self._sheets if sheet is None else self._names[sheet.path]
        name = name[:200]  # a cell may have thousands of brackets
        bare = name if re.search("[元万亿]", name) else _ASIDE.sub("", name)  # a unit is not to be dropped
        texts = (normal(name[:60]), normal(bare[:60]))
        close = [one for text in texts for one in difflib.get_close_matches(text, list(names), 1, 0.6)]
        if not close:
            return ""
        of = self.layout.lists if sheet is None else self._columns[sheet.path]
        return of[names[close[0]][0]].label.zh


def _index(columns: Mapping[str, Column], above: int, labels: Labels) -> dict[str, tuple[str, ...]]:
    """The names of the columns of a sheet; `above`: how many parts of their paths are its own."""
    index = name_index({path: _headings(labels, column.path)[above:] for path, column in columns.items()})
    for path, column in columns.items():  # the full path and the full label always name their own column
        for name in (column.path, *(text for label in (column.label, *column.also) for text in label)):
            index.setdefault(normal(name), (path,))
    return index


# --- names of sheets that we write --------------------------------------------------------------------------


def sheet_title(sheet: Sheet, lang: str) -> str:
    """The name of a sheet: at most 31 characters, none that Excel refuses."""
    return re.sub(r"[\[\]:*?/\\']", "", sheet.label.in_(lang))[:31]


def letters(column: int) -> str:
    """A column, from 1, as a spreadsheet names it."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell_name(sheet: str, row: int, column: int) -> str:
    """`contributions!C12`; a sheet's name that is not plain stands in quotes, as in a formula."""
    plain = re.fullmatch(r"[\w.]+", sheet) is not None and not sheet[0].isdigit()
    quoted = sheet if plain else "'" + sheet.replace("'", "''") + "'"
    return f"{quoted}!{letters(column)}{row}"
