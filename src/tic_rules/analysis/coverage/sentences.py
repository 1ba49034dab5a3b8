"""What covers each sentence of an official text: rules that quote it, a disposition, its clause.

A normative word is covered where a rule quotes at least six characters in one piece around it, or where its
sentence has a disposition of its own; a sentence without one takes what became of its clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tic_rules.analysis.coverage.dispositions import Disposition, Explained, PlacedDisposition
from tic_rules.analysis.coverage.layout import fold
from tic_rules.analysis.coverage.normative import NormativeMention, Norms
from tic_rules.analysis.coverage.numbering import parent_of
from tic_rules.analysis.coverage.official import OfficialText, Sentence
from tic_rules.core.errors import Diagnostic, Text, clip
from tic_rules.model.ruleset import Clause, RuleSet

PIECE = 6
"""Characters of a quote in one piece that cover a normative word."""


class QuotePiece(NamedTuple):
    """A piece of a rule's quote where it stands in the whole text."""

    rule: str
    start: int
    end: int


class AccountedSentence(NamedTuple):
    """A sentence and what covers it.

    `state`: `rules` (quoted), a disposition of its own or of its clause, `clause` (its clause is encoded,
    this sentence asks nothing), or `open`. `said` are its normative words, `open` those uncovered."""

    sentence: Sentence
    at: str
    state: str
    rules: tuple[str, ...]
    said: tuple[NormativeMention, ...]
    open: tuple[NormativeMention, ...]
    reason: Text | None
    by: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        return {
            "at": self.at,
            "line": self.sentence.line,
            "text": self.sentence.text,
            "state": self.state,
            "rules": list(self.rules),
            "by": list(self.by),
            "reason": self.reason.as_dict() if self.reason else None,
            "normative": [
                {"word": said.word.zh, "modality": said.word.modality, "open": said in self.open}
                for said in self.said
            ],
        }


def lost_piece(quote: str, text: str) -> str | None:
    """The first piece of a quote that a folded text does not hold, in order; None where it holds them all."""
    at = 0
    for piece in pieces_of(quote):
        place = text.find(piece, at)
        if place < 0:
            return piece
        at = place + len(piece)
    return None


def pieces_of(quote: str) -> list[str]:
    """The pieces between the gaps of a quote, folded."""
    return [piece for piece in map(fold, re.split("…+", quote)) if piece]


def account_for(
    ruleset: RuleSet, official: OfficialText, explained: Explained, norms: Norms
) -> tuple[tuple[AccountedSentence, ...], list[Diagnostic]]:
    """Every sentence with what covers it, and the faults of the dispositions that do not fit the text."""
    listed = {clause.at: clause for clause in ruleset.clauses}
    home = [next((at for at in one.path[::-1] if at in listed), one.path[-1]) for one in official.sentences]
    pieces = sorted(_pieces(ruleset, official), key=lambda piece: piece.start)
    quoting, said, bare, whole = [], [], [], []
    for sentence in official.sentences:
        around = [piece for piece in pieces if piece.start < sentence.end and sentence.start < piece.end]
        quoting.append(around)
        said.append(tuple(norms.within(sentence.key)))
        bare.append(tuple(word for word in said[-1] if not _quoted(word, sentence, around)))
        whole.append(not bare[-1] and _wholly_quoted(sentence, around))
    placed, faults = _Placing(ruleset, official, explained, home).run()
    for entry, indexes in placed:
        if all(whole[index] for index in indexes):
            zh = "这些句子已由规则全部引用，这一项可以删去"
            en = "rules quote these sentences already; drop the entry"
            faults.append(explained.fault("sentence-stale", zh, en, entry.place, "begins"))
    given = {index: entry.value for entry, indexes in placed for index in indexes if not whole[index]}
    accounted = tuple(
        _accounted(sentence, home[index], listed, said[index], bare[index], quoting[index], given.get(index))
        for index, sentence in enumerate(official.sentences)
    )
    return accounted, faults


