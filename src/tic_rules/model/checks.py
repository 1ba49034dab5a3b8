"""What the shape of the data alone does not show: words, lists and totals held against the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tic_rules.core.errors import clip, did_you_mean
from tic_rules.core.numbers import Number, Range
from tic_rules.model.centre import Centre
from tic_rules.model.fields import Place, fields_of, paths_of, records_in, value_at
from tic_rules.model.subject import Record, Subject
from tic_rules.model.values import Series
from tic_rules.model.vocabulary import Vocabulary, near_word

Misuse = tuple[str, Place, str, str]
"""A fault that the shape alone does not show: code, place, what is wrong in Chinese and English."""


def misuses(subject: Subject, vocabulary: Vocabulary) -> Iterator[Misuse]:
    """Unknown words, names under `incomplete` that are no lists, totals that fall, contradictions."""
    yield from _unknown_words(subject, vocabulary, ())
    yield from _unknown_lists(subject)
    for place in vocabulary.never_falling:
        series = value_at(subject, place) if place in paths_of(type(subject)) else None
        if isinstance(series, Series):
            yield from _falling(series, tuple(place.split(".")))
    if isinstance(subject, Centre):
        held = subject.acceptance
        if held is not None and held.held is False and (held.date is not None or held.result is not None):
            zh, en = "held 为 false，却有验收日期或结果", "held is false, yet a date or a result is given"
            yield "contradiction", ("acceptance", "held"), zh, en


def _unknown_words(record: Record, vocabulary: Vocabulary, at: Place) -> Iterator[Misuse]:
    for name, word, inner in fields_of(type(record)):
        value = getattr(record, name)
        if value is None:
            continue
        if inner:
            for place, entry in records_in(value):
                yield from _unknown_words(entry, vocabulary, (*at, name, *place))
        elif (words := vocabulary.words.get(word or "")) is not None:  # else of other rule sets
            for place, said in _said_in(value):
                if said is not None and said not in words:
                    near = near_word(said, words)
                    zh = f"{clip(said)} 不在允许的取值之列：{'、'.join(words)}{near.zh}"
                    en = f"{clip(said)} is not one of {', '.join(words)}{near.en}"
                    yield "unknown-word", (*at, name, *place), zh, en


def _said_in(value: object) -> list[tuple[Place, Any]]:
    """The words in the value of a field, each with its place there."""
    if isinstance(value, Series):
        return [((index, "value"), entry.value) for index, entry in enumerate(value)]
    if isinstance(value, tuple):
        return [((index,), word) for index, word in enumerate(value)]
    return [((), value)]


def _unknown_lists(subject: Subject) -> Iterator[Misuse]:
    if not subject.incomplete:
        return
    paths = paths_of(type(subject))
    names = paths | {path.rsplit(".", 1)[-1] for path in paths}
    for index, name in enumerate(subject.incomplete):
        if name.strip("/").replace("/", ".") not in names:
            near = did_you_mean(name, sorted(names))
            zh = f"没有名为 {clip(name)} 的清单{near.zh}"
            en = f"there is no list named {clip(name)}{near.en}"
            yield "unknown-list", ("incomplete", index), zh, en


def _falling(series: Series[Range], at: tuple[str | int, ...]) -> Iterator[Misuse]:
    """Entries that are less than the most that had been reached before their day."""
    given = [(index, when, value) for index, (when, value) in enumerate(series) if value is not None]
    ended = sorted(given, key=lambda entry: entry[1].last)
    fallen: list[int] = []
    most: Number | None = None
    seen = 0
    for index, when, value in sorted(given, key=lambda entry: entry[1].first):
        while seen < len(ended) and ended[seen][1].last < when.first:
            low = ended[seen][2].low
            most, seen = low if most is None else max(most, low), seen + 1
        if most is not None and most > value.high:
            fallen.append(index)
    for index in sorted(fallen):
        yield "falling", (*at, index, "value"), "累计数不会减少", "a cumulative total cannot fall"
