"""The paragraphs of an official text: wrapped lines joined, each paragraph with the clause that it stands in.

A line is joined to the next where it is full, or where no sentence and no heading ends on it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from tic_rules.analysis.coverage.layout import LONG, SENTENCE_END, LayoutNote, Line, Wrap, ended, note_of
from tic_rules.analysis.coverage.numbering import PREAMBLE, Numbering, Path

_LABEL = re.compile("[^，。；：:,;（）]{2,40}[：:]")
"""How each paragraph of a box begins that has no other end: 中国创新创业大赛：…"""
_RUN_IN = re.compile("[^，。；：,;]{4,24}。")
"""How a paragraph begins that has its heading on its first line: 加强集群建设。…"""
_ENOUGH = 100
"""Characters of a box's paragraph that show what it is."""
_DASHED = re.compile("——|--|－－|[•●■◆★▲]")
_LISTED = re.compile(
    r"-?\s*[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+(?:\.\d+)*[.．、\s]|注[:：]"
)
"""How a line of an annex begins that is one of its own."""


class Paragraph:
    """A paragraph: its text, where its lines begin in it, its clauses; `marked` where a number begins it.

    `uncertain`: it may go on the one before. `either`: it follows a box whose end no line marks, and may be
    the section's."""

    def __init__(self, line: Line, path: Path, marked: bool) -> None:
        self.path, self.marked = path, marked
        self.uncertain = self.either = self.closed = False
        self.starts, self.lines, self.parts = [0], [line], [line.text]
        self.length = len(line.text)
        self.holds_end = SENTENCE_END.search(line.text, min(4, self.length)) is not None

    def add(self, line: Line) -> None:
        last = self.lines[-1].text[-1]
        gap = " " if (last + line.text[0]).isascii() and (last + line.text[0]).isalnum() else ""
        self.starts.append(self.length + len(gap))
        self.parts += [gap, line.text]
        self.length += len(gap) + len(line.text)
        self.lines.append(line)
        self.holds_end = self.holds_end or SENTENCE_END.search(line.text) is not None

    @cached_property
    def text(self) -> str:
        """The whole, for who has added all lines."""
        return "".join(self.parts)

    @property
    def ended(self) -> bool:
        """Whether it ends with a sentence."""
        return ended(self.lines[-1].text)

    @property
    def line(self) -> int:
        return self.lines[0].number

    def line_at(self, offset: int) -> int:
        """The number of the line on which a character stands."""
        return self.lines[bisect_right(self.starts, offset) - 1].number

    @property
    def heading_like(self) -> bool:
        """Whether it may be a heading: short, no sentence ends in it, and it does not break off."""
        return self.length <= LONG and not self.holds_end and self.lines[-1].text[-1] not in "、，,和与及或"


