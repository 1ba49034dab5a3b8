"""Faults of a rule file: is it well formed, does it make sense, is it true to what it quotes.

Each check yields what is wrong and where in its rule; the driver here adds file, line and rule. `lint_file`
takes a file as it is, broken or not; `lint` a rule set that could be loaded."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from tic_rules.analysis.lint.faults import BY_CODE, Fault, Found, LintCode, located
from tic_rules.analysis.lint.logic import about_logic
from tic_rules.analysis.lint.numbers import (
    about_deadline,
    about_numbers,
    about_order_of_time,
    about_plausible,
    about_units,
)
from tic_rules.analysis.lint.quotes import about_lists, about_modality, about_quote, about_translations
from tic_rules.analysis.lint.whole import Pairs, about_clauses, about_editions, about_examples
from tic_rules.analysis.lint.windows import about_windows
from tic_rules.core.errors import Diagnostic, RuleSetError, Text
from tic_rules.core.source import Source
from tic_rules.model.linker import rule_faults
from tic_rules.model.loader import inspect_ruleset, inspect_vocabulary
from tic_rules.model.ruleset import Rule, RuleSet, Vocabulary

_UNREADABLE = frozenset({"unreadable", "too-large", "unknown-ruleset"})
_TEXT = frozenset({"yaml", "json", "duplicate-key", "tag", "key", "empty", "encoding", "too-deep"})
_TOO_LITTLE = frozenset({"missing", "string-too-short", "too-short"})
_CODE_OF = {
    "unknown-fact": "TR101", "unknown-path": "TR101", "unknown-attribute": "TR101",
    "unknown-word": "TR107",
    "field": "TR108", "field-name": "TR108", "field-place": "TR108", "field-differs": "TR108",
    "wrong-unit": "TR102",
    "wrong-fact": "TR103", "unknown-group": "TR103", "fact": "TR103", "items": "TR103",
    "unknown-topic": "TR104", "unknown-jurisdiction": "TR104", "unknown-list": "TR104",
    "unknown-unit": "TR104",
    "dangling-rule": "TR105", "dangling-clause": "TR105",
    "duplicate-id": "TR106",
    "clause": "TR401",
    "to-fill-in": "TR004",
}  # fmt: skip
"""The faults that loading refuses, under the codes of a lint."""


def explain_code(code: str) -> LintCode | None:
    """What a code means; None where it is no code."""
    return BY_CODE.get(code.strip().upper())


def lint_file(which: str | os.PathLike[str]) -> list[Fault]:
    """The faults of a rule file, or of a vocabulary, by path; or of a shipped rule set by id.

    A file that cannot be understood has faults too. Raises RuleSetError only where there is no file to read.
    """
    try:
        words = inspect_vocabulary(which)
        if words is not None:
            vocabulary, source, broken = words
            return _sorted([*map(_of_diagnostic, broken), *_vocabulary_alone(vocabulary, source)])
        ruleset, broken = inspect_ruleset(which)
    except RuleSetError as error:
        if any(fault.code in _UNREADABLE and not fault.line for fault in error.diagnostics):
            raise
        return _sorted(map(_of_diagnostic, error.diagnostics))
    return _sorted([*map(_of_diagnostic, broken), *lint(ruleset, whole=not broken)])


def _vocabulary_alone(vocabulary: Vocabulary, source: Source) -> Iterator[Fault]:
    for flaw in about_translations(vocabulary):
        mark = source.locate(flaw.within)
        yield Fault(flaw.code, Text(flaw.zh, flaw.en), source.file, mark.line, mark.column, None, flaw.fix)


def lint(ruleset: RuleSet, *, whole: bool = True) -> list[Fault]:
    """The faults of a rule set that could be loaded; without `whole` not those between its rules."""
    ids = {rule.id: rule for rule in ruleset.rules}
    faults: list[Fault] = []
    for index, rule in enumerate(ruleset.rules):
        fits = whole or not any(rule_faults(rule, (), ids, ruleset.vocabulary))
        faults += lint_rule(ruleset, rule, index, fits=fits)
    faults += [located(flaw, ruleset) for flaw in (*about_clauses(ruleset), *_beside_the_rules(ruleset))]
    if whole:
        pairs = Pairs(ruleset)
        faults += [
            located(flaw, ruleset, ("rules", ruleset.place_of(rule.id)), rule)
            for rule, flaw in (*pairs.implied(), *pairs.conflicts())
        ]
    return _sorted(faults)


def _beside_the_rules(ruleset: RuleSet) -> Iterator[Found]:
    """The document, the clauses and the words of the rule set's own."""
    yield from about_editions(ruleset)
    yield from about_examples(ruleset)
    if "en" not in ruleset.languages:
        return
    yield from about_translations(ruleset.document, ("document",))
    yield from about_translations(ruleset.clauses, ("clauses",))
    written = ruleset.written("vocabulary")
    if written is not None:
        yield from about_translations(Vocabulary.model_validate(written), ("vocabulary",))


def lint_rule(ruleset: RuleSet, rule: Rule, index: int, *, fits: bool = True) -> Iterator[Fault]:
    """The faults of one rule by itself; `fits`: what its conditions name is there, so that they can be
    reasoned about."""
    both_languages = about_translations(rule) if "en" in ruleset.languages else iter(())
    checks: tuple[Iterator[Found], ...] = (
        about_quote(rule), about_modality(rule), about_lists(rule, ruleset), both_languages,
        about_numbers(rule, ruleset), about_plausible(rule, ruleset), about_deadline(rule, ruleset),
        about_order_of_time(rule, ruleset), about_units(rule, ruleset, index), about_windows(rule, ruleset),
        about_logic(rule, ruleset) if fits else iter(()),
    )  # fmt: skip
    for check in checks:
        for flaw in check:
            yield located(flaw, ruleset, ("rules", index), rule)


def _of_diagnostic(fault: Diagnostic) -> Fault:
    """What loading refused, under the code of a lint."""
    code = "TR001" if fault.code in _TEXT else _CODE_OF.get(fault.code, "TR002")
    if fault.code in _TOO_LITTLE and fault.path.endswith(("/zh", "/en")):
        code = "TR003"
    return Fault(code, fault.message, fault.file, fault.line, fault.column)


def _sorted(faults: Iterable[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.line, fault.column, fault.code))
