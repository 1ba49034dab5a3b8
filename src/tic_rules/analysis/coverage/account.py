"""What became of every clause of a document, and whether the rule set is true to the official text.

Without the text: each clause in order with its rules, or why it asks nothing, and what is not yet encoded.
With it: every numbered clause is accounted for in order, every sentence is, every quote stands in the clause
that it names, and the fingerprint is equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tic_rules.analysis.coverage.dispositions import explained
from tic_rules.analysis.coverage.layout import LayoutNote, read_official
from tic_rules.analysis.coverage.normative import norms
from tic_rules.analysis.coverage.numbering import is_paragraph, parent_of
from tic_rules.analysis.coverage.official import OfficialClause, OfficialText, cut
from tic_rules.analysis.coverage.sentences import (
    AccountedSentence,
    account_for,
    faults_without_text,
    lost_piece,
)
from tic_rules.core.errors import Diagnostic, Text, clip
from tic_rules.model.ruleset import Clause, Rule, RuleSet

STATES = {
    "rules": Text("已转为规则", "encoded in rules"),
    "covered": Text("由其他条的规则涵盖", "covered by a rule of another clause"),
    "aim": Text("目标与原则", "aims and principles"),
    "context": Text("背景说明", "context"),
    "delegated": Text("由他方承担", "delegated to others"),
    "heading": Text("标题", "heading only"),
    "not_encoded": Text("尚未转化", "not yet encoded"),
}
"""What can become of a clause, in the order of a legend."""


class Covered(NamedTuple):
    """One clause of the document and what became of it."""

    at: str
    heading: str
    state: str
    by_data: tuple[Rule, ...]
    by_judgement: tuple[Rule, ...]
    note: Text | None
    line: int
    characters: int | None
    """How long its own text is, without headings and sections within it; None without the official text."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        return (*self.by_data, *self.by_judgement)


class Coverage(NamedTuple):
    ruleset: RuleSet
    clauses: tuple[Covered, ...]
    faults: tuple[Diagnostic, ...]
    source: str | None
    """The name of the official text that the rule set was held against."""
    sentences: tuple[AccountedSentence, ...]
    """Every sentence of the text with what covers it; none without the text."""
    notes: tuple[LayoutNote, ...]
    """What was passed over in the text."""

    @property
    def ok(self) -> bool:
        """Every clause is encoded or explained, and nothing differs from the official text, if given."""
        return not self.faults

    @property
    def normative(self) -> int:
        """How many sentences have a normative word."""
        return sum(bool(sentence.said) for sentence in self.sentences)

    @property
    def open(self) -> int:
        """How many sentences have a normative word that nothing covers."""
        return sum(bool(sentence.open) for sentence in self.sentences)

    @property
    def by_clause(self) -> list[tuple[Covered | None, list[AccountedSentence]]]:
        """The sentences in order, each run within a clause with it; None where it is not listed."""
        listed = {clause.at: clause for clause in self.clauses}
        runs: list[tuple[Covered | None, list[AccountedSentence]]] = []
        for sentence in self.sentences:
            if not runs or runs[-1][1][-1].at != sentence.at:
                runs.append((listed.get(sentence.at), []))
            runs[-1][1].append(sentence)
        return runs

    @property
    def states(self) -> Counter[str]:
        return Counter(clause.state for clause in self.clauses)

    @property
    def by_data(self) -> int:
        return sum(len(clause.by_data) for clause in self.clauses)

    @property
    def by_judgement(self) -> int:
        return sum(len(clause.by_judgement) for clause in self.clauses)

    @property
    def parts(self) -> list[tuple[Covered, list[Covered]]]:
        """The parts of the document, each with the clauses within it."""
        grouped: list[tuple[Covered, list[Covered]]] = []
        for clause in self.clauses:
            inner = parent_of(clause.at) or clause.at.startswith("专栏") or clause.at.endswith("条")
            if inner and grouped:
                grouped[-1][1].append(clause)
            else:
                grouped.append((clause, []))
        return grouped

    def as_dict(self) -> dict[str, object]:
        document = self.ruleset.document
        by_text = {"sentences": len(self.sentences), "normative": self.normative, "open": self.open}
        return {
            "ruleset": {
                "id": self.ruleset.id,
                "version": self.ruleset.version,
                "document": {"number": document.number, "title": document.title},
            },
            "source": self.source,
            "ok": self.ok,
            "counts": {
                "clauses": len(self.clauses),
                **{state: self.states[state] for state in STATES},
                "rules_by_data": self.by_data,
                "rules_by_judgement": self.by_judgement,
                **(by_text if self.source is not None else dict.fromkeys(by_text)),
            },
            "clauses": [_plain(clause) for clause in self.clauses],
            "sentences": [sentence.as_dict() for sentence in self.sentences],
            "notes": [note.as_dict() for note in self.notes],
            "faults": [fault.as_dict() for fault in self.faults],
        }


