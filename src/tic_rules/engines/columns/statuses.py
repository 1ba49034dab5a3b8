"""Statuses as numbers while rules are decided, and in words at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.engines.columns.kleene import Expr, Told

PENDING, FAIL, OPEN, JUDGE, PASS, HOLDS_ANYWAY, SILENT, EXEMPTED = (
    -1,
    FALSE,
    UNKNOWN,
    REVIEW,
    TRUE,
    TRUE + 1,
    TRUE + 2,
    TRUE + 3,
)
"""A requirement's truth is its status, as long as nothing else speaks. So ordered that the least and the greatest of a centre's
scenarios tell what all of them agree on: between pending and failed there is nothing, nor between a pass and a clause that does not
apply but whose requirement holds."""

_TEXTS = {
    "fail": (FAIL,), "pending": (PENDING,), "unknown": (OPEN,), "needs_review": (JUDGE,), "pass": (PASS,),
    "not_applicable": (HOLDS_ANYWAY, SILENT), "exempted": (EXEMPTED,),
}  # fmt: skip

WORST = (FAIL, OPEN, JUDGE, PENDING, PASS)
NOT_OWED = len(WORST)
"""The statuses of years from the worst on, and a year that is not owed."""


def in_words(frame: Any, shown: Mapping[str, Told]) -> Any:
    """The native table, its columns of numbers as texts; in polars as Enums, which take a byte in place of sixteen and are soon written."""
    if frame.implementation.is_polars():
        import polars

        kind = polars.Enum(list(_TEXTS))
        words: dict[str, Expr] = {text: polars.lit(text, kind) for text in _TEXTS}
        return frame.to_native().with_columns(
            _word(polars, polars.col(rule), status, words).alias(rule) for rule, status in shown.items()
        )
    words = {text: nw.lit(text) for text in _TEXTS}
    return frame.with_columns(
        **{rule: _word(nw, nw.col(rule), status, words) for rule, status in shown.items()}
    ).to_native()


def _word(library: Any, number: Expr, status: Told, words: Mapping[str, Expr]) -> Expr:
    """A choice among the texts that a status may be, laid out by polars or by narwhals, whose expressions are written alike."""
    column = Told(number, status.may)
    told = {text: test for text, numbers in _TEXTS.items() if (test := column.is_(*numbers)) is not False}
    *others, last = told
    found = words[last]
    for text in reversed(others):
        found = library.when(told[text]).then(words[text]).otherwise(found)
    return found


__all__ = [
    "EXEMPTED",
    "FAIL",
    "HOLDS_ANYWAY",
    "JUDGE",
    "NOT_OWED",
    "OPEN",
    "PASS",
    "PENDING",
    "SILENT",
    "WORST",
    "in_words",
]
