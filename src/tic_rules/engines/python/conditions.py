"""Conditions to code: each condition of a tree becomes a few straight-line statements, what two of them read is read once.

One method a condition, in the order of `conditions.py`. Values are 0 to 3 as in `readings` (false, unknown, needs review, true).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from tic_rules.engines.python import nodes as n
from tic_rules.engines.python.nodes import Expr, Stmt
from tic_rules.evaluation.facts import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.model import conditions as c
from tic_rules.model import fields, values
from tic_rules.model.ruleset import Fact, Rule, RuleSet
from tic_rules.model.subject import Subject

_SCALARS = frozenset({str, bool})


class When(NamedTuple):
    """The names of the variables that hold a moment: the day, the first day that counts, the year that is owed."""

    day: str
    start: str
    year: str | None = None


class Ranges(NamedTuple):
    """The names of the variables that hold what a numeric condition observed, and the bound it was held against."""

    observed: tuple[str, str]
    bound: tuple[Expr, Expr]


class Pool:
    """What all functions of a module share: names for objects, and the functions that match entries."""

    def __init__(self, ruleset: RuleSet, model: type[Subject], names: dict[str, Any]) -> None:
        self.ruleset, self.model, self.names = ruleset, model, names
        self.functions: list[Stmt] = []
        self._count = 0
        self._matches: dict[tuple[str, int], str] = {}
        self._objects: dict[int, str] = {}
        self._made: dict[Any, Any] = {}
        self._steady: dict[tuple[str, int], bool] = {}
        self._tables: dict[str, dict[Any, int]] = {}
        self._by_word: dict[int, tuple[str, dict[str, int]] | None] = {}

    def new(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._count}"

    def named(self, value: Any) -> str:
        """A name for an object that generated code refers to."""
        found = self._objects.get(id(value))
        if found is None:
            found = self._objects[id(value)] = self.new("k")
            self.names[found] = value
        return found

    def named_once(self, key: Any, value: Any) -> str:
        """A name for an object that is made anew each time it is asked for; `key` tells it from others."""
        return self.named(self._made.setdefault(key, value))

    def constant(self, value: Any) -> Expr:
        return (
            n.constant(value)
            if value is None or isinstance(value, (str, bool, int))
            else n.name(self.named(value))
        )

    # --- entries of lists ------------------------------------------------------------------------------------------------

    def match(self, where: c.Where, listed: str) -> str:
        """The function that says whether an entry of a list is so; `listed` is empty for the entries of a table."""
        key = (listed, id(where))
        found = self._matches.get(key)
        if found is None:
            found = self._matches[key] = self.new("match")
            self.functions.append(n.function(found, ("entry", "day", "reader"), self._match(where, listed)))
        return found

    def _match(self, where: c.Where, listed: str) -> list[Stmt]:
        parts = [self._test(test, attribute, listed) for attribute, test in where.each.items()]
        if where.any:
            parts.append(self._any(where.any, listed))
        if not parts:
            return [n.return_(n.constant(TRUE))]
        body: list[Stmt] = []
        for position, (reads, value) in enumerate(parts):
            last = position == len(parts) - 1
            body.extend(reads)
            if position == 0:
                body.append(n.return_(value) if last else n.assign("found", value))
            else:
                body.append(n.assign("other", value))
                body.append(
                    n.if_(
                        n.compare(n.name("other"), "<", n.name("found")), n.assign("found", n.name("other"))
                    )
                )
                if last:
                    body.append(n.return_(n.name("found")))
            if not last:
                body.append(
                    n.if_(n.compare(n.name("found"), "==", n.constant(FALSE)), n.return_(n.constant(FALSE)))
                )
        return body

    def _any(self, ways: tuple[c.Where, ...], listed: str) -> tuple[list[Stmt], Expr]:
        """True, else unknown, else needs review, else false, over several ways to be so."""
        reads: list[Stmt] = []
        values: list[Expr] = []
        for position, way in enumerate(ways):
            if len(way.each) == 1 and not way.any:
                [(attribute, test)] = way.each.items()
                first, value = self._test(test, attribute, listed)
                reads.extend(first)
            else:
                value = n.call(self.match(way, listed), n.name("entry"), n.name("day"), n.name("reader"))
            reads.append(n.assign(f"way_{position}", value))
            values.append(n.name(f"way_{position}"))
        return reads, any_value(values)

    def get(self, attribute: str, listed: str) -> Expr:
        """An attribute of `entry`."""
        declared = self.ruleset.vocabulary.lists[listed] if listed else None
        if declared is not None and declared.scalar is not None:
            return n.name("entry") if attribute == declared.scalar else n.constant(None)
        if declared is not None and attribute in declared.look_up:
            return n.call(
                "looked_up", n.name("reader"), n.constant(listed), n.constant(attribute), n.name("entry")
            )
        return n.attribute(n.name("entry"), attribute)

    def _test(self, test: c.Test, attribute: str, listed: str) -> tuple[list[Stmt], Expr]:
        value = n.name(f"v_{attribute}")
        reads = [n.assign(f"v_{attribute}", self.get(attribute, listed))]
        if test.given:
            quick = n.constant(TRUE)
        elif test.one_of is not None:
            quick = n.choose(
                self.among(value, test.one_of), n.constant(TRUE), n.constant(REVIEW if test.open else FALSE)
            )
        else:
            quick = n.choose(self.among(value, test.other_than or ()), n.constant(FALSE), n.constant(TRUE))
        absent = n.constant(TRUE if test.one_of is not None and None in test.one_of else UNKNOWN)
        is_absent = n.compare(value, "is", n.constant(None))
        if self._plain(attribute, listed):
            return reads, n.choose(is_absent, absent, quick)
        slow = n.call(
            "passes", n.name(self.named(test)), value, n.constant(attribute), n.name("day"), n.name("reader")
        )
        return reads, n.choose(
            is_absent, absent, n.compare(n.call("type", value), "in", n.name("scalars")), quick, slow
        )

    def among(self, value: Expr, words: tuple[Any, ...]) -> Expr:
        known = [word for word in words if word is not None]
        if len(known) == 1:
            return n.compare(value, "==", n.constant(known[0]))
        return n.compare(value, "in", n.name(self.named(frozenset(known))))

    def steady(self, where: c.Where, listed: str) -> bool:
        """Whether an entry that is so on one day is so on every day: nothing that is looked at can be dated."""
        key = (listed, id(where))
        if key not in self._steady:
            self._steady[key] = self._is_steady(where, listed)
        return self._steady[key]

    def _is_steady(self, where: c.Where, listed: str) -> bool:
        return all(self._plain(attribute, listed) for attribute in where.each) and all(
            self.steady(inner, listed) for inner in where.any
        )

    def by_word(self, fact: Fact) -> tuple[str, dict[str, int]] | None:
        """Where every group is told by one word of one attribute: the attribute, and the place of each word's group."""
        if id(fact) not in self._by_word:
            self._by_word[id(fact)] = self._sorted_by_word(fact)
        return self._by_word[id(fact)]

    def _sorted_by_word(self, fact: Fact) -> tuple[str, dict[str, int]] | None:
        table: dict[Any, int] = {}
        attributes = set()
        for place, group in enumerate((fact.groups or {}).values()):
            if group.where.any or len(group.where.each) != 1:
                return None
            [(attribute, test)] = group.where.each.items()
            if (
                test.one_of is None
                or test.open
                or test.given
                or None in test.one_of
                or table.keys() & set(test.one_of)
            ):
                return None
            attributes.add(attribute)
            table.update(dict.fromkeys(test.one_of, place))
        if len(attributes) != 1 or not self._plain(next(iter(attributes)), fact.list_name or ""):
            return None
        key = f"table of {fact.list_name} {sorted(map(str, table.items()))}"
        return attributes.pop(), self._tables.setdefault(key, table)

    def _plain(self, attribute: str, listed: str) -> bool:
        if not listed:
            return False
        declared = self.ruleset.vocabulary.lists[listed]
        if attribute in declared.look_up or declared.scalar is not None:
            return False
        return all(_is_plain(kind_at(self.model, f"{path}.{attribute}")) for path in declared.paths)


