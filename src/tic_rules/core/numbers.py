"""Exact numbers as ranges, and yuan as people write them.

Numbers are `int` or `Fraction`, never binary floats; the endless end of a range is `INFINITY`, which compares
with both."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import inf
from typing import Final, NamedTuple

from tic_rules.core.errors import Text, clip

Number = int | Fraction | float
"""Exact: `int` or `Fraction`. The one float ever among them is INFINITY."""

INFINITY: Final = inf
LARGEST: Final = 10**24
"""No amount or count in the field comes near it; larger ones are refused as slips of the pen."""
_FINEST: Final = 10**80
"""No fraction is finer, so that each can be written within LONGEST; a float never is."""


class Range(NamedTuple):
    """What a number may be, given the data: both ends included; `high` may be INFINITY."""

    low: Number
    high: Number

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def plus(self, other: Range) -> Range:
        """The sum with another range."""
        return Range(self.low + other.low, self.high + other.high)

    def times(self, factor: Number) -> Range:
        """The range times a number that is not negative."""
        return Range(self.low * factor, self.high * factor) if factor else Range(0, 0)

    def hull(self, other: Range) -> Range:
        """The smallest range that holds this one and another."""
        return Range(min(self.low, other.low), max(self.high, other.high))


ANYTHING: Final = Range(0, INFINITY)


# --- reading what people write ------------------------------------------------------------------------------

LONGEST: Final = 200
"""Characters in which a number, or a range of numbers, can be written."""
_LONGEST_DECIMAL: Final = 60
UNITS: Final[dict[str, int]] = {
    "万亿": 10**12,
    "千亿": 10**11,
    "百亿": 10**10,
    "十亿": 10**9,
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 10**3,
    "百": 100,
    "": 1,
}
_PLAIN = re.compile(r"[+-]?(?=[0-9.])([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_RATIO = re.compile("([0-9]+)/(0*[1-9][0-9]*)")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?")
_AMOUNT = re.compile(
    r"([+-]?)([0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)(?:[eE]([+-]?[0-9]{1,3}))? *"
    r"(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)? *(?:元|圆|块)?(?:人民币|整|正)?"
)
_NUMERALS = "零〇一二两三四五六七八九十百千万亿"
_CHINESE = re.compile(rf"([{_NUMERALS}]+) *(?:元|圆)(?:整|正)?")
_IN_WORDS = re.compile(rf"[0-9.]*[{_NUMERALS}](?:[{_NUMERALS}点分之成]|[%个家人名位项件次年]?$)")
"""How a number that is written out begins: 三百二十家, 三千平方米, but not 一般."""
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億", "一二三四五六七八九十百千万亿")
_OTHER_CURRENCY = re.compile(
    r"美元|美金|欧元|英镑|日元|日圆|港币|港元|澳元|韩元|卢布|台币|USD|EUR|GBP|JPY|HKD|[$€£₩]", re.IGNORECASE
)
_OWN_CURRENCY = re.compile(r"^(?:人民币|RMB|CNY|[¥￥]) *", re.IGNORECASE)
_MONEY = re.compile("[元圆块整正¥￥]|人民币|RMB|CNY", re.IGNORECASE)
_DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES: Final = {"十": 10, "百": 100, "千": 1000}


class NotANumber(ValueError):
    """Text or value that is no number of the wanted kind; `args` are the reasons in Chinese and English."""


def _no_number(text: str) -> NotANumber:
    zh, en = f"“{clip(text)}”不是数字", f"{clip(text)!r} is not a number"
    if _IN_WORDS.match(text):
        return NotANumber(f"{zh}；请用阿拉伯数字写", f"{en}; write it in digits")
    return NotANumber(zh, en)


def number_text(value: str) -> str:
    """A text for a number, in plain width. Raises NotANumber for signs (①, ², ½, ㊀) that would be digits."""
    if len(value) > LONGEST:
        raise _no_number(value)
    if value.isascii():
        return value.strip()
    text = unicodedata.normalize("NFKC", value).strip()
    for sign in value:
        if not sign.isascii() and unicodedata.category(sign) in ("No", "So"):
            plain = unicodedata.normalize("NFKC", sign)
            if unicodedata.category(sign) == "No" or any(c.isdigit() or c in _NUMERALS for c in plain):
                raise NotANumber(
                    f"“{clip(value)}”中的“{sign}”不是普通数字；请改写或删去",
                    f"{sign!r} in {clip(value)!r} is no plain digit; write it out or take it away",
                )
    return text


def parse_number(value: object, *, money: bool = False) -> int | Fraction:
    """An exact number from what a file or a caller gives: int, Decimal, float (by its shortest text), or text
    with a unit.

    Raises NotANumber with the reason in Chinese and English."""
    if isinstance(value, bool):
        raise NotANumber("应为数字，不是真假值", "a number is expected, not true or false")
    if isinstance(value, (int, Fraction)):
        return _bounded(value)
    if isinstance(value, (float, Decimal)):
        return _bounded(_from_decimal(str(value)))
    if not isinstance(value, str):
        raise NotANumber("应为数字", "a number is expected")
    text = number_text(value)
    if money:
        return _bounded(_parse_amount(text))
    part = _part(text)
    if part is not None:
        return part
    percent = text.endswith("%")
    text = text.removesuffix("%").rstrip()
    number = _ratio(text)
    if number is None:
        if not _PLAIN.fullmatch(text):
            raise _no_number(value)
        number = _from_decimal(text.replace(",", ""))
    return _bounded(number / 100 if percent else number)


_PART = re.compile(
    rf"([{_NUMERALS}]+|[0-9]{{1,9}})分之"
    rf"([{_NUMERALS}]+(?:点[零〇一二三四五六七八九]{{1,9}})?|[0-9]{{1,9}}(?:\.[0-9]{{1,9}})?)"
)
_TENTHS = re.compile(rf"([{_NUMERALS}])成")


def _part(text: str) -> int | Fraction | None:
    """A part of a whole in words: 百分之三点五, 三分之一, 百分之1.5, 三成; None for any other text."""
    if match := _PART.fullmatch(text):
        whole, parts = match.groups()
    elif tenths := _TENTHS.fullmatch(text):
        whole, parts = "十", tenths.group(1)
    else:
        return None
    size, number = (spoken_number(said) for said in (whole, parts))
    if not size or number is None:
        raise _no_number(text)
    return _bounded(number / size)


def _ratio(text: str) -> Fraction | None:
    """A fraction in digits: 1/3; None for any other text."""
    match = _RATIO.fullmatch(text)
    return Fraction(int(match.group(1)), int(match.group(2))) if match else None


def spoken_number(text: str) -> Fraction | None:
    """Digits or a numeral, either with decimals: 3.5, 三点五; 百, 千, 万 alone are that many: 百分之百."""
    if text[0] not in _NUMERALS:
        return _from_decimal(text)
    whole, _, rest = text.partition("点")
    spoken = UNITS.get(whole) or chinese_number(whole)
    digits = "".join(str(_DIGITS[char]) for char in rest)
    return None if spoken is None else spoken + Fraction(int(digits or 0), 10 ** len(digits))


def is_part(text: str) -> bool:
    """Whether a text says a part of a whole, not an amount: 30%, 1/3, 百分之三十, 三分之一, 三成."""
    plain = text.strip()
    return plain.endswith(("%", "％")) or bool(_PART.fullmatch(plain) or _TENTHS.fullmatch(plain))


def is_amount(text: str) -> bool:
    """Whether a text says money: 300元, 300块, ¥300, 300万元整."""
    return _MONEY.search(text) is not None


def _bounded(number: int | Fraction) -> int | Fraction:
    if not -LARGEST <= number <= LARGEST or number.denominator > _FINEST:
        raise NotANumber("数字大得或小得不可能", "the number is impossibly large or small")
    return int(number) if isinstance(number, Fraction) and number.denominator == 1 else number


def _from_decimal(text: str) -> Fraction:
    if len(text) > _LONGEST_DECIMAL:
        raise NotANumber("数字太长", "the number is too long")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise NotANumber(f"“{clip(text)}”不是数字", f"{clip(text)!r} is not a number") from None
    if not number.is_finite():
        raise NotANumber(
            "NaN 和无穷不是数据；未知请留空", "NaN and infinity are not data; leave out what is not known"
        )
    if abs(number.adjusted()) > 60:
        raise NotANumber("数字大得或小得不可能", "the number is impossibly large or small")
    return Fraction(number)


def _parse_amount(text: str) -> int | Fraction:
    if _OTHER_CURRENCY.search(text):
        raise NotANumber(
            f"“{clip(text)}”的币种不是人民币；请换算成元", f"{clip(text)!r} is not in yuan; convert it"
        )
    text = _OWN_CURRENCY.sub("", text)
    ratio = _ratio(text.removesuffix("元")) if text.endswith("元") else None
    if ratio is not None and pow(10, ratio.denominator.bit_length(), ratio.denominator):
        return ratio  # an amount that no decimal writes; 100/50元 is a slip
    match = _AMOUNT.fullmatch(text)
    if match:
        sign, digits, exponent, unit = match.groups()
        if "," in digits and not _GROUPED.fullmatch(digits):
            raise NotANumber(
                f"“{clip(text)}”的千分位不对", f"the thousands separators of {clip(text)!r} are misplaced"
            )
        number = _from_decimal(f"{sign}{digits.replace(',', '')}" + (f"e{exponent}" if exponent else ""))
        return number * UNITS[unit or ""]
    chinese = _CHINESE.fullmatch(text.translate(_CAPITALS))
    if not chinese:
        raise NotANumber(
            f"“{clip(text)}”不是金额；例：10亿元、5000万元、1200000",
            f"{clip(text)!r} is not an amount; examples: 10亿元, 5000万元, 1200000",
        )
    spoken = chinese_number(chinese.group(1))
    if spoken is None:
        raise NotANumber(
            f"“{clip(text)}”的读法不明确；请用阿拉伯数字写，例：2000万元",
            f"{clip(text)!r} can be read in more than one way or in none; write it in digits: 2000万元",
        )
    return spoken


def chinese_number(text: str) -> int | None:
    """A numeral of 〇 to 亿, by places (一千二百万) or digit by digit (二〇〇〇万); None where it is not
    written as a number is.

    A unit without a number (万, 百万), and a digit whose place is left to the ear (三万五, 一百五), are none.
    """
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        head, divided, rest = text.rpartition(unit)
        if divided:
            many, few = chinese_number(head), _rest(rest, unit)
            return None if many is None or few is None or few >= size else many * size + few
    return _section(text)


def _rest(text: str, unit: str) -> int | None:
    """What follows 亿 or 万: after 零 whatever is smaller, else a number whose places are all said."""
    if not text:
        return 0
    if text[0] in "零〇" and len(text) > 1:
        return chinese_number(text[1:])
    said = "万" in text if unit == "亿" else len(text) == 4 or not all(c in _DIGITS for c in text)
    return chinese_number(text) if said else None


def _section(text: str) -> int | None:
    """A numeral below 万: digits one by one, or digits with their places, the larger first."""
    if text and all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit, last, gap = 0, -1, 10_000, False
    for char in text:
        if char in _PLACES:
            place = _PLACES[char]
            if place >= last or digit == 0 or (digit < 0 and place > 10):
                return None
            total, last, digit, gap = total + (1 if digit < 0 else digit) * place, place, -1, False
        elif digit >= 0:
            return None
        elif char in "零〇":
            if gap or not total:
                return None
            gap = True
        else:
            digit = _DIGITS[char]
    if (gap and digit < 0) or not total:
        return None
    if digit >= 0 and last > 10 and not gap:
        return None
    return total + max(digit, 0)


# --- writing ------------------------------------------------------------------------------------------------


def exact_text(number: int | Fraction) -> str:
    """A number as a file can say it, never cut: a decimal, or a fraction where that has no end (1/3)."""
    text = decimal_text(number, _LONGEST_DECIMAL) or ""
    return text if len(text) <= _LONGEST_DECIMAL and Fraction(text) == number else str(number)


def decimal_text(number: Number, most: int = 12) -> str | None:
    """An exact decimal string, None for INFINITY; a fraction with more places than `most` is cut."""
    if isinstance(number, float):
        return None
    if isinstance(number, int):
        return str(number)
    places = next((places for places in range(most) if 10**places % number.denominator == 0), most)
    scaled = number.numerator * 10**places // number.denominator
    sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled)).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :].rstrip("0")
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


_STEPS: dict[str, tuple[tuple[int, str, str], ...]] = {
    "zh": ((10**12, "", "万亿元"), (10**8, "", "亿元"), (10**4, "", "万元")),
    "en": ((10**12, "CNY ", " trillion"), (10**9, "CNY ", " billion"), (10**6, "CNY ", " million")),
}


def yuan_text(number: Number, lang: str) -> str:
    """An amount as people write it: 8.5亿元, 5000万元; CNY 850 million."""
    if isinstance(number, float):
        return "∞"
    for size, before, after in _STEPS[lang]:
        if not -size < number < size and number * 10**4 % size == 0:
            return f"{before}{decimal_text(Fraction(number, size))}{after}"
    plain = decimal_text(number) or ""
    whole, _, part = plain.partition(".")
    about = Text("约", "about ").in_(lang) if len(part) > 4 else ""
    grouped = f"{int(whole):,}" + (f".{part[:2] if about else part}" if part else "")
    return f"{about}{grouped}元" if lang == "zh" else f"{about}CNY {grouped}"
