"""Centres as an Excel workbook: the one to fill in, and the one filled in, with a comment at each cell that something is to be said of.

Text is always written as text: nothing that a file says becomes a formula or a link.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tic_rules.core.errors import Text, UsageError, fault, visible
from tic_rules.inputs.layout import JOIN, NUMBER, Column, Layout, Sheet, letters, normal, sheet_title
from tic_rules.model.ruleset import Vocabulary

Parts = tuple[str | int, ...]

BLANK_ROWS = 200
"""Rows with drop-downs in a list to fill in."""

COLOURS = {
    "fail": "#F8CBAD",
    "unknown": "#FFE699",
    "needs_review": "#DDEBF7",
    "pending": "#E2EFDA",
    "exempted": "#EDEDED",
    "note": "#FFF2CC",
}
_WIDTHS = {"date": 20, "money": 16, "count": 18, "truth": 14, "year": 8}
_NONE = Text("无", "none")
_TRUTH = (Text("是", "yes"), Text("否", "no"))
_HINTS = {
    "date": Text(
        "日期：2026-06-30、2026年6月30日；只知道年月写 2026-06；只知道范围写 2021-01-01至2022-02-07",
        "A date: 2026-06-30; 2026-06 where only the month is known; a span: 2021-01-01~2022-02-07",
    ),
    "money": Text(
        "金额（元），或带单位：1.2亿元、1200万元；只知道范围写 ≥1000万元、1亿~1.2亿",
        "An amount in yuan, or with a unit: 1.2亿元, 1200万元; where only a range is known: >=1000万元, 1亿~1.2亿",
    ),
    "count": Text(
        "整数；只知道范围写 ≥100、15~20", "A whole number; where only a range is known: >=100, 15~20"
    ),
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


class Note(NamedTuple):
    """What is said at a cell, and the worst of it, which colours the cell."""

    status: str
    text: str


class Form:
    """The sheets to write: the fields that are wanted, in their order, with what the comments of their headers say."""

    def __init__(
        self,
        layout: Layout,
        vocabulary: Vocabulary,
        lang: str,
        wanted: frozenset[str],
        asked: Mapping[str, Sequence[str]],
    ) -> None:
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

    def comment(self, column: Column) -> str:
        """What a header says when it is pointed at: path, how to fill it in, unit, choices, example, the clauses that ask for it."""
        zh = self.lang == "zh"
        lines = [column.path]
        if column.kind in _HINTS and not column.known:
            unit = self.units.get(column.path)
            lines.append(
                self.says(_HINTS[column.kind])
                + (
                    (f"。单位：{unit.zh}" if zh else f". Unit: {unit.en}")
                    if unit and unit.in_(self.lang)
                    else ""
                )
            )
        if column.known:
            lines.append(
                ("可选：" if zh else "One of: ")
                + ("、" if zh else ", ").join(choices(column, self.vocabulary, self.lang))
            )
        if column.dated and column.kind in ("count", "money", "rate"):
            lines.append(self.says(_DATED))
        field = self.vocabulary.fields.get(column.path)
        if (
            field is not None
            and field.example
            and column.kind not in ("truth", "list")
            and not column.known
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
    found = {}
    for fact in vocabulary.facts.values():
        unit = vocabulary.units.get(fact.unit or "")
        if fact.stock and unit is not None:
            found[fact.stock] = Text(unit.zh, unit.en)
    return found


def choices(column: Column, vocabulary: Vocabulary, lang: str) -> list[str]:
    """What can be chosen for a column, in words."""
    if column.kind == "truth":
        return [text.in_(lang) for text in _TRUTH]
    if column.kind == "list":
        return [_NONE.in_(lang)]
    return [
        shown_word(column, vocabulary, word, lang) for word in vocabulary.words.get(column.words or "", {})
    ]


def shown_word(column: Column, vocabulary: Vocabulary, word: str, lang: str) -> str:
    """A word by its label, where the label means that word and no other."""
    label = (
        vocabulary.words[column.words][word]
        if column.words and word in vocabulary.words.get(column.words, {})
        else None
    )
    text = str(getattr(label, lang)) if label is not None else word
    return text if column.known.get(normal(text)) == word and not re.search(r"[、，,;；\n]", text) else word


# --- cells ------------------------------------------------------------------------------------------------------------------


def cell_text(value: Any, column: Column, vocabulary: Vocabulary, lang: str) -> Any:
    """A value of the data as its cell is filled in: text, or a number."""
    if isinstance(value, bool):
        return _TRUTH[0 if value else 1].in_(lang)
    if isinstance(value, (int, float)):
        return (
            value if abs(value) < 10**15 and column.kind in ("money", "count", "rate", "year") else str(value)
        )
    if isinstance(value, str):
        return _scalar(value, column, vocabulary, lang)
    if value == []:
        return _NONE.in_(lang)
    if isinstance(value, dict):
        return _bounds(value, column, vocabulary, lang)
    if all(isinstance(item, dict) for item in value):
        return _through_time(value, column, vocabulary, lang)
    items = [_scalar(str(item), column, vocabulary, lang) for item in value]
    if any(
        re.search(r"[、，,;；\n]", str(item)) or normal(str(item)) in ("", "无", "没有", "none")
        for item in items
    ):
        return json.dumps([str(item) for item in value], ensure_ascii=False)
    return "、".join(map(str, items)) if lang == "zh" else ", ".join(map(str, items))


def _scalar(value: str, column: Column, vocabulary: Vocabulary, lang: str) -> Any:
    if column.words:
        return shown_word(column, vocabulary, value, lang)
    if column.kind in ("money", "count", "rate", "year") and re.fullmatch(r"\d{1,15}", value):
        return int(value)
    return value


def _bounds(value: dict[str, Any], column: Column, vocabulary: Vocabulary, lang: str) -> str:
    """≥100, 15~20, 2021-01-01至2022-02-07; any other mapping as a YAML file has it."""
    known = {name: end for name, end in value.items() if end is not None}
    if column.kind == "date" and set(known) == {"not_before", "not_after"}:
        return f"{known['not_before']}{'至' if lang == 'zh' else '~'}{known['not_after']}"
    ends = {name: str(_scalar(str(end), column, vocabulary, lang)) for name, end in known.items()}
    if set(ends) == {"at_least"}:
        return f"≥{ends['at_least']}"
    if set(ends) == {"at_most"}:
        return f"≤{ends['at_most']}"
    if set(ends) == {"at_least", "at_most"}:
        return f"{ends['at_least']}~{ends['at_most']}"
    return json.dumps(value, ensure_ascii=False)


def _through_time(value: list[dict[str, Any]], column: Column, vocabulary: Vocabulary, lang: str) -> str:
    lines = []
    for entry in value:
        day, inner = entry.get("date"), entry.get("value")
        text = None if inner is None else str(cell_text(inner, column, vocabulary, lang))
        if not isinstance(day, str) or text is None or re.search(r"[\n;；]", text) or text[:1] in "[{":
            return json.dumps(value, ensure_ascii=False)
        lines.append(f"{day}: {text}")
    return "\n".join(lines)


def csv_line(cells: Sequence[Any]) -> str:
    """A line of CSV; text that a spreadsheet would take for a formula gets an apostrophe before it."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(
        [harmless(cell) if isinstance(cell, str) else cell for cell in cells]
    )
    return line.getvalue()


