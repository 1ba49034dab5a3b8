"""Whether the fields that a vocabulary declares can stand in the data: names, places, what they hold."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping

from tic_rules.core.errors import clip, did_you_mean
from tic_rules.model.centre import Centre
from tic_rules.model.extension import NESTS, of_programme, shapes
from tic_rules.model.fields import above, field_at, kind_of, paths_of, record_in
from tic_rules.model.programme import Programme
from tic_rules.model.subject import Record, Subject
from tic_rules.model.time_faults import Fault, Loc
from tic_rules.model.vocabulary import FieldLabel, Vocabulary

Said = tuple[str, str, str]
"""A code, and what is wrong in Chinese and in English."""

MAX_FIELDS = 300
MAX_DEPTH = 4
"""Declared fields of a vocabulary and steps of a place; the shipped model has 180, none deeper than four."""

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MISREAD = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Names that YAML 1.1 takes for something else."""
_NUMBERS = ("number", "money", "percentage")
_WORDED = ("word", "words")


def declared_faults(added: Vocabulary, whole: Vocabulary, at: Loc) -> list[Fault]:
    """The faults of a vocabulary's declared fields, which stand at `at`; `whole` has the shared ones too.
    Nothing that reads them is looked at before they are sound."""
    if len(added.declared) > MAX_FIELDS:
        zh, en = f"超过 {MAX_FIELDS} 个字段", f"more than {MAX_FIELDS} fields"
        return [("too-large", (*at, "fields", next(iter(added.declared))), zh, en)]
    implied, faults = shapes(whole), list[Fault]()
    for path, field in added.fields.items():
        if field.type is None:
            said = _label_fault(path, field, implied)
        else:
            said = _name_fault(path) or _place_fault(path, field, whole) or _type_fault(path, field, whole)
        if said is not None:
            code, zh, en = said
            faults.append((code, (*at, "fields", path), zh, en))
    return faults


def _label_fault(
    path: str, field: FieldLabel, implied: Mapping[str, tuple[tuple[object, ...], str]]
) -> Said | None:
    """What is wrong with a label alone."""
    said = next((part for part in ("unit", "holds", "words", "of") if getattr(field, part) is not None), None)
    if said is not None:
        zh = f"写了 {said}，却没有 type：{path} 是要新声明的字段吗？"
        en = f"{said} is given without a type: is {path} to be declared?"
        return "field", zh, en
    above, _, last = path.rpartition(".")
    if last == "year" and above in implied and implied[above][0][0] == "by_year":
        return None
    if path in implied or path in paths_of(Centre) | paths_of(Programme):
        return None
    zh, en = f"数据中没有 {path}；新字段须写 type", f"the data has no {path}; a new field needs a type"
    return "unknown-path", zh, en


# --- names --------------------------------------------------------------------------------------------------


def _name_fault(path: str) -> Said | None:
    parts = path.split(".")
    if len(parts) > MAX_DEPTH:
        shown = clip(path, 60)
        zh, en = f"{shown} 超过 {MAX_DEPTH} 级", f"{shown} has more than {MAX_DEPTH} steps"
        return "field-name", zh, en
    for part in parts:
        if len(part) > 60 or _NAME.fullmatch(part) is None:
            return (
                "field-name",
                f"{part[:60]!r} 不能作字段名：只用小写英文字母、数字和下划线，以字母开头",
                f"{part[:60]!r} is no name of a field: small letters, digits and single underscores, "
                "a letter first",
            )
        if part in _MISREAD or keyword.iskeyword(part):
            zh = f"{part} 不能作字段名：有的程序把它读成别的意思"
            en = f"{part} is no name of a field: some programs take it for something else"
            return "field-name", zh, en
    return None


