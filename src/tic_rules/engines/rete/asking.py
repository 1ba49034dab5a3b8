"""A rule's questions put to a scene: what the data says, as the network can match it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import ceil, floor, lcm
from typing import Any

from tic_rules.core.errors import UsageError, fault
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.core.quantities import INFINITY, Number, Range, add_days, decimal_text
from tic_rules.engines.rete.network import ENDLESS, MOST, scale_of
from tic_rules.engines.rete.plan import Node, Plan, RulePlan, words_named
from tic_rules.engines.rete.semantics import AGREE, ALL, ANY, PLAIN, SILENT, SOFT_ALL, SOFT_ANY
from tic_rules.engines.rete.sheets import Part, Sheet
from tic_rules.evaluation.entries import Entry, Moment, plain_entry, series_at
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.judgements import latest_judgement
from tic_rules.evaluation.operators import between, see
from tic_rules.evaluation.running import without_year
from tic_rules.evaluation.scenarios import Scenario
from tic_rules.model import conditions as c
from tic_rules.model.values import Series


class Asking:
    """Puts a rule's questions to a scene and writes down what the data says."""

    def __init__(self, scene: Scene, plan: Plan, scenario: Scenario, sheet: Sheet, rule: Any) -> None:
        self.scene, self.plan, self.scenario, self.sheet, self.rule = scene, plan, scenario, sheet, rule

    def roots(self, planned: RulePlan, key: int, moment: Moment) -> None:
        for root in planned.roots.values():
            self.ask(root, key, moment)

    def ask(self, node: Node, key: int, moment: Moment) -> None:
        own = getattr(self, f"_{node.kind}", None)
        if own is not None:
            own(node, key, moment)
            return
        for part in node.parts:
            self.ask(part, key, moment)

    def possibly(self, node: Node, key: int, said: list[dict[str, int]], nothing: dict[str, int]) -> None:
        """What the data says; where it may be one of several things, the value is what all of them agree on."""
        if len(said) <= 1:
            self.sheet.ask(node, key, **(said[0] if said else nothing))
            return
        parts = []
        for one in said:
            entry = self.sheet.entry()
            self.sheet.ask(node, entry, **one)
            parts.append(Part(node=node.number, entry=entry))
        self.sheet.gather(AGREE, node, key, parts)

    def each(self, kind: int, node: Node, key: int, said: list[dict[str, int]], *more: Part) -> None:
        """Several things the data says, each asked for by itself."""
        if len(said) == 1 and not more:
            self.sheet.ask(node, key, **said[0])
            return
        parts = []
        for one in said:
            entry = self.sheet.entry()
            self.sheet.ask(node, entry, **one)
            parts.append(Part(node=node.number, entry=entry))
        self.sheet.gather(kind, node, key, [*parts, *more])

    # --- numbers -----------------------------------------------------------------------------------------------------------

    def _compare(self, node: Node, key: int, moment: Moment) -> None:
        name, scale = node.source.fact, scale_of(self.scene.ruleset, node.source)
        low, high = self.scene.number(name, moment).range
        whole = self.whole
        self.sheet.ask(
            node,
            key,
            low=whole(name, low, scale, floor),
            high=whole(name, high, scale, floor),
            low_up=whole(name, low, scale, ceil),
            high_up=whole(name, high, scale, ceil),
        )

    def _against(self, node: Node, key: int, moment: Moment) -> None:
        scene, source = self.scene, node.source
        if isinstance(source, c.Largest):
            groups = scene.groups(source.fact, moment)
            own = groups[source.largest].range
            others = [
                self.two(source.fact, own, other.range)
                for name, other in groups.items()
                if name != source.largest
            ]
            self.each(ALL, node, key, others)
        elif isinstance(source, c.Share):
            named, rest = scene.share(source.fact, source.share_of, moment)
            asked: Any = source.more_than if source.more_than is not None else source.at_least
            bound = Fraction(asked)
            self.sheet.ask(
                node, key, **self.two(source.fact, named.range.times(1 - bound), rest.range.times(bound))
            )
        else:
            limit = source.limit
            left, right = (
                scene.number(source.fact, moment).range,
                scene.number(limit.fact, moment).range.times(limit.times),
            )
            self.sheet.ask(node, key, **self.two(source.fact, left, right))

    def two(self, name: str, x: Range, t: Range) -> dict[str, int]:
        scale = lcm(*(Fraction(end).denominator for end in (*x, *t) if end != INFINITY))
        low, high, least, most = (self.whole(name, end, scale, floor) for end in (*x, *t))
        return {"low": low, "high": high, "least": least, "most": most}

    def whole(self, name: str, number: Number, scale: int, rounded: Any) -> int:
        """A number as the engine compares it exactly; one that is too large for that is refused by name."""
        if number == INFINITY:
            return ENDLESS
        found = int(rounded(number * scale))
        if abs(found) > MOST:
            label, told = self.scene.facts[name].label, decimal_text(number)
            zh = f"{label.zh}（{name}）为 {told}，超出 durable 引擎能精确比较的范围（金额至9×10^16元）；请用 native 引擎"
            en = f"{label.en} ({name}) is {told}: more than the durable engine compares exactly (amounts up to 9×10^16 yuan); use the native engine"
            raise fault(UsageError, "durable-limit", zh, en, file=self.scene.subject.file or "")
        return found

    # --- words and days ----------------------------------------------------------------------------------------------------

    def _word(self, node: Node, key: int, moment: Moment) -> None:
        source = node.source
        if isinstance(source, c.AnyAmong):
            words, more, _ = self.scene.words(source.fact, moment.day)
            self.each(
                ANY,
                node,
                key,
                [{"x": self.plan.code(word)} for word in words or ()],
                *([Part(UNKNOWN)] if more else []),
            )
            return
        values, _, _ = self.scene.single(source.fact, moment.day)
        self.possibly(node, key, [{"x": self.plan.code(value)} for value in values], {"x": 0})

    def _has(self, node: Node, key: int, moment: Moment) -> None:
        words, more, _ = self.scene.words(node.source.fact, moment.day)
        self.each(
            ALL,
            node,
            key,
            [{"has": int(word in (words or ())), "more": int(more)} for word in node.source.contains_all],
        )

    def _reads(self, node: Node, key: int, moment: Moment) -> None:
        values, _, _ = self.scene.single(node.source.fact, moment.day)
        self.possibly(
            node, key, [self.text(node, value) for value in values], {"head": 0, "tail": 0, "inner": 0}
        )

    def text(self, node: Node, text: str) -> dict[str, int]:
        before, after = words_named(node)
        if node.source.ignoring_space:
            text = "".join(text.split())
        head, tail = text[: len(before)], text[len(text) - len(after) :] if len(text) >= len(after) else text
        return {
            "head": self.plan.code(head),
            "tail": self.plan.code(tail),
            "inner": len(text) - len(before) - len(after),
        }

    def _same(self, node: Node, key: int, moment: Moment) -> None:
        """The texts between are the same where one text stands in every part, for certain or perhaps."""
        *texts, equal = node.parts
        inner: list[set[str]] = []
        for part in texts:
            self.ask(part, key, moment)
            values, _, _ = self.scene.single(part.source.fact, moment.day)
            if values:
                inner.append({between(part.source, text) for text in values} - {""})
        if not inner:
            self.sheet.known(equal, key, TRUE)
            return
        candidates = []
        for text in sorted(set.union(*inner)):
            candidates.append(Part(node=equal.number, entry=(own := self.sheet.entry())))
            self.each(
                ALL,
                equal,
                own,
                [{"same": int(text in possible), "ways": len(possible)} for possible in inner],
            )
        self.sheet.gather(ANY, equal, key, candidates)

    def _done(self, node: Node, key: int, moment: Moment) -> None:
        values, _, _ = self.scene.single(node.source.fact, moment.day)
        days = {"day": moment.day.toordinal(), "spoken": min(moment.day, self.scene.reported_on).toordinal()}
        said = [
            {"first": value.first.toordinal(), "last": value.last.toordinal(), **days} for value in values
        ]
        self.possibly(node, key, said, {"first": 0, "last": ENDLESS, **days})

    def _not_after(self, node: Node, key: int, moment: Moment) -> None:
        day = self.scenario.term_end if node.source.not_after == "term_end" else self.scenario.approved
        self.sheet.ask(
            node, key, as_of=self.scene.as_of.toordinal(), day=0 if day is None else day.toordinal()
        )

    def _judged(self, node: Node, key: int, moment: Moment) -> None:
        given = self.scene.attested.get(self.rule.id, [])
        asked = [item.id for item in self.rule.items] or [None]
        judged = [
            latest_judgement([(index, a) for index, a in given if a.item == item], self.scene.as_of)[0]
            for item in asked
        ]
        self.each(ALL, node, key, [{"met": value} for value in judged])

    def _follows(self, node: Node, key: int, moment: Moment) -> None:
        self.sheet.ask(node, key)

    # --- entries -----------------------------------------------------------------------------------------------------------

    def _some(self, node: Node, key: int, moment: Moment) -> None:
        entries, more, _ = self.scene.entries_at(self.scene.facts[node.source.fact], moment)
        parts = [
            self.entry(node.parts[0], entry, moment, PLAIN if counts == TRUE else SOFT_ANY)
            for entry, counts in entries
        ]
        self.sheet.gather(ANY, node, key, [*parts, *([Part(UNKNOWN)] if more else [])])

    def _every(self, node: Node, key: int, moment: Moment) -> None:
        entries, more, _ = self.scene.entries_at(self.scene.facts[node.source.fact], moment)
        parts = [
            self.entry(node.parts[0], entry, moment, PLAIN if counts == TRUE else SOFT_ALL)
            for entry, counts in entries
        ]
        if more or not any(counts == TRUE for _, counts in entries):
            parts.append(Part(UNKNOWN if more or entries else FALSE))
        self.sheet.gather(ALL, node, key, parts)

    def _none_of(self, node: Node, key: int, moment: Moment) -> None:
        entries, more, _ = self.scene.entries_at(self.scene.facts[node.source.fact], moment)
        parts = [
            self.entry(node.parts[0], entry, moment, PLAIN if counts == TRUE else SOFT_ALL)
            for entry, counts in entries
        ]
        self.sheet.gather(ALL, node, key, [*parts, *([Part(UNKNOWN)] if more else [])])

    def _each_of(self, node: Node, key: int, moment: Moment) -> None:
        table, more, path = self.scene.table(node.source.fact, moment.day)
        parts = []
        for name in node.source.each_of:
            record = (table or {}).get(name)
            if record is None:
                parts.append(Part(UNKNOWN if more else FALSE))
            else:
                parts.append(self.entry(node.parts[0], plain_entry((*path, name), record), moment, PLAIN))
        self.sheet.gather(ALL, node, key, parts)

    def _running(self, node: Node, key: int, moment: Moment) -> None:
        """Calendar years running: each year is asked for by itself, then every run of years."""
        source, run, year_node = node.source, node.parts[0], node.parts[0].parts[0]
        if without_year(source, self.scene, moment):
            # Which of its entries fills which year is a choice over all of them together: a reading, made outside the network.
            self.sheet.known(node, key, see(source, self.scene, moment, self.scenario, self.rule).value)
            return
        fact = self.scene.facts[source.of]
        named = [
            entry.year for entry in self.scene.listed(fact.list_name or "").entries if entry.year is not None
        ]
        ended = add_days(moment.day, 1).year - 1
        first = max(min([self.scenario.approved.year if self.scenario.approved else ended, *named]), 1)
        last = min(max([ended, *named]), 9998)
        years = {
            year: self.year(year_node, moment._replace(year=year), ended) for year in range(first, last + 1)
        }
        runs = []
        for year in range(first, last + 2 - source.running):
            runs.append(Part(node=run.number, entry=(own := self.sheet.entry())))
            self.sheet.gather(ALL, run, own, [years[year + step] for step in range(source.running)])
        self.sheet.gather(ANY, node, key, runs)

    def year(self, node: Node, moment: Moment, ended: int) -> Part:
        """A year is open where an entry leaves it so, or where one could exist that the data does not show."""
        entries, more, listed = self.scene.entries_at(self.scene.facts[node.source.of], moment)
        entries = [(entry, counts) for entry, counts in entries if entry.year is not None]
        begun = self.scenario.approved.year if self.scenario.approved else ended
        whole = not begun <= (moment.year or 0) <= ended or self.settled(node.source, entries, moment)
        parts = []
        for entry, counts in entries:
            perhaps = SILENT if whole and not _undated(entry, listed.declared) else SOFT_ANY
            parts.append(self.entry(node.parts[0], entry, moment, PLAIN if counts == TRUE else perhaps))
        own = self.sheet.entry()
        self.sheet.gather(ANY, node, own, [*parts, *([Part(UNKNOWN)] if more and not whole else [])])
        return Part(node=node.number, entry=own)

    def settled(self, source: c.Running, entries: list[tuple[Entry, int]], moment: Moment) -> bool:
        """Whether the data shows a result of that year of the kind that counts, so that none can be missing."""
        other = c.Where(each={name: test for name, test in source.where.each.items() if name != "result"})
        shown = [
            entry
            for entry, counts in entries
            if counts == TRUE and getattr(entry.record, "result", True) is not None
        ]
        return any(self.scene.matches(other, entry, moment.day, []) == TRUE for entry in shown)

    def entry(self, node: Node, entry: Entry, moment: Moment, mode: int) -> Part:
        """An entry of a list, with its attributes, under a key of its own."""
        key = self.sheet.entry()
        for where in [node] if isinstance(node.source, c.Where) else node.parts:
            self.attributes(where, key, entry, moment)
        return Part(node=node.number, entry=key, mode=mode)

    def attributes(self, node: Node, key: int, entry: Entry, moment: Moment) -> None:
        if node.kind == "there":
            self.sheet.ask(node, key, x=1)
        for name, part in zip(node.source.each, node.parts, strict=False):
            self.attribute(part, key, entry.get(name), name, moment.day)
        if node.source.any:
            for inner in node.parts[-1].parts:
                self.attributes(inner, key, entry, moment)

    def attribute(self, node: Node, key: int, actual: Any, name: str, day: date) -> None:
        if not isinstance(actual, Series):
            self.value(node, key, actual, name)
            return
        values, open_end = series_at(actual, day, self.scene.reported_on)
        if open_end:
            self.sheet.known(node, key, UNKNOWN)
        elif len(values) == 1:
            self.value(node, key, values[0], name)
        else:
            parts = []
            for value in values:
                parts.append(Part(node=node.number, entry=(own := self.sheet.entry())))
                self.value(node, own, value, name)
            self.sheet.gather(AGREE, node, key, parts)

    def value(self, node: Node, key: int, actual: Any, name: str) -> None:
        """A word, or several of which one is enough."""
        test = node.source
        if not isinstance(actual, tuple) or test.given:
            self.sheet.ask(node, key, x=self.plan.code(actual) if not isinstance(actual, tuple) else 1)
            return
        more = self.scene.incomplete(name)
        if test.one_of is None:
            self.sheet.known(node, key, UNKNOWN if more else REVIEW if test.open and actual else FALSE)
        else:
            self.each(
                ANY,
                node,
                key,
                [{"x": self.plan.code(word)} for word in actual],
                *([Part(UNKNOWN)] if more else []),
            )


def _undated(entry: Entry, declared: Any) -> bool:
    """Whether an entry would count for certain if its own day or year were exact."""
    day_open = bool(declared.date) and entry.when is not None and not entry.when.exact
    return day_open or (bool(declared.year) and entry.year is None)
