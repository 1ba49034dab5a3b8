"""Which way for each rule, and how much money of which kind: straight where there is no choice, by z3 where
there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import product
from math import prod
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from tic_rules.analysis.plan.model import DataChange, Sum, Way
from tic_rules.analysis.plan.money import UNIT, Template
from tic_rules.core.extras import lacking

if TYPE_CHECKING:
    from tic_rules.analysis.prove.booleans import Formula

FIRST = date.min
FEW = 1_000
"""So many combinations of ways are gone through without a solver."""
TOO_LONG = 20_000
"""Milliseconds after which z3 is told to give what it has."""


class Open(NamedTuple):
    """A rule that a plan has to meet: by when, and the ways."""

    rule: str
    by: date | None
    ways: tuple[Way, ...]


class NewMoney(NamedTuple):
    """New money of one kind by a day."""

    template: Template
    by: date
    amount: int


class ChosenWays(NamedTuple):
    ways: tuple[int, ...]
    amounts: tuple[NewMoney, ...]
    chosen_by: str


class Costs(NamedTuple):
    """What a change costs: 1, and its size beside what is asked; times what the caller says of its place."""

    given: Mapping[str, Fraction]

    def factor(self, at: str) -> Fraction:
        named = [place for place in self.given if at == place or at.startswith(f"{place}.")]
        return self.given[max(named, key=len)] if named else Fraction(1)

    def of(self, *changes: DataChange) -> Fraction:
        return sum(((1 + change.size) * self.factor(change.at) for change in changes), Fraction(0))

    def of_money(self, template: Template, rules: Iterable[Open]) -> Fraction:
        """What a unit of new money costs: beside the most that any way asks for."""
        sums = (total for rule in rules for way in rule.ways for total in way.sums)
        most = max((-total.base / UNIT for total in sums if total.of == template.of), default=Fraction(1))
        return self.factor(template.at) / max(most, Fraction(1))


class _Conflict(NamedTuple):
    """Rules that get into each other's way, the demands that have to go on holding, the kinds of money."""

    rules: Sequence[Open]
    guards: tuple[Sum, ...]
    templates: Mapping[str, tuple[Template, ...]]
    costs: Costs


def choose(
    rules: Sequence[Open], guards: Iterable[Sum], templates: Mapping[str, tuple[Template, ...]], costs: Costs
) -> ChosenWays | None:
    """The least cost that meets all rules; None where no way meets them together."""
    guarded = tuple(guards)
    ways, amounts, chosen_by = [0] * len(rules), [], "direct"  # type: list[int], list[NewMoney], str
    for group in _groups(rules):
        problem = _Conflict([rules[number] for number in group], guarded, templates, costs)
        choice = _direct(problem) or _of_few(problem) or _Model(problem).solve()
        if choice is None:
            return None
        for number, way in zip(group, choice.ways, strict=True):
            ways[number] = way
        amounts.extend(choice.amounts)
        chosen_by = choice.chosen_by if choice.chosen_by != "direct" else chosen_by
    return ChosenWays(tuple(ways), tuple(amounts), chosen_by)


def _groups(rules: Sequence[Open]) -> list[list[int]]:
    """The rules that can get into each other's way: those that share a change, a place or a list of
    amounts."""
    owner: dict[str, int] = {}
    group = list(range(len(rules)))
    for number, rule in enumerate(rules):
        names = {change.key for way in rule.ways for change in way.changes} | {
            change.at for way in rule.ways for change in way.changes if change.level
        }
        for name in names | {f"money {total.of}" for way in rule.ways for total in way.sums}:
            other = group[owner.setdefault(name, number)]
            if other != group[number]:
                old = group[number]
                group = [other if mark == old else mark for mark in group]
    return [[number for number, mark in enumerate(group) if mark == head] for head in dict.fromkeys(group)]


# --- where there is no choice -------------------------------------------------------------------------------


def _direct(problem: _Conflict) -> ChosenWays | None:
    """Each rule by its own cheapest way, where the rules share nothing that would make another choice
    cheaper."""
    rules, guards, templates, costs = problem
    keys = Counter(key for rule in rules for key in {ch.key for way in rule.ways for ch in way.changes})
    levels = {(ch.at, rule.rule) for rule in rules for way in rule.ways for ch in way.changes if ch.level}
    places = Counter(at for at, _ in levels)
    chosen = []
    for rule in rules:
        if len(rule.ways) > 1:
            shared = any(keys[ch.key] > 1 or places[ch.at] > 1 for way in rule.ways for ch in way.changes)
            if shared or any(way.sums for way in rule.ways):
                return None
        prices = [costs.of(*way.changes) for way in rule.ways]
        chosen.append(prices.index(min(prices)))
    sums = [
        (total, rule.by) for rule, pick in zip(rules, chosen, strict=True) for total in rule.ways[pick].sums
    ]
    amounts: list[NewMoney] = []
    for name in dict.fromkeys(total.of for total, _ in sums):
        chosen_amounts = _one_kind(
            [(t, by) for t, by in sums if t.of == name],
            [g for g in guards if g.of == name],
            templates[name],
            costs,
        )
        if chosen_amounts is None:
            return None
        amounts.extend(chosen_amounts)
    return ChosenWays(tuple(chosen), tuple(amounts), "direct")


