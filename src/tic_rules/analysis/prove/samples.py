"""Centre data made to meet, or to break, given rules: as little of it as the rules read.

What is made here is only a proposal: `witness` runs every file again through the reference evaluator before
it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from tic_rules.analysis.construct import (
    Construct,
    Demand,
    EntriesDemand,
    KeysDemand,
    ValueDemand,
    WordsDemand,
    judgement,
    number,
)
from tic_rules.analysis.construct import entry as entry_of
from tic_rules.analysis.diff.order import shape_of
from tic_rules.core.dates import add_days, add_years
from tic_rules.core.numbers import Number, Range, decimal_text, parse_number
from tic_rules.core.scalars import Json
from tic_rules.evaluation.clock import deadline_of
from tic_rules.evaluation.scenarios import Scenario
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.document import get
from tic_rules.model.fields import list_above
from tic_rules.model.readings import held_at
from tic_rules.model.ruleset import Fact, ListOf, Rule, RuleSet
from tic_rules.model.subject import Record

TERM = 5


class SampleDays(NamedTuple):
    """The days of the made-up centre. Nothing rests on them, but that a document binds it whole only where it
    is approved once the document is in force."""

    applied: date = date(2021, 9, 1)
    approved: date = date(2022, 3, 1)

    @property
    def term_end(self) -> date:
        return add_years(self.approved, TERM)

    @property
    def scenario(self) -> Scenario:
        return Scenario(self.approved, self.applied, self.term_end)

    @property
    def event(self) -> date:
        """The day of an entry from which a deadline runs."""
        return add_days(self.approved, 1)


def clock_of(*rulesets: RuleSet | None) -> SampleDays:
    """The clock of a centre that these documents bind whole."""
    begins = [one.document.in_force.from_ for one in rulesets if one is not None]
    last = max((day for day in begins if day is not None), default=date.min)
    year = min(last.year + (last > date(last.year, 3, 1)), 9000)
    return SampleDays() if year <= 2022 else SampleDays(date(year - 1, 9, 1), date(year, 3, 1))


STEP = {"CNY": 10_000}
"""How far a number is moved to just miss a bound, by unit; 1 elsewhere."""


def last_days(rule: Rule, as_of: date, clock: SampleDays) -> list[date]:
    """The last days on which a rule looks for something, up to a day: of its years, its cycles, its time."""
    if rule.yearly is not None:
        days = [rule.yearly.due(year) for year in range(clock.approved.year + 1, as_of.year + 1)]
    elif rule.cycle is not None:
        days = [rule.cycle.due(clock.approved, number) for number in range(1, TERM + 2)]
    elif rule.after is not None and rule.event is not None:
        days = [rule.after.shift.after(clock.event)]
    else:
        days = [day for day in [deadline_of(rule, clock.scenario)] if day is not None]
    return [day for day in days if day <= as_of]


def as_of_for(rules: Iterable[Rule], clock: SampleDays) -> date:
    """A day on which the time of every one of these rules is up."""
    days = [add_days(clock.approved, 60)]
    for rule in rules:
        if rule.until is not None and (rule.yearly is not None or rule.cycle is not None):
            days.append(add_years(clock.approved, TERM + 3))  # what the years after the term would have owed
        elif rule.yearly is not None:
            days.append(date(clock.approved.year + 3, 1, 15))
        elif rule.cycle is not None or rule.event is not None:
            days += [add_days(day, 30) for day in last_days(rule, clock.term_end, clock)]
        elif rule.from_ == "term_end" or rule.until is not None:
            days.append(add_days(clock.term_end, 30))
        else:
            deadline = deadline_of(rule, clock.scenario)
            if deadline is not None:
                days.append(add_days(deadline, 30))
    return max(days)


class Maker:
    """Builds one file. `make` adds what a rule needs to what is there already."""

    def __init__(
        self,
        as_of: date,
        clock: SampleDays,
        programme: bool = False,
        choice: int = 0,
        model: type[Record] = Centre,
    ) -> None:
        self.as_of, self.clock, self.choice, self.model = as_of, clock, choice, model
        self.data: Json = {"reported_on": as_of.isoformat()}
        if not programme:
            self.data |= {
                "applied_on": clock.applied.isoformat(),
                "approved_on": clock.approved.isoformat(),
                "term_years": TERM,
            }
        self._names = 0

    # --- rules ----------------------------------------------------------------------------------------------

    def make(self, ruleset: RuleSet, rule: Rule, met: bool) -> None:
        """Add what meets a rule, or breaks it."""
        wanted = met == (rule.kind != "consequence")
        for day, year in self._moments(rule):
            builder = _SampleBuilder(self, ruleset, rule, day, year)
            if rule.event is not None:
                builder.add_event(rule.event)
            if rule.applies is not None:
                builder.make(rule.applies, True)
            builder.make(rule.condition, wanted)

    def _moments(self, rule: Rule) -> list[tuple[date, int | None]]:
        """The days on which the rule looks at the data, with the year that is owed."""
        if rule.yearly is not None:
            last = self.as_of.year if rule.yearly.running_year else self.as_of.year - 1
            years = range(self.clock.approved.year + 1, last + 1)
            ends = {year: min(date(year + 1, 1, 10), rule.yearly.due(year)) for year in years}
            early = rule.yearly.running_year
            return [(date(y, 6, 1) if early or end > self.as_of else end, y) for y, end in ends.items()]
        if rule.event is not None:
            return [(self.clock.event, None)]
        if rule.cycle is not None:
            return [(day, None) for day in (*last_days(rule, self.as_of, self.clock), self.as_of)]
        deadline = deadline_of(rule, self.clock.scenario)
        return [(min(deadline or self.as_of, self.as_of), None)]

    def name(self) -> str:
        self._names += 1
        return f"示例单位{self._names}"

    # --- places ---------------------------------------------------------------------------------------------

    def _within(self, path: str) -> tuple[Json, str]:
        """Where a path begins: for one into the entries of a list, the first of them."""
        above = list_above(self.model, path)
        if above is None:
            return self.data, path
        outer = self.entries(above)
        if not outer:
            outer.append({"name": self.name()} if held_at(self.model, f"{above}.name") else {})
        return outer[0], path[len(above) + 1 :]

    def get(self, path: str) -> Any:
        outer, path = self._within(path)
        return get(outer, path.split("."))

    def put(self, path: str, value: object) -> None:
        parent, path = self._within(path)
        *above, last = path.split(".")
        for part in above:
            parent = parent.setdefault(part, {})
        parent[last] = value

    def entries(self, path: str) -> list[Any]:
        entries: list[Any] = self.get(path)
        if entries is None:
            entries = []
            self.put(path, entries)
        return entries


class _SampleBuilder:
    """One rule at one of its days."""

    def __init__(self, maker: Maker, ruleset: RuleSet, rule: Rule, day: date, year: int | None) -> None:
        self.maker, self.ruleset, self.rule, self.day, self.year = maker, ruleset, rule, day, year
        self.construct = Construct(ruleset, maker.model, day, lambda path: "示例")
        self.soft = False
        """Only what is not said yet is put: the alternatives that are not chosen are made false, so that
        nothing stays unknown."""

    def make(self, node: c.Condition, wanted: bool) -> None:
        """Make a condition true, or false."""
        match node:
            case c.All() | c.Either():
                parts = c.children(node)
                if isinstance(node, c.All) == wanted:
                    for part in parts:
                        self.make(part, wanted)
                else:
                    chosen = parts[min(self.maker.choice, len(parts) - 1)]
                    self.make(chosen, wanted)
                    before, self.soft = self.soft, True
                    for part in (part for part in parts if part is not chosen):
                        self.make(part, not wanted)
                    self.soft = before
            case c.Not():
                self.make(node.not_, not wanted)
            case c.Review():
                self.make(node.review, False)
            case c.Attested():
                self._attest(wanted)
            case c.Same():
                for part in node.same:
                    self.make(part, wanted)
            case c.Follows():
                self.make(self.ruleset[node.follows].condition, wanted)
            case c.Running():
                listed = self._listed(node.of)
                self.maker.entries(listed.paths[0])
                for step in range(node.running if wanted else 0):
                    self._add(node.of, node.where, year=self.maker.as_of.year - 2 - step)
            case c.Compare():
                self._compare(node, wanted)
            case c.OfEntry():
                path = self._listed(self.rule.event or "").paths[0]
                for entry in self.maker.entries(path) if wanted else ():
                    entry |= self._attributes(node.entry, path)
            case _:
                self._put(self.construct.demand(node, wanted, "示例"))

    def add_event(self, fact: str) -> None:
        """An entry from which a deadline runs, where there is none."""
        if not self.maker.entries(self._listed(fact).paths[0]):
            self._add(fact, self.ruleset.facts[fact].where or c.Where())

    def _attest(self, met: bool) -> None:
        given = self.maker.entries("attestations")
        items: list[str | None] = [item.id for item in self.rule.items]
        for item in items or [None]:
            made = judgement(self.ruleset, self.rule, item, met, "评审组", self.maker.as_of, "评审意见")
            if not any((other["rule"], other.get("item")) == (made["rule"], item) for other in given):
                given.append(made)

    def _put(self, demand: Demand | None) -> None:
        """What a condition demands, put into the file."""
        match demand:
            case ValueDemand(name, value):
                path = ".".join(self.ruleset.facts[name].at)
                if not self.soft or self.maker.get(path) is None:
                    self.maker.put(path, value)
            case WordsDemand(name, words, choices):
                there = self.maker.entries(".".join(self.ruleset.facts[name].at))
                if not choices or not (self.soft or set(there) & set(choices)):
                    there.extend(word for word in words if word not in there)
            case KeysDemand(name, keys, where):
                path = ".".join(self.ruleset.facts[name].at)
                table = self.maker.get(path) or {}
                self.maker.put(path, table)
                for key in keys:
                    table.setdefault(key, self.construct.attributes(path, where))
            case EntriesDemand():
                self._entries(demand)

    # --- numbers --------------------------------------------------------------------------------------------

    def _compare(self, node: c.Compare, wanted: bool) -> None:
        fact, path = self.ruleset.facts[node.fact], ".".join(self.ruleset.facts[node.fact].at)
        value = self._number(node, fact, wanted)
        if self.soft and (not path or self.maker.get(path) is not None):
            return
        match fact.reading:
            case "value":
                self.maker.put(path, _plain(value))
            case "stock":
                self._stock(path, _plain(value))
            case "sum":
                missing = value - self._total(fact)
                if missing > 0 or not self.maker.entries(self._listed(node.fact).paths[0]):
                    amount = {fact.sum or "amount": _plain(max(missing, 0))}
                    self._add(node.fact, fact.where or c.Where(), amount)
            case "kinds":
                name = fact.kinds or ""
                for group in islice((self.ruleset.facts[name].groups or {}).values(), int(value)):
                    self._add(name, group.where, self._amount(name, 1))
                self.maker.entries(self._listed(name).paths[0])
            case "count" | "distinct":
                self._several(node.fact, fact, int(value))

    def _number(self, node: c.Compare, fact: Fact, wanted: bool) -> Number:
        limit, step = node.limit, STEP.get(fact.unit or "", 1)
        if isinstance(limit, c.Times):
            base = 100 * step
            self._compare(c.Compare.model_validate({"fact": limit.fact, "at_least": base}), True)
            limit = limit.times * base
        bound = Range(*limit) if node.operator == "between" else Range(limit, limit)
        return max(number(node.operator, bound, step, wanted), 0)

    def _stock(self, path: str, value: object) -> None:
        if shape_of(path, self.ruleset.vocabulary) != "dated":
            self.maker.put(path, value)
            return
        series = [entry for entry in self.maker.entries(path) if entry["date"] != self.day.isoformat()]
        series.append({"date": self.day.isoformat(), "value": value})
        self.maker.put(path, sorted(series, key=lambda entry: entry["date"]))

    def _total(self, fact: Fact) -> Number:
        """What is there already for a sum that takes every entry; nothing is known of one that takes only
        some."""
        if fact.where is not None:
            return 0
        entries = self.maker.entries(self.ruleset.vocabulary.lists[fact.of or ""].paths[0])
        return sum(
            parse_number(entry[fact.sum or "amount"], money=True)
            for entry in entries
            if fact.sum in entry and entry.get("date", "9") <= self.day.isoformat()
        )

    def _several(self, name: str, fact: Fact, most: int) -> None:
        entries = [entry for path in self._listed(name).paths for entry in self.maker.entries(path)]
        if fact.distinct is not None:
            there = {entry.get(fact.distinct) for entry in entries}
            others = self.construct.others(f"{self._listed(name).paths[0]}.{fact.distinct}", there)
            for word in islice(others, max(most - len(there), 0)):
                self._add(name, c.Where(), {fact.distinct: word})
            return
        for _ in range(max(most - len(entries), 0)):
            self._add(name, fact.where or c.Where())

    # --- lists ----------------------------------------------------------------------------------------------

    def _listed(self, fact: str) -> ListOf:
        return self.ruleset.vocabulary.lists[self.ruleset.facts[fact].list_name or ""]

    def _entries(self, demand: EntriesDemand) -> None:
        listed = self._listed(demand.fact)
        path = listed.paths[0]
        if listed.held is None:
            for each in listed.paths:
                self.maker.entries(each)
        elif self.maker.get(path) is None:
            self.maker.put(path, {listed.held: False})
        if self.soft or demand.where is None:
            return
        if not demand.every or not self.maker.entries(path):
            self._add(demand.fact, demand.where, self._amount(demand.fact, demand.units))
            return
        for entry in self.maker.entries(path):
            for attribute, test in demand.where.each.items() if isinstance(entry, dict) else ():
                if entry.get(attribute) is None or (
                    test.one_of is not None and not _has(entry[attribute], test.one_of)
                ):
                    entry |= self._attributes(c.Where(each={attribute: test}), path)

    def _add(
        self, name: str, where: c.Where, more: Mapping[str, object] | None = None, year: int | None = None
    ) -> None:
        """An entry as asked, dated on the day that is looked at."""
        fact, listed = self.ruleset.facts[name], self._listed(name)
        year = year or self.year or (self.day.year - 1 if fact.over else self.maker.as_of.year - 1)
        path = listed.paths[0]
        if listed.scalar is not None:
            self.maker.entries(path).append(year if listed.year else "甲省")
            return
        made = entry_of(listed, {**self._attributes(where, path), **(more or {})}, self.day, year)
        if listed.held is not None:
            self.maker.put(path, made)
            return
        if not listed.look_up and held_at(self.maker.model, f"{path}.name") is not None:
            made = {"name": self.maker.name(), **made}
        if made not in self.maker.entries(path):
            self.maker.entries(path).append(made)

    def _amount(self, name: str, units: int) -> dict[str, object]:
        """What an entry of a list is to come to, where its entries have amounts."""
        attribute = self.ruleset.facts[name].sum or "amount"
        held = held_at(self.maker.model, f"{self._listed(name).paths[0]}.{attribute}")
        return {} if held is None or not units else {attribute: units * STEP["CNY"]}

    def _attributes(self, where: c.Where, path: str) -> dict[str, object]:
        """What an entry has to say. The type of a unit stands with the unit: a host of that type."""
        values = self.construct.attributes(path, where)
        if "unit_type" in values:
            hosts, unit_type = self.maker.entries("hosts"), values.pop("unit_type")
            if not hosts:
                hosts.append({"name": self.maker.name(), "type": unit_type})
            values["name"] = hosts[0]["name"]
        return values


def _has(value: object, words: Iterable[object]) -> bool:
    return any(word in words for word in value) if isinstance(value, list) else value in words


def _plain(number: Number) -> int | str | None:
    return int(number) if number == int(number) else decimal_text(number)
