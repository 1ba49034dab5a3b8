"""Rules and words as people write them in tables: a rule by its title in either language or its topic, a
chapter of the plan without its part. What no rule answers to is refused at its cell, with what was probably
meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence

from tic_rules.core.errors import Diagnostic, Text, clip
from tic_rules.core.scalars import Json
from tic_rules.core.source import Source
from tic_rules.model import catalogue
from tic_rules.model import conditions as c
from tic_rules.model.loader import is_called, load_ruleset
from tic_rules.model.ruleset import Rule, RuleSet

_ID = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_LISTS = ("attestations", "exemptions")


def rules_named(ruleset: RuleSet, name: str) -> list[Rule]:
    """The rules that a name means: of this id; else of this title, of a title with it, or of a topic."""
    if name in ruleset:
        return [ruleset[name]]
    exact = [rule for rule in ruleset if _is_title(name, rule)]
    if exact or name.isascii():
        return exact
    within = [rule for rule in ruleset if name in rule.title.zh]
    if within:
        return within
    topics = {topic for topic, label in ruleset.vocabulary.topics.items() if label.zh == name}
    return [rule for rule in ruleset if rule.topic in topics]


_MARK = re.compile("^(?:原则上为?|in principle )")
"""What says the modality of a rule, before its title."""


def _is_title(said: str, rule: Rule) -> bool:
    """Whether this is a rule's title, in Chinese or in English, with or without the mark of its modality."""
    said, titles = said.casefold(), (rule.title.zh.casefold(), rule.title.en.casefold())
    return said in titles or _MARK.sub("", said) in titles


def title_of(ruleset: RuleSet, rule: Rule, lang: str, *, with_document: bool) -> str:
    """A rule as a form offers it: its title, with the number of its document where several are asked for."""
    number = ruleset.document.number or ruleset.document.title
    title = rule.title.en if lang == "en" else rule.title.zh
    return f"{title}〔{number}〕" if with_document else title


def words_asked(rulesets: Iterable[RuleSet], path: str) -> list[str]:
    """The words that rules ask for of a field that takes any words: chapters of the plan, fields."""
    words: dict[str, None] = {}
    for ruleset in rulesets:
        for rule in ruleset:
            for tree in (rule.applies, rule.condition):
                for node in c.walk(tree) if tree is not None else ():
                    fact = ruleset.facts.get(getattr(node, "fact", ""))
                    if fact is not None and path in (fact.words, fact.value):
                        words |= dict.fromkeys(_words_of(node))
    return list(words)


def _words_of(node: c.Condition) -> Sequence[str]:
    match node:
        case c.Contains():
            return node.contains_all
        case c.Among():
            return [word for word in node.among if isinstance(word, str)]
        case c.AnyAmong():
            return [word for word in node.any_among if isinstance(word, str)]
    return ()


def understood(source: Source, asked: Sequence[RuleSet]) -> list[Diagnostic]:
    """Put the rules and chapters of a table's data into the form of a file; gives what is not understood.

    `asked` are the rule sets that the data is read for: what a name may mean is looked for in them first,
    then in those of the centre's jurisdiction."""
    data = source.data
    if not isinstance(data, dict):
        return []
    named = [(name, n, one) for name in _LISTS for n, one in _entries(data.get(name)) if _in_words(one)]
    plan = data.get("plan")
    sections = plan.get("sections") if isinstance(plan, dict) else None
    if not named and not isinstance(sections, list):
        return []
    rulesets = _rulesets(data.get("jurisdiction"))
    if isinstance(sections, list) and isinstance(plan, dict):
        words = [words_asked(those, "plan.sections") for those in (asked, rulesets)]
        plan["sections"] = list(_chapters(sections, *words))
    faults = []
    for name, number, entry in named:
        meant, wrong = _rule(entry["rule"].strip(), asked, rulesets, exempting=name == "exemptions")
        if wrong is None:
            entry["rule"] = meant
        else:
            faults.append(source.fault("unknown-rule", *wrong, (name, number, "rule")))
    return faults


def _entries(listed: object) -> Iterator[tuple[int, Json]]:
    for number, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict):
            yield number, entry


def _in_words(entry: dict[str, object]) -> bool:
    said = entry.get("rule")
    return isinstance(said, str) and not _ID.fullmatch(said.strip())


