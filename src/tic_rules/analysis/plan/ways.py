"""From a condition that does not hold to the ways to make it hold: one pass over the tree, like the
evaluator's.

Nothing here knows a clause, and nothing is trusted: whatever a way claims is put to the evaluator before it
is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import partial
from itertools import islice
from math import ceil, floor

from tic_rules.analysis.construct import (
    Demand,
    EntriesDemand,
    KeysDemand,
    ValueDemand,
    WordsDemand,
    dated,
    judgement,
    number,
    reading,
)
from tic_rules.analysis.plan.entries import each_key, every_entry, new_entry, some_entry, together
from tic_rules.analysis.plan.model import DataChange, Way, change
from tic_rules.analysis.plan.situation import Situation, in_words, kind_of, one_of, set_value
from tic_rules.core.errors import Text
from tic_rules.core.logic import TRUE
from tic_rules.core.numbers import Number, decimal_text
from tic_rules.evaluation.operators import between, see
from tic_rules.evaluation.seen import Seen
from tic_rules.model import conditions as c
from tic_rules.model.document import Edit, get
from tic_rules.model.fields import value_at
from tic_rules.model.readings import held_at
from tic_rules.model.ruleset import Fact, Rule, RuleSet
from tic_rules.model.values import Series
from tic_rules.model.vocabulary import Ratio
from tic_rules.results.labels import difference_text, number_text
from tic_rules.results.time_words import day_text

MOST = 24
"""Ways of one rule that are looked at; what a clause leaves open beyond that is not told apart."""


def ways(node: c.Condition, situation: Situation) -> list[Way]:
    """The ways to make a condition true; none where nothing that may be changed would."""
    seen = see(node, situation.scene, situation.moment, situation.scenario, situation.rule)
    if seen.value == TRUE:
        return [Way()]
    return list(islice(_ways(node, situation, seen), MOST))


def _ways(node: c.Condition, situation: Situation, seen: Seen) -> Iterator[Way]:
    match node:
        case c.All():
            yield from _product([ways(part, situation) for part in node.all])
        case c.Either():
            for part in node.any:
                yield from ways(part, situation)
        case c.Same():
            yield from _same(node, situation)
        case c.Not() if isinstance(node.not_, c.Is) and isinstance(node.not_.is_, bool):
            yield from _met(situation, situation.construct.demand(node.not_, False), seen)
        case c.Attested():
            yield Way(tuple(_judgement(situation, item) for item in (seen.lacking or (None,))))
        case c.Compare():
            yield from _compare(node, situation, seen)
        case c.Share() if node.operator in ("at_most", "less_than"):
            return  # what was paid does not shrink
        case c.Largest() | c.Share():
            yield from (Way(sums=sums) for sums in situation.sums(node, situation))
        case _:
            yield from _met(
                situation, situation.construct.demand(node, True, _between(node, situation)), seen
            )


def _met(situation: Situation, demand: Demand | None, seen: Seen) -> Iterator[Way]:
    """The ways to give what a condition demands."""
    match demand:
        case ValueDemand(name, value, choices):
            yield Way((set_value(situation, situation.scene.facts[name].at, value, choices),))
        case WordsDemand(name, words, choices):
            lacking = [word for word in words if choices or word in seen.lacking]
            yield Way((_words(situation, situation.scene.facts[name].at, lacking, choices),))
        case EntriesDemand(name, where) if where is not None:
            yield from (every_entry if demand.every else some_entry)(name, where, situation)
        case KeysDemand(name, _, where):
            yield from each_key(name, where, situation, seen.lacking)


def _product(parts: list[list[Way]]) -> Iterator[Way]:
    products = [Way()]
    for options in parts:
        products = [
            joined
            for before in products
            for option in options
            if (joined := before.joined(option)).consistent
        ][:MOST]
    yield from products


# --- single values ------------------------------------------------------------------------------------------


def _words(
    situation: Situation, path: tuple[str, ...], words: list[str], choices: tuple[str, ...]
) -> DataChange:
    given, dotted = get(situation.document, path), ".".join(path)
    edits = [Edit("append", path, word) for word in words]
    if not isinstance(given, list):
        edits = [Edit("set", path, words)]
    text = situation.text(
        path,
        lambda lang: (
            one_of(situation.vocabulary, dotted, choices, lang)
            if choices
            else in_words(situation.vocabulary, dotted, words, lang)
        ),
    )
    return change(situation.kind(path), dotted, tuple(edits), text)


def _between(node: c.Condition, situation: Situation) -> str:
    """What stands between in a text that is to begin and end otherwise: what it says now."""
    if not isinstance(node, c.Reads):
        return ""
    before, after = node.reads
    text = _text(node, situation).strip().removeprefix(before.strip()).removesuffix(after.strip()).strip()
    return text or "×××"


def _text(node: c.Reads, situation: Situation) -> str:
    values, _, _ = situation.scene.single(node.fact, situation.moment.day)
    return values[0] if values and isinstance(values[0], str) else ""


def _same(node: c.Same, situation: Situation) -> Iterator[Way]:
    """Texts with the same between: that of the first that reads as it has to."""
    inner = next((shared for part in node.same if (shared := between(part, _text(part, situation)))), "×××")
    yield Way(
        tuple(
            set_value(situation, situation.scene.facts[part.fact].at, reading(part, inner))
            for part in node.same
            if between(part, _text(part, situation)) != inner
        )
    )


# --- numbers ------------------------------------------------------------------------------------------------


def _compare(node: c.Compare, situation: Situation, seen: Seen) -> Iterator[Way]:
    fact = situation.scene.facts[node.fact]
    if fact.reading in ("sum", "kinds"):
        yield from (Way(sums=sums) for sums in situation.sums(node, situation))
        return
    least, low = number(node.operator, seen.bound, 1, True), seen.observed.low
    if isinstance(low, float) or low > least or isinstance(least, float):
        return  # amounts never shrink
    if fact.reading in ("stock", "value"):
        if fact.cumulative and _lower_later(situation, fact, least):
            return  # a total that is lower on a later day was not that high
        yield Way((_level(situation, fact, node.fact, least, low),))
    elif fact.reading == "count":
        lacking = int(least - low)
        if 0 < lacking <= 50:
            yield from together(
                new_entry(situation, fact, fact.where or c.Where(), number) for number in range(lacking)
            )
    elif fact.reading == "distinct":
        yield from _distinct(situation, fact, int(least))
    elif fact.ratio is not None and node.operator in ("at_least", "more_than"):
        yield from _part(situation, fact.ratio, node.operator, seen.bound.high)


def _part(situation: Situation, ratio: Ratio, operator: str, limit: Number) -> Iterator[Way]:
    """So large a part of a whole that stays as it is; nothing where the whole is not known."""
    if not isinstance(ratio.of, str) or not isinstance(ratio.to, str):
        return
    part, whole = (
        situation.scene.facts[ratio.of],
        situation.scene.number(ratio.to, situation.moment).range.high,
    )
    low = situation.scene.number(ratio.of, situation.moment).range.low
    if part.reading in ("stock", "value") and not isinstance(whole, float) and not isinstance(low, float):
        asked = Fraction(limit) * Fraction(whole)
        least = floor(asked) + 1 if operator == "more_than" else ceil(asked)
        yield Way((_level(situation, part, ratio.of, least, low),))


def _lower_later(situation: Situation, fact: Fact, least: object) -> bool:
    value = value_at(situation.scene.subject, fact.stock or "")
    if isinstance(value, Series):
        return any(
            entry.value is not None and entry.when.last > situation.on and entry.value.high < least
            for entry in value
        )
    return value is not None and situation.on < situation.scene.reported_on and bool(value.high < least)


def _level(situation: Situation, fact: Fact, name: str, least: Number, low: Number) -> DataChange:
    """A number that has to stand at `least`."""
    path = fact.at
    dotted = ".".join(path)
    if Fraction(decimal_text(Fraction(least)) or 0) != least:
        least = Fraction(ceil(least * 10_000), 10_000)  # a third cannot be written down: somewhat more
    value: object = int(least) if least == int(least) else decimal_text(Fraction(least))
    held = held_at(type(situation.scene.subject), dotted)
    if held is not None and held.kind == "rate":
        value = f"{decimal_text(Fraction(least) * 100)}%"
    old = value_at(situation.scene.subject, dotted)
    if isinstance(old, Series) or situation.on == situation.scene.reported_on or fact.value:
        edit = dated(situation.scene.subject, path, value, situation.on)
    elif old is None:
        edit = Edit("set", path, [{"date": situation.on.isoformat(), "value": value}])
    else:
        before = {"date": situation.scene.reported_on.isoformat(), "value": get(situation.document, path)}
        entries = sorted(
            [before, {"date": situation.on.isoformat(), "value": value}], key=lambda entry: entry["date"]
        )
        edit = Edit("set", path, entries)
    units = situation.vocabulary.units
    shown = Text.of(partial(number_text, least, fact.unit, units))
    text = Text(f"{fact.label.zh}达到{shown.zh}", f"{fact.label.en}: reach {shown.en}")
    if situation.on < situation.scene.as_of:  # to be supplied of a day that is past
        then = Text.of(partial(day_text, situation.on))
        text = Text(f"{text.zh}（{then.zh}）", f"{text.en} on {then.en}")
    if old is not None and low > 0 and not situation.unknown:
        more = Text.of(partial(difference_text, least - low, fact.unit, units))
        text = Text(f"{text.zh}（再增{more.zh}）", f"{text.en} ({more.en} more)")
    size = Fraction(least - low) / Fraction(least) if least > 0 else Fraction(0)
    kind = "data" if situation.supplies and (old is None or situation.unknown) else kind_of(dotted)
    day = situation.scene.reported_on if fact.value else situation.on
    return change(kind, dotted, (edit,), text, size, (dotted, day, least))


def _distinct(situation: Situation, fact: Fact, least: int) -> Iterator[Way]:
    attribute, listed = fact.distinct or "", situation.scene.listed(fact.of or "")
    there = {entry.get(attribute) for entry in listed.entries}
    path = f"{listed.declared.paths[0]}.{attribute}"
    fresh = [word for word in situation.construct.others(path, there) if word != "other"]
    lacking = least - len(there - {None})
    if 0 < lacking <= len(fresh):
        yield from together(new_entry(situation, fact, c.Where(each={attribute: w})) for w in fresh[:lacking])


# --- judgements, helpers ------------------------------------------------------------------------------------


def by_judgement(situation: Situation) -> Way:
    """To ask for the judgement that settles what the data leaves to a person (a list that ends in 等)."""
    return Way((_judgement(situation, None),))


def _judgement(situation: Situation, item: str | None) -> DataChange:
    rule, scene = situation.rule, situation.scene
    value = judgement(scene.ruleset, rule, item, True, "（评审单位）", scene.as_of, "（评审意见）")
    title = next((i.title.text for i in rule.items if i.id == item), rule.title.text)
    text = Text(f"提请评审认定：{title.zh}", f"ask for a judgement: {title.en}")
    return change("judgement", "attestations", (Edit("append", ("attestations",), value),), text)


def exemption(ruleset: RuleSet, rule: Rule, day: date) -> DataChange:
    """To seek an exemption from a rule in principle."""
    value = {
        "rule": f"{ruleset.id}/{rule.id}",
        "reason": "（豁免理由）",
        "approved_by": "（批准单位）",
        "date": day.isoformat(),
    }
    text = Text(f"申请豁免：{rule.title.zh}", f"seek an exemption: {rule.title.en}")
    return change("exemption", "exemptions", (Edit("append", ("exemptions",), value),), text)
