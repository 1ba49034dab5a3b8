"""Official texts as people have them: decoded, the marks of pages taken out, forms of characters made one.

`fold` gives what counts of a text, which widths, quotation marks, dashes and white space do not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tic_rules.core.errors import Diagnostic, Text, plural
from tic_rules.core.limits import BadText, file_too_large
from tic_rules.core.source import decode

LARGEST = 512 * 1024
"""Bytes of an official text: a plan of several hundred pages has fewer."""
LONG = 40
"""A line longer than a heading."""


class LayoutNote(NamedTuple):
    """What was passed over or taken otherwise in a text, and on which lines."""

    code: str
    message: Text
    lines: tuple[int, ...]

    def as_dict(self) -> dict[str, object]:
        return {"code": self.code, "message": self.message.as_dict(), "lines": list(self.lines)}


class Line(NamedTuple):
    """A line of the file: its number, its text without the blanks around it, and the blanks before it."""

    number: int
    text: str
    lead: str


# --- the file ---------------------------------------------------------------------------------------------


def read_official(raw: bytes, file: str) -> tuple[str, list[LayoutNote]]:
    """The text of a file in UTF-8, UTF-16 or GBK, and what is to be said of it. Raises BadText."""
    if len(raw) > LARGEST:
        raise BadText([file_too_large(file, LARGEST)])
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(raw, "utf-16", file)
    if b"\0" in raw:
        raise BadText([_no_text(file)])
    try:
        return decode(raw, file), []
    except BadText as error:
        try:
            return _decoded(raw, "gb18030", file)
        except BadText:  # said at the place where it is not UTF-8
            raise BadText(
                [one._replace(message=_no_text(file).message) for one in error.diagnostics]
            ) from None


def _decoded(raw: bytes, encoding: str, file: str) -> tuple[str, list[LayoutNote]]:
    name = "GBK" if encoding == "gb18030" else "UTF-16"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise BadText([_no_text(file)]) from None
    return text, [note_of("encoding", f"按 {name} 编码读取", f"read as {name}")]


def _no_text(file: str) -> Diagnostic:
    zh = "这不是可读的文本文件；官方文本应为 txt，UTF-8、GBK 或带字节顺序标记的 UTF-16 编码"
    en = (
        "this is no text file that can be read; the official text is wanted as txt in UTF-8, GBK, or UTF-16 "
        "with its byte-order mark"
    )
    return Diagnostic("encoding", Text(zh, en), file, 1, 1)


# --- characters -------------------------------------------------------------------------------------------

_SAME = str.maketrans(
    {
        **dict.fromkeys("“”„‟＂〝〞", '"'), **dict.fromkeys("‘’‚‛", "'"), **dict.fromkeys("–—―‐‑−─", "-"),
        **dict.fromkeys("〔【", "["), **dict.fromkeys("〕】", "]"), **dict.fromkeys("・•‧∙●", "·"),
    }
)  # fmt: skip
_BLANK = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_FULL_STOP = re.compile(r'(?<=[\u3400-\u9fff)"%])\.(?![\d.])')


def fold(text: str) -> str:
    """What counts of a text: no white space, one width, one form of each mark."""
    folded = unicodedata.normalize("NFKC", _BLANK.sub("", text)).translate(_SAME)
    return re.sub("-{2,}", "-", _FULL_STOP.sub("。", folded.replace(" ", "")))


SENTENCE_END = re.compile(r"[。；！？;!?｡]|(?<=[\u3400-\u9fff）)”\"])[.．](?=\s*(?:[\u3400-\u9fff“\"（(]|$))")
"""The end of a sentence, in either width; a point only where it stands for 。."""
_ENDED = re.compile(r"(?:[。；！？;!?｡]|(?<=[\u3400-\u9fff）)”\"])[.．])[”’」』）)\"']*$")


def ended(text: str) -> bool:
    """Whether a line ends with a sentence."""
    return _ENDED.search(text[-12:]) is not None


# --- lines ------------------------------------------------------------------------------------------------

_BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_PAGE = re.compile(
    r"-\d{1,4}-|第(?:\d{1,4}|[一二三四五六七八九十百]+)页(?:[,/]?共\d{1,4}页)?|共\d{1,4}页[,/]?第\d{1,4}页"
    r"|\d{1,4}/\d{1,4}|-?第\d{1,4}页-?|·\d{1,4}·"
    r"|-\d{1,4}/\d{1,4}-|~\d{1,4}~|\[\d{1,4}\]|[Pp]\.?\d{1,4}"
    r"|-[一二三四五六七八九十百]+-|(?i:page)\d{1,4}(?:(?i:of)\d{1,4})?|-"
)
_LEADERS = re.compile(r"(?:[.…·]{3,}|…+)\s*-?\d{1,4}-?$")

_ENTRY = 200
"""Longer than an entry of a table of contents."""


def lines_of(text: str) -> tuple[list[Line], list[LayoutNote]]:
    """The lines that say something, without page numbers and contents, and what was passed over."""
    lines = [
        Line(number, part.strip(), part[: len(part) - len(part.lstrip())])
        for number, whole in enumerate(_BREAKS.split(text), 1)
        for part in re.split("[\f\v]", whole.replace("\ufeff", "").rstrip())
        if part.strip()
    ]
    pages = _pages(lines)
    kept = [line for line in lines if line not in pages]
    contents = _contents(kept)
    notes = []
    if pages:
        zh, en = f"略过{len(pages)}处页码", f"{plural(len(pages), 'page number')} passed over"
        notes.append(note_of("page-numbers", zh, en, pages))
    if contents:
        notes.append(note_of("contents", "略过目录", "the table of contents passed over", contents))
    return [line for line in kept if line not in contents], notes


def note_of(code: str, zh: str, en: str, lines: Iterable[Line] = ()) -> LayoutNote:
    """The note of some lines, or of the whole text."""
    return LayoutNote(code, Text(zh, en), tuple(sorted({line.number for line in lines})))


def _pages(lines: Sequence[Line]) -> set[Line]:
    """The lines that are page numbers; bare numbers are where each is one more than the last."""
    short = [(line, fold(line.text)) for line in lines if len(line.text) <= 20]
    marked = {line for line, folded in short if _PAGE.fullmatch(folded)}
    bare = [(line, int(folded)) for line, folded in short if re.fullmatch("[0-9]{1,4}", folded)]
    return marked | _counting(bare)


def _counting(bare: Sequence[tuple[Line, int]]) -> set[Line]:
    """The bare numbers that count pages: most of them, each one more than the last."""
    best: list[Line] = []
    for start in range(min(len(bare), 5)):
        chain, last = [bare[start][0]], bare[start][1]
        for line, number in bare[start + 1 :]:
            if number == last + 1:
                chain.append(line)
                last = number
        best = chain if len(chain) >= len(best) else best
    return set(best) if len(best) > 1 and len(best) * 2 > len(bare) else set()


def _contents(lines: Sequence[Line]) -> set[Line]:
    """The lines of a table of contents: with dots and a page number, or from 目录 up to where its first
    entry comes again."""
    dotted = {line for line in lines if len(line.text) < _ENTRY and _LEADERS.search(line.text)}
    start = next((n for n, line in enumerate(lines[:-1]) if fold(line.text) == "目录"), None)
    if start is None:
        return dotted
    first = fold(_LEADERS.sub("", lines[start + 1].text[:_ENTRY]))
    again = (n for n in range(start + 2, len(lines)) if fold(lines[n].text).startswith(first))
    return dotted | {*lines[start : next(again, start + 1)]}


class Wrap(NamedTuple):
    """How lines are wrapped: at which width, in characters or columns, how exactly, paragraphs set in."""

    width: int
    slack: int
    in_columns: bool
    exact: bool
    indented: bool

    def measure(self, line: Line) -> int:
        whole = line.lead + line.text
        return columns(whole) if self.in_columns else len(whole)

    def full(self, line: Line) -> bool:
        return self.measure(line) >= self.width - self.slack


def columns(text: str) -> int:
    """The width of a text at a terminal: two columns a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def wrap_of(lines: Sequence[Line]) -> Wrap | None:
    """The wrapping of lines of near-constant width where no sentence ends; None if each is a paragraph."""
    best: tuple[float, Wrap] | None = None
    going_on = [line for line in lines if not ended(line.text)]
    # Some lines, but not most, are set in: the first of each paragraph.
    indented = 0.02 * len(lines) <= sum(len(line.lead) > 1 for line in lines) <= 0.6 * len(lines)
    for in_columns in (False, True):
        trial = Wrap(0, 5 if in_columns else 3, in_columns, False, False)
        widths = sorted(trial.measure(line) for line in lines)
        if len(widths) < 6:
            return None
        width = widths[-1 - len(widths) // 50]
        if not (12 <= width <= 70 * (1 + in_columns)):
            continue
        wide = [n for n in map(trial.measure, going_on) if n >= width // 2]
        full = [n for n in wide if width - trial.slack <= n]
        if len(full) < 4 or len(full) < 0.6 * len(wide):
            continue
        exact = sum(n == width for n in full) >= 0.9 * len(full)
        share = len(full) / len(wide) + exact
        if best is None or share > best[0]:
            best = share, Wrap(width, trial.slack, in_columns, exact, indented)
    return best[1] if best else None
