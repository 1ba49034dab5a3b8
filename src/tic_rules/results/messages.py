"""What a finding says in both languages, made of the rule and of the evidence, of nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from tic_rules.core.dates import Span
from tic_rules.core.errors import Text, plural, visible
from tic_rules.core.numbers import Range
from tic_rules.core.source import pointer
from tic_rules.evaluation.entry_operators import CALLED_BY
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule
from tic_rules.model.vocabulary import Vocabulary
from tic_rules.results.labels import bound_text, difference_text, range_text
from tic_rules.results.numbers import gap_of, operator_of, unit_of
from tic_rules.results.terms import field_text, first_of, groups_of, term_text
from tic_rules.results.time_words import day_text

if TYPE_CHECKING:
    from tic_rules.results.evidence import Evidence

_SIGNS = {"at_least": "≥", "at_most": "≤", "more_than": ">", "less_than": "<", "equals": "=", "between": ""}
_YEAR = re.compile("(?:19|20)[0-9]{2}")
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
    "no_event": Text("没有应办的事项", "there is nothing that owes this"),
    "before_document": Text(
        "中心获批早于文件施行，本条不溯及既往",
        "the centre was approved before the document came into force; this does not reach back",
    ),
    "programme": Text("本条针对中心，不针对总体布局", "this speaks to centres, not to the programme"),
    "not_programme": Text(
        "本条针对总体布局，不针对单个中心", "this speaks to the programme, not to one centre"
    ),
}
_NOTHING = Text("", "")
_OUTSIDE = Text("不属于本条适用范围", "outside the scope of this clause")
_YEARS = {
    "pass": Text("已有", "there for"),
    "fail": Text("缺", "absent for"),
    "pending": Text("待补", "still to come for"),
    "unknown": Text("不明", "not known for"),
    "needs_review": Text("待评审", "to be judged for"),
}


def words(evidence: Evidence) -> dict[str, object]:
    """The message of a finding, and its detail: without what the title says already."""
    wording = _Wording(evidence)
    head, details = wording.head(), wording.details()
    if not details:
        return {"message": Text(f"{head.zh}。", f"{head.en}."), "detail": _NOTHING}
    said = Text.listed(details, "；", "; ")
    detail = Text(visible(said.zh), visible(said.en))
    return {"message": Text(f"{head.zh}；{detail.zh}。", f"{head.en}; {detail.en}."), "detail": detail}


class _Wording:
    """The parts of a message; None for a part that there is nothing to say of."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence, self.rule, self.status = evidence, evidence.rule, evidence.status
        self.ruleset = evidence.scene.ruleset

    @property
    def vocabulary(self) -> Vocabulary:
        return self.ruleset.vocabulary

    def head(self) -> Text:
        status, rule = self.status, self.rule
        if status in ("fail", "exempted"):
            message, then = rule.message, rule.then
            if status == "fail" and rule.kind == "consequence" and then is not None:
                return _capital(f"{message.zh}；{then.zh}", f"{message.en}; {then.en}")
            return _capital(message.zh, message.en)
        not_triggered = status == "pass" and rule.kind == "consequence"
        if not_triggered and rule.otherwise is not None and self.evidence.decision.favourable:
            return _capital(rule.otherwise.then.zh, rule.otherwise.then.en)
        head = _NOT_TRIGGERED if not_triggered else _HEADS[status]
        what = self._why_not() if status == "not_applicable" else rule.title
        return Text(f"{head.zh}：{what.zh}", f"{head.en}: {what.en}")

    def details(self) -> list[Text]:
        parts: list[Text | None]
        if self.status == "not_applicable":
            return []
        if self.status == "fail" and self.rule.kind == "consequence":
            parts = [self._amount()]
        elif self.status == "pass" and not self.evidence.decision.years:
            parts = [self._numbers()]
        else:
            parts = [text for text in (self._numbers(), self._lacks(), self._when()) if text]
        if self.status == "unknown":
            parts = list(dict.fromkeys([self._asks(), *parts[:1], self._between()]))
        if self.status == "exempted":
            parts.append(self._exempted())
        return [text for text in parts if text]

    # --- numbers --------------------------------------------------------------------------------------------

    def _shown(self, value: Range, unit: str | None) -> Text:
        units = self.vocabulary.units
        return Text(range_text(value, unit, units, "zh"), range_text(value, unit, units, "en"))

    def _amount(self) -> Text | None:
        total = self.evidence.total()
        if total is None:
            return None
        shown = self._shown(total, "CNY")
        return Text(f"金额{shown.zh}", f"amount {shown.en}")

    def _numbers(self) -> Text | None:
        (observed, bound), node = self.evidence.range, self.rule.condition
        operator = operator_of(node)
        if not operator or not isinstance(observed, Range) or bound is None:
            return self._value(observed, node)
        unit = unit_of(node, self.ruleset)
        now, asked = self._shown(observed, unit), self._asked(bound, operator, unit)
        have = "数值未知" if now.zh == "未知" else f"现有{now.zh}"
        zh, en = f"{have}，要求{asked.zh}", f"now {now.en}, required {asked.en}"
        gap = gap_of(observed, bound, operator) if self.status in _LATE else None
        if gap:
            over = operator in ("at_most", "less_than") or observed.low > bound.high
            short = Text.of(partial(difference_text, gap, unit, self.vocabulary.units))
            zh += f"，{'超出' if over else '差'}{short.zh}"
            en += f", {short.en} {'over' if over else 'short'}"
        return Text(zh, en)

    def _asked(self, bound: Range, operator: str, unit: str | None) -> Text:
        """The bound of a comparison, with its sign."""
        if operator == "between":
            return self._shown(bound, unit)
        exact = bound.exact and not isinstance(getattr(self.rule.condition, "limit", None), c.Times)
        number = partial(bound_text, bound.low, unit, self.vocabulary.units)
        sign, shown = _SIGNS[operator], Text.of(number) if exact else self._shown(bound, unit)
        if not bound.exact:  # ≥（至少2.8亿元）
            shown = Text(f"（{shown.zh}）", f"({shown.en})")
        return Text(f"{sign}{shown.zh}", f"{sign}{shown.en}")

    def _value(self, value: object, node: c.Condition) -> Text | None:
        if self.status == "pass" or not isinstance(node, (c.Among, c.AnyAmong, c.Is)):
            return None
        if value is None or isinstance(value, (bool, Span, Range)):
            return None
        given = value if isinstance(value, tuple) else (value,)
        groups = groups_of(self.vocabulary, self.ruleset.facts[node.fact])
        said = [term_text(self.vocabulary, word, groups) for word in given]
        listed = Text.listed(said)
        return (
            Text(f"填报为{listed.zh}", f"the data says {listed.en}") if any(one.zh for one in said) else None
        )

    # --- lists ----------------------------------------------------------------------------------------------

    def _lacks(self) -> Text | None:
        lacking = self.evidence.lacking()
        if not lacking:
            return None
        groups = self._groups_of_lacking()
        listed = first_of([self._lacked(name, groups) for name in lacking], _LISTED)
        return Text(f"涉及：{listed.zh}", f"concerns {listed.en}")

    def _lacked(self, name: str, groups: Iterable[str]) -> Text:
        """What a list lacks: an item, a place, a year or a word."""
        if name.startswith("/") or _YEAR.fullmatch(name):
            return field_text(name if name.startswith("/") else f"/year={name}", self.vocabulary)
        title = next((item.title for item in self.rule.items if item.id == name), None)
        if title is not None:
            return Text(f"{name} {title.zh}", f"{name} {title.en}")
        return term_text(self.vocabulary, name, groups)

    def _groups_of_lacking(self) -> tuple[str, ...]:
        """The word groups of what lists lack: of the words asked for, or of what entries are called by."""
        groups: list[str] = []
        for node in c.walk(self.rule.condition):
            fact = self.ruleset.facts.get(getattr(node, "fact", ""))
            if fact is not None:
                for attribute in (None, *CALLED_BY):
                    groups += groups_of(self.vocabulary, fact, attribute)
        return tuple(dict.fromkeys(groups))

    def _asks(self) -> Text | None:
        missing = self.evidence.decision.missing
        if not missing:
            return None
        listed = first_of([self._asked_for(at) for at in missing], _ASKED)
        return Text(f"需要补充或写准：{listed.zh}", f"to be supplied or made exact: {listed.en}")

    def _asked_for(self, at: tuple[str | int, ...]) -> Text:
        """What is missing, with the day whose number is asked for."""
        label, day = field_text(pointer(at), self.vocabulary), self._day_asked(at)
        if day is None:
            return label
        return Text(f"{label.zh}在{day_text(day, 'zh')}的数", f"{label.en} on {day}")

    def _day_asked(self, at: tuple[str | int, ...]) -> date | None:
        """The day whose number is asked for, of a place that has numbers, but none that speaks of it."""
        moment, scene = self.evidence.decision.moment, self.evidence.scene
        stocks = [fact for fact in self.ruleset.facts.values() if fact.stock is not None and fact.at == at]
        if moment is None or self.evidence.decision.years or not any(map(scene.value_of, stocks)):
            return None
        return moment.day

    # --- time -----------------------------------------------------------------------------------------------

    def _when(self) -> Text | None:
        deadline = self.evidence.decision.deadline if self.status in _LATE else None
        if self.evidence.decision.years:
            return self._which_years(deadline)
        if deadline is None:
            return self._between() if self.status in _LATE else None
        if self.status == "pending":
            return self._due(deadline)
        days = self._days(deadline)
        if days >= 0:
            return None
        zh = f"期限{day_text(deadline, 'zh')}已过{-days}天"
        en = f"due by {deadline}, {plural(-days, 'day')} ago"
        reached = self.evidence.reached
        if reached is not None:
            zh, en = f"{zh}（{day_text(reached, 'zh')}才达到）", f"{en} (reached only on {reached})"
        return Text(zh, en)

    def _between(self) -> Text | None:
        """The days between which the deadline lies, where the data leaves it open."""
        between = self.evidence.deadline_range()
        if between is None:
            return None
        first, last = between
        if first == last:
            return Text(f"期限{day_text(first, 'zh')}", f"due by {first}")
        zh = f"期限在{day_text(first, 'zh')}至{day_text(last, 'zh')}之间"
        return Text(zh, f"due between {first} and {last}")

    def _days(self, deadline: date) -> int:
        return (deadline - self.evidence.scene.as_of).days

    def _due(self, deadline: date) -> Text:
        days = self._days(deadline)
        left = (
            Text(f"还有{days}天", f"{plural(days, 'day')} left") if days else Text("即当日", "this very day")
        )
        return Text(f"截止{day_text(deadline, 'zh')}，{left.zh}", f"due by {deadline}, {left.en}")

    def _which_years(self, deadline: date | None) -> Text:
        by_status: dict[str, list[int | str]] = {}
        for year, status in self.evidence.decision.by_year.items():
            by_status.setdefault(status, []).append(year)
        parts = []
        for status, years in by_status.items():
            said, named = _YEARS[status], occasions(self.rule, years)
            parts.append(Text(f"{said.zh}{named.zh}", f"{said.en} {named.en}"))
        if self.status == "pending" and deadline is not None:
            parts.append(self._due(deadline))
        return Text.listed(parts, "，", "; ")

    # --- reasons --------------------------------------------------------------------------------------------

    def _why_not(self) -> Text:
        why = self.evidence.decision.why_not
        if why == "applies" and self.rule.not_applicable is not None:
            return self.rule.not_applicable.text
        return _WHY_NOT.get(why or "", _OUTSIDE)

    def _exempted(self) -> Text:
        given = self.evidence.exemption
        day = given.date.first
        return Text(
            f"{given.approved_by}于{day_text(day, 'zh')}批准豁免：{given.reason}",
            f"exempted by {given.approved_by} on {day}: {given.reason}",
        )


