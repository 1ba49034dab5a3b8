"""The places that a rule read and what lists lack, as `evaluate` tells them, for rules that generated code has decided.

One function a condition, in the order of `evaluate`; matching is the generated code's. What facts cite is found once for all
rules that look at the same moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from tic_rules.core.quantities import Number, Range
from tic_rules.engines.python.absent import missing, value_of
from tic_rules.engines.python.conditions import Pool
from tic_rules.engines.python.program import Program
from tic_rules.engines.python.runtime import Match, Numbers, Reader, Sides, judged, running
from tic_rules.evaluation.evaluate import Clock, clock_of, compare, day_not_needed, name_of, reads_days, see
from tic_rules.evaluation.facts import FALSE, REVIEW, TRUE, UNKNOWN, Moment, Path, negate
from tic_rules.evaluation.scenarios import Life, Needs, lives_of, needs_of
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Fact, Rule, RuleSet
from tic_rules.model.values import Series

Paths = Sequence[Path]


class Way(NamedTuple):
    """The one life that the data allows a rule, and its clock there; None where the rule's time has not come."""

    life: Life
    clock: Clock | None


class Plan(NamedTuple):
    """What is known of a rule before there is a subject: rules of one `time` have the same clock in the same life."""

    rule: Rule
    place: int
    """Among the rules of its rule set."""
    needs: Needs
    time: int
    trees: tuple[Any, ...]
    read: Callable[..., Paths]
    """How the places of the one condition are found, where the rule is one tree."""
    yearly: bool
    names_lacking: bool
    """Whether what a list lacks can be told from the one condition that the rule is."""
    lacks: bool
    numbers: type[Numbers] | type[Sides] | None
    """What the numbers are that the rule observes, where it is one condition that has any."""


def plans_of(ruleset: RuleSet) -> tuple[Plan, ...]:
    """What is known of every rule beforehand, in the order of the rule set; made once."""
    found: tuple[Plan, ...] | None = ruleset._compiled.get("plans")
    if found is None:
        times: dict[Any, int] = {}
        found = ruleset._compiled["plans"] = tuple(_plan(ruleset, rule, times) for rule in ruleset.rules)
    return found


def _plan(ruleset: RuleSet, rule: Rule, times: dict[Any, int]) -> Plan:
    trees = tuple(tree for tree in (rule.applies, rule.condition, rule.fails_at_once) if tree is not None)
    needs, nodes = needs_of(ruleset, rule), [node for tree in trees for node in c.walk(tree)]
    time = times.setdefault(
        (needs, rule.by, rule.from_, rule.since, rule.until, rule.bearer == "programme"), len(times)
    )
    lacks = any(type(node) in _LACKS and (rule.items or type(node) is not c.Attested) for node in nodes)
    place, single = ruleset.place_of(rule.id), len(nodes) == 1
    read, numbers = _READ[type(rule.condition)], _NUMBERS.get(type(rule.condition))
    return Plan(
        rule, place, needs, time, trees, read, rule.yearly is not None, lacks and single, lacks, numbers
    )