def _pieces(ruleset: RuleSet, official: OfficialText) -> Iterator[QuotePiece]:
    """Where the pieces of each quote stand in the whole text."""
    clauses = {clause.at: clause for clause in official.clauses}
    for rule in ruleset.rules:
        clause = clauses.get(rule.at)
        if clause is not None and lost_piece(rule.quote, clause.text) is None:
            for start, piece in _places(pieces_of(rule.quote), clause.text):
                yield QuotePiece(rule.id, clause.start + start, clause.start + start + len(piece))


def _places(pieces: Sequence[str], text: str) -> list[tuple[int, str]]:
    """Where pieces stand in order: they end as early as they can, and then as close together as they can."""
    end = 0
    for piece in pieces:
        end = text.find(piece, end) + len(piece)
    placed = []
    for piece in reversed(pieces):
        start = text.rfind(piece, 0, end)
        placed.append((start, piece))
        end = start
    return placed[::-1]


def _quoted(said: NormativeMention, sentence: Sentence, pieces: Sequence[QuotePiece]) -> bool:
    start, end = sentence.start + said.start, sentence.start + said.end
    return any(p.start <= start and end <= p.end and p.end - p.start >= PIECE for p in pieces)


def _wholly_quoted(sentence: Sentence, pieces: Sequence[QuotePiece]) -> bool:
    """Whether quotes leave no stretch of a sentence that is as long as a piece."""
    at = sentence.start
    for piece in pieces:
        if piece.start - at >= PIECE:
            return False
        at = max(at, piece.end)
    return sentence.end - at < PIECE


def _accounted(
    sentence: Sentence,
    at: str,
    listed: dict[str, Clause],
    said: tuple[NormativeMention, ...],
    bare: tuple[NormativeMention, ...],
    pieces: Sequence[QuotePiece],
    given: Disposition | None,
) -> AccountedSentence:
    rules = tuple(dict.fromkeys(piece.rule for piece in pieces))
    clause = listed.get(at)
    state, by = "open", tuple[str, ...]()
    reason: Text | None = None
    if given is not None:
        state, reason, by, bare = given.disposition, given.reason.text, given.by, ()
    elif rules and not bare:
        state = "rules"
    elif clause is None or not (clause.rules or clause.disposition):
        pass  # nobody has said what becomes of its clause
    elif _is_heading(sentence, clause) and all(word.word.in_headings for word in bare):
        state, bare = "heading", ()
    elif not bare and clause.rules:
        state = "clause"
    elif not bare and clause.disposition is not None:
        state, reason = clause.disposition, clause.asks_nothing.text if clause.asks_nothing else None
    return AccountedSentence(sentence, at, state, rules, said, bare, reason, by)


def _is_heading(sentence: Sentence, clause: Clause) -> bool:
    """Whether a sentence is the numbered heading that its clause has in the rule file; articles have none."""
    if not sentence.numbered or sentence.path[-1] != clause.at or re.fullmatch("第.+条", clause.at):
        return False
    return sentence.key[sentence.body :].rstrip("。:") == fold(clause.heading)


# --- the dispositions on the text -------------------------------------------------------------------------


