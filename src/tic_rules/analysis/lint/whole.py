"""Faults between rules, and of the list of clauses: implied rules, conflicts, gaps."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

from tic_rules.analysis.coverage.numbering import NUMERAL, numeral, parent_of
from tic_rules.analysis.diff.demands import is_stock, nature_asked
from tic_rules.analysis.diff.order import Reader, clock_of, early_enough, nature_of
from tic_rules.analysis.lint.faults import Found, Loc
from tic_rules.analysis.lint.logic import Reasoner
from tic_rules.core.errors import RuleSetError, Text, did_you_mean
from tic_rules.model import conditions as c
from tic_rules.model.catalogue import here
from tic_rules.model.editions import replaced_in_turn
from tic_rules.model.extension import fits_example
from tic_rules.model.loader import load_ruleset
from tic_rules.model.ruleset import Rule, RuleSet

_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
"""The id of a rule set, where a title may stand too."""
_ANNEXES = "附件"
_OUTERMOST = (_ANNEXES, "章", "条")
"""Levels that stand in no other clause."""
_DROP = Text("核对界限和期限，确属重复的删去", "check bound and deadline; drop it where it repeats")
_HOLD = Text(
    "对照两处原文，核对界限和适用范围", "hold both against the text: bounds, and what each applies to"
)
_SETTLE = Text(
    "列出 rules 并填好，或写明 disposition 和 asks_nothing",
    "list its rules and fill them in, or give disposition and asks_nothing",
)
_STRENGTH = {"must": 2, "in_principle": 1, "encouraged": 0, "may": 0}


class Pairs:
    """The rules of a set held against each other."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.reader = Reader(ruleset.facts)
        self.logic = Reasoner(ruleset.facts, self.reader)
        self.rules = [rule for rule in ruleset.rules if rule.require is not None and not rule.attested]
        self.asked = {rule.id: rule.require for rule in self.rules if rule.require is not None}
        self.facts = {name: frozenset(c.facts_of(require)) for name, require in self.asked.items()}
        self.clocks = {rule.id: clock_of(rule) for rule in self.rules}
        self.natures = {name: nature_of(node, ruleset.vocabulary) for name, node in self.asked.items()}
        self.places = {rule.id: index for index, rule in enumerate(self.rules)}
        about: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            for fact in self.facts[rule.id]:
                about[fact].append(rule)
        self.about = about

    def _neighbours(self, rule: Rule) -> list[Rule]:
        """The other rules that share a fact with a rule, in the order of the file."""
        near = {other.id: other for fact in self.facts[rule.id] for other in self.about[fact]}
        near.pop(rule.id, None)
        return sorted(near.values(), key=lambda other: self.places[other.id])

    def implied(self) -> Iterator[tuple[Rule, Found]]:
        """Rules that others of the same bearer already ask for, at least as strictly and as early."""
        gone: set[str] = set()
        for rule in self.rules:
            others = [
                other
                for other in self._neighbours(rule)
                if other.id not in gone and self._covers(other, rule)
            ]
            whole = c.All.model_construct(all=tuple(self.asked[other.id] for other in others))
            implied = others and self.reader.at_least(whole, self.asked[rule.id])
            if implied and self._breaks_no_sooner(rule, others):
                gone.add(rule.id)
                named = [other.id for other in others if self.facts[other.id] & self.facts[rule.id]]
                zh, en = f"已由 {'、'.join(named)} 涵盖", f"implied by {', '.join(named)}"
                yield rule, Found("TR204", ("require",), zh, en, _DROP)

    def _breaks_no_sooner(self, rule: Rule, others: list[Rule]) -> bool:
        """Whether what fails a rule at once fails one of the others at the same time."""
        return rule.fails_at_once is None or any(
            other.fails_at_once is not None
            and self.clocks[other.id] == self.clocks[rule.id]
            and self.reader.at_least(rule.fails_at_once, other.fails_at_once)
            for other in others
        )

    def _covers(self, other: Rule, rule: Rule) -> bool:
        """Whether what `other` asks is asked of the same bearer wherever and whenever `rule` asks."""
        if (
            other.bearer != rule.bearer
            or _STRENGTH[other.modality] < _STRENGTH[rule.modality]
            or (other.kind == "target") != (rule.kind == "target")
        ):
            return False
        if other.since != rule.since or other.until != rule.until:
            return False
        if other.applies is not None and (
            rule.applies is None or not self.reader.at_least(rule.applies, other.applies)
        ):
            return False
        nature = nature_asked(self.ruleset, other, self.asked[other.id], self.ruleset)
        return early_enough(self.clocks[other.id], self.clocks[rule.id], nature)

    def conflicts(self) -> Iterator[tuple[Rule, Found]]:
        """Pairs of rules on one fact that cannot both be met at a time that both look at."""
        pairs = (
            (first, second)
            for first in self.rules
            for second in self._neighbours(first)
            if self.places[first.id] < self.places[second.id]
        )
        for first, second in pairs:
            asked, other = self.asked[first.id], self.asked[second.id]
            if self._meet(first, second) and self.logic.excludes(asked, other):
                zh, en = f"与 {first.id} 不能同时满足", f"cannot be met together with {first.id}"
                yield second, Found("TR205", ("require",), zh, en, _HOLD)

    def _meet(self, x: Rule, y: Rule) -> bool:
        """Whether both rules speak to one centre at one time."""
        if (x.bearer == "programme") != (y.bearer == "programme") or (
            x.applies is not None and y.applies is not None and self.logic.excludes(x.applies, y.applies)
        ):
            return False
        natures = self.natures[x.id], self.natures[y.id]
        if _opening(x) != _opening(y) and not all(
            nature.timeless or is_stock(self.asked[rule.id], self.ruleset)
            for rule, nature in zip((x, y), natures, strict=True)
        ):
            return False  # what counts for the one need not count for the other
        times = self.clocks[x.id], self.clocks[y.id]
        if times[0] == times[1] or any(time[0] in ("standing", "within_term") for time in times):
            return True
        if all(nature.timeless for nature in natures):
            return True
        return any(
            nature.lasting and early_enough(one, two, nature)
            for nature, one, two in zip(natures, times, times[::-1], strict=True)
        )


