"""Amounts: which kinds of new money there can be, and what each clause about sums asks of them, as linear
demands.

How a clause counts an entry is not worked out here: an entry is put into the data, and the evaluator's
reading says by how much the fact moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from tic_rules.analysis.construct import entry
from tic_rules.analysis.plan.model import Sum
from tic_rules.analysis.plan.situation import Amounts, Situation
from tic_rules.core.logic import FALSE
from tic_rules.core.numbers import Number, Range
from tic_rules.evaluation.entries import Moment
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.operators import see
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.fields import record_at, words_at
from tic_rules.model.readings import held_at
from tic_rules.model.ruleset import Fact, ListOf, RuleSet
from tic_rules.model.subject import Record
from tic_rules.results.labels import join
from tic_rules.results.terms import groups_at, term

UNIT = 10_000
"""New money comes in steps of ten thousand yuan."""


class Template(NamedTuple):
    """A kind of new entry: who pays, and for what."""

    of: str
    at: str
    """The dotted place that `--keep` and `--cost` speak of: contributions.host."""
    record: dict[str, str]


class Purses:
    """The kinds of new money of a centre under a rule set, and how the facts answer to each."""

    def __init__(self, subject: Centre, ruleset: RuleSet, as_of: date, kept: tuple[str, ...]) -> None:
        self.subject, self.ruleset, self.as_of = subject, ruleset, as_of
        self.templates: dict[str, tuple[Template, ...]] = {}
        self._kept = kept
        self._scenes: dict[tuple[str, int, date], Scene] = {}

    def of(self, name: str) -> tuple[Template, ...]:
        """The kinds of new entries of a list."""
        if name not in self.templates:
            self.templates[name] = tuple(
                template
                for template in _templates(self.subject, self.ruleset, name)
                if not any(template.at == k or template.at.startswith(f"{k}.") for k in self._kept)
            )
        return self.templates[name]

    def alike(self, chosen: Template, sums: Sequence[Sum]) -> list[Template]:
        """The kinds of money that demands count as they count the chosen one."""
        templates = self.of(chosen.of)
        place = templates.index(chosen)
        return [t for at, t in enumerate(templates) if all(total.alike(place, at) for total in sums)]

    def scene(self, name: str, index: int, on: date) -> Scene:
        """The centre with one unit of a kind of money more."""
        key = (name, index, on)
        if key not in self._scenes:
            template = self.of(name)[index]
            model = record_at(type(self.subject), template.of)
            assert model is not None
            made = model.model_validate(self.entry(template, UNIT, on))
            there = getattr(self.subject, template.of) or ()
            changed = self.subject.model_copy(update={template.of: (*there, made)})
            self._scenes[key] = Scene(changed, self.ruleset, self.as_of)
        return self._scenes[key]

    def entry(self, template: Template, amount: object, on: date) -> dict[str, object]:
        """A new entry, dated: of the year before the day where figures of years lack it, else of the running
        year, as no year that is over takes in more."""
        listed = list_at(self.ruleset, template.of)
        there = getattr(self.subject, template.of) or ()
        reported = listed.year is not None and any(getattr(one, listed.year) == on.year - 1 for one in there)
        values = {amount_of(self.ruleset, template.of): amount, **template.record}
        return entry(listed, values, on, on.year if reported else on.year - 1)

    def demands(self, node: Amounts, situation: Situation) -> list[tuple[Sum, ...]]:
        """What a condition on amounts asks of new money; nothing where no new money can meet it."""
        name = _list_of(node, self.ruleset)
        if name is None or not self.of(name):
            return []
        moment = situation.moment
        scenes = [self.scene(name, index, situation.on) for index in range(len(self.of(name)))]
        if isinstance(node, c.Compare) and self.ruleset.facts[node.fact].reading == "kinds":
            return self._many(node, situation, scenes, name)
        made = []
        before = list(_margins(node, situation.scene, moment))
        after = [list(_margins(node, scene, moment)) for scene in scenes]
        for index, (margin, strict, upper) in enumerate(before):
            if isinstance(margin, float):
                return []
            parts = tuple(Fraction(other[index][0]) - Fraction(margin) for other in after)
            if max(parts) <= 0 and (margin < 0 or (strict and margin == 0)):
                return []
            made.append(Sum(situation.rule.id, name, Fraction(margin), parts, strict, upper))
        return [tuple(made)]

    def holding(self, tree: c.Condition, situation: Situation, wanted: int) -> Iterator[Sum]:
        """Demands on amounts that hold (or fail) now within a condition and have to go on doing so."""
        for node in c.walk(tree):
            if (
                not isinstance(node, (c.Compare, c.Largest, c.Share))
                or see(node, situation.scene, situation.moment, situation.scenario, situation.rule).value
                != wanted
            ):
                continue
            if wanted == FALSE:
                if not isinstance(node, c.Compare) or node.operator not in ("more_than", "at_least"):
                    continue
                node = c.Compare(
                    fact=node.fact, **{"at_most" if node.operator == "more_than" else "less_than": node.limit}
                )
            for sums in self.demands(node, situation)[:1]:
                yield from sums

    def _many(
        self, node: c.Compare, situation: Situation, scenes: list[Scene], name: str
    ) -> list[tuple[Sum, ...]]:
        groups = self.ruleset.facts[node.fact].kinds or ""
        if node.operator != "at_least":
            return []
        before, *after = (
            [Fraction(reading.range.low) for reading in scene.groups(groups, situation.moment).values()]
            for scene in (situation.scene, *scenes)
        )
        choices = tuple((base, tuple(row[at] - base for row in after)) for at, base in enumerate(before))
        if sum(base > 0 or max(parts) > 0 for base, parts in choices) < node.limit:
            return []  # new money does not count there
        return [(Sum(situation.rule.id, name, Fraction(0), (), many=(int(node.limit), choices)),)]


def list_at(ruleset: RuleSet, dotted: str) -> ListOf:
    """The list of a dotted place."""
    return next(listed for listed in ruleset.vocabulary.lists.values() if listed.paths[0] == dotted)


def amount_of(ruleset: RuleSet, dotted: str) -> str:
    """The attribute of a list's entries that facts add up; nothing where none does."""
    return next((f.sum or "amount" for f in _facts_of(ruleset, dotted) if f.sum or f.groups), "")


