"""From a condition that does not hold to the ways to make it hold: one pass over the tree, like the evaluator's.

Nothing here knows a clause, and nothing is trusted: whatever a way claims is put to the evaluator before it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Any, NamedTuple

from tic_rules import conditions as c
from tic_rules.analysis.plan.model import Change, Sum, Way, change
from tic_rules.centre import Record, Series, value_at
from tic_rules.documents import Edit, Parts, get
from tic_rules.errors import Text
from tic_rules.evaluate import between, see
from tic_rules.lives import Life
from tic_rules.quantities import FIRST_DAY
from tic_rules.readings import FALSE, TRUE, UNKNOWN, Entry, Moment, Scene
from tic_rules.ruleset import Fact, Rule
from tic_rules.source import pointer
from tic_rules.wording import field_label, join, number_text, words_of

MOST = 24
"""Ways of one rule that are looked at; what a clause leaves open beyond that is not told apart."""

_KINDS = {
    "governance": "organ", "structure": "organ", "legal": "organ", "hosts": "organ", "builders": "organ", "formation_mode": "organ",
    "industrial_park": "organ", "industry_fund": "organ", "team_owned_company": "organ",
    "staff": "people", "contributions": "money", "income": "money", "fiscal_spending": "money", "fiscal_balance": "money",
    "outputs": "output", "services": "output", "projects": "output", "evaluations": "decision", "acceptance": "decision",
}  # fmt: skip
"""What kind of step a change of a part of the data is. All other parts of a centre's file are papers."""


class Case(NamedTuple):
    """A rule at a moment of a life, and the day on which something new would be dated."""

    rule: Rule
    scene: Scene
    moment: Moment
    life: Life
    document: dict[str, Any]
    on: date
    unknown: bool
    """The data does not decide the rule: what is not given is to be supplied, not brought about."""
    sums: Callable[[Any, Case], list[tuple[Sum, ...]]]
    fitting: Callable[[str, str], str | None]
    """A word for an attribute of a list that no consequence of the rule set speaks against."""

    @property
    def supplies(self) -> bool:
        return self.unknown or self.moment.day < self.scene.as_of


def ways(node: Any, case: Case) -> list[Way]:
    """The ways to make a condition true; none where nothing that may be changed would."""
    seen = see(node, case.scene, case.moment, case.life, case.rule)
    if seen.value == TRUE:
        return [Way()]
    return list(islice(_ways(node, case, seen), MOST))


def _ways(node: Any, case: Case, seen: Any) -> Iterator[Way]:
    match node:
        case c.All():
            yield from _product([ways(part, case) for part in node.all])
        case c.Either():
            for part in node.any:
                yield from ways(part, case)
        case c.Same():
            yield from _same(node, case)
        case c.Not() if isinstance(node.not_, c.Is) and isinstance(node.not_.is_, bool):
            yield _set(case, node.not_.fact, not node.not_.is_)
        case c.Attested():
            yield Way(tuple(_judgement(case, item) for item in (seen.lacking or (None,))))
        case c.Compare():
            yield from _compare(node, case, seen)
        case c.Largest() | c.Share():
            yield from (Way(sums=sums) for sums in case.sums(node, case))
        case c.Is():
            yield _set(case, node.fact, node.is_)
        case c.Among():
            yield _set(case, node.fact, node.among[0], node.among)
        case c.AnyAmong():
            yield Way((_words(case, node.fact, [node.any_among[0]], node.any_among),))
        case c.Contains():
            yield Way((_words(case, node.fact, list(seen.lacking)),))
        case c.Given():
            yield _set(case, node.fact, _blank(case, node.fact))
        case c.Done():
            yield _set(case, node.fact, case.moment.day.isoformat())
        case c.Reads():
            yield _set(case, node.fact, _reading(node, case))
        case c.Some():
            yield from _some(node.fact, node.some, case)
        case c.Every():
            yield from _every(node, case)
        case c.EachOf():
            yield from _each_of(node, case, seen)


def _product(parts: list[list[Way]]) -> Iterator[Way]:
    found = [Way()]
    for options in parts:
        found = [joined for before in found for option in options if (joined := before.joined(option)).consistent][:MOST]
    yield from found


