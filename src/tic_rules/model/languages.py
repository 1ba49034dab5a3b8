"""Rule files in Chinese alone: with `languages: [zh]` the Chinese stands in the place of the English."""

from __future__ import annotations


def in_chinese_alone(data: object) -> bool:
    """Whether a rule file says that it has no English."""
    return isinstance(data, dict) and data.get("languages") == ["zh"]


def with_chinese_for_english(value: object) -> object:
    """A copy of a rule file's data in which every text without English has the Chinese in its place."""
    if isinstance(value, list):
        return [with_chinese_for_english(item) for item in value]
    if not isinstance(value, dict):
        return value
    both = {key: with_chinese_for_english(item) for key, item in value.items()}
    for zh, en in (("zh", "en"), ("title", "title_en")):
        if isinstance(both.get(zh), str) and (zh == "zh" or "in_force" in both):
            both.setdefault(en, both[zh])
    return both
