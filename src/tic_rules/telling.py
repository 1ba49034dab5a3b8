"""A decision told: what a finding's observed, required, gap, places, missing fields, trace and message are made of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from tic_rules import conditions as c
from tic_rules.errors import Text
from tic_rules.evaluate import Decision, Seen, see
from tic_rules.findings import Part
from tic_rules.lives import lives_of, needs_of
from tic_rules.quantities import INFINITY, Range, Span, add_days, decimal_text, visible
from tic_rules.readings import NAMES, TRUE, UNKNOWN, Moment, Path, Scene
from tic_rules.ruleset import Rule
from tic_rules.source import Mark, pointer, unpointer
from tic_rules.wording import day_text, describe, field_label, join, number_text, range_text, words_of

MANY_DAYS = 300
"""On so many days of the data is it looked when a missed requirement was met; only a hostile file names more after a deadline."""

_COMPARISONS = (c.Compare, c.Share)


class Telling:
    """Everything about one finding that is made only when it is looked at."""

    __slots__ = ("_known", "decision", "exemption", "rule", "scene")

    def __init__(self, rule: Rule, decision: Decision, scene: Scene, exemption: Any) -> None:
        self.rule, self.decision, self.scene, self.exemption = rule, decision, scene, exemption
        self._known: dict[str, Any] | None = None

    def __call__(self, key: str) -> Any:
        return _TOLD[key](self)

    # --- what the clause says --------------------------------------------------------------------------------------------

    def _title(self) -> Text:
        return self.rule.title.text

    def _remedy(self) -> Text:
        return self.rule.remedy.text

    def _reading(self) -> Text | None:
        return self.rule.reading.text if self.rule.reading else None

    def _citation(self) -> Part:
        return Part(self.scene.ruleset.cited(self.rule.id))

    # --- numbers -----------------------------------------------------------------------------------------------------------

    def _main(self) -> Seen | None:
        """The one condition that the finding's numbers are about; None where the clause asks several things."""
        return self.decision.main

    def _unit(self, seen: Seen) -> str | None:
        if type(seen.node) is c.Share:
            return "ratio"
        fact = self.scene.facts.get(getattr(seen.node, "fact", ""))
        return fact.unit if fact else None

    def _observed(self) -> Part | None:
        by_year = self.decision.by_year
        if by_year:
            return Part(years={str(year): status for year, status in by_year.items()})
        seen = self._main()
        if seen is None or self.decision.status == "not_applicable":
            return None
        if isinstance(seen.observed, Range):
            return Part(low=decimal_text(seen.observed.low), high=decimal_text(seen.observed.high), unit=self._unit(seen))
        if seen.observed is None:
            return None
        return Part(value=_json_value(seen.observed))

    def _required(self) -> Part | None:
        node = self.rule.condition
        if node is None or c.children(node):
            return None
        match node:
            case c.Compare():
                unit = self.scene.facts[node.fact].unit
                if node.operator == "between":
                    return Part(op="between", value=[decimal_text(end) for end in node.limit], unit=unit)
                if isinstance(node.limit, c.Times):
                    seen = self._main()
                    bound = seen.bound if seen is not None else None
                    value = decimal_text(bound.low) if bound is not None and bound.exact else None
                    return Part(op=c.OPERATORS[node.operator], value=value, unit=unit, times=decimal_text(node.limit.times), fact=node.limit.fact)
                return Part(op=c.OPERATORS[node.operator], value=decimal_text(node.limit), unit=unit)
            case c.Share():
                strict = node.more_than is not None
                bound_of: Any = node.more_than if strict else node.at_least
                return Part(op=">" if strict else ">=", value=decimal_text(bound_of), unit="ratio")
            case c.Is():
                return Part(op="is", value=node.is_)
            case c.Among():
                return Part(op="among", value=list(node.among), open=node.open)
            case c.AnyAmong():
                return Part(op="any_among", value=list(node.any_among), open=node.open)
            case c.Contains():
                return Part(op="contains_all", value=list(node.contains_all))
            case c.EachOf():
                return Part(op="each_of", value=list(node.each_of))
        return None

    def _bound(self) -> tuple[Range, Range] | None:
        """Observed and bound of a comparison with one end; None for any other condition."""
        seen = self._main()
        if seen is None or self.decision.status == "not_applicable" or type(seen.node) not in _COMPARISONS:
            return None
        return (seen.observed, seen.bound) if isinstance(seen.observed, Range) and isinstance(seen.bound, Range) else None

    def _gap(self) -> str | None:
        both = self._bound()
        if both is None:
            return None
        gap = gap_of(*both, _operator(self._main()))
        return decimal_text(gap) if gap is not None else None

    def _progress(self) -> float | None:
        both = self._bound()
        if both is None or _operator(self._main()) not in ("at_least", "more_than", "equals", "between"):
            return None
        observed, bound = both
        if isinstance(bound.low, float) or bound.low <= 0:
            return None
        return min(1.0, round(float(Fraction(observed.low) / Fraction(bound.low)), 4))

    # --- time --------------------------------------------------------------------------------------------------------------

    def _deadline(self) -> str | None:
        day = self.decision.deadline
        return day.isoformat() if day is not None and self.decision.status != "not_applicable" else None

    def _days_left(self) -> int | None:
        day = self.decision.deadline
        return (day - self.scene.as_of).days if day is not None and self.decision.status != "not_applicable" else None

    def _window(self) -> list[str] | None:
        window = self.decision.window
        return [day.isoformat() for day in window] if window and self.decision.status != "not_applicable" else None

    def _reached_on(self) -> str | None:
        """For a deadline that was missed: the first day after it on which the data shows the requirement met."""
        if self._known is None:
            self._known = {"reached": self._reached()}
        return self._known["reached"]  # type: ignore[no-any-return]

    def _reached(self) -> str | None:
        if self.decision.status != "fail":
            return None
        told, scene = self.decision.full, self.scene
        lives = lives_of(scene, needs_of(scene.ruleset, self.rule)).all
        if told.deadline is None or told.moment is None or len(lives) != 1 or self.rule.kind == "consequence":
            return None
        start, deadline, last = told.moment.start, told.deadline, min(scene.as_of, scene.reported_on)

        def met(day: date) -> bool:
            return see(self.rule.require, scene, Moment(day, start), lives[0], self.rule).value == TRUE

        days = sorted(day for day in {*scene.days(), add_days(deadline, 1)} if deadline < day <= last)
        if self._only_grows():
            at = bisect_left(days, True, key=met)
            return days[at].isoformat() if at < len(days) else None
        return next((day.isoformat() for day in days[:MANY_DAYS] if met(day)), None)

    def _only_grows(self) -> bool:
        """Whether the requirement, once met, stays met: a total or a count of entries up to the day, with a fixed bound."""
        node = self.rule.require
        if not isinstance(node, c.Compare) or isinstance(node.limit, c.Times) or (node.at_least is None and node.more_than is None):
            return False
        fact = self.scene.facts[node.fact]
        return fact.over is None and fact.reading in ("sum", "count", "distinct")

    # --- places --------------------------------------------------------------------------------------------------------------

    def _seens(self) -> Iterator[Seen]:
        told = self.decision.full
        for seen in (told.applies, told.seen, told.broken, *(seen for _, _, seen, _ in told.years)):
            if seen is not None:
                yield seen

    def _paths(self) -> list[Path]:
        read = [path for seen in self._seens() for path in _cites(seen)]
        if self.rule.amount is not None and self.decision.status == "fail":
            for fact in self.rule.amount.sum_of:
                read.extend(self.scene.number(fact, Moment(self.scene.as_of)).cites)
        return list(dict.fromkeys(read))

    def _data(self) -> list[Part]:
        subject = self.scene.subject
        return [self._at(where, subject.extent(where)) for where in map(pointer, self._paths())]

    def _at(self, where: str, mark: Mark) -> Part:
        line, column, end_line, end_column, _ = mark
        file = self.scene.subject.file
        at = Part(path=where, file=file, line=line or None, column=column or None, end_line=end_line or None, end_column=end_column or None)
        if mark.cell:
            at["cell"] = mark.cell
        return at

    def _place(self) -> Part:
        """Where to look to mend it: at what is missing or at the key nearest to it, else at the datum read, else at the attestations."""
        paths = [*self._missing(), *(part["path"] for part in self._data())]
        judged = "/attestations/-" if self.decision.status == "needs_review" else ""
        where = paths[0] if paths else judged
        subject = self.scene.subject
        whole = subject.nearest("")  # in a workbook the row of the centre; in a text its first line says as much
        return self._at(where, subject.nearest(where) if where else whole if whole.cell else Mark(1, 1, 1, 1) if subject.file else Mark(0, 0))

    def _sources(self) -> list[Part]:
        read = {tuple(str(step) for step in path) for path in self._paths()}
        above = {path[:size] for path in read for size in range(1, len(path) + 1)}
        found = []
        for source in self.scene.subject.sources:
            named = unpointer(source.path or "")
            if named in above or any(named[:size] in read for size in range(1, len(named) + 1)):
                found.append(Part(path=source.path, title=source.title, url=source.url, date=source.date, excerpt=source.excerpt))
        return found

    def _missing(self) -> list[str]:
        return [pointer(path) for path in self.decision.missing] if self.decision.status == "unknown" else []

    def _lacking(self) -> list[str]:
        """What a list lacks: sections, indicators, tasks without an attestation, entries that are not as asked."""
        if self.decision.status in ("pass", "not_applicable"):
            return []
        return list(dict.fromkeys(name for seen in self._seens() for name in _lacking(seen)))

    def _years(self) -> list[Part]:
        return [Part(year=year, status=status, deadline=due.isoformat()) for year, status, _, due in self.decision.years]

    # --- trace ---------------------------------------------------------------------------------------------------------------

    def _trace(self) -> Part:
        told = self.decision.full
        found = Part()
        if told.why_not is not None:
            found["not_applicable"] = told.why_not
        if told.moment is not None:
            found["day"] = told.moment.day.isoformat()
        if told.applies is not None:
            found["applies"] = self._trace_of(told.applies)
        if told.seen is not None:
            found["when" if self.rule.kind == "consequence" else "require"] = self._trace_of(told.seen)
        if told.broken is not None:
            found["fails_at_once"] = self._trace_of(told.broken)
        if told.years:
            found["years"] = [Part(year=year, status=status, require=self._trace_of(seen)) for year, status, seen, _ in told.years]
        return found

    def _trace_of(self, seen: Seen) -> Part:
        said = Text(*(describe(seen.node, self.scene.ruleset, lang, self.rule) for lang in ("zh", "en")))
        found = Part(condition=said, value=NAMES[seen.value])
        if isinstance(seen.observed, Range):
            found["observed"] = Part(low=decimal_text(seen.observed.low), high=decimal_text(seen.observed.high), unit=self._unit(seen))
        elif seen.observed is not None:
            found["observed"] = Part(value=_json_value(seen.observed))
        if seen.lacking:
            found["lacking"] = list(seen.lacking)
        if seen.missing:
            found["missing"] = [pointer(path) for path in seen.missing]
        if seen.parts:
            found["parts"] = [self._trace_of(inner) for inner in seen.parts]
        return found

    # --- message -------------------------------------------------------------------------------------------------------------

    def _message(self) -> Text:
        return Text(self._say("zh"), self._say("en"))

    def _detail(self) -> Text:
        """The message without what the title says already: numbers, days, what is missing."""
        return Text("；".join(self._details("zh")), "; ".join(self._details("en")))

    def _say(self, lang: str) -> str:
        semi, stop = ("；", "。") if lang == "zh" else ("; ", ".")
        return semi.join([self._head(lang), *self._details(lang)]) + stop

    def _head(self, lang: str) -> str:
        status, rule = self.decision.status, self.rule
        message = rule.message.text.in_(lang)
        if status == "fail" and rule.kind == "consequence" and rule.then is not None:
            return _sentence(f"{message}；{rule.then.zh}" if lang == "zh" else f"{message}; {rule.then.en}", lang)
        if status in ("fail", "exempted"):
            return _sentence(message, lang)
        heads = {
            "pass": ("没有触发", "Not triggered") if rule.kind == "consequence" else ("符合", "Met"),
            "pending": ("尚待完成", "Still to be met"),
            "unknown": ("数据不足，无法判断", "The data does not decide this"),
            "needs_review": ("需要评审认定", "A person has to judge this"),
            "not_applicable": ("不适用", "Not applicable"),
        }
        zh, en = heads[status]
        if status == "not_applicable":
            return f"{zh}：{self._why_not(lang)}" if lang == "zh" else f"{en}: {self._why_not(lang)}"
        return f"{zh}：{rule.title.zh}" if lang == "zh" else f"{en}: {rule.title.en}"

    def _details(self, lang: str) -> list[str]:
        status = self.decision.status
        if status == "not_applicable":
            return []
        if status == "fail" and self.rule.kind == "consequence":
            return [text for text in (amount_text(self, lang),) if text]
        told = [text for text in (self._numbers(lang), self._lacks(lang), self._when(lang)) if text]
        if status == "unknown":
            told = [self._asks(lang), *told[:1]]
        if status == "exempted":
            told.append(self._exempted(lang))
        return [visible(text) for text in told if text]

    def _numbers(self, lang: str) -> str:
        seen, both = self._main(), self._bound()
        if seen is None or both is None:
            value = seen.observed if seen is not None and self.decision.status not in ("pass",) else None
            if value is None or isinstance(value, (bool, Span, Range)):
                return ""
            shown = join([words_of(self.scene.ruleset.vocabulary.words, w, lang) for w in (value if isinstance(value, tuple) else (value,))], lang)
            return (
                (f"填报为{shown}" if lang == "zh" else f"the data says {shown}")
                if shown and isinstance(seen.node if seen else None, (c.Among, c.AnyAmong, c.Is))
                else ""
            )
        units, unit = self.scene.ruleset.vocabulary.units, self._unit(seen)
        observed = range_text(both[0], unit, units, lang)
        bound = (
            f"{number_text(both[1].low, unit, units, lang)}–{number_text(both[1].high, unit, units, lang)}"
            if _operator(seen) == "between"
            else range_text(both[1], unit, units, lang)
        )
        sign = {"at_least": "≥", "at_most": "≤", "more_than": ">", "less_than": "<", "equals": "=", "between": ""}[_operator(seen)]
        text = f"现有{observed}，要求{sign}{bound}" if lang == "zh" else f"now {observed}, required {sign}{bound}"
        gap = gap_of(*both, _operator(seen))
        if gap and self.decision.status in ("fail", "pending", "exempted"):
            over = _operator(seen) in ("at_most", "less_than") or both[0].low > both[1].high
            short = number_text(gap, unit, units, lang)
            text += (f"，{'超出' if over else '差'}{short}") if lang == "zh" else f", {short} {'over' if over else 'short'}"
        return text

    def _lacks(self, lang: str) -> str:
        lacking = self._lacking()
        if not lacking:
            return ""
        titles = {item.id: item.title.text.in_(lang) for item in self.rule.items}
        vocabulary = self.scene.ruleset.vocabulary.words
        names = [f"{name} {titles[name]}" if name in titles else words_of(vocabulary, name, lang) for name in lacking]
        shown = names[:8]
        more = len(names) - len(shown)
        listed = join(shown, lang) + ((f"等{len(names)}项" if lang == "zh" else f" and {more} more") if more else "")
        return f"涉及：{listed}" if lang == "zh" else f"concerns {listed}"

    def _when(self, lang: str) -> str:
        told = self.decision.full
        if told.years:
            return self._which_years(lang)
        if told.deadline is None or told.status not in ("fail", "pending", "exempted"):
            return ""
        days, day = (told.deadline - self.scene.as_of).days, day_text(told.deadline, lang)
        if told.status == "pending":
            return f"截止{day}，还有{days}天" if lang == "zh" else f"due by {day}, {days} days left"
        if days >= 0:
            return ""
        text = f"期限{day}已过{-days}天" if lang == "zh" else f"due by {day}, {-days} days ago"
        reached = self._reached_on()
        if reached is not None:
            text += f"（{day_text(reached, lang)}才达到）" if lang == "zh" else f" (reached only on {reached})"
        return text

    def _which_years(self, lang: str) -> str:
        told = self.decision.full
        by_status: dict[str, list[str]] = {}
        for year, status, _, _ in told.years:
            by_status.setdefault(status, []).append(str(year))
        names = {
            "pass": ("已有", "there for"),
            "fail": ("缺", "absent for"),
            "pending": ("待补", "still to come for"),
            "unknown": ("不明", "not known for"),
            "needs_review": ("待评审", "to be judged for"),
        }
        said = [f"{names[s][0]}{'、'.join(y)}年度" if lang == "zh" else f"{names[s][1]} {', '.join(y)}" for s, y in by_status.items()]
        text = "，".join(said) if lang == "zh" else ", ".join(said)
        if told.status == "pending" and told.deadline is not None:
            day, days = day_text(told.deadline, lang), (told.deadline - self.scene.as_of).days
            text += f"，截止{day}，还有{days}天" if lang == "zh" else f", due by {day}, {days} days left"
        return text

    def _asks(self, lang: str) -> str:
        if not self._missing():
            return ""
        vocabulary = self.scene.ruleset.vocabulary
        names = [field_label(path, vocabulary, lang) for path in self._missing()]
        shown = join(names[:6], lang) + ((f"等{len(names)}项" if lang == "zh" else f" and {len(names) - 6} more") if len(names) > 6 else "")
        return f"需要补充或写准：{shown}" if lang == "zh" else f"to be supplied or made exact: {shown}"

    def _why_not(self, lang: str) -> str:
        why = self.decision.why_not
        if why == "applies" and self.rule.not_applicable is not None:
            return self.rule.not_applicable.text.in_(lang)
        texts = {
            "before_approval": ("尚未批复，本条在批复后适用", "the centre is not approved yet; this binds from approval on"),
            "not_yet": ("时间未到，尚不产生义务", "the time for this has not come yet"),
            "no_year": ("批复后尚无应计的完整年度", "no full year since approval owes this yet"),
            "programme": ("本条针对中心，不针对总体布局", "this speaks to centres, not to the programme"),
            "not_programme": ("本条针对总体布局，不针对单个中心", "this speaks to the programme, not to one centre"),
        }
        zh, en = texts.get(why or "", ("不属于本条适用范围", "outside the scope of this clause"))
        return zh if lang == "zh" else en

    def _exempted(self, lang: str) -> str:
        given = self.exemption
        day = given.date.first.isoformat()
        return (
            f"{given.approved_by}于{day_text(day, 'zh')}批准豁免：{given.reason}"
            if lang == "zh"
            else f"exempted by {given.approved_by} on {day}: {given.reason}"
        )

    # --- amount of a consequence ---------------------------------------------------------------------------------------------

    def amount(self) -> Part | None:
        """What is recovered: a range where the data leaves it open."""
        total = self._total()
        return None if total is None else Part(low=decimal_text(total.low), high=decimal_text(total.high), unit="CNY")

    def _total(self) -> Range | None:
        if self.rule.amount is None:
            return None
        total = Range(0, 0)
        for fact in self.rule.amount.sum_of:
            total = total.plus(self.scene.number(fact, Moment(self.scene.as_of)).range)
        return total