# --- single values ----------------------------------------------------------------------------------------------------------


def _set(case: Case, name: str, value: Any, choices: tuple[Any, ...] = ()) -> Way:
    fact = case.scene.facts[name]
    return Way((set_value(case, tuple((fact.value or "").split(".")), value, choices),))


def set_value(case: Case, path: Parts, value: Any, choices: tuple[Any, ...] = ()) -> Change:
    """A value in its place: a dated entry where the data has a series there. The first of several `choices` stands for all."""
    dotted = ".".join(str(part) for part in path)
    supplied = get(case.document, path) is None
    edit = _dated(case, path, value)
    vocabulary = case.scene.ruleset.vocabulary
    zh, en = (field_label(pointer(path), vocabulary, lang) for lang in ("zh", "en"))
    if value is True:
        text = Text(zh, en)
    else:
        told = Text(*(_one_of(vocabulary, choices or (value,), lang) for lang in ("zh", "en")))
        text = Text(f"{zh}：{told.zh}", f"{en}: {told.en}")
    return change("data" if case.supplies and supplied else kind_of(dotted), dotted, (edit,), text)


def _dated(case: Case, path: Parts, value: Any) -> Edit:
    old = value_at(case.scene.subject, ".".join(str(part) for part in path)) if not any(isinstance(part, int) for part in path) else None
    if not isinstance(old, Series):
        return Edit("set", path, value)
    for index, entry in enumerate(old):
        if entry.when.exact and entry.when.first == case.on:
            return Edit("set", (*path, index, "value"), value)
    return Edit("append", path, {"date": case.on.isoformat(), "value": value})


def _one_of(vocabulary: Any, words: tuple[Any, ...] | list[Any], lang: str) -> str:
    shown = join([_said(vocabulary, word, lang) for word in words[:12]], lang, "或" if lang == "zh" else "or")
    more = ("等" if lang == "zh" else ", …") if len(words) > 12 else ""
    return shown + more + ("（其一）" if lang == "zh" and len(words) > 2 else "")


def kind_of(dotted: str) -> str:
    return _KINDS.get(dotted.split(".")[0], "paper")


def _words(case: Case, name: str, words: list[str], choices: tuple[str, ...] = ()) -> Change:
    path = tuple((case.scene.facts[name].words or "").split("."))
    own = get(case.document, path)
    edits = tuple(Edit("append", path, word) for word in words) if isinstance(own, list) else (Edit("set", path, words),)
    vocabulary = case.scene.ruleset.vocabulary
    said = []
    for lang in ("zh", "en"):
        told = _one_of(vocabulary, choices, lang) if choices else join([words_of(vocabulary.words, w, lang) for w in words], lang)
        said.append(f"{field_label(pointer(path), vocabulary, lang)}: {told}")
    return change("data" if own is None and case.supplies else kind_of(".".join(path)), ".".join(path), edits, Text(said[0].replace(": ", "：", 1), said[1]))


def _blank(case: Case, name: str) -> str:
    """A text that is to be given: the words of the field stand for it until it is."""
    label = case.scene.facts[name].label
    return f"（{label.zh}）"


def _reading(node: c.Reads, case: Case) -> str:
    """A text that begins and ends as it has to, with what stands between in the data now."""
    before, after = node.reads
    values, _, _ = case.scene.single(node.fact, case.moment.day)
    text = values[0] if values and isinstance(values[0], str) else ""
    inner = text.strip().removeprefix(before.strip()).removesuffix(after.strip()).strip() or "×××"
    space = " " if node.ignoring_space else ""
    return f"{before}{space}{inner}{space}{after}"


def _same(node: c.Same, case: Case) -> Iterator[Way]:
    """Texts with the same between: that of the first that reads as it has to."""
    texts = {}
    for part in node.same:
        values, _, _ = case.scene.single(part.fact, case.moment.day)
        texts[part.fact] = values[0] if values and isinstance(values[0], str) else ""
    inner = next((found for part in node.same if (found := between(part, texts[part.fact]))), "×××")
    wanted = {part.fact: f"{part.reads[0]}{inner}{part.reads[1]}" for part in node.same}
    yield Way(tuple(found for fact, text in wanted.items() if text != texts[fact] for found in _set(case, fact, text).changes))


