"""Logic of the core form as functions of a view: each gives one of the four values."""

from __future__ import annotations

from collections.abc import Callable

from tic_rules.core.dates import Span
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN, compare_sums
from tic_rules.core.numbers import Range
from tic_rules.engines.lowering import COMPARISONS, FOLLOWED, OPERATORS
from tic_rules.engines.lowering import form as f
from tic_rules.engines.python.lists import Asked, Counted, View, agreed, combined
from tic_rules.engines.python.terms import Readings
from tic_rules.evaluation import spans
from tic_rules.evaluation.in_time import year_moments
from tic_rules.evaluation.judgements import latest_judgement
from tic_rules.evaluation.operators import see
from tic_rules.evaluation.scenarios import Scenario
from tic_rules.model.ruleset import RuleSet

_ENDS = {"low": 0, "high": 1}


class Values:
    """Makes the functions of a rule set."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset, self.readings = ruleset, Readings(ruleset)

    def of(self, node: f.Logic) -> Asked:
        """A piece of logic as a function."""
        joined = combined(node, self.of)
        if joined is not None:
            return joined
        match node:
            case f.RangeComparison():
                return self._compare(node)
            case f.Fold():
                return self._fold(node)
            case f.Member():
                return self._member(node)
            case f.Happened(fact):
                return _happened(self.readings.single(fact))
            case f.Agree():
                return _agree([self.possible(text) for text in node.texts])
            case f.Followed(rule):
                return lambda view, record: FOLLOWED.get(view.check[rule], FALSE)
            case f.Judged():
                return _judged(node)
            case f.Consecutive() | f.LatestEntry():
                return self._in_time(node)
            case f.FullYears():
                return self._each_year(node)
            case f.MostOfEach():
                return self._by_reference(node)
            case f.Until(day):
                return _until(day == "term_end")
        raise AssertionError(f"no logic of the core form: {node!r}")

    def _compare(self, node: f.RangeComparison) -> Asked:
        left, right = self.readings.ranged(node.left), self.readings.ranged(node.right)
        comparison = COMPARISONS[node.operator]
        true, false = (
            [(_ENDS[test.left], OPERATORS[test.operator], _ENDS[test.right]) for test in tests]
            for tests in comparison
        )

        def compare(view: View, record: object) -> int:
            ends, bounds = left(view), right(view)
            if all(holds(ends[x], bounds[t]) for x, holds, t in true):
                return TRUE
            if any(fails(ends[y], bounds[u]) for y, fails, u in false):
                return FALSE
            if not isinstance(node.left, f.Measure):
                return UNKNOWN
            sums = view.scene.sums(node.left.fact, view.moment)  # an amount may be either all or nothing
            return compare_sums(node.operator, sums, Range(*bounds))

        return compare

    def _fold(self, node: f.Fold) -> Asked:
        if isinstance(node.over, f.WordList):
            assert isinstance(node.body, f.Member), "of words it is asked which there are"
            return _some_word(self.readings.words(node.over.fact), node.body)
        fact, lists = self.ruleset.facts[node.over.fact], self.readings.lists
        body = lists.asked(node.body, fact)
        if isinstance(node.over, f.TableKeys):
            return _each(node.over, body)
        counted = lists.counted(fact)
        return _every(counted, body, node.some) if node.every else _some(counted, body)

    def possible(self, term: f.Chosen) -> Callable[[View], list[object]]:
        """The values that a word or a text may have on a view's day."""
        assert isinstance(term, (f.Choice, f.Between)), "words and attributes are those of a fold"
        single = self.readings.single(term.fact)
        if isinstance(term, f.Choice):
            return single
        inner = term.reader()
        return lambda view: [inner(text) for text in single(view)]

    def _member(self, node: f.Member) -> Asked:
        possible = self.possible(node.term)
        words, inside, outside, absent = frozenset(node.words), node.inside, node.outside, node.absent

        def member(view: View, record: object) -> int:
            values = possible(view)
            if len(values) == 1:
                return inside if values[0] in words else outside
            return agreed({inside if value in words else outside for value in values}, absent)

        return member

    def _in_time(self, node: f.Consecutive | f.LatestEntry) -> Asked:
        """What lies in the order of entries is the reference's own; unless no entry can be as asked, and
        none is not shown."""
        seen = self._by_reference(node)
        asked = node.body if isinstance(node, f.Consecutive) else node.of
        fact = self.ruleset.facts[node.over.fact]
        body, name = self.readings.lists.asked(asked, fact), fact.list_name or ""
        by_name = self.ruleset.vocabulary.lists[name].every_year  # a year that it does not show is not known

        def in_time(view: View, record: object) -> int:
            listed = self.readings.lists.listed(view, name)
            last = view.moment.spoken or view.day  # entries of a year may be told after it
            shown = not listed.open and last <= view.spoken and not by_name
            if shown and all(body(view, record) == FALSE for record, _, _ in listed.entries):
                return FALSE
            return seen(view, record)

        return in_time

    def _by_reference(self, node: f.Consecutive | f.LatestEntry | f.MostOfEach) -> Asked:
        """What lies in the order of entries, or in what they have in common, as the reference sees it."""
        rule = self.ruleset.rules[0]  # it is asked the same way for every rule

        def seen(view: View, record: object) -> int:
            scenario = Scenario(view.days.approved, view.days.applied, view.days.term_end)
            return see(node.source, view.scene, view.moment, scenario, rule).value

        return seen

    def _each_year(self, node: f.FullYears) -> Asked:
        body = self.of(node.body)

        def each_year(view: View, record: object) -> int:
            least, years = TRUE, year_moments(node.source, view.scene, view.moment)
            for moment, counts in years:
                value = body(view.at(moment), None)
                least = min(least, value if counts or value == TRUE else UNKNOWN)
            return least if any(counts for _, counts in years) else min(least, UNKNOWN)

        return each_year


