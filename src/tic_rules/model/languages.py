"""Rule files in Chinese alone: with `languages: [zh]` the Chinese stands in the place of the English."""

from __future__ import annotations

from typing import Any


def in_both_languages(data: dict[str, Any]) -> dict[str, Any]:
    """A rule file's data; where it says that it has no English, a copy in which every text without it has the
    Chinese in its place."""
    if data.get("languages") != ["zh"]:
        return data
    both = {key: with_english(item) for key, item in data.items()}
    if isinstance(document := both.get("document"), dict):
        document.setdefault("title_en", _english(document.get("title")))
    return both


def with_english(value: object) -> object:
    """A copy in which every text without English has the Chinese in its place."""
    if isinstance(value, list):
        return [with_english(item) for item in value]
    if not isinstance(value, dict):
        return value
    both = {key: with_english(item) for key, item in value.items()}
    if "zh" in both and not isinstance(both["zh"], dict):
        both.setdefault("en", _english(both["zh"]))
    return both


def _english(zh: object) -> str:
    """What stands for the English: the Chinese; of what is none, anything, as it is told at the Chinese."""
    return zh if isinstance(zh, str) and zh else "-"