# --- numbers ----------------------------------------------------------------------------------------------------------------


def _compare(node: c.Compare, case: Case, seen: Any) -> Iterator[Way]:
    fact = case.scene.facts[node.fact]
    if fact.reading in ("sum", "kinds"):
        yield from (Way(sums=sums) for sums in case.sums(node, case))
        return
    least = _least(node.operator, seen.bound)
    if least is None or isinstance(seen.observed.low, float) or seen.observed.low > least or isinstance(least, float):
        return  # amounts never shrink
    if fact.reading in ("stock", "value"):
        if fact.cumulative and _lower_later(case, fact, least):
            return  # a total that is lower on a later day was not that high
        yield Way((_level(case, fact, node.fact, least, seen.observed.low),))
    elif fact.reading == "count":
        lacking = int(least - seen.observed.low)
        if 0 < lacking <= 50:
            yield Way(tuple(_entry(case, fact, fact.where or c.Where(), number) for number in range(lacking)))
    elif fact.reading == "distinct":
        yield from _distinct(case, fact, int(least))


def _lower_later(case: Case, fact: Fact, least: Any) -> bool:
    value = value_at(case.scene.subject, fact.stock or "")
    if isinstance(value, Series):
        return any(entry.value is not None and entry.when.last > case.on and entry.value.high < least for entry in value)
    return value is not None and case.on < case.scene.reported_on and bool(value.high < least)


def _least(operator: str, bound: Any) -> Any:
    """The least number that the comparison holds for."""
    if operator in ("at_least", "between", "equals"):
        return bound.high if operator == "at_least" else bound.low
    if operator == "more_than":
        return bound.high + 1
    return bound.low if operator == "at_most" else bound.low - 1


def _level(case: Case, fact: Fact, name: str, least: Any, low: Any) -> Change:
    """A number that has to stand at `least`."""
    path = tuple((fact.stock or fact.value or "").split("."))
    dotted = ".".join(path)
    number = int(least) if least == int(least) else str(float(least))
    old = value_at(case.scene.subject, dotted)
    if isinstance(old, Series) or case.on == case.scene.reported_on or fact.value:
        edit = _dated(case, path, number)
    elif old is None:
        edit = Edit("set", path, [{"date": case.on.isoformat(), "value": number}])
    else:
        before = {"date": case.scene.reported_on.isoformat(), "value": get(case.document, path)}
        entries = sorted([before, {"date": case.on.isoformat(), "value": number}], key=lambda entry: entry["date"])
        edit = Edit("set", path, entries)
    units = case.scene.ruleset.vocabulary.units
    told = [number_text(least, fact.unit, units, lang) for lang in ("zh", "en")]
    more = [number_text(least - low, fact.unit, units, lang) for lang in ("zh", "en")]
    known = old is not None and low > 0 and not case.unknown
    text = Text(
        f"{fact.label.zh}达到{told[0]}" + (f"（再增{more[0]}）" if known else ""),
        f"{fact.label.en}: reach {told[1]}" + (f" ({more[1]} more)" if known else ""),
    )
    size = Fraction(least - low) / Fraction(least) if least > 0 else Fraction(0)
    return change("data" if case.supplies and (old is None or case.unknown) else kind_of(dotted), dotted, (edit,), text, size=size, level=(dotted, least))


def _distinct(case: Case, fact: Fact, least: int) -> Iterator[Way]:
    attribute, listed = fact.distinct or "", case.scene.listed(fact.of or "")
    there = {entry.get(attribute) for entry in listed.entries}
    word = word_of(case.scene, listed.declared.paths[0], attribute)
    fresh = [w for w in case.scene.ruleset.vocabulary.words.get(word or "", {}) if w not in there and w != "other"]
    lacking = least - len(there - {None})
    if 0 < lacking <= len(fresh):
        yield Way(tuple(_entry(case, fact, c.Where(each={attribute: w})) for w in fresh[:lacking]))


# --- entries ----------------------------------------------------------------------------------------------------------------


def _some(name: str, where: c.Where, case: Case) -> Iterator[Way]:
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
    yield Way((_entry(case, fact, where),))


