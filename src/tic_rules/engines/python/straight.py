"""The straight way: what is plain in a centre's data is decided with every list read once, in one loop.

A centre is plain where its clock is known to the day and it speaks for the as-of day. A list is plain where it is given, is not
named incomplete, and each of its entries says exactly what is asked of it: then every sum and count is one number, and an entry
is as a clause asks, or it is not. Lists that are not plain are read as `conditions` has it, and so are those of which
something is asked that no loop can tell; a centre that is not plain goes the other way as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from tic_rules.core.logic import FALSE, REVIEW, TRUE
from tic_rules.engines.python import nodes as n
from tic_rules.engines.python.conditions import Body, Pool, When, kind_at, record_at
from tic_rules.engines.python.nodes import Expr, Stmt
from tic_rules.engines.python.runtime import Reader
from tic_rules.engines.python.writing import PARAMETERS, Writer, pool_for, prelude, stages_of
from tic_rules.evaluation.scenarios import Needs, needs_of
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Fact, ListOf, Rule, RuleSet

Told = tuple[tuple[str, ...], tuple[Any, ...], tuple[date | None, ...]]
"""The status of each rule, in the rule set's order, what each observed, and the last day of its time."""

Slow = Callable[[Body], Sequence[Expr]]
"""Writes the same for a list that is not plain."""

_NONE_YET = 4
"""No entry has been met by an `every`: more than any value, so that the least of all is found by comparing."""


class Straight(NamedTuple):
    needs: Needs
    """What has to be known of the clock."""
    decide: Callable[[Reader, date | None, date | None, date | None], Told]


class NotPlain(Exception):
    """Something is asked of entries that a loop over plain ones cannot tell."""


class Asked(NamedTuple):
    """What is asked of an entry: a yes or no, or, where it is `graded`, a value from 0 to 3."""

    value: Expr | None
    """None where every entry is so."""
    graded: bool
    reads: tuple[str, ...]
    """The attributes that it looks at."""
    guards: Mapping[str, Expr]
    """Where one of these holds, the entry is not plain."""
    words: tuple[str, ...] = ()
    """The attributes among them that are lists of words."""


def compile_straight(ruleset: RuleSet) -> Straight:
    """The rules for a centre whose clock is known."""
    own = [rule for rule in ruleset.rules if rule.bearer != "programme"]
    needs = [needs_of(ruleset, rule) for rule in own]
    pool = pool_for(ruleset, False)
    pool.functions.append(_Writer(ruleset, pool).whole(own))
    decide = n.build(pool.functions, pool.names)["decide"]
    return Straight(
        Needs(True, any(need.term for need in needs), any(need.application for need in needs)), decide
    )


class _Writer(Writer):
    """Writes the one function: the clock, the lists, the rules."""

    def __init__(self, ruleset: RuleSet, pool: Pool) -> None:
        super().__init__(pool, False)
        self.ruleset, self.flow = ruleset, Flow(pool)
        self.body = self.flow

    def whole(self, rules: list[Rule]) -> Stmt:
        stages, told = stages_of(rules), {}
        waited_for = {other for rule in rules for other in rule.waits_for}
        for rule in sorted(rules, key=lambda rule: stages[rule.id]):
            status, _, numbers = self.rule(rule)
            if rule.id in waited_for:
                status = n.name(self.flow.keep(status))
                self.flow.statements.append(
                    n.assign_item(n.name("followed"), n.constant(rule.id), n.call("followed_as", status))
                )
            told[rule.id] = (
                status,
                numbers,
                n.constant(None) if rule.by is None else n.name(self.deadline(rule)),
            )
        silent = n.constant("not_applicable"), n.constant(None), n.constant(None)
        columns = zip(*(told.get(rule.id, silent) for rule in self.ruleset.rules), strict=True)
        loops = [part for loop in self.flow.loops.values() for part in loop.statements(self.flow.clocks)]
        judged = frozenset(
            rule.id
            for rule in rules
            if not rule.items and any(isinstance(node, c.Attested) for node in c.walk(rule.condition))
        )
        told_of = n.assign(
            "verdict",
            n.attribute(n.call("judgements", n.name("reader"), n.name(self.pool.named(judged))), "get"),
        )
        body = [
            *prelude(),
            told_of,
            *self.flow.clock,
            *loops,
            *self.flow.statements,
            n.return_(n.tuple_([n.tuple_(column) for column in columns])),
        ]
        return n.function("decide", PARAMETERS, body)

    def start(self, rule: Rule) -> str:
        start = super().start(rule)
        if rule.since != "approval" and not isinstance(rule.since, date):
            self.flow.any_start.add(start)
        return start

    def yearly(self, rule: Rule) -> tuple[Expr, Expr, Expr]:
        """Each year that is owed has an entry that is so: the first day that it was, by year, is found in the loop."""
        assert rule.yearly is not None
        try:
            loop, asked = self._owed(rule.require)
        except NotPlain:
            return super().yearly(rule)
        found, told = self.flow.new(), self.flow.new()
        year, flags = (
            n.name(loop.year()),
            (
                n.constant(rule.yearly.looked_for_until == "end_of_next_year"),
                n.constant(rule.yearly.running_year),
            ),
        )
        loop.first.append(n.assign(found, n.empty()))
        known = n.ask(n.name(found), "get", year)
        if loop.declared.date is None:
            loop.step(None, asked.value, n.assign_item(n.name(found), year, n.name("FIRST_DAY")))
        else:
            kept, day, within = self.flow.new(), n.name(loop.day()), loop.up_to("as_of")
            earlier = n.either(
                n.compare(n.name(kept), "is", n.constant(None)), n.compare(day, "<", n.name(kept))
            )
            loop.step(
                within,
                asked.value,
                n.assign(kept, known),
                n.if_(earlier, n.assign_item(n.name(found), year, day)),
            )
        loop.last.append(
            n.assign(told, n.call("years_found", n.name(found), n.name("approved"), n.name("as_of"), *flags))
        )
        loop.tell([told], lambda body: [Writer(body.pool, False, body).years(rule)])
        return (
            n.item(n.name(told), n.constant(0)),
            n.item(n.name(told), n.constant(1)),
            n.item(n.name(told), n.constant(2)),
        )

    def _owed(self, node: Any) -> tuple[Loop, Asked]:
        if not isinstance(node, c.Some):
            raise NotPlain
        fact = self.flow.facts[node.fact]
        if fact.over is not None or self.flow.list_of(fact).year is None:
            raise NotPlain
        asked = self.flow.asked(node.some, fact, graded=False)
        return self.flow.loop(fact, asked), asked


