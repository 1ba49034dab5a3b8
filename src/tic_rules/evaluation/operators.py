"""What each condition sees at a moment of a scenario: the definition of every operator.

A condition says what it saw (`see`): its value, what it observed against which bound, the places it read
or missed. Everything faster must agree with it. Evaluation order never changes a value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN, any_of, compare, compare_sums, negate
from tic_rules.core.numbers import INFINITY, Number, Range
from tic_rules.evaluation.consecutive_years import running
from tic_rules.evaluation.entries import Moment, Path
from tic_rules.evaluation.entry_operators import each_of, every, latest, none_of, some
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.in_time import each_year, entries_running, of_each, of_entry
from tic_rules.evaluation.judgements import judgement_on
from tic_rules.evaluation.scenarios import Scenario, clock_places
from tic_rules.evaluation.seen import Seen
from tic_rules.evaluation.spans import happened
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule


def see(node: c.Condition, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    """Look at a condition at a moment of a scenario. Evaluation order never changes the value."""
    return _SEE[type(node)](node, scene, moment, scenario, rule)


def _all(node: c.All, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    parts = tuple([see(part, scene, moment, scenario, rule) for part in node.all])
    return Seen(min([part.value for part in parts]), node, parts=parts)


def _any(node: c.Either, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    parts = tuple([see(part, scene, moment, scenario, rule) for part in node.any])
    return Seen(any_of([part.value for part in parts]), node, parts=parts)


def _not(node: c.Not, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    part = see(node.not_, scene, moment, scenario, rule)
    return Seen(negate(part.value), node, parts=(part,))


def _review(node: c.Review, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    part = see(node.review, scene, moment, scenario, rule)
    return Seen(REVIEW if part.value == TRUE else part.value, node, parts=(part,))


def _attested(node: c.Attested, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    if not rule.items:
        judgement = judgement_on(rule, None, scene)
        return Seen(judgement.value, node, None, None, (), judgement.cites, judgement.missing)
    judgements = [judgement_on(rule, item.id, scene) for item in rule.items]
    return Seen(
        min([judgement.value for judgement in judgements]),
        node,
        cites=tuple([path for judgement in judgements for path in judgement.cites]),
        missing=tuple([path for judgement in judgements for path in judgement.missing]),
        lacking=tuple([i.id for i, one in zip(rule.items, judgements, strict=True) if one.value != TRUE]),
    )


def _compare(node: c.Compare, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    left = scene.number(node.fact, moment)
    operator, limit = node.operator, node.limit
    cites, missing = left.cites, left.missing
    if type(limit) is c.Times:
        right = scene.number(limit.fact, moment)
        bound = right.range.times(limit.times)
        cites, missing = cites + right.cites, missing + right.missing
    else:
        bound = Range(*limit) if operator == "between" else Range(limit, limit)
    value = compare(operator, left.range, bound)
    if value == UNKNOWN and operator in ("equals", "between"):
        value = compare_sums(operator, scene.sums(node.fact, moment), bound)
    return Seen(value, node, left.range, bound, (), cites, missing if value == UNKNOWN else ())


def _is(node: c.Is, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    asked = node.is_
    return _single(node, node.fact, lambda value: TRUE if value == asked else FALSE, scene, moment.day)


def _among(node: c.Among, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    outside = REVIEW if node.open else FALSE
    return _single(node, node.fact, lambda v: TRUE if v in node.among else outside, scene, moment.day)


def _given(node: c.Given, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    return _single(node, node.fact, lambda v: TRUE, scene, moment.day)


def _done(node: c.Done, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    return _single(node, node.fact, lambda v: happened(v, moment.day, scene.reported_on), scene, moment.day)


def _reads(node: c.Reads, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    return _single(node, node.fact, lambda v: TRUE if between(node, v) else FALSE, scene, moment.day)


def between(node: c.Reads, text: str) -> str:
    """What stands between the beginning and the end that a text must have; empty where it has them not."""
    before, after = node.ends
    text = node.plain(text)
    inner = text[len(before) : len(text) - len(after)]
    return (
        inner
        if text.startswith(before) and text.endswith(after) and len(text) > len(before) + len(after)
        else ""
    )


def _single(node: c.Condition, fact: str, test: Callable[[Any], int], scene: Scene, day: date) -> Seen:
    values, path, missing = scene.single(fact, day)
    if len(values) == 1:
        value = test(values[0])
        return Seen(value, node, values[0], None, (), (path,), (path,) if value == UNKNOWN else ())
    results = {test(value) for value in values}
    if len(results) == 1:
        return Seen(results.pop(), node, cites=(path,))
    return Seen(UNKNOWN, node, cites=(path,) if values else (), missing=missing)


def _same(node: c.Same, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    """True where every text reads as asked, with the same between; false where no possible texts agree."""
    parts = tuple(see(part, scene, moment, scenario, rule) for part in node.same)
    value = min(part.value for part in parts)
    texts = [scene.single(part.fact, moment.day) for part in node.same]
    inner = [
        {between(part, text) for text in values} - {""}
        for part, (values, _, _) in zip(node.same, texts, strict=True)
        if values
    ]
    missing: tuple[Path, ...] = ()
    if value != FALSE and inner and not set.intersection(*inner):
        value = FALSE
    elif value == TRUE and any(len(texts) > 1 for texts in inner):
        value = UNKNOWN
        missing = tuple(path for _, _, open_days in texts for path in open_days)
    return Seen(value, node, parts=parts, missing=missing)


def _any_among(node: c.AnyAmong, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    words, more, path = scene.words(node.fact, moment.day)
    words = words or ()
    value = (
        TRUE
        if any(word in node.any_among for word in words)
        else UNKNOWN
        if more
        else REVIEW
        if node.open and words
        else FALSE
    )
    return Seen(value, node, words, None, (), (path,) if words else (), (path,) if value == UNKNOWN else ())


def _contains(node: c.Contains, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    words, more, path = scene.words(node.fact, moment.day)
    lacking = tuple(word for word in node.contains_all if word not in (words or ()))
    value = TRUE if not lacking else UNKNOWN if more else FALSE
    return Seen(
        value, node, words, None, (), (path,) if words else (), (path,) if value == UNKNOWN else (), lacking
    )


def _largest(node: c.Largest, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    groups = scene.groups(node.fact, moment)
    largest = groups[node.largest]
    values: list[int] = [TRUE]
    missing: list[Path] = []
    for name, other in groups.items():
        if name != node.largest:
            value = compare("at_least", largest.range, other.range)
            values.append(value)
            if value == UNKNOWN:
                missing.extend((*largest.missing, *other.missing))
    value = min(values)
    cites = tuple(dict.fromkeys(cite for reading in groups.values() for cite in reading.cites))
    most = max((r.range.high for n, r in groups.items() if n != node.largest), default=0)
    least = max((r.range.low for n, r in groups.items() if n != node.largest), default=0)
    return Seen(
        value,
        node,
        largest.range,
        Range(least, most),
        (),
        cites,
        tuple(dict.fromkeys(missing)) if value == UNKNOWN else (),
    )


def _each_year(node: c.EachYear, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    return each_year(node, scene, moment, scenario, rule, see)


def _running(node: c.Running, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    if node.by == "entry":
        return entries_running(node, scene, moment)
    return running(node, scene, moment, scenario, rule)


def _share(node: c.Share, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    named, others = scene.share(node.fact, node.share_of, moment)
    bound = Fraction(node.limit)
    part, rest = named.range.times(1 - bound), others.range.times(bound)
    value = compare(node.operator, part, rest)
    low, high = (
        _part_of(named.range.low, others.range.high, Fraction(0)),
        _part_of(named.range.high, others.range.low, Fraction(1)),
    )
    return Seen(
        value,
        node,
        Range(low, high),
        Range(bound, bound),
        (),
        named.cites,
        others.missing if value == UNKNOWN else (),
    )


def _part_of(part: Number, rest: Number, otherwise: Fraction) -> Fraction:
    """part / (part + rest), where both are known and there is something to share."""
    return Fraction(part) / Fraction(part + rest) if part + rest not in (0, INFINITY) else otherwise


def _not_after(node: c.NotAfter, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    at_end = node.not_after == "term_end"
    day = scenario.term_end if at_end else scenario.approved
    value = TRUE if day is not None and scene.as_of <= day else FALSE
    return Seen(value, node, day, cites=clock_places(scene, approval=True, term=at_end))


def _follows(node: c.Follows, scene: Scene, moment: Moment, scenario: Scenario, rule: Rule) -> Seen:
    value, missing, cites = scene.followed[node.follows]
    return Seen(value, node, cites=cites, missing=missing)


_SEE: dict[type[c.Node], Callable[[Any, Scene, Moment, Scenario, Rule], Seen]] = {
    c.All: _all,
    c.Either: _any,
    c.Not: _not,
    c.Review: _review,
    c.Attested: _attested,
    c.Compare: _compare,
    c.Is: _is,
    c.Among: _among,
    c.AnyAmong: _any_among,
    c.Contains: _contains,
    c.Given: _given,
    c.Done: _done,
    c.Reads: _reads,
    c.Same: _same,
    c.Some: some,
    c.Every: every,
    c.NoneOf: none_of,
    c.Latest: latest,
    c.EachOf: each_of,
    c.Largest: _largest,
    c.Share: _share,
    c.NotAfter: _not_after,
    c.Follows: _follows,
    c.Running: _running,
    c.EachYear: _each_year,
    c.OfEach: of_each,
    c.OfEntry: of_entry,
}
