"""For whom a difference matters, as a picture: bands of centres from verdicts under A to those under B."""

from __future__ import annotations

from typing import NamedTuple

from tic_rules.analysis.diff.demands import counts
from tic_rules.analysis.diff.impact import Flip, Impact
from tic_rules.core.errors import Text
from tic_rules.model.ruleset import Rule
from tic_rules.renderers.diff import LETTERS
from tic_rules.results.labels import VERDICT, status_text
from tic_rules.results.report import VERDICTS

WIDTH, UNIT, GAP, BAR, SIDE = 720, 30, 14, 14, 150
"""In units of the picture: its width, one centre at most, between verdicts, a bar, the labels."""
HIGHEST = 300


class Band(NamedTuple):
    """The centres that go from one verdict to another: where the band runs, and who they are."""

    path: str
    verdict: str
    title: Text


class Bar(NamedTuple):
    """The centres of one verdict on one side."""

    x: float
    y: float
    height: float
    verdict: str
    label: Text
    label_x: float
    anchor: str


class Flow(NamedTuple):
    """The whole picture."""

    width: int
    height: float
    bars: tuple[Bar, ...]
    bands: tuple[Band, ...]


def flow_of(impact: Impact) -> Flow:
    """The picture of an impact."""
    unit = min(UNIT, HIGHEST / max(len(impact.centres), 1))
    bars: list[Bar] = []
    ends: dict[tuple[int, str, str], tuple[float, float]] = {}
    ends_at = (SIDE, SIDE - 8, "end"), (WIDTH - SIDE - BAR, WIDTH - SIDE + 8, "start")
    lowest = 0.0
    for side in (0, 1):
        y = 10.0
        for verdict in VERDICTS:
            through = [(a, b, n) for a, b, n in impact.table() if (a, b)[side] == verdict]
            count = sum(n for _, _, n in through)
            if not count:
                continue
            label = Text(f"{VERDICT[verdict].zh} {count}", f"{VERDICT[verdict].en} {count}")
            x, label_x, anchor = ends_at[side]
            bars.append(Bar(x, round(y, 1), round(count * unit, 1), verdict, label, label_x, anchor))
            for a, b, n in sorted(through, key=lambda flow: VERDICTS.index(flow[:2][1 - side])):
                ends[side, a, b] = (y, y + n * unit)
                y += n * unit
            y += GAP
        lowest = max(lowest, y)
    bands = tuple(_band(impact, a, b, ends[0, a, b], ends[1, a, b]) for a, b, _ in impact.table())
    return Flow(WIDTH, round(lowest, 1), tuple(bars), bands)


def _band(impact: Impact, a: str, b: str, left: tuple[float, float], right: tuple[float, float]) -> Band:
    x, far = SIDE + BAR, WIDTH - SIDE - BAR
    middle = (x + far) / 2
    path = (
        f"M{x} {left[0]:.1f}C{middle} {left[0]:.1f} {middle} {right[0]:.1f} {far} {right[0]:.1f}"
        f"V{right[1]:.1f}C{middle} {right[1]:.1f} {middle} {left[1]:.1f} {x} {left[1]:.1f}Z"
    )
    names = [centre.shown for centre in impact.centres if (centre.verdict_a, centre.verdict_b) == (a, b)]
    title = Text(
        f"{VERDICT[a].zh} → {VERDICT[b].zh}：{'、'.join(names)}",
        f"{VERDICT[a].en} → {VERDICT[b].en}: {', '.join(names)}",
    )
    return Band(path, b, title)


def sides_of(flip: Flip) -> list[tuple[Text, Rule, Text]]:
    """The clauses of a finding that differs, each with its side and status, and with whether it counts where
    that alone differs."""
    given = (("a", flip.a, flip.status_a), ("b", flip.b, flip.status_b))
    alike = flip.status_a == flip.status_b
    return [
        (LETTERS[side], rule, status_text(status, alike and counts(rule)))
        for side, rule, status in given
        if rule is not None and status
    ]


def impact_lines(impact: Impact, lang: str) -> list[list[str]]:
    """One line a centre: its name, its verdict on both sides, the clauses that turn it."""
    lines = []
    for centre in impact.centres:
        turning = [
            f"{LETTERS[side].in_(lang)} {rule.at} {rule.title.text.in_(lang)}"
            for (side, _), rule in centre.against.items()
        ]
        verdicts = (VERDICT[verdict].in_(lang) for verdict in (centre.verdict_a, centre.verdict_b))
        lines.append([centre.shown, *verdicts, "\n".join(turning)])
    return lines


IMPACT = Text("影响", "Impact")
IMPACT_HEADS = (
    Text("中心", "Centre"), Text("按甲", "Under A"), Text("按乙", "Under B"),
    Text("只在一边不利于中心的条款", "Clauses that stand against the centre on one side only"),
)  # fmt: skip
