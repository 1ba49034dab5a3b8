"""A rule at a moment of a scenario, and a value put in its place: what all ways are made with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from tic_rules.analysis.construct import Construct, dated, no_place
from tic_rules.analysis.plan.model import DataChange, Sum, change
from tic_rules.core.errors import Text
from tic_rules.core.scalars import Json
from tic_rules.core.source import pointer
from tic_rules.evaluation.entries import Moment
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Scenario
from tic_rules.model import conditions as c
from tic_rules.model.document import Parts, get
from tic_rules.model.fields import list_above, paths_of
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.vocabulary import Vocabulary
from tic_rules.results.labels import join
from tic_rules.results.terms import dotted_of, field_label, groups_at, term
from tic_rules.results.time_words import day_text

_KINDS = {
    "governance": "organ", "structure": "organ", "legal": "organ", "hosts": "organ", "builders": "organ",
    "formation_mode": "organ",
    "industrial_park": "organ", "industry_fund": "organ", "team_owned_company": "organ",
    "staff": "people", "contributions": "money", "income": "money", "fiscal_spending": "money",
    "fiscal_balance": "money",
    "outputs": "output", "services": "output", "projects": "output", "evaluations": "decision",
    "acceptance": "decision",
}  # fmt: skip
"""What kind of step a change of a part of the data is. All other parts of a centre's file are papers."""
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


Amounts = c.Compare | c.Largest | c.Share
"""A condition on amounts that add up."""


class Situation(NamedTuple):
    """A rule at a moment of a scenario, and the day on which something new would be dated."""

    rule: Rule
    scene: Scene
    moment: Moment
    scenario: Scenario
    document: Json
    on: date
    unknown: bool
    """The data does not decide the rule: what is not given is to be supplied, not brought about."""
    sums: Callable[[Amounts, Situation], list[tuple[Sum, ...]]]
    adverse: Mapping[str, set[object]]
    """Words from which consequences follow, by the dotted attribute of a list's entries."""

    @property
    def supplies(self) -> bool:
        return self.unknown or self.moment.day < self.scene.as_of

    @property
    def construct(self) -> Construct:
        """What is demanded of the data on the day of something new."""
        return Construct(self.scene.ruleset, type(self.scene.subject), self.on, self._blank)

    @property
    def vocabulary(self) -> Vocabulary:
        return self.scene.ruleset.vocabulary

    def kind(self, path: Parts) -> str:
        """What kind of step a change at a place is: to supply data, where it is not given and not new."""
        return "data" if self.supplies and get(self.document, path) is None else kind_of(str(path[0]))

    def text(self, path: Parts, detail: Callable[[str], str]) -> Text:
        """A field and what becomes of it, for people; `detail` gives that by language."""
        label = Text.of(partial(field_label, pointer(path), self.vocabulary))
        return Text(f"{label.zh}：{detail('zh')}", f"{label.en}: {detail('en')}")

    def _blank(self, dotted: str) -> str:
        """A text that is to be given: the words of the field stand for it until it is."""
        place = pointer(tuple(dotted.split(".")))
        return f"（{field_label(place, self.vocabulary, 'zh').rsplit('/', 1)[-1]}）"


def set_value(
    situation: Situation, path: Parts, value: object, choices: tuple[object, ...] = ()
) -> DataChange:
    """A value in its place: a dated entry where the data has a series there. The first of several `choices`
    stands for all."""
    dotted = dotted_of(pointer(path), situation.vocabulary)
    if value is True:
        text = Text.of(partial(field_label, pointer(path), situation.vocabulary))
    else:
        text = situation.text(
            path, lambda lang: one_of(situation.vocabulary, dotted, choices or (value,), lang)
        )
    at = ".".join(str(part) for part in path)
    return change(
        situation.kind(path), at, (dated(situation.scene.subject, path, value, situation.on),), text
    )


def one_of(vocabulary: Vocabulary, dotted: str, words: Sequence[object], lang: str) -> str:
    said = [in_words(vocabulary, dotted, word, lang) for word in words[:12]]
    shown = join(said, lang, "或" if lang == "zh" else "or")
    more = ("等" if lang == "zh" else ", …") if len(words) > 12 else ""
    return shown + more + ("（其一）" if lang == "zh" and len(words) > 2 else "")


def kind_of(dotted: str) -> str:
    return _KINDS.get(dotted.split(".")[0], "paper")


def in_words(vocabulary: Vocabulary, dotted: str, value: object, lang: str) -> str:
    """A word, or several, or a day, of a field for people."""
    groups = groups_at(vocabulary, [dotted])
    words = value if isinstance(value, list) else [value]
    said = [term(vocabulary, word, lang, groups) for word in words]
    return join([day_text(word, lang) if _DAY.fullmatch(word) else word for word in said], lang)


def place_of_list(situation: Situation, dotted: str) -> Parts | None:
    """Where a new entry of a list would go: within another list, to its first entry; None where that has
    none."""
    path, above = tuple(dotted.split(".")), list_above(type(situation.scene.subject), dotted)
    if above is None:
        return path
    outer = tuple(above.split("."))
    return (*outer, 0, *path[len(outer) :]) if get(situation.document, outer) else None


def known_places(places: Iterable[str], ruleset: RuleSet) -> None:
    """Refuse a place that a centre's data does not have. Raises UsageError."""
    words = {
        f"{listed.paths[0]}.{word}"
        for listed in ruleset.vocabulary.lists.values()
        for group in ruleset.vocabulary.words.values()
        for word in group
    }
    for place in places:
        if place not in paths_of(ruleset.centre_model) and place not in words:
            raise no_place(place)


def adverse_words(ruleset: RuleSet) -> dict[str, set[object]]:
    """Words of lists from which consequences follow, by the dotted attribute of a list's entries."""
    adverse: dict[str, set[object]] = {}
    for rule in ruleset.rules:
        for node in c.walk(rule.when) if rule.when is not None else ():
            where = next((w for key in ("where", "some", "has") if (w := getattr(node, key, None))), None)
            fact = ruleset.facts.get(next(c.facts_of(node), "")) if not c.children(node) else None
            if not isinstance(where, c.Where) or fact is None or fact.list_name is None:
                continue
            path = ruleset.vocabulary.lists[fact.list_name].paths[0]
            for name, test in where.each.items():
                if name == "result":
                    adverse.setdefault(f"{path}.{name}", set()).update(test.one_of or ())
    return adverse
