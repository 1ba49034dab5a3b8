"""What rule sets are checked against: data that knows its text and its vocabulary."""

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, ClassVar, Self, SupportsIndex

from pydantic import BeforeValidator, PrivateAttr

from tic_rules.core.errors import DataError
from tic_rules.core.source import NOWHERE, Mark, Source, unpointer
from tic_rules.model.frozen import FrozenModel
from tic_rules.model.loader import Rules, loaded, words_of
from tic_rules.model.values import Day, DayOfReport, Flag, LastDay, PlainDate, String, Words, as_mapping
from tic_rules.model.vocabulary import Own, Vocabulary


class Record(FrozenModel):
    """A part of the data; everything may be left out. A mapping, a dataclass or a model of the caller's
    own reads as one."""

    _own: ClassVar[Own] = Own()
    """What a vocabulary declared for a subject, beside the fields of the shipped model."""
    _shipped: ClassVar["type[Record] | None"] = None
    """The model that was extended by it."""
    _home: ClassVar["tuple[type[Subject], Own, str] | None"] = None
    """Of a record that was made for it: the model of the whole, what was declared, the place."""

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[object, ...]:
        """A pickle of a record that was made says how it is made again."""
        if self._home is None:
            return super().__reduce_ex__(protocol)
        return _record_again, self._home, self.__getstate__()

    @classmethod
    def _as_written(cls, value: object) -> object:
        return as_mapping(value)

    def __hash__(self) -> int:
        return hash((type(self), *(_hashable(self.__dict__.get(name)) for name in type(self).model_fields)))

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """A copy with other values of some fields. Raises DataError for an unknown field or a wrong value."""
        if update:
            from tic_rules.model.intake import values_of

            update = values_of(self, update)
        return super().model_copy(update=update, deep=deep)


def _hashable(value: object) -> object:
    return frozenset(value.items()) if isinstance(value, dict) else value


class SourceOf(Record):
    """Where a datum comes from."""

    path: String = None
    title: String = None
    url: String = None
    date: PlainDate = None
    excerpt: String = None


class Attestation(Record):
    """A judgement on a clause that data cannot decide; the last day on which it stands is `expires_on`."""

    rule: String = None
    item: String = None
    met: Flag = None
    by: String = None
    date: Day = None
    evidence: String = None
    expires_on: LastDay = None


class Exemption(Record):
    """An exemption from a rule whose modality is in_principle; the last day on which it stands is
    `expires_on`."""

    rule: String = None
    reason: String = None
    approved_by: String = None
    date: Day = None
    expires_on: LastDay = None


def _none_is_empty(value: object) -> object:
    return () if value is None else value


