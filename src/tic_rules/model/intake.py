"""Files, text and values to subjects, held against the vocabulary; every fault at once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from pydantic_core import ValidationError

from tic_rules.core.errors import DataError, Diagnostic, Text, fault
from tic_rules.core.files import file_name, path_of
from tic_rules.core.limits import MAX_DEPTH, TOO_DEEP
from tic_rules.core.scalars import PLAIN
from tic_rules.core.source import NOWHERE, Source, pointer
from tic_rules.inputs import is_part_of_another as _is_part_of_another
from tic_rules.inputs import is_table, read_sources
from tic_rules.inputs.text import source_of_text
from tic_rules.model.centre import Centre, last_name
from tic_rules.model.checks import misuses
from tic_rules.model.document import document_of
from tic_rules.model.shipped import is_shared, unnamed_vocabulary, whole_vocabulary
from tic_rules.model.subject import Record, Subject
from tic_rules.model.validation import MOST, diagnostics_of
from tic_rules.model.values import as_mapping
from tic_rules.model.vocabulary import Vocabulary

if TYPE_CHECKING:
    from tic_rules.inputs.layout import Names
    from tic_rules.model.ruleset import RuleSet

S = TypeVar("S", bound=Subject)

MOST_UNUSABLE = 1_000
"""Centres of one file with faults, before the rest of it is left."""


def read_subject(
    path: str | os.PathLike[str], model: type[S], vocabulary: Vocabulary, rulesets: Sequence[RuleSet] = ()
) -> S:
    """A file as data; `rulesets` are those that it is read for, where they are named. Raises DataError with
    every fault of the file, and where it holds several centres."""
    subjects = []
    for subject in read_subjects(path, model, vocabulary, rulesets):
        if isinstance(subject, DataError):
            raise subject
        subjects.append(subject)
        if len(subjects) > 1:
            zh = "文件里不止一个中心，此处只看一个：请把要看的单独存成文件"
            en = "the file holds several centres, and only one is looked at: save it in a file of its own"
            raise fault(DataError, "several", zh, en, file=file_name(os.fspath(path)))
    return subjects[0]


def read_subjects(
    path: str | os.PathLike[str], model: type[S], vocabulary: Vocabulary, rulesets: Sequence[RuleSet] = ()
) -> Iterator[S | DataError]:
    """The centres of a file, one after the other: each as data, or as the error that says what is wrong with
    it.

    A file that cannot be used as a whole gives one error; one with a thousand centres that cannot is not read
    to its end. Never raises for what a file says."""
    unusable, namesakes = 0, Counter[tuple[str, str | None]]()
    for subject in _subjects(path, model, vocabulary, rulesets):
        if isinstance(subject, Centre):
            key = ("id", subject.id) if subject.id is not None else ("name", last_name(subject))
            namesakes[key] += 1
            subject._nth = namesakes[key]
        yield subject
        unusable += isinstance(subject, DataError)
        if unusable == MOST_UNUSABLE:
            text = Text(
                f"已有 {unusable} 个中心不能用，其余未读",
                f"{unusable} centres cannot be used; the rest is not read",
            )
            yield DataError([Diagnostic("too-many", text, file_name(os.fspath(path)))])
            return


def _subjects(
    path: str | os.PathLike[str], model: type[S], vocabulary: Vocabulary, rulesets: Sequence[RuleSet]
) -> Iterator[S | DataError]:
    refused: list[Diagnostic] = []
    """What is wrong with the rows of a file that cannot be used as a whole."""
    path = path_of(path, DataError)
    for source in read_sources(path, lambda: _names_for(model, vocabulary)):
        if isinstance(source, DataError):
            places = {one.place for one in source.diagnostics}
            yield DataError([*source.diagnostics, *(one for one in refused if one.place not in places)])
            continue
        if len(refused) > MOST:
            continue
        said = []
        if is_table(path):
            from tic_rules.model.written_names import understood  # not needed where no table is read

            said = understood(source, rulesets)
        try:
            subject, faults = validated(source.data, source, model, vocabulary), said
        except DataError as error:
            subject, faults = None, [*said, *error.diagnostics]
        faults = source.all_faults(faults)
        if source.refused:
            refused += faults
        elif subject is None or faults:
            yield DataError(faults)
        else:
            yield subject


def subject_from_text(
    text: str,
    file: str | os.PathLike[str],
    model: type[S],
    vocabulary: Vocabulary,
    *,
    json_text: bool = False,
) -> S:
    """YAML text, or JSON text where it is said or the file's name says so, as data. Raises DataError with
    every fault."""
    source = source_of_text(text, path_of(file, DataError), json_text)
    return validated(source.data, source, model, vocabulary)


def subject_from(value: object, model: type[S], vocabulary: Vocabulary) -> S:
    """A mapping, a dataclass or a pydantic model of the caller's own as data. Raises DataError."""
    if isinstance(value, model):
        return verified(value, vocabulary)
    value = as_mapping(value)
    if not isinstance(value, dict):
        name = type(value).__name__
        zh = f"应为 {model.__name__}、映射或模型，不是 {name}"
        en = f"a {model.__name__}, a mapping or a model is expected, not {name}"
        raise fault(DataError, "model-type", zh, en)
    return validated(_held(value), None, model, vocabulary)


