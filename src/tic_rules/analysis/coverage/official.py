"""The official text of a document, cut into its numbered clauses and its sentences.

A clause reaches to the next of its level, so it holds its sections and items; what follows a box belongs to
the section again. A sentence ends at 。；！？ or with its paragraph. What stands before the title and after
the end is passed over, and told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import takewhile
from typing import NamedTuple

from tic_rules.analysis.coverage.extent import from_title, running_heads, without_ends
from tic_rules.analysis.coverage.layout import (
    LONG,
    SENTENCE_END,
    LayoutNote,
    Line,
    fold,
    lines_of,
    note_of,
    wrap_of,
)
from tic_rules.analysis.coverage.normative import norms
from tic_rules.analysis.coverage.numbering import Path, is_paragraph, parent_of
from tic_rules.analysis.coverage.paragraphs import Builder, Paragraph, with_paragraph_numbers
from tic_rules.core.errors import Text, plural

_NUMBERED = re.compile(
    r"第[一二三四五六七八九十百零〇\d]+[章节条]|-?[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)"
    r"|\d{1,2}[.、](?!\d)|专栏\d+|-"
)
_CLOSERS = "”’」』）)"
_NAMED = 5
"""So many lines are named in a note."""


class Sentence(NamedTuple):
    """A sentence: what it says, the line that it begins on, the clauses that it stands in, outermost first.

    `key` is what counts of it (`fold`), `start` where that begins in the whole text, `body` where the words
    begin behind a number."""

    text: str
    line: int
    path: Path
    start: int
    key: str
    body: int
    numbered: bool

    @property
    def end(self) -> int:
        return self.start + len(self.key)

    def begins(self, words: str) -> bool:
        """Whether it begins with words (folded), its number said or not."""
        return self.key.startswith(words) or self.key.startswith(words, self.body)


class OfficialClause(NamedTuple):
    """A clause: its locator, the line that it begins on, its whole text, and what is in none of its sections.

    A paragraph behind the last section may end that section or the clause around it: it counts as either's
    own (`tail`). Texts are folded; `start` is where the clause begins in the whole."""

    at: str
    line: int
    text: str
    direct: str
    tail: str
    start: int

    @property
    def optional(self) -> bool:
        """Whether a rule file need not list it: a 款."""
        return is_paragraph(self.at)


class OfficialText(NamedTuple):
    clauses: tuple[OfficialClause, ...]
    sentences: tuple[Sentence, ...]
    notes: tuple[LayoutNote, ...]
    sha256: str
    """Of the text as `fold` leaves it, from its title to its end: `text_sha256` of a rule file."""

    def clause(self, at: str) -> OfficialClause | None:
        return next((clause for clause in self.clauses if clause.at == at), None)


def cut(text: str, title: str = "") -> OfficialText:
    """The clauses and sentences of an official text from its title on, which is guessed if not given."""
    lines, notes = lines_of(text)
    paragraphs, more = _paragraphs(lines, title)
    sentences: list[Sentence] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for paragraph in paragraphs:
        first = len(sentences)
        for sentence in _sentences(paragraph, at):
            sentences.append(sentence)
            at = sentence.end
        spans.append((sentences[first].start if len(sentences) > first else at, at))
    whole = "".join(sentence.key for sentence in sentences)
    clauses = _clauses(paragraphs, spans, whole)
    return OfficialText(clauses, tuple(sentences), (*notes, *more), sha256(whole.encode("utf-8")).hexdigest())


def _paragraphs(lines: Sequence[Line], title: str) -> tuple[list[Paragraph], list[LayoutNote]]:
    """The paragraphs from the title to the end, and notes of what was passed over or joined."""
    notes = []
    heads = running_heads(lines, title)
    if heads:
        lines = [line for line in lines if line not in heads]
        en = f"the title at the head of {plural(len(heads), 'page')} passed over"
        notes.append(note_of("running-head", f"略过{len(heads)}处页眉中的题名", en, heads))
    wrap = wrap_of(lines)
    before, heading, rest = from_title(lines, title)
    if before:
        en = "the text before the title passed over"
        notes.append(_passed_over("before-title", "略过题名之前的文字", en, before))
    elif title and not heading:
        en = "the title was not found; read from the first line"
        notes.append(note_of("no-title", f"没有找到题名“{title}”，自首行起读", en))
    builder = Builder(rest, wrap)
    kept, ending, listed = without_ends(list(builder.build(heading)))
    if wrap is not None:
        unit = Text("列", "columns") if wrap.in_columns else Text("字", "characters")
        en = f"wrapped lines joined ({wrap.width} {unit.en})"
        notes.append(note_of("wrapped", f"每行约{wrap.width}{unit.zh}，已将折行接回", en))
    if listed:
        notes.append(note_of("annex-list", "略过附件目录", "the list of annexes passed over", listed))
    if ending:
        en = "signature and distribution lines after the end passed over"
        notes.append(_passed_over("after-end", "略过正文之后的落款、印发等文字", en, ending))
    for paragraph in builder.unended(kept):
        box = paragraph.path[-1]
        zh, en = f"{box}没有标明终止，读到此处", f"no line ends {box}; read up to here"
        notes.append(note_of("box-end", zh, en, paragraph.lines[-1:]))
    return with_paragraph_numbers(kept), [*notes, *builder.gaps()]


def _passed_over(code: str, zh: str, en: str, lines: Sequence[Line]) -> LayoutNote:
    """The note of lines beside the document, with those that have a word that obliges wherever it stands."""
    bound = [
        line.number
        for line in lines
        for said in norms().within(fold(line.text))
        if said.word.modality == "must" and not said.word.in_headings
    ]
    if bound:
        numbers = [str(number) for number in dict.fromkeys(bound)][:_NAMED]
        zh = f"{zh}，第{'、'.join(numbers)}行有应、须、不得一类的用语：如属原文，请核对题名和位置"
        en = f"{en}; words that oblige on line {', '.join(numbers)}: are they the document's?"
    return note_of(code, zh, en, lines)


def _sentences(paragraph: Paragraph, start: int) -> Iterator[Sentence]:
    text = paragraph.text
    numbered = re.match(
        r"\s*-?\s*(?:第[^章节条]{1,8}[章节条]|[^、\s]{1,4}、|[（(][^（）()]{1,4}[）)]|\d{1,2}[.．、])?", text
    )
    at, begin = (numbered.end() if numbered else 0), 0
    while begin < len(text):
        match = SENTENCE_END.search(text, at)
        end = match.end() if match else len(text)
        while end < len(text) and (
            text[end] in _CLOSERS or (text[end] == '"' and text.count('"', begin, end) % 2)
        ):
            end += 1
        said = text[begin:end].strip()
        key = fold(said)
        if key:
            number = _NUMBERED.match(key) if begin == 0 else None
            line, body = paragraph.line_at(begin), number.end() if number else 0
            heads = begin == 0 and paragraph.marked
            yield Sentence(said, line, paragraph.path, start, key, body, heads)
            start += len(key)
        at = begin = end


def _clauses(
    paragraphs: Sequence[Paragraph], spans: Sequence[tuple[int, int]], whole: str
) -> tuple[OfficialClause, ...]:
    within: dict[str, list[int]] = {}
    for index, paragraph in enumerate(paragraphs):
        for at in paragraph.path:
            within.setdefault(at, []).append(index)
    homes = [p.path[-2] if is_paragraph(p.path[-1]) and len(p.path) > 1 else "" for p in paragraphs]
    direct = {
        at: [i for i in indexes if at in (paragraphs[i].path[-1], homes[i])] for at, indexes in within.items()
    }
    children: dict[str, list[str]] = {}
    for at in direct:
        children.setdefault(parent_of(at), []).append(at)

    def joined(indexes: Sequence[int]) -> str:
        return "".join(whole[spans[i][0] : spans[i][1]] for i in indexes)

    def tail(at: str) -> str:
        """The paragraphs behind the last section, where that has its body on its first line, or a box."""
        inner = [other for other in children.get(at, ()) if direct[other] and not is_paragraph(other)]
        last = direct[inner[-1]] if inner else []
        first = list(takewhile(lambda i: i == last[0] or paragraphs[i].uncertain, last))
        behind = last[1:] if sum(len(paragraphs[i].text) for i in first) > LONG else []
        return joined(sorted({*behind, *(i for i in within[at] if paragraphs[i].either)}))

    clauses = []
    for at, indexes in within.items():
        line, start = paragraphs[indexes[0]].line, spans[indexes[0]][0]
        clauses.append(OfficialClause(at, line, joined(indexes), joined(direct[at]), tail(at), start))
    return tuple(clauses)
