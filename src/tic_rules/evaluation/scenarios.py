"""The scenarios that the data allows: every day that approval, application, end of the term may have been.

A partial or missing day may be any of its days. Between two days that the data names nothing changes,
so the days that matter stand for all: each named day, shifted back by each term of years, and its neighbours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from tic_rules.core.dates import FIRST_DAY, LAST_DAY, Span, add_days, add_years
from tic_rules.core.errors import Text
from tic_rules.core.numbers import Range
from tic_rules.evaluation.entries import Path
from tic_rules.evaluation.facts import Scene
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.fields import lists_at, value_at
from tic_rules.model.ruleset import Fact, Rule, RuleSet
from tic_rules.model.time import Cycle, Shift
from tic_rules.model.values import Series
from tic_rules.model.vocabulary import facts_within

MOST = 2_500_000
"""Entries looked at in all scenarios of a check; beyond, the rules that need most of them stay unknown."""
TOO_OPEN = Text(
    "批复、申报日期或建设期不明确，可能的情形太多，无法逐一核对，取决于它们的规则记为“数据不足”；"
    "请写准 approved_on、applied_on、term_years，至少到月",
    "the days of approval and application, or the term, are open in too many ways to go through, and the "
    "rules that look at them stay unknown; make approved_on, applied_on and term_years more exact, days at "
    "least to the month",
)
DAYS_OF_ONE, DAYS_OF_ALL = 400, 2_000
"""So many days that an entry, and that all entries of a list, may be dated are gone through; beyond, what an
entry owes stays unknown."""
ENTRIES_OF_ALL = 500_000
"""So many entries are looked at for the deadlines of a list; those of the entries beyond stay unknown."""
_LONGEST = 30
"""For so many years cycles are told apart by the day of an approval that is not known."""
_ANY = 100
"""What deciding a rule for one scenario costs without any entry, in entries."""


class Scenario(NamedTuple):
    """One way in which the clock may have run. `approved` is None where it is not approved by then."""

    approved: date | None
    applied: date | None
    term_end: date | None


class Scenarios(NamedTuple):
    all: tuple[Scenario, ...]
    open: tuple[Path, ...]
    """The places that would have to be exact for there to be one scenario only."""
    cut: bool = False
    """There are too many to go through, and these are but two of them: what they agree on says nothing."""


class Needs(NamedTuple):
    """Which days of the clock a rule looks at."""

    approval: bool
    term: bool
    application: bool
    window: bool = False
    """What counts lies between the approval and the end of the term, so that both days matter together."""
    force: bool = False
    """It matters whether the approval was before the document came into force."""


def needs_of(ruleset: RuleSet, rule: Rule) -> Needs:
    needs = ruleset._compiled.get(("needs", rule.id))
    if needs is None:
        needs = ruleset._compiled[("needs", rule.id)] = _needs(ruleset, rule)
    return needs


def rules_by_needs(ruleset: RuleSet) -> dict[Needs, list[Rule]]:
    """The rules on centres, by the days of the clock that they look at."""
    groups: dict[Needs, list[Rule]] | None = ruleset._compiled.get("needs")
    if groups is None:
        groups = {}
        for rule in ruleset.rules:
            if rule.bearer != "programme":
                groups.setdefault(needs_of(ruleset, rule), []).append(rule)
        ruleset._compiled["needs"] = groups  # whole: other threads may be looking for it
    return groups


def _needs(ruleset: RuleSet, rule: Rule) -> Needs:
    trees = [tree for tree in (rule.applies, rule.require, rule.fails_at_once, rule.when) if tree is not None]
    after = rule.after.after if rule.after is not None else None
    nodes = [node for tree in trees for node in c.walk(tree)]
    term = (
        rule.by == "term_end"
        or after == "term_end"
        or rule.until is not None
        or rule.from_ == "term_end"
        or rule.since == "term_end"
        or any(isinstance(n, c.NotAfter) and n.not_after == "term_end" for n in nodes)
    )
    approval = (
        term
        or rule.by == "approval"
        or rule.years is not None
        or rule.since == "approval"
        or rule.from_ is not None
        or rule.yearly is not None
        or rule.cycle is not None
        or after == "approval"
    )
    approval = approval or any(isinstance(node, (c.NotAfter, c.Running)) for node in nodes)
    window = term and rule.since == "approval"
    return Needs(approval, term, rule.by == "application", window, _looks_at_force(ruleset, rule))


def _looks_at_force(ruleset: RuleSet, rule: Rule) -> bool:
    """Whether a rule says something else of a centre approved before the document came into force."""
    if ruleset.document.in_force.from_ is None or rule.bearer == "programme":
        return False
    if rule.by is not None or rule.yearly is not None or rule.cycle is not None:
        return True
    adverse = rule.kind in ("prohibition", "consequence")
    left_out = ("fulfils", "ignored") if adverse else ("ignored",)
    lists = ruleset.vocabulary.lists
    read = [lists[name] for name in lists_of(ruleset, rule)]
    return any(declared.earlier in left_out for declared in read)


def lists_of(ruleset: RuleSet, rule: Rule) -> set[str]:
    """The lists that a rule reads, by name."""
    trees = [tree for tree in (rule.applies, rule.require, rule.fails_at_once, rule.when) if tree is not None]
    names = [name for tree in trees for name in c.facts_of(tree)]
    names += [*(rule.amount.sum_of if rule.amount else ()), *([rule.event] if rule.event else ())]
    facts = [ruleset.facts[part] for name in names for part in facts_within(name, ruleset.facts)]
    return {fact.list_name for fact in facts if fact.list_name is not None}


def clock_places(scene: Scene, approval: bool, term: bool, application: bool = False) -> tuple[Path, ...]:
    """Where the data says what the clock is made of; what it does not say is left out."""
    centre = scene.subject
    if not isinstance(centre, Centre):
        return ()
    asked = {"approved_on": approval, "term_years": term, "applied_on": application}
    return tuple(
        (name,) for name, looked_at in asked.items() if looked_at and getattr(centre, name) is not None
    )


def scenarios_of(scene: Scene, needs: Needs) -> Scenarios:
    """Every scenario that the data allows, as far as a rule with these needs can tell them apart."""
    if needs not in scene.scenarios:
        subject = scene.subject
        if not isinstance(subject, Centre):
            scene.scenarios[needs] = Scenarios((Scenario(None, None, None),), ())
        elif (exact := exact_scenario(scene, needs)) is not None:
            scene.scenarios[needs] = Scenarios((exact,), ())
        else:
            scene.scenarios.update(_within_reason(scene, subject))
            # rules that speak to the programme alone do not apply to a centre in any scenario
            scene.scenarios.setdefault(needs, Scenarios((Scenario(None, None, None),), ()))
    scenarios: Scenarios = scene.scenarios[needs]
    return scenarios


def exact_scenario(scene: Scene, needs: Needs) -> Scenario | None:
    """The one scenario of an approved centre whose clock is given to the day, as far as it is looked at."""
    centre = scene.subject
    assert isinstance(centre, Centre)
    span, applied, term = centre.approved_on, centre.applied_on, centre.term_years
    if span is None or span.first != span.last or span.last > scene.as_of:
        return None
    if (needs.application and (applied is None or not applied.exact)) or (
        needs.term and (term is None or not term.exact)
    ):
        return None
    term_end = add_years(span.first, int(term.low)) if term is not None and term.exact else None
    return Scenario(span.first, applied.first if needs.application and applied else None, term_end)


def _within_reason(scene: Scene, centre: Centre) -> dict[Needs, Scenarios]:
    """The scenarios of all needs that the data leaves open; of what costs most, two, until the rest is done
    in good time, so that it does not depend on which rule was looked at first."""
    left_open = [needs for needs in rules_by_needs(scene.ruleset) if exact_scenario(scene, needs) is None]
    scenarios = {needs: _scenarios(scene, centre, needs) for needs in left_open}
    work = {needs: len(scenarios[needs].all) * _work(scene, needs) for needs in left_open}
    for needs in sorted(left_open, key=lambda needs: (work[needs], needs), reverse=True):
        every, open_days, _ = scenarios[needs]
        if len(every) > 2 and sum(work.values()) > MOST:
            latest = next((one for one in reversed(every) if one.approved is not None), every[-1])
            scenarios[needs] = Scenarios((every[0], latest), open_days, True)
            work[needs] = 0
    return scenarios


def approved_between(centre: Centre, as_of: date) -> Span | None:
    """`approved_on`, up to the day that the data speaks for where `stage` says that it is approved."""
    span, spoken = centre.approved_on, centre.speaks_for or as_of
    if span is not None and centre.stage == "approved" and span.first <= spoken:
        return Span(span.first, min(span.last, spoken))
    return span


def _scenarios(scene: Scene, centre: Centre, needs: Needs) -> Scenarios:
    as_of, span = scene.as_of, approved_between(centre, scene.as_of)
    anywhere = needs.term and _end_is_anywhere(scene, centre, needs)
    offsets = _offsets(scene, centre, needs, anywhere)
    approvals: list[date | None] = []
    applicant = centre.stage == "applicant" or (centre.stage is None and centre.applied_on is not None)
    undecided = span is None and centre.stage is None and not applicant
    looked_at = needs.approval or (needs.application and centre.applied_on is not None)
    if span is not None:
        if span.first <= as_of:
            approvals.extend(
                _approvals(scene, Span(span.first, min(span.last, as_of)), offsets, needs, looked_at)
            )
        if span.last > as_of:
            approvals.append(None)
    elif centre.stage == "approved" or undecided:
        approvals.extend(_approvals(scene, Span(FIRST_DAY, as_of), offsets, needs, looked_at))
    if span is None and centre.stage != "approved":
        approvals.append(None)
    pivots = _pivots(scene, centre, approvals) if anywhere else None
    possible = (
        scenario
        for approved in approvals
        for scenario in _from_approval(scene, centre, needs, approved, undecided, pivots)
    )
    distinct: dict[Scenario, None] = {}
    most = max(2, MOST // _work(scene, needs))
    for scenario in possible:
        distinct[scenario] = None
        if len(distinct) > most:  # too many to go through: the first and the latest approval stand for all
            latest = max((day for day in approvals if day is not None), default=None)
            of_latest = _from_approval(scene, centre, needs, latest, undecided, pivots)
            distinct |= dict.fromkeys(islice(of_latest, 1))
            break
    open_days: list[Path] = []
    if len(approvals) > 1:
        open_days.append(("approved_on",))
    if needs.term and (centre.term_years is None or not centre.term_years.exact):
        open_days.append(("term_years",))
    if needs.application and (centre.applied_on is None or not centre.applied_on.exact):
        open_days.append(("applied_on",))
    return Scenarios(tuple(distinct), tuple(open_days))


def _work(scene: Scene, needs: Needs) -> int:
    """How many entries of lists and series the rules with these needs look through in one scenario, about."""
    ruleset = scene.ruleset
    prepared = ruleset._compiled.get(("work", needs))
    if prepared is None:
        rules = rules_by_needs(ruleset)[needs]
        lists, series = Counter[str](), Counter[str]()
        for fact, times in (one for rule in rules for one in _facts_of(scene, rule)):
            for name in filter(None, (fact.list_name, fact.else_count)):
                lists.update(dict.fromkeys(scene.lists[name].paths, times * len(fact.groups or " ")))
            series.update({path: times for path in (fact.stock, fact.value) if path})
        prepared = ruleset._compiled["work", needs] = (
            sum(_ANY * _looks(rule) for rule in rules),
            lists,
            series,
            [(rule.id, item) for rule in rules for item in (None, *(item.id for item in rule.items))],
            [scene.facts[rule.event] for rule in rules if rule.event is not None],
        )
    total, lists, series, judged, events = prepared
    for path, times in lists.items():
        for _, value in lists_at(scene.subject, path):
            total += times * (len(value) if isinstance(value, tuple) else 1)
    for path, times in series.items():
        value = value_at(scene.subject, path)
        total += times * len(value) if isinstance(value, Series) else 0
    for fact in events:
        entries = scene.listed(fact.list_name or "").entries
        open_days = sum(1 if entry.when and entry.when.exact else DAYS_OF_ONE for entry in entries)
        total += min(_ANY * min(DAYS_OF_ALL, open_days), ENTRIES_OF_ALL)
    return int(total + sum(len(scene.attested.get(one, ())) for one in judged))


def _looks(rule: Rule) -> int:
    """How often a rule is looked at in one scenario, about: years and cycles owe each by itself."""
    return 4 if rule.yearly is not None or rule.cycle is not None else 1


def _facts_of(scene: Scene, rule: Rule) -> Iterator[tuple[Fact, int]]:
    """The facts that a rule reads, and how often it goes through the entries of each in a scenario, about."""
    for tree in (rule.applies, rule.require, rule.fails_at_once, rule.when):
        if tree is not None:
            ordered = any(isinstance(node, (c.Running, c.OfEach, c.EachYear)) for node in c.walk(tree))
            times = _looks(rule) * (6 if ordered else 1)  # entries are compared with one another
            for name in c.facts_of(tree):
                yield from ((scene.facts[part], times) for part in facts_within(name, scene.facts))


def _offsets(scene: Scene, centre: Centre, needs: Needs, anywhere: bool) -> list[Shift]:
    """By how much a day of the data may be shifted back to a day of approval that matters."""
    terms = _terms(scene, centre, FIRST_DAY)[: 1 if anywhere else None] if needs.term else []
    rules = rules_by_needs(scene.ruleset)[needs]
    counted = {years for rule in rules for years in (rule.years, rule.from_years) if years}
    shifts = {Shift(years) for years in {0, *counted, *terms}}
    for rule in rules:
        if rule.after is not None and rule.after.after == "approval":
            shifts.add(rule.after.shift)
        elif rule.after is not None and rule.after.after == "term_end":
            months = rule.after.shift.years * 12 + rule.after.shift.months
            shifts |= {Shift(0, term * 12 + months, rule.after.shift.days) for term in terms}
        elif rule.cycle is not None:
            shifts |= _cycles(rule.cycle, scene)
    return sorted(shifts)


def _cycles(cycle: Cycle, scene: Scene) -> set[Shift]:
    """The ends of the cycles that may have begun, with their grace, as shifts from the approval."""
    months = cycle.shift.years * 12 + cycle.shift.months
    grace = cycle.grace.shift if cycle.grace is not None else Shift()
    more = grace.years * 12 + grace.months
    many = min(_LONGEST * 12 // months, 60) if months else 0
    ends = {Shift(0, months * (n + 1)) for n in range(many)}
    return ends | {Shift(0, end.months + more, grace.days) for end in ends}


def _end_is_anywhere(scene: Scene, centre: Centre, needs: Needs) -> bool:
    """Whether one term of years already lets the end fall on any day, as the approval may have been on any;
    not where both days matter together, for the entries that lie between them."""
    if centre.approved_on is not None:
        return False
    rules = rules_by_needs(scene.ruleset)[needs]
    if any(rule.cycle for rule in rules) and scene.as_of < (scene.force or scene.as_of):
        return False  # of a term that is over by then no cycle ends after the document came into force
    if not needs.window:
        return True
    read = {name for rule in rules for name in lists_of(scene.ruleset, rule)}
    return not any(scene.listed(name).entries for name in read)


def _pivots(scene: Scene, centre: Centre, approvals: list[date | None]) -> set[date]:
    """The latest days of approval of which the shortest term is over, and so long ago that a longer one owes
    a whole calendar year; with the longest it may not be over. Three of each: from the first or last day of
    a year the term may not matter. And the latest of all, whose longest ends last: perhaps when the
    document is in force."""
    shortest = _terms(scene, centre, FIRST_DAY)[0]
    days = [day for day in approvals if day is not None]
    over = ([day for day in days if add_years(day, shortest + more) < scene.as_of] for more in (0, 1))
    return {max(days), *(day for some in over for day in sorted(some or days[:1])[-3:])} if days else set()


def _from_approval(
    scene: Scene,
    centre: Centre,
    needs: Needs,
    approved: date | None,
    undecided: bool,
    pivots: set[date] | None,
) -> Iterable[Scenario]:
    """The scenarios of one day of approval: with every term; where there are `pivots`, with the shortest,
    and on those days with the longest too, which shows whether the term matters."""
    applications: list[date | None] = [None]
    if needs.application:
        span = centre.applied_on
        if span is not None:
            applications = list(_days(scene, span, [Shift()], True))
        elif approved is not None:
            applications = list(_days(scene, Span(FIRST_DAY, approved), [Shift()], True))
        elif undecided or (centre.approved_on is not None and centre.stage != "applicant"):
            applications = [*_days(scene, Span(FIRST_DAY, scene.as_of), [Shift()], True), None]
    terms: list[date | None] = [None]
    if approved is not None:
        if needs.term:
            years = _terms(scene, centre, approved)
            if pivots is not None:
                years = [years[0], years[-1]] if approved in pivots else years[:1]
            terms = [add_years(approved, term) for term in years]
        elif centre.term_years is not None and centre.term_years.exact:
            terms = [add_years(approved, int(centre.term_years.low))]
    return (Scenario(approved, applied, term_end) for applied in applications for term_end in terms)


def _terms(scene: Scene, centre: Centre, approved: date) -> list[int]:
    """The terms of years that the data allows; those that end long after the as-of day, and after the day on
    which the document came into force, are alike."""
    years = centre.term_years or Range(1, LAST_DAY.year)
    latest = max(scene.as_of, scene.force or scene.as_of).year
    longest = max(latest - approved.year, 0) + 2 if approved != FIRST_DAY else 12
    low = int(years.low)
    high = max(low, int(min(years.high, longest)))
    return list(range(low, min(high, low + 60) + 1))


def _approvals(scene: Scene, span: Span, offsets: list[Shift], needs: Needs, looked_at: bool) -> list[date]:
    """The days of approval that stand for all; where none is looked at, one on each side of the document."""
    force = scene.force
    if looked_at or not needs.force or force is None or not span.first < force <= span.last:
        return _days(scene, span, offsets, looked_at)
    return [add_days(force, -1), *_days(scene, Span(force, span.last), offsets, looked_at)]


def _days(scene: Scene, span: Span, offsets: list[Shift], needed: bool) -> list[date]:
    """The days of a span that stand for all of it; any one where the day itself is not looked at."""
    if span.exact or not needed:
        return [span.last if span.last != LAST_DAY else span.first]
    named = sorted(day for day in scene.days() if day not in (FIRST_DAY, LAST_DAY))
    longest = max(shift.years + shift.months // 12 + shift.days // 365 for shift in offsets)
    early = date(max(named[0].year - longest - 2, 1), 1, 1)
    late = add_days(add_years(named[-1], 1), 1)
    first, last = (
        (early if span.first == FIRST_DAY else span.first),
        (late if span.last == LAST_DAY else span.last),
    )
    if first > last:
        return [span.first if span.first != FIRST_DAY else span.last]
    years = (
        (date(year, 1, 1) for year in range(first.year, last.year + 1))
        if last.year - first.year < 300
        else ()
    )
    days = {first, last}
    for day in (*named, *years):
        for offset in offsets:
            shifted = offset.after(day, -1)
            # of the last days of a month several may be the same one some months later
            reach = 4 if offset.months and add_days(day, -offset.days).day > 27 else 1
            days.update(
                near
                for near in (add_days(shifted, step) for step in range(-reach, reach + 1))
                if first <= near <= last
            )
    every = (last - first).days + 1
    return sorted(days) if len(days) < every else [add_days(first, n) for n in range(every)]