def _held(value: object, depth: int = 0) -> object:
    """Data of which the iterators are read: it may be validated more than once. Raises DataError for mappings
    in mappings without end."""
    if isinstance(value, dict):
        if depth > MAX_DEPTH + 1:
            raise fault(DataError, "too-deep", *TOO_DEEP)
        return {key: _held(item, depth + 1) for key, item in value.items()}
    return tuple(value) if type(value) not in PLAIN and isinstance(value, Iterator) else value


def is_part_of_another(
    path: str | os.PathLike[str], beside: Collection[str], model: type[Subject], vocabulary: Vocabulary
) -> bool:
    """Whether a file of a folder holds only a list of another file beside it (centres.contributions.csv),
    or is a lock file of Excel. `beside`: the names of the tables in its folder, without their endings."""
    return _is_part_of_another(path, beside, lambda: _names_for(model, vocabulary))


def _names_for(model: type[Subject], vocabulary: Vocabulary) -> Names:
    from tic_rules.model.tables import names_of  # not needed where no table is read

    return names_of(model, vocabulary)


def _model(model: type[S], vocabulary: Vocabulary) -> type[S]:
    """The model with the fields that the vocabulary declares."""
    if not vocabulary.declared:
        return model
    from tic_rules.model.extension import extended  # few rule sets have fields of their own

    return extended(model, vocabulary)


def validated(data: object, source: Source | None, model: type[S], vocabulary: Vocabulary) -> S:
    """Raw data as a subject that knows the places of its values; where no rule set is named, by the words of
    those of its jurisdiction. Raises DataError."""
    try:
        return _validated(data, source, model, vocabulary)
    except DataError:
        local = _local(data) if vocabulary is unnamed_vocabulary() else None
        if local is None:
            raise
    return _validated(data, source, model, local)


def _local(data: object) -> Vocabulary | None:
    """The words of the rule sets on hand of the jurisdiction that data names; None where there are none."""
    named = data.get("jurisdiction") if isinstance(data, dict) else None
    if not isinstance(named, str):
        return None
    from tic_rules.model.editions import words_on_hand  # reads the rule files on hand

    return words_on_hand(str(named))


def _validated(data: object, source: Source | None, model: type[S], vocabulary: Vocabulary) -> S:
    if not isinstance(data, dict):
        zh, en = "文件应为映射（键: 值）", "the file must be a mapping (key: value)"
        if isinstance(data, list) and issubclass(model, Centre):
            zh += "；几个中心请写成 JSON Lines（.jsonl，一行一个）"
            en += "; several centres go into JSON Lines (.jsonl, one a line)"
        if isinstance(data, str) and "：" in data:
            zh = "文件应为映射：键后是全角冒号“：”，应为半角冒号加空格“: ”"
            en = "the file must be a mapping: the colon after its keys is of full width; write ': '"
        raise DataError([(source or NOWHERE).fault("model-type", zh, en, ())])
    model = _model(model, vocabulary)
    faults: list[Diagnostic] = []
    try:
        subject = model.model_validate(data)
    except ValidationError as error:
        faults = with_owners(diagnostics_of(error, source))
        subject = _well_formed(data, faults, source, model)
    subject._source = source
    try:
        verified(subject, vocabulary)
    except DataError as error:
        faults = sorted([*faults, *error.diagnostics], key=lambda fault: (fault.line, fault.column))
    if faults:
        raise DataError(faults)
    subject._vocabulary = vocabulary
    return subject


