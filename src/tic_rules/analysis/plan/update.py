"""Data of an earlier day made to speak for the as-of day, and whether a finding gets worse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain

from tic_rules.analysis.plan.model import DataChange, change
from tic_rules.core.dates import LAST_DAY, add_days
from tic_rules.core.errors import Text
from tic_rules.core.scalars import Json
from tic_rules.core.source import pointer
from tic_rules.model import conditions as c
from tic_rules.model.document import Edit, apply, get
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.vocabulary import facts_within
from tic_rules.results.report import Finding, Report
from tic_rules.results.time_words import day_text

RANK = {
    "pass": 0,
    "not_applicable": 0,
    "exempted": 1,
    "pending": 2,
    "needs_review": 3,
    "unknown": 4,
    "fail": 5,
}
"""A step may bring no finding further down than it stands."""
LAST = LAST_DAY.isoformat()


def worse(finding: Finding, before: Report) -> bool:
    """Whether a finding that counts has come down from where it stood."""
    return finding.counts and RANK[finding.status] > RANK[before[finding.rule].status]


def needless(without: Iterable[tuple[str, str]], after: Report) -> bool:
    """Whether each rule, by its status without a step, passes, does not apply, or stands as with the step."""
    holds = ("pass", "not_applicable")
    return all(status in holds or status == after[rule].status for rule, status in without)


def from_today(edit: Edit, document: Json, lost: Iterable[Finding], as_of: date) -> Edit:
    """An edit; of a yes or no that decided one of the `lost` on a day that is past, as that of the as-of day,
    so that what it was before stays."""
    if not isinstance(edit.value, bool) or edit.path[-1] == "value" or get(document, edit.path) is None:
        return edit
    at = pointer(edit.path)
    read = [one for one in lost if any(place.path == at for place in one.data)]
    ended = [one.deadline_range[0] if one.deadline_range else one.deadline or LAST for one in read]
    today, first = as_of.isoformat(), min(ended, default=LAST)
    if first >= today:
        return edit
    days = [{"date": first, "value": not edit.value}, {"date": today, "value": edit.value}]
    return edit._replace(value=days)


def apart(made: DataChange, document: Json, spoken: date) -> tuple[Edit, ...]:
    """The edits of a number to be reached on a day, so that one of another day can stand beside it; a plain
    number is that of the day that the data speaks for."""
    (edit,) = made.edits
    old = get(document, edit.path)
    if made.level is None or edit.op == "append" or edit.path[-1] == "value":
        return made.edits
    day = made.level[1].isoformat()
    values = {one["date"]: one["value"] for one in edit.value} if isinstance(edit.value, list) else {}
    value = values.get(day, edit.value)
    if old is None:
        return (Edit("append", edit.path, {"date": day, "value": value}),)
    parted = Edit("set", edit.path, [{"date": spoken.isoformat(), "value": old}])
    if made.level[1] == spoken:
        return parted, Edit("set", (*edit.path, 0, "value"), value)
    return parted, Edit("append", edit.path, {"date": day, "value": value})


def update(
    document: Json, ruleset: RuleSet, before: Report, days: tuple[date, date], check: Callable[[Json], Report]
) -> list[DataChange]:
    """The data of the first of the days made to speak for the second; none where that would leave open what
    the data settles. What it settles against the centre is for the steps to mend.

    A number that spoke for the day before goes on doing so where a rule looks there."""
    spoken, as_of = days
    text = Text(
        f"数据更新到{day_text(as_of, 'zh')}，并确认{day_text(spoken, 'zh')}所填的数字和清单仍然有效",
        f"bring the data up to {as_of}, and confirm that the numbers and lists of {spoken} still stand",
    )
    edits = [Edit("set", ("reported_on",), as_of.isoformat())]
    fresh = check(apply(document, edits))
    for finding in fresh:
        if worse(finding, before) or _undone(finding, before):
            named = (facts_within(name, ruleset.facts) for name in c.facts_of(ruleset[finding.id].condition))
            for name in dict.fromkeys(chain.from_iterable(named)):
                edits.extend(_unsaid(document, ruleset, name, days, finding.status == "fail"))
    if any(_undone(finding, before) for finding in check(apply(document, edits))):
        return []
    return [change("data", "reported_on", tuple({edit.key: edit for edit in edits}.values()), text)]


def _undone(finding: Finding, before: Report) -> bool:
    """Whether a finding that counts has failed and does so no longer."""
    earlier = before[finding.rule]
    return earlier.counts and earlier.status == "fail" != finding.status


def _unsaid(
    document: Json, ruleset: RuleSet, name: str, days: tuple[date, date], decides: bool
) -> Iterator[Edit]:
    """What a fact's data does not say of the days after the one that it spoke for: that nothing has come to a
    list since; and, where that `decides` a rule against the centre, that a number still stands."""
    spoken, as_of = days
    path = tuple((ruleset.facts[name].stock or "").split("."))
    value = get(document, path)
    later: Json = {"date": as_of.isoformat(), "value": value}
    if decides:
        later = {"date": add_days(spoken, 1).isoformat(), "value": None}
    if isinstance(value, list) and decides and all(one["date"] != later["date"] for one in value):
        yield Edit("append", path, later)
    elif value is not None and not isinstance(value, list):
        yield Edit("set", path, [{"date": spoken.isoformat(), "value": value}, later])
    listed = ruleset.vocabulary.lists.get(ruleset.facts[name].list_name or "")
    yield from (Edit("append", ("incomplete",), dotted) for dotted in (listed.paths if listed else ()))
