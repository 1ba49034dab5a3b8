"""What would change, for people and programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from tic_rules.analysis.what_if import Course, FindingChange, WhatIf, summary
from tic_rules.analysis.what_if_words import told_over
from tic_rules.core.errors import Text
from tic_rules.core.scalars import Json
from tic_rules.renderers import sinks
from tic_rules.renderers.about import name_of as centre_name
from tic_rules.renderers.html import render as page
from tic_rules.renderers.sinks import line
from tic_rules.renderers.text import pad
from tic_rules.results.labels import VERDICT, status_text
from tic_rules.results.report import Report
from tic_rules.results.time_words import day_text

FORMATS = ("text", "json", "html")
SHOWN = 6
"""Findings of one day of a course that are named; the rest is counted."""
WIDTH, HEIGHT, LEFT, RIGHT = 720, 100, 20, 700
"""The picture, in units of its own."""
ROOM, APART = 90, 84
"""A band that is narrower bears no word; days that are nearer are not both written."""


def render(results: Sequence[WhatIf], format_: str, lang: str, assumed: Sequence[Text] = ()) -> str:
    """The results in a format; `assumed` says what was changed, in words."""
    if format_ == "json":
        return sinks.as_json({"schema_version": 1, "what_if": [_json(result) for result in results]})
    if format_ == "html":
        return _page(results, lang, assumed)
    parts = ["".join(line(shown) + "\n" for shown in _text(result, lang, assumed)) for result in results]
    if len(results) > 1:
        parts.append(summary(results)[lang] + "\n")
    return "\n".join(parts)


# --- JSON -------------------------------------------------------------------------------------


def _json(result: WhatIf) -> Json:
    shown: Json = {
        "centre": dict(result.before.centre or {}),
        "before": _side(result.before),
        "after": _side(result.after),
        "changes": [_flip(flip) for flip in result.flips],
    }
    if result.before.programme is not None:
        shown["programme"] = dict(result.before.programme)
    if (turns := told_over(result)) is not None:
        shown["told"] = turns.as_dict()
    for name, course in (("over", result.course_before), ("over_after", result.course_after)):
        if course is not None:
            shown[name] = _course(course)
    return shown


def _side(report: Report) -> Json:
    ruleset = report.ruleset
    about = {"ruleset": ruleset.id, "version": ruleset.version}
    return {**about, "as_of": report.as_of, "verdict": report.verdict}


def _flip(flip: FindingChange) -> Json:
    finding = flip.finding
    return {
        "rule": finding.rule,
        "title": finding.title.as_dict(),
        "locator": finding.citation["locator"],
        "before": flip.before.status if flip.before else None,
        "after": flip.after.status if flip.after else None,
        "counts": finding.counts,
    }


def _course(course: Course) -> Json:
    return {
        "verdicts": [
            {"from": s.first.isoformat(), "to": s.last.isoformat(), "verdict": s.verdict}
            for s in course.stretches
        ],
        "turns": [
            {"day": turn.day.isoformat(), "changes": [_flip(flip) for flip in turn.flips]}
            for turn in course.turns
        ],
        "due": [
            {"day": day.isoformat(), "rules": [finding.rule for finding in findings]}
            for day, findings in course.due
        ],
        "days_looked_at": course.looked_at,
    }


# --- what text and page say alike ---------------------------------------------------------------


def name_of(report: Report) -> Text:
    """What a report is about: the centre by its name, or the programme."""
    if report.programme is not None:
        return Text("总体布局", "The programme")
    name = centre_name(report) or "—"
    return Text(name, name)


def only_looks(result: WhatIf) -> bool:
    """Whether nothing was changed, and only the verdict through time was asked for."""
    return result.course_before is not None and result.course_after is None and not result.flips


def rules_of(result: WhatIf, space: str = "") -> Text:
    """The documents before and after, each with its number behind a space or not."""
    documents = dict.fromkeys(_document(report, space) for report in (result.before, result.after))
    return Text.listed(documents, " → ", " → ")


def _document(report: Report, space: str) -> Text:
    document = report.ruleset.document
    number = document.number or report.ruleset.id
    return Text(f"《{document.title}》{space}{number}", f"{document.title_en} {number}")


def days_of(result: WhatIf, lang: str) -> str:
    days = dict.fromkeys([result.before.as_of, result.after.as_of])
    return " → ".join(day_text(day, lang) for day in days)


def courses(result: WhatIf) -> list[tuple[Text, Course]]:
    """The verdict through time, as it is and with the changes, as far as it was asked for."""
    now, then = (
        Text("现状的走势", "Through time, as it is"),
        Text("改变后的走势", "Through time, with the changes"),
    )
    listed = ((now, result.course_before), (then, result.course_after))
    return [(title, course) for title, course in listed if course is not None]


def moves(flip: FindingChange) -> Text:
    """From which status to which; where that is one, which of them counts."""
    before, after = flip.before, flip.after
    alike = before is not None and after is not None and before.status == after.status
    sides = [
        Text("—", "—") if side is None else status_text(side.status, alike and side.counts)
        for side in (before, after)
    ]
    return Text.listed(sides, " → ", " → ")


def clause_of(flip: FindingChange) -> Text:
    at, title = flip.finding.citation.locator, flip.finding.title
    return Text(f"{at} {title.zh}", f"{at} {title.en}")


def by_day(
    course: Course, line_of: Callable[[FindingChange], Text], most: int | None = None
) -> list[tuple[date, list[Text]]]:
    """What turns, at most so many of a day in full, and what falls due, by day."""
    listed: dict[date, list[Text]] = {}
    for turn in course.turns:
        counted = [flip for flip in turn.flips if flip.finding.counts]
        for flip in counted[:most]:
            listed.setdefault(turn.day, []).append(line_of(flip))
        if most is not None and (more := len(counted) - most) > 0:
            listed[turn.day].append(Text(f"… 另有{more}项", f"… {more} more"))
    for day, findings in course.due:
        titles = Text.listed((finding.title for finding in findings), en="; ")
        listed.setdefault(day, []).append(Text(f"到期：{titles.zh}", f"due: {titles.en}"))
    return sorted(listed.items())


# --- text -------------------------------------------------------------------------------------


def _text(result: WhatIf, lang: str, assumed: Sequence[Text]) -> Iterator[str]:
    zh = lang == "zh"
    yield name_of(result.before).in_(lang)
    rules = rules_of(result, " ").in_(lang)
    yield f"{rules}  ·  {'基准日' if zh else 'as of'} {days_of(result, lang)}"
    if assumed:
        listed = ("；" if zh else "; ").join(one.in_(lang) for one in assumed)
        yield f"{'假设：' if zh else 'Assumed: '}{listed}"
    now, then = (VERDICT[report.verdict][lang] for report in (result.before, result.after))
    if only_looks(result):
        yield f"{'结论：' if zh else 'Verdict: '}{now}"
        yield ""
    else:
        yield f"{'结论：' if zh else 'Verdict: '}{now} → {then}" + (
            "" if now != then else "（不变）" if zh else " (the same)"
        )
        yield ""
        yield from _flips(result.flips, lang)
    if (turns := told_over(result)) is not None:
        yield turns.in_(lang)
        yield ""
    for title, course in courses(result):
        yield title.in_(lang)
        yield from _course_text(course, lang)
        yield ""


def _flips(flips: Sequence[FindingChange], lang: str) -> Iterator[str]:
    if not flips:
        yield "没有判定改变。" if lang == "zh" else "No finding changes."
        yield ""
        return
    for flip in flips:
        note = "" if flip.finding.counts else "（不影响结论）" if lang == "zh" else " (not in the verdict)"
        yield f"  {pad(moves(flip).in_(lang), 30)} {clause_of(flip).in_(lang)}{note}"
        if flip.after is not None and flip.after.detail[lang]:
            yield f"  {' ' * 30} {flip.after.detail[lang]}"
    yield ""


def _course_text(course: Course, lang: str) -> Iterator[str]:
    for stretch in course.stretches:
        yield f"  {stretch.first} – {stretch.last}  {VERDICT[stretch.verdict][lang]}"
    for day, texts in by_day(course, _turned, SHOWN):
        for number, text in enumerate(texts):
            yield f"  {day if not number else ' ' * 10}  {text.in_(lang)}"


def _turned(flip: FindingChange) -> Text:
    move, clause = moves(flip), clause_of(flip)
    return Text(f"{pad(move.zh, 24)} {clause.zh}", f"{pad(move.en, 24)} {clause.en}")


# --- a page: the verdict through time as a picture, its days as a table --------------------------------


def _page(results: Sequence[WhatIf], lang: str, assumed: Sequence[Text]) -> str:
    """The results as a page, with what was changed. Raises UsageError where an extra is missing."""
    return page(
        "what_if.html.j2", lang=lang, results=results, verdict=VERDICT, assumed=assumed,
        summary=summary(results) if len(results) > 1 else None, size=(WIDTH, HEIGHT),
        name_of=name_of, rules_of=rules_of, days_of=days_of, told=told_over, only_looks=only_looks,
        courses=courses, picture=_picture, moves=moves, clause_of=clause_of,
    )  # fmt: skip


def _picture(course: Course) -> Json:
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
        "bands": bands, "marks": marks, "years": years,
        "due_marks": [x(day) for day, _ in course.due], "days": by_day(course, _turn),
    }  # fmt: skip


def _turn(flip: FindingChange) -> Text:
    move, clause = moves(flip), clause_of(flip)
    return Text(f"{move.zh}：{clause.zh}", f"{move.en}: {clause.en}")
