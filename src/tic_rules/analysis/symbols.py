"""Condition trees as formulas over all data that a centre may give, what it leaves out included (for z3).

A condition has one of four values, as in the evaluator: three formulas say when it is true, false, or needs review; otherwise
it is unknown. Numbers are ranges whose ends are variables; lists hold as many entries as the rules at hand can tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from tic_rules import conditions as c
from tic_rules.analysis.order import Reader, shape_of
from tic_rules.errors import UsageError, fault
from tic_rules.ruleset import Fact, Rule, RuleSet

try:
    import z3
except ImportError:  # the extra is not installed: need_z3() says so
    z3 = None


def need_z3() -> None:
    """Raises UsageError where z3 is not installed."""
    if z3 is None:
        raise fault(UsageError, "no-extra", "证明需要 z3：pip install 'tic-rules[prove]'", "a proof needs z3: pip install 'tic-rules[prove]'")


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


class World:
    """The variables of one proof, and what always holds of them."""

    def __init__(self, rules: Iterable[tuple[RuleSet, Rule]], editions: bool) -> None:
        need_z3()
        self.editions = editions
        self.axioms: list[Any] = []
        self._memo: dict[Any, Any] = {}
        self._numbers: dict[tuple[str, str], list[tuple[Any, Any, Any]]] = {}
        self._words: dict[Any, int] = {}
        self._running: list[tuple[c.Running, Value]] = []
        self._largest: list[tuple[Reader, c.Largest, Value]] = []
        self._size = _sizes(rules)
        self.term, self.approved = z3.Int("term"), z3.Bool("approved")
        self._application, self._during, self._after, self._year = (z3.Real(name) for name in ("application", "during", "after", "year_end"))
        self._say(self.term >= 1, self._application <= 0, 0 <= self._during, self._during <= z3.ToReal(self.term), self._after > z3.ToReal(self.term), self._year > 0)

    def _say(self, *formulas: Any) -> None:
        self.axioms.extend(formulas)

    # --- time ----------------------------------------------------------------------------------------------------------------

    def ats(self, rule: Rule, deadlines: Sequence[At]) -> list[At]:
        """The moments at which a rule has to hold; a rule without a deadline at all that the others look at, and at any other."""
        start = str(rule.since or "")
        if rule.yearly is not None:
            due = At("due", self._year, start, "owed") if rule.yearly.looked_for_until == "end_of_year" else At("due+1", self._year + 1, start, "owed")
            return [due, At("running", self._year, start, "running")] if rule.yearly.running_year else [due]
        if rule.from_ is not None:
            opens = "after_approval" if rule.from_ == "approval" else "after_term"
            return [At("after", self._after, opens)]
        if rule.by is not None:
            return [self._deadline(rule, start)]
        moments = [At("during", self._during, start), *(at._replace(start=start, year="") for at in deadlines if at.key != "application" and at.year == "")]
        if rule.until is None:
            moments.append(At("after", self._after, start))
        return list(dict.fromkeys(moments))

    def _deadline(self, rule: Rule, start: str) -> At:
        if isinstance(rule.by, date):
            return At(rule.by.isoformat(), z3.RealVal(rule.by.toordinal()), start)
        if rule.years is not None:
            return At(f"{rule.years}y", z3.RealVal(rule.years), start)
        points = {"application": self._application, "approval": z3.RealVal(0), "term_end": z3.ToReal(self.term)}
        return At(str(rule.by), points[str(rule.by)], start)

    def deadlines(self, rules: Iterable[Rule]) -> list[At]:
        """The moments that rules with a deadline look at."""
        found = {at.key: at for rule in rules if rule.by is not None and not isinstance(rule.by, date) for at in [self._deadline(rule, "")]}
        return list(found.values())

    # --- rules ---------------------------------------------------------------------------------------------------------------

    def rule(self, ruleset: RuleSet, rule: Rule, deadlines: Sequence[At]) -> tuple[Any, Any]:
        """When a rule is met, and when it is broken."""
        met, broken = [], []
        for at in self.ats(rule, deadlines):
            sight = _Sight(self, ruleset, rule, at)
            value = sight.see(rule.condition)
            if rule.kind == "consequence":
                value = _not(value)
            applies = sight.see(rule.applies) if rule.applies is not None else _known(True)
            at_once = sight.see(rule.fails_at_once).true if rule.fails_at_once is not None else z3.BoolVal(False)
            met.append(z3.Or(applies.false, z3.And(value.true, z3.Not(at_once))))
            broken.append(z3.And(applies.true, z3.Or(value.false, at_once)))
        if rule.by == "application" or rule.bearer == "programme":
            return z3.And(met), z3.Or(broken)
        return z3.Or(z3.Not(self.approved), z3.And(met)), z3.And(self.approved, z3.Or(broken))

    # --- variables -----------------------------------------------------------------------------------------------------------

    def fresh(self, key: Any) -> Value:
        """A condition of which nothing more is known; the same for the same key."""
        if key not in self._memo:
            value = Value(*z3.Bools(f"t{len(self._memo)} f{len(self._memo)} r{len(self._memo)}"))
            self._say(z3.AtMost(*value, 1))
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
        low, high = (z3.Function(f"{end}|{fact}|{start}", z3.RealSort(), z3.RealSort()) for end in ("low", "high"))
        point = z3.RealVal(0) if timeless else at.point
        ends = low(point), high(point)
        known = self._numbers.setdefault(key, [])
        if not any(point.eq(other) for other, _, _ in known):
            self._say(0 <= ends[0], ends[0] <= ends[1])
            for other, lower, upper in known if growing else ():
                self._say(z3.Implies(other <= point, z3.And(lower <= ends[0], upper <= ends[1])), z3.Implies(point <= other, z3.And(ends[0] <= lower, ends[1] <= upper)))
            known.append((point, *ends))
            if start and growing:
                all_low, all_high = self.number(fact, "", at, growing, timeless)
                self._say(ends[0] <= all_low, ends[1] <= all_high)
        return ends

    def entries(self, path: str, look: str) -> range:
        return range(self._size.get(path, 1) if not look else min(self._size.get(path, 1), 4))

    def running(self, node: c.Running, at: At, some: Value) -> Value:
        """Years running: not spelled out year by year; more years running say more, and each says that there is one."""
        value = self.fresh(("running", repr(node), at.key))
        self._say(z3.Implies(value.true, some.true), z3.Implies(some.false, value.false))
        for other, theirs in self._running:
            for longer, one, shorter, two in ((node, value, other, theirs), (other, theirs, node, value)):
                if longer.running >= shorter.running and longer.of == shorter.of and longer.where == shorter.where:
                    self._say(z3.Implies(one.true, two.true), z3.Implies(two.false, one.false))
        self._running.append((node, value))
        return value

    def largest(self, node: c.Largest, at: At, reader: Reader) -> Value:
        """The largest of groups: not spelled out by amounts; a narrower group that is the largest makes a wider one so."""
        value = self.fresh(("largest", node.fact, node.largest, at.key, at.start))
        for _, other, theirs in self._largest:
            for x, one, y, two in ((node, value, other, theirs), (other, theirs, node, value)):
                if reader.at_least(x, y):
                    self._say(z3.Implies(one.true, two.true), z3.Implies(two.false, one.false))
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
                    sizes[path] = sizes.get(path, 1) + (_asked(node) if fact is not None and (fact.count or fact.entries) else 0)
    return {path: min(size, 12) for path, size in sizes.items()}


def _asked(node: Any) -> int:
    if isinstance(node, c.Compare) and not isinstance(node.limit, (c.Times, tuple)):
        return int(min(node.limit, 8)) + 1
    return 1


# --- values -----------------------------------------------------------------------------------------------------------------


def _known(truth: bool) -> Value:
    return Value(z3.BoolVal(truth), z3.BoolVal(not truth), z3.BoolVal(False))


def _when(true: Any, false: Any, review: Any = None) -> Value:
    return Value(true, false, z3.BoolVal(False) if review is None else review)


def _not(value: Value) -> Value:
    return Value(value.false, value.true, value.review)


def _all(values: Sequence[Value]) -> Value:
    true, false = z3.And([v.true for v in values]), z3.Or([v.false for v in values])
    return Value(true, false, z3.And(z3.And([z3.Or(v.true, v.review) for v in values]), z3.Not(true)))


def _any(values: Sequence[Value]) -> Value:
    true, false = z3.Or([v.true for v in values]), z3.And([v.false for v in values])
    return Value(true, false, z3.And(z3.And([z3.Or(v.false, v.review) for v in values]), z3.Not(false)))


def _if(condition: Any, one: Value, other: Value) -> Value:
    return Value(*(z3.If(condition, x, y) for x, y in zip(one, other, strict=True)))


def _real(number: Any) -> Any:
    exact = Fraction(number)
    return z3.RealVal(f"{exact.numerator}/{exact.denominator}")


class _Sight:
    """A rule's conditions at one moment."""

    def __init__(self, world: World, ruleset: RuleSet, rule: Rule, at: At) -> None:
        self.world, self.ruleset, self.rule, self.at = world, ruleset, rule, at

    def see(self, node: Any) -> Value:
        match node:
            case c.All():
                return _all([self.see(part) for part in node.all])
            case c.Either():
                return _any([self.see(part) for part in node.any])
            case c.Not():
                return _not(self.see(node.not_))
            case c.Review():
                inner = self.see(node.review)
                return Value(z3.BoolVal(False), inner.false, z3.Or(inner.true, inner.review))
            case c.Attested():
                asked = [item.id for item in self.rule.items] or [""]
                return _all([self.world.fresh(("attested", self.ruleset.id, self.rule.id, item)) for item in asked])
            case c.Follows():
                other = self.ruleset[node.follows]
                return _Sight(self.world, self.ruleset, other, self.at).see(other.when)
            case c.NotAfter():
                end = z3.ToReal(self.world.term) if node.not_after == "term_end" else z3.RealVal(0)
                return _when(self.at.point <= end, self.at.point > end)
            case c.Same():
                return self.world.fresh(("same", repr(node), self.at.key))
            case c.Running():
                some = self._entries(c.Some(fact=node.of, some=node.where), self.ruleset.facts[node.of])
                return self.world.running(node, self.at, some)
        return self._leaf(node, self.ruleset.facts[node.fact])

    def _leaf(self, node: Any, fact: Fact) -> Value:
        match node:
            case c.Compare():
                return self._compare(node, fact)
            case c.Is():
                return self._single(node.fact, fact, [node.is_], False)
            case c.Among():
                return self._single(node.fact, fact, node.among, node.open)
            case c.Given():
                given = self.world.choice("value", node.fact, self._moment(fact))[2]
                return _when(given, z3.BoolVal(False))
            case c.Done():
                return self._done(node)
            case c.Reads():
                given = self.world.choice("value", node.fact, self._moment(fact))[2]
                value = self.world.fresh(("reads", repr(node), self._moment(fact)))
                self.world._say(z3.Implies(z3.Or(value.true, value.false), given), z3.Not(value.review))
                return value
            case c.AnyAmong() | c.Contains():
                return self._several(node, fact)
            case c.EachOf():
                return _all([self._key(node, fact, key) for key in node.each_of])
            case c.Largest():
                return self.world.largest(node, self.at, Reader(self.ruleset.facts))
            case c.Share():
                low, high = self.world.number(f"{node.fact}:{sorted(node.share_of)}", self.at.start, self.at, False, False)
                strict = node.more_than is not None
                return self._bounded("more_than" if strict else "at_least", low, high, _real(node.more_than if strict else node.at_least))
        return self._entries(node, fact)

    def _moment(self, fact: Fact) -> str:
        """The time as part of a name: a field that holds no dates is the same at all times."""
        return self.at.key if fact.value is not None and shape_of(fact.value) == "dated" else ""

    # --- numbers -------------------------------------------------------------------------------------------------------------

    def _compare(self, node: c.Compare, fact: Fact) -> Value:
        if fact.count is not None and not isinstance(node.limit, (c.Times, tuple)) and node.limit <= 8:
            low, high = self._count(fact)
        else:
            low, high = self._number(node.fact, fact)
        if isinstance(node.limit, c.Times):
            other_low, other_high = self._number(node.limit.fact, self.ruleset.facts[node.limit.fact])
            factor = _real(node.limit.times)
            key = ("times", node.fact, node.limit.fact, node.operator, self.at)
            return self._times(key, node.operator, low, high, factor * other_low, factor * other_high)
        if node.operator == "between":
            first, last = (_real(end) for end in node.limit)
            return _when(z3.And(low >= first, high <= last), z3.Or(high < first, low > last))
        return self._bounded(node.operator, low, high, _real(node.limit))

    def _times(self, key: Any, operator: str, low: Any, high: Any, least: Any, most: Any) -> Value:
        if operator == "at_least":
            return _when(low >= most, high < least)
        if operator == "at_most":
            return _when(high <= least, low > most)
        return self.world.fresh(key)

    def _bounded(self, operator: str, low: Any, high: Any, limit: Any) -> Value:
        match operator:
            case "at_least":
                return _when(low >= limit, high < limit)
            case "at_most":
                return _when(high <= limit, low > limit)
            case "more_than":
                return _when(low > limit, high <= limit)
            case "less_than":
                return _when(high < limit, low >= limit)
        return _when(z3.And(low == limit, high == limit), z3.Or(high < limit, low > limit))

    def _number(self, name: str, fact: Fact) -> tuple[Any, Any]:
        if fact.value == "term_years":
            return z3.ToReal(self.world.term), z3.ToReal(self.world.term)
        growing = fact.reading in ("sum", "count", "kinds") and fact.over is None or fact.cumulative
        timeless = fact.reading == "value" and shape_of(fact.value or "") != "dated"
        start = self.at.start if fact.reading in ("sum", "count", "kinds") else ""
        return self.world.number(name, start, self.at, growing, timeless)

    def _count(self, fact: Fact) -> tuple[Any, Any]:
        certain, possible, more = [], [], []
        for present, counts, value in self._looked(fact, fact.where or c.Where()):
            both = _all([counts, value])
            certain.append(z3.If(z3.And(present, both.true), 1, 0))
            possible.append(z3.If(z3.And(present, z3.Not(both.false)), 1, 0))
        more = [self._more(path, fact) for path in self._paths(fact)]
        return z3.ToReal(z3.Sum(certain)), z3.If(z3.Or(more), z3.RealVal(10**6), z3.ToReal(z3.Sum(possible)))

    # --- single values and words -------------------------------------------------------------------------------------------------

    def _single(self, name: str, fact: Fact, words: Iterable[Any], open_list: bool) -> Value:
        one, two, given = self.world.choice("value", name, self._moment(fact))
        if fact.type == "truth":
            self.world._say(*(z3.Or(end == self.world.word(True), end == self.world.word(False)) for end in (one, two)))
        numbers = [self.world.word(word) for word in words]
        inside = [z3.Or([end == number for number in numbers]) for end in (one, two)]
        outside = z3.And(given, z3.Not(inside[0]), z3.Not(inside[1]))
        true = z3.And(given, *inside)
        return Value(true, z3.BoolVal(False), outside) if open_list else _when(true, outside)

    def _done(self, node: c.Done) -> Value:
        first, last = z3.Real(f"first|{node.fact}"), z3.Real(f"last|{node.fact}")
        given = self.world.flag("done", node.fact)
        self.world._say(first <= last)
        return _when(z3.And(given, last <= self.at.point), z3.And(given, first > self.at.point))

    def _several(self, node: c.AnyAmong | c.Contains, fact: Fact) -> Value:
        words = node.any_among if isinstance(node, c.AnyAmong) else node.contains_all
        has = [self.world.flag("word", fact.words, word) for word in words]
        more = self.world.flag("more", fact.words)
        if isinstance(node, c.Contains):
            return _when(z3.And(has), z3.And(z3.Not(z3.And(has)), z3.Not(more)))
        some, given = z3.Or(has), self.world.flag("words given", fact.words)
        self.world._say(z3.Implies(some, given))
        outside = z3.And(z3.Not(some), z3.Not(more))
        return Value(some, z3.And(outside, z3.Not(given)), z3.And(outside, given)) if node.open else _when(some, outside)

    # --- lists ---------------------------------------------------------------------------------------------------------------

    def _paths(self, fact: Fact) -> tuple[str, ...]:
        return self.ruleset.vocabulary.lists[fact.list_name or ""].paths

    def _look(self, fact: Fact) -> str:
        """Entries of the latest full year are others at every moment."""
        return self.at.key if fact.over is not None else ""

    def _more(self, path: str, fact: Fact) -> Any:
        return self.world.flag("more", path, self._look(fact))

    def _looked(self, fact: Fact, where: c.Where) -> Iterable[tuple[Any, Value, Value]]:
        """Each entry: whether it is there, whether it counts at the moment, whether it is as asked."""
        listed = self.ruleset.vocabulary.lists[fact.list_name or ""]
        for path in listed.paths:
            for index in self.world.entries(path, self._look(fact)):
                entry = (path, self._look(fact), index)
                yield self.world.flag("present", *entry), self._counts(entry, listed, fact), self._match(entry, where)

    def _counts(self, entry: tuple[str, str, int], listed: Any, fact: Fact) -> Value:
        values = [_known(True)]
        if listed.date is not None and fact.over is None:
            first, last = z3.Real(f"first|{entry}"), z3.Real(f"last|{entry}")
            self.world._say(first <= last)
            early, before = self._started(first, last)
            values.append(_when(z3.And(early, last <= self.at.point), z3.Or(before, first > self.at.point)))
        if listed.year is not None and self.at.year:
            given, is_it = self.world.flag("year given", *entry), self.world.flag("year", self.at.year, *entry)
            self.world._say(z3.Not(z3.And(self.world.flag("year", "owed", *entry), self.world.flag("year", "running", *entry))))
            values.append(_when(z3.And(given, is_it), z3.And(given, z3.Not(is_it))))
        return _all(values)

    def _started(self, first: Any, last: Any) -> tuple[Any, Any]:
        """Whether an entry is certainly, and certainly not, from after the start."""
        start = self.at.start
        if not start:
            return z3.BoolVal(True), z3.BoolVal(False)
        if start in ("after_approval", "after_term"):
            opens = z3.RealVal(0) if start == "after_approval" else z3.ToReal(self.world.term)
            return first > opens, last <= opens
        opens = z3.RealVal(0) if start == "approval" else z3.RealVal(date.fromisoformat(start).toordinal())
        return first >= opens, last < opens

    def _match(self, entry: tuple[str, str, int], where: c.Where) -> Value:
        values = [_known(True), *(self._test(entry, attribute, test) for attribute, test in where.each.items())]
        if where.any:
            values.append(_any([self._match(entry, part) for part in where.any]))
        return _all(values)

    def _test(self, entry: tuple[str, str, int], attribute: str, test: c.Test) -> Value:
        shape = shape_of(f"{entry[0]}.{attribute}")
        allowed = [word for word in test.one_of or () if word is not None]
        blank = test.one_of is not None and None in test.one_of
        if shape == "several":
            given, any_word = self.world.flag("given", attribute, *entry), self.world.flag("any word", attribute, *entry)
            has = z3.Or([self.world.flag("has", word, attribute, *entry) for word in allowed])
            self.world._say(z3.Implies(has, z3.And(given, any_word)), z3.Implies(any_word, given))
            if test.given:
                return _when(given, z3.BoolVal(False))
            outside = z3.And(given, z3.Not(has))
            return Value(has, z3.And(outside, z3.Not(any_word)), z3.And(outside, any_word)) if test.open else _when(has, outside)
        one, two, given = self.world.choice("attribute", attribute, *entry, self.at.key if shape == "dated" else "")
        absent = z3.Not(given)
        if test.given:
            return _when(given, z3.BoolVal(False))
        words = [self.world.word(word) for word in (allowed if test.one_of is not None else test.other_than or ())]
        inside = [z3.Or([end == number for number in words]) for end in (one, two)]
        if test.one_of is None:
            return _when(z3.And(given, z3.Not(inside[0]), z3.Not(inside[1])), z3.And(given, *inside))
        true, outside = z3.And(given, *inside), z3.And(given, z3.Not(inside[0]), z3.Not(inside[1]))
        value = Value(true, z3.BoolVal(False), outside) if test.open else _when(true, outside)
        return _if(absent, _known(True), value) if blank else value

    def _entries(self, node: Any, fact: Fact) -> Value:
        more = z3.Or([self._more(path, fact) for path in self._paths(fact)])
        where = {c.Some: "some", c.Every: "every", c.NoneOf: "none_of"}[type(node)]
        looked = list(self._looked(fact, getattr(node, where)))
        if isinstance(node, c.Some):
            found = _any([_if(present, _all([counts, value]), _known(False)) for present, counts, value in looked])
            return Value(found.true, z3.And(found.false, z3.Not(more)), z3.And(found.review, z3.Not(more)))
        values = []
        for index, (present, counts, value) in enumerate(looked):
            if isinstance(node, c.NoneOf):
                value = self._barred(node, fact, index, value)
            unsure = z3.And(counts.unknown, z3.Not(value.true))
            seen = _when(z3.And(value.true, z3.Not(unsure)), z3.And(value.false, z3.Not(unsure)), z3.And(value.review, z3.Not(unsure)))
            values.append(_if(z3.And(present, z3.Not(counts.false)), seen, _known(True)))
        if isinstance(node, c.NoneOf):
            rest = Value(z3.Not(more), z3.BoolVal(False), z3.BoolVal(False))
        else:
            certain, some = z3.Or([z3.And(p, k.true) for p, k, _ in looked]), z3.Or([z3.And(p, z3.Not(k.false)) for p, k, _ in looked])
            rest = Value(z3.And(certain, z3.Not(more)), z3.And(z3.Not(some), z3.Not(more)), z3.BoolVal(False))
        return _all([*values, rest])

    def _barred(self, node: c.NoneOf, fact: Fact, index: int, value: Value) -> Value:
        turned = _not(value)
        if not node.open:
            return turned
        path = self._paths(fact)[0]
        allowed = self._match((path, self._look(fact), index), node.permitted) if node.permitted is not None else _known(False)
        return Value(z3.And(turned.true, allowed.true), turned.false, z3.Or(turned.review, z3.And(turned.true, allowed.false)))

    def _key(self, node: c.EachOf, fact: Fact, key: str) -> Value:
        entry = (f"{fact.table}", key, 0)
        present, more = self.world.flag("present", *entry), self.world.flag("more", fact.table)
        return _if(present, self._match(entry, node.has), Value(z3.BoolVal(False), z3.Not(more), z3.BoolVal(False)))


__all__ = ["At", "Value", "World", "need_z3"]