def record_at(model: Any, path: str) -> Any:
    """The record that stands at a dotted path, alone or in a list; None where there is none."""
    for part in path.split("."):
        field = model.model_fields.get(part)
        model = fields.record_in(field.annotation) if field is not None else None
        if model is None:
            return None
    return model


def kind_at(model: Any, path: str) -> values.Kind | None:
    """What a field holds, alone or in the entries of a list."""
    above, _, last = path.rpartition(".")
    record = record_at(model, above) if above else model
    field = record.model_fields.get(last) if record is not None else None
    return (
        next((held for held in field.metadata if isinstance(held, values.Kind)), None)
        if field is not None
        else None
    )


def _is_plain(kind: values.Kind | None) -> bool:
    """Whether a field holds one word or one yes/no, never dated."""
    return kind is not None and not kind.dated and kind.name in ("text", "truth")


class Body:
    """The statements of one function, as they grow; what has been read once is remembered under its name."""

    def __init__(self, pool: Pool) -> None:
        self.pool, self.facts = pool, pool.ruleset.facts
        self.statements: list[Stmt] = []
        self._known: dict[Any, Any] = {}
        self._count = 0

    def new(self) -> str:
        self._count += 1
        return f"x{self._count}"

    def once(self, key: Any, value: Expr) -> str:
        """A variable that holds a value which several conditions use."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self.keep(value)
        return found

    def keep(self, value: Expr) -> str:
        variable = self.new()
        self.statements.append(n.assign(variable, value))
        return variable

    def _pair(self, key: Any, value: Expr) -> tuple[str, str]:
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = (self.new(), self.new())
            self.statements.append(n.assign_both(*found, value))
        return found

    # --- reading ---------------------------------------------------------------------------------------------------------

    def read(self, path: str) -> str:
        """The value at a dotted path of the data; None where it, or anything above it, is left out."""
        above, _, last = path.rpartition(".")
        if not above:
            return self.once(path, n.attribute(n.name("subject"), last))
        held = n.name(self.read(above))
        return self.once(
            path, n.choose(n.compare(held, "is", n.constant(None)), n.constant(None), n.attribute(held, last))
        )

    def number(self, name: str, when: When) -> tuple[str, str]:
        """The range of a numeric fact at a moment: the names of its ends."""
        fact = self.facts[name]
        day = n.name(when.day)
        if fact.stock is not None:
            value = n.name(self.read(fact.stock))
            now = n.name(
                self.once(
                    ("now", when.day), n.both(n.compare(day, "==", n.name("spoken")), n.name("all_told"))
                )
            )
            slow = n.call(
                "stock", n.name("reader"), value, n.constant(fact.stock), day, n.constant(fact.cumulative)
            )
            return self._pair(
                (name, when.day),
                n.choose(n.both(now, n.compare(n.call("type", value), "is", n.name("Range"))), value, slow),
            )
        if fact.value is not None:
            value = n.name(self.read(fact.value))
            slow = n.call(
                "value",
                n.name("reader"),
                value,
                n.constant(fact.value),
                day,
                n.name(when.start),
                n.constant(fact.else_count),
            )
            quick = n.both(n.name("all_told"), n.compare(n.call("type", value), "is", n.name("Range")))
            return self._pair((name, when), n.choose(quick, value, slow))
        return self._pair((name, when), self._counted_number(fact, when))

    def _counted_number(self, fact: Fact, when: When) -> Expr:
        if fact.kinds is not None:
            return n.call("kinds", n.name(self.groups(fact.kinds, when)))
        if fact.sum is not None:
            return self._total(fact, fact.where, when)
        listed = fact.list_name or ""
        counted = n.name(self.counted(fact, when))
        match = n.name(self.pool.match(fact.where, listed)) if fact.where is not None else n.constant(None)
        if fact.count is not None:
            return n.call("count", n.name("reader"), counted, match, n.name(when.day))
        getter = self.pool.new("get")
        self.pool.functions.append(
            n.function(getter, ("entry", "reader"), [n.return_(self.pool.get(fact.distinct or "", listed))])
        )
        return n.call("distinct", n.name("reader"), counted, n.name(getter), n.name(when.day))

    def counted(self, fact: Fact, when: When) -> str:
        """The entries of a fact's list that count, or may count, at a moment."""
        declared = self.pool.ruleset.vocabulary.lists[fact.list_name or ""]
        if declared.date is None and declared.year is None:  # on every day the same entries
            when = When(when.day, when.day)
        over = fact.over is not None
        year = n.constant(None) if when.year is None else n.name(when.year)
        value = n.call(
            "counted",
            n.name("reader"),
            n.constant(fact.list_name or ""),
            n.name(when.day),
            n.name(when.start),
            year,
            n.constant(over),
        )
        return self.once(("counted", fact.list_name, when, over), value)

    def _total(self, fact: Fact, where: c.Where | None, when: When) -> Expr:
        listed = fact.list_name or ""
        match = n.name(self.pool.match(where, listed)) if where is not None else n.constant(None)
        year = n.constant(None) if when.year is None else n.name(when.year)
        flags = (
            n.constant(fact.over is not None),
            n.constant(where is None or self.pool.steady(where, listed)),
        )
        return n.call(
            "total",
            n.name("reader"),
            n.constant(listed),
            match,
            n.constant(fact.sum or "amount"),
            n.name(when.day),
            n.name(when.start),
            year,
            *flags,
        )

    def groups(self, name: str, when: When) -> str:
        """The sum of each group."""
        fact = self.facts[name]
        sorted_ = self.pool.by_word(fact)
        if sorted_ is None:
            value = n.tuple_([self._total(fact, group.where, when) for group in (fact.groups or {}).values()])
        else:
            attribute, table = sorted_
            year = n.constant(None) if when.year is None else n.name(when.year)
            moment = n.name(when.day), n.name(when.start), year, n.constant(fact.over is not None)
            places = n.constant(attribute), n.name(self.pool.named(table)), n.constant(len(fact.groups or {}))
            value = n.call(
                "by_word",
                n.name("reader"),
                n.constant(fact.list_name or ""),
                *places,
                n.constant(fact.sum or "amount"),
                *moment,
            )
        return self.once(("groups", name, when), value)

    # --- conditions ------------------------------------------------------------------------------------------------------

    def see(self, node: Any, when: When, rule: Rule) -> str:
        """The variable that holds a condition's value at a moment."""
        return getattr(self, _SEE[type(node)])(node, when, rule)  # type: ignore[no-any-return]

    def _all(self, node: c.All, when: When, rule: Rule) -> str:
        return self._least([self.see(part, when, rule) for part in node.all])

    def _least(self, values: list[str]) -> str:
        least = self.keep(n.name(values[0]))
        for value in values[1:]:
            self.statements.append(
                n.if_(n.compare(n.name(value), "<", n.name(least)), n.assign(least, n.name(value)))
            )
        return least

    def _any(self, node: c.Either, when: When, rule: Rule) -> str:
        return self.keep(any_value([n.name(self.see(part, when, rule)) for part in node.any]))

    def negate(self, value: str) -> str:
        return self.keep(n.item(n.name("negated"), n.name(value)))

    def _not(self, node: c.Not, when: When, rule: Rule) -> str:
        return self.negate(self.see(node.not_, when, rule))

    def _review(self, node: c.Review, when: When, rule: Rule) -> str:
        inner = n.name(self.see(node.review, when, rule))
        return self.keep(n.choose(n.compare(inner, "==", n.constant(TRUE)), n.constant(REVIEW), inner))

    def _attested(self, node: c.Attested, when: When, rule: Rule) -> str:
        given = n.call("given", n.constant(rule.id))
        if rule.items:
            items = n.tuple_([n.constant(item.id) for item in rule.items])
            return self.once(("attested", rule.id), n.call("judged_items", given, items, n.name("as_of")))
        return self.once(("attested", rule.id), n.call("judged", given, n.name("as_of")))

    def _compare(self, node: c.Compare, when: When, rule: Rule) -> str:
        low, high = self.number(node.fact, when)
        limit = node.limit
        least: Expr
        most: Expr
        if isinstance(limit, c.Times):
            factor = self.pool.constant(limit.times)
            least, most = (
                n.name(self.keep(n.times(n.name(end), factor))) for end in self.number(limit.fact, when)
            )
        else:
            least, most = (
                self.pool.constant(end) for end in (limit if isinstance(limit, tuple) else (limit, limit))
            )
        self._known["ranges", id(node), when] = Ranges((low, high), (least, most))
        return self.keep(_compared(node.operator, n.name(low), n.name(high), least, most))

    def _single(self, node: Any, when: When, rule: Rule) -> str:
        value = n.name(self.read(self.facts[node.fact].value or ""))
        test = self.pool.new("test")
        self.pool.functions.append(
            n.function(
                test,
                ("value", "day", "spoken"),
                [n.return_(self._test(node, n.name("value"), n.name("day")))],
            )
        )
        day = n.name(when.day)
        slow = n.call("over", n.name(test), value, day, n.name("spoken"))
        if isinstance(node, c.Is) and isinstance(node.is_, bool):
            so, not_so, absent = (
                n.compare(value, "is", n.constant(told)) for told in (node.is_, not node.is_, None)
            )
            return self.keep(
                n.choose(so, n.constant(TRUE), not_so, n.constant(FALSE), absent, n.constant(UNKNOWN), slow)
            )
        known = n.both(
            n.compare(value, "is not", n.constant(None)),
            n.compare(n.call("type", value), "is not", n.name("Series")),
        )
        return self.keep(n.choose(known, self._test(node, value, day), slow))

    def _test(self, node: Any, value: Expr, day: Expr) -> Expr:
        """What one value that a yes/no, a choice, a text or a day may have makes of the condition."""
        true, false, unknown = n.constant(TRUE), n.constant(FALSE), n.constant(UNKNOWN)
        match node:
            case c.Is():
                return n.choose(n.compare(value, "==", n.constant(node.is_)), true, false)
            case c.Among():
                return n.choose(
                    n.compare(value, "in", n.name(self.pool.named(node.among))),
                    true,
                    n.constant(REVIEW) if node.open else false,
                )
            case c.Done():
                late = n.compare(n.attribute(value, "first"), ">", day)
                spoken = n.both(
                    *(n.compare(n.attribute(value, "last"), "<=", end) for end in (day, n.name("spoken")))
                )
                return n.choose(late, false, spoken, true, unknown)
            case c.Reads():
                return n.choose(n.call("between", n.name(self.pool.named(node)), value), true, false)
        return true  # given

    def _same(self, node: c.Same, when: When, rule: Rule) -> str:
        texts = [n.name(self.read(self.facts[part.fact].value or "")) for part in node.same]
        dated = n.either(*(n.compare(n.call("type", text), "is", n.name("Series")) for text in texts))
        quick = n.call("same", n.name(self.pool.named(node.same)), n.tuple_(texts))
        return self.keep(n.choose(dated, self.by_reference(node, when, rule), quick))

    def by_reference(self, node: Any, when: When, rule: Rule) -> Expr:
        year = n.constant(None) if when.year is None else n.name(when.year)
        life = (n.name("approved"), n.name("term_end"))
        return n.call(
            "see",
            n.name("reader"),
            n.name(self.pool.named(node)),
            n.name(self.pool.named(rule)),
            n.name(when.day),
            n.name(when.start),
            year,
            *life,
        )

    def _words(self, fact: str, when: When) -> tuple[Expr, Expr]:
        """The words that are given, and whether there may be more."""
        path = self.facts[fact].words or ""
        words = n.name(self.read(path))
        late = n.compare(n.name(when.day), ">", n.name("spoken"))
        more = n.either(
            n.compare(words, "is", n.constant(None)), late, n.call("incomplete", n.constant(path))
        )
        return words, n.name(self.once(("more", path, when.day), more))

    def _any_among(self, node: c.AnyAmong, when: When, rule: Rule) -> str:
        words, more = self._words(node.fact, when)
        met = n.both(
            words,
            n.compare(
                n.call("isdisjoint", n.name(self.pool.named(frozenset(node.any_among))), words),
                "is",
                n.constant(False),
            ),
        )
        left = n.choose(words, n.constant(REVIEW), n.constant(FALSE)) if node.open else n.constant(FALSE)
        return self.keep(n.choose(met, n.constant(TRUE), more, n.constant(UNKNOWN), left))

    def _contains(self, node: c.Contains, when: When, rule: Rule) -> str:
        words, more = self._words(node.fact, when)
        met = n.both(words, n.call("issubset", n.name(self.pool.named(frozenset(node.contains_all))), words))
        return self.keep(n.choose(met, n.constant(TRUE), more, n.constant(UNKNOWN), n.constant(FALSE)))

    def _through(self, node: Any, where: c.Where, when: When) -> tuple[Expr, Expr, Expr]:
        fact = self.facts[node.fact]
        return (
            n.name("reader"),
            n.name(self.counted(fact, when)),
            n.name(self.pool.match(where, fact.list_name or "")),
        )

    def _some(self, node: c.Some, when: When, rule: Rule) -> str:
        return self.keep(n.call("some", *self._through(node, node.some, when), n.name(when.day)))

    def _every(self, node: c.Every, when: When, rule: Rule) -> str:
        return self.keep(n.call("every", *self._through(node, node.every, when), n.name(when.day)))

    def _none_of(self, node: c.NoneOf, when: When, rule: Rule) -> str:
        permitted = (
            n.name(self.pool.match(node.permitted, self.facts[node.fact].list_name or ""))
            if node.permitted is not None
            else n.constant(None)
        )
        return self.keep(
            n.call(
                "none_of",
                *self._through(node, node.none_of, when),
                permitted,
                n.constant(node.open),
                n.name(when.day),
            )
        )

    def _each_of(self, node: c.EachOf, when: When, rule: Rule) -> str:
        path = self.facts[node.fact].table or ""
        keys, match = n.name(self.pool.named(node.each_of)), n.name(self.pool.match(node.has, ""))
        return self.keep(
            n.call(
                "each_of",
                n.name("reader"),
                n.name(self.read(path)),
                n.constant(path),
                keys,
                match,
                n.name(when.day),
            )
        )

    def _largest(self, node: c.Largest, when: When, rule: Rule) -> str:
        at = list(self.facts[node.fact].groups or {}).index(node.largest)
        value, numbers = self.new(), self.new()
        self.statements.append(
            n.assign_both(
                value, numbers, n.call("largest", n.name(self.groups(node.fact, when)), n.constant(at))
            )
        )
        self._known["numbers", id(node), when] = numbers
        return value

    def _share(self, node: c.Share, when: When, rule: Rule) -> str:
        sides = self.sides(node, when)
        self._known["numbers", id(node), when] = sides
        return self.weigh(node, sides)

    def sides(self, node: c.Share, when: When) -> str:
        """What the groups named and all others have."""
        fact = self.facts[node.fact]
        parts = fact.groups or {}
        matches = n.tuple_(
            [n.name(self.pool.match(parts[group].where, fact.list_name or "")) for group in node.share_of]
        )
        counted, bound = n.name(self.counted(fact, when)), n.name(self.pool.named(_asked_of(node)))
        return self.keep(
            n.call(
                "share",
                n.name("reader"),
                counted,
                matches,
                n.constant(fact.sum or "amount"),
                bound,
                n.name(when.day),
            )
        )

    def weigh(self, node: c.Share, sides: str) -> str:
        """`a / (a + b) >= p / q` as `a (q - p) >= b p`: whole numbers, exact."""
        bound = _asked_of(node)
        inside, outside = n.constant(bound.denominator - bound.numerator), n.constant(bound.numerator)
        ends = [
            n.times(n.item(n.name(sides), n.constant(end)), factor)
            for end, factor in enumerate((inside, inside, outside, outside))
        ]
        return self.keep(_compared("more_than" if node.more_than is not None else "at_least", *ends))

    def _not_after(self, node: c.NotAfter, when: When, rule: Rule) -> str:
        last = n.name("term_end" if node.not_after == "term_end" else "approved")
        held = n.both(n.compare(last, "is not", n.constant(None)), n.compare(n.name("as_of"), "<=", last))
        return self.keep(n.choose(held, n.constant(TRUE), n.constant(FALSE)))

    def _follows(self, node: c.Follows, when: When, rule: Rule) -> str:
        return self.keep(n.item(n.name("followed"), n.constant(node.follows)))

    def _running(self, node: c.Running, when: When, rule: Rule) -> str:
        value = n.name(self.run(node, when))
        return self.keep(
            n.choose(n.compare(value, "is", n.constant(None)), self.by_reference(node, when, rule), value)
        )

    def run(self, node: c.Running, when: When) -> str:
        """Whether entries are as asked for so many years running, where that is plain."""
        fact = self.facts[node.of]
        listed = fact.list_name or ""
        asked = (
            n.name(self.pool.match(node.where, listed)),
            n.constant(node.running),
            n.name(when.day),
            n.name("approved"),
        )
        return self.keep(
            n.call("running", n.name("reader"), n.name(self.counted(fact, when)), n.constant(listed), *asked)
        )

    def observed(self, node: Any, when: When) -> Expr:
        """What a finding says was observed: the ends of a comparison and its bound, the sides of a share, a value, words."""
        match node:
            case c.Compare():
                found = self._known["ranges", id(node), when]
                return n.call("Numbers", *(n.name(end) for end in found.observed), *found.bound)
            case c.Largest() | c.Share():
                return n.name(self._known["numbers", id(node), when])
            case c.Is() | c.Among() | c.Given() | c.Done() | c.Reads():
                return n.call(
                    "only",
                    n.name(self.read(self.facts[node.fact].value or "")),
                    n.name(when.day),
                    n.name("spoken"),
                )
            case c.AnyAmong():
                return n.either(n.name(self.read(self.facts[node.fact].words or "")), n.name("nothing"))
            case c.Contains():
                return n.name(self.read(self.facts[node.fact].words or ""))
            case c.NotAfter():
                return n.name("term_end" if node.not_after == "term_end" else "approved")
        return n.constant(None)


