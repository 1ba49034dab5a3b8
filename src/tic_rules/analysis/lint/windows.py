"""Whether the years, days and numbers of the facts that a rule reads are those of its quote or reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from tic_rules.analysis.lint.faults import CHECK_DEADLINE, Found, Loc
from tic_rules.analysis.speech import calendar_years_in, numbers_in, says_day, says_length
from tic_rules.core.errors import Text
from tic_rules.core.numbers import Number, decimal_text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Fact, Rule, RuleSet
from tic_rules.model.time import DueOn, Shift, Window
from tic_rules.model.vocabulary import facts_within
from tic_rules.results.time_words import length_words

_NEVER_WHOLE = (
    "所读清单只有年度：按月回看，首尾两年的条目是否计入总是无从判定",
    "the list has years alone: whether those in which the months begin and end count stays open",
    Text("用 full_years，或给清单加日期", "use full_years, or date the list"),
)
_OF_NOTHING = (
    "分母可能为零，零无所谓占比，本规则没有写明此时不适用",
    "what is shared may be nothing, which has no share; the rule does not say that it does not apply then",
    Text("加 applies，要求总数 more_than: 0", "add `applies`: the whole, more_than: 0"),
)


def about_windows(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    """Windows that look back, parts and ceilings of facts, a day of the year."""
    both = re.sub(r"\s", "", rule.quote) + (f"；{rule.reading.zh}" if rule.reading else "")
    said = {number.value for number in numbers_in(both)}
    for at, node in c.nodes_of(rule):
        names = c.facts_of(node) if not c.children(node) else ()
        parts = [part for name in names for part in facts_within(name, ruleset.facts)]
        facts = [ruleset.facts[part] for part in parts if part in ruleset.facts]
        for window in [*(fact.over for fact in facts), getattr(node, "each_year", None)]:
            shift = _length_of(window)
            if shift is not None and not says_length(shift, both):
                yield _unsaid(at, length_words(shift))
            since = window.since if window is not None else None
            if since is not None and not _says_since(since, both):
                yield _unsaid(at, Text(str(since), str(since)))
        yield from (Found("TR103", at, *_NEVER_WHOLE) for fact in facts if _in_part(fact, ruleset))
        if isinstance(node, c.Share) and "holds" not in at and _of_nothing(node, rule, ruleset):
            yield Found("TR103", at, *_OF_NOTHING)
        numbers = [value for fact in facts for value in _numbers_of(fact)]
        for number in (*numbers, node.at_most) if isinstance(node, c.OfEach) else numbers:
            if number not in said:
                text = decimal_text(number) or str(number)
                yield _unsaid(at, Text(text, text))
    yield from _about_a_day(rule, both)
    every = [name for _, node in c.nodes_of(rule) for name in c.facts_of(node)]
    every += [rule.event] if rule.event is not None else []
    read = [part for name in every if rule.since is not None for part in facts_within(name, ruleset.facts)]
    if read and all(name in ruleset.facts and not _dated(ruleset.facts[name], ruleset) for name in read):
        zh = "since 只管清单中有日期或年度的条目，本规则没有读这样的事实"
        en = "`since` is about entries that have a day or a year, and the rule reads none"
        fix = Text("去掉 since，或改读有日期的清单", "leave `since` out, or read a list with dates")
        yield Found("TR103", ("since",), zh, en, fix)


def _of_nothing(node: c.Share, rule: Rule, ruleset: RuleSet) -> bool:
    """Whether a rule that asks for a share does not ask first whether there is anything to share. What owes
    something every year, or for every entry, knows no `applies`."""
    if rule.yearly or rule.cycle or rule.event or node.operator in ("at_most", "less_than"):
        return False
    asked = c.facts_of(rule.applies) if rule.applies is not None else ()
    lists = {ruleset.facts[name].list_name for name in asked if name in ruleset.facts}
    return node.fact in ruleset.facts and ruleset.facts[node.fact].list_name not in lists


def _dated(fact: Fact, ruleset: RuleSet) -> bool:
    """Whether a fact reads a list whose entries have a day or a year."""
    listed = ruleset.vocabulary.lists.get(fact.list_name or fact.else_count or "")
    return listed is not None and (listed.date is not None or listed.year is not None)


def _says_since(since: date, both: str) -> bool:
    """Whether the texts say a day from which something counts; the first of a year goes without saying."""
    begins = (since.month, since.day) == (1, 1) or says_day(since, both)
    return since.year in calendar_years_in(both) and begins


def _in_part(fact: Fact, ruleset: RuleSet) -> bool:
    """Whether a window of months never ends with the years by which alone the entries of its list are
    known."""
    listed = ruleset.vocabulary.lists.get(fact.list_name or "")
    by_year = listed is not None and listed.date is None and listed.year is not None
    return by_year and fact.over is not None and (fact.over.months or 0) % 12 > 0


def _length_of(window: Window | None) -> Shift | None:
    """The years or months of a window; the last year alone goes without saying."""
    if window is None or window.full_years == 1:
        return None
    if window.full_years is not None:
        return Shift(window.full_years)
    return Shift(0, window.months) if window.months is not None else None


def _numbers_of(fact: Fact) -> Iterator[Number]:
    """The law's own numbers in a fact that is made of others."""
    for part in fact.operands:
        if isinstance(part, c.Times):
            yield from (part.times,) if part.times != 1 else ()
        elif not isinstance(part, str):
            yield part


def _unsaid(at: Loc, what: Text) -> Found:
    zh = f"所读事实中的“{what.zh}”不见于引文，也不见于 reading"
    en = f"{what.en}, in a fact that is read, stands neither in the quote nor in the reading"
    fix = Text("核对事实，或在 reading 中说明", "check the fact, or say so in the reading")
    return Found("TR309", at, zh, en, fix)


def _about_a_day(rule: Rule, both: str) -> Iterator[Found]:
    due = rule.yearly.looked_for_until if rule.yearly is not None else None
    if not isinstance(due, DueOn):
        return
    month, day = (int(part) for part in (due.next_year or due.same_year or "").split("-"))
    if not says_day(date(2024, month, day), both):
        zh = f"期限{month}月{day}日不见于引文，也不见于 reading"
        en = f"{month:02}-{day:02} stands neither in the quote nor in the reading"
        yield Found("TR310", ("yearly",), zh, en, CHECK_DEADLINE)
