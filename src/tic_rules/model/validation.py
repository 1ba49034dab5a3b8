"""What pydantic found, in both languages: errors with the package's codes, diagnostics with places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import NoneType
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError, ValidationError

from tic_rules.core.errors import Diagnostic, Text, clip, did_you_mean, plural
from tic_rules.core.scalars import LONE_SURROGATE, Json
from tic_rules.core.source import NOWHERE, Source, fault_at, pointer

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails, InitErrorDetails

MOST = 200
"""More faults than this are the sign of a file of another kind: the rest is counted."""


def in_both_languages(error: ValidationError, model: type[BaseModel]) -> ValidationError:
    """The same faults at the same places, each with a code of the package and `zh` and `en` in its `ctx`."""
    lines = [_line(item, model) for item in error.errors(include_url=False) if not _only_faulty(item)]
    return ValidationError.from_exception_data(error.title, lines)


def _only_faulty(item: ErrorDetails) -> bool:
    """Whether a list is long enough, and is called too short for its entries that are faulty."""
    given = item.get("input")
    least = (item.get("ctx") or {}).get("min_length", 0)
    return item["type"] == "too_short" and isinstance(given, (list, tuple, dict)) and len(given) >= least


def _line(item: ErrorDetails, model: type[BaseModel]) -> InitErrorDetails:
    context: Json = item.get("ctx") or {}
    code = item["type"]
    if "zh" not in context:
        text = _unknown_key(item, model) if code == "extra_forbidden" else _text(item, context)
        code = "dict-type" if code == "model_type" else code.replace("_", "-")
        context = text.as_dict()
    return {"type": PydanticCustomError(code, "{en}", context), "loc": item["loc"], "input": item["input"]}


def diagnostics_of(error: ValidationError, source: Source | None) -> list[Diagnostic]:
    """Every fault of a validation at its key or value, in the order of the text; of very many the first."""
    items, source = error.errors(include_url=False), source or NOWHERE
    faults = [_diagnostic(item, source) for item in items[:MOST]]
    unique = sorted(dict.fromkeys(faults), key=lambda d: (d.line, d.column))
    rest = len(items) - MOST
    if rest > 0:
        text = Text(
            f"另有 {rest} 处问题未列出", f"{plural(rest, 'more fault is', 'more faults are')} not listed"
        )
        unique.append(Diagnostic("too-many", text, source.file))
    return unique


def _diagnostic(item: ErrorDetails, source: Source) -> Diagnostic:
    code, context, loc = item["type"], item["ctx"], item["loc"]
    parts = _path(loc, source)
    if code in ("extra-forbidden", "missing"):
        parts = (*_path(loc[:-1], source), str(loc[-1]))
    mark = source.locate_key(parts) if code == "extra-forbidden" else source.locate(parts)
    return fault_at(mark, code, context["zh"], context["en"], source.file, pointer(parts))


def _path(loc: Sequence[str | int], source: Source) -> tuple[str | int, ...]:
    """The place in the data that a pydantic location means, without the names of union members."""
    if source is NOWHERE:
        return tuple(part for part in loc if part != "[key]")
    parts: tuple[str | int, ...] = ()
    for part in loc:
        if source.has((*parts, part)):
            parts = (*parts, part)
    return parts


def _unknown_key(item: ErrorDetails, model: type[BaseModel]) -> Text:
    """With a key that is near, or is called so, else with those that there are, where they are few. What
    follows a comma in `{en: a, b c}` is a key without a value."""
    from tic_rules.model.shipped import shared_vocabulary  # only for a fault

    name = str(item["loc"][-1])
    keys = [field.alias or key for key, field in model.model_fields.items()]
    labels = {
        said.zh: key
        for path, said in shared_vocabulary().fields.items()
        if (key := path.rpartition(".")[2]) in keys
    }
    hint = did_you_mean(name, keys, labels)
    if item["input"] is None and not re.fullmatch(r"[a-z_]+", name) and not hint.zh:
        hint = Text(
            "；若是逗号之后的文字，整段要加引号",
            "; where it follows a comma, the whole text stands in quotes",
        )
    elif not hint.zh and len(keys) <= 8:
        hint = Text(f"；此处可写 {'、'.join(keys)}", f"; known here: {', '.join(keys)}")
    return Text(f"未知的键 {clip(name)}{hint.zh}", f"unknown key {clip(name)}{hint.en}")


def _shown(given: object) -> str:
    """A scalar for a message; nothing, what is no scalar, or an int too long to be written, is not shown."""
    if isinstance(given, (dict, list, NoneType)) or (isinstance(given, int) and given.bit_length() > 200):
        return ""
    return clip(repr(given[:100] if isinstance(given, str) else given))


def _no_operator(item: ErrorDetails) -> Text:
    """A condition without an operator: the key that is none, and the one that may be meant."""
    given, operators = item.get("input"), item["msg"].partition("known: ")[2]
    names = [name.strip() for name in operators.split(",")]
    for key in given if isinstance(given, dict) else ():
        near = did_you_mean(str(key), names)
        if near.zh:
            shown = clip(str(key))
            return Text(f"没有运算符 {shown}{near.zh}", f"there is no operator {shown}{near.en}")
    return Text(f"条件里没有认识的运算符；现有：{'、'.join(names)}", item["msg"])


def _misspelt(key: str, value: str, pattern: str) -> Text:
    """A text that is not written as its key asks, with an example or what tells it."""
    if key == "text_sha256":
        return Text(
            f"{value} 不是指纹（64个小写十六进制数字），见 tic-rules coverage 规则文件 --source 原文",
            f"{value} is no fingerprint (64 digits of 0-9, a-f); "
            "tic-rules coverage FILE --source TEXT tells it",
        )
    likes = dict.fromkeys(("version", "new_in"), "1.0.0")
    likes["id"] = "annual-report" if "(-" in pattern else "shandong_2024"
    if like := likes.get(key):
        return Text(f"{value} 的写法不对；例：{like}", f"{value} is not well written; example: {like}")
    return Text(f"{value} 的写法不对，应符合 {pattern}", f"{value} does not match {pattern}")


def _text(item: ErrorDetails, context: Json) -> Text:
    """What an error of pydantic's own says."""
    value = _shown(item.get("input"))
    match item["type"]:
        case "missing" if isinstance(item["loc"][-1], int):
            number = item["loc"][-1] + 1
            return Text(f"缺少第 {number} 项", f"item {number} of the list is missing")
        case "missing":
            return Text(f"缺少 {item['loc'][-1]}", f"{item['loc'][-1]} is missing")
        case "operator":
            return _no_operator(item)
        case "string_type":
            return Text("应为文字", "text is expected")
        case "tuple_type" | "list_type":
            return Text("应为列表（- 或 [ ]）", "a list is expected (- or [ ])")
        case "dict_type" | "model_type" | "model_attributes_type" | "mapping_type":
            return Text("应为映射（键: 值）", "a mapping is expected (key: value)")
        case "literal_error":
            words = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
            if "end_of_next_year" in words:
                words.append("{next_year: 01-31}")
            zh, en = "、".join(words), ", ".join(words)
            if not value:
                return Text(f"应为其中一个词：{zh}", f"one of these words is expected: {en}")
            shown = clip(str(item["input"])) or '""'
            return Text(f"{shown} 不在允许的取值之列：{zh}", f"{shown} is not one of {en}")
        case "int_parsing" | "int_type" | "int_from_float":
            return Text("应为整数", "a whole number is expected")
        case "string_pattern_mismatch":
            return _misspelt(str(item["loc"][-1]), value, str(context.get("pattern")))
        case "too_short" if context.get("min_length", 1) > 1:
            least = context["min_length"]
            return Text(f"至少要有 {least} 项", f"at least {least} are needed")
        case "too_long" if "max_length" in context:
            most = context["max_length"]
            return Text(f"最多 {most} 项", f"at most {most} are possible")
        case "greater_than_equal":
            return Text(f"不能小于 {context['ge']}", f"cannot be less than {context['ge']}")
        case "less_than_equal":
            return Text(f"不能大于 {context['le']}", f"cannot be more than {context['le']}")
        case "too_short" | "string_too_short":
            return Text("不能为空", "must not be empty")
        case "invalid_key":
            return Text("键应为文字", "a key is a text")
        case "string_unicode":
            return Text(*LONE_SURROGATE)
        case "recursion_loop":
            return Text("数据引用了自己", "the data refers to itself")
    return Text(f"不合要求：{item['msg']}", item["msg"])
