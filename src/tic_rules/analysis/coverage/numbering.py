"""How official texts number their clauses, and the locators that this makes.

Two forms: parts 一、, sections （一）, items 1.; and 章、节、条 with 款 (paragraphs of an article) and 项
（一）. Both have boxes 专栏1 and annexes 附件1 or 附. A locator is the way to a clause: `三（二）`,
`四（一）2`, `第四条`, `第四条（二）`, `第十二条第二款`, `专栏1`."""

from __future__ import annotations

import re

from tic_rules.core.numbers import chinese_number

NUMERAL = "一二三四五六七八九十"
PREAMBLE = "前言"

_MOST = 999
"""No clause has a higher number."""
_ALL = f"{NUMERAL}百零〇"
_CHAPTER = re.compile(rf"第\s*([{_ALL}]+|\d{{1,4}})\s*章(?!第)(.*)")
_DIVISION = re.compile(rf"第\s*([{_ALL}]+|\d{{1,4}})\s*节(.*)")
_ARTICLE = re.compile(rf"第\s*([{_ALL}]+|\d{{1,4}})\s*条(\s*)(.*)")
_REFERENCE = re.compile("[、，,和与及或至到的第]|规定|所称|所列|中(?![心小央试介国期级标外高])|款|之")
"""What follows 第五条 where a line happens to begin in the midst of a reference to it."""
_PART = re.compile(rf"-?\s*([{NUMERAL}]+)、(.*)")
_SECTION = re.compile(rf"[（(]\s*([{NUMERAL}]+)\s*[）)](.*)")
_ITEM = re.compile(r"([0-9０-９]{1,2})\s*[.．、](?![0-9０-９])(.*)")
_BOX = re.compile(r"专栏\s*([0-9０-９]{1,4})(.*)")
_ANNEX = re.compile(r"(附件?)\s*([0-9０-９]{0,4})")
_ANNEX_TITLED = re.compile(r"附件\s*([0-9０-９]{1,4})\s*[:：](.+)")
_ANNEX_LIST = re.compile(r"附件\s*[:：](.*)")

_CHAPTERS, _DIVISIONS, _ARTICLES, _SECTIONS, _ITEMS = range(5)
"""The levels of numbers, outermost first; parts stand where articles do."""


def numeral(text: str) -> int:
    """三 -> 3, 一百零二 -> 102, 二〇 -> 20; digits are themselves. 0 for what is no number."""
    return int(text) if text.isdigit() else chinese_number(text) or 0


def written(number: int) -> str:
    """3 -> 三, 12 -> 十二, 102 -> 一百零二: as a locator writes it; beyond 999 the digits."""
    if number > _MOST:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{NUMERAL[hundreds - 1]}百" + ("零" if rest and not tens else "") if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else NUMERAL[tens - 1]) + "十"
    return text + (NUMERAL[ones - 1] if ones else "")


def parent_of(at: str) -> str:
    """The clause that a locator stands in; empty for a part, an article, a chapter, a box, an annex."""
    if at.startswith(("附", "专栏", PREAMBLE)):
        return ""
    for inner in (r"(.+?)\d+", r"(.+?)（[^（）]*）", r"(第.+条)第.+款", r"(第.+章)第.+节"):
        match = re.fullmatch(inner, at)
        if match:
            return match.group(1)
    return ""


def is_paragraph(at: str) -> bool:
    """Whether a locator names a 款: a paragraph of an article, which a rule file lists if it wants to."""
    return re.fullmatch("第.+条第.+款", at) is not None


Path = tuple[str, ...]
"""The clauses that a line stands in, outermost first; empty for the list of annexes."""


