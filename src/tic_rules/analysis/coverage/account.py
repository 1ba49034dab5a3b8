"""What became of every clause of a document, and whether the rule set is true to the official text.

Without the text: each clause in order with its rules, or why it asks nothing, and what is not yet encoded. With it: every
numbered clause is accounted for in order, every quote stands in the clause that it names, and the fingerprint is equal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from tic_rules.analysis.coverage.official import OfficialClause, OfficialText, cut, parent_of, squeeze
from tic_rules.core.errors import Diagnostic, Text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Clause, Rule, RuleSet

STATES = {
    "rules": Text("已转为规则", "encoded in rules"),
    "covered": Text("由其他条的规则涵盖", "covered by a rule of another clause"),
    "aim": Text("目标与原则", "aim or principle"),
    "context": Text("背景说明", "context"),
    "delegated": Text("由他方承担", "delegated to others"),
    "heading": Text("标题", "heading"),
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
    """How long the clause's own text is, headings and sections within it not counted; None without the official text."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        return (*self.by_data, *self.by_judgement)


class Coverage(NamedTuple):
    ruleset: RuleSet
    clauses: tuple[Covered, ...]
    faults: tuple[Diagnostic, ...]
    source: str | None
    """The name of the official text that the rule set was held against."""

    @property
    def ok(self) -> bool:
        """Every clause is encoded or explained, and nothing differs from the official text where there is one."""
        return not self.faults

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
            inner = bool(parent_of(clause.at)) or clause.at.startswith("专栏")
            if inner and grouped:
                grouped[-1][1].append(clause)
            else:
                grouped.append((clause, []))
        return grouped

    def as_dict(self) -> dict[str, Any]:
        document = self.ruleset.document
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
            },
            "clauses": [_plain(clause) for clause in self.clauses],
            "faults": [fault.as_dict() for fault in self.faults],
        }


def _plain(clause: Covered) -> dict[str, Any]:
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


def judged(rule: Rule) -> bool:
    """Whether a rule is decided by a person's attestation and not by the submitted data."""
    return any(isinstance(node, c.Attested) for node in c.walk(rule.condition))


def coverage(ruleset: RuleSet, text: str | None = None, name: str | None = None) -> Coverage:
    """The coverage of a rule set; held against the official text where that is given, `name` being how it is told of."""
    official = cut(text) if text is not None else None
    clauses = tuple(
        _covered(clause, index, ruleset, official) for index, clause in enumerate(ruleset.clauses)
    )
    faults = [*_not_encoded(ruleset, clauses)]
    if official is not None:
        faults += [*_fingerprint(ruleset, official), *_order(ruleset, official), *_quotes(ruleset, official)]
    return Coverage(
        ruleset,
        clauses,
        tuple(sorted(faults, key=lambda fault: (fault.line, fault.column))),
        name if official is not None else None,
    )


def _fault(ruleset: RuleSet, code: str, zh: str, en: str, *within: str | int) -> Diagnostic:
    mark = ruleset.locate(*within)
    return Diagnostic(code, Text(zh, en), ruleset.file, mark.line, mark.column)


def _covered(clause: Clause, index: int, ruleset: RuleSet, official: OfficialText | None) -> Covered:
    rules = [ruleset[name] for name in clause.rules if name in ruleset]
    state = "rules" if clause.rules else clause.disposition or "not_encoded"
    found = official.clause(clause.at) if official is not None else None
    return Covered(
        clause.at, clause.heading, state,
        tuple(rule for rule in rules if not judged(rule)), tuple(rule for rule in rules if judged(rule)),
        clause.asks_nothing.text if clause.asks_nothing else None, ruleset.locate("clauses", index).line, len(found.own) if found else None,
    )  # fmt: skip


def _not_encoded(ruleset: RuleSet, clauses: tuple[Covered, ...]) -> Iterator[Diagnostic]:
    for index, clause in enumerate(clauses):
        if clause.state == "not_encoded":
            yield _fault(
                ruleset,
                "not-encoded",
                f"条款 {clause.at} {clause.heading} 尚未转化，也没有说明为何不设要求",
                f"clause {clause.at} is neither encoded nor said to ask nothing",
                "clauses",
                index,
            )


