"""Condition trees as formulas over all data that a centre may give, what it leaves out included (for z3).

A condition has one of four values, as in the evaluator: three formulas say when it is true, false, or needs review; otherwise
it is unknown. Numbers are ranges whose ends are variables; lists hold as many entries as the rules at hand can tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from tic_rules.analysis.diff.order import Reader
from tic_rules.core.errors import UsageError, fault
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet

try:
    import z3
except ImportError:  # the extra is not installed: need_z3() says so
    z3 = None  # type: ignore[assignment,unused-ignore]


def need_z3() -> None:
    """Raises UsageError where z3 is not installed."""
    if z3 is None:
        raise fault(
            UsageError,
            "no-extra",
            "证明需要 z3：pip install 'tic-rules[prove]'",
            "a proof needs z3: pip install 'tic-rules[prove]'",
        )


class Value(NamedTuple):
    true: Any
    false: Any
    review: Any

    @property
    def unknown(self) -> Any:
        return z3.Not(z3.Or(self.true, self.false, self.review))


class At(NamedTuple):
    """When a condition is looked at: a point of time, the first moment that counts, the year that is owed."""

    key: str
    point: Any
    start: str = ""
    year: str = ""


def _opening(rule: Rule) -> str:
    """From when on money and events count for a rule: a day, `approval`, after the term, after so many years; empty for always."""
    if rule.from_years is not None:
        return f"after_{rule.from_years}y"
    opens = rule.from_ or rule.since or ""
    return "after_term" if opens == "term_end" else str(opens)


class World:
    """The variables of one proof, and what always holds of them."""

    def __init__(
        self, rules: Iterable[tuple[RuleSet, Rule]], editions: bool, otherwise: frozenset[str] = frozenset()
    ) -> None:
        need_z3()
        self.editions, self.otherwise = editions, otherwise
        self.axioms: list[Any] = []
        self._memo: dict[Any, Any] = {}
        self._numbers: dict[tuple[str, str], list[tuple[Any, Any, Any]]] = {}
        self._words: dict[Any, int] = {}
        self._running: list[tuple[c.Running, Value]] = []
        self._largest: list[tuple[Reader, c.Largest, Value]] = []
        self._size = _sizes(rules)
        self.term, self.approved = z3.Int("term"), z3.Bool("approved")
        self._application, self._during, self._after, self._year = (
            z3.Real(name) for name in ("application", "during", "after", "year_end")
        )
        self.say(
            self.term >= 1,
            self._application <= 0,
            self._during >= 0,
            self._during <= z3.ToReal(self.term),
            self._after > z3.ToReal(self.term),
            self._year > 0,
        )

    def say(self, *formulas: Any) -> None:
        self.axioms.extend(formulas)

    # --- time ----------------------------------------------------------------------------------------------------------------

    def ats(self, rule: Rule, deadlines: Sequence[At]) -> list[At]:
        """The moments at which a rule has to hold; a rule without a deadline at all that the others look at, and at any other."""
        start = _opening(rule)
        if rule.yearly is not None:
            due = (
                At("due", self._year, start, "owed")
                if rule.yearly.looked_for_until == "end_of_year"
                else At("due+1", self._year + 1, start, "owed")
            )
            return [due, At("running", self._year, start, "running")] if rule.yearly.running_year else [due]
        if rule.from_ is not None:
            return [At("after", self._after, start)]
        if rule.by is not None:
            return [self._deadline(rule, start)]
        moments = [
            At("during", self._during, start),
            *(
                at._replace(start=start, year="")
                for at in deadlines
                if at.key != "application" and at.year == ""
            ),
        ]
        if rule.until is None:
            moments.append(At("after", self._after, start))
        return list(dict.fromkeys(moments))

    def _deadline(self, rule: Rule, start: str) -> At:
        if isinstance(rule.by, date):
            return At(rule.by.isoformat(), z3.RealVal(rule.by.toordinal()), start)
        if rule.years is not None:
            return At(f"{rule.years}y", z3.RealVal(rule.years), start)
        points = {
            "application": self._application,
            "approval": z3.RealVal(0),
            "term_end": z3.ToReal(self.term),
        }
        return At(str(rule.by), points[str(rule.by)], start)

    def deadlines(self, rules: Iterable[Rule]) -> list[At]:
        """The moments that rules with a deadline look at."""
        found = {
            at.key: at
            for rule in rules
            if rule.by is not None and not isinstance(rule.by, date)
            for at in [self._deadline(rule, "")]
        }
        return list(found.values())

    # --- variables -----------------------------------------------------------------------------------------------------------

    def fresh(self, key: Any) -> Value:
        """A condition of which nothing more is known; the same for the same key."""
        if key not in self._memo:
            value = Value(*z3.Bools(f"t{len(self._memo)} f{len(self._memo)} r{len(self._memo)}"))
            self.say(z3.AtMost(*value, 1))
            self._memo[key] = value
        return self._memo[key]  # type: ignore[no-any-return]

    def flag(self, *key: Any) -> Any:
        if key not in self._memo:
            self._memo[key] = z3.Bool("|".join(map(str, key)))
        return self._memo[key]

    def word(self, word: Any) -> int:
        return self._words.setdefault((type(word).__name__, word), len(self._words) + 1)

    def choice(self, *key: Any) -> tuple[Any, Any, Any]:
        """A word of which one or two are possible, and whether it is given at all. 0 is any word that no rule names."""
        if key not in self._memo:
            name = "|".join(map(str, key))
            self._memo[key] = z3.Int(f"w1|{name}"), z3.Int(f"w2|{name}"), z3.Bool(f"given|{name}")
        return self._memo[key]  # type: ignore[no-any-return]

    def number(self, fact: str, start: str, at: At, growing: bool, timeless: bool) -> tuple[Any, Any]:
        """The ends of what a number may be at a moment. What grows with time grows; what counts from later on is less."""
        key = (fact, start)
        low, high = (
            z3.Function(f"{end}|{fact}|{start}", z3.RealSort(), z3.RealSort()) for end in ("low", "high")
        )
        point = z3.RealVal(0) if timeless else at.point
        ends = low(point), high(point)
        known = self._numbers.setdefault(key, [])
        if not any(point.eq(other) for other, _, _ in known):
            self.say(ends[0] >= 0, ends[0] <= ends[1])
            for other, lower, upper in known if growing else ():
                self.say(
                    z3.Implies(other <= point, z3.And(lower <= ends[0], upper <= ends[1])),
                    z3.Implies(point <= other, z3.And(ends[0] <= lower, ends[1] <= upper)),
                )
            known.append((point, *ends))
            if start and growing:
                all_low, all_high = self.number(fact, "", at, growing, timeless)
                self.say(ends[0] <= all_low, ends[1] <= all_high)
        return ends

    def entries(self, path: str, look: str) -> range:
        return range(self._size.get(path, 1) if not look else min(self._size.get(path, 1), 4))

    def running(self, node: c.Running, at: At, some: Value) -> Value:
        """Years running: not spelled out year by year; more years running say more, and each says that there is one."""
        value = self.fresh(("running", repr(node), at.key))
        self.say(z3.Implies(value.true, some.true), z3.Implies(some.false, value.false))
        for other, theirs in self._running:
            for longer, one, shorter, two in ((node, value, other, theirs), (other, theirs, node, value)):
                if (
                    longer.running >= shorter.running
                    and longer.of == shorter.of
                    and longer.where == shorter.where
                ):
                    self.say(z3.Implies(one.true, two.true), z3.Implies(two.false, one.false))
        self._running.append((node, value))
        return value

    def largest(self, node: c.Largest, at: At, reader: Reader) -> Value:
        """The largest of groups: not spelled out by amounts; a narrower group that is the largest makes a wider one so."""
        value = self.fresh(("largest", node.fact, node.largest, at.key, at.start))
        for _, other, theirs in self._largest:
            for x, one, y, two in ((node, value, other, theirs), (other, theirs, node, value)):
                if reader.at_least(x, y):
                    self.say(z3.Implies(one.true, two.true), z3.Implies(two.false, one.false))
        self._largest.append((reader, node, value))
        return value


def _sizes(rules: Iterable[tuple[RuleSet, Rule]]) -> dict[str, int]:
    """How many entries each list has to have so that no rule could tell more apart: one for each entry that a rule asks for or bars."""
    sizes: dict[str, int] = {}
    for ruleset, rule in rules:
        for tree in (rule.condition, rule.applies, rule.fails_at_once):
            for node in c.walk(tree) if tree is not None else ():
                fact = ruleset.facts.get(getattr(node, "fact", None) or getattr(node, "of", "") or "")
                listed = ruleset.vocabulary.lists.get(fact.list_name or "") if fact is not None else None
                for path in listed.paths if listed is not None else ():
                    sizes[path] = sizes.get(path, 1) + (
                        _asked(node)
                        if fact is not None and (fact.count or fact.entries or fact.distinct)
                        else 0
                    )
    return {path: min(size, 12) for path, size in sizes.items()}


def _asked(node: Any) -> int:
    if isinstance(node, c.Compare) and not isinstance(node.limit, (c.Times, tuple)):
        return int(min(node.limit, 8)) + 1
    return 1


# --- values -----------------------------------------------------------------------------------------------------------------


def constant(truth: bool) -> Value:
    return Value(z3.BoolVal(truth), z3.BoolVal(not truth), z3.BoolVal(False))


def when(true: Any, false: Any, review: Any = None) -> Value:
    return Value(true, false, z3.BoolVal(False) if review is None else review)


def negated(value: Value) -> Value:
    return Value(value.false, value.true, value.review)


def all_of(values: Sequence[Value]) -> Value:
    true, false = z3.And([v.true for v in values]), z3.Or([v.false for v in values])
    return Value(true, false, z3.And(z3.And([z3.Or(v.true, v.review) for v in values]), z3.Not(true)))


def any_of(values: Sequence[Value]) -> Value:
    true, false = z3.Or([v.true for v in values]), z3.And([v.false for v in values])
    return Value(true, false, z3.And(z3.And([z3.Or(v.false, v.review) for v in values]), z3.Not(false)))


def either(condition: Any, one: Value, other: Value) -> Value:
    return Value(*(z3.If(condition, x, y) for x, y in zip(one, other, strict=True)))


def real(number: Any) -> Any:
    exact = Fraction(number)
    return z3.RealVal(f"{exact.numerator}/{exact.denominator}")


__all__ = [
    "At",
    "Value",
    "World",
    "all_of",
    "any_of",
    "constant",
    "either",
    "need_z3",
    "negated",
    "real",
    "when",
    "z3",
]
