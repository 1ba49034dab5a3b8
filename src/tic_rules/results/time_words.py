"""Lengths of time, windows and deadlines in words, in Chinese and English."""

from __future__ import annotations

from datetime import date

from tic_rules.core.errors import Text, plural
from tic_rules.model.ruleset import Rule, Vocabulary
from tic_rules.model.time import Cycle, DueOn, Shift, Window


def day_text(day: date | str, lang: str) -> str:
    """A day, in the one way of a language: 2026年6月30日, 2026-06-30."""
    if lang == "en":
        return str(day)
    year, month, number = (int(part) for part in str(day).split("-"))
    return f"{year}年{month}月{number}日"


def length_words(shift: Shift) -> Text:
    """A length of time: 6个月, 6 months."""
    number, zh, en = next(
        (number, zh, en)
        for number, zh, en in zip(shift, ("年", "个月", "日"), ("year", "month", "day"), strict=True)
        if number
    )
    return Text(f"{number}{zh}", plural(number, en))


def window_words(window: Window) -> Text:
    """A window that looks back."""
    if window.months is not None:
        return Text(f"近{window.months}个月", f"in the last {plural(window.months, 'month')}")
    if window.since is not None:
        return Text(f"自{day_text(window.since, 'zh')}起", f"since {window.since}")
    years = window.full_years
    assert years is not None
    left_out = (
        ("（成立当年不计）", ", without that of the founding") if window.founded is not None else ("", "")
    )
    return Text(
        f"近{years}个完整年度{left_out[0]}", f"in the last {plural(years, 'full calendar year')}{left_out[1]}"
    )


def after_words(rule: Rule, vocabulary: Vocabulary | None) -> Text:
    """A deadline that runs from something: 建设期满后6个月内; the vocabulary names its entries."""
    assert rule.after is not None
    length, event = length_words(rule.after.shift), rule.event
    if event is not None:
        label = vocabulary.facts[event].label if vocabulary is not None else Text(event, event)
        return Text(
            f"{label.zh}的每一项，自其日期起{length.zh}内",
            f"for each of {label.en}, within {length.en} of its date",
        )
    start = (
        ("建设期满", "the end of the term") if rule.after.after == "term_end" else ("批复创建", "approval")
    )
    return Text(f"{start[0]}后{length.zh}内", f"within {length.en} of {start[1]}")


def cycle_words(cycle: Cycle) -> Text:
    """What every so many years owe."""
    length = length_words(cycle.shift)
    grace = Text("", "")
    if cycle.grace is not None:
        more = length_words(cycle.grace.shift)
        grace = Text(f"，至迟期满后{more.zh}", f", at the latest {more.en} after their end")
    return Text(f"自批复起每{length.zh}一次{grace.zh}", f"once in every {length.en} from approval{grace.en}")


def due_words(until: str | DueOn) -> Text:
    """Until when what a year owes is looked for."""
    if isinstance(until, DueOn):
        month, day = (int(part) for part in (until.next_year or until.same_year or "").split("-"))
        year = ("次年", "of the next year") if until.next_year is not None else ("当年", "of the year")
        return Text(f"{year[0]}{month}月{day}日", f"{month:02}-{day:02} {year[1]}")
    if until == "end_of_next_year":
        return Text("次年底", "the end of the next year")
    return Text("当年底", "the end of the year")
