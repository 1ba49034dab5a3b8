"""Ways that go through the entries of a list: one more, one mended, every one, each key of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tic_rules.analysis.construct import entry as entry_of
from tic_rules.analysis.plan.model import DataChange, Way, change
from tic_rules.analysis.plan.situation import Situation, in_words, kind_of, place_of_list, set_value
from tic_rules.core.errors import Text
from tic_rules.core.logic import TRUE, UNKNOWN
from tic_rules.core.source import pointer
from tic_rules.evaluation.entries import Entry
from tic_rules.model import conditions as c
from tic_rules.model.document import Edit, Parts, get
from tic_rules.model.readings import held_at
from tic_rules.model.ruleset import Fact
from tic_rules.results.labels import join
from tic_rules.results.terms import dotted_of, field_label


def some_entry(name: str, where: c.Where, situation: Situation) -> Iterator[Way]:
    fact = situation.scene.facts[name]
    listed = situation.scene.listed(fact.list_name or "")
    if listed.declared.date is None and listed.declared.year is None:
        for entry in listed.entries[:3]:
            mended = _mend(situation, entry, where)
            if mended:
                yield Way(mended)
    yield from together([new_entry(situation, fact, where)])


def together(changes: Iterable[DataChange | None]) -> Iterator[Way]:
    """Several new entries as one way; none where one of them has no place."""
    made = tuple(changes)
    whole = tuple(one for one in made if one is not None)
    if len(whole) == len(made):
        yield Way(whole)


def _event(situation: Situation, fact: Fact, where: c.Where) -> DataChange:
    """The one event that the place holds, as it has to be."""
    declared = situation.scene.listed(fact.list_name or "").declared
    path = tuple(declared.paths[0].split("."))
    said = _attributes(situation, declared.paths[0], where)
    values = entry_of(declared, said, situation.on, None)
    edits = tuple(Edit("set", (*path, name), item) for name, item in values.items())
    return change(kind_of(path[0]), ".".join(path), edits, _entry_text(situation, path, where, said))


def new_entry(situation: Situation, fact: Fact, where: c.Where, number: int = 0) -> DataChange | None:
    """One more entry of a list; None where it would stand in the entry of another that is not there, or
    beside the one event that its place holds."""
    declared = situation.scene.listed(fact.list_name or "").declared
    if declared.held is not None:
        return None if number else _event(situation, fact, where)
    dotted = declared.paths[0]
    path = place_of_list(situation, dotted)
    if path is None:
        return None
    said = _attributes(situation, dotted, where)
    year = situation.moment.year
    if declared.scalar is not None:
        value: object = year if declared.year else f"（{declared.scalar}{number + 1}）"
    else:
        day = situation.on if year is None or situation.on.year >= year else None
        value = entry_of(declared, said, day, situation.on.year if year is None else year)
        if number and held_at(type(situation.scene.subject), f"{dotted}.name") is not None:
            value["name"] = f"（{number + 1}）"
    edits: tuple[Edit, ...] = (Edit("append", path, value),)
    if get(situation.document, path) is None:
        # A list that is not given says nothing about what else there is; one entry more does not make it
        # complete.
        edits = (*edits, Edit("append", ("incomplete",), dotted))
    kind, text = (
        "data" if situation.supplies else kind_of(dotted),
        _entry_text(situation, path, where, said, year),
    )
    made = change(kind, dotted, edits, text)
    return replace(made, key=f"{made.key}\n{number}") if number else made


def _attributes(situation: Situation, dotted: str, where: c.Where) -> dict[str, object]:
    """What an entry has to say, and a word for what other clauses look at."""
    said = situation.construct.attributes(dotted, where)
    for path, barred in situation.adverse.items():
        above, _, name = path.rpartition(".")
        if above == dotted and name not in said and (words := [*situation.construct.others(path, barred)]):
            said[name] = words[-1]
    return said


def _entry_text(
    situation: Situation, path: Parts, where: c.Where, said: dict[str, object], year: int | None = None
) -> Text:
    values = said | {name: True for name, test in where.each.items() if test.given}  # whatever they say

    def label(name: str, value: object, lang: str) -> str:
        if value is True:
            return field_label(f"{pointer(path)}/{name}", situation.vocabulary, lang).rsplit("/", 1)[-1]
        return in_words(
            situation.vocabulary, f"{dotted_of(pointer(path), situation.vocabulary)}.{name}", value, lang
        )

    def detail(lang: str) -> str:
        words = sorted(values.items(), key=lambda item: item[1] is True)
        parts = [f"{year}年度" if lang == "zh" else f"{year}"] if year is not None else []
        if words:
            parts.append(join([label(*item, lang) for item in words], lang))
        if lang == "zh":
            return "增加一项" + (f"（{'，'.join(parts)}）" if parts else "")
        return "one more" + (f" ({', '.join(parts)})" if parts else "")

    return situation.text(path, detail)


def every_entry(name: str, where: c.Where, situation: Situation) -> Iterator[Way]:
    fact = situation.scene.facts[name]
    listed = situation.scene.listed(fact.list_name or "")
    entries, _, _ = situation.scene.entries_at(fact, situation.moment)
    if not entries and not listed.entries:
        yield from together([new_entry(situation, fact, where)])
        return
    mended: list[DataChange] = []
    for entry, _ in entries:
        if situation.scene.matches(where, entry, situation.moment.day, []) == TRUE:
            continue
        changes = _mend(situation, entry, where)
        if not changes:
            return
        mended.extend(changes)
    if mended:
        yield Way(tuple(mended))


def _mend(situation: Situation, entry: Entry, where: c.Where) -> tuple[DataChange, ...]:
    """Make an entry as it has to be: yes/no and what is not known yet. A word that says something else is not
    changed."""
    if where.any:
        options = [
            mended
            for inner in where.any
            if (mended := _mend(situation, entry, inner))
            or situation.scene.matches(inner, entry, situation.moment.day, []) == TRUE
        ]
        if not options:
            return ()
        rest = _mend(situation, entry, c.Where(each=where.each)) if where.each else ()
        return (*options[0], *rest)
    changes: list[DataChange] = []
    for name, test in where.each.items():
        value = situation.scene.matches(c.Where(each={name: test}), entry, situation.moment.day, [])
        if value == TRUE:
            continue
        dotted = ".".join(str(part) for part in entry.at if not isinstance(part, int))
        wanted = situation.construct.attribute(f"{dotted}.{name}", test)
        if (
            entry.path(name) != (*entry.at, name)
            or wanted is None
            or (value != UNKNOWN and wanted is not True and not isinstance(wanted, list))
        ):
            return ()
        old = get(situation.document, (*entry.at, name))
        if isinstance(wanted, list) and isinstance(old, list):
            wanted = [*old, *wanted]
        words = situation.construct.others(f"{dotted}.{name}", ()) if test.given else test.one_of or ()
        choices = tuple(word for word in words if word is not None) if wanted is not True else ()
        changes.append(set_value(situation, (*entry.at, name), wanted, choices))
    return tuple(changes)


def each_key(name: str, where: c.Where, situation: Situation, lacking: Sequence[str]) -> Iterator[Way]:
    path = situation.scene.facts[name].at
    dotted = ".".join(path)
    values = situation.construct.attributes(dotted, where)
    edits = [Edit("set", (*path, key, name), value) for key in lacking for name, value in values.items()]
    more = len(lacking) - 8

    def detail(lang: str) -> str:
        rest = "" if more <= 0 else f"等{len(lacking)}项" if lang == "zh" else f" and {more} more"
        return join(list(lacking[:8]), lang) + rest

    yield Way((change(situation.kind(path), dotted, tuple(edits), situation.text(path, detail)),))
