"""The form to fill in: which columns it has, and what the comments of their headers say."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from tic_rules.core.errors import Text
from tic_rules.inputs.layout import Column, Layout
from tic_rules.model.ruleset import Vocabulary
from tic_rules.renderers import sinks
from tic_rules.renderers.cells import cell_text, choices, value_at

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
_DATED = Text(
    "随时间变化的，一行一个：2024-02-01: 320", "What changes over time, one a line: 2024-02-01: 320"
)


class Form:
    """The sheets to write: the fields that are wanted, in their order, with what the comments of their
    headers say.
    """

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
        self.layout, self.vocabulary, self.lang, self.asked = layout, vocabulary, lang, asked
        columns = [
            column
            for column in layout.main.columns
            if column.path in wanted or any(path.startswith(column.path + ".") for path in wanted)
        ]
        columns.sort(
            key=lambda column: (
                column.path != "id",
                column.path != "name",
                column.kind == "list" or column.path == "incomplete",
            )
        )
        self.main = layout.main._replace(columns=tuple(columns))
        self.lists = [
            sheet
            for path, sheet in layout.lists.items()
            if path in wanted or any(other.startswith(path + ".") for other in wanted)
        ]
        self.units = _units(vocabulary)

    def says(self, text: Text) -> str:
        return text.in_(self.lang)

    def hint(self, column: Column) -> str:
        """How an item is filled in, in one or two lines: for the form with a row an item."""
        lines = []
        if column.kind in _HINTS and (not column.by_label or column.kind == "words"):
            lines.append(self.says(_HINTS[column.kind]))
        if column.dated and column.kind in ("count", "money", "rate"):
            lines.append(self.says(_DATED))
        field = self.vocabulary.fields.get(column.path)
        plain = column.kind not in ("truth", "list") and not column.by_label
        if field is not None and field.example and plain and field.example[0] not in "[{":
            lines.append(("例：" if self.lang == "zh" else "Example: ") + field.example)
        return "\n".join(lines)

    def comment(self, column: Column) -> str:
        """What a header says when it is pointed at: path, how to fill it in, unit, choices, example, the
        clauses that ask for it.
        """
        zh = self.lang == "zh"
        lines = [column.path]
        if column.kind in _HINTS and not column.by_label:
            unit = self.units.get(column.path)
            lines.append(
                self.says(_HINTS[column.kind])
                + (
                    (f"。单位：{unit.zh}" if zh else f". Unit: {unit.en}")
                    if unit and unit.in_(self.lang)
                    else ""
                )
            )
        if column.by_label:
            lines.append(
                ("可选：" if zh else "One of: ")
                + ("、" if zh else ", ").join(choices(column, self.vocabulary, self.lang))
            )
        if column.dated and column.kind in ("count", "number", "money", "rate"):
            lines.append(self.says(_DATED))
        field = self.vocabulary.fields.get(column.path)
        if (
            field is not None
            and field.example
            and column.kind not in ("truth", "list")
            and not column.by_label
            and field.example[0] not in "[{"
        ):
            lines.append(("例：" if zh else "Example: ") + field.example)
        clauses = self.asked.get(column.path, ())
        if clauses:
            rest = f" 等{len(clauses)}条" if zh else f" and {len(clauses) - 6} more"
            lines.append(
                ("条款：" if zh else "Clauses: ")
                + ("；" if zh else "; ").join(clauses[:6])
                + (rest if len(clauses) > 6 else "")
            )
        return "\n".join(lines)


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


def table_text(form: Form, subjects: Sequence[Mapping[str, object]]) -> str:
    """The main sheet as CSV: a header, and a row for each subject. What a list holds is left to files of
    its own.
    """
    columns = [column for column in form.main.columns if column.kind != "list"]
    lines = [csv_line([form.says(column.label) for column in columns])]
    for subject in subjects:
        values = (value_at(subject, column.parts) for column in columns)
        lines.append(
            csv_line(
                [
                    None if v is None else cell_text(v, column, form.vocabulary, form.lang)
                    for v, column in zip(values, columns, strict=True)
                ]
            )
        )
    return "".join(lines)


__all__ = ["Form", "csv_line", "table_text"]
