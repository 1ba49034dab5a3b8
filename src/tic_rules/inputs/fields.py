"""What a reader of tables is told of the data: its fields, as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tic_rules.core.errors import Text, normal


@dataclass(frozen=True)
class Field:
    """A field of the data at its dotted path; the whole of the data has the path "".

    `kind` is what it holds: date, money, count, number, rate, year, years, truth, text or words; or record,
    list or table, which have `fields` of their own (a table names its entries). `words` is the name of the
    list of words that it may say, `choices` are these with their labels. `measure` is the unit of the
    vocabulary that its numbers count, where a fact says so: person, year."""

    path: str
    kind: str
    label: Text
    dated: bool = False
    words: str | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    called: tuple[tuple[str, Text], ...] = ()
    """What other rule sets call these words."""
    fields: tuple[Field, ...] = ()
    measure: str = ""
    also: tuple[Text, ...] = ()
    """What other rule sets call the field."""
    counters: tuple[str, ...] = ()
    """What may follow its numbers, where a rule file names the unit: 平方米."""
    above: int = 0
    """How many parts of its path lead to the record of the row in which it is a column."""

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Its place within the record of a row."""
        return tuple(self.path.split(".")[self.above :])

    @cached_property
    def by_label(self) -> Mapping[str, str]:
        """The words by their labels and as they stand in a file; empty where several are called so."""
        by_name: dict[str, str] = {}
        for word, label in self.called:
            by_name |= dict.fromkeys((normal(word), normal(label.zh), normal(label.en)), word)
        attributes: dict[str, str] = {}
        for word, label in self.choices:
            for name in (normal(label.zh), normal(label.en)):
                attributes[name] = word if attributes.get(name, word) == word else ""
        return by_name | attributes | {normal(word): word for word, _ in self.choices}

    def walk(self) -> Iterator[Field]:
        """The field and every field within it."""
        yield self
        for field in self.fields:
            yield from field.walk()
