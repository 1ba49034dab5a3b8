"""Two files that differ in one thing, one just passing and one just failing: what a rule asks that the other
side does not.

Both are run through the reference evaluator before they are shown; a pair that it does not confirm is never
shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from itertools import product
from typing import NamedTuple

from tic_rules.analysis.prove.samples import STEP, Maker, SampleDays, as_of_for, clock_of, last_days
from tic_rules.core.dates import add_days
from tic_rules.core.errors import TicRulesError
from tic_rules.core.numbers import Number, parse_number
from tic_rules.core.scalars import Json
from tic_rules.engines.check import check_subject
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.document import Edit, apply, copied, get
from tic_rules.model.extension import extended, joined
from tic_rules.model.fields import words_at
from tic_rules.model.intake import fitting, subject_from, verified
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.subject import Subject
from tic_rules.results.parts import BINDING

Steps = tuple[str | int, ...]
FINE = frozenset({"pass", "not_applicable", "exempted"})
SHORT = ("fail", "needs_review", "pending")
"""What is not fine, the plainest first: outside an open list a person has to judge, and what has no deadline
stays pending."""
MOST = 4000
"""How many files are tried for one pair before it is given up."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A pair of files: `other` accepts both where that is possible, the rule accepts only the one."""

    side: str
    """Whose rule it is that fails: a or b."""
    rule: str
    as_of: date
    failing: Json
    passing: Json
    path: str
    before: object
    after: object
    statuses: dict[str, dict[str, Mapping[str, str]]]
    """What the reference says, for the failing and the passing file: side, rule, status."""

    @property
    def short(self) -> str:
        """What the rule is on the failing file."""
        return self.statuses["failing"][self.side][self.rule]

    @property
    def others(self) -> tuple[str, ...]:
        """What the rules of the other side are on the failing file."""
        return tuple(self.statuses["failing"]["a" if self.side == "b" else "b"].values())

    def as_dict(self) -> Json:
        return {
            "side": self.side,
            "rule": self.rule,
            "as_of": self.as_of.isoformat(),
            "difference": {"path": self.path, "failing": self.before, "passing": self.after},
            "failing": self.failing,
            "passing": self.passing,
            "statuses": self.statuses,
        }


class ReferenceAnswer(NamedTuple):
    """What the reference says of one file: of the rule itself, and, where asked for, of what binds on the
    other side; by rule."""

    statuses: Mapping[str, str]
    theirs: Callable[[], Mapping[str, str]]


class Judge(NamedTuple):
    """The rules of a topic on both sides, asked of the reference evaluator."""

    ruleset: RuleSet
    theirs: RuleSet | None
    rule: Rule
    as_of: date
    clock: SampleDays
    programme: bool

    def decided(self, data: Json) -> ReferenceAnswer | None:
        try:
            subject = self.model.model_validate(data)
            for side in (self.ruleset, self.theirs):
                if side is not None:
                    fitting(subject, side.vocabulary)
        except (ValueError, TicRulesError):
            return None
        return ReferenceAnswer(
            self._statuses(self.ruleset, subject), cache(partial(self._statuses, self.theirs, subject))
        )

    def reads(self, data: Json) -> bool:
        """Whether both sides read the data, as they read any file: by their words, lists and totals. It costs
        half of a decision, and only what is to be shown needs it."""
        try:
            subject = subject_from(data, self.model, self.ruleset.vocabulary)
            if self.theirs is not None:
                verified(subject, self.theirs.vocabulary)
        except TicRulesError:
            return False
        return True

    @property
    def model(self) -> type[Subject]:
        """The model of data that both sides know. Raises RuleSetError where they declare a field
        differently."""
        if self.theirs is not None and self.theirs.vocabulary.declared:
            joined(self.ruleset.vocabulary, self.theirs.vocabulary)
        model: type[Subject] = Programme if self.programme else Centre
        for side in (self.ruleset, self.theirs):
            model = extended(model, side.vocabulary) if side is not None else model
        return model

    def _statuses(self, ruleset: RuleSet | None, subject: Subject) -> Mapping[str, str]:
        return {} if ruleset is None else check_subject(subject, ruleset, self.as_of, "reference").statuses


