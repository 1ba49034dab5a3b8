"""The official text of a document, cut into its numbered clauses.

The numbering is what the documents themselves use: parts 一、, sections （一）, items 1., boxes 专栏1, annexes 附件1 or 附. A clause
reaches to the next of its level, so it holds its sections and items; what follows a box belongs to the section again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

NUMERAL = "一二三四五六七八九十"

_PART = re.compile(rf"-?\s*([{NUMERAL}]+)、(.*)")
_SECTION = re.compile(rf"[（(]([{NUMERAL}]+)[）)](.*)")
_ITEM = re.compile(r"(\d{1,2})[.．、](?!\d)(.*)")
_BOX = re.compile(r"专栏\s*(\d+)(.*)")
_ANNEX = re.compile(r"(附件?)\s*(\d*)")
_ANNEX_LIST = re.compile(r"附件\s*[:：](.*)")
_PREAMBLE = "前言"
_HEADING = 40
"""A box whose first line is longer than a heading is all on that line."""


class OfficialClause(NamedTuple):
    """A clause of the text: its locator and the line that it begins on; its whole text, and what of that is in none of its sections.

    A paragraph behind the last section may end that section or the clause around it: it counts as either's own (`tail`).
    """

    at: str
    line: int
    text: str
    own: str
    tail: str


class OfficialText(NamedTuple):
    clauses: tuple[OfficialClause, ...]
    sha256: str

    def clause(self, at: str) -> OfficialClause | None:
        return next((clause for clause in self.clauses if clause.at == at), None)


def squeeze(text: str) -> str:
    """A text without any white space: the same document laid out otherwise is the same text."""
    return re.sub(r"\s", "", text)


def fingerprint(text: str) -> str:
    """SHA-256 of a text without its white space, as `text_sha256` of a rule file has it."""
    return sha256(squeeze(text).encode("utf-8")).hexdigest()


def numeral(text: str) -> int:
    """三 -> 3, 十二 -> 12, 二十 -> 20."""
    tens, ten, ones = text.rpartition("十")
    return ((NUMERAL.index(tens[-1]) + 1 if tens else 1) * 10 if ten else 0) + (
        NUMERAL.index(ones) + 1 if ones else 0
    )


class _Cutter:
    """Reads line by line and knows in which part, section and item it stands."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.part, self.section, self.annex = "", "", ""
        self.numbers = {"part": 0, "section": 0, "item": 0}
        self.has_annexes = any(_ANNEX.fullmatch(line) for line in lines)

    def locators(self) -> Iterator[str]:
        """The locator of the clause that each line belongs to; empty for the list of annexes."""
        current, box = _PREAMBLE, ""
        for line in self.lines:
            found = self._heading(line)
            if found is not None:
                current, box = found, ""
                yield current
                continue
            match = _BOX.match(line)
            if match and self.part and not self.annex:
                box = f"专栏{match.group(1)}"
                yield box
                box = "" if len(match.group(2)) > _HEADING else box
                continue
            yield box or current

    def _heading(self, line: str) -> str | None:
        annex = _ANNEX.fullmatch(line)
        if annex:
            self.annex = annex.group(1) + annex.group(2)
            return self.annex
        if self.annex:
            return None
        if _ANNEX_LIST.match(line):
            self.annex = "附件"
            return "" if self.has_annexes else "附件"
        part = _PART.match(line)
        if part and self._next("part", part.group(1)):
            self.part, self.section = part.group(1), ""
            return self.part
        section = _SECTION.match(line)
        if section and self.part and self._next("section", section.group(1)):
            self.section = f"{self.part}（{section.group(1)}）"
            return self.section
        item = _ITEM.match(line)
        if item and self.section and self._next("item", item.group(1)):
            return f"{self.section}{item.group(1)}"
        return None

    def _next(self, level: str, written: str) -> bool:
        """Whether a number goes on from the last of its level; it begins the levels below anew."""
        number = int(written) if written.isdigit() else numeral(written)
        if number <= self.numbers[level]:
            return False
        self.numbers[level] = number
        for below in {"part": ("section", "item"), "section": ("item",)}.get(level, ()):
            self.numbers[below] = 0
        return True


def parent_of(at: str) -> str:
    """The clause that a locator stands in; empty for a part, a box, an annex."""
    if at.startswith(("附", "专栏", _PREAMBLE)):
        return ""
    item = re.fullmatch(r"(.*）)\d+", at)
    if item:
        return item.group(1)
    return at.partition("（")[0] if "（" in at else ""


def cut(text: str) -> OfficialText:
    """The clauses of an official text, in its order."""
    lines = [line.strip() for line in text.split("\n")]
    own: dict[str, list[str]] = {}
    whole: dict[str, list[str]] = {}
    first: dict[str, int] = {}
    section = ""
    for number, (line, at) in enumerate(zip(lines, _Cutter(lines).locators(), strict=True), 1):
        if not at:
            continue
        first.setdefault(at, number)
        own.setdefault(at, []).append(line)
        held = [at]
        if at.startswith("专栏"):
            held.append(section)
        else:
            section = at
        while parent_of(held[-1]):
            held.append(parent_of(held[-1]))
        for name in held:
            whole.setdefault(name, []).append(line)
    clauses = tuple(
        OfficialClause(at, line, _joined(whole[at]), _joined(own[at]), _tail(at, own))
        for at, line in first.items()
    )
    return OfficialText(clauses, fingerprint(text))


def _joined(lines: list[str]) -> str:
    return squeeze("".join(lines))


def _tail(at: str, own: dict[str, list[str]]) -> str:
    """The paragraphs behind the last section within a clause, where that section has its body on its first line."""
    within = [name for name in own if parent_of(name) == at]
    last = own[within[-1]] if within else []
    return _joined(last[1:]) if last and len(last[0]) > _HEADING else ""