class Subject(Record):
    """What a rule set is checked against: a centre, or a programme. Two are equal where their fields are,
    wherever they were read."""

    reported_on: DayOfReport = None
    incomplete: Words = None
    sources: Annotated[tuple[SourceOf, ...], BeforeValidator(_none_is_empty)] = ()
    attestations: Annotated[tuple[Attestation, ...], BeforeValidator(_none_is_empty)] = ()
    exemptions: Annotated[tuple[Exemption, ...], BeforeValidator(_none_is_empty)] = ()

    _source: Source | None = PrivateAttr(default=None)
    """The text that the data was read from."""
    _vocabulary: Vocabulary | None = PrivateAttr(default=None)
    """The vocabulary that the data has been held against."""
    _keeps_places: bool = PrivateAttr(default=False)
    _nth: int = PrivateAttr(default=1)
    """Which it is among the centres of its file that have its id, or its name and no id: 1, 2, …"""
    _fits: tuple[str, ...] = PrivateAttr(default=())
    """Digests of the vocabularies of several rule sets that the data was held against in another process."""

    # --- reading --------------------------------------------------------------------------------------------

    @classmethod
    def from_file(
        cls, path: str | os.PathLike[str], *, ruleset: Rules | Iterable[Rules] | None = None
    ) -> Self:
        """Read a YAML, JSON, CSV or Excel file; the place of each value is kept. `ruleset`, one or several,
        brings words of its own vocabulary; what a table calls a rule is looked for in it first.

        Raises DataError with every fault of the file, and where it holds several centres."""
        from tic_rules.model.intake import read_subject

        asked = loaded(ruleset)
        return read_subject(path, cls, words_of(asked), asked)

    @classmethod
    def each_from_file(
        cls, path: str | os.PathLike[str], *, ruleset: Rules | Iterable[Rules] | None = None
    ) -> Iterator[Self | DataError]:
        """The centres of a file that may hold several (JSON Lines, CSV, Excel), in its order; a DataError in
        the place of one that is faulty.

        Of JSON Lines and CSV no more than one centre is held at a time."""
        from tic_rules.model.intake import read_subjects

        asked = loaded(ruleset)
        return read_subjects(path, cls, words_of(asked), asked)

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        file: str | os.PathLike[str] = "<text>",
        ruleset: Rules | Iterable[Rules] | None = None,
    ) -> Self:
        """Read YAML text (JSON where `file` ends in .json). Raises DataError with every fault."""
        from tic_rules.model.intake import subject_from_text

        return subject_from_text(text, file, cls, words_of(ruleset))

    @classmethod
    def from_data(cls, data: object, *, ruleset: Rules | Iterable[Rules] | None = None) -> Self:
        """A mapping, a dataclass or a pydantic model of the caller's. Raises DataError with every fault."""
        from tic_rules.model.intake import subject_from

        return subject_from(data, cls, words_of(ruleset))

    # --- as a value -----------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Subject) or type(other) is not type(self):
            return NotImplemented
        return {"extras": {}, **self.__dict__} == {"extras": {}, **other.__dict__}

    __hash__ = Record.__hash__

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """As of any record; new values have no place in the text, and no vocabulary has been held against."""
        copy = super().model_copy(update=update, deep=deep)
        if update:
            copy._vocabulary, copy._fits = None, ()
            copy._source = self._source.without(update) if self._source is not None else None
        return copy

    def keeping_places(self) -> Self:
        """A copy whose pickles carry the places of its values, and are ten to twenty times as large."""
        copy = self.model_copy()
        copy._keeps_places = True
        return copy

    def __reduce__(self) -> tuple[object, ...]:
        """A pickle holds what a file would say, and the file's name and digest. The vocabulary is not carried
        along: the data is held against it again, or, where it joins those of several rule sets, known by its
        digest."""
        from tic_rules.model.document import plain

        private = {
            name: value for name, value in (self.__pydantic_private__ or {}).items() if value is not None
        }
        private.pop("_texts", None)  # those of a programme's centres
        vocabulary = private.pop("_vocabulary", None)
        if vocabulary is not None:
            private["_fits"] = vocabulary.fits
        private = {name: value for name, value in private.items() if value not in ((), False)}
        if self._source is not None and not self._keeps_places:
            private["_source"] = self._source.nowhere()
        if "_own" in vars(type(self)):  # made for a rule set; a caller's subclass of it has a name
            return _extended_again, (self._shipped, self._own, plain(self), private)
        return _again, (type(self), plain(self), private)

    # --- places ---------------------------------------------------------------------------------------------

    def _text(self) -> Source | None:
        return self._source

    @property
    def file(self) -> str | None:
        """The file that the data was read from; None for data given in Python."""
        return self._source.file if self._source else None

    def place(self, path: str) -> Mark:
        """Line and column of a JSON pointer: of the value, or of what lies nearest above an absent one."""
        return (self._source or NOWHERE).locate(unpointer(path))

    def extent(self, path: tuple[str | int, ...]) -> Mark:
        """As `place`, by the steps of a path, with the end of a value where it truly ends."""
        return (self._source or NOWHERE).extent(path)

    def nearest(self, path: tuple[str | int, ...]) -> Mark:
        """Where to look for a path: its value, or the key of what lies nearest above it."""
        return (self._source or NOWHERE).nearest(path)

    @property
    def speaks_for(self) -> date | None:
        """`reported_on`, where it is exact."""
        return self.reported_on.first if self.reported_on is not None and self.reported_on.exact else None


def _again(cls: type[Subject], document: Mapping[str, object], private: Mapping[str, object]) -> Subject:
    """A subject that comes from another process."""
    subject = cls.model_validate(document)
    for name, value in private.items():
        setattr(subject, name, value)
    return subject


def _record_again(cls: "type[Subject]", extension: Own, place: str) -> Record:
    """A record with fields of a rule set that comes from another process, still without its values."""
    from tic_rules.model.extension import extended_by
    from tic_rules.model.fields import record_at

    made = record_at(extended_by(cls, extension), place)
    assert made is not None
    return made.__new__(made)


def _extended_again(
    cls: type[Subject], extension: Own, document: Mapping[str, object], private: Mapping[str, object]
) -> Subject:
    """A subject with fields of its own that comes from another process: its model is made there again."""
    from tic_rules.model.extension import extended_by

    return _again(extended_by(cls, extension), document, private)
