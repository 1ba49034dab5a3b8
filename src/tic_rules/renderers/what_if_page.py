"""What would change, as a page: the verdict through time as a picture, its days as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tic_rules.analysis.what_if import Course, Flip, WhatIf, summary
from tic_rules.analysis.what_if_words import told_over
from tic_rules.core.errors import Text
from tic_rules.core.scalars import Json
from tic_rules.renderers import what_if
from tic_rules.renderers.html import render
from tic_rules.results.labels import VERDICT

WIDTH, HEIGHT, LEFT, RIGHT = 720, 100, 20, 700
"""The picture, in units of its own."""
ROOM, APART = 90, 84
"""A band that is narrower bears no word; days that are nearer are not both written."""


def page(results: Sequence[WhatIf], lang: str, assumed: Sequence[Text] = ()) -> str:
    """The results as a page, with what was changed. Raises UsageError where an extra is missing."""
    return render(
        "what_if.html.j2",
        lang=lang,
        results=[_result(result) for result in results],
        verdict=VERDICT,
        assumed=assumed,
        summary=Text(**summary(results).as_dict()) if len(results) > 1 else None,
        size=(WIDTH, HEIGHT),
    )


def _result(result: WhatIf) -> Json:
    return {
        "name": what_if.name_of(result.before),
        "document": what_if.rules_of(result),
        "days": what_if.days_of(result, "en"),
        "before": result.before.verdict,
        "after": result.after.verdict,
        "only_looks": what_if.only_looks(result),
        "told": told_over(result),
        "courses": [_course(title, course) for title, course in what_if.courses(result)],
        "flips": [(what_if.moves(flip), what_if.clause_of(flip), _detail(flip)) for flip in result.flips],
    }


def _course(title: Text, course: Course) -> Json:
    first, last = course.stretches[0].first, course.stretches[-1].last
    span = max((last - first).days + 1, 1)

    def x(day: date) -> float:
        return round(LEFT + (day - first).days / span * (RIGHT - LEFT), 1)

    bands = []
    for one in course.stretches:
        start, width = x(one.first), round((one.last - one.first).days / span * (RIGHT - LEFT), 1)
        bands.append(
            {"verdict": one.verdict, "first": one.first, "last": one.last, "x": start, "width": max(width, 2),
             "middle": round(start + width / 2, 1), "room": width >= ROOM}
        )  # fmt: skip
    marks: list[tuple[float, date, str]] = []
    for one in course.stretches:
        if not marks or x(one.first) - marks[-1][0] >= APART:
            at = x(one.first)
            marks.append((at, one.first, "start" if not marks else "end" if at > RIGHT - 40 else "middle"))
    step = max(1, -(-(last.year - first.year + 1) // 12))
    years = [
        (x(date(year, 1, 1)), year)
        for year in range(first.year, last.year + 1, step)
        if first <= date(year, 1, 1) <= last
    ]
    return {
        "title": title, "bands": bands, "marks": marks, "years": years,
        "due_marks": [x(day) for day, _ in course.due], "days": what_if.by_day(course, _turned),
    }  # fmt: skip


def _turned(flip: Flip) -> Text:
    move, clause = what_if.moves(flip), what_if.clause_of(flip)
    return Text(f"{move.zh}：{clause.zh}", f"{move.en}: {clause.en}")


def _detail(flip: Flip) -> Text:
    return flip.after.detail if flip.after is not None else Text("", "")
