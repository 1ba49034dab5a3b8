"""Statuses as numbers while rules are decided, and in words at the end. Most of the time that a table takes goes into writing the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from tic_rules.engines.frames.kleene import choose

FAIL, PENDING, OPEN, JUDGE, PASS, HOLDS_ANYWAY, SILENT, EXEMPTED = range(8)
"""So ordered that the least and the greatest of a centre's lives tell what all of them agree on: lives that fail or are pending
are 0 and 1 and nothing else; a pass agrees with a clause that does not apply but whose requirement holds."""

TEXTS = ("fail", "pending", "unknown", "needs_review", "pass", "not_applicable", "not_applicable", "exempted")

WORST = (FAIL, OPEN, JUDGE, PENDING, PASS)
NOT_OWED = len(WORST)
"""The statuses of years from the worst on, and a year that is not owed."""


def in_words(frame: Any, rules: Sequence[str]) -> Any:
    """The native table, the numbers of the rules as texts."""
    if frame.implementation.is_polars():  # one look-up in place of a choice for each text: a third of the time of the choices
        import polars

        texts = polars.lit(polars.Series(TEXTS, dtype=polars.String))
        return frame.to_native().with_columns(texts.gather(polars.col(rule)).alias(rule) for rule in rules)
    return frame.with_columns(**{rule: _text(nw.col(rule)) for rule in rules}).to_native()


def _text(number: Any) -> Any:
    cases = [case for code, text in enumerate(TEXTS) if text not in ("unknown", "not_applicable") for case in (number == code, text)]
    return choose(*cases, (number == HOLDS_ANYWAY) | (number == SILENT), "not_applicable", "unknown")


__all__ = ["EXEMPTED", "FAIL", "HOLDS_ANYWAY", "JUDGE", "NOT_OWED", "OPEN", "PASS", "PENDING", "SILENT", "WORST", "in_words"]