def _event(case: Case, fact: Fact, where: c.Where) -> Change:
    """The one event that the place holds, as it has to be."""
    declared = case.scene.listed(fact.list_name or "").declared
    path = tuple(declared.paths[0].split("."))
    said = _attributes(case, declared.paths[0], where)
    values: dict[str, Any] = {str(declared.held): True, **({declared.date: case.on.isoformat()} if declared.date else {}), **said}
    edits = tuple(Edit("set", (*path, name), item) for name, item in values.items())
    return change(kind_of(path[0]), ".".join(path), edits, _entry_text(case, path, said))


def _entry(case: Case, fact: Fact, where: c.Where, number: int = 0) -> Change:
    """One more entry of a list."""
    declared = case.scene.listed(fact.list_name or "").declared
    dotted = declared.paths[0]
    path = tuple(dotted.split("."))
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
            value |= {"name": f"（{number + 1}）"} if "name" in (record_of(dotted) or Record).model_fields else {}
    edits: tuple[Edit, ...] = (Edit("append", path, value),)
    if get(case.document, path) is None:
        # A list that is not given says nothing about what else there is; one entry more does not make it complete.
        edits = (*edits, Edit("append", ("incomplete",), dotted))
    made = change("data" if case.supplies else kind_of(dotted), dotted, edits, _entry_text(case, path, said, year))
    return made if not number else Change(made.kind, made.at, made.edits, made.text, key=f"{made.key}\n{number}")


def _attributes(case: Case, dotted: str, where: c.Where) -> dict[str, Any]:
    """What an entry has to say, and a word for what other clauses look at."""
    said: dict[str, Any] = {}
    for name, test in where.each.items():
        said[name] = _allowed(case, dotted, name, test)
    if where.any:
        said |= _attributes(case, dotted, where.any[0])
    for name in (record_of(dotted) or Record).model_fields:
        fit = None if name in said else case.fitting(dotted, name)
        if fit is not None:
            said[name] = fit
    return said


def _allowed(case: Case, dotted: str, name: str, test: c.Test) -> Any:
    if test.given:
        return f"（{field_label('/' + dotted.replace('.', '/') + '/' + name, case.scene.ruleset.vocabulary, 'zh').rsplit('/', 1)[-1]}）"
    named = [word for word in test.one_of or () if word is not None]
    if named:
        validator = (record_of(dotted) or Record).model_fields.get(name)
        several = validator is not None and "_words" in str(validator.metadata)
        return [named[0]] if several else named[0]
    known = case.scene.ruleset.vocabulary.words.get(word_of(case.scene, dotted, name) or "", {})
    return next((word for word in known if word not in (test.other_than or ())), None)


def _entry_text(case: Case, path: Parts, said: dict[str, Any], year: int | None = None) -> Text:
    vocabulary = case.scene.ruleset.vocabulary
    told = []
    for lang in ("zh", "en"):
        words = [_said(vocabulary, w, lang) for name, w in said.items() if w is not True]
        flags = [field_label(f"{pointer(path)}/{name}", vocabulary, lang).rsplit("/", 1)[-1] for name, w in said.items() if w is True]
        label = field_label(pointer(path), vocabulary, lang)
        detail = join([*words, *flags], lang)
        shown = (f"{year}年度" if lang == "zh" else f"{year}") if year is not None else ""
        parts = [part for part in (shown, detail) if part]
        told.append(
            (f"{label}：增加一项" + (f"（{'，'.join(parts)}）" if parts else ""))
            if lang == "zh"
            else f"{label}: one more" + (f" ({', '.join(parts)})" if parts else "")
        )
    return Text(told[0], told[1])


def _said(vocabulary: Any, value: Any, lang: str) -> str:
    return join([words_of(vocabulary.words, w, lang) for w in value], lang) if isinstance(value, list) else words_of(vocabulary.words, value, lang)


def _every(node: c.Every, case: Case) -> Iterator[Way]:
    fact = case.scene.facts[node.fact]
    listed = case.scene.listed(fact.list_name or "")
    entries, _, _ = case.scene.entries_at(fact, case.moment)
    if not entries and not listed.entries:
        yield Way((_entry(case, fact, node.every),))
        return
    mended: list[Change] = []
    for entry, _ in entries:
        if case.scene.matches(node.every, entry, case.moment.day, []) == TRUE:
            continue
        found = _mend(case, entry, node.every)
        if not found:
            return
        mended.extend(found)
    if mended:
        yield Way(tuple(mended))


