"""Words of the vocabulary for people: each is looked up in the word group that its own field takes.

The same word may stand in several groups and mean another thing in each: `provincial_department` is
省级主管部门 among those that recommend, 省科技厅 among those that receive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any

from tic_rules.core.errors import Text
from tic_rules.model.centre import Centre
from tic_rules.model.fields import words_at
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.vocabulary import Fact, Vocabulary

_TRUTH = {True: Text("是", "yes"), False: Text("否", "no")}
_NOT_STATED = Text("未写明", "not stated")
_UNDECLARED = {
    "value": Text("数值", "value"), "date": Text("日期", "date"), "year": Text("年度", "year"),
    "approvals": Text("创新中心", "centres"),
}  # fmt: skip
"""What an entry of a series has, whatever the series; the centres of a programme."""


def term(vocabulary: Vocabulary, word: Any, lang: str, groups: Iterable[str]) -> str:
    """A word as people say it, of the first of some groups that has it; any other stays itself."""
    if word is None:
        return _NOT_STATED.in_(lang)
    if isinstance(word, bool):
        return _TRUTH[word].in_(lang)
    for group in groups:
        label = vocabulary.words.get(group, {}).get(word)
        if label is not None:
            return label.text.in_(lang)
    return str(word)


def term_text(vocabulary: Vocabulary, word: Any, groups: Iterable[str]) -> Text:
    """As `term`, in both languages."""
    return Text.of(lambda lang: term(vocabulary, word, lang, groups))


def group_at(vocabulary: Vocabulary, path: str) -> str | None:
    """The group whose words a dotted path of the data takes; None where it takes none."""
    declared = vocabulary.fields.get(path)
    if declared is not None and declared.words is not None:
        return declared.words
    return _group_of_the_model(path)


@lru_cache(maxsize=1024)
def _group_of_the_model(path: str) -> str | None:
    return words_at(Centre, path) or words_at(Programme, path)


def groups_at(vocabulary: Vocabulary, paths: Iterable[str]) -> tuple[str, ...]:
    """The groups of several paths, each once."""
    groups = (group_at(vocabulary, path) for path in paths)
    return tuple(dict.fromkeys(group for group in groups if group is not None))


def groups_of(vocabulary: Vocabulary, fact: Fact, attribute: str | None = None) -> tuple[str, ...]:
    """The groups of what a fact reads, or of an attribute of the entries that it looks through."""
    if attribute is None:
        return groups_at(vocabulary, [path for path in (fact.value, fact.words) if path])
    return groups_at(vocabulary, places_of(vocabulary, fact, attribute))


def words_text(ruleset: RuleSet, fact: str, words: Iterable[object], attribute: str = "") -> Text:
    """Words that a rule asks for of a fact, or of the entries that it looks through, in both languages."""
    vocabulary, declared = ruleset.vocabulary, ruleset.facts[fact]
    groups = groups_of(vocabulary, declared, attribute or None)
    return Text.listed(term_text(vocabulary, word, groups) for word in words)


def places_of(vocabulary: Vocabulary, fact: Fact, attribute: str) -> Iterator[str]:
    """The dotted paths of an attribute: of the entries themselves, or of the list that it is found on."""
    listed = vocabulary.lists.get(fact.list_name or "")
    look = None if listed is None else listed.look_up.get(attribute)
    if look is not None:
        yield from (
            f"{path}.{look.take}" for unit in look.units.values() for path in vocabulary.lists[unit].paths
        )
        return
    paths = fact.table and (fact.table,) if listed is None else listed.paths
    yield from (f"{path}.{attribute}" for path in paths or ())


def dotted_of(path: str, vocabulary: Vocabulary) -> str:
    """The field of a JSON pointer, without numbers of entries and keys of tables: `/hosts/0/type` is
    `hosts.type`, `/indicators/4.5/target` is `indicators.target`."""
    *_, (_, dotted, _) = [("", "", True), *_steps(path, vocabulary)]
    return dotted


def _steps(path: str, vocabulary: Vocabulary) -> Iterator[tuple[str, str, bool]]:
    """The parts of a JSON pointer, the field that each leads to, and whether it names it: the number of an
    entry and a key of a table do not."""
    dotted, named = "", True
    for part in (part for part in path.split("/") if part):
        field = f"{dotted}.{part}" if dotted else part
        keyed = named and dotted in vocabulary.tables and field not in vocabulary.fields
        named = not keyed and not part.isdigit()
        dotted = field if named else dotted
        yield part, dotted, named


def _is_bare_group(dotted: str, path: str, vocabulary: Vocabulary) -> bool:
    """Whether a place without a label is only there for the declared fields in it, of which one is meant."""
    whole = dotted_of(path, vocabulary)
    return whole != dotted and any(name.startswith(f"{dotted}.") for name in vocabulary.declared)


def first_of(texts: Sequence[Text], most: int) -> Text:
    """The first of some names, and how many there are."""
    listed, more = Text.listed(texts[:most]), len(texts) - most
    return Text(f"{listed.zh}等{len(texts)}项", f"{listed.en} and {more} more") if more > 0 else listed


def field_text(path: str, vocabulary: Vocabulary) -> Text:
    """As `field_label`, in both languages."""
    return Text.of(partial(field_label, path, vocabulary))


def field_label(path: str, vocabulary: Vocabulary, lang: str) -> str:
    """A JSON pointer for people: 投入/第5条/金额."""
    said = []
    for part, dotted, named in _steps(path, vocabulary):
        if not named and dotted in vocabulary.tables:
            said.append(part)
        elif not named:
            said.append(f"第{int(part) + 1}条" if lang == "zh" else f"no. {int(part) + 1}")
        elif part.startswith("year="):
            said.append(part.removeprefix("year=") + ("年" if lang == "zh" else ""))
        else:
            label = vocabulary.fields.get(dotted.removeprefix("approvals.")) or _UNDECLARED.get(part)
            if label is not None or not _is_bare_group(dotted, path, vocabulary):
                said.append(str(getattr(label, lang, part)))
    return "/".join(said)