def _every(over: Callable[[View], Counted], body: Asked, some: bool) -> Asked:
    def every(view: View, record: object) -> int:
        entries, more = over(view)
        least, certain = TRUE, False
        for entry, counts in entries:
            value = body(view, entry)
            if counts == TRUE:
                certain = True
            elif value != TRUE:
                value = UNKNOWN
            if value < least:
                least = value
        if more or (some and entries and not certain):
            return min(least, UNKNOWN)
        return FALSE if some and not entries else least

    return every


def _each(over: f.TableKeys, body: Asked) -> Asked:
    """The entries of a table under each of the keys."""

    def each(view: View, record: object) -> int:
        entries, more, _ = view.scene.table(over.fact, view.day)
        absent = UNKNOWN if more else FALSE
        least = TRUE
        for key in over.keys:
            record = entries.get(key) if entries else None
            value = absent if record is None else body(view, record)
            if value < least:
                least = value
        return least

    return each


def _some(over: Callable[[View], Counted], body: Asked) -> Asked:
    def some(view: View, record: object) -> int:
        entries, more = over(view)
        best = UNKNOWN if more else FALSE
        for entry, counts in entries:
            value = body(view, entry)
            if value > counts:
                value = counts
            if value == TRUE:
                return TRUE
            if value != FALSE and best != UNKNOWN:
                best = value
        return best

    return some


def _some_word(read: Callable[[View], tuple[tuple[str, ...], bool]], asked: f.Member) -> Asked:
    """Whether one of several words is on a list."""
    words, outside = frozenset(asked.words), asked.outside

    def some(view: View, record: object) -> int:
        given, more = read(view)
        if not words.isdisjoint(given):
            return TRUE
        return UNKNOWN if more else outside if given else FALSE

    return some


def _judged(node: f.Judged) -> Asked:
    key = node.rule, node.item

    def judged(view: View, record: object) -> int:
        given = view.scene.attested.get(key)
        return REVIEW if given is None else latest_judgement(given, view.scene.as_of)

    return judged


def _until(term_end: bool) -> Asked:
    def until(view: View, record: object) -> int:
        end = view.days.term_end if term_end else view.days.approved
        return TRUE if end is not None and view.days.as_of <= end else FALSE

    return until


def _happened(single: Callable[[View], list[Span]]) -> Asked:
    def happened(view: View, record: object) -> int:
        return agreed({spans.happened(when, view.day, view.spoken) for when in single(view)}, UNKNOWN)

    return happened


def _agree(texts: list[Callable[[View], list[object]]]) -> Asked:
    def agree(view: View, record: object) -> int:
        inner = [{*values} - {""} for values in (possible(view) for possible in texts) if values]
        if inner and not set.intersection(*inner):
            return FALSE
        return UNKNOWN if any(len(one) > 1 for one in inner) else TRUE

    return agree
