"""The rule files that came with the program: their folder, their ids, and the vocabulary that they share."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic_core import ValidationError

from tic_rules.core.errors import RuleSetError
from tic_rules.core.files import file_name, read_named
from tic_rules.core.source import Source, bad_text_as, decode, read_text
from tic_rules.model.validation import diagnostics_of
from tic_rules.model.vocabulary import Origin, Vocabulary

_NOT_RULES = frozenset({"normative", "vocabulary"})
"""Files beside the rule sets that hold words and no rules."""


def rules_folder() -> Path:
    """The folder of the shipped rule files: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "rules"
    return inside if inside.is_dir() else package.parents[1] / "rules"


@lru_cache(maxsize=1)
def shipped_ids() -> tuple[str, ...]:
    """The ids of the shipped rule sets, in the order of the alphabet."""
    return tuple(sorted(path.stem for path in rules_folder().glob("*.yaml") if path.stem not in _NOT_RULES))


def read_rule_file(path: Path, shown: str = "") -> Source:
    """The text of a rule file; a shipped one is `shown` under a name of its own. Raises RuleSetError."""
    file = shown or file_name(str(path))
    return rule_source(read_named(str(path), RuleSetError), file, ours=bool(shown))


def rule_source(raw: bytes, file: str, *, ours: bool = False) -> Source:
    """The text of a rule file by its bytes. Raises RuleSetError."""
    with bad_text_as(RuleSetError):
        return read_text(decode(raw, file), file, ours=ours)


def read_shipped(name: str) -> Source:
    """The text of a shipped file by its name without the ending."""
    return read_rule_file(rules_folder() / f"{name}.yaml", f"rules/{name}.yaml")


def vocabulary_in(source: Source, *within: str) -> Vocabulary:
    """The vocabulary that a file holds, at its top or under a key. Raises RuleSetError."""
    data = source.data
    for key in within:
        data = data.get(key, {})
    try:
        vocabulary = Vocabulary.model_validate(data)
    except ValidationError as error:
        raise RuleSetError(diagnostics_of(error, source)) from None
    return with_origins(vocabulary, source, within)


def with_origins(vocabulary: Vocabulary, source: Source, within: tuple[str, ...]) -> Vocabulary:
    """A vocabulary that has just been read, with the places of the fields that it declares."""
    if vocabulary.declared:
        vocabulary._origins = {
            path: Origin(source.file, source.locate_key((*within, "fields", path)).line)
            for path in vocabulary.declared
        }
    return vocabulary


@lru_cache(maxsize=1)
def shared_vocabulary() -> Vocabulary:
    """The shipped vocabulary (`rules/vocabulary.yaml`)."""
    return vocabulary_in(read_shipped("vocabulary"))


@lru_cache(maxsize=1)
def unnamed_vocabulary() -> Vocabulary:
    """The shared one for data without a rule set: it may also say what those of its jurisdiction have."""
    shared = shared_vocabulary()
    return Vocabulary.model_construct(**{name: getattr(shared, name) for name in Vocabulary.model_fields})


def is_shared(vocabulary: Vocabulary | None) -> bool:
    """Whether a vocabulary is the shared one and no more."""
    return vocabulary is shared_vocabulary() or vocabulary is unnamed_vocabulary()


@lru_cache(maxsize=1)
def shipped_vocabularies() -> tuple[Vocabulary, ...]:
    """The shared vocabulary as each shipped rule file has it, with what the file adds and says anew."""
    return tuple(
        shared_vocabulary().with_(vocabulary_in(source, "vocabulary"))
        for source in map(read_shipped, shipped_ids())
        if "vocabulary" in source.data
    )


@lru_cache(maxsize=1)
def whole_vocabulary() -> Vocabulary:
    """The shared one with what shipped rule files add; what one says anew counts for that file alone."""
    vocabulary = shared_vocabulary()
    for added in shipped_vocabularies():
        vocabulary = vocabulary.with_(added)
    return vocabulary.with_(shared_vocabulary())
