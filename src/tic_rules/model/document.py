"""A subject as the plain document that a file would hold, and changes to such a document.

What a file says and what was given in Python become the same: mappings, lists, text. A change never touches
the document that it is applied to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from tic_rules.core.scalars import Json
from tic_rules.model.centre import Centre
from tic_rules.model.fields import kind_of, paths_of, record_in, records_in
from tic_rules.model.subject import Record, Subject
from tic_rules.model.vocabulary import Vocabulary

Parts = tuple[str | int, ...]


class Edit(NamedTuple):
    """One change of a document: a value that is set, or an entry that is appended to a list."""

    op: Literal["set", "append"]
    path: Parts
    value: object

    @property
    def key(self) -> str:
        """What the change does, to tell equal changes."""
        return json.dumps([self.op, list(self.path), self.value], ensure_ascii=False, sort_keys=True)


def copied(tree: Any) -> Any:
    """A copy to change: mappings and lists are new; what stands in them never changes and is shared."""
    if isinstance(tree, dict):
        return {key: copied(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [copied(value) for value in tree]
    return tree


def document_of(subject: Subject) -> Json:
    """The document of a subject: its file's content where it has one, else what such a file would say."""
    source = subject._text()
    if source is None or not isinstance(source.data, dict):
        return plain(subject)
    document = dict(copied(source.data))
    if source.left_out:
        document |= {name: value for name, value in plain(subject).items() if name in source.left_out}
    return document


def plain(subject: Subject) -> Json:
    """What a file would say of a subject; what is left out stays left out."""
    document = subject.model_dump(mode="json", exclude_none=True)
    _with_extras(subject, document)
    return {name: value for name, value in document.items() if name not in _EMPTY or value}


def _with_extras(record: Record, document: Json) -> None:
    """The keys of a record that begin with `x-`, and those of the records within, put into its document."""
    for name, value in record.__dict__.items():
        if name == "extras":
            document.update(value)
        elif name in document:
            for place, entry in records_in(value):
                _with_extras(entry, get(document[name], place))


_EMPTY = frozenset({"sources", "attestations", "exemptions"})


def subject_of(document: dict[str, object], vocabulary: Vocabulary, like: type[Centre] = Centre) -> Centre:
    """A document that is known to be sound, as data. Raises pydantic's ValidationError where it is not."""
    subject = like.model_validate(document)
    subject._vocabulary = vocabulary
    return subject


def narrowed(document: dict[str, object], model: type[Record]) -> Json:
    """The part of a subject's document that a model has fields for: what other rule sets declare is left out,
    and so are lists of it that are named incomplete."""
    left: Json = within(document, model)
    if left.get("incomplete"):
        paths = paths_of(model)
        names = paths | {path.rpartition(".")[2] for path in paths}
        left["incomplete"] = [
            name for name in left["incomplete"] if name.strip("/").replace("/", ".") in names
        ]
    return left


def within(document: object, model: type[Record]) -> Any:
    """The part of a document that a model has fields for."""
    if isinstance(document, list):
        return [within(item, model) for item in document]
    if not isinstance(document, dict):
        return document
    fitting: Json = {}
    for name, value in document.items():
        field = model.model_fields.get(name)
        inner = record_in(field.annotation) if field is not None else None
        if field is not None and inner is not None and kind_of(field).name == "table":
            fitting[name] = {key: within(item, inner) for key, item in value.items()}
        elif field is not None:
            fitting[name] = value if inner is None else within(value, inner)
        elif isinstance(name, str) and name.startswith("x-"):
            fitting[name] = value
    return fitting


def can_step(above: object, part: str | int) -> bool:
    """Whether a step of a path can be taken in a document: an entry has to be there, a key need not."""
    if isinstance(above, list):
        return isinstance(part, int) and part < len(above)
    return isinstance(part, str) and (above is None or isinstance(above, dict))


def get(document: object, path: Iterable[str | int]) -> Any:
    """The value at a place; None where it, or anything above it, is left out."""
    for part in path:
        if isinstance(document, dict):
            document = document.get(part)
        elif isinstance(document, list) and isinstance(part, int) and part < len(document):
            document = document[part]
        else:
            return None
    return document


def apply(document: Json, edits: Iterable[Edit]) -> Json:
    """A changed copy of a document."""
    changed: Json = copied(document)
    for edit in edits:
        put(changed, edit)
    return changed


def put(document: dict[str, object], edit: Edit) -> None:
    """Make a change in a document itself."""
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
        at[last] = copied(edit.value)
    else:
        at[last] = [*(at.get(last) or ()), copied(edit.value)]
