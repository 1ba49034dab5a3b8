"""What a finding says: its message in both languages, made of the rule and of the evidence, of nothing
else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from tic_rules.core.dates import Span
from tic_rules.core.errors import Text, visible
from tic_rules.core.numbers import Range
from tic_rules.core.source import pointer
from tic_rules.evaluation.entry_operators import CALLED_BY
from tic_rules.model import conditions as c
from tic_rules.results.labels import day_text, join, number_text, range_text
from tic_rules.results.numbers import gap_of, operator_of, unit_of
from tic_rules.results.terms import field_label, groups_of, term

if TYPE_CHECKING:
    from tic_rules.results.evidence import Evidence

_SIGNS = {"at_least": "≥", "at_most": "≤", "more_than": ">", "less_than": "<", "equals": "=", "between": ""}
_LISTED = 8
_ASKED = 6
_LATE = ("fail", "pending", "exempted")

_HEADS = {
    "pass": Text("符合", "Met"),
    "pending": Text("尚待完成", "Still to be met"),
    "unknown": Text("数据不足，无法判断", "The data does not decide this"),
    "needs_review": Text("需要评审认定", "A person has to judge this"),
    "not_applicable": Text("不适用", "Not applicable"),
}
_NOT_TRIGGERED = Text("没有触发", "Not triggered")
_WHY_NOT = {
    "before_approval": Text(
        "尚未批复，本条在批复后适用", "the centre is not approved yet; this binds from approval on"
    ),
    "not_yet": Text("时间未到，尚不产生义务", "the time for this has not come yet"),
    "no_year": Text("批复后尚无应计的完整年度", "no full year since approval owes this yet"),
    "before_document": Text(
        "中心获批早于文件施行，本条不溯及既往",
        "the centre was approved before the document came into force; this does not reach back",
    ),
    "programme": Text("本条针对中心，不针对总体布局", "this speaks to centres, not to the programme"),
    "not_programme": Text(
        "本条针对总体布局，不针对单个中心", "this speaks to the programme, not to one centre"
    ),
}
_OUTSIDE = Text("不属于本条适用范围", "outside the scope of this clause")
_YEARS = {
    "pass": Text("已有", "there for"),
    "fail": Text("缺", "absent for"),
    "pending": Text("待补", "still to come for"),
    "unknown": Text("不明", "not known for"),
    "needs_review": Text("待评审", "to be judged for"),
}


class Words(NamedTuple):
    """A message, and the same without what the title says already: numbers, days, what is missing."""

    message: Text
    detail: Text


def words(evidence: Evidence) -> Words:
    """The message of a finding and its detail, in both languages."""
    zh, en = _Wording(evidence, "zh"), _Wording(evidence, "en")
    details = zh.details(), en.details()
    message = Text("；".join([zh.head(), *details[0]]) + "。", "; ".join([en.head(), *details[1]]) + ".")
    return Words(message, Text("；".join(details[0]), "; ".join(details[1])))


class _Wording:
    """The parts of a message in one language."""

    def __init__(self, evidence: Evidence, lang: str) -> None:
        self.evidence, self.rule, self.lang = evidence, evidence.rule, lang
        self.ruleset, self.status = evidence.scene.ruleset, evidence.status
        self.vocabulary = self.ruleset.vocabulary

    def t(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def head(self) -> str:
        status, rule = self.status, self.rule
        message = rule.message.text.in_(self.lang)
        if status == "fail" and rule.kind == "consequence" and rule.then is not None:
            return self._capital(self.t(f"{message}；{rule.then.zh}", f"{message}; {rule.then.en}"))
        if status in ("fail", "exempted"):
            return self._capital(message)
        not_triggered = status == "pass" and rule.kind == "consequence"
        if not_triggered and rule.otherwise is not None and self.evidence.decision.favourable:
            return self._capital(rule.otherwise.then.text.in_(self.lang))
        head = (_NOT_TRIGGERED if not_triggered else _HEADS[status]).in_(self.lang)
        what = self._why_not() if status == "not_applicable" else rule.title.text.in_(self.lang)
        return self.t(f"{head}：{what}", f"{head}: {what}")

    def _capital(self, text: str) -> str:
        return text if self.lang == "zh" or not text else text[0].upper() + text[1:]

    def details(self) -> list[str]:
        if self.status == "not_applicable":
            return []
        if self.status == "fail" and self.rule.kind == "consequence":
            parts = [self._amount()]
        elif self.status == "pass" and self.rule.yearly is None:
            parts = [self._numbers()]
        else:
            parts = [text for text in (self._numbers(), self._lacks(), self._when()) if text]
        if self.status == "unknown":
            parts = list(dict.fromkeys([self._asks(), *parts[:1], self._between()]))
        if self.status == "exempted":
            parts.append(self._exempted())
        return [visible(text) for text in parts if text]

    # --- numbers --------------------------------------------------------------------------------------------

    def _amount(self) -> str:
        total = self.evidence.total()
        if total is None:
            return ""
        shown = range_text(total, "CNY", self.vocabulary.units, self.lang)
        return self.t(f"金额{shown}", f"amount {shown}")

    def _numbers(self) -> str:
        (observed, bound), node = self.evidence.range, self.rule.condition
        operator = operator_of(node)
        if not operator or not isinstance(observed, Range) or bound is None:
            return self._value(observed, node)
        units, unit = self.vocabulary.units, unit_of(node, self.ruleset)
        now = range_text(observed, unit, units, self.lang)
        ends = [number_text(end, unit, units, self.lang) for end in bound] if operator == "between" else []
        asked = _SIGNS[operator] + ("–".join(ends) if ends else range_text(bound, unit, units, self.lang))
        text = self.t(f"现有{now}，要求{asked}", f"now {now}, required {asked}")
        gap = gap_of(observed, bound, operator)
        if gap and self.status in _LATE:
            over = operator in ("at_most", "less_than") or observed.low > bound.high
            short = number_text(gap, unit, units, self.lang)
            text += self.t(f"，{'超出' if over else '差'}{short}", f", {short} {'over' if over else 'short'}")
        return text

    def _value(self, value: Any, node: Any) -> str:
        if self.status == "pass" or not isinstance(node, (c.Among, c.AnyAmong, c.Is)):
            return ""
        if value is None or isinstance(value, (bool, Span, Range)):
            return ""
        given = value if isinstance(value, tuple) else (value,)
        groups = groups_of(self.vocabulary, self.ruleset.facts[node.fact])
        shown = join([term(self.vocabulary, word, self.lang, groups) for word in given], self.lang)
        return self.t(f"填报为{shown}", f"the data says {shown}") if shown else ""

    # --- lists ----------------------------------------------------------------------------------------------

    def _lacks(self) -> str:
        lacking = self.evidence.lacking()
        if not lacking:
            return ""
        groups = self._groups_of_lacking()
        titles = {item.id: item.title.text.in_(self.lang) for item in self.rule.items}
        names = [
            f"{name} {titles[name]}" if name in titles else term(self.vocabulary, name, self.lang, groups)
            for name in lacking
        ]
        listed = self._first(names, _LISTED)
        return self.t(f"涉及：{listed}", f"concerns {listed}")

    def _groups_of_lacking(self) -> tuple[str, ...]:
        """The word groups of what lists lack: of the words asked for, or of what entries are called by."""
        groups: list[str] = []
        for node in c.walk(self.rule.condition):
            fact = self.ruleset.facts.get(getattr(node, "fact", ""))
            if fact is not None:
                for attribute in (None, *CALLED_BY):
                    groups += groups_of(self.vocabulary, fact, attribute)
        return tuple(dict.fromkeys(groups))

    def _asks(self) -> str:
        names = [
            field_label(pointer(at), self.vocabulary, self.lang) for at in self.evidence.decision.missing
        ]
        shown = self._first(names, _ASKED)
        return self.t(f"需要补充或写准：{shown}", f"to be supplied or made exact: {shown}") if names else ""

    def _first(self, names: list[str], most: int) -> str:
        more = len(names) - most
        rest = self.t(f"等{len(names)}项", f" and {more} more") if more > 0 else ""
        return join(names[:most], self.lang) + rest

    # --- time -----------------------------------------------------------------------------------------------

    def _when(self) -> str:
        deadline = self.evidence.decision.deadline if self.status in _LATE else None
        if self.evidence.decision.by_year:
            return self._which_years(deadline)
        if deadline is None:
            return self._between() if self.status in _LATE else ""
        days = self._days(deadline)
        if self.status == "pending":
            return self._due(deadline, days)
        if days >= 0:
            return ""
        reached = self.evidence.reached
        text = self.t(f"期限{day_text(deadline, 'zh')}已过{-days}天", f"due by {deadline}, {-days} days ago")
        if reached is not None:
            text += self.t(f"（{day_text(reached, 'zh')}才达到）", f" (reached only on {reached})")
        return text

    def _between(self) -> str:
        """The days between which the deadline lies, where the data leaves it open."""
        between = self.evidence.deadline_range()
        if between is None:
            return ""
        first, last = (day_text(day, self.lang) for day in between)
        return self.t(f"期限在{first}至{last}之间", f"due between {first} and {last}")

    def _days(self, deadline: date) -> int:
        return (deadline - self.evidence.scene.as_of).days

    def _due(self, deadline: date, days: int) -> str:
        day = day_text(deadline, self.lang)
        return self.t(f"截止{day}，还有{days}天", f"due by {day}, {days} days left")

    def _which_years(self, deadline: date | None) -> str:
        by_status: dict[str, list[str]] = {}
        for year, status in self.evidence.decision.by_year.items():
            by_status.setdefault(status, []).append(str(year))
        parts = [
            _YEARS[status].in_(self.lang) + self.t(f"{'、'.join(years)}年度", f" {', '.join(years)}")
            for status, years in by_status.items()
        ]
        if self.status == "pending" and deadline is not None:
            parts.append(self._due(deadline, self._days(deadline)))
        return self.t("，", ", ").join(parts)

    # --- reasons --------------------------------------------------------------------------------------------

    def _why_not(self) -> str:
        why = self.evidence.decision.why_not
        if why == "applies" and self.rule.not_applicable is not None:
            return self.rule.not_applicable.text.in_(self.lang)
        return _WHY_NOT.get(why or "", _OUTSIDE).in_(self.lang)

    def _exempted(self) -> str:
        given = self.evidence.exemption
        day = given.date.first
        return self.t(
            f"{given.approved_by}于{day_text(day, 'zh')}批准豁免：{given.reason}",
            f"exempted by {given.approved_by} on {day}: {given.reason}",
        )


__all__ = ["Words", "words"]
