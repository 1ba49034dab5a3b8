"""Whether what is asked of values is something that the data can hold: attributes, words, yes and no."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from tic_rules.core.errors import did_you_mean
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.extension import extended
from tic_rules.model.fields import paths_of, words_at
from tic_rules.model.programme import Programme
from tic_rules.model.readings import first_held
from tic_rules.model.subject import Record
from tic_rules.model.time_faults import Fault, Loc, unknown
from tic_rules.model.vocabulary import Fact, ListOf, LookUp, Vocabulary, near_word


def wheres_of(node: c.Condition) -> Iterator[tuple[str, c.Where]]:
    """What a condition asks of the entries of a list, under its key."""
    for key in ("some", "every", "none_of", "permitted", "of", "has", "where", "among", "review"):
        where = getattr(node, key, None)
        if isinstance(where, c.Where):
            yield key, where


def kinds_of(vocabulary: Vocabulary) -> tuple[type[Record], ...]:
    """The models of the data, a centre and a programme, with what a vocabulary declares."""
    return extended(Centre, vocabulary), extended(Programme, vocabulary)


def places_of(vocabulary: Vocabulary, subject: type[Record] | None = None) -> frozenset[str]:
    """Every place of the data: of a centre or of a programme, or of both."""
    centre, programme = map(paths_of, kinds_of(vocabulary))
    programme |= {"approvals", "approvals.approved_on", "approvals.fields"}
    return centre if subject is Centre else programme if subject is Programme else centre | programme


def asked_faults(node: c.Condition, fact: Fact, at: Loc, vocabulary: Vocabulary) -> Iterator[Fault]:
    """What a condition asks of a fact's value, or of its entries, and the data can never hold."""
    path = fact.value or fact.words
    match node:
        case c.Is() if path is not None:
            yield from _value_faults((node.is_,), path, at, vocabulary)
        case c.Among() if path is not None:
            yield from _value_faults(node.among, path, at, vocabulary)
        case c.AnyAmong() if path is not None:
            yield from _value_faults(node.any_among, path, at, vocabulary)
        case c.Contains() if path is not None:
            yield from _value_faults(node.contains_all, path, at, vocabulary)
        case c.Some() | c.Every() | c.NoneOf() | c.Latest() | c.Running() | c.EachOf():
            listed = ListOf(path=fact.table) if fact.table else vocabulary.lists.get(fact.list_name or "")
            if listed is not None:
                for _, where in wheres_of(node):
                    yield from where_faults(where, listed, at, vocabulary)


def where_faults(where: c.Where, listed: ListOf, at: Loc, vocabulary: Vocabulary) -> Iterator[Fault]:
    """What a test of the entries of a list asks and they can never be."""
    places = places_of(vocabulary)
    for name, test in where.each.items():
        paths = _attribute_at(name, listed, vocabulary)
        existing = [path for path in paths if path in places]
        if len(existing) < len(paths):
            yield _unknown_attribute(name, listed, places, at)
        for path in existing:
            held = first_held(kinds_of(vocabulary), path)
            if test.done and held is not None and held.kind != "date":
                yield "wrong-fact", at, f"{path} 不是日期，不能用 done", f"{path} is no day: no `done`"
            asked = (word for word in (*(test.one_of or ()), *(test.other_than or ())) if word is not None)
            yield from _value_faults(asked, path, at, vocabulary)
    for inner in where.any:
        yield from where_faults(inner, listed, at, vocabulary)


def look_up_faults(listed: ListOf, at: Loc, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Attributes by which an entry is looked up on other lists, and such lists, that are not there."""
    places = places_of(vocabulary)
    for look in listed.look_up.values():
        for name in (look.by, look.named):
            if any(f"{path}.{name}" not in places for path in listed.paths if path in places):
                yield _unknown_attribute(name, listed, places, at)
        for unit in look.units.values():
            if unit not in vocabulary.lists:
                yield unknown("list", at, unit, vocabulary.lists)
        for path in _taken_from(look, vocabulary):
            if path not in places:
                yield "unknown-path", at, f"数据中没有 {path}", f"the data has no {path}"


def _unknown_attribute(name: str, listed: ListOf, places: frozenset[str], at: Loc) -> Fault:
    near = did_you_mean(name, _attributes(listed, places) - {name})
    zh, en = f"条目没有属性 {name}{near.zh}", f"the entries have no attribute {name}{near.en}"
    return "unknown-attribute", at, zh, en


def _taken_from(look: LookUp, vocabulary: Vocabulary) -> list[str]:
    """The places that an attribute is looked up at."""
    lists = (vocabulary.lists[unit] for unit in look.units.values() if unit in vocabulary.lists)
    return [f"{path}.{look.take}" for unit in lists for path in unit.paths]


def _attribute_at(name: str, listed: ListOf, vocabulary: Vocabulary) -> list[str]:
    """The places of an attribute of the entries of a list."""
    if name in listed.look_up:
        return _taken_from(listed.look_up[name], vocabulary)
    if listed.scalar == name:
        return list(listed.paths)
    return [f"{path}.{name}" for path in listed.paths]


def _attributes(listed: ListOf, places: frozenset[str]) -> set[str]:
    """The attributes that entries of a list have."""
    if listed.scalar is not None:
        return {listed.scalar}
    heads = tuple(f"{path}." for path in listed.paths)
    within = {path[len(head) :] for head in heads for path in places if path.startswith(head)}
    return within | listed.look_up.keys()


def _value_faults(asked: Iterable[object], path: str, at: Loc, vocabulary: Vocabulary) -> Iterator[Fault]:
    """The values that a place can never hold: a word that its list does not have, yes or no in the place of a
    text, a text in the place of yes or no; of a number and a day none can be asked."""
    models = kinds_of(vocabulary)
    held = first_held(models, path)
    every = (words_at(model, path) for model in models)
    named = next(filter(None, every), None)
    words = vocabulary.words.get(named or "", {})
    for value in asked:
        shown = value if isinstance(value, str) else json.dumps(value)
        if held is None:
            continue
        if held.kind == "truth":
            if not isinstance(value, bool):
                quoted = json.dumps(value, ensure_ascii=False)
                zh = f"{path} 只取 true 或 false（不加引号），不会是 {quoted}"
                yield "unknown-word", at, zh, f"{path} is true or false, without quotes, never {quoted}"
        elif held.kind not in ("text", "words"):
            ways = ("given 或 done", "`given` or `done`") if held.kind == "date" else ("given", "`given`")
            zh = f"{path} 不是文字，不能与 {shown} 相比；此处只用 {ways[0]}"
            yield "wrong-fact", at, zh, f"{path} is no text that could be {shown}: only {ways[1]} goes here"
        elif named is not None and value not in words:
            near = near_word(shown, words)
            zh = f"{shown} 不在允许的取值之列：{'、'.join(words)}{near.zh}"
            yield "unknown-word", at, zh, f"{shown} is not one of {', '.join(words)}{near.en}"
        elif not isinstance(value, str):
            zh, en = f"{path} 是文字，不会是 {shown}；", f"{path} is a text, never {shown}"
            yield "unknown-word", at, f"{zh}作文字时加引号", f"{en}; a text that reads so stands in quotes"
