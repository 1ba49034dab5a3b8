"""What people write where there is nothing to write: that it is not known, that there is none."""

from __future__ import annotations

import re
import unicodedata

from tic_rules.core.errors import normal

_UNKNOWN = frozenset(
    ["不详", "未知", "不清楚", "不适用", "未定", "待定", "待补", "待填", "暂缺", "暂无数据", "n/a", "unknown"]
)
_NONE = frozenset(["无", "没有", "暂无", "尚无", "暂时没有", "无此项", "空", "none"])


def says_unknown(text: str) -> bool:
    """Whether this is what people put into a cell that they cannot fill in: a stroke, 不详."""
    plain = unicodedata.normalize("NFKC", text[:20]).strip().casefold()
    return len(text) < 20 and (not plain.strip("-–—―/\\?") or plain in _UNKNOWN)


def says_none(text: str) -> bool:
    """Whether it is said that there is none; of a name, that there is no such entry."""
    return text == "[]" or normal(text) in _NONE


_FIRST = "".join(sorted({word[0] for word in _UNKNOWN | _NONE}))
_BEGINS = re.compile(rf"[\W_]*(?:[{_FIRST}ａ-ｚ]|$)", re.IGNORECASE)


def says_nothing(text: str) -> bool:
    """Whether a text says either; quick for any other."""
    return len(text) < 20 and bool(_BEGINS.match(text)) and (says_none(text) or says_unknown(text))
