"""How policy documents speak: numbers, comparisons, modalities and deadlines as their words give them.

This is knowledge of the language and of no clause: what a clause asks stands in the rule files alone.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple

from tic_rules.core.numbers import NotANumber, parse_number

VAGUE = ("主要", "多个", "一批", "若干", "左右", "逐步", "定期", "部分")
"""Words that give no number."""

_CLAIMS = {
    "at_least": ("不少于", "不低于", "不得低于", "不得少于", "至少", "达到", "提高到", "以上", "不足"),
    "at_most": ("不超过", "不得超过", "不高于", "不多于", "至多", "以内", "以下"),
    "more_than": ("超过", "多于", "高于", "大于"),
    "less_than": ("低于", "少于", "不满", "小于"),
}
_AFTER = ("以上", "以内", "以下")
_WORDS = sorted(
    (word for words in _CLAIMS.values() for word in words if word != "不足"), key=len, reverse=True
)
_COMPARISON = re.compile("|".join(_WORDS))
_CLAIM_OF = {word: operator for operator, words in _CLAIMS.items() for word in words}

_NUMBER = re.compile(
    r"(\d+(?:\.\d+)?)\s*(万亿|亿|万|%|％)?|([零〇一二两三四五六七八九十百千]+)(?:\s*(万亿|亿|万))?"
)
_HALF = Fraction(1, 2)
_SAID: dict[str, Fraction | int] = {
    "一半": _HALF,
    "半数": _HALF,
    "过半": _HALF,
    "翻一番": 2,
    "翻番": 2,
    "两倍": 2,
    "首年": 1,
    "首次": 1,
}
_TIMES: dict[str | None, Fraction | int] = {
    "万亿": 10**12,
    "亿": 10**8,
    "万": 10**4,
    "%": Fraction(1, 100),
    "％": Fraction(1, 100),
    None: 1,
    "": 1,
}


class Said(NamedTuple):
    """A number as a text says it: its value, where it stands, and the comparisons that go with it."""

    value: Any
    start: int
    end: int
    claims: frozenset[str]
    money: bool
    """Whether it is said in yuan."""


def numbers_in(text: str) -> list[Said]:
    """The numbers of a text with the words that compare them."""
    found = []
    for match in _NUMBER.finditer(text):
        digits, scale, chinese, chinese_scale = match.groups()
        value = Fraction(digits) if digits else Fraction(parse_chinese(chinese))
        value *= _TIMES[scale if digits else chinese_scale]
        found.append(_said(value, match.start(), match.end(), text))
    for word, number in _SAID.items():
        found.extend(
            _said(Fraction(number), match.start(), match.end(), text) for match in re.finditer(word, text)
        )
    return found


def parse_chinese(text: str) -> int:
    try:
        return int(parse_number(text + "元", money=True))
    except NotANumber:  # pragma: no cover - the pattern lets only numerals through
        return -1


def _said(value: Fraction, start: int, end: int, text: str) -> Said:
    return Said(
        int(value) if value.denominator == 1 else value,
        start,
        end,
        _claims(text, start, end),
        text[end:].lstrip().startswith("元"),
    )


def _claims(text: str, start: int, end: int) -> frozenset[str]:
    """The comparison before a number, within its phrase, and the one right behind it and its unit."""
    before = re.split("[，。；、：…,;“”（）()]", text[:start])[-1]
    behind = re.split("[，。；、：…,;“”（）()]", text[end:])[0][:6]
    claims = {_CLAIM_OF[word] for word in _COMPARISON.findall(before)[-1:] if word not in _AFTER}
    claims |= {_CLAIM_OF[word] for word in _AFTER if word in behind}
    return frozenset(claims)


# --- modality -----------------------------------------------------------------------------------------------

_IN_PRINCIPLE = re.compile("原则上|一般(?!性)|主要依托(?!单位)|主要由(?!.{0,2}单位)")
_ENCOURAGED = re.compile("鼓励|探索|优先|(?:^|[，。；：…])支持(?![的，。…])")
_MAY = re.compile("可以|可(?!持续|以|能|靠|研)")
_TOLD = {"原则上": "in_principle", "鼓励": "encouraged", "可以": "may", "应当": "must"}
_READ_AS = re.compile("按(原则上|鼓励|可以|应当)理解")

MODALITY_WORD = {modality: word for word, modality in _TOLD.items()}


def modalities_in(quote: str) -> frozenset[str]:
    """The modalities that the words of a quote speak for; none of them means must."""
    spoken = {"in_principle": _IN_PRINCIPLE, "encouraged": _ENCOURAGED, "may": _MAY}
    return frozenset(modality for modality, pattern in spoken.items() if pattern.search(quote))


def modality_told(reading: str) -> str | None:
    """The modality that a reading settles: 按原则上理解."""
    match = _READ_AS.search(reading.replace("“", "").replace("”", ""))
    return _TOLD[match.group(1)] if match else None


# --- time ---------------------------------------------------------------------------------------------------

_YEARS = re.compile(
    r"((?<!\d)\d+|(?<![一二两三四五六七八九十])[一二两三四五六七八九十]+)\s*年(?:之)?内"
    r"(?![^，。；…]{0,4}(?:每|平均))"
)
_CALENDAR = re.compile(r"(20\d\d)\s*年")
_FIRST_YEAR = re.compile("首年")
TERM_END = re.compile("期满|建设期|建设周期")
APPROVAL = re.compile("批复|批准|获批|建设期|首年|期间|规划期")
YEARLY = re.compile("年度|每年|当年")


def years_in(text: str) -> set[int]:
    """The N of N年内, and 1 for 首年."""
    found = {int(n) if n.isdigit() else parse_chinese(n) for n in _YEARS.findall(text)}
    return found | ({1} if _FIRST_YEAR.search(text) else set())


def calendar_years_in(text: str) -> set[int]:
    return {int(year) for year in _CALENDAR.findall(text)}