# --- against the official text ------------------------------------------------------------------------------------------------


def _fingerprint(ruleset: RuleSet, official: OfficialText) -> Iterator[Diagnostic]:
    stated = ruleset.document.text_sha256
    at = ("document", "text_sha256")
    if stated is None:
        yield _fault(
            ruleset,
            "hash",
            f"没有写明 text_sha256；该文本为 {official.sha256}",
            f"no text_sha256 is given; that of this text is {official.sha256}",
            *at,
        )
    elif stated != official.sha256:
        yield _fault(
            ruleset,
            "hash",
            f"原文的 SHA-256 是 {official.sha256}，不是 {stated}",
            f"the text's SHA-256 is {official.sha256}, not {stated}",
            *at,
        )


def _order(ruleset: RuleSet, official: OfficialText) -> Iterator[Diagnostic]:
    listed = [clause.at for clause in ruleset.clauses]
    known = {clause.at: index for index, clause in enumerate(official.clauses)}
    for clause in official.clauses:
        if clause.at not in listed:
            yield _fault(
                ruleset,
                "clause-missing",
                f"原文第 {clause.line} 行的条款 {clause.at} 没有列入",
                f"clause {clause.at} (line {clause.line} of the text) is not listed",
                "clauses",
            )
    last = ""
    for index, at in enumerate(listed):
        if at not in known:
            yield _fault(
                ruleset,
                "clause-unknown",
                f"原文没有条款 {at}",
                f"the text has no clause {at}",
                "clauses",
                index,
                "at",
            )
        elif last and known[at] < known[last]:
            yield _fault(
                ruleset,
                "clause-order",
                f"条款 {at} 在原文中位于 {last} 之前",
                f"clause {at} stands before {last} in the text",
                "clauses",
                index,
                "at",
            )
        else:
            last = at


def _quotes(ruleset: RuleSet, official: OfficialText) -> Iterator[Diagnostic]:
    for index, rule in enumerate(ruleset.rules):
        clause = official.clause(rule.at)
        if clause is None:
            continue  # said of the clause already
        lost = _lost(rule.quote, clause.text)
        if lost is not None:
            elsewhere = [other.at for other in official.clauses if _lost(rule.quote, other.text) is None]
            where = f"；在 {elsewhere[-1]} 中" if elsewhere else ""
            found = f"; it stands in {elsewhere[-1]}" if elsewhere else ""
            yield _fault(
                ruleset,
                "quote",
                f"规则 {rule.id} 的引文“{lost}”不在条款 {rule.at} 中{where}",
                f"the quote of {rule.id} is not in clause {rule.at}: {lost}{found}",
                "rules",
                index,
                "quote",
            )

        else:
            narrow = _narrower(rule, clause, official)
            if narrow is not None:
                zh, en = (
                    f"规则 {rule.id} 的引文在条款 {narrow} 中，引到了 {rule.at}",
                    f"the quote of {rule.id} stands in clause {narrow}; it is cited at {rule.at}",
                )
                yield _fault(ruleset, "locator", zh, en, "rules", index, "at")


def _narrower(rule: Rule, clause: OfficialClause, official: OfficialText) -> str | None:
    """The section, item or box that the whole quote stands in, where the rule is cited at what that stands in."""
    if _lost(rule.quote, clause.own) is None or _lost(rule.quote, clause.tail) is None:
        return None
    inner = [
        other
        for other in official.clauses
        if len(other.text) < len(clause.text) and other.text in clause.text
    ]
    holding = [other.at for other in inner if _lost(rule.quote, other.text) is None]
    return holding[-1] if holding else None


def _lost(quote: str, text: str) -> str | None:
    """The first piece of a quote that a text does not hold, in order; None where it holds them all."""
    at = 0
    for piece in re.split("…+", squeeze(quote)):
        found = text.find(piece, at)
        if found < 0:
            return piece
        at = found + len(piece)
    return None