def _facts_of(ruleset: RuleSet, dotted: str) -> Iterator[Fact]:
    """The facts that read the list of a dotted place."""
    lists = ruleset.vocabulary.lists
    return (f for f in ruleset.facts.values() if f.of is not None and lists[f.of].paths[0] == dotted)


def template_text(ruleset: RuleSet, template: Template, lang: str) -> str:
    """Who pays, and for what, for people."""
    words = [
        term(ruleset.vocabulary, word, lang, groups_at(ruleset.vocabulary, [f"{template.of}.{name}"]))
        for name, word in template.record.items()
        if name != "name"
    ]
    named = template.record.get("name")
    return ("，" if lang == "zh" else ", ").join([f"{words[0]} {named}" if named else words[0], *words[1:]])


def payers_text(
    ruleset: RuleSet, chosen: Template, alike: list[Template], templates: Sequence[Template], lang: str
) -> str:
    """Who may share an amount, for people: the kinds of payers, or the one that alone can pay."""
    if len({one.at for one in alike}) < 2:  # of one kind: whoever it is, or each by name
        listed = list(dict.fromkeys(template_text(ruleset, one, lang) for one in alike or [chosen]))
    else:
        listed = []
        for at in dict.fromkeys(one.at for one in alike):
            kinds = {_kind(one) for one in alike if one.at == at}
            whole = kinds == {_kind(one) for one in templates if one.at == at}
            for kind in [next(iter(kinds))[:1]] if whole else sorted(kinds):
                listed.append(template_text(ruleset, Template(chosen.of, at, dict(kind)), lang))
    if len(listed) == 1:
        return listed[0]
    open_, close = ("（", "）") if lang == "zh" else (" (", ")")
    comma = "，" if lang == "zh" else ", "
    joined = join([f"{one.replace(comma, open_, 1)}{close}" if comma in one else one for one in listed], lang)
    return f"由{joined}分担" if lang == "zh" else f"shared by {joined}"


def _kind(template: Template) -> tuple[tuple[str, str], ...]:
    """The payer and the purpose, whoever it is; the payer first."""
    return tuple((name, word) for name, word in template.record.items() if name != "name")


