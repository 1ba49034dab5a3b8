"""Slips of the pen in a rule: each changed in one thing at a time, and what catches the change.

A threshold, a comparison, a deadline, the modality, the locator, who bears it. Lint or a case should see
each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from tic_rules.analysis.cases.case import Case
from tic_rules.analysis.cases.outcome import report_of
from tic_rules.analysis.diff.order import interval, of_two_facts
from tic_rules.analysis.lint import lint_rule
from tic_rules.analysis.lint.whole import Pairs
from tic_rules.analysis.prove.witness import part_of
from tic_rules.core.errors import DataError
from tic_rules.core.numbers import Number
from tic_rules.model import conditions as c
from tic_rules.model.linker import rule_faults
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.time import After, Cycle

MODALITIES = ("must", "in_principle", "encouraged", "may")
DEADLINES = (None, "application", "approval", "1y", "2y", "3y", "5y", "term_end", date(2024, 12, 31))
_NEXT = {
    "1y": "2y", "2y": "3y", "5y": "3y", "term_end": "5y", "application": "approval",
    "approval": "application",
}  # fmt: skip
"""The deadline that is nearest to another."""
OTHER_WAY = {
    "at_least": ("more_than", "at_most", "equals"),
    "more_than": ("at_least", "less_than"),
    "at_most": ("less_than", "at_least"),
    "less_than": ("at_most",),
    "equals": ("at_least", "at_most"),
}


Part = TypeVar("Part", bound=BaseModel)


class Mutant(NamedTuple):
    """A rule with one thing changed: what kind of thing, what it is now, the rule as it then is."""

    kind: str
    change: str
    rule: Rule

    def __str__(self) -> str:
        return f"{self.rule.id}: {self.kind} {self.change}"


def altered(node: Part, changes: dict[str, object]) -> Part:
    """A copy of a node with other values; what a node remembers of its own values is not copied."""
    values = {name: getattr(node, name) for name in type(node).model_fields}
    return type(node).model_construct(**values | changes)


def mutants(rule: Rule, clauses: Sequence[str]) -> Iterator[Mutant]:
    """Every change of a rule, kind by kind."""
    for part in ("require", "when", "applies"):
        tree = getattr(rule, part)
        for kind, change, changed in _changed(tree) if tree is not None else ():
            if part == "require" and _ceiling_stays(rule, changed):
                continue
            yield Mutant(kind, f"{part}: {change}", altered(rule, {part: changed}))
    for by in _other_deadlines(rule):
        changes = {"by": by, "from_": None, "yearly": None, "cycle": None}
        yield Mutant("deadline", f"by: {by}", altered(rule, changes))
    for cycle in _other_lengths(rule.cycle) if rule.cycle is not None else ():
        yield Mutant("deadline", f"cycle: {cycle}", altered(rule, {"cycle": cycle}))
    for key in ("since", "until"):
        if (
            getattr(rule, key) is not None and rule.from_ != "approval"
        ):  # from then on only later things count
            yield Mutant(key, "left out", altered(rule, {key: None}))
    if rule.bearer != "programme":
        other = next(bearer for bearer in ("centre", "department") if bearer != rule.bearer)
        yield Mutant("bearer", other, altered(rule, {"bearer": other}))
    for modality in MODALITIES:
        if modality != rule.modality:
            yield Mutant("modality", modality, altered(rule, {"modality": modality}))
    place = clauses.index(rule.at)
    for step in (1, -1, 2, -2):
        if 0 <= place + step < len(clauses):
            yield Mutant("locator", clauses[place + step], altered(rule, {"at": clauses[place + step]}))


def _ceiling_stays(rule: Rule, changed: object) -> bool:
    """Whether a range that has become a floor keeps its ceiling, above which the rule fails at once: that is
    no slip."""
    whole, broken = rule.require, rule.fails_at_once
    if not (isinstance(whole, c.Compare) and whole.between and isinstance(broken, c.Compare)):
        return False
    same_ceiling = (broken.fact, broken.more_than) == (whole.fact, whole.between[1])
    return same_ceiling and isinstance(changed, c.Compare) and changed.at_least is not None


def _other_deadlines(rule: Rule) -> Iterator[object]:
    """Deadlines other than the rule's; the nearest slip first. What fails at once knows no other than the
    application."""
    if rule.kind == "consequence":
        return
    if rule.at_once:
        yield "application"
        return
    if isinstance(rule.by, After):
        yield from _other_lengths(rule.by)
        return
    first: object = _NEXT.get(str(rule.by or ""), "term_end")
    if isinstance(rule.by, date):
        first = date(rule.by.year + 1, 12, 31)
    yield first
    in_use = (rule.by, first) if rule.from_ is None and rule.yearly is None else (first,)
    yield from (by for by in DEADLINES if by not in in_use)


def _other_lengths(length: After | Cycle) -> Iterator[After | Cycle]:
    """A length of time one longer, and one shorter."""
    key = next(key for key in ("years", "months", "days") if getattr(length, key) is not None)
    number = getattr(length, key)
    yield altered(length, {key: number + 1})
    if number > 1:
        yield altered(length, {key: number - 1})


def _changed(node: c.Condition) -> Iterator[tuple[str, str, object]]:
    """A condition with one number or one comparison changed."""
    if isinstance(node, c.Compare):
        yield from _compare(node)
    elif isinstance(node, c.Share):
        key, bound = node.operator, node.limit
        yield "threshold", f"{key} {bound} * 0.9", altered(node, {key: bound * Fraction(9, 10)})
        for other in (way for way in OTHER_WAY[key] if way != "equals"):
            yield "comparison", other, altered(node, {key: None, other: bound})
    elif isinstance(node, c.OfEach):
        yield "threshold", f"at_most {node.at_most + 1}", altered(node, {"at_most": node.at_most + 1})
    elif isinstance(node, c.EachYear):
        full = node.each_year.full_years or 1
        for years in {full + 1, max(full - 1, 1)}:
            window = altered(node.each_year, {"full_years": years})
            yield "window", f"{years} full years", altered(node, {"each_year": window})
    elif isinstance(node, c.Running):
        yield "threshold", f"running {node.running + 1}", altered(node, {"running": node.running + 1})
    for key in ("all", "any", "same"):
        parts = getattr(node, key, None)
        if isinstance(parts, tuple):
            for index, part in enumerate(parts):
                for kind, change, changed in _changed(part):
                    if key == "any" and all(_takes_the_rest(one, parts) for one in (part, changed)):
                        continue  # no slip: no status is another
                    yield kind, change, altered(node, {key: (*parts[:index], changed, *parts[index + 1 :])})
    for key in ("not_", "review", "holds"):
        inner = getattr(node, key, None)
        for kind, change, changed in _changed(inner) if inner is not None else ():
            yield kind, change, altered(node, {key: changed})


def _takes_the_rest(part: object, beside: Iterable[c.Condition]) -> bool:
    """Whether a review is of all that floors beside it leave: of every whole number below each."""
    plain = [one for one in beside if isinstance(one, c.Compare) and not of_two_facts(one)]
    left = {
        one.fact: interval("between", (0, one.limit - (one.operator == "at_least")))
        for one in plain
        if one.operator in ("at_least", "more_than")
    }
    inner = part.review if isinstance(part, c.Review) else None
    return all(
        isinstance(one, c.Compare)
        and one.fact in left
        and not of_two_facts(one)
        and left[one.fact].within(interval(one.operator, one.limit))
        for one in (inner.all if isinstance(inner, c.All) else [inner])
    )


def _compare(node: c.Compare) -> Iterator[tuple[str, str, object]]:
    limit, operator = node.limit, node.operator
    if operator == "between":
        for ends in ((limit[0] + 1, limit[1]), (limit[0], limit[1] + 1), (limit[0] - 1, limit[1])):
            yield "threshold", f"between {ends}", altered(node, {"between": ends})
        yield "comparison", "at_least", altered(node, {"between": None, "at_least": limit[0]})
        yield "comparison", "at_most", altered(node, {"between": None, "at_most": limit[1]})
        return
    for changed in _near(limit):
        yield "threshold", f"{operator} {changed}", altered(node, {operator: changed})
    for other in OTHER_WAY[operator]:
        yield "comparison", f"{other} {limit}", altered(node, {operator: None, other: limit})


def _near(limit: Number | c.Times) -> Iterator[Number | c.Times]:
    """Another number in the place of a threshold: one more, a tenth more, the double, one less."""
    if isinstance(limit, c.Times):
        yield from (altered(limit, {"times": times}) for times in _near(limit.times))
        return
    yield limit + 1 if limit < 1000 else limit * 11 // 10
    yield limit * 2 if limit else 5
    if limit > 1:
        yield limit - 1 if limit < 1000 else limit * 9 // 10


# --- who catches it -----------------------------------------------------------------------------------------


def with_rule(ruleset: RuleSet, changed: Rule) -> RuleSet:
    """The rule set with one rule changed."""
    return ruleset.with_rules(changed if rule.id == changed.id else rule for rule in ruleset.rules)


class Catcher:
    """Lint and the cases of a rule set, against which its mutants are held."""

    def __init__(self, ruleset: RuleSet, cases: Iterable[Case]) -> None:
        self.ruleset = ruleset
        self.linted = [_linted(ruleset, rule, place) for place, rule in enumerate(ruleset.rules)]
        self.linted_pairs = _linted_pairs(ruleset)
        self.cases: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            for rule in case.expect:
                self.cases[rule].append(case)

    def catches(self, mutant: Mutant) -> bool:
        """Whether loading, lint or a case sees the change. What lint says of the file as it is tells of no
        change."""
        if mutant.kind == "locator":  # seen where the clause that the rule now names does not list it
            return any(
                clause.at == mutant.rule.at and mutant.rule.id not in clause.rules
                for clause in self.ruleset.clauses
            )
        changed = with_rule(self.ruleset, mutant.rule)
        ids = {rule.id: rule for rule in changed.rules}
        place = self.ruleset.place_of(mutant.rule.id)
        return bool(
            any(rule_faults(mutant.rule, (), ids, self.ruleset.vocabulary))
            or _linted(changed, mutant.rule, place) - self.linted[place]
            or self._by_cases(mutant.rule)
            or _linted_pairs(changed) - self.linted_pairs
        )

    def _by_cases(self, changed: Rule) -> bool:
        alone = part_of(with_rule(self.ruleset, changed), [changed])
        return any(_sees(alone, changed, case) for case in self.cases[changed.id])

    def survivors(self, every: bool) -> list[Mutant]:
        """The mutants that pass unseen; without `every` one of a kind a rule is tried, always the same."""
        clauses = tuple(clause.at for clause in self.ruleset.clauses)
        all_tried = (mutant for rule in self.ruleset.rules for mutant in tried(rule, clauses, every))
        return [mutant for mutant in all_tried if not self.catches(mutant)]


def _linted(ruleset: RuleSet, rule: Rule, place: int) -> Counter[str]:
    """The codes of what lint says of a rule."""
    return Counter(fault.code for fault in lint_rule(ruleset, rule, place))


def _linted_pairs(ruleset: RuleSet) -> Counter[tuple[str, str]]:
    """The codes of what lint says of rules that are held against each other."""
    pairs = Pairs(ruleset)
    return Counter((rule.id, flaw.code) for rule, flaw in (*pairs.implied(), *pairs.conflicts()))


def tried(rule: Rule, clauses: Sequence[str], every: bool) -> Iterator[Mutant]:
    """The mutants of a rule, or the first of each kind."""
    kinds: set[str] = set()
    for mutant in mutants(rule, clauses):
        if every or mutant.kind not in kinds:
            kinds.add(mutant.kind)
            yield mutant


def _sees(alone: RuleSet, changed: Rule, case: Case) -> bool:
    """Whether the status of the changed rule is not the one that the case expects."""
    try:
        finding = report_of(case, alone, "reference")[changed.id]
    except DataError:
        return True
    borne_by_another = any(
        changed.id in rules and bearer != changed.bearer for bearer, rules in case.bearers.items()
    )
    return finding.status != case.expect[changed.id] or borne_by_another
