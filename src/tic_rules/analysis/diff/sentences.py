"""One plain sentence a row from what both sides ask: numbers, lists, who, how firmly, when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tic_rules.analysis.diff.comparison import members_of
from tic_rules.analysis.diff.demands import facts_asked
from tic_rules.analysis.diff.quoted import bounds_of, in_words, says_number, sets_time, shared, time_marked
from tic_rules.core.errors import Text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import BEARER, described
from tic_rules.results.terms import words_text

if TYPE_CHECKING:
    from tic_rules.analysis.diff.comparison import Change
    from tic_rules.analysis.diff.topics import Topic

MOST = 3
"""So many differences are told; the others stand in the table."""
_A, _B = Text("甲", "A"), Text("乙", "B")


def sentence_of(a: RuleSet, b: RuleSet, topic: Topic) -> Text:
    """What a row comes to: as an alignment says it, or made from the differences."""
    if topic.relation in ("only_a", "only_b"):
        return _alone(topic)
    if topic.reason is not None:
        return topic.reason
    if topic.relation == "same":
        titles_a = titles(topic.a)
        return Text(f"两文要求相同：{titles_a.zh}", f"both ask the same: {titles_a.en}")
    return joined([*_phrases(a, b, topic)] or [*_read_otherwise(topic)] or [_titled(topic)])


def joined(phrases: Iterable[Text], most: int | None = MOST) -> Text:
    """Phrases as one sentence, each once, so many at most."""
    return Text.listed(list(dict.fromkeys(phrases))[:most], "；", "; ")


def titles(rules: Iterable[Rule], items: Sequence[str] = ()) -> Text:
    """The titles of rules in one line; of a bundle those of the items that are meant."""
    return Text.listed(
        title.text
        for rule in rules
        for title in ([item.title for item in rule.items if item.id in items] or [rule.title])
    )


def _alone(topic: Topic) -> Text:
    alone = titles(topic.a, topic.items[0]) if topic.a else titles(topic.b, topic.items[1])
    here, there = (_A, _B) if topic.a else (_B, _A)
    text = Text(
        f"{here.zh}规定{alone.zh}，{there.zh}没有这项规定",
        f"{here.en} provides: {alone.en}; {there.en} says nothing of it",
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
    several = sum(pair.a is not None and pair.b is not None for pair in topic.pairs) > 1
    named: Rule | None = None
    order = (*_SAYS.get(topic.nature or "", ()), *_ORDER)
    for rule, change in sorted(_changes(topic), key=lambda each: (*order, each[1].what).index(each[1].what)):
        if overlaps and change.what in ("requirement", "list", "open_list"):
            continue
        if topic.nature == "bearers" and change.what == "bearer":  # said above
            continue
        if (phrase := _of_change(rule, change, several and rule is not named)) is not None:
            yield phrase
            named = rule
    yield from _consequences(topic)
    if topic.nature == "judged" or (topic.judged and topic.relation == "different"):
        yield _titled(topic)
        return
    for side, rules in (
        (_A, [pair.a for pair in topic.pairs if pair.a and pair.b is None]),
        (_B, [pair.b for pair in topic.pairs if pair.b and pair.a is None]),
    ):
        if rules:
            more = titles(rules)
            yield Text(f"仅{side.zh}另有{more.zh}", f"only {side.en} also has: {more.en}")


_ORDER = (
    "threshold", "comparison", "at_once", "list", "requirement", "judgement", "modality", "bearer",
    "deadline", "window",
)  # fmt: skip
_SAYS = {
    "numbers": ("threshold", "comparison"), "time": ("deadline", "window"), "modality": ("modality",),
    "bearers": ("bearer",),
}  # fmt: skip
"""The changes that say what a nature is, which are told first."""


def _changes(topic: Topic) -> Iterator[tuple[Rule, Change]]:
    """The changes of a row, each with its rule of B."""
    return ((pair.b, change) for pair in topic.pairs if pair.b is not None for change in pair.changes)


def _consequences(topic: Topic) -> Iterator[Text]:
    """What follows on each side, where it is not the same."""
    thens = [[rule.then.text for rule in rules if rule.then is not None] for rules in (topic.a, topic.b)]
    if thens[0] and thens[1] and thens[0] != thens[1]:
        a, b = map(Text.listed, thens)
        yield Text(f"后果：甲{a.zh}；乙{b.zh}", f"what follows: in A {a.en}; in B {b.en}")


def _bearers(topic: Topic) -> Text:
    a, b = (
        Text.listed(BEARER[name] for name in dict.fromkeys(rule.bearer for rule in rules))
        for rules in (topic.a, topic.b)
    )
    titles_a, titles_b = titles(topic.a, topic.items[0]), titles(topic.b, topic.items[1])
    return Text(
        f"主体不同：甲由{a.zh}承担（{titles_a.zh}），乙由{b.zh}承担（{titles_b.zh}）",
        f"other bearers: in A {a.en} ({titles_a.en}), in B {b.en} ({titles_b.en})",
    )


def _read_otherwise(topic: Topic) -> Iterator[Text]:
    for _, change in _changes(topic):
        if change.what == "fact" and change.a is not None and change.b is not None:
            zh = f"数据读法：甲{change.a.zh}，乙{change.b.zh}"
            yield Text(zh, f"read from the data: A {change.a.en}, B {change.b.en}")


def _titled(topic: Topic) -> Text:
    a, b = titles(topic.a, topic.items[0]), titles(topic.b, topic.items[1])
    judged = topic.nature == "judged"
    zh, en = ("，均由评审认定", "; both are judged by people") if judged else ("", "")
    return Text(f"甲：{a.zh}；乙：{b.zh}{zh}", f"A: {a.en}; B: {b.en}{en}")


def lists_of(rules: Iterable[Rule]) -> dict[tuple[str, str], list[c.Word]]:
    """The words that rules list, by fact and attribute of its entries."""
    lists: dict[tuple[str, str], list[c.Word]] = {}
    for rule in rules:
        for members in map(members_of, c.walk(rule.condition)):
            if members is not None:
                words = lists.setdefault((members.fact, members.attribute), [])
                words.extend(word for word in members.words if word is not None and word not in words)
    return lists


def _overlaps(a: RuleSet, b: RuleSet, topic: Topic) -> Iterator[Text]:
    """共有 …；仅甲 …；仅乙 …, for every list that both sides have and that differs."""
    left, right = lists_of(topic.a), lists_of(topic.b)
    for fact in [name for name in left if name in right]:
        of_a, of_b = left[fact], right[fact]
        if set(of_a) == set(of_b) or len({*of_a, *of_b}) < 3:
            continue
        both = [word for word in of_a if word in of_b]
        only_a, only_b = ([word for word in words if word not in both] for words in (of_a, of_b))
        sides = zip((a, a, b), (both, only_a, only_b), strict=True)
        yield _shared(words_text(ruleset, fact[0], words, fact[1]) for ruleset, words in sides)


def _shared(parts: Iterable[Text]) -> Text:
    """What both sides name, and what only A, only B does; parts without a word are left out."""
    both, only_a, only_b = parts
    alone = [(side, only) for side, only in ((_A, only_a), (_B, only_b)) if only.zh]
    phrases = [Text(f"仅{side.zh}{only.zh}", f"only {side.en} {only.en}") for side, only in alone]
    common = Text(f"共有{both.zh}", f"both name {both.en}")
    return Text.listed([common if both.zh else _NO_WORD, *phrases], "，")


_NO_WORD = Text("所列无一相同", "no word in common")


def _enumerated(topic: Topic) -> Iterator[Text]:
    """As `_overlaps`, of what the quotes enumerate; the words stay those of the law."""
    given = shared(topic.a, topic.b) if topic.nature == "lists_overlap" else None
    if given is not None:
        yield _shared(Text("、".join(words), "、".join(words)) for words in given)


def figures_of(
    ruleset: RuleSet, rules: Iterable[Rule], *, quoted: bool = False, ones: bool = False
) -> dict[str, list[Text]]:
    """The numbers that rules ask for, by fact, in words; those of our reading are marked, or left out where
    only what is `quoted` is asked for. `ones`: with “at least one”, which says no more than that there is."""
    figures: dict[str, list[Text]] = {}
    for rule in rules:
        said, broken = bounds_of(rule.condition), [*c.walk(rule.fails_at_once)] if rule.fails_at_once else []
        at_once = [node for node in broken if not set(said).issuperset(bounds_of(node))]
        around = [node for node in c.walk(rule.condition) if isinstance(node, (c.Not, c.EachYear))]
        within = {id(node): whole for whole in reversed(around) for node in c.walk(whole)}
        for node in (*c.walk(rule.condition), *at_once):
            if isinstance(node, (c.Compare, c.Share, c.Largest, c.Running, c.OfEach)) and (
                ones or not _is_nothing(node)
            ):
                if quoted and not says_number(rule, node):
                    continue
                time = time_marked(ruleset, rule)
                text = in_words(ruleset, rule, within.get(id(node), node))
                if node in at_once:
                    text = Text(f"{text.zh}即为不符", f"{text.en} fails at once")
                notes = []
                if sets_time(rule) or any((rule.by, rule.from_, rule.since, rule.until, rule.yearly)):
                    notes.append(time)
                if rule.applies is not None and not _is_nothing(rule.applies):
                    to = described(rule.applies, ruleset, rule)
                    notes.append(Text(f"适用于：{to.zh}", f"for: {to.en}"))
                if notes:
                    noted = Text.listed(notes, "；", "; ")
                    text = Text(f"{text.zh}（{noted.zh}）", f"{text.en} ({noted.en})")
                name = getattr(node, "fact", "") or ",".join(dict.fromkeys(c.facts_of(node)))
                figures.setdefault(name, []).append(text)
    return figures


def times_of(ruleset: RuleSet, rules: Iterable[Rule]) -> dict[str, list[Text]]:
    """The lengths and days by which rules without any other number ask for something, by fact; by topic for
    what people judge."""
    times: dict[str, list[Text]] = {}
    for rule in rules:
        if sets_time(rule) and not figures_of(ruleset, [rule], ones=True):
            text, title = time_marked(ruleset, rule), rule.title
            facts = ",".join(dict.fromkeys(facts_asked(rule)))
            if not facts:
                text = Text(f"{title.zh}（{text.zh}）", f"{title.en} ({text.en})")
            times.setdefault(facts or rule.topic, []).append(text)
    return times


def _is_nothing(node: c.Condition) -> bool:
    return isinstance(node, c.Compare) and node.limit in (0, 1)


def _numbers(a: RuleSet, b: RuleSet, topic: Topic) -> Iterator[Text]:
    """The numbers that only one side has; those of both are changes of a pair."""
    sides = (_A, a, topic.a, _B, b, topic.b), (_B, b, topic.b, _A, a, topic.a)
    for here, ruleset, rules, there, other, others in sides:
        numbers, theirs = figures_of(ruleset, rules, quoted=True), figures_of(other, others, ones=True)
        for has in (joined(numbers[fact]) for fact in numbers if fact not in theirs):
            yield Text(
                f"{here.zh}要求{has.zh}，{there.zh}无此数",
                f"{here.en} asks for {has.en}, {there.en} gives no number",
            )


def _of_change(rule: Rule, change: Change, titled: bool) -> Text | None:
    """A difference in words, with the rule's title where it is a number or that is asked for."""
    a, b = change.a, change.b
    if a is None or b is None:
        alone = [(side, text) for side, text in ((_A, a), (_B, b)) if text is not None]
        form, said = _SAID_ALONE.get(change.what), alone[0] if alone else None
    else:
        form, said = _SAID.get(change.what), (a, b)
    if form is None or said is None:
        return None
    text = Text(form.zh.format(*(part.zh for part in said)), form.en.format(*(part.en for part in said)))
    if not titled and change.what not in ("threshold", "comparison"):
        return text
    by = Text(f"，相差{change.by.zh}", f", a difference of {change.by.en}") if change.by else Text("", "")
    return Text(f"{rule.title.zh}：{text.zh}{by.zh}", f"{rule.title.en}: {text.en}{by.en}")


