"""Whether a rule file holds together: ids, clauses, topics, facts, lists, words, paths of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial

from tic_rules.core.errors import did_you_mean
from tic_rules.core.source import Source
from tic_rules.core.version import version_numbers
from tic_rules.model import conditions as c
from tic_rules.model.bounds import bound_faults, operand_faults
from tic_rules.model.centre import Centre
from tic_rules.model.document import get
from tic_rules.model.programme import Programme
from tic_rules.model.readings import misdated, mismeasured, misread
from tic_rules.model.ruleset import Fact, Rule, RuleFile, Vocabulary
from tic_rules.model.subject import Record
from tic_rules.model.time_faults import Fault, Loc, each_year_faults, made_faults, order_faults, unknown
from tic_rules.model.value_faults import asked_faults, kinds_of, look_up_faults, places_of, where_faults
from tic_rules.model.vocabulary import ListOf, facts_within


def vocabulary_faults(added: Vocabulary, whole: Vocabulary, at: Loc) -> Iterator[Fault]:
    """Names that a vocabulary does not have, and readings that do not fit what they read."""
    kinds, places = kinds_of(whole), places_of(whole)
    for name, listed in added.lists.items():
        here = (*at, "lists", name)
        yield from _no_places(_paths_of_list(listed), here, places)
        for zh, en in misdated(listed, kinds):
            yield "unknown-attribute", here, zh, en
        yield from look_up_faults(listed, here, whole)
    for name, fact in added.facts.items():
        here = (*at, "facts", name)
        listed_name = fact.list_name
        if listed_name is not None and listed_name not in whole.lists:
            yield unknown("list", here, listed_name, whole.lists)
        yield from made_faults(name, fact, here, whole)
        if fact.reading in ("sum", "distinct", "groups", "average") and fact.of is None:
            yield "fact", here, "需要 of：读哪个清单", "`of` is needed: the list that is read"
        if fact.else_count is not None and fact.else_count not in whole.lists:
            yield unknown("list", here, fact.else_count, whole.lists)
        if fact.kinds is not None and getattr(whole.facts.get(fact.kinds), "groups", None) is None:
            zh, en = f"{fact.kinds} 不是分组事实", f"{fact.kinds} is not a fact with groups"
            yield "unknown-fact", here, zh, en
        if fact.unit is not None and fact.unit not in whole.units:
            yield unknown("unit", here, fact.unit, whole.units)
        if fact.numeric and fact.unit is None:
            yield "unknown-unit", here, "数字事实需要单位", "a number needs a unit"
        entries = whole.lists.get(listed_name or "")
        paths = set() if entries is None else {*_paths_of_list(entries)}
        gone = tuple(f"{path}." for path in paths - places)
        read = (path for path in _own_paths_of(fact, whole) if path not in paths)
        yield from _no_places((path for path in read if not path.startswith(gone)), here, places)
        for zh, en in misread(fact, entries, kinds):
            yield "fact", here, zh, en
        for zh, en in mismeasured(fact, entries, whole, kinds):
            yield "wrong-unit", here, zh, en
        if entries is not None:
            wheres = (where_faults(where, entries, here, whole) for where in _wheres_of(fact))
            faults = (fault for of_one in wheres for fault in of_one)
            yield from (fault for fault in faults if fault[0] != "unknown-attribute" or entries.scalar)


def _no_places(paths: Iterable[str], at: Loc, places: Collection[str]) -> Iterator[Fault]:
    """The dotted paths that the data does not have; what lies within one of them goes without saying."""
    gone: set[str] = set()
    for path in paths:
        if path not in places and path.rpartition(".")[0] not in gone:
            gone.add(path)
            near = did_you_mean(path, places)
            yield "unknown-path", at, f"数据中没有 {path}{near.zh}", f"the data has no {path}{near.en}"


def _paths_of_list(listed: ListOf) -> Iterator[str]:
    """Where a list stands, and the attributes that date its entries."""
    for path in listed.paths:
        yield path
        if listed.scalar is None:
            yield from (f"{path}.{name}" for name in (listed.date, listed.year) if name is not None)


def _paths_of(fact: Fact, vocabulary: Vocabulary) -> Iterator[str]:
    """The dotted paths that a fact, and what it is made of, reads: its own, or of its list and attributes."""
    parts = dict.fromkeys(name for part in fact.made_of for name in facts_within(part, vocabulary.facts))
    for one in (fact, *(vocabulary.facts[name] for name in parts if name in vocabulary.facts)):
        yield from _own_paths_of(one, vocabulary)


def _own_paths_of(fact: Fact, vocabulary: Vocabulary) -> Iterator[str]:
    """Those that it reads itself."""
    yield from (path for path in (fact.stock, fact.value, fact.words, fact.table) if path is not None)
    listed = vocabulary.lists.get(fact.list_name or "")
    if listed is None:
        return
    wheres = _wheres_of(fact)
    named = {name for name in (fact.sum, fact.distinct, fact.average) if name}
    named |= {name for where in wheres for name in attributes_of(where)}
    yield from _paths_of_list(listed)
    if listed.scalar is None:
        yield from (
            f"{path}.{name}" for path in listed.paths for name in sorted(named - listed.look_up.keys())
        )


def _wheres_of(fact: Fact) -> list[c.Where]:
    """What a fact asks of the entries that it reads."""
    return [
        where
        for where in (fact.where, *(group.where for group in (fact.groups or {}).values()))
        if where is not None
    ]


def attributes_of(where: c.Where) -> Iterator[str]:
    """The attributes that a test of entries names."""
    yield from where.each
    for inner in where.any:
        yield from attributes_of(inner)


def rule_file_faults(model: RuleFile, vocabulary: Vocabulary) -> Iterator[Fault]:
    places = vocabulary.words.get("jurisdictions", {})
    if model.jurisdiction not in places:
        near, shown = did_you_mean(model.jurisdiction, places), model.jurisdiction or '""'
        zh = f"未知的地区 {shown}{near.zh or '；可在 vocabulary.words.jurisdictions 中添加'}"
        en = f"unknown jurisdiction {shown}"
        en += near.en or "; add it under vocabulary.words.jurisdictions"
        yield "unknown-jurisdiction", ("jurisdiction",), zh, en
    ids = {rule.id: rule for rule in model.rules}
    yield from _twice("rules", (rule.id for rule in model.rules), "规则", "rule")
    yield from _twice("clauses", (clause.at for clause in model.clauses), "条款", "clause")
    listed: dict[str, str] = {}
    for index, clause in enumerate(model.clauses):
        for position, rule_id in enumerate(clause.rules):
            at = ("clauses", index, "rules", position)
            if rule_id not in ids:
                yield (
                    "dangling-rule",
                    at,
                    f"条款 {clause.at} 列出的规则 {rule_id} 不存在{did_you_mean(rule_id, ids).zh}",
                    f"clause {clause.at} lists the rule {rule_id}, which does not exist"
                    f"{did_you_mean(rule_id, ids).en}",
                )
            elif ids[rule_id].at != clause.at:
                zh = f"规则 {rule_id} 出自 {ids[rule_id].at}，不是 {clause.at}"
                en = f"rule {rule_id} is cited at {ids[rule_id].at}, not at {clause.at}"
                yield "dangling-rule", at, zh, en
            listed[rule_id] = clause.at
    clauses = {clause.at for clause in model.clauses}
    for index, rule in enumerate(model.rules):
        here: Loc = ("rules", index)
        if rule.at not in clauses:
            zh, en = f"clauses 中没有条款 {rule.at}", f"there is no clause {rule.at} under clauses"
            yield "dangling-clause", (*here, "at"), zh, en
        elif rule.id not in listed:
            zh = f"条款 {rule.at} 没有列出规则 {rule.id}"
            en = f"clause {rule.at} does not list the rule {rule.id}"
            yield "dangling-clause", (*here, "id"), zh, en
        if rule.new_in is not None and version_numbers(rule.new_in) > version_numbers(model.version):
            zh = f"new_in {rule.new_in} 晚于规则集的版本 {model.version}"
            en = f"new_in {rule.new_in} is later than the version of the rule set, {model.version}"
            yield "new-in", (*here, "new_in"), zh, en
        yield from rule_faults(rule, here, ids, vocabulary)


def _twice(where: str, names: Iterable[str], zh: str, en: str) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for index, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            yield "duplicate-id", (where, index), f"{zh} {name} 重复", f"{en} {name} is given twice"


def _waited_for(rule: Rule, ids: dict[str, Rule]) -> set[str]:
    """Every consequence that a rule waits for, through others too."""
    consequences: set[str] = set()
    waiting = [rule]
    while waiting:
        named = set(waiting.pop().waits_for)
        waiting.extend(ids[name] for name in named - consequences if name in ids)
        consequences |= named
    return consequences


def rule_faults(rule: Rule, at: Loc, ids: dict[str, Rule], vocabulary: Vocabulary) -> Iterator[Fault]:
    """What does not hold together in one rule; `ids` are the rules of its file."""
    subject: type[Record] = Programme if rule.bearer == "programme" else Centre
    if rule.topic not in vocabulary.topics:
        yield unknown("topic", (*at, "topic"), rule.topic, vocabulary.topics)
    for place, node in c.nodes_of(rule, at):
        yield from _node_faults(node, place, ids, vocabulary.facts, vocabulary)
        yield from _data_faults(node, place, subject, vocabulary)
    if rule.id in _waited_for(rule, ids):
        zh, en = f"后果 {rule.id} 最终取决于自己", f"the consequence {rule.id} waits for itself in the end"
        yield "cycle", (*at, "when"), zh, en
    if rule.items and not rule.attested:
        yield "items", (*at, "items"), "items 只用于 attested", "items belong to an attested rule"
    yield from _time_faults(rule, at, vocabulary)
    yield from (
        (code, (*at, "items", *loc[1:]), zh, en)
        for code, loc, zh, en in _twice("items", (i.id for i in rule.items), "事项", "item")
    )
    for name in rule.amount.sum_of if rule.amount else ():
        fact = vocabulary.facts.get(name)
        if fact is None or not fact.numeric or fact.unit != "CNY":
            zh, en = f"{name} 不是金额事实（单位 CNY）", f"{name} is no fact that is an amount (in CNY)"
            yield "unknown-fact", (*at, "amount"), zh, en


def unit_faults(model: RuleFile, vocabulary: Vocabulary, source: Source) -> Iterator[Fault]:
    """Bounds, and numbers within facts, that are written in a unit which is not that of their fact."""
    written = partial(get, source.data)
    yield from operand_faults(model.vocabulary.facts, ("vocabulary", "facts"), written)
    for index, rule in enumerate(model.rules):
        yield from bound_faults(rule, ("rules", index), vocabulary.facts, written)


def _time_faults(rule: Rule, at: Loc, vocabulary: Vocabulary) -> Iterator[Fault]:
    """A deadline that runs from entries, and what is asked of each of them; windows that look back."""
    fact = vocabulary.facts.get(rule.event or "")
    listed = vocabulary.lists.get(fact.list_name or "") if fact is not None else None
    if rule.event is not None and (listed is None or listed.date is None or fact is None or fact.groups):
        zh = f"{rule.event} 不是条目有日期的事实；也可用 approval、term_end"
        en = f"{rule.event} is no fact whose entries have dates; approval and term_end go too"
        yield "wrong-fact", (*at, "by"), zh, en
    for place, node in c.nodes_of(rule, at):
        if isinstance(node, c.OfEntry):
            if rule.event is None:
                zh = "entry 只用于自条目起算的期限（by: {…, after: 事实}）"
                en = "`entry` goes with a deadline that runs from entries (by: {…, after: FACT})"
                yield "wrong-fact", place, zh, en
            elif listed is not None:
                yield from where_faults(node.entry, listed, place, vocabulary)
        if isinstance(node, c.EachYear):
            yield from each_year_faults(node, place, vocabulary)


_FITS: dict[type, tuple[str, ...]] = {
    **dict.fromkeys((c.AnyAmong, c.Contains), ("words",)),
    **dict.fromkeys((c.Every, c.Some, c.NoneOf, c.Latest, c.OfEach, c.Running), ("entries",)),
    **dict.fromkeys((c.Largest, c.Share), ("groups",)),
    **dict.fromkeys((c.Given, c.Reads), ("text",)),
    c.EachOf: ("table",),
    c.Is: ("truth", "choice"),
    c.Among: ("choice",),
    c.Done: ("date",),
}


def _node_faults(
    node: c.Condition, at: Loc, ids: dict[str, Rule], facts: Mapping[str, Fact], vocabulary: Vocabulary
) -> Iterator[Fault]:
    if isinstance(node, c.Follows):
        if node.follows not in ids or ids[node.follows].kind != "consequence":
            zh = f"{node.follows} 不是本规则集的 consequence 规则"
            en = f"{node.follows} is not a consequence of this rule set"
            yield "dangling-rule", at, zh, en
        return
    names = list(c.read_by(node))
    for name in names:
        if name not in facts:
            yield unknown("fact", at, name, facts)
            return
    for name in names:
        yield from _fact_faults(node, at, name, facts[name], vocabulary)
    if (
        isinstance(node, c.Compare)
        and isinstance(node.limit, c.Times)
        and facts[node.fact].unit != facts[node.limit.fact].unit
    ):
        yield "wrong-unit", at, "两边单位不同", "the two sides differ in unit"


def _fact_faults(
    node: c.Condition, at: Loc, name: str, fact: Fact, vocabulary: Vocabulary
) -> Iterator[Fault]:
    """A fact that the condition cannot read: of another type, without the dates or groups it asks for."""
    kind = fact.type if fact.reading == "value" else fact.reading
    fits = _FITS.get(type(node))
    if isinstance(node, c.Compare):
        if not fact.numeric:
            zh, en = f"{name} 不是数字，不能比较大小", f"{name} is not a number and cannot be compared"
            yield "wrong-fact", at, zh, en
    elif fits is not None and kind not in fits:
        zh = f"{name} 是 {kind}，此处需要 {'、'.join(fits)}"
        en = f"{name} is {kind}; {' or '.join(fits)} is needed here"
        yield "wrong-fact", at, zh, en
    elif fact.entries is not None and fact.where is not None:
        zh = f"{name} 的 where 只用于自其条目起算的期限；对条目的要求请写在此条件中"
        en = f"the `where` of {name} is for deadlines that run from its entries; write it in the condition"
        yield "wrong-fact", at, zh, en
    listed = vocabulary.lists.get(fact.list_name or "")
    if listed is not None:
        yield from order_faults(node, name, listed, at, places_of(vocabulary))
    if isinstance(node, c.Latest) and listed is not None and getattr(listed, node.latest) is None:
        zh = f"{name} 的条目没有{'日期' if node.latest == 'date' else '年度'}，不能取最近一次"
        en = f"the entries of {name} have no {node.latest}, so there is no latest one"
        yield "wrong-fact", at, zh, en
    if isinstance(node, (c.Largest, c.Share)) and fact.groups is not None:
        for group in (node.largest,) if isinstance(node, c.Largest) else node.share_of:
            if group not in fact.groups:
                near = did_you_mean(group, fact.groups)
                zh, en = f"{name} 没有分组 {group}{near.zh}", f"{name} has no group {group}{near.en}"
                yield "unknown-group", at, zh, en


def _data_faults(
    node: c.Condition, at: Loc, subject: type[Record], vocabulary: Vocabulary
) -> Iterator[Fault]:
    """Facts of another subject, attributes that entries do not have, words that are not in the vocabulary."""
    for name in dict.fromkeys(c.read_by(node)):
        fact = vocabulary.facts.get(name)
        if fact is None:
            continue
        places, every = places_of(vocabulary, subject), places_of(vocabulary)
        for path in _paths_of(fact, vocabulary):
            if path not in places and path in every:
                whose = ("总体布局", "a programme") if subject is Centre else ("中心", "a centre")
                zh = f"{name} 是{whose[0]}的数据，本规则的责任方读不到"
                en = f"{name} is of {whose[1]}; a rule of this bearer cannot read it"
                yield "wrong-fact", at, zh, en
                break
        yield from asked_faults(node, fact, at, vocabulary)
