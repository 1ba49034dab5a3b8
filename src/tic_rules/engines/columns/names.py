"""The names of the columns that a rule set reads from a table: what makes tables and what decides them both
ask here.

`headcount@2y__low` is the least that the headcount may be on the day that a rule looks at which is due two
years after approval; `@now`, `@application`, `@term_end`, `@2024` are other look days. Nothing here reads a
centre or decides a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from fractions import Fraction
from hashlib import sha256
from typing import NamedTuple

from tic_rules.core.errors import UsageError, clip, fault
from tic_rules.engines.lowering import Clock, Logic, LoweredRule, lowered
from tic_rules.engines.lowering import form as f
from tic_rules.evaluation.scenarios import Needs, needs_of
from tic_rules.model.ruleset import RuleSet

CENTRE, SCENARIO, ID, AS_OF, REPORTED_ON, APPROVED, APPROVED_ON, TERM_END = (
    "centre", "life", "id", "as_of", "reported_on", "approved", "approved_on", "term_end",
)  # fmt: skip
CLOCK = frozenset({SCENARIO, APPROVED, APPROVED_ON, TERM_END, REPORTED_ON})
"""Columns of the clock. `approved` says whether the centre is approved on the as-of day."""


class ColumnKind(Enum):
    """What a column, or a pair of columns, holds."""

    RANGE = auto()
    """The ends of a number."""
    MARGIN = auto()
    """The ends of how much one number is more than another."""
    WORD = auto()
    """A word, a text, or yes and no; what else it may be in further columns."""
    DAYS = auto()
    """The first and the last day that a date may be."""
    HAS = auto()
    """Whether a list of words holds one word; the part is the word."""
    ANY_WORD = auto()
    """Whether a list of words holds any."""
    TRUTH = auto()
    """What a piece of logic came to when the table was made; an attestation."""


class Column(NamedTuple):
    """A reading that a piece of logic needs."""

    name: str
    plain: str
    """The name without a look day: a value that holds on every day."""
    kind: ColumnKind
    of: Logic | f.Chosen
    """What is read: of words the term, else the logic."""
    part: str = ""

    @property
    def low(self) -> str:
        return f"{self.name}__low"

    @property
    def high(self) -> str:
        return f"{self.name}__high"

    def other(self, place: int) -> str:
        """Where a word may be one of several, the second and further ones."""
        return self.name if place == 1 else f"{self.name}__or{place}"


# --- the clock ----------------------------------------------------------------------------------------------


def look_of(clock: Clock) -> str:
    """The name of the day that a rule looks at, and from which day on money and events count for it."""
    if clock.opens is not None:
        look = f"after_{_years(clock.opens)}"
    else:
        look = _years(clock.by) if clock.by is not None else "until_term_end" if clock.until else "now"
        look += f"_since_{clock.since}" if clock.since is not None else ""
    return look + _ADVERSE * clock.adverse


def look_of_year(clock: Clock, year: int) -> str:
    """2023, or 2023+1 where what is owed for a year is looked for until the end of the next."""
    until = "+1" * clock.next_year
    if clock.due_on is not None:
        of_next, of_same = clock.due_on.next_year, clock.due_on.same_year
        until = f"+{of_next}" if of_next is not None else f"={of_same}"
    return str(year) + until.replace("-", "") + _ADVERSE * clock.adverse


_ADVERSE = "_adverse"
"""What a prohibition or a consequence reads of lists whose earlier entries are left out for it, where the law
came later."""

YEAR = re.compile(rf"@(\d{{4}})(?:[+=]\d{{1,4}})?(?:{_ADVERSE})?(?=$|:|__)")
"""The year in the name of a column of a yearly rule."""


def due_of(by: object) -> str:
    """The column of the last day of a rule's time; of a number, so many years after approval."""
    return f"due@{_years(by)}"


def mark_of(clock: Clock) -> str:
    """The column of the day that a clock opens on, or after."""
    return {"approval": APPROVED_ON, "term_end": TERM_END}.get(str(clock.opens)) or due_of(clock.opens)


def _years(by: object) -> str:
    return f"{by}y" if isinstance(by, int) else str(by)


def day_of(look: str) -> str:
    """The column of the day looked at."""
    return f"day@{look}"


def counts_of(needs: Needs) -> str:
    """Whether a row counts for the rules that look at these days of the clock. Only tables with open clocks
    have such columns."""
    return "counts@" + ("+".join(name for name, needed in needs._asdict().items() if needed) or "any")


def behind_of(ruleset: RuleSet, rule: str) -> str:
    return f"behind:{ruleset.id}/{rule}"


def exemption_of(ruleset: RuleSet, rule: str) -> str:
    return f"exemption:{ruleset.id}/{rule}"


