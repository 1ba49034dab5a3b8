"""YAML, JSON and JSON Lines to data."""

from __future__ import annotations

import io
from collections.abc import Iterator

from tic_rules.core.errors import DataError, fault
from tic_rules.core.source import BadText, decode, read_text
from tic_rules.inputs.subjects import S, validated
from tic_rules.model.ruleset import Vocabulary

MAX_LINES = 20_000


def bytes_to_text(raw: bytes, file: str) -> str:
    """UTF-8 text. Raises DataError."""
    try:
        return decode(raw, file)
    except BadText as error:
        raise DataError(error.diagnostics) from None


def subject_from_text(text: str, file: str, model: type[S], vocabulary: Vocabulary) -> S:
    """YAML text, or JSON text where the file's name says so, as data. Raises DataError with every fault."""
    return _subject(text, file, file.lower().endswith(".json"), 1, model, vocabulary)


def _subject(text: str, file: str, json_text: bool, line: int, model: type[S], vocabulary: Vocabulary) -> S:
    try:
        source = read_text(text, file, json_text=json_text, line=line)
    except BadText as error:
        raise DataError(error.diagnostics) from None
    return validated(source.data, source, model, vocabulary)


def subjects_from_lines(
    text: str, file: str, model: type[S], vocabulary: Vocabulary
) -> Iterator[S | DataError]:
    """JSON Lines: a subject a line; a line that cannot be used gives its errors, and the next one is read."""
    count = 0
    for number, line in enumerate(io.StringIO(text), 1):
        if not line.strip():
            continue
        count += 1
        if count > MAX_LINES:
            raise _too_many(file)
        try:
            yield _subject(line.rstrip("\n"), file, True, number, model, vocabulary)
        except DataError as error:
            yield error
    if not count:
        raise fault(DataError, "empty", "文件是空的", "the file is empty", file=file)


def _too_many(file: str) -> DataError:
    error = fault(
        DataError,
        "too-large",
        f"超过 {MAX_LINES} 行；请分成几个文件",
        f"more than {MAX_LINES} lines; split the file",
        file=file,
    )
    assert isinstance(error, DataError)
    return error
