"""A rule set over a table: every rule's status as a column, by expressions only, compiled from the same condition trees.

Work is laid out in steps, each one `with_columns`: conditions by their height, rules, what the lives of a centre agree on,
consequences after what they follow from. So nothing is said twice, and a lazy table stays lazy.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import narwhals as nw

from tic_rules import conditions as c
from tic_rules.engines.frames import columns as k
from tic_rules.engines.frames.kleene import Expr, all_of, any_of, choose, negate, review
from tic_rules.engines.frames.leaves import Sheet
from tic_rules.engines.frames.statuses import EXEMPTED, FAIL, HOLDS_ANYWAY, JUDGE, NOT_OWED, OPEN, PASS, PENDING, SILENT, WORST, in_words
from tic_rules.errors import Diagnostic, Text, UsageError
from tic_rules.lives import needs_of
from tic_rules.readings import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.ruleset import Rule, RuleSet


def decided(frame: Any, ruleset: RuleSet, as_of: date | None) -> Any:
    """The native table with a column of statuses for every rule, without the columns that were read for them."""
    deciding = _Deciding(frame, ruleset, as_of)
    rules = k.own_rules(ruleset)
    codes = {rule.id: deciding.settled(rule) for rule in rules}
    _refuse(deciding.sheet)
    for step in deciding.steps:
        frame = frame.with_columns(**step)
    shown = {rule.id: deciding.shown(rule, codes[rule.id]) if rule.id in codes else nw.lit(SILENT, nw.Int8) for rule in ruleset.rules}
    if deciding.lived:
        frame = frame.filter(nw.col(k.LIFE) == 0)
    kept = [name for name in deciding.sheet.schema if not deciding.read(name)]
    return in_words(frame.select(*kept, **shown), list(shown))


def _refuse(sheet: Sheet) -> None:
    """Raise for columns that cannot hold what they should, all of them at once."""
    words = {"a number": "数字", "a day": "日期"}
    faults = [
        Diagnostic("column", Text(f"列 {name} 应为{words[wanted]}，不是 {sheet.schema[name]}", f"column {name} should hold {wanted}, not {sheet.schema[name]}"))
        for name, wanted in sheet.wrong.items()
    ]
    if faults:
        raise UsageError(faults)


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
        self._made: dict[Any, tuple[str, int]] = {}
        approved = self.sheet.truth(k.APPROVED) if self.sheet.has(k.APPROVED) else choose(self._is_null(k.APPROVED_ON), UNKNOWN, TRUE)
        self.approved = self.made("approved", lambda: approved)

    def read(self, name: str) -> bool:
        """Whether a column is there to be read by rules: all others are the caller's own and are kept."""
        if name in (k.CENTRE, k.ID, k.AS_OF):
            return False
        clock = name in (k.LIFE, k.APPROVED, k.APPROVED_ON, k.TERM_END, k.REPORTED_ON)
        return clock or "@" in name or name.startswith(("judgement:", "behind:", "exemption:")) or name in self.sheet.used

    def _is_null(self, name: str) -> Expr:
        return self.sheet.column(name).is_null() if self.sheet.has(name) else nw.lit(True)

    # --- steps -------------------------------------------------------------------------------------------------------------

    def made(self, key: Any, make: Any, *after: str) -> str:
        """The column of an intermediate result, made once, in the first step after what it is made of."""
        known = self._made.get(key)
        if known is None:
            expression = make()
            levels = dict(self._made.values())
            level = max((levels[name] + 1 for name in after), default=0)
            while len(self.steps) <= level:
                self.steps.append({})
            known = self._made[key] = f"~{len(self._made)}", level
            self.steps[level][known[0]] = expression
        return known[0]

    # --- conditions --------------------------------------------------------------------------------------------------------

    def condition(self, rule: Rule, node: Any, look: str) -> str:
        own = rule.id if any(isinstance(part, c.Attested) for part in c.walk(node)) else ""
        key = ("condition", k.digest(node), type(node), look, own)
        if key in self._made:
            return self._made[key][0]
        parts = [self.condition(rule, part, look) for part in c.children(node)]
        columns = [nw.col(part) for part in parts]
        match node:
            case c.All():
                return self.made(key, lambda: all_of(columns), *parts)
            case c.Either():
                return self.made(key, lambda: any_of(columns), *parts)
            case c.Not():
                return self.made(key, lambda: negate(columns[0]), *parts)
            case c.Review():
                return self.made(key, lambda: review(columns[0]), *parts)
            case c.Same():
                texts = [column for part in node.same for column in k.columns_of(self.ruleset, rule, part, look)]
                return self.made(key, lambda: self.sheet.same(all_of(columns), texts), *parts)
            case c.Follows():
                other = self.settled(self.rules[node.follows])
                told = nw.col(other)
                return self.made(key, lambda: choose(told == FAIL, TRUE, told == OPEN, UNKNOWN, told == JUDGE, UNKNOWN, FALSE), other)
            case c.NotAfter():
                return self.made(key, lambda: self._not_after(node), self.approved)
        return self.made(key, lambda: self.sheet.value(rule, node, look))

    def _not_after(self, node: c.NotAfter) -> Expr:
        name = k.TERM_END if node.not_after == "term_end" else k.APPROVED_ON
        if not self.sheet.has(name):
            return choose(nw.col(self.approved) == FALSE, FALSE, UNKNOWN)
        day = self.sheet.column(name)
        return choose(nw.col(self.approved) == FALSE, FALSE, day.is_null(), UNKNOWN, day >= self.as_of, TRUE, FALSE)

    # --- rules -------------------------------------------------------------------------------------------------------------

    def settled(self, rule: Rule) -> str:
        """A rule's status as a number: what all lives of a centre agree on."""
        key = ("settled", rule.id)
        if key in self._made:
            return self._made[key][0]
        own = self.lifelong(rule)
        if not self.lived:
            self._made[key] = next(made for made in self._made.values() if made[0] == own)
            return own
        counts = self.sheet.truth(k.counts_of(needs_of(self.ruleset, rule)), TRUE)
        counted = self.made(("counted", rule.id), lambda: nw.when(counts == TRUE).then(nw.col(own)), own)
        least = self.made(("least", rule.id), lambda: nw.col(counted).min().over(k.CENTRE), counted)
        most = self.made(("most", rule.id), lambda: nw.col(counted).max().over(k.CENTRE), counted)
        return self.made(key, lambda: self._agreed(rule, nw.col(least), nw.col(most)), least, most)

    def _agreed(self, rule: Rule, least: Expr, most: Expr) -> Expr:
        behind = self.sheet.truth(k.behind_of(rule), FALSE)
        return choose(
            least == most, least,
            (least == FAIL) & (most == PENDING) & (behind == TRUE), FAIL,
            (least == PASS) & (most == HOLDS_ANYWAY), PASS,
            least == HOLDS_ANYWAY, SILENT,
            OPEN,
        )  # fmt: skip

    def lifelong(self, rule: Rule) -> str:
        """A rule in the life that a row tells of."""
        approved = nw.col(self.approved)
        if rule.yearly is not None:
            parts, worst = self._yearly(rule)
            return self.made(("rule", rule.id), lambda: choose(approved == FALSE, SILENT, approved == UNKNOWN, OPEN, worst), *parts, self.approved)
        look = k.look_of(rule)
        value = self.condition(rule, rule.condition, look)
        broken = self.condition(rule, rule.fails_at_once, look) if rule.fails_at_once is not None else None
        applies = self.condition(rule, rule.applies, look) if rule.applies is not None else None
        required = self.made(("required", rule.id), lambda: negate(nw.col(value)), value) if rule.kind == "consequence" else value
        after = [name for name in (required, broken, applies, self.approved) if name is not None]
        judged = self._judged(rule, nw.col(required), broken)
        if applies is not None:  # it is looked at several times
            after.append(self.made(("judged", rule.id), lambda: judged, *after))
        looked = judged if applies is None else nw.col(after[-1])
        return self.made(("rule", rule.id), lambda: self._spoken(rule, looked, nw.col(required), applies), *after)

    def _judged(self, rule: Rule, required: Expr, broken: str | None) -> Expr:
        late = self._late(rule)
        if broken is None:
            return choose(required == TRUE, PASS, required == UNKNOWN, OPEN, required == FALSE, late, JUDGE)
        at_once = nw.col(broken)
        waits = (at_once == UNKNOWN) & (late != FAIL) if not isinstance(late, int) else (at_once == UNKNOWN) & nw.lit(late != FAIL)
        return choose(at_once == TRUE, FAIL, required == TRUE, PASS, required == UNKNOWN, OPEN, waits, OPEN, required == FALSE, late, JUDGE)

    def _late(self, rule: Rule) -> Any:
        """What a rule is that is not met: failed after its deadline, pending up to it. An applicant that has not applied has none."""
        if rule.from_ is not None:
            return PENDING
        if rule.by is None:
            return FAIL
        if isinstance(rule.by, date) and not self.sheet.has(k.due_of(rule)):
            day = self.sheet.day(rule.by)
            return choose(self.as_of > day, FAIL, PENDING) if self.sheet.has(k.AS_OF) else FAIL if self.as_of > day else PENDING
        without = PENDING if rule.by == "application" else OPEN
        if not self.sheet.has(k.due_of(rule)):
            return without
        due = self.sheet.column(k.due_of(rule))
        return choose(due.is_null(), without, due < self.as_of, FAIL, PENDING)

    def _spoken(self, rule: Rule, judged: Expr, required: Expr, applies: str | None) -> Expr:
        """Whether the clause speaks to this centre and this moment at all."""
        if applies is not None:
            so = nw.col(applies)
            silent = choose(required == TRUE, HOLDS_ANYWAY, SILENT)
            judge = (so == REVIEW) & (judged != OPEN)
            judged = choose(so == TRUE, judged, so == FALSE, silent, judged == PASS, PASS, judge, JUDGE, OPEN)
        if rule.from_ is not None:
            opens = k.APPROVED_ON if rule.from_ == "approval" else k.TERM_END
            if self.sheet.has(opens):
                day = self.sheet.column(opens)
                judged = choose(day.is_null(), OPEN, day >= self.as_of, SILENT, judged)
            else:
                judged = nw.lit(OPEN, nw.Int8)
        if rule.by == "application":
            return judged
        approved = nw.col(self.approved)
        before = PENDING if rule.by == "approval" else SILENT if k.takes_clock(rule) else choose(required == TRUE, HOLDS_ANYWAY, SILENT)
        return choose(approved == FALSE, before, approved == UNKNOWN, OPEN, judged)

    def _yearly(self, rule: Rule) -> tuple[list[str], Expr]:
        """The worst of the years that are owed; one that the table has no column for is unknown."""
        owed = rule.yearly
        assert owed is not None
        if not self.sheet.has(k.APPROVED_ON):
            return [], nw.lit(OPEN, nw.Int8)
        first = self.made("first year", self._first_year)
        last = self.made(("last year", owed.running_year), lambda: self._last_year(owed.running_year))
        one, other = nw.col(first), nw.col(last)
        ranks = [self._year(rule, year, first, last) for year in self.years]
        unseen = (one < self.years[0]) | (other > self.years[-1]) if self.years else nw.lit(True)
        ranks.append(self.made(("unseen", rule.id), lambda: choose((one <= other) & unseen, WORST.index(OPEN), NOT_OWED), first, last))
        worst = self.made(("worst", rule.id), lambda: all_of([nw.col(name) for name in ranks]), *ranks)
        told = nw.col(worst)
        status = choose(*(case for place, code in enumerate(WORST) for case in (told == place, code)), SILENT)
        return [worst], choose(self._is_null(k.APPROVED_ON), OPEN, status)

    def _year(self, rule: Rule, year: int, first: str, last: str) -> str:
        """The place of one year's status among the worst; the last place where the year is not owed."""
        value = self.condition(rule, rule.require, k.look_of_year(rule, year))
        next_year = rule.yearly is not None and rule.yearly.looked_for_until == "end_of_next_year"
        due = self.sheet.day(date(year + next_year, 12, 31))
        fail, pending = WORST.index(FAIL), WORST.index(PENDING)
        late = choose(self.as_of > due, fail, pending) if self.sheet.has(k.AS_OF) else fail if self.as_of > due else pending
        told, owed = nw.col(value), (nw.col(first) <= year) & (nw.col(last) >= year)
        status = choose(told == TRUE, WORST.index(PASS), told == UNKNOWN, WORST.index(OPEN), told == REVIEW, WORST.index(JUDGE), late)
        return self.made(("year", rule.id, year), lambda: choose(owed, status, NOT_OWED), value, first, last)

    def _first_year(self) -> Expr:
        """The first calendar year that lies wholly after the approval, approval on 1 January included."""
        approved = self.sheet.column(k.APPROVED_ON)
        new_year = (approved.dt.month() == 1) & (approved.dt.day() == 1)
        return choose(approved.is_null(), nw.lit(9999), new_year, approved.dt.year(), approved.dt.year() + 1)

    def _last_year(self, running: bool) -> Expr:
        """The last year that is over on the as-of day, or that has begun where the running year owes too."""
        if not self.sheet.has(k.AS_OF):
            ended = running or (self.as_of.month, self.as_of.day) == (12, 31)
            return nw.lit(self.as_of.year if ended else self.as_of.year - 1)
        year = self.as_of.dt.year()
        over = (self.as_of.dt.month() == 12) & (self.as_of.dt.day() == 31)
        return year if running else choose(over, year, year - 1)

    # --- what is shown -----------------------------------------------------------------------------------------------------

    def shown(self, rule: Rule, code: str) -> Expr:
        """The status of a rule as a number, after its exemptions."""
        told, shown = nw.col(code), nw.col(code)
        if self.sheet.has(k.exemption_of(rule)):
            exempt = self.sheet.truth(k.exemption_of(rule), FALSE)
            shown = choose((told == FAIL) & (exempt == TRUE), EXEMPTED, (told == FAIL) & (exempt == UNKNOWN), OPEN, told)
        if self.asked is not None and self.sheet.has(k.AS_OF):
            shown = choose(nw.col(k.AS_OF) == self.sheet.day(self.asked), shown, OPEN)
        return shown


__all__ = ["decided"]