def refuse_occasions(ruleset: RuleSet) -> None:
    """Raise UsageError for rules that tables cannot say: of cycles, of deadlines that run from entries."""
    named = [rule.id for rule in centre_rules(ruleset) if rule.clock.event or rule.clock.cycle is not None]
    if named:
        shown = clip(", ".join(named), 300)
        zh = f"表格判定不了按周期或自条目起算的规则：{shown}；请用 check"
        en = (
            f"tables cannot decide rules of cycles, or of deadlines that run from entries: {shown}; use check"
        )
        raise fault(UsageError, "not-in-tables", zh, en)


def centre_rules(ruleset: RuleSet) -> tuple[LoweredRule, ...]:
    """The rules that are decided for one centre."""
    return tuple(rule for rule in lowered(ruleset).rules if not rule.programme)


def rules_by_needs(ruleset: RuleSet) -> dict[Needs, list[LoweredRule]]:
    """The rules by the days of the clock that they look at, the most demanding first."""
    groups: dict[Needs, list[LoweredRule]] = {}
    for rule in centre_rules(ruleset):
        groups.setdefault(needs_of(ruleset, ruleset[rule.id]), []).append(rule)
    return dict(sorted(groups.items(), key=lambda pair: -sum(pair[0])))


# --- logic --------------------------------------------------------------------------------------------------


def readings_of(node: Logic) -> Iterator[Logic]:
    """The pieces of logic that are decided from columns; the clock and other rules decide the rest."""
    decided = (f.Conjunction, f.Disjunction, f.Cases, f.Constant, f.Until, f.Followed)
    return (part for part in f.walk(node) if not isinstance(part, decided))


PARTED = ("equals", "between")
"""Of a sum that may lie in some parts of its range only, what such a comparison came to stands beside the
range."""


def columns_of(node: Logic, look: str) -> tuple[Column, ...]:
    """The columns that one of the `readings_of` logic is decided from."""

    def column(
        kind: ColumnKind, fact: str, suffix: str = "", of: f.Chosen | None = None, part: str = ""
    ) -> Column:
        suffix = suffix.replace(".", "·")  # Spark takes what stands behind a dot for a field of a structure
        return Column(f"{fact}@{look}{suffix}", f"{fact}{suffix}", kind, of or node, part)

    match node:
        case f.Judged():
            name = f"judgement:{node.ruleset}/{node.rule}" + (f":{node.item}" if node.item else "")
            return (Column(name, name, ColumnKind.TRUTH, node),)
        case f.RangeComparison(left=f.Measure(fact), right=f.Bounds(low, high)):
            if node.operator not in PARTED:
                return (column(ColumnKind.RANGE, fact),)
            bounds = f"{low}" if low == high else f"{low}-{high}"
            return column(ColumnKind.RANGE, fact), column(
                ColumnKind.TRUTH, fact, f":{node.operator}:{bounds}"
            )
        case f.RangeComparison():
            return (column(ColumnKind.MARGIN, _margin_of(node)),)
        case f.Member(term=f.Choice(fact)):
            return (column(ColumnKind.WORD, fact, of=node.term),)
        case f.Member(term=f.Between() as text):
            return (column(ColumnKind.WORD, text.fact, _suffix_of(text), text),)
        case f.Agree():
            return tuple(column(ColumnKind.WORD, text.fact, _suffix_of(text), text) for text in node.texts)
        case f.Happened():
            return (column(ColumnKind.DAYS, node.fact),)
        case f.Fold(over=f.WordList(fact), body=f.Member(words=words)):
            has = [column(ColumnKind.HAS, fact, f":{word}", part=str(word)) for word in words]
            return (*has, column(ColumnKind.ANY_WORD, fact, ":*"))
        case f.Fold(source=source) | f.Consecutive(source=source) | f.LatestEntry(source=source):
            digest = sha256(repr(source).encode()).hexdigest()[:10]
            return (column(ColumnKind.TRUTH, node.over.fact, f":{type(source).__name__.lower()}:{digest}"),)
        case f.FullYears(source=source) | f.MostOfEach(source=source):
            digest = sha256(repr(source).encode()).hexdigest()[:10]
            return (column(ColumnKind.TRUTH, node.kind, f":{digest}"),)
    raise AssertionError(f"not read from columns: {node!r}")


def _margin_of(node: f.RangeComparison) -> str:
    match node.left, node.right:
        case f.GroupAmount(fact, group), f.GroupAmount(group=other):
            return f"{fact}/{group}-{other}"
        case f.Multiple(factor, f.PartAmount(fact, groups)), f.Multiple(part):
            return f"{fact}/{'+'.join(groups)}-{Fraction(part) / Fraction(part + factor)}"
        case f.Measure(fact), f.Multiple(factor, f.Measure(other)):
            return f"{fact}-{Fraction(factor)}*{other}"
    raise AssertionError(f"no comparison of a rule file: {node!r}")


def _suffix_of(text: f.Between) -> str:
    return f":between:{text.before}:{text.after}" + (":packed" if text.packed else "")