def _asked_of(node: c.Share) -> Fraction:
    return Fraction(node.more_than if node.more_than is not None else node.at_least)  # type: ignore[arg-type]


def any_value(values: list[Expr]) -> Expr:
    """`readings.any_of`, as an expression."""

    def some(wanted: int) -> Expr:
        return n.either(*(n.compare(value, "==", n.constant(wanted)) for value in values))

    return n.choose(
        some(TRUE),
        n.constant(TRUE),
        some(UNKNOWN),
        n.constant(UNKNOWN),
        some(REVIEW),
        n.constant(REVIEW),
        n.constant(FALSE),
    )


def _compared(operator: str, low: Expr, high: Expr, least: Expr, most: Expr) -> Expr:
    """`evaluate.compare`, as an expression."""
    true, false, unknown = n.constant(TRUE), n.constant(FALSE), n.constant(UNKNOWN)
    match operator:
        case "at_least":
            return n.choose(n.compare(low, ">=", most), true, n.compare(high, "<", least), false, unknown)
        case "at_most":
            return n.choose(n.compare(high, "<=", least), true, n.compare(low, ">", most), false, unknown)
        case "more_than":
            return n.choose(n.compare(low, ">", most), true, n.compare(high, "<=", least), false, unknown)
        case "less_than":
            return n.choose(n.compare(high, "<", least), true, n.compare(low, ">=", most), false, unknown)
    outside = n.either(n.compare(high, "<", least), n.compare(low, ">", most))
    if operator == "between":
        return n.choose(
            outside, false, n.both(n.compare(low, ">=", least), n.compare(high, "<=", most)), true, unknown
        )
    exact = n.both(n.compare(low, "==", high), n.compare(high, "==", least), n.compare(least, "==", most))
    return n.choose(outside, false, exact, true, unknown)


_SEE: dict[type, str] = {
    c.All: "_all", c.Either: "_any", c.Not: "_not", c.Review: "_review", c.Attested: "_attested", c.Compare: "_compare", c.Is: "_single",
    c.Among: "_single", c.AnyAmong: "_any_among", c.Contains: "_contains", c.Given: "_single", c.Done: "_single", c.Reads: "_single",
    c.Same: "_same", c.Some: "_some", c.Every: "_every", c.NoneOf: "_none_of", c.EachOf: "_each_of", c.Largest: "_largest",
    c.Share: "_share", c.NotAfter: "_not_after", c.Follows: "_follows", c.Running: "_running",
}  # fmt: skip

SCALARS = _SCALARS
__all__ = ["SCALARS", "Body", "Pool", "Ranges", "When", "kind_at", "record_at"]
