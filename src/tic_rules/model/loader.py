"""Rule files to rule sets: read, validated, linked to the shared vocabulary, every fault told at once."""

from __future__ import annotations

import os
import re
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic_core import ValidationError

from tic_rules.core.errors import Diagnostic, RuleSetError, Text, fault
from tic_rules.core.source import BadText, Source, decode, pointer, read_text
from tic_rules.model.linker import Fault, rule_file_faults, vocabulary_faults
from tic_rules.model.ruleset import RuleFile, RuleSet, Vocabulary
from tic_rules.model.validation import diagnostics_of

_NOT_RULES = frozenset({"alignment", "normative", "vocabulary"})
"""Files beside the rule sets that hold words and no rules."""


def rules_folder() -> Path:
    """The folder of the shipped rule files: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "rules"
    return inside if inside.is_dir() else package.parents[1] / "rules"


def shipped_ids() -> tuple[str, ...]:
    """The ids of the shipped rule sets, newest document last."""
    return tuple(sorted(path.stem for path in rules_folder().glob("*.yaml") if path.stem not in _NOT_RULES))


def _read(path: Path, shown: str = "") -> Source:
    """A rule file; one that came with the program is shown under a name of its own."""
    file = shown or str(path)
    try:
        return read_text(
            decode(path.read_bytes(), file), file, json_text=path.suffix == ".json", ours=bool(shown)
        )
    except OSError as error:
        raise fault(
            RuleSetError,
            "unreadable",
            f"无法读取：{error.strerror}",
            f"cannot be read: {error.strerror}",
            file=str(path),
        ) from None
    except BadText as error:
        raise RuleSetError(error.diagnostics) from None


@lru_cache(maxsize=1)
def shared_vocabulary() -> Vocabulary:
    """The shipped vocabulary (`rules/vocabulary.yaml`)."""
    source = _read(rules_folder() / "vocabulary.yaml", "rules/vocabulary.yaml")
    try:
        vocabulary = Vocabulary.model_validate(source.data)
    except ValidationError as error:
        raise RuleSetError(diagnostics_of(error, source, Vocabulary)) from None
    _refuse(source, [*vocabulary_faults(vocabulary, vocabulary, ())])
    return vocabulary


@lru_cache(maxsize=64)
def _shipped(ruleset_id: str) -> RuleSet:
    source = _read(rules_folder() / f"{ruleset_id}.yaml", f"rules/{ruleset_id}.yaml")
    return _build(source, shared_vocabulary())


def load_ruleset(which: str | os.PathLike[str] | RuleSet) -> RuleSet:
    """A rule set by its id (`zhejiang_2022`) or by the path of a rule file; a RuleSet is given back as it is.

    Raises RuleSetError with every fault of the file, or with the ids on hand where the name is not known.
    """
    if isinstance(which, RuleSet):
        return which
    name = os.fspath(which)
    if name in shipped_ids():
        return _shipped(name)
    path = Path(name)
    if path.suffix in (".yaml", ".yml", ".json") or path.exists() or os.sep in name:
        if path.is_dir():
            raise fault(
                RuleSetError,
                "unreadable",
                "这是文件夹，需要规则文件",
                "this is a folder; a rule file is needed",
                file=name,
            )
        return _load_file(path)
    raise fault(
        RuleSetError,
        "unknown-ruleset",
        f"没有规则集 {name}；现有：{'、'.join(shipped_ids())}",
        f"no rule set {name}; on hand: {', '.join(shipped_ids())}",
    )


def parse_ruleset(text: str, file: str = "<text>", shared: Vocabulary | None = None) -> RuleSet:
    """A rule set from the text of a rule file. Raises RuleSetError with all faults."""
    try:
        source = read_text(text, file, json_text=file.endswith(".json"))
    except BadText as error:
        raise RuleSetError(error.diagnostics) from None
    return _build(source, shared or shared_vocabulary())


def inspect_ruleset(which: str | os.PathLike[str]) -> tuple[RuleSet, list[Diagnostic]]:
    """A rule set whose links may be faulty, with those faults: for reading a draft, never for deciding by it.

    Raises RuleSetError where the file cannot be read or has not the shape of a rule file.
    """
    name = os.fspath(which)
    if name in shipped_ids():
        return _shipped(name), []
    source = _read(Path(name))
    model, vocabulary = _model(source, shared_vocabulary())
    faults = _located(source, _link_faults(model, vocabulary))
    return RuleSet(model, vocabulary, source), faults


def inspect_vocabulary(which: str | os.PathLike[str]) -> tuple[Vocabulary, Source, list[Diagnostic]] | None:
    """A file that holds a vocabulary and no rules, with its faults; None for any other file. Raises RuleSetError as `inspect_ruleset`."""
    name = os.fspath(which)
    if name in shipped_ids():
        return None
    source = _read(Path(name))
    if (
        not isinstance(source.data, dict)
        or not source.data
        or not source.data.keys() <= Vocabulary.model_fields.keys()
    ):
        return None
    try:
        vocabulary = Vocabulary.model_validate(source.data)
    except ValidationError as error:
        raise RuleSetError(diagnostics_of(error, source, Vocabulary)) from None
    return (
        vocabulary,
        source,
        _located(source, [*vocabulary_faults(vocabulary, shared_vocabulary().with_(vocabulary), ())]),
    )


def _load_file(path: Path) -> RuleSet:
    return _build(_read(path), shared_vocabulary())


def _build(source: Source, shared: Vocabulary) -> RuleSet:
    model, vocabulary = _model(source, shared)
    _refuse(source, _link_faults(model, vocabulary))
    return RuleSet(model, vocabulary, source)


def _model(source: Source, shared: Vocabulary) -> tuple[RuleFile, Vocabulary]:
    if not isinstance(source.data, dict):
        raise RuleSetError(
            [
                Diagnostic(
                    "model-type",
                    Text("规则文件应为映射（键: 值）", "a rule file is a mapping (key: value)"),
                    source.file,
                    1,
                    1,
                )
            ]
        )
    try:
        model = RuleFile.model_validate(source.data)
    except ValidationError as error:
        raise RuleSetError(diagnostics_of(error, source, RuleFile)) from None
    return model, shared.with_(model.vocabulary) if "vocabulary" in source.data else shared


def _link_faults(model: RuleFile, vocabulary: Vocabulary) -> list[Fault]:
    return [
        *vocabulary_faults(model.vocabulary, vocabulary, ("vocabulary",)),
        *rule_file_faults(model, vocabulary),
    ]


def _located(source: Source, faults: list[Fault]) -> list[Diagnostic]:
    found = []
    for code, loc, zh, en in faults:
        mark = source.locate(loc)
        found.append(Diagnostic(code, Text(zh, en), source.file, mark.line, mark.column, pointer(loc)))
    return sorted(found, key=lambda d: (d.line, d.column))


def _refuse(source: Source, faults: list[Fault]) -> None:
    if faults:
        raise RuleSetError(_located(source, faults))


def rulesets_in_force(jurisdiction: str, day: date) -> list[RuleSet]:
    """The shipped rule sets of a jurisdiction that are in force on a day. None is a RuleSetError that names the earliest day."""
    own = [
        ruleset
        for ruleset in map(load_ruleset, _of_jurisdiction(jurisdiction))
        if ruleset.jurisdiction == jurisdiction
    ]
    found = [ruleset for ruleset in own if in_force(ruleset, day)]
    if found:
        return found
    if not own:
        raise fault(
            RuleSetError,
            "no-ruleset",
            f"没有适用于 {jurisdiction} 的规则集；请用 --rules 指定",
            f"no rule set for the jurisdiction {jurisdiction}; name one with --rules",
        )
    first = min(ruleset.document.in_force.from_ or date.min for ruleset in own)
    raise fault(
        RuleSetError,
        "not-in-force",
        f"{day} 没有生效的规则集；最早自 {first} 起施行",
        f"no rule set is in force on {day}; the earliest is in force from {first}",
    )


def _of_jurisdiction(jurisdiction: str) -> list[str]:
    """The shipped ids whose file says this jurisdiction, so that the others need not be read whole."""
    said = re.compile(rf"^jurisdiction:\s*['\"]?{re.escape(jurisdiction)}['\"]?\s*(#.*)?$", re.MULTILINE)
    return [
        name
        for name in shipped_ids()
        if said.search((rules_folder() / f"{name}.yaml").read_text(encoding="utf-8"))
    ]


@lru_cache(maxsize=1)
def whole_vocabulary() -> Vocabulary:
    """The shared vocabulary with what every shipped rule file adds to it."""
    vocabulary = shared_vocabulary()
    for ruleset in map(load_ruleset, shipped_ids()):
        if ruleset.vocabulary is not shared_vocabulary():
            vocabulary = vocabulary.with_(ruleset.vocabulary)
    return vocabulary


def in_force(ruleset: RuleSet, day: date) -> bool:
    span = ruleset.document.in_force
    return (span.from_ is None or span.from_ <= day) and (span.until is None or day <= span.until)
