"""Where the straight way has read: the places that every rule cites, found in one reading of each list.

What a rule cites is what `evaluate` says and `citing` finds rule by rule. Of rules that read a list that is not plain, nothing is
said here, and `citing` is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from tic_rules.core.logic import FALSE
from tic_rules.engines.python import nodes as n
from tic_rules.engines.python.conditions import Pool, When
from tic_rules.engines.python.nodes import Expr, Stmt
from tic_rules.engines.python.runtime import Reader
from tic_rules.engines.python.straight import Asked, Flow, NotPlain
from tic_rules.engines.python.writing import PARAMETERS, Writer, pool_for, prelude
from tic_rules.evaluation.entries import Path
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Fact, Rule, RuleSet

Placed = tuple[Sequence[Path] | None, ...]
"""For each rule, in the rule set's order, the places that it cites; None where that takes more than a loop over plain entries."""

Places = Callable[[Reader, date | None, date | None, date | None], Placed]
"""What the rules cite of a centre."""


def compile_places(ruleset: RuleSet) -> Places:
    """What a centre whose clock is known, and whose lists are plain, has each rule cite."""
    pool = pool_for(ruleset, False)
    pool.functions.append(_Placer(pool).whole(ruleset))
    made: Places = n.build(pool.functions, pool.names)["places"]
    return made


