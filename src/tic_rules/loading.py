"""Rule files to rule sets: read, validated, linked to the shared vocabulary, every fault told at once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tic_rules import conditions as c
from tic_rules.errors import Diagnostic, RuleSetError, Text, fault
from tic_rules.ruleset import Fact, Rule, RuleFile, RuleSet, Vocabulary
from tic_rules.source import BadText, Source, decode, pointer, read_text
from tic_rules.validation import diagnostics_of

Loc = tuple[str | int, ...]
Fault = tuple[str, Loc, str, str]


def rules_folder() -> Path:
    """The folder of the shipped rule files: inside the installed package, or at the top of a checkout."""
    inside = Path(__file__).parent / "rules"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "rules"


def shipped_ids() -> tuple[str, ...]:
    """The ids of the shipped rule sets, newest document last."""
    return tuple(sorted(path.stem for path in rules_folder().glob("*.yaml") if path.name != "vocabulary.yaml"))


def _read(path: Path, shown: str = "") -> Source:
    try:
        return read_text(decode(path.read_bytes(), shown or str(path)), shown or str(path), json_text=path.suffix == ".json")
    except OSError as error:
        raise fault(RuleSetError, "unreadable", f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}", file=str(path)) from None
    except BadText as error:
        raise RuleSetError(error.diagnostics) from None


@lru_cache(maxsize=1)
def shared_vocabulary() -> Vocabulary:
    """The shipped vocabulary (`rules/vocabulary.yaml`)."""
    source = _read(rules_folder() / "vocabulary.yaml")
    try:
        vocabulary = Vocabulary.model_validate(source.data)
    except ValidationError as error:
        raise RuleSetError(diagnostics_of(error, source, Vocabulary)) from None
    _refuse(source, [*_vocabulary_faults(vocabulary, vocabulary, ())])
    return vocabulary


@lru_cache(maxsize=64)
def _shipped(ruleset_id: str) -> RuleSet:
    return _build(_read(rules_folder() / f"{ruleset_id}.yaml", f"rules/{ruleset_id}.yaml"), shared_vocabulary())


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
            raise fault(RuleSetError, "unreadable", "这是文件夹，需要规则文件", "this is a folder; a rule file is needed", file=name)
        return _load_file(path)
    raise fault(
        RuleSetError, "unknown-ruleset", f"没有规则集 {name}；现有：{'、'.join(shipped_ids())}", f"no rule set {name}; on hand: {', '.join(shipped_ids())}"
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
    if not isinstance(source.data, dict) or not source.data or not source.data.keys() <= Vocabulary.model_fields.keys():
        return None
    try:
        vocabulary = Vocabulary.model_validate(source.data)
    except ValidationError as error:
        raise RuleSetError(diagnostics_of(error, source, Vocabulary)) from None
    return vocabulary, source, _located(source, [*_vocabulary_faults(vocabulary, shared_vocabulary().with_(vocabulary), ())])


def _load_file(path: Path) -> RuleSet:
    return _build(_read(path), shared_vocabulary())


def _build(source: Source, shared: Vocabulary) -> RuleSet:
    model, vocabulary = _model(source, shared)
    _refuse(source, _link_faults(model, vocabulary))
    return RuleSet(model, vocabulary, source)


def _model(source: Source, shared: Vocabulary) -> tuple[RuleFile, Vocabulary]:
    if not isinstance(source.data, dict):
        raise RuleSetError([Diagnostic("model-type", Text("规则文件应为映射（键: 值）", "a rule file is a mapping (key: value)"), source.file, 1, 1)])
    try:
        model = RuleFile.model_validate(source.data)
    except ValidationError as error:
        raise RuleSetError(diagnostics_of(error, source, RuleFile)) from None
    return model, shared.with_(model.vocabulary) if "vocabulary" in source.data else shared


def _link_faults(model: RuleFile, vocabulary: Vocabulary) -> list[Fault]:
    return [*_vocabulary_faults(model.vocabulary, vocabulary, ("vocabulary",)), *_faults(model, vocabulary)]


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
    own = [ruleset for ruleset in map(load_ruleset, shipped_ids()) if ruleset.jurisdiction == jurisdiction]
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


def in_force(ruleset: RuleSet, day: date) -> bool:
    span = ruleset.document.in_force
    return (span.from_ is None or span.from_ <= day) and (span.until is None or day <= span.until)


# --- links ------------------------------------------------------------------------------------------------------------------


def _vocabulary_faults(own: Vocabulary, whole: Vocabulary, at: Loc) -> Iterator[Fault]:
    for name, listed in own.lists.items():
        for unit_list in (u for look in listed.look_up.values() for u in look.units.values()):
            if unit_list not in whole.lists:
                yield "unknown-list", (*at, "lists", name), f"未知的列表 {unit_list}", f"unknown list {unit_list}"
    for name, fact in own.facts.items():
        here = (*at, "facts", name)
        listed_name = fact.list_name
        if listed_name is not None and listed_name not in whole.lists:
            yield "unknown-list", here, f"未知的列表 {listed_name}", f"unknown list {listed_name}"
        if fact.reading in ("sum", "distinct", "groups") and fact.of is None:
            yield "fact", here, "需要 of：读哪个列表", "`of` is needed: the list that is read"
        if fact.kinds is not None and getattr(whole.facts.get(fact.kinds), "groups", None) is None:
            yield "unknown-fact", here, f"{fact.kinds} 不是分组事实", f"{fact.kinds} is not a fact with groups"
        if fact.unit is not None and fact.unit not in whole.units:
            yield "unknown-unit", here, f"未知的单位 {fact.unit}", f"unknown unit {fact.unit}"
        if fact.numeric and fact.unit is None:
            yield "unknown-unit", here, "数字事实需要单位", "a number needs a unit"


def _faults(model: RuleFile, vocabulary: Vocabulary) -> Iterator[Fault]:
    if model.jurisdiction not in vocabulary.words.get("jurisdictions", {}):
        yield (
            "unknown-jurisdiction",
            ("jurisdiction",),
            f"未知的地区 {model.jurisdiction}；可在 vocabulary.words.jurisdictions 中添加",
            f"unknown jurisdiction {model.jurisdiction}; add it under vocabulary.words.jurisdictions",
        )
    ids = {rule.id: rule for rule in model.rules}
    yield from _twice("rules", (rule.id for rule in model.rules), "规则", "rule")
    yield from _twice("clauses", (clause.at for clause in model.clauses), "条款", "clause")
    listed: dict[str, str] = {}
    for index, clause in enumerate(model.clauses):
        for position, rule_id in enumerate(clause.rules):
            at = ("clauses", index, "rules", position)
            if rule_id not in ids:
                yield "dangling-rule", at, f"条款 {clause.at} 列出的规则 {rule_id} 不存在", f"clause {clause.at} lists the rule {rule_id}, which does not exist"
            elif ids[rule_id].at != clause.at:
                yield (
                    "dangling-rule",
                    at,
                    f"规则 {rule_id} 出自 {ids[rule_id].at}，不是 {clause.at}",
                    f"rule {rule_id} is cited at {ids[rule_id].at}, not at {clause.at}",
                )
            listed[rule_id] = clause.at
    clauses = {clause.at for clause in model.clauses}
    for index, rule in enumerate(model.rules):
        here: Loc = ("rules", index)
        if rule.at not in clauses:
            yield "dangling-clause", (*here, "at"), f"clauses 中没有条款 {rule.at}", f"there is no clause {rule.at} under clauses"
        elif rule.id not in listed:
            yield "dangling-clause", (*here, "id"), f"条款 {rule.at} 没有列出规则 {rule.id}", f"clause {rule.at} does not list the rule {rule.id}"
        if rule.topic not in vocabulary.topics:
            yield "unknown-topic", (*here, "topic"), f"未知的主题 {rule.topic}", f"unknown topic {rule.topic}"
        yield from _rule_faults(rule, here, ids, vocabulary)


def _twice(where: str, names: Iterable[str], zh: str, en: str) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for index, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            yield "duplicate-id", (where, index), f"{zh} {name} 重复", f"{en} {name} is given twice"


def _rule_faults(rule: Rule, at: Loc, ids: dict[str, Rule], vocabulary: Vocabulary) -> Iterator[Fault]:
    for part in ("applies", "require", "fails_at_once", "when"):
        tree = getattr(rule, part)
        for node in c.walk(tree) if tree is not None else ():
            yield from _node_faults(node, (*at, part), ids, vocabulary.facts, vocabulary)
    attested = any(isinstance(node, c.Attested) for node in c.walk(rule.condition))
    if rule.items and not attested:
        yield "items", (*at, "items"), "items 只用于 attested", "items belong to an attested rule"
    yield from ((code, (*at, "items", *loc[1:]), zh, en) for code, loc, zh, en in _twice("items", (i.id for i in rule.items), "事项", "item"))
    for name in rule.amount.sum_of if rule.amount else ():
        if name not in vocabulary.facts or not vocabulary.facts[name].numeric:
            yield "unknown-fact", (*at, "amount"), f"{name} 不是数字事实", f"{name} is not a fact that is a number"


_FITS: dict[type, tuple[str, ...]] = {
    c.AnyAmong: ("words",), c.Contains: ("words",), c.Every: ("entries",), c.Some: ("entries",), c.NoneOf: ("entries",), c.EachOf: ("table",),
    c.Largest: ("groups",), c.Share: ("groups",), c.Is: ("truth", "choice"), c.Among: ("choice",), c.Given: ("text",), c.Done: ("date",), c.Reads: ("text",),
}  # fmt: skip


def _node_faults(node: Any, at: Loc, ids: dict[str, Rule], facts: dict[str, Fact], vocabulary: Vocabulary) -> Iterator[Fault]:
    if isinstance(node, c.Follows):
        if node.follows not in ids or ids[node.follows].kind != "consequence":
            yield "dangling-rule", at, f"{node.follows} 不是本规则集的 consequence 规则", f"{node.follows} is not a consequence of this rule set"
        return
    names = [node.of] if isinstance(node, c.Running) else [node.fact] if hasattr(node, "fact") else []
    if isinstance(node, c.Compare) and isinstance(node.limit, c.Times):
        names.append(node.limit.fact)
    for name in names:
        if name not in facts:
            yield "unknown-fact", at, f"未知的事实 {name}", f"unknown fact {name}"
            return
    for name in names:
        fact = facts[name]
        kind = fact.type if fact.reading == "value" else fact.reading
        fits = ("entries",) if isinstance(node, c.Running) else _FITS.get(type(node))
        if isinstance(node, c.Compare):
            if not fact.numeric:
                yield "wrong-fact", at, f"{name} 不是数字，不能比较大小", f"{name} is not a number and cannot be compared"
        elif fits is not None and kind not in fits:
            yield "wrong-fact", at, f"{name} 是 {kind}，此处需要 {'、'.join(fits)}", f"{name} is {kind}; {' or '.join(fits)} is needed here"
        if isinstance(node, (c.Largest, c.Share)) and fact.groups is not None:
            for group in (node.largest,) if isinstance(node, c.Largest) else node.share_of:
                if group not in fact.groups:
                    yield "unknown-group", at, f"{name} 没有分组 {group}", f"{name} has no group {group}"
    if isinstance(node, c.Compare) and isinstance(node.limit, c.Times) and facts[node.fact].unit != facts[node.limit.fact].unit:
        yield "wrong-unit", at, "两边单位不同", "the two sides differ in unit"
