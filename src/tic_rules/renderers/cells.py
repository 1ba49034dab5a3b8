"""Values of the data as the cells of a table are filled in: numbers, labels, ranges, series."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from tic_rules.core.errors import Text, normal
from tic_rules.inputs.layout import Column
from tic_rules.inputs.nothing_said import says_none, says_unknown
from tic_rules.model.ruleset import Vocabulary

_NONE = Text("无", "none")
_NUMBERS = ("money", "count", "number", "rate", "year")
_PARTED = re.compile(r"[、，,;；\n]")
"""What parts the words of a cell."""
_LINES = re.compile(r"[;；\n]")
_TRUTH = (Text("是", "yes"), Text("否", "no"))


def choices(column: Column, vocabulary: Vocabulary, lang: str) -> list[str]:
    """What can be chosen for a column, in words."""
    if column.kind == "truth":
        return [text.in_(lang) for text in _TRUTH]
    if column.kind == "list":
        return [_NONE.in_(lang)]
    words = vocabulary.words.get(column.words or "", {})
    return [shown_word(column, vocabulary, word, lang) for word in words]


def shown_word(column: Column, vocabulary: Vocabulary, word: str, lang: str) -> str:
    """A word by its label, where the label means that word and no other."""
    label = vocabulary.words.get(column.words or "", {}).get(word)
    text = str(getattr(label, lang)) if label is not None else word
    parted = _PARTED if column.kind == "words" else _LINES  # one word of one field is not cut
    return text if column.by_label.get(normal(text)) == word and not parted.search(text) else word


def cell_text(value: object, column: Column, vocabulary: Vocabulary, lang: str) -> str | int | float:
    """A value of the data as its cell is filled in: text, or a number."""
    if isinstance(value, bool):
        return _TRUTH[0 if value else 1].in_(lang)
    if isinstance(value, (int, float)):
        return value if abs(value) < 10**15 and column.kind in _NUMBERS else str(value)
    if isinstance(value, str):
        return _scalar(value, column, vocabulary, lang)
    if isinstance(value, Mapping):
        return _bounds(value, column, vocabulary, lang)
    entries = value if isinstance(value, Sequence) else [value]
    if not entries:
        return _NONE.in_(lang)
    dated = [entry for entry in entries if isinstance(entry, Mapping)]
    if len(dated) == len(entries):
        return _through_time(dated, column, vocabulary, lang)
    items = [str(_scalar(str(entry), column, vocabulary, lang)) for entry in entries]
    if any(
        _PARTED.search(item) or not normal(item) or says_none(item) or says_unknown(item) for item in items
    ):
        return json.dumps([str(entry) for entry in entries], ensure_ascii=False)
    return ("、" if lang == "zh" else ", ").join(items)


def _scalar(value: str, column: Column, vocabulary: Vocabulary, lang: str) -> str | int:
    if column.words:
        return shown_word(column, vocabulary, value, lang)
    if column.kind in _NUMBERS and re.fullmatch(r"\d{1,15}", value):
        return int(value)
    return value


def _bounds(value: Mapping[str, object], column: Column, vocabulary: Vocabulary, lang: str) -> str:
    """≥100, 15~20, 2021-01-01至2022-02-07; any other mapping as a YAML file has it."""
    given = {name: end for name, end in value.items() if end is not None}
    if column.kind == "date" and set(given) == {"not_before", "not_after"}:
        return f"{given['not_before']}{'至' if lang == 'zh' else '~'}{given['not_after']}"
    ends = {name: str(_scalar(str(end), column, vocabulary, lang)) for name, end in given.items()}
    if set(ends) == {"at_least"}:
        return f"≥{ends['at_least']}"
    if set(ends) == {"at_most"}:
        return f"≤{ends['at_most']}"
    if set(ends) == {"at_least", "at_most"}:
        return f"{ends['at_least']}~{ends['at_most']}"
    return json.dumps(value, ensure_ascii=False)


def _through_time(
    value: Sequence[Mapping[str, object]], column: Column, vocabulary: Vocabulary, lang: str
) -> str:
    lines = []
    for entry in value:
        day, inner = entry.get("date"), entry.get("value")
        text = None if inner is None else str(cell_text(inner, column, vocabulary, lang))
        if not isinstance(day, str) or text is None or _LINES.search(text) or text[:1] in "[{":
            return json.dumps(value, ensure_ascii=False)
        lines.append(f"{day}: {text}")
    return "\n".join(lines)