_TOLD: dict[str, Callable[[Telling], Any]] = {name[1:]: part for name, part in vars(Telling).items() if name.startswith("_") and not name.startswith("__")}
"""What can be told, by its key in the JSON."""


def amount_text(telling: Telling, lang: str) -> str:
    total = telling._total()
    if total is None:
        return ""
    shown = range_text(total, "CNY", telling.scene.ruleset.vocabulary.units, lang)
    return f"金额{shown}" if lang == "zh" else f"amount {shown}"


def gap_of(observed: Range, bound: Range, operator: str) -> Any:
    """How far what is certain stands from the bound; 0 where it is met, None where an end is open."""
    if operator in ("at_most", "less_than"):
        return max(observed.low - bound.high, 0) if bound.high != INFINITY else None
    if operator in ("equals", "between") and observed.low > bound.high:
        return observed.low - bound.high
    if isinstance(bound.low, float):
        return None
    return max(bound.low - observed.low, 0)


def _operator(seen: Seen | None) -> str:
    if seen is None:
        return ""
    if type(seen.node) is c.Compare:
        return seen.node.operator
    if type(seen.node) is c.Share:
        return "more_than" if seen.node.more_than is not None else "at_least"
    return ""


def _cites(seen: Seen) -> Iterator[Path]:
    yield from seen.cites
    for inner in seen.parts:
        yield from _cites(inner)


def _lacking(seen: Seen) -> Iterator[str]:
    if seen.value != TRUE:
        yield from seen.lacking
    for inner in seen.parts:
        if inner.value != TRUE:
            yield from _lacking(inner)


def _sentence(text: str, lang: str) -> str:
    return text if lang == "zh" or not text else text[0].upper() + text[1:]


def _json_value(value: Any) -> Any:
    if isinstance(value, Span):
        return value.first.isoformat() if value.exact else {"not_before": value.first.isoformat(), "not_after": value.last.isoformat()}
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


__all__ = ["UNKNOWN", "Telling", "gap_of"]
