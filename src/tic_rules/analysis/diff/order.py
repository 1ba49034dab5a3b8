"""What is read off two conditions: whether one is at least as strict as the other, whatever the data says or
leaves out.

`at_least(x, y)`: on all data the value of x is no better than that of y (false, unknown, needs review, true
in this order). Sound and not complete: False means only that it cannot be read off; `prove` decides the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from math import gcd, inf
from typing import Any, NamedTuple

from tic_rules.core.dates import add_days, add_years
from tic_rules.core.numbers import Number
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.extension import Identity, extended
from tic_rules.model.linker import attributes_of
from tic_rules.model.programme import Programme
from tic_rules.model.readings import held_at
from tic_rules.model.rulefile import Yearly
from tic_rules.model.ruleset import Fact, Rule, Vocabulary
from tic_rules.model.time import Cycle, Shift
from tic_rules.model.vocabulary import facts_within
from tic_rules.results.terms import groups_at, groups_of

# --- conditions -------------------------------------------------------------------------------------------


def _definition(vocabulary: Vocabulary, name: str) -> tuple[object, ...]:
    """How a fact is read: without its label, with the list and the groups that it reads."""
    fact = vocabulary.facts[name]
    groups = vocabulary.facts[fact.kinds].groups if fact.kinds else None
    return fact.model_copy(update={"label": None}), vocabulary.lists.get(fact.list_name or ""), groups


def read_otherwise(a: Vocabulary, b: Vocabulary, editions: bool) -> frozenset[str]:
    """The facts of one name that the two sides read from the data in different ways. Of two documents also
    those that they, or whose words they, call by different names: data that answer the one text need not
    answer the other."""
    return frozenset() if a is b else _read_otherwise(Identity(a), Identity(b), editions)


@lru_cache(maxsize=32)
def _read_otherwise(one: Identity, other: Identity, editions: bool) -> frozenset[str]:
    a, b = one.value, other.value
    both = [name for name in a.facts if name in b.facts]
    declared = [name for name in both if a.facts[name] is not b.facts[name]]
    otherwise = {name for name in declared if _definition(a, name) != _definition(b, name)}
    renamed = {
        group
        for group, words in a.words.items()
        if any(b.words.get(group, {}).get(word, label) != label for word, label in words.items())
    }
    if not editions:
        otherwise.update(name for name in declared if a.facts[name].label != b.facts[name].label)
        names = both if renamed else ()
        otherwise.update(name for name in names if not renamed.isdisjoint(_groups(a, a.facts[name])))
    # A share of two sums is another where one of these is.
    return frozenset(name for name in a.facts if not otherwise.isdisjoint(facts_within(name, a.facts)))


def _groups(vocabulary: Vocabulary, fact: Fact) -> tuple[str, ...]:
    """The groups whose words a fact may have, or the entries that it looks through."""
    if fact.entries is None:
        return groups_of(vocabulary, fact)
    above = tuple(f"{path}." for path in vocabulary.lists[fact.entries].paths)
    return groups_at(vocabulary, (path for path in vocabulary.fields if path.startswith(above)))


class Reader(NamedTuple):
    """What a comparison has to know of the two sides beside the trees."""

    facts: Mapping[str, Fact]
    same_judgement: bool = False
    """Whether an attestation, or another consequence, named on both sides is the same one."""
    otherwise: frozenset[str] = frozenset()
    """Facts of one name that the sides read in different ways, or call otherwise: nothing can be said of
    them."""

    def at_least(self, x: c.Condition, y: c.Condition) -> bool:
        """Whether x is at least as strict as y."""
        if self.otherwise and self.otherwise.intersection((*c.facts_of(x), *c.facts_of(y))):
            return False
        of_rules = (isinstance(part, (c.Attested, c.Follows)) for part in c.walk(x))
        if x == y and (self.same_judgement or not any(of_rules)):
            return True
        if not (isinstance(x, c.Compare) and isinstance(y, c.Compare) and x.fact == y.fact):
            x, y = self._plain(x, or_more=True), self._plain(y)
        if isinstance(y, c.All):
            return all(self.at_least(x, part) for part in y.all)
        if isinstance(x, c.Either):
            return all(self.at_least(part, y) for part in x.any)
        if isinstance(x, c.All) and any(self.at_least(part, y) for part in x.all):
            return True
        if isinstance(y, c.Either) and any(self.at_least(x, part) for part in y.any):
            return True
        if isinstance(x, c.Review):
            return self.at_least(x.review, y.review if isinstance(y, c.Review) else y)
        if isinstance(x, (c.Attested, c.Follows)):
            return x == y and self.same_judgement
        return self._leaf(x, y)

    def _plain(self, node: c.Condition, or_more: bool = False) -> c.Condition:
        """A count of at least one entry says the same as: there is one; of more it says that and more."""
        if isinstance(node, c.Compare) and not isinstance(node.limit, c.Times):
            fact, least = self.facts.get(node.fact), interval(node.operator, node.limit)
            says_one = (node.operator, node.limit) in (("at_least", 1), ("more_than", 0))
            says_one = says_one or (or_more and (least.low, least.low_open) > (0, False))
            if says_one and fact is not None and fact.count is not None:
                return c.Some(fact=node.fact, some=fact.where or c.Where())
        return node

    def _leaf(self, x: c.Condition, y: c.Condition) -> bool:
        match x, y:
            case c.Not(), c.Not():
                return self.at_least(y.not_, x.not_)
            case c.Some() | c.Every(), c.Some() | c.Every():
                there_is_one = isinstance(x, c.Every) or isinstance(y, c.Some)
                one_list = self._list(x.fact) == self._list(y.fact)
                return there_is_one and one_list and where_at_least(_where(x), _where(y))
            case c.Running(), c.Running():
                alike = (x.of, x.by, x.among) == (y.of, y.by, y.among)
                return alike and x.running >= y.running and where_at_least(x.where, y.where)
            case c.Running(), c.Some():
                return x.of == y.fact and x.among is None and where_at_least(x.where, y.some)
            case c.EachYear(), c.EachYear():
                longer = (x.each_year.full_years or 0) >= (y.each_year.full_years or 0)
                alike = x.each_year.founded == y.each_year.founded
                return alike and longer and self.at_least(x.holds, y.holds)
            case c.Largest(), c.Largest():
                return self._largest(x, y)
            case c.OfEntry(), c.OfEntry():
                return where_at_least(x.entry, y.entry)
        return _about_one_fact(x, y)

    def _list(self, name: str) -> tuple[object, ...]:
        fact = self.facts[name]
        return fact.list_name, fact.over, fact.where if fact.count is None else None

    def _largest(self, x: c.Largest, y: c.Largest) -> bool:
        """A narrower group that is the largest makes a wider one the largest, where each of the others lies
        within another of the first."""
        first, second = self.facts[x.fact], self.facts[y.fact]
        if (first.of, first.sum, first.over) != (second.of, second.sum, second.over):
            return False
        groups, other_groups = dict(first.groups or {}), dict(second.groups or {})
        narrow, wide = groups.pop(x.largest).where, other_groups.pop(y.largest).where
        return where_at_least(narrow, wide) and all(
            any(where_at_least(g.where, h.where) for h in groups.values()) for g in other_groups.values()
        )


def _where(node: c.Some | c.Every) -> c.Where:
    return node.some if isinstance(node, c.Some) else node.every


def _about_one_fact(x: c.Condition, y: c.Condition) -> bool:
    """Whether two leaves are about one fact and the first is at least as strict."""
    if not same_fact(x, y):
        return False
    if (first := _choices(x)) is not None and (second := _choices(y)) is not None:
        (words, is_open), (others, others_open) = first, second
        return words <= others and (others_open or not is_open)
    match x, y:
        case c.Compare(), c.Compare():
            one, other = x.limit, y.limit
            if isinstance(one, c.Times) and isinstance(other, c.Times) and one.fact == other.fact:
                one, other = one.times, other.times
            elif of_two_facts(x, y):
                return False
            return interval(x.operator, one).within(interval(y.operator, other))
        case c.Share(), c.Share():
            within = interval(x.operator, x.limit).within(interval(y.operator, y.limit))
            return set(x.share_of) == set(y.share_of) and within
        case c.OfEach(), c.OfEach():
            return x.of_each == y.of_each and x.at_most <= y.at_most
        case c.Contains(), c.Contains():
            return set(x.contains_all) >= set(y.contains_all)
        case c.EachOf(), c.EachOf():
            return set(x.each_of) >= set(y.each_of) and where_at_least(x.has, y.has)
        case c.NoneOf(), c.NoneOf():
            bars = where_at_least(y.none_of, x.none_of) and x.permitted == y.permitted
            return bars and (x.open or not y.open)
    return isinstance(x, c.Reads) and isinstance(y, c.Given)


def same_fact(x: c.Condition, y: c.Condition) -> bool:
    """Whether two leaves are about one fact."""
    fact = getattr(x, "fact", None)
    return fact is not None and fact == getattr(y, "fact", None)


def of_two_facts(*nodes: c.Compare) -> bool:
    """Whether one of some comparisons is with another fact, not with a number."""
    return any(isinstance(node.limit, c.Times) for node in nodes)


def _choices(node: c.Condition) -> tuple[frozenset[c.Word], bool] | None:
    """The values that a choice may have, and whether others need review instead of failing."""
    match node:
        case c.Is(is_=word):
            return frozenset([word]), False
        case c.Among(among=words) | c.AnyAmong(any_among=words):
            return frozenset(words), node.open
    return None


def reader_of(a: Vocabulary, b: Vocabulary, editions: bool = False) -> Reader:
    """A reader of conditions of two sides; of `editions` of one document an attestation speaks to both."""
    facts = a.facts if a is b else {**a.facts, **b.facts}
    return Reader(facts, editions, read_otherwise(a, b, editions))


def where_at_least(x: c.Where, y: c.Where) -> bool:
    """Whether every entry that is as x says is as y says."""
    if x == y:
        return True
    if x.any and all(
        where_at_least(c.Where(each={**x.each, **part.each}, any=part.any), y) for part in x.any
    ):
        return True
    named = all(
        attribute in x.each and test_at_least(x.each[attribute], test) for attribute, test in y.each.items()
    )
    return named and (not y.any or any(where_at_least(x, part) for part in y.any))


def test_at_least(x: c.Test, y: c.Test) -> bool:
    if x == y:
        return True
    if y.given:
        return x.one_of is not None and None not in x.one_of and not x.open
    if x.one_of is not None and y.one_of is not None:
        return set(x.one_of) <= set(y.one_of) and (y.open or not x.open)
    if x.one_of is not None and y.other_than is not None:
        return not x.open and None not in x.one_of and not set(x.one_of) & set(y.other_than)
    return x.other_than is not None and y.other_than is not None and set(x.other_than) >= set(y.other_than)


class Interval(NamedTuple):
    """The numbers that a comparison lets through."""

    low: Number | float
    low_open: bool
    high: Number | float
    high_open: bool

    def within(self, other: Interval) -> bool:
        low = (self.low, self.low_open) >= (other.low, other.low_open)
        return low and (self.high, not self.high_open) <= (other.high, not other.high_open)

    def meets(self, other: Interval) -> bool:
        """Whether some number is in both."""
        return not any(
            x.high < y.low or (x.high == y.low and (x.high_open or y.low_open))
            for x, y in ((self, other), (other, self))
        )


def interval(operator: str, limit: Any) -> Interval:
    """The numbers that a comparison with a limit lets through; the limit of `between` is a pair."""
    low, high = limit if operator == "between" else (limit, limit)
    least = -inf if operator in ("at_most", "less_than") else low
    most = inf if operator in ("at_least", "more_than") else high
    return Interval(least, operator == "more_than", most, operator == "less_than")


# --- time -------------------------------------------------------------------------------------------------


def shape_of(path: str, vocabulary: Vocabulary) -> str:
    """How a field of a centre's data or a programme's may be given: `dated` (through time), `several` (words,
    entries), or `plain`."""
    held = held_at(extended(Centre, vocabulary), path) or held_at(extended(Programme, vocabulary), path)
    if held is None:
        return "plain"
    return "dated" if held.dated else "several" if held.kind in ("words", "years", "list") else "plain"


class Nature(NamedTuple):
    """How a condition goes with time: `timeless` on undated facts, `lasting` where it stays true."""

    timeless: bool
    lasting: bool


def nature_of(node: object, vocabulary: Vocabulary) -> Nature:
    natures = [
        _leaf_nature(part, vocabulary)
        for part in c.walk(node)
        if not c.children(part) or isinstance(part, c.Same)
    ]
    turned = any(isinstance(part, (c.Not, c.EachYear)) for part in c.walk(node))
    timeless = all(nature.timeless for nature in natures)
    return Nature(timeless, timeless or (all(nature.lasting for nature in natures) and not turned))


def _leaf_nature(node: Any, vocabulary: Vocabulary) -> Nature:
    if isinstance(node, c.Attested):
        return Nature(True, True)  # whatever day its clause is looked at, the judgement is the same
    if isinstance(node, (c.NotAfter, c.Follows, c.Latest, c.Running, c.OfEach)):
        return Nature(False, False)
    if isinstance(node, c.OfEntry):  # what has been done of an entry stays done
        return Nature(False, not any(_dated(name, vocabulary) for name in attributes_of(node.entry)))
    if isinstance(node, c.Same):
        return Nature(all(_leaf_nature(part, vocabulary).timeless for part in node.same), False)
    fact = vocabulary.facts[node.fact]
    if isinstance(node, c.Done):
        return Nature(False, True)
    listed = vocabulary.lists.get(fact.list_name or "")
    wheres = (fact.where, *(getattr(node, key, None) for key in ("some", "every", "none_of", "permitted")))
    asked = {name for where in wheres if where is not None for name in attributes_of(where)}
    if listed is not None and any(
        shape_of(f"{path}.{name}", vocabulary) == "dated" for path in listed.paths for name in asked
    ):
        return Nature(False, False)  # a leading enterprise of one day may be none on another
    if fact.reading == "value":
        timeless = shape_of(fact.value or "", vocabulary) == "plain"
        return Nature(timeless, timeless)
    if fact.reading in ("words", "table"):
        return Nature(True, True)
    if fact.reading == "stock":
        return Nature(False, fact.cumulative and _upward(node))
    if fact.age is not None:
        return Nature(False, _upward(node))
    if fact.operands or fact.average is not None:
        return Nature(False, False)
    if fact.reading == "kinds":
        return Nature(False, _upward(node))
    assert listed is not None, "a count or a sum of entries"
    if listed.date is None and listed.year is None and fact.over is None:
        return Nature(True, True)
    return Nature(False, fact.over is None and (isinstance(node, c.Some) or _upward(node)))


def _dated(attribute: str, vocabulary: Vocabulary) -> bool:
    """Whether entries of some list give an attribute through time."""
    paths = (path for listed in vocabulary.lists.values() for path in listed.paths)
    return any(shape_of(f"{path}.{attribute}", vocabulary) == "dated" for path in paths)


def _upward(node: c.Condition) -> bool:
    if not isinstance(node, c.Compare) or isinstance(node.limit, c.Times):
        return False
    return node.operator in ("at_least", "more_than")


Clock = tuple[Any, ...]
"""When a rule is looked at, comparable: ("application",), ("after", "approval", so long), ("standing",) …"""

A_LEAP_YEAR = 2096


def clock_of(rule: Rule) -> Clock:
    if rule.yearly is not None:
        return "yearly", year_due(rule.yearly), rule.yearly.running_year, rule.until
    if rule.cycle is not None:
        return "cycle", rule.cycle, rule.until
    if rule.after is not None:
        length = rule.after.after, in_months(rule.after.shift)
        return ("after", *length) if rule.event is None else ("event", rule.since, *length, rule.until)
    if rule.from_ is not None:
        return "from", rule.from_
    if rule.years is not None:
        return "after", "approval", in_months(Shift(rule.years))
    if isinstance(rule.by, date):
        return "date", rule.by
    if rule.by is not None:
        return (rule.by,)
    return ("within_term",) if rule.until is not None else ("standing",)


def early_enough(x: Clock, y: Clock, nature: Nature) -> bool:
    """Whether what is asked at time x is thereby asked at time y."""
    if x == y:
        return True
    if x[0] in OWING or y[0] in OWING:
        return x[0] == y[0] and _owing_early(x, y, nature)
    if y[0] == "application":
        return False
    if nature.timeless and (x[0], y[0]) == ("within_term", "standing"):
        return True  # what is so within the term is so after it
    if x[0] == "standing" or (x[0] == "within_term" and y[0] != "standing"):
        return y[0] in ("approval", "term_end", "within_term") or (y[0] == "after" and x[0] == "standing")
    if not nature.lasting or y[0] in ("standing", "within_term"):
        return nature.lasting and x[0] == "application" and y[0] in ("standing", "within_term")
    return _before(x, y)


OWING = ("yearly", "cycle", "event", "from")
"""What owes again and again, or from a time on."""


def opens_no_later(x: str, y: str) -> bool:
    """Whether what one `from` opens on never lies after what the other does; a term is at least one year."""
    if x == "approval" or y == "approval" or "term_end" in (x, y):
        return x in ("approval", y) or (x, y) == ("1y", "term_end")
    return int(x[:-1]) <= int(y[:-1])


def _owing_early(x: Clock, y: Clock, nature: Nature) -> bool:
    """Whether what owes again and again is early enough for another of its kind; what owes within the term
    owes less often."""
    lasting = nature.lasting
    match x[0]:
        case "yearly":
            in_time = (x[1] == y[1] or (lasting and x[1] <= y[1])) and (x[2] or not y[2])
        case "cycle":
            in_time = x[1] == y[1] or (lasting and lies_within(x[1], y[1]))
        case "event":
            in_time = lasting and x[:3] == y[:3] and no_later(x[3], y[3])
        case _:
            return nature.timeless and opens_no_later(x[1], y[1])
    return bool(in_time) and x[-1] in (None, y[-1])


def _before(x: Clock, y: Clock) -> bool:
    """Whether a deadline never lies after another; a term is at least one year long."""
    if "date" in (x[0], y[0]):
        return bool(x[0] == y[0] == "date" and x[1] <= y[1])
    if x[0] == "application":
        return True
    (day, length), (other, longer) = (
        clock[1:] if clock[0] == "after" else (clock[0], Shift()) for clock in (x, y)
    )
    if day == other:
        return no_later(length, longer)
    return bool(
        day == "approval" and all(length.after(day) <= longer.after(add_years(day, 1)) for day in _DAYS)
    )


def in_months(length: Shift) -> Shift:
    """A length of time with its years as months: 1 year is 12 months."""
    return Shift(0, length.years * 12 + length.months, length.days)


def year_due(yearly: Yearly) -> int:
    """The last day of what a year owes, counted from the year's first, each year of 366 days: comparable with
    that of another rule."""
    due = yearly.due(A_LEAP_YEAR)
    if due.year == A_LEAP_YEAR:
        return due.timetuple().tm_yday
    return 366 + yearly.due(A_LEAP_YEAR - 1).timetuple().tm_yday


@lru_cache(maxsize=256)
def no_later(x: Shift, y: Shift) -> bool:
    """Whether so long after a day is never later than another length after the same day."""
    if not x.days and not y.days:
        return in_months(x) <= in_months(y)
    return all(x.after(day) <= y.after(day) for day in _DAYS)


_DAYS = tuple(
    add_days(date(year, 1, 1), number)
    for year in (A_LEAP_YEAR - 76, A_LEAP_YEAR)
    for number in range(4 * 365 + 1)
)
"""Days from which lengths of time are as short and as long as they can be: with a leap year in four, and
without one in eight."""


def lies_within(x: Cycle, y: Cycle) -> bool:
    """Whether each cycle of the one kind, from approval on, holds a whole one of the other."""
    short, long = (in_months(cycle.shift).months for cycle in (x, y))
    return x.grace is None and y.grace is None and long >= 2 * short - gcd(short, long)
