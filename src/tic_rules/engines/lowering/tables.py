"""What the engines share as plain data: comparison of ranges, the status of a rule, what several scenarios
agree on."""

from __future__ import annotations

import operator
from collections.abc import Callable, Set
from typing import Any, NamedTuple

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN

VALUES = (FALSE, UNKNOWN, REVIEW, TRUE)

# --- ranges ---------------------------------------------------------------------------------------


class EndTest(NamedTuple):
    """One end of the left range against one end of the right: `low >= high`."""

    left: str
    operator: str
    right: str


class ComparisonTests(NamedTuple):
    """When a comparison of two ranges is true (all of these tests), and when it is false (any of these);
    else it is unknown."""

    true: tuple[EndTest, ...]
    false: tuple[EndTest, ...]


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
"""The operators of tests: on numbers, on columns of a table, on terms of z3."""

_WITHIN = EndTest("high", "<", "low"), EndTest("low", ">", "high")
COMPARISONS = {
    "at_least": ComparisonTests((EndTest("low", ">=", "high"),), (EndTest("high", "<", "low"),)),
    "at_most": ComparisonTests((EndTest("high", "<=", "low"),), (EndTest("low", ">", "high"),)),
    "more_than": ComparisonTests((EndTest("low", ">", "high"),), (EndTest("high", "<=", "low"),)),
    "less_than": ComparisonTests((EndTest("high", "<", "low"),), (EndTest("low", ">=", "high"),)),
    "equals": ComparisonTests((EndTest("low", ">=", "high"), EndTest("high", "<=", "low")), _WITHIN),
    "between": ComparisonTests((EndTest("low", ">=", "low"), EndTest("high", "<=", "high")), _WITHIN),
}

# --- statuses -------------------------------------------------------------------------------------

CLOSED = "not_applicable"
"""As what becomes of a rule that does not hold (`late`): its time has not come, or it does not bind at
all."""
LATE = ("fail", "pending", CLOSED, "unknown")
"""Unknown only where the day of a clock is left open within one scenario: in a table, where it is an empty
cell."""

WORST = ("fail", "unknown", "needs_review", "pending", "pass")
"""Of the years that a rule owes, the first of these is the status of all."""

FOLLOWED = {"fail": TRUE, "unknown": UNKNOWN, "needs_review": UNKNOWN}
"""The value of `Followed` by the status of the consequence; otherwise false."""


def judged(require: int, broken: int, late: str) -> str:
    """The status of a rule that applies: what breaks it comes first, then what it requires."""
    if late == CLOSED:
        return CLOSED
    if broken == TRUE:
        return "fail"
    failed = require == FALSE and late == "fail"
    if require == UNKNOWN or (broken == UNKNOWN and not failed):
        return "unknown"
    if require == REVIEW or (broken == REVIEW and not failed):
        return "needs_review"
    return "pass" if require == TRUE else late


def spoken(status: str, applies: int) -> str:
    """The status of a rule with what `applies` comes to: one that holds passes where it may not even
    apply."""
    if applies == TRUE or status == CLOSED:
        return status
    if applies == FALSE:
        return "not_applicable"
    if status == "pass":
        return status
    return "needs_review" if applies == REVIEW and status != "unknown" else "unknown"


STATUS = {
    (require, broken, applies, late): spoken(judged(require, broken, late), applies)
    for require in VALUES
    for broken in VALUES
    for applies in VALUES
    for late in LATE
}
"""The one status table. Where a rule has no `broken` its value is FALSE, where it has no `applies` TRUE."""


def agreed(statuses: Set[str], all_hold: bool, behind: bool) -> str:
    """What all scenarios agree on. `all_hold`: the requirement is true in each of them; `behind`: the day
    that is left out is past."""
    if len(statuses) == 1:
        return next(iter(statuses))
    if statuses == {"pass", "not_applicable"} and all_hold:
        return "pass"
    if statuses == {"fail", "pending"} and behind:
        return "fail"
    return "unknown"


def in_force(status: str, later: int, holds: bool) -> str:
    """The status of a rule whose time was over before its document came into force, for a centre approved
    before that, where `later` is TRUE; with UNKNOWN what both cases agree on. `holds`: its requirement is
    true."""
    if later == FALSE:
        return status
    return agreed({CLOSED} if later == TRUE else {CLOSED, status}, all_hold=holds, behind=False)
