"""What would change, as a page: the verdict through time as a picture, its days as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tic_rules.analysis.what_if import Course, Flip, WhatIf, summary
from tic_rules.analysis.what_if_words import told_over
from tic_rules.core.errors import Text
from tic_rules.renderers.html import render
from tic_rules.renderers.what_if_names import name_of
from tic_rules.results.labels import STATUS, VERDICT
from tic_rules.results.report import Report

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


def _result(result: WhatIf) -> dict[str, Any]:
    titles = (
        Text("现状的走势", "Through time, as it is"),
        Text("改变后的走势", "Through time, with the changes"),
    )
    courses = zip(titles, (result.course_before, result.course_after), strict=True)
    documents = dict.fromkeys(_document(report) for report in (result.before, result.after))
    return {
        "name": name_of(result.before),
        "document": Text(" → ".join(d.zh for d in documents), " → ".join(d.en for d in documents)),
        "days": " → ".join(dict.fromkeys([result.before.as_of, result.after.as_of])),
        "before": result.before.verdict,
        "after": result.after.verdict,
        "only_looks": result.course_before is not None and result.course_after is None and not result.flips,
        "told": told_over(result),
        "courses": [_course(title, course) for title, course in courses if course is not None],
        "flips": [(_moves(flip), _clause(flip), _detail(flip)) for flip in result.flips],
    }


def _document(report: Report) -> Text:
    document = report.ruleset.document
    number = document.number or report.ruleset.id
    return Text(f"《{document.title}》{number}", f"{document.title_en} {number}")


def _course(title: Text, course: Course) -> dict[str, Any]:
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
        "due_marks": [x(day) for day, _ in course.due], "days": _days(course),
    }  # fmt: skip


def _days(course: Course) -> list[tuple[date, list[Text]]]:
    """What turns and what falls due, by day."""
    by_day: dict[date, list[Text]] = {}
    for turn in course.turns:
        for flip in turn.flips:
            if flip.finding.counts:
                moves, clause = _moves(flip), _clause(flip)
                by_day.setdefault(turn.day, []).append(
                    Text(f"{moves.zh}：{clause.zh}", f"{moves.en}: {clause.en}")
                )
    for day, findings in course.due:
        titles = [finding.title for finding in findings]
        by_day.setdefault(day, []).append(
            Text(
                "到期：" + "、".join(one.zh for one in titles), "due: " + "; ".join(one.en for one in titles)
            )
        )
    return sorted(by_day.items())


def _moves(flip: Flip) -> Text:
    sides = [STATUS[side.status] if side else Text("—", "—") for side in (flip.before, flip.after)]
    return Text(" → ".join(side.zh for side in sides), " → ".join(side.en for side in sides))


def _clause(flip: Flip) -> Text:
    at, title = flip.finding.citation.locator, flip.finding.title
    return Text(f"{at} {title.zh}", f"{at} {title.en}")


def _detail(flip: Flip) -> Text:
    return flip.after.detail if flip.after is not None else Text("", "")


__all__ = ["page"]
