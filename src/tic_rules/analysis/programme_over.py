"""What if, for a programme: its figures and centres as they are and as they would be, on a day and through
time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from tic_rules.analysis.what_if import WhatIf, course_through, days_of_change, flips
from tic_rules.engines.checking import check_subject, with_centres
from tic_rules.model.centre import Centre
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import RuleSet
from tic_rules.results.report import Report


def what_if_of_programme(
    figures: Programme,
    ruleset: RuleSet,
    as_of: date,
    centres: Sequence[Centre],
    *,
    changed: Sequence[Centre] | None = None,
    other_rules: RuleSet | None = None,
    other_day: date | None = None,
    over: tuple[date, date] | None = None,
) -> WhatIf:
    """A programme under a rule set on a day, and with other data of its centres, other rules, another day."""
    then, rules = changed if changed is not None else centres, other_rules or ruleset

    def report(members: Sequence[Centre], given: RuleSet, day: date) -> Report:
        return check_subject(with_centres(figures, given, members, day), given, day)

    def days(members: Sequence[Centre], given: RuleSet, first: date, last: date) -> list[date]:
        subjects = (figures, *members)
        return sorted({day for one in subjects for day in days_of_change(one, given, first, last)})

    before, after = report(centres, ruleset, as_of), report(then, rules, other_day or as_of)
    sides: list[tuple[Sequence[Centre], RuleSet]] = [(centres, ruleset)]
    if changed is not None or rules is not ruleset:
        sides.append((then, rules))
    courses = [
        course_through(partial(report, members, given), days(members, given, *over), over)
        for members, given in sides
        if over is not None
    ]
    return WhatIf(before, after, flips(before, after), *(*courses, None, None)[:2])
