"""Whether what a rule file says of time, and facts made of others, hold together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from tic_rules.core.errors import did_you_mean
from tic_rules.model import conditions as c
from tic_rules.model.vocabulary import Fact, ListOf, Vocabulary, facts_within

Loc = tuple[str | int, ...]
Fault = tuple[str, Loc, str, str]
"""Code, place in the file, what is wrong in Chinese and in English."""


_NAMED = {"list": "清单", "unit": "单位", "topic": "主题", "fact": "事实"}


def unknown(kind: str, at: Loc, name: str, names: Iterable[str]) -> Fault:
    """A name of a kind that is not among the names, with the one that may be meant."""
    near = did_you_mean(name, names)
    zh, en = f"未知的{_NAMED[kind]} {name}{near.zh}", f"unknown {kind} {name}{near.en}"
    return f"unknown-{kind}", at, zh, en


def made_faults(name: str, fact: Fact, at: Loc, whole: Vocabulary) -> Iterator[Fault]:
    """What a fact is made of: facts that are there, numbers of one unit, days; never the fact itself."""
    if any(name in facts_within(part, whole.facts) for part in fact.made_of):
        yield "cycle", at, f"事实 {name} 最终由自己构成", f"the fact {name} is made of itself in the end"
    days = [part for part in (fact.age, fact.over.founded if fact.over is not None else None) if part]
    for part in fact.made_of:
        other = whole.facts.get(part)
        if other is None and part != fact.kinds:
            yield unknown("fact", at, part, whole.facts)
        elif other is not None and part in days and other.type != "date":
            yield "wrong-fact", at, f"{part} 不是日期", f"{part} is not a date"
        elif other is not None and part not in days and part != fact.kinds and not other.numeric:
            yield "wrong-fact", at, f"{part} 不是数字", f"{part} is not a number"
    named = [part.fact if isinstance(part, c.Times) else part for part in fact.operands]
    units = {whole.facts[part].unit for part in named if isinstance(part, str) and part in whole.facts}
    if len(units) > 1 or (fact.ratio is None and units - {fact.unit}):
        yield "wrong-unit", at, f"{name} 各部分的单位不同", f"the parts of {name} differ in unit"
    if fact.ratio is not None and fact.unit != "ratio":
        yield "wrong-unit", at, "ratio 的单位是 ratio", "the unit of a `ratio` is ratio"
    listed = whole.lists.get(fact.list_name or "") if fact.over is not None else None
    if listed is not None and listed.date is None and listed.year is None:
        zh = f"清单 {fact.list_name} 的条目没有日期和年度，不能用 over"
        en = f"the entries of {fact.list_name} have no date and no year: no `over`"
        yield "wrong-fact", at, zh, en


def each_year_faults(node: c.EachYear, at: Loc, vocabulary: Vocabulary) -> Iterator[Fault]:
    """A founding that is a day; facts that have no window of their own."""
    founded = vocabulary.facts.get(node.each_year.founded or "")
    if node.each_year.founded is not None and (founded is None or founded.type != "date"):
        named = node.each_year.founded
        yield "wrong-fact", at, f"{named} 不是日期", f"{named} is not a date"
    for name in c.facts_of(node.holds):
        for part in facts_within(name, vocabulary.facts):
            fact = vocabulary.facts.get(part)
            if fact is not None and fact.over is not None:
                zh = f"each_year 逐年来看，{part} 不能再有 over"
                en = f"`each_year` looks at one year at a time: {part} can have no `over`"
                yield "wrong-fact", at, zh, en


def order_faults(
    node: c.Condition, name: str, listed: ListOf, at: Loc, places: Collection[str]
) -> Iterator[Fault]:
    """Entries that have what orders them, and the attribute that each value is counted of."""
    if isinstance(node, c.Running):
        order = "date" if node.by == "entry" else "year"
        if getattr(listed, order) is None:
            zh = f"{name} 的条目没有{'日期' if order == 'date' else '年度'}，不能说连续"
            en = f"the entries of {name} have no {order}: none can run"
            yield "wrong-fact", at, zh, en
    if isinstance(node, c.OfEach) and listed.scalar is None:
        for path in listed.paths:
            if f"{path}.{node.of_each}" not in places:
                zh, en = f"条目没有属性 {node.of_each}", f"the entries have no attribute {node.of_each}"
                yield "unknown-attribute", at, zh, en
