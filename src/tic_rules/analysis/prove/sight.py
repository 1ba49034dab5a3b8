"""What a rule asks at one moment, as formulas: the core form over all data at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product

from tic_rules.analysis.diff.order import shape_of
from tic_rules.analysis.prove.booleans import Ends, Formula, conj, disj, neg, truth, z3
from tic_rules.analysis.prove.entries import EntryFormulas
from tic_rules.analysis.prove.symbols import At, World, lowered_rule
from tic_rules.analysis.prove.values import (
    TruthFormulas,
    all_of,
    any_of,
    cases,
    compare,
    constant,
    outcomes,
    real,
    when,
)
from tic_rules.core.logic import FALSE, TRUE
from tic_rules.engines.lowering import STATUS, VALUES
from tic_rules.engines.lowering import form as f
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Fact, Rule, RuleSet

_COUNTED, _DISTINCT = 8, 4
"""Up to so many entries, or different values, are told apart one by one; beyond, a count is a number."""


def formulas(
    world: World, ruleset: RuleSet, rule: Rule, deadlines: Sequence[At]
) -> tuple[Formula, Formula, Formula]:
    """When a rule is met, when it is broken, and when a person may find that it is met."""
    asked = lowered_rule(ruleset, rule)
    met, broken, open_ = [], [], []
    for at in world.ats(ruleset, rule, deadlines):
        sight = Sight(world, ruleset, at)
        parts = [
            constant(otherwise) if part is None else sight.value(part)
            for part, otherwise in ((asked.require, TRUE), (asked.broken, FALSE), (asked.applies, TRUE))
        ]
        owed = constant(TRUE) if at.owed is None else at.owed
        fine, left = (_status_in((*_FINE, *more), parts) for more in ((), ("needs_review",)))
        met.append(disj(owed.false, conj(owed.true, fine)))
        open_.append(disj(owed.false, conj(owed.true, left)))
        broken.append(conj(owed.true, _status_in(("fail",), parts)))
    if asked.clock.by == "application" or asked.programme:
        return conj(*met), disj(*broken), conj(*open_)
    unless = neg(world.approved)
    return disj(unless, conj(*met)), conj(world.approved, disj(*broken)), disj(unless, conj(*open_))


_FINE = ("pass", "not_applicable")


def _status_in(statuses: tuple[str, ...], parts: Sequence[TruthFormulas]) -> Formula:
    """Whether a rule whose time is up has one of these statuses, by the status table."""

    def formula(branch: bool | _Branch, depth: int) -> Formula:
        if isinstance(branch, bool):
            return truth(branch)
        part = parts[depth]
        return disj(*(conj(part.is_(*numbers), formula(way, depth + 1)) for numbers, way in branch))

    return formula(_branch(statuses, len(parts), ()), 0)


_Branch = tuple[tuple[tuple[int, ...], "bool | _Branch"], ...]
"""The values of the next part that lead the same way, and that way: another branch, or what it comes to."""


@cache
def _branch(statuses: tuple[str, ...], parts: int, values: tuple[int, ...]) -> bool | _Branch:
    """The status table as a tree over the values of the parts, without what makes no difference."""
    rest = product(*(VALUES for _ in range(parts - len(values))))
    reached = {
        STATUS[(*values, *others, "fail")] in statuses  # type: ignore[index]
        for others in rest
    }
    if len(reached) == 1:
        return reached.pop()
    ways: dict[bool | _Branch, list[int]] = {}
    for value in VALUES:
        ways.setdefault(_branch(statuses, parts, (*values, value)), []).append(value)
    return tuple((tuple(numbers), way) for way, numbers in ways.items())


class Sight:
    """What is asked at one moment."""

    def __init__(self, world: World, ruleset: RuleSet, at: At) -> None:
        self.world, self.ruleset, self.at = world, ruleset, at
        self.entries = EntryFormulas(world, ruleset, at)

    def value(self, node: f.Logic) -> TruthFormulas:
        """A piece of logic as formulas."""
        match node:
            case f.Constant():
                return constant(node.value)
            case f.Conjunction():
                return all_of([self.value(part) for part in node.parts])
            case f.Disjunction():
                return any_of([self.value(part) for part in node.parts])
            case f.Cases(outcomes=(_, _, f.Judged(item=None), _)):
                return self.value(node.of)  # what is left to be judged counts as such: nobody has judged it
            case f.Cases():
                return cases(self.value(node.of), [self.value(outcome) for outcome in node.outcomes])
            case f.RangeComparison():
                left, right = (self._range(term, node) for term in (node.left, node.right))
                return compare(node.operator, left, right)
            case f.Member():
                return self._member(node)
            case f.Fold():
                return self._fold(node)
        return self._other(node)

    def _other(self, node: f.Logic) -> TruthFormulas:
        match node:
            case f.Happened():
                return self._happened(node)
            case f.Until():
                end = z3.ToReal(self.world.term) if node.day == "term_end" else z3.RealVal(0)
                looked_at = self.at.point <= end
                if self.at.key not in ("during", "after"):  # the as-of day may be any from a deadline on
                    looked_at = conj(looked_at, self.world.flag("as of a day up to", node.day))
                return when(looked_at, neg(looked_at))
            case f.Followed():
                required = self.value(lowered_rule(self.ruleset, self.ruleset[node.rule]).require)
                return when(required.false, required.true)
            case f.Judged():
                document = "" if self.world.editions else self.ruleset.id
                return self.world.fresh(("attested", document, node.rule, node.item or ""))
            case f.Agree():
                facts = tuple(self._known_as(text.fact) for text in node.texts)
                value = self.world.fresh(("agree", facts, node.texts, self.at.key))
                self.world.say(neg(value.review))
                return value
            case f.Consecutive():
                some = self.entries.fold(f.Fold(node.over, False, node.body))
                return self.world.running(node, self.at, some)
            case f.FullYears():
                years = ("each year", node.founded, node.body, self._whose(node.source, node.founded or ""))
                return self.world.graded(years, node.years, self.at)
            case f.MostOfEach():
                crowd = ("of each", node.over, node.attribute, self._whose(node.source))
                return self.world.graded(crowd, -node.most, self.at)
            case f.EventEntry():
                return self.entries.owing(node.body)
            case f.LatestEntry():
                at = self.at.key, self.at.start
                return self.world.fresh(("latest", node.over, node.by, node.of, node.has, *at))
        raise AssertionError(f"not seen: {node!r}")

    def _whose(self, source: c.Condition, *facts: str) -> str:
        """The rule set, where it reads a fact of a condition in another way than the other side."""
        return "" if self.world.otherwise.isdisjoint((*c.facts_of(source), *facts)) else self.ruleset.id

    def _known_as(self, fact: str) -> str:
        return self.world.known_as(self.ruleset, fact)

    def _moment(self, fact: Fact) -> str:
        """The time as part of a name: a field that holds no dates is the same at all times."""
        vocabulary = self.ruleset.vocabulary
        return self.at.key if fact.value is not None and shape_of(fact.value, vocabulary) == "dated" else ""

    # --- ranges ---------------------------------------------------------------------------------------------

    def _range(self, term: f.Ranged, node: f.RangeComparison) -> Ends:
        """The ends of a range."""
        match term:
            case f.Bounds():
                return real(term.low), real(term.high)
            case f.Multiple():
                low, high = self._range(term.of, node)
                return real(term.factor) * low, real(term.factor) * high
            case f.Measure():
                return self._quantity(term.fact, node)
            case f.GroupAmount():
                return self._amount(self.ruleset.facts[term.fact], term)
        groups = "+".join(sorted(term.groups)) + ("|rest" if term.rest else "")
        return self.world.number(
            f"{self._known_as(term.fact)}:{groups}", self.at.start, self.at, False, False
        )

    def _quantity(self, name: str, node: f.RangeComparison) -> Ends:
        fact, most = self.ruleset.facts[name], None
        if isinstance(node.right, f.Bounds) and node.right.low == node.right.high:
            most = node.right.high
        if fact.count is not None and most is not None and most <= _COUNTED:
            return self.entries.count(fact)
        if fact.distinct is not None and most is not None and most <= _DISTINCT:
            return self.entries.distinct(fact, fact.distinct)
        if fact.value == "term_years":
            return z3.ToReal(self.world.term), z3.ToReal(self.world.term)
        growing = (fact.reading in ("sum", "count", "kinds") and fact.over is None) or fact.cumulative
        growing = growing or fact.age is not None
        shape = shape_of(fact.value or "", self.ruleset.vocabulary)
        timeless = fact.reading == "value" and shape != "dated"
        start = "" if fact.reading in ("value", "stock", "age") else self.at.start
        return self.world.number(self._known_as(name), start, self.at, growing, timeless)

    def _amount(self, fact: Fact, term: f.GroupAmount) -> Ends:
        """What one group has: the same variables for the same entries, whatever the group is called."""
        where = (fact.groups or {})[term.group].where
        look = (
            fact.list_name or "",
            fact.sum or "",
            str(fact.over),
            self._known_as(term.fact) if term.fact in self.world.otherwise else "",
        )
        return self.world.amount(look, where, self.at)

    # --- single values and words ----------------------------------------------------------------------------

    def _member(self, node: f.Member) -> TruthFormulas:
        term = node.term
        assert isinstance(term, (f.Choice, f.Between)), "words and attributes are those of a fold"
        fact = self.ruleset.facts[term.fact]
        one, two, given = self.world.choice("value", self._known_as(term.fact), self._moment(fact))
        if isinstance(term, f.Between):
            value = self.world.fresh(("reads", self._known_as(term.fact), term, self._moment(fact)))
            self.world.say(z3.Implies(disj(value.true, value.false), given), neg(value.review))
            return outcomes({node.outside: value.true, node.inside: value.false, node.absent: value.unknown})
        if fact.type == "truth":
            yes, no = self.world.word(True), self.world.word(False)
            self.world.say(*(disj(end == yes, end == no) for end in (one, two)))
        return self.world.on_list(node, one, two, given)

    def _happened(self, node: f.Happened) -> TruthFormulas:
        first, last = z3.Real(f"first|{node.fact}"), z3.Real(f"last|{node.fact}")
        given = self.world.flag("done", node.fact)
        self.world.say(first <= last)
        return when(conj(given, last <= self.at.point), conj(given, first > self.at.point))

    def _fold(self, node: f.Fold) -> TruthFormulas:
        fact = self.ruleset.facts[node.over.fact]
        match node.over:
            case f.TableKeys(keys=keys):
                return all_of([self.entries.under_key(fact, key, node.body) for key in keys])
            case f.WordList():
                assert isinstance(node.body, f.Member)
                return self._some_word(node.body, fact)
        return self.entries.fold(node)

    def _some_word(self, node: f.Member, fact: Fact) -> TruthFormulas:
        some = disj(*[self.world.flag("word", fact.words, word) for word in node.words])
        more, given = self.world.flag("more", fact.words), self.world.flag("words given", fact.words)
        self.world.say(z3.Implies(some, given))
        outside = conj(neg(some), neg(more))
        if node.outside == FALSE:
            return when(some, outside)
        return outcomes({TRUE: some, FALSE: conj(outside, neg(given)), node.outside: conj(outside, given)})
