"""From a condition that does not hold to the ways to make it hold: one pass over the tree, like the
evaluator's.

Nothing here knows a clause, and nothing is trusted: whatever a way claims is put to the evaluator before it
is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from math import ceil
from typing import Any

from tic_rules.analysis.plan.case import Case, dated, in_words, kind_of, one_of, set_value, word_of
from tic_rules.analysis.plan.entries import each_key, every_entry, new_entry, some_entry
from tic_rules.analysis.plan.model import Change, Way, change
from tic_rules.core.errors import Text
from tic_rules.core.logic import TRUE
from tic_rules.core.numbers import Number, Range, decimal_text
from tic_rules.core.source import pointer
from tic_rules.evaluation.operators import between, see
from tic_rules.evaluation.seen import Seen
from tic_rules.model import conditions as c
from tic_rules.model.document import Edit, get
from tic_rules.model.fields import value_at
from tic_rules.model.readings import held_at
from tic_rules.model.ruleset import Fact
from tic_rules.model.values import Series
from tic_rules.results.labels import number_text
from tic_rules.results.terms import field_label

MOST = 24
"""Ways of one rule that are looked at; what a clause leaves open beyond that is not told apart."""


def ways(node: Any, case: Case) -> list[Way]:
    """The ways to make a condition true; none where nothing that may be changed would."""
    seen = see(node, case.scene, case.moment, case.scenario, case.rule)
    if seen.value == TRUE:
        return [Way()]
    return list(islice(_ways(node, case, seen), MOST))


def _ways(node: object, case: Case, seen: Seen) -> Iterator[Way]:
    match node:
        case c.All():
            yield from _product([ways(part, case) for part in node.all])
        case c.Either():
            for part in node.any:
                yield from ways(part, case)
        case c.Same():
            yield from _same(node, case)
        case c.Not() if isinstance(node.not_, c.Is) and isinstance(node.not_.is_, bool):
            yield _set(case, node.not_.fact, not node.not_.is_)
        case c.Attested():
            yield Way(tuple(_judgement(case, item) for item in (seen.lacking or (None,))))
        case c.Compare():
            yield from _compare(node, case, seen)
        case c.Share() if node.operator in ("at_most", "less_than"):
            return  # what was paid does not shrink
        case c.Largest() | c.Share():
            yield from (Way(sums=sums) for sums in case.sums(node, case))
        case c.Is():
            yield _set(case, node.fact, node.is_)
        case c.Among():
            yield _set(case, node.fact, node.among[0], node.among)
        case c.AnyAmong():
            yield Way((_words(case, node.fact, [node.any_among[0]], node.any_among),))
        case c.Contains():
            yield Way((_words(case, node.fact, list(seen.lacking)),))
        case c.Given():
            yield _set(case, node.fact, _blank(case, node.fact))
        case c.Done():
            yield _set(case, node.fact, case.moment.day.isoformat())
        case c.Reads():
            yield _set(case, node.fact, _reading(node, case))
        case c.Some():
            yield from some_entry(node.fact, node.some, case)
        case c.Every():
            yield from every_entry(node, case)
        case c.EachOf():
            yield from each_key(node, case, seen)


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


def _set(case: Case, name: str, value: object, choices: tuple[object, ...] = ()) -> Way:
    fact = case.scene.facts[name]
    return Way((set_value(case, tuple((fact.value or "").split(".")), value, choices),))


def _words(case: Case, name: str, words: list[str], choices: tuple[str, ...] = ()) -> Change:
    path = tuple((case.scene.facts[name].words or "").split("."))
    given = get(case.document, path)
    edits = (
        tuple(Edit("append", path, word) for word in words)
        if isinstance(given, list)
        else (Edit("set", path, words),)
    )
    vocabulary = case.scene.ruleset.vocabulary
    said = []
    for lang in ("zh", "en"):
        label = (
            one_of(vocabulary, ".".join(path), choices, lang)
            if choices
            else in_words(vocabulary, ".".join(path), words, lang)
        )
        said.append(f"{field_label(pointer(path), vocabulary, lang)}: {label}")
    return change(
        "data" if given is None and case.supplies else kind_of(".".join(path)),
        ".".join(path),
        edits,
        Text(said[0].replace(": ", "：", 1), said[1]),
    )


def _blank(case: Case, name: str) -> str:
    """A text that is to be given: the words of the field stand for it until it is."""
    label = case.scene.facts[name].label
    return f"（{label.zh}）"


def _reading(node: c.Reads, case: Case) -> str:
    """A text that begins and ends as it has to, with what stands between in the data now."""
    before, after = node.reads
    values, _, _ = case.scene.single(node.fact, case.moment.day)
    text = values[0] if values and isinstance(values[0], str) else ""
    inner = text.strip().removeprefix(before.strip()).removesuffix(after.strip()).strip() or "×××"
    space = " " if node.ignoring_space else ""
    return f"{before}{space}{inner}{space}{after}"


def _same(node: c.Same, case: Case) -> Iterator[Way]:
    """Texts with the same between: that of the first that reads as it has to."""
    texts = {}
    for part in node.same:
        values, _, _ = case.scene.single(part.fact, case.moment.day)
        texts[part.fact] = values[0] if values and isinstance(values[0], str) else ""
    inner = next((shared for part in node.same if (shared := between(part, texts[part.fact]))), "×××")
    wanted = {part.fact: f"{part.reads[0]}{inner}{part.reads[1]}" for part in node.same}
    yield Way(
        tuple(
            shared
            for fact, text in wanted.items()
            if text != texts[fact]
            for shared in _set(case, fact, text).changes
        )
    )


# --- numbers ------------------------------------------------------------------------------------------------


def _compare(node: c.Compare, case: Case, seen: Seen) -> Iterator[Way]:
    fact = case.scene.facts[node.fact]
    if fact.reading in ("sum", "kinds"):
        yield from (Way(sums=sums) for sums in case.sums(node, case))
        return
    least = _least(node.operator, seen.bound)
    if (
        least is None
        or isinstance(seen.observed.low, float)
        or seen.observed.low > least
        or isinstance(least, float)
    ):
        return  # amounts never shrink
    if fact.reading in ("stock", "value"):
        if fact.cumulative and _lower_later(case, fact, least):
            return  # a total that is lower on a later day was not that high
        yield Way((_level(case, fact, node.fact, least, seen.observed.low),))
    elif fact.reading == "count":
        lacking = int(least - seen.observed.low)
        if 0 < lacking <= 50:
            yield from _together(
                new_entry(case, fact, fact.where or c.Where(), number) for number in range(lacking)
            )
    elif fact.reading == "distinct":
        yield from _distinct(case, fact, int(least))


def _lower_later(case: Case, fact: Fact, least: object) -> bool:
    value = value_at(case.scene.subject, fact.stock or "")
    if isinstance(value, Series):
        return any(
            entry.value is not None and entry.when.last > case.on and entry.value.high < least
            for entry in value
        )
    return value is not None and case.on < case.scene.reported_on and bool(value.high < least)


def _least(operator: str, bound: Range) -> Any:
    """The least number that the comparison holds for."""
    if operator in ("at_least", "between", "equals"):
        return bound.high if operator == "at_least" else bound.low
    if operator == "more_than":
        return bound.high + 1
    return bound.low if operator == "at_most" else bound.low - 1


def _level(case: Case, fact: Fact, name: str, least: Number, low: Number) -> Change:
    """A number that has to stand at `least`."""
    path = tuple((fact.stock or fact.value or "").split("."))
    dotted = ".".join(path)
    if Fraction(decimal_text(Fraction(least)) or 0) != least:
        least = Fraction(ceil(least * 10_000), 10_000)  # a third cannot be written down: somewhat more
    number: Any = int(least) if least == int(least) else decimal_text(Fraction(least))
    held = held_at(type(case.scene.subject), dotted)
    if held is not None and held.kind == "rate":
        number = f"{decimal_text(Fraction(least) * 100)}%"
    old = value_at(case.scene.subject, dotted)
    if isinstance(old, Series) or case.on == case.scene.reported_on or fact.value:
        edit = dated(case, path, number)
    elif old is None:
        edit = Edit("set", path, [{"date": case.on.isoformat(), "value": number}])
    else:
        before = {"date": case.scene.reported_on.isoformat(), "value": get(case.document, path)}
        entries = sorted(
            [before, {"date": case.on.isoformat(), "value": number}], key=lambda entry: entry["date"]
        )
        edit = Edit("set", path, entries)
    units = case.scene.ruleset.vocabulary.units
    shown = [number_text(least, fact.unit, units, lang) for lang in ("zh", "en")]
    more = [number_text(least - low, fact.unit, units, lang) for lang in ("zh", "en")]
    exact = old is not None and low > 0 and not case.unknown
    text = Text(
        f"{fact.label.zh}达到{shown[0]}" + (f"（再增{more[0]}）" if exact else ""),
        f"{fact.label.en}: reach {shown[1]}" + (f" ({more[1]} more)" if exact else ""),
    )
    size = Fraction(least - low) / Fraction(least) if least > 0 else Fraction(0)
    return change(
        "data" if case.supplies and (old is None or case.unknown) else kind_of(dotted),
        dotted,
        (edit,),
        text,
        size=size,
        level=(dotted, least),
    )


def _distinct(case: Case, fact: Fact, least: int) -> Iterator[Way]:
    attribute, listed = fact.distinct or "", case.scene.listed(fact.of or "")
    there = {entry.get(attribute) for entry in listed.entries}
    word = word_of(case.scene, listed.declared.paths[0], attribute)
    fresh = [
        w for w in case.scene.ruleset.vocabulary.words.get(word or "", {}) if w not in there and w != "other"
    ]
    lacking = least - len(there - {None})
    if 0 < lacking <= len(fresh):
        yield from _together(new_entry(case, fact, c.Where(each={attribute: w})) for w in fresh[:lacking])


def _together(changes: Iterable[Change | None]) -> Iterator[Way]:
    """Several new entries as one way; none where one of them has no place."""
    made = tuple(changes)
    whole = tuple(one for one in made if one is not None)
    if len(whole) == len(made):
        yield Way(whole)


# --- judgements, helpers ------------------------------------------------------------------------------------


def by_judgement(case: Case) -> Way:
    """To ask for the judgement that settles what the data leaves to a person (a list that ends in 等)."""
    return Way((_judgement(case, None),))


def _judgement(case: Case, item: str | None) -> Change:
    rule, scene = case.rule, case.scene
    value: dict[str, Any] = {"rule": f"{scene.ruleset.id}/{rule.id}"}
    if item is not None:
        value["item"] = item
    value |= {"met": True, "by": "（评审单位）", "date": scene.as_of.isoformat(), "evidence": "（评审意见）"}
    title = next((i.title.text for i in rule.items if i.id == item), rule.title.text)
    text = Text(f"提请评审认定：{title.zh}", f"ask for a judgement: {title.en}")
    return change("judgement", "attestations", (Edit("append", ("attestations",), value),), text)


__all__ = ["by_judgement", "ways"]
