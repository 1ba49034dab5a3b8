"""A rule set: a rule file with the shared vocabulary, ready to be decided."""

from collections.abc import Iterable, Iterator, KeysView, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tic_rules.core.source import NOWHERE, Mark, Source
from tic_rules.model.amendment import amended
from tic_rules.model.rulefile import (
    BEARERS,
    PHASES,
    Bearer,
    Clause,
    Document,
    Kind,
    Modality,
    Phase,
    Rule,
    RuleFile,
)
from tic_rules.model.vocabulary import READINGS, Bilingual, Fact, FieldLabel, ListOf, LookUp, Vocabulary

if TYPE_CHECKING:
    from tic_rules.model.centre import Centre
    from tic_rules.model.programme import Programme


@dataclass(slots=True, weakref_slot=True, init=False, eq=False, repr=False)
class RuleSet:
    """An immutable rule set, ready to be decided; safe to share between threads.

    Build one with `load_ruleset`. `rules` are in the document's order; `facts` and `vocabulary` include the
    shared ones."""

    id: str
    version: str
    jurisdiction: str
    languages: tuple[str, ...]
    document: Document
    clauses: tuple[Clause, ...]
    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    facts: Mapping[str, Fact]
    file: str
    _source: Source | None
    _places: dict[str, int]
    _compiled: dict[object, Any]

    def __init__(self, model: RuleFile, vocabulary: Vocabulary, source: Source | None = None) -> None:
        names = ("id", "version", "jurisdiction", "languages", "document", "clauses", "rules")
        given = {name: getattr(model, name) for name in names}
        file = source.file if source else ""
        self.__setstate__(given | {"vocabulary": vocabulary, "file": file, "_source": source})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a RuleSet is immutable; {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a RuleSet is immutable; {name} cannot be deleted")

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def __contains__(self, rule: object) -> bool:
        """Whether there is a rule of this id, with or without the rule set's own before it, or this rule."""
        if isinstance(rule, str):
            return rule.removeprefix(f"{self.id}/") in self._places
        return rule in self.rules

    def __getitem__(self, rule_id: str) -> Rule:
        """A rule by its id, with or without the rule set's own before it. Raises KeyError."""
        return self.rules[self.place_of(rule_id)]

    @property
    def rule_ids(self) -> KeysView[str]:
        """The ids of the rules, in their order."""
        return self._places.keys()

    def place_of(self, rule_id: str) -> int:
        """The place of a rule in the rule set's order, by its id likewise. Raises KeyError."""
        return self._places[str(rule_id).removeprefix(f"{self.id}/")]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RuleSet):
            return NotImplemented
        return all(
            getattr(self, part) == getattr(other, part)
            for part in ("id", "version", "jurisdiction", "document", "clauses", "rules", "vocabulary")
        )

    def __hash__(self) -> int:
        return hash((self.id, self.version, len(self.rules)))

    def __repr__(self) -> str:
        return f"<RuleSet {self.id} {self.version}: {len(self.rules)} rules>"

    @property
    def centre_model(self) -> "type[Centre]":
        """The model of a centre's data: the shipped one, with the fields that the vocabulary declares."""
        from tic_rules.model.centre import Centre
        from tic_rules.model.extension import extended

        return extended(Centre, self.vocabulary)

    @property
    def programme_model(self) -> "type[Programme]":
        """The model of a programme's figures, likewise."""
        from tic_rules.model.extension import extended
        from tic_rules.model.programme import Programme

        return extended(Programme, self.vocabulary)

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of the rule file's text; None where the rules are no longer what it says."""
        return self._source.digest or None if self._source is not None else None

    def with_change(self, rule_id: str, value: object = ..., /, **parts: object) -> "RuleSet":
        """A new rule set in which one rule is changed; this one stays as it is.

        `value` is the rule's one number (`with_change("investment-2y", "8亿元")`); parts are those of a rule
        file (`by="3y"`, `modality="encouraged"`, `require={...}`) or facts (`headcount=500`). Raises KeyError
        for an unknown rule, RuleSetError for a change that is none."""
        rule = self[rule_id]
        changed = amended(rule, value, parts, self.rules, self.vocabulary)
        rules = tuple(changed if one is rule else one for one in self.rules)
        source = self._source and self._source.without(())  # has its places, and no longer its digest
        return self._with(rules=rules, _source=source)

    def with_rules(self, rules: Iterable[Rule]) -> "RuleSet":
        """A rule set of these rules, which stand in no file; nothing is checked but that they are rules."""
        rules = tuple(rules)
        for one in rules:
            if not isinstance(one, Rule):
                raise TypeError(f"rules are expected, not {type(one).__name__}")
        return self._with(rules=rules, file="", _source=None)

    def _with(self, **parts: object) -> "RuleSet":
        made = object.__new__(RuleSet)
        made.__setstate__(self.__getstate__() | parts)
        return made

    def place(self, rule_id: str, *within: str | int) -> Mark:
        """Where a rule (or a part of it) stands in the rule file."""
        try:
            return self.locate("rules", self.place_of(rule_id), *within)
        except KeyError:
            return Mark(0, 0)

    def locate(self, *within: str | int) -> Mark:
        """Where a part of the rule file stands: `locate("clauses", 3, "at")`."""
        return (self._source or NOWHERE).locate(within)

    def written(self, *within: str | int) -> Any:
        """A part of the rule file as it is written, before it is read: `10亿元`. None where it is absent."""
        from tic_rules.model.document import copied, get  # knows the data's models

        return copied(get(self._source.data, within)) if self._source is not None else None

    def citation(self, rule_id: str) -> dict[str, object]:
        """The clause that a rule encodes: document, locator, quote, and the place of the rule in its file."""
        rule, mark = self[rule_id], self.place(rule_id)
        return {
            "document": self.document.number or self.document.title,
            "locator": rule.at,
            "quote": rule.quote,
            "file": self.file or None,
            "line": mark.line or None,
            "column": mark.column or None,
        }

    def __getstate__(self) -> dict[str, object]:
        return {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("__weakref__", "_compiled", "facts", "_places")
        }

    def __setstate__(self, state: dict[str, object]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "facts", self.vocabulary.facts)
        object.__setattr__(self, "_places", {rule.id: index for index, rule in enumerate(self.rules)})
        object.__setattr__(self, "_compiled", {})


Facts = Mapping[str, Fact]
__all__ = [
    "BEARERS",
    "PHASES",
    "READINGS",
    "Bearer",
    "Bilingual",
    "Clause",
    "Document",
    "Fact",
    "Facts",
    "FieldLabel",
    "Kind",
    "ListOf",
    "LookUp",
    "Modality",
    "Phase",
    "Rule",
    "RuleFile",
    "RuleSet",
    "Vocabulary",
]
