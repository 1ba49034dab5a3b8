"""A rule set over a table: every rule's status as a column, by expressions only, from the core form
(`engines.lowering`).

Work is laid out in steps: logic by its height, rules, what the scenarios of a centre agree on, consequences
after what they follow from. So nothing is written twice, and a lazy table stays lazy."""

from __future__ import annotations

from datetime import date

import narwhals as nw

from tic_rules.core.errors import Diagnostic, Text, UsageError
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.engines.columns import names as n
from tic_rules.engines.columns import statuses as s
from tic_rules.engines.columns.clock import TableClock
from tic_rules.engines.columns.codes import Coded, Steps, Table, all_of, any_of, choose, coded, tabulate
from tic_rules.engines.columns.terms import TableColumns
from tic_rules.engines.lowering import FOLLOWED, STATUS, WORST, Logic, LoweredRule, before_approval
from tic_rules.engines.lowering import form as f
from tic_rules.engines.lowering.tables import in_force
from tic_rules.evaluation.scenarios import needs_of
from tic_rules.model.ruleset import RuleSet


def decided(frame: Table, ruleset: RuleSet, as_of: date | None) -> Table:
    """The native table with a column of statuses for every rule, without the columns that were read for them.

    `frame` is a table of narwhals. Raises UsageError for columns that cannot be read."""
    n.refuse_occasions(ruleset)
    columns = TableColumns(frame)
    decisions = Decisions(columns, ruleset, as_of)
    shown = {rule.id: decisions.shown(rule) for rule in n.centre_rules(ruleset)}
    _refuse(columns)
    frame = columns.without_zones()
    eager = frame.implementation.is_polars() and isinstance(frame, nw.DataFrame)
    if eager:  # polars reads once what several rules share only where it sees them all
        frame = frame.lazy()
    frame = decisions.steps.laid_out(frame)
    if decisions.has_scenarios:
        frame = frame.filter(nw.col(n.SCENARIO) == 0)
    kept = [name for name in columns.schema if not _is_read(name, columns) and name not in ruleset]
    statuses = {rule.id: shown.get(rule.id, coded(s.SILENT)) for rule in ruleset.rules}
    numbers = frame.with_columns(**{rule: status.expr for rule, status in statuses.items()})
    in_words = s.in_words(numbers.select(*kept, *statuses), statuses)
    return in_words.collect() if eager else in_words


def _is_read(name: str, columns: TableColumns) -> bool:
    """Whether a column is there to be read by rules: all others are the caller's own and are kept."""
    if name in (n.CENTRE, n.ID, n.AS_OF):
        return False
    marked = name.startswith(("judgement:", "behind:", "exemption:"))
    return "@" in name or marked or name in n.CLOCK or name in columns.read


_EXACT = "pandas.ArrowDtype(pyarrow.decimal128(38, 10))"


def _refuse(columns: TableColumns) -> None:
    """Raise for columns that cannot hold what they should, all of them at once."""
    words = {"a number": "数字", "a day": "日期", "yes or no": "是否", "a text": "文字"}
    faults = []
    for name, wanted in columns.wrong.items():
        kinds = columns.kinds(name)
        zh = f"列 {name} 应为{words[wanted]}，不是 {kinds}"
        en = f"column {name} should hold {wanted}, not {kinds}"
        if "Decimal" in kinds:
            zh += f"；精确的小数请用 {_EXACT}"
            en += f"; exact decimals are {_EXACT}"
        faults.append(Diagnostic("column", Text(zh, en)))
    for name in (n.CENTRE, n.SCENARIO) if _has_scenarios(columns) else ():
        if name not in columns.schema:
            zh = f"批复等日期不明确的中心有多行，缺少把它们合在一起的列 {name}"
            en = f"several rows make a centre whose clock is open; column {name} that joins them is missing"
            faults.append(Diagnostic("column", Text(zh, en)))
    if faults:
        raise UsageError(faults)


def _has_scenarios(columns: TableColumns) -> bool:
    """Whether several rows of the table may make a centre."""
    return any(name.startswith("counts@") for name in columns.schema)