class _Placer(Writer):
    """Writes the one function: the clock, the lists, what each rule cites."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, False)
        self.flow = _Places(pool)
        self.body = self.flow

    def whole(self, ruleset: RuleSet) -> Stmt:
        cited = [
            self._told(rule) if rule.bearer != "programme" else n.name("nothing") for rule in ruleset.rules
        ]
        loops = [part for loop in self.flow.loops.values() for part in loop.placing()]
        judged = n.assign("judged_at", n.attribute(n.call("attested_at", n.name("reader")), "get"))
        return n.function(
            "places",
            PARAMETERS,
            [*prelude(), judged, *self.flow.clock, *loops, *self.flow.statements, n.return_(n.tuple_(cited))],
        )

    def start(self, rule: Rule) -> str:
        start = super().start(rule)
        if rule.since != "approval" and not isinstance(rule.since, date):
            self.flow.any_start.add(start)
        return start

    def _told(self, rule: Rule) -> Expr:
        try:
            cited = self._cited(rule)
        except NotPlain:
            return n.constant(None)
        plain = [self.flow.loops[name].is_plain for name in self.flow.lists_of(rule)]
        return n.choose(n.both(*plain), cited, n.constant(None)) if plain else cited

    def _cited(self, rule: Rule) -> Expr:
        if rule.yearly is not None:
            return self.flow.by_year(rule)
        if rule.from_ is None:
            return self.flow.united(
                [tree for tree in (rule.applies, rule.condition, rule.fails_at_once) if tree is not None],
                self.when(rule),
                rule,
            )
        owed, when = self.owed(rule)
        cited = self.flow.united(
            [tree for tree in (rule.applies, rule.condition, rule.fails_at_once) if tree is not None],
            when,
            rule,
        )
        return n.choose(n.name(owed), cited, n.name("nothing"))


class _Places(Flow):
    """What conditions cite, as expressions."""

    def united(self, nodes: Sequence[Any], when: When, rule: Rule) -> Expr:
        """What several conditions cite, each place once."""
        parts = [self.cited(node, when, rule) for node in nodes]
        if len(parts) == 1:
            return parts[0]
        sources = [source for node in nodes for source in self._sources(node)]
        whole = n.all_of(parts)
        return whole if len(sources) == len(set(sources)) else n.call("once", whole)

    def _sources(self, node: Any) -> list[str]:
        """The lists and fields that a condition reads, one for each that reads them."""
        found = []
        for part in c.walk(node):
            if isinstance(part, c.Attested):
                found.append("attestations")
            elif isinstance(part, c.Compare) and isinstance(part.limit, c.Times):
                found += [self._source(self.facts[part.fact]), self._source(self.facts[part.limit.fact])]
            elif isinstance(part, c.Running):
                found.append(self._source(self.facts[part.of]))
            elif getattr(part, "fact", None):
                found.append(self._source(self.facts[part.fact]))
        return [path for name in found for path in self._paths_of(name)]

    def lists_of(self, rule: Rule) -> list[str]:
        """The lists that have been read for a rule."""
        trees = [tree for tree in (rule.applies, rule.condition, rule.fails_at_once) if tree is not None]
        facts = [self.facts[name] for tree in trees for name in c.facts_of(tree)]
        names = [
            self.facts[fact.kinds].list_name if fact.kinds is not None else fact.list_name for fact in facts
        ]
        return [name for name in dict.fromkeys(names) if name is not None]

    def _source(self, fact: Fact) -> str:
        if fact.kinds is not None:
            return self._source(self.facts[fact.kinds])
        return fact.list_name or fact.stock or fact.value or fact.words or fact.table or ""

    def _paths_of(self, name: str) -> tuple[str, ...]:
        declared = self.pool.ruleset.vocabulary.lists.get(name)
        return declared.paths if declared is not None else (name,)

    def cited(self, node: Any, when: When, rule: Rule) -> Expr:
        """What a condition cites at a moment."""
        match node:
            case c.All() | c.Either() | c.Not() | c.Review() | c.Same():
                return self.united(c.children(node), when, rule)
            case c.Attested():
                if not rule.items:
                    return n.call("judged_at", n.constant(rule.id), n.name("nothing"))
                return n.call(
                    "attested_by_item",
                    n.call("given", n.constant(rule.id)),
                    n.tuple_([n.constant(item.id) for item in rule.items]),
                )
            case c.Compare():
                own = self._number_at(self.facts[node.fact], when)
                if not isinstance(node.limit, c.Times):
                    return own
                return n.call("once", n.all_of([own, self._number_at(self.facts[node.limit.fact], when)]))
            case c.Is() | c.Among() | c.Given() | c.Done() | c.Reads():
                return self._single_at(node, when)
            case c.AnyAmong() | c.Contains() | c.EachOf():
                fact = self.facts[node.fact]
                path = fact.words or fact.table or ""
                return n.choose(n.name(self.read(path)), self._path(path), n.name("nothing"))
            case c.Largest():
                return self._groups_at(self.facts[node.fact], when)
            case c.NotAfter() | c.Follows():
                return n.name("nothing")
            case c.Running():
                return self._run_at(node)
        return self._entries_at(node, when)

    def _path(self, dotted: str) -> Expr:
        return n.name(self.pool.named_once(("at", dotted), (tuple(dotted.split(".")),)))

    # --- fields ----------------------------------------------------------------------------------------------------------

    def _single_at(self, node: Any, when: When) -> Expr:
        dotted = self.facts[node.fact].value or ""
        value = n.name(self.read(dotted))
        series = n.compare(n.call("type", value), "is", n.name("Series"))
        known = n.call("known_on", value, n.name(when.day), n.name("spoken"))
        absent = n.compare(value, "is", n.constant(None))
        return n.choose(
            absent, n.name("nothing"), n.either(n.not_(series), known), self._path(dotted), n.name("nothing")
        )

    def _number_at(self, fact: Fact, when: When) -> Expr:
        if fact.stock is not None:
            value, day = n.name(self.read(fact.stock)), n.name(when.day)
            values = n.tuple_([n.constant(fact.stock), n.constant("value")])
            return n.call(
                "stock_at",
                n.name("reader"),
                value,
                self._path(fact.stock),
                values,
                day,
                n.constant(fact.cumulative),
            )
        if fact.value is not None:
            absent = n.compare(n.name(self.read(fact.value)), "is", n.constant(None))
            return n.choose(absent, n.name("nothing"), self._path(fact.value))
        if fact.kinds is not None:
            return self._groups_at(self.facts[fact.kinds], when)
        if fact.distinct is not None and fact.distinct in self.list_of(fact).look_up:
            raise NotPlain
        asked = self.asked(fact.where, fact, graded=False)
        return self._collected(fact, when, asked, asked.value, fact.sum or fact.distinct)

    # --- lists -----------------------------------------------------------------------------------------------------------

    def _collected(
        self, fact: Fact, when: When, asked: Asked, test: Expr | None, attribute: str | None
    ) -> Expr:
        """The places of the entries that count and are as asked, or of one of their attributes."""
        loop, found = self.loop(fact, asked), self.new()
        within = loop.within(fact, when)
        loop.first.append(n.assign(found, n.list_()))
        loop.step(within, test, n.do(n.ask(n.name(found), "append", n.name(loop.at(attribute)))))
        return n.name(found)

    def _entries_at(self, node: Any, when: When) -> Expr:
        fact = self.facts[node.fact]
        match node:
            case c.Some():
                asked = self.asked(node.some, fact)
                test = (
                    n.compare(asked.value, "!=", n.constant(FALSE))
                    if asked.graded and asked.value is not None
                    else asked.value
                )
                return self._collected(fact, when, asked, test, None)
            case c.Every():
                return self._collected(fact, when, self.asked(None, fact), None, None)
            case c.NoneOf():
                return self._outside(node, fact, when)
        groups = fact.groups or {}
        named = c.Where.model_construct(each={}, any=tuple(groups[group].where for group in node.share_of))
        inside = self.asked(named, fact, graded=False)
        return self._collected(fact, when, inside, inside.value, fact.sum or "amount")

    def _outside(self, node: c.NoneOf, fact: Fact, when: When) -> Expr:
        barred = self.asked(node.none_of, fact, graded=False)
        allowed = (
            self.asked(node.permitted, fact, graded=False)
            if node.open and node.permitted is not None
            else None
        )
        both = Asked(
            None,
            False,
            (*barred.reads, *(allowed.reads if allowed else ())),
            {**barred.guards, **(allowed.guards if allowed else {})},
        )
        test = barred.value
        if node.open and barred.value is not None:
            if allowed is None:
                test = None
            elif allowed.value is not None:
                test = n.either(barred.value, n.not_(allowed.value))
        return self._collected(fact, when, both, test, None)

    def _groups_at(self, fact: Fact, when: When) -> Expr:
        """The amounts of every group, group by group."""
        sorted_ = self.pool.by_word(fact)
        if sorted_ is None:
            raise NotPlain
        attribute, table = sorted_
        word = f"v_{attribute}"
        loop = self.loop(
            fact, Asked(None, False, (attribute,), {word: n.compare(n.name(word), "is", n.constant(None))})
        )
        found, place, within = self.new(), self.new(), loop.within(fact, when)
        loop.first.append(n.assign(found, n.list_(*[n.list_() for _ in fact.groups or {}])))
        own = n.ask(n.item(n.name(found), n.name(place)), "append", n.name(loop.at(fact.sum or "amount")))
        at = n.assign(place, n.ask(n.name(self.pool.named(table)), "get", n.name(word)))
        loop.step(within, None, at, n.if_(n.compare(n.name(place), "is not", n.constant(None)), n.do(own)))
        return n.all_of(
            [n.item(n.name(found), n.constant(position)) for position in range(len(fact.groups or {}))]
        )

    def _run_at(self, node: c.Running) -> Expr:
        """Nothing, where no entry can be so; else it takes a closer look at all that the list is read for."""
        fact = self.facts[node.of]
        asked = self.asked(node.where, fact, graded=False)
        loop = self.loop(fact, asked)
        loop.step(None, asked.value, *loop.give_up())
        return n.name("nothing")

    def by_year(self, rule: Rule) -> Expr:
        """What each year that is owed has, year by year."""
        node = rule.require
        if not isinstance(node, c.Some) or rule.yearly is None:
            raise NotPlain
        fact = self.facts[node.fact]
        if fact.over is not None or self.list_of(fact).year is None:
            raise NotPlain
        asked = self.asked(node.some, fact, graded=False)
        loop, found = self.loop(fact, asked), self.new()
        year, day = n.name(loop.year()), n.name(loop.day() if loop.declared.date is not None else "FIRST_DAY")
        loop.first.append(n.assign(found, n.empty()))
        own = n.ask(
            n.ask(n.name(found), "setdefault", year, n.list_()),
            "append",
            n.tuple_([day, n.name(loop.at(None))]),
        )
        loop.step(None, asked.value, n.do(own))
        flags = (
            n.constant(rule.yearly.looked_for_until == "end_of_next_year"),
            n.constant(rule.yearly.running_year),
        )
        return n.call("years_at", n.name(found), n.name("approved"), n.name("as_of"), *flags)


__all__ = ["Places", "compile_places"]
