"""What rules are written with: facts, lists, fields, words, topics, units, and who uses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tic_rules.core.errors import Text
from tic_rules.core.scalars import Json
from tic_rules.model.ruleset import RuleSet, Vocabulary
from tic_rules.results.explanation import facts_of_rule, paths_of_fact

KINDS = {
    "facts": Text("事实", "facts"),
    "lists": Text("清单", "lists"),
    "fields": Text("字段", "fields"),
    "words": Text("词", "words"),
    "topics": Text("主题", "topics"),
    "units": Text("单位", "units"),
}


class GlossaryEntry(NamedTuple):
    """One name of a vocabulary: its kind, labels, unit, where it reads the data, the rules that use it."""

    kind: str
    name: str
    label: Text
    unit: str = ""
    reads: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()

    def as_dict(self) -> Json:
        return {
            "kind": self.kind,
            "name": self.name,
            "label": self.label.as_dict(),
            "unit": self.unit or None,
            "reads": list(self.reads),
            "used_by": list(self.used_by),
        }

    def matches(self, words: Sequence[str]) -> bool:
        """Whether every word stands in its name, a label, its unit or what it reads."""
        said = " ".join((self.name, self.label.zh, self.label.en, self.unit, *self.reads)).casefold()
        return all(word in said for word in words)


def glossary(vocabulary: Vocabulary, rulesets: Iterable[RuleSet], text: str = "") -> list[GlossaryEntry]:
    """The names of a vocabulary in which every word of a text stands, in Chinese or English, kind by kind."""
    words = text.casefold().split()
    return [entry for entry in _entries(vocabulary, list(rulesets)) if entry.matches(words)]


def _entries(vocabulary: Vocabulary, rulesets: list[RuleSet]) -> Iterator[GlossaryEntry]:
    facts, topics = _uses(rulesets)
    by_list: dict[str, set[str]] = defaultdict(set)
    by_path: dict[str, set[str]] = defaultdict(set)
    for name, fact in vocabulary.facts.items():
        reads = tuple(paths_of_fact(fact, vocabulary))
        by_list[fact.list_name or ""] |= facts[name]
        for path in reads:
            by_path[path] |= facts[name]
        yield GlossaryEntry(
            "facts", name, fact.label.text, fact.unit or "", reads, tuple(sorted(facts[name]))
        )
    for name, listed in vocabulary.lists.items():
        label = vocabulary.fields.get(listed.paths[0])
        said = Text(label.zh, label.en) if label is not None else Text(name, name)
        yield GlossaryEntry("lists", name, said, "", listed.paths, tuple(sorted(by_list[name])))
    for name, field in vocabulary.fields.items():
        used = {
            rule
            for path, rules in by_path.items()
            if name == path or name.startswith(f"{path}.")
            for rule in rules
        }
        yield GlossaryEntry(
            "fields", name, Text(field.zh, field.en), field.unit or "", (), tuple(sorted(used))
        )
    for group, words in vocabulary.words.items():
        yield from (GlossaryEntry("words", f"{group}.{word}", said.text) for word, said in words.items())
    for name, topic in vocabulary.topics.items():
        yield GlossaryEntry("topics", name, topic.text, used_by=tuple(sorted(topics[name])))
    for name, unit in vocabulary.units.items():
        yield GlossaryEntry("units", name, Text(unit.zh, unit.en))


def _uses(rulesets: list[RuleSet]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The rules that read each fact, and those of each topic."""
    facts: dict[str, set[str]] = defaultdict(set)
    topics: dict[str, set[str]] = defaultdict(set)
    for ruleset in rulesets:
        for rule in ruleset:
            name = f"{ruleset.id}/{rule.id}"
            topics[rule.topic].add(name)
            for fact in facts_of_rule(rule):
                facts[fact].add(name)
                inner = ruleset.facts[fact].kinds if fact in ruleset.facts else None
                if inner is not None:
                    facts[inner].add(name)
    return facts, topics
