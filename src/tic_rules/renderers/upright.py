"""The form of one centre: one row an item, one sheet a subject (项目｜填写｜单位｜说明｜依据｜状态), the
explanation first; lists on sheets of their own, with what is known already filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tic_rules.core.errors import Text
from tic_rules.inputs.layout import ITEM, STATUS, SWITCH, UNIT, VALUE, Column
from tic_rules.inputs.typed_numbers import MONEY
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.written_names import title_of, words_asked
from tic_rules.renderers.headers import Form
from tic_rules.renderers.workbook import DropDowns, Page, Writer, lead_of, on_paper

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_HEADS = (ITEM[0], VALUE[0], UNIT[0], Text("说明", "how to fill in"), Text("依据", "asked by"), STATUS[0])
_WIDTHS = (32, 30, 9, 46, 34, 40)
_GENERAL = Text("基本信息", "main")
_BELOW = Text("·", " · ")
_LISTS = Text("各清单有无", "which lists")
_LEAST = 4
"""A record of fewer fields has no sheet of its own: it stands among the general ones."""
_FIRST_ROW = 3
_TOP = Text(
    "逐项填写“填写”一列；留空表示不知道。带下拉的请选择。“状态”由检查写入，不必填。",
    "Fill in the column value, item by item; empty means unknown. Choose where there is a list. "
    "The check writes the status.",
)
_SWITCH = Text(
    "本文件金额的单位；某一项另选单位的，以该项为准",
    "The unit of amounts in this file; that of an item goes before it",
)


def write_upright(writer: Writer, form: Form, rulesets: Sequence[RuleSet]) -> None:
    """The sheets of the subjects, then those of the lists."""
    options = DropDowns(writer)
    for title, columns in _subjects(form):
        _subject(writer, form, options, title, columns)
    keys = _keys(rulesets)
    for sheet in form.lists:
        lead = lead_of(sheet)[1:]  # there is one centre: whose a row is goes without saying
        page = Page(writer, form, sheet, lead, options, last=STATUS[0])
        for key in keys.get(sheet.path, ()):
            page.record({}, [key])
        page.end(blank=True)
    options.end()


def offered(rulesets: Sequence[RuleSet], lang: str) -> dict[str, list[str]]:
    """What can be chosen for fields that take any words: chapters, fields, rules to be judged or exempted."""
    several = len(rulesets) > 1
    judged, principle = [], []
    for ruleset in rulesets:
        for rule in ruleset:
            title = title_of(ruleset, rule, lang, with_document=several)
            if rule.attested or rule.open_to_judgement:
                judged.append(title)
            if rule.modality == "in_principle":
                principle.append(title)
    return {
        "plan.sections": words_asked(rulesets, "plan.sections"),
        "fields": words_asked(rulesets, "fields"),
        "attestations.rule": judged,
        "exemptions.rule": principle,
    }


def _subjects(form: Form) -> Iterator[tuple[str, list[Column]]]:
    """The columns by subject; what has no sheet of its own stands on the first, in the order of the data."""
    by_record: dict[str, list[Column]] = {}
    for column in form.main.columns:
        if column.kind != "list":
            head, dot, _ = column.path.partition(".")
            by_record.setdefault(head if dot else "", []).append(column)
    small = [name for name, columns in by_record.items() if name and len(columns) < _LEAST]
    general = [*by_record.pop("", [])]
    for name in small:
        general += by_record.pop(name)
    yield form.says(_GENERAL), general
    for name, columns in by_record.items():
        label = form.vocabulary.fields.get(name)
        yield (getattr(label, form.lang) if label is not None else name)[:31], columns
    lists = [column for column in form.main.columns if column.kind == "list"]
    if lists:
        yield form.says(_LISTS), lists


def _subject(writer: Writer, form: Form, options: DropDowns, title: str, columns: Sequence[Column]) -> None:
    page = writer.book.add_worksheet(title)
    writer.put(page, 0, 0, title, writer.style(bold=True, font_size=14))
    writer.put(page, 1, 0, form.says(_TOP), writer.style(italic=True))
    for at, (head, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
        writer.put(page, 2, at, form.says(head), writer.head)
        page.set_column(at, at, width)
    row = _FIRST_ROW
    if title == form.says(_GENERAL):
        _line(writer, page, row, [form.says(SWITCH), "元", "", form.says(_SWITCH), "", ""])
        options.offer(page, (row, 1, row, 1), _UNITS, False)
        row += 1
    for column in columns:
        unit = _unit(form, column)
        name = form.says(column.label).removeprefix(f"{title}{form.says(_BELOW)}")  # the sheet says it
        texts = [name, "", unit, form.hint(column), form.clauses(column, 4), ""]
        _line(writer, page, row, texts)
        options.offer(page, (row, 1, row, 1), *form.choices(column))
        if column.kind == "money":
            options.offer(page, (row, 2, row, 2), _UNITS, False)
        row += 1
    page.freeze_panes(_FIRST_ROW, 2)
    on_paper(page, heads=2)


_UNITS = tuple(unit for unit in ("元", "万元", "亿元") if unit in MONEY)


def _line(writer: Writer, page: Worksheet, row: int, cells: Sequence[str]) -> None:
    ground = {"border": 1, "border_color": "#BFBFBF"}
    styles: tuple[Mapping[str, object], ...] = (
        {"bold": True}, {"bg_color": "#FFFDE7", "num_format": "@"}, {},
        {"font_color": "#595959", "font_size": 9}, {"font_color": "#595959", "font_size": 9}, {},
    )  # fmt: skip
    for at, (value, style) in enumerate(zip(cells, styles, strict=True)):
        writer.put(page, row, at, value, writer.style(text_wrap=True, **ground, **style))
    writer.height(page, row, list(zip(cells, _WIDTHS, strict=True)))


def _unit(form: Form, column: Column) -> str:
    unit = form.units.get(column.path)
    return "" if unit is None or column.kind == "money" else unit.in_(form.lang)


def _keys(rulesets: Sequence[RuleSet]) -> dict[str, list[str]]:
    """The keys that rules ask of tables, by path: the indicators."""
    keys: dict[str, dict[str, None]] = {}
    for ruleset in rulesets:
        for rule in ruleset:
            for node in c.walk(rule.condition) if rule.condition is not None else ():
                if isinstance(node, c.EachOf):
                    path = ruleset.facts[node.fact].table or ""
                    keys.setdefault(path, {}).update(dict.fromkeys(map(str, node.each_of)))
    return {path: list(listed) for path, listed in keys.items()}