class Decisions:
    """The rules of a rule set over one table."""

    def __init__(self, columns: TableColumns, ruleset: RuleSet, as_of: date | None) -> None:
        self.columns, self.ruleset, self.asked = columns, ruleset, as_of
        self.rules = {rule.id: rule for rule in n.centre_rules(ruleset)}
        self.has_scenarios = _has_scenarios(columns)
        """Whether a centre may have several rows, one a scenario."""
        self.steps = Steps()
        self.made = self.steps.made
        self.clock = TableClock(columns, self.steps, as_of, ruleset.document.in_force.from_)

    # --- logic ----------------------------------------------------------------------------------------------

    def value(self, node: Logic, look: str) -> Coded:
        """A piece of logic at the day of a look."""
        key = (node, look)
        made = self.steps.get(key)
        if made is not None:
            return made
        match node:
            case f.Constant():
                return coded(node.value)
            case f.Conjunction() | f.Disjunction():
                parts = [self.value(part, look) for part in node.parts]
                join = all_of if isinstance(node, f.Conjunction) else any_of
                return self.made(key, lambda: join(parts), *parts)
            case f.Cases():
                of = self.value(node.of, look)
                outcomes = {number: self.value(node.outcomes[number], look) for number in of.may}
                return self.made(key, lambda: of.match(outcomes), of, *outcomes.values())
            case f.Followed():
                other = self.settled(self.rules[node.rule])
                values = {code: FOLLOWED.get(word, FALSE) for code, word in s.WORDS.items()}
                return self.made(key, lambda: other.match(values), other)
            case f.Until():
                return self.made(key, lambda: self.clock.until(node), self.clock.approved)
        return self.made(key, lambda: self.columns.value(node, look))

    # --- rules ----------------------------------------------------------------------------------------------

    def shown(self, rule: LoweredRule) -> Coded:
        """The status of a rule as a number, after its exemptions."""
        settled = shown = self.settled(rule)
        name = n.exemption_of(self.ruleset, rule.id)
        if self.columns.has(name):
            exempt = self.columns.truth(name, FALSE)
            cases = {TRUE: s.EXEMPTED, UNKNOWN: s.OPEN, FALSE: s.FAIL, REVIEW: s.FAIL}
            shown = choose(shown.is_(s.FAIL), exempt.match(cases), shown)
        if self.asked is not None and n.AS_OF in self.columns.schema:
            same = self.columns.has(n.AS_OF) and self.clock.as_of == self.columns.day(self.asked)
            shown = choose(same, shown, s.OPEN)
        return settled if shown is settled else self.made(("shown", rule.id), lambda: shown, settled)

    def settled(self, rule: LoweredRule) -> Coded:
        """A rule's status as a number: what all scenarios of a centre agree on."""
        made = self.steps.get(("agreed" if self.has_scenarios else "rule", rule.id))
        if made is not None:
            return made
        status = self.in_scenario(rule)
        if not self.has_scenarios:
            return status
        counts = self.columns.truth(n.counts_of(needs_of(self.ruleset, self.ruleset[rule.id])), TRUE)
        if counts.constant is None:
            counted = Coded(nw.when(counts.is_(TRUE)).then(status.expr), status.may | {None})
            status = self.made(("counted", rule.id), lambda: counted, status)
        if status.constant is not None:
            return status
        low, high = (Coded(end.over(n.CENTRE), status.may) for end in (status.expr.min(), status.expr.max()))
        least = self.made(("least", rule.id), lambda: low, status)
        most = self.made(("most", rule.id), lambda: high, status)
        behind = self.columns.truth(n.behind_of(self.ruleset, rule.id), FALSE)
        return self.made(("agreed", rule.id), lambda: s.agreed_of(least, most, behind), least, most)

    def in_scenario(self, rule: LoweredRule) -> Coded:
        """A rule's status in the scenario of a row."""
        clock, approved, before = rule.clock, self.clock.approved, before_approval(rule.clock)
        if clock.yearly:
            status = self._yearly(rule)
            cases: dict[int, Coded | int] = {FALSE: s.SILENT, UNKNOWN: s.OPEN, TRUE: status}
            return self.made(("rule", rule.id), lambda: approved.match(cases), status, approved)
        look = n.look_of(clock)
        require = self.value(rule.require, look)
        broken = coded(FALSE) if rule.broken is None else self.value(rule.broken, look)
        applies = coded(TRUE) if rule.applies is None else self.value(rule.applies, look)
        whole = self.value(rule.whole, look) if REVIEW in applies.may else coded(REVIEW)
        later = self.clock.later(clock)
        status = self._status(later, applies, broken, require, whole, self.clock.late(clock))
        status = self.clock.once_open(clock, status)
        if before is not None:
            unapproved = coded(s.CODES[before])
            if self.has_scenarios and clock.timeless and before != "pending":
                unapproved = choose(require.is_(TRUE), s.HOLDS_ANYWAY, s.SILENT)
            status = approved.match({FALSE: unapproved, UNKNOWN: s.OPEN, TRUE: status})
        after = (require, broken, applies, whole, later, approved)
        return self.made(("rule", rule.id), lambda: status, *after)

    def _status(self, *columns: Coded) -> Coded:
        """The status table; where scenarios are compared, a clause that does not apply says whether its
        requirement holds."""

        def status(later: int, applies: int, broken: int, require: int, whole: int, late: int) -> int:
            word = STATUS[require, broken, applies, s.WORDS[late]]
            if word == "needs_review" and applies == REVIEW:
                word = STATUS[whole, FALSE, TRUE, s.WORDS[late]]
            word = in_force(word, later, require == TRUE)
            holds = self.has_scenarios and word == "not_applicable" and require == TRUE
            return s.HOLDS_ANYWAY if holds else s.CODES[word]

        return tabulate(columns, status)

    def _yearly(self, rule: LoweredRule) -> Coded:
        """The worst of the years that are owed; one that the table has no column for is unknown."""
        approved_on = self.clock.approved_on
        if approved_on is None:
            return coded(s.OPEN)
        ranks = [self._year(rule, year) for year in self.clock.years]
        unseen, unknown = self.clock.unseen(rule.clock), WORST.index("unknown")
        ranks.append(
            self.made(("unseen", rule.clock), lambda: choose(unseen.expr, unknown, s.NOT_OWED), unseen)
        )
        worst = self.made(("worst", rule.id), lambda: all_of(ranks), *ranks)
        cases = {rank: s.CODES[word] for rank, word in enumerate(WORST)} | {s.NOT_OWED: s.SILENT}
        status = worst.match(cases)
        return self.made(("years", rule.id), lambda: choose(approved_on.is_null(), s.OPEN, status), worst)

    def _year(self, rule: LoweredRule, year: int) -> Coded:
        """The place of one year's status in WORST; the last place where the year is not owed."""
        owed, given, late = self.clock.in_year(rule.clock, year)
        if owed is False:
            return coded(s.NOT_OWED)
        value = self.value(rule.require, n.look_of_year(rule.clock, year))

        def rank(require: int, late: int) -> int:
            return WORST.index(STATUS[require, FALSE, TRUE, s.WORDS[late]])

        status = choose(given, tabulate((value, late), rank), WORST.index("unknown"))
        return self.made(("year", rule.id, year), lambda: choose(owed, status, s.NOT_OWED), value)
