"""The public names, wired: what `tic_rules` shows to other systems."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr

from tic_rules.core.errors import DataError, Diagnostic, RuleSetError, Text, TicRulesError, UsageError, fault
from tic_rules.core.quantities import FIRST_DAY, Span
from tic_rules.core.source import Source
from tic_rules.engines.checking import ENGINES, as_of_day, check_subject
from tic_rules.engines.columns.tables import check_table, facts_table, row_function
from tic_rules.inputs import read_subject, read_subjects, subject_from, subject_from_text
from tic_rules.model import centre
from tic_rules.model.centre import Approval, CentreData
from tic_rules.model.loader import (
    load_ruleset,
    parse_ruleset,
    rulesets_in_force,
    shared_vocabulary,
    shipped_ids,
)
from tic_rules.model.ruleset import Rule, RuleSet, Vocabulary
from tic_rules.results.report import Finding, Report


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
    def each_from_file(
        cls, path: str | os.PathLike[str], *, ruleset: str | RuleSet | None = None
    ) -> Iterator[Self | DataError]:
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


def _known(engine: str) -> None:
    if engine not in ENGINES:
        raise fault(
            UsageError,
            "engine",
            f"没有引擎 {engine}；现有：{'、'.join(ENGINES)}",
            f"no engine {engine}; on hand: {', '.join(ENGINES)}",
        )


def check(
    centre: CentreData | Mapping[str, Any] | Any,
    ruleset: str | os.PathLike[str] | RuleSet,
    *,
    as_of: date | str | None = None,
    engine: str = "native",
    isolated: bool = False,
) -> Report:
    """Decide every rule of a rule set for a centre.

    `centre` is a Centre, a mapping or a model of the caller's own that fits; `ruleset` an id, a path or a RuleSet; `as_of`
    the day looked at, by default the data's `reported_on`. Pure and thread-safe: of the data nothing is written or remembered.
    (A shipped rule set that is loaded for the first time is kept beside its file, as Python keeps the code of its modules.)
    `engine` is how it is decided, with equal findings; `isolated` runs the durable engine in a process of its own.

    Raises DataError for unusable data, RuleSetError for an unusable rule set, UsageError where there is no as-of day.
    """
    _known(engine)
    rules = load_ruleset(ruleset)
    subject = subject_from(centre, CentreData, rules.vocabulary)
    return check_subject(subject, rules, as_of_day(subject, as_of), engine, isolated)


def check_programme(
    figures: centre.Programme | Mapping[str, Any] | Any,
    ruleset: str | os.PathLike[str] | RuleSet,
    *,
    centres: Iterable[CentreData] = (),
    as_of: date | str | None = None,
    engine: str = "native",
) -> Report:
    """Decide the rules whose bearer is the programme, from its figures and, as a lower bound, from the centres given.

    Only centres of the rule set's jurisdiction are counted. Raises as `check` does.
    """
    _known(engine)
    rules = load_ruleset(ruleset)
    programme = subject_from(figures, centre.Programme, rules.vocabulary)
    day = as_of_day(programme, as_of)
    own = tuple(
        Approval(id=c.id, approved_on=c.approved_on or Span(FIRST_DAY, day))
        for c in centres
        if c.jurisdiction == rules.jurisdiction and (c.approved_on is not None or c.stage == "approved")
    )
    return check_subject(programme.with_centres(own), rules, day, engine)


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
    "row_function",
    "rulesets_in_force",
    "shipped_ids",
]
