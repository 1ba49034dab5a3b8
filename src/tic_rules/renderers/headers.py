"""The form to fill in: which columns it has, and what the comments of their headers say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from tic_rules.core.errors import Text
from tic_rules.inputs.layout import Column, Layout
from tic_rules.model.ruleset import Vocabulary
from tic_rules.renderers import sinks
from tic_rules.renderers.cells import cell_text, choices

_HINTS = {
    "date": Text(
        "日期：2026-06-30、2026年6月30日；只知道年月写 2026-06；只知道范围写 2021-01-01至2022-02-07",
        "A date: 2026-06-30; 2026-06 where only the month is known; a span: 2021-01-01~2022-02-07",
    ),
    "money": Text(
        "金额（元），或带单位：1.2亿元、1200万元；只知道范围写 ≥1000万元、1亿~1.2亿",
        "An amount in yuan, or with a unit: 1.2亿元, 1200万元; "
        "where only a range is known: >=1000万元, 1亿~1.2亿",
    ),
    "count": Text(
        "整数；只知道范围写 ≥100、15~20", "A whole number; where only a range is known: >=100, 15~20"
    ),
    "number": Text("数字；只知道范围写 ≥100、15~20", "A number; where only a range is known: >=100, 15~20"),
    "rate": Text("数字，或百分数", "A number, or a percentage"),
    "year": Text("四位年份", "A year of four digits"),
    "years": Text(
        "年份，用顿号分开：2024、2025；连续年份写 2022-2026",
        "Years, parted by commas: 2024, 2025; or 2022-2026",
    ),
    "truth": Text("是 或 否；不清楚请留空", "yes or no; leave it empty where it is not known"),
    "words": Text(
        "几项用顿号或换行分开；确实没有写 无",
        "Part several by commas or lines; write none where there is none",
    ),
    "list": Text(
        "内容填在同名工作表中；确实没有请在此写 无",
        "Fill in the sheet of that name; write none here where there is none",
    ),
}
_NUMBERS = ("count", "number", "money", "rate")
_DATED = Text(
    "随时间变化的，一行一个：2024-02-01: 320", "What changes over time, one a line: 2024-02-01: 320"
)


class Form:
    """The sheets to write: the fields that are wanted, in order, with the comments of their headers."""

    def __init__(
        self,
        layout: Layout,
        vocabulary: Vocabulary,
        lang: str,
        wanted: frozenset[str],
        asked: Mapping[str, Sequence[str]],
        offered: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`asked` are the clauses by field, `offered` what can be chosen where any words may stand."""
        self.offered = offered or {}
        self.layout, self.vocabulary, self.lang = layout, vocabulary, lang
        above = {path[:at] for path in wanted for at, char in enumerate(path) if char == "."} | wanted
        within = {  # the fields of a record that is wanted as a whole: acceptance
            column.path: record
            for column in layout.main.columns
            if column.path not in above and (record := column.path.rpartition(".")[0]) in wanted
        }
        self.asked = {**asked, **{path: asked.get(record, ()) for path, record in within.items()}}
        columns = [column for column in layout.main.columns if column.path in above or column.path in within]
        columns.sort(key=lambda one: (one.path != "id", one.path != "name", _comes_last(one)))
        self.main = layout.main._replace(columns=tuple(columns))
        self.lists = [sheet for path, sheet in layout.lists.items() if path in above]
        self.units = _units(vocabulary)

    def says(self, text: Text) -> str:
        return text.in_(self.lang)

    def cell(self, value: object, column: Column) -> str | int | float:
        """A value of the data as its cell is filled in."""
        return cell_text(value, column, self.vocabulary, self.lang)

    def choices(self, column: Column) -> tuple[Sequence[str], bool]:
        """What can be chosen for a column, and whether anything else may be typed."""
        listed = self.offered.get(column.path) or choices(column, self.vocabulary, self.lang)
        return listed, column.kind == "words" or column.dated or column.path in self.offered

    def hint(self, column: Column) -> str:
        """How an item is filled in, in one or two lines: for the form with a row an item."""
        lines = []
        if column.kind in _HINTS and (not column.by_label or column.kind == "words"):
            lines.append(self.says(_HINTS[column.kind]))
        if column.dated and column.kind in _NUMBERS:
            lines.append(self.says(_DATED))
        return "\n".join([*lines, *self._example(column)])

    def _example(self, column: Column) -> Iterator[str]:
        field = self.vocabulary.fields.get(column.path)
        plain = column.kind not in ("truth", "list") and not column.by_label
        if field is not None and field.example and plain and field.example[0] not in "[{":
            yield ("例：" if self.lang == "zh" else "Example: ") + field.example

    def clauses(self, column: Column, most: int) -> str:
        """The clauses that ask for a field: the first ones by name, the rest counted."""
        clauses = self.asked.get(column.path, ())
        rest = Text(f" 等{len(clauses)}条", f" and {len(clauses) - most} more").in_(self.lang)
        named = ("；" if self.lang == "zh" else "; ").join(clauses[:most])
        return named + (rest if len(clauses) > most else "")

    def comment(self, column: Column) -> str:
        """The comment of a header: path, how to fill it in, unit, choices, example, clauses."""
        zh = self.lang == "zh"
        lines = [column.path]
        if column.kind in _HINTS and not column.by_label:
            unit = self.units.get(column.path)
            shown = unit.in_(self.lang) if unit else ""
            named = Text(f"。单位：{shown}", f". Unit: {shown}").in_(self.lang) if shown else ""
            lines.append(self.says(_HINTS[column.kind]) + named)
        if column.by_label:
            listed = ("、" if zh else ", ").join(choices(column, self.vocabulary, self.lang))
            lines.append(("可选：" if zh else "One of: ") + listed)
        if column.dated and column.kind in _NUMBERS:
            lines.append(self.says(_DATED))
        lines += self._example(column)
        if clauses := self.clauses(column, 6):
            lines.append(("条款：" if zh else "Clauses: ") + clauses)
        return "\n".join(lines)


def _comes_last(column: Column) -> bool:
    return column.kind == "list" or column.path == "incomplete"


def _units(vocabulary: Vocabulary) -> dict[str, Text]:
    units = {}
    for fact in vocabulary.facts.values():
        unit = vocabulary.units.get(fact.unit or "")
        if fact.stock and unit is not None:
            units[fact.stock] = Text(unit.zh, unit.en)
    for path, field in vocabulary.declared.items():
        unit = vocabulary.units.get(field.unit or "")
        if unit is not None:
            units[path] = Text(unit.zh, unit.en)
    return units


def csv_line(cells: Sequence[object]) -> str:
    """A line of CSV; text that a spreadsheet would take for a formula gets an apostrophe before it."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(
        [sinks.cell(cell) if isinstance(cell, str) else cell for cell in cells]
    )
    return line.getvalue()
