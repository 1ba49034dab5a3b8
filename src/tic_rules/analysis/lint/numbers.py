"""Whether the numbers, comparisons and deadlines of a rule are those of its quote, or of its reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import partial

from tic_rules.analysis.diff.quoted import numbers_of
from tic_rules.analysis.lint.faults import CHECK_DEADLINE, CHECK_NUMBER, Found, Loc
from tic_rules.analysis.speech import (
    APPROVAL,
    REFUSES,
    TERM_END,
    WORKING_DAYS,
    YEARLY,
    SpokenNumber,
    calendar_years_in,
    numbers_in,
    says_day,
    says_length,
    says_years,
    times_in,
    years_in,
)
from tic_rules.core.errors import Text, plural
from tic_rules.core.numbers import Number, decimal_text
from tic_rules.core.source import Plain
from tic_rules.inputs.typed_days import in_digits
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Fact, Rule, RuleSet
from tic_rules.results.explanation import facts_of_rule
from tic_rules.results.labels import number_text
from tic_rules.results.time_words import length_words

_FLOORS, _CEILINGS = {"at_least", "more_than"}, {"at_most", "less_than"}
_CONTRARY = {"at_least": "less_than", "less_than": "at_least", "at_most": "more_than", "more_than": "at_most"}


def about_numbers(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    quote, reading = numbers_in(rule.quote), numbers_in(rule.reading.zh) if rule.reading else []
    amounts = {at for at, _, fact in _comparisons(rule, ruleset) if fact.unit == "CNY"}
    for at, node in c.nodes_of(rule):
        money = at in amounts
        for key, value in numbers_of(node):
            if _goes_without_saying(at, key, value):
                continue
            said = [number for number in quote if number.value == value and number.money >= money]
            if not any(number.claims for number in said):
                said += [number for number in reading if number.value == value and number.money >= money]
            place = (*at, key)
            if not said:
                shown = decimal_text(value) or str(value)
                zh = f"数字 {shown} 不见于引文，也不见于 reading"
                en = f"the number {shown} stands neither in the quote nor in the reading"
                yield Found("TR309", place, zh, en, CHECK_NUMBER)
            elif at[0] == "require":
                explained = [number for number in reading if number.value == value]
                yield from _compared(key, place, said, explained, REFUSES.search(rule.quote) is not None)


def about_plausible(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    """The thresholds that lie beyond what the field that they are compared with calls plausible."""
    units = ruleset.vocabulary.units
    in_yuan = Text("核对单位（元、万元、亿元）", "check the unit (元, 万元, 亿元)")
    for at, node, fact in _comparisons(rule, ruleset):
        least, most = _plausible(fact, ruleset)
        fix = in_yuan if fact.unit == "CNY" else Text("核对数字和单位", "check the number and its unit")
        for key, value in numbers_of(node):
            if value != 0 and ((least is not None and value < least) or (most is not None and value > most)):
                shown = Text.of(partial(number_text, value, fact.unit, units))
                zh = f"界限{shown.zh}不在字段“{fact.label.zh}”的合理范围内"
                en = f"the threshold {shown.en} is beyond what is plausible for “{fact.label.en}”"
                yield Found("TR314", (*at, key), zh, en, fix)


def _comparisons(rule: Rule, ruleset: RuleSet) -> Iterator[tuple[Loc, c.Compare, Fact]]:
    """Where a rule holds a fact against a number, not against another fact."""
    for at, node in c.nodes_of(rule):
        if isinstance(node, c.Compare) and node.fact in ruleset.facts and not isinstance(node.limit, c.Times):
            yield at, node, ruleset.facts[node.fact]


def _plausible(fact: Fact, ruleset: RuleSet) -> tuple[Number | None, Number | None]:
    """Between what the numbers of a fact lie as one expects; a sum may be more than any of its entries."""
    fields = ruleset.vocabulary.fields
    path = fact.stock or fact.value
    if fact.sum is not None and (listed := ruleset.vocabulary.lists.get(fact.of or "")) is not None:
        path = f"{listed.paths[0]}.{fact.sum}"
    field = fields.get(path or "")
    if field is None or field.plausible is None:
        return None, None
    least, most = field.plausible
    return least, None if fact.sum is not None else most


def _goes_without_saying(at: Loc, key: str, value: object) -> bool:
    """More than nothing, and for what a clause speaks to at least one, is that there is any at all; at most
    nothing, that there is none. The years of a window are looked at with the windows."""
    any_or_none = key in ("more_than", "at_most") and value == 0
    return any_or_none or key == "full_years" or (at[0] == "applies" and (key, value) == ("at_least", 1))


def _compared(
    written: str, place: Loc, said: list[SpokenNumber], explained: list[SpokenNumber], refuses: bool
) -> Iterator[Found]:
    """The comparison of a number in another direction than its words have, or with the number itself where
    they leave it out. Within `not` it means the contrary of what is written; `refuses`: the words may say
    whom a clause refuses, which is the contrary of what it asks."""
    turned = place.count("not") % 2 == 1
    operator = _CONTRARY.get(written, written) if turned else written
    claims = frozenset[str]().union(*(number.claims for number in said))
    if not claims or any(operator in number.claims for number in (*said, *explained)):
        return
    if operator == "running" or (refuses and _CONTRARY.get(operator) in claims):
        return
    claim = sorted(claims)[0]
    inclusive = claim in ("at_least", "at_most")
    code, zh, en = "TR308", f"条件却是 {operator}", f"the condition says {operator}"
    if {operator, claim} in (_FLOORS, _CEILINGS):
        code, zh, en = "TR306" if inclusive else "TR307", f"写成了 {operator}", f"{operator} is written"
    elif operator == "equals" and inclusive and not turned:
        zh, en = "条件却要求正好等于", "the condition wants exactly it"
    elif operator not in _FLOORS | _CEILINGS:
        return
    right = _CONTRARY[claim] if turned else claim
    fix = Text(f"改为 {right}", f"write {right}")
    if turned:
        zh, en = f"{zh}（not 之内写的是 {written}）", f"{en} (`not` of {written})"
    yield Found(code, place, f"原文的用语是 {claim}，{zh}", f"the words mean {claim}, and {en}", fix)


# --- deadlines ----------------------------------------------------------------------------------------------


_WITHOUT = ("limit", "prohibition", "consequence")
"""What is broken at once, or follows, whatever time its words speak of."""
_NEITHER = Text("引文和 reading 都没有这一期限", "which neither the quote nor the reading says")
_WORKING = Text(
    "原文以工作日计；请在 reading 中写明按多少日计",
    "and the text counts working days: the reading says for how many days they are taken",
)


def about_deadline(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    """A deadline that neither text has, and one of the quote that the rule has not; where the rule asks how
    old something is, a time of the quote may be that age."""
    quote, reading = re.sub(r"\s", "", rule.quote), rule.reading.zh if rule.reading else ""
    facts = (ruleset.facts.get(name) for name in facts_of_rule(rule))
    aged = any(fact is not None and fact.reading == "age" for fact in facts)
    both = f"{quote}；{reading}"
    named = {int(n) for n in re.findall(r"((?<!\d)\d+)年建设期内", quote)}  # of a term, not of a deadline
    asked = {years for years in years_in(quote) - named if not (aged or says_years(years, reading))}
    if rule.from_years is not None:
        asked -= {rule.from_years}
    length = rule.after or rule.cycle
    if length is not None:
        if not says_length(length.shift, both):
            key, time = "by" if rule.after is not None else "cycle", length_words(length.shift)
            why = _WORKING if length.days is not None and WORKING_DAYS.search(both) else _NEITHER
            yield _deadline(key, f"期限是{time.zh}，{why.zh}", f"the time is {time.en}, {why.en}")
        return
    if rule.years is not None:
        if rule.years not in (asked or years_in(both)) and (asked or not says_years(rule.years, reading)):
            said = [str(n) for n in sorted(asked)]
            zh, en = (f"引文说{'、'.join(said)}年", f"the quote says {', '.join(said)}") if said else _NEITHER
            yield _deadline(
                "by", f"期限是{rule.years}年，{zh}", f"the deadline is {plural(rule.years, 'year')}, {en}"
            )
        return
    dated = (rule.by, rule.from_, rule.yearly) != (None, None, None) or rule.kind in _WITHOUT
    times = times_in(quote) - ({"每年"} if _looks_at_years(rule, ruleset) else set())
    unsaid = [] if dated or aged else sorted(time for time in times if time not in in_digits(reading))
    if unsaid:
        zh, en = "、".join(unsaid), ", ".join(unsaid)
        en = f"the quote sets a deadline ({en}), and the rule does not"
        yield _deadline("id", f"引文写明期限（{zh}），规则没有照写", en)
    yield from _unwritten_or_dated(rule, quote, both, asked)
    yield from _counted_from(rule, both)


def _looks_at_years(rule: Rule, ruleset: RuleSet) -> bool:
    """Whether a condition says by itself what is asked of each year, or leaves it to a judgement."""
    nodes = [node for _, node in c.nodes_of(rule)]
    facts = (ruleset.facts.get(getattr(node, "fact", "")) for node in nodes)
    return any(isinstance(node, (c.EachYear, c.Running, c.Attested)) for node in nodes) or any(
        fact is not None and (fact.unit == "a_year" or fact.over is not None) for fact in facts
    )


def _unwritten_or_dated(rule: Rule, quote: str, both: str, asked: set[int]) -> Iterator[Found]:
    """A rule without a number of years: a deadline of the quote that it lacks, or a day that the texts do not
    say; `asked` are the years that the quote sets."""
    if asked and rule.kind != "limit":
        said = [str(n) for n in sorted(asked)]
        years = ", ".join(plural(n, "year") for n in sorted(asked))
        en = f"the quote sets a deadline of {years}, and the rule does not"
        yield _deadline("by" if rule.by else "id", f"引文写明{'、'.join(said)}年的期限，规则没有照写", en)
    elif isinstance(rule.by, date):
        if rule.by.year not in calendar_years_in(both):
            en = f"the year of the deadline {rule.by} stands neither in the quote nor in the reading"
            yield _deadline("by", f"期限{rule.by}的年份不见于引文，也不见于 reading", en)
        elif not says_day(rule.by, both):
            zh = f"“到{rule.by.year}年”以12月31日为限，不是{rule.by}"
            yield _deadline("by", zh, f"“by {rule.by.year}” is up to 31 December, not {rule.by}")
    elif "term_end" in (rule.by, rule.from_, rule.until, rule.since):
        key = next(
            key for key in ("by", "from", "until", "since") if getattr(rule, key.replace("from", "from_"))
        )
        if not TERM_END.search(both):
            en = "neither the quote nor the reading speaks of the end of the term"
            yield _deadline(key, "引文和 reading 都没有说到建设期满", en)
    elif re.search("期满时|期满前|期满后", quote) and "期满" not in both.partition("；")[2]:
        en = "the quote looks at the end of the term, and the rule does not"
        yield _deadline("id", "引文以建设期满为限，规则没有照写", en)


def _counted_from(rule: Rule, both: str) -> Iterator[Found]:
    """The days and years that a rule counts from, which the quote or the reading says."""
    if rule.from_ == "approval" and not APPROVAL.search(both):
        en = "neither the quote nor the reading speaks of approval"
        yield _deadline("from", "引文和 reading 都没有说到批复", en)
    if rule.since == "approval" and not APPROVAL.search(both):
        en = "neither the quote nor the reading counts from approval"
        yield _deadline("since", "引文和 reading 都没有说自批复起计", en)
    if isinstance(rule.since, date) and rule.since.year not in calendar_years_in(both):
        en = f"the year of {rule.since} stands neither in the quote nor in the reading"
        yield _deadline("since", f"起算日{rule.since}的年份不见于引文，也不见于 reading", en)
    if rule.yearly is not None and not YEARLY.search(both):
        en = "neither the quote nor the reading speaks of every year"
        yield _deadline("yearly", "引文和 reading 都没有说每年或年度", en)


def _deadline(key: str, zh: str, en: str) -> Found:
    return Found("TR310", (key,), zh, en, CHECK_DEADLINE)


def about_order_of_time(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    """Deadlines that lie before what counts, or before the document binds anyone."""
    quote = re.sub(r"\s", "", rule.quote)
    begins = ruleset.document.in_force.from_ or ruleset.document.issued
    later = Text("改用批复之后的期限", "use a deadline after approval")
    by_approval = rule.by in ("application", "approval")
    if by_approval and rule.since == "approval":
        zh, en = "自批复起计的事项，期限却不晚于批复", "what counts from approval on is asked for by approval"
        yield Found("TR203", ("by",), zh, en, later)
    elif by_approval and re.search("批复创建后|批复后|获批后|建设期满", quote):
        en = "the quote speaks of the time after approval, and the deadline is not after it"
        yield Found("TR203", ("by",), "引文说的是批复之后，期限却不晚于批复", en, later)
    elif rule.since == "term_end" and (by_approval or "term_end" in (rule.by, rule.until)):
        zh, en = "期满以后的才算，期限却不晚于期满", "what counts after the term is asked for by its end"
        yield Found("TR203", ("since",), zh, en, Text("改用期满之后的期限", "use a deadline after the term"))
    if isinstance(rule.by, date):
        if begins is not None and rule.by < begins:
            en = f"the deadline {rule.by} lies before the document is in force ({begins})"
            yield Found("TR203", ("by",), f"期限{rule.by}早于文件施行之日{begins}", en)
        if isinstance(rule.since, date) and rule.since > rule.by:
            en = f"what counts begins on {rule.since}, after the deadline {rule.by}"
            yield Found("TR203", ("since",), f"起算日{rule.since}晚于期限{rule.by}", en)


# --- units --------------------------------------------------------------------------------------------------


def about_units(rule: Rule, ruleset: RuleSet, index: int) -> Iterator[Found]:
    """Bounds as they are written, against the unit of their fact."""
    for at, node, fact in _comparisons(rule, ruleset):
        place = (*at, node.operator)
        value: object = ruleset.written("rules", index, *place)  # as it stands in the file: not yet a number
        items = value if isinstance(value, list) else [value]
        for written in (str(item) for item in items if isinstance(item, (str, Plain, int))):
            wrong = _without_unit(written, fact.unit)
            if wrong:
                zh = f"{node.fact} 的单位是 {fact.unit}，{written} {wrong[0]}"
                en = f"the unit of {node.fact} is {fact.unit}; {written} is not written so"
                yield Found("TR102", place, zh, en, wrong[1])


_PERCENTAGE = Text("写成百分数，例如1.1%", "write a percentage, as in 1.1%")
_YUAN = Text("写明元，例如10亿元", "write the amount with its unit, as in 10亿元")


def _without_unit(written: str, unit: str | None) -> tuple[str, Text] | None:
    """What a bound lacks: 元 of an amount, the sign of a percentage. None where it is written whole."""
    if unit == "CNY":
        return None if re.search("[元圆]", written) or not written.strip("0. ") else ("没有写元", _YUAN)
    plain = re.fullmatch(r"\d+(\.\d+)?", written.strip()) if unit == "ratio" else None
    return ("不是比例", _PERCENTAGE) if plain and Fraction(plain[0]) > 1 else None
