"""What would change, for people and programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from tic_rules.analysis.what_if import Course, Flip, WhatIf, summary
from tic_rules.analysis.what_if_words import told_over
from tic_rules.core.errors import Text
from tic_rules.renderers import sinks
from tic_rules.renderers.sinks import line
from tic_rules.renderers.text import pad
from tic_rules.renderers.what_if_names import name_of
from tic_rules.results.labels import STATUS, VERDICT
from tic_rules.results.report import Report

FORMATS = ("text", "json", "html")
SHOWN = 6
"""Findings of one day of a course that are named; the rest is counted."""


def render(results: Sequence[WhatIf], format_: str, lang: str, assumed: Sequence[Text] = ()) -> str:
    """The results in a format; `assumed` says what was changed, in words."""
    if format_ == "json":
        return sinks.as_json({"schema_version": 1, "what_if": [_json(result) for result in results]})
    if format_ == "html":
        from tic_rules.renderers.what_if_page import page

        return page(results, lang, assumed)
    parts = ["".join(line(shown) + "\n" for shown in _text(result, lang, assumed)) for result in results]
    if len(results) > 1:
        parts.append(summary(results)[lang] + "\n")
    return "\n".join(parts)


# --- JSON -------------------------------------------------------------------------------------


def _json(result: WhatIf) -> dict[str, Any]:
    shown: dict[str, Any] = {
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


def _side(report: Report) -> dict[str, Any]:
    return {
        "ruleset": report.ruleset["id"],
        "version": report.ruleset["version"],
        "as_of": report.as_of,
        "verdict": report.verdict,
    }


def _flip(flip: Flip) -> dict[str, Any]:
    finding = flip.finding
    return {
        "rule": finding.rule,
        "title": {"zh": finding.title["zh"], "en": finding.title["en"]},
        "locator": finding.citation["locator"],
        "before": flip.before.status if flip.before else None,
        "after": flip.after.status if flip.after else None,
        "counts": finding.counts,
    }


def _course(course: Course) -> dict[str, Any]:
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


def _only_looks(result: WhatIf) -> bool:
    """Whether nothing was changed, and only the verdict through time was asked for."""
    return result.course_before is not None and result.course_after is None and not result.flips


def _document(report: Report, lang: str) -> str:
    document = report.ruleset["document"]
    title = f"《{document['title']}》" if lang == "zh" else document["title_en"]
    return f"{title} {document['number'] or report.ruleset['id']}"


# --- text -------------------------------------------------------------------------------------


def _text(result: WhatIf, lang: str, assumed: Sequence[Text]) -> Iterator[str]:
    zh = lang == "zh"
    yield name_of(result.before).in_(lang)
    rules = " → ".join(dict.fromkeys(_document(report, lang) for report in (result.before, result.after)))
    days = " → ".join(dict.fromkeys([result.before.as_of, result.after.as_of]))
    yield f"{rules}  ·  {'基准日' if zh else 'as of'} {days}"
    if assumed:
        listed = ("；" if zh else "; ").join(one.in_(lang) for one in assumed)
        yield f"{'假设：' if zh else 'Assumed: '}{listed}"
    now, then = (VERDICT[report.verdict][lang] for report in (result.before, result.after))
    if _only_looks(result):
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
    for title, course in (
        (("现状的走势", "Through time, as it is"), result.course_before),
        (("改变后的走势", "Through time, with the changes"), result.course_after),
    ):
        if course is not None:
            yield title[0] if zh else title[1]
            yield from _course_text(course, lang)
            yield ""


def _flips(flips: Sequence[Flip], lang: str) -> Iterator[str]:
    if not flips:
        yield "没有判定改变。" if lang == "zh" else "No finding changes."
        yield ""
        return
    for flip in flips:
        note = "" if flip.finding.counts else "（不影响结论）" if lang == "zh" else " (not in the verdict)"
        clause = f"{flip.finding.citation['locator']} {flip.finding.title[lang]}"
        yield f"  {pad(_moves(flip, lang), 30)} {clause}{note}"
        if flip.after is not None and flip.after.detail[lang]:
            yield f"  {' ' * 30} {flip.after.detail[lang]}"
    yield ""


def _moves(flip: Flip, lang: str) -> str:
    none = "—"
    return " → ".join(
        none if side is None else STATUS[side.status][lang] for side in (flip.before, flip.after)
    )


def _course_text(course: Course, lang: str) -> Iterator[str]:
    for stretch in course.stretches:
        yield f"  {stretch.first} – {stretch.last}  {VERDICT[stretch.verdict][lang]}"
    by_day: dict[date, list[str]] = {}
    for turn in course.turns:
        counted = [flip for flip in turn.flips if flip.finding.counts]
        for flip in counted[:SHOWN]:
            by_day.setdefault(turn.day, []).append(
                f"{pad(_moves(flip, lang), 24)} {flip.finding.citation['locator']} {flip.finding.title[lang]}"
            )
        if len(counted) > SHOWN:
            more = len(counted) - SHOWN
            by_day[turn.day].append(f"… 另有{more}项" if lang == "zh" else f"… {more} more")
    for day, findings in course.due:
        titles = ("、" if lang == "zh" else "; ").join(finding.title[lang] for finding in findings)
        by_day.setdefault(day, []).append(f"{'到期：' if lang == 'zh' else 'due: '}{titles}")
    for day, lines in sorted(by_day.items()):
        for number, text in enumerate(lines):
            yield f"  {day if not number else ' ' * 10}  {text}"


__all__ = ["FORMATS", "render"]
