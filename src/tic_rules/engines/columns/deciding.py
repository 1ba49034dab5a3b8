"""A rule set over a table: every rule's status as a column, by expressions only, compiled from the same condition trees.

Work is laid out in steps, each one `with_columns`: conditions by their height, rules, what the scenarios of a centre agree on,
consequences after what they follow from. So nothing is said twice, and a lazy table stays lazy.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import narwhals as nw

from tic_rules.core.errors import Diagnostic, Text, UsageError
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.engines.columns import columns as k
from tic_rules.engines.columns.kleene import (
    Expr,
    Test,
    Told,
    all_of,
    any_of,
    both,
    choose,
    either,
    negate,
    review,
    told,
)
from tic_rules.engines.columns.leaves import Sheet
from tic_rules.engines.columns.statuses import (
    EXEMPTED,
    FAIL,
    HOLDS_ANYWAY,
    JUDGE,
    NOT_OWED,
    OPEN,
    PASS,
    PENDING,
    SILENT,
    WORST,
    in_words,
)
from tic_rules.evaluation.scenarios import needs_of
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet


def decided(frame: Any, ruleset: RuleSet, as_of: date | None) -> Any:
    """The native table with a column of statuses for every rule, without the columns that were read for them."""
    deciding = _Deciding(frame, ruleset, as_of)
    own = k.own_rules(ruleset)
    shown = {rule.id: deciding.shown(rule) for rule in own}
    _refuse(deciding.sheet)
    for step in deciding.steps:
        frame = frame.with_columns(**step)
    if deciding.lived:
        frame = frame.filter(nw.col(k.LIFE) == 0)
    kept = [name for name in deciding.sheet.schema if not deciding.read(name) and name not in ruleset]
    statuses = {rule.id: shown.get(rule.id, told(SILENT)) for rule in ruleset.rules}
    return in_words(
        frame.with_columns(**{rule: status.expr for rule, status in statuses.items()}).select(
            *kept, *statuses
        ),
        statuses,
    )


def _refuse(sheet: Sheet) -> None:
    """Raise for columns that cannot hold what they should, all of them at once."""
    words = {"a number": "数字", "a day": "日期"}
    faults = [
        Diagnostic(
            "column",
            Text(
                f"列 {name} 应为{words[wanted]}，不是 {sheet.schema[name]}",
                f"column {name} should hold {wanted}, not {sheet.schema[name]}",
            ),
        )
        for name, wanted in sheet.wrong.items()
    ]
    if faults:
        raise UsageError(faults)


_ANY: frozenset[Any] = frozenset()
"""What a column of years, or of yes and no, may hold: not told."""


class _Deciding:
    """Lays out the steps for one table."""

    def __init__(self, frame: Any, ruleset: RuleSet, as_of: date | None) -> None:
        self.ruleset, self.rules = ruleset, {rule.id: rule for rule in k.own_rules(ruleset)}
        self.sheet = Sheet(dict(frame.collect_schema()), ruleset)
        self.lived = any(name.startswith("counts@") for name in self.sheet.schema)
        self.asked = as_of
        self.as_of: Any = self.sheet.column(k.AS_OF) if self.sheet.has(k.AS_OF) else self.sheet.day(as_of)  # type: ignore[arg-type]
        years = [int(found[1]) for name in self.sheet.schema if (found := k.YEAR.search(name))]
        self.years = range(min(years), max(years) + 1) if years else range(0)
        self.steps: list[dict[str, Expr]] = []
        self._made: dict[Any, Told] = {}
        approved = self.made("approved", self._approved)
        tests = {
            number: self.made(("approved", number), partial(_is_number, approved, number), approved).expr
            for number in approved.may
        }
        self.approved = approved._replace(tests=tests, step=approved.step + 1)
        """Nearly every rule asks this."""

    def read(self, name: str) -> bool:
        """Whether a column is there to be read by rules: all others are the caller's own and are kept."""
        if name in (k.CENTRE, k.ID, k.AS_OF):
            return False
        clock = name in (k.LIFE, k.APPROVED, k.APPROVED_ON, k.TERM_END, k.REPORTED_ON)
        return (
            clock
            or "@" in name
            or name.startswith(("judgement:", "behind:", "exemption:"))
            or name in self.sheet.used
        )

    def _approved(self) -> Told:
        if self.sheet.has(k.APPROVED):
            return self.sheet.truth(k.APPROVED, UNKNOWN, frozenset({FALSE, TRUE}))
        return (
            choose(self.sheet.column(k.APPROVED_ON).is_null(), UNKNOWN, TRUE)
            if self.sheet.has(k.APPROVED_ON)
            else told(UNKNOWN)
        )

    # --- steps -------------------------------------------------------------------------------------------------------------

    def made(self, key: Any, make: Callable[[], Told], *after: Told) -> Told:
        """The column of an intermediate result, made once, in the first step after what it is made of; none where it is the same in every row."""
        known = self._made.get(key)
        if known is None:
            known = make()
            if known.constant is None:
                step, name = max((one.step + 1 for one in after), default=0), f"~{len(self._made)}"
                while len(self.steps) <= step:
                    self.steps.append({})
                self.steps[step][name] = known.expr
                known = Told(nw.col(name), known.may, step)
            self._made[key] = known
        return known

    # --- conditions --------------------------------------------------------------------------------------------------------

    def condition(self, rule: Rule, node: Any, look: str) -> Told:
        own = rule.id if any(isinstance(part, c.Attested) for part in c.walk(node)) else ""
        key = ("condition", k.digest(node), type(node), look, own)
        if key in self._made:
            return self._made[key]
        parts = [self.condition(rule, part, look) for part in c.children(node)]
        match node:
            case c.All():
                return self.made(key, lambda: all_of(parts), *parts)
            case c.Either():
                return self.made(key, lambda: any_of(parts), *parts)
            case c.Not():
                return self.made(key, lambda: negate(parts[0]), *parts)
            case c.Review():
                return self.made(key, lambda: review(parts[0]), *parts)
            case c.Same():
                texts = [
                    column for part in node.same for column in k.columns_of(self.ruleset, rule, part, look)
                ]
                return self.made(key, lambda: self.sheet.same(all_of(parts), texts), *parts)
            case c.Follows():
                other = self.settled(self.rules[node.follows])
                return self.made(
                    key, lambda: choose(other.is_(FAIL), TRUE, other.is_(OPEN, JUDGE), UNKNOWN, FALSE), other
                )
            case c.NotAfter():
                return self.made(key, lambda: self._not_after(node), self.approved)
        return self.made(key, lambda: self.sheet.value(rule, node, look))

    def _not_after(self, node: c.NotAfter) -> Told:
        name = k.TERM_END if node.not_after == "term_end" else k.APPROVED_ON
        if not self.sheet.has(name):
            return choose(self.approved.is_(FALSE), FALSE, UNKNOWN)
        day = self.sheet.column(name)
        return choose(self.approved.is_(FALSE), FALSE, day.is_null(), UNKNOWN, day >= self.as_of, TRUE, FALSE)

    # --- rules -------------------------------------------------------------------------------------------------------------

    def settled(self, rule: Rule) -> Told:
        """A rule's status as a number: what all scenarios of a centre agree on."""
        key = ("settled", rule.id)
        if key in self._made:
            return self._made[key]
        own = self.lifelong(rule)
        if not self.lived:
            self._made[key] = own
            return own
        counts = self.sheet.truth(k.counts_of(needs_of(self.ruleset, rule)), TRUE)
        if counts.constant is not None:
            counted = own
        else:
            counted = self.made(
                ("counted", rule.id),
                lambda: Told(nw.when(counts.is_(TRUE)).then(own.expr), own.may | {None}),
                own,
            )
        if counted.constant is not None:
            self._made[key] = counted
            return counted
        least = self.made(
            ("least", rule.id), lambda: Told(counted.expr.min().over(k.CENTRE), counted.may), counted
        )
        most = self.made(
            ("most", rule.id), lambda: Told(counted.expr.max().over(k.CENTRE), counted.may), counted
        )
        return self.made(key, lambda: self._agreed(rule, least, most), least, most)

    def _agreed(self, rule: Rule, least: Told, most: Told) -> Told:
        behind = self.sheet.truth(k.behind_of(rule), FALSE)
        return choose(
            least.same(most), Told(least.expr, least.may - {None}),
            both(least.is_(PENDING), most.is_(FAIL), behind.is_(TRUE)), FAIL,
            both(least.is_(PASS), most.is_(HOLDS_ANYWAY)), PASS,
            least.is_(HOLDS_ANYWAY), SILENT,
            OPEN,
        )  # fmt: skip

    def lifelong(self, rule: Rule) -> Told:
        """A rule in the scenario that a row tells of."""
        before = {UNKNOWN: OPEN, FALSE: SILENT}
        if rule.yearly is not None:
            worst = self._yearly(rule)
            return self.made(
                ("rule", rule.id), lambda: self.approved.match({**before, TRUE: worst}), worst, self.approved
            )
        look = k.look_of(rule)
        value = self.condition(rule, rule.condition, look)
        broken = (
            self.condition(rule, rule.fails_at_once, look) if rule.fails_at_once is not None else told(FALSE)
        )
        applies = self.condition(rule, rule.applies, look) if rule.applies is not None else told(TRUE)
        required = (
            self.made(("required", rule.id), lambda: negate(value), value)
            if rule.kind == "consequence"
            else value
        )
        judged = self._judged(rule, required, broken)
        if applies.constant is None:  # it is looked at several times
            judged = self.made(("judged", rule.id), lambda: judged, required, broken)
        after = (required, broken, applies, judged, self.approved)
        return self.made(("rule", rule.id), lambda: self._spoken(rule, judged, required, applies), *after)

    def _judged(self, rule: Rule, required: Told, broken: Told) -> Told:
        late = self._late(rule)
        waits = both(broken.is_(UNKNOWN), _not(late.is_(FAIL)))
        met = required.match({TRUE: PASS, UNKNOWN: OPEN, FALSE: late, REVIEW: JUDGE})
        return choose(broken.is_(TRUE), FAIL, both(waits, _not(required.is_(TRUE))), OPEN, met)

    def _late(self, rule: Rule) -> Told:
        """What a rule is that is not met: failed after its deadline, pending up to it. An applicant that has not applied has none."""
        if rule.from_ is not None:
            return told(PENDING)
        if rule.by is None:
            return told(FAIL)
        if isinstance(rule.by, date) and not self.sheet.has(k.due_of(rule)):
            return choose(self.as_of > self.sheet.day(rule.by), FAIL, PENDING)
        without = PENDING if rule.by == "application" else OPEN
        if not self.sheet.has(k.due_of(rule)):
            return told(without)
        due = self.sheet.column(k.due_of(rule))
        return choose(due.is_null(), without, due < self.as_of, FAIL, PENDING)

    def _spoken(self, rule: Rule, judged: Told, required: Told, applies: Told) -> Told:
        """Whether the clause speaks to this centre and this moment at all."""
        # whether the requirement holds all the same matters only where scenarios are compared
        silent = choose(required.is_(TRUE), HOLDS_ANYWAY, SILENT) if self.lived else told(SILENT)
        anyway = choose(judged.is_(PASS), PASS, OPEN)
        review = choose(judged.is_(PASS), PASS, judged.is_(OPEN), OPEN, JUDGE)
        judged = applies.match({TRUE: judged, FALSE: silent, UNKNOWN: anyway, REVIEW: review})
        if rule.from_ is not None:
            judged = self._opened(rule, judged)
        if rule.by == "application":
            return judged
        before = (
            told(PENDING if rule.by == "approval" else SILENT)
            if rule.by == "approval" or k.takes_clock(rule)
            else silent
        )
        return self.approved.match({FALSE: before, UNKNOWN: OPEN, TRUE: judged})

    def _opened(self, rule: Rule, judged: Told) -> Told:
        """A rule about what comes after a day: nothing is owed up to it."""
        opens = k.APPROVED_ON if rule.from_ == "approval" else k.TERM_END
        if not self.sheet.has(opens):
            return told(OPEN)
        day = self.sheet.column(opens)
        return choose(day.is_null(), OPEN, day >= self.as_of, SILENT, judged)

    # --- years -------------------------------------------------------------------------------------------------------------

    def _yearly(self, rule: Rule) -> Told:
        """The worst of the years that are owed; one that the table has no column for is unknown."""
        owed = rule.yearly
        assert owed is not None
        if not self.sheet.has(k.APPROVED_ON):
            return told(OPEN)
        approved = self.sheet.column(k.APPROVED_ON)
        first = self.made("first year", lambda: Told(self._first_year(approved), _ANY))
        last = self.made(("last year", owed.running_year), lambda: self._last_year(owed.running_year))
        ranks = [self._year(rule, year, first, last) for year in self.years]
        unseen = first.expr <= last.expr
        if self.years:
            unseen = both(unseen, either(first.expr < self.years[0], last.expr > self.years[-1]))
        ranks.append(
            self.made(("unseen", rule.id), lambda: choose(unseen, WORST.index(OPEN), NOT_OWED), first, last)
        )
        worst = self.made(("worst", rule.id), lambda: all_of(ranks), *ranks)
        status = worst.match({**dict(enumerate(WORST)), NOT_OWED: SILENT})
        return self.made(("years", rule.id), lambda: choose(approved.is_null(), OPEN, status), worst)

    def _year(self, rule: Rule, year: int, first: Told, last: Told) -> Told:
        """The place of one year's status among the worst; the last place where the year is not owed."""
        value = self.condition(rule, rule.require, k.look_of_year(rule, year))
        next_year = rule.yearly is not None and rule.yearly.looked_for_until == "end_of_next_year"
        late = choose(
            self.as_of > self.sheet.day(date(year + next_year, 12, 31)),
            WORST.index(FAIL),
            WORST.index(PENDING),
        )
        status = value.match(
            {TRUE: WORST.index(PASS), UNKNOWN: WORST.index(OPEN), REVIEW: WORST.index(JUDGE), FALSE: late}
        )
        owed = both(first.expr <= year, last.expr >= year)
        return self.made(("year", rule.id, year), lambda: choose(owed, status, NOT_OWED), value, first, last)

    def _first_year(self, approved: Expr) -> Expr:
        """The first calendar year that lies wholly after the approval, approval on 1 January included."""
        new_year = both(approved.dt.month() == 1, approved.dt.day() == 1)
        year = nw.when(new_year).then(approved.dt.year()).otherwise(approved.dt.year() + 1)
        return nw.when(approved.is_null()).then(nw.lit(9999)).otherwise(year)

    def _last_year(self, running: bool) -> Told:
        """The last year that is over on the as-of day, or that has begun where the running year owes too."""
        if not self.sheet.has(k.AS_OF):
            ended = running or (self.as_of.month, self.as_of.day) == (12, 31)
            return Told(self.as_of.year if ended else self.as_of.year - 1, frozenset({0}))
        year = self.as_of.dt.year()
        over = both(self.as_of.dt.month() == 12, self.as_of.dt.day() == 31)
        return Told(year if running else nw.when(over).then(year).otherwise(year - 1), _ANY)

    # --- what is shown -----------------------------------------------------------------------------------------------------

    def shown(self, rule: Rule) -> Told:
        """The status of a rule as a number, after its exemptions."""
        settled = shown = self.settled(rule)
        if self.sheet.has(k.exemption_of(rule)):
            exempt = self.sheet.truth(k.exemption_of(rule), FALSE).match(
                {TRUE: EXEMPTED, UNKNOWN: OPEN, FALSE: FAIL, REVIEW: FAIL}
            )
            shown = choose(shown.is_(FAIL), exempt, shown)
        if self.asked is not None and self.sheet.has(k.AS_OF):
            shown = choose(self.as_of == self.sheet.day(self.asked), shown, OPEN)
        return settled if shown is settled else self.made(("shown", rule.id), lambda: shown, settled)


def _not(test: Test) -> Test:
    return not test if isinstance(test, bool) else ~test


__all__ = ["decided"]


def _is_number(approved: Any, number: int) -> Told:
    """Whether the approval state is this one."""
    test = approved.is_(number)
    return Told(nw.lit(test) if isinstance(test, bool) else test, _ANY)
