"""Days that may be known in part, and anniversaries."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from tic_rules.core.errors import UsageError, clip, fault
from tic_rules.core.scalars import NotPlain, plain

FIRST_DAY: Final = date.min
LAST_DAY: Final = date.max


class Span(NamedTuple):
    """The days that a date may be: both ends included; FIRST_DAY or LAST_DAY where an end is not known."""

    first: date
    last: date

    @property
    def exact(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last


ANY_DAY: Final = Span(FIRST_DAY, LAST_DAY)


@lru_cache(1024)
def add_years(day: date, years: int) -> date:
    """The same day `years` later, 28 February where there is no 29th; date.max or date.min beyond these."""
    year = day.year + years
    if year > LAST_DAY.year:
        return LAST_DAY
    if year < FIRST_DAY.year:
        return FIRST_DAY
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


@lru_cache(1024)
def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of a month that is shorter. Ends at date.max and date.min."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > LAST_DAY.year:
        return LAST_DAY
    if year < FIRST_DAY.year:
        return FIRST_DAY
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """Like day + timedelta, but ends at date.max and date.min instead of overflowing."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return LAST_DAY if days > 0 else FIRST_DAY


def year_end(year: int) -> date:
    return date(min(max(year, FIRST_DAY.year), LAST_DAY.year), 12, 31)


# --- reading what people write ------------------------------------------------------------------------------

LONGEST: Final = 60
"""Characters in which a day, or a span, can be written."""
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


class NotADate(ValueError):
    """Text or value that is no date; `args` are the reasons in Chinese and English."""


def no_day(moment: str) -> NotADate:
    """The error of a time of day that is not midnight: where its clock stood may make it another day."""
    return NotADate(
        f"应为日期，不是时刻（{moment}）；例：2022-03-01",
        f"a day is expected, not a moment ({moment}); example: 2022-03-01",
    )


def parse_span(value: object) -> Span:
    """A day, a month or a year (ISO 8601) as its days; a moment only at midnight. Raises NotADate."""
    if isinstance(value, datetime) and value.time() != time():
        raise no_day(str(value))
    if isinstance(value, date):
        day = date(value.year, value.month, value.day)
        return Span(day, day)
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-" and value.isascii():
        try:  # nearly all are whole days
            day = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return Span(day, day)
    text = ""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        text = str(value).strip() if isinstance(value, int) or len(value) <= LONGEST else ""
    match = _DATE.fullmatch(text)
    if not match:
        shown = clip(str(value))
        raise NotADate(
            f"“{shown}”不是日期；例：2022-03-01、2022-03、2022",
            f"{shown!r} is not a date; examples: 2022-03-01, 2022-03, 2022",
        )
    year, month, day_of_month = match.groups()
    try:
        first = date(int(year), int(month or 1), int(day_of_month or 1))
    except ValueError:
        raise NotADate(f"没有“{clip(text)}”这一天", f"there is no such day as {clip(text)}") from None
    if day_of_month:
        return Span(first, first)
    last = monthrange(first.year, first.month)[1]
    return Span(first, first.replace(day=last) if month else year_end(first.year))


def parse_day(day: date | str) -> date:
    """An as-of day. Raises UsageError."""
    try:
        span = parse_span(plain(day))
    except (NotADate, NotPlain):
        span = ANY_DAY
    if not span.exact:
        shown = clip(str(day))
        zh = f"基准日应为精确到日的日期，例：2026-06-30，不是“{shown}”"
        raise fault(UsageError, "as-of", zh, f"an as-of day is exact to the day (2026-06-30), not {shown!r}")
    return span.first