class Loop:
    """One reading of a list: what every step needs of an entry is read once."""

    def __init__(self, flow: Flow, name: str) -> None:
        self.flow, self.declared = flow, flow.pool.ruleset.vocabulary.lists[name]
        self.plain = f"plain_{len(flow.loops)}"
        """The variable that says whether the list is plain. A name from a rule file never becomes a name in code."""
        self.first: list[Stmt] = []
        self.last: list[Stmt] = []
        self._reads: dict[str, Stmt] = {}
        self._guards: dict[str, Expr] = {}
        self._windows: dict[str, Expr] = {}
        self._named: dict[tuple[str, ...], str] = {}
        self._steps: list[tuple[str | None, Expr | None, tuple[Stmt, ...]]] = []
        self._ats: dict[str, Expr] = {}
        self._outs: list[str] = []
        self._slow: list[Slow] = []
        self._complete: dict[str, None] = (
            {} if self.declared.held is not None else dict.fromkeys(self.declared.paths)
        )
        """What may not be named incomplete: the list, and attributes of its entries that are lists."""
        self.values = [flow.read_early(path) for path in self.declared.paths]

    def tell(self, outs: Sequence[str], slow: Slow) -> None:
        """What this reading finds, under these names; `slow` finds the same in a list that is not plain."""
        self._outs.extend(outs)
        self._slow.append(slow)

    def step(self, within: str | None, asked: Expr | None, *body: Stmt) -> None:
        """What is done for every entry that counts and is as asked."""
        self._steps.append((within, asked, body))

    # --- an entry --------------------------------------------------------------------------------------------------------

    def read(self, attribute: str) -> str:
        name = f"v_{attribute}"
        own = (
            n.name("entry") if attribute == self.declared.scalar else n.attribute(n.name("entry"), attribute)
        )
        self._reads.setdefault(name, n.assign(name, own))
        return name

    def guard(self, key: str, test: Expr) -> None:
        self._guards.setdefault(key, test)

    def complete(self, attribute: str) -> None:
        """The words under an attribute are all there are."""
        self._complete[attribute] = None

    def _exact(self, attribute: str, open_: str) -> tuple[str, str]:
        """Both ends of a date or of a number, which are to be the same."""
        ends = f"{attribute}_from", f"{attribute}_to"
        whole = n.either(n.attribute(n.name("entry"), attribute), n.name(open_))
        self._reads.setdefault(ends[0], n.assign_both(*ends, whole))
        one, other = map(n.name, ends)
        self.guard(
            ends[0], n.both(n.compare(one, "is not", other), n.compare(one, "!=", other))
        )  # mostly it is one object
        return ends

    def day(self) -> str:
        assert self.declared.date is not None
        return self._exact(self.declared.date, "ANY_DAY")[0]

    def year(self) -> str:
        assert self.declared.year is not None
        year = self.read(self.declared.year)
        self.guard(year, n.compare(n.name(year), "is", n.constant(None)))
        return year

    def amount(self, attribute: str) -> str:
        return self._exact(attribute, "ANYTHING")[0]

    def within(self, fact: Fact, when: When) -> str | None:
        """Whether an entry counts at a moment; None where every entry does."""
        start = end = year = ""
        if self.declared.date is not None:
            start = "" if when.start in self.flow.any_start else when.start
            end = when.day if fact.over is None else self.flow.end_of_full_year(when.day)
        if fact.over is not None and self.declared.year is not None:
            year = self.flow.full_year(when.day)
        return self._window(start, end, year) if start or end or year else None

    def up_to(self, day: str) -> str:
        """Whether an entry is dated on a day or before it."""
        return self._window("", day, "")

    def _window(self, start: str, end: str, year: str) -> str:
        """A name for a test of an entry's day and year that several steps may share."""
        known = self._named.get((start, end, year))
        if known is not None:
            return known
        tests = [n.compare(n.name(start), "<=", n.name(self.day()))] if start else []
        tests += [n.compare(n.name(self.day()), "<=", n.name(end))] if end else []
        tests += [n.compare(n.name(self.year()), "==", n.name(year))] if year else []
        name = self._named[start, end, year] = f"w_{len(self._windows)}"
        self._windows[name] = n.both(*tests)
        return name

    # --- the whole -------------------------------------------------------------------------------------------------------

    def statements(self, clocks: Sequence[str]) -> list[Stmt]:
        spoilt = [n.if_(n.either(*self._guards.values()), *self.give_up())] if self._guards else []
        entries, given = self._entries()
        named = [n.call("incomplete", n.constant(path)) for path in self._complete]
        given = n.both(given, n.either(n.name("all_told"), n.not_(n.either(*named)))) if named else given
        through = (
            [n.for_(["entry"], entries, [*self._reads.values(), *spoilt, *self._looks()])]
            if self._steps or spoilt
            else []
        )
        slow = self.flow.pool.new("slow")
        self.flow.pool.names[slow] = Later(self.flow.pool.ruleset, tuple(clocks), tuple(self._slow))
        instead = n.call(slow, *map(n.name, (*PARAMETERS, *clocks)))
        otherwise = n.assign_all(self._outs, instead)
        return [
            n.assign(self.plain, given),
            *([n.if_(self.is_plain, *self.first, *through)] if through else []),
            n.if_(self.is_plain, *self.last, otherwise=[otherwise])
            if self.last
            else n.if_(n.not_(self.is_plain), otherwise),
        ]

    # --- where it stands ---------------------------------------------------------------------------------------------------

    def at(self, attribute: str | None) -> str:
        """The place of an entry, or of one of its attributes."""
        name = f"at_{attribute}" if attribute else "at"
        if name not in self._ats:
            held = [] if self.declared.held is None else [n.constant(True)]
            sizes = [(path, n.call("len", entries)) for path, entries in self._each()]
            rows = [
                n.call("rows_at", n.tuple_([n.constant(path), n.constant(attribute), *held]), size)
                for path, size in sizes
            ]
            parts = [n.call("first_of", row, size) for row, (_, size) in zip(rows, sizes, strict=True)]
            self._ats[name] = rows[0] if len(rows) == 1 else n.all_of(parts)
        return name

    def _each(self) -> list[tuple[str, Expr]]:
        """The paths of the list with the entries that stand there."""
        if self.declared.held is not None:
            return [(self.declared.paths[0], self.entries())]
        return [(path, n.name(value)) for path, value in zip(self.declared.paths, self.values, strict=True)]

    def give_up(self) -> list[Stmt]:
        """What is done where this reading cannot tell."""
        return [n.assign(self.plain, n.constant(False)), n.stop()]

    @property
    def is_plain(self) -> Expr:
        """Whether the list has turned out to be plain."""
        return n.name(self.plain)

    def placing(self) -> list[Stmt]:
        """The reading, with the places of the entries beside them; of a list that is not plain it finds nothing."""
        entries, given = self._entries()
        spoilt = [n.if_(n.either(*self._guards.values()), *self.give_up())] if self._guards else []
        body = [*self._reads.values(), *spoilt, *self._looks()]
        through = [
            n.for_(
                ["entry", *self._ats],
                n.call("zip", entries, *self._ats.values()) if self._ats else entries,
                body,
            )
        ]
        return [n.assign(self.plain, given), n.if_(self.is_plain, *self.first, *through)]

    def _looks(self) -> list[Stmt]:
        """The steps, those of one time together; where something is asked of all of them, it is asked before the time."""
        found: list[Stmt] = []
        for window in (None, *self._windows):
            own = [(asked, body) for within, asked, body in self._steps if within == window]
            if window is None or not own:
                found.extend(
                    part
                    for asked, body in own
                    for part in ([n.if_(asked, *body)] if asked is not None else body)
                )
            elif len(own) == 1 and own[0][0] is not None:
                found.append(n.if_(n.both(own[0][0], self._windows[window]), *own[0][1]))
            else:
                inner = [
                    part
                    for asked, body in own
                    for part in ([n.if_(asked, *body)] if asked is not None else body)
                ]
                found.append(n.if_(self._windows[window], *inner))
        return found

    def entries(self) -> Expr:
        return self._entries()[0]

    def _entries(self) -> tuple[Expr, Expr]:
        """The entries, and whether the list is given."""
        values = [n.name(value) for value in self.values]
        given = [n.compare(value, "is not", n.constant(None)) for value in values]
        held = self.declared.held
        if held is None:
            return values[0] if len(values) == 1 else n.all_of(values), n.both(*given)
        took_place = n.attribute(values[0], held)
        others = [
            name
            for name in record_at(self.flow.pool.model, self.declared.paths[0]).model_fields
            if name != held
        ]
        nothing = (
            n.both(*(n.compare(n.attribute(values[0], name), "is", n.constant(None)) for name in others))
            if others
            else n.constant(True)
        )
        told = n.either(
            n.compare(took_place, "is", n.constant(True)),
            n.both(n.compare(took_place, "is", n.constant(False)), nothing),
        )
        return n.choose(took_place, n.tuple_(values), n.name("nothing")), n.both(*given, told)


