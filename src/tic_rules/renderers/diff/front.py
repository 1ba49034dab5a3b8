"""The page in front of a comparison, as lines that text, Markdown and documents show each in its way."""

from __future__ import annotations

from collections.abc import Iterator

from tic_rules.analysis.diff.front import Figure, foremost, numbers_of
from tic_rules.analysis.diff.topics import Diff
from tic_rules.core.errors import Text
from tic_rules.renderers.diff import conflict_text, label_of, relation_text

HEADING = Text("一页概要", "On one page")
FOREMOST = Text("最重要的不同（至多五处）", "The differences that matter most (five at most)")
SAME = Text("要求没有不同", "what is asked does not differ")
NUMBERS = Text("全部数字", "All numbers")
NONE = Text("无", "none")
ASSUMED = Text("证明所依的假设", "What the proof assumes")
_CONFLICT = Text("✗ 不能同时做到：", "✗ cannot both be met: ")


def conflict_lines(compared: Diff, lang: str) -> list[str]:
    """The contradictions that a proof found."""
    conflicts = compared.proof.conflicts if compared.proof is not None else ()
    return [_CONFLICT.in_(lang) + conflict_text(compared, conflict).in_(lang) for conflict in conflicts]


def foremost_lines(compared: Diff, lang: str) -> Iterator[str]:
    """The differences that matter most: topic, relation, sentence."""
    topics = foremost(compared)
    if not topics:
        yield SAME.in_(lang)
    for topic in topics:
        label, relation = label_of(topic).in_(lang), relation_text(topic).in_(lang)
        mark = f"（{relation}）：" if lang == "zh" else f" ({relation}): "
        yield f"{label}{mark}{topic.sentence.in_(lang)}"


def numbers(compared: Diff) -> list[Figure]:
    """The table of numbers of both documents."""
    return numbers_of((compared.a, compared.b))


def figure_cells(figure: Figure, lang: str) -> list[str]:
    """One line of that table: the label, then what each document says."""
    return [figure.label.in_(lang), *((text or NONE).in_(lang) for text in figure.said)]
