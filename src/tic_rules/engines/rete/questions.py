"""A rule's questions put to a scene: what the data says, as the network can match it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import ceil, floor, lcm
from typing import Any

from tic_rules.core.errors import UsageError, fault
from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN
from tic_rules.core.numbers import INFINITY, Number, Range, decimal_text
from tic_rules.engines.lowering import form as f
from tic_rules.engines.rete.assertions import Assertions, FoldPart
from tic_rules.engines.rete.network import ENDLESS, MOST, scale_of
from tic_rules.engines.rete.plan import NumberedNode, NumberedRules, RulePlan
from tic_rules.engines.rete.semantics import AGREE, ALL, ANY, PLAIN, SOFT_ALL, SOFT_ANY
from tic_rules.evaluation.entries import Entry, Moment, plain_entry, series_at
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.judgements import latest_judgement
from tic_rules.evaluation.operators import see
from tic_rules.evaluation.scenarios import Scenario
from tic_rules.evaluation.spans import happened
from tic_rules.model.values import Series

Said = dict[str, int]
"""What the data says to a question."""


class Questions:
    """Puts a rule's questions to a scene and writes down what the data says."""

    def __init__(self, scene: Scene, plan: NumberedRules, scenario: Scenario, assertions: Assertions) -> None:
        self.scene, self.plan, self.scenario, self.assertions = scene, plan, scenario, assertions

    def roots(self, planned: RulePlan, key: int, moment: Moment) -> None:
        for root in planned.roots.values():
            self.ask(root, key, moment)

    def ask(self, node: NumberedNode, key: int, moment: Moment, entry: Any = None) -> None:
        """Ask a node, and all within it, at a key; `entry` is the entry or the word that it is about."""
        match node.logic:
            case f.Conjunction() | f.Disjunction() | f.Cases():
                for part in node.parts:
                    self.ask(part, key, moment, entry)
            case f.Constant(value):
                self.assertions.conclude(node, key, value)
            case f.RangeComparison():
                self.compare(node, node.logic, key, moment)
            case f.Member():
                self.member(node, node.logic, key, moment, entry)
            case f.Fold():
                self.fold(node, node.logic, key, moment)
            case f.Agree():
                self.agree(node, node.logic, key, moment)
            case f.Happened(fact):
                self.happened(node, fact, key, moment)
            case f.Until(day):
                end = self.scenario.term_end if day == "term_end" else self.scenario.approved
                as_of = self.scene.as_of.toordinal()
                self.assertions.ask(node, key, as_of=as_of, day=0 if end is None else end.toordinal())
            case f.Judged(rule, item):
                given = self.scene.attested.get((rule, item), [])
                self.assertions.ask(node, key, met=latest_judgement(given, self.scene.as_of))
            case f.Passed(name):
                when = entry.get(name)
                value = UNKNOWN if when is None else happened(when, moment.day, self.scene.reported_on)
                self.assertions.conclude(node, key, value)
            case f.Consecutive() | f.LatestEntry() | f.FullYears() | f.MostOfEach() as logic:
                # which entry fills which year is a choice over all of them together: a reading, made
                # outside the network
                anyone = self.scene.ruleset.rules[0]  # it is asked the same way for every rule
                seen = see(logic.source, self.scene, moment, self.scenario, anyone)
                self.assertions.conclude(node, key, seen.value)
            case _:
                self.assertions.ask(node, key)

    def several(
        self,
        kind: int,
        node: NumberedNode,
        key: int,
        said: Iterable[Said],
        nothing: Said | None = None,
        *more: FoldPart,
    ) -> None:
        """Several things the data says, each asked by itself and folded; `nothing` where it says none."""
        given = list(said) or ([nothing] if nothing is not None else [])
        if len(given) == 1 and not more:
            self.assertions.ask(node, key, **given[0])
            return
        parts = [self.assertions.part(node) for _ in given]
        for part, one in zip(parts, given, strict=True):
            self.assertions.ask(node, part.key, **one)
        self.assertions.gather(kind, node, key, [*parts, *more])

    # --- ranges -----------------------------------------------------------------------------------

    def compare(self, node: NumberedNode, logic: f.RangeComparison, key: int, moment: Moment) -> None:
        if isinstance(logic.right, f.Bounds):
            assert isinstance(logic.left, f.Measure)
            fact, scale = logic.left.fact, scale_of(self.scene.ruleset, logic)
            possible = [self.ranged(logic.left, moment)]
            if logic.operator in ("equals", "between"):  # an amount may be either all or nothing
                possible = self.scene.sums(fact, moment)
            self.several(AGREE, node, key, [self.bounded(fact, one, scale) for one in possible])
            return
        left, right = self.ranged(logic.left, moment), self.ranged(logic.right, moment)
        fact = logic.left.of.fact if isinstance(logic.left, f.Multiple) else getattr(logic.left, "fact", "")
        possible = [left]
        if logic.operator in ("equals", "between") and isinstance(logic.left, f.Measure):
            possible = self.scene.sums(fact, moment)
        self.several(AGREE, node, key, [self.two(fact, one, right) for one in possible])

    def ranged(self, term: f.Ranged, moment: Moment) -> Range:
        match term:
            case f.Measure():
                return self.scene.number(term.fact, moment).range
            case f.GroupAmount():
                return self.scene.groups(term.fact, moment)[term.group].range
            case f.PartAmount():
                return self.scene.share(term.fact, term.groups, moment)[term.rest].range
            case f.Multiple():
                return self.ranged(term.of, moment).times(term.factor)
        return Range(term.low, term.high)

    def bounded(self, fact: str, bounds: Range, scale: int) -> Said:
        low, high = (self.whole(fact, end, scale, floor) for end in bounds)
        low_up, high_up = (self.whole(fact, end, scale, ceil) for end in bounds)
        return {"low": low, "high": high, "low_up": low_up, "high_up": high_up}

    def two(self, fact: str, x: Range, t: Range) -> Said:
        scale = lcm(*(Fraction(end).denominator for end in (*x, *t) if end != INFINITY))
        low, high, least, most = (self.whole(fact, end, scale, floor) for end in (*x, *t))
        return {"low": low, "high": high, "least": least, "most": most}

    def whole(self, name: str, number: Number, scale: int, rounded: Callable[[Number], int]) -> int:
        """A number as the engine compares it exactly; one that is too large for that is refused by name."""
        if number == INFINITY:
            return ENDLESS
        scaled = int(rounded(number * scale))
        if abs(scaled) > MOST:
            label, digits = self.scene.facts[name].label, decimal_text(number)
            zh = (
                f"{label.zh}（{name}）为 {digits}，超出 durable "
                f"引擎能精确比较的范围（金额至9×10^16元）；请用 native 引擎"
            )
            en = (
                f"{label.en} ({name}) is {digits}: more than the durable engine compares exactly (amounts up "
                f"to 9×10^16 yuan); use the native engine"
            )
            raise fault(UsageError, "durable-limit", zh, en, file=self.scene.subject.file or "")
        return scaled

    # --- words and days ---------------------------------------------------------------------------

    def possible(self, term: f.Chosen, moment: Moment) -> list[Any]:
        assert isinstance(term, (f.Choice, f.Between))
        values = self.scene.single(term.fact, moment.day)[0]
        return values if isinstance(term, f.Choice) else [term.reader()(value) for value in values]

    def member(self, node: NumberedNode, logic: f.Member, key: int, moment: Moment, entry: Entry) -> None:
        match logic.term:
            case f.Word():
                self.assertions.ask(node, key, x=self.plan.code(entry))
            case f.Attribute(name):
                self.attribute(node, logic, key, entry.get(name), name, moment)
            case term:
                said = [{"x": self.plan.code(value)} for value in self.possible(term, moment)]
                self.several(AGREE, node, key, said, {"x": 0})

    def attribute(
        self, node: NumberedNode, logic: f.Member, key: int, actual: object, name: str, moment: Moment
    ) -> None:
        if not isinstance(actual, Series):
            self.words(node, logic, key, actual, name)
            return
        values, open_end = series_at(actual, moment.day, self.scene.reported_on)
        if open_end:
            self.assertions.conclude(node, key, UNKNOWN)
        elif len(values) == 1:
            self.words(node, logic, key, values[0], name)
        else:
            parts = [self.assertions.part(node) for _ in values]
            for part, value in zip(parts, values, strict=True):
                self.words(node, logic, part.key, value, name)
            self.assertions.gather(AGREE, node, key, parts)

    def words(self, node: NumberedNode, logic: f.Member, key: int, actual: object, name: str) -> None:
        """A word, or several of which one is enough."""
        given = logic.inside == FALSE and not logic.words
        if type(actual) is not tuple or given:
            is_word = isinstance(actual, (str, bool))
            self.assertions.ask(node, key, x=self.plan.code(actual) if is_word else int(actual is not None))
            return
        more = [FoldPart(UNKNOWN)] if name in self.scene.open_words else []
        if logic.inside == TRUE:
            said = [{"x": self.plan.code(word)} for word in actual]
            self.several(ANY, node, key, said, None, *more)
            return
        to_judge = logic.outside == REVIEW and actual
        self.assertions.conclude(node, key, UNKNOWN if more else REVIEW if to_judge else FALSE)

    def agree(self, node: NumberedNode, logic: f.Agree, key: int, moment: Moment) -> None:
        """The texts between are the same where one text stands in every part, for certain or perhaps."""
        read = [self.possible(text, moment) for text in logic.texts]
        inner = [{*values} - {""} for values in read if values]
        if not inner:
            self.assertions.conclude(node, key, TRUE)
            return
        candidates = []
        for text in sorted(set.union(*inner)):
            candidates.append(candidate := self.assertions.part(node))
            said = [{"same": int(text in possible), "ways": len(possible)} for possible in inner]
            self.several(ALL, node, candidate.key, said)
        self.assertions.gather(ANY, node, key, candidates)

    def happened(self, node: NumberedNode, fact: str, key: int, moment: Moment) -> None:
        values, _, _ = self.scene.single(fact, moment.day)
        days = {"day": moment.day.toordinal(), "spoken": min(moment.day, self.scene.reported_on).toordinal()}
        said = [{"first": span.first.toordinal(), "last": span.last.toordinal(), **days} for span in values]
        self.several(AGREE, node, key, said, {"first": 0, "last": ENDLESS, **days})

    # --- entries ----------------------------------------------------------------------------------

    def fold(self, node: NumberedNode, logic: f.Fold, key: int, moment: Moment) -> None:
        """What the body comes to for each that is read, and what the data does not show."""
        (body,) = node.parts
        entries, rest = self.read(logic, moment)
        soft = SOFT_ALL if logic.every else SOFT_ANY
        parts = []
        for entry, counts in entries:
            parts.append(part := self.assertions.part(body, PLAIN if counts == TRUE else soft))
            self.ask(body, part.key, moment, entry)
        self.assertions.gather(ALL if logic.every else ANY, node, key, [*parts, *map(FoldPart, rest)])

    def read(self, logic: f.Fold, moment: Moment) -> tuple[Sequence[tuple[object, int]], list[int]]:
        """The entries, with whether they count, and values for what is not among them."""
        over = logic.over
        match over:
            case f.WordList(fact):
                words, more, _ = self.scene.words(fact, moment.day)
                return [(word, TRUE) for word in words or ()], [UNKNOWN] if more else []
            case f.TableKeys(fact, keys):
                table, more, path = self.scene.table(fact, moment.day)
                held = [(key, (table or {}).get(key)) for key in keys]
                there: list[tuple[Entry, int]] = [
                    (plain_entry((*path, key), one), TRUE) for key, one in held if one is not None
                ]
                return there, [UNKNOWN if more else FALSE] * (len(there) < len(held))
        entries, open_at, _ = self.scene.entries_at(self.scene.facts[over.fact], moment)
        if open_at:
            return entries, [UNKNOWN]
        if logic.some and not any(counts == TRUE for _, counts in entries):
            return entries, [UNKNOWN if entries else FALSE]
        return entries, []
