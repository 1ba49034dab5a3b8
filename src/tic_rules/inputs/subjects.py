"""Data of whatever origin to a subject: validated, and held against the vocabulary. Every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, TypeVar

from pydantic_core import ValidationError

from tic_rules.core.errors import DataError, Diagnostic, Text, fault
from tic_rules.core.source import Mark, Source, pointer
from tic_rules.model.centre import Misuse, Subject, as_mapping, misuses
from tic_rules.model.loader import shared_vocabulary, whole_vocabulary
from tic_rules.model.ruleset import Vocabulary
from tic_rules.model.validation import MOST, diagnostics_of

S = TypeVar("S", bound=Subject)


def subject_from(value: Any, model: type[S], vocabulary: Vocabulary) -> S:
    """A mapping, a dataclass or a pydantic model of the caller's own as data. Raises DataError."""
    if isinstance(value, model):
        return verified(value, vocabulary)
    value = as_mapping(value)
    if not isinstance(value, Mapping):
        name = type(value).__name__
        raise fault(
            DataError,
            "model-type",
            f"应为 Centre、映射或模型，不是 {name}",
            f"a Centre, a mapping or a model is expected, not {name}",
        )
    return validated(dict(value), None, model, vocabulary)


def validated(data: Any, source: Source | None, model: type[S], vocabulary: Vocabulary) -> S:
    """Raw data as a subject that knows the places of its values. Raises DataError."""
    if not isinstance(data, dict):
        text = Text("文件应为映射（键: 值）", "the file must be a mapping (key: value)")
        mark = source.locate(()) if source else Mark(0, 0)
        raise DataError(
            [Diagnostic("model-type", text, source.file if source else "", mark.line, mark.column)]
        )
    try:
        subject = model.model_validate(data)
    except ValidationError as error:
        raise DataError(diagnostics_of(error, source, model)) from None
    subject._source = source
    verified(subject, vocabulary)
    subject._vocabulary = vocabulary
    return subject


def verified(subject: S, vocabulary: Vocabulary) -> S:
    """The subject, once its words, lists and totals have been held against the vocabulary. Raises DataError."""
    if subject.note("_vocabulary") is vocabulary:
        return subject
    found = list(islice(misuses(subject, vocabulary), MOST))
    if any(misuse.code == "unknown-word" for misuse in found) and vocabulary is shared_vocabulary():
        found = list(islice(misuses(subject, whole_vocabulary()), MOST))
    if found:
        told = [_told(subject, misuse) for misuse in found]
        if len(found) == MOST:
            told.append(
                Diagnostic("too-many", Text("其余问题未列出", "more faults may follow"), subject.file or "")
            )
        raise DataError(told)
    return subject


def _told(subject: Subject, misuse: Misuse) -> Diagnostic:
    mark = subject.place(pointer(misuse.parts))
    return Diagnostic(
        misuse.code, misuse.text, subject.file or "", mark.line, mark.column, pointer(misuse.parts), mark.cell
    )
