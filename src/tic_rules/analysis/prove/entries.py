"""The entries of lists as formulas: each list holds as many as the rules at hand can tell apart, and perhaps
more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tic_rules.analysis.diff.order import shape_of
from tic_rules.analysis.prove.booleans import Ends, Formula, conj, disj, neg, truth, z3
from tic_rules.analysis.prove.symbols import YEARS, At, World
from tic_rules.analysis.prove.values import (
    TruthFormulas,
    all_of,
    any_of,
    cases,
    constant,
    either,
    outcomes,
    when,
)
from tic_rules.core.logic import FALSE, REVIEW, TRUE
from tic_rules.engines.lowering import entry_logic
from tic_rules.engines.lowering import form as f
from tic_rules.model.ruleset import Fact, ListOf, RuleSet

Entry = tuple[str, str, int]
"""An entry by its list, the time as part of its name, and its number."""
_MANY = 10**6


class Looked(NamedTuple):
    """An entry: whether it is there, whether it counts at the moment, whether it is as asked."""

    present: Formula
    counts: TruthFormulas
    value: TruthFormulas


class EntryFormulas:
    """The lists at one moment."""

    def __init__(self, world: World, ruleset: RuleSet, at: At) -> None:
        self.world, self.ruleset, self.at = world, ruleset, at

    # --- folds and counts -----------------------------------------------------------------------------------

    def fold(self, node: f.Fold) -> TruthFormulas:
        """What the entries of a list come to together."""
        fact = self.ruleset.facts[node.over.fact]
        more = self._more(fact)
        looked = list(self._looked(fact, node.body))
        if not node.every:
            some = any_of(
                [either(one.present, all_of([one.counts, one.value]), constant(FALSE)) for one in looked]
            )
            return TruthFormulas(some.true, conj(some.false, neg(more)), conj(some.review, neg(more)))
        values = [
            either(conj(one.present, neg(one.counts.false)), _sure(one), constant(TRUE)) for one in looked
        ]
        if not node.some:
            return all_of([*values, when(neg(more), truth(False))])
        certain = disj(*[conj(one.present, one.counts.true) for one in looked])
        possible = disj(*[conj(one.present, neg(one.counts.false)) for one in looked])
        return all_of([*values, when(conj(certain, neg(more)), conj(neg(possible), neg(more)))])

    def under_key(self, fact: Fact, key: str, body: f.Logic) -> TruthFormulas:
        """What the entry of a table under a key comes to; one that is not there is false, unless the table
        may go on."""
        entry = (f"{fact.table}", key, 0)
        present, more = self.world.flag("present", *entry), self.world.flag("more", fact.table)
        return either(present, self._asked(entry, body), when(truth(False), neg(more)))

    def count(self, fact: Fact) -> Ends:
        """How many entries are certain, and how many there may be."""
        certain, possible = [], []
        for present, counts, value in self._looked(fact, entry_logic(fact.where)):
            joint = all_of([counts, value])
            certain.append(z3.If(conj(present, joint.true), 1, 0))
            possible.append(z3.If(conj(present, neg(joint.false)), 1, 0))
        more = self._more(fact)
        return z3.ToReal(z3.Sum(certain)), z3.If(more, z3.RealVal(_MANY), z3.ToReal(z3.Sum(possible)))

    def distinct(self, fact: Fact, attribute: str) -> Ends:
        """How many different values are certain, and how many there may be: each one that is not known may be
        another."""
        certain, missing, some = [], [], []
        before: list[Ends] = []
        for entry in self._entries(fact):
            dated = shape_of(f"{entry[0]}.{attribute}", self.ruleset.vocabulary) == "dated"
            one, two, given = self.world.choice("attribute", attribute, *entry, self.at.key if dated else "")
            counts = self._counts(entry, self._listed(fact), fact)
            here = conj(self.world.flag("present", *entry), neg(counts.false))
            exact = conj(here, counts.true, given, one == two)
            another = [neg(conj(other, word == one)) for other, word in before]
            certain.append(z3.If(conj(exact, *another), 1, 0))
            missing.append(z3.If(conj(here, neg(exact)), 1, 0))
            some.append(here)
            before.append((exact, one))
        more = self._more(fact)
        low, high = z3.Sum(certain), z3.Sum(certain) + z3.Sum(missing)
        least = z3.ToReal(z3.If(conj(low == 0, disj(*some)), 1, low))
        return least, z3.If(more, z3.RealVal(_MANY), z3.ToReal(high))

    # --- entries --------------------------------------------------------------------------------------------

    def _listed(self, fact: Fact) -> ListOf:
        return self.ruleset.vocabulary.lists[fact.list_name or ""]

    def _look(self, fact: Fact) -> str:
        """Entries of the latest full year are others at every moment, and from another start on."""
        return f"{self.at.key}|{self.at.start}|{fact.over}" if fact.over is not None else ""

    def _more(self, fact: Fact) -> Formula:
        """Whether a list may go on."""
        look = self._look(fact)
        more = disj(*[self.world.flag("more", path, look) for path in self._listed(fact).paths])
        return conj(self._begun(), more)

    def _begun(self) -> Formula:
        """Whether the time that counts has begun: before it no entry counts, dated or not."""
        start, point = self.at.start, self.at.point
        if not start:
            return truth(True)
        opens = self.world.opening(start)
        return opens < point if start.startswith("after_") else opens <= point

    def _entries(self, fact: Fact) -> Iterator[Entry]:
        look = self._look(fact)
        for path in self._listed(fact).paths:
            for number in self.world.entries(path, look):
                yield path, look, number

    def _looked(self, fact: Fact, body: f.Logic) -> Iterator[Looked]:
        listed = self._listed(fact)
        for entry in self._entries(fact):
            present, counts = self.world.flag("present", *entry), self._counts(entry, listed, fact)
            yield Looked(present, counts, self._asked(entry, body))

    def _counts(self, entry: Entry, listed: ListOf, fact: Fact) -> TruthFormulas:
        begun = self._begun()
        values = [when(begun, neg(begun))]
        dated = listed.date is not None or (listed.year is not None and not self.at.year)
        if dated and fact.over is None:
            first, last = z3.Real(f"first|{entry}"), z3.Real(f"last|{entry}")
            self.world.say(first <= last)
            started, before = self._started(first, last)
            done, later = last <= self.at.point, first > self.at.point
            values.append(when(conj(started, done), disj(before, later)))
        in_years = listed.date is None or self.at.year in YEARS
        if (listed.year or listed.date) is not None and self.at.year and in_years:
            given = self.world.flag("year given", *entry)
            owed, running = (self.world.flag("year", year, *entry) for year in ("owed", "running"))
            if listed.year is not None:
                self.world.say(neg(conj(owed, running)))
            is_it = self.world.flag("year", self.at.year, *entry)
            values.append(when(conj(given, is_it), conj(given, neg(is_it))))
        return all_of(values)

    def _started(self, first: Formula, last: Formula) -> Ends:
        """Whether an entry is certainly, and certainly not, from after the start."""
        start = self.at.start
        if not start:
            return truth(True), truth(False)
        opens = self.world.opening(start)
        if start.startswith("after_"):
            return first > opens, last <= opens
        return first >= opens, last < opens

    # --- what is asked of an entry --------------------------------------------------------------------------

    def owing(self, body: f.Logic) -> TruthFormulas:
        """What is asked of the entry that owes."""
        path = self._listed(self.ruleset.facts[self.at.event]).paths[0]
        return self._asked((path, self.at.start, 0), body)

    def _asked(self, entry: Entry, node: f.Logic) -> TruthFormulas:
        match node:
            case f.Constant():
                return constant(node.value)
            case f.Conjunction():
                return all_of([self._asked(entry, part) for part in node.parts])
            case f.Disjunction():
                return any_of([self._asked(entry, part) for part in node.parts])
            case f.Cases():
                return cases(self._asked(entry, node.of), [self._asked(entry, one) for one in node.outcomes])
            case f.Member(term=f.Attribute(name)):
                shape = shape_of(f"{entry[0]}.{name}", self.ruleset.vocabulary)
                if shape == "several":
                    return self._several(entry, name, node)
                choice = self.world.choice("attribute", name, *entry, self.at.key if shape == "dated" else "")
                return self.world.on_list(node, *choice)
            case f.Passed(name):
                first, last = z3.Real(f"first|{name}|{entry}"), z3.Real(f"last|{name}|{entry}")
                _, _, given = self.world.choice("attribute", name, *entry, "")
                self.world.say(first <= last)
                return when(conj(given, last <= self.at.point), conj(given, first > self.at.point))
        raise AssertionError(f"not asked of an entry: {node!r}")

    def _several(self, entry: Entry, name: str, node: f.Member) -> TruthFormulas:
        """An attribute that holds several words."""
        given, any_word = (self.world.flag(asked, name, *entry) for asked in ("given", "any word"))
        has = disj(*[self.world.flag("has", word, name, *entry) for word in node.words])
        self.world.say(z3.Implies(has, conj(given, any_word)), z3.Implies(any_word, given))
        absent = {node.absent: neg(given)}
        if node.inside == FALSE and not node.words:
            return outcomes({**absent, node.outside: given})
        outside = conj(given, neg(has))
        if node.outside != REVIEW:
            tests = {TRUE: has, FALSE: outside}
        else:
            tests = {TRUE: has, FALSE: conj(outside, neg(any_word)), REVIEW: conj(outside, any_word)}
        return outcomes({**tests, node.absent: disj(tests.get(node.absent, truth(False)), *absent.values())})


def _sure(one: Looked) -> TruthFormulas:
    """An entry that only may count is unknown where it is not as asked."""
    unsure = conj(one.counts.unknown, neg(one.value.true))
    return TruthFormulas(*(conj(end, neg(unsure)) for end in one.value))