def part_of(ruleset: RuleSet, rules: Sequence[Rule]) -> RuleSet:
    """The rule set with these rules only, and what they follow from."""
    wanted = {rule.id for rule in rules}
    while more := {other for rule in ruleset if rule.id in wanted for other in rule.waits_for} - wanted:
        wanted |= more
    return ruleset.with_rules(rule for rule in ruleset if rule.id in wanted)


def witness(
    ruleset: RuleSet, rule: Rule, other_set: RuleSet, rules: Sequence[Rule], side: str
) -> Witness | None:
    """A pair that passes what binds among the other side's rules, while this rule tells the two files apart.
    None where none is found."""
    binding = [
        other
        for other in rules
        if other.modality in BINDING and (other.bearer == "programme") == (rule.bearer == "programme")
    ]
    best: tuple[int, Witness] | None = None
    tried = 0
    for judge, base in _starts(ruleset, rule, other_set, binding):
        first = judge.decided(base)
        if first is None or first.statuses[rule.id] not in (*FINE, *SHORT) or not judge.reads(base):
            continue
        for steps, changed in _neighbours(base, judge, (rule, *binding)):
            tried += 1
            second = judge.decided(changed)
            if second is None or second.statuses[rule.id] not in (*FINE, *SHORT):
                continue
            fine = first.statuses[rule.id] in FINE
            if fine == (second.statuses[rule.id] in FINE):
                continue
            failing, passing = ((changed, second), (base, first))[:: 1 if fine else -1]
            rank = _rank(failing[1], passing[1], rule.id)
            if rank is not None and (best is None or rank < best[0]) and judge.reads(changed):
                best = rank, _as_witness(steps, failing, passing, judge, side)
            if best is not None and best[0] == 0:
                return best[1]
        if tried > MOST:
            break
    return None if best is None else best[1]


def _rank(failing: ReferenceAnswer, passing: ReferenceAnswer, rule: str) -> int | None:
    """How telling a pair is, 0 the most: the rule fails outright and passes, and the other side accepts both
    files. None: the other side rejects the failing one, or accepts it no more than the rule does."""
    short = 2 * SHORT.index(failing.statuses[rule])
    short += passing.statuses[rule] != "pass"  # a rule that does not apply shows less
    if all(status in FINE for status in failing.theirs().values()):
        return 10 * short + (0 if all(status in FINE for status in passing.theirs().values()) else 1)
    fails = failing.statuses[rule] == "fail"
    return 10 * short + 2 if fails and "fail" not in failing.theirs().values() else None


def _starts(
    ruleset: RuleSet, rule: Rule, other: RuleSet, binding: Sequence[Rule]
) -> Iterator[tuple[Judge, Json]]:
    """Files to start from, each with its judge: after every deadline, then early in the term; each way
    through an `any`."""
    programme = rule.bearer == "programme"
    sides = part_of(ruleset, [rule]), part_of(other, binding) if binding else None
    clock = clock_of(ruleset, other)
    for as_of in dict.fromkeys(
        (
            as_of_for([rule, *binding], clock),
            as_of_for([rule], clock),
            add_days(clock.approved, 60),
            add_days(clock.term_end, 30),
            *([clock.approved] if any(other.by == "approval" for other in (rule, *binding)) else []),
        )
    ):
        judge = Judge(*sides, rule, as_of, clock, programme)
        for choice, (first, theirs, last) in product(range(3), _ORDERS):
            maker = Maker(as_of, clock, programme, choice, judge.model)
            if first is not None:
                maker.make(ruleset, rule, first)
            for fellow in binding if theirs else ():
                maker.make(other, fellow, True)
            if last is not None:
                maker.make(ruleset, rule, last)
            yield judge, maker.data


_ORDERS = (
    (None, True, True), (True, True, None), (None, True, False), (True, False, None), (False, False, None),
)  # fmt: skip
"""What a file to start from is made of: first the rule, met or broken; the other side's rules; last the
rule."""


def _as_witness(
    steps: Steps,
    failing: tuple[Json, ReferenceAnswer],
    passing: tuple[Json, ReferenceAnswer],
    judge: Judge,
    side: str,
) -> Witness:
    statuses = {
        name: {key: each.statuses if key == side else each.theirs() for key in ("a", "b")}
        for name, (_, each) in (("failing", failing), ("passing", passing))
    }
    path = "/" + "/".join(str(step) for step in steps)
    before, after = (get(data, steps) for data, _ in (failing, passing))
    return Witness(side, judge.rule.id, judge.as_of, failing[0], passing[0], path, before, after, statuses)