def _opening(rule: Rule) -> tuple[object, ...]:
    """From when on entries count for a rule."""
    return rule.since, rule.from_, rule.yearly is None, rule.cycle is None


def about_editions(ruleset: RuleSet) -> Iterator[Found]:
    """Rule sets that the document is based on, or replaces, that are neither on hand nor beside its file."""
    document, beside = ruleset.document, Path(ruleset.file).parent
    named = [("based_on", index, name) for index, name in enumerate(document.based_on) if _ID.fullmatch(name)]
    named += [("replaces", index, one.id) for index, one in enumerate(document.replaces)]
    for key, index, name in named:
        if name != ruleset.id and (name in here().by_id or (beside / f"{name}.yaml").is_file()):
            continue
        near = did_you_mean(name, here().by_id)
        zh, en = f"{key}：没有规则集 {name}{near.zh}", f"{key}: no rule set {name}{near.en}"
        if name == ruleset.id:
            zh, en = f"{key}：{name} 是这份规则自己", f"{key}: {name} is this one"
        yield Found("TR403", ("document", key, index), zh, en)
    for index, one in enumerate(document.replaces):
        with suppress(RuleSetError):  # one that is not on hand is told above
            clauses = {clause.at for clause in load_ruleset(one.id, ids_only=True).clauses}
            for clause in (clause for clause in one.clauses if clause not in clauses):
                zh, en = f"replaces：{one.id} 没有条款 {clause}", f"replaces: {one.id} has no clause {clause}"
                yield Found("TR403", ("document", "replaces", index), zh, en)
    for other in replaced_in_turn(ruleset, date.max) if ruleset.id in here().by_id else ():
        if other != ruleset.id:
            zh, en = f"与 {other} 互相取代", f"{other} and this one replace each other"
            yield Found("TR403", ("document", "replaces"), zh, en)


def about_examples(ruleset: RuleSet) -> Iterator[Found]:
    """Examples of declared fields that are no values of them."""
    written = ruleset.written("vocabulary", "fields")
    for path in written if isinstance(written, dict) else ():
        field = ruleset.vocabulary.fields.get(path)
        if field is not None and field.type is not None and not fits_example(field, ruleset.vocabulary):
            zh = f"例“{field.example}”不是 {field.type} 类字段的取值"
            en = f"the example {field.example} is no value of a field of the type {field.type}"
            fix = Text("写一个可以照填的例子", "write one that can be filled in as it stands")
            yield Found("TR108", ("vocabulary", "fields", path), zh, en, fix)


def about_clauses(ruleset: RuleSet) -> Iterator[Found]:
    """Clauses without disposition, out of order, or with a gap in their numbers."""
    last: dict[str, int] = {}
    seen: list[str] = []
    for index, clause in enumerate(ruleset.clauses):
        at: Loc = ("clauses", index)
        if not clause.rules and clause.disposition is None:
            name = " ".join(dict.fromkeys((clause.at, clause.heading)))  # 前言 is its own heading
            zh, en = f"条款 {name} 没有着落", f"clause {clause.at} is not accounted for"
            yield Found("TR401", at, zh, en, _SETTLE)
        above, number = _numbered(clause.at)
        seen.append(clause.at)
        if number is None:
            continue
        if above and above not in _OUTERMOST and above not in seen:
            zh, en = f"条款 {clause.at} 之前没有 {above}", f"{above} is not listed before clause {clause.at}"
            yield Found("TR402", (*at, "at"), zh, en)
        expected = last.get(above, 0) + 1
        if number != expected:
            zh = f"条款 {clause.at} 的编号应为第{expected}"
            yield Found(
                "TR402", (*at, "at"), zh, f"clause {clause.at} should be number {expected} of its level"
            )
        last[above] = number


def _numbered(at: str) -> tuple[str, int | None]:
    """A locator as the level that it is numbered within and its number there; None where it has none.

    Articles run on through chapters; of the paragraphs of an article a file lists those that it wants."""
    annex = re.fullmatch(r"附件(\d+)", at)
    if annex:
        return _ANNEXES, int(annex.group(1))
    item = re.fullmatch(r".*[^\d](\d+)", at)
    if item and not at.startswith("专栏"):
        return parent_of(at), int(item.group(1))
    division = re.fullmatch(r"(?:第.+章)?第(.+)([章节条])", at)
    if division:
        return parent_of(at) or division.group(2), numeral(division.group(1))
    inner = re.fullmatch(f"(.*)（([{NUMERAL}]+)）", at)
    if inner:
        return parent_of(at), numeral(inner.group(2))
    return ("", numeral(at)) if re.fullmatch(f"[{NUMERAL}]+", at) else ("", None)
