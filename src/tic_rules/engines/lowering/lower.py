"""From a rule set's condition trees to the core form: the one place beside the reference where an operator
has a meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.engines.lowering import form as f
from tic_rules.evaluation.scenarios import lists_of
from tic_rules.model import conditions as c
from tic_rules.model import ruleset as r
from tic_rules.model.time import DueOn

_CONSTANTS = tuple(f.Constant(value) for value in (FALSE, UNKNOWN, REVIEW, TRUE))


def cases(of: f.Logic, *outcomes: int | f.Logic) -> f.Logic:
    """What follows from each value of a piece of logic; outcomes that are numbers are values."""
    false, unknown, review, true = (_CONSTANTS[o] if isinstance(o, int) else o for o in outcomes)
    return f.Cases(of, (false, unknown, review, true))


def negated(of: f.Logic) -> f.Logic:
    return cases(of, TRUE, UNKNOWN, REVIEW, FALSE)


def lower_rule(ruleset: r.RuleSet, rule: r.Rule) -> f.LoweredRule:
    """A rule in the core form."""
    conditions, whole = _Conditions(ruleset, rule), f.Judged(rule.id, None, ruleset.id)
    require = conditions.lower(rule.condition)
    if require != whole and may_review(require):
        require = cases(require, FALSE, UNKNOWN, whole, TRUE)
    broken = None
    if rule.fails_at_once is not None and not rule.yearly:
        broken = conditions.lower(rule.fails_at_once)
        if may_review(broken):
            broken = cases(broken, FALSE, UNKNOWN, negated(whole), TRUE)
    return f.LoweredRule(
        rule.id,
        ruleset.place_of(rule.id),
        rule.bearer == "programme",
        _clock(ruleset, rule),
        negated(require) if rule.kind == "consequence" else require,
        broken,
        None if rule.applies is None or rule.yearly else conditions.lower(rule.applies),
        whole,
        rule.waits_for,
    )


def _clock(ruleset: r.RuleSet, rule: r.Rule) -> f.Clock:
    by: Any = rule.by if rule.years is None else rule.years
    opens: Any = rule.from_ if rule.from_years is None else rule.from_years
    owed = rule.yearly
    adverse = rule.kind in ("consequence", "prohibition") and any(
        ruleset.vocabulary.lists[name].earlier == "fulfils" for name in lists_of(ruleset, rule)
    )
    if rule.after is not None and rule.event is None:
        by = f.From(rule.after.shift, rule.after.after)  # type: ignore[arg-type]
    if owed is None:
        return f.Clock(
            None if rule.event is not None else by,
            opens,
            rule.since,
            rule.until,
            at_once=rule.at_once,
            adverse=adverse,
            cycle=rule.cycle,
            event=rule.event is not None,
        )
    return f.Clock(
        until=rule.until,
        yearly=True,
        next_year=owed.looked_for_until == "end_of_next_year",
        running_year=owed.running_year,
        at_once=rule.at_once,
        due_on=owed.looked_for_until if isinstance(owed.looked_for_until, DueOn) else None,
        adverse=adverse,
    )


def may_review(node: f.Logic) -> bool:
    """Whether a piece of logic can come to needs review."""
    match node:
        case f.Constant():
            return node.value == REVIEW
        case f.Member():
            return REVIEW in (node.inside, node.outside, node.absent)
        case f.Fold():
            return may_review(node.body)
        case f.Judged() | f.LatestEntry() | f.Consecutive():
            return True
        case f.FullYears() | f.EventEntry():
            return may_review(node.body)
        case f.Cases():
            return any(may_review(outcome) for outcome in node.outcomes)
    return any(may_review(part) for part in f.parts_of(node))


class _Conditions:
    """The conditions of one rule."""

    def __init__(self, ruleset: r.RuleSet, rule: r.Rule) -> None:
        self.ruleset, self.rule = ruleset, rule

    def lower(self, node: c.Condition) -> f.Logic:
        """A condition of the rule file."""
        match node:
            case c.All():
                return _all([self.lower(part) for part in node.all])
            case c.Either():
                return _any([self.lower(part) for part in node.any])
            case c.Not():
                return negated(self.lower(node.not_))
            case c.Review():
                return cases(self.lower(node.review), FALSE, UNKNOWN, REVIEW, REVIEW)
            case c.Attested():
                items: list[str | None] = [item.id for item in self.rule.items] or [None]
                return _all([f.Judged(self.rule.id, item, self.ruleset.id) for item in items])
            case c.Follows():
                return f.Followed(node.follows)
            case c.NotAfter():
                return f.Until(node.not_after)
            case c.EachYear():
                window = node.each_year
                return f.FullYears(window.full_years or 0, window.founded, self.lower(node.holds), node)
            case c.OfEntry():
                return f.EventEntry(entry_logic(node.entry))
        return self._range(node) or self._worded(node) or self._entries(node)

    def _range(self, node: c.Condition) -> f.Logic | None:
        match node:
            case c.Compare(limit=c.Times()):
                right = f.Multiple(node.limit.times, f.Measure(node.limit.fact))
                return f.RangeComparison(node.operator, f.Measure(node.fact), right)
            case c.Compare():
                low, high = node.limit if node.operator == "between" else (node.limit, node.limit)
                return f.RangeComparison(node.operator, f.Measure(node.fact), f.Bounds(low, high))
            case c.Largest():
                amount = f.GroupAmount(node.fact, node.largest)
                others = [f.GroupAmount(node.fact, g) for g in self.ruleset.facts[node.fact].groups or {}]
                return _all(
                    [f.RangeComparison("at_least", amount, other) for other in others if other != amount]
                )
            case c.Share():
                bound = Fraction(node.limit)
                named, rest = (f.PartAmount(node.fact, node.share_of, rest) for rest in (False, True))
                part, whole = bound.as_integer_ratio()  # named / (named + rest) against part / whole
                left, right = f.Multiple(whole - part, named), f.Multiple(part, rest)
                return f.RangeComparison(node.operator, left, right)
        return None

    def _worded(self, node: c.Condition) -> f.Logic | None:
        match node:
            case c.Is():
                return f.Member(f.Choice(node.fact), _words((node.is_,)), TRUE, FALSE, UNKNOWN)
            case c.Among():
                outside = REVIEW if node.open else FALSE
                return f.Member(f.Choice(node.fact), _words(node.among), TRUE, outside, UNKNOWN)
            case c.Given():
                return f.Member(f.Choice(node.fact), (), FALSE, TRUE, UNKNOWN)
            case c.Reads():
                return f.Member(_between(node), ("",), FALSE, TRUE, UNKNOWN)
            case c.Same():
                texts = [_between(part) for part in node.same]
                read = [f.Member(text, ("",), FALSE, TRUE, UNKNOWN) for text in texts]
                return f.Conjunction((*read, f.Agree(tuple(texts))))
            case c.Done():
                return f.Happened(node.fact)
            case c.AnyAmong():
                member = f.Member(f.Word(), node.any_among, TRUE, REVIEW if node.open else FALSE, UNKNOWN)
                return f.Fold(f.WordList(node.fact), False, member)
            case c.Contains():
                members = [f.Member(f.Word(), (word,), TRUE, FALSE, UNKNOWN) for word in node.contains_all]
                return _all([f.Fold(f.WordList(node.fact), False, member) for member in members])
        return None

    def _entries(self, node: c.Condition) -> f.Logic:
        match node:
            case c.Some():
                return f.Fold(f.ListEntries(node.fact), False, entry_logic(node.some), source=node)
            case c.Every():
                return f.Fold(f.ListEntries(node.fact), True, entry_logic(node.every), some=True, source=node)
            case c.NoneOf():
                return f.Fold(f.ListEntries(node.fact), True, _not_forbidden(node), source=node)
            case c.EachOf():
                return f.Fold(f.TableKeys(node.fact, node.each_of), True, _of_key(node), source=node)
            case c.Running():
                body, among = entry_logic(node.where), entry_logic(node.among)
                return f.Consecutive(node.running, f.ListEntries(node.of), body, among, node.by, node)
            case c.OfEach():
                return f.MostOfEach(f.ListEntries(node.fact), node.of_each, node.at_most, node)
            case c.Latest():
                of, has = entry_logic(node.of), entry_logic(node.has)
                return f.LatestEntry(f.ListEntries(node.fact), node.latest, of, has, node)
        raise AssertionError(f"no condition of a rule file: {node!r}")


def _between(node: c.Reads) -> f.Between:
    return f.Between(node.fact, *node.reads, node.ignoring_space, node.ignoring_case)


def _not_forbidden(node: c.NoneOf) -> f.Logic:
    """What is not forbidden passes; where 等 ends the list, only what is permitted does, and the rest is for
    a person to judge."""
    forbidden = entry_logic(node.none_of)
    if not node.open:
        return negated(forbidden)
    permitted: int | f.Logic = REVIEW
    if node.permitted is not None:
        permitted = cases(entry_logic(node.permitted), REVIEW, UNKNOWN, REVIEW, TRUE)
    return cases(forbidden, permitted, UNKNOWN, REVIEW, FALSE)


def _of_key(node: c.EachOf) -> f.Logic:
    """What an entry of a table has to be; one that is not so may be as a person has to judge."""
    has = entry_logic(node.has)
    if node.review is None:
        return has
    to_judge = entry_logic(node.review)
    otherwise = (cases(to_judge, value, UNKNOWN, value, REVIEW) for value in (FALSE, UNKNOWN, REVIEW))
    return cases(has, *otherwise, TRUE)


def entry_logic(where: c.Where | None) -> f.Logic:
    """What an entry has to be: every attribute named, and one of the ways of `any`."""
    if where is None:
        return _CONSTANTS[TRUE]
    tests = [_test(name, test) for name, test in where.each.items()]
    ways = [_any([entry_logic(way) for way in where.any])] if where.any else []
    return _all([*tests, *ways]) if tests or ways else _CONSTANTS[TRUE]


def _test(name: str, test: c.Test) -> f.Logic:
    term, blank = f.Attribute(name), test.one_of is not None and None in test.one_of
    absent = TRUE if blank else UNKNOWN
    if test.done:
        return f.Passed(name)
    if test.given:
        return f.Member(term, (), FALSE, TRUE, absent)
    if test.one_of is not None:
        return f.Member(term, _words(test.one_of), TRUE, REVIEW if test.open else FALSE, absent)
    return f.Member(term, _words(test.other_than), FALSE, TRUE, absent)


def _words(words: Iterable[str | bool | None] | None) -> tuple[str | bool, ...]:
    return tuple(word for word in words or () if word is not None)


def _all(parts: Sequence[f.Logic]) -> f.Logic:
    return parts[0] if len(parts) == 1 else f.Conjunction(tuple(parts)) if parts else _CONSTANTS[TRUE]


def _any(parts: Sequence[f.Logic]) -> f.Logic:
    return parts[0] if len(parts) == 1 else f.Disjunction(tuple(parts))
