"""The public names, wired: what `tic_rules` shows to other systems."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr

from tic_rules import centre
from tic_rules.calling import check, check_programme
from tic_rules.centre import Approval, CentreData
from tic_rules.errors import DataError, Diagnostic, RuleSetError, Text, TicRulesError, UsageError
from tic_rules.findings import Finding, Report
from tic_rules.inputs import read_subject, read_subjects, subject_from, subject_from_text
from tic_rules.loading import load_ruleset, parse_ruleset, rulesets_in_force, shared_vocabulary, shipped_ids
from tic_rules.ruleset import Rule, RuleSet, Vocabulary
from tic_rules.source import Source
from tic_rules.tabling import check_table, facts_table


class _Model(BaseModel):
    """A subject as a pydantic model: the fields are those of the data that it is mixed with, unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    _source: Source | None = PrivateAttr(default=None)
    _vocabulary: Vocabulary | None = PrivateAttr(default=None)

    if TYPE_CHECKING:  # the fields are those of the other base, which type checkers do not look for

        def __init__(self, **data: Any) -> None: ...

    def note(self, name: str) -> Any:
        return (self.__pydantic_private__ or {}).get(name)

    def __eq__(self, other: object) -> bool:
        """Whether both say the same, wherever it was read."""
        return dict(self) == dict(other) if isinstance(other, type(self)) else NotImplemented


class Centre(_Model, CentreData):  # type: ignore[misc]  # `model_fields` is pydantic's
    """A centre's submitted data. Build it from a file, from text, or from keywords that say what the file would."""

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], *, ruleset: str | RuleSet | None = None) -> Self:
        """Read a YAML, JSON, CSV or Excel file; the place of each value is kept. `ruleset` brings words of its own vocabulary.

        Raises DataError with every fault of the file, and where it holds several centres.
        """
        return read_subject(path, cls, _vocabulary(ruleset))

    @classmethod
    def each_from_file(cls, path: str | os.PathLike[str], *, ruleset: str | RuleSet | None = None) -> Iterator[Self | DataError]:
        """The centres of a file that may hold several (JSON Lines, CSV, Excel), in its order; a DataError in the place of one that is faulty.

        Of JSON Lines and CSV no more than one centre is held at a time.
        """
        return read_subjects(path, cls, _vocabulary(ruleset))

    @classmethod
    def from_text(cls, text: str, *, file: str = "<text>", ruleset: str | RuleSet | None = None) -> Self:
        """Read YAML text (JSON where `file` ends in .json). Raises DataError with every fault."""
        return subject_from_text(text, file, cls, _vocabulary(ruleset))

    @classmethod
    def from_data(cls, data: Any, *, ruleset: str | RuleSet | None = None) -> Self:
        """A mapping, a dataclass or a pydantic model of the caller's own. Raises DataError with every fault."""
        return subject_from(data, cls, _vocabulary(ruleset))


class Programme(_Model, centre.Programme):  # type: ignore[misc]  # as above
    """Figures of a programme. Build it from keywords that say what a programme's file would; `check_programme` takes a mapping as well."""

    _approvals: tuple[Approval, ...] = PrivateAttr(default=())


def _vocabulary(ruleset: str | RuleSet | None) -> Any:
    return shared_vocabulary() if ruleset is None else load_ruleset(ruleset).vocabulary


__all__ = [
    "Centre",
    "DataError",
    "Diagnostic",
    "Finding",
    "Programme",
    "Report",
    "Rule",
    "RuleSet",
    "RuleSetError",
    "Text",
    "TicRulesError",
    "UsageError",
    "check",
    "check_programme",
    "check_table",
    "facts_table",
    "load_ruleset",
    "parse_ruleset",
    "rulesets_in_force",
    "shipped_ids",
]