class Numbering:
    """Told line by line what a text says, it knows the clause that it has come to."""

    def __init__(self, lines: list[str]) -> None:
        self.last = [0] * 5
        self.at: list[str] = [""] * 5
        self.latest: list[str] = [""] * 5
        self.annex = ""
        self.paragraph, self.listed, self.apart = 0, 0, False
        self.in_articles = any(_is_article(line) for line in lines)
        self.annexes = [_annex_of(line) for line in lines]
        self.line = -1
        self.annexes_end = {annex: number for number, annex in enumerate(self.annexes) if annex is not None}
        """On which line each annex is opened last."""
        self.gaps: list[tuple[str, str]] = []
        """Locators that follow each other though a number is missing between them."""

    @property
    def path(self) -> Path:
        """The clause that a line without a number belongs to."""
        if self.annex:
            return (self.annex,) if self.annex != "-" else ()
        paragraph = [self._paragraph_at(self.paragraph)] if self.paragraph > 1 else []
        within = [*self.at[:_SECTIONS], *paragraph, *self.at[_SECTIONS:]]
        return tuple(at for at in within if at) or (PREAMBLE,)

    def read(self, line: str, fresh: bool) -> Path | None:
        """The clause that a line begins, if any. `fresh`: whether the text before it had come to an end."""
        self.line += 1
        begins = self._annex(line) or (
            not self.annex and (self._chapter(line) or self._article(line, fresh) or self._inner(line, fresh))
        )
        return self.path if begins else None

    def box(self, line: str) -> tuple[str, str] | None:
        """The locator of the box that a line opens, and what else is on the line."""
        match = _BOX.match(line) if self.at[_ARTICLES] and not self.annex else None
        return (f"专栏{int(match.group(1))}", match.group(2)) if match else None

    def next_paragraph(self) -> None:
        """A paragraph without a number begins: in an article the next 款."""
        if self.in_articles and self.at[_ARTICLES] and not self.annex:
            self.paragraph, self.apart = self.paragraph + 1, True
            self.at[_SECTIONS:] = ["", ""]

    def _paragraph_at(self, number: int) -> str:
        return f"{self.at[_ARTICLES]}第{written(number)}款"

    def _annex(self, line: str) -> bool:
        annex = self.annexes[self.line]
        if annex is None:
            return False
        if annex != "-" and (annex == "附" or self.annexes_end[annex] == self.line):
            self.annex = annex
        else:  # a list of annexes, which may themselves follow
            follow = any(end > self.line for other, end in self.annexes_end.items() if other != "-")
            self.annex = "-" if follow else "附件"
        return True

    def _chapter(self, line: str) -> bool:
        chapter, division = _CHAPTER.match(line), _DIVISION.match(line)
        if chapter and self._next(_CHAPTERS, numeral(chapter.group(1))):
            self._enter(_CHAPTERS, f"第{written(self.last[_CHAPTERS])}章")
            return True
        outer = self.at[_CHAPTERS]
        if division and outer and self._next(_DIVISIONS, numeral(division.group(1))):
            self._enter(_DIVISIONS, f"{outer}第{written(self.last[_DIVISIONS])}节")
            return True
        return False

    def _article(self, line: str, fresh: bool) -> bool:
        match = _ARTICLE.match(line)
        if match and self.in_articles:
            number = numeral(match.group(1))
            if _referred(match) or not (fresh or (match.group(2) and number == self.last[_ARTICLES] + 1)):
                return False
            if self._next(_ARTICLES, number):
                self._enter(_ARTICLES, f"第{written(number)}条")
                self.paragraph, self.listed, self.apart = 1, 0, False
                return True
            return False
        match = None if self.in_articles else _PART.match(line)
        if match and self._next(_ARTICLES, numeral(match.group(1))):
            outer = self.at[_DIVISIONS] or self.at[_CHAPTERS]
            self._enter(_ARTICLES, f"{outer}{match.group(1)}")
            return True
        return False

    def _inner(self, line: str, fresh: bool) -> bool:
        if not self.at[_ARTICLES]:
            return False
        match = _SECTION.match(line)
        if match:
            number = numeral(match.group(1))
            if number == 1 and self.apart and self.listed:  # the next 款 has a list of its own
                self.last[_SECTIONS] = 0
            if self._next(_SECTIONS, number):
                self.listed += self.in_articles and number == 1
                self.apart = False
                outer = self._paragraph_at(self.paragraph) if self.listed > 1 else self.at[_ARTICLES]
                self._enter(_SECTIONS, f"{outer}（{match.group(1)}）")
                return True
        match = _ITEM.match(line)
        number = int(match.group(1)) if match else 0
        if match and (fresh or number == self.last[_ITEMS] + 1) and self._next(_ITEMS, number):
            self._enter(_ITEMS, f"{self.at[_SECTIONS] or self.at[_ARTICLES]}{number}")
            return True
        return False

    def _next(self, level: int, number: int) -> bool:
        """Whether a number goes on from the last of its level; those below begin anew, articles run on."""
        if not self.last[level] < number <= _MOST:
            return False
        if number > self.last[level] + 1:
            self.gaps.append((self.latest[level] if self.last[level] else "", ""))
        self.last[level] = number
        for below in range(level + 1, 5):
            if below != _ARTICLES or not self.in_articles:
                self.last[below] = 0
        return True

    def _enter(self, level: int, at: str) -> None:
        if self.gaps and not self.gaps[-1][1]:
            self.gaps[-1] = (self.gaps[-1][0], at)
        self.at[level:] = [at, *[""] * (4 - level)]
        self.latest[level] = at
        if level < _SECTIONS:
            self.paragraph = 0


def _is_article(line: str) -> bool:
    match = _ARTICLE.match(line)
    return match is not None and numeral(match.group(1)) == 1 and not _referred(match)


def _referred(article: re.Match[str]) -> bool:
    """Whether a line that begins with 第五条 goes on with a reference to it."""
    return not article.group(2) and _REFERENCE.match(article.group(3)) is not None


def _annex_of(line: str) -> str | None:
    """The annex that a line opens; `-` for a list of them; None for another line."""
    match = _ANNEX.fullmatch(line)
    if match:
        return match.group(1) + (str(int(match.group(2))) if match.group(2) else "")
    match = _ANNEX_TITLED.match(line)
    if match:
        return f"附件{int(match.group(1))}"
    return "-" if _ANNEX_LIST.match(line) else None
