"""What people type after `--set`, `--rule` and `--keep`: places and values are read as in the cells of a
workbook (是, 800人, 3年, 8亿元, 鼓励), by path or by Chinese label."""

from __future__ import annotations

import re

from tic_rules.core.errors import Text, UsageError, clip, fault
from tic_rules.core.source import bad_text_as, pointer, read_text
from tic_rules.inputs.cells import read_cell
from tic_rules.inputs.fields import Field
from tic_rules.inputs.layout import Unclear
from tic_rules.inputs.typed_numbers import typed_number
from tic_rules.inputs.unclear_cells import NotClear
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.tables import counters_of, names_of
from tic_rules.model.vocabulary import Vocabulary
from tic_rules.model.written_names import rules_named
from tic_rules.results.labels import BEARER, KIND, MODALITY
from tic_rules.results.terms import dotted_of

_WORDS = {"modality": MODALITY, "bearer": BEARER, "kind": KIND}
_TIMES = {"申报": "application", "申报时": "application", "批复": "approval", "批复时": "approval"}
_TIMES |= {"期满": "term_end", "建设期满": "term_end"}
_LENGTH = re.compile(r"(\d+ ?(?:年|个月))(?:内|以内)?")


def place_and_value(text: str, vocabulary: Vocabulary) -> tuple[str, object]:
    """PLACE=VALUE: the dotted path, and the value as a centre file would have it. Raises UsageError."""
    place, equals, value = text.partition("=")
    if not equals or not place.strip():
        zh, en = f"--set 应写作 位置=取值，不是 {text}", f"--set is PLACE=VALUE, not {text}"
        raise fault(UsageError, "set", zh, en)
    dotted = place_of(place.strip(), vocabulary)
    return dotted, _value(dotted, value.strip(), vocabulary)


def place_of(place: str, vocabulary: Vocabulary) -> str:
    """The dotted path of a place or of a label. Raises UsageError where the label fits several."""
    if place.isascii():
        return place
    names = names_of(Centre, vocabulary)
    plain, adds = place.removesuffix("+"), "+" if place.endswith("+") else ""
    try:
        column = names.column(names.layout.main, plain)
        listed = None if column is not None else names.sheet(plain)
    except Unclear as unclear:
        several = [candidate.zh for candidate in unclear.candidates]
        zh = f"“{clip(plain)}”可指 {'、'.join(several)}；请写全"
        raise fault(UsageError, "unclear-place", zh, f"{clip(plain)} may mean several fields") from None
    if column is None and listed is None:
        near = names.close(names.layout.main, plain)
        hint = Text(f"；是不是 {near}？", f"; did you mean {near}?") if near else Text("", "")
        zh = f"数据中没有“{clip(plain)}”{hint.zh}"
        raise fault(UsageError, "unknown-place", zh, f"there is no {clip(plain)} in the data{hint.en}")
    path = column.path if column is not None else listed.path if listed is not None else ""
    return path + adds


def _value(dotted: str, text: str, vocabulary: Vocabulary) -> object:
    column = names_of(Centre, vocabulary).at(dotted_of(pointer(vocabulary.path_of(dotted)), vocabulary))
    plain = bool(text) and text not in ("null", "~") and text[0] not in "[{\"'"
    if column is None or not plain or column.kind == "list":
        with bad_text_as(UsageError):
            return read_text(f"value: {text}", "--set").data["value"]
    try:
        return read_cell(text, column)
    except NotClear as unclear:
        _, zh, en = unclear.args
        raise fault(UsageError, "set", f"{dotted}：{zh}", f"{dotted}: {en}") from None


# --- rules --------------------------------------------------------------------------------------------------


def rule_of(ruleset: RuleSet, name: str) -> Rule:
    """The rule that a name means: its id, or its title. Raises UsageError where none is meant, or several."""
    named = rules_named(ruleset, name)
    if len(named) == 1:
        return named[0]
    if not named:
        zh, en = f"规则集 {ruleset.id} 没有规则 {name}", f"rule set {ruleset.id} has no rule {name}"
        raise fault(UsageError, "unknown-rule", zh, en)
    ids = ", ".join(rule.id for rule in named)
    zh = f"“{clip(name)}”可指 {'、'.join(f'{rule.id}（{rule.title.zh}）' for rule in named)}"
    raise fault(UsageError, "unknown-rule", zh, f"{clip(name)} may mean {ids}")


def part_value(rule: Rule, part: str | None, text: str, vocabulary: Vocabulary) -> str:
    """A value of a rule's part as a rule file has it: 3年 and 36个月 are 3y, 鼓励 is encouraged; a
    threshold is read as a cell that counts the same. Raises UsageError."""
    plain = text.strip()
    if part in _WORDS:
        named: dict[str, Text] = _WORDS[part]
        return next((word for word, label in named.items() if plain in (label.zh, label.en)), plain)
    if part in ("by", "from", "since", "until"):
        length = _LENGTH.fullmatch(plain)
        return f"{_number(rule, length[1], 'year', vocabulary)}y" if length else _TIMES.get(plain, plain)
    compared = [node for _, node in c.nodes_of(rule) if isinstance(node, (c.Compare, c.Share))]
    units = {
        "ratio" if isinstance(node, c.Share) or isinstance(node.limit, c.Times) else _unit(node, vocabulary)
        for node in compared
        if part in (None, node.fact)
    }
    if len(units) != 1:
        return plain
    (unit,) = units
    return "..".join(_number(rule, end.strip(), unit, vocabulary) for end in plain.split(".."))


def _unit(node: c.Compare, vocabulary: Vocabulary) -> str:
    return vocabulary.facts[node.fact].unit or ""


def _number(rule: Rule, text: str, unit: str, vocabulary: Vocabulary) -> str:
    """One number of a unit; a range, which no bound is, as it was typed. Raises UsageError."""
    kind = {"CNY": "money", "ratio": "rate"}.get(unit, "number")
    read_as = Field("", kind, Text("", ""), measure=unit, counters=counters_of(unit, vocabulary))
    try:
        number = typed_number(text, read_as, "")
    except NotClear as unclear:
        _, zh, en = unclear.args
        raise fault(UsageError, "set", f"{rule.title.zh}：{zh}", f"{rule.title.en}: {en}") from None
    return str(number) if isinstance(number, str) else text
