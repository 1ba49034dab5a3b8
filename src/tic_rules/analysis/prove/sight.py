"""What a rule's conditions mean at one moment, as formulas: the evaluator's own definitions, over all data at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from tic_rules.analysis.diff.order import Reader, shape_of
from tic_rules.analysis.prove.symbols import (
    At,
    Value,
    World,
    all_of,
    any_of,
    constant,
    either,
    negated,
    real,
    when,
    z3,
)
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Fact, Rule, RuleSet


def formulas(world: World, ruleset: RuleSet, rule: Rule, deadlines: Sequence[At]) -> tuple[Any, Any]:
    """When a rule is met, and when it is broken."""
    met, broken = [], []
    for at in world.ats(rule, deadlines):
        sight = Sight(world, ruleset, rule, at)
        value = sight.see(rule.condition)
        if rule.kind == "consequence":
            value = negated(value)
        applies = sight.see(rule.applies) if rule.applies is not None else constant(True)
        at_once = sight.see(rule.fails_at_once).true if rule.fails_at_once is not None else z3.BoolVal(False)
        met.append(z3.Or(applies.false, z3.And(value.true, z3.Not(at_once))))
        broken.append(z3.And(applies.true, z3.Or(value.false, at_once)))
    if rule.by == "application" or rule.bearer == "programme":
        return z3.And(met), z3.Or(broken)
    return z3.Or(z3.Not(world.approved), z3.And(met)), z3.And(world.approved, z3.Or(broken))


class Sight:
    """A rule's conditions at one moment."""

    def __init__(self, world: World, ruleset: RuleSet, rule: Rule, at: At) -> None:
        self.world, self.ruleset, self.rule, self.at = world, ruleset, rule, at

    def see(self, node: Any) -> Value:
        match node:
            case c.All():
                return all_of([self.see(part) for part in node.all])
            case c.Either():
                return any_of([self.see(part) for part in node.any])
            case c.Not():
                return negated(self.see(node.not_))
            case c.Review():
                inner = self.see(node.review)
                return Value(z3.BoolVal(False), inner.false, z3.Or(inner.true, inner.review))
            case c.Attested():
                asked = [item.id for item in self.rule.items] or [""]
                return all_of(
                    [
                        self.world.fresh(
                            ("attested", "" if self.world.editions else self.ruleset.id, self.rule.id, item)
                        )
                        for item in asked
                    ]
                )
            case c.Follows():
                other = self.ruleset[node.follows]
                return Sight(self.world, self.ruleset, other, self.at).see(other.when)
            case c.NotAfter():
                end = z3.ToReal(self.world.term) if node.not_after == "term_end" else z3.RealVal(0)
                return when(self.at.point <= end, self.at.point > end)
            case c.Same():
                return self.world.fresh(("same", repr(node), self.at.key))
            case c.Latest():
                return self.world.fresh(("latest", repr(node), self.at.key))
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
                given = self.world.choice("value", self._known_as(node.fact), self._moment(fact))[2]
                return when(given, z3.BoolVal(False))
            case c.Done():
                return self._done(node)
            case c.Reads():
                given = self.world.choice("value", self._known_as(node.fact), self._moment(fact))[2]
                value = self.world.fresh(("reads", repr(node), self._moment(fact)))
                self.world.say(z3.Implies(z3.Or(value.true, value.false), given), z3.Not(value.review))
                return value
            case c.AnyAmong() | c.Contains():
                return self._several(node, fact)
            case c.EachOf():
                return all_of([self._key(node, fact, key) for key in node.each_of])
            case c.Largest():
                return self.world.largest(node, self.at, Reader(self.ruleset.facts))
            case c.Share():
                low, high = self.world.number(
                    f"{self._known_as(node.fact)}:{sorted(node.share_of)}",
                    self.at.start,
                    self.at,
                    False,
                    False,
                )
                strict = node.more_than is not None
                return self._bounded(
                    "more_than" if strict else "at_least",
                    low,
                    high,
                    real(node.more_than if strict else node.at_least),
                )
        return self._entries(node, fact)

    def _known_as(self, fact: str) -> str:
        """The name of a fact's variables: one for both sides, unless they read it in different ways."""
        return f"{fact} of {id(self.ruleset)}" if fact in self.world.otherwise else fact

    def _moment(self, fact: Fact) -> str:
        """The time as part of a name: a field that holds no dates is the same at all times."""
        return self.at.key if fact.value is not None and shape_of(fact.value) == "dated" else ""

    # --- numbers -------------------------------------------------------------------------------------------------------------

    def _compare(self, node: c.Compare, fact: Fact) -> Value:
        if fact.count is not None and not isinstance(node.limit, (c.Times, tuple)) and node.limit <= 8:
            low, high = self._count(fact)
        elif fact.distinct is not None and not isinstance(node.limit, (c.Times, tuple)) and node.limit <= 4:
            low, high = self._distinct(fact, fact.distinct)
        else:
            low, high = self._number(node.fact, fact)
        if isinstance(node.limit, c.Times):
            other_low, other_high = self._number(node.limit.fact, self.ruleset.facts[node.limit.fact])
            factor = real(node.limit.times)
            key = ("times", node.fact, node.limit.fact, node.operator, self.at)
            return self._times(key, node.operator, low, high, factor * other_low, factor * other_high)
        if node.operator == "between":
            first, last = (real(end) for end in node.limit)
            return when(z3.And(low >= first, high <= last), z3.Or(high < first, low > last))
        return self._bounded(node.operator, low, high, real(node.limit))

    def _times(self, key: Any, operator: str, low: Any, high: Any, least: Any, most: Any) -> Value:
        if operator == "at_least":
            return when(low >= most, high < least)
        if operator == "at_most":
            return when(high <= least, low > most)
        return self.world.fresh(key)

    def _bounded(self, operator: str, low: Any, high: Any, limit: Any) -> Value:
        match operator:
            case "at_least":
                return when(low >= limit, high < limit)
            case "at_most":
                return when(high <= limit, low > limit)
            case "more_than":
                return when(low > limit, high <= limit)
            case "less_than":
                return when(high < limit, low >= limit)
        return when(z3.And(low == limit, high == limit), z3.Or(high < limit, low > limit))

    def _number(self, name: str, fact: Fact) -> tuple[Any, Any]:
        if fact.value == "term_years":
            return z3.ToReal(self.world.term), z3.ToReal(self.world.term)
        growing = (fact.reading in ("sum", "count", "kinds") and fact.over is None) or fact.cumulative
        timeless = fact.reading == "value" and shape_of(fact.value or "") != "dated"
        start = self.at.start if fact.reading in ("sum", "count", "kinds") else ""
        return self.world.number(self._known_as(name), start, self.at, growing, timeless)

    def _count(self, fact: Fact) -> tuple[Any, Any]:
        certain, possible, more = [], [], []
        for present, counts, value in self._looked(fact, fact.where or c.Where()):
            both = all_of([counts, value])
            certain.append(z3.If(z3.And(present, both.true), 1, 0))
            possible.append(z3.If(z3.And(present, z3.Not(both.false)), 1, 0))
        more = [self._more(path, fact) for path in self._paths(fact)]
        return z3.ToReal(z3.Sum(certain)), z3.If(z3.Or(more), z3.RealVal(10**6), z3.ToReal(z3.Sum(possible)))

    def _distinct(self, fact: Fact, attribute: str) -> tuple[Any, Any]:
        """How many different values are certain, and how many there may be: each one that is not known may be another."""
        certain, missing, some = [], [], []
        before: list[tuple[Any, Any]] = []
        for path in self._paths(fact):
            dated = shape_of(f"{path}.{attribute}") == "dated"
            for index in self.world.entries(path, self._look(fact)):
                entry = (path, self._look(fact), index)
                one, two, given = self.world.choice(
                    "attribute", attribute, *entry, self.at.key if dated else ""
                )
                counts = self._counts(entry, self.ruleset.vocabulary.lists[fact.list_name or ""], fact)
                here = z3.And(self.world.flag("present", *entry), z3.Not(counts.false))
                known = z3.And(here, counts.true, given, one == two)
                certain.append(
                    z3.If(
                        z3.And(known, *(z3.Not(z3.And(other, word == one)) for other, word in before)), 1, 0
                    )
                )
                missing.append(z3.If(z3.And(here, z3.Not(known)), 1, 0))
                some.append(here)
                before.append((known, one))
        more = z3.Or([self._more(path, fact) for path in self._paths(fact)])
        low, high = z3.Sum(certain), z3.Sum(certain) + z3.Sum(missing)
        return z3.ToReal(z3.If(z3.And(low == 0, z3.Or(some)), 1, low)), z3.If(
            more, z3.RealVal(10**6), z3.ToReal(high)
        )

    # --- single values and words -------------------------------------------------------------------------------------------------

    def _single(self, name: str, fact: Fact, words: Iterable[Any], open_list: bool) -> Value:
        one, two, given = self.world.choice("value", self._known_as(name), self._moment(fact))
        if fact.type == "truth":
            self.world.say(
                *(z3.Or(end == self.world.word(True), end == self.world.word(False)) for end in (one, two))
            )
        numbers = [self.world.word(word) for word in words]
        inside = [z3.Or([end == number for number in numbers]) for end in (one, two)]
        outside = z3.And(given, z3.Not(inside[0]), z3.Not(inside[1]))
        true = z3.And(given, *inside)
        return Value(true, z3.BoolVal(False), outside) if open_list else when(true, outside)

    def _done(self, node: c.Done) -> Value:
        first, last = z3.Real(f"first|{node.fact}"), z3.Real(f"last|{node.fact}")
        given = self.world.flag("done", node.fact)
        self.world.say(first <= last)
        return when(z3.And(given, last <= self.at.point), z3.And(given, first > self.at.point))

    def _several(self, node: c.AnyAmong | c.Contains, fact: Fact) -> Value:
        words = node.any_among if isinstance(node, c.AnyAmong) else node.contains_all
        has = [self.world.flag("word", fact.words, word) for word in words]
        more = self.world.flag("more", fact.words)
        if isinstance(node, c.Contains):
            return when(z3.And(has), z3.And(z3.Not(z3.And(has)), z3.Not(more)))
        some, given = z3.Or(has), self.world.flag("words given", fact.words)
        self.world.say(z3.Implies(some, given))
        outside = z3.And(z3.Not(some), z3.Not(more))
        return (
            Value(some, z3.And(outside, z3.Not(given)), z3.And(outside, given))
            if node.open
            else when(some, outside)
        )

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
                yield (
                    self.world.flag("present", *entry),
                    self._counts(entry, listed, fact),
                    self._match(entry, where),
                )

    def _counts(self, entry: tuple[str, str, int], listed: Any, fact: Fact) -> Value:
        values = [constant(True)]
        if listed.date is not None and fact.over is None:
            first, last = z3.Real(f"first|{entry}"), z3.Real(f"last|{entry}")
            self.world.say(first <= last)
            early, before = self._started(first, last)
            values.append(when(z3.And(early, last <= self.at.point), z3.Or(before, first > self.at.point)))
        if listed.year is not None and self.at.year:
            given, is_it = (
                self.world.flag("year given", *entry),
                self.world.flag("year", self.at.year, *entry),
            )
            self.world.say(
                z3.Not(
                    z3.And(
                        self.world.flag("year", "owed", *entry), self.world.flag("year", "running", *entry)
                    )
                )
            )
            values.append(when(z3.And(given, is_it), z3.And(given, z3.Not(is_it))))
        return all_of(values)

    def _started(self, first: Any, last: Any) -> tuple[Any, Any]:
        """Whether an entry is certainly, and certainly not, from after the start."""
        start = self.at.start
        if not start:
            return z3.BoolVal(True), z3.BoolVal(False)
        if start in ("after_approval", "after_term"):
            opens = z3.RealVal(0) if start == "after_approval" else z3.ToReal(self.world.term)
            return first > opens, last <= opens
        if start == "term_end":
            opens = z3.ToReal(self.world.term)
        else:
            day = 0 if start == "approval" else date.fromisoformat(start).toordinal()
            opens = z3.RealVal(day)
        return first >= opens, last < opens

    def _match(self, entry: tuple[str, str, int], where: c.Where) -> Value:
        values = [
            constant(True),
            *(self._test(entry, attribute, test) for attribute, test in where.each.items()),
        ]
        if where.any:
            values.append(any_of([self._match(entry, part) for part in where.any]))
        return all_of(values)

    def _test(self, entry: tuple[str, str, int], attribute: str, test: c.Test) -> Value:
        shape = shape_of(f"{entry[0]}.{attribute}")
        allowed = [word for word in test.one_of or () if word is not None]
        blank = test.one_of is not None and None in test.one_of
        if shape == "several":
            given, any_word = (
                self.world.flag("given", attribute, *entry),
                self.world.flag("any word", attribute, *entry),
            )
            has = z3.Or([self.world.flag("has", word, attribute, *entry) for word in allowed])
            self.world.say(z3.Implies(has, z3.And(given, any_word)), z3.Implies(any_word, given))
            if test.given:
                return when(given, z3.BoolVal(False))
            outside = z3.And(given, z3.Not(has))
            return (
                Value(has, z3.And(outside, z3.Not(any_word)), z3.And(outside, any_word))
                if test.open
                else when(has, outside)
            )
        one, two, given = self.world.choice(
            "attribute", attribute, *entry, self.at.key if shape == "dated" else ""
        )
        absent = z3.Not(given)
        if test.given:
            return when(given, z3.BoolVal(False))
        words = [
            self.world.word(word) for word in (allowed if test.one_of is not None else test.other_than or ())
        ]
        inside = [z3.Or([end == number for number in words]) for end in (one, two)]
        if test.one_of is None:
            return when(z3.And(given, z3.Not(inside[0]), z3.Not(inside[1])), z3.And(given, *inside))
        true, outside = z3.And(given, *inside), z3.And(given, z3.Not(inside[0]), z3.Not(inside[1]))
        value = Value(true, z3.BoolVal(False), outside) if test.open else when(true, outside)
        return either(absent, constant(True), value) if blank else value

    def _entries(self, node: Any, fact: Fact) -> Value:
        more = z3.Or([self._more(path, fact) for path in self._paths(fact)])
        where = "some" if isinstance(node, c.Some) else "every" if isinstance(node, c.Every) else "none_of"
        looked = list(self._looked(fact, getattr(node, where)))
        if isinstance(node, c.Some):
            found = any_of(
                [
                    either(present, all_of([counts, value]), constant(False))
                    for present, counts, value in looked
                ]
            )
            return Value(found.true, z3.And(found.false, z3.Not(more)), z3.And(found.review, z3.Not(more)))
        values = []
        for index, (present, counts, value) in enumerate(looked):
            if isinstance(node, c.NoneOf):
                value = self._barred(node, fact, index, value)
            unsure = z3.And(counts.unknown, z3.Not(value.true))
            seen = when(
                z3.And(value.true, z3.Not(unsure)),
                z3.And(value.false, z3.Not(unsure)),
                z3.And(value.review, z3.Not(unsure)),
            )
            values.append(either(z3.And(present, z3.Not(counts.false)), seen, constant(True)))
        if isinstance(node, c.NoneOf):
            rest = Value(z3.Not(more), z3.BoolVal(False), z3.BoolVal(False))
        else:
            certain, some = (
                z3.Or([z3.And(p, k.true) for p, k, _ in looked]),
                z3.Or([z3.And(p, z3.Not(k.false)) for p, k, _ in looked]),
            )
            rest = Value(z3.And(certain, z3.Not(more)), z3.And(z3.Not(some), z3.Not(more)), z3.BoolVal(False))
        return all_of([*values, rest])

    def _barred(self, node: c.NoneOf, fact: Fact, index: int, value: Value) -> Value:
        turned = negated(value)
        if not node.open:
            return turned
        path = self._paths(fact)[0]
        allowed = (
            self._match((path, self._look(fact), index), node.permitted)
            if node.permitted is not None
            else constant(False)
        )
        return Value(
            z3.And(turned.true, allowed.true),
            turned.false,
            z3.Or(turned.review, z3.And(turned.true, allowed.false)),
        )

    def _key(self, node: c.EachOf, fact: Fact, key: str) -> Value:
        entry = (f"{fact.table}", key, 0)
        present, more = self.world.flag("present", *entry), self.world.flag("more", fact.table)
        return either(
            present, self._match(entry, node.has), Value(z3.BoolVal(False), z3.Not(more), z3.BoolVal(False))
        )


__all__ = ["Sight", "formulas"]