def _mend(case: Case, entry: Entry, where: c.Where) -> tuple[Change, ...]:
    """Make an entry as it has to be: yes/no and what is not known yet. A word that says something else is not changed."""
    if where.any:
        options = [mended for inner in where.any if (mended := _mend(case, entry, inner)) or case.scene.matches(inner, entry, case.moment.day, []) == TRUE]
        if not options:
            return ()
        rest = _mend(case, entry, c.Where(each=where.each)) if where.each else ()
        return (*options[0], *rest)
    found: list[Change] = []
    for name, test in where.each.items():
        value = case.scene.matches(c.Where(each={name: test}), entry, case.moment.day, [])
        if value == TRUE:
            continue
        dotted = ".".join(str(part) for part in entry.at if not isinstance(part, int))
        wanted = _allowed(case, dotted, name, test)
        if entry.path(name) != (*entry.at, name) or wanted is None or (value != UNKNOWN and wanted is not True and not isinstance(wanted, list)):
            return ()
        old = get(case.document, (*entry.at, name))
        if isinstance(wanted, list) and isinstance(old, list):
            wanted = [*old, *wanted]
        choices = tuple(word for word in test.one_of or () if word is not None) if wanted is not True else ()
        found.append(set_value(case, (*entry.at, name), wanted, choices))
    return tuple(found)


def _each_of(node: c.EachOf, case: Case, seen: Any) -> Iterator[Way]:
    path = tuple((case.scene.facts[node.fact].table or "").split("."))
    wanted = node.has.any[0] if node.has.any else node.has
    dotted = ".".join(path)
    edits = [Edit("set", (*path, key, name), _allowed(case, dotted, name, test)) for key in seen.lacking for name, test in wanted.each.items()]
    said = []
    for lang in ("zh", "en"):
        label, named = field_label(pointer(path), case.scene.ruleset.vocabulary, lang), join(list(seen.lacking[:8]), lang)
        more = len(seen.lacking) - 8
        rest = "" if more <= 0 else f"等{len(seen.lacking)}项" if lang == "zh" else f" and {more} more"
        said.append(f"{label}：{named}{rest}" if lang == "zh" else f"{label}: {named}{rest}")
    supplied = get(case.document, path) is None
    yield Way((change("data" if supplied and case.supplies else "paper", dotted, tuple(edits), Text(said[0], said[1]), size=Fraction(0)),))


# --- judgements, helpers ----------------------------------------------------------------------------------------------------


def _judgement(case: Case, item: str | None) -> Change:
    rule, scene = case.rule, case.scene
    value: dict[str, Any] = {"rule": f"{scene.ruleset.id}/{rule.id}"}
    if item is not None:
        value["item"] = item
    value |= {"met": True, "by": "（评审单位）", "date": scene.as_of.isoformat(), "evidence": "（评审意见）"}
    title = next((i.title.text for i in rule.items if i.id == item), rule.title.text)
    text = Text(f"提请评审认定：{title.zh}", f"ask for a judgement: {title.en}")
    return change("judgement", "attestations", (Edit("append", ("attestations",), value),), text)


def record_of(dotted: str) -> type[Record] | None:
    """The model of the entries of a list of the data."""
    from tic_rules.centre import CentreData, record_in

    model: Any = CentreData
    for part in dotted.split("."):
        field = model.model_fields.get(part) if model is not None else None
        model = record_in(field.annotation) if field is not None else None
    return model  # type: ignore[no-any-return]


def word_of(scene: Scene, dotted: str, attribute: str) -> str | None:
    """The vocabulary of an attribute of a list's entries."""
    from tic_rules.centre import WordOf

    model = record_of(dotted)
    field = model.model_fields.get(attribute) if model is not None else None
    return next((mark.name for mark in field.metadata if isinstance(mark, WordOf)), None) if field is not None else None


__all__ = ["FALSE", "FIRST_DAY", "Case", "kind_of", "record_of", "set_value", "ways", "word_of"]
