"""Faults of single conditions: what can never hold, what always does, words and fields that the data has not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from tic_rules import conditions as c
from tic_rules.analysis.lint.faults import Found, Loc, conditions_of, nodes_of, tests_of, walk_places, wheres_of
from tic_rules.analysis.lint.logic import Logic
from tic_rules.analysis.order import Reader
from tic_rules.centre import CentreData, Programme, WordOf, paths_of, record_in
from tic_rules.conditions import Where
from tic_rules.errors import Text
from tic_rules.ruleset import Fact, ListOf, Rule, RuleSet, Vocabulary

OPEN_WAY = "适用即通过"
"""What the reading of a preference says that only tells whether a way is open."""


def about_logic(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    logic = Logic(ruleset.facts, Reader(ruleset.facts, same_judgement=True))
    for part, tree in conditions_of(rule):
        worst = _deepest(tree, (part,), logic)
        yield from worst
        if worst:
            return
    if rule.applies is None or rule.require is None:
        return
    if logic.excludes(rule.applies, rule.require):
        yield Found("TR201", ("require",), "适用时要求不可能成立", "where the rule applies its requirement cannot hold")
    elif logic.reader.at_least(rule.applies, rule.require) and not _way_only(rule):
        yield Found(
            "TR202",
            ("require",),
            "适用条件已经保证了要求",
            "what the rule applies to already grants its requirement",
            Text("写出适用条件之外的要求", "ask for more than `applies` says"),
        )
    if rule.fails_at_once is not None and logic.reader.at_least(rule.require, rule.fails_at_once):
        yield Found("TR201", ("fails_at_once",), "要求成立时规则即不符合", "where the requirement holds the rule fails at once")


def _way_only(rule: Rule) -> bool:
    return rule.kind == "preference" and rule.reading is not None and OPEN_WAY in rule.reading.zh


def _deepest(tree: Any, at: Loc, logic: Logic) -> list[Found]:
    """The impossible and the vacuous parts of a tree, each named once, as deep as it can be."""
    found: list[Found] = []
    for place, node in walk_places(tree, at):
        inner = [part for part in c.children(node) if not isinstance(node, c.Same)]
        if logic.never(node) and not any(logic.never(part) for part in inner):
            found.append(
                Found(
                    "TR201", place, "没有数据能使它成立", "no data makes this true", Text("检查界限和组合方式", "look at the bounds and at how they are joined")
                )
            )
        elif logic.always(node) and not any(logic.always(part) for part in inner):
            found.append(
                Found(
                    "TR202",
                    place,
                    "任何数据都使它成立",
                    "all data makes this true",
                    Text("检查界限和组合方式", "look at the bounds and at how they are joined"),
                )
            )
    return found


# --- words and fields ------------------------------------------------------------------------------------------------------------


def about_words(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    """Words that the data can never hold, attributes that entries have not."""
    vocabulary = ruleset.vocabulary
    for at, node in nodes_of(rule):
        fact = ruleset.facts.get(getattr(node, "fact", getattr(node, "of", "")))
        if fact is None:
            continue
        known = _words_at(fact.value or fact.words or "", vocabulary)
        for key, words in (
            ("is", (node.is_,) if isinstance(node, c.Is) else ()),
            *((key, getattr(node, key, None) or ()) for key in ("among", "any_among", "contains_all")),
        ):
            for word in words:
                if known is not None and word not in known:
                    yield _no_word((*at, key), word, known)
        record = _entries_of(fact, vocabulary)
        for key, where in wheres_of(node):
            yield from _about_where(where, (*at, key), record, vocabulary)


def _about_where(where: c.Where, at: Loc, record: _Entries | None, vocabulary: Vocabulary) -> Iterator[Found]:
    if record is None:
        return
    for place, attribute, test in tests_of(where, at):
        if attribute not in record:
            names = ", ".join(record)
            yield Found("TR101", place, f"条目没有属性 {attribute}；有 {names}", f"entries have no {attribute}; they have {names}")
            continue
        name = record[attribute]
        known = vocabulary.words.get(name) if name else None
        for word in (*(test.one_of or ()), *(test.other_than or ())):
            if known is not None and word is not None and word not in known:
                yield _no_word(place, word, known)


def _no_word(place: Loc, word: Any, known: Mapping[str, Any]) -> Found:
    from difflib import get_close_matches

    close = get_close_matches(str(word), list(known), n=1)
    fix = Text(f"是不是 {close[0]}？", f"did you mean {close[0]}?") if close else None
    words = ", ".join(known)
    return Found("TR107", place, f"{word} 不在允许的取值之列：{words}", f"{word} is not one of {words}", fix)


def about_vocabulary(vocabulary: Vocabulary, whole: Vocabulary, at: Loc = ()) -> Iterator[Found]:
    """Paths and attributes of declared facts and lists that the data has not."""
    for name, listed in vocabulary.lists.items():
        for path in listed.paths:
            if path not in _every_path() and path != "approvals":
                yield Found("TR101", (*at, "lists", name, "path"), f"数据中没有 {path}", f"the data has no {path}")
    for name, fact in vocabulary.facts.items():
        for key in ("stock", "value", "words", "table"):
            path = getattr(fact, key)
            if path is not None and path not in _every_path():
                yield Found("TR101", (*at, "facts", name, key), f"数据中没有 {path}", f"the data has no {path}")
        record = _entries_of(fact, whole)
        wheres: list[tuple[Loc, Where]] = [(("where",), fact.where)] if fact.where else []
        wheres += [(("groups", group, "where"), inner.where) for group, inner in (fact.groups or {}).items()]
        for within, where in wheres:
            yield from _about_where(where, (*at, "facts", name, *within), record, whole)


_Entries = Mapping[str, str | None]
"""The attributes of the entries of a list, each with the name of its words where it has any."""


@lru_cache(maxsize=1)
def _every_path() -> frozenset[str]:
    return paths_of(CentreData) | paths_of(Programme)


@lru_cache(maxsize=256)
def _field_at(path: str) -> Any:
    for root in (CentreData, Programme):
        model: Any = root
        field = None
        for part in path.split("."):
            field = model.model_fields.get(part) if model is not None else None
            model = record_in(field.annotation) if field is not None else None
        if field is not None:
            return field
    return None


def _word_name(field: Any) -> str | None:
    return next((mark.name for mark in field.metadata if isinstance(mark, WordOf)), None)


def _words_at(path: str, vocabulary: Vocabulary) -> Mapping[str, Any] | None:
    field = _field_at(path)
    name = _word_name(field) if field is not None else None
    return vocabulary.words.get(name) if name else None


def _entries_of(fact: Fact, vocabulary: Vocabulary) -> _Entries | None:
    if fact.table is not None:
        return _attributes((fact.table,))
    listed = vocabulary.lists.get(fact.list_name or "")
    if listed is None or listed.scalar is not None:
        return None
    return _attributes(listed.paths) | _looked_up(listed, vocabulary)


def _looked_up(listed: ListOf, vocabulary: Vocabulary) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, look in listed.look_up.items():
        units = [vocabulary.lists[unit] for unit in look.units.values() if unit in vocabulary.lists]
        found[name] = next((_attributes(unit.paths).get(look.take) for unit in units), None)
    return found


@lru_cache(maxsize=256)
def _attributes(paths: tuple[str, ...]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for path in paths:
        field = _field_at(path)
        record = record_in(field.annotation) if field is not None else None
        if record is not None:
            found |= {name: _word_name(inner) for name, inner in record.model_fields.items()}
    return found
