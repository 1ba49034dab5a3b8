"""How policy documents speak: numbers, comparisons, modalities and deadlines as their words give them.

This is knowledge of the language and of no clause: what a clause asks stands in the rule files alone."""

from __future__ import annotations

import re
from bisect import bisect
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from tic_rules.analysis.coverage.layout import fold
from tic_rules.analysis.coverage.normative import norms
from tic_rules.analysis.coverage.numbering import written
from tic_rules.core.numbers import spoken_number
from tic_rules.inputs.typed_days import in_digits
from tic_rules.model.time import Shift

VAGUE = ("主要", "多个", "一批", "若干", "左右", "逐步", "定期", "部分")
"""Words that give no number."""

_NEXT = r"\s*[\d零〇一二两三四五六七八九十百千]"
_NOT = "不(?:得|应|能|宜)?"
_CLAIMS = {
    "at_least": rf"{_NOT}(?:少于|低于|小于)|至少|达到|提高到|以上|(?<![期届不])满(?={_NEXT})"
    rf"|下限为?(?={_NEXT})",
    "at_most": rf"{_NOT}(?:超过|高于|多于|大于)|至多|最多|以内|以下|(?:{_NOT}超|最高|上限为?)(?={_NEXT})",
    "less_than": "低于|少于|不满|小于",
    "more_than": rf"超过|多于|高于|大于|超(?={_NEXT})(?!\s*一流)",
}
_AFTER = {"以上": "at_least", "以内": "at_most", "以下": "at_most"}
_MARK = re.compile("[，。；、：…,;“”（）()]")
"""What ends a phrase."""
_YUAN = re.compile(r"\s*元")
_INCLUDED = re.compile("[（(]含[^）)]{0,8}[）)]")
"""10件（含）以上, 50人（含50人）以上."""
_COMPARISON = re.compile("|".join(f"(?P<{operator}>{words})" for operator, words in _CLAIMS.items()))

_NUMBER = re.compile(
    r"(?<!\d)(\d{1,100}(?!\d)(?:\.\d{1,100})?)\s*(万亿|亿|万|%|％)?"
    r"|([零〇一二两三四五六七八九十百千]+)(?:\s*(万亿|亿|万))?"
)
_DIGITS = "[零〇一二两三四五六七八九十百]{1,9}"
_PART = re.compile(
    rf"(百|千)分之({_DIGITS}(?:点[零〇一二三四五六七八九]{{1,9}})?|\d{{1,9}}(?:\.\d{{1,9}})?)"
    rf"|({_DIGITS}|\d{{1,9}})分之({_DIGITS}|\d{{1,9}})"
    r"|(?<![\d/])(\d{1,4})\s*/\s*(\d{1,4})(?![\d/])"
)
"""Parts of a whole: 百分之三十, 三分之一, 1/3. Of so many digits at most, or a long row of them is gone
through anew from each."""
_SAID: dict[str, Fraction | int] = {
    **dict.fromkeys(("一半", "半数", "过半"), Fraction(1, 2)),
    **dict.fromkeys(("翻一番", "翻番", "两倍"), 2),
    **dict.fromkeys(("首年", "首次"), 1),
}
_TIMES: dict[str | None, Fraction | int] = {
    "万亿": 10**12, "亿": 10**8, "万": 10**4, "%": Fraction(1, 100), "％": Fraction(1, 100), None: 1,
}  # fmt: skip


class SpokenNumber(NamedTuple):
    """A number as a text says it: its value, where it stands, and the comparisons that go with it."""

    value: int | Fraction
    start: int
    end: int
    claims: frozenset[str]
    money: bool
    """Whether it is said in yuan."""


def numbers_in(text: str) -> list[SpokenNumber]:
    """The numbers of a text with the words that compare them."""
    numbers = []
    before = _Before(text)
    for match in _PART.finditer(text):
        part = _part(match)
        if part is not None:
            numbers.append(_said(part, match, before))
    for match in _NUMBER.finditer(_PART.sub(lambda part: "　" * len(part.group()), text)):
        digits, scale, chinese, chinese_scale = match.groups()
        value = Fraction(digits) if digits else spoken_number(chinese)
        if value is not None:
            value *= _TIMES[scale if digits else chinese_scale]
            numbers.append(_said(value, match, before))
    for word, number in _SAID.items():
        numbers.extend(_said(Fraction(number), match, before) for match in re.finditer(word, text))
    return numbers


def _part(match: re.Match[str]) -> Fraction | None:
    """The part of a whole that a match of `_PART` says; None where it is part of nothing, or no number."""
    hundred, of_hundred, below, above, numerator, denominator = match.groups()
    if hundred:
        below, above = hundred, of_hundred
    top, bottom = spoken_number(above or numerator), spoken_number(below or denominator)
    return top / bottom if bottom and top is not None else None


def _said(value: Fraction, match: re.Match[str], before: _Before) -> SpokenNumber:
    """What a match says, with the comparison before it in its phrase, and the one right behind it and its
    unit."""
    (start, end), text = match.span(), match.string
    behind = _MARK.split(_INCLUDED.sub("", text[end : end + 16])[:6])[0]
    claims = {operator for word, operator in _AFTER.items() if word in behind} | before.claim(start)
    number = int(value) if value.denominator == 1 else value
    return SpokenNumber(number, start, end, frozenset(claims), _YUAN.match(text, end) is not None)


