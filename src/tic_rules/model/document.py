"""A subject as the plain document that a file would hold, and changes to such a document.

What a file says and what was given in Python become the same: mappings, lists, text. A change never touches the document
that it is applied to.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from tic_rules.core.quantities import FIRST_DAY, LAST_DAY, Range, Span, decimal_text
from tic_rules.model.centre import CentreData, Record, Series, Subject
from tic_rules.model.ruleset import Vocabulary

Parts = tuple[str | int, ...]


class Edit(NamedTuple):
    """One change of a document: a value that is set, or an entry that is appended to a list."""

    op: Literal["set", "append"]
    path: Parts
    value: Any

    @property
    def key(self) -> str:
        """What the change does, to tell equal changes."""
        return json.dumps([self.op, list(self.path), self.value], ensure_ascii=False, sort_keys=True)


def document_of(subject: Subject) -> dict[str, Any]:
    """The document of a subject: its file's content where it has one, otherwise what such a file would say."""
    source = subject.note("_source")
    if source is not None and isinstance(source.data, dict):
        return dict(copy.deepcopy(source.data))
    return dict(plain(subject))


def plain(value: Any) -> Any:
    """Values of the data model as a file would write them; what is left out stays left out."""
    match value:
        case Range():
            if value.exact:
                return _number(value.low)
            ends = {
                "at_least": _number(value.low),
                "at_most": None if isinstance(value.high, float) else _number(value.high),
            }
            return {name: end for name, end in ends.items() if end is not None}
        case Span():
            return _days(value)
        case Series():
            return [{"date": plain(entry.when), "value": plain(entry.value)} for entry in value]
        case Record():
            found = {name: plain(item) for name, item in value if item is not None}
            return {name: item for name, item in found.items() if name not in _EMPTY or item != []}
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case tuple() | list():
            return [plain(item) for item in value]
    return value


_EMPTY = frozenset({"sources", "attestations", "exemptions"})


def _number(number: Any) -> int | str | None:
    return number if isinstance(number, int) else decimal_text(number)


def _days(span: Span) -> Any:
    if span.exact:
        return span.first.isoformat()
    ends = {"not_before": span.first, "not_after": span.last}
    known = {name: day.isoformat() for name, day in ends.items() if day not in (FIRST_DAY, LAST_DAY)}
    return known or None


def subject_of(
    document: dict[str, Any], vocabulary: Vocabulary, like: type[CentreData] = CentreData
) -> CentreData:
    """A document that is known to be sound, as data. Raises pydantic's ValidationError where it is not."""
    subject = like.model_validate(document)
    subject._vocabulary = vocabulary
    return subject


def get(document: Any, path: Iterable[str | int]) -> Any:
    """The value at a place; None where it, or anything above it, is left out."""
    for part in path:
        if isinstance(document, dict):
            document = document.get(part)
        elif isinstance(document, list) and isinstance(part, int) and part < len(document):
            document = document[part]
        else:
            return None
    return document


def apply(document: dict[str, Any], edits: Iterable[Edit]) -> dict[str, Any]:
    """A changed copy of a document."""
    changed = copy.deepcopy(document)
    for edit in edits:
        _put(changed, edit)
    return changed


def _put(document: dict[str, Any], edit: Edit) -> None:
    *above, last = edit.path
    at: Any = document
    for part in above:
        if isinstance(at, dict):
            if at.get(part) is None:
                at[part] = {}
            at = at[part]
        else:
            at = at[int(part)]
    if edit.op == "set":
        at[last] = copy.deepcopy(edit.value)
    else:
        at[last] = [*(at.get(last) or ()), copy.deepcopy(edit.value)]


__all__ = ["Edit", "Parts", "apply", "document_of", "get", "plain", "subject_of"]
