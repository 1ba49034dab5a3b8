"""What of a rule stands in the words that it quotes, what is our reading of them, what they enumerate."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from tic_rules.analysis.speech import (
    APPROVAL,
    TERM_END,
    YEARLY,
    numbers_in,
    says_day,
    says_length,
    years_in,
)
from tic_rules.core.errors import Text
from tic_rules.core.numbers import Number
from tic_rules.inputs.typed_days import in_digits
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.time import DueOn
from tic_rules.results.explanation import time_of
from tic_rules.results.labels import described

_VAGUE = re.compile("左右|约")
_PLAN = re.compile("十[一二三四五六七八九]五")


def limits_of(node: c.Compare) -> tuple[Number, ...]:
    """The numbers of a comparison: both ends, the bound, or how many times another fact, if not once."""
    limit = node.limit
    if node.operator == "between":
        return limit[0], limit[1]
    if isinstance(limit, c.Times):
        return () if limit.times == 1 else (limit.times,)
    return (limit,)


def numbers_of(node: c.Condition) -> Iterator[tuple[str, Number]]:
    """The numbers of one condition, each under its key."""
    if isinstance(node, c.Compare):
        yield from ((node.operator, value) for value in limits_of(node))
    elif isinstance(node, c.Share):
        yield node.operator, node.limit
    elif isinstance(node, c.Running):
        yield "running", node.running
    elif isinstance(node, c.EachYear) and node.each_year.full_years is not None:
        yield "full_years", node.each_year.full_years


def bounds_of(node: c.Condition) -> list[Number]:
    """The numbers that a condition sets, every one that is in it."""
    set_by = ((part, value) for part in c.walk(node) for _, value in numbers_of(part))
    return [value for part, value in set_by if value != 0 or isinstance(part, c.Share)]


def holds_numbers(rule: Rule, node: c.Condition) -> bool:
    """Whether the quote of a rule holds every number of a condition, or says one of “about”."""
    bounds = bounds_of(node)
    if not bounds or (_VAGUE.search(rule.quote) and len(bounds) == 2):
        return True
    said = {number.value for number in numbers_in(rule.quote)}
    return all(bound in said for bound in bounds)


def says_number(rule: Rule, node: c.Condition) -> bool:
    """Whether the quote of a rule gives the numbers of a condition, or a number with “about” that they are
    read from."""
    return holds_numbers(rule, node) or bool(_VAGUE.search(rule.quote) and numbers_in(rule.quote))


def sets_time(rule: Rule) -> bool:
    """Whether a number is in the time of a rule: a length, a cycle, a day."""
    lengths = (rule.after, rule.cycle, rule.years, rule.from_years)
    in_year = rule.yearly is not None and isinstance(rule.yearly.looked_for_until, DueOn)
    return any(length is not None for length in lengths) or isinstance(rule.by, date) or in_year


def holds_time(rule: Rule) -> bool:
    """Whether the quote of a rule says when; a rule without a time says nothing that it could not hold."""
    quote = re.sub(r"\s", "", rule.quote)
    if rule.yearly is not None:
        due = rule.yearly.looked_for_until
        day = due.next_year or due.same_year if isinstance(due, DueOn) else None
        in_time = day is None or says_day(date.fromisoformat(f"2024-{day}"), quote)  # of a leap year
        return in_time and bool(YEARLY.search(quote))
    if rule.from_ is not None:
        return bool(APPROVAL.search(quote)) if rule.from_ == "approval" else bool(TERM_END.search(quote))
    length = rule.after or rule.cycle
    if length is not None:
        return says_length(length.shift, quote)
    if rule.years is not None:
        return rule.years in years_in(quote)
    if isinstance(rule.by, date):
        return _says_date(rule.by, quote)
    if rule.by == "term_end":
        return bool(TERM_END.search(quote)) and "逐步" not in quote
    return True


def _says_date(day: date, quote: str) -> bool:
    """Whether a quote says a day, or names a five-year plan; the first and the last of a year go without
    saying."""
    in_year = (day.month, day.day) == (1, 1) or says_day(day, quote)
    return _PLAN.search(quote) is not None or (str(day.year) in in_digits(quote) and in_year)


def unsaid(rule: Rule) -> frozenset[str]:
    """What goes with the time of a rule and its quote does not say: that its years or cycles are those of the
    term (`until`), how long after a cycle is still in time (`grace`), the day from which on it counts
    (`since`)."""
    quote = re.sub(r"\s", "", rule.quote)
    ends = rule.until is not None and (rule.yearly is not None or rule.cycle is not None)
    grace = rule.cycle.grace if rule.cycle is not None else None
    parts = {
        "until": ends and not TERM_END.search(quote),
        "grace": grace is not None and not says_length(grace.shift, quote),
        "since": isinstance(rule.since, date) and not _says_date(rule.since, quote),
    }
    return frozenset(part for part, missing in parts.items() if missing)


def without(rule: Rule, parts: Collection[str]) -> Rule:
    """A rule without what `unsaid` names."""
    changes: dict[str, object] = {part: None for part in parts if part != "grace"}
    if "grace" in parts and rule.cycle is not None:
        changes["cycle"] = rule.cycle.model_copy(update={"grace": None})
    return rule.model_copy(update=changes) if changes else rule


READING = Text("〔理解〕", " [reading]")


def marked(rule: Rule, node: c.Condition, text: Text) -> Text:
    """What a condition asks, marked where it sets a number that the quote does not have."""
    said = {number.value for number in numbers_in(rule.quote)}
    ours = any(bound not in said for bound in bounds_of(node))  # 左右 gives a number and no bounds
    return Text(text.zh + READING.zh, text.en + READING.en) if ours else text


def in_words(ruleset: RuleSet, rule: Rule, node: c.Condition | None = None) -> Text:
    """What a rule asks, or one condition of it, in plain words, marked where that is our reading."""
    part = rule.condition if node is None else node
    return marked(rule, part, described(part, ruleset, rule))


def time_marked(ruleset: RuleSet, rule: Rule) -> Text:
    """When a rule is looked at, in words, marked where the quote does not say so."""
    text = time_of(rule, ruleset.vocabulary)
    return text if holds_time(rule) and not unsaid(rule) else Text(text.zh + READING.zh, text.en + READING.en)


# --- what a quote enumerates (政策、资金、土地、基础设施等) ---------------------------------------------

_CLAUSE = re.compile("[，。；：…]")
_BETWEEN = re.compile("、|以及|和|及|或|与")
_BEFORE = re.compile("^.*(?:在|给予|予以|通过|承担|依托|包括|采取|围绕|形成|开展|以)(?=..)")
_AFTER = re.compile("(?:等|方面).*$")
_ENDING = re.compile("(?:支持|保障|引进)$")
_EMPTY = frozenset({"充分", "大力", "给予", "予以", "方式", "途径", "不同途径", "市场化途径"})
"""What is left of 充分保障 and the like: no member of a list."""
_LONGEST = 10
"""Characters: what is longer is a sentence and no member of a list."""
_FEWEST = 3


class Shared(NamedTuple):
    """Members that both sides name, and those of one side only, as the quotes have them."""

    both: tuple[str, ...]
    a: tuple[str, ...]
    b: tuple[str, ...]


def members(quote: str) -> list[str]:
    """The members of the lists of a quote, without what leads to the first and follows the last."""
    words = []
    for clause in _CLAUSE.split(quote):
        if "、" in clause:
            for part in re.split("等(?:方面)?(?=给予|予以)", clause):
                listed = _BETWEEN.split(_AFTER.sub("", part))
                words += [_BEFORE.sub("", _ENDING.sub("", word)).strip("“”‘’ ") for word in listed]
    return list(dict.fromkeys(word for word in words if 2 <= len(word) <= _LONGEST and word not in _EMPTY))


def shared(left: Sequence[Rule], right: Sequence[Rule]) -> Shared | None:
    """What the lists of both sides have in common and what not; None where no member is the same, or every
    one, or a side enumerates too little. A member that the other side names outside its lists is left out."""
    words_a, words_b = (
        list(dict.fromkeys(word for rule in rules for word in members(rule.quote))) for rules in (left, right)
    )
    both = tuple(  # 高校 and 国内外高校 are one member: the noun stands last
        x for x in words_a if any(x.endswith(y) or y.endswith(x) for y in words_b)
    )
    if not (set(words_a) & set(words_b) or len(both) > 1) or min(len(words_a), len(words_b)) < _FEWEST:
        return None
    first, second = ("…".join(rule.quote for rule in rules) for rules in (left, right))
    only_a = tuple(word for word in words_a if word not in both and word not in second)
    only_b = tuple(word for word in words_b if word not in first)
    return Shared(both, only_a, only_b) if only_a or only_b else None
