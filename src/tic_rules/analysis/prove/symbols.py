"""The variables of a proof, over all data that a centre may give, what it leaves out included (for z3).

A condition has one of four values, as in the evaluator: three formulas say when it is true, false, or needs
review; otherwise it is unknown. Numbers are ranges whose ends are variables; lists hold as many entries as
the rules at hand can tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from operator import le
from typing import Any, NamedTuple

from tic_rules.analysis.diff.order import (
    in_months,
    lies_within,
    no_later,
    where_at_least,
    year_due,
)  # fmt: skip
from tic_rules.analysis.prove.booleans import Ends, Formula, conj, disj, neg, z3
from tic_rules.analysis.prove.values import TruthFormulas, all_of, outcomes, real, when
from tic_rules.core.extras import lacking
from tic_rules.core.logic import FALSE, REVIEW, TRUE
from tic_rules.engines.lowering import Clock, lowered
from tic_rules.engines.lowering import form as f
from tic_rules.model import conditions as c
from tic_rules.model.rulefile import Yearly
from tic_rules.model.ruleset import Fact, Rule, RuleSet
from tic_rules.model.time import Cycle, Shift


def lowered_rule(ruleset: RuleSet, rule: Rule) -> f.LoweredRule:
    """A rule in the core form."""
    return lowered(ruleset).rules[ruleset.place_of(rule.id)]


def need_z3() -> None:
    """Raises UsageError where z3 is not installed."""
    if z3 is None:
        raise lacking("prove", "证明需要 z3", "a proof needs z3", code="no-extra")


class At(NamedTuple):
    """When a condition is looked at: a point of time, the first moment that counts, the year that is owed."""

    key: str
    point: Formula
    start: str = ""
    year: str = ""
    owed: TruthFormulas | None = None
    """Whether anything is owed at that time at all; None where it always is."""
    event: str = ""
    """The fact of whose entries each owes something at its time."""


YEARS = ("owed", "running")
"""The years that owe; a cycle bears its own name."""


def _opening(clock: Clock) -> str:
    """From when on what is dated counts: a day, `approval`, after the term, after so many years; empty for
    always."""
    opens = clock.opens if clock.opens is not None else clock.since
    if isinstance(opens, int):
        return f"after_{opens}y"
    return "after_term" if opens == "term_end" else str(opens or "")


def _if_so(formula: Formula, always: bool = False) -> TruthFormulas | None:
    """What holds, or does not, and is never open; None where it always holds."""
    return None if always else when(formula, neg(formula))


class World:
    """The variables of one proof, and what always holds of them."""

    def __init__(
        self, rules: Sequence[tuple[RuleSet, Rule]], editions: bool, otherwise: frozenset[str] = frozenset()
    ) -> None:
        need_z3()
        self.editions, self.otherwise = editions, otherwise
        self._sides = [id(ruleset) for ruleset, _ in rules]
        self.axioms: list[Formula] = []
        self._values: dict[object, TruthFormulas] = {}
        self._flags: dict[tuple[object, ...], Formula] = {}
        self._choices: dict[tuple[object, ...], tuple[Formula, Formula, Formula]] = {}
        self._numbers: dict[tuple[str, str], list[tuple[Formula, Formula, Formula]]] = {}
        self._words: dict[tuple[str, object], int] = {}
        self._graded: dict[object, list[tuple[int, TruthFormulas]]] = {}
        self._amounts: dict[object, list[tuple[c.Where, Ends]]] = {}
        self._size = _sizes(rules)
        self._lines: dict[str, dict[Shift | date, Formula]] = {}
        self._cycles = list(dict.fromkeys(rule.cycle for _, rule in rules if rule.cycle is not None))
        self.term, self.approved = z3.Int("term"), z3.Bool("approved")
        self._application, self._during, self._after_term, self._year = (
            z3.Real(name) for name in ("application", "during", "after", "year_end")
        )
        self.say(
            self.term >= 1,
            self._application < 0,
            self._during >= 0,
            self._during <= z3.ToReal(self.term),
            self._after_term > z3.ToReal(self.term),
            self._year > 0,
        )
        self._after("approval", Shift(months=12), z3.RealVal(0))  # no term is shorter

    def say(self, *formulas: Formula) -> None:
        self.axioms.extend(formulas)

    # --- time -----------------------------------------------------------------------------------------------

    def ats(self, ruleset: RuleSet, rule: Rule, deadlines: Sequence[At]) -> list[At]:
        """The moments at which a rule has to hold; a rule without a deadline at all that the others look at,
        and at any other."""
        clock = lowered_rule(ruleset, rule).clock
        start = _opening(clock)
        if rule.after is not None and rule.event is not None:
            of = f"day of {self.known_as(ruleset, rule.event)} {start}"
            due = self._after(of, rule.after.shift, self.opening(of))
            there_is = self.fresh(("there is", of))
            self.say(neg(there_is.review))
            within = self._owed(of, rule)
            owed = there_is if within is None else all_of([there_is, within])
            return [At(f"{rule.after.shift} after {of}", due, of, owed=owed, event=rule.event)]
        if rule.cycle is not None:
            longer = [one for one in self._cycles if one != rule.cycle and lies_within(rule.cycle, one)]
            whole = self._cycle(rule.cycle, rule)
            return [whole, *(self._within(self._cycle(one, rule), rule.cycle) for one in longer)]
        if rule.yearly is not None:
            return list(self._years(rule.yearly, rule))
        during, after = At("during", self._during, start), At("after", self._after_term, start)
        if clock.opens is not None:
            opens = self.opening(start)
            moments = [during, after] if clock.at_once else [after]
            return [at._replace(owed=_if_so(at.point > opens, start == "approval")) for at in moments]
        if clock.by is not None:
            due = self._deadline(clock, start)
            return [due, during._replace(owed=_if_so(during.point <= due.point))] if clock.at_once else [due]
        others = [at for at in deadlines if at.key != "application" and at.year == ""]
        if clock.until is not None:
            end = z3.ToReal(self.term)
            others = [at._replace(owed=_if_so(at.point <= end)) for at in others]
        moments = [during, *(at._replace(start=start) for at in others)]
        if clock.until is None:
            moments.append(after)
        return list(dict.fromkeys(moments))

    def _years(self, yearly: Yearly, rule: Rule) -> Iterator[At]:
        """The last day of what a year owes, and the running year: what is dated before approval does not
        count for it."""
        due = year_due(yearly)
        point = self._year + real(Fraction(due - 366, 366))
        self.say(point > 0)
        yield At(f"due {due}", point, "approval", "owed", self._owed("owed", rule))
        if yearly.running_year:
            yield At("running", self._year, "approval", "running", self._owed("running", rule))

    def _cycle(self, cycle: Cycle, rule: Rule) -> At:
        """The end of a cycle, any one: what is dated before it begins does not count for it."""
        key = f"cycle {cycle}"
        point, opens = z3.Real(key), self.opening(f"start of {key}")
        self.say(opens >= 0, opens < point)
        return At(key, point, f"start of {key}", key, self._owed(key, rule))

    def _within(self, around: At, cycle: Cycle) -> At:
        """A whole cycle within a longer one."""
        key = f"cycle {cycle} in {around.key}"
        point, opens = z3.Real(key), self.opening(f"start of {key}")
        self.say(self.opening(around.start) <= opens, opens < point, point <= around.point)
        return At(key, point, f"start of {key}", key, around.owed)

    def _owed(self, key: str, rule: Rule) -> TruthFormulas | None:
        """Whether a year, a cycle or an entry lies within the term, where only those owe."""
        if rule.until is None:
            return None
        within = self.flag("within the term", key)
        return when(within, neg(within))

    def _after(self, line: str, length: Shift, base: Formula) -> Formula:
        """The day so long after another, on the line of all that are counted from it."""
        length = in_months(length)
        point = self._on_line(line, length, no_later)
        whole = base + z3.Q(length.months, 12)
        if length.days:
            self.say(point > base)
        elif line == "approval" or not length.months:
            self.say(point == whole)
        else:  # a month from 28 February is not the month before the same day of another year: days are lost
            self.say(point > whole - z3.Q(1, 100), point <= whole)
        return point

    def _on_line(self, line: str, mark: Any, before: Callable[[Any, Any], bool]) -> Formula:
        """A day on a line, in its order with those that stand there."""
        marks = self._lines.setdefault(line, {})
        if mark not in marks:
            marks[mark] = point = z3.Real(f"{line}|{mark}")
            for other, place in marks.items():
                self.say(*([point <= place] if before(mark, other) else []))
                self.say(*([place <= point] if before(other, mark) else []))
        return marks[mark]

    def opening(self, start: str) -> Formula:
        """The day from which what is dated counts, or after which, for those of `after_`."""
        if start == "approval":
            return z3.RealVal(0)
        if start == "after_term":
            return z3.ToReal(self.term)
        if start.startswith("after_"):
            return z3.RealVal(int(start.removeprefix("after_").removesuffix("y")))
        return z3.Real(start) if " " in start else self._on_line("calendar", date.fromisoformat(start), le)

    def _deadline(self, clock: Clock, start: str) -> At:
        if isinstance(clock.by, date):
            return At(clock.by.isoformat(), self._on_line("calendar", clock.by, le), start)
        if isinstance(clock.by, (int, f.From)):
            by = clock.by if isinstance(clock.by, f.From) else f.From(Shift(clock.by), "approval")
            base = z3.ToReal(self.term) if by.day == "term_end" else z3.RealVal(0)
            return At(f"{in_months(by.shift)} after {by.day}", self._after(by.day, by.shift, base), start)
        points = {
            "application": self._application,
            "approval": z3.RealVal(0),
            "term_end": z3.ToReal(self.term),
        }
        return At(str(clock.by), points[str(clock.by)], start)

    def deadlines(self, clocks: Iterable[Clock]) -> list[At]:
        """The moments that rules with a deadline look at."""
        moments = {}
        for clock in clocks:
            if clock.by is not None and not isinstance(clock.by, date):
                at = self._deadline(clock, "")
                moments[at.key] = at
        return list(moments.values())

    def known_as(self, ruleset: RuleSet, fact: str) -> str:
        """The name of a fact's variables: one for both sides, unless they read it in different ways."""
        return f"{fact} of {self._sides.index(id(ruleset))}" if fact in self.otherwise else fact

    # --- variables ------------------------------------------------------------------------------------------

    def fresh(self, key: object) -> TruthFormulas:
        """A condition of which nothing more is known; the same for the same key."""
        if key not in self._values:
            number = len(self._values)
            value = self._values[key] = TruthFormulas(*z3.Bools(f"t{number} f{number} r{number}"))
            self.say(z3.AtMost(*value, 1))
        return self._values[key]

    def flag(self, *key: object) -> Formula:
        if key not in self._flags:
            self._flags[key] = z3.Bool("|".join(map(str, key)))
        return self._flags[key]

    def word(self, word: object) -> int:
        return self._words.setdefault((type(word).__name__, word), len(self._words) + 1)

    def choice(self, *key: object) -> tuple[Formula, Formula, Formula]:
        """A word of which one or two are possible, and whether it is given at all. 0 is any word that no rule
        names."""
        if key not in self._choices:
            name = "|".join(map(str, key))
            self._choices[key] = z3.Int(f"w1|{name}"), z3.Int(f"w2|{name}"), z3.Bool(f"given|{name}")
        return self._choices[key]

    def number(self, fact: str, start: str, at: At, growing: bool, timeless: bool) -> Ends:
        """The ends of what a number may be at a moment. What grows with time grows; what counts from later on
        is less."""
        key = (fact, start)
        low, high = (
            z3.Function(f"{end}|{fact}|{start}", z3.RealSort(), z3.RealSort()) for end in ("low", "high")
        )
        point = z3.RealVal(0) if timeless else at.point
        ends = low(point), high(point)
        points = self._numbers.setdefault(key, [])
        if not any(point.eq(other) for other, _, _ in points):
            self.say(ends[0] >= 0, ends[0] <= ends[1])
            for other, lower, upper in points if growing else ():
                self.say(
                    z3.Implies(other <= point, conj(lower <= ends[0], upper <= ends[1])),
                    z3.Implies(point <= other, conj(ends[0] <= lower, ends[1] <= upper)),
                )
            points.append((point, *ends))
            if start and growing:
                all_low, all_high = self.number(fact, "", at, growing, timeless)
                self.say(ends[0] <= all_low, ends[1] <= all_high)
        return ends

    def entries(self, path: str, look: str) -> range:
        return range(self._size.get(path, 1) if not look else min(self._size.get(path, 1), 4))

    def on_list(self, node: f.Member, one: Formula, two: Formula, given: Formula) -> TruthFormulas:
        """Whether a word of which one or two are possible is on a list."""
        numbers = [self.word(word) for word in node.words]
        inside = [disj(*[end == number for number in numbers]) for end in (one, two)]
        tests: dict[int, list[Formula]] = {TRUE: [], FALSE: [], REVIEW: []}
        for value, test in (
            (node.inside, conj(given, *inside)),
            (node.outside, conj(given, *map(neg, inside))),
            (node.absent, neg(given)),
        ):
            if value in tests:
                tests[value].append(test)
        return outcomes({value: disj(*formulas) for value, formulas in tests.items()})

    def running(self, node: f.Consecutive, at: At, some: TruthFormulas) -> TruthFormulas:
        """Years running: not spelled out year by year; more years running say more, and each says that there
        is one."""
        value = self.graded(("running", node.over, node.body, node.by, node.among), node.years, at)
        self.say(z3.Implies(value.true, some.true), z3.Implies(some.false, value.false))
        return value

    def graded(self, what: object, grade: int, at: At) -> TruthFormulas:
        """A condition that is not looked into; a higher grade says more: more years, fewer of each."""
        key = what, at.key, at.start
        value, alike = self.fresh((*key, grade)), self._graded.setdefault(key, [])
        for other, theirs in alike:
            for higher, one, lower, two in ((grade, value, other, theirs), (other, theirs, grade, value)):
                if higher >= lower:
                    self.say(z3.Implies(one.true, two.true), z3.Implies(two.false, one.false))
        alike.append((grade, value))
        return value

    def amount(self, look: tuple[str, ...], where: c.Where, at: At) -> Ends:
        """The ends of what the entries of a list that are so have together: those of a narrower group have no
        more."""
        key = (look, at.key, at.start)
        groups = self._amounts.setdefault(key, [])
        for other, ends in groups:
            if other == where:
                return ends
        ends = z3.Real(f"least|{key}|{len(groups)}"), z3.Real(f"most|{key}|{len(groups)}")
        self.say(ends[0] >= 0, ends[0] <= ends[1])
        for other, theirs in groups:
            for narrow, less, wide, more in ((where, ends, other, theirs), (other, theirs, where, ends)):
                if where_at_least(narrow, wide):
                    self.say(less[0] <= more[0], less[1] <= more[1])
        groups.append((where, ends))
        return ends


