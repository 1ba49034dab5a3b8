"""Facts that have been read already: one record, one value a fact, statuses only. For forms, rows and other systems' records.

A record gives every fact of the rules by its name, null where it is not known. Only rules that need no clock can be decided
so: those with a deadline, a window, a year or an attestation want the whole centre (`check`) or a table (`check_table`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from tic_rules.core.errors import UsageError, fault
from tic_rules.core.quantities import ANYTHING, Range
from tic_rules.engines.python import nodes as n
from tic_rules.engines.python.conditions import Pool, any_value
from tic_rules.engines.python.nodes import Expr, Stmt
from tic_rules.evaluation.evaluate import between, compare
from tic_rules.evaluation.facts import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet

Flat = Callable[[Mapping[str, Any]], tuple[str, ...]]
"""The statuses of the rules, in the rule set's order, for one record of facts."""

_LOCK = threading.Lock()
_STATUSES = ("fail", "unknown", "needs_review", "pass")
_COMPARES = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<", "equals": "=="}


def flat(ruleset: RuleSet) -> Flat:
    """The function that decides records of facts; compiled when it is first asked for, kept with the rule set.

    Raises UsageError with the rules that one record of facts cannot decide.
    """
    found: Flat | None = ruleset._compiled.get("flat")
    if found is None:
        with _LOCK:
            found = ruleset._compiled.get("flat")
            if found is None:
                found = ruleset._compiled["flat"] = _Writer(ruleset).decide()
    return found


class _Writer:
    def __init__(self, ruleset: RuleSet) -> None:
        from tic_rules.model.centre import Centre

        self.ruleset = ruleset
        self.pool = Pool(ruleset, Centre, {"between": between})
        self.body: list[Stmt] = []
        self.read: dict[str, str] = {}
        self.count = 0

    def decide(self) -> Flat:
        self._refuse_clocks()
        statuses = n.tuple_([self._status(rule) for rule in self.ruleset.rules])
        built: Flat = n.build(
            [n.function("decide", ("record",), [*self.body, n.return_(statuses)])], self.pool.names
        )["decide"]
        absent = dict.fromkeys(self.read)

        def decide(record: Mapping[str, Any]) -> tuple[str, ...]:
            try:
                return built(record)
            except KeyError:  # a fact that is left out is not known
                return built(absent | dict(record))

        return decide

    def _refuse_clocks(self) -> None:
        clocked = [
            rule.id
            for rule in self.ruleset.rules
            if rule.by or rule.from_ or rule.since or rule.until or rule.yearly or not _is_flat(rule)
        ]
        if clocked:
            names = "、".join(clocked[:5]) + ("…" if len(clocked) > 5 else "")
            zh, en = (
                f"这些规则不能只凭一条事实记录判定：{names}",
                f"one record of facts does not decide these rules: {', '.join(clocked[:5])}",
            )
            raise fault(UsageError, "not-flat", zh, en)

    # --- rules -----------------------------------------------------------------------------------------------------------

    def _status(self, rule: Rule) -> Expr:
        status = self._told(
            rule.condition,
            ("pass", "unknown", "needs_review", "fail") if rule.kind == "consequence" else _STATUSES,
        )
        if rule.fails_at_once is not None:
            broken = n.name(self._keep(self._value(rule.fails_at_once)))
            status = n.choose(n.compare(broken, "==", n.constant(TRUE)), n.constant("fail"), status)
        if rule.applies is not None:
            told, applies = n.name(self._keep(status)), n.name(self._keep(self._value(rule.applies)))
            review = n.both(
                n.compare(applies, "==", n.constant(REVIEW)), n.compare(told, "!=", n.constant("unknown"))
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
        return status

    def _keep(self, value: Expr) -> str:
        self.count += 1
        self.body.append(n.assign(f"x{self.count}", value))
        return f"x{self.count}"

    def _fact(self, fact: str) -> Expr:
        if fact not in self.read:
            self.read[fact] = self._keep(n.item(n.name("record"), n.constant(fact)))
        return n.name(self.read[fact])

    # --- conditions ------------------------------------------------------------------------------------------------------

    def _value(self, node: Any) -> Expr:
        return self._told(node, (FALSE, UNKNOWN, REVIEW, TRUE))

    def _told(self, node: Any, outcomes: tuple[Any, ...]) -> Expr:
        """A condition's value, as one of four outcomes: for false, unknown, needs review, true."""
        false, unknown, review, true = (n.constant(outcome) for outcome in outcomes)
        if isinstance(node, (c.All, c.Either, c.Not, c.Review)):
            value = n.name(self._keep(self._combined(node)))
            tests = [
                part
                for number, outcome in ((TRUE, true), (FALSE, false), (UNKNOWN, unknown))
                for part in (n.compare(value, "==", n.constant(number)), outcome)
            ]
            return n.choose(*tests, review)
        known = self._fact(node.fact)
        absent = n.compare(known, "is", n.constant(None))
        match node:
            case c.Compare():
                return n.choose(
                    absent, n.constant(outcomes[self._unread(node)]), self._compared(node, known), true, false
                )
            case c.Is():
                return n.choose(absent, unknown, n.compare(known, "==", n.constant(node.is_)), true, false)
            case c.Among():
                return n.choose(
                    absent,
                    unknown,
                    n.compare(known, "in", n.name(self.pool.named(frozenset(node.among)))),
                    true,
                    review if node.open else false,
                )
            case c.Reads():
                return n.choose(
                    absent, unknown, n.call("between", n.name(self.pool.named(node)), known), true, false
                )
        return n.choose(absent, unknown, true)  # given

    def _combined(self, node: Any) -> Expr:
        parts = [n.name(self._keep(self._value(part))) for part in c.children(node)]
        if isinstance(node, c.Not):
            return n.item(n.tuple_([n.constant(value) for value in (TRUE, UNKNOWN, REVIEW, FALSE)]), parts[0])
        if isinstance(node, c.Review):
            return n.choose(n.compare(parts[0], "==", n.constant(TRUE)), n.constant(REVIEW), parts[0])
        return (
            any_value(parts)
            if isinstance(node, c.Either)
            else n.call("min", *parts)
            if len(parts) > 1
            else parts[0]
        )

    def _compared(self, node: c.Compare, known: Expr) -> Expr:
        if node.operator == "between":
            low, high = (self.pool.constant(end) for end in node.limit)
            return n.both(n.compare(low, "<=", known), n.compare(known, "<=", high))
        return n.compare(known, _COMPARES[node.operator], self.pool.constant(node.limit))

    def _unread(self, node: c.Compare) -> int:
        """What a comparison is of a number of which nothing is known."""
        limit = node.limit if isinstance(node.limit, tuple) else (node.limit, node.limit)
        return compare(node.operator, ANYTHING, Range(*limit))


def _is_flat(rule: Rule) -> bool:
    trees = [tree for tree in (rule.condition, rule.applies, rule.fails_at_once) if tree is not None]
    return all(_flat_node(node) for tree in trees for node in c.walk(tree))


def _flat_node(node: Any) -> bool:
    if isinstance(node, c.Compare):
        return not isinstance(node.limit, c.Times)
    return isinstance(node, (c.All, c.Either, c.Not, c.Review, c.Is, c.Among, c.Given, c.Reads))


__all__ = ["Flat", "flat"]
