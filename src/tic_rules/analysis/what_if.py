"""What if: other data, another day, other rules. Which findings and verdicts change, and how the verdict
moves through time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from math import ceil
from operator import is_
from typing import NamedTuple

from tic_rules.analysis.construct import dated, place_in
from tic_rules.core.dates import FIRST_DAY, LAST_DAY, add_days, add_months, add_years
from tic_rules.core.errors import Text, UsageError, fault, plural
from tic_rules.core.numbers import Number
from tic_rules.engines.check import check_subject, with_centres
from tic_rules.evaluation.facts import Scene
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.document import Edit, apply, document_of
from tic_rules.model.intake import subject_from, words_for
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.subject import Subject
from tic_rules.model.time import Shift
from tic_rules.model.vocabulary import Fact, facts_within
from tic_rules.results.outstanding import open_deadlines
from tic_rules.results.report import Finding, Report

MOST_YEARS = 60
"""A span of time that is longer is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class FindingChange:
    """One finding that changes."""

    before: Finding | None
    after: Finding | None

    @property
    def finding(self) -> Finding:
        finding = self.after or self.before
        assert finding is not None
        return finding


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days running on which the verdict is the same."""

    first: date
    last: date
    verdict: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A day on which findings change, and from what to what."""

    day: date
    flips: tuple[FindingChange, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A verdict through time."""

    stretches: tuple[Stretch, ...]
    turns: tuple[Turn, ...]
    due: tuple[tuple[date, tuple[Finding, ...]], ...]
    """Days on which something falls due, with what is not met yet on that day."""
    looked_at: int
    too_open: bool
    """Whether on some of them the clock is open in more ways than are gone through."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is checked as it is and as it would be."""

    before: Report
    after: Report
    flips: tuple[FindingChange, ...]
    course_before: Course | None
    course_after: Course | None


class Side(NamedTuple):
    """What is checked under a rule set: a centre, or figures of a programme with its centres."""

    subject: Centre | Programme
    ruleset: RuleSet
    centres: Sequence[Centre] = ()

    def report(self, day: date) -> Report:
        subject = self.subject
        if isinstance(subject, Programme):
            subject = with_centres(subject, self.ruleset, self.centres, day)
        return check_subject(subject, self.ruleset, day)

    def course(self, first: date, last: date) -> Course:
        """The verdict through time, looked at only on days on which something can change."""
        subjects = (self.subject, *self.centres)
        days = sorted({day for one in subjects for day in days_of_change(one, self.ruleset, first, last)})
        stretches: list[Stretch] = []
        turns: list[Turn] = []
        due: dict[date, dict[str, Finding]] = {}
        earlier: Report | None = None
        too_open = False
        for day, following in zip_longest(days, days[1:]):
            report, end = self.report(day), last if following is None else add_days(following, -1)
            if stretches and stretches[-1].verdict == report.verdict:
                stretches[-1] = Stretch(stretches[-1].first, end, report.verdict)
            else:
                stretches.append(Stretch(day, end, report.verdict))
            if earlier is not None and (changed := flips(earlier, report)):
                turns.append(Turn(day, changed))
            for finding in report:
                for then in (then for then in open_deadlines(finding) if first <= then <= last):
                    due.setdefault(then, {})[finding.id] = finding
            for then in (then for then in due if day <= then <= end):
                due[then] = {name: due[then][name] for name in due[then] if _unmet(report[name], then)}
            earlier = report
            too_open = too_open or any(warning.code == "open-clock" for warning in report.warnings)
        listed = tuple((day, tuple(findings.values())) for day, findings in sorted(due.items()) if findings)
        return Course(tuple(stretches), tuple(turns), listed, len(days), too_open)


def what_if(
    now: Side, then: Side, as_of: date, other_day: date | None = None, over: tuple[date, date] | None = None
) -> WhatIf:
    """What is checked on a day, and with other data, other rules or on another day."""
    before, after = now.report(as_of), then.report(other_day or as_of)
    sides = [now] if all(map(is_, now, then)) else [now, then]
    courses = [side.course(*over) for side in sides if over is not None]
    return WhatIf(before, after, flips(before, after), *(*courses, None, None)[:2])


def flips(before: Report, after: Report) -> tuple[FindingChange, ...]:
    """The findings that differ in status, or in whether one that does not pass counts, in the order of the
    later report; rules of one side only at the end."""
    old = {finding.id: finding for finding in before}
    changed = [FindingChange(old.get(f.id), f) for f in after if f.id not in old or _differs(old[f.id], f)]
    new = {finding.id for finding in after}
    return (*changed, *(FindingChange(f, None) for f in before if f.id not in new))


def _differs(before: Finding, after: Finding) -> bool:
    return before.status != after.status or (before.counts != after.counts and after.status != "pass")


# --- other data ---------------------------------------------------------------------------------------------


def with_values(centre: Centre, values: Iterable[tuple[str, object]], ruleset: RuleSet, day: date) -> Centre:
    """The centre with values set by dotted path; where the data has a series there, from the day on. Raises
    DataError, UsageError."""
    document = document_of(centre)
    for dotted, value in values:
        add = dotted.endswith("+")
        path = place_in(document, dotted.removesuffix("+"), ruleset.vocabulary, add)
        edit = Edit("append", path, value) if add else dated(centre, path, value, day)
        document = apply(document, [edit])
    return subject_from(document, type(centre), words_for(centre, ruleset.vocabulary))


# --- through time -------------------------------------------------------------------------------------------


def checked_span(first: date, last: date) -> None:
    """Refuse a span of time that ends before it begins or is too long. Raises UsageError."""
    if first > last or last > add_years(first, MOST_YEARS):
        zh = f"时间段 {first}..{last} 不对：应先早后晚，至多{MOST_YEARS}年"
        en = f"{first}..{last} is no span of time: the earlier day first, {MOST_YEARS} years at most"
        raise fault(UsageError, "over", zh, en)


def _unmet(finding: Finding, day: date) -> bool:
    """Whether what falls due on a day is not met by then."""
    if finding.years:
        return any(one["deadline"] == day.isoformat() and one["status"] != "pass" for one in finding.years)
    return finding.status not in ("pass", "not_applicable", "exempted")


def days_of_change(subject: Subject, ruleset: RuleSet, first: date, last: date) -> list[date]:
    """Every day of a span on which a finding can differ from the day before, but for those on which the clock
    becomes too open to go through.

    Findings turn on a day that the data names, that the rules name, or that lies some years after approval,
    and on the day after it; and when a year begins or ends."""
    checked_span(first, last)
    bounds = set(_bounds_of_ages(ruleset))
    if None in bounds:
        return [add_days(first, number) for number in range((last - first).days + 1)]
    scene = Scene(subject, ruleset, first)
    named = {day for day in scene.days() if day not in (FIRST_DAY, LAST_DAY)}
    counted = {years for rule in ruleset.rules for years in (rule.years, rule.from_years) if years}
    years = {0, *counted, *_terms(subject, last)}
    clock = [
        span for name in ("approved_on", "applied_on") if (span := getattr(subject, name, None)) is not None
    ]
    starts = {day for span in clock for day in span if day not in (FIRST_DAY, LAST_DAY)} or named
    days = {first} | named | {add_years(day, number) for day in starts for number in years}
    shifts = _shifts(ruleset)
    days |= {shift.after(day) for shift in shifts for day in named | starts}
    opens = ruleset.document.in_force.from_
    if opens is not None:  # an approval on these days has its deadlines on the day the document came
        days |= {shift.after(opens, -1) for shift in (*shifts, *map(Shift, years))}
    days |= {_aged(day, *bound) for bound in bounds if bound is not None for day in named | starts}
    days |= {day for rule in ruleset.rules for day in (rule.by, rule.since) if isinstance(day, date)}
    yearly = [rule.yearly for rule in ruleset.rules if rule.yearly is not None]
    days |= {owed.due(year) for owed in yearly for year in range(first.year - 1, last.year + 1)}
    days |= {
        date(year, month, day)
        for year in range(first.year, last.year + 1)
        for month, day in ((1, 1), (12, 31))
    }
    days |= {add_days(day, 1) for day in days}
    return sorted(day for day in days if first <= day <= last)


def _shifts(ruleset: RuleSet) -> set[Shift]:
    """How long after a day of the data findings may turn: deadlines, ends of cycles, windows, ages."""
    shifts: set[Shift] = set()
    for rule in ruleset.rules:
        if rule.after is not None:
            terms = range(MOST_YEARS + 1) if rule.after.after == "term_end" else (0,)
            months = rule.after.shift.years * 12 + rule.after.shift.months
            shifts |= {Shift(0, 12 * term + months, rule.after.shift.days) for term in terms}
        if rule.cycle is not None:
            grace = rule.cycle.grace.shift if rule.cycle.grace is not None else Shift()
            step = rule.cycle.shift.years * 12 + rule.cycle.shift.months
            for end in range(step, 12 * MOST_YEARS + 1, step):
                shifts |= {Shift(0, end), Shift(0, end + grace.years * 12 + grace.months, grace.days)}
    for node in _leaves(ruleset):
        for fact in _facts_within(node, ruleset):
            if fact.over is not None and fact.over.months is not None:
                shifts.add(Shift(0, fact.over.months))
    return shifts


def _leaves(ruleset: RuleSet) -> Iterator[c.Condition]:
    """The conditions that statuses hang on, without those that join others."""
    for rule in ruleset.rules:
        for tree in (rule.condition, rule.applies, rule.fails_at_once):
            if tree is not None:
                yield from (node for node in c.walk(tree) if not c.children(node))


def _facts_within(node: c.Condition, ruleset: RuleSet) -> list[Fact]:
    return [ruleset.facts[part] for name in c.facts_of(node) for part in facts_within(name, ruleset.facts)]


def _bounds_of_ages(ruleset: RuleSet) -> Iterator[tuple[Number, str | None] | None]:
    """The numbers that ages are held against, with the unit of the age; None where that is a number of the
    data, or the age a part of another number: what they come to may turn on any day."""
    for node in _leaves(ruleset):
        if not isinstance(node, c.Compare) or all(fact.age is None for fact in _facts_within(node, ruleset)):
            continue
        fact = ruleset.facts[node.fact]
        if fact.age is None or isinstance(node.limit, c.Times):
            yield None
        else:
            limits = node.limit if node.operator == "between" else (node.limit,)
            yield from ((limit, fact.unit) for limit in limits)


def _aged(born: date, age: Number, unit: str | None) -> date:
    """The first day on which it is so long since a day: so many whole years or months, and a part of the
    next."""
    if unit == "day":
        return add_days(born, ceil(age))
    months = 12 if unit == "year" else 1
    whole = int(age)
    last, following = (add_months(born, number * months) for number in (whole, whole + 1))
    return add_days(last, ceil((age - whole) * (following - last).days))


def _terms(centre: Subject, last: date) -> set[int]:
    """The numbers of years that the term may have; none of a programme."""
    if not isinstance(centre, Centre):
        return set()
    term = centre.term_years
    if term is None or centre.approved_on is None:
        return set(range(1, MOST_YEARS + 1)) if term is None else {int(term.low)}
    longest = max(last.year - centre.approved_on.first.year, 0) + 1
    return set(range(int(term.low), int(min(term.high, max(longest, term.low))) + 1))


def summary(results: Sequence[WhatIf]) -> Text:
    """How many verdicts and findings change."""
    verdicts = sum(1 for result in results if result.before.verdict != result.after.verdict)
    findings = sum(len(result.flips) for result in results)
    return Text(
        f"共{len(results)}份结论：{verdicts}份改变，{findings}项判定改变",
        f"{plural(len(results), 'verdict')}: {plural(verdicts, 'changes', 'change')}, "
        f"and {plural(findings, 'finding changes', 'findings change')}",
    )
