"""What changes through time, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from tic_rules.analysis.what_if import Course, WhatIf
from tic_rules.core.errors import Text
from tic_rules.results.labels import VERDICT


def told_over(result: WhatIf) -> Text | None:
    """How the verdict moves through time, what turns and falls due, and what the changes make of it; None
    where no span of time was asked for."""
    now, then = result.course_before, result.course_after
    if now is None:
        return None
    if then is None:
        return _joined([_moves(now), _counts(now)])
    if now.stretches == then.stretches:
        same = Text("改变前后，结论在每一天都一样", "with the changes the verdict is the same on every day")
        return _joined([same, _moves(then), _counts(then)])
    changes = Text(
        f"现状：{_moves(now).zh}；改变后：{_moves(then).zh}",
        f"as it is, {_moves(now).en}; with the changes, {_moves(then).en}",
    )
    return _joined([changes, _shift(now, then)])


def _moves(course: Course) -> Text:
    """The verdict's way: from what to what, since when."""
    first, *rest = course.stretches
    head = [VERDICT[first.verdict].in_(lang) for lang in ("zh", "en")]
    if not rest:
        return Text(
            f"{first.first}至{first.last}结论一直是{head[0]}",
            f"the verdict is {head[1]} from {first.first} to {first.last} throughout",
        )
    zh = "，".join(f"{one.first}起为{VERDICT[one.verdict].zh}" for one in rest)
    en = ", ".join(f"{VERDICT[one.verdict].en} from {one.first}" for one in rest)
    return Text(f"结论起初为{head[0]}，{zh}", f"the verdict is {head[1]} at first, {en}")


def _counts(course: Course) -> Text:
    """How many findings turn, on how many days, and how much falls due."""
    turns = [turn for turn in course.turns if any(flip.finding.counts for flip in turn.flips)]
    number = sum(flip.finding.counts for turn in turns for flip in turn.flips)
    due = sum(len(findings) for _, findings in course.due)
    return Text(
        f"有{len(turns)}天判定改变，共{number}项；{due}条到期",
        f"{number} findings that count change, on {len(turns)} days; {due} clauses fall due",
    )


def _shift(now: Course, then: Course) -> Text:
    """How many days of each verdict the changes give or take."""
    days = [_days(course) for course in (now, then)]
    moved = [
        (verdict, days[0].get(verdict, 0), days[1].get(verdict, 0))
        for verdict in VERDICT
        if days[0].get(verdict, 0) != days[1].get(verdict, 0)
    ]
    return Text(
        "，".join(f"{VERDICT[name].zh}由{old}天变为{new}天" for name, old, new in moved),
        ", ".join(f"{VERDICT[name].en} {new} days instead of {old}" for name, old, new in moved),
    )


def _days(course: Course) -> dict[str, int]:
    counted: dict[str, int] = {}
    for one in course.stretches:
        counted[one.verdict] = counted.get(one.verdict, 0) + (one.last - one.first).days + 1
    return counted


def _joined(parts: Sequence[Text]) -> Text:
    kept = [part for part in parts if part.zh]
    return Text("；".join(part.zh for part in kept) + "。", "; ".join(part.en for part in kept) + ".")
