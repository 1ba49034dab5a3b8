"""A centre's life as a line: application, approval, the marks in years, the end of the term, evaluations,
the day looked at.

The days are those that the findings carry; what is met, due and missed on each is counted from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from tic_rules.core.dates import add_years
from tic_rules.core.errors import Text
from tic_rules.results.report import Finding, Report

WIDTH, LEFT, RIGHT = 1000, 70, 930
MARK, LETTER = 200, 9
"""A label takes at least this, and this for each letter: no label runs into the next of its row."""
_MET = ("pass", "exempted")
_STATES = ("fail", "pending", "open", "met")


class DayMark(NamedTuple):
    """A day of the line, and what hangs on it."""

    day: date
    x: float
    y: int
    anchor: str
    label: Text
    counts: tuple[tuple[str, int], ...]
    """How many findings are missed, due, open (data or judgement lacking), met."""


class Timeline(NamedTuple):
    marks: tuple[DayMark, ...]
    years: tuple[tuple[str, str, float], ...]
    """The years that owe something: year, status, where it stands."""
    today: date
    today_x: float
    height: int


def timeline_of(report: Report) -> Timeline | None:
    """The line; None where the findings carry no day to draw."""
    if report.programme is not None:
        return None
    today = date.fromisoformat(report.as_of)
    by_day: dict[date, list[Finding]] = {}
    for finding in report:
        if finding.deadline is not None and not finding.years and finding.status != "not_applicable":
            by_day.setdefault(date.fromisoformat(finding.deadline), []).append(finding)
    if not by_day:
        return None
    years = [(part["year"], part["status"]) for finding in report if finding.years for part in finding.years]
    days = sorted(by_day)
    first, last = min(days[0], today), max(days[-1], today)
    span = max((last - first).days, 1)

    def x(day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (min(max(day, first), last) - first).days / span, 1)

    approved = next((day for day in days if any(f.phase == "approval" for f in by_day[day])), None)
    ends = (day for day in days if any(f.phase == "term_end" for f in by_day[day]))
    term_end = next((day for day in ends if _years_after(approved, day)), None)
    marks, rows = [], [-1000.0, -1000.0, -1000.0]
    for day in days:
        at, label = x(day), _label(day, by_day[day], approved, ends_term=day == term_end)
        anchor = "start" if at < 140 else "end" if at > WIDTH - 140 else "middle"
        wide = max(MARK, (len(label.en) + len(" 2026-01-01")) * LETTER)
        left = at - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        row = next((number for number, used in enumerate(rows) if left > used), 2)
        rows[row] = left + wide
        marks.append(DayMark(day, at, row, anchor, label, _counts(by_day[day])))
    owed = _years(years, x, first, last)
    return Timeline(tuple(marks), owed, today, x(today), 150 + 44 * (max(m.y for m in marks)))


def _label(day: date, findings: list[Finding], approved: date | None, *, ends_term: bool) -> Text:
    """A term has whole years; what its phase asks for on other days, or later, is a deadline after it."""
    phases = {finding.phase for finding in findings}
    if "application" in phases:
        return Text("申报", "application")
    if "approval" in phases:
        return Text("批复", "approval")
    number = _years_after(approved, day)
    if number is None:
        return Text("期限", "deadline")
    return Text(
        f"满{number}年" + ("、期满" if ends_term else ""),
        f"{number} year{'s' if number > 1 else ''}" + (", term ends" if ends_term else ""),
    )


def _years_after(approved: date | None, day: date) -> int | None:
    """How many years after the approval a day is; None where they are not whole."""
    return next((n for n in range(1, 51) if approved is not None and add_years(approved, n) == day), None)


def _counts(findings: list[Finding]) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter()
    for finding in findings:
        met = finding.status in _MET
        counted["met" if met else finding.status if finding.status in ("fail", "pending") else "open"] += 1
    return tuple((state, counted[state]) for state in _STATES if counted[state])


def _years(
    years: list[tuple[int, str]], x: Callable[[date], float], first: date, last: date
) -> tuple[tuple[str, str, float], ...]:
    """What every year owes, at the end of the year; the worst status where several rules owe."""
    worst: dict[int, str] = {}
    rank = ("fail", "unknown", "needs_review", "pending", "pass")
    for year, status in years:
        worst[year] = min(worst.get(year, "pass"), status, key=rank.index)
    return tuple(
        (str(year), status, x(date(year, 12, 31)))
        for year, status in sorted(worst.items())
        if first <= date(year, 12, 31) <= last
    )