def occasions(rule: Rule, of: Sequence[int | str]) -> Text:
    """What a rule owes several times: years, cycles by their last days, entries by their own."""
    if rule.yearly is not None:
        years = [str(year) for year in of]
        return Text(f"{'、'.join(years)}年度", ", ".join(years))
    days = [str(day) for day in of]
    if rule.cycle is not None:
        zh = "、".join(f"至{day_text(day, 'zh')}的周期" for day in days)
        return Text(zh, ", ".join(f"the cycle up to {day}" for day in days))
    return Text.listed(map(_entry_of, days))


def _entry_of(key: str) -> Text:
    """An entry by its day, or by the days between which it lies, either of which may not be known (..)."""
    first, _, last = key.partition("/")
    if not last:
        return Text(f"{day_text(first, 'zh')}的一项", f"that of {first}")
    if ".." not in (first, last):
        zh = f"{day_text(first, 'zh')}至{day_text(last, 'zh')}之间的一项"
        return Text(zh, f"that between {first} and {last}")
    if first == last:
        return Text("未写日期的一项", "that without a date")
    if last == "..":
        return Text(f"不早于{day_text(first, 'zh')}的一项", f"that not before {first}")
    return Text(f"不晚于{day_text(last, 'zh')}的一项", f"that not after {last}")


def _capital(zh: str, en: str) -> Text:
    return Text(zh, en[:1].upper() + en[1:])
