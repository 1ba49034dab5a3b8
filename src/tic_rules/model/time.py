"""Lengths of time, windows that look back, deadlines that run from something: as a rule file writes them.

All of it is exact to the day. Months are those of the calendar: a month after 31 January is the last day of
February. The last day counts."""

import re
from calendar import monthrange
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from tic_rules.core.dates import FIRST_DAY, NotADate, add_days, add_months, parse_span, year_end
from tic_rules.core.errors import clip
from tic_rules.model.frozen import FrozenModel, Parse, refuse

Whole = Annotated[int, Field(ge=1, le=1200)]


def parse_day(value: object) -> date:
    """A day of a rule file, exact."""
    try:
        span = parse_span(value)
    except NotADate:
        shown = clip(str(value))
        zh, en = f"“{shown}”不是一天；例：2022-03-01", f"{shown!r} is no day; example: 2022-03-01"
        raise refuse("date", zh, en) from None
    if not span.exact:
        raise refuse("date", "规则文件中的日期要精确到日", "a date of a rule file must be exact to the day")
    return span.first


def iso(value: object) -> object:
    """A day as a rule file writes it; anything else as it is."""
    return value.isoformat() if isinstance(value, date) else value


Day = Annotated[date, Parse(parse_day, {"format": "date", "type": "string"}, iso)]


class Shift(NamedTuple):
    """A length of time; added to a day, or taken from it."""

    years: int = 0
    months: int = 0
    days: int = 0

    def after(self, day: date, times: int = 1) -> date:
        """The day so long after another; so many times in one step: 3 months from 31 January end in April."""
        months = (self.years * 12 + self.months) * times
        if times < 0:
            return add_months(add_days(day, self.days * times), months)
        return add_days(add_months(day, months), self.days * times)

    @property
    def name(self) -> str:
        """3y, 6m, 30d."""
        return next(f"{number}{unit}" for number, unit in zip(self, "ymd", strict=True) if number)


class _Length(FrozenModel):
    """So many years, months or days."""

    years: Whole | None = None
    months: Whole | None = None
    days: Whole | None = None

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if len([part for part in (self.years, self.months, self.days) if part is not None]) != 1:
            zh, en = "years、months、days 需要且只能有一个", "exactly one of years, months, days is needed"
            raise refuse("length", zh, en)
        return self

    @cached_property
    def shift(self) -> Shift:
        """The length of time."""
        return Shift(self.years or 0, self.months or 0, self.days or 0)


class Length(_Length):
    """A length of time: {months: 6}."""


class After(_Length):
    """A deadline that runs from something: {months: 6, after: term_end}, {days: 30, after: changes}.

    `after` is the approval, the end of the term, or a fact whose entries have dates: each of them owes what
    the rule requires, within so long of its date."""

    after: str

    @cached_property
    def event(self) -> str | None:
        """The fact of whose entries each owes something; None for a day of the centre's life."""
        return None if self.after in ("approval", "term_end") else self.after


class Window(FrozenModel):
    """A time that ends with the day looked at, or before it.

    full_years: the N calendar years that ended before the day looked at; months: the last N months, from
    the day after the same day N months before; since: from a day on. With `founded`, the year of that day
    (a fact), in which the unit was founded, and what lies before it are left out."""

    full_years: Annotated[int, Field(ge=1, le=20)] | None = None
    months: Annotated[int, Field(ge=1, le=240)] | None = None
    since: Day | None = None
    founded: str | None = None

    @classmethod
    def _as_written(cls, value: object) -> object:
        return {"full_years": 1} if value == "latest_full_year" else value

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        if len([part for part in (self.full_years, self.months, self.since) if part is not None]) != 1:
            zh = "full_years、months、since 需要且只能有一个"
            en = "exactly one of full_years, months, since is needed"
            raise refuse("window", zh, en)
        if self.founded is not None and self.full_years is None:
            raise refuse("window", "founded 只与 full_years 同用", "`founded` goes with `full_years` only")
        return self

    def years(self, day: date) -> range:
        """The calendar years of a window of full years."""
        return range(max(day.year - (self.full_years or 0), 1), day.year)

    def days(self, day: date) -> tuple[date, date]:
        """The first and the last day of the window."""
        if self.full_years is not None:
            first = date(max(day.year - self.full_years, 1), 1, 1)
            return first, year_end(day.year - 1) if day.year > 1 else FIRST_DAY
        if self.months is not None:
            return add_days(add_months(day, -self.months), 1), day
        return self.since or FIRST_DAY, day


_YEAR_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def _year_day(value: object) -> str:
    if isinstance(value, str) and _YEAR_DAY.fullmatch(value):
        month, day = (int(part) for part in value.split("-"))
        if day <= monthrange(2024, month)[1]:
            return str(value)
    raise refuse("year-day", "应为月和日，例如 01-31", "a month and a day are expected, as in 01-31")


YearDay = Annotated[str, Parse(_year_day, {"type": "string", "pattern": r"^\d{2}-\d{2}$"})]


class DueOn(FrozenModel):
    """A day of the year: {next_year: 01-31} is 31 January of the year after the one that owes."""

    next_year: YearDay | None = None
    same_year: YearDay | None = None

    @model_validator(mode="after")
    def _one_day(self) -> Self:
        if (self.next_year is None) == (self.same_year is None):
            raise refuse(
                "year-day", "next_year、same_year 只能有一个", "exactly one of next_year, same_year is needed"
            )
        return self

    def of(self, year: int) -> date:
        """The day for what a year owes; 29 February is the last of the month where there is none."""
        month, day = (int(part) for part in (self.next_year or self.same_year or "").split("-"))
        year = min(year + (self.next_year is not None), 9999)
        return date(year, month, min(day, monthrange(year, month)[1]))


class Cycle(_Length):
    """What every so many years (months) from approval owe, looked for until `grace` after the cycle's end."""

    grace: Length | None = None

    @model_validator(mode="after")
    def _not_in_days(self) -> Self:
        if self.days is not None:
            raise refuse("length", "周期以年或月计", "a cycle is of years or months")
        return self

    def end(self, start: date, number: int) -> date:
        """The last day of a cycle that is counted from a day; the first has the number 1."""
        return self.shift.after(start, number)

    def due(self, start: date, number: int) -> date:
        """The last day on which what a cycle owes is looked for."""
        end = self.end(start, number)
        return end if self.grace is None else self.grace.shift.after(end)


EndOfYear = Literal["end_of_year", "end_of_next_year"]
