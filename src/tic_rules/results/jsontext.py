"""JSON as text, the same bytes as `json.dumps` writes without escaping Chinese; a third of the time, because Python's own writer of indented JSON is slow.

A named tuple is written as an object of its fields.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring as quoted
from typing import Any


def json_text(value: Any, indent: int | None = None, margin: str = "") -> str:
    """A value as JSON text. With an indent each item has its own line; `margin` stands before every line but the first."""
    return _lines(value, "\n" + margin, " " * indent) if indent is not None else _flat(value)


def _lines(value: Any, end: str, step: str) -> str:
    kind = type(value)
    if kind in _WRITE:
        return _WRITE[kind](value)
    items, inner = _items(value), end + step
    if isinstance(items, dict):
        told = [f"{quoted(key)}: {_lines(item, inner, step)}" for key, item in items.items()]
        return "{" + inner + ("," + inner).join(told) + end + "}" if told else "{}"
    if isinstance(items, (list, tuple)):
        told = [_lines(item, inner, step) for item in items]
        return "[" + inner + ("," + inner).join(told) + end + "]" if told else "[]"
    return json.dumps(value, ensure_ascii=False)


def _flat(value: Any) -> str:
    kind = type(value)
    if kind in _WRITE:
        return _WRITE[kind](value)
    items = _items(value)
    if isinstance(items, dict):
        return "{" + ", ".join([f"{quoted(key)}: {_flat(item)}" for key, item in items.items()]) + "}"
    if isinstance(items, (list, tuple)):
        return "[" + ", ".join([_flat(item) for item in items]) + "]"
    return json.dumps(value, ensure_ascii=False)


def _items(value: Any) -> Any:
    return value._asdict() if hasattr(value, "_asdict") else value


_WRITE: dict[type, Callable[[Any], str]] = {
    str: quoted,
    int: int.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "null",
}
"""What is written most, by its type; anything else is looked at."""

__all__ = ["json_text"]
