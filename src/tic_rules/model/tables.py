"""The fields of a model as the plain description by which tables are read and written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from tic_rules.core.errors import Text
from tic_rules.inputs import layout
from tic_rules.inputs.fields import Field
from tic_rules.inputs.layout import MAIN
from tic_rules.model.editions import words_on_hand
from tic_rules.model.extension import Identity, extended
from tic_rules.model.fields import kind_of, record_in, words_at
from tic_rules.model.owners import owners_of_label
from tic_rules.model.programme import Programme
from tic_rules.model.shipped import (
    is_shared,
    shared_vocabulary,
    shipped_vocabularies,
    unnamed_vocabulary,
    whole_vocabulary,
)
from tic_rules.model.subject import Record, Subject
from tic_rules.model.vocabulary import Vocabulary


def described(model: type[Record], vocabulary: Vocabulary, others: Iterable[Vocabulary] = ()) -> Field:
    """The fields of a model with labels and words, for tables; a reader takes those of `others` too."""
    label = MAIN[-1] if issubclass(model, Programme) else MAIN[0]
    return Field("", "record", label, fields=tuple(_described(model, "", vocabulary, tuple(others))))


def _described(
    model: type[Record], prefix: str, vocabulary: Vocabulary, others: tuple[Vocabulary, ...]
) -> Iterator[Field]:
    for name, field in model.model_fields.items():
        path = prefix + name
        said = vocabulary.fields.get(path)
        label = Text(said.zh, said.en) if said is not None else Text(name, name)
        kind, dated = kind_of(field)
        inner = record_in(field.annotation)
        if inner is not None:
            yield Field(path, kind, label, fields=tuple(_described(inner, path + ".", vocabulary, others)))
            continue
        words = words_at(model, name)
        choices = vocabulary.words.get(words or "", {})
        called = (item for other in others for item in other.words.get(words or "", {}).items())
        yield Field(
            path,
            kind,
            label,
            dated,
            words,
            tuple((word, label.text) for word, label in choices.items()),
            tuple((word, label.text) for word, label in called if label != choices.get(word, label)),
            measure=_measure(path, vocabulary),
            also=() if said is None else tuple(label.text for label in said.also),
            counters=() if said is None else counters_of(said.unit or "", vocabulary),
        )


def _measure(path: str, vocabulary: Vocabulary) -> str:
    """The unit of the facts that read a field as it is."""
    declared = vocabulary.declared.get(path)
    if declared is not None and declared.unit is not None:
        return declared.unit
    return next((f.unit for f in vocabulary.facts.values() if f.unit and path in (f.value, f.stock)), "")


def counters_of(name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What people call a unit of the vocabulary."""
    unit = vocabulary.units.get(name)
    if unit is None:
        return ()
    labels = ((unit.zh, unit.en), *((label.zh, label.en) for label in unit.also))
    return tuple(name for both in labels for name in both if name)


def layout_of(model: type[Record], vocabulary: Vocabulary) -> layout.Layout:
    """The tables of a model, with the labels and words of a vocabulary."""
    return layout.layout_of(described(model, vocabulary))


def names_of(model: type[Subject], vocabulary: Vocabulary) -> layout.Names:
    """What the columns and sheets of a model's tables may be called, made once for a vocabulary.

    By the shared words a table is read with what shipped rule files add, and with the labels that each of
    them uses for a field; where no rule set is named also for a word, and with what other rule sets on hand
    add. By those of a rule set also with the shared labels of its words."""
    local = words_on_hand() if vocabulary is unnamed_vocabulary() else None
    return _names(extended(model, local or vocabulary), Identity(vocabulary), Identity(local))


@lru_cache(maxsize=8)
def _names(model: type[Record], vocabulary: Identity, local: Identity) -> layout.Names:
    if not is_shared(vocabulary.value):
        beside = vocabulary.value._joins or (shared_vocabulary(),)
        return layout.Names(described(model, vocabulary.value, beside), owners=owners_of_label)
    shipped = shipped_vocabularies()
    beside = shipped if vocabulary.value is unnamed_vocabulary() else ()
    whole = whole_vocabulary() if local.value is None else local.value.with_(whole_vocabulary())
    others = (described(model, other) for other in shipped)
    return layout.Names(described(model, whole, beside), others, owners_of_label)
