"""Whether the numbers, comparisons and deadlines of a rule are those of its quote, or of its reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from tic_rules.analysis.lint.faults import Found, Loc, nodes_of
from tic_rules.analysis.speech import (
    APPROVAL,
    TERM_END,
    YEARLY,
    Said,
    calendar_years_in,
    numbers_in,
    says_day,
    says_length,
    says_years,
    years_in,
)
from tic_rules.core.errors import Text
from tic_rules.core.numbers import decimal_text
from tic_rules.core.source import Plain
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Fact, Rule, RuleSet
from tic_rules.results.labels import number_text
from tic_rules.results.time_words import length_words

_FLOOR, _CEILING = ("at_least", "more_than"), ("at_most", "less_than")


def about_numbers(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    quote, reading = numbers_in(rule.quote), numbers_in(rule.reading.zh) if rule.reading else []
    for at, node in nodes_of(rule):
        fact = ruleset.facts.get(getattr(node, "fact", ""))
        money = (
            fact is not None
            and fact.unit == "CNY"
            and isinstance(node, c.Compare)
            and not isinstance(node.limit, c.Times)
        )
        for key, value in _bounds(node):
            if _goes_without_saying(at, key, value):
                continue
            said = [number for number in quote if number.value == value and number.money >= money]
            if not any(number.claims for number in said):
                said += [number for number in reading if number.value == value and number.money >= money]
            place = (*at, key)
            if not said:
                shown = decimal_text(value) or str(value)
                fix = Text(
                    "核对数字，或在 reading 中说明它从何而来",
                    "check the number, or say in the reading where it comes from",
                )
                yield Found(
                    "TR309",
                    place,
                    f"数字 {shown} 不见于引文，也不见于 reading",
                    f"the number {shown} stands neither in the quote nor in the reading",
                    fix,
                )
            elif at[0] == "require" and not _explained(key, value, reading):
                yield from _compared(key, place, said)


def about_plausible(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    """The thresholds that lie beyond what the field that they are compared with calls plausible."""
    for at, node in nodes_of(rule):
        fact = ruleset.facts.get(getattr(node, "fact", ""))
        if fact is None or not isinstance(node, c.Compare) or isinstance(node.limit, c.Times):
            continue
        least, most = _plausible(fact, ruleset)
        for key, value in _bounds(node):
            if value != 0 and ((least is not None and value < least) or (most is not None and value > most)):
                units = ruleset.vocabulary.units
                shown = [number_text(value, fact.unit, units, lang) for lang in ("zh", "en")]
                yield Found(
                    "TR314",
                    (*at, key),
                    f"界限{shown[0]}不在字段“{fact.label.zh}”的合理范围内",
                    f"the threshold {shown[1]} is beyond what is plausible for “{fact.label.en}”",
                    Text("核对单位（元、万元、亿元）", "check the unit (元, 万元, 亿元)"),
                )


def _plausible(fact: Fact, ruleset: RuleSet) -> tuple[Any, Any]:
    """Between what the numbers of a fact lie as one expects; a sum is no less than one of its entries, and
    may be more than any."""
    fields = ruleset.vocabulary.fields
    path = fact.stock or fact.value
    if fact.sum is not None and fact.of is not None:
        path = f"{ruleset.vocabulary.lists[fact.of].paths[0]}.{fact.sum}"
    field = fields.get(path or "")
    if field is None or field.plausible is None:
        return None, None
    least, most = field.plausible
    return least, None if fact.sum is not None else most


def _explained(operator: str, value: object, reading: list[Said]) -> bool:
    """Whether the reading says the number with this very comparison."""
    return any(number.value == value and operator in number.claims for number in reading)


def _bounds(node: c.Condition) -> Iterator[tuple[str, Any]]:
    """The numbers of one condition, each under its key."""
    if isinstance(node, c.Compare):
        limit = node.limit
        for value in (
            limit
            if node.operator == "between"
            else (limit.times,)
            if isinstance(limit, c.Times)
            else (limit,)
        ):
            if not (isinstance(limit, c.Times) and value == 1):  # the other fact itself
                yield node.operator, value
    elif isinstance(node, c.Share):
        yield node.operator, node.limit
    elif isinstance(node, c.Running):
        yield "running", node.running


def _goes_without_saying(at: Loc, key: str, value: object) -> bool:
    """More than nothing, and for what a clause speaks to at least one, is that there is any at all."""
    return (key == "more_than" and value == 0) or (at[0] == "applies" and key == "at_least" and value == 1)


def _compared(operator: str, place: Loc, said: list[Said]) -> Iterator[Found]:
    claims = frozenset[str]().union(*(number.claims for number in said))
    if not claims or operator in claims or operator == "running":
        return
    claim = sorted(claims)[0]
    fix = Text(f"改为 {claim}", f"write {claim}")
    if operator in _FLOOR + _CEILING and {operator, claim} in ({*_FLOOR}, {*_CEILING}):
        inclusive = claim in ("at_least", "at_most")
        code = "TR306" if inclusive else "TR307"
        yield Found(
            code,
            place,
            f"原文的用语是 {claim}，写成了 {operator}",
            f"the words mean {claim}, and {operator} is written",
            fix,
        )
    elif operator in _FLOOR + _CEILING:
        yield Found(
            "TR308",
            place,
            f"原文的用语是 {claim}，条件却是 {operator}",
            f"the words mean {claim}, and the condition says {operator}",
            fix,
        )
    elif operator == "equals" and claim in ("at_least", "at_most"):
        yield Found(
            "TR308",
            place,
            f"原文的用语是 {claim}，条件却要求正好等于",
            f"the words mean {claim}, and the condition wants exactly it",
            fix,
        )


# --- deadlines ----------------------------------------------------------------------------------------------


def about_deadline(rule: Rule) -> Iterator[Found]:
    quote, reading = re.sub(r"\s", "", rule.quote), rule.reading.zh if rule.reading else ""
    both = f"{quote}；{reading}"
    asked = {years for years in years_in(quote) - _spans(quote) if not says_years(years, reading)}
    if rule.from_years is not None:
        asked -= {rule.from_years}
    length = (rule.after or rule.cycle).shift if rule.after or rule.cycle else None  # type: ignore[union-attr]
    if length is not None:
        if not says_length(length, both):
            said_zh, said_en = length_words(length)
            key = "by" if rule.after is not None else "cycle"
            yield _deadline(
                key,
                f"期限是{said_zh}，引文和 reading 都没有这一期限",
                f"the time is {said_en}, which neither the quote nor the reading says",
            )
        return
    if rule.years is not None:
        if rule.years not in (asked or years_in(both)):
            said = "、".join(str(n) for n in sorted(asked))
            yield _deadline(
                "by",
                f"期限是{rule.years}年"
                + (f"，引文说{said}年" if said else "，引文和 reading 都没有这一期限"),
                f"the deadline is {rule.years} years"
                + (f", the quote says {said}" if said else ", which neither the quote nor the reading says"),
            )
        return
    yield from _unwritten_or_dated(rule, quote, both, asked)
    yield from _counted_from(rule, quote, both)


def _unwritten_or_dated(rule: Rule, quote: str, both: str, asked: set[int]) -> Iterator[Found]:
    """A rule without a number of years: a deadline of the quote that it lacks, or a day that the texts do not
    say; `asked` are the years that the quote sets."""
    if asked and rule.kind != "limit":
        said = "、".join(str(n) for n in sorted(asked))
        yield _deadline(
            "by" if rule.by else "id",
            f"引文写明{said}年的期限，规则没有照写",
            f"the quote sets a deadline of {said} years, and the rule does not",
        )
    elif isinstance(rule.by, date):
        years = calendar_years_in(both)
        if rule.by.year not in years:
            yield _deadline(
                "by",
                f"期限{rule.by}的年份不见于引文，也不见于 reading",
                f"the year of the deadline {rule.by} stands neither in the quote nor in the reading",
            )
        elif not says_day(rule.by, both):
            yield _deadline(
                "by",
                f"“到{rule.by.year}年”以12月31日为限，不是{rule.by}",
                f"“by {rule.by.year}” is up to 31 December, not {rule.by}",
            )
    elif "term_end" in (rule.by, rule.from_, rule.until, rule.since):
        key = next(
            key for key in ("by", "from", "until", "since") if getattr(rule, key.replace("from", "from_"))
        )
        if not TERM_END.search(both):
            yield _deadline(
                key,
                "引文和 reading 都没有说到建设期满",
                "neither the quote nor the reading speaks of the end of the term",
            )
    elif re.search("期满时|期满前|期满后", quote) and "期满" not in both.partition("；")[2]:
        yield _deadline(
            "id",
            "引文以建设期满为限，规则没有照写",
            "the quote looks at the end of the term, and the rule does not",
        )


def _counted_from(rule: Rule, quote: str, both: str) -> Iterator[Found]:
    """The days and years that a rule counts from, which the quote or the reading says."""
    if rule.from_ == "approval" and not APPROVAL.search(both):
        yield _deadline(
            "from", "引文和 reading 都没有说到批复", "neither the quote nor the reading speaks of approval"
        )
    if rule.since == "approval" and not APPROVAL.search(both):
        yield _deadline(
            "since",
            "引文和 reading 都没有说自批复起计",
            "neither the quote nor the reading counts from approval",
        )
    if isinstance(rule.since, date) and rule.since.year not in calendar_years_in(both):
        yield _deadline(
            "since",
            f"起算日{rule.since}的年份不见于引文，也不见于 reading",
            f"the year of {rule.since} stands neither in the quote nor in the reading",
        )
    if rule.yearly is not None and not YEARLY.search(both):
        yield _deadline(
            "yearly",
            "引文和 reading 都没有说每年或年度",
            "neither the quote nor the reading speaks of every year",
        )


def _spans(quote: str) -> set[int]:
    """The years of a term that is named, not of a deadline: 5年建设期内."""
    return {int(n) for n in re.findall(r"((?<!\d)\d+)年建设期内", quote)}


def _deadline(key: str, zh: str, en: str) -> Found:
    return Found(
        "TR310",
        (key,),
        zh,
        en,
        Text(
            "核对期限，或在 reading 中说明由来",
            "check the deadline, or say in the reading where it comes from",
        ),
    )


def about_order_of_time(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    """Deadlines that lie before what counts, or before the document binds anyone."""
    quote = re.sub(r"\s", "", rule.quote)
    begins = ruleset.document.in_force.from_ or ruleset.document.issued
    if rule.since == "approval" and rule.by in ("application", "approval"):
        yield Found(
            "TR203",
            ("by",),
            "自批复起计的事项，期限却不晚于批复",
            "what counts from approval on is asked for by approval",
            Text("改用批复之后的期限", "use a deadline after approval"),
        )
    elif rule.by in ("application", "approval") and re.search("批复创建后|批复后|获批后|建设期满", quote):
        yield Found(
            "TR203",
            ("by",),
            "引文说的是批复之后，期限却不晚于批复",
            "the quote speaks of the time after approval, and the deadline is not after it",
            Text("改用批复之后的期限", "use a deadline after approval"),
        )
    if isinstance(rule.by, date):
        if begins is not None and rule.by < begins:
            yield Found(
                "TR203",
                ("by",),
                f"期限{rule.by}早于文件施行之日{begins}",
                f"the deadline {rule.by} lies before the document is in force ({begins})",
            )
        if isinstance(rule.since, date) and rule.since > rule.by:
            yield Found(
                "TR203",
                ("since",),
                f"起算日{rule.since}晚于期限{rule.by}",
                f"what counts begins on {rule.since}, after the deadline {rule.by}",
            )


# --- units --------------------------------------------------------------------------------------------------


def about_units(rule: Rule, ruleset: RuleSet, index: int) -> Iterator[Found]:
    """Bounds as they are written, against the unit of their fact."""
    for at, node in nodes_of(rule):
        if (
            not isinstance(node, c.Compare)
            or node.fact not in ruleset.facts
            or isinstance(node.limit, c.Times)
        ):
            continue
        unit = ruleset.facts[node.fact].unit
        for written in _written(ruleset, index, (*at, node.operator)):
            wrong = _wrong_unit(str(written), unit)
            if wrong:
                fix = Text(wrong[1], wrong[2])
                yield Found(
                    "TR102",
                    (*at, node.operator),
                    f"{node.fact} 的单位是 {unit}，{written} {wrong[0]}",
                    f"the unit of {node.fact} is {unit}; {written} is not written so",
                    fix,
                )
    units = (
        {ruleset.facts[name].unit for name in rule.amount.sum_of if name in ruleset.facts}
        if rule.amount
        else set()
    )
    if len(units) > 1:
        yield Found("TR102", ("amount",), "相加的事实单位不同", "the facts that are added differ in unit")


def _written(ruleset: RuleSet, index: int, within: Loc) -> list[Any]:
    """A bound of a rule, by its index, as it stands in the file: Plain text, not yet a number."""
    value: Any = ruleset.written("rules", index, *within)
    return [
        item
        for item in (value if isinstance(value, list) else [value])
        if isinstance(item, (str, Plain, int))
    ]


def _wrong_unit(written: str, unit: str | None) -> tuple[str, str, str] | None:
    money, percent = bool(re.search("[元圆]", written)), written.rstrip().endswith(("%", "％"))
    if unit == "CNY":
        return (
            None
            if money or not written.strip("0. ")
            else ("没有写元", "写明元，例如10亿元", "write the amount with its unit, as in 10亿元")
        )
    if money:
        return "写成了金额", "只写数字", "write the bare number"
    if unit == "ratio":
        plain = not percent and "/" not in written and re.fullmatch(r"\d+(\.\d+)?", written.strip())
        return (
            ("不是比例", "写成百分数，例如1.1%", "write a percentage, as in 1.1%")
            if plain and Fraction(written.strip()) > 1
            else None
        )
    return ("写成了百分数", "只写数字", "write the bare number") if percent else None