def _well_formed(data: object, faults: list[Diagnostic], source: Source | None, model: type[S]) -> S:
    """What data has beside its faults, whose words are looked at too. Raises DataError, of the faults."""
    wrong = {one.path: one.code for one in faults}
    for _ in range(2 if len(faults) <= MOST else 0):
        try:
            return model.model_validate(_without(data, wrong))
        except ValidationError as error:  # an entry that cannot be empty: the whole list is left out
            wrong.update({one.path.rpartition("/")[0]: "" for one in diagnostics_of(error, source)})
    raise DataError(faults)


def _without(value: object, wrong: Mapping[str, str], at: str = "") -> object:
    """Data without what stands at some places, which are given with what is wrong there."""
    if isinstance(value, dict):
        inner = {key: at + pointer([key]) for key in value}
        return {
            key: None if inner[key] in wrong else _without(item, wrong, inner[key])
            for key, item in value.items()
            if wrong.get(inner[key]) != "extra-forbidden"
        }
    if isinstance(value, list):
        entries = ((f"{at}/{number}", item) for number, item in enumerate(value))
        return [{} if place in wrong else _without(item, wrong, place) for place, item in entries]
    return value


def values_of(record: Record, update: Mapping[str, object]) -> dict[str, object]:
    """Other values for some fields of a record, validated. Raises DataError."""
    try:
        read = type(record).model_validate(dict(update))
    except ValidationError as error:
        raise DataError(with_owners(diagnostics_of(error, None))) from None
    values = {name: getattr(read, name) for name in update if name in type(read).model_fields}
    return {**values, "extras": {**record.extras, **read.extras}} if read.extras else values


def verified(subject: S, vocabulary: Vocabulary) -> S:
    """The subject, once its words, lists and totals have been held against the vocabulary; with the fields
    that the vocabulary declares, where it was read without. Raises DataError."""
    model = _model(type(subject), vocabulary)
    if model is not type(subject):
        return _widened(subject, model, vocabulary)
    before = subject._vocabulary
    if before is vocabulary or (is_shared(before) and is_shared(vocabulary)):
        return subject
    if before is not None and any(one == vocabulary for one in before._joins):
        return subject
    if subject._fits and vocabulary.digest in subject._fits:
        return subject
    faults = list(islice(misuses(subject, vocabulary), MOST))
    if any(code == "unknown-word" for code, *_ in faults) and is_shared(vocabulary):
        faults = list(islice(misuses(subject, whole_vocabulary()), MOST))
    if faults:
        source = subject._source or NOWHERE
        diagnostics = [source.fault(code, zh, en, parts) for code, parts, zh, en in faults]
        if len(faults) == MOST:
            text = Text("其余问题未列出", "more faults may follow")
            diagnostics.append(Diagnostic("too-many", text, source.file))
        raise DataError(diagnostics)
    return subject


def words_for(subject: Subject, vocabulary: Vocabulary) -> Vocabulary:
    """The words that changed data may use: those it was read by, if they join a vocabulary, else its own."""
    read = subject._vocabulary
    return read if read is not None and any(one is vocabulary for one in read._joins) else vocabulary


def fitting(subject: S, vocabulary: Vocabulary) -> S:
    """The subject with the fields that a vocabulary declares, where it was read without. Raises DataError."""
    return verified(subject, vocabulary) if vocabulary.declared else subject


def _widened(subject: S, model: type[S], vocabulary: Vocabulary) -> S:
    """The same data as another model has it; its values keep their places."""
    wider = model.model_validate(document_of(subject))
    for name, value in (subject.__pydantic_private__ or {}).items():
        if name != "_vocabulary":
            setattr(wider, name, value)
    verified(wider, vocabulary)
    wider._vocabulary = vocabulary
    return wider


def with_owners(faults: list[Diagnostic]) -> list[Diagnostic]:
    """The faults of data; of a key that only other rule sets know, which these are."""
    if not any(fault.code == "extra-forbidden" for fault in faults):
        return faults
    from tic_rules.model.owners import owned  # reads the rule files on hand

    return [owned(fault) if fault.code == "extra-forbidden" else fault for fault in faults]