def _place_fault(path: str, field: FieldLabel, whole: Vocabulary) -> Said | None:
    """What is wrong with where a field is to stand."""
    model: type[Record] = Programme if of_programme(path, whole) else Centre
    parts = path.split(".")
    at: type[Record] | None = model
    lists = 0
    for index, part in enumerate(parts):
        here = ".".join(parts[: index + 1])
        before = at.model_fields.get(part) if at is not None else None
        last = index == len(parts) - 1
        if before is not None:
            if at is model and part in Subject.model_fields:
                return "field-place", f"{part} 不能另加字段", f"{part} takes no fields of a rule file"
            if last:
                return "field-place", f"数据中已有 {path}", f"the data has {path} already"
            inner = record_in(before.annotation)
            if inner is None:
                return _through(here, path)
            lists, at = lists + (kind_of(before).name != "record"), inner
            continue
        if hasattr(at or Record, part):
            zh = f"{part} 不能作字段名：与程序内部的名称相同"
            en = f"{part} is no name of a field: the program uses it"
            return "field-name", zh, en
        at = None
        declared = whole.declared.get(here)
        kind = "group" if declared is None else declared.type
        if not last and kind not in NESTS:
            return _through(here, path)
        if not last and kind == "by_year" and parts[index + 1] == "year":
            return "field-place", f"{here} 已有 year", f"{here} has a year already"
        if lists and kind == "group":
            zh, en = f"{here}：清单的条目里不能再分组", f"{here}: an entry of a list has no groups"
            return "field-place", zh, en
        lists += kind in ("entries", "by_year")
        if lists > 2:
            zh, en = f"{here}：清单套清单最多两层", f"{here}: lists stand in lists two deep at most"
            return "field-place", zh, en
    return _owner_fault(path, field, whole)


def _through(here: str, path: str) -> Said:
    zh = f"{here} 不是组或清单，{path} 无处可放"
    en = f"{here} is neither a group nor a list; there is no place for {path}"
    return "field-place", zh, en


def _owner_fault(path: str, field: FieldLabel, whole: Vocabulary) -> Said | None:
    """What lies within another place is of the same subject."""
    programme = of_programme(path, whole)
    for place in above(path):
        if place in whole.declared and of_programme(place, whole) is not programme:
            return "field-place", f"{path} 的 of 与 {place} 不同", f"{path} and {place} differ in `of`"
    first = path.partition(".")[0]
    ours, theirs = (Programme, Centre) if programme else (Centre, Programme)
    if field.of is not None and first in theirs.model_fields and first not in ours.model_fields:
        return "field-place", f"{first} 不是{field.of}的字段", f"{first} is not of a {field.of}"
    return None


# --- types --------------------------------------------------------------------------------------------------


def _type_fault(path: str, field: FieldLabel, whole: Vocabulary) -> Said | None:
    """What is wrong with what a field is to hold."""
    if not field.zh.strip() or not field.en.strip():
        return "field", "字段需要中文和英文名称", "a field needs a label in both languages"
    if field.type == "number" and field.unit is None:
        return "unknown-unit", "数字需要单位（unit）", "a number needs a unit"
    if field.type != "number" and field.unit is not None:
        return "field", "只有 number 有单位", "only a number has a unit"
    if field.unit is not None and field.unit not in whole.units:
        near = did_you_mean(field.unit, whole.units)
        return "unknown-unit", f"未知的单位 {field.unit}{near.zh}", f"unknown unit {field.unit}{near.en}"
    if (field.type in _WORDED) != (field.words is not None):
        zh = "words（取哪个词表的词）须且只须写在 word、words 类型中"
        en = "`words` (the list whose words it takes) belongs to the types word and words"
        return "field", zh, en
    if field.words is not None and field.words not in whole.words:
        near = did_you_mean(field.words, whole.words)
        zh, en = f"未知的词表 {field.words}{near.zh}", f"unknown list of words {field.words}{near.en}"
        return "unknown-list", zh, en
    if field.holds is not None and field.type not in _NUMBERS:
        return "field", "只有数字有 holds", "only a number holds a stock or a total"
    if field.holds == "stock" and _in_a_list(path, whole):
        zh = "清单条目里的数字是合计（total），不随时间变化"
        en = "a number of an entry is a total; it does not change through time"
        return "field", zh, en
    if field.plausible is not None and (
        field.type not in _NUMBERS or field.plausible[0] > field.plausible[1]
    ):
        zh = "plausible 应为数字字段的 [下限, 上限]"
        en = "`plausible` is [least, most] of a field that is a number"
        return "field", zh, en
    if field.type in ("entries", "by_year") and not any(
        other.startswith(path + ".") for other in whole.declared
    ):
        return "field", f"{path} 没有字段：请声明 {path}.…", f"{path} has no fields: declare {path}.…"
    return None


def _in_a_list(path: str, whole: Vocabulary) -> bool:
    for place in above(path):
        declared, field = whole.declared.get(place), field_at(Centre, place)
        if declared is not None and declared.type in ("entries", "by_year"):
            return True
        if field is not None and kind_of(field).name in ("list", "table"):
            return True
    return False