_SAID = {
    **dict.fromkeys(("threshold", "comparison"), Text("甲{}，乙{}", "A {}, B {}")),
    "bearer": Text("甲由{}，乙由{}承担", "A asks it of the {}, B of the {}"),
    "modality": Text("程度：甲“{}”，乙“{}”", "force: A “{}”, B “{}”"),
    "kind": Text("条款类别：甲{}，乙{}", "kind of clause: A {}, B {}"),
    "applicability": Text("适用于：甲{}，乙{}", "applies where: A {}, B {}"),
    "at_once": Text("即为不符的情形：甲{}，乙{}", "what fails at once: A {}, B {}"),
    "list": Text("甲列有{}，乙列有{}", "A lists {}, B lists {}"),
    **dict.fromkeys(("deadline", "window"), Text("时间：甲{}，乙{}", "time: A {}, B {}")),
    **dict.fromkeys(("requirement", "judgement", "open_list"), Text("甲：{}；乙：{}", "A: {}; B: {}")),
}
"""How a difference is said that stands on both sides."""
_SAID_ALONE = {
    "applicability": Text("{}只适用于{}", "{} only where {}"),
    "at_once": Text("{}另规定{}即为不符", "{} fails at once where {}"),
    "list": Text("{}另列有{}", "{} also lists {}"),
    **dict.fromkeys(("requirement", "judgement"), Text("{}另要求{}", "{} also asks {}")),
}
"""How a difference is said that stands on one side only."""
