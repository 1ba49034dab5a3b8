"""The curve of a swept threshold: as bars in text, as a picture and a table on a page, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import pairwise

from tic_rules.analysis.sweep import Fall, Number, Point, Sweep, summary
from tic_rules.core.errors import Text, plural
from tic_rules.renderers import sinks
from tic_rules.renderers.html import render as page
from tic_rules.renderers.sinks import line
from tic_rules.renderers.text import pad
from tic_rules.results.labels import STATUS

BAR = 24
WIDTH, HEIGHT, LEFT, BOTTOM = 720, 260, 40, 36
"""The picture, in units of its own."""


def render(swept: Sweep, format_: str, lang: str) -> str:
    """The curve in a format. Raises UsageError where an extra is missing."""
    if format_ == "json":
        return sinks.as_json({"schema_version": 1, "sweep": swept.as_dict()})
    if format_ == "html":
        return _html(swept, lang)
    return "".join(line(shown) + "\n" for shown in _text(swept, lang))


def _heading(swept: Sweep) -> Text:
    rule = swept.rule
    return Text(
        f"{rule.at} {rule.title.zh}：界限从{swept.said(swept.first, 'zh')}到{swept.said(swept.last, 'zh')}",
        f"{rule.at} {rule.title.en}: the bound from {swept.said(swept.first, 'en')}"
        f" to {swept.said(swept.last, 'en')}",
    )


def _others(swept: Sweep) -> Text | None:
    if not swept.others:
        return None
    left = plural(len(swept.others), "centre")
    return Text(
        f"另有{len(swept.others)}个中心属于其他地区，不适用本文件，未计入",
        f"left out: {left} of other jurisdictions, which the document does not bind",
    )


def _fall(fall: Fall, lang: str) -> str:
    return f"{fall.centre.shown} {STATUS[fall.before].in_(lang)} → {STATUS[fall.after].in_(lang)}"


def _rest(point: Point, lang: str) -> str:
    """How many have which finding besides those that pass."""
    gap, between = (" ", ", ") if lang == "en" else ("", "、")
    rest = [(status, number) for status, number in sorted(point.counts.items()) if status != "pass"]
    return between.join(f"{STATUS[status].in_(lang)}{gap}{number}" for status, number in rest)


def _text(swept: Sweep, lang: str) -> Iterator[str]:
    yield _heading(swept).in_(lang)
    yield f"“{swept.rule.quote}”"
    yield ""
    count = len(swept.centres)
    points = swept.points
    width = max((len(swept.said(point.threshold, lang)) for point in points), default=0) + 8
    for point in points:
        filled = round(BAR * point.passing / count) if count else 0
        bar = "█" * filled + "·" * (BAR - filled)
        falls = ("；" if lang == "zh" else "; ").join(_fall(fall, lang) for fall in point.falls)
        shown = f"{bar} {point.passing}/{count}  {_rest(point, lang)}  {falls}"
        yield f"  {pad(swept.said(point.threshold, lang), width)} {shown}".rstrip()
    yield ""
    yield summary(swept).in_(lang)
    if (others := _others(swept)) is not None:
        yield others.in_(lang)


def _html(swept: Sweep, lang: str) -> str:
    def of(say: Callable[..., str], *about: object) -> Text:
        return Text.of(partial(say, *about))

    return page(
        "sweep.html.j2", lang=lang, swept=swept, heading=_heading(swept), summary=summary(swept),
        others=_others(swept), of=of, rest=_rest, fall_of=_fall, picture=_picture(swept),
        size=(WIDTH, HEIGHT),
    )  # fmt: skip


def _picture(swept: Sweep) -> dict[str, object]:
    """The curve as an SVG path of steps, and its ticks."""
    count = max(len(swept.centres), 1)

    def x(at: Number) -> float:
        share = (at - swept.first) / (swept.last - swept.first)
        return round(LEFT + float(share) * (WIDTH - LEFT - 20), 1)

    def y(passing: int) -> float:
        return round(HEIGHT - BOTTOM - passing / count * (HEIGHT - BOTTOM - 20), 1)

    turns = sorted({end for centre in swept.centres for span in centre.spans for end in span[:2]})
    turns = turns or [swept.first, swept.last]
    steps = [f"M{x(turns[0])} {y(_passing(swept, turns[0]))}"]
    for at, after in pairwise(turns):
        between = y(_passing(swept, Fraction(at + after) / 2))
        steps.append(f"V{between}H{x(after)}V{y(_passing(swept, after))}")
    ticks = [point for number, point in enumerate(swept.points) if point.falls or not number]
    ends = [swept.first, *[t.threshold for t in ticks if t.threshold not in (swept.first, swept.last)]]
    marks: list[tuple[float, Text]] = []
    placed = -100.0
    for at in [*ends, swept.last]:
        if x(at) - placed >= 80 or at == swept.last:
            if at == swept.last and marks and x(at) - placed < 80:
                marks.pop()
            marks.append((x(at), Text(swept.said(at, "zh"), swept.said(at, "en"))))
            placed = x(at)
    return {
        "path": " ".join(steps), "marks": marks, "levels": [(y(n), n) for n in sorted({0, count})],
        "left": LEFT, "right": WIDTH - 20, "ground": y(0),
    }  # fmt: skip


def _passing(swept: Sweep, at: Number) -> int:
    return sum(centre.status_at(at) == "pass" for centre in swept.centres)
