"""Numbers as people write them: exact, or refused; never something else than was written."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from tic_rules import Centre, DataError, RuleSetError, parse_ruleset
from tic_rules.core.dates import NotADate, parse_span
from tic_rules.core.numbers import NotANumber, parse_number, yuan_text

ROOT = Path(__file__).parents[2]

AMOUNTS = {
    "二〇〇〇万元": 20_000_000,
    "二〇亿元": 2_000_000_000,
    "一二三万元": 1_230_000,
    "二千万元": 20_000_000,
    "十亿元": 1_000_000_000,
    "三亿五千万元": 350_000_000,
    "二亿零五千元": 200_005_000,
    "一万零五元": 10_005,
    "一万零二百元": 10_200,
    "一千零五十万元": 10_500_000,
    "二十五万元": 250_000,
    "一百零五元": 105,
    "壹仟万元整": 10_000_000,
    "一万亿元": 10**12,
    "零元": 0,
    "1.2e3": 1200,
    "1e3万元": 10_000_000,
    "１，２００万元": 12_000_000,
    "¥5000": 5000,
    ".5亿": 50_000_000,
}


@pytest.mark.parametrize("text", AMOUNTS)
def test_amounts_are_read_as_they_are_written(text: str) -> None:
    assert parse_number(text, money=True) == AMOUNTS[text]


@pytest.mark.parametrize(
    "text",
    ["万元", "亿元", "百万元", "千元", "三万五元", "一百五元", "二亿五千元", "一百百元", "十零元", "零十元",
     "二〇一十元", "1/3", "1/3万元", "320①",
      "3³万元", "㈠万元", "½亿元", "1,20万元", "5" + " " * 300 + "万元"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(text, money=True)


@pytest.mark.parametrize(
    "text", ["320①", "1/0", "1/3元", "10²", "3万元", "36个月", "1,2,3", "5" + " " * 300 + "5", "①"]
)
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(text)


def test_every_numeral_below_a_hundred_thousand_is_read_back() -> None:
    for number in [*range(1, 1200), *range(1200, 100_000, 37)]:
        assert parse_number(f"{_spoken(number)}元", money=True) == number, number
        assert parse_number(f"{_spoken(number)}亿元", money=True) == number * 10**8, number


def test_digits_one_by_one_are_read_back() -> None:
    for number in range(0, 10_000, 7):
        digits = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
        assert parse_number(f"{digits}万元", money=True) == number * 10_000


def _spoken(number: int) -> str:
    """A whole number in Chinese, as schools teach it."""
    if number >= 10_000:
        head, rest = divmod(number, 10_000)
        return f"{_spoken(head)}万" + (("零" if rest < 1000 else "") + _spoken(rest) if rest else "")
    text, started, gap = "", False, False
    for size, place in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            text += ("零" if gap else "") + "零一二三四五六七八九"[digit] + place
        started, gap = started or bool(digit), (started or bool(digit)) and not digit
    return text


def test_shares_are_exact() -> None:
    assert parse_number("12.5%") == Fraction(1, 8)
    assert parse_number(0.1) == Fraction(1, 10)
    for written in ("3.5%", "百分之三点五", "百分之3.5", "百分之３.5", "千分之三十五"):
        assert parse_number(written) == Fraction(35, 1000)
    assert parse_number("百分之零点零五") == Fraction(5, 10_000)
    for written in ("百分之三点", "百分之点五", "百分之三点十", "百分之百百"):
        with pytest.raises(NotANumber):
            parse_number(written)


@pytest.mark.parametrize("written", ["三百二十", "三点五", "三点五%", "三千平方米", "五家"])
def test_a_numeral_that_is_not_read_is_asked_back_in_digits(written: str) -> None:
    with pytest.raises(NotANumber) as caught:
        parse_number(written)
    assert caught.value.args[0].endswith("不是数字；请用阿拉伯数字写")


def test_a_word_with_a_numeral_in_it_is_no_number_written_out() -> None:
    with pytest.raises(NotANumber, match=r"“一般”不是数字'"):
        parse_number("一般")


def test_a_moment_is_a_day_only_at_midnight() -> None:
    assert parse_span(datetime(2022, 3, 1)).first == date(2022, 3, 1)
    with pytest.raises(NotADate):
        parse_span(datetime(2022, 3, 1, 10, 30))
    with pytest.raises(NotADate):
        parse_span("2022-03-01" + " " * 60 + "x")


@pytest.mark.parametrize("written", ["2022-00", "2022-00-15", "2022-03-00", "2022-13", "0000"])
def test_a_month_or_a_day_that_there_is_not_is_no_date(written: str) -> None:
    with pytest.raises(NotADate, match="no such day"):
        parse_span(written)


@pytest.mark.parametrize("written", ["300%", "百分之三百", "二分之六", "6/2", {"at_least": "300%"}])
def test_a_part_of_a_whole_is_no_count(written: object) -> None:
    for data in ({"term_years": written}, {"staff": {"teams": written}}):
        with pytest.raises(DataError, match=r"\[number\]"):
            Centre.from_data({"id": "x", "name": "x", "jurisdiction": "zhejiang", **data})


def test_years_of_the_calendar_are_no_term() -> None:
    for years in ("2022-2027", "2022"):
        with pytest.raises(DataError, match=r"cannot be more than 100 \[number\]"):
            Centre.from_data(
                {"term_years": dict(zip(("at_least", "at_most"), years.split("-"), strict=False))}
            )


@pytest.mark.parametrize("written", ["-1亿元", "万元", "三万五元", "10亿①元", "-3"])
def test_a_threshold_that_is_none_does_not_load(written: str) -> None:
    text = (ROOT / "rules/zhejiang_2022.yaml").read_text("utf-8")
    assert "at_least: 10亿元" in text
    with pytest.raises(RuleSetError) as caught:
        parse_ruleset(text.replace("at_least: 10亿元", f"at_least: {written}", 1))
    assert [fault.code for fault in caught.value.diagnostics] == ["quantity"]


def test_a_threshold_in_numerals_is_what_it_says() -> None:
    text = (ROOT / "rules/zhejiang_2022.yaml").read_text("utf-8")
    plain, spelt = (
        parse_ruleset(text.replace("at_least: 10亿元", f"at_least: {written}", 1))
        for written in ("2000万元", "二〇〇〇万元")
    )
    assert [rule.model_dump() for rule in plain.rules] == [rule.model_dump() for rule in spelt.rules]


def test_an_amount_is_a_fraction_only_where_no_decimal_writes_it() -> None:
    assert parse_number("1000000000/3元", money=True) == Fraction(10**9, 3)
    for slip in ("100/50元", "1200/300元", "1/8元"):
        with pytest.raises(NotANumber):
            parse_number(slip, money=True)


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        (Fraction(700_000_000, 3), "约233,333,333.33元", "about CNY 233,333,333.33"),
        (Fraction(12_345_678, 10_000), "1,234.5678元", "CNY 1,234.5678"),
        (850_000_000, "8.5亿元", "CNY 850 million"),
    ],
)
def test_an_amount_with_no_end_is_told_as_about_so_much(amount: Fraction | int, zh: str, en: str) -> None:
    assert (yuan_text(amount, "zh"), yuan_text(amount, "en")) == (zh, en)
