"""The public names, wired: what `tic_rules` shows to other systems."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date

from tic_rules.core.dates import Span
from tic_rules.core.errors import DataError, Diagnostic, RuleSetError, Text, TicRulesError, UsageError, fault
from tic_rules.core.numbers import Range
from tic_rules.engines.check import ENGINES, as_of_day, check_subject, with_centres
from tic_rules.engines.columns.tables import check_table, facts_table, row_function
from tic_rules.model.catalogue import ListedRuleSet, rulesets
from tic_rules.model.centre import Centre
from tic_rules.model.intake import subject_from
from tic_rules.model.loader import load_ruleset, parse_ruleset, rulesets_in_force
from tic_rules.model.programme import Programme
from tic_rules.model.rulefile import Kind, Modality
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.shipped import shipped_ids
from tic_rules.model.values import Dated, Given, Series
from tic_rules.results.parts import (
    Citation,
    Consequence,
    Engine,
    Notice,
    OwedYear,
    Place,
    Provenance,
    Quantity,
    Requirement,
    Severity,
    Status,
    Verdict,
)
from tic_rules.results.report import Finding, Report


def _refuse_unknown(engine: str) -> None:
    if engine not in ENGINES:
        raise fault(
            UsageError,
            "engine",
            f"没有引擎 {engine}；现有：{'、'.join(ENGINES)}",
            f"no engine {engine}; on hand: {', '.join(ENGINES)}",
        )


def check(
    centre: Centre | Given,
    ruleset: str | os.PathLike[str] | RuleSet,
    *,
    as_of: date | str | None = None,
    engine: Engine = "native",
    isolated: bool = False,
) -> Report:
    """Decide every rule of a rule set for a centre.

    `centre` is a Centre, a mapping or a model of the caller's own that fits; `ruleset` an id, a path or a
    RuleSet; `as_of` the day looked at, by default the data's `reported_on`. Pure and thread-safe: of the data
    nothing is written or remembered. `engine` is how it is decided, with equal findings; `isolated` runs the
    durable engine in a process of its own.

    Raises DataError for unusable data, RuleSetError for an unusable rule set, UsageError where there is no
    as-of day, and for a settings file (`tic-rules.toml`) that cannot be read."""
    _refuse_unknown(engine)
    rules = load_ruleset(ruleset)
    subject = subject_from(centre, Centre, rules.vocabulary)
    return check_subject(subject, rules, as_of_day(subject, as_of), engine, isolated)


def check_programme(
    figures: Programme | Given,
    ruleset: str | os.PathLike[str] | RuleSet,
    *,
    centres: Iterable[Centre | Given] = (),
    as_of: date | str | None = None,
    engine: Engine = "native",
) -> Report:
    """Decide the rules whose bearer is the programme, from its figures and, as a lower bound, from the
    centres given.

    Both are given as `check` takes a centre. Only centres of the rule set's jurisdiction are counted. Raises
    as `check` does."""
    _refuse_unknown(engine)
    rules = load_ruleset(ruleset)
    programme = subject_from(figures, Programme, rules.vocabulary)
    day = as_of_day(programme, as_of)
    given = (one if isinstance(one, Centre) else Centre.from_data(one, ruleset=rules) for one in centres)
    return check_subject(with_centres(programme, rules, given, day), rules, day, engine)


__all__ = [
    "Centre",
    "Citation",
    "Consequence",
    "DataError",
    "Dated",
    "Diagnostic",
    "Engine",
    "Finding",
    "Given",
    "Kind",
    "ListedRuleSet",
    "Modality",
    "Notice",
    "OwedYear",
    "Place",
    "Programme",
    "Provenance",
    "Quantity",
    "Range",
    "Report",
    "Requirement",
    "Rule",
    "RuleSet",
    "RuleSetError",
    "Series",
    "Severity",
    "Span",
    "Status",
    "Text",
    "TicRulesError",
    "UsageError",
    "Verdict",
    "check",
    "check_programme",
    "check_table",
    "facts_table",
    "load_ruleset",
    "parse_ruleset",
    "row_function",
    "rulesets",
    "rulesets_in_force",
    "shipped_ids",
]