class Citing:
    """What was read of one subject: asked for rule by rule, after the rules have been decided."""

    __slots__ = (
        "_clocks",
        "_known",
        "_listed",
        "_placed",
        "_program_of",
        "_ways",
        "life",
        "placing",
        "reader",
    )

    def __init__(self, reader: Reader, program_of: Callable[[RuleSet, bool], Program]) -> None:
        """`program_of` gives the functions that match entries, when they are first needed."""
        self.reader, self._program_of = reader, program_of
        self.life: Life | None = None
        """The one life of a centre that is plain."""
        self.placing: Callable[[], tuple[Paths | None, ...]] | None = None
        """What each rule of a plain centre cites, found for all rules at once when it is first asked for."""
        self._placed: tuple[Paths | None, ...] | None = None
        self._known: dict[Any, Paths] = {}
        self._listed: dict[Any, list[tuple[Path, Any, int]]] = {}
        self._clocks: dict[int, tuple[Clock, ...]] = {}
        self._ways: dict[int, Way | None] = {}

    def placed(self) -> tuple[Paths | None, ...] | None:
        """What each rule cites, where that is plain."""
        if self.placing is not None:
            placing, self.placing = self.placing, None
            self._placed = placing()
        return self._placed

    @property
    def pool(self) -> Pool:
        scene = self.reader.scene
        return self._program_of(scene.ruleset, scene.programme).pool

    def way(self, plan: Plan) -> Way | None:
        """The one life of a rule and its clock; None where there are several lives, or the rule does not look at its clock."""
        try:
            return self._ways[plan.time]
        except KeyError:
            lives = lives_of(self.reader.scene, plan.needs).all if self.life is None else (self.life,)
            single = len(lives) == 1 and self._speaks_to(plan, lives[0])
            found = self._ways[plan.time] = (
                Way(lives[0], clock_of(plan.rule, self.reader.scene, lives[0])) if single else None
            )
            return found

    def _speaks_to(self, plan: Plan, life: Life) -> bool:
        """Whether a rule looks at its clock in a life: those of the other kind of subject do not, nor most before approval."""
        programme = self.reader.scene.programme
        return programme == (plan.rule.bearer == "programme") and (
            programme or life.approved is not None or plan.rule.by == "application"
        )

    def clocks(self, plan: Plan) -> tuple[Clock, ...]:
        """The clocks of a rule in all lives that the data allows; none where it has none in one of them."""
        known = self._clocks.get(plan.time)
        if known is None:
            lives, _, cut = lives_of(self.reader.scene, plan.needs)
            found = (
                []
                if cut
                else [
                    clock_of(plan.rule, self.reader.scene, life)
                    for life in lives
                    if self._speaks_to(plan, life)
                ]
            )
            clocks = tuple(clock for clock in found if clock is not None)
            known = self._clocks[plan.time] = clocks if len(clocks) == len(lives) else ()
        return known

    def missing(self, plan: Plan) -> tuple[Path, ...] | None:
        """The places whose absence leaves a rule unknown, where it is so in every life for the same reason; else None."""
        clocks = () if plan.yearly else self.clocks(plan)
        found = missing(plan.rule, self.reader) if clocks else None
        if found is None or len(clocks) == 1:
            return found
        if plan.rule.fails_at_once is not None:
            return None
        scene = self.reader.scene
        lives, looks = lives_of(scene, plan.needs), reads_days(scene, plan.rule)
        behind = day_not_needed(plan.rule, scene, lives.all)
        apart = {("fail" if behind else clock.late, clock.moment if looks else None) for clock in clocks}
        return tuple(dict.fromkeys((*lives.open, *found))) if len(apart) > 1 else found

    def cites(self, plan: Plan, moment: Moment, life: Life) -> Paths:
        """The places that a rule cites, each once."""
        if len(plan.trees) == 1:
            return plan.read(self, plan.trees[0], plan.rule, moment, life)
        return _each_once([self.read(tree, plan.rule, moment, life) for tree in plan.trees])

    def lacking(self, plan: Plan, moment: Moment) -> tuple[str, ...] | None:
        """What the lists of a rule lack; None where it takes a closer look to say which of its parts are not met."""
        if plan.names_lacking:
            return tuple(dict.fromkeys(_LACKS[type(plan.trees[0])](self, plan.trees[0], plan.rule, moment)))
        found: dict[str, None] = {}
        left = list(plan.trees[::-1])
        while left:
            node = left.pop()
            told = value_of(node, plan.rule, self.reader)
            if told is None:
                return None
            if told.value != TRUE and type(node) in _LACKS:
                found.update(dict.fromkeys(_LACKS[type(node)](self, node, plan.rule, moment)))
            if told.value != TRUE or any(node is tree for tree in plan.trees):
                left.extend(c.children(node)[::-1])
        return tuple(found)

    def read(self, node: Any, rule: Rule, moment: Moment, life: Life) -> Paths:
        return _READ[type(node)](self, node, rule, moment, life)

    # --- conditions ------------------------------------------------------------------------------------------------------

    def _parts(self, node: Any, rule: Rule, moment: Moment, life: Life) -> Paths:
        return _each_once([self.read(part, rule, moment, life) for part in c.children(node)])

    def _attested(self, node: c.Attested, rule: Rule, moment: Moment, life: Life) -> Paths:
        given = self.reader.given(rule.id) or ()
        if not rule.items:
            return [("attestations", index) for index, _ in given]
        return [("attestations", index) for item in rule.items for index, one in given if one.item == item.id]

    def _compare(self, node: c.Compare, rule: Rule, moment: Moment, life: Life) -> Paths:
        own = self.number(node.fact, moment)
        return (
            _each_once((own, self.number(node.limit.fact, moment)))
            if isinstance(node.limit, c.Times)
            else own
        )

    def _single(self, node: Any, rule: Rule, moment: Moment, life: Life) -> Paths:
        path = _path(self.reader.scene.facts[node.fact].value or "")
        value = self._value(path)
        known = (
            self.reader.scene.single(node.fact, moment.day)[0] if type(value) is Series else value is not None
        )
        return (path,) if known else ()

    def _words(self, node: Any, rule: Rule, moment: Moment, life: Life) -> Paths:
        fact = self.reader.scene.facts[node.fact]
        path = _path(fact.words or fact.table or "")
        return (path,) if self._value(path) else ()

    def _some(self, node: c.Some, rule: Rule, moment: Moment, life: Life) -> Paths:
        fact, day = self.reader.scene.facts[node.fact], moment.day
        match = self._match(node.some, fact)
        return [
            at for at, record, _ in self._entries(fact, moment) if match(record, day, self.reader) != FALSE
        ]

    def _every(self, node: c.Every, rule: Rule, moment: Moment, life: Life) -> Paths:
        return [at for at, _, _ in self._entries(self.reader.scene.facts[node.fact], moment)]

    def _none_of(self, node: c.NoneOf, rule: Rule, moment: Moment, life: Life) -> Paths:
        fact, day, reader = self.reader.scene.facts[node.fact], moment.day, self.reader
        barred = self._match(node.none_of, fact)
        permitted = self._match(node.permitted, fact) if node.open and node.permitted is not None else None

        def stands_out(record: Any) -> bool:
            if barred(record, day, reader) != FALSE:
                return True
            return node.open and (permitted is None or permitted(record, day, reader) != TRUE)

        return [at for at, record, _ in self._entries(fact, moment) if stands_out(record)]

    def _largest(self, node: c.Largest, rule: Rule, moment: Moment, life: Life) -> Paths:
        return self._groups(node.fact, moment)

    def _share(self, node: c.Share, rule: Rule, moment: Moment, life: Life) -> Paths:
        fact, day, reader = self.reader.scene.facts[node.fact], moment.day, self.reader
        groups = fact.groups or {}
        matches = [self._match(groups[name].where, fact) for name in node.share_of]
        attribute, found = fact.sum or "amount", []
        for at, record, _ in self._entries(fact, moment):
            for match in matches:
                if match(record, day, reader) != FALSE:
                    found.append((*at, attribute))
                    break
        return found

    def _nothing(self, node: Any, rule: Rule, moment: Moment, life: Life) -> Paths:
        return ()

    def _running(self, node: c.Running, rule: Rule, moment: Moment, life: Life) -> Paths:
        fact, reader = self.reader.scene.facts[node.of], self.reader
        name, day, match = fact.list_name or "", moment.day, self._match(node.where, fact)
        counted = reader.counted(name, day, moment.start, moment.year, fact.over is not None)
        plain = running(reader, counted, name, match, node.running, day, life.approved)
        return see(node, reader.scene, moment, life, rule).cites if plain is None else ()

    def reached_on(self, plan: Plan, start: date, deadline: date, last: date) -> tuple[date | None] | None:
        """The first day after a deadline on which a sum that a rule compares came up to its bound; None where that takes a closer look."""
        node: Any = plan.rule.require
        reader = self.reader
        fact = reader.scene.facts[node.fact]
        name = fact.list_name or ""
        if (
            self.life is None
            or fact.sum is None
            or (fact.where is not None and not self.pool.steady(fact.where, name))
        ):
            return None
        exact = reader.amounts(
            name, None if fact.where is None else self._match(fact.where, fact), fact.sum, last, True
        ).exact
        if exact is None or reader.rows(name).incomplete:
            return None
        reached: Number = 0
        for day, amount in sorted(exact):
            if start <= day <= last:
                reached += amount
                if (
                    day > deadline
                    and compare(node.operator, Range(reached, reached), Range(node.limit, node.limit)) == TRUE
                ):
                    return (day,)
        return (None,)

    # --- facts -----------------------------------------------------------------------------------------------------------

    def number(self, name: str, moment: Moment) -> Paths:
        """What the number of a fact is read from."""
        key = (name, moment)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._number(self.reader.scene.facts[name], moment)
        return known

    def _number(self, fact: Fact, moment: Moment) -> Paths:
        if fact.stock is not None:
            return self._stock(fact, moment)
        if fact.value is not None:
            path = _path(fact.value)
            return (path,) if self._value(path) is not None else ()
        if fact.kinds is not None:
            return self._groups(fact.kinds, moment)
        if fact.sum is not None:
            return self._amounts(fact, fact.where, moment)
        if fact.distinct is not None:
            read = (
                self._looked_up(fact, fact.distinct, record, at)
                for at, record, _ in self._entries(fact, moment)
            )
            return list(dict.fromkeys(read))  # several entries may look up one unit
        if fact.where is None:
            return [at for at, _, _ in self._entries(fact, moment)]
        match = self._match(fact.where, fact)
        return [
            at
            for at, record, _ in self._entries(fact, moment)
            if match(record, moment.day, self.reader) != FALSE
        ]

    def _stock(self, fact: Fact, moment: Moment) -> Paths:
        path = _path(fact.stock or "")
        value = self._value(path)
        if type(value) is Series:
            return [
                (*path, index, "value")
                for index, entry in enumerate(value)
                if fact.cumulative or entry.when.first <= moment.day
            ]
        return (path,) if value is not None and (fact.cumulative or self.reader.spoken <= moment.day) else ()

    def _amounts(self, fact: Fact, where: c.Where | None, moment: Moment) -> list[Path]:
        attribute, day, reader = fact.sum or "amount", moment.day, self.reader
        entries = self._entries(fact, moment)
        if where is None:
            return [(*at, attribute) for at, _, _ in entries]
        match = self._match(where, fact)
        return [(*at, attribute) for at, record, _ in entries if match(record, day, reader) != FALSE]

    def _groups(self, name: str, moment: Moment) -> Paths:
        """The amounts of every group, group by group."""
        key = ("groups", name, moment)
        known = self._known.get(key)
        if known is None:
            fact = self.reader.scene.facts[name]
            sorted_, groups = self.pool.by_word(fact), fact.groups or {}
            if sorted_ is None:
                known = _each_once([self._amounts(fact, group.where, moment) for group in groups.values()])
            else:
                attribute, places = sorted_
                amount, sorted_paths = fact.sum or "amount", [list[Path]() for _ in groups]
                for at, record, _ in self._entries(fact, moment):
                    word = getattr(record, attribute)
                    for place in (
                        range(len(groups)) if word is None else (places[word],) if word in places else ()
                    ):
                        sorted_paths[place].append((*at, amount))
                known = _each_once(sorted_paths)
            self._known[key] = known
        return known

    # --- entries ---------------------------------------------------------------------------------------------------------

    def _entries(self, fact: Fact, moment: Moment) -> list[tuple[Path, Any, int]]:
        """The entries that count, or may count, at a moment, with their places."""
        key = (fact.list_name, moment, fact.over)
        known = self._listed.get(key)
        if known is None:
            name = fact.list_name or ""
            places = self.reader.places(name)
            found, _ = self.reader.counted(name, moment.day, moment.start, moment.year, fact.over is not None)
            known = self._listed[key] = [
                (places[position], record, counts) for record, counts, position in found
            ]
        return known

    def _match(self, where: c.Where, fact: Fact) -> Match:
        found: Match = self.pool.names[self.pool.match(where, fact.list_name or "")]
        return found

    def _looked_up(self, fact: Fact, attribute: str, record: Any, at: Path) -> Path:
        declared = self.reader.scene.lists[fact.list_name or ""]
        if attribute in declared.look_up:
            return self.reader.scene.look_up(declared.look_up[attribute], record, at)[1][0]
        return (*at, attribute)

    def _record(self, at: Path) -> Any:
        """The entry at a place; an event stands there by itself."""
        return self._value(at[:-1])[at[-1]] if isinstance(at[-1], int) else self._value(at)

    def _value(self, path: Path) -> Any:
        value: Any = self.reader.subject
        for step in path:
            if value is None:
                return None
            value = getattr(value, step)  # type: ignore[arg-type]
        return value

    # --- what lists lack -------------------------------------------------------------------------------------------------

    def _items(self, node: c.Attested, rule: Rule, moment: Moment) -> Iterator[str]:
        by_item: dict[str, list[tuple[int, Any]]] = {}
        for index, one in self.reader.given(rule.id) or ():
            by_item.setdefault(one.item, []).append((index, one))
        for item in rule.items:
            if judged(by_item.get(item.id), self.reader.as_of) != TRUE:
                yield item.id

    def _left_out(self, node: c.Contains, rule: Rule, moment: Moment) -> Iterator[str]:
        words = self._value(_path(self.reader.scene.facts[node.fact].words or "")) or ()
        return (word for word in node.contains_all if word not in words)

    def _without(self, node: c.EachOf, rule: Rule, moment: Moment) -> Iterator[str]:
        fact = self.reader.scene.facts[node.fact]
        table, match = self._value(_path(fact.table or "")) or {}, self._match(node.has, fact)
        return (
            key
            for key in node.each_of
            if key not in table or match(table[key], moment.day, self.reader) != TRUE
        )

    def _not_so(self, node: c.Every, rule: Rule, moment: Moment) -> Iterator[str]:
        fact = self.reader.scene.facts[node.fact]
        match = self._match(node.every, fact)
        for at, record, counts in self._entries(fact, moment):
            value = match(record, moment.day, self.reader)
            if value not in (TRUE, UNKNOWN) and counts == TRUE:
                yield name_of(record, at)

    def _barred(self, node: c.NoneOf, rule: Rule, moment: Moment) -> Iterator[str]:
        fact, day, reader = self.reader.scene.facts[node.fact], moment.day, self.reader
        placed = (
            self._placed[reader.scene.ruleset.place_of(rule.id)]
            if self._placed is not None and node is rule.condition
            else None
        )
        if placed is not None:  # of a plain list, the entries that are cited are those that stand out
            yield from (name_of(self._record(at), at) for at in placed)
            return
        barred = self._match(node.none_of, fact)
        permitted = self._match(node.permitted, fact) if node.permitted is not None else None
        for at, record, counts in self._entries(fact, moment):
            value = negate(barred(record, day, reader))
            if value == TRUE and node.open:
                allowed = FALSE if permitted is None else permitted(record, day, reader)
                value = TRUE if allowed == TRUE else REVIEW if allowed == FALSE else UNKNOWN
            if value not in (TRUE, UNKNOWN) and counts == TRUE:
                yield name_of(record, at)