class _Before:
    """What is compared where in a text, looked for once."""

    def __init__(self, text: str) -> None:
        self._phrases = [0, *(mark.end() for mark in _MARK.finditer(text))]
        self._comparisons = list(_COMPARISON.finditer(text))
        self._ends = [comparison.end() for comparison in self._comparisons]

    def claim(self, start: int) -> set[str]:
        """The last comparison before a number within its phrase."""
        last = bisect(self._ends, start) - 1
        if last < 0 or self._comparisons[last].start() < self._phrases[bisect(self._phrases, start) - 1]:
            return set()
        said = self._comparisons[last]
        return {said.lastgroup} if said.lastgroup and said.group() not in _AFTER else set()


# --- modality -----------------------------------------------------------------------------------------------

_IN_PRINCIPLE = re.compile("主要依托(?!单位)|主要由(?!.{0,2}单位)")
_ENCOURAGED = re.compile("(?:^|[，。；：…])支持(?![的，。…])")
_SPOKEN = {
    **dict.fromkeys(("原则上", "一般"), "in_principle"),
    **dict.fromkeys(("鼓励", "探索", "优先"), "encouraged"),
    "可": "may",
}
"""Words of `rules/normative.yaml`, which knows within which others they are none (许可, 一般公共预算)."""
_TOLD = {"原则上": "in_principle", "鼓励": "encouraged", "可以": "may", "应当": "must"}
_READ_AS = re.compile("按(原则上|鼓励|可以|应当)理解")

MODALITY_WORD = {modality: word for word, modality in _TOLD.items()}


def modalities_in(quote: str) -> frozenset[str]:
    """The modalities that the words of a quote speak for; none of them means must."""
    spoken = {_SPOKEN[said.word.zh] for said in norms().within(fold(quote)) if said.word.zh in _SPOKEN}
    patterns = {"in_principle": _IN_PRINCIPLE, "encouraged": _ENCOURAGED}
    return frozenset(spoken | {modality for modality, pattern in patterns.items() if pattern.search(quote)})


def modality_told(reading: str) -> str | None:
    """The modality that a reading settles: 按原则上理解."""
    match = _READ_AS.search(reading.replace("“", "").replace("”", ""))
    return _TOLD[match.group(1)] if match else None


# --- time ---------------------------------------------------------------------------------------------------

_YEARS = re.compile(
    r"(?<!近)(?<!前)(?<!过去)(?<!连续)(?<!每)"
    r"((?<!\d)\d{1,4}|(?<![一二两三四五六七八九十])[一二两三四五六七八九十]+)\s*年(?:之)?内"
    r"(?![^，。；…]{0,4}(?:每|平均))"
)
_SET = re.compile(
    r"[到至](20\d\d年)|(20\d\d年)[底末]|(?<![近前续每去\d一二三四五六七八九十百])"
    r"((?:\d{1,3}|[一二两三四五六七八九十百]{1,5})\s*(?:个月|日|天)|半年)[之以]?内"
    r"|(?<!平均)(每年)(?!平均)"
)
_CALENDAR = re.compile(r"(20\d\d)\s*年")
_FIRST_YEAR = re.compile("首年")
TERM_END = re.compile("期满|建设期|建设周期")
APPROVAL = re.compile("批复|批准|获批|建设期|首年|期间|规划期")
YEARLY = re.compile("年度|每年|当年")
REFUSES = re.compile("的[，,]?[^，。；…]{0,6}(?:不予|不得|不能|不再|取消|撤销|终止)")
"""What is refused to those of whom something is so: 资产负债率超过70%的，不得申报."""
WORKING_DAYS = re.compile("工作日")
OPEN_LIST = re.compile("(?<![高平同中优初均对相])等(?![级同额于次待候效量值价])")
"""等 at the end of a list, not within 高等学校, 等级, 同等 …"""


_NO_NUMERAL = r"(?<![\d一二两三四五六七八九十百千零〇])"


def says_length(shift: Shift, text: str) -> bool:
    """Whether a text says a length of time: 6个月, 半年, 三年 or 36个月, 30日内. Working days are none
    of the calendar."""
    months = shift.years * 12 + shift.months
    years = months // 12 if months % 12 == 0 else 0
    for number, units in ((years, "年|周年"), (months, r"个月|月(?![\d底末初份])"), (shift.days, "日|天")):
        ways = "|".join((str(number), written(number), "两" if number == 2 else str(number)))
        if number and re.search(rf"{_NO_NUMERAL}(?:{ways})\s*(?:{units})", text):
            return True
    return months == 6 and "半年" in text


def years_in(text: str) -> set[int]:
    """The N of N年内, and 1 for 首年."""
    years = {int(number) for said in _YEARS.findall(text) if (number := spoken_number(said)) is not None}
    return years | ({1} if _FIRST_YEAR.search(text) else set())


def says_years(number: int, text: str) -> bool:
    """Whether a text speaks of that many years."""
    in_years = [said.value for said in numbers_in(text) if text[said.end :].lstrip().startswith("年")]
    return number in in_years


def says_day(day: date, text: str) -> bool:
    """Whether a text says a day of the year: 6月30日, 六月底; the end of a year goes without saying."""
    text = in_digits(text)
    if (day.month, day.day) == (12, 31) or re.search(rf"(?<!\d){day.month}月0?{day.day}日", text):
        return True
    last = (day + timedelta(days=1)).day == 1
    return last and re.search(rf"(?<!\d){day.month}月(?:底|末|(?![\d一二三]))", text) is not None


def times_in(text: str) -> set[str]:
    """The deadlines of a text that are no years: 2025年 of 到2025年, 30日 of 30日内; 每年."""
    return {match[match.lastindex or 0] for match in _SET.finditer(in_digits(text))}


def calendar_years_in(text: str) -> set[int]:
    return {int(year) for year in _CALENDAR.findall(in_digits(text))}
