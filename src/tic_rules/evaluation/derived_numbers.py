"""Numbers that are made of other facts: an average a year, a part, the smaller or larger, an age."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from tic_rules.core.dates import add_months
from tic_rules.core.numbers import ANYTHING, INFINITY, Number, Range
from tic_rules.evaluation.entries import Moment, Path
from tic_rules.model.conditions import Times
from tic_rules.model.ruleset import Fact

if TYPE_CHECKING:
    from tic_rules.evaluation.facts import Scene


class Reading(NamedTuple):
    """A number as it is known: its range, the places that were read, those whose absence keeps it open."""

    range: Range
    cites: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()


def average(scene: Scene, fact: Fact, moment: Moment) -> Reading:
    """The amounts of a window of full years, a year; the year of the founding may be any that it may be."""
    assert fact.over is not None
    years, declared = fact.over.years(moment.day), scene.listed(fact.of or "").declared
    if declared.date is None:  # figures of a year count from the year after that in which the time begins
        since = moment.start_of(declared).year + 1
        years = range(min(max(years.start, since), years.stop), years.stop)
    early, late = (
        min(max(year, years.start), years.stop) for year in scene.first_year(fact.over, moment.day)
    )
    readings = []
    for first in range(early, late + 1):
        if first == years.stop:  # no year is left
            readings.append(Reading(ANYTHING))
            continue
        added = scene.add_up(fact, moment, (fact.where,), fact.average or "", first)[0]
        readings.append(added._replace(range=added.range.times(Fraction(1, years.stop - first))))
    number = readings[0].range
    for reading in readings[1:]:
        number = number.hull(reading.range)
    is_why = late > early or late == years.stop
    founded = [scene.facts[fact.over.founded].at] if fact.over.founded is not None and is_why else []
    cites, missing = (
        tuple(dict.fromkeys(path for reading in readings for path in getattr(reading, name)))
        for name in ("cites", "missing")
    )
    return Reading(number, cites, () if number.exact else tuple(dict.fromkeys((*founded, *missing))))


def operand(scene: Scene, part: str | Number | Times, moment: Moment) -> Reading:
    """A fact by its name, a number, or a multiple of a fact."""
    if isinstance(part, str):
        return scene.number(part, moment)
    if isinstance(part, Times):
        reading = scene.number(part.fact, moment)
        return reading._replace(range=reading.range.times(part.times))
    return Reading(Range(part, part))


def made(scene: Scene, fact: Fact, moment: Moment) -> Reading:
    """A number that is made of other facts."""
    parts = [operand(scene, part, moment) for part in fact.operands]
    ranges = [part.range for part in parts]
    number = (
        ratio(*ranges)
        if fact.ratio is not None
        else Range(*map(min if fact.smaller is not None else max, zip(*ranges, strict=True)))
    )
    cites = tuple(dict.fromkeys(path for part in parts for path in part.cites))
    missing = tuple(dict.fromkeys(path for part in parts for path in part.missing))
    return Reading(number, cites, () if number.exact else missing or cites or _lists(scene, fact))


def _lists(scene: Scene, fact: Fact) -> tuple[Path, ...]:
    """The lists that a number is made of; where they are empty they are all that can be named."""
    names = [part.fact if isinstance(part, Times) else part for part in fact.operands]
    lists = [scene.facts[name].list_name for name in names if isinstance(name, str)]
    return tuple(dict.fromkeys(at for name in lists if name is not None for at in scene.listed(name).at))


def age(scene: Scene, fact: Fact, moment: Moment) -> Reading:
    """How long ago a day was: whole years or months, and the part of the next that has passed."""
    values, path, missing = scene.single(fact.age or "", moment.day)
    if not values:
        return Reading(ANYTHING, (), missing)
    ages = [Range(*(age_of(day, moment.day, fact.unit) for day in (one.last, one.first))) for one in values]
    number = Range(min(age.low for age in ages), max(age.high for age in ages))
    return Reading(number, (path,), () if number.exact else missing or (path,))


def ratio(of: Range, to: Range) -> Range:
    """One range as a part of another; of what is nothing, or may be, there is no telling how large a part."""
    if to.low == 0:
        return ANYTHING
    low = 0 if to.high == INFINITY else plain(Fraction(of.low) / Fraction(to.high))
    high = INFINITY if of.high == INFINITY else plain(Fraction(of.high) / Fraction(to.low))
    return Range(low, high)


def plain(number: Number) -> Number:
    """A fraction that is whole as a whole number."""
    whole = isinstance(number, Fraction) and number.denominator == 1
    return int(number) if whole else number


def age_of(born: date, day: date, unit: str | None) -> Number:
    """The time from one day to another in years, months or days, with the part of the next; 0 before it."""
    if day <= born:
        return 0
    if unit == "day":
        return (day - born).days
    months = 12 if unit == "year" else 1
    passed = ((day.year - born.year) * 12 + day.month - born.month) // months
    if add_months(born, passed * months) > day:
        passed -= 1
    last, following = (add_months(born, number * months) for number in (passed, passed + 1))
    return plain(passed + Fraction((day - last).days, (following - last).days or 1))