def table_text(form: Form, subjects: Sequence[Mapping[str, Any]]) -> str:
    """The main sheet as CSV: a header, and a row for each subject. What a list holds is left to files of its own."""
    columns = [column for column in form.main.columns if column.kind != "list"]
    lines = [csv_line([form.says(column.label) for column in columns])]
    for subject in subjects:
        values = (_at(subject, column.parts) for column in columns)
        lines.append(
            csv_line(
                [
                    None if v is None else cell_text(v, column, form.vocabulary, form.lang)
                    for v, column in zip(values, columns, strict=True)
                ]
            )
        )
    return "".join(lines)


def _at(data: Any, parts: Sequence[str | int]) -> Any:
    for part in parts:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def harmless(text: str) -> str:
    """A text that no spreadsheet runs: =HYPERLINK(…), +1, -1, @SUM, and the same after a tab or a line break."""
    return (
        "'" + text
        if text.lstrip()[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠") or text[:1] in ("\t", "\r", "\n")
        else text
    )


# --- the workbook -----------------------------------------------------------------------------------------------------------


def _width(text: str) -> int:
    """How many characters wide a text is: Chinese ones count two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


class Writer:
    """An XlsxWriter workbook with the styles of ours. A large one is written row by row to temporary files, so that memory does not grow with it."""

    def __init__(self, *, large: bool = False) -> None:
        try:
            import xlsxwriter
        except ImportError:
            raise fault(
                UsageError,
                "extra",
                "写 Excel 需要安装：pip install 'tic-rules[excel]'",
                "writing Excel needs: pip install 'tic-rules[excel]'",
            ) from None
        self.buffer = io.BytesIO()
        options = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        }
        self.book = xlsxwriter.Workbook(
            self.buffer, {**options, "constant_memory" if large else "in_memory": True}
        )
        self.book.set_properties({"created": datetime(2026, 1, 1)})  # the same data gives the same bytes
        self._formats: dict[tuple[Any, ...], Any] = {}

    def style(self, **how: Any) -> Any:
        key = tuple(sorted(how.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(
                {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", **how}
            )
        return self._formats[key]

    @property
    def head(self) -> Any:
        return self.style(bold=True, bg_color="#DCE6F1", border=1, text_wrap=True, valign="vcenter")

    def put(self, sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
        """A number as a number, anything else as text; never a formula."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            sheet.write_number(row, column, value, style)
        else:
            sheet.write_string(row, column, str(value)[:32_767], style)

    def height(self, sheet: Any, row: int, cells: Sequence[tuple[Any, float]]) -> None:
        """Make a row as high as the wrapped texts of its cells, each given with the width of its column: not every program does."""
        lines = max(
            (
                sum(max(1, -(-_width(line) // int(width))) for line in str(value).split("\n"))
                for value, width in cells
                if value
            ),
            default=1,
        )
        sheet.set_row(row, min(lines, 20) * 14 + 2)

    def bytes(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()


def write_form(
    writer: Writer,
    form: Form,
    subjects: Sequence[Mapping[str, Any]],
    notes: Sequence[Mapping[Parts, Note]] = (),
) -> None:
    """The main sheet and the sheets of the lists: filled in with subjects (plain data), or blank; `notes` stand at their cells."""
    options = _Options(writer)
    main = _Page(writer, form, form.main, (), options)
    pages = [
        (sheet, _Page(writer, form, sheet, (JOIN[0], *((NUMBER[0],) if sheet.keyed else ())), options))
        for sheet in form.lists
    ]
    for index, subject in enumerate(subjects):
        said = dict(notes[index]) if index < len(notes) else {}
        listed: dict[Parts, tuple[_Page, int]] = {}
        for sheet, page in pages:
            for key, record in _entries(subject, sheet.parts):
                lead = [subject.get("id"), *([key] if sheet.keyed else [])]
                listed[(*sheet.parts, key)] = page, page.record(record, lead)
        row = main.record(subject, [])
        for parts, note in said.items():
            _say(parts, note, main, row, listed)
    for page in (main, *(page for _, page in pages)):
        page.end(blank=not subjects)
    options.end()


def _say(parts: Parts, note: Note, main: _Page, row: int, listed: Mapping[Parts, tuple[_Page, int]]) -> None:
    """A note at its own cell; for what has none, at the row that it belongs to."""
    for size in range(len(parts), 0, -1):
        if parts[:size] in listed:
            page, at = listed[parts[:size]]
            page.note(at, parts[size:], note)
            return
    main.note(row, parts, note)


def _entries(subject: Mapping[str, Any], parts: Sequence[str]) -> list[tuple[Any, Any]]:
    value = _at(subject, parts)
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, (list, tuple)) else []


class _Page:
    """One sheet as it is written."""

    def __init__(
        self, writer: Writer, form: Form, sheet: Sheet, lead: Sequence[Text], options: _Options
    ) -> None:
        self.writer, self.form, self.sheet, self.lead, self.options = writer, form, sheet, lead, options
        self.page = writer.book.add_worksheet(sheet_title(sheet, form.lang))
        self.rows: list[tuple[list[Any], dict[int, Note]]] = []
        self.columns: dict[Parts, int] = {
            column.parts: len(lead) + index for index, column in enumerate(sheet.columns)
        }
        for index, text in enumerate(lead):
            writer.put(self.page, 0, index, form.says(text), writer.head)
        for column in sheet.columns:
            at = self.columns[column.parts]
            writer.put(self.page, 0, at, form.says(column.label), writer.head)
            self.page.write_comment(0, at, form.comment(column), {"x_scale": 3, "y_scale": 2, "font_size": 9})
        self.page.set_row(0, 45)
        self.page.set_landscape()
        self.page.repeat_rows(0)
        self.page.freeze_panes(1, min(2, len(lead) + len(sheet.columns)))

    def record(self, data: Mapping[str, Any], lead: Sequence[Any]) -> int:
        cells = list(lead)
        for column in self.sheet.columns:
            value = _at(data, column.parts)
            if column.kind == "list" and value:
                value = None
            cells.append(
                None if value is None else cell_text(value, column, self.form.vocabulary, self.form.lang)
            )
        self.rows.append((cells, {}))
        return len(self.rows) - 1

    def note(self, row: int, parts: Parts, note: Note) -> None:
        at = next(
            (self.columns[parts[:size]] for size in range(len(parts), 0, -1) if parts[:size] in self.columns),
            0,
        )
        said = self.rows[row][1]
        order = list(COLOURS)
        before = said.get(at)
        worst = note.status if before is None else min((before.status, note.status), key=order.index)
        said[at] = Note(worst, note.text if before is None else f"{before.text}\n\n{note.text}")

    def end(self, *, blank: bool) -> None:
        text = {"num_format": "@", "text_wrap": True}
        for number, (cells, notes) in enumerate(self.rows, 1):
            for at, value in enumerate(cells):
                colour = {"bg_color": COLOURS[notes[at].status]} if at in notes else {}
                self.writer.put(
                    self.page,
                    number,
                    at,
                    value,
                    self.writer.style(**(text if isinstance(value, str) else {}), **colour),
                )
                if at in notes:
                    shown = "\n".join(visible(line) for line in notes[at].text.split("\n"))
                    self.page.write_comment(
                        number, at, shown[:8000], {"x_scale": 4, "y_scale": 3, "font_size": 9}
                    )
            widths = [16] * len(self.lead) + [_WIDTHS.get(column.kind, 24) for column in self.sheet.columns]
            self.writer.height(self.page, number, list(zip(cells, widths, strict=True)))
        last = max(len(self.rows), BLANK_ROWS if self.sheet.path else 50 if blank else 1)
        for index in range(len(self.lead)):
            self.page.set_column(index, index, 16, self.writer.style(**text))
        for column in self.sheet.columns:
            at = self.columns[column.parts]
            as_text = column.kind in ("date", "text", "words", "years") or column.dated
            self.page.set_column(
                at, at, _WIDTHS.get(column.kind, 24), self.writer.style(**(text if as_text else {}))
            )
            self.options.offer(
                self.page,
                at,
                last,
                choices(column, self.form.vocabulary, self.form.lang),
                column.kind == "words" or column.dated,
            )


class _Options:
    """The words of the drop-downs, on a hidden sheet of their own."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.lists: list[tuple[str, ...]] = []

    def offer(self, page: Any, column: int, last: int, words: Sequence[str], more: bool) -> None:
        if not words:
            return
        key = tuple(words)
        if key not in self.lists:
            self.lists.append(key)
        at = letters(self.lists.index(key) + 1)
        rule = {"validate": "list", "source": f"=_options!${at}$1:${at}${len(key)}", "ignore_blank": True}
        if more:  # several words, or values through time: the list is a help, not a limit
            rule["show_error"] = False
        page.data_validation(1, column, last, column, rule)

    def end(self) -> None:
        page = self.writer.book.add_worksheet("_options")
        page.hide()
        for row in range(
            max(map(len, self.lists), default=0)
        ):  # by rows: a large workbook is written in their order
            for column, words in enumerate(self.lists):
                if row < len(words):
                    page.write_string(row, column, words[row])