@cache
def _path(dotted: str) -> Path:
    return tuple(dotted.split("."))


def _each_once(parts: Iterable[Paths]) -> Paths:
    found: dict[Path, None] = {}
    for part in parts:
        found.update(dict.fromkeys(part))
    return list(found)


_READ: dict[type, Callable[..., Paths]] = {
    c.All: Citing._parts, c.Either: Citing._parts, c.Not: Citing._parts, c.Review: Citing._parts, c.Same: Citing._parts, c.Attested: Citing._attested,
    c.Compare: Citing._compare, c.Is: Citing._single, c.Among: Citing._single, c.Given: Citing._single, c.Done: Citing._single, c.Reads: Citing._single,
    c.AnyAmong: Citing._words, c.Contains: Citing._words, c.EachOf: Citing._words, c.Some: Citing._some, c.Every: Citing._every,
    c.NoneOf: Citing._none_of, c.Largest: Citing._largest, c.Share: Citing._share, c.NotAfter: Citing._nothing, c.Follows: Citing._nothing,
    c.Running: Citing._running,
}  # fmt: skip

_NUMBERS: dict[type, Any] = {c.Compare: Numbers, c.Largest: Numbers, c.Share: Sides}

_LACKS: dict[type, Callable[..., Iterator[str]]] = {
    c.Attested: Citing._items, c.Contains: Citing._left_out, c.EachOf: Citing._without, c.Every: Citing._not_so, c.NoneOf: Citing._barred,
}  # fmt: skip

__all__ = ["Citing", "Paths", "Plan", "Way", "plans_of"]
