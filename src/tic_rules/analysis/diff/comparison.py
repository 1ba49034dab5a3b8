"""What changed between two rules beside each other: every change has a kind, an effect and a level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import yaml

from tic_rules.analysis.diff.demands import asked, counts, nature_asked, parts_of, reads_stocks, waits
from tic_rules.analysis.diff.order import Nature, clock_of, early_enough, of_two_facts, reader_of
from tic_rules.analysis.diff.quoted import in_words, marked, time_marked
from tic_rules.core.errors import Text
from tic_rules.core.scalars import Json
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Bilingual, Rule, RuleSet
from tic_rules.model.vocabulary import facts_within
from tic_rules.results.explanation import facts_of_rule, time_of
from tic_rules.results.labels import (
    BEARER,
    KIND,
    MODALITY,
    bound_text,
    described,
    difference_text,
    multiple_text,
)
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
    "threshold": Text("界限", "threshold"),
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
    "reading": Text("理解", "reading"),
    "quote": Text("原文", "quote"),
    "wording": Text("说明文字", "wording"),
    "clause": Text("条款编号", "clause"),
    "topic": Text("主题", "topic"),
    "id": Text("规则编号", "rule id"),
    "fact": Text("数据读法（词表）", "how the fact is read (vocabulary)"),
}
EFFECT = {
    "stricter": Text("更严", "stricter"),
    "looser": Text("更宽", "looser"),
    "incomparable": Text("互不包含", "neither holds the other"),
    "none": Text("不影响", "no effect"),
    "fact": Text("读法不同，不比宽严", "read otherwise, not compared"),
}

_OPEN = {
    True: Text("列举未尽（等），其余须评审", "open (等): others need review"),
    False: Text("列举已尽，其余不符", "closed: others fail"),
}
_TURNED = {"stricter": "looser", "looser": "stricter"}
"""A consequence that is called for by less is the stricter one."""
_ASKED = ("require", "when")
_OWN = ("consequence", "modality", "bearer")
"""What of a consequence is no matter of those that wait for it: they follow all the same."""
_TIME = ("by", "from", "yearly", "cycle", "until")
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
            yield from self._followed()
            yield from self._words()

    def _say(self, node: c.Condition, ruleset: RuleSet, rule: Rule) -> Text:
        return described(node, ruleset, rule) if self.editions else in_words(ruleset, rule, node)

    def _when(self, ruleset: RuleSet, rule: Rule) -> Text:
        return time_of(rule, ruleset.vocabulary) if self.editions else time_marked(ruleset, rule)

    def _parts(
        self,
        what: str,
        one: c.Condition | None,
        other: c.Condition | None,
        effect: str,
        part: tuple[str, ...] = _ASKED,
    ) -> Change:
        """A condition that is another, or that only one side has."""
        a = self._say(one, self.a, self.x) if one is not None else None
        b = self._say(other, self.b, self.y) if other is not None else None
        return Change(what, a, b, effect, "verdict", part)

    def _effect(self, one: c.Condition | None, other: c.Condition | None) -> str:
        """The effect of asking the other condition in place of the one; None asks nothing."""
        forth = other is None or (one is not None and self.reader.at_least(one, other))
        back = one is None or (other is not None and self.reader.at_least(other, one))
        return judged(forth, back)

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
            if counts(x) != counts(y):
                effect, level = ("stricter" if counts(y) else "looser"), "verdict"
            elif x.at_once != y.at_once:  # what is no limit is pending up to its day, where it has one
                one, other = map(waits, (x, y))
                effect, level = "none" if one == other else "looser" if other else "stricter", "verdict"
            yield Change("kind", KIND[x.kind], KIND[y.kind], effect, level, ("kind",))

    def _time(self) -> Iterator[Change]:
        x, y = self.x, self.y
        first, second = clock_of(x), clock_of(y)
        if first == second and x.since == y.since:
            return
        natures = _natures(self.a, x, self.editions), _natures(self.b, y, self.editions)
        stocks = y.fails_at_once is None and reads_stocks(y, y.condition, self.b)
        one_window = x.since == y.since or stocks
        forth, back = (
            one_window and any(all(early_enough(s, t, n) for n in each) for each in natures)
            for s, t in ((first, second), (second, first))
        )
        what, part = ("window", ("since",)) if first == second else ("deadline", _TIME)
        yield Change(what, self._when(self.a, x), self._when(self.b, y), judged(forth, back), "verdict", part)

    def _scope(self) -> Iterator[Change]:
        x, y = self.x.applies, self.y.applies
        if x != y:  # what applies to less asks for less
            yield self._parts("applicability", x, y, self._effect(y, x), ("applies",))
        x, y = self.x.fails_at_once, self.y.fails_at_once
        if x != y:  # what fails at once is what must not hold
            bars = [None if node is None else c.Not.model_construct(not_=node) for node in (x, y)]
            yield self._parts("at_once", x, y, self._effect(*bars), ("fails_at_once",))

    def _facts(self) -> Iterator[Change]:
        """Facts of one name that the two files read from the data in different ways, or whose words they
        call otherwise."""
        shared = {*facts_of_rule(self.x)} & {*facts_of_rule(self.y)}
        sides = (self.a, self.x), (self.b, self.y)
        for name in sorted(self.reader.otherwise & shared):
            words = [Text.listed(_words_of(ruleset, rule, name)) for ruleset, rule in sides]
            a, b = (ruleset.facts[name].label.text for ruleset, _ in sides)
            if a == b and words[0] != words[1]:
                yield Change("list", words[0], words[1], "incomparable", "verdict", _ASKED)
                continue
            if a == b:
                a, b = _readings(self.a, self.b, name)
            yield Change("fact", a, b, "incomparable", "verdict", _ASKED)

    # --- conditions ---------------------------------------------------------------------------------------

    def _conditions(self) -> Iterator[Change]:
        x, y = self.x, self.y
        turned = x.kind == y.kind == "consequence"
        if not turned and "consequence" in (x.kind, y.kind):
            yield self._parts("requirement", x.condition, y.condition, "incomparable")
            return
        first, second = ([rule.condition] if turned else [*parts_of(asked(rule))] for rule in (x, y))
        left = [node for node in first if node not in second]
        right = [node for node in second if node not in first]
        for one, other in _paired(left, right, self):
            changes = self._leaf(one, other) if one is not None and other is not None else None
            for change in changes or [self._whole(one, other)]:
                yield change._replace(effect=_TURNED.get(change.effect, change.effect)) if turned else change
        yield from self._items()

    def _whole(self, one: c.Condition | None, other: c.Condition | None) -> Change:
        """A part that is another as a whole, or that only one side asks. What the other side asks all
        the same makes it no stricter."""
        beside = one is not None and other is not None
        judgement = beside and isinstance(one, c.Attested) != isinstance(other, c.Attested)
        x, y = (one, other) if self.x.kind == "consequence" else (asked(self.x), asked(self.y))
        forth, back = (
            part is None or (whole is not None and self.reader.at_least(whole, part))
            for whole, part in ((x, other), (y, one))
        )
        return self._parts("judgement" if judgement else "requirement", one, other, judged(forth, back))

    def _leaf(self, one: c.Condition, other: c.Condition) -> list[Change]:
        """Two leaves about one fact: threshold, comparison, list, openness; none where their kinds differ."""
        match one, other:
            case c.Compare(), c.Compare() if one.fact == other.fact:
                return [self._threshold(one, other)]
            case c.Share(), c.Share() if set(one.share_of) == set(other.share_of):
                return [self._parts("threshold", one, other, self._effect(one, other), ("require",))]
        of_x, of_y = members_of(one), members_of(other)
        if of_x is None or of_y is None or type(one) is not type(other):
            return []
        if (of_x.fact, of_x.attribute) != (of_y.fact, of_y.attribute):
            return []
        return list(self._lists(one, other, of_x, of_y))

    def _threshold(self, one: c.Compare, other: c.Compare) -> Change:
        effect = self._effect(one, other)
        if one.operator != other.operator or one.operator == "between" or of_two_facts(one, other):
            what = "threshold" if one.limit != other.limit else "comparison"
            return self._parts(what, one, other, effect)
        unit, units = self.b.facts[other.fact].unit, self.b.vocabulary.units
        a, b = (Text.of(partial(bound_text, limit, unit, units)) for limit in (one.limit, other.limit))
        by = Text.of(partial(difference_text, abs(other.limit - one.limit), unit, units))
        if not self.editions:
            a, b = marked(self.x, one, a), marked(self.y, other, b)
        return Change("threshold", a, b, effect, "verdict", _ASKED, by)

    def _lists(self, one: c.Condition, other: c.Condition, x: Members, y: Members) -> Iterator[Change]:
        effect = self._effect(one, other)
        if set(x.words) != set(y.words):
            dropped = [word for word in x.words if word not in y.words]
            added = [word for word in y.words if word not in x.words]
            all_asked = isinstance(one, (c.Contains, c.EachOf, c.NoneOf))  # one more word asks, or bars, more
            if x.open != y.open:
                one_way = "looser" if bool(added) != all_asked else "stricter"
                effect = one_way if bool(dropped) != bool(added) else "incomparable"
            a = words_text(self.a, x.fact, dropped, x.attribute) if dropped else None
            b = words_text(self.b, y.fact, added, y.attribute) if added else None
            yield Change("list", a, b, effect, "verdict", _ASKED)
        if x.open != y.open:
            effect = "looser" if y.open != isinstance(one, c.NoneOf) else "stricter"
            yield Change("open_list", _OPEN[x.open], _OPEN[y.open], effect, "verdict", _ASKED)

    def _items(self) -> Iterator[Change]:
        of_x, of_y = ({item.id: item.title.text for item in rule.items} for rule in (self.x, self.y))
        if self.editions and of_x.keys() != of_y.keys():
            dropped = [title for name, title in of_x.items() if name not in of_y]
            added = [title for name, title in of_y.items() if name not in of_x]
            a, b = (Text.listed(titles) if titles else None for titles in (dropped, added))
            effect = "incomparable" if dropped and added else "looser" if dropped else "stricter"
            yield Change("items", a, b, effect, "verdict", ("items",))

    def _followed(self) -> Iterator[Change]:
        """What differs in the consequences that both rules wait for."""
        for name in self.x.waits_for:
            if name in self.y.waits_for:
                changes = changes_of(self.a, self.a[name], self.b, self.b[name], self.editions)
                for change in changes:
                    if change.level == "verdict" and change.what not in _OWN:
                        both_follow = self.x.kind == self.y.kind == "consequence"
                        yield change if both_follow else change._replace(effect="incomparable")

    # --- words only ---------------------------------------------------------------------------------------

    def _words(self) -> Iterator[Change]:
        x, y = self.x, self.y
        yield from self._wording("reading", "reading")
        yield from self._wording("quote", "quote")
        yield from self._wording("clause", "at")
        yield from self._wording("topic", "topic")
        if x.id != y.id:  # an attestation names the rule
            effect, level = ("incomparable", "verdict") if x.attested else ("none", "words")
            yield Change("id", _text(x.id), _text(y.id), effect, level, ("id",))
        part = tuple(key for key in ("amount", "then") if getattr(x, key) != getattr(y, key))
        if part:
            a, b, level = _text(x.then), _text(y.then), "words"
            if "amount" in part:
                a, b, level = _with_amount(self.a, x), _with_amount(self.b, y), "verdict"
            yield Change("consequence", a, b, "incomparable", level, part)
        if x.otherwise != y.otherwise:
            a, b = (rule.otherwise.then.text if rule.otherwise else None for rule in (x, y))
            yield Change("consequence", a, b, "none", "words", ("otherwise",))
        titles = {item.id: item.title for item in y.items}
        for item in x.items:
            if (title := titles.get(item.id, item.title)) != item.title:
                yield Change("items", item.title.text, title.text, "none", "words", ("items",))
        for key in ("title", "message", "remedy", "not_applicable"):
            yield from self._wording("wording", key)

    def _wording(self, what: str, key: str) -> Iterator[Change]:
        """What a rule says to people, where it differs."""
        of_x, of_y = getattr(self.x, key), getattr(self.y, key)
        if of_x != of_y:
            yield Change(what, _text(of_x), _text(of_y), "none", "words", (key,))


def _natures(ruleset: RuleSet, rule: Rule, editions: bool) -> list[Nature]:
    """How all that is looked at in the time of a rule goes with time; of two documents each judgement has its
    own."""
    if not editions and any(isinstance(part, c.Attested) for part in c.walk(rule.condition)):
        return [Nature(timeless=False, lasting=False)]
    broken = rule.fails_at_once
    bars = () if broken is None else (c.Not.model_construct(not_=broken),)
    return [nature_asked(ruleset, rule, node, ruleset) for node in (asked(rule), *bars)]


def _text(said: Bilingual | str | None) -> Text | None:
    return Text(said, said) if isinstance(said, str) else said.text if said else None


def _with_amount(ruleset: RuleSet, rule: Rule) -> Text | None:
    """What follows, with what its amount is the sum of."""
    if rule.then is None:
        return None
    labels = [ruleset.facts[name].label.text for name in rule.amount.sum_of] if rule.amount else []
    amount = Text.listed(labels or [Text("不计算", "not computed")], " + ", " + ")
    return Text(f"{rule.then.zh}（金额：{amount.zh}）", f"{rule.then.en} (amount: {amount.en})")


def _paired(
    left: list[c.Condition], right: list[c.Condition], comparison: Comparison
) -> Iterator[tuple[c.Condition | None, c.Condition | None]]:
    """Leaves about one fact side by side, the rest alone; single ones together, whatever they are."""
    free = list(right)
    alone = []
    for node in left:
        fellow = next((other for other in free if comparison._leaf(node, other)), None)
        if fellow is None and (facts := set(c.facts_of(node))):
            fellow = next((other for other in free if facts == set(c.facts_of(other))), None)
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
    """The words that a leaf lists of a fact, whether 等 ends the list, and of which attribute of an entry."""

    fact: str
    words: Sequence[c.Word]
    open: bool = False
    attribute: str = ""


def members_of(node: c.Condition) -> Members | None:
    """The list of a leaf; None where it has none."""
    match node:
        case c.Among():
            return Members(node.fact, node.among, node.open)
        case c.AnyAmong():
            return Members(node.fact, node.any_among, node.open)
        case c.Contains():
            return Members(node.fact, node.contains_all)
        case c.EachOf():
            return Members(node.fact, node.each_of)
        case c.Some(some=where) | c.Every(every=where) | c.NoneOf(none_of=where):
            for attribute, test in where.each.items() if len(where.each) == 1 and not where.any else ():
                if test.one_of is not None:
                    is_open = test.open or getattr(node, "open", False)
                    return Members(node.fact, test.one_of, is_open, attribute)
    return None


def _readings(a: RuleSet, b: RuleSet, name: str) -> tuple[Text, Text]:
    """Two readings of a fact of one label: it, and what differs in its declaration or in those of the facts
    that it is made of."""
    declared = {
        part: (_declaration(a, part), _declaration(b, part))
        for part in facts_within(name, a.facts)
        if part in b.facts
    }
    unlike = {
        part: [key for key in one | other if one.get(key) != other.get(key)]
        for part, (one, other) in declared.items()
    }

    def read(ruleset: RuleSet, side: int) -> Text:
        said = []
        for part in (part for part, keys in unlike.items() if keys):
            fact, keys = ruleset.facts[part], declared[part][side]
            if fact.smaller or fact.larger:
                whole = c.Times.model_construct(times=1, fact=part)
                said.append(Text.of(partial(multiple_text, whole, ruleset)))
                continue
            differing = {key: keys[key] for key in unlike[part] if key in keys}
            shown = yaml.safe_dump(differing, default_flow_style=True, allow_unicode=True, width=1000).strip()
            said.append(Text(f"{fact.label.zh} {shown}", f"{fact.label.en} {shown}"))
        listed = Text.listed(said, "；", "; ")
        if unlike[name]:
            return listed
        label = ruleset.facts[name].label
        return Text(f"{label.zh}（{listed.zh}）", f"{label.en} ({listed.en})")

    return read(a, 0), read(b, 1)


def _declaration(ruleset: RuleSet, name: str) -> Json:
    """A fact as it is declared, with the list that it reads; what it is called is no part of that."""
    fact = ruleset.facts[name]
    keys: Json = fact.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"label"})
    listed = ruleset.vocabulary.lists.get(fact.list_name or "")
    if listed is not None:
        keys["list"] = listed.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    return keys


def _words_of(ruleset: RuleSet, rule: Rule, fact: str) -> Iterator[Text]:
    """The words that a rule lists of a fact, as its document calls them."""
    for node in c.walk(rule.condition):
        members = members_of(node)
        if members is not None and members.fact == fact:
            yield words_text(ruleset, fact, members.words, members.attribute)


def changes_of(a: RuleSet, x: Rule, b: RuleSet, y: Rule, editions: bool) -> list[Change]:
    """Every difference of two rules, in a fixed order."""
    return list(Comparison(a, x, b, y, editions).changes())
