"""Whether a rule file holds together: ids, clauses, topics, facts, lists, words and the data's paths that
it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from tic_rules.core.errors import did_you_mean
from tic_rules.core.source import Source
from tic_rules.model import conditions as c
from tic_rules.model.bounds import bound_faults
from tic_rules.model.centre import Centre
from tic_rules.model.declarations import declaration_faults
from tic_rules.model.document import get
from tic_rules.model.extension import extended
from tic_rules.model.fields import paths_of, words_at
from tic_rules.model.programme import Programme
from tic_rules.model.readings import held_at, misdated, mismeasured, misread
from tic_rules.model.ruleset import Fact, Rule, RuleFile, Vocabulary
from tic_rules.model.subject import Record
from tic_rules.model.time_faults import Fault, Loc, each_year_faults, made_faults, order_faults
from tic_rules.model.vocabulary import ListOf

_KINDS = {"list": "列表", "unit": "单位", "topic": "主题", "fact": "事实"}


def _unknown(kind: str, at: Loc, name: str, names: Iterable[str]) -> Fault:
    """A name of a kind that is not among the names, with the one that may be meant."""
    near = did_you_mean(name, names)
    zh, en = f"未知的{_KINDS[kind]} {name}{near.zh}", f"unknown {kind} {name}{near.en}"
    return f"unknown-{kind}", at, zh, en


def _attributes(listed: ListOf, every: Iterable[Iterable[str]]) -> set[str]:
    """The attributes that entries of a list have."""
    paths = {path for paths in every for path in paths}
    heads = tuple(f"{path}." for path in listed.paths)
    return {path[len(head) :] for head in heads for path in paths if path.startswith(head)} | {
        *listed.look_up
    }


def declared_faults(added: Vocabulary, whole: Vocabulary, at: Loc) -> list[Fault]:
    """What is wrong with the fields that a vocabulary declares. Nothing that reads them is looked at before
    they are sound."""
    return [
        (code, (*at, "fields", path), zh, en) for path, (code, zh, en) in declaration_faults(added, whole)
    ]


def vocabulary_faults(added: Vocabulary, whole: Vocabulary, at: Loc) -> Iterator[Fault]:
    """Names that a vocabulary does not have, and readings that do not fit what they read."""
    models = _models(whole)
    kinds = tuple(model for model, _ in models.values())
    for name, listed in added.lists.items():
        for zh, en in misdated(listed, kinds):
            yield "unknown-attribute", (*at, "lists", name), zh, en
        for unit_list in (u for look in listed.look_up.values() for u in look.units.values()):
            if unit_list not in whole.lists:
                yield _unknown("list", (*at, "lists", name), unit_list, whole.lists)
    for name, fact in added.facts.items():
        here = (*at, "facts", name)
        listed_name = fact.list_name
        if listed_name is not None and listed_name not in whole.lists:
            yield _unknown("list", here, listed_name, whole.lists)
        yield from made_faults(name, fact, here, whole)
        if fact.reading in ("sum", "distinct", "groups", "average") and fact.of is None:
            yield "fact", here, "需要 of：读哪个列表", "`of` is needed: the list that is read"
        if fact.kinds is not None and getattr(whole.facts.get(fact.kinds), "groups", None) is None:
            yield (
                "unknown-fact",
                here,
                f"{fact.kinds} 不是分组事实",
                f"{fact.kinds} is not a fact with groups",
            )
        if fact.unit is not None and fact.unit not in whole.units:
            yield _unknown("unit", here, fact.unit, whole.units)
        if fact.numeric and fact.unit is None:
            yield "unknown-unit", here, "数字事实需要单位", "a number needs a unit"
        for path in _paths_of(fact, whole):
            if not any(path in paths for _, paths in models.values()):
                near = did_you_mean(path, {one for _, paths in models.values() for one in paths})
                yield "unknown-path", here, f"数据中没有 {path}{near.zh}", f"the data has no {path}{near.en}"
        entries = whole.lists.get(listed_name or "")
        for zh, en in misread(fact, entries, kinds):
            yield "fact", here, zh, en
        for zh, en in mismeasured(fact, entries, whole):
            yield "wrong-unit", here, zh, en
        for where in _wheres_of(fact) if entries is not None and entries.scalar is None else ():
            yield from (
                fault
                for fault in _where_faults(where, entries, here, Centre, whole)
                if fault[0] == "unknown-word"
            )


def _models(vocabulary: Vocabulary) -> dict[type[Record], tuple[type[Record], frozenset[str]]]:
    """The models of the data with what a vocabulary declares, and their places, by the shipped models."""
    centre, programme = extended(Centre, vocabulary), extended(Programme, vocabulary)
    return {
        Centre: (centre, paths_of(centre)),
        Programme: (
            programme,
            paths_of(programme) | {"approvals", "approvals.approved_on", "approvals.fields"},
        ),
    }


def _paths_of(fact: Fact, vocabulary: Vocabulary) -> Iterator[str]:
    """The dotted paths that a fact reads: its own, or those of its list and of the attributes that it
    names."""
    for part in fact.made_of:
        if part in vocabulary.facts and vocabulary.facts[part] is not fact:
            yield from _paths_of(vocabulary.facts[part], vocabulary)
    yield from (path for path in (fact.stock, fact.value, fact.words, fact.table) if path is not None)
    listed = vocabulary.lists.get(fact.list_name or "")
    if listed is None:
        return
    wheres = _wheres_of(fact)
    named = (
        {name for where in wheres for name in attributes_of(where)}
        | ({fact.sum} if fact.sum else set())
        | ({fact.distinct} if fact.distinct else set())
        | ({fact.average} if fact.average else set())
    )
    for path in listed.paths:
        yield path
        if listed.scalar is None:
            yield from (
                f"{path}.{name}"
                for name in (named - listed.look_up.keys())
                | ({listed.date} if listed.date else set())
                | ({listed.year} if listed.year else set())
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
                yield (
                    "dangling-rule",
                    at,
                    f"条款 {clause.at} 列出的规则 {rule_id} 不存在{did_you_mean(rule_id, ids).zh}",
                    f"clause {clause.at} lists the rule {rule_id}, which does not exist"
                    f"{did_you_mean(rule_id, ids).en}",
                )
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
            yield (
                "dangling-clause",
                (*here, "at"),
                f"clauses 中没有条款 {rule.at}",
                f"there is no clause {rule.at} under clauses",
            )
        elif rule.id not in listed:
            yield (
                "dangling-clause",
                (*here, "id"),
                f"条款 {rule.at} 没有列出规则 {rule.id}",
                f"clause {rule.at} does not list the rule {rule.id}",
            )
        if rule.topic not in vocabulary.topics:
            yield _unknown("topic", (*here, "topic"), rule.topic, vocabulary.topics)
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
    for place, node in c.nodes_of(rule, at):
        yield from _node_faults(node, place, ids, vocabulary.facts, vocabulary)
        yield from _data_faults(node, place, subject, vocabulary)
    if rule.id in _waited_for(rule, ids):
        yield (
            "cycle",
            (*at, "when"),
            f"后果 {rule.id} 最终取决于自己",
            f"the consequence {rule.id} waits for itself in the end",
        )
    if rule.items and not rule.attested:
        yield "items", (*at, "items"), "items 只用于 attested", "items belong to an attested rule"
    yield from _time_faults(rule, at, subject, vocabulary)
    yield from (
        (code, (*at, "items", *loc[1:]), zh, en)
        for code, loc, zh, en in _twice("items", (i.id for i in rule.items), "事项", "item")
    )
    for name in rule.amount.sum_of if rule.amount else ():
        if name not in vocabulary.facts or not vocabulary.facts[name].numeric:
            yield (
                "unknown-fact",
                (*at, "amount"),
                f"{name} 不是数字事实",
                f"{name} is not a fact that is a number",
            )


def unit_faults(model: RuleFile, vocabulary: Vocabulary, source: Source) -> Iterator[Fault]:
    """Bounds that are written in a unit which is not that of their fact."""
    for index, rule in enumerate(model.rules):
        yield from bound_faults(rule, ("rules", index), vocabulary.facts, partial(get, source.data))


def _time_faults(rule: Rule, at: Loc, subject: type[Record], vocabulary: Vocabulary) -> Iterator[Fault]:
    """A deadline that runs from entries, and what is asked of each of them; windows that look back."""
    fact = vocabulary.facts.get(rule.event or "")
    listed = vocabulary.lists.get(fact.list_name or "") if fact is not None else None
    if rule.event is not None and (listed is None or listed.date is None or fact is None or fact.groups):
        yield (
            "wrong-fact",
            (*at, "by"),
            f"{rule.event} 不是条目有日期的事实；也可用 approval、term_end",
            f"{rule.event} is no fact whose entries have dates; approval and term_end go too",
        )
    for place, node in c.walk_places(
        rule.condition, (*at, "when" if rule.kind == "consequence" else "require")
    ):
        if isinstance(node, c.OfEntry):
            if rule.event is None:
                yield (
                    "wrong-fact",
                    place,
                    "entry 只用于自条目起算的期限（by: {…, after: 事实}）",
                    "`entry` goes with a deadline that runs from entries (by: {…, after: FACT})",
                )
            elif listed is not None and listed.scalar is None:
                yield from _where_faults(node.entry, listed, place, subject, vocabulary)
        if isinstance(node, c.EachYear):
            yield from each_year_faults(node, place, vocabulary)


_FITS: dict[type, tuple[str, ...]] = {
    c.AnyAmong: ("words",),
    c.Contains: ("words",),
    c.Every: ("entries",),
    c.Some: ("entries",),
    c.NoneOf: ("entries",),
    c.Latest: ("entries",),
    c.EachOf: ("table",),
    c.OfEach: ("entries",),
    c.Largest: ("groups",),
    c.Share: ("groups",),
    c.Is: ("truth", "choice"),
    c.Among: ("choice",),
    c.Given: ("text",),
    c.Done: ("date",),
    c.Reads: ("text",),
}


_WHERES = ("some", "every", "none_of", "permitted", "of", "has", "where", "among")


def _node_faults(
    node: c.Condition, at: Loc, ids: dict[str, Rule], facts: Mapping[str, Fact], vocabulary: Vocabulary
) -> Iterator[Fault]:
    if isinstance(node, c.Follows):
        if node.follows not in ids or ids[node.follows].kind != "consequence":
            yield (
                "dangling-rule",
                at,
                f"{node.follows} 不是本规则集的 consequence 规则",
                f"{node.follows} is not a consequence of this rule set",
            )
        return
    names = [node.of] if isinstance(node, c.Running) else [node.fact] if hasattr(node, "fact") else []
    if isinstance(node, c.Compare) and isinstance(node.limit, c.Times):
        names.append(node.limit.fact)
    for name in names:
        if name not in facts:
            yield _unknown("fact", at, name, facts)
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
    fits = ("entries",) if isinstance(node, c.Running) else _FITS.get(type(node))
    if isinstance(node, c.Compare):
        if not fact.numeric:
            yield (
                "wrong-fact",
                at,
                f"{name} 不是数字，不能比较大小",
                f"{name} is not a number and cannot be compared",
            )
    elif fits is not None and kind not in fits:
        yield (
            "wrong-fact",
            at,
            f"{name} 是 {kind}，此处需要 {'、'.join(fits)}",
            f"{name} is {kind}; {' or '.join(fits)} is needed here",
        )
    listed = vocabulary.lists.get(fact.list_name or "")
    if listed is not None:
        yield from order_faults(node, name, listed, at, [paths for _, paths in _models(vocabulary).values()])
    if isinstance(node, c.Latest) and listed is not None and getattr(listed, node.latest) is None:
        yield (
            "wrong-fact",
            at,
            f"{name} 的条目没有{'日期' if node.latest == 'date' else '年度'}，不能取最近一次",
            f"the entries of {name} have no {node.latest}, so there is no latest one",
        )
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
    for name in dict.fromkeys(c.facts_of(node) if not c.children(node) else ()):
        fact = vocabulary.facts.get(name)
        if fact is None:
            continue
        models = _models(vocabulary)
        for path in _paths_of(fact, vocabulary):
            if path not in models[subject][1] and any(path in paths for _, paths in models.values()):
                whose = ("总体布局", "a programme") if subject is Centre else ("中心", "a centre")
                yield (
                    "wrong-fact",
                    at,
                    f"{name} 是{whose[0]}的数据，本规则的责任方读不到",
                    f"{name} is of {whose[1]}; a rule of this bearer cannot read it",
                )
                break
        yield from _word_faults(node, fact, at, subject, vocabulary)


def _word_faults(
    node: c.Condition, fact: Fact, at: Loc, subject: type[Record], vocabulary: Vocabulary
) -> Iterator[Fault]:
    path = fact.value or fact.words
    match node:
        case c.Is() | c.Among() | c.AnyAmong() | c.Contains() if path is not None:
            asked = (
                (node.is_,)
                if isinstance(node, c.Is)
                else node.among
                if isinstance(node, c.Among)
                else node.any_among
                if isinstance(node, c.AnyAmong)
                else node.contains_all
            )
            model, _ = _models(vocabulary)[subject]
            yield from _unknown_words(asked, words_at(model, path), at, vocabulary)
        case c.Some() | c.Every() | c.NoneOf() | c.Latest() | c.Running():
            listed = vocabulary.lists.get(fact.list_name or "")
            wheres = tuple(w for w in (getattr(node, n, None) for n in _WHERES) if isinstance(w, c.Where))
            for where in wheres if listed is not None and listed.scalar is None else ():
                yield from _where_faults(where, listed, at, subject, vocabulary)


def _where_faults(
    where: c.Where, listed: Any, at: Loc, subject: type[Record], vocabulary: Vocabulary
) -> Iterator[Fault]:
    models = _models(vocabulary)
    model = models[subject][0]
    for name, test in where.each.items():
        paths = [f"{path}.{name}" for path in listed.paths]
        look = listed.look_up.get(name)
        if look is not None:
            paths = [
                f"{path}.{look.take}" for unit in look.units.values() for path in vocabulary.lists[unit].paths
            ]
        existing = [path for path in paths if any(path in every for _, every in models.values())]
        if len(existing) < len(paths):
            near = did_you_mean(name, _attributes(listed, [every for _, every in models.values()]))
            zh, en = f"条目没有属性 {name}{near.zh}", f"the entries have no attribute {name}{near.en}"
            yield "unknown-attribute", at, zh, en
        for path in existing:
            held = held_at(model, path)
            if test.done and held is not None and held.kind != "date":
                yield "wrong-fact", at, f"{path} 不是日期，不能用 done", f"{path} is no day: no `done`"
            yield from _unknown_words(
                (*(test.one_of or ()), *(test.other_than or ())), words_at(model, path), at, vocabulary
            )
    for inner in where.any:
        yield from _where_faults(inner, listed, at, subject, vocabulary)


def _unknown_words(
    asked: Iterable[object], name: str | None, at: Loc, vocabulary: Vocabulary
) -> Iterator[Fault]:
    words = vocabulary.words.get(name or "", {})
    for word in asked:
        if name is not None and isinstance(word, str) and word not in words:
            near = did_you_mean(word, words)
            zh = f"{word} 不在允许的取值之列：{', '.join(words)}{near.zh}"
            yield "unknown-word", at, zh, f"{word} is not one of {', '.join(words)}{near.en}"
