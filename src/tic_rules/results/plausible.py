"""Numbers outside what a field's declaration calls plausible: likely slips, such as 8500 for 8500万元."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from tic_rules.core.errors import Text
from tic_rules.core.numbers import Range
from tic_rules.evaluation.entries import Path
from tic_rules.model.extension import Identity
from tic_rules.model.readings import UNITS
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.subject import Subject
from tic_rules.model.values import Series
from tic_rules.model.vocabulary import FieldLabel, Vocabulary
from tic_rules.results.labels import number_text

MOST = 20
"""Of one report: a file in another unit would name every amount."""


@lru_cache(maxsize=16)
def _declared(vocabulary: Identity) -> dict[str, FieldLabel]:
    return {path: field for path, field in vocabulary.value.fields.items() if field.plausible is not None}


def implausible(subject: Subject, ruleset: RuleSet) -> Iterator[tuple[Path, Text]]:
    """The places whose number lies wholly outside what is plausible, each with what is wrong."""
    vocabulary = ruleset.vocabulary
    number = 0
    for path, field in _declared(Identity(vocabulary)).items():
        assert field.plausible is not None
        least, most = field.plausible
        for place, given in _numbers(subject, path.split("."), ()):
            if given.high < least or given.low > most:
                yield place, _said(given, field, path, vocabulary)
                number += 1
                if number == MOST:
                    return


def _numbers(value: object, parts: list[str], at: Path) -> Iterator[tuple[Path, Range]]:
    """The numbers at a dotted path, each entry of lists and of series apart."""
    if isinstance(value, Range):
        if not parts:
            yield at, value
    elif isinstance(value, Series):
        for index, entry in enumerate(value if not parts else ()):
            if isinstance(entry.value, Range):
                yield (*at, index, "value"), entry.value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _numbers(item, parts, (*at, index))
    elif parts and value is not None:
        yield from _numbers(getattr(value, parts[0], None), parts[1:], (*at, parts[0]))


def _said(given: Range, field: FieldLabel, path: str, vocabulary: Vocabulary) -> Text:
    assert field.plausible is not None
    unit = field.unit or UNITS.get(field.type or "")
    unit = unit or next((f.unit for f in vocabulary.facts.values() if path in (f.stock, f.value)), None)
    unit = unit or ("CNY" if path.endswith("amount") else None)
    ends = {
        lang: [number_text(end, unit, vocabulary.units, lang) for end in (given.low, *field.plausible)]
        for lang in ("zh", "en")
    }
    (zh, zh_least, zh_most), (en, en_least, en_most) = ends["zh"], ends["en"]
    hint = Text("；单位是否写漏（万元、亿元）？", "; was a unit left out?") if unit == "CNY" else Text("", "")
    return Text(
        f"{field.zh}为{zh}，一般在{zh_least}至{zh_most}之间{hint.zh}",
        f"{field.en} is {en}; it is generally between {en_least} and {en_most}{hint.en}",
    )
