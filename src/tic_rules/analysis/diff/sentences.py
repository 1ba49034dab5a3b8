"""One plain sentence a row, in both languages, from what both sides ask: numbers, lists, who, how firmly,
when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tic_rules.analysis.diff.comparison import members_of
from tic_rules.analysis.diff.enumerations import shared
from tic_rules.analysis.diff.quoted import marked, says_number
from tic_rules.core.errors import Text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.explanation import time_of
from tic_rules.results.labels import BEARER, describe
from tic_rules.results.terms import words_text

if TYPE_CHECKING:
    from tic_rules.analysis.diff.comparison import Change
    from tic_rules.analysis.diff.topics import Pair, Topic

MOST = 3
"""So many differences are told; the others stand in the table."""


def sentence_of(a: RuleSet, b: RuleSet, topic: Topic) -> Text:
    """What a row comes to: as an alignment says it, or made from the differences."""
    if topic.relation in ("only_a", "only_b"):
        return _alone(topic)
    if topic.reason is not None:
        return topic.reason
    phrases = [*_phrases(a, b, topic)]
    if topic.relation == "same":
        titles_a = titles(topic.a)
        return Text(f"两文要求相同：{titles_a.zh}", f"both ask the same: {titles_a.en}")
    if not phrases:
        phrases = [*_titled(topic)]
    return joined(phrases)


def joined(phrases: Iterable[Text]) -> Text:
    """Phrases as one sentence, each once."""
    unique = list(dict.fromkeys((text.zh, text.en) for text in phrases))[:MOST]
    return Text("；".join(zh for zh, _ in unique), "; ".join(en for _, en in unique))


def titles(rules: Iterable[Rule], items: Sequence[str] = ()) -> Text:
    """The titles of rules in one line; of a bundle those of the items that are meant."""
    listed = [
        title
        for rule in rules
        for title in ([item.title for item in rule.items if item.id in items] or [rule.title])
    ]
    return Text("、".join(title.zh for title in listed), ", ".join(title.en for title in listed))


def _alone(topic: Topic) -> Text:
    alone = titles(topic.a, topic.items[0]) if topic.a else titles(topic.b, topic.items[1])
    (zh, en), (other_zh, other_en) = (("甲", "A"), ("乙", "B")) if topic.a else (("乙", "B"), ("甲", "A"))
    text = Text(
        f"{zh}规定{alone.zh}，{other_zh}没有这项规定",
        f"{en} provides: {alone.en}; {other_en} says nothing of it",
    )
    if topic.nearest is None:
        return text
    near, why = titles(topic.nearest.rules), topic.nearest.why_not
    inner = near.zh.translate(str.maketrans("“”", "‘’"))
    return Text(f"{text.zh}；可能对应“{inner}”（{why.zh}）", f"{text.en}; nearest: “{near.en}” ({why.en})")


def _phrases(a: RuleSet, b: RuleSet, topic: Topic) -> Iterator[Text]:
    """The differences of a row, what weighs most first."""
    if topic.nature == "bearers":
        yield _bearers(topic)
    overlaps = [*_overlaps(a, b, topic)] or [*_enumerated(topic)]
    yield from overlaps
    yield from _numbers(a, b, topic)
    for pair, change in sorted(_changes(topic), key=lambda item: _weight(topic, item[1])):
        if overlaps and change.what in ("requirement", "list", "open_list"):
            continue
        if (phrase := _of_change(pair, change)) is not None:
            yield phrase
    yield from _consequences(topic)
    if topic.nature == "judged" or (topic.judged and topic.relation == "different"):
        yield from _titled(topic)
        return
    for zh, en, rules in (
        ("甲", "A", [pair.a for pair in topic.pairs if pair.a and pair.b is None]),
        ("乙", "B", [pair.b for pair in topic.pairs if pair.b and pair.a is None]),
    ):
        if rules:
            more = titles(rules)
            yield Text(f"仅{zh}另有{more.zh}", f"only {en} also has: {more.en}")


_ORDER = ("threshold", "comparison", "requirement", "judgement", "modality", "bearer", "deadline", "window")
_SAYS = {
    "numbers": ("threshold", "comparison"), "time": ("deadline", "window"), "modality": ("modality",),
    "bearers": ("bearer",),
}  # fmt: skip
"""The changes that say what a nature is, which are told first."""


def _changes(topic: Topic) -> Iterator[tuple[Pair, Change]]:
    return ((pair, change) for pair in topic.pairs for change in pair.changes)


def _weight(topic: Topic, change: Change) -> tuple[bool, int]:
    first = change.what in _SAYS.get(topic.nature or "", ())
    return not first, _ORDER.index(change.what) if change.what in _ORDER else len(_ORDER)


def _consequences(topic: Topic) -> Iterator[Text]:
    """What follows on each side, where something follows."""
    thens = [[rule.then.text for rule in rules if rule.then is not None] for rules in (topic.a, topic.b)]
    if thens[0] and thens[1]:
        a, b = (Text("、".join(t.zh for t in side), ", ".join(t.en for t in side)) for side in thens)
        yield Text(f"后果：甲{a.zh}；乙{b.zh}", f"what follows: in A {a.en}; in B {b.en}")


def _bearers(topic: Topic) -> Text:
    sides = [list(dict.fromkeys(rule.bearer for rule in rules)) for rules in (topic.a, topic.b)]
    zh = ["、".join(BEARER[name].zh for name in names) for names in sides]
    en = [", ".join(BEARER[name].en for name in names) for names in sides]
    titles_a, titles_b = titles(topic.a, topic.items[0]), titles(topic.b, topic.items[1])
    return Text(
        f"主体不同：甲由{zh[0]}承担（{titles_a.zh}），乙由{zh[1]}承担（{titles_b.zh}）",
        f"other bearers: in A {en[0]} ({titles_a.en}), in B {en[1]} ({titles_b.en})",
    )


def _titled(topic: Topic) -> Iterator[Text]:
    titles_a, titles_b = titles(topic.a, topic.items[0]), titles(topic.b, topic.items[1])
    people = (
        Text("，均由评审认定", "; both are judged by people") if topic.nature == "judged" else Text("", "")
    )
    yield Text(
        f"甲：{titles_a.zh}；乙：{titles_b.zh}{people.zh}", f"A: {titles_a.en}; B: {titles_b.en}{people.en}"
    )


def lists_of(rules: Iterable[Rule]) -> dict[tuple[str, str], list[Any]]:
    """The words that rules list, by fact and attribute of its entries."""
    lists: dict[tuple[str, str], list[Any]] = {}
    for rule in rules:
        for node in c.walk(rule.condition):
            members = members_of(node)
            if members is not None:
                words = lists.setdefault((node.fact, members.attribute), [])
                words.extend(word for word in members.words if word is not None and word not in words)
    return lists


def _overlaps(a: RuleSet, b: RuleSet, topic: Topic) -> Iterator[Text]:
    """共有 …；仅甲 …；仅乙 …, for every list that both sides have and that differs."""
    left, right = lists_of(topic.a), lists_of(topic.b)
    for fact in [name for name in left if name in right]:
        of_a, of_b = left[fact], right[fact]
        if set(of_a) == set(of_b) or len({*of_a, *of_b}) < 3:
            continue
        parts = (
            ("共有", "both name", [word for word in of_a if word in of_b]),
            ("仅甲", "only A", [word for word in of_a if word not in of_b]),
            ("仅乙", "only B", [word for word in of_b if word not in of_a]),
        )
        listed = [
            (zh, en, words_text(b if words[0] not in of_a else a, fact[0], words, fact[1]))
            for zh, en, words in parts
            if words
        ]
        said = [(f"{zh}{words.zh}", f"{en} {words.en}") for zh, en, words in listed]
        if not parts[0][2]:
            said.insert(0, ("所列无一相同", "no word in common"))
        yield Text("，".join(zh for zh, _ in said), ", ".join(en for _, en in said))


def _enumerated(topic: Topic) -> Iterator[Text]:
    """As `_overlaps`, of what the quotes enumerate; the words stay those of the law."""
    given = shared(topic.a, topic.b) if topic.nature == "lists_overlap" else None
    if given is not None:
        named = zip((("共有", "both name"), ("仅甲", "only A"), ("仅乙", "only B")), given, strict=True)
        said = [(f"{zh}{'、'.join(words)}", f"{en} {'、'.join(words)}") for (zh, en), words in named if words]
        yield Text("，".join(zh for zh, _ in said), ", ".join(en for _, en in said))


def figures_of(ruleset: RuleSet, rules: Iterable[Rule], *, quoted: bool = False) -> dict[str, list[Text]]:
    """The numbers that rules ask for, by fact, in words; those of our reading are marked, or left out where
    only what is `quoted` is asked for."""
    figures: dict[str, list[Text]] = {}
    for rule in rules:
        for node in c.walk(rule.condition):
            if isinstance(node, (c.Compare, c.Share, c.Largest)) and not _is_nothing(node):
                if quoted and not says_number(rule, node):
                    continue
                said = Text(*(describe(node, ruleset, lang, rule) for lang in ("zh", "en")))
                time = time_of(rule)
                text = marked(rule, node, said)
                if rule.by is not None or rule.from_ is not None:
                    text = Text(f"{text.zh}（{time.zh}）", f"{text.en} ({time.en})")
                figures.setdefault(getattr(node, "fact", "") or ",".join(c.facts_of(node)), []).append(text)
    return figures


def _is_nothing(node: c.Condition) -> bool:
    return isinstance(node, c.Compare) and node.limit in (0, 1)


def _numbers(a: RuleSet, b: RuleSet, topic: Topic) -> Iterator[Text]:
    """The numbers that only one side has; those of both are changes of a pair."""
    left, right = figures_of(a, topic.a, quoted=True), figures_of(b, topic.b, quoted=True)
    for fact in dict.fromkeys([*left, *right]):
        if fact in left and fact in right:
            continue
        of_a, of_b = left.get(fact, []), right.get(fact, [])
        has = joined(of_a or of_b)
        if of_a:
            yield Text(f"甲要求{has.zh}，乙无此数", f"A asks for {has.en}, B gives no number")
        else:
            yield Text(f"乙要求{has.zh}，甲无此数", f"B asks for {has.en}, A gives no number")


def _of_change(pair: Pair, change: Change) -> Text | None:
    a, b = change.a, change.b
    match change.what:
        case "threshold" | "comparison" if a and b:
            title = pair.b.title if pair.b else pair.a.title  # type: ignore[union-attr]
            by = Text("", "")
            if change.by is not None:
                by = Text(f"，相差{change.by.zh}", f", a difference of {change.by.en}")
            return Text(f"{title.zh}：甲{a.zh}，乙{b.zh}{by.zh}", f"{title.en}: A {a.en}, B {b.en}{by.en}")
        case "bearer" if a and b:
            return Text(f"甲由{a.zh}，乙由{b.zh}承担", f"A asks it of the {a.en}, B of the {b.en}")
        case "modality" if a and b:
            return Text(f"程度：甲“{a.zh}”，乙“{b.zh}”", f"force: A “{a.en}”, B “{b.en}”")
        case "deadline" | "window" if a and b:
            return Text(f"时间：甲{a.zh}，乙{b.zh}", f"time: A {a.en}, B {b.en}")
        case "requirement" | "judgement" | "applicability" if (a is None) != (b is None):
            verb = (
                Text("只适用于", "only where")
                if change.what == "applicability"
                else Text("另要求", "also asks")
            )
            if a is not None:
                return Text(f"甲{verb.zh}{a.zh}", f"A {verb.en} {a.en}")
            return Text(f"乙{verb.zh}{b.zh}", f"B {verb.en} {b.en}")  # type: ignore[union-attr]
        case "requirement" | "judgement" | "open_list" if a and b:
            return Text(f"甲：{a.zh}；乙：{b.zh}", f"A: {a.en}; B: {b.en}")
    return None


__all__ = ["figures_of", "joined", "lists_of", "sentence_of", "titles"]
