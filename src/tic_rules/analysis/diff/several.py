"""More than two documents: one row a topic, one column a document, and the relations between any two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations, pairwise

from tic_rules.analysis.diff.correspondence import Written
from tic_rules.analysis.diff.demands import same_document
from tic_rules.analysis.diff.front import short_names
from tic_rules.analysis.diff.topics import Diff, Topic, diff, rule_dict
from tic_rules.core.errors import Text
from tic_rules.model.ruleset import Rule, RuleSet


@dataclass(frozen=True, slots=True)
class Related:
    """What two of the documents are to each other under a topic."""

    a: int
    b: int
    row: Topic


@dataclass(frozen=True, slots=True)
class Across:
    """One topic through all documents."""

    id: str
    label: Text
    rules: tuple[tuple[Rule, ...], ...]
    """One entry a document, empty where it does not speak to the topic."""
    relations: tuple[Related, ...]

    def to_first(self, number: int) -> tuple[Topic, ...]:
        """The rows that hold a document against the first one."""
        return tuple(each.row for each in self.relations if (each.a, each.b) == (0, number))


@dataclass(frozen=True, slots=True)
class Several:
    """Documents side by side."""

    documents: tuple[RuleSet, ...]
    called: tuple[str, ...]
    """How each was named: an id, a path, a revision."""
    names: tuple[Text, ...]
    topics: tuple[Across, ...]
    pairs: tuple[tuple[int, int, Diff], ...]

    def between(self, a: int, b: int) -> Diff:
        """Two of the documents compared."""
        return next(compared for i, j, compared in self.pairs if (i, j) == (a, b))

    @property
    def editions(self) -> tuple[tuple[int, int], ...]:
        """Documents of one line that follow each other in time: national 2017 and national 2020, a text and
        its draft."""
        lines = lines_of(self.documents)
        return tuple(
            pair
            for line in dict.fromkeys(lines)
            for pair in pairwise(n for n, line_of in enumerate(lines) if line_of == line)
        )


def lines_of(rulesets: Sequence[RuleSet]) -> list[int]:
    """Of which line of documents each rule set is, as the place of the line's first: drafts and editions of
    one document, one that replaces the other, or documents of one place whose ids begin alike (national_2017,
    national_2020) and that are called alike."""
    lines = list(range(len(rulesets)))
    for i, j in combinations(range(len(rulesets)), 2):
        if _of_one_line(rulesets[i], rulesets[j]):
            first, other = sorted((lines[i], lines[j]))
            lines = [first if line == other else line for line in lines]
    return lines


def _of_one_line(one: RuleSet, other: RuleSet) -> bool:
    if same_document(one, other) or _replaces(one, other) or _replaces(other, one):
        return True
    if one.id.split("_")[0] != other.id.split("_")[0] or one.jurisdiction != other.jurisdiction:
        return False
    titles = one.document.title, other.document.title  # both are about 国家技术创新中心建设
    common = SequenceMatcher(None, *titles, autojunk=False).find_longest_match()
    return 2 * common.size >= min(map(len, titles))


def _replaces(newer: RuleSet, older: RuleSet) -> bool:
    return any(replaced.id == older.id for replaced in newer.document.replaces)


def compare(
    rulesets: Sequence[RuleSet],
    names: Sequence[str],
    alignment: Sequence[Written] = (),
    settle: Callable[[Diff], Diff] = lambda compared: compared,
) -> Several:
    """Every two of the documents compared, by topic; editions of one document in order of time. `settle`:
    what proves a comparison, where it is asked for."""
    order = _in_order(rulesets)
    ordered, called = [rulesets[n] for n in order], [names[n] for n in order]
    pairs = tuple(
        (i, j, settle(diff(ordered[i], ordered[j], called[i], called[j], alignment)))
        for i, j in combinations(range(len(ordered)), 2)
    )
    all_topics = dict.fromkeys(topic for ruleset in ordered for topic in ruleset.vocabulary.topics)
    topics = []
    for topic in all_topics:
        related = tuple(
            Related(i, j, row) for i, j, compared in pairs for row in compared.topics if topic in row.topics
        )
        rules = tuple(_rules(ordered, n, topic, related) for n in range(len(ordered)))
        if any(rules):
            label = next(r.vocabulary.topics[topic].text for r in ordered if topic in r.vocabulary.topics)
            topics.append(Across(topic, label, rules, related))
    return Several(tuple(ordered), tuple(called), tuple(short_names(ordered)), tuple(topics), pairs)


def _in_order(rulesets: Sequence[RuleSet]) -> list[int]:
    """The documents as they are to stand: editions behind the first one of their line, by their day, what is
    replaced before what replaces it; others as they were named."""
    lines = lines_of(rulesets)

    def place(number: int) -> tuple[int, str, int, int]:
        document = rulesets[number].document
        day = document.issued or document.in_force.from_
        replaced = sum(_replaces(rulesets[number], other) for other in rulesets)
        return lines[number], day.isoformat() if day else "9999", replaced, number

    return sorted(range(len(rulesets)), key=place)


def _rules(
    rulesets: Sequence[RuleSet], number: int, topic: str, related: Sequence[Related]
) -> tuple[Rule, ...]:
    named = {rule.id for rule in rulesets[number].rules if rule.topic == topic}
    for each in related:
        if each.row.a and each.row.b:
            named |= {rule.id for rule in each.row.a} if each.a == number else set()
            named |= {rule.id for rule in each.row.b} if each.b == number else set()
    return tuple(rule for rule in rulesets[number].rules if rule.id in named)


def as_dict(several: Several) -> dict[str, object]:
    """The documents side by side as JSON data; editions of one id are told apart by their number."""
    ids = [ruleset.id for ruleset in several.documents]
    keys = [name if ids.count(name) == 1 else f"{name} ({n})" for n, name in enumerate(ids, 1)]
    return {
        "schema_version": 1,
        "documents": [
            {
                "key": key,
                "id": ruleset.id,
                "name": called,
                "version": ruleset.version,
                "short": name.as_dict(),
                "title": ruleset.document.title,
                "title_en": ruleset.document.title_en,
            }
            for key, called, ruleset, name in zip(
                keys, several.called, several.documents, several.names, strict=True
            )
        ],
        "topics": [
            {
                "topic": each.id,
                "label": each.label.as_dict(),
                "rules": {
                    name: [rule.id for rule in rules] for name, rules in zip(keys, each.rules, strict=True)
                },
                "relations": [_related(keys, related) for related in each.relations],
            }
            for each in several.topics
        ],
        "editions": [
            {"a": keys[a], "b": keys[b], "summary": several.between(a, b).counts()}
            for a, b in several.editions
        ],
        "rules": {
            key: [rule_dict(ruleset, rule) for rule in ruleset.rules]
            for key, ruleset in zip(keys, several.documents, strict=True)
        },
    }


def _related(keys: Sequence[str], related: Related) -> dict[str, object]:
    row = related.row
    return {
        "a": keys[related.a],
        "b": keys[related.b],
        "topics": list(row.topics),
        "item": row.item,
        "relation": row.relation,
        "nature": row.nature,
        "proved": row.proved,
        "sentence": row.sentence.as_dict(),
    }
