"""Whether a rule set is true to its official text: fingerprint, clauses in order, quotes, nothing open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tic_rules.analysis.coverage.numbering import is_paragraph, parent_of
from tic_rules.analysis.coverage.official import OfficialClause, OfficialText
from tic_rules.analysis.coverage.sentences import AccountedSentence, lost_piece
from tic_rules.core.errors import Diagnostic, Text, clip
from tic_rules.model.ruleset import Rule, RuleSet


def untrue(ruleset: RuleSet, official: OfficialText) -> list[Diagnostic]:
    """Where a rule set differs from the text."""
    return [*_fingerprint(ruleset, official), *_order(ruleset, official), *_quotes(ruleset, official)]


def fault_at(ruleset: RuleSet, code: str, zh: str, en: str, *within: str | int) -> Diagnostic:
    mark = ruleset.locate(*within)
    return Diagnostic(code, Text(zh, en), ruleset.file, mark.line, mark.column)


def open_sentences(sentences: Sequence[AccountedSentence], name: str) -> Iterator[Diagnostic]:
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
        yield fault_at(ruleset, "hash", zh, en, "document", "text_sha256")


def _order(ruleset: RuleSet, official: OfficialText) -> Iterator[Diagnostic]:
    listed = [clause.at for clause in ruleset.clauses]
    in_parts = {parent_of(at) for at in listed if is_paragraph(at)}
    order = {clause.at: index for index, clause in enumerate(official.clauses)}
    for clause in official.clauses:
        other = parent_of(clause.at) in in_parts and not clause.at.endswith("第一款")
        if clause.at not in listed and (other or not clause.optional):  # of 款 all others, or none
            zh = f"原文第 {clause.line} 行的条款 {clause.at} 没有列入"
            en = f"clause {clause.at} (line {clause.line} of the text) is not listed"
            yield fault_at(ruleset, "clause-missing", zh, en, "clauses")
    last = ""
    for index, at in enumerate(listed):
        place = ("clauses", index, "at")
        if at not in order:
            zh, en = f"原文没有条款 {at}", f"the text has no clause {at}"
            yield fault_at(ruleset, "clause-unknown", zh, en, *place)
        elif last and order[at] < order[last]:
            zh, en = f"条款 {at} 在原文中位于 {last} 之前", f"clause {at} stands before {last} in the text"
            yield fault_at(ruleset, "clause-order", zh, en, *place)
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
            yield fault_at(ruleset, "quote", zh, en, "rules", index, "quote")
        elif (narrow := _narrower(rule, clause, official)) is not None:
            zh = f"规则 {rule.id} 的引文在条款 {narrow} 中，引到了 {rule.at}"
            en = f"the quote of {rule.id} stands in clause {narrow}; it is cited at {rule.at}"
            yield fault_at(ruleset, "locator", zh, en, "rules", index, "at")


def _narrower(rule: Rule, clause: OfficialClause, official: OfficialText) -> str | None:
    """The section, item or box that holds the whole quote, where the rule is cited at what that stands in."""
    if lost_piece(rule.quote, clause.direct) is None or lost_piece(rule.quote, clause.tail) is None:
        return None
    whole = clause.text
    inner = [other for other in official.clauses if len(other.text) < len(whole) and other.text in whole]
    return next((other.at for other in reversed(inner) if lost_piece(rule.quote, other.text) is None), None)
