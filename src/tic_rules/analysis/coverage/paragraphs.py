"""The paragraphs of an official text: wrapped lines joined, each paragraph with the clause that it stands in.

The text begins at its title and ends before signature and distribution lines; what lies outside is passed over.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from tic_rules.analysis.coverage.layout import LONG, SENTENCE_END, Line, Note, Wrap, ended, fold, wrap_of
from tic_rules.analysis.coverage.numbering import PREAMBLE, Numbering, Path
from tic_rules.core.errors import Text

_LABEL = re.compile("[^，。；：:,;（）]{2,40}[：:]")
"""How each paragraph of a box begins that has no other end: 中国创新创业大赛：…"""
_RUN_IN = re.compile("[^，。；：,;]{4,24}。")
"""How a paragraph begins that has its heading on its first line: 加强集群建设。…"""
_DASHED = re.compile("——|--|－－|[•●■◆★▲]")
_LISTED = re.compile(
    r"-?\s*[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+(?:\.\d+)*[.．、\s]|注[:：]"
)
"""How a line of an annex begins that is one of its own."""


class Paragraph:
    """A paragraph: its text, where its lines begin in it, its clauses; `marked` where a number begins it.

    `uncertain`: it may go on the one before. `either`: it follows a box whose end no line marks, and may be the section's.
    """

    def __init__(self, line: Line, path: Path, marked: bool) -> None:
        self.text, self.path, self.marked = line.text, path, marked
        self.uncertain = self.either = self.closed = False
        self.starts, self.lines = [0], [line]

    def add(self, line: Line) -> None:
        gap = (
            " "
            if self.text[-1].isascii() and line.text[0].isascii() and (self.text[-1] + line.text[0]).isalnum()
            else ""
        )
        self.starts.append(len(self.text) + len(gap))
        self.text += gap + line.text
        self.lines.append(line)

    @property
    def line(self) -> int:
        return self.lines[0].number

    def line_at(self, offset: int) -> int:
        """The number of the line on which a character stands."""
        return self.lines[bisect_right(self.starts, offset) - 1].number

    @property
    def heading_like(self) -> bool:
        """Whether it may be a heading: short, and no sentence ends in it."""
        return len(self.text) <= LONG and SENTENCE_END.search(self.text, min(4, len(self.text))) is None


def paragraphs_of(lines: Sequence[Line], title: str) -> tuple[list[Paragraph], list[Note]]:
    """The paragraphs from the title to the end, and notes of what was passed over or joined."""
    wrap = wrap_of(lines)
    before, heading, rest = _from_title(lines, title)
    notes = []
    if before:
        notes.append(
            _note("before-title", "略过题名之前的文字", "the text before the title passed over", before)
        )
    elif title and not heading:
        notes.append(
            Note(
                "no-title",
                Text(
                    f"没有找到题名“{title}”，自首行起读", "the title was not found; read from the first line"
                ),
                (),
            )
        )
    builder = _Builder(rest, wrap)
    made = list(builder.build(heading))
    kept, ending, listed = _without_ends(made)
    if wrap is not None:
        said = Text(
            f"每行约{wrap.width}{'列' if wrap.in_columns else '字'}，已将折行接回",
            f"wrapped lines joined ({wrap.width} {'columns' if wrap.in_columns else 'characters'})",
        )
        notes.append(Note("wrapped", said, ()))
    if listed:
        notes.append(_note("annex-list", "略过附件目录", "the list of annexes passed over", listed))
    if ending:
        notes.append(
            _note(
                "after-end",
                "略过正文之后的落款、印发等文字",
                "signature and distribution lines after the end passed over",
                ending,
            )
        )
    notes += [
        _note(
            "box-end",
            f"{paragraph.path[-1]}没有标明终止，读到此处",
            f"no line ends {paragraph.path[-1]}; read up to here",
            paragraph.lines[-1:],
        )
        for paragraph in builder.unended(kept)
    ]
    return _with_paragraph_numbers(kept), [*notes, *builder.gaps()]


def _note(code: str, zh: str, en: str, lines: Sequence[Line]) -> Note:
    return Note(code, Text(zh, en), tuple(sorted({line.number for line in lines})))


# --- the title -----------------------------------------------------------------------------------------------------------

_KIND = re.compile(
    r"(?:指引|办法|方案|规定|细则|规划|条例|意见|措施|纲要|计划|制度|规程|准则)(?:\(.{1,12}\))?"
)
_FIRST = re.compile(r"\s*(?:一、|第\s*[一1]\s*[章条])")


def _from_title(lines: Sequence[Line], title: str) -> tuple[list[Line], list[Line], list[Line]]:
    """The lines before the title, those of the title, those behind it; without a title all are behind."""
    place = _title_at(lines, fold(title)) if title else _guessed(lines)
    if place is None:
        return [], [], list(lines)
    first, within, last = place
    before = list(lines[:first])
    head = lines[first]
    if within:
        before.append(head._replace(text=head.text[:within]))
        head = head._replace(text=head.text[within:])
    return before, [head, *lines[first + 1 : last + 1]], list(lines[last + 1 :])


def _title_at(lines: Sequence[Line], wanted: str) -> tuple[int, int, int] | None:
    """The last place where the title has its lines for itself, a day before it left out, and the text follows."""
    folded = [fold(line.text) for line in lines]
    numbered = max((n for n, line in enumerate(lines) if _FIRST.match(line.text)), default=len(lines))
    found = None
    for first in range(min(numbered, len(lines))):
        joined, last = "", first
        while last < len(lines) and len(joined) < len(wanted) + 20 and last - first < 4:
            joined += folded[last]
            if joined.endswith(wanted):
                prefix = joined[: -len(wanted)]
                if prefix == "" or (prefix.endswith(("日", ")", "号")) and len(prefix) < len(folded[first])):
                    found = first, _offset(lines[first].text, len(prefix)), last
                break
            last += 1
    return found


def _offset(text: str, length: int) -> int:
    """Where the folded text of a line has grown to a length."""
    return next((at for at in range(len(text) + 1) if len(fold(text[:at])) >= length), 0)


def _guessed(lines: Sequence[Line]) -> tuple[int, int, int] | None:
    """The last line before the first number that looks like a title."""
    first = next((n for n, line in enumerate(lines) if _FIRST.match(line.text)), 0)
    fits = [
        n
        for n in range(first)
        if len(lines[n].text) <= 2 * LONG and re.search(f"{_KIND.pattern}$", fold(lines[n].text))
    ]
    return (fits[-1], 0, fits[-1]) if fits else None


# --- paragraphs ----------------------------------------------------------------------------------------------------------


class _Builder:
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
            fresh = current is None or current.closed or ended(current.text) or current.heading_like
            made = self._begun(line, fresh)
            if made is None:
                joins = self._joins(current, line)
                if joins is True and current is not None:
                    current.add(line)
                    self.boxed += line.text
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
            self.boxed += line.text
            return made
        if self.box:
            made = Paragraph(line, (*self.numbering.path, self.box), False)
            made.either = before is not None and not before.marked and not _LABEL.match(line.text)
            self.heads, self.boxed = False, line.text
            return made
        if before is not None and not (before.marked and before.heading_like and not ended(before.text)):
            self.numbering.next_paragraph()
        return Paragraph(line, self.numbering.path, False)

    def _box_ends(self, line: Line, uncertain: bool) -> bool:
        """Whether the box is over before a line.

        A box whose first line is no mere heading is all in that paragraph; one of labelled paragraphs ends at one without a
        label. Where the paragraph may go on, a line that begins with a heading of its own ends it.
        """
        if _LABEL.match(line.text) or (uncertain and not (self.heads and _RUN_IN.match(line.text))):
            return False
        return len(self.boxed) > LONG if self.heads else _LABEL.match(self.boxed) is not None

    def _joins(self, current: Paragraph | None, line: Line) -> bool | None:
        """Whether a line goes on the paragraph before it; None where it may or may not, after a sentence that fills its line."""
        if (
            current is None
            or current.closed
            or (_DASHED.match(line.text) and not current.text.endswith(("—", "-", "－")))
        ):
            return False
        if self.numbering.annex and _LISTED.match(line.text):
            return False
        last, wrap = current.lines[-1], self.wrap
        if wrap is None:
            return (
                not ended(current.text)
                and not current.text.endswith(("：", ":"))
                and not current.heading_like
            )
        if wrap.indented and len(line.lead) > 1:
            return not (ended(current.text) or current.text.endswith(("：", ":")) or current.heading_like)
        full = wrap.full(last)
        if ended(last.text):
            if not full or (wrap.exact and wrap.measure(last) != wrap.width):
                return False
            return True if wrap.indented else None
        if full or last.text[-1] in "-—" or (last.text[-1].isascii() and last.text[-1].isalnum()):
            return True
        if current.text.endswith(("：", ":")) or self.numbering.annex:
            return False
        whole = SENTENCE_END.search(current.text, min(4, len(current.text))) is None
        return not (whole and (current.marked or len(current.lines) == 1))

    def unended(self, kept: Sequence[Paragraph]) -> list[Paragraph]:
        """The last paragraph of each box whose end nothing showed and which others may follow."""
        last = {paragraph.path[-1]: paragraph for paragraph in kept if paragraph.path[-1] in self.open}
        return [paragraph for box, paragraph in last.items() if not self.open[box] and paragraph.either]

    def gaps(self) -> list[Note]:
        """Numbers that the text leaves out."""
        return [
            Note(
                "numbering-gap",
                Text(
                    f"编号不连续：{before or '开头'}之后是{after}",
                    f"the numbering jumps: {after} follows {before or 'the beginning'}",
                ),
                (),
            )
            for before, after in self.numbering.gaps
        ]


def _with_paragraph_numbers(paragraphs: list[Paragraph]) -> list[Paragraph]:
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


# --- the end -------------------------------------------------------------------------------------------------------------

_DAY = (
    r"(?:\d{4}|[一二三四五六七八九〇零O○]{4})年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日"
)
_ENDING = re.compile(
    rf"(?:.{{2,30}}[厅部局委室会院府])?{_DAY}(?:印发|发布|公布|印)?|\(?此件.*|(?:抄送|主送|分送|抄报|附注|联系人|联系电话|联系方式|信息公开选项|公开方式)[:：].*"
    r"|(?:打印|关闭|分享|返回顶部|扫一扫|责任编辑|编辑|来源|信息来源|发布时间|上一篇|下一篇|上一条|下一条|相关(?:链接|附件|解读|文档)|版权所有|主办单位|网站地图|字体).*"
)
_SIGNED = re.compile(r"[^,。;:、]{2,40}(?:厅|部|局|委|委员会|政府|办公室|院)")
_REACH = 15


def _without_ends(paragraphs: list[Paragraph]) -> tuple[list[Paragraph], list[Line], list[Line]]:
    """The paragraphs without what is no part of the document: the list of annexes, and what follows the end of text and annexes."""
    listed = [paragraph for paragraph in paragraphs if not paragraph.path]
    dropped: list[Paragraph] = []
    regions: list[list[Paragraph]] = [[]]
    for paragraph in paragraphs:
        annex = paragraph.path[:1] if paragraph.path[:1] and paragraph.path[0].startswith("附") else ()
        before = regions[-1][-1].path[:1] if regions[-1] else None
        if before is not None and annex and annex != before:
            regions.append([])
        if paragraph.path:
            regions[-1].append(paragraph)
    for region in regions:
        dropped += _ending_of(region)
    gone = {id(paragraph) for paragraph in (*listed, *dropped)}
    kept = [paragraph for paragraph in paragraphs if id(paragraph) not in gone]
    return (
        kept,
        [line for paragraph in dropped for line in paragraph.lines],
        [line for paragraph in listed for line in paragraph.lines],
    )


def _ending_of(region: Sequence[Paragraph]) -> Sequence[Paragraph]:
    """The last paragraphs of a text or an annex from the first line that ends it on, with the names that sign before it."""
    for index in range(max(len(region) - _REACH, 1), len(region)):
        rest = region[index:]
        if _ENDING.fullmatch(fold(region[index].text)) and not any(paragraph.marked for paragraph in rest):
            while (
                index > 1 and not region[index - 1].marked and _SIGNED.fullmatch(fold(region[index - 1].text))
            ):
                index -= 1
            return region[index:]
    return ()