def _plain(clause: Covered) -> dict[str, object]:
    return {
        "at": clause.at,
        "heading": clause.heading,
        "state": clause.state,
        "rules": [
            {"id": rule.id, "decided_by": "data" if rule in clause.by_data else "judgement"}
            for rule in clause.rules
        ],
        "note": clause.note.as_dict() if clause.note else None,
        "line": clause.line or None,
        "characters": clause.characters,
    }


def coverage(ruleset: RuleSet, text: str | bytes | None = None, name: str | None = None) -> Coverage:
    """The coverage of a rule set; held against the official text where that is given, `name` its name.

    Raises BadText where bytes are no text."""
    said = explained(ruleset)
    official, notes = None, tuple[LayoutNote, ...]()
    if text is not None:
        text, read = read_official(text, name or "") if isinstance(text, bytes) else (text, [])
        official = cut(text, ruleset.document.title)
        notes = (*read, *official.notes)
    clauses = tuple(
        _covered(clause, index, ruleset, official) for index, clause in enumerate(ruleset.clauses)
    )
    faults = [*_not_encoded(ruleset, clauses)]
    sentences: tuple[AccountedSentence, ...] = ()
    if official is None:
        faults += faults_without_text(ruleset, said)
    else:
        sentences, misplaced = account_for(ruleset, official, said, norms())
        faults += [*_fingerprint(ruleset, official), *_order(ruleset, official), *_quotes(ruleset, official)]
        faults += [*misplaced, *_open_sentences(sentences, name or "")]
    files = {ruleset.file: 0, said.source.file if said.source else "": 1}
    faults.sort(key=lambda fault: (files.get(fault.file, 2), fault.line, fault.column))
    return Coverage(ruleset, clauses, tuple(faults), name if official is not None else None, sentences, notes)


def _covered(clause: Clause, index: int, ruleset: RuleSet, official: OfficialText | None) -> Covered:
    rules = [ruleset[name] for name in clause.rules if name in ruleset]
    state = "rules" if clause.rules else clause.disposition or "not_encoded"
    text = official.clause(clause.at) if official is not None else None
    return Covered(
        at=clause.at,
        heading=clause.heading,
        state=state,
        by_data=tuple(rule for rule in rules if not rule.attested),
        by_judgement=tuple(rule for rule in rules if rule.attested),
        note=clause.asks_nothing.text if clause.asks_nothing else None,
        line=ruleset.locate("clauses", index).line,
        characters=len(text.direct) if text else None,
    )


def _not_encoded(ruleset: RuleSet, clauses: tuple[Covered, ...]) -> Iterator[Diagnostic]:
    for index, clause in enumerate(clauses):
        if clause.state == "not_encoded":
            zh = f"条款 {clause.at} {clause.heading} 尚未转化，也没有说明为何不设要求"
            en = f"clause {clause.at} is neither encoded nor said to ask nothing"
            yield _fault_at(ruleset, "not-encoded", zh, en, "clauses", index)


# --- where a rule set differs from the text --------------------------------------------------------------


def _fault_at(ruleset: RuleSet, code: str, zh: str, en: str, *within: str | int) -> Diagnostic:
    mark = ruleset.locate(*within)
    return Diagnostic(code, Text(zh, en), ruleset.file, mark.line, mark.column)