def _list_of(node: Amounts, ruleset: RuleSet) -> str | None:
    """The list that a condition's amounts stand in, where it is one at the top of the data."""
    fact = ruleset.facts[node.fact]
    if fact.kinds is not None:
        fact = ruleset.facts[fact.kinds]
    if fact.sum is None and fact.groups is None:
        return None
    listed = ruleset.vocabulary.lists[fact.of or ""]
    path, attribute = listed.paths[0], fact.sum or "amount"
    held = held_at(ruleset.centre_model, f"{path}.{attribute}")
    if len(listed.paths) > 1 or "." in path or held is None or held.kind != "money":
        return None
    return path if attribute == amount_of(ruleset, path) else None


def _templates(subject: Centre, ruleset: RuleSet, dotted: str) -> Iterator[Template]:
    """Every kind of entry that some fact of the rule set tells apart from others."""
    wheres = [
        where
        for fact in _facts_of(ruleset, dotted)
        for where in (fact.where, *(group.where for group in (fact.groups or {}).values()))
        if where is not None
    ]
    model = type(subject)
    record = record_at(model, dotted) or Record
    worded = {name: word for name in record.model_fields if (word := words_at(model, f"{dotted}.{name}"))}
    if not worded:
        yield Template(dotted, dotted, {})
        return
    main = next(iter(worded))
    scene = Scene(subject, ruleset, subject.speaks_for or date.min)
    declared = list_at(ruleset, dotted)
    for word in ruleset.vocabulary.words[worded[main]]:
        purposes = list(_purposes(ruleset, worded, main, word, wheres))
        units = [
            unit
            for look in declared.look_up.values()
            if word in look.units
            for unit in scene.listed(look.units[word]).entries
        ]
        names = dict.fromkeys(name for unit in units if isinstance(name := unit.get("name"), str))
        for named, more in product([{"name": name} for name in names] or [{}], purposes):
            yield Template(dotted, f"{dotted}.{word}", {main: word, **named, **more})


def _purposes(
    ruleset: RuleSet, worded: dict[str, str], main: str, word: str, wheres: list[c.Where]
) -> Iterator[dict[str, str]]:
    """What tells entries with a word apart further: nothing, or a word that is asked for and one that is
    not."""
    tested = [
        (name, test)
        for where in wheres
        if main in where.each and word in (where.each[main].one_of or ())
        for name, test in where.each.items()
        if name != main and name in worded
    ]
    if not tested:
        yield {}
        return
    name = tested[0][0]
    test = dict(tested)[name]
    inside = [w for w in test.one_of or () if isinstance(w, str)]
    outside = [w for w in ruleset.vocabulary.words.get(worded[name], {}) if w not in inside]
    for option in (*inside[:1], *outside[:1]):
        yield {name: option}


def _margins(node: Amounts, scene: Scene, moment: Moment) -> Iterator[tuple[Number, bool, bool]]:
    """By how much a condition on amounts holds: what has to be 0 or more (more than 0 where strict); whether
    it is an upper bound."""
    match node:
        case c.Compare():
            left = scene.number(node.fact, moment).range
            limit = node.limit
            if isinstance(limit, c.Times):
                bound = scene.number(limit.fact, moment).range.times(limit.times)
            else:
                bound = Range(*limit) if node.operator == "between" else Range(limit, limit)
            strict = node.operator in ("more_than", "less_than")
            if node.operator in ("at_least", "more_than", "equals", "between"):
                yield left.low - (bound.low if node.operator == "between" else bound.high), strict, False
            if node.operator in ("at_most", "less_than", "equals", "between"):
                yield (bound.high if node.operator == "between" else bound.low) - left.high, strict, True
        case c.Largest():
            groups = scene.groups(node.fact, moment)
            least = groups[node.largest].range.low
            yield from (
                (least - other.range.high, False, True)
                for name, other in groups.items()
                if name != node.largest
            )
        case c.Share():
            named, others = scene.share(node.fact, node.share_of, moment)
            if node.operator in ("more_than", "at_least"):  # a ceiling is not planned for
                low = named.range.low
                yield low - node.limit * (low + others.range.high), node.operator == "more_than", False