class _Placing:
    """Finds the sentences that each entry speaks of, and says which entries cannot be placed."""

    def __init__(
        self, ruleset: RuleSet, official: OfficialText, explained: Explained, home: Sequence[str]
    ) -> None:
        self.official, self.explained, self.home = official, explained, home
        self.listed = {clause.at for clause in ruleset.clauses}
        self.faults = faults_without_text(ruleset, explained)
        self.ends = _ends(official)
        self.taken: dict[int, int] = {}

    def run(self) -> tuple[list[tuple[PlacedDisposition, list[int]]], list[Diagnostic]]:
        placed = []
        for entry in self.explained.entries:
            indexes = self._indexes(entry) if entry.value.at in self.listed else None
            if not indexes:
                continue
            again = next((index for index in indexes if index in self.taken), None)
            if again is None:
                self.taken.update(dict.fromkeys(indexes, entry.place))
                placed.append((entry, indexes))
                continue
            words = clip(self.official.sentences[again].text, 20)
            first = self.explained.locate(self.taken[again], "begins").line
            zh = f"第{first}行的一项已经说明了这一句：{words}"
            en = f"the entry on line {first} speaks of this sentence already: {words}"
            self._fault(entry, "sentence-overlap", zh, en)
        return placed, self.faults

    def _fault(self, entry: PlacedDisposition, code: str, zh: str, en: str, key: str = "begins") -> None:
        self.faults.append(self.explained.fault(code, zh, en, entry.place, key))

    def _indexes(self, entry: PlacedDisposition) -> list[int] | None:
        """The sentences of an entry, in order; None with a fault where they cannot be told."""
        at, ends = entry.value.at, self.ends.get(entry.value.at, ())
        candidates = [n for n, home in enumerate(self.home) if home == at or n in ends]
        first = self._one(entry, candidates, "begins", entry.value.begins)
        if first is None:
            return None
        if entry.value.through is None:
            return [first]
        behind = [n for n in candidates if n >= first]
        last = self._one(entry, behind, "through", entry.value.through)
        return None if last is None else [n for n in behind if n <= last]

    def _one(self, entry: PlacedDisposition, among: Sequence[int], key: str, words: str) -> int | None:
        fits = [n for n in among if self.official.sentences[n].begins(fold(words))]
        if len(fits) == 1:
            return fits[0]
        at, shown = entry.value.at, clip(words, 20)
        if fits:
            lines = [str(self.official.sentences[n].line) for n in fits]
            zh = f"条款 {at} 有{len(fits)}句以“{shown}”开头（原文第{'、'.join(lines)}行），请多写几个字"
            en = (
                f"{len(fits)} sentences of {at} begin with {shown} (lines {', '.join(lines)}); say more of it"
            )
            self._fault(entry, "sentence-not-unique", zh, en, key)
        else:
            sentences = zip(self.home, self.official.sentences, strict=True)
            elsewhere = next((home for home, sentence in sentences if sentence.begins(fold(words))), None)
            zh, en = f"条款 {at} 没有以“{shown}”开头的句子", f"no sentence of {at} begins with {shown}"
            if elsewhere is not None:
                zh, en = f"{zh}；在 {elsewhere} 中", f"{en}; it stands in {elsewhere}"
            self._fault(entry, "sentence-unknown", zh, en, key)
        return None


def _ends(official: OfficialText) -> dict[str, set[int]]:
    """For each clause the sentences behind its last section that may be its own as well."""
    ends: dict[str, set[int]] = {}
    for clause in official.clauses:
        if not clause.tail:
            continue
        for index, sentence in enumerate(official.sentences):
            inner = clause.at in sentence.path and sentence.path[-1] != clause.at
            near = parent_of(sentence.path[-1]) == clause.at or sentence.path[-1].startswith("专栏")
            if inner and near and sentence.key in clause.tail:
                ends.setdefault(clause.at, set()).add(index)
    return ends


def faults_without_text(ruleset: RuleSet, explained: Explained) -> list[Diagnostic]:
    """The faults of the entries that need no text to be seen: unknown clauses and rules."""
    listed = {clause.at for clause in ruleset.clauses}
    faults = list(explained.faults)
    for entry in explained.entries:
        at = entry.value.at
        if at not in listed:
            zh, en = f"规则文件没有列出条款 {clip(at)}", f"the rule file lists no clause {clip(at)}"
            faults.append(explained.fault("sentence-clause", zh, en, entry.place, "at"))
        for rule in entry.value.by:
            if rule not in ruleset:
                zh, en = f"没有规则 {clip(rule)}", f"there is no rule {clip(rule)}"
                faults.append(explained.fault("sentence-rule", zh, en, entry.place, "by"))
    return faults
