"""What changed between two rules that stand beside each other: computed first. Every change has a kind, an
effect and a level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tic_rules.analysis.diff.demands import asked, parts_of
from tic_rules.analysis.diff.order import clock_of, early_enough, nature_of, reader_of
from tic_rules.analysis.diff.quoted import marked, time_marked
from tic_rules.core.errors import Text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.explanation import facts_of_rule, time_of
from tic_rules.results.labels import BEARER, KIND, MODALITY, describe, fact_label, number_text
from tic_rules.results.parts import UNCOUNTED
from tic_rules.results.terms import words_text

LEVELS = ("verdict", "words", "nothing")
"""What a change may change: a verdict, words only, nothing."""


class Change(NamedTuple):
    """One difference. `effect` is that of B as seen from A: stricter, looser, incomparable, or none."""

    what: str
    a: Text | None
    b: Text | None
    effect: str
    level: str
    part: tuple[str, ...]
    """The keys of the rule that differ: where to look in both files."""
    by: Text | None = None
    """How much, where it is a number."""


ABOUT = {
    "threshold": Text("门槛", "threshold"),
    "comparison": Text("比较方式", "comparison"),
    "deadline": Text("期限", "deadline"),
    "bearer": Text("责任主体", "who bears it"),
    "modality": Text("约束程度", "modality"),
    "kind": Text("条款类别", "kind of clause"),
    "applicability": Text("适用范围", "applicability"),
    "window": Text("起算时间", "counted from"),
    "list": Text("列举内容", "list members"),
    "open_list": Text("列举是否未尽（等）", "open or closed list"),
    "requirement": Text("要求", "requirement"),
    "items": Text("认定事项", "items"),
    "judgement": Text("判断方式", "how it is judged"),
    "at_once": Text("立即不符的情形", "what fails at once"),
    "consequence": Text("后果", "what follows"),
    "reading": Text("读法", "reading"),
    "quote": Text("条文引语", "quote"),
    "wording": Text("说明文字", "wording"),
    "clause": Text("条款编号", "clause"),
    "topic": Text("主题", "topic"),
    "id": Text("规则编号", "rule id"),
    "fact": Text("数据读法（词汇表）", "how the fact is read (vocabulary)"),
}
EFFECT = {
    "stricter": Text("更严", "stricter"),
    "looser": Text("更宽", "looser"),
    "incomparable": Text("互不包含", "neither holds the other"),
    "none": Text("不影响", "no effect"),
}

_RANK = ("may", "encouraged", "in_principle", "must")


def judged(forth: bool, back: bool) -> str:
    """An effect from: whether A guarantees B, and whether B guarantees A."""
    if forth and back:
        return "none"
    return "looser" if forth else "stricter" if back else "incomparable"


class Comparison:
    """Two rules, compared part by part."""

    def __init__(self, a: RuleSet, x: Rule, b: RuleSet, y: Rule, editions: bool) -> None:
        self.a, self.x, self.b, self.y, self.editions = a, x, b, y, editions
        self.reader = reader_of(a.vocabulary, b.vocabulary, editions)

    def changes(self) -> Iterator[Change]:
        yield from self._standing()
        yield from self._time()
        yield from self._scope()
        yield from self._facts()
        yield from self._conditions()
        if self.editions:
            yield from self._words()

    def _say(self, node: Any, side: str) -> Text | None:
        ruleset, rule = (self.a, self.x) if side == "a" else (self.b, self.y)
        if node is None:
            return None
        text = Text(describe(node, ruleset, "zh", rule), describe(node, ruleset, "en", rule))
        return text if self.editions else marked(rule, node, text)

    def _when(self, rule: Rule) -> Text:
        return time_of(rule) if self.editions else time_marked(rule, time_of(rule))

    # --- who, how firmly, when, for whom ------------------------------------------------------------------

    def _standing(self) -> Iterator[Change]:
        x, y = self.x, self.y
        if x.modality != y.modality:
            effect = "stricter" if _RANK.index(y.modality) > _RANK.index(x.modality) else "looser"
            level = "words" if {x.modality, y.modality} <= {"encouraged", "may"} else "verdict"
            yield Change("modality", MODALITY[x.modality], MODALITY[y.modality], effect, level, ("modality",))
        if x.bearer != y.bearer:
            yield Change("bearer", BEARER[x.bearer], BEARER[y.bearer], "incomparable", "verdict", ("bearer",))
        if x.kind != y.kind:
            effect, level = "none", "words"
            if (x.kind in UNCOUNTED) != (y.kind in UNCOUNTED):
                effect, level = ("stricter" if x.kind in UNCOUNTED else "looser"), "verdict"
            yield Change("kind", KIND[x.kind], KIND[y.kind], effect, level, ("kind",))

    def _time(self) -> Iterator[Change]:
        x, y = self.x, self.y
        first, second = clock_of(x), clock_of(y)
        if first != second:
            natures = nature_of(asked(x), self.a.vocabulary), nature_of(asked(y), self.b.vocabulary)
            forth, back = (
                any(early_enough(s, t, n) for n in natures) for s, t in ((first, second), (second, first))
            )
            yield Change(
                "deadline",
                self._when(x),
                self._when(y),
                judged(forth, back),
                "verdict",
                ("by", "from", "yearly", "until"),
            )
        elif x.since != y.since:
            yield Change("window", time_of(x), time_of(y), "incomparable", "verdict", ("since",))

    def _scope(self) -> Iterator[Change]:
        x, y = self.x.applies, self.y.applies
        if x != y:
            wider = x is not None and (y is None or self.reader.at_least(x, y))
            narrower = y is not None and (x is None or self.reader.at_least(y, x))
            yield Change(
                "applicability",
                self._say(x, "a"),
                self._say(y, "b"),
                judged(narrower, wider),
                "verdict",
                ("applies",),
            )
        first, second = self.x.fails_at_once, self.y.fails_at_once
        if first != second:
            forth = second is None or (first is not None and self.reader.at_least(second, first))
            back = first is None or (second is not None and self.reader.at_least(first, second))
            yield Change(
                "at_once",
                self._say(first, "a"),
                self._say(second, "b"),
                judged(forth, back),
                "verdict",
                ("fails_at_once",),
            )

    def _facts(self) -> Iterator[Change]:
        """Facts of one name that the two files read from the data in different ways."""
        for name in sorted(
            self.reader.otherwise.intersection(facts_of_rule(self.x)) & set(facts_of_rule(self.y))
        ):
            labels = [
                Text(*(fact_label(ruleset.facts[name], lang) for lang in ("zh", "en")))
                for ruleset in (self.a, self.b)
            ]
            yield Change("fact", labels[0], labels[1], "incomparable", "verdict", ("require", "when"))

    # --- conditions ---------------------------------------------------------------------------------------

    def _conditions(self) -> Iterator[Change]:
        x, y = self.x, self.y
        part = ("when",) if x.kind == y.kind == "consequence" else ("require", "when")
        turned = x.kind == y.kind == "consequence"
        first, second = ([*(parts_of(asked(rule)) if not turned else [rule.when])] for rule in (x, y))
        if x.kind != y.kind and "consequence" in (x.kind, y.kind):
            yield Change(
                "requirement",
                self._say(x.condition, "a"),
                self._say(y.condition, "b"),
                "incomparable",
                "verdict",
                part,
            )
            return
        left = [node for node in first if node not in second]
        right = [node for node in second if node not in first]
        for one, other in _paired(left, right, self):
            changes = self._leaf(one, other) if one is not None and other is not None else None
            for change in changes or [self._whole(one, other)]:
                yield _turn(change) if turned else change
        yield from self._items()

    def _whole(self, one: c.Condition, other: c.Condition) -> Change:
        forth = other is None or (one is not None and self.reader.at_least(one, other))
        back = one is None or (other is not None and self.reader.at_least(other, one))
        judgement = (
            isinstance(one, c.Attested) != isinstance(other, c.Attested)
            and one is not None
            and other is not None
        )
        what = "judgement" if judgement else "requirement"
        return Change(
            what,
            self._say(one, "a"),
            self._say(other, "b"),
            judged(forth, back),
            "verdict",
            ("require", "when"),
        )

    def _leaf(self, one: Any, other: Any) -> list[Change]:
        """Two leaves about one fact: threshold, comparison, list, openness; nothing where they differ in
        kind.
        """
        if isinstance(one, c.Compare) and isinstance(other, c.Compare) and one.fact == other.fact:
            return [self._threshold(one, other)]
        if (
            isinstance(one, c.Share)
            and isinstance(other, c.Share)
            and set(one.share_of) == set(other.share_of)
        ):
            return [
                Change(
                    "threshold",
                    self._say(one, "a"),
                    self._say(other, "b"),
                    self._effect(one, other),
                    "verdict",
                    ("require",),
                )
            ]
        of_x, of_y = members_of(one), members_of(other)
        if (
            of_x is None
            or of_y is None
            or one.fact != other.fact
            or type(one) is not type(other)
            or of_x.attribute != of_y.attribute
        ):
            return []
        return list(self._lists(one, other, of_x, of_y))

    def _effect(self, one: object, other: object) -> str:
        return judged(self.reader.at_least(one, other), self.reader.at_least(other, one))

    def _threshold(self, one: c.Compare, other: c.Compare) -> Change:
        effect = self._effect(one, other)
        limits = one.limit, other.limit
        what = "threshold" if limits[0] != limits[1] else "comparison"
        by = None
        if one.operator == other.operator != "between" and not any(
            isinstance(limit, c.Times) for limit in limits
        ):
            fact, units = self.b.facts[other.fact], self.b.vocabulary.units
            by = Text(
                *(number_text(abs(limits[1] - limits[0]), fact.unit, units, lang) for lang in ("zh", "en"))
            )
        if what == "threshold" and one.operator == other.operator and by is not None:
            shown = [
                Text(
                    *(
                        number_text(limit, self.b.facts[other.fact].unit, self.b.vocabulary.units, lang)
                        for lang in ("zh", "en")
                    )
                )
                for limit in limits
            ]
            if not self.editions:
                shown = [marked(self.x, one, shown[0]), marked(self.y, other, shown[1])]
            return Change(what, shown[0], shown[1], effect, "verdict", ("require", "when"), by)
        return Change(
            what, self._say(one, "a"), self._say(other, "b"), effect, "verdict", ("require", "when"), by
        )

    def _lists(
        self, one: c.Condition, other: c.Condition, first: Members, second: Members
    ) -> Iterator[Change]:
        (of_x, open_x, _), (of_y, open_y, _) = first, second
        effect = self._effect(one, other)
        if set(of_x) != set(of_y):
            dropped, added = [w for w in of_x if w not in of_y], [w for w in of_y if w not in of_x]
            all_asked = isinstance(one, (c.Contains, c.EachOf, c.NoneOf))  # one more word asks, or bars, more
            one_way = "looser" if bool(added) != all_asked else "stricter"
            level = one_way if bool(dropped) != bool(added) else "incomparable"
            yield Change(
                "list",
                self._named(dropped, one, first, "a"),
                self._named(added, other, second, "b"),
                level if open_x != open_y else effect,
                "verdict",
                ("require", "when"),
            )
        if open_x != open_y:
            words = (
                Text("列举未尽（等），其余须评审", "open (等): others need review"),
                Text("列举已尽，其余不符", "closed: others fail"),
            )
            barred = isinstance(one, c.NoneOf)
            yield Change(
                "open_list",
                words[0 if open_x else 1],
                words[0 if open_y else 1],
                "looser" if open_y != barred else "stricter",
                "verdict",
                ("require", "when"),
            )

    def _named(self, words: Sequence[Any], node: Any, members: Members, side: str) -> Text | None:
        if not words:
            return None
        ruleset = self.a if side == "a" else self.b
        return words_text(ruleset, node.fact, words, members.attribute)

    def _items(self) -> Iterator[Change]:
        of_x, of_y = ({item.id: item.title.text for item in rule.items} for rule in (self.x, self.y))
        if self.editions and of_x.keys() != of_y.keys():
            dropped, added = [i for i in of_x if i not in of_y], [i for i in of_y if i not in of_x]
            texts = [
                Text("、".join(t.zh for t in titles), ", ".join(t.en for t in titles)) if titles else None
                for titles in ([of_x[i] for i in dropped], [of_y[i] for i in added])
            ]
            effect = "incomparable" if dropped and added else "looser" if dropped else "stricter"
            yield Change("items", texts[0], texts[1], effect, "verdict", ("items",))

    # --- words only ---------------------------------------------------------------------------------------

    def _words(self) -> Iterator[Change]:
        x, y = self.x, self.y
        if x.reading != y.reading:
            yield Change(
                "reading",
                x.reading.text if x.reading else None,
                y.reading.text if y.reading else None,
                "none",
                "words",
                ("reading",),
            )
        if x.quote != y.quote:
            yield Change("quote", Text(x.quote, x.quote), Text(y.quote, y.quote), "none", "words", ("quote",))
        if x.at != y.at:
            yield Change("clause", Text(x.at, x.at), Text(y.at, y.at), "none", "words", ("at",))
        if x.topic != y.topic:
            yield Change("topic", Text(x.topic, x.topic), Text(y.topic, y.topic), "none", "words", ("topic",))
        if x.id != y.id:
            named = x.attested  # an attestation names the rule
            yield Change(
                "id",
                Text(x.id, x.id),
                Text(y.id, y.id),
                "incomparable" if named else "none",
                "verdict" if named else "words",
                ("id",),
            )
        if x.then != y.then or x.amount != y.amount:
            yield Change(
                "consequence",
                x.then.text if x.then else None,
                y.then.text if y.then else None,
                "incomparable",
                "verdict" if x.amount != y.amount else "words",
                ("then", "amount"),
            )
        for name in ("title", "message", "remedy", "not_applicable"):
            of_x, of_y = getattr(x, name), getattr(y, name)
            if of_x != of_y:
                yield Change(
                    "wording",
                    of_x.text if of_x else None,
                    of_y.text if of_y else None,
                    "none",
                    "words",
                    (name,),
                )


def _turn(change: Change) -> Change:
    """A consequence that is called for by less is the stricter one."""
    return change._replace(
        effect={"stricter": "looser", "looser": "stricter"}.get(change.effect, change.effect)
    )


def _paired(left: list[object], right: list[object], comparison: Comparison) -> Iterator[tuple[Any, Any]]:
    """Leaves of both sides about one fact side by side, the rest alone; single ones together, whatever they
    are.
    """
    free = list(right)
    alone = []
    for node in left:
        fellow = next((other for other in free if comparison._leaf(node, other)), None)
        fellow = fellow or next(
            (
                other
                for other in free
                if set(c.facts_of(node)) and set(c.facts_of(node)) == set(c.facts_of(other))
            ),
            None,
        )
        if fellow is None:
            alone.append(node)
            continue
        free.remove(fellow)
        yield node, fellow
    if len(alone) == len(free) == 1:
        yield alone[0], free[0]
        return
    yield from ((node, None) for node in alone)
    yield from ((None, node) for node in free)


class Members(NamedTuple):
    """The words that a leaf lists, whether 等 ends the list, and of which attribute of an entry they are."""

    words: Sequence[Any]
    open: bool
    attribute: str = ""


def members_of(node: c.Condition) -> Members | None:
    match node:
        case c.Among():
            return Members(node.among, node.open)
        case c.AnyAmong():
            return Members(node.any_among, node.open)
        case c.Contains():
            return Members(node.contains_all, False)
        case c.EachOf():
            return Members(node.each_of, False)
        case c.Some() | c.Every() | c.NoneOf():
            where = (
                node.some
                if isinstance(node, c.Some)
                else node.every
                if isinstance(node, c.Every)
                else node.none_of
            )
            tests = list(where.each.items())
            if not where.any and len(tests) == 1 and tests[0][1].one_of is not None:
                return Members(
                    tests[0][1].one_of, tests[0][1].open or getattr(node, "open", False), tests[0][0]
                )
    return None


def changes_of(a: RuleSet, x: Rule, b: RuleSet, y: Rule, editions: bool) -> list[Change]:
    """Every difference of two rules, in a fixed order."""
    return list(Comparison(a, x, b, y, editions).changes())


__all__ = ["ABOUT", "EFFECT", "LEVELS", "Change", "changes_of", "judged", "members_of"]