def _sizes(rules: Iterable[tuple[RuleSet, Rule]]) -> dict[str, int]:
    """How many entries each list has to have so that no rule could tell more apart: one for each that a rule
    asks for or bars."""
    sizes: dict[str, int] = {}
    for ruleset, rule in rules:
        for node in (node for part in lowered_rule(ruleset, rule).logic for node in f.walk(part)):
            fact, asked = _asked(ruleset, node)
            listed = ruleset.vocabulary.lists.get(fact.list_name or "") if fact is not None else None
            for path in listed.paths if listed is not None else ():
                sizes[path] = sizes.get(path, 1) + asked
    return {path: min(size, 12) for path, size in sizes.items()}


def _asked(ruleset: RuleSet, node: f.Logic) -> tuple[Fact | None, int]:
    """The fact whose entries a piece of logic looks at, and how many of them it tells apart."""
    match node:
        case f.Fold() | f.Consecutive() | f.LatestEntry():
            return ruleset.facts[node.over.fact], 1
        case f.RangeComparison(left=f.Measure(name), right=right):
            fact = ruleset.facts[name]
            if fact.count is None and fact.distinct is None:
                return fact, 0
            exact = isinstance(right, f.Bounds) and right.low == right.high
            return fact, int(min(right.low, 8)) + 1 if exact and isinstance(right, f.Bounds) else 1
    return None, 0
