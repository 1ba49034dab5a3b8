"""Ways that go through the entries of a list: one more, one mended, every one, each key of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from tic_rules.analysis.plan.case import Case, in_words, kind_of, place_of_list, record_of, set_value, word_of
from tic_rules.analysis.plan.model import Change, Way, change
from tic_rules.core.errors import Text
from tic_rules.core.logic import TRUE, UNKNOWN
from tic_rules.core.source import pointer
from tic_rules.evaluation.entries import Entry
from tic_rules.evaluation.seen import Seen
from tic_rules.model import conditions as c
from tic_rules.model.document import Edit, Parts, get
from tic_rules.model.readings import held_at
from tic_rules.model.ruleset import Fact
from tic_rules.model.subject import Record
from tic_rules.model.values import Kind
from tic_rules.results.labels import join
from tic_rules.results.terms import dotted_of, field_label


def some_entry(name: str, where: c.Where, case: Case) -> Iterator[Way]:
    fact = case.scene.facts[name]
    listed = case.scene.listed(fact.list_name or "")
    if listed.declared.held is not None:
        yield Way((_event(case, fact, where),))
        return
    if listed.declared.date is None and listed.declared.year is None:
        for entry in listed.entries[:3]:
            mended = _mend(case, entry, where)
            if mended:
                yield Way(mended)
    made = new_entry(case, fact, where)
    if made is not None:
        yield Way((made,))


def _event(case: Case, fact: Fact, where: c.Where) -> Change:
    """The one event that the place holds, as it has to be."""
    declared = case.scene.listed(fact.list_name or "").declared
    path = tuple(declared.paths[0].split("."))
    said = _attributes(case, declared.paths[0], where)
    values: dict[str, Any] = {
        str(declared.held): True,
        **({declared.date: case.on.isoformat()} if declared.date else {}),
        **said,
    }
    edits = tuple(Edit("set", (*path, name), item) for name, item in values.items())
    return change(kind_of(path[0]), ".".join(path), edits, _entry_text(case, path, said))


def new_entry(case: Case, fact: Fact, where: c.Where, number: int = 0) -> Change | None:
    """One more entry of a list; None where it would stand in the entry of another that is not there."""
    declared = case.scene.listed(fact.list_name or "").declared
    dotted = declared.paths[0]
    path = place_of_list(case, dotted)
    if path is None:
        return None
    said = _attributes(case, dotted, where)
    year = case.moment.year
    if declared.scalar is not None:
        value: Any = year if declared.year else f"（{declared.scalar}{number + 1}）"
    else:
        value = {}
        if declared.year:
            value[declared.year] = year if year is not None else case.on.year
        value |= said
        if declared.date and (year is None or case.on.year > year):
            value[declared.date] = case.on.isoformat()
        if number:
            value |= (
                {"name": f"（{number + 1}）"}
                if "name" in (record_of(type(case.scene.subject), dotted) or Record).model_fields
                else {}
            )
    edits: tuple[Edit, ...] = (Edit("append", path, value),)
    if get(case.document, path) is None:
        # A list that is not given says nothing about what else there is; one entry more does not make it
        # complete.
        edits = (*edits, Edit("append", ("incomplete",), dotted))
    made = change(
        "data" if case.supplies else kind_of(dotted), dotted, edits, _entry_text(case, path, said, year)
    )
    return (
        made if not number else Change(made.kind, made.at, made.edits, made.text, key=f"{made.key}\n{number}")
    )


def _attributes(case: Case, dotted: str, where: c.Where) -> dict[str, Any]:
    """What an entry has to say, and a word for what other clauses look at."""
    said: dict[str, Any] = {}
    for name, test in where.each.items():
        said[name] = _allowed(case, dotted, name, test)
    if where.any:
        said |= _attributes(case, dotted, where.any[0])
    for name in (record_of(type(case.scene.subject), dotted) or Record).model_fields:
        fit = None if name in said else case.fitting(dotted, name)
        if fit is not None:
            said[name] = fit
    return said


_STAND_INS: Mapping[str, Callable[[Case], Any]] = {
    "date": lambda case: case.on.isoformat(),
    "year": lambda case: case.on.year,
    "truth": lambda case: True,
    "words": lambda case: ["（待填）"],
}
"""What stands for a value that only has to be given, where a text would be none."""


def _allowed(case: Case, dotted: str, name: str, test: c.Test) -> Any:
    if test.given:
        held = held_at(type(case.scene.subject), f"{dotted}.{name}")
        if held is not None and held.kind in _STAND_INS:
            return _STAND_INS[held.kind](case)
        pointer = f"/{dotted.replace('.', '/')}/{name}"
        return f"（{field_label(pointer, case.scene.ruleset.vocabulary, 'zh').rsplit('/', 1)[-1]}）"
    named = [word for word in test.one_of or () if word is not None]
    if named:
        field = (record_of(type(case.scene.subject), dotted) or Record).model_fields.get(name)
        several = field is not None and Kind("words") in field.metadata
        return [named[0]] if several else named[0]
    words = case.scene.ruleset.vocabulary.words.get(word_of(case.scene, dotted, name) or "", {})
    return next((word for word in words if word not in (test.other_than or ())), None)


def _entry_text(case: Case, path: Parts, values: dict[str, object], year: int | None = None) -> Text:
    vocabulary = case.scene.ruleset.vocabulary
    named = []
    for lang in ("zh", "en"):
        words = [
            in_words(vocabulary, f"{dotted_of(pointer(path))}.{name}", w, lang)
            for name, w in values.items()
            if w is not True
        ]
        flags = [
            field_label(f"{pointer(path)}/{name}", vocabulary, lang).rsplit("/", 1)[-1]
            for name, w in values.items()
            if w is True
        ]
        label = field_label(pointer(path), vocabulary, lang)
        detail = join([*words, *flags], lang)
        shown = (f"{year}年度" if lang == "zh" else f"{year}") if year is not None else ""
        parts = [part for part in (shown, detail) if part]
        named.append(
            (f"{label}：增加一项" + (f"（{'，'.join(parts)}）" if parts else ""))
            if lang == "zh"
            else f"{label}: one more" + (f" ({', '.join(parts)})" if parts else "")
        )
    return Text(named[0], named[1])


def every_entry(node: c.Every, case: Case) -> Iterator[Way]:
    fact = case.scene.facts[node.fact]
    listed = case.scene.listed(fact.list_name or "")
    entries, _, _ = case.scene.entries_at(fact, case.moment)
    if not entries and not listed.entries:
        made = new_entry(case, fact, node.every)
        if made is not None:
            yield Way((made,))
        return
    mended: list[Change] = []
    for entry, _ in entries:
        if case.scene.matches(node.every, entry, case.moment.day, []) == TRUE:
            continue
        changes = _mend(case, entry, node.every)
        if not changes:
            return
        mended.extend(changes)
    if mended:
        yield Way(tuple(mended))


def _mend(case: Case, entry: Entry, where: c.Where) -> tuple[Change, ...]:
    """Make an entry as it has to be: yes/no and what is not known yet. A word that says something else is not
    changed."""
    if where.any:
        options = [
            mended
            for inner in where.any
            if (mended := _mend(case, entry, inner))
            or case.scene.matches(inner, entry, case.moment.day, []) == TRUE
        ]
        if not options:
            return ()
        rest = _mend(case, entry, c.Where(each=where.each)) if where.each else ()
        return (*options[0], *rest)
    changes: list[Change] = []
    for name, test in where.each.items():
        value = case.scene.matches(c.Where(each={name: test}), entry, case.moment.day, [])
        if value == TRUE:
            continue
        dotted = ".".join(str(part) for part in entry.at if not isinstance(part, int))
        wanted = _allowed(case, dotted, name, test)
        if (
            entry.path(name) != (*entry.at, name)
            or wanted is None
            or (value != UNKNOWN and wanted is not True and not isinstance(wanted, list))
        ):
            return ()
        old = get(case.document, (*entry.at, name))
        if isinstance(wanted, list) and isinstance(old, list):
            wanted = [*old, *wanted]
        choices = tuple(word for word in test.one_of or () if word is not None) if wanted is not True else ()
        changes.append(set_value(case, (*entry.at, name), wanted, choices))
    return tuple(changes)


def each_key(node: c.EachOf, case: Case, seen: Seen) -> Iterator[Way]:
    path = tuple((case.scene.facts[node.fact].table or "").split("."))
    wanted = node.has.any[0] if node.has.any else node.has
    dotted = ".".join(path)
    edits = [
        Edit("set", (*path, key, name), _allowed(case, dotted, name, test))
        for key in seen.lacking
        for name, test in wanted.each.items()
    ]
    said = []
    for lang in ("zh", "en"):
        label, named = (
            field_label(pointer(path), case.scene.ruleset.vocabulary, lang),
            join(list(seen.lacking[:8]), lang),
        )
        more = len(seen.lacking) - 8
        rest = "" if more <= 0 else f"等{len(seen.lacking)}项" if lang == "zh" else f" and {more} more"
        said.append(f"{label}：{named}{rest}" if lang == "zh" else f"{label}: {named}{rest}")
    supplied = get(case.document, path) is None
    yield Way(
        (
            change(
                "data" if supplied and case.supplies else "paper",
                dotted,
                tuple(edits),
                Text(said[0], said[1]),
                size=Fraction(0),
            ),
        )
    )


__all__ = ["each_key", "every_entry", "new_entry", "some_entry"]