def _one_kind(
    sums: list[tuple[Sum, date | None]], guards: list[Sum], templates: tuple[Template, ...], costs: Costs
) -> list[NewMoney] | None:
    """All of it from one kind of money, where that is as little as any mixture could be."""
    if any(total.many for total, _ in sums):
        return None
    cheapest = min(costs.factor(t.at) for t in templates)
    for index, template in enumerate(templates):
        if costs.factor(template.at) != cheapest:
            continue
        amounts: list[NewMoney] = []
        needed, best = 0, True
        for total, by in sorted(sums, key=lambda s: s[1] or FIRST):
            share, most = total.parts[index], max(total.parts)
            lacking = -total.base + (Fraction(1) if total.strict else 0)
            if lacking <= 0:
                continue
            if share <= 0:
                best = False
                break
            units = -(-lacking // share)
            best = best and share == most
            if units > needed:
                more, day = int(units - needed) * UNIT, by or FIRST
                if amounts and amounts[-1].by == day:
                    more += amounts.pop().amount
                amounts.append(NewMoney(template, day, more))
                needed = int(units)
        if best and all(_holds(total, index, needed) for total in (*(t for t, _ in sums), *guards)):
            return amounts
    return None


def _holds(total: Sum, index: int, units: int) -> bool:
    if total.many is not None:
        count, groups = total.many
        return sum(1 for base, parts in groups if base + parts[index] * units > 0) >= count
    value = total.base + total.parts[index] * units
    return value > 0 if total.strict else value >= 0


# --- where there is one -------------------------------------------------------------------------------------


def _of_few(problem: _Conflict) -> ChosenWays | None:
    """The cheapest of all combinations of ways, where these are few and none asks for money."""
    rules, costs = problem.rules, problem.costs
    if prod(len(rule.ways) for rule in rules) > FEW or any(way.sums for rule in rules for way in rule.ways):
        return None

    def price(picked: Sequence[int]) -> tuple[Fraction, int]:
        made = {
            ch.key: ch for rule, pick in zip(rules, picked, strict=True) for ch in rule.ways[pick].changes
        }
        levels: dict[object, Fraction] = {}
        for key, change in made.items():  # of several numbers to be reached at a place the largest counts
            at = change.level[:2] if change.level is not None else key
            levels[at] = max(levels.get(at, Fraction(0)), costs.of(change))
        return sum(levels.values(), Fraction(0)), len(made)

    return ChosenWays(min(product(*(range(len(rule.ways)) for rule in rules)), key=price), (), "direct")


class _Model:
    """The choice as an optimisation: a truth for each way and change, an amount for each kind of money by
    each day."""

    def __init__(self, problem: _Conflict, used: frozenset[str] | None = None) -> None:
        """`used` are the amounts that are to be whole units: a unit more of each breaks no demand, and all
        others are nothing."""
        try:
            import z3
        except ImportError:
            zh = "方案之间有取舍，需要求解器；请安装"
            en = "the plan has to choose between ways, for which a solver is needed; install it"
            raise lacking("prove", zh, en) from None
        rules, guards, templates, costs = problem
        self.z3, self.rules, self.templates, self.costs = z3, rules, templates, costs
        self.problem, self.used = problem, used
        self.solver = z3.Optimize()
        self.solver.set("timeout", TOO_LONG)
        self.days = sorted({rule.by or FIRST for rule in rules if any(way.sums for way in rule.ways)}) or [
            FIRST
        ]
        lists = dict.fromkeys(total.of for rule in rules for way in rule.ways for total in way.sums)
        self.money = {
            name: [
                [z3.Real(f"{name}/{index}/{day}") for day in range(len(self.days))]
                for index in range(len(templates[name]))
            ]
            for name in lists
        }
        self.amounts = [amount for table in self.money.values() for row in table for amount in row]
        for amount in self.amounts:
            self.solver.add(amount >= 0 if used is None or str(amount) in used else amount == 0)
        self.changes: dict[str, tuple[Formula, DataChange]] = {}
        self.ways = [self._rule(number, rule) for number, rule in enumerate(rules)]
        for guard in guards:
            if guard.of in self.money:
                self.solver.add(self._demand(guard, len(self.days) - 1))

    def _rule(self, number: int, rule: Open) -> list[Formula]:
        z3 = self.z3
        picked = [z3.Bool(f"way/{number}/{index}") for index in range(len(rule.ways))]
        self.solver.add(z3.Or(*picked))
        for way, taken in zip(rule.ways, picked, strict=True):
            for change in way.changes:
                if change.key not in self.changes:
                    self.changes[change.key] = z3.Bool(f"change/{len(self.changes)}"), change
                self.solver.add(z3.Implies(taken, self.changes[change.key][0]))
            for total in way.sums:
                self.solver.add(z3.Implies(taken, self._demand(total, self.days.index(rule.by or FIRST))))
        return picked

    def _demand(self, total: Sum, day: int) -> Formula:
        z3 = self.z3
        last = len(self.days) - 1 if total.counts_all else day

        def value(base: Fraction, parts: tuple[Fraction, ...]) -> Formula:
            counted = [
                (part, amount)
                for part, row in zip(parts, self.money[total.of], strict=True)
                for amount in row[: last + 1]
                if part
            ]
            rounding = sum(part for part, amount in counted if part < 0 and str(amount) in (self.used or ()))
            return z3.Sum([_number(z3, base + rounding), *(_number(z3, p) * a for p, a in counted)])

        if total.many is not None:
            count, groups = total.many
            paid = [z3.BoolVal(True) if base > 0 else value(base, parts) >= UNIT for base, parts in groups]
            return z3.Sum([z3.If(there, 1, 0) for there in paid]) >= count
        reach = value(total.base, total.parts)
        return reach >= (1 if total.strict else 0)

    def solve(self) -> ChosenWays | None:
        z3 = self.z3
        late = len(self.days)
        order = [
            (10 * index + late - day) * a
            for table in self.money.values()
            for index, row in enumerate(table)
            for day, a in enumerate(row)
        ]
        rank = z3.Sum([z3.RealVal(0), *order, *(z3.If(b, 1, 0) for b, _ in self.changes.values())])
        self.solver.minimize(z3.Sum([rank * z3.Q(1, 10**12), *self._prices()]))
        if self.solver.check() != z3.sat:
            return None
        model = self.solver.model()
        units = {str(a): _whole(model.eval(a, model_completion=True)) for a in self.amounts}
        if self.used is None and not self._whole_units_do(model, units):
            return _Model(self.problem, frozenset(name for name, number in units.items() if number)).solve()
        taken = tuple(
            next((i for i, b in enumerate(picked) if z3.is_true(model.eval(b))), 0) for picked in self.ways
        )
        amounts = [
            NewMoney(self.templates[name][index], self.days[day], units[str(amount)] * UNIT)
            for name, table in self.money.items()
            for index, row in enumerate(table)
            for day, amount in enumerate(row)
        ]
        return ChosenWays(taken, tuple(a for a in amounts if a.amount), "z3")

    def _whole_units_do(self, model: Any, units: Mapping[str, int]) -> bool:
        """Whether the ways that a solution takes hold with its amounts in whole units."""
        z3 = self.z3
        again = z3.Solver()
        again.add(*self.solver.assertions(), *(a == units[str(a)] for a in self.amounts))
        again.add(*(b for picked in self.ways for b in picked if z3.is_true(model.eval(b))))
        return bool(again.check() == z3.sat)

    def _prices(self) -> list[Formula]:
        z3 = self.z3
        prices = []
        levels: dict[tuple[str, date], list[tuple[Formula, DataChange]]] = {}
        for taken, change in self.changes.values():
            if change.level is not None:
                levels.setdefault(change.level[:2], []).append((taken, change))
            else:
                prices.append(z3.If(taken, _number(z3, self.costs.of(change)), _number(z3, Fraction(0))))
        for at, reached in levels.items():
            price = z3.Real(f"price/{at[0]}/{at[1]}")
            self.solver.add(
                price >= 0,
                *(
                    z3.Implies(taken, price >= _number(z3, self.costs.of(change)))
                    for taken, change in reached
                ),
            )
            prices.append(price)
        for name, table in self.money.items():
            for template, row in zip(self.templates[name], table, strict=True):
                weight = _number(z3, self.costs.of_money(template, self.rules))
                prices.extend(weight * amount for amount in row)
        return prices


def _whole(value: Formula) -> int:
    """A solution in whole units of money: never less than was found to be needed."""
    return int(-(-Fraction(value.numerator_as_long(), value.denominator_as_long()) // 1))


def _number(z3: ModuleType, number: Fraction) -> Formula:
    return z3.Q(Fraction(number).numerator, Fraction(number).denominator)
