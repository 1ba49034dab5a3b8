"""What pydantic found, as diagnostics with places, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import ValidationError

from tic_rules.core.errors import Diagnostic, Text
from tic_rules.core.quantities import clip
from tic_rules.core.source import Mark, Source, pointer
from tic_rules.model.shapes import Declared

MOST = 200
"""More faults than this are the sign of a file of another kind: the rest is counted."""


def diagnostics_of(
    error: ValidationError, source: Source | None, model: type[Any], file: str = ""
) -> list[Diagnostic]:
    """Every fault of a validation, in the order of the text, each at the key or value that it is about; of very many the first."""
    items = error.errors(include_url=False)
    found = [_diagnostic(item, source, model, file) for item in items[:MOST]]
    unique = sorted(dict.fromkeys(found), key=lambda d: (d.line, d.column))
    rest = len(items) - MOST
    if rest > 0:
        unique.append(
            Diagnostic(
                "too-many",
                Text(f"另有 {rest} 处问题未列出", f"{rest} more faults are not listed"),
                source.file if source else file,
            )
        )
    return unique


def _diagnostic(item: Any, source: Source | None, model: type[Any], file: str) -> Diagnostic:
    context = item.get("ctx") or {}
    kind = item["type"]
    parts = _path(item["loc"], source) + tuple(context.get("within", ()))
    if kind == "extra_forbidden":
        name = str(item["loc"][-1])
        text = _unknown_key(name, _neighbours(model, item["loc"][:-1]))
        parts = (*_path(item["loc"][:-1], source), name)
        mark = source.locate_key(parts) if source else Mark(0, 0)
    else:
        text = _say(kind, item, context)
        mark = source.locate(parts) if source else Mark(0, 0)
    return Diagnostic(
        kind.replace("_", "-"),
        text,
        source.file if source else file,
        mark.line,
        mark.column,
        pointer(parts),
        mark.cell,
    )


def _path(loc: Sequence[str | int], source: Source | None) -> tuple[str | int, ...]:
    """The place in the data that a pydantic location means: the names of union members in it are left out."""
    if source is None:
        return tuple(
            part
            for part in loc
            if not (isinstance(part, str) and ("[" in part or part.startswith("function-")))
        )
    parts: tuple[str | int, ...] = ()
    for at, part in enumerate(loc):
        if source.has((*parts, part)) or at == len(loc) - 1:
            parts = (*parts, part)
    return parts


def _neighbours(model: type[Any], loc: Iterable[str | int]) -> list[str]:
    """The keys that the place allows, for a hint; found by walking the model along the location."""
    current: Any = model
    for part in loc:
        field = getattr(current, "model_fields", {}).get(part) if isinstance(part, str) else None
        inner = _model_in(field.annotation) if field is not None else None
        current = inner or current
    fields = getattr(current, "model_fields", {})
    return [f.alias or name for name, f in fields.items()]


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, Declared):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        inner = _model_in(part)
        if inner is not None:
            return inner
    return None


def _unknown_key(name: str, known: list[str]) -> Text:
    import difflib  # only for a fault: starting is to be quick

    close = difflib.get_close_matches(name[:60], known, n=1, cutoff=0.6)
    if close:
        return Text(
            f"未知的键 {clip(name)}；是不是 {close[0]}？",
            f"unknown key {clip(name)}; did you mean {close[0]}?",
        )
    return Text(f"未知的键 {clip(name)}", f"unknown key {clip(name)}")


def _shown(given: Any) -> str:
    """A scalar for a message; what is no scalar, or an int too long to be written, is not shown."""
    if isinstance(given, (dict, list)) or (isinstance(given, int) and given.bit_length() > 200):
        return ""
    return clip(repr(given[:100] if isinstance(given, str) else given))


def _say(kind: str, item: Any, context: Any) -> Text:
    if "zh" in context:
        return Text(context["zh"], context["en"])
    given = item.get("input")
    value = _shown(given)
    match kind:
        case "missing":
            return Text(f"缺少 {item['loc'][-1]}", f"{item['loc'][-1]} is missing")
        case "operator":
            return Text(
                f"条件里没有认识的运算符{item['msg'].removeprefix('no known operator; known')}",
                item["msg"].replace("no known operator", "no known operator in the condition"),
            )
        case "string_type":
            return Text("应为文字", "text is expected")
        case "tuple_type" | "list_type":
            return Text("应为列表（- 或 [ ]）", "a list is expected (- or [ ])")
        case "dict_type" | "model_type" | "model_attributes_type" | "mapping_type":
            return Text("应为映射（键: 值）", "a mapping is expected (key: value)")
        case "literal_error":
            expected = str(context.get("expected", "")).replace(" or ", ", ")
            return Text(f"{value} 不在允许的取值之列：{expected}", f"{value} is not one of {expected}")
        case "int_parsing" | "int_type" | "int_from_float":
            return Text("应为整数", "a whole number is expected")
        case "string_pattern_mismatch":
            return Text(
                f"{value} 的写法不对，应符合 {context.get('pattern')}",
                f"{value} does not match {context.get('pattern')}",
            )
        case "too_short" | "string_too_short":
            return Text("不能为空", "must not be empty")
        case "recursion_loop":
            return Text("数据引用了自己", "the data refers to itself")
    return Text(f"不合要求：{item['msg']}", item["msg"])