class Later:
    """A function that is compiled when it is first called: how a list is read that is not plain."""

    __slots__ = ("_clocks", "_made", "_ruleset", "_slow")

    def __init__(self, ruleset: RuleSet, clocks: tuple[str, ...], slow: tuple[Slow, ...]) -> None:
        self._ruleset, self._clocks, self._slow = ruleset, clocks, slow
        self._made: Callable[..., tuple[Any, ...]] | None = None

    def __call__(self, *moments: Any) -> tuple[Any, ...]:
        if self._made is None:
            self._made = self._make()
        return self._made(*moments)

    def _make(self) -> Callable[..., tuple[Any, ...]]:
        pool = pool_for(self._ruleset, False)
        body = Body(pool)
        found = [part for slow in self._slow for part in slow(body)]
        pool.functions.append(
            n.function(
                "slow",
                (*PARAMETERS, *self._clocks),
                [*prelude(), *body.statements, n.return_(n.tuple_(found))],
            )
        )
        made: Callable[..., tuple[Any, ...]] = n.build(pool.functions, pool.names)["slow"]
        return made


class Flow(Body):
    """The statements of the one function: what is asked of lists goes into their loops."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.clock: list[Stmt] = []
        self.clocks: list[str] = []
        self.loops: dict[str, Loop] = {}
        self._early = 0
        self.any_start: set[str] = set()
        """The names of first days that are no bound at all."""

    def once(self, key: Any, value: Expr) -> str:
        """What is a matter of the clock comes before the lists."""
        if isinstance(key, tuple) and key[0] == "clock" and key not in self._known:
            name = f"c_{len(self.clocks) + 1}"
            self._known[key] = name
            self.clocks.append(name)
            self.clock.append(n.assign(name, value))
        return super().once(key, value)

    def read_early(self, path: str) -> str:
        """The value at a dotted path, for a loop."""
        above, _, last = path.rpartition(".")
        if not above:
            return self.once_early(path, n.attribute(n.name("subject"), last))
        held = n.name(self.read_early(above))
        return self.once_early(
            path, n.choose(n.compare(held, "is", n.constant(None)), n.constant(None), n.attribute(held, last))
        )

    def once_early(self, path: str, value: Expr) -> str:
        key = ("early", path)
        if key not in self._known:
            self._known[key] = f"read_{self._early}"
            self._early += 1
            self.clock.append(n.assign(self._known[key], value))
        return str(self._known[key])

    def read(self, path: str) -> str:
        return str(self._known.get(("early", path)) or super().read(path))

    def full_year(self, day: str) -> str:
        """The last full calendar year before a day."""
        return self.once(
            ("clock", "full year", day), n.minus(n.attribute(n.name(day), "year"), n.constant(1))
        )

    def end_of_full_year(self, day: str) -> str:
        return self.once(("clock", "end of full year", day), n.call("year_end", n.name(self.full_year(day))))

    def loop(self, fact: Fact, *asked: Asked) -> Loop:
        """The reading of a fact's list, with what is asked of entries read in it."""
        name = fact.list_name or ""
        loop = self.loops.get(name)
        if loop is None:
            loop = self.loops[name] = Loop(self, name)
        for one in asked:
            for attribute in one.reads:
                loop.read(attribute)
            for key, test in one.guards.items():
                loop.guard(key, test)
            for attribute in one.words:
                loop.complete(attribute)
        return loop

    def list_of(self, fact: Fact) -> ListOf:
        return self.pool.ruleset.vocabulary.lists[fact.list_name or ""]

    # --- what is asked of an entry ---------------------------------------------------------------------------------------

    def asked(self, where: c.Where | None, fact: Fact, graded: bool = True) -> Asked:
        """What a clause asks of an entry. Raises NotPlain where that is more than a yes or no, and no grades are wanted."""
        if where is None:
            return Asked(None, False, (), {})
        told = self._asked(where, self.list_of(fact))
        if told.graded and not graded:
            raise NotPlain
        return told

    def _asked(self, where: c.Where, declared: ListOf) -> Asked:
        parts = [self._test_of(test, attribute, declared) for attribute, test in where.each.items()]
        ways = [self._asked(way, declared) for way in where.any]
        if any(part.graded for part in (*parts, *ways)) and len(parts) + len(ways) > 1:
            raise NotPlain
        if ways:
            if any(way.graded for way in ways):
                raise NotPlain
            either = (
                None
                if any(way.value is None for way in ways)
                else n.either(*(way.value for way in ways if way.value is not None))
            )
            guards = {key: guard for way in ways for key, guard in way.guards.items()}
            words = tuple(word for way in ways for word in way.words)
            parts.append(
                Asked(either, False, tuple(read for way in ways for read in way.reads), guards, words)
            )
        values = [part.value for part in parts if part.value is not None]
        reads = tuple(dict.fromkeys(read for part in parts for read in part.reads))
        guards = {key: guard for part in parts for key, guard in part.guards.items()}
        words = tuple(dict.fromkeys(word for part in parts for word in part.words))
        return Asked(
            n.both(*values) if values else None, any(part.graded for part in parts), reads, guards, words
        )

    def _test_of(self, test: c.Test, attribute: str, declared: ListOf) -> Asked:
        kinds = (
            {kind_at(self.pool.model, f"{path}.{attribute}") for path in declared.paths}
            if declared.scalar is None
            else {None}
        )
        kind = kinds.pop() if len(kinds) == 1 else None
        if kind is None or attribute in declared.look_up or kind.name not in ("text", "truth", "words"):
            raise NotPlain
        key, value = f"v_{attribute}", n.name(f"v_{attribute}")
        absent = n.compare(value, "is", n.constant(None))
        known = tuple(word for word in test.one_of or () if word is not None)
        may_lack = test.one_of is not None and len(known) < len(test.one_of)
        if kind.dated:
            other = n.compare(
                n.call("type", value), "is not", n.name("str" if kind.name == "text" else "bool")
            )
            guards = {f"{key} or none": n.both(n.not_(absent), other)} if may_lack else {key: other}
        else:
            guards = {} if may_lack else {key: absent}
        if test.given:
            return Asked(None, False, (attribute,), guards)
        words = (attribute,) if kind.name == "words" else ()
        if test.one_of is None:
            if words:
                raise NotPlain
            return Asked(n.not_(self.pool.among(value, test.other_than or ())), False, (attribute,), guards)
        if words:
            so: Expr = n.not_(n.call("isdisjoint", n.name(self.pool.named(frozenset(known))), value))
        else:
            so = self.pool.among(value, known)
        so = n.either(absent, so) if may_lack else so
        if not test.open:
            return Asked(so, False, (attribute,), guards, words)
        left: Expr = n.constant(REVIEW)
        if words:
            left = n.choose(value, left, n.constant(FALSE))
        return Asked(n.choose(so, n.constant(TRUE), left), True, (attribute,), guards, words)

    # --- numbers ---------------------------------------------------------------------------------------------------------

    def number(self, name: str, when: When) -> tuple[str, str]:
        fact = self.facts[name]
        if fact.stock is not None:
            return self._stock(fact, name, when)
        if fact.list_name is None and fact.kinds is None:
            return super().number(name, when)
        key = ("plain", name, when)
        if key not in self._known:
            try:
                self._known[key] = self._listed_number(fact, name, when)
            except NotPlain:
                self._known[key] = super().number(name, when)
        return self._known[key]  # type: ignore[no-any-return]

    def _stock(self, fact: Fact, name: str, when: When) -> tuple[str, str]:
        """A series that is exact has one number on the day."""
        key = ("plain", name, when.day)
        if key not in self._known:
            low, high, value = self.new(), self.new(), n.name(self.read(fact.stock or ""))
            named = n.call("incomplete", n.constant(fact.stock))
            told = n.name(self.once(("told", fact.stock), n.either(n.name("all_told"), n.not_(named))))
            series = n.both(told, n.compare(n.call("type", value), "is", n.name("Series")))
            one = n.call("exactly", value, n.name(when.day), n.constant(fact.cumulative))
            self.statements.append(n.assign(low, n.choose(series, one, n.constant(None))))
            self.statements.append(n.assign(high, n.name(low)))
            now = n.both(
                told,
                n.compare(n.name(when.day), "==", n.name("spoken")),
                n.compare(n.call("type", value), "is", n.name("Range")),
            )
            slow = n.call(
                "stock",
                n.name("reader"),
                value,
                n.constant(fact.stock),
                n.name(when.day),
                n.constant(fact.cumulative),
            )
            known = n.assign_both(low, high, n.choose(now, value, slow))
            self.statements.append(n.if_(n.compare(n.name(low), "is", n.constant(None)), known))
            self._known[key] = low, high
        return self._known[key]  # type: ignore[no-any-return]

    def _listed_number(self, fact: Fact, name: str, when: When) -> tuple[str, str]:
        low, high = self.new(), self.new()
        if fact.kinds is not None:
            sums, loop = self._sums(self.facts[fact.kinds], fact.kinds, when)
            loop.last.append(n.assign(low, n.call("kinds_of", n.name(sums))))
        elif fact.sum is not None:
            total, loop = self._sum(fact, fact.where, when)
            loop.last.append(n.assign(low, n.name(total)))
        elif fact.distinct is not None:
            loop = self._distinct(fact, when, low)
        else:
            loop = self._counted_in(fact, when, low)
        loop.last.append(n.assign(high, n.name(low)))
        loop.tell([low, high], lambda body: [n.name(end) for end in body.number(name, when)])
        return low, high

    def _counted_in(self, fact: Fact, when: When, into: str) -> Loop:
        asked = self.asked(fact.where, fact, graded=False)
        loop = self.loop(fact, asked)
        within = loop.within(fact, when)
        if within is None and asked.value is None:
            loop.last.append(n.assign(into, n.call("len", loop.entries())))
        else:
            loop.first.append(n.assign(into, n.constant(0)))
            loop.step(within, asked.value, n.add_to(into, n.constant(1)))
        return loop

    def _distinct(self, fact: Fact, when: When, into: str) -> Loop:
        declared, attribute = self.list_of(fact), fact.distinct or ""
        kinds = {kind_at(self.pool.model, f"{path}.{attribute}") for path in declared.paths}
        if attribute in declared.look_up or any(
            kind is None or kind.dated or kind.name not in ("text", "year") for kind in kinds
        ):
            raise NotPlain
        loop, found = self.loop(fact), self.new()
        value = loop.read(attribute)
        loop.guard(value, n.compare(n.name(value), "is", n.constant(None)))
        loop.first.append(n.assign(found, n.empty()))
        loop.step(
            loop.within(fact, when), None, n.assign_item(n.name(found), n.name(value), n.constant(None))
        )
        loop.last.append(n.assign(into, n.call("len", n.name(found))))
        return loop

    def _sum(self, fact: Fact, where: c.Where | None, when: When) -> tuple[str, Loop]:
        attribute = self._summed(fact)
        key = ("sum", fact.list_name, id(where), attribute, when.day, when.start, fact.over)
        if key not in self._known:
            asked = self.asked(where, fact, graded=False)
            loop, total = self.loop(fact, asked), self.new()
            amount, within = loop.amount(attribute), loop.within(fact, when)
            loop.first.append(n.assign(total, n.constant(0)))
            loop.step(within, asked.value, n.add_to(total, n.name(amount)))
            self._known[key] = total
        return self._known[key], self.loops[fact.list_name or ""]

    def _summed(self, fact: Fact) -> str:
        """The attribute that is added up. Raises NotPlain where it is no plain number."""
        attribute = fact.sum or "amount"
        kinds = {kind_at(self.pool.model, f"{path}.{attribute}") for path in self.list_of(fact).paths}
        if any(kind is None or kind.dated or kind.name not in ("money", "count", "rate") for kind in kinds):
            raise NotPlain
        return attribute

    def _sums(self, fact: Fact, name: str, when: When) -> tuple[str, Loop]:
        """The name of the list of sums, one a group."""
        sorted_ = self.pool.by_word(fact)
        if sorted_ is None:
            raise NotPlain
        key = ("sums", name, when.day, when.start)
        if key not in self._known:
            attribute, table = sorted_
            word, summed = f"v_{attribute}", self._summed(fact)
            loop = self.loop(
                fact,
                Asked(None, False, (attribute,), {word: n.compare(n.name(word), "is", n.constant(None))}),
            )
            amount, within = loop.amount(summed), loop.within(fact, when)
            sums, place = self.new(), self.new()
            zeros = self.pool.named((0,) * len(fact.groups or {}))
            loop.first.append(n.assign(sums, n.call("list", n.name(zeros))))
            at = n.assign(place, n.ask(n.name(self.pool.named(table)), "get", n.name(word)))
            add = n.add_to_item(n.name(sums), n.name(place), n.name(amount))
            loop.step(within, None, at, n.if_(n.compare(n.name(place), "is not", n.constant(None)), add))
            self._known[key] = sums
        return self._known[key], self.loops[fact.list_name or ""]

    # --- conditions ------------------------------------------------------------------------------------------------------

    def _some(self, node: c.Some, when: When, rule: Rule) -> str:
        def plain() -> str:
            fact = self.facts[node.fact]
            asked = self.asked(node.some, fact)
            loop, value = self.loop(fact, asked), self.new()
            within = loop.within(fact, when)
            loop.first.append(n.assign(value, n.constant(FALSE)))
            if asked.graded:
                assert asked.value is not None
                loop.step(within, n.compare(asked.value, ">", n.name(value)), n.assign(value, asked.value))
            else:
                loop.step(within, asked.value, n.assign(value, n.constant(TRUE)))
            loop.tell([value], lambda body: [n.name(body.see(node, when, rule))])
            return value

        return self._plainly(plain, super()._some, node, when, rule)

    def _every(self, node: c.Every, when: When, rule: Rule) -> str:
        def plain() -> str:
            fact = self.facts[node.fact]
            asked = self.asked(node.every, fact)
            loop, value = self.loop(fact, asked), self.new()
            so = asked.value if asked.value is not None else n.constant(True)
            graded = so if asked.graded else n.choose(so, n.constant(TRUE), n.constant(FALSE))
            within, own = loop.within(fact, when), self.new()
            loop.first.append(n.assign(value, n.constant(_NONE_YET)))
            step = (
                n.assign(own, graded),
                n.if_(n.compare(n.name(own), "<", n.name(value)), n.assign(value, n.name(own))),
            )
            loop.step(within, None, *step)
            loop.last.append(
                n.if_(
                    n.compare(n.name(value), "==", n.constant(_NONE_YET)), n.assign(value, n.constant(FALSE))
                )
            )
            loop.tell([value], lambda body: [n.name(body.see(node, when, rule))])
            return value

        return self._plainly(plain, super()._every, node, when, rule)

    def _none_of(self, node: c.NoneOf, when: When, rule: Rule) -> str:
        def plain() -> str:
            fact = self.facts[node.fact]
            barred = self.asked(node.none_of, fact, graded=False)
            allowed = (
                self.asked(node.permitted, fact, graded=False)
                if node.open and node.permitted is not None
                else None
            )
            loop, value = self.loop(fact, barred, *([allowed] if allowed is not None else [])), self.new()
            within = loop.within(fact, when)
            loop.first.append(n.assign(value, n.constant(TRUE)))
            loop.step(within, barred.value, n.assign(value, n.constant(FALSE)))
            if node.open and barred.value is not None:
                outside = (
                    []
                    if allowed is None
                    else [n.constant(False) if allowed.value is None else n.not_(allowed.value)]
                )
                test = n.both(
                    n.compare(n.name(value), "==", n.constant(TRUE)), n.not_(barred.value), *outside
                )
                loop.step(within, test, n.assign(value, n.constant(REVIEW)))
            loop.tell([value], lambda body: [n.name(body.see(node, when, rule))])
            return value

        return self._plainly(plain, super()._none_of, node, when, rule)

    def _largest(self, node: c.Largest, when: When, rule: Rule) -> str:
        def plain() -> str:
            fact, value, numbers = self.facts[node.fact], self.new(), self.new()
            sums, loop = self._sums(fact, node.fact, when)
            at = list(fact.groups or {}).index(node.largest)
            loop.last.append(
                n.assign_both(value, numbers, n.call("largest_of", n.name(sums), n.constant(at)))
            )
            self._known["numbers", id(node), when] = numbers

            def slow(body: Body) -> list[Expr]:
                seen = body.see(node, when, rule)
                return [n.name(seen), body.observed(node, when)]

            loop.tell([value, numbers], slow)
            return value

        return self._plainly(plain, super()._largest, node, when, rule)

    def _share(self, node: c.Share, when: When, rule: Rule) -> str:
        def plain() -> str:
            fact, sides = self.facts[node.fact], self.new()
            groups = fact.groups or {}
            named = c.Where.model_construct(
                each={}, any=tuple(groups[group].where for group in node.share_of)
            )
            inside, summed = self.asked(named, fact, graded=False), self._summed(fact)
            if inside.value is None:
                raise NotPlain
            loop, own, rest = self.loop(fact, inside), self.new(), self.new()
            amount, within = loop.amount(summed), loop.within(fact, when)
            loop.first += [n.assign(own, n.constant(0)), n.assign(rest, n.constant(0))]
            loop.step(
                within,
                None,
                n.if_(
                    inside.value, n.add_to(own, n.name(amount)), otherwise=[n.add_to(rest, n.name(amount))]
                ),
            )
            asked: Any = node.more_than if node.more_than is not None else node.at_least
            bound = n.name(self.pool.named(Fraction(asked)))
            loop.last.append(
                n.assign(sides, n.tuple_([n.name(own), n.name(own), n.name(rest), n.name(rest), bound]))
            )
            loop.tell([sides], lambda body: [n.name(body.sides(node, when))])
            self._known["numbers", id(node), when] = sides
            return self.weigh(node, sides)

        return self._plainly(plain, super()._share, node, when, rule)

    def _running(self, node: c.Running, when: When, rule: Rule) -> str:
        def plain() -> str:
            fact = self.facts[node.of]
            asked = self.asked(node.where, fact, graded=False)
            loop, met = self.loop(fact, asked), self.new()
            loop.first.append(n.assign(met, n.constant(FALSE)))
            loop.step(None, asked.value, n.assign(met, n.constant(None)))
            loop.tell([met], lambda body: [n.name(body.run(node, when))])
            return self.keep(
                n.choose(
                    n.compare(n.name(met), "is", n.constant(None)),
                    self.by_reference(node, when, rule),
                    n.name(met),
                )
            )

        return self._plainly(plain, super()._running, node, when, rule)

    def _plainly(
        self, plain: Callable[[], str], otherwise: Callable[..., str], node: Any, when: When, rule: Rule
    ) -> str:
        try:
            return plain()
        except NotPlain:
            return otherwise(node, when, rule)

    def _each_of(self, node: c.EachOf, when: When, rule: Rule) -> str:
        """Entries that are plainly so are passed over; any other is matched."""
        path = self.facts[node.fact].table or ""
        table, value, found = n.name(self.read(path)), self.new(), self.new()
        match, keys = self.pool.match(node.has, ""), n.name(self.pool.named(node.each_of))
        certain = self._certain(node.has, path)
        lacks = n.if_(
            n.compare(n.name("entry"), "is", n.constant(None)), n.assign(value, n.constant(FALSE)), n.stop()
        )
        skip = [n.if_(certain, n.go_on())] if certain is not None else []
        least = n.if_(n.compare(n.name(found), "<", n.name(value)), n.assign(value, n.name(found)))
        own = n.assign("entry", n.ask(table, "get", n.name("key")))
        looked = n.assign(found, n.call(match, n.name("entry"), n.name(when.day), n.name("reader")))
        through = n.for_(["key"], keys, [own, lacks, *skip, looked, least])
        self.statements.append(n.assign(value, n.constant(TRUE)))
        open_ = n.either(
            n.compare(table, "is", n.constant(None)),
            n.both(n.not_(n.name("all_told")), n.call("incomplete", n.constant(path))),
        )
        slow = n.call(
            "each_of", n.name("reader"), table, n.constant(path), keys, n.name(match), n.name(when.day)
        )
        self.statements.append(n.if_(open_, n.assign(value, slow), otherwise=[through]))
        return value

    def _certain(self, where: c.Where, path: str) -> Expr | None:
        """What is enough for an entry of a table to be so: any one of several ways, each a single test."""
        ways = []
        for way in where.any if not where.each else ():
            for attribute, test in way.each.items() if len(way.each) == 1 and not way.any else ():
                kind = kind_at(self.pool.model, f"{path}.{attribute}")
                value = n.attribute(n.name("entry"), attribute)
                if test.given:
                    ways.append(n.compare(n.call("type", value), "is", n.name("str")))
                elif kind is not None and kind.name == "truth" and test.one_of == (True,):
                    ways.append(n.compare(value, "is", n.constant(True)))
        return n.either(*ways) if ways else None

    # --- what is simpler for a plain centre ---------------------------------------------------------------------------------

    def _attested(self, node: c.Attested, when: When, rule: Rule) -> str:
        if rule.items:
            return super()._attested(node, when, rule)
        return self.once(("attested", rule.id), n.call("verdict", n.constant(rule.id), n.constant(REVIEW)))

    def observed(self, node: Any, when: When) -> Expr:
        match node:
            case c.Compare():
                found = self._known["ranges", id(node), when]
                return n.tuple_([*map(n.name, found.observed), *found.bound])
            case c.Is() | c.Among() | c.Given() | c.Done() | c.Reads():
                value = n.name(self.read(self.facts[node.fact].value or ""))
                series = n.compare(n.call("type", value), "is", n.name("Series"))
                return n.choose(series, n.call("only", value, n.name(when.day), n.name("spoken")), value)
        return super().observed(node, when)


__all__ = ["Straight", "Told", "compile_straight"]