def _open_sentences(sentences: Sequence[AccountedSentence], name: str) -> Iterator[Diagnostic]:
    """The sentences with a normative word that nothing covers, each at its line of the text."""
    for sentence in sentences:
        if sentence.open:
            words = "、".join(dict.fromkeys(said.word.zh for said in sentence.open))
            at, shown = sentence.at, clip(sentence.sentence.text, 30)
            zh = f"条款 {at} 的“{words}”没有规则引用，也没有说明：{shown}"
            en = f"{words} in clause {at} is neither quoted by a rule nor explained: {shown}"
            yield Diagnostic("open", Text(zh, en), name, sentence.sentence.line)


def _fingerprint(ruleset: RuleSet, official: OfficialText) -> Iterator[Diagnostic]:
    stated, right = ruleset.document.text_sha256, official.sha256
    zh, en = f"原文的 SHA-256 是 {right}，不是 {stated}", f"the text's SHA-256 is {right}, not {stated}"
    if stated is None:
        zh = f"没有写明 text_sha256；该文本为 {right}"
        en = f"no text_sha256 is given; that of this text is {right}"
    if stated != right:
        yield _fault_at(ruleset, "hash", zh, en, "document", "text_sha256")


def _order(ruleset: RuleSet, official: OfficialText) -> Iterator[Diagnostic]:
    listed = [clause.at for clause in ruleset.clauses]
    in_parts = {parent_of(at) for at in listed if is_paragraph(at)}
    order = {clause.at: index for index, clause in enumerate(official.clauses)}
    for clause in official.clauses:
        other = parent_of(clause.at) in in_parts and not clause.at.endswith("第一款")
        if clause.at not in listed and (other or not clause.optional):  # of 款 all others, or none
            zh = f"原文第 {clause.line} 行的条款 {clause.at} 没有列入"
            en = f"clause {clause.at} (line {clause.line} of the text) is not listed"
            yield _fault_at(ruleset, "clause-missing", zh, en, "clauses")
    last = ""
    for index, at in enumerate(listed):
        place = ("clauses", index, "at")
        if at not in order:
            zh, en = f"原文没有条款 {at}", f"the text has no clause {at}"
            yield _fault_at(ruleset, "clause-unknown", zh, en, *place)
        elif last and order[at] < order[last]:
            zh, en = f"条款 {at} 在原文中位于 {last} 之前", f"clause {at} stands before {last} in the text"
            yield _fault_at(ruleset, "clause-order", zh, en, *place)
        else:
            last = at


def _quotes(ruleset: RuleSet, official: OfficialText) -> Iterator[Diagnostic]:
    for index, rule in enumerate(ruleset.rules):
        clause = official.clause(rule.at)
        if clause is None:
            continue  # said of the clause already
        lost = lost_piece(rule.quote, clause.text)
        if lost is not None:
            elsewhere = [other.at for other in official.clauses if lost_piece(rule.quote, other.text) is None]
            where = f"；在 {elsewhere[-1]} 中" if elsewhere else ""
            hint = f"; it stands in {elsewhere[-1]}" if elsewhere else ""
            zh = f"规则 {rule.id} 的引文“{lost}”不在条款 {rule.at} 中{where}"
            en = f"the quote of {rule.id} is not in clause {rule.at}: {lost}{hint}"
            yield _fault_at(ruleset, "quote", zh, en, "rules", index, "quote")
        elif (narrow := _narrower(rule, clause, official)) is not None:
            zh = f"规则 {rule.id} 的引文在条款 {narrow} 中，引到了 {rule.at}"
            en = f"the quote of {rule.id} stands in clause {narrow}; it is cited at {rule.at}"
            yield _fault_at(ruleset, "locator", zh, en, "rules", index, "at")


def _narrower(rule: Rule, clause: OfficialClause, official: OfficialText) -> str | None:
    """The section, item or box that holds the whole quote, where the rule is cited at what that stands in."""
    if lost_piece(rule.quote, clause.direct) is None or lost_piece(rule.quote, clause.tail) is None:
        return None
    whole = clause.text
    inner = [other for other in official.clauses if len(other.text) < len(whole) and other.text in whole]
    return next((other.at for other in reversed(inner) if lost_piece(rule.quote, other.text) is None), None)
