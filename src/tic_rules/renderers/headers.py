"""The form to fill in: which columns it has, and what the comments of their headers say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from tic_rules.core.errors import Text
from tic_rules.core.scalars import Json
from tic_rules.core.source import read_beside
from tic_rules.inputs.layout import Column, Layout, sheet_title
from tic_rules.model.ruleset import Vocabulary
from tic_rules.renderers import sinks
from tic_rules.renderers.cells import cell_text, choices

_NUMBERS = {"count": "320", "number": "320", "money": "1200万元", "rate": "30%"}
"""Numbers of each kind as an example has them."""
_NO_DATA = ("sources", "attestations", "exemptions")
"""Lists that speak about the data: no rule asks whether they are complete."""


@cache
def _texts() -> Json:
    texts: Json = read_beside(__file__, "form_texts.yaml")
    return texts


def text_of(name: str) -> Text:
    """What the forms say under a name of `form_texts.yaml`."""
    return Text(**_texts()[name])


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
        self.main = layout.main._replace(columns=tuple(_headed(column, vocabulary) for column in columns))
        self.lists = [sheet for path, sheet in layout.lists.items() if path in above]
        titles = {
            column.path: column.label.in_(lang) for column in layout.main.columns if column.kind == "words"
        }
        titles |= {sheet.path: sheet_title(sheet, lang) for sheet in layout.lists.values()}
        self.titles = {path: title for path, title in titles.items() if [*titles.values()].count(title) == 1}
        lists = [sheet_title(sheet, lang) for sheet in self.lists if sheet.path not in _NO_DATA]
        self.offered = {"incomplete": lists, **(offered or {})}
        self.units = _units(vocabulary)

    def says(self, text: Text) -> str:
        return text.in_(self.lang)

    def cell(self, value: object, column: Column) -> str | int | float:
        """A value of the data as its cell is filled in; a list that is not complete is named as people do."""
        if column.path == "incomplete" and isinstance(value, (list, tuple)):
            value = [self.titles.get(str(name), name) for name in value]
        return cell_text(value, column, self.vocabulary, self.lang)

    def choices(self, column: Column) -> tuple[Sequence[str], bool]:
        """What can be chosen for a column, and whether anything else may be typed."""
        listed = self.offered.get(column.path) or choices(column, self.vocabulary, self.lang)
        return listed, column.kind == "words" or column.dated or column.path in self.offered

    def _how(self, column: Column) -> str | None:
        """How a column of its kind is filled in; of a list, on which sheet."""
        hint = _texts()["hints"].get(column.kind)
        sheet = self.layout.lists.get(column.path)
        title = sheet_title(sheet, self.lang) if sheet is not None else ""
        return hint and Text(**hint).in_(self.lang).replace("SHEET", title)

    def hint(self, column: Column) -> str:
        """How an item is filled in, in one or two lines: for the form with a row an item."""
        lines = []
        hint = self._how(column)
        if hint is not None and (not column.by_label or column.kind == "words"):
            lines.append(hint)
        return "\n".join([*lines, *self._example(column)])

    def _example(self, column: Column) -> Iterator[str]:
        if column.dated and column.kind in _NUMBERS:
            yield self.says(text_of("through_time")).replace("NUMBER", _NUMBERS[column.kind])
        field = self.vocabulary.fields.get(column.path)
        plain = column.kind not in ("truth", "list") and not column.by_label
        if field is not None and field.example and plain and field.example[0] not in "[{":
            example = field.example.strip('"')  # a cell has no quotes
            yield ("例：" if self.lang == "zh" else "Example: ") + example

    def clauses(self, column: Column, most: int) -> str:
        """The clauses that ask for a field: the first ones by name, the rest counted."""
        return clauses_named(self.asked.get(column.path, ()), most, self.lang)

    def comment(self, column: Column) -> str:
        """The comment of a header: path, how to fill it in, unit, choices, example, clauses."""
        zh = self.lang == "zh"
        lines = [column.path]
        hint = self._how(column)
        if hint is not None and not column.by_label:
            unit = self.units.get(column.path)
            shown = unit.in_(self.lang) if unit else ""
            named = Text(f"。单位：{shown}", f". Unit: {shown}").in_(self.lang) if shown else ""
            lines.append(hint + named)
        if column.by_label:
            listed = ("、" if zh else ", ").join(choices(column, self.vocabulary, self.lang))
            lines.append(("可选：" if zh else "One of: ") + listed)
        lines += self._example(column)
        if clauses := self.clauses(column, 6):
            lines.append(("条款：" if zh else "Clauses: ") + clauses)
        return "\n".join(lines)


def clauses_named(clauses: Sequence[str], most: int, lang: str) -> str:
    """The first clauses by name, the rest counted."""
    rest = Text(f"等{len(clauses)}条", f" and {len(clauses) - most} more").in_(lang)
    return Text("；", "; ").in_(lang).join(clauses[:most]) + (rest if len(clauses) > most else "")


def _headed(column: Column, vocabulary: Vocabulary) -> Column:
    """A field of a rule file's own with the heading that it stands under, which alone may say whose it is:
    牵头单位·注册日期."""
    heading = vocabulary.fields.get(column.path.partition(".")[0])
    if column.path not in vocabulary.declared or len(column.parts) != 2 or heading is None:
        return column
    if heading.zh in column.label.zh:
        return column
    return replace(column, label=Text.listed((Text(heading.zh, heading.en), column.label), "·", " · "))


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
