"""Files and Python values to data: the one place that opens centre files."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tic_rules.centre import CentreData, Misuse, Programme, Subject, misuses
from tic_rules.errors import DataError, Diagnostic, Text, fault
from tic_rules.loading import shared_vocabulary, whole_vocabulary
from tic_rules.ruleset import Vocabulary
from tic_rules.source import MAX_BYTES, BadText, Mark, Source, decode, pointer, read_text
from tic_rules.validation import diagnostics_of

S = TypeVar("S", bound=Subject)


def read_subject(path: str | os.PathLike[str], model: type[S], vocabulary: Vocabulary) -> S:
    """A file as data. Raises DataError with every fault of the file."""
    file = os.fspath(path)
    return subject_from_text(_text_of(Path(file), file), file, model, vocabulary)


def _text_of(path: Path, file: str) -> str:
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            decode(b" " * (MAX_BYTES + 1), file)
        return decode(path.read_bytes(), file)
    except OSError as error:
        raise fault(DataError, "unreadable", f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}", file=file) from None
    except BadText as error:
        raise DataError(error.diagnostics) from None


def bytes_to_text(raw: bytes, file: str) -> str:
    """Decode what was read from standard input. Raises DataError."""
    try:
        return decode(raw, file)
    except BadText as error:
        raise DataError(error.diagnostics) from None


def subject_from_text(text: str, file: str, model: type[S], vocabulary: Vocabulary) -> S:
    """YAML or JSON text as data. Raises DataError with every fault."""
    try:
        source = read_text(text, file, json_text=file.endswith(".json"))
    except BadText as error:
        raise DataError(error.diagnostics) from None
    return _validated(source.data, source, model, vocabulary)


def subject_from(value: Any, model: type[S], vocabulary: Vocabulary) -> S:
    """A mapping, a dataclass or a pydantic model of the caller's own as data. Raises DataError."""
    if isinstance(value, model):
        return verified(value, vocabulary)
    if isinstance(value, BaseModel):
        value = value.model_dump()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if not isinstance(value, Mapping):
        name = type(value).__name__
        raise fault(DataError, "model-type", f"应为 Centre、映射或模型，不是 {name}", f"a Centre, a mapping or a model is expected, not {name}")
    return _validated(dict(value), None, model, vocabulary)


def _validated(data: Any, source: Source | None, model: type[S], vocabulary: Vocabulary) -> S:
    if not isinstance(data, dict):
        raise DataError(
            [
                Diagnostic(
                    "model-type",
                    Text("文件应为映射（键: 值）", "the file must be a mapping (key: value)"),
                    source.file if source else "",
                    1 if source else 0,
                    1 if source else 0,
                )
            ]
        )
    try:
        subject = model.model_validate(data)
    except ValidationError as error:
        raise DataError(diagnostics_of(error, source, model)) from None
    subject._source = source
    return verified(subject, vocabulary)


def verified(subject: S, vocabulary: Vocabulary) -> S:
    """The subject, once its words, lists and totals have been held against the vocabulary. Raises DataError."""
    if subject._vocabulary is vocabulary:
        return subject
    found = list(misuses(subject, vocabulary))
    if any(misuse.code == "unknown-word" for misuse in found) and vocabulary is shared_vocabulary():
        found = list(misuses(subject, whole_vocabulary()))
    if found:
        raise DataError(_told(subject, misuse) for misuse in found)
    subject._vocabulary = vocabulary
    return subject


def _told(subject: Subject, misuse: Misuse) -> Diagnostic:
    mark = subject._source.locate(misuse.parts) if subject._source else Mark(0, 0)
    return Diagnostic(misuse.code, misuse.text, subject.file or "", mark.line, mark.column, pointer(misuse.parts))


__all__ = ["CentreData", "Programme", "bytes_to_text", "read_subject", "subject_from", "subject_from_text", "verified"]
