"""What a finding says: its message in both languages, made of the rule and of what was found, of nothing else.

So what has been said once can be said again: the last few thousand messages of a rule set are remembered with it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from tic_rules.core.errors import Text
from tic_rules.core.logic import TRUE, compare
from tic_rules.core.quantities import Number, Range, Span, visible
from tic_rules.core.source import pointer
from tic_rules.evaluation.entries import Path
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import day_text, field_label, join, number_text, range_text, words_of
from tic_rules.results.report import Said

REMEMBERED = 5_000
"""Messages of a rule set: some megabytes at most, however many centres are checked."""

_SIGNS = {"at_least": "≥", "at_most": "≤", "more_than": ">", "less_than": "<", "equals": "=", "between": ""}
_LISTED = 8
_ASKED = 6


class Found(NamedTuple):
    """All that a message depends on besides its rule."""

    status: str
    observed: Any = None
    bound: Range | None = None
    lacking: tuple[str, ...] = ()
    missing: tuple[Path, ...] = ()
    years: tuple[tuple[int, str], ...] = ()
    deadline: date | None = None
    days_left: int = 0
    reached_on: str | None = None
    why_not: str | None = None
    amount: Range | None = None
    exempted: tuple[str, str, str] | None = None
    """By whom, on which day and why."""


def remembered(ruleset: RuleSet, rule: Rule, key: Any) -> Said | None:
    """What has been said of a rule. `key` tells what was found from whatever else may be found of it."""
    memo: dict[Any, Said] = ruleset._compiled.setdefault("said", {})
    return memo.get((rule.id, key))


def said(ruleset: RuleSet, rule: Rule, key: Any, found: Found) -> Said:
    """What is to be said of a rule, to be remembered under a key."""
    memo: dict[Any, Said] = ruleset._compiled.setdefault("said", {})
    if len(memo) >= REMEMBERED:
        memo.clear()
    known = memo[rule.id, key] = _said(ruleset, rule, found)
    return known


def _said(ruleset: RuleSet, rule: Rule, found: Found) -> Said:
    zh, en = (_Speaker(ruleset, rule, found, lang) for lang in ("zh", "en"))
    details = zh.details(), en.details()
    message = Text("；".join([zh.head(), *details[0]]) + "。", "; ".join([en.head(), *details[1]]) + ".")
    return Said(message, Text("；".join(details[0]), "; ".join(details[1])))


class _Speaker:
    """The parts of a message in one language."""

    def __init__(self, ruleset: RuleSet, rule: Rule, found: Found, lang: str) -> None:
        self.ruleset, self.rule, self.found, self.lang, self.vocabulary = (
            ruleset,
            rule,
            found,
            lang,
            ruleset.vocabulary,
        )

    def t(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def head(self) -> str:
        status, rule = self.found.status, self.rule
        message = rule.message.text.in_(self.lang)
        if status == "fail" and rule.kind == "consequence" and rule.then is not None:
            return self._sentence(self.t(f"{message}；{rule.then.zh}", f"{message}; {rule.then.en}"))
        if status in ("fail", "exempted"):
            return self._sentence(message)
        heads = {
            "pass": ("没有触发", "Not triggered") if rule.kind == "consequence" else ("符合", "Met"),
            "pending": ("尚待完成", "Still to be met"),
            "unknown": ("数据不足，无法判断", "The data does not decide this"),
            "needs_review": ("需要评审认定", "A person has to judge this"),
            "not_applicable": ("不适用", "Not applicable"),
        }
        what = self._why_not() if status == "not_applicable" else rule.title.text.in_(self.lang)
        return self.t(f"{heads[status][0]}：{what}", f"{heads[status][1]}: {what}")

    def _sentence(self, text: str) -> str:
        return text if self.lang == "zh" or not text else text[0].upper() + text[1:]

    def details(self) -> list[str]:
        status = self.found.status
        if status == "not_applicable":
            return []
        if status == "fail" and self.rule.kind == "consequence":
            return [text for text in (self._amount(),) if text]
        told = [text for text in (self._numbers(), self._lacks(), self._when()) if text]
        if status == "unknown":
            told = [self._asks(), *told[:1]]
        if status == "exempted":
            told.append(self._exempted())
        return [visible(text) for text in told if text]

    def _amount(self) -> str:
        if self.found.amount is None:
            return ""
        shown = range_text(self.found.amount, "CNY", self.vocabulary.units, self.lang)
        return self.t(f"金额{shown}", f"amount {shown}")

    def _numbers(self) -> str:
        observed, bound, node = self.found.observed, self.found.bound, self.rule.condition
        operator = operator_of(node)
        if not operator or not isinstance(observed, Range) or bound is None:
            return self._value(observed, node)
        units, unit = self.vocabulary.units, unit_of(node, self.ruleset)
        now = range_text(observed, unit, units, self.lang)
        ends = [number_text(end, unit, units, self.lang) for end in bound] if operator == "between" else []
        asked = "–".join(ends) if ends else range_text(bound, unit, units, self.lang)
        text = self.t(
            f"现有{now}，要求{_SIGNS[operator]}{asked}", f"now {now}, required {_SIGNS[operator]}{asked}"
        )
        gap = gap_of(observed, bound, operator)
        if gap and self.found.status in ("fail", "pending", "exempted"):
            over = operator in ("at_most", "less_than") or observed.low > bound.high
            short = number_text(gap, unit, units, self.lang)
            text += self.t(f"，{'超出' if over else '差'}{short}", f", {short} {'over' if over else 'short'}")
        return text

    def _value(self, value: Any, node: Any) -> str:
        if (
            self.found.status == "pass"
            or value is None
            or isinstance(value, (bool, Span, Range))
            or not isinstance(node, (c.Among, c.AnyAmong, c.Is))
        ):
            return ""
        words = value if isinstance(value, tuple) else (value,)
        shown = join([words_of(self.vocabulary.words, word, self.lang) for word in words], self.lang)
        return self.t(f"填报为{shown}", f"the data says {shown}") if shown else ""

    def _lacks(self) -> str:
        if not self.found.lacking:
            return ""
        titles = {item.id: item.title.text.in_(self.lang) for item in self.rule.items}
        names = [
            f"{name} {titles[name]}" if name in titles else words_of(self.vocabulary.words, name, self.lang)
            for name in self.found.lacking
        ]
        more = len(names) - _LISTED
        listed = join(names[:_LISTED], self.lang) + (
            self.t(f"等{len(names)}项", f" and {more} more") if more > 0 else ""
        )
        return self.t(f"涉及：{listed}", f"concerns {listed}")

    def _when(self) -> str:
        status, deadline, days = self.found.status, self.found.deadline, self.found.days_left
        if self.found.years:
            return self._which_years()
        if deadline is None or status not in ("fail", "pending", "exempted"):
            return ""
        if status == "pending":
            return self._due(deadline, days)
        if days >= 0:
            return ""
        day, reached = day_text(deadline, self.lang), self.found.reached_on
        text = self.t(f"期限{day}已过{-days}天", f"due by {day}, {-days} days ago")
        if reached is not None:
            text += self.t(f"（{day_text(reached, 'zh')}才达到）", f" (reached only on {reached})")
        return text

    def _due(self, deadline: date, days: int) -> str:
        day = day_text(deadline, self.lang)
        return self.t(f"截止{day}，还有{days}天", f"due by {day}, {days} days left")

    def _which_years(self) -> str:
        by_status: dict[str, list[str]] = {}
        for year, status in self.found.years:
            by_status.setdefault(status, []).append(str(year))
        names = {
            "pass": ("已有", "there for"),
            "fail": ("缺", "absent for"),
            "pending": ("待补", "still to come for"),
            "unknown": ("不明", "not known for"),
            "needs_review": ("待评审", "to be judged for"),
        }
        said = [
            self.t(f"{names[status][0]}{'、'.join(years)}年度", f"{names[status][1]} {', '.join(years)}")
            for status, years in by_status.items()
        ]
        if self.found.status == "pending" and self.found.deadline is not None:
            said.append(self._due(self.found.deadline, self.found.days_left))
        return self.t("，", ", ").join(said)

    def _asks(self) -> str:
        names = [field_label(pointer(path), self.vocabulary, self.lang) for path in self.found.missing]
        if not names:
            return ""
        more = len(names) - _ASKED
        shown = join(names[:_ASKED], self.lang) + (
            self.t(f"等{len(names)}项", f" and {more} more") if more > 0 else ""
        )
        return self.t(f"需要补充或写准：{shown}", f"to be supplied or made exact: {shown}")

    def _why_not(self) -> str:
        why = self.found.why_not
        if why == "applies" and self.rule.not_applicable is not None:
            return self.rule.not_applicable.text.in_(self.lang)
        texts = {
            "before_approval": (
                "尚未批复，本条在批复后适用",
                "the centre is not approved yet; this binds from approval on",
            ),
            "not_yet": ("时间未到，尚不产生义务", "the time for this has not come yet"),
            "no_year": ("批复后尚无应计的完整年度", "no full year since approval owes this yet"),
            "before_document": (
                "中心获批早于文件施行，本条不溯及既往",
                "the centre was approved before the document came into force; this does not reach back",
            ),
            "programme": ("本条针对中心，不针对总体布局", "this speaks to centres, not to the programme"),
            "not_programme": (
                "本条针对总体布局，不针对单个中心",
                "this speaks to the programme, not to one centre",
            ),
        }
        return self.t(*texts.get(why or "", ("不属于本条适用范围", "outside the scope of this clause")))

    def _exempted(self) -> str:
        if self.found.exempted is None:
            return ""
        by, day, reason = self.found.exempted
        return self.t(
            f"{by}于{day_text(day, 'zh')}批准豁免：{reason}", f"exempted by {by} on {day}: {reason}"
        )


# --- numbers of a condition ---------------------------------------------------------------------------------------------------


def operator_of(node: Any) -> str:
    """The operator of a condition that compares a number with a bound; empty for any other."""
    if type(node) is c.Compare:
        return node.operator
    if type(node) is c.Share:
        return "more_than" if node.more_than is not None else "at_least"
    return ""


def unit_of(node: Any, ruleset: RuleSet) -> str | None:
    """The unit of what a condition observes."""
    if type(node) is c.Share:
        return "ratio"
    fact = ruleset.facts.get(getattr(node, "fact", ""))
    return fact.unit if fact else None


def gap_of(observed: Range, bound: Range, operator: str) -> Number | None:
    """How far a number stands from its bound; 0 where it is met, None where what is known leaves the distance open."""
    if compare(operator, observed, bound) == TRUE:
        return 0
    if not observed.exact or not (bound.exact or operator == "between"):
        return None
    number = observed.low
    return number - bound.high if number > bound.high else max(bound.low - number, 0)


__all__ = ["Found", "gap_of", "operator_of", "remembered", "said", "unit_of"]
