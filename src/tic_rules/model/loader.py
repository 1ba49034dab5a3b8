"""Rule files to rule sets: read, validated, linked to the shared vocabulary, every fault told at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic_core import ValidationError

from tic_rules.core.dates import parse_day
from tic_rules.core.errors import (
    Diagnostic,
    RuleSetError,
    Text,
    TicRulesError,
    clip,
    did_you_mean,
    fault,
    normal,
)
from tic_rules.core.files import file_name, path_of, read_named
from tic_rules.core.source import Source, bad_text_as, fault_at, read_text, texts_within
from tic_rules.model import catalogue
from tic_rules.model.drafts import DraftFile, in_a_line, open_places, without_open
from tic_rules.model.languages import in_both_languages
from tic_rules.model.ruleset import RuleFile, RuleSet, Vocabulary
from tic_rules.model.shipped import (
    read_rule_file,
    read_shipped,
    rule_source,
    shared_vocabulary,
    unnamed_vocabulary,
    vocabulary_in,
    with_origins,
)
from tic_rules.model.validation import diagnostics_of

if TYPE_CHECKING:
    from tic_rules.model.time_faults import Fault, Loc


MAX_RULES = 500
MAX_PARTS = 100
MAX_PARTS_IN_ALL = 2_000
MAX_TEXT = 2_000
"""Mappings within a condition and within all of a file: what they are made of, and what is said of entries.
The largest that is shipped has 16 and 191; each rule is held against each other on its facts, part by
part."""


@lru_cache(maxsize=64)
def _shipped(ruleset_id: str) -> RuleSet:
    source = read_shipped(
        ruleset_id
    )  # a test holds the links of the shipped files: they are not gone through at every start
    return RuleSet(*_model(source, shared_vocabulary()), source)


def load_ruleset(which: str | os.PathLike[str] | RuleSet, *, ids_only: bool = False) -> RuleSet:
    """A rule set by its id (`zhejiang_2022`) or by the path of a rule file; a RuleSet is given back as it is.

    `ids_only`: the name comes from a user, and no file is opened by it. A file is parsed again only where its
    content has changed. Raises RuleSetError with every fault of the file, or with the ids on hand where the
    name is not known, UsageError for a settings file that cannot be read."""
    if isinstance(which, RuleSet):
        return which
    name = path_of(which, RuleSetError)
    listed = listed_ruleset(name)
    if listed is not None:
        return _shipped(name) if listed.origin == "shipped" else _listed(listed)
    if ids_only:
        raise _unknown(name)
    if _is_path(name):
        if os.path.isdir(name):
            zh, en = "这是文件夹，需要规则文件", "this is a folder; a rule file is needed"
            raise fault(RuleSetError, "unreadable", zh, en, file=name)
        return _read(name)
    listed = catalogue.anew().get(name)
    if listed is not None:
        return _listed(listed)
    return _named_in_words(name)


def _is_path(name: str) -> bool:
    """Whether a name is that of a file, and no words for a rule set."""
    return Path(name).suffix in (".yaml", ".yml", ".json") or os.path.exists(name) or os.sep in name


def _named_in_words(name: str) -> RuleSet:
    """The one rule set that a Chinese name means: 江苏, a number, a part of a title. Raises RuleSetError."""
    sets = [load_ruleset(listed.id) for listed in catalogue.here().all()] if not name.isascii() else []
    meant = [ruleset for ruleset in sets if is_called(ruleset, name)]
    if len(meant) == 1:
        return meant[0]
    if not meant:
        raise _unknown(name)
    listed = "、".join(f"{ruleset.id}（《{ruleset.document.title}》）" for ruleset in meant)
    ids = ", ".join(ruleset.id for ruleset in meant)
    zh = f"“{clip(name, 200)}”可指几个规则集：{listed}；请写其中一个"
    raise fault(RuleSetError, "unknown-ruleset", zh, f"{clip(name, 200)} may mean {ids}: name one of them")


def is_called(ruleset: RuleSet, name: str) -> bool:
    """Whether a name means a rule set: its id, or in Chinese its place or a part of its number or title."""
    plain = normal(name)
    if name.isascii() or not plain:
        return name == ruleset.id
    place = ruleset.vocabulary.words.get("jurisdictions", {}).get(ruleset.jurisdiction)
    document = ruleset.document
    names = (place.zh if place is not None else "", document.title, document.number or "")
    return any(plain in normal(said) for said in names)


def listed_ruleset(name: str) -> catalogue.ListedRuleSet | None:
    """Where the rule set of an id comes from; None for no id on hand. Raises RuleSetError for a clash."""
    return catalogue.here().get(name)


def _read(file: str) -> RuleSet:
    return _parsed(file_name(file), read_named(file, RuleSetError))


def _listed(listed: catalogue.ListedRuleSet) -> RuleSet:
    """A rule set that a package or a folder brings: its file is called by its id. Raises RuleSetError."""
    ruleset = _read(listed.file)
    if ruleset.id != listed.id:
        zh = f"规则文件应以其编号命名：文件名 {listed.id}，编号 {ruleset.id}"
        en = f"a rule file in a folder is called by its id: the file {listed.id}, the id {ruleset.id}"
        raise RuleSetError([fault_at(ruleset.locate("id"), "wrong-name", zh, en, listed.file, "/id")])
    return ruleset


def _unknown(name: str) -> TicRulesError:
    on_hand = catalogue.here().by_id
    shown, near = clip(name, 200), did_you_mean(name, on_hand)
    zh = f"没有规则集 {shown}；现有：{'、'.join(sorted(on_hand))}{near.zh}"
    en = f"no rule set {shown}; on hand: {', '.join(sorted(on_hand))}{near.en}"
    return fault(RuleSetError, "unknown-ruleset", zh, en)


@lru_cache(maxsize=32)
def _parsed(file: str, raw: bytes) -> RuleSet:
    return _build(rule_source(raw, file), shared_vocabulary())


Rules = str | os.PathLike[str] | RuleSet
"""A rule set: its id, the path of its file, or itself."""


def loaded(rulesets: Rules | Iterable[Rules] | None) -> tuple[RuleSet, ...]:
    """A rule set or several, as they may be named. Raises RuleSetError."""
    if rulesets is None:
        return ()
    if isinstance(rulesets, (str, os.PathLike, RuleSet)) or not isinstance(rulesets, Iterable):
        return (load_ruleset(rulesets),)
    return tuple(load_ruleset(ruleset) for ruleset in rulesets)


def words_of(rulesets: Rules | Iterable[Rules] | None) -> Vocabulary:
    """The words that data may use: of a rule set, of several, or the shared ones. Raises RuleSetError."""
    several = [ruleset.vocabulary for ruleset in loaded(rulesets)]
    if not several:
        return unnamed_vocabulary()
    if len(several) == 1:
        return several[0]
    vocabulary = shared_vocabulary()
    for other in several:
        if other is not vocabulary:
            vocabulary = _joined(vocabulary, other)
    if vocabulary is not shared_vocabulary():
        vocabulary._joins = (shared_vocabulary(), *several)
    return vocabulary


def _joined(one: Vocabulary, other: Vocabulary) -> Vocabulary:
    """Both vocabularies. Raises RuleSetError where they declare a field differently."""
    if not (one.declared and other.declared):
        return one.with_(other)
    from tic_rules.model.extension import joined  # knows the data's models

    return joined(one, other)


def parse_ruleset(
    text: str, file: str | os.PathLike[str] = "<text>", shared: Vocabulary | None = None
) -> RuleSet:
    """A rule set from the text of a rule file. Raises RuleSetError with all faults."""
    with bad_text_as(RuleSetError):
        source = read_text(text, path_of(file, RuleSetError))
    return _build(source, shared or shared_vocabulary())


def readable_ruleset(which: str | os.PathLike[str]) -> RuleSet:
    """A rule set, or what is filled in of a draft: to read, not to decide by. Raises RuleSetError."""
    ruleset, faults = inspect_ruleset(which)
    broken = [fault for fault in faults if fault.code != "to-fill-in"]
    if broken:
        raise RuleSetError(broken)
    return ruleset


def inspect_ruleset(which: str | os.PathLike[str]) -> tuple[RuleSet, list[Diagnostic]]:
    """A rule set whose links may be faulty, with those faults: for reading a draft, never for deciding by it.

    Raises RuleSetError where the file cannot be read or has not the shape of a rule file."""
    name = os.fspath(which)
    listed = listed_ruleset(name)
    if listed is None and not _is_path(name):
        name = _named_in_words(name).id
        listed = listed_ruleset(name)
    if listed is not None and listed.origin == "shipped":
        return _shipped(name), []
    source = read_rule_file(Path(listed.file if listed else name))
    places: list[Diagnostic] = []
    if isinstance(source.data, dict):
        places = open_places(source)
        source = without_open(source) if places else source
    model, vocabulary = _model(source, shared_vocabulary(), draft=bool(places))
    faults = _link_faults(model, vocabulary, source, shared_vocabulary())
    if places:
        faults = [fault for fault in faults if fault[1] != ("jurisdiction",)]
    unsound = {loc[-1] for _, loc, _, _ in faults if loc[:2] == ("vocabulary", "fields")}
    if unsound:
        vocabulary = vocabulary.model_copy(
            update={"fields": {path: f for path, f in vocabulary.fields.items() if path not in unsound}}
        )
    located = sorted([*places, *_located(source, faults)], key=lambda fault: (fault.line, fault.column))
    return RuleSet(model, vocabulary, source), located


def inspect_vocabulary(which: str | os.PathLike[str]) -> tuple[Vocabulary, Source, list[Diagnostic]] | None:
    """A file that holds a vocabulary alone, with its faults; else None. Raises RuleSetError."""
    name = os.fspath(which)
    if listed_ruleset(name) is not None or not _is_path(name):
        return None
    source = read_rule_file(Path(name))
    if (
        not isinstance(source.data, dict)
        or not source.data
        or not source.data.keys() <= Vocabulary.model_fields.keys()
    ):
        return None
    from tic_rules.model.declarations import declared_faults
    from tic_rules.model.linker import vocabulary_faults

    vocabulary = vocabulary_in(source)
    whole = shared_vocabulary().with_(vocabulary)
    faults = declared_faults(vocabulary, whole, ()) or list(vocabulary_faults(vocabulary, whole, ()))
    return vocabulary, source, _located(source, faults)


def _build(source: Source, shared: Vocabulary) -> RuleSet:
    model, vocabulary = _model(source, shared)
    if faults := _link_faults(model, vocabulary, source, shared):
        raise RuleSetError(_located(source, faults))
    return RuleSet(model, vocabulary, source)


def _model(source: Source, shared: Vocabulary, *, draft: bool = False) -> tuple[RuleFile, Vocabulary]:
    if not isinstance(source.data, dict):
        zh, en = "规则文件应为映射（键: 值）", "a rule file is a mapping (key: value)"
        raise RuleSetError([Diagnostic("model-type", Text(zh, en), source.file, 1, 1)])
    _refuse_masses(source)
    try:
        model = (DraftFile if draft else RuleFile).model_validate(in_both_languages(source.data))
    except ValidationError as error:
        raise RuleSetError(_open_or_wrong(error, source, shared)) from None
    if "vocabulary" not in source.data:
        return model, shared
    return model, _joined(shared, with_origins(model.vocabulary, source, ("vocabulary",)))


def _open_or_wrong(error: ValidationError, source: Source, shared: Vocabulary) -> list[Diagnostic]:
    """What is wrong with a rule file, its shape and the rest of it; of a draft first what is open."""
    if places := in_a_line(open_places(source)):
        return places
    faulty = {item["loc"] for item in error.errors(include_url=False)}
    rest = _located(source, _faults_besides(faulty, source, shared))
    return sorted([*diagnostics_of(error, source), *rest], key=lambda fault: (fault.line, fault.column))


def _faults_besides(faulty: Iterable[Loc], source: Source, shared: Vocabulary) -> list[Fault]:
    """What does not hold together in the parts of a rule file that are not faulty themselves."""
    from tic_rules.model.partial import rest_faults

    return rest_faults(in_both_languages(source.data), source, faulty, partial(_joined, shared))


def _refuse_masses(source: Source) -> None:
    """Refuse more rules than are held together in good time, and longer ones. Raises RuleSetError."""

    def too_large(at: Loc, zh: str, en: str) -> None:
        faults.append(source.fault("too-large", zh, en, at, named=False))

    faults: list[Diagnostic] = []
    for at, text in texts_within(source.data):
        if len(text) > MAX_TEXT:
            too_large(at, f"超过 {MAX_TEXT} 个字符", f"longer than {MAX_TEXT} characters")
    rules = source.data.get("rules")
    if not isinstance(rules, list):
        rules = []
    if len(rules) > MAX_RULES:
        zh, en = f"超过 {MAX_RULES} 条规则；请分成几个文件", f"more than {MAX_RULES} rules; split the file"
        too_large(("rules", MAX_RULES), zh, en)
    total = 0
    for index, rule in enumerate(rules):
        sizes = [_parts(rule.get(key)) for key in ("require", "applies")] if isinstance(rule, dict) else [0]
        within = total <= MAX_PARTS_IN_ALL
        total += sum(sizes)
        if max(sizes) > MAX_PARTS or (within and total > MAX_PARTS_IN_ALL):
            zh = f"一个条件超过 {MAX_PARTS} 个部分，或全部条件超过 {MAX_PARTS_IN_ALL} 个"
            en = f"more than {MAX_PARTS} parts of one condition, or {MAX_PARTS_IN_ALL} of all"
            too_large(("rules", index), zh, en)
    if faults:
        raise RuleSetError(faults)


def _parts(value: object) -> int:
    """How many mappings there are in a value."""
    if isinstance(value, dict):
        return 1 + sum(map(_parts, value.values()))
    return sum(map(_parts, value)) if isinstance(value, list) else 0


def _link_faults(model: RuleFile, vocabulary: Vocabulary, source: Source, shared: Vocabulary) -> list[Fault]:
    """What does not hold together in a rule file, with its vocabulary joined to the shared one."""
    from tic_rules.model.declarations import declared_faults  # only for files of others
    from tic_rules.model.linker import rule_file_faults, unit_faults, vocabulary_faults

    declared = declared_faults(model.vocabulary, vocabulary, ("vocabulary",))
    if declared:
        return [*declared, *_faults_besides([loc for _, loc, _, _ in declared], source, shared)]
    return [
        *vocabulary_faults(model.vocabulary, vocabulary, ("vocabulary",)),
        *rule_file_faults(model, vocabulary),
        *unit_faults(model, vocabulary, source),
    ]


def _located(source: Source, faults: list[Fault]) -> list[Diagnostic]:
    diagnostics = [source.fault(code, zh, en, loc) for code, loc, zh, en in faults]
    return sorted(diagnostics, key=lambda d: (d.line, d.column))


def rulesets_in_force(jurisdiction: str, day: date | str) -> list[RuleSet]:
    """A jurisdiction's rule sets in force on a day. None is a RuleSetError that names the earliest day; else
    raises as `load_ruleset` does."""
    local = [
        ruleset
        for ruleset in map(load_ruleset, of_jurisdiction(jurisdiction))
        if ruleset.jurisdiction == jurisdiction
    ]
    from tic_rules.model.editions import without_replaced  # loads rule sets itself

    day = parse_day(day)
    current = without_replaced([ruleset for ruleset in local if in_force(ruleset, day)], day)
    if current:
        return current
    if not local:
        zh = f"没有适用于 {jurisdiction} 的规则集；请用 --rules 指定"
        en = f"no rule set for the jurisdiction {jurisdiction}; name one with --rules"
        raise fault(RuleSetError, "no-ruleset", zh, en)
    first = min(ruleset.document.in_force.from_ or date.min for ruleset in local)
    zh = f"{day} 没有生效的规则集；最早自 {first} 起施行"
    en = f"no rule set is in force on {day}; the earliest is in force from {first}"
    if ended := [last for ruleset in local if (last := ruleset.document.in_force.until) and last < day]:
        zh, en = f"{zh}，最近的施行至 {max(ended)}", f"{en}, the latest until {max(ended)}"
    raise fault(RuleSetError, "not-in-force", zh, en)


def of_jurisdiction(jurisdiction: str) -> list[str]:
    """The ids on hand whose file says this jurisdiction. Raises RuleSetError where two have one id."""
    name = re.escape(str(jurisdiction))
    line = rf"""^[ {{]*['"]?jurisdiction['"]?:\s*['"]?{name}['"]?\s*,?\s*(#.*)?$"""
    said = re.compile(line.encode("utf-8", "surrogatepass"), re.MULTILINE)
    return [
        listed.id for listed in catalogue.here().all() if said.search(read_named(listed.file, RuleSetError))
    ]


def in_force(ruleset: RuleSet, day: date) -> bool:
    """Whether the document of a rule set is in force on a day."""
    span = ruleset.document.in_force
    return (span.from_ is None or span.from_ <= day) and (span.until is None or day <= span.until)