def _rulesets(jurisdiction: object) -> list[RuleSet]:
    """The rule sets of a centre's jurisdiction; all on hand where it is not said, or has none."""
    every = _on_hand()
    return [ruleset for ruleset in every if ruleset.jurisdiction == jurisdiction] or every


def _on_hand() -> list[RuleSet]:
    return [load_ruleset(listed.id) for listed in catalogue.here().all()]


_NUMBER = re.compile(
    r"(?:第[一二三四五六七八九十\d]+[章节部分]+|[一二三四五六七八九十\d]+[、.．]|[（(][一二三四五六七八九十\d]+[)）])\s*"
)


def _chapters(given: Iterable[object], *asked: Sequence[str]) -> Iterator[object]:
    """Chapters with the part that the first of several lists of words gives them. One that is numbered and
    several in one text (总体思路：指导思想、战略定位) are understood where all are asked for."""

    def meant(chapter: object) -> list[str]:
        fits = ([word for word in words if chapter in (word, word.rsplit("/", 1)[-1])] for words in asked)
        return next((words for words in fits if words), [])

    for chapter in given:
        parts = [chapter]
        if isinstance(chapter, str) and not meant(chapter):
            plain = re.split("[、，,；;：:]", _NUMBER.sub("", chapter, count=1))
            parts = [_NUMBER.sub("", part.strip(), count=1) for part in plain if part.strip()]
            parts = parts if parts and all(map(meant, parts)) else [chapter]
        for part in parts:
            words = meant(part)
            yield words[0] if part not in words and len(words) == 1 else part


def _rule(
    said: str, asked: Sequence[RuleSet], others: Sequence[RuleSet], *, exempting: bool
) -> tuple[str, Text | None]:
    """The id of the rule that is meant, or what is wrong with its name."""
    rulesets = list({ruleset.id: ruleset for ruleset in (*others, *asked)}.values())
    exact = _meant(said, rulesets, exempting=exempting)
    of_set, slash, title = said.partition("/")
    if slash and not exact:
        named = {ruleset.id: ruleset for ruleset in (*_on_hand(), *asked) if is_called(ruleset, of_set)}
        exact = _meant(title, list(named.values()), exempting=exempting)
    exact = [(ruleset, rule) for ruleset, rule in exact if ruleset in asked] or exact
    if len(exact) == 1:
        ruleset, rule = exact[0]
        return f"{ruleset.id}/{rule.id}", None
    if exact:
        shown = "、".join(title_of(one, rule, "zh", with_document=True) for one, rule in exact[:5])
        ids = ", ".join(f"{one.id}/{rule.id}" for one, rule in exact[:5])
        return "", Text(
            f"“{clip(said)}”可指 {shown}；请写全", f"{clip(said)} may mean {ids}: write it in full"
        )
    lang = "en" if said.isascii() else "zh"
    titles: set[str] = {
        getattr(rule.title, lang) for ruleset in rulesets for rule in ruleset if _fits(rule, exempting)
    }
    near = difflib.get_close_matches(said[:60], titles, n=1, cutoff=0.3)
    hint = Text(f"；是不是“{near[0]}”？", f"; did you mean {near[0]}?") if near else Text("", "")
    what = (
        Text("可以豁免的规则", "rule that can be exempted")
        if exempting
        else Text("由评审认定的规则", "judged rule")
    )
    return "", Text(
        f"没有叫“{clip(said)}”的{what.zh}{hint.zh}", f"no {what.en} is called {clip(said)}{hint.en}"
    )


def _meant(said: str, rulesets: Sequence[RuleSet], *, exempting: bool) -> list[tuple[RuleSet, Rule]]:
    """The rules that a name may mean: of this title; else those that have it in theirs, or as topic."""
    title, bracket, number = said.rstrip("〕").partition("〔")
    meant = [
        (ruleset, rule)
        for ruleset in rulesets
        if not bracket or number in (ruleset.document.number or ruleset.document.title)
        for rule in rules_named(ruleset, title.strip())
        if _fits(rule, exempting)
    ]
    return [(ruleset, rule) for ruleset, rule in meant if _is_title(title.strip(), rule)] or meant


def _fits(rule: Rule, exempting: bool) -> bool:
    """Whether a rule can be exempted from, else whether it is judged."""
    return rule.modality == "in_principle" if exempting else rule.attested or rule.open_to_judgement
