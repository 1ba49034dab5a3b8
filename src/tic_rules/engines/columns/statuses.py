"""Statuses as numbers while rules are decided, and in words at the end."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

import narwhals as nw

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.engines.columns.codes import Coded, Expr, Table, Test, both, choose
from tic_rules.engines.lowering import WORST, agreed

PENDING, FAIL, OPEN, JUDGE, PASS, HOLDS_ANYWAY, SILENT, EXEMPTED = (
    -1, FALSE, UNKNOWN, REVIEW, TRUE, TRUE + 1, TRUE + 2, TRUE + 3,
)  # fmt: skip
"""A requirement's truth is its status, as long as nothing else speaks. So ordered that the least and the
greatest of a centre's scenarios tell what all of them agree on: between pending and failed there is nothing,
nor between a pass and a clause that does not apply but whose requirement holds."""

WORDS = {
    FAIL: "fail", PENDING: "pending", OPEN: "unknown", JUDGE: "needs_review", PASS: "pass",
    HOLDS_ANYWAY: "not_applicable", SILENT: "not_applicable", EXEMPTED: "exempted",
}  # fmt: skip
CODES = {word: number for number, word in WORDS.items()}
"""The number of each status; of `not_applicable` that of a clause whose requirement need not hold."""

NOT_OWED = len(WORST)
"""Beside the places of statuses in WORST: a year that is not owed."""


def agreed_of(least: Coded, most: Coded, behind: Coded) -> Coded:
    """What all scenarios of a centre agree on, by the least and the greatest of its statuses."""
    numbers = sorted((least.may | most.may) - {None})
    cases: list[Test] = []
    for low, high, past in ((x, y, past) for x in numbers for y in numbers for past in (FALSE, TRUE)):
        all_hold = low in (PASS, HOLDS_ANYWAY) and high in (PASS, HOLDS_ANYWAY)
        status = agreed({WORDS[low], WORDS[high]}, all_hold, past == TRUE)
        if low < high and status != "unknown":
            cases.append(both(least.is_(low), most.is_(high), behind.is_(past)))
            cases.append(CODES[status])
    return choose(least.same(most), least._replace(may=least.may - {None}), *cases, OPEN)


def in_words(frame: Table, shown: Mapping[str, Coded]) -> Table:
    """The native table, its columns of numbers as texts; in polars as Enums, which take a byte, not sixteen,
    and are soon written."""
    if frame.implementation.is_polars():
        import polars

        kind = polars.Enum(list(dict.fromkeys(WORDS.values())))
        literals: dict[str, Expr] = {word: polars.lit(word, kind) for word in CODES}
        return frame.to_native().with_columns(
            _word(polars, polars.col(rule), status, literals).alias(rule) for rule, status in shown.items()
        )
    literals = {word: nw.lit(word) for word in CODES}
    words = {rule: _word(nw, nw.col(rule), status, literals) for rule, status in shown.items()}
    return frame.with_columns(**words).to_native()


def _word(library: ModuleType, number: Expr, status: Coded, literals: Mapping[str, Expr]) -> Expr:
    """A choice among the texts that a status may be, laid out by polars or by narwhals, whose expressions are
    written alike."""
    column, tests = Coded(number, status.may), {}
    for word in CODES:
        test = column.is_(*(code for code, text in WORDS.items() if text == word))
        if test is not False:
            tests[word] = test
    *others, last = tests
    chosen = literals[last]
    for word in reversed(others):
        chosen = library.when(tests[word]).then(literals[word]).otherwise(chosen)
    return chosen
