"""A rule decided for one scenario of the centre, in which every day of its clock is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from tic_rules.core.dates import ANY_DAY, Span, add_days
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN, negate
from tic_rules.evaluation.clock import ClockReading, Occasion, clock_of, entry_occasion, occasions_owed
from tic_rules.evaluation.entries import Moment, Path, undated
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.judgements import settled
from tic_rules.evaluation.operators import see
from tic_rules.evaluation.scenarios import DAYS_OF_ALL, DAYS_OF_ONE, ENTRIES_OF_ALL, Scenario
from tic_rules.evaluation.seen import Seen, absent, cited, lacking
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule

Owed = tuple[int | str, str, Seen, date]
"""What owes something by itself, its status, what was seen, the last day of its time: a year by its number, a
cycle by its last day, an entry by its own day."""


class Decision(NamedTuple):
    """A rule decided for one scenario: the status and all that the finding is made of.

    `holds` says whether the requirement itself is true, whatever became of the rule; `if_false` is the
    status that it would have if it were false. Both serve to settle what several scenarios leave open."""

    status: str
    seen: Seen | None = None
    moment: Moment | None = None
    deadline: date | None = None
    window: tuple[date, date] | None = None
    why_not: str | None = None
    holds: bool = False
    if_false: str = "fail"
    applies: Seen | None = None
    broken: Seen | None = None
    years: tuple[Owed, ...] = ()
    missing: tuple[Path, ...] = ()
    favourable: bool = False
    """Of a consequence that does not follow: what its rule says under `otherwise` does."""

    @property
    def main(self) -> Seen | None:
        """The one condition that the numbers are about; None where the clause asks several things."""
        return self.seen if self.seen is not None and not self.seen.parts else None

    @property
    def full(self) -> Decision:
        """The decision with all that was seen; other engines make it when it is looked at."""
        return self

    @property
    def by_year(self) -> dict[int | str, str]:
        """The status of each year, cycle or entry that owes something; of several of one day, the worst."""
        by_year: dict[int | str, str] = {}
        for year, status, _, _ in self.years:
            by_year[year] = worst({status, by_year.get(year, status)})
        return by_year

    @property
    def seens(self) -> list[Seen]:
        """What was seen, in the order in which it is told."""
        owed = [seen for _, _, seen, _ in self.years]
        return [seen for seen in (self.applies, self.seen, self.broken, *owed) if seen is not None]

    def cites(self, lists_of: Callable[[c.Condition], tuple[Path, ...]]) -> tuple[Path, ...]:
        """The places that were read, those of what decides first; of several that owe something, those of the
        worst."""
        owed = [seen for _, _, seen, _ in sorted(self.years, key=lambda one: one[1] != self.status)]
        asked = (self.seen, self.broken, *owed)
        every = (self.applies, *asked) if self.why_not == "applies" else (*asked, self.applies)
        read = [cited(seen, lists_of) for seen in every if seen is not None]
        return tuple(dict.fromkeys(chain.from_iterable(read)))

    @property
    def lacking(self) -> tuple[str, ...]:
        """What lists lack, by name."""
        return tuple(dict.fromkeys(name for seen in self.seens for name in lacking(seen)))


def decide(rule: Rule, scene: Scene, scenario: Scenario) -> Decision:
    """A rule for one scenario of the centre, in which every day of the clock is known."""
    programme = scene.programme
    if programme != (rule.bearer == "programme"):
        return Decision("not_applicable", why_not="programme" if programme else "not_programme")
    if not programme and scenario.approved is None and rule.by != "application":
        if rule.by == "approval":
            return Decision("pending", why_not="before_approval", if_false="pending")
        return _not_applicable("before_approval", _holds_anyway(rule, scene, scenario))
    if rule.yearly is not None or rule.cycle is not None:
        owed = [_look_at(rule, scene, scenario, one) for one in occasions_owed(rule, scene, scenario)]
        return _owing(rule, owed, scene) if owed else _not_applicable("no_year")
    if rule.event is not None:
        return _of_entries(rule, scene, scenario, rule.event)
    clock = clock_of(rule, scene, scenario)
    if clock is None:
        return _not_applicable("not_yet")
    decision = _judge(rule, scene, scenario, clock)
    return _not_applicable("before_document", decision.holds) if clock.before_document else decision


def _not_applicable(why_not: str, holds: bool = False) -> Decision:
    return Decision("not_applicable", why_not=why_not, holds=holds, if_false="not_applicable")


def _look(tree: Any, rule: Rule, scene: Scene, moment: Moment, scenario: Scenario) -> Seen:
    """What the condition of a rule comes to; what is left to be judged, an attestation settles."""
    seen = see(tree, scene, moment, scenario, rule)
    return settled(seen, rule, scene) if seen.value == REVIEW else seen


def _breach(rule: Rule, scene: Scene, moment: Moment, scenario: Scenario) -> Seen | None:
    """What breaks a rule at once; where that is left to be judged, a rule judged to be met is not broken."""
    if rule.fails_at_once is None:
        return None
    seen = see(rule.fails_at_once, scene, moment, scenario, rule)
    if seen.value != REVIEW:
        return seen
    judged = settled(seen, rule, scene)
    return judged._replace(value=negate(judged.value))


def _holds_anyway(rule: Rule, scene: Scene, scenario: Scenario) -> bool:
    if rule.yearly or rule.from_ or rule.since or rule.until or rule.cycle or rule.event:
        return False
    seen = _look(rule.condition, rule, scene, Moment(scene.as_of), scenario)
    return seen.value == (FALSE if rule.kind == "consequence" else TRUE)


def _judge(rule: Rule, scene: Scene, scenario: Scenario, clock: ClockReading) -> Decision:
    """The requirement at its moment; what breaks it at once; whether the rule applies at all."""
    moment, deadline, late, window, _ = clock
    seen = _look(rule.condition, rule, scene, moment, scenario)
    value = negate(seen.value) if rule.kind == "consequence" else seen.value
    broken = _breach(rule, scene, moment, scenario)
    applies = see(rule.applies, scene, moment, scenario, rule) if rule.applies is not None else None
    status, why_not, if_false = status_of(value, broken, late), None, late
    if applies is not None and applies.value == FALSE:
        status, why_not, if_false = "not_applicable", "applies", "not_applicable"
    elif applies is not None and applies.value != TRUE and status != "pass":
        if applies.value == UNKNOWN or status == "unknown":
            status = "unknown"
        else:  # whether it applies is left to be judged: the judgement is on the rule as a whole
            applies = settled(applies, rule, scene)
            status = status_of(applies.value, None, late)
    decision = Decision(
        status, seen, moment, deadline, window, why_not, value == TRUE, if_false, applies, broken
    )
    if rule.otherwise is None or status != "pass":
        return decision
    good = see(rule.otherwise.when, scene, moment, scenario, rule)
    return decision._replace(favourable=good.value == TRUE)


def status_of(value: int, broken: Seen | None, late: str) -> str:
    """The status of a requirement with this value; `late` is what it is where it does not hold."""
    breaks = FALSE if broken is None else broken.value
    if breaks == TRUE:
        return "fail"
    failed = value == FALSE and late == "fail"
    if value == UNKNOWN or (breaks == UNKNOWN and not failed):
        return "unknown"
    if value == REVIEW or (breaks == REVIEW and not failed):
        return "needs_review"
    return "pass" if value == TRUE else late


def _late(rule: Rule, scene: Scene, due: date) -> str:
    """The status of what a year, a cycle or an entry owes where it does not hold."""
    return "fail" if rule.at_once or scene.as_of > due else "pending"


def worst(statuses: set[str]) -> str:
    """The status of all that owes something: the first of these that any has."""
    return next(s for s in ("fail", "unknown", "needs_review", "pending", "pass") if s in statuses)


def _owing(rule: Rule, owed: Sequence[Owed], scene: Scene, more: tuple[Path, ...] = ()) -> Decision:
    """What several that owe something come to; `more` is where others may stand that are not shown."""
    status = worst({*(status for _, status, _, _ in owed), *(["unknown"] if more else [])})
    late = _late(rule, scene, min((due for *_, due in owed), default=scene.as_of))
    shown = next(due for _, s, _, due in owed if s == status) if status in ("fail", "pending") else None
    missing = more if status == "unknown" else ()
    return Decision(
        status, None, None, shown, holds=status == "pass", if_false=late, years=tuple(owed), missing=missing
    )


def _look_at(rule: Rule, scene: Scene, scenario: Scenario, occasion: Occasion) -> Owed:
    seen = _look(rule.require, rule, scene, occasion.moment, scenario)
    status = status_of(seen.value, None, _late(rule, scene, occasion.due))
    if occasion.moment.event is not None:  # its day decides, whatever else is read
        seen = seen._replace(cites=(occasion.moment.event, *seen.cites))
    return occasion.key, status, seen, occasion.due


def _of_entries(rule: Rule, scene: Scene, scenario: Scenario, event: str) -> Decision:
    """Every entry from which a deadline runs, on every day that it may have; without any, not applicable."""
    clock = clock_of(rule, scene, scenario)
    assert clock is not None
    fact = scene.facts[event]
    entries, more, listed = scene.entries_at(fact, clock.moment)
    owed: list[Owed] = []
    left = min(DAYS_OF_ALL, ENTRIES_OF_ALL // max(1, len(entries)))
    for entry, counts in entries:
        unclear: list[Path] = []
        value = counts
        if fact.where is not None:
            value = min(value, scene.matches(fact.where, entry, clock.moment.day, unclear))
        when = entry.when or ANY_DAY
        first, last = max(when.first, clock.moment.start), min(when.last, scene.as_of)
        if value == FALSE or first > last:
            continue
        if left <= 0:
            more = (*more, entry.at)
            break
        if counts != TRUE or not when.exact:
            unclear.extend(undated(entry, listed.declared, by_year=False))
        many = (last - first).days + 1
        every = many <= min(DAYS_OF_ONE, left)
        days = [add_days(first, step) for step in range(many)] if every else [first, last]
        left -= len(days)
        occasions = [entry_occasion(rule, scene, scenario, day, entry.at) for day in days]
        ways = [_look_at(rule, scene, scenario, one) for one in occasions if one is not None]
        if ways:
            certain = value == TRUE and None not in occasions
            owed.append(_one_of(ways, _dated(when), every, certain, tuple(unclear)))
    if not owed and not more:
        return _not_applicable("no_event")
    return _owing(rule, owed, scene, more)


def _dated(when: Span) -> str:
    """The day of an entry; where it is known in part, the days that it may be, as ISO 8601 has them."""
    if when.exact:
        return when.first.isoformat()
    return "/".join(".." if day in ANY_DAY else day.isoformat() for day in when)


def _one_of(ways: list[Owed], key: str, every: bool, certain: bool, unclear: tuple[Path, ...]) -> Owed:
    """What an entry owes, over the days that it may have: where these are `every` one of them, what all come
    to. One that is not `certain` to owe anything passes, or is unknown."""
    statuses = {status for _, status, _, _ in ways}
    if every and (statuses == {"pass"} or (certain and len(statuses) == 1)):
        return (key, *ways[0][1:])
    _, _, seen, due = ways[-1]
    missing = tuple(
        dict.fromkeys((*(path for _, s, one, _ in ways if s == "unknown" for path in absent(one)), *unclear))
    )
    return key, "unknown", Seen(UNKNOWN, seen.node, seen.observed, seen.bound, (), seen.cites, missing), due


def missing_of(decision: Decision) -> tuple[Path, ...]:
    """The places whose absence leaves a decision open, and only those."""
    parts: list[Seen | None] = [
        decision.applies,
        decision.seen,
        decision.broken,
        *(seen for _, status, seen, _ in decision.years if status == "unknown"),
    ]
    if (
        decision.applies is not None
        and decision.applies.value == UNKNOWN
        and decision.seen is not None
        and decision.seen.value != UNKNOWN
    ):
        parts = [decision.applies, decision.broken if decision.holds or decision.if_false != "fail" else None]
    paths = (path for seen in parts if seen is not None for path in absent(seen))
    return tuple(dict.fromkeys((*paths, *decision.missing)))