class Builder:
    """Goes through the lines behind the title; knows the paragraph that it is in and the box that is open."""

    def __init__(self, lines: Sequence[Line], wrap: Wrap | None) -> None:
        self.lines, self.wrap = lines, wrap
        self.numbering = Numbering([line.text for line in lines])
        self.box, self.boxed, self.heads = "", "", False
        """The open box, the text of its paragraph so far, and whether that is its first."""
        self.open: dict[str, bool] = {}
        """The boxes, and whether something showed where each ends."""

    def build(self, title: Sequence[Line]) -> Iterator[Paragraph]:
        current: Paragraph | None = None
        if title:
            current = Paragraph(title[0], (PREAMBLE,), False)
            for line in title[1:]:
                current.add(line)
            current.closed = True
        for line in self.lines:
            fresh = current is None or current.closed or current.ended or current.heading_like
            made = self._begun(line, fresh)
            if made is None:
                joins = self._joins(current, line)
                if joins is True and current is not None:
                    current.add(line)
                    self.boxed = (self.boxed + line.text)[:_ENOUGH]
                    continue
                made = self._plain(current, line, uncertain=joins is None)
            if current is not None:
                yield current
            current = made
        if current is not None:
            yield current

    def _begun(self, line: Line, fresh: bool) -> Paragraph | None:
        """The paragraph that a number or a box begins."""
        path = self.numbering.read(line.text, fresh)
        if path is not None:
            self.box = ""
            made = Paragraph(line, path, True)
            made.closed = bool(self.numbering.annex) and len(line.text) < 10
            return made
        box = self.numbering.box(line.text)
        if box is None:
            return None
        self.box = box[0]
        self.open[self.box] = False
        self.heads, self.boxed = True, line.text
        return Paragraph(line, (*self.numbering.path, self.box), True)

    def _plain(self, before: Paragraph | None, line: Line, uncertain: bool) -> Paragraph:
        """A paragraph without a number: of the box, of the next 款, or of the clause."""
        if self.box and self._box_ends(line, uncertain):
            self.open[self.box], self.box, uncertain = True, "", False
        if uncertain and before is not None:
            made = Paragraph(line, before.path, False)
            made.uncertain, made.either = True, before.either
            self.boxed = (self.boxed + line.text)[:_ENOUGH]
            return made
        if self.box:
            made = Paragraph(line, (*self.numbering.path, self.box), False)
            made.either = before is not None and not before.marked and not _LABEL.match(line.text)
            self.heads, self.boxed = False, line.text
            return made
        if before is not None and not (before.marked and before.heading_like and not before.ended):
            self.numbering.next_paragraph()
        return Paragraph(line, self.numbering.path, False)

    def _box_ends(self, line: Line, uncertain: bool) -> bool:
        """Whether the box is over before a line, though nothing marks its end.

        A box whose first line is no mere heading is all in that paragraph. Of paragraphs with a label, or
        without a heading of their own, it ends at the first that has none, or has one. Where the paragraph
        may go on, only a heading ends it."""
        headed = _RUN_IN.match(line.text) is not None
        if _LABEL.match(line.text) or (uncertain and not headed):
            return False
        if self.heads:
            return len(self.boxed) > LONG
        return _LABEL.match(self.boxed) is not None or (headed and not _RUN_IN.match(self.boxed))

    def _joins(self, current: Paragraph | None, line: Line) -> bool | None:
        """Whether a line goes on the one before; None where it may, after a sentence that fills its line."""
        if current is None or current.closed:
            return False
        last, wrap = current.lines[-1], self.wrap
        if _DASHED.match(line.text) and not last.text.endswith(("—", "-", "－")):
            return False
        if self.numbering.annex and _LISTED.match(line.text):
            return False
        if wrap is None or (wrap.indented and len(line.lead) > 1):
            return not (current.ended or last.text.endswith(("：", ":")) or current.heading_like)
        full, short = wrap.full(last), wrap.exact and wrap.measure(last) != wrap.width
        if ended(last.text):
            if not full or short:
                return False
            return True if wrap.indented else None
        if self.numbering.annex and short and not wrap.in_columns:  # a line of a table
            return False
        if full or last.text[-1] in "-—" or (last.text[-1].isascii() and last.text[-1].isalnum()):
            return True
        if last.text.endswith(("：", ":")) or self.numbering.annex:
            return False
        return current.holds_end or not (current.marked or len(current.lines) == 1)

    def unended(self, kept: Sequence[Paragraph]) -> list[Paragraph]:
        """The last paragraph of each box whose end nothing showed and which others may follow."""
        last = {paragraph.path[-1]: paragraph for paragraph in kept if paragraph.path[-1] in self.open}
        return [paragraph for box, paragraph in last.items() if not self.open[box] and paragraph.either]

    def gaps(self) -> list[LayoutNote]:
        """Numbers that the text leaves out."""
        notes = []
        for before, after in self.numbering.gaps:
            en = f"the numbering jumps: {after} follows {before or 'the beginning'}"
            notes.append(note_of("numbering-gap", f"编号不连续：{before or '开头'}之后是{after}", en))
        return notes


def with_paragraph_numbers(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """The first paragraph of an article that has others is its 第一款."""
    several = {
        path[-2]
        for path in (paragraph.path for paragraph in paragraphs)
        if len(path) > 1 and path[-1].startswith(f"{path[-2]}第") and path[-1].endswith("款")
    }
    for paragraph in paragraphs:
        if paragraph.path[-1] in several:
            paragraph.path = (*paragraph.path, f"{paragraph.path[-1]}第一款")
    return paragraphs