# --- one thing changed --------------------------------------------------------------------------------------


def _neighbours(base: Json, judge: Judge, rules: Sequence[Rule]) -> Iterator[tuple[Steps, Json]]:
    """Every file that differs from the base in one value, or in one entry of a list."""
    limits = sorted({limit for rule in rules for limit in _limits(rule)})
    places = list(_places(base, ()))
    leaves = [
        place for place in places if not isinstance(place[1], (dict, list)) and place[0][0] not in _CLOCK
    ]
    for steps, value in sorted(leaves, key=_plainness):
        for other in _others(value, steps, judge, limits, rules):
            yield steps, apply(base, [Edit("set", steps, other)])
    entries = [
        (*steps, index)
        for steps, value in places
        if isinstance(value, list) and steps[-1] != "attestations"
        for index in range(len(value))
    ]
    keys = [
        steps
        for steps, _ in places
        if len(steps) > 1 and steps[0] != "attestations" and all(isinstance(step, str) for step in steps)
    ]
    for steps in (*entries, *keys):
        changed = copied(base)
        del get(changed, steps[:-1])[steps[-1]]
        yield steps, changed


_CLOCK = ("reported_on", "applied_on", "approved_on")
"""The clock stays as it is, but for the term, which a rule may ask about."""


def _places(value: object, at: Steps) -> Iterator[tuple[Steps, object]]:
    """Every place below one, with what stands there, each before what lies within."""
    within = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in within:
        yield (*at, step), part
        yield from _places(part, (*at, step))


def _plainness(leaf: tuple[Steps, object]) -> int:
    """Numbers and yes or no first, then words, then days; the term last."""
    steps, value = leaf
    if steps[0] == "term_years" or steps[-1] == "date" or str(steps[-1]).endswith("_on"):
        return 3 if steps[0] == "term_years" else 2
    return 0 if isinstance(value, (bool, int)) and steps[-1] != "year" else 1


def _limits(rule: Rule) -> Iterator[Number]:
    for tree in (rule.condition, rule.fails_at_once, rule.applies):
        for node in c.walk(tree) if tree is not None else ():
            if isinstance(node, c.Compare) and node.operator == "between":
                yield from node.limit
            elif isinstance(node, c.Compare):
                yield node.limit.times if isinstance(node.limit, c.Times) else node.limit


def _others(
    value: object, steps: Steps, judge: Judge, limits: Sequence[Number], rules: Sequence[Rule]
) -> Iterator[object]:
    """Other values that may stand here: the nearest first."""
    if steps[0] == "attestations" and steps[-1] != "met":
        return
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from _numbers(value, steps, limits)
    elif steps[-1] == "date" or str(steps[-1]).endswith("_on"):
        yield from (day.isoformat() for day in _days(judge, rules) if day.isoformat() != value)
    elif isinstance(value, str):
        yield from _words(value, steps, judge)


def _numbers(value: int, steps: Steps, limits: Sequence[Number]) -> Iterator[int]:
    step = STEP["CNY"] if steps[-1] in ("amount", "fiscal_balance") else 1
    if steps[-1] == "year":
        yield from (value - 1, value + 1)
        return
    near = [
        value - step,
        value + step,
        *(n for limit in limits for n in (limit, limit - step, limit + step)),
        0,
    ]
    for number in dict.fromkeys(parse_number(n) for n in near):
        if number != value and number >= 0 and number == int(number):
            yield int(number)


def _days(judge: Judge, rules: Sequence[Rule]) -> Iterator[date]:
    """The last days of the rules and the days after them, then the days around approval."""
    deadlines = sorted({day for rule in rules for day in last_days(rule, judge.as_of, judge.clock)})
    for day in dict.fromkeys(
        (
            *deadlines,
            *(add_days(day, 1) for day in deadlines),
            judge.clock.event,
            add_days(judge.clock.approved, -1),
            judge.as_of,
        )
    ):
        if day <= judge.as_of:
            yield day


def _words(value: str, steps: Steps, judge: Judge) -> Iterator[str]:
    listed = words_at(judge.model, ".".join(step for step in steps if isinstance(step, str)))
    if listed is not None:
        yield from (word for word in judge.ruleset.vocabulary.words.get(listed, ()) if word != value)
    else:
        yield "其他" + value
