"""Rules to code: what a rule is at its moment, and the days, deadlines and years that its clock gives. Both ways write by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from tic_rules.core.quantities import ANY_DAY, ANYTHING, FIRST_DAY, Range, add_days, add_years, year_end
from tic_rules.engines.explanation import followed
from tic_rules.engines.python import nodes as n
from tic_rules.engines.python import runtime
from tic_rules.engines.python.conditions import SCALARS, Body, Pool, When
from tic_rules.engines.python.nodes import Expr, Stmt
from tic_rules.evaluation.evaluate import between
from tic_rules.evaluation.facts import FALSE, TRUE
from tic_rules.model.centre import Centre
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.values import Series

PARAMETERS = ("reader", "approved", "applied", "term_end")


def stages_of(rules: list[Rule]) -> dict[str, int]:
    """0 for a rule that waits for no other, else one more than what it waits for."""
    stages: dict[str, int] = {}
    waits = {rule.id: rule.waits_for for rule in rules}
    while len(stages) < len(waits):
        for rule_id, others in waits.items():
            if rule_id not in stages and all(other in stages for other in others):
                stages[rule_id] = max((stages[other] + 1 for other in others), default=0)
    return stages


def pool_for(ruleset: RuleSet, programme: bool) -> Pool:
    names = {name: getattr(runtime, name) for name in _CALLED}
    names |= {
        "ANYTHING": ANYTHING,
        "ANY_DAY": ANY_DAY,
        "FIRST_DAY": FIRST_DAY,
        "Numbers": runtime.Numbers,
        "Range": Range,
        "Series": Series,
        "between": between,
        "nothing": (),
        "scalars": SCALARS,
    }
    names |= {
        "isdisjoint": frozenset.isdisjoint,
        "issubset": frozenset.issubset,
        "negated": (TRUE, 1, 2, FALSE),
    }
    names |= {
        "add_days": add_days,
        "add_years": add_years,
        "year_end": year_end,
        "followed_as": followed,
        "looked_up": _looked_up,
        "see": runtime.Reader.see,
        "counted": runtime.Reader.counted,
        "by_value_fail": ("fail", *runtime.BY_VALUE),
        "by_value_pending": ("pending", *runtime.BY_VALUE),
    }
    return Pool(ruleset, Programme if programme else Centre, names)


_CALLED = (
    "application_day", "attested_at", "attested_by_item", "by_word", "count", "distinct", "each_of", "every", "exactly", "first_of", "judged",
    "judged_items", "judgements", "kinds", "kinds_of", "known_on", "largest", "largest_of", "none_of", "once", "only", "over", "passes", "rows_at",
    "running", "same", "share", "some", "stock", "stock_at", "total", "value", "years", "years_at", "years_found",
)  # fmt: skip


def _looked_up(reader: runtime.Reader, listed: str, attribute: str, record: Any) -> Any:
    return reader.looked_up(listed, attribute, record)


class Writer:
    """Writes the functions of one group."""

    def __init__(self, pool: Pool, programme: bool, body: Body | None = None) -> None:
        self.pool, self.programme = pool, programme
        self.body = body or Body(pool)

    def group(self, called: str, rules: list[Rule]) -> Stmt:
        """Decide the rules in one life."""
        told = [self.rule(rule) for rule in rules]
        outcome = n.tuple_([n.tuple_(column) for column in zip(*told, strict=True)])
        before = (
            []
            if self.programme or rules[0].by == "application"
            else [n.if_(n.compare(n.name("approved"), "is", n.constant(None)), n.return_(_unapproved(rules)))]
        )
        return n.function(
            called, PARAMETERS, [*before, *prelude(), *self.body.statements, n.return_(outcome)]
        )

    def anyway(self, rules: list[Rule]) -> Stmt:
        """Whether requirements without a clock of their own hold, looked at on the as-of day before approval."""
        self.body.statements.append(n.assign("first_day", n.name("FIRST_DAY")))
        values: list[Expr] = []
        for rule in rules:
            if rule.by == "approval" or rule.yearly or rule.from_ or rule.since or rule.until:
                values.append(n.constant(FALSE))
            else:
                value = self.body.see(rule.condition, When("as_of", "first_day"), rule)
                values.append(n.name(self.body.negate(value) if rule.kind == "consequence" else value))
        return n.function(
            "anyway", PARAMETERS, [*prelude(), *self.body.statements, n.return_(n.tuple_(values))]
        )

    # --- one rule --------------------------------------------------------------------------------------------------------

    def rule(self, rule: Rule) -> tuple[Expr, Expr, Expr]:
        """Its status, value and numbers, as expressions."""
        if rule.yearly is not None:
            return self.yearly(rule)
        if rule.from_ is not None:
            return self._from(rule)
        day, late = self._clock(rule)
        return self._judged(rule, When(day, self.start(rule)), late)

    def when(self, rule: Rule) -> When:
        """When a rule is looked at that waits for nothing."""
        return When(self._clock(rule)[0], self.start(rule))

    def _once(self, key: str, value: Expr) -> str:
        return self.body.once(("clock", key), value)

    def start(self, rule: Rule) -> str:
        if rule.since == "approval":
            return self._once("since", n.either(n.name("approved"), n.name("FIRST_DAY")))
        return self._once(
            f"since {rule.since}",
            self.pool.constant(rule.since) if isinstance(rule.since, date) else n.name("FIRST_DAY"),
        )

    def _clock(self, rule: Rule) -> tuple[str, str]:
        """The day that a rule is looked at on, and the statuses that its values make then."""
        if rule.by is None:
            if rule.until is None:
                return "as_of", "by_value_fail"
            return self._earlier("until", "term_end"), "by_value_fail"
        deadline = self.deadline(rule)
        over = n.both(
            n.compare(n.name(deadline), "is not", n.constant(None)),
            n.compare(n.name("as_of"), ">", n.name(deadline)),
        )
        late = self._once(
            f"late {deadline}", n.choose(over, n.name("by_value_fail"), n.name("by_value_pending"))
        )
        return self._earlier(f"look {deadline}", deadline), late

    def deadline(self, rule: Rule) -> str:
        """The last day of a rule's time."""
        if rule.by == "application":
            return self._once("application", n.call("application_day", n.name("approved"), n.name("applied")))
        if rule.by in ("approval", "term_end"):
            return "approved" if rule.by == "approval" else "term_end"
        if rule.years is not None:
            return self._once(
                f"{rule.years}y", n.call("add_years", n.name("approved"), n.constant(rule.years))
            )
        return self._once(f"by {rule.by}", self.pool.constant(rule.by))

    def _earlier(self, key: str, deadline: str) -> str:
        open_ = n.either(
            n.compare(n.name(deadline), "is", n.constant(None)),
            n.compare(n.name("as_of"), "<=", n.name(deadline)),
        )
        return self._once(key, n.choose(open_, n.name("as_of"), n.name(deadline)))

    def _judged(self, rule: Rule, when: When, late: str) -> tuple[Expr, Expr, Expr]:
        """The requirement at its moment; what breaks it at once; whether the rule applies at all."""
        body = self.body
        value = body.see(rule.condition, when, rule)
        numbers = body.observed(rule.condition, when)
        if rule.kind == "consequence":
            value = body.negate(value)
        status: Expr = n.item(n.name(late), n.name(value))
        if rule.fails_at_once is not None:
            broken = n.name(body.see(rule.fails_at_once, when, rule))
            fails, open_ = n.compare(broken, "==", n.constant(TRUE)), n.compare(broken, "==", n.constant(1))
            not_met = n.compare(n.name(value), "!=", n.constant(TRUE))
            waits = n.both(open_, not_met, n.compare(n.name(late), "is not", n.name("by_value_fail")))
            status = n.choose(fails, n.constant("fail"), waits, n.constant("unknown"), status)
        if rule.applies is not None:
            applies = n.name(body.see(rule.applies, when, rule))
            told = n.name(body.keep(status))
            review = n.both(
                n.compare(applies, "==", n.constant(2)), n.compare(told, "!=", n.constant("unknown"))
            )
            left = n.choose(
                n.compare(told, "==", n.constant("pass")),
                told,
                review,
                n.constant("needs_review"),
                n.constant("unknown"),
            )
            status = n.choose(
                n.compare(applies, "==", n.constant(TRUE)),
                told,
                n.compare(applies, "==", n.constant(FALSE)),
                n.constant("not_applicable"),
                left,
            )
        return status, n.name(value), numbers

    def _from(self, rule: Rule) -> tuple[Expr, Expr, Expr]:
        """Nothing is owed up to and on the day; after it the rule is pending until it is done."""
        owed, when = self.owed(rule)
        is_owed = n.name(owed)
        status, value, numbers = self._judged(rule, when, "by_value_pending")
        return (
            n.choose(is_owed, status, n.constant("not_applicable")),
            n.choose(is_owed, value, n.constant(FALSE)),
            n.choose(is_owed, numbers, n.constant(None)),
        )

    def owed(self, rule: Rule) -> tuple[str, When]:
        """Whether the time of a rule has come that nothing is owed of before, and when it is looked at then."""
        opens = "approved" if rule.from_ == "approval" else "term_end"
        come = n.both(
            n.compare(n.name(opens), "is not", n.constant(None)),
            n.compare(n.name("as_of"), ">", n.name(opens)),
        )
        owed = self._once(f"owed {opens}", come)
        start = n.choose(n.name(owed), n.call("add_days", n.name(opens), n.constant(1)), n.name("FIRST_DAY"))
        return owed, When("as_of", self._once(f"from {opens}", start))

    def yearly(self, rule: Rule) -> tuple[Expr, Expr, Expr]:
        told = n.name(self.body.keep(self.years(rule)))
        return n.item(told, n.constant(0)), n.item(told, n.constant(1)), n.item(told, n.constant(2))

    def years(self, rule: Rule) -> Expr:
        """The status of a yearly rule, its value, and the status of each year, as one expression."""
        assert rule.yearly is not None
        inner = Body(self.pool)
        inner.statements.append(n.assign("first_day", n.name("FIRST_DAY")))
        value = inner.see(rule.require, When("day", "first_day", "year"), rule)
        called = self.pool.new("year")
        parameters = ("reader", "approved", "term_end", "day", "year")
        self.pool.functions.append(
            n.function(called, parameters, [*prelude(), *inner.statements, n.return_(n.name(value))])
        )
        flags = (
            n.constant(rule.yearly.looked_for_until == "end_of_next_year"),
            n.constant(rule.yearly.running_year),
        )
        return n.call(
            "years", n.name("reader"), n.name(called), n.name("approved"), n.name("term_end"), *flags
        )


def prelude() -> Iterable[Stmt]:
    """What every function looks up once."""
    reader = n.name("reader")
    for called in ("subject", "as_of", "spoken", "followed"):
        yield n.assign(called, n.attribute(reader, called))
    yield n.assign("all_told", n.compare(n.attribute(reader, "complete"), "is", n.constant(True)))
    yield n.assign("incomplete", n.attribute(reader, "incomplete"))
    yield n.assign("given", n.attribute(reader, "given"))


def _unapproved(rules: list[Rule]) -> Expr:
    """An applicant: rules by approval wait, all others do not speak to it yet."""
    statuses = n.tuple_(
        [n.constant("pending" if rule.by == "approval" else "not_applicable") for rule in rules]
    )
    return n.tuple_(
        [statuses, n.tuple_([n.constant(FALSE)] * len(rules)), n.tuple_([n.constant(None)] * len(rules))]
    )


__all__ = ["PARAMETERS", "Writer", "pool_for", "prelude", "stages_of"]
